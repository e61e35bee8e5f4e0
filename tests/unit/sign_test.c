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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_remembered_by_issuer),
		cmocka_unit_test(pss_keys_restrict_their_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
