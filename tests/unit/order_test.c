/* SPDX-License-Identifier: MIT */
/* The cipher string against `openssl ciphers`, and the upgrade path against what Cisco documents of
 * X14.0 and X14.2. */
#include "config.h"

#include "advise/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const strings[] = {
	"EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH",
	"ECDHE-RSA-AES256-GCM-SHA384:EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH",
	"EECDH:EDH:HIGH:!aECDSA",
	"EECDH:EDH:HIGH:!aRSA",
	"EECDH:-aECDSA:aECDSA",
	"EECDH:-aRSA:HIGH",
	"EECDH:+aECDSA",
	"EECDH:+aRSA",
	"EECDH:+ECDHE-ECDSA-AES256-GCM-SHA384",
	"EDH:EECDH",
	"aRSA:aECDSA",
	"aECDSA:aRSA",
	"kRSA:EECDH:@STRENGTH",
	"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:@STRENGTH",
	"DEFAULT",
	"DEFAULT:!ECDSA",
	"DEFAULT:CAMELLIA",
	"ALL:!aNULL",
	"COMPLEMENTOFALL",
	"FIPS",
	"HIGH aRSA,aECDSA;kRSA",
	"HIGH!aECDSA",
	"HIGH:foo+bar:NOSUCH",
	"foo+:HIGH",
	"HIGH:-",
	"HIGH:+",
	"@STRENGTH",
	"HIGH:@FOO",
	"HIGH:\"x\"",
	"HIGH\"",
	"HIGHx\"",
	"aRSA_x:HIGH",
	"",
	"HIGH++AES",
	"HIGH:@SECLEVEL=6",
	"HIGH:@SECLEVEL=2",
	"AES128:AES256",
	"AES128+aECDSA:AES256+aRSA",
	"AES128+aRSA:AES256+aECDSA:@STRENGTH",
	"AES128+aRSA:AES256+aRSA:AES128+aECDSA:AES256+aECDSA:@STRENGTH",
	"eNULL:AES128:@STRENGTH",
	"AES+aRSA+kRSA:EECDH",
	"EECDH+AESGCM:EDH+AESGCM",
	"EECDH+AES256+aRSA:EECDH",
	"CHACHA20:AES",
	"AESCCM",
	"CAMELLIA+aECDSA:aRSA+AES",
	"SHA384+aRSA:EECDH",
	"TLSv1.2+aRSA:HIGH",
	"TLSv1",
	"SSLv3:HIGH",
	"SHA1+EECDH:HIGH",
	"AES256-SHA+HIGH",
	"ECDHE-RSA-AES256-GCM-SHA384",
	"eNULL",
	"HIGH:!AESGCM:-aECDSA",
	"RSA:ECDSA",
	"HIGH:!kRSA:!kEDH:-ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384",
	"EECDH:-ALL:EECDH",
	"EECDH:-aRSA:-aECDSA:EECDH",
	"EECDH:-aECDSA:-aRSA:EECDH",
	"MEDIUM:LOW:EXP",
	"!EECDH:HIGH",
	"AES256+AES128:HIGH",
	"PSK:SRP:ADH",
	"ARIA:aRSA",
	":-HIGH:HIGH",
	"+HIGH:HIGH",
	"SUITEB128",
	"SUITEB192",
};

static bool from_cucm(const char *name)
{
	return strstr(name, "AES") != NULL && strstr(name, "CCM") == NULL &&
	       strncmp(name, "TLS_", 4) != 0;
}

/* The first suites by `openssl ciphers -v`, an independent reading; false where it refuses the
 * string. */
static bool ask_openssl(const char *string, char rsa[64], char ecdsa[64], char first[64])
{
	char command[1024], line[512], name[64], kx[16], au[16];
	FILE *pipe;

	*rsa = *ecdsa = *first = '\0';
	snprintf(command, sizeof command, "openssl ciphers -v '%s' 2>/dev/null", string);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof line, pipe) != NULL) {
		if (sscanf(line, "%63s %*s Kx=%15s Au=%15s", name, kx, au) != 3 ||
		    !from_cucm(name) || strstr(kx, "PSK") != NULL || strcmp(kx, "SRP") == 0 ||
		    (strcmp(au, "RSA") != 0 && strcmp(au, "ECDSA") != 0))
			continue;
		char *slot = strcmp(au, "RSA") == 0 ? rsa : ecdsa;

		if (*first == '\0')
			strcpy(first, name);
		if (*slot == '\0')
			strcpy(slot, name);
	}
	return pclose(pipe) == 0;
}

