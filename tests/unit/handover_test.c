/* SPDX-License-Identifier: MIT */
/* What the process that gathers hands over: all that it found, whatever kind it is of and however much; what is kept of
 * it when it dies, again and again; and the signals that it does not mind. It gathers what is written here, of nobody. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "gather/facts.h"
#include "gather/worker.h"
#include "model/lookup.h"
#include "pki/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PROCESS "the process that talks to the servers "
#define ABORTED PROCESS "was ended by signal 6 (Aborted)"

enum { MANY = 300 };

/* --- who listens ------------------------------------------------------------------------------- */

static struct {
	char notes[9000], stage[30], first_stage[30];
	size_t done, all, tells;
} heard;

static void hear_note(void *arg, const char *line)
{
	size_t len = strlen(heard.notes);

	(void)arg;
	snprintf(heard.notes + len, sizeof heard.notes - len, "%s\n", line);
}

static void hear_stage(void *arg, const char *stage, size_t done, size_t all)
{
	(void)arg;
	if (heard.tells++ == 0)
		snprintf(heard.first_stage, sizeof heard.first_stage, "%s", stage);
	snprintf(heard.stage, sizeof heard.stage, "%s", stage);
	heard.done = done;
	heard.all = all;
}

static void run(struct report *report, worker_fn *gather, int64_t most_ms)
{
	struct worker_how how = { .stall_ms = 60000, .files = 100, .cpu_s = 100 };
	struct deadline deadline = { .at_ms = clock_mono_ms() + most_ms, .note = hear_note, .tell = hear_stage };

	memset(&heard, 0, sizeof heard);
	errno = EAGAIN; /* of something before: nobody minds */
	worker_run(report, gather, NULL, &how, &deadline);
}

/* --- all that there is ------------------------------------------------------------------------- */

static char *padded(const char *what, size_t number)
{
	return mem_printf("%s %zu %0400d", what, number, 7);
}

static const struct cert *some_cert(struct report *report, unsigned char last)
{
	return decode_cert(&report->certs, (const unsigned char[]){ 0x30, 1, last }, 3);
}

static void gather_all(struct report *report, const struct deadline *deadline, void *arg)
{
	static const unsigned char cas[] = { 0, 2, 0x30, 0 };
	struct node_reverse *reverse;

	(void)arg;
	for (size_t i = 0; i < 2; i++)
		report_add_cluster(report, i == 0 ? "pub.example" : "pub2.example", 8443);
	facts_reached(report, deadline, GATHERED_CLUSTERS);
	for (size_t i = 0; i < 2; i++) {
		report->clusters[i].outcome = DISCOVERY_OK;
		report->clusters[i].version = mem_strdup("14.0.1");
		chain_add(&report->clusters[i].chain, some_cert(report, (unsigned char)i));
	}
	for (size_t i = 0; i < 3; i++) {
		char *name = mem_printf("n%zu.example", i);

		node_add_address(report_add_node(report, name), name, true);
		free(name);
	}
	facts_reached(report, deadline, GATHERED_NODES);
	for (size_t i = 0; i < 3; i++)
		address_add_ip(&report->nodes[i].addresses[0], "192.0.2.1");
	facts_reached(report, deadline, GATHERED_ADDRESSES);
	for (size_t i = 0; i < MANY; i++) {
		struct observation *observation = report_add_observation(report);

		observation->node = i % 3;
		observation->address = mem_strdup(report->nodes[i % 3].name);
		observation->ip = mem_strdup("192.0.2.1");
		observation->port = (uint16_t)i;
		if (i == 5) {
			observation->outcome = OUTCOME_UNRESOLVED; /* known before anybody is asked */
			observation->detail = padded("planned", i);
		}
	}
	facts_reached(report, deadline, GATHERED_PLAN);
	deadline_note(deadline, "%s", "a note");
	for (size_t i = 0; i < MANY; i++) {
		struct observation *observation = &report->observations[i];

		if (observation->outcome != OUTCOME_PENDING)
			continue;
		observation->outcome = OUTCOME_PRESENTED;
		observation->detail = padded("seen", i);
		chain_add(&observation->chain, some_cert(report, 100));
		observation->client_cas = ca_lists_add(&report->client_ca_lists, cas, sizeof cas);
		if (i % 2 == 0) /* the others are told with the step */
			deadline_found(deadline, FACT_OBSERVATION, i);
		deadline_tell(deadline, "probe", i, MANY);
	}
	deadline_tell(deadline, "probe", MANY, MANY);
	report->nodes[1].reverses = mem_grow(NULL, 0, sizeof *report->nodes[1].reverses);
	report->nodes[1].reverse_count = 1;
	reverse = &report->nodes[1].reverses[0];
	*reverse = (struct node_reverse){ .ip = mem_strdup("192.0.2.1"), .name = mem_strdup("n1.example"), .agrees = true };
	deadline_found(deadline, FACT_REVERSES, 1);
	report->clients[0].fetched = true;
	chain_add(&report->clients[0].chain, some_cert(report, 101));
	deadline_found(deadline, FACT_CLIENT, 0);
	facts_reached(report, deadline, GATHERED_ALL);
}

