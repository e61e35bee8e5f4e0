/* SPDX-License-Identifier: MIT */
/* What is listed and not checked: named, counted as not known, with advice that is true for its
 * cause. */
#include "config.h"

#include "base/mem.h"
#include "base/table.h"
#include "advise/examine.h"
#include "model/report.h"
#include "out/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct node *add_node(struct report *report, const char *name, enum node_source source,
                             enum outcome outcome, const char *detail)
{
	struct node *node = report_add_node(report, name);
	struct observation *observation = report_add_observation(report);

	node->source = source;
	node_add_address(node, name, true);
	observation->node = report->node_count - 1;
	observation->address = mem_strdup(name);
	observation->ip = mem_strdup("");
	observation->port = 8443;
	observation->advertised = true;
	observation->outcome = outcome;
	observation->detail = mem_strdup(detail);
	return node;
}

static const struct finding *find(const struct report *report, const char *id, size_t nth)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (strcmp(report->findings[i].id, id) == 0 && nth-- == 0)
			return &report->findings[i];
	return NULL;
}

static void test_unusable(void **state)
{
	struct report *report = report_new();
	const struct finding *finding;

	(void)state;
	add_node(report, "cucm sub 2", SOURCE_UDS, OUTCOME_UNUSABLE, "it holds a space");
	add_node(report, "https://sub7", SOURCE_UDS, OUTCOME_UNUSABLE, "it is a URL");
	add_node(report, "cucm sub 3", SOURCE_UDS, OUTCOME_UNUSABLE, "it holds a space");
	add_node(report, "sub 4.example.com", SOURCE_UDS, OUTCOME_UNUSABLE, "it holds a space");
	report->status = report_status(report);
	examine_run(report);
	assert_int_equal(report_exit(report), 3);
	assert_null(find(report, "not-checked", 0));
	assert_null(find(report, "short-name", 0));
	assert_non_null(finding = find(report, "entry-unusable", 0));
	assert_int_equal(finding->nodes.count, 3);
	assert_int_equal(finding->severity, SEVERITY_WARNING);
	assert_non_null(
		strstr(finding->title, "\"cucm sub 2\", \"cucm sub 3\", \"sub 4.example.com\""));
	assert_non_null(strstr(finding->title, "it holds a space"));
	assert_non_null(finding = find(report, "entry-unusable", 1));
	assert_int_equal(finding->nodes.count, 1);
	assert_non_null(strstr(finding->title, "it is a URL"));
	assert_null(find(report, "entry-unusable", 2));
	report_free(report);
}

static void test_foreign(void **state)
{
	struct report *report = report_new();
	const struct finding *finding;

	(void)state;
	add_node(report, "www.example.net", SOURCE_UDS, OUTCOME_FOREIGN, "outside");
	add_node(report, "192.0.2.1", SOURCE_UDS, OUTCOME_FOREIGN, "outside");
	report->status = report_status(report);
	examine_run(report);
	assert_int_equal(report_exit(report), 3);
	assert_non_null(finding = find(report, "node-foreign", 0));
	assert_int_equal(finding->nodes.count, 2);
	assert_string_equal("2 listed nodes lie outside the cluster and were not probed: "
	                    "\"www.example.net\", \"192.0.2.1\"",
	                    finding->title);
	assert_non_null(strstr(finding->action, "--foreign"));
	assert_null(find(report, "node-foreign", 1));
	report->observations[1].outcome = OUTCOME_TIMEOUT;
	examine_run(report);
	assert_string_equal("1 listed node lies outside the cluster and was not probed: "
	                    "\"www.example.net\"",
	                    find(report, "node-foreign", 0)->title);
	report->observations[1].outcome = OUTCOME_FOREIGN;
	examine_run(report);
	assert_null(find(report, "not-checked", 0));
	report_free(report);
}

static void test_idn_and_dot(void **state)
{
	struct report *report = report_new();
	const struct finding *finding;

	(void)state;
	add_node(report, "xn--bcher-kva.example.com", SOURCE_UDS, OUTCOME_TIMEOUT, "")->written =
		mem_strdup("B\xc3\xbc"
	                   "cher.example.com");
	add_node(report, "cucm.example.com.", SOURCE_UDS, OUTCOME_TIMEOUT, "");
	add_node(report, "cucm2.example.com", SOURCE_UDS, OUTCOME_TIMEOUT, "");
	examine_run(report);
	assert_non_null(finding = find(report, "internationalised-name", 0));
	assert_null(find(report, "internationalised-name", 1));
	assert_non_null(strstr(finding->action, "xn--bcher-kva.example.com"));
	assert_int_equal(finding->nodes.count, 1);
	assert_string_equal(finding->nodes.items[0], "xn--bcher-kva.example.com");
	assert_int_equal(finding->addresses.count, 1);
	assert_string_equal(finding->addresses.items[0], "xn--bcher-kva.example.com");
	assert_non_null(finding = find(report, "trailing-dot", 0));
	assert_null(find(report, "trailing-dot", 1));
	assert_non_null(strstr(finding->action, "Write cucm.example.com, without the dot"));
	assert_int_equal(finding->nodes.count, 1);
	assert_string_equal(finding->nodes.items[0], "cucm.example.com.");
	assert_int_equal(finding->addresses.count, 1);
	assert_string_equal(finding->addresses.items[0], "cucm.example.com.");
	report_free(report);
}

