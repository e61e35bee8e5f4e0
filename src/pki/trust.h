/* SPDX-License-Identifier: MIT */
/* trust: certificates from PEM text (or DER) for a store or a chain. Knows no path building. */
#ifndef MRA_PKI_TRUST_H
#define MRA_PKI_TRUST_H

#include "base/fault.h"
#include "model/chain.h"
#include "model/store.h"

/* What a file may hold and how it is read: pki/certfile.h. */

/* Reads "NAME=FILE" or "FILE" ("none": an empty store named "none") into store. Fault, in one
 * sentence with what to do: unreadable, empty, no certificate in it, a private key in it, a damaged
 * text. What was odd or lost and read all the same is in store->notes. */
int trust_load(struct certset *set, const char *spec, struct store *store, struct fault *fault);

/* The same for text at hand; what names it in messages. */
int trust_read(struct certset *set, const char *text, size_t len, const char *what,
               struct store *store, struct fault *fault);

/* A chain for `verify` or `--client-certificate`, in the order of the file. */
int trust_read_chain(struct certset *set, const char *text, size_t len, const char *what,
                     struct chain *chain, struct names *notes, struct fault *fault);

/* Of "NAME=FILE" or "FILE" the file (borrowed from spec), and a name (to be freed): NAME, else the
 * file's own. */
const char *trust_file_of(const char *spec, char **name);

/* Turns a chain that stands exactly the wrong way round, CA first and the leaf last, and notes that
 * it did. Any other chain stays as it is: its first certificate is judged as the leaf. */
void trust_leaf_first(struct chain *chain, const char *what, struct names *notes);

#endif
