/* SPDX-License-Identifier: MIT */
/* safe and charset against RFC 3629 and RFC 2781, table, and what the deadline tells whom. */
#include "config.h"

#include "base/charset.h"
#include "base/clock.h"
#include "base/deadline.h"
#include "base/mem.h"
#include "base/safe.h"
#include "base/table.h"
#include "base/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* RFC 3629, 3 and 4: the table of lengths, and what is not allowed */
static void test_utf8_is_decoded(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: no UTF-8 */
		uint32_t code;
	} rows[] = {
		{ "a", 1, 0x61 },
		{ "\x7f", 1, 0x7f },
		{ "\x80", 0, 0 },
		{ "\xbf", 0, 0 },
		{ "\xc0\x80", 0, 0 }, /* overlong */
		{ "\xc1\xbf", 0, 0 },
		{ "\xc2\x80", 2, 0x80 },
		{ "\xdf\xbf", 2, 0x7ff },
		{ "\xc2", 0, 0 },
		{ "\xc2\xc2", 0, 0 },
		{ "\xc2\x7f", 0, 0 },
		{ "\xe0\x9f\xbf", 0, 0 },
		{ "\xe0\xa0\x80", 3, 0x800 },
		{ "\xe2\x89\xa2", 3, 0x2262 }, /* section 7 */
		{ "\xed\x9f\xbf", 3, 0xd7ff },
		{ "\xed\xa0\x80", 0, 0 }, /* surrogates */
		{ "\xed\xbf\xbf", 0, 0 },
		{ "\xee\x80\x80", 3, 0xe000 },
		{ "\xef\xbf\xbf", 3, 0xffff },
		{ "\xe2\x89", 0, 0 },
		{ "\xe2\x89z", 0, 0 },
		{ "\xf0\x8f\xbf\xbf", 0, 0 },
		{ "\xf0\x90\x80\x80", 4, 0x10000 },
		{ "\xf0\xa3\x8e\xb4", 4, 0x233b4 }, /* section 7 */
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
		{ "\xf4\x90\x80\x80", 0, 0 },
		{ "\xf7\xbf\xbf\xbf", 0, 0 },
		{ "\xf8\x88\x80\x80\x80", 0, 0 },
		{ "\xf8\x90\x80\x80", 0, 0 },
		{ "\xff", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint32_t code = 0;

		if (safe_decode(rows[i].text, &code) != rows[i].len ||
		    (rows[i].len > 0 && code != rows[i].code))
			fail_msg("row %zu: U+%04X", i, (unsigned)code);
	}
}

