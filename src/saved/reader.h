/* SPDX-License-Identifier: MIT */
/* reader: a saved JSON report back to observations, for `replay` and `diff`. Knows no network; the
 * input is hostile. */
#ifndef MRA_SAVED_READER_H
#define MRA_SAVED_READER_H

#include "base/fault.h"
#include "model/report.h"

enum { READER_BYTES_MOST = 256 << 20 }; /* of a report that is read */

enum {
	READER_STORES = 1,  /* the file's trust stores (replay without --trust judges with them) */
	READER_CLIENTS = 4, /* Expressway-C's own certificates */
	READER_SNAPSHOTS = 8, /* CUCM's trust snapshots */
	READER_VERDICTS = 2   /* what the file itself says: verdicts, findings' ids and titles,
	                         status, answer, era, date (diff) */
};

/* The next file is of this cluster (fleet_name); what report holds so far, and nobody has named a
 * cluster for, is of the cluster `so_far`. Each cluster is then judged with the stores of its own
 * files alone. */
void reader_join(struct report *report, const char *so_far, const char *member);

/* Merges the evidence (nodes, addresses, certificates, observations, clusters) of a JSON report of
 * len bytes into report, and what keep asks for. what names the file in messages. Without
 * READER_VERDICTS everything has to be judged anew. Errors: -1 with a fault that says where the
 * file is wrong; report then holds part of it and is good only for report_free. */
int reader_merge(struct report *report, const char *text, size_t len, const char *what,
                 unsigned keep, struct fault *fault);

/* The same of a file, "-" for standard input. Errors: as above, and what file_read says. */
int reader_file(struct report *report, const char *path, unsigned keep, struct fault *fault);

/* After the last merge: what several reports saw at one place becomes one observation. */
void reader_end(struct report *report);

#endif
