/* SPDX-License-Identifier: MIT */
/* number: arithmetic modulo an odd number, for public keys that GnuTLS does not take. Public values only: not constant in time. */
#ifndef MRA_PKI_NUMBER_H
#define MRA_PKI_NUMBER_H

#include "pki/der.h"

enum { NUMBER_BITS_MOST = 16384, NUMBER_LIMBS_MOST = NUMBER_BITS_MOST / 32 };

struct number { /* little-endian limbs; those from the modulus's size on are not looked at */
	uint32_t limb[NUMBER_LIMBS_MOST];
};

struct modulus {
	struct number m, square; /* square: R * R mod m, R = 2^(32 * limbs) */
	size_t limbs;
	unsigned bits;
	uint32_t inverse;        /* -1 / m mod 2^32 */
};

bool modulus_set(struct modulus *modulus, struct bytes big_endian); /* false: even, below 3, or too large */
bool modulus_set_hex(struct modulus *modulus, const char *hex);

/* False: the number is not below the modulus. */
bool number_set(const struct modulus *m, struct bytes big_endian, struct number *out);
bool number_set_hex(const struct modulus *m, const char *hex, struct number *out);
void number_get(const struct modulus *m, const struct number *a, unsigned char *out, size_t len); /* big-endian, padded */
int number_compare(const struct modulus *m, const struct number *a, const struct number *b);
bool number_is_zero(const struct modulus *m, const struct number *a);
bool number_bit(const struct number *a, unsigned bit);

/* Everything below takes and gives Montgomery form, but for add and subtract, which take either. */
void number_enter(const struct modulus *m, const struct number *a, struct number *out);
void number_leave(const struct modulus *m, const struct number *a, struct number *out);
void number_one(const struct modulus *m, struct number *out);
void number_multiply(const struct modulus *m, const struct number *a, const struct number *b, struct number *out);
void number_add(const struct modulus *m, const struct number *a, const struct number *b, struct number *out);
void number_subtract(const struct modulus *m, const struct number *a, const struct number *b, struct number *out);
void number_power(const struct modulus *m, const struct number *base, struct bytes exponent, struct number *out);
void number_invert(const struct modulus *m, const struct number *a, struct number *out); /* m has to be prime */
bool number_root(const struct modulus *m, const struct number *a, struct number *out);   /* a square root; m prime */

#endif
