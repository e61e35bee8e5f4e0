/* SPDX-License-Identifier: MIT */
/* dns against a server of our own (zone.c): which names are asked for, what comes of each kind of answer, in which order. */
#include "config.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "wire/dns.h"
#include "wire/dns_channel.h"
#include "wire/dns_search.h"
#include "zone.h"

#include <arpa/inet.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* --- the questions ---------------------------------------------------------------------------- */

static char said[2000]; /* "NAME: IP IP", "TARGET:PORT ...", or "! problem" */
static unsigned times;

static void hear(void *arg, const struct dns_answer *answer)
{
	size_t len = 0;

	(void)arg;
	times++;
	said[0] = '\0';
	if (answer->problem != NULL)
		snprintf(said, sizeof said, "! %s", answer->problem);
	else if (answer->name != NULL && answer->service_count == 0)
		len = (size_t)snprintf(said, sizeof said, "%s:", answer->name);
	for (size_t i = 0; i < answer->ip_count; i++)
		len += (size_t)snprintf(said + len, sizeof said - len, " %s", answer->ips[i]);
	for (size_t i = 0; i < answer->service_count; i++)
		len += (size_t)snprintf(said + len, sizeof said - len, " %s:%u",
		                        answer->services[i].target, answer->services[i].port);
}

static void settle(struct dns *dns, struct loop *loop)
{
	while (dns_busy(dns)) {
		loop_turn(loop, dns_wait_ms(dns, 50));
		dns_tick(dns);
	}
}

static const char *const search[] = { "one.example", "two.example", NULL };

static struct dns *begin(struct loop **loop, bool ipv4, bool ipv6, unsigned timeout_ms)
{
	const struct dns_how how = { .server = zone_server,
		                     .search = search,
		                     .ipv4 = ipv4,
		                     .ipv6 = ipv6,
		                     .timeout_ms = timeout_ms };
	struct fault fault;
	struct dns *dns;

	*loop = loop_new();
	dns = dns_new(*loop, &how, &fault);
	assert_non_null(dns);
	return dns;
}

static void end(struct dns *dns, struct loop *loop)
{
	dns_free(dns);
	loop_free(loop);
}

typedef void ask_fn(struct dns *dns, const char *text, dns_fn *fn, void *arg);

static void asks(bool ipv4, bool ipv6, ask_fn *ask, const char *const (*rows)[2], size_t count)
{
	struct loop *loop;
	struct dns *dns = begin(&loop, ipv4, ipv6, 60000);

	for (size_t i = 0; i < count; i++) {
		times = 0;
		ask(dns, rows[i][0], hear, NULL);
		settle(dns, loop);
		assert_int_equal(1, times);
		assert_string_equal(rows[i][1], said);
	}
	end(dns, loop);
}
#define ASKS(ipv4, ipv6, ask, rows) asks(ipv4, ipv6, ask, rows, sizeof rows / sizeof *rows)

static void names_to_ips(void **state)
{
	static const char *const rows[][2] = {
		{ "cucm.example.com", "cucm.example.com: 192.0.2.3 192.0.2.20 2001:db8::1" },
		{ "CUCM.example.com", "CUCM.example.com: 192.0.2.3 192.0.2.20 2001:db8::1" },
		{ "four.example.com", "four.example.com: 192.0.2.4" },
		{ "six.example.com", "six.example.com: 2001:db8::6" },
		{ "192.0.2.9", "192.0.2.9: 192.0.2.9" },
		{ "2001:DB8::9", "2001:db8::9: 2001:db8::9" },
		{ "nobody.example.com", "! NXDOMAIN" },
		{ "empty.example.com", "! no such record" },
		{ "fail.example.com", "! SERVFAIL" },
		{ "refused.example.com", "! refused by the DNS server" },
		{ "sub", "sub.two.example: 192.0.2.5" },
		{ "both", "both.one.example: 192.0.2.6" }, /* the first domain that knows it */
		{ "alias", "alias.two.example: 192.0.2.4" }, /* by the name that was asked for, not a canonical one */
		{ "alias.two.example", "alias.two.example: 192.0.2.4" },
		{ "bare", "bare: 192.0.2.8" },             /* then the name alone */
		{ "nobody", "! NXDOMAIN" },
		{ "half", "! no such record" }, /* says more than that the others do not know it */
		{ "worse", "! SERVFAIL" }, /* says more than that the others do not know it */
	};

	(void)state;
	ASKS(true, true, dns_forward, rows);
	ASKS(false, false, dns_forward, rows); /* neither wanted in particular: both */
}

