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
#include <stdio.h>
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

/* --- each row, up to its bound ---------------------------------------------------------------- */

#define BOUND(type, what, most) { #type " " #what, offsetof(struct type, what), most }
struct bound {
	const char *name;
	size_t offset;
	uint64_t most; /* the highest value, the longest text, the longest list */
};

static const struct bound address_bounds[] = {
	BOUND(address, text, 1024),
	BOUND(address, kind, ADDRESS_IPV6),
	BOUND(address, use, ADDRESS_FOREIGN),
	BOUND(address, advertised, 1),
	BOUND(address, ips, 64),
	BOUND(address, ips_left_out, SIZE_MAX),
	BOUND(address, unresolved, 512),
};
static const struct bound reverse_bounds[] = {
	BOUND(node_reverse, ip, 512),
	BOUND(node_reverse, name, 1024),
	BOUND(node_reverse, problem, 512),
	BOUND(node_reverse, agrees, 1),
};
static const struct bound node_bounds[] = {
	BOUND(node, name, 1024),
	BOUND(node, written, 1024),
	BOUND(node, role, ROLE_GUEST),
	BOUND(node, source, SOURCE_LOG), /* the last of source.def */
	BOUND(node, vouched, 1),
	BOUND(node, cluster, SIZE_MAX),
	BOUND(node, addresses, 256),
	BOUND(node, reverses, 64),
};
static const struct bound cluster_bounds[] = {
	BOUND(cluster, publisher, 1024),
	BOUND(cluster, source, SOURCE_LOG),
	BOUND(cluster, is_record, 1),
	BOUND(cluster, port, 65535),
	BOUND(cluster, version, 512),
	BOUND(cluster, url, 2048),
	BOUND(cluster, outcome, DISCOVERY_STOPPED),
	BOUND(cluster, detail, 512),
	BOUND(cluster, ip, 512),
	BOUND(cluster, entries_dropped, SIZE_MAX),
	BOUND(cluster, chain, 65536),
};
static const struct bound observation_bounds[] = {
	BOUND(observation, node, SIZE_MAX),
	BOUND(observation, address, 1024),
	BOUND(observation, ip, 512),
	BOUND(observation, port, 65535),
	BOUND(observation, order, ORDER_ECDSA_FIRST),
	BOUND(observation, signatures, ORDER_ECDSA_FIRST),
	BOUND(observation, tls12_alone, TLS12_REFUSED),
	BOUND(observation, advertised, 1),
	BOUND(observation, offered, 3),
	BOUND(observation, inferred, 1),
	BOUND(observation, outcome, OUTCOME_STOPPED),
	BOUND(observation, reached, REACHED_FINISHED),
	BOUND(observation, flaw, FLAW_BAD_DH_VALUE),
	BOUND(observation, chain, 65536),
	BOUND(observation, tls_version, 512),
	BOUND(observation, cipher_suite, 512),
	BOUND(observation, client_certificate_requested, 1),
	BOUND(observation, client_cas, 2),
	BOUND(observation, handshake_completed, 1),
	BOUND(observation, stopped_early, 1),
	BOUND(observation, took_ms, INT64_MAX),
	BOUND(observation, tries, UINT32_MAX),
	BOUND(observation, detail, 512),
};

static char *text_of(size_t len)
{
	char *text = mem_alloc(len + 1);

	memset(text, 'x', len);
	text[len] = '\0';
	return text;
}

/* Zero, with the texts that have to be there. */
static char *whole(const struct shape *shape)
{
	char *bytes = mem_zalloc(shape->size);

	for (size_t i = 0; i < shape->count; i++)
		if (shape->members[i].kind == MEMBER_TEXT)
			*(char **)(void *)(bytes + shape->members[i].offset) = text_of(1);
	return bytes;
}

static void set_list(const struct member *member, char *into, size_t count)
{
	char **texts = NULL, *list = NULL;

	for (size_t i = 0; i < count; i++) {
		if (member->kind == MEMBER_TEXTS) {
			texts = mem_grow(texts, i, sizeof *texts);
			texts[i] = text_of(1);
			continue;
		}
		char *one = whole(member->of);

		list = mem_grow(list, i, member->of->size);
		memcpy(list + i * member->of->size, one, member->of->size);
		free(one);
	}
	if (texts != NULL)
		memcpy(into + member->offset, &texts, sizeof texts);
	else
		memcpy(into + member->offset, &list, sizeof list);
	memcpy(into + member->count_offset, &count, sizeof count);
}

