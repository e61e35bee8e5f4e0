/* SPDX-License-Identifier: MIT */
/* Nodes to addresses (resolve.h), IPs back to names (reverse.h) and a domain to its servers (srv.h),
 * against the server of zone.c. */
#include "config.h"

#include "base/loop.h"
#include "base/mem.h"
#include "gather/discover.h"
#include "gather/facts.h"
#include "gather/inside.h"
#include "gather/names.h"
#include "gather/resolve.h"
#include "gather/reverse.h"
#include "gather/sources.h"
#include "gather/srv.h"
#include "gather/web.h"
#include "model/report.h"
#include "wire/dns.h"
#include "zone.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const search[] = { "one.example", "two.example", NULL };
static const struct deadline no_deadline = { .at_ms = 0 };

static struct names_how how_of(bool ipv4, bool ipv6)
{
	return (struct names_how){ .dns_server = zone_server,
		                   .search = search,
		                   .ipv4 = ipv4,
		                   .ipv6 = ipv6,
		                   .timeout_ms = 60000 };
}

static void add_node(struct report *report, const char *name, enum node_source source)
{
	struct node *node = report_add_node(report, name);

	node->source = source;
	node->cluster = NODE_NO_CLUSTER;
	node_add_address(node, name, true);
}

/* "text[ips|! why] text[...]; ip=name" of a node; a star: advertised, a minus: it does not agree */
static const char *shown(const struct node *node)
{
	static char text[2000];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < node->address_count; i++) {
		const struct address *address = &node->addresses[i];

		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s%s[", i > 0 ? " " : "",
		                        address->text, address->advertised ? "*" : "");
		for (size_t k = 0; k < address->ip_count; k++)
			len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
			                        k > 0 ? "," : "", address->ips[k]);
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s]",
		                        address->unresolved != NULL ? "! " : "",
		                        address->unresolved != NULL ? address->unresolved : "");
	}
	for (size_t i = 0; i < node->reverse_count; i++) {
		const struct node_reverse *reverse = &node->reverses[i];

		len += (size_t)snprintf(text + len, sizeof text - len, "; %s%s%s%s", reverse->ip,
		                        reverse->name == NULL ? "! "
		                        : reverse->agrees     ? "="
		                                              : "-",
		                        reverse->name != NULL ? reverse->name : "",
		                        reverse->problem != NULL ? reverse->problem : "");
	}
	return text;
}

static void check(struct report *report, const char *const (*rows)[2], size_t count,
                  const struct names_how *how)
{
	for (size_t i = 0; i < count; i++)
		add_node(report, rows[i][0], SOURCE_OPTION);
	resolve_run(report, how, &no_deadline);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(rows[i][1], shown(&report->nodes[i]));
}

static void nodes_get_their_addresses(void **state)
{
	static const char *const rows[][2] = {
		{ "four.example.com", "four.example.com*[192.0.2.4] 192.0.2.4[192.0.2.4]" },
		{ "cucm.example.com",
		  "cucm.example.com*[192.0.2.3,192.0.2.20,2001:db8::1] 192.0.2.20[192.0.2.20] "
		  "2001:db8::1[2001:db8::1]" }, /* 192.0.2.3 is another node's */
		{ "sub", "sub*[192.0.2.5] sub.two.example[192.0.2.5] 192.0.2.5[192.0.2.5]" },
		{ "bare", "bare*[192.0.2.8] 192.0.2.8[192.0.2.8]" },
		{ "nobody.example.com", "nobody.example.com*[! NXDOMAIN]" },
		{ "fail.example.com", "fail.example.com*[! SERVFAIL]" },
		{ "192.0.2.3", "192.0.2.3*[192.0.2.3]; 192.0.2.3=cucm.example.com" },
		{ "192.0.2.6", "192.0.2.6*[192.0.2.6]; 192.0.2.6-elsewhere.example.com" },
		{ "192.0.2.99", "192.0.2.99*[192.0.2.99]; 192.0.2.99! NXDOMAIN" },
		{ "192.0.2.7",
		  "192.0.2.7*[192.0.2.7] two.example.com[192.0.2.7]; 192.0.2.7=two.example.com" },
	};
	struct names_how how = how_of(true, true);
	struct report *report = report_new();

	(void)state;
	check(report, rows, sizeof rows / sizeof *rows, &how);
	report_free(report);
}

