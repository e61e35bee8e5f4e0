/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/pem.h"

#include <string.h>

enum { BYTES_A_LINE = 48 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode_group(struct buf *out, const unsigned char *bytes, size_t len)
{
	unsigned v = (unsigned)bytes[0] << 16 | (len > 1 ? (unsigned)bytes[1] << 8 : 0) |
	             (len > 2 ? bytes[2] : 0);

	buf_putc(out, alphabet[v >> 18]);
	buf_putc(out, alphabet[v >> 12 & 63]);
	buf_putc(out, len > 1 ? alphabet[v >> 6 & 63] : '=');
	buf_putc(out, len > 2 ? alphabet[v & 63] : '=');
}

void pem_base64(struct buf *out, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t at = 0; at < len; at += 3)
		encode_group(out, p + at, len - at);
}

void pem_encode(struct buf *out, const char *label, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	buf_printf(out, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < len; at += 3) {
		encode_group(out, p + at, len - at);
		if ((at + 3) % BYTES_A_LINE == 0 || at + 3 >= len)
			buf_putc(out, '\n');
	}
	buf_printf(out, "-----END %s-----\n", label);
}

static int value_of(char c)
{
	const char *p = c == '\0' ? NULL : strchr(alphabet, c);

	return p == NULL ? -1 : (int)(p - alphabet);
}

int pem_decode_base64(struct buf *out, const char *text, size_t len)
{
	unsigned v = 0;
	int count = 0, pad = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		int value;

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			continue;
		value = c == '=' && count >= 2 ? 0 : value_of(c);
		if (value < 0 || (pad > 0 && c != '='))
			return -1; /* what stands behind the padding would be lost silently */
		pad += c == '=';
		v = v << 6 | (unsigned)value;
		if (++count == 4) {
			char bytes[3] = { (char)(v >> 16), (char)(v >> 8), (char)v };

			buf_add(out, bytes, (size_t)(3 - pad)); /* v's octets are shifted out */
			count = 0;
		}
	}
	return count == 0 ? 0 : -1;
}
