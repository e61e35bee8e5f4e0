/* SPDX-License-Identifier: MIT */
/* A report written by saved/json and read again is judged the same; and a file from anywhere does
 * no harm. */
#include "config.h"

#include "base/mem.h"
#include "made.h"
#include "formats.h"
#include "advise/examine.h"
#include "judge/judge.h"
#include "model/release.h"
#include "advise/plan.h"
#include "saved/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct made root, leaf;

/* /CN=B, then bytes that are no name */
static const unsigned char ca_names[] = { 0,    14, 0x30, 12,   0x31, 10,  0x30, 8, 0x06, 3,
	                                  0x55, 4,  3,    0x0c, 1,    'B', 0,    1, 0x7f };

static void add_observation(struct report *report, enum order order, enum outcome outcome)
{
	struct observation *observation = report_add_observation(report);

	observation->address = mem_strdup("cucm1.example.com");
	observation->ip = mem_strdup("127.0.0.1");
	observation->port = 8443;
	observation->order = order;
	observation->advertised = true;
	observation->outcome = outcome;
	observation->client_certificate_requested = true;
	observation->took_ms = 12;
	observation->tries = 1;
	observation->offered = OFFERED_TLS12 | OFFERED_TLS13;
	observation->inferred = order == ORDER_ECDSA_FIRST;
	observation->stopped_early = order == ORDER_RSA_FIRST;
	observation->signatures = order;
	observation->tls12_alone = TLS12_OTHER;
	observation->flaw = outcome == OUTCOME_PRESENTED ? FLAW_NONE : FLAW_LENGTH_MISMATCH;
	observation->reached = outcome == OUTCOME_PRESENTED ? REACHED_ANSWERED : REACHED_NOTHING;
	if (outcome == OUTCOME_PRESENTED)
		chain_add(&observation->chain, leaf.cert);
	if (outcome == OUTCOME_PRESENTED)
		observation->client_cas =
			ca_lists_add(&report->client_ca_lists, ca_names, sizeof ca_names);
	else
		observation->detail = mem_strdup("Connection refused");
}

static struct report *new_report(void)
{
	struct report *report = report_new();
	struct cluster *cluster;
	struct node *node;

	report->started = report->policy.at = made_now;
	root = made_cert(&report->certs, "Root", NULL, NULL, MADE_CA);
	leaf = made_cert(&report->certs, "cucm1.example.com", "cucm1.example.com 127.0.0.1", &root,
	                 MADE_RSA);
	store_add(report_add_store(report, "peer1"), root.cert);
	report_add_store(report, "peer2");
	cluster = report_add_cluster(report, "cucm1.example.com", 8443);
	cluster->outcome = DISCOVERY_OK;
	cluster->version = mem_strdup("14.0.1");
	chain_add(&cluster->chain, leaf.cert);
	node = report_add_node(report, "cucm1.example.com");
	node->cluster = 0;
	node->source = SOURCE_UDS;
	node->role = ROLE_CUCM;
	address_add_ip(node_add_address(node, "cucm1.example.com", true), "127.0.0.1");
	node->reverses = mem_array(1, sizeof *node->reverses);
	node->reverse_count = 1;
	node->reverses[0] = (struct node_reverse){ mem_strdup("127.0.0.1"),
		                                   mem_strdup("cucm1.example.com"), NULL, true };
	add_observation(report, ORDER_RSA_FIRST, OUTCOME_PRESENTED);
	add_observation(report, ORDER_ECDSA_FIRST, OUTCOME_REFUSED);
	judge_run(report, NULL);
	report->status = report_status(report);
	return report;
}

static void end_report(struct report *report)
{
	report_free(report);
	made_free(&root);
	made_free(&leaf);
}

static char *write_json(const struct report *report)
{
	struct out_how how = { .width = 80 };
	struct buf out;
	char *text;

	buf_init(&out);
	formats_find("json")->write(report, &how, &out);
	text = mem_strdup(out.data);
	buf_clear(&out);
	return text;
}

static int reader(struct report *report, const char *text, bool keep_stores, struct fault *fault)
{
	return reader_merge(report, text, strlen(text), "saved.json",
	                    keep_stores ? READER_STORES : 0, fault);
}

/* Either of the two that a release means counts: the era, and the traffic server. */
static void test_judged_for_another_release(void **state)
{
	(void)state;
	for (int era = 0; era < 2; era++) {
		struct report *report = new_report(), *again = report_new();
		char *one, *later;
		struct fault fault = { FAULT_NONE, "" };

		report->policy.era = ERA_OPENSSL1;
		report->policy.traffic_server = TRAFFIC_SERVER_8;
		one = write_json(report);
		if (era == 1)
			report->policy.era = ERA_OPENSSL3;
		else
			report->policy.traffic_server = TRAFFIC_SERVER_9;
		later = write_json(report);
		if (reader(again, one, true, &fault) != 0)
			fail_msg("%s", fault.text);
		assert_int_equal(reader(again, later, true, &fault), -1);
		assert_non_null(strstr(fault.text, "was judged for another release"));
		free(one);
		free(later);
		report_free(again);
		end_report(report);
	}
}

static void test_round_trip(void **state)
{
	struct report *report = new_report(), *again = report_new();
	char *text = write_json(report), *second;
	struct fault fault = { FAULT_NONE, "" };

	(void)state;
	again->policy.at = made_now;
	if (reader(again, text, true, &fault) != 0)
		fail_msg("%s", fault.text);
	judge_run(again, NULL);
	again->status = report_status(again);
	assert_int_equal(again->verdict_count, report->verdict_count);
	for (size_t i = 0; i < report->verdict_count; i++) {
		assert_int_equal(again->verdicts[i].accepted, report->verdicts[i].accepted);
		assert_string_equal(again->verdicts[i].log, report->verdicts[i].log);
	}
	assert_true(again->verdicts[0].accepted);
	assert_false(again->verdicts[1].accepted);
	again->took_ms = report->took_ms;
	second = write_json(again); /* everything that the document holds came back */
	assert_string_equal(second, text);
	assert_non_null(strstr(text, "[\"CN=B\", \"#7f\"]"));
	free(second);
	free(text);
	report_free(again);
	end_report(report);
}

/* A certificate whose settings reject TLS servers keeps its place among the others: what comes
 * first decides. */
static void test_withheld(void **state)
{
	struct fault fault = { FAULT_NONE, "" };
	char *text, *places;

	(void)state;
	for (size_t before = 0; before < 2; before++) {
		struct report *report = new_report(), *again = report_new();
		struct made twin = made_cert(&report->certs, "Root", NULL, NULL, MADE_CA);
		struct store *store = &report->stores[0];

		store->count = before;
		store_withhold(store, root.cert);
		if (before == 0)
			store_add(store, twin.cert);
		else
			store->certs[0] = twin.cert;
		text = write_json(report);
		if (reader(again, text, true, &fault) != 0)
			fail_msg("%s", fault.text);
		assert_int_equal(again->stores[0].count, 1);
		assert_int_equal(again->stores[0].withheld_count, 1);
		assert_int_equal(again->stores[0].withheld[0].before, before);
		assert_memory_equal(again->stores[0].withheld[0].cert->sha256, root.cert->sha256,
		                    32);
		report_free(again);
		places = strstr(text, "\"withheld_after\": [");
		assert_non_null(places);
		places[strlen("\"withheld_after\": [")] = '2'; /* behind the end */
		again = report_new();
		assert_int_equal(reader(again, text, true, &fault), -1);
		assert_non_null(strstr(fault.text, "withheld_after"));
		free(text);
		report_free(again);
		made_free(&twin);
		end_report(report);
	}
}

