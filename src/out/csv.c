/* SPDX-License-Identifier: MIT */
/* RFC 4180: CRLF, every text in quotes. Two tables: a row per connection and trust store (a
 * connection that showed no certificate has one row), and a row per certificate and node or store
 * that has it. A cell that a spreadsheet would take for a formula gets an apostrophe in front
 * (CWE-1236). */
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
	"\"tls_version\",\"cipher_suite\",\"took_ms\",\"detail\",\"cluster\"\r\n";

/* Spreadsheets of East Asia take the full-width signs (U+FF1D, U+FF0B, U+FF0D, U+FF20) for the
 * plain ones. */
static bool starts_formula(const char *line)
{
	static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
		                            "\xef\xbc\xa0" };

	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (strncmp(line, wide[i], 3) == 0)
			return true;
	return *line != '\0' && strchr("=+-@", *line) != NULL;
}

static void cell(struct buf *out, const char *text)
{
	char *line = safe_line(text);

	buf_putc(out, '"');
	if (starts_formula(line))
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

static void end_row(struct buf *out)
{
	out->data[--out->len] = '\0'; /* the last comma */
	buf_puts(out, "\r\n");
}

/* run: where a node counts that belongs to no cluster: its run among many, "" where there is one. */
static const char *cluster_of(const struct report *report, const struct node *node, const char *run)
{
	return node->cluster < report->cluster_count ? report->clusters[node->cluster].publisher
	                                             : run;
}

static void cert_cells(struct buf *out, const struct report *report,
                       const struct observation *observation)
{
	const struct cert *leaf = chain_leaf(&observation->chain);
	char hex[65] = "", end[CLOCK_TEXT] = "";

	if (leaf != NULL)
		cert_hex(leaf, hex);
	if (leaf != NULL && leaf->readable && leaf->not_after != INT64_MAX &&
	    leaf->not_after != INT64_MIN)
		clock_format(leaf->not_after, end, sizeof end);
	cell(out, report_certificate(report, observation));
	cell(out, leaf != NULL ? leaf->subject : NULL);
	cell(out, leaf != NULL ? leaf->issuer : NULL);
	cell(out, end);
	cell(out, hex);
}

static void verdict_cells(struct buf *out, const struct report *report,
                          const struct verdict *verdict)
{
	struct buf all;

	if (verdict == NULL) {
		buf_puts(out, "\"\",\"not checked\",\"\",\"\",\"\",");
		return;
	}
	buf_init(&all);
	for (size_t i = 0; i < verdict->reason_count; i++)
		buf_printf(&all, "%s%s@%d", i > 0 ? " " : "", reason_id(verdict->reasons[i].reason),
		           verdict->reasons[i].depth);
	cell(out, report->stores[verdict->store].name);
	cell(out, verdict->accepted ? "accepted" : "refused");
	cell(out, verdict->reason_count > 0 ? reason_id(verdict->reasons[0].reason) : "");
	cell(out, all.data);
	cell(out, verdict->log);
	buf_clear(&all);
}

static void row(struct buf *out, const struct report *report, const struct observation *observation,
                const struct verdict *verdict, const char *run)
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
	cell(out, cluster_of(report, node, run));
	end_row(out);
}

/* One row each, with the name of the file where that of the cluster would be. */
static void unread_rows(struct buf *out, const struct unread *unread)
{
	for (size_t i = 0; i < unread->count; i++) {
		buf_puts(out, "\"\",\"\",\"\",\"\",\"\",\"\",,\"\",\"unread\",");
		verdict_cells(out, NULL, NULL);
		buf_puts(out, "\"\",\"\",\"\",\"\",\"\",\"\",\"\",,");
		cell(out, unread->files[i].problem);
		cell(out, unread->files[i].file);
		end_row(out);
	}
}

static void write_rows(const struct report *report, const char *run, const struct out_how *how,
                       struct buf *out)
{
	struct view view;