static void test_lines_are_harmless(void **state)
{
	static const struct {
		const char *text, *line, *utf8;
	} rows[] = {
		{ "", "", "" },
		{ "Grüße", "Grüße", "Grüße" },
		{ "a\nb\x1b[31m", "a\\x0ab\\x1b[31m", "a\nb\x1b[31m" },
		{ "\x7f", "\\x7f", "\x7f" },
		{ "\xc2\x80", "\\u{80}", "\xc2\x80" },
		{ "\xe2\x80\xae", "\\u{202e}", "\xe2\x80\xae" },
		{ "a\xff", "a\\xff", "a\xef\xbf\xbd" },
		{ "\xc3", "\\xc3", "\xef\xbf\xbd" },
		{ "\xe2\x82z", "\\xe2\\x82z", "\xef\xbf\xbd\xef\xbf\xbdz" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *line = safe_line(rows[i].text);
		struct buf utf8;

		buf_init(&utf8);
		safe_utf8(&utf8, rows[i].text);
		assert_string_equal(rows[i].line, line);
		assert_string_equal(rows[i].utf8, utf8.data);
		buf_clear(&utf8);
		free(line);
	}
	free(safe_line(NULL));
	assert_int_equal(5, safe_columns("Grüße"));
	assert_int_equal(3, safe_columns("a\xe2\x89\xa2z"));
	assert_int_equal(0, safe_columns(""));
}

/* Shown whole while the note on what is left out would take as much; else its two ends. */
static void test_long_texts_lose_their_middle(void **state)
{
	char letters[64], *brief;

	(void)state;
	for (size_t i = 0; i < sizeof letters; i++)
		letters[i] = (char)(i < 40 ? 'a' : 'z');
	letters[33] = '\0';
	brief = safe_brief(letters, 9); /* 9 + 24 */
	assert_string_equal(letters, brief);
	free(brief);
	letters[33] = 'a';
	letters[34] = '\0';
	brief = safe_brief(letters, 9);
	assert_string_equal("aaaaaa[... 25 more ...]aaa", brief);
	free(brief);
	letters[34] = 'a';
	letters[60] = '\0';
	brief = safe_brief(letters, 3);
	assert_string_equal("aa[... 57 more ...]z", brief);
	free(brief);
	brief = safe_brief("äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü", 3); /* 33 characters */
	assert_string_equal("äö[... 30 more ...]ü", brief);
	free(brief);
}

/* RFC 2781, 3.2: the mark says the order of the octets */
static void test_charsets(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum charset charset;
		const char *text;
	} rows[] = {
		{ "", 0, CHARSET_PLAIN, "" },
		{ "ab", 2, CHARSET_PLAIN, "ab" },
		{ "\xef\xbb\xbf", 3, CHARSET_UTF8_MARK, "" },
		{ "\xef\xbb\xbf"
		  "ab",
		  5, CHARSET_UTF8_MARK, "ab" },
		{ "\xef\xbb", 2, CHARSET_PLAIN, "\xef\xbb" },
		{ "\xff\xfe", 2, CHARSET_UTF16_LE, "" },
		{ "\xff\xfe"
		  "a\0b\0",
		  6, CHARSET_UTF16_LE, "ab" },
		{ "\xfe\xff\0a\0b", 6, CHARSET_UTF16_BE, "ab" },
		{ "\xfe\xff", 2, CHARSET_UTF16_BE, "" },
		{ "\xff", 1, CHARSET_PLAIN, "\xff" },
		{ "a\0b\0", 4, CHARSET_UTF16_LE, "ab" },
		{ "\0a\0b", 4, CHARSET_UTF16_BE, "ab" },
		{ "a\0", 2, CHARSET_UTF16_LE, "a" },
		{ "\0a", 2, CHARSET_UTF16_BE, "a" },
		{ "a\0b", 3, CHARSET_UTF16_LE, "a" }, /* half a unit at the end */
		{ "a\0bc", 4, CHARSET_PLAIN, NULL },
		{ "ab\0c", 4, CHARSET_PLAIN, NULL },
		{ "\0\0ab", 4, CHARSET_PLAIN, NULL },
		{ "\xff\xfe\xe9\0\x7f\0\x80\0", 8, CHARSET_UTF16_LE, "?\x7f?" },
		{ "\xff\xfe\x3d\xd8\x00\xde"
		  "a\0",
		  8, CHARSET_UTF16_LE, "?a" }, /* a surrogate pair is one character */
		{ "\xfe\xff\xdb\xff\xdf\xff\0a", 8, CHARSET_UTF16_BE, "?a" },
		{ "\xfe\xff\xd8\x00\xdc\x00\0a", 8, CHARSET_UTF16_BE, "?a" },
		{ "\xfe\xff\xdb\xff\xe0\x00\0a", 8, CHARSET_UTF16_BE, "??a" },
		{ "\xfe\xff\0a\xfe\xff", 6, CHARSET_UTF16_BE, "a?" }, /* a mark only in front */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;

		if (charset_of(rows[i].bytes, rows[i].len) != rows[i].charset)
			fail_msg("row %zu", i);
		if (rows[i].text == NULL)
			continue;
		buf_init(&out);
		charset_read(rows[i].charset, rows[i].bytes, rows[i].len, &out);
		assert_string_equal(rows[i].text, out.data);
		buf_clear(&out);
	}
}

/* 64 bytes are looked at, no more: what follows may be anything. */
static void test_a_sample_tells_the_charset(void **state)
{
	char bytes[66];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = i % 2 == 0 ? 'a' : '\0';
	bytes[65] = 'x';
	assert_int_equal(CHARSET_UTF16_LE, charset_of(bytes, 66));
	bytes[63] = 'x';
	assert_int_equal(CHARSET_PLAIN, charset_of(bytes, 66));
}

