/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "log/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OTHERS_MOST = 5 }; /* peers, of six that an Expressway-C cluster has at most */
enum { KEPT_MS = 120000 };

static bool same_peer(const char *peer, const char *other)
{
	return *peer == '\0' || *other == '\0' || strcmp(peer, other) == 0;
}

bool result_same_process(unsigned long pid, const char *peer, unsigned long other_pid,
                         const char *other_peer)
{
	return (pid == 0 || other_pid == 0 || pid == other_pid) &&
	       same_peer(peer, other_peer);
}

/* --- of which peer ---------------------------------------------------------------------------- */

/* A refusal says more than a connection that failed. */
static int rank(const struct traffic_result *result)
{
	static const int ranks[] = {
		[TRAFFIC_ACCEPTED] = 0, [TRAFFIC_UNKNOWN] = 1, [TRAFFIC_CONNECT_FAILED] = 2,
		[TRAFFIC_REFUSED] = 3, [TRAFFIC_BY_PEER] = 3,
	};

	return ranks[result->outcome];
}

/* Logs of two clusters: another peer takes the place of the one that fared best, never of the one
 * that counts. */
static struct traffic_result *replace_best(struct traffic_place *server, const char *peer)
{
	struct traffic_result *best = server->others;

	for (size_t i = 0; i < server->other_count; i++)
		if (rank(&server->others[i]) < rank(best))
			best = &server->others[i];
	snprintf(best->peer, sizeof best->peer, "%s", peer);
	best->outcome = TRAFFIC_UNKNOWN;
	best->time_ms = best->kept_until_ms = best->since_ms = 0;
	return best;
}

/* The result of the peer that wrote a line, made if there is none. Lines that do not name their
 * peer are of any. */
static struct traffic_result *result_of(struct traffic_place *server, const char *peer)
{
	struct traffic_result *last = &server->last, *found = NULL;

	if (last->outcome == TRAFFIC_UNKNOWN && last->time_ms == 0)
		snprintf(last->peer, sizeof last->peer, "%s", peer);
	if (same_peer(peer, last->peer))
		return last;
	for (size_t i = 0; i < server->other_count; i++)
		if (strcmp(server->others[i].peer, peer) == 0)
			return &server->others[i];
	if (server->other_count == OTHERS_MOST)
		return replace_best(server, peer);
	server->others = mem_grow(server->others, server->other_count, sizeof *server->others);
	found = &server->others[server->other_count++];
	*found = traffic_result_none(peer);
	return found;
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
	if (outcome != result->outcome)
		result->since_ms = line->time_ms;
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
	return line->time_ms != 0 && line->time_ms < result->time_ms;
}

/* May what came now have used a connection that was there before the refusal? */
static bool may_be_kept(const struct traffic_result *result, const struct line *line)
{
	int64_t until = result->kept_until_ms > result->time_ms ? result->kept_until_ms
	                                                        : result->time_ms + KEPT_MS;

	return rank(result) == 3 &&
	       result_same_process(result->pid, result->peer, line->pid, line->peer) &&
	       (result->time_ms == 0 || line->time_ms <= until); /* so is what has no time */
}

void result_accepted(struct traffic_place *server, const struct line *line)
{
	struct traffic_result *result = result_of(server, line->peer);
	bool kept = may_be_kept(result, line);

	server->accepted++;
	if (line->time_ms != 0)
		result->kept_until_ms = line->time_ms + KEPT_MS;
	if (!kept && !earlier(line, result))
		set(result, line, TRAFFIC_ACCEPTED, "", "", "");
	put_worst_last(server);
}

/* An ERROR line that names no alert, and nothing that is held against a certificate: of what is no
 * TLS ("wrong version number"), or of a version that Expressway does not speak. */
static enum traffic_outcome outcome_of(const struct line *line)
{
	if (line->alert != -1)
		return TRAFFIC_BY_PEER;
	return line->kind == LINE_ERROR && !line->error_verify && line->reason < 0
	               ? TRAFFIC_CONNECT_FAILED
	               : TRAFFIC_REFUSED;
}

void result_failed(struct traffic_place *server, const struct line *line, const char *error,
                   bool count)
{
	struct traffic_result *result = result_of(server, line->peer);
	enum traffic_outcome outcome = outcome_of(line);

	server->refused_by_peer += count && outcome == TRAFFIC_BY_PEER;
	server->refused += count && outcome == TRAFFIC_REFUSED;
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
	struct traffic_result *result = result_of(server, line->peer);

	if (!may_be_kept(result, line) && !earlier(line, result))
		set(result, line, shared ? TRAFFIC_UNKNOWN : TRAFFIC_CONNECT_FAILED, "", "",
		    line->phrase);
	put_worst_last(server);
}
