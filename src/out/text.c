/* SPDX-License-Identifier: MIT */
/* Plain text for a terminal or a mail: at most 80 columns, but a line that is there to be copied
 * stays whole. What is marked as detail is shown with -v only. */
#include "config.h"

#include "base/mem.h"
#include "base/safe.h"
#include "out/doc.h"
#include "out/wrap.h"

#include <stdlib.h>
#include <string.h>

enum {
	WIDTH_LEAST = 30,
	WIDTH_MOST = 80,
	NAMES_MOST = 8,
	ITEMS_MOST = 25,
	COLUMNS_MOST = 16,
	GAP = 2,
	INDENT_MOST = 40,
	MARGIN = 5
};

struct text {
	const struct out_how *how; /* borrowed */
	struct paper paper;
	bool verbose;
};

static void put_blocks(const struct text *text, const struct doc_node *first, size_t indent);

static enum ink ink_of(enum doc_look look)
{
	static const enum ink inks[DOC_LOOKS] = {
		[DOC_GOOD] = INK_GREEN, [DOC_BAD] = INK_RED,       [DOC_WARN] = INK_YELLOW,
		[DOC_GAP] = INK_YELLOW, [DOC_DECIDE] = INK_YELLOW, [DOC_STEP] = INK_BOLD,
	};

	return inks[look];
}

/* Appends the runs; of names at most so many (0: all) and the number of the others. */
static void add_runs(struct buf *line, const struct doc_node *node, size_t most, bool small)
{
	size_t count = doc_count(node), shown = 0;

	if (node->text != NULL)
		buf_printf(line, "%s: ", node->text);
	if (most == 0 || count <= most + 1)
		most = count;
	for (const struct doc_node *run = node->first; run != NULL; run = run->next) {
		if (run->kind == DOC_SMALL && !small)
			continue;
		if (node->kind == DOC_NAMES && shown++ == most) {
			buf_printf(line, " and %zu more", count - most);
			return;
		}
		if (node->kind == DOC_NAMES && shown > 1)
			buf_puts(line, ", ");
		buf_printf(line, run->kind == DOC_LABEL ? "%s: " : "%s", run->text);
	}
}

static const char *blanks(size_t count)
{
	static const char all[INDENT_MOST + 1] = "                                        ";

	return all + (count < INDENT_MOST ? INDENT_MOST - count : 0);
}

static void put_paragraph(const struct text *text, const struct doc_node *node, size_t indent)
{
	bool arrow = node->look == DOC_DO; /* beside a numbered item it has room in the margin */
	char *first = mem_printf("%s%s", blanks(arrow && indent >= MARGIN ? indent - 3 : indent),
	                         arrow ? "-> " : "");
	struct buf line;

	buf_init(&line);
	add_runs(&line, node, text->verbose || node->flags & DOC_WHOLE ? 0 : NAMES_MOST, true);
	wrap_text(&text->paper, first, ink_of(node->look), line.data);
	buf_clear(&line);
	free(first);
}

/* "  1. title" and what belongs to it, indented as the title is. */
static void put_item(const struct text *text, const struct doc_node *item, size_t number,
                     size_t indent)
{
	char *first = number > 0
	                      ? mem_printf("%s%2zu. ", blanks(indent > 0 ? indent - 1 : 0), number)
	                      : mem_printf("%s* ", blanks(indent));
	const struct doc_node *rest = item->first;
	size_t inner = strlen(first);
	struct buf line;

	buf_init(&line);
	if (item->text != NULL) {
		buf_puts(&line, item->text);
	} else if (rest != NULL && (rest->kind == DOC_PARAGRAPH || rest->kind == DOC_NAMES)) {
		add_runs(&line, rest, text->verbose ? 0 : NAMES_MOST, true);
		rest = rest->next;
	}
	wrap_text(&text->paper, first, ink_of(item->look), line.data);
	put_blocks(text, rest, inner);
	buf_clear(&line);
	free(first);
}

