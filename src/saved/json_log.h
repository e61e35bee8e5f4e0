/* SPDX-License-Identifier: MIT */
/* json_log: what a diagnostic log shows, as the JSON document of log.schema.json. Knows no
 * judging. */
#ifndef MRA_SAVED_JSON_LOG_H
#define MRA_SAVED_JSON_LOG_H

#include "base/buf.h"
#include "model/traffic.h"

void json_log(const struct traffic *traffic, struct buf *out);

#endif
