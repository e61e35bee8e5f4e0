/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/chain.h"

#include <stdlib.h>
#include <string.h>

void chain_add(struct chain *chain, const struct cert *cert)
{
	chain->certs = mem_grow(chain->certs, chain->count, sizeof *chain->certs);
	chain->certs[chain->count++] = cert;
}

void chain_clear(struct chain *chain)
{
	free(chain->certs);
	chain->certs = NULL;
	chain->count = 0;
}

const struct cert *chain_leaf(const struct chain *chain)
{
	return chain->count == 0 ? NULL : chain->certs[0];
}

bool chain_same(const struct chain *a, const struct chain *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->certs, b->certs, a->count * sizeof *a->certs) == 0);
}

size_t chain_message_len(const struct chain *chain)
{
	size_t len = 3;

	for (size_t i = 0; i < chain->count; i++)
		len += 3 + chain->certs[i]->der_len;
	return len;
}
