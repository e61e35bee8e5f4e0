/* SPDX-License-Identifier: MIT */
/* What is mended on the side of CUCM, or by what Expressway offers: which remedy a refusal asks
 * for, the cipher order, a restart of the TFTP service. */
#include "config.h"

#include "base/mem.h"
#include "base/search.h"
#include "judge/judge.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- which remedy ----------------------------------------------------------------------------- */

static bool any_accepts(const struct plan *plan, const struct observation *observation)
{
	for (size_t store = 0; store < plan->report->store_count; store++) {
		const struct verdict *verdict = plan_verdict_of(plan, observation, store);

		if (verdict != NULL && verdict->accepted)
			return true;
	}
	return false;
}

/* Another port of the node that shows a newer certificate of the same kind, which some peer accepts
 * already; NULL: there is none. */
static const struct observation *newer_port(const struct plan *plan, const struct want *want)
{
	const struct observation *here = plan_observation(plan, want);
	const struct cert *leaf = chain_leaf(&here->chain);
	size_t first, count = plan_places(plan, here->node, &first);

	for (size_t i = first; leaf->readable && i < first + count; i++) {
		const struct observation *there = plan->places[i];
		const struct cert *other = chain_leaf(&there->chain);

		if (other == NULL || !other->readable ||
		    there->port == here->port || other->not_before <= leaf->not_before ||
		    strcmp(there->address, here->address) != 0 ||
		    strcmp(there->ip, here->ip) != 0 ||
		    strcmp(report_certificate(plan->report, there),
		           report_certificate(plan->report, here)) != 0)
			continue;
		if (any_accepts(plan, there))
			return there;
	}
	return NULL;
}

static bool shows(const struct plan *plan, const struct observation *observation, const char *kind)
{
	const char *shown =
		observation != NULL ? report_certificate(plan->report, observation) : NULL;

	return shown != NULL && strcmp(shown, kind) == 0;
}

/* Where RSA first is not in force now, putting it in force must bring up no certificate that is
 * refused in place of another, which is good or which the plan mends. */
static bool cipher_is_safe(const struct plan *plan)
{
	const struct report *report = plan->report;

	for (size_t i = 0;
	     !report->policy.order_in_force[ORDER_RSA_FIRST] && i < report->verdict_count; i++) {
		const struct observation
			*here = &report->observations[report->verdicts[i].observation],
			*other;
		const struct verdict *verdict;

		if (here->order != ORDER_ECDSA_FIRST || !report_counts(report, here))
			continue;
		other = plan_other_order(plan, here);
		verdict = other != NULL ? plan_verdict_of(plan, other, report->verdicts[i].store)
		                        : NULL;
		if (verdict != NULL && !verdict->accepted &&
		    (report->verdicts[i].accepted ||
		     chain_leaf(&other->chain) != chain_leaf(&here->chain)))
			return false;
	}
	return true;
}

/* ECDSA first fails on tomcat-ECDSA, and RSA first brings another certificate that is good, or that
 * the plan mends anyway. */
static bool cipher_helps(const struct plan *plan, const struct want *want)
{
	const struct observation *here = plan_observation(plan, want), *other;
	const struct verdict *verdict;

	if (here->order != ORDER_ECDSA_FIRST || !shows(plan, here, "tomcat-ECDSA"))
		return false;
	other = plan_other_order(plan, here);
	if (!shows(plan, other, "tomcat"))
		return false;
	verdict = plan_verdict_of(plan, other, plan->report->verdicts[want->verdict].store);
	return verdict != NULL &&
	       (verdict->accepted || plan->report->policy.order_in_force[ORDER_RSA_FIRST]);
}

/* A store is no place for the server certificates of a whole fleet: past so many, one signed by a
 * CA is less work, and it lasts. */
enum { LEAVES_MOST = 20 };

static bool is_lone(const struct plan *plan, const struct want *want)
{
	const struct cert *leaf = chain_leaf(plan->groups[want->group].presented.chain);

	return want->remedy == REMEDY_STORE && !plan->groups[want->group].trusted &&
	       plan_self_issued(leaf) && leaf->self_signed;
}

