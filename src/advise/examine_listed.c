/* SPDX-License-Identifier: MIT */
/* What the sources of nodes named and nobody connected to, and how they wrote it. Listed and not
 * checked is not known. */
#include "config.h"

#include "base/mem.h"
#include "advise/examine_parts.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED_MOST = 20 };

static const struct observation *first_of(const struct report *report, enum outcome outcome,
                                          const char *detail, size_t from)
{
	for (size_t i = from; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];

		if (observation->outcome == outcome && observation->detail != NULL &&
		    (detail == NULL || strcmp(observation->detail, detail) == 0))
			return observation;
	}
	return NULL;
}

static void add_all(struct finding *finding, const struct report *report,
                    const struct observation *first)
{
	for (size_t i = (size_t)(first - report->observations); i < report->observation_count;
	     i++) {
		const struct observation *observation = &report->observations[i];

		if (observation->outcome != first->outcome || observation->detail == NULL ||
		    strcmp(observation->detail, first->detail) != 0)
			continue;
		examine_add_observation(finding, report, observation);
	}
}

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

/* CUCM hands System > Server to clients and to Expressway as it stands, so nobody reaches what is
 * not a host name. */
static void unusable(struct report *report, const struct observation *first)
{
	struct finding *finding = report_add_finding(report, FINDING_ENTRY_UNUSABLE);
	char *entries;

	add_all(finding, report, first);
	entries = quoted(&finding->nodes);
	finding->title = mem_printf(
		"%zu %s in the server list %s neither a host name nor an IP address (%s): %s",
		finding->nodes.count, finding->nodes.count == 1 ? "entry" : "entries",
		finding->nodes.count == 1 ? "is" : "are", first->detail, entries);
	free(entries);
}

static void unusable_all(struct report *report)
{
	struct names seen = { 0 };

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = first_of(report, OUTCOME_UNUSABLE, NULL, i);

		if (observation == NULL)
			break;
		i = (size_t)(observation - report->observations);
		if (names_has(&seen, observation->detail))
			continue;
		names_add(&seen, observation->detail);
		unusable(report, observation);
	}
	names_clear(&seen);
}

static void foreign(struct report *report)
{
	const struct observation *first = first_of(report, OUTCOME_FOREIGN, NULL, 0);
	struct finding *finding;
	char *names;

	if (first == NULL)
		return;
	finding = report_add_finding(report, FINDING_NODE_FOREIGN);
	add_all(finding, report, first);
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
