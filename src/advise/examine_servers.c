/* SPDX-License-Identifier: MIT */
/* What the servers' own behaviour says: which certificate they choose, on which port, in which
 * order. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "advise/examine_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_place(const struct observation *a, const struct observation *b)
{
	return a->node == b->node && a->port == b->port && a->offered == b->offered &&
	       strcmp(a->address, b->address) == 0 && strcmp(a->ip, b->ip) == 0;
}

static int by_place(const void *left, const void *right)
{
	const struct observation *a = *(const struct observation *const *)left,
				 *b = *(const struct observation *const *)right;

	return observation_order(a, b) ?: COMPARE(a, b);
}

/* Presented observations, sorted so that the two orders of one address, IP and port are
 * neighbours. */
struct places {
	const struct observation **items;
	size_t count;
};

static struct places find_places(const struct report *report)
{
	struct places places = { mem_array(report->observation_count, sizeof *places.items), 0 };

	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].outcome == OUTCOME_PRESENTED &&
		    report->observations[i].chain.count > 0 &&
		    service_is_traffic(report_service(report, &report->observations[i])))
			places.items[places.count++] = &report->observations[i];
	qsort(places.items, places.count, sizeof *places.items, by_place);
	return places;
}

/* Both orders of one place lie at i and i + 1. */
static bool is_pair(const struct places *places, size_t i)
{
	return i + 1 < places->count && same_place(places->items[i], places->items[i + 1]) &&
	       places->items[i]->order == ORDER_RSA_FIRST &&
	       places->items[i + 1]->order == ORDER_ECDSA_FIRST;
}

/* A port of its own each: what 8443 shows says nothing of 6972. */
static struct finding *finding_of_port(struct report *report, size_t from, enum finding_kind kind,
                                       uint16_t port)
{
	char text[8];

	snprintf(text, sizeof text, "%u", port);
	for (size_t i = from; i < report->finding_count; i++)
		if (report->findings[i].kind == kind &&
		    names_has(&report->findings[i].ports, text))
			return &report->findings[i];
	return report_add_finding(report, kind);
}

static bool same_nodes(const struct finding *a, const struct finding *b)
{
	if (a->nodes.count != b->nodes.count)
		return false;
	for (size_t i = 0; i < a->nodes.count; i++)
		if (strcmp(a->nodes.items[i], b->nodes.items[i]) != 0)
			return false;
	return true;
}

/* The nodes of a finding stand in one order, that of the places. */
static void join_ports(struct report *report, size_t from)
{
	size_t kept = from;

	for (size_t i = from; i < report->finding_count; i++) {
		struct finding *finding = &report->findings[i], *same = NULL;

		for (size_t k = from; k < kept && same == NULL; k++)
			if (report->findings[k].kind == finding->kind &&
			    same_nodes(&report->findings[k], finding))
				same = &report->findings[k];
		if (same == NULL) {
			report->findings[kept++] = *finding;
			continue;
		}
		names_add_all(&same->ports, &finding->ports);
		names_add_all(&same->addresses, &finding->addresses);
		finding_clear(finding);
	}
	report->finding_count = kept;
}

static void title_one_certificate(struct finding *finding)
{
	char *where = examine_where(finding);
	struct buf ports;

	buf_init(&ports);
	names_list(&ports, &finding->ports, finding->ports.count);
	finding->title = mem_printf(
		"Both orders show %s on %s: %s",
		finding->kind == FINDING_ECDSA_IN_BOTH ? "ECDSA" : "RSA", ports.data, where);
	buf_clear(&ports);
	free(where);
}

static void one_certificate(struct report *report, const struct places *places)
{
	size_t from = report->finding_count;

	for (size_t i = 0; i < places->count; i++) {
		const struct observation *a = places->items[i];
		struct finding *finding;
		bool ecdsa;

		if (!is_pair(places, i) ||
		    chain_leaf(&a->chain) != chain_leaf(&places->items[i + 1]->chain))
			continue;
		ecdsa = chain_leaf(&a->chain)->key_type == KEY_ECDSA;
		finding = finding_of_port(report, from,
		                          ecdsa ? FINDING_ECDSA_IN_BOTH : FINDING_RSA_IN_BOTH,
		                          a->port);
		examine_add_observation(finding, report, a);
		examine_add_observation(finding, report, places->items[i + 1]);
	}
	join_ports(report, from);
	for (size_t i = from; i < report->finding_count; i++)
		title_one_certificate(&report->findings[i]);
}

/* How many stores accept and refuse an observation; neither does where a handshake did not
 * finish. */
struct tally {
	size_t accepted, refused;
};

