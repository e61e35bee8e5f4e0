/* SPDX-License-Identifier: MIT */
/* Requests to the servers of peer.c: what comes of each, how long each is waited for, and that each is answered once. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "peer.h"
#include "wire/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { LONG_MS = 60000 };

static struct certset set;
static struct made root, sub, rsa, ec;
static const struct deadline no_deadline = { .at_ms = 0 };

static int make_certificates(void **state)
{
	(void)state;
	certset_init(&set);
	made_usual(&set, &root, &sub, &rsa, &ec);
	return 0;
}

static int free_certificates(void **state)
{
	(void)state;
	made_usual_free(&root, &sub, &rsa, &ec);
	certset_clear(&set);
	return 0;
}

/* --- asking ------------------------------------------------------------------------------------ */

static char here[] = "127.0.0.1", *ips[] = { here };
static unsigned answers;

static void on_answer(void *arg, const struct http_request *request)
{
	answers++;
	assert_ptr_equal(arg, request);
}

static struct http_request request_to(uint16_t port)
{
	return (struct http_request){ .host = "node.example", .port = port, .ips = ips, .ip_count = 1, .path = "/x",
		                      .timeout_ms = LONG_MS, .answered = on_answer };
}

static struct http_how how_of(unsigned connect_ms, unsigned handshake_ms)
{
	return (struct http_how){ connect_ms, handshake_ms, 100, 4, false };
}

static void get(struct http_request *requests, size_t count, struct http_how how, const struct deadline *deadline)
{
	struct fault fault;

	answers = 0;
	for (size_t i = 0; i < count; i++)
		requests[i].arg = &requests[i];
	assert_int_equal(http_get_all(requests, count, &how, deadline, &fault), 0);
	assert_int_equal(answers, count);
}

static struct http_request get_one(struct http_request request, struct http_how how)
{
	get(&request, 1, how, &no_deadline);
	return request;
}

/* How long something takes here, valgrind and a busy machine included: a whole request, several times. */
static unsigned stretched_ms(uint16_t port)
{
	int64_t begun_ms = clock_mono_ms(), took_ms;
	struct http_request one = get_one(request_to(port), how_of(LONG_MS, LONG_MS));

	assert_int_equal(one.outcome, HTTP_OK);
	http_request_clear(&one);
	took_ms = clock_mono_ms() - begun_ms;
	return took_ms < 100 / 6 ? 100 : took_ms > LONG_MS / 24 ? LONG_MS / 4 : (unsigned)took_ms * 6;
}

static int64_t cpu_ms(void)
{
	struct timespec used;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used), 0);
	return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"

static void test_answer(void **state)
{
	struct peer peers[] = { { .does = PEER_TLS12, .says = OK }, { .does = PEER_BOTH, .says = OK, .h2 = true },
		                { .does = PEER_REFUSES } };

	(void)state;
	peers_start(peers, 3, &rsa, &ec, &sub);
	for (int i = 0; i < 2; i++) { /* the second would rather speak HTTP/2 */
		int64_t begun_ms = clock_mono_ms();
		struct http_request one = get_one(request_to(peers[i].port), how_of(LONG_MS, LONG_MS));

		assert_int_equal(one.outcome, HTTP_OK);
		assert_string_equal(one.body.data, "body");
		assert_int_equal(one.body.len, 4);
		assert_null(one.detail);
		assert_string_equal(one.ip, "127.0.0.1");
		assert_true(one.answered_ms >= begun_ms && one.answered_ms <= clock_mono_ms());
		assert_int_equal(one.certificate_count, 2);
		for (int k = 0; k < 2; k++)
			assert_ptr_equal(strstr(one.certificates[k].data, "-----BEGIN CERTIFICATE-----"), one.certificates[k].data);
		http_request_clear(&one);
	}
	peers_stop();
}

#define HEAD(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"
#define BODY "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

