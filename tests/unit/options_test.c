/* SPDX-License-Identifier: MIT */
/* options: what each word of the command line leaves in struct options. */
#include "config.h"

#include "blocks.h"
#include "options.h"
#include "options_help.h"
#include "options_table.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MOST = 16 };

static int parse(struct options *options, struct fault *fault, const char *const *words)
{
	static char copies[WORDS_MOST][256];
	char *argv[WORDS_MOST + 2] = { (char[]){ "mra-preflight" } };
	int argc = 1;

	for (; words[argc - 1] != NULL; argc++) {
		snprintf(copies[argc], sizeof copies[argc], "%s", words[argc - 1]);
		argv[argc] = copies[argc];
	}
	fault->text[0] = '\0';
	return options_parse(options, argc, argv, fault);
}

#define PARSE(options, fault, ...) parse(options, fault, (const char *const[]){ __VA_ARGS__, NULL })

/* Around each test: nothing of a command line is left when its options are cleared. */
static int begin(void **state)
{
	static long blocks;

	blocks = blocks_used();
	*state = &blocks;
	return 0;
}

static int end(void **state)
{
	return blocks_used() == *(long *)*state ? 0 : -1;
}

static void test_defaults(void **state)
{
	struct options options;
	struct fault fault;

	(void)state;
	assert_int_equal(PARSE(&options, &fault, "-t", "ca.pem", "pub.example.com"), 0);
	assert_int_equal(options.command, COMMAND_AUDIT);
	assert_int_equal(options.port_count, 0); /* each kind of server has its own: service.def */
	assert_int_equal(options.uds_port, 8443);
	assert_int_equal(options.era, ERA_OPENSSL1);
	assert_int_equal(options.warning_days, 30);
	assert_int_equal(options.connect_timeout_s, 5);
	assert_int_equal(options.handshake_timeout_s, 10);
	assert_int_equal(options.deadline_s, 300);
	assert_int_equal(options.retries, 1);
	assert_int_equal(options.parallel, 800);
	assert_int_equal(options.per_address, 4);
	assert_true(options.ipv4 && options.ipv6);
	assert_string_equal(options.targets[0].host, "pub.example.com");
	options_clear(&options);
}

static void test_audit_words(void **state)
{
	struct options options;
	struct fault fault;

	(void)state;
	assert_int_equal(PARSE(&options, &fault, "pub", "[::1]:9", "-t", "a=x.pem",
	                       "--trust=b=y.pem", "-p", "1,2,1", "--node", "imp1,role=imp",
	                       "--node=10.0.0.1", "--resolve", "pub:127.0.0.1,[::1]", "-4", "-6", "-w0"),
	                 0);
	assert_int_equal(options.target_count, 2);
	assert_string_equal(options.targets[1].host, "::1");
	assert_int_equal(options.targets[1].port, 9);
	assert_int_equal(options.trusts.count, 2);
	assert_int_equal(options.port_count, 2);
	assert_int_equal(options.nodes[0].role, ROLE_IMP);
	assert_int_equal(options.nodes[1].role, ROLE_CUCM);
	assert_int_equal(options.fixed[0].ip_count, 2);
	assert_string_equal(options.fixed[0].ips[1], "::1");
	assert_true(options.ipv6 && !options.ipv4); /* the last one holds */
	assert_int_equal(options.warning_days, 0);
	options_clear(&options);
}

static void test_outputs(void **state)
{
	struct options options;
	struct fault fault;

	(void)state;
	assert_int_equal(PARSE(&options, &fault, "-t", "none", "-o", "html:r.html", "-o", "C:x",
	                       "-o", "json:a:b", "pub"),
	                 0);
	assert_string_equal(options.outputs[0].format, "html");
	assert_string_equal(options.outputs[0].path, "r.html");
	assert_null(options.outputs[1].format);
	assert_string_equal(options.outputs[1].path, "C:x");
	assert_string_equal(options.outputs[2].path, "a:b");
	options_clear(&options);
}