static struct tally *tally_verdicts(const struct report *report)
{
	struct tally *tally = mem_array(report->observation_count, sizeof *tally);

	for (size_t i = 0; i < report->verdict_count; i++) {
		if (report->verdicts[i].accepted)
			tally[report->verdicts[i].observation].accepted++;
		else
			tally[report->verdicts[i].observation].refused++;
	}
	return tally;
}

/* An order that follows from the upgrade path alone is to be looked at; nothing is to be typed
 * before. */
static const char *orders_action(const struct policy *policy, bool rsa_good)
{
	if (policy->order_assumed && policy->order_in_force[ORDER_RSA_FIRST] == rsa_good)
		return rsa_good
		               ? "After the upgrade, check that the cipher string begins with ECDHE-RSA-AES256-GCM-SHA384: (Maintenance > Security > "
		                 "Ciphers), and put that in front if it is missing. What lasts is a tomcat-ECDSA that is accepted too."
		               : "After the upgrade, check that the cipher string does not begin with ECDHE-RSA-AES256-GCM-SHA384: (Maintenance > "
		                 "Security > Ciphers). What lasts is a tomcat that is accepted too.";
	return rsa_good
	               ? "Put ECDHE-RSA-AES256-GCM-SHA384: in front of the cipher string (Maintenance > Security > Ciphers), or make "
	                 "tomcat-ECDSA acceptable too."
	               : "Keep ECDSA first (no ECDHE-RSA prefix in the cipher string), or make tomcat acceptable too.";
}

static void finish_orders(const struct report *report, struct finding *finding)
{
	bool rsa_good = finding->kind == FINDING_ECDSA_FIRST_REFUSED;
	char *where = examine_where(finding);

	finding->title = mem_printf("%s: accepted with %s first, refused with %s first", where,
	                            rsa_good ? "RSA" : "ECDSA", rsa_good ? "ECDSA" : "RSA");
	finding->detail = mem_printf(
		"The cipher order of Expressway decides here. X14.2 has ECDSA first when it is installed afresh or upgraded from "
		"below X14.0, RSA first when upgraded from X14.0 or later.%s%s",
		report->policy.order_why != NULL
			? " "
			: " Nobody said which holds here (--cipher-string, --upgrade), so both count.",
		report->policy.order_why != NULL ? report->policy.order_why : "");
	finding->action = mem_strdup(orders_action(&report->policy, rsa_good));
	free(where);
}

/* Accepted by every store, while some store refuses the other. */
static bool one_is_good(const struct tally *good, const struct tally *bad)
{
	return good->accepted > 0 && good->refused == 0 && bad->refused > 0;
}

/* RSA first and ECDSA first differ in outcome: the upgrade path decides. */
static void orders_differ(struct report *report, const struct places *places)
{
	struct tally *tally = tally_verdicts(report);
	struct examine_batch batch = examine_begin(report);

	for (size_t i = 0; i < places->count; i++) {
		const struct tally *rsa, *ecdsa;
		struct finding *finding;

		if (!is_pair(places, i))
			continue;
		rsa = &tally[places->items[i] - report->observations];
		ecdsa = &tally[places->items[i + 1] - report->observations];
		if (!one_is_good(rsa, ecdsa) && !one_is_good(ecdsa, rsa))
			continue;
		finding = examine_finding(
			report, &batch,
			ecdsa->refused > 0 ? FINDING_ECDSA_FIRST_REFUSED
					   : FINDING_RSA_FIRST_REFUSED,
			NULL, places->items[i]->advertised ? SEVERITY_WARNING : SEVERITY_INFO);
		examine_add_observation(finding, report,
		                        places->items[i + (ecdsa->refused > 0)]);
	}
	for (size_t i = batch.from; i < report->finding_count; i++)
		finish_orders(report, &report->findings[i]);
	free(tally);
	examine_end(&batch);
}

/* Which of the two a service has not loaded yet: the older one. Where their dates do not tell,
 * nobody knows. */
static void say_which_is_old(const struct report *report, struct finding *finding,
                             const struct observation *a, const struct observation *b)
{
	int64_t one = chain_leaf(&a->chain)->not_before, two = chain_leaf(&b->chain)->not_before;
	const struct observation *old = one < two ? a : b, *young = old == a ? b : a;
	char since[CLOCK_TEXT], *title;

	finding->certificate = chain_leaf(&old->chain);
	if (one == two) {
		finding->detail = mem_printf(
			"Both are good from the same moment, so their dates do not tell which is meant. The services load a certificate "
			"when they start, the TFTP service (6972) most of all.");
		finding->action = mem_strdup(
			"Compare both with Certificate Management on this node; if one of them is no longer there, restart the service "
			"that shows it (Cisco Tomcat on 8443, Cisco TFTP on 6972), then run again.");
		return;
	}
	clock_format(chain_leaf(&young->chain)->not_before, since, sizeof since);
	finding->detail = mem_printf(
		"Port %u shows the older one. The services load a certificate when they start, the TFTP service (6972) most of "
		"all.",
		old->port);
	title = finding->title;
	finding->title =
		mem_printf("%s: the one on port %u is good from %s", title, young->port, since);
	free(title);
	finding->action = mem_printf(
		"Restart %s on this node (Cisco Unified Serviceability, or utils service restart), then run again.",
		service_restart(report_service(report, old)));
}

