/* SPDX-License-Identifier: MIT */
/* What could not be seen: discovery, names, connections. Unreachable is neither a pass nor a
 * refusal. */
#include "config.h"

#include "base/mem.h"
#include "advise/examine_parts.h"
#include "model/lookup.h"

#include <stdlib.h>
#include <string.h>

/* What else to do than to look whether UDS answers; NULL: just that. */
static const char *advice_discovery(enum discovery_outcome outcome)
{
	switch (outcome) {
	case DISCOVERY_UNRESOLVED:
		return "Check the name, and the DNS settings of this machine (--dns-server), or name the nodes with --node.";
	case DISCOVERY_FOREIGN:
		return "If it is yours, run again with --foreign, or name it as the publisher.";
	case DISCOVERY_STOPPED:
		return "Run again with a longer --deadline.";
	case DISCOVERY_TOO_LARGE:
	case DISCOVERY_TOO_MANY:
		return "Name the nodes with --node or --nodes, with --no-discovery.";
	case DISCOVERY_NOT_TRIED:
	case DISCOVERY_OK:
	case DISCOVERY_REFUSED:
	case DISCOVERY_UNREACHABLE:
	case DISCOVERY_TIMEOUT:
	case DISCOVERY_TLS:
	case DISCOVERY_HTTP_STATUS:
	case DISCOVERY_REDIRECT:
	case DISCOVERY_NOT_XML:
	case DISCOVERY_NO_SERVERS:
	case DISCOVERY_BROKEN:
	case DISCOVERY_COVERED:
		break;
	}
	return NULL;
}

static void discovery(struct report *report, const struct cluster *cluster)
{
	struct finding *finding = report_add_finding(report, FINDING_DISCOVERY_FAILED);
	const char *advice = advice_discovery(cluster->outcome);

	names_add(&finding->nodes, cluster->publisher);
	names_add(&finding->addresses, cluster->publisher);
	examine_add_port(finding, cluster->port);
	finding->title = mem_printf("The nodes of %s could not be listed: %s%s%s",
	                            cluster->publisher, discovery_outcome_name(cluster->outcome),
	                            cluster->detail != NULL ? ", " : "",
	                            cluster->detail != NULL ? cluster->detail : "");
	if (advice != NULL) {
		free(finding->action);
		finding->action = mem_strdup(advice);
	}
}

static void discoveries(struct report *report)
{
	for (size_t i = 0; i < report->cluster_count; i++) {
		const struct cluster *cluster = &report->clusters[i];

		if (discovery_failed(cluster->outcome))
			discovery(report, cluster);
		if (cluster->entries_dropped > 0) {
			struct finding *finding =
				report_add_finding(report, FINDING_UDS_ENTRIES_DROPPED);

			names_add(&finding->nodes, cluster->publisher);
			finding->title = mem_printf(
				"Empty or repeated entries in the server list of %s: %zu",
				cluster->publisher, cluster->entries_dropped);
		}
	}
}

enum { PROBLEMS_TOLD = 3 };

static void unread(struct report *report)
{
	const struct unread *files = &report->unread;
	struct names names = { 0 };
	struct finding *finding;
	struct buf text;

	if (files->count == 0)
		return;
	finding = report_add_finding(report, FINDING_REPORT_UNREAD);
	for (size_t i = 0; i < files->count; i++)
		names_add(&names, files->files[i].file);
	buf_init(&text);
	buf_printf(&text, "%zu saved report%s could not be read: ", files->count,
	           files->count == 1 ? "" : "s");
	names_list(&text, &names, EXAMINE_SHORT_NAMED);
	finding->title = buf_take(&text);
	buf_init(&text);
	buf_puts(&text, "Whatever they hold is missing here. ");
	for (size_t i = 0; i < files->count && i < PROBLEMS_TOLD; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : "; ", files->files[i].problem);
	buf_puts(&text, files->count > PROBLEMS_TOLD ? "; and so on." : ".");
	finding->detail = buf_take(&text);
	names_clear(&names);
}

