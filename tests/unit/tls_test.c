/* SPDX-License-Identifier: MIT */
/* Reads what goes out on the wire. The suites' order is OpenSSL's own, as `openssl ciphers -V`
 * prints it for Expressway's default string (3.0.x, without ARIA, which GnuTLS does not speak). */
#include "config.h"

#include "base/mem.h"
#include "advise/order.h"
#include "wire/hello.h"
#include "wire/tls.h"

#include <gnutls/gnutls.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const uint16_t ecdsa_first[] = {
	0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc0af, 0xc0ad, 0xc02b, 0xc02f, 0xc0ae, 0xc0ac,
	0xc024, 0xc028, 0xc073, 0xc077, 0xc023, 0xc027, 0xc072, 0xc076, 0xc009, 0xc013,
	0x00a3, 0x009f, 0xccaa, 0xc0a3, 0xc09f, 0x00a2, 0x009e, 0xc0a2, 0xc09e, 0x006b,
	0x006a, 0x00c4, 0x00c3, 0x0067, 0x0040, 0x00be, 0x00bd, 0x0088, 0x0087, 0x0033,
	0x0032, 0x0045, 0x0044, 0x009d, 0xc0a1, 0xc09d, 0x009c, 0xc0a0, 0xc09c, 0x003d,
	0x00c0, 0x003c, 0x00ba, 0x0084, 0x002f, 0x0041,
};
enum { SUITES = sizeof ecdsa_first / sizeof *ecdsa_first, PREFIX = 0xc030 };

static unsigned get16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static bool may_compute(const unsigned char *der, size_t der_len)
{
	(void)der;
	(void)der_len;
	return true;
}

/* The body of the ClientHello that a handshake starts with. */
static size_t capture(bool tls13, enum order order, const char *name, unsigned char *body,
                      size_t room)
{
	struct tls_kit *kit = tls_kit_new(may_compute, NULL);
	struct suites suites;
	struct tls_offer offer = { tls13 ? OFFERED_TLS13 : OFFERED_TLS12, &suites,
		                   tls13 ? order : ORDER_ECDSA_FIRST, false, false };
	unsigned char bytes[4096];
	struct tls *tls;
	ssize_t got;
	int ends[2];

	order_offered(NULL, order, &suites);
	assert_non_null(kit);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	tls = tls_new(kit, &offer, name, ends[0]);
	assert_non_null(tls);
	assert_int_equal(tls_step(tls), TLS_WANT_READ);
	got = recv(ends[1], bytes, sizeof bytes, 0);
	assert_true(got > 9 && bytes[0] == 22 &&
	            get16(bytes + 3) == (unsigned)got - 5); /* one handshake record */
	assert_int_equal(bytes[5], 1);                      /* ClientHello */
	assert_true((size_t)got - 9 <= room);
	memcpy(body, bytes + 9, (size_t)got - 9);
	tls_free(tls);
	tls_kit_free(kit);
	close(ends[0]);
	close(ends[1]);
	return (size_t)got - 9;
}

static const unsigned char *suites_of(const unsigned char *body, size_t *count)
{
	const unsigned char *list = body + 35 + body[34];

	*count = get16(list) / 2;
	return list + 2;
}

/* An extension's content, NULL if it is not there. */
static const unsigned char *extension(const unsigned char *body, size_t len, unsigned type,
                                      size_t *ext_len)
{
	size_t count;
	const unsigned char *p = suites_of(body, &count) + 2 * count;

	p += 1 + p[0] + 2; /* compression methods, length of the extensions */
	while (p < body + len) {
		*ext_len = get16(p + 2);
		if (get16(p) == type)
			return p + 4;
		p += 4 + *ext_len;
	}
	return NULL;
}

static void check_suites(enum order order)
{
	unsigned char body[2048];
	size_t count, at = 0;
	const unsigned char *list;

	capture(false, order, "cucm.example.com", body, sizeof body);
	list = suites_of(body, &count);
	if (order == ORDER_RSA_FIRST)
		assert_int_equal(get16(list + 2 * at++), PREFIX);
	for (size_t i = 0; i < SUITES; i++)
		if (order == ORDER_ECDSA_FIRST || ecdsa_first[i] != PREFIX)
			assert_int_equal(get16(list + 2 * at++), ecdsa_first[i]);
	assert_int_equal(at, SUITES);
	for (; at < count; at++) { /* nothing else but GREASE */
		assert_int_equal(get16(list + 2 * at) & 0x0f0f, 0x0a0a);
		assert_int_equal(list[2 * at], list[2 * at + 1]);
	}
}

