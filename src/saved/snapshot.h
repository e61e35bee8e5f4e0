/* SPDX-License-Identifier: MIT */
/* snapshot: a saved answer of CUCM's certificate API
 * (/platformcom/api/v1/certmgr/config/snapshot/server): what tomcat-trust and CallManager-trust
 * hold. Knows no network and no verdict; the input is hostile. */
#ifndef MRA_SAVED_SNAPSHOT_H
#define MRA_SAVED_SNAPSHOT_H

#include "base/fault.h"
#include "model/client.h"

enum { SNAPSHOT_BYTES_MOST = 64 << 20 };

/* Reads len bytes into snapshot (as report_add_snapshot made it). set owns the certificates; what
 * of a store cannot be read is counted in its unreadable. what names the file. -1 with a fault of
 * one sentence: no JSON, no such answer, neither store in it. */
int snapshot_read(struct certset *set, const char *text, size_t len, const char *what,
                  struct snapshot *snapshot, struct fault *fault);

#endif
