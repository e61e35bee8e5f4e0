/* SPDX-License-Identifier: MIT */
/* pkcs7: the certificates that a SignedData carries (RFC 5652 5.1), which is how Windows'
 * authorities send a chain. Verifies nothing.
 *
 * By hand and not with gnutls_pkcs7_*: bytes have to come out as they went in, whatever is odd
 * about a certificate, and an indefinite length (BER, as several signers write it) is not a reason
 * to lose the chain. */
#ifndef MRA_PKI_PKCS7_H
#define MRA_PKI_PKCS7_H

#include "pki/der.h"

/* Is it a ContentInfo of type SignedData? Then certs is what stands in its certificates field, in
 * its order; empty: none. */
bool pkcs7_open(struct bytes der, struct bytes *certs);

/* The next of them: 1; 0: no more; -1: one of the other kinds (attribute certificates), or not BER:
 * then nothing follows. */
int pkcs7_next(struct bytes *certs, struct bytes *cert);

/* Is it a PKCS#12 (.pfx, .p12)? A key is in it, and a password on it. */
bool pkcs7_is_pfx(struct bytes der);

#endif
