/* SPDX-License-Identifier: MIT */
/* After the Monitoring Plugins Development Guidelines: one line, "SERVICE STATUS - text | performance data", at most a
 * few words of it about what is wrong; 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/formats.h"
#include "base/safe.h"

#include <stdlib.h>

enum { TITLE_MOST = 160, DAY_S = 86400 };

/* A name that does not cover an IP which nobody is sent to is worth a line in a report, but wakes nobody: nearly every
 * healthy cluster has it. */
static bool alerts(const struct report *report, const struct finding *finding)
{
	if (finding->severity != SEVERITY_WARNING)
		return false;
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].advertised && names_has(&finding->addresses, report->observations[i].address))
			return true;
	return finding->addresses.count == 0;
}

static size_t count_warnings(const struct report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		count += alerts(report, &report->findings[i]);
	return count;
}

int nagios_exit(const struct report *report)
{
	int status = report_exit(report);

	if (status != 0)
		return status == 1 ? 2 : 3;
	return count_warnings(report) > 0 || report_headline(report) == HEADLINE_YES_BUT;
}

/* '|' would end the text and begin the performance data. */
static void add_text(struct buf *out, const char *text)
{
	char *brief = safe_brief(text, TITLE_MOST);

	for (char *p = brief; *p != '\0'; p++)
		if (*p == '|')
			*p = '/';
	buf_puts(out, brief);
	free(brief);
}

static void add_gravest(struct buf *out, const struct report *report)
{
	const struct finding *first = report->finding_count > 0 ? &report->findings[0] : NULL;

	if (first == NULL || first->severity == SEVERITY_INFO)
		return;
	buf_putc(out, ' ');
	add_text(out, first->title);
	if (report->finding_count > 1)
		buf_printf(out, " (and %zu more %s)", report->finding_count - 1,
		           answer_plural(report->finding_count - 1, "finding", "findings"));
}

/* label=value;warn;crit;min: thresholds as ranges, "0" alerts above 0, "30:" alerts below 30. */
static void add_performance(struct buf *out, const struct view *view)
{
	const struct report *report = view->report;
	const struct tally *tally = &view->tally;

	buf_printf(out, "refused=%zu;;0;0;%zu unchecked=%zu;0;;0;%zu", tally->refused, tally->addresses, tally->unknown,
	           tally->addresses);
	buf_printf(out, " warnings=%zu;0;;0 addresses=%zu;;;0 nodes=%zu;;;0", count_warnings(report),
	           tally->addresses, tally->nodes);
	if (tally->first_to_end != NULL && tally->first_to_end->not_after != INT64_MAX &&
	    tally->first_to_end->not_after != INT64_MIN)
		buf_printf(out, " days_left=%lld;%u:;0:",
		           (long long)((tally->first_to_end->not_after - report->policy.at) / DAY_S),
		           report->policy.warning_days);
	buf_printf(out, " time=%lld.%03llds;;;0", (long long)(report->took_ms / 1000), (long long)(report->took_ms % 1000));
}

void nagios_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	static const char *const states[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	struct view view;
	char *answer;

	(void)how;
	view_init(&view, report);
	answer = answer_of(&view);
	buf_printf(out, "MRA %s - ", states[nagios_exit(report)]);
	add_text(out, answer);
	if (report->status == STATUS_PASS && report_exit(report) == 1)
		buf_puts(out, " With --strict each warning counts.");
	add_gravest(out, report);
	buf_puts(out, " | ");
	add_performance(out, &view);
	buf_putc(out, '\n');
	free(answer);
	view_clear(&view);
}
