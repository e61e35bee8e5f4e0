/* SPDX-License-Identifier: MIT */
/* keys: a pool of keys of every kind, made on first use and shared by all cases; and signatures.
 * Knows no certificate. */
#ifndef MRA_PARITY_KEYS_H
#define MRA_PARITY_KEYS_H

#include "der.h"

enum key_kind {
	KIND_RSA2048,
	KIND_P256,
	KIND_P384,
	KIND_P521,
	KIND_RSA3072,
	KIND_RSA1024,
	KIND_ED25519,
	KIND_RSA4096,
	KIND_RSA512,
	KIND_RSA768,
	KIND_RSA1000,
	KIND_RSA1008,
	KIND_RSA1016,
	KIND_RSA1023,
	KIND_RSA1025,
	KIND_PSS2048,
	KIND_PSS_SHA384,
	KIND_P224,
	KIND_P192,
	KIND_K256,
	KIND_BRAINPOOL256,
	KIND_B163,
	KIND_P256_EXPLICIT,
	KIND_ED448,
	KIND_X25519,
	KIND_DSA1024,
	KIND_DSA2048,
	KIND_P256_COMPRESSED,
	KIND_P256_HYBRID,
	KIND_COUNT
};

enum digest {
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_SHA224,
	DIGEST_SHA1,
	DIGEST_MD5,
	DIGEST_MD4,
	DIGEST_PSS_SHA256,
	DIGEST_PSS_SHA1,
	DIGEST_PSS_SHA512,
	DIGEST_PSS_SALT_20,
	DIGEST_PSS_SALT_0,
	DIGEST_PSS_MGF_SHA1,
	DIGEST_SHA512_256,
	DIGEST_SHA3_256,
	DIGEST_COUNT
};

enum { KEYS_EACH = 10 };
#define KEY(kind, i) ((unsigned)(kind) * KEYS_EACH + (unsigned)(i)) /* a key's number */

struct der key_spki(unsigned key);
struct der key_id(unsigned key); /* 20 bytes that name it, for SKI and AKI */

/* The AlgorithmIdentifier for a signature by this key with that digest. */
struct der signature_algorithm(unsigned key, enum digest digest);

/* The signature's bytes; some bytes that are none where the key cannot do it. */
struct der signature_make(unsigned key, enum digest digest, struct der bytes);

void keys_clear(void);

#endif
