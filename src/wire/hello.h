/* SPDX-License-Identifier: MIT */
/* hello: handshake messages: what ours offers, and what the server's show.
 * Knows no TLS library: it reads and writes the bytes of RFC 5246 and RFC 8446. */
#ifndef MRA_WIRE_HELLO_H
#define MRA_WIRE_HELLO_H

#include "model/suite.h"

/* Puts the suites of a ClientHello (the body, without its header) into this order, those of TLS 1.3
 * in front; one that is not to be offered gives way to a GREASE value (RFC 8701), so that the
 * length stays. -1 if the body is not as expected, or none of the suites is in it. */
int hello_reorder(unsigned char *body, size_t len, const struct suites *suites);

/* The suite of a ServerHello's body; -1 if it is too short. */
int hello_server_suite(const unsigned char *body, size_t len, uint16_t *suite);

/* Did this ServerHello's body choose TLS 1.3 (RFC 8446 4.2.1)? */
bool hello_server_tls13(const unsigned char *body, size_t len);

/* The names of a CertificateRequest's body, as model/ca_list takes them; *names_len 0 if there are
 * none. -1 if malformed. */
int hello_authorities(const unsigned char *body, size_t len, bool tls13,
                      const unsigned char **names, size_t *names_len);

/* The bits of the Diffie-Hellman prime in a TLS 1.2 ServerKeyExchange for this suite; false if it
 * has none. */
bool hello_dh_bits(uint16_t suite, const unsigned char *body, size_t len, size_t *bits);

/* Walks through a Certificate message's body. *at starts at 0; 1 and a certificate, 0 at the end,
 * -1 if malformed. */
int hello_next_certificate(const unsigned char *body, size_t len, bool tls13, size_t *at,
                           const unsigned char **der, size_t *der_len);

#endif
