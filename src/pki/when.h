/* SPDX-License-Identifier: MIT */
/* when: a certificate's dates, as strict and as loose as OpenSSL reads them in different places.
 * Knows no clock. */
#ifndef MRA_PKI_WHEN_H
#define MRA_PKI_WHEN_H

#include "pki/der.h"

struct when {
	/* exactly YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, and a date that exists (X509_cmp_time) */
	bool ok;
	/* it can be compared with another one, if only as ASN.1 has it: no seconds, fractions,
	 * offsets */
	bool loose;
	int64_t at; /* seconds since 1970, where loose */
};

struct when when_read(unsigned tag, struct bytes text);

#endif
