/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "out/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_reading(const void *left, const void *right, void *arg)
{
	const struct report *report = arg;
	size_t i = *(const size_t *)left, j = *(const size_t *)right;
	const struct observation *a = &report->observations[i], *b = &report->observations[j];

	return COMPARE(a->node, b->node)
	       ?: COMPARE(b->advertised, a->advertised)
	       ?: strcmp(a->address, b->address)
	       ?: COMPARE(b->port, a->port) /* 8443, the login, before 6972, the configuration */
	       ?: COMPARE(a->order, b->order)
	       ?: strcmp(a->ip, b->ip)
	       ?: COMPARE(i, j);
}

static bool same_check(const struct observation *a, const struct observation *b)
{
	return a->node == b->node && a->advertised == b->advertised && a->port == b->port &&
	       a->order == b->order && strcmp(a->address, b->address) == 0;
}

/* A counting sort of the verdicts by observation; their order within one stays. */
static void index_verdicts(struct view *view)
{
	const struct report *report = view->report;
	size_t count = report->observation_count;
	size_t *next = mem_array(count + 1, sizeof *next);

	view->verdicts_at = mem_array(count + 1, sizeof *view->verdicts_at);
	view->verdicts = mem_array(report->verdict_count, sizeof *view->verdicts);
	for (size_t i = 0; i < report->verdict_count; i++)
		view->verdicts_at[report->verdicts[i].observation + 1]++;
	for (size_t i = 0; i < count; i++)
		view->verdicts_at[i + 1] += view->verdicts_at[i];
	memcpy(next, view->verdicts_at, (count + 1) * sizeof *next);
	for (size_t i = 0; i < report->verdict_count; i++)
		view->verdicts[next[report->verdicts[i].observation]++] = i;
	free(next);
}

const size_t *view_verdicts(const struct view *view, size_t observation, size_t *count)
{
	*count = view->verdicts_at[observation + 1] - view->verdicts_at[observation];
	return view->verdicts + view->verdicts_at[observation];
}

const struct verdict *view_refusal(const struct view *view, const struct check *check)
{
	for (size_t i = 0; i < check->seen_count; i++) {
		size_t count;
		const size_t *list = view_verdicts(view, check->seen[i], &count);

		for (size_t k = 0; k < count; k++)
			if (!view->report->verdicts[list[k]].accepted)
				return &view->report->verdicts[list[k]];
	}
	return NULL;
}

const struct observation *view_shown(const struct view *view, const struct check *check)
{
	const struct observation *all = view->report->observations;
	const struct verdict *refusal = view_refusal(view, check);

	if (refusal != NULL)
		return &all[refusal->observation];
	for (size_t i = 0; i < check->seen_count; i++)
		if ((check->state == CHECK_UNKNOWN || check->state == CHECK_ASIDE) &&
		    !view->reached[check->seen[i]])
			return &all[check->seen[i]]; /* what is missing says why */
	for (size_t i = 0; i < check->seen_count; i++)
		if (all[check->seen[i]].outcome == OUTCOME_PRESENTED)
			return &all[check->seen[i]];
	return &all[check->seen[0]];
}

static enum check_state state_of(const struct view *view, const struct check *check)
{
	bool judged = false, missing = false;

	for (size_t i = 0; i < check->seen_count; i++) {
		size_t count;

		view_verdicts(view, check->seen[i], &count);
		judged = judged || count > 0;
		/* one of several ClientHellos: report_status() calls that no pass */
		missing = missing || !view->reached[check->seen[i]];
	}
	if (!service_is_traffic(
		    report_service(view->report, &view->report->observations[check->seen[0]])))
		return CHECK_NOT_NEEDED; /* shown or not, it says nothing of a login */
	if (!report_needed(view->report, &view->report->observations[check->seen[0]])) {
		if (!judged)
			return CHECK_NOT_NEEDED;
		missing = false;
	}
	if (!judged || (missing && view_refusal(view, check) == NULL))
		return check->counts ? CHECK_UNKNOWN : CHECK_ASIDE;
	if (view_refusal(view, check) == NULL)
		return CHECK_ACCEPTED;
	return check->counts ? CHECK_REFUSED : CHECK_WARNING;
}

