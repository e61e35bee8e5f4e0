/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/traffic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct traffic_result traffic_result_none(const char *peer)
{
	struct traffic_result result = { .log = mem_strdup(""),
		                        .error = mem_strdup(""),
		                        .phrase = mem_strdup(""),
		                        .reason = -1,
		                        .depth = -1,
		                        .alert = -1 };

	snprintf(result.peer, sizeof result.peer, "%s", peer);
	return result;
}

static void result_clear(struct traffic_result *result)
{
	free(result->log);
	free(result->error);
	free(result->phrase);
}

struct traffic_place *traffic_at(struct traffic *traffic, const char *address, const char *ip,
                                 uint16_t port)
{
	char *key = mem_printf("%s|%s|%u", address, ip, (unsigned)port);
	struct traffic_place *server = NULL;
	size_t at;

	if (table_find(&traffic->index, key, &at)) {
		server = &traffic->servers[at];
	} else if (traffic->server_count >= TRAFFIC_SERVERS_MOST) {
		traffic->left_out++;
	} else {
		table_add(&traffic->index, key, traffic->server_count);
		traffic->servers =
			mem_grow(traffic->servers, traffic->server_count, sizeof *traffic->servers);
		server = &traffic->servers[traffic->server_count++];
		*server = (struct traffic_place){ .address = mem_strdup(address),
			                          .ip = mem_strdup(ip),
			                          .port = port,
			                          .last = traffic_result_none(""),
			                          .role = -1,
			                          .predicted_reason = -1 };
	}
	free(key);
	return server;
}

static struct traffic_peer *find_peer(const struct traffic *traffic, const char *name)
{
	for (size_t i = 0; i < traffic->peer_count; i++)
		if (strcmp(traffic->peers[i].name, name) == 0)
			return &traffic->peers[i];
	return NULL;
}

struct traffic_peer *traffic_peer_at(struct traffic *traffic, const char *name)
{
	struct traffic_peer *peer = find_peer(traffic, name);

	if (peer != NULL || traffic->peer_count == TRAFFIC_PEERS_MOST)
		return peer;
	traffic->peers = mem_grow(traffic->peers, traffic->peer_count, sizeof *traffic->peers);
	peer = &traffic->peers[traffic->peer_count++];
	*peer = (struct traffic_peer){ .verification = VERIFICATION_UNPROVEN };
	snprintf(peer->name, sizeof peer->name, "%s", name);
	return peer;
}

enum verification traffic_verification(const struct traffic *traffic, const char *peer)
{
	const struct traffic_peer *own = find_peer(traffic, peer);

	/* nothing is known by peers, or this line has none */
	if (traffic->peer_count == 0 || *peer == '\0')
		return traffic->verification;
	if (own == NULL || own->verification == VERIFICATION_UNPROVEN)
		own = find_peer(traffic, "");
	return own != NULL ? own->verification : VERIFICATION_UNPROVEN;
}

int64_t traffic_proved_ms(const struct traffic *traffic, const char *peer)
{
	int64_t ms = 0;

	for (size_t i = 0; i < traffic->peer_count; i++) {
		const struct traffic_peer *other = &traffic->peers[i];

		if (other->proved_ms > ms && (*peer == '\0' || *other->name == '\0' ||
		                              strcmp(other->name, peer) == 0))
			ms = other->proved_ms;
	}
	return ms;
}

void traffic_evidence(struct traffic *traffic, int which, const char *line)
{
	free(traffic->evidence[which]);
	traffic->evidence[which] = mem_strdup(line);
}

const char *traffic_outcome_name(enum traffic_outcome outcome)
{
	static const char *const names[] = { "unknown", "accepted", "refused", "refused-by-peer",
		                             "connect-failed" };

	return names[outcome];
}

/* An address whose last request failed without a refusal was not accepted either: that is no 0. One
 * that was only told, and not tried, has no result; where none has one, nothing is known. */
int traffic_exit(const struct traffic *traffic)
{
	bool known = false;

	for (size_t i = 0; i < traffic->server_count; i++) {
		if (traffic->servers[i].last.outcome > TRAFFIC_ACCEPTED)
			return 1;
		known |= traffic->servers[i].last.outcome == TRAFFIC_ACCEPTED;
	}
	return known ? 0 : 3;
}

static int by_address(const void *left, const void *right)
{
	const struct traffic_place *a = left, *b = right;

	return strcasecmp(a->address, b->address)
	       ?: COMPARE(a->port, b->port)
	       ?: strcmp(a->ip, b->ip);
}

void traffic_sort(struct traffic *traffic)
{
	mem_sort(traffic->servers, traffic->server_count, sizeof *traffic->servers, by_address);
	table_clear(&traffic->index);
}

void traffic_place_clear(struct traffic_place *server)
{
	free(server->address);
	free(server->ip);
	result_clear(&server->last);
	for (size_t i = 0; i < server->other_count; i++)
		result_clear(&server->others[i]);
	free(server->others);
	free(server->predicted_log);
	free(server->differs);
	for (size_t i = 0; i < server->store_count; i++) {
		free(server->stores[i].name);
		free(server->stores[i].log);
	}
	free(server->stores);
}

void traffic_clear(struct traffic *traffic)
{
	for (size_t i = 0; i < traffic->server_count; i++)
		traffic_place_clear(&traffic->servers[i]);
	free(traffic->servers);
	free(traffic->peers);
	free(traffic->store);
	for (int i = 0; i < CALIBRATION_COUNT; i++)
		free(traffic->evidence[i]);
	table_clear(&traffic->index);
	*traffic = (struct traffic){ 0 };
}
