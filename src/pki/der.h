/* SPDX-License-Identifier: MIT */
/* der: one tag, length and value at a time, as lenient and as strict as OpenSSL (tasn_dec.c). Knows
 * no schema. */
#ifndef MRA_PKI_DER_H
#define MRA_PKI_DER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes { /* borrowed */
	const unsigned char *at;
	size_t len;
};

enum der_class { DER_UNIVERSAL = 0x00, DER_CONTEXT = 0x80 };
enum der_tag {
	DER_BOOLEAN = 1,
	DER_INTEGER = 2,
	DER_BITS = 3,
	DER_OCTETS = 4,
	DER_NULL = 5,
	DER_OID = 6,
	DER_ENUMERATED = 10,
	DER_UTF8 = 12,
	DER_SEQUENCE = 16,
	DER_SET = 17,
	DER_NUMERIC = 18,
	DER_PRINTABLE = 19,
	DER_T61 = 20,
	DER_IA5 = 22,
	DER_UTC_TIME = 23,
	DER_GENERALIZED_TIME = 24,
	DER_VISIBLE = 26,
	DER_UNIVERSAL_STRING = 28,
	DER_BMP = 30
};

struct tlv {
	unsigned class, tag;
	bool constructed;
	struct bytes body;  /* without the end-of-contents octets of an indefinite length */
	struct bytes whole; /* header to end */
};

/* Buffers that live as long as a certificate: what had to be put together from pieces. */
struct pool {
	void **items; /* owned array of owned buffers */
	size_t count;
};
void *pool_new(struct pool *pool, size_t size); /* zeroed */
void pool_take(struct pool *pool, void *buffer); /* swallows what malloc gave; NULL is fine */
void pool_clear(struct pool *pool);

/* false: no more, or not BER; in then unchanged */
bool der_next(struct bytes *in, struct tlv *out);
/* Is there an empty element with a length in long form at the very end of what holds it? 1.1.1
 * takes that for cut off. */
bool der_ends_bare(struct bytes in);
/* The next element if it has this class and tag: 1 and consumed; 0: none or another one; -1: not
 * BER. */
int der_take(struct bytes *in, unsigned class, unsigned tag, struct tlv *out);
/* The same for what must be constructed (EXPLICIT tags, SEQUENCE): in is narrowed to it; primitive
 * is an error. */
int der_enter(struct bytes *in, unsigned class, unsigned tag, struct bytes *inside);

bool der_bytes_same(struct bytes a, struct bytes b);
/* Appends a value in DER, of a tag below 31; put_header: what stands before a value of so many
 * octets. */
void der_put_header(struct buf *out, unsigned char tag, size_t len);
void der_put(struct buf *out, unsigned char tag, const void *value, size_t len);
/* Below, 0 or above 0, as the encodings of a SET OF are sorted: a shorter prefix comes first. */
int der_compare(struct bytes a, struct bytes b);
/* Of a big-endian number without a sign: without leading zeros; how many bits, 0 also for what is
 * too long to be counted. */
struct bytes der_without_zeros(struct bytes number);
unsigned der_bit_length(struct bytes number);
/* A string's octets; those of a constructed one are put together in pool. */
bool der_string(const struct tlv *tlv, struct pool *pool, struct bytes *out);
bool der_bits(const struct tlv *tlv, struct pool *pool, struct bytes *out, unsigned *unused);
bool der_integer_ok(const struct tlv *tlv); /* primitive, not empty, no needless padding */
bool der_integer_value(struct bytes body, int64_t *value); /* false: does not fit */
bool der_oid_ok(const struct tlv *tlv);
bool der_any_ok(const struct tlv *tlv); /* what OpenSSL lets through as ANY */

#endif
