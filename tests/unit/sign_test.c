/* SPDX-License-Identifier: MIT */
/* Who signed what: asked once and remembered, of each issuer its own answer. */
#include "config.h"

#include "made.h"
#include "pki/detail.h"
#include "pki/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void answers_are_remembered_by_issuer(void **state)
{
	static const unsigned kinds[] = { MADE_CA, MADE_CA | MADE_RSA, MADE_CA | MADE_PSS };
	struct certset set;

	(void)state;
	certset_init(&set);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct made root = made_cert(&set, "Root", NULL, NULL, kinds[i]),
			    other = made_cert(&set, "Root", NULL, NULL, MADE_CA),
			    leaf = made_cert(&set, "leaf", NULL, &root, 0);

		for (int again = 0; again < 3; again++)
			for (int era = 0; era < ERA_COUNT; era++) {
				assert_true(sign_good(leaf.cert, root.cert, root.cert, (enum era)era));
				assert_false(sign_good(leaf.cert, other.cert, other.cert,
				                       (enum era)era));
				assert_true(sign_good(root.cert, root.cert, root.cert, (enum era)era));
			}
		made_free(&root);
		made_free(&other);
		made_free(&leaf);
	}
	made_end();
	certset_clear(&set);
}

/* RFC 4055 3.3: what the key restricts. GnuTLS signs here with SHA-256 and 32 octets of salt; the
 * parameters of the key are written by hand. */
static void pss_keys_restrict_their_signatures(void **state)
{
#define SHA256 "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define SHA384 "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02"
#define MGF1 "\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"
	static const struct {
		const char *der;
		size_t len;
		bool good;
	} rows[] = {
		{ "\x30\x30\xa0\x0d" SHA256 "\xa1\x1a" MGF1 SHA256 "\xa2\x03\x02\x01\x20", 50, true },
		{ "\x30\x30\xa0\x0d" SHA256 "\xa1\x1a" MGF1 SHA256 "\xa2\x03\x02\x01\x1f", 50, true },
		{ "\x30\x30\xa0\x0d" SHA256 "\xa1\x1a" MGF1 SHA256 "\xa2\x03\x02\x01\x21", 50, false },
		{ "\x30\x30\xa0\x0d" SHA384 "\xa1\x1a" MGF1 SHA256 "\xa2\x03\x02\x01\x20", 50, false },
		{ "\x30\x30\xa0\x0d" SHA256 "\xa1\x1a" MGF1 SHA384 "\xa2\x03\x02\x01\x20", 50, false },
		{ "\x30\x35\xa0\x0d" SHA256 "\xa1\x1a" MGF1 SHA256 "\xa2\x03\x02\x01\x20\xa3\x03\x02\x01\x02",
		  55, false }, /* a trailer that nobody can do */
		{ "\x30\x00", 2, false }, /* SHA-1 */
	};
	struct certset set;
	struct made root, leaf;

	(void)state;
	certset_init(&set);
	root = made_cert(&set, "Root", NULL, NULL, MADE_CA | MADE_PSS);
	leaf = made_cert(&set, "leaf", NULL, &root, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cert_detail detail = *root.cert->detail;
		struct cert restricted = *root.cert;
		struct bytes in = { (const unsigned char *)rows[i].der, rows[i].len };

		assert_true(der_next(&in, &detail.key.algorithm.parameter));
		assert_int_equal(0, in.len);
		detail.key.algorithm.has_parameter = true;
		restricted.detail = &detail;
		leaf.cert->detail->checked_count = 0; /* nothing is remembered of the last one */
		if (sign_good(leaf.cert, &restricted, &restricted, ERA_OPENSSL1) != rows[i].good)
			fail_msg("row %zu", i);
	}
	leaf.cert->detail->checked_count = 0;
	made_free(&root);
	made_free(&leaf);
	certset_clear(&set);
}

/* Octets of an INTEGER of a signature */
struct octets {
	unsigned char at[40];
	size_t len;
};

static struct octets octets_of(const unsigned char *der)
{
	struct octets out = { .len = der[1] };

	memcpy(out.at, der + 2, out.len);
	return out;
}

static struct octets padded(struct octets number)
{
	struct octets out = { .len = number.len + 1 };

	memcpy(out.at + 1, number.at, number.len);
	return out;
}

static struct octets without_sign(struct octets number)
{
	struct octets out = { .len = number.len - 1 };

	memcpy(out.at, number.at + 1, out.len);
	return out;
}

/* SEQUENCE { INTEGER r, INTEGER s }, its length in one octet or two */
static size_t put_pair(unsigned char *der, bool long_length, struct octets r, struct octets s)
{
	unsigned char *p = der;

	*p++ = 0x30;
	if (long_length)
		*p++ = 0x81;
	*p++ = (unsigned char)(4 + r.len + s.len);
	*p++ = 2;
	*p++ = (unsigned char)r.len;
	memcpy(p, r.at, r.len);
	p += r.len;
	*p++ = 2;
	*p++ = (unsigned char)s.len;
	memcpy(p, s.at, s.len);
	return (size_t)(p - der) + s.len;
}

/* RFC 3279 2.2.3: a SEQUENCE of two INTEGERs. The same two numbers written in another way are no
 * signature, though the arithmetic would be good. */
static void pairs_are_written_in_one_way(void **state)
{
	struct certset set;
	struct made root, leaf;
	struct octets r, s;

	(void)state;
	certset_init(&set);
	root = made_cert(&set, "Root", NULL, NULL, MADE_CA);
	for (;;) { /* until both numbers begin with a 1 bit, and so with an octet for the sign */
		const unsigned char *der;

		leaf = made_cert(&set, "leaf", NULL, &root, 0);
		der = leaf.cert->detail->signature.at;
		r = octets_of(der + 2);
		s = octets_of(der + 4 + r.len);
		if (r.len == 33 && s.len == 33)
			break;
		made_free(&leaf);
	}
	for (int row = 0; row < 9; row++) {
		unsigned char der[100] = { 0 };
		size_t len = put_pair(der, row == 1,
		                      row == 2   ? padded(r)
		                      : row == 3 ? without_sign(r)
		                                 : r,
		                      row == 4   ? padded(s)
		                      : row == 5 ? without_sign(s)
		                                 : s);

		if (row == 6)
			len++;
		else if (row == 7)
			der[2] = 4; /* an OCTET STRING */
		else if (row == 8)
			der[4 + r.len] = 4;
		leaf.cert->detail->signature = (struct bytes){ der, len };
		for (int era = 0; era < ERA_COUNT; era++) {
			leaf.cert->detail->checked_count = 0;
			if (sign_good(leaf.cert, root.cert, root.cert, (enum era)era) != (row == 0))
				fail_msg("row %d", row);
		}
	}
	made_free(&root);
	made_free(&leaf);
	certset_clear(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_remembered_by_issuer),
		cmocka_unit_test(pss_keys_restrict_their_signatures),
		cmocka_unit_test(pairs_are_written_in_one_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
