/* SPDX-License-Identifier: MIT */
/* text: ASN.1 strings to UTF-8, strictly as OpenSSL does it, or shown safely to people. Knows no
 * meaning. */
#ifndef MRA_PKI_TEXT_H
#define MRA_PKI_TEXT_H

#include "base/buf.h"
#include "pki/der.h"

/* ASN1_STRING_to_UTF8: appends the UTF-8 of a string type; false for other types and broken
 * strings. strange is set, never cleared, by a surrogate or a value above U+10FFFF: OpenSSL 3
 * refuses those. */
bool text_utf8(unsigned tag, struct bytes value, struct buf *out, bool *strange);

/* For people: valid UTF-8 without NUL; what is none is written as \xNN. */
char *text_show(unsigned tag, struct bytes value);

#endif