static void test_commands(void **state)
{
	/* RFC 3986 3.2: what stands between "//" and the next of "/?#", less the port */
	static const char *const addresses[][2] = {
		{ "https://host:8443/", "host" },
		{ "host:8443", "host" },
		{ "HTTPS://Host.Example/a:b?c#d", "Host.Example" },
		{ "http://10.0.0.1:6970", "10.0.0.1" },
		{ "[::1]:8443", "::1" },
		{ "https://[2001:DB8::0:1]/", "2001:db8::1" },
		{ "2001:DB8::1", "2001:db8::1" },
		{ "host/cucm-uds", "host" },
		{ "*.lab.example", "*.lab.example" },
		{ "cucm sub", "cucm sub" },
		{ "host:port", "host:port" },
	};
	static const char *const bad_urls[] = { "https://", "https:///path", "https://user@host/",
		                                "https://a b/", "https://host:99999/" };
	struct options options;
	struct fault fault;

	(void)state;
	assert_int_equal(PARSE(&options, &fault, "verify", "-t", "none", "--address", "a",
	                       "--address=::0:1", "--ip", "127.0.0.1", "c.pem"),
	                 0);
	assert_int_equal(options.command, COMMAND_VERIFY);
	assert_string_equal(options.addresses.items[1], "::1");
	options_clear(&options);
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		assert_int_equal(PARSE(&options, &fault, "verify", "-t", "none", "--address",
		                       addresses[i][0], "c.pem"),
		                 0);
		assert_string_equal(options.addresses.items[0], addresses[i][1]);
		options_clear(&options);
	}
	for (size_t i = 0; i < sizeof bad_urls / sizeof *bad_urls; i++) {
		assert_int_equal(PARSE(&options, &fault, "verify", "-t", "none", "--address",
		                       bad_urls[i], "c.pem"),
		                 -1);
		assert_non_null(strstr(fault.text, "--address"));
		options_clear(&options);
	}
	/* date -u -d 0000-01-01 +%s */
	assert_int_equal(PARSE(&options, &fault, "replay", "r.json", "--at", "0000-01-01"), 0);
	assert_int_equal(options.at, -62167219200);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "replay", "r.json", "--at", "@5"), 0);
	assert_true(options.at == 5);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "diff", "r.json", "r.json"), 0);
	assert_int_equal(options.files.count, 2);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "verify", "--help"), 0);
	assert_int_equal(options.help_for, COMMAND_VERIFY);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "-V"), 0);
	assert_int_equal(options.command, COMMAND_VERSION);
	options_clear(&options);
}

/* What goes together: each command with its operands and its formats. */
static void test_right(void **state)
{
	static const struct {
		const char *words[8];
		enum command command;
	} rows[] = {
		{ { "verify", "-t", "none", "-f", "text", "c.pem" }, COMMAND_VERIFY },
		{ { "verify", "-t", "none", "-f", "json", "c.pem" }, COMMAND_VERIFY },
		{ { "diff", "-f", "text", "a", "b" }, COMMAND_DIFF },
		{ { "diff", "-f", "json", "a", "b" }, COMMAND_DIFF },
		{ { "replay", "-f", "html", "a" }, COMMAND_REPLAY },
		{ { "replay", "a", "b", "c" }, COMMAND_REPLAY },
		{ { "log", "a" }, COMMAND_LOG },
		{ { "log", "--report", "r", "a" }, COMMAND_LOG },
		{ { "log", "a", "b" }, COMMAND_LOG },
		{ { "-t", "none", "--order", "both", "pub" }, COMMAND_AUDIT },
		{ { "-t", "none", "--cipher-string", "ALL", "pub" }, COMMAND_AUDIT },
		{ { "-t", "none", "--upgrade", "X14.0,X14.2", "pub" }, COMMAND_AUDIT },
		{ { "-t", "none", "--no-discovery", "--node", "a" }, COMMAND_AUDIT },
		{ { "-t", "none", "--no-discovery", "--nodes", "a" }, COMMAND_AUDIT },
		{ { "-t", "none", "--no-discovery", "--from-log", "a" }, COMMAND_AUDIT },
		{ { "-t", "none", "--no-discovery", "pub" }, COMMAND_AUDIT },
		{ { "-t", "none", "--domain", "a" }, COMMAND_AUDIT },
		{ { "-t", "none", "--from-log", "a" }, COMMAND_AUDIT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct options options;
		struct fault fault;

		if (parse(&options, &fault, rows[i].words) != 0)
			fail_msg("row %zu: %s", i, fault.text);
		assert_int_equal(options.command, rows[i].command);
		options_clear(&options);
	}
}

/* One slip in a word, at a place: a letter missing, too many, wrong, or changed over with the next one. Places are taken
 * from the end to the beginning, so that those that are left stay where they are. */
static void slip(char *word, int kind, size_t at)
{
	size_t len = strlen(word);

	if (kind == 0)
		memmove(word + at, word + at + 1, len - at);
	else if (kind == 1)
		memmove(word + at + 1, word + at, len - at + 1);
	else if (kind == 3) {
		char letter = word[at];

		word[at] = word[at + 1];
		word[at + 1] = letter;
	}
	if (kind == 1 || kind == 2)
		word[at] = 'j'; /* which none of ours has */
}

/* Two slips anywhere in a long word still show what was meant; three do not. */
static void test_slips(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_row_count; i++) {
		const char *name = option_rows[i].name;
		size_t len = strlen(name);

		assert_null(strchr(name, 'j'));
		if (len < 10 || (option_rows[i].commands & FOR_AUDIT) == 0)
			continue;
		for (size_t at = 0; at + 4 < len; at++)
			for (int kinds = 0; kinds < 16; kinds++) {
				size_t other = at + 2 + (size_t)kinds % 2; /* not at one place */
				char word[40];

				snprintf(word, sizeof word, "%s", name);
				slip(word, kinds / 4, other);
				slip(word, kinds % 4, at);
				if (options_nearest(word, FOR_AUDIT) != &option_rows[i])
					fail_msg("%s is not meant by %s", name, word);
			}
		for (size_t at = 0; at + 5 <= len; at++) {
			char word[40];

			snprintf(word, sizeof word, "%s", name);
			word[at] = word[at + 2] = word[at + 4] = 'j';
			assert_null(options_nearest(word, FOR_AUDIT));
		}
	}
}

