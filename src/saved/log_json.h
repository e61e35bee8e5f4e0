/* SPDX-License-Identifier: MIT */
/* log_json: what a diagnostic log shows, as the JSON document of log.schema.json. Knows no judging. */
#ifndef MRA_SAVED_LOG_JSON_H
#define MRA_SAVED_LOG_JSON_H

#include "base/buf.h"
#include "model/traffic.h"

void log_json(const struct traffic *traffic, struct buf *out);

#endif
