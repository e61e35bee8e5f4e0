/* SPDX-License-Identifier: MIT */
/* Certificates put together byte by byte: facts that decode reads of them, keys that nobody may
 * compute with. */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "parts.h"
#include "pki/decode.h"
#include "pki/detail.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An extension as OID and value */
static struct buf extension(struct buf oid, struct buf value)
{
	return tlv(0x30, join(oid, tlv(0x04, value)));
}

enum field { /* of a certificate, in order */
	F_VERSION, F_SERIAL, F_INNER, F_ISSUER, F_VALIDITY, F_SUBJECT, F_KEY, F_IDS, F_EXTENSIONS,
	F_TBS_TAIL, F_OUTER, F_SIGNATURE, F_TAIL,
	FIELDS
};

#define ALGORITHM "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"
#define NAME "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61"

/* v3, serial 1, sha256WithRSAEncryption, CN=a, a signature of one zero byte */
static void usual_fields(struct buf fields[FIELDS])
{
	fields[F_VERSION] = RAW("\xa0\x03\x02\x01\x02");
	fields[F_SERIAL] = RAW("\x02\x01\x01");
	fields[F_INNER] = RAW(ALGORITHM);
	fields[F_ISSUER] = RAW(NAME);
	fields[F_VALIDITY] = RAW("\x30\x1e\x17\x0d" "260101000000Z" "\x17\x0d" "360101000000Z");
	fields[F_SUBJECT] = RAW(NAME);
	fields[F_KEY] = RAW("");
	fields[F_IDS] = RAW("");
	fields[F_EXTENSIONS] = RAW("");
	fields[F_TBS_TAIL] = RAW("");
	fields[F_OUTER] = RAW(ALGORITHM);
	fields[F_SIGNATURE] = RAW("\x03\x02\x00\x00");
	fields[F_TAIL] = RAW("");
}

/* Swallows value. */
static void put(struct buf *field, struct buf value)
{
	buf_clear(field);
	*field = value;
}

static struct buf of_fields(struct buf fields[FIELDS])
{
	struct buf tbs = RAW(""), rest = RAW("");

	for (int i = 0; i < F_OUTER; i++)
		tbs = join(tbs, fields[i]);
	for (int i = F_OUTER; i < FIELDS; i++)
		rest = join(rest, fields[i]);
	return tlv(0x30, join(tlv(0x30, tbs), rest));
}

static struct buf certificate(struct buf key, struct buf extensions)
{
	struct buf fields[FIELDS];

	usual_fields(fields);
	put(&fields[F_KEY], key);
	if (extensions.len > 0)
		put(&fields[F_EXTENSIONS], tlv(0xa3, tlv(0x30, extensions)));
	else
		buf_clear(&extensions);
	return of_fields(fields);
}

static bool may_compute(struct buf key)
{
	struct buf der = certificate(key, RAW(""));
	bool may = decode_may_compute((const unsigned char *)der.data, der.len);

	buf_clear(&der);
	return may;
}

static struct buf e65537(void)
{
	return number(3, 1, 0, 1);
}

/* crypto/rsa/rsa_ossl.c, rsa_ossl_public_decrypt (1.1.1w, 3.0): 16,384 bits, n above e, 64-bit
 * exponents above 3,072 bits */
