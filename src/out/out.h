/* SPDX-License-Identifier: MIT */
/* out: what a writer of a format is. Knows model and base only; what a report says is decided
 * before it gets here. */
#ifndef MRA_OUT_OUT_H
#define MRA_OUT_OUT_H

#include "base/buf.h"
#include "model/fleet.h"
#include "model/traffic.h"

struct out_how {
	bool color;     /* text only */
	bool verbose, quiet;
	int width;      /* columns of the terminal, 80 when it is none */
	/* text only: a person watches it scroll by; the answer comes once more at the end */
	bool terminal;
	/* Takes what has gathered in out and leaves it empty, so that a large report is never held
	 * whole; NULL: all of it stays in out. Errors are its own business: it remembers them in
	 * drain_arg. */
	void (*drain)(void *drain_arg, struct buf *out);
	void *drain_arg;
};

struct out_format {
	const char *name; /* "text" "json" "html" "markdown" "csv" "junit" "nagios" "prometheus" */
	const char *what; /* for --help */
	void (*write)(const struct report *report, const struct out_how *how, struct buf *out);
	/* Many clusters at once; NULL: the format is for one. */
	void (*write_fleet)(const struct fleet *fleet, const struct out_how *how, struct buf *out);
	/* What a diagnostic log shows; NULL: the format has no form for that. */
	void (*write_log)(const struct traffic *traffic, const struct out_how *how,
	                  struct buf *out);
	int (*exit_status)(const struct report *report); /* NULL: report_exit */
	/* There is no report: says why, on standard output, and returns the exit status; NULL:
	 * standard error, 2. */
	int (*problem)(const char *problem, struct buf *out);
};

/* For writers, between two rows or sections: hands on what has gathered, if it is worth it. */
void out_drain(const struct out_how *how, struct buf *out);

/* The answer of `verify`: verdicts on report->verdicts, whose observations carry address and ip. */
void out_verify_text(const struct report *report, const struct out_how *how, struct buf *out);

#endif
