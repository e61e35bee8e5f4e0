/* SPDX-License-Identifier: MIT */
/* run_report: a finished report to standard output, files and exported certificates. Knows no stage
 * but export. */
#ifndef MRA_RUN_REPORT_H
#define MRA_RUN_REPORT_H

#include "base/deadline.h"
#include "model/fleet.h"
#include "model/traffic.h"
#include "options.h"
#include "out/progress.h"

/* Before anything is touched: can every --output and --export be written? */
int run_report_check(const struct options *options, struct fault *fault);

/* Can every format that is asked for tell of many clusters at once? */
bool run_report_takes_fleet(const struct options *options);
/* as run_report */
int run_report_fleet(const struct fleet *fleet, const struct options *options, struct fault *fault);

/* As run_report_check and run_report, of what a log shows. */
int run_report_check_log(const struct options *options, struct fault *fault);
int run_report_log(const struct traffic *traffic, const struct options *options,
                   struct fault *fault);

/* The exit status, or -1. */
int run_report(const struct report *report, const struct options *options, struct fault *fault);
int run_report_verify(const struct report *report, const struct options *options,
                      struct fault *fault);

/* Progress and -v lines on stderr while a run goes on: deadline gets its tell and note. progress is
 * to be ended (progress_end) before anything else is printed. */
void run_report_watch(struct deadline *deadline, struct progress *progress,
                      const struct options *options);

#endif
