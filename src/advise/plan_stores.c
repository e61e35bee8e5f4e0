/* SPDX-License-Identifier: MIT */
/* Uploads. What is missing in the store on the way up from the server's certificate is what to
 * upload, and it is judged before it is believed.
 *
 * The store's rule is kept: it cannot hold two certificates with one CN (CSCwa12905). A newcomer
 * whose CN is taken is proposed only together with the removal of the old one, and only if nothing
 * that is accepted today depends on that.
 *
 * An intermediate trusts nobody anew (OpenSSL wants a root above it); a self-signed certificate
 * does, and if no peer has it yet, it is a decision for a person. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "judge/judge.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- what the store would refuse -------------------------------------------------------------- */

/* Is everything that the store accepts now accepted by `changed` as well? */
bool plan_nothing_breaks(const struct plan *plan, size_t store, const struct store *changed)
{
	const struct report *report = plan->report;
	const struct observation *last = NULL;

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct observation *observation =
			&report->observations[report->verdicts[i].observation];
		struct presented presented;
		struct verdict verdict;
		bool good;

		if (report->verdicts[i].store != store || !report->verdicts[i].accepted ||
		    (last != NULL && plan_judged_alike(observation, last)))
			continue;
		memset(&verdict, 0, sizeof verdict);
		presented = judge_presented(observation);
		judge_chain(&presented, changed, &report->policy, &verdict);
		good = verdict.accepted;
		verdict_clear(&verdict);
		if (!good)
			return false;
		last = observation;
	}
	return true;
}

static bool clash_among(const struct chain *more)
{
	for (size_t i = 1; i < more->count; i++)
		for (size_t k = 0; k < i; k++)
			if (plan_same_cn(more->certs[k], more->certs[i]))
				return true;
	return false;
}

/* Everything that was done to one store in the course of one step. */
struct change {
	struct chain added, removed;
	bool leaf; /* a server's own self-signed certificate is among what was added */
};

static void note(struct chain *list, const struct chain *more)
{
	for (size_t i = 0; i < more->count; i++) {
		bool known = false;

		for (size_t k = list->count; k-- > 0 && !known;)
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

static bool has_subject_of_another(const struct chain *more, const struct cert *sent)
{
	for (size_t i = 0; i < more->count; i++)
		if (more->certs[i] != sent && strcmp(more->certs[i]->subject, sent->subject) == 0)
			return true;
	return false;
}

/* The store is asked before what a server sends (build_chain() with X509_V_FLAG_TRUSTED_FIRST, on
 * since OpenSSL 1.1.0), by subject: does one of these come before a CA that a server sends? */
static bool hides_what_is_sent(const struct plan *plan, const struct chain *more)
{
	const struct report *report = plan->report;

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct chain *sent = &report->observations[i].chain;

		for (size_t k = 1; k < sent->count; k++)
			if (sent->certs[k]->readable &&
			    has_subject_of_another(more, sent->certs[k]))
				return true;
	}
	return false;
}

static bool apply(struct plan *plan, size_t store, const struct chain *more, struct change *change)
{
	struct chain removed = { NULL, 0 };
	struct store next;
	bool good = !clash_among(more);

	next = plan_exchange(&plan->stores[store], more, &removed);
	if (good && (removed.count > 0 || hides_what_is_sent(plan, more)))
		good = !removes_our_own(plan, store, &removed) &&
		       plan_nothing_breaks(plan, store, &next);
	if (good) {
		free(plan->stores[store].certs);
		plan->stores[store] = next;
		plan->versions[store]++;
		note(&change->added, more);
		note(&change->removed, &removed);
	} else {
		free(next.certs);
	}
	chain_clear(&removed);
	return good;
}

/* --- the steps -------------------------------------------------------------------------------- */

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
	struct chain found;

	plan_judge(plan, group);
	if (group->trusted || !chain_leaf(group->presented.chain)->readable ||
	    group->searched[decided] == group->version + 1)
		return;
	group->searched[decided] = group->version + 1;
	if (plan_find_way(plan, group, &found) && needs_decision(plan->report, &found) == decided &&
	    apply(plan, group->store, &found, change))
		change->leaf =
			change->leaf ||
			(found.count > 0 && found.certs[0] == chain_leaf(group->presented.chain));
	chain_clear(&found);
}

/* Refusals that another step mends do not ask for uploads. */
static bool asks_for_upload(const struct want *want, bool decided)
{
	return !want->done &&
	       (want->remedy == REMEDY_STORE || (want->remedy == REMEDY_CIPHER && !decided));
}

const char plan_store_where[] =
	"On each of these peers of the Expressway-C cluster: Maintenance > Security > Trusted CA certificate, append; then "
	"restart the peer (Maintenance > Restart options), one after the other.";

