/* SPDX-License-Identifier: MIT */
/* The model's small parts: the words that reports are written in and read back by (the interface's),
 * cipher suites as IANA numbers them, addresses, lists, and what a run ends with. */
#include "config.h"

#include "base/mem.h"
#include "model/address.h"
#include "model/ca_list.h"
#include "model/finding.h"
#include "model/fleet.h"
#include "model/names.h"
#include "model/suite.h"
#include "model/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Each word of an enum, in its order, and no other. */
#define WORDS(type, name_of, parse, ...) \
	do { \
		static const char *const words[] = { __VA_ARGS__ }; \
		type found; \
		for (size_t i = 0; i < sizeof words / sizeof *words; i++) { \
			assert_string_equal(words[i], name_of((type)i)); \
			found = (type)99; \
			assert_int_equal(0, parse(words[i], &found)); \
			assert_int_equal(i, found); \
		} \
		assert_int_equal(-1, parse("", &found)); \
		assert_int_equal(-1, parse("else", &found)); \
	} while (0)

static void test_words(void **state)
{
	(void)state;
	WORDS(enum status, status_name, status_parse, "pass", "fail", "incomplete", "error");
	WORDS(enum severity, severity_name, severity_parse, "fail", "warning", "info");
	WORDS(enum era, era_name, era_parse, "openssl1", "openssl3");
	WORDS(enum traffic_server, traffic_server_name, traffic_server_parse, "ats8", "ats9");
	WORDS(enum verification, verification_name, verification_parse, "unproven", "permissive",
	      "enforced");
	WORDS(enum client_from, client_from_name, client_from_parse, "file", "web-page", "none");
	WORDS(enum client_outcome, client_outcome_name, client_outcome_parse, "accepted", "refused",
	      "unknown");
	assert_string_equal("unknown", traffic_outcome_name(TRAFFIC_UNKNOWN));
	assert_string_equal("accepted", traffic_outcome_name(TRAFFIC_ACCEPTED));
	assert_string_equal("refused", traffic_outcome_name(TRAFFIC_REFUSED));
	assert_string_equal("refused-by-peer", traffic_outcome_name(TRAFFIC_BY_PEER));
	assert_string_equal("connect-failed", traffic_outcome_name(TRAFFIC_CONNECT_FAILED));
	assert_int_equal(TRAFFIC_SERVER_8, traffic_server_of(ERA_OPENSSL1));
	assert_int_equal(TRAFFIC_SERVER_9, traffic_server_of(ERA_OPENSSL3));
}

