/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "options_help.h"
#include "options_table.h"

#include <assert.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MOST = 64, LETTERS_MOST = 128, FIRST_LONG = 256 };

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
	options->parallel = 800; /* a cluster of 200 nodes: what has to be completed goes at once */
	options->per_address = 4;
}

/* getopt_long's view of the rows of one command; longs and letters are zeros. */
static void fill_getopt(int commands_wanted, struct option *longs, char *letters)
{
	size_t n = 0;

	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if ((row->commands & commands_wanted) == 0)
			continue;
		longs[n++] =
			(struct option){ row->name,
			                 row->argument != NULL ? required_argument : no_argument,
			                 NULL, (int)(FIRST_LONG + i) };
		if (row->letter != 0) {
			*letters++ = row->letter;
			if (row->argument != NULL)
				*letters++ = ':';
		}
	}
}

/* getopt_long returns only what fill_getopt told it of. */
static const struct option_row *row_of(int got)
{
	size_t i = 0;

	if (got >= FIRST_LONG)
		return &option_rows[got - FIRST_LONG];
	while (option_rows[i].letter != got) {
		i++;
		assert(i < option_row_count);
	}
	return &option_rows[i];
}

/* What getopt_long does not know: a slip, an option of another command, or the beginning of
 * several. */
static int unknown(const struct options *options, const char *word, struct fault *fault)
{
	char *name = mem_strndup(word + strspn(word, "-"), strcspn(word + strspn(word, "-"), "="));
	const struct option_row *meant =
		options_nearest(name, command_rows[options->command].commands);
	const struct option_row *elsewhere = options_named(name);

	free(name);
	if (elsewhere != NULL)
		return fault_set(
			fault, FAULT_USAGE, "option --%s is not for %s: try %s", elsewhere->name,
			options->command == COMMAND_AUDIT ? "an audit"
							  : command_rows[options->command].name,
			options_help_command(options->command));
	if (meant != NULL)
		return fault_set(fault, FAULT_USAGE, "unknown option %.100s: did you mean --%s?",
		                 word, meant->name);
	return fault_set(fault, FAULT_USAGE, "unknown or ambiguous option %.100s: try %s", word,
	                 options_help_command(options->command));
}

static int parse_options(struct options *options, int argc, char **argv, struct fault *fault)
{
	struct option longs[OPTIONS_MOST] = { { .name = NULL } };
	char letters[LETTERS_MOST] = ":";
	int got;

	fill_getopt(command_rows[options->command].commands, longs, letters + 1);
	/* The colon: a missing argument is told from an unknown option, and by us alone. */
	optind = 0;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const char *word = argv[optind - 1];

		if (got == ':')
			return fault_set(fault, FAULT_USAGE, "option %.100s needs a value: try %s",
			                 word, options_help_command(options->command));
		if (got == '?' && optopt >= FIRST_LONG)
			return fault_set(fault, FAULT_USAGE, "option --%s takes no value",
			                 option_rows[optopt - FIRST_LONG].name);
		if (got == '?' && optopt != 0)
			return fault_set(fault, FAULT_USAGE, "unknown option -%c: try %s", optopt,
			                 options_help_command(options->command));
		if (got == '?')
			return unknown(options, word, fault);
		if (option_set(row_of(got), options, optarg, fault) != 0)
			return -1;
	}
	return 0;
}