/* UDS told it, the user named it, or the user's publisher stands in for a list that is missing. */
static void test_short_names(void **state)
{
	static const struct {
		enum node_source source;
		size_t cluster;
		enum severity severity;
		bool advertised;
	} rows[] = {
		{ SOURCE_UDS, 0, SEVERITY_WARNING, true },
		{ SOURCE_OPTION, NODE_NO_CLUSTER, SEVERITY_WARNING, false },
		{ SOURCE_OPTION, 0, SEVERITY_INFO, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		const struct finding *finding;

		report_add_cluster(report, "pub", 8443);
		add_node(report, "pub", rows[i].source, OUTCOME_TIMEOUT, "")->cluster =
			rows[i].cluster;
		examine_run(report);
		assert_non_null(
			finding = find(report,
		                       rows[i].advertised ? "short-name" : "short-name-given", 0));
		assert_int_equal(finding->severity, rows[i].severity);
		assert_int_equal(strstr(finding->title, "advertised") != NULL, rows[i].advertised);
		assert_int_equal(strstr(finding->action, "Write the FQDN") != NULL,
		                 rows[i].advertised);
		report_free(report);
	}
}

static void test_dns_advice(void **state)
{
	static const struct {
		const char *why, *advice, *not_advice;
	} rows[] = {
		{ "NXDOMAIN", "Add the name", "--dns-server" },
		{ "no such record", "Add the name", "--dns-server" },
		{ "no DNS server answers", "No DNS server answered", "Add the name" },
		{ "timeout", "No DNS server answered", "Add the name" },
		{ "SERVFAIL", "says nothing of the name", "Add the name" },
		{ "refused by the DNS server", "says nothing of the name", "Add the name" },
		{ "IPv6, and only IPv4 is wanted", "without -4", "Add the name" },
		{ "a library's own words", "DNS settings of this machine", "Add the name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		const struct finding *finding;

		add_node(report, "cucm.example.com", SOURCE_UDS, OUTCOME_UNRESOLVED, rows[i].why);
		examine_run(report);
		assert_non_null(finding = find(report, "not-checked", 0));
		assert_non_null(strstr(finding->action, rows[i].advice));
		assert_null(strstr(finding->action, rows[i].not_advice));
		report_free(report);
	}
}

/* The first sentence says that there may be more nodes than it counts, whatever else it says. */
static void test_missing_list(void **state)
{
	struct report *report = report_new();
	char *answer;

	(void)state;
	report_add_cluster(report, "pub.example.com", 8443)->outcome = DISCOVERY_TIMEOUT;
	add_node(report, "pub.example.com", SOURCE_OPTION, OUTCOME_TIMEOUT, "");
	report->status = STATUS_INCOMPLETE;
	answer = answer_sentence(report);
	assert_non_null(strstr(
		answer, "the node list is missing: discovery at pub.example.com failed (timeout)"));
	free(answer);
	report->status = STATUS_FAIL;
	answer = answer_sentence(report);
	assert_non_null(strstr(
		answer, "the node list is missing: discovery at pub.example.com failed (timeout)"));
	free(answer);
	report_add_cluster(report, "pub2.example.com", 8443)->outcome = DISCOVERY_OK;
	answer = answer_sentence(report);
	assert_non_null(strstr(
		answer,
		"the node list is missing for 1 of 2 publishers: discovery at pub.example.com failed"));
	free(answer);
	report->clusters[0].outcome = DISCOVERY_OK;
	answer = answer_sentence(report);
	assert_null(strstr(answer, "missing"));
	free(answer);
	report_free(report);
}

static void test_table(void **state)
{
	struct table table = { NULL };
	size_t value = 99;
	char text[16];

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		snprintf(text, sizeof text, "Node%zu", i);
		assert_true(table_add(&table, text, i));
	}
	assert_false(table_add(&table, "NODE7", 1));
	assert_true(table_find(&table, "nODE7", &value));
	assert_int_equal(value, 7);
	assert_false(table_find(&table, "node", &value));
	assert_int_equal(value, 7);
	assert_true(table_find(&table, "node2999", NULL));
	for (size_t len = 254; len <= 258; len++) { /* around what is put into lower case on the stack */
		char key[300] = "";

		memset(key, 'K', len);
		assert_true(table_add(&table, key, len));
		key[0] = 'k';
		assert_true(table_find(&table, key, &value));
		assert_int_equal(value, len);
	}
	table_clear(&table);
	assert_false(table_find(&table, "node7", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unusable),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_idn_and_dot),
		cmocka_unit_test(test_short_names),
		cmocka_unit_test(test_dns_advice),
		cmocka_unit_test(test_missing_list),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
