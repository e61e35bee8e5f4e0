/* SPDX-License-Identifier: MIT */
/* Prometheus text format 0.0.4 for node_exporter's textfile collector: gauges in base units, each with HELP and TYPE,
 * no series twice. Series are collected as lines and sorted, so that the same world gives the same file. */
#include "config.h"

#include "base/mem.h"
#include "out/formats.h"
#include "base/safe.h"
#include "out/view.h"

#include <stdlib.h>
#include <string.h>

static void head(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP mra_preflight_%s %s\n# TYPE mra_preflight_%s gauge\n", name, help, name);
}

static void single(struct buf *out, const char *name, const char *help, long long value)
{
	head(out, name, help);
	buf_printf(out, "mra_preflight_%s %lld\n", name, value);
}

/* Appends key="value" with the three escapes that label values have. */
static void label(struct buf *out, const char *key, const char *value)
{
	char *line = safe_line(value);

	buf_printf(out, "%s%s=\"", out->data[out->len - 1] == '{' ? "" : ",", key);
	for (const char *p = line; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
	free(line);
}

/* Series of one metric: the labels, and a value; of two with the same labels the lower value is kept. */
struct series {
	char *labels; /* owned */
	long long value;
};

struct family {
	const char *name; /* borrowed */
	struct series *items;
	size_t count;
};

static void family_add(struct family *family, struct buf *labels, long long value)
{
	buf_putc(labels, '}');
	family->items = mem_grow(family->items, family->count, sizeof *family->items);
	family->items[family->count++] = (struct series){ buf_take(labels), value };
}

static int by_labels(const void *left, const void *right)
{
	const struct series *a = left, *b = right;
	int order = strcmp(a->labels, b->labels);

	return order != 0 ? order : (a->value > b->value) - (a->value < b->value);
}

static void family_write(struct family *family, const char *help, struct buf *out)
{
	if (family->count == 0)
		return;
	head(out, family->name, help);
	qsort(family->items, family->count, sizeof *family->items, by_labels);
	for (size_t i = 0; i < family->count; i++)
		if (i == 0 || strcmp(family->items[i].labels, family->items[i - 1].labels) != 0)
			buf_printf(out, "mra_preflight_%s%s %lld\n", family->name, family->items[i].labels, family->items[i].value);
	for (size_t i = 0; i < family->count; i++)
		free(family->items[i].labels);
	free(family->items);
}

/* A cluster is named by its publisher; nodes that were given alone belong to "". */
static const char *cluster_of(const struct report *report, const struct node *node)
{
	return node->cluster < report->cluster_count ? report->clusters[node->cluster].publisher : "";
}

static void open_labels(struct buf *labels)
{
	buf_init(labels);
	buf_putc(labels, '{');
}

static void check_labels(struct buf *labels, const struct report *report, const struct check *check)
{
	const struct node *node = &report->nodes[check->node];
	char port[8];
	struct buf text;

	buf_init(&text);
	buf_printf(&text, "%u", (unsigned)check->port);
	memcpy(port, text.data, text.len + 1);
	buf_clear(&text);
	open_labels(labels);
	label(labels, "cluster", cluster_of(report, node));
	label(labels, "node", node->name);
	label(labels, "role", node_role_name(node->role));
	label(labels, "address", check->address);
	label(labels, "port", port);
	label(labels, "order", order_name(check->order));
}

/* Only advertised addresses: the others would double the series, and nobody is to be woken for them. */
static void add_probe(struct family *family, const struct view *view, const struct check *check)
{
	struct buf labels;

	check_labels(&labels, view->report, check);
	family_add(family, &labels, check->state != CHECK_UNKNOWN && check->state != CHECK_ASIDE);
}

static void add_accepted(struct family *family, const struct view *view, const struct check *check)
{
	const struct report *report = view->report;

	for (size_t i = 0; i < check->seen_count; i++) {
		size_t count;
		const size_t *verdicts = view_verdicts(view, check->seen[i], &count);

		for (size_t k = 0; k < count; k++) {
			const struct verdict *verdict = &report->verdicts[verdicts[k]];
			struct buf labels;

			check_labels(&labels, report, check);
			label(&labels, "trust", report->stores[verdict->store].name);
			label(&labels, "in_force", report->policy.order_in_force[check->order] ? "true" : "false");
			family_add(family, &labels, verdict->accepted);
		}
	}
}

static void write_checks(const struct view *view, struct buf *out)
{
	struct family probes = { "address_checked", NULL, 0 }, verdicts = { "address_accepted", NULL, 0 };

	for (size_t i = 0; i < view->check_count; i++) {
		if (!view->checks[i].advertised || view->checks[i].state == CHECK_NOT_NEEDED)
			continue;
		add_probe(&probes, view, &view->checks[i]);
		add_accepted(&verdicts, view, &view->checks[i]);
	}
	family_write(&probes, "Whether an advertised address showed a certificate.", out);
	family_write(&verdicts, "Whether Expressway would accept an advertised address.", out);
}

static bool has_end(const struct cert *cert)
{
	return cert->readable && cert->not_after != INT64_MAX && cert->not_after != INT64_MIN;
}

static void add_end(struct family *family, struct buf *labels, const struct cert *cert)
{
	char hex[65];

	cert_hex(cert, hex);
	label(labels, "sha256", hex);
	label(labels, "common_name", cert->common_name);
	family_add(family, labels, cert->not_after);
}

/* What advertised addresses show: a leaf belongs to its node, the CAs above it to the cluster. */
static void write_certificates(const struct view *view, struct buf *out)
{
	const struct report *report = view->report;
	struct family family = { "certificate_not_after_timestamp_seconds", NULL, 0 };

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];
		const struct node *node = &report->nodes[observation->node];

		for (size_t k = 0; observation->advertised && k < observation->chain.count; k++) {
			const char *kind = k == 0 ? report_certificate(report, observation) : "CA";
			struct buf labels;

			if (!has_end(observation->chain.certs[k]))
				continue;
			open_labels(&labels);
			label(&labels, "cluster", cluster_of(report, node));
			label(&labels, "node", k == 0 ? node->name : "");
			label(&labels, "certificate", kind != NULL ? kind : "");
			add_end(&family, &labels, observation->chain.certs[k]);
		}
	}
	family_write(&family, "When a certificate that an advertised address shows ends.", out);
}

