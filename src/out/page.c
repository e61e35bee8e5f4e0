/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "out/answer.h"
#include "out/formats.h"
#include "out/page.h"

#include <stdlib.h>
#include <string.h>

enum doc_look page_look(enum headline headline)
{
	static const enum doc_look looks[] = {
		[HEADLINE_YES] = DOC_GOOD,
		[HEADLINE_YES_BUT] = DOC_WARN,
		[HEADLINE_NO] = DOC_BAD,
		[HEADLINE_NOT_KNOWN] = DOC_GAP,
	};

	return looks[headline];
}

static void add_answer(struct doc *doc, const struct view *view)
{
	char *answer = answer_of(view);

	doc_open(doc, DOC_ANSWER, page_look(view->headline), "May I upgrade Expressway?");
	doc_add(doc, DOC_TEXT, DOC_PLAIN, answer);
	doc_close(doc);
	free(answer);
}

static void add_stores(struct doc *doc, const struct report *report)
{
	if (report->store_count == 0)
		return;
	doc_open(doc, DOC_PARAGRAPH, DOC_PLAIN, NULL);
	for (size_t i = 0; i < report->store_count; i++) {
		char *count = mem_printf(
			": %zu %s.", report->stores[i].count,
			answer_plural(report->stores[i].count, "certificate", "certificates"));

		doc_add(doc, DOC_TEXT, DOC_PLAIN, i == 0 ? "Trust store " : " Trust store ");
		doc_add(doc, DOC_NAME, DOC_PLAIN, report->stores[i].name);
		doc_add(doc, DOC_TEXT, DOC_PLAIN, count);
		free(count);
	}
	doc_close(doc);
}

static size_t made_of(const struct report *report)
{
	size_t made = report->observation_count;

	for (size_t i = 0; i < report->observation_count; i++)
		made -= report->observations[i].inferred;
	return made;
}

static void add_basis(struct doc *doc, const struct view *view)
{
	const struct report *report = view->report;
	size_t made = made_of(report);
	char at[CLOCK_TEXT], started[CLOCK_TEXT], *orders = answer_orders(&report->policy);

	clock_format(report->policy.at, at, sizeof at);
	clock_format(report->started, started, sizeof started);
	doc_open(doc, DOC_SECTION, DOC_PLAIN, "How this was decided")->id = "how";
	doc_sayf(doc, DOC_PLAIN, "Judged as of %s by the rules of %s. %s", at,
	         answer_era(report->policy.era), orders);
	if (report->policy.calibration != NULL)
		doc_say(doc, DOC_PLAIN, report->policy.calibration->text);
	add_stores(doc, report);
	for (size_t i = 0; i < report->cluster_count; i++) {
		char *line = answer_discovery(report, &report->clusters[i]);

		doc_say(doc, DOC_PLAIN, line);
		free(line);
	}
	doc_sayf(doc, DOC_PLAIN, "%s %s, started %s, took %lld.%03lld s, %zu %s.", PACKAGE_NAME,
	         PACKAGE_VERSION, started, (long long)(report->took_ms / 1000),
	         (long long)(report->took_ms % 1000), made,
	         answer_plural(made, "connection", "connections"));
	doc_close(doc);
	free(orders);
}

/* --- the head of the page --------------------------------------------------------------------- */

static void add_fact(struct names *facts, char *fact)
{
	names_add(facts, fact);
	free(fact);
}

static char *clusters_of(const struct report *report)
{
	struct names names = { 0 };
	char *text;

	for (size_t i = 0; i < report->cluster_count; i++)
		names_add(&names, report->clusters[i].publisher);
	if (names.count == 0 && report->node_count > 0)
		names_add(&names, report->nodes[0].name);
	text = names.count > 0 ? answer_join(&names, 2) : mem_strdup("no cluster");
	names_clear(&names);
	return text;
}

static void find_facts(const struct view *view, const char *clusters, struct names *facts)
{
	const struct report *report = view->report;
	const struct tally *tally = &view->tally;
	struct names stores = { 0 };
	char at[CLOCK_TEXT], *list;

	add_fact(facts, mem_printf("%s: MRA and Expressway's certificate check", clusters));
	clock_format(report->policy.at, at, sizeof at);
	add_fact(facts, mem_printf("judged as of %s by the rules of %s", at,
	                           answer_era(report->policy.era)));
	for (size_t i = 0; i < report->store_count; i++)
		names_add(&stores, report->stores[i].name);
	list = answer_join(&stores, 8);
	add_fact(facts,
	         mem_printf("trust %s: %s", answer_plural(stores.count, "store", "stores"), list));
	add_fact(facts,
	         mem_printf("advertised addresses: %zu refused, %zu not checked, %zu accepted",
	                    tally->refused, tally->unknown,
	                    tally->addresses - tally->refused - tally->unknown));
	free(list);
	names_clear(&stores);
}

