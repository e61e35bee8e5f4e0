/* SPDX-License-Identifier: MIT */
/* Structs to bytes and back. The bytes are written here by hand: numbers as DWARF 5 (7.6) shows them, little-endian
 * base 128. */
#include "config.h"

#include "base/mem.h"
#include "gather/pack.h"
#include "model/chain.h"
#include "pki/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* In a block of its own size: a byte too many that is read is seen. */
struct given {
	unsigned char *bytes;
	struct packed in;
};

static struct given give(const char *bytes, size_t len)
{
	struct given given = { mem_alloc(len + (len == 0)), { NULL, len } };

	memcpy(given.bytes, bytes, len);
	given.in.at = given.bytes;
	return given;
}

#define BYTES(text) text, sizeof text - 1

/* --- numbers ---------------------------------------------------------------------------------- */

static void test_numbers(void **state)
{
	static const struct {
		uint64_t number;
		const char *bytes;
		size_t len;
	} rows[] = {
		{ 0, BYTES("\0") },
		{ 2, BYTES("\2") },
		{ 127, BYTES("\x7f") },
		{ 128, BYTES("\x80\1") },
		{ 129, BYTES("\x81\1") },
		{ 12857, BYTES("\xb9\x64") },
		{ 0x7fffffffffffffff, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\x7f") },
		{ 0x8000000000000000, BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\1") },
		{ UINT64_MAX, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct given given = give(rows[i].bytes, rows[i].len);
		uint64_t number = 77;
		struct buf out;

		buf_init(&out);
		pack_add_number(&out, rows[i].number);
		assert_int_equal(out.len, rows[i].len);
		assert_memory_equal(out.data, rows[i].bytes, rows[i].len);
		assert_int_equal(pack_take_number(&given.in, rows[i].number, &number), 0);
		assert_true(number == rows[i].number);
		assert_int_equal(given.in.left, 0);
		assert_ptr_equal(given.in.at, given.bytes + rows[i].len);
		if (rows[i].number > 0) { /* one more than the most */
			given.in = (struct packed){ given.bytes, rows[i].len };
			assert_int_equal(pack_take_number(&given.in, rows[i].number - 1, &number), -1);
		}
		free(given.bytes);
		buf_clear(&out);
	}
}

static void test_what_is_no_number(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ BYTES("") },
		{ BYTES("\x80") },                                     /* no end */
		{ BYTES("\xff\xff\xff") },
		{ BYTES("\x80\0") },                                   /* 0 in more bytes than needed */
		{ BYTES("\x81\x80\0") },
		{ BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\2") },   /* more than 64 bits */
		{ BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\1") },
		{ BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\1") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct given given = give(rows[i].bytes, rows[i].len);
		uint64_t number;

		assert_int_equal(pack_take_number(&given.in, UINT64_MAX, &number), -1);
		free(given.bytes);
	}
}

static void test_texts(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, most;
		int rc;
		const char *text;
		size_t left;
	} rows[] = {
		{ BYTES("\0"), 5, 0, NULL, 0 },
		{ BYTES("\0x"), 5, 0, NULL, 1 },
		{ BYTES("\1"), 5, 0, "", 0 },
		{ BYTES("\1"), 0, 0, "", 0 },
		{ BYTES("\3abcd"), 5, 0, "ab", 2 },
		{ BYTES("\6abcde"), 5, 0, "abcde", 0 },
		{ BYTES("\7abcdef"), 5, -1, NULL, 6 }, /* longer than the most */
		{ BYTES("\4ab"), 5, -1, NULL, 2 },     /* longer than what there is */
		{ BYTES("\4a\0b"), 5, -1, NULL, 3 },
		{ BYTES("\4ab\0"), 5, -1, NULL, 3 },
		{ BYTES(""), 5, -1, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct given given = give(rows[i].bytes, rows[i].len);
		char nothing[1], *text = nothing;

		assert_int_equal(pack_take_text(&given.in, rows[i].most, &text), rows[i].rc);
		assert_int_equal(given.in.left, rows[i].left);
		assert_ptr_equal(given.in.at, given.bytes + rows[i].len - rows[i].left);
		if (rows[i].text == NULL)
			assert_null(text);
		else
			assert_string_equal(text, rows[i].text);
		free(text);
		free(given.bytes);
	}
}

/* --- a struct of every kind ------------------------------------------------------------------- */

enum few { FEW_NONE, FEW_ONE, FEW_TWO };

struct inner {
	char *text;
	unsigned number;
};

struct outer {
	bool yes;
	enum few few;
	uint16_t port;
	unsigned tries;
	size_t size;
	int64_t time;
	char *text, *maybe;
	char **texts;
	size_t text_count;
	struct inner *list;
	size_t list_count;
	struct chain chain;
	const struct ca_list *cas;
	size_t left_out;
};

static const struct member inner_members[] = {
	{ MEMBER_TEXT, offsetof(struct inner, text), sizeof(char *), 3, 0, NULL },
	{ MEMBER_UNSIGNED, offsetof(struct inner, number), sizeof(unsigned), 9, 0, NULL },
};
static const struct shape inner_shape = { sizeof(struct inner), inner_members, 2 };

#define MEMBER(kind, name, most) { MEMBER_##kind, offsetof(struct outer, name), sizeof(((struct outer *)0)->name), most, 0, NULL }
static const struct member outer_members[] = {
	MEMBER(BOOL, yes, 1),
	MEMBER(ENUM, few, FEW_TWO),
	MEMBER(U16, port, UINT16_MAX),
	MEMBER(UNSIGNED, tries, UINT32_MAX),
	MEMBER(SIZE, size, SIZE_MAX),
	MEMBER(I64, time, INT64_MAX),
	MEMBER(TEXT, text, 4),
	MEMBER(TEXT_OR_NULL, maybe, 4),
	{ MEMBER_TEXTS, offsetof(struct outer, texts), sizeof(char **), 2, offsetof(struct outer, text_count), NULL },
	{ MEMBER_LIST, offsetof(struct outer, list), sizeof(struct inner *), 2, offsetof(struct outer, list_count), &inner_shape },
	MEMBER(CHAIN, chain, 3),
	MEMBER(CA_LIST, cas, 0),
	MEMBER(LEFT_OUT, left_out, 0),
};
static const struct shape outer_shape = { sizeof(struct outer), outer_members, sizeof outer_members / sizeof *outer_members };

static void outer_clear(struct outer *outer)
{
	free(outer->text);
	free(outer->maybe);
	for (size_t i = 0; i < outer->text_count; i++)
		free(outer->texts[i]);
	free(outer->texts);
	for (size_t i = 0; i < outer->list_count; i++)
		free(outer->list[i].text);
	free(outer->list);
	chain_clear(&outer->chain);
}

static struct certset certs;
static struct ca_lists lists;
static const struct shared shared = { &certs, &lists };

static int make_shared(void **state)
{
	static const unsigned char empty[] = { 0, 2, 0x30, 0 }, other[] = { 0, 4, 0x30, 2, 0x31, 0 };

	(void)state;
	certset_init(&certs);
	for (unsigned char i = 1; i <= 2; i++)
		decode_cert(&certs, (const unsigned char[]){ 0x30, 1, i }, 3);
	ca_lists_add(&lists, empty, sizeof empty);
	ca_lists_add(&lists, other, sizeof other);
	return certs.count == 2 && lists.count == 2 ? 0 : -1;
}

static int free_shared(void **state)
{
	(void)state;
	ca_lists_clear(&lists);
	certset_clear(&certs);
	return 0;
}

#define NUMBERS "\1\2\xff\xff\3\xff\xff\xff\xff\x0f\x80\1\5"
static const char whole[] = NUMBERS "\3hi\0" "\2\2a\1" "\2\2x\7\4xyz\1" "\3\1\0\1" "\2";

static void fill(struct outer *outer)
{
	*outer = (struct outer){ .yes = true, .few = FEW_TWO, .port = 65535, .tries = UINT32_MAX, .size = 128,
		                 .time = 5, .text = mem_strdup("hi"), .text_count = 2, .list_count = 2,
		                 .cas = lists.lists[1], .left_out = 3 };
	outer->texts = mem_array(2, sizeof *outer->texts);
	outer->texts[0] = mem_strdup("a");
	outer->texts[1] = mem_strdup("");
	outer->list = mem_array(2, sizeof *outer->list);
	outer->list[0] = (struct inner){ mem_strdup("x"), 7 };
	outer->list[1] = (struct inner){ mem_strdup("xyz"), 1 };
	for (size_t i = 0; i < 3; i++)
		chain_add(&outer->chain, certs.certs[i == 1 ? 0 : 1]);
}

static void test_every_kind(void **state)
{
	struct given given;
	struct outer outer, back = { 0 };
	struct buf out;

	(void)state;
	fill(&outer);
	buf_init(&out);
	pack_add(&out, &outer_shape, &outer, &shared);
	/* port and tries are written as UINT16_MAX ff ff 03 and UINT32_MAX ff ff ff ff 0f */
	assert_int_equal(out.len, sizeof whole - 1);
	assert_memory_equal(out.data, whole, sizeof whole - 1);
	given = give(whole, sizeof whole - 1);
	assert_int_equal(pack_take(&given.in, &outer_shape, &back, &shared), 0);
	assert_int_equal(given.in.left, 0);
	assert_true(back.yes && back.few == FEW_TWO && back.port == 65535 && back.tries == UINT32_MAX &&
	            back.size == 128 && back.time == 5);
	assert_string_equal(back.text, "hi");
	assert_null(back.maybe);
	assert_int_equal(back.text_count, 2);
	assert_string_equal(back.texts[0], "a");
	assert_string_equal(back.texts[1], "");
	assert_int_equal(back.list_count, 2);
	assert_string_equal(back.list[0].text, "x");
	assert_int_equal(back.list[0].number, 7);
	assert_string_equal(back.list[1].text, "xyz");
	assert_int_equal(back.list[1].number, 1);
	assert_int_equal(back.chain.count, 3);
	assert_ptr_equal(back.chain.certs[0], certs.certs[1]);
	assert_ptr_equal(back.chain.certs[1], certs.certs[0]);
	assert_ptr_equal(back.cas, lists.lists[1]);
	assert_int_equal(back.left_out, 0);
	free(given.bytes);
	buf_clear(&out);
	outer_clear(&outer);
	outer_clear(&back);
}

/* What would not be read is cut, a clock that ran backwards is 0, a list of somebody else's is none. */
static void test_what_is_not_sent(void **state)
{
	static const char cut[] = "\0\0\0\0\0\0\5long\5more\0\0\0\0";
	struct ca_list strange = { 0 };
	struct outer outer = { .time = -1, .text = (char[]){ "longer" }, .maybe = (char[]){ "more" }, .cas = &strange };
	char text[TEXTS_LEN + 10], *texts[] = { text };
	struct buf out;

	(void)state;
	buf_init(&out);
	pack_add(&out, &outer_shape, &outer, &shared);
	assert_int_equal(out.len, sizeof cut - 1);
	assert_memory_equal(out.data, cut, sizeof cut - 1);
	memset(text, 'x', sizeof text - 1); /* an element of an array: 255 bytes at most */
	text[sizeof text - 1] = '\0';
	outer.texts = texts;
	outer.text_count = 1;
	out.len = 0;
	pack_add(&out, &outer_shape, &outer, &shared);
	assert_int_equal(out.len, sizeof cut - 1 + 2 + 255);
	assert_memory_equal(out.data + 16, "\1\x80\2xxx", 6);
	buf_clear(&out);
}

/* After what comes before it, whole; -1 whatever is wrong, and what was filled can be cleared (the sanitizers look). */
static void test_what_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ BYTES("\2") },                 /* neither false nor true */
		{ BYTES("\1\3") },               /* beyond the enum */
		{ BYTES("\1\2\x80\x80\4") },     /* 65536 */
		{ BYTES("\1\2\1\x80\x80\x80\x80\x10") }, /* 2 to the 32nd */
		{ BYTES("\1\2\1\1\1\x80\x80\x80\x80\x80\x80\x80\x80\x80\1") }, /* 2 to the 63rd */
		{ BYTES(NUMBERS "\0") },         /* a text that is to be there */
		{ BYTES(NUMBERS "\6hello") },
		{ BYTES(NUMBERS "\3hi\6hello") },
		{ BYTES(NUMBERS "\3hi\0\3\2a\2b\2c") },         /* more texts than the most */
		{ BYTES(NUMBERS "\3hi\0\2\2a\0\0\0\0") },       /* a hole */
		{ BYTES(NUMBERS "\3hi\0\2\2a") },               /* one that is not there */
		{ BYTES(NUMBERS "\3hi\0\0\3\2a\1\2a\1\2a\1\0\0") }, /* more elements than the most */
		{ BYTES(NUMBERS "\3hi\0\0\2\2a\1\2b\x0a\0\0") },   /* an element that is none */
		{ BYTES(NUMBERS "\3hi\0\0\2\2a\1\0\1\0\0") },
		{ BYTES(NUMBERS "\3hi\0\0\0\4\0\0\0\0\0") },    /* a longer chain than the most */
		{ BYTES(NUMBERS "\3hi\0\0\0\1\2\0") },          /* certificates: 0 and 1 */
		{ BYTES(NUMBERS "\3hi\0\0\0\2\1\2\0") },
		{ BYTES(NUMBERS "\3hi\0\0\0\0\3") },            /* lists: 1 and 2; 0 is none */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct given given = give(rows[i].bytes, rows[i].len);
		struct outer back = { 0 };

		if (pack_take(&given.in, &outer_shape, &back, &shared) != -1)
			fail_msg("number %zu of what is refused was taken", i);
		outer_clear(&back);
		free(given.bytes);
	}
	for (size_t len = 0; len < sizeof whole - 1; len++) { /* cut off anywhere */
		struct given given = give(whole, len);
		struct outer back = { 0 };

		assert_int_equal(pack_take(&given.in, &outer_shape, &back, &shared), -1);
		outer_clear(&back);
		free(given.bytes);
	}
}

/* Where there is no certificate, no index is one. */
static void test_nothing_shared(void **state)
{
	static const char one[] = NUMBERS "\3hi\0\0\0\1\0\0", none[] = NUMBERS "\3hi\0\0\0\0\0",
			  list[] = NUMBERS "\3hi\0\0\0\0\1";
	struct certset no_certs;
	struct ca_lists no_lists = { 0 };
	struct shared nothing = { &no_certs, &no_lists };

	(void)state;
	certset_init(&no_certs);
	for (int i = 0; i < 3; i++) {
		struct given given = i == 0 ? give(BYTES(one)) : i == 1 ? give(BYTES(list)) : give(BYTES(none));
		struct outer back = { 0 };

		assert_int_equal(pack_take(&given.in, &outer_shape, &back, &nothing), i < 2 ? -1 : 0);
		outer_clear(&back);
		free(given.bytes);
	}
	certset_clear(&no_certs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),       cmocka_unit_test(test_what_is_no_number),
		cmocka_unit_test(test_texts),         cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_what_is_not_sent), cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_nothing_shared),
	};

	return cmocka_run_group_tests(tests, make_shared, free_shared);
}