static int take_targets(struct options *options, int count, char **words, struct fault *fault)
{
	for (int i = 0; i < count; i++) {
		struct target target;

		if (target_parse(words[i], &target) != 0)
			return fault_set(
				fault, FAULT_USAGE,
				"\"%.100s\" is not a publisher: give a name, an IPv4 or [IPv6], with :PORT or without",
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
		return fault_set(fault, FAULT_USAGE,
		                 "no node: with --no-discovery give --node, --nodes or --from-log");
	if (options->no_discovery && options->domains.count > 0)
		return fault_set(fault, FAULT_USAGE,
		                 "--domain is discovery: leave out --no-discovery");
	if (!options->no_discovery && options->target_count == 0 && options->domains.count == 0 &&
	    options->logs.count == 0)
		return fault_set(
			fault, FAULT_USAGE,
			"no publisher: name the CUCM publisher, or give --domain, or --no-discovery and --node; try mra-preflight help");
	return 0;
}

static int check_log(const struct options *options, struct fault *fault)
{
	if (options->files.count == 0)
		return fault_set(
			fault, FAULT_USAGE,
			"log takes one or more diagnostic logs of an Expressway-C, packed or not (or -)");
	return 0;
}

static int check(const struct options *options, struct fault *fault)
{
	bool judges = options->command != COMMAND_DIFF && options->command != COMMAND_REPLAY &&
	              options->command != COMMAND_LOG;

	if ((options->order != NULL) + (options->cipher_string != NULL) +
	            (options->upgrade != NULL) >
	    1)
		return fault_set(fault, FAULT_USAGE,
		                 "give only one of --order, --cipher-string and --upgrade");
	if (judges && options->trusts.count == 0)
		return fault_set(
			fault, FAULT_USAGE,
			"no trust store: give --trust FILE (Expressway: Maintenance > Security > Trusted CA "
			"certificate > Show all), or --trust none");
	if (options->command == COMMAND_AUDIT)
		return check_audit(options, fault);
	if (options->command == COMMAND_LOG)
		return check_log(options, fault);
	if (options->command == COMMAND_VERIFY && options->files.count != 1)
		return fault_set(fault, FAULT_USAGE,
		                 "verify takes one file with the chain, leaf first (or -)");
	if ((options->command == COMMAND_VERIFY || options->command == COMMAND_DIFF) &&
	    options->format != NULL && strcmp(options->format, "text") != 0 &&
	    strcmp(options->format, "json") != 0)
		return fault_set(fault, FAULT_USAGE, "verify and diff write text or json, not %s",
		                 options->format);
	if (options->command == COMMAND_REPLAY && options->files.count == 0)
		return fault_set(fault, FAULT_USAGE,
		                 "replay takes one or more reports written with -f json");
	if (options->command == COMMAND_DIFF && options->files.count != 2)
		return fault_set(fault, FAULT_USAGE,
		                 "diff takes two reports written with -f json: OLD.json NEW.json");
	return 0;
}

/* The same file twice is two operands (diff X X): names_add would drop one. */
static void add_operand(struct names *names, const char *text)
{
	names->items = mem_grow(names->items, names->count, sizeof *names->items);
	names->items[names->count++] = mem_strdup(text);
}

static int help_of(struct options *options, int argc, char **argv, struct fault *fault)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	options->help_for = COMMAND_AUDIT;
	if (word == NULL)
		return 0;
	if (options->command == COMMAND_VERSION) {
		options->command = COMMAND_LICENCES;
		return strcmp(word, "--licences") == 0
		               ? 0
		               : fault_set(fault, FAULT_USAGE,
		                           "version takes nothing but --licences");
	}
	if (strcmp(word, "man") == 0) {
		options->command = COMMAND_MANUAL;
		return 0;
	}
	for (size_t i = 1; i < command_row_count; i++) {
		if (strcmp(word, command_rows[i].name) == 0) {
			options->help_for = (enum command)i;
			return 0;
		}
	}
	return fault_set(
		fault, FAULT_USAGE,
		"there is no command \"%.100s\": try mra-preflight help, or help man for the manual page",
		word);
}

static int take_words(struct options *options, int argc, char **argv, struct fault *fault)
{
	if (options->command == COMMAND_HELP || options->command == COMMAND_VERSION)
		return help_of(options, argc, argv, fault);
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

int options_parse(struct options *options, int argc, char **argv, struct fault *fault)
{
	int rc;

	set_defaults(options);
	if (argc <= 1) {
		options->command = COMMAND_NONE;
		return 0;
	}
	for (size_t i = 1; i < command_row_count; i++)
		if (strcmp(argv[1], command_rows[i].name) == 0)
			options->command = (enum command)i;
	if (options->command != COMMAND_AUDIT) {
		argc--;
		argv++;
	} else {
		options->meant = options_nearest_command(argv[1]);
	}
	rc = take_words(options, argc, argv, fault);
	if (rc != 0 && options->meant != NULL && fault->code == FAULT_USAGE) {
		char *said = mem_strdup(fault->text);

		fault_set(fault, FAULT_USAGE,
		          "%.300s; or did you mean the command \"%s\" by \"%.40s\"?", said,
		          options->meant, argv[1]);
		free(said);
	}
	return rc;
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
