/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/charset.h"

#include <string.h>

enum { SAMPLE = 64 };

/* Is every other byte of the first ones zero, from this one on, and no other? */
static int zero_from(const char *bytes, size_t len, size_t from)
{
	size_t end = len < SAMPLE ? len & ~(size_t)1 : SAMPLE;

	for (size_t i = 0; i < end; i++)
		if ((bytes[i] == '\0') != (i % 2 == from))
			return 0;
	return end > 0;
}

enum charset charset_of(const char *bytes, size_t len)
{
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		return CHARSET_UTF8_MARK;
	if (len >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0)
		return CHARSET_UTF16_LE;
	if (len >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)
		return CHARSET_UTF16_BE;
	return zero_from(bytes, len, 1)   ? CHARSET_UTF16_LE
	       : zero_from(bytes, len, 0) ? CHARSET_UTF16_BE
	                                  : CHARSET_PLAIN;
}

static void read_utf16(const unsigned char *bytes, size_t len, size_t low, struct buf *out)
{
	for (size_t i = 0; i + 1 < len; i += 2) {
		unsigned unit = bytes[i + low] | (unsigned)bytes[i + 1 - low] << 8;

		if (i == 0 && unit == 0xfeff)
			continue;
		if (unit >= 0xdc00 && unit <= 0xdfff)
			continue; /* the second half of one character */
		buf_putc(out, unit < 0x80 ? (char)unit : '?');
	}
}

void charset_read(enum charset charset, const char *bytes, size_t len, struct buf *out)
{
	switch (charset) {
	case CHARSET_PLAIN:
		buf_add(out, bytes, len);
		break;
	case CHARSET_UTF8_MARK:
		buf_add(out, bytes + 3, len - 3);
		break;
	case CHARSET_UTF16_LE:
	case CHARSET_UTF16_BE:
		read_utf16((const unsigned char *)bytes, len, charset == CHARSET_UTF16_LE ? 0 : 1,
		           out);
		break;
	}
}