static void write_stores(const struct report *report, struct buf *out)
{
	struct family family = { "store_certificate_not_after_timestamp_seconds", NULL, 0 };

	for (size_t i = 0; i < report->store_count; i++) {
		for (size_t k = 0; k < report->stores[i].count; k++) {
			struct buf labels;

			if (!has_end(report->stores[i].certs[k]))
				continue;
			open_labels(&labels);
			label(&labels, "trust", report->stores[i].name);
			add_end(&family, &labels, report->stores[i].certs[k]);
		}
	}
	family_write(&family, "When a certificate in a trust store of Expressway ends.", out);
}

static void write_discovery(const struct report *report, struct buf *out)
{
	struct family family = { "discovery_success", NULL, 0 };

	for (size_t i = 0; i < report->cluster_count; i++) {
		struct buf labels;

		if (report->clusters[i].outcome == DISCOVERY_NOT_TRIED)
			continue;
		open_labels(&labels);
		label(&labels, "cluster", report->clusters[i].publisher);
		family_add(&family, &labels, report->clusters[i].outcome == DISCOVERY_OK);
	}
	family_write(&family, "Whether the list of nodes could be read.", out);
}

/* --- counts by cluster ----------------------------------------------------------------------------------------------- */

struct counts {
	size_t nodes, addresses, refused, unknown;
};

static void count_node(const struct view *view, size_t from, size_t end, struct counts *counts)
{
	for (size_t at = from, next; at < end; at = next) {
		next = view_address_end(view, at);
		if (!view->checks[at].advertised)
			continue;
		counts->addresses++;
		if (view_has(view, at, next, CHECK_REFUSED))
			counts->refused++;
		else if (view_has(view, at, next, CHECK_UNKNOWN))
			counts->unknown++;
	}
}

