/* SPDX-License-Identifier: MIT */
/* Where a report goes: standard output, files, a terminal; in which format, in colour or not, and
 * what is said when it cannot be written. The rules are those of the man page (-f, -o, --color,
 * NO_COLOR). */
#include "config.h"

#include "base/mem.h"
#include "options.h"
#include "run.h"
#include "run_log.h"
#include "run_report.h"
#include "world.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS_MOST = 12 };

static char dir[40];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/mra-report-XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

/* Words separated by blanks; "@" is the folder. */
static int parse(struct options *options, const char *text, struct fault *fault)
{
	static char words[WORDS_MOST][200];
	char *argv[WORDS_MOST + 1] = { words[0] }, *copy = mem_strdup(text), *rest = copy, *one;
	int argc = 1;

	strcpy(words[0], "mra-preflight");
	while ((one = strsep(&rest, " ")) != NULL) {
		const char *at = strchr(one, '@');

		if (at == NULL)
			snprintf(words[argc], sizeof words[argc], "%s", one);
		else
			snprintf(words[argc], sizeof words[argc], "%.*s%s%s", (int)(at - one), one,
			         dir, at + 1);
		argv[argc] = words[argc];
		argc++;
	}
	free(copy);
	return options_parse(options, argc, argv, fault);
}

static const char *contents(const char *name)
{
	static char text[200000];
	char path[300];
	ssize_t len;
	int fd;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return NULL;
	len = read(fd, text, sizeof text - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return text;
}

/* Standard output, and what is there afterwards, in the folder's "stdout". world NULL: log. */
static int report(struct world *world, const char *words, struct fault *fault)
{
	int out = dup(STDOUT_FILENO), fd, rc;
	struct options options;
	char path[100];

	if (parse(&options, words, fault) != 0)
		fail_msg("%s: %s", words, fault->text);
	snprintf(path, sizeof path, "%s/stdout", dir);
	fflush(stdout);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	rc = world != NULL ? run_report_check(&options, fault) : run_log(&options, NULL, fault);
	if (rc == 0 && world != NULL)
		rc = run_report(world->report, &options, fault);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	options_clear(&options);
	return rc;
}

static struct world small(void)
{
	struct world world = new_world();
	const struct made *leaf =
		make(&world, "a.example.com", "a.example.com", NULL, MADE_RSA);

	trust(&world, 0, leaf);
	add_node(&world, "a.example.com");
	show_both(&world, 0, leaf, NULL);
	run_world(&world);
	return world;
}

static bool begins(const char *text, const char *with)
{
	return text != NULL && strncmp(text, with, strlen(with)) == 0;
}

#define JSON "{"
#define HTML "<!"
#define TEXT "Yes"

static void test_where_and_in_which_format(void **state)
{
	static const struct {
		const char *words, *output, *file; /* how stdout and the file "r" begin; NULL: empty */
		const char *name;
	} rows[] = {
		{ "-t none pub", TEXT, NULL, "r" },
		{ "-t none -f json pub", JSON, NULL, "r" },
		{ "-t none -o @/r pub", NULL, TEXT, "r" },
		{ "-t none -o json:@/r pub", TEXT, JSON, "r" },
		{ "-t none -f html -o json:@/r pub", HTML, JSON, "r" },
		{ "-t none -o @/r.json pub", NULL, JSON, "r.json" },
		{ "-t none -o @/r.html pub", NULL, HTML, "r.html" },
		{ "-t none -f html -o @/r.json pub", NULL, HTML, "r.json" },
		{ "-t none -o html:@/r.json pub", TEXT, HTML, "r.json" },
		{ "-t none -o json:/dev/stdout pub", JSON, NULL, "r" },
	};
	struct world world = small();
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *text;

		if (report(&world, rows[i].words, &fault) != 0)
			fail_msg("%s: %s", rows[i].words, fault.text);
		text = contents("stdout");
		if (rows[i].output == NULL ? *text != '\0' : !begins(text, rows[i].output))
			fail_msg("%s: stdout begins %.20s", rows[i].words, text);
		text = contents(rows[i].name);
		if (rows[i].file == NULL ? text != NULL : !begins(text, rows[i].file))
			fail_msg("%s: the file begins %.20s", rows[i].words, text);
		teardown(NULL);
		setup(NULL);
	}
	end_world(&world);
}

