/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/safe.h"
#include "out/wrap.h"

#include <stdlib.h>
#include <string.h>

static const char *const inks[] = {
	[INK_NONE] = "",           [INK_BOLD] = "\033[1m",
	[INK_RED] = "\033[1;31m",  [INK_GREEN] = "\033[1;32m",
	[INK_YELLOW] = "\033[33m", [INK_DIM] = "\033[2m",
};

static void dip(const struct paper *paper, enum ink ink)
{
	if (paper->color && ink != INK_NONE)
		buf_puts(paper->out, inks[ink]);
}

static void blot(const struct paper *paper, enum ink ink)
{
	if (paper->color && ink != INK_NONE)
		buf_puts(paper->out, "\033[0m");
}

static void blanks(const struct paper *paper, size_t count)
{
	while (count-- > 0)
		buf_putc(paper->out, ' ');
}

static void put_words(const struct paper *paper, size_t indent, char *line)
{
	size_t column = indent;
	bool first = true;
	char *rest = NULL;

	for (char *word = strtok_r(line, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		size_t columns = safe_columns(word);

		if (!first && column + 1 + columns > paper->width) {
			buf_putc(paper->out, '\n');
			blanks(paper, indent);
			column = indent;
		} else if (!first) {
			buf_putc(paper->out, ' ');
			column++;
		}
		buf_puts(paper->out, word);
		column += columns;
		first = false;
	}
}

void wrap_text(const struct paper *paper, const char *first, enum ink ink, const char *text)
{
	char *line = safe_line(text);

	buf_puts(paper->out, first);
	dip(paper, ink);
	put_words(paper, safe_columns(first), line);
	blot(paper, ink);
	buf_putc(paper->out, '\n');
	free(line);
}

void wrap_heading(const struct paper *paper, const char *text)
{
	buf_putc(paper->out, '\n');
	wrap_text(paper, "", INK_BOLD, text);
}

void wrap_whole(const struct paper *paper, const char *first, const char *text)
{
	buf_puts(paper->out, first);
	safe_add(paper->out, text);
	buf_putc(paper->out, '\n');
}
