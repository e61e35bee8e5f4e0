/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/alert.h"

#include <stddef.h>

static const struct row {
	int number;
	const char *name, *words, *meaning, *action;
} rows[] = {
#define ALERT(number, name, words, meaning, action) { number, name, words, meaning, action },
#include "model/alert.def"
#undef ALERT
	{ -1, "unknown", NULL, NULL, NULL }
};

static const struct row *row_of(int alert)
{
	const struct row *row = rows;

	while (row->number >= 0 && row->number != alert)
		row++;
	return row;
}

const char *alert_name(int alert)
{
	return row_of(alert)->name;
}

const char *alert_words(int alert)
{
	return row_of(alert)->words;
}

const char *alert_meaning(int alert)
{
	const char *meaning = row_of(alert)->meaning;

	return meaning != NULL ? meaning : "The server ended the handshake with an alert.";
}

const char *alert_action(int alert)
{
	return row_of(alert)->action;
}
