/* SPDX-License-Identifier: MIT */
/* Who waits for whom: the window of connections, servers that answer no SYN, and answers that come while the program is
 * busy with another server. No time is measured; what counts is what comes first. */
#include "config.h"

#include "advise/order.h"
#include "base/clock.h"
#include "base/mem.h"
#include "gather/facts.h"
#include "gather/probe.h"
#include "peer.h"

#include <fcntl.h>
#include <netinet/in.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG_MS = 60000, PLACES_MOST = 8 };

static struct certset set;
static struct made root, sub, rsa, ec;
static struct suites suites;

static int make_all(void **state)
{
	(void)state;
	certset_init(&set);
	made_usual(&set, &root, &sub, &rsa, &ec);
	order_offered(NULL, ORDER_RSA_FIRST, &suites);
	return 0;
}

static int free_all(void **state)
{
	(void)state;
	made_usual_free(&root, &sub, &rsa, &ec);
	certset_clear(&set);
	return 0;
}

/* --- one connection to each of some ports ------------------------------------------------------ */

/* As planned, in this order; each is a node of its own, so that they are asked in this order as well. */
static struct report *plan(const uint16_t *ports, size_t count)
{
	struct report *report = report_new();

	for (size_t i = 0; i < count; i++) {
		char *name = mem_printf("n%zu.example", i);
		struct observation *one = report_add_observation(report);

		report_add_node(report, name);
		one->node = i;
		one->address = name;
		one->ip = mem_strdup("127.0.0.1");
		one->port = ports[i];
		one->order = ORDER_RSA_FIRST;
		one->offered = OFFERED_TLS12;
		one->advertised = true;
	}
	report->gathered = GATHERED_PLAN;
	return report;
}

static struct probe_how how_of(unsigned parallel, unsigned connect_ms)
{
	return (struct probe_how){ .tls = OFFERED_TLS12, .per_address = 4, .parallel = parallel, .connect_timeout_ms = connect_ms,
		                   .handshake_timeout_ms = LONG_MS, .suites = { &suites, &suites } };
}

static struct told {
	size_t order[PLACES_MOST], count; /* in which they ended */
	volatile sig_atomic_t stop;
	bool stop_at_first;
} told;

static void found(void *arg, int kind, size_t index)
{
	(void)arg;
	if (kind != FACT_OBSERVATION)
		return;
	told.order[told.count++] = index;
	told.stop = told.stop_at_first;
}

static struct report *probe(const struct peer *peers, size_t count, unsigned parallel, unsigned connect_ms, bool stop_at_first)
{
	struct deadline deadline = { .found = found, .stop = &told.stop };
	struct probe_how how = how_of(parallel, connect_ms);
	uint16_t ports[PLACES_MOST];
	struct report *report;

	for (size_t i = 0; i < count; i++)
		ports[i] = peers[i].port;
	report = plan(ports, count);
	told = (struct told){ .stop_at_first = stop_at_first };
	probe_run(report, &how, &deadline);
	assert_int_equal(told.count, count);
	return report;
}

/* --- the window -------------------------------------------------------------------------------- */

/* Two that answer no SYN fill a window of two, and the third is asked all the same, long before they are given up. */
static void test_silent_ones_make_room(void **state)
{
	struct peer peers[] = { { .does = PEER_FULL }, { .does = PEER_FULL }, { .does = PEER_TLS12 } };
	struct report *report;

	(void)state;
	peers_start(peers, 3, &rsa, &ec, &sub);
	report = probe(peers, 3, 2, LONG_MS, true);
	assert_int_equal(told.order[0], 2);
	assert_int_equal(report->observations[2].outcome, OUTCOME_PRESENTED);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(report->observations[i].outcome, OUTCOME_STOPPED);
		assert_string_equal(report->observations[i].detail, "stopped while connecting");
	}
	report_free(report);
	peers_stop();
}

/* But a window of one is one connection at a time: the second is not begun before the first is given up. */
static void test_one_at_a_time(void **state)
{
	struct peer peers[] = { { .does = PEER_FULL }, { .does = PEER_TLS12 } };
	int64_t some_ms = clock_mono_ms();
	struct report *report;

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	report_free(probe(peers + 1, 1, 1, LONG_MS, false));
	some_ms = 1500 + 10 * (clock_mono_ms() - some_ms); /* long enough for the second to come first, if it might */
	if (some_ms > LONG_MS) /* the kernel itself gives up after 127 s */
		some_ms = LONG_MS;
	report = probe(peers, 2, 1, (unsigned)some_ms, false);
	assert_int_equal(told.order[0], 0);
	assert_int_equal(told.order[1], 1);
	assert_int_equal(report->observations[0].outcome, OUTCOME_TIMEOUT);
	assert_string_equal(report->observations[0].detail, "no answer to the connect");
	assert_int_equal(report->observations[1].outcome, OUTCOME_PRESENTED);
	report_free(report);
	peers_stop();
}

