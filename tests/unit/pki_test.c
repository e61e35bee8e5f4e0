/* SPDX-License-Identifier: MIT */
/* Names, constraints, curves and numbers, without certificates. */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "pki/constraint_match.h"
#include "pki/dn.h"
#include "pki/extension.h"
#include "pki/oid.h"
#include "pki/point.h"
#include "pki/sigalg.h"
#include "pki/text.h"

#include <gnutls/gnutls.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) ((struct bytes){ (const unsigned char *)(text), sizeof(text) - 1 })

/* SEQUENCE { SET { SEQUENCE { CN, string of a type } } } */
static void read_cn(struct pool *pool, unsigned tag, const char *text, size_t len, struct dn *dn)
{
	unsigned char der[128] = { 0x30,
		                   (unsigned char)(len + 11),
		                   0x31,
		                   (unsigned char)(len + 9),
		                   0x30,
		                   (unsigned char)(len + 7),
		                   0x06,
		                   3,
		                   0x55,
		                   4,
		                   3,
		                   (unsigned char)tag,
		                   (unsigned char)len };
	unsigned char *kept = pool_new(pool, sizeof der);
	struct bytes in = { kept, len + 13 };

	memcpy(der + 13, text, len);
	memcpy(kept, der, sizeof der);
	assert_int_equal(1, dn_read(&in, pool, dn));
}

/* x_name.c: case, runs of spaces and the string type do not count */
static void names_are_compared_folded(void **state)
{
	struct pool pool = { NULL, 0 };
	struct dn a, b, c, numeric, numeric_utf8;

	(void)state;
	read_cn(&pool, DER_UTF8, "The Root", 8, &a);
	read_cn(&pool, DER_PRINTABLE, "  the   ROOT ", 13, &b);
	read_cn(&pool, DER_BMP, "\0t\0h\0e\0 \0r\0o\0o\0t", 16, &c);
	assert_true(dn_same(&a, &b));
	assert_true(dn_same(&a, &c));
	read_cn(&pool, DER_NUMERIC, "12", 2, &numeric);
	read_cn(&pool, DER_UTF8, "12", 2, &numeric_utf8);
	assert_false(dn_same(&numeric, &numeric_utf8)); /* a type that OpenSSL does not fold */
	assert_true(dn_starts_with(&a, &b));
	assert_false(dn_starts_with(&a, &numeric));
	pool_clear(&pool);
}

static void names_are_shown_safely(void **state)
{
	struct pool pool = { NULL, 0 };
	struct dn dn;
	char *text;

	(void)state;
	read_cn(&pool, DER_T61, "a,b\0\xe9", 5, &dn);
	text = dn_text(&dn);
	assert_string_equal("CN=a\\,b\\\\x00\xc3\xa9", text);
	free(text);
	pool_clear(&pool);
}

static void text_is_utf8_or_nothing(void **state)
{
	struct buf out;
	bool strange = false;

	(void)state;
	buf_init(&out);
	assert_true(text_utf8(DER_UTF8, BYTES("\xc3\xa9"), &out, &strange));
	assert_false(strange);
	assert_false(text_utf8(DER_UTF8, BYTES("\xc0\x80"), &out, &strange)); /* overlong */
	assert_false(text_utf8(DER_UTF8, BYTES("\xc3"), &out, &strange));
	assert_false(text_utf8(DER_BMP, BYTES("\x00"), &out, &strange));
	assert_false(text_utf8(DER_BITS, BYTES("a"), &out, &strange));
	assert_true(text_utf8(DER_BMP, BYTES("\xd8\x00"), &out, &strange));
	assert_true(strange); /* a surrogate: OpenSSL 3 refuses it */
	buf_clear(&out);
}

/* RFC 2279, 2: the table of lengths, to the six octets that UniversalString can need (UTF8_putc) */
static void universal_strings_become_utf8(void **state)
{
	static const struct {
		const char *code, *utf8;
	} rows[] = {
		{ "\x00\x00\x00\x7f", "\x7f" },
		{ "\x00\x00\x00\x80", "\xc2\x80" },
		{ "\x00\x00\x07\xff", "\xdf\xbf" },
		{ "\x00\x00\x08\x00", "\xe0\xa0\x80" },
		{ "\x00\x00\xff\xff", "\xef\xbf\xbf" },
		{ "\x00\x01\x00\x00", "\xf0\x90\x80\x80" },
		{ "\x00\x1f\xff\xff", "\xf7\xbf\xbf\xbf" },
		{ "\x00\x20\x00\x00", "\xf8\x88\x80\x80\x80" },
		{ "\x03\xff\xff\xff", "\xfb\xbf\xbf\xbf\xbf" },
		{ "\x04\x00\x00\x00", "\xfc\x84\x80\x80\x80\x80" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes in = { (const unsigned char *)rows[i].code, 4 };
		bool strange = false;
		struct buf out;

		buf_init(&out);
		assert_true(text_utf8(DER_UNIVERSAL_STRING, in, &out, &strange));
		assert_string_equal(rows[i].utf8, out.data);
		buf_clear(&out);
	}
}

/* Names of their own length, and no octets where a base is empty: what is read behind one is seen. */
static enum constraint match(enum general_type type, const char *name, size_t name_len,
                             const char *base, size_t base_len)
{
	unsigned char *a = mem_copy(name, name_len),
		      *b = base_len == 0 ? NULL : mem_copy(base, base_len);
	enum constraint found = constraint_match(
		&(struct general_name){ .type = type, .value = { a, name_len } },
		&(struct general_name){ .type = type, .value = { b, base_len } });

	free(a);
	free(b);
	return found;
}

#define MATCH(type, name, base) match(type, name, sizeof(name) - 1, base, sizeof(base) - 1)

/* v3_ncons.c, kind by kind */
static void constraints_match_by_kind(void **state)
{
	(void)state;
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_DNS, "a.Example.com", "example.COM"));
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_DNS, "example.com", ""));
	assert_int_equal(CONSTRAINT_PERMITTED, MATCH(GENERAL_DNS, "badexample.com", "example.com"));
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_DNS, "a.example.com", ".example.com"));
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_EMAIL, "a@host.example", "host.EXAMPLE"));
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_EMAIL, "a@b.host", ".host"));
	assert_int_equal(CONSTRAINT_PERMITTED, MATCH(GENERAL_EMAIL, "A@host", "a@host"));
	assert_int_equal(CONSTRAINT_NAME, MATCH(GENERAL_EMAIL, "nobody", "host"));
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_URI, "http://host:80/", "host"));
	assert_int_equal(CONSTRAINT_NAME, MATCH(GENERAL_URI, "urn:a", "host"));
	assert_int_equal(CONSTRAINT_NAME, MATCH(GENERAL_URI, "http:///", "host"));
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_IP, "\x0a\1\2\3", "\x0a\0\0\0\xff\0\0\0"));
	assert_int_equal(CONSTRAINT_PERMITTED,
	                 MATCH(GENERAL_IP, "\x0b\1\2\3", "\x0a\0\0\0\xff\0\0\0"));
	assert_int_equal(CONSTRAINT_NAME, MATCH(GENERAL_IP, "\x0a\1\2", "\x0a\0\0\0\xff\0\0\0"));
	assert_int_equal(CONSTRAINT_TYPE, MATCH(GENERAL_OID, "a", "a"));
}

