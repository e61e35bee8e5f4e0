/* SPDX-License-Identifier: MIT */
/* peer: servers for tests, on loopback, in a process of their own: TLS by GnuTLS, or bytes as they
 * are given. Knows no expectation. */
#ifndef MRA_TEST_PEER_H
#define MRA_TEST_PEER_H

#include "made.h"

#include <stdint.h>

enum peer_does {
	PEER_TLS12,  /* one suite after the other, in the client's order */
	PEER_TLS13,  /* no other version */
	PEER_BOTH,
	PEER_SAYS,   /* the bytes of `says`, then it closes */
	PEER_RESETS,
	PEER_SILENT,
	PEER_REFUSES, /* nobody listens */
	PEER_FULL     /* its queue is full: no SYN is answered */
};

struct peer {
	enum peer_does does;
	bool ec, asks;    /* has the EC certificate as well; asks for one of the client's */
	bool no_sni;      /* the EC certificate alone, to clients that name nobody */
	const char *says; /* borrowed; what it answers to a request, NULL: it closes */
	size_t says_len;  /* 0: strlen */
	bool stays;       /* having answered, it waits for the client to close */
	bool h2;          /* it speaks HTTP/2 with whoever offers that (RFC 7301) */
	const char *version; /* borrowed; what it answers where the path ends in "version"; NULL: as says */
	uint16_t port;    /* set by peers_start */
};

/* The certificates are sent with their issuer's. */
void peers_start(struct peer *peers, size_t count, const struct made *rsa, const struct made *ec,
                 const struct made *issuer);
void peers_stop(void);

/* So many of its connections ended after the handshake with a close_notify and nothing before it; waited for. */
bool peers_said_goodbye(size_t index, unsigned count);

/* So many connections were made to the peer with this index (one that accepts), and the last request that it read. */
unsigned peers_met(size_t index);
const char *peers_asked(size_t index);

#endif
