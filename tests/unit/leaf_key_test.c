/* SPDX-License-Identifier: MIT */
/* Keys that OpenSSL does not compute with: limits from openssl/rsa.h, openssl/dsa.h, each at the limit and one behind it. */
#include "config.h"

#include "base/mem.h"
#include "wire/leaf_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct der {
	unsigned char bytes[8192];
	size_t len;
};

/* in wrapped into an element, with the longest form of length that fits any of them */
static struct der wrap(unsigned tag, const struct der *in)
{
	struct der out = { { (unsigned char)tag, 0x82, (unsigned char)(in->len >> 8), (unsigned char)in->len }, 4 };

	memcpy(out.bytes + 4, in->bytes, in->len);
	out.len += in->len;
	return out;
}

static void append(struct der *to, struct der part)
{
	memcpy(to->bytes + to->len, part.bytes, part.len);
	to->len += part.len;
}

/* An INTEGER of so many bits; odd or even. */
static struct der number(size_t bits, bool odd)
{
	struct der value = { { 0 }, bits / 8 + 1 };

	if (bits > 0)
		value.bytes[value.len - 1 - (bits - 1) / 8] |= (unsigned char)(1u << ((bits - 1) % 8));
	if (odd)
		value.bytes[value.len - 1] |= 1;
	return wrap(0x02, &value);
}

static struct der certificate(const char *oid, size_t oid_len, const struct der *parameters, const struct der *key)
{
	struct der empty = { { 0 }, 0 }, algorithm = empty, info = empty, tbs = empty, all, text = { { 0 }, oid_len };
	struct der bits = { { 0 }, 1 };

	memcpy(text.bytes, oid, oid_len);
	append(&algorithm, wrap(0x06, &text));
	append(&algorithm, *parameters);
	append(&bits, *key);
	append(&info, wrap(0x30, &algorithm));
	append(&info, wrap(0x03, &bits));
	append(&tbs, number(8, true)); /* serial number; no version */
	for (int i = 0; i < 4; i++)    /* signature, issuer, validity, subject */
		append(&tbs, wrap(0x30, &empty));
	append(&tbs, wrap(0x30, &info));
	all = wrap(0x30, &tbs);
	return wrap(0x30, &all);
}

static enum leaf_key check(const struct der *cert)
{
	unsigned char *exact = mem_copy(cert->bytes, cert->len); /* ASan sees a byte too far */
	char *what;
	enum leaf_key found = leaf_key_check(exact, cert->len, &what);

	assert_true((found == LEAF_KEY_USABLE) == (what == NULL));
	free(what);
	free(exact);
	return found;
}

static enum leaf_key rsa(size_t n_bits, bool odd, size_t e_bits)
{
	struct der none = { { 0 }, 0 }, numbers = none, key, cert;

	append(&numbers, number(n_bits, odd));
	append(&numbers, number(e_bits, true));
	key = wrap(0x30, &numbers);
	cert = certificate("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9, &none, &key);
	return check(&cert);
}

static enum leaf_key dsa(size_t p_bits, bool p_odd, size_t q_bits, bool q_odd)
{
	struct der numbers = { { 0 }, 0 }, key = number(8, true), parameters, cert;

	append(&numbers, number(p_bits, p_odd));
	append(&numbers, number(q_bits, q_odd));
	append(&numbers, number(8, true));
	parameters = wrap(0x30, &numbers);
	cert = certificate("\x2a\x86\x48\xce\x38\x04\x01", 7, &parameters, &key);
	return check(&cert);
}

static void test_rsa(void **state)
{
	(void)state;
	assert_int_equal(rsa(2048, true, 17), LEAF_KEY_USABLE);
	assert_int_equal(rsa(16384, true, 17), LEAF_KEY_USABLE);
	assert_int_equal(rsa(16385, true, 17), LEAF_KEY_UNUSABLE);
	assert_int_equal(rsa(2048, false, 17), LEAF_KEY_UNUSABLE);
	assert_int_equal(rsa(0, false, 1), LEAF_KEY_UNUSABLE);
	assert_int_equal(rsa(3072, true, 3072), LEAF_KEY_USABLE);
	assert_int_equal(rsa(3072, true, 3073), LEAF_KEY_UNUSABLE);
	assert_int_equal(rsa(3073, true, 64), LEAF_KEY_USABLE);
	assert_int_equal(rsa(3073, true, 65), LEAF_KEY_UNUSABLE);
}

static void test_dsa(void **state)
{
	(void)state;
	assert_int_equal(dsa(2048, true, 256, true), LEAF_KEY_USABLE);
	assert_int_equal(dsa(1024, true, 160, true), LEAF_KEY_USABLE);
	assert_int_equal(dsa(10000, true, 224, true), LEAF_KEY_USABLE);
	assert_int_equal(dsa(10001, true, 256, true), LEAF_KEY_UNUSABLE);
	assert_int_equal(dsa(0, false, 256, true), LEAF_KEY_UNUSABLE); /* nettle divides by it */
	assert_int_equal(dsa(2048, false, 256, true), LEAF_KEY_UNUSABLE);
	assert_int_equal(dsa(2048, true, 255, true), LEAF_KEY_UNUSABLE);
	assert_int_equal(dsa(2048, true, 256, false), LEAF_KEY_UNUSABLE);
}

static void test_other_and_cut_off(void **state)
{
	struct der none = { { 0 }, 0 }, key = number(2048, true), cert;

	(void)state;
	cert = certificate("\x2b\x65\x70", 3, &none, &key); /* Ed25519 */
	assert_int_equal(check(&cert), LEAF_KEY_USABLE);
	cert = certificate("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9, &none, &key); /* a number where two are expected */
	assert_int_equal(check(&cert), LEAF_KEY_UNREADABLE);
	cert = certificate("\x2a\x86\x48\xce\x38\x04\x01", 7, &none, &key); /* DSA without parameters */
	assert_int_equal(check(&cert), LEAF_KEY_UNREADABLE);
	for (size_t len = cert.len; len-- > 0;) {
		cert.len = len;
		assert_int_equal(check(&cert), LEAF_KEY_UNREADABLE);
	}
}

static void test_bits(void **state)
{
	(void)state;
	assert_int_equal(leaf_key_bits((const unsigned char *)"", 0), 0);
	assert_int_equal(leaf_key_bits((const unsigned char *)"\0\0", 2), 0);
	assert_int_equal(leaf_key_bits((const unsigned char *)"\0\1", 2), 1);
	assert_int_equal(leaf_key_bits((const unsigned char *)"\0\x80\0", 3), 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rsa),
		cmocka_unit_test(test_dsa),
		cmocka_unit_test(test_other_and_cut_off),
		cmocka_unit_test(test_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
