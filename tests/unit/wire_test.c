/* SPDX-License-Identifier: MIT */
/* What handshakes showed and what it is called; lists of IPs; names that the user fixed;
 * descriptors. */
#include "config.h"

#include "base/mem.h"
#include "wire/iplist.h"
#include "wire/plain.h"
#include "wire/seen.h"
#include "wire/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct row {
	struct seen seen;
	const char *message; /* the Certificate message's body, NULL: none came */
	size_t message_len;
	enum outcome given_up, wanted;
	const char *detail;
};

#define MESSAGE(text) text, sizeof text - 1
#define NONE NULL, 0
#define ONE MESSAGE("\0\0\5\0\0\2ab")
#define TLS_BYTES .received = 9, .first = { 22, 3, 3 }

static const struct row rows[] = {
	{ { .alert = -1, .closed = true },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_CLOSED,
	  "closed without a word" },
	{ { .alert = -1, TLS_BYTES, .closed = true },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_CLOSED,
	  "closed in the middle of the handshake" },
	{ { .alert = -1, .socket_errno = ECONNRESET },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_RESET,
	  "Connection reset by peer" },
	{ { .alert = -1, .socket_errno = EPIPE },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_RESET,
	  "Broken pipe" },
	{ { .alert = -1, .socket_errno = ETIMEDOUT },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_TIMEOUT,
	  "Connection timed out" },
	{ { .alert = -1, .socket_errno = EHOSTUNREACH },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_UNREACHABLE,
	  "No route to host" },
	{ { .alert = 40, TLS_BYTES },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_TLS_ALERT,
	  "alert 40 handshake_failure" },
	{ { .alert = 70, TLS_BYTES },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_TLS_VERSION,
	  "alert 70 protocol_version" },
	{ { .alert = -1, TLS_BYTES, .other_version = true },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_TLS_VERSION,
	  "the server chose a TLS version that was not offered" },
	{ { .alert = -1, .received = 12, .first = "SSH-2.0-x\r\n" },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_NOT_TLS,
	  "it answered \"SSH-2.0-x\"" },
	{ { .alert = -1, .received = 12, .first = "SSH-2.0-x\r\n" },
	  NONE,
	  OUTCOME_TIMEOUT,
	  OUTCOME_NOT_TLS,
	  "it answered \"SSH-2.0-x\"" },
	{ { .alert = -1, .received = 6, .first = "\33[31m\377" },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_NOT_TLS,
	  "it answered \".[31m.\"" },
	{ { .alert = -1, TLS_BYTES, .no_room = true, .error = "no memory" },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_LOCAL,
	  "no memory" },
	{ { .alert = -1, TLS_BYTES, .error = "odd" },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_TLS_ERROR,
	  "odd" },
	{ { .alert = -1 },
	  NONE,
	  OUTCOME_TIMEOUT,
	  OUTCOME_TIMEOUT,
	  "timed out waiting for the first byte" },
	{ { .alert = -1, TLS_BYTES },
	  NONE,
	  OUTCOME_STOPPED,
	  OUTCOME_STOPPED,
	  "stopped after 9 bytes of the handshake" },
	/* once a certificate was shown, nothing that comes after takes it back */
	{ { .alert = 48, TLS_BYTES },
	  ONE,
	  OUTCOME_PENDING,
	  OUTCOME_PRESENTED,
	  "alert 48 unknown_ca" },
	{ { .alert = -1, TLS_BYTES },
	  ONE,
	  OUTCOME_TIMEOUT,
	  OUTCOME_PRESENTED,
	  "timed out after 9 bytes of the handshake" },
	{ { .alert = -1, TLS_BYTES, .socket_errno = ECONNRESET },
	  ONE,
	  OUTCOME_PENDING,
	  OUTCOME_PRESENTED,
	  "Connection reset by peer" },
	{ { .alert = -1, TLS_BYTES, .completed = true },
	  ONE,
	  OUTCOME_PENDING,
	  OUTCOME_PRESENTED,
	  NULL },
	/* but what is no certificate is none */
	{ { .alert = -1, TLS_BYTES },
	  MESSAGE("\0\0\0"),
	  OUTCOME_TIMEOUT,
	  OUTCOME_NO_CERTIFICATE,
	  "the Certificate message is empty" },
	{ { .alert = -1, TLS_BYTES },
	  MESSAGE("\0\0\5\0\0\3ab"),
	  OUTCOME_PENDING,
	  OUTCOME_TLS_ERROR,
	  "the Certificate message is malformed" },
	{ { .alert = -1, TLS_BYTES, .completed = true },
	  NONE,
	  OUTCOME_PENDING,
	  OUTCOME_TLS_ERROR,
	  NULL },
};

