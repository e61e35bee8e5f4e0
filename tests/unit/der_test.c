/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/der.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) ((struct bytes){ (const unsigned char *)(text), sizeof(text) - 1 })

static void reads_one_after_the_other(void **state)
{
	struct bytes in = BYTES("\x02\x01\x05\x04\x02hi");
	struct tlv tlv;

	(void)state;
	assert_true(der_next(&in, &tlv));
	assert_int_equal(DER_INTEGER, tlv.tag);
	assert_int_equal(1, tlv.body.len);
	assert_true(der_next(&in, &tlv));
	assert_memory_equal("hi", tlv.body.at, 2);
	assert_int_equal(4, tlv.whole.len);
	assert_false(der_next(&in, &tlv));
}

static void refuses_lengths_beyond_the_end(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = { { "\x04", 1 },
		    { "\x04\x02h", 3 },
		    { "\x04\x81", 2 },
		    { "\x04\x84\xff\xff\xff\xff", 6 },
		    { "\x1f\x81", 2 },
		    { "\x04\x80hi\0\0", 6 },
		    { "\x30\x80\x02\x01\x05", 5 },
		    { "\x04\x89\1\1\1\1\1\1\1\1\1\1", 12 } };
	struct tlv tlv;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct bytes in = { (const unsigned char *)bad[i].bytes, bad[i].len };

		assert_false(der_next(&in, &tlv));
	}
}

/* OpenSSL takes BER: long lengths with zeros, indefinite lengths, strings in pieces. */
static void takes_ber_as_openssl_does(void **state)
{
	struct bytes in = BYTES("\x30\x80\x24\x80\x04\x01h\x04\x01i\0\0\0\0\x04\x84\0\0\0\x01x"),
		     inside, text;
	struct pool pool = { NULL, 0 };
	struct tlv tlv;

	(void)state;
	assert_int_equal(1, der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &inside));
	assert_true(der_next(&inside, &tlv));
	assert_int_equal(0, inside.len);
	assert_true(der_string(&tlv, &pool, &text));
	assert_int_equal(2, text.len);
	assert_memory_equal("hi", text.at, 2);
	assert_true(der_next(&in, &tlv));
	assert_memory_equal("x", tlv.body.at, 1);
	pool_clear(&pool);
}

static void bounds_how_deep_strings_go(void **state)
{
	unsigned char bytes[64] = { 0 };
	struct bytes in = { bytes, sizeof bytes }, text;
	struct pool pool = { NULL, 0 };
	struct tlv tlv;

	(void)state;
	for (unsigned i = 0; i < 31; i++) {
		bytes[2 * i] = 0x24;
		bytes[2 * i + 1] = (unsigned char)(62 - 2 * i);
	}
	bytes[62] = 0x04;
	assert_true(der_next(&in, &tlv));
	assert_false(der_string(&tlv, &pool, &text));
	pool_clear(&pool);
}

static void tells_absent_from_broken(void **state)
{
	struct bytes in = BYTES("\x04\x01x"), none = { NULL, 0 }, broken = BYTES("\x04\x05x");
	struct tlv tlv;

	(void)state;
	assert_int_equal(0, der_take(&in, DER_UNIVERSAL, DER_INTEGER, &tlv));
	assert_int_equal(3, in.len);
	assert_int_equal(0, der_take(&none, DER_UNIVERSAL, DER_INTEGER, &tlv));
	assert_int_equal(-1, der_take(&broken, DER_UNIVERSAL, DER_INTEGER, &tlv));
	assert_int_equal(-1, der_enter(&in, DER_UNIVERSAL, DER_OCTETS, &none)); /* primitive */
}

static bool integer_ok(struct bytes in)
{
	struct tlv tlv;

	return der_next(&in, &tlv) && der_integer_ok(&tlv);
}

static void wants_integers_without_padding(void **state)
{
	(void)state;
	assert_true(integer_ok(BYTES("\x02\x01\x80")));
	assert_true(integer_ok(BYTES("\x02\x02\x00\x80")));
	assert_true(integer_ok(BYTES("\x02\x02\xff\x00")));
	assert_false(integer_ok(BYTES("\x02\x00")));
	assert_false(integer_ok(BYTES("\x02\x02\x00\x7f")));
	assert_false(integer_ok(BYTES("\x02\x02\xff\x80")));
	assert_false(integer_ok(BYTES("\x22\x03\x02\x01\x05")));
}

