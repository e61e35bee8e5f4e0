/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/safe.h"
#include "out/diff.h"

void diff_write(const struct comparison *comparison, struct buf *out)
{
	for (size_t i = 0; i < comparison->count; i++) {
		buf_printf(out, "%s: ", news_name(comparison->changes[i].news));
		safe_add(out, comparison->changes[i].text);
		buf_putc(out, '\n');
	}
	if (comparison->count == 0)
		buf_puts(out, "no change\n");
}
