/* SPDX-License-Identifier: MIT */
/* After the Monitoring Plugins Development Guidelines: "SERVICE STATUS - text | performance data",
 * below it a line per finding that names the nodes; 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/safe.h"
#include "out/answer.h"
#include "out/formats.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_MOST = 1000, TITLE_MOST = 160, LIST_MOST = 4000, NAMES_MOST = 20 };
enum { OK, WARNING, CRITICAL, UNKNOWN };

/* What the state rests on. */
struct nagios {
	struct view view;
	const char **used; /* owned array of borrowed texts: advertised addresses, sorted */
	size_t used_count;
	size_t warnings;
	int64_t days_left;
	bool ends, ends_soon; /* a certificate that is in use ends; within --critical */
	int state;
};

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void find_used(struct nagios *nagios)
{
	const struct view *view = &nagios->view;

	nagios->used = mem_array(view->check_count, sizeof *nagios->used);
	for (size_t i = 0; i < view->check_count; i++)
		if (view->checks[i].advertised)
			nagios->used[nagios->used_count++] = view->checks[i].address;
	qsort(nagios->used, nagios->used_count, sizeof *nagios->used, by_text);
}

/* A name that does not cover an IP which nobody is sent to is worth a line in a report, but wakes
 * nobody: nearly every healthy cluster has it. */
static bool alerts(const struct nagios *nagios, const struct finding *finding)
{
	if (finding->severity != SEVERITY_WARNING)
		return finding->severity == SEVERITY_FAIL;
	for (size_t i = 0; i < finding->addresses.count; i++) {
		const char *address = finding->addresses.items[i];

		if (bsearch(&address, nagios->used, nagios->used_count, sizeof *nagios->used,
		            by_text) != NULL)
			return true;
	}
	return finding->addresses.count == 0;
}

static int state_of(const struct nagios *nagios)
{
	const struct report *report = nagios->view.report;

	if (report->status == STATUS_FAIL || nagios->ends_soon)
		return CRITICAL;
	if (report->status != STATUS_PASS)
		return UNKNOWN;
	if (nagios->warnings > 0 || nagios->view.headline == HEADLINE_YES_BUT)
		return report->policy.strict ? CRITICAL : WARNING;
	return OK;
}

static void nagios_open(struct nagios *nagios, const struct report *report)
{
	const struct cert *first;

	memset(nagios, 0, sizeof *nagios);
	view_init(&nagios->view, report);
	find_used(nagios);
	for (size_t i = 0; i < report->finding_count; i++)
		nagios->warnings += report->findings[i].severity == SEVERITY_WARNING &&
		                    alerts(nagios, &report->findings[i]);
	first = nagios->view.tally.first_to_end;
	if (first != NULL && first->not_after != INT64_MAX && first->not_after != INT64_MIN) {
		int64_t left_s = first->not_after - report->policy.at;

		nagios->ends = true;
		nagios->days_left = left_s / DAY_S - (left_s % DAY_S < 0);
		nagios->ends_soon = report->policy.critical_days > 0 &&
		                    left_s <= (int64_t)report->policy.critical_days * DAY_S;
	}
	nagios->state = state_of(nagios);
}

static void nagios_close(struct nagios *nagios)
{
	free(nagios->used);
	view_clear(&nagios->view);
}

int nagios_exit(const struct report *report)
{
	struct nagios nagios;

	nagios_open(&nagios, report);
	nagios_close(&nagios);
	return nagios.state;
}

/* '|' would end the text and begin the performance data. */
static void add_text(struct buf *out, const char *text, size_t most)
{
	char *brief = safe_brief(text, most);

	for (char *p = brief; *p != '\0'; p++)
		if (*p == '|')
			*p = '/';
	buf_puts(out, brief);
	free(brief);
}

