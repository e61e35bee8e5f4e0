/* SPDX-License-Identifier: MIT */
/* `verify` for people: an answer per address and trust store. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/safe.h"
#include "out/answer.h"
#include "out/doc.h"

#include <stdlib.h>

enum { SUBJECT_MOST = 160 };

static void add_chain(struct doc *doc, const struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct cert *cert = chain->certs[i];
		char end[32],
			*subject = safe_brief(cert->readable ? cert->subject : "", SUBJECT_MOST);

		answer_day(cert->not_after, end);
		if (cert->readable)
			doc_sayf(doc, DOC_PLAIN, "%s%s, until %s",
			         i == 0 ? "Chain: " : "Sent with it: ",
			         *subject != '\0' ? subject : "(no subject)", end);
		else
			doc_sayf(doc, DOC_PLAIN, "%s(a certificate that cannot be read)",
			         i == 0 ? "Chain: " : "Sent with it: ");
		free(subject);
	}
}

static void add_reasons(struct doc *doc, const struct verdict *verdict)
{
	doc_open(doc, DOC_LIST, DOC_PLAIN, NULL)->flags = DOC_WHOLE;
	for (size_t i = 0; i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];

		doc_open(doc, DOC_ITEM, DOC_PLAIN, NULL);
		doc_sayf(doc, DOC_PLAIN, "%s (depth %d): %s", reason_id(reason->reason),
		         reason->depth, reason_meaning(reason->reason));
		doc_say(doc, DOC_DO, reason_action(reason->reason));
		doc_close(doc);
	}
	doc_close(doc);
}

static void add_verdict(struct doc *doc, const struct report *report, const struct verdict *verdict)
{
	const struct observation *seen = &report->observations[verdict->observation];
	bool named = seen->address != NULL && *seen->address != '\0';
	char *title = mem_printf(
		"%s: %s with %s%s", named ? seen->address : "the chain (no name was judged)",
		verdict->accepted ? "accepted" : "REFUSED", report->stores[verdict->store].name,
		verdict->accepted ? "." : ":");

	doc_open(doc, DOC_SECTION, verdict->accepted ? DOC_GOOD : DOC_BAD, title);
	doc_line(doc, verdict->log);
	doc_line(doc, verdict->error);
	add_reasons(doc, verdict);
	for (unsigned bit = 1; bit < 1u << LETTER_COUNT; bit <<= 1)
		if ((verdict->letters & bit) != 0)
			doc_sayf(doc, DOC_PLAIN, "Note: %s", letter_text(bit));
	doc_close(doc);
	free(title);
}

static bool is_named(const struct report *report)
{
	return report->observation_count == 0 || *report->observations[0].address != '\0';
}

static void add_answer(struct doc *doc, const struct report *report)
{
	size_t refused = 0;
	char *line;

	for (size_t i = 0; i < report->verdict_count; i++)
		refused += !report->verdicts[i].accepted;
	line = refused > 0
	               ? mem_printf("No: Expressway would refuse it in %zu of %zu %s.", refused,
	                            report->verdict_count,
	                            answer_plural(report->verdict_count, "case", "cases"))
	               : mem_strdup(report->verdict_count == 0 ? "Not known: nothing was judged."
	                            : is_named(report) ? "Yes: Expressway would accept it."
	                                               : "Yes, as far as trust goes: no name was judged.");
	doc_open(doc, DOC_ANSWER,
	         refused > 0                 ? DOC_BAD
	         : report->verdict_count > 0 ? DOC_GOOD
	                                     : DOC_GAP,
	         "Would Expressway accept it?");
	doc_add(doc, DOC_TEXT, DOC_PLAIN, line);
	doc_close(doc);
	free(line);
}

void out_verify_text(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct doc doc;
	char at[CLOCK_TEXT], *release = policy_release(&report->policy);

	doc_init(&doc);
	add_answer(&doc, report);
	if (!how->quiet) {
		if (!is_named(report))
			doc_say(&doc, DOC_PLAIN,
			        "Give --address with the name or IP that clients are told: a certificate "
			        "without it is refused too.");
		if (report->observation_count > 0)
			add_chain(&doc, &report->observations[0].chain);
		clock_format(report->policy.at, at, sizeof at);
		doc_sayf(&doc, DOC_PLAIN, "As of %s by the rules of %s.", at,
		         answer_era(report->policy.era));
		doc_say(&doc, DOC_PLAIN, release);
		for (size_t i = 0; i < report->verdict_count; i++)
			add_verdict(&doc, report, &report->verdicts[i]);
	}
	doc_put(&doc, &text_layout, how, out);
	free(release);
}