/* A host's policy for GnuTLS would change what is offered: it is not read. */
static void test_no_policy_of_the_host(void **state)
{
	(void)state;
	assert_string_equal(getenv("GNUTLS_SYSTEM_PRIORITY_FILE"), "/dev/null");
}

/* Proved by configure, and with the library of that version: 3.7.* is not 3.8.* */
static void test_order_is_possible(void **state)
{
	unsigned major = 0, minor = 0;
	bool same;

	(void)state;
	assert_int_equal(sscanf(gnutls_check_version(NULL), "%u.%u", &major, &minor), 2);
	same = major == GNUTLS_VERSION_MAJOR && minor == GNUTLS_VERSION_MINOR;
#ifdef HAVE_HELLO_LAYOUT
	assert_int_equal(tls_orders_suites(), same);
#else
	assert_false(tls_orders_suites());
#endif
}

static void test_suites_are_openssls(void **state)
{
	(void)state;
	if (!tls_orders_suites()) {
		print_message(
			"configure could not prove the layout of GnuTLS's ClientHello: its own order is offered\n");
		skip();
	}
	check_suites(ORDER_ECDSA_FIRST);
	check_suites(ORDER_RSA_FIRST);
}

static void test_groups_versions_and_tickets(void **state)
{
	/* what `openssl s_client` offers: X25519, P-256, X448, P-521, P-384 (RFC 8422) */
	static const unsigned char groups[] = { 0, 10, 0, 29, 0, 23, 0, 30, 0, 25, 0, 24 };
	unsigned char body[2048];
	size_t len, ext_len;
	const unsigned char *found;

	(void)state;
	for (int order = 0; order < ORDER_COUNT; order++) {
		len = capture(false, (enum order)order, "cucm.example.com", body, sizeof body);
		assert_int_equal(get16(body), 0x0303);
		found = extension(body, len, 10, &ext_len);
		assert_non_null(found);
		assert_int_equal(ext_len, sizeof groups);
		assert_memory_equal(found, groups, sizeof groups);
		assert_null(extension(body, len, 43,
		                      &ext_len)); /* supported_versions: TLS 1.2 alone has none */
		assert_null(extension(body, len, 51, &ext_len));     /* key_share */
		assert_null(extension(body, len, 35, &ext_len));     /* session_ticket */
		assert_null(extension(body, len, 0xff77, &ext_len)); /* ours, which is never sent */
		assert_int_equal(body[34], 0);                       /* no session to resume */
	}
}

static void test_sni(void **state)
{
	static const char name[] = "cucm_1.example.com";
	unsigned char body[2048];
	size_t len, ext_len;
	const unsigned char *found;

	(void)state;
	len = capture(false, ORDER_RSA_FIRST, name, body, sizeof body);
	found = extension(body, len, 0, &ext_len);
	assert_non_null(found);
	assert_int_equal(ext_len, 5 + strlen(name));
	assert_int_equal(found[2], 0); /* host_name */
	assert_memory_equal(found + 5, name, strlen(name));
	len = capture(false, ORDER_RSA_FIRST, NULL, body, sizeof body);
	assert_null(extension(body, len, 0, &ext_len));
}

static void check_first_signature(enum order order, unsigned wanted)
{
	unsigned char body[2048];
	size_t ext_len, len = capture(true, order, "cucm.example.com", body, sizeof body);
	const unsigned char *found = extension(body, len, 13, &ext_len);

	assert_non_null(found);
	assert_int_equal(get16(found + 2), wanted);
	found = extension(body, len, 43, &ext_len);
	assert_non_null(found);
	assert_int_equal(ext_len, 3); /* one version */
	assert_int_equal(get16(found + 1), 0x0304);
}

static void test_tls13_orders_signatures(void **state)
{
	(void)state;
	check_first_signature(ORDER_ECDSA_FIRST, 0x0403); /* ecdsa_secp256r1_sha256 */
	check_first_signature(ORDER_RSA_FIRST, 0x0809);   /* rsa_pss_pss_sha256 */
}

