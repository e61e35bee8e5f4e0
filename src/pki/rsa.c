/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/bignum.h"
#include "pki/rsa.h"

#include <assert.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

enum { HASH_MOST = 64 };

/* The signature to the power of e, as long as the signature; NULL: it is not below n. bits: of n.
 * To be freed. */
static unsigned char *open_signature(struct bytes n, struct bytes e, struct bytes signature,
                                     unsigned *bits)
{
	mpz_t modulus, exponent, number;
	unsigned char *out = NULL;

	mpz_inits(modulus, exponent, number, NULL);
	bignum_import(modulus, n);
	bignum_import(exponent, e);
	bignum_import(number, signature);
	if (mpz_cmp(number, modulus) < 0) {
		mpz_powm(number, number, exponent, modulus);
		*bits = (unsigned)mpz_sizeinbase(modulus, 2);
		out = mem_alloc(signature.len);
		bignum_export(number, out, signature.len);
	}
	mpz_clears(modulus, exponent, number, NULL);
	return out;
}

/* MGF1: takes the mask off the data (RFC 8017 B.2.1). Of the counter's four octets the last one is
 * enough: no key is longer than 16384 bits. */
static bool unmask(int digest, struct bytes seed, unsigned char *data, size_t len)
{
	size_t hash_len = gnutls_hash_get_len((gnutls_digest_algorithm_t)digest);
	unsigned char *in = mem_alloc(seed.len + 4), mask[HASH_MOST];
	bool ok = true;

	assert(hash_len > 0 && hash_len <= sizeof mask);
	memcpy(in, seed.at, seed.len);
	memset(in + seed.len, 0, 4);
	for (size_t at = 0; ok && at < len; at++) {
		if (at % hash_len == 0) {
			in[seed.len + 3] = (unsigned char)(at / hash_len);
			ok = gnutls_hash_fast((gnutls_digest_algorithm_t)digest, in, seed.len + 4,
			                      mask) == 0;
		}
		data[at] ^= mask[at % hash_len];
	}
	free(in);
	return ok;
}

/* Hash of eight zeros, the message's hash and the salt */
static bool same_hash(const struct pss *pss, struct bytes message, struct bytes salt,
                      const unsigned char *hash)
{
	size_t hash_len = gnutls_hash_get_len((gnutls_digest_algorithm_t)pss->digest);
	unsigned char *in = mem_zalloc(8 + hash_len + salt.len), out[HASH_MOST];
	bool same;

	memcpy(in + 8 + hash_len, salt.at, salt.len);
	same = gnutls_hash_fast((gnutls_digest_algorithm_t)pss->digest, message.at, message.len,
	                        in + 8) == 0 &&
	       gnutls_hash_fast((gnutls_digest_algorithm_t)pss->digest, in, 8 + hash_len + salt.len,
	                        out) == 0 &&
	       memcmp(out, hash, hash_len) == 0;
	free(in);
	return same;
}

/* EMSA-PSS-VERIFY: masked { zeros, 01, salt }, hash, bc */
static bool encoded_well(unsigned char *em, size_t em_len, unsigned em_bits, const struct pss *pss,
                         struct bytes message)
{
	size_t hash_len = gnutls_hash_get_len((gnutls_digest_algorithm_t)pss->digest),
	       salt_len = (size_t)pss->salt, db_len;
	unsigned spare = (unsigned)(8 * em_len - em_bits);

	if (em_len < hash_len + 2 || salt_len > em_len - hash_len - 2 || em[em_len - 1] != 0xbc)
		return false;
	db_len = em_len - hash_len - 1;
	if (em[0] >> (8 - spare) != 0 ||
	    !unmask(pss->mask_digest, (struct bytes){ em + db_len, hash_len }, em, db_len))
		return false;
	em[0] &= (unsigned char)(0xff >> spare);
	for (size_t i = 0; i < db_len - salt_len - 1; i++)
		if (em[i] != 0)
			return false;
	return em[db_len - salt_len - 1] == 1 &&
	       same_hash(pss, message, (struct bytes){ em + db_len - salt_len, salt_len },
	                 em + db_len);
}

bool rsa_verify_pss(struct bytes n, struct bytes e, const struct pss *pss, struct bytes message,
                    struct bytes signature)
{
	unsigned bits = 0;
	unsigned char *em = open_signature(n, e, signature, &bits);
	size_t em_len = (bits + 6) / 8; /* of bits - 1 */
	bool good = false;

	if (em != NULL && pss->digest != 0 && pss->mask_digest != 0 &&
	    (em_len == signature.len || em[0] == 0))
		good = encoded_well(em + (signature.len - em_len), em_len, bits - 1, pss, message);
	free(em);
	return good;
}
