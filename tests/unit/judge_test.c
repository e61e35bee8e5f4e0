/* SPDX-License-Identifier: MIT */
/* Who is judged with what, and what is said of handshakes that die. The rules have
 * tests/verdict. */
#include "config.h"

#include "base/mem.h"
#include "made.h"
#include "pki/decode.h"
#include "judge/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct cert *junk(struct report *report, size_t len, unsigned char first)
{
	unsigned char *der = mem_zalloc(len);
	const struct cert *cert;

	der[0] = first;
	cert = decode_cert(&report->certs, der, len);
	free(der);
	return cert;
}

static void observe(struct report *report, const char *address, enum outcome outcome,
                    const struct cert *cert)
{
	struct observation *observation = report_add_observation(report);

	observation->address = mem_strdup(address);
	observation->ip = mem_strdup("192.0.2.1");
	observation->outcome = outcome;
	if (cert != NULL)
		chain_add(&observation->chain, cert);
}

static void judge_as(const struct chain *chain, const struct store *store,
                     const struct policy *policy, const char *address, const char *ip,
                     struct verdict *verdict)
{
	const struct presented presented = { .chain = chain, .address = address, .ip = ip };

	judge_chain(&presented, store, policy, verdict);
}

static void every_presented_chain_with_every_store(void **state)
{
	struct report *report = report_new();
	const struct cert *cert = junk(report, 10, 1);
	struct cluster *cluster;

	(void)state;
	report_add_store(report, "one");
	report_add_store(report, "two");
	observe(report, "a.example.com", OUTCOME_PRESENTED, cert);
	observe(report, "b.example.com", OUTCOME_TIMEOUT, NULL);
	observe(report, "c.example.com", OUTCOME_PRESENTED, cert);
	cluster = report_add_cluster(report, "pub.example.com", 8443);
	chain_add(&cluster->chain, cert);
	judge_run(report, NULL);
	judge_run(report, NULL); /* again: what was there before goes */
	assert_int_equal(4, report->verdict_count);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(i / 2 * 2, report->verdicts[i].observation);
		assert_int_equal(i % 2, report->verdicts[i].store);
		assert_false(report->verdicts[i].accepted);
		assert_int_equal(REASON_UNREADABLE, report->verdicts[i].reasons[0].reason);
		assert_int_equal(-1, report->verdicts[i].reasons[0].openssl);
	}
	assert_int_equal(2, report->clusters[0].verdict_count);
	assert_int_equal(0, report->clusters[0].verdicts[0].store);
	assert_int_equal(1, report->clusters[0].verdicts[1].store);
	assert_string_equal("ERROR: SSL connection failed for 'c.example.com': "
	                    "error:1416F00D:SSL routines:tls_process_server_certificate:ASN1 lib",
	                    report->verdicts[3].log);
	report_free(report);
}

/* Chains that differ in the last certificate alone are two; what discovery met is judged with the
 * address that it met. */
static void chains_are_told_apart(void **state)
{
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct made root = made_cert(&report->certs, "Root", NULL, NULL, MADE_CA),
		    mid = made_cert(&report->certs, "Mid", NULL, &root, MADE_CA),
		    other = made_cert(&report->certs, "Other", NULL, NULL, MADE_CA),
		    leaf = made_cert(&report->certs, "a.example.com", "a.example.com", &mid, 0);
	struct cluster *cluster;

	(void)state;
	report->policy.at = made_now;
	store_add(store, root.cert);
	for (size_t i = 0; i < 3; i++) {
		observe(report, "a.example.com", OUTCOME_PRESENTED, leaf.cert);
		report->observations[i].handshake_completed = true;
		chain_add(&report->observations[i].chain, root.cert);
		chain_add(&report->observations[i].chain, i == 1 ? other.cert : mid.cert);
	}
	cluster = report_add_cluster(report, "b.example.com", 8443);
	chain_add(&cluster->chain, leaf.cert);
	cluster->ip = mem_strdup("192.0.2.9");
	judge_run(report, NULL);
	assert_int_equal(3, report->verdict_count);
	assert_true(report->verdicts[0].accepted && report->verdicts[2].accepted);
	assert_int_equal(REASON_ISSUER_NOT_FOUND, report->verdicts[1].reasons[0].reason);
	assert_non_null(strstr(report->clusters[0].verdicts[0].log,
	                       "server=b.example.com(192.0.2.9) depth=0"));
	free(cluster->ip);
	cluster->ip = NULL;
	judge_run(report, NULL);
	assert_non_null(strstr(report->clusters[0].verdicts[0].log,
	                       "server=b.example.com() depth=0"));
	made_free(&root);
	made_free(&mid);
	made_free(&other);
	made_free(&leaf);
	made_end();
	report_free(report);
}

