/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "zone.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { A = 1, CNAME = 5, PTR = 12, AAAA = 28, SRV = 33, NXDOMAIN = 3 };

static const struct {
	const char *name;
	unsigned type; /* 0: whatever is asked; then data is an rcode, or "" for silence */
	const char *data;
} zone[] = {
	{ "cucm.example.com", A, "192.0.2.20" },
	{ "cucm.example.com", A, "192.0.2.3" },
	{ "cucm.example.com", A, "192.0.2.20" },
	{ "cucm.example.com", AAAA, "2001:db8::1" },
	{ "four.example.com", A, "192.0.2.4" },
	{ "six.example.com", AAAA, "2001:db8::6" },
	{ "sub.two.example", A, "192.0.2.5" },
	{ "alias.two.example", CNAME, "four.example.com 192.0.2.4" }, /* and the A record behind it */
	{ "both.one.example", A, "192.0.2.6" },
	{ "both.two.example", A, "192.0.2.7" },
	{ "bare", A, "192.0.2.8" },
	{ "pub.one.example", A, "127.0.0.1" },
	{ "pub.two.example", A, "127.0.0.2" },
	{ "2.0.0.127.in-addr.arpa", PTR, "back.two.example" },
	{ "empty.example.com", 0, "0" },
	{ "fail.example.com", 0, "2" },
	{ "refused.example.com", 0, "5" },
	{ "silent.example.com", 0, "" },
	{ "worse.one.example", 0, "2" },
	{ "3.2.0.192.in-addr.arpa", PTR, "cucm.example.com" },
	{ "4.2.0.192.in-addr.arpa", PTR, "-x.example.com" },
	{ "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", PTR,
	  "v6.example.com" },
	{ "_cisco-uds._tcp.example.com", SRV, "10 5 8443 light.example.com" },
	{ "_cisco-uds._tcp.example.com", SRV, "20 0 8443 last.example.com" },
	{ "_cisco-uds._tcp.example.com", SRV, "10 50 8443 heavy.example.com" },
	{ "_cisco-uds._tcp.example.com", SRV, "10 5 8443 b.example.com" },
	{ "_cisco-uds._tcp.example.com", SRV, "10 5 9443 b.example.com" },
	{ "_none._tcp.example.com", 0, "0" },
	{ "5.2.0.192.in-addr.arpa", PTR, "sub.two.example" },
	{ "6.2.0.192.in-addr.arpa", PTR, "elsewhere.example.com" }, /* leads somewhere else */
	{ "elsewhere.example.com", A, "192.0.2.66" },
	{ "7.2.0.192.in-addr.arpa", PTR, "two.example.com" },
	{ "two.example.com", A, "192.0.2.7" },
	{ "two.example.com", A, "198.51.100.7" }, /* a stranger's beside it */
	{ "_cuplogin._tcp.example.com", SRV, "0 0 8443 imp.example.com" },
	{ "_cisco-uds._tcp.down.example", 0, "2" },
	{ "_cuplogin._tcp.down.example", 0, "2" },
	{ "_cisco-uds._tcp.not.example", SRV, "0 0 0 ." },
	{ "far.example.org", A, "198.51.100.9" },
	{ "az.one.example", A, "192.0.2.31" },
	{ "half.one.example", 0, "0" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8401 a1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8402 b1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8403 c1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8404 d1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8405 e1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8406 f1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8407 g1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8408 h1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8409 i1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8410 j1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8411 k1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8412 l1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8413 m1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8414 n1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8415 o1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8416 p1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8417 q1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8418 r1.b" },
	{ "_cisco-uds._tcp.many.example", SRV, "10 0 8443 -.b" },
	{ "_cuplogin._tcp.not.example", SRV, "0 0 0 ." },
	{ "_cuplogin._tcp.none.example", 0, "0" },
	{ "10.2.0.192.in-addr.arpa", PTR, "silent.example.com" }, /* whether it leads back nobody says */
	{ "11.2.0.192.in-addr.arpa", PTR, "nobody.example.com" },
	{ "12.2.0.192.in-addr.arpa", PTR, "CUCM.example.com" },
};

static size_t put_name(unsigned char *out, const char *name)
{
	size_t len = 0;

	while (*name != '\0') {
		size_t label = strcspn(name, ".");

		out[len++] = (unsigned char)label;
		memcpy(out + len, name, label);
		len += label;
		name += label + (name[label] == '.');
	}
	out[len++] = 0;
	return len;
}

static size_t put_data(unsigned char *out, unsigned type, const char *data)
{
	unsigned numbers[3];
	char target[100];

	if (type == A || type == AAAA) {
		inet_pton(type == A ? AF_INET : AF_INET6, data, out);
		return type == A ? 4 : 16;
	}
	if (type == PTR || type == CNAME)
		return put_name(out, data);
	sscanf(data, "%u %u %u %99s", &numbers[0], &numbers[1], &numbers[2], target);
	for (int i = 0; i < 3; i++) {
		out[2 * i] = (unsigned char)(numbers[i] >> 8);
		out[2 * i + 1] = (unsigned char)numbers[i];
	}
	return 6 + put_name(out + 6, target);
}

/* The record's length. at: where it begins; owner: where its name stands before. */
static size_t put_record(unsigned char *out, size_t at, size_t owner, unsigned type, const char *data)
{
	size_t data_len = put_data(out + at + 12, type, data);

	memcpy(out + at, "\xc0\0\0\0\0\1\0\0\0\x3c\0\0", 12);
	out[at] = (unsigned char)(0xc0 | owner >> 8);
	out[at + 1] = (unsigned char)owner;
	out[at + 3] = (unsigned char)type;
	out[at + 11] = (unsigned char)data_len;
	return 12 + data_len;
}

/* RFC 1034 3.6.2: the answer holds what the canonical name has as well. */
static size_t put_alias(unsigned char *out, size_t at, const char *data)
{
	char *target = mem_strndup(data, strcspn(data, " "));
	size_t len = put_record(out, at, 12, CNAME, target);

	free(target);
	return len + put_record(out, at + len, at + 12, A, strchr(data, ' ') + 1);
}

static volatile bool *asked; /* of the silent names, by number; shared with the server's process */

unsigned zone_silent_asked(void)
{
	unsigned count = 0;

	for (size_t i = 0; i < ZONE_SILENT_MOST; i++)
		count += asked[i];
	return count;
}

/* 0: no answer */
static size_t answer(const unsigned char *in, size_t len, unsigned char *out)
{
	char name[256] = "";
	size_t at = 12, end;
	unsigned type, count = 0;
	bool known = false;

	for (; at < len && in[at] != 0; at += 1u + in[at])
		snprintf(name + strlen(name), sizeof name - strlen(name), "%s%.*s",
		         *name == '\0' ? "" : ".", (int)in[at], (const char *)in + at + 1);
	if (strstr(name, ".silent.example.com") != NULL) {
		asked[strtoul(name, NULL, 10) % ZONE_SILENT_MOST] = true;
		return 0;
	}
	type = (unsigned)in[at + 1] << 8 | in[at + 2];
	end = at + 5;
	memcpy(out, in, end);
	memset(out + 4, 0, 8);
	out[2] = 0x81;
	out[3] = 0x80;
	out[5] = 1;
	for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
		if (strcasecmp(zone[i].name, name) != 0)
			continue;
		known = true;
		if (zone[i].type == 0 && *zone[i].data == '\0')
			return 0;
		if (zone[i].type == 0)
			out[3] = (unsigned char)(0x80 | atoi(zone[i].data));
		if (zone[i].type == CNAME && type == A) {
			end += put_alias(out, end, zone[i].data);
			out[7] = (unsigned char)(count += 2);
		}
		if (zone[i].type != type)
			continue;
		end += put_record(out, end, 12, type, zone[i].data);
		out[7] = (unsigned char)++count;
	}
	if (!known)
		out[3] = 0x80 | NXDOMAIN;
	return end;
}

static pid_t server;
char zone_server[40];

int zone_start(void **state)
{
	struct sockaddr_in where = { .sin_family = AF_INET };
	socklen_t where_len = sizeof where;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&where, sizeof where) != 0 ||
	    getsockname(fd, (struct sockaddr *)&where, &where_len) != 0)
		return -1;
	snprintf(zone_server, sizeof zone_server, "127.0.0.1:%u", ntohs(where.sin_port));
	asked = mmap(NULL, ZONE_SILENT_MOST, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (asked == MAP_FAILED)
		return -1;
	server = fork();
	while (server == 0) {
		unsigned char in[512], out[2048];
		struct sockaddr_in from;
		socklen_t from_len = sizeof from;
		ssize_t got = recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)&from, &from_len);
		size_t len = got > 12 ? answer(in, (size_t)got, out) : 0;

		if (got < 0)
			_exit(0);
		if (len > 0)
			sendto(fd, out, len, 0, (struct sockaddr *)&from, from_len);
	}
	close(fd);
	return server < 0 ? -1 : 0;
}

int zone_stop(void **state)
{
	(void)state;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return 0;
}
