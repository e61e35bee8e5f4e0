/* SPDX-License-Identifier: MIT */
/* rsa: RSASSA-PSS (RFC 8017 9.1.2) with any hash, mask and salt, of which GnuTLS takes only some.
 * Knows no certificate. */
#ifndef MRA_PKI_RSA_H
#define MRA_PKI_RSA_H

#include "pki/sigalg.h"

/* n and e are of a key that key_may_compute() lets pass, signature is as long as n. */
bool rsa_verify_pss(struct bytes n, struct bytes e, const struct pss *pss, struct bytes message,
                    struct bytes signature);

#endif
