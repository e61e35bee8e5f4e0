/* SPDX-License-Identifier: MIT */
/* point: points on curves over prime fields (SEC 1), where GnuTLS lacks the curve. Knows no
 * certificate and no hash. */
#ifndef MRA_PKI_POINT_H
#define MRA_PKI_POINT_H

#include "pki/curve.h"

bool point_known(const struct curve *curve); /* can the functions below do this curve? */
bool point_on_curve(const struct curve *curve, struct bytes x, struct bytes y);
/* field_bytes of it */
bool point_decompress(const struct curve *curve, struct bytes x, bool odd, unsigned char *y);

/* ECDSA (FIPS 186-4 6.4); x, y: a point on the curve (key_read() lets no other pass); r, s: octets
 * of positive INTEGERs */
bool point_verify(const struct curve *curve, struct bytes x, struct bytes y, struct bytes hash,
                  struct bytes r, struct bytes s);

#endif
