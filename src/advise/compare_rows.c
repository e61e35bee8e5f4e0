/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "advise/compare_rows.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/search.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int row_order(const struct row *a, const struct row *b, bool with_store)
{
	return strcasecmp(a->node, b->node)
	       ?: strcasecmp(a->address, b->address)
	       ?: COMPARE(a->port, b->port)
	       ?: COMPARE(a->order, b->order)
	       ?: (with_store ? strcmp(a->store, b->store) : 0);
}

/* The state's text at the end makes the sorting whole: one result whatever the order in the
 * report. What is accepted comes before what is not checked (join). */
static int by_row(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return row_order(a, b, true) ?: strcmp(a->state_text, b->state_text);
}

/* Swallows state_text. */
static struct row row_of(const struct report *report, const struct observation *observation,
                         const char *store, enum row_state state, char *state_text)
{
	return (struct row){
		.node = report->nodes[observation->node].name,
		.of = &report->nodes[observation->node],
		.address = observation->address,
		.store = store,
		.port = observation->port,
		.order = observation->order,
		.advertised = observation->advertised,
		.counts = report_counts(report, observation),
		.state = state,
		.state_text = state_text,
	};
}

static void add_row(struct rows *rows, const struct observation *observation, size_t store,
                    enum row_state state, char *state_text)
{
	rows->items = mem_grow(rows->items, rows->count, sizeof *rows->items);
	rows->items[rows->count++] =
		row_of(rows->report, observation, rows->stores[store], state, state_text);
}

bool rows_have_store(const struct rows *rows, const char *store)
{
	for (size_t i = 0; i < rows->report->store_count; i++)
		if (strcmp(rows->stores[i], store) == 0)
			return true;
	return false;
}

static bool same_content(const struct store *a, const struct store *b)
{
	if (a->count == 0 || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (memcmp(a->certs[i]->sha256, b->certs[i]->sha256,
		           sizeof a->certs[i]->sha256) != 0)
			return false;
	return true;
}

/* A store of another name that holds the same is the same: it is told by its old one. */
static void rename_stores(struct rows *rows, const struct rows *before)
{
	const struct report *report = rows->report, *old = before->report;

	for (size_t i = 0; i < report->store_count; i++)
		for (size_t k = 0;
		     k < old->store_count && !rows_have_store(before, rows->stores[i]); k++)
			if (!rows_have_store(rows, old->stores[k].name) &&
			    same_content(&report->stores[i], &old->stores[k]))
				rows->stores[i] = old->stores[k].name;
}

struct wanted {
	const struct rows *rows;
	const char *node, *address; /* address NULL: whichever */
};

static int order_of(const struct wanted *wanted, size_t at)
{
	const struct row *row = &wanted->rows->items[at];
	int order = strcasecmp(row->node, wanted->node);

	return order != 0 || wanted->address == NULL ? order
	                                             : strcasecmp(row->address, wanted->address);
}

static bool is_below(size_t at, const void *wanted)
{
	return order_of(wanted, at) < 0;
}

bool rows_have(const struct rows *rows, const char *node, const char *address)
{
	const struct wanted wanted = { rows, node, address };
	size_t at = search_first(rows->count, is_below, &wanted);

	return at < rows->count && order_of(&wanted, at) == 0;
}

const struct row *rows_first(const struct rows *rows, const char *node)
{
	const struct wanted wanted = { rows, node, NULL };
	size_t at = search_first(rows->count, is_below, &wanted);

	return at < rows->count && order_of(&wanted, at) == 0 ? &rows->items[at] : NULL;
}

bool rows_unchecked(const struct rows *rows, const char *node)
{
	const struct row *row = rows_first(rows, node), *end = rows->items + rows->count;

	for (; row != NULL && row < end && strcasecmp(row->node, node) == 0; row++)
		if (row->counts && row->state == ROW_UNCHECKED)
			return true;
	return false;
}

static char *refusal_text(const struct verdict *verdict)
{
	struct buf text;

	buf_init(&text);
	buf_puts(&text, "refused (");
	for (size_t i = 0; i < verdict->reason_count; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : ", ",
		           reason_id(verdict->reasons[i].reason));
	buf_puts(&text, ")");
	return buf_take(&text);
}

/* What has no verdict is not checked, for every store. */
static void add_rows(struct rows *rows)
{
	const struct report *report = rows->report;
	bool *judged = mem_array(report->observation_count, sizeof *judged);

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];

		judged[verdict->observation] = true;
		add_row(rows, &report->observations[verdict->observation], verdict->store,
		        verdict->accepted ? ROW_ACCEPTED : ROW_REFUSED,
		        verdict->accepted ? mem_strdup("accepted") : refusal_text(verdict));
	}
	for (size_t i = 0; i < report->observation_count; i++)
		for (size_t k = 0; !judged[i] && k < report->store_count; k++)
			if (report_judges_node(report, k, report->observations[i].node))
				add_row(rows, &report->observations[i], k, ROW_UNCHECKED,
				        mem_printf("not checked (%s)",
				                   outcome_name(report->observations[i].outcome)));
	free(judged);
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
	into->counts = into->counts || from->counts;
	free(from->state_text);
	from->state_text = NULL;
}

/* Returns how many there are then. */
static size_t sort_and_join(struct row *items, size_t count)
{
	size_t kept = 0;

	mem_sort(items, count, sizeof *items, by_row);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && row_order(&items[kept - 1], &items[i], true) == 0)
			join(&items[kept - 1], &items[i]);
		else
			items[kept++] = items[i];
	}
	return kept;
}

/* What CUCM would make of Expressway-C's own certificate. */
static void add_peers(struct rows *rows)
{
	const struct report *report = rows->report;

	rows->peers = mem_array(report->client_verdict_count, sizeof *rows->peers);
	for (size_t i = 0; i < report->client_verdict_count; i++) {
		const struct client_verdict *verdict = &report->client_verdicts[i];
		bool refused = verdict->outcome == CLIENT_REFUSED;

		rows->peers[rows->peer_count++] = row_of(
			report, &report->observations[verdict->observation],
			report->clients[verdict->client].name,
			refused                                ? ROW_REFUSED
			: verdict->outcome == CLIENT_ACCEPTED ? ROW_ACCEPTED
							       : ROW_UNCHECKED,
			refused ? mem_printf("refused (alert %d)", verdict->alert)
				: mem_strdup(client_outcome_name(verdict->outcome)));
	}
	rows->peer_count = sort_and_join(rows->peers, rows->peer_count);
}

void rows_init(struct rows *rows, const struct report *report, bool with_store,
               const struct rows *before)
{
	*rows = (struct rows){ .report = report, .with_store = with_store };
	rows->stores = mem_array(report->store_count, sizeof *rows->stores);
	for (size_t i = 0; i < report->store_count; i++)
		rows->stores[i] = report->stores[i].name;
	if (with_store && before != NULL)
		rename_stores(rows, before);
	add_rows(rows);
	rows->count = sort_and_join(rows->items, rows->count);
	add_peers(rows);
	rows_init_facts(rows);
}

void rows_clear(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->items[i].state_text);
	free(rows->items);
	for (size_t i = 0; i < rows->peer_count; i++)
		free(rows->peers[i].state_text);
	free(rows->peers);
	free(rows->stores);
	for (size_t i = 0; i < rows->fact_count; i++) {
		free(rows->facts[i].key);
		free(rows->facts[i].value);
		free(rows->facts[i].text);
	}
	free(rows->facts);
}
