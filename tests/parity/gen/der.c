/* SPDX-License-Identifier: MIT */
#include "der.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 16 << 20 };
static unsigned char *arena;
static size_t arena_used;

static uint64_t next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

unsigned pick(struct rng *rng, unsigned below)
{
	return below == 0 ? 0 : (unsigned)(next(rng) % below);
}

bool chance(struct rng *rng, unsigned percent)
{
	return pick(rng, 100) < percent;
}

void arena_reset(void)
{
	if (arena == NULL)
		arena = malloc(ARENA_BYTES);
	if (arena == NULL)
		abort();
	arena_used = 0;
}

unsigned char *arena_take(size_t len)
{
	unsigned char *at;

	if (arena == NULL)
		arena_reset();
	at = arena + arena_used;
	if (len > ARENA_BYTES - arena_used) {
		fputs("generate: a case is larger than its arena\n", stderr);
		abort();
	}
	arena_used += len;
	memset(at, 0, len);
	return at;
}

struct der der_bytes(const void *bytes, size_t len)
{
	struct der out = { arena_take(len), len };

	if (len > 0)
		memcpy(out.data, bytes, len);
	return out;
}

struct der der_join(const struct der *parts, size_t count)
{
	struct der out = { NULL, 0 };
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		out.len += parts[i].len;
	out.data = arena_take(out.len);
	for (size_t i = 0; i < count; i++) {
		if (parts[i].len > 0)
			memcpy(out.data + at, parts[i].data, parts[i].len);
		at += parts[i].len;
	}
	return out;
}

struct der der_tlv(unsigned tag, struct der content)
{
	unsigned char head[6] = { (unsigned char)tag };
	size_t at = 1, len = content.len;

	if (len < 128) {
		head[at++] = (unsigned char)len;
	} else {
		size_t bytes = len < 0x100 ? 1 : len < 0x10000 ? 2 : 3;

		head[at++] = (unsigned char)(0x80 | bytes);
		while (bytes-- > 0)
			head[at++] = (unsigned char)(len >> (8 * bytes));
	}
	return der_join((struct der[]){ der_bytes(head, at), content }, 2);
}

struct der der_wrap(unsigned tag, const struct der *parts, size_t count)
{
	return der_tlv(tag, der_join(parts, count));
}

struct der der_text(unsigned tag, const char *text)
{
	return der_tlv(tag, der_bytes(text, strlen(text)));
}

struct der der_number(long long number)
{
	unsigned char bytes[8];
	size_t at = 0;

	for (int shift = 56; shift >= 0; shift -= 8)
		bytes[at++] = (unsigned char)(number >> shift);
	for (at = 0; at < 7; at++) /* the shortest form: drop bytes that only repeat the sign */
		if (!((bytes[at] == 0 && bytes[at + 1] < 0x80) ||
		      (bytes[at] == 0xff && bytes[at + 1] >= 0x80)))
			break;
	return der_tlv(0x02, der_bytes(bytes + at, 8 - at));
}

struct der der_bool(bool value)
{
	return der_tlv(0x01, der_bytes(value ? "\xff" : "\0", 1));
}

static size_t put_arc(unsigned char *out, unsigned long arc)
{
	size_t len = 1;

	for (unsigned long rest = arc >> 7; rest > 0; rest >>= 7)
		len++;
	for (size_t i = 0; i < len; i++)
		out[i] = (unsigned char)(((arc >> (7 * (len - 1 - i))) & 0x7f) |
		                         (i + 1 < len ? 0x80 : 0));
	return len;
}

struct der der_oid(const char *dotted)
{
	unsigned char out[64];
	char *end;
	unsigned long first = strtoul(dotted, &end, 10);
	size_t len = put_arc(out, first * 40 + strtoul(end + 1, &end, 10));

	while (*end == '.')
		len += put_arc(out + len, strtoul(end + 1, &end, 10));
	return der_tlv(0x06, der_bytes(out, len));
}

struct der der_bit_string(struct der bytes, unsigned unused)
{
	unsigned char head = (unsigned char)unused;

	return WRAP(0x03, der_bytes(&head, 1), bytes);
}

struct der der_flags(unsigned bits)
{
	unsigned char bytes[2] = { 0, 0 };
	unsigned last = 0;

	for (unsigned i = 0; i < 16; i++) {
		if (bits & (1u << i)) {
			bytes[i / 8] |= (unsigned char)(0x80 >> (i % 8));
			last = i + 1;
		}
	}
	return der_bit_string(der_bytes(bytes, (last + 7) / 8), (8 - last % 8) % 8);
}
