/* SPDX-License-Identifier: MIT */
/* A saved report, as `replay` and `diff` read it: whatever comes, a fault has a text, what is taken can be judged, examined and
 * planned for, and nothing differs from itself. */
#include "config.h"

#include "saved/compare.h"
#include "advise/examine.h"
#include "judge/judge.h"
#include "advise/plan.h"
#include "saved/recall.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *text, size_t size)
{
	struct report *report = report_new();
	struct fault fault = { FAULT_NONE, "" };

	report->policy.at = 1795219200;
	if (recall_merge(report, text, size, "input", true, &fault) != 0) {
		if (fault.code == FAULT_NONE || *fault.text == '\0')
			abort();
	} else {
		judge_run(report);
		report->status = report_status(report);
		examine_run(report);
		plan_run(report);
		if (report->status == STATUS_PASS && report->verdict_count == 0)
			abort();
	}
	report_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = { FAULT_NONE, "" };
	bool worse = false;
	struct buf out;

	replay((const char *)data, size);
	buf_init(&out);
	if (compare_reports((const char *)data, size, (const char *)data, size, &out, &worse, &fault) == 0 &&
	    (worse || strcmp(out.data, "no change\n") != 0))
		abort();
	buf_clear(&out);
	return 0;
}
