/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "out/issue.h"

#include <stdlib.h>
#include <string.h>

struct list {
	struct issue *items;
	size_t count;
	bool by_reason;
};

static bool same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool same_reason(const struct verdict *a, const struct verdict *b)
{
	if (a->reason_count == 0 || b->reason_count == 0)
		return a->reason_count == b->reason_count;
	return a->reasons[0].reason == b->reasons[0].reason;
}

static bool same_issue(const struct issue *issue, const struct verdict *verdict,
                       const struct observation *observation, bool by_reason)
{
	if ((issue->verdict == NULL) != (verdict == NULL))
		return false;
	if (verdict == NULL)
		return issue->observation->outcome == observation->outcome &&
		       same_text(issue->observation->detail, observation->detail);
	if (by_reason)
		return same_reason(issue->verdict, verdict);
	return chain_leaf(&issue->observation->chain) == chain_leaf(&observation->chain) &&
	       same_text(issue->verdict->log, verdict->log);
}

static struct issue *find_or_add(struct list *list, const struct verdict *verdict,
                                 const struct observation *observation)
{
	struct issue *issue;

	for (size_t i = 0; i < list->count; i++)
		if (same_issue(&list->items[i], verdict, observation, list->by_reason))
			return &list->items[i];
	list->items = mem_grow(list->items, list->count, sizeof *list->items);
	issue = &list->items[list->count++];
	memset(issue, 0, sizeof *issue);
	issue->verdict = verdict;
	issue->observation = observation;
	return issue;
}

static void add_place(struct issue *issue, uint16_t port, enum order order)
{
	unsigned char bit = (unsigned char)(1U << order);

	for (size_t i = 0; i < issue->port_count; i++) {
		if (issue->ports[i] == port) {
			issue->orders[i] |= bit;
			return;
		}
	}
	issue->ports = mem_grow(issue->ports, issue->port_count, sizeof *issue->ports);
	issue->orders = mem_grow(issue->orders, issue->port_count, sizeof *issue->orders);
	issue->ports[issue->port_count] = port;
	issue->orders[issue->port_count++] = bit;
}

static void add(struct list *list, const struct view *view, const struct check *check,
                const struct verdict *verdict, const struct observation *observation)
{
	const struct report *report = view->report;
	struct issue *issue = find_or_add(list, verdict, observation);

	add_place(issue, check->port, check->order);
	if (verdict != NULL && report->store_count > 1 && verdict->store < report->store_count)
		names_add(&issue->stores, report->stores[verdict->store].name);
}

static void add_check(struct list *list, const struct view *view, const struct check *check)
{
	const struct report *report = view->report;

	for (size_t i = 0; i < check->seen_count; i++) {
		const struct observation *observation = &report->observations[check->seen[i]];
		size_t count;
		const size_t *verdicts = view_verdicts(view, check->seen[i], &count);

		if (check->state == CHECK_NOT_NEEDED ||
		    ((check->state == CHECK_UNKNOWN || check->state == CHECK_ASIDE) &&
		     !view->reached[check->seen[i]]))
			add(list, view, check, NULL, observation);
		for (size_t k = 0; k < count; k++)
			if (!report->verdicts[verdicts[k]].accepted)
				add(list, view, check, &report->verdicts[verdicts[k]], observation);
	}
}

struct issue *issues_find(const struct view *view, size_t from, size_t end, enum check_state state,
                          size_t *count)
{
	struct list list = { NULL, 0, false };

	for (size_t i = from; i < end; i++)
		if (view->checks[i].state == state)
			add_check(&list, view, &view->checks[i]);
	*count = list.count;
	return list.items;
}

struct issue *issues_by_reason(const struct view *view, size_t from, size_t end, int kind,
                               bool (*belongs)(const struct view *, const struct check *, int kind),
                               size_t *count)
{
	struct list list = { NULL, 0, true };

	for (size_t i = from; i < end; i++)
		if (belongs(view, &view->checks[i], kind))
			add_check(&list, view, &view->checks[i]);
	*count = list.count;
	return list.items;
}

void issues_free(struct issue *issues, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		names_clear(&issues[i].stores);
		free(issues[i].ports);
		free(issues[i].orders);
	}
	free(issues);
}

/* Ports that share a set of orders stand together. */
char *issue_places(const struct issue *issue)
{
	static const char *const sets[] = {
		[1] = " RSA first", [2] = " ECDSA first", [3] = " in both orders"
	};
	struct buf text;

	buf_init(&text);
	for (unsigned set = 3; set > 0; set--) {
		bool any = false;

		for (size_t i = 0; i < issue->port_count; i++) {
			if (issue->orders[i] != set)
				continue;
			buf_printf(&text, "%s%u",
			           any            ? " and "
			           : text.len > 0 ? ", "
			                          : "",
			           (unsigned)issue->ports[i]);
			any = true;
		}
		buf_puts(&text, any ? sets[set] : "");
	}
	return text.data;
}
