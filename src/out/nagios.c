/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "out/formats.h"

void nagios_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	(void)report;
	(void)how;
	(void)out;
}

int nagios_exit(const struct report *report)
{
	int status = report_exit(report);

	if (status == 1)
		return 2;
	if (status != 0)
		return 3;
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].severity == SEVERITY_WARNING)
			return 1;
	return 0;
}