static void test_tables(void **state)
{
	struct table table = { NULL };
	char longer[400];
	size_t at = 9;

	(void)state;
	memset(longer, 'Q', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	assert_false(table_find(&table, "a", &at));
	assert_true(table_add(&table, "Ab@[Z", 3));
	assert_false(table_add(&table, "aB@[z", 4)); /* the first stays */
	assert_true(table_find(&table, "AB@[Z", &at));
	assert_int_equal(3, at);
	assert_false(table_find(&table, "ab`[z", NULL)); /* only letters are folded */
	assert_false(table_find(&table, "ab@{z", NULL));
	assert_false(table_find(&table, "ab@[", NULL));
	assert_true(table_find(&table, "ab@[z", NULL));
	assert_true(table_add(&table, longer, 5));
	longer[0] = 'q';
	assert_true(table_find(&table, longer, &at));
	assert_int_equal(5, at);
	longer[398] = 'r';
	assert_false(table_find(&table, longer, &at));
	assert_true(table_add_bytes(&table, "x\0y", 3, 6));
	assert_true(table_add_bytes(&table, "x\0z", 3, 7));
	assert_true(table_find_bytes(&table, "x\0z", 3, &at));
	assert_int_equal(7, at);
	assert_false(table_find_bytes(&table, "x\0Z", 3, NULL)); /* bytes as they are */
	table_clear(&table);
	assert_false(table_find(&table, "ab@[z", NULL));
}

struct heard {
	char text[200];
};

static void hear_tell(void *arg, const char *stage, size_t done, size_t all)
{
	snprintf(((struct heard *)arg)->text, 200, "%s %zu/%zu", stage, done, all);
}

static void hear_note(void *arg, const char *line)
{
	snprintf(((struct heard *)arg)->text, 200, "%s", line);
}

static void hear_found(void *arg, int kind, size_t index)
{
	snprintf(((struct heard *)arg)->text, 200, "%d:%zu", kind, index);
}

static void test_the_deadline_tells_who_asks(void **state)
{
	struct deadline_pulse pulse = { .beats = 5, .busy_with = 9 };
	struct heard heard = { "" };
	struct deadline deadline = { .arg = &heard };
	int64_t left_ms;

	(void)state;
	deadline_tell(&deadline, "probing", 1, 2); /* nobody wants to know */
	deadline_note(&deadline, "%d", 1);
	deadline_found(&deadline, 1, 2);
	deadline_busy(&deadline, 1, 2);
	assert_string_equal("", heard.text);
	deadline.tell = hear_tell;
	deadline.note = hear_note;
	deadline.found = hear_found;
	deadline.pulse = &pulse;
	deadline_tell(&deadline, "probing", 1, 2);
	assert_string_equal("probing 1/2", heard.text);
	deadline_note(&deadline, "%s has %d", "it", 7);
	assert_string_equal("it has 7", heard.text);
	deadline_found(&deadline, 3, 4);
	assert_string_equal("3:4", heard.text);
	assert_int_equal(5, pulse.beats);
	assert_false(deadline_over(&deadline));
	assert_int_equal(6, pulse.beats);
	deadline_busy(&deadline, 2, 8);
	assert_int_equal(7, pulse.beats);
	assert_int_equal(2, pulse.busy_with);
	assert_int_equal(8, pulse.index);
	assert_int_equal(50, deadline_left_ms(&deadline, 50)); /* no end */
	deadline.at_ms = clock_mono_ms() + 3600000;
	assert_int_equal(50, deadline_left_ms(&deadline, 50));
	left_ms = deadline_left_ms(&deadline, 7200000);
	assert_true(left_ms >= 1 && left_ms <= 3600000);
	deadline.at_ms = 1;
	assert_int_equal(0, deadline_left_ms(&deadline, 50));
}

/* Texts of each length, also of that at which a copy has to be made elsewhere. */
static void test_long_keys(void **state)
{
	struct table table = { NULL };
	char key[301];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t len = 0; len <= 300; len++) {
			size_t at = 999;

			memset(key, round == 0 ? 'K' : 'k', len);
			key[len] = '\0';
			if (round == 0)
				assert_true(table_add(&table, key, len));
			else
				assert_true(table_find(&table, key, &at) && at == len);
		}
	}
	table_clear(&table);
}

/* words.h: -1 where there is none; a row without a word is nobody's. */
static void test_words_are_found(void **state)
{
	static const struct { const char *word;
		int more;
	} rows[] = { { "one", 1 }, { NULL, 2 }, { "three", 3 } };

	(void)state;
	assert_int_equal(0, words_find(rows, sizeof *rows, 3, "one"));
	assert_int_equal(2, words_find(rows, sizeof *rows, 3, "three"));
	assert_int_equal(-1, words_find(rows, sizeof *rows, 2, "three"));
	assert_int_equal(-1, words_find(rows, sizeof *rows, 3, ""));
	assert_int_equal(-1, words_find(rows, sizeof *rows, 0, "one"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_is_decoded),
		cmocka_unit_test(test_lines_are_harmless),
		cmocka_unit_test(test_long_texts_lose_their_middle),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_a_sample_tells_the_charset),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_long_keys),
		cmocka_unit_test(test_words_are_found),
		cmocka_unit_test(test_the_deadline_tells_who_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
