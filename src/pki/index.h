/* SPDX-License-Identifier: MIT */
/* index: a trust store sorted by subject, in the store's order among equals, as X509_STORE keeps
 * it. Knows no issuing. */
#ifndef MRA_PKI_INDEX_H
#define MRA_PKI_INDEX_H

#include "model/policy.h"
#include "model/store.h"
#include "pki/dn.h"

struct index {
	/* owned array of borrowed certificates; what this era cannot read is left out */
	const struct cert **certs;
	size_t count;
	const struct store *store; /* borrowed: which of them are withheld */
};

struct index *index_new(const struct store *store, enum era era);
/* its settings reject TLS servers */
bool index_withholds(const struct index *index, const struct cert *cert);
void index_free(struct index *index);
/* the first, and how many */
size_t index_find(const struct index *index, const struct dn *subject, size_t *count);

#endif
