/* SPDX-License-Identifier: MIT */
/* Handshakes and requests against the servers of peer.c: what a server shows, how it fails, and what
 * UDS and a web page answer. tests/e2e has the real servers, the slow and the hostile ones. */
#include "config.h"

#include "advise/order.h"
#include "base/clock.h"
#include "base/mem.h"
#include "gather/discover.h"
#include "gather/facts.h"
#include "gather/probe.h"
#include "gather/web.h"
#include "model/lookup.h"
#include "peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATIENT_MS = 60000, SERVERS_MOST = 24 };

static struct certset set;
static struct made root, sub, rsa, ec;
static const struct deadline no_deadline = { .at_ms = 0 }, *watched = &no_deadline;

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

/* --- probe ------------------------------------------------------------------------------------- */

/* One node, advertised by name, and known by its IP. */
static struct report *one_node(void)
{
	struct report *report = report_new();
	struct node *node = report_add_node(report, "node.example");

	address_add_ip(node_add_address(node, "node.example", true), "127.0.0.1");
	address_add_ip(node_add_address(node, "127.0.0.1", false), "127.0.0.1");
	return report;
}

static struct report *probe(const struct peer *peers, size_t count, struct probe_how how)
{
	struct suites suites[ORDER_COUNT];
	struct report *report = one_node();
	uint16_t ports[SERVERS_MOST];

	for (size_t i = 0; i < count; i++)
		ports[i] = peers[i].port;
	for (int order = 0; order < ORDER_COUNT; order++) {
		order_offered(NULL, (enum order)order, &suites[order]);
		how.suites[order] = &suites[order];
	}
	how.ports = ports;
	how.port_count = count;
	how.parallel = 16;
	if (how.connect_timeout_ms == 0)
		how.connect_timeout_ms = PATIENT_MS;
	if (how.handshake_timeout_ms == 0)
		how.handshake_timeout_ms = PATIENT_MS;
	probe_run(report, &how, watched);
	return report;
}

static const struct observation *seen(const struct report *report, const char *address, uint16_t port,
                                      enum order order)
{
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].port == port && report->observations[i].order == order &&
		    strcmp(report->observations[i].address, address) == 0)
			return &report->observations[i];
	fail_msg("nothing seen of %s port %u", address, port);
	return NULL;
}

static const char *common_name(const struct observation *observation)
{
	return observation->chain.count > 0 ? observation->chain.certs[0]->common_name : "";
}

#define GCM_RSA "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
#define GCM_EC "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"

/* TLS 1.2: the certificate follows the order of suites where there are two; the IP, which nobody is
 * sent to, is held against the name and ended early. */
static void test_presented(void **state)
{
	struct peer peers[] = {
		{ .does = PEER_TLS12 },
		{ .does = PEER_TLS12, .ec = true, .asks = true },
		{ .does = PEER_TLS12, .no_sni = true },
	};
	static const char *const shown[][ORDER_COUNT] = {
		{ "rsa.example", "rsa.example" },
		{ "rsa.example", "ec.example" },
		{ "ec.example", "ec.example" },
	};
	static const char *const addresses[] = { "node.example", "127.0.0.1" };
	enum { PEERS = sizeof peers / sizeof *peers };

	(void)state;
	for (int all = 0; all < 2; all++) {
		struct report *report;

		peers_start(peers, PEERS, &rsa, &ec, &sub);
		report = probe(peers, PEERS,
		               (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 1, .retries = 1, .complete_all = all == 1 });
		assert_int_equal(report->observation_count, PEERS * 2 * ORDER_COUNT);
		for (size_t i = 0; i < PEERS; i++)
			for (size_t k = 0; k < 2 * ORDER_COUNT; k++) {
				enum order order = k % 2 == 0 ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST;
				const struct observation *one =
					seen(report, addresses[k / 2], peers[i].port, order);

				assert_int_equal(one->outcome, OUTCOME_PRESENTED);
				assert_string_equal(common_name(one), shown[i][order]);
				assert_int_equal(one->chain.count, 2);
				assert_string_equal(one->chain.certs[1]->common_name, "Sub");
				assert_string_equal(one->tls_version, "TLS1.2");
				assert_string_equal(one->cipher_suite,
				                    strcmp(shown[i][order], "rsa.example") == 0 ? GCM_RSA
				                                                               : GCM_EC);
				assert_int_equal(one->client_certificate_requested, peers[i].asks);
				assert_int_equal(one->client_cas != NULL, peers[i].asks);
				assert_true(one->handshake_completed);
				assert_int_equal(one->reached, REACHED_FINISHED);
				assert_int_equal(one->flaw, FLAW_NONE);
				assert_int_equal(one->stopped_early, all == 0 && k / 2 == 1);
				assert_int_equal(one->tries, 1);
				assert_int_equal(one->offered, OFFERED_TLS12);
				assert_string_equal(one->ip, "127.0.0.1");
			}
		for (size_t i = 0; i < PEERS; i++) {
			assert_int_equal(peers_met(i), 4);
			/* RFC 5246 7.2.1; a handshake that is stopped never comes to it */
			assert_true(peers_said_goodbye(i, all == 1 ? 4 : 2));
		}
		peers_stop();
		report_free(report);
	}
}