/* --- busy with another ------------------------------------------------------------------------- */

enum { FILLERS = 4 };

static struct late { /* a server that answers when it is told to */
	int listener, fillers[FILLERS], accepted;
	unsigned connect_ms;
} late;

/* queue 0: it is full by then. */
static uint16_t late_start(int queue)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;

	late.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(late.listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(late.listener, queue), 0);
	assert_int_equal(getsockname(late.listener, (struct sockaddr *)&at, &len), 0);
	for (int i = 0; i < FILLERS && queue == 0; i++) {
		late.fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)!connect(late.fillers[i], (struct sockaddr *)&at, sizeof at);
	}
	return ntohs(at.sin_port);
}

static int next_one(void)
{
	assert_int_equal(poll(&(struct pollfd){ .fd = late.listener, .events = POLLIN }, 1, LONG_MS), 1);
	return accept(late.listener, NULL, NULL);
}

static void answer_late(void)
{
	static const char banner[] = "SSH-2.0-x\r\n";

	late.accepted = next_one();
	assert_int_equal(send(late.accepted, banner, sizeof banner - 1, MSG_NOSIGNAL), sizeof banner - 1);
}

static void late_stop(void)
{
	close(late.accepted);
	close(late.listener);
}

/* The first has ended: until this returns, the second is connected to, says what it is, and its time runs out. */
static void be_busy(void *arg, int kind, size_t index)
{
	int64_t until_ms = clock_mono_ms() + late.connect_ms;

	(void)arg;
	if (kind != FACT_OBSERVATION || index != 0)
		return;
	for (int i = 0; i < FILLERS; i++) {
		bool queued = poll(&(struct pollfd){ .fd = late.fillers[i], .events = POLLOUT }, 1, 0) == 1;

		close(late.fillers[i]);
		if (queued)
			close(next_one());
	}
	answer_late();
	while (clock_mono_ms() <= until_ms)
		poll(NULL, 0, 20);
}

/* What came in while the program was busy with others is read before the connection is given up. */
static void test_busy_with_another(void **state)
{
	struct peer peers[] = { { .does = PEER_SAYS, .says = "x" } };
	struct deadline deadline = { .found = be_busy };
	int64_t some_ms = clock_mono_ms();
	struct report *report;
	struct probe_how how;
	uint16_t ports[2];

	(void)state;
	peers_start(peers, 1, &rsa, &ec, &sub);
	report_free(probe(peers, 1, 1, LONG_MS, false));
	some_ms = 2000 + 40 * (clock_mono_ms() - some_ms);
	late.connect_ms = some_ms > LONG_MS ? LONG_MS : (unsigned)some_ms;
	ports[0] = peers[0].port;
	ports[1] = late_start(0);
	how = how_of(2, late.connect_ms);
	report = plan(ports, 2);
	probe_run(report, &how, &deadline);
	assert_int_equal(report->observations[1].outcome, OUTCOME_NOT_TLS);
	assert_string_equal(report->observations[1].detail, "it answered \"SSH-2.0-x\"");
	assert_int_equal(report->observations[1].tries, 1);
	report_free(report);
	late_stop();
	peers_stop();
}

/* --- descriptors ------------------------------------------------------------------------------- */

static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "/vgpreload_") != NULL;
}

static struct rlimit usual;
static bool starved;

/* Whatever is opened from now on would be no lower than the limit. */
static void starve(bool now)
{
	struct rlimit least = { .rlim_cur = 3, .rlim_max = usual.rlim_max };

	assert_int_equal(setrlimit(RLIMIT_NOFILE, now ? &least : &usual), 0);
	starved = now;
}

static void starve_at_first_end(void *arg, int kind, size_t index)
{
	(void)arg;
	if (kind == FACT_OBSERVATION && index == 0)
		starve(true);
}

/* After each turn's connections have been begun. */
static int64_t feed(void *arg, int64_t most_ms)
{
	(void)arg;
	if (starved) {
		starve(false);
		answer_late();
	}
	return most_ms;
}