static struct report *report_as(const char *text)
{
	struct report *report = new_report();
	struct release release;

	assert_int_equal(release_parse(text, strlen(text), &release), 0);
	release_apply(&release, &report->policy);
	return report;
}

/* A replay judges as the report was judged, unless the command line says otherwise; two that differ
 * cannot be one. */
static void test_release(void **state)
{
	struct report *report = report_as("X15.5.1"), *again = report_new();
	char *text = write_json(report), *other;
	struct fault fault;

	(void)state;
	assert_int_equal(reader(again, text, true, &fault), 0);
	assert_string_equal(again->policy.expressway, "X15.5.1");
	assert_int_equal(again->policy.era, ERA_OPENSSL3);
	assert_int_equal(again->policy.traffic_server, TRAFFIC_SERVER_9);
	assert_int_equal(reader(again, text, false, &fault), 0);
	end_report(report);
	report = report_as("X14.2");
	report->policy.traffic_server = TRAFFIC_SERVER_9;
	other = write_json(report);
	assert_int_equal(reader(again, other, false, &fault), -1);
	assert_non_null(strstr(fault.text, "--expressway"));
	report_free(again);
	again = report_new();
	again->policy.from = POLICY_GIVEN;
	again->policy.era = ERA_OPENSSL3;
	assert_int_equal(reader(again, other, true, &fault), 0);
	assert_int_equal(again->policy.era, ERA_OPENSSL3);
	report_free(again);
	end_report(report);
	free(text);
	free(other);
}

/* RFC 3339 has four digits for the year; what lies beyond is no time of an audit, whose verdicts
 * are kept. */
static void test_time_of_another_age(void **state)
{
	static const struct {
		const char *at;
		bool good;
	} rows[] = { { "@253402300799", true },         { "@253402300800", false },
		     { "@9223372036854775807", false }, { "@-62167219200", true },
		     { "@-62167219201", false },        { "@-999999999999999", false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report(), *again = report_new();
		char *text = write_json(report), *at = strstr(text, "\"at\": \""), *changed;
		struct fault fault = { FAULT_NONE, "" };

		assert_non_null(at);
		changed = mem_printf("%.*s\"at\": \"%s%s", (int)(at - text), text, rows[i].at,
		                     strchr(at + 7, '"'));
		assert_int_equal(reader_merge(again, changed, strlen(changed), "saved.json",
		                              READER_STORES | READER_VERDICTS, &fault),
		                 rows[i].good ? 0 : -1);
		assert_int_equal(strstr(fault.text, "is not a time") == NULL, rows[i].good);
		free(changed);
		free(text);
		end_report(report);
		report_free(again);
	}
}

/* Two releases that are judged alike are two all the same, and so is one that is not said. */
static void test_two_releases(void **state)
{
	static const char *const releases[] = { NULL, "X14.2", "X14.2.5" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 3; k++) {
			struct report *again = report_new(), *report;
			struct fault fault = { FAULT_NONE, "" };
			bool good = k == i || releases[k] == NULL;

			for (size_t n = 0; n < 2; n++) {
				const char *release = releases[n == 0 ? i : k];
				char *text;

				report = report_as("X14.2");
				free(report->policy.expressway);
				report->policy.expressway =
					release == NULL ? NULL : mem_strdup(release);
				text = write_json(report);
				assert_int_equal(reader(again, text, true, &fault),
				                 n == 0 || good ? 0 : -1);
				free(text);
				end_report(report);
			}
			assert_int_equal(fault.code, good ? FAULT_NONE : FAULT_USAGE);
			report_free(again);
		}
	}
}

static void test_without_stores(void **state)
{
	struct report *report = new_report(), *again = report_new();
	char *text = write_json(report);

	(void)state;
	assert_int_equal(reader(again, text, false, NULL), 0);
	assert_int_equal(again->store_count, 0);
	free(text);
	report_free(again);
	end_report(report);
}