/* SSL_MAX_CERT_LIST_DEFAULT: 102,400 bytes are taken, one more is not. The message has three bytes,
 * and three per certificate. */
static void long_messages_die_first(void **state)
{
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct verdict verdict = { .reasons = NULL };
	struct chain chain = { NULL, 0 };

	(void)state;
	chain_add(&chain, junk(report, 102400 - 6, 1));
	judge_as(&chain, store, &report->policy, "a.example.com", "", &verdict);
	assert_int_equal(REASON_UNREADABLE, verdict.reasons[0].reason);
	verdict_clear(&verdict);
	chain_clear(&chain);
	chain_add(&chain, junk(report, 102400 - 5, 1));
	verdict = (struct verdict){ .reasons = NULL };
	judge_as(&chain, store, &report->policy, "a.example.com", "", &verdict);
	assert_int_equal(1, verdict.reason_count);
	assert_int_equal(REASON_MESSAGE_TOO_LONG, verdict.reasons[0].reason);
	assert_non_null(strstr(verdict.log, "excessive message size"));
	verdict_clear(&verdict);
	chain_clear(&chain);
	report_free(report);
}

static void no_certificate_is_no_pass(void **state)
{
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct verdict verdict = { .reasons = NULL };
	struct chain chain = { NULL, 0 };

	(void)state;
	judge_as(&chain, store, &report->policy, "a.example.com", "", &verdict);
	assert_false(verdict.accepted);
	assert_int_equal(REASON_NO_CERTIFICATE, verdict.reasons[0].reason);
	assert_string_equal(
		"ERROR: SSL connection failed for 'a.example.com': "
		"error:1416F09F:SSL routines:tls_process_server_certificate:length mismatch",
		verdict.log);
	verdict_clear(&verdict);
	report_free(report);
}

/* As a real Traffic Server 9.2 wrote it for https://[::1]:PORT/ with a trusted chain that has no
 * such name, and with an empty store. */
static void an_ipv6_address_has_brackets_once(void **state)
{
	struct report *report = report_new();
	struct store *empty, *holds;
	struct made made = made_cert(&report->certs, "a.example.com", "a.example.com", NULL, 0);
	struct verdict verdict = { .reasons = NULL };
	struct chain chain = { NULL, 0 };

	(void)state;
	report->policy.at = made_now;
	report_add_store(report, "empty");
	holds = report_add_store(report, "holds");
	empty = &report->stores[0];
	store_add(holds, made.cert);
	chain_add(&chain, made.cert);
	judge_as(&chain, holds, &report->policy, "::1", "::1", &verdict);
	assert_string_equal(
		"WARNING: SNI (::1) not in certificate. Action=Terminate server=[::1](::1)",
		verdict.log);
	verdict_clear(&verdict);
	judge_as(&chain, empty, &report->policy, "::1", "::1", &verdict);
	assert_string_equal(
		"WARNING: Core server certificate verification failed for (::1). Action=Terminate "
		"Error=self signed certificate server=[::1](::1) depth=0",
		verdict.log);
	verdict_clear(&verdict);
	/* the letters of the URL stay in server=, everything else is as inet_ntop writes it */
	judge_as(&chain, holds, &report->policy, "2001:DB8:0::1", "2001:db8::1", &verdict);
	assert_string_equal(
		"WARNING: SNI (2001:db8::1) not in certificate. Action=Terminate server=[2001:DB8:0::1](2001:db8::1)",
		verdict.log);
	assert_string_equal(
		"ERROR: SSL connection failed for '2001:db8::1': "
		"error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed",
		verdict.error);
	verdict_clear(&verdict);
	chain_clear(&chain);
	made_free(&made);
	made_end();
	report_free(report);
}

