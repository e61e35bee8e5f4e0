/* SPDX-License-Identifier: MIT */
/* The part of the text report that goes node by node. What fails is shown in full, with Expressway's own line; what
 * passes, and what breaks only if someone uses it, in groups: a cluster of a thousand nodes must stay readable. */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/group.h"
#include "out/issue.h"
#include "out/text.h"

#include <stdlib.h>

enum { PASSING_MOST = 20, GROUP_MOST = 12 };

void text_also(const struct paper *paper, const char *first, const struct verdict *verdict, enum era era)
{
	struct buf line;

	if (verdict->reason_count < 2)
		return;
	buf_init(&line);
	buf_puts(&line, "then also:");
	for (size_t i = 1; i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];
		const char *words = reason_text(reason->reason, era);

		buf_printf(&line, "%s %s at depth %d%s%s%s", i > 1 ? "," : "", reason_id(reason->reason), reason->depth,
		           *words != '\0' ? " (" : "", words, *words != '\0' ? ")" : "");
	}
	wrap_text(paper, first, INK_NONE, line.data);
	buf_clear(&line);
}

static void print_issue(const struct text *text, const char *address, const struct issue *issue)
{
	const struct report *report = text->view->report;
	const struct verdict *verdict = issue->verdict;
	const char *kind = report_certificate(text->view->report, issue->observation);
	char *places = issue_places(issue), *stores = answer_join(&issue->stores, 0);
	char *line = mem_printf("%s, %s, %s%s%s: %s", address, places, kind != NULL ? kind : "no certificate",
		*stores != '\0' ? ", store " : "", stores,
		verdict->reason_count > 0 ? reason_id(verdict->reasons[0].reason) : "refused");

	wrap_text(&text->paper, "    ", INK_NONE, line);
	if (verdict->reason_count > 0)
		wrap_text(&text->paper, "      ", INK_NONE, reason_meaning(verdict->reasons[0].reason));
	if (verdict->log != NULL && *verdict->log != '\0')
		wrap_whole(&text->paper, "      ", verdict->log);
	if (verdict->error != NULL)
		wrap_whole(&text->paper, "      ", verdict->error);
	text_also(&text->paper, "      ", verdict, report->policy.era);
	free(line);
	free(stores);
	free(places);
}

static void print_failing_node(const struct text *text, size_t from, size_t end)
{
	const struct view *view = text->view;
	const struct node *node = &view->report->nodes[view->spots[from].node];
	char *title = mem_printf("%s (%s)", node->name, node_role_name(node->role));

	wrap_text(&text->paper, "  ", INK_BOLD, title);
	free(title);
	for (size_t at = from, next; at < end; at = next) {
		size_t count;
		struct issue *issues;

		next = view_address_end(view, at);
		issues = issues_find(view, at, next, MARK_FAIL, &count);
		for (size_t i = 0; i < count; i++)
			print_issue(text, view->spots[at].address, &issues[i]);
		issues_free(issues, count);
	}
}

void text_failing(const struct text *text)
{
	const struct view *view = text->view;

	if (view->tally.spots[MARK_FAIL] == 0)
		return;
	wrap_heading(&text->paper, "Nodes that fail, with the line that Expressway would log");
	for (size_t at = 0, end; at < view->spot_count; at = end) {
		end = view_node_end(view, at);
		if (view_has(view, at, end, MARK_FAIL))
			print_failing_node(text, at, end);
	}
}

static void print_groups(const struct text *text, enum group_kind kind, const struct group *groups, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *advice = kind == GROUP_UNCHECKED ? group_advice(text->view->report, &groups[i]) : NULL;
		char *list = answer_join(&groups[i].whom, 0);
		char *line = groups[i].hidden == 0 ? mem_printf("%s: %s", groups[i].why, list)
		           : mem_printf("%s: %s and %zu more (-v shows all)", groups[i].why, list, groups[i].hidden);

		wrap_text(&text->paper, "  ", INK_NONE, line);
		if (groups[i].log != NULL && *groups[i].log != '\0')
			wrap_whole(&text->paper, "    ", groups[i].log);
		if (advice != NULL)
			wrap_text(&text->paper, "    -> ", INK_NONE, advice);
		free(line);
		free(list);
	}
}

void text_unchecked(const struct text *text)
{
	const struct report *report = text->view->report;
	size_t count, failed = 0;
	struct group *groups = groups_find(text->view, GROUP_UNCHECKED, 0, &count);

	for (size_t i = 0; i < report->cluster_count; i++)
		failed += answer_discovery_failed(&report->clusters[i]);
	if (count + failed > 0)
		wrap_heading(&text->paper, "Could not be checked (this is no pass)");
	for (size_t i = 0; i < report->cluster_count; i++) {
		char *line = answer_discovery(report, &report->clusters[i]);

		if (answer_discovery_failed(&report->clusters[i]))
			wrap_text(&text->paper, "  ", INK_NONE, line);
		free(line);
	}
	print_groups(text, GROUP_UNCHECKED, groups, count);
	groups_free(groups, count);
}

/* Verbose: a line per address and certificate; one connection tells for all that look alike. */
static void print_passing_address(const struct text *text, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++) {
		const struct spot *spot = &text->view->spots[i];
		const struct observation *seen = view_teller(text->view, spot);
		const char *kind = report_certificate(text->view->report, seen);
		char *line;

		if (spot->mark != MARK_PASS)
			continue;
		line = mem_printf("%s, %u %s, %s", spot->address, (unsigned)spot->port, answer_order(spot->order),
		                  kind != NULL ? kind : "no certificate");
		wrap_text(&text->paper, "    ", INK_NONE, line);
		free(line);
	}
}

void text_passing(const struct text *text)
{
	const struct view *view = text->view;
	struct names names = { NULL, 0 };
	size_t count = view_passing(view, PASSING_MOST, &names);
	char *heading, *list, *line;

	if (count == 0)
		return;
	heading = mem_printf("%zu of %zu %s on every advertised address", count, view->tally.nodes,
	                     count == 1 ? "nodes passes" : "nodes pass");
	wrap_heading(&text->paper, heading);
	list = answer_join(&names, 0);
	line = count > names.count ? mem_printf("%s and %zu more", list, count - names.count) : mem_strdup(list);
	wrap_text(&text->paper, "  ", INK_NONE, line);
	for (size_t at = 0, end; text->how->verbose && at < view->spot_count; at = end) {
		end = view_address_end(view, at);
		print_passing_address(text, at, end);
	}
	free(line);
	free(list);
	free(heading);
	names_clear(&names);
}

static void print_aside(const struct text *text, enum group_kind kind)
{
	size_t count;
	struct group *groups = groups_find(text->view, kind, text->how->verbose ? 0 : GROUP_MOST, &count);

	if (count > 0) {
		wrap_heading(&text->paper, group_heading(kind));
		wrap_text(&text->paper, "  ", INK_NONE, group_sentence(kind));
		print_groups(text, kind, groups, count);
	}
	groups_free(groups, count);
}

void text_aside(const struct text *text)
{
	if (text->how->verbose)
		print_aside(text, GROUP_NOT_NEEDED);
	print_aside(text, GROUP_OTHER_ORDER);
	print_aside(text, GROUP_NOT_ADVERTISED);
}
