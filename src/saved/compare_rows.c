/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "saved/compare_rows.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_MOST = 256 << 20, ROWS_MOST = 4000000 };

const char *row_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

int row_order(const struct row *a, const struct row *b, bool with_store)
{
	int order = strcmp(a->node, b->node);

	order = order != 0 ? order : strcmp(a->address, b->address);
	order = order != 0 ? order : (a->port > b->port) - (a->port < b->port);
	order = order != 0 ? order : strcmp(a->order, b->order);
	return order != 0 || !with_store ? order : strcmp(a->store, b->store);
}

/* The state's text at the end makes the sorting whole: one result for any order in the file. */
static int by_row(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	int order = row_order(a, b, true);

	order = order != 0 ? order : (a->state > b->state) - (a->state < b->state);
	return order != 0 ? order : strcmp(a->state_text, b->state_text);
}

static int add_row(struct rows *rows, const json_t *observation, const char *store, enum row_state state, char *state_text)
{
	struct row *row;

	if (rows->count >= ROWS_MOST) {
		free(state_text);
		return -1;
	}
	rows->items = mem_grow(rows->items, rows->count, sizeof *rows->items);
	row = &rows->items[rows->count++];
	*row = (struct row){ row_text(observation, "node"), row_text(observation, "address"), row_text(observation, "order"), store,
	                     (int)json_integer_value(json_object_get(observation, "port")),
	                     json_is_true(json_object_get(observation, "advertised")), state, state_text };
	return 0;
}

/* --- stores ---------------------------------------------------------------------------------------------------------- */

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void read_stores(struct rows *rows)
{
	const json_t *list = json_object_get(rows->root, "trust_stores");
	size_t count = json_array_size(list), kept = 0;

	rows->stores = mem_array(count, sizeof *rows->stores);
	for (size_t i = 0; i < count; i++)
		rows->stores[i] = row_text(json_array_get(list, i), "name");
	qsort(rows->stores, count, sizeof *rows->stores, by_text);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(rows->stores[kept - 1], rows->stores[i]) != 0)
			rows->stores[kept++] = rows->stores[i];
	rows->store_count = kept;
}

bool rows_have_store(const struct rows *rows, const char *store)
{
	return rows->store_count > 0 && bsearch(&store, rows->stores, rows->store_count, sizeof *rows->stores, by_text) != NULL;
}

bool rows_have_node(const struct rows *rows, const char *node)
{
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(rows->items[middle].node, node) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rows->count && strcmp(rows->items[low].node, node) == 0;
}

/* --- observations and verdicts --------------------------------------------------------------------------------------- */

struct id {
	json_int_t id;
	const json_t *observation;
};

struct ids {
	struct id *items;
	size_t count;
};

static int by_id(const void *left, const void *right)
{
	json_int_t a = ((const struct id *)left)->id, b = ((const struct id *)right)->id;

	return (a > b) - (a < b);
}

static struct ids read_ids(const struct rows *rows)
{
	const json_t *list = json_object_get(rows->root, "observations");
	struct ids ids = { mem_array(json_array_size(list), sizeof *ids.items), json_array_size(list) };

	for (size_t i = 0; i < ids.count; i++) {
		const json_t *observation = json_array_get(list, i), *id = json_object_get(observation, "id");

		ids.items[i] = (struct id){ json_is_integer(id) ? json_integer_value(id) : (json_int_t)i, observation };
	}
	qsort(ids.items, ids.count, sizeof *ids.items, by_id);
	return ids;
}

static char *refusal_text(const json_t *verdict)
{
	const json_t *reasons = json_object_get(verdict, "reasons");
	struct buf text;

	buf_init(&text);
	buf_puts(&text, "refused (");
	for (size_t i = 0; i < json_array_size(reasons); i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : ", ", row_text(json_array_get(reasons, i), "id"));
	buf_puts(&text, ")");
	return buf_take(&text);
}

