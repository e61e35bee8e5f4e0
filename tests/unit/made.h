/* SPDX-License-Identifier: MIT */
/* made: certificates for tests, signed by GnuTLS on the spot. Knows no report. */
#ifndef MRA_TEST_MADE_H
#define MRA_TEST_MADE_H

#include "model/cert.h"

#include <gnutls/x509.h>

enum made_flags {
	MADE_CA = 1,
	MADE_RSA = 2,
	MADE_EXPIRED = 4,
	MADE_OLD = 8,
	MADE_NO_CERT_SIGN = 16,
	MADE_ORG = 32,
	MADE_SERVER_ONLY = 64, /* extended key usage serverAuth */
	MADE_PSS = 128,
	MADE_NETSCAPE_SERVER = 256, /* Netscape certificate type: SSL server alone */
	MADE_ENCIPHERMENT = 512     /* key usage: keyEncipherment alone */
};

struct made {
	const struct cert *cert; /* the set owns it */
	gnutls_x509_crt_t crt;
	gnutls_x509_privkey_t key;
};

extern int64_t made_now; /* certificates are good for a year around it */

/* cn NULL: an organization is all of the subject. sans: names separated by blanks, an IP becomes an
 * iPAddress; NULL: none. issuer NULL: self-signed. */
struct made made_cert(struct certset *set, const char *cn, const char *sans,
                      const struct made *issuer, unsigned flags);
void made_free(struct made *made);
void made_end(void); /* frees the RSA key that all share */

/* What a server shows where it does not matter: leaves of rsa.example and ec.example, with a key of
 * that kind and the name as SAN, below Sub below Root. */
void made_usual(struct certset *set, struct made *root, struct made *sub, struct made *rsa,
                struct made *ec);
/* The four, and made_end(). */
void made_usual_free(struct made *root, struct made *sub, struct made *rsa, struct made *ec);

#endif