	view_init(&view, report);
	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[view.seen[i]];
		size_t count;
		const size_t *verdicts = view_verdicts(&view, view.seen[i], &count);

		if (count == 0)
			row(out, report, observation, NULL, run);
		for (size_t k = 0; k < count; k++)
			row(out, report, observation, &report->verdicts[verdicts[k]], run);
		out_drain(how, out);
	}
	view_clear(&view);
}

void csv_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	buf_puts(out, header);
	write_rows(report, "", how, out);
	unread_rows(out, &report->unread);
}

void csv_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out)
{
	buf_puts(out, header);
	for (size_t i = 0; i < fleet->count; i++)
		write_rows(fleet->reports[i], fleet_name(fleet->reports[i]), how, out);
	unread_rows(out, &fleet->unread);
}

/* --- certificates ----------------------------------------------------------------------------- */

static const char certificates_header[] =
	"\"cluster\",\"held_by\",\"name\",\"certificate\",\"depth\",\"ports\",\"subject\",\"issuer\",\"serial\",\"sha256\","
	"\"not_before\",\"not_after\",\"days_left\",\"key_type\",\"key_bits\",\"signature\",\"self_signed\",\"ca\","
	"\"key_usage\",\"extended_key_usage\",\"san\"\r\n";

/* One certificate at one depth of what a node shows, and where it was seen. */
struct shown {
	const struct cert *cert; /* borrowed */
	size_t node, depth;
	const char *kind;        /* static; "tomcat", "CA" */
	uint16_t port;
};

static int by_place(const void *left, const void *right)
{
	const struct shown *a = left, *b = right;

	return COMPARE(a->node, b->node)
	       ?: memcmp(a->cert->sha256, b->cert->sha256, sizeof a->cert->sha256)
	       ?: COMPARE(a->depth, b->depth)
	       ?: strcmp(a->kind, b->kind) /* one may be tomcat and CallManager */
	       ?: COMPARE(a->port, b->port);
}

static void time_cell(struct buf *out, const struct cert *cert, int64_t s)
{
	char text[CLOCK_TEXT] = "";

	if (cert->readable && s != INT64_MAX && s != INT64_MIN)
		clock_format(s, text, sizeof text);
	cell(out, text);
}

static void usage_cells(struct buf *out, const struct cert *cert)
{
	const char *at = NULL, *purpose;
	struct buf text;

	buf_init(&text);
	for (int bit = 0; bit < USAGE_COUNT; bit++)
		if (cert->has_key_usage && cert->key_usage & 1U << bit)
			buf_printf(&text, "%s%s", text.len > 0 ? " " : "",
			           key_usage_name((enum key_usage)bit));
	cell(out, text.data);
	buf_clear(&text);
	buf_init(&text);
	while (cert->has_extended_key_usage && (purpose = cert_next_purpose(cert, &at)) != NULL)
		buf_printf(&text, "%s%s", text.len > 0 ? " " : "", purpose);
	cell(out, text.data);
	buf_clear(&text);
}

static void san_cell(struct buf *out, const struct cert *cert)
{
	const char *at = NULL;
	struct buf text;
	struct san san;

	buf_init(&text);
	while (cert->readable && cert_next_san(cert, &at, &san))
		buf_printf(&text, "%s%s:%s", text.len > 0 ? " " : "", san_type_name(san.type),
		           san.value);
	cell(out, text.data);
	buf_clear(&text);
}

