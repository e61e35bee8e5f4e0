/* SPDX-License-Identifier: MIT */
/* The plan goes from what trusts most surely to what changes most: uploads that trust nobody new, uploads that a person has
 * to decide, the cipher order, CA certificates to be got, new server certificates, other addresses, restarts; then the
 * refresh. Every step works on what those before it have left, and what it claims to repair was judged again, or it says
 * that it could not be. */
#include "config.h"

#include "base/mem.h"
#include "advise/plan.h"
#include "advise/plan_parts.h"

#include <stdlib.h>

struct step *plan_step(struct plan *plan, enum step_kind kind, char *title, const char *where)
{
	struct step *step = report_add_step(plan->report, kind);

	step->title = title;
	step->where = mem_strdup(where);
	return step;
}

void plan_repairs(struct plan *plan, struct step *step, struct want *want)
{
	(void)plan;
	step->repairs = mem_grow(step->repairs, step->repair_count, sizeof *step->repairs);
	step->repairs[step->repair_count++] = want->verdict;
	want->done = true;
}

static void check_step(struct plan *plan)
{
	struct step *step = NULL;

	for (size_t i = 0; i < plan->report->finding_count; i++) {
		const struct finding *finding = &plan->report->findings[i];

		if (finding->severity != SEVERITY_WARNING ||
		    (finding->kind != FINDING_NOT_CHECKED && finding->kind != FINDING_HANDSHAKE_UNFINISHED &&
		     finding->kind != FINDING_DISCOVERY_FAILED))
			continue;
		if (step == NULL)
			step = plan_step(plan, STEP_CHECK, NULL, "From a machine that reaches them as the Expressway-C does.");
		for (size_t k = 0; k < finding->nodes.count; k++)
			names_add(&step->nodes, finding->nodes.items[k]);
	}
	if (step == NULL)
		return;
	step->title = mem_printf("Find out why %zu node%s could not be checked, then run again", step->nodes.count,
	                         step->nodes.count == 1 ? "" : "s");
	step->why = mem_strdup("Unreachable is not a pass: what these would present is not known.");
}

static bool changes_something(const struct report *report)
{
	for (size_t i = 0; i < report->step_count; i++)
		if (report->steps[i].kind != STEP_CHECK)
			return true;
	return false;
}

void plan_rest(struct plan *plan)
{
	struct step *step;
	bool changes = changes_something(plan->report);

	check_step(plan);
	if (changes) {
		step = plan_step(plan, STEP_REFRESH, mem_strdup("Refresh the servers on the primary Expressway-C, then run again"),
		                 "Configuration > Unified Communications > Unified CM servers (and IM and Presence Service nodes, Unity Connection servers): "
		                 "Refresh servers.");
		step->why = mem_strdup("Expressway keeps what it learnt of the clusters until it is told to look again.");
	}
	if (plan->want_count > 0) {
		step = plan_step(plan, STEP_WORKAROUND, mem_strdup("Only if users must work before all that is done: switch the check off"),
		                 "On each Expressway-C: xConfiguration EdgeConfigServer VerifyOriginServer: Off");
		step->why = mem_strdup("This is a workaround, and the vendor advises against it: Expressway then takes any certificate, so whoever stands "
		                       "between it and the call managers can read and change logins and configurations (CVE-2022-20814). Switch it on "
		                       "again as soon as the steps above are done.");
	}
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
	plan_stores(&plan, false);
	plan_stores(&plan, true);
	plan_cipher(&plan);
	plan_unknown(&plan);
	plan_reissue(&plan);
	plan_advertise(&plan);
	plan_tftp(&plan);
	plan_rest(&plan);
	plan_close(&plan);
}
