/* SPDX-License-Identifier: MIT */
/* Nodes and what they showed. A node of several reports is one when name, role and cluster are. */
#include "config.h"

#include "base/mem.h"
#include "base/search.h"
#include "base/table.h"
#include "saved/reader.h"
#include "saved/reader_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
	NODES_MOST = 20000,
	ADDRESSES_MOST = 1000,
	REVERSES_MOST = 1000,
	OBSERVATIONS_MOST = 2000000
};

static char *node_key(const char *name, enum node_role role, size_t cluster)
{
	return mem_printf("%d %zu %s", (int)role, cluster, name);
}

/* Searched among those that were there before this file only: a file's own nodes stay apart, as it
 * has them. */
static size_t find_node(const struct reader *reader, const char *name, enum node_role role,
                        size_t cluster)
{
	struct report *report = reader->report;
	char *key = node_key(name, role, cluster);
	struct node *node;
	size_t found;
	bool known = table_find(&report->joined.nodes, key, &found);

	if (!known)
		table_add(&report->joined.nodes, key, report->node_count);
	free(key);
	if (known && found < reader->nodes_before)
		return found;
	node = report_add_node(report, name);
	node->role = role;
	node->cluster = cluster;
	return report->node_count - 1;
}

static int read_ips(const struct reader *reader, const json_t *object, struct address *address)
{
	const json_t *list;

	if (reader_array(reader, object, "addresses", "ips", ADDRESSES_MOST, &list) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		char *ip = text != NULL ? address_canonical_ip(text) : NULL;

		if (ip == NULL)
			return reader_bad(reader, "addresses", "ips",
			                  "holds something that is not an IP");
		address_add_ip(address, ip);
		free(ip);
	}
	return 0;
}

static int read_address(const struct reader *reader, const json_t *object, struct node *node)
{
	const char *text = NULL;
	struct address *address;
	bool advertised = false;
	int64_t left_out = 0;

	if (reader_text(reader, object, "addresses", "address", READER_NAME_MOST, &text) != 0 ||
	    reader_bool(reader, object, "addresses", "advertised", &advertised) != 0 ||
	    reader_integer(reader, object, "addresses", "ips_left_out", 0, INT32_MAX, &left_out) !=
	            0)
		return -1;
	if (text == NULL || *text == '\0')
		return reader_bad(reader, "addresses", "address", "is missing");
	address = node_add_address(node, text, advertised);
	if ((size_t)left_out > address->ips_left_out)
		address->ips_left_out = (size_t)left_out;
	if (reader_copy(reader, object, "addresses", "unresolved", READER_TEXT_MOST,
	                &address->unresolved) != 0 ||
	    read_ips(reader, object, address) != 0)
		return -1;
	if (address->ip_count > 0) { /* one of several reports resolved it */
		free(address->unresolved);
		address->unresolved = NULL;
	}
	return 0;
}

/* A name that one report has found another need not have; of two, the one that does not lead back
 * to the node is told. */
static void keep_reverse(struct node *node, struct node_reverse *read)
{
	struct node_reverse *known = node_find_reverse(node, read->ip), kept;

	if (known == NULL) {
		node->reverses =
			mem_grow(node->reverses, node->reverse_count, sizeof *node->reverses);
		node->reverses[node->reverse_count++] = *read;
		*read = (struct node_reverse){ 0 };
	} else if (known->name == NULL || (read->name != NULL && !read->agrees)) {
		kept = *read;
		*read = *known;
		*known = kept;
	}
}

static int read_reverse(const struct reader *reader, const json_t *object, struct node *node)
{
	struct node_reverse read = { 0 };
	int rc = -1;

	if (reader_copy(reader, object, "reverse_dns", "ip", READER_NAME_MOST, &read.ip) == 0 &&
	    reader_copy(reader, object, "reverse_dns", "name", READER_NAME_MOST, &read.name) == 0 &&
	    reader_copy(reader, object, "reverse_dns", "problem", READER_TEXT_MOST,
	                &read.problem) == 0 &&
	    reader_bool(reader, object, "reverse_dns", "agrees", &read.agrees) == 0)
		rc = read.ip == NULL ? reader_bad(reader, "reverse_dns", "ip", "is missing") : 0;
	if (rc == 0)
		keep_reverse(node, &read);
	node_reverse_clear(&read);
	return rc;
}