/* What is said of many reports fails where it cannot be written, and else has the status of the worst. */
static void test_a_fleet(void **state)
{
	struct world worlds[2] = { small(), small() };
	struct fleet fleet = { .count = 2 };
	struct options options;
	struct fault fault;

	(void)state;
	fleet.reports = (struct report *[]){ worlds[0].report, worlds[1].report };
	assert_int_equal(parse(&options, "replay -o csv:/dev/full -o @/r.html @/a", &fault), 0);
	assert_int_equal(run_report_fleet(&fleet, &options, &fault), -1);
	assert_non_null(strstr(fault.text, "/dev/full"));
	assert_true(begins(contents("r.html"), HTML));
	options_clear(&options);
	assert_int_equal(parse(&options, "replay -o @/r.html @/a", &fault), 0);
	assert_int_equal(run_report_fleet(&fleet, &options, &fault), 0);
	worlds[1].report->status = STATUS_FAIL;
	assert_int_equal(run_report_fleet(&fleet, &options, &fault), 1);
	options_clear(&options);
	end_world(&worlds[0]);
	end_world(&worlds[1]);
}

/* Whether one report on all of a fleet can be written: every format that is asked for has one, and
 * nothing is to be uploaded. junit, nagios and json have none. */
static void test_what_takes_a_fleet(void **state)
{
	static const struct {
		const char *words;
		bool takes;
	} rows[] = {
		{ "replay @/a", true },
		{ "replay -f prometheus @/a", true },
		{ "replay -f json @/a", false },
		{ "replay -f junit @/a", false },
		{ "replay -o csv:@/r @/a", true },
		{ "replay -f json -o csv:@/r @/a", false },
		{ "replay -o json:@/r @/a", false },
		{ "replay -o json:@/r -o csv:@/s @/a", false },
		{ "replay -o csv:@/r -o nagios:@/s @/a", false },
		{ "replay -f csv -o @/r -o @/s @/a", true },
		{ "replay --export @/x @/a", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct options options;
		struct fault fault;

		if (parse(&options, rows[i].words, &fault) != 0)
			fail_msg("%s: %s", rows[i].words, fault.text);
		if (run_report_takes_fleet(&options) != rows[i].takes)
			fail_msg("%s", rows[i].words);
		options_clear(&options);
	}
}

/* Where nobody looks, nothing is rewritten; -v asks for a line per event. */
static void test_who_is_told(void **state)
{
	static const struct {
		const char *words;
		bool shown, noted;
	} rows[] = {
		{ "-t none pub", false, false }, /* standard error is no terminal here */
		{ "-t none -v pub", false, true },
		{ "-t none --progress always pub", true, false },
		{ "-t none --progress always -q pub", true, false },
		{ "-t none --progress never -v pub", false, true },
	};
	int kept = dup(STDERR_FILENO), ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct deadline deadline = { 0 };
		struct progress progress;
		struct options options;
		struct fault fault;

		if (parse(&options, rows[i].words, &fault) != 0)
			fail_msg("%s: %s", rows[i].words, fault.text);
		dup2(ends[1], STDERR_FILENO);
		run_report_watch(&deadline, &progress, &options);
		dup2(kept, STDERR_FILENO);
		assert_int_equal(progress.shown, rows[i].shown);
		assert_int_equal(progress.fd, STDERR_FILENO);
		assert_true(deadline.tell == progress_tell);
		assert_true(deadline.note == (rows[i].noted ? progress_note : NULL));
		assert_ptr_equal(deadline.arg, &progress);
		options_clear(&options);
	}
	close(ends[0]);
	close(ends[1]);
	close(kept);
}

