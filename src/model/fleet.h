/* SPDX-License-Identifier: MIT */
/* fleet: reports of many clusters, each with stores and a policy of its own. Knows no format. */
#ifndef MRA_MODEL_FLEET_H
#define MRA_MODEL_FLEET_H

#include "model/report.h"

struct fleet {
	struct report **reports; /* owned array of owned reports; in order of arrival */
	size_t count;
	struct table names; /* what they are called to index */
	struct unread unread; /* what was to be one of them */
};

void fleet_take(struct fleet *fleet, struct report *report); /* swallows report */
void fleet_clear(struct fleet *fleet);

/* What a cluster is called: its publisher, else its first node; "" for a report of nothing.
 * Borrowed from the report. */
const char *fleet_name(const struct report *report);
/* borrowed; NULL if there is none of this name */
struct report *fleet_find(const struct fleet *fleet, const char *name);
/* as report_exit: 1 if any is 1, else 3 (also where a report is missing), else 2, else 0 */
int fleet_exit(const struct fleet *fleet);

#endif