/* Eight IPs of a name are connected to, the rest is counted; a name is one in any case of letters. */
static void many_ips_and_one_name(void **state)
{
	char texts[11][16], *ips[11];
	struct names_fixed fixed[] = { { (char[]){ "many.example.com" }, ips, 11 }, { (char[]){ "eight.example.com" }, ips, 8 } };
	struct names_how how = how_of(true, true);
	struct report *report = report_new();

	(void)state;
	for (int i = 0; i < 11; i++) {
		snprintf(texts[i], sizeof texts[i], "192.0.2.%d", 100 + i);
		ips[i] = texts[i];
	}
	how.fixed = fixed;
	how.fixed_count = 2;
	add_node(report, "many.example.com", SOURCE_OPTION);
	add_node(report, "eight.example.com", SOURCE_OPTION);
	add_node(report, "AZ.ONE.EXAMPLE", SOURCE_OPTION);
	add_node(report, "az", SOURCE_OPTION); /* its full name is the one before */
	resolve_run(report, &how, &no_deadline);
	assert_int_equal(8, report->nodes[0].addresses[0].ip_count);
	assert_int_equal(3, report->nodes[0].addresses[0].ips_left_out);
	assert_int_equal(9, report->nodes[0].address_count);
	assert_int_equal(8, report->nodes[1].addresses[0].ip_count);
	assert_int_equal(0, report->nodes[1].addresses[0].ips_left_out);
	assert_int_equal(1, report->nodes[1].address_count); /* all of them are the first one's */
	assert_string_equal("AZ.ONE.EXAMPLE*[192.0.2.31] 192.0.2.31[192.0.2.31]", shown(&report->nodes[2]));
	assert_string_equal("az*[192.0.2.31]", shown(&report->nodes[3]));
	report_free(report);
}

/* Names that do not lead back, those of which nobody says, and one that is written otherwise. */
static void what_ips_are_called(void **state)
{
	static const char *const rows[][2] = {
		{ "192.0.2.10", "192.0.2.10*[192.0.2.10]; 192.0.2.10! timeout" },
		{ "192.0.2.11", "192.0.2.11*[192.0.2.11]; 192.0.2.11-nobody.example.com" },
		{ "192.0.2.12", "192.0.2.12*[192.0.2.12]; 192.0.2.12-CUCM.example.com" },
	};
	struct names_how how = how_of(true, true);
	struct report *report = report_new();

	(void)state;
	check(report, rows + 1, 2, &how);
	report_free(report);
	report = report_new();
	how.timeout_ms = 300;
	check(report, rows, 1, &how);
	report_free(report);
}

/* A name that is the node's own agrees without a question, with the root's dot or without, in any case of letters. */
static void own_names_agree(void **state)
{
	static const struct {
		const char *name, *full_name, *problem;
	} rows[] = {
		{ "SILENT.example.com", NULL, NULL },
		{ "x", "silent.example.com", NULL },
		{ "silent.example.com.", "x", NULL },
		{ "silent.example.co", NULL, "timeout" },
		{ "silent.example.com.x", ".", "timeout" },
		{ NULL, NULL, "timeout" },
	};
	struct names_how how = how_of(true, true);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct loop *loop = loop_new();
		struct reverse reverse = { 0 };
		struct fault fault;
		struct dns *dns;

		how.timeout_ms = rows[i].problem == NULL ? 60000 : 300;
		dns = names_open(&how, loop, &fault);
		assert_non_null(dns);
		reverse_ask(&reverse, dns, "192.0.2.10", rows[i].name, rows[i].full_name);
		names_settle(dns, loop, &no_deadline);
		assert_int_equal(reverse.agrees, rows[i].problem == NULL);
		if (rows[i].problem == NULL)
			assert_string_equal(reverse.name, "silent.example.com");
		else
			assert_string_equal(reverse.problem, rows[i].problem);
		reverse_clear(&reverse);
		dns_free(dns);
		loop_free(loop);
	}
}

