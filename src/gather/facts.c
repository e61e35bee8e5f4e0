/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "gather/facts.h"
#include "pki/decode.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h> /* ssize_t: musl gives it nowhere else */

enum {               /* bytes */
       HEAD_LEN = 5, /* a length in four, little-endian, of what follows the kind in one */
       FRAME_MOST = 1 << 20,
       TOTAL_MOST = 1 << 30,
       CERT_TOTAL_MOST = 128 << 20,
       NOTE_TOTAL_MOST = 64 << 20,
       NAME_LEN = 1024,
       TEXT_LEN = 512,
       NOTE_LEN = 2048,
       STAGE_LEN = 24,
       NODES_MOST = 100000,
       CLUSTERS_MOST = 10000,
       OBSERVATIONS_MOST = 4000000,
       ADDRESSES_MOST = 256,
       IPS_MOST = 64,
       CHAIN_MOST = 65536
};

/* --- the tables: a row per member ------------------------------------------------------------- */

#define ROW(name, type, what, highest) \
	{ \
		.kind = MEMBER_##name, .offset = offsetof(type, what),                             \
		.size = sizeof(((type *)0)->what), .most = highest                                 \
	}
#define PLAIN_ROW(name, type, what) /* no bound but its kind's */ \
	{ \
		.kind = MEMBER_##name, .offset = offsetof(type, what),                             \
		.size = sizeof(((type *)0)->what)                                                  \
	}
#define LIST_ROW(name, type, what, counted, highest, shape) \
	{ \
		.kind = MEMBER_##name, .offset = offsetof(type, what),                             \
		.size = sizeof(((type *)0)->what), .most = highest,                                \
		.count_offset = offsetof(type, counted), .of = shape                               \
	}
#define LEFT_OUT_ROW(type, what, counted) \
	{ \
		.kind = MEMBER_LEFT_OUT, .offset = offsetof(type, what),                           \
		.size = sizeof(((type *)0)->what), .count_offset = offsetof(type, counted)         \
	}
#define SHAPE(type, rows) { sizeof(type), rows, sizeof(rows) / sizeof *(rows) }

enum { SOURCE_LAST = -1
#define SOURCE(constant, name, words, told) +1
#include "model/source.def"
#undef SOURCE
};

static const struct member address_members[] = {
	ROW(TEXT, struct address, text, NAME_LEN),
	ROW(ENUM, struct address, kind, ADDRESS_IPV6),
	ROW(ENUM, struct address, use, ADDRESS_FOREIGN),
	PLAIN_ROW(BOOL, struct address, advertised),
	LIST_ROW(TEXTS, struct address, ips, ip_count, IPS_MOST, NULL),
	ROW(SIZE, struct address, ips_left_out, SIZE_MAX),
	ROW(TEXT_OR_NULL, struct address, unresolved, TEXT_LEN),
};
static const struct shape address_shape = SHAPE(struct address, address_members);

static const struct member reverse_members[] = {
	ROW(TEXT, struct node_reverse, ip, TEXT_LEN),
	ROW(TEXT_OR_NULL, struct node_reverse, name, NAME_LEN),
	ROW(TEXT_OR_NULL, struct node_reverse, problem, TEXT_LEN),
	PLAIN_ROW(BOOL, struct node_reverse, agrees),
};
static const struct shape reverse_shape = SHAPE(struct node_reverse, reverse_members);

static const struct member node_members[] = {
	ROW(TEXT, struct node, name, NAME_LEN),
	ROW(TEXT_OR_NULL, struct node, written, NAME_LEN),
	ROW(ENUM, struct node, role, ROLE_GUEST),
	ROW(ENUM, struct node, source, SOURCE_LAST),
	PLAIN_ROW(BOOL, struct node, vouched),
	ROW(SIZE, struct node, cluster, SIZE_MAX),
	LIST_ROW(LIST, struct node, addresses, address_count, ADDRESSES_MOST, &address_shape),
	LIST_ROW(LIST, struct node, reverses, reverse_count, IPS_MOST, &reverse_shape),
};
const struct shape facts_node = SHAPE(struct node, node_members);

