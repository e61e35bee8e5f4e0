/* SPDX-License-Identifier: MIT */
/* Another name for a node, which its certificates hold already. */
#include "config.h"

#include "base/mem.h"
#include "pki/name.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Does every certificate that counts on this node, and will stay, hold the name? */
static bool all_hold(const struct plan *plan, size_t node, const char *name)
{
	size_t first, count = plan_places(plan, node, &first);
	bool any = false;

	for (size_t i = first; i < first + count; i++) {
		const struct observation *observation = plan->places[i];
		const struct verdict *verdict;

		if (observation->outcome != OUTCOME_PRESENTED ||
		    !report_counts(plan->report, observation) || observation->chain.count == 0)
			continue;
		verdict = plan_verdict_of(plan, observation, 0);
		if (verdict != NULL && plan_at_fault(verdict))
			continue;
		if (!name_accepted(chain_leaf(&observation->chain), name, &plan->report->policy))
			return false;
		any = true;
	}
	return any;
}

static bool belongs_to(const struct address *address, const char *name)
{
	size_t len = strlen(address->text);

	return address->kind != ADDRESS_HOSTNAME ||
	       (strncasecmp(name, address->text, len) == 0 && name[len] == '.');
}

static bool is_better(const struct plan *plan, size_t node, const struct address *address,
                      const char *name)
{
	return address_text_ok(name) && address_kind_of(name) == ADDRESS_FQDN &&
	       belongs_to(address, name) && all_hold(plan, node, name);
}

static const char *name_in_certificate(const struct plan *plan, size_t node,
                                       const struct address *address, const struct cert *leaf)
{
	const char *at = NULL;
	struct san san;

	while (cert_next_san(leaf, &at, &san))
		if (san.type == SAN_DNS && is_better(plan, node, address, san.value))
			return san.value;
	return is_better(plan, node, address, leaf->common_name) ? leaf->common_name : NULL;
}

const char *plan_undotted(struct plan *plan, const char *name)
{
	size_t len = strlen(name);
	char *text;

	if (len < 2 || name[len - 1] != '.')
		return name;
	text = mem_strdup(name);
	text[len - 1] = '\0';
	names_add(&plan->undotted, text);
	for (size_t i = 0; i < plan->undotted.count; i++)
		if (strcmp(plan->undotted.items[i], text) == 0)
			name = plan->undotted.items[i];
	free(text);
	return name;
}

/* First the name without the root's dot, which is the same one in DNS; then the node's own names,
 * which DNS knows; then, for a node advertised by IP or short name, what its certificate says. */
const char *plan_better_name(struct plan *plan, size_t at, const struct observation *observation)
{
	const struct node *node = &plan->report->nodes[at];
	const struct address *address = node_find_address(node, observation->address);
	const char *undotted = plan_undotted(plan, observation->address);

	if (undotted != observation->address && all_hold(plan, at, undotted))
		return undotted;

	for (size_t i = 0; i < node->address_count; i++)
		if (!address_is_ip(&node->addresses[i]) &&
		    strcasecmp(node->addresses[i].text, observation->address) != 0 &&
		    all_hold(plan, at, node->addresses[i].text))
			return node->addresses[i].text;
	if (address == NULL || address->kind == ADDRESS_FQDN ||
	    !chain_leaf(&observation->chain)->readable)
		return NULL;
	return name_in_certificate(plan, at, address, chain_leaf(&observation->chain));
}
