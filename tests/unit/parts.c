/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "parts.h"

/* tag, length in as few octets as it takes, the content; content is freed */
struct buf tlv(unsigned char tag, struct buf content)
{
	struct buf out;

	buf_init(&out);
	buf_putc(&out, (char)tag);
	if (content.len >= 0x10000)
		buf_printf(&out, "%c%c%c%c", 0x83, (int)(content.len >> 16),
		           (int)(content.len >> 8 & 255), (int)(content.len & 255));
	else if (content.len >= 0x80)
		buf_printf(&out, "%c%c%c", 0x82, (int)(content.len >> 8), (int)(content.len & 255));
	else
		buf_putc(&out, (char)content.len);
	buf_add(&out, content.data, content.len);
	buf_clear(&content);
	return out;
}

struct buf raw(const char *bytes, size_t len)
{
	struct buf out;

	buf_init(&out);
	buf_add(&out, bytes, len);
	return out;
}

struct buf join(struct buf a, struct buf b)
{
	buf_add(&a, b.data, b.len);
	buf_clear(&b);
	return a;
}

struct buf number(size_t bytes, unsigned char first, unsigned char fill, unsigned char last)
{
	struct buf out;

	buf_init(&out);
	for (size_t i = 0; i < bytes; i++)
		buf_putc(&out, (char)(i == 0 ? first : i == bytes - 1 ? last : fill));
	return tlv(0x02, out);
}

/* SubjectPublicKeyInfo: algorithm is OID and parameters, key what the BIT STRING holds */
struct buf spki(struct buf algorithm, struct buf key)
{
	return tlv(0x30, join(tlv(0x30, algorithm), tlv(0x03, join(RAW("\0"), key))));
}

struct buf rsa(struct buf n, struct buf e)
{
	return spki(RAW("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"),
	            tlv(0x30, join(n, e)));
}

struct buf dsa(struct buf p, struct buf q, struct buf g)
{
	return spki(
		join(RAW("\x06\x07\x2a\x86\x48\xce\x38\x04\x01"), tlv(0x30, join(join(p, q), g))),
		number(2, 1, 0, 1));
}
