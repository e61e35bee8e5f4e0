/* SPDX-License-Identifier: MIT */
/* safe: texts from elsewhere made harmless to show. Knows no format: what HTML or CSV need on top
 * is theirs. */
#ifndef MRA_BASE_SAFE_H
#define MRA_BASE_SAFE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Decodes one code point of UTF-8 at text; returns its length, or 0 where the bytes are no UTF-8
 * (RFC 3629). */
size_t safe_decode(const char *text, uint32_t *code);

/* May it stand in a line? Not so controls, line separators, what reorders text (bidi) and what
 * nobody can see. */
bool safe_shown(uint32_t code);

/* Appends text as one harmless line of UTF-8: controls and bad bytes become \xNN, other unwanted
 * code points \u{…}. NULL is "". */
void safe_add(struct buf *out, const char *text);
char *safe_line(const char *text); /* the same, to be freed */

/* The same, but at most so many characters: the middle of a longer text is left out, visibly. To be
 * freed. */
char *safe_brief(const char *text, size_t most);

/* Valid UTF-8 that keeps all but bad bytes, which become U+FFFD: for formats with an escape of
 * their own. */
void safe_utf8(struct buf *out, const char *text);

/* Number of code points: columns, as long as nobody writes full-width letters. */
size_t safe_columns(const char *text);

#endif
