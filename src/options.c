/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "formats.h"
#include "options_table.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { HELP_COLUMN = 34, HELP_WIDTH = 80 };

static const struct {
	const char *name, *synopsis, *what;
	int commands;
} commands[] = {
	[COMMAND_AUDIT] = { NULL, "mra-preflight [OPTION...] PUBLISHER[:PORT]...", "discover, resolve, probe, judge, report", FOR_AUDIT },
	[COMMAND_VERIFY] = { "verify", "mra-preflight verify [OPTION...] CHAIN.pem", "judge a chain from a file (leaf first), no network", FOR_VERIFY },
	[COMMAND_REPLAY] = { "replay", "mra-preflight replay [OPTION...] REPORT.json...", "judge saved observations again, no network", FOR_REPLAY },
	[COMMAND_DIFF] = { "diff", "mra-preflight diff OLD.json NEW.json", "what got worse, better, new, gone", FOR_DIFF },
	[COMMAND_LOG] = { "log", "mra-preflight log [OPTION...] FILE...", "what Expressway-C's diagnostic logs say it did, no network", FOR_LOG },
};
enum { COMMANDS_NAMED = 5, OPTIONS_MOST = 64 };

static void set_defaults(struct options *options)
{
	memset(options, 0, sizeof *options);
	options->uds_port = 8443;
	options->warning_days = 30;
	options->ipv4 = options->ipv6 = true;
	options->connect_timeout_s = 5;
	options->handshake_timeout_s = 10;
	options->deadline_s = 300;
	options->retries = 1;
	options->parallel = 512;
	options->per_address = 4;
}

/* getopt_long's view of the rows of one command. */
static void fill_getopt(int commands_wanted, struct option *longs, char *letters)
{
	size_t n = 0;

	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if ((row->commands & commands_wanted) == 0)
			continue;
		longs[n++] = (struct option){ row->name, row->argument != NULL ? required_argument : no_argument, NULL,
			                      (int)(256 + i) };
		if (row->letter != 0) {
			*letters++ = row->letter;
			if (row->argument != NULL)
				*letters++ = ':';
		}
	}
	*letters = '\0';
}

/* getopt_long returns only what fill_getopt told it of. */
static const struct option_row *row_of(int got)
{
	size_t i = 0;

	if (got >= 256)
		return &option_rows[got - 256];
	while (i + 1 < option_row_count && option_rows[i].letter != got)
		i++;
	return &option_rows[i];
}

static int parse_options(struct options *options, int argc, char **argv, struct fault *fault)
{
	struct option longs[OPTIONS_MOST] = { { NULL, 0, NULL, 0 } };
	char letters[2 * OPTIONS_MOST] = "";
	int got;

	fill_getopt(commands[options->command].commands, longs, letters + 1);
	letters[0] = ':'; /* a missing argument is told from an unknown option */
	opterr = 0;
	optind = 0;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const char *word = argv[optind > 1 ? optind - 1 : 1];

		if (got == ':')
			return fault_set(fault, FAULT_USAGE, "option %s needs a value; see --help", word);
		if (got == '?' && optopt != 0 && optopt < 256)
			return fault_set(fault, FAULT_USAGE, "unknown option -%c; see --help", optopt);
		if (got == '?')
			return fault_set(fault, FAULT_USAGE, "unknown or ambiguous option %.100s; see --help", word);
		if (row_of(got)->set(options, optarg, fault) != 0)
			return -1;
	}
	return 0;
}

static int take_targets(struct options *options, int count, char **words, struct fault *fault)
{
	for (int i = 0; i < count; i++) {
		struct target target;

		if (target_parse(words[i], &target) != 0)
			return fault_set(fault, FAULT_USAGE,
			                 "\"%.100s\" is no publisher: give a name, an IPv4 or [IPv6], with :PORT or without",
			                 words[i]);
		options->targets = mem_grow(options->targets, (size_t)i, sizeof *options->targets);
		options->targets[i] = target;
		options->target_count = (size_t)i + 1;
	}
	return 0;
}

