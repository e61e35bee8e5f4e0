/* SPDX-License-Identifier: MIT */
/* issue: one thing wrong with one address (a log line, or why nobody knows) and all ports, orders
 * and stores where it is so. Knows no format. For out/ alone. */
#ifndef MRA_OUT_ISSUE_H
#define MRA_OUT_ISSUE_H

#include "out/view.h"

struct issue {
	const struct verdict
		*verdict; /* borrowed; the first such refusal, NULL if it could not be checked */
	const struct observation *observation; /* borrowed; the one of that verdict */
	struct names stores; /* trust stores that refuse; empty if there is one store only */
	uint16_t *ports;                       /* owned */
	unsigned char *orders; /* owned; for each of the ports a set, a bit per order */
	size_t port_count;
};

/* Of the checks [from, end) of one address, those in that state; the array is the caller's. */
struct issue *issues_find(const struct view *view, size_t from, size_t end, enum check_state state,
                          size_t *count);

/* Of those checks the ones that belong; refusals for one reason are one issue, whatever
 * certificate, line or store. */
struct issue *issues_by_reason(const struct view *view, size_t from, size_t end, int kind,
                               bool (*belongs)(const struct view *, const struct check *, int kind),
                               size_t *count);
void issues_free(struct issue *issues, size_t count);
/* "8443 and 6972 in both orders", "6972 ECDSA first"; to be freed */
char *issue_places(const struct issue *issue);

#endif
