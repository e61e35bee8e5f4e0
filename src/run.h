/* SPDX-License-Identifier: MIT */
/* run: the story of each command, from options to exit status. Knows no option's spelling. */
#ifndef MRA_RUN_H
#define MRA_RUN_H

#include "base/fault.h"
#include "options.h"

#include <signal.h>

/* The exit status, or -1 with a fault. stop: set by a signal handler. The lines of --nodes files are added to options. */
int run(struct options *options, const volatile sig_atomic_t *stop, struct fault *fault);

#endif
