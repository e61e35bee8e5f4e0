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

#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
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
	made_free(&root);
	made_free(&sub);
	made_free(&rsa);
	made_free(&ec);
	made_end();
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

static struct late { /* a server whose queue is full until the other one has been met */
	int listener, fillers[FILLERS], accepted;
	unsigned connect_ms;
} late;

static uint16_t late_start(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;

	late.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(late.listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(late.listener, 0), 0);
	assert_int_equal(getsockname(late.listener, (struct sockaddr *)&at, &len), 0);
	for (int i = 0; i < FILLERS; i++) {
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

/* The first has ended: until this returns, the second is connected to, says what it is, and its time runs out. */
static void be_busy(void *arg, int kind, size_t index)
{
	static const char banner[] = "SSH-2.0-x\r\n";
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
	late.accepted = next_one();
	assert_int_equal(send(late.accepted, banner, sizeof banner - 1, MSG_NOSIGNAL), sizeof banner - 1);
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
	late.connect_ms = 2000 + 40 * (unsigned)(clock_mono_ms() - some_ms);
	ports[0] = peers[0].port;
	ports[1] = late_start();
	how = how_of(2, late.connect_ms);
	report = plan(ports, 2);
	probe_run(report, &how, &deadline);
	assert_int_equal(report->observations[1].outcome, OUTCOME_NOT_TLS);
	assert_string_equal(report->observations[1].detail, "it answered \"SSH-2.0-x\"");
	assert_int_equal(report->observations[1].tries, 1);
	report_free(report);
	close(late.accepted);
	close(late.listener);
	peers_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent_ones_make_room),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_busy_with_another),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
