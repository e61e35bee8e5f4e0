/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/release.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 3 };

static const struct release_row rows[] = {
#define RELEASE(major, minor, patch, checks, era, server, offers, may_offer, order, sure, source)  \
	{ { { major, minor, patch } }, \
	  RELEASE_CHECKS_##checks, \
	  ERA_##era, \
	  TRAFFIC_SERVER_##server, \
	  offers, \
	  may_offer, \
	  ORDER_##order, \
	  RELEASE_##sure, \
	  source },
#include "model/release.def"
#undef RELEASE
};
enum { ROWS = sizeof rows / sizeof *rows };

int release_parse(const char *text, size_t len, struct release *release)
{
	const char *end = text + len;
	size_t parts = 0;

	memset(release, 0, sizeof *release);
	if (text < end && (*text == 'X' || *text == 'x'))
		text++;
	while (parts < RELEASE_PARTS) {
		const char *from = text;

		for (; text < end && *text >= '0' && *text <= '9' && text - from < DIGITS_MOST;
		     text++)
			release->part[parts] = release->part[parts] * 10 + (unsigned)(*text - '0');
		if (text == from)
			return -1;
		parts++;
		if (text == end)
			return release->part[0] >= 1 ? 0 : -1;
		if (*text++ != '.')
			return -1;
	}
	return -1;
}

int release_compare(const struct release *a, const struct release *b)
{
	for (int i = 0; i < RELEASE_PARTS; i++)
		if (a->part[i] != b->part[i])
			return (int)a->part[i] - (int)b->part[i];
	return 0;
}

int release_compare_to(const struct release *a, unsigned major, unsigned minor, unsigned patch)
{
	const struct release b = { { major, minor, patch } };

	return release_compare(a, &b);
}

char *release_text(const struct release *release)
{
	if (release->part[2] == 0)
		return mem_printf("X%u.%u", release->part[0], release->part[1]);
	return mem_printf("X%u.%u.%u", release->part[0], release->part[1], release->part[2]);
}

const struct release_row *release_find(const struct release *release)
{
	size_t i = ROWS;

	while (--i > 0 && release_compare(&rows[i].from, release) > 0)
		continue;
	return &rows[i];
}

/* A patch of a release that is known is taken for that release. */
static bool same_minor(const struct release *a, const struct release *b)
{
	return a->part[0] == b->part[0] && a->part[1] == b->part[1];
}

bool release_is_future(const struct release *release)
{
	return release_compare(release, &rows[ROWS - 1].from) > 0 &&
	       !same_minor(release, &rows[ROWS - 1].from);
}

/* What a reader has to know of how sure this is; NULL: it is a release that is known. */
static char *note_of(const struct release *release, const struct release_row *row)
{
	char *text = release_text(release), *known = release_text(&row->from), *note = NULL;

	if (row->sure == RELEASE_UNKNOWN)
		note = mem_printf("%s: %s", text, row->source);
	else if (release_is_future(release))
		note = mem_printf(
			"%s is newer than this program's table of releases: it is judged as %s is.",
			text, known);
	else if (!same_minor(release, &row->from))
		note = mem_printf(
			"%s is not in this program's table of releases: it is judged as %s is.",
			text, known);
	free(text);
	free(known);
	return note;
}

static const char *holds_from(const struct release_row *row)
{
	if (row->checks == RELEASE_CHECKS_YES)
		return NULL;
	return row->checks == RELEASE_CHECKS_MAYBE
	               ? "whether this release verifies each request is not certain, X14.2 does"
	               : "this release does not verify yet: it holds from X14.2 on";
}

void release_apply(const struct release *release, struct policy *policy)
{
	const struct release_row *row = release_find(release);

	free(policy->expressway);
	free(policy->expressway_note);
	policy->expressway = release_text(release);
	policy->expressway_note = note_of(release, row);
	policy->holds = holds_from(row);
	policy->era = row->era;
	policy->traffic_server = row->traffic_server;
	policy->offers = row->offers;
	policy->may_offer = row->may_offer;
}
