/* SPDX-License-Identifier: MIT */
/* sandbox_calls: which system calls gathering needs. Knows no reason but the rows' own. */
#ifndef MRA_GATHER_SANDBOX_CALLS_H
#define MRA_GATHER_SANDBOX_CALLS_H

/* From now on every other call fails with ENOSYS, as on a kernel that does not have it: libraries
 * know how to go on. 0, or -1: what_failed says why (static text). */
int sandbox_calls_limit(const char **what_failed);

#endif
