/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/policy.h"

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

void policy_clear(struct policy *policy)
{
	free(policy->order_why);
	free(policy->order_next);
}
