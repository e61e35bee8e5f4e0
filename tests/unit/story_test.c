/* SPDX-License-Identifier: MIT */
/* Stories: what several lines of the vendor's shape tell together, told here in short words, a line
 * a row, and what becomes of each address. The order of the lines is that of the vendor's samples. */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "blocks.h"
#include "log/result.h"
#include "log/story.h"
#include "model/node.h"
#include "model/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FRAME "2026-11-28T10:00:00.000+00:00 %s traffic_server[%lu]: "
#define INFO "UTCTime=\"2026-11-28 10:%02lu:%02lu,000\" Module=\"network.http.trafficserver\" Level=\"INFO\": "

/* RFC 4648, 4; unpadded, as Expressway writes it. */
static void base64(const char *text, char *out)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i += 3) {
		unsigned long bits = (unsigned long)(unsigned char)text[i] << 16 |
		                     (i + 1 < len ? (unsigned long)(unsigned char)text[i + 1] << 8 : 0) |
		                     (i + 2 < len ? (unsigned long)(unsigned char)text[i + 2] : 0);

		for (size_t k = 0; k < (len - i >= 3 ? 4 : len - i + 1); k++)
			*out++ = letters[bits >> (18 - 6 * k) & 63];
	}
	*out = '\0';
}

/* "SECONDS PID WORD ...": T txn name port/path, H (as T, http without TLS), L (allowed) txn name port/path, S txn ip port, A txn ip port, C txn phrase_with_blanks_as_,
 * W name ip words_with_, E name ip code, P (permissive) name ip words. Seconds after 10:00; 0: the line has no
 * time. A pid of 1007 is 7 of peer exp1, 2007 is 7 of exp2. */
static char *line_of(const char *row)
{
	unsigned long at, pid;
	char word, a[100], b[100] = "", c[100] = "", path[200], plain[200];
	struct buf out;

	assert_true(sscanf(row, "%lu %lu %c %99s %99s %99s", &at, &pid, &word, a, b, c) >= 5);
	buf_init(&out);
	if (at > 0)
		buf_printf(&out, FRAME, pid < 1000 ? "vcsc" : pid < 2000 ? "exp1" : "exp2",
		           pid % 1000);
	else
		buf_printf(&out, "vcsc traffic_server[%lu]: ", pid);
	for (char *p = word == 'C' ? b : c; (p = strchr(p, '_')) != NULL;)
		*p = ' ';
	if (strchr("THSAC", word) != NULL && at > 0)
		buf_printf(&out, INFO, at / 60, at % 60);
	else if (strchr("THSAC", word) != NULL)
		buf_puts(&out, "Module=\"network.http.trafficserver\" Level=\"INFO\": ");
	snprintf(plain, sizeof plain, "lab/%s/%s/%.*s", word == 'H' ? "http" : "https", b, (int)strcspn(c, "/"), c);
	base64(plain, path);
	switch (word) {
	case 'H':
	case 'T':
		buf_printf(&out,
		           "Detail=\"Receive Request\" Txn-id=\"%s\" Src-ip=\"127.0.0.1\" "
		           "Msg=\"GET http://vcs:8443/%s/x%s HTTP/1.1\"",
		           a, path, c + strcspn(c, "/"));
		break;
	case 'S':
		buf_printf(&out,
		           "Detail=\"Sending Request\" Txn-id=\"%s\" Dst-ip=\"%s\" Dst-port=\"%s\" "
		           "Msg=\"GET /x HTTP/1.1\"",
		           a, b, c);
		break;
	case 'A':
		buf_printf(&out,
		           "Detail=\"Receive Response\" Txn-id=\"%s\" Src-ip=\"%s\" Src-port=\"%s\" "
		           "Msg=\"HTTP/1.1 200 \"",
		           a, b, c);
		break;
	case 'L':
		buf_printf(&out, "Event=\"Request Allowed\" Request=\"https://%s:%s\"", b, c);
		break;
	case 'C':
		buf_printf(&out,
		           "Detail=\"Sending Response\" Txn-id=\"%s\" Dst-ip=\"127.0.0.1\" "
		           "Msg=\"HTTP/1.1 %s\"",
		           a, b);
		break;
	case 'W':
	case 'P':
		buf_printf(&out,
		           "[ET_NET 0] WARNING: Core server certificate verification failed for (%s). "
		           "Action=%s Error=%s server=%s(%s) depth=0",
		           a, word == 'W' ? "Terminate" : "Continue", c, a, b);
		break;
	default:
		buf_printf(&out, "[ET_NET 0] ERROR: SSL connection failed for '%s': error:%s", a,
		           strcmp(c, "verify") == 0
		                   ? "1416F086:SSL routines:tls_process_server_certificate:certificate "
		                     "verify failed"
		           : strcmp(c, "http") == 0
		                   ? "1408F10B:SSL routines:ssl3_get_record:wrong version number"
		                   : "14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca");
	}
	/* WARNING and ERROR lines have the frame's time */
	if (at > 0 && strchr("WPE", word) != NULL) {
		char *time = strstr(out.data, "10:00:00");

		time[3] = (char)('0' + at / 600);
		time[4] = (char)('0' + at / 60 % 10);
		time[6] = (char)('0' + at % 60 / 10);
		time[7] = (char)('0' + at % 10);
	}
	return buf_take(&out);
}

/* Rows separated by newlines; "-" begins another file. */
static struct traffic tell(const char *rows)
{
	struct traffic traffic = { 0 };
	struct story *story = story_new(&traffic);
	char *copy = mem_strdup(rows), *rest = copy, *row;

	story_part(story);
	while ((row = strsep(&rest, "\n")) != NULL) {
		char *line, *bytes;

		if (*row == '\0')
			continue;
		if (strcmp(row, "-") == 0) {
			story_part(story);
			continue;
		}
		line = line_of(row);
		bytes = mem_alloc(strlen(line)); /* nothing is to be read behind it */
		memcpy(bytes, line, strlen(line));
		story_line(story, bytes, strlen(line), false);
		free(bytes);
		free(line);
	}
	free(copy);
	story_end(story);
	return traffic;
}

/* "name ip port outcome requests/accepted/refused/by-peer [reason]" of each, sorted. */
static void expect(const char *rows, const char *servers, enum verification verification)
{
	long blocks = blocks_used();
	struct traffic traffic = tell(rows);
	struct buf found;

	buf_init(&found);
	for (size_t i = 0; i < traffic.server_count; i++) {
		const struct traffic_place *server = &traffic.servers[i];

		buf_printf(&found, "%s%s %s %u %s %zu/%zu/%zu/%zu", i == 0 ? "" : "\n",
		           server->address, *server->ip != '\0' ? server->ip : "-", server->port,
		           traffic_outcome_name(server->last.outcome), server->requests, server->accepted,
		           server->refused, server->refused_by_peer);
		if (server->last.reason >= 0)
			buf_printf(&found, " %s", reason_id((enum reason)server->last.reason));
		if (server->last.alert >= 0)
			buf_printf(&found, " alert %d", server->last.alert);
	}
	if (strcmp(found.data, servers) != 0)
		fail_msg("%s\ntells\n%s\nnot\n%s", rows, found.data, servers);
	assert_int_equal(traffic.verification, verification);
	buf_clear(&found);
	traffic_clear(&traffic);
	assert_int_equal(blocks_used(), blocks);
}