/* IANA's "TLS Cipher Suites" */
static void test_suites(void **state)
{
	static const struct {
		uint16_t code;
		const char *iana;
		bool old; /* up to TLS 1.2 */
	} rows[] = {
		{ 0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", true },
		{ 0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", true },
		{ 0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", true },
		{ 0x1301, "TLS_AES_128_GCM_SHA256", false },
		{ 0x1302, "TLS_AES_256_GCM_SHA384", false },
		{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256", false },
	};
	const struct suites offered = { { 0xc030, 0x002f, 0xc02c }, 2 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct suite *suite = suite_find(rows[i].code);

		assert_string_equal(rows[i].iana, suite_iana(rows[i].code));
		assert_int_equal(rows[i].old, suite != NULL);
		if (suite != NULL)
			assert_int_equal(rows[i].code, suite->code);
	}
	assert_null(suite_iana(0x1304));
	assert_null(suite_iana(0x0000));
	for (size_t i = 0; i < SUITE_COUNT; i++)
		assert_ptr_equal(&suite_rows[i], suite_find(suite_rows[i].code));
	assert_true(suites_have(&offered, 0xc030));
	assert_true(suites_have(&offered, 0x002f));
	assert_false(suites_have(&offered, 0xc02c)); /* behind the end */
}

static struct report *with_status(const char *publisher, const char *node, enum status status)
{
	struct report *report = report_new();

	if (publisher != NULL)
		report_add_cluster(report, publisher, 8443);
	if (node != NULL)
		report_add_node(report, node);
	report->status = status;
	return report;
}

/* Of many clusters the worst counts: 1 before 3 before 2 before 0. */
static void test_fleets(void **state)
{
	static const struct {
		enum status one, two;
		int exit;
	} rows[] = {
		{ STATUS_PASS, STATUS_PASS, 0 },       { STATUS_PASS, STATUS_FAIL, 1 },
		{ STATUS_PASS, STATUS_ERROR, 2 },      { STATUS_PASS, STATUS_INCOMPLETE, 3 },
		{ STATUS_FAIL, STATUS_INCOMPLETE, 1 }, { STATUS_ERROR, STATUS_FAIL, 1 },
		{ STATUS_ERROR, STATUS_INCOMPLETE, 3 },
	};
	struct fleet fleet = { .count = 0 };

	(void)state;
	assert_int_equal(0, fleet_exit(&fleet));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		fleet_take(&fleet, with_status("pub.example.com", "node", rows[i].one));
		fleet_take(&fleet, with_status(NULL, "alone.example.com", rows[i].two));
		fleet_take(&fleet, with_status(NULL, NULL, rows[i].one));
		assert_int_equal(rows[i].exit, fleet_exit(&fleet));
		assert_string_equal("pub.example.com", fleet_name(fleet.reports[0]));
		assert_string_equal("alone.example.com", fleet_name(fleet.reports[1]));
		assert_string_equal("", fleet_name(fleet.reports[2]));
		assert_ptr_equal(fleet.reports[0], fleet_find(&fleet, "PUB.example.com"));
		assert_ptr_equal(fleet.reports[1], fleet_find(&fleet, "alone.example.com"));
		assert_null(fleet_find(&fleet, "node"));
		fleet_clear(&fleet);
		assert_int_equal(0, fleet.count);
	}
}

/* --strict: a warning about an address that clients are sent to, or about none in particular. */
static void test_strict(void **state)
{
	struct report *report = with_status("pub.example.com", "cucm", STATUS_PASS);
	struct observation *seen = report_add_observation(report);
	struct finding *finding;

	(void)state;
	seen->address = mem_strdup("cucm");
	finding = report_add_finding(report, FINDING_REFUSED);
	finding->severity = SEVERITY_WARNING;
	names_add(&finding->addresses, "192.0.2.1");
	names_add(&finding->addresses, "cucm");
	assert_int_equal(0, report_warnings(report)); /* not advertised */
	seen->advertised = true;
	assert_int_equal(1, report_warnings(report));
	assert_int_equal(0, report_exit(report));
	report->policy.strict = true;
	assert_int_equal(1, report_exit(report));
	finding->severity = SEVERITY_INFO;
	assert_int_equal(0, report_exit(report));
	finding->severity = SEVERITY_WARNING;
	names_clear(&finding->addresses);
	names_add(&finding->addresses, "192.0.2.1");
	assert_int_equal(0, report_exit(report));
	names_clear(&finding->addresses);
	assert_int_equal(1, report_exit(report)); /* about all */
	report_free(report);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *text;
		enum address_kind kind;
		const char *problem; /* NULL: good */
	} rows[] = {
		{ "cucm", ADDRESS_HOSTNAME, NULL },
		{ "a", ADDRESS_HOSTNAME, NULL },
		{ "cucm-pub_1.example.com", ADDRESS_FQDN, NULL },
		{ "cucm.example.com.", ADDRESS_FQDN, NULL },
		{ "192.0.2.1", ADDRESS_IPV4, NULL },
		{ "::1", ADDRESS_IPV6, NULL },
		{ "", ADDRESS_HOSTNAME, "it is empty" },
		{ "https://cucm/", ADDRESS_HOSTNAME, "it is a URL" },
		{ "cucm:8443", ADDRESS_HOSTNAME, "it has a port" },
		{ "[::1]:8443", ADDRESS_HOSTNAME, "it has a port" },
		{ "cucm:", ADDRESS_HOSTNAME, "it holds characters that no host name has" },
		{ ":8443", ADDRESS_HOSTNAME, "it holds characters that no host name has" },
		{ "cucm:84x", ADDRESS_HOSTNAME, "it holds characters that no host name has" },
		{ "a:b:1", ADDRESS_HOSTNAME, "it holds characters that no host name has" },
		{ "cu cm", ADDRESS_HOSTNAME, "it holds a space" },
		{ "cucm\t", ADDRESS_HOSTNAME, "it holds a space" },
		{ "-cucm", ADDRESS_HOSTNAME, "it begins with a hyphen" },
		{ ".cucm", ADDRESS_FQDN, "one of its labels is empty or longer than 63 characters" },
		{ "a..b", ADDRESS_FQDN, "one of its labels is empty or longer than 63 characters" },
		{ "c\xc3\xbc", ADDRESS_HOSTNAME, "it holds characters that no host name has" },
	};
	char label[65], name[300];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *problem = address_text_problem(rows[i].text);

		assert_int_equal(rows[i].kind, address_kind_of(rows[i].text));
		assert_int_equal(rows[i].problem == NULL, address_text_ok(rows[i].text));
		if (rows[i].problem == NULL)
			assert_null(problem);
		else
			assert_string_equal(rows[i].problem, problem);
	}
	memset(label, 'a', 64); /* RFC 1035 2.3.4: 63 octets a label, 253 characters a name */
	label[64] = '\0';
	assert_false(address_text_ok(label));
	label[63] = '\0';
	assert_true(address_text_ok(label));
	snprintf(name, sizeof name, "%s.%s.%s.%.61s", label, label, label, label);
	assert_int_equal(253, strlen(name));
	assert_true(address_text_ok(name));
	snprintf(name, sizeof name, "%s.%s.%s.%.62s", label, label, label, label);
	assert_false(address_text_ok(name));
	assert_string_equal("it is longer than 253 characters", address_text_problem(name));
	assert_string_equal("fqdn", address_kind_name(ADDRESS_FQDN));
	assert_string_equal("hostname", address_kind_name(ADDRESS_HOSTNAME));
	assert_string_equal("ipv4", address_kind_name(ADDRESS_IPV4));
	assert_string_equal("ipv6", address_kind_name(ADDRESS_IPV6));
}

static void test_ips(void **state)
{
	struct address address = { .text = mem_strdup("cucm"), .kind = ADDRESS_HOSTNAME };
	char *ip = address_canonical_ip("2001:DB8:0::1");

	(void)state;
	assert_string_equal("2001:db8::1", ip); /* RFC 5952 */
	free(ip);
	ip = address_canonical_ip("192.0.2.1");
	assert_string_equal("192.0.2.1", ip);
	free(ip);
	assert_null(address_canonical_ip("192.0.2"));
	assert_null(address_canonical_ip("cucm"));
	assert_null(address_canonical_ip("fe80::1%lo"));
	assert_false(address_is_ip(&address));
	address_add_ip(&address, "192.0.2.1");
	address_add_ip(&address, "192.0.2.2");
	address_add_ip(&address, "192.0.2.1");
	assert_int_equal(2, address.ip_count);
	assert_string_equal("192.0.2.2", address.ips[1]);
	address.kind = ADDRESS_IPV4;
	assert_true(address_is_ip(&address));
	address.kind = ADDRESS_IPV6;
	assert_true(address_is_ip(&address));
	address_clear(&address);
}

/* The list of a CertificateRequest (RFC 5246 7.4.4): names behind their length in two octets */
static void test_ca_lists(void **state)
{
	struct ca_lists lists = { NULL, 0 };
	const struct ca_list *one, *two;
	const unsigned char *der;
	size_t at = 0, len;
	unsigned char *large = mem_zalloc(70000);

	(void)state;
	one = ca_lists_add(&lists, (const unsigned char *)"\0\1a\0\2bc", 7);
	assert_int_equal(2, one->count);
	assert_int_equal(7, one->len);
	assert_ptr_equal(one, ca_lists_add(&lists, (const unsigned char *)"\0\1a\0\2bc", 7));
	two = ca_lists_add(&lists, (const unsigned char *)"\0\1a", 3);
	assert_ptr_not_equal(one, two);
	assert_int_equal(1, two->count);
	assert_int_equal(2, lists.count);
	assert_null(ca_lists_add(&lists, (const unsigned char *)"", 0));
	assert_null(ca_lists_add(&lists, (const unsigned char *)"\0\0", 2)); /* an empty name */
	assert_null(ca_lists_add(&lists, (const unsigned char *)"\0\2a", 3));
	assert_null(ca_lists_add(&lists, (const unsigned char *)"\0\1a\0", 4));
	assert_null(ca_lists_add(&lists, (const unsigned char *)"\1\1a", 3));
	assert_int_equal(2, lists.count);
	assert_int_equal(1, ca_list_next(one->bytes, one->len, &at, &der, &len));
	assert_int_equal(1, len);
	assert_int_equal('a', *der);
	assert_int_equal(1, ca_list_next(one->bytes, one->len, &at, &der, &len));
	assert_int_equal(2, len);
	assert_memory_equal("bc", der, 2);
	assert_int_equal(0, ca_list_next(one->bytes, one->len, &at, &der, &len));
	large[0] = 0xff; /* one name of 65,533: all that fits */
	large[1] = 0xfd;
	assert_non_null(ca_lists_add(&lists, large, 65535));
	large[1] = 0xfe;
	assert_null(ca_lists_add(&lists, large, 65536));
	ca_lists_clear(&lists);
	free(large);
}

/* draft-eastlake-fnv: its offset basis and its prime of 64 bits */
static void test_ids_are_fnv(void **state)
{
	struct ca_lists lists = { NULL, 0 };
	uint64_t hash = 14695981039346656037u;
	static const unsigned char bytes[] = { 0, 1, 0x61 };
	char hex[17], expected[17];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++) {
		hash ^= bytes[i];
		hash *= 1099511628211u;
	}
	snprintf(expected, sizeof expected, "%016llx", (unsigned long long)hash);
	ca_list_hex(ca_lists_add(&lists, bytes, sizeof bytes), hex);
	assert_string_equal(expected, hex);
	ca_lists_clear(&lists);
}

