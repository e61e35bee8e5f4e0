/* SPDX-License-Identifier: MIT */
/* pack: structs to bytes and back, by a table of their members. Knows no struct by name, and
 * believes no byte: what comes in is held against the bounds of the table before it is kept. */
#ifndef MRA_GATHER_PACK_H
#define MRA_GATHER_PACK_H

#include "base/buf.h"
#include "model/ca_list.h"
#include "model/cert.h"

enum member_kind {
	MEMBER_BOOL,
	MEMBER_ENUM, /* an enum of C's int size */
	MEMBER_U16,
	MEMBER_UNSIGNED,
	MEMBER_SIZE,
	MEMBER_I64,  /* never negative */
	MEMBER_TEXT, /* owned, never NULL */
	MEMBER_TEXT_OR_NULL,
	MEMBER_TEXTS, /* owned array of owned texts; counted in the size_t at count_offset; each at
	                 most TEXTS_LEN long */
	MEMBER_LIST,  /* owned array of structs of shape `of`; counted likewise */
	MEMBER_CHAIN, /* struct chain; its certificates as indices of a certset that both sides
	               * have */
	MEMBER_CA_LIST, /* const struct ca_list *, borrowed; NULL or an index of ca_lists that both
	                   sides have */
	MEMBER_LEFT_OUT /* not sent: zero on the other side */
};

enum { TEXTS_LEN = 255 };

struct member {
	enum member_kind kind;
	size_t offset, size;
	/* the highest value, the longest text in bytes, the longest list; of MEMBER_CHAIN likewise;
	 * not looked at of MEMBER_BOOL and MEMBER_CA_LIST, which have bounds of their own */
	uint64_t most;
	size_t count_offset; /* MEMBER_TEXTS, MEMBER_LIST */
	const struct shape *of;
};

struct shape {
	size_t size;         /* of the struct */
	const struct member *members;
	size_t count;
};

/* What both sides have: the sender's index is the receiver's. */
struct shared {
	const struct certset *certs;
	const struct ca_lists *ca_lists;
};

/* Appends the struct. Its certificates and lists must be in shared. */
void pack_add(struct buf *out, const struct shape *shape, const void *from,
              const struct shared *shared);
void pack_add_number(struct buf *out, uint64_t number);

struct packed { /* what is still to be read */
	const unsigned char *at;
	size_t left;
};

/* Fills a zeroed struct; -1 where the bytes are none that pack_add writes within the bounds. What
 * was filled until then is the caller's to clear. */
int pack_take(struct packed *in, const struct shape *shape, void *into,
              const struct shared *shared);
int pack_take_number(struct packed *in, uint64_t most, uint64_t *number);
/* to be freed; NULL was sent: NULL */
int pack_take_text(struct packed *in, size_t most, char **text);

#endif
