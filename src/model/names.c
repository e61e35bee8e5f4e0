/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/names.h"

#include <stdlib.h>
#include <string.h>

bool names_has(const struct names *names, const char *text)
{
	for (size_t i = names->count; i-- > 0;) /* what comes again has mostly come just before */
		if (strcmp(names->items[i], text) == 0)
			return true;
	return false;
}

void names_add(struct names *names, const char *text)
{
	if (names_has(names, text))
		return;
	names->items = mem_grow(names->items, names->count, sizeof *names->items);
	names->items[names->count++] = mem_strdup(text);
}

void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	names->items = NULL;
	names->count = 0;
}

void names_list(struct buf *out, const struct names *names, size_t most)
{
	size_t shown = names->count <= most ? names->count : most - 1;

	for (size_t i = 0; i < shown; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : i + 1 == names->count ? " and " : ", ", names->items[i]);
	if (shown < names->count)
		buf_printf(out, " and %zu more", names->count - shown);
}