/* TLS 1.3: both kinds are shown in one version; the name is sent, and for an IP none. */
static void test_versions(void **state)
{
	struct peer peers[] = {
		{ .does = PEER_TLS13, .ec = true },
		{ .does = PEER_BOTH },
		{ .does = PEER_TLS12 },
	};
	static const char *const versions[] = { "TLS1.3", "TLS1.3", "TLS1.2" };
	struct report *report;

	(void)state;
	peers_start(peers, 3, &rsa, &ec, &sub);
	report = probe(peers, 3,
	               (struct probe_how){ .tls = OFFERED_TLS12 | OFFERED_TLS13, .per_address = 4 });
	for (size_t i = 0; i < 3; i++) {
		const struct observation *one = seen(report, "node.example", peers[i].port, ORDER_RSA_FIRST);

		assert_int_equal(one->outcome, OUTCOME_PRESENTED);
		assert_string_equal(one->tls_version, versions[i]);
		assert_true(one->handshake_completed);
		assert_int_equal(one->reached, REACHED_FINISHED);
		assert_false(one->stopped_early);
	}
	report_free(report);
	/* 1.2 alone is not enough for the first */
	report = probe(peers, 3, (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 1 });
	assert_int_equal(seen(report, "node.example", peers[0].port, ORDER_RSA_FIRST)->chain.count, 0);
	assert_non_null(strstr(seen(report, "node.example", peers[0].port, ORDER_RSA_FIRST)->detail, "alert "));
	assert_string_equal(seen(report, "node.example", peers[1].port, ORDER_RSA_FIRST)->tls_version,
	                    "TLS1.2");
	report_free(report);
	report = probe(peers, 2, (struct probe_how){ .tls = OFFERED_TLS13, .per_address = 1 });
	assert_string_equal(seen(report, "node.example", peers[1].port, ORDER_RSA_FIRST)->tls_version,
	                    "TLS1.3");
	report_free(report);
	peers_stop();
}

/* It is not known whether TLS 1.3 is offered (X14.2): without it is asked for only where 1.3 was chosen. */
static void test_further(void **state)
{
	struct peer peers[] = { { .does = PEER_TLS12 }, { .does = PEER_BOTH }, { .does = PEER_TLS13 } };
	static const enum outcome without[] = { OUTCOME_NOT_NEEDED, OUTCOME_PRESENTED, OUTCOME_TLS_ALERT };
	struct suites suites;
	uint16_t ports[3];
	struct probe_how how = { .ports = ports, .port_count = 3, .per_address = 4, .parallel = 4, .connect_timeout_ms = PATIENT_MS,
		                 .handshake_timeout_ms = PATIENT_MS, .suites = { &suites, &suites } };
	struct report *report = one_node();

	(void)state;
	order_offered(NULL, ORDER_RSA_FIRST, &suites);
	peers_start(peers, 3, &rsa, &ec, &sub);
	for (size_t i = 0; i < 3; i++)
		ports[i] = peers[i].port;
	report->policy.offers = OFFERED_TLS12;
	report->policy.may_offer = OFFERED_TLS13;
	probe_run(report, &how, &no_deadline);
	assert_int_equal(report->observation_count, 3 * 2 * 2 * 2); /* ports, addresses, orders, ClientHellos */
	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *one = &report->observations[i];
		size_t peer = one->port == ports[0] ? 0 : one->port == ports[1] ? 1 : 2;

		assert_int_equal(one->offered, i % 2 == 0 ? 3 : 1);
		assert_int_equal(one->outcome, i % 2 == 0 ? OUTCOME_PRESENTED : without[peer]);
	}
	assert_int_equal(peers_met(0), 4);
	assert_int_equal(peers_met(1), 8);
	assert_int_equal(peers_met(2), 8);
	report_free(report);
	peers_stop();
}

/* How servers fail, each with its own words; only a reset is worth another connection. */
static void test_failures(void **state)
{
	struct peer peers[] = {
		{ .does = PEER_SAYS, .says = "HTTP/1.0 400 Bad\x01 Request\r\nServer: x\r\n\r\n" },
		{ .does = PEER_SAYS, .says = "SSH-2.0-x\r\n" },
		{ .does = PEER_SAYS, .says = "\x15\x03\x03\0\x02\x02\x28", .says_len = 7 },
		{ .does = PEER_SAYS, .says = "\x15\x03\x01\0\x02\x02\x46", .says_len = 7 },
		{ .does = PEER_SAYS, .says = "\x16\x03\x03\0\x20\x02", .says_len = 6 },
		{ .does = PEER_SAYS, .says = "" },
		{ .does = PEER_RESETS },
		{ .does = PEER_REFUSES },
	};
	static const struct {
		enum outcome outcome;
		const char *detail;
		unsigned tries;
		enum reached reached;
	} rows[] = {
		{ OUTCOME_NOT_TLS, "it answered \"HTTP/1.0 400 Bad. Request\"", 1, REACHED_CONNECTED },
		{ OUTCOME_NOT_TLS, "it answered \"SSH-2.0-x\"", 1, REACHED_CONNECTED },
		{ OUTCOME_TLS_ALERT, "alert 40 handshake_failure", 1, REACHED_CONNECTED },
		{ OUTCOME_TLS_VERSION, "alert 70 protocol_version", 1, REACHED_CONNECTED },
		{ OUTCOME_CLOSED, "closed in the middle of the handshake", 1, REACHED_CONNECTED },
		{ OUTCOME_CLOSED, "closed without a word", 1, REACHED_CONNECTED },
		{ OUTCOME_RESET, "Connection reset by peer", 2, REACHED_CONNECTED },
		{ OUTCOME_REFUSED, "Connection refused", 1, REACHED_NOTHING },
	};
	enum { PEERS = sizeof peers / sizeof *peers };
	struct report *report;

	(void)state;
	peers_start(peers, PEERS, &rsa, &ec, &sub);
	report = probe(peers, PEERS,
	               (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 4, .retries = 1 });
	assert_int_equal(report->observation_count, PEERS * 2 * ORDER_COUNT);
	for (size_t i = 0; i < PEERS; i++) {
		const struct observation *one = seen(report, "node.example", peers[i].port, ORDER_RSA_FIRST);

		if (one->outcome != rows[i].outcome || strcmp(one->detail, rows[i].detail) != 0)
			fail_msg("%zu: %s %s", i, outcome_name(one->outcome), one->detail);
		assert_int_equal(one->tries, rows[i].tries);
		assert_int_equal(one->reached, rows[i].reached);
		assert_int_equal(one->chain.count, 0);
		assert_false(one->handshake_completed);
		assert_null(one->tls_version);
		assert_int_equal(peers_met(i), i + 1 == PEERS ? 0 : 4 * rows[i].tries);
	}
	peers_stop();
	report_free(report);
}

