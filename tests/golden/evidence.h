/* SPDX-License-Identifier: MIT */
/* evidence: reports built by hand, with fixed times, for the formats' tests. Knows no format. */
#ifndef TESTS_GOLDEN_EVIDENCE_H
#define TESTS_GOLDEN_EVIDENCE_H

#include "model/report.h"

struct report *evidence_cluster(
	void); /* refusals of several kinds, warnings, unresolved, two stores, hostile strings */
struct report *evidence_healthy(void);     /* all accepted, one order in force */
struct report *evidence_order(void);       /* the cipher order decides */
struct report *evidence_incomplete(void);  /* discovery failed, nothing refused, stopped */
struct report *evidence_error(void);       /* nothing at all */
struct report *evidence_bare(
	void); /* every member that may be missing is; a certificate that cannot be read */
struct report *evidence_peer(void);        /* CUCM alone refuses: Expressway's own certificate */
struct report *evidence_medley(void);      /* what the others have not, of many nodes */
/* all accepted on a condition: that the order stays (and CUCM's knowing the CA otherwise) */
struct report *evidence_assumed(bool chain);
struct report *evidence_verify(void);      /* what `verify` hands over */
struct report *evidence_member(
	size_t number,
	size_t nodes); /* one of a fleet: healthy, refused or not known by its number */
struct report *evidence_large(size_t nodes); /* all accepted by name, refused by IP */

#endif
