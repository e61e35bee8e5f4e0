/* SPDX-License-Identifier: MIT */
/* calibration: what a saved `log -f json` has shown of an Expressway. The input is hostile. Knows
 * no report and no option. */
#ifndef MRA_SAVED_CALIBRATION_H
#define MRA_SAVED_CALIBRATION_H

#include "base/fault.h"
#include "model/policy.h"

/* Reads len bytes of JSON; what names the file in messages. NULL with a fault of one sentence where
 * it is no such document; what it does not know or has not seen is -1. To be freed with
 * calibration_free. */
struct calibration *calibration_read(const char *text, size_t len, const char *what,
                                     struct fault *fault);

#endif
