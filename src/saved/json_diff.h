/* SPDX-License-Identifier: MIT */
/* json_diff: a comparison as the JSON document of diff.schema.json. Knows no comparing. */
#ifndef MRA_SAVED_JSON_DIFF_H
#define MRA_SAVED_JSON_DIFF_H

#include "base/buf.h"
#include "model/comparison.h"

/* Appends the document; old and new are the reports that were compared. */
void json_diff(const struct report *old, const struct report *new,
               const struct comparison *comparison, struct buf *out);

#endif
