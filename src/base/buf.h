/* SPDX-License-Identifier: MIT */
/* buf: bytes that grow. Knows no encoding; always has a NUL behind its last byte, which len does
 * not count. */
#ifndef MRA_BASE_BUF_H
#define MRA_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
	char *data; /* owned; NULL only after buf_take and buf_clear */
	size_t len;
	size_t room;
};

void buf_init(struct buf *buf);
void buf_clear(struct buf *buf); /* frees; the buf may be used again after buf_init */
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* the text, to be freed by the caller; nothing is left to clear, more may be added */
char *buf_take(struct buf *buf);

#endif
