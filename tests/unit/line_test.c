/* SPDX-License-Identifier: MIT */
/* Single lines of the diagnostic log, a row each: whole, squeezed by a copy, of every form that the
 * traffic server's sources know, and bent. */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/safe.h"
#include "log/line.h"
#include "model/node.h"
#include "model/policy.h"
#include "model/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Nothing is to be read behind a line: a copy that ends with it. */
static char *bytes_of(const char *text)
{
	size_t len = strlen(text);
	char *bytes = mem_alloc(len > 0 ? len : 1);

	memcpy(bytes, text, len);
	return bytes;
}

static struct line read(const char *text)
{
	char *bytes = bytes_of(text);
	struct line line;

	line_read(bytes, strlen(text), &line);
	free(bytes);
	return line;
}

/* date -u -d ... +%s, thousands of a second behind it */
static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "2022-07-11T18:55:26.123+02:00 vcsc", 1657558526123 },
		{ "2022-07-11T18:55:26.123-02:30 vcsc", 1657574726123 },
		{ "2022-07-11T18:55:26+02:00 vcsc", 1657558526000 },
		{ "2022-07-11T18:55:26+0200 vcsc", 1657558526000 }, /* journalctl -o short-iso */
		{ "2022-07-11T18:55:26.123-0230 vcsc", 1657574726123 },
		{ "2022-07-11T16:55:26+020", 1657558526000 },
		{ "2022-07-11 16:55:26,004", 1657558526004 },
		{ "2022-07-1116:55:26,040", 1657558526040 },
		{ "2022-07-1116:55:26", 1657558526000 },
		{ "2022-07-11T16:55:26.123456+00:00", 1657558526123 },
		{ "2022-07-11T16:55:26", 1657558526000 },
		{ "1970-01-01T00:00:01.000Z      ", 1000 },
		{ "1970-01-01T00:00:00.500Z      ", 0 }, /* no log is as old */
		{ "1969-12-31T23:59:59.500Z      ", 0 },
		{ "x UTCTime=\"2022-07-11 16:55:26,789\" y", 1657558526789 },
		{ "2022-07-11T18:55:27.000+02:00 UTCTime=\"2022-07-11 16:55:26,789\"", 1657558526789 },
		{ "2022-07-11T18:55:26.123+02:00 UTCTime=\"nonsense\"", 1657558526123 },
		{ "2022-07-11T16:55:26.1234567890123456789012345+02:00", 1657551326123 },
		/* cut */
		{ "UTCTime=\"2022-07-11 16:55:26,78", 1657558526000 },
		{ "UTCTime=\"2022-07-11 16:55:26,", 1657558526000 },
		{ "UTCTime=\"2022-07-11 16:55:2", 0 },
		{ "2022-07-11T16:55:26+02:0", 1657558526000 },
		{ "2022-07-11T16:55:2", 0 },
		{ "2022-07-11", 0 },
		{ "2022/07/11T16:55:26", 0 },
		{ "2022-07-11T16-55-26", 0 },
		{ "2022-07-11T16:55 26", 0 },
		{ "202a-07-11T16:55:26", 0 },
		{ "2022-0a-11T16:55:26", 0 },
		{ "2022-07-1aT16:55:26", 0 },
		{ "2022-07-11T1a:55:26", 0 },
		{ "Jul 11 16:55:26 vcsc", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *bytes = bytes_of(rows[i].text);
		int64_t ms = line_time(bytes, strlen(rows[i].text));

		if (ms != rows[i].ms)
			fail_msg("%s is %lld", rows[i].text, (long long)ms);
		free(bytes);
	}
}

/* With any of its letters bent a time is none, and what begins so no line; cut anywhere neither. A
 * fraction or an offset that is bent is left out. */
static void test_bent_times(void **state)
{
	static const char whole[] = "2022-07-11T16:55:26.123+02:30";
	const size_t date = strlen("2022-07-11"), seconds = strlen("2022-07-11T16:55:26"),
		     fraction = strlen("2022-07-11T16:55:26.123");
	char *bytes = bytes_of(whole);

	(void)state;
	for (size_t i = 0; i < strlen(whole); i++) {
		int64_t ms = i < seconds ? 0 : i < fraction ? 1657558526000 : 1657558526123;

		bytes[i] = 'x';
		assert_int_equal(line_time(bytes, strlen(whole)), ms);
		assert_int_equal(line_begins(bytes, strlen(whole)), i >= date);
		bytes[i] = whole[i];
	}
	free(bytes);
	for (size_t len = 0; len < strlen(whole); len++) {
		bytes = mem_alloc(len > 0 ? len : 1);
		memcpy(bytes, whole, len);
		assert_int_equal(line_time(bytes, len), len < seconds    ? 0
		                                        : len < fraction ? 1657558526000
		                                                         : 1657558526123);
		assert_int_equal(line_begins(bytes, len), len > date);
		free(bytes);
	}
}