/* hosts(5): the canonical name stands first, short names behind it. In a process of its own, whose /etc/hosts is another
 * file; it ends with the row that is wrong. */
static void ask_hosts(const char *path)
{
	static const char *const rows[][2] = {
		{ "hosted", "hosted.example.org: 192.0.2.77" },
		{ "HOSTED", "hosted.example.org: 192.0.2.77" },
		{ "hosted.example.org", "hosted.example.org: 192.0.2.77" },
		{ "plain", "plain: 192.0.2.78" },
		{ "odd", "odd: 192.0.2.79" }, /* what stands before it is no name */
		{ "sub", "sub.two.example: 192.0.2.5" },
	};
	struct loop *loop;
	struct dns *dns;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "", MS_REC | MS_PRIVATE, "") != 0 ||
	    mount(path, "/etc/hosts", "", MS_BIND, "") != 0)
		_exit(0); /* not for us: another user, or a container */
	dns = begin(&loop, true, true, 60000);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		dns_forward(dns, rows[i][0], hear, NULL);
		settle(dns, loop);
		if (strcmp(rows[i][1], said) != 0) {
			fprintf(stderr, "row %zu: %s\n", i, said);
			_exit((int)(1 + i));
		}
	}
	end(dns, loop);
	_exit(0);
}

static void names_in_hosts(void **state)
{
	static const char text[] = "192.0.2.77 hosted.example.org hosted\n192.0.2.78 plain\n192.0.2.79 o/d.d odd\n";
	char path[] = "/tmp/mra-dns-XXXXXX";
	int fd = mkstemp(path), status;
	pid_t child;

	(void)state;
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	close(fd);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		ask_hosts(path);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	unlink(path);
}

static void one_family_alone(void **state)
{
	static const char *const four[][2] = {
		{ "cucm.example.com", "cucm.example.com: 192.0.2.3 192.0.2.20" },
		{ "six.example.com", "! no such record" },
	};
	static const char *const six[][2] = {
		{ "cucm.example.com", "cucm.example.com: 2001:db8::1" },
		{ "four.example.com", "! no such record" },
	};

	(void)state;
	ASKS(true, false, dns_forward, four);
	ASKS(false, true, dns_forward, six);
}

static void ips_to_names(void **state)
{
	static const char *const rows[][2] = {
		{ "192.0.2.3", "cucm.example.com:" },
		{ "2001:db8::1", "v6.example.com:" },
		{ "192.0.2.4", "! no DNS name" },
		{ "192.0.2.99", "! NXDOMAIN" },
	};

	(void)state;
	ASKS(true, true, dns_reverse, rows);
}

/* RFC 2782: the lowest priority first; the heavier before the lighter, equals by name and port */
static void services_in_their_order(void **state)
{
	static const char *const rows[][2] = {
		{ "_cisco-uds._tcp.example.com",
		  " heavy.example.com:8443 b.example.com:8443 b.example.com:9443"
		  " light.example.com:8443 last.example.com:8443" },
		{ "_none._tcp.example.com", "! no such record" },
		{ "_nobody._tcp.example.com", "! NXDOMAIN" },
	};

	(void)state;
	ASKS(true, true, dns_services, rows);
}

/* What the user fixed is asked of nobody. */
static void fixed_names(void **state)
{
	char one[] = "192.0.2.50", two[] = "2001:db8::50", *ips[] = { one, two };
	struct loop *loop;
	struct dns *dns = begin(&loop, true, false, 60000);

	(void)state;
	dns_fix(dns, "cucm.example.com", ips, 2);
	dns_fix(dns, "six.example.com", ips + 1, 1);
	dns_forward(dns, "CUCM.EXAMPLE.COM", hear, NULL);
	assert_string_equal("cucm.example.com: 192.0.2.50", said);
	dns_forward(dns, "six.example.com", hear, NULL);
	assert_string_equal("! no address of the wanted family", said);
	dns_reverse(dns, "192.0.2.50", hear, NULL);
	assert_string_equal("cucm.example.com:", said);
	assert_false(dns_busy(dns));
	assert_string_equal("one.example", dns_search(dns, 0));
	assert_string_equal("two.example", dns_search(dns, 1));
	assert_null(dns_search(dns, 2));
	end(dns, loop);
}

