/* SPDX-License-Identifier: MIT */
/* Names: which types they may hold, what is folded, how they are shown. By crypto/x509/x_name.c and
 * crypto/asn1/tasn_dec.c's tag2bit (1.1.1w), RFC 4514 for what is shown. */
#include "config.h"

#include "parts.h"
#include "pki/dn.h"
#include "pki/oid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CN "\x06\x03\x55\x04\x03"
#define O "\x06\x03\x55\x04\x0a"

static struct buf entry(struct buf type, unsigned char tag, struct buf value)
{
	return tlv(0x30, join(type, tlv(tag, value)));
}

/* The pool keeps the octets. */
static int read_name(struct pool *pool, struct buf der, struct dn *dn)
{
	unsigned char *kept = pool_new(pool, der.len);
	struct bytes in = { kept, der.len };
	int found;

	memcpy(kept, der.data, der.len);
	buf_clear(&der);
	found = dn_read(&in, pool, dn);
	assert_true(found != 1 || in.len == 0);
	return found;
}

static int read_value(struct pool *pool, unsigned char tag, struct buf value, struct dn *dn)
{
	return read_name(pool, tlv(0x30, tlv(0x31, entry(RAW(CN), tag, value))), dn);
}

/* ASN1_PRINTABLE: of the types those that have a bit there, or none at all ("unknown") */
static void names_hold_some_types(void **state)
{
	static const unsigned char allowed[] = { 3,  7,  8,  9,  10, 11, 12, 13, 14,
		                                 15, 16, 18, 19, 20, 22, 28, 29, 30 };

	(void)state;
	for (unsigned char tag = 0; tag < 31; tag++) {
		unsigned char written = tag == 16 || tag == 17 ? tag | 0x20 : tag;
		bool want = memchr(allowed, tag, sizeof allowed) != NULL;
		struct pool pool = { NULL, 0 };
		struct buf value = tag == 16 ? RAW("\x05\x00") : tag == 10 ? RAW("\x05")
				   : tag == 28 ? RAW("\0\0\0A")
				   : tag == 3 ? RAW("\x00""AB") : tag == 1 ? RAW("\xff")
				   : tag == 5 || tag == 17 ? RAW("") : RAW("\x55""ABC");
		struct dn dn;

		if (read_value(&pool, written, value, &dn) != (want ? 1 : -1))
			fail_msg("type %u", tag);
		if (want) {
			assert_int_equal(tag == 10, dn.strange); /* in 1.1.1 alone */
			assert_int_equal(1, dn.count);
			assert_int_equal(tag, dn.entries[0].tag);
		}
		pool_clear(&pool);
	}
}

static bool same(unsigned char tag_a, struct buf a, unsigned char tag_b, struct buf b)
{
	struct pool pool = { NULL, 0 };
	struct dn x, y;
	bool is;

	assert_int_equal(1, read_value(&pool, tag_a, a, &x));
	assert_int_equal(1, read_value(&pool, tag_b, b, &y));
	is = dn_same(&x, &y);
	assert_int_equal(is, dn_starts_with(&x, &y) && dn_starts_with(&y, &x));
	pool_clear(&pool);
	return is;
}
#define SAME(a, b) same(DER_UTF8, RAW(a), DER_UTF8, RAW(b))

/* asn1_string_canon: seven types become UTF-8; what is left of them in names */
static void text_is_folded_whatever_its_type(void **state)
{
	(void)state;
	assert_true(same(DER_PRINTABLE, RAW("A"), DER_UTF8, RAW("a")));
	assert_true(same(DER_T61, RAW("A"), DER_UTF8, RAW("a")));
	assert_true(same(DER_IA5, RAW("A"), DER_UTF8, RAW("a")));
	assert_true(same(DER_BMP, RAW("\0A"), DER_UTF8, RAW("a")));
	assert_true(same(DER_UNIVERSAL_STRING, RAW("\0\0\0A"), DER_UTF8, RAW("a")));
	assert_false(same(DER_NUMERIC, RAW("A"), DER_NUMERIC, RAW("a")));
	assert_false(same(DER_NUMERIC, RAW("a"), DER_UTF8, RAW("a")));
	assert_true(same(DER_NUMERIC, RAW("a"), DER_NUMERIC, RAW("a")));
	assert_true(SAME("AZ", "az") && SAME("MixeD", "mIXEd"));
	assert_false(SAME("@", "`"));
	assert_false(SAME("[", "{"));
	assert_false(SAME("\xc3\x89", "\xc3\xa9")); /* ASCII letters alone */
}

