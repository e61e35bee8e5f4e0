/* SPDX-License-Identifier: MIT */
/* What the sources of nodes named and nobody connected to, and how they wrote it. Listed and not
 * checked is not known. */
#include "config.h"

#include "base/mem.h"
#include "advise/examine_parts.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED_MOST = 20 };

static char *quoted(const struct names *names)
{
	struct buf text;

	buf_init(&text);
	for (size_t i = 0; i < names->count && i < NAMED_MOST; i++)
		buf_printf(&text, "%s\"%s\"", i == 0 ? "" : ", ", names->items[i]);
	if (names->count > NAMED_MOST)
		buf_printf(&text, " and %zu more", names->count - NAMED_MOST);
	return buf_take(&text);
}

static bool is_unusable(const struct observation *observation)
{
	return observation->outcome == OUTCOME_UNUSABLE && observation->detail != NULL;
}

/* CUCM hands System > Server to clients and to Expressway as it stands, so nobody reaches what is
 * not a host name. */
static void unusable(struct report *report, const char *detail)
{
	struct finding *finding = report_add_finding(report, FINDING_ENTRY_UNUSABLE);
	char *entries;

	for (size_t i = 0; i < report->observation_count; i++)
		if (is_unusable(&report->observations[i]) &&
		    strcmp(report->observations[i].detail, detail) == 0)
			examine_add_observation(finding, report, &report->observations[i]);
	entries = quoted(&finding->nodes);
	finding->title = mem_printf(
		"%zu %s in the server list %s neither a host name nor an IP address (%s): %s",
		finding->nodes.count, finding->nodes.count == 1 ? "entry" : "entries",
		finding->nodes.count == 1 ? "is" : "are", detail, entries);
	free(entries);
}

static void unusable_all(struct report *report)
{
	struct names seen = { 0 };

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];

		if (!is_unusable(observation) || names_has(&seen, observation->detail))
			continue;
		names_add(&seen, observation->detail);
		unusable(report, observation->detail);
	}
	names_clear(&seen);
}

static void foreign(struct report *report)
{
	struct finding *finding = NULL;
	char *names;

	for (size_t i = 0; i < report->observation_count; i++) {
		if (report->observations[i].outcome != OUTCOME_FOREIGN)
			continue;
		if (finding == NULL)
			finding = report_add_finding(report, FINDING_NODE_FOREIGN);
		examine_add_observation(finding, report, &report->observations[i]);
	}
	if (finding == NULL)
		return;
	names = quoted(&finding->nodes);
	finding->title = mem_printf(finding->nodes.count == 1
	                                    ? "%zu listed node lies outside the cluster and was not probed: %s"
	                                    : "%zu listed nodes lie outside the cluster and were not probed: %s",
	                            finding->nodes.count, names);
	free(names);
}

static void idn(struct report *report)
{
	for (size_t i = 0; i < report->node_count; i++) {
		const struct node *node = &report->nodes[i];
		struct finding *finding;

		if (node->written == NULL)
			continue;
		finding = report_add_finding(report, FINDING_INTERNATIONALISED_NAME);
		names_add(&finding->nodes, node->name);
		names_add(&finding->addresses, node->name);
		finding->title = mem_printf("The server list writes %s in letters beyond ASCII: %s",
		                            node->name, node->written);
		finding->action = mem_printf("Write %s under System > Server.", node->name);
	}
}

void examine_listed(struct report *report)
{
	unusable_all(report);
	foreign(report);
	idn(report);
}
