/* SPDX-License-Identifier: MIT */
/* The plan goes from what trusts most surely to what changes most: uploads that trust nobody new,
 * uploads that a person has to decide, expired CAs, CA certificates to be got, restarts, new server
 * certificates, other addresses, what RSA first would spare; then the refresh. Every step
 * works on what those before it have left, and what it claims to repair was judged again, or it
 * says that it could not be. A step that repairs nothing is none. */
#include "config.h"

#include "base/mem.h"
#include "advise/plan.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>

struct step *plan_step(struct plan *plan, enum step_kind kind, char *title, const char *where)
{
	struct step *step = report_add_step(plan->report, kind);

	step->title = title;
	step->where = mem_strdup(where);
	return step;
}

char *plan_take_note(struct buf *sentences)
{
	char *note = NULL;

	if (sentences->len > 0) {
		sentences->data[--sentences->len] = '\0';
		note = buf_take(sentences);
	}
	buf_clear(sentences);
	return note;
}

void plan_add_cert(struct step *step, const struct cert *cert)
{
	step->certs = mem_grow(step->certs, step->cert_count, sizeof *step->certs);
	step->certs[step->cert_count++] = cert;
}

void plan_repairs(struct plan *plan, struct step *step, struct want *want)
{
	(void)plan;
	step->repairs = mem_grow(step->repairs, step->repair_count, sizeof *step->repairs);
	step->repairs[step->repair_count++] = want->verdict;
	want->done = true;
}

/* What a finding of this kind is about counts as not checked. */
static bool leaves_unchecked(enum finding_kind kind)
{
	return kind == FINDING_NOT_CHECKED || kind == FINDING_HANDSHAKE_UNFINISHED ||
	       kind == FINDING_DISCOVERY_FAILED || kind == FINDING_ENTRY_UNUSABLE ||
	       kind == FINDING_NODE_FOREIGN;
}

static void check_step(struct plan *plan)
{
	struct step *step = NULL;

	for (size_t i = 0; i < plan->report->finding_count; i++) {
		const struct finding *finding = &plan->report->findings[i];

		if (finding->severity != SEVERITY_WARNING || !leaves_unchecked(finding->kind))
			continue;
		if (step == NULL)
			step = plan_step(
				plan, STEP_CHECK, NULL,
				"From a machine that reaches them as the Expressway-C does.");
		for (size_t k = 0; k < finding->nodes.count; k++)
			names_add(&step->nodes, finding->nodes.items[k]);
	}
	if (step == NULL)
		return;
	step->title = mem_printf("Find out why %zu node%s could not be checked, then run again",
	                         step->nodes.count, step->nodes.count == 1 ? "" : "s");
	step->why = mem_strdup("Unreachable is not a pass: what these would present is not known.");
}

/* Of the steps that there are before plan_rest. */
static bool is_look(enum step_kind kind)
{
	return kind == STEP_EXPRESSWAY_CHAIN || kind == STEP_EXPRESSWAY_REISSUE;
}

static bool changes_something(const struct report *report)
{
	for (size_t i = 0; i < report->step_count; i++)
		if (!is_look(report->steps[i].kind))
			return true;
	return false;
}

/* An order that is only assumed has to be looked at once the new release runs. */
static void read_cipher(struct plan *plan)
{
	const struct policy *policy = &plan->report->policy;
	bool rsa = policy->order_in_force[ORDER_RSA_FIRST];
	struct step *step;

	if (plan->report->status != STATUS_PASS || !report_other_order_fails(plan->report))
		return;
	step = plan_step(
		plan, STEP_READ_CIPHER,
		mem_strdup(
			rsa ? "Read the cipher string after the upgrade: it has to begin with ECDHE-RSA-AES256-GCM-SHA384:"
			    : "Read the cipher string after the upgrade: it must not begin with ECDHE-RSA-AES256-GCM-SHA384:"),
		rsa ? "On each Expressway-C, before users are let in: Maintenance > Security > Ciphers (or xConfiguration Ciphers). If the "
		      "prefix is missing, write it in front of the string."
		    : "On each Expressway-C, before users are let in: Maintenance > Security > Ciphers (or xConfiguration Ciphers). If the "
		      "prefix is there, take it away.");
	step->why = mem_strdup(
		rsa ? "The answer holds only while RSA is first, and that follows from the upgrade path alone. The vendor's own lab, "
		      "upgraded from X14.0.7 to X14.2, was shown tomcat-ECDSA on 6972. What lasts is a tomcat-ECDSA that Expressway "
		      "accepts: signed by a CA in the trust store."
		    : "The answer holds only while ECDSA is first, and that follows from the upgrade path alone. What lasts is a tomcat "
		      "that Expressway accepts: signed by a CA in the trust store.");
}

