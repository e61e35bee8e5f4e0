/* SPDX-License-Identifier: MIT */
/* loop: poll(2) on many descriptors. Knows no time: whoever turns it says how long it may wait. */
#ifndef MRA_BASE_LOOP_H
#define MRA_BASE_LOOP_H

#include <stdint.h>

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* events: what may be tried now. An error or a hang-up comes as both, so that the next read or
 * write finds it. */
typedef void loop_fn(void *arg, int fd, unsigned events);

struct loop;

struct loop *loop_new(void);
void loop_free(struct loop *loop); /* closes nothing */

/* One watch per descriptor: a second call changes it, events 0 forgets it. May be called from
 * within a loop_fn. */
void loop_watch(struct loop *loop, int fd, unsigned events, loop_fn *fn, void *arg);

/* Waits at most timeout_ms, calls what is ready; how many were, -1 if poll failed. A signal ends
 * the wait early. */
int loop_turn(struct loop *loop, int64_t timeout_ms);

#endif
