/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "saved/json_client.h"
#include "saved/json_facts.h"

json_t *json_client(const struct client *client)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_text(client->name));
	json_object_set_new(object, "source", json_string(client_from_name(client->from)));
	json_object_set_new(object, "host", json_text(client->host));
	json_object_set_new(object, "port",
	                    client->host != NULL ? json_integer(client->port) : json_null());
	json_object_set_new(object, "problem", json_text(client->problem));
	json_object_set_new(object, "chain", json_certs(client->chain.certs, client->chain.count));
	return object;
}

json_t *json_snapshot(const struct snapshot *snapshot)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_text(snapshot->name));
	json_object_set_new(object, "server", json_text(snapshot->server));
	json_object_set_new(object, "tomcat_trust",
	                    json_certs(snapshot->tomcat.certs, snapshot->tomcat.count));
	json_object_set_new(object, "callmanager_trust",
	                    json_certs(snapshot->callmanager.certs, snapshot->callmanager.count));
	json_object_set_new(
		object, "unreadable",
		json_count(snapshot->tomcat.unreadable + snapshot->callmanager.unreadable));
	return object;
}

json_t *json_client_verdict(const struct report *report, const struct client_verdict *verdict)
{
	const struct client *client = &report->clients[verdict->client];
	json_t *object = json_object();

	json_object_set_new(object, "observation", json_count(verdict->observation));
	json_object_set_new(object, "certificate", json_fingerprint(chain_leaf(&client->chain)));
	json_object_set_new(object, "name", json_text(client->name));
	json_object_set_new(object, "outcome", json_string(client_outcome_name(verdict->outcome)));
	json_object_set_new(object, "alert",
	                    verdict->alert != 0 ? json_integer(verdict->alert) : json_null());
	json_object_set_new(object, "reason", json_text(verdict->reason));
	return object;
}
