/* SPDX-License-Identifier: MIT */
/* One page that needs nothing else: no script, no outside reference (its own Content-Security-Policy says so too). The
 * order is the reader's: may I upgrade, what breaks, what do I do first. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "out/answer.h"
#include "out/formats.h"
#include "out/group.h"
#include "out/html.h"
#include "base/safe.h"
#include "out/xml.h"

#include <stdlib.h>

enum { NAMES_MOST = 12, SUBJECT_MOST = 160, GROUP_MOST = 200 };

void html_element(struct buf *out, const char *name, const char *class_name, const char *text)
{
	buf_printf(out, "<%s", name);
	if (class_name != NULL)
		buf_printf(out, " class=\"%s\"", class_name);
	buf_putc(out, '>');
	xml_add(out, text);
	buf_printf(out, "</%s>\n", name);
}

static void codes(struct buf *out, const struct names *names, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++) {
		buf_puts(out, i > 0 ? ", <code>" : "<code>");
		xml_add(out, names->items[i]);
		buf_puts(out, "</code>");
	}
}

void html_names(struct buf *out, const char *label, const struct names *names)
{
	size_t shown = names->count <= NAMES_MOST + 1 ? names->count : NAMES_MOST;

	if (names->count == 0)
		return;
	buf_puts(out, "<p>");
	if (*label != '\0')
		buf_printf(out, "<span class=\"label\">%s:</span> ", label);
	codes(out, names, 0, shown);
	if (shown < names->count) {
		buf_printf(out, " <details class=\"more\"><summary>and %zu more</summary><div>", names->count - shown);
		codes(out, names, shown, names->count);
		buf_puts(out, "</div></details>");
	}
	buf_puts(out, "</p>\n");
}

void html_fingerprint(struct buf *out, const struct cert *cert)
{
	char hex[65];

	cert_hex(cert, hex);
	buf_printf(out, "<code class=\"copy\">%s</code>", hex);
}

void html_cert_line(struct buf *out, const struct cert *cert)
{
	char end[32], *subject = safe_brief(cert->readable ? cert->subject : "a certificate that cannot be read", SUBJECT_MOST);

	xml_add(out, *subject != '\0' ? subject : "(no subject)");
	if (cert->readable) {
		answer_day(cert->not_after, end);
		buf_printf(out, ", until %s", end);
	}
	buf_puts(out, "<br><span class=\"label\">SHA-256</span> ");
	html_fingerprint(out, cert);
	free(subject);
}

static void labelled(struct buf *out, const char *label, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	buf_printf(out, "<p><span class=\"label\">%s:</span> ", label);
	xml_add(out, text);
	buf_puts(out, "</p>\n");
}

static void write_count(struct buf *out, size_t count, const char *what)
{
	buf_printf(out, "<li><b>%zu</b><span>%s</span></li>\n", count, what);
}

/* Ways down the page, to what is there. */
static void write_ways(const struct view *view, struct buf *out)
{
	buf_puts(out, "<nav>");
	if (view->tally.findings[SEVERITY_FAIL] > 0)
		buf_puts(out, "<a href=\"#breaks\">What breaks</a>");
	if (view->report->step_count > 0)
		buf_puts(out, "<a href=\"#do\">What to do</a>");
	if (view->spot_count > 0)
		buf_puts(out, "<a href=\"#glance\">At a glance</a><a href=\"#nodes\">Each node</a>");
	buf_puts(out, "<a href=\"#how\">How this was decided</a></nav>\n");
}

