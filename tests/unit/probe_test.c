/* SPDX-License-Identifier: MIT */
/* The plan and the slots; what probe_run makes of servers is tests/e2e/60-hostile-tls.py's. */
#include "config.h"

#include "base/mem.h"
#include "gather/probe.h"
#include "gather/probe_alike.h"
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

/* --- places, one beside the other --------------------------------------------------------------- */

struct asked { /* what an observation is made with */
	size_t node;
	const char *address, *ip;
	uint16_t port;
	enum order order;
	unsigned offered;
	enum order signatures;
};

static struct report *asked_report(const struct asked *rows, size_t count)
{
	struct report *report = report_new();

	for (size_t i = 0; i < count; i++) {
		struct observation *observation = report_add_observation(report);

		observation->node = rows[i].node;
		observation->address = mem_strdup(rows[i].address);
		observation->ip = mem_strdup(rows[i].ip);
		observation->port = rows[i].port;
		observation->order = rows[i].order;
		observation->offered = rows[i].offered;
		observation->signatures = rows[i].signatures;
	}
	for (size_t i = 0; i < 3; i++)
		report_add_node(report, "x");
	return report;
}

#define RSA ORDER_RSA_FIRST
#define ECDSA ORDER_ECDSA_FIRST

/* Further ones differ from the one before in the ClientHello alone. */
static void test_first_of_a_place(void **state)
{
	static const struct {
		struct asked asked;
		size_t first;
	} rows[] = {
		{ { 0, "a", "1", 1, RSA, 3, ECDSA }, 0 },  { { 0, "a", "1", 1, RSA, 3, RSA }, 0 },
		{ { 0, "a", "1", 1, RSA, 1, ECDSA }, 0 },  { { 0, "a", "1", 2, RSA, 3, ECDSA }, 3 },
		{ { 0, "a", "1", 2, ECDSA, 1, RSA }, 4 },  { { 0, "a", "2", 2, ECDSA, 3, ECDSA }, 5 },
		{ { 0, "b", "2", 2, ECDSA, 1, RSA }, 6 },  { { 1, "b", "2", 2, ECDSA, 3, ECDSA }, 7 },
		{ { 1, "b", "2", 2, ECDSA, 3, ECDSA }, 8 }, /* the same question again */
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct asked asked[ROWS];
	struct report *report;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		asked[i] = rows[i].asked;
	report = asked_report(asked, ROWS);
	for (size_t i = 0; i < ROWS; i++)
		if (probe_first(report, i) != rows[i].first)
			fail_msg("row %zu: %zu", i, probe_first(report, i));
	report_free(report);
}

static void test_other_order(void **state)
{
	static const struct asked rows[] = {
		{ 1, "a", "1", 1, RSA, 3, ECDSA }, { 0, "a", "1", 2, RSA, 3, ECDSA },
		{ 0, "a", "1", 1, RSA, 1, ECDSA }, { 0, "a", "1", 1, ECDSA, 3, ECDSA }, /* of this one */
		{ 0, "a", "1", 1, RSA, 3, RSA },   { 0, "a", "2", 1, RSA, 3, ECDSA },
		{ 0, "b", "1", 1, RSA, 3, ECDSA }, { 0, "a", "1", 1, RSA, 3, ECDSA },
		{ 0, "a", "1", 1, RSA, 3, ECDSA },
	};
	struct report *report = asked_report(rows, 9);

	(void)state;
	assert_int_equal(probe_other_order(report, 3, true), 7); /* the first */
	assert_int_equal(probe_other_order(report, 7, false), 3);
	assert_int_equal(probe_other_order(report, 8, false), 3);
	assert_int_equal(probe_other_order(report, 7, true), 7);
	assert_int_equal(probe_other_order(report, 3, false), 3);
	assert_int_equal(probe_other_order(report, 0, false), 0);
	report_free(report);
}

/* Whatever the name, as long as IP, port, cipher order and ClientHello are the same. */
static void test_alike(void **state)
{
	static const struct {
		struct asked asked;
		size_t first;
	} rows[] = {
		{ { 0, "a", "2", 1, RSA, 1, ECDSA }, 0 }, { { 0, "a", "1", 2, RSA, 1, ECDSA }, 1 },
		{ { 0, "a", "1", 1, ECDSA, 1, ECDSA }, 2 }, { { 0, "a", "1", 1, RSA, 3, ECDSA }, 3 },
		{ { 0, "a", "1", 1, RSA, 1, RSA }, 4 },   { { 0, "a", "1", 1, RSA, 1, ECDSA }, 5 },
		{ { 1, "b", "1", 1, RSA, 1, ECDSA }, 5 }, { { 1, "b", "1", 1, RSA, 1, RSA }, 4 },
		{ { 1, "b", "1", 1, RSA, 3, ECDSA }, 3 }, { { 2, "b", "1", 1, ECDSA, 1, ECDSA }, 2 },
		{ { 2, "c", "1", 2, RSA, 1, ECDSA }, 1 }, { { 2, "c", "2", 1, RSA, 1, ECDSA }, 0 },
		{ { 2, "d", "2", 1, RSA, 1, ECDSA }, 0 },
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct asked asked[ROWS];
	struct report *report;
	size_t *firsts;

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		asked[i] = rows[i].asked;
	report = asked_report(asked, ROWS);
	firsts = alike_firsts(report);
	for (size_t i = 0; i < ROWS; i++)
		if (firsts[i] != rows[i].first)
			fail_msg("row %zu: %zu", i, firsts[i]);
	free(firsts);
	report_free(report);
	report = report_new();
	free(alike_firsts(report));
	report_free(report);
}

static void test_alike_tells(void **state)
{
	static char tls12[] = "TLS1.2", tls13[] = "TLS1.3";
	static const struct {
		enum outcome outcome;
		bool completed, inferred;
		char *version;
		bool tells;
	} rows[] = {
		{ OUTCOME_PRESENTED, true, false, tls12, true },  { OUTCOME_PRESENTED, true, false, tls13, false },
		{ OUTCOME_PRESENTED, true, false, NULL, false },  { OUTCOME_PRESENTED, true, true, tls12, false },
		{ OUTCOME_PRESENTED, false, false, tls12, false }, { OUTCOME_TIMEOUT, true, false, tls12, false },
		{ OUTCOME_PENDING, true, false, tls12, false },
	};
	struct observation other = { .reached = REACHED_SERVER_DONE };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct observation first = { .outcome = rows[i].outcome, .handshake_completed = rows[i].completed,
			                     .inferred = rows[i].inferred, .tls_version = rows[i].version,
			                     .reached = rows[i].completed ? REACHED_FINISHED : REACHED_CERTIFICATE };

		if (alike_tells(&first) != rows[i].tells)
			fail_msg("row %zu", i);
	}
	alike_take(&other, &(struct observation){ .reached = REACHED_FINISHED, .handshake_completed = true });
	assert_int_equal(other.reached, REACHED_FINISHED);
	assert_true(other.handshake_completed);
	assert_true(other.stopped_early);
	alike_take(&other, &(struct observation){ .reached = REACHED_ANSWERED });
	assert_int_equal(other.reached, REACHED_ANSWERED);
	assert_false(other.handshake_completed);
}

/* What is no address, what lies outside, what was not found and what was not asked: no connection. */
static void test_plan_without_ip(void **state)
{
	static const struct {
		enum address_use use;
		const char *unresolved;
		enum outcome outcome;
		const char *detail;
	} rows[] = {
		{ ADDRESS_UNUSABLE, "it holds a space", OUTCOME_UNUSABLE, "it holds a space" },
		{ ADDRESS_FOREIGN, "outside", OUTCOME_FOREIGN, "outside" },
		{ ADDRESS_USED, "NXDOMAIN", OUTCOME_UNRESOLVED, "NXDOMAIN" },
		{ ADDRESS_USED, "stopped", OUTCOME_STOPPED, "stopped" },
		{ ADDRESS_USED, "no word of a lookup", OUTCOME_UNRESOLVED, "no word of a lookup" },
		{ ADDRESS_USED, NULL, OUTCOME_UNRESOLVED, "no address" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		struct address *address = node_add_address(report_add_node(report, "a.example"), "a.example", true);

		address->use = rows[i].use;
		address->unresolved = rows[i].unresolved == NULL ? NULL : mem_strdup(rows[i].unresolved);
		report->policy.offers = OFFERED_TLS12;
		report->policy.may_offer = OFFERED_TLS13; /* one each all the same: nothing is sent */
		probe_plan(report, &how);
		assert_int_equal(report->observation_count, 4);
		for (size_t k = 0; k < 4; k++) {
			const struct observation *one = &report->observations[k];

			assert_int_equal(one->outcome, rows[i].outcome);
			assert_string_equal(one->detail, rows[i].detail);
			assert_string_equal(one->ip, "");
			assert_int_equal(one->port, ports[k / 2]);
			assert_int_equal(one->order, k % 2 == 0 ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST);
			assert_int_equal(one->offered, 3);
		}
		report_free(report);
	}
}

/* Without ports: those of the node's role. Nothing known of the release: TLS 1.2. */
static void test_plan_of_roles(void **state)
{
	struct report *report = report_new();

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct node *node = report_add_node(report, i == 0 ? "a.example" : "b.example");

		node->role = i == 0 ? ROLE_CUCM : ROLE_CMS;
		address_add_ip(node_add_address(node, node->name, i == 0), "192.0.2.1");
	}
	report->policy.offers = report->policy.may_offer = 0;
	report->policy.probe_order[ORDER_RSA_FIRST] = false;
	probe_plan(report, &(struct probe_how){ .parallel = 1 });
	/* the vendor's: CUCM has UDS on 8443 and its files on 6972, a Meeting Server its Web Bridge on 443 */
	assert_int_equal(report->observation_count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct observation *one = &report->observations[i];

		assert_int_equal(one->port, i == 0 ? 8443 : i == 1 ? 6972 : 443);
		assert_int_equal(one->node, i / 2);
		assert_int_equal(one->advertised, i < 2);
		assert_int_equal(one->offered, OFFERED_TLS12);
		assert_int_equal(one->outcome, OUTCOME_PENDING);
		assert_string_equal(one->ip, "192.0.2.1");
		assert_null(one->detail);
	}
	report_free(report);
}

/* All that the one with RSA first takes over. */
static void test_inferred(void **state)
{
	static const struct ca_list cas = { 0 };
	static const struct cert leaf = { .sha256 = { 1 } }, issuer = { .sha256 = { 2 } };
	struct observation from = { .outcome = OUTCOME_PRESENTED, .reached = REACHED_FINISHED, .tls_version = (char[]){ "TLS1.2" },
		                    .cipher_suite = (char[]){ "TLS_X" }, .client_certificate_requested = true,
		                    .client_cas = &cas, .handshake_completed = true },
			   to = { .order = ORDER_RSA_FIRST };

	(void)state;
	chain_add(&from.chain, &leaf);
	chain_add(&from.chain, &issuer);
	probe_infer(&to, &from);
	assert_true(to.inferred && to.handshake_completed && to.client_certificate_requested);
	assert_int_equal(to.outcome, OUTCOME_PRESENTED);
	assert_int_equal(to.reached, REACHED_FINISHED);
	assert_string_equal(to.tls_version, "TLS1.2");
	assert_string_equal(to.cipher_suite, "TLS_X");
	assert_ptr_equal(to.client_cas, &cas);
	assert_true(chain_same(&to.chain, &from.chain));
	chain_clear(&from.chain);
	observation_clear(&to);
}

/* Two places, each with further ones: what was learned is noted at the right first, and the rest stays in order. */
static void test_settling_two_places(void **state)
{
	static const struct cert rsa = { .sha256 = { 1 } }, ecdsa = { .sha256 = { 2 } };
	static const struct asked rows[] = {
		{ 0, "a", "1", 1, RSA, 3, ECDSA }, { 0, "a", "1", 1, RSA, 3, RSA },   { 0, "a", "1", 1, RSA, 1, ECDSA },
		{ 0, "a", "1", 2, RSA, 3, ECDSA }, { 0, "a", "1", 2, RSA, 3, RSA },   { 0, "a", "1", 2, RSA, 1, ECDSA },
		{ 0, "a", "1", 3, RSA, 3, ECDSA },
	};
	static const struct cert *const shown[] = { &rsa, &rsa, &ecdsa, &rsa, &ecdsa, &rsa, &rsa };
	static const struct { uint16_t port; unsigned offered; enum order signatures; enum tls12_alone alone; } left[] = {
		{ 1, 3, ECDSA, TLS12_OTHER }, { 1, 1, ECDSA, TLS12_UNKNOWN },
		{ 2, 3, ECDSA, TLS12_SAME },  { 2, 3, RSA, TLS12_UNKNOWN },
		{ 3, 3, ECDSA, TLS12_UNKNOWN },
	};
	struct report *report = asked_report(rows, 7);

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		report->observations[i].outcome = OUTCOME_PRESENTED;
		report->observations[i].handshake_completed = true;
		chain_add(&report->observations[i].chain, shown[i]);
		report->observations[i].tls_version = mem_strdup(i % 3 == 2 ? "TLS1.2" : "TLS1.3");
	}
	probe_settle(report);
	assert_int_equal(report->observation_count, 5);
	for (size_t i = 0; i < 5; i++) {
		const struct observation *one = &report->observations[i];

		if (one->port != left[i].port || one->offered != left[i].offered || one->signatures != left[i].signatures ||
		    one->tls12_alone != left[i].alone)
			fail_msg("%zu: port %u, %u, %s, %d", i, one->port, one->offered, order_name(one->signatures), one->tls12_alone);
	}
	report_free(report);
}

