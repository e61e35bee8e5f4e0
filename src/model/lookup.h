/* SPDX-License-Identifier: MIT */
/* lookup: why a name or an IP was not found. Knows no resolver. */
#ifndef MRA_MODEL_LOOKUP_H
#define MRA_MODEL_LOOKUP_H

enum lookup_fault {
#define LOOKUP(constant, text) LOOKUP_##constant,
#include "model/lookup.def"
#undef LOOKUP
};

const char *lookup_text(enum lookup_fault lookup);             /* "NXDOMAIN" "timeout" ... */
/* -1: none of them, lookup is left alone */
int lookup_parse(const char *text, enum lookup_fault *lookup);

#endif