static void rsa_keys_that_openssl_refuses(void **state)
{
	(void)state;
	assert_true(may_compute(rsa(number(256, 0x7f, 0xff, 0xff), e65537())));
	assert_true(may_compute(rsa(number(2048, 0x7f, 0xff, 0xff), e65537())));
	assert_false(may_compute(rsa(number(2049, 0x01, 0xff, 0xff), e65537())));  /* 16,385 bits */
	assert_false(
		may_compute(rsa(number(50000, 0x7f, 0xff, 0xff), e65537()))); /* 400,000 bits */
	assert_true(may_compute(rsa(number(384, 0x7f, 0xff, 0xff),
	                            number(384, 0x7f, 0xff, 0xfd)))); /* e below n, 3,071 bits */
	assert_false(may_compute(
		rsa(number(384, 0x7f, 0xff, 0xff), number(384, 0x7f, 0xff, 0xff)))); /* e is n */
	assert_true(may_compute(rsa(number(385, 0x01, 0xff, 0xff), number(8, 0x7f, 0xff, 0xff))));
	assert_false(may_compute(
		rsa(number(385, 0x01, 0xff, 0xff), number(9, 0x01, 0xff, 0xff)))); /* 65 bits */
	assert_true(may_compute(rsa(number(384, 0x7f, 0xff, 0xff), number(9, 0x01, 0xff, 0xff))));
	assert_false(may_compute(rsa(number(256, 0x7f, 0xff, 0xfe), e65537())));   /* even */
	assert_false(may_compute(rsa(number(1, 0, 0, 0), e65537())));
	assert_false(may_compute(rsa(number(256, 0x7f, 0xff, 0xff), number(1, 0, 0, 0))));
}

