/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/store.h"

#include <stdlib.h>

void store_add(struct store *store, const struct cert *cert)
{
	store->certs = mem_grow(store->certs, store->count, sizeof *store->certs);
	store->certs[store->count++] = cert;
}

bool store_has(const struct store *store, const struct cert *cert)
{
	for (size_t i = 0; i < store->count; i++)
		if (store->certs[i] == cert)
			return true;
	return false;
}

void store_clear(struct store *store)
{
	free(store->name);
	free(store->certs);
	names_clear(&store->notes);
}
