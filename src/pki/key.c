/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/key.h"
#include "pki/point.h"
#include "pki/sigalg.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <string.h>

/* OpenSSL's bounds (rsa.h, dsa.h): beyond them a key is never used. */
enum {
	RSA_BITS_MOST = 16384,
	RSA_BITS_SMALL = 3072,
	RSA_EXPONENT_BITS_MOST = 64,
	DSA_BITS_MOST = 10000
};

/* What counts as 80 bits of security (EVP_PKEY_security_bits), which is what level 1 wants: of RSA,
 * DSA and DH keys from 1024 bits on (BN_security_bits), RSA in 3.0 from 920 on, by a formula
 * (ossl_ifc_ffc_compute_security_bits); of an elliptic curve and of DSA's q half the bits of the
 * order. */
enum { STRONG_BITS = 1024, STRONG_RSA_BITS3 = 920, STRONG_ORDER_BITS = 160 };

static void note_strong(struct key *key, bool strong)
{
	key->strong[ERA_OPENSSL1] = key->strong[ERA_OPENSSL3] = strong;
}

int algorithm_read(struct bytes *in, struct algorithm *algorithm)
{
	struct bytes inside;
	struct tlv oid;
	int found = der_enter(in, DER_UNIVERSAL, DER_SEQUENCE, &inside);

	memset(algorithm, 0, sizeof *algorithm);
	if (found != 1)
		return found;
	if (der_take(&inside, DER_UNIVERSAL, DER_OID, &oid) != 1 || !der_oid_ok(&oid))
		return -1;
	algorithm->oid = oid.body;
	algorithm->id = oid_find(oid.body);
	if (inside.len > 0) {
		if (!der_next(&inside, &algorithm->parameter) ||
		    !der_any_ok(&algorithm->parameter) || inside.len > 0)
			return -1;
		algorithm->has_parameter = true;
	}
	return 1;
}

bool algorithm_same(const struct algorithm *a, const struct algorithm *b)
{
	if (!der_bytes_same(a->oid, b->oid) || a->has_parameter != b->has_parameter)
		return false;
	return !a->has_parameter || der_bytes_same(a->parameter.whole, b->parameter.whole);
}

/* An INTEGER read as a BIGNUM: sign and padding do not matter (x_bignum.c) */
static bool take_number(struct bytes *in, struct bytes *out)
{
	struct tlv tlv;

	if (der_take(in, DER_UNIVERSAL, DER_INTEGER, &tlv) != 1 || tlv.constructed)
		return false;
	*out = tlv.body;
	return true;
}

static bool read_rsa(struct bytes octets, struct key *key)
{
	struct bytes inside;
	struct pss pss = { .known = true };

	key->type = key->id == OID_RSA_PSS ? KEY_RSA_PSS : KEY_RSA;
	if (key->id == OID_RSA_PSS && key->algorithm.has_parameter &&
	    !sigalg_parse_pss(&key->algorithm, &pss)) /* rsa_pss_decode */
		return false;
	key->digest_unknown = !pss.known;
	if (der_enter(&octets, DER_UNIVERSAL, DER_SEQUENCE, &inside) != 1 ||
	    !take_number(&inside, &key->a) || !take_number(&inside, &key->b) || inside.len > 0)
		return false;
	key->bits = der_bit_length(key->a);
	key->strong[ERA_OPENSSL1] = key->bits >= STRONG_BITS;
	key->strong[ERA_OPENSSL3] = key->bits >= STRONG_RSA_BITS3;
	return true;
}

static bool read_dsa(struct bytes octets, struct key *key)
{
	struct tlv y, parameter = key->algorithm.parameter;
	struct bytes in = parameter.body;

	key->type = KEY_DSA;
	if (der_take(&octets, DER_UNIVERSAL, DER_INTEGER, &y) != 1 || !der_integer_ok(&y))
		return false;
	key->d = y.body;
	if (!key->algorithm.has_parameter ||
	    (parameter.class == DER_UNIVERSAL && parameter.tag == DER_NULL)) {
		key->parameters_missing = true;
		return true;
	}
	if (parameter.class != DER_UNIVERSAL || parameter.tag != DER_SEQUENCE ||
	    !take_number(&in, &key->a) || !take_number(&in, &key->b) ||
	    !take_number(&in, &key->c) || in.len > 0)
		return false;
	key->bits = der_bit_length(key->a);
	note_strong(key, key->bits >= STRONG_BITS && der_bit_length(key->b) >= STRONG_ORDER_BITS);
	return true;
}

