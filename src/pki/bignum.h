/* SPDX-License-Identifier: MIT */
/* bignum: numbers of GMP from and to big-endian octets. Knows no algorithm. */
#ifndef MRA_PKI_BIGNUM_H
#define MRA_PKI_BIGNUM_H

#include "pki/der.h"

#include <gmp.h>

void bignum_import(mpz_t out, struct bytes big_endian);
/* len octets, zeros in front; the number is not negative and fits */
void bignum_export(const mpz_t number, unsigned char *out, size_t len);

#endif
