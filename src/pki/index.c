/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/detail.h"
#include "pki/index.h"

#include <stdlib.h>

struct row {
	const struct cert *cert;
	size_t at; /* place in the store: among equals the earlier one comes first */
};

static int by_subject(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return der_compare(x->cert->detail->subject.canonical, y->cert->detail->subject.canonical)
	       ?: COMPARE(x->at, y->at);
}

static int by_cert(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return COMPARE(x->cert, y->cert) ?: COMPARE(x->at, y->at);
}

/* X509_STORE_add_cert lets a certificate that is there already go: the first of equal ones keeps
 * its place. */
static size_t drop_copies(struct row *rows, size_t count)
{
	size_t kept = 0;

	qsort(rows, count, sizeof *rows, by_cert);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || rows[kept - 1].cert != rows[i].cert)
			rows[kept++] = rows[i];
	return kept;
}

struct index *index_new(const struct store *store, enum era era)
{
	struct index *index = mem_zalloc(sizeof *index);
	size_t between = store->withheld_count, all = store->count + between;
	struct row *rows = mem_array(all, sizeof *rows);

	index->store = store;
	index->certs = mem_array(all, sizeof(struct cert *));
	for (size_t i = 0; i < store->count; i++)
		if (detail_readable(store->certs[i], era))
			rows[index->count++] =
				(struct row){ store->certs[i], i * (between + 1) + between };
	for (size_t i = 0; i < between; i++)
		if (detail_readable(store->withheld[i].cert, era))
			rows[index->count++] =
				(struct row){ store->withheld[i].cert,
				              store->withheld[i].before * (between + 1) + i };
	index->count = drop_copies(rows, index->count);
	qsort(rows, index->count, sizeof *rows, by_subject);
	for (size_t i = 0; i < index->count; i++)
		index->certs[i] = rows[i].cert;
	free(rows);
	return index;
}

bool index_withholds(const struct index *index, const struct cert *cert)
{
	for (size_t i = 0; i < index->store->withheld_count; i++)
		if (index->store->withheld[i].cert == cert)
			return true;
	return false;
}

void index_free(struct index *index)
{
	if (index == NULL)
		return;
	free(index->certs);
	free(index);
}

size_t index_find(const struct index *index, const struct dn *subject, size_t *count)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (der_compare(index->certs[middle]->detail->subject.canonical,
		                subject->canonical) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*count = 0; low + *count < index->count &&
	                 dn_same(&index->certs[low + *count]->detail->subject, subject);)
		++*count;
	return low;
}
