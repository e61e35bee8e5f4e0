/* SPDX-License-Identifier: MIT */
/* worker: gathers in a process of its own, so that no server can crash, hang or fill the run. Knows
 * no stage's business: what is gathered is its caller's function; what came of it is in the report,
 * whatever became of the process. */
#ifndef MRA_GATHER_WORKER_H
#define MRA_GATHER_WORKER_H

#include "base/deadline.h"
#include "model/report.h"

/* Goes on from report->gathered, tells every fact by deadline_found() and every step by
 * facts_reached(). Has to end soon after the deadline, and does no more than write down what is not
 * known when the deadline has passed. */
typedef void worker_fn(struct report *report, const struct deadline *deadline, void *arg);

struct worker_how {
	/* so long may one server's bytes be computed with, in CPU time, or nothing be done at all;
	 * then the process is ended */
	unsigned stall_ms;
	unsigned files;    /* descriptors that it may have open */
	int64_t cpu_s;     /* CPU time that it may use in all; 0: no limit */
};

/* Returns with report->gathered GATHERED_ALL, by the deadline and half a second at the latest. A
 * process that dies is started again without the address that it died of, a bounded number of
 * times; what is left then has OUTCOME_CRASHED (DISCOVERY_BROKEN) and the cause as detail. Where no
 * process can be had, gathers in this one and notes that. */
void worker_run(struct report *report, worker_fn *gather, void *arg, const struct worker_how *how,
                const struct deadline *deadline);

#endif
