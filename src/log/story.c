/* SPDX-License-Identifier: MIT */
/* The order of the vendor's lines: Receive Request (what the client was told), Sending Request
 * (where it went), then either Receive Response, or WARNING and ERROR lines (up to three pairs:
 * retries) and a Sending Response 502. WARNING and ERROR lines name neither port nor request: they
 * belong to the next 502 of the same process whose client was told that name and whose request went
 * to that IP. Where two open requests fit that differ in their port, the port is not known. */
#include "config.h"

#include "base/mem.h"
#include "log/line.h"
#include "log/result.h"
#include "log/story.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	REQUESTS = 1024,
	BUCKET = 8,
	FAILURES = 256,
	SEEN = 1 << 18,
	NEAR_MS = 60000
};

struct request {
	bool used, sent, told, plain;
	bool shared; /* a refusal was this one's or another's */
	unsigned long pid;
	char peer[TRAFFIC_PEER];
	uint64_t txn, age;
	char address[LINE_NAME]; /* "": the line that says it is not in the log */
	char ip[64];
	uint16_t port;
	int role;
};

struct failure { /* a WARNING with its ERROR line, or an ERROR line alone */
	bool used;
	uint64_t age;
	struct line line;
	char error[LINE_TEXT];
};

/* Two equal WARNING lines of one file are two events (retries, two ports) at one instant; those of
 * two files are one. */
struct seen {
	uint64_t hash;
	uint32_t part, here, most; /* how often in this file; the most in any */
};

struct story {
	struct traffic *traffic;
	struct request requests[REQUESTS];
	struct failure failures[FAILURES];
	uint64_t age;
	struct seen *seen; /* owned; SEEN lines that counted, by hash */
	uint32_t part;
	int64_t last_ms;     /* of the last line of this file that has a time; 0: none yet */
	bool edge;           /* lines of an edge configuration follow */
	bool alone;          /* a refused request ended without an ERROR line */
};

struct story *story_new(struct traffic *traffic)
{
	struct story *story = mem_zalloc(sizeof *story);

	story->traffic = traffic;
	story->seen = mem_array(SEEN, sizeof *story->seen);
	traffic->generation = traffic->era = -1;
	return story;
}

/* --- requests --------------------------------------------------------------------------------- */

static struct request *request_of(struct story *story, const struct line *line, bool make)
{
	struct request *bucket = &story->requests[line->txn % (REQUESTS / BUCKET) * BUCKET],
		       *oldest = bucket;

	for (size_t i = 0; i < BUCKET; i++) {
		struct request *request = &bucket[i];

		if (request->used && request->pid == line->pid &&
		    strcmp(request->peer, line->peer) == 0 && request->txn == line->txn)
			return request;
		if (!request->used ? oldest->used : oldest->used && request->age < oldest->age)
			oldest = request;
	}
	if (!make)
		return NULL;
	*oldest = (struct request){ .used = true,
		                    .pid = line->pid,
		                    .txn = line->txn,
		                    .age = story->age,
		                    .role = -1 };
	memcpy(oldest->peer, line->peer, sizeof oldest->peer);
	return oldest;
}

static struct traffic_place *server_of(struct story *story, const struct request *request)
{
	return traffic_at(story->traffic,
	                  *request->address != '\0' ? request->address : request->ip, request->ip,
	                  request->port);
}

static void on_told(struct story *story, const struct line *line)
{
	struct request *request = request_of(story, line, true);
	struct traffic_place *server = traffic_at(story->traffic, line->address, "", line->port);

	if (server !=
	    NULL) { /* whatever becomes of the request: one whose name has no IP is never sent */
		server->told = true;
		server->role = line->role >= 0 ? line->role : server->role;
	}
	/* the number starts again with the process: a request that was never answered is
	 * forgotten */
	*request = (struct request){ .used = true,
		                     .told = true,
		                     .pid = line->pid,
		                     .txn = line->txn,
		                     .age = story->age,
		                     .port = line->port,
		                     .role = line->role };
	memcpy(request->peer, line->peer, sizeof request->peer);
	memcpy(request->address, line->address, sizeof request->address);
}

/* A request to 6970 goes over http: that it was answered, or was not, says nothing of a
 * certificate. */
static void on_plain(struct story *story, const struct line *line)
{
	request_of(story, line, true)->plain = true;
}

/* --- refusals --------------------------------------------------------------------------------- */

