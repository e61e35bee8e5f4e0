/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/der.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	STRING_NEST_MOST = 5,
	NEST_MOST = 30
}; /* OpenSSL's ASN1_MAX_STRING_NEST and ASN1_MAX_CONSTRUCTED_NEST */

void pool_take(struct pool *pool, void *buffer)
{
	if (buffer == NULL)
		return;
	pool->items = mem_grow(pool->items, pool->count, sizeof *pool->items);
	pool->items[pool->count++] = buffer;
}

void *pool_new(struct pool *pool, size_t size)
{
	void *buffer = mem_zalloc(size);

	pool_take(pool, buffer);
	return buffer;
}

void pool_clear(struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		free(pool->items[i]);
	free(pool->items);
	pool->items = NULL;
	pool->count = 0;
}

static bool read_byte(struct bytes *in, unsigned char *byte)
{
	if (in->len == 0)
		return false;
	*byte = *in->at++;
	in->len--;
	return true;
}

static bool read_tag(struct bytes *in, struct tlv *out)
{
	unsigned char byte = *in->at++;
	unsigned long tag = 0;

	in->len--;
	out->class = byte & 0xc0;
	out->constructed = (byte & 0x20) != 0;
	out->tag = byte & 0x1f;
	if (out->tag != 0x1f)
		return true;
	do {
		if (tag > (INT_MAX >> 7) || !read_byte(in, &byte))
			return false;
		tag = tag << 7 | (byte & 0x7f);
	} while (byte & 0x80);
	out->tag = (unsigned)tag;
	return true;
}

/* Leading zeros of a long length are harmless to OpenSSL (asn1_get_length). */
static bool read_length(struct bytes *in, bool *indefinite, size_t *len)
{
	unsigned char byte, count;

	if (!read_byte(in, &byte))
		return false;
	*indefinite = byte == 0x80;
	*len = byte;
	if (byte < 0x80)
		return true;
	*len = 0;
	for (count = byte & 0x7f; count > 0; count--) {
		if (!read_byte(in, &byte) || *len > in->len) /* too much, whatever follows */
			return false;
		*len = *len << 8 | byte;
	}
	return true;
}

static bool read_header(struct bytes *in, struct tlv *out, bool *indefinite, size_t *len)
{
	if (in->len < 2 || !read_tag(in, out) || !read_length(in, indefinite, len))
		return false;
	return *indefinite ? out->constructed : *len <= in->len;
}

static bool is_end_of_contents(const struct bytes *in)
{
	return in->len >= 2 && in->at[0] == 0 && in->at[1] == 0;
}

/* Moves in behind the end-of-contents octets that end an indefinite length (asn1_find_end). */
static bool find_end(struct bytes *in)
{
	size_t open = 1;

	for (;;) {
		struct tlv inner;
		bool indefinite;
		size_t len;

		if (is_end_of_contents(in)) {
			in->at += 2;
			in->len -= 2;
			if (--open == 0)
				return true;
			continue;
		}
		if (!read_header(in, &inner, &indefinite, &len))
			return false;
		if (indefinite)
			open++;
		in->at += len;
		in->len -= len;
	}
}

bool der_next(struct bytes *in, struct tlv *out)
{
	struct bytes rest = *in;
	bool indefinite;
	size_t len;

	/* asn1_item_embed_d2i takes end-of-contents octets for just that, even where a value could
	 * be (UNEXPECTED_EOC). */
	if (is_end_of_contents(in) || !read_header(&rest, out, &indefinite, &len))
		return false;
	out->body.at = rest.at;
	if (indefinite) {
		if (!find_end(&rest))
			return false;
		out->body.len = (size_t)(rest.at - out->body.at) - 2;
	} else {
		out->body.len = len;
		rest.at += len;
		rest.len -= len;
	}
	out->whole.at = in->at;
	out->whole.len = (size_t)(rest.at - in->at);
	*in = rest;
	return true;
}

/* asn1_get_length of 1.1.1 wants a byte behind a long length, though the length be 0; one within an
 * indefinite length has it. Of several values at the top only the first is read. */
static bool ends_bare(struct bytes in, bool open_ended, int depth)
{
	struct tlv tlv;

	for (bool more = true; more && der_next(&in, &tlv); more = depth > 0) {
		bool indefinite = tlv.body.at + tlv.body.len != tlv.whole.at + tlv.whole.len;

		if (!open_ended && in.len == 0 && tlv.body.len == 0 &&
		    tlv.body.at - tlv.whole.at > 2 && (tlv.whole.at[0] & 0x1f) != 0x1f)
			return true;
		if (tlv.constructed && depth < NEST_MOST &&
		    ends_bare(tlv.body, indefinite, depth + 1))
			return true;
	}
	return false;
}

bool der_ends_bare(struct bytes in)
{
	return ends_bare(in, false, 0);
}

int der_take(struct bytes *in, unsigned class, unsigned tag, struct tlv *out)
{
	struct bytes rest = *in;

	if (in->len == 0)
		return 0;
	if (!der_next(&rest, out))
		return -1;
	if (out->class != class || out->tag != tag)
		return 0;
	*in = rest;
	return 1;
}

int der_enter(struct bytes *in, unsigned class, unsigned tag, struct bytes *inside)
{
	struct tlv tlv;
	int found = der_take(in, class, tag, &tlv);

	if (found != 1)
		return found;
	*inside = tlv.body;
	return tlv.constructed ? 1 : -1;
}

