/* SPDX-License-Identifier: MIT */
/* tls: one TLS client handshake at a time on a connected descriptor. Knows no trust: nothing is
 * verified, the chain is handed over as it was sent, readable or not. */
#ifndef MRA_WIRE_TLS_H
#define MRA_WIRE_TLS_H

#include "base/fault.h"
#include "model/observation.h"
#include "model/suite.h"

enum tls_want {
	TLS_WANT_READ,
	TLS_WANT_WRITE,
	TLS_OVER,
	TLS_HELD /* the server's messages up to ServerHelloDone are there (may_stop): tls_go_on or
	            tls_stop */
};

/* What a ClientHello offers. */
struct tls_offer {
	unsigned versions;     /* OFFERED_TLS12, OFFERED_TLS13 or both */
	/* of TLS 1.2, in their order; borrowed, unused where versions does not have it */
	const struct suites *suites;
	enum order signatures; /* of signature_algorithms, which most servers follow in TLS 1.3 */
	/* go on with a leaf whose key usage does not allow what it does, as OpenSSL does. GnuTLS
	 * can do that only together with a ClientHello without encrypt_then_mac and
	 * extended_master_secret, so this is for a second try (tls_usage_only). */
	bool any_usage;
	bool may_stop;  /* hold at the ServerHelloDone of TLS 1.2, before anything is computed */
};

struct tls_kit; /* what all handshakes share: credentials and priorities */
struct tls;

/* May GnuTLS compute with the key of this certificate? nettle divides by a DSA prime of 0, and
 * verifies with RSA keys of any size, for minutes. */
typedef bool tls_may_compute_fn(const unsigned char *der, size_t der_len);

/* NULL: fault says why */
struct tls_kit *tls_kit_new(tls_may_compute_fn *may_compute, struct fault *fault);
void tls_kit_free(struct tls_kit *kit);

/* Are suites offered in the order that is asked for? If not, in the library's own. */
bool tls_orders_suites(void);

/* name is sent as SNI; NULL: none. fd stays the caller's. NULL if the library has no room. */
struct tls *tls_new(struct tls_kit *kit, const struct tls_offer *offer, const char *name, int fd);
/* on with the handshake, as far as it goes without waiting */
enum tls_want tls_step(struct tls *tls);

/* For one that is held. Does it show what this other handshake did: the same chain, suite and wish
 * for a certificate of ours? */
bool tls_shows(const struct tls *tls, const struct observation *other);
/* ends it: user_canceled and close_notify (RFC 5246 7.2.2), then it is over */
void tls_stop(struct tls *tls);
/* tls_step will go on as if it had never been held; false: nothing was held back */
bool tls_go_on(struct tls *tls);

void tls_bye(struct tls *tls); /* close_notify, if a handshake is far enough for one; never waits */
void tls_free(struct tls *tls);

/* Was the handshake ended because may_compute said no? */
bool tls_key_unusable(const struct tls *tls);

/* Did the handshake end for nothing but the leaf's key usage? Then offer->any_usage is worth
 * another connection. */
bool tls_usage_only(const struct tls *tls);

/* What the handshake showed up to now. Whoever gave up on it says how (OUTCOME_TIMEOUT,
 * OUTCOME_STOPPED); OUTCOME_PENDING: nobody did. Fills all but node, address, ip, port, order,
 * advertised, offered, inferred, chain, client_cas, took_ms, tries. */
void tls_tell(const struct tls *tls, enum outcome given_up, struct observation *observation);

/* The certificates as sent: 1 and the next one, 0 at the end. *at starts at 0. */
int tls_next_certificate(const struct tls *tls, size_t *at, const unsigned char **der,
                         size_t *der_len);

/* The suite, and the names of the CertificateRequest for ca_lists_add (borrowed; *len 0: none). */
bool tls_suite(const struct tls *tls, uint16_t *suite);
const unsigned char *tls_authorities(const struct tls *tls, size_t *len);

#endif
