/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/words.h"
#include "model/client.h"

#include <stdlib.h>
#include <string.h>

static const char *const from_names[] = { "file", "web-page", "none" };
static const char *const outcome_names[] = { "accepted", "refused", "unknown" };

WORDS(client_from, enum client_from, from_names)
WORDS(client_outcome, enum client_outcome, outcome_names)

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
