/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#define uthash_malloc(size) mem_alloc(size)
#define uthash_free(pointer, size) free(pointer)
#include <uthash.h>

struct table_row {
	UT_hash_handle hh;
	size_t value;
	char text[]; /* in lower case */
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static struct table_row *row_new(const char *text, size_t len)
{
	struct table_row *row = mem_zalloc(sizeof *row + len + 1);

	for (size_t i = 0; i < len; i++)
		row->text[i] = lower(text[i]);
	return row;
}

static struct table_row *find(const struct table *table, const char *text, size_t len)
{
	struct table_row *found = NULL;

	HASH_FIND(hh, table->rows, text, len, found);
	return found;
}

bool table_add(struct table *table, const char *text, size_t value)
{
	size_t len = strlen(text);
	struct table_row *row = row_new(text, len);

	if (find(table, row->text, len) != NULL) {
		free(row);
		return false;
	}
	row->value = value;
	HASH_ADD_KEYPTR(hh, table->rows, row->text, len, row);
	return true;
}

bool table_find(const struct table *table, const char *text, size_t *value)
{
	size_t len = strlen(text);
	struct table_row *wanted = row_new(text, len), *found = find(table, wanted->text, len);

	free(wanted);
	if (found != NULL && value != NULL)
		*value = found->value;
	return found != NULL;
}

void table_clear(struct table *table)
{
	struct table_row *row, *next;

	HASH_ITER(hh, table->rows, row, next) {
		HASH_DEL(table->rows, row);
		free(row);
	}
	table->rows = NULL;
}
