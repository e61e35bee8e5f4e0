/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/detail.h"
#include "judge/rules.h"

#include <stdlib.h>
#include <string.h>

static const struct extension_facts *facts(const struct walk *walk, size_t depth)
{
	return &walk->path->certs[depth]->detail->ext;
}

/* One of the two lists of AS numbers on its way up: what is held below has to be held above
 * (asid_validate_path_internal). */
struct climb {
	const struct as_list *child; /* NULL: nothing is held, or it is inherited */
	bool inherit;
};

static void start(struct climb *climb, const struct as_list *list)
{
	climb->inherit = list->present && list->inherit;
	climb->child = list->present && !list->inherit ? list : NULL;
}

static void climb_one(const struct walk *walk, struct climb *climb, const struct as_list *parent,
                      size_t depth)
{
	if (!parent->present && climb->child != NULL) {
		rules_note(walk, REASON_RESOURCE_NOT_NESTED, depth);
		climb->child = NULL;
		climb->inherit = false;
	}
	if (!parent->present || parent->inherit)
		return;
	if (climb->inherit || climb->child == NULL || resource_as_holds(parent, climb->child)) {
		climb->child = parent;
		climb->inherit = false;
	} else {
		rules_note(walk, REASON_RESOURCE_NOT_NESTED, depth);
	}
}

static void check_canonical_as(const struct walk *walk, size_t depth)
{
	const struct as_numbers *numbers = &facts(walk, depth)->as_numbers;

	if (!resource_as_canonical(&numbers->as) || !resource_as_canonical(&numbers->rdi))
		rules_note(walk, REASON_EXTENSION_INVALID, depth);
}

static void check_as_numbers(const struct walk *walk)
{
	size_t count = walk->path->count;
	const struct extension_facts *top = facts(walk, count - 1);
	struct climb as, rdi;

	if (!facts(walk, 0)->has_as_numbers)
		return;
	check_canonical_as(walk, 0);
	start(&as, &facts(walk, 0)->as_numbers.as);
	start(&rdi, &facts(walk, 0)->as_numbers.rdi);
	for (size_t depth = 1; depth < count; depth++) {
		const struct extension_facts *f = facts(walk, depth);

		if (!f->has_as_numbers) {
			if (as.child != NULL || rdi.child != NULL)
				rules_note(walk, REASON_RESOURCE_NOT_NESTED, depth);
			continue;
		}
		check_canonical_as(walk, depth);
		climb_one(walk, &as, &f->as_numbers.as, depth);
		climb_one(walk, &rdi, &f->as_numbers.rdi, depth);
	}
	/* an anchor cannot inherit; OpenSSL has counted one too far by now */
	if (top->has_as_numbers && top->as_numbers.as.present && top->as_numbers.as.inherit)
		rules_note(walk, REASON_RESOURCE_NOT_NESTED, count);
	if (top->has_as_numbers && top->as_numbers.rdi.present && top->as_numbers.rdi.inherit)
		rules_note(walk, REASON_RESOURCE_NOT_NESTED, count);
}

/* The families held below; each is replaced by its parent's as the walk goes up. */
struct held {
	const struct address_family **families; /* owned array, borrowed elements */
	size_t count;
};

static bool gives_up(const struct walk *walk, const struct address_family *family)
{
	return walk->era == ERA_OPENSSL3 && !resource_family_ok(family);
}

/* False, here and below: OpenSSL 3 goes no further. */
static bool nothing_above(const struct walk *walk, const struct held *held, size_t depth)
{
	for (size_t i = 0; i < held->count; i++) {
		if (gives_up(walk, held->families[i]))
			return false;
		if (!held->families[i]->inherit) {
			rules_note(walk, REASON_RESOURCE_NOT_NESTED, depth);
			return true;
		}
	}
	return true;
}

static bool climb_families(const struct walk *walk, struct held *held,
                           const struct addresses *parent, size_t depth)
{
	for (size_t i = 0; i < held->count; i++) {
		const struct address_family *child = held->families[i],
					    *family = resource_find_family(parent, child);

		if (family == NULL && !child->inherit) {
			rules_note(walk, REASON_RESOURCE_NOT_NESTED, depth);
			return true;
		}
		if (family == NULL)
			continue;
		if (gives_up(walk, child))
			return false;
		if (family->inherit)
			continue;
		if (child->inherit || resource_family_holds(family, child, walk->era))
			held->families[i] = family;
		else
			rules_note(walk, REASON_RESOURCE_NOT_NESTED, depth);
	}
	return true;
}

static bool anchor_inherits(const struct walk *walk, const struct held *held,
                            const struct addresses *anchor)
{
	for (size_t i = 0; i < anchor->count; i++) {
		if (gives_up(walk, &anchor->items[i]))
			return false;
		for (size_t j = 0; anchor->items[i].inherit && j < held->count; j++) {
			if (der_bytes_same(held->families[j]->family, anchor->items[i].family)) {
				rules_note(walk, REASON_RESOURCE_NOT_NESTED, walk->path->count);
				break;
			}
		}
	}
	return true;
}

static void check_canonical_addresses(const struct walk *walk, size_t depth)
{
	if (!resource_addresses_canonical(&facts(walk, depth)->addresses, walk->era))
		rules_note(walk, REASON_EXTENSION_INVALID, depth);
}

static bool climb_addresses(const struct walk *walk, struct held *held)
{
	check_canonical_addresses(walk, 0);
	for (size_t depth = 1; depth < walk->path->count; depth++) {
		const struct extension_facts *f = facts(walk, depth);

		if (f->has_addresses)
			check_canonical_addresses(walk, depth);
		if (!(f->has_addresses ? climb_families(walk, held, &f->addresses, depth)
		                       : nothing_above(walk, held, depth)))
			return false;
	}
	return true;
}

static bool check_addresses(const struct walk *walk)
{
	const struct extension_facts *leaf = facts(walk, 0),
				     *anchor = facts(walk, walk->path->count - 1);
	struct held held = { .count = leaf->addresses.count };
	bool whole;

	if (!leaf->has_addresses)
		return true;
	held.families = mem_array(held.count, sizeof(struct address_family *));
	for (size_t i = 0; i < held.count; i++)
		held.families[i] = &leaf->addresses.items[i];
	whole = climb_addresses(walk, &held) &&
	        (!anchor->has_addresses || anchor_inherits(walk, &held, &anchor->addresses));
	free(held.families);
	return whole;
}

bool rules_resources(const struct walk *walk)
{
	check_as_numbers(walk);
	return check_addresses(walk);
}