static void begin(const struct view *view, const struct doc_layout *layout,
                  const struct out_how *how, struct buf *out)
{
	struct names facts = { 0 };
	char day[32], *clusters = clusters_of(view->report), *title;

	answer_day(view->report->policy.at, day);
	title = mem_printf("MRA and Expressway's certificate check: %s, %s", clusters, day);
	find_facts(view, clusters, &facts);
	layout->begin(&(struct doc_head){ title, &facts }, how, out);
	names_clear(&facts);
	free(title);
	free(clusters);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void (*const parts[])(struct doc *, const struct view *) = {
	page_matrix, page_causes, page_plan,         page_unchecked, page_warnings,
	page_notes,  page_nodes,  page_certificates, add_basis,
};
enum { PARTS = sizeof parts / sizeof *parts };

/* Links down the page lead to the parts that are there. */
static void add_links(struct doc *doc, const struct view *view)
{
	struct doc_node *links = doc_open(doc, DOC_PARAGRAPH, DOC_PLAIN, NULL);

	links->flags = DOC_SCREEN;
	for (size_t i = 0; i < PARTS; i++) {
		struct doc part;

		doc_init(&part);
		parts[i](&part, view);
		for (const struct doc_node *node = part.root.first; node != NULL;
		     node = node->next) {
			char *title = node->id == NULL ? NULL
			                               : mem_strndup(node->text,
			                                             strcspn(node->text, ":,"));

			if (title != NULL)
				doc_add(doc, DOC_LINK, DOC_PLAIN, title)->id = node->id;
			free(title);
		}
		doc_clear(&part);
	}
	doc_close(doc);
}

/* One part at a time: with ten thousand nodes all of them together take more than the report. */
static void put_parts(struct doc *doc, const struct view *view, const struct doc_layout *layout,
                      const struct out_how *how, struct buf *out)
{
	if (layout->folds) {
		add_links(doc, view);
		doc_put(doc, layout, how, out);
	}
	for (size_t i = 0; i < PARTS; i++) {
		if (parts[i] == page_nodes && !layout->folds && !how->verbose)
			continue; /* all of it is detail */
		parts[i](doc, view);
		doc_put(doc, layout, how, out);
	}
}

void page_cell(struct doc *doc, enum doc_look look, enum doc_kind kind, const char *text)
{
	doc_open(doc, DOC_CELL, look, NULL);
	doc_add(doc, kind, DOC_PLAIN, text);
	doc_close(doc);
}

void page_table(struct doc *doc, const char *const *heads, size_t count)
{
	doc_open(doc, DOC_TABLE, DOC_PLAIN, NULL);
	doc_open(doc, DOC_ROW, DOC_PLAIN, NULL);
	for (size_t i = 0; i < count; i++)
		page_cell(doc, DOC_PLAIN, DOC_TEXT, heads[i]);
	doc_close(doc);
}

void page_name(struct names *names, const char *text)
{
	names->items = mem_grow(names->items, names->count, sizeof *names->items);
	names->items[names->count++] = mem_strdup(text);
}

void page_brief(struct doc *doc, const struct view *view)
{
	page_matrix(doc, view);
	page_causes(doc, view);
	page_plan(doc, view);
	page_unchecked(doc, view);
	doc_prune(doc->at);
}

static void page_write(const struct report *report, const struct out_how *how,
                       const struct doc_layout *layout, struct buf *out)
{
	struct view view;
	struct doc doc;

	view_init(&view, report);
	doc_init(&doc);
	begin(&view, layout, how, out);
	add_answer(&doc, &view);
	doc_put(&doc, layout, how, out);
	if (!how->quiet)
		put_parts(&doc, &view, layout, how, out);
	if (how->terminal && !how->quiet) { /* the first line has scrolled away */
		buf_putc(out, '\n');
		add_answer(&doc, &view);
		doc_put(&doc, layout, how, out);
	}
	layout->end(how, out);
	view_clear(&view);
}

void text_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	page_write(report, how, &text_layout, out);
}

void text_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out)
{
	page_write_fleet(fleet, how, &text_layout, out);
}

/* A page or a ticket is whole, whatever the terminal is to show. */
static struct out_how whole(const struct out_how *how)
{
	return (struct out_how){ .verbose = how->verbose,
		                 .drain = how->drain,
		                 .drain_arg = how->drain_arg };
}

void markdown_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct out_how here = whole(how);

	page_write(report, &here, &markdown_layout, out);
}

void markdown_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out)
{
	struct out_how here = whole(how);

	page_write_fleet(fleet, &here, &markdown_layout, out);
}

void html_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	struct out_how here = whole(how);

	page_write(report, &here, &html_layout, out);
}

void html_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out)
{
	struct out_how here = whole(how);

	page_write_fleet(fleet, &here, &html_layout, out);
}
