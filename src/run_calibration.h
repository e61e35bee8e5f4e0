/* SPDX-License-Identifier: MIT */
/* run_calibration: what a log has shown of this Expressway into the policy, unless an option says
 * otherwise. Judges nothing. */
#ifndef MRA_RUN_CALIBRATION_H
#define MRA_RUN_CALIBRATION_H

#include "model/policy.h"
#include "options.h"

/* --calibration, once release and order of the options are set. -1 with a fault of one sentence. */
int run_calibration(struct policy *policy, const struct options *options, struct fault *fault);

#endif
