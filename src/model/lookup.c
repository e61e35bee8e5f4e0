/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/words.h"
#include "model/lookup.h"

static const char *const texts[] = {
#define LOOKUP(constant, text) text,
#include "model/lookup.def"
#undef LOOKUP
};

const char *lookup_text(enum lookup_fault lookup)
{
	return texts[lookup];
}

WORDS_PARSE(lookup, enum lookup_fault, texts)
