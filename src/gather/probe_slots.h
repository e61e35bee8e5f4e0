/* SPDX-License-Identifier: MIT */
/* probe_slots: which observation is next, so that no IP and port gets too many connections. Knows
 * no sockets. */
#ifndef MRA_GATHER_PROBE_SLOTS_H
#define MRA_GATHER_PROBE_SLOTS_H

#include "model/report.h"

struct slots;

/* Sorts the pending observations of report by IP and port; indices stay those of
 * report->observations. Further ClientHellos (probe_plan) wait until slots_wait lets them go. */
/* infer: so does RSA first, for ECDSA first */
struct slots *slots_new(const struct report *report, unsigned per_address, bool infer,
                        size_t *pending);
void slots_free(struct slots *slots);

/* the next one that may go now: it counts as open, and has a slot */
bool slots_next(struct slots *slots, int64_t now_ms, size_t *index);
void slots_leave(struct slots *slots, size_t index);                 /* its slot is free again */
/* it wants another, later */
void slots_wait(struct slots *slots, size_t index, int64_t not_before_ms);
/* when the first of those that wait may go; INT64_MAX: none waits */
int64_t slots_due(const struct slots *slots);

#endif
