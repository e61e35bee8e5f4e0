/* SPDX-License-Identifier: MIT */
/* untried: which questions are missing is told by hand, from what a login needs (8443 and 6972 of CUCM, 8443
 * alone of IM and Presence) and from the orders that may come first. */
#include "config.h"

#include "base/mem.h"
#include "model/untried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RSA ORDER_RSA_FIRST
#define ECDSA ORDER_ECDSA_FIRST

static void add_node(struct report *report, const char *name, enum node_role role)
{
	report_add_node(report, name)->role = role;
}

static struct observation *tried(struct report *report, size_t node, uint16_t port, enum order order)
{
	struct observation *observation = report_add_observation(report);

	observation->node = node;
	observation->address = mem_strdup(report->nodes[node].name);
	observation->ip = mem_strdup("127.0.0.1");
	observation->port = port;
	observation->order = order;
	observation->advertised = true;
	observation->offered = OFFERED_TLS12;
	observation->outcome = OUTCOME_TIMEOUT;
	return observation;
}

/* Is there one of this outcome for node, port and order? */
static bool has(const struct report *report, size_t node, uint16_t port, enum order order, enum outcome outcome)
{
	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *one = &report->observations[i];

		if (one->node == node && one->port == port && one->order == order && one->outcome == outcome)
			return true;
	}
	return false;
}

static size_t count(const struct report *report)
{
	size_t missing = 0;

	for (size_t i = 0; i < report->observation_count; i++)
		missing += report->observations[i].outcome == OUTCOME_NOT_TRIED;
	return missing;
}

static void force(struct report *report, bool rsa, bool ecdsa)
{
	report->policy.order_in_force[RSA] = rsa;
	report->policy.order_in_force[ECDSA] = ecdsa;
}

/* The report has one order; the other one may come first as well, or instead, or nobody knows for sure. */
static void test_order(void **state)
{
	struct report *report = report_new();

	(void)state;
	add_node(report, "cucm1.example.com", ROLE_CUCM);
	tried(report, 0, 8443, RSA);
	tried(report, 0, 6972, RSA);
	force(report, true, false);
	untried_add(report);
	assert_int_equal(count(report), 0);

	force(report, true, true);
	untried_add(report);
	assert_int_equal(count(report), 2);
	assert_true(has(report, 0, 8443, ECDSA, OUTCOME_NOT_TRIED));
	assert_true(has(report, 0, 6972, ECDSA, OUTCOME_NOT_TRIED));
	assert_string_equal(report->observations[2].address, "cucm1.example.com");
	assert_string_equal(report->observations[2].ip, "127.0.0.1");
	assert_true(report->observations[2].advertised);
	assert_int_equal(report->observations[2].offered, OFFERED_TLS12);

	force(report, false, true);
	untried_add(report); /* again: those of before are not there twice */
	assert_int_equal(count(report), 2);

	force(report, true, false); /* --upgrade: the other order is told of, too */
	report->policy.order_assumed = true;
	untried_add(report);
	assert_int_equal(count(report), 2);
	report->policy.probe_order[ECDSA] = false;
	untried_add(report);
	assert_int_equal(count(report), 0);
	report_free(report);
}

/* The other way round; and each order has its own ClientHellos. */
static void test_ecdsa_alone(void **state)
{
	enum { BOTH = OFFERED_TLS12 | OFFERED_TLS13 };
	struct report *report = report_new();

	(void)state;
	add_node(report, "cucm1.example.com", ROLE_CUCM);
	tried(report, 0, 8443, ECDSA)->signatures = ECDSA;
	force(report, true, true);
	untried_add(report);
	assert_int_equal(count(report), 1);
	assert_true(has(report, 0, 8443, RSA, OUTCOME_NOT_TRIED));
	assert_int_equal(report->observations[1].signatures, ECDSA);

	tried(report, 0, 8443, RSA)->offered = BOTH;
	report->policy.offers = BOTH;
	report->policy.from = POLICY_GIVEN;
	untried_add(report);
	assert_int_equal(count(report), 1);
	assert_true(has(report, 0, 8443, ECDSA, OUTCOME_NOT_TRIED));
	/* where the name had no IP nothing was offered */
	*tried(report, 0, 8443, ECDSA)->ip = '\0';
	report->observations[report->observation_count - 1].offered = BOTH;
	untried_add(report);
	assert_int_equal(count(report), 1);
	report_free(report);
}

/* What a second report has tried is not missing any more; of the first it stays away. */
static void test_joined(void **state)
{
	struct report *report = report_new();

	(void)state;
	add_node(report, "cucm1.example.com", ROLE_CUCM);
	add_node(report, "cucm2.example.com", ROLE_CUCM);
	tried(report, 0, 8443, RSA);
	tried(report, 1, 8443, RSA);
	untried_add(report);
	assert_int_equal(count(report), 2);
	tried(report, 1, 8443, ECDSA);
	untried_add(report);
	assert_int_equal(count(report), 1);
	assert_true(has(report, 0, 8443, ECDSA, OUTCOME_NOT_TRIED));
	report_free(report);
}

