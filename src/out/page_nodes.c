/* SPDX-License-Identifier: MIT */
/* All that is known of each node: what Expressway would log for each of its addresses, what DNS
 * says of it. */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/issue.h"
#include "out/page.h"

#include <stdlib.h>

enum { ACCEPTED_APART = 20 };

static void add_reasons(struct doc *doc, const struct verdict *verdict, enum era era)
{
	for (size_t i = 0; i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];
		const char *words = reason_text(reason->reason, era);

		doc_sayf(doc, DOC_PLAIN, "%s%s at depth %d%s%s%s. %s", i > 0 ? "then " : "",
		         reason_id(reason->reason), reason->depth, *words != '\0' ? " (" : "",
		         words, *words != '\0' ? ")" : "", reason_meaning(reason->reason));
	}
}

static void add_issue(struct doc *doc, const struct view *view, const char *address,
                      const struct issue *issue)
{
	const char *kind = report_certificate(view->report, issue->observation);
	char *places = issue_places(issue), *outcome = answer_outcome(issue->observation);

	doc_open(doc, DOC_ITEM, DOC_PLAIN, NULL);
	doc_open(doc, DOC_PARAGRAPH, DOC_PLAIN, NULL);
	doc_add(doc, DOC_NAME, DOC_PLAIN, address);
	doc_add(doc, DOC_TEXT, DOC_PLAIN, ", ");
	doc_add(doc, DOC_TEXT, DOC_PLAIN, places);
	doc_add(doc, DOC_TEXT, DOC_PLAIN, ", ");
	doc_add(doc, DOC_TEXT, DOC_PLAIN, kind != NULL ? kind : outcome);
	doc_close(doc);
	if (issue->verdict != NULL) {
		doc_names(doc, "Refused by", &issue->stores, DOC_WHOLE);
		doc_line(doc, issue->verdict->log);
		doc_line(doc, issue->verdict->error);
		add_reasons(doc, issue->verdict, view->report->policy.era);
	}
	doc_close(doc);
	free(outcome);
	free(places);
}

static void add_issues(struct doc *doc, const struct view *view, size_t from, size_t end)
{
	static const enum check_state states[] = { CHECK_REFUSED, CHECK_UNKNOWN, CHECK_WARNING,
		                                   CHECK_ASIDE };

	doc_open(doc, DOC_LIST, DOC_PLAIN, NULL);
	for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
		for (size_t at = from, next; at < end; at = next) {
			size_t count;
			struct issue *issues;

			next = view_address_end(view, at);
			issues = issues_find(view, at, next, states[s], &count);
			for (size_t i = 0; i < count; i++)
				add_issue(doc, view, view->checks[at].address, &issues[i]);
			issues_free(issues, count);
		}
	}
	doc_close(doc);
}

static void add_address(struct doc *doc, const struct address *address)
{
	struct names ips = { .items = address->ips, .count = address->ip_count };
	char *list = answer_join(&ips, 0);

	doc_open(doc, DOC_PARAGRAPH, DOC_PLAIN, NULL);
	doc_add(doc, DOC_NAME, DOC_PLAIN, address->text);
	doc_add(doc, DOC_TEXT, DOC_PLAIN,
	        address->advertised ? ", advertised: " : ", not advertised: ");
	doc_add(doc, DOC_TEXT, DOC_PLAIN, address->unresolved != NULL ? address->unresolved : list);
	doc_close(doc);
	free(list);
}

static void add_reverse(struct doc *doc, const struct node_reverse *reverse)
{
	doc_open(doc, DOC_PARAGRAPH, DOC_PLAIN, NULL);
	doc_add(doc, DOC_NAME, DOC_PLAIN, reverse->ip);
	doc_add(doc, DOC_TEXT, DOC_PLAIN, ", reverse DNS: ");
	doc_add(doc, DOC_TEXT, DOC_PLAIN,
	        reverse->name != NULL      ? reverse->name
	        : reverse->problem != NULL ? reverse->problem
	                                   : "none");
	if (reverse->name != NULL && !reverse->agrees)
		doc_add(doc, DOC_TEXT, DOC_PLAIN, ", which does not lead back");
	doc_close(doc);
}

static void add_node(struct doc *doc, const struct view *view, size_t from, size_t end)
{
	const struct node *node = &view->report->nodes[view->checks[from].node];
	bool refused = view_has(view, from, end, CHECK_REFUSED),
	     unknown = view_has(view, from, end, CHECK_UNKNOWN),
	     accepted = view_has(view, from, end, CHECK_ACCEPTED);
	char *title = mem_printf("%s (%s): %s", node->name, node_role_name(node->role),
	                         refused    ? "refused"
	                         : unknown  ? "not known"
	                         : accepted ? "accepted"
	                                    : "nothing that counts");

	doc_open(doc, DOC_FOLD,
	         refused    ? DOC_BAD
	         : unknown  ? DOC_GAP
	         : accepted ? DOC_GOOD
	                    : DOC_NOTE,
	         title)
		->flags = DOC_DETAIL;
	add_issues(doc, view, from, end);
	doc_sayf(doc, DOC_PLAIN, "Source: %s.", node_source_words(node->source));
	for (size_t i = 0; i < node->address_count; i++)
		add_address(doc, &node->addresses[i]);
	for (size_t i = 0; i < node->reverse_count; i++)
		add_reverse(doc, &node->reverses[i]);
	doc_close(doc);
	free(title);
}

static void add_nodes(struct doc *doc, const struct view *view, bool accepted)
{
	for (size_t at = 0, end; at < view->check_count; at = end) {
		end = view_node_end(view, at);
		if ((!view_has(view, at, end, CHECK_REFUSED) &&
		     !view_has(view, at, end, CHECK_UNKNOWN)) == accepted)
			add_node(doc, view, at, end);
	}
}

void page_nodes(struct doc *doc, const struct view *view)
{
	size_t accepted = view->tally.nodes - view->tally.nodes_refused - view->tally.nodes_unknown;

	if (view->check_count == 0)
		return;
	doc_open(doc, DOC_SECTION, DOC_PLAIN, "Each node, with Expressway's own lines");
	doc->at->flags = DOC_DETAIL;
	doc->at->id = "nodes";
	add_nodes(doc, view, false);
	if (accepted > ACCEPTED_APART) {
		char *title = mem_printf("%zu nodes that are accepted", accepted);

		doc_open(doc, DOC_FOLD, DOC_GOOD, title)->flags = DOC_DETAIL;
		free(title);
	}
	add_nodes(doc, view, true);
	if (accepted > ACCEPTED_APART)
		doc_close(doc);
	doc_close(doc);
}