/* OpenSSL's tls12_sigalgs (t1_lib.c of 1.1.1), and with TLS 1.3 alone none of the old ones. Some GnuTLS does not have. */
static void test_signatures_are_openssls(void **state)
{
	static const unsigned openssls[] = {
		0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401,
		0x0501, 0x0601, 0x0303, 0x0203, 0x0301, 0x0201, 0x0302, 0x0202, 0x0402, 0x0502, 0x0602,
	};
	enum { ALL = sizeof openssls / sizeof *openssls };

	(void)state;
	for (int tls13 = 0; tls13 < 2; tls13++) {
		unsigned char body[2048];
		size_t ext_len, at = 0, old = 0, len = capture(tls13 == 1, ORDER_ECDSA_FIRST, "cucm.example.com", body, sizeof body);
		const unsigned char *found = extension(body, len, 13, &ext_len);

		assert_non_null(found);
		for (size_t i = 2; i < ext_len; i += 2, at++) {
			while (at < ALL && openssls[at] != get16(found + i))
				at++;
			if (at == ALL)
				fail_msg("%04x is not next in OpenSSL's order", get16(found + i));
			old += openssls[at] >> 8 <= 3;
		}
		assert_true(ext_len >= 2 + 2 * 14);
		assert_true(tls13 ? old == 0 : old >= 2); /* ECDSA and RSA with SHA-1 */
	}
}

static void test_reordering_what_is_no_hello(void **state)
{
	struct suites suites = { { 0xc030 }, 1 };
	unsigned char body[200] = { 3, 3 };

	(void)state;
	for (size_t len = 0; len < sizeof body; len++)
		assert_int_equal(hello_reorder(body, len, &suites), -1);
	body[34] = 255;
	assert_int_equal(hello_reorder(body, sizeof body, &suites), -1);
	body[34] = 0;
	body[35] = 255;
	assert_int_equal(hello_reorder(body, sizeof body, &suites), -1);
}

struct row {
	const char *body;
	size_t len;
	bool tls13;
	int count;   /* certificates, then `last` */
	int last;
};

static void test_certificate_messages(void **state)
{
#define ROW(text, tls13, count, last) { text, sizeof text - 1, tls13, count, last }
	static const struct row rows[] = {
		ROW("", false, 0, -1),
		ROW("\0\0\0", false, 0, 0),
		ROW("\0\0\5\0\0\2ab", false, 1, 0),
		ROW("\0\0\6\0\0\0\0\0\0", false, 2, 0),
		ROW("\0\0\6\0\0\2ab", false, 0, -1),    /* the list is longer than the message */
		ROW("\0\0\4\0\0\2ab", false, 0, -1),    /* ... or shorter */
		ROW("\0\0\5\0\0\3ab", false, 0, -1),    /* a certificate longer than the list */
		ROW("\0\0\7\0\0\2ab\0\0", false, 1, -1), /* half a length at the end */
		ROW("\0\0\0\7\0\0\2ab\0\0", true, 1, 0),
		ROW("\1x\0\0\11\0\0\2ab\0\2yz", true, 1, 0),
		ROW("\0\0\0\5\0\0\2ab", true, 0, -1),   /* no extensions where there have to be */
		ROW("\377x", true, 0, -1),
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned char *body = mem_copy(rows[i].body, rows[i].len + 1);
		const unsigned char *der;
		size_t at = 0, der_len;
		int rc, count = 0;

		while ((rc = hello_next_certificate(body, rows[i].len, rows[i].tls13, &at, &der,
		                                    &der_len)) == 1)
			count++;
		print_message("row %zu\n", i);
		assert_int_equal(rc, rows[i].last);
		assert_int_equal(count, rows[i].count);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_policy_of_the_host),
		cmocka_unit_test(test_order_is_possible),
		cmocka_unit_test(test_suites_are_openssls),
		cmocka_unit_test(test_groups_versions_and_tickets),
		cmocka_unit_test(test_sni),
		cmocka_unit_test(test_tls13_orders_signatures),
		cmocka_unit_test(test_signatures_are_openssls),
		cmocka_unit_test(test_reordering_what_is_no_hello),
		cmocka_unit_test(test_certificate_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