static void find_checks(struct view *view)
{
	const struct report *report = view->report;
	size_t count = report->observation_count;

	view->seen = mem_array(count, sizeof *view->seen);
	view->checks = mem_array(count, sizeof *view->checks);
	for (size_t i = 0; i < count; i++)
		view->seen[i] = i;
	qsort_r(view->seen, count, sizeof *view->seen, by_reading, (void *)(uintptr_t)report);
	for (size_t i = 0, end; i < count; i = end) {
		const struct observation *first = &report->observations[view->seen[i]];
		struct check *check = &view->checks[view->check_count++];

		for (end = i + 1;
		     end < count && same_check(first, &report->observations[view->seen[end]]);
		     end++)
			;
		*check = (struct check){ .node = first->node,
			                 .address = first->address,
			                 .port = first->port,
			                 .order = first->order,
			                 .advertised = first->advertised,
			                 .seen = view->seen + i,
			                 .seen_count = end - i };
		for (size_t k = 0; k < check->seen_count; k++)
			check->counts =
				check->counts ||
				report_counts(report, &report->observations[check->seen[k]]);
		check->state = state_of(view, check);
	}
}

const char *view_aside(const struct view *view, const struct check *check)
{
	if (check->counts)
		return NULL;
	if (!check->advertised)
		return "not advertised";
	if (!service_is_traffic(
		    report_service(view->report, &view->report->observations[check->seen[0]])))
		return "not the traffic server's";
	return view->report->policy.order_in_force[check->order] ? "not needed there"
	                                                         : "not in the order in force";
}

size_t view_node_end(const struct view *view, size_t from)
{
	size_t end = from + 1;

	while (end < view->check_count && view->checks[end].node == view->checks[from].node)
		end++;
	return end;
}

size_t view_address_end(const struct view *view, size_t from)
{
	const struct check *first = &view->checks[from];
	size_t end = from + 1;

	while (end < view->check_count && view->checks[end].node == first->node &&
	       view->checks[end].advertised == first->advertised &&
	       strcmp(view->checks[end].address, first->address) == 0)
		end++;
	return end;
}

bool view_has(const struct view *view, size_t from, size_t end, enum check_state state)
{
	for (size_t i = from; i < end; i++)
		if (view->checks[i].state == state)
			return true;
	return false;
}

/* Is a refused check accepted wherever TLS 1.2 alone was offered, and was that tried? */
static bool spared_by_tls12(const struct view *view, const struct check *check)
{
	bool tried = false;

	for (size_t i = 0; i < check->seen_count; i++) {
		size_t count;
		const size_t *list = view_verdicts(view, check->seen[i], &count);

		if (view->report->observations[check->seen[i]].offered != OFFERED_TLS12)
			continue;
		tried = tried || count > 0;
		for (size_t k = 0; k < count; k++)
			if (!view->report->verdicts[list[k]].accepted)
				return false;
	}
	return tried;
}

static bool *refused_by_peer(const struct report *report)
{
	bool *refused = mem_array(report->observation_count, sizeof *refused);

	for (size_t i = 0; i < report->client_verdict_count; i++)
		if (report->client_verdicts[i].outcome == CLIENT_REFUSED)
			refused[report->client_verdicts[i].observation] = true;
	return refused;
}

static void tally_peers(struct view *view)
{
	bool *refused = refused_by_peer(view->report);

	for (size_t at = 0, end; at < view->check_count; at = end) {
		bool any = false;

		end = view_address_end(view, at);
		for (size_t i = at; i < end; i++)
			for (size_t k = 0; k < view->checks[i].seen_count; k++)
				any = any ||
				      (refused[view->checks[i].seen[k]] &&
				       report_counts(
					       view->report,
					       &view->report
							->observations[view->checks[i].seen[k]]));
		view->tally.peer_refused += any;
	}
	free(refused);
}

/* Counts the checks [from, end) of one address. */
static void tally_address(struct view *view, size_t from, size_t end)
{
	struct tally *tally = &view->tally;
	bool has[CHECK_STATE_COUNT] = { false }, refused[ORDER_COUNT] = { false },
	     unknown[ORDER_COUNT] = { false };
	bool unspared[ORDER_COUNT] = { false };

	for (size_t i = from; i < end; i++) {
		const struct check *check = &view->checks[i];

		tally->checks[check->state]++;
		has[check->state] = true;
		if (check->state == CHECK_REFUSED || check->state == CHECK_WARNING) {
			refused[check->order] = true;
			unspared[check->order] =
				unspared[check->order] || !spared_by_tls12(view, check);
		}
		unknown[check->order] = unknown[check->order] || check->state == CHECK_UNKNOWN ||
		                        check->state == CHECK_ASIDE;
	}
	if (!view->checks[from].advertised) {
		tally->aside++;
		tally->aside_refused += has[CHECK_WARNING];
		tally->aside_unknown += has[CHECK_ASIDE] && !has[CHECK_WARNING];
		return;
	}
	tally->addresses++;
	tally->refused += has[CHECK_REFUSED];
	tally->unknown += has[CHECK_UNKNOWN] && !has[CHECK_REFUSED];
	for (int order = 0; order < ORDER_COUNT; order++) {
		tally->refused_in[order] += refused[order];
		tally->spared_by_tls12_in[order] += refused[order] && !unspared[order];
		tally->unknown_in[order] += unknown[order];
	}
}

