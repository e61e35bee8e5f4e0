/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/group.h"
#include "out/issue.h"

#include <stdlib.h>
#include <string.h>

/* Found by the sentence; there are as many as there are causes, which a server can make many: past
 * so many, the rest goes into one that says so. */
enum { GROUPS_MOST = 200 };

struct groups {
	struct group *items;
	size_t count;
};

static struct group *group_for(struct groups *groups, const char *why)
{
	struct group *group;

	for (size_t i = 0; i < groups->count; i++)
		if (strcmp(groups->items[i].why, why) == 0)
			return &groups->items[i];
	if (groups->count == GROUPS_MOST)
		return &groups->items[GROUPS_MOST - 1];
	groups->items = mem_grow(groups->items, groups->count, sizeof *groups->items);
	group = &groups->items[groups->count++];
	*group = (struct group){ .why = mem_strdup(groups->count < GROUPS_MOST ? why
		                                                               : "other reasons") };
	return group;
}

/* The issues of one address come one after the other: a repeated name is the last one. */
static void add(struct groups *groups, const char *why, const char *whom)
{
	struct names *names = &group_for(groups, why)->whom;

	if (names->count > 0 && strcmp(names->items[names->count - 1], whom) == 0)
		return;
	names->items = mem_grow(names->items, names->count, sizeof *names->items);
	names->items[names->count++] = mem_strdup(whom);
}

static char *why_of(const struct issue *issue, bool brief)
{
	char *places = issue_places(issue), *outcome, *why;

	if (issue->verdict != NULL) {
		const struct verdict *verdict = issue->verdict;

		why = mem_printf("%s%s%s",
		                 verdict->reason_count > 0 ? reason_id(verdict->reasons[0].reason)
		                                           : "refused",
		                 brief ? "" : ", ", brief ? "" : places);
	} else {
		outcome = answer_outcome(issue->observation);
		why = brief || issue->observation->outcome == OUTCOME_UNRESOLVED
		              ? mem_strdup(outcome)
		              : mem_printf("%s, %s", outcome, places);
		free(outcome);
	}
	free(places);
	return why;
}

bool group_belongs(const struct view *view, const struct check *check, int kind)
{
	bool in_force = view->report->policy.order_in_force[check->order];

	switch ((enum group_kind)kind) {
	case GROUP_UNCHECKED:
		return check->state == CHECK_UNKNOWN;
	case GROUP_NOT_NEEDED:
		return check->state == CHECK_NOT_NEEDED &&
		       view->report->observations[check->seen[0]].outcome != OUTCOME_PRESENTED;
	case GROUP_OTHER_ORDER:
		return (check->state == CHECK_ASIDE || check->state == CHECK_WARNING) &&
		       check->advertised && !in_force;
	case GROUP_NOT_ADVERTISED:
		return (check->state == CHECK_ASIDE || check->state == CHECK_WARNING) &&
		       !check->advertised;
	}
	return false;
}

static void add_address(struct groups *groups, const struct view *view, size_t from, size_t end,
                        enum group_kind kind)
{
	size_t count;
	struct issue *issues = issues_by_reason(view, from, end, (int)kind, group_belongs, &count);

	for (size_t i = 0; i < count; i++) {
		char *why = why_of(&issues[i], !view->checks[from].advertised);

		add(groups, why, view->checks[from].address);
		free(why);
	}
	issues_free(issues, count);
}

struct group *groups_find(const struct view *view, enum group_kind kind, size_t *count)
{
	struct groups groups = { NULL, 0 };

	for (size_t at = 0, end; at < view->check_count; at = end) {
		end = view_address_end(view, at);
		add_address(&groups, view, at, end, kind);
	}
	*count = groups.count;
	return groups.items;
}

void groups_free(struct group *groups, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		names_clear(&groups[i].whom);
		free(groups[i].why);
	}
	free(groups);
}

const char *group_heading(enum group_kind kind)
{
	static const char *const headings[] = {
		[GROUP_UNCHECKED] = "Could not be checked",
		[GROUP_NOT_NEEDED] = "Not there, and not needed",
		[GROUP_OTHER_ORDER] = "The cipher order that is not in force",
		[GROUP_NOT_ADVERTISED] = "Addresses that are not advertised",
	};

	return headings[kind];
}

const char *group_sentence(enum group_kind kind)
{
	static const char *const sentences[] = {
		[GROUP_UNCHECKED] = "That is not a pass.",
		[GROUP_NOT_NEEDED] =
			"No MRA request needs these ports of these servers (configuration files, 6972, come from CUCM).",
		[GROUP_OTHER_ORDER] = "They count only if Expressway's cipher order changes.",
		[GROUP_NOT_ADVERTISED] =
			"No MRA client is sent there; they break only if someone uses them.",
	};

	return sentences[kind];
}

const char *group_advice(const struct report *report, const struct group *group)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->kind == FINDING_NOT_CHECKED &&
		    names_has(&finding->addresses, group->whom.items[0]))
			return finding->action;
	}
	return NULL;
}

bool group_covers(const struct finding *finding)
{
	if (finding->severity == SEVERITY_FAIL || finding->addresses.count == 0)
		return false;
	return finding->kind == FINDING_NOT_CHECKED || finding_is_refusal(finding);
}
