/* SPDX-License-Identifier: MIT */
/* One page that needs nothing else: no script, no outside reference (its own
 * Content-Security-Policy says so too). */
#include "config.h"

#include "out/doc.h"
#include "out/html_style.h"
#include "out/xml.h"

#include <stdbool.h>

enum { NAMES_MOST = 12, HEADINGS_MOST = 6, BAR_WIDTH = 46, BAR_HEIGHT = 100, BAR_TEXT = 16 };

struct html {
	const struct out_how *how; /* borrowed */
	struct buf *out;
	unsigned depth; /* of the next heading */
};

static void put_blocks(const struct html *to, const struct doc_node *first);

static const char *class_of(enum doc_look look)
{
	static const char *const names[DOC_LOOKS] = {
		"plain", "good", "bad", "warn", "gap", "note", "step", "do", "decide",
	};

	return names[look];
}

static void put_run(struct buf *out, const struct doc_node *run)
{
	static const char *const tags[DOC_LINK + 1] = {
		[DOC_NAME] = "code",
		[DOC_STRONG] = "b",
		[DOC_LABEL] = "span",
		[DOC_SMALL] = "small",
	};
	const char *tag = tags[run->kind];

	if (run->kind == DOC_LINK)
		buf_printf(out, "<a href=\"#%s\">", run->id);
	else if (tag != NULL)
		buf_printf(out, run->kind == DOC_LABEL ? "<%s class=\"label\">" : "<%s>", tag);
	xml_add(out, run->text);
	buf_puts(out, run->kind == DOC_LABEL ? ":" : "");
	if (run->kind == DOC_LINK)
		buf_puts(out, "</a>");
	else if (tag != NULL)
		buf_printf(out, "</%s>", tag);
	buf_puts(out, run->kind == DOC_LABEL ? " " : "");
}

static const struct doc_node *put_names(struct buf *out, const struct doc_node *first, size_t count)
{
	for (size_t i = 0; first != NULL && i < count; i++, first = first->next) {
		buf_puts(out, i > 0 ? ", " : "");
		put_run(out, first);
	}
	return first;
}

/* "label: a, b" and the rest folded. In a cell of a table even the second name is rest. */
static void put_list_of_names(struct buf *out, const struct doc_node *node, size_t most)
{
	size_t count = doc_count(node);
	const struct doc_node *rest;

	if (count <= most + 1 || node->flags & DOC_WHOLE)
		most = count;
	if (node->text != NULL) {
		buf_puts(out, "<span class=\"label\">");
		xml_add(out, node->text);
		buf_puts(out, ":</span> ");
	}
	rest = put_names(out, node->first, most);
	if (rest == NULL)
		return;
	if (node->flags & DOC_COUNTED) {
		buf_printf(out, " and %zu more", count - most);
		return;
	}
	buf_printf(out, " <details class=\"more\"><summary>and %zu more</summary>", count - most);
	put_names(out, rest, count);
	buf_puts(out, "</details>");
}

static void put_paragraph(const struct html *to, const struct doc_node *node)
{
	bool ways = node->first != NULL && node->first->kind == DOC_LINK;

	if (ways)
		buf_puts(to->out, "<nav aria-label=\"Parts of this page\">");
	else if (node->look != DOC_PLAIN)
		buf_printf(to->out, "<p class=\"%s\">", class_of(node->look));
	else
		buf_puts(to->out, "<p>");
	for (const struct doc_node *run = node->first; run != NULL; run = run->next)
		put_run(to->out, run);
	buf_puts(to->out, ways ? "</nav>\n" : "</p>\n");
}

static void put_heading(const struct html *to, const char *text)
{
	unsigned level = to->depth < HEADINGS_MOST ? to->depth : HEADINGS_MOST;

	buf_printf(to->out, "<h%u>", level);
	xml_add(to->out, text);
	buf_printf(to->out, "</h%u>\n", level);
}