/* SEC 1, 2.3.4: 04 x y, the hybrid 06/07 x y, the compressed 02/03 x. */
static bool read_point(struct bytes octets, size_t field_bytes, struct pool *pool, struct key *key)
{
	unsigned char form = octets.len > 0 ? octets.at[0] : 0;

	if (field_bytes == 0)
		return false;
	if ((form == 4 || form == 6 || form == 7) && octets.len == 1 + 2 * field_bytes) {
		key->a = (struct bytes){ octets.at + 1, field_bytes };
		key->b = (struct bytes){ octets.at + 1 + field_bytes, field_bytes };
		return form == 4 || (key->b.at[field_bytes - 1] & 1) == (form & 1);
	}
	if ((form == 2 || form == 3) && octets.len == 1 + field_bytes) {
		unsigned char *y = pool_new(pool, field_bytes);

		key->a = (struct bytes){ octets.at + 1, field_bytes };
		key->b = (struct bytes){ y, field_bytes };
		return !point_known(key->curve) ||
		       point_decompress(key->curve, key->a, form == 3, y);
	}
	return false;
}

static bool read_ec(struct bytes octets, struct pool *pool, struct key *key)
{
	const struct tlv *parameter = &key->algorithm.parameter;
	unsigned order_bits = 0, field_bytes = 0;

	key->type = KEY_ECDSA;
	if (!key->algorithm.has_parameter || parameter->class != DER_UNIVERSAL)
		return false;
	if (parameter->tag == DER_OID) {
		key->curve = curve_find(parameter->body);
	} else if (parameter->tag == DER_SEQUENCE) {
		key->explicit_parameters = true;
		key->curve = curve_explicit(parameter->body, &order_bits, &field_bytes);
	}
	if (key->curve != NULL) {
		order_bits = key->curve->order_bits;
		field_bytes = key->curve->field_bytes;
	}
	key->bits = order_bits;
	note_strong(key, order_bits >= STRONG_ORDER_BITS);
	if (order_bits == 0 || !read_point(octets, field_bytes, pool, key))
		return false;
	/* a point that is not on its curve is not a key; on curves over binary fields nobody
	 * looks */
	return !point_known(key->curve) || point_on_curve(key->curve, key->a, key->b);
}

static bool read_raw(struct bytes octets, enum key_type type, size_t len, unsigned bits,
                     struct key *key)
{
	key->type = type;
	key->a = octets;
	key->bits = bits;
	note_strong(key, true);
	return octets.len == len && !key->algorithm.has_parameter;
}

static bool read_dh(struct key *key)
{
	struct bytes in = key->algorithm.parameter.body;

	key->type = KEY_OTHER;
	if (!key->algorithm.has_parameter || key->algorithm.parameter.tag != DER_SEQUENCE ||
	    !take_number(&in, &key->a))
		return false;
	key->bits = der_bit_length(key->a);
	note_strong(key, key->bits >= STRONG_BITS);
	return true;
}

static bool understand(struct bytes octets, struct pool *pool, struct key *key)
{
	key->type = KEY_OTHER;
	if (key->id == OID_RSA || key->id == OID_RSA_X500 || key->id == OID_RSA_PSS)
		return read_rsa(octets, key);
	if (key->id == OID_DSA || key->id == OID_DSA_OLD)
		return read_dsa(octets, key);
	if (key->id == OID_EC)
		return read_ec(octets, pool, key);
	if (key->id == OID_ED25519)
		return read_raw(octets, KEY_ED25519, 32, 256, key);
	if (key->id == OID_ED448)
		return read_raw(octets, KEY_ED448, 57, 456, key);
	if (key->id == OID_X25519)
		return read_raw(octets, KEY_OTHER, 32, 253, key);
	if (key->id == OID_X448)
		return read_raw(octets, KEY_OTHER, 56, 448, key);
	if (key->id == OID_DH || key->id == OID_DHX)
		return read_dh(key);
	return false;
}