/* Each is one sentence that names what is wrong. */
static void test_wrong(void **state)
{
	static const struct {
		const char *words[8];
		const char *says;
	} rows[] = {
		{ { "-t", "none" }, "no publisher" },
		{ { "pub" }, "no trust store" },
		{ { "-t", "none", "--nonsense", "pub" }, "--nonsense" },
		{ { "-t", "none", "-x", "pub" }, "-x" },
		{ { "-t", "none", "-xq", "pub" }, "unknown option -x:" },
		{ { "pub", "-t" }, "needs a value" },
		{ { "-t", "none", "-p", "0", "pub" }, "--ports" },
		{ { "-t", "none", "-p", "70000", "pub" }, "65535" },
		{ { "-t", "none", "-p", "8443,", "pub" }, "--ports" },
		{ { "-t", "none", "--at", "yesterday", "pub" }, "--at" },
		{ { "-t", "none", "--order", "rsa-first", "--cipher-string", "ALL", "pub" }, "give only one of" },
		{ { "-t", "none", "--order", "rsa-first", "--upgrade", "X14.0,X14.2", "pub" }, "give only one of" },
		{ { "-t", "none", "--upgrade", "X14.0,X14.2", "--cipher-string", "ALL", "pub" }, "give only one of" },
		{ { "-t", "none", "-f", "pdf", "pub" }, "--format" },
		{ { "-t", "none", "-o", "jsn:report", "pub" }, "not a format" },
		{ { "-t", "none", "--era", "boringssl", "pub" }, "--era" },
		{ { "-t", "none", "--at", "@253402300800", "pub" }, "--at" }, /* 10000-01-01 */
		{ { "-t", "none", "--at", "10000-01-01", "pub" }, "--at" },
		{ { "-t", "none", "--traffic-server", "ats7", "pub" }, "ats8 or ats9" },
		{ { "-t", "none", "--expressway", "14.2.x", "pub" }, "X14.2.5" },
		{ { "-t", "none", "--node", "a,role=x", "pub" }, "role" },
		{ { "-t", "none", "--node", "a:8443", "pub" }, "--ports" },
		{ { "-t", "none", "--resolve", "pub", "pub" }, "--resolve" },
		{ { "-t", "none", "--resolve", "pub:", "pub" }, "--resolve" },
		{ { "-t", "none", "--resolve", "pub:127.0.0.1,", "pub" }, "--resolve" },
		{ { "-t", "none", "--resolve", "pub:127.0.0.1,,127.0.0.2", "pub" }, "--resolve" },
		{ { "-t", "none", "--dns-server", "ns1", "pub" }, "--dns-server" },
		{ { "-t", "none", "--order", "both", "--upgrade", "X12,X14.2", "pub" },
		  "only one" },
		{ { "-t", "none", "http://pub/" }, "publisher" },
		{ { "-t", "none", "--no-discovery" }, "--node" },
		{ { "-t", "none", "--no-discovery", "--node", "a", "--domain", "b" },
		  "--domain is discovery: leave out --no-discovery" },
		{ { "log" }, "log takes one or more diagnostic logs" },
		{ { "diff", "-f", "html", "a", "b" }, "verify and diff write text or json, not html" },
		{ { "diff", "a", "b", "c" }, "two reports" },
		{ { "verify", "-t", "none", "a", "b" }, "one file" },
		{ { "version", "--licence" }, "version takes nothing but --licences" },
		{ { "verify", "-t", "none" }, "one file" },
		{ { "verify", "-t", "none", "--ports", "1", "c.pem" }, "--ports" },
		{ { "verify", "-t", "none", "-f", "html", "c.pem" }, "text or json" },
		{ { "diff", "a.json" }, "two reports" },
		{ { "replay" }, "reports" },
		/* a slip: a letter too many, missing, wrong, or two changed over */
		{ { "--truts", "none", "pub" }, "did you mean --trust?" },
		{ { "-t", "none", "--paralel", "5", "pub" }, "did you mean --parallel?" },
		/* one in a word of four letters, two in one of five; of two that are equally near none */
		{ { "-t", "none", "--qiute", "pub" }, "did you mean --quiet?" },
		{ { "-t", "none", "--nodkts", "pub" }, "did you mean --nodes?" },
		{ { "-t", "none", "--32-letters-are-more-than-our-own", "pub" }, "unknown or ambiguous option --32-" },
		{ { "-t", "none", "--quxyz", "pub" }, "unknown or ambiguous option --quxyz:" },
		{ { "-t", "none", "--xerx", "pub" }, "unknown or ambiguous option --xerx:" },
		{ { "-t", "none", "--ipv5", "pub" }, "unknown or ambiguous option --ipv5:" },
		{ { "verify", "--adress=a", "c.pem" }, "did you mean --address?" },
		{ { "-t", "none", "--handshaketimeout=4", "pub" },
		  "did you mean --handshake-timeout?" },
		{ { "-t", "none", "--address", "a", "pub" }, "--address is not for an audit" },
		{ { "diff", "--trust", "none", "a", "b" },
		  "--trust is not for diff: try mra-preflight help diff" },
		{ { "-t", "none", "--strict=yes", "pub" }, "--strict takes no value" },
		{ { "-t", "none", "--frobnicate", "pub" },
		  "unknown or ambiguous option --frobnicate: try mra-preflight help" },
		{ { "verfiy", "c.pem" }, "did you mean the command \"verify\" by \"verfiy\"?" },
		{ { "verfy", "-t", "none", "--address", "a", "c.pem" }, "the command \"verify\"" },
		{ { "replays", "r.json" }, "the command \"replay\"" },
		{ { "help", "verfiy" }, "no command \"verfiy\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct options options;
		struct fault fault;

		assert_int_equal(parse(&options, &fault, rows[i].words), -1);
		if (strstr(fault.text, rows[i].says) == NULL)
			fail_msg("row %zu: \"%s\" does not say \"%s\"", i, fault.text,
			         rows[i].says);
		assert_null(strchr(fault.text, '\n'));
		/* where no command was meant none is named */
		assert_int_equal(strstr(fault.text, "the command \"") != NULL,
		                 strstr(rows[i].says, "the command \"") != NULL);
		options_clear(&options);
	}
}

static void test_words_of_help(void **state)
{
	struct options options;
	struct fault fault;

	(void)state;
	assert_int_equal(PARSE(&options, &fault, "help"), 0);
	assert_int_equal(options.command, COMMAND_HELP);
	assert_int_equal(options.help_for, COMMAND_AUDIT);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "help", "diff"), 0);
	assert_int_equal(options.help_for, COMMAND_DIFF);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "version"), 0);
	assert_int_equal(options.command, COMMAND_VERSION);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "version", "--licences"), 0);
	assert_int_equal(options.command, COMMAND_LICENCES);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "help", "man"), 0);
	assert_int_equal(options.command, COMMAND_MANUAL);
	options_clear(&options);
	assert_int_equal(parse(&options, &fault, (const char *const[]){ NULL }), 0);
	assert_int_equal(options.command, COMMAND_NONE);
	options_clear(&options);
	for (size_t i = 1; i < command_row_count; i++) {
		assert_int_equal(PARSE(&options, &fault, "help", command_rows[i].name), 0);
		assert_int_equal(options.command, COMMAND_HELP);
		assert_int_equal(options.help_for, (enum command)i);
		options_clear(&options);
	}
	/* a host that is named nearly as a command, or as one behind the options, is a publisher */
	assert_int_equal(PARSE(&options, &fault, "logs", "-t", "none"), 0);
	assert_int_equal(options.command, COMMAND_AUDIT);
	assert_string_equal(options.targets[0].host, "logs");
	assert_string_equal(options.meant, "log");
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "-t", "none", "version"), 0);
	assert_string_equal(options.targets[0].host, "version");
	assert_null(options.meant);
	options_clear(&options);
}

