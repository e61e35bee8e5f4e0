/* SPDX-License-Identifier: MIT */
/* Markdown for a change ticket: CommonMark with GitHub's tables and task lists, which most trackers
 * take. What came from elsewhere stands in code spans or is escaped character by character: no
 * markup, link or mention can come of it. */
#include "config.h"

#include "base/mem.h"
#include "base/safe.h"
#include "out/doc.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 20, ITEMS_MOST = 50 };

struct markdown {
	const struct out_how *how; /* borrowed */
	struct buf *out;
	bool verbose;
	size_t depth; /* of headings */
};

static void put_blocks(const struct markdown *to, const struct doc_node *first, size_t indent);

/* GitHub makes links of these without a slash (GFM 6.9, "extended protocol autolink"). */
static bool ends_scheme(const char *line, const char *colon)
{
	return (colon - line >= 6 && strncasecmp(colon - 6, "mailto", 6) == 0) ||
	       (colon - line >= 4 && strncasecmp(colon - 4, "xmpp", 4) == 0);
}

/* Running text: a backslash before all ASCII punctuation that may start something (CommonMark 2.4).
 * A colon and a full stop too where an address might be made a link. */
static void plain(struct buf *out, const char *text)
{
	char *line = safe_line(text);
	size_t digits = strspn(line, "0123456789");

	for (const char *p = line; *p != '\0'; p++) {
		if ((p == line && strchr("+-=", *p) != NULL) ||
		    (digits > 0 && p == line + digits && strchr(".)", *p) != NULL &&
		     (p[1] == ' ' || p[1] == '\0')))
			buf_putc(out, '\\'); /* a list or an underline would begin here */
		if (*p == '<' || *p == '&') {
			buf_puts(out, *p == '<' ? "&lt;" : "&amp;");
			continue;
		}
		if (strchr("\\`*_[]|#~>!@$", *p) != NULL ||
		    (*p == ':' && (p[1] == '/' || ends_scheme(line, p))) ||
		    (*p == '.' && p - line >= 3 && strncasecmp(p - 3, "www", 3) == 0))
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	free(line);
}

static size_t longest_run(const char *text, char of)
{
	size_t run = 0, most = 0;

	for (const char *p = text; *p != '\0'; p++) {
		run = *p == of ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

/* A code span: fenced by more backticks than it holds in a row. '|' would end a table's cell even
 * there. */
static void code(struct buf *out, const char *text)
{
	char *line = safe_line(text);
	size_t most = longest_run(line, '`');
	const char *pad = most > 0 || *line == '\0' ? " " : "";

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

static void put_run(struct buf *out, const struct doc_node *run)
{
	const char *around = run->kind == DOC_STRONG ? "**" : "";

	if (run->kind == DOC_NAME) {
		code(out, run->text);
		return;
	}
	buf_puts(out, run->kind == DOC_SMALL && *run->text != ' ' ? ", " : around);
	plain(out, run->text);
	buf_puts(out, run->kind == DOC_LABEL ? ": " : around);
}

static void put_runs(const struct markdown *to, const struct doc_node *node)
{
	size_t count = doc_count(node), shown = 0;
	size_t most = to->verbose || node->flags & DOC_WHOLE || count <= NAMES_MOST + 1
	                      ? count
	                      : NAMES_MOST;

	if (node->text != NULL) {
		plain(to->out, node->text);
		buf_puts(to->out, ": ");
	}
	for (const struct doc_node *run = node->first; run != NULL; run = run->next) {
		if (node->kind == DOC_NAMES && shown++ == most) {
			buf_printf(to->out, " and %zu more", count - most);
			return;
		}
		buf_puts(to->out, node->kind == DOC_NAMES && shown > 1 ? ", " : "");
		put_run(to->out, run);
	}
}

static void blanks(struct buf *out, size_t count)
{
	buf_printf(out, "%*s", (int)count, "");
}

static void put_cell(const struct markdown *to, const struct doc_node *cell)
{
	buf_printf(to->out, " %s", doc_sign(cell->look, false));
	for (const struct doc_node *part = cell->first; part != NULL; part = part->next) {
		if (part->kind == DOC_NAMES)
			put_runs(to, part);
		else
			put_run(to->out, part);
	}
	buf_puts(to->out, " |");
}

static void put_table(const struct markdown *to, const struct doc_node *table)
{
	buf_putc(to->out, '\n');
	for (const struct doc_node *row = table->first; row != NULL; row = row->next) {
		buf_putc(to->out, '|');
		for (const struct doc_node *cell = row->first; cell != NULL; cell = cell->next)
			put_cell(to, cell);
		buf_putc(to->out, '\n');
		out_drain(to->how, to->out);
		if (row != table->first)
			continue;
		buf_putc(to->out, '|');
		for (const struct doc_node *cell = row->first; cell != NULL; cell = cell->next)
			buf_puts(to->out, "---|");
		buf_putc(to->out, '\n');
	}
}

/* The first paragraph stands on the item's own line; in a step's place is a box to be ticked. */
static void put_item(const struct markdown *to, const struct doc_node *item, size_t number,
                     size_t indent)
{
	const struct doc_node *rest = item->first;

	blanks(to->out, indent);
	buf_puts(to->out, item->look == DOC_STEP ? "- [ ] " : "- ");
	if (item->text != NULL) {
		buf_puts(to->out, "**");
		if (item->look == DOC_STEP)
			buf_printf(to->out, "%zu. ", number);
		plain(to->out, item->text);
		buf_puts(to->out, "**");
	} else if (rest != NULL && (rest->kind == DOC_PARAGRAPH || rest->kind == DOC_NAMES)) {
		put_runs(to, rest);
		rest = rest->next;
	}
	buf_putc(to->out, '\n');
	put_blocks(to, rest, indent + 2);
}

static void put_list(const struct markdown *to, const struct doc_node *list, size_t indent)
{
	size_t count = doc_count(list), shown = 0;
	size_t most = to->verbose || list->flags & DOC_WHOLE ? count : ITEMS_MOST;

	if (indent == 0)
		buf_putc(to->out, '\n');
	for (const struct doc_node *item = list->first; item != NULL && shown < most;
	     item = item->next) {
		put_item(to, item, ++shown, indent);
		out_drain(to->how, to->out);
	}
	if (shown < count)
		buf_printf(to->out, "%*s- ... and %zu more\n", (int)indent, "", count - shown);
}

/* In an item a paragraph is an item of its own: it needs no empty lines, and no tracker runs it
 * into the title. */
static void put_paragraph(const struct markdown *to, const struct doc_node *node, size_t indent)
{
	if (indent > 0) {
		blanks(to->out, indent);
		buf_puts(to->out, "- ");
	} else {
		buf_putc(to->out, '\n');
	}
	if (node->look == DOC_DO)
		buf_puts(to->out, "Do: ");
	put_runs(to, node);
	buf_putc(to->out, '\n');
}

/* A fence of tildes, one more than the line has in a row. */
static void put_code(const struct markdown *to, const struct doc_node *node, size_t indent)
{
	size_t tildes = longest_run(node->text, '~') < 3 ? 3 : longest_run(node->text, '~') + 1;

	if (indent > 0) { /* in a list a span takes less room */
		blanks(to->out, indent);
		buf_puts(to->out, "- ");
		code(to->out, node->text);
		buf_putc(to->out, '\n');
		return;
	}
	buf_putc(to->out, '\n');
	for (size_t i = 0; i < tildes; i++)
		buf_putc(to->out, '~');
	buf_puts(to->out, "text\n");
	safe_add(to->out, node->text);
	buf_putc(to->out, '\n');
	for (size_t i = 0; i < tildes; i++)
		buf_putc(to->out, '~');
	buf_putc(to->out, '\n');
}

static void put_bars(const struct markdown *to, const struct doc_node *bars)
{
	buf_puts(to->out, "\n| Month | Certificates |\n|---|---|\n");
	for (const struct doc_node *item = bars->first; item != NULL; item = item->next)
		if (item->value > 0)
			buf_printf(to->out, "| %s | %zu |\n", item->text, item->value);
}

static void put_titled(const struct markdown *to, const struct doc_node *node)
{
	struct markdown inner = *to;

	buf_putc(to->out, '\n');
	for (size_t i = 0; i < to->depth && i < 6; i++)
		buf_putc(to->out, '#');
	buf_putc(to->out, ' ');
	plain(to->out, node->text);
	buf_putc(to->out, '\n');
	inner.depth++;
	put_blocks(&inner, node->first, 0);
}

static void put_answer(const struct markdown *to, const struct doc_node *node)
{
	buf_puts(to->out, "\n**");
	plain(to->out, node->first->text);
	buf_puts(to->out, "**\n");
}

static void put_block(const struct markdown *to, const struct doc_node *node, size_t indent)
{
	switch (node->kind) {
	case DOC_ANSWER:
		put_answer(to, node);
		return;
	case DOC_SECTION:
	case DOC_FOLD:
		put_titled(to, node);
		return;
	case DOC_LIST:
		put_list(to, node, indent);
		return;
	case DOC_TABLE:
		put_table(to, node);
		return;
	case DOC_BARS:
		put_bars(to, node);
		return;
	case DOC_CODE:
		put_code(to, node, indent);
		return;
	case DOC_PARAGRAPH:
	case DOC_NAMES:
		put_paragraph(to, node, indent);
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

static void put_blocks(const struct markdown *to, const struct doc_node *first, size_t indent)
{
	for (const struct doc_node *node = first; node != NULL; node = node->next) {
		/* A ticket says why and where; only what goes node by node is too much for it. */
		bool words = node->kind == DOC_PARAGRAPH || node->kind == DOC_NAMES;

		if (doc_shown(node, to->verbose || words))
			put_block(to, node, indent);
		out_drain(to->how, to->out);
	}
}

static void put(const struct doc_node *block, const struct out_how *how, struct buf *out)
{
	struct markdown to = { how, out, how->verbose, 2 };

	if (doc_shown(block, how->verbose))
		put_block(&to, block, 0);
}

static void begin(const struct doc_head *head, const struct out_how *how, struct buf *out)
{
	(void)how;
	buf_puts(out, "# ");
	plain(out, head->title);
	buf_putc(out, '\n');
}

static void end(const struct out_how *how, struct buf *out)
{
	(void)how, (void)out;
}

const struct doc_layout markdown_layout = { begin, put, end, false };