/* Of a line 16 KiB are looked at, less the zero behind them, and white space does not count: what
 * ends there is read, what ends behind that is not. */
static void test_longest_lines(void **state)
{
	(void)state;
	for (size_t len = 16383; len <= 16384; len++) {
		static const char head[] = "network.http.trafficserverTxn-id=\"7\"Dst-port=\"1\""
					   "Detail=\"SendingRequest\"",
				  tail[] = "Dst-ip=\"10.0.0.1\"";
		struct buf text;

		buf_init(&text);
		buf_puts(&text, head);
		while (text.len + strlen(tail) < len)
			buf_puts(&text, "x");
		for (size_t i = 0; i < 500; i++)
			buf_puts(&text, " \t\x7f");
		buf_puts(&text, tail);
		assert_int_equal(read(text.data).kind, len == 16383 ? LINE_SENT : LINE_NOTHING);
		buf_clear(&text);
	}
}

static void test_beginnings(void **state)
{
	static const struct {
		const char *text;
		bool begins, matters;
	} rows[] = {
		{ "2022-07-11T18:55:26 x", true, false },
		{ "2022-07-1", false, false },
		{ "2022-07-11T", true, false },
		{ "WARNING:", true, true },
		{ "WARNING", false, true },
		{ "ERROR:", true, true },
		{ "[ET_NET", true, true },
		{ "UTCTime=", true, false },
		{ "UTCTime", false, false },
		{ "traffic_server", true, true },
		{ "\xe2\x80\xa6", true, false },
		{ "\xe2\x80", false, false },
		{ "[", false, false },
		{ "2022-07-11", false, false }, /* a date alone is no frame */
		{ "Jul 11 16:55:26", true, false },
		{ "[Jul 11 16:55:26", true, false },
		{ "Jul 11 16:", true, false },
		{ "Jul 11 16", false, false },
		{ "[Jul 11 16", false, false },
		{ "Dec  1 16:55:26", true, false },
		{ "Jux 11 16:55:26", false, false },
		{ "jul 11 16:55:26", false, false },
		{ "Jul11 16:55:26 ", false, false },
		{ "WARNING: x", true, true },
		{ "ERROR: x", true, true },
		{ "[ET_NET 0]", true, true },
		{ "UTCTime=\"", true, false },
		{ "traffic_server[1]", true, true },
		{ "\xe2\x80\xa6 x", true, false },
		{ " <address>a</address>", false, true },
		{ "Event=\"Request Allowed\"", false, true },
		{ "Event=\"RequestAllowed\"", false, true },
		{ "nothing", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *bytes = bytes_of(rows[i].text);

		if (line_begins(bytes, strlen(rows[i].text)) != rows[i].begins)
			fail_msg("begins: %s", rows[i].text);
		if (line_matters(bytes, strlen(rows[i].text)) != rows[i].matters)
			fail_msg("matters: %s", rows[i].text);
		free(bytes);
	}
}

/* The addresses of a line of an edge configuration, with a comma behind each. */
static void test_edge_addresses(void **state)
{
	static const struct {
		const char *text, *addresses;
	} rows[] = {
		{ "<address>a.lab</address>", "a.lab," },
		{ "|<address>a.lab</address><x/><address>10.0.0.1</address>|", "a.lab,10.0.0.1," },
		{ "<address>a b</address><address>c.lab</address>", "c.lab," },
		{ "<address></address><address>c.lab<", "c.lab," },
		{ "<address>a.lab</address><address>b.la", "a.lab," }, /* cut */
		{ "<address>a.lab</address><address>", "a.lab," },
		{ "<address", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *bytes = bytes_of(rows[i].text), address[LINE_NAME];
		size_t len = strlen(rows[i].text), at = 0;
		struct buf found;

		buf_init(&found);
		while (line_edge(bytes, len, &at, address))
			buf_printf(&found, "%s,", address);
		if (strcmp(found.data, rows[i].addresses) != 0)
			fail_msg("%s has %s, not %s", rows[i].text, found.data, rows[i].addresses);
		assert_int_equal(at, len);
		buf_clear(&found);
		free(bytes);
	}
}

/* The name of a host (RFC 952, with the _ that people use) between the time and the process, as far
 * as there is room for it. */
static void test_peers(void **state)
{
	static const struct {
		const char *text, *peer;
	} rows[] = {
		{ "2022-07-11T18:55:26.123+02:00 exp-1.lab_2 traffic_server[7]: ", "exp-1.lab_2" },
		{ "2022-07-11T18:55:26.123Z exp1 traffic_server[7]: ", "exp1" },
		{ "2022-07-11T18:55:26 exp1 traffic_server[7]: ", "exp1" },
		{ "2022-07-11T18:55:26.123+02:00exp1traffic_server[7]:", "exp1" },
		{ "2022-07-11T18:55:26.123-02:30 e<x>/p:1 traffic_server[7]: ", "exp1" },
		{ "exp1 traffic_server[7]: ", "" },
		/* no name */
		{ "2022-07-11T18:55:26.123+02:00 traffic_server[7]: ", "" },
		{ "2022-07-11T18:55:26.123Z traffic_server[7]: ", "" },
		{ "2022-07-11T18:55:26 traffic_server[7]: ", "" },
		{ "2022-07-11T18:55 exp1 traffic_server[7]: ", "" },
		{ "2022-07-11T18:55-26 exp1 traffic_server[7]: ", "" },
		{ "2022-07-11T18:55:26+0200 exp1 traffic_server[7]: ", "exp1" },
		{ "2022-07-11T18:55:26-05001exp traffic_server[7]: ", "1exp" },
		/* as a syslog server writes it (RFC 3164, 4.1.2), its blanks lost or not; a relay */
		{ "Jul 11 18:55:26 exp1 traffic_server[7]: ", "exp1" },
		{ "Jul  1 18:55:26 exp1 traffic_server[7]: ", "exp1" },
		{ "Jul118:55:26expT1traffic_server[7]:", "expT1" },
		{ "Jul 11 18:55:26 relay 2022-07-11T18:55:26Z exp1 traffic_server[7]: ", "exp1" },
		{ "Jul 11 18:55 exp1 traffic_server[7]: ", "" },
		{ "Jux 11 18:55:26 exp1 traffic_server[7]: ", "" },
		/* it begins with a digit, or is one letter */
		{ "2022-07-11T18:55:26.123+02:00 1exp traffic_server[7]: ", "1exp" },
		{ "2022-07-11T18:55:26.123-02:00 e traffic_server[7]: ", "e" },
		{ "2022-07-11T18:55:26.123+02:00 exp1 ", "" },
		{ "2022-07-11T18:55:26.123+02:00 "
		  "a123456789b123456789c123456789d123456789e123456789f123456789g123456789 traffic_server[7]: ",
		  "a123456789b123456789c123456789d123456789e123456789f123456789g123456789" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[300], wanted[TRAFFIC_PEER];
		struct line line;

		snprintf(text, sizeof text, "%s[ET_NET 0] ERROR: SSL connection failed for 'a': error:zz",
		         rows[i].text);
		line = read(text);
		assert_int_equal(line.kind, LINE_ERROR);
		snprintf(wanted, sizeof wanted, "%s", rows[i].peer);
		assert_string_equal(line.peer, wanted);
		assert_int_equal(line.pid, strstr(text, "[7]") != NULL ? 7 : 0);
	}
	assert_int_equal(read("traffic_server[x]: ERROR: SSL connection failed for 'a': x").pid, 0);
}

#define INFO "x traffic_server[2030]: Module=\"network.http.trafficserver\" Level=\"INFO\": "
#define TOLD(path) \
	INFO "Detail=\"Receive Request\" Txn-id=\"7\" Msg=\"GET http://vcs:8443/" path " HTTP/1.1\""

/* printf DOMAIN/https/ADDRESS/PORT | base64 | tr -d = */
static void test_what_a_client_was_told(void **state)
{
	static const struct {
		const char *text;
		enum line_kind kind;
		const char *address;
		uint16_t port;
		int role;
	} rows[] = {
		/* lab/https/cucm.lab/6972, .../8443 */
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzY5NzI/x.xml"), LINE_TOLD, "cucm.lab", 6972, ROLE_CUCM },
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzg0NDM/cucm-uds/users"), LINE_TOLD, "cucm.lab", 8443,
		  ROLE_CUCM },
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzg0NDM/EPASSoap/service"), LINE_TOLD, "cucm.lab", 8443,
		  ROLE_IMP },
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzg0NDM/vmrest/x"), LINE_TOLD, "cucm.lab", 8443,
		  ROLE_UNITY },
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzg0NDM/x"), LINE_TOLD, "cucm.lab", 8443, -1 },
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzY5NzA/x"), LINE_TOLD, "cucm.lab", 6970, ROLE_CUCM },
		{ TOLD("bGFi/get_edge_config"), LINE_NOTHING, "", 0, -1 }, /* a bare domain */
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzA/x"), LINE_NOTHING, "", 0, -1 },     /* port 0 */
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzY1NTM1/x"), LINE_TOLD, "cucm.lab", 65535, -1 },
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzY1NTM2/x"), LINE_NOTHING, "", 0, -1 }, /* 65536 */
		{ TOLD("bGFiL2h0dHBzL2EgYi84NDQz/x"), LINE_NOTHING, "", 0, -1 },        /* "a b" */
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFi/x"), LINE_NOTHING, "", 0, -1 },        /* no port */
		{ TOLD("bGFiL2h0dHAvY3VjbS5sYWIvODQ0Mw/x"), LINE_PLAIN, "", 0, -1 },    /* http */
		{ TOLD("bGFiL2h0dHBzL1s6OjFdLzg0NDM/x"), LINE_TOLD, "::1", 8443, -1 },
		{ TOLD("!!/x"), LINE_NOTHING, "", 0, -1 },
		{ INFO "Detail=\"Receive Request\" Txn-id=\"7\" Msg=\"GET /bGFiL2h0dHBzL2N1Y20ubGFiLzY5NzI/x HTTP/1.1\"",
		  LINE_TOLD, "cucm.lab", 6972, ROLE_CUCM },
		/* an address in the rest of the path is none of it */
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzY5NzI/x?to=https://other/bGFi/x"), LINE_TOLD, "cucm.lab",
		  6972, ROLE_CUCM },
		{ INFO "Detail=\"Receive Request\" Txn-id=\"7\" Msg=\"GET http://vcs:8443\" Via=\"/bGFiL2h0dHBzL2N1Y20ubGFiLzY5NzI/x\"",
		  LINE_NOTHING, "", 0, -1 },
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLzE"), LINE_TOLD, "cucm.lab", 1, -1 },
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiL3g/x"), LINE_NOTHING, "", 0, -1 },     /* port x */
		{ TOLD("bGFiL2h0dHBzL2N1Y20ubGFiLy04NDQz/x"), LINE_NOTHING, "", 0, -1 }, /* port -8443 */
		/* both alphabets: lab/https/c/1/> and lab/https/c/1/? */
		{ TOLD("bGFiL2h0dHBzL2MvMS8+/x"), LINE_TOLD, "c", 1, -1 },
		{ TOLD("bGFiL2h0dHBzL2MvMS8-/x"), LINE_TOLD, "c", 1, -1 },
		{ TOLD("bGFiL2h0dHBzL2MvMS8_/x"), LINE_TOLD, "c", 1, -1 },
		/* a path behind the message is none of it */
		{ INFO "Detail=\"Receive Request\" Txn-id=\"7\" Msg=\"GET x\" Via=\"/bGFiL2h0dHBzL2N1Y20ubGFiLzY5NzI/x\"",
		  LINE_NOTHING, "", 0, -1 },
		{ INFO "Detail=\"Receive Request\" Msg=\"GET /bGFiL2h0dHBzL2N1Y20ubGFiLzY5NzI/x HTTP/1.1\"",
		  LINE_NOTHING, "", 0, -1 }, /* no number */
		{ "x Event=\"Request Allowed\" Request=\"https://cucm.lab:8443/cucm-uds/user\" Rule=\"x\"",
		  LINE_ALLOWED, "cucm.lab", 8443, ROLE_CUCM },
		{ "x Event=\"Request Allowed\" Request=\"https://[::1]:8443/x\"", LINE_ALLOWED, "::1",
		  8443, -1 },
		{ "x Event=\"Request Allowed\" Request=\"https://cucm.lab/x\"", LINE_NOTHING, "", 0, -1 },
		{ "x Event=\"Request Allowed\" Request=\"http://cucm.lab:8443/x\"", LINE_NOTHING, "", 0,
		  -1 },
		{ "x Event=\"Request Denied\" Request=\"https://cucm.lab:8443/x\"", LINE_NOTHING, "", 0,
		  -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct line line = read(rows[i].text);

		if (line.kind != rows[i].kind)
			fail_msg("%s is of kind %d", rows[i].text, (int)line.kind);
		if (line.kind == LINE_NOTHING)
			continue;
		assert_string_equal(line.address, rows[i].address);
		assert_int_equal(line.port, rows[i].port);
		assert_int_equal(line.role, rows[i].role);
	}
}

