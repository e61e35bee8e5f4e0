/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/membership.h"

#include <stdlib.h>

void membership_add(struct member_list *list, size_t index, const char *name)
{
	while (list->count <= index) {
		list->items = mem_grow(list->items, list->count, sizeof *list->items);
		list->items[list->count++] = (struct names){ 0 };
	}
	names_add(&list->items[index], name);
}

const struct names *membership_of(const struct member_list *list, size_t index)
{
	return index < list->count ? &list->items[index] : NULL;
}

static void clear_list(struct member_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		names_clear(&list->items[i]);
	free(list->items);
}

void membership_clear(struct membership *membership)
{
	clear_list(&membership->nodes);
	clear_list(&membership->clusters);
	*membership = (struct membership){ .nodes = { 0 } };
}

bool membership_shared(const struct names *store, const struct names *of)
{
	if (store->count == 0 || of == NULL || of->count == 0)
		return true;
	for (size_t i = 0; i < of->count; i++)
		if (names_has(store, of->items[i]))
			return true;
	return false;
}
