/* SPDX-License-Identifier: MIT */
/* Two small reports, made from INTERFACE's members, with one thing changed at a time. */
#include "config.h"

#include "base/mem.h"
#include "saved/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "{\"schema_version\":\"1.0\",\"started\":\"2026-01-01T00:00:00Z\",\"took_ms\":5,\"policy\":{\"era\":\"openssl1\",\"at\":\"2026-01-01T00:00:00Z\"},"
#define STORE "\"trust_stores\":[{\"name\":\"ca.pem\",\"certificates\":1,\"fingerprints\":[\"cc\"]}],"
#define CERTS "\"certificates\":{\"aa\":{\"subject\":\"CN=a\",\"not_after\":\"2027-01-01T00:00:00Z\"},\"bb\":{\"subject\":\"CN=b\",\"not_after\":\"2028-01-01T00:00:00Z\"}},"
#define OBS(id, address, port, order, chain) "{\"id\":" #id ",\"node\":\"" address "\",\"address\":\"" address "\",\"ip\":\"127.0.0.1\",\"port\":" #port \
	",\"order\":\"" order "\",\"advertised\":true,\"outcome\":\"presented\",\"chain\":[\"" chain "\"],\"took_ms\":7}"
#define DEAD(id, address, port, order, outcome) "{\"id\":" #id ",\"node\":\"" address "\",\"address\":\"" address "\",\"ip\":\"127.0.0.1\",\"port\":" #port \
	",\"order\":\"" order "\",\"advertised\":true,\"outcome\":\"" outcome "\",\"chain\":[]}"
#define GOOD(id) "{\"observation\":" #id ",\"trust\":\"ca.pem\",\"accepted\":true,\"reasons\":[],\"log\":\"\"}"
#define BAD(id, why) "{\"observation\":" #id ",\"trust\":\"ca.pem\",\"accepted\":false,\"reasons\":[{\"id\":\"" why "\",\"openssl\":10,\"depth\":0}],\"log\":\"x\"}"
#define REPORT(observations, verdicts) HEAD STORE CERTS "\"observations\":[" observations "],\"verdicts\":[" verdicts "]}"

static const char base[] = REPORT(OBS(0, "cucm1.example.com", 8443, "rsa-first", "aa") "," OBS(1, "cucm1.example.com", 6972, "rsa-first", "aa"),
                                  GOOD(0) "," GOOD(1));

static char *compare(const char *old, const char *new, bool *worse)
{
	struct fault fault;
	struct buf out;
	char *text;

	buf_init(&out);
	*worse = false;
	if (compare_reports(old, strlen(old), new, strlen(new), &out, worse, &fault) != 0)
		fail_msg("%s", fault.text);
	text = mem_strdup(out.data);
	buf_clear(&out);
	return text;
}

static void expect(const char *old, const char *new, bool worse, const char *text)
{
	bool is_worse;
	char *got = compare(old, new, &is_worse);

	assert_string_equal(got, text);
	assert_int_equal(is_worse, worse);
	free(got);
}

static void test_no_change(void **state)
{
	(void)state;
	expect(base, base, false, "no change\n");
	/* ids, order in the list, durations and times are no news */
	expect(base, REPORT(OBS(7, "cucm1.example.com", 6972, "rsa-first", "aa") "," OBS(3, "cucm1.example.com", 8443, "rsa-first", "aa"),
	                    GOOD(3) "," GOOD(7)), false, "no change\n");
}

static void test_worse_and_better(void **state)
{
	static const char bad[] = REPORT(OBS(0, "cucm1.example.com", 8443, "rsa-first", "aa") "," OBS(1, "cucm1.example.com", 6972, "rsa-first", "aa"),
	                                 GOOD(0) "," BAD(1, "expired"));

	(void)state;
	expect(base, bad, true, "worse: cucm1.example.com 6972 rsa-first: refused (expired), was accepted\n");
	expect(bad, base, false, "better: cucm1.example.com 6972 rsa-first: accepted, was refused (expired)\n");
}

static void test_other_reason_is_a_change(void **state)
{
	(void)state;
	expect(REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa"), BAD(0, "expired")),
	       REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa"), BAD(0, "name-mismatch")), false,
	       "changed: a.example.com 8443 rsa-first: refused (name-mismatch), was refused (expired)\n");
}