/* ats_ip_pton takes what inet_aton takes for an IP: no SNI is sent then, and the peer's address is
 * what is compared. */
static void numbers_are_ips(void **state)
{
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct made made = made_cert(&report->certs, "1.0.0.2", "12345", NULL, 0);
	struct verdict verdict = { .reasons = NULL };
	struct chain chain = { NULL, 0 };

	(void)state;
	report->policy.at = made_now;
	store_add(store, made.cert);
	chain_add(&chain, made.cert);
	judge_as(&chain, store, &report->policy, "1.2", "1.0.0.2", &verdict);
	assert_true(verdict.accepted);
	verdict_clear(&verdict);
	judge_as(&chain, store, &report->policy, "12345", "0.0.48.57", &verdict);
	assert_string_equal(
		"WARNING: SNI (0.0.48.57) not in certificate. Action=Terminate server=12345(0.0.48.57)",
		verdict.log);
	verdict_clear(&verdict);
	chain_clear(&chain);
	made_free(&made);
	made_end();
	report_free(report);
}

/* Both generations write the WARNING; the ERROR is Traffic Server 8's alone, with the words of the
 * OpenSSL that it has. */
static void lines_of_both_generations(void **state)
{
	static const struct {
		enum era era;
		enum traffic_server server;
		const char *log, *error;
	} rows[] = {
		{ ERA_OPENSSL1, TRAFFIC_SERVER_8,
		  "Error=self signed certificate server=a.example.com(192.0.2.1) depth=0",
		  "error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed" },
		{ ERA_OPENSSL3, TRAFFIC_SERVER_8,
		  "Error=self-signed certificate server=a.example.com(192.0.2.1) depth=0",
		  "error:0A000086:SSL routines::certificate verify failed" },
		{ ERA_OPENSSL1, TRAFFIC_SERVER_9,
		  "Error=self signed certificate server=a.example.com(192.0.2.1) depth=0", NULL },
		{ ERA_OPENSSL3, TRAFFIC_SERVER_9,
		  "Error=self-signed certificate server=a.example.com(192.0.2.1) depth=0", NULL },
	};
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct made made = made_cert(&report->certs, "a.example.com", "a.example.com", NULL, 0);
	struct chain chain = { NULL, 0 };

	(void)state;
	report->policy.at = made_now;
	chain_add(&chain, made.cert);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct verdict verdict = { .reasons = NULL };

		report->policy.era = rows[i].era;
		report->policy.traffic_server = rows[i].server;
		judge_as(&chain, store, &report->policy, "a.example.com", "192.0.2.1", &verdict);
		assert_string_equal(strstr(verdict.log, "Error="), rows[i].log);
		if (rows[i].error == NULL)
			assert_null(verdict.error);
		else
			assert_string_equal(strstr(verdict.error, "error:"), rows[i].error);
		verdict_clear(&verdict);
	}
	chain_clear(&chain);
	made_free(&made);
	made_end();
	report_free(report);
}

/* Of two roots with one name it is the expired one, which signed the leaf, that the reason is
 * about. */
static void a_reason_carries_its_certificate(void **state)
{
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct made old = made_cert(&report->certs, "Corp Root CA", NULL, NULL,
	                            MADE_CA | MADE_EXPIRED),
		    other = made_cert(&report->certs, "Corp Root CA", NULL, NULL,
	                              MADE_CA | MADE_EXPIRED),
		    leaf = made_cert(&report->certs, "a.example.com", "a.example.com", &old, 0);
	struct verdict verdict = { .reasons = NULL };
	struct chain chain = { NULL, 0 };

	(void)state;
	report->policy.at = made_now;
	store_add(store, other.cert);
	store_add(store, old.cert);
	chain_add(&chain, leaf.cert);
	judge_as(&chain, store, &report->policy, "b.example.com", "", &verdict);
	assert_int_equal(2, verdict.reason_count);
	assert_int_equal(REASON_EXPIRED, verdict.reasons[0].reason);
	assert_int_equal(1, verdict.reasons[0].depth);
	assert_ptr_equal(old.cert, verdict.reasons[0].cert);
	assert_int_equal(REASON_NAME_MISMATCH, verdict.reasons[1].reason);
	assert_ptr_equal(leaf.cert, verdict.reasons[1].cert);
	verdict_clear(&verdict);
	chain_clear(&chain);
	made_free(&old);
	made_free(&other);
	made_free(&leaf);
	made_end();
	report_free(report);
}