/* The resolver's search domains are inside. */
static void search_domains_are_inside(void **state)
{
	struct names_how how = how_of(true, true);
	struct report *report = report_new();
	struct loop *loop = loop_new();
	struct inside inside = { 0 };
	struct fault fault;
	struct dns *dns = names_open(&how, loop, &fault);

	(void)state;
	assert_non_null(dns);
	names_inside(&inside, &how, report, dns);
	assert_true(inside_has_name(&inside, "x.one.example"));
	assert_true(inside_has_name(&inside, "x.two.example"));
	assert_false(inside_has_name(&inside, "x.three.example"));
	inside_clear(&inside);
	dns_free(dns);
	loop_free(loop);
	report_free(report);
}

/* What clients were told, as a log shows: with a role where it is known. */
static void what_clients_were_told(void **state)
{
	char imp[] = "imp.example.com", some[] = "some.example.com", no_address[] = "a b";
	struct told_address told[] = { { imp, ROLE_IMP }, { some, -1 }, { no_address, ROLE_UNITY }, { imp, ROLE_UNITY } };
	struct sources_how how = { .told = told, .told_count = 4, .given_only = true };
	struct report *report = report_new();

	(void)state;
	sources_nodes(report, &how, &no_deadline);
	assert_int_equal(3, report->node_count);
	assert_string_equal("imp.example.com", report->nodes[0].name);
	assert_int_equal(ROLE_IMP, report->nodes[0].role);
	assert_int_equal(ROLE_CUCM, report->nodes[1].role);
	assert_int_equal(ROLE_UNITY, report->nodes[2].role);
	assert_int_equal(ADDRESS_UNUSABLE, report->nodes[2].addresses[0].use);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(SOURCE_LOG, report->nodes[i].source);
		assert_int_equal(NODE_NO_CLUSTER, report->nodes[i].cluster);
		assert_true(report->nodes[i].addresses[0].advertised);
	}
	report_free(report);
}

/* What is no address is neither asked nor changed; whoever watches hears of each. */
static size_t told_done, told_all, told_times, found_nodes[10], found_count;

static void tell(void *arg, const char *stage, size_t done, size_t all)
{
	(void)arg;
	assert_true(strcmp(stage, "resolve") == 0 || strcmp(stage, "discover") == 0);
	told_times++;
	told_done = done;
	told_all = all;
}

static void found(void *arg, int kind, size_t index)
{
	(void)arg;
	assert_int_equal(kind, FACT_REVERSES);
	found_nodes[found_count++] = index;
}

static void what_is_no_address(void **state)
{
	static const struct deadline watched = { .tell = tell };
	struct names_how how = how_of(true, true);
	struct report *report = report_new();

	(void)state;
	add_node(report, "four.example.com", SOURCE_OPTION);
	add_node(report, "a b", SOURCE_UDS);
	report->nodes[1].addresses[0].use = ADDRESS_UNUSABLE;
	report->nodes[1].addresses[0].unresolved = mem_strdup("it holds a space");
	add_node(report, "198.51.100.9", SOURCE_UDS); /* outside: an IP is not asked about */
	add_node(report, "nobody.example.com", SOURCE_UDS);
	told_times = 0;
	resolve_run(report, &how, &watched);
	assert_int_equal(3, told_done); /* all but the second, and the first word of all */
	assert_int_equal(4, told_all);
	assert_int_equal(4, told_times);
	assert_string_equal("four.example.com*[192.0.2.4] 192.0.2.4[192.0.2.4]", shown(&report->nodes[0]));
	assert_string_equal("a b*[! it holds a space]", shown(&report->nodes[1]));
	assert_string_equal("198.51.100.9*[! outside the cluster; not probed without --foreign]", shown(&report->nodes[2]));
	assert_int_equal(ADDRESS_FOREIGN, report->nodes[2].addresses[0].use);
	assert_string_equal("nobody.example.com*[! NXDOMAIN]", shown(&report->nodes[3]));
	report_free(report);
}