/* Where the log does not say what the client was told, the IP has to do. */
static bool fits_name(const struct request *request, const struct line *line)
{
	return strcasecmp(*request->address != '\0' ? request->address : request->ip,
	                  line->address) == 0 ||
	       (*request->address == '\0' && *line->ip != '\0');
}

static bool fits(const struct request *request, const struct failure *failure)
{
	return request->used && request->sent &&
	       result_same_process(request->pid, request->peer, failure->line.pid,
	                           failure->line.peer) &&
	       fits_name(request, &failure->line) &&
	       (*failure->line.ip == '\0' || strcmp(request->ip, failure->line.ip) == 0);
}

/* The refusal says the name of a request that was known by its IP alone. */
static void name_request(struct story *story, struct request *request, const char *address)
{
	struct traffic_place *server;

	if (*request->address != '\0')
		return;
	server = server_of(story, request);
	if (server != NULL && server->requests > 0)
		server->requests--;
	memcpy(request->address, address, sizeof request->address);
	server = server_of(story, request);
	if (server != NULL)
		server->requests++;
}

/* Could the refusal be another open request's, to another port? Those are then marked. */
static bool ambiguous(struct story *story, const struct request *mine,
                      const struct failure *failure)
{
	bool other = false;

	for (size_t i = 0; i < REQUESTS; i++) {
		struct request *request = &story->requests[i];

		if (request == mine || !fits(request, failure) || request->port == mine->port ||
		    request->age > failure->age)
			continue;
		request->shared = other = true;
	}
	return other;
}

static void settle(struct story *story, struct request *request, struct failure *failure,
                   bool *first)
{
	bool unsure = ambiguous(story, request, failure);
	struct traffic_place *server;

	name_request(story, request, failure->line.address);
	server = traffic_at(story->traffic, request->address, request->ip,
	                    unsure ? 0 : request->port);
	story->alone |= *failure->error == '\0'; /* a WARNING without its ERROR */
	if (server != NULL) {
		server->told |= request->told;
		result_failed(server, &failure->line, failure->error, *first);
		*first = false; /* up to three pairs are one request's */
	}
	failure->used = false;
}

/* The first that came, of one request or (NULL) of what is left; NULL: there is none. */
static struct failure *oldest_failure(struct story *story, const struct request *request)
{
	struct failure *oldest = NULL;

	for (size_t i = 0; i < FAILURES; i++) {
		struct failure *failure = &story->failures[i];

		if (failure->used && (request == NULL || fits(request, failure)) &&
		    (oldest == NULL || failure->age < oldest->age))
			oldest = failure;
	}
	return oldest;
}

/* Is there a refusal of this request? Up to three pairs of lines are one request's. */
static bool settle_all(struct story *story, struct request *request)
{
	struct failure *next;
	bool first = true;

	while ((next = oldest_failure(story, request)) != NULL)
		settle(story, request, next, &first);
	return !first;
}

static void on_sent(struct story *story, const struct line *line)
{
	struct request *request = request_of(story, line, true);
	struct traffic_place *server;
	bool again = request->sent &&
	             strcmp(request->ip, line->ip) == 0 && request->port == line->port;

	if (request->plain)
		return;
	if (request->sent && !again) /* another IP of the name is tried where one was refused */
		settle_all(story, request);
	memcpy(request->ip, line->ip, sizeof request->ip);
	request->port = line->port;
	request->sent = true;
	server = server_of(story, request);
	if (server == NULL)
		return;
	server->told |= request->told;
	server->role = request->role >= 0 ? request->role : server->role;
	server->requests += !again; /* a retry is not a new request */
}

static void on_answer(struct story *story, const struct line *line)
{
	struct request *request = request_of(story, line, false);
	struct traffic_place *server;

	if (request != NULL && request->plain) {
		request->used = false;
		return;
	}
	if (request != NULL)
		settle_all(story, request);
	if (request != NULL && request->sent)
		server = server_of(story, request);
	else
		server = traffic_at(story->traffic, line->ip, line->ip,
		                    line->port); /* its beginning is not in the log */
	if (server != NULL) {
		server->requests += request == NULL || !request->sent;
		traffic_peer_at(story->traffic, line->peer); /* it may be one that never refuses */
		result_accepted(server, line);
	}
	if (request != NULL)
		request->used = false;
}

/* As ats's HttpTransact.cc OSDNSLookup says it: nothing was sent, the name has no IP address. */
static void on_name_without_ip(struct story *story, const struct request *request,
                               const struct line *line)
{
	struct traffic_place *server =
		traffic_at(story->traffic, request->address, "", request->port);

	if (server == NULL)
		return;
	server->requests++;
	result_connect_failed(server, line, false);
}