/* What the deadline leaves over is not known: no verdict, nothing accepted, and the report says
 * that it was stopped. */
static void the_deadline_ends_judging(void **state)
{
	struct report *report = report_new();
	struct made made = made_cert(&report->certs, "a.example.com", "a.example.com", NULL, 0);
	const volatile sig_atomic_t stop = 1;
	const struct deadline passed = { .at_ms = 1 }, stopped = { .stop = &stop },
			      ahead = { .at_ms = INT64_MAX };

	(void)state;
	report->policy.at = made_now;
	store_add(report_add_store(report, "one"), made.cert);
	observe(report, "a.example.com", OUTCOME_PRESENTED, made.cert);
	chain_add(&report_add_cluster(report, "a.example.com", 8443)->chain, made.cert);
	report->observations[0].handshake_completed = true;
	judge_run(report, &ahead);
	assert_int_equal(1, report->verdict_count);
	assert_int_equal(1, report->clusters[0].verdict_count);
	assert_false(report->stopped);
	for (int i = 0; i < 2; i++) {
		report->stopped = false;
		judge_run(report, i == 0 ? &passed : &stopped);
		assert_int_equal(0, report->verdict_count);
		assert_int_equal(0, report->clusters[0].verdict_count);
		assert_true(report->stopped);
		assert_int_equal(STATUS_INCOMPLETE, report_status(report));
	}
	made_free(&made);
	made_end();
	report_free(report);
}

/* CHANGES of 1.1.1h ("an expired trusted (root) certificate is not anymore rejected") and
 * 1.1.1i. */
static void letters_that_differ(void **state)
{
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct made old = made_cert(&report->certs, "Old Root", NULL, NULL, MADE_CA | MADE_EXPIRED),
		    leaf = made_cert(&report->certs, "a.example.com", "a.example.com", &old,
	                             MADE_NO_CERT_SIGN),
		    own = made_cert(&report->certs, "b.example.com", "b.example.com", NULL,
	                            MADE_NO_CERT_SIGN),
		    pss = made_cert(&report->certs, "PSS Root", NULL, NULL, MADE_CA | MADE_PSS),
		    under_pss = made_cert(&report->certs, "c.example.com", "c.example.com", &pss, 0),
		    pss_leaf = made_cert(&report->certs, "d.example.com", "d.example.com", NULL,
	                                 MADE_PSS);
	struct chain chain = { NULL, 0 }, alone = { NULL, 0 }, below = { NULL, 0 },
		     pss_alone = { NULL, 0 };
	struct verdict verdict = { .reasons = NULL };

	(void)state;
	report->policy.at = made_now;
	chain_add(&pss_alone, pss_leaf.cert);
	chain_add(&chain, leaf.cert);
	chain_add(&alone, own.cert);
	judge_as(&chain, store, &report->policy, "a.example.com", "", &verdict);
	assert_int_equal(0, verdict.letters); /* nobody's anchor */
	verdict_clear(&verdict);
	store_add(store, old.cert);
	judge_as(&chain, store, &report->policy, "a.example.com", "", &verdict);
	assert_int_equal(REASON_EXPIRED, verdict.reasons[0].reason);
	assert_int_equal(LETTER_ANCHOR_DATES, verdict.letters);
	verdict_clear(&verdict);
	store_add(store, own.cert);
	judge_as(&alone, store, &report->policy, "b.example.com", "", &verdict);
	assert_true(verdict.accepted);
	assert_int_equal(LETTER_SELF_SIGNED, verdict.letters);
	verdict_clear(&verdict);
	report->policy.at = own.cert->not_after; /* its own dates: it is no anchor above the leaf */
	judge_as(&alone, store, &report->policy, "b.example.com", "", &verdict);
	assert_int_equal(REASON_EXPIRED, verdict.reasons[0].reason);
	assert_int_equal(LETTER_SELF_SIGNED, verdict.letters);
	verdict_clear(&verdict);
	report->policy.at = made_now;
	report->policy.era = ERA_OPENSSL3;
	judge_as(&alone, store, &report->policy, "b.example.com", "", &verdict);
	assert_int_equal(0, verdict.letters);
	verdict_clear(&verdict);
	report->policy.era = ERA_OPENSSL1;
	chain_add(&below, under_pss.cert);
	store_add(store, pss.cert);
	judge_as(&below, store, &report->policy, "c.example.com", "", &verdict);
	assert_true(verdict.accepted);
	assert_int_equal(LETTER_PSS_ISSUER, verdict.letters);
	verdict_clear(&verdict);
	judge_as(&pss_alone, store, &report->policy, "d.example.com", "", &verdict);
	assert_int_equal(0, verdict.letters); /* a leaf's own key is another matter */
	verdict_clear(&verdict);
	for (unsigned bit = 1; bit < 1u << LETTER_COUNT; bit <<= 1)
		assert_true(strlen(letter_text(bit)) > 50);
	chain_clear(&chain);
	chain_clear(&alone);
	made_free(&old);
	made_free(&leaf);
	made_free(&own);
	made_free(&pss);
	made_free(&under_pss);
	made_free(&pss_leaf);
	chain_clear(&below);
	chain_clear(&pss_alone);
	made_end();
	report_free(report);
}

