/* SPDX-License-Identifier: MIT */
/* What people read of a diagnostic log: the first sentence, each address with its meaning and what
 * to do, the prediction beside it, and what the log shows of this Expressway. */
#include "config.h"

#include "base/mem.h"
#include "blocks.h"
#include "out/page_log.h"
#include "saved/json_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static struct traffic new_traffic(void)
{
	return (struct traffic){ .lines = 5,
		                 .verification = VERIFICATION_ENFORCED,
		                 .generation = -1,
		                 .era = -1 };
}

static struct traffic_place *add(struct traffic *traffic, const char *address, uint16_t port,
                                 enum traffic_outcome outcome)
{
	struct traffic_place *server = traffic_at(traffic, address, "10.0.0.1", port);

	server->last.outcome = outcome;
	server->last.reason = server->last.alert = server->predicted_reason = -1;
	return server;
}

static char *page(const struct traffic *traffic, bool quiet)
{
	struct out_how how = { .width = 1000, .quiet = quiet };
	long blocks = blocks_used();
	struct buf out;

	buf_init(&out);
	page_log(traffic, &how, false, &out);
	buf_clear(&out);
	assert_int_equal(blocks_used(), blocks); /* 0 and 0 under valgrind, which looks itself */
	buf_init(&out);
	page_log(traffic, &how, false, &out);
	return buf_take(&out);
}

/* The page wraps its lines: blanks are one blank here. */
static void unwrap(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		char c = *from == '\n' ? ' ' : *from;

		if (c != ' ' || to == text || to[-1] != ' ')
			*to++ = c;
	}
	*to = '\0';
}

static void has(const struct traffic *traffic, const char *text, bool wanted)
{
	char *said = page(traffic, false);

	unwrap(said);
	if ((strstr(said, text) != NULL) != wanted)
		fail_msg("\"%s\" is%s in\n%s", text, wanted ? " not" : "", said);
	free(said);
}

static void set(char **where, const char *text)
{
	free(*where);
	*where = mem_strdup(text);
}

