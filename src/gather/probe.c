/* SPDX-License-Identifier: MIT */
/* Observations are made first, all of them pending; what remains is to fill them in, one connection
 * each. At most per_address connections are open to one IP and port, and a window bounds them all.
 * A connection owns descriptor and TLS session and ends with them. */
#include "config.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "gather/facts.h"
#include "gather/probe.h"
#include "gather/probe_alike.h"
#include "gather/probe_facts.h"
#include "gather/probe_plan.h"
#include "gather/probe_slots.h"
#include "pki/decode.h"
#include "wire/sock.h"
#include "wire/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A finished connection keeps its place in the window until the server has closed too, but not for
 * longer than this: over a distance the next one would wait a round trip for nothing. Nor are the
 * last ones waited for much longer: our end is closed by then, the kernel does the rest. */
enum { LINGER_SLOT_MS = 20, LINGER_LAST_MS = 60 };

/* Nor does one that gets no answer to its SYN: silent servers would hold up all others. It is
 * waited for outside of the window, which bounds how many connections there are in all. */
enum { SILENT_SLOT_MS = 1000, DESCRIPTORS_A_SLOT = 6 };

/* One that shows its chain before the handshake that is alike has ended waits for that one, but not
 * for longer than this: a server that serves one connection at a time would wait for us. */
enum { HOLD_MS = 500 };

enum { LINGER_MS = 1000, NAP_MS = 200, BACKOFF_MS = 500, BACKOFF_MOST_MS = 8000, RESERVED_FDS = 8 };

enum connection_state { STATE_CONNECTING, STATE_SHAKING, STATE_LINGERING };

struct connection {
	struct probe *probe; /* borrowed */
	size_t index;        /* of the observation, and in probe->slots */
	enum connection_state state;
	int fd;
	struct tls *tls;     /* owned */
	int64_t begun_ms, deadline_ms;
	int64_t leaves_ms; /* when one that connects or lingers gives up its place in the window */
	int64_t held_until_ms; /* 0: it is not held */
	bool stopped;        /* we ended it: another one has told the rest */
	bool has_slot;       /* it counts in probe->open */
	struct connection *previous, *next;
};

struct probe {
	struct report *report;             /* borrowed, like the next two */
	const struct probe_how *how;
	const struct deadline *deadline;
	struct loop *loop;
	struct tls_kit *kit;
	struct slots *slots;
	struct connection *connections;   /* the open ones, in no order */
	size_t open, window;               /* those in the window; how many it holds */
	size_t count, most;                /* all connections; how many there may be */
	size_t done, all;
	bool *any_usage;                   /* owned; by observation: tls_offer.any_usage */
	size_t *alike;                     /* owned; by observation: alike_firsts */
	bool *trying;                      /* owned; by observation: its handshake is under way */
	size_t kept;                       /* bytes that chains have cost so far, roughly */
};

/* --- the end of a connection ------------------------------------------------------------------ */

static void ready(void *arg, int fd, unsigned events);

/* Where it is one at a time, this one is the culprit until the next one begins. */
static void leave_alone(const struct deadline *deadline)
{
	if (!deadline->one_at_a_time)
		deadline_idle(deadline);
}

static int64_t sooner(int64_t one_ms, int64_t other_ms)
{
	return one_ms < other_ms ? one_ms : other_ms;
}

static void leave_window(struct connection *connection)
{
	if (connection->has_slot)
		connection->probe->open--;
	connection->has_slot = false;
}

static void drop(struct connection *connection)
{
	struct probe *probe = connection->probe;

	if (connection->previous != NULL)
		connection->previous->next = connection->next;
	else
		probe->connections = connection->next;
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	leave_window(connection);
	probe->count--;
	slots_leave(probe->slots, connection->index);
	if (connection->fd >= 0) {
		loop_watch(probe->loop, connection->fd, 0, NULL, NULL);
		sock_close(connection->fd);
	}
	tls_free(connection->tls);
	free(connection);
}

static void note(const struct probe *probe, const struct observation *observation)
{
	deadline_tell(probe->deadline, "probe", probe->done, probe->all);
	deadline_note(probe->deadline, "%s (%s) port %u %s: %s%s%s%s, %lld ms",
	              observation->address, observation->ip, observation->port,
	              order_name(observation->order), outcome_name(observation->outcome),
	              observation->inferred ? ", inferred" : "",
	              observation->detail != NULL ? ", " : "",
	              observation->detail != NULL ? observation->detail : "",
	              (long long)observation->took_ms);
}

