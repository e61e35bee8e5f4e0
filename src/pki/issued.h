/* SPDX-License-Identifier: MIT */
/* issued: may one certificate be the issuer of another, by names, key ids and algorithm
 * (x509_likely_issued)? No signatures. */
#ifndef MRA_PKI_ISSUED_H
#define MRA_PKI_ISSUED_H

#include "pki/detail.h"

bool issued_likely(const struct cert *subject, const struct cert *issuer, enum era era);
/* keyUsage of an issuer: keyCertSign, or digitalSignature where the subject is a proxy
 * certificate. */
bool issued_signing_allowed(const struct cert *subject, const struct cert *issuer);
void issued_note_self(struct cert *cert); /* fills self_issued and self_signed of the detail */

#endif
