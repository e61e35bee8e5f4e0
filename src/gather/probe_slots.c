/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "gather/probe_plan.h"
#include "gather/probe_slots.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h> /* ssize_t: musl gives it nowhere else */

enum { NOBODY = -1 };

struct endpoint {
	size_t rank;       /* which of its node's endpoints it is: 0, 1, ... */
	size_t node;
	ssize_t first, last; /* the queue before it, by index; NOBODY: empty */
	unsigned open;
	bool has_turn;
};

struct slots {
	struct endpoint *endpoints;
	size_t endpoint_count;
	size_t *endpoint_of;   /* by observation */
	ssize_t *behind;   /* by observation: who comes next in its queue */
	size_t *turns; /* endpoints with a queue, in the order in which they are asked; a circle of
	                  endpoint_count places */
	size_t turn_at, turn_count;
	unsigned per_address;
	struct waiting {
		size_t index;
		int64_t not_before_ms;
	} *waiting;        /* a binary heap would be more than the few retries are worth */
	size_t waiting_count;
};

static const struct report *sorting; /* qsort has no argument for it */

static int by_endpoint(const void *a, const void *b)
{
	const struct observation *one = &sorting->observations[*(const size_t *)a];
	const struct observation *other = &sorting->observations[*(const size_t *)b];

	return strcmp(one->ip, other->ip)
	       ?: COMPARE(one->port, other->port)
	       ?: COMPARE(*(const size_t *)a, *(const size_t *)b);
}

static bool same_endpoint(const struct report *report, size_t a, size_t b)
{
	return report->observations[a].port == report->observations[b].port &&
	       strcmp(report->observations[a].ip, report->observations[b].ip) == 0;
}

static void join_queue(struct slots *slots, size_t index)
{
	struct endpoint *endpoint = &slots->endpoints[slots->endpoint_of[index]];

	slots->behind[index] = NOBODY;
	if (endpoint->first == NOBODY)
		endpoint->first = (ssize_t)index;
	else
		slots->behind[endpoint->last] = (ssize_t)index;
	endpoint->last = (ssize_t)index;
}

static void join_turns(struct slots *slots, size_t endpoint)
{
	if (slots->endpoints[endpoint].has_turn)
		return;
	slots->endpoints[endpoint].has_turn = true;
	slots->turns[(slots->turn_at + slots->turn_count++) % slots->endpoint_count] = endpoint;
}

static bool is_pending(const struct report *report, size_t index)
{
	return report->observations[index].outcome == OUTCOME_PENDING;
}

/* Whether a further ClientHello is needed is not known before the first is complete; whether one
 * with RSA first is, before the one with ECDSA first. */
static bool is_held(const struct report *report, size_t index, bool infer)
{
	size_t first = probe_first(report, index), other;

	if (first != index)
		return is_pending(report, first);
	if (!infer || report->observations[index].order != ORDER_RSA_FIRST)
		return false;
	other = probe_other_order(report, index, false);
	return other != index && is_pending(report, other);
}

static void sort_to_endpoints(struct slots *slots, const struct report *report, bool infer,
                              size_t *pending, size_t count)
{
	sorting = report;
	qsort(pending, count, sizeof *pending, by_endpoint);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !same_endpoint(report, pending[i - 1], pending[i])) {
			slots->endpoints[slots->endpoint_count++] =
				(struct endpoint){ .node = report->observations[pending[i]].node,
				                   .first = NOBODY,
				                   .last = NOBODY };
		}
		slots->endpoint_of[pending[i]] = slots->endpoint_count - 1;
		if (!is_held(report, pending[i], infer))
			join_queue(slots, pending[i]);
	}
}

static int by_turn(const void *a, const void *b)
{
	const struct endpoint *one = *(const struct endpoint *const *)a,
			      *other = *(const struct endpoint *const *)b;

	return COMPARE(one->rank, other->rank) ?: COMPARE(one->first, other->first);
}

