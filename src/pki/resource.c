/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/resource.h"

#include <string.h>

static bool take_bits(struct bytes *in, struct pool *pool, struct bytes *out, unsigned *unused)
{
	struct tlv tlv;

	return der_take(in, DER_UNIVERSAL, DER_BITS, &tlv) == 1 &&
	       der_bits(&tlv, pool, out, unused);
}

/* addressPrefix BIT STRING, or addressRange SEQUENCE { min, max } */
static bool read_range(struct bytes *in, struct pool *pool, struct address_range *range)
{
	struct bytes inside;

	range->is_range = der_enter(in, DER_UNIVERSAL, DER_SEQUENCE, &inside) == 1;
	if (range->is_range)
		return take_bits(&inside, pool, &range->low, &range->low_unused) &&
		       take_bits(&inside, pool, &range->high, &range->high_unused) &&
		       inside.len == 0;
	if (!take_bits(in, pool, &range->low, &range->low_unused))
		return false;
	range->high = range->low;
	range->high_unused = range->low_unused;
	return true;
}

/* addressFamily, then NULL (inherit) or SEQUENCE OF */
static bool read_family(struct bytes in, struct pool *pool, struct address_family *family)
{
	struct tlv afi, choice;
	bool ok = true;

	memset(family, 0, sizeof *family);
	if (der_take(&in, DER_UNIVERSAL, DER_OCTETS, &afi) != 1 ||
	    !der_string(&afi, pool, &family->family) || !der_next(&in, &choice) || in.len > 0 ||
	    choice.class != DER_UNIVERSAL)
		return false;
	family->inherit = choice.tag == DER_NULL;
	if (family->inherit)
		return !choice.constructed && choice.body.len == 0;
	ok = choice.tag == DER_SEQUENCE;
	while (ok && choice.body.len > 0) {
		family->ranges = mem_grow(family->ranges, family->count, sizeof *family->ranges);
		ok = read_range(&choice.body, pool, &family->ranges[family->count++]);
	}
	pool_take(pool, family->ranges);
	return ok;
}

bool resource_addresses_ok(struct bytes *in, struct pool *pool, struct addresses *addresses)
{
	struct bytes one;
	struct tlv list;
	bool ok = der_take(in, DER_UNIVERSAL, DER_SEQUENCE, &list) == 1;

	while (ok && list.body.len > 0) {
		ok = der_enter(&list.body, DER_UNIVERSAL, DER_SEQUENCE, &one) == 1;
		if (ok) {
			addresses->items = mem_grow(addresses->items, addresses->count,
			                            sizeof *addresses->items);
			ok = read_family(one, pool, &addresses->items[addresses->count++]);
		}
	}
	pool_take(pool, addresses->items);
	return ok;
}

static bool take_number(struct bytes *in, struct bytes *out)
{
	struct tlv tlv;

	if (der_take(in, DER_UNIVERSAL, DER_INTEGER, &tlv) != 1 || !der_integer_ok(&tlv))
		return false;
	*out = tlv.body;
	return true;
}

static bool read_as_range(struct bytes *in, struct as_range *range)
{
	struct bytes inside;

	range->is_range = der_enter(in, DER_UNIVERSAL, DER_SEQUENCE, &inside) == 1;
	if (range->is_range)
		return take_number(&inside, &range->low) && take_number(&inside, &range->high) &&
		       inside.len == 0;
	if (!take_number(in, &range->low))
		return false;
	range->high = range->low;
	return true;
}

static bool read_as_list(struct bytes *in, unsigned tag, struct pool *pool, struct as_list *list)
{
	struct bytes inside;
	struct tlv choice;
	int found = der_enter(in, DER_CONTEXT, tag, &inside);
	bool ok;

	if (found != 1)
		return found == 0;
	list->present = true;
	if (!der_next(&inside, &choice) || inside.len > 0 || choice.class != DER_UNIVERSAL)
		return false;
	list->inherit = choice.tag == DER_NULL;
	if (list->inherit)
		return !choice.constructed && choice.body.len == 0;
	ok = choice.tag == DER_SEQUENCE;
	while (ok && choice.body.len > 0) {
		list->ranges = mem_grow(list->ranges, list->count, sizeof *list->ranges);
		ok = read_as_range(&choice.body, &list->ranges[list->count++]);
	}
	pool_take(pool, list->ranges);
	return ok;
}

bool resource_as_numbers_ok(struct bytes *in, struct pool *pool, struct as_numbers *numbers)
{
	struct bytes inside;

	return der_enter(in, DER_UNIVERSAL, DER_SEQUENCE, &inside) == 1 &&
	       read_as_list(&inside, 0, pool, &numbers->as) &&
	       read_as_list(&inside, 1, pool, &numbers->rdi) && inside.len == 0;
}
