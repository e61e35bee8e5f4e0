/* SPDX-License-Identifier: MIT */
/* ours: what the engine makes of case folders, in the same lines as oracle.c: ours ERA [FOLDER...]. Trust only: the name
 * rule's reason is left out. */
#include "config.h"

#include "cases.h"
#include "pki/trust.h"
#include "stage/judge.h"

#include <stdio.h>
#include <string.h>

static enum era era;

static void fill(struct answer *answer, const struct verdict *verdict)
{
	answer->string = "ok";
	for (size_t i = 0; i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];

		if (reason->reason == REASON_NAME_MISMATCH)
			continue;
		if (answer->all_count == 0)
			answer->string = reason_text(reason->reason, era);
		answer_add(answer, reason->openssl, reason->depth);
	}
	answer->ok = answer->all_count == 0;
	answer->error = answer->ok ? 0 : answer->all[0][0];
	answer->depth = answer->ok ? 0 : answer->all[0][1];
}

static void judge(const char *folder, const struct a_case *c)
{
	struct answer answer = { .error = -1, .string = "unreadable" };
	struct policy policy = { .era = era, .at = c->time };
	struct store store = { 0 };
	struct chain chain = { 0 };
	struct verdict verdict = { 0 };
	struct certset set;
	struct fault fault;

	certset_init(&set);
	if (strstr(c->trust.data, "-----BEGIN") != NULL)
		trust_read(&set, c->trust.data, c->trust.len, "trust.pem", &store, &fault);
	if (trust_read_chain(&set, c->chain.data, c->chain.len, "chain.pem", &chain, &fault) == 0) {
		judge_chain(&chain, &store, &policy, c->name.len == 0 ? "nobody.invalid" : c->name.data, "", &verdict);
		fill(&answer, &verdict);
	}
	answer_print(folder, &answer);
	verdict_clear(&verdict);
	chain_clear(&chain);
	store_clear(&store);
	certset_clear(&set);
}

int main(int argc, char **argv)
{
	if (argc < 2 || era_parse(argv[1], &era) != 0) {
		fputs("usage: ours openssl1|openssl3 [FOLDER...]   (or folders on standard input)\n", stderr);
		return 2;
	}
	return cases_run(argc - 2, argv + 2, judge);
}