/* More than a pipe holds, and of every kind. */
static void test_all_is_handed_over(void **state)
{
	struct report *report = report_new();

	(void)state;
	report_add_client(report, "web", CLIENT_WEB);
	run(report, gather_all, 300000);
	assert_int_equal(report->gathered, GATHERED_ALL);
	assert_int_equal(report->cluster_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(report->clusters[i].version, "14.0.1");
		assert_int_equal(report->clusters[i].chain.count, 1);
		assert_int_equal(report->clusters[i].chain.certs[0]->der[2], i);
	}
	assert_int_equal(report->node_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(report->nodes[i].addresses[0].ip_count, 1);
		assert_int_equal(report->nodes[i].reverse_count, i == 1);
	}
	assert_string_equal(report->nodes[1].reverses[0].name, "n1.example");
	assert_int_equal(report->observation_count, MANY);
	for (size_t i = 0; i < MANY; i++) {
		const struct observation *one = &report->observations[i];
		char *detail = padded(i == 5 ? "planned" : "seen", i);

		assert_int_equal(one->outcome, i == 5 ? OUTCOME_UNRESOLVED : OUTCOME_PRESENTED);
		assert_string_equal(one->detail, detail);
		assert_int_equal(one->port, i);
		assert_int_equal(one->chain.count, i != 5);
		assert_int_equal(one->client_cas != NULL, i != 5);
		free(detail);
	}
	assert_true(report->clients[0].fetched);
	assert_int_equal(report->clients[0].chain.certs[0]->der[2], 101);
	assert_string_equal(heard.first_stage, "probe");
	assert_int_equal(heard.done, MANY);
	assert_int_equal(heard.all, MANY);
	assert_true(heard.tells >= 2 && heard.tells < MANY); /* not one by one */
	assert_non_null(strstr(heard.notes, "a note\n"));
	assert_non_null(strstr(heard.notes, "isolated: "));
	assert_null(strstr(heard.notes, PROCESS));
	report_free(report);
}

/* --- deaths -------------------------------------------------------------------------------------- */

static void die(void)
{
	signal(SIGABRT, SIG_DFL);
	abort();
}

/* Up to the plan: one node, MOST observations at a port each. */
enum { PLACES = 36, STARTS_MOST = 32 };

static void plan_places(struct report *report, const struct deadline *deadline, size_t count)
{
	struct node *node;

	if (report->gathered >= GATHERED_PLAN)
		return;
	node = report_add_node(report, "a.example");
	node->cluster = NODE_NO_CLUSTER;
	node_add_address(node, "a.example", true);
	facts_reached(report, deadline, GATHERED_ADDRESSES);
	for (size_t i = 0; i < count; i++) {
		struct observation *observation = report_add_observation(report);

		observation->address = mem_strdup("a.example");
		observation->ip = mem_strdup("192.0.2.1");
		observation->port = (uint16_t)(1 + i);
	}
	facts_reached(report, deadline, GATHERED_PLAN);
}

