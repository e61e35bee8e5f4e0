/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/number.h"

#include <ctype.h>
#include <string.h>

static struct bytes without_zeros(struct bytes number)
{
	while (number.len > 0 && *number.at == 0) {
		number.at++;
		number.len--;
	}
	return number;
}

/* Fills limbs of out; false: it does not fit. */
static bool fill(struct bytes big_endian, size_t limbs, struct number *out)
{
	struct bytes in = without_zeros(big_endian);

	if (in.len > limbs * 4)
		return false;
	memset(out->limb, 0, limbs * sizeof *out->limb);
	for (size_t i = 0; i < in.len; i++)
		out->limb[i / 4] |= (uint32_t)in.at[in.len - 1 - i] << 8 * (i % 4);
	return true;
}

static size_t from_hex(const char *hex, unsigned char *out, size_t most)
{
	size_t digits = strlen(hex), len = (digits + 1) / 2;

	if (len > most)
		return 0;
	memset(out, 0, len);
	for (size_t i = 0; i < digits; i++) {
		char c = hex[digits - 1 - i];
		unsigned value = isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)(toupper((unsigned char)c) - 'A' + 10);

		out[len - 1 - i / 2] |= (unsigned char)(value << 4 * (i % 2));
	}
	return len;
}

/* a - b into out, over limbs; returns the borrow */
static uint32_t subtract_limbs(const uint32_t *a, const uint32_t *b, size_t limbs, uint32_t *out)
{
	uint64_t borrow = 0;

	for (size_t i = 0; i < limbs; i++) {
		uint64_t difference = (uint64_t)a[i] - b[i] - borrow;

		out[i] = (uint32_t)difference;
		borrow = difference >> 63;
	}
	return (uint32_t)borrow;
}

static uint32_t add_limbs(const uint32_t *a, const uint32_t *b, size_t limbs, uint32_t *out)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < limbs; i++) {
		sum += (uint64_t)a[i] + b[i];
		out[i] = (uint32_t)sum;
		sum >>= 32;
	}
	return (uint32_t)sum;
}

