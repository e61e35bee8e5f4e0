/* SPDX-License-Identifier: MIT */
/* release: versions of Expressway-C, and what each is taken for (release.def). Knows no certificate
 * and no server. */
#ifndef MRA_MODEL_RELEASE_H
#define MRA_MODEL_RELEASE_H

#include "model/policy.h"

enum { RELEASE_PARTS = 3 };

struct release {
	unsigned part[RELEASE_PARTS]; /* X14.2.5: 14, 2, 5; what is not written is 0 */
};

enum release_checks { RELEASE_CHECKS_NO, RELEASE_CHECKS_MAYBE, RELEASE_CHECKS_YES };
enum release_sure { RELEASE_LOGGED, RELEASE_ADVISED, RELEASE_UNKNOWN };

struct release_row {
	struct release from;
	enum release_checks checks;
	enum era era;
	enum traffic_server traffic_server;
	unsigned offers, may_offer; /* OFFERED_* */
	enum order fresh_order;
	enum release_sure sure;
	const char *source;         /* sentences for people */
};

/* "X14.2", "14.2.5", "x15.5.1" (len bytes of text): 0, or -1 for what is not a release; *release is
 * then not defined. */
int release_parse(const char *text, size_t len, struct release *release);
/* <0, 0, >0: the order of the parts as numbers. */
int release_compare(const struct release *a, const struct release *b);
/* The same with a release given as numbers. */
int release_compare_to(const struct release *a, unsigned major, unsigned minor, unsigned patch);
char *release_text(const struct release *release); /* "X14.2", "X14.2.5"; to be freed */

/* The last row that is not newer: never NULL. */
const struct release_row *release_find(const struct release *release);
/* Newer than all that is known: later than the last row's minor release. */
bool release_is_future(const struct release *release);

/* Sets era, traffic server, TLS versions, expressway, expressway_note and holds of the policy.
 * Order is left alone. */
void release_apply(const struct release *release, struct policy *policy);

#endif
