/* SPDX-License-Identifier: MIT */
/* cases: case folders (chain.pem, trust.pem, name, time) in, JSON lines of answers out. Knows no
 * verdict; shared by oracle.c and ours.c. */
#ifndef MRA_PARITY_CASES_H
#define MRA_PARITY_CASES_H

#include <stdbool.h>
#include <stddef.h>

enum { ANSWER_MOST = 256 };

struct answer {
	bool ok;
	int error; /* X509_V_ERR_*; -1: the leaf or another certificate does not parse, the
	              handshake dies */
	int depth;
	const char *string;
	int all[ANSWER_MOST][2]; /* what a callback that overrides everything sees: error, depth */
	size_t all_count;
};

struct text {
	char *data; /* owned; NUL behind it */
	size_t len;
};

struct a_case {
	struct text chain, trust, name; /* name without its newline */
	long long time;
};

/* False (and a word on stderr) when a file of the folder is missing. */
bool case_load(const char *folder, struct a_case *c);
void case_clear(struct a_case *c);

/* One JSON line: {"case":…,"ok":…,"error":…,"depth":…,"string":…,"all":[[error,depth],…]}; key
 * names the folder. */
void answer_print(const char *key, const struct answer *answer);
/* Each error once at a depth, however often the callback hears it. */
void answer_add(struct answer *answer, int error, int depth);

/* Calls judge for every folder named in argv, or on standard input (one a line) when there is
 * none. */
int cases_run(int argc, char **argv, void (*judge)(const char *folder, const struct a_case *c));

#endif