static int read_lists(const struct reader *reader, const json_t *object, struct node *node)
{
	const json_t *list;

	if (reader_array(reader, object, "nodes", "addresses", ADDRESSES_MOST, &list) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_address(reader, json_array_get(list, i), node) != 0)
			return -1;
	if (reader_array(reader, object, "nodes", "reverse_dns", REVERSES_MOST, &list) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_reverse(reader, json_array_get(list, i), node) != 0)
			return -1;
	return 0;
}

static int read_node(struct reader *reader, const json_t *object)
{
	const char *name = NULL, *role = "cucm", *source = "option";
	enum node_source node_source;
	enum node_role node_role;
	int64_t cluster = -1;
	size_t at;

	if (reader_text(reader, object, "nodes", "name", READER_NAME_MOST, &name) != 0 ||
	    reader_word(reader, object, "nodes", "role", &role) != 0 ||
	    reader_word(reader, object, "nodes", "source", &source) != 0 ||
	    reader_integer(reader, object, "nodes", "cluster", 0,
	                   (int64_t)reader->cluster_count - 1, &cluster) != 0)
		return -1;
	if (name == NULL || *name == '\0')
		return reader_bad(reader, "nodes", "name", "is missing");
	if (node_role_parse(role, &node_role) != 0)
		return reader_bad(reader, "nodes", "role", "is not known");
	if (node_source_parse(source, &node_source) != 0)
		return reader_bad(reader, "nodes", "source", "is not known");
	at = find_node(reader, name, node_role,
	               cluster < 0 ? NODE_NO_CLUSTER : reader->clusters[cluster]);
	reader->report->nodes[at].source = node_source;
	if (reader->report->nodes[at].written == NULL &&
	    reader_copy(reader, object, "nodes", "written", READER_TEXT_MOST,
	                &reader->report->nodes[at].written) != 0)
		return -1;
	reader->nodes = mem_grow(reader->nodes, reader->node_count, sizeof *reader->nodes);
	reader->nodes[reader->node_count++] = at;
	return reader_membership(reader, object, "nodes", &reader->report->members.nodes, at) != 0
	               ? -1
	               : read_lists(reader, object, &reader->report->nodes[at]);
}

static const char *own_name(const struct reader *reader, size_t index)
{
	return reader->report->nodes[reader->nodes[index]].name;
}

static int by_name(const void *left, const void *right, void *arg)
{
	size_t a = *(const size_t *)left, b = *(const size_t *)right;

	return strcmp(own_name(arg, a), own_name(arg, b)) ?: COMPARE(a, b);
}

static void sort_names(struct reader *reader)
{
	reader->nodes_by_name = mem_array(reader->node_count, sizeof *reader->nodes_by_name);
	for (size_t i = 0; i < reader->node_count; i++)
		reader->nodes_by_name[i] = i;
	qsort_r(reader->nodes_by_name, reader->node_count, sizeof *reader->nodes_by_name, by_name,
	        reader);
}

struct named {
	const struct reader *reader;
	const char *name;
};

static bool is_below(size_t at, const void *arg)
{
	const struct named *named = arg;

	return strcmp(own_name(named->reader, named->reader->nodes_by_name[at]), named->name) < 0;
}

/* The first node of the file with this name, -1 if there is none. */
static int64_t search_name(const struct reader *reader, const char *name)
{
	const struct named named = { reader, name };
	size_t at = search_first(reader->node_count, is_below, &named);

	if (at == reader->node_count ||
	    strcmp(own_name(reader, reader->nodes_by_name[at]), name) != 0)
		return -1;
	return (int64_t)reader->nodes_by_name[at];
}

int reader_nodes(struct reader *reader)
{
	reader->nodes_before = reader->report->node_count;
	if (reader_each(reader, "nodes", NODES_MOST, read_node) != 0)
		return -1;
	sort_names(reader);
	return 0;
}

