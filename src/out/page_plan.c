/* SPDX-License-Identifier: MIT */
/* The plan: what to do, step by step, with the certificates and names that a step needs. */
#include "config.h"

#include "base/safe.h"
#include "out/answer.h"
#include "out/page.h"

#include <stdlib.h>
#include <string.h>

enum { SUBJECT_MOST = 160 };

static const char sans[] = "SANs of type DNS, at least";

void page_certificate(struct doc *doc, const struct cert *cert)
{
	char hex[65], end[32];
	char *subject =
		safe_brief(cert->readable ? cert->subject : "(a certificate that cannot be read)",
	                   SUBJECT_MOST);

	cert_hex(cert, hex);
	doc_open(doc, DOC_PARAGRAPH, DOC_PLAIN, NULL);
	doc_add(doc, DOC_NAME, DOC_PLAIN, *subject != '\0' ? subject : "(no subject)");
	if (cert->readable) {
		answer_day(cert->not_after, end);
		doc_add(doc, DOC_TEXT, DOC_PLAIN, ", until ");
		doc_add(doc, DOC_TEXT, DOC_PLAIN, end);
	}
	doc_close(doc);
	doc_open(doc, DOC_PARAGRAPH, DOC_PLAIN, NULL);
	doc_add(doc, DOC_LABEL, DOC_PLAIN, "SHA-256");
	doc_add(doc, DOC_NAME, DOC_PLAIN, hex);
	doc_close(doc);
	free(subject);
}

static void add_certs(struct doc *doc, const struct step *step)
{
	if (step->cert_count == 0)
		return;
	doc_open(doc, DOC_LIST, DOC_PLAIN, NULL)->flags = DOC_WHOLE;
	for (size_t i = 0; i < step->cert_count; i++) {
		doc_open(doc, DOC_ITEM, DOC_PLAIN, NULL);
		page_certificate(doc, step->certs[i]);
		doc_close(doc);
	}
	doc_close(doc);
}

/* The same reason and the same way are told once. */
static void add_detail(struct doc *doc, struct page_told *told, const char *label, const char *text)
{
	size_t by = page_told_by(told, text);

	if (text == NULL || *text == '\0')
		return;
	if (by != 0)
		doc_sayf(doc, DOC_PLAIN, "%s: as in step %zu.", label, by);
	else
		doc_labelled(doc, label, text);
	doc->at->last->flags = DOC_DETAIL;
}

static void add_decision(struct doc *doc, struct page_told *told, const struct step *step)
{
	const char *decision = answer_decision(step);
	size_t by = page_told_by(told, decision);

	if (by != 0)
		doc_sayf(doc, DOC_DECIDE, "Your decision, as in step %zu.", by);
	else
		doc_say(doc, DOC_DECIDE, decision);
}

/* What the title names already is not said again: a node, or the name to be advertised. */
static void add_one_target(struct doc *doc, const struct step *step, bool brief)
{
	const struct names *nodes = &step->nodes;

	if (nodes->count != 1 || strstr(step->title, nodes->items[0]) == NULL)
		doc_names(doc, answer_plural(nodes->count, "Node", "Nodes"), nodes,
		          brief ? DOC_COUNTED : 0);
	if (step->kind != STEP_ADVERTISE)
		doc_names(doc, sans, &step->sans, DOC_WHOLE);
}

/* Names that are typed somewhere are never shortened. */
static void add_targets(struct doc *doc, const struct step *step)
{
	if (step->kind != STEP_ADVERTISE)
		doc_sayf(doc, DOC_PLAIN, "%s:", sans);
	doc_open(doc, DOC_LIST, DOC_PLAIN, NULL)->flags = DOC_WHOLE;
	for (size_t i = 0; i < step->target_count; i++) {
		const struct step_target *target = &step->targets[i];
		char *names = answer_join(&target->names, 0);

		doc_open(doc, DOC_ITEM, DOC_PLAIN, NULL);
		if (step->kind == STEP_ADVERTISE)
			doc_sayf(doc, DOC_PLAIN, "%s instead of %s", names, target->node);
		else
			doc_sayf(doc, DOC_PLAIN, "%s: %s", target->node, names);
		doc_close(doc);
		free(names);
	}
	doc_close(doc);
}

static void add_step(struct doc *doc, const struct view *view, const struct step *step,
                     struct page_told *told)
{
	const struct report *report = view->report;
	char *repairs = answer_repairs(view, step);

	doc_open(doc, DOC_ITEM, DOC_STEP, step->title);
	add_detail(doc, told, "Why", step->why);
	if (!view->brief)
		add_detail(doc, told, "Where", step->where);
	if (report->store_count > 1)
		doc_names(doc, "On", &step->stores, 0);
	if (step->targets != NULL)
		add_targets(doc, step);
	else
		add_one_target(doc, step, view->brief);
	add_certs(doc, step);
	if (repairs != NULL)
		doc_sayf(doc, DOC_PLAIN, "Repairs %s.", repairs);
	if (!view->brief)
		doc_say(doc, DOC_PLAIN, step->note);
	add_decision(doc, told, step);
	free(repairs);
	doc_close(doc);
}

void page_plan(struct doc *doc, const struct view *view)
{
	const struct report *report = view->report;
	struct page_told told = { .number = 0 };

	if (report->step_count == 0)
		return;
	doc_open(doc, DOC_SECTION, DOC_PLAIN, "What to do, in this order")->id =
		view->brief ? NULL : "do";
	if (!view->brief) {
		doc_say(doc, DOC_NOTE,
		        "Why, and where to click, is told with -v and in the html page.");
		doc->at->last->flags = DOC_BRIEF;
	}
	doc_open(doc, DOC_LIST, DOC_STEP, NULL)->flags = DOC_WHOLE;
	for (size_t i = 0; i < report->step_count; i++) {
		told.number = i + 1;
		add_step(doc, view, &report->steps[i], &told);
	}
	doc_close(doc);
	doc_close(doc);
	table_clear(&told.texts);
}
