/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "gather/probe.h"
#include "gather/probe_doors.h"
#include "model/lookup.h"

#include <stdlib.h>
#include <string.h>

/* --- the plan --------------------------------------------------------------------------------------------------------- */

static enum outcome outcome_without_ip(const struct address *address)
{
	enum lookup_fault why;

	switch (address->use) {
	case ADDRESS_UNUSABLE:
		return OUTCOME_UNUSABLE;
	case ADDRESS_FOREIGN:
		return OUTCOME_FOREIGN;
	case ADDRESS_USED:
		break;
	}
	return address->unresolved != NULL && lookup_parse(address->unresolved, &why) == 0 && why == LOOKUP_STOPPED
	               ? OUTCOME_STOPPED
	               : OUTCOME_UNRESOLVED;
}

static void plan_one(struct report *report, size_t node, const struct address *address, const char *ip, uint16_t port,
                     unsigned offered)
{
	for (int order = 0; order < ORDER_COUNT; order++) {
		struct observation *observation;

		if (!report->policy.probe_order[order])
			continue;
		observation = report_add_observation(report);
		observation->node = node;
		observation->address = mem_strdup(address->text);
		observation->ip = mem_strdup(ip == NULL ? "" : ip);
		observation->port = port;
		observation->order = (enum order)order;
		observation->advertised = address->advertised;
		observation->offered = offered;
		if (ip != NULL)
			continue;
		observation->detail = mem_strdup(address->unresolved != NULL ? address->unresolved : "no address");
		observation->outcome = outcome_without_ip(address);
	}
}

static void plan_address(struct report *report, size_t node, const struct address *address, const struct probe_how *how)
{
	unsigned offered = how->tls13 ? OFFERED_TLS13 : OFFERED_TLS12;
	uint16_t usual[SERVICE_PORTS_MOST];
	const uint16_t *ports = how->port_count > 0 ? how->ports : usual;
	size_t count = how->port_count > 0 ? how->port_count : service_ports(report->nodes[node].role, usual);

	for (size_t i = 0; i < address->ip_count; i++)
		for (size_t p = 0; p < count; p++)
			plan_one(report, node, address, address->ips[i], ports[p], offered);
	for (size_t p = 0; address->ip_count == 0 && p < count; p++)
		plan_one(report, node, address, NULL, ports[p], offered);
}

void probe_plan(struct report *report, const struct probe_how *how)
{
	for (size_t i = 0; i < report->node_count; i++)
		for (size_t j = 0; j < report->nodes[i].address_count; j++)
			plan_address(report, i, &report->nodes[i].addresses[j], how);
}

/* --- the doors ---------------------------------------------------------------------------------------------------------- */

enum { NOBODY = -1 };

struct door {
	size_t rank;       /* which of its node's doors it is: 0, 1, ... */
	size_t node;
	ssize_t first, last; /* the queue before it, by index; NOBODY: empty */
	unsigned inside;
	bool in_ring;
};

struct doors {
	struct door *doors;
	size_t door_count;
	size_t *door_of;   /* by observation */
	ssize_t *behind;   /* by observation: who comes next in its queue */
	size_t *ring;      /* doors with a queue, in the order in which they are asked; a circle of door_count places */
	size_t ring_at, ring_count;
	unsigned per_address;
	struct waiting {
		size_t index;
		int64_t not_before_ms;
	} *waiting;        /* a binary heap would be more than the few retries are worth */
	size_t waiting_count;
};

static const struct report *sorting; /* qsort has no argument for it */

static int compare_places(const void *a, const void *b)
{
	const struct observation *one = &sorting->observations[*(const size_t *)a];
	const struct observation *other = &sorting->observations[*(const size_t *)b];
	int order = strcmp(one->ip, other->ip);

	if (order == 0)
		order = (one->port > other->port) - (one->port < other->port);
	return order != 0 ? order : (*(const size_t *)a > *(const size_t *)b) - (*(const size_t *)a < *(const size_t *)b);
}

static bool same_place(const struct report *report, size_t a, size_t b)
{
	return report->observations[a].port == report->observations[b].port &&
	       strcmp(report->observations[a].ip, report->observations[b].ip) == 0;
}

static void join_queue(struct doors *doors, size_t index)
{
	struct door *door = &doors->doors[doors->door_of[index]];

	doors->behind[index] = NOBODY;
	if (door->first == NOBODY)
		door->first = (ssize_t)index;
	else
		doors->behind[door->last] = (ssize_t)index;
	door->last = (ssize_t)index;
}

