/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "gather/sources.h"

typedef void source_fn(struct report *report, const struct sources_how *how,
                       const struct deadline *deadline);

static void person_publishers(struct report *report, const struct sources_how *how,
                              const struct deadline *deadline)
{
	(void)deadline;
	discover_plan(report, how->targets, how->target_count, SOURCE_OPTION, how->uds_port);
}

static void domain_publishers(struct report *report, const struct sources_how *how,
                              const struct deadline *deadline)
{
	srv_publishers(report, how->discover.names, deadline);
}

static void domain_nodes(struct report *report, const struct sources_how *how,
                         const struct deadline *deadline)
{
	srv_nodes(report, how->discover.names, deadline);
}

static void uds_nodes(struct report *report, const struct sources_how *how,
                      const struct deadline *deadline)
{
	discover_run(report, &how->discover, deadline);
}

/* What a client was told is advertised, whoever lists it. */
static void told_nodes(struct report *report, const struct sources_how *how,
                       const struct deadline *deadline)
{
	(void)deadline;
	for (size_t i = 0; i < how->told_count; i++) {
		struct listing one = { 0 };
		struct node *node = NULL;

		if (listing_add(&one, how->told[i].address) == 0 && one.count > 0)
			node = listed_to_node(&one.items[0], report, SOURCE_LOG, NODE_NO_CLUSTER);
		if (node != NULL && how->told[i].role >= 0)
			node->role = (enum node_role)how->told[i].role;
		listing_clear(&one);
	}
}

/* In the order in which they are asked: who names a node first is its source. */
static const struct source {
	source_fn *publishers, *nodes; /* NULL: it names none */
	bool given;                    /* a person gave it: it asks nobody */
} sources[] = {
	{ person_publishers, NULL, false },
	{ NULL, uds_nodes, false },
	{ domain_publishers, domain_nodes, false },
	{ NULL, told_nodes, true },
};

void sources_publishers(struct report *report, const struct sources_how *how,
                        const struct deadline *deadline)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (sources[i].publishers != NULL)
			sources[i].publishers(report, how, deadline);
}

void sources_nodes(struct report *report, const struct sources_how *how,
                   const struct deadline *deadline)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (sources[i].nodes != NULL && (sources[i].given || !how->given_only))
			sources[i].nodes(report, how, deadline);
}