static void spaces_are_folded(void **state)
{
	(void)state;
	assert_true(SAME("  a", "a") && SAME("a  ", "a") && SAME(" a b ", "a b"));
	assert_true(SAME("a \t\n\v\f\r b", "a b"));
	assert_true(SAME("a\tb", "a b") && SAME("a\rb", "a b") && SAME("\ta\r", "a"));
	assert_true(SAME("   ", ""));
	assert_false(SAME("a b", "ab"));
	assert_false(SAME("a\x08", "a"));
	assert_false(SAME("a\x0e", "a"));
	assert_false(SAME("a!", "a"));
}

/* x509_name_ex_d2i, i2d_name_canon: a SET is sorted, an empty one vanishes. */
static void values_of_one_rdn_have_no_order(void **state)
{
	struct pool pool = { NULL, 0 };
	struct dn x, y, z, empty, longer;

	(void)state;
	assert_int_equal(1, read_name(&pool, tlv(0x30, tlv(0x31, join(entry(RAW(CN), 12, RAW("a")),
	                                                              entry(RAW(O), 12, RAW("b"))))),
	                              &x));
	assert_int_equal(1, read_name(&pool, tlv(0x30, tlv(0x31, join(entry(RAW(O), 12, RAW("B")),
	                                                              entry(RAW(CN), 12, RAW("A"))))),
	                              &y));
	assert_int_equal(1, read_name(&pool, tlv(0x30, join(tlv(0x31, entry(RAW(CN), 12, RAW("a"))),
	                                                    tlv(0x31, entry(RAW(O), 12, RAW("b"))))),
	                              &z));
	assert_int_equal(1, read_name(&pool, tlv(0x30, tlv(0x31, RAW(""))), &empty));
	assert_int_equal(1, read_name(&pool, tlv(0x30, join(tlv(0x31, entry(RAW(CN), 12, RAW("a"))),
	                                                    tlv(0x31, entry(RAW(O), 12, RAW("c"))))),
	                              &longer));
	assert_true(dn_same(&x, &y));
	assert_false(dn_same(&x, &z) || dn_same(&z, &longer) || dn_starts_with(&z, &longer));
	assert_int_equal(x.entries[0].rdn, x.entries[1].rdn);
	assert_int_not_equal(z.entries[0].rdn, z.entries[1].rdn);
	assert_int_equal(0, empty.canonical.len);
	assert_true(dn_starts_with(&x, &empty) && dn_starts_with(&empty, &empty));
	assert_false(dn_starts_with(&empty, &x));
	assert_ptr_equal(&z.entries[1], dn_first(&z, OID_O));
	assert_ptr_equal(&z.entries[0], dn_first(&z, OID_CN));
	assert_null(dn_first(&z, OID_EMAIL));
	pool_clear(&pool);
}