static struct report *with_shared(void)
{
	static const unsigned char one[] = { 0, 2, 0x30, 0 };
	struct report *report = report_new();

	decode_cert(&report->certs, (const unsigned char[]){ 0x30, 1, 1 }, 3);
	decode_cert(&report->certs, (const unsigned char[]){ 0x30, 1, 2 }, 3);
	ca_lists_add(&report->client_ca_lists, one, sizeof one);
	ca_lists_add(&report->client_ca_lists, names, sizeof names);
	return report;
}

static void set(const struct member *member, char *into, uint64_t value, const struct report *report)
{
	char *at = into + member->offset, *text;
	const struct ca_list *list;

	switch (member->kind) {
	case MEMBER_BOOL:
	case MEMBER_ENUM:
	case MEMBER_U16:
	case MEMBER_UNSIGNED:
	case MEMBER_SIZE:
	case MEMBER_I64: /* little-endian or not, as long as the size is the value's */
		if (member->size == 1)
			*(bool *)at = value != 0;
		else if (member->size == 2)
			*(uint16_t *)(void *)at = (uint16_t)value;
		else if (member->size == 4)
			*(uint32_t *)(void *)at = (uint32_t)value;
		else
			*(uint64_t *)(void *)at = value;
		break;
	case MEMBER_TEXT:
	case MEMBER_TEXT_OR_NULL:
		free(*(char **)(void *)at);
		text = text_of((size_t)value);
		memcpy(at, &text, sizeof text);
		break;
	case MEMBER_TEXTS:
	case MEMBER_LIST:
		set_list(member, into, (size_t)value);
		break;
	case MEMBER_CHAIN:
		for (uint64_t i = 0; i < value; i++)
			chain_add((struct chain *)(void *)at, report->certs.certs[i % 2]);
		break;
	case MEMBER_CA_LIST:
		list = report->client_ca_lists.lists[value - 1];
		memcpy(at, &list, sizeof list);
		break;
	case MEMBER_LEFT_OUT:
		break;
	}
}

static void clear(const struct shape *shape, char *bytes)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		char *at = bytes + member->offset, *list;
		size_t count = 0;

		if (member->kind == MEMBER_CHAIN)
			chain_clear((struct chain *)(void *)at);
		if (member->kind < MEMBER_TEXT || member->kind > MEMBER_LIST)
			continue;
		memcpy(&list, at, sizeof list);
		if (member->kind >= MEMBER_TEXTS)
			memcpy(&count, bytes + member->count_offset, sizeof count);
		for (size_t k = 0; k < count; k++)
			if (member->kind == MEMBER_TEXTS)
				free(((char **)(void *)list)[k]);
			else
				clear(member->of, list + k * member->of->size);
		free(list);
	}
}

static bool same(const struct member *member, const char *a, const char *b)
{
	size_t count = 0, others = 0;

	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_TEXT_OR_NULL:
		return strcmp(*(char *const *)(const void *)(a + member->offset),
		              *(char *const *)(const void *)(b + member->offset)) == 0;
	case MEMBER_TEXTS:
	case MEMBER_LIST:
		memcpy(&count, a + member->count_offset, sizeof count);
		memcpy(&others, b + member->count_offset, sizeof others);
		return count == others;
	case MEMBER_CHAIN: {
		const struct chain *one = (const struct chain *)(const void *)(a + member->offset),
				   *other = (const struct chain *)(const void *)(b + member->offset);

		return one->count == other->count &&
		       memcmp(one->certs, other->certs, one->count * sizeof *one->certs) == 0;
	}
	case MEMBER_BOOL:
	case MEMBER_ENUM:
	case MEMBER_U16:
	case MEMBER_UNSIGNED:
	case MEMBER_SIZE:
	case MEMBER_I64:
	case MEMBER_CA_LIST:
	case MEMBER_LEFT_OUT:
		break;
	}
	return memcmp(a + member->offset, b + member->offset, member->size) == 0;
}

