/* SPDX-License-Identifier: MIT */
/* der: builds DER (and, when asked to, what is none) in an arena that lives as long as one case.
 * Knows no X.509. */
#ifndef MRA_PARITY_DER_H
#define MRA_PARITY_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct der {
	unsigned char *data; /* in the arena */
	size_t len;
};

/* A row of random numbers that a seed gives again on any machine (splitmix64). */
struct rng {
	uint64_t state;
};

unsigned pick(struct rng *rng, unsigned below); /* 0 … below - 1 */
bool chance(struct rng *rng, unsigned percent);

void arena_reset(void);
unsigned char *arena_take(size_t len); /* zeroed */

struct der der_bytes(const void *bytes, size_t len);
struct der der_join(const struct der *parts, size_t count);
struct der der_tlv(unsigned tag, struct der content);
struct der der_wrap(unsigned tag, const struct der *parts, size_t count);
struct der der_text(unsigned tag, const char *text);
struct der der_number(long long number);
struct der der_bool(bool value);
struct der der_oid(const char *dotted);
struct der der_bit_string(struct der bytes, unsigned unused);
struct der der_flags(
	unsigned bits); /* a named BIT STRING: bit 0 of `bits` is the first; trailing zeros cut */

#define DER_NONE ((struct der){ NULL, 0 })
#define WRAP(tag, ...) \
	der_wrap(tag, (struct der[]){ __VA_ARGS__ }, \
	         sizeof((struct der[]){ __VA_ARGS__ }) / sizeof(struct der))
#define SEQUENCE(...) WRAP(0x30, __VA_ARGS__)

#endif
