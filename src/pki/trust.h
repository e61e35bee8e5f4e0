/* SPDX-License-Identifier: MIT */
/* trust: certificates from PEM text (or DER) for a store or a chain. Knows no path building. */
#ifndef MRA_PKI_TRUST_H
#define MRA_PKI_TRUST_H

#include "base/fault.h"
#include "model/chain.h"
#include "model/store.h"

/* Reads "NAME=FILE" or "FILE" ("none": an empty store named "none") into store. Fault, in one sentence with what to do:
 * unreadable, empty, no certificate in it, a private key in it, garbage between BEGIN and END. */
int trust_load(struct certset *set, const char *spec, struct store *store, struct fault *fault);

/* The same for text at hand; what names it in messages. */
int trust_read(struct certset *set, const char *text, size_t len, const char *what, struct store *store,
               struct fault *fault);

/* A chain for `verify`: PEM, leaf first, anything between, or one DER certificate. */
int trust_read_chain(struct certset *set, const char *text, size_t len, const char *what, struct chain *chain,
                     struct fault *fault);

#endif
