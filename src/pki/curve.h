/* SPDX-License-Identifier: MIT */
/* curve: elliptic curves that OpenSSL knows by name, and explicit parameters that spell one of them
 * out. No arithmetic. */
#ifndef MRA_PKI_CURVE_H
#define MRA_PKI_CURVE_H

#include "pki/der.h"

struct curve {
	const char *oid; /* octets, oid_len of them */
	size_t oid_len;
	const char *name;
	unsigned order_bits, field_bytes;
	int gnutls; /* gnutls_ecc_curve_t, 0: GnuTLS cannot */
	const char *p, *a, *b, *x, *y, *order; /* hex; "" for binary fields */
};

const struct curve *curve_find(struct bytes oid);

/* ECParameters (content of the SEQUENCE, X9.62). The curve it spells out or NULL; order_bits 0:
 * OpenSSL would refuse it. */
const struct curve *curve_explicit(struct bytes in, unsigned *order_bits, unsigned *field_bytes);

#endif
