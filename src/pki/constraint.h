/* SPDX-License-Identifier: MIT */
/* constraint: the names of one certificate against the name constraints of another (v3_ncons.c).
 * Knows no chain. */
#ifndef MRA_PKI_CONSTRAINT_H
#define MRA_PKI_CONSTRAINT_H

#include "model/cert.h"
#include "model/policy.h"

enum constraint {
	CONSTRAINT_KEPT,
	CONSTRAINT_TOO_MUCH,    /* names times constraints beyond OpenSSL's own limit */
	CONSTRAINT_PERMITTED,   /* in none of the permitted subtrees */
	CONSTRAINT_EXCLUDED,    /* in an excluded one */
	CONSTRAINT_MINIMUM,     /* a subtree with minimum or maximum */
	CONSTRAINT_TYPE,        /* a kind of name that cannot be compared */
	CONSTRAINT_NAME,        /* a name that cannot be compared */
	CONSTRAINT_NO_TEXT      /* a CN that is not a string: OpenSSL gives up */
};

/* leaf: the CN counts as DNS name where the certificate has no dNSName. */
enum constraint constraint_check(const struct cert *cert, const struct cert *ca, bool leaf,
                                 enum era era);

#endif
