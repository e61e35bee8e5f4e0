/* SPDX-License-Identifier: MIT */
/* formats: the writers that the table in out.c names; each lives in the file of its name. For out/
 * alone. */
#ifndef MRA_OUT_FORMATS_H
#define MRA_OUT_FORMATS_H

#include "out/out.h"

void text_write(const struct report *report, const struct out_how *how, struct buf *out);
void text_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out);
void html_write(const struct report *report, const struct out_how *how, struct buf *out);
void html_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out);
void markdown_write(const struct report *report, const struct out_how *how, struct buf *out);
void markdown_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out);
void csv_write(const struct report *report, const struct out_how *how, struct buf *out);
void csv_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out);
void certificates_write(const struct report *report, const struct out_how *how, struct buf *out);
void certificates_write_fleet(const struct fleet *fleet, const struct out_how *how,
                              struct buf *out);
void junit_write(const struct report *report, const struct out_how *how, struct buf *out);
void nagios_write(const struct report *report, const struct out_how *how, struct buf *out);
void prometheus_write(const struct report *report, const struct out_how *how, struct buf *out);
void prometheus_write_fleet(const struct fleet *fleet, const struct out_how *how, struct buf *out);
int nagios_exit(const struct report *report);
int nagios_problem(const char *problem, struct buf *out);

#endif
