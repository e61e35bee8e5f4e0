/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/words.h"
#include "model/finding.h"

#include <stdlib.h>
#include <string.h>

static const char *const severities[] = { "fail", "warning", "info" };

WORDS(severity, enum severity, severities)

const char *step_kind_name(enum step_kind kind)
{
	static const char *const names[] = {
		[STEP_STORE_ADD] = "store-add",     [STEP_STORE_REMOVE] = "store-remove",
		[STEP_SEND_CHAIN] = "send-chain",   [STEP_REISSUE] = "reissue",
		[STEP_ADVERTISE] = "advertise",     [STEP_CIPHER] = "cipher",
		[STEP_RESTART_TFTP] = "restart-tftp", [STEP_DNS] = "dns",
		[STEP_CHECK] = "check",             [STEP_REFRESH] = "refresh",
		[STEP_WORKAROUND] = "workaround",   [STEP_EXPRESSWAY_CHAIN] = "expressway-chain",
		[STEP_READ_CIPHER] = "read-cipher",
		[STEP_EXPRESSWAY_REISSUE] = "expressway-reissue",
	};

	return names[kind];
}

static const struct {
	const char *id;
	enum severity severity;
	const char *detail, *action;
} rows[] = {
#define FINDING(name, id, severity, detail, action) \
	[FINDING_##name] = { id, SEVERITY_##severity, detail, action },
#include "model/finding.def"
#undef FINDING
};

void finding_init(struct finding *finding, enum finding_kind kind)
{
	memset(finding, 0, sizeof *finding);
	finding->kind = kind;
	if (kind >= FINDING_REFUSED)
		return;
	finding->id = rows[kind].id;
	finding->severity = rows[kind].severity;
	finding->detail = rows[kind].detail != NULL ? mem_strdup(rows[kind].detail) : NULL;
	finding->action = rows[kind].action != NULL ? mem_strdup(rows[kind].action) : NULL;
}

WORDS_PARSE(finding, enum finding_kind, rows)

bool finding_is_refusal(const struct finding *finding)
{
	return finding->kind == FINDING_REFUSED || finding->kind == FINDING_REFUSED_UNUSED;
}

void finding_clear(struct finding *finding)
{
	free(finding->title);
	free(finding->detail);
	free(finding->action);
	free(finding->certificate_kind);
	free(finding->log);
	names_clear(&finding->nodes);
	names_clear(&finding->addresses);
	names_clear(&finding->ports);
	names_clear(&finding->orders);
	names_clear(&finding->stores);
	names_clear(&finding->facts);
	free(finding->certs);
}

struct step_target *step_add_target(struct step *step, const char *node)
{
	struct step_target *target;

	step->targets = mem_grow(step->targets, step->target_count, sizeof *step->targets);
	target = &step->targets[step->target_count++];
	*target = (struct step_target){ .node = mem_strdup(node) };
	return target;
}

void step_clear_targets(struct step *step)
{
	for (size_t i = 0; i < step->target_count; i++) {
		free(step->targets[i].node);
		names_clear(&step->targets[i].names);
	}
	free(step->targets);
	step->targets = NULL;
	step->target_count = 0;
}

void step_clear(struct step *step)
{
	step_clear_targets(step);
	free(step->title);
	free(step->why);
	free(step->where);
	free(step->note);
	free(step->certs);
	free(step->repairs);
	names_clear(&step->sans);
	names_clear(&step->nodes);
	names_clear(&step->stores);
}
