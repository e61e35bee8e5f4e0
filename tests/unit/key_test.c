/* SPDX-License-Identifier: MIT */
/* SubjectPublicKeyInfo, kind by kind: what is read, what counts as strong. Bounds are OpenSSL's
 * (1.1.1w and 3.0), counted by hand. */
#include "config.h"

#include "parts.h"
#include "pki/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define OID_RSA_1 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_DSA_1 "\x06\x07\x2a\x86\x48\xce\x38\x04\x01"
#define OID_EC_1 "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define OID_DH_1 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01"
#define P256 "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define G_X \
	"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2" \
	"\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"
#define G_Y \
	"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16" \
	"\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5"

static int read_algorithm(const char *der, size_t len, struct algorithm *algorithm)
{
	struct bytes in = { (const unsigned char *)der, len };

	return algorithm_read(&in, algorithm);
}
#define ALGORITHM(der, out) read_algorithm(der, sizeof(der) - 1, out)

/* RFC 5280 4.1.1.2: SEQUENCE { OID, ANY OPTIONAL } */
static void algorithms_are_an_oid_and_what_belongs_to_it(void **state)
{
	struct algorithm a, b;

	(void)state;
	assert_int_equal(1, ALGORITHM("\x30\x03\x06\x01\x55", &a));
	assert_false(a.has_parameter);
	assert_int_equal(1, ALGORITHM("\x30\x03\x06\x01\x55", &b));
	assert_true(algorithm_same(&a, &b));
	assert_int_equal(1, ALGORITHM("\x30\x03\x06\x01\x54", &b));
	assert_false(algorithm_same(&a, &b));
	assert_int_equal(1, ALGORITHM("\x30\x05\x06\x01\x55\x05\x00", &b));
	assert_true(b.has_parameter);
	assert_false(algorithm_same(&a, &b) || algorithm_same(&b, &a));
	assert_int_equal(1, ALGORITHM("\x30\x06\x06\x01\x55\x02\x01\x00", &a));
	assert_false(algorithm_same(&a, &b));
	assert_int_equal(1, ALGORITHM("\x30\x06\x06\x01\x55\x02\x01\x00", &b));
	assert_true(algorithm_same(&a, &b));
	assert_int_equal(1, ALGORITHM("\x30\x03\x06\x01\x55", &b)); /* nothing of before stays */
	assert_false(b.has_parameter);
	assert_int_equal(0, ALGORITHM("", &a));
	assert_int_equal(0, ALGORITHM("\x06\x01\x55", &a));
	assert_int_equal(-1, ALGORITHM("\x30\x05\x06", &a));
	assert_int_equal(-1, ALGORITHM("\x30\x00", &a));
	assert_int_equal(-1, ALGORITHM("\x30\x02\x05\x00", &a));
	assert_int_equal(-1, ALGORITHM("\x30\x03\x06\x01\x85", &a));
	assert_int_equal(-1, ALGORITHM("\x30\x04\x06\x01\x55\x05", &a));
	assert_int_equal(-1, ALGORITHM("\x30\x05\x06\x01\x55\x01\x00", &a));
	assert_int_equal(-1, ALGORITHM("\x30\x07\x06\x01\x55\x05\x00\x05\x00", &a));
	assert_int_equal(-1, ALGORITHM("\x30\x06\x06\x01\x55\x05\x00\x05", &a)); /* cut off */
}

/* In memory of its own size, so that a sanitizer sees what is read behind it */
static int read_key(struct buf der, struct pool *pool, struct key *key)
{
	unsigned char *kept = pool_new(pool, der.len);
	struct bytes in = { kept, der.len };
	int found;

	memcpy(kept, der.data, der.len);
	memset(key, 0xff, sizeof *key); /* all of it is set */
	found = key_read(&in, pool, key);
	buf_clear(&der);
	return found;
}

