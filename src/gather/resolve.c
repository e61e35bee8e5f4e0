/* SPDX-License-Identifier: MIT */
/* What DNS says comes in any order and is only written down; the nodes are completed when all is
 * there, one after the other, so that the same answers always give the same report. */
#include "config.h"

#include "base/loop.h"
#include "base/mem.h"
#include "base/table.h"
#include "gather/inside.h"
#include "gather/resolve.h"
#include "gather/reverse.h"
#include "model/lookup.h"
#include "wire/dns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct ips {
	char *texts[NAMES_IPS_MOST]; /* owned */
	size_t count, left_out;
};

struct search {                      /* what is looked for on behalf of one node */
	struct resolve *resolve;     /* borrowed */
	const struct node *node;     /* borrowed */
	char *full_name, *problem;   /* owned */
	struct ips ips;
	struct reverse reverse;      /* of an IP */
	bool foreign; /* the network named it and it lies outside: nothing more is asked of it */
};

struct resolve {
	const struct deadline *deadline; /* borrowed */
	struct dns *dns;
	struct inside inside;
	bool foreign_wanted;
	struct search *searches;
	size_t count, done;
};

/* --- asking ----------------------------------------------------------------------------------- */

static void copy_ips(struct ips *ips, const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->ip_count; i++) {
		if (ips->count < NAMES_IPS_MOST)
			ips->texts[ips->count++] = mem_strdup(answer->ips[i]);
		else
			ips->left_out++;
	}
}

static bool may_probe(const struct search *search)
{
	const struct resolve *resolve = search->resolve;

	return resolve->foreign_wanted || search->node->vouched ||
	       !node_source_told(search->node->source) ||
	       inside_has(&resolve->inside, search->node->addresses[0].text, search->full_name,
	                  search->ips.texts, search->ips.count);
}

static void on_forward(void *arg, const struct dns_answer *answer)
{
	struct search *search = arg;
	struct resolve *resolve = search->resolve;

	deadline_tell(resolve->deadline, "resolve", ++resolve->done, resolve->count);
	if (answer->problem != NULL) {
		search->problem = mem_strdup(answer->problem);
		return;
	}
	search->full_name = mem_strdup(answer->name);
	copy_ips(&search->ips, answer);
	search->foreign = !may_probe(search);
}

static void ask(struct search *search)
{
	const struct address *address = &search->node->addresses[0];

	if (address->use != ADDRESS_USED)
		return;
	search->foreign = address_is_ip(address) && !may_probe(search);
	if (search->foreign)
		deadline_tell(search->resolve->deadline, "resolve", ++search->resolve->done,
		              search->resolve->count);
	else if (address_is_ip(address))
		reverse_ask(&search->reverse, search->resolve->dns, address->text, NULL, NULL);
	else
		dns_forward(search->resolve->dns, address->text, on_forward, search);
}

/* --- which addresses there are already -------------------------------------------------------- */

/* Two nodes may lead to the same address, a name and its IP both advertised: it is probed for one
 * of them. true: nobody has claimed it before. */
static bool claim(struct table *claims, const char *text)
{
	return table_add(claims, text, 0);
}

static void claim_advertised(struct table *claims, const struct resolve *resolve)
{
	for (size_t i = 0; i < resolve->count; i++)
		claim(claims, resolve->searches[i].node->addresses[0].text);
}

/* --- writing down ----------------------------------------------------------------------------- */

static void fill(struct address *address, const struct ips *ips)
{
	for (size_t i = 0; i < ips->count; i++)
		address_add_ip(address, ips->texts[i]);
	address->ips_left_out = ips->left_out;
}

static void write_name(struct node *node, const struct search *search, struct table *claims)
{
	const char *full_name = search->full_name;

	fill(&node->addresses[0], &search->ips);
	if (full_name == NULL) { /* of an address that is used nobody has said so before */
		node->addresses[0].unresolved = mem_strdup(
			search->problem != NULL ? search->problem : lookup_text(LOOKUP_STOPPED));
		return;
	}
	if (node->addresses[0].kind == ADDRESS_HOSTNAME && strchr(full_name, '.') != NULL &&
	    claim(claims, full_name))
		fill(node_add_address(node, full_name, false), &search->ips);
	for (size_t i = 0; i < search->ips.count; i++)
		if (claim(claims, search->ips.texts[i]))
			node_add_address(node, search->ips.texts[i], false);
}

/* Whoever owns the network writes the PTR, and may write a name that has strangers' IPs besides the
 * node's. */
