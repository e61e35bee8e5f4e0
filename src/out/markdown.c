/* SPDX-License-Identifier: MIT */
/* Markdown for a change ticket: CommonMark with GitHub's tables and task lists, which most trackers take. What came from
 * elsewhere stands in code spans or is escaped character by character: no markup, link or mention can come of it. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "out/answer.h"
#include "out/formats.h"
#include "out/group.h"
#include "out/issue.h"
#include "base/safe.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 20, SUBJECT_MOST = 160, FINDINGS_MOST = 50 };

/* Running text: a backslash before all ASCII punctuation that may start something (CommonMark 2.4). A colon and a full
 * stop too where an address might be made a link. */
static void plain(struct buf *out, const char *text)
{
	char *line = safe_line(text);
	size_t digits = strspn(line, "0123456789");

	for (const char *p = line; *p != '\0'; p++) {
		if ((p == line && strchr("+-=", *p) != NULL) ||
		    (digits > 0 && p == line + digits && strchr(".)", *p) != NULL && (p[1] == ' ' || p[1] == '\0')))
			buf_putc(out, '\\'); /* a list or an underline would begin here */
		if (*p == '<' || *p == '&') {
			buf_puts(out, *p == '<' ? "&lt;" : "&amp;");
			continue;
		}
		if (strchr("\\`*_[]|#~>!@$", *p) != NULL || (*p == ':' && p[1] == '/') ||
		    (*p == '.' && p - line >= 3 && strncasecmp(p - 3, "www", 3) == 0))
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	free(line);
}

/* A code span: fenced by more backticks than it holds in a row. '|' would end a table's cell even there. */
static void code(struct buf *out, const char *text)
{
	char *line = safe_line(text);
	size_t run = 0, most = 0;
	const char *pad;

	for (const char *p = line; *p != '\0'; p++) {
		run = *p == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	pad = most > 0 || *line == '\0' ? " " : "";
	for (size_t i = 0; i <= most; i++)
		buf_putc(out, '`');
	buf_puts(out, pad);
	for (const char *p = line; *p != '\0'; p++) {
		if (*p == '|')
			buf_puts(out, "\\x7c");
		else
			buf_putc(out, *p);
	}
	buf_puts(out, pad);
	for (size_t i = 0; i <= most; i++)
		buf_putc(out, '`');
	free(line);
}

static void codes(struct buf *out, const struct names *names, size_t most)
{
	size_t shown = most == 0 || names->count <= most ? names->count : most;

	for (size_t i = 0; i < shown; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		code(out, names->items[i]);
	}
	if (shown < names->count)
		buf_printf(out, " and %zu more", names->count - shown);
}

static void item(struct buf *out, const char *indent, const char *label, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	buf_printf(out, "%s- %s", indent, label);
	plain(out, text);
	buf_putc(out, '\n');
}

static void item_codes(struct buf *out, const char *indent, const char *label, const struct names *names)
{
	if (names->count == 0)
		return;
	buf_printf(out, "%s- %s", indent, label);
	codes(out, names, NAMES_MOST);
	buf_putc(out, '\n');
}

static void write_finding(const struct report *report, const struct finding *finding, struct buf *out)
{
	buf_puts(out, "- **");
	plain(out, finding->title);
	buf_puts(out, "**\n");
	item(out, "  ", "", finding->detail);
	if (!answer_same_names(&finding->nodes, &finding->addresses))
		item_codes(out, "  ", "Nodes: ", &finding->nodes);
	item_codes(out, "  ", "Addresses: ", &finding->addresses);
	item_codes(out, "  ", "Ports: ", &finding->ports);
	if (answer_names_orders(report, finding))
		item_codes(out, "  ", "Only: ", &finding->orders);
	item_codes(out, "  ", "Trust stores: ", &finding->stores);
	item(out, "  ", "Do: ", finding->action);
}

static void write_findings(const struct view *view, enum severity severity, const char *heading, struct buf *out)
{
	const struct report *report = view->report;
	size_t all = 0, shown = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		all += report->findings[i].severity == severity && !group_covers(&report->findings[i]);
	if (all > 0)
		buf_printf(out, "\n## %s\n\n", heading);
	for (size_t i = 0; i < report->finding_count && shown < FINDINGS_MOST; i++) {
		if (report->findings[i].severity != severity || group_covers(&report->findings[i]))
			continue;
		write_finding(report, &report->findings[i], out);
		shown++;
	}
	if (shown < all)
		buf_printf(out, "- ... and %zu more\n", all - shown);
}

static void write_step_cert(const struct cert *cert, struct buf *out)
{
	char hex[65], end[32], *subject = safe_brief(cert->readable ? cert->subject : "(cannot be read)", SUBJECT_MOST);

	cert_hex(cert, hex);
	buf_puts(out, "  - ");
	code(out, subject);
	if (cert->readable) {
		answer_day(cert->not_after, end);
		buf_printf(out, ", until %s", end);
	}
	buf_printf(out, "  \n    SHA-256 `%s`\n", hex);
	free(subject);
}

static void write_sans(const struct step *step, struct buf *out)
{
	if (step->sans.count == 0)
		return;
	buf_printf(out, "  - %s: ", answer_sans(step));
	codes(out, &step->sans, 0);
	buf_putc(out, '\n');
}

static void write_plan(const struct report *report, struct buf *out)
{
	if (report->step_count == 0)
		return;
	buf_puts(out, "\n## What to do, in this order\n\n");
	for (size_t i = 0; i < report->step_count; i++) {
		const struct step *step = &report->steps[i];

		buf_printf(out, "- [ ] **%zu. ", i + 1);
		plain(out, step->title);
		buf_puts(out, "**\n");
		item(out, "  ", "Why: ", step->why);
		item(out, "  ", "Where: ", step->where);
		item_codes(out, "  ", "On: ", &step->stores);
		item_codes(out, "  ", "Nodes: ", &step->nodes);
		write_sans(step, out);
		for (size_t k = 0; k < step->cert_count; k++)
			write_step_cert(step->certs[k], out);
		if (step->repair_count > 0)
			buf_printf(out, "  - Repairs %zu %s%s\n", step->repair_count,
			           answer_plural(step->repair_count, "refusal", "refusals"),
			           step->proved ? " (judged again with this done: accepted)" : "");
		item(out, "  ", "", answer_decision(step));
	}
}

static void write_issue(const struct view *view, const char *address, const struct issue *issue, struct buf *out)
{
	const struct report *report = view->report;
	char *places = issue_places(issue);

	buf_puts(out, "| ");
	code(out, report->nodes[issue->observation->node].name);
	buf_puts(out, " | ");
	code(out, address);
	buf_printf(out, " | %s | %s | ", places, report_certificate(report, issue->observation));
	codes(out, &issue->stores, 0);
	buf_puts(out, issue->stores.count > 0 ? " | " : "| ");
	for (size_t i = 0; i < issue->verdict->reason_count; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", reason_id(issue->verdict->reasons[i].reason));
	buf_puts(out, " |\n");
	free(places);
}

static void write_log_line(struct buf *out, const char *line)
{
	if (line == NULL || *line == '\0')
		return;
	safe_add(out, line);
	buf_putc(out, '\n');
}

/* Lines to search Expressway's log for; each begins with "WARNING:" or "ERROR:", so none can end the fence. */
static void write_logs(const struct view *view, struct buf *out)
{
	buf_puts(out, "\nExpressway would log:\n\n~~~text\n");
	for (size_t at = 0, end; at < view->spot_count; at = end) {
		size_t count;
		struct issue *issues;

		end = view_address_end(view, at);
		issues = issues_find(view, at, end, MARK_FAIL, &count);
		for (size_t i = 0; i < count; i++) {
			write_log_line(out, issues[i].verdict->log);
			write_log_line(out, issues[i].verdict->error);
		}
		issues_free(issues, count);
	}
	buf_puts(out, "~~~\n");
}

static void write_failing(const struct view *view, struct buf *out)
{
	if (view->tally.spots[MARK_FAIL] == 0)
		return;
	buf_puts(out, "\n## Addresses that fail\n\n"
	              "| Node | Address | Port and cipher order | Certificate | Trust store | Reasons |\n"
	              "|---|---|---|---|---|---|\n");
	for (size_t at = 0, end; at < view->spot_count; at = end) {
		size_t count;
		struct issue *issues;

		end = view_address_end(view, at);
		issues = issues_find(view, at, end, MARK_FAIL, &count);
		for (size_t i = 0; i < count; i++)
			write_issue(view, view->spots[at].address, &issues[i], out);
		issues_free(issues, count);
	}
	write_logs(view, out);
}

static void write_failed_discoveries(const struct report *report, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < report->cluster_count; i++) {
		char *line = answer_discovery(report, &report->clusters[i]);

		if (answer_discovery_failed(&report->clusters[i])) {
			buf_puts(out, any ? "" : "\n## The list of nodes could not be read\n\n");
			item(out, "", "", line);
			any = true;
		}
		free(line);
	}
}

static void write_groups(const struct view *view, enum group_kind kind, struct buf *out)
{
	size_t count;
	struct group *groups = groups_find(view, kind, NAMES_MOST, &count);

	if (count > 0)
		buf_printf(out, "\n## %s\n\n%s\n\n", group_heading(kind), group_sentence(kind));
	for (size_t i = 0; i < count; i++) {
		buf_puts(out, "- ");
		plain(out, groups[i].why);
		buf_puts(out, ": ");
		codes(out, &groups[i].whom, 0);
		if (groups[i].hidden > 0)
			buf_printf(out, " and %zu more", groups[i].hidden);
		buf_putc(out, '\n');
		if (kind == GROUP_UNCHECKED)
			item(out, "  ", "Do: ", group_advice(view->report, &groups[i]));
	}
	groups_free(groups, count);
}

static void write_passing(const struct view *view, struct buf *out)
{
	struct names names = { NULL, 0 };
	size_t count = view_passing(view, NAMES_MOST, &names);

	if (count > 0) {
		buf_printf(out, "\n## Passed on every advertised address: %zu of %zu nodes\n\n", count, view->tally.nodes);
		codes(out, &names, 0);
		if (count > names.count)
			buf_printf(out, " and %zu more", count - names.count);
		buf_putc(out, '\n');
	}
	names_clear(&names);
}

static void write_basis(const struct report *report, struct buf *out)
{
	char at[32], started[32], *orders = answer_orders(&report->policy);

	clock_format(report->policy.at, at, sizeof at);
	clock_format(report->started, started, sizeof started);
	buf_printf(out, "\n## How this was decided\n\n- Judged as of %s by the rules of %s\n", at,
	           answer_era(report->policy.era));
	item(out, "", "", orders);
	for (size_t i = 0; i < report->store_count; i++) {
		buf_puts(out, "- Trust store ");
		code(out, report->stores[i].name);
		buf_printf(out, ": %zu %s\n", report->stores[i].count,
		           answer_plural(report->stores[i].count, "certificate", "certificates"));
	}
	for (size_t i = 0; i < report->cluster_count; i++) {
		char *line = answer_discovery(report, &report->clusters[i]);

		item(out, "", "", line);
		free(line);
	}
	buf_printf(out, "- %s %s, started %s\n", PACKAGE_NAME, PACKAGE_VERSION, started);
	free(orders);
}

void markdown_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct view view;
	char *answer;

	(void)how;
	view_init(&view, report);
	answer = answer_of(&view);
	buf_puts(out, "# MRA and Expressway's certificate check\n\n**");
	plain(out, answer);
	buf_puts(out, "**\n");
	write_findings(&view, SEVERITY_FAIL, "What breaks", out);
	write_plan(report, out);
	write_failing(&view, out);
	write_failed_discoveries(report, out);
	write_groups(&view, GROUP_UNCHECKED, out);
	write_passing(&view, out);
	write_findings(&view, SEVERITY_WARNING, "Warnings", out);
	write_groups(&view, GROUP_OTHER_ORDER, out);
	write_groups(&view, GROUP_NOT_ADVERTISED, out);
	write_findings(&view, SEVERITY_INFO, "Worth knowing", out);
	write_basis(report, out);
	free(answer);
	view_clear(&view);
}
