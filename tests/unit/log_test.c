/* SPDX-License-Identifier: MIT */
/* Lines of the diagnostic log as the vendor's samples show them, the story that several tell, and
 * each release by its lines. */
#include "config.h"

#include "log/line.h"
#include "log/story.h"
#include "model/node.h"
#include "model/release.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FRAME "2022-07-11T18:55:26.123+02:00 vcsc traffic_server[2030]: "
#define INFO \
	FRAME "UTCTime=\"2022-07-11 16:55:26,000\" Module=\"network.http.trafficserver\" Level=\"INFO\": "
#define VERIFY "1416F086:SSL routines:tls_process_server_certificate:certificate verify failed"
#define TOLD \
	INFO "Detail=\"Receive Request\" Txn-id=\"191\" Src-ip=\"127.0.0.1\" Msg=\"GET http://vcs:8443/" \
	     "c3RldmVuLmxhYi9odHRwcy9jdWNtLnN0ZXZlbi5sYWIvNjk3Mg/CSFemusk.cnf.xml HTTP/1.1\""
#define SENT \
	INFO "Detail=\"Sending Request\" Txn-id=\"191\" Dst-ip=\"10.48.36.215\" Dst-port=\"6972\" Msg=\"GET /x HTTP/1.1\""
#define GAVE_UP \
	INFO "Detail=\"Sending Response\" Txn-id=\"191\" Dst-ip=\"127.0.0.1\" Msg=\"HTTP/1.1 502 connect failed\""
#define REFUSED(text) \
	FRAME "[ET_NET 0] WARNING: Core server certificate verification failed for (cucm.steven.lab). Action=Terminate " \
	      "Error=" text " server=cucm.steven.lab(10.48.36.215) depth=0"
#define ERROR_OF(name, text) \
	FRAME "[ET_NET 0] ERROR: SSL connection failed for '" name "': error:" text

static struct line read(const char *text)
{
	struct line line;

	line_read(text, strlen(text), &line);
	return line;
}

static void test_requests(void **state)
{
	struct line line = read(TOLD);

	(void)state;
	assert_int_equal(line.kind, LINE_TOLD);
	assert_string_equal(line.address, "cucm.steven.lab");
	assert_int_equal(line.port, 6972);
	assert_int_equal(line.txn, 191);
	assert_int_equal(line.pid, 2030);
	assert_int_equal(line.role, ROLE_CUCM);
	assert_int_equal(line.time_ms, 1657558526000); /* date -u -d 2022-07-11T16:55:26 +%s */
	line = read(SENT);
	assert_int_equal(line.kind, LINE_SENT);
	assert_string_equal(line.ip, "10.48.36.215");
	line = read(GAVE_UP);
	assert_int_equal(line.kind, LINE_CLIENT);
	assert_string_equal(line.phrase, "502 connect failed");
	line = read(
		INFO
		"Detail=\"Receive Response\" Txn-id=\"189\" TrackingID=\"\" Src-ip=\"::1\" Src-port=\"8443\" Msg=\"HTTP/1.1 200 \"");
	assert_int_equal(line.kind, LINE_ANSWER);
	assert_string_equal(line.ip, "::1");
}

static void test_refusals(void **state)
{
	struct line line = read(REFUSED("self signed certificate"));

	(void)state;
	assert_int_equal(line.kind, LINE_WARNING);
	assert_int_equal(line.reason, REASON_SELF_SIGNED);
	assert_int_equal(line.depth, 0);
	assert_int_equal(line.era, ERA_OPENSSL1);
	assert_true(line.terminate);
	line = read(
		FRAME
		"[ET_NET 2] WARNING: SNI (::1) not in certificate. Action=Continue server=[::1](::1)");
	assert_int_equal(line.reason, REASON_NAME_MISMATCH);
	assert_string_equal(line.address, "::1");
	assert_false(line.terminate);
	line = read(
		FRAME
		"[ET_NET 2] WARNING: SNI (a b;c) not in certificate. Action=Terminate server=a b;c(10.1.1.1)");
	assert_int_equal(line.kind, LINE_NOTHING);
}

