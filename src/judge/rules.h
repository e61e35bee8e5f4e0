/* SPDX-License-Identifier: MIT */
/* rules: what is checked on a chain that is built, as rows in OpenSSL's order. Knows no building,
 * no name rule, no log. */
#ifndef MRA_JUDGE_RULES_H
#define MRA_JUDGE_RULES_H

#include "model/observation.h"
#include "model/verdict.h"
#include "pki/path.h"

struct walk {
	const struct path *path;
	enum era era;
	int64_t at;
	struct verdict *verdict;
	/* what the certificates below the one at hand have left behind (check_chain_extensions) */
	int must_be_ca;       /* -1: either will do (the leaf); 0: must not be; 1: must be */
	int64_t intermediates; /* that are not self-issued */
	int64_t proxies;       /* path length that proxy certificates below have used */
};

struct handshake { /* how a chain was shown */
	/* by a handshake, so that a curve that was not offered was presented all the same; false:
	 * in a file */
	bool on_wire;
	bool tls13;   /* false: TLS 1.2 */
	enum handshake_flaw flaw;
};

struct rule {
	enum reason reason;
	bool (*broken)(const struct walk *walk, size_t depth);
	int offset; /* the fault is reported that much higher up: at the issuer */
};

/* Adds a reason about the path's certificate at that depth (past the root: about none). */
void rules_note(const struct walk *walk, enum reason reason, size_t depth);

void rules_leaf_key(const struct walk *walk);
void rules_extensions(struct walk *walk);  /* from the leaf up */
void rules_strength(const struct walk *walk);
void rules_signatures(const struct walk *walk); /* from the root down */
/* False: OpenSSL gives up here, whatever a callback says; that alone refuses the chain (error
 * 1). */
bool rules_names(const struct walk *walk);      /* name constraints; from the root down */
bool rules_resources(const struct walk *walk);  /* RFC 3779; from the leaf up */

/* What libssl refuses before it verifies anything: true, and why. */
bool rules_before_verify(enum handshake_flaw flaw, enum reason *reason);
/* What libssl refuses once the chain is verified: adds the reasons in its order. */
void rules_after_verify(const struct cert *leaf, const struct handshake *handshake, enum era era,
                        struct verdict *verdict);

#endif
