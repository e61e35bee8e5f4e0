/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "wire/sock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

union endpoint {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* What is no IP has no family: socket(2) fails of that one with EAFNOSUPPORT. */
static socklen_t parse(const char *ip, uint16_t port, union endpoint *to)
{
	to->v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
	if (inet_pton(AF_INET, ip, &to->v4.sin_addr) == 1)
		return sizeof to->v4;
	to->v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(port) };
	if (inet_pton(AF_INET6, ip, &to->v6.sin6_addr) == 1)
		return sizeof to->v6;
	to->any.sa_family = AF_UNSPEC;
	return 0;
}

int sock_connect(const char *ip, uint16_t port)
{
	union endpoint to;
	socklen_t len = parse(ip, port, &to);
	int fd, on = 1;

	fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (connect(fd, &to.any, len) != 0 && errno != EINPROGRESS && errno != EINTR) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int sock_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof error;

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 ? errno : error;
}

void sock_finish(int fd)
{
	shutdown(fd, SHUT_WR);
}

int sock_drain(int fd)
{
	char bytes[4096];
	ssize_t got = recv(fd, bytes, sizeof bytes, 0);

	if (got > 0)
		return 1;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 1;
	return got == 0 ? 0 : -1;
}

void sock_close(int fd)
{
	close(fd);
}

static size_t open_now(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	if (dir == NULL)
		return 32;
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

size_t sock_room(size_t wanted)
{
	struct rlimit limit;
	size_t used = open_now();

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return wanted;
	if (limit.rlim_cur < used + wanted && limit.rlim_cur < limit.rlim_max) {
		rlim_t before = limit.rlim_cur;

		limit.rlim_cur = limit.rlim_max < used + wanted ? limit.rlim_max : used + wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
			limit.rlim_cur = before;
	}
	if (limit.rlim_cur <= used)
		return 0;
	return limit.rlim_cur - used < wanted ? (size_t)(limit.rlim_cur - used) : wanted;
}
