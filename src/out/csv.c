/* SPDX-License-Identifier: MIT */
/* RFC 4180: CRLF, every text in quotes. A row per connection and trust store; a connection that showed no certificate
 * has one row. A cell that a spreadsheet would take for a formula gets an apostrophe in front (CWE-1236). */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "out/formats.h"
#include "base/safe.h"
#include "out/view.h"

#include <stdlib.h>
#include <string.h>

static const char header[] =
	"\"node\",\"role\",\"address\",\"advertised\",\"counts\",\"ip\",\"port\",\"order\",\"outcome\",\"trust\","
	"\"result\",\"reason\",\"all_reasons\",\"log\",\"certificate\",\"subject\",\"issuer\",\"not_after\",\"sha256\","
	"\"tls_version\",\"cipher_suite\",\"took_ms\",\"detail\"\r\n";

static void cell(struct buf *out, const char *text)
{
	char *line = safe_line(text);

	buf_putc(out, '"');
	if (*line != '\0' && strchr("=+-@", *line) != NULL)
		buf_putc(out, '\'');
	for (const char *p = line; *p != '\0'; p++) {
		if (*p == '"')
			buf_putc(out, '"');
		buf_putc(out, *p);
	}
	buf_puts(out, "\",");
	free(line);
}

static void number(struct buf *out, long long value)
{
	buf_printf(out, "%lld,", value);
}

static void cert_cells(struct buf *out, const struct report *report, const struct observation *observation)
{
	const struct cert *leaf = chain_leaf(&observation->chain);
	char hex[65] = "", end[32] = "";

	if (leaf != NULL)
		cert_hex(leaf, hex);
	if (leaf != NULL && leaf->readable && leaf->not_after != INT64_MAX && leaf->not_after != INT64_MIN)
		clock_format(leaf->not_after, end, sizeof end);
	cell(out, report_certificate(report, observation));
	cell(out, leaf != NULL ? leaf->subject : NULL);
	cell(out, leaf != NULL ? leaf->issuer : NULL);
	cell(out, end);
	cell(out, hex);
}

static void verdict_cells(struct buf *out, const struct report *report, const struct verdict *verdict)
{
	struct buf all;

	if (verdict == NULL) {
		buf_puts(out, "\"\",\"not checked\",\"\",\"\",\"\",");
		return;
	}
	buf_init(&all);
	for (size_t i = 0; i < verdict->reason_count; i++)
		buf_printf(&all, "%s%s@%d", i > 0 ? " " : "", reason_id(verdict->reasons[i].reason), verdict->reasons[i].depth);
	cell(out, report->stores[verdict->store].name);
	cell(out, verdict->accepted ? "accepted" : "refused");
	cell(out, verdict->reason_count > 0 ? reason_id(verdict->reasons[0].reason) : "");
	cell(out, all.data);
	cell(out, verdict->log);
	buf_clear(&all);
}

static void row(struct buf *out, const struct report *report, const struct observation *observation,
                const struct verdict *verdict)
{
	const struct node *node = &report->nodes[observation->node];

	cell(out, node->name);
	cell(out, node_role_name(node->role));
	cell(out, observation->address);
	cell(out, observation->advertised ? "yes" : "no");
	cell(out, report_counts(report, observation) ? "yes" : "no");
	cell(out, observation->ip);
	number(out, observation->port);
	cell(out, order_name(observation->order));
	cell(out, outcome_name(observation->outcome));
	verdict_cells(out, report, verdict);
	cert_cells(out, report, observation);
	cell(out, observation->tls_version);
	cell(out, observation->cipher_suite);
	number(out, observation->took_ms);
	cell(out, observation->detail);
	out->data[--out->len] = '\0'; /* the last comma */
	buf_puts(out, "\r\n");
}

void csv_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct view view;

	(void)how;
	view_init(&view, report);
	buf_puts(out, header);
	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[view.seen[i]];
		size_t count;
		const size_t *verdicts = view_verdicts(&view, view.seen[i], &count);

		if (count == 0)
			row(out, report, observation, NULL);
		for (size_t k = 0; k < count; k++)
			row(out, report, observation, &report->verdicts[verdicts[k]]);
	}
	view_clear(&view);
}
