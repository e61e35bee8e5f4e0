/* SPDX-License-Identifier: MIT */
/* CAs that have expired above a server's certificate. OpenSSL prefers what is in the store to what
 * a server sends, so an expired root there keeps a good way round it from being taken: without it
 * that way is found. Else the CA has a successor, or should have: a new server certificate from the
 * same CA would end as the old one does. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>

static bool ended_above(const struct verdict_reason *reason)
{
	return reason->reason == REASON_EXPIRED && reason->depth > 0 && reason->cert != NULL &&
	       reason->cert->readable;
}

/* OpenSSL does not look at the dates of the CA whose issuer is missing: it is the last of its
 * chain (internal_verify). */
static bool orphan_ended(const struct plan *plan, const struct want *want)
{
	const struct group *group = &plan->groups[want->group];

	return group->orphan != NULL && group->orphan != chain_leaf(group->presented.chain) &&
	       group->orphan->not_after <= plan->report->policy.at;
}

bool plan_ended_above(const struct plan *plan, const struct want *want)
{
	const struct verdict *verdict = &plan->report->verdicts[want->verdict];

	for (size_t i = 0; i < verdict->reason_count; i++)
		if (ended_above(&verdict->reasons[i]))
			return true;
	return orphan_ended(plan, want);
}

/* But for the name; and an issuer that is missing as well may be one that plan_unknown asks for. */
static bool only_ended(const struct plan *plan, const struct want *want)
{
	const struct verdict *verdict = &plan->report->verdicts[want->verdict];
	bool orphaned = plan->groups[want->group].orphan != NULL;

	for (size_t i = 0; i < verdict->reason_count; i++)
		if (!ended_above(&verdict->reasons[i]) &&
		    verdict->reasons[i].reason != REASON_NAME_MISMATCH &&
		    (!orphaned || reason_kind(verdict->reasons[i].reason) != REASON_KIND_TRUST))
			return false;
	return plan_ended_above(plan, want);
}

static bool waits(const struct plan *plan, const struct want *want)
{
	return !want->done && (want->remedy == REMEDY_STORE || want->remedy == REMEDY_CIPHER) &&
	       !plan->groups[want->group].trusted && only_ended(plan, want);
}

/* --- taking it out ---------------------------------------------------------------------------- */

static struct store without(const struct store *from, const struct verdict *verdict,
                            struct chain *removed)
{
	struct store copy = { .name = from->name };

	for (size_t i = 0; i < from->count; i++) {
		bool ended = false;

		for (size_t k = 0; k < verdict->reason_count && !ended; k++)
			ended = ended_above(&verdict->reasons[k]) &&
			        verdict->reasons[k].cert == from->certs[i];
		if (ended)
			chain_add(removed, from->certs[i]);
		else
			store_add(&copy, from->certs[i]);
	}
	return copy;
}

static void try_without(struct plan *plan, const struct want *want, struct chain *removed)
{
	struct group *group = &plan->groups[want->group];
	struct chain gone = { NULL, 0 };
	struct store next;

	plan_judge(plan, group);
	if (group->trusted || group->searched_ended == group->version + 1)
		return;
	group->searched_ended = group->version + 1;
	next = without(&plan->stores[group->store], &plan->report->verdicts[want->verdict], &gone);
	if (gone.count > 0 && plan_trusts(plan, group, &next) &&
	    plan_nothing_breaks(plan, group->store, &next)) {
		free(plan->stores[group->store].certs);
		plan->stores[group->store] = next;
		plan->versions[group->store]++;
		for (size_t i = 0; i < gone.count; i++)
			chain_add(removed, gone.certs[i]);
	} else {
		free(next.certs);
	}
	chain_clear(&gone);
}

