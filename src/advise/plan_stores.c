/* SPDX-License-Identifier: MIT */
/* Uploads. What is missing in the store on the way up from the server's certificate is what to upload, and it is judged
 * before it is believed.
 *
 * The store's rule is kept: it cannot hold two certificates with one CN (CSCwa12905). A newcomer whose CN is taken is
 * proposed only together with the removal of the old one, and only if nothing that is accepted today hangs on that.
 *
 * An intermediate trusts nobody anew (OpenSSL wants a root above it); a self-signed certificate does, and if no peer has it
 * yet, it is a decision for a person. */
#include "config.h"

#include "base/mem.h"
#include "judge/judge.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- what the store would refuse -------------------------------------------------------------------------------------- */

/* Is every refusal that would come from taking `out` away and putting `in` there one that is refused already? */
static bool nothing_breaks(const struct plan *plan, size_t store, const struct store *changed)
{
	const struct report *report = plan->report;
	const struct cert *last = NULL;
	const char *last_address = "";

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct observation *observation = &report->observations[report->verdicts[i].observation];
		struct verdict verdict;
		bool good;

		if (report->verdicts[i].store != store || !report->verdicts[i].accepted ||
		    (chain_leaf(&observation->chain) == last && strcmp(observation->address, last_address) == 0))
			continue;
		memset(&verdict, 0, sizeof verdict);
		judge_chain(&observation->chain, changed, &report->policy, observation->address, observation->ip, &verdict);
		good = verdict.accepted;
		verdict_clear(&verdict);
		if (!good)
			return false;
		last = chain_leaf(&observation->chain);
		last_address = observation->address;
	}
	return true;
}

/* A copy of the store with these instead of those that have their CN; removed gets what had to go. */
static struct store exchanged(const struct store *from, const struct chain *more, struct chain *removed)
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

static bool clash_among(const struct chain *more)
{
	for (size_t i = 0; i < more->count; i++)
		for (size_t k = i + 1; k < more->count; k++)
			if (plan_same_cn(more->certs[i], more->certs[k]))
				return true;
	return false;
}

/* Everything that was done to a store in the course of one step. */
struct change {
	struct chain added, removed;
	struct names stores;
};

static void note(struct chain *list, const struct chain *more)
{
	for (size_t i = 0; i < more->count; i++) {
		bool known = false;

		for (size_t k = 0; k < list->count && !known; k++)
			known = list->certs[k] == more->certs[i];
		if (!known)
			chain_add(list, more->certs[i]);
	}
}

/* What the plan itself has put there must not be thrown out again by a later upload. */
static bool removes_our_own(const struct plan *plan, size_t store, const struct chain *removed)
{
	for (size_t i = 0; i < removed->count; i++)
		if (!store_has(&plan->report->stores[store], removed->certs[i]))
			return true;
	return false;
}

static bool apply(struct plan *plan, size_t store, const struct chain *more, struct change *change)
{
	struct chain removed = { NULL, 0 };
	struct store next;
	bool good = !clash_among(more);

	next = exchanged(&plan->stores[store], more, &removed);
	if (good && removed.count > 0)
		good = !removes_our_own(plan, store, &removed) && nothing_breaks(plan, store, &next);
	if (good) {
		free(plan->stores[store].certs);
		plan->stores[store] = next;
		plan->versions[store]++;
		note(&change->added, more);
		note(&change->removed, &removed);
		names_add(&change->stores, next.name);
	} else {
		free(next.certs);
	}
	chain_clear(&removed);
	return good;
}

/* --- the steps -------------------------------------------------------------------------------------------------------- */

static bool known_to_a_peer(const struct report *report, const struct cert *cert)
{
	for (size_t i = 0; i < report->store_count; i++)
		if (store_has(&report->stores[i], cert))
			return true;
	return false;
}

static bool needs_decision(const struct report *report, const struct chain *more)
{
	for (size_t i = 0; i < more->count; i++)
		if (plan_self_issued(more->certs[i]) && !known_to_a_peer(report, more->certs[i]))
			return true;
	return false;
}

static void repair(struct plan *plan, struct group *group, bool decided, struct change *change)
{
	struct chain found = { NULL, 0 };

	plan_judge(plan, group);
	if (group->trusted || !chain_leaf(group->chain)->readable || group->searched[decided] == group->version + 1)
		return;
	group->searched[decided] = group->version + 1;
	if (plan_find_way(plan, group, &found) && needs_decision(plan->report, &found) == decided)
		apply(plan, group->store, &found, change);
	chain_clear(&found);
}

/* Refusals that another step mends do not ask for uploads. */
static bool asks_for_upload(const struct want *want, bool decided)
{
	return !want->done && (want->remedy == REMEDY_STORE || (want->remedy == REMEDY_CIPHER && !decided));
}

static const char store_where[] = "On every peer of the Expressway-C cluster: Maintenance > Security > Trusted CA certificate, append; then restart "
                                  "the peer (Maintenance > Restart options), one after the other.";

static void copy_names(struct names *to, const struct names *from)
{
	for (size_t i = 0; i < from->count; i++)
		names_add(to, from->items[i]);
}