static void test_certificate_changed(void **state)
{
	(void)state;
	expect(REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa"), GOOD(0)), REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "bb"), GOOD(0)),
	       false, "changed: certificate of a.example.com 8443 rsa-first: CN=b, ends 2028-01-01T00:00:00Z, SHA-256 bb, was CN=a, ends "
	              "2027-01-01T00:00:00Z, SHA-256 aa\n");
}

static void test_unchecked(void **state)
{
	static const char dead[] = REPORT(DEAD(0, "a.example.com", 8443, "rsa-first", "timeout"), "");
	static const char good[] = REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa"), GOOD(0));
	static const char bad[] = REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa"), BAD(0, "expired"));

	(void)state;
	expect(good, dead, false, "changed: a.example.com 8443 rsa-first: not checked (timeout), was accepted\n");
	expect(dead, good, false, "better: a.example.com 8443 rsa-first: accepted, was not checked (timeout)\n");
	expect(dead, bad, true, "worse: a.example.com 8443 rsa-first: refused (expired), was not checked (timeout)\n");
}

static void test_nodes_new_and_gone(void **state)
{
	static const char one[] = REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa"), GOOD(0));
	static const char two[] = REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa") "," OBS(1, "b.example.com", 8443, "rsa-first", "aa"),
	                                 GOOD(0) "," GOOD(1));
	static const char two_bad[] = REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa") "," OBS(1, "b.example.com", 8443, "rsa-first", "aa"),
	                                     GOOD(0) "," BAD(1, "expired"));

	(void)state;
	expect(one, two, false, "new: node b.example.com\n");
	expect(two, one, false, "gone: node b.example.com\n");
	expect(one, two_bad, true, "worse: b.example.com 8443 rsa-first: refused (expired), not there before\nnew: node b.example.com\n");
}

static void test_one_more_port(void **state)
{
	(void)state;
	expect(REPORT(OBS(0, "cucm1.example.com", 8443, "rsa-first", "aa"), GOOD(0)), base, false, "new: cucm1.example.com 6972 rsa-first: accepted\n");
	expect(base, REPORT(OBS(0, "cucm1.example.com", 8443, "rsa-first", "aa"), GOOD(0)), false,
	       "gone: cucm1.example.com 6972 rsa-first: was accepted\n");
}

/* Two IPs of one name are one row: refused if either is. */
static void test_ips_of_a_name(void **state)
{
	static const char two_ips[] = REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa") "," DEAD(1, "a.example.com", 8443, "rsa-first", "refused"),
	                                     GOOD(0));

	(void)state;
	expect(REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa"), GOOD(0)), two_ips, false,
	       "changed: a.example.com 8443 rsa-first: accepted, not checked (refused) on one of its IPs, was accepted\n");
	expect(two_ips, REPORT(OBS(0, "a.example.com", 8443, "rsa-first", "aa"), GOOD(0)), false,
	       "better: a.example.com 8443 rsa-first: accepted, was accepted, not checked (refused) on one of its IPs\n");
}

#define AT_IP(id, ip) "{\"id\":" #id ",\"node\":\"a.example.com\",\"address\":\"a.example.com\",\"ip\":\"" ip "\",\"port\":8443,\"order\":\"rsa-first\"," \
	"\"advertised\":true,\"outcome\":\"presented\",\"chain\":[\"aa\"]}"
#define BY_IP(id, ip) "{\"id\":" #id ",\"node\":\"a.example.com\",\"address\":\"" ip "\",\"ip\":\"" ip "\",\"port\":8443,\"order\":\"rsa-first\"," \
	"\"advertised\":false,\"outcome\":\"presented\",\"chain\":[\"aa\"]}"

static void test_other_ip_is_no_worse(void **state)
{
	(void)state;
	expect(REPORT(AT_IP(0, "127.0.0.1") "," BY_IP(1, "127.0.0.1"), GOOD(0) "," BAD(1, "name-mismatch")),
	       REPORT(AT_IP(0, "127.0.0.2") "," BY_IP(1, "127.0.0.2"), GOOD(0) "," BAD(1, "name-mismatch")), false,
	       "changed: IP of a.example.com: 127.0.0.2, was 127.0.0.1\n"
	       "new: 127.0.0.2 (node a.example.com) 8443 rsa-first (not advertised): refused (name-mismatch)\n"
	       "gone: 127.0.0.1 (node a.example.com) 8443 rsa-first (not advertised): was refused (name-mismatch)\n");
}