static void add_why(struct buf *out, const struct nagios *nagios)
{
	const struct report *report = nagios->view.report;
	bool fails = report->status == STATUS_FAIL;

	if (nagios->ends_soon && !fails) {
		if (nagios->days_left < 0) /* shown, but by no service that is judged */
			buf_puts(out, " Has ended: ");
		else
			buf_printf(out, " In %lld %s (--critical %u) ends ",
			           (long long)nagios->days_left,
			           answer_plural((size_t)nagios->days_left, "day", "days"),
			           report->policy.critical_days);
		add_text(out, nagios->view.tally.first_to_end->subject, TITLE_MOST);
		buf_putc(out, '.');
	} else if (nagios->state == CRITICAL && !fails) {
		buf_puts(out, " With --strict each warning counts.");
	}
}

static void add_gravest(struct buf *out, const struct nagios *nagios)
{
	const struct report *report = nagios->view.report;
	const struct finding *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++) {
		if (!alerts(nagios, &report->findings[i]))
			continue;
		first = first == NULL ? &report->findings[i] : first;
		count++;
	}
	if (first == NULL)
		return;
	buf_putc(out, ' ');
	add_text(out, first->title, TITLE_MOST);
	if (count > 1)
		buf_printf(out, " (and %zu more %s)", count - 1,
		           answer_plural(count - 1, "finding", "findings"));
}

/* label=value;warn;crit;min: thresholds as ranges, "0" alerts above 0, "30:" alerts below 30. */
static void add_performance(struct buf *out, const struct nagios *nagios)
{
	const struct report *report = nagios->view.report;
	const struct tally *tally = &nagios->view.tally;

	buf_printf(out, "refused=%zu;;0;0;%zu unchecked=%zu;0;;0;%zu", tally->refused,
	           tally->addresses, tally->unknown, tally->addresses);
	buf_printf(out, " warnings=%zu;0;;0 addresses=%zu;;;0 nodes=%zu;;;0", nagios->warnings,
	           tally->addresses, tally->nodes);
	if (nagios->ends)
		buf_printf(out, " days_left=%lld;%u:;%u:", (long long)nagios->days_left,
		           report->policy.warning_days, report->policy.critical_days);
	buf_printf(out, " time=%lld.%03llds;;;0", (long long)(report->took_ms / 1000),
	           (long long)(report->took_ms % 1000));
}

/* Below the first line: which nodes. */
static void add_findings(struct buf *out, const struct nagios *nagios, const struct out_how *how)
{
	static const char *const words[] = {
		[SEVERITY_FAIL] = "FAIL", [SEVERITY_WARNING] = "WARNING"
	};
	const struct report *report = nagios->view.report;

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];
		const struct names *whom =
			finding->nodes.count > 0 ? &finding->nodes : &finding->addresses;
		char *list;

		if (!alerts(nagios, finding))
			continue;
		list = answer_join(whom, how->verbose ? 0 : NAMES_MOST);
		buf_printf(out, "%s: ", words[finding->severity]);
		add_text(out, finding->title, TITLE_MOST);
		buf_puts(out, *list != '\0' ? ": " : "");
		add_text(out, list, LIST_MOST);
		buf_putc(out, '\n');
		free(list);
	}
}

void nagios_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	static const char *const states[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	struct nagios nagios;
	char *answer;

	nagios_open(&nagios, report);
	answer = answer_of(&nagios.view);
	buf_printf(out, "MRA %s - ", states[nagios.state]);
	add_text(out, answer, ANSWER_MOST);
	add_why(out, &nagios);
	add_gravest(out, &nagios);
	buf_puts(out, " | ");
	add_performance(out, &nagios);
	buf_putc(out, '\n');
	if (!how->quiet)
		add_findings(out, &nagios, how);
	free(answer);
	nagios_close(&nagios);
}

int nagios_problem(const char *problem, struct buf *out)
{
	buf_puts(out, "MRA UNKNOWN - ");
	add_text(out, problem, ANSWER_MOST);
	buf_putc(out, '\n');
	return UNKNOWN;
}
