/* SPDX-License-Identifier: MIT */
/* A diagnostic log, in one piece or as a broken copy: whatever comes, addresses are made of what an
 * address may be, counts and outcomes go together, and what is shown has no control characters. */
#include "config.h"

#include "log/story.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("-._:", *p) == NULL)
			abort();
}

static void check_text(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			abort();
}

static void check_place(const struct traffic_place *server)
{
	check_address(server->address);
	check_address(server->ip);
	check_text(server->last.log);
	check_text(server->last.error);
	check_text(server->last.phrase);
	if ((server->last.outcome == TRAFFIC_ACCEPTED && server->accepted == 0) ||
	    (server->last.outcome == TRAFFIC_REFUSED && server->refused == 0) ||
	    server->last.reason >= REASON_COUNT || server->last.alert > 255)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct traffic traffic = { 0 };
	struct story *story = story_new(&traffic);
	const char *text = (const char *)data, *end = text + size;
	bool wrapped = size > 0 && *text == 'w';

	story_part(story);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((newline == NULL ? end : newline) - text);

		story_line(story, text, len, wrapped);
		text += newline == NULL ? len : len + 1;
	}
	story_end(story);
	for (size_t i = 0; i < traffic.server_count; i++)
		check_place(&traffic.servers[i]);
	traffic_clear(&traffic);
	return 0;
}
