/* SPDX-License-Identifier: MIT */
/* The part of the text report that goes node by node. What fails is shown in full, with Expressway's own line; what
 * passes, and what breaks only if someone uses it, in groups: a cluster of a thousand nodes must stay readable. */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/issue.h"
#include "out/text.h"

#include <stdlib.h>
#include <string.h>

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
	const char *kind = observation_certificate(issue->observation);
	char *places = issue_places(issue), *stores = answer_join(&issue->stores, 0);
	char *line = mem_printf("%s, %s, %s%s%s: %s", address, places, kind != NULL ? kind : "no certificate",
		*stores != '\0' ? ", store " : "", stores,
		verdict->reason_count > 0 ? reason_id(verdict->reasons[0].reason) : "refused");

	wrap_text(&text->paper, "    ", INK_NONE, line);
	if (verdict->reason_count > 0)
		wrap_text(&text->paper, "      ", INK_NONE, reason_meaning(verdict->reasons[0].reason));
	if (verdict->log != NULL)
		wrap_whole(&text->paper, "      ", verdict->log);
	text_also(&text->paper, "      ", verdict, report->policy.era);
	free(line);
	free(stores);
	free(places);
}

static bool has_mark(const struct view *view, size_t from, size_t end, enum mark mark)
{
	for (size_t i = from; i < end; i++)
		if (view->spots[i].mark == mark)
			return true;
	return false;
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
		if (has_mark(view, at, end, MARK_FAIL))
			print_failing_node(text, at, end);
	}
}

/* Addresses that share a sentence. Groups are found by that sentence; there are as many as there are causes. */
struct group {
	char *why;     /* owned */
	const char *log; /* borrowed; an example, NULL if there is none */
	struct names whom;
	size_t hidden; /* left out, so that neither list nor search for repeated names grows without end */
};

struct groups {
	struct group *items;
	size_t count, most; /* of names in a group; 0: all */
};

static struct group *group_for(struct groups *groups, const char *why, const char *log)
{
	struct group *group;

	for (size_t i = 0; i < groups->count; i++)
		if (strcmp(groups->items[i].why, why) == 0)
			return &groups->items[i];
	groups->items = mem_grow(groups->items, groups->count, sizeof *groups->items);
	group = &groups->items[groups->count++];
	*group = (struct group){ .why = mem_strdup(why), .log = log };
	return group;
}

static void group_add(struct groups *groups, const char *why, const char *log, const char *whom)
{
	struct group *group = group_for(groups, why, log);

	if (group->whom.count > 0 && strcmp(group->whom.items[group->whom.count - 1], whom) == 0)
		return;
	if (groups->most > 0 && group->whom.count == groups->most)
		group->hidden++;
	else
		names_add(&group->whom, whom);
}

static void print_groups(const struct text *text, struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		struct group *group = &groups->items[i];
		char *list = answer_join(&group->whom, 0);
		char *line = mem_printf("%s: %s", group->why, list);
		char *more = group->hidden > 0 ? mem_printf("%s and %zu more (-v shows all)", line, group->hidden) : mem_strdup(line);

		wrap_text(&text->paper, "  ", INK_NONE, more);
		if (group->log != NULL && *group->log != '\0')
			wrap_whole(&text->paper, "    ", group->log);
		free(more);
		free(line);
		free(list);
		names_clear(&group->whom);
		free(group->why);
	}
	free(groups->items);
}

static void group_unchecked(const struct view *view, size_t from, size_t end, enum mark mark, struct groups *groups)
{
	size_t count;
	struct issue *issues = issues_find(view, from, end, mark, &count);

	for (size_t i = 0; i < count; i++) {
		char *outcome = answer_outcome(issues[i].observation), *places = issue_places(&issues[i]);
		char *why = issues[i].observation->outcome == OUTCOME_UNRESOLVED ? mem_strdup(outcome)
		          : mem_printf("%s on %s", outcome, places);

		group_add(groups, why, NULL, view->spots[from].address);
		free(why);
		free(places);
		free(outcome);
	}
	issues_free(issues, count);
}

static bool discovery_failed(const struct cluster *cluster)
{
	return cluster->outcome != DISCOVERY_OK && cluster->outcome != DISCOVERY_NOT_TRIED;
}

