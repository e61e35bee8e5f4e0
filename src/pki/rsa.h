/* SPDX-License-Identifier: MIT */
/* rsa: RSASSA-PSS with any hash, mask and salt (RFC 8017 9.1.2), which GnuTLS has for three hashes only. Knows no certificate. */
#ifndef MRA_PKI_RSA_H
#define MRA_PKI_RSA_H

#include "pki/sigalg.h"

bool rsa_verify_pss(struct bytes n, struct bytes e, const struct pss *pss, struct bytes message, struct bytes signature);

#endif
