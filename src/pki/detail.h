/* SPDX-License-Identifier: MIT */
/* detail: what path building, rules and names need of a certificate, as OpenSSL would cache it.
 * Knows no verdict. */
#ifndef MRA_PKI_DETAIL_H
#define MRA_PKI_DETAIL_H

#include "model/cert.h"
#include "model/policy.h"
#include "pki/dn.h"
#include "pki/extension.h"
#include "pki/key.h"
#include "pki/when.h"

struct checked { /* one signature, verified once */
	const struct cert *issuer; /* borrowed */
	bool good;                 /* the arithmetic is the same in both eras */
};

struct cert_detail {
	struct pool pool;
	struct bytes tbs;             /* what is signed */
	bool v1;
	bool unreadable[ERA_COUNT];   /* only the other era reads it */
	struct bytes serial;          /* octets of the INTEGER */
	struct algorithm inner, outer; /* signature algorithm inside and outside of tbs */
	struct dn issuer, subject;
	struct when not_before, not_after;
	struct key key;
	struct bytes signature;
	unsigned signature_unused;    /* bits */
	struct extension_facts ext;
	bool self_issued;             /* subject is issuer */
	/* and nothing speaks against it (EXFLAG_SS); the signature is not looked at */
	bool self_signed[ERA_COUNT];
	struct checked *checked;      /* owned: pki/sign's memory */
	size_t checked_count;
};

bool detail_readable(const struct cert *cert, enum era era);
/* Would OpenSSL of this era take the certificate for unusable (EXFLAG_INVALID)? */
bool detail_invalid(const struct cert *cert, enum era era);

#endif