#define T1 "1 7 T 1 a.lab 6972\n"
#define S1 "1 7 S 1 10.0.0.1 6972\n"
#define A1 "2 7 A 1 10.0.0.1 6972\n"
#define W1 "2 7 W a.lab 10.0.0.1 self_signed_certificate\n"
#define E1 "2 7 E a.lab - verify\n"
#define C1 "3 7 C 1 502_connect_failed\n"
#define NOT_FOUND "2 7 C 1 502_Cannot_find_server.\n"

/* What a copy does not say fits any; two processes, or two peers, are told apart. */
static void test_same_process(void **state)
{
	static const struct {
		unsigned long pid, other_pid;
		const char *peer, *other;
		bool same;
	} rows[] = {
		{ 7, 7, "exp1", "exp1", true },  { 7, 7, "exp1", "exp2", false },
		{ 7, 8, "exp1", "exp1", false }, { 7, 7, "", "exp1", true },
		{ 7, 7, "exp1", "", true },      { 7, 7, "", "", true },
		{ 0, 8, "exp1", "exp1", true },  { 7, 0, "exp1", "exp1", true },
		{ 0, 0, "exp1", "exp2", false }, { 7, 8, "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(result_same_process(rows[i].pid, rows[i].peer, rows[i].other_pid,
		                                     rows[i].other),
		                 rows[i].same);
}

static void happen(struct traffic_place *server, const char *peer, int64_t time_ms,
                   enum traffic_outcome outcome)
{
	struct line line;

	memset(&line, 0, sizeof line);
	snprintf(line.peer, sizeof line.peer, "%s", peer);
	line.time_ms = time_ms;
	line.reason = line.depth = line.alert = -1;
	if (outcome == TRAFFIC_ACCEPTED)
		result_accepted(server, &line);
	else if (outcome == TRAFFIC_REFUSED)
		result_failed(server, &line, "", true);
	else
		result_connect_failed(server, &line, outcome == TRAFFIC_UNKNOWN);
}

/* Of two peers the one counts that fares worse, whoever came last: a refusal, a connection that
 * failed, what is not known, what was accepted. */
static void test_worst_peer(void **state)
{
	static const enum traffic_outcome worse[] = { TRAFFIC_ACCEPTED, TRAFFIC_UNKNOWN,
		                                      TRAFFIC_CONNECT_FAILED, TRAFFIC_REFUSED };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (size_t k = 0; k < 4; k++) {
			struct traffic traffic = { 0 };
			struct traffic_place *server = traffic_at(&traffic, "a.lab", "", 8443);

			happen(server, "exp1", 1000, worse[i]);
			happen(server, "exp2", 2000, worse[k]);
			assert_int_equal(server->last.outcome, worse[i > k ? i : k]);
			assert_string_equal(server->last.peer, i > k ? "exp1" : "exp2");
			assert_int_equal(server->other_count, 1);
			traffic_clear(&traffic);
		}
	}
}

/* Each peer has a result of its own, and the worst counts until that peer fares better. Of more
 * than a cluster has, those that fare best are forgotten. */
static void test_many_peers(void **state)
{
	(void)state;
	for (int count = 3; count <= 9; count++) {
		for (int refused = 1; refused <= count; refused++) {
			struct traffic traffic = { 0 };
			struct traffic_place *server = traffic_at(&traffic, "a.lab", "", 8443);
			char peer[20];

			for (int round = 0; round < 2; round++)
				for (int i = 1; i <= count; i++) {
					snprintf(peer, sizeof peer, "exp%d", i);
					happen(server, peer, 1000 * (i + 10 * round),
					       i == refused ? TRAFFIC_REFUSED : TRAFFIC_ACCEPTED);
				}
			assert_int_equal(server->last.outcome, TRAFFIC_REFUSED);
			assert_int_equal(server->other_count, count < 6 ? count - 1 : 5);
			for (size_t i = 0; i < server->other_count; i++)
				assert_int_equal(server->others[i].outcome, TRAFFIC_ACCEPTED);
			snprintf(peer, sizeof peer, "exp%d", refused);
			assert_string_equal(server->last.peer, peer);
			happen(server, peer, 1000000, TRAFFIC_ACCEPTED);
			assert_int_equal(server->last.outcome, TRAFFIC_ACCEPTED);
			traffic_clear(&traffic);
		}
	}
}

/* A refusal without a time may have left any connection open that carries an answer, and an answer
 * without one may come by any. */
static void test_kept_without_times(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct traffic traffic = { 0 };
		struct traffic_place *server = traffic_at(&traffic, "a.lab", "", 8443);

		happen(server, "exp1", i == 0 ? 0 : 1000, TRAFFIC_REFUSED);
		happen(server, "exp1", i == 1 ? 0 : 900000, TRAFFIC_ACCEPTED);
		assert_int_equal(server->last.outcome, i < 2 ? TRAFFIC_REFUSED : TRAFFIC_ACCEPTED);
		traffic_clear(&traffic);
	}
}

/* Clients are told the addresses of an edge configuration, which goes over several lines until the
 * next one begins. */
static void test_edge_configuration(void **state)
{
	static const char *const lines[] = {
		"2026-11-28T10:00:00.000+00:00 vcsc httpd: HTTPMSG:",
		"|<address>no.lab</address>|",
		"2026-11-28T10:00:01.000+00:00 vcsc edgeconfigprovisioning: HTTPMSG:",
		"|<address>a.lab</address><address>b.lab</address>|",
		"|<address>c.lab</address>|",
		"2026-11-28T10:00:02.000+00:00 vcsc httpd: HTTPMSG:",
		"|<address>not.lab</address>|",
	};
	struct traffic traffic = { 0 };
	struct story *story = story_new(&traffic);

	(void)state;
	story_part(story);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		story_line(story, lines[i], strlen(lines[i]), false);
	story_end(story);
	assert_int_equal(traffic.server_count, 3);
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "a.lab", "b.lab", "c.lab" };

		assert_string_equal(traffic.servers[i].address, names[i]);
		assert_true(traffic.servers[i].told);
	}
	traffic_clear(&traffic);
}