void plan_rest(struct plan *plan)
{
	struct step *step;
	bool changes = changes_something(plan->report);

	read_cipher(plan);
	check_step(plan);
	if (changes) {
		step = plan_step(
			plan, STEP_REFRESH,
			mem_strdup(
				"Refresh the servers on the primary Expressway-C, then run again"),
			"Configuration > Unified Communications > Unified CM servers (and IM and Presence Service nodes, Unity Connection servers): "
			"Refresh servers.");
		step->why = mem_strdup(
			"Expressway keeps what it learnt of the clusters until it is told to look again.");
	}
	if (plan->want_count > 0) {
		step = plan_step(
			plan, STEP_WORKAROUND,
			mem_strdup(
				"Only if users must work before all that is done: switch the check off"),
			"On each Expressway-C: xConfiguration EdgeConfigServer VerifyOriginServer: Off");
		step->why = mem_strdup(
			"This is a workaround, and the vendor advises against it: Expressway then takes any certificate, so whoever stands "
			"between it and the call managers can read and change logins and configurations (CVE-2022-20814). Switch it on "
			"again as soon as the steps above are done.");
	}
}

/* --- what each step repairs, in addresses ----------------------------------------------------- */

/* One advertised address of one node: what the answer counts. */
struct place {
	size_t want;  /* index in plan->wants */
	size_t number;
};

static int by_address(const void *left, const void *right, void *arg)
{
	const struct plan *plan = arg;
	const struct place *a = left, *b = right;
	const struct observation *oa = plan_observation(plan, &plan->wants[a->want]),
				 *ob = plan_observation(plan, &plan->wants[b->want]);

	return COMPARE(oa->node, ob->node) ?: strcmp(oa->address, ob->address);
}

/* For each verdict the number of its address; places left holds how many refusals each address
 * has. */
static size_t *number_addresses(const struct plan *plan, size_t *left)
{
	struct place *places = mem_array(plan->want_count, sizeof *places);
	size_t *numbers = mem_array(plan->report->verdict_count, sizeof *numbers);

	for (size_t i = 0; i < plan->want_count; i++)
		places[i].want = i;
	qsort_r(places, plan->want_count, sizeof *places, by_address, (void *)(uintptr_t)plan);
	for (size_t i = 0; i < plan->want_count; i++) {
		places[i].number =
			i == 0 ? 0
			       : places[i - 1].number + (by_address(&places[i - 1], &places[i],
		                                                    (void *)(uintptr_t)plan) != 0);
		numbers[plan->wants[places[i].want].verdict] = places[i].number;
		left[places[i].number]++;
	}
	free(places);
	return numbers;
}

/* `touched` holds for each address the last step that touched it, + 1. */
static void count_step(struct step *step, size_t at, const size_t *numbers, size_t *left,
                       size_t *touched)
{
	for (size_t i = 0; i < step->repair_count; i++) {
		size_t number = numbers[step->repairs[i]];

		step->addresses += touched[number] != at + 1;
		touched[number] = at + 1;
		step->mended += --left[number] == 0;
	}
}

static void undo(const struct step *step, const size_t *numbers, size_t *left)
{
	for (size_t i = 0; i < step->repair_count; i++)
		left[numbers[step->repairs[i]]]++;
}

void plan_count(struct plan *plan)
{
	struct report *report = plan->report;
	size_t *left = mem_array(plan->want_count, sizeof *left),
	       *touched = mem_array(plan->want_count, sizeof *touched);
	size_t *numbers = number_addresses(plan, left);

	for (size_t i = 0; i < report->step_count; i++) {
		struct step *step = &report->steps[i];

		/* counted as if those had not been done; it is the last that repairs anything */
		for (size_t k = 1; k <= step->instead_of; k++)
			undo(step - k, numbers, left);
		count_step(step, i, numbers, left, touched);
	}
	free(numbers);
	free(left);
	free(touched);
}

static void clear_steps(struct report *report)
{
	for (size_t i = 0; i < report->step_count; i++)
		step_clear(&report->steps[i]);
	free(report->steps);
	report->steps = NULL;
	report->step_count = 0;
}

void plan_run(struct report *report)
{
	struct plan plan;

	clear_steps(report);
	plan_open(&plan, report);
	plan_choose(&plan);
	plan_before(&plan);
	plan_stores(&plan, false);
	plan_stores(&plan, true);
	plan_remove_ended(&plan);
	plan_unknown(&plan);
	plan_successors(&plan);
	plan_restart(&plan);
	plan_reissue(&plan, false);
	plan_advertise(&plan);
	plan_cipher(&plan);
	plan_rest(&plan);
	plan_count(&plan);
	plan_close(&plan);
}
