/* SPDX-License-Identifier: MIT */
/* JUnit's XML as CI servers read it: a suite per node, a case per address, port and order. A
 * refusal that counts is a failure, what could not be checked an error, and what is only a warning
 * is skipped with its reason. A suite more where Expressway-C's own certificate was given: a case
 * per cause for which CUCM would refuse it. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "out/answer.h"
#include "out/formats.h"
#include "out/view.h"
#include "out/xml.h"

#include <stdlib.h>
#include <string.h>

static void attribute(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, " %s=\"", name);
	xml_add(out, value);
	buf_putc(out, '"');
}

static void seconds(struct buf *out, int64_t ms)
{
	buf_printf(out, " time=\"%lld.%03lld\"", (long long)(ms / 1000), (long long)(ms % 1000));
}

/* What a case comes to in JUnit's words; --strict makes warnings failures here as it does in the
 * exit status: those about addresses that no client is sent to are none there. */
enum grade { GRADE_PASSED, GRADE_FAILURE, GRADE_ERROR, GRADE_SKIPPED, GRADE_COUNT };

static enum grade grade_of(const struct report *report, const struct check *check)
{
	switch (check->state) {
	case CHECK_ACCEPTED:
		return GRADE_PASSED;
	case CHECK_REFUSED:
		return GRADE_FAILURE;
	case CHECK_WARNING:
		return report->policy.strict && check->advertised ? GRADE_FAILURE : GRADE_SKIPPED;
	case CHECK_UNKNOWN:
		return GRADE_ERROR;
	case CHECK_ASIDE:
	case CHECK_NOT_NEEDED:
		return GRADE_SKIPPED;
	}
	return GRADE_ERROR;
}

static int64_t check_ms(const struct view *view, const struct check *check)
{
	int64_t most = 0;

	for (size_t i = 0; i < check->seen_count; i++)
		if (view->report->observations[check->seen[i]].took_ms > most)
			most = view->report->observations[check->seen[i]].took_ms;
	return most;
}

/* Every line that is to say something: all IPs, all stores. */
static void lines_of(const struct view *view, const struct check *check, struct buf *out)
{
	const struct report *report = view->report;

	for (size_t i = 0; i < check->seen_count; i++) {
		const struct observation *observation = &report->observations[check->seen[i]];
		size_t count;
		const size_t *verdicts = view_verdicts(view, check->seen[i], &count);

		for (size_t k = 0; k < count; k++) {
			const struct verdict *verdict = &report->verdicts[verdicts[k]];

			if (verdict->accepted)
				continue;
			xml_add(out, report->stores[verdict->store].name);
			buf_puts(out, ": ");
			xml_add(out, verdict->log);
			buf_putc(out, '\n');
		}
		if (count == 0) {
			char *outcome = answer_outcome(observation);

			xml_add(out,
			        *observation->ip != '\0' ? observation->ip : observation->address);
			buf_puts(out, ": ");
			xml_add(out, outcome);
			buf_putc(out, '\n');
			free(outcome);
		}
	}
}

static char *message_of(const struct view *view, const struct check *check)
{
	const struct verdict *refusal = view_refusal(view, check);
	const char *aside = view_aside(view, check), *colon = aside != NULL ? ": " : "";
	char *outcome, *message;

	if (refusal != NULL)
		return mem_printf("%s%s%s", aside != NULL ? aside : "", colon,
		                  refusal->reason_count > 0
		                          ? reason_meaning(refusal->reasons[0].reason)
		                          : "refused");
	/* on a port of another service */
	if (view_shown(view, check)->outcome == OUTCOME_PRESENTED)
		return mem_printf("%s%snot judged", aside != NULL ? aside : "", colon);
	outcome = answer_outcome(view_shown(view, check));
	message = mem_printf("%s%snot checked: %s", aside != NULL ? aside : "", colon, outcome);
	free(outcome);
	return message;
}

