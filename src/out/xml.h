/* SPDX-License-Identifier: MIT */
/* xml: text for XML and HTML, content and quoted attributes alike. Knows no element. */
#ifndef MRA_OUT_XML_H
#define MRA_OUT_XML_H

#include "base/buf.h"

/* Appends text, harmless and with the five characters of markup escaped; NULL is "". What safe_add
 * leaves is valid in XML 1.0 as well, which has no way at all to write most control characters. */
void xml_add(struct buf *out, const char *text);

#endif
