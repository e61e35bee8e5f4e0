/* SPDX-License-Identifier: MIT */
/* recall: a saved JSON report back to observations, for `replay` and `diff`. Knows no network; the input is hostile. */
#ifndef MRA_SAVED_RECALL_H
#define MRA_SAVED_RECALL_H

#include "base/fault.h"
#include "model/report.h"

/* Merges the evidence (nodes, addresses, certificates, observations, clusters) of a JSON report into report. Verdicts,
 * findings and plan of the file are left behind: they are judged anew. Stores are taken only when keep_stores (replay
 * without --trust judges with the stores of the file). */
int recall_merge(struct report *report, const char *text, size_t len, const char *what, bool keep_stores,
                 struct fault *fault);

#endif
