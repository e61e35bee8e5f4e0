/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/fleet.h"

#include <stdlib.h>
#include <strings.h>

void fleet_take(struct fleet *fleet, struct report *report)
{
	fleet->reports = mem_grow(fleet->reports, fleet->count, sizeof *fleet->reports);
	fleet->reports[fleet->count++] = report;
}

void fleet_clear(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++)
		report_free(fleet->reports[i]);
	free(fleet->reports);
	*fleet = (struct fleet){ NULL, 0 };
}

const char *fleet_name(const struct report *report)
{
	if (report->cluster_count > 0)
		return report->clusters[0].publisher;
	return report->node_count > 0 ? report->nodes[0].name : "";
}

struct report *fleet_find(const struct fleet *fleet, const char *name)
{
	for (size_t i = 0; i < fleet->count; i++)
		if (strcasecmp(fleet_name(fleet->reports[i]), name) == 0)
			return fleet->reports[i];
	return NULL;
}

int fleet_exit(const struct fleet *fleet)
{
	bool seen[4] = { false };

	for (size_t i = 0; i < fleet->count; i++)
		seen[report_exit(fleet->reports[i]) & 3] = true;
	return seen[1] ? 1 : seen[3] ? 3 : seen[2] ? 2 : 0;
}