static const char *type_of(const struct view *view, const struct check *check)
{
	const struct verdict *refusal = view_refusal(view, check);

	if (refusal == NULL)
		return outcome_name(view_shown(view, check)->outcome);
	return refusal->reason_count > 0 ? reason_id(refusal->reasons[0].reason) : "refused";
}

static void write_result(const struct view *view, const struct check *check, enum grade grade,
                         struct buf *out)
{
	static const char *const tags[] = { "", "failure", "error", "skipped" };
	char *message = message_of(view, check);

	buf_printf(out, "      <%s", tags[grade]);
	attribute(out, "message", message);
	if (grade != GRADE_SKIPPED) { /* which has neither a type nor, for many readers, content */
		attribute(out, "type", type_of(view, check));
		buf_putc(out, '>');
		lines_of(view, check, out);
		buf_printf(out, "</%s>\n", tags[grade]);
	} else {
		buf_puts(out, "/>\n      <system-out>");
		lines_of(view, check, out);
		buf_puts(out, "</system-out>\n");
	}
	free(message);
}

static void write_case(const struct view *view, const struct check *check, struct buf *out)
{
	enum grade grade = grade_of(view->report, check);
	char *name =
		mem_printf("%s port %u %s%s", check->address, (unsigned)check->port,
	                   order_name(check->order), check->advertised ? "" : " (not advertised)");

	buf_puts(out, "    <testcase");
	attribute(out, "name", name);
	attribute(out, "classname", view->report->nodes[check->node].name);
	seconds(out, check_ms(view, check));
	free(name);
	if (grade == GRADE_PASSED) {
		buf_puts(out, "/>\n");
		return;
	}
	buf_puts(out, ">\n");
	write_result(view, check, grade, out);
	buf_puts(out, "    </testcase>\n");
}

static void open_suite(const struct report *report, const char *name,
                       const size_t grades[GRADE_COUNT], int64_t ms, struct buf *out)
{
	char at[CLOCK_TEXT];

	clock_format(report->started, at, sizeof at);
	at[19] = '\0'; /* xs:dateTime without a zone is what readers of this format expect; it is
	                  UTC */
	buf_puts(out, "  <testsuite");
	attribute(out, "name", name);
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
	           grades[GRADE_PASSED] + grades[GRADE_FAILURE] + grades[GRADE_ERROR] +
	                   grades[GRADE_SKIPPED],
	           grades[GRADE_FAILURE], grades[GRADE_ERROR], grades[GRADE_SKIPPED]);
	seconds(out, ms);
	attribute(out, "timestamp", at);
	buf_puts(out, ">\n");
}

static void write_node(const struct view *view, size_t from, size_t end, struct buf *out)
{
	size_t grades[GRADE_COUNT] = { 0 };
	int64_t ms = 0;

	for (size_t i = from; i < end; i++) {
		grades[grade_of(view->report, &view->checks[i])]++;
		ms += check_ms(view, &view->checks[i]);
	}
	open_suite(view->report, view->report->nodes[view->checks[from].node].name, grades, ms,
	           out);
	for (size_t i = from; i < end; i++)
		write_case(view, &view->checks[i], out);
	buf_puts(out, "  </testsuite>\n");
}

static size_t discovery_errors(const struct report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->cluster_count; i++)
		count += answer_discovery_failed(&report->clusters[i]);
	return count;
}

static void write_discovery(const struct report *report, struct buf *out)
{
	size_t errors = discovery_errors(report);
	size_t grades[GRADE_COUNT] = {
		[GRADE_PASSED] = report->cluster_count - errors, [GRADE_ERROR] = errors
	};

	if (report->cluster_count == 0)
		return;
	open_suite(report, "discovery", grades, 0, out);
	for (size_t i = 0; i < report->cluster_count; i++) {
		const struct cluster *cluster = &report->clusters[i];
		char *message = answer_discovery(report, cluster);

		buf_puts(out, "    <testcase");
		attribute(out, "name", cluster->publisher);
		attribute(out, "classname", "discovery");
		buf_puts(out, " time=\"0.000\"");
		if (answer_discovery_failed(cluster)) {
			buf_puts(out, ">\n      <error");
			attribute(out, "message", message);
			attribute(out, "type", discovery_outcome_name(cluster->outcome));
			buf_puts(out, "/>\n    </testcase>\n");
		} else {
			buf_puts(out, "/>\n");
		}
		free(message);
	}
	buf_puts(out, "  </testsuite>\n");
}