static void test_requests_and_answers(void **state)
{
	static const struct {
		const char *text;
		enum line_kind kind;
		const char *ip, *phrase;
	} rows[] = {
		{ INFO "Detail=\"Sending Request\" Txn-id=\"7\" Dst-ip=\"10.0.0.1\" Dst-port=\"8443\"",
		  LINE_SENT, "10.0.0.1", "" },
		{ INFO "Detail=\"SendingRequest\"Txn-id=\"7\"Dst-ip=\"10.0.0.1\"Dst-port=\"8443\"",
		  LINE_SENT, "10.0.0.1", "" },
		{ INFO "Detail=\"Sending Request\" Txn-id=\"7\" Dst-ip=\"2001:DB8::0:1\" Dst-port=\"8443\"",
		  LINE_SENT, "2001:db8::1", "" },
		{ INFO "Detail=\"Sending Request\" Txn-id=\"7\" Dst-ip=\"x\" Dst-port=\"8443\"",
		  LINE_NOTHING, "", "" },
		{ INFO "Detail=\"Sending Request\" Txn-id=\"7\" Dst-ip=\"10.0.0.1\"", LINE_NOTHING, "", "" },
		{ INFO "Detail=\"Sending Request\" Txn-id=\"7\" Dst-ip=\"10.0.0.1\" Dst-port=\"0\"",
		  LINE_NOTHING, "", "" },
		{ INFO "Detail=\"Sending Request\" Txn-id=\"7\" Dst-ip=\"10.0.0.1\" Dst-port=\"8443",
		  LINE_NOTHING, "", "" }, /* cut */
		{ INFO "Detail=\"Receive Response\" Txn-id=\"7\" Src-ip=\"10.0.0.1\" Src-port=\"8443\" Msg=\"HTTP/1.1 404 \"",
		  LINE_ANSWER, "10.0.0.1", "" },
		{ INFO "Detail=\"Receive Response\" Txn-id=\"7\" Src-port=\"8443\"", LINE_NOTHING, "", "" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 200 OK\"", LINE_CLIENT, "",
		  "" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 connect failed\"",
		  LINE_CLIENT, "", "502 connect failed" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.0 502connectfailed\"",
		  LINE_CLIENT, "", "502 connect failed" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 Connection reset by peer\"",
		  LINE_CLIENT, "", "502 Connection reset by peer" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 internal error - server connection terminated\"",
		  LINE_CLIENT, "", "502 internal error - server connection terminated" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 Connection timed out\"",
		  LINE_CLIENT, "", "502 Connection timed out" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 Some<b>thing\"",
		  LINE_CLIENT, "", "502 Somebthing" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 \"", LINE_CLIENT, "",
		  "502 " },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 503 connect failed\"",
		  LINE_CLIENT, "", "" },
		/* seen of Traffic Server 9.2 */
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 500 Cannot find server.\"",
		  LINE_CLIENT, "", "500 Cannot find server." },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 504 Connection Timed Out\"",
		  LINE_CLIENT, "", "504 Connection Timed Out" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 Broken pipe\"",
		  LINE_CLIENT, "", "502 Broken pipe" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 Invalid HTTP Response\"",
		  LINE_CLIENT, "", "502 Invalid HTTP Response" },
		/* a server's own */
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 500 Internal Server Error\"",
		  LINE_CLIENT, "", "" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 500 Cannot find server. Really\"",
		  LINE_CLIENT, "", "" },
		{ INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.\"", LINE_CLIENT, "", "" },
		{ INFO "Detail=\"Dreaming\" Txn-id=\"7\"", LINE_NOTHING, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct line line = read(rows[i].text);

		if (line.kind != rows[i].kind)
			fail_msg("%s is of kind %d", rows[i].text, (int)line.kind);
		if (line.kind == LINE_NOTHING)
			continue;
		assert_string_equal(line.ip, rows[i].ip);
		assert_string_equal(line.phrase, rows[i].phrase);
		assert_int_equal(line.txn, 7);
		assert_int_equal(line.pid, 2030);
	}
}

