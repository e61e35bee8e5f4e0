/* SPDX-License-Identifier: MIT */
/* New server certificates: which nodes, which kind, and exactly which names. A CA signs them later, so they cannot be judged
 * here; `verify` can, once they are there. */
#include "config.h"

#include "base/mem.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>

/* One certificate to be issued: of one node, or of several of a cluster that can share one. */
struct issue {
	size_t cluster;       /* NODE_NO_CLUSTER: of this node alone */
	size_t node;
	const char *kind;     /* static */
};

static bool wants_reissue(const struct plan *plan, const struct want *want)
{
	const struct group *group = &plan->groups[want->group];

	if (want->done || want->remedy == REMEDY_TFTP || want->remedy == REMEDY_CIPHER)
		return false;
	return want->remedy == REMEDY_REISSUE || (!group->trusted && group->orphan == NULL);
}

/* CUCM and IM and Presence share a multi-server certificate; Unity Connection has its own (FACTS 5). */
static bool can_share(const struct node *node)
{
	return node->cluster != NODE_NO_CLUSTER && node->role != ROLE_UNITY;
}

static bool same_issue(const struct plan *plan, const struct issue *issue, const struct observation *observation)
{
	const struct node *node = &plan->report->nodes[observation->node];

	if (strcmp(issue->kind, report_certificate(plan->report, observation)) != 0)
		return false;
	return issue->cluster != NODE_NO_CLUSTER ? can_share(node) && node->cluster == issue->cluster : issue->node == observation->node;
}

static bool has_name(const struct node *node)
{
	for (size_t i = 0; i < node->address_count; i++)
		if (!address_is_ip(&node->addresses[i]))
			return true;
	return false;
}

/* Every name that the node is advertised under; an IP only where no name is known at all. */
static void add_node_names(struct names *sans, const struct node *node)
{
	bool by_name = has_name(node);

	for (size_t i = 0; i < node->address_count; i++) {
		const struct address *address = &node->addresses[i];

		if (by_name ? !address_is_ip(address) && (address->advertised || address->kind == ADDRESS_FQDN) : address->advertised)
			names_add(sans, address->text);
	}
}

static void add_old_names(struct names *sans, const struct cert *leaf)
{
	const char *at = NULL;
	struct san san;

	while (leaf->readable && cert_next_san(leaf, &at, &san))
		if (san.type == SAN_DNS)
			names_add(sans, san.value);
}

/* A multi-server certificate replaces that of every node of the cluster: all their names belong in it. */
static void add_cluster_names(struct plan *plan, struct step *step, const struct issue *issue)
{
	if (step->nodes.count < 2 || issue->cluster == NODE_NO_CLUSTER)
		return;
	for (size_t i = 0; i < plan->report->node_count; i++)
		if (plan->report->nodes[i].cluster == issue->cluster && can_share(&plan->report->nodes[i]))
			add_node_names(&step->sans, &plan->report->nodes[i]);
}

static const char *advertised_ip(const struct plan *plan, const struct want *want)
{
	const char *address = plan_observation(plan, want)->address;

	return address_kind_of(address) == ADDRESS_IPV4 || address_kind_of(address) == ADDRESS_IPV6 ? address : NULL;
}

static const char *first_name(const struct node *node)
{
	for (size_t i = 0; i < node->address_count; i++)
		if (node->addresses[i].kind == ADDRESS_FQDN)
			return node->addresses[i].text;
	return NULL;
}

