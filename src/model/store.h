/* SPDX-License-Identifier: MIT */
/* store: the trust store of one Expressway-C peer, in its own order. Knows no files. */
#ifndef MRA_MODEL_STORE_H
#define MRA_MODEL_STORE_H

#include "model/cert.h"
#include "model/names.h"

struct store {
	char *name; /* owned; from --trust NAME=FILE, else the file's name */
	const struct cert **certs; /* owned array of borrowed certificates, repeated ones included */
	size_t count;
	size_t unreadable; /* what stood for a certificate in its file and is none that OpenSSL would load */
	struct names notes; /* what was odd or lost in its file, a sentence each, with the line; empty for a store of a report */
};

void store_add(struct store *store, const struct cert *cert);
bool store_has(const struct store *store, const struct cert *cert);
void store_clear(struct store *store);

#endif
