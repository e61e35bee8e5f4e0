/* SPDX-License-Identifier: MIT */
/* run: the story of each command, from options to exit status. Knows no option's spelling. */
#ifndef MRA_RUN_H
#define MRA_RUN_H

#include "base/fault.h"
#include "options.h"

#include <signal.h>

/* The exit status, or -1 with a fault. stop: set by a signal handler. The lines of --nodes files
 * are added to options. */
int run(struct options *options, const volatile sig_atomic_t *stop, struct fault *fault);

/* Says what kept a run from its report, as the format in argv wants it: even where argv could not
 * be read in full. The exit status. */
int run_problem(int argc, char **argv, const struct fault *fault);

#endif
