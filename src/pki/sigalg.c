/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/sigalg.h"

#include <gnutls/gnutls.h>

static const struct sigalg sigalgs[] = {
	{ .oid = OID_RSA_MD2, .key = SIGALG_RSA },
	{ .oid = OID_RSA_MD4, .key = SIGALG_RSA },
	{ OID_RSA_MD5, SIGALG_RSA, GNUTLS_DIG_MD5, false },
	{ OID_RSA_MD5_OIW, SIGALG_RSA, GNUTLS_DIG_MD5, false },
	{ .oid = OID_RSA_SHA0, .key = SIGALG_RSA },
	{ .oid = OID_RSA_MDC2, .key = SIGALG_RSA },
	{ OID_RSA_SHA1, SIGALG_RSA, GNUTLS_DIG_SHA1, true },
	{ OID_RSA_SHA1_OIW, SIGALG_RSA, GNUTLS_DIG_SHA1, true },
	{ OID_RSA_RMD160, SIGALG_RSA, GNUTLS_DIG_RMD160, true },
	{ OID_RSA_SHA224, SIGALG_RSA, GNUTLS_DIG_SHA224, true },
	{ OID_RSA_SHA256, SIGALG_RSA, GNUTLS_DIG_SHA256, true },
	{ OID_RSA_SHA384, SIGALG_RSA, GNUTLS_DIG_SHA384, true },
	{ OID_RSA_SHA512, SIGALG_RSA, GNUTLS_DIG_SHA512, true },
	{ OID_RSA_SHA3_224, SIGALG_RSA, GNUTLS_DIG_SHA3_224, true },
	{ OID_RSA_SHA3_256, SIGALG_RSA, GNUTLS_DIG_SHA3_256, true },
	{ OID_RSA_SHA3_384, SIGALG_RSA, GNUTLS_DIG_SHA3_384, true },
	{ OID_RSA_SHA3_512, SIGALG_RSA, GNUTLS_DIG_SHA3_512, true },
	{ .oid = OID_RSA_PSS, .key = SIGALG_PSS },
	{ OID_ECDSA_SHA1, SIGALG_EC, GNUTLS_DIG_SHA1, true },
	{ OID_ECDSA_SHA224, SIGALG_EC, GNUTLS_DIG_SHA224, true },
	{ OID_ECDSA_SHA256, SIGALG_EC, GNUTLS_DIG_SHA256, true },
	{ OID_ECDSA_SHA384, SIGALG_EC, GNUTLS_DIG_SHA384, true },
	{ OID_ECDSA_SHA512, SIGALG_EC, GNUTLS_DIG_SHA512, true },
	{ .oid = OID_ECDSA_RECOMMENDED, .key = SIGALG_EC },
	{ .oid = OID_ECDSA_SPECIFIED, .key = SIGALG_EC },
	{ .oid = OID_DSA_SHA0, .key = SIGALG_DSA },
	{ OID_DSA_SHA1, SIGALG_DSA, GNUTLS_DIG_SHA1, true },
	{ OID_DSA_SHA1_OLD, SIGALG_DSA_OLD, GNUTLS_DIG_SHA1, true },
	{ OID_DSA_SHA224, SIGALG_DSA, GNUTLS_DIG_SHA224, true },
	{ OID_DSA_SHA256, SIGALG_DSA, GNUTLS_DIG_SHA256, true },
	{ .oid = OID_ED25519, .key = SIGALG_ED25519 },
	{ .oid = OID_ED448, .key = SIGALG_ED448 },
	{ .oid = OID_SM2_SM3, .key = SIGALG_SM2, .long_enough = true },
};

const struct sigalg *sigalg_find(const struct algorithm *algorithm)
{
	for (size_t i = 0; i < sizeof sigalgs / sizeof *sigalgs; i++)
		if (sigalgs[i].oid == algorithm->id)
			return &sigalgs[i];
	return NULL;
}

/* 1.1.1 takes RSA and RSA-PSS keys for one kind; 3 lets a PSS key sign nothing but PSS, and knows
 * no "old" DSA. */
bool sigalg_fits(const struct sigalg *sigalg, const struct key *key, enum era era)
{
	switch (sigalg->key) {
	case SIGALG_RSA:
		return key->type == KEY_RSA || (key->type == KEY_RSA_PSS && era == ERA_OPENSSL1);
	case SIGALG_PSS:
		return key->type == KEY_RSA || key->type == KEY_RSA_PSS;
	case SIGALG_DSA:
		return key->type == KEY_DSA;
	case SIGALG_DSA_OLD:
		return key->type == KEY_DSA && era == ERA_OPENSSL1;
	case SIGALG_EC: /* 3 takes a key on the curve SM2 for another kind of key */
		return key->type == KEY_ECDSA && !(era == ERA_OPENSSL3 && key_on_sm2(key));
	case SIGALG_ED25519:
		return key->type == KEY_ED25519;
	case SIGALG_ED448:
		return key->type == KEY_ED448;
	case SIGALG_SM2:
		return era == ERA_OPENSSL3 && key_on_sm2(key);
	}
	return false;
}

