/* SPDX-License-Identifier: MIT */
/* The order is the reader's: may I upgrade, what breaks, what do I do first; then the nodes, the warnings, the plan in
 * full, and how all this was decided. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "out/answer.h"
#include "out/formats.h"
#include "out/group.h"
#include "base/safe.h"
#include "out/text.h"

#include <stdlib.h>

enum { FINDINGS_MOST = 25, NAMES_MOST = 8, SUBJECT_MOST = 160, WIDTH_LEAST = 30 };

static void print_answer(const struct text *text)
{
	static const enum ink inks[] = {
		[HEADLINE_YES] = INK_GREEN, [HEADLINE_YES_BUT] = INK_YELLOW, [HEADLINE_NO] = INK_RED, [HEADLINE_NOT_KNOWN] = INK_YELLOW,
	};
	char *answer = answer_of(text->view);

	wrap_text(&text->paper, "", inks[text->view->headline], answer);
	free(answer);
}

static void print_names(const struct text *text, const char *first, const char *what, const struct names *names)
{
	char *list, *line;

	if (names->count == 0)
		return;
	list = answer_join(names, text->how->verbose ? 0 : NAMES_MOST);
	line = mem_printf("%s: %s", what, list);
	wrap_text(&text->paper, first, INK_NONE, line);
	free(line);
	free(list);
}

static void print_ports(const struct text *text, const struct finding *finding)
{
	bool some = answer_names_orders(text->view->report, finding) && finding->orders.count > 0;
	char *ports = answer_join(&finding->ports, 0), *orders = answer_join(&finding->orders, 0);
	char *line = mem_printf("%s: %s%s%s%s", answer_plural(finding->ports.count, "Port", "Ports"), ports, some ? ", " : "",
	                        some ? orders : "", some ? " only" : "");

	wrap_text(&text->paper, "     ", INK_NONE, line);
	free(line);
	free(orders);
	free(ports);
}

static void print_whom(const struct text *text, const struct finding *finding)
{
	print_names(text, "     ", answer_plural(finding->addresses.count, "Address", "Addresses"), &finding->addresses);
	if (finding->addresses.count == 0)
		print_names(text, "     ", answer_plural(finding->nodes.count, "Node", "Nodes"), &finding->nodes);
	if (finding->ports.count > 0)
		print_ports(text, finding);
	if (finding->stores.count > 0 && text->view->report->store_count > 1)
		print_names(text, "     ", finding->severity == SEVERITY_FAIL ? "Refused by" : "Trust stores", &finding->stores);
}

static void print_finding(const struct text *text, size_t number, const struct finding *finding, enum ink ink)
{
	char *first = mem_printf("%3zu. ", number);

	wrap_text(&text->paper, first, ink, finding->title);
	if (finding->detail != NULL)
		wrap_text(&text->paper, "     ", INK_NONE, finding->detail);
	if (finding->severity != SEVERITY_INFO || text->how->verbose)
		print_whom(text, finding);
	if (finding->action != NULL)
		wrap_text(&text->paper, "  -> ", INK_NONE, finding->action);
	free(first);
}

/* Without -v, what the groups say already is not said again. */
static bool shown(const struct text *text, const struct finding *finding, enum severity severity)
{
	return finding->severity == severity && (text->how->verbose || !group_covers(finding));
}

static void print_findings(const struct text *text, enum severity severity, const char *heading, enum ink ink)
{
	const struct report *report = text->view->report;
	size_t number = 0, most = text->how->verbose ? report->finding_count : FINDINGS_MOST, all = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		all += shown(text, &report->findings[i], severity);
	if (all > 0)
		wrap_heading(&text->paper, heading);
	for (size_t i = 0; i < report->finding_count && number < most; i++)
		if (shown(text, &report->findings[i], severity))
			print_finding(text, ++number, &report->findings[i], ink);
	if (number < all) {
		char *more = mem_printf("... and %zu more (-v shows them all).", all - number);

		wrap_text(&text->paper, "  ", INK_NONE, more);
		free(more);
	}
}

/* Titles only: the plan in full comes later. */
static void print_first_steps(const struct text *text)
{
	const struct report *report = text->view->report;

	if (report->step_count == 0)
		return;
	wrap_heading(&text->paper, "What to do, in this order (details under \"The plan\")");
	for (size_t i = 0; i < report->step_count; i++) {
		char *first = mem_printf("%3zu. ", i + 1);

		wrap_text(&text->paper, first, INK_NONE, report->steps[i].title);
		free(first);
	}
}

