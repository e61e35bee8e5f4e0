/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/safe.h"

#include <stdlib.h>
#include <string.h>

enum { HIGHEST_CODE = 0x10ffff };

/* RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF. */
size_t safe_decode(const char *text, uint32_t *code)
{
	static const uint32_t lowest[] = { [3] = 0x800, [4] = 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t len = *p < 0x80   ? 1
	             : *p < 0xc2 ? 0
	             : *p < 0xe0 ? 2
	             : *p < 0xf0 ? 3
	             : *p < 0xf8 ? 4
	                         : 0;

	if (len == 0)
		return 0;
	*code = len == 1 ? *p : *p & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3fU);
	}
	if (*code < lowest[len] || *code > HIGHEST_CODE || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

/* Ranges of Unicode's categories Cc, Cf, Zl, Zp, of fillers without a glyph, private use and
 * noncharacters. */
bool safe_shown(uint32_t code)
{
	static const struct { uint32_t first, last;
	} hidden[] = {
		{ 0x00, 0x1f },       { 0x7f, 0x9f },       { 0xad, 0xad },
		{ 0x34f, 0x34f },     { 0x600, 0x605 },     { 0x61c, 0x61c },
		{ 0x6dd, 0x6dd },     { 0x70f, 0x70f },     { 0x890, 0x891 },
		{ 0x8e2, 0x8e2 },     { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
		{ 0x2060, 0x206f },   { 0x3164, 0x3164 },   { 0xe000, 0xf8ff },
		{ 0xfdd0, 0xfdef },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },   { 0xfffe, 0xffff },
		{ 0x110bd, 0x110bd }, { 0x110cd, 0x110cd }, { 0x13430, 0x1343f },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, HIGHEST_CODE },
	};

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return false;
	return (code & 0xfffe) != 0xfffe;
}

static size_t add_one(struct buf *out, const char *text)
{
	uint32_t code;
	size_t len = safe_decode(text, &code);

	if (len == 0)
		buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*text);
	else if (safe_shown(code))
		buf_add(out, text, len);
	else if (code < 0x80)
		buf_printf(out, "\\x%02x", (unsigned)code);
	else
		buf_printf(out, "\\u{%x}", (unsigned)code);
	return len == 0 ? 1 : len;
}

void safe_add(struct buf *out, const char *text)
{
	while (text != NULL && *text != '\0')
		text += add_one(out, text);
}

char *safe_line(const char *text)
{
	struct buf line;

	buf_init(&line);
	safe_add(&line, text);
	return line.data;
}

size_t safe_columns(const char *text)
{
	size_t columns = 0;

	for (; *text != '\0'; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

/* Moves over count code points of valid UTF-8. */
static const char *skip(const char *text, size_t count)
{
	while (*text != '\0' && count > 0) {
		text++;
		while (((unsigned char)*text & 0xc0) == 0x80)
			text++;
		count--;
	}
	return text;
}

char *safe_brief(const char *text, size_t most)
{
	char *line = safe_line(text);
	size_t columns = safe_columns(line), head = most * 2 / 3, tail = most - head;
	struct buf brief;

	if (columns <= most + 24) /* the note on what is left out takes as much */
		return line;
	buf_init(&brief);
	buf_add(&brief, line, (size_t)(skip(line, head) - line));
	buf_printf(&brief, "[... %zu more ...]", columns - head - tail);
	buf_puts(&brief, skip(line, columns - tail));
	free(line);
	return brief.data;
}

void safe_utf8(struct buf *out, const char *text)
{
	uint32_t code;

	while (*text != '\0') {
		size_t len = safe_decode(text, &code);

		if (len == 0)
			buf_puts(out, "\xef\xbf\xbd");
		else
			buf_add(out, text, len);
		text += len == 0 ? 1 : len;
	}
}
