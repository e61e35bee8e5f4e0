/* SPDX-License-Identifier: MIT */
/* options: what each word of the command line leaves in struct options. */
#include "config.h"

#include "options.h"

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
	                       "--node=10.0.0.1", "--resolve", "pub:127.0.0.1,[::1]", "-6", "-w0"),
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
	assert_false(options.ipv4);
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
		{ { "pub", "-t" }, "needs a value" },
		{ { "-t", "none", "-p", "0", "pub" }, "--ports" },
		{ { "-t", "none", "-p", "70000", "pub" }, "65535" },
		{ { "-t", "none", "-p", "8443,", "pub" }, "--ports" },
		{ { "-t", "none", "--at", "yesterday", "pub" }, "--at" },
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
		{ { "-t", "none", "--dns-server", "ns1", "pub" }, "--dns-server" },
		{ { "-t", "none", "--order", "both", "--upgrade", "X12,X14.2", "pub" },
		  "only one" },
		{ { "-t", "none", "http://pub/" }, "publisher" },
		{ { "-t", "none", "--no-discovery" }, "--node" },
		{ { "verify", "-t", "none" }, "one file" },
		{ { "verify", "-t", "none", "--ports", "1", "c.pem" }, "--ports" },
		{ { "verify", "-t", "none", "-f", "html", "c.pem" }, "text or json" },
		{ { "diff", "a.json" }, "two reports" },
		{ { "replay" }, "reports" },
		/* a slip: a letter too many, missing, wrong, or two changed over */
		{ { "--truts", "none", "pub" }, "did you mean --trust?" },
		{ { "-t", "none", "--paralel", "5", "pub" }, "did you mean --parallel?" },
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
	assert_int_equal(parse(&options, &fault, (const char *const[]){ NULL }), 0);
	assert_int_equal(options.command, COMMAND_NONE);
	options_clear(&options);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_audit_words),
		cmocka_unit_test(test_outputs),  cmocka_unit_test(test_commands),
		cmocka_unit_test(test_wrong),    cmocka_unit_test(test_words_of_help),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
