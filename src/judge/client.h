/* SPDX-License-Identifier: MIT */
/* client: would CUCM accept Expressway-C's own certificate where it asks for one? Pure: no clock,
 * file or socket. */
#ifndef MRA_JUDGE_CLIENT_H
#define MRA_JUDGE_CLIENT_H

#include "model/report.h"

/* Fills report->client_verdicts: every presented observation that got as far as a
 * CertificateRequest, or to where one would have been, with every client, in that order. What was
 * there before is freed. */
void judge_clients(struct report *report);

#endif