/* --- observations ----------------------------------------------------------------------------- */

/* By number where the report has one, else by name: the first of that name. */
static int find_own_node(const struct reader *reader, const json_t *object, size_t *node)
{
	const char *name = NULL;
	int64_t id = -1;

	if (reader_integer(reader, object, "observations", "node_id", 0,
	                   (int64_t)reader->node_count - 1, &id) != 0 ||
	    reader_text(reader, object, "observations", "node", READER_NAME_MOST, &name) != 0)
		return -1;
	if (id < 0 && name != NULL)
		id = search_name(reader, name);
	if (id < 0)
		return reader_bad(reader, "observations", "node", "names none of the nodes");
	*node = reader->nodes[id];
	return 0;
}

static int read_where(const struct reader *reader, const json_t *object,
                      struct observation *observation)
{
	const char *order = NULL;
	int64_t port = 0;
	char *ip;

	if (find_own_node(reader, object, &observation->node) != 0 ||
	    reader_copy(reader, object, "observations", "address", READER_NAME_MOST,
	                &observation->address) != 0 ||
	    reader_copy(reader, object, "observations", "ip", READER_NAME_MOST, &observation->ip) !=
	            0 ||
	    reader_integer(reader, object, "observations", "port", 1, 65535, &port) != 0 ||
	    reader_word(reader, object, "observations", "order", &order) != 0 ||
	    reader_bool(reader, object, "observations", "advertised", &observation->advertised) !=
	            0)
		return -1;
	if (observation->address == NULL || *observation->address == '\0' || port == 0)
		return reader_bad(reader, "observations", port == 0 ? "port" : "address",
		                  "is missing");
	if (order == NULL || order_parse(order, &observation->order) != 0)
		return reader_bad(reader, "observations", "order", "is not known");
	if (observation->ip == NULL)
		observation->ip = mem_strdup("");
	ip = *observation->ip != '\0' ? address_canonical_ip(observation->ip) : mem_strdup("");
	if (ip == NULL)
		return reader_bad(reader, "observations", "ip", "is not an IP");
	free(observation->ip);
	observation->ip = ip;
	observation->port = (uint16_t)port;
	return 0;
}

static int read_offered(const struct reader *reader, const json_t *object, unsigned *offered)
{
	const json_t *list;

	if (reader_array(reader, object, "observations", "tls_versions_offered", 2, &list) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *version = json_string_value(json_array_get(list, i));

		if (version == NULL || (strcmp(version, "1.2") != 0 && strcmp(version, "1.3") != 0))
			return reader_bad(reader, "observations", "tls_versions_offered",
			                  "names an unknown version");
		*offered |= version[2] == '2' ? OFFERED_TLS12 : OFFERED_TLS13;
	}
	return 0;
}

/* A report of a release that did not say how far the handshake got says at least whether it ended
 * well. */
static enum reached reached_before(const struct observation *observation)
{
	if (observation->outcome != OUTCOME_PRESENTED)
		return REACHED_NOTHING;
	if (observation->handshake_completed)
		return REACHED_FINISHED;
	return observation->client_certificate_requested ? REACHED_ANSWERED : REACHED_CERTIFICATE;
}

static int read_handshake(const struct reader *reader, const json_t *object,
                          struct observation *observation)
{
	const char *reached = NULL, *flaw = NULL, *names = NULL, *signatures = "ecdsa-first",
		   *alone = NULL;
	const json_t *at;