static void count(struct probe *probe, size_t index)
{
	probe->done++;
	deadline_found(probe->deadline, FACT_OBSERVATION, index);
}

/* The first ClientHello of a place and order is answered: are the further ones needed? Slots are
 * there only while probing. */
static void decide_further(struct probe *probe, size_t first)
{
	struct report *report = probe->report;

	for (size_t i = first + 1; i < report->observation_count && probe_first(report, i) == first;
	     i++) {
		if (report->observations[i].outcome != OUTCOME_PENDING)
			continue;
		if (probe->slots != NULL && probe_wants_further(&report->observations[first])) {
			slots_wait(probe->slots, i, clock_mono_ms());
			continue;
		}
		report->observations[i].outcome = OUTCOME_NOT_NEEDED;
		count(probe, i);
	}
}

static void decide_other_order(struct probe *probe, size_t ecdsa_first);

static void complete(struct probe *probe, struct observation *observation)
{
	size_t index = (size_t)(observation - probe->report->observations);

	count(probe, index);
	note(probe, observation);
	if (probe_first(probe->report, index) != index)
		return;
	decide_further(probe, index);
	if (probe->how->infer && observation->order == ORDER_ECDSA_FIRST)
		decide_other_order(probe, index);
}

/* RSA first has waited for it. */
static void decide_other_order(struct probe *probe, size_t ecdsa_first)
{
	struct observation *all = probe->report->observations;
	size_t rsa_first = probe_other_order(probe->report, ecdsa_first, true);

	if (rsa_first == ecdsa_first || all[rsa_first].outcome != OUTCOME_PENDING)
		return;
	if (probe_infers(&all[ecdsa_first])) {
		probe_infer(&all[rsa_first], &all[ecdsa_first]);
		complete(probe, &all[rsa_first]);
	} else if (probe->slots != NULL) {
		slots_wait(probe->slots, rsa_first, clock_mono_ms());
	}
}

/* A timeout or a reset may be bad luck; whatever else is an answer, and asking again would only be
 * impolite. */
static bool try_again(struct connection *connection, const struct observation *observation)
{
	struct probe *probe = connection->probe;
	int64_t pause_ms = BACKOFF_MS << (observation->tries < 5 ? observation->tries - 1 : 4);

	if (observation->outcome != OUTCOME_TIMEOUT && observation->outcome != OUTCOME_RESET)
		return false;
	if (observation->tries > probe->how->retries || deadline_over(probe->deadline))
		return false;
	slots_wait(probe->slots, connection->index,
	           clock_mono_ms() + (pause_ms < BACKOFF_MOST_MS ? pause_ms : BACKOFF_MOST_MS));
	return true;
}

/* The observation is known: the connection is closed, politely where there is somebody to be polite
 * to. */
static void close_politely(struct connection *connection)
{
	loop_watch(connection->probe->loop, connection->fd, LOOP_READ, ready, connection);
	tls_bye(connection->tls);
	tls_free(connection->tls);
	connection->tls = NULL;
	sock_finish(connection->fd);
	connection->state = STATE_LINGERING;
	connection->leaves_ms = clock_mono_ms() + LINGER_SLOT_MS;
	connection->deadline_ms = clock_mono_ms() + LINGER_MS;
}

/* The library has stopped at a leaf for its key usage, as OpenSSL would not: once more, without
 * minding it. */
static bool again_for_usage(struct connection *connection)
{
	struct probe *probe = connection->probe;

	if (!tls_usage_only(connection->tls) || deadline_over(probe->deadline))
		return false;
	probe->any_usage[connection->index] = true;
	slots_wait(probe->slots, connection->index, clock_mono_ms());
	return true;
}

static void finish(struct connection *connection, enum outcome given_up)
{
	struct probe *probe = connection->probe;
	struct observation *observation = &probe->report->observations[connection->index];

	probe_facts(probe->report, connection->tls, given_up, observation, &probe->kept);
	observation->took_ms = clock_mono_ms() - connection->begun_ms;
	probe->trying[connection->index] = false;
	if (connection->stopped)
		alike_take(observation,
		           &probe->report->observations[probe->alike[connection->index]]);
	if (!again_for_usage(connection) && !try_again(connection, observation))
		complete(probe, observation);
	if (observation->handshake_completed)
		close_politely(connection);
	else
		drop(connection);
}