/* crypto/dsa/dsa_ossl.c, dsa_do_verify */
static void dsa_keys_that_openssl_refuses(void **state)
{
	static const struct {
		size_t p, q;
		unsigned char p_last, g;
		bool may;
	} rows[] = {
		{ 128, 20, 0xff, 2, true },  { 128, 28, 0xff, 2, true },
		{ 128, 32, 0xff, 2, true },  { 128, 24, 0xff, 2, false },
		{ 128, 20, 0xfe, 2, false }, { 128, 20, 0xff, 0, false },
		{ 1250, 32, 0xff, 2, true }, { 1251, 32, 0xff, 2, false },
		{ 20, 20, 0xff, 2, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf q = RAW("\0"), inner;

		for (size_t k = 0; k < rows[i].q; k++)
			buf_putc(&q, (char)0xff);
		inner = tlv(0x02, q);
		if (may_compute(dsa(number(rows[i].p, 0x7f, 0xff, rows[i].p_last), inner,
		                    number(1, rows[i].g, 0, 0))) != rows[i].may)
			fail_msg("row %zu", i);
	}
	assert_false(may_compute(dsa(number(1, 0, 0, 0), number(20, 0x7f, 0xff, 0xff),
	                             number(1, 2, 0, 0)))); /* p = 0: SIGFPE in GMP */
	assert_false(may_compute(spki(RAW("\x06\x07\x2a\x86\x48\xce\x38\x04\x01"),
	                              number(2, 1, 0, 1)))); /* parameters missing */
	/* dsa_pub_decode: parameters are a SEQUENCE; a SET of good ones, or [16], is an encoding
	 * error */
	for (size_t i = 0; i < 2; i++) {
		struct buf numbers =
			join(join(number(128, 0x7f, 0xff, 0xff), number(20, 0x7f, 0xff, 0xff)),
		             number(1, 2, 0, 0));

		assert_false(may_compute(spki(join(RAW("\x06\x07\x2a\x86\x48\xce\x38\x04\x01"),
		                                   tlv(i == 0 ? 0x31 : 0xb0, numbers)),
		                              number(2, 1, 0, 1))));
	}
}

static void what_is_not_read_is_not_computed_with(void **state)
{
	(void)state;
	assert_false(decode_may_compute((const unsigned char *)"\x30\x00", 2));
	assert_false(decode_may_compute(NULL, 0));
	assert_false(may_compute(spki(RAW("\x06\x03\x2a\x03\x04"), RAW("\x05\x00"))));
	assert_true(may_compute(
		spki(RAW("\x06\x03\x2b\x65\x70"), RAW("0123456789abcdef0123456789abcdef"))));
}

/* EC with explicit parameters, p = 0, so that a coordinate has no octets; each form of point (SEC
 * 1, 2.3.3) */
static void a_field_of_no_octets(void **state)
{
	static const char forms[] = "\x02\x03\x04\x06\x07";

	(void)state;
	for (size_t i = 0; i < sizeof forms - 1; i++) {
		struct buf parameters = RAW(
			"\x02\x01\x01\x30\x0c\x06\x07\x2a\x86\x48\xce\x3d\x01\x01\x02\x01\x00\x30\x06\x04\x01\x01\x04\x01\x01"
			"\x04\x01\x04\x02\x01\x07");

		assert_false(may_compute(spki(
			join(RAW("\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"), tlv(0x30, parameters)),
			raw(forms + i, 1))));
	}
}

/* RFC 5280 4.1, field by field, with one of them (or two) written another way; what d2i_X509 of 3.0
 * says of it */
static void certificates_are_read_as_openssl_reads_them(void **state)
{
	static const struct {
		bool readable;
		const char *why;
		struct {
			enum field field;
			const char *der;
			size_t len;
		} other[2];
	} rows[] = {
		{ true, "as it should be", { { 0, NULL, 0 } } },
		{ true, "v1", { { F_VERSION, "", 0 } } },
		{ true, "version 0", { { F_VERSION, "\xa0\x03\x02\x01\x00", 5 } } },
		{ false, "padded version", { { F_VERSION, "\xa0\x04\x02\x02\x00\x02", 6 } } },
		{ false, "version: no INTEGER", { { F_VERSION, "\xa0\x03\x04\x01\x02", 5 } } },
		{ false, "version: two", { { F_VERSION, "\xa0\x06\x02\x01\x02\x02\x01\x02", 8 } } },
		{ false, "version: primitive", { { F_VERSION, "\x80\x03\x02\x01\x02", 5 } } },
		{ false, "empty serial", { { F_SERIAL, "\x02\x00", 2 } } },
		{ false, "padded serial", { { F_SERIAL, "\x02\x02\x00\x01", 4 } } },
		{ true, "negative serial", { { F_SERIAL, "\x02\x01\xff", 3 } } },
		{ false, "serial: no INTEGER", { { F_SERIAL, "\x04\x01\x01", 3 } } },
		{ false, "empty algorithm", { { F_INNER, "\x30\x00", 2 } } },
		{ true, "no parameters", { { F_INNER, "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 13 } } },
		{ false, "two parameters", { { F_INNER, "\x30\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00\x05\x00", 17 } } },
		{ false, "broken OID", { { F_INNER, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x8b\x05\x00", 15 } } },
		{ false, "NULL with content", { { F_INNER, "\x30\x0e\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x01\x00", 16 } } },
		{ true, "no names", { { F_ISSUER, "\x30\x00", 2 } } },
		{ false, "issuer: a SET", { { F_ISSUER, "\x31\x00", 2 } } },
		{ true, "empty subject", { { F_SUBJECT, "\x30\x00", 2 } } },
		{ false, "subject: cut off", { { F_SUBJECT, "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x02\x61", 14 } } },
		{ false, "one date", { { F_VALIDITY, "\x30\x0f\x17\x0d\x32\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a", 17 } } },
		{ false, "an octet behind the version", { { F_VERSION, "\xa0\x04\x02\x01\x02\x05", 6 } } },
		{ false, "an octet behind the dates", { { F_VALIDITY, "\x30\x1f\x17\x0d\x32\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a\x17\x0d\x33\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a\x05", 33 } } },
		{ false, "an octet behind the extension", { { F_EXTENSIONS, "\xa3\x11\x30\x0f\x30\x0d\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\xff\x05", 19 } } },
		{ false, "an octet for an extension", { { F_EXTENSIONS, "\xa3\x03\x30\x01\x30", 5 } } },
		{ false, "an octet behind the extensions", { { F_EXTENSIONS, "\xa3\x11\x30\x0f\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\xff\x30", 19 } } },
		{ false, "an octet behind their list", { { F_EXTENSIONS, "\xa3\x03\x30\x00\x05", 5 } } },
		{ false, "an octet behind the signature", { { F_TAIL, "\x05", 1 } } },
		{ false, "an octet behind everything in it", { { F_TBS_TAIL, "\x05", 1 } } },
		{ false, "three things in validity", { { F_VALIDITY, "\x30\x20\x17\x0d\x32\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a\x17\x0d\x33\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a\x05\x00", 34 } } },
		{ false, "notBefore: no time", { { F_VALIDITY, "\x30\x1e\x13\x0d\x32\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a\x17\x0d\x33\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a", 32 } } },
		{ false, "notAfter: no time", { { F_VALIDITY, "\x30\x1e\x17\x0d\x32\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a\x13\x0d\x33\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30\x5a", 32 } } },
		{ false, "no dates", { { F_VALIDITY, "\x30\x00", 2 } } },
		{ false, "no key", { { F_KEY, "\x30\x00", 2 } } },
		{ true, "issuerUniqueID", { { F_IDS, "\x81\x02\x00\xff", 4 } } },
		{ true, "subjectUniqueID", { { F_IDS, "\x82\x02\x00\xff", 4 } } },
		{ true, "both", { { F_IDS, "\x81\x02\x00\xff\x82\x02\x00\xff", 8 } } },
		{ false, "both, in the other order", { { F_IDS, "\x82\x02\x00\xff\x81\x02\x00\xff", 8 } } },
		{ false, "issuerUniqueID: 8 unused bits", { { F_IDS, "\x81\x02\x08\xff", 4 } } },
		{ false, "subjectUniqueID: 8 unused bits", { { F_IDS, "\x82\x02\x08\xff", 4 } } },
		{ false, "issuerUniqueID: empty", { { F_IDS, "\x81\x00", 2 } } },
		{ true, "no extension in the list", { { F_EXTENSIONS, "\xa3\x02\x30\x00", 4 } } },
		{ false, "no list of extensions", { { F_EXTENSIONS, "\xa3\x00", 2 } } },
		{ false, "extensions: primitive", { { F_EXTENSIONS, "\x83\x00", 2 } } },
		{ false, "extensions: a SET", { { F_EXTENSIONS, "\xa3\x02\x31\x00", 4 } } },
		{ false, "two lists of extensions", { { F_EXTENSIONS, "\xa3\x04\x30\x00\x30\x00", 6 } } },
		{ true, "an extension", { { F_EXTENSIONS, "\xa3\x10\x30\x0e\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\xff", 18 } } },
		{ false, "NULL behind it", { { F_EXTENSIONS, "\xa3\x12\x30\x10\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\xff\x05\x00", 20 } } },
		{ true, "critical", { { F_EXTENSIONS, "\xa3\x13\x30\x11\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff", 21 } } },
		{ true, "critical FALSE", { { F_EXTENSIONS, "\xa3\x13\x30\x11\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\x00\x04\x05\x30\x03\x01\x01\xff", 21 } } },
		{ false, "critical: empty", { { F_EXTENSIONS, "\xa3\x12\x30\x10\x30\x0e\x06\x03\x55\x1d\x13\x01\x00\x04\x05\x30\x03\x01\x01\xff", 20 } } },
		{ false, "critical: two octets", { { F_EXTENSIONS, "\xa3\x14\x30\x12\x30\x10\x06\x03\x55\x1d\x13\x01\x02\xff\xff\x04\x05\x30\x03\x01\x01\xff", 22 } } },
		{ false, "something behind the value", { { F_EXTENSIONS, "\xa3\x12\x30\x10\x30\x0e\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\xff\x05\x00", 20 } } },
		{ false, "no value", { { F_EXTENSIONS, "\xa3\x09\x30\x07\x30\x05\x06\x03\x55\x1d\x13", 11 } } },
		{ false, "value: a BIT STRING", { { F_EXTENSIONS, "\xa3\x10\x30\x0e\x30\x0c\x06\x03\x55\x1d\x13\x03\x05\x30\x03\x01\x01\xff", 18 } } },
		{ false, "extension: broken OID", { { F_EXTENSIONS, "\xa3\x10\x30\x0e\x30\x0c\x06\x03\x55\x1d\x93\x04\x05\x30\x03\x01\x01\xff", 18 } } },
		{ false, "something behind the extensions", { { F_TBS_TAIL, "\x05\x00", 2 } } },
		{ false, "something behind the extensions", { { F_EXTENSIONS, "\xa3\x10\x30\x0e\x30\x0c\x06\x03\x55\x1d\x13\x04\x05\x30\x03\x01\x01\xff", 18 }, { F_TBS_TAIL, "\x05\x00", 2 } } },
		{ false, "empty outer algorithm", { { F_OUTER, "\x30\x00", 2 } } },
		{ false, "no outer algorithm", { { F_OUTER, "", 0 } } },
		{ false, "no signature", { { F_SIGNATURE, "", 0 } } },
		{ false, "signature: no BIT STRING", { { F_SIGNATURE, "\x04\x02\x00\x00", 4 } } },
		{ false, "signature: 8 unused bits", { { F_SIGNATURE, "\x03\x02\x08\x00", 4 } } },
		{ false, "signature: empty", { { F_SIGNATURE, "\x03\x00", 2 } } },
		{ true, "signature: no bit", { { F_SIGNATURE, "\x03\x01\x00", 3 } } },
		{ false, "something behind the signature", { { F_TAIL, "\x05\x00", 2 } } },
	};
	struct certset set;

	(void)state;
	certset_init(&set);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf fields[FIELDS], der;

		usual_fields(fields);
		buf_clear(&fields[F_KEY]);
		put(&fields[F_KEY], rsa(number(256, 0x7f, 0xff, 0xff), e65537()));
		for (size_t j = 0; j < 2 && rows[i].other[j].der != NULL; j++) {
			buf_clear(&fields[rows[i].other[j].field]);
			fields[rows[i].other[j].field] =
				raw(rows[i].other[j].der, rows[i].other[j].len);
		}
		der = of_fields(fields);
		if (decode_cert(&set, (const unsigned char *)der.data, der.len)->readable !=
		    rows[i].readable)
			fail_msg("%s", rows[i].why);
		buf_clear(&der);
	}
	certset_clear(&set);
}

static const struct cert *decoded(struct certset *set, struct buf der)
{
	const struct cert *cert = decode_cert(set, (const unsigned char *)der.data, der.len);

	buf_clear(&der);
	return cert;
}

/* RFC 5280 4.1: v1(0), which is the default, v2(1), v3(2) */
static void versions_are_told_apart(void **state)
{
	static const struct {
		const char *der;
		size_t len;
		bool v1;
	} rows[] = { { "", 0, true },
		     { "\xa0\x03\x02\x01\x00", 5, true },
		     { "\xa0\x03\x02\x01\x01", 5, false },
		     { "\xa0\x03\x02\x01\x02", 5, false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf fields[FIELDS];
		struct certset set;
		const struct cert *cert;

		certset_init(&set);
		usual_fields(fields);
		put(&fields[F_VERSION], raw(rows[i].der, rows[i].len));
		put(&fields[F_KEY], rsa(number(256, 0x7f, 0xff, 0xff), e65537()));
		cert = decoded(&set, of_fields(fields));
		assert_true(cert->readable);
		assert_int_equal(rows[i].v1, cert->detail->v1);
		certset_clear(&set);
	}
}

/* What is shown of a certificate, as usual_fields() has it. The dates are date(1)'s. */
static void facts_are_read_off(void **state)
{
	struct buf fields[FIELDS], der;
	struct certset set;
	const struct cert *cert, *again;

	(void)state;
	certset_init(&set);
	usual_fields(fields);
	put(&fields[F_SERIAL], RAW("\x02\x03\x00\x80\x1f"));
	put(&fields[F_ISSUER], RAW("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x0c\x01\x62"));
	put(&fields[F_KEY], rsa(number(256, 0x7f, 0xff, 0xff), e65537()));
	put(&fields[F_EXTENSIONS], RAW("\xa3\x10\x30\x0e\x30\x0c\x06\x03\x55\x1d\x13\x04\x05"
	                               "\x30\x03\x01\x01\xff"));
	der = of_fields(fields);
	cert = decode_cert(&set, (const unsigned char *)der.data, der.len);
	again = decode_cert(&set, (const unsigned char *)der.data, der.len);
	assert_ptr_equal(cert, again);
	assert_true(cert->readable && cert->is_ca && !cert->self_signed);
	assert_true(detail_readable(cert, ERA_OPENSSL1) && detail_readable(cert, ERA_OPENSSL3));
	assert_string_equal("00801f", cert->serial);
	assert_string_equal("CN=a", cert->subject);
	assert_string_equal("O=b", cert->issuer);
	assert_string_equal("a", cert->common_name);
	assert_string_equal("sha256WithRSAEncryption", cert->signature);
	assert_int_equal(1767225600, cert->not_before);
	assert_int_equal(2082758400, cert->not_after);
	assert_int_equal(KEY_RSA, cert->key_type);
	assert_int_equal(2047, cert->key_bits);
	assert_null(cert->key_curve);
	assert_int_equal(der.len, cert->der_len);
	assert_memory_equal(der.data, cert->der, der.len);
	buf_clear(&der);
	usual_fields(fields);
	put(&fields[F_SUBJECT], RAW("\x30\x00"));
	put(&fields[F_VALIDITY], RAW("\x30\x06\x17\x01x\x17\x01x"));
	put(&fields[F_KEY], RAW("\x30\x12\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x03\x05\x00"
	                        "abcd"));
	cert = decoded(&set, of_fields(fields));
	assert_true(cert->readable && !cert->is_ca);
	assert_string_equal("", cert->subject);
	assert_string_equal("", cert->common_name);
	assert_int_equal(INT64_MIN, cert->not_before);
	assert_int_equal(INT64_MAX, cert->not_after);
	assert_string_equal("unknown", cert->key_curve);
	cert = decode_cert(&set, (const unsigned char *)"x", 1);
	assert_false(cert->readable || detail_readable(cert, ERA_OPENSSL1));
	certset_clear(&set);
}

/* Names of authorities in a CertificateRequest; what is none is shown in hex (RFC 4514 2.4's #). */
static void names_alone_are_read(void **state)
{
	static const struct {
		const char *der;
		size_t len;
		const char *text;
	} rows[] = {
		{ NAME, 14, "CN=a" },
		{ "\x30\x00", 2, "" },
		{ NAME "\x05", 15, "#300c310a300806035504030c016105" },
		{ "\x31\x00", 2, "#3100" },
		{ "", 0, "#" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = decode_name((const unsigned char *)rows[i].der, rows[i].len);

		assert_string_equal(rows[i].text, text);
		free(text);
	}
}

/* RFC 5280 4.2.1.3: bit 0 is the highest of the first octet, bit 8 the highest of the second */
static void key_usage_has_the_names_of_the_rfc(void **state)
{
	static const struct {
		const char *bits;
		size_t len;
		unsigned usage;
	} rows[] = {
		{ "\x03\x02\x07\x80", 4, 1u << USAGE_DIGITAL_SIGNATURE },
		{ "\x03\x02\x05\xa0", 4,
		  1u << USAGE_DIGITAL_SIGNATURE | 1u << USAGE_KEY_ENCIPHERMENT },
		{ "\x03\x02\x01\x06", 4, 1u << USAGE_KEY_CERT_SIGN | 1u << USAGE_CRL_SIGN },
		{ "\x03\x02\x00\x59", 4,
		  1u << USAGE_NON_REPUDIATION | 1u << USAGE_DATA_ENCIPHERMENT |
		          1u << USAGE_KEY_AGREEMENT | 1u << USAGE_ENCIPHER_ONLY },
		{ "\x03\x03\x07\x08\x80", 5,
		  1u << USAGE_KEY_AGREEMENT | 1u << USAGE_DECIPHER_ONLY },
		{ "\x03\x02\x07\x00", 4, 0 },
		/* bits that the first octet says are unused do not count */
		{ "\x03\x02\x07\xff", 4, 1u << USAGE_DIGITAL_SIGNATURE },
		{ "\x03\x03\x07\x04\xff", 5,
		  1u << USAGE_KEY_CERT_SIGN | 1u << USAGE_DECIPHER_ONLY },
	};
	struct certset set;

	(void)state;
	certset_init(&set);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct cert *cert =
			decoded(&set, certificate(rsa(number(256, 0x7f, 0xff, 0xff), e65537()),
		                                  extension(RAW("\x06\x03\x55\x1d\x0f"),
		                                            raw(rows[i].bits, rows[i].len))));

		assert_true(cert->readable && cert->has_key_usage);
		assert_int_equal(rows[i].usage, cert->key_usage);
	}
	assert_string_equal("digitalSignature", key_usage_name(USAGE_DIGITAL_SIGNATURE));
	assert_string_equal("keyCertSign", key_usage_name(USAGE_KEY_CERT_SIGN));
	assert_string_equal("decipherOnly", key_usage_name(USAGE_DECIPHER_ONLY));
	assert_false(
		decoded(&set, certificate(rsa(number(255, 0x7f, 0xff, 0xff), e65537()), RAW("")))
			->has_key_usage);
	certset_clear(&set);
}

static void extended_key_usage_has_names_or_numbers(void **state)
{
	struct buf oids = RAW("\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
	                      "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
	                      "\x06\x04\x55\x1d\x25\x00"
	                      "\x06\x03\x2a\x03\x04");
	struct certset set;
	const struct cert *cert, *plain;
	const char *at = NULL;

	(void)state;
	certset_init(&set);
	cert = decoded(&set, certificate(rsa(number(256, 0x7f, 0xff, 0xff), e65537()),
	                                 extension(RAW("\x06\x03\x55\x1d\x25"), tlv(0x30, oids))));
	assert_true(cert->has_extended_key_usage);
	assert_string_equal("serverAuth", cert_next_purpose(cert, &at));
	assert_string_equal("clientAuth", cert_next_purpose(cert, &at));
	assert_string_equal("anyExtendedKeyUsage", cert_next_purpose(cert, &at));
	assert_string_equal("1.2.3.4", cert_next_purpose(cert, &at));
	assert_null(cert_next_purpose(cert, &at));
	assert_true(cert_has_purpose(cert, "clientAuth") && cert_has_purpose(cert, "1.2.3.4"));
	assert_false(cert_has_purpose(cert, "codeSigning"));
	plain = decoded(&set, certificate(rsa(number(255, 0x7f, 0xff, 0xff), e65537()), RAW("")));
	assert_false(plain->has_extended_key_usage || cert_has_purpose(plain, "serverAuth"));
	certset_clear(&set);
}

/* Every kind of name (RFC 5280 4.2.1.6), in order */
static void names_are_packed(void **state)
{
	static const struct {
		enum san_type type;
		const char *value;
	} want[] = { { SAN_DNS, "a.b" },     { SAN_IP, "127.0.0.9" },   { SAN_EMAIL, "" },
		     { SAN_URI, "u:" },      { SAN_DIRECTORY, "CN=a" }, { SAN_OTHER, "1.2.3" },
		     { SAN_OTHER, "1.2.3" }, { SAN_DNS, "\\x00" },
		     { SAN_IP, "2001:db8::1" }, { SAN_IP, "\\x01\\x02\\x03" } };
	struct buf names = RAW("\x82\x03"
	                       "a.b"
	                       "\x87\x04\x7f\x00\x00\x09"
	                       "\x81\x00"
	                       "\x86\x02u:"
	                       "\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61"
	                       "\x88\x02\x2a\x03"
	                       "\xa0\x08\x06\x02\x2a\x03\xa0\x02\x05\x00"
	                       "\x82\x01\x00"
	                       "\x87\x10\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
	                       "\x87\x03\x01\x02\x03");
	struct certset set;
	const struct cert *cert;
	const char *at = NULL;
	struct san san;

	(void)state;
	certset_init(&set);
	cert = decoded(&set, certificate(rsa(number(256, 0x7f, 0xff, 0xff), e65537()),
	                                 extension(RAW("\x06\x03\x55\x1d\x11"), tlv(0x30, names))));
	assert_int_equal(sizeof want / sizeof *want, cert->san_count);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_true(cert_next_san(cert, &at, &san));
		assert_int_equal(want[i].type, san.type);
		assert_string_equal(want[i].value, san.value);
	}
	assert_false(cert_next_san(cert, &at, &san));
	certset_clear(&set);
}

static size_t bytes_kept(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static bool counts_what_is_freed(void)
{
	size_t before = bytes_kept();
	void *volatile block = malloc(100);

	block = realloc(block, 1 << 18);
	free(block);
	return bytes_kept() != before;
}

/* 100 KB of empty names are 50,000 of them; 200 names are a large cluster's. What is kept may not
 * be many times the DER. (The plain build holds it: under a sanitizer nothing is counted, and under
 * valgrind 3.27 a part of what realloc(3) has freed stays in the count.) */
static void a_certificate_costs_what_it_weighs(void **state)
{
	static const struct {
		const char *name;
		size_t len, count, most;
	} rows[] = { { "\x82", 2, 50000, 230 << 10 },
		     { "\x82\x1e"
		       "cucm-sub-000.collab.example.com",
		       32, 200, 20 << 10 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf names, der;
		struct certset set;
		size_t before, kept;

		buf_init(&names);
		for (size_t k = 0; k < rows[i].count; k++)
			buf_add(&names, rows[i].name, rows[i].len);
		der = certificate(rsa(number(256, 0x7f, 0xff, 0xff), e65537()),
		                  extension(RAW("\x06\x03\x55\x1d\x11"), tlv(0x30, names)));
		certset_init(&set);
		before = bytes_kept();
		assert_int_equal(
			rows[i].count,
			decode_cert(&set, (const unsigned char *)der.data, der.len)->san_count);
		kept = bytes_kept() - before;
		if (kept > rows[i].most && !counts_what_is_freed())
			fail_msg("%zu names keep %zu bytes", rows[i].count, kept);
		buf_clear(&der);
		certset_clear(&set);
	}
}

/* c2i_ASN1_BIT_STRING (1.1.1w, 3.0): at least one octet, at most seven unused bits. What OpenSSL
 * cannot parse there makes the whole certificate's extensions invalid (x509v3_cache_extensions,
 * setup_crldp). */
static void reasons_of_crl_points_are_bits(void **state)
{
	static const struct {
		const char *reasons;
		size_t len;
		bool valid;
	} rows[] = {
		{ "\x81\x02\x01\x06", 4, true },
		{ "\x81\x02\x07\x80", 4, true },
		{ "\x81\x02\x08\x80", 4, false },
		{ "\x81\x00", 2, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf point = join(RAW("\xa0\x0d\xa0\x0b\x86\x09"
		                            "http://a/"),
		                        raw(rows[i].reasons, rows[i].len));
		struct certset set;
		const struct cert *cert;

		certset_init(&set);
		cert = decoded(&set, certificate(rsa(number(256, 0x7f, 0xff, 0xff), e65537()),
		                                 extension(RAW("\x06\x03\x55\x1d\x1f"),
		                                           tlv(0x30, tlv(0x30, point)))));
		assert_true(cert->readable);
		assert_int_equal(!rows[i].valid, detail_invalid(cert, ERA_OPENSSL1));
		assert_int_equal(!rows[i].valid, detail_invalid(cert, ERA_OPENSSL3));
		certset_clear(&set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_are_read_as_openssl_reads_them),
		cmocka_unit_test(rsa_keys_that_openssl_refuses),
		cmocka_unit_test(dsa_keys_that_openssl_refuses),
		cmocka_unit_test(what_is_not_read_is_not_computed_with),
		cmocka_unit_test(a_field_of_no_octets),
		cmocka_unit_test(facts_are_read_off),
		cmocka_unit_test(versions_are_told_apart),
		cmocka_unit_test(names_alone_are_read),
		cmocka_unit_test(key_usage_has_the_names_of_the_rfc),
		cmocka_unit_test(extended_key_usage_has_names_or_numbers),
		cmocka_unit_test(names_are_packed),
		cmocka_unit_test(a_certificate_costs_what_it_weighs),
		cmocka_unit_test(reasons_of_crl_points_are_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