static void put_list(const struct text *text, const struct doc_node *list, size_t indent)
{
	size_t shown = 0, count = doc_count(list);
	size_t most = text->verbose || list->flags & DOC_WHOLE ? count : (size_t)ITEMS_MOST;

	for (const struct doc_node *item = list->first; item != NULL && shown < most;
	     item = item->next) {
		shown++;
		put_item(text, item, list->look != DOC_PLAIN ? shown : 0, indent);
		out_drain(text->how, text->paper.out);
	}
	if (shown < count) {
		char *more = mem_printf("... and %zu more (-v shows them all).", count - shown);

		wrap_text(&text->paper, blanks(indent), INK_NONE, more);
		free(more);
	}
}

/* --- tables ----------------------------------------------------------------------------------- */

static char *cell_text(const struct text *text, const struct doc_node *cell)
{
	struct buf line, safe;

	buf_init(&line);
	buf_init(&safe);
	buf_puts(&line, doc_sign(cell->look, true));
	for (const struct doc_node *part = cell->first; part != NULL; part = part->next) {
		if (part->kind == DOC_NAMES)
			add_runs(&line, part, text->verbose ? 0 : 1, false);
		else if (part->kind != DOC_SMALL && part->text != NULL)
			buf_puts(&line, part->text);
	}
	safe_add(&safe, line.data);
	buf_clear(&line);
	return buf_take(&safe);
}

static void measure(const struct text *text, const struct doc_node *table,
                    size_t widths[COLUMNS_MOST])
{
	for (const struct doc_node *row = table->first; row != NULL; row = row->next) {
		size_t column = 0;

		for (const struct doc_node *cell = row->first; cell != NULL; cell = cell->next) {
			char *words = cell_text(text, cell);
			size_t columns = safe_columns(words);

			if (columns > widths[column])
				widths[column] = columns;
			column++;
			free(words);
		}
	}
}

/* Room for the names in front; 0: the other columns alone are too wide. */
static size_t room_for_names(const struct text *text, const size_t widths[COLUMNS_MOST],
                             size_t indent)
{
	size_t others = indent;

	for (size_t i = 1; i < COLUMNS_MOST; i++)
		others += widths[i] > 0 ? widths[i] + GAP : 0;
	if (others + NAMES_MOST > text->paper.width)
		return 0;
	return widths[0] < text->paper.width - others ? widths[0] : text->paper.width - others;
}

static void put_aligned(const struct text *text, const struct doc_node *row,
                        const size_t widths[COLUMNS_MOST], size_t names, size_t indent)
{
	char *name = cell_text(text, row->first);
	size_t at = indent + safe_columns(name), column = 1;
	struct buf line;

	buf_init(&line);
	buf_printf(&line, "%s%s", blanks(indent), name);
	if (at > indent + names) {
		wrap_text(&text->paper, blanks(indent), INK_NONE, name);
		line.len = at = 0;
	}
	for (size_t end = indent + names; at < end; at++)
		buf_putc(&line, ' ');
	for (const struct doc_node *cell = row->first->next; cell != NULL; cell = cell->next) {
		char *words = cell_text(text, cell);

		buf_printf(&line, "%*s%s", GAP, "", words);
		for (size_t i = safe_columns(words); i < widths[column] && cell->next != NULL; i++)
			buf_putc(&line, ' ');
		column++;
		free(words);
	}
	while (line.len > 0 && line.data[line.len - 1] == ' ')
		line.len--;
	buf_add(text->paper.out, line.data, line.len);
	buf_putc(text->paper.out, '\n');
	buf_clear(&line);
	free(name);
}

