/* SPDX-License-Identifier: MIT */
/* ours: what the engine makes of case folders.
 *   ours ERA [FOLDER...]            in the same lines as oracle.c; trust only: the name rule's
 *                                   reason is left out
 *   ours --reasons ERA [FOLDER...]  all reasons by name, as tests/verdict has them
 *   ours --lines IP [FOLDER...]     era openssl3: {"case":…,"accepted":…,"line":…} as Traffic Server
 *                                   would log it, IP being where the addresses that are names lead to */
#include "config.h"

#include "cases.h"
#include "pki/trust.h"
#include "judge/judge.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static enum era era;
static const char *lines_ip; /* NULL: answers, not lines */
static bool all_reasons;

static void fill(struct answer *answer, const struct verdict *verdict)
{
	answer->string = "ok";
	for (size_t i = 0; i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];

		if (reason->reason == REASON_NAME_MISMATCH || reason_of_libssl(reason->reason))
			continue; /* libssl's part: the oracle is libcrypto */
		if (answer->all_count == 0)
			answer->string = reason_text(reason->reason, era);
		answer_add(answer, reason->openssl, reason->depth);
	}
	answer->ok = answer->all_count == 0;
	answer->error = answer->ok ? 0 : answer->all[0][0];
	answer->depth = answer->ok ? 0 : answer->all[0][1];
}

static void print_reasons(const char *folder, const struct verdict *verdict)
{
	printf("%s:", folder);
	for (size_t i = 0; i < verdict->reason_count; i++)
		printf(" %s@%d", reason_id(verdict->reasons[i].reason), verdict->reasons[i].depth);
	puts("");
}

static const char *ip_of(const char *address)
{
	struct in_addr out;

	return lines_ip == NULL ? "" : inet_pton(AF_INET, address, &out) == 1 ? address : lines_ip;
}

static void judge(const char *folder, const struct a_case *c)
{
	struct answer answer = { .error = -1, .string = "unreadable" };
	struct policy policy = { .era = era,
		                 .traffic_server = traffic_server_of(era),
		                 .at = c->time };
	struct store store = { 0 };
	struct chain chain = { 0 };
	struct verdict verdict = { 0 };
	struct names notes = { 0 };
	struct certset set;
	struct fault fault;

	certset_init(&set);
	if (strstr(c->trust.data, "-----BEGIN") != NULL)
		trust_read(&set, c->trust.data, c->trust.len, "trust.pem", &store, &fault);
	if (trust_read_chain(&set, c->chain.data, c->chain.len, "chain.pem", &chain, &notes,
	                     &fault) == 0) {
		const char *address = c->name.len == 0 ? "nobody.invalid" : c->name.data;
		const struct presented presented = { .chain = &chain,
			                             .address = address,
			                             .ip = ip_of(address) };

		judge_chain(&presented, &store, &policy, &verdict);
		fill(&answer, &verdict);
	}
	if (all_reasons)
		print_reasons(folder, &verdict);
	else if (lines_ip == NULL)
		answer_print(folder, &answer);
	else
		printf("{\"case\":\"%s\",\"accepted\":%s,\"line\":\"%s\"}\n", folder,
		       verdict.accepted ? "true" : "false", verdict.log == NULL ? "" : verdict.log);
	verdict_clear(&verdict);
	names_clear(&notes);
	chain_clear(&chain);
	store_clear(&store);
	certset_clear(&set);
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "--lines") == 0) {
		era = ERA_OPENSSL3;
		lines_ip = argv[2];
		return cases_run(argc - 3, argv + 3, judge);
	}
	if (argc > 2 && strcmp(argv[1], "--reasons") == 0) {
		all_reasons = true;
		argc--;
		argv++;
	}
	if (argc < 2 || era_parse(argv[1], &era) != 0) {
		fputs("usage: ours openssl1|openssl3 [FOLDER...]   (or folders on standard input)\n",
		      stderr);
		return 2;
	}
	return cases_run(argc - 2, argv + 2, judge);
}