static void put_answer(const struct html *to, const struct doc_node *node)
{
	buf_printf(to->out, "<div class=\"answer %s\">\n<p>", class_of(node->look));
	xml_add(to->out, node->text);
	buf_puts(to->out, "</p>\n<h1>");
	xml_add(to->out, node->first->text);
	buf_puts(to->out, "</h1>\n</div>\n");
}

static const char *detail_class(const struct doc_node *node)
{
	return (node->flags & (DOC_DETAIL | DOC_PAPER)) == DOC_DETAIL ? " class=\"detail\"" : "";
}

static void put_section(const struct html *to, const struct doc_node *node)
{
	struct html inner = { to->how, to->out, to->depth + 1 };

	buf_printf(to->out, "<section%s", detail_class(node));
	if (node->id != NULL)
		buf_printf(to->out, " id=\"%s\"", node->id);
	buf_puts(to->out, ">\n");
	put_heading(to, node->text);
	put_blocks(&inner, node->first);
	buf_puts(to->out, "</section>\n");
}

static void put_fold(const struct html *to, const struct doc_node *node)
{
	buf_printf(to->out, "<details%s%s><summary>", detail_class(node),
	           node->flags & DOC_OPEN ? " open" : "");
	if (node->look != DOC_PLAIN)
		buf_printf(to->out, "<span class=\"sign %s\">%s</span>", class_of(node->look),
		           doc_sign(node->look, false));
	xml_add(to->out, node->text);
	buf_puts(to->out, "</summary><div>\n");
	put_blocks(to, node->first);
	buf_puts(to->out, "</div></details>\n");
}

static void put_list(const struct html *to, const struct doc_node *list)
{
	bool cards = list->look != DOC_PLAIN;
	struct html inner = { to->how, to->out, to->depth + cards };

	buf_puts(to->out, cards ? "<ol class=\"cards\">\n" : "<ul>\n");
	for (const struct doc_node *item = list->first; item != NULL; item = item->next) {
		if (cards)
			buf_printf(to->out, "<li class=\"card %s\">", class_of(item->look));
		else
			buf_puts(to->out, "<li>");
		if (item->text != NULL)
			put_heading(to, item->text);
		put_blocks(&inner, item->first);
		buf_puts(to->out, "</li>\n");
		out_drain(to->how, to->out);
	}
	buf_puts(to->out, cards ? "</ol>\n" : "</ul>\n");
}

static void put_cell(const struct html *to, const struct doc_node *cell, const char *tag)
{
	if (cell->look != DOC_PLAIN)
		buf_printf(to->out, "<%s class=\"%s\">%s", tag, class_of(cell->look),
		           doc_sign(cell->look, false));
	else
		buf_printf(to->out, "<%s>", tag);
	for (const struct doc_node *part = cell->first; part != NULL; part = part->next) {
		if (part->kind == DOC_NAMES)
			put_list_of_names(to->out, part, 1);
		else
			put_run(to->out, part);
	}
	buf_printf(to->out, "</%.2s>", tag);
}

static void put_row(const struct html *to, const struct doc_node *row, bool head)
{
	buf_puts(to->out, "<tr>");
	for (const struct doc_node *cell = row->first; cell != NULL; cell = cell->next)
		put_cell(to, cell,
		         head                 ? "th scope=\"col\""
		         : cell == row->first ? "th scope=\"row\""
		                              : "td");
	buf_puts(to->out, "</tr>\n");
}