/* digest: 0 where GnuTLS does not have it */
static bool digest_of(enum oid oid, int *digest)
{
	static const struct {
		enum oid oid;
		int digest;
	} digests[] = {
		{ OID_MD5, GNUTLS_DIG_MD5 },           { OID_SHA1, GNUTLS_DIG_SHA1 },
		{ OID_SHA224, GNUTLS_DIG_SHA224 },     { OID_SHA256, GNUTLS_DIG_SHA256 },
		{ OID_SHA384, GNUTLS_DIG_SHA384 },     { OID_SHA512, GNUTLS_DIG_SHA512 },
		{ OID_SHA512_224, 0 },                 { OID_SHA512_256, 0 },
		{ OID_SHA3_224, GNUTLS_DIG_SHA3_224 }, { OID_SHA3_256, GNUTLS_DIG_SHA3_256 },
		{ OID_SHA3_384, GNUTLS_DIG_SHA3_384 }, { OID_SHA3_512, GNUTLS_DIG_SHA3_512 },
	};

	for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
		if (digests[i].oid == oid) {
			*digest = digests[i].digest;
			return true;
		}
	}
	return false;
}

static bool read_hash(struct bytes *in, struct pss *pss)
{
	struct algorithm algorithm;
	struct bytes inside;
	int found = der_enter(in, DER_CONTEXT, 0, &inside);

	pss->digest = GNUTLS_DIG_SHA1;
	if (found != 1)
		return found == 0;
	if (algorithm_read(&inside, &algorithm) != 1 || inside.len > 0)
		return false;
	pss->known = digest_of(algorithm.id, &pss->digest);
	return true;
}

static bool read_mask(struct bytes *in, struct pss *pss)
{
	struct algorithm mask, hash;
	struct bytes inside, parameter;
	int found = der_enter(in, DER_CONTEXT, 1, &inside);

	pss->mask_digest = GNUTLS_DIG_SHA1;
	if (found != 1)
		return found == 0;
	if (algorithm_read(&inside, &mask) != 1 || inside.len > 0 || mask.id != OID_MGF1 ||
	    !mask.has_parameter)
		return false;
	parameter = mask.parameter.whole;
	if (algorithm_read(&parameter, &hash) != 1)
		return false;
	pss->known = digest_of(hash.id, &pss->mask_digest) && pss->known;
	return true;
}

/* What does not fit is -1, which is refused as any other wrong number is. */
static bool read_number(struct bytes *in, unsigned tag, int64_t *number)
{
	struct bytes inside;
	struct tlv tlv;
	int found = der_enter(in, DER_CONTEXT, tag, &inside);

	if (found != 1)
		return found == 0;
	if (der_take(&inside, DER_UNIVERSAL, DER_INTEGER, &tlv) != 1 || !der_integer_ok(&tlv) ||
	    inside.len > 0)
		return false;
	if (!der_integer_value(tlv.body, number))
		*number = -1;
	return true;
}

/* RFC 4055 3.1 */
bool sigalg_parse_pss(const struct algorithm *algorithm, struct pss *pss)
{
	struct bytes whole = algorithm->parameter.whole, in;

	pss->salt = 20;
	pss->trailer = 1;
	pss->known = true;
	return algorithm->has_parameter &&
	       der_enter(&whole, DER_UNIVERSAL, DER_SEQUENCE, &in) == 1 && read_hash(&in, pss) &&
	       read_mask(&in, pss) && read_number(&in, 2, &pss->salt) &&
	       read_number(&in, 3, &pss->trailer) && in.len == 0;
}

/* The trailer field has to be 1 (rsa_pss_get_param). */
bool sigalg_read_pss(const struct algorithm *algorithm, struct pss *pss)
{
	return sigalg_parse_pss(algorithm, pss) && pss->known && pss->salt >= 0 &&
	       pss->trailer == 1;
}

/* OpenSSL 3 counts SHA-1 as 63 bits (x509_sig_info_init). */
static bool strong(bool long_enough, int digest, enum era era)
{
	return long_enough && !(era == ERA_OPENSSL3 && digest == GNUTLS_DIG_SHA1);
}

bool sigalg_strong(const struct algorithm *algorithm, enum era era)
{
	const struct sigalg *sigalg = sigalg_find(algorithm);
	struct pss pss;

	if (sigalg == NULL)
		return false;
	if (sigalg->key == SIGALG_ED25519 || sigalg->key == SIGALG_ED448)
		return true;
	if (sigalg->key == SIGALG_PSS)
		return sigalg_read_pss(algorithm, &pss) &&
		       strong(pss.digest != GNUTLS_DIG_MD5, pss.digest, era);
	return strong(sigalg->long_enough, sigalg->digest, era);
}
