/* SPDX-License-Identifier: MIT */
/* PEM texts to stores and chains: what is taken, what is a fault. Certificates are made up: decode
 * has tests of its own. */
#include "config.h"

#include "pki/decode.h"
#include "pki/trust.h"
#include "pki/trust_aux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct certset set;
	struct store store;
	struct chain chain;
	struct names notes;
	struct fault fault;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	certset_init(&f->set);
	*state = f;
	return f == NULL;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	store_clear(&f->store);
	chain_clear(&f->chain);
	names_clear(&f->notes);
	certset_clear(&f->set);
	free(f);
	return 0;
}

static int read_store(struct fixture *f, const char *text)
{
	return trust_read(&f->set, text, strlen(text), "store.pem", &f->store, &f->fault);
}

static void faults_say_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *word;
		enum fault_code code;
	} bad[] = {
		{ "", "empty", FAULT_EMPTY },
		{ "hello\n", "no certificate", FAULT_INPUT },
		{ "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "private key",
		  FAULT_INPUT },
		{ "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
		  "private key", FAULT_INPUT },
		{ "x\n-----BEGIN CERTIFICATE-----\n$$$$\n-----END CERTIFICATE-----\n", "line 2",
		  FAULT_INPUT },
		{ "-----BEGIN CERTIFICATE-----\nMIIB\n", "END", FAULT_INPUT },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "none",
		  FAULT_EMPTY },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fixture *f = *state;

		assert_int_equal(-1, read_store(f, bad[i].text));
		assert_int_equal(bad[i].code, f->fault.code);
		assert_non_null(strstr(f->fault.text, bad[i].word));
		assert_non_null(strstr(f->fault.text, "store.pem"));
	}
}

static void a_chain_keeps_what_cannot_be_read(void **state)
{
	static const char text[] =
		"noise\r\n-----BEGIN CERTIFICATE-----\r\nAAAA\r\n-----END CERTIFICATE-----\r\nnoise";
	struct fixture *f = *state;

	assert_int_equal(0, trust_read_chain(&f->set, text, strlen(text), "chain.pem", &f->chain,
	                                     &f->notes, &f->fault));
	assert_int_equal(1, f->chain.count);
	assert_false(f->chain.certs[0]->readable);
	assert_int_equal(3, f->chain.certs[0]->der_len);
}

static void other_blocks_are_skipped(void **state)
{
	static const char text[] =
		"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n-----BEGIN X509 CERTIFICATE-----\nAAAA\n"
		"-----END X509 CERTIFICATE-----\n";
	struct fixture *f = *state;

	assert_int_equal(0, trust_read_chain(&f->set, text, strlen(text), "chain.pem", &f->chain,
	                                     &f->notes, &f->fault));
	assert_int_equal(1, f->chain.count);
}

