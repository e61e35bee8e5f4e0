/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/client.h"

#include <stdlib.h>
#include <string.h>

static int find(const char *text, const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	return -1;
}

static const char *const from_names[] = { "file", "web-page", "none" };
static const char *const outcome_names[] = { "accepted", "refused", "unknown" };

const char *client_from_name(enum client_from from)
{
	return from_names[from];
}

int client_from_parse(const char *text, enum client_from *from)
{
	int found = find(text, from_names, sizeof from_names / sizeof *from_names);

	if (found >= 0)
		*from = (enum client_from)found;
	return found < 0 ? -1 : 0;
}

const char *client_outcome_name(enum client_outcome outcome)
{
	return outcome_names[outcome];
}

int client_outcome_parse(const char *text, enum client_outcome *outcome)
{
	int found = find(text, outcome_names, sizeof outcome_names / sizeof *outcome_names);

	if (found >= 0)
		*outcome = (enum client_outcome)found;
	return found < 0 ? -1 : 0;
}

void client_clear(struct client *client)
{
	free(client->name);
	free(client->host);
	free(client->problem);
	chain_clear(&client->chain);
}

void snapshot_clear(struct snapshot *snapshot)
{
	free(snapshot->name);
	free(snapshot->server);
	store_clear(&snapshot->tomcat);
	store_clear(&snapshot->callmanager);
}
