/* SPDX-License-Identifier: MIT */
/* Findings: what breaks, what may, and what is worth knowing; and the addresses of which the same
 * sentence is true. */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/group.h"
#include "out/page.h"

#include <stdlib.h>
#include <string.h>

/* "Addresses (ports 8443, 6972, ecdsa-first only)" */
static char *label_of(const struct report *report, const struct finding *finding, const char *whom)
{
	bool some = answer_names_orders(report, finding) && finding->orders.count > 0;
	char *ports = answer_join(&finding->ports, 0), *orders = answer_join(&finding->orders, 0),
	     *label;

	if (finding->ports.count > 0)
		label = mem_printf("%s (%s %s%s%s%s)", whom,
		                   answer_plural(finding->ports.count, "port", "ports"), ports,
		                   some ? ", " : "", some ? orders : "", some ? " only" : "");
	else
		label = mem_strdup(whom);
	free(orders);
	free(ports);
	return label;
}

/* Of a cluster among many the table above has every address. */
static void add_whom(struct doc *doc, const struct view *view, const struct finding *finding)
{
	const struct report *report = view->report;
	const struct names *whom =
		finding->addresses.count > 0 ? &finding->addresses : &finding->nodes;
	bool addresses = whom == &finding->addresses;
	char *label = label_of(report, finding,
	                       addresses ? answer_plural(whom->count, "Address", "Addresses")
	                                 : answer_plural(whom->count, "Node", "Nodes"));

	if (whom->count != 1 || strstr(finding->title, whom->items[0]) == NULL)
		doc_names(doc, label, whom, view->brief ? DOC_COUNTED : 0);
	if (report->store_count > 1)
		doc_names(doc, finding->severity == SEVERITY_FAIL ? "Refused by" : "Trust stores",
		          &finding->stores, 0);
	free(label);
}

enum { SENTENCE_LEAST = 80 };

size_t page_told_by(struct page_told *told, const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0, by = 0;

	if (len >= SENTENCE_LEAST && !table_find_bytes(&told->texts, text, len, &by))
		table_add_bytes(&told->texts, text, len, told->number);
	return by;
}

static void say_once(struct doc *doc, struct page_told *told, enum doc_look look, const char *text)
{
	size_t by = page_told_by(told, text);

	if (by != 0)
		doc_sayf(doc, look, "As for %zu.", by);
	else
		doc_say(doc, look, text);
}

/* What is true of each certificate or node, where the finding is about several. */
static void add_facts(struct doc *doc, const struct finding *finding)
{
	if (finding->facts.count < 2)
		return;
	doc_open(doc, DOC_FOLD, DOC_PLAIN, "Each of them")->flags = DOC_DETAIL;
	doc_open(doc, DOC_LIST, DOC_PLAIN, NULL);
	for (size_t i = 0; i < finding->facts.count; i++) {
		doc_open(doc, DOC_ITEM, DOC_PLAIN, NULL);
		doc_say(doc, DOC_PLAIN, finding->facts.items[i]);
		doc_close(doc);
	}
	doc_close(doc);
	doc_close(doc);
}

static void add_finding(struct doc *doc, const struct view *view, const struct finding *finding,
                        enum doc_look look, struct page_told *told)
{
	bool fails = finding->severity == SEVERITY_FAIL;

	doc_open(doc, DOC_ITEM, look, finding->title);
	say_once(doc, told, DOC_PLAIN, finding->detail);
	add_whom(doc, view, finding);
	add_facts(doc, finding);
	doc_line(doc, fails ? finding->log : NULL);
	say_once(doc, told, DOC_DO, finding->action);
	if (finding->action != NULL && fails && view->report->step_count > 0)
		doc->at->last->flags =
			DOC_DETAIL; /* the plan says it with all that belongs to it */
	for (struct doc_node *fact = doc->at->first; fact != NULL && !fails; fact = fact->next)
		if ((fact->kind == DOC_PARAGRAPH && fact->look != DOC_DO) ||
		    finding->severity == SEVERITY_INFO)
			fact->flags |= DOC_DETAIL; /* of a warning its title and addresses are
			                              enough, of a note its title */
	doc_close(doc);
}

static void add_findings(struct doc *doc, const struct view *view, enum severity severity,
                         enum doc_look look)
{
	const struct report *report = view->report;
	struct page_told told = { .number = 0 };

	doc_open(doc, DOC_LIST, look, NULL);
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->severity != severity || group_covers(finding))
			continue;
		told.number++;
		add_finding(doc, view, finding, look, &told);
	}
	doc_close(doc);
	table_clear(&told.texts);
}

static bool has(const struct view *view, enum severity severity)
{
	for (size_t i = 0; i < view->report->finding_count; i++)
		if (view->report->findings[i].severity == severity &&
		    !group_covers(&view->report->findings[i]))
			return true;
	return false;
}

void page_causes(struct doc *doc, const struct view *view)
{
	if (!has(view, SEVERITY_FAIL))
		return;
	doc_open(doc, DOC_SECTION, DOC_PLAIN,
	         "What breaks, with the line that Expressway would log")
		->id = view->brief ? NULL : "breaks";
	add_findings(doc, view, SEVERITY_FAIL, DOC_BAD);
	doc_close(doc);
}