/* --foreign: what the PTR's name has besides is asked as well. */
static void strangers_only_if_wanted(void **state)
{
	static const char *const rows[][2] = {
		{ "192.0.2.7", "192.0.2.7*[192.0.2.7] two.example.com[192.0.2.7,198.51.100.7]; "
		               "192.0.2.7=two.example.com" },
	};
	struct names_how how = how_of(true, true);
	struct report *report = report_new();

	(void)state;
	how.foreign = true;
	check(report, rows, 1, &how);
	report_free(report);
	report = report_new(); /* listed by a server, outside of all that a person named */
	report_add_cluster(report, "cucm.example.com", 8443);
	add_node(report, "far.example.org", SOURCE_UDS);
	add_node(report, "far2.example.com", SOURCE_UDS);
	how.foreign = false;
	resolve_run(report, &how, &no_deadline);
	assert_int_equal(ADDRESS_FOREIGN, report->nodes[0].addresses[0].use);
	assert_int_equal(0, report->nodes[0].addresses[0].ip_count);
	assert_int_equal(1, report->nodes[0].address_count);
	assert_int_equal(ADDRESS_USED, report->nodes[1].addresses[0].use);
	report_free(report);
	report = report_new(); /* a person vouches for it */
	report_add_cluster(report, "cucm.example.com", 8443);
	add_node(report, "far.example.org", SOURCE_UDS);
	report->nodes[0].vouched = true;
	resolve_run(report, &how, &no_deadline);
	assert_string_equal("far.example.org*[198.51.100.9] 198.51.100.9[198.51.100.9]",
	                    shown(&report->nodes[0]));
	report_free(report);
}

static void one_family_alone(void **state)
{
	static const char *const four[][2] = {
		{ "cucm.example.com", "cucm.example.com*[192.0.2.3,192.0.2.20] 192.0.2.3[192.0.2.3] "
		                      "192.0.2.20[192.0.2.20]" },
		{ "2001:db8::1", "2001:db8::1*[! IPv6, and only IPv4 is wanted]; "
		                 "2001:db8::1-v6.example.com" },
	};
	static const char *const any[][2] = {
		{ "192.0.2.99", "192.0.2.99*[192.0.2.99]; 192.0.2.99! NXDOMAIN" },
		{ "2001:db8::99", "2001:db8::99*[2001:db8::99]; 2001:db8::99! NXDOMAIN" },
	};
	static const char *const six[][2] = {
		{ "cucm.example.com", "cucm.example.com*[2001:db8::1] 2001:db8::1[2001:db8::1]" },
		{ "192.0.2.3",
		  "192.0.2.3*[! IPv4, and only IPv6 is wanted]; 192.0.2.3-cucm.example.com" },
	};
	struct names_how how = how_of(true, false);
	struct report *report = report_new();

	(void)state;
	check(report, four, 2, &how);
	report_free(report);
	how = how_of(false, true);
	report = report_new();
	check(report, six, 2, &how);
	report_free(report);
	how = how_of(false, false); /* neither in particular: both */
	report = report_new();
	check(report, any, 2, &how);
	report_free(report);
}