static void counts_in_twos_complement(void **state)
{
	int64_t value;

	(void)state;
	assert_true(der_integer_value(BYTES("\xff\x00"), &value));
	assert_int_equal(-256, value);
	assert_true(der_integer_value(BYTES("\x00\x80"), &value));
	assert_int_equal(128, value);
	assert_false(der_integer_value(BYTES("\x01\0\0\0\0\0\0\0\0"), &value));
}

static void wants_whole_oids(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool ok;
	} oids[] = { { "\x06\x03\x55\x04\x03", 5, true },
		     { "\x06\x00", 2, false },
		     { "\x06\x02\x55\x84", 4, false },
		     { "\x06\x03\x55\x80\x04", 5, false } };
	struct tlv tlv;

	(void)state;
	for (size_t i = 0; i < sizeof oids / sizeof *oids; i++) {
		struct bytes in = { (const unsigned char *)oids[i].bytes, oids[i].len };

		assert_true(der_next(&in, &tlv));
		assert_int_equal(oids[i].ok, der_oid_ok(&tlv));
	}
}

/* NULL with its length as 81 00: 3 reads it anywhere, 1.1.1 not where nothing comes after it. */
static void tells_empty_ends_in_long_form(void **state)
{
	(void)state;
	assert_true(der_ends_bare(BYTES("\x30\x06\x02\x01\x05\x05\x81\x00")));
	assert_false(der_ends_bare(BYTES("\x30\x06\x05\x81\x00\x02\x01\x05")));
	assert_false(der_ends_bare(BYTES("\x30\x80\x05\x81\x00\0\0")));
	assert_false(der_ends_bare(BYTES("\x30\x02\x05\x00")));
}

/* X.690 8.1.2.4: seven bits an octet; asn1_get_object (3.0) takes numbers up to INT_MAX */
static void takes_long_tags(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		unsigned tag; /* 0: refused */
	} rows[] = {
		{ "\x5f\x1f\x00", 3, 31 },
		{ "\x5f\x81\x01\x00", 4, 129 },
		{ "\x5f\x83\xff\x7f\x00", 5, 65535 },
		{ "\x5f\x87\xff\xff\xff\x7f\x00", 7, 0x7fffffff },
		{ "\x5f\x88\x80\x80\x80\x00\x00", 7, 0 },
		{ "\x5f\x81", 2, 0 },
	};
	struct tlv tlv;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes in = { (const unsigned char *)rows[i].bytes, rows[i].len };

		assert_int_equal(rows[i].tag != 0, der_next(&in, &tlv));
		if (rows[i].tag != 0) {
			assert_int_equal(rows[i].tag, tlv.tag);
			assert_int_equal(0x40, tlv.class);
			assert_int_equal(0, in.len);
		}
	}
}

/* asn1_collect (1.1.1w, 3.0): pieces in pieces, in order; a broken piece spoils the string */
static void puts_strings_together(void **state)
{
	struct bytes whole = BYTES("\x24\x0a\x04\x01"
	                           "a\x24\x05\x04\x03"
	                           "bcd"),
		     broken = BYTES("\x24\x06\x04\x01"
	                            "a\x04\x05x"),
		     text;
	struct bytes inner = BYTES("\x24\x05\x24\x03\x04\x05x");
	struct pool pool = { NULL, 0 };
	struct tlv tlv;

	(void)state;
	assert_true(der_next(&whole, &tlv));
	assert_true(der_string(&tlv, &pool, &text));
	assert_int_equal(4, text.len);
	assert_memory_equal("abcd", text.at, 4);
	assert_true(der_next(&broken, &tlv));
	assert_false(der_string(&tlv, &pool, &text));
	assert_true(der_next(&inner, &tlv));
	assert_false(der_string(&tlv, &pool, &text));
	pool_clear(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_after_the_other),
		cmocka_unit_test(refuses_lengths_beyond_the_end),
		cmocka_unit_test(takes_ber_as_openssl_does),
		cmocka_unit_test(bounds_how_deep_strings_go),
		cmocka_unit_test(tells_absent_from_broken),
		cmocka_unit_test(wants_integers_without_padding),
		cmocka_unit_test(counts_in_twos_complement),
		cmocka_unit_test(wants_whole_oids),
		cmocka_unit_test(tells_empty_ends_in_long_form),
		cmocka_unit_test(takes_long_tags),
		cmocka_unit_test(puts_strings_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