/* Of a node that is known already. */
static const struct member reverses_members[] = {
	LIST_ROW(LIST, struct node, reverses, reverse_count, IPS_MOST, &reverse_shape),
};
static const struct shape facts_reverses = SHAPE(struct node, reverses_members);

static const struct member cluster_members[] = {
	ROW(TEXT, struct cluster, publisher, NAME_LEN),
	ROW(ENUM, struct cluster, source, SOURCE_LAST),
	PLAIN_ROW(BOOL, struct cluster, is_record),
	ROW(U16, struct cluster, port, UINT16_MAX),
	ROW(TEXT_OR_NULL, struct cluster, version, TEXT_LEN),
	ROW(TEXT_OR_NULL, struct cluster, url, 2 * NAME_LEN),
	ROW(ENUM, struct cluster, outcome, DISCOVERY_STOPPED),
	ROW(TEXT_OR_NULL, struct cluster, detail, TEXT_LEN),
	ROW(TEXT_OR_NULL, struct cluster, ip, TEXT_LEN),
	ROW(SIZE, struct cluster, entries_dropped, SIZE_MAX),
	ROW(CHAIN, struct cluster, chain, CHAIN_MOST),
	LEFT_OUT_ROW(struct cluster, verdicts, verdict_count), /* judging comes later */
};
const struct shape facts_cluster = SHAPE(struct cluster, cluster_members);

static const struct member observation_members[] = {
	ROW(SIZE, struct observation, node, SIZE_MAX),
	ROW(TEXT, struct observation, address, NAME_LEN),
	ROW(TEXT, struct observation, ip, TEXT_LEN),
	ROW(U16, struct observation, port, UINT16_MAX),
	ROW(ENUM, struct observation, order, ORDER_COUNT - 1),
	ROW(ENUM, struct observation, signatures, ORDER_COUNT - 1),
	ROW(ENUM, struct observation, tls12_alone, TLS12_REFUSED),
	PLAIN_ROW(BOOL, struct observation, advertised),
	ROW(UNSIGNED, struct observation, offered, OFFERED_TLS12 | OFFERED_TLS13),
	PLAIN_ROW(BOOL, struct observation, inferred),
	ROW(ENUM, struct observation, outcome, OUTCOME_STOPPED),
	ROW(ENUM, struct observation, reached, REACHED_FINISHED),
	ROW(ENUM, struct observation, flaw, FLAW_BAD_DH_VALUE),
	ROW(CHAIN, struct observation, chain, CHAIN_MOST),
	ROW(TEXT_OR_NULL, struct observation, tls_version, TEXT_LEN),
	ROW(TEXT_OR_NULL, struct observation, cipher_suite, TEXT_LEN),
	PLAIN_ROW(BOOL, struct observation, client_certificate_requested),
	PLAIN_ROW(CA_LIST, struct observation, client_cas),
	PLAIN_ROW(BOOL, struct observation, handshake_completed),
	PLAIN_ROW(BOOL, struct observation, stopped_early),
	ROW(I64, struct observation, took_ms, INT64_MAX),
	ROW(UNSIGNED, struct observation, tries, UINT32_MAX),
	ROW(TEXT_OR_NULL, struct observation, detail, TEXT_LEN),
};
const struct shape facts_observation = SHAPE(struct observation, observation_members);

/* Of a client that is known already. */
static const struct member client_members[] = {
	ROW(CHAIN, struct client, chain, CHAIN_MOST),
	PLAIN_ROW(BOOL, struct client, fetched),
	ROW(TEXT_OR_NULL, struct client, problem, TEXT_LEN),
};
static const struct shape facts_client = SHAPE(struct client, client_members);

void facts_reached(struct report *report, const struct deadline *deadline, enum gathered step)
{
	report->gathered = step;
	deadline_found(deadline, FACT_GATHERED, (size_t)step);
}

/* --- telling ---------------------------------------------------------------------------------- */

static struct shared shared_of(const struct report *report)
{
	return (struct shared){ &report->certs, &report->client_ca_lists };
}

void facts_out_init(struct facts_out *out, const struct report *report)
{
	out->report = report;
	out->certs = report->certs.count;
	out->ca_lists = report->client_ca_lists.count;
	buf_init(&out->bytes);
}