/* As a report goes, in the formats that a log has. */
static void test_a_log(void **state)
{
	static const struct {
		const char *words, *output, *file, *name;
		const char *fault; /* NULL: exit status 1 */
	} rows[] = {
		{ "log @/l", "1 of 1 ", NULL, "r", NULL },
		{ "log -f json @/l", JSON, NULL, "r", NULL },
		{ "log -o @/r.json @/l", NULL, JSON, "r.json", NULL },
		{ "log -o @/r.htm @/l", NULL, HTML, "r.htm", NULL },
		{ "log -o json:/dev/stdout @/l", JSON, NULL, "r", NULL },
		{ "log -f html -o json:@/r @/l", HTML, JSON, "r", NULL },
		{ "log -o json:/dev/full @/l", "1 of 1 ", NULL, "r", "/dev/full" },
		{ "log -f csv @/l", NULL, NULL, "r", "log writes text, json or html, not csv" },
		{ "log -o csv:@/r @/l", NULL, NULL, "r", "log writes text, json or html, not csv" },
		{ "log -o @/r.md @/l", NULL, NULL, "r.md", "log writes text, json or html, not markdown" },
		{ "log -o @/no/r @/none", NULL, NULL, "r", "cannot write into" },
		{ "log @/none", NULL, NULL, "r", "cannot read" },
	};
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[100];
		const char *text;
		FILE *file;

		snprintf(path, sizeof path, "%s/l", dir);
		file = fopen(path, "w");
		fputs("[ET_NET 2] WARNING: SNI (a) not in certificate. Action=Terminate server=a(10.0.0.1)\n",
		      file);
		fclose(file);
		fault.text[0] = '\0';
		if (report(NULL, rows[i].words, &fault) != (rows[i].fault == NULL ? 1 : -1) ||
		    (rows[i].fault != NULL && strstr(fault.text, rows[i].fault) == NULL))
			fail_msg("%s: %s", rows[i].words, fault.text);
		text = contents("stdout");
		if (rows[i].output == NULL ? *text != '\0' : !begins(text, rows[i].output))
			fail_msg("%s: stdout begins %.20s", rows[i].words, text);
		text = contents(rows[i].name);
		if (rows[i].file == NULL ? text != NULL : !begins(text, rows[i].file))
			fail_msg("%s: the file begins %.20s", rows[i].words, text);
		teardown(NULL);
		setup(NULL);
	}
}

/* --from-log: each address that a client was told, once, in any case of its letters, with the role
 * that a path shows: "address role". */
static void test_told_addresses(void **state)
{
	static const struct {
		const char *log, *told; /* NULL: a fault */
	} rows[] = {
		{ "b:443/vmrest/ a:8443/x a:8443/cucm-uds/", "a 0, b 2" },
		{ "A:8443/cucm-uds/ a:443/x", "a 0" }, /* by port */
		{ "a:8443/EPASSoap/ b:8443/x", "a 1, b -1" },
		{ "a:8443/x a:443/x", "a -1" },
		{ "", NULL },
	};
	struct fault fault;
	char path[100];

	(void)state;
	snprintf(path, sizeof path, "%s/told", dir);
	for (size_t i = 0; i < sizeof rows / sizeof *rows + 2; i++) {
		bool many = i >= sizeof rows / sizeof *rows; /* 10,000, and one more */
		size_t most = 10000 + i - sizeof rows / sizeof *rows;
		char *copy = mem_strdup(many ? "" : rows[i].log), *rest = copy, *one;
		FILE *file = fopen(path, "w");
		struct options options;
		struct buf found;

		while ((one = strsep(&rest, " ")) != NULL)
			fprintf(file, "traffic_server[1]: Event=\"Request Allowed\" Request=\"https://%s\"\n", one);
		for (size_t k = 0; many && k < most; k++)
			fprintf(file, "traffic_server[1]: Event=\"Request Allowed\" Request=\"https://n%zu:8443/\"\n", k);
		fclose(file);
		assert_int_equal(parse(&options, "-t none --from-log @/told", &fault), 0);
		fault.text[0] = '\0';
		assert_int_equal(run_log_told(&options, NULL, &fault),
		                 many ? most > 10000 ? -1 : 0 : rows[i].told == NULL ? -1 : 0);
		if (many)
			assert_int_equal(strstr(fault.text, "more than 10000 addresses") != NULL, most > 10000);
		buf_init(&found);
		for (size_t k = 0; !many && k < options.told_count; k++)
			buf_printf(&found, "%s%s %d", k > 0 ? ", " : "", options.told[k].address,
			           options.told[k].role);
		if (!many)
			assert_string_equal(found.data, rows[i].told != NULL ? rows[i].told : "");
		buf_clear(&found);
		options_clear(&options);
		free(copy);
	}
}

/* Found before the network is touched, each with its own words. */
static void test_what_cannot_be_written(void **state)
{
	static const struct {
		const char *words, *says;
		enum fault_code code;
	} rows[] = {
		{ "-t none -o @/no/r pub", "cannot write into ", FAULT_FILE },
		{ "-t none -o @ pub", "it is a folder", FAULT_FILE },
		{ "-t none -o /no-such-folder/r pub", "cannot write into /no-such-folder:", FAULT_FILE },
		{ "-t none -o json:@/r -o html:@/r pub", "two --output go to ", FAULT_USAGE },
		{ "-t none -o json:@/r -o html:@/./r pub", "two --output go to ", FAULT_USAGE },
		{ "-t none --export @/no/e pub", "cannot write into ", FAULT_FILE },
	};
	struct world world = small();
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		fault.text[0] = '\0';
		assert_int_equal(report(&world, rows[i].words, &fault), -1);
		if (strstr(fault.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].words, fault.text);
		assert_int_equal(fault.code, rows[i].code);
		assert_string_equal(contents("stdout"), "");
	}
	/* a folder that is there takes an export, one that is not is made */
	assert_int_equal(report(&world, "-t none -q --export @ pub", &fault), 0);
	assert_int_equal(report(&world, "-t none -q --export @/e pub", &fault), 0);
	end_world(&world);
}

