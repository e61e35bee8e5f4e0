/* SPDX-License-Identifier: MIT */
/* The members that hold facts: certificates, stores, clusters, nodes, observations. */
#include "config.h"

#include "base/mem.h"
#include "base/pem.h"
#include "pki/decode.h"
#include "saved/reader_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	CERTS_MOST = 200000,
	PEM_MOST = 24 << 20,
	STORES_MOST = 1000,
	CLUSTERS_MOST = 10000
};

/* The bytes between BEGIN and END; -1 if the text is not exactly one such block. */
static int read_pem(const char *pem, struct buf *der)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE-----";
	const char *from = strstr(pem, begin), *to;

	if (from == NULL)
		return -1;
	from += sizeof begin - 1;
	to = strstr(from, end);
	return to == NULL ? -1 : pem_decode_base64(der, from, (size_t)(to - from));
}

static int read_certificate(const struct reader *reader, const char *key, const json_t *object)
{
	const struct cert *cert;
	const char *pem = NULL;
	struct buf der;
	char hex[65];

	if (!json_is_object(object))
		return reader_bad(reader, "certificates", key, "is not an object");
	if (reader_text(reader, object, "certificates", "pem", PEM_MOST, &pem) != 0)
		return -1;
	if (pem == NULL)
		return reader_bad(reader, "certificates", "pem", "is missing");
	buf_init(&der);
	if (read_pem(pem, &der) != 0 || der.len == 0) {
		buf_clear(&der);
		return reader_bad(reader, "certificates", "pem", "is not a PEM text");
	}
	cert = decode_cert(&reader->report->certs, (const unsigned char *)der.data, der.len);
	buf_clear(&der);
	cert_hex(cert, hex);
	if (strcmp(hex, key) != 0)
		return reader_bad(reader, "certificates", "pem",
		                  "does not have the fingerprint that it is listed under");
	return 0;
}

static int read_keyed(void *arg, const char *key, const json_t *value)
{
	const struct reader *reader = arg;

	if (strlen(key) != 64)
		return reader_bad(reader, "the report", "certificates",
		                  "has a key that is not a fingerprint");
	return read_certificate(reader, key, value);
}

int reader_certificates(struct reader *reader)
{
	return document_each(&reader->document, "certificates", true, CERTS_MOST, read_keyed,
	                     reader, reader->fault);
}

/* --- the names of certificate authorities ----------------------------------------------------- */

static int add_ca_name(struct buf *bytes, const char *base64)
{
	size_t at = bytes->len, len;

	buf_add(bytes, "\0\0", 2);
	if (pem_decode_base64(bytes, base64, strlen(base64)) != 0)
		return -1;
	len = bytes->len - at - 2;
	if (len == 0 || bytes->len > CA_LIST_ROOM)
		return -1;
	bytes->data[at] = (char)(len >> 8);
	bytes->data[at + 1] = (char)len;
	return 0;
}

/* *list stays NULL when all the files together name more lists than are kept. */
static int read_ca_list(struct report *report, const json_t *names, const struct ca_list **list)
{
	struct buf bytes;
	bool good = json_is_array(names);

	buf_init(&bytes);
	for (size_t i = 0; good && i < json_array_size(names); i++) {
		const char *text = json_string_value(json_array_get(names, i));

		good = text != NULL && add_ca_name(&bytes, text) == 0;
	}
	good = good && bytes.len > 0;
	if (good)
		*list = ca_lists_add(&report->client_ca_lists, (const unsigned char *)bytes.data,
		                     bytes.len);
	buf_clear(&bytes);
	return good ? 0 : -1;
}

/* The text of the names is for people; what counts is the DER. */
int reader_ca_lists(struct reader *reader)
{
	const json_t *object = json_object_get(reader->root, "client_ca_lists_der");
	size_t count = 0;
	const char *key;
	json_t *value;

	reader->ca_ids = json_object();
	if (object == NULL)
		return 0;
	if (!json_is_object(object) || json_object_size(object) > CA_LISTS_MOST)
		return reader_bad(reader, "the report", "client_ca_lists_der",
		                  "is not an object, or too large");
	reader->ca_lists = mem_array(json_object_size(object), sizeof *reader->ca_lists);
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		if (read_ca_list(reader->report, value, &reader->ca_lists[count]) != 0)
			return reader_bad(reader, "the report", "client_ca_lists_der",
			                  "holds something that is not a list of names");
		json_object_set_new(reader->ca_ids, key, json_integer((json_int_t)count++));
	}
	return 0;
}

