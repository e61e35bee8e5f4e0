/* SPDX-License-Identifier: MIT */
/* store: the trust store of one Expressway-C peer, in its own order. Knows no files. */
#ifndef MRA_MODEL_STORE_H
#define MRA_MODEL_STORE_H

#include "model/cert.h"
#include "model/names.h"

/* A certificate whose settings (OpenSSL's TRUSTED CERTIFICATE) withhold trust from TLS servers: a
 * path that meets it ends there. */
struct store_withheld {
	const struct cert *cert; /* borrowed */
	size_t before;           /* how many of the store's certs stand before it */
};

struct store {
	char *name; /* owned; from --trust NAME=FILE, else the file's name */
	const struct cert *
		*certs; /* owned array of borrowed certificates, repeated ones included */
	size_t count;
	struct store_withheld *withheld; /* owned; in the store's order */
	size_t withheld_count;
	/* what stood for a certificate in its file and is none that OpenSSL would load */
	size_t unreadable;
	/* what was odd or lost in its file, a sentence each, with the line; empty for a store of a
	 * report */
	struct names notes;
	/* the clusters that it judges, where several became one report; empty: all */
	struct names members;
};

/* What an Expressway store would not hold: a certificate more than once, or several with one CN
 * (CSCwa12905), whatever its case. Both in the order of the first one's CN. */
struct store_duplicate {
	bool repeated;             /* else several with one CN, which is not empty */
	/* owned array of borrowed, readable certificates, in the store's order: each once */
	const struct cert **certs;
	size_t count;              /* 1 of a repeated one */
};
struct store_duplicates {
	struct store_duplicate *items; /* owned */
	size_t count;
};
void store_find_duplicates(const struct store *store, struct store_duplicates *found);
void store_duplicates_clear(struct store_duplicates *found);

/* Could any chain end here? Without partial chains OpenSSL takes only a self-signed certificate for
 * an anchor. */
bool store_has_root(const struct store *store);

/* Is it of no use in a trust store: neither a CA nor self-signed? */
bool store_is_server_certificate(const struct cert *cert);

void store_add(struct store *store, const struct cert *cert);
void store_withhold(struct store *store, const struct cert *cert); /* behind what is there */
bool store_has(const struct store *store, const struct cert *cert);
void store_clear(struct store *store);

#endif