void page_notes(struct doc *doc, const struct view *view)
{
	if (!has(view, SEVERITY_INFO))
		return;
	doc_open(doc, DOC_SECTION, DOC_PLAIN, "Worth knowing")->id = view->brief ? NULL : "notes";
	add_findings(doc, view, SEVERITY_INFO, DOC_NOTE);
	doc_close(doc);
}

/* --- groups ----------------------------------------------------------------------------------- */

/* What to do is told once for all reasons of which it is true. */
static void add_alike(struct doc *doc, const struct report *report, struct group *groups,
                      size_t count)
{
	const char *advice = group_advice(report, &groups[0]);

	doc_open(doc, DOC_ITEM, DOC_PLAIN, NULL);
	for (size_t i = 0; i < count; i++) {
		const char *other = group_advice(report, &groups[i]);

		if (groups[i].told ||
		    (i > 0 && (advice == NULL || other == NULL || strcmp(advice, other) != 0)))
			continue;
		doc_names(doc, groups[i].why, &groups[i].whom, 0);
		groups[i].told = true;
	}
	doc_say(doc, DOC_DO, advice);
	doc_close(doc);
}

static void add_groups(struct doc *doc, const struct view *view, enum group_kind kind)
{
	size_t count;
	struct group *groups = groups_find(view, kind, &count);

	doc_open(doc, DOC_LIST, DOC_PLAIN, NULL);
	for (size_t i = 0; i < count; i++) {
		if (groups[i].told)
			continue;
		if (kind == GROUP_UNCHECKED) {
			add_alike(doc, view->report, &groups[i], count - i);
			continue;
		}
		doc_open(doc, DOC_ITEM, DOC_PLAIN, NULL);
		doc_names(doc, groups[i].why, &groups[i].whom, 0);
		doc_close(doc);
	}
	doc_close(doc);
	groups_free(groups, count);
}

static bool has_group(const struct view *view, enum group_kind kind)
{
	for (size_t i = 0; i < view->check_count; i++)
		if (group_belongs(view, &view->checks[i], (int)kind))
			return true;
	return false;
}

void page_unread(struct doc *doc, const struct unread *unread)
{
	for (size_t i = 0; i < unread->count; i++) {
		char *line = mem_printf("%s.", unread->files[i].problem);

		doc_say(doc, DOC_PLAIN, line);
		free(line);
	}
}

void page_unchecked(struct doc *doc, const struct view *view)
{
	const struct report *report = view->report;
	bool unread = report->unread.count > 0;

	for (size_t i = 0; i < report->cluster_count; i++)
		unread = unread || answer_discovery_failed(&report->clusters[i]);
	if (!unread && !has_group(view, GROUP_UNCHECKED))
		return;
	doc_open(doc, DOC_SECTION, DOC_PLAIN, "Could not be checked: this is not a pass")->id =
		view->brief ? NULL : "unchecked";
	page_unread(doc, &report->unread);
	for (size_t i = 0; i < report->cluster_count; i++) {
		char *line = answer_discovery(report, &report->clusters[i]);

		if (answer_discovery_failed(&report->clusters[i]))
			doc_say(doc, DOC_PLAIN, line);
		free(line);
	}
	add_groups(doc, view, GROUP_UNCHECKED);
	doc_close(doc);
}

static void add_aside(struct doc *doc, const struct view *view, enum group_kind kind,
                      unsigned flags)
{
	if (!has_group(view, kind))
		return;
	doc_open(doc, DOC_FOLD, DOC_PLAIN, group_heading(kind))->flags = flags;
	doc_say(doc, DOC_PLAIN, group_sentence(kind));
	add_groups(doc, view, kind);
	doc_close(doc);
}

/* What could not be checked is not among those that would be accepted. */
static void say_not_advertised(struct doc *doc, const struct tally *tally)
{
	struct buf line;

	buf_init(&line);
	buf_printf(&line, "%zu of %zu addresses that no MRA client is sent to ",
	           tally->aside_refused > 0 ? tally->aside_refused : tally->aside_unknown,
	           tally->aside);
	if (tally->aside_refused > 0)
		buf_puts(&line, "would be refused");
	if (tally->aside_refused > 0 && tally->aside_unknown > 0)
		buf_printf(&line, ", %zu more ", tally->aside_unknown);
	if (tally->aside_unknown > 0)
		buf_puts(&line, "could not be checked");
	buf_putc(&line, '.');
	doc_say(doc, DOC_PLAIN, line.data);
	buf_clear(&line);
}

void page_warnings(struct doc *doc, const struct view *view)
{
	if (!has(view, SEVERITY_WARNING) && !has_group(view, GROUP_OTHER_ORDER) &&
	    !has_group(view, GROUP_NOT_ADVERTISED) && !has_group(view, GROUP_NOT_NEEDED))
		return;
	doc_open(doc, DOC_SECTION, DOC_PLAIN, "Warnings")->id = view->brief ? NULL : "warnings";
	add_findings(doc, view, SEVERITY_WARNING, DOC_WARN);
	add_aside(doc, view, GROUP_OTHER_ORDER, 0);
	if (has_group(view, GROUP_NOT_ADVERTISED))
		say_not_advertised(doc, &view->tally);
	add_aside(doc, view, GROUP_NOT_ADVERTISED, DOC_DETAIL);
	add_aside(doc, view, GROUP_NOT_NEEDED, DOC_DETAIL);
	doc_close(doc);
}
