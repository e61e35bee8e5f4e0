/* SPDX-License-Identifier: MIT */
/* The matrix: a row per address, a column per port and order. In a large cluster the nodes that pass are folded away. */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/html.h"
#include "out/xml.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_UNFOLDED = 60 };

struct columns {
	uint16_t *ports; /* owned; as the spots come: the login's port first */
	size_t count;
	const bool *orders; /* borrowed; which are there */
};

static void add_port(struct columns *columns, uint16_t port)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->ports[i] == port)
			return;
	columns->ports = mem_grow(columns->ports, columns->count, sizeof *columns->ports);
	columns->ports[columns->count++] = port;
}

static void write_head(const struct columns *columns, struct buf *out)
{
	int orders = columns->orders[ORDER_RSA_FIRST] + columns->orders[ORDER_ECDSA_FIRST];

	buf_puts(out, "<thead>\n<tr><th rowspan=\"2\" scope=\"col\">Address and node</th>");
	for (size_t i = 0; i < columns->count; i++)
		buf_printf(out, "<th colspan=\"%d\" scope=\"colgroup\">Port %u</th>", orders, (unsigned)columns->ports[i]);
	buf_puts(out, "</tr>\n<tr>");
	for (size_t i = 0; i < columns->count; i++)
		for (int order = 0; order < ORDER_COUNT; order++)
			if (columns->orders[order])
				buf_printf(out, "<th scope=\"col\">%s</th>", answer_order((enum order)order));
	buf_puts(out, "</tr>\n</thead>\n");
}

/* Sign and word; the word is what was shown, or the first thing wrong. */
static void write_cell(const struct view *view, const struct spot *spot, struct buf *out)
{
	static const char *const signs[MARK_COUNT] = {
		[MARK_PASS] = "\u2713 ok",         [MARK_FAIL] = "\u2715 refused", [MARK_WARNING] = "! refused",
		[MARK_UNKNOWN] = "? not known", [MARK_ASIDE] = "? not known",  [MARK_IDLE] = "\u2013 not needed",
	};
	const struct verdict *refusal;
	const struct observation *seen;

	if (spot == NULL) {
		buf_puts(out, "<td class=\"m\"></td>");
		return;
	}
	refusal = view_refusal(view, spot);
	seen = view_teller(view, spot);
	buf_printf(out, "<td class=\"m %s\"><b>%s</b>", mark_name(spot->mark), signs[spot->mark]);
	if (refusal != NULL && refusal->reason_count > 0)
		xml_add(out, reason_id(refusal->reasons[0].reason));
	else if (spot->mark == MARK_PASS)
		xml_add(out, report_certificate(view->report, seen));
	else
		xml_add(out, outcome_name(seen->outcome));
	if (refusal != NULL && report_certificate(view->report, seen) != NULL)
		buf_printf(out, "<br>%s", report_certificate(view->report, seen));
	buf_puts(out, "</td>");
}

static const struct spot *find(const struct view *view, size_t from, size_t end, uint16_t port, enum order order)
{
	for (size_t i = from; i < end; i++)
		if (view->spots[i].port == port && view->spots[i].order == order)
			return &view->spots[i];
	return NULL;
}

static void write_row(const struct view *view, const struct columns *columns, size_t from, size_t end, struct buf *out)
{
	const struct node *node = &view->report->nodes[view->spots[from].node];

	buf_puts(out, "<tr><th scope=\"row\">");
	xml_add(out, view->spots[from].address);
	buf_printf(out, "<br><span class=\"label\">%s", node_role_name(node->role));
	if (strcmp(node->name, view->spots[from].address) != 0) {
		buf_puts(out, " ");
		xml_add(out, node->name);
	}
	buf_puts(out, "</span></th>");
	for (size_t i = 0; i < columns->count; i++)
		for (int order = 0; order < ORDER_COUNT; order++)
			if (columns->orders[order])
				write_cell(view, find(view, from, end, columns->ports[i], (enum order)order), out);
	buf_puts(out, "</tr>\n");
}

enum rows { ROWS_BAD, ROWS_GOOD, ROWS_ASIDE };

static enum rows rows_of(const struct view *view, size_t from, size_t end, bool folding)
{
	if (!view->spots[from].advertised)
		return ROWS_ASIDE;
	if (!folding)
		return ROWS_BAD;
	for (size_t i = from; i < end; i++)
		if (view->spots[i].mark != MARK_PASS && view->spots[i].mark != MARK_IDLE)
			return ROWS_BAD;
	return ROWS_GOOD;
}

static void write_table(const struct view *view, const struct columns *columns, enum rows rows, bool folding, struct buf *out)
{
	buf_puts(out, "<div class=\"scroll\"><table>\n");
	write_head(columns, out);
	buf_puts(out, "<tbody>\n");
	for (size_t at = 0, end; at < view->spot_count; at = end) {
		end = view_address_end(view, at);
		if (rows_of(view, at, end, folding) == rows)
			write_row(view, columns, at, end, out);
	}
	buf_puts(out, "</tbody>\n</table></div>\n");
}

static void write_tables(const struct view *view, const struct columns *columns, struct buf *out)
{
	static const char *const titles[] = { "", "Advertised addresses that are accepted everywhere",
	                                      "Addresses that are not advertised" };
	size_t counts[3] = { 0 };
	bool folding = view->tally.addresses > ROWS_UNFOLDED;

	for (size_t at = 0, end; at < view->spot_count; at = end) {
		end = view_address_end(view, at);
		counts[rows_of(view, at, end, folding)]++;
	}
	if (counts[ROWS_BAD] > 0)
		write_table(view, columns, ROWS_BAD, folding, out);
	buf_puts(out, "<p></p>\n");
	for (int rows = ROWS_GOOD; rows <= ROWS_ASIDE; rows++) {
		if (counts[rows] == 0)
			continue;
		buf_printf(out, "<details><summary>%s <span class=\"tag\">%zu</span></summary><div>\n", titles[rows], counts[rows]);
		write_table(view, columns, (enum rows)rows, folding, out);
		buf_puts(out, "</div></details>\n");
	}
}

void html_matrix(const struct view *view, struct buf *out)
{
	struct columns columns = { NULL, 0, view->report->policy.probe_order };

	if (view->spot_count == 0)
		return;
	for (size_t i = 0; i < view->spot_count; i++)
		add_port(&columns, view->spots[i].port);
	buf_puts(out, "<section id=\"glance\">\n<h2>At a glance: node \u00d7 port \u00d7 cipher order</h2>\n"
		"<p class=\"legend\">\u2713 Expressway would accept it, with the certificate named \u00b7 \u2715 it would refuse it \u00b7 "
		"! it would refuse it, but nothing depends on it now \u00b7 ? nobody knows</p>\n");
	write_tables(view, &columns, out);
	buf_puts(out, "</section>\n");
	free(columns.ports);
}