/* Written without any bound; what the real shape makes of it. */
static bool survives(const struct shape *shape, const struct member *member, uint64_t value)
{
	struct member *loose = mem_array(shape->count, sizeof *loose);
	struct shape unbounded = { shape->size, loose, shape->count };
	struct report *report = with_shared();
	struct shared shared = { &report->certs, &report->client_ca_lists };
	char *from = whole(shape), *into = mem_zalloc(shape->size);
	struct packed in;
	struct buf out;
	bool taken;

	for (size_t i = 0; i < shape->count; i++) {
		loose[i] = shape->members[i];
		loose[i].most = SIZE_MAX;
	}
	set(member, from, value, report);
	buf_init(&out);
	pack_add(&out, &unbounded, from, &shared);
	in = (struct packed){ (const unsigned char *)out.data, out.len };
	taken = pack_take(&in, shape, into, &shared) == 0;
	if (taken && (in.left != 0 || !same(member, from, into)))
		fail_msg("another value came back");
	clear(shape, from);
	clear(shape, into);
	free(from);
	free(into);
	free(loose);
	buf_clear(&out);
	report_free(report);
	return taken;
}

static uint64_t room_of(const struct member *member)
{
	return member->kind == MEMBER_BOOL || member->kind == MEMBER_CA_LIST ? 1
	       : member->kind == MEMBER_U16                                  ? UINT16_MAX
	       : member->kind == MEMBER_ENUM || member->kind == MEMBER_UNSIGNED ? UINT32_MAX
	       : member->kind == MEMBER_I64                                    ? INT64_MAX
	                                                                       : SIZE_MAX;
}

static void check_bounds(const struct shape *shape, const struct bound *bounds, size_t count)
{
	size_t rows = 0;

	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		size_t k = 0;

		if (member->kind == MEMBER_LEFT_OUT)
			continue;
		while (k < count && bounds[k].offset != member->offset)
			k++;
		if (k == count)
			fail_msg("a row of the table in facts.c has no bound here");
		rows++;
		if (!survives(shape, member, bounds[k].most))
			fail_msg("%s: its most is refused", bounds[k].name);
		if (bounds[k].most < room_of(member) && survives(shape, member, bounds[k].most + 1))
			fail_msg("%s: more than its most is taken", bounds[k].name);
	}
	assert_int_equal(rows, count);
}
#define CHECK_BOUNDS(shape, bounds) check_bounds(shape, bounds, sizeof bounds / sizeof *bounds)

/* Every member comes back with its highest value, its longest text, its longest list, and nothing beyond. */
static void test_each_row_up_to_its_bound(void **state)
{
	(void)state;
	CHECK_BOUNDS(&facts_cluster, cluster_bounds);
	CHECK_BOUNDS(&facts_node, node_bounds);
	CHECK_BOUNDS(&facts_observation, observation_bounds);
	for (size_t i = 0; i < facts_node.count; i++) {
		if (facts_node.members[i].offset == offsetof(struct node, addresses))
			CHECK_BOUNDS(facts_node.members[i].of, address_bounds);
		if (facts_node.members[i].offset == offsetof(struct node, reverses))
			CHECK_BOUNDS(facts_node.members[i].of, reverse_bounds);
	}
}

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

static void say_other_port(struct facts_out *out, struct report *report)
{
	report->observations[0].port--;
	say_answer(out, report);
}

static void say_other_order(struct facts_out *out, struct report *report)
{
	report->observations[0].order = ORDER_RSA_FIRST;
	say_answer(out, report);
}

static void say_other_weight(struct facts_out *out, struct report *report)
{
	report->observations[0].advertised = false;
	say_answer(out, report);
}

static void say_other_address(struct facts_out *out, struct report *report)
{
	free(report->observations[0].address);
	report->observations[0].address = mem_strdup("192.0.2.7");
	say_answer(out, report);
}

static void say_other_node(struct facts_out *out, struct report *report)
{
	add_node(report);
	facts_tell(out, FACT_NODE, 1);
	report->observations[0].node = 1;
	say_answer(out, report);
}

static void say_other_publisher(struct facts_out *out, struct report *report)
{
	free(report->clusters[0].publisher);
	report->clusters[0].publisher = mem_strdup("other.example");
	facts_tell(out, FACT_CLUSTER, 0);
}

static void say_other_publishers_port(struct facts_out *out, struct report *report)
{
	report->clusters[0].port--;
	facts_tell(out, FACT_CLUSTER, 0);
}

