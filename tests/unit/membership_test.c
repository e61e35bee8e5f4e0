/* SPDX-License-Identifier: MIT */
/* membership: whose store judges whose nodes. */
#include "config.h"

#include "model/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_shared(void **state)
{
	struct names a = { 0 }, b = { 0 }, both = { 0 }, none = { 0 };

	(void)state;
	names_add(&a, "a");
	names_add(&b, "b");
	names_add_all(&both, &a);
	names_add_all(&both, &b);
	assert_true(membership_shared(&a, &a));
	assert_false(membership_shared(&a, &b));
	assert_true(membership_shared(&a, &both));
	assert_true(membership_shared(&both, &b));
	assert_true(membership_shared(&none, &b));
	assert_true(membership_shared(&a, &none));
	assert_true(membership_shared(&a, NULL));
	names_clear(&a);
	names_clear(&b);
	names_clear(&both);
}

/* A list is as long as its last known element; what lies behind it, and what has no name, everybody judges. */
static void test_report(void **state)
{
	struct report *report = report_new();

	(void)state;
	names_add(&report_add_store(report, "exp-a")->members, "a");
	for (int i = 0; i < 4; i++)
		report_add_node(report, "n");
	membership_add(&report->members.nodes, 2, "b");
	membership_add(&report->members.nodes, 0, "a");
	membership_add(&report->members.nodes, 0, "b");
	membership_add(&report->members.clusters, 1, "b");
	assert_int_equal(report->members.nodes.count, 3);
	assert_true(report_judges_node(report, 0, 0));
	assert_true(report_judges_node(report, 0, 1));
	assert_false(report_judges_node(report, 0, 2));
	assert_true(report_judges_node(report, 0, 3));
	assert_true(report_judges_cluster(report, 0, 0));
	assert_false(report_judges_cluster(report, 0, 1));
	assert_true(report_judges_cluster(report, 0, 2));
	assert_null(membership_of(&report->members.nodes, 3));
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