/* Others take the descriptors: what can have none waits until another connection has ended. */
static void test_no_descriptor_yet(void **state)
{
	struct peer peers[] = { { .does = PEER_SAYS, .says = "x" }, { .does = PEER_TLS12 } };
	struct deadline deadline = { .at_ms = clock_mono_ms() + LONG_MS, .found = starve_at_first_end };
	struct probe_how how = how_of(2, LONG_MS);
	struct report *report;
	uint16_t ports[3];

	(void)state;
	peers_start(peers, 2, &rsa, &ec, &sub);
	ports[0] = peers[0].port;
	ports[1] = late_start(1);
	ports[2] = peers[1].port;
	how.beside = feed;
	report = plan(ports, 3);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	probe_run(report, &how, &deadline);
	assert_int_equal(report->observations[1].outcome, OUTCOME_NOT_TLS);
	assert_int_equal(report->observations[2].outcome, OUTCOME_PRESENTED);
	assert_int_equal(report->observations[2].tries, 1);
	report_free(report);
	late_stop();
	peers_stop();
}

static int64_t stop_after_leaving(void *arg, int64_t most_ms)
{
	const int64_t *until_ms = arg;

	told.stop = clock_mono_ms() > *until_ms;
	return most_ms;
}

/* Room for two connections: those that answer no SYN leave the window, and count all the same. */
static void probe_three(const struct peer *peers)
{
	struct deadline deadline = { .stop = &told.stop };
	struct probe_how how = how_of(16, LONG_MS);
	int64_t until_ms = clock_mono_ms() + 1300; /* both have left by then */
	rlim_t limit = 0;
	struct report *report;

	for (int fd = 0; fd < 1024; fd++)
		limit += fcntl(fd, F_GETFD) >= 0;
	limit += 3 + 8 + 2; /* sock_room() itself needs three, and eight are kept for others */
	if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){ limit, limit }) != 0)
		_exit(90);
	how.beside = stop_after_leaving;
	how.beside_arg = &until_ms;
	told.stop = 0;
	report = plan((const uint16_t[]){ peers[0].port, peers[1].port, peers[2].port }, 3);
	probe_run(report, &how, &deadline);
	for (size_t i = 0; i < 3; i++)
		if (report->observations[i].tries != (i < 2) || report->observations[i].outcome != OUTCOME_STOPPED)
			_exit((int)(91 + i));
	report_free(report);
	_exit(0);
}

static void test_room_for_two(void **state)
{
	struct peer peers[] = { { .does = PEER_FULL }, { .does = PEER_FULL }, { .does = PEER_FULL } };
	int status;
	pid_t child;

	(void)state;
	if (under_valgrind()) {
		print_message("valgrind keeps descriptors of its own: nothing to count\n");
		return;
	}
	peers_start(peers, 3, &rsa, &ec, &sub);
	fflush(NULL);
	child = fork(); /* a limit is lowered for good */
	assert_true(child >= 0);
	if (child == 0)
		probe_three(peers);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	peers_stop();
}

static void starve_before(void *arg, const char *stage, size_t done, size_t all)
{
	(void)arg;
	(void)stage;
	if (done < all)
		starve(true);
}

static void feed_after(void *arg, int kind, size_t index)
{
	(void)arg;
	(void)kind;
	(void)index;
	starve(false);
}

/* Where there is nobody to wait for, it is this host's fault, and said so. */
static void test_no_descriptor_at_all(void **state)
{
	struct deadline deadline = { .tell = starve_before, .found = feed_after };
	struct probe_how how = how_of(2, LONG_MS);
	struct report *report;
	uint16_t port = 1;

	(void)state;
	if (under_valgrind()) {
		print_message("valgrind does not hold a program to a lower limit\n");
		return;
	}
	report = plan(&port, 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	probe_run(report, &how, &deadline);
	assert_int_equal(report->observations[0].outcome, OUTCOME_LOCAL);
	assert_string_equal(report->observations[0].detail, "Too many open files");
	report_free(report);
}

/* Descriptor 0 is one like the others where standard input is closed. */
static void test_descriptor_zero(void **state)
{
	struct peer peers[] = { { .does = PEER_TLS12 } };
	struct report *report;
	int input;

	(void)state;
	peers_start(peers, 1, &rsa, &ec, &sub);
	input = dup(0);
	close(0);
	report = probe(peers, 1, 1, LONG_MS, false);
	assert_int_equal(report->observations[0].outcome, OUTCOME_PRESENTED);
	report_free(report);
	if (input >= 0)
		dup2(input, 0);
	close(input);
	peers_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent_ones_make_room),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_busy_with_another),
		cmocka_unit_test(test_no_descriptor_yet),
		cmocka_unit_test(test_no_descriptor_at_all),
		cmocka_unit_test(test_room_for_two),
		cmocka_unit_test(test_descriptor_zero),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