static void test_first_sentence(void **state)
{
	static const struct {
		size_t accepted, refused, by_peer, failed, unknown;
		const char *said;
	} rows[] = {
		{ 0, 0, 0, 0, 0, "The log shows no result of any request." },
		{ 0, 0, 0, 0, 2, "The log shows no result of any request." },
		{ 3, 0, 0, 0, 0, "Each of the 3 addresses and ports was accepted when last tried." },
		{ 1, 0, 0, 0, 0, "The one address and port was accepted when last tried." },
		{ 3, 0, 0, 0, 1,
		  "Each of the 3 addresses and ports with a result in the log was accepted when last tried." },
		{ 1, 0, 0, 0, 2,
		  "The one address and port with a result in the log was accepted when last tried." },
		{ 3, 1, 1, 0, 1,
		  "2 of 5 addresses and ports were refused when last tried; 0 more failed to connect." },
		{ 3, 1, 1, 2, 1,
		  "2 of 7 addresses and ports were refused when last tried; 2 more failed to connect." },
		{ 3, 0, 0, 2, 1,
		  "2 of 5 addresses and ports failed to connect when last tried; the log shows no refusal there." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = new_traffic();
		const size_t counts[] = { [TRAFFIC_ACCEPTED] = rows[i].accepted,
			                  [TRAFFIC_REFUSED] = rows[i].refused,
			                  [TRAFFIC_BY_PEER] = rows[i].by_peer,
			                  [TRAFFIC_CONNECT_FAILED] = rows[i].failed,
			                  [TRAFFIC_UNKNOWN] = rows[i].unknown };
		char name[60], *said;

		traffic.verification = VERIFICATION_ENFORCED;
		for (size_t outcome = 0; outcome < sizeof counts / sizeof *counts; outcome++)
			for (size_t k = 0; k < counts[outcome]; k++) {
				snprintf(name, sizeof name, "h%zu-%zu", outcome, k);
				add(&traffic, name, 1, (enum traffic_outcome)outcome);
			}
		has(&traffic, rows[i].said, true);
		said = page(&traffic, true); /* -q: nothing but that */
		unwrap(said);
		assert_non_null(strstr(said, rows[i].said));
		assert_null(strstr(said, "h1-0"));
		assert_null(strstr(said, "Verification is"));
		free(said);
		traffic.lines = 0;
		has(&traffic,
		    traffic.server_count > 0
		            ? "These files say what clients were told, and nothing of what the traffic server did there."
		            : "Nothing of the traffic server is in these files.",
		    true);
		said = page(&traffic, false); /* and nothing of this Expressway */
		assert_null(strstr(said, "What the log shows of this Expressway"));
		free(said);
		traffic_clear(&traffic);
	}
}

/* What the answer looks like on the page for browsers: bad where one refused, good where all was
 * accepted and certificates were verified, a gap where something is not known, else a warning. */
static void test_look_of_the_answer(void **state)
{
	static const struct {
		size_t accepted, failed, refused;
		enum verification verification;
		const char *look;
	} rows[] = {
		{ 1, 0, 0, VERIFICATION_ENFORCED, "good" },
		{ 2, 0, 0, VERIFICATION_ENFORCED, "good" },
		{ 2, 0, 0, VERIFICATION_PERMISSIVE, "warn" },
		{ 1, 0, 0, VERIFICATION_UNPROVEN, "warn" },
		{ 0, 0, 0, VERIFICATION_ENFORCED, "gap" },
		{ 2, 1, 0, VERIFICATION_ENFORCED, "gap" },
		{ 2, 1, 1, VERIFICATION_ENFORCED, "bad" },
		{ 0, 0, 1, VERIFICATION_UNPROVEN, "bad" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = new_traffic();
		struct out_how how = { .width = 80 };
		char *wanted = mem_printf("<div class=\"answer %s\">", rows[i].look);
		struct buf out;

		traffic.verification = rows[i].verification;
		for (size_t k = 0; k < rows[i].accepted; k++)
			add(&traffic, "a", (uint16_t)(1 + k), TRAFFIC_ACCEPTED);
		for (size_t k = 0; k < rows[i].failed; k++)
			add(&traffic, "f", (uint16_t)(1 + k), TRAFFIC_CONNECT_FAILED);
		for (size_t k = 0; k < rows[i].refused; k++)
			add(&traffic, "r", (uint16_t)(1 + k), TRAFFIC_REFUSED);
		buf_init(&out);
		page_log(&traffic, &how, true, &out);
		if (strstr(out.data, wanted) == NULL)
			fail_msg("row %zu is not %s", i, rows[i].look);
		buf_clear(&out);
		free(wanted);
		traffic_clear(&traffic);
	}
}

/* Where verification is off, or perhaps off, that all was accepted says nothing of certificates:
 * VerifyOriginServer: Off, or Action=Continue. */
static void test_accepted_without_verification(void **state)
{
	static const struct {
		enum verification verification;
		const char *said;
	} rows[] = {
		{ VERIFICATION_UNPROVEN,
		  "was accepted when last tried, but no line shows that certificates are verified" },
		{ VERIFICATION_PERMISSIVE,
		  "was accepted when last tried, but verification is permissive" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = new_traffic();
		char *said;

		traffic.verification = rows[i].verification;
		add(&traffic, "a", 1, TRAFFIC_ACCEPTED);
		said = page(&traffic, true);
		unwrap(said);
		assert_non_null(strstr(said, rows[i].said));
		free(said);
		traffic_clear(&traffic);
	}
}

static void test_each_outcome(void **state)
{
	static const struct {
		enum traffic_outcome outcome;
		int reason, alert;
		const char *title, *meaning, *action; /* action: NULL: none is given */
	} rows[] = {
		{ TRAFFIC_ACCEPTED, -1, -1, "a:8443: accepted", "", NULL },
		{ TRAFFIC_UNKNOWN, -1, -1, "a:8443: no result in the log", "", NULL },
		{ TRAFFIC_REFUSED, REASON_EXPIRED, -1, "a:8443: REFUSED by Expressway",
		  "The certificate has expired.", "Renew the certificate" },
		{ TRAFFIC_REFUSED, -1, -1, "a:8443: REFUSED by Expressway",
		  "the log does not say why", "mra-preflight finds the reason" },
		{ TRAFFIC_BY_PEER, -1, 48, "a:8443: REFUSED by the server",
		  "does not know the CA of Expressway-C's own certificate", "then restart Cisco Tomcat" },
		{ TRAFFIC_BY_PEER, -1, 43, "a:8443: REFUSED by the server",
		  "extended key usage lacks clientAuth", "good for clientAuth" },
		{ TRAFFIC_BY_PEER, -1, 40, "a:8443: REFUSED by the server", "nothing in common", NULL },
		/* ssl_x509err2alert: what an expired certificate, one that is not valid yet, a wrong
		 * signature and anything else come to */
		{ TRAFFIC_BY_PEER, -1, 45, "a:8443: REFUSED by the server", "for expired",
		  "Renew what has expired" },
		{ TRAFFIC_BY_PEER, -1, 42, "a:8443: REFUSED by the server", "may not be valid yet",
		  "at the server's clock" },
		{ TRAFFIC_BY_PEER, -1, 51, "a:8443: REFUSED by the server",
		  "could not verify a signature", "belong together" },
		{ TRAFFIC_BY_PEER, -1, 46, "a:8443: REFUSED by the server", "does not say why",
		  "audit with --client-certificate" },
		{ TRAFFIC_BY_PEER, -1, 44, "a:8443: REFUSED by the server", "for revoked",
		  "a new certificate" },
		{ TRAFFIC_BY_PEER, -1, 116, "a:8443: REFUSED by the server", "got none", NULL },
		{ TRAFFIC_BY_PEER, -1, 80, "a:8443: REFUSED by the server",
		  "The server ended the handshake with an alert.", NULL },
		{ TRAFFIC_CONNECT_FAILED, -1, -1, "a:8443: connect failed",
		  "The log has no line of a refusal", "Audit this address, and look" },
	};
	static const char *const actions[] = { "Renew the certificate", "mra-preflight finds the reason",
		                               "then restart Cisco Tomcat", "good for clientAuth",
		                               "Audit this address, and look", "Renew what has expired",
		                               "at the server's clock", "belong together",
		                               "audit with --client-certificate", "a new certificate" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = new_traffic();
		struct traffic_place *server = add(&traffic, "a", 8443, rows[i].outcome);

		server->last.reason = rows[i].reason;
		server->last.alert = rows[i].alert;
		set(&server->last.phrase, "502 the phrase");
		set(&server->last.log, "WARNING: the line");
		has(&traffic, rows[i].title, true);
		has(&traffic, rows[i].meaning, true);
		has(&traffic, "WARNING: the line", true);
		has(&traffic, "502 the phrase", rows[i].outcome == TRAFFIC_CONNECT_FAILED);
		for (size_t k = 0; k < sizeof actions / sizeof *actions; k++)
			has(&traffic, actions[k],
			    rows[i].action != NULL && strcmp(actions[k], rows[i].action) == 0);
		traffic_clear(&traffic);
	}
}

static void add_peer(struct traffic *traffic, const char *name, enum verification verification,
                     int64_t proved_ms)
{
	struct traffic_peer *peer = traffic_peer_at(traffic, name);

	peer->verification = verification;
	peer->proved_ms = proved_ms;
}

/* Each peer has a setting of its own. */
static void test_peers_that_verify(void **state)
{
	struct traffic traffic = new_traffic();
	struct traffic_place *server = add(&traffic, "a", 8443, TRAFFIC_ACCEPTED);

	(void)state;
	add_peer(&traffic, "exp1", VERIFICATION_ENFORCED, 1795860005000);
	memcpy(server->last.peer, "exp1", sizeof "exp1");
	has(&traffic, "was accepted when last tried. ", true);
	has(&traffic, "Verification was enforced when a certificate was last refused: 2026-11-28T10:00:05Z.",
	    true);
	add_peer(&traffic, "exp2", VERIFICATION_UNPROVEN, 0);
	has(&traffic, "was accepted when last tried. ", true); /* not by that one */
	has(&traffic,
	    "exp1: verification was enforced when a certificate was last refused: 2026-11-28T10:00:05Z.",
	    true);
	has(&traffic, "exp2: verification is not proved", true);
	memcpy(server->last.peer, "exp2", sizeof "exp2");
	has(&traffic, "but not every peer is seen to verify certificates", true);
	add_peer(&traffic, "exp2", VERIFICATION_PERMISSIVE, 0);
	has(&traffic, "exp2: verification is permissive", true);
	has(&traffic, "but not every peer is seen to verify certificates", true);
	traffic_clear(&traffic);
}

/* An address that was refused and is not any more: mended, or nobody looks. */
static void test_mended_or_off(void **state)
{
	static const struct {
		int64_t proved_ms, since_ms;
		size_t refused;
		bool said;
	} rows[] = {
		{ 1000, 2000, 1, true },
		{ 2000, 2000, 1, false }, /* another refusal shows that it is still on */
		{ 3000, 2000, 1, false },
		{ 1000, 2000, 0, false }, /* nothing changed */
		{ 1000, 0, 1, false },    /* without times nobody knows */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = new_traffic();
		struct traffic_place *server = add(&traffic, "a", 8443, TRAFFIC_ACCEPTED);

		add_peer(&traffic, "exp1", VERIFICATION_ENFORCED, rows[i].proved_ms);
		memcpy(server->last.peer, "exp1", sizeof "exp1");
		server->last.since_ms = rows[i].since_ms;
		server->refused = rows[i].refused;
		has(&traffic, "VerifyOriginServer: Off", rows[i].said);
		traffic_clear(&traffic);
	}
}

/* Two IPs of a name may have two results: which is which is said, where there are two. */
static void test_two_ips(void **state)
{
	struct traffic traffic = new_traffic();

	(void)state;
	add(&traffic, "a", 8443, TRAFFIC_REFUSED);
	has(&traffic, "a:8443: REFUSED", true);
	traffic_at(&traffic, "a", "10.0.0.2", 8443)->last.outcome = TRAFFIC_ACCEPTED;
	has(&traffic, "a:8443 at 10.0.0.1: REFUSED", true);
	has(&traffic, "a:8443 at 10.0.0.2: accepted", true);
	traffic_at(&traffic, "a", "10.0.0.2", 6972)->last.outcome = TRAFFIC_ACCEPTED;
	add(&traffic, "b", 6972, TRAFFIC_ACCEPTED);
	has(&traffic, "a:6972: accepted", true);
	has(&traffic, "b:6972: accepted", true);
	traffic_clear(&traffic);
}

/* What is no TLS shows no certificate that could be refused. */
static void test_a_failed_handshake(void **state)
{
	struct traffic traffic = new_traffic();
	struct traffic_place *server = add(&traffic, "a", 8443, TRAFFIC_CONNECT_FAILED);

	(void)state;
	set(&server->last.error, "ERROR: wrong version number");
	has(&traffic, "for the cause that the line names", true);
	has(&traffic, "The log has no line of a refusal", false);
	traffic_clear(&traffic);
}

/* What another peer of the cluster met is said where it went better there. */
static void test_another_peer(void **state)
{
	static const struct {
		enum traffic_outcome last, other;
		bool told;
	} rows[] = {
		{ TRAFFIC_REFUSED, TRAFFIC_ACCEPTED, true },
		{ TRAFFIC_REFUSED, TRAFFIC_REFUSED, false },
		{ TRAFFIC_CONNECT_FAILED, TRAFFIC_ACCEPTED, false },
		{ TRAFFIC_ACCEPTED, TRAFFIC_ACCEPTED, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct traffic traffic = new_traffic();
		struct traffic_place *server = add(&traffic, "a", 8443, rows[i].last);

		server->others = mem_array(1, sizeof *server->others);
		server->others[server->other_count++] = traffic_result_none("exp2");
		server->others[0].outcome = rows[i].other;
		memcpy(server->last.peer, "exp1", sizeof "exp1");
		has(&traffic, "Refused by exp1, accepted by exp2, another peer of the cluster",
		    rows[i].told);
		traffic_clear(&traffic);
	}
}

static void test_place_time_and_counts(void **state)
{
	struct traffic traffic = new_traffic();
	struct traffic_place *server = add(&traffic, "::1", 8443, TRAFFIC_REFUSED);

	(void)state;
	server->requests = 1;
	server->accepted = 2;
	server->refused = 3;
	server->refused_by_peer = 4;
	server->last.time_ms = 1790000001999; /* date -u -d @1790000001 */
	has(&traffic, "[::1]:8443: REFUSED", true);
	has(&traffic, "2026-09-21T14:13:21Z", true);
	has(&traffic, "1 request, 2 accepted, 3 refused by Expressway, 4 refused by the server.", true);
	server->requests = 2;
	server->last.time_ms = 0;
	has(&traffic, "2 requests, 2 accepted", true);
	has(&traffic, "Last result", false);
	server->port = 0;
	has(&traffic, "::1 (port not known): REFUSED", true);
	has(&traffic, "2 requests", true);
	server->accepted = 0;
	has(&traffic, "The line names no port, and no single request of the log fits it.", true);
	server->last.outcome = TRAFFIC_UNKNOWN;
	has(&traffic, "Clients were told this address; the log shows no request to it.", true);
	traffic_clear(&traffic);
}

/* Without a port: an answer is one all the same; a refusal is of a line that no request fits. */
static void test_without_a_port(void **state)
{
	struct traffic traffic = new_traffic();
	struct traffic_place *server = add(&traffic, "a", 0, TRAFFIC_ACCEPTED);

	(void)state;
	server->accepted = 1;
	has(&traffic, "0 requests, 1 accepted, 0 refused by Expressway, 0 refused by the server.", true);
	traffic_clear(&traffic);
	traffic = new_traffic();
	add(&traffic, "a", 0, TRAFFIC_REFUSED);
	has(&traffic, "The line names no port, and no single request of the log fits it.", true);
	traffic_clear(&traffic);
	traffic = new_traffic();
	add(&traffic, "a", 1, TRAFFIC_REFUSED); /* 1 is a port */
	has(&traffic, "The line names no port, and no single request of the log fits it.", false);
	has(&traffic, "0 requests, 0 accepted", true);
	traffic_clear(&traffic);
	traffic = new_traffic();
	add(&traffic, "a", 0, TRAFFIC_UNKNOWN);
	has(&traffic, "Clients were told this address; the log shows no request to it.", true);
	traffic_clear(&traffic);
}

static void test_prediction(void **state)
{
	struct traffic traffic = new_traffic();
	struct traffic_place *server = add(&traffic, "a", 8443, TRAFFIC_REFUSED);

	(void)state;
	server->in_report = server->agrees = server->agrees_known = server->predicted = true;
	has(&traffic, "The report", false); /* none was given */
	traffic.compared = true;
	has(&traffic, "The report agrees.", true);
	has(&traffic, "The report agrees with the log on 1 of 1 of them.", true);
	server->predicted = false;
	has(&traffic, "The report agrees: the audit saw no certificate there.", true);
	server->agrees = false;
	has(&traffic, "The report says", false);
	has(&traffic, "The report agrees with the log on 0 of 1 of them.", true);
	server->predicted = true;
	server->predicted_accepted = true;
	set(&server->differs, "The reason why.");
	has(&traffic, "They differ. The report says: accepted.", true);
	has(&traffic, "The reason why.", true);
	server->predicted_accepted = false;
	server->predicted_reason = REASON_EXPIRED;
	set(&server->predicted_log, "WARNING: predicted");
	has(&traffic, "They differ. The report says: refused, expired.", true);
	has(&traffic, "WARNING: predicted", true);
	has(&traffic, "does not list", false);
	server->in_report = false;
	has(&traffic, "The report does not list this address.", true);
	server->agrees_known = false;
	has(&traffic, "The report says: refused, expired.", true);
	has(&traffic, "They differ", false);
	has(&traffic, "of them.", false);
	/* the stores of other peers, where they say something else */
	server->stores = mem_array(2, sizeof *server->stores);
	server->store_count = 2;
	server->stores[0] = (struct traffic_store){ mem_strdup("peer1"), mem_strdup("WARNING: one"),
		                                    false, true };
	server->stores[1] = (struct traffic_store){ mem_strdup("peer2"), mem_strdup("WARNING: two"),
		                                    true, false };
	has(&traffic, "With the trust store peer2 the report says: accepted.", true);
	has(&traffic, "WARNING: two", true);
	has(&traffic, "peer1", false);
	server->stores[1].accepted = false;
	has(&traffic, "With the trust store peer2 the report says: refused.", true);
	server->stores[0].agrees = false;
	has(&traffic, "With the trust store peer1 the report says: refused.", true);
	traffic_clear(&traffic);
}

static void test_what_the_log_shows(void **state)
{
	struct traffic traffic = new_traffic();

	(void)state;
	traffic.from_ms = 1790000000000;
	traffic.to_ms = 1790000060000;
	has(&traffic,
	    "5 lines of the traffic server, from 2026-09-21T14:13:20Z to 2026-09-21T14:14:20Z.", true);
	has(&traffic, "Verification is enforced.", true);
	has(&traffic, "Log lines of", false);
	has(&traffic, "Words of", false);
	has(&traffic, "Cipher order", false);
	traffic.from_ms = 0;
	has(&traffic, "lines of the traffic server, from", false);
	traffic.verification = VERIFICATION_PERMISSIVE;
	has(&traffic, "Verification is permissive", true);
	traffic.verification = VERIFICATION_UNPROVEN;
	has(&traffic, "That verification is on is not proved", true);
	traffic.lines = 0;
	has(&traffic, "not proved", false);
	traffic.lines = 5;
	traffic.generation = TRAFFIC_SERVER_8;
	traffic.era = ERA_OPENSSL1;
	has(&traffic, "Traffic Server 8.1", true);
	has(&traffic, "OpenSSL 1.1.1", true);
	traffic.generation = TRAFFIC_SERVER_9;
	traffic.era = ERA_OPENSSL3;
	has(&traffic, "Traffic Server 9.2 or later", true);
	has(&traffic, "OpenSSL 3", true);
	traffic.compared = true;
	has(&traffic, "iPAddress SANs are honoured: not seen", true);
	has(&traffic, "Cipher order met: not seen", true);
	has(&traffic, "Trust store", false);
	traffic.ip_san = "yes";
	traffic.order = "rsa-first";
	traffic.store = mem_strdup("peer2");
	has(&traffic, "iPAddress SANs are honoured: yes", true);
	has(&traffic, "Cipher order met: rsa-first", true);
	has(&traffic, "Trust store that it fits: peer2", true);
	has(&traffic, "20,000", false);
	traffic.left_out = 1;
	has(&traffic, "what comes after the first 20,000 is left out", true);
	traffic_clear(&traffic);
}

/* A name without an IP address is no service that does not answer. */
static void test_what_failed(void **state)
{
	struct traffic traffic = new_traffic();

	(void)state;
	add(&traffic, "cucm1.example.com", 8443, TRAFFIC_CONNECT_FAILED);
	has(&traffic, "the connection was reset, ended, timed out or could not be made", true);
	has(&traffic, "found no IP address", false);
	set(&traffic.servers[0].ip, "");
	has(&traffic, "the connection was reset, ended, timed out or could not be made", false);
	has(&traffic, "The traffic server found no IP address for this name: no connection was tried.",
	    true);
	traffic_clear(&traffic);
}

/* What was refused comes first, then what failed, then what is well. */
static void test_order(void **state)
{
	static const enum traffic_outcome order[] = { TRAFFIC_REFUSED, TRAFFIC_BY_PEER,
		                                      TRAFFIC_CONNECT_FAILED, TRAFFIC_ACCEPTED,
		                                      TRAFFIC_UNKNOWN };
	struct traffic traffic = new_traffic();
	const char *last;
	char *said;

	(void)state;
	for (size_t i = 5; i-- > 0;) {
		char name[40];

		snprintf(name, sizeof name, "host%zu", i);
		add(&traffic, name, 1, order[i]);
	}
	said = page(&traffic, false);
	last = said;
	for (size_t i = 0; i < 5; i++) {
		char name[40];

		snprintf(name, sizeof name, "host%zu", i);
		assert_non_null(strstr(last, name));
		last = strstr(last, name);
	}
	free(said);
	traffic_clear(&traffic);
}

static void expect_member(const json_t *object, const char *member, const char *text)
{
	json_t *expected = json_loads(text, JSON_DECODE_ANY, NULL);
	char *said;

	assert_non_null(expected);
	said = json_dumps(json_object_get(object, member), JSON_ENCODE_ANY);
	if (!json_equal(expected, json_object_get(object, member)))
		fail_msg("%s: %s", member, said);
	free(said);
	json_decref(expected);
}

/* log.schema.json, member by member: what is known, and null for what is not. */
static void test_as_json(void **state)
{
	struct traffic traffic = new_traffic();
	struct traffic_place *place, *other;
	json_t *root, *servers;
	struct buf out;

	(void)state;
	add(&traffic, "cucm1.example.com", 8443, TRAFFIC_REFUSED);
	other = add(&traffic, "cucm2.example.com", 0, TRAFFIC_UNKNOWN);
	place = &traffic.servers[0];
	place->told = place->agrees_known = place->agrees = place->predicted = place->in_report = true;
	place->requests = 9;
	place->accepted = 4;
	place->refused = 3;
	place->refused_by_peer = 2;
	place->last.time_ms = 1999;
	place->last.reason = place->predicted_reason = 0;
	place->last.depth = 0;
	place->last.alert = 0;
	set(&place->last.log, "L");
	set(&place->last.error, "E");
	set(&place->last.phrase, "P");
	memcpy(place->last.peer, "exp1", sizeof "exp1");
	place->observation = 7;
	set(&place->predicted_log, "PL");
	set(&place->differs, "D");
	place->store_count = 1;
	place->stores = mem_zalloc(sizeof *place->stores);
	place->stores[0] = (struct traffic_store){ mem_strdup("peer"), mem_strdup("SL"), false, true };
	other->last.depth = -1;
	traffic_evidence(&traffic, CALIBRATION_ORDER, "EO");
	traffic.order = "rsa-first";
	traffic.compared = true;
	traffic.from_ms = 1000;
	traffic.to_ms = 3999;
	buf_init(&out);
	json_log(&traffic, &out);
	root = json_loadb(out.data, out.len, 0, NULL);
	assert_non_null(root);
	expect_member(root, "kind", "\"log\"");
	expect_member(root, "lines", "5");
	expect_member(root, "from", "\"1970-01-01T00:00:01Z\"");
	expect_member(root, "to", "\"1970-01-01T00:00:03Z\"");
	expect_member(root, "trust", "null");
	expect_member(root, "traffic_server", "\"unknown\"");
	expect_member(root, "era", "\"unknown\"");
	expect_member(root, "verification", "\"enforced\"");
	expect_member(root, "schema_version", "\"1.0\"");
	expect_member(root, "calibration",
	              "[{\"id\": \"verification\", \"value\": \"enforced\", \"evidence\": \"\"}, "
	              "{\"id\": \"traffic-server\", \"value\": \"unknown\", \"evidence\": \"\"}, "
	              "{\"id\": \"era\", \"value\": \"unknown\", \"evidence\": \"\"}, "
	              "{\"id\": \"ip-san\", \"value\": \"not-seen\", \"evidence\": \"\"}, "
	              "{\"id\": \"order\", \"value\": \"rsa-first\", \"evidence\": \"EO\"}]");
	servers = json_object_get(root, "servers");
	expect_member(json_array_get(servers, 0), "last",
	              "{\"peer\": \"exp1\", \"time\": \"1970-01-01T00:00:01Z\", \"outcome\": \"refused\", \"log\": \"L\", "
	              "\"error\": \"E\", \"reason\": \"self-signed\", \"depth\": 0, \"alert\": 0, "
	              "\"phrase\": \"P\"}");
	expect_member(json_array_get(servers, 0), "predicted",
	              "{\"accepted\": false, \"log\": \"PL\", \"reason\": \"self-signed\", "
	              "\"observation\": 7}");
	expect_member(json_array_get(servers, 0), "stores",
	              "[{\"trust\": \"peer\", \"accepted\": false, \"log\": \"SL\", \"agrees\": "
	              "true}]");
	expect_member(json_array_get(servers, 0), "other_peers", "[]");
	expect_member(json_array_get(servers, 0), "address", "\"cucm1.example.com\"");
	expect_member(json_array_get(servers, 0), "ip", "\"10.0.0.1\"");
	expect_member(json_array_get(servers, 0), "port", "8443");
	expect_member(json_array_get(servers, 0), "told", "true");
	expect_member(json_array_get(servers, 0), "requests", "9");
	expect_member(json_array_get(servers, 0), "accepted", "4");
	expect_member(json_array_get(servers, 0), "refused", "3");
	expect_member(json_array_get(servers, 0), "refused_by_peer", "2");
	expect_member(json_array_get(servers, 0), "agrees", "true");
	expect_member(json_array_get(servers, 0), "differs", "\"D\"");
	expect_member(json_array_get(servers, 0), "in_report", "true");
	expect_member(json_array_get(servers, 1), "last",
	              "{\"peer\": null, \"time\": null, \"outcome\": \"unknown\", \"log\": \"\", \"error\": \"\", "
	              "\"reason\": null, \"depth\": null, \"alert\": null, \"phrase\": \"\"}");
	expect_member(json_array_get(servers, 1), "predicted", "null");
	expect_member(json_array_get(servers, 1), "port", "null");
	expect_member(json_array_get(servers, 1), "agrees", "null");
	expect_member(json_array_get(servers, 1), "differs", "null");
	expect_member(json_array_get(servers, 1), "in_report", "false");
	json_decref(root);
	buf_clear(&out);
	traffic.compared = false;
	traffic.generation = TRAFFIC_SERVER_8;
	traffic.era = ERA_OPENSSL1;
	set(&traffic.store, "peer");
	buf_init(&out);
	json_log(&traffic, &out);
	root = json_loadb(out.data, out.len, 0, NULL);
	expect_member(json_array_get(json_object_get(root, "servers"), 0), "in_report", "null");
	expect_member(root, "trust", "\"peer\"");
	expect_member(root, "era", "\"openssl1\"");
	expect_member(root, "traffic_server", "\"ats8\"");
	json_decref(root);
	buf_clear(&out);
	traffic_clear(&traffic);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_json),
		cmocka_unit_test(test_first_sentence),
		cmocka_unit_test(test_look_of_the_answer),
		cmocka_unit_test(test_accepted_without_verification),
		cmocka_unit_test(test_each_outcome),
		cmocka_unit_test(test_two_ips),
		cmocka_unit_test(test_peers_that_verify),
		cmocka_unit_test(test_mended_or_off),
		cmocka_unit_test(test_a_failed_handshake),
		cmocka_unit_test(test_another_peer),
		cmocka_unit_test(test_place_time_and_counts),
		cmocka_unit_test(test_without_a_port),
		cmocka_unit_test(test_prediction),
		cmocka_unit_test(test_what_the_log_shows),
		cmocka_unit_test(test_what_failed),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