/* Two jump hosts: what both saw is there once; what one could not reach, the other did. */
static void test_merge_of_one_cluster(void **state)
{
	struct report *report = new_report(), *again = report_new();
	char *text = write_json(report), *second;

	(void)state;
	observation_clear(&report->observations[1]);
	report->observation_count = 1;
	report->observations[0].order = report->observations[0].signatures = ORDER_ECDSA_FIRST;
	judge_run(report, NULL);
	second = write_json(report);
	assert_int_equal(reader(again, text, true, NULL), 0);
	assert_int_equal(reader(again, text, true, NULL), 0);
	assert_int_equal(reader(again, second, true, NULL), 0);
	reader_end(again);
	assert_int_equal(again->node_count, 1);
	assert_int_equal(again->cluster_count, 1);
	assert_int_equal(again->store_count, 2);
	assert_int_equal(again->observation_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(again->observations[i].outcome, OUTCOME_PRESENTED);
	free(text);
	free(second);
	report_free(again);
	end_report(report);
}

/* At one place: A, B, C, each from two reports and not side by side. What differs stays, once. */
static void test_merge_of_other_certificates(void **state)
{
	struct report *report = new_report(), *again = report_new();
	struct made other = made_cert(&report->certs, "cucm1.example.com", "cucm1.example.com", &root,
	                              MADE_RSA);
	struct chain *chain = &report->observations[0].chain;
	char *texts[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		chain_clear(chain);
		chain_add(chain, i == 1 ? other.cert : leaf.cert);
		if (i == 2)
			chain_add(chain, root.cert);
		judge_run(report, NULL);
		texts[i] = write_json(report);
	}
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(reader(again, texts[i % 3], true, NULL), 0);
	reader_end(again);
	assert_int_equal(again->observation_count, 4); /* and one refused */
	for (size_t i = 0; i < 3; i++)
		free(texts[i]);
	made_free(&other);
	report_free(again);
	end_report(report);
}

/* The same certificate from two reports, in either order: a flaw in one of them stays (OpenSSL refuses
 * there), a handshake that went through in one of them did, and what asked for a certificate asks. */
static void test_merge_of_handshakes(void **state)
{
	static const struct handshake {
		enum handshake_flaw flaw;
		bool finished, asked;
	} pairs[][2] = {
		{ { FLAW_NONE, true, false }, { FLAW_NONE, true, false } },
		{ { FLAW_NONE, true, false }, { FLAW_BAD_DH_VALUE, false, false } },
		{ { FLAW_BAD_DH_VALUE, false, false }, { FLAW_BAD_DH_VALUE, false, false } },
		{ { FLAW_BAD_DH_VALUE, false, false }, { FLAW_KEY_UNUSABLE, false, false } },
		{ { FLAW_NONE, true, false }, { FLAW_NONE, false, false } },
		{ { FLAW_NONE, true, true }, { FLAW_NONE, true, false } },
		{ { FLAW_NONE, true, true }, { FLAW_NONE, false, false } },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof pairs / sizeof *pairs; i++) {
		const struct handshake *pair = pairs[i / 2];
		size_t wanted = pair[0].flaw == pair[1].flaw ? 1 : 2;
		struct report *report = new_report(), *again = report_new();

		for (size_t k = 0; k < 2; k++) {
			const struct handshake *handshake = &pair[(i + k) % 2];
			struct observation *seen = &report->observations[0];
			char *text;

			seen->flaw = handshake->flaw;
			seen->handshake_completed = handshake->finished;
			seen->reached = handshake->finished ? REACHED_FINISHED : REACHED_CERTIFICATE;
			seen->client_certificate_requested = handshake->asked;
			seen->client_cas = NULL;
			text = write_json(report);
			assert_int_equal(reader(again, text, true, NULL), 0);
			free(text);
		}
		reader_end(again);
		if (again->observation_count != wanted + 1) /* and one refused */
			fail_msg("pair %zu: %zu", i / 2, again->observation_count);
		for (size_t k = 0; k < again->observation_count; k++) {
			const struct observation *kept = &again->observations[k];

			if (kept->outcome == OUTCOME_PRESENTED && wanted == 1) {
				assert_int_equal(kept->handshake_completed, pair[0].finished);
				assert_int_equal(kept->client_certificate_requested, pair[0].asked);
			}
		}
		report_free(again);
		end_report(report);
	}
}

/* Of one report nothing is dropped: what it repeats was seen more than once. */
static void test_repeated_in_one_report(void **state)
{
	struct report *report = new_report(), *again = report_new();
	struct observation *copy = report_add_observation(report);
	const struct observation *first = &report->observations[0];
	size_t count = report->observation_count;
	char *text;

	(void)state;
	copy->node = first->node;
	copy->address = mem_strdup(first->address);
	copy->ip = mem_strdup(first->ip);
	copy->port = first->port;
	copy->order = first->order;
	copy->signatures = first->signatures;
	copy->outcome = OUTCOME_PRESENTED;
	chain_add(&copy->chain, first->chain.certs[0]);
	judge_run(report, NULL);
	text = write_json(report);
	assert_int_equal(reader(again, text, true, NULL), 0);
	reader_end(again);
	assert_int_equal(again->observation_count, count);
	free(text);
	report_free(again);
	end_report(report);
}

/* Expressway-C's own certificates: of another name, source or chain is another. */
static void test_merge_of_clients(void **state)
{
	static const struct {
		const char *name;
		enum client_from from;
		bool other;
	} rows[] = {
		{ "exp1.pem", CLIENT_FILE, false }, { "exp1.pem", CLIENT_FILE, true },
		{ "exp2.pem", CLIENT_FILE, false }, { "exp1.pem", CLIENT_NONE, false },
	};
	struct report *report = new_report(), *again = report_new(), *other = report_new();

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct client *client = report_add_client(report, rows[i % 4].name, rows[i % 4].from);
		char *text;

		if (client->from == CLIENT_FILE)
			chain_add(&client->chain, rows[i % 4].other ? root.cert : leaf.cert);
		text = write_json(report);
		assert_int_equal(reader_merge(again, text, strlen(text), "saved.json",
		                              READER_STORES | READER_CLIENTS, NULL),
		                 0);
		assert_int_equal(again->client_count, i < 4 ? i + 1 : 4);
		assert_int_equal(reader(other, text, false, NULL), 0);
		assert_int_equal(other->client_count, 0); /* nobody asked for them */
		free(text);
		client_clear(&report->clients[--report->client_count]);
	}
	reader_end(again);
	report_free(other);
	report_free(again);
	end_report(report);
}

/* The same name in another cluster is another node. */
static void test_merge_of_two_clusters(void **state)
{
	struct report *report = new_report(), *again = report_new();
	char *text = write_json(report), *second;

	(void)state;
	free(report->clusters[0].publisher);
	report->clusters[0].publisher = mem_strdup("other.example.com");
	second = write_json(report);
	assert_int_equal(reader(again, text, true, NULL), 0);
	assert_int_equal(reader(again, second, true, NULL), 0);
	reader_end(again);
	assert_int_equal(again->cluster_count, 2);
	assert_int_equal(again->node_count, 2);
	assert_int_equal(again->nodes[1].cluster, 1);
	assert_int_equal(again->observation_count, 4);
	assert_int_equal(again->observations[2].node, 1);
	free(text);
	free(second);
	report_free(again);
	end_report(report);
}

/* What makes "Yes" a "Yes, but": an order that the upgrade path alone tells of, and a chain that CUCM
 * has to know before. Replayed, the answer keeps its condition; reports of older releases had no such
 * member, and probed one order alone where they were sure of it. */
static void test_conditions(void **state)
{
	struct report *report = new_report(), *again = report_new(), *older = report_new(),
		      *certain = report_new();
	struct fault fault = { FAULT_NONE, "" };
	char *text, *member;

	(void)state;
	report->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	report->policy.order_assumed = report->policy.chain_first = true;
	text = write_json(report);
	assert_int_equal(reader(again, text, true, &fault), 0);
	assert_true(again->policy.order_assumed);
	assert_true(again->policy.chain_first);
	member = strstr(text, "order_assumed");
	assert_non_null(member);
	memcpy(member, "order_assuMed", strlen("order_assuMed"));
	assert_int_equal(reader(older, text, true, &fault), 0);
	assert_true(older->policy.order_assumed);
	free(text);
	report->policy.order_assumed = false;
	text = write_json(report);
	assert_int_equal(reader(certain, text, true, &fault), 0);
	assert_false(certain->policy.order_assumed);
	free(text);
	end_report(report);
	report_free(again);
	report_free(older);
	report_free(certain);
}

struct said {
	bool in_force[ORDER_COUNT], probed[ORDER_COUNT], assumed, chain_first, library;
	const char *why, *next;
};

static void say(struct policy *policy, const struct said *said)
{
	for (int i = 0; i < ORDER_COUNT; i++) {
		policy->order_in_force[i] = said->in_force[i];
		policy->probe_order[i] = said->probed[i];
	}
	policy->order_assumed = said->assumed;
	policy->chain_first = said->chain_first;
	policy->library_order = said->library;
	free(policy->order_why);
	free(policy->order_next);
	policy->order_why = said->why == NULL ? NULL : mem_strdup(said->why);
	policy->order_next = said->next == NULL ? NULL : mem_strdup(said->next);
}

static void expect_said(const struct policy *policy, const struct said *said)
{
	for (int i = 0; i < ORDER_COUNT; i++) {
		assert_int_equal(policy->order_in_force[i], said->in_force[i]);
		assert_int_equal(policy->probe_order[i], said->probed[i]);
	}
	assert_int_equal(policy->order_assumed, said->assumed);
	assert_int_equal(policy->chain_first, said->chain_first);
	assert_int_equal(policy->library_order, said->library);
	assert_int_equal(policy->order_why == NULL, said->why == NULL);
	assert_int_equal(policy->order_next == NULL, said->next == NULL);
	if (said->why != NULL)
		assert_string_equal(policy->order_why, said->why);
	if (said->next != NULL)
		assert_string_equal(policy->order_next, said->next);
}