	if (read_offered(reader, object, &observation->offered) != 0 ||
	    reader_bool(reader, object, "observations", "inferred", &observation->inferred) != 0 ||
	    reader_word(reader, object, "observations", "reached", &reached) != 0 ||
	    reader_word(reader, object, "observations", "flaw", &flaw) != 0 ||
	    reader_word(reader, object, "observations", "client_ca_names", &names) != 0 ||
	    reader_word(reader, object, "observations", "signature_order", &signatures) != 0 ||
	    reader_word(reader, object, "observations", "tls12_alone", &alone) != 0)
		return -1;
	if (order_parse(signatures, &observation->signatures) != 0)
		return reader_bad(reader, "observations", "signature_order", "is not known");
	if (alone != NULL && tls12_alone_parse(alone, &observation->tls12_alone) != 0)
		return reader_bad(reader, "observations", "tls12_alone", "is not known");
	observation->reached = reached_before(observation);
	if (reached != NULL && reached_parse(reached, &observation->reached) != 0)
		return reader_bad(reader, "observations", "reached", "is not known");
	if (flaw != NULL && flaw_parse(flaw, &observation->flaw) != 0)
		return reader_bad(reader, "observations", "flaw", "is not known");
	if (names == NULL)
		return 0;
	at = json_object_get(reader->ca_ids, names);
	if (at == NULL)
		return reader_bad(reader, "observations", "client_ca_names",
		                  "is not in client_ca_lists_der");
	observation->client_cas = reader->ca_lists[json_integer_value(at)];
	return 0;
}

static int read_what(const struct reader *reader, const json_t *object,
                     struct observation *observation)
{
	const char *outcome = NULL;
	int64_t tries = 0;

	if (reader_word(reader, object, "observations", "outcome", &outcome) != 0 ||
	    reader_copy(reader, object, "observations", "tls_version", READER_WORD_MOST,
	                &observation->tls_version) != 0 ||
	    reader_copy(reader, object, "observations", "cipher_suite", READER_NAME_MOST,
	                &observation->cipher_suite) != 0 ||
	    reader_copy(reader, object, "observations", "detail", READER_TEXT_MOST,
	                &observation->detail) != 0 ||
	    reader_bool(reader, object, "observations", "client_certificate_requested",
	                &observation->client_certificate_requested) != 0 ||
	    reader_bool(reader, object, "observations", "handshake_completed",
	                &observation->handshake_completed) != 0 ||
	    reader_bool(reader, object, "observations", "stopped_early",
	                &observation->stopped_early) != 0 ||
	    reader_integer(reader, object, "observations", "took_ms", 0, INT32_MAX,
	                   &observation->took_ms) != 0 ||
	    reader_integer(reader, object, "observations", "tries", 0, INT32_MAX, &tries) != 0 ||
	    reader_chain(reader, object, "observations", "chain", READER_CHAIN_MOST,
	                 &observation->chain) != 0)
		return -1;
	observation->tries = (unsigned)tries;
	if (outcome == NULL || outcome_parse(outcome, &observation->outcome) != 0 ||
	    observation->outcome == OUTCOME_PENDING || observation->outcome == OUTCOME_NOT_NEEDED)
		return reader_bad(reader, "observations", "outcome", "is not known");
	if ((observation->outcome == OUTCOME_PRESENTED) != (observation->chain.count > 0))
		return reader_bad(reader, "observations", "chain", "does not go with the outcome");
	return read_handshake(reader, object, observation);
}

/* --- the same place in several reports -------------------------------------------------------- */

static int chain_order(const struct chain *a, const struct chain *b)
{
	int order = COMPARE(a->count, b->count);

	for (size_t i = 0; order == 0 && i < a->count; i++)
		order = memcmp(a->certs[i]->sha256, b->certs[i]->sha256,
		               sizeof a->certs[i]->sha256);
	return order;
}

/* What showed a certificate before what did not, what was seen before what was inferred; the same
 * chain and the same flaw side by side, and of these what tells most in front: a handshake that
 * went through, and one that asked for a certificate. */
static int by_place(const void *left, const void *right)
{
	const struct observation *a = *(const struct observation *const *)left,
				 *b = *(const struct observation *const *)right;

	return observation_order(a, b)
	       ?: (b->outcome == OUTCOME_PRESENTED) - (a->outcome == OUTCOME_PRESENTED)
	       ?: COMPARE(a->inferred, b->inferred)
	       ?: chain_order(&a->chain, &b->chain)
	       ?: COMPARE(a->flaw, b->flaw)
	       ?: COMPARE(observation_unfinished(a), observation_unfinished(b))
	       ?: COMPARE(b->client_certificate_requested, a->client_certificate_requested)
	       ?: COMPARE(a, b);
}

