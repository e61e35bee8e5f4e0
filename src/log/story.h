/* SPDX-License-Identifier: MIT */
/* story: lines of the log, one after the other, to what was done with each address. Knows no file
 * and no report. Memory is bounded whatever comes: the oldest open request is forgotten. */
#ifndef MRA_LOG_STORY_H
#define MRA_LOG_STORY_H

#include "model/traffic.h"

struct story; /* what is open */

struct story *story_new(struct traffic *traffic); /* traffic is borrowed, and to be zeroed */
/* A line (or several that a copy has broken: wrapped). Lines that matter are counted once, however
 * often they come. */
void story_line(struct story *story, const char *text, size_t len, bool wrapped);
void story_part(struct story *story); /* another file, or member of one, begins */
void story_end(struct story *story); /* what is still open, too; frees */

#endif
