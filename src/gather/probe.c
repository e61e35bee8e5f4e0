/* SPDX-License-Identifier: MIT */
/* Observations are made first, all of them pending; what remains is to fill them in. Those to one IP and port form a
 * door, before which at most per_address of us may stand; doors wait in a ring, node after node, so that every node is
 * asked in turn. A flight is one connection: it owns descriptor and session and dies with them. */
#include "config.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "pki/decode.h"
#include "gather/probe.h"
#include "gather/probe_doors.h"
#include "wire/sock.h"
#include "wire/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A flight that has said all keeps its place in the window until the other side has closed too, but not for longer than
 * this: over a distance the next would wait a round trip for nothing. Nor are the last ones waited for much longer: our
 * end of the connection is closed by then, the kernel does the rest. */
enum { LINGER_PLACE_MS = 20, LINGER_LAST_MS = 60 };

enum { LINGER_MS = 1000, NAP_MS = 200, BACKOFF_MS = 500, BACKOFF_MOST_MS = 8000, RESERVED_FDS = 8 };

enum { KEPT_MOST = 128 << 20, LINK_COST = 128, CERT_COST = 2048 }; /* bytes */

enum flight_state { FLIGHT_CONNECTING, FLIGHT_SHAKING, FLIGHT_LINGERING };

struct flight {
	struct probe *probe; /* borrowed */
	size_t index;        /* of the observation, and in probe->doors */
	enum flight_state state;
	int fd;
	struct tls *tls;     /* owned */
	int64_t begun_ms, deadline_ms;
	int64_t leaves_ms;   /* when a lingering one gives up its place in the window */
	bool has_place;      /* it counts in probe->in_the_air */
	struct flight *previous, *next;
};

struct probe {
	struct report *report;             /* borrowed, like the next two */
	const struct probe_how *how;
	const struct deadline *deadline;
	struct loop *loop;
	struct tls_kit *kit;
	struct doors *doors;
	struct flight *flights;            /* those in the air, in no order */
	size_t in_the_air, window;
	size_t done, all;
	size_t kept;                       /* bytes that chains have cost so far, roughly */
};

/* --- the end of a flight -------------------------------------------------------------------------------------------- */

static void ready(void *arg, int fd, unsigned events);

static void leave_window(struct flight *flight)
{
	if (flight->has_place)
		flight->probe->in_the_air--;
	flight->has_place = false;
}

static void land(struct flight *flight)
{
	struct probe *probe = flight->probe;

	if (flight->previous != NULL)
		flight->previous->next = flight->next;
	else
		probe->flights = flight->next;
	if (flight->next != NULL)
		flight->next->previous = flight->previous;
	leave_window(flight);
	doors_leave(probe->doors, flight->index);
	if (flight->fd >= 0) {
		loop_watch(probe->loop, flight->fd, 0, NULL, NULL);
		sock_close(flight->fd);
	}
	tls_free(flight->tls);
	free(flight);
}

static void note(const struct probe *probe, const struct observation *observation)
{
	deadline_tell(probe->deadline, "probe", probe->done, probe->all);
	deadline_note(probe->deadline, "%s (%s) port %u %s: %s%s%s, %lld ms", observation->address, observation->ip,
	              observation->port, order_name(observation->order), outcome_name(observation->outcome),
	              observation->detail != NULL ? ", " : "", observation->detail != NULL ? observation->detail : "",
	              (long long)observation->took_ms);
}

static void complete(struct probe *probe, struct observation *observation)
{
	probe->done++;
	note(probe, observation);
}

/* A timeout or a reset may be bad luck; whatever else is an answer, and asking again would only be impolite. */
static bool try_again(struct flight *flight, const struct observation *observation)
{
	struct probe *probe = flight->probe;
	int64_t pause_ms = BACKOFF_MS << (observation->tries < 5 ? observation->tries - 1 : 4);

	if (observation->outcome != OUTCOME_TIMEOUT && observation->outcome != OUTCOME_RESET)
		return false;
	if (observation->tries > probe->how->retries || deadline_over(probe->deadline))
		return false;
	doors_wait(probe->doors, flight->index, clock_mono_ms() + (pause_ms < BACKOFF_MOST_MS ? pause_ms : BACKOFF_MOST_MS));
	return true;
}

/* Thousands of servers with a new chain of the largest size for every handshake would fill the memory: what a chain
 * costs is estimated, and when it is too much, the next ones are not kept. */
static void copy_chain(struct probe *probe, const struct tls *tls, struct observation *observation)
{
	struct certset *certs = &probe->report->certs;
	const unsigned char *der;
	size_t at = 0, der_len;

	if (probe->kept > KEPT_MOST) {
		free(observation->detail);
		observation->detail = mem_strdup("this run has met more certificates than this program keeps");
		observation->outcome = OUTCOME_LOCAL;
		return;
	}
	while (tls_next_certificate(tls, &at, &der, &der_len) == 1) {
		size_t known = certs->count;

		chain_add(&observation->chain, decode_cert(certs, der, der_len));
		probe->kept += LINK_COST + (certs->count > known ? CERT_COST + 4 * der_len : 0);
	}
}