static void ips_are_asked_beside_the_probe(void **state)
{
	struct names_how how = how_of(true, false);
	struct report *report = report_new();
	struct loop *loop = loop_new();

	(void)state;
	assert_null(reverses_start(report, &how, loop));
	reverses_finish(NULL, &no_deadline);
	add_node(report, "cucm.example.com", SOURCE_OPTION);
	add_node(report, "sub", SOURCE_OPTION);
	add_node(report, "192.0.2.3", SOURCE_OPTION); /* has been asked about by resolve */
	resolve_run(report, &how, &no_deadline);
	reverses_finish(reverses_start(report, &how, loop), &no_deadline);
	assert_non_null(strstr(shown(&report->nodes[0]),
	                       "; 192.0.2.3=cucm.example.com; 192.0.2.20! NXDOMAIN"));
	assert_non_null(strstr(shown(&report->nodes[1]), "; 192.0.2.5=sub.two.example"));
	assert_int_equal(1, report->nodes[2].reverse_count);
	assert_null(reverses_start(report, &how, loop)); /* once */
	assert_int_equal(77, reverses_tick(NULL, 77));
	loop_free(loop);
	report_free(report);
}

/* More at once than are asked at once: whoever turns the loop beside asks for the rest. */
static void many_ips_are_asked_in_turn(void **state)
{
	enum { MANY = 140, LONG_MS = 777777 };
	struct names_how how = how_of(true, false);
	struct report *report = report_new();
	struct loop *loop = loop_new();
	struct reverses *reverses;

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		address_add_ip(node_add_address(report_add_node(report, "cucm"), "cucm", true), "192.0.2.3");
	reverses = reverses_start(report, &how, loop);
	for (int64_t wait_ms; (wait_ms = reverses_tick(reverses, LONG_MS)) < LONG_MS;)
		assert_true(loop_turn(loop, wait_ms) >= 0);
	reverses_finish(reverses, &no_deadline);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(report->nodes[i].reverse_count, 1);
		assert_non_null(report->nodes[i].reverses[0].name);
		assert_string_equal(report->nodes[i].reverses[0].name, "cucm.example.com");
	}
	loop_free(loop);
	report_free(report);
}

/* A name that the node has besides agrees as well, but only a short name's full name, where it has one. */
static void full_names_agree(void **state)
{
	static const struct {
		const char *text, *second; /* NULL: it has no other */
		bool agrees;
	} rows[] = {
		{ "silent", "silent.example.com", true },
		{ "silent", NULL, false },
		{ "other.example.com", "silent.example.com", false },
		{ "other", "192.0.2.10", false },
	};
	struct names_how how = how_of(true, false);
	struct report *report = report_new();
	struct loop *loop = loop_new();

	(void)state;
	how.timeout_ms = 300;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct node *node = report_add_node(report, rows[i].text);

		address_add_ip(node_add_address(node, rows[i].text, true), "192.0.2.10");
		if (rows[i].second != NULL)
			node_add_address(node, rows[i].second, false);
	}
	reverses_finish(reverses_start(report, &how, loop), &no_deadline);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct node_reverse *reverse = report->nodes[i].reverses;

		assert_int_equal(report->nodes[i].reverse_count, 1);
		assert_int_equal(reverse->agrees, rows[i].agrees);
		if (rows[i].agrees)
			assert_string_equal(reverse->name, "silent.example.com");
		else
			assert_string_equal(reverse->problem, "timeout"); /* nobody says where that name leads */
	}
	loop_free(loop);
	report_free(report);
}

/* A web page whose host has no IP is not asked for, and what DNS says is the reason. */
static void pages_without_an_ip(void **state)
{
	static const volatile sig_atomic_t stop = 1;
	static const char *const rows[][2] = {
		{ "nobody.example.com", "NXDOMAIN" },
		{ "fail.example.com", "SERVFAIL" },
		{ "cucm.example.com", "the run was stopped before" },
	};
	struct deadline over = { .stop = &stop };
	struct names_how names = how_of(true, true);
	struct web_how how = { &names, 60, 60, false };
	struct report *report = report_new();

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct client *client = report_add_client(report, rows[i][0], CLIENT_WEB);

		client->host = mem_strdup(rows[i][0]);
		client->port = 1;
		web_run(report, &how, i < 2 ? &no_deadline : &over);
		client = &report->clients[i];
		assert_true(client->fetched);
		assert_string_equal(client->problem, rows[i][1]);
		assert_int_equal(client->chain.count, 0);
	}
	report_free(report);
}