/* The observations, those of one node side by side, else in their own order. */
struct sorted {
	const struct observation **items;
	size_t count;
};

static int by_node(const void *left, const void *right)
{
	const struct observation *a = *(const struct observation *const *)left,
				 *b = *(const struct observation *const *)right;

	return COMPARE(a->node, b->node) ?: COMPARE(a, b);
}

static struct sorted sort_by_node(const struct report *report)
{
	struct sorted sorted = { mem_array(report->observation_count, sizeof *sorted.items),
		                 report->observation_count };

	for (size_t i = 0; i < sorted.count; i++)
		sorted.items[i] = &report->observations[i];
	qsort(sorted.items, sorted.count, sizeof *sorted.items, by_node);
	return sorted;
}

static const char *advice_unresolved(const char *why)
{
	enum lookup_fault lookup;

	if (why == NULL || lookup_parse(why, &lookup) != 0)
		return "Check the DNS settings of this machine (--dns-server), then run again.";
	switch (lookup) {
	case LOOKUP_NXDOMAIN:
	case LOOKUP_NO_RECORD:
	case LOOKUP_BAD_NAME:
	case LOOKUP_NO_SERVICE:
		return "Add the name to the DNS that Expressway-C uses, or correct it under System > Server.";
	case LOOKUP_SERVFAIL:
	case LOOKUP_REFUSED:
	case LOOKUP_MALFORMED:
	case LOOKUP_FAILURE:
		return "The DNS server failed, which says nothing of the name: mend it or ask another one (--dns-server), then run again.";
	case LOOKUP_TIMEOUT:
	case LOOKUP_NO_SERVER:
		return "No DNS server answered: check that one is reachable from here, or ask another one (--dns-server), then run again.";
	case LOOKUP_ONLY_IPV4:
	case LOOKUP_ONLY_IPV6:
	case LOOKUP_FIXED_FAMILY:
		return "Run again without -4 and -6.";
	case LOOKUP_STOPPED:
		break;
	}
	return "Run again with a longer --deadline.";
}

static const char *advice(const struct observation *observation)
{
	switch (observation->outcome) {
	case OUTCOME_UNRESOLVED:
		return advice_unresolved(observation->detail);
	case OUTCOME_REFUSED:
	case OUTCOME_RESET:
		return "Check that the service runs on this node (utils service list: Cisco Tomcat, Cisco TFTP), then run again.";
	case OUTCOME_UNREACHABLE:
	case OUTCOME_TIMEOUT:
		return "Check route and firewall from here, and from the Expressway-C, to this node and port, then run again.";
	case OUTCOME_TLS_ALERT:
	case OUTCOME_TLS_VERSION:
		return "Check the TLS version and the ciphers that the node offers (Security > Cipher Management): Expressway would most likely fail there too.";
	case OUTCOME_CLOSED:
	case OUTCOME_NO_CERTIFICATE:
	case OUTCOME_NOT_TLS:
	case OUTCOME_TLS_ERROR:
		return "Check which service answers on this port, then run again.";
	case OUTCOME_STOPPED:
		return "Run again with a longer --deadline.";
	case OUTCOME_LOCAL:
		return "Check the limits of this machine (ulimit -n), then run again.";
	case OUTCOME_CRASHED:
		return "Run again; if it ends so again, look at this address by other means (openssl s_client) and report it (README, \"Security\").";
	case OUTCOME_NOT_TRIED:
		return "Audit it as what is asked for now (--ports, --order, --expressway): no handshake that was made tells it.";
	case OUTCOME_PENDING:
	case OUTCOME_NOT_NEEDED:
	case OUTCOME_PRESENTED:
	case OUTCOME_UNUSABLE:
	case OUTCOME_FOREIGN:
		break;
	}
	return "Run again.";
}

/* One per node and outcome: the addresses, ports and orders of it together. */
static struct finding *unchecked_finding(struct report *report, size_t from,
                                         const struct observation *observation,
                                         enum finding_kind kind, enum severity severity)
{
	const char *name = report->nodes[observation->node].name;
	struct finding *finding;

