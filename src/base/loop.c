/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/loop.h"
#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>

struct watch {
	loop_fn *fn;
	void *arg;
};

struct loop {
	struct pollfd *polls;   /* owned; a forgotten one has fd -1 until the turn ends */
	struct watch *watches;  /* owned; same index as polls */
	size_t count;
	size_t *places;         /* owned; index + 1 by descriptor, 0: not watched */
	size_t place_count;
};

struct loop *loop_new(void)
{
	return mem_zalloc(sizeof(struct loop));
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	free(loop->polls);
	free(loop->watches);
	free(loop->places);
	free(loop);
}

static size_t *place_of(struct loop *loop, int fd)
{
	while ((size_t)fd >= loop->place_count) {
		loop->places = mem_grow(loop->places, loop->place_count, sizeof *loop->places);
		loop->places[loop->place_count++] = 0;
	}
	return &loop->places[fd];
}

static short poll_events(unsigned events)
{
	return (short)((events & LOOP_READ ? POLLIN : 0) | (events & LOOP_WRITE ? POLLOUT : 0));
}

static void add(struct loop *loop, size_t *place, int fd)
{
	loop->polls = mem_grow(loop->polls, loop->count, sizeof *loop->polls);
	loop->watches = mem_grow(loop->watches, loop->count, sizeof *loop->watches);
	loop->polls[loop->count] = (struct pollfd){ .fd = fd };
	*place = ++loop->count;
}

void loop_watch(struct loop *loop, int fd, unsigned events, loop_fn *fn, void *arg)
{
	size_t *place = place_of(loop, fd);

	if (events == 0) {
		if (*place != 0) {
			loop->polls[*place - 1].fd = -1;
			*place = 0;
		}
		return;
	}
	if (*place == 0)
		add(loop, place, fd);
	loop->polls[*place - 1].events = poll_events(events);
	loop->watches[*place - 1] = (struct watch){ fn, arg };
}

/* The last ones move into the gaps: their order means nothing. */
static void close_gaps(struct loop *loop)
{
	for (size_t i = 0; i < loop->count;) {
		if (loop->polls[i].fd >= 0) {
			i++;
			continue;
		}
		loop->count--;
		loop->polls[i] = loop->polls[loop->count];
		loop->watches[i] = loop->watches[loop->count];
		if (loop->polls[i].fd >= 0)
			loop->places[loop->polls[i].fd] = i + 1;
	}
}

static unsigned ready_events(const struct pollfd *poll)
{
	if (poll->revents & (POLLERR | POLLHUP | POLLNVAL))
		return LOOP_READ | LOOP_WRITE;
	return (poll->revents & poll->events & POLLIN ? LOOP_READ : 0u) |
	       (poll->revents & poll->events & POLLOUT ? LOOP_WRITE : 0u);
}

int loop_turn(struct loop *loop, int64_t timeout_ms)
{
	int ready;
	size_t count;

	close_gaps(loop);
	count = loop->count;
	ready = poll(loop->polls, (nfds_t)count,
	             timeout_ms > INT_MAX ? INT_MAX
	             : timeout_ms < 0     ? 0
	                                  : (int)timeout_ms);
	if (ready < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	for (size_t i = 0; i < count; i++) {
		struct watch watch = loop->watches[i];
		unsigned events = loop->polls[i].fd < 0 ? 0 : ready_events(&loop->polls[i]);

		if (events != 0)
			watch.fn(watch.arg, loop->polls[i].fd, events);
	}
	return ready;
}