static void ports_finding(struct report *report, const struct observation *a,
                          const struct observation *b, const struct observation *const *items,
                          size_t count)
{
	struct finding *finding = report_add_finding(report, FINDING_PORTS_DIFFER);

	finding->certificate_kind = mem_strdup(report_certificate(report, a));
	for (size_t i = 0; i < count; i++)
		if (chain_leaf(&items[i]->chain) == chain_leaf(&a->chain) ||
		    chain_leaf(&items[i]->chain) == chain_leaf(&b->chain))
			examine_add_observation(finding, report, items[i]);
	finding->title = mem_printf("%s: port %u and port %u show different %s certificates",
	                            report->nodes[a->node].name, a->port, b->port,
	                            finding->certificate_kind);
	say_which_is_old(report, finding, a, b);
}

/* Of one node, port and kind: the certificate shown, once each pair of ports. */
static void ports_of_node(struct report *report, const struct observation *const *items,
                          size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = i + 1; k < count; k++) {
			const struct cert *one = chain_leaf(&items[i]->chain),
					  *two = chain_leaf(&items[k]->chain);

			if (items[i]->port == items[k]->port || one == two || !one->readable ||
			    !two->readable || strcmp(items[i]->ip, items[k]->ip) != 0 ||
			    strcmp(report_certificate(report, items[i]),
			           report_certificate(report, items[k])) != 0)
				continue;
			ports_finding(report, items[i], items[k], items, count);
			return;
		}
	}
}

static void ports_differ(struct report *report, const struct places *places)
{
	enum { LOOK_AT_MOST = 256 }; /* of one node: pairs are compared */

	for (size_t i = 0, end; i < places->count; i = end) {
		for (end = i + 1;
		     end < places->count && places->items[end]->node == places->items[i]->node;
		     end++)
			;
		ports_of_node(report, places->items + i,
		              end - i < LOOK_AT_MOST ? end - i : LOOK_AT_MOST);
	}
}

/* Ports that were asked for although the traffic server has nothing to do with them (SIP): what is
 * shown there, apart. */
static void not_traffic(struct report *report)
{
	struct examine_batch batch = examine_begin(report);

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];

		if (observation->outcome == OUTCOME_PRESENTED && observation->chain.count > 0 &&
		    !service_is_traffic(report_service(report, observation)))
			examine_add_observation(examine_finding(report, &batch, FINDING_NOT_TRAFFIC,
			                                        chain_leaf(&observation->chain),
			                                        SEVERITY_INFO),
			                        report, observation);
	}
	for (size_t i = batch.from; i < report->finding_count; i++) {
		struct finding *finding = &report->findings[i];
		char *name = examine_cert_name(finding);

		finding->title = mem_printf("Port %s shows %s, which the traffic server never sees",
		                            finding->ports.items[0], name);
		free(name);
	}
	examine_end(&batch);
}

/* Which of TLS 1.2's versions and suites the server misses does not matter: the alert is the same
 * news for a client that has nothing else to offer. */
static void tls13_only(struct report *report)
{
	struct finding *finding = NULL;
	struct buf title;

	for (size_t i = 0; i < report->observation_count; i++) {
		if (!report_needs_tls13(report, &report->observations[i]))
			continue;
		if (finding == NULL)
			finding = report_add_finding(report, FINDING_TLS13_ONLY);
		examine_add_observation(finding, report, &report->observations[i]);
	}
	if (finding == NULL)
		return;
	buf_init(&title);
	names_list(&title, &finding->nodes, EXAMINE_NAMED);
	buf_puts(&title, finding->nodes.count == 1 ? " refuses" : " refuse");
	buf_puts(&title, " a client that offers TLS 1.2 alone");
	free(finding->title);
	finding->title = buf_take(&title);
}

void examine_servers(struct report *report)
{
	struct places places = find_places(report);

	orders_differ(report, &places);
	ports_differ(report, &places);
	one_certificate(report, &places);
	not_traffic(report);
	tls13_only(report);
	free(places.items);
}