/* --- stores ----------------------------------------------------------------------------------- */

static bool same_store(const struct store *a, const struct store *b)
{
	if (a->count != b->count || a->withheld_count != b->withheld_count)
		return false;
	for (size_t i = 0; i < a->withheld_count; i++)
		if (a->withheld[i].cert != b->withheld[i].cert ||
		    a->withheld[i].before != b->withheld[i].before)
			return false;
	return a->count == 0 || memcmp(a->certs, b->certs, a->count * sizeof *a->certs) == 0;
}

static bool name_taken(const struct report *report, const char *name)
{
	for (size_t i = 0; i < report->store_count; i++)
		if (strcmp(report->stores[i].name, name) == 0)
			return true;
	return false;
}

/* Stores of several files: equal ones once, others of the same name with the file's name behind
 * theirs. */
static void keep_store(const struct reader *reader, const char *name, struct store *read)
{
	struct report *report = reader->report;
	struct store *store;
	char *full;

	for (size_t i = 0; i < report->store_count; i++)
		if (strcmp(report->stores[i].name, name) == 0 &&
		    same_store(&report->stores[i], read)) {
			names_add_all(&report->stores[i].members, &read->members);
			return;
		}
	full = name_taken(report, name) ? mem_printf("%s (%s)", name, reader->what)
	                                : mem_strdup(name);
	store = report_add_store(report, full);
	free(full);
	read->name = store->name;
	*store = *read;
	*read = (struct store){ 0 };
}

/* Places among the store's certificates, which have to rise: those whose settings withhold trust
 * stand between the others. */
static int fill_store(const struct reader *reader, const json_t *object, const struct chain *certs,
                      const struct chain *withheld, struct store *store)
{
	const json_t *places = NULL;
	size_t next = 0;

	if (reader_array(reader, object, "trust_stores", "withheld_after", CERTS_MOST, &places) !=
	    0)
		return -1;
	if (json_array_size(places) != withheld->count)
		return reader_bad(reader, "trust_stores", "withheld_after",
		                  "does not give each withheld certificate a place");
	for (size_t i = 0; i < withheld->count; i++) {
		json_int_t place = json_integer_value(json_array_get(places, i));

		if (place < (json_int_t)next || place > (json_int_t)certs->count)
			return reader_bad(reader, "trust_stores", "withheld_after",
			                  "is no place in the store");
		while (next < (size_t)place)
			store_add(store, certs->certs[next++]);
		store_withhold(store, withheld->certs[i]);
	}
	while (next < certs->count)
		store_add(store, certs->certs[next++]);
	return 0;
}

static int read_store(struct reader *reader, const json_t *object)
{
	struct chain certs = { NULL, 0 }, withheld = { NULL, 0 };
	struct store store = { 0 };
	const char *name = NULL;
	int64_t count = 0, unreadable = 0;
	int rc = -1;

	if (reader_text(reader, object, "trust_stores", "name", READER_TEXT_MOST, &name) != 0 ||
	    reader_integer(reader, object, "trust_stores", "certificates", 0, CERTS_MOST, &count) !=
	            0 ||
	    reader_integer(reader, object, "trust_stores", "unreadable", 0, CERTS_MOST,
	                   &unreadable) != 0)
		return -1;
	if (reader_chain(reader, object, "trust_stores", "fingerprints", CERTS_MOST, &certs) != 0 ||
	    reader_chain(reader, object, "trust_stores", "withheld", CERTS_MOST, &withheld) != 0)
		goto out;
	if (name == NULL || (int64_t)certs.count != count) {
		reader_bad(reader, "trust_stores", "fingerprints",
		           "does not list every certificate of the store");
		goto out;
	}
	if (fill_store(reader, object, &certs, &withheld, &store) != 0)
		goto out;
	if (reader_members(reader, object, "trust_stores", &store.members) != 0)
		goto out;
	store.unreadable = (size_t)unreadable;
	keep_store(reader, name, &store);
	rc = 0;
out:
	store_clear(&store);
	chain_clear(&withheld);
	chain_clear(&certs);
	return rc;
}