/* nc_email, nc_uri and nc_ip of 1.1.1w, at their edges */
static void constraints_at_their_edges(void **state)
{
	static const struct {
		enum general_type type;
		const char *name, *base;
		enum constraint match;
	} rows[] = {
		{ GENERAL_EMAIL, "a@b.host", "b.host", CONSTRAINT_KEPT },
		{ GENERAL_EMAIL, "a@b.host", "host", CONSTRAINT_PERMITTED },
		{ GENERAL_EMAIL, "a@host", ".host", CONSTRAINT_PERMITTED },
		{ GENERAL_EMAIL, "@.host", ".host",
		  CONSTRAINT_KEPT }, /* longer than the base is all that counts */
		{ GENERAL_EMAIL, "a@B.HOST", ".host", CONSTRAINT_KEPT },
		{ GENERAL_EMAIL, "a@b.", ".", CONSTRAINT_KEPT },
		{ GENERAL_EMAIL, "a@host", "a@HOST", CONSTRAINT_KEPT },
		{ GENERAL_EMAIL, "b@host", "a@host", CONSTRAINT_PERMITTED },
		{ GENERAL_EMAIL, "aa@host", "a@host", CONSTRAINT_PERMITTED },
		{ GENERAL_EMAIL, "anyone@host", "@host", CONSTRAINT_KEPT },
		{ GENERAL_EMAIL, "x@y@host", "host", CONSTRAINT_KEPT }, /* the last @ counts */
		{ GENERAL_EMAIL, "a@", "", CONSTRAINT_KEPT },
		{ GENERAL_EMAIL, "", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "http://host", "host", CONSTRAINT_KEPT },
		{ GENERAL_URI, "http://HOST/x:y", "host",
		  CONSTRAINT_PERMITTED }, /* the first colon ends the host: "HOST/x" */
		{ GENERAL_URI, "http://HOST/x", "host", CONSTRAINT_KEPT },
		{ GENERAL_URI, "http://a.host", "host", CONSTRAINT_PERMITTED },
		{ GENERAL_URI, "http://a.host", ".host", CONSTRAINT_KEPT },
		{ GENERAL_URI, "http://.host", ".host", CONSTRAINT_PERMITTED },
		{ GENERAL_URI, "http://bost", "host", CONSTRAINT_PERMITTED },
		{ GENERAL_URI, "http://", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "http:/", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "http:/ost", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "http:", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "x:ab/", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "http://h", "h", CONSTRAINT_KEPT },
		{ GENERAL_URI, "http:x/host", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "http:/xhost", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "http://:80", "host", CONSTRAINT_NAME },
		{ GENERAL_URI, "http://host", ".", CONSTRAINT_PERMITTED },
		{ GENERAL_URI, "http://host.", ".", CONSTRAINT_KEPT },
		{ GENERAL_URI, "http://host", "", CONSTRAINT_PERMITTED },
		{ GENERAL_DNS, "example.com", "example.com", CONSTRAINT_KEPT },
		{ GENERAL_DNS, "example.com", ".example.com", CONSTRAINT_PERMITTED },
		{ GENERAL_DNS, "", "example.com", CONSTRAINT_PERMITTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (match(rows[i].type, rows[i].name, strlen(rows[i].name), rows[i].base,
		          strlen(rows[i].base)) != rows[i].match)
			fail_msg("%s under %s", rows[i].name, rows[i].base);
	assert_int_equal(CONSTRAINT_NAME, MATCH(GENERAL_EMAIL, "a\0b@host", "a\0b@host"));
	assert_int_equal(CONSTRAINT_NAME, MATCH(GENERAL_EMAIL, "a\0b@host", "axb@host"));
	assert_int_equal(CONSTRAINT_NAME, MATCH(GENERAL_EMAIL, "axb@host", "a\0b@host"));
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_EMAIL, "a\1b@host", "a\1b@host"));
	assert_int_equal(CONSTRAINT_KEPT,
	                 MATCH(GENERAL_IP, "\x0a\1\2\3", "\x0a\1\2\3\xff\xff\xff\xff"));
	assert_int_equal(CONSTRAINT_PERMITTED,
	                 MATCH(GENERAL_IP, "\x0a\1\2\3", "\x0a\1\2\2\xff\xff\xff\xff"));
	assert_int_equal(CONSTRAINT_KEPT,
	                 MATCH(GENERAL_IP, "\x0a\1\2\3", "\x0a\1\2\2\xff\xff\xff\xfe"));
	assert_int_equal(CONSTRAINT_NAME,
	                 MATCH(GENERAL_IP, "\x0a\1\2\3", "\x0a\1\2\3\xff\xff\xff"));
	assert_int_equal(CONSTRAINT_PERMITTED,
	                 MATCH(GENERAL_IP, "\x0a\1\2\3",
	                       "\x0a\1\2\3\xff\xff\xff\xff\x0a\1\2\3\xff\xff\xff\xff"
	                       "\x0a\1\2\3\xff\xff\xff\xff\x0a\1\2\3\xff\xff\xff\xff"));
	assert_int_equal(CONSTRAINT_KEPT, MATCH(GENERAL_IP, "0123456789abcdef",
	                                        "0123456789abcdeX\xff\xff\xff\xff\xff\xff\xff\xff"
	                                        "\xff\xff\xff\xff\xff\xff\xff\0"));
}