static bool needs_tls13(const struct view *view, size_t from, size_t end)
{
	const struct observation *all = view->report->observations;

	for (size_t i = from; i < end; i++)
		for (size_t k = 0; k < view->checks[i].seen_count; k++)
			if (report_needs_tls13(view->report, &all[view->checks[i].seen[k]]))
				return true;
	return false;
}

static void tally_checks(struct view *view)
{
	struct tally *tally = &view->tally;

	for (size_t at = 0, end; at < view->check_count; at = end) {
		size_t refused = tally->refused, unknown = tally->unknown;

		end = view_node_end(view, at);
		for (size_t i = at, next; i < end; i = next) {
			next = view_address_end(view, i);
			tally_address(view, i, next);
			tally->need_tls13 += needs_tls13(view, i, next);
		}
		tally->nodes_refused += tally->refused > refused;
		tally->nodes_unknown += tally->refused == refused && tally->unknown > unknown;
	}
}

/* The leaf ends with every connection that shows it, a CA with those that it vouches for. A
 * CA that has ended and is sent all the same, while the chain is accepted, is one that the chain
 * does not need; where it is refused, that is what is told. */
static void tally_ends(struct tally *tally, const struct chain *chain, int64_t at)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct cert *cert = chain->certs[i];

		if (cert->readable && (i == 0 || cert->not_after > at) &&
		    (tally->first_to_end == NULL ||
		     cert->not_after < tally->first_to_end->not_after))
			tally->first_to_end = cert;
	}
}

static void tally_rest(struct view *view)
{
	const struct report *report = view->report;
	struct tally *tally = &view->tally;

	tally->nodes = report->node_count;
	for (size_t i = 0; i < report->finding_count; i++)
		tally->findings[report->findings[i].severity]++;
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].advertised)
			tally_ends(tally, &report->observations[i].chain, report->policy.at);
}

static void add_port(struct names *ports, uint16_t port)
{
	char text[8];

	snprintf(text, sizeof text, "%u", port);
	names_add(ports, text);
}

/* The checks [from, end) are of one node. */
static bool is_tried(const struct view *view, size_t from, size_t end, uint16_t port)
{
	for (size_t i = from; i < end; i++)
		if (view->checks[i].advertised && view->checks[i].port == port)
			return true;
	return false;
}

/* Is it where a login of some kind of node goes? Any other port is one that somebody means. */
static bool is_usual(uint16_t port)
{
	for (int role = ROLE_CUCM; role <= ROLE_GUEST; role++) {
		enum service service = service_of((enum node_role)role, port);

		if (service_port(service) == port && service_is_needed(service))
			return true;
	}
	return false;
}

static bool any_usual(const struct view *view, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		if (view->checks[i].advertised && is_usual(view->checks[i].port))
			return true;
	return false;
}

void view_ports_left_out(const struct view *view, struct names *ports)
{
	for (size_t at = 0, end; at < view->check_count; at = end) {
		enum node_role role = view->report->nodes[view->checks[at].node].role;
		uint16_t usual[SERVICE_PORTS_MOST];
		size_t count = service_ports(role, usual);

		end = view_node_end(view, at);
		if (!any_usual(view, at, end))
			continue;
		for (size_t i = 0; i < count; i++)
			if (service_is_needed(service_of(role, usual[i])) &&
			    !is_tried(view, at, end, usual[i]))
				add_port(ports, usual[i]);
	}
}

void view_init(struct view *view, const struct report *report)
{
	memset(view, 0, sizeof *view);
	view->report = report;
	index_verdicts(view);
	view->reached = report_seen(report);
	find_checks(view);
	tally_checks(view);
	tally_rest(view);
	tally_peers(view);
	view->headline = report_headline(report);
}

void view_clear(struct view *view)
{
	free(view->checks);
	free(view->reached);
	free(view->seen);
	free(view->verdicts);
	free(view->verdicts_at);
}
