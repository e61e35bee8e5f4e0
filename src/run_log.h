/* SPDX-License-Identifier: MIT */
/* run_log: the story of `log`. Knows no line's syntax and no network. */
#ifndef MRA_RUN_LOG_H
#define MRA_RUN_LOG_H

#include "base/fault.h"
#include "options.h"

#include <signal.h>

/* --from-log: the addresses that clients were told, into options->told. -1 with a fault of one
 * sentence. */
int run_log_told(struct options *options, const volatile sig_atomic_t *stop, struct fault *fault);

/* The exit status, or -1 with a fault. */
int run_log(const struct options *options, const volatile sig_atomic_t *stop, struct fault *fault);

#endif
