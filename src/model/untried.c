/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/untried.h"

#include <stdlib.h>
#include <string.h>

static void drop_earlier(struct report *report)
{
	size_t kept = 0;

	for (size_t i = 0; i < report->observation_count; i++) {
		if (report->observations[i].outcome == OUTCOME_NOT_TRIED)
			observation_clear(&report->observations[i]);
		else
			report->observations[kept++] = report->observations[i];
	}
	report->observation_count = kept;
}

/* Indices, because adding moves the observations. */
struct sorted {
	size_t *items, count;
};

static int by_address(const struct observation *a, const struct observation *b)
{
	return COMPARE(a->node, b->node) ?: strcmp(a->address, b->address);
}

static int by_port(const void *left, const void *right, void *arg)
{
	const struct report *report = arg;
	size_t i = *(const size_t *)left, k = *(const size_t *)right;
	const struct observation *a = &report->observations[i], *b = &report->observations[k];

	return by_address(a, b) ?: COMPARE(a->port, b->port) ?: COMPARE(i, k);
}

static struct sorted sort_advertised(struct report *report)
{
	struct sorted sorted = { mem_array(report->observation_count, sizeof *sorted.items), 0 };

	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].advertised)
			sorted.items[sorted.count++] = i;
	qsort_r(sorted.items, sorted.count, sizeof *sorted.items, by_port, report);
	return sorted;
}

/* Does what this order shows decide the answer, now or if an assumption does not hold? */
static bool order_matters(const struct policy *policy, enum order order)
{
	return policy->order_in_force[order] ||
	       (policy->order_assumed && policy->probe_order[order]);
}

static void add(struct report *report, size_t like, uint16_t port, enum order order,
                const char *detail)
{
	struct observation *added = report_add_observation(report);
	const struct observation *known = &report->observations[like];

	added->node = known->node;
	added->address = mem_strdup(known->address);
	added->ip = mem_strdup(known->ip);
	added->port = port;
	added->order = order;
	added->advertised = true;
	added->offered = known->offered;
	/* What has no IP has none on any port and in any order. */
	added->outcome = *known->ip == '\0' ? known->outcome : OUTCOME_NOT_TRIED;
	added->detail = *known->ip != '\0'       ? mem_strdup(detail)
	                : known->detail != NULL ? mem_strdup(known->detail)
	                                        : NULL;
}

/* [from, end) of sorted are of one address and port. Returns whether a login needs the port. */
static bool add_orders(struct report *report, const struct sorted *sorted, size_t from, size_t end)
{
	size_t like = sorted->items[from];
	bool tried[ORDER_COUNT] = { false };

	if (!report_needed(report, &report->observations[like]))
		return false;
	for (size_t i = from; i < end; i++)
		tried[report->observations[sorted->items[i]].order] = true;
	for (int order = 0; order < ORDER_COUNT; order++)
		if (!tried[order] && order_matters(&report->policy, (enum order)order))
			add(report, like, report->observations[like].port, (enum order)order,
			    "no handshake was made in this cipher order");
	return true;
}

static void add_ports(struct report *report, size_t like)
{
	enum node_role role = report->nodes[report->observations[like].node].role;
	uint16_t ports[SERVICE_PORTS_MOST];
	size_t count = service_ports(role, ports);

	for (size_t i = 0; i < count; i++) {
		if (!service_is_needed(service_of(role, ports[i])))
			continue;
		for (int order = 0; order < ORDER_COUNT; order++)
			if (order_matters(&report->policy, (enum order)order))
				add(report, like, ports[i], (enum order)order,
				    "left out by --ports");
	}
}

void untried_add(struct report *report)
{
	struct sorted sorted;

	drop_earlier(report);
	sorted = sort_advertised(report);
	for (size_t i = 0, end; i < sorted.count; i = end) {
		size_t first = sorted.items[i];
		bool needed = false;

		end = i;
		while (end < sorted.count &&
		       by_address(&report->observations[first],
		                  &report->observations[sorted.items[end]]) == 0) {
			uint16_t port = report->observations[sorted.items[end]].port;
			size_t from = end;

			while (end < sorted.count &&
			       by_address(&report->observations[first],
			                  &report->observations[sorted.items[end]]) == 0 &&
			       report->observations[sorted.items[end]].port == port)
				end++;
			needed = add_orders(report, &sorted, from, end) || needed;
		}
		if (!needed)
			add_ports(report, first);
	}
	free(sorted.items);
}