/* Is there nothing in this one that the one before it, of the same place, does not tell as well? */
static bool is_told(const struct observation *kept, const struct observation *observation)
{
	return observation->outcome != OUTCOME_PRESENTED ||
	       (observation->inferred && !kept->inferred) ||
	       (kept->flaw == observation->flaw && chain_same(&kept->chain, &observation->chain));
}

/* Two jump hosts see the same certificate: that is one observation. What one could not reach and
 * the other could, was reached; what one has seen, the other need not infer. Different certificates
 * at one place stay, both of them, and so does a flaw for which OpenSSL ends the handshake. */
static void drop_repeated(struct report *report)
{
	const struct observation **sorted = mem_array(report->observation_count, sizeof *sorted),
				 *kept_one = NULL;
	bool *dropped = mem_array(report->observation_count, sizeof *dropped);
	size_t kept = 0;

	for (size_t i = 0; i < report->observation_count; i++)
		sorted[i] = &report->observations[i];
	qsort(sorted, report->observation_count, sizeof *sorted, by_place);
	for (size_t i = 0; i < report->observation_count; i++) {
		if (kept_one != NULL && observation_order(kept_one, sorted[i]) == 0 &&
		    is_told(kept_one, sorted[i]))
			dropped[sorted[i] - report->observations] = true;
		else
			kept_one = sorted[i];
	}
	for (size_t i = 0; i < report->observation_count; i++) {
		if (dropped[i])
			observation_clear(&report->observations[i]);
		else
			report->observations[kept++] = report->observations[i];
	}
	report->observation_count = kept;
	free(sorted);
	free(dropped);
}

static int read_observation(struct reader *reader, const json_t *object)
{
	size_t index = reader->report->observation_count;
	struct observation *observation = report_add_observation(reader->report);
	int64_t id = (int64_t)(index - reader->observations_before);

	if (read_where(reader, object, observation) != 0 ||
	    read_what(reader, object, observation) != 0)
		return -1;
	if (!reader->keep_verdicts)
		return 0;
	if (reader_integer(reader, object, "observations", "id", INT64_MIN, INT64_MAX, &id) != 0)
		return -1;
	reader->ids = mem_grow(reader->ids, reader->id_count, sizeof *reader->ids);
	reader->ids[reader->id_count++] = (struct reader_id){ id, index };
	return 0;
}

int reader_observations(struct reader *reader)
{
	struct report *report = reader->report;

	reader->observations_before = report->observation_count;
	if (reader_each(reader, "observations", OBSERVATIONS_MOST, read_observation) != 0)
		return -1;
	report->joined.reports += report->observation_count > reader->observations_before;
	return 0;
}

static void name_rest(struct member_list *list, size_t most, const char *name)
{
	for (size_t i = 0; i < most; i++)
		if (i >= list->count || list->items[i].count == 0)
			membership_add(list, i, name);
}

void reader_join(struct report *report, const char *so_far, const char *member)
{
	name_rest(&report->members.nodes, report->node_count, so_far);
	name_rest(&report->members.clusters, report->cluster_count, so_far);
	for (size_t i = 0; i < report->store_count; i++)
		if (report->stores[i].members.count == 0)
			names_add(&report->stores[i].members, so_far);
	free(report->joined.member);
	report->joined.member = mem_strdup(member);
}

/* Where every store is of every cluster there is nothing to tell apart. */
static void forget_members(struct report *report)
{
	struct names all = { 0 };
	bool apart = false;

	for (size_t i = 0; i < report->store_count; i++)
		names_add_all(&all, &report->stores[i].members);
	for (size_t i = 0; i < report->store_count; i++)
		apart = apart || report->stores[i].members.count < all.count;
	names_clear(&all);
	if (apart)
		return;
	for (size_t i = 0; i < report->store_count; i++)
		names_clear(&report->stores[i].members);
	membership_clear(&report->members);
}

void reader_end(struct report *report)
{
	free(report->joined.member);
	report->joined.member = NULL;
	forget_members(report);
	if (report->joined.reports > 1)
		drop_repeated(report);
	report->joined.reports = 0;
	table_clear(&report->joined.nodes);
	table_clear(&report->joined.clusters);
}