static void test_store_content_and_soon(void **state)
{
	static const char old[] = HEAD "\"trust_stores\":[{\"name\":\"x.pem\",\"fingerprints\":[\"aa\"]}]," CERTS "\"observations\":[],\"verdicts\":[]}";
	static const char new[] = HEAD "\"trust_stores\":[{\"name\":\"y.pem\",\"fingerprints\":[\"bb\"]}]," CERTS
		"\"findings\":[{\"id\":\"expires-soon\",\"certificate\":\"bb\",\"title\":\"b ends in 3 days\"}],\"observations\":[],\"verdicts\":[]}";

	(void)state;
	expect(old, new, false, "new: warning expires-soon: b ends in 3 days\n"
	                        "new: in trust store: CN=b, ends 2028-01-01T00:00:00Z, SHA-256 bb\n"
	                        "gone: in trust store: CN=a, ends 2027-01-01T00:00:00Z, SHA-256 aa\n");
}

/* "ends in 3 days" is "in 2 days" tomorrow: that alone is no news. */
static void test_a_day_later_is_no_news(void **state)
{
#define SOON(days) HEAD STORE CERTS "\"findings\":[{\"id\":\"expires-soon\",\"certificate\":\"bb\",\"title\":\"b ends in " days "\"}],\"observations\":[],\"verdicts\":[]}"
	(void)state;
	expect(SOON("3 days"), SOON("2 days"), false, "no change\n");
}

static void test_escapes(void **state)
{
	(void)state;
	expect(REPORT("", ""), REPORT(DEAD(0, "a\\u001b[31m\\u009b\\u202e", 8443, "rsa-first", "timeout"), ""), false,
	       "new: node a\\x1b[31m\\xc2\\x9b\\xe2\\x80\\xae\n");
}

static void test_hostile(void **state)
{
	static const char *const bad[] = { "", "[]", "{}", "null", "{\"schema_version\":\"2.0\",\"observations\":[],\"verdicts\":[]}",
		"{\"schema_version\":\"1.0\",\"observations\":{},\"verdicts\":[]}", "{\"schema_version\":\"1.0\",\"schema_version\":\"1.0\"}", "\xff",
		"{\"schema_version\":\"1.0\"", "{\"schema_version\":1}" };
	static const char odd[] = HEAD "\"trust_stores\":[7,null,{\"name\":[]}],\"certificates\":[],\"clusters\":[[],{\"discovery\":3}],\"findings\":[0,{\"id\":1}],"
		"\"observations\":[1,null,{\"id\":\"x\",\"chain\":[[],1]},{\"chain\":[\"aa\"],\"port\":\"x\"}],"
		"\"verdicts\":[{},null,{\"observation\":-1},{\"observation\":99999999999,\"accepted\":true},{\"observation\":1,\"reasons\":[1,{}]}]}";
	struct fault fault;
	struct buf out;
	bool worse;

	(void)state;
	buf_init(&out);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(compare_reports(bad[i], strlen(bad[i]), base, strlen(base), &out, &worse, &fault), -1);
		assert_int_equal(compare_reports(base, strlen(base), bad[i], strlen(bad[i]), &out, &worse, &fault), -1);
		assert_int_equal(fault.code, FAULT_INPUT);
	}
	assert_int_equal(out.len, 0);
	assert_int_equal(compare_reports(odd, strlen(odd), base, strlen(base), &out, &worse, &fault), 0);
	assert_int_equal(compare_reports(base, strlen(base), odd, strlen(odd), &out, &worse, &fault), 0);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_change),
		cmocka_unit_test(test_worse_and_better),
		cmocka_unit_test(test_other_reason_is_a_change),
		cmocka_unit_test(test_certificate_changed),
		cmocka_unit_test(test_unchecked),
		cmocka_unit_test(test_nodes_new_and_gone),
		cmocka_unit_test(test_one_more_port),
		cmocka_unit_test(test_ips_of_a_name),
		cmocka_unit_test(test_other_ip_is_no_worse),
		cmocka_unit_test(test_store_content_and_soon),
		cmocka_unit_test(test_a_day_later_is_no_news),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
