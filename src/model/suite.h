/* SPDX-License-Identifier: MIT */
/* suite: cipher suites and lists of them. Knows no cipher string and no handshake. */
#ifndef MRA_MODEL_SUITE_H
#define MRA_MODEL_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits, so that several can be meant; SUITE_TLS* only say which is older. */
enum suite_kx { SUITE_KX_ECDHE = 1, SUITE_KX_DHE = 2, SUITE_KX_RSA = 4 };
enum suite_au { SUITE_AU_RSA = 1, SUITE_AU_ECDSA = 2, SUITE_AU_DSS = 4 };
enum suite_enc {
	SUITE_ENC_AES256 = 1,
	SUITE_ENC_AES128 = 2,
	SUITE_ENC_AES256GCM = 4,
	SUITE_ENC_AES128GCM = 8,
	SUITE_ENC_AES256CCM = 16,
	SUITE_ENC_AES128CCM = 32,
	SUITE_ENC_AES256CCM8 = 64,
	SUITE_ENC_AES128CCM8 = 128,
	SUITE_ENC_CHACHA = 256,
	SUITE_ENC_ARIA256 = 512,
	SUITE_ENC_ARIA128 = 1024,
	SUITE_ENC_CAMELLIA256 = 2048,
	SUITE_ENC_CAMELLIA128 = 4096,
	SUITE_ENC_3DES = 8192,
	SUITE_ENC_NULL = 16384
};
enum suite_mac {
	SUITE_MAC_AEAD = 1,
	SUITE_MAC_SHA1 = 2,
	SUITE_MAC_SHA256 = 4,
	SUITE_MAC_SHA384 = 8,
	SUITE_MAC_MD5 = 16
};
enum suite_tls { SUITE_SSL3 = 1, SUITE_TLS10 = 2, SUITE_TLS12 = 3 };

struct suite {
	uint16_t code;
	const char *iana, *name; /* static; IANA's, OpenSSL's */
	enum suite_kx kx;
	enum suite_au au;
	enum suite_enc enc;
	enum suite_mac mac;
	enum suite_tls tls;
	unsigned bits;
};

enum suite_index {
#define SUITE(code, iana, name, kx, au, enc, mac, tls, bits) SUITE_AT_##code,
#define SUITE13(code, iana)
#include "model/suite.def"
#undef SUITE
#undef SUITE13
	SUITE_COUNT
};
enum { SUITE13_COUNT = 3 };

extern const struct suite suite_rows[SUITE_COUNT];      /* up to TLS 1.2, in OpenSSL's order */
extern const uint16_t suite13_codes[SUITE13_COUNT];     /* TLS 1.3 */

const struct suite *suite_find(uint16_t code);          /* NULL: not one of suite_rows */
const char *suite_iana(uint16_t code);                  /* of TLS 1.3 as well; NULL if unknown */

/* What a client offers up to TLS 1.2, in its order. */
struct suites {
	uint16_t codes[SUITE_COUNT];
	size_t count;
};

bool suites_have(const struct suites *suites, uint16_t code);

#endif
