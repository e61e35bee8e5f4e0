/* SPDX-License-Identifier: MIT */
/* page_log: what a diagnostic log shows, for people. Knows no line's syntax and no file. */
#ifndef MRA_OUT_PAGE_LOG_H
#define MRA_OUT_PAGE_LOG_H

#include "model/traffic.h"
#include "out/out.h"

void page_log(const struct traffic *traffic, const struct out_how *how, bool html, struct buf *out);

#endif