/* Each node once, when the last of its IPs has been written down; stopped: nothing of it is known. */
static void reverses_are_told_by_node(void **state)
{
	static const struct deadline watched = { .found = found };
	struct names_how how = how_of(true, false);
	struct loop *loop = loop_new();

	(void)state;
	for (int stopped = 0; stopped < 2; stopped++) {
		static const volatile sig_atomic_t stop = 1;
		struct deadline over = { .stop = &stop, .found = found };
		struct report *report = report_new();

		add_node(report, "cucm.example.com", SOURCE_OPTION);
		add_node(report, "192.0.2.99", SOURCE_OPTION);
		add_node(report, "sub", SOURCE_OPTION);
		resolve_run(report, &how, &no_deadline);
		found_count = 0;
		reverses_finish(reverses_start(report, &how, loop), stopped ? &over : &watched);
		assert_int_equal(2, found_count);
		assert_int_equal(0, found_nodes[0]);
		assert_int_equal(2, found_nodes[1]);
		assert_int_equal(2, report->nodes[0].reverse_count);
		assert_int_equal(1, report->nodes[2].reverse_count);
		assert_string_equal(report->nodes[0].reverses[1].ip, "192.0.2.20");
		assert_string_equal(stopped ? "stopped" : "NXDOMAIN", report->nodes[0].reverses[1].problem);
		report_free(report);
	}
	loop_free(loop);
}

/* --- discovery that needs no server ------------------------------------------------------------ */

