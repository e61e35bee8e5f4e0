/* SPDX-License-Identifier: MIT */
/* New server certificates: which nodes, which kind, and which names at least. A CA signs them
 * later, so they cannot be judged here; `verify` can, once they are there. */
#include "config.h"

#include "base/mem.h"
#include "advise/plan_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_NAMED = 3 }; /* in a title; the others are counted */

/* One certificate to be issued: of one node, or of several of a cluster that can share one. */
struct issue {
	size_t cluster;       /* NODE_NO_CLUSTER: of this node alone */
	enum node_role role;  /* of its first node */
	const char *kind;     /* static */
	size_t first, last;   /* its refusals: indices in plan->wants + 1, linked by next */
	bool told;            /* has its step, together with others of its kind */
};

struct issues {
	struct issue *items;
	size_t count;
	size_t *at; /* index in items + 1 for each owner (cluster, or node) and kind of key; 0:
	             * none */
	size_t *next;  /* of each want: the next of its issue, + 1; 0: the last */
};

static bool wants_reissue(const struct plan *plan, const struct want *want, bool cipher)
{
	const struct group *group = &plan->groups[want->group];

	if (want->done || want->remedy == REMEDY_TFTP || (want->remedy == REMEDY_CIPHER) != cipher)
		return false;
	return cipher || want->remedy == REMEDY_REISSUE ||
	       (!group->trusted && group->orphan == NULL);
}

static const struct cert *leaf_of(const struct plan *plan, const struct want *want)
{
	return chain_leaf(plan->groups[want->group].presented.chain);
}

/* Does the node get a new one of this certificate in any case? */
static bool goes_anyway(const struct plan *plan, const struct want *want)
{
	size_t node = plan_observation(plan, want)->node;

	for (size_t i = plan->node_wants[node]; i != 0; i = plan->next_want[i - 1])
		if (wants_reissue(plan, &plan->wants[i - 1], false) &&
		    leaf_of(plan, &plan->wants[i - 1]) == leaf_of(plan, want))
			return true;
	return false;
}

/* Then that mends what RSA first would spare as well. */
static void take_along(struct plan *plan)
{
	for (size_t i = 0; i < plan->want_count; i++) {
		struct want *want = &plan->wants[i];

		if (!want->done && want->remedy == REMEDY_CIPHER && goes_anyway(plan, want))
			want->remedy = REMEDY_REISSUE;
	}
}

/* CUCM and IM and Presence share a multi-server certificate; Unity Connection and the others have
 * their own. */
static bool can_share(const struct node *node)
{
	return node->cluster != NODE_NO_CLUSTER &&
	       (node->role == ROLE_CUCM || node->role == ROLE_IMP);
}

/* Owners are the clusters and then the nodes; of each a slot for RSA and one for ECDSA. */
static size_t slot_of(const struct plan *plan, const struct observation *observation)
{
	const struct report *report = plan->report;
	const struct node *node = &report->nodes[observation->node];
	size_t owner = can_share(node) ? node->cluster : report->cluster_count + observation->node;

	return owner * 2 + (chain_leaf(&observation->chain)->key_type == KEY_ECDSA);
}

static struct issue *issue_for(const struct plan *plan, struct issues *issues,
                               const struct observation *observation)
{
	const struct node *node = &plan->report->nodes[observation->node];
	size_t slot = slot_of(plan, observation);

	if (issues->at[slot] == 0) {
		issues->items = mem_grow(issues->items, issues->count, sizeof *issues->items);
		issues->items[issues->count++] =
			(struct issue){ .cluster =
			                        can_share(node) ? node->cluster : NODE_NO_CLUSTER,
			                .role = node->role,
			                .kind = report_certificate(plan->report, observation) };
		issues->at[slot] = issues->count;
	}
	return &issues->items[issues->at[slot] - 1];
}