/* --ports 6972 and IM and Presence; --ports 5061 and CUCM: nothing that a login needs was asked for. */
static void test_ports(void **state)
{
	struct report *report = report_new();

	(void)state;
	add_node(report, "imp1.example.com", ROLE_IMP);
	add_node(report, "cucm1.example.com", ROLE_CUCM);
	add_node(report, "cucm2.example.com", ROLE_CUCM);
	add_node(report, "cms1.example.com", ROLE_CMS);
	for (int order = 0; order < ORDER_COUNT; order++) {
		tried(report, 0, 6972, (enum order)order);
		tried(report, 1, 5061, (enum order)order);
		tried(report, 2, 6972, (enum order)order); /* the user left 8443 out */
		tried(report, 3, 18443, (enum order)order); /* any other port is one that is meant */
	}
	untried_add(report);
	assert_int_equal(count(report), 6);
	for (int order = 0; order < ORDER_COUNT; order++) {
		assert_true(has(report, 0, 8443, (enum order)order, OUTCOME_NOT_TRIED));
		assert_true(has(report, 1, 8443, (enum order)order, OUTCOME_NOT_TRIED));
		assert_true(has(report, 1, 6972, (enum order)order, OUTCOME_NOT_TRIED));
	}
	report_free(report);
}

/* Judged as another release than the one that was asked as: X15.5 offers TLS 1.3, X14.2 perhaps. */
static void test_versions(void **state)
{
	enum { BOTH = OFFERED_TLS12 | OFFERED_TLS13 };
	static const struct {
		unsigned offers, offered;
		const char *chose;
		enum tls12_alone alone;
		enum policy_from from;
		enum gathered gathered;
		unsigned missing; /* what the added one would offer; 0: none is added */
	} rows[] = {
		{ BOTH, OFFERED_TLS12, "TLS1.2", TLS12_SAME, POLICY_GIVEN, GATHERED_NOTHING, BOTH },
		{ BOTH, BOTH, "TLS1.3", TLS12_UNKNOWN, POLICY_GIVEN, GATHERED_NOTHING, 0 },
		{ BOTH, OFFERED_TLS13, "TLS1.3", TLS12_UNKNOWN, POLICY_GIVEN, GATHERED_NOTHING, 0 },
		{ BOTH, 0, "TLS1.2", TLS12_UNKNOWN, POLICY_GIVEN, GATHERED_NOTHING, 0 },
		{ BOTH, OFFERED_TLS12, "TLS1.2", TLS12_SAME, POLICY_SAVED, GATHERED_NOTHING, 0 },
		{ BOTH, OFFERED_TLS12, "TLS1.2", TLS12_SAME, POLICY_GIVEN, GATHERED_ALL, 0 }, /* --tls 1.2 */
		{ OFFERED_TLS12, BOTH, "TLS1.3", TLS12_UNKNOWN, POLICY_GIVEN, GATHERED_NOTHING, OFFERED_TLS12 },
		{ OFFERED_TLS12, OFFERED_TLS13, "TLS1.3", TLS12_UNKNOWN, POLICY_GIVEN, GATHERED_NOTHING, OFFERED_TLS12 },
		{ OFFERED_TLS12, BOTH, "TLS1.3", TLS12_SAME, POLICY_GIVEN, GATHERED_NOTHING, 0 },
		{ OFFERED_TLS12, BOTH, "TLS1.2", TLS12_UNKNOWN, POLICY_GIVEN, GATHERED_NOTHING, 0 },
		{ OFFERED_TLS12, BOTH, NULL, TLS12_UNKNOWN, POLICY_GIVEN, GATHERED_NOTHING, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		struct observation *one;

		report->policy.offers = rows[i].offers;
		report->policy.from = rows[i].from;
		report->gathered = rows[i].gathered;
		force(report, true, false);
		add_node(report, "cucm1.example.com", ROLE_CUCM);
		one = tried(report, 0, 8443, RSA);
		one->offered = rows[i].offered;
		one->tls_version = rows[i].chose != NULL ? mem_strdup(rows[i].chose) : NULL;
		one->tls12_alone = rows[i].alone;
		untried_add(report);
		assert_int_equal(report->observation_count, rows[i].missing != 0 ? 2 : 1);
		if (rows[i].missing != 0)
			assert_int_equal(report->observations[1].offered, rows[i].missing);
		tried(report, 0, 8443, RSA)->offered = rows[i].missing; /* another report has it */
		untried_add(report);
		assert_int_equal(count(report), 0);
		report_free(report);
	}
}

/* What nobody is sent to, ports that nobody needs, and names without an IP. */
static void test_left_alone(void **state)
{
	struct report *report = report_new();
	struct observation *one;

	(void)state;
	add_node(report, "imp1.example.com", ROLE_IMP);
	tried(report, 0, 8443, RSA)->advertised = false;
	untried_add(report);
	assert_int_equal(report->observation_count, 1);

	tried(report, 0, 8443, RSA);
	tried(report, 0, 8443, ECDSA);
	tried(report, 0, 6972, RSA);
	untried_add(report);
	assert_int_equal(report->observation_count, 4);

	add_node(report, "cucm1.example.com", ROLE_CUCM);
	one = tried(report, 1, 8443, RSA);
	*one->ip = '\0';
	one->outcome = OUTCOME_UNRESOLVED;
	one->detail = mem_strdup("no such name");
	untried_add(report);
	assert_int_equal(report->observation_count, 6);
	assert_true(has(report, 1, 8443, ECDSA, OUTCOME_UNRESOLVED));
	assert_string_equal(report->observations[5].detail, "no such name");
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_ecdsa_alone),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
