/* SPDX-License-Identifier: MIT */
/* probe_plan: which ClientHellos go where, and which of their answers tell something. Knows no
 * sockets.
 *
 * Where the release may or may not offer TLS 1.3, or where it is not known how its
 * signature_algorithms begin, a place and order has a first ClientHello, which offers most, and
 * further ones. A server that answers the first with TLS 1.2 would answer the further ones
 * likewise, so those are made only where it chose 1.3. */
#ifndef MRA_GATHER_PROBE_PLAN_H
#define MRA_GATHER_PROBE_PLAN_H

#include "model/report.h"

struct probe_how;

/* An observation per address, IP, port, order and ClientHello, pending or unresolved; the further
 * ones of a place and order follow their first. */
void probe_plan(struct report *report, const struct probe_how *how);

size_t probe_first(const struct report *report,
                   size_t index); /* the first of its place and order; index itself if it is */
bool probe_wants_further(
	const struct observation *first); /* it is complete: are its further ones needed? */

/* After probe_run: takes out the further ones that were not needed or show the same chain as the
 * first. Indices change. */
void probe_settle(struct report *report);

#endif
