/* SPDX-License-Identifier: MIT */
/* decode: DER to cert. Knows no trust; never fails: what OpenSSL would not parse either comes back
 * with readable false. */
#ifndef MRA_PKI_DECODE_H
#define MRA_PKI_DECODE_H

#include "model/cert.h"

/* Copies the bytes, decodes them unless the set already has them, and leaves the certificate with
 * the set. */
const struct cert *decode_cert(struct certset *set, const unsigned char *der, size_t der_len);

/* May a library compute with this certificate's public key? False: OpenSSL does not read the
 * certificate or its key, or refuses the key before any arithmetic (key_may_compute), so that a
 * handshake ends there and whoever goes on may not come back: nettle takes minutes over RSA keys of
 * 400,000 bits, and divides by a DSA prime of 0. For the hook that sees a server's certificate
 * before the key exchange: pass it down as a callback, src/wire includes nothing of src/pki. */
bool decode_may_compute(const unsigned char *der, size_t der_len);

/* A DER name as text, RFC 4514's order; one that cannot be read as '#' and its bytes in hex. To be
 * freed. */
char *decode_name(const unsigned char *der, size_t der_len);

#endif