int number_compare(const struct modulus *m, const struct number *a, const struct number *b)
{
	for (size_t i = m->limbs; i-- > 0;)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

bool number_is_zero(const struct modulus *m, const struct number *a)
{
	for (size_t i = 0; i < m->limbs; i++)
		if (a->limb[i] != 0)
			return false;
	return true;
}

bool number_bit(const struct number *a, unsigned bit)
{
	return (a->limb[bit / 32] >> bit % 32 & 1) != 0;
}

void number_add(const struct modulus *m, const struct number *a, const struct number *b, struct number *out)
{
	uint32_t carry = add_limbs(a->limb, b->limb, m->limbs, out->limb);

	if (carry != 0 || number_compare(m, out, &m->m) >= 0)
		subtract_limbs(out->limb, m->m.limb, m->limbs, out->limb);
}

void number_subtract(const struct modulus *m, const struct number *a, const struct number *b, struct number *out)
{
	if (subtract_limbs(a->limb, b->limb, m->limbs, out->limb) != 0)
		add_limbs(out->limb, m->m.limb, m->limbs, out->limb);
}

/* Montgomery's product, operand scanning: a * b / R mod m */
void number_multiply(const struct modulus *m, const struct number *a, const struct number *b, struct number *out)
{
	uint32_t t[NUMBER_LIMBS_MOST + 2];
	size_t n = m->limbs;

	memset(t, 0, (n + 2) * sizeof *t);
	for (size_t i = 0; i < n; i++) {
		uint64_t carry = 0, factor;

		for (size_t j = 0; j < n; j++) {
			carry += (uint64_t)a->limb[j] * b->limb[i] + t[j];
			t[j] = (uint32_t)carry;
			carry >>= 32;
		}
		carry += t[n];
		t[n] = (uint32_t)carry;
		t[n + 1] = (uint32_t)(carry >> 32);
		factor = (uint32_t)(t[0] * m->inverse);
		carry = (factor * m->m.limb[0] + t[0]) >> 32;
		for (size_t j = 1; j < n; j++) {
			carry += factor * m->m.limb[j] + t[j];
			t[j - 1] = (uint32_t)carry;
			carry >>= 32;
		}
		carry += t[n];
		t[n - 1] = (uint32_t)carry;
		t[n] = t[n + 1] + (uint32_t)(carry >> 32);
	}
	memcpy(out->limb, t, n * sizeof *t);
	if (t[n] != 0 || number_compare(m, out, &m->m) >= 0)
		subtract_limbs(out->limb, m->m.limb, n, out->limb);
}

/* R * R by doubling 1: slow and plain */
static void find_square(struct modulus *m)
{
	memset(m->square.limb, 0, m->limbs * sizeof(uint32_t));
	m->square.limb[0] = 1;
	for (size_t i = 0; i < 64 * m->limbs; i++)
		number_add(m, &m->square, &m->square, &m->square);
}

bool modulus_set(struct modulus *m, struct bytes big_endian)
{
	struct bytes in = without_zeros(big_endian);
	uint32_t inverse = 1;

	if (in.len == 0 || in.len > NUMBER_BITS_MOST / 8 || !(in.at[in.len - 1] & 1) || (in.len == 1 && in.at[0] < 3))
		return false;
	m->limbs = (in.len + 3) / 4;
	m->bits = 8 * (unsigned)(in.len - 1);
	for (unsigned top = in.at[0]; top > 0; top >>= 1)
		m->bits++;
	fill(in, m->limbs, &m->m);
	for (int i = 0; i < 5; i++) /* Newton: twice as many bits are right each time */
		inverse *= 2 - m->m.limb[0] * inverse;
	m->inverse = 0 - inverse;
	find_square(m);
	return true;
}

bool modulus_set_hex(struct modulus *m, const char *hex)
{
	unsigned char bytes[128];

	return modulus_set(m, (struct bytes){ bytes, from_hex(hex, bytes, sizeof bytes) });
}

bool number_set(const struct modulus *m, struct bytes big_endian, struct number *out)
{
	return fill(big_endian, m->limbs, out) && number_compare(m, out, &m->m) < 0;
}

bool number_set_hex(const struct modulus *m, const char *hex, struct number *out)
{
	unsigned char bytes[128];

	return number_set(m, (struct bytes){ bytes, from_hex(hex, bytes, sizeof bytes) }, out);
}

void number_get(const struct modulus *m, const struct number *a, unsigned char *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[len - 1 - i] = i / 4 < m->limbs ? (unsigned char)(a->limb[i / 4] >> 8 * (i % 4)) : 0;
}

void number_enter(const struct modulus *m, const struct number *a, struct number *out)
{
	number_multiply(m, a, &m->square, out);
}

void number_leave(const struct modulus *m, const struct number *a, struct number *out)
{
	struct number one;

	memset(one.limb, 0, m->limbs * sizeof *one.limb);
	one.limb[0] = 1;
	number_multiply(m, a, &one, out);
}

void number_one(const struct modulus *m, struct number *out)
{
	struct number one;

	memset(one.limb, 0, m->limbs * sizeof *one.limb);
	one.limb[0] = 1;
	number_enter(m, &one, out);
}

void number_power(const struct modulus *m, const struct number *base, struct bytes exponent, struct number *out)
{
	struct number result;

	number_one(m, &result);
	for (size_t i = 0; i < exponent.len; i++) {
		for (int bit = 7; bit >= 0; bit--) {
			number_multiply(m, &result, &result, &result);
			if (exponent.at[i] >> bit & 1)
				number_multiply(m, &result, base, &result);
		}
	}
	memcpy(out->limb, result.limb, m->limbs * sizeof(uint32_t));
}

/* Fermat: a to the power of m - 2 */
void number_invert(const struct modulus *m, const struct number *a, struct number *out)
{
	unsigned char exponent[NUMBER_BITS_MOST / 8];
	struct number two = { { 2 } }, e;

	memset(two.limb + 1, 0, sizeof two.limb - sizeof *two.limb);
	subtract_limbs(m->m.limb, two.limb, m->limbs, e.limb);
	number_get(m, &e, exponent, m->limbs * 4);
	number_power(m, a, (struct bytes){ exponent, m->limbs * 4 }, out);
}

static void halve(const struct modulus *m, struct number *a)
{
	for (size_t i = 0; i < m->limbs; i++)
		a->limb[i] = a->limb[i] >> 1 | (i + 1 < m->limbs ? a->limb[i + 1] << 31 : 0);
}

static void power_of(const struct modulus *m, const struct number *base, const struct number *exponent, struct number *out)
{
	unsigned char bytes[NUMBER_BITS_MOST / 8];

	number_get(m, exponent, bytes, m->limbs * 4);
	number_power(m, base, (struct bytes){ bytes, m->limbs * 4 }, out);
}

/* A number without a square root: the least one, by Euler's criterion */
static void find_nonresidue(const struct modulus *m, const struct number *half, struct number *out)
{
	struct number one, power, minus_one, zero = { { 0 } };

	number_one(m, &one);
	number_subtract(m, &zero, &one, &minus_one);
	memcpy(out, &one, sizeof one);
	do {
		number_add(m, out, &one, out);
		power_of(m, out, half, &power);
	} while (number_compare(m, &power, &minus_one) != 0);
}

/* Tonelli and Shanks; m - 1 = odd * 2^twos. False: there is no root. */
bool number_root(const struct modulus *m, const struct number *a, struct number *out)
{
	struct number odd = m->m, half = m->m, one, z, b, x, t;
	unsigned twos = 0, order;

	number_one(m, &one);
	odd.limb[0]--;
	halve(m, &half); /* (m - 1) / 2, m being odd */
	while (!(odd.limb[0] & 1)) {
		halve(m, &odd);
		twos++;
	}
	if (number_is_zero(m, a)) {
		memcpy(out, a, sizeof *out);
		return true;
	}
	power_of(m, a, &half, &t);
	if (number_compare(m, &t, &one) != 0)
		return false;
	find_nonresidue(m, &half, &z);
	power_of(m, &z, &odd, &z);
	power_of(m, a, &odd, &b); /* a^odd */
	halve(m, &odd);           /* (odd - 1) / 2 */
	power_of(m, a, &odd, &x);
	number_multiply(m, &x, a, &x); /* a^((odd + 1) / 2) */
	while (number_compare(m, &b, &one) != 0) {
		memcpy(&t, &b, sizeof t);
		for (order = 0; order < twos && number_compare(m, &t, &one) != 0; order++)
			number_multiply(m, &t, &t, &t);
		if (order == 0 || order >= twos)
			return false;
		for (unsigned i = 0; i + order + 1 < twos; i++)
			number_multiply(m, &z, &z, &z);
		number_multiply(m, &x, &z, &x);
		number_multiply(m, &z, &z, &z);
		number_multiply(m, &b, &z, &b);
		twos = order;
	}
	memcpy(out, &x, sizeof *out);
	return true;
}
