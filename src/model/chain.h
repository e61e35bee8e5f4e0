/* SPDX-License-Identifier: MIT */
/* chain: certificates as a server sent them, leaf first. Knows no order but that. */
#ifndef MRA_MODEL_CHAIN_H
#define MRA_MODEL_CHAIN_H

#include "model/cert.h"

struct chain {
	const struct cert *
		*certs; /* owned array of borrowed certificates (the report's certset owns them) */
	size_t count;
};

void chain_add(struct chain *chain, const struct cert *cert);
void chain_clear(struct chain *chain);
const struct cert *chain_leaf(const struct chain *chain); /* NULL if empty */
bool chain_same(const struct chain *a, const struct chain *b);

/* Length of the TLS 1.2 Certificate message body (RFC 5246 7.4.2) that carries it, in bytes. */
size_t chain_message_len(const struct chain *chain);

#endif