static void stop_the_rest(struct report *report, const struct deadline *deadline)
{
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].outcome == OUTCOME_PENDING)
			report->observations[i].outcome = OUTCOME_STOPPED;
	facts_reached(report, deadline, GATHERED_ALL);
}

static void die_of_each(struct report *report, const struct deadline *deadline, void *arg)
{
	(void)arg;
	plan_places(report, deadline, PLACES);
	for (size_t i = 0; i < PLACES && !deadline_over(deadline); i++) {
		if (report->observations[i].outcome != OUTCOME_PENDING)
			continue;
		deadline_busy(deadline, FACT_OBSERVATION, i);
		die();
	}
	stop_the_rest(report, deadline);
}

/* Each server kills one process; after so many none is begun any more, and what is left says why. */
static void test_many_deaths(void **state)
{
	struct report *report = report_new();
	size_t deaths = 0;

	(void)state;
	run(report, die_of_each, 300000);
	assert_int_equal(report->gathered, GATHERED_ALL);
	for (size_t i = 0; i < PLACES; i++) {
		assert_int_equal(report->observations[i].outcome, OUTCOME_CRASHED);
		assert_string_equal(report->observations[i].detail,
		                    i < STARTS_MOST ? ABORTED " while it talked to this IP and port" : ABORTED);
	}
	for (const char *p = heard.notes; (p = strstr(p, ABORTED "\n")) != NULL; p++)
		deaths++;
	assert_int_equal(deaths, STARTS_MOST);
	report_free(report);
}

/* What the dead process says it was busy with is believed as far as there is such a thing, still open. */
static struct {
	int kind;
	size_t index;
} busy;

static void die_of_nobody(struct report *report, const struct deadline *deadline, void *arg)
{
	(void)arg;
	if (report->gathered < GATHERED_PLAN) {
		report_add_cluster(report, "pub.example", 8443)->outcome = DISCOVERY_OK;
		facts_reached(report, deadline, GATHERED_CLUSTERS);
	}
	plan_places(report, deadline, 3);
	if (!deadline_over(deadline)) {
		if (report->observations[0].outcome == OUTCOME_PENDING) {
			report->observations[0].outcome = OUTCOME_REFUSED;
			deadline_found(deadline, FACT_OBSERVATION, 0);
		}
		deadline_busy(deadline, busy.kind, busy.index);
		die();
	}
	stop_the_rest(report, deadline);
}