/* A server that says nothing is given up; what is open at the end is answered as well. */
static void silence_and_stop(void **state)
{
	struct loop *loop;
	struct dns *dns = begin(&loop, true, false, 300);
	int64_t begun = clock_mono_ms(), wait_ms;

	(void)state;
	times = 0;
	dns_forward(dns, "silent.example.com", hear, NULL);
	settle(dns, loop);
	assert_int_equal(1, times);
	assert_string_equal("! timeout", said);
	assert_true(clock_mono_ms() - begun >= 100);
	end(dns, loop);
	dns = begin(&loop, true, false, 60000);
	times = 0;
	for (int i = 0; i < 300; i++) /* more than are asked at once */
		dns_forward(dns, "silent.example.com", hear, NULL);
	assert_true(dns_busy(dns));
	wait_ms = dns_wait_ms(dns, 50);
	assert_true(wait_ms >= 0 && wait_ms <= 50);
	end(dns, loop);
	assert_int_equal(300, times);
	assert_string_equal("! stopped", said);
}

/* Where nobody has ever answered, a thousand questions more would only take their time. */
static void many_questions(void **state)
{
	struct loop *loop;
	struct dns *dns = begin(&loop, true, false, 300);

	(void)state;
	times = 0;
	for (int i = 0; i < 1000; i++)
		dns_forward(dns, "silent.example.com", hear, NULL);
	settle(dns, loop);
	assert_int_equal(1000, times);
	assert_string_equal("! timeout", said);
	end(dns, loop);
	dns = begin(&loop, true, true, 60000);
	times = 0;
	for (int i = 0; i < 1000; i++)
		dns_forward(dns, "cucm.example.com", hear, NULL);
	settle(dns, loop);
	assert_int_equal(1000, times);
	assert_string_equal("cucm.example.com: 192.0.2.3 192.0.2.20 2001:db8::1", said);
	end(dns, loop);
}

static void ask_silent(struct dns *dns, unsigned first, unsigned count)
{
	char name[40];

	for (unsigned i = first; i < first + count; i++) {
		snprintf(name, sizeof name, "%u.silent.example.com", i);
		dns_forward(dns, name, hear, NULL);
	}
}

static void turn(struct dns *dns, struct loop *loop, int64_t until_ms)
{
	loop_turn(loop, dns_wait_ms(dns, until_ms - clock_mono_ms()));
	dns_tick(dns);
}

enum { SOME_TIME_MS = 50, A_LONG_TIME_MS = 60000, AT_ONCE = 128 };

/* So many names are asked for at once; once one of them was asked in vain, and nobody has answered, no other. */
static void silent_names(void **state)
{
	struct loop *loop;
	struct dns *dns = begin(&loop, true, false, A_LONG_TIME_MS);
	unsigned before = zone_silent_asked();
	int64_t end_ms = clock_mono_ms() + A_LONG_TIME_MS / 2;

	(void)state;
	ask_silent(dns, 0, AT_ONCE + 20);
	while (zone_silent_asked() < before + AT_ONCE && clock_mono_ms() < end_ms)
		turn(dns, loop, clock_mono_ms() + 1);
	turn(dns, loop, clock_mono_ms() + SOME_TIME_MS);
	assert_int_equal(zone_silent_asked(), before + AT_ONCE);
	end(dns, loop);
	dns = begin(&loop, true, false, 600);
	before = zone_silent_asked();
	times = 0;
	ask_silent(dns, 200, 1); /* ends before the others do */
	for (end_ms = clock_mono_ms() + SOME_TIME_MS; clock_mono_ms() < end_ms;)
		turn(dns, loop, end_ms);
	ask_silent(dns, 201, AT_ONCE + 20);
	settle(dns, loop);
	assert_int_equal(times, 1 + AT_ONCE + 20);
	assert_true(zone_silent_asked() <= before + AT_ONCE);
	end(dns, loop);
}

