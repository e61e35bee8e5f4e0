/* SPDX-License-Identifier: MIT */
/* table: texts, or bytes, to numbers, found without a search (uthash, whose sole user this is).
 * Knows no order. */
#ifndef MRA_BASE_TABLE_H
#define MRA_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct table_row;

struct table {
	struct table_row *rows; /* owned; to be NULL before the first use */
};

/* Remembers value under a copy of text; ASCII case makes no difference, as in DNS. false: the text
 * is there already, and its value stays. */
bool table_add(struct table *table, const char *text, size_t value);

/* The value of text; false: it is not there, and *value is left alone. value may be NULL. */
bool table_find(const struct table *table, const char *text, size_t *value);

/* The same under len bytes, each of which makes a difference. In one table texts or bytes, never
 * both. */
bool table_add_bytes(struct table *table, const void *key, size_t len, size_t value);
bool table_find_bytes(const struct table *table, const void *key, size_t len, size_t *value);
void table_clear(struct table *table);

#endif