/* A letter or a digit (-4, -6), none twice. */
static void test_letters(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_row_count; i++) {
		assert_true(option_rows[i].letter == 0 ||
		            isalnum((unsigned char)option_rows[i].letter));
		for (size_t k = 0; k < i; k++)
			assert_true(option_rows[i].letter == 0 ||
			            option_rows[i].letter != option_rows[k].letter);
	}
}

/* Whether the line before could take the first word of this one: behind a blank, or, where an option
 * stands there alone, in its column. */
static bool has_room(const char *text, const char *line, size_t word_len)
{
	const char *before = line - 1;
	size_t len;

	while (before > text && before[-1] != '\n')
		before--;
	len = (size_t)(line - 1 - before);
	return len < 34 || (before[33] == ' ' && len + 1 + word_len <= 80);
}

/* What a command has no use for is not in its help. The formats are those of the man page: verify and
 * diff have two, a log has three. */
static void test_help_of_each_command(void **state)
{
	static const struct {
		enum command command;
		size_t formats;
		bool all; /* every command's synopsis */
		const char *has[6], *has_not[6];
	} rows[] = {
		{ COMMAND_AUDIT, 9, true,
		  { "  -t, --trust=", "      --foreign ", "have options of their own: mra-preflight help log.",
		    "\nTells before", "Exit status: 0 all accepted" },
		  { "--address", "--report" } },
		{ COMMAND_REPLAY, 9, false,
		  { "--trust=", "--order=", "mra-preflight replay", "Exit status: 0 all accepted" },
		  { "--foreign", "--address", "mra-preflight diff", "options of their own" } },
		{ COMMAND_VERIFY, 2, false,
		  { "--trust=", "--address=", "mra-preflight verify", "Exit status: 0 all accepted" },
		  { "--foreign", "--order", "mra-preflight diff", "options of their own" } },
		{ COMMAND_DIFF, 2, false,
		  { "--format=", "mra-preflight diff", "Exit status: 0 nothing got worse" },
		  { "--trust", "mra-preflight log", "options of their own" } },
		{ COMMAND_LOG, 3, false,
		  { "--report=", "mra-preflight log", "Exit status: 0 the last result" },
		  { "--trust", "mra-preflight diff", "options of their own" } },
		{ COMMAND_HELP, 0, false, { "mra-preflight help" }, { "Tells before", "Exit status" } },
		{ COMMAND_VERSION, 0, false, { "mra-preflight version" },
		  { "Tells before", "Exit status" } },
	};
	static const char *const formats[] = { "text", "json",         "html",  "markdown", "csv",
		                               "certificates", "junit", "nagios",   "prometheus" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t seen = 0;
		const char *at;
		struct buf out;

		buf_init(&out);
		options_help(rows[i].command, &out);
		at = strstr(out.data, "\nFormats:\n");
		for (size_t k = 0; at != NULL && k < sizeof formats / sizeof *formats; k++) {
			char line[40];

			snprintf(line, sizeof line, "\n  %s ", formats[k]);
			seen += strstr(at, line) != NULL;
		}
		assert_int_equal(seen, rows[i].formats);
		for (const char *line = out.data; *line != '\0'; line += strcspn(line, "\n") + 1) {
			size_t indent = strspn(line, " ");

			/* a terminal's width; what an option says stands in one column */
			if (strcspn(line, "\n") > 80 || (indent != 0 && indent != 2 && indent != 6 && indent != 34))
				fail_msg("a line of\n%s", line);
			/* no word goes to the next line that has room in this one */
			if (line != out.data && indent == 34 &&
			    has_room(out.data, line, strcspn(line + indent, " \n")))
				fail_msg("a word too soon on the line\n%s", line);
		}
		for (size_t k = 0; k < 6 && rows[i].has[k] != NULL; k++)
			if (strstr(out.data, rows[i].has[k]) == NULL)
				fail_msg("%s is not in\n%s", rows[i].has[k], out.data);
		for (size_t k = 0; k < 6 && rows[i].has_not[k] != NULL; k++)
			if (strstr(out.data, rows[i].has_not[k]) != NULL)
				fail_msg("%s is in\n%s", rows[i].has_not[k], out.data);
		buf_clear(&out);
	}
}

