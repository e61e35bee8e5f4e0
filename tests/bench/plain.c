/* SPDX-License-Identifier: MIT */
/* plain_X PARALLEL < LINES: "IP PORT NAME|- rsa|ecdsa" a line: so many handshakes at once. Prints
 * how many were made and how many bytes of certificates came; 1 if one failed. */
#include "plain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_LEN = 512 };

struct connection {
	struct plain *plain; /* NULL: still connecting */
	char name[LINE_LEN];
	bool ecdsa_first;
};

static size_t made, failed, bytes;

/* False: there are no more lines. */
static bool begin(struct connection *connection, struct pollfd *poll_fd)
{
	char line[LINE_LEN], ip[64], order[8];
	struct sockaddr_in to = { .sin_family = AF_INET };
	unsigned port;
	int fd, one = 1;

	if (fgets(line, sizeof line, stdin) == NULL)
		return false;
	if (sscanf(line, "%63s %u %511s %7s", ip, &port, connection->name, order) != 4 ||
	    inet_pton(AF_INET, ip, &to.sin_addr) != 1)
		exit(2);
	to.sin_port = htons((in_port_t)port);
	connection->ecdsa_first = strcmp(order, "ecdsa") == 0;
	connection->plain = NULL;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (fd < 0 || (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS))
		exit(2);
	*poll_fd = (struct pollfd){ .fd = fd, .events = POLLOUT };
	return true;
}

/* False: it is over. */
static bool step(struct connection *connection, struct pollfd *poll_fd)
{
	bool has_name = strcmp(connection->name, "-") != 0;
	enum plain_want want;

	if (connection->plain == NULL)
		connection->plain = plain_new(poll_fd->fd, has_name ? connection->name : NULL,
		                              connection->ecdsa_first);
	want = plain_step(connection->plain);
	if (want == PLAIN_READ || want == PLAIN_WRITE) {
		poll_fd->events = want == PLAIN_READ ? POLLIN : POLLOUT;
		return true;
	}
	made += want == PLAIN_DONE;
	failed += want == PLAIN_FAILED;
	bytes += plain_chain_len(connection->plain);
	plain_free(connection->plain);
	close(poll_fd->fd);
	return false;
}

int main(int argc, char **argv)
{
	size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : 16, count = 0;
	struct connection *connections = calloc(most + 1, sizeof *connections);
	struct pollfd *poll_fds = calloc(most + 1, sizeof *poll_fds);
	bool more = true;

	plain_setup();
	while (more || count > 0) {
		while (more && count < most && (more = begin(&connections[count], &poll_fds[count])))
			count++;
		if (count > 0 && poll(poll_fds, count, -1) < 0)
			return 2;
		for (size_t i = count; i-- > 0;) {
			if (poll_fds[i].revents == 0 || step(&connections[i], &poll_fds[i]))
				continue;
			connections[i] = connections[--count];
			poll_fds[i] = poll_fds[count];
		}
	}
	printf("%zu handshakes, %zu failed, %zu bytes of certificates\n", made, failed, bytes);
	free(connections);
	free(poll_fds);
	return failed == 0 ? 0 : 1;
}
