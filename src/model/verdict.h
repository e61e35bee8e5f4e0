/* SPDX-License-Identifier: MIT */
/* verdict: whether Expressway would accept an observation with a store, and all that is wrong.
 * Knows no remedy. */
#ifndef MRA_MODEL_VERDICT_H
#define MRA_MODEL_VERDICT_H

#include "model/policy.h"

enum reason {
#define REASON(name, id, kind, number1, number3, text1, text3, meaning, action) REASON_##name,
#include "model/reason.def"
#undef REASON
	REASON_COUNT
};

/* reason.def says what each is */
enum reason_kind {
	REASON_KIND_TRUST,
	REASON_KIND_RULE,
	REASON_KIND_NAME,
	REASON_KIND_MESSAGE,
	REASON_KIND_HANDSHAKE,
	REASON_KIND_SERVER
};

struct verdict_reason {
	enum reason reason;
	/* X509_V_ERR number in the policy's era, -1 where OpenSSL has none (the name rule: 0) */
	int openssl;
	int depth;
	/* borrowed; the certificate at fault; NULL: none is (no certificate at all, past the root)
	 */
	const struct cert *cert;
};

/* Which letter of 1.1.1 Cisco ships is not published. Where letters differ in what a cluster may
 * hold, bits of verdict->letters say so; the verdict itself is 1.1.1w's. */
enum {
	LETTER_SELF_SIGNED = 1,  /* up to g: a self-signed leaf without keyCertSign has no issuer,
	                            not even itself */
	LETTER_ANCHOR_DATES = 2, /* h does not look at the dates of a trust anchor */
	LETTER_PSS_ISSUER = 4    /* h and i do not take a key of type RSASSA-PSS for an issuer's */
};
enum { LETTER_COUNT = 3 };

struct verdict {
	size_t observation; /* index in report->observations; unused by `verify` */
	size_t store;       /* index in report->stores */
	bool accepted;
	struct verdict_reason *reasons; /* owned; the one that Expressway logs first */
	size_t reason_count;
	unsigned letters; /* LETTER_* bits; 0 in the other era */
	/* owned; the first line of the log, from "WARNING:" or "ERROR:" on; "" when there is none
	 * (accepted, or a handshake that fails under Traffic Server 9, which logs no error) */
	char *log;
	/* owned; the ERROR line that follows the WARNING under Traffic Server 8; NULL: none */
	char *error;
};

const char *letter_text(unsigned letter); /* one bit: a sentence for people; static */
const char *reason_id(enum reason reason);                     /* "issuer-not-found" */
const char *reason_text(enum reason reason, enum era era);     /* the words of the log */
const char *reason_meaning(enum reason reason);                /* a sentence for people */
const char *reason_action(enum reason reason);                 /* what to do about it */
int reason_parse(const char *id, enum reason *reason);
enum reason_kind reason_kind(enum reason reason);
bool reason_of_libssl(enum reason reason);                      /* HANDSHAKE or SERVER */
int reason_number(enum reason reason, enum era era);           /* X509_V_ERR_*, 0 or -1 */

/* Adds a reason unless the verdict has it at this depth already. cert is borrowed, NULL: no
 * certificate is at fault. */
void verdict_add_reason(struct verdict *verdict, enum reason reason, int openssl, int depth,
                        const struct cert *cert);
void verdict_clear(struct verdict *verdict);

#endif
