/* SPDX-License-Identifier: MIT */
/* The limits are libcrypto's, the same in 1.1.1 and 3.0: rsa_ossl_public_decrypt (OPENSSL_RSA_MAX_MODULUS_BITS,
 * OPENSSL_RSA_SMALL_MODULUS_BITS, OPENSSL_RSA_MAX_PUBEXP_BITS), dsa_do_verify (OPENSSL_DSA_MAX_MODULUS_BITS, q of 160, 224
 * or 256 bits), BN_MONT_CTX_set (no even modulus). */
#include "config.h"

#include "base/mem.h"
#include "wire/leaf_key.h"

#include <stdbool.h>
#include <string.h>

enum { RSA_BITS_MOST = 16384, RSA_SMALL_BITS = 3072, RSA_EXPONENT_MOST = 64 };
enum { TAG_INTEGER = 0x02, TAG_BITS = 0x03, TAG_OID = 0x06, TAG_SEQUENCE = 0x30, TAG_VERSION = 0xa0 };

struct part {
	const unsigned char *at;
	size_t len;
};

/* The next element of this tag (X.690 8.1, definite lengths); in moves behind it. */
static bool take(struct part *in, unsigned tag, struct part *body)
{
	size_t head = 2, len;

	if (in->len < 2 || in->at[0] != tag)
		return false;
	len = in->at[1];
	if (len >= 0x80) {
		size_t octets = len & 0x7f;

		if (octets == 0 || octets > 4 || in->len < 2 + octets)
			return false;
		len = 0;
		for (size_t i = 0; i < octets; i++)
			len = len << 8 | in->at[2 + i];
		head += octets;
	}
	if (len > in->len - head)
		return false;
	*body = (struct part){ in->at + head, len };
	*in = (struct part){ in->at + head + len, in->len - head - len };
	return true;
}

size_t leaf_key_bits(const unsigned char *bytes, size_t len)
{
	size_t bits;

	while (len > 0 && *bytes == 0) {
		bytes++;
		len--;
	}
	if (len == 0)
		return 0;
	bits = 8 * (len - 1);
	for (unsigned top = *bytes; top != 0; top >>= 1)
		bits++;
	return bits;
}

static bool is_odd(struct part number)
{
	return number.len > 0 && (number.at[number.len - 1] & 1) != 0;
}

static enum leaf_key unreadable(const char *which, char **what)
{
	*what = mem_strdup(which);
	return LEAF_KEY_UNREADABLE;
}

static enum leaf_key check_rsa(struct part key, char **what)
{
	struct part inside, n, e;
	size_t n_bits, e_bits;

	if (!take(&key, TAG_SEQUENCE, &inside) || !take(&inside, TAG_INTEGER, &n) || !take(&inside, TAG_INTEGER, &e))
		return unreadable("an RSA key that cannot be read", what);
	n_bits = leaf_key_bits(n.at, n.len);
	e_bits = leaf_key_bits(e.at, e.len);
	if (n_bits > RSA_BITS_MOST)
		*what = mem_printf("an RSA key of %zu bits", n_bits);
	else if (e_bits > n_bits || (n_bits > RSA_SMALL_BITS && e_bits > RSA_EXPONENT_MOST))
		*what = mem_printf("an RSA key of %zu bits with an exponent of %zu bits", n_bits, e_bits);
	else if (!is_odd(n))
		*what = mem_strdup("an RSA key with an even modulus");
	return *what != NULL ? LEAF_KEY_UNUSABLE : LEAF_KEY_USABLE;
}

static enum leaf_key check_dsa(struct part parameters, char **what)
{
	struct part inside, p, q;
	size_t p_bits, q_bits;

	if (!take(&parameters, TAG_SEQUENCE, &inside) || !take(&inside, TAG_INTEGER, &p) || !take(&inside, TAG_INTEGER, &q))
		return unreadable("a DSA key without parameters", what);
	p_bits = leaf_key_bits(p.at, p.len);
	q_bits = leaf_key_bits(q.at, q.len);
	if (p_bits > LEAF_KEY_DH_BITS_MOST)
		*what = mem_printf("a DSA key of %zu bits", p_bits);
	else if (!is_odd(p) || !is_odd(q))
		*what = mem_strdup("a DSA key with an even prime");
	else if (q_bits != 160 && q_bits != 224 && q_bits != 256)
		*what = mem_printf("a DSA key with a subgroup of %zu bits", q_bits);
	return *what != NULL ? LEAF_KEY_UNUSABLE : LEAF_KEY_USABLE;
}

/* SubjectPublicKeyInfo (RFC 5280 4.1) */
static bool find_key(struct part in, struct part *info)
{
	struct part certificate, tbs, skipped;

	if (!take(&in, TAG_SEQUENCE, &certificate) || !take(&certificate, TAG_SEQUENCE, &tbs))
		return false;
	take(&tbs, TAG_VERSION, &skipped);
	return take(&tbs, TAG_INTEGER, &skipped) && take(&tbs, TAG_SEQUENCE, &skipped) && take(&tbs, TAG_SEQUENCE, &skipped) &&
	       take(&tbs, TAG_SEQUENCE, &skipped) && take(&tbs, TAG_SEQUENCE, &skipped) && take(&tbs, TAG_SEQUENCE, info);
}

static bool is(struct part oid, const char *bytes, size_t len)
{
	return oid.len == len && memcmp(oid.at, bytes, len) == 0;
}

enum leaf_key leaf_key_check(const unsigned char *der, size_t der_len, char **what)
{
	static const char rsa[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", pss[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
	static const char dsa[] = "\x2a\x86\x48\xce\x38\x04\x01";
	struct part info, algorithm, oid, key;

	*what = NULL;
	if (!find_key((struct part){ der, der_len }, &info) || !take(&info, TAG_SEQUENCE, &algorithm) ||
	    !take(&algorithm, TAG_OID, &oid) || !take(&info, TAG_BITS, &key) || key.len < 1)
		return unreadable("a certificate that cannot be read", what);
	key = (struct part){ key.at + 1, key.len - 1 }; /* behind the number of unused bits */
	if (is(oid, dsa, sizeof dsa - 1))
		return check_dsa(algorithm, what);
	if (is(oid, rsa, sizeof rsa - 1) || is(oid, pss, sizeof pss - 1))
		return check_rsa(key, what);
	return LEAF_KEY_USABLE;
}
