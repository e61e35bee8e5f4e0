/* SPDX-License-Identifier: MIT */
/* dn: distinguished names: OpenSSL's canonical form, which alone decides equality (x_name.c), and
 * text for people. Knows no certificate. */
#ifndef MRA_PKI_DN_H
#define MRA_PKI_DN_H

#include "pki/der.h"

struct dn_entry {
	struct bytes oid;
	unsigned tag;       /* of the value */
	struct bytes value; /* the value's octets */
	size_t rdn;         /* entries of one RDN share the number */
};

struct dn {
	struct dn_entry *entries; /* in the pool */
	size_t count;
	struct bytes canonical;   /* in the pool; empty for an empty name */
	bool strange; /* holds a character that OpenSSL 3 refuses to read, 1.1.1 does not */
};

/* Reads a Name. 1: read; 0: there is none; -1: OpenSSL would not read it. */
int dn_read(struct bytes *in, struct pool *pool, struct dn *dn);
/* The content of a bare RDN (a SET OF, by an implicit tag): would OpenSSL read it? */
bool dn_entries_ok(struct bytes in, struct pool *pool);
bool dn_same(const struct dn *a, const struct dn *b);
bool dn_starts_with(const struct dn *dn, const struct dn *base); /* base's RDNs come first in dn */
char *dn_text(const struct dn *dn);                              /* "CN=...,O=..."; to be freed */
/* enum oid; NULL if there is none */
const struct dn_entry *dn_first(const struct dn *dn, unsigned oid);

#endif
