/* SPDX-License-Identifier: MIT */
/* The plan's workbench: which refusals count, what is judged for them, and the copies of the
 * stores. */
#include "config.h"

#include "base/mem.h"
#include "base/search.h"
#include "judge/judge.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool plan_name_wrong(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->reason_count; i++)
		if (verdict->reasons[i].reason == REASON_NAME_MISMATCH)
			return true;
	return false;
}

/* 7 at depth 0 comes from a wrong issuer in the store as well: another issuer may mend it. */
bool plan_at_fault(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];

		if (reason->depth == 0 && reason->reason != REASON_NAME_MISMATCH &&
		    reason->reason != REASON_SIGNATURE_INVALID &&
		    reason_kind(reason->reason) != REASON_KIND_TRUST)
			return true;
	}
	return false;
}

bool plan_same_cn(const struct cert *a, const struct cert *b)
{
	return a != b && a->readable && b->readable && *a->common_name != '\0' &&
	       strcasecmp(a->common_name, b->common_name) == 0;
}

const struct observation *plan_observation(const struct plan *plan, const struct want *want)
{
	return &plan->report->observations[plan->report->verdicts[want->verdict].observation];
}

/* --- places ----------------------------------------------------------------------------------- */

static int by_place(const void *left, const void *right)
{
	const struct observation *a = *(const struct observation *const *)left,
				 *b = *(const struct observation *const *)right;

	return observation_order(a, b) ?: COMPARE(a, b);
}

static void open_places(struct plan *plan)
{
	const struct report *report = plan->report;

	plan->places = mem_array(report->observation_count, sizeof *plan->places);
	plan->place_count = report->observation_count;
	for (size_t i = 0; i < plan->place_count; i++)
		plan->places[i] = &report->observations[i];
	qsort(plan->places, plan->place_count, sizeof *plan->places, by_place);
	plan->first_verdict = mem_array(report->observation_count, sizeof *plan->first_verdict);
	/* 0 for what has no verdict: the first one is another's */
	for (size_t i = report->verdict_count; i-- > 0;)
		plan->first_verdict[report->verdicts[i].observation] = i;
}

/* The verdicts of one observation lie side by side (judge_run's order). */
const struct verdict *plan_verdict_of(const struct plan *plan,
                                      const struct observation *observation, size_t store)
{
	const struct report *report = plan->report;
	size_t at = (size_t)(observation - report->observations);

	for (size_t i = plan->first_verdict[at];
	     i < report->verdict_count && report->verdicts[i].observation == at; i++)
		if (report->verdicts[i].store == store)
			return &report->verdicts[i];
	return NULL;
}

struct place_key {
	const struct plan *plan;
	const struct observation *key;
};

static bool is_below(size_t at, const void *arg)
{
	const struct place_key *sought = arg;

	return observation_order(sought->plan->places[at], sought->key) < 0;
}

static size_t first_not_below(const struct plan *plan, const struct observation *key)
{
	const struct place_key sought = { plan, key };

	return search_first(plan->place_count, is_below, &sought);
}

const struct observation *plan_other_order(const struct plan *plan,
                                           const struct observation *observation)
{
	struct observation key = *observation;
	size_t at;

	key.order = observation->order == ORDER_RSA_FIRST ? ORDER_ECDSA_FIRST : ORDER_RSA_FIRST;
	at = first_not_below(plan, &key);
	if (at == plan->place_count || observation_order(plan->places[at], &key) != 0 ||
	    plan->places[at]->outcome != OUTCOME_PRESENTED)
		return NULL;
	return plan->places[at];
}

size_t plan_places(const struct plan *plan, size_t node, size_t *first)
{
	char empty[] = "";
	struct observation key = { .node = node, .address = empty, .ip = empty };
	size_t count = 0;

	*first = first_not_below(plan, &key);
	while (*first + count < plan->place_count && plan->places[*first + count]->node == node)
		count++;
	return count;
}

/* --- wants and groups ------------------------------------------------------------------------- */

