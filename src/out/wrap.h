/* SPDX-License-Identifier: MIT */
/* wrap: lines of text for a terminal or a ticket: wrapped, indented, coloured, always harmless.
 * Knows no report. */
#ifndef MRA_OUT_WRAP_H
#define MRA_OUT_WRAP_H

#include "base/buf.h"

#include <stdbool.h>

enum ink { INK_NONE, INK_BOLD, INK_RED, INK_GREEN, INK_YELLOW, INK_DIM };

struct paper {
	struct buf *out; /* borrowed */
	size_t width;
	bool color;
};

/* A heading, after an empty line. */
void wrap_heading(const struct paper *paper, const char *text);

/* text, made harmless and wrapped at blanks; the first line begins with `first`, the others with as
 * many blanks. A word longer than a line stays whole: addresses and fingerprints are there to be
 * copied. */
void wrap_text(const struct paper *paper, const char *first, enum ink ink, const char *text);

/* text on one line of its own however long it is: a log line is there to be searched for. */
void wrap_whole(const struct paper *paper, const char *first, const char *text);

#endif
