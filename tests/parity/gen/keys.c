/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

static EVP_PKEY *pool[KIND_COUNT * KEYS_EACH];
static struct der spkis[KIND_COUNT * KEYS_EACH]; /* malloc: outlive the arena */

static const struct {
	const char *type, *group;
	int bits;
	int limit; /* how many are made: the costly ones are few */
} kinds[KIND_COUNT] = {
	[KIND_RSA2048] = { "RSA", NULL, 2048, 10 },
	[KIND_P256] = { "EC", "P-256", 0, 10 },
	[KIND_P384] = { "EC", "P-384", 0, 4 },
	[KIND_P521] = { "EC", "P-521", 0, 4 },
	[KIND_RSA3072] = { "RSA", NULL, 3072, 1 },
	[KIND_RSA1024] = { "RSA", NULL, 1024, 4 },
	[KIND_ED25519] = { "ED25519", NULL, 0, 4 },
	[KIND_RSA4096] = { "RSA", NULL, 4096, 1 },
	[KIND_RSA512] = { "RSA", NULL, 512, 2 },
	[KIND_RSA768] = { "RSA", NULL, 768, 2 },
	[KIND_RSA1000] = { "RSA", NULL, 1000, 2 },
	[KIND_RSA1008] = { "RSA", NULL, 1008, 2 },
	[KIND_RSA1016] = { "RSA", NULL, 1016, 2 },
	[KIND_RSA1023] = { "RSA", NULL, 1023, 2 },
	[KIND_RSA1025] = { "RSA", NULL, 1025, 2 },
	[KIND_PSS2048] = { "RSA-PSS", NULL, 2048, 2 },
	[KIND_PSS_SHA384] = { "RSA-PSS", "SHA384", 2048, 2 },
	[KIND_P224] = { "EC", "P-224", 0, 2 },
	[KIND_P192] = { "EC", "P-192", 0, 2 },
	[KIND_K256] = { "EC", "secp256k1", 0, 2 },
	[KIND_BRAINPOOL256] = { "EC", "brainpoolP256r1", 0, 2 },
	[KIND_B163] = { "EC", "sect163r2", 0, 2 },
	[KIND_P256_EXPLICIT] = { "EC", "P-256", 1, 2 },
	[KIND_ED448] = { "ED448", NULL, 0, 2 },
	[KIND_X25519] = { "X25519", NULL, 0, 2 },
	[KIND_DSA1024] = { "DSA", NULL, 1024, 2 },
	[KIND_DSA2048] = { "DSA", NULL, 2048, 1 },
	[KIND_P256_COMPRESSED] = { "EC", "P-256", 2, 2 },
	[KIND_P256_HYBRID] = { "EC", "P-256", 3, 2 },
};

static const char *const digest_names[] = {
	"SHA256", "SHA384", "SHA512", "SHA224", "SHA1",   "MD5",        "MD4",     "SHA256",
	"SHA1",   "SHA512", "SHA256", "SHA256", "SHA256", "SHA512-256", "SHA3-256"
};

static EVP_PKEY *make_dsa(int bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
	EVP_PKEY *params = NULL, *key = NULL;

	if (EVP_PKEY_paramgen_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_dsa_paramgen_bits(ctx, bits) <= 0 ||
	    EVP_PKEY_paramgen(ctx, &params) <= 0)
		abort();
	EVP_PKEY_CTX_free(ctx);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL);
	if (EVP_PKEY_keygen_init(ctx) <= 0 || EVP_PKEY_keygen(ctx, &key) <= 0)
		abort();
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(params);
	return key;
}

