/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "log/result.h"

#include <stdlib.h>
#include <string.h>

enum {
	PEERS_MOST = 6, /* of an Expressway-C cluster */
	KEPT_MS = 120000
};

bool result_same_process(unsigned long pid, uint32_t host, unsigned long other_pid,
                         uint32_t other_host)
{
	return (pid == 0 || other_pid == 0 || pid == other_pid) &&
	       (host == 0 || other_host == 0 || host == other_host);
}

/* --- of which peer ---------------------------------------------------------------------------- */

/* The result of the peer that wrote a line, made if there is none. Lines that do not name their
 * peer are of any. */
static struct traffic_result *result_of(struct traffic_place *server, uint32_t host)
{
	struct traffic_result *last = &server->last, *found = NULL;

	if (last->outcome == TRAFFIC_UNKNOWN && last->time_ms == 0)
		last->host = host;
	if (host == 0 || last->host == 0 || last->host == host)
		return last;
	for (size_t i = 0; i < server->other_count; i++)
		if (server->others[i].host == host)
			return &server->others[i];
	if (server->other_count + 1 >= PEERS_MOST)
		return last;
	server->others = mem_grow(server->others, server->other_count, sizeof *server->others);
	found = &server->others[server->other_count++];
	*found = traffic_result_none(host);
	return found;
}

/* A refusal says more than a connection that failed. */
static int rank(const struct traffic_result *result)
{
	static const int ranks[] = {
		[TRAFFIC_ACCEPTED] = 0, [TRAFFIC_UNKNOWN] = 1, [TRAFFIC_CONNECT_FAILED] = 2,
		[TRAFFIC_REFUSED] = 3, [TRAFFIC_BY_PEER] = 3,
	};

	return ranks[result->outcome];
}

static void put_worst_last(struct traffic_place *server)
{
	for (size_t i = 0; i < server->other_count; i++) {
		struct traffic_result *other = &server->others[i], old = server->last;

		if (rank(other) < rank(&old) ||
		    (rank(other) == rank(&old) && other->time_ms < old.time_ms))
			continue;
		server->last = *other;
		*other = old;
	}
}

/* --- what happened ---------------------------------------------------------------------------- */

static void keep(char **where, const char *text)
{
	free(*where);
	*where = mem_strdup(text);
}

static void set(struct traffic_result *result, const struct line *line,
                enum traffic_outcome outcome, const char *log, const char *error,
                const char *phrase)
{
	result->outcome = outcome;
	result->time_ms = line->time_ms;
	if (outcome != TRAFFIC_ACCEPTED)
		result->pid = line->pid;
	result->reason = result->depth = result->alert = -1;
	keep(&result->log, log);
	keep(&result->error, error);
	keep(&result->phrase, phrase);
}

static bool earlier(const struct line *line, const struct traffic_result *result)
{
	return result->time_ms > 0 && line->time_ms > 0 && line->time_ms < result->time_ms;
}

/* May what came now have used a connection that was there before the refusal? */
static bool may_be_kept(const struct traffic_result *result, const struct line *line)
{
	int64_t until = result->kept_until_ms > result->time_ms ? result->kept_until_ms
	                                                        : result->time_ms + KEPT_MS;

	return rank(result) == 3 &&
	       result_same_process(result->pid, result->host, line->pid, line->host) &&
	       (line->time_ms == 0 || result->time_ms == 0 || line->time_ms <= until);
}

void result_accepted(struct traffic_place *server, const struct line *line)
{
	struct traffic_result *result = result_of(server, line->host);
	bool kept = may_be_kept(result, line);

	server->accepted++;
	if (line->time_ms > 0)
		result->kept_until_ms = line->time_ms + KEPT_MS;
	if (!kept && !earlier(line, result))
		set(result, line, TRAFFIC_ACCEPTED, "", "", "");
	put_worst_last(server);
}

void result_failed(struct traffic_place *server, const struct line *line, const char *error,
                   bool count)
{
	struct traffic_result *result = result_of(server, line->host);
	enum traffic_outcome outcome = line->alert >= 0 ? TRAFFIC_BY_PEER : TRAFFIC_REFUSED;

	if (count && outcome == TRAFFIC_BY_PEER)
		server->refused_by_peer++;
	else if (count)
		server->refused++;
	if (!earlier(line, result) || result->outcome <= TRAFFIC_ACCEPTED) {
		set(result, line, outcome, line->kind == LINE_WARNING ? line->text : "", error,
		    "502 connect failed");
		result->reason = line->reason;
		result->depth = line->depth;
		result->alert = line->alert;
	}
	put_worst_last(server);
}

void result_connect_failed(struct traffic_place *server, const struct line *line, bool shared)
{
	struct traffic_result *result = result_of(server, line->host);

	if (!may_be_kept(result, line) && !earlier(line, result))
		set(result, line, shared ? TRAFFIC_UNKNOWN : TRAFFIC_CONNECT_FAILED, "", "",
		    line->phrase);
	put_worst_last(server);
}
