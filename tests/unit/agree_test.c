/* SPDX-License-Identifier: MIT */
/* A log beside a report: one order and one store are taken for all of it, those that fit most of its
 * results, and each address is compared with what they predict. */
#include "config.h"

#include "base/mem.h"
#include "blocks.h"
#include "log/agree.h"
#include "model/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct report *new_report(const char *stores)
{
	struct report *report = report_new();
	char *copy = mem_strdup(stores), *rest = copy, *one;

	report->started = 1790000000;
	report->policy.order_in_force[ORDER_ECDSA_FIRST] = false; /* most rows have RSA first alone */
	while ((one = strsep(&rest, " ")) != NULL)
		report_add_store(report, one);
	free(copy);
	return report;
}

/* "expired@1" is that reason at depth 1, "expired" at depth 0, "expired@-1" at one not known. */
static enum reason reason_at(const char *word, int *depth)
{
	char id[40];
	enum reason reason;

	snprintf(id, sizeof id, "%.*s", (int)strcspn(word, "@"), word);
	assert_int_equal(reason_parse(id, &reason), 0);
	*depth = strchr(word, '@') == NULL ? 0 : atoi(strchr(word, '@') + 1);
	return reason;
}

/* "a 10.0.0.1 6972 rsa-first expired ok": a verdict for each store, "ok", "-" (none), a reason or
 * "refused" for none. */
static void see(struct report *report, const char *row)
{
	struct observation *observation = report_add_observation(report);
	char address[64], ip[64], order[20], verdicts[3][40] = { "", "", "" };
	size_t at = report->observation_count - 1;
	unsigned port;

	assert_true(sscanf(row, "%63s %63s %u %19s %39s %39s %39s", address, ip, &port, order,
	                   verdicts[0], verdicts[1], verdicts[2]) >= 5);
	if (report_find_node(report, address) == NULL)
		node_add_address(report_add_node(report, address), address, true);
	observation->node = 0;
	observation->address = mem_strdup(address);
	observation->ip = mem_strdup(ip);
	observation->port = (uint16_t)port;
	assert_int_equal(order_parse(order, &observation->order), 0);
	observation->outcome = strcmp(verdicts[0], "-") == 0 ? OUTCOME_TIMEOUT : OUTCOME_PRESENTED;
	for (size_t store = 0; store < report->store_count; store++) {
		struct verdict *verdict;
		enum reason reason;
		int depth;

		if (strcmp(verdicts[store], "-") == 0 || *verdicts[store] == '\0')
			continue;
		verdict = report_add_verdict(report);
		verdict->observation = at;
		verdict->store = store;
		verdict->accepted = strcmp(verdicts[store], "ok") == 0;
		if (verdict->accepted || strcmp(verdicts[store], "refused") == 0)
			continue;
		reason = reason_at(verdicts[store], &depth);
		verdict_add_reason(verdict, reason, 1, depth, NULL);
		verdict->log = mem_strdup(reason == REASON_BAD_DH_VALUE ? "" : "WARNING: line");
	}
}

/* "a 10.0.0.1 6972 accepted": accepted, failed, peer, unknown, or a reason. */
static void meet(struct traffic *traffic, const char *row)
{
	char address[64], ip[64], outcome[40];
	struct traffic_place *server;
	unsigned port;

	assert_int_equal(sscanf(row, "%63s %63s %u %39s", address, ip, &port, outcome), 4);
	server = traffic_at(traffic, address, strcmp(ip, "-") == 0 ? "" : ip, (uint16_t)port);
	server->last.outcome = strcmp(outcome, "accepted") == 0  ? TRAFFIC_ACCEPTED
	                  : strcmp(outcome, "failed") == 0  ? TRAFFIC_CONNECT_FAILED
	                  : strcmp(outcome, "peer") == 0    ? TRAFFIC_BY_PEER
	                  : strcmp(outcome, "unknown") == 0 ? TRAFFIC_UNKNOWN
	                                                    : TRAFFIC_REFUSED;
	server->last.reason = server->last.depth = -1;
	if (server->last.outcome != TRAFFIC_REFUSED || strcmp(outcome, "refused") == 0)
		return;
	server->last.reason = (int)reason_at(outcome, &server->last.depth);
	free(server->last.log);
	server->last.log = mem_strdup("WARNING: logged");
}

