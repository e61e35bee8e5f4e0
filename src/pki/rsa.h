/* SPDX-License-Identifier: MIT */
/* rsa: what GnuTLS does not do or a host's GnuTLS policy forbids: PKCS#1 v1.5 (RFC 8017 8.2.2), and RSASSA-PSS with any
 * hash, mask and salt (9.1.2). Knows no certificate. */
#ifndef MRA_PKI_RSA_H
#define MRA_PKI_RSA_H

#include "pki/sigalg.h"

/* digest: gnutls_digest_algorithm_t */
bool rsa_verify(struct bytes n, struct bytes e, int digest, struct bytes message, struct bytes signature);
bool rsa_verify_pss(struct bytes n, struct bytes e, const struct pss *pss, struct bytes message, struct bytes signature);

#endif
