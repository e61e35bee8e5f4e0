/* SPDX-License-Identifier: MIT */
/* judge: observation and store to verdict, as the traffic server and OpenSSL decide. Pure: no
 * clock, file or socket. */
#ifndef MRA_JUDGE_JUDGE_H
#define MRA_JUDGE_JUDGE_H

#include "base/deadline.h"
#include "judge/rules.h"
#include "model/report.h"

/* What a server has presented, or a file holds. Everything is borrowed. */
struct presented {
	const struct chain *chain;
	const char *address; /* what the name rule compares; "": no name is judged */
	const char *ip;      /* what the log line shows; "" is allowed */
	struct handshake handshake; /* zeroed: from a file, judged for TLS 1.2 */
};

struct presented judge_presented(const struct observation *observation);

/* Judges one chain. verdict is filled from zeroed memory; observation and store indices are left
 * alone. */
void judge_chain(const struct presented *presented, const struct store *store,
                 const struct policy *policy, struct verdict *verdict);

/* Fills report->verdicts: every presented observation with every store, in that order; and the
 * clusters' verdicts on their discovery connections. What is left when the deadline (NULL: none)
 * has passed gets no verdict: it is not known, and report->stopped says so. An accepted observation
 * whose handshake did not finish gets none either. What was there before is freed. A chain is
 * judged once per distinct (chain, store). */
void judge_run(struct report *report, const struct deadline *deadline);

#endif