static void each(const char *rows, void (*add)(void *, const char *), void *to)
{
	char *copy = mem_strdup(rows), *rest = copy, *row;

	while ((row = strsep(&rest, "\n")) != NULL)
		if (*row != '\0')
			add(to, row);
	free(copy);
}

static void add_seen(void *to, const char *row)
{
	see(to, row);
}

static void add_met(void *to, const char *row)
{
	meet(to, row);
}

/* y: agrees, n: does not, ?: nothing is known. */
static char agrees(const struct traffic_place *server)
{
	return !server->agrees_known ? '?' : server->agrees ? 'y' : 'n';
}

struct row {
	const char *stores, *seen, *met;
	const char *agree;   /* a letter each, in the order in which they were met */
	const char *store;   /* that the log speaks for; NULL: none alone */
	const char *order;   /* that was met; NULL: not shown */
	const char *differs; /* part of why the last one differs; NULL: it does not */
};

static void check(const struct row *row)
{
	long blocks = blocks_used();
	struct report *report = new_report(row->stores);
	struct traffic traffic = { .verification = VERIFICATION_ENFORCED, .generation = -1, .era = -1 };
	char found[20] = "";

	each(row->seen, add_seen, report);
	report->policy.order_in_force[ORDER_ECDSA_FIRST] = strstr(row->seen, "ecdsa") != NULL;
	each(row->met, add_met, &traffic);
	log_agree(&traffic, report);
	for (size_t i = 0; i < traffic.server_count; i++)
		found[i] = agrees(&traffic.servers[i]);
	if (strcmp(found, row->agree) != 0)
		fail_msg("%s\nand met\n%s\nagree: %s", row->seen, row->met, found);
	if (row->store == NULL)
		assert_null(traffic.store);
	else
		assert_string_equal(traffic.store, row->store);
	if (row->order == NULL)
		assert_null(traffic.order);
	else
		assert_string_equal(traffic.order, row->order);
	if (row->differs == NULL)
		assert_null(traffic.servers[traffic.server_count - 1].differs);
	else if (strstr(traffic.servers[traffic.server_count - 1].differs, row->differs) == NULL)
		fail_msg("%s", traffic.servers[traffic.server_count - 1].differs);
	assert_true(traffic.compared);
	for (size_t i = 0; i < traffic.server_count && strchr(row->stores, ' ') == NULL; i++)
		assert_int_equal(traffic.servers[i].store_count, 0);
	traffic_clear(&traffic);
	report_free(report);
	assert_int_equal(blocks_used(), blocks);
}

