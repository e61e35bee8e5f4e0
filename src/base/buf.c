/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

void buf_init(struct buf *buf)
{
	buf->room = FIRST_ROOM;
	buf->len = 0;
	buf->data = mem_alloc(buf->room);
	buf->data[0] = '\0';
}

void buf_clear(struct buf *buf)
{
	free(buf->data);
	buf->data = NULL;
	buf->len = buf->room = 0;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (buf->room - buf->len <= len) {
		size_t room = buf->room * 2 > buf->len + len ? buf->room * 2 : buf->len + len + 1;

		buf->data = mem_resize(buf->data, room);
		buf->room = room;
	}
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	char small[256];
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(small, sizeof small, format, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof small) {
		buf_add(buf, small, (size_t)len);
	} else {
		char *text;

		va_start(ap, format);
		text = mem_vprintf(format, ap);
		va_end(ap);
		buf_puts(buf, text);
		free(text);
	}
}

char *buf_take(struct buf *buf)
{
	char *data = mem_resize(buf->data, buf->len + 1); /* it may be kept for long */

	buf->data = NULL;
	buf->len = buf->room = 0;
	return data;
}