static void fail_connect(struct connection *connection, enum outcome outcome, const char *detail)
{
	struct observation *observation =
		&connection->probe->report->observations[connection->index];

	connection->probe->trying[connection->index] = false;
	observation->outcome = outcome;
	observation->took_ms = clock_mono_ms() - connection->begun_ms;
	free(observation->detail);
	observation->detail = mem_strdup(detail);
	if (outcome == OUTCOME_TIMEOUT ||
	    !try_again(connection, observation)) /* the kernel has sent three SYNs by then */
		complete(connection->probe, observation);
	drop(connection);
}

static enum outcome outcome_of_errno(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return OUTCOME_REFUSED;
	case ETIMEDOUT:
		return OUTCOME_TIMEOUT;
	case ECONNRESET:
		return OUTCOME_RESET;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
	case EADDRNOTAVAIL:
		return OUTCOME_LOCAL;
	default:
		return OUTCOME_UNREACHABLE;
	}
}

/* --- the connection --------------------------------------------------------------------------- */

static void shake(struct connection *connection)
{
	struct probe *probe = connection->probe;
	enum tls_want want = tls_step(connection->tls);

	switch (want) {
	case TLS_OVER:
		finish(connection, OUTCOME_PENDING);
		break;
	case TLS_HELD: /* settle_held goes on with it, in this turn if it can */
		loop_watch(probe->loop, connection->fd, 0, NULL, NULL);
		connection->held_until_ms =
			sooner(clock_mono_ms() + HOLD_MS, connection->deadline_ms);
		break;
	case TLS_WANT_READ:
	case TLS_WANT_WRITE:
		loop_watch(probe->loop, connection->fd,
		           want == TLS_WANT_READ ? LOOP_READ : LOOP_WRITE, ready, connection);
		break;
	}
}

static void settle(struct connection *connection)
{
	struct probe *probe = connection->probe;
	const struct observation *first =
		&probe->report->observations[probe->alike[connection->index]];

	connection->held_until_ms = 0;
	if (alike_tells(first) && tls_shows(connection->tls, first)) {
		tls_stop(connection->tls);
		connection->stopped = true;
		finish(connection, OUTCOME_PENDING);
		return;
	}
	tls_go_on(connection->tls);
	connection->deadline_ms = clock_mono_ms() + probe->how->handshake_timeout_ms;
	shake(connection);
}

/* Those whose first has come to an end, or that have waited for long enough. Returns when the next
 * one has. */
static int64_t settle_held(struct probe *probe, int64_t now_ms)
{
	int64_t due_ms = INT64_MAX;

	for (struct connection *connection = probe->connections, *next; connection != NULL;
	     connection = next) {
		next = connection->next;
		if (connection->held_until_ms == 0)
			continue;
		if (connection->held_until_ms > now_ms &&
		    probe->trying[probe->alike[connection->index]]) {
			due_ms = sooner(due_ms, connection->held_until_ms);
			continue;
		}
		deadline_busy(probe->deadline, FACT_OBSERVATION, connection->index);
		settle(connection);
		leave_alone(probe->deadline);
	}
	return due_ms;
}

/* Is there one before it, under way or complete, that may tell the rest? Not for an address that
 * clients are sent to: something in between may send each name to another server, and that two
 * show the same chain is no proof that both would go on. */
static bool may_stop(const struct probe *probe, size_t index)
{
	const struct observation *all = probe->report->observations;
	size_t first = probe->alike[index];

	return !probe->how->complete_all && first != index && !all[index].advertised &&
	       (probe->trying[first] || alike_tells(&all[first]));
}

static void connected(struct connection *connection)
{
	struct probe *probe = connection->probe;
	const struct observation *observation = &probe->report->observations[connection->index];
	enum address_kind kind = address_kind_of(observation->address);
	struct tls_offer offer;
	int error = sock_error(connection->fd);

	if (error != 0) {
		fail_connect(connection, outcome_of_errno(error), strerror(error));
		return;
	}
	offer = (struct tls_offer){ observation->offered, probe->how->suites[observation->order],
		                    observation->signatures, probe->any_usage[connection->index],
		                    may_stop(probe, connection->index) };
	connection->tls =
		tls_new(probe->kit, &offer,
	                kind == ADDRESS_IPV4 || kind == ADDRESS_IPV6 ? NULL : observation->address,
	                connection->fd);
	if (connection->tls == NULL) {
		fail_connect(connection, OUTCOME_LOCAL, "GnuTLS has no room for a session");
		return;
	}
	connection->state = STATE_SHAKING;
	connection->deadline_ms = clock_mono_ms() + probe->how->handshake_timeout_ms;
	shake(connection);
}