/* A full disk takes the file, not the answer; what failed first is what is said. */
static void test_a_full_disk(void **state)
{
	struct world world = small();
	struct fault fault;

	(void)state;
	assert_int_equal(report(&world, "-t none -o /dev/full pub", &fault), -1);
	assert_non_null(strstr(fault.text, "/dev/full"));
	assert_true(begins(contents("stdout"), TEXT)); /* it was not to be printed */
	assert_int_equal(report(&world, "-t none -o json:/dev/full -o html:@/r pub", &fault), -1);
	assert_true(begins(contents("r"), HTML));
	assert_true(begins(contents("stdout"), TEXT));
	/* printed once, however many fail */
	assert_int_equal(report(&world, "-t none -f json -o json:/dev/full -o html:/dev/full pub",
	                        &fault),
	                 -1);
	end_world(&world);
}

/* Of several that fail the first is told; a file beside us or at the root has a folder as any other has. */
static void test_what_failed_first(void **state)
{
	static const struct {
		const char *words, *says;
	} rows[] = {
		{ "-t none -q -o json:/dev/full -o html:@/no/r pub", "/dev/full" },
		{ "-t none -q -o html:@/no/r -o json:/dev/full pub", "/no/r" },
	};
	static const char *const places[] = { "-t none -o json:beside pub", "-t none -o json:/mra-preflight-test pub" };
	struct world world = small();
	struct options options;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(parse(&options, rows[i].words, &fault), 0);
		fault.text[0] = '\0';
		assert_int_equal(run_report(world.report, &options, &fault), -1);
		if (strstr(fault.text, rows[i].says) == NULL || strstr(fault.text, rows[1 - i].says) != NULL)
			fail_msg("%s: %s", rows[i].words, fault.text);
		options_clear(&options);
	}
	for (size_t i = 0; i < 2; i++) { /* checked, not written */
		assert_int_equal(parse(&options, places[i], &fault), 0);
		if (run_report_check(&options, &fault) != 0)
			assert_true(begins(fault.text, i == 0 ? "cannot write into .:" : "cannot write into /:"));
		options_clear(&options);
	}
	end_world(&world);
}

static void test_exit_status(void **state)
{
	struct world world = small();
	struct fault fault;

	(void)state;
	assert_int_equal(report(&world, "-t none pub", &fault), 0);
	assert_int_equal(report(&world, "-t none -f nagios pub", &fault), 0);
	world.report->status = STATUS_FAIL;
	assert_int_equal(report(&world, "-t none pub", &fault), 1);
	assert_int_equal(report(&world, "-t none -f nagios pub", &fault), 2);
	world.report->status = STATUS_INCOMPLETE;
	assert_int_equal(report(&world, "-t none pub", &fault), 3);
	end_world(&world);
}

