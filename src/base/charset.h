/* SPDX-License-Identifier: MIT */
/* charset: how a text file was saved: UTF-8 with a byte order mark, UTF-16 (PowerShell's ">" and
 * Out-File), or neither. Knows no content. */
#ifndef MRA_BASE_CHARSET_H
#define MRA_BASE_CHARSET_H

#include "base/buf.h"

enum charset { CHARSET_PLAIN, CHARSET_UTF8_MARK, CHARSET_UTF16_LE, CHARSET_UTF16_BE };

/* What the first bytes say. UTF-16 without a mark is known by its zero bytes: text of ASCII letters
 * is expected. */
enum charset charset_of(const char *bytes, size_t len);

/* Appends the text without mark; UTF-16 becomes one byte a character, '?' for each that is not
 * ASCII (no base64 has any). */
void charset_read(enum charset charset, const char *bytes, size_t len, struct buf *out);

#endif
