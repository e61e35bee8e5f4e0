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

/* the first of its place and order; index itself if it is */
size_t probe_first(const struct report *report, size_t index);
/* it is complete: are its further ones needed? */
bool probe_wants_further(const struct observation *first);

/* The first ClientHello with RSA first at the place where this one is the first with ECDSA first
 * (rsa_first true), or the other way round; index itself: there is none that offers the same
 * versions. */
size_t probe_other_order(const struct report *report, size_t index, bool rsa_first);

/* ECDSA was offered first, and an RSA certificate was shown all the same, by TLS 1.2, to the end:
 * the server has no other for us, and RSA first can but get it too. */
bool probe_infers(const struct observation *ecdsa_first);

/* Fills the one with RSA first from it. */
void probe_infer(struct observation *rsa_first, const struct observation *ecdsa_first);

/* After probe_run: takes out the further ones that were not needed or show the same chain as the
 * first. Indices change. */
void probe_settle(struct report *report);

#endif
