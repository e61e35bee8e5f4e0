/* SPDX-License-Identifier: MIT */
/* Files of certificates as people have them: how many are found, and what is said of the rest. What
 * must come out was read off each text by hand. */
#include "config.h"

#include "base/mem.h"
#include "base/pem.h"
#include "made.h"
#include "pki/certfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct certset set;
static struct made one;

static int set_up(void **state)
{
	(void)state;
	certset_init(&set);
	one = made_cert(&set, "one", "one.example.com", NULL, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	made_free(&one);
	made_end();
	certset_clear(&set);
	return 0;
}

/* '$' is the certificate in base64, '%' the same with an octet behind it, '&' with two */
static char *filled(const char *text)
{
	unsigned char *der = mem_zalloc(one.cert->der_len + 2);
	struct buf out;

	memcpy(der, one.cert->der, one.cert->der_len);
	buf_init(&out);
	for (const char *p = text; *p != '\0'; p++)
		if (strchr("$%&", *p) != NULL)
			pem_base64(&out, der, one.cert->der_len + (size_t)(strchr("$%&", *p) - "$%&"));
		else
			buf_putc(&out, *p);
	free(der);
	return buf_take(&out);
}

/* "flaw line: text" of each problem, one line each; the text as far as it was wanted */
static void compare_problems(const struct certfile *file, const char *want, size_t row)
{
	struct buf said;

	buf_init(&said);
	for (size_t i = 0; i < file->problem_count; i++) {
		const struct certfile_problem *problem = &file->problems[i];

		buf_printf(&said, "%c%zu %.16s\n", "OLB"[problem->flaw], problem->line,
		           problem->text);
	}
	buf_putc(&said, '\0');
	if (strcmp(want, said.data) != 0)
		fail_msg("row %zu: wanted\n%sgot\n%s", row, want, said.data);
	buf_clear(&said);
}

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"
#define BLOCK BEGIN "\n$\n" END "\n"
#define L63 "123456789012345678901234567890123456789012345678901234567890123"
#define BEFORE "text stands befo"
#define BEHIND "text stands behi"
#define INDENTED "BEGIN is indente"
#define JOINED "an END and a BEG"
#define NO_END "the block that b"
#define NO_BEGIN "an END line with"

static void blocks_are_found_wherever_they_stand(void **state)
{
	static const struct {
		const char *text;
		size_t count, last_line; /* of the last certificate */
		const char *problems;
	} rows[] = {
		{ BLOCK, 1, 1, "" },
		{ BLOCK "x\n" BLOCK, 2, 5, "" },
		{ "x\r\ny\r\n" BEGIN "\r\n$\r\n" END "\r\n", 1, 3, "" },
		{ "x\ry\r" BEGIN "\r$\r" END "\r", 1, 3, "O0 its lines end wi\n" },
		{ "x\n\r" BEGIN "\n$\n" END "\r", 1, 3, "" },
		{ BEGIN "$" END, 1, 1, "" },
		{ "x" BLOCK, 1, 1, "O1 " BEFORE "\n" },
		{ "x " BLOCK, 1, 1, "O1 " BEFORE "\n" },
		{ " x" BLOCK, 1, 1, "O1 " BEFORE "\n" },
		{ " \t" BLOCK, 1, 1, "O1 " INDENTED "\n" },
		{ "x\n " BLOCK, 1, 2, "O2 " INDENTED "\n" },
		{ "x\r " BLOCK, 1, 2, "O2 " INDENTED "\n" },
		{ BEGIN "\n$\n" END " \t\n", 1, 1, "" },
		{ BEGIN "\n$\n" END " ", 1, 1, "" },
		{ BEGIN "\n$\n" END " x\n", 1, 1, "O3 " BEHIND "\n" },
		{ BEGIN "\n$\n" END "x", 1, 1, "O3 " BEHIND "\n" },
		{ BEGIN "\n$\n" END "-----BEGI", 1, 1, "O3 " BEHIND "\n" },
		{ BEGIN "\n$\n" END "-----BEGIN", 1, 1, "" },
		{ BEGIN "\n$\n" END "----------", 1, 1, "O3 " BEHIND "\n" },
		{ BEGIN "\n$\n" END BLOCK, 2, 3, "O3 " JOINED "\n" },
		{ BEGIN "\n$\n" END " " BLOCK, 2, 3, "O3 " BEFORE "\n" },
		{ "-----BEGIN X509 CERTIFICATE-----\n$\n" END "\n", 1, 1, "" },
		{ "-----BEGIN X509 CRL-----\n$\n" END "\n", 0, 0, "B1 " NO_END "\n" },
		{ BEGIN "\n$\n-----END X509 CRL-----\n" BLOCK, 1, 4, "B1 " NO_END "\n" },
		{ BEGIN "\n$\n" BLOCK, 1, 3, "B1 " NO_END "\n" },
		{ BEGIN "\n$\n", 0, 0, "B1 " NO_END "\n" },
		{ END "\n" BLOCK, 1, 2, "B1 " NO_BEGIN "\n" },
		{ END BLOCK, 1, 1, "B1 " NO_BEGIN "\nO1 " JOINED "\n" },
		{ BLOCK "-----END -----", 1, 1, "B4 " NO_BEGIN "\n" },
		{ BLOCK "-----END ----", 1, 1, "" },
		{ BLOCK "-----END \x01-----", 1, 1, "" },
		{ BLOCK "-----END x\n-----", 1, 1, "" },
		{ BLOCK "-----END " L63 "-----", 1, 1, "B4 " NO_BEGIN "\n" },
		{ BLOCK "-----END " L63 "4-----", 1, 1, "" },
		{ BLOCK "-----END " L63 "45678901-----", 1, 1, "" },
		{ BLOCK "-----BEGIN " L63 "-----\n-----END " L63 "-----\n", 1, 1, "" },
		{ BEGIN "\n!\n" END "\n", 0, 0, "B1 the certificate \n" },
		{ BEGIN "\n\n" END "\n", 0, 0, "B1 the certificate \n" },
		{ "-----BEGIN PKCS7-----\n!\n-----END PKCS7-----\n", 0, 0,
		  "B1 the PKCS#7 that \n" },
		{ "-----BEGIN CMS-----\n!\n-----END CMS-----\n", 0, 0,
		  "B1 the PKCS#7 that \n" },
		{ "-----BEGIN PKCS #7 SIGNED DATA-----\n!\n-----END PKCS #7 SIGNED DATA-----\n", 0, 0,
		  "B1 the PKCS#7 that \n" },
		{ "\n-----BEGIN EC PRIVATE KEY-----\n!\n-----END EC PRIVATE KEY-----\n", 0, 0,
		  "B2 a private key be\n" },
		{ BEGIN "\n%\n" END "\n", 1, 1, "O1 1 byte stands be\n" },
		{ BEGIN "\n&\n" END "\n", 1, 1, "O1 2 bytes stand be\n" },
		{ "$\n", 1, 0, "O1 the text has no \n" },
		{ "\xef\xbb\xbf" BLOCK, 1, 1, "O1 the text begins \n" },
		{ "\xef\xbb\xbf$\n", 1, 0,
		  "O1 the text begins \nO1 the text has no \n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = filled(rows[i].text);
		struct certfile file;

		memset(&file, 0xaa, sizeof file);
		if (certfile_read(&set, text, strlen(text), "f", CERTFILE_STORE, &file, NULL) != 0)
			fail_msg("row %zu", i);
		compare_problems(&file, rows[i].problems, i);
		assert_int_equal(rows[i].count, file.count);
		for (size_t k = 0; k < file.count; k++)
			assert_ptr_equal(one.cert, file.certs[k].cert);
		if (file.count > 0)
			assert_int_equal(rows[i].last_line, file.certs[file.count - 1].line);
		certfile_clear(&file);
		free(text);
	}
}

static void files_without_certificates_are_faults(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "x", "f has no certificate in it: " },
		{ "%", "f has no certificate in it: " },
		{ "$$", "f has no certificate in it: " },
		{ "MAA=", "f has no certificate in it: " },
		{ "MA==", "f has no certificate in it: " },
		{ "MYA=", "f has no certificate in it: " },
		{ "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n",
		  "f has no certificate in it, only a certificate signing request:" },
		{ "-----BEGIN NEW CERTIFICATE REQUEST-----\n"
		  "-----END NEW CERTIFICATE REQUEST-----\n",
		  "f has no certificate in it, only a certificate signing request:" },
		{ "-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n"
		  "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
		  "f has no certificate in it, only a revocation list:" },
		{ "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
		  "f has no certificate in it, only a public key:" },
		{ "-----BEGIN X-----\n-----END X-----\n",
		  "f has no certificate in it, only blocks of another kind:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = filled(rows[i].text);
		struct certfile file;
		struct fault fault;

		assert_int_equal(-1, certfile_read(&set, text, strlen(text), "f", CERTFILE_STORE,
		                                   &file, &fault));
		if (strncmp(fault.text, rows[i].said, strlen(rows[i].said)) != 0)
			fail_msg("row %zu: %s", i, fault.text);
		certfile_clear(&file);
		free(text);
	}
}

/* x509v3's TRUSTED CERTIFICATE; a Certificate message has no room for anything behind one. */
static void what_stands_behind_a_certificate(void **state)
{
	char *text = filled(BEGIN "\n%\n" END "\n"),
	     *trusted = filled("-----BEGIN TRUSTED CERTIFICATE-----\n$\n" END "\n" BLOCK);
	struct certfile file;

	(void)state;
	assert_int_equal(0, certfile_read(&set, text, strlen(text), "f", CERTFILE_SENT, &file, NULL));
	assert_int_equal(1, file.count);
	assert_false(file.certs[0].cert->readable);
	compare_problems(&file, "L1 this is not a ce\n", 0);
	certfile_clear(&file);
	assert_int_equal(0, certfile_read(&set, trusted, strlen(trusted), "f", CERTFILE_STORE, &file,
	                                  NULL));
	assert_int_equal(2, file.count);
	assert_true(file.certs[0].trusted_label && !file.certs[0].withheld);
	assert_false(file.certs[1].trusted_label || file.certs[1].withheld);
	compare_problems(&file, "", 1);
	certfile_clear(&file);
	free(trusted);
	free(text);
}

static struct buf der_of(unsigned char tag, struct buf content)
{
	struct buf out;

	buf_init(&out);
	buf_printf(&out, "%c%c%c%c", tag, 0x82, (int)(content.len >> 8), (int)(content.len & 255));
	buf_add(&out, content.data, content.len);
	buf_clear(&content);
	return out;
}

/* RFC 5652 5.1: ContentInfo { signedData, [0] SignedData { version, algorithms, content,
 * certificates } } */
static struct buf pkcs7(struct buf certs)
{
	static const char head[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
			  front[] = "\x02\x01\x01\x31\x00\x30\x00";
	struct buf inner, outer;

	buf_init(&inner);
	buf_add(&inner, front, sizeof front - 1);
	buf_add(&inner, certs.data, certs.len);
	buf_clear(&certs);
	inner = der_of(0xa0, der_of(0x30, inner));
	buf_init(&outer);
	buf_add(&outer, head, sizeof head - 1);
	buf_add(&outer, inner.data, inner.len);
	buf_clear(&inner);
	return der_of(0x30, outer);
}

static void pkcs7_holds_certificates_among_others(void **state)
{
	struct buf list, der, none;
	struct certfile file;

	(void)state;
	buf_init(&none);
	buf_init(&list);
	buf_add(&list, one.cert->der, one.cert->der_len);
	buf_add(&list, "\xa1\x00\x31\x00\xb0\x00", 6);
	buf_add(&list, one.cert->der, one.cert->der_len);
	buf_add(&list, "\x30\x05", 2); /* cut off */
	der = pkcs7(der_of(0xa0, list));
	assert_int_equal(0, certfile_read(&set, der.data, der.len, "f", CERTFILE_STORE, &file, NULL));
	assert_int_equal(2, file.count);
	assert_ptr_equal(one.cert, file.certs[1].cert);
	compare_problems(&file,
	                 "L0 entry 2 of the P\nL0 entry 3 of the P\n"
	                 "L0 entry 4 of the P\nL0 entry 6 of the P\n",
	                 0);
	certfile_clear(&file);
	buf_clear(&der);
	der = pkcs7(none);
	assert_int_equal(0, certfile_read(&set, der.data, der.len, "f", CERTFILE_STORE, &file, NULL));
	compare_problems(&file, "L0 the PKCS#7 carri\n", 1);
	certfile_clear(&file);
	buf_clear(&der);
}

/* DER, one after the other; spaces at the end are nobody's, anything else belongs to the last. */
static void binary_files_hold_one_after_the_other(void **state)
{
	static const struct {
		const char *tail;
		size_t len;
		bool last; /* readable */
	} rows[] = { { "", 0, true }, { "\n", 1, true },       { " \r\n\0", 4, true },
		     { "x", 1, false }, { "\n x", 3, false }, { "\x30", 1, false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct certfile file;
		struct buf der;
		char *exact; /* AddressSanitizer sees what is read behind it */

		buf_init(&der);
		for (int k = 0; k < 3; k++)
			buf_add(&der, one.cert->der, one.cert->der_len);
		buf_add(&der, rows[i].tail, rows[i].len);
		exact = mem_copy(der.data, der.len);
		assert_int_equal(0, certfile_read(&set, exact, der.len, "f", CERTFILE_SENT, &file, NULL));
		free(exact);
		assert_int_equal(3, file.count);
		assert_ptr_equal(one.cert, file.certs[0].cert);
		assert_ptr_equal(one.cert, file.certs[1].cert);
		for (int k = 0; k < 3; k++)
			assert_false(file.certs[k].trusted_label || file.certs[k].withheld ||
			             file.certs[k].line != 0);
		assert_int_equal(rows[i].last, file.certs[2].cert == one.cert);
		compare_problems(&file, rows[i].last ? "" : "L0 this is not a ce\n", i);
		certfile_clear(&file);
		buf_clear(&der);
	}
}

/* RFC 7292 4: PFX { version 3, authSafe ContentInfo of data } */
static void a_pfx_is_known(void **state)
{
	static const struct {
		const char *der;
		size_t len;
		const char *problem;
	} rows[] = {
		{ "\x30\x81\x10\x02\x01\x03\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 19,
		  "B0 it is a PKCS#12 \n" },
		{ "MIEQAgEDMAsGCSqGSIb3DQEHAQ==", 28, /* the same as base64 */
		  "B0 it is a PKCS#12 \nO1 the text has no \n" },
		{ "\x30\x81\x10\x02\x01\x02\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 19,
		  "L0 this is not a ce\n" },
		{ "\x30\x81\x11\x02\x02\x03\x00\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 20,
		  "L0 this is not a ce\n" },
		{ "\x30\x81\x10\x02\x01\x03\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 19,
		  "L0 this is not a ce\n" },
		{ "\x30\x81\x11\x02\x01\x03\x30\x0c\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\x01", 20,
		  "L0 this is not a ce\n" },
		{ "\x30\x80\x00\x00", 4, "L0 this is not a ce\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct certfile file;

		assert_int_equal(0, certfile_read(&set, rows[i].der, rows[i].len, "f", CERTFILE_STORE,
		                                  &file, NULL));
		compare_problems(&file, rows[i].problem, i);
		certfile_clear(&file);
	}
}

/* UTF-16 as PowerShell writes it, with a block and without BEGIN and END */
static void utf16_is_read(void **state)
{
	static const struct {
		const char *text, *problems;
	} rows[] = { { BLOCK, "O0 the text is UTF-\n" },
		     { "$\n", "O0 the text is UTF-\nO1 the text has no \n" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *text = filled(rows[i].text);
		struct certfile file;
		struct buf wide;

		buf_init(&wide);
		buf_add(&wide, "\xff\xfe", 2);
		for (const char *p = text; *p != '\0'; p++) {
			buf_putc(&wide, *p);
			buf_putc(&wide, '\0');
		}
		assert_int_equal(0, certfile_read(&set, wide.data, wide.len, "f", CERTFILE_STORE,
		                                  &file, NULL));
		assert_int_equal(1, file.count);
		assert_ptr_equal(one.cert, file.certs[0].cert);
		compare_problems(&file, rows[i].problems, i);
		certfile_clear(&file);
		buf_clear(&wide);
		free(text);
	}
	for (size_t i = 0; i < 2; i++) { /* nothing in it */
		struct certfile file;
		struct fault fault;

		assert_int_equal(-1, certfile_read(&set, i == 0 ? "\xff\xfex\0" : "\xef\xbb\xbfx", 4,
		                                   "f", CERTFILE_STORE, &file, &fault));
		assert_non_null(strstr(fault.text, "has no certificate in it: "));
		certfile_clear(&file);
	}
}

/* certfile.h: at most 10,000 certificates, at most 1,000 problems of a kind are told */
static void files_have_limits(void **state)
{
	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		struct certfile file;
		struct fault fault;
		struct buf text;

		buf_init(&text);
		for (size_t i = 0; i < 10000 + extra; i++)
			buf_printf(&text, "%s\nMAA=\n%s\n", BEGIN, END);
		assert_int_equal(extra == 0 ? 0 : -1,
		                 certfile_read(&set, text.data, text.len, "f", CERTFILE_STORE, &file,
		                               &fault));
		assert_int_equal(10000, file.count);
		assert_int_equal(10000, file.flaws[CERTFILE_LOST]);
		assert_int_equal(1000, file.problem_count);
		assert_int_equal(2998, file.problems[999].line);
		if (extra == 1)
			assert_string_equal("f has more than 10000 certificates", fault.text);
		certfile_clear(&file);
		assert_int_equal(0, file.count);
		assert_null(file.certs);
		buf_clear(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_found_wherever_they_stand),
		cmocka_unit_test(files_without_certificates_are_faults),
		cmocka_unit_test(what_stands_behind_a_certificate),
		cmocka_unit_test(pkcs7_holds_certificates_among_others),
		cmocka_unit_test(binary_files_hold_one_after_the_other),
		cmocka_unit_test(a_pfx_is_known),
		cmocka_unit_test(utf16_is_read),
		cmocka_unit_test(files_have_limits),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
