/* SPDX-License-Identifier: MIT */
/* examine: verdicts and observations to findings. Pure: no clock, file or socket. */
#ifndef MRA_ADVISE_EXAMINE_H
#define MRA_ADVISE_EXAMINE_H

#include "model/report.h"

/* Fills report->findings, gravest first. */
void examine_run(struct report *report);

#endif
