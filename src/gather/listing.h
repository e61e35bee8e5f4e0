/* SPDX-License-Identifier: MIT */
/* listing: what a source of nodes names, each entry once: usable ones, and those that are not
 * addresses, with what is wrong with them. Knows no XML and no DNS. */
#ifndef MRA_GATHER_LISTING_H
#define MRA_GATHER_LISTING_H

#include "model/report.h"

enum { LISTING_MOST = 1000 }; /* entries */

struct listed {
	/* owned; the address: an IP in canonical form, an IDN as A-labels; else the entry, made
	 * safe to show */
	char *text;
	char *written; /* owned; an IDN as it was written, made safe to show; NULL otherwise */
	/* static; why it is not an address ("it holds a space"); NULL: it is one */
	const char *problem;
};

struct listing {
	struct listed *items; /* owned; to be zeroed before the first use */
	size_t count, usable; /* all; those without a problem */
	size_t dropped;       /* empty and repeated entries */
};

/* Adds an entry without the white space around it. -1: there are LISTING_MOST already, and this
 * would be one more. */
int listing_add(struct listing *listing, const char *entry);
void listing_clear(struct listing *listing);

/* Makes an entry an advertised node of the report, from source, in cluster (an index or
 * NODE_NO_CLUSTER). One that is not an address is a node that nobody connects to. NULL: the report
 * has a node of this name already, and it stays as it is. */
struct node *listed_to_node(const struct listed *listed, struct report *report,
                            enum node_source source, size_t cluster);

#endif