/* Each node's first endpoint, then each node's second, ... */
static void take_turns(struct slots *slots, size_t node_count)
{
	struct endpoint **turns = mem_array(slots->endpoint_count, sizeof *turns);
	size_t *ranks = mem_array(node_count, sizeof *ranks);

	for (size_t i = 0; i < slots->endpoint_count; i++) {
		slots->endpoints[i].rank = ranks[slots->endpoints[i].node]++;
		turns[i] = &slots->endpoints[i];
	}
	qsort(turns, slots->endpoint_count, sizeof *turns, by_turn);
	for (size_t i = 0; i < slots->endpoint_count; i++)
		join_turns(slots, (size_t)(turns[i] - slots->endpoints));
	free(ranks);
	free(turns);
}

struct slots *slots_new(const struct report *report, unsigned per_address, bool infer,
                        size_t *pending_count)
{
	struct slots *slots = mem_zalloc(sizeof *slots);
	size_t all = report->observation_count, count = 0;
	size_t *pending = mem_array(all, sizeof *pending);

	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].outcome == OUTCOME_PENDING)
			pending[count++] = i;
	slots->per_address = per_address > 0 ? per_address : 1;
	slots->endpoints = mem_array(count, sizeof *slots->endpoints);
	slots->turns = mem_array(count, sizeof *slots->turns);
	slots->endpoint_of = mem_array(all, sizeof *slots->endpoint_of);
	slots->behind = mem_array(all, sizeof *slots->behind);
	sort_to_endpoints(slots, report, infer, pending, count);
	take_turns(slots, report->node_count);
	free(pending);
	*pending_count = count;
	return slots;
}

void slots_free(struct slots *slots)
{
	free(slots->endpoints);
	free(slots->endpoint_of);
	free(slots->behind);
	free(slots->turns);
	free(slots->waiting);
	free(slots);
}

static void end_pauses(struct slots *slots, int64_t now_ms)
{
	for (size_t i = 0; i < slots->waiting_count;) {
		size_t index = slots->waiting[i].index;

		if (slots->waiting[i].not_before_ms > now_ms) {
			i++;
			continue;
		}
		slots->waiting[i] = slots->waiting[--slots->waiting_count];
		join_queue(slots, index);
		join_turns(slots, slots->endpoint_of[index]);
	}
}

/* An endpoint that is full loses its turn, and has one again when a connection to it ends. */
bool slots_next(struct slots *slots, int64_t now_ms, size_t *index)
{
	end_pauses(slots, now_ms);
	while (slots->turn_count > 0) {
		size_t at = slots->turns[slots->turn_at];
		struct endpoint *endpoint = &slots->endpoints[at];

		slots->turn_at = (slots->turn_at + 1) % slots->endpoint_count;
		slots->turn_count--;
		endpoint->has_turn = false;
		if (endpoint->first == NOBODY || endpoint->open >= slots->per_address)
			continue;
		*index = (size_t)endpoint->first;
		endpoint->first = slots->behind[endpoint->first];
		endpoint->open++;
		join_turns(slots, at);
		return true;
	}
	return false;
}

void slots_leave(struct slots *slots, size_t index)
{
	slots->endpoints[slots->endpoint_of[index]].open--;
	join_turns(slots, slots->endpoint_of[index]);
}

void slots_wait(struct slots *slots, size_t index, int64_t not_before_ms)
{
	slots->waiting = mem_grow(slots->waiting, slots->waiting_count, sizeof *slots->waiting);
	slots->waiting[slots->waiting_count++] = (struct waiting){ index, not_before_ms };
}

int64_t slots_due(const struct slots *slots)
{
	int64_t due_ms = INT64_MAX;

	for (size_t i = 0; i < slots->waiting_count; i++)
		if (slots->waiting[i].not_before_ms < due_ms)
			due_ms = slots->waiting[i].not_before_ms;
	return due_ms;
}