static enum constraint mailbox(unsigned class, unsigned tag, const char *name, size_t name_len,
                               const char *base, size_t base_len)
{
	const struct general_name
		a = { .type = GENERAL_OTHER,
		      .other = { .class = class,
		                 .tag = tag,
		                 .body = { (const unsigned char *)name, name_len } } },
		b = { .type = GENERAL_EMAIL,
		      .value = { base_len == 0 ? NULL : (const unsigned char *)base, base_len } };

	return constraint_match(&a, &b);
}
#define MAILBOX(name, base) \
	mailbox(DER_UNIVERSAL, DER_UTF8, name, sizeof(name) - 1, base, sizeof(base) - 1)

/* nc_email_eai (v3_ncons.c of 3.0) */
static void mailboxes_in_utf8_count_by_their_host(void **state)
{
	(void)state;
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("\xc3\xa9@host", "host"));
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@HOST", "host"));
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@b@host", "host"));
	assert_int_equal(CONSTRAINT_PERMITTED, MAILBOX("a@b.host", "host"));
	assert_int_equal(CONSTRAINT_PERMITTED, MAILBOX("a@bost", "host"));
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@b.host", ".host"));
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@h", "h"));
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@b.", "."));
	assert_int_equal(CONSTRAINT_PERMITTED, MAILBOX("a@b.host", ".bost"));
	assert_int_equal(CONSTRAINT_PERMITTED, MAILBOX(".@x", ".@x")); /* not longer */
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@", ""));
	assert_int_equal(CONSTRAINT_PERMITTED, MAILBOX("a@h", ""));
	assert_int_equal(CONSTRAINT_NAME, MAILBOX("host", "host"));
	assert_int_equal(CONSTRAINT_NAME, MAILBOX("a@\0", "\0"));
	assert_int_equal(CONSTRAINT_NAME, MAILBOX("a@h\0", "h\0"));
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@h\1", "h\1"));
	assert_int_equal(CONSTRAINT_NAME, mailbox(DER_UNIVERSAL, DER_IA5, "a@h", 3, "h", 1));
	assert_int_equal(CONSTRAINT_NAME, mailbox(DER_CONTEXT, DER_UTF8, "a@h", 3, "h", 1));
}

/* ossl_a2ulabel would decode these; whoever cannot refuses them. */
static void mailboxes_under_punycode_are_refused(void **state)
{
	(void)state;
	assert_int_equal(CONSTRAINT_NAME, MAILBOX("a@xn--", "xn--"));
	assert_int_equal(CONSTRAINT_NAME, MAILBOX("a@XN--a", "XN--a"));
	assert_int_equal(CONSTRAINT_NAME, MAILBOX("a@b.xn--", ".xn--"));
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@xn-", "xn-"));
	assert_int_equal(CONSTRAINT_KEPT, MAILBOX("a@xn-a", "xn-a"));
}

