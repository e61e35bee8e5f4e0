/* SPDX-License-Identifier: MIT */
/* membership: which of several clusters that were joined in one report its stores, nodes and
 * publishers come from. Knows no files. */
#ifndef MRA_MODEL_MEMBERSHIP_H
#define MRA_MODEL_MEMBERSHIP_H

#include "model/names.h"

/* Where each node, or each publisher, comes from, by index: names as fleet_name() has them. Shorter
 * than the report's list where nothing is known of the others. */
struct member_list {
	struct names *items; /* owned */
	size_t count;
};

struct membership {
	struct member_list nodes, clusters;
};

/* Adds a name to those of the index-th element. */
void membership_add(struct member_list *list, size_t index, const char *name);
/* NULL: nothing is known of it */
const struct names *membership_of(const struct member_list *list, size_t index);
void membership_clear(struct membership *membership);

/* Does a store judge what belongs to these? An Expressway has nothing to do with clusters that
 * other Expressways serve. Where nothing is known of either (NULL or none), it does. */
bool membership_shared(const struct names *store, const struct names *of);

#endif
