/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/lookup.h"

#include <stddef.h>
#include <string.h>

static const char *const texts[] = {
#define LOOKUP(constant, text) text,
#include "model/lookup.def"
#undef LOOKUP
};

const char *lookup_text(enum lookup_fault lookup)
{
	return texts[lookup];
}

int lookup_parse(const char *text, enum lookup_fault *lookup)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (strcmp(texts[i], text) == 0) {
			*lookup = (enum lookup_fault)i;
			return 0;
		}
	}
	return -1;
}