static void on_client(struct story *story, const struct line *line)
{
	struct request *request = request_of(story, line, false);
	struct traffic_place *server;

	if (request == NULL)
		return;
	if (*line->phrase != '\0' && request->sent) {
		if (!settle_all(story, request) && (server = server_of(story, request)) != NULL)
			result_connect_failed(server, line, request->shared);
	} else if (request->told && strstr(line->phrase, " Cannot find server.") != NULL) {
		on_name_without_ip(story, request, line);
	}
	request->used = false;
}

/* A copy may hold the lines in another order: is there one request of that name, and one only, that
 * failed for no known cause at about that time? */
static struct traffic_place *unexplained(const struct traffic *traffic,
                                         const struct failure *failure)
{
	struct traffic_place *found = NULL;

	for (size_t i = 0; i < traffic->server_count; i++) {
		struct traffic_place *server = &traffic->servers[i];
		long long apart = llabs(server->last.time_ms - failure->line.time_ms);

		if (server->last.outcome != TRAFFIC_CONNECT_FAILED || *server->last.error != '\0' ||
		    strcmp(server->last.phrase, "502 connect failed") != 0 ||
		    strcasecmp(server->address, failure->line.address) != 0 ||
		    (*failure->line.ip != '\0' && strcmp(server->ip, failure->line.ip) != 0) ||
		    !result_same_process(server->last.pid, server->last.peer, failure->line.pid,
		                         failure->line.peer) ||
		    (server->last.time_ms != 0 && failure->line.time_ms != 0 &&
		     apart > NEAR_MS))
			continue;
		if (found != NULL)
			return NULL;
		found = server;
	}
	return found;
}

/* The same line of the same instant has been told of already: a file that holds it twice. */
static bool repeated(const struct traffic *traffic, const struct failure *failure)
{
	for (size_t i = 0; i < traffic->server_count && failure->line.time_ms != 0; i++) {
		const struct traffic_place *server = &traffic->servers[i];

		if (server->last.time_ms == failure->line.time_ms &&
		    strcasecmp(server->address, failure->line.address) == 0 &&
		    strcmp(failure->line.kind == LINE_WARNING ? server->last.log
		                                              : server->last.error,
		           failure->line.text) == 0)
			return true;
	}
	return false;
}

static void settle_leftover(struct story *story, struct failure *failure)
{
	struct traffic_place *server = unexplained(story->traffic, failure);

	failure->used = false;
	if (server == NULL && repeated(story->traffic, failure))
		return;

	story->alone |= *failure->error == '\0' && server != NULL;
	if (server != NULL)
		server->last.outcome = TRAFFIC_UNKNOWN; /* its 502 came after the refusal */
	else
		server = traffic_at(story->traffic, failure->line.address, failure->line.ip, 0);
	if (server != NULL)
		result_failed(server, &failure->line, failure->error, true);
}

/* A log may hold refusals alone, without requests: where there is no room for one more, the oldest
 * is left over. */
static struct failure *failure_new(struct story *story, const struct line *line)
{
	struct failure *place = NULL;

	for (size_t i = 0; i < FAILURES; i++)
		if (!story->failures[i].used)
			place = &story->failures[i];
	if (place == NULL) {
		place = oldest_failure(story, NULL);
		settle_leftover(story, place);
	}
	*place = (struct failure){ .used = true, .age = story->age, .line = *line };
	return place;
}

/* One permissive peer among others that verify: what the log shows as a whole is that. */
static enum verification of_all(const struct traffic *traffic)
{
	enum verification all = VERIFICATION_UNPROVEN;

	for (size_t i = 0; i < traffic->peer_count; i++) {
		if (traffic->peers[i].verification == VERIFICATION_PERMISSIVE)
			return VERIFICATION_PERMISSIVE;
		if (traffic->peers[i].verification == VERIFICATION_ENFORCED)
			all = VERIFICATION_ENFORCED;
	}
	return all;
}

static void verifies(struct traffic *traffic, const struct line *line, enum verification shown)
{
	struct traffic_peer *peer = traffic_peer_at(traffic, line->peer);

	if (peer == NULL)
		return;
	peer->verification = shown;
	if (shown == VERIFICATION_ENFORCED && peer->proved_ms < line->time_ms)
		peer->proved_ms = line->time_ms;
	traffic->verification = of_all(traffic);
	if (shown == traffic->verification)
		traffic_evidence(traffic, CALIBRATION_VERIFICATION, line->text);
}