static EVP_PKEY *make_key(unsigned kind)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kinds[kind].type, NULL);
	EVP_PKEY *key = NULL;

	if (strcmp(kinds[kind].type, "DSA") == 0) {
		EVP_PKEY_CTX_free(ctx);
		return make_dsa(kinds[kind].bits);
	}
	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) <= 0)
		abort();
	if (strncmp(kinds[kind].type, "RSA", 3) == 0)
		EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, kinds[kind].bits);
	if (kind == KIND_PSS_SHA384) {
		EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, EVP_sha384());
		EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, EVP_sha384());
		EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, 48);
	} else if (kinds[kind].group != NULL) {
		EVP_PKEY_CTX_set_group_name(ctx, kinds[kind].group);
		EVP_PKEY_CTX_set_ec_param_enc(ctx, kinds[kind].bits == 1 ? OPENSSL_EC_EXPLICIT_CURVE
		                                                         : OPENSSL_EC_NAMED_CURVE);
	}
	if (EVP_PKEY_generate(ctx, &key) <= 0)
		abort();
	EVP_PKEY_CTX_free(ctx);
	if (kind == KIND_P256_COMPRESSED || kind == KIND_P256_HYBRID)
		EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		                               kind == KIND_P256_HYBRID ? "hybrid" : "compressed");
	return key;
}

/* A key's number with those beyond the kind's limit folded back. */
static unsigned real(unsigned key)
{
	unsigned kind = key / KEYS_EACH;

	return KEY(kind, key % KEYS_EACH % (unsigned)kinds[kind].limit);
}

static EVP_PKEY *get(unsigned key)
{
	key = real(key);
	if (pool[key] == NULL)
		pool[key] = make_key(key / KEYS_EACH);
	return pool[key];
}

struct der key_spki(unsigned key)
{
	EVP_PKEY *pkey = get(key);
	struct der *spki = &spkis[real(key)];

	if (spki->data == NULL) {
		int len = i2d_PUBKEY(pkey, &spki->data);

		if (len <= 0)
			abort();
		spki->len = (size_t)len;
	}
	return *spki;
}

struct der key_id(unsigned key)
{
	unsigned char id[SHA_DIGEST_LENGTH];

	key = real(key);
	SHA1((const unsigned char *)&key, sizeof key, id);
	return der_bytes(id, sizeof id);
}

static bool is_rsa(unsigned key)
{
	return strncmp(kinds[key / KEYS_EACH].type, "RSA", 3) == 0;
}

static bool is_pss(unsigned key, enum digest digest)
{
	return is_rsa(key) && (strcmp(kinds[key / KEYS_EACH].type, "RSA-PSS") == 0 ||
	                       (digest >= DIGEST_PSS_SHA256 && digest <= DIGEST_PSS_MGF_SHA1));
}

static const char *hash_name(unsigned key, enum digest digest)
{
	return key / KEYS_EACH == KIND_PSS_SHA384 ? "SHA384" : digest_names[digest];
}

static const char *hash_oid(const char *name)
{
	if (strcmp(name, "SHA1") == 0)
		return "1.3.14.3.2.26";
	if (strcmp(name, "SHA384") == 0)
		return "2.16.840.1.101.3.4.2.2";
	if (strcmp(name, "SHA512") == 0)
		return "2.16.840.1.101.3.4.2.3";
	if (strcmp(name, "SHA224") == 0)
		return "2.16.840.1.101.3.4.2.4";
	return "2.16.840.1.101.3.4.2.1";
}

static long long hash_len(const char *name)
{
	return strcmp(name, "SHA1") == 0     ? 20
	       : strcmp(name, "SHA384") == 0 ? 48
	       : strcmp(name, "SHA512") == 0 ? 64
	       : strcmp(name, "SHA224") == 0 ? 28
	                                     : 32;
}

static const char *mgf_name(unsigned key, enum digest digest)
{
	return digest == DIGEST_PSS_MGF_SHA1 && key / KEYS_EACH != KIND_PSS_SHA384
	               ? "SHA1"
	               : hash_name(key, digest);
}

static int salt_len(unsigned key, enum digest digest)
{
	if (key / KEYS_EACH != KIND_PSS_SHA384 &&
	    (digest == DIGEST_PSS_SALT_20 || digest == DIGEST_PSS_SALT_0))
		return digest == DIGEST_PSS_SALT_20 ? 20 : 0;
	return (int)hash_len(hash_name(key, digest));
}

