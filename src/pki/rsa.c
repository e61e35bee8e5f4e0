/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/number.h"
#include "pki/rsa.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_MOST = 64 };

/* The signature to the power of e, as long as n; NULL: no such number. To be freed. */
static unsigned char *open_signature(struct bytes n, struct bytes e, struct bytes signature, unsigned *bits)
{
	struct modulus *m = mem_alloc(sizeof *m);
	struct number s;
	unsigned char *out = NULL;

	if (modulus_set(m, n) && number_set(m, signature, &s)) {
		*bits = m->bits;
		number_enter(m, &s, &s);
		number_power(m, &s, e, &s);
		number_leave(m, &s, &s);
		out = mem_alloc(signature.len);
		number_get(m, &s, out, signature.len);
	}
	free(m);
	return out;
}

/* What stands before the hash in a DigestInfo (RFC 8017 9.2), parameters NULL: all but the lengths and the OID */
static size_t put_digest_info(int digest, size_t hash_len, unsigned char *out)
{
	static const struct {
		int digest;
		const char *oid;
		size_t len;
	} oids[] = {
		{ GNUTLS_DIG_MD5, "\x2a\x86\x48\x86\xf7\x0d\x02\x05", 8 },
		{ GNUTLS_DIG_SHA1, "\x2b\x0e\x03\x02\x1a", 5 },
		{ GNUTLS_DIG_SHA256, "\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9 },
		{ GNUTLS_DIG_SHA384, "\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9 },
		{ GNUTLS_DIG_SHA512, "\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9 },
		{ GNUTLS_DIG_SHA224, "\x60\x86\x48\x01\x65\x03\x04\x02\x04", 9 },
		{ GNUTLS_DIG_SHA3_224, "\x60\x86\x48\x01\x65\x03\x04\x02\x07", 9 },
		{ GNUTLS_DIG_SHA3_256, "\x60\x86\x48\x01\x65\x03\x04\x02\x08", 9 },
		{ GNUTLS_DIG_SHA3_384, "\x60\x86\x48\x01\x65\x03\x04\x02\x09", 9 },
		{ GNUTLS_DIG_SHA3_512, "\x60\x86\x48\x01\x65\x03\x04\x02\x0a", 9 },
	};

	for (size_t i = 0; i < sizeof oids / sizeof *oids; i++) {
		size_t len = oids[i].len;
		unsigned char head[] = { 0x30, (unsigned char)(len + hash_len + 8), 0x30, (unsigned char)(len + 4), 0x06, (unsigned char)len };

		if (oids[i].digest != digest)
			continue;
		memcpy(out, head, sizeof head);
		memcpy(out + sizeof head, oids[i].oid, len);
		memcpy(out + sizeof head + len, "\x05\x00\x04", 3);
		out[sizeof head + len + 3] = (unsigned char)hash_len;
		return sizeof head + len + 4;
	}
	return 0;
}

/* 00 01 FF ... FF 00 DigestInfo: made anew and compared, so that nothing can hide in it */
bool rsa_verify(struct bytes n, struct bytes e, int digest, struct bytes message, struct bytes signature)
{
	unsigned char info[32 + HASH_MOST];
	size_t hash_len = gnutls_hash_get_len((gnutls_digest_algorithm_t)digest), head, len, padding;
	unsigned char *em, *want;
	unsigned bits;
	bool good;

	if (hash_len == 0 || hash_len > HASH_MOST || (head = put_digest_info(digest, hash_len, info)) == 0 ||
	    gnutls_hash_fast((gnutls_digest_algorithm_t)digest, message.at, message.len, info + head) != 0)
		return false;
	len = head + hash_len;
	if (signature.len < len + 11 || (em = open_signature(n, e, signature, &bits)) == NULL)
		return false;
	padding = signature.len - len - 3;
	want = mem_alloc(signature.len);
	memset(want, 0xff, signature.len);
	want[0] = 0;
	want[1] = 1;
	want[2 + padding] = 0;
	memcpy(want + 3 + padding, info, len);
	good = memcmp(want, em, signature.len) == 0;
	free(want);
	free(em);
	return good;
}

/* MGF1: takes the mask off the data (RFC 8017 B.2.1). */
static bool unmask(int digest, struct bytes seed, unsigned char *data, size_t len)
{
	size_t hash_len = gnutls_hash_get_len((gnutls_digest_algorithm_t)digest);
	unsigned char *in = mem_alloc(seed.len + 4), mask[HASH_MOST];
	bool ok = hash_len > 0 && hash_len <= sizeof mask;

	memcpy(in, seed.at, seed.len);
	for (size_t at = 0, counter = 0; ok && at < len; at++) {
		if (at % hash_len == 0) {
			for (int i = 0; i < 4; i++)
				in[seed.len + (size_t)i] = (unsigned char)(counter >> 8 * (3 - i));
			counter++;
			ok = gnutls_hash_fast((gnutls_digest_algorithm_t)digest, in, seed.len + 4, mask) == 0;
		}
		data[at] ^= mask[at % hash_len];
	}
	free(in);
	return ok;
}

/* Hash of eight zeros, the message's hash and the salt */
static bool same_hash(const struct pss *pss, struct bytes message, struct bytes salt, const unsigned char *hash)
{
	size_t hash_len = pss->digest_bytes;
	unsigned char *in = mem_zalloc(8 + hash_len + salt.len), out[HASH_MOST];
	bool same;

	memcpy(in + 8 + hash_len, salt.at, salt.len);
	same = gnutls_hash_fast((gnutls_digest_algorithm_t)pss->digest, message.at, message.len, in + 8) == 0 &&
	       gnutls_hash_fast((gnutls_digest_algorithm_t)pss->digest, in, 8 + hash_len + salt.len, out) == 0 &&
	       memcmp(out, hash, hash_len) == 0;
	free(in);
	return same;
}

/* EMSA-PSS-VERIFY: masked { zeros, 01, salt }, hash, bc */
static bool encoded_well(unsigned char *em, size_t em_len, unsigned em_bits, const struct pss *pss, struct bytes message)
{
	size_t hash_len = pss->digest_bytes, salt_len = (size_t)pss->salt, db_len;
	unsigned spare = (unsigned)(8 * em_len - em_bits);

	if (em_len < hash_len + 2 || salt_len > em_len - hash_len - 2 || em[em_len - 1] != 0xbc)
		return false;
	db_len = em_len - hash_len - 1;
	if (em[0] >> (8 - spare) != 0 || !unmask(pss->mask_digest, (struct bytes){ em + db_len, hash_len }, em, db_len))
		return false;
	em[0] &= (unsigned char)(0xff >> spare);
	for (size_t i = 0; i < db_len - salt_len - 1; i++)
		if (em[i] != 0)
			return false;
	return em[db_len - salt_len - 1] == 1 &&
	       same_hash(pss, message, (struct bytes){ em + db_len - salt_len, salt_len }, em + db_len);
}

bool rsa_verify_pss(struct bytes n, struct bytes e, const struct pss *pss, struct bytes message, struct bytes signature)
{
	unsigned bits = 0;
	unsigned char *em = open_signature(n, e, signature, &bits);
	size_t em_len = (bits + 6) / 8; /* of bits - 1 */
	bool good = false;

	if (em != NULL && pss->digest != 0 && pss->mask_digest != 0 && (em_len == signature.len || em[0] == 0))
		good = encoded_well(em + (signature.len - em_len), em_len, bits - 1, pss, message);
	free(em);
	return good;
}
