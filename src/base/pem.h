/* SPDX-License-Identifier: MIT */
/* pem: bytes to PEM text and back (RFC 7468). Knows nothing of what the bytes mean. */
#ifndef MRA_BASE_PEM_H
#define MRA_BASE_PEM_H

#include "base/buf.h"

/* Appends a PEM block with lines of 64 characters. */
void pem_encode(struct buf *out, const char *label, const void *bytes, size_t len);

/* Appends base64 on one line. */
void pem_base64(struct buf *out, const void *bytes, size_t len);

/* Appends the bytes of base64 text; white space is skipped. -1 where it is not base64 (out then
 * holds what came before). */
int pem_decode_base64(struct buf *out, const char *text, size_t len);

#endif