static void say_node_of_no_cluster(struct facts_out *out, struct report *report)
{
	add_node(report);
	report->nodes[1].cluster = 1; /* there is 0 */
	facts_tell(out, FACT_NODE, 1);
}

static void say_bytes_behind(struct facts_out *out, struct report *report)
{
	say_answer(out, report);
	out->bytes.data[0]++; /* the frame is longer than what is in it */
	buf_putc(&out->bytes, 0);
}

static void say_ca_list_twice(struct facts_out *out, struct report *report)
{
	ca_lists_add(&report->client_ca_lists, names, sizeof names);
	facts_tell(out, FACT_CLUSTER, 0);
	out->ca_lists = 0;
	facts_tell(out, FACT_CLUSTER, 0);
}

static void say_more_after_the_end(struct facts_out *out, struct report *report)
{
	say_answer(out, report);
	facts_tell(out, FACT_GATHERED, GATHERED_ALL);
	facts_tell(out, FACT_END, 0);
	facts_note(out, "one thing more");
}

static void say_cluster_again(struct facts_out *out, struct report *report)
{
	(void)report;
	facts_tell(out, FACT_CLUSTER, 0);
}

static void say_another_cluster(struct facts_out *out, struct report *report)
{
	report_add_cluster(report, "sub.example", 1);
	facts_tell(out, FACT_CLUSTER, 1);
}

static void say_another_node(struct facts_out *out, struct report *report)
{
	add_node(report);
	facts_tell(out, FACT_NODE, 1);
}

static void say_another_observation(struct facts_out *out, struct report *report)
{
	fill_in(report, add_observation(report, OUTCOME_PENDING));
	facts_tell(out, FACT_OBSERVATION, 1);
}

static void say_the_end(struct facts_out *out, struct report *report)
{
	say_answer(out, report);
	facts_tell(out, FACT_GATHERED, GATHERED_ALL);
	facts_tell(out, FACT_END, 0);
}

static void say_what_is_written_elsewhere(struct facts_out *out, struct report *report)
{
	(void)report;
	facts_tell(out, FACT_NONE, 0);
	facts_tell(out, FACT_CERT, 0);
	facts_tell(out, FACT_CA_LIST, 0);
	facts_tell(out, FACT_PROGRESS, 0);
	facts_tell(out, FACT_NOTE, 0);
	assert_int_equal(out->bytes.len, 0);
}

static void test_what_nobody_may_say(void **state)
{
	static void (*const allowed[])(struct facts_out *, struct report *) = {
		say_answer,       say_cluster_again, say_another_cluster, say_another_node, say_another_observation,
		say_the_end,      say_what_is_written_elsewhere,
	};
	static void (*const forbidden[])(struct facts_out *, struct report *) = {
		say_answer_twice, say_other_ip,        say_presented_nothing,   say_strange_address,
		say_no_such_node, say_node_again,      say_step_back,           say_end_too_early,
		say_cert_twice,   say_terminal_escape, say_beyond_the_outcomes,
		say_other_port,   say_other_order,     say_other_weight,        say_other_address,
		say_other_node,   say_other_publisher, say_other_publishers_port, say_node_of_no_cluster,
		say_bytes_behind, say_ca_list_twice,   say_more_after_the_end,
	};

	(void)state;
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (say_after_plan(allowed[i]) != 0)
			fail_msg("number %zu of what may be said was refused", i);
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
		if (i == 3)
			client->problem = mem_strdup("of the fourth");
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
	assert_string_equal(heard->clients[1].problem, "of the fourth");
	report_free(heard);
	report_free(told);
}

/* Frames, with a body as it is given. */
static void add_frame(struct buf *to, enum fact fact, const char *body, size_t len)
{
	const char head[] = { (char)len, (char)(len >> 8), (char)(len >> 16), (char)(len >> 24), (char)fact };

	buf_add(to, head, sizeof head);
	buf_add(to, body, len);
}

/* What the reader says to one frame at that step of gathering. */
static int hear_frame(enum gathered step, enum fact fact, const char *body, size_t len)
{
	struct report *heard = report_new();
	struct facts_in in;
	struct buf bytes;
	int rc;

	buf_init(&bytes);
	add_frame(&bytes, fact, body, len);
	heard->gathered = step;
	facts_in_init(&in, heard, &nobody);
	rc = facts_read(&in, bytes.data, bytes.len);
	facts_in_clear(&in);
	report_free(heard);
	buf_clear(&bytes);
	return rc;
}

