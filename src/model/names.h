/* SPDX-License-Identifier: MIT */
/* names: a list of distinct texts in order of arrival. Knows nothing of what they say. */
#ifndef MRA_MODEL_NAMES_H
#define MRA_MODEL_NAMES_H

#include "base/buf.h"
#include "base/table.h"

#include <stdbool.h>
#include <stddef.h>

struct names { /* a list of distinct texts in order of arrival */
	char **items; /* owned */
	size_t count;
	/* owned; of long lists only, so that they need not be searched; else NULL */
	struct table *index;
};

void names_add(struct names *names, const char *text);
bool names_has(const struct names *names, const char *text);
/* Each of from that is not in to yet. */
void names_add_all(struct names *to, const struct names *from);
void names_clear(struct names *names);
void names_list(struct buf *out, const struct names *names,
                size_t most); /* "a, b and 3 more"; most 0: all */

#endif