static void add_certs(struct step *step, const struct chain *certs)
{
	for (size_t i = 0; i < certs->count; i++)
		plan_add_cert(step, certs->certs[i]);
}

static bool same_change(const struct change *a, const struct change *b)
{
	return chain_same(&a->added, &b->added) && chain_same(&a->removed, &b->removed);
}

void plan_say_peers(struct buf *out, const struct plan *plan, const struct names *stores)
{
	if (stores->count == plan->report->store_count)
		buf_puts(out, "every peer");
	else
		names_list(out, stores, stores->count);
}

static bool sip_probed(const struct report *report)
{
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].outcome == OUTCOME_PRESENTED &&
		    !service_is_traffic(report_service(report, &report->observations[i])))
			return true;
	return false;
}

static void removal_step(struct plan *plan, const struct change *change, const struct names *stores)
{
	struct step *step;
	struct buf title;

	if (change->removed.count == 0)
		return;
	buf_init(&title);
	buf_printf(&title,
	           "Remove %zu certificate%s whose CN a successor needs from the trust store of ",
	           change->removed.count, change->removed.count == 1 ? "" : "s");
	plan_say_peers(&title, plan, stores);
	step = plan_step(
		plan, STEP_STORE_REMOVE, buf_take(&title),
		"On each of these peers of the Expressway-C cluster: Maintenance > Security > Trusted CA certificate, delete the entry.");
	step->why = mem_strdup(
		"The store cannot hold two certificates with the same CN (CSCwa12905), and its search stops at the first one. "
		"Nothing that was accepted here depends on what is removed: all of it was judged again without.");
	if (!sip_probed(plan->report))
		step->note = mem_strdup(
			"The SIP port (5061) was not probed: see first that no SIP zone depends on what is removed.");
	add_certs(step, &change->removed);
	step->proved = true;
	names_add_all(&step->stores, stores);
}

static const char why_sure[] =
	"These are missing between the servers' certificates and a root that is trusted already, or another peer of the cluster has "
	"them: trusting them adds nobody new.";
static const char why_decided[] =
	"These end the chains that Expressway refuses, and nothing vouches for them but the servers that sent them: compare each "
	"SHA-256 fingerprint out of band (with your CA, or on the node's own console).";

/* A CA that is near its end, or past it on the date asked for, mends today what breaks again
 * soon. */
static void say_ends(struct buf *out, const struct report *report, const struct chain *certs)
{
	int64_t warning_s = (int64_t)report->policy.warning_days * DAY_S;

	for (size_t i = 0; i < certs->count; i++) {
		const struct cert *cert = certs->certs[i];
		char when[CLOCK_TEXT];

		if (cert->not_after - warning_s > report->policy.at)
			continue;
		clock_format(cert->not_after, when, sizeof when);
		buf_printf(
			out,
			"Mind that %s ends %s: what it mends breaks again then, so ask for its successor as well. ",
			cert_short_name(cert), when);
	}
}

/* Nobody has looked at the SIP port of these servers, where they have one. */
static void ask_for_sip(struct buf *out, const struct report *report, const struct chain *certs)
{
	struct names kinds = { 0 };

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];
		enum service sip = service_of(report->nodes[observation->node].role,
		                              service_port(SERVICE_SIP));

		for (size_t k = 0; k < certs->count && sip != SERVICE_SIP_ELSEWHERE; k++)
			if (certs->certs[k] == chain_leaf(&observation->chain))
				names_add(&kinds, service_certificate(sip, false));
	}
	if (kinds.count > 0) {
		buf_puts(out, "See first whether the ");
		names_list(out, &kinds, kinds.count);
		buf_printf(
			out,
			" certificate (port %u) has the same CN: with both in the store only one of the two works. --ports "
			"8443,6972,5061 shows it. ",
			service_port(SERVICE_SIP));
	}
	names_clear(&kinds);
}

/* One CN, one feature: a CallManager certificate with the CN of a self-signed tomcat and the tomcat
 * itself cannot both be in the store ("whichever is higher on the trust list"). */