/* An EC leaf without digitalSignature is refused in TLS 1.2 only, a flaw is one server's. */
static int by_handshake(const struct observation *left, const struct observation *right)
{
	const struct handshake a = judge_presented(left).handshake,
			       b = judge_presented(right).handshake;

	return COMPARE(a.tls13, b.tls13)
	       ?: COMPARE(a.on_wire, b.on_wire)
	       ?: COMPARE(a.flaw, b.flaw);
}

bool plan_judged_alike(const struct observation *a, const struct observation *b)
{
	return chain_same(&a->chain, &b->chain) && strcmp(a->address, b->address) == 0 &&
	       by_handshake(a, b) == 0;
}

static int by_chain(const struct chain *a, const struct chain *b)
{
	int order = 0;

	for (size_t i = 0; order == 0 && i < a->count && i < b->count; i++)
		order = memcmp(a->certs[i]->sha256, b->certs[i]->sha256,
		               sizeof a->certs[i]->sha256);
	return order ?: COMPARE(a->count, b->count);
}

/* 0: one judgement is both's. */
static int by_case(const struct report *report, const struct want *a, const struct want *b)
{
	const struct verdict *va = &report->verdicts[a->verdict],
			     *vb = &report->verdicts[b->verdict];
	const struct observation *oa = &report->observations[va->observation],
				 *ob = &report->observations[vb->observation];

	return by_chain(&oa->chain, &ob->chain)
	       ?: COMPARE(va->store, vb->store)
	       ?: strcmp(oa->address, ob->address)
	       ?: by_handshake(oa, ob);
}

static int by_group(const void *left, const void *right, void *arg)
{
	const struct want *a = left, *b = right;

	return by_case(arg, a, b) ?: COMPARE(a->verdict, b->verdict);
}

static int by_verdict(const void *left, const void *right)
{
	const struct want *a = left, *b = right;

	return COMPARE(a->verdict, b->verdict);
}

static void add_group(struct plan *plan, const struct want *want)
{
	const struct verdict *verdict = &plan->report->verdicts[want->verdict];
	const struct observation *observation = plan_observation(plan, want);

	plan->groups = mem_grow(plan->groups, plan->group_count, sizeof *plan->groups);
	plan->groups[plan->group_count++] = (struct group){
		.presented = judge_presented(observation), .store = verdict->store,
		.trusted = verdict->reason_count == 1 && plan_name_wrong(verdict),
	};
}

/* No upload and no new certificate mends what the server does in the handshake: the finding says
 * what to do. */
static bool server_at_fault(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->reason_count; i++)
		if (reason_kind(verdict->reasons[i].reason) == REASON_KIND_SERVER)
			return true;
	return false;
}

static void open_wants(struct plan *plan)
{
	struct report *report = plan->report;

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];
		const struct observation *observation = &report->observations[verdict->observation];

		if (verdict->accepted || server_at_fault(verdict) ||
		    !report_counts(report, observation) || observation->chain.count == 0)
			continue;
		plan->wants = mem_grow(plan->wants, plan->want_count, sizeof *plan->wants);
		plan->wants[plan->want_count++] = (struct want){ .verdict = i };
	}
	if (plan->want_count == 0)
		return;
	qsort_r(plan->wants, plan->want_count, sizeof *plan->wants, by_group, report);
	for (size_t i = 0; i < plan->want_count; i++) {
		if (i == 0 || by_case(report, &plan->wants[i - 1], &plan->wants[i]) != 0)
			add_group(plan, &plan->wants[i]);
		plan->wants[i].group = plan->group_count - 1;
	}
	qsort(plan->wants, plan->want_count, sizeof *plan->wants, by_verdict);
}

static void open_stores(struct plan *plan)
{
	const struct report *report = plan->report;

	plan->stores = mem_array(report->store_count, sizeof *plan->stores);
	plan->versions = mem_array(report->store_count, sizeof *plan->versions);
	for (size_t i = 0; i < report->store_count; i++) {
		plan->stores[i].name = report->stores[i].name;
		for (size_t k = 0; k < report->stores[i].count; k++)
			store_add(&plan->stores[i], report->stores[i].certs[k]);
	}
}

