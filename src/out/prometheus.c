/* SPDX-License-Identifier: MIT */
/* Prometheus text format 0.0.4 for node_exporter's textfile collector: gauges in base units, each
 * with HELP and TYPE, no series twice. Series are collected as lines and sorted, so that the same
 * world gives the same file. */
#include "config.h"

#include "base/mem.h"
#include "out/formats.h"
#include "base/safe.h"
#include "out/view.h"

#include <stdlib.h>
#include <string.h>

enum metric {
	METRIC_BUILD,
	METRIC_STARTED,
	METRIC_TOOK,
	METRIC_JUDGED_AT,
	METRIC_STATUS,
	METRIC_HEADLINE,
	METRIC_UNREAD,
	METRIC_DISCOVERY,
	METRIC_NODES,
	METRIC_ADDRESSES,
	METRIC_REFUSED,
	METRIC_UNCHECKED,
	METRIC_FINDINGS,
	METRIC_CHECKED,
	METRIC_ACCEPTED,
	METRIC_END,
	METRIC_STORE_END,
	METRIC_COUNT
};

static const struct {
	const char *name, *help;
} metrics[METRIC_COUNT] = {
	[METRIC_BUILD] = { "build_info", "Version of the tool and the rules it judged by." },
	[METRIC_STARTED] = { "last_run_timestamp_seconds", "When the last run started." },
	[METRIC_TOOK] = { "last_run_duration_seconds", "How long the last run took." },
	[METRIC_JUDGED_AT] = { "judged_at_timestamp_seconds",
	                       "When the certificates have to be good." },
	[METRIC_STATUS] = { "status", "1 for the outcome of the last run, 0 for the others." },
	[METRIC_HEADLINE] = { "headline", "1 for the answer of the last run, 0 for the others." },
	[METRIC_UNREAD] = { "unread_reports",
	                    "Saved reports that could not be read and are missing here." },
	[METRIC_DISCOVERY] = { "discovery_success", "Whether the list of nodes could be read." },
	[METRIC_NODES] = { "nodes", "Nodes of a cluster." },
	[METRIC_ADDRESSES] = { "advertised_addresses", "Addresses that MRA clients are sent to." },
	[METRIC_REFUSED] = { "refused_addresses",
	                     "Advertised addresses that Expressway would refuse." },
	[METRIC_UNCHECKED] = { "unchecked_addresses",
	                       "Advertised addresses that could not be checked." },
	[METRIC_FINDINGS] = { "findings", "Findings by severity." },
	[METRIC_CHECKED] = { "address_checked",
	                     "Whether an advertised address showed a certificate." },
	[METRIC_ACCEPTED] = { "address_accepted",
	                      "Whether Expressway would accept an advertised address." },
	[METRIC_END] = { "certificate_not_after_timestamp_seconds",
	                 "When a certificate that an advertised address shows ends." },
	[METRIC_STORE_END] = { "store_certificate_not_after_timestamp_seconds",
	                       "When a certificate in a trust store of Expressway ends." },
};

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

/* Series of one metric: the labels, and a value; of two with the same labels the lower value is
 * kept. */
struct series {
	char *labels; /* owned */
	long long value;
};

struct family {
	struct series *items; /* owned */
	size_t count;
};

struct prometheus {
	struct family families[METRIC_COUNT];
	const char *run; /* the label of what is true of a whole run: its cluster among many, NULL
	                    where there is one run */
};

/* Swallows labels. */
static void add(struct prometheus *to, enum metric metric, struct buf *labels, long long value)
{
	struct family *family = &to->families[metric];

	if (labels->len > 1)
		buf_putc(labels, '}');
	else
		*labels->data = '\0'; /* no labels, no braces */
	family->items = mem_grow(family->items, family->count, sizeof *family->items);
	family->items[family->count++] = (struct series){ buf_take(labels), value };
}

static int by_labels(const void *left, const void *right)
{
	const struct series *a = left, *b = right;

	return strcmp(a->labels, b->labels) ?: COMPARE(a->value, b->value);
}

/* A duration is kept in milliseconds. */
static void write_series(enum metric metric, const struct series *series, struct buf *out)
{
	buf_printf(out, "mra_preflight_%s%s ", metrics[metric].name, series->labels);
	if (metric == METRIC_TOOK)
		buf_printf(out, "%lld.%03lld\n", series->value / 1000, series->value % 1000);
	else
		buf_printf(out, "%lld\n", series->value);
}

static void write_family(struct family *family, enum metric metric, const struct out_how *how,
                         struct buf *out)
{
	const char *name = metrics[metric].name;

	if (family->count == 0)
		return;
	buf_printf(out, "# HELP mra_preflight_%s %s\n# TYPE mra_preflight_%s gauge\n", name,
	           metrics[metric].help, name);
	if (metric >= METRIC_DISCOVERY &&
	    metric != METRIC_FINDINGS) /* the others come in an order that people know */
		qsort(family->items, family->count, sizeof *family->items, by_labels);
	for (size_t i = 0; i < family->count; i++) {
		if (i == 0 || strcmp(family->items[i].labels, family->items[i - 1].labels) != 0)
			write_series(metric, &family->items[i], out);
		out_drain(how, out);
	}
	for (size_t i = 0; i < family->count; i++)
		free(family->items[i].labels);
	free(family->items);
}