static void fill_inside(struct address *address, const struct resolve *resolve,
                        const struct reverse *reverse)
{
	for (size_t i = 0; i < reverse->ip_count; i++)
		if (resolve->foreign_wanted || strcmp(reverse->ips[i], reverse->ip) == 0 ||
		    inside_has_ip(&resolve->inside, reverse->ips[i]))
			address_add_ip(address, reverse->ips[i]);
	address->ips_left_out = reverse->left_out;
}

/* A name that does not lead back here is somebody else's: a finding, but nothing to connect to. */
static void write_ip(struct node *node, const struct search *search, struct table *claims)
{
	const struct reverse *reverse = &search->reverse;

	if (reverse->ip == NULL)
		return;
	if (reverse->name != NULL && reverse->agrees && claim(claims, reverse->name))
		fill_inside(node_add_address(node, reverse->name, false), search->resolve, reverse);
	reverse_write(reverse, node);
}

static void refuse_family(struct address *address, const struct names_how *how)
{
	bool v6 = address->kind == ADDRESS_IPV6;

	if (how->ipv4 == how->ipv6 || (v6 ? how->ipv6 : how->ipv4))
		return;
	for (size_t i = 0; i < address->ip_count; i++)
		free(address->ips[i]);
	address->ip_count = 0;
	address->unresolved = mem_strdup(lookup_text(v6 ? LOOKUP_ONLY_IPV4 : LOOKUP_ONLY_IPV6));
}

static void write_foreign(struct address *address)
{
	address->use = ADDRESS_FOREIGN;
	address->unresolved = mem_strdup("outside the cluster; not probed without --foreign");
	for (size_t i = 0; i < address->ip_count; i++)
		free(address->ips[i]);
	address->ip_count = 0;
}

static void write_all(struct report *report, const struct resolve *resolve,
                      const struct names_how *how)
{
	struct table claims = { NULL };

	claim_advertised(&claims, resolve);
	for (size_t i = 0; i < resolve->count; i++) {
		const struct search *search = &resolve->searches[i];
		struct node *node = &report->nodes[i];

		if (node->addresses[0].use != ADDRESS_USED)
			continue;
		if (search->foreign) {
			write_foreign(&node->addresses[0]);
			continue;
		}
		if (address_is_ip(&node->addresses[0]))
			write_ip(node, search, &claims);
		else
			write_name(node, search, &claims);
		if (address_is_ip(&node->addresses[0]))
			refuse_family(&node->addresses[0], how);
	}
	table_clear(&claims);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void ips_clear(struct ips *ips)
{
	for (size_t i = 0; i < ips->count; i++)
		free(ips->texts[i]);
}

static void search_clear(struct search *search)
{
	reverse_clear(&search->reverse);
	ips_clear(&search->ips);
	free(search->full_name);
	free(search->problem);
}

static void prepare(struct resolve *resolve, const struct report *report)
{
	resolve->count = report->node_count;
	resolve->searches = mem_array(report->node_count, sizeof *resolve->searches);
	for (size_t i = 0; i < report->node_count; i++) {
		resolve->searches[i].resolve = resolve;
		resolve->searches[i].node = &report->nodes[i];
	}
}

static void ask_all(struct resolve *resolve, const struct report *report,
                    const struct names_how *how)
{
	struct loop *loop = loop_new();
	struct fault fault;

	if (deadline_over(resolve->deadline))
		fault_set(&fault, FAULT_LIMIT, "%s", lookup_text(LOOKUP_STOPPED));
	else
		resolve->dns = names_open(how, loop, &fault);
	names_inside(&resolve->inside, how, report, resolve->dns);
	for (size_t i = 0; i < resolve->count; i++) {
		if (resolve->dns != NULL)
			ask(&resolve->searches[i]);
		else
			resolve->searches[i].problem = mem_strdup(fault.text);
	}
	if (resolve->dns != NULL)
		names_settle(resolve->dns, loop, resolve->deadline);
	dns_free(resolve->dns);
	loop_free(loop);
}

void resolve_run(struct report *report, const struct names_how *how,
                 const struct deadline *deadline)
{
	struct resolve resolve = { .deadline = deadline, .foreign_wanted = how->foreign };

	prepare(&resolve, report);
	deadline_tell(deadline, "resolve", 0, resolve.count);
	ask_all(&resolve, report, how);
	write_all(report, &resolve, how);
	for (size_t i = 0; i < resolve.count; i++)
		search_clear(&resolve.searches[i]);
	inside_clear(&resolve.inside);
	free(resolve.searches);
}
