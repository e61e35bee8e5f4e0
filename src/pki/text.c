/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/text.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of a character, 0: UTF-8, -1: no string (a_strex.c's tag2nbyte) */
static int width_of(unsigned tag)
{
	switch (tag) {
	case DER_UTF8:
		return 0;
	case DER_NUMERIC:
	case DER_PRINTABLE:
	case DER_T61: /* read as Latin-1 */
	case DER_IA5:
	case DER_VISIBLE:
	case DER_UTC_TIME:
	case DER_GENERALIZED_TIME:
		return 1;
	case DER_BMP:
		return 2;
	case DER_UNIVERSAL_STRING:
		return 4;
	default:
		return -1;
	}
}

/* OpenSSL reads the old UTF-8 of up to six bytes, but no overlong forms (UTF8_getc). Returns the
 * length, 0: broken. */
static size_t utf8_get(struct bytes in, uint32_t *value)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000 };
	unsigned char c = in.at[0];
	size_t len = c < 0x80   ? 1
	             : c < 0xc0 ? 0
	             : c < 0xe0 ? 2
	             : c < 0xf0 ? 3
	             : c < 0xf8 ? 4
	             : c < 0xfc ? 5
	             : c < 0xfe ? 6
	                        : 0;

	if (len == 0 || len > in.len)
		return 0;
	*value = len == 1 ? c : c & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((in.at[i] & 0xc0) != 0x80)
			return 0;
		*value = *value << 6 | (in.at[i] & 0x3f);
	}
	return *value >= least[len] ? len : 0;
}

static void utf8_put(struct buf *out, uint32_t v)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc };
	size_t len = v < 0x80        ? 1
	             : v < 0x800     ? 2
	             : v < 0x10000   ? 3
	             : v < 0x200000  ? 4
	             : v < 0x4000000 ? 5
	                             : 6;
	char bytes[sizeof lead];

	for (size_t i = len - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (v & 0x3f));
		v >>= 6;
	}
	bytes[0] = (char)(lead[len] | v);
	buf_add(out, bytes, len);
}

static bool is_strange(uint32_t v)
{
	return v > 0x10ffff || (v >= 0xd800 && v < 0xe000);
}

/* The next character; how many bytes it took, 0: broken. */
static size_t get(int width, struct bytes in, uint32_t *value)
{
	if (width == 0)
		return utf8_get(in, value);
	if (in.len < (size_t)width)
		return 0;
	*value = 0;
	for (int i = 0; i < width; i++)
		*value = *value << 8 | in.at[i];
	return *value > 0x7fffffff ? 0 : (size_t)width;
}

bool text_utf8(unsigned tag, struct bytes value, struct buf *out, bool *strange)
{
	int width = width_of(tag);
	uint32_t v;

	if (width < 0)
		return false;
	while (value.len > 0) {
		size_t len = get(width, value, &v);

		if (len == 0)
			return false;
		if (is_strange(v))
			*strange = true;
		utf8_put(out, v);
		value.at += len;
		value.len -= len;
	}
	return true;
}

char *text_show(unsigned tag, struct bytes value)
{
	int width = width_of(tag);
	struct buf out;
	uint32_t v;

	buf_init(&out);
	while (value.len > 0) {
		size_t len = width < 0 ? 0 : get(width, value, &v);

		if (len == 0 || v == 0 || is_strange(v)) {
			buf_printf(&out, "\\x%02X", value.at[0]);
			len = 1;
		} else {
			utf8_put(&out, v);
		}
		value.at += len;
		value.len -= len;
	}
	return buf_take(&out);
}