/* Of two reports what either of them has counts; a sentence holds where both have the same order in
 * force, and only then is an order assumed. */
static void test_orders_of_two_reports(void **state)
{
	static const struct {
		struct said first, second, both;
	} rows[] = {
		{ { { 1, 0 }, { 1, 0 }, 0, 0, 0, "W", "N" },
		  { { 1, 0 }, { 1, 0 }, 0, 0, 0, "W", "N" },
		  { { 1, 0 }, { 1, 0 }, 0, 0, 0, "The saved report says: W", "N" } },
		{ { { 0, 1 }, { 0, 1 }, 1, 0, 1, "W", NULL },
		  { { 0, 1 }, { 1, 1 }, 0, 1, 0, NULL, "N" },
		  { { 0, 1 }, { 1, 1 }, 1, 1, 1, "The saved report says: W", NULL } },
		{ { { 0, 1 }, { 1, 1 }, 0, 1, 0, NULL, "N" },
		  { { 0, 1 }, { 0, 1 }, 1, 0, 1, "W", NULL },
		  { { 0, 1 }, { 1, 1 }, 1, 1, 1, NULL, "N" } },
		{ { { 1, 0 }, { 1, 0 }, 1, 0, 0, "W", "N" },
		  { { 0, 1 }, { 0, 1 }, 1, 0, 0, "W", "N" },
		  { { 1, 1 }, { 1, 1 }, 0, 0, 0, NULL, NULL } },
		{ { { 1, 1 }, { 1, 1 }, 0, 0, 0, "W", "N" },
		  { { 1, 0 }, { 1, 1 }, 1, 0, 0, "W", "N" },
		  { { 1, 1 }, { 1, 1 }, 0, 0, 0, NULL, NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report(), *again = report_new();
		struct fault fault = { FAULT_NONE, "" };
		char *text;

		say(&report->policy, &rows[i].first);
		text = write_json(report);
		assert_int_equal(reader(again, text, true, &fault), 0);
		free(text);
		say(&report->policy, &rows[i].second);
		text = write_json(report);
		assert_int_equal(reader(again, text, true, &fault), 0);
		free(text);
		expect_said(&again->policy, &rows[i].both);
		report_free(again);
		end_report(report);
	}
}

static void test_order_in_force(void **state)
{
	struct report *report = new_report(), *again = report_new(), *chosen = report_new();
	char *text;

	(void)state;
	report->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	report->policy.order_why = mem_strdup("RSA first: somebody said so.");
	text = write_json(report);
	assert_int_equal(reader(again, text, true, NULL), 0);
	assert_false(again->policy.order_in_force[ORDER_ECDSA_FIRST]);
	assert_non_null(strstr(again->policy.order_why, "somebody said so"));
	chosen->policy.order_why = mem_strdup("an option of now");
	assert_int_equal(reader(chosen, text, true, NULL), 0);
	assert_true(chosen->policy.order_in_force[ORDER_ECDSA_FIRST]);
	assert_string_equal(chosen->policy.order_why, "an option of now");
	free(text);
	report_free(again);
	report_free(chosen);
	end_report(report);
}

/* Every text in `from` becomes `to`, in a good report: must be refused, with a sentence. */
static const struct {
	const char *from, *to;
} lies[] = {
	{ "\"schema_version\": \"1.0\"", "\"schema_version\": \"2.0\"" },
	{ "\"schema_version\": \"1.0\"", "\"schema_version\": 1" },
	{ "\"schema_version\": \"1.0\",", "" },
	{ "\"port\": 8443", "\"port\": 0" },
	{ "\"port\": 8443", "\"port\": 65536" },
	{ "\"port\": 8443", "\"port\": \"8443\"" },
	{ "\"order\": \"rsa-first\"", "\"order\": \"none\"" },
	{ "\"outcome\": \"refused\"", "\"outcome\": \"presented\"" },
	{ "\"outcome\": \"refused\"", "\"outcome\": \"pending\"" },
	{ "\"outcome\": \"refused\"", "\"outcome\": \"\\u0000\"" },
	{ "\"node_id\": 0", "\"node_id\": 1" },
	{ "\"node_id\": 0", "\"node_id\": -1" },
	{ "\"node_id\": 0", "\"node_id\": 99999999999999999999999" },
	{ "\"cluster\": 0", "\"cluster\": 7" },
	{ "\"role\": \"cucm\"", "\"role\": \"king\"" },
	{ "\"ip\": \"127.0.0.1\"", "\"ip\": \"127.0.0.1.5\"" },
	{ "\"advertised\": true", "\"advertised\": 1" },
	{ "\"tries\": 1", "\"tries\": -1" },
	{ "-----BEGIN CERTIFICATE-----", "-----BEGIN SOMETHING-----" },
	{ "-----BEGIN CERTIFICATE-----\\nMI",
	  "-----BEGIN CERTIFICATE-----\\nMJ" }, /* another fingerprint */
	{ "-----BEGIN CERTIFICATE-----\\nMI", "-----BEGIN CERTIFICATE-----\\n*I" },
	{ "\"chain\": [\"", "\"chain\": [\"0" },
	{ "\"chain\": [\"", "\"chain\": [7, \"" },
	{ "\"observations\": [", "\"observations\": [7, " },
	{ "\"nodes\": [", "\"nodes\": [[], " },
	{ "\"trust_stores\": [", "\"trust_stores\": [{}, " },
	{ "\"policy\": {", "\"policy\": [], \"x\": {" },
	{ "\"outcome\": \"ok\"", "\"outcome\": \"splendid\"" },
	{ "\"started\": \"", "\"started\": \"x" },
	{ "\"reached\": \"nothing\"", "\"reached\": \"far\"" },
	{ "\"flaw\": \"length-mismatch\"", "\"flaw\": \"\"" },
	{ "\"tls_versions_offered\": [\"1.2\"", "\"tls_versions_offered\": [\"1.1\"" },
	{ "\"signature_order\": \"rsa-first\"", "\"signature_order\": \"none\"" },
	{ "\"tls12_alone\": \"other\"", "\"tls12_alone\": \"x\"" },
	{ "\"inferred\": true", "\"inferred\": 1" },
	{ "\"stopped_early\": true", "\"stopped_early\": 1" },
	{ "\"client_ca_names\": \"", "\"client_ca_names\": \"0" },
	{ "[\"MAwx", "[\"*Awx" },
	{ "[\"MAwx", "[\"\", \"MAwx" },
};

/* Reports of old releases call a node by its name: each of seven is found, whatever their order. */
static void test_nodes_by_name(void **state)
{
	static const char *const names[] = { "d", "b", "f", "a", "c", "e", "g" };
	struct report *report = report_new();
	struct fault fault = { FAULT_NONE, "" };
	struct buf text;

	(void)state;
	buf_init(&text);
	buf_puts(&text, "{\"schema_version\": \"1.0\", \"nodes\": [");
	for (size_t i = 0; i < 7; i++)
		buf_printf(&text, "%s{\"name\": \"%s\"}", i == 0 ? "" : ", ", names[i]);
	buf_puts(&text, "], \"observations\": [");
	for (size_t i = 0; i < 7; i++)
		buf_printf(&text,
		           "%s{\"node\": \"%s\", \"address\": \"x\", \"port\": 1, \"order\": "
		           "\"rsa-first\", \"outcome\": \"timeout\"}",
		           i == 0 ? "" : ", ", names[i]);
	buf_puts(&text, "]}");
	if (reader(report, text.data, false, &fault) != 0)
		fail_msg("%s", fault.text);
	assert_int_equal(7, report->observation_count);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(i, report->observations[i].node);
	buf_clear(&text);
	report_free(report);
}

/* What an object need not say has a value all the same. */
static void test_what_is_not_said(void **state)
{
	static const char text[] =
		"{\"schema_version\": \"1.0\", \"plan\": null, \"unread\": [{\"file\": \"f\", "
		"\"problem\": \"p\"}], \"clusters\": [{\"publisher\": \"p\", \"discovery\": {\"outcome\": \"ok\"}}], "
		"\"nodes\": [{\"name\": \"n\"}, {\"name\": \"m\", \"addresses\": [{\"address\": \"m\"}]}], "
		"\"observations\": [{\"node\": \"n\", \"address\": "
		"\"x\", \"port\": 1, \"order\": \"rsa-first\", \"outcome\": \"timeout\"}]}";
	struct report *report = report_new();
	const struct observation *seen;
	struct fault fault = { FAULT_NONE, "" };

	(void)state;
	if (reader(report, text, true, &fault) != 0)
		fail_msg("%s", fault.text);
	seen = report->observations;
	assert_int_equal(8443, report->clusters[0].port);
	assert_int_equal(0, report->clusters[0].entries_dropped);
	assert_int_equal(SOURCE_OPTION, report->clusters[0].source);
	assert_null(report->clusters[0].version);
	assert_int_equal(SOURCE_OPTION, report->nodes[0].source);
	assert_int_equal(ROLE_CUCM, report->nodes[0].role);
	assert_int_equal(NODE_NO_CLUSTER, report->nodes[0].cluster);
	assert_null(report->nodes[0].written);
	assert_int_equal(0, report->nodes[0].address_count);
	assert_int_equal(0, report->nodes[1].addresses[0].ips_left_out);
	assert_false(report->nodes[1].addresses[0].advertised);
	assert_string_equal("", seen->ip);
	assert_int_equal(ORDER_ECDSA_FIRST, seen->signatures);
	assert_int_equal(0, seen->took_ms);
	assert_int_equal(0, seen->tries);
	assert_int_equal(0, seen->offered);
	assert_int_equal(REACHED_NOTHING, seen->reached);
	assert_int_equal(FLAW_NONE, seen->flaw);
	assert_false(seen->inferred || seen->advertised || seen->stopped_early ||
	             seen->client_certificate_requested || seen->handshake_completed);
	assert_null(seen->client_cas);
	assert_false(report->stopped);
	assert_int_equal(1, report->unread.count);
	report_free(report);
}

/* What a log had shown counts for several reports only where all of them say the same. */
static void test_what_logs_had_shown(void **state)
{
	static const struct {
		const char *first, *second; /* members of the calibration; NULL: there is none */
		bool kept;
	} rows[] = {
		{ "\"text\": \"t\", \"ip_san\": \"yes\"", "\"text\": \"t\", \"ip_san\": \"yes\"", true },
		{ "\"text\": \"t\", \"ip_san\": \"yes\"",
		  "\"text\": \"The saved report says: t\", \"ip_san\": \"yes\"", true },
		{ "\"ip_san\": \"yes\"", "\"ip_san\": \"yes\"", true },
		{ "\"text\": \"t\", \"ip_san\": \"yes\"", "\"text\": \"t\", \"ip_san\": \"no\"", false },
		{ "\"text\": \"t\", \"ip_san\": \"yes\"", "\"text\": \"u\", \"ip_san\": \"yes\"", false },
		{ "\"text\": \"t\", \"ip_san\": \"yes\"", "\"ip_san\": \"yes\"", false },
		{ "\"text\": \"t\", \"ip_san\": \"yes\"", NULL, false },
		{ NULL, "\"text\": \"t\", \"ip_san\": \"yes\"", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *const said[] = { rows[i].first, rows[i].second };
		struct report *report = report_new();
		struct policy *policy = &report->policy;

		for (int k = 0; k < 2; k++) {
			struct fault fault = { FAULT_NONE, "" };
			char *text = mem_printf(
				"{\"schema_version\": \"1.0\", \"policy\": {%s%s%s}, "
				"\"nodes\": [{\"name\": \"n\"}]}",
				said[k] != NULL ? "\"calibration\": {" : "",
				said[k] != NULL ? said[k] : "", said[k] != NULL ? "}" : "");

			if (reader(report, text, true, &fault) != 0)
				fail_msg("%s", fault.text);
			free(text);
			if (k == 0 && said[0] != NULL)
				assert_true(policy->honours_ip_san && policy->calibration->ip_san == 1);
		}
		if (policy->honours_ip_san != rows[i].kept ||
		    (policy->calibration != NULL) != rows[i].kept)
			fail_msg("row %zu", i);
		if (rows[i].kept && strstr(rows[i].first, "text") != NULL)
			assert_string_equal(policy->calibration->text, "The saved report says: t");
		report_free(report);
	}
}

/* A report of these members, in which ' stands for ". */
static void read_members(struct report *report, const char *quoted)
{
	struct fault fault = { FAULT_NONE, "" };
	char *text = mem_printf("{\"schema_version\": \"1.0\", %s}", quoted);

	for (char *at = text; (at = strchr(at, '\'')) != NULL;)
		*at = '"';
	if (reader(report, text, true, &fault) != 0)
		fail_msg("%s", fault.text);
	free(text);
}

/* What DNS told one of several jump hosts it need not tell the others. */
static void test_dns_of_several_reports(void **state)
{
	static const char *const asked[] = {
		"'addresses': [{'address': 'n', 'ips': [], 'unresolved': 'timeout', 'ips_left_out': 1}], "
		"'reverse_dns': [{'ip': '192.0.2.1', 'name': null, 'problem': 'timeout', 'agrees': false}]",
		"'addresses': [{'address': 'n', 'ips': ['192.0.2.1'], 'unresolved': null, 'ips_left_out': 3}], "
		"'reverse_dns': [{'ip': '192.0.2.1', 'name': 'n', 'problem': null, 'agrees': true}]",
		"'addresses': [{'address': 'n', 'ips': ['192.0.2.2'], 'unresolved': null, 'ips_left_out': 2}], "
		"'reverse_dns': [{'ip': '192.0.2.2', 'name': null, 'problem': 'no name', 'agrees': false}]",
		"'addresses': [{'address': 'n', 'ips': ['192.0.2.2']}], "
		"'reverse_dns': [{'ip': '192.0.2.1', 'name': 'm', 'problem': null, 'agrees': false}]",
	};

	(void)state;
	for (size_t first = 0; first < 4; first++) {
		for (size_t step = 1; step < 4; step += 2) { /* in any order */
			for (size_t count = 3; count < 5; count++) {
				struct report *report = report_new();
				const struct node_reverse *one, *two;
				const struct address *address;
				bool elsewhere = false;

				for (size_t i = 0; i < count; i++) {
					size_t at = (first + i * step) % 4;
					char *node = mem_printf("'nodes': [{'name': 'n', %s}]", asked[at]);

					elsewhere = elsewhere || at == 3;
					read_members(report, node);
					free(node);
				}
				reader_end(report);
				assert_int_equal(report->node_count, 1);
				assert_int_equal(report->nodes[0].address_count, 1);
				address = report->nodes[0].addresses;
				assert_null(address->unresolved);
				assert_true(address->ip_count >= 1 && address->ip_count <= 2);
				if (count == 4) {
					assert_int_equal(address->ip_count, 2);
					assert_int_equal(address->ips_left_out, 3);
					assert_int_equal(report->nodes[0].reverse_count, 2);
				}
				one = node_find_reverse(&report->nodes[0], "192.0.2.1");
				two = node_find_reverse(&report->nodes[0], "192.0.2.2");
				assert_non_null(one);
				assert_null(one->problem);
				assert_string_equal(one->name, elsewhere ? "m" : "n");
				assert_int_equal(one->agrees, !elsewhere);
				assert_true(two == NULL || (two->name == NULL && !two->agrees));
				report_free(report);
			}
		}
	}
}

/* Of two reports a trust store of one name is one where its certificates are, and those whose
 * settings withhold trust, at the same places. */
static void test_stores_of_two_reports(void **state)
{
	static const struct {
		size_t certs, withheld, before; /* of the second report: which is withheld, and where */
		size_t stores;
	} rows[] = {
		{ 2, 1, 1, 1 }, { 2, 1, 0, 2 }, { 2, 1, 2, 2 }, { 2, 2, 1, 2 }, { 2, 0, 0, 2 }, { 1, 1, 1, 2 },
		{ 0, 0, 0, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report(), *again = report_new();
		struct made third = made_cert(&report->certs, "Third", NULL, NULL, MADE_CA),
			    fourth = made_cert(&report->certs, "Fourth", NULL, NULL, MADE_CA);
		struct store *store = &report->stores[0];

		for (size_t k = 0; k < 2; k++) {
			size_t certs = k == 0 ? 2 : rows[i].certs, withheld = k == 0 ? 1 : rows[i].withheld,
			       before = k == 0 ? 1 : rows[i].before;
			char *text;

			store->count = store->withheld_count = 0;
			for (size_t at = 0; at <= certs; at++) {
				if (withheld > 0 && at == before)
					store_withhold(store, withheld == 1 ? third.cert : fourth.cert);
				if (at < certs)
					store_add(store, at == 0 ? root.cert : leaf.cert);
			}
			text = write_json(report);
			assert_int_equal(reader(again, text, true, NULL), 0);
			free(text);
		}
		reader_end(again);
		if (again->store_count != rows[i].stores + 1) /* and an empty one */
			fail_msg("row %zu: %zu", i, again->store_count);
		if (rows[i].stores == 2)
			assert_string_equal(again->stores[2].name, "peer1 (saved.json)");
		made_free(&third);
		made_free(&fourth);
		report_free(again);
		end_report(report);
	}
}

/* Several reports are as old as the latest of them, in whatever order they come. */
static void test_time_of_the_latest(void **state)
{
	static const char *const times[] = { "2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z",
		                             "2026-02-01T00:00:00Z" };

	(void)state;
	for (size_t first = 0; first < 3; first++) {
		struct report *report = report_new();
		struct fault fault = { FAULT_NONE, "" };

		report->started = 1900000000; /* of this run */
		for (size_t i = 0; i < 3; i++) {
			char *text = mem_printf(
				"{\"schema_version\": \"1.0\", \"started\": \"%s\", \"nodes\": "
				"[{\"name\": \"n\"}], \"observations\": [{\"node\": \"n\", "
				"\"address\": \"x\", \"port\": 1, \"order\": \"rsa-first\", "
				"\"outcome\": \"timeout\"}]}",
				times[(first + i) % 3]);

			if (reader(report, text, true, &fault) != 0)
				fail_msg("%s", fault.text);
			free(text);
		}
		assert_int_equal(report->started, 1772323200); /* date -u -d 2026-03-01 +%s */
		report_free(report);
	}
}

/* A reason of a report that does not say more than its name. */
static void test_reason_by_its_name(void **state)
{
	static const char text[] =
		"{\"schema_version\": \"1.0\", \"trust_stores\": [{\"name\": \"s\", \"certificates\": "
		"0}], \"nodes\": [{\"name\": \"n\"}], \"observations\": [{\"id\": 0, \"node\": \"n\", "
		"\"address\": \"x\", \"port\": 1, \"order\": \"rsa-first\", \"outcome\": \"timeout\"}], "
		"\"verdicts\": [{\"observation\": 0, \"trust\": \"s\", \"reasons\": [{\"id\": "
		"\"expired\"}]}]}";
	struct report *report = report_new();
	struct fault fault = { FAULT_NONE, "" };

	(void)state;
	if (reader_merge(report, text, strlen(text), "short.json", READER_STORES | READER_VERDICTS,
	                 &fault) != 0)
		fail_msg("%s", fault.text);
	assert_int_equal(report->verdict_count, 1);
	assert_false(report->verdicts[0].accepted);
	assert_int_equal(report->verdicts[0].reason_count, 1);
	assert_int_equal(report->verdicts[0].reasons[0].reason, REASON_EXPIRED);
	assert_int_equal(report->verdicts[0].reasons[0].openssl, 0);
	assert_int_equal(report->verdicts[0].reasons[0].depth, 0);
	report_free(report);
}

/* What a report says of Expressway-C's own certificate, for diff. */
static void test_client_verdicts(void **state)
{
	static const struct {
		const char *verdicts, *fault; /* NULL: none */
	} rows[] = {
		{ "{\"observation\": 7, \"name\": \"b\", \"outcome\": \"refused\", \"alert\": 48}, {\"observation\": 7, \"name\": \"a\", \"outcome\": "
		  "\"accepted\", \"alert\": null}, {\"observation\": 7, \"name\": \"b\", \"outcome\": \"unknown\"}",
		  NULL },
		{ "{\"observation\": 8, \"name\": \"b\", \"outcome\": \"refused\"}", "names none of the observations" },
		{ "{\"observation\": 7, \"name\": \"b\", \"outcome\": \"perhaps\"}", "outcome" },
		{ "{\"observation\": 7, \"outcome\": \"refused\"}", "name" },
		{ "{\"observation\": 7, \"name\": \"b\", \"outcome\": \"refused\", \"alert\": 256}", "alert" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = mem_printf(
			"{\"schema_version\": \"1.0\", \"nodes\": [{\"name\": \"n\"}], \"observations\": [{\"id\": 7, \"node\": \"n\", "
			"\"address\": \"x\", \"port\": 1, \"order\": \"rsa-first\", \"outcome\": \"timeout\"}], \"client_verdicts\": [%s]}",
			rows[i].verdicts);
		struct report *report = report_new();
		struct fault fault = { FAULT_NONE, "" };
		int rc = reader_merge(report, text, strlen(text), "x.json", READER_STORES | READER_VERDICTS, &fault);

		if (rows[i].fault != NULL) {
			assert_int_equal(rc, -1);
			assert_non_null(strstr(fault.text, rows[i].fault));
		} else {
			assert_int_equal(rc, 0);
			assert_int_equal(report->client_verdict_count, 3);
			assert_int_equal(report->client_verdicts[0].outcome, CLIENT_REFUSED);
			assert_int_equal(report->client_verdicts[0].alert, 48);
			assert_int_equal(report->client_verdicts[1].outcome, CLIENT_ACCEPTED);
			assert_int_equal(report->client_verdicts[1].alert, 0);
			assert_int_equal(report->client_verdicts[2].outcome, CLIENT_UNKNOWN);
			assert_int_equal(report->client_count, 2);
			assert_string_equal(report->clients[report->client_verdicts[2].client].name, "b");
			assert_string_equal(report->clients[report->client_verdicts[1].client].name, "a");
		}
		report_free(report);
		free(text);
	}
}

/* ca_list.h: 10,000 lists of names in a file. */
static void test_as_many_lists_of_names(void **state)
{
	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		struct report *report = report_new();
		struct fault fault = { FAULT_NONE, "" };
		struct buf text;

		buf_init(&text);
		buf_puts(&text, "{\"schema_version\": \"1.0\", \"client_ca_lists_der\": {");
		for (int i = 0; i < 10000 + extra; i++)
			buf_printf(&text, "%s\"%d\": [\"MAA=\"]", i == 0 ? "" : ", ", i);
		buf_puts(&text, "}}");
		assert_int_equal(reader(report, text.data, true, &fault), -extra);
		assert_int_equal(report->client_ca_lists.count, 1 - extra);
		buf_clear(&text);
		report_free(report);
	}
}

/* Cut at any place, and with nothing behind it that could be read by mistake. */
static void test_cut_anywhere(void **state)
{
	static const char text[] = " {\"schema_version\": \"1.0\", \"nodes\": [ {\"name\": \"n\"} ], "
				   "\"plan\": [{\"a\": [1, \"x\\\"\"]}] } ";

	(void)state;
	for (size_t len = 0; len < sizeof text; len++) {
		struct report *report = report_new();
		struct fault fault = { FAULT_NONE, "" };
		char *exact = mem_copy(text, len);

		assert_int_equal(len < sizeof text - 2 ? -1 : 0,
		                 reader_merge(report, exact, len, "cut.json", 0, &fault));
		free(exact);
		report_free(report);
	}
}

/* A file may hold so many of each, and no more. */
static void test_as_many_as_may_be(void **state)
{
	static const struct {
		const char *list, *one;
		size_t most;
	} rows[] = {
		{ "trust_stores", "{\"name\": \"s\", \"certificates\": 0}", 1000 },
		{ "clusters",
		  "{\"publisher\": \"p\", \"discovery\": {\"outcome\": \"ok\"}}", 10000 },
		{ "nodes", "{\"name\": \"n\"}", 20000 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		struct fault fault = { FAULT_NONE, "" };
		struct buf text;

		buf_init(&text);
		buf_printf(&text, "{\"schema_version\": \"1.0\", \"%s\": [", rows[i / 2].list);
		for (size_t k = 0; k < rows[i / 2].most + i % 2; k++)
			buf_printf(&text, "%s%s", k == 0 ? "" : ", ", rows[i / 2].one);
		buf_puts(&text, "]}");
		if (reader(report, text.data, true, &fault) != (i % 2 == 0 ? 0 : -1))
			fail_msg("%s, %zu: %s", rows[i / 2].list, i % 2, fault.text);
		buf_clear(&text);
		report_free(report);
	}
}

/* So do the lists of each of them. */
static void test_as_long_as_lists_may_be(void **state)
{
	static const struct {
		const char *before, *after;
		size_t most;
	} rows[] = {
		{ "\"nodes\": [{\"name\": \"n\"}], \"observations\": [{\"node\": \"n\", \"address\": \"x\", "
		  "\"port\": 1, \"order\": \"rsa-first\", \"outcome\": \"timeout\", \"chain\": [",
		  "]}]", 10000 },
		{ "\"clusters\": [{\"publisher\": \"p\", \"discovery\": {\"outcome\": \"ok\", \"chain\": [",
		  "]}}]", 10000 },
		{ "\"client_certificates\": [{\"name\": \"f\", \"source\": \"file\", \"chain\": [", "]}]", 10000 },
		{ "\"trust_snapshots\": [{\"name\": \"s\", \"tomcat_trust\": [", "]}]", 10000 },
		{ "\"client_certificates\": [", "]", 1000 },
		{ "\"nodes\": [{\"name\": \"n\", \"addresses\": [", "]}]", 1000 },
		{ "\"nodes\": [{\"name\": \"n\", \"reverse_dns\": [", "]}]", 1000 },
		{ "\"nodes\": [{\"name\": \"n\", \"addresses\": [{\"address\": \"n\", \"ips\": [", "]}]}]", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		struct fault fault = { FAULT_NONE, "" };
		struct buf text;

		buf_init(&text);
		buf_printf(&text, "{\"schema_version\": \"1.0\", %s", rows[i / 2].before);
		for (size_t k = 0; k < rows[i / 2].most + i % 2; k++)
			buf_puts(&text, k == 0 ? "7" : ", 7");
		buf_printf(&text, "%s}", rows[i / 2].after);
		assert_int_equal(reader_merge(report, text.data, text.len, "long.json",
		                              READER_STORES | READER_CLIENTS | READER_SNAPSHOTS,
		                              &fault),
		                 -1); /* none of the elements is what it should be */
		if ((strstr(fault.text, "is too long") != NULL) != (i % 2 == 1))
			fail_msg("%s: %s", rows[i / 2].before, fault.text);
		buf_clear(&text);
		report_free(report);
	}
}

/* What nobody wants to keep has to be JSON all the same: else a file that was cut would pass. */
static void test_what_is_not_kept(void **state)
{
	static const char *const lists[] = { "verdicts", "findings", "plan", "trust_stores" };
	struct fault fault = { FAULT_NONE, "" };

	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		for (int good = 0; good < 2; good++) {
			struct report *report = report_new();
			char *text = mem_printf("{\"schema_version\": \"1.0\", \"%s\": [{\"a\"%s 1}]}",
			                        lists[i], good ? ":" : "");

			if (reader(report, text, false, &fault) != (good ? 0 : -1))
				fail_msg("%s", text);
			free(text);
			report_free(report);
		}
	}
	{
		struct report *report = report_new();

		assert_int_equal(-1, reader(report, "{\"schema_version\": x}", false, &fault));
		report_free(report);
	}
}

/* Where it is no JSON, or none of these reports, the fault names the line; ' stands for ". */
static void test_faults_name_the_line(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "[1]", "line 1: it does not begin with {" },
		{ "\n\n[1]", "line 3: it does not begin with {" },
		{ "{\n'schema_version': '1.0',\n x: 1}", "line 3: a member's name is missing" },
		{ "{'schema_version': '1.0',\n}", "line 2: a member's name is missing" },
		{ "{'schema_version'\n'1.0'}", "line 2: a colon is missing" },
		{ "{'schema_version': '1.0'", "line 1: a comma or a closing bracket is missing" },
		{ "{\n'schema_version': '1.0'\n]", "line 3: a comma or a closing bracket is missing" },
		{ "{\n'a': 1,\n'a': 2}", "line 3: a member stands twice" },
		{ "{\n'nodes': [],\n'a': 1,\n'nodes': []}", "line 4: a member stands twice" },
		{ "{\n'a': 1\n'b': 2}", "line 3: " },
		{ "{\n'a': [1,\n2\n3]}", "line 4: " },
		{ "{'schema_version': '1.0'}\n\nx", "line 3: something follows after the end" },
		{ "{'schema_version': '1.0', 'nodes': [\n{'name': 'n'},\n7x]}", "line 3: " },
		{ "{'schema_version': '1.0', 'nodes': [\n{'name': 'n'}\n{}]}", "line 3: " },
		{ "{'schema_version': '1.0', 'nodes': [{'name': 'n'}]\n\n8}",
		  "line 3: something follows after a list" },
		{ "{'schema_version': '1.0', 'nodes':\n[{'name': 'n'}", "line 2: a comma or a closing bracket" },
		{ "{'schema_version': '1.0', 'certificates': {\n7: 1}}", "line 2: a member's name is missing" },
		{ "{'schema_version': '1.0', 'nodes': {}}", "\"nodes\" in the report is not a list" },
		{ "{'schema_version': '1.0', 'nodes': nul}", "line 1: " },
		{ "{'schema_version': '1.0', 'certificates': []}",
		  "\"certificates\" in the report is not an object" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		char *text = mem_strdup(rows[i].text);
		struct fault fault = { FAULT_NONE, "" };

		for (char *quote = text; (quote = strchr(quote, '\'')) != NULL;)
			*quote = '"';
		assert_int_equal(reader(report, text, true, &fault), -1);
		if (strstr(fault.text, rows[i].says) == NULL)
			fail_msg("row %zu: %s", i, fault.text);
		free(text);
		report_free(report);
	}
}

static char *replace(const char *text, const char *from, const char *to)
{
	struct buf out;
	const char *at;
	char *taken;

	buf_init(&out);
	while ((at = strstr(text, from)) != NULL) {
		buf_add(&out, text, (size_t)(at - text));
		buf_puts(&out, to);
		text = at + strlen(from);
	}
	buf_puts(&out, text);
	taken = mem_strdup(out.data);
	buf_clear(&out);
	return taken;
}

static void test_lies(void **state)
{
	struct report *report = new_report();
	char *text = write_json(report);

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct report *again = report_new();
		struct fault fault = { FAULT_NONE, "" };
		char *changed = replace(text, lies[i].from, lies[i].to);

		if (strcmp(changed, text) == 0)
			fail_msg("%s is not in the document", lies[i].from);
		if (reader(again, changed, true, &fault) != -1)
			fail_msg("%s was taken", lies[i].to);
		assert_int_equal(fault.code, FAULT_INPUT);
		assert_non_null(strstr(fault.text, "saved.json"));
		free(changed);
		report_free(again);
	}
	free(text);
	end_report(report);
}

/* What stands beside the PEM is not believed. */
static void test_facts_come_from_the_pem(void **state)
{
	struct report *report = new_report(), *again = report_new();
	char *text = write_json(report),
	     *changed = replace(text, "\"not_after\": \"2", "\"not_after\": \"9");

	(void)state;
	assert_string_not_equal(changed, text);
	assert_int_equal(reader(again, changed, true, NULL), 0);
	assert_true(again->observations[0].chain.certs[0]->not_after == leaf.cert->not_after);
	free(text);
	free(changed);
	report_free(again);
	end_report(report);
}

static void test_garbage(void **state)
{
	static const char *const garbage[] = {
		"",
		"{",
		"[]",
		"null",
		"\xff\xfe",
		"{\"schema_version\":\"1.0\",\"nodes\":{}}",
		"{\"schema_version\":\"1.0\",\"certificates\":{\"x\":1}}",
		"{\"schema_version\":\"1.0\",\"schema_version\":\"1.0\"}"
	};
	char *deep = mem_alloc(200001);

	(void)state;
	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
		struct report *again = report_new();
		struct fault fault;

		assert_int_equal(reader(again, garbage[i], true, &fault), -1);
		assert_int_equal(fault.code, FAULT_INPUT);
		report_free(again);
	}
	memset(deep, '[', 200000);
	deep[200000] = '\0';
	{
		struct report *again = report_new();

		assert_int_equal(reader(again, deep, true, NULL), -1);
		report_free(again);
	}
	free(deep);
}

/* Each byte of a good report in turn becomes another: no crash, no leak (the sanitizers look
 * on). */
static void test_bent_bytes(void **state)
{
	struct report *report = new_report();
	char *text = write_json(report);
	size_t len = strlen(text);

	(void)state;
	for (size_t i = 0; i < len; i += 10) { /* the fuzzers try the others */
		struct report *again = report_new();
		char kept = text[i];

		text[i] = (char)(kept ^ (1 << (i % 7)));
		if (reader_merge(again, text, len, "bent.json", READER_STORES, NULL) == 0) {
			judge_run(again, NULL);
			examine_run(again);
			plan_run(again);
		}
		text[i] = kept;
		report_free(again);
	}
	free(text);
	end_report(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judged_for_another_release),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_withheld),
		cmocka_unit_test(test_without_stores), cmocka_unit_test(test_release),
		cmocka_unit_test(test_time_of_another_age),
		cmocka_unit_test(test_two_releases),
		cmocka_unit_test(test_merge_of_one_cluster),
		cmocka_unit_test(test_what_is_not_kept),
		cmocka_unit_test(test_nodes_by_name),
		cmocka_unit_test(test_what_is_not_said),
		cmocka_unit_test(test_what_logs_had_shown),
		cmocka_unit_test(test_dns_of_several_reports),
		cmocka_unit_test(test_stores_of_two_reports),
		cmocka_unit_test(test_time_of_the_latest),
		cmocka_unit_test(test_reason_by_its_name),
		cmocka_unit_test(test_as_many_lists_of_names),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_as_many_as_may_be),
		cmocka_unit_test(test_as_long_as_lists_may_be),
		cmocka_unit_test(test_merge_of_other_certificates),
		cmocka_unit_test(test_merge_of_handshakes),
		cmocka_unit_test(test_merge_of_two_clusters),
		cmocka_unit_test(test_repeated_in_one_report),
		cmocka_unit_test(test_merge_of_clients),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_order_in_force),
		cmocka_unit_test(test_orders_of_two_reports),
		cmocka_unit_test(test_faults_name_the_line),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_facts_come_from_the_pem),
		cmocka_unit_test(test_client_verdicts),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_bent_bytes),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