static void sign_rather_than_store(struct plan *plan)
{
	const struct cert *last = NULL;
	size_t *first = mem_array(plan->group_count, sizeof *first), leaves = 0;

	for (size_t i = plan->want_count; i-- > 0;)
		first[plan->wants[i].group] = i;
	for (size_t i = 0; i < plan->group_count; i++) { /* sorted by certificate */
		if (!is_lone(plan, &plan->wants[first[i]]) ||
		    chain_leaf(plan->groups[i].presented.chain) == last)
			continue;
		last = chain_leaf(plan->groups[i].presented.chain);
		leaves++;
	}
	for (size_t i = 0; leaves > LEAVES_MOST && i < plan->want_count; i++)
		if (is_lone(plan, &plan->wants[i]))
			plan->wants[i].remedy = REMEDY_REISSUE;
	free(first);
}

void plan_choose(struct plan *plan)
{
	bool safe = cipher_is_safe(plan);

	for (size_t i = 0; i < plan->want_count; i++) {
		struct want *want = &plan->wants[i];
		const struct verdict *verdict = &plan->report->verdicts[want->verdict];
		const struct observation *observation = plan_observation(plan, want);
		size_t node = observation->node;

		if (newer_port(plan, want) != NULL) {
			want->remedy = REMEDY_TFTP;
		} else if (safe && cipher_helps(plan, want)) {
			want->remedy = REMEDY_CIPHER;
		} else if (plan_at_fault(verdict)) {
			want->remedy = REMEDY_REISSUE;
		} else if (plan_name_wrong(verdict)) {
			if (plan->names[node] == NULL)
				plan->names[node] = plan_better_name(plan, node, observation);
			want->remedy = plan->names[node] != NULL ? REMEDY_STORE : REMEDY_REISSUE;
		}
	}
	sign_rather_than_store(plan);
}

/* --- steps ------------------------------------------------------------------------------------ */

struct of_verdict {
	const struct plan *plan;
	size_t verdict;
};

static bool is_before(size_t at, const void *arg) /* wants are sorted by verdict */
{
	const struct of_verdict *sought = arg;

	return sought->plan->wants[at].verdict < sought->verdict;
}

/* Is what RSA first shows in its place accepted, from the start or by a step so far? */
static bool other_is_good(const struct plan *plan, const struct want *want)
{
	const struct report *report = plan->report;
	const struct observation *other = plan_other_order(plan, plan_observation(plan, want));
	const struct verdict *verdict =
		plan_verdict_of(plan, other, report->verdicts[want->verdict].store);
	struct of_verdict sought = { plan, 0 };
	size_t at;

	if (verdict->accepted) /* there is one: cipher_helps() */
		return true;
	sought.verdict = (size_t)(verdict - report->verdicts);
	at = search_first(plan->want_count, is_before, &sought);
	return at < plan->want_count && plan->wants[at].verdict == sought.verdict &&
	       plan->wants[at].done;
}

static const char cipher_where[] =
	"On each Expressway-C: Maintenance > Security > Ciphers (or xConfiguration Ciphers): write "
	"ECDHE-RSA-AES256-GCM-SHA384: in front of the string.";
static const char cipher_why[] =
	"These servers have a tomcat-ECDSA certificate that Expressway would refuse; with RSA first they show tomcat instead, as "
	"was seen here, and that is accepted, or will be after the steps before this one. One change instead of a new certificate for each, but it lasts only while the "
	"string stays so. An upgrade from X14.0 or later is documented to keep it, but the vendor's own lab saw "
	"otherwise: read the string after each upgrade. A fresh installation, an upgrade from below X14.0 or a "
	"reset of the string does not keep it.";
static const char cipher_tls13[] =
	"Seen with TLS 1.2 alone: where Expressway and the server both offer TLS 1.3, the server goes by another list and may "
	"show tomcat-ECDSA all the same.";