static int check_audit(const struct options *options, struct fault *fault)
{
	if (options->no_discovery && options->node_count == 0 && options->node_files.count == 0 &&
	    options->target_count == 0 && options->logs.count == 0)
		return fault_set(fault, FAULT_USAGE, "no node: with --no-discovery give --node, --nodes or --from-log");
	if (options->no_discovery && options->domains.count > 0)
		return fault_set(fault, FAULT_USAGE, "--domain is discovery: leave out --no-discovery");
	if (!options->no_discovery && options->target_count == 0 && options->domains.count == 0 && options->logs.count == 0)
		return fault_set(fault, FAULT_USAGE,
		                 "no publisher: name the CUCM publisher, or give --domain, or --no-discovery and --node; see --help");
	return 0;
}

static bool log_writes(const char *format)
{
	return format == NULL || strcmp(format, "text") == 0 || strcmp(format, "json") == 0 || strcmp(format, "html") == 0;
}

static int check_log(const struct options *options, struct fault *fault)
{
	if (options->files.count == 0)
		return fault_set(fault, FAULT_USAGE, "log takes one or more diagnostic logs of an Expressway-C, packed or not (or -)");
	for (size_t i = 0; i < options->output_count; i++)
		if (!log_writes(options->outputs[i].format))
			return fault_set(fault, FAULT_USAGE, "log writes text, json or html, not %s", options->outputs[i].format);
	return log_writes(options->format) ? 0 : fault_set(fault, FAULT_USAGE, "log writes text, json or html, not %s", options->format);
}

static int check(const struct options *options, struct fault *fault)
{
	bool judges = options->command != COMMAND_DIFF && options->command != COMMAND_REPLAY && options->command != COMMAND_LOG;

	if ((options->order != NULL) + (options->cipher_string != NULL) + (options->upgrade != NULL) > 1)
		return fault_set(fault, FAULT_USAGE, "give only one of --order, --cipher-string and --upgrade");
	if (judges && options->trusts.count == 0)
		return fault_set(fault, FAULT_USAGE,
		                 "no trust store: give --trust FILE (Expressway: Maintenance > Security > Trusted CA "
		                 "certificate > Show all), or --trust none");
	if (options->command == COMMAND_AUDIT)
		return check_audit(options, fault);
	if (options->command == COMMAND_LOG)
		return check_log(options, fault);
	if (options->command == COMMAND_VERIFY && options->files.count != 1)
		return fault_set(fault, FAULT_USAGE, "verify takes one file with the chain, leaf first (or -)");
	if ((options->command == COMMAND_VERIFY || options->command == COMMAND_DIFF) && options->format != NULL &&
	    strcmp(options->format, "text") != 0 && strcmp(options->format, "json") != 0)
		return fault_set(fault, FAULT_USAGE, "verify and diff write text or json, not %s", options->format);
	if (options->command == COMMAND_REPLAY && options->files.count == 0)
		return fault_set(fault, FAULT_USAGE, "replay takes one or more reports written with -f json");
	if (options->command == COMMAND_DIFF && options->files.count != 2)
		return fault_set(fault, FAULT_USAGE, "diff takes two reports written with -f json: OLD.json NEW.json");
	return 0;
}

/* The same file twice is two operands (diff X X): names_add would drop one. */
static void add_operand(struct names *names, const char *text)
{
	names->items = mem_grow(names->items, names->count, sizeof *names->items);
	names->items[names->count++] = mem_strdup(text);
}

/* help [COMMAND | man], version [--licences]. */
static int parse_words(struct options *options, int count, char **words, struct fault *fault)
{
	const char *word = count > 1 ? words[1] : NULL;
	bool known = word == NULL;

	if (count > 2)
		return fault_set(fault, FAULT_USAGE, "%s takes one word at most", words[0]);
	if (strcmp(words[0], "version") == 0) {
		options->command = word == NULL ? COMMAND_VERSION : COMMAND_LICENCES;
		return known || strcmp(word, "--licences") == 0 ? 0 : fault_set(fault, FAULT_USAGE, "version takes nothing but --licences");
	}
	options->command = COMMAND_HELP;
	for (int i = 1; i < COMMANDS_NAMED && word != NULL; i++)
		if (strcmp(word, commands[i].name) == 0) {
			options->help_for = (enum command)i;
			known = true;
		}
	if (word != NULL && strcmp(word, "man") == 0) {
		options->command = COMMAND_MANUAL;
		known = true;
	}
	return known ? 0 : fault_set(fault, FAULT_USAGE, "no help for \"%.100s\": name a command, or man for the manual page", word);
}

