/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/names.h"

#include <stdlib.h>
#include <string.h>

enum { INDEXED_FROM = 24 }; /* shorter lists are faster searched than hashed */

static bool search(const struct names *names, const char *text)
{
	for (size_t i = names->count; i-- > 0;) /* what comes again has mostly come just before */
		if (strcmp(names->items[i], text) == 0)
			return true;
	return false;
}

/* The table takes no notice of case, a list does: what differs from its like in case alone is
 * searched for. */
bool names_has(const struct names *names, const char *text)
{
	size_t at;

	if (names->index == NULL)
		return search(names, text);
	return table_find(names->index, text, &at) &&
	       (strcmp(names->items[at], text) == 0 || search(names, text));
}

static void add_index(struct names *names)
{
	names->index = mem_zalloc(sizeof *names->index);
	for (size_t i = 0; i < names->count; i++)
		table_add(names->index, names->items[i], i);
}

void names_add(struct names *names, const char *text)
{
	if (names_has(names, text))
		return;
	names->items = mem_grow(names->items, names->count, sizeof *names->items);
	names->items[names->count++] = mem_strdup(text);
	if (names->index != NULL)
		table_add(names->index, text, names->count - 1);
	else if (names->count == INDEXED_FROM)
		add_index(names);
}

void names_add_all(struct names *to, const struct names *from)
{
	for (size_t i = 0; i < from->count; i++)
		names_add(to, from->items[i]);
}

void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	if (names->index != NULL)
		table_clear(names->index);
	free(names->index);
	*names = (struct names){ 0 };
}

void names_list(struct buf *out, const struct names *names, size_t most)
{
	size_t shown = most == 0 || names->count <= most ? names->count : most - 1;

	for (size_t i = 0; i < shown; i++)
		buf_printf(out, "%s%s",
		           i == 0                  ? ""
		           : i + 1 == names->count ? " and "
		                                   : ", ",
		           names->items[i]);
	if (shown < names->count)
		buf_printf(out, " and %zu more", names->count - shown);
}