static void broken_names_are_refused(void **state)
{
	static const struct {
		const char *der;
		size_t len;
		int found;
	} rows[] = {
		{ "", 0, 0 },
		{ "\x31\x00", 2, 0 },
		{ "\x30\x01", 2, -1 },
		{ "\x30\x00", 2, 1 },
		{ "\x30\x02\x30\x00", 4, -1 },
		{ "\x30\x01\x31", 3, -1 }, /* an octet where another SET could be */
		{ "\x30\x03\x31\x01\x30", 5, -1 },
		{ "\x30\x0d\x31\x0a\x30\x08" CN "\x0c\x01x\x31", 15, -1 },
		{ "\x30\x0d\x31\x0b\x30\x08" CN "\x0c\x01x\x30", 15, -1 },
		{ "\x30\x04\x31\x02\x31\x00", 6, -1 },
		{ "\x30\x04\x31\x02\x30\x00", 6, -1 },
		{ "\x30\x09\x31\x07\x30\x05" CN, 11, -1 },                  /* no value */
		{ "\x30\x0c\x31\x0a\x30\x08" CN "\x0c\x01x", 14, 1 },
		{ "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x83\x0c\x01x", 14, -1 },
		{ "\x30\x0c\x31\x0a\x30\x08\x04\x03\x55\x04\x03\x0c\x01x", 14, -1 },
		{ "\x30\x0c\x31\x0a\x30\x08" CN "\x8c\x01x", 14, -1 },      /* of another class */
		{ "\x30\x0e\x31\x0c\x30\x0a" CN "\x0c\x01x\x05\x00", 16, -1 },
		{ "\x30\x0d\x31\x0b\x30\x09" CN "\x0c\x01x\x05", 15, -1 },
		{ "\x30\x0c\x31\x0a\x30\x08" CN "\x0c\x01\xff", 14, -1 },   /* no UTF-8 */
		{ "\x30\x0c\x31\x0a\x30\x08" CN "\x1e\x01x", 14, -1 },      /* half a character */
		{ "\x30\x0d\x31\x0b\x30\x09" CN "\x03\x02\x08x", 15, -1 },  /* eight unused bits */
		{ "\x30\x0e\x31\x0c\x30\x0a" CN "\x2c\x03\x0c\x01x", 16, 1 },
		{ "\x30\x0e\x31\x0c\x30\x0a" CN "\x2c\x03\x0c\x05x", 16, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pool pool = { NULL, 0 };
		struct dn dn;

		if (read_name(&pool, raw(rows[i].der, rows[i].len), &dn) != rows[i].found)
			fail_msg("row %zu", i);
		pool_clear(&pool);
	}
}

/* A SET of a relative name, by itself (RFC 5280 4.2.1.13) */
static void entries_alone_are_checked(void **state)
{
	struct pool pool = { NULL, 0 };

	(void)state;
	assert_true(dn_entries_ok((struct bytes){ (const unsigned char *)"\x30\x08" CN "\x0c\x01x", 10 },
	                          &pool));
	assert_true(dn_entries_ok((struct bytes){ (const unsigned char *)"", 0 }, &pool));
	assert_false(dn_entries_ok((struct bytes){ (const unsigned char *)"\x30\x08" CN "\x0c\x01\xff",
	                                           10 }, &pool));
	assert_false(dn_entries_ok((struct bytes){ (const unsigned char *)"\x31\x08" CN "\x0c\x01x", 10 },
	                           &pool));
	pool_clear(&pool);
}

/* RFC 4514 2.1: the last RDN first */
static void rdns_are_shown_from_the_last_on(void **state)
{
	struct pool pool = { NULL, 0 };
	struct dn dn;
	char *text;

	(void)state;
	assert_int_equal(1, read_name(&pool,
	                              tlv(0x30, join(tlv(0x31, entry(RAW(O), 12, RAW("x"))),
	                                             join(tlv(0x31, join(entry(RAW(O), 12, RAW("y")),
	                                                                 entry(RAW(CN), 12, RAW("b")))),
	                                                  join(tlv(0x31, entry(RAW(CN), 12, RAW("c"))),
	                                                       tlv(0x31, entry(RAW(CN), 12,
	                                                                       RAW("d"))))))),
	                              &dn));
	text = dn_text(&dn);
	assert_string_equal("CN=d,CN=c,O=y+CN=b,O=x", text);
	free(text);
	pool_clear(&pool);
}

/* RFC 4514 2.4 */
static void what_would_be_misread_has_a_backslash(void **state)
{
	static const struct {
		const char *value, *shown;
	} rows[] = {
		{ "a", "CN=a" },
		{ "", "CN=" },
		{ " ", "CN=\\ " },
		{ " a b ", "CN=\\ a b\\ " },
		{ "#a#", "CN=\\#a#" },
		{ "a#", "CN=a#" },
		{ ",+\"\\<>;", "CN=\\,\\+\\\"\\\\\\<\\>\\;" },
		{ "a=b/c", "CN=a=b/c" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pool pool = { NULL, 0 };
		struct dn dn;
		char *text;

		assert_int_equal(1, read_value(&pool, DER_UTF8,
		                               raw(rows[i].value, strlen(rows[i].value)), &dn));
		text = dn_text(&dn);
		assert_string_equal(rows[i].shown, text);
		free(text);
		pool_clear(&pool);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_hold_some_types),
		cmocka_unit_test(text_is_folded_whatever_its_type),
		cmocka_unit_test(spaces_are_folded),
		cmocka_unit_test(values_of_one_rdn_have_no_order),
		cmocka_unit_test(broken_names_are_refused),
		cmocka_unit_test(entries_alone_are_checked),
		cmocka_unit_test(rdns_are_shown_from_the_last_on),
		cmocka_unit_test(what_would_be_misread_has_a_backslash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
