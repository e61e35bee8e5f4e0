/* SPDX-License-Identifier: MIT */
/* sock: TCP connections that never block. Knows no names: an IP comes as text. */
#ifndef MRA_WIRE_SOCK_H
#define MRA_WIRE_SOCK_H

#include <stddef.h>
#include <stdint.h>

/* A descriptor on its way to be connected (writable: see sock_error), or -1 with errno. */
int sock_connect(const char *ip, uint16_t port);
int sock_error(int fd);   /* how the connect ended: 0 or an errno */
void sock_finish(int fd); /* no more from us: FIN */
/* throws away what came: 1 there may be more, 0 the peer has closed, -1 broken */
int sock_drain(int fd);
void sock_close(int fd);

/* How many descriptors this process may still open, at most `wanted`: the soft limit is raised for
 * it if it has to be. */
size_t sock_room(size_t wanted);

#endif
