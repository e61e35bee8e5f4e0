/* SPDX-License-Identifier: MIT */
/* The matrix: a row per address, a column per port and cipher order. In a large cluster, addresses
 * of which all cells say the same share a row. */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/page.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_APART = 24, ROWS_APART_BRIEF = 4 };

struct columns {
	uint16_t *ports; /* owned; as the checks come: the login's port first */
	size_t count;
	const bool *orders; /* borrowed; which are there */
};

/* The checks [from, end) of one address, and all that its cells say as one text. */
struct row {
	size_t from, end;
	enum check_state worst;
	char *says;     /* owned */
	size_t group;   /* index of the first row that says the same */
};

struct matrix {
	const struct view *view;
	struct columns columns;
	struct row *rows; /* owned */
	size_t count;
	bool apart;       /* every address has a row of its own */
};

static void add_port(struct columns *columns, uint16_t port)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->ports[i] == port)
			return;
	columns->ports = mem_grow(columns->ports, columns->count, sizeof *columns->ports);
	columns->ports[columns->count++] = port;
}

static const struct check *find(const struct view *view, size_t from, size_t end, uint16_t port,
                                enum order order)
{
	for (size_t i = from; i < end; i++)
		if (view->checks[i].port == port && view->checks[i].order == order)
			return &view->checks[i];
	return NULL;
}

/* --- a cell ----------------------------------------------------------------------------------- */

/* Which stores refuse a check for which reason: in order of arrival. */
struct refusals {
	struct { const char *reason; struct names stores; } items[REASON_COUNT];
	size_t count;
};

static void add_refusal(struct refusals *refusals, const struct report *report,
                        const struct verdict *verdict)
{
	const char *reason =
		verdict->reason_count > 0 ? reason_id(verdict->reasons[0].reason) : "refused";
	size_t i = 0;

	while (i < refusals->count && strcmp(refusals->items[i].reason, reason) != 0)
		i++;
	if (i == REASON_COUNT)
		return;
	if (i == refusals->count)
		refusals->items[refusals->count++].reason = reason;
	names_add(&refusals->items[i].stores, report->stores[verdict->store].name);
}

static void find_refusals(const struct view *view, const struct check *check,
                          struct refusals *refusals)
{
	for (size_t i = 0; i < check->seen_count; i++) {
		size_t count;
		const size_t *list = view_verdicts(view, check->seen[i], &count);

		for (size_t k = 0; k < count; k++)
			if (!view->report->verdicts[list[k]].accepted)
				add_refusal(refusals, view->report,
				            &view->report->verdicts[list[k]]);
	}
}

/* "self-signed, tomcat-ECDSA"; with several stores "exp-c2: self-signed, tomcat". */
static char *why_refused(const struct view *view, const struct check *check)
{
	struct refusals refusals = { .count = 0 };
	const char *kind = report_certificate(view->report, view_shown(view, check));
	struct buf text;

	buf_init(&text);
	find_refusals(view, check, &refusals);
	for (size_t i = 0; i < refusals.count; i++) {
		const struct names *stores = &refusals.items[i].stores;
		char *list = answer_join(stores, 3);

		buf_puts(&text, i > 0 ? "; " : "");
		if (view->report->store_count > 1)
			buf_printf(&text, "%s: ",
			           stores->count == view->report->store_count ? "every store"
			                                                      : list);
		buf_puts(&text, refusals.items[i].reason);
		names_clear(&refusals.items[i].stores);
		free(list);
	}
	if (kind != NULL)
		buf_printf(&text, ", %s", kind);
	return buf_take(&text);
}

static const char *word_of(const struct view *view, const struct check *check)
{
	static const char *const words[CHECK_STATE_COUNT] = {
		[CHECK_ACCEPTED] = "ok",     [CHECK_REFUSED] = "refused",
		[CHECK_WARNING] = "refused", [CHECK_UNKNOWN] = "unknown",
		[CHECK_ASIDE] = "unknown",   [CHECK_NOT_NEEDED] = "absent",
	};

	if (check->state == CHECK_NOT_NEEDED &&
	    view_shown(view, check)->outcome == OUTCOME_PRESENTED)
		return "shown"; /* by a service that is not the traffic server's business */
	return words[check->state];
}

/* What the words mean that the table has for what no login needs. */
static const char *not_needed(const struct view *view)
{
	bool absent = false, shown = false;

	for (size_t i = 0; i < view->check_count; i++) {
		const struct check *check = &view->checks[i];

		if (!check->advertised || check->state != CHECK_NOT_NEEDED)
			continue;
		if (strcmp(word_of(view, check), "shown") == 0)
			shown = true;
		else
			absent = true;
	}
	return absent && shown ? " \"absent\", \"shown\": no login needs it there."
	       : absent        ? " \"absent\": no login needs it there."
	       : shown         ? " \"shown\": no login needs it there."
	                       : "";
}