/* A server that says nothing is given up; what comes after a stop is not begun. */
static void test_silence_and_stop(void **state)
{
	struct peer peers[] = { { .does = PEER_SILENT } };
	volatile sig_atomic_t stop = 1;
	struct deadline stopped = { .stop = &stop };
	struct report *report;

	(void)state;
	peers_start(peers, 1, &rsa, &ec, &sub);
	report = probe(peers, 1,
	               (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 4, .handshake_timeout_ms = 50 });
	for (size_t i = 0; i < report->observation_count; i++) {
		assert_int_equal(report->observations[i].outcome, OUTCOME_TIMEOUT);
		assert_string_equal(report->observations[i].detail, "timed out waiting for the first byte");
		assert_int_equal(report->observations[i].reached, REACHED_CONNECTED);
		assert_int_equal(report->observations[i].tries, 1);
		assert_true(report->observations[i].took_ms >= 50);
	}
	report_free(report);
	report = one_node();
	probe_run(report, &(struct probe_how){ .ports = &peers[0].port, .port_count = 1, .parallel = 1 }, &stopped);
	assert_int_equal(report->observation_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(report->observations[i].outcome, OUTCOME_STOPPED);
	peers_stop();
	report_free(report);
}

/* TCP and TLS have their times; no answer to three SYNs is not asked for again. */
static void test_times(void **state)
{
	struct peer peers[] = { { .does = PEER_FULL }, { .does = PEER_SILENT } };
	struct report *report = NULL;

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	for (size_t i = 0; i < 8; i++) {
		const struct observation *one;
		bool full = i < 4;

		if (i == 0)
			report = probe(peers, 1, (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 4, .retries = 1, .connect_timeout_ms = 200 });
		if (i == 4) {
			report_free(report);
			report = probe(peers + 1, 1, (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 4, .retries = 1, .handshake_timeout_ms = 400 });
		}
		one = &report->observations[i % 4];
		assert_int_equal(one->outcome, OUTCOME_TIMEOUT);
		assert_string_equal(one->detail, full ? "no answer to the connect" : "timed out waiting for the first byte");
		assert_int_equal(one->reached, full ? REACHED_NOTHING : REACHED_CONNECTED);
		assert_int_equal(one->tries, full ? 1 : 2);
		assert_true(one->took_ms >= (full ? 200 : 400) && one->took_ms < PATIENT_MS / 2);
	}
	assert_int_equal(peers_met(1), 8);
	report_free(report);
	peers_stop();
}

/* A deadline in the middle: each is told how far it was, and what was not begun as well. */
static void test_stopped_on_the_way(void **state)
{
	struct peer peers[] = { { .does = PEER_FULL }, { .does = PEER_SILENT }, { .does = PEER_TLS12 } };
	int64_t some_ms = clock_mono_ms();

	(void)state;
	peers_start(peers, 3, &rsa, &ec, &sub);
	/* how long things take here, valgrind and a busy machine included: four handshakes, several times */
	report_free(probe(peers + 2, 1, (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 1 }));
	some_ms = 200 + 3 * (clock_mono_ms() - some_ms);
	if (some_ms > PATIENT_MS / 2)
		some_ms = PATIENT_MS / 2;
	for (int window = 0; window < 2; window++) {
		struct deadline deadline = { .at_ms = clock_mono_ms() + some_ms };
		struct report *report = one_node();
		uint16_t ports[] = { peers[0].port, peers[1].port };
		struct suites suites;
		struct probe_how how = { .ports = ports, .port_count = 2, .tls = OFFERED_TLS12, .per_address = 1, .retries = 3,
			                 .connect_timeout_ms = PATIENT_MS, .handshake_timeout_ms = PATIENT_MS,
			                 .parallel = window == 0 ? 16 : 0, .suites = { &suites, &suites } };
		size_t begun = 0;

		order_offered(NULL, ORDER_RSA_FIRST, &suites);
		probe_run(report, &how, &deadline);
		assert_int_equal(report->observation_count, 8);
		for (size_t i = 0; i < 8; i++) {
			const struct observation *one = &report->observations[i];

			assert_int_equal(one->outcome, OUTCOME_STOPPED);
			assert_true(one->tries <= 1);
			begun += one->tries;
			if (one->tries == 0)
				assert_null(one->detail);
			else
				assert_string_equal(one->detail, one->port == ports[0] ? "stopped while connecting"
				                                                       : "stopped waiting for the first byte");
			assert_int_equal(one->reached, one->tries == 1 && one->port == ports[1] ? REACHED_CONNECTED : REACHED_NOTHING);
		}
		assert_int_equal(begun, window == 0 ? 2 : 1); /* one at each place; no window: one in all */
		report_free(report);
	}
	peers_stop();
}

/* What the kernel refuses at once. */
static void test_unreachable(void **state)
{
	struct report *report = report_new();
	struct suites suites;
	uint16_t port = 1;
	struct probe_how how = { .ports = &port, .port_count = 1, .tls = OFFERED_TLS12, .per_address = 4, .parallel = 4,
		                 .retries = 2, .connect_timeout_ms = PATIENT_MS, .handshake_timeout_ms = PATIENT_MS,
		                 .suites = { &suites, &suites } };

	(void)state;
	order_offered(NULL, ORDER_RSA_FIRST, &suites);
	/* a link-local IP without its link leads nowhere */
	address_add_ip(node_add_address(report_add_node(report, "node.example"), "node.example", true), "fe80::1");
	probe_run(report, &how, &no_deadline);
	assert_int_equal(report->observation_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(report->observations[i].outcome, OUTCOME_UNREACHABLE);
		assert_int_equal(report->observations[i].tries, 1);
		assert_int_equal(report->observations[i].reached, REACHED_NOTHING);
		assert_non_null(report->observations[i].detail);
	}
	report_free(report);
}

/* --infer: one that has shown RSA although ECDSA came first has no other. */
static void test_infer(void **state)
{
	struct peer peers[] = { { .does = PEER_TLS12, .asks = true },
		                { .does = PEER_TLS12, .ec = true, .asks = true } };
	struct report *report;

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	report = probe(peers, 2,
	               (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 1, .infer = true });
	for (size_t i = 0; i < 2; i++)
		for (int order = 0; order < ORDER_COUNT; order++) {
			const struct observation *one =
				seen(report, "node.example", peers[i].port, (enum order)order);

			assert_int_equal(one->outcome, OUTCOME_PRESENTED);
			assert_int_equal(one->inferred, i == 0 && order == ORDER_RSA_FIRST);
			assert_string_equal(one->tls_version, "TLS1.2");
			assert_string_equal(one->cipher_suite,
			                    i == 1 && order == ORDER_ECDSA_FIRST ? GCM_EC : GCM_RSA);
			assert_int_equal(one->reached, REACHED_FINISHED);
			assert_true(one->handshake_completed);
			assert_int_equal(one->chain.count, 2);
			assert_true(one->client_certificate_requested);
			assert_non_null(one->client_cas);
			assert_string_equal(common_name(one), i == 1 && order == ORDER_ECDSA_FIRST
			                                              ? "ec.example"
			                                              : "rsa.example");
		}
	assert_int_equal(peers_met(0), 2);
	assert_int_equal(peers_met(1), 4);
	peers_stop();
	report_free(report);
}

/* Records of RFC 5246 with one handshake message. */
static void add_message(struct buf *to, unsigned version, int type, const void *body, size_t len)
{
	size_t whole = len + 4;
	unsigned char head[4] = { (unsigned char)type, (unsigned char)(len >> 16), (unsigned char)(len >> 8), (unsigned char)len };
	struct buf message;

	buf_init(&message);
	buf_add(&message, head, 4);
	buf_add(&message, body, len);
	for (size_t at = 0; at < whole; at += 16000) {
		size_t part = whole - at < 16000 ? whole - at : 16000;
		unsigned char record[5] = { 22, (unsigned char)(version >> 8), (unsigned char)version,
			                    (unsigned char)(part >> 8), (unsigned char)part };

		buf_add(to, record, 5);
		buf_add(to, message.data + at, part);
	}
	buf_clear(&message);
}

static void add_hello(struct buf *to, unsigned version, unsigned suite)
{
	unsigned char body[38] = { (unsigned char)(version >> 8), (unsigned char)version };

	memset(body + 2, 0x5a, 32);
	body[35] = (unsigned char)(suite >> 8);
	body[36] = (unsigned char)suite;
	add_message(to, 0x0303, 2, body, sizeof body);
}

/* copies: so many times the certificate. */
static void add_certificates(struct buf *to, const struct made *leaf, size_t copies, size_t bytes_less)
{
	size_t len = leaf->cert->der_len, list = copies * (len + 3);
	unsigned char *body = mem_alloc(list + 3), *at = body + 3;

	for (size_t i = 0; i < copies; i++, at += len) {
		*at++ = 0;
		*at++ = (unsigned char)(len >> 8);
		*at++ = (unsigned char)len;
		memcpy(at, leaf->cert->der, len);
	}
	body[0] = (unsigned char)(list >> 16);
	body[1] = (unsigned char)(list >> 8);
	body[2] = (unsigned char)list;
	add_message(to, 0x0303, 11, body, list + 3 - bytes_less);
	free(body);
}

/* Handshakes that end after some message of the server's. */
static void test_broken_off(void **state)
{
	enum { PEERS = 9 };
	struct buf says[PEERS];
	struct peer peers[PEERS];
	static const struct {
		enum outcome outcome;
		const char *detail;
		enum reached reached;
		enum handshake_flaw flaw;
		size_t chain;
	} rows[PEERS] = {
		{ OUTCOME_TLS_ERROR, "the server chose suite 0x0005, which was not offered", REACHED_SERVER_HELLO, FLAW_NONE, 0 },
		{ OUTCOME_TLS_VERSION, "the server chose a TLS version that was not offered", REACHED_SERVER_HELLO, FLAW_NONE, 0 },
		{ OUTCOME_CLOSED, "closed in the middle of the handshake", REACHED_SERVER_HELLO, FLAW_NONE, 0 },
		{ OUTCOME_PRESENTED, "closed in the middle of the handshake", REACHED_CERTIFICATE, FLAW_NONE, 2 },
		{ OUTCOME_NO_CERTIFICATE, "the Certificate message is empty", REACHED_CERTIFICATE, FLAW_LENGTH_MISMATCH, 0 },
		{ OUTCOME_TLS_ERROR, "the Certificate message is malformed", REACHED_CERTIFICATE, FLAW_LENGTH_MISMATCH, 0 },
		{ OUTCOME_PRESENTED, NULL, REACHED_CERTIFICATE, FLAW_MESSAGE_TOO_LARGE, 200 },
		/* the key does not fit the suite: ssl_cert_lookup_by_pkey */
		{ OUTCOME_PRESENTED, NULL, REACHED_CERTIFICATE, FLAW_WRONG_CERTIFICATE_TYPE, 1 },
		{ OUTCOME_PRESENTED, NULL, REACHED_CERTIFICATE, FLAW_WRONG_CERTIFICATE_TYPE, 1 },
	};
	struct report *report;

	(void)state;
	memset(peers, 0, sizeof peers);
	for (size_t i = 0; i < PEERS; i++) {
		buf_init(&says[i]);
		add_hello(&says[i], i == 1 ? 0x0302 : 0x0303, i == 0 ? 0x0005 : i == 8 ? 0xc02c : 0xc030);
		if (i == 3)
			add_certificates(&says[i], &rsa, 2, 0);
		if (i == 4)
			add_certificates(&says[i], &rsa, 0, 0);
		if (i == 5)
			add_certificates(&says[i], &rsa, 1, 1);
		if (i == 6)
			add_certificates(&says[i], &rsa, 200, 0);
		if (i > 6)
			add_certificates(&says[i], i == 7 ? &ec : &rsa, 1, 0);
		peers[i] = (struct peer){ .does = PEER_SAYS, .says = says[i].data, .says_len = says[i].len };
	}
	assert_true(200 * rsa.cert->der_len > 102400);
	peers_start(peers, PEERS, &rsa, &ec, &sub);
	report = probe(peers, PEERS, (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 1 });
	for (size_t i = 0; i < PEERS; i++) {
		const struct observation *one = seen(report, "node.example", peers[i].port, ORDER_RSA_FIRST);

		if (one->outcome != rows[i].outcome || one->reached != rows[i].reached || one->flaw != rows[i].flaw ||
		    one->chain.count != rows[i].chain ||
		    (rows[i].detail != NULL && strcmp(one->detail, rows[i].detail) != 0))
			fail_msg("%zu: %s, %s, %s, %s, %zu", i, outcome_name(one->outcome), one->detail,
			         reached_name(one->reached), flaw_name(one->flaw), one->chain.count);
		assert_false(one->handshake_completed);
		buf_clear(&says[i]);
	}
	peers_stop();
	report_free(report);
}

/* A leaf whose key usage has no digitalSignature: OpenSSL does not mind it with RSA, and refuses it with an
 * elliptic curve in TLS 1.2 ("bad ecc cert", ssl_check_srvr_ecc_cert_and_alg). */
static void test_key_usage(void **state)
{
	struct peer peers[] = { { .does = PEER_TLS12 }, { .does = PEER_TLS12, .no_sni = true } };
	struct made bare = made_cert(&set, "bare.example", "bare.example", &sub, MADE_RSA | MADE_CA),
		    bare_ec = made_cert(&set, "bare-ec.example", "bare-ec.example", &sub, MADE_CA);
	struct report *report;

	(void)state;
	peers_start(peers, 2, &bare, &bare_ec, &sub);
	report = probe(peers, 2, (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 1 });
	for (size_t i = 0; i < 2; i++) {
		const struct observation *one = seen(report, "node.example", peers[i].port, ORDER_ECDSA_FIRST);

		if (one->outcome != OUTCOME_PRESENTED || one->flaw != (i == 0 ? FLAW_NONE : FLAW_BAD_ECC_CERT) || !one->handshake_completed)
			fail_msg("%zu: %s %s %s %d %u", i, outcome_name(one->outcome), one->detail, flaw_name(one->flaw), one->handshake_completed, one->tries);
		assert_int_equal(one->tries, 2);
	}
	peers_stop();
	report_free(report);
	made_free(&bare);
	made_free(&bare_ec);
}

/* --- discover ---------------------------------------------------------------------------------- */

static char *fixed_ips[] = { (char[]){ "127.0.0.1" } };
static const struct names_fixed fixed[] = { { (char[]){ "pub.example" }, fixed_ips, 1 } };
static const struct names_how names = {
	.dns_server = "127.0.0.1:1", .fixed = fixed, .fixed_count = 1, .ipv4 = true, .timeout_ms = 100
};

#define OK "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
#define LIST "<servers version=\"14.0.1\"><server>a.example</server><server>b.example</server></servers>"
#define BUILD OK "\r\n<versionInformation><version>14.0.1.5</version></versionInformation>"

static void test_discover(void **state)
{
	static char long_header[70000], long_body[1 << 21], exact[2][(1 << 20) + 200],
		headers[2][70000];
	struct peer peers[] = {
		{ .does = PEER_TLS12, .says = OK "\r\n" LIST, .version = BUILD },
		{ .does = PEER_TLS13, .says = OK "Transfer-Encoding: \t Chunked \r\n\r\n58\r\n" LIST "\r\n0\r\n\r\n", .version = "HTTP/1.1 404 no\r\n\r\n" },
		{ .does = PEER_TLS12, .says = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" },
		{ .does = PEER_TLS12, .says = "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n" },
		{ .does = PEER_TLS12, .says = "HTTP/1.1 399 Found\r\nContent-Length: 0\r\n\r\n" },
		{ .does = PEER_TLS12, .says = "HTTP/1.1 299 Found\r\nContent-Length: 0\r\n\r\n" },
		{ .does = PEER_TLS12, .says = long_header },
		{ .does = PEER_TLS12, .says = long_body },
		{ .does = PEER_TLS12, .says = OK "Transfer-Encoding: gzip\r\n\r\nx" },
		{ .does = PEER_TLS12, .says = OK "Content-Length: 500\r\n\r\n" LIST },
		{ .does = PEER_TLS12, .says = OK "\r\nno xml" },
		{ .does = PEER_SAYS, .says = "HTTP/1.0 400 Bad\r\n\r\n" },
		{ .does = PEER_REFUSES },
		{ .does = PEER_TLS12, .says = exact[0] },   { .does = PEER_TLS12, .says = exact[1] },
		{ .does = PEER_TLS12, .says = headers[0] }, { .does = PEER_TLS12, .says = headers[1] },
	};
	static const struct {
		enum discovery_outcome outcome;
		const char *detail, *version; /* NULL: any, none */
		size_t nodes, chain;
	} rows[] = {
		{ DISCOVERY_OK, NULL, "14.0.1.5", 2, 2 },
		{ DISCOVERY_OK, NULL, "14.0.1", 2, 2 },
		{ DISCOVERY_HTTP_STATUS, "HTTP status 404", NULL, 1, 2 },
		{ DISCOVERY_REDIRECT, "HTTP status 302 to https://pub.example:", NULL, 1, 2 },
		{ DISCOVERY_REDIRECT, "HTTP status 399 to nowhere", NULL, 1, 2 },
		{ DISCOVERY_HTTP_STATUS, "HTTP status 299", NULL, 1, 2 },
		{ DISCOVERY_TOO_LARGE, "more than 65536 bytes", NULL, 1, 2 },
		{ DISCOVERY_TOO_LARGE, "more than 1048576 bytes", NULL, 1, 2 },
		{ DISCOVERY_BROKEN, "compressed, which nobody asked for", NULL, 1, 2 },
		{ DISCOVERY_BROKEN, "", NULL, 1, 2 },
		{ DISCOVERY_NOT_XML, NULL, NULL, 1, 2 },
		{ DISCOVERY_TLS, "", NULL, 1, 0 },
		{ DISCOVERY_REFUSED, "Connection refused", NULL, 1, 0 },
		{ DISCOVERY_OK, NULL, "14.0.1", 2, 2 },
		{ DISCOVERY_TOO_LARGE, "more than 1048576 bytes", NULL, 1, 2 },
		{ DISCOVERY_OK, NULL, "14.0.1", 2, 2 },
		{ DISCOVERY_TOO_LARGE, "more than 65536 bytes", NULL, 1, 2 },
	};
	enum { PEERS = sizeof peers / sizeof *peers };
	struct discover_how how = { 60, 60, &names, 4, false };

	(void)state;
	assert_int_equal(sizeof rows / sizeof *rows, PEERS);
	memset(long_header, 'x', sizeof long_header - 1);
	memcpy(long_header, OK "X: ", strlen(OK "X: "));
	memcpy(long_header + sizeof long_header - 5, "\r\n\r\n", 5);
	memset(long_body, ' ', sizeof long_body - 1);
	memcpy(long_body, OK "\r\n" LIST, strlen(OK "\r\n" LIST));
	for (size_t i = 0; i < 2; i++) { /* the most that is read, and a byte more */
		memset(exact[i], ' ', (1 << 20) + strlen(OK "\r\n") + i);
		memcpy(exact[i], OK "\r\n" LIST, strlen(OK "\r\n" LIST));
		memset(headers[i], 'x', 65536 + i);
		memcpy(headers[i], OK "X: ", strlen(OK "X: "));
		memcpy(headers[i] + 65536 + i - 4, "\r\n\r\n" LIST, strlen("\r\n\r\n" LIST));
	}
	peers_start(peers, PEERS, &rsa, &ec, &sub);
	for (size_t i = 0; i < PEERS; i++) {
		struct report *report = report_new();
		const struct cluster *cluster;
		char url[100], request[300];

		discover_plan(report, &(struct target){ (char[]){ "pub.example" }, 0 }, 1, SOURCE_OPTION,
		              peers[i].port);
		discover_run(report, &how, &no_deadline);
		cluster = &report->clusters[0];
		if (cluster->outcome != rows[i].outcome ||
		    (rows[i].detail == NULL ? cluster->detail != NULL
		                            : strstr(cluster->detail, rows[i].detail) == NULL))
			fail_msg("%zu: %s %s", i, discovery_outcome_name(cluster->outcome), cluster->detail);
		if (rows[i].version == NULL)
			assert_null(cluster->version);
		else
			assert_string_equal(cluster->version, rows[i].version);
		assert_int_equal(report->node_count, rows[i].nodes);
		assert_string_equal(report->nodes[0].name, rows[i].nodes == 2 ? "a.example" : "pub.example");
		assert_int_equal(report->nodes[0].source, rows[i].nodes == 2 ? SOURCE_UDS : SOURCE_OPTION);
		assert_int_equal(cluster->chain.count, rows[i].chain);
		snprintf(url, sizeof url, "https://pub.example:%u/cucm-uds/servers", peers[i].port);
		assert_string_equal(cluster->url, url);
		if (rows[i].chain == 2) {
			assert_string_equal(cluster->ip, "127.0.0.1");
			snprintf(request, sizeof request,
			         "GET /cucm-uds/servers HTTP/1.1\r\nHost: pub.example:%u\r\n"
			         "User-Agent: mra-preflight/" PACKAGE_VERSION "\r\nAccept: */*\r\n\r\n",
			         peers[i].port);
			if (peers[i].version != NULL)
				assert_string_equal(peers_asked(i), request);
			assert_string_equal(cluster->chain.certs[0]->common_name, "rsa.example");
		}
		report_free(report);
	}
	peers_stop();
}

/* --- web --------------------------------------------------------------------------------------- */

static void test_web(void **state)
{
	struct peer peers[] = {
		{ .does = PEER_TLS12, .says = "HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n" },
		{ .does = PEER_REFUSES },
		{ .does = PEER_SAYS, .says = "x\r\n" },
	};
	struct web_how how = { &names, 60, 60, false };
	struct report *report = report_new();
	static const char *const hosts[] = { "pub.example", "127.0.0.1", "pub.example", "none.example" };

	(void)state;
	peers_start(peers, 3, &rsa, &ec, &sub);
	for (size_t i = 0; i < 4; i++) {
		struct client *client = report_add_client(report, "x", CLIENT_WEB);

		client->host = mem_strdup(hosts[i]);
		client->port = peers[i < 3 ? i : 0].port;
	}
	report_add_client(report, "file", CLIENT_FILE);
	web_run(report, &how, &no_deadline);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(report->clients[i].fetched, i < 4);
		assert_int_equal(report->clients[i].chain.count, i == 0 ? 2 : 0);
		assert_int_equal(report->clients[i].problem != NULL, i > 0 && i < 4);
	}
	assert_string_equal(report->clients[0].chain.certs[0]->common_name, "rsa.example");
	assert_string_equal(report->clients[0].chain.certs[1]->common_name, "Sub");
	assert_string_equal(report->clients[1].problem, "Connection refused");
	assert_int_equal(peers_met(0), 1);
	web_run(report, &how, &no_deadline); /* each once */
	assert_int_equal(peers_met(0), 1);
	peers_stop();
	report_free(report);
}

/* The deadline comes while a server is silent: that is said, and nothing of certificates. */
static void test_stopped_in_the_middle(void **state)
{
	struct peer peers[] = { { .does = PEER_SILENT } };
	struct discover_how how = { 60, 60, &names, 4, false };
	struct web_how web = { &names, 60, 60, false };
	struct deadline deadline = { .at_ms = clock_mono_ms() + 150 };
	struct report *report = report_new();
	struct client *client = report_add_client(report, "x", CLIENT_WEB);

	(void)state;
	peers_start(peers, 1, &rsa, &ec, &sub);
	client->host = mem_strdup("pub.example");
	client->port = peers[0].port;
	discover_plan(report, &(struct target){ (char[]){ "pub.example" }, 0 }, 1, SOURCE_OPTION,
	              peers[0].port);
	web_run(report, &web, &deadline);
	assert_string_equal(client->problem, "the run was stopped before");
	deadline.at_ms = clock_mono_ms() + 150;
	discover_run(report, &how, &deadline);
	assert_int_equal(report->clusters[0].outcome, DISCOVERY_STOPPED);
	/* the same once it has passed */
	free(client->problem);
	client->problem = NULL;
	client->fetched = false;
	web_run(report, &web, &deadline);
	assert_string_equal(client->problem, "the run was stopped before");
	report->clusters[0].outcome = DISCOVERY_NOT_TRIED;
	free(report->clusters[0].detail);
	report->clusters[0].detail = NULL;
	discover_run(report, &how, &deadline);
	assert_int_equal(report->clusters[0].outcome, DISCOVERY_STOPPED);
	assert_string_equal(report->clusters[0].detail, lookup_text(LOOKUP_STOPPED));
	peers_stop();
	report_free(report);
}

/* --- what is told while it goes on --------------------------------------------------------------- */

static struct told {
	struct deadline_pulse pulse;
	bool one_at_a_time;
	size_t observations, clusters, clients, done, all, notes;
	bool busy_with_another;
	char stage[20], last[300], notes_text[6000];
} told;

static void tell(void *arg, const char *stage, size_t done, size_t all)
{
	(void)arg;
	if (strcmp(told.stage, stage) == 0 && done < told.done)
		fail_msg("%s: %zu after %zu", stage, done, told.done);
	assert_true(done <= all);
	snprintf(told.stage, sizeof told.stage, "%s", stage);
	told.done = done;
	told.all = all;
}

static void note_line(void *arg, const char *line)
{
	(void)arg;
	told.notes++;
	snprintf(told.last, sizeof told.last, "%s", line);
	strncat(told.notes_text, line, sizeof told.notes_text - strlen(told.notes_text) - 2);
	strcat(told.notes_text, "\n");
}

static void found(void *arg, int kind, size_t index)
{
	const struct deadline_pulse *pulse = &told.pulse;

	(void)arg;
	told.observations += kind == FACT_OBSERVATION;
	told.clusters += kind == FACT_BUSY && pulse->busy_with == FACT_CLUSTER && pulse->index == index;
	told.clients += kind == FACT_CLIENT && pulse->busy_with == FACT_NONE;
	if (kind == FACT_OBSERVATION && told.one_at_a_time &&
	    (pulse->busy_with != FACT_OBSERVATION || pulse->index != index))
		told.busy_with_another = true;
}

/* Whoever watches this process can see with whose bytes it is busy, and hears of each that is done. */
static void test_pulse(void **state)
{
	struct peer peers[] = {
		{ .does = PEER_TLS12, .says = OK "\r\n" LIST }, { .does = PEER_SAYS, .says = "x\r\n" },
		{ .does = PEER_REFUSES },                       { .does = PEER_RESETS },
	};
	struct discover_how how = { 60, 60, &names, 4, false };
	struct web_how web = { &names, 60, 60, false };

	(void)state;
	peers_start(peers, 4, &rsa, &ec, &sub);
	for (int one = 0; one < 2; one++) {
		struct deadline deadline = { .tell = tell, .note = note_line, .found = found, .pulse = &told.pulse,
			                     .one_at_a_time = one == 1 };
		struct report *report;
		struct client *client;
		char *refused;

		told = (struct told){ .one_at_a_time = one == 1 };
		watched = &deadline;
		report = probe(peers, 4, (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 2 });
		watched = &no_deadline;
		assert_int_equal(told.observations, 16);
		assert_string_equal(told.stage, "probe");
		assert_int_equal(told.done, 16);
		assert_int_equal(told.all, 16);
		assert_int_equal(told.notes, 16);
		assert_false(told.busy_with_another);
		assert_non_null(strstr(told.last, " (127.0.0.1) port "));
		refused = mem_printf("127.0.0.1 (127.0.0.1) port %u ecdsa-first: refused, Connection refused, ", peers[2].port);
		assert_non_null(strstr(told.notes_text, refused));
		free(refused);
		if (one == 0)
			assert_int_equal(told.pulse.busy_with, FACT_NONE);
		report_free(report);
		report = report_new();
		client = report_add_client(report, "x", CLIENT_WEB);
		client->host = mem_strdup("pub.example");
		client->port = peers[0].port;
		told.pulse.busy_with = FACT_NODE;
		web_run(report, &web, &deadline);
		assert_int_equal(told.clients, 1);
		for (size_t i = 0; i < 2; i++)
			discover_plan(report, &(struct target){ (char[]){ "pub.example" }, 0 }, 1, SOURCE_OPTION,
			              peers[2 * i].port);
		discover_plan(report, &(struct target){ (char[]){ "PUB.example" }, peers[0].port }, 1, SOURCE_OPTION, 1);
		assert_int_equal(report->cluster_count, 2); /* in any case of letters it is the same */
		told.done = 0;
		discover_run(report, &how, &deadline);
		assert_int_equal(told.clusters, one == 1 ? 2 : 0);
		assert_int_equal(told.pulse.busy_with, FACT_NONE);
		assert_string_equal(told.stage, "discover");
		assert_int_equal(told.done, 2);
		assert_int_equal(report->clusters[0].outcome, DISCOVERY_OK);
		assert_int_equal(report->clusters[1].outcome, DISCOVERY_REFUSED);
		assert_int_equal(report->node_count, 3);
		/* what has been tried is not asked again */
		discover_run(report, &how, &deadline);
		assert_int_equal(report->clusters[0].outcome, DISCOVERY_OK);
		assert_int_equal(report->clusters[1].outcome, DISCOVERY_REFUSED);
		assert_int_equal(report->node_count, 3);
		report_free(report);
	}
	peers_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_presented), cmocka_unit_test(test_versions),
		cmocka_unit_test(test_failures),  cmocka_unit_test(test_silence_and_stop),
		cmocka_unit_test(test_further),
		cmocka_unit_test(test_times),     cmocka_unit_test(test_stopped_on_the_way),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_infer),     cmocka_unit_test(test_broken_off),
		cmocka_unit_test(test_key_usage),
		cmocka_unit_test(test_discover),
		cmocka_unit_test(test_web),       cmocka_unit_test(test_pulse),
		cmocka_unit_test(test_stopped_in_the_middle),
	};

	return cmocka_run_group_tests(tests, make_certificates, free_certificates);
}