static void oids_have_names_or_numbers(void **state)
{
	char *text = oid_text(BYTES("\x2a\x03\x84\x00"));

	(void)state;
	assert_int_equal(OID_CN, oid_find(BYTES("\x55\x04\x03")));
	assert_string_equal("1.2.3.512", text);
	free(text);
	text = oid_text(BYTES("\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));
	assert_string_equal("1.2.(...)", text);
	free(text);
}

/* X.690 8.19.4: the first octet holds two arcs, 40 times the first and the second */
static void first_arcs_share_an_octet(void **state)
{
	static const struct {
		struct bytes oid;
		const char *text;
	} rows[] = {
		{ { (const unsigned char *)"\x00\x01", 2 }, "0.0.1" },
		{ { (const unsigned char *)"\x27\x01", 2 }, "0.39.1" },
		{ { (const unsigned char *)"\x28\x01", 2 }, "1.0.1" },
		{ { (const unsigned char *)"\x4f\x01", 2 }, "1.39.1" },
		{ { (const unsigned char *)"\x50\x01", 2 }, "2.0.1" },
		{ { (const unsigned char *)"\x88\x37\x03", 3 }, "2.999.3" },
		{ { (const unsigned char *)"\x2a\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11 },
		  "1.2.18446744073709551615" },
		{ { (const unsigned char *)"\x2a\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11 },
		  "1.2.(...)" },
		{ { (const unsigned char *)"\x55\x04", 2 }, "2.5.4" }, /* no more than the start of CN */
		{ { (const unsigned char *)"\x55\x04\x03\x01", 4 }, "2.5.4.3.1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = oid_text(rows[i].oid);

		assert_string_equal(rows[i].text, text);
		free(text);
	}
	assert_null(oid_name(OID_UNKNOWN));
	for (size_t len = 1; len <= 3; len++) { /* cut off: a sanitizer sees what is read behind */
		unsigned char *cut = malloc(len);
		char *text;

		assert_non_null(cut);
		memcpy(cut, "\x2a\x83\x84", len);
		text = oid_text((struct bytes){ cut, len });
		assert_string_equal(len == 1 ? "1.2" : len == 2 ? "1.2.3" : "1.2.388", text);
		free(text);
		free(cut);
	}
}

/* Octets and algorithms as RFC 8017 A.2, RFC 3279 2.2, RFC 5758 and RFC 8410 have them; strong is
 * what check_sig_level makes of security level 1 with half the digest's bits, SHA-1 being 63 in
 * 3.0 (x509_set.c) */
static void signatures_are_as_strong_as_their_digests(void **state)
{
	static const struct {
		const char *oid;
		size_t len;
		bool known, old, new;
	} rows[] = {
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", 9, true, false, false }, /* MD2 */
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03", 9, true, false, false }, /* MD4 */
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", 9, true, false, false }, /* MD5 */
		{ "\x2b\x0e\x03\x02\x03", 5, true, false, false },
		{ "\x2b\x0e\x03\x02\x0f", 5, true, false, false }, /* SHA-0 */
		{ "\x55\x08\x03\x64", 4, true, false, false },      /* MDC2 */
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", 9, true, true, false }, /* SHA-1 */
		{ "\x2b\x0e\x03\x02\x1d", 5, true, true, false },
		{ "\x2b\x24\x03\x03\x01\x02", 6, true, true, true }, /* RIPEMD-160 */
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", 9, true, true, true },
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9, true, true, true },
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", 9, true, true, true },
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", 9, true, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x03\x0d", 9, true, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x03\x0e", 9, true, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x03\x0f", 9, true, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x03\x10", 9, true, true, true },
		{ "\x2a\x86\x48\xce\x3d\x04\x01", 7, true, true, false },
		{ "\x2a\x86\x48\xce\x3d\x04\x03\x01", 8, true, true, true },
		{ "\x2a\x86\x48\xce\x3d\x04\x03\x02", 8, true, true, true },
		{ "\x2a\x86\x48\xce\x3d\x04\x03\x03", 8, true, true, true },
		{ "\x2a\x86\x48\xce\x3d\x04\x03\x04", 8, true, true, true },
		{ "\x2a\x86\x48\xce\x38\x04\x03", 7, true, true, false }, /* DSA */
		{ "\x2b\x0e\x03\x02\x1b", 5, true, true, false },
		{ "\x60\x86\x48\x01\x65\x03\x04\x03\x01", 9, true, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x03\x02", 9, true, true, true },
		{ "\x2b\x65\x70", 3, true, true, true },
		{ "\x2b\x65\x71", 3, true, true, true },
		{ "\x2b\x65\x72", 3, false, false, false },
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", 9, true, false, false }, /* PSS, and
		                                                                        nothing said */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes oid = { (const unsigned char *)rows[i].oid, rows[i].len };
		const struct algorithm algorithm = { .oid = oid, .id = oid_find(oid) };

		assert_int_equal(rows[i].known, sigalg_find(&algorithm) != NULL);
		assert_int_equal(rows[i].old, sigalg_strong(&algorithm, ERA_OPENSSL1));
		assert_int_equal(rows[i].new, sigalg_strong(&algorithm, ERA_OPENSSL3));
	}
}

static bool read_pss(const char *der, size_t len, struct pss *pss)
{
	struct bytes in = { (const unsigned char *)der, len };
	struct algorithm algorithm = { .id = OID_RSA_PSS, .has_parameter = true };

	assert_true(der_next(&in, &algorithm.parameter));
	return sigalg_read_pss(&algorithm, pss);
}
#define PSS(der, pss) read_pss(der, sizeof(der) - 1, pss)
#define SHA256 "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define MGF1 "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"

/* RFC 4055 3.1: RSASSA-PSS-params, each field with its default; rsa_pss_get_param (1.1.1w, 3.0)
 * wants the trailer to be 1 */
static void pss_parameters_have_defaults(void **state)
{
	struct pss pss;

	(void)state;
	assert_true(PSS("\x30\x00", &pss));
	assert_int_equal(GNUTLS_DIG_SHA1, pss.digest);
	assert_int_equal(GNUTLS_DIG_SHA1, pss.mask_digest);
	assert_int_equal(20, pss.salt);
	assert_true(PSS("\x30\x0f\xa0\x0d" SHA256, &pss));
	assert_int_equal(GNUTLS_DIG_SHA256, pss.digest);
	assert_int_equal(GNUTLS_DIG_SHA1, pss.mask_digest);
	assert_true(PSS("\x30\x1c\xa1\x1a\x30\x18" MGF1 SHA256, &pss));
	assert_int_equal(GNUTLS_DIG_SHA256, pss.mask_digest);
	assert_int_equal(GNUTLS_DIG_SHA1, pss.digest);
	assert_true(PSS("\x30\x05\xa2\x03\x02\x01\x00", &pss));
	assert_int_equal(0, pss.salt);
	assert_true(PSS("\x30\x05\xa2\x03\x02\x01\x20", &pss));
	assert_int_equal(32, pss.salt);
	assert_false(PSS("\x30\x05\xa2\x03\x02\x01\xff", &pss)); /* -1 */
	assert_true(PSS("\x30\x05\xa3\x03\x02\x01\x01", &pss));
	assert_false(PSS("\x30\x05\xa3\x03\x02\x01\x02", &pss));
	assert_false(PSS("\x30\x05\xa3\x03\x02\x01\x00", &pss));
	assert_false(PSS("\x30\x05\xa3\x03\x04\x01\x01", &pss)); /* no INTEGER */
	assert_false(PSS("\x30\x06\xa2\x04\x02\x02\x00\x20", &pss)); /* padded */
	assert_false(PSS("\x30\x07\xa2\x05\x02\x01\x20\x05\x00", &pss)); /* something behind */
	assert_false(PSS("\x30\x07\xa2\x03\x02\x01\x20\x05\x00", &pss));
	assert_false(PSS("\x31\x00", &pss));
	assert_false(PSS("\x30\x11\xa0\x0f" SHA256 "\x05\x00", &pss));
	assert_false(PSS("\x30\x10\xa0\x0e" SHA256 "\x05", &pss)); /* an octet behind */
	assert_false(PSS("\x30\x1d\xa1\x1b\x30\x18" MGF1 SHA256 "\x05", &pss));
	assert_false(PSS("\x30\x06\xa2\x04\x02\x01\x20\x05", &pss));
	assert_false(PSS("\x30\x06\xa2\x03\x02\x01\x20\x05", &pss));
	assert_false(PSS("\x30\x0f\xa0\x0d\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x7f",
	                 &pss)); /* a digest that nobody knows */
	assert_false(PSS("\x30\x0f\xa1\x0d\x30\x0b" MGF1, &pss)); /* a mask with no digest */
	assert_false(PSS("\x30\x1c\xa1\x1a\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x09" SHA256,
	                 &pss)); /* another mask */
	assert_false(PSS("\x30\x1e\xa1\x1c\x30\x18" MGF1 SHA256 "\x05\x00", &pss));
}

/* RFC 8017 B.1 and NIST's arc hashAlgs; of all that can be in PSS parameters MD5 alone has less than
 * 80 bits of strength, and SHA-1 has 63 in 3.0 */
static void pss_is_as_strong_as_its_digest(void **state)
{
	static const struct {
		const char *oid;
		gnutls_digest_algorithm_t digest;
		bool old, new;
	} rows[] = {
		{ "\x2a\x86\x48\x86\xf7\x0d\x02\x05", GNUTLS_DIG_MD5, false, false },
		{ "\x2b\x0e\x03\x02\x1a", GNUTLS_DIG_SHA1, true, false },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x01", GNUTLS_DIG_SHA256, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x02", GNUTLS_DIG_SHA384, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x03", GNUTLS_DIG_SHA512, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x04", GNUTLS_DIG_SHA224, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x05", GNUTLS_DIG_UNKNOWN, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x06", GNUTLS_DIG_UNKNOWN, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x07", GNUTLS_DIG_SHA3_224, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x08", GNUTLS_DIG_SHA3_256, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x09", GNUTLS_DIG_SHA3_384, true, true },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x0a", GNUTLS_DIG_SHA3_512, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct algorithm algorithm = { .id = OID_RSA_PSS, .has_parameter = true };
		size_t len = strlen(rows[i].oid);
		unsigned char der[32] = { 0x30, (unsigned char)(len + 6),
			                  0xa0, (unsigned char)(len + 4),
			                  0x30, (unsigned char)(len + 2),
			                  0x06, (unsigned char)len };
		struct bytes in = { der, len + 8 };
		struct pss pss;

		memcpy(der + 8, rows[i].oid, len);
		assert_true(der_next(&in, &algorithm.parameter));
		assert_true(sigalg_read_pss(&algorithm, &pss));
		assert_int_equal(rows[i].digest, pss.digest);
		assert_int_equal(rows[i].old, sigalg_strong(&algorithm, ERA_OPENSSL1));
		assert_int_equal(rows[i].new, sigalg_strong(&algorithm, ERA_OPENSSL3));
	}
}

static bool fits(enum oid id, enum key_type type, const char *curve, enum era era)
{
	const struct algorithm algorithm = { .id = id };
	const struct key key = { .type = type,
		                 .curve = curve == NULL ? NULL
		                                        : curve_find((struct bytes){
								  (const unsigned char *)curve, 8 }) };

	return sigalg_fits(sigalg_find(&algorithm), &key, era);
}

/* check_sig_alg_match (v3_purp.c of 1.1.1w and 3.0): a key signs with the algorithms of its kind */
static void keys_sign_with_their_own_algorithms(void **state)
{
	static const char p256[] = "\x2a\x86\x48\xce\x3d\x03\x01\x07",
			  sm2[] = "\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
	static const struct {
		enum oid id;
		enum key_type type;
		const char *curve;
		bool old, new;
	} rows[] = {
		{ OID_RSA_SHA256, KEY_RSA, NULL, true, true },
		{ OID_RSA_SHA256, KEY_RSA_PSS, NULL, true, false },
		{ OID_RSA_SHA256, KEY_ECDSA, p256, false, false },
		{ OID_RSA_PSS, KEY_RSA, NULL, true, true },
		{ OID_RSA_PSS, KEY_RSA_PSS, NULL, true, true },
		{ OID_RSA_PSS, KEY_DSA, NULL, false, false },
		{ OID_DSA_SHA1, KEY_DSA, NULL, true, true },
		{ OID_DSA_SHA1, KEY_RSA, NULL, false, false },
		{ OID_DSA_SHA1_OLD, KEY_DSA, NULL, true, false },
		{ OID_DSA_SHA1_OLD, KEY_RSA, NULL, false, false },
		{ OID_ECDSA_SHA256, KEY_ECDSA, p256, true, true },
		{ OID_ECDSA_SHA256, KEY_ECDSA, sm2, true, false },
		{ OID_ECDSA_SHA256, KEY_RSA, NULL, false, false },
		{ OID_ED25519, KEY_ED25519, NULL, true, true },
		{ OID_ED25519, KEY_ED448, NULL, false, false },
		{ OID_ED448, KEY_ED448, NULL, true, true },
		{ OID_ED448, KEY_ED25519, NULL, false, false },
		{ OID_SM2_SM3, KEY_ECDSA, sm2, false, true },
		{ OID_SM2_SM3, KEY_ECDSA, p256, false, false },
		{ OID_SM2_SM3, KEY_RSA, NULL, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(rows[i].old,
		                 fits(rows[i].id, rows[i].type, rows[i].curve, ERA_OPENSSL1));
		assert_int_equal(rows[i].new,
		                 fits(rows[i].id, rows[i].type, rows[i].curve, ERA_OPENSSL3));
	}
}

/* FIPS 186-4 6.4 refuses the point at infinity. With the generator as key, r its x and s = 1, the
 * hash n - r leads there, and the last point on the way has x = r. */
static void ecdsa_refuses_the_point_at_infinity(void **state)
{
	static const unsigned char x[] =
		"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
		"\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96";
	static const unsigned char y[] =
		"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
		"\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
	static const unsigned char hash[] =
		"\x94\xe8\x2e\x0c\x1e\xd3\xbd\xb9\x07\x43\x19\x1a\x9c\x5b\xbf\x0d"
		"\x45\xe3\x7d\x2c\x79\x2c\x6a\xe3\xff\x18\x91\x7d\x23\xca\x62\xbb";
	struct bytes r = { x, 32 }, q_y = { y, 32 }, e = { hash, 32 },
		     zero = { (const unsigned char *)"", 1 };
	const struct curve *curve = curve_find(BYTES("\x2a\x86\x48\xce\x3d\x03\x01\x07"));

	(void)state;
	assert_true(point_on_curve(curve, r, q_y));
	assert_false(point_verify(curve, r, q_y, e, r, BYTES("\x01")));
	assert_false(point_verify(curve, r, q_y, e, zero, BYTES("\x01")));
	assert_false(point_verify(curve, r, q_y, e, r, zero));
	assert_false(point_on_curve(curve, q_y, r));
}

/* SEC 1, 2.3.4: an x has two y, one of them odd; where x^3 + ax + b is no square there is no
 * point */
static void points_are_decompressed(void **state)
{
	static const unsigned char x[] =
		"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
		"\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96";
	static const unsigned char y[] =
		"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
		"\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
	const struct curve *curve = curve_find(BYTES("\x2a\x86\x48\xce\x3d\x03\x01\x07"));
	unsigned char found[32];
	unsigned misses = 0;

	(void)state;
	assert_true(point_decompress(curve, (struct bytes){ x, 32 }, true, found));
	assert_memory_equal(y, found, 32); /* the generator's y is odd (SEC 2, 2.4.2) */
	assert_true(point_decompress(curve, (struct bytes){ x, 32 }, false, found));
	assert_false(memcmp(y, found, 32) == 0);
	assert_true(point_on_curve(curve, (struct bytes){ x, 32 }, (struct bytes){ found, 32 }));
	for (unsigned char small = 1; small <= 16; small++) {
		if (!point_decompress(curve, (struct bytes){ &small, 1 }, false, found))
			misses++;
		else
			assert_true(point_on_curve(curve, (struct bytes){ &small, 1 },
			                           (struct bytes){ found, 32 }));
	}
	assert_true(misses > 0 && misses < 16);
	memset(found, 0xff, sizeof found); /* not below the prime */
	assert_false(point_decompress(curve, (struct bytes){ found, 32 }, false, found));
}

/* P-224's prime is 1 modulo 2^96: the long way to a root. RFC 5114's and SEC 2's generator. */
static void points_of_p224_are_decompressed(void **state)
{
	static const unsigned char x[] =
		"\xb7\x0e\x0c\xbd\x6b\xb4\xbf\x7f\x32\x13\x90\xb9\x4a\x03\xc1\xd3\x56\xc2\x11\x22\x34\x32\x80\xd6"
		"\x11\x5c\x1d\x21";
	static const unsigned char y[] =
		"\xbd\x37\x63\x88\xb5\xf7\x23\xfb\x4c\x22\xdf\xe6\xcd\x43\x75\xa0\x5a\x07\x47\x64\x44\xd5\x81\x99"
		"\x85\x00\x7e\x34";
	const struct curve *curve = curve_find(BYTES("\x2b\x81\x04\x00\x21"));
	unsigned char found[28];

	(void)state;
	assert_true(point_decompress(curve, (struct bytes){ x, 28 }, false, found));
	assert_memory_equal(y, found, 28);
}

/* RFC 6979 A.2.4: P-224 with SHA-256, "sample": a hash longer than the order counts by its leftmost
 * bits */
static void ecdsa_takes_the_leftmost_bits(void **state)
{
	static const unsigned char x[] =
		"\x00\xCF\x08\xDA\x5A\xD7\x19\xE4\x27\x07\xFA\x43\x12\x92\xDE\xA1\x12\x44\xD6\x4F\xC5\x16\x10\xD9\x4B\x13\x0D\x6C";
	static const unsigned char y[] =
		"\xEE\xAB\x6F\x3D\xEB\xE4\x55\xE3\xDB\xF8\x54\x16\xF7\x03\x0C\xBD\x94\xF3\x4F\x2D\x6F\x23\x2C\x69\xF3\xC1\x38\x5A";
	static const unsigned char hash[] =
		"\xAF\x2B\xDB\xE1\xAA\x9B\x6E\xC1\xE2\xAD\xE1\xD6\x94\xF4\x1F\xC7\x1A\x83\x1D\x02\x68\xE9\x89\x15\x62\x11\x3D\x8A\x62\xAD\xD1\xBF";
	static const unsigned char r[] =
		"\x61\xAA\x3D\xA0\x10\xE8\xE8\x40\x6C\x65\x6B\xC4\x77\xA7\xA7\x18\x98\x95\xE7\xE8\x40\xCD\xFE\x8F\xF4\x23\x07\xBA";
	static const unsigned char s[] =
		"\xBC\x81\x40\x50\xDA\xB5\xD2\x37\x70\x87\x94\x94\xF9\xE0\xA6\x80\xDC\x1A\xF7\x16\x19\x91\xBD\xE6\x92\xB1\x01\x01";
	const struct curve *curve = curve_find(BYTES("\x2b\x81\x04\x00\x21"));

	(void)state;
	assert_true(point_verify(curve, (struct bytes){ x, 28 }, (struct bytes){ y, 28 },
	                         (struct bytes){ hash, 32 }, (struct bytes){ r, 28 },
	                         (struct bytes){ s, 28 }));
	assert_false(point_verify(curve, (struct bytes){ x, 28 }, (struct bytes){ y, 28 },
	                          (struct bytes){ hash + 1, 31 }, (struct bytes){ r, 28 },
	                          (struct bytes){ s, 28 }));
}

static int read_general(const char *der, size_t len)
{
	struct bytes in = { (const unsigned char *)der, len };
	struct general_name name;
	struct pool pool = { NULL, 0 };
	int found = general_name_read(&in, &pool, &name);

	pool_clear(&pool);
	return found;
}
#define GENERAL(der) read_general(der, sizeof(der) - 1)

/* RFC 5280 4.2.1.6: ediPartyName [5] { nameAssigner [0] OPTIONAL, partyName [1] }, each a
 * DirectoryString by an explicit tag */
static void edi_party_names_are_read_strictly(void **state)
{
	(void)state;
	assert_int_equal(1, GENERAL("\xa5\x05\xa1\x03\x0c\x01z"));
	assert_int_equal(1, GENERAL("\xa5\x0a\xa0\x03\x13\x01z\xa1\x03\x0c\x01z"));
	assert_int_equal(-1, GENERAL("\xa5\x05\xa0\x03\x13\x01z")); /* no party */
	assert_int_equal(-1,
	                 GENERAL("\xa5\x0a\xa0\x03\x02\x01\x01\xa1\x03\x0c\x01z")); /* an INTEGER as
	                                                                               assigner */
	assert_int_equal(
		-1, GENERAL("\xa5\x05\xa1\x03\x16\x01z")); /* IA5String is no DirectoryString */
	assert_int_equal(-1, GENERAL("\xa5\x07\xa1\x03\x0c\x01z\x05\x00")); /* something behind */
	assert_int_equal(-1, GENERAL("\xa5\x08\xa0\x01\x00\xa1\x03\x0c\x01z"));
	assert_int_equal(-1, GENERAL("\x85\x05\xa1\x03\x0c\x01z")); /* primitive */
	assert_int_equal(0, GENERAL("\x0c\x01z"));
	assert_int_equal(-1, GENERAL("\x82\x05z"));
}

/* RFC 6979 A.2.5: P-256, SHA-256, "sample" */
static void ecdsa_verifies_the_rfcs_example(void **state)
{
	static const unsigned char x[] =
		"\x60\xFE\xD4\xBA\x25\x5A\x9D\x31\xC9\x61\xEB\x74\xC6\x35\x6D\x68\xC0\x49\xB8\x92\x3B\x61\xFA\x6C"
		"\xE6\x69\x62\x2E\x60\xF2\x9F\xB6";
	static const unsigned char y[] =
		"\x79\x03\xFE\x10\x08\xB8\xBC\x99\xA4\x1A\xE9\xE9\x56\x28\xBC\x64\xF2\xF1\xB2\x0C\x2D\x7E\x9F\x51"
		"\x77\xA3\xC2\x94\xD4\x46\x22\x99";
	static const unsigned char hash[] =
		"\xAF\x2B\xDB\xE1\xAA\x9B\x6E\xC1\xE2\xAD\xE1\xD6\x94\xF4\x1F\xC7\x1A\x83\x1D\x02\x68\xE9\x89"
		"\x15\x62\x11\x3D\x8A\x62\xAD\xD1\xBF";
	static const unsigned char r[] =
		"\xEF\xD4\x8B\x2A\xAC\xB6\xA8\xFD\x11\x40\xDD\x9C\xD4\x5E\x81\xD6\x9D\x2C\x87\x7B\x56\xAA\xF9\x91"
		"\xC3\x4D\x0E\xA8\x4E\xAF\x37\x16";
	unsigned char s[] =
		"\xF7\xCB\x1C\x94\x2D\x65\x7C\x41\xD4\x36\xC7\xA1\xB6\xE2\x9F\x65\xF3\xE9\x00\xDB\xB9\xAF\xF4\x06\x4D\xC4\xAB\x2F"
		"\x84\x3A\xCD\xA8";
	const struct curve *p256 = curve_find(BYTES("\x2a\x86\x48\xce\x3d\x03\x01\x07"));
	struct bytes bx = { x, 32 }, by = { y, 32 };
	unsigned char found[32];

	(void)state;
	assert_true(point_on_curve(p256, bx, by));
	assert_true(point_decompress(p256, bx, true, found));
	assert_memory_equal(y, found, 32);
	assert_true(point_verify(p256, bx, by, (struct bytes){ hash, 32 }, (struct bytes){ r, 32 },
	                         (struct bytes){ s, 32 }));
	s[31] ^= 1;
	assert_false(point_verify(p256, bx, by, (struct bytes){ hash, 32 }, (struct bytes){ r, 32 },
	                          (struct bytes){ s, 32 }));
	assert_false(point_on_curve(p256, by, bx));
}

/* i2d_name_canon (x_name.c): the RDNs' SETs one after another, with DER's lengths (X.690 8.1.3.5)
 * worked out by hand */
static void canonical_names_have_lengths_of_der(void **state)
{
	static const struct {
		size_t letters;
		const char *head;
		size_t len;
	} rows[] = {
		{ 116, "\x31\x7d\x30\x7b\x06\x03\x55\x04\x03\x0c\x74", 11 },
		{ 127, "\x31\x81\x89\x30\x81\x86\x06\x03\x55\x04\x03\x0c\x7f", 13 },
		{ 128, "\x31\x81\x8b\x30\x81\x88\x06\x03\x55\x04\x03\x0c\x81\x80", 14 },
		{ 300, "\x31\x82\x01\x39\x30\x82\x01\x35\x06\x03\x55\x04\x03\x0c\x82\x01\x2c", 17 },
	};
	struct pool pool = { NULL, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t all = rows[i].len + rows[i].letters;
		unsigned char der[400] = { 0x30, 0x82, (unsigned char)(all >> 8),
			                   (unsigned char)all };
		struct bytes in = { der, 4 + all };
		struct dn dn;

		memcpy(der + 4, rows[i].head, rows[i].len);
		memset(der + 4 + rows[i].len, 'a', rows[i].letters);
		assert_int_equal(1, dn_read(&in, &pool, &dn));
		assert_int_equal(all, dn.canonical.len);
		assert_memory_equal(der + 4, dn.canonical.at, all);
	}
	pool_clear(&pool);
}

/* RFC 4514 2.1 and 2.2: the last RDN first, a plus between the values of one RDN */
static void rdns_of_several_values_are_shown_as_one(void **state)
{
	struct bytes in = BYTES("\x30\x26\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02"
	                        "DE\x31\x17\x30\x08\x06\x03\x55\x04\x03\x0c\x01"
	                        "a"
	                        "\x30\x0b\x06\x03\x55\x04\x0a\x0c\x04"
	                        "Acme");
	struct pool pool = { NULL, 0 };
	struct dn dn;
	char *text;

	(void)state;
	assert_int_equal(1, dn_read(&in, &pool, &dn));
	text = dn_text(&dn);
	assert_string_equal("CN=a+O=Acme,C=DE", text);
	free(text);
	pool_clear(&pool);
}

/* SEC 1, 2.3.4: x lies below the prime; P-256 has a point at x = 0, so that x = p would be taken
 * for it */
static void x_lies_below_the_prime(void **state)
{
	static const unsigned char p[] =
		"\xff\xff\xff\xff\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
	const struct curve *curve = curve_find(BYTES("\x2a\x86\x48\xce\x3d\x03\x01\x07"));
	unsigned char y[32];

	(void)state;
	assert_true(point_decompress(curve, BYTES("\x00"), false, y));
	assert_true(point_on_curve(curve, BYTES("\x00"), (struct bytes){ y, 32 }));
	assert_false(point_decompress(curve, (struct bytes){ p, 32 }, false, y));
	assert_false(point_decompress(curve, (struct bytes){ p, 32 }, true, y));
	assert_false(point_on_curve(curve, (struct bytes){ p, 32 }, (struct bytes){ y, 32 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_compared_folded),
		cmocka_unit_test(names_are_shown_safely),
		cmocka_unit_test(text_is_utf8_or_nothing),
		cmocka_unit_test(universal_strings_become_utf8),
		cmocka_unit_test(constraints_match_by_kind),
		cmocka_unit_test(constraints_at_their_edges),
		cmocka_unit_test(mailboxes_in_utf8_count_by_their_host),
		cmocka_unit_test(mailboxes_under_punycode_are_refused),
		cmocka_unit_test(oids_have_names_or_numbers),
		cmocka_unit_test(first_arcs_share_an_octet),
		cmocka_unit_test(signatures_are_as_strong_as_their_digests),
		cmocka_unit_test(pss_parameters_have_defaults),
		cmocka_unit_test(pss_is_as_strong_as_its_digest),
		cmocka_unit_test(keys_sign_with_their_own_algorithms),
		cmocka_unit_test(ecdsa_verifies_the_rfcs_example),
		cmocka_unit_test(ecdsa_refuses_the_point_at_infinity),
		cmocka_unit_test(points_are_decompressed),
		cmocka_unit_test(points_of_p224_are_decompressed),
		cmocka_unit_test(edi_party_names_are_read_strictly),
		cmocka_unit_test(ecdsa_takes_the_leftmost_bits),
		cmocka_unit_test(canonical_names_have_lengths_of_der),
		cmocka_unit_test(rdns_of_several_values_are_shown_as_one),
		cmocka_unit_test(x_lies_below_the_prime),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
