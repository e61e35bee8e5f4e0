/* SPDX-License-Identifier: MIT */
/* json_client: Expressway-C's certificates, CUCM's snapshots and what became of them as JSON
 * values. Knows no document. */
#ifndef MRA_SAVED_JSON_CLIENT_H
#define MRA_SAVED_JSON_CLIENT_H

#include "model/report.h"

#include <jansson.h>

/* Each returns a new reference. */
json_t *json_client(const struct client *client);
json_t *json_snapshot(const struct snapshot *snapshot);
json_t *json_client_verdict(const struct report *report, const struct client_verdict *verdict);

#endif
