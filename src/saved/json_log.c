/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "saved/json_facts.h"
#include "saved/json_log.h"

#include <stdlib.h>

static json_t *time_of(int64_t ms)
{
	return ms > 0 ? json_time(ms / 1000) : json_null();
}

static json_t *reason_of(int reason)
{
	return reason >= 0 ? json_string(reason_id((enum reason)reason)) : json_null();
}

static json_t *number_of(int number)
{
	return number >= 0 ? json_integer(number) : json_null();
}

static json_t *result_of(const struct traffic_result *result)
{
	json_t *object = json_object();

	json_object_set_new(object, "peer",
	                    *result->peer != '\0' ? json_text(result->peer) : json_null());
	json_object_set_new(object, "time", time_of(result->time_ms));
	json_object_set_new(object, "outcome", json_string(traffic_outcome_name(result->outcome)));
	json_object_set_new(object, "log", json_text(result->log));
	json_object_set_new(object, "error", json_text(result->error));
	json_object_set_new(object, "reason", reason_of(result->reason));
	json_object_set_new(object, "depth", number_of(result->depth));
	json_object_set_new(object, "alert", number_of(result->alert));
	json_object_set_new(object, "phrase", json_text(result->phrase));
	return object;
}

static json_t *other_peers_of(const struct traffic_place *server)
{
	json_t *list = json_array();

	for (size_t i = 0; i < server->other_count; i++)
		json_array_append_new(list, result_of(&server->others[i]));
	return list;
}

static json_t *predicted_of(const struct traffic_place *server)
{
	json_t *object;

	if (!server->predicted)
		return json_null();
	object = json_object();
	json_object_set_new(object, "accepted", json_boolean(server->predicted_accepted));
	json_object_set_new(object, "log", json_text(server->predicted_log));
	json_object_set_new(object, "reason", reason_of(server->predicted_reason));
	json_object_set_new(object, "observation", json_count(server->observation));
	return object;
}

static json_t *stores_of(const struct traffic_place *server)
{
	json_t *list = json_array();

	for (size_t i = 0; i < server->store_count; i++) {
		const struct traffic_store *store = &server->stores[i];
		json_t *object = json_object();

		json_object_set_new(object, "trust", json_text(store->name));
		json_object_set_new(object, "accepted", json_boolean(store->accepted));
		json_object_set_new(object, "log", json_text(store->log));
		json_object_set_new(object, "agrees", json_boolean(store->agrees));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *server_of(const struct traffic *traffic, const struct traffic_place *server)
{
	json_t *object = json_object();

	json_object_set_new(object, "address", json_text(server->address));
	json_object_set_new(object, "ip", json_text(server->ip));
	json_object_set_new(object, "port",
	                    server->port > 0 ? json_integer(server->port) : json_null());
	json_object_set_new(object, "told", json_boolean(server->told));
	json_object_set_new(object, "requests", json_count(server->requests));
	json_object_set_new(object, "accepted", json_count(server->accepted));
	json_object_set_new(object, "refused", json_count(server->refused));
	json_object_set_new(object, "refused_by_peer", json_count(server->refused_by_peer));
	json_object_set_new(object, "last", result_of(&server->last));
	json_object_set_new(object, "other_peers", other_peers_of(server));
	json_object_set_new(object, "predicted", predicted_of(server));
	json_object_set_new(object, "agrees",
	                    server->agrees_known ? json_boolean(server->agrees) : json_null());
	json_object_set_new(object, "differs", json_text(server->differs));
	json_object_set_new(object, "stores", stores_of(server));
	json_object_set_new(object, "in_report",
	                    traffic->compared ? json_boolean(server->in_report) : json_null());
	return object;
}

static const char *era_seen(const struct traffic *traffic)
{
	return traffic->era >= 0 ? era_name((enum era)traffic->era) : "unknown";
}

static const char *server_seen(const struct traffic *traffic)
{
	return traffic->generation >= 0
	               ? traffic_server_name((enum traffic_server)traffic->generation)
	               : "unknown";
}

static json_t *calibration_of(const struct traffic *traffic)
{
	const char *rows[CALIBRATION_COUNT][2] = {
		[CALIBRATION_VERIFICATION] = { "verification",
		                               verification_name(traffic->verification) },
		[CALIBRATION_SERVER] = { "traffic-server", server_seen(traffic) },
		[CALIBRATION_ERA] = { "era", era_seen(traffic) },
		[CALIBRATION_IP_SAN] = { "ip-san",
		                         traffic->ip_san != NULL ? traffic->ip_san : "not-seen" },
		[CALIBRATION_ORDER] = { "order",
		                        traffic->order != NULL ? traffic->order : "not-seen" },
	};
	json_t *list = json_array();

	for (int i = 0; i < CALIBRATION_COUNT; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "id", json_string(rows[i][0]));
		json_object_set_new(object, "value", json_string(rows[i][1]));
		json_object_set_new(
			object, "evidence",
			json_text(traffic->evidence[i] != NULL ? traffic->evidence[i] : ""));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *peers_of(const struct traffic *traffic)
{
	json_t *list = json_array();

	for (size_t i = 0; i < traffic->peer_count; i++) {
		const struct traffic_peer *peer = &traffic->peers[i];
		json_t *object = json_object();

		json_object_set_new(object, "peer",
		                    *peer->name != '\0' ? json_text(peer->name) : json_null());
		json_object_set_new(object, "verification",
		                    json_string(verification_name(peer->verification)));
		json_object_set_new(object, "last_refusal", time_of(peer->proved_ms));
		json_array_append_new(list, object);
	}
	return list;
}

void json_log(const struct traffic *traffic, struct buf *out)
{
	json_t *object, *servers;

	json_set_alloc_funcs(mem_alloc,
	                     free); /* out of memory ends the program: no value below is NULL */
	object = json_object();
	servers = json_array();
	for (size_t i = 0; i < traffic->server_count; i++)
		json_array_append_new(servers, server_of(traffic, &traffic->servers[i]));
	json_object_set_new(object, "schema_version", json_string("1.0"));
	json_object_set_new(object, "kind", json_string("log"));
	json_object_set_new(object, "tool", json_tool());
	json_object_set_new(object, "lines", json_integer((json_int_t)traffic->lines));
	json_object_set_new(object, "from", time_of(traffic->from_ms));
	json_object_set_new(object, "to", time_of(traffic->to_ms));
	json_object_set_new(object, "verification",
	                    json_string(verification_name(traffic->verification)));
	json_object_set_new(object, "peers", peers_of(traffic));
	json_object_set_new(object, "traffic_server", json_string(server_seen(traffic)));
	json_object_set_new(object, "era", json_string(era_seen(traffic)));
	json_object_set_new(object, "trust", json_text(traffic->store));
	json_object_set_new(object, "servers", servers);
	json_object_set_new(object, "calibration", calibration_of(traffic));
	json_put(out, object, JSON_INDENT(1));
	buf_putc(out, '\n');
}
