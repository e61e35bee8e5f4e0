/* SPDX-License-Identifier: MIT */
/* turn: the lines of a log whose newest come first, as web pages list them, the oldest first. Knows
 * no file and no line's meaning but its time. */
#ifndef MRA_LOG_TURN_H
#define MRA_LOG_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct turn; /* what is kept */

/* Of the beginning of a log, len bytes: do more lines go back in time than forward? One step back
 * among many is a clock that was set. If so, the time of the last line is put in *ms. */
bool turn_newest_first(const char *text, size_t len, int64_t *ms);
struct turn *turn_new(void);
/* Copies; false: there is no room for more, which are older ones. */
bool turn_add(struct turn *turn, const char *text, size_t len, bool wrapped);
/* The last one first, to fn; frees. */
void turn_end(struct turn *turn,
              void (*fn)(void *arg, const char *text, size_t len, bool wrapped), void *arg);

#endif