/* --- slots ---------------------------------------------------------------------------------------- */

/* One endpoint's are asked in their order; no number of connections means one. */
static void test_queue(void **state)
{
	static const struct asked rows[] = {
		{ 0, "a", "2", 1, RSA, 1, ECDSA }, { 0, "b", "2", 1, RSA, 1, ECDSA }, { 0, "c", "2", 1, RSA, 1, ECDSA },
		{ 0, "d", "3", 1, RSA, 1, ECDSA }, { 1, "e", "2", 2, RSA, 1, ECDSA }, { 1, "f", "2", 1, RSA, 1, ECDSA },
	};
	static const size_t wanted[] = { 0, 4, 3, 1, 2, 5 };
	struct report *report = asked_report(rows, 6);
	size_t pending, index;
	struct slots *slots;

	(void)state;
	slots = slots_new(report, 0, false, &pending);
	assert_int_equal(pending, 6);
	/* the first endpoint of either node, then node 0's second; the rest waits for the first */
	for (size_t i = 0; i < 6; i++) {
		if (i >= 3) {
			assert_false(slots_next(slots, 0, &index));
			slots_leave(slots, i == 3 ? 0 : wanted[i - 1]);
		}
		assert_true(slots_next(slots, 0, &index));
		if (index != wanted[i])
			fail_msg("number %zu: %zu", i, index);
	}
	assert_false(slots_next(slots, 0, &index));
	slots_wait(slots, 1, 30);
	slots_wait(slots, 2, 10);
	slots_wait(slots, 3, 20);
	slots_leave(slots, 5);
	slots_leave(slots, 3);
	assert_int_equal(slots_due(slots), 10);
	assert_false(slots_next(slots, 9, &index));
	assert_true(slots_next(slots, 10, &index));
	assert_int_equal(index, 2);
	assert_int_equal(slots_due(slots), 20);
	assert_false(slots_next(slots, 19, &index));
	assert_true(slots_next(slots, 30, &index));
	assert_int_equal(index, 3);
	slots_leave(slots, 2);
	assert_true(slots_next(slots, 30, &index));
	assert_int_equal(index, 1);
	assert_int_equal(slots_due(slots), INT64_MAX);
	slots_free(slots);
	report_free(report);
}