void facts_out_clear(struct facts_out *out)
{
	buf_clear(&out->bytes);
}

static size_t open_frame(struct facts_out *out, enum fact fact)
{
	const char head[HEAD_LEN] = { [HEAD_LEN - 1] = (char)fact };
	size_t at = out->bytes.len;

	buf_add(&out->bytes, head, sizeof head);
	return at;
}

static void close_frame(struct facts_out *out, size_t at)
{
	size_t len = out->bytes.len - at - HEAD_LEN;

	for (int i = 0; i < HEAD_LEN - 1; i++)
		out->bytes.data[at + (size_t)i] = (char)(len >> 8 * i & 0xff);
}

/* Certificates and lists first, in the order in which the report got them: so their indices agree
 * on both sides. */
static void tell_shared(struct facts_out *out)
{
	const struct report *report = out->report;

	for (; out->certs < report->certs.count; out->certs++) {
		const struct cert *cert = report->certs.certs[out->certs];
		size_t at = open_frame(out, FACT_CERT);

		buf_add(&out->bytes, cert->der, cert->der_len);
		close_frame(out, at);
	}
	for (; out->ca_lists < report->client_ca_lists.count; out->ca_lists++) {
		const struct ca_list *list = report->client_ca_lists.lists[out->ca_lists];
		size_t at = open_frame(out, FACT_CA_LIST);

		buf_add(&out->bytes, list->bytes, list->len);
		close_frame(out, at);
	}
}

static void tell_struct(struct facts_out *out, enum fact fact, size_t index,
                        const struct shape *shape, const void *from)
{
	struct shared shared = shared_of(out->report);
	size_t at;

	tell_shared(out);
	at = open_frame(out, fact);
	pack_add_number(&out->bytes, index);
	pack_add(&out->bytes, shape, from, &shared);
	close_frame(out, at);
}

static void tell_number(struct facts_out *out, enum fact fact, size_t number)
{
	size_t at = open_frame(out, fact);

	pack_add_number(&out->bytes, number);
	close_frame(out, at);
}

void facts_tell(struct facts_out *out, enum fact fact, size_t index)
{
	switch (fact) {
	case FACT_CLUSTER:
		tell_struct(out, fact, index, &facts_cluster, &out->report->clusters[index]);
		break;
	case FACT_NODE:
		tell_struct(out, fact, index, &facts_node, &out->report->nodes[index]);
		break;
	case FACT_OBSERVATION:
		tell_struct(out, fact, index, &facts_observation,
		            &out->report->observations[index]);
		break;
	case FACT_REVERSES:
		tell_struct(out, fact, index, &facts_reverses, &out->report->nodes[index]);
		break;
	case FACT_CLIENT:
		tell_struct(out, fact, index, &facts_client, &out->report->clients[index]);
		break;
	case FACT_GATHERED:
	case FACT_BUSY:
	case FACT_END:
		tell_number(out, fact, index);
		break;
	case FACT_NONE:
	case FACT_CERT:
	case FACT_CA_LIST:
	case FACT_PROGRESS:
	case FACT_NOTE:
		break;
	}
}

static void add_text(struct buf *out, const char *text, size_t most)
{
	size_t len = strnlen(text, most);

	pack_add_number(out, len + 1);
	buf_add(out, text, len);
}

void facts_progress(struct facts_out *out, const char *stage, size_t done, size_t all)
{
	size_t at = open_frame(out, FACT_PROGRESS);

	add_text(&out->bytes, stage, STAGE_LEN);
	pack_add_number(&out->bytes, done);
	pack_add_number(&out->bytes, all);
	close_frame(out, at);
}

void facts_note(struct facts_out *out, const char *line)
{
	size_t at = open_frame(out, FACT_NOTE);

	add_text(&out->bytes, line, NOTE_LEN);
	close_frame(out, at);
}

/* --- hearing ---------------------------------------------------------------------------------- */

void facts_in_init(struct facts_in *in, struct report *report, const struct deadline *deadline)
{
	memset(in, 0, sizeof *in);
	in->report = report;
	in->deadline = deadline;
	in->busy = SIZE_MAX;
	buf_init(&in->bytes);
	buf_init(&in->staged);
}