static void find_issues(const struct plan *plan, struct issues *issues, bool cipher)
{
	const struct report *report = plan->report;

	*issues = (struct issues){ .at = mem_array((report->cluster_count + report->node_count) * 2,
		                                   sizeof *issues->at),
		                   .next = mem_array(plan->want_count, sizeof *issues->next) };
	for (size_t i = 0; i < plan->want_count; i++) {
		struct issue *issue;

		if (!wants_reissue(plan, &plan->wants[i], cipher))
			continue;
		issue = issue_for(plan, issues, plan_observation(plan, &plan->wants[i]));
		if (issue->first == 0)
			issue->first = i + 1;
		else
			issues->next[issue->last - 1] = i + 1;
		issue->last = i + 1;
	}
}

static bool has_name(const struct node *node)
{
	for (size_t i = 0; i < node->address_count; i++)
		if (!address_is_ip(&node->addresses[i]))
			return true;
	return false;
}

/* Every name that the node is advertised under; an IP only where no name is known at all. */
static void add_node_names(struct plan *plan, struct names *sans, const struct node *node)
{
	bool by_name = has_name(node);

	for (size_t i = 0; i < node->address_count; i++) {
		const struct address *address = &node->addresses[i];

		if (by_name ? !address_is_ip(address) &&
		                      (address->advertised || address->kind == ADDRESS_FQDN)
		            : address->advertised)
			names_add(sans, plan_undotted(plan, address->text));
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

/* A multi-server certificate replaces that of every node of the cluster: all their names belong in
 * it. */
static void add_cluster_names(struct plan *plan, struct step *step, const struct issue *issue)
{
	if (step->nodes.count < 2 || issue->cluster == NODE_NO_CLUSTER)
		return;
	for (size_t i = 0; i < plan->report->node_count; i++)
		if (plan->report->nodes[i].cluster == issue->cluster &&
		    can_share(&plan->report->nodes[i]))
			add_node_names(plan, &step->sans, &plan->report->nodes[i]);
}

static bool is_ip(const char *text)
{
	return address_kind_of(text) == ADDRESS_IPV4 || address_kind_of(text) == ADDRESS_IPV6;
}

/* What to advertise in place of an IP, or of a name with a dot at its end, which no CA certifies;
 * NULL: the address can stay, or nothing better is known. */
static const char *name_instead(struct plan *plan, const struct node *node, const char *address)
{
	const char *undotted = plan_undotted(plan, address);

	if (!is_ip(address))
		return undotted != address ? undotted : NULL;
	for (size_t i = 0; i < node->address_count; i++)
		if (node->addresses[i].kind == ADDRESS_FQDN)
			return plan_undotted(plan, node->addresses[i].text);
	return NULL;
}

/* What a reason says of a CA is not to be taken for what is to be reissued. */
static void add_meaning(struct names *meanings, const struct verdict_reason *reason)
{
	const char *meaning = reason_meaning(reason->reason);
	bool above = reason->depth > 0 && reason->cert != NULL && reason->cert->readable &&
	             reason_kind(reason->reason) == REASON_KIND_RULE;
	char *text = above ? mem_printf("%s, above it: %c%s", cert_short_name(reason->cert),
	                                tolower((unsigned char)*meaning), meaning + 1)
	                   : mem_strdup(meaning);

	names_add(meanings, text);
	free(text);
}

/* What is refused by such an address is repaired only when the node is advertised by that name:
 * plan_advertise says so. Of what RSA first would spare, plan_advertise has spoken already. */
static void collect_one(struct plan *plan, struct step *step, struct want *want, struct names *sans,
                        struct names *meanings)
{
	const struct observation *observation = plan_observation(plan, want);
	const struct verdict *verdict = &plan->report->verdicts[want->verdict];
	const struct node *node = &plan->report->nodes[observation->node];
	const char *instead = name_instead(plan, node, observation->address);
	bool by_name =
		want->remedy != REMEDY_CIPHER && plan_name_wrong(verdict) && instead != NULL;

	names_add(&step->nodes, node->name);
	for (size_t k = 0; k < verdict->reason_count; k++)
		add_meaning(meanings, &verdict->reasons[k]);
	if (by_name && plan->names[observation->node] == NULL)
		plan->names[observation->node] = instead;
	add_node_names(plan, sans, node);
	names_add(sans, plan->names[observation->node] != NULL
	                               ? plan->names[observation->node]
	                               : plan_undotted(plan, observation->address));
	add_old_names(sans, chain_leaf(&observation->chain));
	want->covered = true;
	if (!by_name)
		plan_repairs(plan, step, want);
}

static bool has_ip(const struct names *sans)
{
	for (size_t i = 0; i < sans->count; i++)
		if (is_ip(sans->items[i]))
			return true;
	return false;
}

/* Is there a root CA that every peer will trust when the steps so far are done, and that is good
 * for a new certificate? */
static bool any_root_everywhere(const struct plan *plan)
{
	size_t stores = plan->report->store_count;

	for (size_t i = 0; stores > 0 && i < plan->stores[0].count; i++) {
		const struct cert *cert = plan->stores[0].certs[i];
		bool everywhere = plan_self_issued(cert) && cert->is_ca &&
		                  cert->not_after > plan->report->policy.at;

		for (size_t k = 1; k < stores && everywhere; k++)
			everywhere = store_has(&plan->stores[k], cert);
		if (everywhere)
			return true;
	}
	return false;
}

static char *why_reissue(const struct plan *plan, const struct step *step,
                         const struct issue *issue, const struct names *meanings)
{
	bool honours_ip_san = plan->report->policy.honours_ip_san;
	struct buf text;

	buf_init(&text);
	for (size_t i = 0; i < meanings->count; i++)
		buf_printf(&text, "%s ", meanings->items[i]);
	buf_puts(
		&text,
		"Have it signed by a CA whose root is in the trust store of every peer, with at least these SANs of type DNS. ");
	if (!any_root_everywhere(plan))
		buf_puts(&text, plan->report->store_count > 1
		                        ? "No root is in all of them now: upload your CA's to each peer first. "
		                        : "No root that is still valid is in it now: upload your CA's first. ");
	if (step->nodes.count > 1 && issue->cluster != NODE_NO_CLUSTER)
		buf_puts(
			&text,
			"One multi-server certificate does for all nodes of the cluster; with one certificate a node, each has its own names. ");
	if (has_ip(&step->sans) && honours_ip_san)
		buf_puts(
			&text,
			"An IP passes as a SAN of type DNS that holds its text, and, as the log has shown of this Expressway, as one of type IP "
			"Address; a name in DNS, advertised under System > Server, passes on any. ");
	else if (has_ip(&step->sans))
		buf_puts(
			&text,
			"An IP passes only as a SAN of type DNS that holds its text (type IP Address never counts), which many CAs will not sign: "
			"better give the node a name in DNS and advertise that under System > Server. ");
	buf_puts(&text,
	         "Judge what the CA sends with `mra-preflight verify` before it is uploaded.");
	return buf_take(&text);
}

/* From 14 on, UDS and AXL have Tomcats of their own. Versions differ between clusters; unknown ones
 * get both sentences. */
static const char *more_tomcats(const struct report *report, const struct issue *issue)
{
	const char *version =
		issue->cluster != NODE_NO_CLUSTER ? report->clusters[issue->cluster].version : NULL;
	unsigned long major = version != NULL ? strtoul(version, NULL, 10) : 0;

	if (major == 0)
		return ", from release 14 on also Cisco UDS Tomcat and Cisco AXL Tomcat";
	return major >= 14 ? ", Cisco UDS Tomcat and Cisco AXL Tomcat" : "";
}

/* The same words for each kind of certificate: a format may say "as in step 3" then. */
static char *where_cucm(const struct report *report, const struct issue *issue)
{
	return mem_printf(
		"Cisco Unified OS Administration > Security > Certificate Management: Generate CSR for this certificate (Distribution: "
		"Multi-server, if one is to do for all nodes), have it signed, upload the CA's certificates as tomcat-trust and then the "
		"new one under its own name. Then, outside business hours (logins, phone services and administration are interrupted), "
		"restart Cisco Tomcat, Cisco TFTP and Cisco HAProxy%s (utils service restart), on every node that shares the certificate. "
		"With SAML single sign-on, give the identity provider the new metadata, or nobody logs in any more.",
		more_tomcats(report, issue));
}

static char *where_reissue(const struct report *report, const struct issue *issue)
{
	switch (issue->role) {
	case ROLE_CUCM:
	case ROLE_IMP:
		return where_cucm(report, issue);
	case ROLE_UNITY:
		return mem_strdup(
			"Cisco Unified OS Administration of Unity Connection > Security > Certificate Management: Generate CSR for this "
			"certificate, have it signed, upload the CA's certificates as tomcat-trust and then the new one under its own name. "
			"Then, outside business hours, restart Cisco Tomcat there (utils service restart Cisco Tomcat), on both servers of a "
			"pair if they share it. With SAML single sign-on, give the identity provider the new metadata.");
	case ROLE_CMS:
		return mem_strdup(
			"On the command line of the Meeting Server: pki csr, have it signed, then webbridge3 https certs with key and full chain "
			"(webbridge certs before release 3.0), and restart the Web Bridge outside business hours.");
	case ROLE_GUEST:
		return mem_strdup(
			"In the administration of the Jabber Guest server: a new certificate request, then the signed certificate with its "
			"chain; restart the server outside business hours.");
	}
	return mem_strdup("");
}

/* Those of several nodes with a certificate each are one step: what to click is the same. */
static bool is_lone_issue(const struct issue *issue)
{
	return issue->cluster == NODE_NO_CLUSTER;
}

static bool same_work(const struct issue *a, const struct issue *b)
{
	return is_lone_issue(a) && is_lone_issue(b) && a->role == b->role &&
	       strcmp(a->kind, b->kind) == 0;
}

static char *title_reissue(const struct step *step, const struct issue *issue)
{
	struct buf nodes;
	char *title;

	if (step->target_count > 0)
		return mem_printf("Reissue %s of each of %zu nodes, with its own names",
		                  issue->kind, step->target_count);
	buf_init(&nodes);
	names_list(&nodes, &step->nodes, NODES_NAMED);
	title = mem_printf("Reissue %s of %s%s", issue->kind, nodes.data,
	                   step->nodes.count > 1
	                           ? " (one multi-server certificate does for all)"
	                           : "");
	buf_clear(&nodes);
	return title;
}

static void collect_issue(struct plan *plan, const struct issues *issues, const struct issue *issue,
                          struct step *step, struct names *sans, struct names *meanings)
{
	for (size_t i = issue->first; i != 0; i = issues->next[i - 1])
		collect_one(plan, step, &plan->wants[i - 1], sans, meanings);
}

static void collect_alike(struct plan *plan, const struct issues *issues, size_t at,
                          struct step *step, struct names *meanings)
{
	for (size_t i = at; i < issues->count; i++) {
		struct issue *issue = &issues->items[i];
		struct step_target *target;
		const struct want *first = &plan->wants[issue->first - 1];

		if (issue->told || !same_work(&issues->items[at], issue))
			continue;
		issue->told = true;
		target = step_add_target(
			step, plan->report->nodes[plan_observation(plan, first)->node].name);
		collect_issue(plan, issues, issue, step, &target->names, meanings);
		names_add_all(&step->sans, &target->names);
	}
	if (step->target_count == 1)
		step_clear_targets(step);
}

static void reissue_step(struct plan *plan, const struct issues *issues, size_t at)
{
	const struct issue *issue = &issues->items[at];
	struct step *step = report_add_step(plan->report, STEP_REISSUE);
	struct names meanings = { 0 };

	if (is_lone_issue(issue)) {
		collect_alike(plan, issues, at, step, &meanings);
	} else {
		collect_issue(plan, issues, issue, step, &step->sans, &meanings);
		add_cluster_names(plan, step, issue);
	}
	step->title = title_reissue(step, issue);
	step->where = where_reissue(plan->report, issue);
	step->why = why_reissue(plan, step, issue, &meanings);
	names_clear(&meanings);
}

void plan_reissue(struct plan *plan, bool cipher)
{
	struct issues issues;

	if (!cipher)
		take_along(plan);
	find_issues(plan, &issues, cipher);
	for (size_t i = 0; i < issues.count; i++)
		if (!issues.items[i].told)
			reissue_step(plan, &issues, i);
	free(issues.items);
	free(issues.at);
	free(issues.next);
}