static void removal_step(struct plan *plan, struct change *change)
{
	struct step *step;

	if (change->removed.count == 0)
		return;
	step = plan_step(plan, STEP_STORE_REMOVE,
	                 mem_printf("Remove %zu certificate%s whose CN a successor needs from the trust store", change->removed.count,
	                            change->removed.count == 1 ? "" : "s"),
	                 "On every peer of the Expressway-C cluster: Maintenance > Security > Trusted CA certificate, delete the entry.");
	step->why = mem_strdup("The store cannot hold two certificates with the same CN (CSCwa12905), and its search stops at the first one. "
	                       "Nothing that is accepted today depends on what is removed: all of it was judged again without.");
	step->certs = change->removed.certs;
	step->cert_count = change->removed.count;
	step->proved = true;
	copy_names(&step->stores, &change->stores);
	change->removed = (struct chain){ NULL, 0 };
}

static const char why_sure[] = "These are missing between the servers' certificates and a root that is trusted already, or another peer of the cluster has "
                               "them: trusting them adds nobody new.";
static const char why_decided[] = "These end the chains that Expressway refuses, and nothing vouches for them but the servers that sent them: compare each "
                                  "SHA-256 fingerprint out of band (with your CA, or on the node's own console). For a self-signed server "
                                  "certificate the lasting way is to have it signed by a CA that is in the store.";

static char *upload_title(const struct plan *plan, const struct change *change, bool decided)
{
	struct buf where;
	char *title;

	buf_init(&where);
	if (change->stores.count == plan->report->store_count)
		buf_puts(&where, "every peer");
	else
		names_list(&where, &change->stores, 3);
	title = mem_printf("Upload %zu certificate%s to the trust store of %s%s", change->added.count, change->added.count == 1 ? "" : "s", where.data,
	                   decided ? change->added.count == 1 ? ", once its fingerprint is compared" : ", once their fingerprints are compared" : "");
	buf_clear(&where);
	return title;
}

static void upload_step(struct plan *plan, struct change *change, bool decided)
{
	struct step *step;

	if (change->added.count == 0)
		return;
	step = plan_step(plan, STEP_STORE_ADD, upload_title(plan, change, decided), store_where);
	step->why = mem_strdup(decided ? why_decided : why_sure);
	step->needs_decision = decided;
	step->certs = change->added.certs;
	step->cert_count = change->added.count;
	copy_names(&step->stores, &change->stores);
	change->added = (struct chain){ NULL, 0 };
	for (size_t i = 0; i < plan->want_count; i++) {
		struct want *want = &plan->wants[i];
		struct group *group = &plan->groups[want->group];

		plan_judge(plan, group);
		if (!want->done && group->accepted) {
			names_add(&step->nodes, plan->report->nodes[plan_observation(plan, want)->node].name);
			plan_repairs(plan, step, want);
		}
	}
	step->proved = true;
}

void plan_stores(struct plan *plan, bool decided)
{
	struct change change = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };

	for (size_t i = 0; i < plan->want_count; i++)
		if (asks_for_upload(&plan->wants[i], decided))
			repair(plan, &plan->groups[plan->wants[i].group], decided, &change);
	removal_step(plan, &change);
	upload_step(plan, &change, decided);
	chain_clear(&change.added);
	chain_clear(&change.removed);
	names_clear(&change.stores);
}

static bool is_orphaned(const struct plan *plan, const struct want *want)
{
	const struct group *group = &plan->groups[want->group];

	return !want->done && want->remedy == REMEDY_STORE && !group->trusted && group->orphan != NULL;
}

static void unknown_step(struct plan *plan, const struct cert *orphan)
{
	struct step *step = plan_step(plan, STEP_STORE_ADD, mem_printf("Get the CA certificate of %s and upload it to every peer", orphan->issuer),
	                              store_where);

	step->why = mem_printf("It signed %s. No node sent it and no peer holds it, so it has to come from the CA itself, with the root above it if "
	                       "it is an intermediate. Run again afterwards: what lies behind it cannot be judged before.", orphan->subject);
	step->needs_decision = true;
	for (size_t i = 0; i < plan->want_count; i++) {
		struct want *want = &plan->wants[i];
		const struct group *group = &plan->groups[want->group];

		if (!is_orphaned(plan, want) || strcmp(group->orphan->issuer, orphan->issuer) != 0)
			continue;
		names_add(&step->nodes, plan->report->nodes[plan_observation(plan, want)->node].name);
		names_add(&step->stores, plan->stores[group->store].name);
		if (!plan_name_wrong(&plan->report->verdicts[want->verdict]))
			plan_repairs(plan, step, want);
	}
	plan_follow_cipher(plan, step);
}

/* An issuer that no node sent and no peer has: a person has to get it from the CA. One step for each. */
void plan_unknown(struct plan *plan)
{
	struct names issuers = { NULL, 0 };

	for (size_t i = 0; i < plan->want_count; i++) {
		const struct cert *orphan = plan->groups[plan->wants[i].group].orphan;

		if (!is_orphaned(plan, &plan->wants[i]) || names_has(&issuers, orphan->issuer))
			continue;
		names_add(&issuers, orphan->issuer);
		unknown_step(plan, orphan);
	}
	names_clear(&issuers);
}
