/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/resource.h"

#include <string.h>

enum { ADDRESS_MOST = 16 };

struct span { /* of addresses, both ends in it */
	unsigned char low[ADDRESS_MOST], high[ADDRESS_MOST];
};

/* Bytes of an address of the family; 0: neither IPv4 nor IPv6 */
static size_t width_of(const struct address_family *family)
{
	unsigned afi = family->family.len < 2
	                       ? 0
	                       : (unsigned)family->family.at[0] << 8 | family->family.at[1];

	return afi == 1 ? 4 : afi == 2 ? 16 : 0;
}

/* The bits that are given, the rest filled with 0 or 1 (addr_expand) */
static bool expand(struct bytes bits, unsigned unused, size_t width, unsigned char filler,
                   unsigned char *out)
{
	unsigned char mask = (unsigned char)((1u << unused) - 1);

	if (bits.len > width)
		return false;
	memset(out, filler, width);
	memcpy(out, bits.at, bits.len);
	if (bits.len > 0)
		out[bits.len - 1] = (unsigned char)((out[bits.len - 1] & ~mask) | (filler & mask));
	return true;
}

static bool span_of(const struct address_range *range, size_t width, struct span *span)
{
	return expand(range->low, range->low_unused, width, 0, span->low) &&
	       expand(range->high, range->high_unused, width, 0xff, span->high);
}

/* Could the range be written as a prefix? */
static bool is_prefix(const struct span *span, size_t width)
{
	size_t first = 0, last = width;
	unsigned difference;

	while (first < width && span->low[first] == span->high[first])
		first++;
	while (last > 0 && span->low[last - 1] == 0 && span->high[last - 1] == 0xff)
		last--;
	if (first >= last)
		return true;
	if (first + 1 < last)
		return false;
	difference = (unsigned)(span->low[first] ^ span->high[first]);
	return (difference & (difference + 1)) == 0 && (span->low[first] & difference) == 0;
}

static bool lone_range_ok(const struct address_range *range, const struct span *span, size_t width)
{
	return memcmp(span->low, span->high, width) <= 0 &&
	       !(range->is_range && is_prefix(span, width));
}

/* In order, with a gap between */
static bool apart(const struct span *a, struct span b, size_t width)
{
	if (memcmp(a->low, b.low, width) >= 0)
		return false;
	for (size_t i = width; i > 0 && b.low[i - 1]-- == 0;)
		i--;
	return memcmp(a->high, b.low, width) < 0;
}

static bool family_canonical(const struct address_family *family)
{
	size_t width = width_of(family);
	struct span before = { { 0 }, { 0 } }, span = { { 0 }, { 0 } };

	if (family->inherit)
		return true;
	for (size_t i = 0; i < family->count; i++) {
		/* a last prefix is not looked at (X509v3_addr_is_canonical) unless another one
		 * comes before it */
		if (family->count == 1 && !family->ranges[i].is_range)
			return true;
		if (!span_of(&family->ranges[i], width, &span) ||
		    !lone_range_ok(&family->ranges[i], &span, width) ||
		    (i > 0 && !apart(&before, span, width)))
			return false;
		before = span;
	}
	return family->count > 0;
}

bool resource_family_ok(const struct address_family *family)
{
	return family->family.len == 2 || family->family.len == 3;
}

bool resource_addresses_canonical(const struct addresses *addresses, enum era era)
{
	for (size_t i = 0; i < addresses->count; i++) {
		if (era == ERA_OPENSSL3 && !resource_family_ok(&addresses->items[i]) &&
		    !(addresses->count == 1 && addresses->items[i].inherit))
			return false;
		if (i > 0 && der_compare(addresses->items[i - 1].family,
		                         addresses->items[i].family) >= 0)
			return false;
		if (!family_canonical(&addresses->items[i]))
			return false;
	}
	return true;
}

bool resource_family_holds(const struct address_family *parent, const struct address_family *child,
                           enum era era)
{
	size_t width = width_of(child), at = 0;
	struct span p, c;

	for (size_t i = 0; i < child->count; i++) {
		if (!span_of(&child->ranges[i], width, &c))
			return era == ERA_OPENSSL1; /* 1.1.1's addr_contains gives -1 here, which
			                               its caller takes for yes */
		for (;; at++) {
			if (at == parent->count || !span_of(&parent->ranges[at], width, &p))
				return false;
			if (memcmp(p.high, c.high, width) >= 0)
				break;
		}
		if (memcmp(p.low, c.low, width) > 0)
			return false;
	}
	return true;
}

const struct address_family *resource_find_family(const struct addresses *addresses,
                                                  const struct address_family *like)
{
	for (size_t i = 0; i < addresses->count; i++)
		if (der_bytes_same(addresses->items[i].family, like->family))
			return &addresses->items[i];
	return NULL;
}

/* INTEGERs in their shortest form: sign, then length, then octets */
static int compare_numbers(struct bytes a, struct bytes b)
{
	bool a_negative = (a.at[0] & 0x80) != 0, b_negative = (b.at[0] & 0x80) != 0;

	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	if (a.len != b.len)
		return (a.len < b.len) != a_negative ? -1 : 1;
	return memcmp(a.at, b.at, a.len);
}

/* The octet at this place from the end, whatever the length: the sign goes on in front. */
static unsigned octet(struct bytes number, size_t place)
{
	return place < number.len             ? number.at[number.len - 1 - place]
	       : (number.at[0] & 0x80) != 0 ? 0xff
	                                      : 0;
}

/* high + 1 is low; high is below low */
static bool follows(struct bytes high, struct bytes low)
{
	unsigned sum = 0x100;

	for (size_t i = 0; i < high.len || i < low.len; i++) {
		sum = octet(high, i) + (sum >> 8);
		if ((sum & 0xff) != octet(low, i))
			return false;
	}
	return true;
}

/* A lone number at the end is not looked at; ranges must not touch. */
bool resource_as_canonical(const struct as_list *list)
{
	if (!list->present || list->inherit)
		return true;
	for (size_t i = 0; i < list->count; i++) {
		const struct as_range *range = &list->ranges[i];

		if (compare_numbers(range->low, range->high) > 0)
			return false;
		if (i > 0 && (compare_numbers(list->ranges[i - 1].high, range->low) >= 0 ||
		              follows(list->ranges[i - 1].high, range->low)))
			return false;
	}
	return list->count > 0;
}

bool resource_as_holds(const struct as_list *parent, const struct as_list *child)
{
	size_t at = 0;

	for (size_t i = 0; i < child->count; i++) {
		const struct as_range *c = &child->ranges[i];

		while (at < parent->count && compare_numbers(parent->ranges[at].high, c->high) < 0)
			at++;
		if (at == parent->count || compare_numbers(parent->ranges[at].low, c->low) > 0)
			return false;
	}
	return true;
}
