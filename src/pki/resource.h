/* SPDX-License-Identifier: MIT */
/* resource: IP addresses and AS numbers that a certificate holds (RFC 3779). Knows no chain and no
 * other extension. */
#ifndef MRA_PKI_RESOURCE_H
#define MRA_PKI_RESOURCE_H

#include "model/policy.h"
#include "pki/der.h"

struct address_range {
	bool is_range;
	struct bytes low, high;         /* of a prefix: both the same */
	unsigned low_unused, high_unused;
};
struct address_family {
	struct bytes family;            /* AFI in two octets, SAFI in a third */
	bool inherit;
	struct address_range *ranges;   /* in the pool */
	size_t count;
};
struct addresses {
	struct address_family *items;   /* in the pool */
	size_t count;
};

struct as_range {
	bool is_range;
	struct bytes low, high; /* octets of the INTEGERs */
};
struct as_list {
	bool present, inherit;
	struct as_range *ranges; /* in the pool */
	size_t count;
};
struct as_numbers {
	struct as_list as, rdi;
};

/* False: OpenSSL would not read the extension. */
bool resource_addresses_ok(struct bytes *in, struct pool *pool, struct addresses *addresses);
bool resource_as_numbers_ok(struct bytes *in, struct pool *pool, struct as_numbers *numbers);

/* Canonical form (RFC 3779 2.2.3, 3.2.3), and is all of child in parent? */
bool resource_addresses_canonical(const struct addresses *addresses, enum era era);
bool resource_family_ok(const struct address_family
                                *family); /* AFI, or AFI and SAFI: OpenSSL 3 gives up on others */
bool resource_family_holds(const struct address_family *parent, const struct address_family *child,
                           enum era era);
const struct address_family *resource_find_family(const struct addresses *addresses,
                                                  const struct address_family *like);
bool resource_as_canonical(const struct as_list *list);
bool resource_as_holds(const struct as_list *parent, const struct as_list *child);

#endif