/* Whoever types nothing is told of every command and how to begin. */
static void test_usage(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out);
	options_usage(&out);
	for (size_t i = 0; i < command_row_count; i++)
		assert_non_null(strstr(out.data, command_rows[i].synopsis));
	assert_true(strncmp(out.data, "Usage:\n", 7) == 0);
	assert_non_null(strstr(out.data, "  mra-preflight -t expressway-ca.pem cucm-pub.example.com\n"));
	assert_non_null(strstr(out.data, "All options: mra-preflight help\n"));
	buf_clear(&out);
}

/* Each number at its bounds and beyond them. */
static void test_numbers(void **state)
{
	static const struct {
		const char *name, *least, *most, *too_few, *too_many;
	} rows[] = {
		{ "--uds-port", "1", "65535", "0", "65536" },
		{ "--warning", "0", "36500", "-1", "36501" },
		{ "--critical", "0", "36500", "x", "36501" },
		{ "--connect-timeout", "1", "3600", "0", "3601" },
		{ "--handshake-timeout", "1", "3600", "0", "3601" },
		{ "--deadline", "1", "86400", "0", "86401" },
		{ "--retries", "0", "10", "1.5", "11" },
		{ "--parallel", "1", "4096", "0", "4097" },
		{ "--per-address", "1", "64", "0", "65" },
	};
	struct options options;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(
			PARSE(&options, &fault, "-t", "none", "pub", rows[i].name, rows[i].least),
			0);
		options_clear(&options);
		assert_int_equal(
			PARSE(&options, &fault, "-t", "none", "pub", rows[i].name, rows[i].most),
			0);
		options_clear(&options);
		assert_int_equal(
			PARSE(&options, &fault, "-t", "none", "pub", rows[i].name, rows[i].too_few),
			-1);
		assert_non_null(strstr(fault.text, rows[i].name));
		options_clear(&options);
		assert_int_equal(PARSE(&options, &fault, "-t", "none", "pub", rows[i].name,
		                       rows[i].too_many),
		                 -1);
		assert_non_null(strstr(fault.text, rows[i].most));
		options_clear(&options);
	}
	assert_int_equal(PARSE(&options, &fault, "-t", "none", "pub", "--uds-port=1", "-w2",
	                       "--critical=3", "--connect-timeout=4", "--handshake-timeout=5",
	                       "--deadline=6", "--retries=7", "--parallel=8", "--per-address=9"),
	                 0);
	assert_int_equal(options.uds_port, 1);
	assert_int_equal(options.warning_days, 2);
	assert_int_equal(options.critical_days, 3);
	assert_int_equal(options.connect_timeout_s, 4);
	assert_int_equal(options.handshake_timeout_s, 5);
	assert_int_equal(options.deadline_s, 6);
	assert_int_equal(options.retries, 7);
	assert_int_equal(options.parallel, 8);
	assert_int_equal(options.per_address, 9);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "-t", "none", "--node=a", "--strict",
	                       "--no-discovery", "--foreign", "--proxy-from-env", "-q", "-v"),
	                 0);
	assert_true(options.strict && options.no_discovery && options.foreign &&
	            options.environment_proxy);
	assert_true(options.quiet && options.verbose);
	options_clear(&options);
}

