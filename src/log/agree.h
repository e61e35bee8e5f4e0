/* SPDX-License-Identifier: MIT */
/* agree: what a report predicts beside what a log shows, and what the two together tell of this
 * Expressway. Pure. Knows no line's syntax. */
#ifndef MRA_LOG_AGREE_H
#define MRA_LOG_AGREE_H

#include "model/report.h"
#include "model/traffic.h"

/* Fills predicted, agrees and in_report of every server, and ip_san and order of the traffic. The
 * report's verdicts are used as they stand. */
void log_agree(struct traffic *traffic, const struct report *report);

#endif
