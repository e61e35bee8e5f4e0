/* SPDX-License-Identifier: MIT */
/* Each release of the table is told apart, and what is not in it gets its neighbour with a note
 * that says so. */
#include "config.h"

#include "model/release.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct policy applied(const char *text)
{
	struct policy policy = { .expressway = NULL };
	struct release release;

	if (release_parse(text, strlen(text), &release) != 0)
		fail_msg("\"%s\" was not read", text);
	release_apply(&release, &policy);
	return policy;
}

/* What X14.2 logs and X15.5.1's advisory are public; of the rest it is known that nothing is
 * known. */
static const struct {
	const char *text, *expressway;
	enum era era;
	enum traffic_server server;
	unsigned offers, may_offer;
	enum release_checks checks;
	const char *note; /* what it has to say; NULL: no note */
} releases[] = {
	{ "X12.7", "X12.7", ERA_OPENSSL1, TRAFFIC_SERVER_8, OFFERED_TLS12, OFFERED_TLS13,
	  RELEASE_CHECKS_NO, "does not verify" },
	{ "X14.0.7", "X14.0.7", ERA_OPENSSL1, TRAFFIC_SERVER_8, OFFERED_TLS12, OFFERED_TLS13,
	  RELEASE_CHECKS_NO, "CSCwc69661" },
	{ "X14.0.8", "X14.0.8", ERA_OPENSSL1, TRAFFIC_SERVER_8, OFFERED_TLS12, OFFERED_TLS13,
	  RELEASE_CHECKS_MAYBE, "not certain" },
	{ "X14.0.11", "X14.0.11", ERA_OPENSSL1, TRAFFIC_SERVER_8, OFFERED_TLS12, OFFERED_TLS13,
	  RELEASE_CHECKS_MAYBE, "X14.0.8" },
	{ "X14.2", "X14.2", ERA_OPENSSL1, TRAFFIC_SERVER_8, OFFERED_TLS12, OFFERED_TLS13,
	  RELEASE_CHECKS_YES, NULL },
	{ "x14.2.5", "X14.2.5", ERA_OPENSSL1, TRAFFIC_SERVER_8, OFFERED_TLS12, OFFERED_TLS13,
	  RELEASE_CHECKS_YES, NULL },
	{ "14.3", "X14.3", ERA_OPENSSL1, TRAFFIC_SERVER_8, OFFERED_TLS12, OFFERED_TLS13,
	  RELEASE_CHECKS_YES, "judged as X14.2 is" },
	{ "X15.0", "X15.0", ERA_OPENSSL3, TRAFFIC_SERVER_9, OFFERED_TLS12 | OFFERED_TLS13, 0,
	  RELEASE_CHECKS_YES, "not published" },
	{ "X15", "X15.0", ERA_OPENSSL3, TRAFFIC_SERVER_9, OFFERED_TLS12 | OFFERED_TLS13, 0,
	  RELEASE_CHECKS_YES, "not published" },
	{ "X15.5", "X15.5", ERA_OPENSSL3, TRAFFIC_SERVER_9, OFFERED_TLS12 | OFFERED_TLS13, 0,
	  RELEASE_CHECKS_YES, "not published" },
	{ "X15.5.1", "X15.5.1", ERA_OPENSSL3, TRAFFIC_SERVER_9, OFFERED_TLS12 | OFFERED_TLS13, 0,
	  RELEASE_CHECKS_YES, NULL },
	{ "X15.5.2", "X15.5.2", ERA_OPENSSL3, TRAFFIC_SERVER_9, OFFERED_TLS12 | OFFERED_TLS13, 0,
	  RELEASE_CHECKS_YES, NULL },
	{ "X15.6", "X15.6", ERA_OPENSSL3, TRAFFIC_SERVER_9, OFFERED_TLS12 | OFFERED_TLS13, 0,
	  RELEASE_CHECKS_YES, "judged as X15.5.1 is" },
	{ "X16.1.2", "X16.1.2", ERA_OPENSSL3, TRAFFIC_SERVER_9, OFFERED_TLS12 | OFFERED_TLS13, 0,
	  RELEASE_CHECKS_YES, "newer than" },
};

static void test_releases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof releases / sizeof *releases; i++) {
		struct policy policy = applied(releases[i].text);
		struct release release;

		assert_string_equal(policy.expressway, releases[i].expressway);
		assert_int_equal(policy.era, releases[i].era);
		assert_int_equal(policy.traffic_server, releases[i].server);
		assert_int_equal(policy.offers, releases[i].offers);
		assert_int_equal(policy.may_offer, releases[i].may_offer);
		assert_int_equal(
			release_parse(policy.expressway, strlen(policy.expressway), &release), 0);
		assert_int_equal(release_find(&release)->checks, releases[i].checks);
		assert_int_equal(policy.holds == NULL, releases[i].checks == RELEASE_CHECKS_YES);
		if (releases[i].note == NULL)
			assert_null(policy.expressway_note);
		else if (policy.expressway_note == NULL ||
		         strstr(policy.expressway_note, releases[i].note) == NULL)
			fail_msg("%s: \"%s\" lacks \"%s\"", releases[i].text,
			         policy.expressway_note, releases[i].note);
		policy_clear(&policy);
	}
}

static void test_no_releases(void **state)
{
	static const char *const bad[] = { "",          "X",        "X0.1",  "X14.",
		                           "X14.2.5.1", "Y14",      "14..1", "X14.2 ",
		                           "X1000",     "X14.1000", "-14",   "fresh" };
	struct release release;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (release_parse(bad[i], strlen(bad[i]), &release) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(release_parse("X999.999.999", 12, &release), 0);
	assert_int_equal(release_compare_to(&release, 999, 999, 999), 0);
	assert_int_equal(release_parse("X14.2,X15.5", 5, &release),
	                 0); /* no more than it is told to read */
	assert_int_equal(release_compare_to(&release, 14, 2, 0), 0);
	assert_true(release_compare_to(&release, 14, 2, 1) < 0 &&
	            release_compare_to(&release, 14, 0, 8) > 0);
	assert_true(release_compare_to(&release, 13, 9, 9) > 0);
}

/* The command line's after that of a report: nothing of the first one stays. */
static void test_one_after_the_other(void **state)
{
	struct policy policy = applied("X16.0");
	struct release release;

	(void)state;
	assert_int_equal(release_parse("X14.2.5", 7, &release), 0);
	release_apply(&release, &policy);
	assert_string_equal(policy.expressway, "X14.2.5");
	assert_null(policy.expressway_note);
	assert_int_equal(policy.era, ERA_OPENSSL1);
	assert_int_equal(policy.traffic_server, TRAFFIC_SERVER_8);
	policy_clear(&policy);
}

/* What people read: the release only where nothing overrides what it is taken for. */
static void test_words(void **state)
{
	struct policy policy = applied("X14.2");
	char *text = policy_release(&policy);

	(void)state;
	assert_string_equal(text, "Expressway X14.2 is taken for Traffic Server 8.1.");
	free(text);
	policy.traffic_server = TRAFFIC_SERVER_9;
	text = policy_release(&policy);
	assert_string_equal(text, "Names and log lines are those of Traffic Server 9.2.");
	free(text);
	policy_clear(&policy);
	policy = applied("X16.0");
	text = policy_release(&policy);
	assert_string_equal(
		text,
		"Expressway X16.0 is taken for Traffic Server 9.2. X16.0 is newer than this program's table of "
		"releases: it is judged as X15.5.1 is.");
	free(text);
	policy_clear(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_no_releases),
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
