/* SPDX-License-Identifier: MIT */
/* answer: "may I upgrade?" in one sentence, and the few other phrases that all formats for people
 * share. Knows no layout and escapes nothing. For out/ alone. */
#ifndef MRA_OUT_ANSWER_H
#define MRA_OUT_ANSWER_H

#include "out/view.h"

/* to be freed; begins with "Yes", "No" or "Not known" */
char *answer_sentence(const struct report *report);
char *answer_of(const struct view *view);           /* the same where a view is there already */
const char *answer_order(enum order order);         /* "RSA first" "ECDSA first" */
const char *answer_era(enum era era);               /* "OpenSSL 1.1.1 (as in X14.2)" */
const char *answer_plural(size_t count, const char *one, const char *many);
void answer_time(int64_t s, char text[32]);  /* RFC 3339; "(malformed)" for a date that is none */
void answer_day(int64_t s, char text[32]);   /* "2026-12-01" */
/* "timeout (no answer to the ClientHello)"; to be freed */
char *answer_outcome(const struct observation *observation);
/* a sentence; to be freed */
char *answer_discovery(const struct report *report, const struct cluster *cluster);
/* "2 saved reports could not be read" after what comes before; false: all could, and nothing was
 * added. */
bool answer_unread(struct buf *out, const struct unread *unread, const char *before);
bool answer_discovery_failed(const struct cluster *cluster);
/* "a, b and 3 more"; 0: all; to be freed */
char *answer_join(const struct names *names, size_t most);
/* "3 of 5 refused addresses (judged again with this done: accepted)"; what a step repairs, in the
 * unit of the answer: advertised addresses of which nothing is refused any more. To be freed; NULL:
 * the step repairs nothing. */
char *answer_repairs(const struct view *view, const struct step *step);
/* what a person has to decide; NULL: nothing */
const char *answer_decision(const struct step *step);

/* Whether a finding holds in fewer orders than were offered: only then are they worth a word. */
bool answer_names_orders(const struct report *report, const struct finding *finding);
/* release, which orders count, and why; to be freed */
char *answer_orders(const struct policy *policy);

#endif
