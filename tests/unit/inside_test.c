/* SPDX-License-Identifier: MIT */
/* What belongs to a cluster: a false "inside" would aim the probe at strangers, a false "outside"
 * would leave nodes unchecked. The ranges are those of the RFCs, their first and last addresses and
 * their neighbours. */
#include "config.h"

#include "base/mem.h"
#include "gather/inside.h"
#include "gather/names.h"
#include "model/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct row {
	const char *text;
	bool inside;
};

static void check(const struct inside *inside, bool (*has)(const struct inside *, const char *),
                  const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (has(inside, rows[i].text) != rows[i].inside)
			print_message("%s\n", rows[i].text);
		assert_int_equal(has(inside, rows[i].text), rows[i].inside);
	}
}

#define CHECK(inside, has, rows) check(inside, has, rows, sizeof rows / sizeof *rows)

static void test_names(void **state)
{
	static const struct row rows[] = {
		{ "cucm-pub.voice.example.com", true },
		{ "CUCM-SUB1.Voice.Example.COM.", true },
		{ "a.b.voice.example.com", true },
		{ "voice.example.com", false },
		{ "sub.example.com", false },
		{ "evilvoice.example.com", false },
		{ "voice.example.com.evil.net", false },
		{ "imp.branch.example.net", true },
		{ "branch.example.net", false },
		{ "pub", true },
		{ "sub", false },
		{ "cucm.lab", true },
		{ "sub.lab", false },
		{ "www.com", false },
		{ "fixed.example.org", true },
		{ "x.fixed.example.org", false },
		{ "", false },
		{ ".", false },
	};
	struct inside inside = { 0 };
	char *nothing = mem_strdup(""); /* of its own, so that what stands before it is nobody's */

	(void)state;
	inside_add_publisher(&inside, "cucm-pub.voice.example.com");
	inside_add_publisher(&inside, "pub");
	inside_add_publisher(&inside, "cucm.lab");
	inside_add_publisher(&inside, "cucm.com.");
	inside_add_publisher(&inside, "192.0.2.7");
	inside_add_domain(&inside, "branch.example.net.");
	inside_add_domain(&inside, ".");
	inside_add_name(&inside, "fixed.example.org.");
	inside_add_name(&inside, ".");
	inside_add_name(&inside, nothing);
	CHECK(&inside, inside_has_name, rows);
	assert_false(inside_has_name(&inside, nothing));
	inside_clear(&inside);
	assert_false(inside_has_name(&inside, "pub"));
	free(nothing);
}

static void test_private_ranges(void **state)
{
	static const struct row rows[] = {
		{ "9.255.255.255", false },
		{ "10.0.0.0", true },
		{ "10.255.255.255", true },
		{ "11.0.0.0", false },
		{ "172.15.255.255", false },
		{ "172.16.0.0", true },
		{ "172.31.255.255", true },
		{ "172.32.0.0", false },
		{ "192.167.255.255", false },
		{ "192.168.0.0", true },
		{ "192.168.255.255", true },
		{ "192.169.0.0", false },
		{ "100.63.255.255", false },
		{ "100.64.0.0", true },
		{ "100.127.255.255", true },
		{ "100.128.0.0", false },
		{ "126.255.255.255", false },
		{ "127.0.0.1", true },
		{ "127.255.255.255", true },
		{ "128.0.0.0", false },
		{ "169.253.255.255", false },
		{ "169.254.0.0", true },
		{ "169.254.255.255", true },
		{ "169.255.0.0", false },
		{ "0.0.0.0", false },
		{ "255.255.255.255", false },
		{ "224.0.0.1", false },
		{ "8.8.8.8", false },
		{ "::1", true },
		{ "::", false },
		{ "::2", false },
		{ "fbff::1", false },
		{ "fc00::", true },
		{ "fdff:ffff::1", true },
		{ "fe00::1", false },
		{ "fe7f::1", false },
		{ "fe80::1", true },
		{ "febf::1", true },
		{ "fec0::1", false },
		{ "2001:db8::1", false },
		{ "::ffff:10.1.2.3", true },
		{ "::ffff:8.8.8.8", false },
		{ "ff02::1", false },
		{ "not an IP", false },
	};
	struct inside inside = { 0 };

	(void)state;
	CHECK(&inside, inside_has_ip, rows);
}

