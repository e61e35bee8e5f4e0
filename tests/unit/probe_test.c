/* SPDX-License-Identifier: MIT */
/* The plan and the slots; what probe_run makes of servers is tests/e2e/60-hostile-tls.py's. */
#include "config.h"

#include "base/mem.h"
#include "gather/probe.h"
#include "gather/probe_plan.h"
#include "gather/probe_slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const uint16_t ports[] = { 8443, 6972 };
static const struct probe_how how = {
	.ports = ports, .port_count = 2, .parallel = 8, .per_address = 2
};

/* Three nodes, each with a name and its IP; the third has no IP. */
static struct report *three_nodes(void)
{
	static const char *const names[] = { "a.example", "b.example", "c.example" },
				 *const ips[] = { "192.0.2.1", "192.0.2.2", NULL };
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

/* Nobody is asked twice before all have been asked once, and never more than two at once are at one
 * IP and port. */
static void test_endpoints_take_turns(void **state)
{
	struct report *report = three_nodes();
	size_t pending, index, order[16], count = 0;
	struct slots *slots;

	(void)state;
	probe_plan(report, &how);
	slots = slots_new(report, how.per_address, false, &pending);
	assert_int_equal(pending, 16);
	while (slots_next(slots, 0, &index))
		order[count++] = index;
	assert_int_equal(count, 8); /* four endpoints, two connections to each */
	for (size_t i = 0; i < 8; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(order[i], order[j]);
	for (size_t i = 0; i < 4;
	     i++) { /* node a, node b, node a, node b, each time another port */
		assert_int_equal(report->observations[order[i]].node, i % 2);
		for (size_t j = 0; j < i; j++)
			assert_true(report->observations[order[i]].node !=
			                    report->observations[order[j]].node ||
			            report->observations[order[i]].port !=
			                    report->observations[order[j]].port);
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
	slots = slots_new(report, 100, false, &pending);
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
	struct slots *slots = slots_new(report, 4, false, &pending);

	(void)state;
	assert_int_equal(pending, 0);
	assert_false(slots_next(slots, 0, &index));
	slots_free(slots);
	report_free(report);
}

/* One node, one order, X14.2: 1.2 and 1.3 together, then 1.2 alone. */
static struct report *one_place(enum order order)
{
	struct report *report = report_new();

	report->policy.offers = OFFERED_TLS12;
	report->policy.may_offer = OFFERED_TLS13;
	report->policy.probe_order[1 - order] = false;
	address_add_ip(node_add_address(report_add_node(report, "a.example"), "a.example", true),
	               "192.0.2.1");
	probe_plan(report, &(struct probe_how){ .ports = ports, .port_count = 1 });
	return report;
}

static void test_hellos_of_a_release(void **state)
{
	static const struct {
		unsigned offers, may_offer, asked;
		enum traffic_server server;
		enum order order;
		size_t count;
		unsigned offered[3];
		enum order signatures[3];
	} rows[] = {
		{ 1,
		  2,
		  0,
		  TRAFFIC_SERVER_8,
		  ORDER_RSA_FIRST,
		  2,
		  { 3, 1 },
		  { ORDER_ECDSA_FIRST, ORDER_ECDSA_FIRST } },
		{ 1,
		  2,
		  0,
		  TRAFFIC_SERVER_8,
		  ORDER_ECDSA_FIRST,
		  2,
		  { 3, 1 },
		  { ORDER_ECDSA_FIRST, ORDER_ECDSA_FIRST } },
		{ 1, 2, 1, TRAFFIC_SERVER_8, ORDER_RSA_FIRST, 1, { 1 }, { ORDER_ECDSA_FIRST } },
		{ 1, 2, 2, TRAFFIC_SERVER_8, ORDER_RSA_FIRST, 1, { 2 }, { ORDER_ECDSA_FIRST } },
		{ 3,
		  0,
		  0,
		  TRAFFIC_SERVER_9,
		  ORDER_RSA_FIRST,
		  2,
		  { 3, 3 },
		  { ORDER_ECDSA_FIRST, ORDER_RSA_FIRST } },
		{ 3, 0, 0, TRAFFIC_SERVER_9, ORDER_ECDSA_FIRST, 1, { 3 }, { ORDER_ECDSA_FIRST } },
		{ 1,
		  2,
		  0,
		  TRAFFIC_SERVER_9,
		  ORDER_RSA_FIRST,
		  3,
		  { 3, 3, 1 },
		  { ORDER_ECDSA_FIRST, ORDER_RSA_FIRST, ORDER_ECDSA_FIRST } },
		{ 1, 0, 0, TRAFFIC_SERVER_8, ORDER_RSA_FIRST, 1, { 1 }, { ORDER_ECDSA_FIRST } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = one_place(rows[i].order);

		report->observation_count = 0; /* of the first plan; its texts are freed below */
		for (size_t k = 0; k < 2; k++)
			observation_clear(&report->observations[k]);
		report->policy.offers = rows[i].offers;
		report->policy.may_offer = rows[i].may_offer;
		report->policy.traffic_server = rows[i].server;
		probe_plan(report, &(struct probe_how){
					   .ports = ports, .port_count = 1, .tls = rows[i].asked });
		print_message("row %zu\n", i);
		assert_int_equal(report->observation_count, rows[i].count);
		for (size_t k = 0; k < rows[i].count; k++) {
			assert_int_equal(report->observations[k].offered, rows[i].offered[k]);
			assert_int_equal(report->observations[k].signatures, rows[i].signatures[k]);
			assert_int_equal(probe_first(report, k), 0);
		}
		report_free(report);
	}
}

/* What is needed only if the first chose 1.3 waits for it. */
static void test_further_ones_wait(void **state)
{
	struct report *report = one_place(ORDER_RSA_FIRST);
	size_t pending, index;
	struct slots *slots = slots_new(report, 4, false, &pending);

	(void)state;
	assert_int_equal(pending, 2);
	assert_true(slots_next(slots, 0, &index));
	assert_int_equal(index, 0);
	assert_false(slots_next(slots, 0, &index));
	slots_wait(slots, 1, 7);
	slots_leave(slots, 0);
	assert_true(slots_next(slots, 7, &index));
	assert_int_equal(index, 1);
	slots_free(slots);
	report->observations[0].outcome =
		OUTCOME_PRESENTED; /* another process goes on: nothing to wait for */
	slots = slots_new(report, 4, false, &pending);
	assert_true(slots_next(slots, 0, &index));
	assert_int_equal(index, 1);
	slots_free(slots);
	report_free(report);
}

/* Rows: what ECDSA first has shown, and whether RSA first need not be asked then. Only an RSA key
 * shows that there is no ECDSA one; in TLS 1.3 the suites decide nothing; and what was not seen to
 * the end is nothing to infer from. */
static void test_inferring(void **state)
{
	static const struct {
		enum key_type key;
		const char *version;
		bool completed, infers;
	} rows[] = {
		{ KEY_RSA, "TLS1.2", true, true },      { KEY_RSA_PSS, "TLS1.2", true, true },
		{ KEY_ECDSA, "TLS1.2", true, false },   { KEY_ED25519, "TLS1.2", true, false },
		{ KEY_RSA, "TLS1.3", true, false },     { KEY_RSA, "TLS1.2", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cert leaf = { .readable = true, .key_type = rows[i].key };
		struct report *report = three_nodes();
		struct observation *all;

		probe_plan(report, &how);
		all = report->observations;
		assert_int_equal(probe_other_order(report, 1, true), 0);
		assert_int_equal(probe_other_order(report, 0, false), 1);
		assert_int_equal(probe_other_order(report, 0, true), 0); /* itself */
		assert_int_equal(probe_other_order(report, 6, false), 7); /* the IP, not the name */
		chain_add(&all[1].chain, &leaf);
		all[1].outcome = OUTCOME_PRESENTED;
		all[1].reached = rows[i].completed ? REACHED_FINISHED : REACHED_CERTIFICATE;
		all[1].handshake_completed = rows[i].completed;
		all[1].tls_version = mem_strdup(rows[i].version);
		all[1].cipher_suite = mem_strdup("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
		assert_int_equal(probe_infers(&all[1]), rows[i].infers);
		probe_infer(&all[0], &all[1]);
		assert_true(all[0].inferred && chain_same(&all[0].chain, &all[1].chain));
		assert_int_equal(all[0].order, ORDER_RSA_FIRST);
		assert_false(probe_infers(&all[0])); /* what is inferred shows nothing of ECDSA first */
		report_free(report);
	}
}

/* With --infer RSA first waits for ECDSA first, and only for that. */
static void test_infer_waits(void **state)
{
	struct report *report = three_nodes();
	size_t pending, index, count = 0;
	struct slots *slots;

	(void)state;
	probe_plan(report, &how);
	slots = slots_new(report, 100, true, &pending);
	assert_int_equal(pending, 16);
	for (; slots_next(slots, 0, &index); count++)
		assert_int_equal(report->observations[index].order, ORDER_ECDSA_FIRST);
	assert_int_equal(count, 8);
	slots_wait(slots, 0, 0);
	assert_true(slots_next(slots, 0, &index));
	assert_int_equal(index, 0);
	slots_free(slots);
	report_free(report);
}

/* Rows: what the first and the further one came to; how many observations are left, and what the
 * first learned. */
static void test_settling(void **state)
{
	static const struct cert rsa = { .sha256 = { 1 } }, ecdsa = { .sha256 = { 2 } };
	static const struct {
		enum outcome first, further;
		const struct cert *shown[2];
		const char *version;
		size_t left;
		enum tls12_alone alone;
		/* of the further one: the same versions, only the other order of signatures; it was not
		 * finished; what is wrong with it */
		bool same_versions, unfinished;
		enum handshake_flaw flaw;
	} rows[] = {
		{ OUTCOME_PRESENTED, OUTCOME_PRESENTED, { &rsa, &rsa }, "TLS1.3", 1, TLS12_UNKNOWN, true, false, FLAW_NONE },
		{ OUTCOME_PRESENTED, OUTCOME_PRESENTED, { &rsa, &ecdsa }, "TLS1.3", 2, TLS12_UNKNOWN, true, false, FLAW_NONE },
		{ OUTCOME_PRESENTED, OUTCOME_TIMEOUT, { &rsa, NULL }, "TLS1.3", 2, TLS12_UNKNOWN, true, false, FLAW_NONE },
		{ OUTCOME_PRESENTED, OUTCOME_PRESENTED, { &rsa, &rsa }, "TLS1.3", 2, TLS12_OTHER, false, true, FLAW_NONE },
		{ OUTCOME_PRESENTED, OUTCOME_PRESENTED, { &rsa, &rsa }, "TLS1.3", 2, TLS12_OTHER, false, false, FLAW_BAD_ECC_CERT },
		{ OUTCOME_PRESENTED, OUTCOME_TLS_ALERT, { &rsa, NULL }, "TLS1.3", 1, TLS12_REFUSED, false, false, FLAW_NONE },
		{ OUTCOME_TIMEOUT, OUTCOME_TIMEOUT, { NULL, NULL }, NULL, 1, TLS12_UNKNOWN, false, false, FLAW_NONE },
		{ OUTCOME_PRESENTED, OUTCOME_NOT_NEEDED, { &rsa, NULL }, "TLS1.2", 1, TLS12_SAME, false, false, FLAW_NONE },
		{ OUTCOME_PRESENTED, OUTCOME_PRESENTED, { &rsa, &rsa }, "TLS1.3", 1, TLS12_SAME, false, false, FLAW_NONE },
		{ OUTCOME_PRESENTED,
		  OUTCOME_PRESENTED,
		  { &ecdsa, &rsa },
		  "TLS1.3",
		  2,
		  TLS12_OTHER, false, false, FLAW_NONE },
		{ OUTCOME_PRESENTED,
		  OUTCOME_TLS_VERSION,
		  { &rsa, NULL },
		  "TLS1.3",
		  1,
		  TLS12_REFUSED, false, false, FLAW_NONE },
		{ OUTCOME_PRESENTED, OUTCOME_TIMEOUT, { &rsa, NULL }, "TLS1.3", 2, TLS12_UNKNOWN, false, false, FLAW_NONE },
		{ OUTCOME_TIMEOUT, OUTCOME_NOT_NEEDED, { NULL, NULL }, NULL, 1, TLS12_UNKNOWN, false, false, FLAW_NONE },
		{ OUTCOME_NO_CERTIFICATE,
		  OUTCOME_PRESENTED,
		  { NULL, &rsa },
		  "TLS1.3",
		  2,
		  TLS12_UNKNOWN, false, false, FLAW_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = one_place(ORDER_RSA_FIRST);

		for (size_t k = 0; k < 2; k++) {
			struct observation *observation = &report->observations[k];

			observation->outcome = k == 0 ? rows[i].first : rows[i].further;
			observation->handshake_completed = k == 0 || !rows[i].unfinished;
			if (k == 1 && rows[i].same_versions) {
				observation->offered = report->observations[0].offered;
				observation->signatures = 1 - report->observations[0].signatures;
			}
			if (k == 1)
				observation->flaw = rows[i].flaw;
			if (rows[i].shown[k] != NULL)
				chain_add(&observation->chain, rows[i].shown[k]);
			if (k == 0 && rows[i].version != NULL)
				observation->tls_version = strdup(rows[i].version);
		}
		print_message("row %zu\n", i);
		probe_settle(report);
		assert_int_equal(report->observation_count, rows[i].left);
		assert_int_equal(report->observations[0].tls12_alone, rows[i].alone);
		report_free(report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_plan_of_one_order),
		cmocka_unit_test(test_endpoints_take_turns),
		cmocka_unit_test(test_slots_wait),
		cmocka_unit_test(test_no_slots),
		cmocka_unit_test(test_hellos_of_a_release),
		cmocka_unit_test(test_further_ones_wait),
		cmocka_unit_test(test_inferring),
		cmocka_unit_test(test_infer_waits),
		cmocka_unit_test(test_settling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
