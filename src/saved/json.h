/* SPDX-License-Identifier: MIT */
/* json: a report as the JSON document of report.schema.json. Knows no judging; report->answer is
 * copied as it is. */
#ifndef MRA_SAVED_JSON_H
#define MRA_SAVED_JSON_H

#include "out/out.h"

void json_write(const struct report *report, const struct out_how *how, struct buf *out);

/* The answer of `verify`: report->verdicts, whose observations carry address and ip. */
void json_verify(const struct report *report, struct buf *out);

#endif
