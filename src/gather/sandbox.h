/* SPDX-License-Identifier: MIT */
/* sandbox: takes from this process what gathering does not need: files to write, programs to start,
 * memory, CPU time and descriptors without end, and most system calls. Knows no network and no
 * stage; what the kernel does not have is left out, and said. */
#ifndef MRA_GATHER_SANDBOX_H
#define MRA_GATHER_SANDBOX_H

#include "base/deadline.h"

struct sandbox_how {
	int keep_fd;    /* the only descriptor that stays open; 0, 1 and 2 become /dev/null */
	unsigned files; /* descriptors at most */
	int64_t cpu_s;  /* CPU time at most; 0: no limit */
};

/* For good. deadline_note() hears which of the measures hold. */
void sandbox_enter(const struct sandbox_how *how, const struct deadline *deadline);

/* Ends the process, with status 0. */
__attribute__((noreturn)) void sandbox_exit(void);

#endif