static void test_outcomes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct observation observation = { .detail = mem_strdup("of an earlier try") };
		struct seen seen = rows[i].seen;

		seen.message = rows[i].message == NULL
		                       ? NULL
		                       : mem_copy(rows[i].message, rows[i].message_len);
		seen.message_len = rows[i].message_len;
		seen_tell(&seen, rows[i].given_up, &observation);
		print_message("row %zu\n", i);
		assert_int_equal(observation.outcome, rows[i].wanted);
		assert_string_equal(observation.detail == NULL ? "" : observation.detail,
		                    rows[i].detail == NULL ? "" : rows[i].detail);
		assert_int_equal(observation.handshake_completed, seen.completed);
		observation_clear(&observation);
		free(seen.message);
	}
}

static void add(struct iplist *list, const char *ip)
{
	unsigned char raw[16];
	int family = strchr(ip, ':') != NULL ? AF_INET6 : AF_INET;

	assert_int_equal(inet_pton(family, ip, raw), 1);
	iplist_add(list, family, raw);
}

static void test_iplist(void **state)
{
	static const char *const sorted[] = { "2.0.0.1",   "10.0.0.1", "10.0.0.2",
		                              "192.0.2.1", "::1",      "2001:db8::1" };
	struct iplist list = { 0 };

	(void)state;
	iplist_sort(&list);
	assert_int_equal(list.count, 0);
	add(&list, "192.0.2.2");
	iplist_sort(&list);
	assert_int_equal(list.count, 1);
	add(&list, "192.0.2.1");
	iplist_sort(&list);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.texts[0], "192.0.2.1");
	assert_string_equal(list.texts[1], "192.0.2.2");
	add(&list, "192.0.2.1"); /* the first one twice */
	iplist_sort(&list);
	assert_int_equal(list.count, 2);
	iplist_clear(&list);
	add(&list, "2001:db8::1");
	add(&list, "192.0.2.1");
	add(&list, "10.0.0.2");
	add(&list, "::1");
	add(&list, "2.0.0.1");
	add(&list, "10.0.0.2");
	add(&list, "10.0.0.1");
	iplist_sort(&list);
	assert_int_equal(list.count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(list.texts[i], sorted[i]);
	iplist_clear(&list);
	for (int i = 0; i < 1100; i++)
		add(&list, "10.0.0.1");
	assert_int_equal(list.count, 1000);
	iplist_clear(&list);
}

static void test_fixed(void **state)
{
	struct fixed_names fixed = { 0 };

	(void)state;
	add(&fixed_add(&fixed, "CUCM.example.com")->ips, "192.0.2.1");
	add(&fixed_add(&fixed, "other.example.com")->ips, "192.0.2.1");
	assert_string_equal(fixed_by_host(&fixed, "cucm.EXAMPLE.com")->host, "CUCM.example.com");
	assert_null(fixed_by_host(&fixed, "cucm"));
	assert_string_equal(fixed_by_ip(&fixed, "192.0.2.1")->host, "CUCM.example.com");
	assert_null(fixed_by_ip(&fixed, "192.0.2.10"));
	fixed_clear(&fixed);
}

/* --- the server's plain messages (RFC 5246 6.2.1, 7.3) ---------------------------------------- */