static void say_sip(struct buf *out, const struct report *report, const struct chain *certs)
{
	struct names common_names = { 0 };
	bool said = false;

	buf_puts(
		out,
		"For a self-signed server certificate the lasting way is to have it signed by a CA that is in the store. ");
	for (size_t i = 0; i < certs->count; i++)
		if (certs->certs[i]->readable)
			names_add(&common_names, certs->certs[i]->common_name);
	for (size_t i = 0; i < report->observation_count && !said; i++) {
		const struct observation *observation = &report->observations[i];
		const struct cert *leaf = chain_leaf(&observation->chain);

		if (leaf == NULL || !leaf->readable ||
		    service_is_traffic(report_service(report, observation)))
			continue;
		for (size_t k = 0; k < certs->count && leaf != NULL; k++)
			leaf = certs->certs[k] == leaf ? NULL : leaf; /* one certificate for both is
			                                                 a way out, not a clash */
		if (leaf == NULL || !names_has(&common_names, leaf->common_name))
			continue;
		said = true;
		buf_printf(
			out,
			"Port %u of %s shows a %s certificate with the same CN, %s: with both in the store only one of the two works, the "
			"one higher on the list. If a SIP zone verifies that one, have one of them signed by a CA instead. ",
			observation->port, report->nodes[observation->node].name,
			report_certificate(report, observation), leaf->common_name);
	}
	names_clear(&common_names);
	if (!said && !sip_probed(report))
		ask_for_sip(out, report, certs);
}

/* Of two equal certificates X509_STORE_add_cert keeps the first, with its settings: the plain one
 * helps only in the place of the other. */
static void say_withheld(struct buf *out, const struct store *store, const struct chain *certs)
{
	for (size_t i = 0; i < store->withheld_count; i++) {
		const struct cert *cert = store->withheld[i].cert;

		for (size_t k = 0; k < certs->count; k++)
			if (certs->certs[k] == cert)
				buf_printf(
					out,
					"Take the TRUSTED CERTIFICATE block of %s out of %s first: behind it the plain certificate does nothing. ",
					cert_short_name(cert), store->name);
	}
}

static char *upload_title(const struct plan *plan, const struct change *change,
                          const struct names *stores, bool decided)
{
	struct buf title;

	buf_init(&title);
	buf_printf(&title, "Upload %zu certificate%s to the trust store of ", change->added.count,
	           change->added.count == 1 ? "" : "s");
	plan_say_peers(&title, plan, stores);
	if (decided)
		buf_puts(&title, change->added.count == 1
		                         ? ", once its fingerprint is compared"
		                         : ", once their fingerprints are compared");
	return buf_take(&title);
}

static void upload_step(struct plan *plan, const struct change *change, const struct names *stores,
                        bool decided)
{
	struct step *step;
	struct buf note;

	if (change->added.count == 0)
		return;
	step = plan_step(plan, STEP_STORE_ADD, upload_title(plan, change, stores, decided),
	                 plan_store_where);
	step->why = mem_strdup(decided ? why_decided : why_sure);
	buf_init(&note);
	if (change->leaf)
		say_sip(&note, plan->report, &change->added);
	for (size_t i = 0; i < plan->report->store_count; i++)
		if (names_has(stores, plan->report->stores[i].name))
			say_withheld(&note, &plan->report->stores[i], &change->added);
	say_ends(&note, plan->report, &change->added);
	step->note = plan_take_note(&note);
	step->needs_decision = decided;
	add_certs(step, &change->added);
	names_add_all(&step->stores, stores);
	for (size_t i = 0; i < plan->want_count; i++) {
		struct want *want = &plan->wants[i];
		struct group *group = &plan->groups[want->group];

		if (want->done || !names_has(stores, plan->stores[group->store].name))
			continue;
		plan_judge(plan, group);
		if (group->accepted) {
			names_add(&step->nodes,
			          plan->report->nodes[plan_observation(plan, want)->node].name);
			plan_repairs(plan, step, want);
		}
	}
	step->proved = true;
}

/* Peers that lack the same get one step together. */
static void steps_of(struct plan *plan, const struct change *changes, bool decided)
{
	size_t count = plan->report->store_count;
	bool *told = mem_array(count, sizeof *told);

	for (size_t i = 0; i < count; i++) {
		struct names stores = { 0 };

		for (size_t k = i; k < count && !told[i]; k++) {
			if (told[k] || !same_change(&changes[i], &changes[k]))
				continue;
			names_add(&stores, plan->stores[k].name);
			told[k] = k != i;
		}
		if (!told[i]) {
			removal_step(plan, &changes[i], &stores);
			upload_step(plan, &changes[i], &stores, decided);
		}
		names_clear(&stores);
	}
	free(told);
}

void plan_stores(struct plan *plan, bool decided)
{
	struct change *changes = mem_array(plan->report->store_count, sizeof *changes);

	for (size_t i = 0; i < plan->want_count; i++) {
		struct group *group = &plan->groups[plan->wants[i].group];

		if (asks_for_upload(&plan->wants[i], decided))
			repair(plan, group, decided, &changes[group->store]);
	}
	steps_of(plan, changes, decided);
	for (size_t i = 0; i < plan->report->store_count; i++) {
		chain_clear(&changes[i].added);
		chain_clear(&changes[i].removed);
	}
	free(changes);
}
