/* SPDX-License-Identifier: MIT */
/* What is and is not DER or BER as OpenSSL reads it, octet by octet. */
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
		    { "\x04\x89\1\1\1\1\1\1\1\1\1\1", 12 },
		    { "\x04\x89\1\0\0\0\0\0\0\0\1x", 12 }, /* 2^64 + 1 */
		    { "\x04\x82\0", 3 },
		    { "\x30\x80\0", 3 },
		    { "\x30\x80", 2 } };
	struct tlv tlv;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct bytes in = { (const unsigned char *)bad[i].bytes, bad[i].len };

		assert_false(der_next(&in, &tlv));
	}
}

/* asn1_find_end: two octets 0 where a value could begin, and nothing else */
static void finds_the_end_of_contents(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, body;
	} rows[] = {
		{ "\x30\x80\0\0", 4, 0 },
		{ "\x30\x80\x00\x01x\0\0", 7, 3 },
		{ "\x30\x80\x01\x00\0\0", 6, 2 },
		{ "\x30\x80\x30\x80\0\0\0\0", 8, 4 },
		{ "\x30\x80\x04\x02\0\0\0\0", 8, 4 },
	};
	struct tlv tlv;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes in = { (const unsigned char *)rows[i].bytes, rows[i].len };

		assert_true(der_next(&in, &tlv));
		assert_int_equal(rows[i].body, tlv.body.len);
		assert_int_equal(rows[i].len, tlv.whole.len);
		assert_int_equal(0, in.len);
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

/* ASN1_MAX_STRING_NEST (asn1_collect, 1.1.1w and 3.0): five more within the outermost */
static void bounds_how_deep_strings_go(void **state)
{
	(void)state;
	for (unsigned depth = 1; depth <= 31; depth++) {
		unsigned char bytes[64] = { 0 };
		struct bytes in = { bytes, 2 * depth + 2 }, text;
		struct pool pool = { NULL, 0 };
		struct tlv tlv;

		for (unsigned i = 0; i < depth; i++) {
			bytes[2 * i] = 0x24;
			bytes[2 * i + 1] = (unsigned char)(2 * (depth - i));
		}
		bytes[2 * depth] = 0x04;
		assert_true(der_next(&in, &tlv));
		assert_int_equal(depth <= 6, der_string(&tlv, &pool, &text));
		pool_clear(&pool);
	}
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
	assert_true(integer_ok(BYTES("\x02\x01\x00")));
	assert_true(integer_ok(BYTES("\x02\x01\xff")));
	assert_true(integer_ok(BYTES("\x02\x03\xff\x00\x00")));
	assert_true(integer_ok(BYTES("\x02\x02\xff\x7f")));
	assert_true(integer_ok(BYTES("\x02\x02\x01\x01")));
	assert_true(integer_ok(BYTES("\x02\x02\xfe\xff")));
	assert_false(integer_ok(BYTES("\x02\x03\x00\x00\x80")));
	assert_false(integer_ok(BYTES("\x02\x03\xff\xff\x00")));
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
		     { "\x06\x03\x55\x80\x04", 5, false },
		     { "\x06\x02\x80\x01", 4, false },
		     { "\x06\x03\x84\x80\x01", 5, true },
		     { "\x06\x01\x55\x80", 4, true }, /* what follows is not of it */
		     { "\x26\x03\x55\x04\x03", 5, false } };
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
	assert_false(der_ends_bare(BYTES("\x5f\x1f\x00"))); /* a long tag, no long length */
	assert_false(der_ends_bare(BYTES("\x5f\x21\x00")));
	assert_false(der_ends_bare(BYTES("\x02\x01\x05\x05\x81\x00"))); /* the first one alone */
	assert_false(der_ends_bare(BYTES("\x30\x80\0\0")));
	assert_false(der_ends_bare(BYTES("\x04\x81\x01x")));
}