static void linger(struct connection *connection)
{
	if (sock_drain(connection->fd) != 1)
		drop(connection);
}

static void ready(void *arg, int fd, unsigned events)
{
	struct connection *connection = arg;
	const struct deadline *deadline = connection->probe->deadline;

	(void)fd;
	(void)events;
	deadline_busy(deadline, FACT_OBSERVATION, connection->index);
	switch (connection->state) {
	case STATE_CONNECTING:
		connected(connection);
		break;
	case STATE_SHAKING:
		shake(connection);
		break;
	case STATE_LINGERING:
		linger(connection);
		break;
	}
	leave_alone(deadline); /* the connection may be gone */
}

static struct connection *open_one(struct probe *probe, size_t index)
{
	struct connection *connection = mem_zalloc(sizeof *connection);

	connection->probe = probe;
	connection->index = index;
	connection->begun_ms = clock_mono_ms();
	connection->deadline_ms = connection->begun_ms + probe->how->connect_timeout_ms;
	connection->leaves_ms = connection->begun_ms + SILENT_SLOT_MS;
	connection->next = probe->connections;
	if (probe->connections != NULL)
		probe->connections->previous = connection;
	probe->connections = connection;
	connection->has_slot = true;
	probe->open++;
	probe->count++;
	return connection;
}

