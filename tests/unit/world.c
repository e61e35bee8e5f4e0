/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "advise/examine.h"
#include "advise/plan.h"
#include "base/mem.h"
#include "blocks.h"
#include "judge/judge.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- is all of it given back -------------------------------------------------------------------- */

static size_t open_worlds;
static long used_before;
static bool warm; /* GnuTLS has allocated what it keeps */

static void warm_up(void)
{
	struct world world;

	warm = true;
	world = new_world();
	add_node(&world, "warm.example.com");
	show_both(&world, 0, make(&world, "warm", NULL, NULL, MADE_RSA), NULL);
	show_both(&world, 0, make(&world, "warm", NULL, NULL, 0), NULL);
	run_world(&world);
	open_worlds = 2; /* not to be counted */
	end_world(&world);
	open_worlds = 0;
}

/* --- making it -------------------------------------------------------------------------------- */

struct world new_world(void)
{
	struct world world = { .report = NULL };

	if (!warm)
		warm_up();
	if (open_worlds++ == 0)
		used_before = blocks_used();
	world.report = report_new();
	world.report->started = world.report->policy.at = made_now;
	report_add_store(world.report, "peer1");
	report_add_cluster(world.report, "cucm1.example.com", 8443)->outcome = DISCOVERY_OK;
	return world;
}

const struct made *make(struct world *world, const char *cn, const char *sans,
                        const struct made *issuer, unsigned flags)
{
	assert_true(world->made_count < WORLD_MADE_MOST);
	world->made[world->made_count] = made_cert(&world->report->certs, cn, sans, issuer, flags);
	return &world->made[world->made_count++];
}

void end_world(struct world *world)
{
	for (size_t i = 0; i < world->made_count; i++)
		made_free(&world->made[i]);
	report_free(world->report);
	if (--open_worlds == 0)
		assert_int_equal(blocks_used(), used_before);
}

void trust(struct world *world, size_t store, const struct made *made)
{
	store_add(&world->report->stores[store], made->cert);
}

size_t add_node(struct world *world, const char *address)
{
	struct node *node = report_add_node(world->report, address);

	node->cluster = 0;
	node_add_address(node, address, true);
	return world->report->node_count - 1;
}

/* What a node presents, leaf first. */
void show(struct world *world, size_t node, uint16_t port, enum order order,
          const struct made *leaf, const struct made *more)
{
	struct observation *observation = report_add_observation(world->report);

	observation->node = node;
	observation->address = mem_strdup(world->report->nodes[node].name);
	observation->ip = mem_printf("127.0.0.%zu", node + 1);
	observation->port = port;
	observation->order = order;
	observation->advertised = true;
	observation->outcome = OUTCOME_PRESENTED;
	observation->handshake_completed = true;
	chain_add(&observation->chain, leaf->cert);
	if (more != NULL)
		chain_add(&observation->chain, more->cert);
}

void show_both(struct world *world, size_t node, const struct made *leaf,
               const struct made *more)
{
	show(world, node, 8443, ORDER_RSA_FIRST, leaf, more);
	show(world, node, 8443, ORDER_ECDSA_FIRST, leaf, more);
}

void run_world(struct world *world)
{
	judge_run(world->report, NULL);
	world->report->status = report_status(world->report);
	examine_run(world->report);
	plan_run(world->report);
}

const struct step *find_step(const struct world *world, enum step_kind kind)
{
	for (size_t i = 0; i < world->report->step_count; i++)
		if (world->report->steps[i].kind == kind)
			return &world->report->steps[i];
	return NULL;
}

const struct finding *find_finding(const struct world *world, const char *id)
{
	for (size_t i = 0; i < world->report->finding_count; i++)
		if (strcmp(world->report->findings[i].id, id) == 0)
			return &world->report->findings[i];
	return NULL;
}
