/* SPDX-License-Identifier: MIT */
/* CAs that no node sent and no peer holds: a person has to get them. What lies behind them cannot
 * be judged before. */
#include "config.h"

#include "base/mem.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>

static bool is_orphaned(const struct plan *plan, const struct want *want)
{
	const struct group *group = &plan->groups[want->group];

	return !want->done && (want->remedy == REMEDY_STORE || want->remedy == REMEDY_CIPHER) &&
	       !group->trusted && group->orphan != NULL;
}

/* Other nodes send these, those of this step do not. */
static void say_between(struct buf *out, const struct names *between)
{
	if (between->count == 0)
		return;
	buf_puts(out, "Upload ");
	names_list(out, between, between->count);
	buf_puts(out, " as well: not every server of this step sends it. ");
}

/* A CA of the same name that did not sign it: what a CA's renewal leaves behind. */
static void say_namesakes(struct buf *out, const struct plan *plan, const struct names *stores,
                          const struct cert *orphan)
{
	struct names holders = { 0 };

	for (size_t i = 0; i < plan->report->store_count; i++) {
		const struct store *store = &plan->stores[i];

		for (size_t k = 0; k < store->count && names_has(stores, store->name); k++)
			if (store->certs[k]->readable && *store->certs[k]->common_name != '\0' &&
			    strcmp(store->certs[k]->subject, orphan->issuer) == 0)
				names_add(&holders, store->name);
	}
	if (holders.count > 0) {
		names_list(out, &holders, holders.count);
		buf_puts(
			out,
			" already holds another certificate of that name, which is not its issuer. A store cannot hold two with the same CN "
			"(CSCwa12905): the old one has to go, and what it alone vouches for is then refused. ");
	}
	names_clear(&holders);
}

/* One CA: these refusals wait for it. */
static void unknown_step(struct plan *plan, const struct keyed *orphans, size_t count)
{
	const struct cert *orphan = plan->groups[orphans[0].want->group].orphan;
	struct step *step = plan_step(plan, STEP_STORE_ADD, NULL, plan_store_where);
	struct names between = { 0 };
	struct buf title, note;

	step->needs_decision = true;
	for (size_t i = 0; i < count; i++) {
		struct want *want = orphans[i].want;
		const struct verdict *verdict = &plan->report->verdicts[want->verdict];
		const struct chain *missing = &plan->groups[want->group].between;

		for (size_t k = 0; k < missing->count; k++)
			names_add(&between, missing->certs[k]->subject);
		names_add(&step->nodes,
		          plan->report->nodes[plan_observation(plan, want)->node].name);
		names_add(&step->stores, plan->stores[plan->groups[want->group].store].name);
		if (plan_ended_above(plan, want))
			continue; /* it is not enough */
		want->covered = true;
		if (!plan_name_wrong(verdict))
			plan_repairs(plan, step, want);
	}
	buf_init(&title);
	buf_printf(&title, "Get the CA certificate of %s and upload it to the trust store of ",
	           orphan->issuer);
	plan_say_peers(&title, plan, &step->stores);
	step->title = buf_take(&title);
	step->why = mem_printf(
		"It signed %s. No node sent it and no peer holds it, so it has to come from the CA itself, with the root above it if "
		"it is an intermediate. Run again afterwards: what lies behind it cannot be judged before.",
		orphan->subject);
	buf_init(&note);
	say_between(&note, &between);
	say_namesakes(&note, plan, &step->stores, orphan);
	step->note = plan_take_note(&note);
	names_clear(&between);
}

/* Issuers that no node sent and no peer has: a person has to get them from the CA. One step for
 * each. */
void plan_unknown(struct plan *plan)
{
	struct keyed *orphans = mem_array(plan->want_count, sizeof *orphans);
	size_t count = 0;

	for (size_t i = 0; i < plan->want_count; i++)
		if (is_orphaned(plan, &plan->wants[i]))
			orphans[count++] = (struct keyed){
				&plan->wants[i],
				mem_strdup(plan->groups[plan->wants[i].group].orphan->issuer)
			};
	plan_by_key(plan, orphans, count, unknown_step);
	free(orphans);
}