struct refusal {
	bool tls13;
	enum handshake_flaw flaw;
	const char *id, *old, *new; /* the ERROR line's end with Traffic Server 8 in either era; id
	                               NULL: accepted */
};

/* What libssl says was met with openssl s_client of 1.1.1w and 3.0, and with Traffic Server 8.1
 * on 1.1.1w. A flaw of the wire that comes after the verification is logged only where the chain is
 * good. */
static void libssl_refuses(void **state)
{
	static const struct refusal rows[] = {
		{ false, FLAW_NONE, NULL, NULL, NULL },
		{ false, FLAW_MESSAGE_TOO_LARGE, "message-too-long",
		  "14160098:SSL routines:read_state_machine:excessive message size",
		  "0A000098:SSL routines::excessive message size" },
		{ false, FLAW_LENGTH_MISMATCH, "length-mismatch",
		  "1416F09F:SSL routines:tls_process_server_certificate:length mismatch",
		  "0A00009F:SSL routines::length mismatch" },
		{ false, FLAW_CERT_LENGTH_MISMATCH, "cert-length-mismatch",
		  "1416F087:SSL routines:tls_process_server_certificate:cert length mismatch",
		  "0A000087:SSL routines::cert length mismatch" },
		{ false, FLAW_WRONG_CERTIFICATE_TYPE, "wrong-certificate-type",
		  "1416F17F:SSL routines:tls_process_server_certificate:wrong certificate type",
		  "0A00017F:SSL routines::wrong certificate type" },
		{ false, FLAW_DH_KEY_TOO_SMALL, "dh-key-too-small",
		  "141A318A:SSL routines:tls_process_ske_dhe:dh key too small",
		  "0A00018A:SSL routines::dh key too small" },
		{ false, FLAW_BAD_DH_VALUE, "bad-dh-value",
		  "14194044:SSL routines:tls_construct_cke_dhe:internal error",
		  "0A000066:SSL routines::bad dh value" },
		{ false, FLAW_BAD_SIGNATURE, "bad-signature",
		  "1416D07B:SSL routines:tls_process_key_exchange:bad signature",
		  "0A00007B:SSL routines::bad signature" },
		{ true, FLAW_BAD_SIGNATURE, "bad-certificate-verify",
		  "1417B07B:SSL routines:tls_process_cert_verify:bad signature",
		  "0A00007B:SSL routines::bad signature" },
		{ false, FLAW_KEY_UNUSABLE, "bad-signature",
		  "1416D07B:SSL routines:tls_process_key_exchange:bad signature",
		  "0A00007B:SSL routines::bad signature" },
	};
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct made made = made_cert(&report->certs, "a.example.com", "a.example.com", NULL, 0);
	struct chain chain = { NULL, 0 };

	(void)state;
	report->policy.at = made_now;
	store_add(store, made.cert);
	chain_add(&chain, made.cert);
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		const struct refusal *row = &rows[i / 2];
		const char *words = i % 2 == 0 ? row->old : row->new;
		struct presented presented = {
			&chain, "a.example.com", "192.0.2.1", { true, row->tls13, row->flaw }
		};
		struct verdict verdict = { .reasons = NULL };

		report->policy.era = i % 2 == 0 ? ERA_OPENSSL1 : ERA_OPENSSL3;
		report->policy.traffic_server = TRAFFIC_SERVER_8;
		judge_chain(&presented, store, &report->policy, &verdict);
		assert_int_equal(row->id == NULL, verdict.accepted);
		if (row->id != NULL) {
			assert_int_equal(1, verdict.reason_count);
			assert_string_equal(row->id, reason_id(verdict.reasons[0].reason));
			assert_string_equal(words, strstr(verdict.log, "error:") + 6);
			assert_memory_equal("ERROR: SSL connection failed for 'a.example.com': ",
			                    verdict.log, 50);
			assert_null(verdict.error);
		}
		verdict_clear(&verdict);
		report->policy.traffic_server =
			TRAFFIC_SERVER_9; /* which writes it as a debug line only */
		judge_chain(&presented, store, &report->policy, &verdict);
		assert_int_equal(row->id == NULL, verdict.accepted);
		assert_string_equal("", verdict.log);
		verdict_clear(&verdict);
	}
	chain_clear(&chain);
	made_free(&made);
	made_end();
	report_free(report);
}

