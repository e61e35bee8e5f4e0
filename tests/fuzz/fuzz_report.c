/* SPDX-License-Identifier: MIT */
/* A saved report, as `replay` and `diff` read it: whatever comes, a fault has a text, what is taken
 * can be judged, examined and planned for, and nothing differs from itself. */
#include "config.h"

#include "advise/compare.h"
#include "advise/examine.h"
#include "judge/judge.h"
#include "advise/plan.h"
#include "saved/reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *text, size_t size)
{
	struct report *report = report_new();
	struct fault fault = { FAULT_NONE, "" };

	report->policy.at = 1795219200;
	if (reader_merge(report, text, size, "input", READER_STORES, &fault) != 0) {
		if (fault.code == FAULT_NONE || *fault.text == '\0')
			abort();
	} else {
		judge_run(report, NULL);
		report->status = report_status(report);
		examine_run(report);
		plan_run(report);
		if (report->status == STATUS_PASS && report->verdict_count == 0)
			abort();
	}
	report_free(report);
}

static void diff(const char *text, size_t size)
{
	struct report *report = report_new();
	struct comparison comparison;
	struct fault fault = { FAULT_NONE, "" };

	if (reader_merge(report, text, size, "input", READER_STORES | READER_VERDICTS, &fault) ==
	    0) {
		compare_run(report, report, &comparison);
		if (comparison.worse || comparison.count != 0)
			abort();
		comparison_clear(&comparison);
	}
	report_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	replay((const char *)data, size);
	diff((const char *)data, size);
	return 0;
}