static void write_answer(const struct view *view, struct buf *out)
{
	const struct report *report = view->report;
	const struct tally *tally = &view->tally;
	char at[32], *answer = answer_of(view);

	buf_printf(out, "<header>\n<div class=\"answer %s\">\n",
	           view->headline == HEADLINE_YES_BUT ? "incomplete" : status_name(report->status));
	html_element(out, "p", "ask", "May I upgrade Expressway?");
	html_element(out, "h1", NULL, answer);
	buf_puts(out, "</div>\n<ul class=\"counts\">\n");
	write_count(out, tally->refused, answer_plural(tally->refused, "advertised address refused", "advertised addresses refused"));
	write_count(out, tally->unknown, "could not be checked");
	write_count(out, tally->addresses - tally->refused - tally->unknown, "accepted");
	write_count(out, tally->findings[SEVERITY_WARNING], answer_plural(tally->findings[SEVERITY_WARNING], "warning", "warnings"));
	clock_format(report->policy.at, at, sizeof at);
	buf_printf(out, "</ul>\n<p class=\"meta\">Judged as of %s by the rules of %s. ", at, answer_era(report->policy.era));
	free(answer);
	answer = answer_orders(&report->policy);
	xml_add(out, answer);
	buf_puts(out, "</p>\n");
	write_ways(view, out);
	buf_puts(out, "</header>\n");
	free(answer);
}

static void write_finding(const struct report *report, const struct finding *finding, struct buf *out)
{
	buf_printf(out, "<li class=\"card is-%s\">\n", severity_name(finding->severity));
	html_element(out, "h3", NULL, finding->title);
	if (finding->detail != NULL)
		html_element(out, "p", NULL, finding->detail);
	buf_puts(out, "<div class=\"facts\">\n");
	if (!answer_same_names(&finding->nodes, &finding->addresses))
		html_names(out, "Nodes", &finding->nodes);
	html_names(out, "Addresses", &finding->addresses);
	html_names(out, "Ports", &finding->ports);
	if (answer_names_orders(report, finding))
		html_names(out, "Only with", &finding->orders);
	if (report->store_count > 1)
		html_names(out, "Trust stores", &finding->stores);
	buf_puts(out, "</div>\n");
	if (finding->action != NULL)
		html_element(out, "p", "do", finding->action);
	buf_puts(out, "</li>\n");
}

static void write_findings(const struct view *view, enum severity severity, const char *id, const char *heading,
                           struct buf *out)
{
	const struct report *report = view->report;
	bool any = false;

	for (size_t i = 0; i < report->finding_count; i++) {
		if (report->findings[i].severity != severity || group_covers(&report->findings[i]))
			continue;
		if (!any)
			buf_printf(out, "<section id=\"%s\">\n<h2>%s</h2>\n<ol class=\"cards\">\n", id, heading);
		any = true;
		write_finding(report, &report->findings[i], out);
	}
	buf_puts(out, any ? "</ol>\n</section>\n" : "");
}

static void write_step(const struct step *step, struct buf *out)
{
	buf_puts(out, "<li class=\"card is-step\">\n");
	html_element(out, "h3", NULL, step->title);
	labelled(out, "Why", step->why);
	labelled(out, "Where", step->where);
	buf_puts(out, "<div class=\"facts\">\n");
	html_names(out, "On", &step->stores);
	html_names(out, "Nodes", &step->nodes);
	html_names(out, answer_sans(step), &step->sans);
	buf_puts(out, "</div>\n");
	buf_puts(out, step->cert_count > 0 ? "<ul>\n" : "");
	for (size_t i = 0; i < step->cert_count; i++) {
		buf_puts(out, "<li>");
		html_cert_line(out, step->certs[i]);
		buf_puts(out, "</li>\n");
	}
	buf_puts(out, step->cert_count > 0 ? "</ul>\n" : "");
	if (step->repair_count > 0)
		buf_printf(out, "<p><span class=\"label\">Repairs:</span> %zu %s%s</p>\n", step->repair_count,
		           answer_plural(step->repair_count, "refusal", "refusals"),
		           step->proved ? "; judged again with this done: accepted" : "");
	if (answer_decision(step) != NULL)
		html_element(out, "p", "decide", answer_decision(step));
	buf_puts(out, "</li>\n");
}

static void write_plan(const struct report *report, struct buf *out)
{
	if (report->step_count == 0)
		return;
	buf_puts(out, "<section id=\"do\">\n<h2>What to do, in this order</h2>\n<ol class=\"cards\">\n");
	for (size_t i = 0; i < report->step_count; i++)
		write_step(&report->steps[i], out);
	buf_puts(out, "</ol>\n</section>\n");
}