/* ASN1_MAX_CONSTRUCTED_NEST (tasn_dec.c): no deeper than 30 sequences */
static void looks_so_deep_for_empty_ends(void **state)
{
	(void)state;
	for (size_t depth = 1; depth <= 31; depth++) {
		unsigned char der[2 * 31 + 3];
		struct bytes in = { der, 2 * depth + 3 };

		for (size_t i = 0; i < depth; i++) {
			der[2 * i] = 0x30;
			der[2 * i + 1] = (unsigned char)(in.len - 2 * i - 2);
		}
		memcpy(der + 2 * depth, "\x05\x81\x00", 3);
		assert_int_equal(depth <= 30, der_ends_bare(in));
	}
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
	struct bytes inner = BYTES("\x24\x05\x24\x03\x04\x05x"), stray = BYTES("\x24\x04\x04\x01x\x04");
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
	assert_true(der_next(&stray, &tlv)); /* an octet behind the last piece */
	assert_false(der_string(&tlv, &pool, &text));
	pool_clear(&pool);
}

/* X.690 8.1.3: the short form up to 127 octets, then as few octets as the length needs */
static void writes_the_shortest_lengths(void **state)
{
	static const struct {
		size_t len, header_len;
		const char *header;
	} rows[] = {
		{ 0, 2, "\x04\x00" },
		{ 127, 2, "\x04\x7f" },
		{ 128, 3, "\x04\x81\x80" },
		{ 255, 3, "\x04\x81\xff" },
		{ 256, 4, "\x04\x82\x01\x00" },
		{ 300, 4, "\x04\x82\x01\x2c" },
		{ 65536, 5, "\x04\x83\x01\x00\x00" },
		{ 66051, 5, "\x04\x83\x01\x02\x03" },
	};
	static const unsigned char value[66051] = { 7, 8 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;

		buf_init(&out);
		der_put(&out, DER_OCTETS, value, rows[i].len);
		assert_int_equal(rows[i].header_len + rows[i].len, out.len);
		assert_memory_equal(rows[i].header, out.data, rows[i].header_len);
		assert_memory_equal(value, out.data + rows[i].header_len, rows[i].len);
		buf_clear(&out);
	}
}

/* X.690 11.6: octet by octet, the shorter one as if 0 octets came behind; here it comes first */
static void sorts_encodings(void **state)
{
	static const char *const sorted[] = { "", "a", "aa", "ab", "b", "ba" };

	(void)state;
	for (size_t i = 0; i < 6; i++)
		for (size_t j = 0; j < 6; j++) {
			struct bytes a = { (const unsigned char *)sorted[i], strlen(sorted[i]) },
				     b = { (const unsigned char *)sorted[j], strlen(sorted[j]) };
			int order = der_compare(a, b);

			assert_true(i < j ? order < 0 : i > j ? order > 0 : order == 0);
		}
}

static void compares_octets(void **state)
{
	struct bytes none = { NULL, 0 };

	(void)state;
	assert_true(der_bytes_same(none, none) && der_bytes_same(none, BYTES("")));
	assert_true(der_bytes_same(BYTES("a"), BYTES("a")));
	assert_false(der_bytes_same(BYTES("a"), BYTES("b")));
	assert_false(der_bytes_same(BYTES("a"), none));
	assert_false(der_bytes_same(BYTES("ab"), BYTES("a")));
	assert_int_equal(0, der_compare(none, none));
}

static void counts_the_bits_of_numbers(void **state)
{
	(void)state;
	assert_int_equal(0, der_bit_length(BYTES("")));
	assert_int_equal(0, der_bit_length(BYTES("\0\0")));
	assert_int_equal(1, der_bit_length(BYTES("\x01")));
	assert_int_equal(8, der_bit_length(BYTES("\0\xff")));
	assert_int_equal(9, der_bit_length(BYTES("\0\x01\0")));
	assert_int_equal(16, der_bit_length(BYTES("\x80\0")));
	assert_int_equal(2, der_without_zeros(BYTES("\0\0\x01\0")).len);
	assert_int_equal(0, der_without_zeros(BYTES("\0\0")).len);
}

