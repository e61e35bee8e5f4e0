/* SPDX-License-Identifier: MIT */
/* judge: observation and store to verdict, as the traffic server and OpenSSL decide. Pure: no clock, file or socket. */
#ifndef MRA_JUDGE_JUDGE_H
#define MRA_JUDGE_JUDGE_H

#include "model/report.h"

/* Judges one chain. address is what the name rule compares ("": no name is judged), ip what the log line shows ("" is allowed). verdict is
 * filled from zeroed memory; observation and store indices are left alone. */
void judge_chain(const struct chain *chain, const struct store *store, const struct policy *policy, const char *address,
                 const char *ip, struct verdict *verdict);

/* Fills report->verdicts: every presented observation with every store, in that order; and the clusters' verdicts on
 * their discovery connections. What was there before is freed. A chain is judged once per distinct (chain, store). */
void judge_run(struct report *report);

#endif
