/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/fleet.h"

#include <stdlib.h>

void fleet_take(struct fleet *fleet, struct report *report)
{
	fleet->reports = mem_grow(fleet->reports, fleet->count, sizeof *fleet->reports);
	table_add(&fleet->names, fleet_name(report), fleet->count);
	fleet->reports[fleet->count++] = report;
}

void fleet_clear(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++)
		report_free(fleet->reports[i]);
	free(fleet->reports);
	table_clear(&fleet->names);
	unread_clear(&fleet->unread);
	*fleet = (struct fleet){ .reports = NULL };
}

const char *fleet_name(const struct report *report)
{
	if (report->cluster_count > 0)
		return report->clusters[0].publisher;
	return report->node_count > 0 ? report->nodes[0].name : "";
}

struct report *fleet_find(const struct fleet *fleet, const char *name)
{
	size_t at;

	return table_find(&fleet->names, name, &at) ? fleet->reports[at] : NULL;
}

int fleet_exit(const struct fleet *fleet)
{
	bool seen[4] = { [3] = fleet->unread.count > 0 };

	for (size_t i = 0; i < fleet->count; i++)
		seen[report_exit(fleet->reports[i]) & 3] = true;
	return seen[1] ? 1 : seen[3] ? 3 : seen[2] ? 2 : 0;
}
