/* SPDX-License-Identifier: MIT */
/* A trust store in order: by subject, then by place; X509_STORE_add_cert's copies. */
#include "config.h"

#include "made.h"
#include "pki/detail.h"
#include "pki/index.h"
#include "pki/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SAME = 10 };

static struct certset set;
static struct made a, z, same[SAME];

static int set_up(void **state)
{
	(void)state;
	certset_init(&set);
	a = made_cert(&set, "a", NULL, NULL, MADE_CA);
	z = made_cert(&set, "z", NULL, NULL, MADE_CA);
	for (size_t i = 0; i < SAME; i++)
		same[i] = made_cert(&set, "same", NULL, NULL, MADE_CA);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	made_free(&a);
	made_free(&z);
	for (size_t i = 0; i < SAME; i++)
		made_free(&same[i]);
	made_end();
	certset_clear(&set);
	return 0;
}

static void expect(const struct index *index, const struct made *subject, size_t count,
                   const struct cert *const *want)
{
	size_t found, first = index_find(index, &subject->cert->detail->subject, &found);

	assert_int_equal(count, found);
	for (size_t i = 0; i < count; i++)
		assert_ptr_equal(want[i], index->certs[first + i]);
}

/* However the certificates lie in memory: every order of three, with copies behind */
static void equal_subjects_keep_the_stores_order(void **state)
{
	static const size_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		                             { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct store store = { .name = NULL };
		const struct cert *want[3];
		struct index *index;

		for (size_t k = 0; k < 3; k++)
			want[k] = same[orders[i][k]].cert;
		store_add(&store, z.cert);
		for (size_t k = 0; k < 3; k++)
			store_add(&store, want[k]);
		store_add(&store, a.cert);
		for (size_t k = 3; k-- > 0;)
			store_add(&store, want[k]); /* copies are let go */
		store_add(&store, z.cert);
		index = index_new(&store, ERA_OPENSSL1);
		assert_int_equal(5, index->count);
		expect(index, &same[0], 3, want);
		expect(index, &a, 1, &a.cert);
		expect(index, &z, 1, &z.cert);
		index_free(index);
		store_clear(&store);
	}
}

/* What is withheld stands where it stood in the file, and decides alone if it stood first. */
static void what_is_withheld_keeps_its_place(void **state)
{
	const struct cert *const want[] = { same[4].cert, same[3].cert, same[2].cert, same[1].cert,
		                            same[0].cert };
	struct store store = { .name = NULL };
	struct index *index;

	(void)state;
	store_withhold(&store, want[0]);
	store_withhold(&store, want[1]);
	store_add(&store, want[2]);
	store_withhold(&store, want[3]);
	store_add(&store, want[4]);
	index = index_new(&store, ERA_OPENSSL3);
	expect(index, &same[0], 5, want);
	assert_true(index_withholds(index, want[0]) && index_withholds(index, want[1]) &&
	            index_withholds(index, want[3]));
	assert_false(index_withholds(index, want[2]) || index_withholds(index, want[4]));
	expect(index, &a, 0, NULL);
	index_free(index);
	store_clear(&store);
}

/* One that is withheld, at each place among nine */
static void one_withheld_stands_anywhere(void **state)
{
	(void)state;
	for (size_t place = 0; place < SAME; place++) {
		struct store store = { .name = NULL };
		const struct cert *want[SAME];
		struct index *index;

		for (size_t i = 0; i < SAME; i++) {
			want[i] = same[SAME - 1 - i].cert;
			if (i == place)
				store_withhold(&store, want[i]);
			else
				store_add(&store, want[i]);
		}
		index = index_new(&store, ERA_OPENSSL1);
		expect(index, &same[0], SAME, want);
		index_free(index);
		store_clear(&store);
	}
}

static void an_empty_store_has_nothing(void **state)
{
	struct store store = { .name = NULL };
	struct index *index = index_new(&store, ERA_OPENSSL1);

	(void)state;
	expect(index, &a, 0, NULL);
	index_free(index);
	index_free(NULL);
}

/* path.h: all of it is set, whatever was there; NULL stands behind the last certificate. */
static void paths_are_set_as_a_whole(void **state)
{
	struct made mid = made_cert(&set, "mid", NULL, &a, MADE_CA),
		    leaf = made_cert(&set, "leaf", NULL, &mid, 0);
	struct store store = { .name = NULL };
	struct chain chain = { NULL, 0 }, alone = { NULL, 0 };

	(void)state;
	store_add(&store, a.cert);
	chain_add(&chain, leaf.cert);
	chain_add(&chain, mid.cert);
	chain_add(&alone, leaf.cert);
	for (int era = 0; era < ERA_COUNT; era++) {
		struct index *index = index_new(&store, (enum era)era);
		struct path path;

		memset(&path, 0xff, sizeof path);
		path_build(&chain, index, (enum era)era, made_now, &path);
		assert_int_equal(3, path.count);
		assert_int_equal(2, path.untrusted);
		assert_int_equal(PATH_TRUSTED, path.end);
		assert_true(path.leaf_compared);
		assert_false(path.too_long);
		assert_ptr_equal(leaf.cert, path.certs[0]);
		assert_ptr_equal(mid.cert, path.certs[1]);
		assert_ptr_equal(a.cert, path.certs[2]);
		for (size_t i = 3; i <= PATH_MOST; i++)
			assert_null(path.certs[i]);
		memset(&path, 0xff, sizeof path);
		path_build(&alone, index, (enum era)era, made_now, &path);
		assert_int_equal(1, path.count);
		assert_int_equal(1, path.untrusted);
		assert_int_equal(PATH_NO_ISSUER, path.end);
		assert_false(path.leaf_compared);
		assert_false(path.too_long);
		for (size_t i = 1; i <= PATH_MOST; i++)
			assert_null(path.certs[i]);
		index_free(index);
	}
	chain_clear(&chain);
	chain_clear(&alone);
	store_clear(&store);
	made_free(&mid);
	made_free(&leaf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_subjects_keep_the_stores_order),
		cmocka_unit_test(what_is_withheld_keeps_its_place),
		cmocka_unit_test(one_withheld_stands_anywhere),
		cmocka_unit_test(an_empty_store_has_nothing),
		cmocka_unit_test(paths_are_set_as_a_whole),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