static void test_lists_of_names(void **state)
{
	struct names names = { 0 };
	char text[16];
	struct buf out;

	(void)state;
	for (int round = 0; round < 2; round++) { /* short ones are searched, long ones hashed */
		for (int i = 0; i < 40; i++) {
			snprintf(text, sizeof text, "n%d", i);
			names_add(&names, text);
			names_add(&names, text);
			assert_true(names_has(&names, text));
		}
		assert_int_equal(40, names.count);
	}
	assert_false(names_has(&names, "n40"));
	assert_false(names_has(&names, "N7"));
	names_add(&names, "N7"); /* case counts */
	assert_int_equal(41, names.count);
	assert_true(names_has(&names, "N7") && names_has(&names, "n7"));
	assert_string_equal("n39", names.items[39]);
	names_clear(&names);
	assert_int_equal(0, names.count);
	buf_init(&out);
	names_list(&out, &names, 3);
	assert_int_equal(0, out.len);
	names_add(&names, "a");
	names_list(&out, &names, 3);
	buf_puts(&out, "|");
	names_add(&names, "b");
	names_list(&out, &names, 3);
	buf_puts(&out, "|");
	names_add(&names, "c");
	names_list(&out, &names, 3);
	buf_puts(&out, "|");
	names_add(&names, "d");
	names_list(&out, &names, 3);
	assert_string_equal("a|a and b|a, b and c|a, b and 2 more", out.data);
	buf_clear(&out);
	names_clear(&names);
}