/* Where a node counts: its cluster. One that was given alone has none (the index behind the last),
 * but among many runs it belongs to its run: the series of "" would be one for all runs, and of
 * equal series only the lower value is kept. */
static size_t cluster_at(const struct prometheus *to, const struct report *report,
                         const struct node *node)
{
	if (node->cluster < report->cluster_count)
		return node->cluster;
	return to->run != NULL && report->cluster_count > 0 ? 0 : report->cluster_count;
}

/* A cluster is named by its publisher; among many, what has none by what fleet_name() calls its
 * run, else "". */
static const char *cluster_name(const struct prometheus *to, const struct report *report,
                                size_t cluster)
{
	if (cluster < report->cluster_count)
		return report->clusters[cluster].publisher;
	return to->run != NULL ? to->run : "";
}

static const char *cluster_of(const struct prometheus *to, const struct report *report,
                              const struct node *node)
{
	return cluster_name(to, report, cluster_at(to, report, node));
}

static void open_labels(struct buf *labels)
{
	buf_init(labels);
	buf_putc(labels, '{');
}

static void add_of_run(struct prometheus *to, enum metric metric, const char *key,
                       const char *value, long long number)
{
	struct buf labels;

	open_labels(&labels);
	if (to->run != NULL)
		label(&labels, "cluster", to->run);
	if (key != NULL)
		label(&labels, key, value);
	add(to, metric, &labels, number);
}

static void check_labels(const struct prometheus *to, struct buf *labels,
                         const struct report *report, const struct check *check)
{
	const struct node *node = &report->nodes[check->node];
	char port[8];
	struct buf text;

	buf_init(&text);
	buf_printf(&text, "%u", (unsigned)check->port);
	memcpy(port, text.data, text.len + 1);
	buf_clear(&text);
	open_labels(labels);
	label(labels, "cluster", cluster_of(to, report, node));
	label(labels, "node", node->name);
	label(labels, "role", node_role_name(node->role));
	label(labels, "address", check->address);
	label(labels, "port", port);
	label(labels, "order", order_name(check->order));
}

/* Only advertised addresses: the others would double the series, and nobody is to be woken for
 * them. */
static void add_probe(struct prometheus *to, const struct view *view, const struct check *check)
{
	struct buf labels;

	check_labels(to, &labels, view->report, check);
	add(to, METRIC_CHECKED, &labels,
	    check->state != CHECK_UNKNOWN && check->state != CHECK_ASIDE);
}

static void add_accepted(struct prometheus *to, const struct view *view, const struct check *check)
{
	const struct report *report = view->report;

	for (size_t i = 0; i < check->seen_count; i++) {
		size_t count;
		const size_t *verdicts = view_verdicts(view, check->seen[i], &count);

		for (size_t k = 0; k < count; k++) {
			const struct verdict *verdict = &report->verdicts[verdicts[k]];
			struct buf labels;

			check_labels(to, &labels, report, check);
			label(&labels, "trust", report->stores[verdict->store].name);
			label(&labels, "in_force",
			      report->policy.order_in_force[check->order] ? "true" : "false");
			add(to, METRIC_ACCEPTED, &labels, verdict->accepted);
		}
	}
}

static void add_checks(struct prometheus *to, const struct view *view)
{
	for (size_t i = 0; i < view->check_count; i++) {
		if (!view->checks[i].advertised || view->checks[i].state == CHECK_NOT_NEEDED)
			continue;
		add_probe(to, view, &view->checks[i]);
		add_accepted(to, view, &view->checks[i]);
	}
}

static bool has_end(const struct cert *cert)
{
	return cert->readable && cert->not_after != INT64_MAX && cert->not_after != INT64_MIN;
}

static void add_end(struct prometheus *to, enum metric metric, struct buf *labels,
                    const struct cert *cert)
{
	char hex[65];

	cert_hex(cert, hex);
	label(labels, "sha256", hex);
	label(labels, "common_name", cert->common_name);
	add(to, metric, labels, cert->not_after);
}

/* What advertised addresses show: a leaf belongs to its node, the CAs above it to the cluster. */
static void add_certificates(struct prometheus *to, const struct view *view)
{
	const struct report *report = view->report;

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];
		const struct node *node = &report->nodes[observation->node];

		for (size_t k = 0; observation->advertised && k < observation->chain.count; k++) {
			const char *kind = k == 0 ? report_certificate(report, observation) : "CA";
			struct buf labels;

			if (!has_end(observation->chain.certs[k]))
				continue;
			open_labels(&labels);
			label(&labels, "cluster", cluster_of(to, report, node));
			label(&labels, "node", k == 0 ? node->name : "");
			label(&labels, "certificate", kind != NULL ? kind : "");
			add_end(to, METRIC_END, &labels, observation->chain.certs[k]);
		}
	}
}