static void removal_step(struct plan *plan, size_t store, const struct chain *removed)
{
	struct step *step;

	if (removed->count == 0)
		return;
	step = plan_step(
		plan, STEP_STORE_REMOVE,
		mem_printf("Remove %zu expired CA certificate%s from the trust store of %s",
	                   removed->count, removed->count == 1 ? "" : "s",
	                   plan->report->store_count == 1 ? "every peer" : plan->stores[store].name),
		"Maintenance > Security > Trusted CA certificate, delete the entry; then restart the "
		"peer (Maintenance > Restart options).");
	step->why = mem_strdup(
		"OpenSSL takes what the store holds before what a server sends, so the expired one "
		"hides a good way to another root. All that was accepted was judged again without it.");
	for (size_t i = 0; i < removed->count; i++)
		plan_add_cert(step, removed->certs[i]);
	step->proved = true;
	names_add(&step->stores, plan->stores[store].name);
	for (size_t i = 0; i < plan->want_count; i++) {
		struct want *want = &plan->wants[i];
		struct group *group = &plan->groups[want->group];

		if (want->done || group->store != store)
			continue;
		plan_judge(plan, group);
		if (!group->accepted)
			continue;
		names_add(&step->nodes,
		          plan->report->nodes[plan_observation(plan, want)->node].name);
		plan_repairs(plan, step, want);
	}
}

/* --- the successor ---------------------------------------------------------------------------- */

static char *whose(const struct plan *plan, const struct want *want)
{
	const struct verdict *verdict = &plan->report->verdicts[want->verdict];
	struct names subjects = { 0 };
	struct buf text;

	for (size_t i = 0; i < verdict->reason_count; i++)
		if (ended_above(&verdict->reasons[i]))
			names_add(&subjects, verdict->reasons[i].cert->subject);
	if (orphan_ended(plan, want))
		names_add(&subjects, plan->groups[want->group].orphan->subject);
	buf_init(&text);
	names_list(&text, &subjects, subjects.count);
	names_clear(&subjects);
	return buf_take(&text);
}

/* In the store as well, or only sent? */
static bool stored(const struct plan *plan, const struct want *want)
{
	const struct verdict *verdict = &plan->report->verdicts[want->verdict];

	for (size_t i = 0; i < verdict->reason_count; i++)
		if (ended_above(&verdict->reasons[i]) &&
		    store_has(&plan->stores[plan->groups[want->group].store],
		              verdict->reasons[i].cert))
			return true;
	return false;
}

static void successor_step(struct plan *plan, const struct keyed *heirs, size_t count)
{
	struct step *step = plan_step(plan, STEP_STORE_ADD, NULL, plan_store_where);
	bool in_store = false;
	struct buf title;

	step->needs_decision = true;
	for (size_t i = 0; i < count; i++) {
		struct want *want = heirs[i].want;

		names_add(&step->nodes,
		          plan->report->nodes[plan_observation(plan, want)->node].name);
		names_add(&step->stores, plan->stores[plan->groups[want->group].store].name);
		in_store = in_store || stored(plan, want);
		want->covered = true;
		if (!plan_name_wrong(&plan->report->verdicts[want->verdict]))
			plan_repairs(plan, step, want);
	}
	buf_init(&title);
	buf_printf(&title,
	           "Get the successor of the expired CA certificate of %s and upload it to the "
	           "trust store of ",
	           heirs[0].key);
	plan_say_peers(&title, plan, &step->stores);
	step->title = buf_take(&title);
	step->why = mem_strdup(
		"A new server certificate from the same CA would be refused as the present one is. A "
		"successor with the same name and key takes its place at once; if its key is new, the "
		"servers need certificates that it has signed. Run again afterwards.");
	if (in_store)
		step->note = mem_strdup("Delete the expired one there: the store cannot hold two "
		                        "certificates with one CN (CSCwa12905).");
}

void plan_successors(struct plan *plan)
{
	struct keyed *heirs = mem_array(plan->want_count, sizeof *heirs);
	size_t count = 0;

	for (size_t i = 0; i < plan->want_count; i++)
		if (waits(plan, &plan->wants[i]))
			heirs[count++] = (struct keyed){
				&plan->wants[i],
				whose(plan, &plan->wants[i])
			};
	plan_by_key(plan, heirs, count, successor_step);
	free(heirs);
}

void plan_remove_ended(struct plan *plan)
{
	struct chain *removed = mem_array(plan->report->store_count, sizeof *removed);

	for (size_t i = 0; i < plan->want_count; i++)
		if (waits(plan, &plan->wants[i]) && plan->wants[i].remedy == REMEDY_STORE)
			try_without(plan, &plan->wants[i],
			            &removed[plan->groups[plan->wants[i].group].store]);
	for (size_t i = 0; i < plan->report->store_count; i++) {
		removal_step(plan, i, &removed[i]);
		chain_clear(&removed[i]);
	}
	free(removed);
}
