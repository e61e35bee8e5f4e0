/* SPDX-License-Identifier: MIT */
/* What becomes ready is told once, to whoever watches it by then; waiting ends when it should. */
#include "config.h"

#include "base/clock.h"
#include "base/loop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PIPES = 50 };

struct seen {
	struct loop *loop;
	int calls, fd, forget; /* forget: a descriptor to be forgotten from within; -1: none */
	unsigned events;
};

static void see(void *arg, int fd, unsigned events)
{
	struct seen *seen = arg;

	seen->calls++;
	seen->fd = fd;
	seen->events = events;
	if (seen->forget >= 0)
		loop_watch(seen->loop, seen->forget, 0, NULL, NULL);
	seen->forget = -1;
}

static void test_ready_descriptors_are_called(void **state)
{
	struct seen seen = { loop_new(), 0, -1, -1, 0 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	loop_watch(seen.loop, ends[0], LOOP_READ, see, &seen);
	assert_int_equal(loop_turn(seen.loop, 0), 0);
	assert_int_equal(seen.calls, 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(loop_turn(seen.loop, 1000), 1);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.fd, ends[0]);
	assert_int_equal(seen.events, LOOP_READ);
	loop_watch(seen.loop, ends[0], 0, NULL, NULL);
	assert_int_equal(loop_turn(seen.loop, 0), 0);
	close(ends[1]);
	loop_watch(seen.loop, ends[0], LOOP_READ, see, &seen);
	assert_int_equal(loop_turn(seen.loop, 1000), 1);
	assert_int_equal(seen.events, LOOP_READ | LOOP_WRITE); /* a hang-up comes as both */
	loop_watch(seen.loop, ends[0], 0, NULL, NULL);
	close(ends[0]);
	/* a socket has room to write to: who waits to read is not told that */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	loop_watch(seen.loop, ends[0], LOOP_READ, see, &seen);
	assert_int_equal(loop_turn(seen.loop, 0), 0);
	loop_watch(seen.loop, ends[0], LOOP_WRITE, see, &seen);
	assert_int_equal(loop_turn(seen.loop, 0), 1);
	assert_int_equal(seen.events, LOOP_WRITE);
	loop_watch(seen.loop, ends[0], 0, NULL, NULL);
	close(ends[0]);
	close(ends[1]);
	loop_free(seen.loop);
}

static void test_forgetting_from_within(void **state)
{
	struct seen seen = { loop_new(), 0, -1, -1, 0 };
	int one[2], other[2];

	(void)state;
	assert_int_equal(pipe(one), 0);
	assert_int_equal(pipe(other), 0);
	assert_int_equal(write(one[1], "x", 1), 1);
	assert_int_equal(write(other[1], "x", 1), 1);
	loop_watch(seen.loop, one[0], LOOP_READ, see, &seen);
	loop_watch(seen.loop, other[0], LOOP_READ, see, &seen);
	seen.forget = other[0]; /* both are ready; the first to be called forgets the other */
	loop_turn(seen.loop, 1000);
	assert_int_equal(seen.calls, 1);
	seen.forget = one[0]; /* itself */
	loop_turn(seen.loop, 1000);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(loop_turn(seen.loop, 0), 0);
	assert_int_equal(seen.calls, 2);
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(other[i]);
	}
	loop_free(seen.loop);
}

static void test_many_come_and_go(void **state)
{
	struct seen seen[PIPES];
	struct loop *loop = loop_new();
	int ends[PIPES][2];

	(void)state;
	for (int i = 0; i < PIPES; i++) {
		seen[i] = (struct seen){ loop, 0, -1, -1, 0 };
		assert_int_equal(pipe(ends[i]), 0);
		assert_int_equal(write(ends[i][1], "x", 1), 1);
		loop_watch(loop, ends[i][0], LOOP_READ, see, &seen[i]);
	}
	for (int i = 0; i < PIPES; i += 2)
		loop_watch(loop, ends[i][0], 0, NULL, NULL);
	assert_int_equal(loop_turn(loop, 1000), PIPES / 2);
	for (int i = 0; i < PIPES; i++) {
		assert_int_equal(seen[i].calls, i % 2);
		close(ends[i][0]);
		close(ends[i][1]);
	}
	loop_free(loop);
}

/* Two pipes; descriptor 0 is where the second one is read. What it was before; -1: closed. */
static int take_input(int gone[2], int ends[2])
{
	int input = dup(0);

	assert_int_equal(pipe(gone), 0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], 0), 0);
	return input;
}

static void give_input_back(int input, int gone[2], int ends[2])
{
	if (input >= 0)
		dup2(input, 0);
	else
		close(0);
	close(input);
	for (int i = 0; i < 2; i++) {
		close(gone[i]);
		close(ends[i]);
	}
}

/* Descriptor 0 is one like the others where standard input is closed: it moves into a gap, and is found
 * there again. */
static void test_descriptor_zero(void **state)
{
	struct seen first = { loop_new(), 0, -1, -1, 0 }, second = { first.loop, 0, -1, -1, 0 };
	int input, gone[2], ends[2];

	(void)state;
	input = take_input(gone, ends);
	loop_watch(first.loop, gone[0], LOOP_READ, see, &first);
	loop_watch(first.loop, 0, LOOP_READ, see, &first);
	loop_watch(first.loop, gone[0], 0, NULL, NULL);
	assert_int_equal(loop_turn(first.loop, 0), 0);
	loop_watch(first.loop, 0, LOOP_READ, see, &second);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(loop_turn(first.loop, 1000), 1);
	assert_int_equal(first.calls, 0);
	assert_int_equal(second.calls, 1);
	loop_free(first.loop);
	give_input_back(input, gone, ends);
}

/* ... and stays where the gap is behind it. */
static void test_descriptor_zero_is_no_gap(void **state)
{
	struct seen seen = { loop_new(), 0, -1, -1, 0 };
	int input, gone[2], ends[2];

	(void)state;
	input = take_input(gone, ends);
	loop_watch(seen.loop, 0, LOOP_READ, see, &seen);
	loop_watch(seen.loop, gone[0], LOOP_READ, see, &seen);
	loop_watch(seen.loop, gone[0], 0, NULL, NULL);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(loop_turn(seen.loop, 1000), 1);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.fd, 0);
	loop_free(seen.loop);
	give_input_back(input, gone, ends);
}

static void on_alarm(int number)
{
	(void)number;
}

static void test_a_signal_ends_the_wait(void **state)
{
	struct sigaction action = { .sa_handler = on_alarm }, before;
	struct itimerval timer = { .it_value = { 0, 50000 } };
	struct loop *loop = loop_new();
	int64_t begun_ms = clock_mono_ms();

	(void)state;
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &timer, NULL);
	assert_int_equal(loop_turn(loop, 5000), 0);
	assert_true(clock_mono_ms() - begun_ms < 3000);
	sigaction(SIGALRM, &before, NULL);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ready_descriptors_are_called),
		cmocka_unit_test(test_forgetting_from_within),
		cmocka_unit_test(test_many_come_and_go),
		cmocka_unit_test(test_descriptor_zero),
		cmocka_unit_test(test_descriptor_zero_is_no_gap),
		cmocka_unit_test(test_a_signal_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
