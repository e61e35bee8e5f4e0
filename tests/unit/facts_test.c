/* SPDX-License-Identifier: MIT */
/* What the process that gathers hands over, and what is made of bytes that it did not write. */
#include "config.h"

#include "base/mem.h"
#include "gather/facts.h"
#include "pki/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct deadline nobody = { 0 };
static const unsigned char names[] = { 0, 2, 0x30, 0, 0, 4, 0x30, 2, 0x31, 0 };

/* --- every member has a row ------------------------------------------------------------------- */

#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
#define CAN_CLEAR_PADDING 1
#endif
#endif

#ifdef CAN_CLEAR_PADDING
static void cover(const struct shape *shape, const unsigned char *members)
{
	unsigned char *covered = mem_zalloc(shape->size);

	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];

		memset(covered + member->offset, 1, member->size);
		if (member->count_offset != 0)
			memset(covered + member->count_offset, 1, sizeof(size_t));
	}
	for (size_t i = 0; i < shape->size; i++)
		if (covered[i] != members[i])
			fail_msg("byte %zu of %zu: in the struct %d, in the table %d", i,
			         shape->size, members[i], covered[i]);
	free(covered);
}

/* Bytes of 1 where a member is, 0 where there is padding. A row is missing in facts.c where this
 * fails. */
#define COVERS(shape, type) \
	do { \
		union { type it; unsigned char bytes[sizeof(type)]; } all; \
		memset(all.bytes, 1, sizeof all);        \
		__builtin_clear_padding(&all.it);        \
		cover(shape, all.bytes);                 \
	} while (0)

static void test_every_member_travels(void **state)
{
	(void)state;
	COVERS(&facts_cluster, struct cluster);
	COVERS(&facts_node, struct node);
	COVERS(&facts_observation, struct observation);
	for (size_t i = 0; i < facts_node.count; i++) {
		if (facts_node.members[i].offset == offsetof(struct node, addresses))
			COVERS(facts_node.members[i].of, struct address);
		if (facts_node.members[i].offset == offsetof(struct node, reverses))
			COVERS(facts_node.members[i].of, struct node_reverse);
	}
}
#endif

/* --- there and back --------------------------------------------------------------------------- */

static const struct cert *some_cert(struct report *report, unsigned char last)
{
	unsigned char der[] = { 0x30, 1, last };

	return decode_cert(&report->certs, der, sizeof der);
}

static void add_cluster(struct report *report)
{
	struct cluster *cluster = report_add_cluster(report, "pub.example", 8443);

	cluster->url = mem_strdup("https://pub.example:8443/cucm-uds/servers");
	cluster->outcome = DISCOVERY_OK;
	cluster->entries_dropped = 3;
	chain_add(&cluster->chain, some_cert(report, 1));
}

static void add_node(struct report *report)
{
	struct node *node = report_add_node(report, "sub.example");
	struct address *address = node_add_address(node, "sub.example", true);

	node->cluster = 0;
	node->role = ROLE_UNITY;
	address_add_ip(address, "192.0.2.7");
	address_add_ip(address, "2001:db8::7");
	address->ips_left_out = 300;
	node_add_address(node, "192.0.2.7", false);
	node->reverses = mem_grow(node->reverses, 0, sizeof *node->reverses);
	node->reverses[node->reverse_count++] = (struct node_reverse){
		.ip = mem_strdup("192.0.2.7"), .problem = mem_strdup("NXDOMAIN"), .agrees = true
	};
}

static struct observation *add_observation(struct report *report, enum outcome outcome)
{
	struct observation *observation = report_add_observation(report);

	observation->address = mem_strdup("sub.example");
	observation->ip = mem_strdup("192.0.2.7");
	observation->port = 65535;
	observation->order = ORDER_ECDSA_FIRST;
	observation->advertised = true;
	observation->outcome = outcome;
	return observation;
}

static void fill_in(struct report *report, struct observation *observation)
{
	observation->outcome = OUTCOME_PRESENTED;
	observation->took_ms = 123456;
	observation->tries = 2;
	observation->reached = REACHED_FINISHED;
	observation->tls_version = mem_strdup("TLS1.2");
	observation->detail = mem_strdup("");
	observation->client_cas = ca_lists_add(&report->client_ca_lists, names, sizeof names);
	chain_add(&observation->chain, some_cert(report, 2));
	chain_add(&observation->chain, some_cert(report, 1));
}

