/* SPDX-License-Identifier: MIT */
/* Another name to advertise: for nodes that clients are sent to by what no certificate holds. */
#include "config.h"

#include "base/mem.h"
#include "pki/name.h"
#include "judge/judge.h"
#include "advise/plan_parts.h"

#include <string.h>

static bool accepted_as(const struct plan *plan, const struct want *want, const char *name)
{
	struct presented presented = plan->groups[want->group].presented;

	presented.address = name;
	return plan_accepts(plan, want, &presented);
}

/* Of what RSA first would spare only what is trusted, or will be, and holds the name. */
static bool wants_advertise(struct plan *plan, const struct want *want, size_t node)
{
	struct group *group = &plan->groups[want->group];

	if (want->done || want->remedy == REMEDY_TFTP || plan->names[node] == NULL ||
	    plan_observation(plan, want)->node != node ||
	    !plan_name_wrong(&plan->report->verdicts[want->verdict]))
		return false;
	if (want->remedy == REMEDY_CIPHER)
		return accepted_as(plan, want, plan->names[node]) ||
		       (want->covered &&
		        name_accepted(chain_leaf(group->presented.chain), plan->names[node],
		                      &plan->report->policy));
	plan_judge(plan, group);
	return want->covered || group->trusted;
}

/* Where the name that clients are sent to stands. */
enum place { IN_SERVERS, IN_UC_SERVICES, IN_EXPRESSWAY, PLACE_COUNT };

static const char *const places[PLACE_COUNT] = {
	[IN_SERVERS] =
		"Cisco Unified CM Administration > System > Server: the name of this server. Plan it as a change: phones and "
		"other nodes use this name as well.",
	[IN_UC_SERVICES] =
		"Cisco Unified CM Administration: the host name in the UC service that points to this Unity Connection.",
	[IN_EXPRESSWAY] =
		"Where Expressway-C is told of this server (Configuration > Unified Communications): the name there, and wherever else "
		"clients are sent to it.",
};

static enum place place_advertised(enum node_role role)
{
	switch (role) {
	case ROLE_CUCM:
	case ROLE_IMP:
		return IN_SERVERS;
	case ROLE_UNITY:
		return IN_UC_SERVICES;
	case ROLE_CMS:
	case ROLE_GUEST:
		break;
	}
	return IN_EXPRESSWAY;
}

static bool ends_in_dot(const char *name)
{
	return name[strlen(name) - 1] == '.';
}

/* Changes of a name are one step where all of this but by_ip is the same. */
struct renaming {
	bool by_ip; /* clients are sent to an IP on a node at least, as which no SAN counts */
	enum place where;
	bool proved;   /* judged again: accepted under the new name */
	bool held;     /* the certificate that is there holds the new name */
	bool resolved; /* DNS led to the new name */
};

static struct renaming renaming_of(struct plan *plan, size_t at)
{
	const struct node *node = &plan->report->nodes[at];
	const char *name = plan->names[at];
	enum address_kind kind = address_kind_of(node->name);
	struct renaming renaming = { .where = place_advertised(node->role),
		                     .by_ip = (kind == ADDRESS_IPV4 || kind == ADDRESS_IPV6) &&
		                              !plan->report->policy.honours_ip_san,
		                     .proved = true,
		                     .held = true,
		                     .resolved = node_find_address(node, name) != NULL ||
		                                 ends_in_dot(node->name) };

	for (size_t i = plan->node_wants[at]; i != 0; i = plan->next_want[i - 1]) {
		const struct want *want = &plan->wants[i - 1];
		const struct cert *leaf = chain_leaf(&plan_observation(plan, want)->chain);

		if (!wants_advertise(plan, want, at))
			continue;
		renaming.proved = renaming.proved && accepted_as(plan, want, name);
		renaming.held = renaming.held && name_accepted(leaf, name, &plan->report->policy);
	}
	return renaming;
}

static unsigned renaming_class(const struct renaming *renaming)
{
	return (renaming->proved ? 1u : 0u) | (renaming->held ? 2u : 0u) |
	       (renaming->resolved ? 4u : 0u) | ((unsigned)renaming->where << 3);
}

enum { RENAMING_CLASSES = PLACE_COUNT << 3 };

static void rename_node(struct plan *plan, struct step *step, size_t at)
{
	const struct node *node = &plan->report->nodes[at];

	names_add(&step->nodes, node->name);
	names_add(&step->sans, plan->names[at]);
	names_add(&step_add_target(step, node->name)->names, plan->names[at]);
	for (size_t i = plan->node_wants[at]; i != 0; i = plan->next_want[i - 1])
		if (wants_advertise(plan, &plan->wants[i - 1], at))
			plan_repairs(plan, step, &plan->wants[i - 1]);
}

static void tell_one(struct step *step, const struct renaming *renaming)
{
	const char *node = step->nodes.items[0], *name = step->sans.items[0];

	step->title = mem_printf("Advertise %s instead of %s", name, node);
	step->why = mem_printf(
		"Clients are sent to %s, which the certificate does not hold%s; %s %s.%s", node,
		renaming->by_ip
			? " as a name (a SAN of type IP Address does not count for the traffic server)"
			: "",
		renaming->held ? "it holds" : "the new one is to hold", name,
		renaming->resolved
			? ""
			: " DNS did not lead to that name from here: see first that it resolves to "
			  "this node, for Expressway-C and for clients.");
}

static void tell_several(struct step *step, const struct renaming *renaming)
{
	step->title = mem_printf("Advertise another name for each of %zu nodes",
	                         step->nodes.count);
	step->why = mem_printf(
		"Clients are sent to what the node's certificate does not hold as a name%s; %s the other name.%s",
		renaming->by_ip
			? " (a SAN of type IP Address does not count for the traffic server)"
			: "",
		renaming->held ? "it holds" : "the new one is to hold",
		renaming->resolved
			? ""
			: " DNS did not lead to these names from here: see first that each resolves to "
			  "its node, for Expressway-C and for clients.");
}

static void tell_renaming(struct step *step, const struct renaming *renaming)
{
	if (step->target_count > 1) {
		tell_several(step, renaming);
		return;
	}
	tell_one(step, renaming);
	step_clear_targets(step);
}

/* One step for all nodes that need it for the same reason. Also for nodes whose new certificate
 * will hold a name while they are advertised by IP. */
void plan_advertise(struct plan *plan)
{
	struct report *report = plan->report;
	struct renaming renamings[RENAMING_CLASSES];
	size_t steps[RENAMING_CLASSES] = { 0 }; /* of each class: its step, + 1; 0: none */

	for (size_t i = 0; i < plan->want_count; i++) {
		size_t node = plan_observation(plan, &plan->wants[i])->node;
		struct renaming renaming;
		unsigned class;

		if (!wants_advertise(plan, &plan->wants[i], node))
			continue;
		renaming = renaming_of(plan, node);
		class = renaming_class(&renaming);
		if (steps[class] == 0) {
			plan_step(plan, STEP_ADVERTISE, NULL, places[renaming.where])->proved =
				renaming.proved;
			steps[class] = report->step_count;
			renamings[class] = renaming;
		}
		renamings[class].by_ip = renamings[class].by_ip || renaming.by_ip;
		rename_node(plan, &report->steps[steps[class] - 1], node);
	}
	for (size_t i = 0; i < RENAMING_CLASSES; i++)
		if (steps[i] != 0)
			tell_renaming(&report->steps[steps[i] - 1], &renamings[i]);
}
