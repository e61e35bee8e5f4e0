/* SPDX-License-Identifier: MIT */
/* run_replay: saved reports judged again. Knows no network. */
#ifndef MRA_RUN_REPLAY_H
#define MRA_RUN_REPLAY_H

#include "base/fault.h"
#include "options.h"

#include <signal.h>

/* The exit status, or -1 with a fault: no file could be read, or the options do not go with what
 * they hold. Of several files, one that cannot be read is told on stderr and in the report, and the
 * others are judged. */
int run_replay(const struct options *options, const volatile sig_atomic_t *stop,
               struct fault *fault);

#endif