static void write_groups(const struct view *view, enum group_kind kind, struct buf *out)
{
	size_t count;
	struct group *groups = groups_find(view, kind, GROUP_MOST, &count);

	if (count > 0) {
		buf_printf(out, "<section>\n<h2>%s</h2>\n", group_heading(kind));
		html_element(out, "p", NULL, group_sentence(kind));
	}
	for (size_t i = 0; i < count; i++) {
		buf_puts(out, kind == GROUP_UNCHECKED ? "<details open><summary>" : "<details><summary>");
		xml_add(out, groups[i].why);
		buf_printf(out, " <span class=\"tag\">%zu %s</span></summary><div>\n", groups[i].whom.count + groups[i].hidden,
		           answer_plural(groups[i].whom.count + groups[i].hidden, "address", "addresses"));
		html_names(out, "", &groups[i].whom);
		if (groups[i].hidden > 0)
			buf_printf(out, "<p>... and %zu more</p>\n", groups[i].hidden);
		if (groups[i].log != NULL && *groups[i].log != '\0')
			html_element(out, "pre", "copy", groups[i].log);
		if (kind == GROUP_UNCHECKED)
			html_element(out, "p", "do", group_advice(view->report, &groups[i]));
		buf_puts(out, "</div></details>\n");
	}
	buf_puts(out, count > 0 ? "</section>\n" : "");
	groups_free(groups, count);
}

static void write_failed_discoveries(const struct report *report, struct buf *out)
{
	for (size_t i = 0; i < report->cluster_count; i++) {
		char *line = answer_discovery(report, &report->clusters[i]);

		if (answer_discovery_failed(&report->clusters[i]))
			html_element(out, "p", "decide", line);
		free(line);
	}
}

static void write_basis(const struct report *report, struct buf *out)
{
	char started[32];

	buf_puts(out, "<section id=\"how\">\n<h2>How this was decided</h2>\n<dl>\n");
	for (size_t i = 0; i < report->store_count; i++) {
		html_element(out, "dt", NULL, "Trust store");
		buf_puts(out, "<dd>");
		xml_add(out, report->stores[i].name);
		buf_printf(out, ": %zu %s</dd>\n", report->stores[i].count,
		           answer_plural(report->stores[i].count, "certificate", "certificates"));
	}
	for (size_t i = 0; i < report->cluster_count; i++) {
		char *line = answer_discovery(report, &report->clusters[i]);

		html_element(out, "dt", NULL, "Discovery");
		html_element(out, "dd", NULL, line);
		free(line);
	}
	clock_format(report->started, started, sizeof started);
	buf_printf(out, "<dt>Run</dt><dd>%s %s, started %s, took %lld.%03lld s, %zu %s</dd>\n</dl>\n</section>\n", PACKAGE_NAME,
	           PACKAGE_VERSION, started, (long long)(report->took_ms / 1000), (long long)(report->took_ms % 1000),
	           report->observation_count, answer_plural(report->observation_count, "connection", "connections"));
}

static void write_head(struct buf *out)
{
	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<title>MRA and Expressway's certificate check</title>\n<style>\n");
	buf_puts(out, html_style);
	buf_puts(out, "</style>\n</head>\n<body>\n");
}

void html_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct view view;

	(void)how;
	view_init(&view, report);
	write_head(out);
	write_answer(&view, out);
	buf_puts(out, "<main>\n");
	write_failed_discoveries(report, out);
	write_findings(&view, SEVERITY_FAIL, "breaks", "What breaks", out);
	write_plan(report, out);
	html_matrix(&view, out);
	write_groups(&view, GROUP_UNCHECKED, out);
	write_findings(&view, SEVERITY_WARNING, "warnings", "Warnings", out);
	write_groups(&view, GROUP_NOT_NEEDED, out);
	write_groups(&view, GROUP_OTHER_ORDER, out);
	write_groups(&view, GROUP_NOT_ADVERTISED, out);
	write_findings(&view, SEVERITY_INFO, "notes", "Worth knowing", out);
	html_nodes(&view, out);
	html_certificates(&view, out);
	write_basis(report, out);
	buf_puts(out, "</main>\n</body>\n</html>\n");
	view_clear(&view);
}
