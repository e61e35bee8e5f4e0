/* SPDX-License-Identifier: MIT */
/* group: addresses of which the same sentence is true, put together, so that a thousand nodes stay
 * readable. Knows no format. For out/ alone. */
#ifndef MRA_OUT_GROUP_H
#define MRA_OUT_GROUP_H

#include "out/view.h"

enum group_kind {
	GROUP_UNCHECKED,     /* advertised, in an order in force, and nobody knows */
	GROUP_NOT_NEEDED,    /* nothing there, and its role does without: 6972 on IM&P and Unity
	                        Connection */
	GROUP_OTHER_ORDER,   /* advertised, refused or unknown in an order that is not in force */
	GROUP_NOT_ADVERTISED /* not advertised, refused or unknown */
};

const char *group_heading(enum group_kind kind);
const char *group_sentence(enum group_kind kind); /* what it means for MRA */

struct group {
	/* owned; "timeout, 8443 and 6972 in both orders"; of addresses not advertised the reason
	 * alone */
	char *why;
	struct names whom; /* addresses */
	bool told;         /* for who writes them */
};

bool group_belongs(const struct view *view, const struct check *check, int kind);
/* the array is the caller's */
struct group *groups_find(const struct view *view, enum group_kind kind, size_t *count);
void groups_free(struct group *groups, size_t count);

/* What to do about a group that could not be checked; borrowed from the findings, NULL if they do
 * not say. */
const char *group_advice(const struct report *report, const struct group *group);

/* A finding that says no more than a group does: a refusal that does not count, or what could not
 * be checked. */
bool group_covers(const struct finding *finding);

#endif