/* Borders that do not fit: how many places are told, and where the first is. */
static void broken_blocks_are_counted(void **state)
{
	static const struct {
		const char *text, *first, *more;
	} rows[] = {
		{ "-----BEGIN CERTIFICATE-----\n-----END X509 CRL-----\n", "line 1: ", NULL },
		{ "-----BEGIN CERTIFICATE-----\n-----END X509 CRL-----\n"
		  "-----END CERTIFICATE-----\n",
		  "line 1: ", "(and 1 more place)" },
		{ "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n"
		  "-----BEGIN CERTIFICATE-----\n$\n-----END CERTIFICATE-----\n",
		  "line 1: an END line without", "(and 2 more places)" },
		{ "\r\n\r\n-----BEGIN X509 CRL-----\r\n-----BEGIN CERTIFICATE-----\r\nAAAA\r\n"
		  "-----END CERTIFICATE-----\r\n",
		  "line 3: ", NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(-1, read_store(f, rows[i].text));
		assert_int_equal(FAULT_INPUT, f->fault.code);
		if (strstr(f->fault.text, rows[i].first) == NULL ||
		    (rows[i].more == NULL ? strstr(f->fault.text, " more place") != NULL
		                          : strstr(f->fault.text, rows[i].more) == NULL))
			fail_msg("row %zu: %s", i, f->fault.text);
	}
}

/* Twenty odd places are shown, the others counted. */
static void notes_have_a_limit(void **state)
{
	static const char block[] =
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

	for (size_t blocks = 19; blocks <= 22; blocks++) {
		struct fixture *f = *state;
		struct names notes = { .count = 0 };
		char text[22 * sizeof block + 1], last[64];

		for (size_t i = 0; i < blocks; i++)
			memcpy(text + i * (sizeof block - 1), block, sizeof block);
		assert_int_equal(0, trust_read_chain(&f->set, text, strlen(text), "f", &f->chain,
		                                     &notes, &f->fault));
		snprintf(last, sizeof last, blocks <= 20   ? "f, line %zu: this is not"
		                            : blocks == 21 ? "f: 1 more such place"
		                                           : "f: %zu more such places",
		         blocks <= 20 ? 3 * blocks - 2 : blocks - 20);
		assert_int_equal(blocks <= 20 ? blocks : 21, notes.count);
		assert_int_equal(0, strncmp(notes.items[notes.count - 1], last, strlen(last)));
		names_clear(&notes);
	}
}

static void none_is_an_empty_store(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(0, trust_load(&f->set, "exp1=none", &f->store, &f->fault));
	assert_string_equal("exp1", f->store.name);
	assert_int_equal(0, f->store.count);
	assert_int_equal(-1,
	                 trust_load(&f->set, "exp1=/nonexistent/store.pem", &f->store, &f->fault));
	assert_int_equal(FAULT_FILE, f->fault.code);
}

/* NAME=FILE as --trust has it: a name is in front of the first '=', unless that is part of a path. */
static void names_of_stores(void **state)
{
	static const struct {
		const char *spec, *name, *file;
	} rows[] = {
		{ "exp1=/etc/trust.pem", "exp1", "/etc/trust.pem" },
		{ "exp1=trust.pem", "exp1", "trust.pem" },
		{ "a=b=c", "a", "b=c" },
		{ "/etc/trust.pem", "trust.pem", "/etc/trust.pem" },
		{ "trust.pem", "trust.pem", "trust.pem" },
		{ "./a=b", "a=b", "./a=b" },
		{ "=trust.pem", "=trust.pem", "=trust.pem" },
		{ "none", "none", "none" },
		{ "dir/", "dir/", "dir/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *name;

		assert_string_equal(rows[i].file, trust_file_of(rows[i].spec, &name));
		assert_string_equal(rows[i].name, name);
		free(name);
	}
}

/* X509_CERT_AUX (x_x509a.c): trust SEQUENCE OF OID OPTIONAL, reject [0] IMPLICIT the same; what
 * openssl x509 -addtrust and -addreject write. 30 03 02 01 05 stands for the certificate. */
static void settings_of_trusted_certificates(void **state)
{
#define CERT "\x30\x03\x02\x01\x05"
#define SERVER "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"
#define CLIENT "\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"
#define ANY "\x06\x04\x55\x1d\x25\x00"
	static const struct {
		const char *der;
		size_t len;
		bool trusted;
	} rows[] = {
		{ CERT, 5, true },
		{ CERT "\x30\x00", 7, true },
		{ CERT "\x30\x0c\x30\x0a" SERVER, 19, true },
		{ CERT "\x30\x0c\x30\x0a" CLIENT, 19, false },
		{ CERT "\x30\x08\x30\x06" ANY, 15, true },
		{ CERT "\x30\x16\x30\x14" CLIENT SERVER, 29, true },
		{ CERT "\x30\x16\x30\x14" SERVER CLIENT, 29, true },
		{ CERT "\x30\x02\x30\x00", 9, false }, /* for nothing */
		{ CERT "\x30\x0c\xa0\x0a" SERVER, 19, false },
		{ CERT "\x30\x0c\xa0\x0a" CLIENT, 19, true },
		{ CERT "\x30\x08\xa0\x06" ANY, 15, false },
		{ CERT "\x30\x18\x30\x0a" SERVER "\xa0\x0a" CLIENT, 31, true },
		{ CERT "\x30\x18\x30\x0a" SERVER "\xa0\x0a" SERVER, 31, false },
		{ CERT "\x31\x00", 7, false },
		{ CERT "\x30\x05", 7, false },
		{ CERT "\x30\x04\x30\x02\x05\x00", 11, false },
		{ CERT "\x30\x02\x30\x05", 9, false },
		{ CERT "\x30\x0d\x30\x0b" SERVER "\x06", 20, false }, /* an octet behind the OID */
		{ CERT "\x30\x02\xa0\x05", 9, false },
		{ CERT "\x30\x0e\x30\x0a" SERVER "\xa0\x05", 21, false },
		{ CERT "\x30\x0c\x30\x05" SERVER, 19, false },
		{ CERT "\x30\x0e\x30\x0a" SERVER "\xa0\x00", 21, true },
		{ CERT "\x30\x04\x30\x00\xa0\x05", 11, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = rows[i].len;

		if (trust_aux_cut((const unsigned char *)rows[i].der, &len) != rows[i].trusted)
			fail_msg("row %zu", i);
		assert_int_equal(5, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(faults_say_what_is_wrong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_chain_keeps_what_cannot_be_read, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(other_blocks_are_skipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(broken_blocks_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(notes_have_a_limit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(none_is_an_empty_store, set_up, tear_down),
		cmocka_unit_test(names_of_stores),
		cmocka_unit_test(settings_of_trusted_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
