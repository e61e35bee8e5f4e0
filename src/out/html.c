/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "out/formats.h"

void html_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	(void)report;
	(void)how;
	(void)out;
}
