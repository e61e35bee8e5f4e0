/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "advise/examine.h"
#include "advise/examine_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t examine_today(const struct report *report)
{
	return report->policy.at_now ? report->policy.at : report->started;
}

void examine_add_port(struct finding *finding, uint16_t port)
{
	char text[8];

	snprintf(text, sizeof text, "%u", port);
	names_add(&finding->ports, text);
}

void examine_add_observation(struct finding *finding, const struct report *report,
                             const struct observation *observation)
{
	names_add(&finding->nodes, report->nodes[observation->node].name);
	names_add(&finding->addresses, observation->address);
	examine_add_port(finding, observation->port);
	names_add(&finding->orders, order_name(observation->order));
	finding->services |= 1U << report_service(report, observation);
	if (finding->certificate_kind == NULL && report_certificate(report, observation) != NULL)
		finding->certificate_kind = mem_strdup(report_certificate(report, observation));
}

struct examine_batch examine_begin(const struct report *report)
{
	return (struct examine_batch){ .from = report->finding_count };
}

struct finding *examine_finding(struct report *report, struct examine_batch *batch,
                                enum finding_kind kind, const struct cert *cert,
                                enum severity severity)
{
	struct {
		const struct cert *cert;
		size_t kind; /* as wide as a pointer: no byte of the key is padding */
	} key = { cert, (size_t)kind };
	struct finding *finding;
	size_t at;

	if (table_find_bytes(&batch->known, &key, sizeof key, &at)) {
		finding = &report->findings[at];
		if (severity < finding->severity)
			finding->severity = severity;
		return finding;
	}
	table_add_bytes(&batch->known, &key, sizeof key, report->finding_count);
	finding = report_add_finding(report, kind);
	finding->severity = severity;
	finding->certificate = cert;
	return finding;
}

void examine_end(struct examine_batch *batch)
{
	table_clear(&batch->known);
}

const char *examine_subject(const struct cert *cert)
{
	if (!cert->readable)
		return "(unreadable certificate)";
	if (cert->common_name != NULL && *cert->common_name != '\0')
		return cert->common_name;
	return cert->subject != NULL && *cert->subject != '\0' ? cert->subject : "(no subject)";
}

char *examine_where(const struct finding *finding)
{
	struct buf text;

	buf_init(&text);
	names_list(&text, &finding->nodes, EXAMINE_NAMED);
	return buf_take(&text);
}

char *examine_cert_name(const struct finding *finding)
{
	char *where = examine_where(finding);
	char *name = mem_printf("%s of %s",
	                        finding->certificate_kind != NULL ? finding->certificate_kind
	                                                          : "certificate",
	                        where);

	free(where);
	return name;
}

/* Reasons that end a login come before what depends on the stores or on reachability; the same
 * order for every run. */
struct ranked {
	struct finding finding;
	size_t sequence;
};

static int by_gravity(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	int order = COMPARE(a->finding.severity, b->finding.severity);

	if (order == 0 && a->finding.severity == SEVERITY_FAIL)
		order = COMPARE(b->finding.nodes.count, a->finding.nodes.count);
	return order ?: COMPARE(a->sequence, b->sequence);
}

static void sort(struct report *report)
{
	struct ranked *ranked = mem_array(report->finding_count, sizeof *ranked);

	for (size_t i = 0; i < report->finding_count; i++)
		ranked[i] = (struct ranked){ report->findings[i], i };
	qsort(ranked, report->finding_count, sizeof *ranked, by_gravity);
	for (size_t i = 0; i < report->finding_count; i++)
		report->findings[i] = ranked[i].finding;
	free(ranked);
}

void examine_run(struct report *report)
{
	for (size_t i = 0; i < report->finding_count; i++)
		finding_clear(&report->findings[i]);
	free(report->findings);
	report->findings = NULL;
	report->finding_count = 0;
	examine_refusals(report);
	examine_listed(report);
	examine_reach(report);
	examine_unfinished(report);
	examine_servers(report);
	examine_client(report);
	examine_usage(report);
	examine_names(report);
	examine_dates(report);
	examine_stores(report);
	examine_merge(report);
	sort(report);
	examine_distinguish(report);
}
