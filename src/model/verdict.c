/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/verdict.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *id, *text1, *text3, *meaning, *action;
} reasons[] = {
#define REASON(name, id, openssl, code3, text1, text3, meaning, action) { id, text1, text3, meaning, action },
#include "model/reason.def"
#undef REASON
};

const char *reason_id(enum reason reason)
{
	return reasons[reason].id;
}

const char *reason_text(enum reason reason, enum era era)
{
	return era == ERA_OPENSSL1 ? reasons[reason].text1 : reasons[reason].text3;
}

const char *reason_meaning(enum reason reason)
{
	return reasons[reason].meaning;
}

const char *reason_action(enum reason reason)
{
	return reasons[reason].action;
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

void verdict_add_reason(struct verdict *verdict, enum reason reason, int openssl, int depth)
{
	verdict->reasons = mem_grow(verdict->reasons, verdict->reason_count, sizeof *verdict->reasons);
	verdict->reasons[verdict->reason_count++] = (struct verdict_reason){ reason, openssl, depth };
}

void verdict_clear(struct verdict *verdict)
{
	free(verdict->reasons);
	free(verdict->log);
	verdict->reasons = NULL;
	verdict->reason_count = 0;
	verdict->log = NULL;
}
