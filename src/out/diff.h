/* SPDX-License-Identifier: MIT */
/* diff: a comparison as lines of text. Knows no report. */
#ifndef MRA_OUT_DIFF_H
#define MRA_OUT_DIFF_H

#include "base/buf.h"
#include "model/comparison.h"

/* Appends a harmless line per change, its kind of news in front; "no change" as the only line when
 * there is none. */
void diff_write(const struct comparison *comparison, struct buf *out);

#endif