/* One list is enough for the publishers that stand in it; where there is none, the publisher is a node. */
static void lists_cover_publishers(void **state)
{
	static const struct {
		const char *publisher;
		enum node_source source;
		enum discovery_outcome before, after;
		bool is_record, is_node; /* a node of that name there is then */
	} rows[] = {
		{ "listed.example", SOURCE_SRV, DISCOVERY_REFUSED, DISCOVERY_COVERED, false, true },
		{ "listed.example", SOURCE_OPTION, DISCOVERY_REFUSED, DISCOVERY_REFUSED, false, true },
		{ "listed.example", SOURCE_SRV, DISCOVERY_OK, DISCOVERY_OK, false, true },
		{ "given.example", SOURCE_SRV, DISCOVERY_TLS, DISCOVERY_TLS, false, true },
		{ "dead.example", SOURCE_SRV, DISCOVERY_TIMEOUT, DISCOVERY_TIMEOUT, false, true },
		{ "fine.example", SOURCE_OPTION, DISCOVERY_OK, DISCOVERY_OK, false, false },
		{ "_cisco-uds._tcp.x.example", SOURCE_SRV, DISCOVERY_UNRESOLVED, DISCOVERY_UNRESOLVED, true, false },
		{ "LISTED.example", SOURCE_SRV, DISCOVERY_BROKEN, DISCOVERY_COVERED, false, true },
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct names_how names = how_of(true, true);
	struct discover_how how = { 60, 60, &names, 4, false };
	struct report *report = report_new();

	(void)state;
	add_node(report, "listed.example", SOURCE_UDS);
	add_node(report, "given.example", SOURCE_OPTION);
	for (size_t i = 0; i < ROWS; i++) {
		struct cluster *cluster = report_add_cluster(report, rows[i].publisher, (uint16_t)(1 + i));

		cluster->source = rows[i].source;
		cluster->outcome = rows[i].before;
		cluster->is_record = rows[i].is_record;
	}
	discover_run(report, &how, &no_deadline);
	for (size_t i = 0; i < ROWS; i++) {
		if (report->clusters[i].outcome != rows[i].after)
			fail_msg("row %zu: %s", i, discovery_outcome_name(report->clusters[i].outcome));
		assert_int_equal(report_find_node(report, rows[i].publisher) != NULL, rows[i].is_node);
	}
	assert_int_equal(3, report->node_count);
	assert_string_equal("dead.example", report->nodes[2].name);
	assert_int_equal(SOURCE_SRV, report->nodes[2].source);
	assert_int_equal(4, report->nodes[2].cluster);
	assert_true(report->nodes[2].addresses[0].advertised);
	report_free(report);
}

/* Nobody is asked who has no IP, or whom the network named and who lies outside. */
static void publishers_without_an_ip(void **state)
{
	static const struct deadline watched = { .tell = tell };
	struct names_how names = how_of(true, true);
	struct discover_how how = { 60, 60, &names, 4, false };
	struct report *report = report_new();

	(void)state;
	discover_plan(report, (struct target[]){ { (char[]){ "nobody.example.com" }, 0 }, { (char[]){ "fail.example.com" }, 9443 },
	                                         { (char[]){ "nobody.EXAMPLE.com" }, 0 } }, 3, SOURCE_OPTION, 8443);
	discover_plan(report, &(struct target){ (char[]){ "far.example.org" }, 0 }, 1, SOURCE_SRV, 8443);
	discover_plan(report, &(struct target){ (char[]){ "2001:db8::1" }, 0 }, 1, SOURCE_OPTION, 7);
	assert_int_equal(4, report->cluster_count);
	assert_string_equal("https://fail.example.com:9443/cucm-uds/servers", report->clusters[1].url);
	assert_string_equal("https://[2001:db8::1]:7/cucm-uds/servers", report->clusters[3].url);
	report->clusters[3].outcome = DISCOVERY_OK; /* asked before */
	told_times = 0;
	discover_run(report, &how, &watched);
	assert_int_equal(DISCOVERY_UNRESOLVED, report->clusters[0].outcome);
	assert_string_equal("NXDOMAIN", report->clusters[0].detail);
	assert_string_equal("SERVFAIL", report->clusters[1].detail);
	assert_int_equal(DISCOVERY_FOREIGN, report->clusters[2].outcome);
	assert_string_equal("outside the domain; not asked without --foreign", report->clusters[2].detail);
	assert_int_equal(4, told_done); /* the one before, and each */
	assert_int_equal(4, told_all);
	assert_int_equal(4, told_times);
	report_free(report);
}

/* Sixteen of a domain's servers are asked, the others are nodes; so is what is no address. */
static void a_domain_names_many(void **state)
{
	struct names domains = { 0 };
	struct names_how how = how_of(true, true);
	struct report *report = report_new();
	char name[20];

	(void)state;
	names_add(&domains, "many.example");
	how.domains = &domains;
	srv_publishers(report, &how, &no_deadline);
	assert_int_equal(16, report->cluster_count);
	for (size_t i = 0; i < 16; i++) {
		snprintf(name, sizeof name, "%c1.b", (int)('a' + i));
		assert_string_equal(name, report->clusters[i].publisher);
		assert_int_equal(8401 + i, report->clusters[i].port);
	}
	assert_int_equal(3, report->node_count);
	assert_string_equal("-.b", report->nodes[0].name);
	assert_int_equal(ADDRESS_UNUSABLE, report->nodes[0].addresses[0].use);
	assert_string_equal("q1.b", report->nodes[1].name);
	assert_string_equal("r1.b", report->nodes[2].name);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(SOURCE_SRV, report->nodes[i].source);
		assert_int_equal(NODE_NO_CLUSTER, report->nodes[i].cluster);
		assert_int_equal(ROLE_CUCM, report->nodes[i].role);
	}
	names_clear(&domains);
	report_free(report);
}

static void a_deadline_stops_it(void **state)
{
	const struct deadline passed = { .at_ms = 1 };
	struct names domains = { 0 };
	struct names_how how = how_of(true, true);
	struct report *report = report_new();

	(void)state;
	add_node(report, "cucm.example.com", SOURCE_OPTION);
	resolve_run(report, &how, &passed);
	assert_string_equal("cucm.example.com*[! stopped]", shown(&report->nodes[0]));
	report_free(report);
	report = report_new();
	names_add(&domains, "silent.example.com");
	how.domains = &domains;
	srv_publishers(report, &how, &passed);
	assert_int_equal(1, report->cluster_count);
	assert_int_equal(DISCOVERY_STOPPED, report->clusters[0].outcome);
	assert_string_equal("SRV record: stopped", report->clusters[0].detail);
	names_clear(&domains);
	report_free(report);
}

