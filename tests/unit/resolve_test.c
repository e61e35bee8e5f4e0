/* SPDX-License-Identifier: MIT */
/* Nodes to addresses (resolve.h), IPs back to names (reverse.h) and a domain to its servers (srv.h),
 * against the server of zone.c. */
#include "config.h"

#include "base/loop.h"
#include "base/mem.h"
#include "gather/names.h"
#include "gather/resolve.h"
#include "gather/reverse.h"
#include "gather/srv.h"
#include "model/report.h"
#include "zone.h"

#include <setjmp.h>
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

static void a_deadline_stops_it(void **state)
{
	const struct deadline passed = { .at_ms = 1 };
	struct names_how how = how_of(true, true);
	struct report *report = report_new();

	(void)state;
	add_node(report, "cucm.example.com", SOURCE_OPTION);
	resolve_run(report, &how, &passed);
	assert_string_equal("cucm.example.com*[! stopped]", shown(&report->nodes[0]));
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
		cmocka_unit_test(strangers_only_if_wanted),
		cmocka_unit_test(one_family_alone),
		cmocka_unit_test(ips_are_asked_beside_the_probe),
		cmocka_unit_test(a_deadline_stops_it),
		cmocka_unit_test(a_domain_names_its_servers),
	};

	return cmocka_run_group_tests(tests, zone_start, zone_stop);
}
