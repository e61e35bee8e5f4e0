/* SPDX-License-Identifier: MIT */
/* run_parts: what the commands that judge share. Knows no network. */
#ifndef MRA_RUN_PARTS_H
#define MRA_RUN_PARTS_H

#include "base/deadline.h"
#include "base/fault.h"
#include "model/report.h"
#include "options.h"

/* Gives an empty report the policy, the trust stores and Expressway-C's certificates of the command
 * line. Errors: -1 with a fault. */
int run_prepare(struct report *report, const struct options *options, struct fault *fault);

/* What a file had wrong with it, on stderr: the answer goes to stdout, and must not be the only
 * trace. */
void run_say_notes(const struct names *notes);

/* From the evidence to the findings, the plan and the answer. */
void run_conclude(struct report *report, const struct deadline *deadline);

#endif