static void link_wants(struct plan *plan)
{
	plan->node_wants = mem_array(plan->report->node_count, sizeof *plan->node_wants);
	plan->next_want = mem_array(plan->want_count, sizeof *plan->next_want);
	for (size_t i = plan->want_count; i-- > 0;) {
		size_t node = plan_observation(plan, &plan->wants[i])->node;

		plan->next_want[i] = plan->node_wants[node];
		plan->node_wants[node] = i + 1;
	}
}

void plan_open(struct plan *plan, struct report *report)
{
	*plan = (struct plan){ .report = report };
	open_stores(plan);
	open_places(plan);
	open_wants(plan);
	link_wants(plan);
	plan->names = mem_array(report->node_count, sizeof *plan->names);
}

void plan_close(struct plan *plan)
{
	for (size_t i = 0; i < plan->report->store_count; i++)
		free(plan->stores[i].certs);
	free(plan->stores);
	free(plan->versions);
	free(plan->places);
	free(plan->first_verdict);
	free(plan->wants);
	free(plan->node_wants);
	free(plan->next_want);
	for (size_t i = 0; i < plan->group_count; i++)
		chain_clear(&plan->groups[i].between);
	free(plan->groups);
	free(plan->by_subject);
	free(plan->names);
	names_clear(&plan->undotted);
}

/* --- judging on the copies -------------------------------------------------------------------- */

static void judge_with(const struct plan *plan, const struct group *group,
                       const struct store *store, bool *accepted, bool *trusted)
{
	struct verdict verdict;

	memset(&verdict, 0, sizeof verdict);
	judge_chain(&group->presented, store, &plan->report->policy, &verdict);
	*accepted = verdict.accepted;
	*trusted = verdict.accepted || (verdict.reason_count == 1 && plan_name_wrong(&verdict));
	verdict_clear(&verdict);
}

bool plan_trusts(const struct plan *plan, const struct group *group, const struct store *store)
{
	bool accepted, trusted;

	judge_with(plan, group, store, &accepted, &trusted);
	return trusted;
}

void plan_judge(struct plan *plan, struct group *group)
{
	if (group->version == plan->versions[group->store])
		return;
	group->version = plan->versions[group->store];
	judge_with(plan, group, &plan->stores[group->store], &group->accepted, &group->trusted);
}

struct store plan_exchange(const struct store *from, const struct chain *more,
                           struct chain *removed)
{
	struct store copy = { .name = from->name };

	for (size_t i = 0; i < from->count; i++) {
		bool clash = false;

		for (size_t k = 0; k < more->count && !clash; k++)
			clash = plan_same_cn(from->certs[i], more->certs[k]);
		if (clash)
			chain_add(removed, from->certs[i]);
		else
			store_add(&copy, from->certs[i]);
	}
	for (size_t i = 0; i < more->count; i++)
		if (!store_has(&copy, more->certs[i]))
			store_add(&copy, more->certs[i]);
	return copy;
}

bool plan_would_trust(const struct plan *plan, const struct group *group, const struct chain *more)
{
	struct chain removed = { NULL, 0 };
	struct store copy = plan_exchange(&plan->stores[group->store], more, &removed);
	bool trusted = plan_trusts(plan, group, &copy);

	free(copy.certs);
	chain_clear(&removed);
	return trusted;
}

/* --- by what they wait for -------------------------------------------------------------------- */

static int by_key(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;

	return strcmp(a->key, b->key) ?: COMPARE(a->want, b->want);
}

void plan_by_key(struct plan *plan, struct keyed *keyed, size_t count,
                 void (*step)(struct plan *plan, const struct keyed *keyed, size_t count))
{
	mem_sort(keyed, count, sizeof *keyed, by_key);
	for (size_t i = 0, end; i < count; i = end) {
		bool asked = false;

		for (end = i; end < count && strcmp(keyed[end].key, keyed[i].key) == 0; end++)
			asked = asked || keyed[end].want->remedy == REMEDY_STORE;
		if (asked)
			step(plan, keyed + i, end - i);
	}
	for (size_t i = 0; i < count; i++)
		free(keyed[i].key);
}
