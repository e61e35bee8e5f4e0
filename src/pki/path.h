/* SPDX-License-Identifier: MIT */
/* path: builds the chain that OpenSSL would build (build_chain in x509_vfy.c). Knows no rules
 * beyond where building ends. */
#ifndef MRA_PKI_PATH_H
#define MRA_PKI_PATH_H

#include "model/chain.h"
#include "model/policy.h"
#include "pki/index.h"

enum {
	PATH_INTERMEDIATES_MOST = 7,
	PATH_MOST = PATH_INTERMEDIATES_MOST + 2
}; /* the traffic server's verify depth */

enum path_end {
	PATH_TRUSTED,
	PATH_SELF_SIGNED_LEAF,
	PATH_SELF_SIGNED_ROOT,
	PATH_NO_ISSUER,
	PATH_ANCHOR_NOT_ROOT,
	PATH_REJECTED,
	PATH_BROKEN
};

struct path {
	const struct cert *certs[PATH_MOST + 1]; /* borrowed; leaf first, NULL behind the last */
	size_t count;
	size_t untrusted;  /* how many of them the server sent; the rest is from the store */
	enum path_end end; /* PATH_BROKEN: OpenSSL 3 gives up on a leaf without a usable key */
	bool too_long;
	/* something of the leaf's issuer's name was at hand: OpenSSL has read the leaf's extensions
	 * by then */
	bool leaf_compared;
};

void path_build(const struct chain *sent, const struct index *trusted, enum era era, int64_t at,
                struct path *path);

#endif