static void join_ring(struct doors *doors, size_t door)
{
	if (doors->doors[door].in_ring)
		return;
	doors->doors[door].in_ring = true;
	doors->ring[(doors->ring_at + doors->ring_count++) % doors->door_count] = door;
}

static void sort_to_doors(struct doors *doors, const struct report *report, size_t *pending, size_t count)
{
	sorting = report;
	qsort(pending, count, sizeof *pending, compare_places);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !same_place(report, pending[i - 1], pending[i])) {
			doors->doors[doors->door_count++] =
				(struct door){ .node = report->observations[pending[i]].node, .first = NOBODY, .last = NOBODY };
		}
		doors->door_of[pending[i]] = doors->door_count - 1;
		join_queue(doors, pending[i]);
	}
}

static int compare_turns(const void *a, const void *b)
{
	const struct door *one = *(const struct door *const *)a, *other = *(const struct door *const *)b;

	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	return one->first < other->first ? -1 : 1;
}

/* Each node's first door, then each node's second, ... */
static void take_turns(struct doors *doors, size_t node_count)
{
	struct door **turns = mem_array(doors->door_count + 1, sizeof *turns);
	size_t *ranks = mem_array(node_count + 1, sizeof *ranks);

	for (size_t i = 0; i < doors->door_count; i++) {
		doors->doors[i].rank = ranks[doors->doors[i].node]++;
		turns[i] = &doors->doors[i];
	}
	qsort(turns, doors->door_count, sizeof *turns, compare_turns);
	for (size_t i = 0; i < doors->door_count; i++)
		join_ring(doors, (size_t)(turns[i] - doors->doors));
	free(ranks);
	free(turns);
}

struct doors *doors_new(const struct report *report, unsigned per_address, size_t *pending_count)
{
	struct doors *doors = mem_zalloc(sizeof *doors);
	size_t all = report->observation_count + 1, count = 0;
	size_t *pending = mem_array(all, sizeof *pending);

	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].outcome == OUTCOME_PENDING)
			pending[count++] = i;
	doors->per_address = per_address > 0 ? per_address : 1;
	doors->doors = mem_array(count + 1, sizeof *doors->doors);
	doors->ring = mem_array(count + 1, sizeof *doors->ring);
	doors->door_of = mem_array(all, sizeof *doors->door_of);
	doors->behind = mem_array(all, sizeof *doors->behind);
	sort_to_doors(doors, report, pending, count);
	take_turns(doors, report->node_count);
	free(pending);
	*pending_count = count;
	return doors;
}

void doors_free(struct doors *doors)
{
	free(doors->doors);
	free(doors->door_of);
	free(doors->behind);
	free(doors->ring);
	free(doors->waiting);
	free(doors);
}

static void end_waiting(struct doors *doors, int64_t now_ms)
{
	for (size_t i = 0; i < doors->waiting_count;) {
		size_t index = doors->waiting[i].index;

		if (doors->waiting[i].not_before_ms > now_ms) {
			i++;
			continue;
		}
		doors->waiting[i] = doors->waiting[--doors->waiting_count];
		join_queue(doors, index);
		join_ring(doors, doors->door_of[index]);
	}
}

/* A door that is full leaves the ring, and comes back when somebody leaves it. */
bool doors_next(struct doors *doors, int64_t now_ms, size_t *index)
{
	end_waiting(doors, now_ms);
	while (doors->ring_count > 0) {
		size_t at = doors->ring[doors->ring_at];
		struct door *door = &doors->doors[at];

		doors->ring_at = (doors->ring_at + 1) % doors->door_count;
		doors->ring_count--;
		door->in_ring = false;
		if (door->first == NOBODY || door->inside >= doors->per_address)
			continue;
		*index = (size_t)door->first;
		door->first = doors->behind[door->first];
		door->inside++;
		join_ring(doors, at);
		return true;
	}
	return false;
}

void doors_leave(struct doors *doors, size_t index)
{
	doors->doors[doors->door_of[index]].inside--;
	join_ring(doors, doors->door_of[index]);
}

void doors_wait(struct doors *doors, size_t index, int64_t not_before_ms)
{
	doors->waiting = mem_grow(doors->waiting, doors->waiting_count, sizeof *doors->waiting);
	doors->waiting[doors->waiting_count++] = (struct waiting){ index, not_before_ms };
}

int64_t doors_due(const struct doors *doors)
{
	int64_t due_ms = INT64_MAX;

	for (size_t i = 0; i < doors->waiting_count; i++)
		if (doors->waiting[i].not_before_ms < due_ms)
			due_ms = doors->waiting[i].not_before_ms;
	return due_ms;
}
