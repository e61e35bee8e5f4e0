/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/untried.h"

#include <stdint.h>
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

static struct observation *add(struct report *report, size_t like, uint16_t port,
                               enum order order, const char *detail)
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
	added->signatures = known->signatures;
	/* What has no IP has none on any port and in any order. */
	added->outcome = *known->ip == '\0' ? known->outcome : OUTCOME_NOT_TRIED;
	added->detail = *known->ip != '\0'       ? mem_strdup(detail)
	                : known->detail != NULL ? mem_strdup(known->detail)
	                                        : NULL;
	return added;
}

/* What an audit offers follows from its release, or from --tls, which is meant so. A saved report
 * that is judged as another release may lack what that one offers. */
static bool release_is_new(const struct report *report)
{
	return report->gathered == GATHERED_NOTHING && report->policy.from == POLICY_GIVEN;
}

/* [from, end) of sorted are of one address and port, and some of them of this order. */
static void add_tls(struct report *report, const struct sorted *sorted, size_t from, size_t end,
                    enum order order)
{
	bool sure = (report->policy.offers & OFFERED_TLS13) != 0, tls13 = false, alone = false,
	     follows = false;
	size_t like = SIZE_MAX;

	for (size_t i = from; i < end; i++) {
		const struct observation *one = &report->observations[sorted->items[i]];

		if (one->order != order || *one->ip == '\0')
			continue;
		if (one->offered == 0)
			return; /* a report of an older release does not say */
		like = sorted->items[i];
		tls13 = tls13 || (one->offered & OFFERED_TLS13) != 0;
		alone = alone || one->offered == OFFERED_TLS12;
		follows = follows ||
		          (one->tls12_alone == TLS12_UNKNOWN && one->tls_version != NULL &&
		           strcmp(one->tls_version, "TLS1.3") == 0);
	}
	if (like == SIZE_MAX)
		return;
	if (sure && !tls13)
		add(report, like, report->observations[like].port, order,
		    "no handshake offered TLS 1.3")
			->offered = report->policy.offers;
	else if (!sure && follows && !alone)
		add(report, like, report->observations[like].port, order,
		    "no handshake offered TLS 1.2 alone")
			->offered = OFFERED_TLS12;
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
		else if (tried[order] && order_matters(&report->policy, (enum order)order) &&
		         release_is_new(report))
			add_tls(report, sorted, from, end, (enum order)order);
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