/* All that a run tells, in its order. */
static void tell_run(struct facts_out *out, struct report *report)
{
	facts_out_init(out, report);
	add_cluster(report);
	facts_tell(out, FACT_CLUSTER, 0);
	facts_tell(out, FACT_GATHERED, GATHERED_CLUSTERS);
	add_node(report);
	facts_tell(out, FACT_NODE, 0);
	facts_tell(out, FACT_GATHERED, GATHERED_ADDRESSES);
	add_observation(report, OUTCOME_PENDING);
	facts_tell(out, FACT_OBSERVATION, 0);
	facts_tell(out, FACT_GATHERED, GATHERED_PLAN);
	facts_progress(out, "probe", 0, 1);
	fill_in(report, &report->observations[0]);
	facts_tell(out, FACT_OBSERVATION, 0);
	facts_note(out, "a note");
	facts_tell(out, FACT_GATHERED, GATHERED_ALL);
	facts_tell(out, FACT_END, 0);
}

static void same_reports(const struct report *a, const struct report *b)
{
	const struct observation *observation = &b->observations[0];
	const struct node *node = &b->nodes[0];

	assert_int_equal(b->gathered, GATHERED_ALL);
	assert_int_equal(b->cluster_count, 1);
	assert_string_equal(b->clusters[0].url, a->clusters[0].url);
	assert_null(b->clusters[0].version);
	assert_int_equal(b->clusters[0].entries_dropped, 3);
	assert_ptr_equal(b->clusters[0].chain.certs[0], b->certs.certs[0]);
	assert_int_equal(node->role, ROLE_UNITY);
	assert_int_equal(node->address_count, 2);
	assert_string_equal(node->addresses[0].ips[1], "2001:db8::7");
	assert_int_equal(node->addresses[0].ips_left_out, 300);
	assert_string_equal(node->reverses[0].problem, "NXDOMAIN");
	assert_true(node->reverses[0].agrees);
	assert_int_equal(observation->port, 65535);
	assert_int_equal(observation->took_ms, 123456);
	assert_string_equal(observation->tls_version, "TLS1.2");
	assert_string_equal(observation->detail, "");
	assert_null(observation->cipher_suite);
	assert_int_equal(observation->client_cas->count, 2);
	assert_int_equal(observation->chain.count, 2);
	assert_memory_equal(observation->chain.certs[0]->der,
	                    a->observations[0].chain.certs[0]->der, 3);
}

/* In one piece, and byte for byte. */
static void test_there_and_back(void **state)
{
	struct report *told = report_new();
	struct facts_out out;

	(void)state;
	tell_run(&out, told);
	for (int piecewise = 0; piecewise < 2; piecewise++) {
		struct report *heard = report_new();
		struct facts_in in;

		facts_in_init(&in, heard, &nobody);
		for (size_t i = 0; piecewise && i < out.bytes.len; i++)
			assert_int_equal(facts_read(&in, out.bytes.data + i, 1), 0);
		if (!piecewise)
			assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
		assert_true(in.ended);
		same_reports(told, heard);
		facts_in_clear(&in);
		report_free(heard);
	}
	facts_out_clear(&out);
	report_free(told);
}

/* --- what nobody may say ---------------------------------------------------------------------- */

/* Whatever one byte is turned into: refused or taken, the report stays sound (the sanitizers look)
 * and no step is half done. */
static void test_one_byte_wrong(void **state)
{
	struct report *told = report_new();
	struct facts_out out;

	(void)state;
	tell_run(&out, told);
	for (size_t i = 0; i < out.bytes.len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			struct report *heard = report_new();
			struct facts_in in;

			out.bytes.data[i] = (char)(out.bytes.data[i] ^ 1 << bit);
			facts_in_init(&in, heard, &nobody);
			facts_read(&in, out.bytes.data, out.bytes.len);
			for (size_t j = 0; j < heard->node_count; j++)
				assert_true(heard->nodes[j].address_count > 0);
			for (size_t j = 0; j < heard->observation_count; j++) {
				assert_true(heard->observations[j].node < heard->node_count);
				assert_true(heard->observations[j].outcome <= OUTCOME_STOPPED);
			}
			facts_in_clear(&in);
			report_free(heard);
			out.bytes.data[i] = (char)(out.bytes.data[i] ^ 1 << bit);
		}
	}
	facts_out_clear(&out);
	report_free(told);
}