/* RFC 2782: in their order; "." says that there is none; a domain without the record for IM&P is no
 * failure. */
static void a_domain_names_its_servers(void **state)
{
	struct names domains = { 0 };
	struct names_how how = how_of(true, true);
	struct report *report = report_new();

	(void)state;
	srv_publishers(report, &how, &no_deadline); /* no domain: nothing is asked */
	srv_nodes(report, &how, &no_deadline);
	assert_int_equal(0, report->cluster_count + report->node_count);
	names_add(&domains, "example.com");
	names_add(&domains, "down.example");
	names_add(&domains, "not.example");
	names_add(&domains, "nobody.example");
	how.domains = &domains;
	srv_publishers(report, &how, &no_deadline);
	assert_int_equal(7, report->cluster_count);
	assert_string_equal("heavy.example.com", report->clusters[0].publisher);
	assert_int_equal(8443, report->clusters[0].port);
	assert_int_equal(SOURCE_SRV, report->clusters[0].source);
	assert_string_equal("b.example.com", report->clusters[1].publisher);
	assert_int_equal(8443, report->clusters[1].port); /* a server is asked once, 9443 or not */
	assert_string_equal("light.example.com", report->clusters[2].publisher);
	assert_string_equal("last.example.com", report->clusters[3].publisher);
	assert_string_equal("_cisco-uds._tcp.down.example", report->clusters[4].publisher);
	assert_string_equal("dns:_cisco-uds._tcp.down.example?type=SRV", report->clusters[4].url);
	assert_string_equal("SRV record: SERVFAIL", report->clusters[4].detail);
	assert_int_equal(DISCOVERY_UNRESOLVED, report->clusters[4].outcome);
	assert_true(report->clusters[4].is_record);
	assert_string_equal("SRV record: the domain has no such service",
	                    report->clusters[5].detail);
	assert_string_equal("SRV record: NXDOMAIN", report->clusters[6].detail);
	srv_nodes(report, &how, &no_deadline);
	assert_int_equal(8, report->cluster_count); /* the server that fails; the others have none */
	assert_string_equal("_cuplogin._tcp.down.example", report->clusters[7].publisher);
	assert_int_equal(1, report->node_count);
	names_add(&domains, "none.example"); /* the name is there, the record is not */
	srv_nodes(report, &how, &no_deadline);
	assert_int_equal(9, report->cluster_count); /* "down" once more */
	assert_int_equal(1, report->node_count);
	assert_string_equal("imp.example.com", report->nodes[0].name);
	assert_int_equal(ROLE_IMP, report->nodes[0].role);
	assert_int_equal(SOURCE_SRV, report->nodes[0].source);
	names_clear(&domains);
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_get_their_addresses),
		cmocka_unit_test(many_ips_and_one_name),
		cmocka_unit_test(what_ips_are_called),
		cmocka_unit_test(own_names_agree),
		cmocka_unit_test(search_domains_are_inside),
		cmocka_unit_test(what_clients_were_told),
		cmocka_unit_test(what_is_no_address),
		cmocka_unit_test(full_names_agree),
		cmocka_unit_test(pages_without_an_ip),
		cmocka_unit_test(reverses_are_told_by_node),
		cmocka_unit_test(lists_cover_publishers),
		cmocka_unit_test(publishers_without_an_ip),
		cmocka_unit_test(strangers_only_if_wanted),
		cmocka_unit_test(one_family_alone),
		cmocka_unit_test(ips_are_asked_beside_the_probe),
		cmocka_unit_test(many_ips_are_asked_in_turn),
		cmocka_unit_test(a_deadline_stops_it),
		cmocka_unit_test(a_domain_names_its_servers),
		cmocka_unit_test(a_domain_names_many),
	};

	return cmocka_run_group_tests(tests, zone_start, zone_stop);
}
