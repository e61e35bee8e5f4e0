/* SPDX-License-Identifier: MIT */
/* compare: two saved reports to what got worse, better, new, gone. Knows no network. */
#ifndef MRA_SAVED_COMPARE_H
#define MRA_SAVED_COMPARE_H

#include "base/buf.h"
#include "base/fault.h"

#include <stdbool.h>

/* Appends the comparison as text to out ("no change" as its only line when so); *worse says whether anything got worse. */
int compare_reports(const char *old_text, size_t old_len, const char *new_text, size_t new_len, struct buf *out,
                    bool *worse, struct fault *fault);

#endif
