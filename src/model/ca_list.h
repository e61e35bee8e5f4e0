/* SPDX-License-Identifier: MIT */
/* ca_list: the certificate authorities that a CertificateRequest names (RFC 5246 7.4.4; RFC
 * 8446 4.2.4), exactly as they came. Knows no X.509: what a name says is pki/decode's business
 * (decode_name). */
#ifndef MRA_MODEL_CA_LIST_H
#define MRA_MODEL_CA_LIST_H

#include <stddef.h>
#include <stdint.h>

struct ca_list {
	unsigned char
		*bytes; /* owned; DER names, each behind its length in two bytes, as on the wire */
	size_t len;
	size_t count;         /* of names, at least 1 */
	uint64_t id; /* from the bytes, so that the same list has the same one in every report */
};

/* The distinct lists of a run, each once; owns them, pointers stay good until ca_lists_clear. */
struct ca_lists {
	struct ca_list **lists; /* owned */
	size_t count;
};

enum {
	CA_LISTS_MOST =
		10000, /* distinct ones that a run keeps: a cluster's nodes share one or two */
	CA_LIST_ROOM = 65535 /* bytes: RFC 5246 7.4.4 */
};

/* Copies the bytes unless the same list is known. NULL if it names nobody, is malformed, or is one
 * too many. */
const struct ca_list *ca_lists_add(struct ca_lists *lists, const unsigned char *bytes, size_t len);
void ca_lists_clear(struct ca_lists *lists);
void ca_list_hex(const struct ca_list *list, char text[17]); /* the id, as JSON has it */

/* Walks through a list: 1 and a name's DER (borrowed), 0 at the end, -1 if malformed. *at starts at
 * 0. */
int ca_list_next(const unsigned char *bytes, size_t len, size_t *at, const unsigned char **der,
                 size_t *der_len);

#endif
