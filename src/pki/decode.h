/* SPDX-License-Identifier: MIT */
/* decode: DER to cert. Knows no trust; never fails: what OpenSSL would not parse either comes back with readable false. */
#ifndef MRA_PKI_DECODE_H
#define MRA_PKI_DECODE_H

#include "model/cert.h"

/* Copies the bytes, decodes them unless the set already has them, and leaves the certificate with the set. */
const struct cert *decode_cert(struct certset *set, const unsigned char *der, size_t der_len);

/* A DER name as text, RFC 4514's order; one that cannot be read as '#' and its bytes in hex. To be freed. */
char *decode_name(const unsigned char *der, size_t der_len);

#endif