static void add_count(struct family *family, const char *cluster, size_t value)
{
	struct buf labels;

	open_labels(&labels);
	label(&labels, "cluster", cluster);
	family_add(family, &labels, (long long)value);
}

static void write_counts(const struct view *view, struct buf *out)
{
	const struct report *report = view->report;
	struct counts *counts = mem_array(report->cluster_count + 1, sizeof *counts);
	struct family nodes = { "nodes", NULL, 0 }, addresses = { "advertised_addresses", NULL, 0 };
	struct family refused = { "refused_addresses", NULL, 0 }, unknown = { "unchecked_addresses", NULL, 0 };

	for (size_t i = 0; i < report->node_count; i++)
		counts[report->nodes[i].cluster < report->cluster_count ? report->nodes[i].cluster : report->cluster_count].nodes++;
	for (size_t at = 0, end; at < view->check_count; at = end) {
		size_t cluster = report->nodes[view->checks[at].node].cluster;

		end = view_node_end(view, at);
		count_node(view, at, end, &counts[cluster < report->cluster_count ? cluster : report->cluster_count]);
	}
	for (size_t i = 0; i <= report->cluster_count; i++) {
		const char *cluster = i < report->cluster_count ? report->clusters[i].publisher : "";

		if (i == report->cluster_count && report->cluster_count > 0 && counts[i].nodes == 0)
			continue;
		add_count(&nodes, cluster, counts[i].nodes);
		add_count(&addresses, cluster, counts[i].addresses);
		add_count(&refused, cluster, counts[i].refused);
		add_count(&unknown, cluster, counts[i].unknown);
	}
	family_write(&nodes, "Nodes of a cluster.", out);
	family_write(&addresses, "Addresses that MRA clients are sent to.", out);
	family_write(&refused, "Advertised addresses that Expressway would refuse.", out);
	family_write(&unknown, "Advertised addresses that could not be checked.", out);
	free(counts);
}

static void write_status(const struct report *report, struct buf *out)
{
	head(out, "status", "1 for the outcome of the last run, 0 for the others.");
	for (int i = STATUS_PASS; i <= STATUS_ERROR; i++)
		buf_printf(out, "mra_preflight_status{status=\"%s\"} %d\n", status_name((enum status)i),
		           report->status == (enum status)i);
}

static void write_headline(enum headline headline, struct buf *out)
{
	head(out, "headline", "1 for the answer of the last run, 0 for the others.");
	for (int i = HEADLINE_YES; i <= HEADLINE_NOT_KNOWN; i++)
		buf_printf(out, "mra_preflight_headline{headline=\"%s\"} %d\n", headline_name((enum headline)i),
		           headline == (enum headline)i);
}

static void write_findings(const struct view *view, struct buf *out)
{
	head(out, "findings", "Findings by severity.");
	for (int i = SEVERITY_FAIL; i <= SEVERITY_INFO; i++)
		buf_printf(out, "mra_preflight_findings{severity=\"%s\"} %zu\n", severity_name((enum severity)i),
		           view->tally.findings[i]);
}

void prometheus_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct view view;
	long long took_ms = report->took_ms;

	(void)how;
	view_init(&view, report);
	head(out, "build_info", "Version of the tool and the rules it judged by.");
	buf_printf(out, "mra_preflight_build_info{version=\"%s\",era=\"%s\"} 1\n", PACKAGE_VERSION, era_name(report->policy.era));
	single(out, "last_run_timestamp_seconds", "When the last run started.", report->started);
	head(out, "last_run_duration_seconds", "How long the last run took.");
	buf_printf(out, "mra_preflight_last_run_duration_seconds %lld.%03lld\n", took_ms / 1000, took_ms % 1000);
	single(out, "judged_at_timestamp_seconds", "When the certificates have to be good.", report->policy.at);
	write_status(report, out);
	write_headline(view.headline, out);
	write_discovery(report, out);
	write_counts(&view, out);
	write_findings(&view, out);
	write_checks(&view, out);
	write_certificates(&view, out);
	write_stores(report, out);
	view_clear(&view);
}