void text_unchecked(const struct text *text)
{
	const struct view *view = text->view;
	const struct report *report = view->report;
	struct groups groups = { NULL, 0, 0 };
	size_t failed = 0;

	for (size_t i = 0; i < report->cluster_count; i++)
		failed += discovery_failed(&report->clusters[i]);
	for (size_t at = 0, end; at < view->spot_count; at = end) {
		end = view_address_end(view, at);
		group_unchecked(view, at, end, MARK_UNKNOWN, &groups);
	}
	if (groups.count + failed > 0)
		wrap_heading(&text->paper, "Could not be checked (this is no pass)");
	for (size_t i = 0; i < report->cluster_count; i++) {
		char *line = answer_discovery(report, &report->clusters[i]);

		if (discovery_failed(&report->clusters[i]))
			wrap_text(&text->paper, "  ", INK_NONE, line);
		free(line);
	}
	print_groups(text, &groups);
}

/* Verbose: a line per address and certificate; one connection tells for all that look alike. */
static void print_passing_address(const struct text *text, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++) {
		const struct spot *spot = &text->view->spots[i];
		const struct observation *seen = view_teller(text->view, spot);
		const char *kind = observation_certificate(seen);
		char *line;

		if (spot->mark != MARK_PASS)
			continue;
		line = mem_printf("%s, %u %s, %s", spot->address, (unsigned)spot->port, answer_order(spot->order),
		                  kind != NULL ? kind : "no certificate");
		wrap_text(&text->paper, "    ", INK_NONE, line);
		free(line);
	}
}

static bool passes(const struct view *view, size_t from, size_t end)
{
	return has_mark(view, from, end, MARK_PASS) && !has_mark(view, from, end, MARK_FAIL) &&
	       !has_mark(view, from, end, MARK_UNKNOWN);
}

static void print_passing_names(const struct text *text, size_t count)
{
	const struct view *view = text->view;
	const struct node *nodes = view->report->nodes;
	struct names names = { NULL, 0 };
	char *list, *line;
	size_t shown = 0;

	for (size_t at = 0, end; at < view->spot_count && shown < PASSING_MOST; at = end) {
		end = view_node_end(view, at);
		if (passes(view, at, end)) {
			names_add(&names, nodes[view->spots[at].node].name);
			shown++;
		}
	}
	list = answer_join(&names, 0);
	line = count > shown ? mem_printf("%s and %zu more", list, count - shown) : mem_strdup(list);
	wrap_text(&text->paper, "  ", INK_NONE, line);
	names_clear(&names);
	free(line);
	free(list);
}

void text_passing(const struct text *text)
{
	const struct view *view = text->view;
	size_t count = 0;
	char *heading;

	for (size_t at = 0, end; at < view->spot_count; at = end) {
		end = view_node_end(view, at);
		count += passes(view, at, end);
	}
	if (count == 0)
		return;
	heading = mem_printf("%zu of %zu nodes pass on every advertised address", count, view->tally.nodes);
	wrap_heading(&text->paper, heading);
	free(heading);
	print_passing_names(text, count);
	for (size_t at = 0, end; text->how->verbose && at < view->spot_count; at = end) {
		end = view_address_end(view, at);
		print_passing_address(text, at, end);
	}
}

static void group_refused(const struct view *view, size_t from, size_t end, struct groups *groups)
{
	size_t count;
	struct issue *issues = issues_find(view, from, end, MARK_WARNING, &count);

	for (size_t i = 0; i < count; i++) {
		const struct verdict *verdict = issues[i].verdict;
		char *places = issue_places(&issues[i]);
		char *why = mem_printf("%s on %s", verdict->reason_count > 0 ? reason_id(verdict->reasons[0].reason) : "refused",
		                       places);

		group_add(groups, why, verdict->log, view->spots[from].address);
		free(why);
		free(places);
	}
	issues_free(issues, count);
}

static void print_aside(const struct text *text, bool advertised, const char *heading, const char *sentence)
{
	const struct view *view = text->view;
	struct groups groups = { NULL, 0, text->how->verbose ? 0 : GROUP_MOST };

	for (size_t at = 0, end; at < view->spot_count; at = end) {
		end = view_address_end(view, at);
		if (view->spots[at].advertised != advertised)
			continue;
		group_refused(view, at, end, &groups);
		group_unchecked(view, at, end, MARK_ASIDE, &groups);
	}
	if (groups.count == 0)
		return;
	wrap_heading(&text->paper, heading);
	wrap_text(&text->paper, "  ", INK_NONE, sentence);
	print_groups(text, &groups);
}

void text_aside(const struct text *text)
{
	print_aside(text, true, "Warnings: the order that is not in force",
	            "MRA breaks there only if Expressway's cipher order changes.");
	print_aside(text, false, "Warnings: addresses that are not advertised",
	            "No MRA client is sent there; they break only if someone uses them.");
}