/* c2i_ASN1_BIT_STRING: bits that do not count are 0 */
static void clears_unused_bits(void **state)
{
	struct bytes in = BYTES("\x03\x02\x03\xff"), empty = BYTES("\x03\x01\x03"),
		     broken = BYTES("\x03\x02\x08\xff"), none = BYTES("\x03\x00"), out;
	struct pool pool = { NULL, 0 };
	struct tlv tlv;
	unsigned unused;

	(void)state;
	assert_true(der_next(&in, &tlv));
	assert_true(der_bits(&tlv, &pool, &out, &unused));
	assert_int_equal(3, unused);
	assert_int_equal(1, out.len);
	assert_int_equal(0xf8, out.at[0]);
	assert_true(der_next(&empty, &tlv));
	assert_true(der_bits(&tlv, &pool, &out, &unused));
	assert_int_equal(0, out.len);
	assert_true(der_next(&broken, &tlv));
	assert_false(der_bits(&tlv, &pool, &out, &unused));
	assert_true(der_next(&none, &tlv));
	assert_false(der_bits(&tlv, &pool, &out, &unused));
	pool_clear(&pool);
}

static bool any_ok(const char *der, size_t len)
{
	struct bytes in = { (const unsigned char *)der, len };
	struct tlv tlv;

	assert_true(der_next(&in, &tlv));
	return der_any_ok(&tlv);
}

/* asn1_ex_c2i (1.1.1w, 3.0): what each universal type has to look like where anything may stand */
static void looks_at_values_of_any_type(void **state)
{
	static const struct {
		const char *der;
		size_t len;
		bool ok;
	} rows[] = {
		{ "\x05\x00", 2, true },
		{ "\x05\x01\x00", 3, false },
		{ "\x25\x00", 2, false },
		{ "\x01\x01\x00", 3, true },
		{ "\x01\x02\x00\x00", 4, false },
		{ "\x01\x00", 2, false },
		{ "\x30\x00", 2, true },
		{ "\x10\x00", 2, false },
		{ "\x31\x00", 2, true },
		{ "\x11\x00", 2, false },
		{ "\x02\x01\x05", 3, true },
		{ "\x0a\x02\x00\x05", 4, false },
		{ "\x06\x01\x55", 3, true },
		{ "\x06\x01\x80", 3, false },
		{ "\x1e\x02\x00\x61", 4, true },
		{ "\x1e\x03\x00\x61\x00", 5, false },
		{ "\x1c\x04\x00\x00\x00\x61", 6, true },
		{ "\x1c\x06\x00\x00\x00\x61\x00\x00", 8, false },
		{ "\x1c\x03\x00\x00\x61", 5, false },
		{ "\x13\x03\x00\x00\x61", 5, true },
		{ "\x03\x01\x00", 3, true },
		{ "\x03\x00", 2, false },
		{ "\x85\x01\x00", 3, true }, /* not a universal type */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (any_ok(rows[i].der, rows[i].len) != rows[i].ok)
			fail_msg("row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_after_the_other),
		cmocka_unit_test(refuses_lengths_beyond_the_end),
		cmocka_unit_test(finds_the_end_of_contents),
		cmocka_unit_test(takes_ber_as_openssl_does),
		cmocka_unit_test(bounds_how_deep_strings_go),
		cmocka_unit_test(tells_absent_from_broken),
		cmocka_unit_test(wants_integers_without_padding),
		cmocka_unit_test(counts_in_twos_complement),
		cmocka_unit_test(wants_whole_oids),
		cmocka_unit_test(tells_empty_ends_in_long_form),
		cmocka_unit_test(looks_so_deep_for_empty_ends),
		cmocka_unit_test(takes_long_tags),
		cmocka_unit_test(puts_strings_together),
		cmocka_unit_test(writes_the_shortest_lengths),
		cmocka_unit_test(sorts_encodings),
		cmocka_unit_test(compares_octets),
		cmocka_unit_test(counts_the_bits_of_numbers),
		cmocka_unit_test(clears_unused_bits),
		cmocka_unit_test(looks_at_values_of_any_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
