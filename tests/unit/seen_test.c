/* SPDX-License-Identifier: MIT */
/* What one handshake's end is called, a row each: who ended it, after which bytes, with which words.
 * Alerts and their names: RFC 8446, 6.2. */
#include "config.h"

#include "base/mem.h"
#include "wire/hello.h"
#include "wire/seen.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
	struct seen seen;
	enum outcome given_up, outcome;
	const char *detail; /* NULL: none */
};

#define TLS_BYTES .received = 7, .first = "\x16\x03\x03"
#define NOBODY .alert = -1

static const struct row rows[] = {
	/* what is not TLS, whoever ends it */
	{ { NOBODY, .received = 4, .first = "abc\n" }, OUTCOME_PENDING, OUTCOME_NOT_TLS, "it answered \"abc\"" },
	{ { NOBODY, .received = 4, .first = "a b\n" }, OUTCOME_PENDING, OUTCOME_NOT_TLS, "it answered \"a b\"" },
	{ { NOBODY, .received = 6, .first = "a\x1f\x7f\x80~\r" }, OUTCOME_TIMEOUT, OUTCOME_NOT_TLS, "it answered \"a...~\"" },
	{ { NOBODY, .received = 2, .first = "\x13\x03" }, OUTCOME_PENDING, OUTCOME_NOT_TLS, "it answered \"..\"" },
	{ { NOBODY, .received = 2, .first = "\x19\x03" }, OUTCOME_STOPPED, OUTCOME_NOT_TLS, "it answered \"..\"" },
	{ { NOBODY, .received = 2, .first = "\x16\x02" }, OUTCOME_PENDING, OUTCOME_NOT_TLS, "it answered \"..\"" },
	{ { NOBODY, .received = 1, .first = "a" }, OUTCOME_TIMEOUT, OUTCOME_NOT_TLS, "it answered \"a\"" },
	{ { NOBODY, .received = 2, .first = "\x14\x03" }, OUTCOME_TIMEOUT, OUTCOME_TIMEOUT, "timed out after 2 bytes of the handshake" },
	{ { NOBODY, .received = 1, .first = "\x18" }, OUTCOME_STOPPED, OUTCOME_STOPPED, "stopped after 1 bytes of the handshake" },
	{ { NOBODY }, OUTCOME_TIMEOUT, OUTCOME_TIMEOUT, "timed out waiting for the first byte" },
	{ { NOBODY }, OUTCOME_STOPPED, OUTCOME_STOPPED, "stopped waiting for the first byte" },
	/* the server ends it */
	{ { .alert = 40, TLS_BYTES }, OUTCOME_PENDING, OUTCOME_TLS_ALERT, "alert 40 handshake_failure" },
	{ { .alert = 0, TLS_BYTES }, OUTCOME_PENDING, OUTCOME_TLS_ALERT, "alert 0 close_notify" },
	{ { .alert = 70, TLS_BYTES }, OUTCOME_PENDING, OUTCOME_TLS_VERSION, "alert 70 protocol_version" },
	{ { NOBODY, TLS_BYTES, .ended = true }, OUTCOME_PENDING, OUTCOME_CLOSED, "close_notify in the middle of the handshake" },
	{ { NOBODY, TLS_BYTES, .closed = true }, OUTCOME_PENDING, OUTCOME_CLOSED, "closed in the middle of the handshake" },
	{ { NOBODY, .closed = true }, OUTCOME_PENDING, OUTCOME_CLOSED, "closed without a word" },
	{ { NOBODY, TLS_BYTES, .socket_errno = ECONNRESET }, OUTCOME_PENDING, OUTCOME_RESET, "Connection reset by peer" },
	{ { NOBODY, .socket_errno = EPIPE }, OUTCOME_PENDING, OUTCOME_RESET, "Broken pipe" },
	{ { NOBODY, .socket_errno = ETIMEDOUT }, OUTCOME_PENDING, OUTCOME_TIMEOUT, "Connection timed out" },
	{ { NOBODY, .socket_errno = EHOSTUNREACH }, OUTCOME_PENDING, OUTCOME_UNREACHABLE, "No route to host" },
	{ { NOBODY, TLS_BYTES, .flooded = true }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "more than 1048576 bytes without coming to an end" },
	/* we end it */
	{ { NOBODY, TLS_BYTES, .other_version = true }, OUTCOME_PENDING, OUTCOME_TLS_VERSION, "the server chose a TLS version that was not offered" },
	{ { NOBODY, TLS_BYTES, .wrong_suite = true, .suite = 0xc014 }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "the server chose suite 0xc014, which was not offered" },
	{ { NOBODY, TLS_BYTES, .error = "words" }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "words" },
	{ { NOBODY, TLS_BYTES }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "unknown error" },
	{ { NOBODY, TLS_BYTES, .no_room = true, .error = "words" }, OUTCOME_PENDING, OUTCOME_LOCAL, "words" },
	{ { NOBODY, .no_suites = true, .error = "words" }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "GnuTLS knows none of the suites that Expressway offers" },
	{ { NOBODY, TLS_BYTES, .key_unusable = true }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "the certificate or its key is one that OpenSSL does not compute with" },
	{ { NOBODY, TLS_BYTES, .flaw = FLAW_BAD_SIGNATURE, .error = "words" }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "the key exchange is not signed by the certificate's key" },
	{ { NOBODY, TLS_BYTES, .flaw = FLAW_DH_KEY_TOO_SMALL }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "the server's Diffie-Hellman key has fewer than 1,024 bits" },
	{ { NOBODY, TLS_BYTES, .flaw = FLAW_BAD_DH_VALUE }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, "the server's Diffie-Hellman key has more than 10,000 bits" },
	{ { NOBODY, TLS_BYTES, .completed = true }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, NULL },
	{ { NOBODY, TLS_BYTES, .stopped = true }, OUTCOME_PENDING, OUTCOME_TLS_ERROR, NULL },
	/* a certificate that was shown was shown, whatever came after; RFC 5246 7.4.2 */
	{ { NOBODY, TLS_BYTES, .message = (unsigned char *)"\0\0\4\0\0\1x", .message_len = 7, .completed = true },
	  OUTCOME_PENDING, OUTCOME_PRESENTED, NULL },
	{ { .alert = 80, TLS_BYTES, .message = (unsigned char *)"\0\0\4\0\0\1x", .message_len = 7 },
	  OUTCOME_PENDING, OUTCOME_PRESENTED, "alert 80 internal_error" },
	{ { NOBODY, TLS_BYTES, .message = (unsigned char *)"\0\0\4\0\0\1x", .message_len = 7 },
	  OUTCOME_TIMEOUT, OUTCOME_PRESENTED, "timed out after 7 bytes of the handshake" },
	{ { NOBODY, TLS_BYTES, .message = (unsigned char *)"\0\0\0", .message_len = 3 }, OUTCOME_PENDING,
	  OUTCOME_NO_CERTIFICATE, "the Certificate message is empty" },
	{ { NOBODY, TLS_BYTES, .message = (unsigned char *)"\0\0\4\0\0\2x", .message_len = 7 }, OUTCOME_PENDING,
	  OUTCOME_TLS_ERROR, "the Certificate message is malformed" },
};