static int add_verdicts(struct rows *rows, const struct ids *ids)
{
	const json_t *list = json_object_get(rows->root, "verdicts");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *verdict = json_array_get(list, i);
		struct id key = { json_integer_value(json_object_get(verdict, "observation")), NULL }, *found = NULL;
		bool accepted = json_is_true(json_object_get(verdict, "accepted"));

		if (ids->count > 0)
			found = bsearch(&key, ids->items, ids->count, sizeof *ids->items, by_id);
		if (found != NULL && add_row(rows, found->observation, row_text(verdict, "trust"), accepted ? ROW_ACCEPTED : ROW_REFUSED,
		                             accepted ? mem_strdup("accepted") : refusal_text(verdict)) != 0)
			return -1;
	}
	return 0;
}

/* What showed no certificate has no verdict: it is not checked, for every store. */
static int add_unchecked(struct rows *rows, const struct ids *ids)
{
	for (size_t i = 0; i < ids->count; i++) {
		const char *outcome = row_text(ids->items[i].observation, "outcome");

		if (strcmp(outcome, "presented") == 0)
			continue;
		for (size_t k = 0; k < rows->store_count; k++)
			if (add_row(rows, ids->items[i].observation, rows->stores[k], ROW_UNCHECKED, mem_printf("not checked (%s)", outcome)) != 0)
				return -1;
	}
	return 0;
}

static void join(struct row *into, struct row *from)
{
	if (from->state == ROW_REFUSED && into->state != ROW_REFUSED) {
		free(into->state_text);
		into->state_text = from->state_text;
		into->state = ROW_REFUSED;
		from->state_text = NULL;
	} else if (from->state == ROW_UNCHECKED && into->state == ROW_ACCEPTED) {
		free(into->state_text);
		into->state_text = mem_printf("accepted, %s on one of its IPs", from->state_text);
		into->state = ROW_PARTLY;
	}
	into->advertised = into->advertised || from->advertised;
	free(from->state_text);
	from->state_text = NULL;
}

static void sort_and_join(struct rows *rows)
{
	size_t kept = 0;

	if (rows->count > 0)
		qsort(rows->items, rows->count, sizeof *rows->items, by_row);
	for (size_t i = 0; i < rows->count; i++) {
		if (kept > 0 && row_order(&rows->items[kept - 1], &rows->items[i], true) == 0)
			join(&rows->items[kept - 1], &rows->items[i]);
		else
			rows->items[kept++] = rows->items[i];
	}
	rows->count = kept;
}

static int read_root(const char *text, size_t len, const char *what, struct rows *rows, struct fault *fault)
{
	json_error_t error;

	if (len > BYTES_MOST)
		return fault_set(fault, FAULT_LIMIT, "the %s report is larger than any may be", what);
	json_set_alloc_funcs(mem_alloc, free); /* out of memory ends the program */
	rows->root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (rows->root == NULL)
		return fault_set(fault, FAULT_INPUT, "the %s report is no JSON: line %d: %s", what, error.line, error.text);
	if (strncmp(row_text(rows->root, "schema_version"), "1.", 2) != 0 || !json_is_array(json_object_get(rows->root, "observations")) ||
	    !json_is_array(json_object_get(rows->root, "verdicts")))
		return fault_set(fault, FAULT_INPUT, "the %s report is no report of mra-preflight (schema_version 1.x)", what);
	return 0;
}

int rows_read(const char *text, size_t len, const char *what, struct rows *rows, struct fault *fault)
{
	struct ids ids;
	int rc;

	memset(rows, 0, sizeof *rows);
	if (read_root(text, len, what, rows, fault) != 0)
		return -1;
	read_stores(rows);
	ids = read_ids(rows);
	rc = add_verdicts(rows, &ids) != 0 || add_unchecked(rows, &ids) != 0 ? -1 : 0;
	free(ids.items);
	if (rc != 0)
		return fault_set(fault, FAULT_LIMIT, "the %s report holds more verdicts than this program compares", what);
	sort_and_join(rows);
	rows_read_facts(rows);
	return 0;
}

void rows_clear(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->items[i].state_text);
	free(rows->items);
	for (size_t i = 0; i < rows->fact_count; i++) {
		free(rows->facts[i].key);
		free(rows->facts[i].value);
		free(rows->facts[i].text);
	}
	free(rows->facts);
	free(rows->stores);
	json_decref(rows->root);
}
