/* SPDX-License-Identifier: MIT */
/* run_client: Expressway-C's own certificates and CUCM's trust snapshots from the command line into
 * a report. Judges nothing. */
#ifndef MRA_RUN_CLIENT_H
#define MRA_RUN_CLIENT_H

#include "model/report.h"
#include "options.h"

/* --client-certificate, --expressway-host (yet to be fetched), --trust-snapshot. -1 with a fault of
 * one sentence. */
int run_client_load(struct report *report, const struct options *options, struct fault *fault);

#endif
