/* SPDX-License-Identifier: MIT */
/* key: SubjectPublicKeyInfo to facts: kind, size, strength as OpenSSL counts it. Knows no
 * certificate. */
#ifndef MRA_PKI_KEY_H
#define MRA_PKI_KEY_H

#include "model/policy.h"
#include "pki/curve.h"
#include "pki/oid.h"

struct algorithm {
	struct bytes oid;
	enum oid id;
	bool has_parameter;
	struct tlv parameter;
};

struct gnutls_pubkey_st;

struct key {
	enum key_type type;
	enum oid id;
	bool readable[ERA_COUNT]; /* else the certificate has no key at all in that era */
	bool explicit_parameters; /* EC: the curve is spelled out */
	bool parameters_missing;  /* DSA: to be inherited */
	bool digest_unknown;         /* of RSASSA-PSS: one that only 1.1.1 lets pass */
	unsigned bits;
	bool strong[ERA_COUNT]; /* enough for security level 1 */
	const struct curve *curve; /* NULL: none that has a name */
	struct algorithm algorithm;
	struct bytes a, b, c, d;  /* RSA: n, e; DSA: p, q, g, y; EC: x, y; Edwards: the octets */
	struct gnutls_pubkey_st *imported; /* owned by key; NULL: not yet, or not possible */
	bool import_tried;
};

/* 1: read; 0: none; -1: OpenSSL would not read the certificate. A key that cannot be understood is
 * read, not readable. */
int key_read(struct bytes *in, struct pool *pool, struct key *key);
int algorithm_read(struct bytes *in, struct algorithm *algorithm);
bool algorithm_same(const struct algorithm *a, const struct algorithm *b); /* X509_ALGOR_cmp */
/* Would OpenSSL compute with it at all? RSA up to 16,384 bits, odd, the exponent below the modulus
 * and above 3,072 bits of at most 64 (rsa_ossl_public_decrypt, 1.1.1w and 3.0); DSA as
 * dsa_do_verify checks it, with an odd prime of at most 10,000 bits. */
bool key_may_compute(const struct key *key);
/* An EC key on the curve SM2: 3 takes it for another kind of key. */
bool key_on_sm2(const struct key *key);
struct gnutls_pubkey_st *key_import(struct key *key); /* NULL: GnuTLS cannot */
void key_clear(struct key *key);

#endif