static void test_one_store(void **state)
{
	static const struct row rows[] = {
		{ "s", "a 1.1.1.1 1 rsa-first ok", "a 1.1.1.1 1 accepted", "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first ok", "A 1.1.1.1 1 accepted", "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first ok", "a 1.1.1.1 1 expired", "n", NULL, NULL,
		  "Nothing in the log explains it" },
		{ "s", "a 1.1.1.1 1 rsa-first expired", "a 1.1.1.1 1 expired", "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first expired", "a 1.1.1.1 1 refused", "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first expired", "a 1.1.1.1 1 self-signed", "n", NULL, NULL,
		  "Nothing in the log" },
		/* at another depth it is another certificate's; where the log has none, the reason will do */
		{ "s", "a 1.1.1.1 1 rsa-first expired@1", "a 1.1.1.1 1 expired@1", "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first expired@1", "a 1.1.1.1 1 expired@0", "n", NULL, NULL,
		  "Nothing in the log" },
		{ "s", "a 1.1.1.1 1 rsa-first expired@0", "a 1.1.1.1 1 expired@1", "n", NULL, NULL,
		  "Nothing in the log" },
		{ "s", "a 1.1.1.1 1 rsa-first expired@1", "a 1.1.1.1 1 expired@-1", "y", NULL, NULL, NULL },
		/* a report that was edited may refuse without a reason */
		{ "s", "a 1.1.1.1 1 rsa-first refused", "a 1.1.1.1 1 refused", "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first refused", "a 1.1.1.1 1 expired", "n", NULL, NULL,
		  "Nothing in the log" },
		/* another port, another address: nothing is predicted */
		{ "s", "a 1.1.1.1 1 rsa-first ok", "a 1.1.1.1 2 expired", "?", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first ok", "b 1.1.1.1 1 expired", "?", NULL, NULL, NULL },
		/* what only ended early, or never began, tells nothing of a certificate */
		{ "s", "a 1.1.1.1 1 rsa-first ok", "a 1.1.1.1 1 failed", "?", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first expired", "a 1.1.1.1 1 failed", "?", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first ok", "a 1.1.1.1 1 peer", "?", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first ok", "a 1.1.1.1 1 unknown", "?", NULL, NULL, NULL },
		/* a handshake that breaks off without a line in the log is just what was predicted */
		{ "s", "a 1.1.1.1 1 rsa-first bad-dh-value", "a 1.1.1.1 1 failed", "y", NULL, NULL,
		  NULL },
		/* neither got through */
		{ "s", "a 1.1.1.1 1 rsa-first -", "a 1.1.1.1 1 failed", "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first -", "b 1.1.1.1 1 failed", "?", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first -", "a 1.1.1.1 0 failed", "?", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first -", "a 1.1.1.1 1 accepted", "?", NULL, NULL, NULL },
		/* of two IPs one was seen well: it may be the one that clients got to */
		{ "s", "a 1.1.1.1 1 rsa-first -\na 1.1.1.2 1 rsa-first ok", "a 1.1.1.1 1 failed", "?", NULL,
		  NULL, NULL },
		/* the IP that was met, where the report has it */
		{ "s", "a 1.1.1.1 1 rsa-first ok\na 1.1.1.2 1 rsa-first expired",
		  "a 1.1.1.2 1 expired", "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first ok\na 1.1.1.2 1 rsa-first expired",
		  "a 1.1.1.1 1 expired", "n", NULL, NULL, "Nothing" },
		/* where it has not, all have to fit; where the log does not say, one will do */
		{ "s", "a 1.1.1.1 1 rsa-first ok\na 1.1.1.2 1 rsa-first expired",
		  "a 1.1.1.3 1 expired", "n", NULL, NULL, "Nothing" },
		{ "s", "a 1.1.1.1 1 rsa-first ok\na 1.1.1.2 1 rsa-first expired", "a - 1 expired",
		  "y", NULL, NULL, NULL },
		{ "s", "a 1.1.1.1 1 rsa-first ok\na 1.1.1.1 2 rsa-first expired",
		  "a 1.1.1.1 0 expired", "y", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(&rows[i]);
}

/* What an audit without a certificate means beside a client's 502, of each outcome: the server was
 * not there for either, or the audit did not ask it. */
static void test_neither_got_through(void **state)
{
	static const struct {
		const char *outcomes;
		char agrees;
	} rows[] = {
		{ "unresolved refused unreachable timeout reset closed tls-alert tls-version "
		  "no-certificate not-tls tls-error",
		  'y' },
		{ "pending presented local-error unusable foreign crashed not-needed stopped", '?' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *copy = mem_strdup(rows[i].outcomes), *rest = copy, *name;

		while ((name = strsep(&rest, " ")) != NULL) {
			struct report *report = new_report("s");
			struct traffic traffic = { .generation = -1, .era = -1 };

			see(report, "a 1.1.1.1 1 rsa-first -");
			assert_int_equal(outcome_parse(name, &report->observations[0].outcome), 0);
			meet(&traffic, "a 1.1.1.1 1 failed");
			log_agree(&traffic, report);
			if (agrees(&traffic.servers[0]) != rows[i].agrees)
				fail_msg("%s", name);
			traffic_clear(&traffic);
			report_free(report);
		}
		free(copy);
	}
}

/* Each address is compared with its own observations, wherever the report and the log have it: 31 is
 * prime to 60, so that neither is in order. */
static void test_many_addresses(void **state)
{
	struct report *report = new_report("s");
	struct traffic traffic = { .verification = VERIFICATION_ENFORCED, .generation = -1, .era = -1 };

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		unsigned at = i * 31 % 60;
		char seen[64], found[64];

		snprintf(seen, sizeof seen, "%c%u 1.1.1.1 1 rsa-first %s", at % 2 ? 'n' : 'N', at,
		         at % 3 == 0 ? "ok" : at % 3 == 1 ? "expired" : "self-signed");
		see(report, seen);
		snprintf(found, sizeof found, "n%u 1.1.1.1 1 %s", i,
		         i % 3 == 0 ? "accepted" : i % 3 == 1 ? "expired" : "self-signed");
		meet(&traffic, found);
	}
	log_agree(&traffic, report);
	for (unsigned i = 0; i < 60; i++) {
		assert_true(traffic.servers[i].in_report);
		assert_int_equal(agrees(&traffic.servers[i]), 'y');
		assert_int_equal(traffic.servers[i].observation * 31 % 60, i);
		assert_string_equal(traffic.servers[i].predicted_log,
		                    i % 3 == 0 ? "" : "WARNING: line");
	}
	traffic_clear(&traffic);
	report_free(report);
}

#define BOTH(address, rsa, ecdsa) \
	address " 1.1.1.1 1 rsa-first " rsa "\n" address " 1.1.1.1 1 ecdsa-first " ecdsa "\n"

static void test_orders_and_stores(void **state)
{
	static const struct row rows[] = {
		/* the order that fits most holds for all */
		{ "s", BOTH("a", "ok", "expired") BOTH("b", "ok", "expired") BOTH("c", "ok", "expired"),
		  "a 1.1.1.1 1 expired\nb 1.1.1.1 1 expired\nc 1.1.1.1 1 accepted", "yyn", NULL,
		  NULL, "for the other cipher order, rsa-first" },
		{ "s", BOTH("a", "expired", "ok"), "a 1.1.1.1 1 accepted", "y", NULL, "ecdsa-first",
		  NULL },
		{ "s", BOTH("a", "ok", "ok"), "a 1.1.1.1 1 accepted", "y", NULL, NULL, NULL },
		{ "s", BOTH("a", "ok", "expired"), "a 1.1.1.1 0 expired", "y", NULL, NULL, NULL },
		/* so does the store */
		{ "s t", "a 1.1.1.1 1 rsa-first ok expired\nb 1.1.1.1 1 rsa-first ok expired",
		  "a 1.1.1.1 1 expired\nb 1.1.1.1 1 expired", "yy", "t", NULL, NULL },
		{ "s t", "a 1.1.1.1 1 rsa-first ok expired\nb 1.1.1.1 1 rsa-first ok expired",
		  "a 1.1.1.1 1 accepted\nb 1.1.1.1 1 accepted", "yy", "s", NULL, NULL },
		{ "s t",
		  "a 1.1.1.1 1 rsa-first ok expired\nb 1.1.1.1 1 rsa-first ok expired\nc 1.1.1.1 1 rsa-first ok expired",
		  "a 1.1.1.1 1 expired\nb 1.1.1.1 1 expired\nc 1.1.1.1 1 accepted", "yyn", "t", NULL,
		  "with the trust store s" },
		{ "s t", "a 1.1.1.1 1 rsa-first ok ok", "a 1.1.1.1 1 accepted", "y", NULL, NULL, NULL },
		/* of two that fit alike the first is taken, and none is named */
		{ "s t", "a 1.1.1.1 1 rsa-first ok expired\nb 1.1.1.1 1 rsa-first expired ok",
		  "a 1.1.1.1 1 accepted\nb 1.1.1.1 1 accepted", "yn", NULL, NULL,
		  "with the trust store t" },
		/* with another order the other store would fit as well: the log speaks for neither */
		{ "s t", "a 1.1.1.1 1 rsa-first ok expired\na 1.1.1.1 1 ecdsa-first expired ok",
		  "a 1.1.1.1 1 accepted", "y", NULL, "rsa-first", NULL },
		{ "s t",
		  "a 1.1.1.1 1 rsa-first expired ok\na 1.1.1.1 1 ecdsa-first expired ok",
		  "a 1.1.1.1 1 accepted", "y", "t", NULL, NULL },
		/* each contradicts the log, one more than the other: neither is one that it fits */
		{ "s t", "a 1.1.1.1 1 rsa-first ok ok\nb 1.1.1.1 1 rsa-first - ok",
		  "b 1.1.1.1 1 expired\na 1.1.1.1 1 expired", "?n", NULL, NULL, "Nothing in the log" },
		{ "s t", "a 1.1.1.1 1 rsa-first ok expired\nb 1.1.1.1 1 rsa-first ok ok",
		  "a 1.1.1.1 1 accepted\nb 1.1.1.1 1 expired", "yn", NULL, NULL, "Nothing in the log" },
		/* what fits more results than it contradicts is taken before what says nothing of any */
		{ "s t",
		  "a 1.1.1.1 1 rsa-first - ok\nb 1.1.1.1 1 rsa-first - ok\nc 1.1.1.1 1 rsa-first - ok\n"
		  "d 1.1.1.1 1 rsa-first - ok\ne 1.1.1.1 1 rsa-first - ok",
		  "a 1.1.1.1 1 accepted\nb 1.1.1.1 1 accepted\nc 1.1.1.1 1 accepted\n"
		  "d 1.1.1.1 1 expired\ne 1.1.1.1 1 expired",
		  "yyynn", "t", NULL, "Nothing in the log" },
		{ "s t u", "a 1.1.1.1 1 rsa-first ok expired expired", "a 1.1.1.1 1 expired", "y", NULL,
		  NULL, NULL }, /* t and u fit as well */
		/* s fits twice and fails twice, t fits once and says nothing of the rest */
		{ "s t",
		  "a 1.1.1.1 1 rsa-first ok ok\nb 1.1.1.1 1 rsa-first ok -\n"
		  "c 1.1.1.1 1 rsa-first ok -\nd 1.1.1.1 1 rsa-first ok -",
		  "a 1.1.1.1 1 accepted\nb 1.1.1.1 1 accepted\nc 1.1.1.1 1 expired\nd 1.1.1.1 1 expired",
		  "y???", "t", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(&rows[i]);
}

/* Only an order in force is taken, unless none is. */
static void test_order_in_force(void **state)
{
	(void)state;
	for (int in_force = 0; in_force < 2; in_force++) {
		struct report *report = new_report("s");
		struct traffic traffic = { .verification = VERIFICATION_ENFORCED,
			                   .generation = -1,
			                   .era = -1 };

		report->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
		report->policy.order_in_force[ORDER_RSA_FIRST] = in_force == 1;
		each(BOTH("a", "ok", "expired"), add_seen, report);
		meet(&traffic, "a 1.1.1.1 1 expired");
		log_agree(&traffic, report);
		assert_int_equal(agrees(&traffic.servers[0]), in_force ? 'n' : 'y');
		assert_string_equal(traffic.order, "ecdsa-first"); /* seen, whatever is in force */
		assert_string_equal(traffic.evidence[CALIBRATION_ORDER], "WARNING: logged");
		traffic_clear(&traffic);
		report_free(report);
	}
}

/* What a peer accepts that is not seen to verify speaks for no order and for no store, whatever another
 * one refuses. */
static void test_a_peer_that_proves_nothing(void **state)
{
	(void)state;
	for (int proved = 0; proved < 2; proved++) {
		struct report *report = new_report("s");
		struct traffic traffic = { .verification = VERIFICATION_ENFORCED,
			                   .generation = -1,
			                   .era = -1 };

		traffic_peer_at(&traffic, "exp1")->verification = VERIFICATION_ENFORCED;
		traffic_peer_at(&traffic, "exp2")->verification =
			proved ? VERIFICATION_ENFORCED : VERIFICATION_UNPROVEN;
		report->policy.order_in_force[ORDER_ECDSA_FIRST] = true;
		each(BOTH("a", "ok", "expired") BOTH("b", "expired", "expired"), add_seen, report);
		meet(&traffic, "a 1.1.1.1 1 accepted");
		meet(&traffic, "b 1.1.1.1 1 accepted");
		for (size_t i = 0; i < traffic.server_count; i++)
			memcpy(traffic.servers[i].last.peer, "exp2", sizeof "exp2");
		log_agree(&traffic, report);
		assert_int_equal(traffic.order != NULL, proved);
		assert_int_equal(strstr(traffic.servers[1].differs, "No refusal in the log") != NULL,
		                 !proved);
		traffic_clear(&traffic);
		report_free(report);
	}
}

/* Accepted where it should not be, and since then nothing is refused: verification may be off. */
static void test_turned_off(void **state)
{
	(void)state;
	for (int64_t since_ms = 2000; since_ms <= 4000; since_ms += 1000) {
		struct report *report = new_report("s");
		struct traffic traffic = { .verification = VERIFICATION_ENFORCED,
			                   .generation = -1,
			                   .era = -1 };

		traffic_peer_at(&traffic, "")->verification = VERIFICATION_ENFORCED;
		traffic_peer_at(&traffic, "")->proved_ms = 3000;
		see(report, "a 1.1.1.1 1 rsa-first expired");
		meet(&traffic, "a 1.1.1.1 1 accepted");
		traffic.servers[0].last.since_ms = since_ms;
		log_agree(&traffic, report);
		assert_non_null(strstr(traffic.servers[0].differs, "Nothing in the log explains it"));
		assert_int_equal(strstr(traffic.servers[0].differs, "VerifyOriginServer: Off") != NULL,
		                 since_ms > 3000);
		traffic_clear(&traffic);
		report_free(report);
	}
}

/* Why the log and the report differ, most certain first. */
static void test_why_they_differ(void **state)
{
	static const struct {
		enum verification verification;
		const char *met, *seen;
		int generation, era;
		const char *said;
		bool new; /* judged as ats9 and openssl3 */
	} rows[] = {
		{ VERIFICATION_ENFORCED, "a 1.1.1.1 1 accepted", "expired", TRAFFIC_SERVER_8, -1,
		  "The report judges as ats9; the log is that of ats8.", true },
		{ VERIFICATION_ENFORCED, "a 1.1.1.1 1 accepted", "expired", -1, ERA_OPENSSL1,
		  "The report judges as openssl3; the log has the words of openssl1.", true },
		{ VERIFICATION_PERMISSIVE, "a 1.1.1.1 1 accepted", "expired", -1, -1,
		  "Action=Continue", false },
		{ VERIFICATION_UNPROVEN, "a 1.1.1.1 1 accepted", "expired", -1, -1,
		  "No refusal in the log shows", false },
		{ VERIFICATION_ENFORCED, "a 1.1.1.1 1 accepted", "expired", TRAFFIC_SERVER_9, -1,
		  "The report judges as ats8; the log is that of ats9.", false },
		{ VERIFICATION_ENFORCED, "a 1.1.1.1 1 accepted", "expired", TRAFFIC_SERVER_8,
		  ERA_OPENSSL3, "The report judges as openssl1; the log has the words of openssl3.",
		  false },
		{ VERIFICATION_ENFORCED, "a 1.1.1.1 1 accepted", "expired", TRAFFIC_SERVER_8,
		  ERA_OPENSSL1, "the audit was given another trust store", false },
		{ VERIFICATION_PERMISSIVE, "a 1.1.1.1 1 expired", "ok", -1, -1,
		  "Nothing in the log explains it", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report("s");
		struct traffic traffic = { .verification = rows[i].verification,
			                   .generation = rows[i].generation,
			                   .era = rows[i].era };
		char *seen = mem_printf("a 1.1.1.1 1 rsa-first %s", rows[i].seen);

		see(report, seen);
		if (rows[i].new) {
			report->policy.traffic_server = TRAFFIC_SERVER_9;
			report->policy.era = ERA_OPENSSL3;
		}
		meet(&traffic, rows[i].met);
		log_agree(&traffic, report);
		assert_non_null(strstr(traffic.servers[0].differs, rows[i].said));
		free(seen);
		traffic_clear(&traffic);
		report_free(report);
	}
}

/* The two dates are told where both are known. */
static void test_dates(void **state)
{
	struct report *report = new_report("s");
	struct traffic traffic = { .verification = VERIFICATION_ENFORCED, .generation = -1, .era = -1 };

	(void)state;
	see(report, "a 1.1.1.1 1 rsa-first ok");
	meet(&traffic, "a 1.1.1.1 1 expired");
	traffic.servers[0].last.time_ms = 1790000001999;
	log_agree(&traffic, report);
	/* date -u -d @1790000001 */
	assert_non_null(strstr(traffic.servers[0].differs, "the log (2026-09-21T14:13:21Z) and the "
	                                                   "audit (2026-09-21T14:13:20Z)"));
	for (int unknown = 0; unknown < 2; unknown++) {
		report->started = unknown == 0 ? 0 : 1790000000;
		traffic.servers[0].last.time_ms = unknown == 1 ? 0 : 1790000001999;
		free(traffic.servers[0].differs);
		free(traffic.servers[0].predicted_log);
		traffic.servers[0].differs = traffic.servers[0].predicted_log = NULL;
		log_agree(&traffic, report);
		assert_non_null(strstr(traffic.servers[0].differs,
		                       "may have changed between the log and the audit, "));
	}
	traffic_clear(&traffic);
	report_free(report);
}

/* An iPAddress SAN that made the difference shows how this Expressway takes them. */
static void test_ip_san(void **state)
{
	static const struct {
		const char *address, *met;
		enum san_type type;
		const char *dns;     /* another SAN */
		bool enforced;
		const char *ip_san;  /* NULL: not shown */
		const char *differs; /* part of why; NULL: it does not */
		const char *san;     /* NULL: the address */
	} rows[] = {
		{ "10.0.0.1", "accepted", SAN_IP, "x", true, "yes", "as an iPAddress SAN", NULL },
		{ "10.0.0.1", "name-mismatch", SAN_IP, "x", true, "no", NULL, NULL },
		{ "10.0.0.1", "accepted", SAN_IP, "x", false, NULL, "No refusal in the log", NULL },
		{ "10.0.0.1", "expired", SAN_IP, "x", true, NULL, "Nothing in the log", NULL },
		{ "10.0.0.1", "accepted", SAN_IP, "10.0.0.1", true, NULL, "Nothing in the log", NULL },
		{ "10.0.0.1", "accepted", SAN_DNS, "x", true, NULL, "Nothing in the log", NULL },
		{ "10.0.0.1", "accepted", SAN_IP, "x", true, NULL, "Nothing in the log", "10.0.0.2" },
		{ "10.0.0.1", "name-mismatch", SAN_IP, "x", true, NULL, NULL, "10.0.0.2" },
		{ "name", "accepted", SAN_IP, "x", true, NULL, "Nothing in the log", NULL },
		{ "::1", "accepted", SAN_IP, "x", true, "yes", "as an iPAddress SAN", NULL },
		/* a report that was edited may have no certificate there */
		{ "10.0.0.1", "accepted", SAN_IP, NULL, true, NULL, "Nothing in the log", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report("s");
		struct traffic traffic = { .verification = rows[i].enforced ? VERIFICATION_ENFORCED
			                                                    : VERIFICATION_UNPROVEN,
			                   .generation = -1,
			                   .era = -1 };
		struct cert *cert = mem_zalloc(sizeof *cert);
		char *seen = mem_printf("%s 10.0.0.1 1 rsa-first name-mismatch", rows[i].address),
		     *met = mem_printf("%s 10.0.0.1 1 %s", rows[i].address, rows[i].met);

		cert->der = mem_alloc(1);
		cert_add_san(cert, rows[i].type, rows[i].san != NULL ? rows[i].san : rows[i].address);
		if (rows[i].dns != NULL)
			cert_add_san(cert, SAN_DNS, rows[i].dns);
		certset_take(&report->certs, cert);
		see(report, seen);
		if (rows[i].dns != NULL)
			chain_add(&report->observations[0].chain, cert);
		meet(&traffic, met);
		log_agree(&traffic, report);
		if (rows[i].ip_san == NULL ? traffic.ip_san != NULL
		                           : strcmp(rows[i].ip_san, traffic.ip_san) != 0)
			fail_msg("row %zu: %s", i, traffic.ip_san);
		assert_int_equal(traffic.evidence[CALIBRATION_IP_SAN] != NULL, rows[i].ip_san != NULL);
		if (rows[i].differs == NULL)
			assert_null(traffic.servers[0].differs);
		else
			assert_non_null(strstr(traffic.servers[0].differs, rows[i].differs));
		free(seen);
		free(met);
		traffic_clear(&traffic);
		report_free(report);
	}
}

/* Where there are several stores each says what it would have made of it. */
static void test_each_store_is_asked(void **state)
{
	struct report *report = new_report("s t u");
	struct traffic traffic = { .verification = VERIFICATION_ENFORCED, .generation = -1, .era = -1 };

	(void)state;
	see(report, "a 1.1.1.1 1 rsa-first ok expired -");
	meet(&traffic, "a 1.1.1.1 1 accepted");
	meet(&traffic, "b 1.1.1.1 1 accepted");
	log_agree(&traffic, report);
	assert_int_equal(traffic.servers[0].store_count, 2);
	assert_string_equal(traffic.servers[0].stores[0].name, "s");
	assert_true(traffic.servers[0].stores[0].accepted && traffic.servers[0].stores[0].agrees);
	assert_string_equal(traffic.servers[0].stores[1].name, "t");
	assert_false(traffic.servers[0].stores[1].accepted || traffic.servers[0].stores[1].agrees);
	assert_string_equal(traffic.servers[0].stores[1].log, "WARNING: line");
	assert_true(traffic.servers[0].in_report && traffic.servers[0].predicted &&
	            traffic.servers[0].predicted_accepted);
	assert_int_equal(traffic.servers[0].predicted_reason, -1);
	assert_false(traffic.servers[1].in_report || traffic.servers[1].predicted);
	assert_int_equal(traffic.servers[1].store_count, 0);
	traffic_clear(&traffic);
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_store),
		cmocka_unit_test(test_neither_got_through),
		cmocka_unit_test(test_many_addresses),
		cmocka_unit_test(test_orders_and_stores),
		cmocka_unit_test(test_order_in_force),
		cmocka_unit_test(test_a_peer_that_proves_nothing),
		cmocka_unit_test(test_turned_off),
		cmocka_unit_test(test_why_they_differ),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_ip_san),
		cmocka_unit_test(test_each_store_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
