/* SPDX-License-Identifier: MIT */
/* The pipe: whatever a process that has been taken over writes into it, the report that comes of it
 * can be judged. The first byte says how the bytes are cut into pieces. */
#include "config.h"

#include "gather/facts.h"
#include "judge/judge.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct report *report)
{
	for (size_t i = 0; i < report->node_count; i++)
		if (report->nodes[i].address_count == 0 ||
		    (report->nodes[i].cluster >= report->cluster_count &&
		     report->nodes[i].cluster != NODE_NO_CLUSTER))
			abort();
	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];

		if (observation->node >= report->node_count ||
		    observation->outcome > OUTCOME_STOPPED ||
		    (observation->outcome == OUTCOME_PRESENTED && observation->chain.count == 0))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct deadline nobody = { 0 };
	struct report *report = report_new();
	size_t piece = size > 0 && data[0] > 0 ? data[0] : 1;
	struct facts_in in;
	int rc = 0;

	facts_in_init(&in, report, &nobody);
	for (size_t at = 1; at < size && rc == 0; at += piece)
		rc = facts_read(&in, data + at, size - at < piece ? size - at : piece);
	check(report);
	report_add_store(report, "none");
	judge_run(report, &nobody);
	facts_in_clear(&in);
	report_free(report);
	return 0;
}