/* What an audit says to one option and its value. */
static int with_value(struct options *options, struct fault *fault, const char *name,
                      const char *value)
{
	return PARSE(options, fault, "-t", "none", name, value, "pub");
}

/* Values as the man page has them, and next to them what is none. */
static void test_values(void **state)
{
	static const struct {
		const char *name, *good[6], *bad[8];
	} rows[] = {
		{ "--trust", { "x", "a=x" }, { "" } },
		{ "--client-certificate", { "x", "none" }, { "" } },
		{ "--trust-snapshot", { "x" }, { "" } },
		{ "--from-log", { "x" }, { "" } },
		{ "--calibration", { "x" }, { "" } },
		{ "--export", { "x" }, { "" } },
		{ "--expressway-host", { "e", "e:1", "[::1]:65535", "10.0.0.1" },
		  { "", "e:0", "e:65536", "a b" } },
		{ "--node",
		  { "a", "a.b", "10.0.0.1", "::1", "a,role=unity", " a # the first" },
		  { "", "#a", "a,", "a,role=", "a,roll=imp", "a,role=imp,role=cucm", "a:1", "a b" } },
		{ "--ports",
		  { "1", "65535", "1,2", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16",
		    "1,1,2,2,3,3,4,4,5,5,6,6,7,7,8,8,9,9" },
		  { "", "0", "65536", ",1", "1,", "1,,2", "00000000001",
		    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17" } },
		{ "--order", { "both", "rsa-first", "ecdsa-first" }, { "", "rsa", "Both" } },
		{ "--tls", { "auto", "1.2", "1.3" }, { "", "1.1", "1.20", "all" } },
		{ "--era", { "openssl1", "openssl3" }, { "", "openssl2" } },
		{ "--traffic-server", { "ats8", "ats9" }, { "", "ats10" } },
		{ "--expressway", { "X14.2", "X15.5.1", "14.2" }, { "", "X", "X14.", "X14.x" } },
		{ "--at",
		  { "2026-12-01", "2026-12-01T22:00:00Z", "@0", "9999-12-31T23:59:59Z",
		    "0000-01-01" },
		  { "", "2026-13-01", "@", "@253402300800", "10000-01-01T00:00:00Z" } },
		{ "--dns-server",
		  { "127.0.0.1", "127.0.0.1:53", "[::1]:65535", "::1" },
		  { "", "name", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.256" } },
		{ "--search", { "example.com", "corp" }, { "", "a b", "a/b" } },
		{ "--domain", { "example.com", "corp" }, { "", "a b", "10.0.0.1", "::1" } },
		{ "--resolve",
		  { "a:1.2.3.4", "a:::1", "a:[::1]", "a:1.2.3.4,[::1],::2" },
		  { "", "a", ":1.2.3.4", "a:", "a:x", "a:[::1", "a:,1.2.3.4", "a b:1.2.3.4" } },
		{ "--complete", { "all", "needed" }, { "", "none" } },
		{ "--format", { "text", "json", "nagios" }, { "", "Text" } },
		{ "--output",
		  { "x", "json:x", "C:x", "./jsn:x", "a1:x", "ab:x" },
		  { "", "json:", "jsn:x", "abc:x" } },
		{ "--color", { "auto", "always", "never" }, { "", "yes" } },
		{ "--progress", { "auto", "always", "never" }, { "", "no" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct options options;
		struct fault fault;

		for (size_t k = 0; k < 6 && rows[i].good[k] != NULL; k++) {
			if (with_value(&options, &fault, rows[i].name, rows[i].good[k]) != 0)
				fail_msg("%s %s: %s", rows[i].name, rows[i].good[k], fault.text);
			options_clear(&options);
		}
		for (size_t k = 0; k < 8 && rows[i].bad[k] != NULL; k++) {
			if (with_value(&options, &fault, rows[i].name, rows[i].bad[k]) == 0)
				fail_msg("%s takes \"%s\"", rows[i].name, rows[i].bad[k]);
			if (strstr(fault.text, rows[i].name) == NULL)
				fail_msg("%s \"%s\": %s", rows[i].name, rows[i].bad[k], fault.text);
			options_clear(&options);
		}
	}
}

/* What is kept of them. */
static void test_what_values_leave(void **state)
{
	static const struct {
		const char *value;
		unsigned tls;
	} versions[] = { { "auto", 0 }, { "1.2", OFFERED_TLS12 }, { "1.3", OFFERED_TLS13 } };
	static const char *const whens[] = { "auto", "always", "never" };
	struct options options;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(with_value(&options, &fault, "--tls", versions[i].value), 0);
		assert_int_equal(options.tls, versions[i].tls);
		options_clear(&options);
		assert_int_equal(with_value(&options, &fault, "--color", whens[i]), 0);
		assert_int_equal(options.color, (enum when)i);
		options_clear(&options);
		assert_int_equal(with_value(&options, &fault, "--progress", whens[i]), 0);
		assert_int_equal(options.progress, (enum when)i);
		options_clear(&options);
	}
	assert_int_equal(WHEN_AUTO, 0);
	assert_int_equal(WHEN_ALWAYS, 1);
	assert_int_equal(WHEN_NEVER, 2);
	assert_int_equal(PARSE(&options, &fault, "-t", "none", "--complete", "all", "--era",
	                       "openssl3", "--traffic-server", "ats8", "pub"),
	                 0);
	assert_true(options.complete_all && options.era_given && options.traffic_server_given);
	assert_int_equal(options.era, ERA_OPENSSL3);
	assert_int_equal(options.traffic_server, TRAFFIC_SERVER_8);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "-t", "none", "-4", "--complete", "needed", "-p",
	                       "1,2", "-p", "3", "--node", "a,role=cms # in the branch", "pub"),
	                 0);
	assert_false(options.complete_all || options.era_given || options.traffic_server_given ||
	             options.at_given || options.ipv6);
	assert_true(options.ipv4);
	assert_int_equal(options.port_count, 1); /* the last list counts */
	assert_int_equal(options.ports[0], 3);
	assert_string_equal(options.nodes[0].address, "a");
	assert_int_equal(options.nodes[0].role, ROLE_CMS);
	options_clear(&options);
	assert_int_equal(PARSE(&options, &fault, "-t", "none", "-6", "-4", "--at", "@7", "--resolve",
	                       "h:1.2.3.4,::2", "--expressway-host", "e:9", "pub:1"),
	                 0);
	assert_true(options.ipv4 && !options.ipv6 && options.at_given && options.at == 7);
	assert_string_equal(options.fixed[0].host, "h");
	assert_string_equal(options.fixed[0].ips[0], "1.2.3.4");
	assert_string_equal(options.fixed[0].ips[1], "::2");
	assert_int_equal(options.fixed[0].ip_count, 2);
	assert_string_equal(options.expressway_hosts[0].host, "e");
	assert_int_equal(options.expressway_hosts[0].port, 9);
	assert_int_equal(options.targets[0].port, 1);
	options_clear(&options);
}

/* So many are taken, and one more is refused. */
static void test_how_many(void **state)
{
	static const struct {
		const char *name;
		size_t most;
	} rows[] = { { "--search", 16 }, { "--domain", 16 } };
	char words[40][24], ips[1200] = "h:";
	struct options options;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (size_t count = rows[i].most; count <= rows[i].most + 1; count++) {
			char *argv[60] = { (char[]){ "mra-preflight" }, (char[]){ "-t" },
				           (char[]){ "none" }, (char[]){ "pub" } };
			int argc = 4;

			for (size_t k = 0; k < count; k++) {
				snprintf(words[k], sizeof words[k], "d%zu", k);
				argv[argc++] = (char *)(uintptr_t)rows[i].name;
				argv[argc++] = words[k];
			}
			assert_int_equal(options_parse(&options, argc, argv, &fault),
			                 count == rows[i].most ? 0 : -1);
			options_clear(&options);
		}
	}
	for (size_t count = 1; count <= 65; count++) {
		char *argv[] = { (char[]){ "mra-preflight" }, (char[]){ "-t" },
			         (char[]){ "none" },          (char[]){ "pub" },
			         (char[]){ "--resolve" },     ips };

		snprintf(ips + strlen(ips), sizeof ips - strlen(ips), "%s127.0.1.%zu",
		         count == 1 ? "" : ",", count);
		assert_int_equal(options_parse(&options, 6, argv, &fault), count <= 64 ? 0 : -1);
		options_clear(&options);
	}
}

/* A name of 255 letters is taken, an address as a browser has it of 2,048. */
static void test_lengths_of_addresses(void **state)
{
	static const struct {
		const char *before;
		size_t letters, after;
		int rc;
	} rows[] = {
		{ "", 255, 0, 0 },          { "", 256, 0, -1 },
		{ "https://", 240, 1, 0 },  { "https://", 9, 2031, 0 },
		{ "https://", 9, 2032, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char value[2200], *at = value + sprintf(value, "%s", rows[i].before);
		char *argv[] = { (char[]){ "mra-preflight" }, (char[]){ "verify" },
			         (char[]){ "-t" },            (char[]){ "none" },
			         (char[]){ "--address" },     value,
			         (char[]){ "c.pem" } };
		struct options options;
		struct fault fault;

		for (size_t k = 0; k < rows[i].letters; k++)
			*at++ = k % 60 == 59 ? '.' : 'a';
		if (rows[i].after > 0)
			*at++ = '/';
		for (size_t k = 1; k < rows[i].after; k++)
			*at++ = 'p';
		*at = '\0';
		if (options_parse(&options, 7, argv, &fault) != rows[i].rc)
			fail_msg("row %zu: %.80s", i, fault.text);
		options_clear(&options);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_defaults, begin, end),
		cmocka_unit_test_setup_teardown(test_audit_words, begin, end),
		cmocka_unit_test_setup_teardown(test_outputs, begin, end),
		cmocka_unit_test_setup_teardown(test_commands, begin, end),
		cmocka_unit_test_setup_teardown(test_right, begin, end),
		cmocka_unit_test_setup_teardown(test_slips, begin, end),
		cmocka_unit_test_setup_teardown(test_wrong, begin, end),
		cmocka_unit_test_setup_teardown(test_words_of_help, begin, end),
		cmocka_unit_test_setup_teardown(test_letters, begin, end),
		cmocka_unit_test_setup_teardown(test_help_of_each_command, begin, end),
		cmocka_unit_test_setup_teardown(test_usage, begin, end),
		cmocka_unit_test_setup_teardown(test_numbers, begin, end),
		cmocka_unit_test_setup_teardown(test_values, begin, end),
		cmocka_unit_test_setup_teardown(test_what_values_leave, begin, end),
		cmocka_unit_test_setup_teardown(test_how_many, begin, end),
		cmocka_unit_test_setup_teardown(test_lengths_of_addresses, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