/* Since 3.2 OpenSSL takes the suites of CCM8 for weak (their tags are short): they are not HIGH, not
 * listed at level 1, and stand elsewhere at level 0. It also takes "_" for a letter of a name.
 * Expressway's are 1.1.1 and 3.0. */
static bool openssl_is_newer(void)
{
	static int major = 0, minor = 0;
	FILE *pipe;

	if (major == 0) {
		pipe = popen("openssl version", "r");
		assert_non_null(pipe);
		assert_int_equal(fscanf(pipe, "OpenSSL %d.%d", &major, &minor), 2);
		pclose(pipe);
	}
	return major > 3 || (major == 3 && minor >= 2);
}

static bool is_ccm8(unsigned code)
{
	return (code >= 0xc0a0 && code <= 0xc0a3) || code == 0xc0ae || code == 0xc0af;
}

static size_t next_listed(const struct suites *ours, size_t at)
{
	while (at < ours->count && is_ccm8(ours->codes[at]) && openssl_is_newer())
		at++;
	return at;
}

/* All that is offered up to TLS 1.2, by number, as `openssl ciphers -V` lists it. */
static void check_offered(const char *string, const struct suites *ours)
{
	char command[1024], line[512], kx[16], au[16];
	unsigned high, low;
	size_t at = 0;
	FILE *pipe;

	if (strchr("-+!", string[strlen(string) - 1]) != NULL)
		return; /* the level that Expressway has is put behind it */
	snprintf(command, sizeof command, "openssl ciphers -s -V '%s%s' 2>/dev/null", string,
	         strstr(string, "LEVEL") != NULL ? "" : ":@SECLEVEL=1");
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof line, pipe) != NULL) {
		if (sscanf(line, " 0x%2X,0x%2X - %*s %*s Kx=%15s Au=%15s", &high, &low, kx, au) !=
		            4 ||
		    high == 0x13 || strstr(kx, "PSK") != NULL || strcmp(kx, "SRP") == 0 ||
		    (strcmp(au, "RSA") != 0 && strcmp(au, "ECDSA") != 0 && strcmp(au, "DSS") != 0))
			continue;
		if (is_ccm8(high << 8 | low) && openssl_is_newer())
			continue;
		at = next_listed(ours, at);
		if (at >= ours->count || ours->codes[at] != (high << 8 | low))
			fail_msg("%s: suite %zu is %04x, OpenSSL's %04x", string, at,
			         at < ours->count ? ours->codes[at] : 0, high << 8 | low);
		at++;
	}
	pclose(pipe);
	at = next_listed(ours, at);
	if (at != ours->count)
		fail_msg("%s: %zu suites more than OpenSSL offers", string, ours->count - at);
}

static void check_same(const char *string, const char *what, const char *ours, const char *theirs)
{
	if (ours == NULL ? *theirs != '\0' : strcmp(ours, theirs) != 0)
		fail_msg("%s of \"%s\": ours %s, OpenSSL's %s", what, string,
		         ours == NULL ? "(none)" : ours, theirs);
}

static void test_strings_as_openssl_reads_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		char rsa[64], ecdsa[64], first[64];
		struct order_suites suites;
		struct fault fault;

		if (strchr(strings[i], '_') != NULL && openssl_is_newer())
			continue;
		bool theirs = ask_openssl(strings[i], rsa, ecdsa, first);
		int ours = order_read_suites(strings[i], &suites, &fault);

		if (!theirs && ours == 0)
			fail_msg("\"%s\": OpenSSL refuses it", strings[i]);
		if (!theirs || *first == '\0') /* suites that no CUCM certificate goes with: ours to
		                                  refuse or to decide by others */
			continue;
		if (ours != 0)
			fail_msg("\"%s\": %s", strings[i], fault.text);
		check_same(strings[i], "first", suites.first, first);
		check_same(strings[i], "RSA", suites.first_rsa, rsa);
		check_same(strings[i], "ECDSA", suites.first_ecdsa, ecdsa);
		assert_int_equal(suites.rsa_first, strcmp(first, rsa) == 0);
		check_offered(strings[i], &suites.offered);
	}
}

