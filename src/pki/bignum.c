/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/bignum.h"

#include <string.h>

void bignum_import(mpz_t out, struct bytes big_endian)
{
	mpz_import(out, big_endian.len, 1, 1, 1, 0, big_endian.at);
}

void bignum_export(const mpz_t number, unsigned char *out, size_t len)
{
	/* 1 for 0, of which nothing is written */
	size_t bytes = (mpz_sizeinbase(number, 2) + 7) / 8;

	memset(out, 0, len);
	mpz_export(out + len - bytes, NULL, 1, 1, 1, 0, number);
}
