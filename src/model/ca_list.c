/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/ca_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ca_list_next(const unsigned char *bytes, size_t len, size_t *at, const unsigned char **der,
                 size_t *der_len)
{
	size_t size;

	if (*at == len)
		return 0;
	if (len - *at < 2)
		return -1;
	size = (size_t)bytes[*at] << 8 | bytes[*at + 1];
	if (size == 0 || size > len - *at - 2) /* opaque DistinguishedName<1..2^16-1> */
		return -1;
	*der = bytes + *at + 2;
	*der_len = size;
	*at += 2 + size;
	return 1;
}

static int count_names(const unsigned char *bytes, size_t len, size_t *count)
{
	const unsigned char *der;
	size_t at = 0, der_len;
	int rc;

	*count = 0;
	while ((rc = ca_list_next(bytes, len, &at, &der, &der_len)) == 1)
		(*count)++;
	return rc;
}

/* FNV-1a */
static uint64_t hash_of(const unsigned char *bytes, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash;
}

static struct ca_list *find_id(const struct ca_lists *lists, uint64_t id)
{
	for (size_t i = 0; i < lists->count; i++)
		if (lists->lists[i]->id == id)
			return lists->lists[i];
	return NULL;
}

/* Two lists of one id would be one in JSON: a second one, which only malice can bring, gets the
 * next free id. */
const struct ca_list *ca_lists_add(struct ca_lists *lists, const unsigned char *bytes, size_t len)
{
	uint64_t id = hash_of(bytes, len);
	struct ca_list *list;
	size_t count;

	if (len == 0 || len > CA_LIST_ROOM || count_names(bytes, len, &count) != 0)
		return NULL;
	for (; (list = find_id(lists, id)) != NULL; id++)
		if (list->len == len && memcmp(list->bytes, bytes, len) == 0)
			return list;
	if (lists->count == CA_LISTS_MOST)
		return NULL;
	list = mem_zalloc(sizeof *list);
	list->bytes = mem_copy(bytes, len);
	list->len = len;
	list->count = count;
	list->id = id;
	lists->lists = mem_grow(lists->lists, lists->count, sizeof *lists->lists);
	lists->lists[lists->count++] = list;
	return list;
}

void ca_list_hex(const struct ca_list *list, char text[17])
{
	snprintf(text, 17, "%016" PRIx64, list->id);
}

void ca_lists_clear(struct ca_lists *lists)
{
	for (size_t i = 0; i < lists->count; i++) {
		free(lists->lists[i]->bytes);
		free(lists->lists[i]);
	}
	free(lists->lists);
}
