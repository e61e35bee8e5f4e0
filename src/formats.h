/* SPDX-License-Identifier: MIT */
/* formats: the table of formats, a row each. Knows no layout: a writer lives in out/ in the file of
 * its name, JSON in saved/. */
#ifndef MRA_FORMATS_H
#define MRA_FORMATS_H

#include "out/out.h"

const struct out_format *formats_find(const char *name); /* static; NULL if there is none */
const struct out_format *formats_all(size_t *count);     /* static */

const char *formats_names(void); /* "text, json ... or prometheus"; static */

/* The format that files of such a name have: "report.html", "a.md"; NULL if the ending says
 * nothing. */
const struct out_format *formats_by_ending(const char *path);

#endif