static void start(struct probe *probe, size_t index)
{
	struct observation *observation = &probe->report->observations[index];
	struct connection *connection = open_one(probe, index);
	int error;

	if (probe->deadline->one_at_a_time) {
		deadline_busy(probe->deadline, FACT_OBSERVATION, index);
		deadline_found(probe->deadline, FACT_BUSY, index);
	}
	connection->fd = sock_connect(observation->ip, observation->port);
	error = connection->fd < 0 ? errno : 0;
	if ((error == EMFILE || error == ENFILE) && connection->next != NULL) {
		/* somebody else needs descriptors as well: fewer connections */
		probe->most = probe->count - 1;
		slots_wait(probe->slots, index, clock_mono_ms());
		drop(connection);
		return;
	}
	observation->tries++;
	probe->trying[index] = true;
	if (error != 0)
		fail_connect(connection, outcome_of_errno(error), strerror(error));
	else
		loop_watch(probe->loop, connection->fd, LOOP_WRITE, ready, connection);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void give_up(struct connection *connection, enum outcome how)
{
	const struct deadline *deadline = connection->probe->deadline;

	deadline_busy(deadline, FACT_OBSERVATION, connection->index);
	switch (connection->state) {
	case STATE_CONNECTING:
		fail_connect(connection, how,
		             how == OUTCOME_STOPPED ? "stopped while connecting"
		                                    : "no answer to the connect");
		break;
	case STATE_SHAKING:
		if (tls_go_on(connection->tls) &&
		    tls_step(connection->tls) == TLS_OVER) /* what has come counts */
			how = OUTCOME_PENDING;
		finish(connection, how);
		break;
	case STATE_LINGERING:
		drop(connection);
		break;
	}
	leave_alone(deadline);
}

static bool is_due(const struct connection *connection, int64_t now_ms)
{
	return connection->deadline_ms <= now_ms;
}

/* What came in while we were busy with others is read before any connection is given up. */
static void read_before_timeouts(struct probe *probe, int64_t now_ms)
{
	for (const struct connection *connection = probe->connections; connection != NULL;
	     connection = connection->next) {
		if (is_due(connection, now_ms)) {
			loop_turn(probe->loop, 0);
			return;
		}
	}
}

/* A window of one is meant to be one connection at a time, whatever it costs. */
static bool may_leave(const struct connection *connection)
{
	switch (connection->state) {
	case STATE_CONNECTING:
		return connection->probe->window > 1;
	case STATE_LINGERING:
		return true;
	case STATE_SHAKING:
		break;
	}
	return false;
}

/* Returns when the next one is due, as clock_mono_ms(). */
static int64_t expire(struct probe *probe, int64_t now_ms)
{
	int64_t due_ms = now_ms + NAP_MS;

	read_before_timeouts(probe, now_ms);
	for (struct connection *connection = probe->connections, *next; connection != NULL;
	     connection = next) {
		next = connection->next;
		if (is_due(connection, now_ms)) {
			give_up(connection, OUTCOME_TIMEOUT);
			continue;
		}
		if (may_leave(connection) && connection->leaves_ms <= now_ms)
			leave_window(connection);
		due_ms = sooner(due_ms, connection->deadline_ms);
		if (may_leave(connection) && connection->has_slot)
			due_ms = sooner(due_ms, connection->leaves_ms);
	}
	return due_ms;
}

static void run_all(struct probe *probe)
{
	while (probe->done < probe->all && !deadline_over(probe->deadline)) {
		int64_t now_ms = clock_mono_ms(), held_ms = settle_held(probe, now_ms),
			due_ms = expire(probe, now_ms), ready_ms, nap_ms;
		size_t index;

		while (probe->open < probe->window && probe->count < probe->most &&
		       slots_next(probe->slots, now_ms, &index))
			start(probe, index);
		ready_ms = slots_due(probe->slots);
		due_ms = sooner(due_ms, sooner(ready_ms, held_ms));
		nap_ms = due_ms - now_ms;
		if (probe->how->beside != NULL)
			nap_ms =
				probe->how->beside(probe->how->beside_arg, nap_ms > 0 ? nap_ms : 0);
		if (probe->done < probe->all &&
		    loop_turn(probe->loop, deadline_left_ms(probe->deadline, nap_ms)) < 0)
			break;
	}
}

/* Finished connections that only wait for the server to close are given a moment, if there is
 * one. */
static void wait_for_closes(struct probe *probe)
{
	int64_t until_ms = clock_mono_ms() + LINGER_LAST_MS, left_ms;

	while (probe->connections != NULL && !deadline_over(probe->deadline) &&
	       (left_ms = until_ms - clock_mono_ms()) > 0)
		if (loop_turn(probe->loop, deadline_left_ms(probe->deadline, left_ms)) < 0)
			break;
}

static void stop_the_rest(struct probe *probe)
{
	struct report *report = probe->report;

	while (probe->connections != NULL)
		give_up(probe->connections, OUTCOME_STOPPED);
	for (size_t i = 0; i < report->observation_count; i++) {
		if (report->observations[i].outcome != OUTCOME_PENDING)
			continue;
		report->observations[i].outcome = OUTCOME_STOPPED;
		complete(probe, &report->observations[i]);
	}
}

static void fail_all(struct report *report, const char *why)
{
	for (size_t i = 0; i < report->observation_count; i++) {
		if (report->observations[i].outcome != OUTCOME_PENDING)
			continue;
		report->observations[i].outcome = OUTCOME_LOCAL;
		report->observations[i].detail = mem_strdup(why);
	}
}

static void size_window(struct probe *probe)
{
	size_t wanted = probe->how->parallel > 0 && !probe->deadline->one_at_a_time
	                        ? probe->how->parallel
	                        : 1;
	size_t room = sock_room(DESCRIPTORS_A_SLOT * wanted + RESERVED_FDS);

	probe->most = room > RESERVED_FDS + 1 ? room - RESERVED_FDS : 1;
	probe->window = probe->most < wanted ? probe->most : wanted;
}

static void run(struct probe *probe)
{
	size_t pending = 0;

	probe->all = probe->report->observation_count;
	probe->any_usage = mem_array(probe->all, sizeof *probe->any_usage);
	probe->trying = mem_array(probe->all, sizeof *probe->trying);
	probe->alike = alike_firsts(probe->report);
	probe->slots = slots_new(probe->report, probe->how->per_address, probe->how->infer,
	                         &pending);
	probe->done = probe->all - pending;
	size_window(probe);
	deadline_tell(probe->deadline, "probe", probe->done, probe->all);
	run_all(probe);
	wait_for_closes(probe);
	stop_the_rest(probe);
	slots_free(probe->slots);
	free(probe->any_usage);
	free(probe->trying);
	free(probe->alike);
}

void probe_run(struct report *report, const struct probe_how *how, const struct deadline *deadline)
{
	struct probe probe = { .report = report, .how = how, .deadline = deadline };
	struct fault fault;

	if (report->gathered < GATHERED_PLAN) {
		probe_plan(report, how);
		facts_reached(report, deadline, GATHERED_PLAN);
	}
	if (deadline_over(deadline)) {
		stop_the_rest(&probe);
		return;
	}
	probe.kit = tls_kit_new(decode_may_compute, &fault);
	if (probe.kit == NULL) {
		fail_all(report, fault.text);
		return;
	}
	probe.loop = how->loop != NULL ? how->loop : loop_new();
	run(&probe);
	if (how->loop == NULL)
		loop_free(probe.loop);
	tls_kit_free(probe.kit);
}

bool probe_orders_suites(void)
{
	return tls_orders_suites();
}
