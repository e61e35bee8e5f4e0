/* SPDX-License-Identifier: MIT */
/* Strings of certificates as text: RFC 2279's table of lengths (UTF8_getc of 1.1.1w takes its six
 * octets), ISO 10646's limits. */
#include "config.h"

#include "pki/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* In memory of its own size, so that a sanitizer sees what is read behind it */
static bool read_text(unsigned tag, const char *value, size_t len, struct buf *out, bool *strange)
{
	unsigned char *copy = malloc(len + (len == 0));
	bool ok;

	assert_non_null(copy);
	memcpy(copy, value, len);
	*strange = false;
	buf_init(out);
	ok = text_utf8(tag, (struct bytes){ copy, len }, out, strange);
	free(copy);
	return ok;
}

static void utf8_is_read_by_the_table(void **state)
{
	static const struct {
		const char *value;
		size_t len;
		bool ok, strange;
	} rows[] = {
		{ "", 0, true, false },
		{ "\x7f", 1, true, false },
		{ "\x80", 1, false, false },
		{ "\xbf\x80", 2, false, false },
		{ "\xc1\xbf", 2, false, false }, /* overlong: below U+0080 */
		{ "\xc2\x80", 2, true, false },
		{ "\xdf\xbf", 2, true, false },
		{ "\xdf\x7f", 2, false, false },
		{ "\xdf\xc0", 2, false, false },
		{ "\xdf", 1, false, false },
		{ "\xe0\x9f\xbf", 3, false, false },
		{ "\xe0\xa0\x80", 3, true, false },
		{ "\xef\xbf\xbf", 3, true, false },
		{ "\xef\xbf\x40", 3, false, false },
		{ "\xef\xbf", 2, false, false },
		{ "\xf0\x8f\xbf\xbf", 4, false, false },
		{ "\xf0\x90\x80\x80", 4, true, false },
		{ "\xf4\x8f\xbf\xbf", 4, true, false },
		{ "\xf4\x90\x80\x80", 4, true, true },
		{ "\xf7\xbf\xbf\xbf", 4, true, true },
		{ "\xf8\x87\xbf\xbf\xbf", 5, false, false },
		{ "\xf8\x88\x80\x80\x80", 5, true, true },
		{ "\xfb\xbf\xbf\xbf\xbf", 5, true, true },
		{ "\xfc\x83\xbf\xbf\xbf\xbf", 6, false, false },
		{ "\xfc\x84\x80\x80\x80\x80", 6, true, true },
		{ "\xfd\xbf\xbf\xbf\xbf\xbf", 6, true, true },
		{ "\xfe\xbf\xbf\xbf\xbf\xbf", 6, false, false },
		{ "\xff\xbf\xbf\xbf\xbf\xbf", 6, false, false },
		{ "\xed\x9f\xbf", 3, true, false },
		{ "\xed\xa0\x80", 3, true, true },
		{ "\xed\xbf\xbf", 3, true, true },
		{ "\xee\x80\x80", 3, true, false },
		{ "\xed\xa0\x80"
		  "a",
		  4, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;
		bool strange;

		if (read_text(DER_UTF8, rows[i].value, rows[i].len, &out, &strange) != rows[i].ok ||
		    strange != rows[i].strange)
			fail_msg("row %zu", i);
		if (rows[i].ok) { /* and comes out as it went in */
			assert_int_equal(rows[i].len, out.len);
			assert_true(out.len == 0 || memcmp(rows[i].value, out.data, out.len) == 0);
		}
		buf_clear(&out);
	}
}

/* a_strex.c's tag2nbyte */
static void types_have_widths(void **state)
{
	static const struct {
		unsigned tag;
		const char *value;
		size_t len;
		const char *text; /* NULL: none */
	} rows[] = {
		{ DER_NUMERIC, "\xe9", 1, "\xc3\xa9" },
		{ DER_PRINTABLE, "a", 1, "a" },
		{ DER_T61, "\xe9", 1, "\xc3\xa9" },
		{ DER_IA5, "\xff", 1, "\xc3\xbf" },
		{ DER_VISIBLE, "ab", 2, "ab" },
		{ DER_UTC_TIME, "1", 1, "1" },
		{ DER_GENERALIZED_TIME, "1", 1, "1" },
		{ DER_BMP, "\x20\xac", 2, "\xe2\x82\xac" },
		{ DER_BMP, "\x20\xac\x20", 3, NULL },
		{ DER_UNIVERSAL_STRING, "\0\0\x20\xac", 4, "\xe2\x82\xac" },
		{ DER_UNIVERSAL_STRING, "\0\x20\xac", 3, NULL },
		{ DER_UNIVERSAL_STRING, "\x7f\xff\xff\xff", 4, "\xfd\xbf\xbf\xbf\xbf\xbf" },
		{ DER_UNIVERSAL_STRING, "\x80\x00\x00\x00", 4, NULL },
		{ DER_OCTETS, "a", 1, NULL },
		{ DER_BITS, "a", 1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;
		bool strange, ok = read_text(rows[i].tag, rows[i].value, rows[i].len, &out, &strange);

		if (ok != (rows[i].text != NULL) ||
		    (ok && (out.len != strlen(rows[i].text) ||
		            memcmp(rows[i].text, out.data, out.len) != 0)))
			fail_msg("row %zu", i);
		buf_clear(&out);
	}
}

/* What is no character is shown octet by octet. */
static void what_is_no_text_is_shown_in_hex(void **state)
{
	static const struct {
		unsigned tag;
		const char *value;
		size_t len;
		const char *text;
	} rows[] = {
		{ DER_OCTETS, "a\x01\xff", 3, "\\x61\\x01\\xFF" },
		{ DER_UTF8, "a\0b", 3, "a\\x00b" },
		{ DER_UTF8, "\x01", 1, "\x01" },
		{ DER_UTF8, "\xc3", 1, "\\xC3" },
		{ DER_UTF8, "\xc3\xa9", 2, "\xc3\xa9" },
		{ DER_UTF8, "\xed\xa0\x80z", 4, "\\xED\\xA0\\x80z" },
		{ DER_BMP, "\0a\xd8\x00\0b", 6, "a\\xD8\\x00b" },
		{ DER_IA5, "", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = text_show(rows[i].tag, (struct bytes){ (const unsigned char *)rows[i].value,
		                                                    rows[i].len });

		if (strcmp(rows[i].text, text) != 0)
			fail_msg("row %zu: %s", i, text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_read_by_the_table),
		cmocka_unit_test(types_have_widths),
		cmocka_unit_test(what_is_no_text_is_shown_in_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