/* error:XXXXXXXX: 0x418 and the like are the other side's alerts, 0x086 is our own verification. */
static void test_errors(void **state)
{
	static const struct {
		const char *text;
		int era, alert, reason;
		bool verify;
	} rows[] = {
		{ ERROR_OF("10.48.36.215", VERIFY), ERA_OPENSSL1, -1, -1, true },
		{ ERROR_OF("a", "14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca"),
		  ERA_OPENSSL1, 48, -1, false },
		{ ERROR_OF("a", "0A000413:SSL routines::sslv3 alert unsupported certificate"),
		  ERA_OPENSSL3, 43, -1, false },
		{ ERROR_OF("a", "14082130:SSL routines:ssl3_check_cert_and_algorithm:bad ecc cert"),
		  ERA_OPENSSL1, -1, REASON_BAD_ECC_CERT, false },
		{ ERROR_OF("a", "zz"), -1, -1, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct line line = read(rows[i].text);

		assert_int_equal(line.kind, LINE_ERROR);
		assert_int_equal(line.generation, TRAFFIC_SERVER_8);
		assert_int_equal(line.era, rows[i].era);
		assert_int_equal(line.alert, rows[i].alert);
		assert_int_equal(line.reason, rows[i].reason);
		assert_int_equal(line.error_verify, rows[i].verify);
	}
}

static void test_edge(void **state)
{
	static const char text[] =
		"|<address>a.b</address><address>not one</address><address>[::1]</address><address>open";
	char address[LINE_NAME];
	size_t at = 0;

	(void)state;
	assert_true(line_edge(text, strlen(text), &at, address));
	assert_string_equal(address, "a.b");
	assert_true(line_edge(text, strlen(text), &at, address));
	assert_string_equal(address, "::1");
	assert_false(line_edge(text, strlen(text), &at, address));
	assert_true(line_opens_edge("edgeconfigprovisioning HTTPMSG:", 31));
	assert_false(line_opens_edge("httpd HTTPMSG:", 14));
}

static struct traffic tell(const char *const *lines)
{
	struct traffic traffic = { 0 };
	struct story *story = story_new(&traffic);

	story_part(story);
	for (; *lines != NULL; lines++)
		story_line(story, *lines, strlen(*lines), false);
	story_end(story);
	return traffic;
}

/* Up to three pairs are one request's; the answer of a connection that was kept says nothing after
 * it. */
static void test_story(void **state)
{
	static const char *const lines[] = { TOLD,
		                             SENT,
		                             REFUSED("certificate has expired"),
		                             ERROR_OF("cucm.steven.lab", VERIFY),
		                             SENT,
		                             REFUSED("self signed certificate"),
		                             ERROR_OF("cucm.steven.lab", VERIFY),
		                             GAVE_UP,
		                             NULL };
	struct traffic traffic = tell(lines);

	(void)state;
	assert_int_equal(traffic.server_count, 1);
	assert_int_equal(traffic.servers[0].requests, 1);
	assert_int_equal(traffic.servers[0].refused, 1);
	assert_int_equal(traffic.servers[0].last.reason, REASON_SELF_SIGNED);
	assert_int_equal(traffic.verification, VERIFICATION_ENFORCED);
	assert_int_equal(traffic_exit(&traffic), 1);
	traffic_clear(&traffic);
}

/* One peer refuses, the other, whose store may differ, accepts an hour later, and again: who is sent
 * to the first is refused all the same, until that one accepts. Blanks may be lost. */
static void test_two_peers(void **state)
{
#define AT(time, host, rest)                                                                       \
	"2022-07-11T" time ":26.123+02:00 " host                                                   \
	" traffic_server[77]: UTCTime=\"\" Module=\"network.http.trafficserver\" Level=\"INFO\": " rest
#define ASKED(time, host, id)                                                                      \
	AT(time, host, "Detail=\"Receive Request\" Txn-id=\"" id "\" Msg=\"GET http://vcs:8443/"       \
	               "c3RldmVuLmxhYi9odHRwcy9jdWNtLnN0ZXZlbi5sYWIvNjk3Mg/x HTTP/1.1\""),           \
		AT(time, host, "Detail=\"Sending Request\" Txn-id=\"" id                          \
		               "\" Dst-ip=\"10.48.36.215\" Dst-port=\"6972\" Msg=\"GET /x HTTP/1.1\""), \
		AT(time, host, "Detail=\"Receive Response\" Txn-id=\"" id                         \
		               "\" Src-ip=\"10.48.36.215\" Src-port=\"6972\" Msg=\"HTTP/1.1 200 \"")
	static const char *const lines[] = { TOLD,
		                             SENT,
		                             REFUSED("self signed certificate"),
		                             ERROR_OF("cucm.steven.lab", VERIFY),
		                             GAVE_UP,
		                             ASKED("19:55", "exp2", "1"),
		                             ASKED("20:55", "exp2", "2"),
		                             NULL };
	static const char *const repaired[] = { TOLD,
		                                SENT,
		                                REFUSED("self signed certificate"),
		                                ERROR_OF("cucm.steven.lab", VERIFY),
		                                GAVE_UP,
		                                ASKED("19:55", "exp2", "1"),
		                                ASKED("19:56", "vcsc", "3"),
		                                NULL };
	static const char *const squeezed[] = {
		"2022-07-11T18:55:26.123+02:00exp1traffic_server[2030]:[ET_NET0]WARNING:SNI(a)not in "
		"certificate.Action=Terminate server=a(10.0.0.1)",
		"2022-07-11T18:55:26.123+02:00 exp1 traffic_server[2030]: [ET_NET 0] WARNING: SNI (a) "
		"not in certificate. Action=Terminate server=a(10.0.0.1)",
		"2022-07-11T18:55:26Z exp2 traffic_server[2030]: [ET_NET 0] WARNING: SNI (a) not in "
		"certificate. Action=Terminate server=a(10.0.0.1)",
		"traffic_server[2030]: [ET_NET 0] WARNING: SNI (a) not in certificate. "
		"Action=Terminate server=a(10.0.0.1)",
		"2022-07-11T18:55:26.9-11:00 exp2 traffic_server[2030]: [ET_NET 0] WARNING: SNI (a) not "
		"in certificate. Action=Terminate server=a(10.0.0.1)",
		"2022-07-11T18:55:26 exp2 traffic_server[2030]: [ET_NET 0] WARNING: SNI (a) not in "
		"certificate. Action=Terminate server=a(10.0.0.1)",
	};
	static const char *const peers[] = { "exp1", "exp1", "exp2", "", "exp2", "exp2" };
	struct traffic traffic = tell(lines);

	(void)state;
	assert_int_equal(traffic.server_count, 1);
	assert_int_equal(traffic.servers[0].last.outcome, TRAFFIC_REFUSED);
	assert_int_equal(traffic.servers[0].accepted, 2);
	assert_int_equal(traffic_exit(&traffic), 1);
	traffic_clear(&traffic);
	traffic = tell(repaired);
	assert_int_equal(traffic.servers[0].last.outcome, TRAFFIC_ACCEPTED);
	traffic_clear(&traffic);
	for (size_t i = 0; i < sizeof squeezed / sizeof *squeezed; i++)
		assert_string_equal(read(squeezed[i]).peer, peers[i]);
#undef AT
#undef ASKED
}

/* Each release of the table by its lines: its words and whether an ERROR line follows. Releases
 * that share both cannot be told apart by a log: the table has two such groups. */
static void test_releases(void **state)
{
	static const struct {
		enum era era;
		int generation;
	} rows[] = {
#define RELEASE(major, minor, patch, checks, era, server, offers, may, order, sure, source)        \
	{ ERA_##era, TRAFFIC_SERVER_##server },
#include "model/release.def"
#undef RELEASE
	};
	static const char *const old[] = { TOLD,
		                           SENT,
		                           REFUSED("self signed certificate"),
		                           ERROR_OF("cucm.steven.lab", VERIFY),
		                           GAVE_UP,
		                           NULL };
	static const char *const new[] = { TOLD, SENT, REFUSED("self-signed certificate"), GAVE_UP,
		                           NULL };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = tell(rows[i].era == ERA_OPENSSL1 ? old : new);

		assert_int_equal(traffic.era, (int)rows[i].era);
		assert_int_equal(traffic.generation, rows[i].generation);
		traffic_clear(&traffic);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_errors),   cmocka_unit_test(test_edge),
		cmocka_unit_test(test_story),
		cmocka_unit_test(test_two_peers),    cmocka_unit_test(test_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