/* A phrase of a kind that nobody knows: 127 letters of it are kept, harmless ones. */
static void test_long_phrases(void **state)
{
	struct line line;
	struct buf text;

	(void)state;
	buf_init(&text);
	buf_puts(&text, INFO "Detail=\"Sending Response\" Txn-id=\"7\" Msg=\"HTTP/1.1 502 ");
	for (int i = 0; i < 50; i++)
		buf_puts(&text, "a.<b-c>");
	buf_puts(&text, "\"");
	line = read(text.data);
	assert_int_equal(strlen(line.phrase), 127);
	assert_memory_equal(line.phrase, "502 a.b-ca.b-ca.b-c", 19);
	assert_string_equal(line.phrase + 127 - 8, "a.b-ca.b");
	buf_clear(&text);
}

#define CORE(name, action, words, tail) \
	"WARNING: Core server certificate verification failed for (" name "). Action=" action \
	" Error=" words " server=" tail

/* What is understood is written anew, word for word as the source has it. */
static void test_warnings(void **state)
{
	static const struct {
		const char *text, *written;
		int reason, depth, era, generation;
		bool terminate;
	} rows[] = {
		{ "x " CORE("a", "Terminate", "certificate has expired", "a(10.0.0.1) depth=1"),
		  CORE("a", "Terminate", "certificate has expired", "a(10.0.0.1) depth=1"),
		  REASON_EXPIRED, 1, -1, -1, true },
		{ CORE("a", "Continue", "unsupported certificate purpose", "a(10.0.0.1) depth=0"),
		  CORE("a", "Continue", "unsupported certificate purpose", "a(10.0.0.1) depth=0"),
		  REASON_PURPOSE, 0, ERA_OPENSSL1, -1, false },
		{ CORE("a", "Terminate", "unsuitable certificate purpose", "a(10.0.0.1) depth=0"),
		  CORE("a", "Terminate", "unsuitable certificate purpose", "a(10.0.0.1) depth=0"),
		  REASON_PURPOSE, 0, ERA_OPENSSL3, -1, true },
		{ "WARNING:Coreservercertificateverificationfailedfor(a).Action=TerminateError="
		  "selfsignedcertificateserver=a(10.0.0.1)depth=0",
		  CORE("a", "Terminate", "self signed certificate", "a(10.0.0.1) depth=0"),
		  REASON_SELF_SIGNED, 0, ERA_OPENSSL1, -1, true },
		{ CORE("::1", "Terminate", "certificate has expired", "[::1](::1) depth=0"),
		  CORE("::1", "Terminate", "certificate has expired", "[::1](::1) depth=0"),
		  REASON_EXPIRED, 0, -1, -1, true },
		/* words that no OpenSSL has stay as they came */
		{ "x " CORE("a", "Terminate", "something new", "a(10.0.0.1) depth=0"),
		  CORE("a", "Terminate", "something new", "a(10.0.0.1) depth=0"), -1, 0, -1, -1, true },
		{ "x " CORE("a", "Terminate", "certificate has expired", "a(10.0.0.1)"),
		  CORE("a", "Terminate", "certificate has expired", "a(10.0.0.1)"), REASON_EXPIRED, -1,
		  -1, -1, true },
		{ "WARNING: SNI (a) not in certificate. Action=Terminate server=a(10.0.0.1)",
		  "WARNING: SNI (a) not in certificate. Action=Terminate server=a(10.0.0.1)",
		  REASON_NAME_MISMATCH, -1, -1, -1, true },
		{ "WARNING: Origin hostname (a) not in certificate. Action=Terminate server=a(10.0.0.1)",
		  "WARNING: Origin hostname (a) not in certificate. Action=Terminate server=a(10.0.0.1)",
		  REASON_NAME_MISMATCH, -1, -1, TRAFFIC_SERVER_9, true },
		{ "WARNING: SNI (a) not in certificate. Action=Continue server=a(2001:db8::1)",
		  "WARNING: SNI (a) not in certificate. Action=Continue server=a(2001:db8::1)",
		  REASON_NAME_MISMATCH, -1, -1, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct line line = read(rows[i].text);

		assert_int_equal(line.kind, LINE_WARNING);
		if (i != 5 && i != 6)
			assert_string_equal(line.text, rows[i].written);
		else
			assert_non_null(strstr(line.text, rows[i].written));
		assert_int_equal(line.reason, rows[i].reason);
		assert_int_equal(line.depth, rows[i].depth);
		assert_int_equal(line.era, rows[i].era);
		assert_int_equal(line.generation, rows[i].generation);
		assert_int_equal(line.terminate, rows[i].terminate);
	}
	assert_int_equal(read("WARNING: server=a(10.0.0.1)").kind, LINE_NOTHING); /* no action */
	assert_int_equal(read("WARNING: Action=Terminate server=a").kind, LINE_NOTHING);
	assert_int_equal(read("WARNING: Action=Terminate x=a(10.0.0.1)").kind, LINE_NOTHING);
	/* none of the three that the sources have */
	assert_int_equal(read("WARNING: (a) x. Action=Terminate server=a(1.1.1.1)").kind, LINE_NOTHING);
	/* what stands behind the server is no error */
	assert_int_equal(read(CORE("a", "Terminate", "", "a(1.1.1.1) depth=0 Error=certificate has expired"))
	                         .reason,
	                 -1);
	/* an address without an IP is one */
	assert_int_equal(read("WARNING: SNI (a) not in certificate. Action=Terminate server=a(b)").kind,
	                 LINE_WARNING);
	assert_string_equal(
		read("WARNING: SNI (a) not in certificate. Action=Terminate server=a(b)").ip, "");
	assert_string_equal(
		read("WARNING: SNI (a) not in certificate. Action=Terminate server=a(1.1.1.1)").ip,
		"1.1.1.1");
	/* the last "server=" is the one */
	assert_string_equal(
		read("WARNING: SNI (server=b(1.1.1.1)) not in certificate. Action=Terminate server=a(10.0.0.1)")
			.address,
		"a");
}

/* What this program says of a reason are not OpenSSL's words. */
static void test_own_words(void **state)
{
	(void)state;
	for (int reason = 0; reason < REASON_COUNT; reason++) {
		char text[1000];
		struct line line;

		snprintf(text, sizeof text, CORE("a", "Terminate", "%s", "a(10.0.0.1) depth=0"),
		         reason_meaning((enum reason)reason));
		line = read(text);
		assert_int_equal(line.kind, LINE_WARNING);
		assert_int_equal(line.reason, -1);
	}
}

/* An address of 255 letters is one, of more it is none. */
static void test_lengths(void **state)
{
	char text[700], name[300];
	static const char *const none[] = { "", "/b", "a/b", "a/", "[a", "a]", "[abc", "abc]", "[]", "]abc[" };

	(void)state;
	for (size_t len = LINE_NAME - 1; len <= LINE_NAME; len++) {
		memset(name, 'a', len);
		name[len] = '\0';
		snprintf(text, sizeof text, "ERROR: SSL connection failed for '%s': error:zz", name);
		assert_int_equal(read(text).kind, len < LINE_NAME ? LINE_ERROR : LINE_NOTHING);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		snprintf(text, sizeof text, "ERROR: SSL connection failed for '%s': error:zz", none[i]);
		if (read(text).kind != LINE_NOTHING)
			fail_msg("%s", text);
	}
	assert_string_equal(read("ERROR: SSL connection failed for '[::1]': error:zz").address, "::1");
	assert_int_equal(read("ERROR: SSL connection failed for 'a").kind, LINE_NOTHING);
}

/* What has no code, or a path longer than any descriptor, is read all the same. */
static void test_odd_lines(void **state)
{
	struct line line = read("ERROR: SSL connection failed for 'a': nothing");
	struct buf text;

	(void)state;
	assert_int_equal(line.kind, LINE_ERROR);
	assert_int_equal(line.alert, -1);
	assert_int_equal(line.era, -1);
	assert_string_equal(line.text, "ERROR: SSL connection failed for 'a': nothing");
	/* a time that a copy has broken is one */
	assert_int_equal(read("2022-07-1 1T18: 55:26.123+02:0 0 x ERROR: SSL connection failed for 'a': x").time_ms,
	                 1657558526123);
	/* from the word on, without what a copy adds, as it came otherwise */
	assert_string_equal(read("x ERROR: SSL  connection\r\n failed for\r 'a':\n x\tb \r\n ").text,
	                    "ERROR: SSL  connection failed for 'a': x\\x09b");
	assert_string_equal(read("x ERR OR: SSL connection failed for 'a': x").text,
	                    "x ERR OR: SSL connection failed for 'a': x");
	buf_init(&text);
	buf_puts(&text, "ERROR: SSL connection failed for 'a': ");
	buf_add(&text, "x\0y", 3);
	line_read(text.data, text.len, &line);
	assert_string_equal(line.text, "ERROR: SSL connection failed for 'a': xy");
	buf_clear(&text);
	buf_init(&text);
	buf_puts(&text, INFO "Detail=\"Receive Request\" Txn-id=\"7\" Msg=\"GET /");
	for (int i = 0; i < 5000; i++)
		buf_puts(&text, "a");
	buf_puts(&text, "/x HTTP/1.1\"");
	assert_int_equal(read(text.data).kind, LINE_NOTHING);
	buf_clear(&text);
	/* "DOMAIN/https/c/1" with a domain of 2,100 letters: aaa is YWFh */
	buf_init(&text);
	buf_puts(&text, INFO "Detail=\"Receive Request\" Txn-id=\"7\" Msg=\"GET /");
	for (int i = 0; i < 700; i++)
		buf_puts(&text, "YWFh");
	buf_puts(&text, "L2h0dHBzL2MvMQ/x HTTP/1.1\"");
	line = read(text.data);
	assert_int_equal(line.kind, LINE_TOLD);
	assert_int_equal(line.port, 1);
	buf_clear(&text);
}

/* What stands in an ERROR line is kept up to a length, and stays valid UTF-8: U+1F600 is four bytes. */
static void test_long_errors(void **state)
{
	struct buf text;
	struct line line;
	size_t columns;
	char *shown;

	(void)state;
	buf_init(&text);
	buf_puts(&text, "ERROR: SSL connection failed for 'a': error:");
	for (int i = 0; i < 700; i++)
		buf_puts(&text, "\xf0\x9f\x98\x80");
	line = read(text.data);
	shown = safe_line(line.text);
	assert_string_equal(shown, line.text);
	columns = safe_columns(line.text);
	/* 504 of 744, and how many are left out */
	assert_int_equal(columns, 504 + strlen("[... 240 more ...]"));
	assert_non_null(strstr(line.text, "[... 240 more ...]"));
	free(shown);
	buf_clear(&text);
}

/* Why = code & 0xfff (ERR_GET_REASON); alerts begin at 1000 (SSL_AD_REASON_OFFSET) and end before 1256. */
static void test_codes(void **state)
{
	static const struct {
		const char *code;
		int era, alert, reason;
		bool verify;
	} rows[] = {
		{ "1416F086", ERA_OPENSSL1, -1, -1, true },  { "0A000086", ERA_OPENSSL3, -1, -1, true },
		{ "0a000086", ERA_OPENSSL3, -1, -1, true },  { "0B000086", -1, -1, -1, true },
		{ "140943E8", ERA_OPENSSL1, 0, -1, false },  { "140943E7", ERA_OPENSSL1, -1, -1, false },
		{ "140944E7", ERA_OPENSSL1, 255, -1, false }, { "140944E8", ERA_OPENSSL1, -1, -1, false },
		{ "1416F17F", ERA_OPENSSL1, -1, REASON_WRONG_CERTIFICATE_TYPE, false },
		{ "0A000098", ERA_OPENSSL3, -1, REASON_MESSAGE_TOO_LONG, false },
		/* the other side's alert 40 is no curve that it met */
		{ "14094410", ERA_OPENSSL1, 40, -1, false },
		/* of two bad signatures the function tells them apart, where it is numbered */
		{ "1416D07B", ERA_OPENSSL1, -1, REASON_KEY_EXCHANGE_BAD, false },
		{ "1417B07B", ERA_OPENSSL1, -1, REASON_CERTIFICATE_VERIFY_BAD, false },
		{ "0A00007B", ERA_OPENSSL3, -1, -1, false },
		/* an empty list, or one whose lengths do not add up */
		{ "1416F09F", ERA_OPENSSL1, -1, -1, false },
		/* an internal error (ERR_R_INTERNAL_ERROR), of parameters that are too large or of
		 * anything else */
		{ "14194044", ERA_OPENSSL1, -1, REASON_BAD_DH_VALUE, false },
		{ "1412E044", ERA_OPENSSL1, -1, -1, false },
		{ "0A000066", ERA_OPENSSL3, -1, REASON_BAD_DH_VALUE, false },
		{ "1416F00D", ERA_OPENSSL1, -1, REASON_UNREADABLE, false },
		{ "0A08000D", ERA_OPENSSL3, -1, REASON_UNREADABLE, false },
		{ "1416F08", -1, -1, -1, false },            { "1416F0866", -1, -1, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[200];
		struct line line;

		snprintf(text, sizeof text, "ERROR: SSL connection failed for 'a': error:%s:SSL x",
		         rows[i].code);
		line = read(text);
		if (line.era != rows[i].era || line.alert != rows[i].alert ||
		    line.reason != rows[i].reason || line.error_verify != rows[i].verify)
			fail_msg("%s: era %d alert %d reason %d", rows[i].code, line.era, line.alert,
			         line.reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_bent_times),
		cmocka_unit_test(test_longest_lines),
		cmocka_unit_test(test_beginnings),
		cmocka_unit_test(test_edge_addresses),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_what_a_client_was_told),
		cmocka_unit_test(test_requests_and_answers),
		cmocka_unit_test(test_long_phrases),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_own_words),
		cmocka_unit_test(test_odd_lines),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_long_errors),
		cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