static void on_warning(struct story *story, const struct line *line)
{
	verifies(story->traffic, line,
	         line->terminate ? VERIFICATION_ENFORCED : VERIFICATION_PERMISSIVE);
	if (line->terminate)
		failure_new(story, line);
}

static void on_error(struct story *story, const struct line *line)
{
	struct failure *last = NULL;

	for (size_t i = 0; i < FAILURES; i++) {
		struct failure *failure = &story->failures[i];

		if (failure->used && failure->line.kind == LINE_WARNING &&
		    *failure->error == '\0' &&
		    result_same_process(failure->line.pid, failure->line.peer, line->pid,
		                        line->peer) &&
		    strcasecmp(failure->line.address, line->address) == 0 &&
		    (last == NULL || failure->age > last->age))
			last = failure;
	}
	if (line->error_verify &&
	    (last == NULL ||
	     traffic_verification(story->traffic, line->peer) != VERIFICATION_ENFORCED))
		verifies(story->traffic, line, VERIFICATION_ENFORCED);
	if (last == NULL || !line->error_verify)
		last = failure_new(story, line);
	memcpy(last->error, line->text, sizeof last->error);
}

/* --- what is left over ------------------------------------------------------------------------ */

/* An answer whose request is not in the log came from an IP alone: whose is it? Known if only one
 * told name went there. */
static void name_answers(struct traffic *traffic)
{
	for (size_t i = 0; i < traffic->server_count; i++) {
		struct traffic_place *server = &traffic->servers[i], *owner = NULL;
		bool several = false;

		if (server->told || server->accepted == 0 ||
		    strcmp(server->address, server->ip) != 0)
			continue;
		for (size_t j = 0; j < traffic->server_count; j++) {
			struct traffic_place *other = &traffic->servers[j];

			if (!other->told || strcmp(other->ip, server->ip) != 0)
				continue;
			several |= owner != NULL && strcasecmp(owner->address, other->address) != 0;
			if (owner == NULL || other->port == server->port)
				owner = other;
		}
		if (owner != NULL && !several && owner->port != server->port)
			free(server->address), server->address = mem_strdup(owner->address);
	}
}

/* Has one without an IP nothing to say beside the others of its name and port, which stand behind
 * it? It was told only, or the name was found later. */
static bool said_elsewhere(const struct traffic_place *server, const struct traffic_place *end,
                           bool at_work)
{
	const struct traffic_place *other = server + 1;

	if (*server->ip != '\0')
		return false;
	if (server->last.outcome == TRAFFIC_UNKNOWN)
		return server->port == 0 ? at_work : other < end && other->port == server->port;
	if (server->last.outcome != TRAFFIC_CONNECT_FAILED)
		return false;
	for (; other < end && other->port == server->port; other++)
		if (other->last.outcome != TRAFFIC_UNKNOWN &&
		    other->last.time_ms > server->last.time_ms)
			return true;
	return false;
}

/* Its request went to another place: a refusal has told its name. */
static bool is_empty(const struct traffic_place *server)
{
	return !server->told && server->requests == 0 &&
	       server->last.outcome == TRAFFIC_UNKNOWN;
}

/* Told by the edge configuration or an allowed request, but seen at work under the same name as
 * well: said once. In sorted places those of a name stand together, and the one that was told only,
 * which has no IP, before the others of its port. */
static void drop_told_only(struct traffic *traffic)
{
	struct traffic_place *servers = traffic->servers;
	size_t kept = 0;

	for (size_t from = 0, end; from < traffic->server_count; from = end) {
		size_t first = kept;
		bool at_work = false;
		int role = -1;

		for (end = from; end < traffic->server_count &&
		                 strcasecmp(servers[end].address, servers[from].address) == 0;
		     end++)
			at_work |= *servers[end].ip != '\0';
		for (size_t i = from; i < end; i++) {
			if (is_empty(&servers[i])) {
				traffic_place_clear(&servers[i]);
			} else if (said_elsewhere(&servers[i], &servers[end], at_work)) {
				role = servers[i].role >= 0 ? servers[i].role : role;
				traffic_place_clear(&servers[i]);
			} else {
				servers[kept++] = servers[i];
			}
		}
		for (size_t i = first; role >= 0 && i < kept; i++)
			servers[i].role = role;
	}
	traffic->server_count = kept;
}