static enum doc_look look_of(enum check_state state)
{
	static const enum doc_look looks[CHECK_STATE_COUNT] = {
		[CHECK_ACCEPTED] = DOC_GOOD, [CHECK_REFUSED] = DOC_BAD,
		[CHECK_WARNING] = DOC_WARN,  [CHECK_UNKNOWN] = DOC_GAP,
		[CHECK_ASIDE] = DOC_NOTE,    [CHECK_NOT_NEEDED] = DOC_NOTE,
	};

	return looks[state];
}

static char *why_of(const struct view *view, const struct check *check)
{
	const struct observation *shown = view_shown(view, check);
	const char *kind = report_certificate(view->report, shown);

	if (check->state == CHECK_REFUSED || check->state == CHECK_WARNING)
		return why_refused(view, check);
	if (shown->outcome == OUTCOME_PRESENTED)
		return mem_strdup(kind != NULL ? kind : "");
	return mem_strdup(outcome_name(shown->outcome));
}

static void add_cell(struct doc *doc, const struct view *view, const struct check *check)
{
	char *why;

	if (check == NULL) {
		doc_add(doc, DOC_CELL, DOC_PLAIN, NULL);
		return;
	}
	doc_open(doc, DOC_CELL, look_of(check->state), NULL);
	doc_add(doc, DOC_TEXT, DOC_PLAIN, word_of(view, check));
	why = why_of(view, check);
	if (*why != '\0')
		doc_add(doc, DOC_SMALL, DOC_PLAIN, why);
	free(why);
	doc_close(doc);
}

/* --- a row ------------------------------------------------------------------------------------ */

static char *all_cells(const struct matrix *matrix, const struct row *row)
{
	const struct view *view = matrix->view;
	struct buf text;

	buf_init(&text);
	buf_puts(&text, node_role_name(view->report->nodes[view->checks[row->from].node].role));
	for (size_t i = row->from; i < row->end; i++) {
		const struct check *check = &view->checks[i];
		char *why = why_of(view, check);

		buf_printf(&text, "|%u %d %d %s", (unsigned)check->port, check->order, check->state,
		           why);
		free(why);
	}
	return buf_take(&text);
}

/* Grave first: refused, unknown, refused but aside, the rest. */
static int gravity(enum check_state state)
{
	static const int gravities[CHECK_STATE_COUNT] = {
		[CHECK_REFUSED] = 5, [CHECK_UNKNOWN] = 4,  [CHECK_WARNING] = 3,
		[CHECK_ASIDE] = 2,   [CHECK_ACCEPTED] = 1,
	};

	return gravities[state];
}

static void add_row(struct matrix *matrix, size_t from, size_t end)
{
	struct row *row;

	matrix->rows = mem_grow(matrix->rows, matrix->count, sizeof *matrix->rows);
	row = &matrix->rows[matrix->count];
	*row = (struct row){ .from = from,
		             .end = end,
		             .worst = matrix->view->checks[from].state,
		             .group = matrix->count };
	for (size_t i = from; i < end; i++)
		if (gravity(matrix->view->checks[i].state) > gravity(row->worst))
			row->worst = matrix->view->checks[i].state;
	matrix->count++;
}

static int by_says(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return strcmp(a->says, b->says) ?: COMPARE(a->from, b->from);
}

static int by_gravity(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return COMPARE(gravity(b->worst), gravity(a->worst))
	       ?: COMPARE(a->group, b->group)
	       ?: COMPARE(a->from, b->from);
}

/* Afterwards rows of one group stand together, grave groups first. */
static void group_rows(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->count; i++)
		matrix->rows[i].says = all_cells(matrix, &matrix->rows[i]);
	qsort(matrix->rows, matrix->count, sizeof *matrix->rows, by_says);
	for (size_t i = 0; i < matrix->count; i++) {
		bool same = i > 0 && strcmp(matrix->rows[i].says, matrix->rows[i - 1].says) == 0;

		matrix->rows[i].group = same ? matrix->rows[i - 1].group : matrix->rows[i].from;
	}
	qsort(matrix->rows, matrix->count, sizeof *matrix->rows, by_gravity);
}

