/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/words.h"
#include "model/verdict.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *id;
	enum reason_kind kind;
	int number[ERA_COUNT];
	const char *text[ERA_COUNT], *meaning, *action;
} reasons[] = {
#define REASON(name, id, kind, number1, number3, text1, text3, meaning, action) \
	{ id, REASON_KIND_##kind, { number1, number3 }, { text1, text3 }, meaning, action },
#include "model/reason.def"
#undef REASON
};

const char *letter_text(unsigned letter)
{
	switch (letter) {
	case LETTER_SELF_SIGNED:
		return "OpenSSL up to 1.1.1g refuses this self-signed certificate, stored or not, because its key usage lacks keyCertSign "
		       "(unable to get local issuer certificate, depth 0); the verdict is that of 1.1.1h and later.";
	case LETTER_ANCHOR_DATES:
		return "OpenSSL 1.1.1h alone does not look at the dates of a trust anchor and would not refuse it for them; the verdict "
		       "is that of the other letters of 1.1.1.";
	case LETTER_PSS_ISSUER:
		return "OpenSSL 1.1.1h and 1.1.1i refuse it, because an issuer's key is of type RSASSA-PSS (unable to get local issuer "
		       "certificate, depth 0); the verdict is that of 1.1.1j and later.";
	default:
		return "";
	}
}

const char *reason_id(enum reason reason)
{
	return reasons[reason].id;
}

const char *reason_text(enum reason reason, enum era era)
{
	return reasons[reason].text[era];
}

const char *reason_meaning(enum reason reason)
{
	return reasons[reason].meaning;
}

const char *reason_action(enum reason reason)
{
	return reasons[reason].action;
}

enum reason_kind reason_kind(enum reason reason)
{
	return reasons[reason].kind;
}

bool reason_of_libssl(enum reason reason)
{
	return reasons[reason].kind == REASON_KIND_HANDSHAKE ||
	       reasons[reason].kind == REASON_KIND_SERVER;
}

int reason_number(enum reason reason, enum era era)
{
	return reasons[reason].number[era];
}

WORDS_PARSE(reason, enum reason, reasons)

/* OpenSSL's callback may hear one error for a certificate many times (once for each name
 * constraint, say). */
void verdict_add_reason(struct verdict *verdict, enum reason reason, int openssl, int depth,
                        const struct cert *cert)
{
	for (size_t i = 0; i < verdict->reason_count; i++)
		if (verdict->reasons[i].reason == reason && verdict->reasons[i].depth == depth)
			return;
	/* exactly as long: there are many verdicts of one or two reasons */
	verdict->reasons = mem_resize(verdict->reasons,
	                              (verdict->reason_count + 1) * sizeof *verdict->reasons);
	verdict->reasons[verdict->reason_count++] =
		(struct verdict_reason){ reason, openssl, depth, cert };
}

void verdict_clear(struct verdict *verdict)
{
	free(verdict->reasons);
	free(verdict->log);
	free(verdict->error);
	verdict->reasons = NULL;
	verdict->reason_count = 0;
	verdict->log = verdict->error = NULL;
}