static void test_outcomes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct seen *seen = &rows[i].seen;
		struct observation told = { .detail = mem_strdup("old"), .tls_version = mem_strdup("old"),
			                    .cipher_suite = mem_strdup("old") };

		seen_tell(seen, rows[i].given_up, &told);
		if (told.outcome != rows[i].outcome ||
		    (rows[i].detail == NULL ? told.detail != NULL
		                            : told.detail == NULL || strcmp(told.detail, rows[i].detail) != 0))
			fail_msg("row %zu: %s, %s", i, outcome_name(told.outcome), told.detail);
		assert_int_equal(told.handshake_completed, seen->completed);
		assert_int_equal(told.reached, seen->completed ? REACHED_FINISHED : REACHED_NOTHING);
		assert_int_equal(told.tls_version != NULL, seen->message != NULL);
		observation_clear(&told);
	}
}

/* What stands beside a chain: version, suite, the wish for a certificate; OpenSSL's limit of 100 KiB. */
static void test_facts(void **state)
{
	static unsigned char large[102401];
	struct seen seen = { .alert = -1, .received = 7, .first = "\x16\x03\x03", .message = large, .message_len = 7,
		             .reached = REACHED_SERVER_DONE, .suite = 0xc030, .has_suite = true, .asked = true };
	struct observation told = { .outcome = OUTCOME_PENDING };

	(void)state;
	memcpy(large, "\0\0\4\0\0\1x", 7);
	seen_tell(&seen, OUTCOME_PENDING, &told);
	assert_int_equal(told.outcome, OUTCOME_PRESENTED);
	assert_string_equal(told.tls_version, "TLS1.2");
	assert_string_equal(told.cipher_suite, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"); /* RFC 5289 */
	assert_true(told.client_certificate_requested);
	assert_int_equal(told.reached, REACHED_SERVER_DONE);
	assert_int_equal(told.flaw, FLAW_NONE);
	seen.has_suite = false;
	seen.flaw = FLAW_BAD_SIGNATURE;
	seen_tell(&seen, OUTCOME_PENDING, &told);
	assert_null(told.cipher_suite);
	assert_int_equal(told.flaw, FLAW_BAD_SIGNATURE);
	/* RFC 8446 4.4.2: context, list, extensions of each */
	memcpy(large, "\0\0\0\6\0\0\1x\0\0", 10);
	seen.message_len = 10;
	seen.tls13 = true;
	seen_tell(&seen, OUTCOME_PENDING, &told);
	assert_int_equal(told.outcome, OUTCOME_PRESENTED);
	assert_string_equal(told.tls_version, "TLS1.3");
	seen.message_len = 9;
	seen_tell(&seen, OUTCOME_PENDING, &told);
	assert_int_equal(told.flaw, FLAW_LENGTH_MISMATCH);
	for (size_t len = 102400; len <= 102401; len++) {
		size_t list = len - 3, one = len - 6;

		seen.tls13 = false;
		seen.flaw = FLAW_NONE;
		for (size_t i = 0; i < 3; i++) {
			large[i] = (unsigned char)(list >> (16 - 8 * i));
			large[3 + i] = (unsigned char)(one >> (16 - 8 * i));
		}
		seen.message_len = len;
		seen_tell(&seen, OUTCOME_PENDING, &told);
		assert_int_equal(told.flaw, len > 102400 ? FLAW_MESSAGE_TOO_LARGE : FLAW_NONE);
	}
	observation_clear(&told);
}

/* --- messages, byte by byte -------------------------------------------------------------------- */

/* What begins as long as `len` is refused while it is shorter: each prefix in a block of its own. */
static void each_prefix(const char *bytes, size_t len, bool (*good)(const unsigned char *, size_t))
{
	for (size_t n = 0; n <= len; n++) {
		unsigned char *copy = mem_alloc(n + 1);

		copy = realloc(copy, n > 0 ? n : 1);
		memcpy(copy, bytes, n);
		if (good(copy, n) != (n == len))
			fail_msg("%zu of %zu bytes", n, len);
		free(copy);
	}
}

#define RANDOM "\3\3" "0123456789abcdef0123456789abcdef"

static bool has_suite(const unsigned char *body, size_t len)
{
	uint16_t suite = 0;
	int rc = hello_server_suite(body, len, &suite);

	assert_true(rc == 0 || rc == -1);
	return rc == 0 && suite == 0xc030;
}

static bool is_tls13(const unsigned char *body, size_t len)
{
	return hello_server_tls13(body, len);
}

static bool has_names12(const unsigned char *body, size_t len)
{
	const unsigned char *names = body;
	size_t names_len;
	int rc = hello_authorities(body, len, false, &names, &names_len);

	assert_true(rc == 0 || rc == -1);
	return rc == 0 && names_len == 5 && memcmp(names, "\0\3abc", 5) == 0;
}

static bool has_names13(const unsigned char *body, size_t len)
{
	const unsigned char *names = body;
	size_t names_len;
	int rc = hello_authorities(body, len, true, &names, &names_len);

	assert_true(rc == 0 || rc == -1);
	return rc == 0 && names_len == 5 && memcmp(names, "\0\3abc", 5) == 0;
}

static size_t count_certificates(const unsigned char *body, size_t len, bool tls13)
{
	const unsigned char *der;
	size_t at = 0, der_len, count = 0;
	int rc;

	while ((rc = hello_next_certificate(body, len, tls13, &at, &der, &der_len)) == 1)
		count += der_len == 2 - count && memcmp(der, count == 0 ? "ab" : "c", der_len) == 0;
	return rc < 0 ? 0 : count;
}

static bool has_two12(const unsigned char *body, size_t len)
{
	return count_certificates(body, len, false) == 2;
}

static bool has_two13(const unsigned char *body, size_t len)
{
	return count_certificates(body, len, true) == 2;
}

static void test_messages(void **state)
{
	static const char suite[] = RANDOM "\2XX\xc0\x30",
			  tls13[] = RANDOM "\2XX\x13\2\0\0\x0b\0\x33\0\1k\0\x2b\0\2\3\4",
			  tls12[] = RANDOM "\0\x13\2\0\0\6\0\x2b\0\2\3\3",
			  names12[] = "\2\1\x40\0\4\4\3\5\3\0\5\0\3abc",
			  names13[] = "\1c\0\x13\0\x0d\0\4\0\2\4\3\0\x2f\0\7\0\5\0\3abc",
			  two12[] = "\0\0\x09\0\0\2ab\0\0\1c",
			  two13[] = "\1c\0\0\x0e\0\0\2ab\0\1e\0\0\1c\0\0";
	const unsigned char *names = (const unsigned char *)suite;
	size_t len = 99;

	(void)state;
	each_prefix(suite, sizeof suite - 1, has_suite);
	each_prefix(tls13, sizeof tls13 - 1, is_tls13);
	each_prefix(names12, sizeof names12 - 1, has_names12);
	each_prefix(names13, sizeof names13 - 1, has_names13);
	each_prefix(two12, sizeof two12 - 1, has_two12);
	each_prefix(two13, sizeof two13 - 1, has_two13);
	assert_false(is_tls13((const unsigned char *)tls12, sizeof tls12 - 1));
	/* no list of names: none, and nothing wrong */
	assert_int_equal(hello_authorities((const unsigned char *)"\0\0\6\0\x0d\0\2\4\3", 9, true, &names, &len), 0);
	assert_int_equal(len, 0);
	assert_null(names);
	assert_int_equal(hello_authorities((const unsigned char *)"\0\0\4\0\x0d\0\0", 7, true, &names, &len), 0);
	/* extensions that are cut: the length of one, its type, itself */
	assert_int_equal(hello_authorities((const unsigned char *)"\0\0\1\0", 4, true, &names, &len), -1);
	assert_int_equal(hello_authorities((const unsigned char *)"\0\0\5\0\x0d\0\0\0", 8, true, &names, &len), -1);
	assert_int_equal(hello_authorities((const unsigned char *)"\0\0\3\0\x2f\0", 6, true, &names, &len), -1);
	assert_int_equal(hello_authorities((const unsigned char *)"\0\0\5\0\x2f\0\2\0", 8, true, &names, &len), -1);
	assert_null(names);
	assert_int_equal(len, 0);
	/* a byte too many behind it */
	assert_int_equal(hello_authorities((const unsigned char *)"\1\1\0\2\4\3\0\0x", 9, false, &names, &len), -1);
	assert_int_equal(hello_authorities((const unsigned char *)"\1\1\0\2\4\3\0\0", 8, false, &names, &len), 0);
	assert_int_equal(hello_authorities((const unsigned char *)"\0\0\7\0\x2f\0\3\0\0x", 10, true, &names, &len), -1);
}

/* Of what goes on without a line's end the first 80 octets are shown. */
static void test_long_line(void **state)
{
	struct seen seen = { .alert = -1, .received = 3000 };
	struct observation told = { .outcome = OUTCOME_PENDING };
	char wanted[120] = "it answered \"";
	size_t len = strlen(wanted);

	(void)state;
	memset(seen.first, 'a', sizeof seen.first);
	memset(wanted + len, 'a', 80);
	strcpy(wanted + len + 80, "\"");
	seen_tell(&seen, OUTCOME_PENDING, &told);
	assert_string_equal(told.detail, wanted);
	observation_clear(&told);
}

/* RFC 5246 7.4.3: dh_p as a vector; bits without leading zeros. */
static void test_dh_bits(void **state)
{
	static const struct {
		const char *body;
		size_t len;
		uint16_t suite;
		bool known;
		size_t bits;
	} table[] = {
		{ "\0\2\1\xff", 4, 0x009f, true, 9 },   { "\0\2\x80\0", 4, 0x009f, true, 16 },
		{ "\0\3\0\0\1", 5, 0x009f, true, 1 },   { "\0\2\0\0", 4, 0x009f, true, 0 },
		{ "\0\0", 2, 0x009f, true, 0 },         { "\0\1\x7f", 3, 0x009f, true, 7 },
		{ "\0\2\1", 3, 0x009f, false, 0 },      { "\0", 1, 0x009f, false, 0 },
		{ "\0\2\1\xff", 4, 0xc030, false, 0 },  { "\0\2\1\xff", 4, 0x1234, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t bits = 99;
		bool known = hello_dh_bits(table[i].suite, (const unsigned char *)table[i].body,
		                           table[i].len, &bits);

		if (known != table[i].known || (known && bits != table[i].bits))
			fail_msg("row %zu: %d, %zu bits", i, known, bits);
	}
}

/* Every suite that there is, backwards, comes out in order. */
static void test_reorder_all(void **state)
{
	enum { ALL = SUITE_COUNT + SUITE13_COUNT, HEAD = sizeof RANDOM - 1 };
	unsigned char body[HEAD + 1 + 2 + 2 * ALL] = RANDOM;
	struct suites suites = { .count = SUITE_COUNT };
	unsigned char *list = body + HEAD + 3;
	uint16_t wanted[ALL];

	(void)state;
	for (size_t i = 0; i < ALL; i++)
		wanted[i] = i < SUITE13_COUNT ? suite13_codes[i] : suite_rows[i - SUITE13_COUNT].code;
	memcpy(suites.codes, wanted + SUITE13_COUNT, SUITE_COUNT * sizeof *wanted);
	body[HEAD] = 0;
	body[HEAD + 1] = (unsigned char)(2 * ALL >> 8);
	body[HEAD + 2] = (unsigned char)(2 * ALL);
	for (size_t i = 0; i < ALL; i++) {
		list[2 * i] = (unsigned char)(wanted[ALL - 1 - i] >> 8);
		list[2 * i + 1] = (unsigned char)wanted[ALL - 1 - i];
	}
	assert_int_equal(hello_reorder(body, sizeof body, &suites), 0);
	for (size_t i = 0; i < ALL; i++)
		assert_int_equal(list[2 * i] << 8 | list[2 * i + 1], wanted[i]);
}

/* A ClientHello that is not as expected is left alone. */
static void test_reorder(void **state)
{
	static const struct {
		const char *list;
		size_t len, claimed;
		const char *wanted; /* NULL: -1 */
	} table[] = {
		{ "\xc0\x2c\xc0\x30", 4, 4, "\xc0\x30\xc0\x2c" },
		{ "\xc0\x2c\xc0\x30\x00\xff", 6, 6, "\xc0\x30\xc0\x2c\x00\xff" },
		{ "\x00\xff\xc0\x30\xc0\x2c", 6, 6, "\xc0\x30\xc0\x2c\x00\xff" },
		{ "\x12\x34\xc0\x30\x12\x35", 6, 6, "\xc0\x30\x0a\x0a\x1a\x1a" },
		{ "\xc0\x30\x13\x02", 4, 4, "\x13\x02\xc0\x30" },
		{ "\xc0\x30", 2, 2, "\xc0\x30" },
		{ "\x00\xff\xc0\x30", 4, 4, "\xc0\x30\x00\xff" },
		{ "\x12\x34\x13\x02\xc0\x2c\xc0\x30", 8, 8, "\x13\x02\xc0\x30\xc0\x2c\x0a\x0a" },
		{ "", 0, 0, NULL },
		{ "\x12\x34", 2, 2, NULL },
		{ "\xc0\x30\xc0", 3, 3, NULL },
		{ "\xc0\x30", 2, 4, NULL },
	};
	struct suites suites = { .codes = { 0xc030, 0xc02c }, .count = 2 };

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t head = sizeof RANDOM - 1, len = head + 1 + 2 + 2 + table[i].len;
		unsigned char *body = mem_alloc(len);

		memcpy(body, RANDOM "\2XX", head + 3);
		body[head + 3] = 0;
		body[head + 4] = (unsigned char)table[i].claimed;
		memcpy(body + head + 5, table[i].list, table[i].len);
		assert_int_equal(hello_reorder(body, len, &suites), table[i].wanted != NULL ? 0 : -1);
		assert_memory_equal(body + head + 5, table[i].wanted != NULL ? table[i].wanted : table[i].list,
		                    table[i].len);
		free(body);
	}
	for (size_t len = 0; len < sizeof RANDOM + 2; len++) {
		unsigned char *body = mem_alloc(len + 1);

		memcpy(body, RANDOM "\0\0", len);
		assert_int_equal(hello_reorder(body, len, &suites), -1);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcomes), cmocka_unit_test(test_facts),
		cmocka_unit_test(test_messages), cmocka_unit_test(test_dh_bits),
		cmocka_unit_test(test_reorder), cmocka_unit_test(test_reorder_all),
		cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
