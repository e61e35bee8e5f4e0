/* SPDX-License-Identifier: MIT */
/* cert: one certificate, immutable: its DER and the facts that pki/decode read from it. Knows no
 * verdict. */
#ifndef MRA_MODEL_CERT_H
#define MRA_MODEL_CERT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_type { KEY_RSA, KEY_RSA_PSS, KEY_ECDSA, KEY_ED25519, KEY_ED448, KEY_DSA, KEY_OTHER };
enum san_type { SAN_DNS, SAN_IP, SAN_EMAIL, SAN_URI, SAN_DIRECTORY, SAN_OTHER };

struct san {
	enum san_type type;
	const char
		*value; /* borrowed; for people: UTF-8, an IP as text, unprintable bytes as \xNN */
};

/* Bits of struct cert's key_usage: RFC 5280 4.2.1.3, bit 0 first. */
enum key_usage {
	USAGE_DIGITAL_SIGNATURE,
	USAGE_NON_REPUDIATION,
	USAGE_KEY_ENCIPHERMENT,
	USAGE_DATA_ENCIPHERMENT,
	USAGE_KEY_AGREEMENT,
	USAGE_KEY_CERT_SIGN,
	USAGE_CRL_SIGN,
	USAGE_ENCIPHER_ONLY,
	USAGE_DECIPHER_ONLY,
	USAGE_COUNT
};

/* what path, rules and name need of it: pki/detail.h; made and freed by pki/decode */
struct cert_detail;

struct cert {
	unsigned char *der; /* owned; exactly as it came */
	size_t der_len;
	unsigned char sha256[32];
	/* false: OpenSSL would not parse it either; only der and sha256 are filled */
	bool readable;
	/* owned; RFC 4514 order as OpenSSL's oneline would be read by people, "CN=…,O=…"; "" if
	 * empty */
	char *subject;
	char *issuer;       /* owned */
	char *common_name;  /* owned; the first CN of the subject, "" if none */
	char *serial;       /* owned; lower-case hex */
	struct buf sans; /* packed, for cert_next_san: a hostile certificate holds 50,000 of them */
	size_t san_count;
	/* false: none in it (or unreadable), so that the key may be used for anything */
	bool has_key_usage;
	unsigned key_usage; /* 1 << enum key_usage */
	bool has_extended_key_usage;
	struct buf purposes; /* packed, for cert_next_purpose: "serverAuth", or the dotted OID */
	int64_t not_before; /* seconds since 1970; INT64_MIN where malformed */
	int64_t not_after;  /* INT64_MAX where malformed */
	enum key_type key_type;
	unsigned key_bits;
	char *key_curve;    /* owned; "P-256", NULL if not EC */
	char *signature;    /* owned; "sha256WithRSAEncryption", or the dotted OID */
	/* issuer is subject, key ids and algorithm agree: what OpenSSL takes for a root, signature
	 * unseen */
	bool self_signed;
	bool is_ca;         /* basicConstraints CA:TRUE */
	struct cert_detail *detail; /* owned */
};

/* "rsa" "rsa-pss" "ecdsa" "ed25519" "ed448" "dsa" "other" */
const char *key_type_name(enum key_type type);
const char *san_type_name(enum san_type type); /* "dns" "ip" "email" "uri" "directory" "other" */
const char *key_usage_name(enum key_usage usage); /* RFC 5280's: "digitalSignature" ... */

/* The subject alternative names in their order. *at is NULL before the first; false: no more. The
 * text lives as long as the certificate. */
bool cert_next_san(const struct cert *cert, const char **at, struct san *san);
/* while the certificate is being made */
void cert_add_san(struct cert *cert, enum san_type type, const char *value);

/* gives back what the packed lists have too much room, once all is in them */
void cert_trim(struct cert *cert);

/* The same for the extended key usage; NULL: no more. */
const char *cert_next_purpose(const struct cert *cert, const char **at);
void cert_add_purpose(struct cert *cert, const char *name);
bool cert_has_purpose(const struct cert *cert, const char *name); /* is it listed by this name? */
/* What a person calls a readable one: its first CN, else its subject; borrowed. */
const char *cert_short_name(const struct cert *cert);

void cert_hex(const struct cert *cert, char text[65]); /* SHA-256 in lower-case hex */

/* All certificates of a run, each once, found by fingerprint. Owns them; pointers stay good until
 * certset_clear. */
struct certset {
	struct cert **certs; /* owned; in order of arrival */
	size_t count;
	size_t *slots;       /* open addressing over sha256; index + 1, 0 is free */
	size_t slot_count;
};

void certset_init(struct certset *set);
void certset_clear(struct certset *set);
const struct cert *certset_find(const struct certset *set, const unsigned char sha256[32]);
/* of one that is in the set */
size_t certset_index(const struct certset *set, const struct cert *cert);
/* swallows cert; returns the one kept */
const struct cert *certset_take(struct certset *set, struct cert *cert);
/* pki/decode sets it: the model knows only that it is owned */
extern void (*cert_detail_free)(struct cert_detail *);

#endif