#define BODY(text) text, sizeof text - 1

/* SIZE_MAX, seven bits in an octet, the low ones first, as "none"; and one less */
#if SIZE_MAX > UINT32_MAX
#define NONE "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"
#define BEFORE_NONE "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\1"
#else
#define NONE "\xff\xff\xff\xff\17"
#define BEFORE_NONE "\xfe\xff\xff\xff\17"
#endif

/* Bodies, each whole and nothing behind it: numbers and texts as pack.c writes them. */
static void test_frames(void **state)
{
	static const struct {
		enum gathered step;
		enum fact fact;
		const char *body;
		size_t len;
		int rc;
	} rows[] = {
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\6probe\3\5"), 0 },
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\6probe\3\5x"), -1 },
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\6probe\3"), -1 },
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\6probe"), -1 },
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\6Probe\3\5"), -1 },
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\1\3\5"), -1 }, /* an empty stage, none */
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\0\3\5"), -1 },
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\31aaaaaaaaaaaaaaaaaaaaaaaa\0\0"), 0 },
		{ GATHERED_NOTHING, FACT_PROGRESS, BODY("\32aaaaaaaaaaaaaaaaaaaaaaaaa\0\0"), -1 },
		{ GATHERED_NOTHING, FACT_NOTE, BODY("\3ab"), 0 },
		{ GATHERED_NOTHING, FACT_NOTE, BODY("\3abc"), -1 },
		{ GATHERED_NOTHING, FACT_NOTE, BODY("\0"), -1 },
		{ GATHERED_NOTHING, FACT_NOTE, BODY(""), -1 },
		{ GATHERED_NOTHING, FACT_BUSY, BODY("\7"), 0 },
		{ GATHERED_NOTHING, FACT_BUSY, BODY(NONE), -1 },
		{ GATHERED_NOTHING, FACT_BUSY, BODY(BEFORE_NONE), 0 },
		{ GATHERED_NOTHING, FACT_GATHERED, BODY("\1"), 0 },
		{ GATHERED_NOTHING, FACT_GATHERED, BODY("\5"), 0 },
		{ GATHERED_NOTHING, FACT_GATHERED, BODY("\6"), -1 },
		{ GATHERED_NOTHING, FACT_GATHERED, BODY("\0"), -1 },
		{ GATHERED_CLUSTERS, FACT_GATHERED, BODY("\1"), -1 },
		{ GATHERED_CLUSTERS, FACT_GATHERED, BODY("\2"), 0 },
		{ GATHERED_ALL, FACT_END, BODY("\0"), 0 },
		{ GATHERED_ALL, FACT_END, BODY("\1"), -1 },
		{ GATHERED_PLAN, FACT_END, BODY("\0"), -1 },
		{ GATHERED_NOTHING, FACT_CERT, BODY("\x30\1\1"), 0 },
		{ GATHERED_NOTHING, FACT_CA_LIST, BODY("\0\2\x30\0"), 0 },
		{ GATHERED_NOTHING, FACT_NONE, BODY("\0"), -1 },
		{ GATHERED_NOTHING, FACT_END + 1, BODY("\0"), -1 },
		{ GATHERED_NOTHING, FACT_END + 100, BODY("\0"), -1 },
		/* no such client, node; beyond the first that is not there yet */
		{ GATHERED_ALL, FACT_CLIENT, BODY("\0\0\1\0"), -1 },
		{ GATHERED_ALL, FACT_REVERSES, BODY("\0\0"), -1 },
		{ GATHERED_PLAN, FACT_CLUSTER, BODY("\0\2p\0\0\1\0\0\0\0\0\0\0"), 0 },
		{ GATHERED_PLAN, FACT_CLUSTER, BODY("\1\2p\0\0\1\0\0\0\0\0\0\0"), -1 },
		{ GATHERED_PLAN, FACT_CLUSTER, BODY("\0\2p\0\0\1\0\0\0\0\0\0"), -1 },
		{ GATHERED_PLAN, FACT_CLUSTER, BODY("\0\2p\0\0\1\0\0\0\0\0\0\0\0"), -1 },
		/* name, written, role, source, vouched, cluster: none (SIZE_MAX), one address, no reverse */
		{ GATHERED_PLAN, FACT_NODE, BODY("\0\2n\0\0\0\0" NONE "\1\2n\0\0\0\0\0\0\0"), 0 },
		{ GATHERED_PLAN, FACT_NODE, BODY("\1\2n\0\0\0\0" NONE "\1\2n\0\0\0\0\0\0\0"), -1 },
		{ GATHERED_PLAN, FACT_NODE, BODY("\0\2n\0\0\0\0" NONE "\0\0"), -1 }, /* no address */
		{ GATHERED_PLAN, FACT_NODE, BODY("\0\2n\0\0\0\0\0\1\2n\0\0\0\0\0\0\0"), -1 }, /* of no cluster */
		{ GATHERED_PLAN, FACT_NODE, BODY("\0\2n\0\0\0\0" NONE "\1\2n\0\0\0\0\0\0"), -1 },
		{ GATHERED_PLAN, FACT_NODE, BODY("\0\2n\0\0\0\0" NONE "\1\2n\0\0\0\0\0\0\0\0"), -1 },
		/* while a step is on its way its facts wait, whatever they are */
		{ GATHERED_ADDRESSES, FACT_CLUSTER, BODY("nonsense"), 0 },
		{ GATHERED_ADDRESSES, FACT_NODE, BODY("nonsense"), 0 },
		{ GATHERED_ADDRESSES, FACT_OBSERVATION, BODY("nonsense"), 0 },
		{ GATHERED_PLAN, FACT_CLUSTER, BODY("nonsense"), -1 },
		{ GATHERED_PLAN, FACT_NODE, BODY("nonsense"), -1 },
		{ GATHERED_PLAN, FACT_OBSERVATION, BODY("nonsense"), -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (hear_frame(rows[i].step, rows[i].fact, rows[i].body, rows[i].len) != rows[i].rc)
			fail_msg("frame %zu: not %d", i, rows[i].rc);
}

/* The note is heard and at most 2048 bytes long, on either side. */
static char heard_note[4000], heard_stage[40];
static size_t heard_done, heard_all;

static void hear_note(void *arg, const char *line)
{
	(void)arg;
	snprintf(heard_note, sizeof heard_note, "%s", line);
}

static void hear_stage(void *arg, const char *stage, size_t done, size_t all)
{
	(void)arg;
	snprintf(heard_stage, sizeof heard_stage, "%s", stage);
	heard_done = done;
	heard_all = all;
}

static void test_notes_and_progress(void **state)
{
	static const struct deadline listening = { .note = hear_note, .tell = hear_stage };
	char *longest = text_of(2048), *longer = text_of(2049), body[2200] = { (char)0x81, 0x10 };
	struct report *heard = report_new();
	struct facts_out out;
	struct facts_in in;

	(void)state;
	facts_out_init(&out, heard);
	facts_in_init(&in, heard, &listening);
	facts_note(&out, longest);
	facts_progress(&out, "reverse names", 300, 70000);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_string_equal(heard_note, longest);
	assert_string_equal(heard_stage, "reverse names");
	assert_int_equal(heard_done, 300);
	assert_int_equal(heard_all, 70000);
	out.bytes.len = 0;
	facts_note(&out, longer);
	facts_progress(&out, "a stage with a name that is too long", 0, 0);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_string_equal(heard_note, longest);
	assert_string_equal(heard_stage, "a stage with a name that"); /* 24 */
	memset(body + 2, 'y', 2048); /* 2049 is 81 10 in base 128: the length plus one */
	assert_int_equal(hear_frame(GATHERED_NOTHING, FACT_NOTE, body, 2 + 2048), 0);
	body[0] = (char)0x82;
	body[2 + 2048] = 'y';
	assert_int_equal(hear_frame(GATHERED_NOTHING, FACT_NOTE, body, 2 + 2049), -1);
	free(longest);
	free(longer);
	facts_out_clear(&out);
	facts_in_clear(&in);
	report_free(heard);
}

/* A process that says more than any run has to say is not listened to any longer. */
static void test_totals(void **state)
{
	static const struct {
		enum fact fact;
		size_t total, cert_total, note_total;
		int rc;
	} rows[] = { /* each body has three bytes, its head five */
		{ FACT_CERT, (1 << 30) - 8, 0, 0, 0 },       { FACT_CERT, (1 << 30) - 7, 0, 0, -1 },
		{ FACT_CERT, 0, (128 << 20) - 3, 0, 0 },     { FACT_CERT, 0, (128 << 20) - 2, 0, -1 },
		{ FACT_NOTE, 0, 0, (64 << 20) - 3, 0 },      { FACT_NOTE, 0, 0, (64 << 20) - 2, -1 },
		{ FACT_NOTE, 0, 128 << 20, 0, 0 },           { FACT_CERT, 0, 0, 64 << 20, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool cert = rows[i].fact == FACT_CERT;
		struct report *heard = report_new();
		struct facts_in in;
		struct buf bytes;

		buf_init(&bytes);
		add_frame(&bytes, rows[i].fact, cert ? "\x30\1\1" : "\3ab", 3);
		facts_in_init(&in, heard, &nobody);
		in.total = rows[i].total;
		in.cert_total = rows[i].cert_total;
		in.note_total = rows[i].note_total;
		if (facts_read(&in, bytes.data, bytes.len) != rows[i].rc)
			fail_msg("row %zu: not %d", i, rows[i].rc);
		if (rows[i].rc == 0) {
			assert_int_equal(in.total, rows[i].total + 8);
			assert_int_equal(in.cert_total, rows[i].cert_total + (cert ? 3 : 0));
			assert_int_equal(in.note_total, rows[i].note_total + (cert ? 0 : 3));
		}
		facts_in_clear(&in);
		report_free(heard);
		buf_clear(&bytes);
	}
}

/* So many clusters, nodes and observations, and no more. */
static void test_most_of_each(void **state)
{
	static const char cluster[] = "\x90\x4e\2p\0\0\1\0\0\0\0\0\0\0"; /* 10000 */
	static const char node[] = "\xa0\x8d\6\2n\0\0\0\0" NONE "\1\2n\0\0\0\0\0\0\0"; /* 100000 */
	static const char observation[] = "\x80\x92\xf4\1\0\2n"; /* 4000000, and so on */
	struct buf bytes;

	(void)state;
	buf_init(&bytes);
	for (int i = 0; i < 4; i++) {
		struct report *heard = report_new();
		struct facts_in in;

		heard->gathered = GATHERED_PLAN;
		facts_in_init(&in, heard, &nobody);
		for (int k = 0; i < 2 && k < 10000 - i; k++)
			report_add_cluster(heard, "p", 1);
		for (int k = 0; i == 2 && k < 100000; k++)
			report_add_node(heard, "n");
		if (i == 3)
			heard->observation_count = 4000000;
		bytes.len = 0;
		if (i < 2)
			add_frame(&bytes, FACT_CLUSTER, cluster, sizeof cluster - 1);
		else if (i == 2)
			add_frame(&bytes, FACT_NODE, node, sizeof node - 1);
		else
			add_frame(&bytes, FACT_OBSERVATION, observation, sizeof observation - 1);
		if (i == 1)
			bytes.data[5] = (char)0x8f; /* 9999, the last */
		assert_int_equal(facts_read(&in, bytes.data, bytes.len), i == 1 ? 0 : -1);
		if (i == 3)
			heard->observation_count = 0;
		facts_in_clear(&in);
		report_free(heard);
	}
	buf_clear(&bytes);
}

/* Nodes as they are until observations refer to them; a web page's certificate before the end. */
static void test_order_of_facts(void **state)
{
	struct report *told = report_new(), *heard = report_new();
	struct facts_out out;
	struct facts_in in;

	(void)state;
	facts_out_init(&out, told);
	facts_in_init(&in, heard, &nobody);
	assert_true(in.busy == SIZE_MAX);
	facts_tell(&out, FACT_BUSY, 7);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_int_equal(in.busy, 7);
	out.bytes.len = 0;
	add_node(told);
	told->nodes[0].cluster = NODE_NO_CLUSTER;
	told->nodes[0].reverse_count = 0;
	facts_tell(&out, FACT_NODE, 0);
	facts_tell(&out, FACT_GATHERED, GATHERED_PLAN);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_true(in.busy == SIZE_MAX); /* of the step before */
	assert_int_equal(heard->gathered, GATHERED_PLAN);
	out.bytes.len = 0;
	told->nodes[0].role = ROLE_IMP;
	facts_tell(&out, FACT_NODE, 0); /* in the place of the first; no observation refers to it */
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_int_equal(heard->node_count, 1);
	assert_int_equal(heard->nodes[0].role, ROLE_IMP);
	told->nodes[0].reverse_count = 1; /* owned again */
	report_add_client(told, "w", CLIENT_WEB);
	report_add_client(heard, "f", CLIENT_FILE);
	report_add_client(heard, "w", CLIENT_WEB);
	out.bytes.len = 0;
	facts_tell(&out, FACT_GATHERED, GATHERED_ALL);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	out.bytes.len = 0;
	facts_tell(&out, FACT_END, 0);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), -1); /* its page has not been told */
	facts_in_clear(&in);
	facts_in_init(&in, heard, &nobody);
	heard->clients[1].fetched = true;
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_true(in.ended);
	facts_in_clear(&in);
	report_free(heard);
	facts_out_clear(&out);
	report_free(told);
}

/* A step whose facts are no facts is none. */
static void test_step_of_nonsense(void **state)
{
	struct report *heard = report_new();
	struct facts_in in;
	struct buf bytes;

	(void)state;
	buf_init(&bytes);
	add_frame(&bytes, FACT_NODE, BODY("nonsense"));
	add_frame(&bytes, FACT_GATHERED, BODY("\5"));
	facts_in_init(&in, heard, &nobody);
	assert_int_equal(facts_read(&in, bytes.data, bytes.len), -1);
	assert_int_equal(heard->gathered, GATHERED_NOTHING);
	assert_int_equal(heard->node_count, 0);
	facts_in_clear(&in);
	report_free(heard);
	buf_clear(&bytes);
}

/* What the reader has from before is not told again. */
static void test_what_both_sides_have(void **state)
{
	struct report *told = report_new(), *heard = report_new();
	struct facts_out out;
	struct facts_in in;

	(void)state;
	for (unsigned char i = 1; i < 3; i++) {
		some_cert(told, i);
		some_cert(heard, i);
	}
	ca_lists_add(&told->client_ca_lists, names, sizeof names);
	ca_lists_add(&heard->client_ca_lists, names, sizeof names);
	facts_out_init(&out, told);
	add_cluster(told); /* with the first of the two */
	facts_tell(&out, FACT_CLUSTER, 0);
	facts_tell(&out, FACT_GATHERED, GATHERED_CLUSTERS);
	facts_in_init(&in, heard, &nobody);
	assert_int_equal(facts_read(&in, out.bytes.data, out.bytes.len), 0);
	assert_int_equal(heard->certs.count, 2);
	assert_ptr_equal(heard->clusters[0].chain.certs[0], heard->certs.certs[0]);
	facts_in_clear(&in);
	report_free(heard);
	facts_out_clear(&out);
	report_free(told);
}

static void test_frame_without_end(void **state)
{
	static const unsigned char most[] = { 0, 0, 0x10, 0, FACT_NOTE }, more[] = { 1, 0, 0x10, 0, FACT_NOTE };
	struct report *report = report_new();
	struct facts_in waiting;
	static const unsigned char head[] = { 0xff, 0xff, 0xff, 0x7f, FACT_NOTE };
	struct report *heard = report_new();
	struct facts_in in;

	(void)state;
	facts_in_init(&waiting, report, &nobody); /* a MiB is waited for, no byte more */
	assert_int_equal(facts_read(&waiting, most, sizeof most), 0);
	assert_int_equal(waiting.bytes.len, sizeof most);
	facts_in_clear(&waiting);
	facts_in_init(&waiting, report, &nobody);
	assert_int_equal(facts_read(&waiting, more, sizeof more), -1);
	facts_in_clear(&waiting);
	report_free(report);
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
		cmocka_unit_test(test_each_row_up_to_its_bound),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_one_byte_wrong),
		cmocka_unit_test(test_half_a_step_is_none),
		cmocka_unit_test(test_reverses),
		cmocka_unit_test(test_what_nobody_may_say),
		cmocka_unit_test(test_fetched),
		cmocka_unit_test(test_order_of_facts),
		cmocka_unit_test(test_step_of_nonsense),
		cmocka_unit_test(test_what_both_sides_have),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_notes_and_progress),
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_most_of_each),
		cmocka_unit_test(test_frame_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
