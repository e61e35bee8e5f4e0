/* SPDX-License-Identifier: MIT */
/* extension: X.509 extensions to facts, as strict as OpenSSL (x509v3_cache_extensions). Knows no
 * chain. */
#ifndef MRA_PKI_EXTENSION_H
#define MRA_PKI_EXTENSION_H

#include "model/policy.h"
#include "pki/dn.h"
#include "pki/oid.h"
#include "pki/resource.h"

enum general_type {
	GENERAL_OTHER,
	GENERAL_EMAIL,
	GENERAL_DNS,
	GENERAL_X400,
	GENERAL_DIRECTORY,
	GENERAL_EDI,
	GENERAL_URI,
	GENERAL_IP,
	GENERAL_OID
};

struct general_name {
	enum general_type type;
	struct bytes value; /* octets; of an otherName: its type */
	struct tlv other;   /* of an otherName: its value */
	struct dn *dn;      /* of a directoryName */
};
struct general_names {
	/* their DER, which has been read once and is good; general_names_next reads it again */
	struct bytes list;
	size_t count;
};

struct subtree {
	struct general_name base;
	bool has_minimum, minimum_not_zero, has_maximum;
};
struct subtrees {
	struct subtree *items; /* in the pool */
	size_t count;
};

/* Key usage bits as OpenSSL keeps them: first octet low, second octet high. */
enum {
	KU_DECIPHER_ONLY = 0x8000,
	KU_DIGITAL_SIGNATURE = 0x80,
	KU_KEY_ENCIPHERMENT = 0x20,
	KU_KEY_AGREEMENT = 0x08,
	KU_CERT_SIGN = 0x04
};
enum { NS_SSL_SERVER = 0x40, NS_SSL_CA = 0x04, NS_ANY_CA = 0x07 };

struct extension_facts {
	bool invalid[ERA_COUNT];           /* EXFLAG_INVALID */
	bool unhandled[ERA_COUNT];         /* a critical extension that OpenSSL does not handle */
	bool has_constraints, ca;          /* basicConstraints */
	int64_t path_len;                  /* -1: none */
	bool proxy;
	int64_t proxy_path_len;            /* -1: none */
	bool has_usage, has_purposes, serves_tls, has_netscape;
	struct bytes purposes;             /* the OBJECT IDENTIFIERs */
	unsigned usage, netscape;
	bool has_key_id, has_issuer_id;    /* subject and authority key identifier */
	struct bytes key_id;
	struct bytes issuer_key_id, issuer_serial; /* at is NULL where absent */
	struct general_names issuer_names;
	bool has_san, has_san_or_ian;      /* a readable one; any at all */
	struct general_names san;
	bool has_name_constraints;
	struct subtrees permitted, excluded;
	bool has_addresses, has_as_numbers; /* RFC 3779 */
	struct addresses addresses;
	struct as_numbers as_numbers;
};

/* in: the content of SEQUENCE OF Extension. False: OpenSSL would not read the certificate. */
bool extension_read(struct bytes in, struct pool *pool, struct extension_facts *facts);

/* For dates, names and tests: one GeneralName. 1, 0 (not one), -1. */
int general_name_read(struct bytes *in, struct pool *pool, struct general_name *name);
/* Content of a SEQUENCE OF, to the end; false: OpenSSL would not read it, names is empty then. note
 * is called for each. */
bool general_names_read(struct bytes in, struct general_names *names,
                        void (*note)(const struct general_name *, void *), void *arg);

/* Names are parsed as they are asked for: 100 KB of them are 50,000, and few are ever looked at. */
struct general_walk {
	struct bytes rest;
	struct pool scratch; /* of the name at hand */
};
void general_walk_start(struct general_walk *walk, const struct general_names *names);
/* False: no more. The name is good until the next call or general_walk_end. */
bool general_walk_next(struct general_walk *walk, struct general_name *name);
void general_walk_end(struct general_walk *walk);

#endif