int options_parse(struct options *options, int argc, char **argv, struct fault *fault)
{
	set_defaults(options);
	if (argc > 1 && (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "version") == 0))
		return parse_words(options, argc - 1, argv + 1, fault);
	for (int i = 1; i < COMMANDS_NAMED && argc > 1; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			options->command = (enum command)i;
	if (options->command != COMMAND_AUDIT) {
		argc--;
		argv++;
	}
	if (parse_options(options, argc, argv, fault) != 0)
		return -1;
	if (options->command == COMMAND_HELP || options->command == COMMAND_VERSION)
		return 0;
	if (options->command == COMMAND_AUDIT) {
		if (take_targets(options, argc - optind, argv + optind, fault) != 0)
			return -1;
	} else {
		for (int i = optind; i < argc; i++)
			add_operand(&options->files, argv[i]);
	}
	return check(options, fault);
}

void options_clear(struct options *options)
{
	for (size_t i = 0; i < options->target_count; i++)
		target_clear(&options->targets[i]);
	free(options->targets);
	for (size_t i = 0; i < options->node_count; i++)
		free(options->nodes[i].address);
	free(options->nodes);
	for (size_t i = 0; i < options->fixed_count; i++) {
		for (size_t j = 0; j < options->fixed[i].ip_count; j++)
			free(options->fixed[i].ips[j]);
		free(options->fixed[i].ips);
		free(options->fixed[i].host);
	}
	free(options->fixed);
	for (size_t i = 0; i < options->output_count; i++) {
		free(options->outputs[i].format);
		free(options->outputs[i].path);
	}
	free(options->outputs);
	for (size_t i = 0; i < options->expressway_host_count; i++)
		target_clear(&options->expressway_hosts[i]);
	free(options->expressway_hosts);
	names_clear(&options->clients);
	names_clear(&options->snapshots);
	names_clear(&options->files);
	names_clear(&options->trusts);
	names_clear(&options->node_files);
	names_clear(&options->logs);
	for (size_t i = 0; i < options->told_count; i++)
		free(options->told[i].address);
	free(options->told);
	names_clear(&options->searches);
	names_clear(&options->domains);
	names_clear(&options->addresses);
	free(options->ports);
	free(options->order);
	free(options->cipher_string);
	free(options->upgrade);
	free(options->expressway);
	free(options->dns_server);
	free(options->format);
	free(options->export_dir);
	free(options->ip);
	free(options->calibration);
	free(options->log_report);
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

void options_help(enum command command, struct buf *out)
{
	size_t count;
	const struct out_format *formats = formats_all(&count);

	buf_puts(out, "Usage:\n");
	for (int i = 0; i < COMMANDS_NAMED; i++)
		if (command == COMMAND_AUDIT || i == (int)command)
			buf_printf(out, "  %s\n      %s\n", commands[i].synopsis, commands[i].what);
	buf_puts(out, "\nTells before an Expressway upgrade which CUCM, IM&P and Unity certificates its\n"
	              "traffic server (X14.2 and later) would refuse for Mobile and Remote Access.\n\nOptions:\n");
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].commands & (command == COMMAND_AUDIT ? FOR_AUDIT : commands[command].commands))
			help_row(out, &option_rows[i]);
	buf_puts(out, "\nFormats:\n");
	for (size_t i = 0; i < count; i++)
		if (command == COMMAND_AUDIT || command == COMMAND_REPLAY || i < 2) /* the others answer as text or json */
			help_format(out, &formats[i]);
	if (command == COMMAND_AUDIT)
		buf_puts(out, "\nverify, replay, diff and log have a --help of their own; \"help man\" is the\n"
		              "manual page where it is not installed, \"version --licences\" says whose code this is.\n");
	buf_puts(out, "\nExit status: 0 all accepted, 1 at least one refused, 2 usage or nothing done,\n"
	              "3 nothing is known to fail, but something could not be checked.\n");
}
