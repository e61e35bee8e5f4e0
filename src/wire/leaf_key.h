/* SPDX-License-Identifier: MIT */
/* leaf_key: keys that OpenSSL does not compute with, found in a certificate's bytes before GnuTLS computes with them: nettle
 * divides by a DSA prime of 0, and verifies with an RSA key of any size. Knows no trust and no TLS. */
#ifndef MRA_WIRE_LEAF_KEY_H
#define MRA_WIRE_LEAF_KEY_H

#include <stddef.h>

enum { LEAF_KEY_DH_BITS_MOST = 10000 }; /* OPENSSL_DH_MAX_MODULUS_BITS, and the same for DSA (1.1.1 and 3.0) */

enum leaf_key {
	LEAF_KEY_USABLE,
	LEAF_KEY_UNREADABLE, /* no DER, or no key where one should be: nobody computes with that */
	LEAF_KEY_UNUSABLE    /* OpenSSL would fail at it */
};

/* *what becomes "an RSA key of 65536 bits", to be freed; NULL for a key that is usable. */
enum leaf_key leaf_key_check(const unsigned char *der, size_t der_len, char **what);

/* Of an unsigned number, most significant byte first; 0 for 0. */
size_t leaf_key_bits(const unsigned char *bytes, size_t len);

#endif