#define HELLO "\2\0\0\1h"
#define SHOWN "\13\0\0\2cc"
#define KEYS "\14\0\0\1k"
#define WISH "\15\0\0\1w"
#define DONE "\16\0\0\0"
#define STATUS "\26\0\0\1s" /* RFC 6066 8 */
#define TICKET "\4\0\0\1t"

static enum plain_state scan(const char *bytes, size_t len, size_t step, struct plain *plain)
{
	enum plain_state state = PLAIN_MORE;

	plain_init(plain);
	for (size_t at = 0; at < len && state != PLAIN_OTHER; at += step)
		state = plain_add(plain, bytes + at, step < len - at ? step : len - at);
	return state;
}

static void test_plain(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum plain_state wanted;
	} cases[] = {
		{ MESSAGE("\26\3\3\0\24" HELLO SHOWN KEYS DONE), PLAIN_WHOLE },
		{ MESSAGE("\26\3\3\0\5" HELLO "\26\3\3\0\6" SHOWN "\26\3\3\0\5" WISH
		          "\26\3\3\0\4" DONE),
		  PLAIN_WHOLE },
		{ MESSAGE("\26\3\3\0\7" HELLO "\13\0"
		          "\26\3\3\0\10"
		          "\0\2cc" DONE),
		  PLAIN_WHOLE }, /* a message in two records */
		{ MESSAGE("\26\3\3\0\20" HELLO SHOWN KEYS), PLAIN_MORE },
		{ MESSAGE("\26\3\3\0\24" HELLO SHOWN KEYS "\16\0\0"), PLAIN_MORE },
		{ MESSAGE("\26\3\3\0\17" HELLO SHOWN DONE "\25\3\3\0\2\2\50"),
		  PLAIN_OTHER },                              /* something behind it */
		{ MESSAGE("\25\3\3\0\2\2\50"), PLAIN_OTHER }, /* an alert */
		{ MESSAGE("\26\3\3\0\5" HELLO "\24\3\3\0\1\1"), PLAIN_OTHER }, /* TLS 1.3 */
		{ MESSAGE("\26\3\3\0\11" HELLO DONE), PLAIN_OTHER },           /* no certificate */
		{ MESSAGE("\26\3\3\0\13" SHOWN KEYS), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\21" HELLO SHOWN SHOWN), PLAIN_OTHER },
		{ MESSAGE("\26\3\1\0\5" HELLO "\26\3\3\0\6" SHOWN "\26\3\3\0\4" DONE),
		  PLAIN_WHOLE }, /* the minor version of a record says nothing */
		{ MESSAGE("\26\2\3\0\5" HELLO), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\0"), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\100\1"), PLAIN_OTHER }, /* larger than any record */
		{ MESSAGE("HTTP/1.1 400"), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\36" HELLO SHOWN STATUS KEYS WISH DONE), PLAIN_WHOLE },
		{ MESSAGE("\26\3\3\0\31" HELLO SHOWN STATUS WISH DONE), PLAIN_WHOLE },
		{ MESSAGE("\26\3\3\0\31" HELLO SHOWN KEYS WISH DONE), PLAIN_WHOLE },
		{ MESSAGE("\26\3\3\0\24" HELLO SHOWN STATUS DONE), PLAIN_WHOLE },
		{ MESSAGE("\26\3\3\0\12" HELLO STATUS), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\12" HELLO KEYS), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\12" HELLO WISH), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\12" HELLO HELLO), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\4" DONE), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\25" HELLO SHOWN WISH KEYS), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\25" HELLO SHOWN KEYS STATUS), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\25" HELLO SHOWN WISH WISH), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\25" HELLO SHOWN KEYS KEYS), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\5" TICKET), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\12" HELLO TICKET), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\20" HELLO SHOWN TICKET), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\23" HELLO SHOWN DONE DONE), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\20" HELLO SHOWN DONE "x"), PLAIN_OTHER },
		{ MESSAGE("\26\3\3\0\4\2\0\0\0"), PLAIN_MORE }, /* empty, as long as it may be */
		{ MESSAGE("\26\3\3\100\0"), PLAIN_MORE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t step = 1; step <= cases[i].len; step++) {
			struct plain plain;

			assert_int_equal(scan(cases[i].bytes, cases[i].len, step, &plain),
			                 cases[i].wanted);
			plain_clear(&plain);
		}
	}
}

