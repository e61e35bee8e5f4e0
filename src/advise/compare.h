/* SPDX-License-Identifier: MIT */
/* compare: two reports to what got worse, better, changed, new, gone. Pure: judges nothing, reads
 * no clock; it compares what the reports say of themselves. */
#ifndef MRA_ADVISE_COMPARE_H
#define MRA_ADVISE_COMPARE_H

#include "model/comparison.h"

/* Worse is what makes an upgrade fail that would have worked, or nobody knows any more: an
 * advertised address in an order that is in force which was accepted and now is refused, cannot be
 * checked or is gone; one that is refused and was not so before; a discovery that fails; an answer
 * that changes for the worse. What nobody is sent to is never worse. comparison is filled from
 * anything; to be cleared by the caller. */
void compare_run(const struct report *old, const struct report *new, struct comparison *comparison);

#endif