/* What is asked while one is on its way behind another that was in vain waits for it, and no longer. */
static void asked_in_doubt(void **state)
{
	struct loop *loop;
	struct dns *dns = begin(&loop, true, false, 600);
	unsigned before = zone_silent_asked();
	int64_t end_ms = clock_mono_ms() + SOME_TIME_MS;
	bool on_the_way; /* 401 */

	(void)state;
	times = 0;
	ask_silent(dns, 400, 1);
	while (clock_mono_ms() < end_ms)
		turn(dns, loop, end_ms);
	ask_silent(dns, 401, 1);
	while (times == 0)
		turn(dns, loop, clock_mono_ms() + SOME_TIME_MS);
	on_the_way = times == 1;
	ask_silent(dns, 402, 1);
	while (on_the_way && times == 1) {
		assert_int_equal(zone_silent_asked(), before + 2);
		turn(dns, loop, clock_mono_ms() + SOME_TIME_MS / 5);
	}
	settle(dns, loop);
	assert_int_equal(times, 3);
	assert_int_equal(zone_silent_asked(), before + 3);
	dns_forward(dns, "four.example.com", hear, NULL); /* nobody is on the way: it is asked */
	settle(dns, loop);
	assert_string_equal("four.example.com: 192.0.2.4", said);
	end(dns, loop);
}

/* Who is told "stopped" may ask on, and is told the same: nothing stays open. */
struct again {
	struct dns *dns;
	unsigned left, stopped;
};

static void ask_again(void *arg, const struct dns_answer *answer)
{
	struct again *again = arg;

	assert_non_null(answer->problem);
	again->stopped += strcmp(answer->problem, "stopped") == 0;
	if (again->left-- == 0)
		return;
	if (again->left % 3 == 0)
		dns_forward(again->dns, "silent.example.com", ask_again, again);
	else if (again->left % 3 == 1)
		dns_reverse(again->dns, "192.0.2.77", ask_again, again);
	else
		dns_services(again->dns, "_x._tcp.example.com", ask_again, again);
}

static void asked_while_it_ends(void **state)
{
	struct loop *loop;
	struct again again = { .left = 6 };

	(void)state;
	again.dns = begin(&loop, true, false, 60000);
	dns_forward(again.dns, "silent.example.com", ask_again, &again);
	end(again.dns, loop);
	assert_int_equal(7, again.stopped);
}

/* Without a question there is nothing to wait for; with one no longer than a try takes. */
static void how_long_to_wait(void **state)
{
	struct loop *loop;
	struct dns *dns = begin(&loop, true, false, 3000);
	int64_t wait_ms;

	(void)state;
	assert_int_equal(1, dns_wait_ms(dns, 1));
	assert_int_equal(1234, dns_wait_ms(dns, 1234));
	assert_int_equal(60001, dns_wait_ms(dns, 60001));
	dns_forward(dns, "silent.example.com", hear, NULL);
	wait_ms = dns_wait_ms(dns, 60000);
	assert_true(wait_ms >= 0 && wait_ms <= 1000); /* a third of the question's time */
	end(dns, loop);
}

/* Sixteen search domains and no more. */
static void many_search_domains(void **state)
{
	static const char *const twenty[] = { "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b0", "b1",
		                              "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9", "c0", NULL };
	const struct dns_how how = { .server = zone_server, .search = twenty, .ipv4 = true, .timeout_ms = 60000 };
	struct loop *loop = loop_new();
	struct fault fault;
	struct dns *dns = dns_new(loop, &how, &fault);

	(void)state;
	assert_non_null(dns);
	assert_string_equal("b6", dns_search(dns, 15));
	assert_null(dns_search(dns, 16));
	times = 0;
	dns_forward(dns, "nobody", hear, NULL);
	settle(dns, loop);
	assert_int_equal(1, times);
	assert_string_equal("! NXDOMAIN", said);
	end(dns, loop);
}

