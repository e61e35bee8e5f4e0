/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "gather/sources.h"

typedef void source_fn(struct report *report, const struct sources_how *how, const struct deadline *deadline);

static void person_publishers(struct report *report, const struct sources_how *how, const struct deadline *deadline)
{
	(void)deadline;
	discover_plan(report, how->targets, how->target_count, SOURCE_OPTION, how->uds_port);
}

static void domain_publishers(struct report *report, const struct sources_how *how, const struct deadline *deadline)
{
	srv_publishers(report, how->discover.names, deadline);
}

static void domain_nodes(struct report *report, const struct sources_how *how, const struct deadline *deadline)
{
	srv_nodes(report, how->discover.names, deadline);
}

static void uds_nodes(struct report *report, const struct sources_how *how, const struct deadline *deadline)
{
	discover_run(report, &how->discover, deadline);
}

/* In the order in which they are asked: who names a node first is its source. */
static const struct source {
	source_fn *publishers, *nodes; /* NULL: it names none */
} sources[] = {
	{ person_publishers, NULL },
	{ NULL, uds_nodes },
	{ domain_publishers, domain_nodes },
};

void sources_publishers(struct report *report, const struct sources_how *how, const struct deadline *deadline)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (sources[i].publishers != NULL)
			sources[i].publishers(report, how, deadline);
}

void sources_nodes(struct report *report, const struct sources_how *how, const struct deadline *deadline)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (sources[i].nodes != NULL)
			sources[i].nodes(report, how, deadline);
}