static void test_busy_with_nobody(void **state)
{
	static const struct {
		int kind;
		size_t index;
	} rows[] = {
		{ FACT_NONE, 1 },        { FACT_OBSERVATION, 3 }, { FACT_OBSERVATION, SIZE_MAX }, { FACT_OBSERVATION, 0 },
		{ FACT_CLUSTER, 0 },     { FACT_CLUSTER, 1 },     { FACT_CLIENT, 0 },             { FACT_CLIENT, 1 },
		{ FACT_CLIENT, 2 },      { FACT_NODE, 0 },        { 1000, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		size_t deaths = 0;

		busy.kind = rows[i].kind;
		busy.index = rows[i].index;
		report_add_client(report, "file", CLIENT_FILE);
		report_add_client(report, "web", CLIENT_WEB)->fetched = true;
		run(report, die_of_nobody, 300000);
		for (const char *p = heard.notes; (p = strstr(p, ABORTED "\n")) != NULL; p++)
			deaths++;
		if (deaths != 3)
			fail_msg("row %zu: %zu deaths", i, deaths);
		assert_int_equal(report->clusters[0].outcome, DISCOVERY_OK);
		assert_int_equal(report->observations[0].outcome, OUTCOME_REFUSED);
		for (size_t k = 1; k < 3; k++) {
			assert_int_equal(report->observations[k].outcome, OUTCOME_CRASHED);
			assert_string_equal(report->observations[k].detail, ABORTED);
		}
		assert_null(report->clients[0].problem);
		assert_null(report->clients[1].problem);
		report_free(report);
	}
}

static void die_of_client(struct report *report, const struct deadline *deadline, void *arg)
{
	(void)arg;
	plan_places(report, deadline, 1);
	if (!report->clients[1].fetched && !deadline_over(deadline)) {
		deadline_busy(deadline, FACT_CLIENT, 1);
		die();
	}
	if (report->observations[0].outcome == OUTCOME_PENDING && !deadline_over(deadline))
		report->observations[0].outcome = OUTCOME_REFUSED;
	facts_reached(report, deadline, GATHERED_ALL);
}

static void test_death_of_a_page(void **state)
{
	struct report *report = report_new();

	(void)state;
	report_add_client(report, "file", CLIENT_FILE);
	report_add_client(report, "web", CLIENT_WEB);
	run(report, die_of_client, 300000);
	assert_true(report->clients[1].fetched);
	assert_string_equal(report->clients[1].problem, ABORTED " while it talked to it");
	assert_false(report->clients[0].fetched);
	assert_int_equal(report->observations[0].outcome, OUTCOME_REFUSED);
	report_free(report);
}

/* One that lies goes on until that is read, and is not believed what it is busy with by then; the next one is. */
static void lie_then_die(struct report *report, const struct deadline *deadline, void *arg)
{
	(void)arg;
	plan_places(report, deadline, 3);
	for (size_t i = 0; i < 3; i++) {
		if (report->observations[i].outcome != OUTCOME_PENDING || deadline_over(deadline))
			continue;
		deadline_busy(deadline, FACT_OBSERVATION, i);
		deadline_found(deadline, FACT_BUSY, i);
		for (int fd = 3; i == 0 && fd < 200; fd++)
			if ((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 && fcntl(fd, F_GETFD) >= 0 &&
			    (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY)
				(void)!write(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
		for (; i == 0 && !deadline_over(deadline);)
			deadline_busy(deadline, FACT_OBSERVATION, 2);
		if (i == 1)
			die();
		report->observations[i].outcome = OUTCOME_REFUSED;
		deadline_busy(deadline, FACT_NONE, 0);
		deadline_found(deadline, FACT_OBSERVATION, i);
	}
	stop_the_rest(report, deadline);
}

static void test_lie_then_death(void **state)
{
	struct report *report = report_new();

	(void)state;
	run(report, lie_then_die, 300000);
	assert_int_equal(report->observations[0].outcome, OUTCOME_CRASHED);
	assert_string_equal(report->observations[0].detail, PROCESS "sent something that is not a fact while it talked to this IP and port");
	assert_int_equal(report->observations[1].outcome, OUTCOME_CRASHED);
	assert_string_equal(report->observations[1].detail, ABORTED " while it talked to this IP and port");
	assert_int_equal(report->observations[2].outcome, OUTCOME_REFUSED);
	report_free(report);
}

/* One that dies while nobody is asked yet, three times: what is then not known is not "stopped". */
static void die_early(struct report *report, const struct deadline *deadline, void *arg)
{
	(void)arg;
	if (report->gathered < GATHERED_CLUSTERS) {
		report_add_cluster(report, "pub.example", 8443);
		report_add_cluster(report, "pub2.example", 8443)->outcome = DISCOVERY_REFUSED;
		facts_reached(report, deadline, GATHERED_CLUSTERS);
	}
	if (!deadline_over(deadline))
		die();
	report->clusters[0].outcome = DISCOVERY_STOPPED;
	report->clusters[0].detail = mem_strdup("stopped");
	for (size_t i = 0; i < 3; i++) {
		char *name = mem_printf("n%zu.example", i);
		struct address *address = node_add_address(report_add_node(report, name), name, true);

		if (i < 2)
			address->unresolved = mem_strdup(lookup_text(i == 0 ? LOOKUP_STOPPED : LOOKUP_NXDOMAIN));
		free(name);
	}
	plan_places(report, deadline, 2);
	report->observations[0].outcome = OUTCOME_UNRESOLVED;
	stop_the_rest(report, deadline);
}

static void test_early_deaths(void **state)
{
	struct report *report = report_new();

	(void)state;
	run(report, die_early, 300000);
	assert_int_equal(report->clusters[0].outcome, DISCOVERY_BROKEN);
	assert_string_equal(report->clusters[0].detail, ABORTED);
	assert_int_equal(report->clusters[1].outcome, DISCOVERY_REFUSED);
	assert_string_equal(report->nodes[0].addresses[0].unresolved, ABORTED);
	assert_string_equal(report->nodes[1].addresses[0].unresolved, "NXDOMAIN");
	assert_null(report->nodes[2].addresses[0].unresolved);
	assert_int_equal(report->observations[0].outcome, OUTCOME_UNRESOLVED);
	assert_null(report->observations[0].detail);
	assert_int_equal(report->observations[1].outcome, OUTCOME_CRASHED);
	assert_string_equal(report->observations[1].detail, ABORTED);
	report_free(report);
}

/* The time is up while it computes, and listens to nobody: nobody died, it was stopped. */
static pid_t parent;

static void never_end(struct report *report, const struct deadline *deadline, void *arg)
{
	(void)arg;
	plan_places(report, deadline, 2);
	if (getpid() != parent)
		for (;;)
			deadline_busy(deadline, FACT_NONE, 0);
	stop_the_rest(report, deadline);
}

static void test_deadline(void **state)
{
	struct report *report = report_new();
	int64_t begun_ms = clock_mono_ms();

	(void)state;
	parent = getpid();
	run(report, never_end, 200);
	assert_true(clock_mono_ms() - begun_ms >= 200);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(report->observations[i].outcome, OUTCOME_STOPPED);
		assert_null(report->observations[i].detail);
	}
	assert_non_null(strstr(heard.notes, PROCESS "was stopped\n"));
	report_free(report);
}

/* One that computes for long, and shows that it turns, is left alone. */
static void compute(struct report *report, const struct deadline *deadline, void *arg)
{
	struct timespec used = { 0 };

	(void)arg;
	plan_places(report, deadline, 1);
	while (used.tv_sec < 1 && !deadline_over(deadline))  /* who asks is alive */
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	report->observations[0].outcome = OUTCOME_REFUSED;
	facts_reached(report, deadline, GATHERED_ALL);
}

static void test_computing(void **state)
{
	struct worker_how how = { .stall_ms = 600, .files = 100, .cpu_s = 100 };
	struct deadline deadline = { .at_ms = clock_mono_ms() + 300000, .note = hear_note };
	struct report *report = report_new();

	(void)state;
	memset(&heard, 0, sizeof heard);
	worker_run(report, compute, NULL, &how, &deadline);
	assert_int_equal(report->observations[0].outcome, OUTCOME_REFUSED);
	assert_null(strstr(heard.notes, PROCESS));
	report_free(report);
}

/* --- what it has ----------------------------------------------------------------------------------- */

static unsigned long long limit_of(unsigned resource)
{
	struct rlimit limit = { 77, 78 };

	getrlimit(resource, &limit);
	return limit.rlim_cur == limit.rlim_max ? limit.rlim_cur : 79; /* neither is raised again */
}

/* Nothing but the pipe; what is read or written by accident goes nowhere. */
static void count_descriptors(struct report *report, const struct deadline *deadline, void *arg)
{
	struct stat is;
	int others = 0, nowhere = 0;

	(void)arg;
	plan_places(report, deadline, 2);
	for (int fd = 0; fd < 100; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			continue;
		if (fd > 2)
			others++;
		else if (fstat(fd, &is) == 0 && S_ISCHR(is.st_mode) && is.st_rdev == makedev(1, 3))
			nowhere++;
	}
	report->observations[0].detail = mem_printf("%d at nothing, %d more", nowhere, others);
	report->observations[1].detail = mem_printf("files %llu, CPU %llu, core %llu, size %llu, memory %s", limit_of(RLIMIT_NOFILE),
	                                            limit_of(RLIMIT_CPU), limit_of(RLIMIT_CORE), limit_of(RLIMIT_FSIZE),
	                                            limit_of(RLIMIT_AS) == (unsigned long long)RLIM_INFINITY ? "any"
	                                            : limit_of(RLIMIT_AS) < 1ull << 30                    ? "too little"
	                                                                                                  : "so much");
	report->observations[1].outcome = OUTCOME_REFUSED;
	report->observations[0].outcome = OUTCOME_REFUSED;
	facts_reached(report, deadline, GATHERED_ALL);
}

/* qemu-user takes a limit of memory and forgets it: it needs the memory itself. */
static bool memory_limit_is_kept(void)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		const struct rlimit wanted = { 3ul << 30, 3ul << 30 };

		_exit(setrlimit(RLIMIT_AS, &wanted) == 0 && limit_of(RLIMIT_AS) == wanted.rlim_cur);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static void test_descriptors(void **state)
{
	struct report *report = report_new();
	const char *limits = memory_limit_is_kept() ? "files 100, CPU 100, core 0, size 0, memory so much"
	                                            : "files 100, CPU 100, core 0, size 0, memory any";
	int left[] = { open("/dev/null", O_RDWR), open("/", O_RDONLY), dup(1) };

	(void)state;
	run(report, count_descriptors, 300000);
	if (strstr(heard.notes, "seccomp") != NULL) /* valgrind and the sanitizers need theirs */
		assert_string_equal(report->observations[0].detail, "3 at nothing, 1 more");
	if (strstr(heard.notes, "seccomp") != NULL)
		assert_non_null(strstr(heard.notes, "isolated: no core file, descriptors, CPU time, memory, no file to write, "
		                                    "no new privileges"));
	if (strstr(heard.notes, "seccomp") != NULL)
		assert_string_equal(report->observations[1].detail, limits);
	for (int i = 0; i < 3; i++)
		close(left[i]);
	report_free(report);
}

/* --- signals ------------------------------------------------------------------------------------- */

/* Ctrl-C and a closed terminal reach every process: this one goes on, and its parent decides. */
static const int signals[] = { SIGINT, SIGQUIT, SIGHUP, SIGPIPE, SIGTERM };

static void raise_all(struct report *report, const struct deadline *deadline, void *arg)
{
	(void)arg;
	plan_places(report, deadline, 5);
	for (size_t i = 0; i < 5; i++) {
		if (report->observations[i].outcome != OUTCOME_PENDING)
			continue;
		deadline_busy(deadline, FACT_OBSERVATION, i);
		if (!deadline_over(deadline))
			raise(signals[i]);
		report->observations[i].outcome = OUTCOME_REFUSED;
		deadline_busy(deadline, FACT_NONE, 0);
		deadline_found(deadline, FACT_OBSERVATION, i);
	}
	facts_reached(report, deadline, GATHERED_ALL);
}

static void test_signals(void **state)
{
	struct report *report = report_new();
	void (*before[5])(int);

	(void)state;
	for (size_t i = 0; i < 5; i++) /* who started the test may have turned some off */
		before[i] = signal(signals[i], SIG_DFL);
	run(report, raise_all, 300000);
	for (size_t i = 0; i < 5; i++)
		signal(signals[i], before[i]);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(report->observations[i].outcome, OUTCOME_REFUSED);
	assert_null(strstr(heard.notes, PROCESS));
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_handed_over), cmocka_unit_test(test_many_deaths),
		cmocka_unit_test(test_busy_with_nobody),   cmocka_unit_test(test_death_of_a_page),
		cmocka_unit_test(test_early_deaths),       cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_signals),            cmocka_unit_test(test_computing),
		cmocka_unit_test(test_descriptors),        cmocka_unit_test(test_lie_then_death),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
