/* SPDX-License-Identifier: MIT */
/* Chains that stand the wrong way round, and stores of what settings withhold. */
#include "config.h"

#include "base/pem.h"
#include "made.h"
#include "pki/decode.h"
#include "pki/trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct certset set;
static struct made root, mid, leaf, other, nameless;
static const struct cert *broken;

static int set_up(void **state)
{
	(void)state;
	certset_init(&set);
	root = made_cert(&set, "Root", NULL, NULL, MADE_CA);
	mid = made_cert(&set, "Mid", NULL, &root, MADE_CA);
	leaf = made_cert(&set, "leaf.example.com", NULL, &mid, 0);
	other = made_cert(&set, "other.example.com", NULL, NULL, 0);
	nameless = made_cert(&set, NULL, "a.example.com", &mid, 0);
	broken = decode_cert(&set, (const unsigned char *)"x", 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	made_free(&root);
	made_free(&mid);
	made_free(&leaf);
	made_free(&other);
	made_free(&nameless);
	made_end();
	certset_clear(&set);
	return 0;
}

/* Turned where each certificate issued the next and only the last is not a CA's */
static void chains_are_turned_if_exactly_reversed(void **state)
{
	const struct cert *const r = root.cert, *const m = mid.cert, *const l = leaf.cert;
	const struct {
		const struct cert *in[4], *out[4]; /* out[0] NULL: as it was */
	} rows[] = {
		{ { r, m, l }, { l, m, r } },
		{ { m, l }, { l, m } },
		{ { l, m, r }, { NULL } },
		{ { l }, { NULL } },
		{ { r, m }, { NULL } },
		{ { r, l }, { NULL } },     /* Root did not issue leaf */
		{ { m, r, l }, { NULL } },
		{ { r, m, m, l }, { NULL } },
		{ { other.cert, l }, { NULL } },
		{ { r, m, broken }, { NULL } },
		{ { broken, m, l }, { NULL } },
		{ { r, broken, l }, { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct cert *const *want = rows[i].out[0] == NULL ? rows[i].in : rows[i].out;
		struct chain chain = { NULL, 0 };
		struct names notes = { 0 };

		for (size_t k = 0; k < 4 && rows[i].in[k] != NULL; k++)
			chain_add(&chain, rows[i].in[k]);
		trust_leaf_first(&chain, "f", &notes);
		for (size_t k = 0; k < chain.count; k++)
			if (chain.certs[k] != want[k])
				fail_msg("row %zu, place %zu", i, k);
		assert_int_equal(rows[i].out[0] != NULL, notes.count);
		if (notes.count > 0)
			assert_non_null(strstr(notes.items[0], "with CN=leaf.example.com first"));
		names_clear(&notes);
		chain_clear(&chain);
	}
}

static void a_leaf_without_a_subject_has_words(void **state)
{
	struct cert *bare = (struct cert *)(uintptr_t)nameless.cert;
	struct chain chain = { NULL, 0 };
	struct names notes = { 0 };
	char *subject = bare->subject, none[] = "";

	(void)state;
	bare->subject = none;
	chain_add(&chain, mid.cert);
	chain_add(&chain, bare);
	trust_leaf_first(&chain, "f", &notes);
	bare->subject = subject;
	assert_ptr_equal(bare, chain.certs[0]);
	assert_non_null(strstr(notes.items[0], "with the certificate without a subject first"));
	names_clear(&notes);
	chain_clear(&chain);
}

/* P: plain; R: a TRUSTED CERTIFICATE that is rejected for TLS servers (X509_CERT_AUX); of leaf in
 * small letters */
static void read_store(const char *what, struct store *store)
{
	static const char rejected[] = "\x30\x0c\xa0\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
	struct fault fault;
	struct buf text;

	buf_init(&text);
	for (; *what != '\0'; what++) {
		const struct cert *cert = *what == 'p' || *what == 'r' ? leaf.cert : root.cert;
		struct buf der;

		buf_init(&der);
		buf_add(&der, cert->der, cert->der_len);
		if (*what == 'r' || *what == 'R')
			buf_add(&der, rejected, sizeof rejected - 1);
		pem_encode(&text, *what == 'r' || *what == 'R' ? "TRUSTED CERTIFICATE" : "CERTIFICATE",
		           der.data, der.len);
		buf_clear(&der);
	}
	assert_int_equal(0, trust_read(&set, text.data, text.len, "f", store, &fault));
	buf_clear(&text);
}

/* X509_STORE_add_cert: the first copy decides. Where nothing is withheld and nothing self-signed the
 * file is hardly a trust store. */
static void the_first_copy_decides(void **state)
{
	static const struct {
		const char *what;
		size_t count, withheld, notes;
		bool no_root;
	} rows[] = {
		{ "P", 1, 0, 0, false },
		{ "R", 0, 1, 1, false },
		{ "PR", 2, 0, 0, false },
		{ "RP", 0, 2, 2, false },
		{ "Rp", 1, 1, 1, false },
		{ "pR", 1, 1, 1, false },
		{ "p", 1, 0, 1, true },
		{ "pP", 2, 0, 0, false },
		{ "r", 0, 1, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct store store = { .name = NULL };

		read_store(rows[i].what, &store);
		if (store.count != rows[i].count || store.withheld_count != rows[i].withheld)
			fail_msg("%s: %zu and %zu", rows[i].what, store.count, store.withheld_count);
		if (rows[i].no_root)
			assert_non_null(strstr(store.notes.items[0], "self-signed"));
		else if (rows[i].withheld > 0)
			assert_non_null(strstr(store.notes.items[0], "withhold trust"));
		assert_int_equal(rows[i].notes,
		                 store.notes.count);
		store_clear(&store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_are_turned_if_exactly_reversed),
		cmocka_unit_test(a_leaf_without_a_subject_has_words),
		cmocka_unit_test(the_first_copy_decides),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