static void print_cert(const struct text *text, const struct cert *cert)
{
	char hex[65], *subject, end[32];

	cert_hex(cert, hex);
	if (cert->readable) {
		char *brief = safe_brief(cert->subject, SUBJECT_MOST);

		answer_day(cert->not_after, end);
		subject = mem_printf("%s, until %s", brief, end);
		free(brief);
	} else {
		subject = mem_strdup("(a certificate that cannot be read)");
	}
	wrap_text(&text->paper, "     * ", INK_NONE, subject);
	wrap_whole(&text->paper, "       SHA-256:\n       ", hex);
	free(subject);
}

static void print_labelled(const struct text *text, const char *label, const char *value)
{
	char *line;

	if (value == NULL || *value == '\0')
		return;
	line = mem_printf("%s%s", label, value);
	wrap_text(&text->paper, "     ", INK_NONE, line);
	free(line);
}

static void print_step_proof(const struct text *text, const struct step *step)
{
	char *line;

	if (step->repair_count > 0) {
		line = mem_printf("Repairs %zu %s%s.", step->repair_count, answer_plural(step->repair_count, "refusal", "refusals"),
		                  step->proved ? " (judged again with this done: accepted)" : "");
		wrap_text(&text->paper, "     ", INK_NONE, line);
		free(line);
	}
	if (answer_decision(step) != NULL)
		wrap_text(&text->paper, "     ", INK_YELLOW, answer_decision(step));
}

static void print_step(const struct text *text, size_t number, const struct step *step)
{
	char *first = mem_printf("%3zu. ", number);

	wrap_text(&text->paper, first, INK_BOLD, step->title);
	print_labelled(text, "Why: ", step->why);
	print_labelled(text, "Where: ", step->where);
	print_names(text, "     ", "On", &step->stores);
	print_names(text, "     ", answer_plural(step->nodes.count, "Node", "Nodes"), &step->nodes);
	print_names(text, "     ", answer_sans(step), &step->sans);
	for (size_t i = 0; i < step->cert_count; i++)
		print_cert(text, step->certs[i]);
	print_step_proof(text, step);
	free(first);
}

static void print_plan(const struct text *text)
{
	const struct report *report = text->view->report;

	if (report->step_count == 0)
		return;
	wrap_heading(&text->paper, "The plan");
	for (size_t i = 0; i < report->step_count; i++)
		print_step(text, i + 1, &report->steps[i]);
}

static void print_basis(const struct text *text)
{
	const struct report *report = text->view->report;
	char at[32], started[32], *orders = answer_orders(&report->policy), *line;

	wrap_heading(&text->paper, "How this was decided");
	clock_format(report->policy.at, at, sizeof at);
	clock_format(report->started, started, sizeof started);
	line = mem_printf("Judged as of %s by the rules of %s.", at, answer_era(report->policy.era));
	wrap_text(&text->paper, "  ", INK_NONE, line);
	wrap_text(&text->paper, "  ", INK_NONE, orders);
	free(line);
	for (size_t i = 0; i < report->store_count; i++) {
		line = mem_printf("Trust store %s: %zu %s.", report->stores[i].name, report->stores[i].count,
		                  answer_plural(report->stores[i].count, "certificate", "certificates"));
		wrap_text(&text->paper, "  ", INK_NONE, line);
		free(line);
	}
	for (size_t i = 0; i < report->cluster_count; i++) {
		line = answer_discovery(report, &report->clusters[i]);
		wrap_text(&text->paper, "  ", INK_NONE, line);
		free(line);
	}
	line = mem_printf("%s %s, started %s, took %lld.%03lld s, %zu %s.", PACKAGE_NAME, PACKAGE_VERSION, started,
		(long long)(report->took_ms / 1000), (long long)(report->took_ms % 1000), report->observation_count,
		answer_plural(report->observation_count, "connection", "connections"));
	wrap_text(&text->paper, "  ", INK_NONE, line);
	free(line);
	free(orders);
}

void text_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct view view;
	size_t width = how->width < WIDTH_LEAST ? WIDTH_LEAST : (size_t)how->width;
	struct text text = { { out, width > 80 ? 80 : width, how->color }, &view, how };

	view_init(&view, report);
	print_answer(&text);
	if (!how->quiet) {
		print_findings(&text, SEVERITY_FAIL, "What breaks", INK_RED);
		print_first_steps(&text);
		text_failing(&text);
		text_unchecked(&text);
		text_passing(&text);
		print_findings(&text, SEVERITY_WARNING, "Warnings", INK_YELLOW);
		text_aside(&text);
		print_findings(&text, SEVERITY_INFO, "Worth knowing", INK_NONE);
		print_plan(&text);
		print_basis(&text);
	}
	view_clear(&view);
}