static void keys_are_an_algorithm_and_bits(void **state)
{
	struct pool pool = { NULL, 0 };
	struct key key;

	(void)state;
	assert_int_equal(0, read_key(RAW("\x05\x00"), &pool, &key));
	assert_int_equal(-1, read_key(RAW("\x30\x00"), &pool, &key));
	assert_int_equal(-1, read_key(RAW("\x30\x05\x30\x03\x06\x01\x55"), &pool, &key));
	assert_int_equal(-1, read_key(RAW("\x30\x09\x30\x03\x06\x01\x55\x04\x02\x00\x00"), &pool, &key));
	assert_int_equal(-1, read_key(RAW("\x30\x09\x30\x03\x06\x01\x55\x03\x02\x08\x00"), &pool, &key));
	assert_int_equal(-1, read_key(RAW("\x30\x0b\x30\x03\x06\x01\x55\x03\x02\x00\x00\x05\x00"), &pool,
	                              &key));
	assert_int_equal(-1, read_key(RAW("\x30\x0a\x30\x03\x06\x01\x55\x03\x02\x00\x00\x05"), &pool,
	                              &key));
	assert_int_equal(1, read_key(RAW("\x30\x09\x30\x03\x06\x01\x55\x03\x02\x00\x00"), &pool, &key));
	assert_false(key.readable[ERA_OPENSSL1] || key.readable[ERA_OPENSSL3]);
	assert_int_equal(KEY_OTHER, key.type);
	assert_true(key_import(&key) == NULL && !key_may_compute(&key));
	key_clear(&key);
	pool_clear(&pool);
}

