/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/policy.h"
#include "model/release.h"

#include <stdlib.h>
#include <string.h>

static const char *const verifications[] = { "unproven", "permissive", "enforced" };

const char *verification_name(enum verification verification)
{
	return verifications[verification];
}

int verification_parse(const char *text, enum verification *verification)
{
	for (size_t i = 0; i < sizeof verifications / sizeof *verifications; i++)
		if (strcmp(text, verifications[i]) == 0) {
			*verification = (enum verification)i;
			return 0;
		}
	return -1;
}

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

const char *era_name(enum era era)
{
	return era == ERA_OPENSSL1 ? "openssl1" : "openssl3";
}

int era_parse(const char *text, enum era *era)
{
	if (strcmp(text, "openssl1") == 0)
		*era = ERA_OPENSSL1;
	else if (strcmp(text, "openssl3") == 0)
		*era = ERA_OPENSSL3;
	else
		return -1;
	return 0;
}

const char *traffic_server_name(enum traffic_server server)
{
	return server == TRAFFIC_SERVER_8 ? "ats8" : "ats9";
}

int traffic_server_parse(const char *text, enum traffic_server *server)
{
	if (strcmp(text, "ats8") == 0)
		*server = TRAFFIC_SERVER_8;
	else if (strcmp(text, "ats9") == 0)
		*server = TRAFFIC_SERVER_9;
	else
		return -1;
	return 0;
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