/* What is refused by its IP is repaired only when the node is advertised by its name as well: plan_advertise says so. */
static void collect(struct plan *plan, struct step *step, const struct issue *issue, struct names *meanings)
{
	for (size_t i = 0; i < plan->want_count; i++) {
		struct want *want = &plan->wants[i];
		const struct observation *observation = plan_observation(plan, want);
		const struct verdict *verdict = &plan->report->verdicts[want->verdict];
		const struct node *node = &plan->report->nodes[observation->node];

		if (!wants_reissue(plan, want) || !same_issue(plan, issue, observation))
			continue;
		names_add(&step->nodes, node->name);
		for (size_t k = 0; k < verdict->reason_count; k++)
			names_add(meanings, reason_meaning(verdict->reasons[k].reason));
		add_node_names(&step->sans, node);
		add_old_names(&step->sans, chain_leaf(&observation->chain));
		if (plan_name_wrong(verdict) && advertised_ip(plan, want) != NULL && first_name(node) != NULL)
			plan->names[observation->node] = first_name(node);
		else
			plan_repairs(plan, step, want);
	}
}

static char *why_reissue(const struct plan *plan, const struct step *step, const struct issue *issue, const struct names *meanings)
{
	bool has_ip = false;
	struct buf text;

	buf_init(&text);
	for (size_t i = 0; i < meanings->count; i++)
		buf_printf(&text, "%s ", meanings->items[i]);
	buf_puts(&text, "Have it signed by a CA whose root is in the trust store of every peer, with exactly these SANs of type DNS. ");
	if (step->nodes.count > 1 && issue->cluster != NODE_NO_CLUSTER)
		buf_puts(&text, "One multi-server certificate does for all nodes of the cluster; with one certificate a node, each has its own names. ");
	for (size_t i = 0; i < step->sans.count; i++)
		has_ip = has_ip || address_kind_of(step->sans.items[i]) == ADDRESS_IPV4 || address_kind_of(step->sans.items[i]) == ADDRESS_IPV6;
	if (has_ip)
		buf_puts(&text, "An IP passes only as a SAN of type DNS that holds its text (type IP Address never counts), which many CAs will not sign: "
		                "better give the node a name in DNS and advertise that under System > Server. ");
	buf_puts(&text, "Judge what the CA sends with `mra-preflight verify` before it is uploaded.");
	(void)plan;
	return buf_take(&text);
}

static char *title_reissue(const struct step *step, const struct issue *issue)
{
	struct buf nodes;
	char *title;

	buf_init(&nodes);
	names_list(&nodes, &step->nodes, 3);
	title = mem_printf("Reissue %s of %s%s", issue->kind, nodes.data, step->nodes.count > 1 ? " (one multi-server certificate does for all)" : "");
	buf_clear(&nodes);
	return title;
}

static void reissue_step(struct plan *plan, const struct issue *issue)
{
	char *where = mem_printf("Cisco Unified OS Administration > Security > Certificate Management: Generate CSR for %s, have it signed, upload the CA's "
	                         "certificates as tomcat-trust and then the new one as %s; restart Cisco Tomcat and Cisco TFTP.", issue->kind, issue->kind);
	struct step *step = plan_step(plan, STEP_REISSUE, NULL, where);
	struct names meanings = { NULL, 0 };

	free(where);
	collect(plan, step, issue, &meanings);
	add_cluster_names(plan, step, issue);
	plan_follow_cipher(plan, step);
	step->title = title_reissue(step, issue);
	step->why = why_reissue(plan, step, issue, &meanings);
	names_clear(&meanings);
}

void plan_reissue(struct plan *plan)
{
	struct issue *issues = NULL;
	size_t count = 0;

	for (size_t i = 0; i < plan->want_count; i++) {
		const struct observation *observation = plan_observation(plan, &plan->wants[i]);
		const struct node *node = &plan->report->nodes[observation->node];
		bool known = false;

		for (size_t k = 0; k < count && !known; k++)
			known = same_issue(plan, &issues[k], observation);
		if (known || !wants_reissue(plan, &plan->wants[i]))
			continue;
		issues = mem_grow(issues, count, sizeof *issues);
		issues[count++] = (struct issue){ can_share(node) ? node->cluster : NODE_NO_CLUSTER, observation->node,
		                                  report_certificate(plan->report, observation) };
	}
	for (size_t i = 0; i < count; i++)
		reissue_step(plan, &issues[i]);
	free(issues);
}