/* A reader without a mouse has to be able to scroll it: hence the tabindex. */
static void put_table(const struct html *to, const struct doc_node *table)
{
	buf_puts(
		to->out,
		"<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">\n<table>\n<thead>\n");
	for (const struct doc_node *row = table->first; row != NULL; row = row->next) {
		put_row(to, row, row == table->first);
		buf_puts(to->out, row == table->first ? "</thead>\n<tbody>\n" : "");
		out_drain(to->how, to->out);
	}
	buf_puts(to->out, "</tbody>\n</table>\n</div>\n");
}

/* A bar of at most BAR_HEIGHT, its value above it and its label below. */
static void put_bars(const struct html *to, const struct doc_node *bars)
{
	size_t most = 1, x = 0;

	for (const struct doc_node *item = bars->first; item != NULL; item = item->next)
		most = item->value > most ? item->value : most;
	buf_puts(to->out,
	         "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Picture\">\n");
	buf_printf(to->out, "<svg class=\"bars\" role=\"img\" viewBox=\"0 0 %zu %d\" aria-label=\"",
	           doc_count(bars) * BAR_WIDTH, BAR_HEIGHT + 2 * BAR_TEXT);
	xml_add(to->out, bars->text);
	for (const struct doc_node *item = bars->first; item != NULL; item = item->next)
		if (item->value > 0)
			buf_printf(to->out, ", %s: %zu", item->text, item->value);
	buf_puts(to->out, "\">\n");
	for (const struct doc_node *item = bars->first; item != NULL;
	     item = item->next, x += BAR_WIDTH) {
		size_t height = item->value * BAR_HEIGHT / most, y = BAR_TEXT + BAR_HEIGHT - height;

		if (item->value > 0)
			buf_printf(
				to->out,
				"<rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%zu\"/><text x=\"%zu\" y=\"%zu\">%zu</text>",
				x + 2, y, BAR_WIDTH - 4, height, x + BAR_WIDTH / 2, y - 3,
				item->value);
		buf_printf(to->out, "<text x=\"%zu\" y=\"%d\">%s</text>\n", x + BAR_WIDTH / 2,
		           BAR_HEIGHT + 2 * BAR_TEXT - 4, item->text);
	}
	buf_puts(to->out, "</svg>\n</div>\n");
}

static void put_block(const struct html *to, const struct doc_node *node)
{
	switch (node->kind) {
	case DOC_ANSWER:
		put_answer(to, node);
		return;
	case DOC_SECTION:
		put_section(to, node);
		return;
	case DOC_FOLD:
		put_fold(to, node);
		return;
	case DOC_LIST:
		put_list(to, node);
		return;
	case DOC_TABLE:
		put_table(to, node);
		return;
	case DOC_BARS:
		put_bars(to, node);
		return;
	case DOC_CODE:
		buf_puts(to->out, "<pre>");
		xml_add(to->out, node->text);
		buf_puts(to->out, "</pre>\n");
		return;
	case DOC_PARAGRAPH:
		put_paragraph(to, node);
		return;
	case DOC_NAMES:
		buf_puts(to->out, "<div class=\"names\">");
		put_list_of_names(to->out, node, NAMES_MOST);
		buf_puts(to->out, "</div>\n");
		return;
	case DOC_ITEM:
	case DOC_ROW:
	case DOC_CELL:
	case DOC_TEXT:
	case DOC_NAME:
	case DOC_STRONG:
	case DOC_LABEL:
	case DOC_SMALL:
	case DOC_LINK:
		return; /* their parents write them */
	}
}

static void put_blocks(const struct html *to, const struct doc_node *first)
{
	for (const struct doc_node *node = first; node != NULL; node = node->next) {
		if (!(node->flags & DOC_BRIEF))
			put_block(to, node);
		out_drain(to->how, to->out);
	}
}

static void begin(const struct doc_head *head, const struct out_how *how, struct buf *out)
{
	(void)how;
	buf_puts(
		out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	xml_add(out, head->title);
	buf_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header>\n<ul>\n",
	           html_style);
	for (size_t i = 0; i < head->facts->count; i++) {
		buf_puts(out, "<li>");
		xml_add(out, head->facts->items[i]);
		buf_puts(out, "</li>\n");
	}
	buf_puts(out, "</ul>\n</header>\n<main>\n");
}

static void put(const struct doc_node *block, const struct out_how *how, struct buf *out)
{
	struct html to = { how, out, 2 };

	put_block(&to, block);
}

static void end(const struct out_how *how, struct buf *out)
{
	(void)how;
	buf_puts(out, "</main>\n</body>\n</html>\n");
}

const struct doc_layout html_layout = { begin, put, end, true };