void story_end(struct story *story)
{
	struct traffic *traffic = story->traffic;
	struct failure *next;

	while ((next = oldest_failure(story, NULL)) != NULL)
		settle_leftover(story, next);
	name_answers(traffic);
	traffic_sort(traffic);
	drop_told_only(traffic);
	/* Traffic Server 8 writes an ERROR line behind each refusal, which tells it; 9 none. With
	 * the words of OpenSSL 1.1.1, beside which no release is known to have 9, somebody may have
	 * left these lines out. */
	if (traffic->generation == -1 && story->alone && traffic->era != ERA_OPENSSL1) {
		traffic->generation = TRAFFIC_SERVER_9;
		if (traffic->evidence[CALIBRATION_VERIFICATION] != NULL)
			traffic_evidence(traffic, CALIBRATION_SERVER,
			                 traffic->evidence[CALIBRATION_VERIFICATION]);
	}
	free(story->seen);
	free(story);
}

/* --- lines ------------------------------------------------------------------------------------ */

/* FNV-1a without white space, so that a broken copy of a line is the same line. */
static bool seen_before(struct story *story, const char *text, size_t len, bool numbered)
{
	struct seen *seen;
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] > ' ')
			hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	seen = &story->seen[hash % SEEN];
	if (seen->hash != hash)
		*seen = (struct seen){ .hash = hash };
	if (seen->part != story->part)
		seen->part = story->part, seen->here = 0;
	if (++seen->here <= seen->most || (numbered && seen->most > 0))
		return true;
	seen->most = seen->here;
	return false;
}

static void note_facts(struct traffic *traffic, const struct line *line)
{
	int64_t ms = line->time_ms, from = traffic->from_ms, to = traffic->to_ms;

	traffic->lines++;
	if (ms != 0)
		traffic->from_ms = from != 0 && from < ms ? from : ms;
	traffic->to_ms = to < ms ? ms : to;
	if (line->era >= 0) {
		traffic->era = line->era;
		traffic_evidence(traffic, CALIBRATION_ERA, line->text);
	}
	if (line->generation >= 0) {
		traffic->generation = line->generation;
		traffic_evidence(traffic, CALIBRATION_SERVER, line->text);
	}
}

void story_part(struct story *story)
{
	story->part++;
	story->last_ms = 0;
	story->edge = false;
}

/* What the edge configuration tells clients. */
static void take_edge(struct story *story, const char *text, size_t len)
{
	char address[LINE_NAME];
	size_t at = 0;

	while (line_edge(text, len, &at, address)) {
		struct traffic_place *server = traffic_at(story->traffic, address, "", 0);

		if (server != NULL)
			server->told = true;
	}
}

void story_line(struct story *story, const char *text, size_t len, bool wrapped)
{
	struct traffic_place *server;
	struct line line;
	bool seen;

	if (line_begins(text, len))
		story->edge = line_opens_edge(text, len);
	if (story->edge)
		take_edge(story, text, len);
	if (!wrapped && !line_matters(text, len))
		return;
	line_read(text, len, &line);
	if (line.kind == LINE_NOTHING)
		return;
	/* Without a time two equal lines may be two events: a retry. */
	seen = line.dated && seen_before(story, text, len, line.kind != LINE_WARNING &&
	                                                           line.kind != LINE_ERROR);
	/* WARNING and ERROR lines have no UTCTime: behind a syslog server's frame, which has no
	 * year, they are of the time of the line before them. */
	line.time_ms = line.time_ms != 0 ? line.time_ms : story->last_ms;
	story->last_ms = line.time_ms;
	if (seen)
		return;
	story->age++;
	if (line.kind != LINE_ALLOWED)
		note_facts(story->traffic, &line);
	switch (line.kind) {
	case LINE_TOLD:
		on_told(story, &line);
		break;
	case LINE_PLAIN:
		on_plain(story, &line);
		break;
	case LINE_SENT:
		on_sent(story, &line);
		break;
	case LINE_ANSWER:
		on_answer(story, &line);
		break;
	case LINE_CLIENT:
		on_client(story, &line);
		break;
	case LINE_WARNING:
		on_warning(story, &line);
		break;
	case LINE_ERROR:
		on_error(story, &line);
		break;
	case LINE_ALLOWED:
		server = traffic_at(story->traffic, line.address, "", line.port);
		if (server != NULL) {
			server->told = true;
			server->role = line.role >= 0 ? line.role : server->role;
		}
		break;
	case LINE_NOTHING:
		break;
	}
}
