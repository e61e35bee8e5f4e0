/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/membership.h"

#include <stdlib.h>

void membership_add(struct names **list, size_t *count, size_t index, const char *name)
{
	while (*count <= index) {
		*list = mem_grow(*list, *count, sizeof **list);
		(*list)[(*count)++] = (struct names){ 0 };
	}
	names_add(&(*list)[index], name);
}

const struct names *membership_of(const struct names *list, size_t count, size_t index)
{
	return index < count ? &list[index] : NULL;
}

static void clear_list(struct names *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		names_clear(&list[i]);
	free(list);
}

void membership_clear(struct membership *membership)
{
	clear_list(membership->nodes, membership->node_count);
	clear_list(membership->clusters, membership->cluster_count);
	*membership = (struct membership){ .nodes = NULL };
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