/* RSA first waits for its ECDSA first, unless there is none, or it is answered. */
static void test_infer_held(void **state)
{
	static const struct asked rows[] = {
		{ 0, "a", "1", 1, RSA, 1, ECDSA }, { 0, "a", "1", 1, ECDSA, 1, ECDSA }, { 0, "b", "1", 2, RSA, 1, ECDSA },
		{ 0, "c", "1", 3, ECDSA, 1, ECDSA },
	};
	struct report *report = asked_report(rows, 4);

	(void)state;
	for (int way = 0; way < 3; way++) {
		bool infer = way > 0;
		size_t pending, index, count = 0;
		struct slots *slots;

		report->observations[1].outcome = way == 2 ? OUTCOME_REFUSED : OUTCOME_PENDING;
		slots = slots_new(report, 9, infer, &pending);
		assert_int_equal(pending, way == 2 ? 3 : 4);
		for (; slots_next(slots, 0, &index); count++)
			assert_true(way != 1 || index != 0);
		assert_int_equal(count, way == 0 ? 4 : 3);
		slots_free(slots);
	}
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
		cmocka_unit_test(test_hellos_of_a_release),
		cmocka_unit_test(test_further_ones_wait),
		cmocka_unit_test(test_inferring),
		cmocka_unit_test(test_infer_waits),
		cmocka_unit_test(test_settling),
		cmocka_unit_test(test_first_of_a_place),
		cmocka_unit_test(test_other_order),
		cmocka_unit_test(test_alike),
		cmocka_unit_test(test_alike_tells),
		cmocka_unit_test(test_plan_without_ip),
		cmocka_unit_test(test_plan_of_roles),
		cmocka_unit_test(test_inferred),
		cmocka_unit_test(test_settling_two_places),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_infer_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
