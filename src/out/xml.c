/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/safe.h"
#include "out/xml.h"

#include <stdlib.h>

static const char *entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void xml_add(struct buf *out, const char *text)
{
	char *line = safe_line(text);

	for (const char *p = line; *p != '\0'; p++) {
		const char *name = entity(*p);

		if (name != NULL)
			buf_puts(out, name);
		else
			buf_putc(out, *p);
	}
	free(line);
}