/* RFC 4055 3.1 */
static struct der pss_algorithm(unsigned key, enum digest digest)
{
	struct der null = der_tlv(0x05, DER_NONE);
	struct der hash = SEQUENCE(der_oid(hash_oid(hash_name(key, digest))), null);
	struct der mgf = SEQUENCE(der_oid(hash_oid(mgf_name(key, digest))), null);

	return SEQUENCE(der_oid("1.2.840.113549.1.1.10"),
	                SEQUENCE(WRAP(0xa0, hash),
	                         WRAP(0xa1, SEQUENCE(der_oid("1.2.840.113549.1.1.8"), mgf)),
	                         WRAP(0xa2, der_number(salt_len(key, digest)))));
}

struct der signature_algorithm(unsigned key, enum digest digest)
{
	static const char *const rsa[] = { "11", "12", "13", "14", "5",  "4",  "3",
		                           "11", "5",  "13", "11", "11", "11", "16" };
	static const char *const ec[] = { "3.2", "3.3", "3.4", "3.1", "1",   "1",   "1",  "3.2",
		                          "1",   "3.4", "3.2", "3.2", "3.2", "3.2", "3.2" };
	char oid[64] = "1.2.840.113549.1.1.";
	const char *type = kinds[key / KEYS_EACH].type;

	if (is_pss(key, digest))
		return pss_algorithm(key, digest);
	if (is_rsa(key)) {
		if (digest == DIGEST_SHA3_256)
			return SEQUENCE(der_oid("2.16.840.1.101.3.4.3.14"),
			                der_tlv(0x05, DER_NONE));
		return SEQUENCE(der_oid(strcat(oid, rsa[digest])), der_tlv(0x05, DER_NONE));
	}
	if (strcmp(type, "EC") == 0)
		return SEQUENCE(der_oid(strcat(strcpy(oid, "1.2.840.10045.4."), ec[digest])));
	if (strcmp(type, "DSA") == 0)
		return SEQUENCE(der_oid(digest == DIGEST_SHA1 ? "1.2.840.10040.4.3"
		                                              : "2.16.840.1.101.3.4.3.2"));
	return SEQUENCE(der_oid(strcmp(type, "ED448") == 0 ? "1.3.101.113" : "1.3.101.112"));
}

/* What the AlgorithmIdentifier above says, where it cannot say what was asked for. */
static const char *real_hash(unsigned key, enum digest digest)
{
	const char *type = kinds[key / KEYS_EACH].type;

	if (strncmp(type, "ED", 2) == 0 || strcmp(type, "X25519") == 0)
		return NULL;
	if (strcmp(type, "EC") == 0 && (digest == DIGEST_MD5 || digest == DIGEST_MD4))
		return "SHA1";
	if (strcmp(type, "EC") == 0 && digest >= DIGEST_SHA512_256)
		return "SHA256";
	if (strcmp(type, "DSA") == 0)
		return digest == DIGEST_SHA1 ? "SHA1" : "SHA256";
	return hash_name(key, digest);
}

struct der signature_make(unsigned key, enum digest digest, struct der bytes)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	unsigned char out[1024];
	size_t len = sizeof out;
	bool good = EVP_DigestSignInit_ex(ctx, &pctx, real_hash(key, digest), NULL, NULL, get(key),
	                                  NULL) > 0;

	if (good && is_pss(key, digest))
		good = EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) > 0 &&
		       EVP_PKEY_CTX_set_rsa_mgf1_md_name(pctx, mgf_name(key, digest), NULL) > 0 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, salt_len(key, digest)) > 0;
	good = good && EVP_DigestSign(ctx, out, &len, bytes.data, bytes.len) > 0;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good ? der_bytes(out, len) : der_bytes("no signature", 12);
}

void keys_clear(void)
{
	for (unsigned i = 0; i < KIND_COUNT * KEYS_EACH; i++) {
		EVP_PKEY_free(pool[i]);
		OPENSSL_free(spkis[i].data);
		pool[i] = NULL;
		spkis[i] = DER_NONE;
	}
}