int reader_stores(struct reader *reader)
{
	return reader_each(reader, "trust_stores", STORES_MOST, read_store);
}

/* --- clusters --------------------------------------------------------------------------------- */

static int parse_discovery(const char *name, enum discovery_outcome *outcome)
{
	for (int i = DISCOVERY_NOT_TRIED; i <= DISCOVERY_STOPPED; i++) {
		if (strcmp(discovery_outcome_name((enum discovery_outcome)i), name) == 0) {
			*outcome = (enum discovery_outcome)i;
			return 0;
		}
	}
	return -1;
}

static size_t find_cluster(struct report *report, const char *publisher, uint16_t port)
{
	char *key = mem_printf("%u %s", port, publisher);
	size_t found = report->cluster_count;

	if (!table_find(&report->joined.clusters, key, &found)) {
		table_add(&report->joined.clusters, key, found);
		report_add_cluster(report, publisher, port);
	}
	free(key);
	return found;
}

static int read_discovery(const struct reader *reader, const json_t *object,
                          struct cluster *cluster)
{
	const char *outcome = NULL;
	int64_t dropped = 0;

	if (reader_word(reader, object, "discovery", "outcome", &outcome) != 0 ||
	    reader_copy(reader, object, "discovery", "url", READER_TEXT_MOST, &cluster->url) != 0 ||
	    reader_copy(reader, object, "discovery", "detail", READER_TEXT_MOST,
	                &cluster->detail) != 0 ||
	    reader_copy(reader, object, "discovery", "ip", READER_NAME_MOST, &cluster->ip) != 0 ||
	    reader_integer(reader, object, "discovery", "entries_dropped", 0, INT32_MAX,
	                   &dropped) != 0)
		return -1;
	if (outcome == NULL || parse_discovery(outcome, &cluster->outcome) != 0)
		return reader_bad(reader, "discovery", "outcome", "is not known");
	cluster->entries_dropped = (size_t)dropped;
	chain_clear(&cluster->chain);
	return reader_chain(reader, object, "discovery", "chain", READER_CHAIN_MOST,
	                    &cluster->chain);
}

/* A cluster that another report has already discovered stays as it is there. */
static int read_cluster(struct reader *reader, const json_t *object)
{
	const json_t *discovery = json_object_get(object, "discovery");
	const char *publisher = NULL, *source = "option";
	struct cluster *cluster;
	int64_t port = 8443;
	size_t at;

	if (reader_text(reader, object, "clusters", "publisher", READER_NAME_MOST, &publisher) !=
	            0 ||
	    reader_integer(reader, object, "clusters", "port", 1, 65535, &port) != 0)
		return -1;
	if (publisher == NULL || *publisher == '\0' || !json_is_object(discovery))
		return reader_bad(reader, "clusters", publisher == NULL ? "publisher" : "discovery",
		                  "is missing");
	at = find_cluster(reader->report, publisher, (uint16_t)port);
	reader->clusters =
		mem_grow(reader->clusters, reader->cluster_count, sizeof *reader->clusters);
	reader->clusters[reader->cluster_count++] = at;
	if (reader_membership(reader, object, "clusters", &reader->report->members.clusters,
	                      at) != 0)
		return -1;
	cluster = &reader->report->clusters[at];
	if (cluster->outcome == DISCOVERY_OK)
		return 0;
	if (reader_copy(reader, object, "clusters", "version", READER_NAME_MOST,
	                &cluster->version) != 0 ||
	    reader_word(reader, object, "clusters", "source", &source) != 0)
		return -1;
	if (node_source_parse(source, &cluster->source) != 0)
		return reader_bad(reader, "clusters", "source", "is not known");
	return read_discovery(reader, discovery, cluster);
}

int reader_clusters(struct reader *reader)
{
	return reader_each(reader, "clusters", CLUSTERS_MOST, read_cluster);
}
