/* SPDX-License-Identifier: MIT */
/* options_help: what is said about the command line: --help, the short usage, and what a mistyped
 * word may have meant. Knows the tables of options and commands, no values. */
#ifndef MRA_OPTIONS_HELP_H
#define MRA_OPTIONS_HELP_H

#include "options_table.h"

/* The option of that long name, whatever command it belongs to; or NULL. */
const struct option_row *options_named(const char *name);
/* The one option of these commands (FOR_...) that is nearest to a mistyped name, at most two slips
 * away; NULL if none is, or if two are as near. */
const struct option_row *options_nearest(const char *name, int commands);
/* The command that word is one slip away from, or NULL. */
const char *options_nearest_command(const char *word);
/* What to type to read the options of a command. */
const char *options_help_command(enum command command);

#endif