/* The observation is known: the connection is closed, politely where there is somebody to be polite to. */
static void part(struct flight *flight)
{
	loop_watch(flight->probe->loop, flight->fd, LOOP_READ, ready, flight);
	tls_bye(flight->tls);
	tls_free(flight->tls);
	flight->tls = NULL;
	sock_finish(flight->fd);
	flight->state = FLIGHT_LINGERING;
	flight->leaves_ms = clock_mono_ms() + LINGER_PLACE_MS;
	flight->deadline_ms = clock_mono_ms() + LINGER_MS;
}

static void finish(struct flight *flight, enum outcome given_up)
{
	struct probe *probe = flight->probe;
	struct observation *observation = &probe->report->observations[flight->index];

	tls_tell(flight->tls, given_up, observation);
	observation->took_ms = clock_mono_ms() - flight->begun_ms;
	if (!try_again(flight, observation)) {
		if (observation->outcome == OUTCOME_PRESENTED)
			copy_chain(probe, flight->tls, observation);
		complete(probe, observation);
	}
	if (observation->handshake_completed)
		part(flight);
	else
		land(flight);
}

static void fail_connect(struct flight *flight, enum outcome outcome, const char *detail)
{
	struct observation *observation = &flight->probe->report->observations[flight->index];

	observation->outcome = outcome;
	observation->took_ms = clock_mono_ms() - flight->begun_ms;
	free(observation->detail);
	observation->detail = mem_strdup(detail);
	if (!try_again(flight, observation))
		complete(flight->probe, observation);
	land(flight);
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

/* --- the flight ------------------------------------------------------------------------------------------------------- */

static void shake(struct flight *flight)
{
	static const unsigned events[] = { [TLS_WANT_READ] = LOOP_READ, [TLS_WANT_WRITE] = LOOP_WRITE, [TLS_OVER] = LOOP_READ };
	enum tls_want want = tls_step(flight->tls);

	if (want == TLS_OVER) {
		finish(flight, OUTCOME_PENDING);
		return;
	}
	loop_watch(flight->probe->loop, flight->fd, events[want], ready, flight);
}

static void connected(struct flight *flight)
{
	struct probe *probe = flight->probe;
	const struct observation *observation = &probe->report->observations[flight->index];
	enum address_kind kind = address_kind_of(observation->address);
	int error = sock_error(flight->fd);

	if (error != 0) {
		fail_connect(flight, outcome_of_errno(error), strerror(error));
		return;
	}
	flight->tls = tls_new(probe->kit, observation->order,
	                      kind == ADDRESS_IPV4 || kind == ADDRESS_IPV6 ? NULL : observation->address, flight->fd);
	if (flight->tls == NULL) {
		fail_connect(flight, OUTCOME_LOCAL, "GnuTLS has no room for a session");
		return;
	}
	flight->state = FLIGHT_SHAKING;
	flight->deadline_ms = clock_mono_ms() + probe->how->handshake_timeout_ms;
	shake(flight);
}

static void linger(struct flight *flight)
{
	if (sock_drain(flight->fd) != 1)
		land(flight);
}

static void ready(void *arg, int fd, unsigned events)
{
	struct flight *flight = arg;

	(void)fd;
	(void)events;
	switch (flight->state) {
	case FLIGHT_CONNECTING:
		connected(flight);
		break;
	case FLIGHT_SHAKING:
		shake(flight);
		break;
	case FLIGHT_LINGERING:
		linger(flight);
		break;
	}
}

static struct flight *take_off(struct probe *probe, size_t index)
{
	struct flight *flight = mem_zalloc(sizeof *flight);

	flight->probe = probe;
	flight->index = index;
	flight->begun_ms = clock_mono_ms();
	flight->deadline_ms = flight->begun_ms + probe->how->connect_timeout_ms;
	flight->next = probe->flights;
	if (probe->flights != NULL)
		probe->flights->previous = flight;
	probe->flights = flight;
	flight->has_place = true;
	probe->in_the_air++;
	return flight;
}

static void start(struct probe *probe, size_t index)
{
	struct observation *observation = &probe->report->observations[index];
	struct flight *flight = take_off(probe, index);
	int error;

	flight->fd = sock_connect(observation->ip, observation->port);
	error = flight->fd < 0 ? errno : 0;
	if ((error == EMFILE || error == ENFILE) && flight->next != NULL) {
		probe->window = probe->in_the_air > 1 ? probe->in_the_air - 1 : 1; /* somebody else needs descriptors as well: fewer flights */
		doors_wait(probe->doors, index, clock_mono_ms());
		land(flight);
		return;
	}
	observation->tries++;
	if (error != 0)
		fail_connect(flight, outcome_of_errno(error), strerror(error));
	else
		loop_watch(probe->loop, flight->fd, LOOP_WRITE, ready, flight);
}

/* --- the whole ---------------------------------------------------------------------------------------------------------- */

static void give_up(struct flight *flight, enum outcome how)
{
	switch (flight->state) {
	case FLIGHT_CONNECTING:
		fail_connect(flight, how, how == OUTCOME_STOPPED ? "stopped while connecting" : "no answer to the connect");
		break;
	case FLIGHT_SHAKING:
		finish(flight, how);
		break;
	case FLIGHT_LINGERING:
		land(flight);
		break;
	}
}

static int64_t sooner(int64_t one_ms, int64_t other_ms)
{
	return one_ms < other_ms ? one_ms : other_ms;
}

/* What came in while we were busy with others is heard before anybody is given up. */
static void hear_the_late(struct probe *probe, int64_t now_ms)
{
	for (const struct flight *flight = probe->flights; flight != NULL; flight = flight->next) {
		if (flight->deadline_ms <= now_ms) {
			loop_turn(probe->loop, 0);
			return;
		}
	}
}

/* Returns when the next one is due, as clock_mono_ms(). */
static int64_t expire(struct probe *probe, int64_t now_ms)
{
	int64_t due_ms = now_ms + NAP_MS;

	hear_the_late(probe, now_ms);
	for (struct flight *flight = probe->flights, *next; flight != NULL; flight = next) {
		next = flight->next;
		if (flight->deadline_ms <= now_ms) {
			give_up(flight, OUTCOME_TIMEOUT);
			continue;
		}
		if (flight->state == FLIGHT_LINGERING && flight->leaves_ms <= now_ms)
			leave_window(flight);
		due_ms = sooner(due_ms, flight->deadline_ms);
		if (flight->state == FLIGHT_LINGERING && flight->has_place)
			due_ms = sooner(due_ms, flight->leaves_ms);
	}
	return due_ms;
}

static void fly(struct probe *probe)
{
	while (probe->done < probe->all && !deadline_over(probe->deadline)) {
		int64_t now_ms = clock_mono_ms(), due_ms = expire(probe, now_ms), ready_ms;
		size_t index;

		while (probe->in_the_air < probe->window && doors_next(probe->doors, now_ms, &index))
			start(probe, index);
		ready_ms = doors_due(probe->doors);
		if (ready_ms < due_ms)
			due_ms = ready_ms;
		if (probe->done < probe->all && loop_turn(probe->loop, deadline_left_ms(probe->deadline, due_ms - now_ms)) < 0)
			break;
	}
}

/* Those that have said all and only wait for the other side to close are given a moment, if there is one. */
static void wait_for_the_last(struct probe *probe)
{
	int64_t until_ms = clock_mono_ms() + LINGER_LAST_MS;

	while (probe->flights != NULL && !deadline_over(probe->deadline)) {
		int64_t now_ms = clock_mono_ms(), due_ms = sooner(until_ms, expire(probe, now_ms));

		if (now_ms >= until_ms)
			break;
		if (probe->flights != NULL && loop_turn(probe->loop, deadline_left_ms(probe->deadline, due_ms - now_ms)) < 0)
			break;
	}
}

static void stop_the_rest(struct probe *probe)
{
	struct report *report = probe->report;

	while (probe->flights != NULL)
		give_up(probe->flights, OUTCOME_STOPPED);
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

static size_t window_of(const struct probe_how *how)
{
	size_t wanted = how->parallel > 0 ? how->parallel : 1, room = sock_room(2 * wanted + RESERVED_FDS); /* as many again may linger */

	return room > RESERVED_FDS + 1 ? (room - RESERVED_FDS < wanted ? room - RESERVED_FDS : wanted) : 1;
}

static void run(struct probe *probe)
{
	size_t pending = 0;

	probe->all = probe->report->observation_count;
	probe->doors = doors_new(probe->report, probe->how->per_address, &pending);
	probe->done = probe->all - pending;
	probe->window = window_of(probe->how);
	deadline_tell(probe->deadline, "probe", probe->done, probe->all);
	fly(probe);
	wait_for_the_last(probe);
	stop_the_rest(probe);
	doors_free(probe->doors);
}

void probe_run(struct report *report, const struct probe_how *how, const struct deadline *deadline)
{
	struct probe probe = { .report = report, .how = how, .deadline = deadline };
	struct fault fault;

	probe_plan(report, how);
	probe.kit = tls_kit_new(how->tls13, &fault);
	if (probe.kit == NULL) {
		fail_all(report, fault.text);
		return;
	}
	probe.loop = loop_new();
	run(&probe);
	loop_free(probe.loop);
	tls_kit_free(probe.kit);
}
