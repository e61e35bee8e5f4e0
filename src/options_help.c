/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "formats.h"
#include "options_help.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HELP_COLUMN = 34, HELP_WIDTH = 80, WORD_MOST = 32 };

/* How many letters stand wrong, are missing or too many, two changed over as one (the optimal
 * string alignment distance), between a word and one of ours; WORD_MOST for one that is longer than
 * any of ours. */
static unsigned slips(const char *a, const char *b)
{
	unsigned rows[WORD_MOST][WORD_MOST];
	size_t n = strlen(a), m = strlen(b);

	assert(m < WORD_MOST);
	if (n >= WORD_MOST)
		return WORD_MOST;
	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			unsigned best = (unsigned)(i > j ? i : j);

			if (i > 0 && j > 0) {
				unsigned more = rows[i - 1][j] + 1, fewer = rows[i][j - 1] + 1,
					 changed = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

				best = more < fewer ? more : fewer;
				best = changed < best ? changed : best;
			}
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
				unsigned swapped = rows[i - 2][j - 2] + 1;

				best = swapped < best ? swapped : best;
			}
			rows[i][j] = best;
		}
	}
	return rows[n][m];
}

const struct option_row *options_named(const char *name)
{
	for (size_t i = 0; i < option_row_count; i++)
		if (strcmp(option_rows[i].name, name) == 0)
			return &option_rows[i];
	return NULL;
}

const struct option_row *options_nearest(const char *name, int commands)
{
	const struct option_row *found = NULL;
	unsigned least =
		strlen(name) < 5 ? 2 : 3; /* one slip in a short word, two in a longer one */
	bool alone = true;

	for (size_t i = 0; i < option_row_count; i++) {
		unsigned n = (option_rows[i].commands & commands) != 0
		                     ? slips(name, option_rows[i].name)
		                     : WORD_MOST;

		if (n == least)
			alone = false;
		if (n >= least)
			continue;
		least = n;
		found = &option_rows[i];
		alone = true;
	}
	return alone ? found : NULL;
}

const char *options_nearest_command(const char *word)
{
	for (size_t i = 1; i < command_row_count; i++)
		if (slips(word, command_rows[i].name) == 1)
			return command_rows[i].name;
	return NULL;
}

const char *options_help_command(enum command command)
{
	switch (command) {
	case COMMAND_VERIFY:
		return "mra-preflight help verify";
	case COMMAND_REPLAY:
		return "mra-preflight help replay";
	case COMMAND_DIFF:
		return "mra-preflight help diff";
	case COMMAND_LOG:
		return "mra-preflight help log";
	case COMMAND_AUDIT:
	case COMMAND_HELP:
	case COMMAND_VERSION:
	case COMMAND_MANUAL:
	case COMMAND_LICENCES:
	case COMMAND_NONE:
		break;
	}
	return "mra-preflight help";
}

/* Appends text from column HELP_COLUMN on, broken between words. */
static void help_text(struct buf *out, size_t column, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + len > HELP_WIDTH) {
			buf_putc(out, '\n');
			column = 0;
		}
		if (column < HELP_COLUMN) {
			buf_printf(out, "%*s", (int)(HELP_COLUMN - column), "");
			column = HELP_COLUMN;
		} else {
			buf_putc(out, ' ');
			column++;
		}
		buf_add(out, text, len);
		column += len;
		text += len + strspn(text + len, " ");
	}
	buf_putc(out, '\n');
}

static void help_row(struct buf *out, const struct option_row *row)
{
	size_t start = out->len;

	if (row->letter != 0)
		buf_printf(out, "  -%c, --%s", row->letter, row->name);
	else
		buf_printf(out, "      --%s", row->name);
	if (row->argument != NULL)
		buf_printf(out, "=%s", row->argument);
	if (out->len - start >= HELP_COLUMN) {
		buf_putc(out, '\n');
		start = out->len;
	}
	help_text(out, out->len - start, row->help);
}

static void help_format(struct buf *out, const struct out_format *format)
{
	size_t start = out->len;

	buf_printf(out, "  %s", format->name);
	help_text(out, out->len - start, format->what);
}

/* What the exit status says, which is not the same for every command. */
static void help_status(enum command command, struct buf *out)
{
	if (command == COMMAND_DIFF)
		buf_puts(
			out,
			"\nExit status: 0 nothing got worse, 1 something did, 2 usage or nothing done.\n");
	else if (command == COMMAND_LOG)
		buf_puts(
			out,
			"\nExit status: 0 the last result of every address is accepted, 1 of at least one\n"
			"it is not, 2 usage or nothing done, 3 nothing of the traffic server is in the\n"
			"files, or no result.\n");
	else
		buf_puts(
			out,
			"\nExit status: 0 all accepted, 1 at least one refused, 2 usage or nothing done,\n"
			"3 nothing is known to fail, but something could not be checked.\n");
}

void options_help(enum command command, struct buf *out)
{
	size_t count;
	const struct out_format *formats = formats_all(&count);

	buf_puts(out, "Usage:\n");
	for (size_t i = 0; i < command_row_count; i++)
		if (command == COMMAND_AUDIT || i == (size_t)command)
			buf_printf(out, "  %s\n      %s\n", command_rows[i].synopsis,
			           command_rows[i].what);
	if (command == COMMAND_HELP || command == COMMAND_VERSION)
		return;
	buf_puts(
		out,
		"\nTells before an Expressway upgrade which CUCM, IM&P and Unity certificates its\n"
		"traffic server (X14.2 and later) would refuse for Mobile and Remote Access.\n\nOptions:\n");
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].commands &
		    (command == COMMAND_AUDIT ? FOR_AUDIT : command_rows[command].commands))
			help_row(out, &option_rows[i]);
	buf_puts(out, "\nFormats:\n");
	for (size_t i = 0; i < count; i++)
		if (command == COMMAND_AUDIT || command == COMMAND_REPLAY ||
		    (command == COMMAND_LOG ? formats[i].write_log != NULL
		                            : i < 2)) /* verify and diff: text or json */
			help_format(out, &formats[i]);
	if (command == COMMAND_AUDIT)
		buf_puts(
			out,
			"\nverify, replay, diff and log have options of their own: mra-preflight help log.\n");
	help_status(command, out);
}

void options_usage(struct buf *out)
{
	buf_puts(out, "Usage:\n");
	for (size_t i = 0; i < command_row_count; i++)
		buf_printf(out, "  %s\n", command_rows[i].synopsis);
	buf_puts(
		out,
		"\nTo begin, save Expressway-C's trust store (Maintenance > Security > Trusted CA\n"
		"certificate > Show all) as expressway-ca.pem; then, with your CUCM publisher's name:\n"
		"  mra-preflight -t expressway-ca.pem cucm-pub.example.com\n"
		"All options: mra-preflight help\n");
}
