/* SPDX-License-Identifier: MIT */
/* A good certificate proves nothing when the handshake then fails: anybody can show it. */
#include "config.h"

#include "advise/examine_parts.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct unfinished {
	const struct observation **items; /* owned array */
	size_t count;
};

static const char *why(const struct observation *observation)
{
	return observation->detail != NULL ? observation->detail : "";
}

static int by_case(const void *left, const void *right)
{
	const struct observation *a = *(const struct observation *const *)left,
				 *b = *(const struct observation *const *)right;

	return COMPARE(a->node, b->node) ?: strcmp(why(a), why(b)) ?: COMPARE(a, b);
}

static size_t judging(const struct report *report, const struct observation *observation)
{
	size_t count = 0;

	for (size_t i = 0; i < report->store_count; i++)
		count += report_judges_node(report, i, observation->node);
	return count;
}

/* Those that a store would have accepted: a refused chain is refused however the handshake ends.
 * judge_run gives no verdict for them. */
static struct unfinished find_unfinished(const struct report *report)
{
	struct unfinished found = { mem_array(report->observation_count, sizeof *found.items),
		                    0 };
	size_t *verdicts = mem_array(report->observation_count, sizeof *verdicts);

	for (size_t i = 0; i < report->verdict_count; i++)
		verdicts[report->verdicts[i].observation]++;
	for (size_t i = 0; i < report->observation_count; i++)
		if (observation_unfinished(&report->observations[i]) &&
		    verdicts[i] < judging(report, &report->observations[i]))
			found.items[found.count++] = &report->observations[i];
	free(verdicts);
	qsort(found.items, found.count, sizeof *found.items, by_case);
	return found;
}

static const char *how_far(enum reached reached)
{
	switch (reached) {
	case REACHED_NOTHING:
	case REACHED_CONNECTED:
	case REACHED_SERVER_HELLO:
	case REACHED_CERTIFICATE:
		return "before the server had shown that it has the certificate's key";
	case REACHED_KEY_EXCHANGE:
		return "before the server had said all that belongs to it";
	case REACHED_SERVER_DONE:
	case REACHED_ANSWERED:
	case REACHED_FINISHED:
		break;
	}
	return "before the server had confirmed it";
}

static void add_case(struct report *report, const struct observation *const *items, size_t count)
{
	struct finding *finding = report_add_finding(report, FINDING_HANDSHAKE_UNFINISHED);
	enum reached least = REACHED_FINISHED;
	struct buf title;

	finding->severity = SEVERITY_INFO;
	for (size_t i = 0; i < count; i++) {
		examine_add_observation(finding, report, items[i]);
		if (items[i]->reached < least)
			least = items[i]->reached;
		if (report_counts(report, items[i]))
			finding->severity = SEVERITY_WARNING;
	}
	buf_init(&title);
	buf_printf(
		&title,
		"%s showed a certificate that would be accepted, but the handshake did not finish, as ",
		finding->nodes.items[0]);
	names_list(&title, &finding->addresses, EXAMINE_NAMED);
	buf_puts(&title, finding->ports.count == 1 ? ", port " : ", ports ");
	names_list(&title, &finding->ports, EXAMINE_SHORT_NAMED);
	finding->title = buf_take(&title);
	finding->detail = mem_printf(
		"It ended %s%s%s. A certificate is public, so showing it proves nothing: whether Expressway "
		"would get a connection is not known.",
		how_far(least), *why(items[0]) != '\0' ? ": " : "", why(items[0]));
}

void examine_unfinished(struct report *report)
{
	struct unfinished found = find_unfinished(report);

	for (size_t i = 0, end; i < found.count; i = end) {
		for (end = i + 1;
		     end < found.count && found.items[end]->node == found.items[i]->node &&
		     strcmp(why(found.items[end]), why(found.items[i])) == 0;
		     end++)
			;
		add_case(report, found.items + i, end - i);
	}
	free(found.items);
}
