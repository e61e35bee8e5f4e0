/* SPDX-License-Identifier: MIT */
/* compare_rows: a saved report as flat, sorted rows and facts. Knows no other report. */
#ifndef MRA_SAVED_COMPARE_ROWS_H
#define MRA_SAVED_COMPARE_ROWS_H

#include "base/buf.h"
#include "base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum row_state { ROW_ACCEPTED, ROW_PARTLY, ROW_UNCHECKED, ROW_REFUSED };

/* One address, port, order and store. An address with several IPs is one row: refused if any IP is, accepted in part if
 * some IP could not be checked. The texts are borrowed from the JSON, state_text is owned. */
struct row {
	const char *node, *address, *order, *store;
	int port;
	bool advertised;
	enum row_state state;
	char *state_text; /* "accepted", "refused (expired)", "not checked (timeout)" */
};

/* Something else that is news when it changes (both reports have the key, the values differ), or when it comes or goes
 * (value is NULL in both). All owned. */
struct fact {
	char *key;
	char *value;
	char *text; /* for people: "certificate of cucm1.example.com 8443 rsa-first" */
};

struct rows {
	json_t *root;        /* owned: the texts live in it */
	struct row *items;   size_t count;
	struct fact *facts;  size_t fact_count;
	const char **stores; size_t store_count; /* owned array of borrowed names, sorted */
};

/* what names the file in messages. */
int rows_read(const char *text, size_t len, const char *what, struct rows *rows, struct fault *fault);
void rows_read_facts(struct rows *rows); /* rows_read calls it */
void rows_clear(struct rows *rows);
bool rows_have_store(const struct rows *rows, const char *store);
bool rows_have_node(const struct rows *rows, const char *node);
int row_order(const struct row *a, const struct row *b, bool with_store); /* strcmp's way */

const char *row_text(const json_t *object, const char *member); /* "" where there is none */

#endif