void facts_in_clear(struct facts_in *in)
{
	buf_clear(&in->bytes);
	buf_clear(&in->staged);
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static int read_cert(struct facts_in *in, struct packed *body)
{
	struct certset *certs = &in->report->certs;
	size_t known = certs->count;

	in->cert_total += body->left;
	if (in->cert_total > CERT_TOTAL_MOST)
		return -1;
	decode_cert(certs, body->at, body->left);
	body->left = 0;
	return certs->count == known + 1
	               ? 0
	               : -1; /* one that we have would not get the writer's index */
}

static int read_ca_list(struct facts_in *in, struct packed *body)
{
	struct ca_lists *lists = &in->report->client_ca_lists;
	size_t known = lists->count;

	ca_lists_add(lists, body->at, body->left);
	body->left = 0;
	return lists->count == known + 1 ? 0 : -1;
}

/* The index of a fact that replaces a known one or comes behind the last. */
static int read_index(struct packed *body, size_t count, size_t most, size_t *index)
{
	uint64_t number;

	if (pack_take_number(body, count < most ? count : most - 1, &number) != 0)
		return -1;
	*index = (size_t)number;
	return 0;
}

/* What is asked does not change with the answer. */
static int keep_cluster(struct report *report, size_t index, struct cluster *cluster)
{
	struct cluster *place = index < report->cluster_count ? &report->clusters[index] : NULL;

	if (place == NULL)
		place = report_add_cluster(report, cluster->publisher, cluster->port);
	else if (!same_text(place->publisher, cluster->publisher) || place->port != cluster->port)
		return -1;
	cluster_clear(place);
	*place = *cluster;
	return 0;
}

static int read_cluster(struct facts_in *in, struct packed *body)
{
	struct shared shared = shared_of(in->report);
	struct cluster cluster = { 0 };
	size_t index;
	int rc = -1;

	if (read_index(body, in->report->cluster_count, CLUSTERS_MOST, &index) != 0)
		return -1;
	if (pack_take(body, &facts_cluster, &cluster, &shared) == 0 && body->left == 0)
		rc = keep_cluster(in->report, index, &cluster);
	if (rc != 0)
		cluster_clear(&cluster);
	return rc;
}

static int keep_node(struct report *report, size_t index, struct node *node)
{
	struct node *place = index < report->node_count ? &report->nodes[index] : NULL;

	if (node->address_count == 0 ||
	    (node->cluster >= report->cluster_count && node->cluster != NODE_NO_CLUSTER))
		return -1;
	if (place == NULL)
		place = report_add_node(report, node->name);
	else if (!same_text(place->name, node->name) ||
	         report->observation_count > 0) /* observations refer to it */
		return -1;
	node_clear(place);
	*place = *node;
	return 0;
}

static int read_node(struct facts_in *in, struct packed *body)
{
	struct shared shared = shared_of(in->report);
	struct node node = { 0 };
	size_t index;
	int rc = -1;

	if (read_index(body, in->report->node_count, NODES_MOST, &index) != 0)
		return -1;
	if (pack_take(body, &facts_node, &node, &shared) == 0 && body->left == 0)
		rc = keep_node(in->report, index, &node);
	if (rc != 0)
		node_clear(&node);
	return rc;
}

static int read_reverses(struct facts_in *in, struct packed *body)
{
	struct report *report = in->report;
	struct shared shared = shared_of(report);
	struct node told = { 0 };
	size_t index;

	if (report->gathered < GATHERED_ADDRESSES ||
	    read_index(body, report->node_count, NODES_MOST, &index) != 0 ||
	    index >= report->node_count)
		return -1;
	if (pack_take(body, &facts_reverses, &told, &shared) == 0 && body->left == 0 &&
	    report->nodes[index].reverse_count == 0) {
		report->nodes[index].reverses = told.reverses;
		report->nodes[index].reverse_count = told.reverse_count;
		return 0;
	}
	node_clear(&told);
	return -1;
}

/* Only what was asked for, and once: a file's certificate is not to be replaced by what a stranger
 * says. */
static int read_client(struct facts_in *in, struct packed *body)
{
	struct report *report = in->report;
	struct shared shared = shared_of(report);
	struct client told = { .name = NULL }, *client;
	size_t index;

	if (read_index(body, report->client_count, report->client_count + 1, &index) != 0 ||
	    index >= report->client_count)
		return -1;
	client = &report->clients[index];
	if (pack_take(body, &facts_client, &told, &shared) != 0 || body->left != 0 ||
	    !told.fetched || client->from != CLIENT_WEB || client->fetched) {
		client_clear(&told);
		return -1;
	}
	client->fetched = true;
	client->chain = told.chain;
	client->problem = told.problem;
	return 0;
}

static bool same_question(const struct observation *a, const struct observation *b)
{
	return a->node == b->node && a->port == b->port && a->order == b->order &&
	       a->advertised == b->advertised && same_text(a->address, b->address) &&
	       same_text(a->ip, b->ip);
}

/* Once answered, an observation stays as it is. */
static int keep_observation(struct report *report, size_t index, struct observation *observation)
{
	struct observation *place =
		index < report->observation_count ? &report->observations[index] : NULL;

	if (observation->node >= report->node_count ||
	    node_find_address(&report->nodes[observation->node], observation->address) == NULL ||
	    (observation->outcome == OUTCOME_PRESENTED && observation->chain.count == 0))
		return -1;
	if (place == NULL)
		place = report_add_observation(report);
	else if (place->outcome != OUTCOME_PENDING || !same_question(place, observation))
		return -1;
	observation_clear(place);
	*place = *observation;
	return 0;
}

static int read_observation(struct facts_in *in, struct packed *body)
{
	struct shared shared = shared_of(in->report);
	struct observation observation = { 0 };
	size_t index;
	int rc = -1;

	if (read_index(body, in->report->observation_count, OBSERVATIONS_MOST, &index) != 0)
		return -1;
	if (pack_take(body, &facts_observation, &observation, &shared) == 0 && body->left == 0)
		rc = keep_observation(in->report, index, &observation);
	if (rc != 0)
		observation_clear(&observation);
	return rc;
}

static bool plain(const char *text)
{
	return text != NULL && *text != '\0' &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz -")] == '\0';
}

static int read_progress(struct facts_in *in, struct packed *body)
{
	uint64_t done, all;
	char *stage;
	int rc = pack_take_text(body, STAGE_LEN, &stage);

	if (rc == 0)
		rc = pack_take_number(body, SIZE_MAX, &done);
	if (rc == 0)
		rc = pack_take_number(body, SIZE_MAX, &all);
	if (rc == 0 && !plain(stage))
		rc = -1;
	if (rc == 0)
		deadline_tell(in->deadline, stage, (size_t)done, (size_t)all);
	free(stage);
	return rc;
}

static int read_note(struct facts_in *in, struct packed *body)
{
	char *line;
	int rc;

	in->note_total += body->left;
	rc = in->note_total > NOTE_TOTAL_MOST ? -1 : 0;
	if (rc != 0 || pack_take_text(body, NOTE_LEN, &line) != 0)
		return -1;
	if (line != NULL)
		deadline_note(in->deadline, "%s", line);
	rc = line == NULL ? -1 : 0;
	free(line);
	return rc;
}

static int read_busy(struct facts_in *in, struct packed *body)
{
	uint64_t index;

	if (pack_take_number(body, SIZE_MAX - 1, &index) != 0)
		return -1;
	in->busy = (size_t)index;
	return 0;
}

/* Whoever says that this is all has said it of every observation. */
static int read_end(struct facts_in *in, struct packed *body)
{
	uint64_t nothing;

	if (in->report->gathered != GATHERED_ALL)
		return -1;
	for (size_t i = 0; i < in->report->observation_count; i++)
		if (in->report->observations[i].outcome == OUTCOME_PENDING)
			return -1;
	for (size_t i = 0; i < in->report->client_count; i++)
		if (in->report->clients[i].from == CLIENT_WEB && !in->report->clients[i].fetched)
			return -1;
	in->ended = true;
	return pack_take_number(body, 0, &nothing);
}

/* The length of the frame at the beginning of bytes, 0: not all of it is there, -1: too long for
 * any. */
static ssize_t frame_len(const unsigned char *bytes, size_t len)
{
	size_t body = 0;

	if (len < HEAD_LEN)
		return 0;
	for (int i = HEAD_LEN - 2; i >= 0; i--)
		body = body << 8 | bytes[i];
	if (body > FRAME_MOST)
		return -1;
	return len - HEAD_LEN < body ? 0 : (ssize_t)(body + HEAD_LEN);
}

typedef int reader_fn(struct facts_in *, struct packed *);

/* Every whole frame of bytes; how many bytes they were, or -1. */
static ssize_t read_frames(struct facts_in *in, const unsigned char *bytes, size_t len,
                           int (*read)(struct facts_in *, unsigned kind, const unsigned char *frame,
                                       size_t frame_len))
{
	size_t taken = 0;
	ssize_t frame;

	while ((frame = frame_len(bytes + taken, len - taken)) > 0) {
		if (read(in, bytes[taken + HEAD_LEN - 1], bytes + taken, (size_t)frame) != 0)
			return -1;
		taken += (size_t)frame;
	}
	return frame < 0 ? -1 : (ssize_t)taken;
}

static int read_staged(struct facts_in *in, unsigned kind, const unsigned char *frame, size_t len)
{
	struct packed body = { frame + HEAD_LEN, len - HEAD_LEN };
	reader_fn *read = kind == FACT_CLUSTER ? read_cluster
	                  : kind == FACT_NODE  ? read_node
	                                       : read_observation;

	return read(in, &body);
}

/* A step is complete: what was kept for it counts now. */
static int read_gathered(struct facts_in *in, struct packed *body)
{
	uint64_t step;
	ssize_t taken;

	if (pack_take_number(body, GATHERED_ALL, &step) != 0 ||
	    step <= (uint64_t)in->report->gathered)
		return -1;
	taken = read_frames(in, (const unsigned char *)in->staged.data, in->staged.len,
	                    read_staged);
	in->staged.len = 0;
	if (taken < 0)
		return -1;
	in->report->gathered = (enum gathered)step;
	in->busy = SIZE_MAX;
	return 0;
}

static bool is_staged(const struct facts_in *in, unsigned kind)
{
	return in->report->gathered < GATHERED_PLAN &&
	       (kind == FACT_CLUSTER || kind == FACT_NODE || kind == FACT_OBSERVATION);
}

static int read_frame(struct facts_in *in, unsigned kind, const unsigned char *frame, size_t len)
{
	static reader_fn *const readers[] = {
		[FACT_CERT] = read_cert,
		[FACT_CA_LIST] = read_ca_list,
		[FACT_CLUSTER] = read_cluster,
		[FACT_NODE] = read_node,
		[FACT_OBSERVATION] = read_observation,
		[FACT_REVERSES] = read_reverses,
		[FACT_CLIENT] = read_client,
		[FACT_GATHERED] = read_gathered,
		[FACT_PROGRESS] = read_progress,
		[FACT_NOTE] = read_note,
		[FACT_BUSY] = read_busy,
		[FACT_END] = read_end,
	};
	struct packed body = { frame + HEAD_LEN, len - HEAD_LEN };

	if (in->ended || kind >= sizeof readers / sizeof *readers || readers[kind] == NULL)
		return -1;
	if (is_staged(in, kind)) {
		buf_add(&in->staged, frame, len);
		return 0;
	}
	return readers[kind](in, &body) == 0 && body.left == 0 ? 0 : -1;
}

int facts_read(struct facts_in *in, const void *bytes, size_t len)
{
	ssize_t taken;

	in->total += len;
	if (in->total > TOTAL_MOST)
		return -1;
	buf_add(&in->bytes, bytes, len);
	taken = read_frames(in, (const unsigned char *)in->bytes.data, in->bytes.len, read_frame);
	if (taken < 0)
		return -1;
	memmove(in->bytes.data, in->bytes.data + taken, in->bytes.len - (size_t)taken);
	in->bytes.len -= (size_t)taken;
	in->bytes.data[in->bytes.len] = '\0';
	return 0;
}
