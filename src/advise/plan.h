/* SPDX-License-Identifier: MIT */
/* plan: the smallest set of actions that turns every refusal into an acceptance, proved by judging
 * again on a copy. Knows no format. */
#ifndef MRA_ADVISE_PLAN_H
#define MRA_ADVISE_PLAN_H

#include "model/report.h"

void plan_run(struct report *report); /* fills report->steps from verdicts and findings */

#endif