static void write_unread(const struct report *report, struct buf *out)
{
	const struct unread *unread = &report->unread;
	size_t grades[GRADE_COUNT] = { [GRADE_ERROR] = unread->count };

	if (unread->count == 0)
		return;
	open_suite(report, "saved reports", grades, 0, out);
	for (size_t i = 0; i < unread->count; i++) {
		buf_puts(out, "    <testcase");
		attribute(out, "name", unread->files[i].file);
		buf_puts(out, " classname=\"saved reports\" time=\"0.000\">\n      <error");
		attribute(out, "message", unread->files[i].problem);
		buf_puts(out, " type=\"report-unread\"/>\n    </testcase>\n");
	}
	buf_puts(out, "  </testsuite>\n");
}

static bool is_of_peer(const struct finding *finding)
{
	return finding->severity == SEVERITY_FAIL &&
	       (finding->kind == FINDING_EXPRESSWAY_CA ||
	        finding->kind == FINDING_EXPRESSWAY_CLIENT_AUTH ||
	        finding->kind == FINDING_EXPRESSWAY_ENDS ||
	        finding->kind == FINDING_EXPRESSWAY_NONE);
}

static size_t peer_failures(const struct report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		count += is_of_peer(&report->findings[i]);
	return count;
}

/* One passed case where nothing is refused: a suite without a case is none to many readers. */
static size_t peer_cases(const struct report *report)
{
	size_t failures = peer_failures(report);

	return failures > 0 ? failures : report->client_count > 0;
}

static void write_peer(const struct report *report, struct buf *out)
{
	size_t failures = peer_failures(report);
	size_t grades[GRADE_COUNT] = { [GRADE_PASSED] = failures == 0, [GRADE_FAILURE] = failures };

	if (peer_cases(report) == 0)
		return;
	open_suite(report, "Expressway-C's own certificate", grades, 0, out);
	if (failures == 0)
		buf_puts(
			out,
			"    <testcase name=\"not known to be refused\" classname=\"Expressway-C\" time=\"0.000\"/>\n");
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (!is_of_peer(finding))
			continue;
		buf_puts(out, "    <testcase");
		attribute(out, "name", finding->title);
		buf_puts(out, " classname=\"Expressway-C\" time=\"0.000\">\n      <failure");
		attribute(out, "message",
		          finding->detail != NULL ? finding->detail : finding->title);
		attribute(out, "type", finding->id);
		buf_puts(out, "/>\n    </testcase>\n");
	}
	buf_puts(out, "  </testsuite>\n");
}

void junit_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct view view;
	size_t grades[GRADE_COUNT] = { 0 };

	view_init(&view, report);
	for (size_t i = 0; i < view.check_count; i++)
		grades[grade_of(report, &view.checks[i])]++;
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	attribute(out, "name", PACKAGE_NAME);
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
	           view.check_count + report->cluster_count + peer_cases(report) +
	                   report->unread.count,
	           grades[GRADE_FAILURE] + peer_failures(report),
	           grades[GRADE_ERROR] + discovery_errors(report) + report->unread.count,
	           grades[GRADE_SKIPPED]);
	seconds(out, report->took_ms);
	buf_puts(out, ">\n");
	write_unread(report, out);
	write_discovery(report, out);
	write_peer(report, out);
	for (size_t at = 0, end; at < view.check_count; at = end) {
		end = view_node_end(&view, at);
		write_node(&view, at, end, out);
		out_drain(how, out);
	}
	buf_puts(out, "</testsuites>\n");
	view_clear(&view);
}
