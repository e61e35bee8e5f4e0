/* SPDX-License-Identifier: MIT */
/* Expressway-C's certificates and CUCM's snapshots of a saved report. Whether CUCM accepts them is
 * judged anew. */
#include "config.h"

#include "base/mem.h"
#include "saved/reader_parts.h"

#include <stdlib.h>
#include <string.h>

enum { CLIENTS_MOST = 1000 };

static const json_t *list_of(const struct reader *reader, const char *member, int *rc)
{
	const json_t *list;

	*rc = reader_array(reader, reader->root, "the report", member, CLIENTS_MOST, &list);
	return list;
}

static bool same_client(const struct client *a, const struct client *b)
{
	return strcmp(a->name, b->name) == 0 && a->from == b->from &&
	       chain_same(&a->chain, &b->chain);
}

/* Of several reports each certificate once. */
static void keep_client(struct report *report, struct client *client)
{
	for (size_t i = 0; i < report->client_count; i++) {
		if (same_client(&report->clients[i], client)) {
			client_clear(client);
			return;
		}
	}
	free(report_add_client(report, "", client->from)->name);
	report->clients[report->client_count - 1] = *client;
}

static int read_client(const struct reader *reader, const json_t *object)
{
	struct client client = { .fetched = true };
	const char *source = NULL;
	int64_t port = 0;

	if (reader_copy(reader, object, "client_certificates", "name", READER_TEXT_MOST,
	                &client.name) != 0 ||
	    reader_word(reader, object, "client_certificates", "source", &source) != 0 ||
	    reader_copy(reader, object, "client_certificates", "host", READER_NAME_MOST,
	                &client.host) != 0 ||
	    reader_copy(reader, object, "client_certificates", "problem", READER_TEXT_MOST,
	                &client.problem) != 0 ||
	    reader_integer(reader, object, "client_certificates", "port", 0, UINT16_MAX, &port) !=
	            0 ||
	    reader_chain(reader, object, "client_certificates", "chain", READER_CHAIN_MOST,
	                 &client.chain) != 0)
		goto bad;
	if (client.name == NULL || source == NULL || client_from_parse(source, &client.from) != 0) {
		reader_bad(reader, "client_certificates", client.name == NULL ? "name" : "source",
		           "is not known");
		goto bad;
	}
	client.port = (uint16_t)port;
	keep_client(reader->report, &client);
	return 0;
bad:
	client_clear(&client);
	return -1;
}

int reader_clients(struct reader *reader)
{
	int rc;
	const json_t *list = list_of(reader, "client_certificates", &rc);

	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
		rc = read_client(reader, json_array_get(list, i));
	return rc;
}

static int read_trust(const struct reader *reader, const json_t *object, const char *member,
                      struct store *store)
{
	struct chain certs = { NULL, 0 };
	int rc = reader_chain(reader, object, "trust_snapshots", member, READER_CHAIN_MOST, &certs);

	for (size_t i = 0; i < certs.count; i++)
		store_add(store, certs.certs[i]);
	chain_clear(&certs);
	return rc;
}

static int read_snapshot(const struct reader *reader, const json_t *object)
{
	struct snapshot *snapshot;
	const char *name = NULL;
	int64_t unreadable = 0;

	if (reader_text(reader, object, "trust_snapshots", "name", READER_TEXT_MOST, &name) != 0 ||
	    reader_integer(reader, object, "trust_snapshots", "unreadable", 0, INT32_MAX,
	                   &unreadable) != 0)
		return -1;
	if (name == NULL)
		return reader_bad(reader, "trust_snapshots", "name", "is missing");
	snapshot = report_add_snapshot(reader->report, name);
	snapshot->tomcat.unreadable = (size_t)unreadable; /* of both stores: one number is saved */
	if (reader_copy(reader, object, "trust_snapshots", "server", READER_NAME_MOST,
	                &snapshot->server) != 0 ||
	    read_trust(reader, object, "tomcat_trust", &snapshot->tomcat) != 0)
		return -1;
	return read_trust(reader, object, "callmanager_trust", &snapshot->callmanager);
}

int reader_snapshots(struct reader *reader)
{
	int rc;
	const json_t *list = list_of(reader, "trust_snapshots", &rc);

	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
		rc = read_snapshot(reader, json_array_get(list, i));
	return rc;
}
