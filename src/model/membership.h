/* SPDX-License-Identifier: MIT */
/* membership: which of several clusters that were joined in one report its stores, nodes and
 * publishers come from. Knows no files. */
#ifndef MRA_MODEL_MEMBERSHIP_H
#define MRA_MODEL_MEMBERSHIP_H

#include "model/names.h"

/* What each node and publisher comes from, by index: names as fleet_name() has them. Shorter than
 * the report's lists where nothing is known of the others. */
struct membership {
	struct names *nodes, *clusters; /* owned */
	size_t node_count, cluster_count;
};

/* Adds a name to those of the index-th element; list and count are members of membership. */
void membership_add(struct names **list, size_t *count, size_t index, const char *name);
/* NULL: nothing is known of it */
const struct names *membership_of(const struct names *list, size_t count, size_t index);
void membership_clear(struct membership *membership);

/* Does a store judge what belongs to these? An Expressway has nothing to do with clusters that
 * other Expressways serve. Where nothing is known of either (NULL or none), it does. */
bool membership_shared(const struct names *store, const struct names *of);

#endif