/* What each security level takes away (SSL_CTX_set_security_level(3)). */
static void test_security_levels(void **state)
{
	static const char *const lists[] = { "HIGH", "ALL:COMPLEMENTOFALL", "AES128:kRSA",
		                             "EECDH:EDH:RSA", "eNULL:AES128:AES256:@STRENGTH" };

	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		for (int level = 0; level <= 5; level++) {
			struct order_suites suites;
			struct fault fault;
			char string[100];

			snprintf(string, sizeof string, "%s:@SECLEVEL=%d", lists[i], level);
			if (order_read_suites(string, &suites, &fault) == 0)
				check_offered(string, &suites.offered);
			else
				assert_true(i == 2 && level >= 4); /* 128 bits are too few */
		}
	}
}

static void test_random_strings_as_openssl_reads_them(void **state)
{
	static const char *const words[] = { "EECDH",
		                             "EDH",
		                             "HIGH",
		                             "aRSA",
		                             "aECDSA",
		                             "kRSA",
		                             "AES128",
		                             "AES256",
		                             "AESGCM",
		                             "SHA",
		                             "SHA384",
		                             "ECDHE-RSA-AES256-GCM-SHA384",
		                             "ECDHE-ECDSA-AES128-SHA256",
		                             "ALL",
		                             "CAMELLIA",
		                             "TLSv1.2",
		                             "NOPE",
		                             "RSA",
		                             "CHACHA20",
		                             "eNULL" };
	static const char *const prefixes[] = { "", "", "", "-", "+", "!" };
	unsigned seed = 20260101;

	(void)state;
	for (int round = 0; round < 150; round++) {
		char string[512] = "", rsa[64], ecdsa[64], first[64];
		struct order_suites suites;
		int ours;

		for (int i = 0; i < 2 + round % 6; i++) {
			strcat(string, i == 0 ? "" : ":");
			strcat(string, prefixes[(unsigned)rand_r(&seed) % 6]);
			strcat(string, words[(unsigned)rand_r(&seed) % 20]);
			if (rand_r(&seed) % 4 == 0) {
				strcat(string, "+");
				strcat(string, words[(unsigned)rand_r(&seed) % 20]);
			}
			if (rand_r(&seed) % 12 == 0)
				strcat(string, ":@STRENGTH");
		}
		ours = order_read_suites(string, &suites, NULL);
		if (!ask_openssl(string, rsa, ecdsa, first) || *first == '\0')
			continue;
		if (ours != 0)
			fail_msg("\"%s\" refused", string);
		check_same(string, "first", suites.first, first);
		check_same(string, "RSA", suites.first_rsa, rsa);
		check_same(string, "ECDSA", suites.first_ecdsa, ecdsa);
		check_offered(string, &suites.offered);
	}
}