/* RFC 9110 15: what a status says; RFC 9112 6.1 and 7.1: what is not decoded; and how much is read. */
static void test_answers(void **state)
{
	static const struct {
		const char *says;
		enum http_outcome outcome;
		const char *detail, *body;
	} rows[] = {
		{ HEAD("299 x"), HTTP_STATUS, "HTTP status 299", "" },
		{ HEAD("300 x"), HTTP_REDIRECT, "HTTP status 300 to nowhere", "" },
		{ "HTTP/1.1 399 x\r\nLocation: https://other.example/y\r\nContent-Length: 0\r\n\r\n", HTTP_REDIRECT,
		  "HTTP status 399 to https://other.example/y", "" },
		{ HEAD("400 x"), HTTP_STATUS, "HTTP status 400", "" },
		{ "HTTP/1.1 200 OK\r\n\r\n" BODY, HTTP_OK, NULL, BODY },
		{ "HTTP/1.1 200 OK\r\n\r\n" BODY "x", HTTP_TOO_LARGE, "more than 100 bytes", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding:chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", HTTP_OK, NULL, "abc" },
		{ "HTTP/1.1 200 OK\r\ntransfer-encoding: \t CHUNKED \t \r\n\r\n1\r\na\r\n0\r\n\r\n", HTTP_OK, NULL, "a" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", HTTP_BROKEN,
		  "compressed, which nobody asked for", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx", HTTP_BROKEN, "compressed, which nobody asked for", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nx", HTTP_BROKEN, "compressed, which nobody asked for", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked,gzip\r\n\r\nx", HTTP_BROKEN, "compressed, which nobody asked for", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked gzip\r\n\r\nx", HTTP_BROKEN, "compressed, which nobody asked for", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunkeds\r\n\r\nx", HTTP_BROKEN, "compressed, which nobody asked for", NULL },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encodings: gzip\r\nContent-Length: 1\r\n\r\nx", HTTP_OK, NULL, "x" },
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct peer peers[ROWS];

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		peers[i] = (struct peer){ .does = PEER_TLS12, .says = rows[i].says };
	peers_start(peers, ROWS, &rsa, &ec, &sub);
	for (size_t i = 0; i < ROWS; i++) {
		struct http_request one = get_one(request_to(peers[i].port), how_of(LONG_MS, LONG_MS));

		if (one.outcome != rows[i].outcome || (one.detail == NULL) != (rows[i].detail == NULL) ||
		    (one.detail != NULL && strcmp(one.detail, rows[i].detail) != 0))
			fail_msg("row %zu: %d, %s", i, (int)one.outcome, one.detail);
		if (rows[i].body != NULL)
			assert_string_equal(one.body.data, rows[i].body);
		http_request_clear(&one);
	}
	peers_stop();
}

/* RFC 8446 6.2, alert 40; what speaks no TLS; what closes without an answer. */
static void test_no_answer(void **state)
{
	struct peer peers[] = { { .does = PEER_SAYS, .says = "\25\3\3\0\2\2\50", .says_len = 7 },
		                { .does = PEER_SAYS, .says = "HTTP/1.1 400 Bad Request\r\n\r\n" }, { .does = PEER_TLS12 } };
	static const enum http_outcome outcomes[] = { HTTP_TLS, HTTP_TLS, HTTP_BROKEN };

	(void)state;
	peers_start(peers, 3, &rsa, &ec, &sub);
	for (size_t i = 0; i < 3; i++) {
		struct http_request one = get_one(request_to(peers[i].port), how_of(LONG_MS, LONG_MS));

		if (one.outcome != outcomes[i])
			fail_msg("peer %zu: %d, %s", i, (int)one.outcome, one.detail);
		assert_non_null(one.detail);
		http_request_clear(&one);
	}
	peers_stop();
}

/* So many octets of headers are read and no more. */
static void test_long_headers(void **state)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", end[] = "\r\n";
	struct peer peers[] = { { .does = PEER_TLS12 }, { .does = PEER_TLS12 } };
	struct buf says[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t all = 65536 + i;

		buf_init(&says[i]);
		buf_puts(&says[i], head);
		while (says[i].len + strlen(end) < all) {
			size_t left = all - strlen(end) - says[i].len, line = left >= 2000 ? 1000 : left;

			buf_puts(&says[i], "X: ");
			for (size_t k = 5; k < line; k++)
				buf_putc(&says[i], 'x');
			buf_puts(&says[i], "\r\n");
		}
		buf_puts(&says[i], end);
		assert_int_equal(says[i].len, all);
		peers[i].says = says[i].data;
	}
	peers_start(peers, 2, &rsa, &ec, &sub);
	for (size_t i = 0; i < 2; i++) {
		struct http_request one = get_one(request_to(peers[i].port), how_of(LONG_MS, LONG_MS));

		assert_int_equal(one.outcome, i == 0 ? HTTP_OK : HTTP_TOO_LARGE);
		if (i == 1)
			assert_string_equal(one.detail, "more than 65536 bytes");
		http_request_clear(&one);
		buf_clear(&says[i]);
	}
	peers_stop();
}

/* libcurl asks nobody for the IPs, and tries one after the other. */
static void test_ips(void **state)
{
	char other[] = "127.0.0.2", v6[] = "::1", *several[] = { other, v6, here };
	struct peer peers[] = { { .does = PEER_TLS12, .says = OK }, { .does = PEER_REFUSES } };
	struct http_request one;

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	one = request_to(peers[0].port);
	one.ips = several;
	one.ip_count = 3;
	one = get_one(one, how_of(LONG_MS, LONG_MS));
	assert_int_equal(one.outcome, HTTP_OK);
	assert_string_equal(one.ip, "127.0.0.1");
	http_request_clear(&one);
	one = get_one(request_to(peers[1].port), how_of(LONG_MS, LONG_MS));
	assert_int_equal(one.outcome, HTTP_REFUSED);
	assert_string_equal(one.detail, "Connection refused");
	assert_int_equal(one.certificate_count, 0);
	http_request_clear(&one);
	one = request_to(peers[0].port); /* there is no TCP to many hosts: the kernel sends nothing */
	one.ips = (char *[]){ (char[]){ "224.0.0.1" } };
	one = get_one(one, how_of(LONG_MS, LONG_MS));
	assert_int_equal(one.outcome, HTTP_UNREACHABLE);
	assert_non_null(one.detail);
	http_request_clear(&one);
	one = request_to(peers[0].port); /* an IP by itself; nobody listens there */
	one.host = v6;
	one.ips = several + 1;
	one = get_one(one, how_of(LONG_MS, LONG_MS));
	assert_true(one.outcome == HTTP_REFUSED || one.outcome == HTTP_UNREACHABLE);
	http_request_clear(&one);
	one = request_to(peers[0].port);
	one.host = here;
	one = get_one(one, how_of(LONG_MS, LONG_MS));
	assert_int_equal(one.outcome, HTTP_OK);
	http_request_clear(&one);
	peers_stop();
}

/* The environment's proxy is for those who want it. */
static void test_proxy(void **state)
{
	struct peer peers[] = { { .does = PEER_TLS12, .says = OK }, { .does = PEER_REFUSES } };
	char *proxy;

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	proxy = mem_printf("http://127.0.0.1:%u", peers[1].port);
	setenv("https_proxy", proxy, 1);
	for (int wanted = 0; wanted < 2; wanted++) {
		struct http_how how = how_of(LONG_MS, LONG_MS);
		struct http_request one;

		how.environment_proxy = wanted == 1;
		one = get_one(request_to(peers[0].port), how);
		assert_int_equal(one.outcome, wanted ? HTTP_REFUSED : HTTP_OK);
		http_request_clear(&one);
	}
	unsetenv("https_proxy");
	free(proxy);
	peers_stop();
}

/* --- how long ---------------------------------------------------------------------------------- */

/* TCP has a time of its own; once it stands, TLS has the rest. */
static void test_timeouts(void **state)
{
	struct peer peers[] = { { .does = PEER_SILENT }, { .does = PEER_TLS12, .says = "HTTP/1.1 200 OK\r\n", .stays = true },
		                { .does = PEER_FULL }, { .does = PEER_TLS12, .says = OK } };
	struct http_request one;
	struct deadline soon;
	int64_t begun_ms, whole_ms = cpu_ms(), waiting_ms;
	unsigned some_ms;

	(void)state;
	peers_start(peers, 4, &rsa, &ec, &sub);
	some_ms = stretched_ms(peers[3].port);
	whole_ms = cpu_ms() - whole_ms;
	begun_ms = clock_mono_ms();
	one = get_one(request_to(peers[2].port), how_of(150, LONG_MS)); /* no SYN is answered */
	assert_int_equal(one.outcome, HTTP_TIMEOUT);
	assert_true(one.answered_ms - begun_ms >= 150);
	assert_null(one.ip);
	http_request_clear(&one);
	begun_ms = clock_mono_ms();
	waiting_ms = cpu_ms();
	one = get_one(request_to(peers[0].port), how_of(some_ms, 2 * some_ms)); /* no ClientHello is */
	assert_int_equal(one.outcome, HTTP_TIMEOUT);
	assert_true(one.answered_ms - begun_ms >= 3 * (int64_t)some_ms - 10);
	/* that is 18 times as long as a whole request took, and costs no more than some of them */
	waiting_ms = cpu_ms() - waiting_ms;
	if (waiting_ms > 4 * whole_ms + 50)
		fail_msg("%lld ms of CPU, and %lld for a whole request", (long long)waiting_ms, (long long)whole_ms);
	http_request_clear(&one);
	one = request_to(peers[1].port);
	one.timeout_ms = 2 * some_ms;
	begun_ms = clock_mono_ms();
	one = get_one(one, how_of(LONG_MS, LONG_MS)); /* the answer does not end */
	assert_int_equal(one.outcome, HTTP_TIMEOUT);
	assert_true(one.answered_ms - begun_ms >= 2 * (int64_t)some_ms - 10);
	assert_int_equal(one.certificate_count, 2);
	http_request_clear(&one);
	soon = (struct deadline){ .at_ms = clock_mono_ms() + 3 * (int64_t)some_ms };
	one = request_to(peers[0].port);
	get(&one, 1, how_of(some_ms, LONG_MS), &soon); /* TCP stands: it is not overdue */
	assert_int_equal(one.outcome, HTTP_STOPPED);
	http_request_clear(&one);
	get(&one, 0, how_of(100, LONG_MS), &soon);
	one = request_to(peers[0].port); /* nor begun once the time is up */
	get(&one, 1, how_of(100, LONG_MS), &soon);
	assert_int_equal(one.outcome, HTTP_STOPPED);
	assert_int_equal(peers_met(0), 2);
	http_request_clear(&one);
	peers_stop();
}

/* One beside another is not waited for longer than a connect timeout once that is answered. */
static void test_beside(void **state)
{
	struct peer peers[] = { { .does = PEER_TLS12, .says = OK }, { .does = PEER_SILENT } };
	unsigned some_ms;

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	some_ms = stretched_ms(peers[0].port);
	for (int answered = 0; answered < 2; answered++) {
		struct http_request pair[2];
		struct deadline deadline = { .at_ms = clock_mono_ms() + (answered ? 4 * LONG_MS : 3 * (int64_t)some_ms) };

		pair[0] = request_to(peers[answered ? 0 : 1].port);
		pair[1] = request_to(peers[1].port);
		pair[1].beside = &pair[0];
		pair[1].timeout_ms = 8 * LONG_MS;
		get(pair, 2, how_of(some_ms, 8 * LONG_MS), &deadline);
		assert_int_equal(pair[0].outcome, answered ? HTTP_OK : HTTP_STOPPED);
		assert_int_equal(pair[1].outcome, answered ? HTTP_TIMEOUT : HTTP_STOPPED);
		if (answered)
			assert_true(pair[1].answered_ms - pair[0].answered_ms >= some_ms);
		http_request_clear(&pair[0]);
		http_request_clear(&pair[1]);
	}
	peers_stop();
}

/* So many connections to one server at once, and no more; the time of one that waits for its turn has not begun. */
static void test_per_host(void **state)
{
	struct peer peers[] = { { .does = PEER_SILENT }, { .does = PEER_TLS12, .says = OK } };
	struct http_request three[3];
	struct http_how how = how_of(LONG_MS, LONG_MS);
	struct deadline soon;

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	how.connect_timeout_ms = stretched_ms(peers[1].port);
	soon = (struct deadline){ .at_ms = clock_mono_ms() + 4 * (int64_t)how.connect_timeout_ms };
	for (size_t i = 0; i < 3; i++)
		three[i] = request_to(peers[0].port);
	how.per_host = 2;
	get(three, 3, how, &soon);
	assert_true(peers_met(0) <= 2);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(three[i].outcome, HTTP_STOPPED);
		http_request_clear(&three[i]);
	}
	peers_stop();
}

/* More than are made at once; each is answered, and by itself. */
static void test_many(void **state)
{
	enum { MANY = 150 };
	struct peer peers[] = { { .does = PEER_REFUSES }, { .does = PEER_TLS12, .says = OK } };
	static struct http_request all[MANY];

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	for (int i = 0; i < MANY; i++)
		all[i] = request_to(peers[i == MANY - 1].port);
	get(all, MANY, how_of(LONG_MS, LONG_MS), &no_deadline);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(all[i].outcome, i == MANY - 1 ? HTTP_OK : HTTP_REFUSED);
		http_request_clear(&all[i]);
	}
	peers_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),   cmocka_unit_test(test_answers),
		cmocka_unit_test(test_long_headers),                           cmocka_unit_test(test_ips),    cmocka_unit_test(test_proxy),
		cmocka_unit_test(test_timeouts), cmocka_unit_test(test_beside), cmocka_unit_test(test_many),
		cmocka_unit_test(test_per_host), cmocka_unit_test(test_no_answer),
	};

	return cmocka_run_group_tests(tests, make_certificates, free_certificates);
}
