/* SPDX-License-Identifier: MIT */
/* out: what a writer of a format is. Knows model and base only; what a report says is decided before it gets here. */
#ifndef MRA_OUT_OUT_H
#define MRA_OUT_OUT_H

#include "base/buf.h"
#include "model/report.h"

struct out_how {
	bool color;     /* text only */
	bool verbose, quiet;
	int width;      /* columns of the terminal, 80 when it is none */
};

struct out_format {
	const char *name; /* "text" "json" "html" "markdown" "csv" "junit" "nagios" "prometheus" */
	const char *what; /* for --help */
	void (*write)(const struct report *report, const struct out_how *how, struct buf *out);
	int (*exit_status)(const struct report *report); /* NULL: report_exit */
};

/* The answer of `verify`: verdicts on report->verdicts, whose observations carry address and ip. */
void out_verify_text(const struct report *report, const struct out_how *how, struct buf *out);

#endif