static void test_networks(void **state)
{
	static const struct row rows[] = {
		{ "203.0.113.1", true },        { "203.0.0.0", true },
		{ "203.0.255.255", true },      { "203.1.0.0", false },
		{ "202.255.255.255", false },   { "2001:db8:7::", true },
		{ "2001:db8:7:ffff::1", true }, { "2001:db8:8::1", false },
		{ "2001:db8:6:ffff::", false }, { "::ffff:203.0.113.9", true },
		{ "198.51.100.1", true },       { "198.51.100.2", false },
	};
	struct inside inside = { 0 };

	(void)state;
	inside_add_publisher(&inside, "203.0.113.77");
	inside_add_network(&inside, "2001:db8:7::1");
	inside_add_ip(&inside, "198.51.100.1");
	CHECK(&inside, inside_has_ip, rows);
	inside_clear(&inside);
	assert_false(inside_has_ip(&inside, "203.0.113.1"));
}

/* What a person named, and where it led; what the network named adds nothing. */
static void test_what_is_named(void **state)
{
	static const struct row names[] = {
		{ "sub.voice.example.com", true },  { "pub.voice.example.com", true }, { "x.srv.example.net", false },
		{ "srv.example.net", false },       { "a.domain.example", true },      { "fixed.example.org", true },
		{ "other.example.org", false },     { "second.example.org", true },
	};
	static const struct row ips[] = {
		{ "203.0.113.1", true },    { "203.1.0.1", false },     { "198.51.0.1", false },
		{ "192.0.2.77", true },     { "192.0.2.78", true },     { "192.0.2.79", false },
		{ "2001:db8:5::1", true },
	};
	char first[] = "192.0.2.77", second[] = "192.0.2.78", third[] = "2001:db8:5::1", *of_first[] = { first, second }, *of_second[] = { third };
	struct names_fixed fixed[] = { { (char[]){ "fixed.example.org" }, of_first, 2 }, { (char[]){ "second.example.org" }, of_second, 1 } };
	struct names domains = { 0 };
	struct names_how how = { .fixed = fixed, .fixed_count = 2, .domains = &domains };
	struct report *report = report_new();
	struct inside inside = { 0 };
	struct cluster *cluster;

	(void)state;
	names_add(&domains, "domain.example");
	cluster = report_add_cluster(report, "srv.example.net", 8443);
	cluster->source = SOURCE_SRV;
	cluster->ip = mem_strdup("198.51.100.1");
	cluster = report_add_cluster(report, "pub.voice.example.com", 8443);
	cluster->ip = mem_strdup("203.0.113.7");
	report_add_cluster(report, "another.test", 8443); /* it did not answer */
	names_inside(&inside, &how, report, NULL);
	CHECK(&inside, inside_has_name, names);
	CHECK(&inside, inside_has_ip, ips);
	inside_clear(&inside);
	how.domains = NULL;
	names_inside(&inside, &how, report, NULL);
	assert_false(inside_has_name(&inside, "a.domain.example"));
	inside_clear(&inside);
	names_clear(&domains);
	report_free(report);
}

/* A node is inside by its name, its full name or all its IPs. */
static void test_nodes(void **state)
{
	char private[] = "10.1.2.3", public[] = "198.51.100.1", *both[] = { private, public }, *one[] = { private };
	struct inside inside = { 0 };

	(void)state;
	inside_add_name(&inside, "only.example.org");
	assert_true(inside_has_name(&inside, "only.example.org"));
	assert_false(inside_has_name(&inside, "on.example.org"));
	inside_add_domain(&inside, "voice.example.com");
	assert_true(inside_has(&inside, "a.voice.example.com", NULL, NULL, 0));
	assert_true(inside_has(&inside, "a.voice.example.com", NULL, both, 2));
	assert_true(inside_has(&inside, "a", "a.voice.example.com", both, 2));
	assert_false(inside_has(&inside, "a", "a.example.com", both, 2));
	assert_false(inside_has(&inside, "a", NULL, both, 2));
	assert_true(inside_has(&inside, "a", NULL, one, 1));
	assert_true(inside_has(&inside, "10.9.9.9", NULL, NULL, 0));
	assert_false(inside_has(&inside, "198.51.100.1", NULL, NULL, 0));
	assert_false(inside_has(&inside, "a", NULL, NULL, 0));
	inside_clear(&inside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_private_ranges),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_what_is_named),
		cmocka_unit_test(test_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