static void test_half_a_step_is_none(void **state)
{
	struct report *told = report_new(), *heard = report_new();
	struct facts_out out;
	struct facts_in in;

	(void)state;
	facts_out_init(&out, told);
	add_cluster(told);
	add_node(told);
	facts_tell(&out, FACT_CLUSTER, 0);
	facts_tell(&out, FACT_NODE, 0);
	facts_in_init(&in, heard, &nobody);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_int_equal(heard->cluster_count + heard->node_count, 0);
	facts_in_clear(&in);
	report_free(heard);
	facts_out_clear(&out);
	report_free(told);
}

/* What reverse DNS says comes beside the observations, once a node, of nodes that there are. */
static void test_reverses(void **state)
{
	struct report *told = report_new(), *heard = report_new();
	struct facts_out out;
	struct facts_in in;

	(void)state;
	facts_out_init(&out, told);
	add_node(told);
	told->nodes[0].cluster = NODE_NO_CLUSTER;
	told->nodes[0].reverse_count = 0; /* not known yet */
	facts_tell(&out, FACT_NODE, 0);
	facts_in_init(&in, heard, &nobody);
	facts_tell(&out, FACT_GATHERED, GATHERED_PLAN);
	told->nodes[0].reverse_count = 1;
	facts_tell(&out, FACT_REVERSES, 0);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_int_equal(heard->nodes[0].reverse_count, 1);
	assert_string_equal(heard->nodes[0].reverses[0].problem, "NXDOMAIN");
	out.bytes.len = 0;
	facts_tell(&out, FACT_REVERSES, 0);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), -1);
	assert_int_equal(heard->nodes[0].reverse_count, 1);
	facts_in_clear(&in);
	report_free(heard);
	out.bytes.len = 0;
	heard = report_new();
	facts_in_init(&in, heard, &nobody);
	facts_tell(&out, FACT_REVERSES, 0);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), -1); /* of no node */
	facts_in_clear(&in);
	report_free(heard);
	facts_out_clear(&out);
	report_free(told);
}

/* Says what follows the plan in a report of its own making; the result of the reader. */
static int say_after_plan(void (*say)(struct facts_out *out, struct report *report))
{
	struct report *told = report_new(), *heard = report_new();
	struct facts_out out;
	struct facts_in in;
	int rc;

	facts_out_init(&out, told);
	add_cluster(told);
	add_node(told);
	add_observation(told, OUTCOME_PENDING);
	facts_tell(&out, FACT_CLUSTER, 0);
	facts_tell(&out, FACT_NODE, 0);
	facts_tell(&out, FACT_OBSERVATION, 0);
	facts_tell(&out, FACT_GATHERED, GATHERED_PLAN);
	facts_in_init(&in, heard, &nobody);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	out.bytes.len = 0;
	say(&out, told);
	rc = facts_read(&in, out.bytes.data, out.bytes.len);
	facts_in_clear(&in);
	report_free(heard);
	facts_out_clear(&out);
	report_free(told);
	return rc;
}

static void say_answer(struct facts_out *out, struct report *report)
{
	report->observations[0].outcome = OUTCOME_REFUSED;
	facts_tell(out, FACT_OBSERVATION, 0);
}

static void say_answer_twice(struct facts_out *out, struct report *report)
{
	say_answer(out, report);
	facts_tell(out, FACT_OBSERVATION, 0);
}

static void say_other_ip(struct facts_out *out, struct report *report)
{
	free(report->observations[0].ip);
	report->observations[0].ip = mem_strdup("192.0.2.8");
	say_answer(out, report);
}

static void say_presented_nothing(struct facts_out *out, struct report *report)
{
	report->observations[0].outcome = OUTCOME_PRESENTED;
	facts_tell(out, FACT_OBSERVATION, 0);
}

static void say_strange_address(struct facts_out *out, struct report *report)
{
	struct observation *observation = add_observation(report, OUTCOME_REFUSED);

	free(observation->address);
	observation->address = mem_strdup("elsewhere.example");
	facts_tell(out, FACT_OBSERVATION, 1);
}

