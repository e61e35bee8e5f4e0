/* SPDX-License-Identifier: MIT */
/* seen: what one handshake showed, as plain facts, and what that is called. Knows no TLS library
 * and no socket. */
#ifndef MRA_WIRE_SEEN_H
#define MRA_WIRE_SEEN_H

#include "model/observation.h"

enum {
	SEEN_FIRST_MOST = 80,       /* of a server's first bytes, to tell what it is if not TLS */
	SEEN_NO_ALERT = -1,
	SEEN_BYTES_MOST = 1 << 20   /* no handshake is that long: somebody wants to keep us busy */
};

struct seen {
	bool tls13;                  /* chosen by the ServerHello */
	size_t received;             /* bytes, the first of them: */
	unsigned char first[SEEN_FIRST_MOST];
	int socket_errno;            /* of the last send or receive that failed for good */
	bool closed, flooded;        /* the server has closed; it sends without end */

	/* owned by whoever fills this; the body of the Certificate message, NULL: none came */
	unsigned char *message;
	size_t message_len;
	uint16_t suite;
	bool has_suite, wrong_suite; /* a ServerHello came; its suite was not offered */
	bool asked, completed;       /* for a certificate of ours; the handshake */
	bool stopped; /* we ended it at the ServerHelloDone: there was nothing more to learn */
	/* owned by whoever fills this; the names of the CertificateRequest, NULL: none */
	unsigned char *authorities;
	size_t authorities_len;
	enum reached reached;
	enum handshake_flaw flaw;
	bool key_unusable;           /* we ended it: nobody should compute with the leaf's key */
	bool no_suites;  /* the library knows none of the suites that are to be offered */
	/* the library ended it for the leaf's key usage, which OpenSSL does not look at */
	bool usage_only;

	int alert;                   /* that the server sent, or SEEN_NO_ALERT */
	/* how it failed: a version not offered, close_notify, our own memory */
	bool other_version, ended, no_room;
	const char *error;           /* the library's words for how it ended; static */
};

/* The certificates as sent: 1 and the next one, 0 at the end, -1 if the message is malformed. *at
 * starts at 0. */
int seen_next_certificate(const struct seen *seen, size_t *at, const unsigned char **der,
                          size_t *der_len);

/* Whoever gave up on the handshake says how (OUTCOME_TIMEOUT, OUTCOME_STOPPED); OUTCOME_PENDING:
 * nobody did. Fills all of observation but node, address, ip, port, order, advertised, chain,
 * took_ms, tries. */
void seen_tell(const struct seen *seen, enum outcome given_up, struct observation *observation);

#endif