static void test_one_request(void **state)
{
	(void)state;
	expect(T1 S1 A1, "a.lab 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_UNPROVEN);
	expect(T1 S1 W1 E1 C1, "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed",
	       VERIFICATION_ENFORCED);
	expect(T1 S1 W1 C1, "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed",
	       VERIFICATION_ENFORCED);
	expect(T1 S1 "2 7 E a.lab - alert\n" C1,
	       "a.lab 10.0.0.1 6972 refused-by-peer 1/0/0/1 alert 48", VERIFICATION_UNPROVEN);
	expect(T1 S1 C1, "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0", VERIFICATION_UNPROVEN);
	/* the refusal stands in a copy without times */
	expect(T1 S1 C1 "-\n0 7 W a.lab 10.0.0.1 self_signed_certificate\n0 7 E a.lab - verify\n",
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed", VERIFICATION_ENFORCED);
	expect(T1, "a.lab - 6972 unknown 0/0/0/0", VERIFICATION_UNPROVEN);
	/* the client's answer is none of the traffic server's own */
	expect(T1 S1 "3 7 C 1 200_OK\n", "a.lab 10.0.0.1 6972 unknown 1/0/0/0",
	       VERIFICATION_UNPROVEN);
	expect(T1 S1, "a.lab 10.0.0.1 6972 unknown 1/0/0/0", VERIFICATION_UNPROVEN);
	/* it goes on after a failure that this Expressway lets pass */
	expect(T1 S1 "2 7 P a.lab 10.0.0.1 self_signed_certificate\n" A1,
	       "a.lab 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_PERMISSIVE);
	/* only the end of it is in the log, or only a line without request */
	expect(A1, "10.0.0.1 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_UNPROVEN);
	expect(W1, "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed", VERIFICATION_ENFORCED);
	expect(E1, "a.lab - 0 refused 0/0/1/0", VERIFICATION_ENFORCED);
	expect(C1, "", VERIFICATION_UNPROVEN);
}

/* An answer from an IP alone is given to the name that was told with it, but not where that name has
 * the port already. */
static void test_whose_answer(void **state)
{
	(void)state;
	expect(T1 S1 A1 "4 7 T 2 a.lab 8443\n4 7 S 2 10.0.0.1 8443\n5 7 A 2 10.0.0.1 8443\n"
	       "6 7 A 9 10.0.0.1 6972\n",
	       "10.0.0.1 10.0.0.1 6972 accepted 1/1/0/0\na.lab 10.0.0.1 6972 accepted 1/1/0/0\n"
	       "a.lab 10.0.0.1 8443 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
	expect(T1 S1 A1 "6 7 A 9 10.0.0.1 8443\n",
	       "a.lab 10.0.0.1 6972 accepted 1/1/0/0\na.lab 10.0.0.1 8443 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
}

/* A copy may have other white space, and a file the same line in another frame: told once. */
static void test_the_same_line_again(void **state)
{
	struct traffic traffic = { 0 };
	struct story *story = story_new(&traffic);
	char *line = line_of("2 7 A 1 10.0.0.1 6972"), *blank, *wider;

	(void)state;
	story_part(story);
	story_line(story, line, strlen(line), false);
	story_part(story);
	blank = strstr(line, " Txn-id");
	wider = mem_printf("%.*s  %s", (int)(blank - line), line, blank);
	story_line(story, wider, strlen(wider), false);
	story_end(story);
	assert_int_equal(traffic.servers[0].accepted, 1);
	free(wider);
	free(line);
	traffic_clear(&traffic);
	expect("2 7 W a.lab 10.0.0.1 self_signed_certificate\n-\n"
	       "2 0 W a.lab 10.0.0.1 self_signed_certificate\n",
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed", VERIFICATION_ENFORCED);
}

/* Traffic Server sends nothing where DNS has no address: its 502 is the one result. */
static void test_a_name_without_ip(void **state)
{
	(void)state;
	expect(T1 NOT_FOUND, "a.lab - 6972 connect-failed 1/0/0/0", VERIFICATION_UNPROVEN);
	/* as 9.2 says it */
	expect(T1 "2 7 C 1 500_Cannot_find_server.\n", "a.lab - 6972 connect-failed 1/0/0/0",
	       VERIFICATION_UNPROVEN);
	/* the line that says where it was sent is not in the log */
	expect(T1 C1, "a.lab - 6972 unknown 0/0/0/0", VERIFICATION_UNPROVEN);
	/* the name was found later, or before; another port's result is another's */
	expect(T1 NOT_FOUND "4 7 T 2 a.lab 6972\n4 7 S 2 10.0.0.1 6972\n5 7 A 2 10.0.0.1 6972\n",
	       "a.lab 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_UNPROVEN);
	expect(T1 NOT_FOUND "2 7 T 2 a.lab 6972\n2 7 S 2 10.0.0.1 6972\n2 7 A 2 10.0.0.1 6972\n",
	       "a.lab - 6972 connect-failed 1/0/0/0\na.lab 10.0.0.1 6972 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
	expect(T1 NOT_FOUND "4 7 T 2 a.lab 6972\n4 7 S 2 10.0.0.1 6972\n",
	       "a.lab - 6972 connect-failed 1/0/0/0\na.lab 10.0.0.1 6972 unknown 1/0/0/0",
	       VERIFICATION_UNPROVEN);
	expect(T1 S1 A1 "4 7 T 2 a.lab 6972\n4 7 C 2 502_Cannot_find_server.\n",
	       "a.lab - 6972 connect-failed 1/0/0/0\na.lab 10.0.0.1 6972 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
	expect(T1 NOT_FOUND "4 7 T 2 a.lab 8443\n4 7 S 2 10.0.0.1 8443\n5 7 A 2 10.0.0.1 8443\n",
	       "a.lab - 6972 connect-failed 1/0/0/0\na.lab 10.0.0.1 8443 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
}

/* A server that falls silent behind its handshake: Traffic Server's own words, none of its own. */
static void test_silence(void **state)
{
	(void)state;
	expect(T1 S1 "9 7 C 1 504_Connection_Timed_Out\n",
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0", VERIFICATION_UNPROVEN);
	expect(T1 S1 A1 "9 7 C 1 504_Gateway_Time-out\n", /* it passed the server's on */
	       "a.lab 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_UNPROVEN);
}

/* A name has two IPs: what was refused at one is not what came of the other. */
static void test_another_ip_is_tried(void **state)
{
	(void)state;
	expect(T1 S1 W1 E1 "2 7 S 1 10.0.0.2 6972\n3 7 A 1 10.0.0.2 6972\n",
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed\n"
	       "a.lab 10.0.0.2 6972 accepted 1/1/0/0",
	       VERIFICATION_ENFORCED);
	expect(T1 S1 W1 E1 "2 7 S 1 10.0.0.2 6972\n2 7 W a.lab 10.0.0.2 certificate_has_expired\n"
	       "2 7 E a.lab - verify\n" C1,
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed\n"
	       "a.lab 10.0.0.2 6972 refused 1/0/1/0 expired",
	       VERIFICATION_ENFORCED);
	expect(T1 S1 W1 E1 "2 7 S 1 10.0.0.2 6972\n" C1,
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed\n"
	       "a.lab 10.0.0.2 6972 connect-failed 1/0/0/0",
	       VERIFICATION_ENFORCED);
	/* refused, tried again and answered at once: what answered is another server behind the IP */
	expect(T1 S1 W1 E1 "2 7 S 1 10.0.0.1 6972\n3 7 A 1 10.0.0.1 6972\n",
	       "a.lab 10.0.0.1 6972 refused 1/1/1/0 self-signed", VERIFICATION_ENFORCED);
}

/* 6970 goes over http: nothing is verified there, and nothing is accepted. */
static void test_plain_http(void **state)
{
	(void)state;
	expect("1 7 H 1 a.lab 6970\n1 7 S 1 10.0.0.1 6970\n2 7 A 1 10.0.0.1 6970\n3 7 C 1 200_OK\n" A1,
	       "10.0.0.1 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_UNPROVEN);
	expect("1 7 H 1 a.lab 6970\n1 7 S 1 10.0.0.1 6970\n" C1, "", VERIFICATION_UNPROVEN);
	/* the number of another process's request */
	expect("1 7 H 1 a.lab 6970\n" T1 S1 A1, "a.lab 10.0.0.1 6972 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
}

/* VerifyOriginServer is a setting of each peer: one that lets pass what fails is not one that
 * verifies because another does, and one that never refused anything proves nothing. */
static void test_peers_verify(void **state)
{
	struct traffic traffic;

	(void)state;
	traffic = tell("1 2007 P b.lab 10.0.0.2 self_signed_certificate\n"
	               "1 2007 T 1 b.lab 6972\n1 2007 S 1 10.0.0.2 6972\n2 2007 A 1 10.0.0.2 6972\n"
	               "3 7 T 1 c.lab 6972\n3 7 S 1 10.0.0.3 6972\n4 7 A 1 10.0.0.3 6972\n"
	               "5 1007 W a.lab 10.0.0.1 self_signed_certificate\n5 1007 E a.lab - verify\n");
	assert_int_equal(traffic.verification, VERIFICATION_PERMISSIVE);
	assert_int_equal(traffic_verification(&traffic, "exp1"), VERIFICATION_ENFORCED);
	assert_int_equal(traffic_verification(&traffic, "exp2"), VERIFICATION_PERMISSIVE);
	assert_int_equal(traffic_verification(&traffic, "vcsc"), VERIFICATION_UNPROVEN);
	assert_int_equal(traffic_verification(&traffic, ""), VERIFICATION_PERMISSIVE);
	assert_int_equal(traffic_proved_ms(&traffic, "exp1"), 1795860005000); /* date +%s */
	assert_int_equal(traffic_proved_ms(&traffic, "exp2"), 0);
	assert_int_equal(traffic_proved_ms(&traffic, ""), 1795860005000);
	assert_non_null(strstr(traffic.evidence[CALIBRATION_VERIFICATION], "Action=Continue"));
	traffic_clear(&traffic);
	/* the same peer: its last line counts */
	expect("1 7 P a.lab 10.0.0.1 self_signed_certificate\n"
	       "2 7 W a.lab 10.0.0.1 self_signed_certificate\n",
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed", VERIFICATION_ENFORCED);
	/* an ERROR line without its WARNING proves it as well, each time */
	traffic = tell("1 7 E a.lab - verify\n9 7 E a.lab - verify\n");
	assert_int_equal(traffic_proved_ms(&traffic, "vcsc"), 1795860009000);
	traffic_clear(&traffic);
}

/* Since when it is accepted: what a refusal later than that proves. */
static void test_since(void **state)
{
	struct traffic traffic;

	(void)state;
	traffic = tell(T1 S1 W1 E1 C1
	               "200 7 T 2 a.lab 6972\n200 7 S 2 10.0.0.1 6972\n200 7 A 2 10.0.0.1 6972\n"
	               "500 7 T 3 a.lab 6972\n500 7 S 3 10.0.0.1 6972\n500 7 A 3 10.0.0.1 6972\n");
	assert_int_equal(traffic.servers[0].last.outcome, TRAFFIC_ACCEPTED);
	assert_int_equal(traffic.servers[0].last.since_ms, 1795860200000);
	assert_int_equal(traffic.servers[0].last.time_ms, 1795860500000);
	traffic_clear(&traffic);
}

/* The log begins behind the line that says what the client was told: the refusal says it. */
static void test_cut_beginning(void **state)
{
	(void)state;
	expect(S1 W1 E1 C1, "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed", VERIFICATION_ENFORCED);
	/* what the IP alone was told of stays */
	expect("1 7 S 2 10.0.0.1 6972\n2 7 A 2 10.0.0.1 6972\n" S1 W1 E1 C1,
	       "10.0.0.1 10.0.0.1 6972 accepted 1/1/0/0\n"
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed",
	       VERIFICATION_ENFORCED);
	/* another IP's refusal is another's */
	expect("1 7 S 1 10.0.0.2 6972\n" W1 E1 C1,
	       "10.0.0.2 10.0.0.2 6972 connect-failed 1/0/0/0\n"
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed",
	       VERIFICATION_ENFORCED);
	/* which of two ports is not known */
	expect(S1 "1 7 S 2 10.0.0.1 8443\n" W1 E1 C1,
	       "10.0.0.1 10.0.0.1 8443 unknown 1/0/0/0\n"
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 6972 unknown 1/0/0/0",
	       VERIFICATION_ENFORCED);
}

/* No certificate is refused where none was shown. */
static void test_no_tls(void **state)
{
	(void)state;
	expect(T1 S1 "2 7 E a.lab - http\n" C1, "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0",
	       VERIFICATION_UNPROVEN);
	/* its line explains it: a refusal of the same name that fits no request is another's */
	expect(T1 S1 "2 7 E a.lab - http\n" C1 "5 7 W a.lab 10.0.0.1 self_signed_certificate\n",
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0",
	       VERIFICATION_ENFORCED);
}

/* Retries are one request's; another number, another process or another address is another's. */
static void test_whose_lines(void **state)
{
	(void)state;
	expect(T1 S1 W1 E1 "2 7 S 1 10.0.0.1 6972\n" "3 7 W a.lab 10.0.0.1 certificate_has_expired\n"
	       "3 7 E a.lab - verify\n" "4 7 C 1 502_connect_failed\n",
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 expired", VERIFICATION_ENFORCED);
	/* another process has a request of the same number */
	expect(T1 S1 "1 8 T 1 b.lab 8443\n1 8 S 1 10.0.0.2 8443\n" W1 E1 C1 "3 8 A 1 10.0.0.2 8443\n",
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed\n"
	       "b.lab 10.0.0.2 8443 accepted 1/1/0/0",
	       VERIFICATION_ENFORCED);
	/* the refusal is another process's, whose request is not in the log */
	expect(T1 S1 "2 8 W a.lab 10.0.0.1 self_signed_certificate\n" C1,
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0",
	       VERIFICATION_ENFORCED);
	/* another name, or another IP */
	expect(T1 S1 "2 7 W b.lab 10.0.0.1 self_signed_certificate\n" C1,
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0\n"
	       "b.lab 10.0.0.1 0 refused 0/0/1/0 self-signed",
	       VERIFICATION_ENFORCED);
	expect(T1 S1 "2 7 W a.lab 10.0.0.9 self_signed_certificate\n" C1,
	       "a.lab 10.0.0.9 0 refused 0/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0",
	       VERIFICATION_ENFORCED);
	/* an ERROR line of another name behind it is that one's */
	expect(T1 S1 W1 "2 7 E b.lab - verify\n" C1,
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed\nb.lab - 0 refused 0/0/1/0",
	       VERIFICATION_ENFORCED);
	/* upper case is the same name */
	expect(T1 S1 "2 7 W A.LAB 10.0.0.1 self_signed_certificate\n" C1,
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed", VERIFICATION_ENFORCED);
	/* what a client was told is not in the log; the peer has a name */
	expect("1 1007 S 1 10.0.0.1 6972\n2 1007 A 1 10.0.0.1 6972\n",
	       "10.0.0.1 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_UNPROVEN);
	/* the number again, before the first was answered: it was forgotten */
	expect(T1 S1 "5 7 T 1 b.lab 8443\n5 7 S 1 10.0.0.2 8443\n6 7 A 1 10.0.0.2 8443\n",
	       "a.lab 10.0.0.1 6972 unknown 1/0/0/0\nb.lab 10.0.0.2 8443 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
}

/* Two open requests of one name to two ports: whose the refusal is nobody knows. */
static void test_two_ports_at_once(void **state)
{
	(void)state;
	expect(T1 S1 "1 7 T 2 a.lab 8443\n1 7 S 2 10.0.0.1 8443\n" W1 E1 C1
	       "4 7 C 2 502_connect_failed\n",
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 6972 unknown 1/0/0/0\n"
	       "a.lab 10.0.0.1 8443 unknown 1/0/0/0",
	       VERIFICATION_ENFORCED);
	/* the second began after the refusal: it is the first's */
	expect(T1 S1 W1 E1 "3 7 T 2 a.lab 8443\n3 7 S 2 10.0.0.1 8443\n" C1
	       "4 7 A 2 10.0.0.1 8443\n",
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 8443 accepted 1/1/0/0",
	       VERIFICATION_ENFORCED);
	/* the other had ended before the refusal came */
	expect(T1 S1 "2 7 C 1 502_Connection_refused\n3 7 T 2 a.lab 8443\n3 7 S 2 10.0.0.1 8443\n"
	       "4 7 W a.lab 10.0.0.1 self_signed_certificate\n5 7 C 2 502_connect_failed\n",
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0\n"
	       "a.lab 10.0.0.1 8443 refused 1/0/1/0 self-signed",
	       VERIFICATION_ENFORCED);
	/* two requests to one port: the port is known */
	expect(T1 S1 "1 7 T 2 a.lab 6972\n1 7 S 2 10.0.0.1 6972\n" W1 E1 C1
	       "3 7 W a.lab 10.0.0.1 certificate_has_expired\n3 7 E a.lab - verify\n"
	       "4 7 C 2 502_connect_failed\n",
	       "a.lab 10.0.0.1 6972 refused 2/0/2/0 expired", VERIFICATION_ENFORCED);
}

/* An answer within two minutes of a refusal may be a kept connection's; after that it is news. */
static void test_kept_connections(void **state)
{
#define LATER(s) #s " 7 T 2 a.lab 6972\n" #s " 7 S 2 10.0.0.1 6972\n" #s " 7 A 2 10.0.0.1 6972\n"
	(void)state;
	expect(T1 S1 W1 E1 C1 LATER(122), "a.lab 10.0.0.1 6972 refused 2/1/1/0 self-signed",
	       VERIFICATION_ENFORCED);
	expect(T1 S1 W1 E1 C1 LATER(123), "a.lab 10.0.0.1 6972 accepted 2/1/1/0",
	       VERIFICATION_ENFORCED);
	/* each answer keeps it open for two minutes more */
	expect(T1 S1 W1 E1 C1 LATER(100) "219 7 T 3 a.lab 6972\n219 7 S 3 10.0.0.1 6972\n219 7 A 3 10.0.0.1 6972\n",
	       "a.lab 10.0.0.1 6972 refused 3/2/1/0 self-signed", VERIFICATION_ENFORCED);
	expect(T1 S1 W1 E1 C1 LATER(100) "221 7 T 3 a.lab 6972\n221 7 S 3 10.0.0.1 6972\n221 7 A 3 10.0.0.1 6972\n",
	       "a.lab 10.0.0.1 6972 accepted 3/2/1/0", VERIFICATION_ENFORCED);
	/* another process has no such connection */
	expect(T1 S1 W1 E1 C1 "9 8 T 2 a.lab 6972\n9 8 S 2 10.0.0.1 6972\n9 8 A 2 10.0.0.1 6972\n",
	       "a.lab 10.0.0.1 6972 accepted 2/1/1/0", VERIFICATION_ENFORCED);
	/* a failure to connect is no refusal, and neither hides it */
	expect(T1 S1 C1 LATER(9), "a.lab 10.0.0.1 6972 accepted 2/1/0/0", VERIFICATION_UNPROVEN);
	expect(T1 S1 W1 E1 C1 "9 7 T 2 a.lab 6972\n9 7 S 2 10.0.0.1 6972\n10 7 C 2 502_connect_failed\n",
	       "a.lab 10.0.0.1 6972 refused 2/0/1/0 self-signed", VERIFICATION_ENFORCED);
	expect(T1 S1 W1 E1 C1
	       "200 7 T 2 a.lab 6972\n200 7 S 2 10.0.0.1 6972\n201 7 C 2 502_connect_failed\n",
	       "a.lab 10.0.0.1 6972 connect-failed 2/0/1/0", VERIFICATION_ENFORCED);
	/* the last by time is the last, in whatever order the files came */
	expect(LATER(300) T1 S1 W1 E1 C1, "a.lab 10.0.0.1 6972 refused 2/1/1/0 self-signed",
	       VERIFICATION_ENFORCED);
}

/* A line that two files hold was one event; twice in one file, two. Numbered lines are one in any
 * case. */
/* A request of peer (1, 2) that begins at second at and is refused, accepted or fails. */
#define REQUEST(at, peer, txn) \
	at "0 " peer "007 T " txn " a.lab 6972\n" at "0 " peer "007 S " txn " 10.0.0.1 6972\n"
#define ACCEPTED(at, peer, txn) REQUEST(at, peer, txn) at "2 " peer "007 A " txn " 10.0.0.1 6972\n"
#define FAILED(at, peer, txn) REQUEST(at, peer, txn) at "3 " peer "007 C " txn " 502_connect_failed\n"
#define REFUSED(at, peer, txn, why) \
	REQUEST(at, peer, txn) at "2 " peer "007 W a.lab 10.0.0.1 " why "\n" \
	at "3 " peer "007 C " txn " 502_connect_failed\n"

/* Each peer has a trust store of its own. Seconds apart by more than a connection is kept. */
static void test_peers(void **state)
{
	static const char *const refused = "a.lab 10.0.0.1 6972 refused 2/1/1/0 self-signed";

	(void)state;
	expect(REFUSED("1", "1", "1", "self_signed_certificate") ACCEPTED("90", "2", "1"), refused,
	       VERIFICATION_ENFORCED);
	expect(ACCEPTED("1", "2", "1") REFUSED("90", "1", "1", "self_signed_certificate"), refused,
	       VERIFICATION_ENFORCED);
	/* both refuse, then one accepts: the other's refusal stands, though it is the older */
	expect(REFUSED("1", "1", "1", "self_signed_certificate")
	       REFUSED("2", "2", "1", "certificate_has_expired") ACCEPTED("90", "2", "2"),
	       "a.lab 10.0.0.1 6972 refused 3/1/2/0 self-signed", VERIFICATION_ENFORCED);
	expect(REFUSED("1", "1", "1", "self_signed_certificate")
	       REFUSED("2", "2", "1", "certificate_has_expired") ACCEPTED("90", "2", "2")
	       ACCEPTED("95", "1", "2"),
	       "a.lab 10.0.0.1 6972 accepted 4/2/2/0", VERIFICATION_ENFORCED);
	/* the newest of two; the refusal rather than the failure without a reason */
	expect(REFUSED("1", "1", "1", "self_signed_certificate")
	       REFUSED("2", "2", "1", "certificate_has_expired"),
	       "a.lab 10.0.0.1 6972 refused 2/0/2/0 expired", VERIFICATION_ENFORCED);
	expect(REFUSED("1", "1", "1", "self_signed_certificate") FAILED("2", "2", "1"),
	       "a.lab 10.0.0.1 6972 refused 2/0/1/0 self-signed", VERIFICATION_ENFORCED);
	expect(FAILED("1", "1", "1") ACCEPTED("90", "2", "1"),
	       "a.lab 10.0.0.1 6972 connect-failed 2/1/0/0", VERIFICATION_UNPROVEN);
	expect(FAILED("1", "1", "1") ACCEPTED("2", "1", "2"),
	       "a.lab 10.0.0.1 6972 accepted 2/1/0/0", VERIFICATION_UNPROVEN);
	/* the same process and transaction at both, at the same time */
	expect("10 1007 T 1 a.lab 6972\n10 2007 T 1 b.lab 6972\n"
	       "11 1007 S 1 10.0.0.1 6972\n11 2007 S 1 10.0.0.2 6972\n"
	       "12 1007 W a.lab 10.0.0.1 self_signed_certificate\n12 2007 A 1 10.0.0.2 6972\n"
	       "13 1007 C 1 502_connect_failed\n",
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed\n"
	       "b.lab 10.0.0.2 6972 accepted 1/1/0/0",
	       VERIFICATION_ENFORCED);
}

static void test_the_same_line_twice(void **state)
{
	(void)state;
	expect(T1 S1 A1 "-\n" T1 S1 A1, "a.lab 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_UNPROVEN);
	expect(T1 S1 A1 T1 S1 A1, "a.lab 10.0.0.1 6972 accepted 1/1/0/0", VERIFICATION_UNPROVEN);
	expect(W1 "-\n" W1, "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed", VERIFICATION_ENFORCED);
	expect("0 7 T 1 a.lab 6972\n0 7 S 1 10.0.0.1 6972\n0 7 A 1 10.0.0.1 6972\n"
	       "0 7 T 1 a.lab 6972\n0 7 S 1 10.0.0.1 6972\n0 7 A 1 10.0.0.1 6972\n",
	       "a.lab 10.0.0.1 6972 accepted 2/2/0/0", VERIFICATION_UNPROVEN);
}

/* A refusal whose request ended before the line came (a copy in another order) is its, if there is
 * only one, within a minute. */
static void test_lines_in_another_order(void **state)
{
	(void)state;
	expect(T1 S1 C1 W1 E1, "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed",
	       VERIFICATION_ENFORCED);
	expect(T1 S1 C1 "63 7 W a.lab 10.0.0.1 self_signed_certificate\n",
	       "a.lab 10.0.0.1 6972 refused 1/0/1/0 self-signed", VERIFICATION_ENFORCED);
	expect(T1 S1 C1 "64 7 W a.lab 10.0.0.1 self_signed_certificate\n",
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0",
	       VERIFICATION_ENFORCED);
	/* two that it could be */
	expect(T1 S1 C1 "1 7 T 2 a.lab 8443\n1 7 S 2 10.0.0.1 8443\n3 7 C 2 502_connect_failed\n" W1,
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0\n"
	       "a.lab 10.0.0.1 8443 connect-failed 1/0/0/0",
	       VERIFICATION_ENFORCED);
	/* a silent server leaves another phrase, which no refusal does */
	expect(T1 S1 "3 7 C 1 502_Connection_refused\n" W1,
	       "a.lab 10.0.0.1 0 refused 0/0/1/0 self-signed\n"
	       "a.lab 10.0.0.1 6972 connect-failed 1/0/0/0",
	       VERIFICATION_ENFORCED);
}

/* An answer from an IP is a told name's, where one name alone went there. */
static void test_answers_without_request(void **state)
{
	(void)state;
	expect(T1 S1 "9 7 A 9 10.0.0.1 8443\n",
	       "a.lab 10.0.0.1 6972 unknown 1/0/0/0\na.lab 10.0.0.1 8443 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
	expect(T1 S1 "1 7 T 2 b.lab 6972\n1 7 S 2 10.0.0.1 6972\n9 7 A 9 10.0.0.1 8443\n",
	       "10.0.0.1 10.0.0.1 8443 accepted 1/1/0/0\na.lab 10.0.0.1 6972 unknown 1/0/0/0\n"
	       "b.lab 10.0.0.1 6972 unknown 1/0/0/0",
	       VERIFICATION_UNPROVEN);
	/* the IP itself was told as well */
	expect("1 7 A 9 10.0.0.1 6972\n2 7 T 1 10.0.0.1 6972\n2 7 S 1 10.0.0.1 6972\n"
	       "3 7 T 2 a.lab 6972\n3 7 S 2 10.0.0.1 6972\n4 7 A 8 10.0.0.1 8443\n",
	       "10.0.0.1 10.0.0.1 6972 accepted 2/1/0/0\n10.0.0.1 10.0.0.1 8443 accepted 1/1/0/0\n"
	       "a.lab 10.0.0.1 6972 unknown 1/0/0/0",
	       VERIFICATION_UNPROVEN);
	/* the answer stands first */
	expect("9 7 A 9 10.0.0.1 8443\n" T1 S1,
	       "a.lab 10.0.0.1 6972 unknown 1/0/0/0\na.lab 10.0.0.1 8443 accepted 1/1/0/0",
	       VERIFICATION_UNPROVEN);
	/* one name, told with two ports */
	expect(T1 S1 "1 7 T 2 a.lab 8443\n1 7 S 2 10.0.0.1 8443\n9 7 A 9 10.0.0.1 443\n",
	       "a.lab 10.0.0.1 443 accepted 1/1/0/0\na.lab 10.0.0.1 6972 unknown 1/0/0/0\n"
	       "a.lab 10.0.0.1 8443 unknown 1/0/0/0",
	       VERIFICATION_UNPROVEN);
	expect(T1 S1 "9 7 A 9 10.0.0.2 8443\n",
	       "10.0.0.2 10.0.0.2 8443 accepted 1/1/0/0\na.lab 10.0.0.1 6972 unknown 1/0/0/0",
	       VERIFICATION_UNPROVEN);
}

/* Traffic Server 8 writes an ERROR line behind each refusal, 9 none; both are seen in requests that
 * are whole. */
static void test_generations(void **state)
{
	static const struct {
		const char *rows;
		int generation, era;
	} rows[] = {
		{ T1 S1 A1, -1, -1 },
		{ T1 S1 W1 C1, -1, ERA_OPENSSL1 }, /* no release is known to be both */
		{ T1 S1 W1 E1 C1, TRAFFIC_SERVER_8, ERA_OPENSSL1 },
		{ T1 S1 "2 7 W a.lab 10.0.0.1 self-signed_certificate\n" C1, TRAFFIC_SERVER_9,
		  ERA_OPENSSL3 },
		{ W1, -1, ERA_OPENSSL1 },
		{ T1 S1 C1 W1, -1, ERA_OPENSSL1 },
		{ T1 S1 C1 "2 7 W a.lab 10.0.0.1 self-signed_certificate\n", TRAFFIC_SERVER_9,
		  ERA_OPENSSL3 },
		{ T1 S1 "2 7 W a.lab 10.0.0.1 certificate_has_expired\n" C1, TRAFFIC_SERVER_9, -1 },
		{ T1 S1 W1 C1 "4 7 T 2 b.lab 6972\n4 7 S 2 10.0.0.2 6972\n"
		        "5 7 W b.lab 10.0.0.2 self_signed_certificate\n5 7 E b.lab - verify\n",
		  TRAFFIC_SERVER_8, ERA_OPENSSL1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = tell(rows[i].rows);

		if (traffic.generation != rows[i].generation || traffic.era != rows[i].era)
			fail_msg("row %zu: %d %d", i, traffic.generation, traffic.era);
		/* what shows it is kept */
		assert_int_equal(traffic.evidence[CALIBRATION_SERVER] != NULL,
		                 rows[i].generation >= 0);
		traffic_clear(&traffic);
	}
}

/* Whose address it is, as the path of a request shows, the last that shows one: "role told" of each. */
static void test_roles(void **state)
{
	static const struct {
		const char *rows, *roles;
	} rows[] = {
		{ T1, "cucm told" }, /* 6972 is CUCM's TFTP */
		{ T1 S1 A1, "cucm told" },
		{ "1 7 T 1 a.lab 8443\n", "- told" },
		{ "1 7 T 1 a.lab 8443/EPASSoap/\n", "imp told" },
		{ "1 7 T 1 a.lab 8443/EPASSoap/\n1 7 S 1 10.0.0.1 8443\n", "imp told" },
		{ "1 7 T 1 a.lab 8443/EPASSoap/\n2 7 T 2 a.lab 8443/cucm-uds/\n", "cucm told" },
		{ "1 7 T 1 a.lab 8443/cucm-uds/\n2 7 T 2 a.lab 8443/vmrest/\n", "unity told" },
		{ "1 7 T 1 a.lab 8443/vmrest/\n2 7 T 2 a.lab 8443\n", "unity told" },
		{ "1 7 S 1 10.0.0.1 8443\n", "-" },
		{ "1 7 L 1 a.lab 8443/vmrest/\n", "unity told" },
		{ "1 7 L 1 a.lab 8443/vmrest/\n1 7 L 1 a.lab 8443/cucm-uds/\n", "cucm told" },
		{ "1 7 L 1 a.lab 8443/vmrest/\n1 7 L 1 a.lab 8443\n", "unity told" },
		/* told, and seen at work on the way: said once, with what is known of it */
		{ "1 7 T 1 a.lab 8443\n1 7 S 1 10.0.0.1 8443\n2 7 L 1 a.lab 8443/cucm-uds/\n", "cucm told" },
		{ "1 7 L 1 a.lab 8443/cucm-uds/\n2 7 T 1 a.lab 8443\n2 7 S 1 10.0.0.1 8443\n", "cucm told" },
		{ "2 7 T 1 a.lab 8443\n2 7 S 1 10.0.0.1 8443\n3 7 L 1 a.lab 443/vmrest/\n", "unity told, - told" },
		/* one that nobody knows the port of was told as well */
		{ T1 S1 "1 7 T 2 a.lab 8443\n1 7 S 2 10.0.0.1 8443\n" W1 C1, "cucm told, cucm told, cucm told" },
		/* told, found at work, and not found later */
		{ T1 S1 A1 "4 7 T 2 a.lab 6972\n4 7 C 2 502_Cannot_find_server.\n", "cucm told, cucm told" },
		{ "1 7 T 1 a.lab 8443/EPASSoap/\n1 7 S 1 10.0.0.1 8443\n2 7 A 1 10.0.0.1 8443\n"
		  "4 7 T 2 a.lab 8443\n4 7 C 2 502_Cannot_find_server.\n",
		  "imp told, imp told" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = tell(rows[i].rows);
		struct buf found;

		buf_init(&found);
		for (size_t k = 0; k < traffic.server_count; k++)
			buf_printf(&found, "%s%s%s", k > 0 ? ", " : "",
			           traffic.servers[k].role < 0 ? "-" : node_role_name((enum node_role)traffic.servers[k].role),
			           traffic.servers[k].told ? " told" : "");
		if (strcmp(found.data, rows[i].roles) != 0)
			fail_msg("%s%s, not %s", rows[i].rows, found.data, rows[i].roles);
		buf_clear(&found);
		traffic_clear(&traffic);
	}
}

/* From the first time to the last, whatever their order; date -u -d 2026-11-28T10:00:00 +%s */
static void test_period(void **state)
{
	struct traffic traffic = tell("5 7 T 1 a.lab 8443\n3 7 T 2 a.lab 8443\n9 7 T 3 a.lab 8443\n4 7 T 4 a.lab 8443\n0 7 T 5 a.lab 8443\n");

	(void)state;
	assert_int_equal(traffic.from_ms, 1795860003000);
	assert_int_equal(traffic.to_ms, 1795860009000);
	assert_int_equal(traffic.lines, 5);
	traffic_clear(&traffic);
}

/* More open requests and failures than are kept: the oldest go, the newest stay. */
static void test_many_open(void **state)
{
	struct traffic traffic = { 0 };
	struct story *story = story_new(&traffic);
	size_t accepted = 0;

	(void)state;
	story_part(story);
	for (int answer = 0; answer < 2; answer++) {
		for (unsigned i = 0; i < 3000; i++) {
			char row[100], *line;

			for (int k = 0; k < (answer ? 1 : 2); k++) {
				snprintf(row, sizeof row, "%u 7 %c %u 10.0.%u.%u 6972", 1 + i % 3000,
				         answer ? 'A' : k == 0 ? 'T' : 'S', i, i / 250, i % 250);
				line = line_of(row);
				story_line(story, line, strlen(line), false);
				free(line);
			}
		}
	}
	story_end(story);
	assert_int_equal(traffic.server_count, 3000);
	for (size_t i = 0; i < traffic.server_count; i++)
		accepted += traffic.servers[i].last.outcome == TRAFFIC_ACCEPTED;
	assert_int_equal(accepted, 3000);
	traffic_clear(&traffic);
}

/* As many refusals at once as are kept, each of its request; of one more the port of the first is
 * not known; of more than that, without requests, each is told of all the same. */
static void test_many_refusals(void **state)
{
	static const struct {
		unsigned count, requests;
	} rows[] = { { 256, 1 }, { 257, 1 }, { 700, 0 } };

	(void)state;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		unsigned count = rows[k].count, requests = rows[k].requests;
		struct traffic traffic;
		struct buf text;

		buf_init(&text);
		for (unsigned i = 0; i < count; i++) {
			if (requests)
				buf_printf(&text, "1 7 T %u a%u.lab 6972\n1 7 S %u 10.0.0.1 6972\n",
				           i, i, i);
			buf_printf(&text, "2 7 W a%u.lab 10.0.0.1 self_signed_certificate\n", i);
			if (requests)
				buf_printf(&text, "2 7 E a%u.lab - verify\n", i);
		}
		for (unsigned i = 0; requests && i < count; i++)
			buf_printf(&text, "3 7 C %u 502_connect_failed\n", i);
		traffic = tell(text.data);
		assert_int_equal(traffic.server_count, count == 257 ? 258 : count);
		for (size_t i = 0; i < traffic.server_count; i++) {
			const struct traffic_place *server = &traffic.servers[i];
			bool first = count == 257 && strcmp(server->address, "a0.lab") == 0;

			assert_int_equal(server->last.outcome, first && server->port != 0
			                                               ? TRAFFIC_CONNECT_FAILED
			                                               : TRAFFIC_REFUSED);
			assert_int_equal(server->refused, server->last.outcome == TRAFFIC_REFUSED);
			if (!first)
				assert_int_equal(server->port, requests ? 6972 : 0);
		}
		traffic_clear(&traffic);
		buf_clear(&text);
	}
}

/* Of nine such the first is forgotten: its answer is one of an IP. */
static void test_nine_requests(void **state)
{
	struct traffic traffic;
	struct buf rows;

	(void)state;
	for (unsigned first = 0; first < 128; first += 127) {
		buf_init(&rows);
		for (unsigned i = 0; i < 9; i++)
			buf_printf(&rows, "1 7 T %u a%u.lab 6972\n1 7 S %u 10.0.0.1 6972\n",
			           first + i * 128, i, first + i * 128);
		for (unsigned i = 0; i < 9; i++)
			buf_printf(&rows, "3 7 A %u 10.0.0.1 6972\n", first + i * 128);
		traffic = tell(rows.data);
		assert_int_equal(traffic.server_count, 10);
		for (size_t i = 0; i < 10; i++)
			assert_int_equal(traffic.servers[i].last.outcome,
			                 strcmp(traffic.servers[i].address, "a0.lab") == 0
			                         ? TRAFFIC_UNKNOWN
			                         : TRAFFIC_ACCEPTED);
		traffic_clear(&traffic);
		buf_clear(&rows);
	}
}

/* The end of a request that began before the log takes the place of no open one, though as many are
 * open as are kept of numbers that are alike: eight of 128 apart. */
static void test_end_of_an_unknown_request(void **state)
{
	(void)state;
	for (int answered = 0; answered < 2; answered++) {
		struct traffic traffic;
		struct buf rows;

		buf_init(&rows);
		for (unsigned i = 0; i < 8; i++)
			buf_printf(&rows, "1 7 T %u a%u.lab 6972\n1 7 S %u 10.0.0.1 6972\n", i * 128, i,
			           i * 128);
		buf_printf(&rows, answered ? "2 7 A %u 10.0.0.9 6972\n" : "2 7 C %u 502_connect_failed\n",
		           8 * 128);
		for (unsigned i = 0; i < 8; i++)
			buf_printf(&rows, "3 7 A %u 10.0.0.1 6972\n", i * 128);
		traffic = tell(rows.data);
		assert_int_equal(traffic.server_count, answered ? 9 : 8);
		for (size_t i = 0; i < traffic.server_count; i++)
			assert_int_equal(traffic.servers[i].last.outcome, TRAFFIC_ACCEPTED);
		traffic_clear(&traffic);
		buf_clear(&rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_request),
		cmocka_unit_test(test_same_process),
		cmocka_unit_test(test_worst_peer),
		cmocka_unit_test(test_many_peers),
		cmocka_unit_test(test_kept_without_times),
		cmocka_unit_test(test_edge_configuration),
		cmocka_unit_test(test_a_name_without_ip),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_no_tls),
		cmocka_unit_test(test_cut_beginning),
		cmocka_unit_test(test_another_ip_is_tried),
		cmocka_unit_test(test_plain_http),
		cmocka_unit_test(test_peers_verify),
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_the_same_line_again),
		cmocka_unit_test(test_whose_answer),
		cmocka_unit_test(test_whose_lines),
		cmocka_unit_test(test_two_ports_at_once),
		cmocka_unit_test(test_kept_connections),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_the_same_line_twice),
		cmocka_unit_test(test_lines_in_another_order),
		cmocka_unit_test(test_answers_without_request),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_period),
		cmocka_unit_test(test_many_open),
		cmocka_unit_test(test_many_refusals),
		cmocka_unit_test(test_nine_requests),
		cmocka_unit_test(test_end_of_an_unknown_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