static void test_string_sets_the_policy(void **state)
{
	struct policy policy = { .era = ERA_OPENSSL1 };

	(void)state;
	assert_int_equal(order_from_string(strings[0], &policy, NULL), 0);
	assert_false(policy.probe_order[ORDER_RSA_FIRST] || policy.order_in_force[ORDER_RSA_FIRST]);
	assert_true(policy.probe_order[ORDER_ECDSA_FIRST] &&
	            policy.order_in_force[ORDER_ECDSA_FIRST]);
	assert_non_null(strstr(policy.order_why, "ECDSA first"));
	assert_int_equal(order_from_string(strings[1], &policy, NULL), 0);
	assert_true(policy.probe_order[ORDER_RSA_FIRST] && policy.order_in_force[ORDER_RSA_FIRST]);
	assert_false(policy.probe_order[ORDER_ECDSA_FIRST] ||
	             policy.order_in_force[ORDER_ECDSA_FIRST]);
	assert_non_null(strstr(policy.order_why, "only RSA suite"));
	assert_non_null(policy.order_next);
	assert_int_equal(order_from_string("aRSA:aECDSA", &policy, NULL), 0);
	assert_string_equal("RSA first: the cipher string begins with ECDHE-RSA-AES256-GCM-SHA384, before "
	                    "ECDHE-ECDSA-AES256-GCM-SHA384.",
	                    policy.order_why);
	assert_int_equal(order_from_string("HIGH:!aECDSA", &policy, NULL), 0);
	assert_non_null(strstr(policy.order_why, "no ECDSA suite"));
	assert_int_equal(order_from_string("HIGH:!aRSA", &policy, NULL), 0);
	assert_non_null(strstr(policy.order_why, "no RSA suite"));
	policy_clear(&policy);
}

/* The prefix helps only a string that has both kinds and puts ECDSA first; where one kind is ruled out
 * it may be ruled out in front as well. */
static void test_what_a_string_leads_to(void **state)
{
	static const struct {
		const char *string;
		bool prefix;
	} rows[] = { { "HIGH", true },
		     { "ECDHE-RSA-AES256-GCM-SHA384:HIGH", false },
		     { "HIGH:!aECDSA", false },
		     { "HIGH:!aRSA", false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct policy policy = { .era = ERA_OPENSSL1 };

		assert_int_equal(order_from_string(rows[i].string, &policy, NULL), 0);
		assert_int_equal(strncmp(policy.order_next, "To put RSA first, write ", 24) == 0,
		                 rows[i].prefix);
		assert_int_equal(strncmp(policy.order_next, "An upgrade from X14.0 or later ", 31) == 0,
		                 !rows[i].prefix);
		policy_clear(&policy);
	}
}

static void test_hostile_strings(void **state)
{
	char *endless = test_malloc(100001);
	struct policy policy = { .era = ERA_OPENSSL1 };
	struct fault fault;

	(void)state;
	memset(endless, ':', 100000);
	endless[100000] = '\0';
	assert_int_equal(order_from_string(endless, &policy, &fault), -1);
	assert_int_equal(fault.code, FAULT_USAGE);
	test_free(endless);
	assert_int_equal(order_from_string("\xff\xfe\x1b[31m", &policy, &fault), -1);
	assert_null(strchr(fault.text, '\x1b'));
	assert_int_equal(order_from_string("!!!", &policy, &fault), -1);
	assert_int_equal(order_from_string("@", &policy, &fault), -1);
	assert_int_equal(order_from_string("ADH", &policy, &fault), -1);
	assert_null(policy.order_why);
}

static const struct {
	const char *path;
	bool rsa_first;
	const char *why, *next; /* what the sentences have to name */
} paths[] = {
	{ "X14.0.7,X14.2", true, "X14.0 or later", "The next upgrade is documented to keep RSA first" },
	{ "X14.0.7,X14.1.9", true, "X14.0 or later", "from X14.0 or later to X14.2 or later" },
	{ "X14.0,X15.0", true, "RSA first after the upgrade from X14.0 to X15.0: ", "" },
	{ "x14.0.11,14.3.1", true, "", "" },
	{ "X12.5,X14.2", false, "below X14.0", "ECDHE-RSA-AES256-GCM-SHA384:" },
	{ "X8.11.4,X15.0", false, "below X14.0", "" },
	{ "fresh,X14.2", false, "after installing X14.2: a fresh", "" },
	{ "X14.2,X15.0", true, "--cipher-string", "" },
	{ "X12.5,X14.0.7", false, "below X14.0", "documented to keep RSA first" },
	{ "X14.0.7,X14.0.8", true, "X14.0 or later", "documented to keep RSA first" },
	{ "X8.11.4,X12.7", false, "below X14.0", "ECDSA first" },
	{ "X12.7,X14.0", false, "below X14.0", "documented to keep RSA first" },
	{ "X14.2,X14.2", true, "X14.0 or later", "" }, /* not an older one */
};

static void test_upgrade_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct policy policy = { .era = ERA_OPENSSL1 };

		assert_int_equal(order_from_upgrade(paths[i].path, &policy, NULL), 0);
		assert_int_equal(policy.order_in_force[ORDER_RSA_FIRST], paths[i].rsa_first);
		assert_int_equal(policy.order_in_force[ORDER_ECDSA_FIRST], !paths[i].rsa_first);
		assert_true(policy.probe_order[ORDER_RSA_FIRST] &&
		            policy.probe_order[ORDER_ECDSA_FIRST]);
		if (strstr(policy.order_why, paths[i].why) == NULL ||
		    strstr(policy.order_next, paths[i].next) == NULL)
			fail_msg("%s: %s | %s", paths[i].path, policy.order_why, policy.order_next);
		policy_clear(&policy);
	}
}

