/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/curve.h"
#include "pki/oid.h"

#include <ctype.h>
#include <gnutls/gnutls.h>
#include <string.h>

static const struct curve curves[] = {
#define CURVE(oid, name, bits, bytes, id, p, a, b, x, y, order) \
	{ oid, sizeof oid - 1, name, bits, bytes, id, p, a, b, x, y, order },
#include "pki/curve.def"
#undef CURVE
};

enum { CURVE_COUNT = sizeof curves / sizeof *curves };

const struct curve *curve_find(struct bytes oid)
{
	for (size_t i = 0; i < CURVE_COUNT; i++)
		if (curves[i].oid_len == oid.len && memcmp(curves[i].oid, oid.at, oid.len) == 0)
			return &curves[i];
	return NULL;
}

static unsigned nibble(char c)
{
	return isdigit((unsigned char)c) ? (unsigned)(c - '0')
	                                 : (unsigned)(toupper((unsigned char)c) - 'A' + 10);
}

/* Is the big-endian number the one written in hex? Leading zeros do not count. */
static bool is_number(struct bytes number, const char *hex)
{
	size_t len = strlen(hex);

	number = der_without_zeros(number);
	while (len > 0 && *hex == '0') {
		hex++;
		len--;
	}
	if ((len + 1) / 2 != number.len)
		return false;
	for (size_t i = 0, digit = 0; i < number.len; i++) {
		unsigned byte = i == 0 && len % 2 != 0 ? 0 : nibble(hex[digit++]);

		byte = byte << 4 | nibble(hex[digit++]);
		if (byte != number.at[i])
			return false;
	}
	return true;
}

struct explicit {
	struct bytes p, a, b, generator, order;
};

static bool take_octets(struct bytes *in, struct bytes *out)
{
	struct tlv tlv;

	if (der_take(in, DER_UNIVERSAL, DER_OCTETS, &tlv) != 1 || tlv.constructed)
		return false;
	*out = tlv.body;
	return true;
}

static bool take_integer(struct bytes *in, struct bytes *out)
{
	struct tlv tlv;

	if (der_take(in, DER_UNIVERSAL, DER_INTEGER, &tlv) != 1 || !der_integer_ok(&tlv) ||
	    (tlv.body.at[0] & 0x80))
		return false;
	*out = tlv.body;
	return true;
}

/* version, fieldID { prime-field, p }, curve { a, b, seed OPTIONAL }, base, order, cofactor
 * OPTIONAL */
static bool read_explicit(struct bytes in, struct explicit *e)
{
	struct bytes version, field, curve;
	struct tlv type;

	return take_integer(&in, &version) &&
	       der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &field) == 1 &&
	       der_take(&field, DER_UNIVERSAL, DER_OID, &type) == 1 &&
	       oid_find(type.body) == OID_PRIME_FIELD && take_integer(&field, &e->p) &&
	       der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &curve) == 1 &&
	       take_octets(&curve, &e->a) && take_octets(&curve, &e->b) &&
	       take_octets(&in, &e->generator) && take_integer(&in, &e->order);
}

/* The generator may be compressed: then x and the parity of y have to do. (X9.62 4.3.6) */
static bool same_generator(const struct explicit *e, const struct curve *curve)
{
	size_t len = curve->field_bytes;
	struct bytes x = { e->generator.at + 1, len }, y = { e->generator.at + 1 + len, len };
	unsigned last = nibble(curve->y[strlen(curve->y) - 1]) & 1;

	if (e->generator.len == 1 + 2 * len)
		return (*e->generator.at == 4 || *e->generator.at == (6 | last)) &&
		       is_number(x, curve->x) && is_number(y, curve->y);
	return e->generator.len == 1 + len && *e->generator.at == (2 | last) &&
	       is_number(x, curve->x);
}

const struct curve *curve_explicit(struct bytes in, unsigned *order_bits, unsigned *field_bytes)
{
	struct explicit e;

	*order_bits = *field_bytes = 0;
	if (!read_explicit(in, &e))
		return NULL;
	*order_bits = der_bit_length(e.order);
	*field_bytes = (der_bit_length(e.p) + 7) / 8;
	if (*field_bytes == 0)
		*order_bits = 0; /* EC_R_INVALID_FIELD */
	for (size_t i = 0; i < CURVE_COUNT; i++) {
		const struct curve *c = &curves[i];

		if (*c->p != '\0' && is_number(e.p, c->p) && is_number(e.a, c->a) &&
		    is_number(e.b, c->b) && is_number(e.order, c->order) && same_generator(&e, c))
			return c;
	}
	return NULL;
}