static void add_stores(struct prometheus *to, const struct report *report)
{
	for (size_t i = 0; i < report->store_count; i++) {
		for (size_t k = 0; k < report->stores[i].count; k++) {
			struct buf labels;

			if (!has_end(report->stores[i].certs[k]))
				continue;
			open_labels(&labels);
			if (to->run != NULL)
				label(&labels, "cluster", to->run);
			label(&labels, "trust", report->stores[i].name);
			add_end(to, METRIC_STORE_END, &labels, report->stores[i].certs[k]);
		}
	}
}

static void add_discovery(struct prometheus *to, const struct report *report)
{
	for (size_t i = 0; i < report->cluster_count; i++) {
		struct buf labels;

		if (report->clusters[i].outcome == DISCOVERY_NOT_TRIED)
			continue;
		open_labels(&labels);
		label(&labels, "cluster", report->clusters[i].publisher);
		add(to, METRIC_DISCOVERY, &labels, report->clusters[i].outcome == DISCOVERY_OK);
	}
}

/* --- counts by cluster ------------------------------------------------------------------------ */

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

static void add_count(struct prometheus *to, enum metric metric, const char *cluster, size_t value)
{
	struct buf labels;

	open_labels(&labels);
	label(&labels, "cluster", cluster);
	add(to, metric, &labels, (long long)value);
}

static void add_counts(struct prometheus *to, const struct view *view)
{
	const struct report *report = view->report;
	size_t none = report->cluster_count; /* where nodes of no cluster are counted */
	struct counts *counts = mem_array(none + 1, sizeof *counts);

	for (size_t i = 0; i < report->node_count; i++)
		counts[cluster_at(to, report, &report->nodes[i])].nodes++;
	for (size_t at = 0, end; at < view->check_count; at = end) {
		const struct node *node = &report->nodes[view->checks[at].node];

		end = view_node_end(view, at);
		count_node(view, at, end, &counts[cluster_at(to, report, node)]);
	}
	for (size_t i = 0; i <= none; i++) {
		const char *cluster = cluster_name(to, report, i);

		if (i == none && none > 0 && counts[i].nodes == 0)
			continue;
		add_count(to, METRIC_NODES, cluster, counts[i].nodes);
		add_count(to, METRIC_ADDRESSES, cluster, counts[i].addresses);
		add_count(to, METRIC_REFUSED, cluster, counts[i].refused);
		add_count(to, METRIC_UNCHECKED, cluster, counts[i].unknown);
	}
	free(counts);
}

static void add_run(struct prometheus *to, const struct view *view)
{
	const struct report *report = view->report;
	struct buf labels;

	open_labels(&labels);
	if (to->run != NULL)
		label(&labels, "cluster", to->run);
	label(&labels, "version", PACKAGE_VERSION);
	label(&labels, "era", era_name(report->policy.era));
	add(to, METRIC_BUILD, &labels, 1);
	add_of_run(to, METRIC_STARTED, NULL, NULL, report->started);
	add_of_run(to, METRIC_TOOK, NULL, NULL, report->took_ms);
	add_of_run(to, METRIC_JUDGED_AT, NULL, NULL, report->policy.at);
	for (int i = STATUS_PASS; i <= STATUS_ERROR; i++)
		add_of_run(to, METRIC_STATUS, "status", status_name((enum status)i),
		           report->status == (enum status)i);
	for (int i = HEADLINE_YES; i <= HEADLINE_NOT_KNOWN; i++)
		add_of_run(to, METRIC_HEADLINE, "headline", headline_name((enum headline)i),
		           view->headline == (enum headline)i);
	for (int i = SEVERITY_FAIL; i <= SEVERITY_INFO; i++)
		add_of_run(to, METRIC_FINDINGS, "severity", severity_name((enum severity)i),
		           (long long)view->tally.findings[i]);
}

static void add_report(struct prometheus *to, const struct report *report)
{
	struct view view;

	view_init(&view, report);
	add_run(to, &view);
	add_discovery(to, report);
	add_counts(to, &view);
	add_checks(to, &view);
	add_certificates(to, &view);
	add_stores(to, report);
	view_clear(&view);
}

static void write_all(struct prometheus *to, const struct out_how *how, struct buf *out)
{
	for (int i = 0; i < METRIC_COUNT; i++)
		write_family(&to->families[i], (enum metric)i, how, out);
}

void prometheus_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct prometheus to = { .run = NULL };

	if (report->unread.count > 0)
		add_of_run(&to, METRIC_UNREAD, NULL, NULL, (long long)report->unread.count);
	add_report(&to, report);
	write_all(&to, how, out);
}

void prometheus_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out)
{
	struct prometheus to = { .run = NULL };

	add_of_run(&to, METRIC_UNREAD, NULL, NULL, (long long)fleet->unread.count);
	for (size_t i = 0; i < fleet->count; i++) {
		to.run = fleet_name(fleet->reports[i]);
		add_report(&to, fleet->reports[i]);
	}
	write_all(&to, how, out);
}