/* 256 KiB and no more: what OpenSSL would take is shorter. */
static void test_plain_without_end(void **state)
{
	static char record[5 + 16384] = "\26\3\3\100";
	enum plain_state last = PLAIN_MORE;
	struct plain plain;
	size_t left = (256 << 10) - 10;

	(void)state;
	plain_init(&plain);
	assert_string_equal(plain.bytes.data, "");
	assert_string_equal(plain.messages.data, "");
	assert_int_equal(plain_add(&plain, "\26\3\3\0\5" HELLO, 10), PLAIN_MORE);
	memcpy(record + 5, "\13\xff\xff\xff", 4); /* a Certificate message of 16 MiB */
	for (; left > 0; left -= left < sizeof record ? left : sizeof record) {
		assert_int_equal(last, PLAIN_MORE);
		last = plain_add(&plain, record, left < sizeof record ? left : sizeof record);
		memset(record + 5, 0, 4);
	}
	assert_int_equal(last, PLAIN_MORE);
	assert_int_equal(plain_add(&plain, "x", 1), PLAIN_OTHER);
	assert_int_equal(plain_add(&plain, "x", 1), PLAIN_OTHER);
	plain_clear(&plain);
}

static void test_plain_messages(void **state)
{
	static const char bytes[] = "\26\3\3\0\24" HELLO SHOWN KEYS DONE;
	struct plain_message message;
	struct plain plain;
	size_t at = 0;

	(void)state;
	assert_int_equal(scan(bytes, sizeof bytes - 1, 3, &plain), PLAIN_WHOLE);
	for (size_t i = 0; i < 4; i++) {
		assert_true(plain_next(&plain, &at, &message));
		assert_int_equal(message.type, "\2\13\14\16"[i]);
		assert_int_equal(message.len, "\1\2\1\0"[i]);
		assert_memory_equal(message.body, &"hcck"[i < 2 ? i : 3], message.len);
	}
	assert_false(plain_next(&plain, &at, &message));
	assert_int_equal(plain.bytes.len, sizeof bytes - 1);
	plain_clear(&plain);
}

/* --- descriptors and connections ---------------------------------------------------------------- */

static size_t descriptors(void)
{
	size_t count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* In a process of its own, which may lower its limits for good. Counting itself takes three at most. */
static void in_child(void (*check)(size_t open))
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		check(descriptors());
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void limit(rlim_t soft, rlim_t hard)
{
	if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){ soft, hard }) != 0)
		_exit(90);
}

static rlim_t soft_limit(void)
{
	struct rlimit now;

	return getrlimit(RLIMIT_NOFILE, &now) == 0 ? now.rlim_cur : 0;
}

#define CHILD_MUST(what) do { if (!(what)) { dprintf(2, "line %d: " #what "\n", __LINE__); _exit(91); } } while (0)

static void room_for_all(size_t open)
{
	rlim_t soft = (rlim_t)open + 60;

	limit(soft, soft + 100);
	CHILD_MUST(sock_room(1) == 1);
	CHILD_MUST(sock_room(50) == 50);
	CHILD_MUST(soft_limit() == soft); /* there is room: nothing is raised */
	CHILD_MUST(sock_room(100) == 100);
	CHILD_MUST(soft_limit() >= open + 100 && soft_limit() <= open + 103);
}

static void room_for_some(size_t open)
{
	size_t room;

	limit((rlim_t)open + 10, (rlim_t)open + 40);
	room = sock_room(1000);
	CHILD_MUST(room <= 40 && room >= 37);
	CHILD_MUST(soft_limit() == open + 40);
	CHILD_MUST(sock_room(room) == room);
	CHILD_MUST(sock_room(room + 1) == room);
}

