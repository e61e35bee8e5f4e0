/* SPDX-License-Identifier: MIT */
/* plain: what the plainest client in one process costs, for comparison. Each of plain_gnutls.c,
 * plain_openssl.c and plain_hello.c is one; plain.c is their loop, which knows no TLS. */
#ifndef MRA_BENCH_PLAIN_H
#define MRA_BENCH_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

struct plain; /* one handshake on a connected descriptor, which stays the caller's */

enum plain_want { PLAIN_DONE, PLAIN_READ, PLAIN_WRITE, PLAIN_FAILED };

void plain_setup(void);
/* name is sent as SNI; NULL: none. TLS 1.2 alone; no certificate is verified. */
struct plain *plain_new(int fd, const char *name, bool ecdsa_first);
enum plain_want plain_step(struct plain *plain);
size_t plain_chain_len(const struct plain *plain); /* bytes of the server's certificates */
void plain_free(struct plain *plain); /* with a close_notify, where the handshake is complete */

#endif