int key_read(struct bytes *in, struct pool *pool, struct key *key)
{
	struct bytes inside, octets;
	struct tlv bits;
	unsigned unused;
	int found = der_enter(in, DER_UNIVERSAL, DER_SEQUENCE, &inside);

	memset(key, 0, sizeof *key);
	if (found != 1)
		return found;
	if (algorithm_read(&inside, &key->algorithm) != 1 ||
	    der_take(&inside, DER_UNIVERSAL, DER_BITS, &bits) != 1 ||
	    !der_bits(&bits, pool, &octets, &unused) || inside.len > 0)
		return -1;
	key->id = key->algorithm.id;
	key->readable[ERA_OPENSSL1] = understand(octets, pool, key);
	/* a provider wants whole keys, and digests that it has */
	key->readable[ERA_OPENSSL3] = key->readable[ERA_OPENSSL1] && !key->parameters_missing &&
	                              !key->digest_unknown;
	return 1;
}

static bool is_odd(struct bytes number)
{
	return number.len > 0 && (number.at[number.len - 1] & 1) != 0;
}

/* a < b, without their leading zeros */
static bool is_below(struct bytes a, struct bytes b)
{
	a = der_without_zeros(a);
	b = der_without_zeros(b);
	return a.len != b.len ? a.len < b.len : der_compare(a, b) < 0;
}

static bool rsa_may_compute(const struct key *key)
{
	unsigned exponent = der_bit_length(key->b);

	return key->bits <= RSA_BITS_MOST && is_odd(key->a) && exponent > 0 &&
	       is_below(key->b, key->a) &&
	       (key->bits <= RSA_BITS_SMALL || exponent <= RSA_EXPONENT_BITS_MOST);
}

static bool dsa_may_compute(const struct key *key)
{
	/* key->bits is 0 where the parameters were inherited */
	unsigned p = der_bit_length(key->a), q = der_bit_length(key->b);

	return p <= DSA_BITS_MOST && is_odd(key->a) && is_odd(key->b) &&
	       (q == 160 || q == 224 || q == 256) && p > q && der_bit_length(key->c) > 0;
}

bool key_may_compute(const struct key *key)
{
	if (!key->readable[ERA_OPENSSL1] && !key->readable[ERA_OPENSSL3])
		return false;
	switch (key->type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		return rsa_may_compute(key);
	case KEY_DSA:
		return dsa_may_compute(key);
	case KEY_ECDSA:
	case KEY_ED25519:
	case KEY_ED448:
	case KEY_OTHER: /* agreement only: no signature is ever checked with it */
		break;
	}
	return true;
}

bool key_on_sm2(const struct key *key)
{
	return key->curve != NULL && strcmp(key->curve->name, "SM2") == 0;
}

static gnutls_datum_t datum(struct bytes bytes)
{
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)bytes.at,
		                 (unsigned)bytes.len }; /* GnuTLS only reads it */
}

static int import(struct key *key, gnutls_pubkey_t to)
{
	gnutls_datum_t a = datum(key->a), b = datum(key->b), c = datum(key->c), d = datum(key->d);

	switch (key->type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		return gnutls_pubkey_import_rsa_raw(to, &a, &b);
	case KEY_DSA:
		return gnutls_pubkey_import_dsa_raw(to, &a, &b, &c, &d);
	case KEY_ECDSA:
		if (key->curve == NULL || key->curve->gnutls == GNUTLS_ECC_CURVE_INVALID)
			return GNUTLS_E_ECC_UNSUPPORTED_CURVE;
		return gnutls_pubkey_import_ecc_raw(to, (gnutls_ecc_curve_t)key->curve->gnutls, &a,
		                                    &b);
	case KEY_ED25519:
		return gnutls_pubkey_import_ecc_raw(to, GNUTLS_ECC_CURVE_ED25519, &a, NULL);
	case KEY_ED448:
		return gnutls_pubkey_import_ecc_raw(to, GNUTLS_ECC_CURVE_ED448, &a, NULL);
	case KEY_OTHER:
		break;
	}
	return GNUTLS_E_UNIMPLEMENTED_FEATURE;
}

struct gnutls_pubkey_st *key_import(struct key *key)
{
	gnutls_pubkey_t to;

	if (key->import_tried)
		return key->imported;
	key->import_tried = true;
	if (gnutls_pubkey_init(&to) != 0)
		return NULL;
	if (import(key, to) != 0) {
		gnutls_pubkey_deinit(to);
		return NULL;
	}
	return key->imported = to;
}

void key_clear(struct key *key)
{
	if (key->imported != NULL)
		gnutls_pubkey_deinit(key->imported);
	key->imported = NULL;
}