static void test_traffic(void **state)
{
	struct traffic traffic = { 0 };
	struct traffic_place *place;

	(void)state;
	assert_int_equal(3, traffic_exit(&traffic)); /* nothing of the traffic server */
	traffic.lines = 1;
	assert_int_equal(3, traffic_exit(&traffic)); /* no request with a result */
	place = traffic_at(&traffic, "b", "192.0.2.1", 8443);
	assert_int_equal(-1, place->last.reason);
	assert_int_equal(-1, place->last.depth);
	assert_int_equal(-1, place->last.alert);
	assert_int_equal(-1, place->role);
	assert_int_equal(-1, place->predicted_reason);
	assert_ptr_equal(place, traffic_at(&traffic, "b", "192.0.2.1", 8443));
	traffic_at(&traffic, "b", "192.0.2.1", 6972);
	traffic_at(&traffic, "A", "192.0.2.9", 8443);
	traffic_at(&traffic, "b", "192.0.2.0", 8443);
	assert_int_equal(4, traffic.server_count);
	traffic.servers[0].last.outcome = TRAFFIC_ACCEPTED;
	assert_int_equal(0, traffic_exit(&traffic));
	traffic.servers[3].last.outcome = TRAFFIC_CONNECT_FAILED;
	assert_int_equal(1, traffic_exit(&traffic));
	traffic_sort(&traffic);
	assert_string_equal("A", traffic.servers[0].address);
	assert_int_equal(6972, traffic.servers[1].port);
	assert_string_equal("192.0.2.0", traffic.servers[2].ip);
	assert_string_equal("192.0.2.1", traffic.servers[3].ip);
	traffic_evidence(&traffic, CALIBRATION_ERA, "one");
	traffic_evidence(&traffic, CALIBRATION_ERA, "two");
	assert_string_equal("two", traffic.evidence[CALIBRATION_ERA]);
	traffic_clear(&traffic);
	for (unsigned i = 0; i < TRAFFIC_SERVERS_MOST; i++)
		assert_non_null(traffic_at(&traffic, "n", "", (uint16_t)i));
	assert_null(traffic_at(&traffic, "more", "", 1));
	assert_int_equal(1, traffic.left_out);
	traffic_clear(&traffic);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),     cmocka_unit_test(test_suites),
		cmocka_unit_test(test_fleets),    cmocka_unit_test(test_strict),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_ips),
		cmocka_unit_test(test_ca_lists),  cmocka_unit_test(test_ids_are_fnv),
		cmocka_unit_test(test_traffic),   cmocka_unit_test(test_lists_of_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
