/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#define uthash_malloc(size) mem_alloc(size)
#define uthash_free(pointer, size) free(pointer)
#include <uthash.h>

enum { SHORT = 256 }; /* of the keys that are looked for */

struct table_row {
	UT_hash_handle hh;
	size_t value;
	char key[]; /* a text in lower case, or bytes as they came */
};

/* In lower case: in room if it is short, else to be freed. */
static char *lower(const char *text, size_t len, char room[SHORT])
{
	char *key = len < SHORT ? room : mem_alloc(len + 1);

	for (size_t i = 0; i < len; i++)
		key[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
	key[len] = '\0';
	return key;
}

static struct table_row *find(const struct table *table, const void *key, size_t len)
{
	struct table_row *found = NULL;

	HASH_FIND(hh, table->rows, key, len, found);
	return found;
}

bool table_add_bytes(struct table *table, const void *key, size_t len, size_t value)
{
	struct table_row *row;

	if (find(table, key, len) != NULL)
		return false;
	row = mem_alloc(sizeof *row + len);
	memcpy(row->key, key, len);
	row->value = value;
	HASH_ADD_KEYPTR(hh, table->rows, row->key, len, row);
	return true;
}

bool table_find_bytes(const struct table *table, const void *key, size_t len, size_t *value)
{
	const struct table_row *found = find(table, key, len);

	if (found != NULL && value != NULL)
		*value = found->value;
	return found != NULL;
}

bool table_add(struct table *table, const char *text, size_t value)
{
	size_t len = strlen(text);
	char room[SHORT], *key = lower(text, len, room);
	bool added = table_add_bytes(table, key, len, value);

	if (key != room)
		free(key);
	return added;
}

bool table_find(const struct table *table, const char *text, size_t *value)
{
	size_t len = strlen(text);
	char room[SHORT], *key = lower(text, len, room);
	bool found = table_find_bytes(table, key, len, value);

	if (key != room)
		free(key);
	return found;
}

void table_clear(struct table *table)
{
	struct table_row *row, *next;

	HASH_ITER(hh, table->rows, row, next) {
		HASH_DEL(table->rows, row);
		free(row);
	}
}