static void fact_cells(struct buf *out, const struct report *report, const struct cert *cert)
{
	bool ends = cert->readable && cert->not_after != INT64_MAX && cert->not_after != INT64_MIN;
	int64_t left_s = ends ? cert->not_after - report->policy.at : 0;
	char hex[65];

	cert_hex(cert, hex);
	cell(out, cert->subject);
	cell(out, cert->issuer);
	cell(out, cert->serial);
	cell(out, hex);
	time_cell(out, cert, cert->not_before);
	time_cell(out, cert, cert->not_after);
	if (ends)
		number(out, left_s / DAY_S - (left_s % DAY_S < 0));
	else
		cell(out, "");
	cell(out, cert->readable ? key_type_name(cert->key_type) : "");
	number(out, cert->key_bits);
	cell(out, cert->signature);
	cell(out, cert->self_signed ? "yes" : "no");
	cell(out, cert->is_ca ? "yes" : "no");
	usage_cells(out, cert);
	san_cell(out, cert);
	end_row(out);
}

static struct shown *find_shown(const struct report *report, size_t *count)
{
	struct shown *shown = NULL;

	*count = 0;
	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];

		for (size_t k = 0; k < observation->chain.count; k++) {
			const char *kind = k == 0 ? report_certificate(report, observation) : "CA";

			shown = mem_grow(shown, *count, sizeof *shown);
			shown[(*count)++] =
				(struct shown){ observation->chain.certs[k], observation->node, k,
				                kind != NULL ? kind : "", observation->port };
		}
	}
	mem_sort(shown, *count, sizeof *shown, by_place);
	return shown;
}

static bool same_row(const struct shown *a, const struct shown *b)
{
	return a->node == b->node && a->cert == b->cert && a->depth == b->depth &&
	       strcmp(a->kind, b->kind) == 0;
}

/* A row for each certificate of each node and what it is there; its ports are told together. */
static void write_shown(const struct report *report, const char *run, const struct out_how *how,
                        struct buf *out)
{
	size_t count;
	struct shown *shown = find_shown(report, &count);

	for (size_t i = 0, end; i < count; i = end) {
		const struct node *node = &report->nodes[shown[i].node];
		struct buf ports;

		buf_init(&ports);
		for (end = i; end < count && same_row(&shown[end], &shown[i]); end++)
			if (end == i || shown[end].port != shown[end - 1].port)
				buf_printf(&ports, "%s%u", end > i ? " " : "",
				           (unsigned)shown[end].port);
		cell(out, cluster_of(report, node, run));
		cell(out, "node");
		cell(out, node->name);
		cell(out, shown[i].kind);
		number(out, (long long)shown[i].depth);
		cell(out, ports.data);
		fact_cells(out, report, shown[i].cert);
		buf_clear(&ports);
		out_drain(how, out);
	}
	free(shown);
}

/* Expressway-C's own, which it shows to CUCM. */
static void write_own(const struct report *report, struct buf *out)
{
	for (size_t i = 0; i < report->client_count; i++) {
		for (size_t k = 0; k < report->clients[i].chain.count; k++) {
			cell(out, fleet_name(report));
			cell(out, "expressway");
			cell(out, report->clients[i].name);
			cell(out, "client");
			number(out, (int64_t)k);
			cell(out, "");
			fact_cells(out, report, report->clients[i].chain.certs[k]);
		}
	}
}

static void write_trusted(const struct report *report, struct buf *out)
{
	for (size_t i = 0; i < report->store_count; i++) {
		for (size_t k = 0; k < report->stores[i].count; k++) {
			cell(out, fleet_name(report));
			cell(out, "store");
			cell(out, report->stores[i].name);
			cell(out, "trusted");
			cell(out, "");
			cell(out, "");
			fact_cells(out, report, report->stores[i].certs[k]);
		}
	}
}

static void write_held(const struct report *report, const char *run, const struct out_how *how,
                       struct buf *out)
{
	write_shown(report, run, how, out);
	write_own(report, out);
	write_trusted(report, out);
}

void certificates_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	buf_puts(out, certificates_header);
	write_held(report, "", how, out);
}

void certificates_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out)
{
	buf_puts(out, certificates_header);
	for (size_t i = 0; i < fleet->count; i++)
		write_held(fleet->reports[i], fleet_name(fleet->reports[i]), how, out);
}