static void add_name_cell(struct doc *doc, const struct matrix *matrix, const struct row *row,
                          size_t count)
{
	const struct view *view = matrix->view;
	const struct node *node = &view->report->nodes[view->checks[row->from].node];
	const char *address = view->checks[row->from].address;
	bool apart = count == 1 && strcmp(node->name, address) != 0;
	char *small = count == 1
	                      ? mem_printf("%s%s%s", node_role_name(node->role), apart ? " " : "",
	                                   apart ? node->name : "")
	                      : mem_printf("%zu addresses, %s", count, node_role_name(node->role));

	doc_open(doc, DOC_CELL, DOC_PLAIN, NULL);
	doc_open(doc, DOC_NAMES, DOC_PLAIN, NULL);
	for (size_t i = 0; i < count; i++)
		doc_add(doc, DOC_NAME, DOC_PLAIN, view->checks[row[i].from].address);
	doc_close(doc);
	doc_add(doc, DOC_SMALL, DOC_PLAIN, small);
	doc_close(doc);
	free(small);
}

static void add_rows(struct doc *doc, const struct matrix *matrix, const struct row *row,
                     size_t count)
{
	const struct columns *columns = &matrix->columns;

	doc_open(doc, DOC_ROW, DOC_PLAIN, NULL);
	add_name_cell(doc, matrix, row, count);
	for (size_t i = 0; i < columns->count; i++)
		for (int order = 0; order < ORDER_COUNT; order++)
			if (columns->orders[order])
				add_cell(doc, matrix->view,
				         find(matrix->view, row->from, row->end, columns->ports[i],
				              (enum order)order));
	doc_close(doc);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void add_head(struct doc *doc, const struct columns *columns)
{
	doc_open(doc, DOC_ROW, DOC_PLAIN, NULL);
	doc_open(doc, DOC_CELL, DOC_PLAIN, NULL);
	doc_add(doc, DOC_TEXT, DOC_PLAIN, "Address");
	doc_close(doc);
	for (size_t i = 0; i < columns->count; i++) {
		for (int order = 0; order < ORDER_COUNT; order++) {
			char *head;

			if (!columns->orders[order])
				continue;
			head = mem_printf("%u %s", (unsigned)columns->ports[i],
			                  order == ORDER_RSA_FIRST ? "RSA" : "ECDSA");
			doc_open(doc, DOC_CELL, DOC_PLAIN, NULL);
			doc_add(doc, DOC_TEXT, DOC_PLAIN, head);
			doc_add(doc, DOC_SMALL, DOC_PLAIN, " first");
			doc_close(doc);
			free(head);
		}
	}
	doc_close(doc);
}

static void add_table(struct doc *doc, const struct view *view, const struct columns *columns,
                      bool advertised)
{
	struct matrix matrix = { view, *columns, NULL, 0, false };

	for (size_t at = 0, end; at < view->check_count; at = end) {
		end = view_address_end(view, at);
		if (view->checks[at].advertised == advertised)
			add_row(&matrix, at, end);
	}
	matrix.apart =
		matrix.count <= (view->brief ? (size_t)ROWS_APART_BRIEF : (size_t)ROWS_APART);
	if (!matrix.apart)
		group_rows(&matrix);
	doc_open(doc, DOC_TABLE, DOC_PLAIN, NULL);
	add_head(doc, columns);
	for (size_t i = 0, end; i < matrix.count; i = end) {
		for (end = i + 1;
		     end < matrix.count && matrix.rows[end].group == matrix.rows[i].group; end++)
			;
		add_rows(doc, &matrix, &matrix.rows[i], end - i);
	}
	doc_close(doc);
	for (size_t i = 0; i < matrix.count; i++)
		free(matrix.rows[i].says);
	free(matrix.rows);
}

void page_matrix(struct doc *doc, const struct view *view)
{
	struct columns columns = { NULL, 0, view->report->policy.probe_order };
	bool advertised = false, aside = false, warned = false;

	for (size_t i = 0; i < view->check_count; i++) {
		add_port(&columns, view->checks[i].port);
		advertised = advertised || view->checks[i].advertised;
		aside = aside || !view->checks[i].advertised;
		warned = warned ||
		         (view->checks[i].advertised && view->checks[i].state == CHECK_WARNING);
	}
	if (view->check_count == 0)
		return;
	doc_open(doc, DOC_SECTION, DOC_PLAIN, "At a glance: address by port and cipher order")->id =
		view->brief ? NULL : "glance";
	if (advertised)
		add_table(doc, view, &columns, true);
	doc_sayf(doc, DOC_NOTE, "RSA, ECDSA: what Expressway offers first.%s%s",
	         warned ? " A refusal with \"!\" does not count now." : "", not_needed(view));
	if (aside) {
		doc_open(doc, DOC_FOLD, DOC_PLAIN, "Addresses that are not advertised")->flags =
			DOC_DETAIL;
		add_table(doc, view, &columns, false);
		doc_close(doc);
	}
	doc_close(doc);
	free(columns.ports);
}