/* judge_presented: what a handshake showed. An EC key on a curve that is not offered cannot come over
 * the wire but from a server that breaks RFC 8422 5.1.1; libssl has another error for it then. */
static void what_an_observation_presents(void **state)
{
	static const struct {
		const char *version;
		bool on_wire, tls13;
	} rows[] = {
		{ NULL, false, false },
		{ "TLS1.2", true, false },
		{ "TLS1.3", true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *version = rows[i].version == NULL ? NULL : strdup(rows[i].version);
		struct observation observation = { .tls_version = version,
			                           .flaw = FLAW_BAD_SIGNATURE };
		struct presented presented = judge_presented(&observation);

		assert_int_equal(rows[i].on_wire, presented.handshake.on_wire);
		assert_int_equal(rows[i].tls13, presented.handshake.tls13);
		assert_int_equal(FLAW_BAD_SIGNATURE, presented.handshake.flaw);
		free(version);
	}
}

/* An expired leaf with a bad key exchange logs the first only; a message that cannot be read logs
 * nothing else. */
static void what_libssl_says_first(void **state)
{
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct made made =
		made_cert(&report->certs, "a.example.com", "a.example.com", NULL, MADE_EXPIRED);
	struct chain chain = { NULL, 0 };
	struct presented presented = {
		&chain, "b.example.com", "192.0.2.1", { true, false, FLAW_BAD_SIGNATURE }
	};
	struct verdict verdict = { .reasons = NULL };

	(void)state;
	report->policy.at = made_now;
	store_add(store, made.cert);
	chain_add(&chain, made.cert);
	judge_chain(&presented, store, &report->policy, &verdict);
	assert_int_equal(3, verdict.reason_count);
	assert_int_equal(REASON_EXPIRED, verdict.reasons[0].reason);
	assert_int_equal(REASON_NAME_MISMATCH, verdict.reasons[1].reason);
	assert_int_equal(REASON_KEY_EXCHANGE_BAD, verdict.reasons[2].reason);
	assert_non_null(strstr(verdict.log, "certificate has expired"));
	verdict_clear(&verdict);
	presented.handshake.flaw = FLAW_CERT_LENGTH_MISMATCH;
	judge_chain(&presented, store, &report->policy, &verdict);
	assert_int_equal(1, verdict.reason_count);
	assert_int_equal(REASON_CERT_LENGTH_MISMATCH, verdict.reasons[0].reason);
	assert_int_equal(0, verdict.reasons[0].depth);
	verdict_clear(&verdict);
	chain_clear(&chain);
	made_free(&made);
	made_end();
	report_free(report);
}

/* Where no address was asked for the line shows what the certificate is for: its first dNSName,
 * else its CN. */
static void a_line_without_an_address(void **state)
{
	static const char *const sans[] = { "192.0.2.7 san.example.com other.example.com",
		                            "192.0.2.7", NULL };
	static const char *const shown[] = { "(san.example.com)", "(cn.example.com)",
		                             "(cn.example.com)" };
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct verdict verdict = { .reasons = NULL };
	struct chain chain = { NULL, 0 };

	(void)state;
	report->policy.at = made_now;
	for (size_t i = 0; i < 3; i++) {
		struct made made = made_cert(&report->certs, "cn.example.com", sans[i], NULL, 0);

		chain_add(&chain, made.cert);
		judge_as(&chain, store, &report->policy, "", "", &verdict);
		assert_non_null(strstr(verdict.log, shown[i]));
		assert_int_equal(1, verdict.reason_count); /* no name, no mismatch */
		verdict_clear(&verdict);
		chain_clear(&chain);
		made_free(&made);
	}
	chain_add(&chain, junk(report, 10, 1));
	judge_as(&chain, store, &report->policy, "", "", &verdict);
	assert_memory_equal("ERROR: SSL connection failed for '': error:1416F00D:", verdict.log, 51);
	verdict_clear(&verdict);
	chain_clear(&chain);
	judge_as(&chain, store, &report->policy, "", "", &verdict); /* no certificate at all */
	assert_false(verdict.accepted);
	verdict_clear(&verdict);
	chain_clear(&chain);
	made_end();
	report_free(report);
}

/* Only the dates of an anchor are what 1.1.1h lets pass, before them or after them. */
static void only_dates_make_the_letter(void **state)
{
	struct report *report = report_new();
	struct store *store = report_add_store(report, "one");
	struct made root = made_cert(&report->certs, "Root", NULL, NULL, MADE_CA),
		    leaf = made_cert(&report->certs, "a.example.com", NULL, &root, MADE_OLD),
		    user = made_cert(&report->certs, "User", NULL, NULL, MADE_NO_CERT_SIGN),
		    below = made_cert(&report->certs, "b.example.com", NULL, &user, 0);
	struct chain chain = { NULL, 0 }, odd = { NULL, 0 };
	struct verdict verdict = { .reasons = NULL };

	(void)state;
	store_add(store, root.cert);
	store_add(store, user.cert);
	chain_add(&chain, leaf.cert);
	chain_add(&odd, below.cert);
	report->policy.at = root.cert->not_before - 1;
	judge_as(&chain, store, &report->policy, "a.example.com", "", &verdict);
	assert_int_equal(1, verdict.reason_count);
	assert_int_equal(REASON_NOT_YET_VALID, verdict.reasons[0].reason);
	assert_int_equal(1, verdict.reasons[0].depth);
	assert_int_equal(LETTER_ANCHOR_DATES, verdict.letters);
	verdict_clear(&verdict);
	report->policy.at = made_now;
	judge_as(&odd, store, &report->policy, "b.example.com", "", &verdict);
	assert_int_equal(REASON_ISSUER_NOT_CA, verdict.reasons[0].reason);
	assert_int_equal(1, verdict.reasons[0].depth);
	assert_int_equal(0, verdict.letters);
	verdict_clear(&verdict);
	report->policy.at = leaf.cert->not_after; /* the leaf ends, its root does too */
	judge_as(&chain, store, &report->policy, "a.example.com", "", &verdict);
	assert_int_equal(2, verdict.reason_count);
	assert_int_equal(LETTER_ANCHOR_DATES, verdict.letters);
	verdict_clear(&verdict);
	chain_clear(&chain);
	chain_clear(&odd);
	made_free(&root);
	made_free(&leaf);
	made_free(&user);
	made_free(&below);
	made_end();
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_presented_chain_with_every_store),
		cmocka_unit_test(chains_are_told_apart),
		cmocka_unit_test(long_messages_die_first),
		cmocka_unit_test(no_certificate_is_no_pass),
		cmocka_unit_test(an_ipv6_address_has_brackets_once),
		cmocka_unit_test(numbers_are_ips),
		cmocka_unit_test(lines_of_both_generations),
		cmocka_unit_test(a_reason_carries_its_certificate),
		cmocka_unit_test(letters_that_differ),
		cmocka_unit_test(libssl_refuses),
		cmocka_unit_test(the_deadline_ends_judging),
		cmocka_unit_test(what_an_observation_presents),
		cmocka_unit_test(what_libssl_says_first),
		cmocka_unit_test(a_line_without_an_address),
		cmocka_unit_test(only_dates_make_the_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