	for (size_t i = from; i < report->finding_count; i++) {
		finding = &report->findings[i];
		if (finding->kind == kind && finding->severity == severity &&
		    names_has(&finding->nodes, name) &&
		    strncmp(finding->detail, outcome_name(observation->outcome),
		            strlen(outcome_name(observation->outcome))) == 0)
			return finding;
	}
	finding = report_add_finding(report, kind);
	finding->severity = severity;
	finding->detail = mem_printf("%s%s%s", outcome_name(observation->outcome),
	                             observation->detail != NULL ? ": " : "",
	                             observation->detail != NULL ? observation->detail : "");
	finding->action = mem_strdup(advice(observation));
	return finding;
}

static void finish_unchecked(struct finding *finding, bool dead_ip)
{
	struct buf title;

	buf_init(&title);
	buf_printf(&title, "%s ", finding->nodes.items[0]);
	if (dead_ip) {
		buf_puts(&title, "has an IP that did not answer beside one that did, for ");
	} else {
		buf_puts(&title,
		         finding->severity == SEVERITY_WARNING
		                 ? "could not be checked as "
		                 : "could not be checked where it does not count today, as ");
	}
	names_list(&title, &finding->addresses, EXAMINE_NAMED);
	buf_puts(&title, finding->ports.count == 1 ? ", port " : ", ports ");
	names_list(&title, &finding->ports, EXAMINE_SHORT_NAMED);
	finding->title = buf_take(&title);
}

static void unchecked(struct report *report)
{
	size_t from = report->finding_count, node_from = from;
	struct sorted sorted = sort_by_node(report);
	bool *seen = report_seen(report);

	for (size_t i = 0; i < sorted.count; i++) {
		const struct observation *observation = sorted.items[i];
		bool dead_ip, counts = report_counts(report, observation);
		struct finding *finding;

		if (i > 0 && sorted.items[i - 1]->node != observation->node)
			node_from = report->finding_count; /* those of other nodes need no look */
		if (observation->outcome == OUTCOME_PRESENTED ||
		    !report_needed(report, observation))
			continue;
		if (observation->outcome == OUTCOME_UNUSABLE ||
		    observation->outcome == OUTCOME_FOREIGN)
			continue; /* examine_listed's */
		dead_ip = seen[observation - report->observations];
		finding = unchecked_finding(report, node_from, observation,
		                            dead_ip ? FINDING_IP_DEAD : FINDING_NOT_CHECKED,
		                            counts ? SEVERITY_WARNING : SEVERITY_INFO);
		examine_add_observation(finding, report, observation);
	}
	for (size_t i = from; i < report->finding_count; i++)
		finish_unchecked(&report->findings[i], report->findings[i].kind == FINDING_IP_DEAD);
	free(sorted.items);
	free(seen);
}

static void left_out(struct report *report, const struct node *node)
{
	for (size_t i = 0; i < node->address_count; i++) {
		const struct address *address = &node->addresses[i];
		struct finding *finding;

		if (address->ips_left_out == 0)
			continue;
		finding = report_add_finding(report, FINDING_IPS_LEFT_OUT);
		finding->severity = address->advertised ? SEVERITY_WARNING : SEVERITY_INFO;
		names_add(&finding->nodes, node->name);
		names_add(&finding->addresses, address->text);
		finding->title = mem_printf("%s has %zu more IP%s in DNS than were probed",
		                            address->text, address->ips_left_out,
		                            address->ips_left_out == 1 ? "" : "s");
	}
}

/* Does the answer say that there is no PTR record, or only that nobody could say? */
static bool no_record(const char *problem)
{
	enum lookup_fault why;

	return problem == NULL || lookup_parse(problem, &why) != 0 || why == LOOKUP_NXDOMAIN ||
	       why == LOOKUP_NO_RECORD;
}

