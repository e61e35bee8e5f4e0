/* SPDX-License-Identifier: MIT */
/* The plan and the slots; what probe_run makes of servers is tests/e2e/60-hostile-tls.py's. */
#include "config.h"

#include "gather/probe.h"
#include "gather/probe_slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const uint16_t ports[] = { 8443, 6972 };
static const struct probe_how how = { .ports = ports, .port_count = 2, .parallel = 8, .per_address = 2 };

/* Three nodes, each with a name and its IP; the third has no IP. */
static struct report *three_nodes(void)
{
	static const char *const names[] = { "a.example", "b.example", "c.example" }, *const ips[] = { "192.0.2.1", "192.0.2.2", NULL };
	struct report *report = report_new();

	for (int i = 0; i < 3; i++) {
		struct node *node = report_add_node(report, names[i]);
		struct address *address = node_add_address(node, names[i], true);

		if (ips[i] != NULL)
			address_add_ip(address, ips[i]);
		if (ips[i] != NULL)
			node_add_address(node, ips[i], false);
	}
	return report;
}

static void test_plan(void **state)
{
	struct report *report = three_nodes();
	size_t unresolved = 0;

	(void)state;
	probe_plan(report, &how);
	assert_int_equal(report->observation_count, 2 * 2 * 2 * 2 + 2 * 2);
	for (size_t i = 0; i < report->observation_count; i++)
		unresolved += report->observations[i].outcome == OUTCOME_UNRESOLVED;
	assert_int_equal(unresolved, 4);
	assert_string_equal(report->observations[0].address, "a.example");
	assert_string_equal(report->observations[0].ip, "192.0.2.1");
	assert_true(report->observations[0].advertised);
	assert_string_equal(report->observations[4].address, "192.0.2.1");
	assert_false(report->observations[4].advertised);
	report_free(report);
}

static void test_plan_of_one_order(void **state)
{
	struct report *report = three_nodes();

	(void)state;
	report->policy.probe_order[ORDER_RSA_FIRST] = false;
	probe_plan(report, &how);
	assert_int_equal(report->observation_count, 2 * 2 * 2 + 2);
	for (size_t i = 0; i < report->observation_count; i++)
		assert_int_equal(report->observations[i].order, ORDER_ECDSA_FIRST);
	report_free(report);
}

/* Nobody is asked twice before all have been asked once, and never more than two at once are at one IP and port. */
static void test_endpoints_take_turns(void **state)
{
	struct report *report = three_nodes();
	size_t pending, index, order[16], count = 0;
	struct slots *slots;

	(void)state;
	probe_plan(report, &how);
	slots = slots_new(report, how.per_address, &pending);
	assert_int_equal(pending, 16);
	while (slots_next(slots, 0, &index))
		order[count++] = index;
	assert_int_equal(count, 8); /* four endpoints, two connections to each */
	for (size_t i = 0; i < 8; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(order[i], order[j]);
	for (size_t i = 0; i < 4; i++) { /* node a, node b, node a, node b, each time another port */
		assert_int_equal(report->observations[order[i]].node, i % 2);
		for (size_t j = 0; j < i; j++)
			assert_true(report->observations[order[i]].node != report->observations[order[j]].node ||
			            report->observations[order[i]].port != report->observations[order[j]].port);
	}
	slots_leave(slots, order[0]);
	assert_true(slots_next(slots, 0, &index));
	assert_string_equal(report->observations[index].ip, report->observations[order[0]].ip);
	assert_int_equal(report->observations[index].port, report->observations[order[0]].port);
	assert_false(slots_next(slots, 0, &index));
	slots_free(slots);
	report_free(report);
}

static void test_slots_wait(void **state)
{
	struct report *report = three_nodes();
	size_t pending, index, first, seen = 0;
	struct slots *slots;

	(void)state;
	probe_plan(report, &how);
	slots = slots_new(report, 100, &pending);
	assert_true(slots_next(slots, 0, &first));
	assert_int_equal(slots_due(slots), INT64_MAX);
	slots_wait(slots, first, 500);
	slots_leave(slots, first);
	assert_int_equal(slots_due(slots), 500);
	while (slots_next(slots, 499, &index))
		assert_int_not_equal(index, first);
	while (slots_next(slots, 500, &index))
		seen += index == first;
	assert_int_equal(seen, 1);
	slots_free(slots);
	report_free(report);
}

static void test_no_slots(void **state)
{
	struct report *report = report_new();
	size_t pending, index;
	struct slots *slots = slots_new(report, 4, &pending);

	(void)state;
	assert_int_equal(pending, 0);
	assert_false(slots_next(slots, 0, &index));
	slots_free(slots);
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_plan_of_one_order),
		cmocka_unit_test(test_endpoints_take_turns),
		cmocka_unit_test(test_slots_wait),
		cmocka_unit_test(test_no_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
