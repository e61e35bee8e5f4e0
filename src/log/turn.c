/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "log/line.h"
#include "log/turn.h"

#include <stdlib.h>
#include <string.h>

/* A short line takes more than its bytes. */
enum { BYTES_MOST = 64 << 20, LINE_COSTS = 64 };

struct kept {
	char *text; /* owned; no string */
	size_t len;
	bool wrapped;
};

struct turn {
	struct kept *items; /* owned */
	size_t count, bytes;
};

bool turn_newest_first(const char *text, size_t len, int64_t *ms)
{
	size_t back = 0, forward = 0;
	int64_t last = 0;

	for (const char *p = text, *end; p < text + len; p = end + 1) {
		int64_t now;

		end = memchr(p, '\n', (size_t)(text + len - p));
		end = end == NULL ? text + len : end;
		now = line_time(p, (size_t)(end - p));
		if (now == 0)
			continue;
		back += now < last;
		forward += last != 0 && now > last;
		last = now;
	}
	if (back > forward)
		*ms = last;
	return back > forward;
}

struct turn *turn_new(void)
{
	return mem_zalloc(sizeof(struct turn));
}

bool turn_add(struct turn *turn, const char *text, size_t len, bool wrapped)
{
	struct kept *kept;

	if (len + LINE_COSTS > BYTES_MOST - turn->bytes)
		return false;
	turn->bytes += len + LINE_COSTS;
	turn->items = mem_grow(turn->items, turn->count, sizeof *turn->items);
	kept = &turn->items[turn->count++];
	*kept = (struct kept){ mem_alloc(len), len, wrapped };
	memcpy(kept->text, text, len);
	return true;
}

void turn_end(struct turn *turn,
              void (*fn)(void *arg, const char *text, size_t len, bool wrapped), void *arg)
{
	for (size_t i = turn->count; i-- > 0;) {
		fn(arg, turn->items[i].text, turn->items[i].len, turn->items[i].wrapped);
		free(turn->items[i].text);
	}
	free(turn->items);
	free(turn);
}
