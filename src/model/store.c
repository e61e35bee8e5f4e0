/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/store.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void store_add(struct store *store, const struct cert *cert)
{
	store->certs = mem_grow(store->certs, store->count, sizeof *store->certs);
	store->certs[store->count++] = cert;
}

void store_withhold(struct store *store, const struct cert *cert)
{
	store->withheld = mem_grow(store->withheld, store->withheld_count, sizeof *store->withheld);
	store->withheld[store->withheld_count++] = (struct store_withheld){ cert, store->count };
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
	free(store->withheld);
	names_clear(&store->notes);
	names_clear(&store->members);
}

bool store_is_server_certificate(const struct cert *cert)
{
	return cert->readable && !cert->is_ca && !cert->self_signed;
}

bool store_has_root(const struct store *store)
{
	for (size_t i = 0; i < store->count; i++)
		if (store->certs[i]->readable && store->certs[i]->self_signed)
			return true;
	return false;
}

/* --- duplicates ------------------------------------------------------------------------------- */

struct place {
	const struct cert *cert;
	size_t at;
};

static int by_place(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return COMPARE(a->at, b->at);
}

static int by_cert(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return memcmp(a->cert->sha256, b->cert->sha256, sizeof a->cert->sha256) ?: by_place(a, b);
}

static int by_common_name(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return strcasecmp(a->cert->common_name, b->cert->common_name) ?: by_place(a, b);
}

static void add_duplicate(struct store_duplicates *found, bool repeated, const struct place *places,
                          size_t count)
{
	struct store_duplicate *duplicate;

	found->items = mem_grow(found->items, found->count, sizeof *found->items);
	duplicate = &found->items[found->count++];
	duplicate->repeated = repeated;
	duplicate->certs = mem_array(count, sizeof *duplicate->certs);
	duplicate->count = count;
	for (size_t i = 0; i < count; i++)
		duplicate->certs[i] = places[i].cert;
}

/* The places that share a CN, in the store's order. */
static void find_in_name(struct store_duplicates *found, struct place *places, size_t count)
{
	size_t different = 0;

	qsort(places, count, sizeof *places, by_cert);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && places[end].cert == places[i].cert; end++)
			;
		if (end - i > 1)
			add_duplicate(found, true, places + i, 1);
		places[different++] = places[i];
	}
	qsort(places, different, sizeof *places, by_place);
	if (different > 1 && *places[0].cert->common_name != '\0')
		add_duplicate(found, false, places, different);
}

void store_find_duplicates(const struct store *store, struct store_duplicates *found)
{
	struct place *places = mem_array(store->count, sizeof *places);
	size_t count = 0;

	*found = (struct store_duplicates){ NULL, 0 };
	for (size_t i = 0; i < store->count; i++)
		if (store->certs[i]->readable)
			places[count++] = (struct place){ store->certs[i], i };
	qsort(places, count, sizeof *places, by_common_name);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && strcasecmp(places[end].cert->common_name,
		                                            places[i].cert->common_name) == 0;
		     end++)
			;
		find_in_name(found, places + i, end - i);
	}
	free(places);
}

void store_duplicates_clear(struct store_duplicates *found)
{
	for (size_t i = 0; i < found->count; i++)
		free(found->items[i].certs);
	free(found->items);
}