/* What a terminal of so many columns gets. */
static char *on_terminal(struct world *world, const char *words, unsigned short columns)
{
	static char text[60000];
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	int out = dup(STDOUT_FILENO), master, slave;
	struct options options;
	struct fault fault;
	size_t len = 0;
	ssize_t got;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	assert_int_equal(parse(&options, words, &fault), 0);
	fflush(stdout);
	if (fork() == 0) { /* a terminal takes little at once: somebody has to read */
		close(master);
		dup2(slave, STDOUT_FILENO);
		_exit(run_report(world->report, &options, &fault) == 0 ? 0 : 1);
	}
	close(slave);
	close(out);
	while (len < sizeof text - 1 && (got = read(master, text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(master);
	options_clear(&options);
	return text;
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	for (; *text != '\0'; text += strcspn(text, "\r\n"), text += strspn(text, "\r\n"))
		if (strcspn(text, "\r\n") > longest)
			longest = strcspn(text, "\r\n");
	return longest;
}

static void set_environment(const char *term, const char *no_color)
{
	if (term != NULL)
		setenv("TERM", term, 1);
	else
		unsetenv("TERM");
	if (no_color != NULL)
		setenv("NO_COLOR", no_color, 1);
	else
		unsetenv("NO_COLOR");
}

static void test_colour(void **state)
{
	static const struct {
		const char *words, *term, *no_color;
		bool color;
	} rows[] = {
		{ "-t none pub", "xterm", NULL, true },
		{ "-t none pub", "xterm", "", true },
		{ "-t none pub", "xterm", "1", false },
		{ "-t none pub", "dumb", NULL, false },
		{ "-t none pub", NULL, NULL, false },
		{ "-t none --color=always pub", "dumb", "1", true },
		{ "-t none --color=never pub", "xterm", NULL, false },
		{ "-t none --color=auto pub", "xterm", NULL, true },
	};
	struct world world;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		set_environment(rows[i].term, rows[i].no_color); /* libc keeps each value */
	world = small();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		set_environment(rows[i].term, rows[i].no_color);
		if ((strchr(on_terminal(&world, rows[i].words, 80), '\033') != NULL) != rows[i].color)
			fail_msg("row %zu", i);
	}
	set_environment("xterm", NULL);
	assert_int_equal(report(&world, "-t none pub", &fault), 0); /* a file is no terminal */
	assert_null(strchr(contents("stdout"), '\033'));
	assert_int_equal(report(&world, "-t none --color=always pub", &fault), 0);
	assert_non_null(strchr(contents("stdout"), '\033'));
	end_world(&world);
}

/* The terminal's width from 40 columns on, else 80. */
static void test_width(void **state)
{
	struct world world;

	(void)state;
	set_environment("xterm", "1");
	world = small();
	assert_true(longest_line(on_terminal(&world, "-t none pub", 50)) <= 50);
	assert_true(longest_line(on_terminal(&world, "-t none pub", 40)) <= 40);
	assert_true(longest_line(on_terminal(&world, "-t none pub", 39)) > 50);
	end_world(&world);
}

static int problem(const char *text, const char *output, struct fault *fault)
{
	char words[WORDS_MOST][40], *argv[WORDS_MOST + 1] = { NULL }, *copy = mem_strdup(text),
							      *rest = copy, *one, path[100];
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), fd, rc, argc = 0;

	while ((one = strsep(&rest, " ")) != NULL) {
		snprintf(words[argc], sizeof words[argc], "%s", one);
		argv[argc] = words[argc];
		argc++;
	}
	free(copy);
	snprintf(path, sizeof path, "%s/stdout", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	fflush(stdout);
	fflush(stderr);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	if (output != NULL) {
		fd = open(output, O_WRONLY);
		dup2(fd, STDOUT_FILENO);
		close(fd);
	}
	rc = run_problem(argc, argv, fault);
	fflush(stderr);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	return rc;
}

/* A slip is UNKNOWN for monitoring, wherever the words ask for that format; else it is status 2. */
static void test_problems(void **state)
{
	static const struct {
		const char *words;
		int status;
	} rows[] = {
		{ "mra", 2 },
		{ "mra -f nagios", 3 },
		{ "mra -fnagios", 3 },
		{ "mra --format nagios", 3 },
		{ "mra --format=nagios", 3 },
		{ "mra -f json", 2 },
		{ "mra -f nagios -f json", 2 },
		{ "mra -f json -f nagios", 3 },
		{ "mra -- -f nagios", 2 },
		{ "mra -f", 2 },
		{ "mra --format", 2 },
		{ "mra --form=nagios", 2 },
		{ "-f nagios", 2 }, /* the program's own name is no option */
	};
	struct fault fault = { FAULT_USAGE, "what\033[2J is wrong" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int status = problem(rows[i].words, NULL, &fault);

		if (status != rows[i].status)
			fail_msg("%s: %d", rows[i].words, status);
		assert_non_null(strstr(contents("stdout"), "mra-preflight: what\\x1b[2J is wrong"));
		assert_int_equal(strstr(contents("stdout"), "UNKNOWN") != NULL, rows[i].status == 3);
	}
	/* what monitoring cannot read is no state of it */
	assert_int_equal(problem("mra -f nagios", "/dev/full", &fault), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_where_and_in_which_format, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_fleet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_takes_a_fleet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_log, setup, teardown),
		cmocka_unit_test_setup_teardown(test_told_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_full_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_failed_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exit_status, setup, teardown),
		cmocka_unit_test_setup_teardown(test_colour, setup, teardown),
		cmocka_unit_test_setup_teardown(test_width, setup, teardown),
		cmocka_unit_test_setup_teardown(test_problems, setup, teardown),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
