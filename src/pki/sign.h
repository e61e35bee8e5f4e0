/* SPDX-License-Identifier: MIT */
/* sign: is one certificate signed with another's key? GnuTLS's primitives, OpenSSL's strictness.
 * Knows no dates, no trust. */
#ifndef MRA_PKI_SIGN_H
#define MRA_PKI_SIGN_H

#include "model/cert.h"
#include "model/policy.h"

/* Remembers the answer with the subject: each pair is calculated once. What GnuTLS cannot verify is
 * not good. */
/* parameters: the certificate whose DSA parameters count: the issuer itself, unless its key has
 * none. */
bool sign_good(const struct cert *subject, const struct cert *issuer, const struct cert *parameters,
               enum era era);

#endif