/* BN_security_bits; ossl_ifc_ffc_compute_security_bits reaches 80 at 920 bits */
static void rsa_is_strong_by_its_bits(void **state)
{
	static const struct {
		size_t bytes;
		unsigned char first;
		unsigned bits;
		bool old, new;
	} rows[] = {
		{ 115, 0x7f, 919, false, false },
		{ 116, 0x00, 920, false, true },
		{ 128, 0x7f, 1023, false, true },
		{ 129, 0x00, 1024, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pool pool = { NULL, 0 };
		struct key key;

		assert_int_equal(1, read_key(rsa(number(rows[i].bytes, rows[i].first, 0xff, 0xff),
		                                 RAW("\x02\x01\x03")),
		                             &pool, &key));
		assert_true(key.readable[ERA_OPENSSL1] && key.readable[ERA_OPENSSL3]);
		assert_int_equal(KEY_RSA, key.type);
		assert_int_equal(rows[i].bits, key.bits);
		assert_int_equal(rows[i].old, key.strong[ERA_OPENSSL1]);
		assert_int_equal(rows[i].new, key.strong[ERA_OPENSSL3]);
		assert_true(key_may_compute(&key));
		assert_non_null(key_import(&key));
		assert_ptr_equal(key_import(&key), key_import(&key));
		key_clear(&key);
		assert_null(key.imported);
		pool_clear(&pool);
	}
}

/* BN_security_bits: q by half its bits */
static void dsa_is_strong_by_p_and_q(void **state)
{
	static const struct {
		size_t p_bytes, q_bytes;
		unsigned char p_first, q_first;
		bool strong;
	} rows[] = {
		{ 129, 21, 0, 0, true },
		{ 128, 21, 0x7f, 0, false },
		{ 129, 20, 0, 0x7f, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pool pool = { NULL, 0 };
		struct key key;

		assert_int_equal(1, read_key(dsa(number(rows[i].p_bytes, rows[i].p_first, 0xff, 0xff),
		                                 number(rows[i].q_bytes, rows[i].q_first, 0xff, 0xff),
		                                 number(2, 0x01, 0, 3)),
		                             &pool, &key));
		assert_true(key.readable[ERA_OPENSSL1] && key.readable[ERA_OPENSSL3]);
		assert_int_equal(KEY_DSA, key.type);
		assert_int_equal(rows[i].strong, key.strong[ERA_OPENSSL1]);
		assert_int_equal(rows[i].strong, key.strong[ERA_OPENSSL3]);
		key_clear(&key);
		pool_clear(&pool);
	}
}

/* dsa_do_verify (1.1.1w, 3.0): OPENSSL_DSA_MAX_MODULUS_BITS is 10,000, and p is odd. */
static void long_dsa_keys_are_not_computed_with(void **state)
{
	static const struct {
		unsigned char p_first, p_last, q_last;
		bool may;
	} rows[] = { { 0, 0xff, 0xff, true },
		     { 1, 0xff, 0xff, false },
		     { 0, 0xfe, 0xff, false },
		     { 0, 0xff, 0xfe, false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pool pool = { NULL, 0 };
		struct key key;

		assert_int_equal(1, read_key(dsa(number(1251, rows[i].p_first, 0xff, rows[i].p_last),
		                                 number(21, 0, 0xff, rows[i].q_last),
		                                 number(2, 0x01, 0, 3)),
		                             &pool, &key));
		if (key_may_compute(&key) != rows[i].may)
			fail_msg("row %zu", i);
		key_clear(&key);
		pool_clear(&pool);
	}
}

enum readable { NOT, OLD, BOTH }; /* in which eras */

static void expect(struct buf der, enum readable readable, const char *what)
{
	struct pool pool = { NULL, 0 };
	struct key key;

	if (read_key(der, &pool, &key) != 1 || key.readable[ERA_OPENSSL1] != (readable != NOT) ||
	    key.readable[ERA_OPENSSL3] != (readable == BOTH))
		fail_msg("%s", what);
	key_clear(&key);
	pool_clear(&pool);
}

/* rsa_ossl_public_decrypt asks for no least size: an odd modulus above the exponent will do. */
static void small_rsa_keys_are_computed_with(void **state)
{
	static const struct {
		const char *numbers;
		size_t len;
		bool may;
	} rows[] = {
		{ "\x02\x01\x0f\x02\x01\x03", 6, true },
		{ "\x02\x01\x0e\x02\x01\x03", 6, false }, /* even */
		{ "\x02\x01\x03\x02\x01\x03", 6, false }, /* the exponent is not below it */
		{ "\x02\x01\x03\x02\x01\x05", 6, false },
		{ "\x02\x01\x0f\x02\x01\x00", 6, false },
		{ "\x02\x01\x0f\x02\x01\x01", 6, true }, /* openssl dgst -verify says OK */
		{ "\x02\x00\x02\x01\x03", 5, false },
		{ "\x02\x01\x05\x02\x02\x00\x03", 7, true }, /* zeros in front do not count */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pool pool = { NULL, 0 };
		struct key key;

		assert_int_equal(1, read_key(spki(RAW(OID_RSA_1 "\x05\x00"),
		                                  tlv(0x30, raw(rows[i].numbers, rows[i].len))),
		                             &pool, &key));
		if (key_may_compute(&key) != rows[i].may)
			fail_msg("row %zu", i);
		key_clear(&key);
		pool_clear(&pool);
	}
}

/* rsa_pub_decode, dsa_pub_decode, dh_pub_decode */
static void numbers_have_to_be_all_there(void **state)
{
	(void)state;
#define RSA(numbers) spki(RAW(OID_RSA_1 "\x05\x00"), RAW(numbers))
	expect(RSA("\x30\x06\x02\x01\x0f\x02\x01\x03"), BOTH, "RSA");
	expect(RSA("\x30\x06\x02\x01\x0f\x02\x01\x03\x05\x00"), BOTH, "something behind the SEQUENCE");
	expect(RSA("\x31\x06\x02\x01\x0f\x02\x01\x03"), NOT, "a SET");
	expect(RSA("\x30\x03\x02\x01\x0f"), NOT, "no exponent");
	expect(RSA("\x30\x08\x02\x01\x0f\x02\x01\x03\x05\x00"), NOT, "three");
	expect(RSA("\x30\x07\x02\x01\x0f\x02\x01\x03\x05"), NOT, "an octet behind");
	expect(RSA("\x30\x08\x22\x03\x02\x01\x0f\x02\x01\x03"), NOT, "a constructed number");
	expect(RSA("\x30\x06\x04\x01\x0f\x02\x01\x03"), NOT, "no number");
#define DSA(parameters, y) spki(RAW(OID_DSA_1 parameters), RAW(y))
	expect(DSA("\x30\x09\x02\x01\x17\x02\x01\x0b\x02\x01\x02", "\x02\x01\x05"), BOTH, "DSA");
	expect(DSA("\x30\x09\x02\x01\x17\x02\x01\x0b\x02\x01\x02", "\x04\x01\x05"), NOT, "y: no number");
	expect(DSA("\x30\x09\x02\x01\x17\x02\x01\x0b\x02\x01\x02", "\x02\x02\x00\x05"), NOT, "y: padded");
	expect(DSA("\x30\x06\x02\x01\x17\x02\x01\x0b", "\x02\x01\x05"), NOT, "no g");
	expect(DSA("\x30\x0b\x02\x01\x17\x02\x01\x0b\x02\x01\x02\x05\x00", "\x02\x01\x05"), NOT, "four");
	expect(DSA("\x30\x0a\x02\x01\x17\x02\x01\x0b\x02\x01\x02\x05", "\x02\x01\x05"), NOT,
	       "an octet behind");
	expect(DSA("", "\x02\x01\x05"), OLD, "inherited");
	expect(DSA("\x05\x00", "\x02\x01\x05"), OLD, "inherited by NULL");
	expect(DSA("\x85\x00", "\x02\x01\x05"), NOT, "NULL of another class");
	expect(DSA("\x31\x09\x02\x01\x17\x02\x01\x0b\x02\x01\x02", "\x02\x01\x05"), NOT, "a SET");
	expect(DSA("\xb0\x09\x02\x01\x17\x02\x01\x0b\x02\x01\x02", "\x02\x01\x05"), NOT,
	       "a SEQUENCE of another class");
#define DH(parameters) spki(RAW(OID_DH_1 parameters), RAW("\x02\x01\x05"))
	expect(DH("\x30\x06\x02\x01\x17\x02\x01\x0b"), BOTH, "DH");
	expect(DH(""), NOT, "no parameters");
	expect(DH("\x31\x06\x02\x01\x17\x02\x01\x0b"), NOT, "a SET");
	expect(DH("\x30\x00"), NOT, "no p");
}

/* SEC 1, 2.3.4: the first octet says how a point is written */
static void points_are_written_in_three_ways(void **state)
{
	(void)state;
#define EC(point) spki(RAW(OID_EC_1 P256), RAW(point))
	expect(EC("\x04" G_X G_Y), BOTH, "uncompressed");
	expect(EC("\x07" G_X G_Y), BOTH, "hybrid, odd");
	expect(EC("\x06" G_X G_Y), NOT, "hybrid, even, and y is odd");
	expect(EC("\x03" G_X), BOTH, "compressed, odd");
	expect(EC("\x02" G_X), BOTH, "compressed, even");
	expect(EC("\x05" G_X G_Y), NOT, "05");
	expect(EC("\x08" G_X G_Y), NOT, "08");
	expect(EC("\x01" G_X), NOT, "01");
	expect(EC("\x04" G_X), NOT, "uncompressed, no y");
	expect(EC("\x02" G_X G_Y), NOT, "compressed, and y");
	expect(EC("\x04" G_X G_Y "\x00"), NOT, "one octet more");
	expect(EC("\x03" G_X "\x00"), NOT, "compressed, one octet more");
	expect(EC("\x04" G_Y G_X), NOT, "not on the curve");
	expect(EC(""), NOT, "nothing");
	expect(EC("\x00"), NOT, "infinity");
	expect(spki(RAW(OID_EC_1), RAW("\x04" G_X G_Y)), NOT, "no curve");
	expect(spki(RAW(OID_EC_1 "\x05\x00"), RAW("\x04" G_X G_Y)), NOT, "NULL for a curve");
	expect(spki(RAW(OID_EC_1 "\x06\x01\x55"), RAW("\x04" G_X G_Y)), NOT, "another curve");
	expect(spki(RAW(OID_EC_1 "\x86\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), RAW("\x04" G_X G_Y)),
	       NOT, "an OID of another class");
	/* sect163k1 (SEC 2), a binary field: a point that openssl made */
#define SECT163K1 OID_EC_1 "\x06\x05\x2b\x81\x04\x00\x01"
#define B_X "\x05\xe5\xd5\xc5\x5c\xbb\x3b\x21\xbc\x9c\xae\x83\x16\xd4\x84\xa2\x72\xed\x6f\x21\x98"
#define B_Y "\x02\x7c\x52\x41\x1c\x5c\xc0\x31\x0c\x15\x2d\xf6\x6b\xa3\xe1\x77\xbc\x31\x08\x08\x3b"
	expect(spki(RAW(SECT163K1), RAW("\x04" B_X B_Y)), BOTH, "a binary field");
	expect(spki(RAW(SECT163K1), RAW("\x03" B_X)), BOTH, "a binary field, compressed");
	expect(spki(RAW(SECT163K1), RAW("\x03" B_X B_Y)), NOT, "a binary field, compressed, and y");
}

/* X9.62 ECParameters over a prime of 21 octets, which are of no curve that has a name */
static struct buf explicit_curve(struct buf order)
{
	struct buf in = RAW("\x02\x01\x01"),
		   field = join(RAW("\x06\x07\x2a\x86\x48\xce\x3d\x01\x01"),
	                        number(21, 0x7f, 0xff, 0xff));

	in = join(in, tlv(0x30, field));
	in = join(in, tlv(0x30, RAW("\x04\x01\x01\x04\x01\x02")));
	in = join(in, RAW("\x04\x03\x04\x05\x06"));
	return tlv(0x30, join(in, order));
}

/* ec_security_bits: half the bits of the order */
static void curves_are_strong_by_their_order(void **state)
{
	static const struct {
		size_t bytes;
		unsigned char first;
		unsigned bits;
	} rows[] = { { 20, 0x7f, 159 }, { 21, 0x00, 160 }, { 33, 0x00, 256 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf algorithm = join(
			RAW(OID_EC_1),
			explicit_curve(number(rows[i].bytes, rows[i].first, 0xff, 0xff)));
		struct pool pool = { NULL, 0 };
		struct key key;

		assert_int_equal(1, read_key(spki(algorithm, RAW("\x04" "0123456789abcdefghijk"
		                                                 "0123456789abcdefghijk")),
		                             &pool, &key));
		assert_true(key.explicit_parameters && key.curve == NULL);
		assert_true(key.readable[ERA_OPENSSL1] && key.readable[ERA_OPENSSL3]);
		assert_int_equal(rows[i].bits, key.bits);
		assert_int_equal(rows[i].bits >= 160, key.strong[ERA_OPENSSL1]);
		assert_int_equal(rows[i].bits >= 160, key.strong[ERA_OPENSSL3]);
		assert_null(key_import(&key));
		key_clear(&key);
		pool_clear(&pool);
	}
}

/* RFC 8410 3 and 4: no parameters, and keys of one length */
static void edwards_keys_have_one_length(void **state)
{
	static const struct {
		const char *oid;
		size_t len;
		unsigned bits;
		enum key_type type;
	} rows[] = {
		{ "\x06\x03\x2b\x65\x70", 32, 256, KEY_ED25519 },
		{ "\x06\x03\x2b\x65\x71", 57, 456, KEY_ED448 },
		{ "\x06\x03\x2b\x65\x6e", 32, 253, KEY_OTHER },
		{ "\x06\x03\x2b\x65\x6f", 56, 448, KEY_OTHER },
	};
	static const char octets[60];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pool pool = { NULL, 0 };
		struct key key;

		assert_int_equal(1, read_key(spki(raw(rows[i].oid, 5), raw(octets, rows[i].len)), &pool,
		                             &key));
		assert_true(key.readable[ERA_OPENSSL1] && key.readable[ERA_OPENSSL3]);
		assert_true(key.strong[ERA_OPENSSL1] && key.strong[ERA_OPENSSL3]);
		assert_int_equal(rows[i].bits, key.bits);
		assert_int_equal(rows[i].type, key.type);
		assert_int_equal(rows[i].type != KEY_OTHER, key_import(&key) != NULL);
		assert_true(key_may_compute(&key));
		key_clear(&key);
		pool_clear(&pool);
		expect(spki(raw(rows[i].oid, 5), raw(octets, rows[i].len - 1)), NOT, "shorter");
		expect(spki(raw(rows[i].oid, 5), raw(octets, rows[i].len + 1)), NOT, "longer");
		expect(spki(join(raw(rows[i].oid, 5), RAW("\x05\x00")), raw(octets, rows[i].len)), NOT,
		       "with parameters");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(algorithms_are_an_oid_and_what_belongs_to_it),
		cmocka_unit_test(keys_are_an_algorithm_and_bits),
		cmocka_unit_test(rsa_is_strong_by_its_bits),
		cmocka_unit_test(small_rsa_keys_are_computed_with),
		cmocka_unit_test(dsa_is_strong_by_p_and_q),
		cmocka_unit_test(long_dsa_keys_are_not_computed_with),
		cmocka_unit_test(numbers_have_to_be_all_there),
		cmocka_unit_test(points_are_written_in_three_ways),
		cmocka_unit_test(curves_are_strong_by_their_order),
		cmocka_unit_test(edwards_keys_have_one_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
