/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/words.h"
#include "model/policy.h"
#include "model/release.h"

#include <stdlib.h>
#include <string.h>

static const char *const verifications[] = { "unproven", "permissive", "enforced" };

static const char *const eras[] = { [ERA_OPENSSL1] = "openssl1", [ERA_OPENSSL3] = "openssl3" };
static const char *const servers[] = { [TRAFFIC_SERVER_8] = "ats8", [TRAFFIC_SERVER_9] = "ats9" };

WORDS(verification, enum verification, verifications)
WORDS(era, enum era, eras)
WORDS(traffic_server, enum traffic_server, servers)

struct calibration *calibration_new(const char *file)
{
	struct calibration *calibration = mem_zalloc(sizeof *calibration);

	calibration->file = mem_strdup(file);
	calibration->era = calibration->traffic_server = calibration->order = calibration->ip_san =
		-1;
	return calibration;
}

void calibration_free(struct calibration *calibration)
{
	if (calibration == NULL)
		return;
	free(calibration->file);
	free(calibration->text);
	free(calibration);
}

/* Traffic Server 8.1 was built with OpenSSL 1.1.1, 9.2 with 3. */
enum traffic_server traffic_server_of(enum era era)
{
	return era == ERA_OPENSSL1 ? TRAFFIC_SERVER_8 : TRAFFIC_SERVER_9;
}

/* Is that what the release is taken for, or has an option said otherwise? */
static bool as_in_release(const struct policy *policy)
{
	struct release release;
	const struct release_row *row;

	if (policy->expressway == NULL ||
	    release_parse(policy->expressway, strlen(policy->expressway), &release) != 0)
		return false;
	row = release_find(&release);
	return row->era == policy->era && row->traffic_server == policy->traffic_server;
}

char *policy_release(const struct policy *policy)
{
	const char *server = policy->traffic_server == TRAFFIC_SERVER_8 ? "8.1" : "9.2";
	bool noted = policy->expressway_note != NULL;

	if (!as_in_release(policy))
		return mem_printf("Names and log lines are those of Traffic Server %s.", server);
	return mem_printf("Expressway %s is taken for Traffic Server %s.%s%s", policy->expressway,
	                  server, noted ? " " : "", noted ? policy->expressway_note : "");
}

void policy_clear(struct policy *policy)
{
	free(policy->expressway);
	free(policy->expressway_note);
	free(policy->order_why);
	free(policy->order_next);
	calibration_free(policy->calibration);
}