bool der_bytes_same(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

void der_put_header(struct buf *out, unsigned char tag, size_t len)
{
	unsigned char bytes[2 + sizeof len];
	size_t count = 0;

	for (size_t rest = len; rest > 0; rest >>= 8)
		count++;
	bytes[0] = tag;
	if (len < 0x80) {
		bytes[1] = (unsigned char)len;
		buf_add(out, bytes, 2);
		return;
	}
	bytes[1] = (unsigned char)(0x80 | count);
	for (size_t i = 0; i < count; i++)
		bytes[2 + i] = (unsigned char)(len >> 8 * (count - 1 - i));
	buf_add(out, bytes, 2 + count);
}

void der_put(struct buf *out, unsigned char tag, const void *value, size_t len)
{
	der_put_header(out, tag, len);
	buf_add(out, value, len);
}

int der_compare(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.at, b.at, len);

	return order ?: COMPARE(a.len, b.len);
}

struct bytes der_without_zeros(struct bytes number)
{
	while (number.len > 0 && *number.at == 0) {
		number.at++;
		number.len--;
	}
	return number;
}

unsigned der_bit_length(struct bytes number)
{
	unsigned bits = 0;

	number = der_without_zeros(number);
	if (number.len == 0)
		return 0;
	for (unsigned top = *number.at; top > 0; top >>= 1)
		bits++;
	return bits + 8 * (unsigned)(number.len - 1);
}

static bool collect(struct bytes in, struct buf *out, int depth)
{
	struct tlv piece;

	while (in.len > 0) {
		if (!der_next(&in, &piece)) /* whatever its tag: so does asn1_collect */
			return false;
		if (!piece.constructed)
			buf_add(out, piece.body.at, piece.body.len);
		else if (depth >= STRING_NEST_MOST || !collect(piece.body, out, depth + 1))
			return false;
	}
	return true;
}

bool der_string(const struct tlv *tlv, struct pool *pool, struct bytes *out)
{
	struct buf buf;
	bool ok;

	*out = tlv->body;
	if (!tlv->constructed)
		return true;
	buf_init(&buf);
	ok = collect(tlv->body, &buf, 0);
	if (ok) {
		unsigned char *copy = pool_new(pool, buf.len + 1);

		memcpy(copy, buf.data, buf.len);
		*out = (struct bytes){ copy, buf.len };
	}
	buf_clear(&buf);
	return ok;
}

bool der_bits(const struct tlv *tlv, struct pool *pool, struct bytes *out, unsigned *unused)
{
	if (!der_string(tlv, pool, out) || out->len == 0 || out->at[0] > 7)
		return false;
	*unused = out->at[0];
	out->at++;
	out->len--;
	if (*unused > 0 &&
	    out->len > 0) { /* c2i_ASN1_BIT_STRING clears the bits that do not count */
		unsigned char *copy = pool_new(pool, out->len);

		memcpy(copy, out->at, out->len);
		copy[out->len - 1] &= (unsigned char)(0xff << *unused);
		out->at = copy;
	}
	return true;
}

/* X.690 8.3.2: the first nine bits are not all the same (c2i_ibuf). */
bool der_integer_ok(const struct tlv *tlv)
{
	const unsigned char *p = tlv->body.at;

	if (tlv->constructed || tlv->body.len == 0)
		return false;
	return tlv->body.len == 1 || (p[0] != 0 && p[0] != 0xff) || ((p[0] ^ p[1]) & 0x80) != 0;
}

bool der_integer_value(struct bytes body, int64_t *value)
{
	uint64_t v;

	if (body.len == 0 || body.len > sizeof v)
		return false;
	v = body.at[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < body.len; i++)
		v = v << 8 | body.at[i];
	*value = (int64_t)v;
	return true;
}

bool der_oid_ok(const struct tlv *tlv)
{
	const unsigned char *p = tlv->body.at;
	size_t len = tlv->body.len;

	if (tlv->constructed || len == 0 || (p[len - 1] & 0x80))
		return false;
	for (size_t i = 0; i < len; i++)
		if (p[i] == 0x80 && (i == 0 || !(p[i - 1] & 0x80)))
			return false;
	return true;
}

static bool any_string_ok(const struct tlv *tlv)
{
	struct pool pool = { NULL, 0 };
	struct bytes text;
	unsigned unused;
	bool ok = tlv->tag == DER_BITS ? der_bits(tlv, &pool, &text, &unused)
	                               : der_string(tlv, &pool, &text);

	if (ok && tlv->tag == DER_BMP)
		ok = text.len % 2 == 0;
	if (ok && tlv->tag == DER_UNIVERSAL_STRING)
		ok = text.len % 4 == 0;
	pool_clear(&pool);
	return ok;
}

bool der_any_ok(const struct tlv *tlv)
{
	if (tlv->class != DER_UNIVERSAL)
		return true;
	switch (tlv->tag) {
	case DER_SEQUENCE:
	case DER_SET:
		return tlv->constructed;
	case DER_NULL:
		return !tlv->constructed && tlv->body.len == 0;
	case DER_BOOLEAN:
		return !tlv->constructed && tlv->body.len == 1;
	case DER_OID:
		return der_oid_ok(tlv);
	case DER_INTEGER:
	case DER_ENUMERATED:
		return der_integer_ok(tlv);
	default:
		return any_string_ok(tlv);
	}
}