static void room_for_none(size_t open)
{
	limit((rlim_t)open, (rlim_t)open);
	CHILD_MUST(sock_room(10) == 0 || sock_room(10) == 10); /* /proc cannot be opened either: 32 are assumed */
	limit(3, 3);
	CHILD_MUST(sock_room(10) == 0);
}

static void test_room_for_descriptors(void **state)
{
	const char *preload = getenv("LD_PRELOAD");

	(void)state;
	if (preload != NULL && strstr(preload, "/vgpreload_") != NULL) {
		print_message("valgrind keeps descriptors of its own: nothing to count\n");
		return;
	}
	in_child(room_for_all);
	in_child(room_for_some);
	in_child(room_for_none);
}

static int listen_at(int family, uint16_t *port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at = { .v6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT } };
	socklen_t len = family == AF_INET ? sizeof at.v4 : sizeof at.v6;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (family == AF_INET)
		at.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (fd < 0 || bind(fd, &at.any, len) != 0)
		return -1; /* no IPv6 here */
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, &at.any, &len), 0);
	*port = ntohs(family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
	return fd;
}

static void wait_for(int fd, short events)
{
	assert_int_equal(poll(&(struct pollfd){ .fd = fd, .events = events }, 1, 60000), 1);
}

static void check_connection(int family, const char *ip)
{
	struct linger hard = { 1, 0 };
	uint16_t port = 0;
	int listener = listen_at(family, &port), on = 0, fd, peer;
	socklen_t len = sizeof on;
	char byte;

	if (listener < 0)
		return;
	for (int reset = 0; reset < 2; reset++) {
		fd = sock_connect(ip, port);
		assert_true(fd >= 0);
		assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
		assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
		assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
		assert_true(on != 0);
		wait_for(fd, POLLOUT);
		assert_int_equal(sock_error(fd), 0);
		peer = accept(listener, NULL, NULL);
		assert_true(peer >= 0);
		assert_int_equal(sock_drain(fd), 1); /* nothing yet */
		assert_int_equal(send(peer, "some", 4, 0), 4);
		wait_for(fd, POLLIN);
		assert_int_equal(sock_drain(fd), 1);
		assert_int_equal(sock_drain(fd), 1);
		assert_int_equal(send(peer, "x", 1, 0), 1); /* nor is one octet the end */
		wait_for(fd, POLLIN);
		assert_int_equal(sock_drain(fd), 1);
		sock_finish(fd);
		assert_int_equal(recv(peer, &byte, 1, 0), 0); /* FIN */
		if (reset)
			setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
		close(peer);
		wait_for(fd, POLLIN);
		assert_int_equal(sock_drain(fd), reset ? -1 : 0);
		sock_close(fd);
		assert_int_equal(fcntl(fd, F_GETFD), -1);
	}
	close(listener); /* nobody listens any more */
	fd = sock_connect(ip, port);
	if (fd < 0) {
		assert_int_equal(errno, ECONNREFUSED);
		return;
	}
	wait_for(fd, POLLOUT);
	assert_int_equal(sock_error(fd), ECONNREFUSED);
	sock_close(fd);
}

static void test_connecting(void **state)
{
	size_t open = descriptors();

	(void)state;
	assert_int_equal(sock_connect("no IP", 1), -1);
	assert_int_equal(errno, EAFNOSUPPORT);
	assert_int_equal(sock_connect("fe80::1%lo", 1), -1);
	/* a link-local IP without its link: the kernel refuses at once, and nothing stays open */
	errno = 0;
	assert_int_equal(sock_connect("fe80::1", 1), -1);
	assert_int_not_equal(errno, 0);
	assert_int_equal(descriptors(), open);
	check_connection(AF_INET, "127.0.0.1");
	check_connection(AF_INET6, "::1");
	assert_int_equal(sock_error(-1), EBADF);
	assert_int_equal(descriptors(), open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_iplist),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_messages),
		cmocka_unit_test(test_plain_without_end),
		cmocka_unit_test(test_room_for_descriptors),
		cmocka_unit_test(test_connecting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
