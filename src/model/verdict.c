/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/verdict.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *id;
	enum reason_kind kind;
	int number[ERA_COUNT];
	const char *text[ERA_COUNT], *meaning, *action;
} reasons[] = {
#define REASON(name, id, kind, number1, number3, text1, text3, meaning, action) { id, REASON_KIND_##kind, { number1, number3 }, { text1, text3 }, meaning, action },
#include "model/reason.def"
#undef REASON
};

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
	return reasons[reason].kind == REASON_KIND_HANDSHAKE || reasons[reason].kind == REASON_KIND_SERVER;
}

int reason_number(enum reason reason, enum era era)
{
	return reasons[reason].number[era];
}

int reason_parse(const char *id, enum reason *reason)
{
	for (size_t i = 0; i < REASON_COUNT; i++) {
		if (strcmp(reasons[i].id, id) == 0) {
			*reason = (enum reason)i;
			return 0;
		}
	}
	return -1;
}

/* OpenSSL's callback may hear one error for a certificate many times (once for each name constraint, say). */
void verdict_add_reason(struct verdict *verdict, enum reason reason, int openssl, int depth, const struct cert *cert)
{
	for (size_t i = 0; i < verdict->reason_count; i++)
		if (verdict->reasons[i].reason == reason && verdict->reasons[i].depth == depth)
			return;
	verdict->reasons = mem_grow(verdict->reasons, verdict->reason_count, sizeof *verdict->reasons);
	verdict->reasons[verdict->reason_count++] = (struct verdict_reason){ reason, openssl, depth, cert };
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
