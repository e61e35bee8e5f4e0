/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/policy.h"
#include "model/release.h"

#include <stdlib.h>
#include <string.h>

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

	if (policy->expressway == NULL || release_parse(policy->expressway, strlen(policy->expressway), &release) != 0)
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
	return mem_printf("Expressway %s is taken for Traffic Server %s.%s%s", policy->expressway, server, noted ? " " : "",
	                  noted ? policy->expressway_note : "");
}

void policy_clear(struct policy *policy)
{
	free(policy->expressway);
	free(policy->expressway_note);
	free(policy->order_why);
	free(policy->order_next);
}