/* The host's own search domains (LOCALDOMAIN, as resolv.conf(5) has it): those that can be names, sixteen of them. */
static void search_domains_of_the_host(void **state)
{
	const struct dns_how how = { .server = zone_server, .ipv4 = true, .timeout_ms = A_LONG_TIME_MS };
	static const char *const lists[] = { "none.example two.example",
		                             "no/name a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7" };
	struct loop *loop = loop_new();
	struct fault fault;
	struct dns *dns;

	(void)state;
	setenv("LOCALDOMAIN", lists[0], 1);
	dns = dns_new(loop, &how, &fault);
	assert_string_equal("none.example", dns_search(dns, 0));
	assert_string_equal("two.example", dns_search(dns, 1));
	assert_null(dns_search(dns, 2));
	dns_forward(dns, "sub", hear, NULL);
	settle(dns, loop);
	assert_string_equal("sub.two.example: 192.0.2.5", said);
	dns_free(dns);
	setenv("LOCALDOMAIN", lists[1], 1);
	dns = dns_new(loop, &how, &fault);
	assert_string_equal("a0", dns_search(dns, 0));
	assert_string_equal("b5", dns_search(dns, 15));
	assert_null(dns_search(dns, 16));
	end(dns, loop);
	unsetenv("LOCALDOMAIN");
}

/* As resolv.conf(5) has it: the last of "search" and "domain", at the beginning of a line. */
static void search_domains_of_a_file(void **state)
{
	static const struct {
		const char *text, *domains;
	} rows[] = {
		{ "nameserver 192.0.2.1\nsearch a.example b.example\noptions ndots:1\n", "a.example b.example " },
		{ "search\ta.example  b.example. \t c.example", "a.example b.example c.example " },
		{ "search a.example\r\nnameserver 192.0.2.1\r\n", "a.example " },
		{ "domain a.example b.example\n", "a.example " },
		{ "search a.example b.example\ndomain c.example\n", "c.example " },
		{ "domain c.example\nsearch a.example b.example\n", "a.example b.example " },
		{ "#search a.example\n;domain a.example\n search a.example\nsearching a.example\nsearch b.example # c.example\n", "b.example " },
		{ "search b.example ; c.example\n", "b.example " },
		{ "search no/name -x a..b a.example\n", "a.example " },
		{ "search a. b..\n", "a " },
		{ "search .\n", "" },
		{ "search \n", "" },
		{ "search a0 a1 a2 a3 a4 a5 a6\n", "a0 a1 a2 a3 " },
		{ "domain a0\nsearch a1 a2 a3 a4 a5 a6\n", "a1 a2 a3 a4 " },
	};
	char path[] = "/tmp/dns_test.XXXXXX", *listed[5], own[256] = "", *dot;
	int fd = mkstemp(path);
	size_t count;

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *found = mem_strdup("");

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, rows[i].text, strlen(rows[i].text), 0), strlen(rows[i].text));
		count = dns_search_domains(NULL, path, listed, 4);
		for (size_t k = 0; k < count; k++) {
			char *longer = mem_printf("%s%s ", found, listed[k]);

			free(found);
			free(listed[k]);
			found = longer;
		}
		assert_string_equal(rows[i].domains, found);
		free(found);
	}
	/* a file that says nothing of it, or none: the domain in the host's own name, if there is one */
	assert_int_equal(ftruncate(fd, 0), 0);
	gethostname(own, sizeof own - 1);
	dot = strchr(own, '.');
	for (int gone = 0; gone < 2; gone++) {
		count = dns_search_domains(NULL, path, listed, 4);
		assert_int_equal(count, dot != NULL);
		if (dot != NULL)
			assert_string_equal(dot + 1, listed[0]);
		if (dot != NULL)
			free(listed[0]);
		if (!gone)
			unlink(path);
	}
	close(fd);
}

