/* SPDX-License-Identifier: MIT */
/* What becomes of a run whose process dies, hangs, lies or is stopped, and what that process may not
 * do. It gathers here what a table says, of nobody. tests/e2e/65-isolation.py does it with servers. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "gather/facts.h"
#include "gather/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { OBSERVATIONS = 5, NOBODY = 99 };

enum act { ACT_NONE, ACT_ABORT, ACT_EXIT_3, ACT_EXIT_2, ACT_HANG, ACT_WAIT, ACT_SLEEP, ACT_LIE, ACT_TRY };

enum { STALL_MS = 1000 };

struct plan {
	enum act act;
	size_t at;      /* the observation at which it is done; NOBODY: see the next two */
	bool discovering; /* while the publisher is asked */
	bool stray;     /* while it is busy with nobody */
};

/* Two at one place, then one each. */
static const uint16_t ports[OBSERVATIONS] = { 1, 2, 1, 3, 4 };

static char intruder[60]; /* a file that is not to be */

/* What the process tries that it may not: "what: errno" where it could not. */
static char *try_all(void)
{
	int fd = open(intruder, O_WRONLY | O_CREAT, 0600), file = fd < 0 ? errno : 0;
	int victim = open("/etc/passwd", O_WRONLY | O_APPEND), append = victim < 0 ? errno : 0;
	pid_t child = fork();
	int forked = child < 0 ? errno : 0, listened, ran;
	struct rlimit core = { .rlim_cur = 1 };

	if (child == 0)
		_exit(0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	listened = listen(fd, 1) < 0 ? errno : 0;
	ran = execl("/bin/true", "true", (char *)NULL) < 0 ? errno : 0;
	getrlimit(RLIMIT_CORE, &core);
	return mem_printf("file %s, append %s, fork %s, listen %s, exec %s, core %s", file ? "no" : "yes",
	                  append ? "no" : "yes", forked ? "no" : "yes", listened ? "no" : "yes", ran ? "no" : "yes",
	                  core.rlim_cur == 0 ? "no" : "yes");
}

static void act(const struct plan *plan, struct observation *observation)
{
	switch (plan->act) {
	case ACT_NONE:
		break;
	case ACT_ABORT:
		signal(SIGABRT, SIG_DFL);
		abort();
	case ACT_EXIT_3:
		_exit(3);
	case ACT_EXIT_2:
		_exit(2);
	case ACT_HANG:
		for (;;)
			;
	case ACT_WAIT: /* longer than it may compute, and with a turn now and then */
		for (int64_t begun_ms = clock_mono_ms(); clock_mono_ms() - begun_ms < 2 * STALL_MS;)
			poll(NULL, 0, 20);
		break;
	case ACT_SLEEP:
		for (;;)
			poll(NULL, 0, 60000);
	case ACT_LIE:
		for (int fd = 3; fd < 200; fd++) /* the pipe; what a caller has left open is not ours */
			if ((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 && fcntl(fd, F_GETFD) >= 0 &&
			    (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY)
				(void)!write(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
		break;
	case ACT_TRY:
		if (observation != NULL)
			observation->detail = try_all();
		break;
	}
}

static void gather(struct report *report, const struct deadline *deadline, void *arg)
{
	const struct plan *plan = arg;
	struct cluster *cluster;

	if (report->gathered < GATHERED_CLUSTERS) {
		report_add_cluster(report, "pub.example", 8443);
		facts_reached(report, deadline, GATHERED_CLUSTERS);
	}
	if (report->gathered < GATHERED_NODES) {
		cluster = &report->clusters[0];
		if (cluster->outcome == DISCOVERY_NOT_TRIED) {
			deadline_busy(deadline, FACT_CLUSTER, 0);
			if (plan->discovering && !deadline_over(deadline))
				act(plan, NULL);
			cluster->outcome = deadline_over(deadline) ? DISCOVERY_STOPPED : DISCOVERY_OK;
			deadline_busy(deadline, FACT_NONE, 0);
		}
		node_add_address(report_add_node(report, "a.example"), "a.example", true);
		facts_reached(report, deadline, GATHERED_NODES);
	}
	if (report->gathered < GATHERED_ADDRESSES)
		facts_reached(report, deadline, GATHERED_ADDRESSES);
	if (report->gathered < GATHERED_PLAN) {
		for (size_t i = 0; i < OBSERVATIONS; i++) {
			struct observation *observation = report_add_observation(report);

			observation->address = mem_strdup("a.example");
			observation->ip = mem_strdup("192.0.2.1");
			observation->port = ports[i];
		}
		facts_reached(report, deadline, GATHERED_PLAN);
	}
	if (plan->stray && !deadline_over(deadline))
		act(plan, NULL);
	for (size_t i = 0; i < report->observation_count; i++) {
		struct observation *observation = &report->observations[i];

		if (observation->outcome != OUTCOME_PENDING)
			continue;
		if (deadline_over(deadline)) {
			observation->outcome = OUTCOME_STOPPED;
			continue;
		}
		deadline_busy(deadline, FACT_OBSERVATION, i);
		deadline_found(deadline, FACT_BUSY, i);
		if (i == plan->at)
			act(plan, observation);
		observation->outcome = OUTCOME_REFUSED;
		deadline_busy(deadline, FACT_NONE, 0);
		deadline_found(deadline, FACT_OBSERVATION, i);
	}
	facts_reached(report, deadline, GATHERED_ALL);
}

static char notes[4000];

static void keep_note(void *arg, const char *line)
{
	size_t len = strlen(notes);

	(void)arg;
	snprintf(notes + len, sizeof notes - len, "%s\n", line);
}

static struct report *gathered(const struct plan *plan, const volatile sig_atomic_t *stop, unsigned stall_ms)
{
	struct report *report = report_new();
	struct worker_how how = { .stall_ms = stall_ms, .files = 100, .cpu_s = 100 };
	struct deadline deadline = { .at_ms = clock_mono_ms() + 300000, .stop = stop, .note = keep_note };
	struct plan copy = *plan;

	notes[0] = '\0';
	worker_run(report, gather, &copy, &how, &deadline);
	assert_int_equal(report->gathered, GATHERED_ALL);
	assert_int_equal(report->cluster_count, 1);
	assert_int_equal(report->node_count, 1);
	assert_string_equal(report->nodes[0].addresses[0].text, "a.example");
	assert_int_equal(report->observation_count, OBSERVATIONS);
	return report;
}

#define PROCESS "the process that talks to the servers "
#define ABORTED PROCESS "was ended by signal 6 (Aborted)"

/* It is said of the server that did it, and of what waited at the same place; the others are seen. */
static void test_deaths(void **state)
{
	static const struct {
		struct plan plan;
		const char *cause;
	} rows[] = {
		{ { ACT_ABORT, 0, false, false }, "was ended by signal 6 (Aborted)" },
		{ { ACT_ABORT, 2, false, false }, "was ended by signal 6 (Aborted)" },
		{ { ACT_ABORT, 4, false, false }, "was ended by signal 6 (Aborted)" },
		{ { ACT_EXIT_3, 1, false, false }, "ended with status 3 before it was done" },
		{ { ACT_EXIT_2, 1, false, false }, "ran out of memory" },
		{ { ACT_LIE, 3, false, false }, "sent something that is not a fact" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = gathered(&rows[i].plan, NULL, 60000);
		size_t at = rows[i].plan.at;

		assert_int_equal(report->clusters[0].outcome, DISCOVERY_OK);
		for (size_t k = 0; k < OBSERVATIONS; k++) {
			const struct observation *one = &report->observations[k];
			bool same = k > at && ports[k] == ports[at];
			char *detail = mem_printf(PROCESS "%s while it talked to %s", rows[i].cause,
			                          same ? "the same IP and port before" : "this IP and port");

			assert_int_equal(one->outcome, k == at || same ? OUTCOME_CRASHED : OUTCOME_REFUSED);
			if (k == at || same)
				assert_string_equal(one->detail, detail);
			else
				assert_null(one->detail);
			free(detail);
		}
		assert_non_null(strstr(notes, rows[i].cause));
		report_free(report);
	}
}

/* It is ended for what it computes, or for doing nothing at all; the others are seen. */
static void test_hanging(void **state)
{
	static const enum act acts[] = { ACT_HANG, ACT_SLEEP };

	(void)state;
	for (size_t k = 0; k < sizeof acts / sizeof *acts; k++) {
		struct report *report = gathered(&(struct plan){ acts[k], 1, false, false }, NULL, STALL_MS);

		for (size_t i = 0; i < OBSERVATIONS; i++)
			assert_int_equal(report->observations[i].outcome, i == 1 ? OUTCOME_CRASHED : OUTCOME_REFUSED);
		assert_non_null(strstr(report->observations[1].detail, PROCESS "gave no sign of life for "));
		report_free(report);
	}
}

/* A machine that is busy with others lets it wait for its turn: that is nobody's fault. */
static void test_waiting(void **state)
{
	struct report *report = gathered(&(struct plan){ ACT_WAIT, 1, false, false }, NULL, STALL_MS);

	(void)state;
	for (size_t i = 0; i < OBSERVATIONS; i++)
		assert_int_equal(report->observations[i].outcome, OUTCOME_REFUSED);
	report_free(report);
}

/* While a publisher is asked: it is written off, and the rest goes on. */
static void test_death_while_discovering(void **state)
{
	struct report *report = gathered(&(struct plan){ ACT_ABORT, NOBODY, true, false }, NULL, 60000);

	(void)state;
	assert_int_equal(report->clusters[0].outcome, DISCOVERY_BROKEN);
	assert_string_equal(report->clusters[0].detail, ABORTED " while it talked to this publisher");
	for (size_t i = 0; i < OBSERVATIONS; i++)
		assert_int_equal(report->observations[i].outcome, OUTCOME_REFUSED);
	report_free(report);
}

/* With nobody that it could be: three times, then what is left is not known, and says why. */
static void test_strays(void **state)
{
	struct report *report = gathered(&(struct plan){ ACT_ABORT, NOBODY, false, true }, NULL, 60000);
	size_t deaths = 0;

	(void)state;
	for (size_t i = 0; i < OBSERVATIONS; i++) {
		assert_int_equal(report->observations[i].outcome, OUTCOME_CRASHED);
		assert_string_equal(report->observations[i].detail, ABORTED);
	}
	for (const char *p = notes; (p = strstr(p, ABORTED)) != NULL; p++)
		deaths++;
	assert_int_equal(deaths, 3);
	report_free(report);
}

/* A signal to this process: what is not known by then is "stopped". The process below hangs at the
 * first, so that nothing is known of any, however quick it is. */
static void test_stopped(void **state)
{
	static const volatile sig_atomic_t stop = 1;
	struct report *report = gathered(&(struct plan){ ACT_HANG, 0, false, false }, &stop, 60000);

	(void)state;
	for (size_t i = 0; i < OBSERVATIONS; i++) {
		assert_int_equal(report->observations[i].outcome, OUTCOME_STOPPED);
		assert_null(report->observations[i].detail);
	}
	report_free(report);
}

/* What holds is said, and holds: sandbox.h. */
static void test_what_it_may_not(void **state)
{
	struct report *report;
	const char *tried;

	(void)state;
	unlink(intruder);
	report = gathered(&(struct plan){ ACT_TRY, 0, false, false }, NULL, 60000);
	tried = report->observations[0].detail;
	assert_non_null(strstr(notes, "isolated: no core file"));
	if (strstr(notes, "seccomp") == NULL && strstr(notes, "Landlock") == NULL) {
		unlink(intruder); /* valgrind, a sanitizer: nothing holds it, it has become /bin/true */
		report_free(report);
		print_message("neither seccomp nor Landlock here: nothing to try\n");
		return;
	}
	assert_non_null(tried);
	if (strstr(notes, "seccomp") != NULL) {
		assert_string_equal(tried, "file no, append no, fork no, listen no, exec no, core no");
		assert_non_null(strstr(notes, "no core file, descriptors, CPU time, memory, no file to write"));
	} else {
		assert_non_null(strstr(tried, "file no, append no"));
	}
	assert_int_not_equal(access(intruder, F_OK), 0);
	for (size_t i = 0; i < OBSERVATIONS; i++)
		assert_int_equal(report->observations[i].outcome, OUTCOME_REFUSED);
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deaths),  cmocka_unit_test(test_hanging),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_death_while_discovering), cmocka_unit_test(test_strays),
		cmocka_unit_test(test_stopped), cmocka_unit_test(test_what_it_may_not),
	};

	snprintf(intruder, sizeof intruder, "/tmp/worker_test.%ld", (long)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