static void reverse(struct report *report, const struct node *node,
                    const struct node_reverse *reverse)
{
	struct finding *finding;

	if (reverse->agrees && reverse->name != NULL)
		return;
	finding = report_add_finding(report, reverse->name != NULL ? FINDING_DNS_DISAGREES
	                                                           : FINDING_DNS_NO_REVERSE);
	names_add(&finding->nodes, node->name);
	names_add(&finding->addresses, reverse->ip);
	if (reverse->name != NULL)
		finding->title = mem_printf("%s: its IP %s leads back to %s", node->name,
		                            reverse->ip, reverse->name);
	else if (!no_record(reverse->problem))
		finding->title =
			mem_printf("%s: its IP %s could not be looked up in reverse DNS (%s)",
		                   node->name, reverse->ip, reverse->problem);
	else
		finding->title =
			mem_printf("%s: its IP %s has no name in reverse DNS%s%s%s", node->name,
		                   reverse->ip, reverse->problem != NULL ? " (" : "",
		                   reverse->problem != NULL ? reverse->problem : "",
		                   reverse->problem != NULL ? ")" : "");
	if (reverse->name == NULL)
		finding->action = mem_strdup(
			no_record(reverse->problem)
				? "Add a PTR record for it."
				: "Whether there is a PTR record is not known: run again, or ask another DNS "
				  "server (--dns-server).");
}

static void short_name(struct report *report, const struct node *node)
{
	bool told = node_source_told(node->source);

	for (size_t i = 0; i < node->address_count; i++) {
		const struct address *address = &node->addresses[i];
		struct finding *finding;

		if (!address->advertised || address->kind != ADDRESS_HOSTNAME ||
		    !address_text_ok(address->text))
			continue;
		finding = report_add_finding(report,
		                             told ? FINDING_SHORT_NAME : FINDING_SHORT_NAME_GIVEN);
		if (!told && node->cluster != NODE_NO_CLUSTER)
			finding->severity = SEVERITY_INFO; /* the publisher stands in for a list
			                                      that is missing */
		names_add(&finding->nodes, node->name);
		names_add(&finding->addresses, address->text);
		finding->title = mem_printf(told ? "%s is advertised by its short name"
		                                 : "%s was given by its short name",
		                            address->text);
	}
}

/* The traffic server compares the text as it stands: no certificate holds a name with a dot behind
 * it. */
static void trailing_dot(struct report *report, const struct node *node)
{
	for (size_t i = 0; i < node->address_count; i++) {
		const struct address *address = &node->addresses[i];
		size_t len = strlen(address->text);
		struct finding *finding;

		if (!address->advertised || address->text[len - 1] != '.' ||
		    !address_text_ok(address->text))
			continue;
		finding = report_add_finding(report, FINDING_TRAILING_DOT);
		names_add(&finding->nodes, node->name);
		names_add(&finding->addresses, address->text);
		finding->title = mem_printf("%s ends in a dot", address->text);
		finding->action = mem_printf("Write %.*s, without the dot, under System > Server.",
		                             (int)(len - 1), address->text);
	}
}

static void inferred(struct report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->observation_count; i++)
		count += report->observations[i].inferred;
	if (count > 0)
		report_add_finding(report, FINDING_INFERRED)->title = mem_printf(
			"%zu %s not made: what RSA first would show is inferred from ECDSA first",
			count, count == 1 ? "handshake was" : "handshakes were");
}

void examine_reach(struct report *report)
{
	if (report->stopped) {
		struct finding *finding = report_add_finding(report, FINDING_STOPPED);

		finding->title = mem_strdup("The run was stopped before its end");
	}
	if (report->policy.library_order)
		report_add_finding(report, FINDING_LIBRARY_ORDER)->title = mem_strdup(
			"The cipher suites were offered in GnuTLS's order, not in Expressway's");
	inferred(report);
	unread(report);
	discoveries(report);
	unchecked(report);
	for (size_t i = 0; i < report->node_count; i++) {
		const struct node *node = &report->nodes[i];

		short_name(report, node);
		trailing_dot(report, node);
		left_out(report, node);
		for (size_t k = 0; k < node->reverse_count; k++)
			reverse(report, node, &node->reverses[k]);
	}
}
