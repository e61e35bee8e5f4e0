/* SPDX-License-Identifier: MIT */
/* Expressway-C's certificates and CUCM's snapshots of a saved report. Whether CUCM accepts them is judged anew. */
#include "config.h"

#include "base/mem.h"
#include "saved/recall_parts.h"

#include <stdlib.h>
#include <string.h>

enum { CLIENTS_MOST = 1000, CHAIN_MOST = 10000 };

static const json_t *list_of(const struct recall *recall, const char *member, int *rc)
{
	const json_t *list;

	*rc = recall_array(recall, recall->root, "the report", member, CLIENTS_MOST, &list);
	return list;
}

static bool same_client(const struct client *a, const struct client *b)
{
	return strcmp(a->name, b->name) == 0 && a->from == b->from && chain_same(&a->chain, &b->chain);
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

static int read_client(const struct recall *recall, const json_t *object)
{
	struct client client = { .fetched = true };
	const char *source = NULL;
	int64_t port = 0;

	if (recall_copy(recall, object, "client_certificates", "name", RECALL_TEXT_MOST, &client.name) != 0 ||
	    recall_text(recall, object, "client_certificates", "source", 16, &source) != 0 ||
	    recall_copy(recall, object, "client_certificates", "host", RECALL_NAME_MOST, &client.host) != 0 ||
	    recall_copy(recall, object, "client_certificates", "problem", RECALL_TEXT_MOST, &client.problem) != 0 ||
	    recall_integer(recall, object, "client_certificates", "port", 0, UINT16_MAX, &port) != 0 ||
	    recall_chain(recall, object, "client_certificates", "chain", CHAIN_MOST, &client.chain) != 0)
		goto bad;
	if (client.name == NULL || source == NULL || client_from_parse(source, &client.from) != 0) {
		recall_bad(recall, "client_certificates", client.name == NULL ? "name" : "source", "is not known");
		goto bad;
	}
	client.port = (uint16_t)port;
	keep_client(recall->report, &client);
	return 0;
bad:
	client_clear(&client);
	return -1;
}

int recall_clients(struct recall *recall)
{
	int rc;
	const json_t *list = list_of(recall, "client_certificates", &rc);

	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
		rc = read_client(recall, json_array_get(list, i));
	return rc;
}

static int read_trust(const struct recall *recall, const json_t *object, const char *member, struct store *store)
{
	struct chain certs = { NULL, 0 };
	int rc = recall_chain(recall, object, "trust_snapshots", member, CHAIN_MOST, &certs);

	for (size_t i = 0; i < certs.count; i++)
		store_add(store, certs.certs[i]);
	chain_clear(&certs);
	return rc;
}

static int read_snapshot(const struct recall *recall, const json_t *object)
{
	struct snapshot *snapshot;
	const char *name = NULL;

	if (recall_text(recall, object, "trust_snapshots", "name", RECALL_TEXT_MOST, &name) != 0)
		return -1;
	if (name == NULL)
		return recall_bad(recall, "trust_snapshots", "name", "is missing");
	snapshot = report_add_snapshot(recall->report, name);
	if (recall_copy(recall, object, "trust_snapshots", "server", RECALL_NAME_MOST, &snapshot->server) != 0 ||
	    read_trust(recall, object, "tomcat_trust", &snapshot->tomcat) != 0)
		return -1;
	return read_trust(recall, object, "callmanager_trust", &snapshot->callmanager);
}

int recall_snapshots(struct recall *recall)
{
	int rc;
	const json_t *list = list_of(recall, "trust_snapshots", &rc);

	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
		rc = read_snapshot(recall, json_array_get(list, i));
	return rc;
}
