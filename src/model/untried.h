/* SPDX-License-Identifier: MIT */
/* untried: the questions that an answer rests on and that nobody has asked. Knows no network: it
 * says what is missing, and asks nothing. */
#ifndef MRA_MODEL_UNTRIED_H
#define MRA_MODEL_UNTRIED_H

#include "model/report.h"

/* Adds an observation with OUTCOME_NOT_TRIED (of what has no IP: with why it has none), so that
 * every format and the status tell of it,
 *  - for each advertised address, port and cipher order that count where there are observations
 *    of the other order alone: a saved report may hold one order, and another be in force now;
 *  - for the ports of an advertised address that logins need where none of those was probed
 *    (--ports 6972 and a node of IM and Presence): that nothing was refused there says nothing.
 *  - for those whose certificate was asked for with other TLS versions than the release offers that
 *    a saved report is judged as now: the certificate may follow the version.
 * Those of an earlier call are taken out first: reports that were joined since may have tried
 * them. To be called before anything is judged: observations move. */
void untried_add(struct report *report);

#endif
