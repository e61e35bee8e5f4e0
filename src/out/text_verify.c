/* SPDX-License-Identifier: MIT */
/* `verify` for people: an answer per address and trust store. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "out/answer.h"
#include "base/safe.h"
#include "out/text.h"

#include <stdlib.h>

enum { SUBJECT_MOST = 160 };

static void print_chain(const struct paper *paper, const struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct cert *cert = chain->certs[i];
		char end[32], *subject = safe_brief(cert->readable ? cert->subject : "", SUBJECT_MOST), *line;

		answer_day(cert->not_after, end);
		line = cert->readable ? mem_printf("%s, until %s", *subject != '\0' ? subject : "(no subject)", end)
		     : mem_strdup("(a certificate that cannot be read)");
		wrap_text(paper, i == 0 ? "Chain: " : "       ", INK_NONE, line);
		free(line);
		free(subject);
	}
}

static void print_verdict(const struct paper *paper, const struct report *report, const struct verdict *verdict)
{
	const struct observation *seen = &report->observations[verdict->observation];
	const char *address = seen->address != NULL && *seen->address != '\0' ? seen->address : "the chain (no name was given)";
	const char *store = verdict->store < report->store_count ? report->stores[verdict->store].name : "";
	char *line = mem_printf("%s: %s with %s%s", address, verdict->accepted ? "accepted" : "REFUSED", store,
		verdict->accepted ? "." : ":");

	buf_putc(paper->out, '\n');
	wrap_text(paper, "", verdict->accepted ? INK_GREEN : INK_RED, line);
	free(line);
	if (verdict->log != NULL && *verdict->log != '\0')
		wrap_whole(paper, "  ", verdict->log);
	if (verdict->error != NULL)
		wrap_whole(paper, "  ", verdict->error);
	for (size_t i = 0; i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];

		line = mem_printf("%s (depth %d): %s", reason_id(reason->reason), reason->depth, reason_meaning(reason->reason));
		wrap_text(paper, "  - ", INK_NONE, line);
		wrap_text(paper, "    -> ", INK_NONE, reason_action(reason->reason));
		free(line);
	}
}

void out_verify_text(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct paper paper = { out, how->width < 30 ? 30 : how->width > 80 ? 80 : (size_t)how->width, how->color };
	size_t refused = 0;
	char at[32], *line;

	for (size_t i = 0; i < report->verdict_count; i++)
		refused += !report->verdicts[i].accepted;
	line = refused > 0 ? mem_printf("No: Expressway would refuse it in %zu of %zu %s.", refused, report->verdict_count,
	                                answer_plural(report->verdict_count, "case", "cases"))
	     : mem_strdup(report->verdict_count > 0 ? "Yes: Expressway would accept it." : "Not known: nothing was judged.");
	wrap_text(&paper, "", refused > 0 ? INK_RED : INK_GREEN, line);
	free(line);
	if (how->quiet)
		return;
	if (report->observation_count > 0)
		print_chain(&paper, &report->observations[0].chain);
	clock_format(report->policy.at, at, sizeof at);
	line = mem_printf("As of %s by the rules of %s.", at, answer_era(report->policy.era));
	wrap_text(&paper, "", INK_NONE, line);
	free(line);
	line = policy_release(&report->policy);
	wrap_text(&paper, "", INK_NONE, line);
	free(line);
	for (size_t i = 0; i < report->verdict_count; i++)
		print_verdict(&paper, report, &report->verdicts[i]);
}