static void cipher_step(struct plan *plan, struct want **spared, size_t count, size_t instead_of)
{
	size_t last = plan->report->step_count;
	char *title =
		instead_of == 1
			? mem_printf(
				  "Or, instead of step %zu: put RSA first in Expressway's cipher string",
				  last)
			: mem_printf(
				  "Or, instead of steps %zu to %zu: put RSA first in Expressway's cipher string",
				  last - instead_of + 1, last);
	struct step *step = plan_step(plan, STEP_CIPHER, title, cipher_where);
	bool tls13_seen = true;

	step->instead_of = instead_of;
	for (size_t i = 0; i < count; i++) {
		names_add(&step->nodes,
		          plan->report->nodes[plan_observation(plan, spared[i])->node].name);
		tls13_seen = tls13_seen &&
		             (plan_observation(plan, spared[i])->offered & OFFERED_TLS13) != 0;
		plan_repairs(plan, step, spared[i]);
	}
	step->proved = true;
	step->why = mem_strdup(cipher_why);
	step->note = tls13_seen ? NULL : mem_strdup(cipher_tls13);
}

/* Both ways: new certificates, which last, and then, instead of them, RSA first for those where it
 * was seen to help. */
void plan_cipher(struct plan *plan)
{
	struct want **spared = mem_array(plan->want_count, sizeof *spared);
	size_t count = 0, steps = plan->report->step_count;

	for (size_t i = 0; i < plan->want_count; i++)
		if (!plan->wants[i].done && plan->wants[i].remedy == REMEDY_CIPHER &&
		    other_is_good(plan, &plan->wants[i]))
			spared[count++] = &plan->wants[i];
	plan_reissue(plan, true);
	if (count > 0)
		cipher_step(plan, spared, count, plan->report->step_count - steps);
	free(spared);
}

bool plan_accepts(const struct plan *plan, const struct want *want,
                  const struct presented *presented)
{
	size_t store = plan->report->verdicts[want->verdict].store;
	struct verdict verdict;
	bool accepted;

	memset(&verdict, 0, sizeof verdict);
	judge_chain(presented, &plan->stores[store], &plan->report->policy, &verdict);
	accepted = verdict.accepted;
	verdict_clear(&verdict);
	return accepted;
}

static bool accepted_there(const struct plan *plan, const struct want *want)
{
	const struct presented presented = judge_presented(newer_port(plan, want));

	return plan_accepts(plan, want, &presented);
}

/* Of the ports that show the older certificate. */
static char *restart_title(const struct names *services)
{
	struct buf title;

	buf_init(&title);
	buf_puts(&title, "Restart ");
	names_list(&title, services, services->count);
	buf_puts(&title, services->count == 1 ? ", so that it loads the current certificate"
	                                      : ", so that they load the current certificate");
	return buf_take(&title);
}

void plan_restart(struct plan *plan)
{
	struct names services = { 0 };
	struct step *step = NULL;

	for (size_t i = 0; i < plan->want_count; i++) {
		struct want *want = &plan->wants[i];

		if (want->done || want->remedy != REMEDY_TFTP)
			continue;
		if (!accepted_there(plan, want)) { /* by this peer, after the uploads */
			want->remedy = REMEDY_REISSUE;
			continue;
		}
		if (step == NULL) {
			step = plan_step(
				plan, STEP_RESTART_TFTP, NULL,
				"Cisco TFTP (6972): Cisco Unified Serviceability > Tools > Control Center - Feature Services, or utils service restart "
				"Cisco Tftp. Cisco Tomcat (8443): utils service restart Cisco Tomcat, outside business hours. Else the service behind "
				"the port.");
			step->why = mem_strdup(
				"Another port of the same node shows a newer certificate of the same kind, and that one is accepted; the service "
				"keeps the one it started with.");
		}
		names_add(&services, service_restart(report_service(
					     plan->report, plan_observation(plan, want))));
		names_add(&step->nodes,
		          plan->report->nodes[plan_observation(plan, want)->node].name);
		plan_repairs(plan, step, want);
	}
	if (step != NULL)
		step->title = restart_title(&services);
	names_clear(&services);
}