/* Where the columns have no room side by side: the row's name, and below it a line per cell. */
static void put_stacked(const struct text *text, const struct doc_node *head,
                        const struct doc_node *row, size_t indent)
{
	const struct doc_node *of = head->first->next;
	char *name = cell_text(text, row->first);

	wrap_text(&text->paper, blanks(indent), INK_BOLD, name);
	for (const struct doc_node *cell = row->first->next; cell != NULL && of != NULL;
	     cell = cell->next, of = of->next) {
		char *words = cell_text(text, cell), *column = cell_text(text, of),
		     *line = mem_printf("%s: %s", column, words);

		wrap_text(&text->paper, blanks(indent + 2), INK_NONE, line);
		free(line);
		free(column);
		free(words);
	}
	free(name);
}

static void put_table(const struct text *text, const struct doc_node *table, size_t indent)
{
	size_t widths[COLUMNS_MOST] = { 0 }, names = 0;

	if (doc_count(table->first) <= COLUMNS_MOST) { /* each row has as many cells */
		measure(text, table, widths);
		names = room_for_names(text, widths, indent);
	}
	for (const struct doc_node *row = table->first; row != NULL; row = row->next) {
		if (names > 0)
			put_aligned(text, row, widths, names, indent);
		else if (row != table->first)
			put_stacked(text, table->first, row, indent);
		out_drain(text->how, text->paper.out);
	}
}

/* A line per item that has a value. */
static void put_bars(const struct text *text, const struct doc_node *bars, size_t indent)
{
	size_t most = 1, room = text->paper.width / 2;

	for (const struct doc_node *item = bars->first; item != NULL; item = item->next)
		most = item->value > most ? item->value : most;
	for (const struct doc_node *item = bars->first; item != NULL; item = item->next) {
		if (item->value == 0)
			continue;
		buf_printf(text->paper.out, "%s%-8s %6zu ", blanks(indent), item->text,
		           item->value);
		for (size_t i = 0; i <= item->value * room / most; i++)
			buf_putc(text->paper.out, '#');
		buf_putc(text->paper.out, '\n');
	}
}

/* --- blocks ----------------------------------------------------------------------------------- */

static void put_titled(const struct text *text, const struct doc_node *node, size_t indent)
{
	if (node->kind == DOC_SECTION && indent == 0)
		wrap_heading(&text->paper, node->text);
	else
		wrap_text(&text->paper, blanks(indent), INK_BOLD, node->text);
	put_blocks(text, node->first, indent + 2);
}

static void put_block(const struct text *text, const struct doc_node *node, size_t indent)
{
	switch (node->kind) {
	case DOC_ANSWER:
		wrap_text(&text->paper, "", ink_of(node->look), node->first->text);
		return;
	case DOC_SECTION:
	case DOC_FOLD:
		put_titled(text, node, indent);
		return;
	case DOC_LIST:
		put_list(text, node, indent);
		return;
	case DOC_TABLE:
		put_table(text, node, indent);
		return;
	case DOC_BARS:
		put_bars(text, node, indent);
		return;
	case DOC_CODE:
		wrap_whole(&text->paper, blanks(indent), node->text);
		return;
	case DOC_PARAGRAPH:
	case DOC_NAMES:
		put_paragraph(text, node, indent);
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

static void put_blocks(const struct text *text, const struct doc_node *first, size_t indent)
{
	for (const struct doc_node *node = first; node != NULL; node = node->next) {
		if (doc_shown(node, text->verbose))
			put_block(text, node, indent);
		out_drain(text->how, text->paper.out);
	}
}

static void put(const struct doc_node *block, const struct out_how *how, struct buf *out)
{
	size_t width = how->width < WIDTH_LEAST  ? WIDTH_LEAST
	               : how->width > WIDTH_MOST ? WIDTH_MOST
	                                         : (size_t)how->width;
	struct text text = { how, { out, width, how->color }, how->verbose };

	if (doc_shown(block, how->verbose))
		put_block(&text, block, 0);
}

static void nothing_before(const struct doc_head *head, const struct out_how *how, struct buf *out)
{
	(void)head, (void)how, (void)out;
}

static void nothing_after(const struct out_how *how, struct buf *out)
{
	(void)how, (void)out;
}

const struct doc_layout text_layout = { nothing_before, put, nothing_after, false };
