/* SPDX-License-Identifier: MIT */
/* probe_doors: which observation is next, so that no IP and port has too many visitors. Knows no sockets. */
#ifndef MRA_GATHER_PROBE_DOORS_H
#define MRA_GATHER_PROBE_DOORS_H

#include "model/report.h"

struct probe_how;
struct doors;

/* An observation, pending or unresolved, per address, IP, port and order that is to be probed. */
void probe_plan(struct report *report, const struct probe_how *how);

/* Sorts the pending observations of report to their doors; indices stay those of report->observations. */
struct doors *doors_new(const struct report *report, unsigned per_address, size_t *pending);
void doors_free(struct doors *doors);

bool doors_next(struct doors *doors, int64_t now_ms, size_t *index); /* the next one that may go now: it counts as inside */
void doors_leave(struct doors *doors, size_t index);                 /* it is outside again */
void doors_wait(struct doors *doors, size_t index, int64_t not_before_ms); /* it wants in again, later */
int64_t doors_due(const struct doors *doors); /* when the first of those that wait may go; INT64_MAX: nobody waits */

#endif