/* A release below X14.0.2 takes a tomcat-ECDSA's chain as it comes; a fresh installation never did. */
static void test_from_which_release_a_chain_comes_first(void **state)
{
	static const struct {
		const char *path;
		bool chain_first;
	} rows[] = {
		{ "X12.5,X14.2", true },    { "X14.0,X14.2", true },   { "X14.0.1,X14.2", true },
		{ "X14.0.2,X14.2", false }, { "X14.2,X15.0", false }, { "fresh,X14.2", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct policy policy = { .era = ERA_OPENSSL1 };

		assert_int_equal(order_from_upgrade(rows[i].path, &policy, NULL), 0);
		assert_int_equal(policy.chain_first, rows[i].chain_first);
		policy_clear(&policy);
	}
}

/* From X14.0.8 on the release that the upgrade starts from may check already, from X14.2 on it
 * does. */
static void test_a_release_that_checks_has_a_string(void **state)
{
	struct policy policy = { .era = ERA_OPENSSL1 };

	(void)state;
	assert_int_equal(order_from_upgrade("X14.0.7,X15.5", &policy, NULL), 0);
	assert_null(strstr(policy.order_why, "--cipher-string"));
	assert_int_equal(order_from_upgrade("X14.0.8,X15.5", &policy, NULL), 0);
	assert_non_null(strstr(policy.order_why, "may check already"));
	assert_int_equal(order_from_upgrade("X14.2.5,X15.5", &policy, NULL), 0);
	assert_non_null(strstr(policy.order_why, "checks already"));
	policy_clear(&policy);
}

static void test_bad_upgrade_paths(void **state)
{
	static const char *const bad[] = { "",
		                           ",",
		                           "X14",
		                           "X14.2",
		                           "X14.2,",
		                           ",X14.2",
		                           "X14.2,X14.0",
		                           "X14.1,X14.0",
		                           "X14.0.2,X14.0.1",
		                           "X14.0.7.1,X14.2",
		                           "X14.,X15",
		                           "X14..1,X15",
		                           "Y14,X15",
		                           "X14,fresh",
		                           "X14,X15,X16",
		                           "X0,X14.2",
		                           "X99999999999999999999,X14",
		                           "X14.0.7, X14.2",
		                           "14.-1,15" };
	struct policy policy = { .era = ERA_OPENSSL1 };
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (order_from_upgrade(bad[i], &policy, &fault) != -1 || fault.code != FAULT_USAGE)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_null(policy.order_why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings_as_openssl_reads_them),
		cmocka_unit_test(test_security_levels),
		cmocka_unit_test(test_random_strings_as_openssl_reads_them),
		cmocka_unit_test(test_string_sets_the_policy),
		cmocka_unit_test(test_what_a_string_leads_to),
		cmocka_unit_test(test_hostile_strings),
		cmocka_unit_test(test_upgrade_paths),
		cmocka_unit_test(test_from_which_release_a_chain_comes_first),
		cmocka_unit_test(test_a_release_that_checks_has_a_string),
		cmocka_unit_test(test_bad_upgrade_paths),
	};

	unsetenv("LD_PRELOAD"); /* a sanitizer is for us (tests/mutants), not for 300 times openssl */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