/* Several servers that say nothing, of which each would be tried twice, are not waited for one after the other. */
static void dead_servers(void **state)
{
	enum { SERVERS = 4, TIMEOUT_MS = 400 };
	char servers[SERVERS * sizeof zone_server] = "";
	const struct dns_how how = { .server = servers, .search = search, .ipv4 = true, .timeout_ms = TIMEOUT_MS };
	int fds[SERVERS], tries = 0;
	struct loop *loop = loop_new();
	int64_t begun_ms;
	struct fault fault;
	struct dns *dns;

	(void)state;
	for (size_t i = 0; i < SERVERS; i++) {
		struct sockaddr_in where = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		socklen_t len = sizeof where;

		fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		assert_int_equal(bind(fds[i], (struct sockaddr *)&where, sizeof where), 0);
		assert_int_equal(getsockname(fds[i], (struct sockaddr *)&where, &len), 0);
		snprintf(servers + strlen(servers), sizeof servers - strlen(servers), "%s127.0.0.1:%u",
		         i > 0 ? "," : "", ntohs(where.sin_port));
	}
	dns = dns_new(loop, &how, &fault);
	assert_non_null(dns);
	times = 0;
	begun_ms = clock_mono_ms();
	dns_forward(dns, "cucm.example.com", hear, NULL);
	while (times == 0)
		turn(dns, loop, clock_mono_ms() + 10);
	assert_true(clock_mono_ms() - begun_ms >= 2 * TIMEOUT_MS);
	assert_string_equal("! timeout", said);
	for (size_t i = 0; i < SERVERS; i++) {
		char bytes[600];

		while (recv(fds[i], bytes, sizeof bytes, 0) > 0)
			tries++;
		close(fds[i]);
	}
	assert_true(tries >= 1 && tries < 2 * SERVERS);
	end(dns, loop);
	assert_int_equal(1, times);
}

/* By hand: two tries take three times as long as the first; since c-ares 1.32 that is 250 ms at most, and n of them take
 * 250 * (2^n - 1). */
static void how_many_tries(void **state)
{
	enum { C_ARES_1_18_1 = 0x011201, C_ARES_1_31_0 = 0x011f00, C_ARES_1_32_0 = 0x012000, C_ARES_1_34_5 = 0x012205 };
	static const struct {
		int version;
		unsigned timeout_ms;
		int first_ms, count;
	} rows[] = {
		{ C_ARES_1_18_1, 5000, 1666, 2 }, { C_ARES_1_31_0, 5000, 1666, 2 }, { C_ARES_1_18_1, 3, 1, 2 },
		{ C_ARES_1_18_1, 2, 1, 2 },       { C_ARES_1_32_0, 5000, 250, 5 },  { C_ARES_1_34_5, 7750, 250, 5 },
		{ C_ARES_1_34_5, 7751, 250, 6 },  { C_ARES_1_34_5, 1750, 250, 3 },  { C_ARES_1_34_5, 1751, 250, 4 },
		{ C_ARES_1_34_5, 750, 250, 2 },   { C_ARES_1_34_5, 751, 250, 3 },   { C_ARES_1_34_5, 600, 200, 2 },
		{ C_ARES_1_34_5, 2, 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dns_tries tries = dns_channel_tries(rows[i].version, rows[i].timeout_ms);

		if (tries.first_ms != rows[i].first_ms || tries.count != rows[i].count)
			fail_msg("row %zu: %d of %d ms", i, tries.count, tries.first_ms);
	}
}

static void what_is_no_server(void **state)
{
	const struct dns_how how = { .server = "nonsense!", .timeout_ms = 1000 };
	struct loop *loop = loop_new();
	struct fault fault;

	(void)state;
	assert_null(dns_new(loop, &how, &fault));
	assert_int_equal(FAULT_USAGE, fault.code);
	assert_non_null(strstr(fault.text, "nonsense! is not a DNS server's address"));
	loop_free(loop);
	dns_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_to_ips),     cmocka_unit_test(names_in_hosts),
		cmocka_unit_test(one_family_alone),
		cmocka_unit_test(ips_to_names),     cmocka_unit_test(services_in_their_order),
		cmocka_unit_test(fixed_names),      cmocka_unit_test(silence_and_stop),
		cmocka_unit_test(asked_while_it_ends), cmocka_unit_test(how_long_to_wait),
		cmocka_unit_test(many_search_domains), cmocka_unit_test(search_domains_of_the_host),
		cmocka_unit_test(search_domains_of_a_file),
		cmocka_unit_test(how_many_tries), cmocka_unit_test(dead_servers),
		cmocka_unit_test(silent_names), cmocka_unit_test(asked_in_doubt),
		cmocka_unit_test(many_questions),   cmocka_unit_test(what_is_no_server),
	};

	return cmocka_run_group_tests(tests, zone_start, zone_stop);
}
