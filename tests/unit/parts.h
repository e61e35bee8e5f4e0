/* SPDX-License-Identifier: MIT */
/* parts: DER put together by hand. Each function swallows the parts that it is given. */
#ifndef MRA_TEST_PARTS_H
#define MRA_TEST_PARTS_H

#include "base/buf.h"

struct buf tlv(unsigned char tag, struct buf content);
struct buf raw(const char *bytes, size_t len);
#define RAW(text) raw(text, sizeof(text) - 1)
struct buf join(struct buf a, struct buf b);
/* an INTEGER of so many octets */
struct buf number(size_t bytes, unsigned char first, unsigned char fill, unsigned char last);
struct buf spki(struct buf algorithm, struct buf key);
struct buf rsa(struct buf n, struct buf e);
struct buf dsa(struct buf p, struct buf q, struct buf g);

#endif