static void say_no_such_node(struct facts_out *out, struct report *report)
{
	report->observations[0].node = 1;
	say_answer(out, report);
}

static void say_node_again(struct facts_out *out, struct report *report)
{
	(void)report;
	facts_tell(out, FACT_NODE, 0);
}

static void say_step_back(struct facts_out *out, struct report *report)
{
	(void)report;
	facts_tell(out, FACT_GATHERED, GATHERED_NODES);
}

static void say_end_too_early(struct facts_out *out, struct report *report)
{
	(void)report;
	facts_tell(out, FACT_GATHERED, GATHERED_ALL);
	facts_tell(out, FACT_END, 0);
}

static void say_cert_twice(struct facts_out *out, struct report *report)
{
	(void)report;
	out->certs = 0;
	facts_tell(out, FACT_OBSERVATION, 0);
}

static void say_terminal_escape(struct facts_out *out, struct report *report)
{
	(void)report;
	facts_progress(out, "\033[2J", 1, 2);
}

static void say_beyond_the_outcomes(struct facts_out *out, struct report *report)
{
	report->observations[0].outcome = OUTCOME_STOPPED + 1;
	facts_tell(out, FACT_OBSERVATION, 0);
}

static void test_what_nobody_may_say(void **state)
{
	static void (*const forbidden[])(struct facts_out *, struct report *) = {
		say_answer_twice, say_other_ip,        say_presented_nothing,   say_strange_address,
		say_no_such_node, say_node_again,      say_step_back,           say_end_too_early,
		say_cert_twice,   say_terminal_escape, say_beyond_the_outcomes,
	};

	(void)state;
	assert_int_equal(say_after_plan(say_answer), 0);
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		if (say_after_plan(forbidden[i]) != -1)
			fail_msg("number %zu of what nobody may say was taken", i);
}

/* What was fetched for a client: once, of one that is to be fetched, and never in the place of a
 * file's. */
static void test_fetched(void **state)
{
	static const struct { size_t index; bool fetched; int rc; } rows[] = {
		{ 0, true, -1 }, { 2, true, -1 }, { 1, false, -1 }, { 1, true, 0 }, { 1, true, -1 },
	};
	struct report *told = report_new(), *heard = report_new();

	(void)state;
	for (size_t i = 0; i < 3; i++)
		report_add_client(told, "x", CLIENT_WEB);
	report_add_client(heard, "file", CLIENT_FILE);
	report_add_client(heard, "web", CLIENT_WEB);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct client *client = &told->clients[rows[i].index];
		struct facts_out out;
		struct facts_in in;

		facts_out_init(&out, told);
		client->fetched = rows[i].fetched;
		chain_clear(&client->chain);
		client->chain = (struct chain){ NULL, 0 };
		if (told->certs.count == heard->certs.count)
			chain_add(&client->chain, some_cert(told, (unsigned char)i));
		facts_tell(&out, FACT_CLIENT, rows[i].index);
		facts_in_init(&in, heard, &nobody);
		assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), rows[i].rc);
		facts_in_clear(&in);
		facts_out_clear(&out);
	}
	assert_int_equal(heard->clients[0].chain.count, 0);
	assert_int_equal(heard->clients[1].chain.count, 1);
	assert_true(heard->clients[1].fetched);
	assert_string_equal(heard->clients[1].name, "web");
	report_free(heard);
	report_free(told);
}

static void test_frame_without_end(void **state)
{
	static const unsigned char head[] = { 0xff, 0xff, 0xff, 0x7f, FACT_NOTE };
	struct report *heard = report_new();
	struct facts_in in;

	(void)state;
	facts_in_init(&in, heard, &nobody);
	assert_int_equal(facts_read(&in, head, sizeof head), -1);
	facts_in_clear(&in);
	report_free(heard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef CAN_CLEAR_PADDING /* gcc 11 and newer; a build without it is not about this */
		cmocka_unit_test(test_every_member_travels),
#endif
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_one_byte_wrong),
		cmocka_unit_test(test_half_a_step_is_none),
		cmocka_unit_test(test_reverses),
		cmocka_unit_test(test_what_nobody_may_say),
		cmocka_unit_test(test_fetched),
		cmocka_unit_test(test_frame_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
