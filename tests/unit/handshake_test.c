/* SPDX-License-Identifier: MIT */
/* Handshakes with GnuTLS's own server in this process, whose messages are handed on one by one, held back, cut or
 * changed; and with bytes written by hand (RFC 5246 6.2.1, 7.4). What each message shows, and what is said when it ends
 * there. */
#include "config.h"

#include "advise/order.h"
#include "base/mem.h"
#include "gather/probe_facts.h"
#include "made.h"
#include "wire/tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { SERVER_HELLO = 2, CERTIFICATE = 11, KEY_EXCHANGE = 12, REQUEST = 13, DONE = 14 };
enum { ALERT = 21, HANDSHAKE = 22 };

static struct certset set;
static struct made root, sub, rsa, ec;
static struct tls_kit *kit;
static struct suites suites;
static bool may_compute = true;
static unsigned looked_at; /* leaves that the library was to compute with */

static bool look_at(const unsigned char *der, size_t der_len)
{
	looked_at += der_len == rsa.cert->der_len && memcmp(der, rsa.cert->der, der_len) == 0;
	return may_compute;
}

static int make_all(void **state)
{
	struct fault fault;

	(void)state;
	certset_init(&set);
	made_usual(&set, &root, &sub, &rsa, &ec);
	order_offered(NULL, ORDER_RSA_FIRST, &suites);
	kit = tls_kit_new(look_at, &fault);
	return kit == NULL ? -1 : 0;
}

static int free_all(void **state)
{
	(void)state;
	tls_kit_free(kit);
	made_usual_free(&root, &sub, &rsa, &ec);
	certset_clear(&set);
	return 0;
}

/* --- a server in this process ------------------------------------------------------------------ */

struct server {
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	struct buf in, out; /* what it is to read; what it has sent */
	size_t in_at;
};

static ssize_t pull(gnutls_transport_ptr_t arg, void *to, size_t len)
{
	struct server *server = arg;
	size_t left = server->in.len - server->in_at;

	if (left == 0) {
		gnutls_transport_set_errno(server->session, EAGAIN);
		return -1;
	}
	len = len < left ? len : left;
	memcpy(to, server->in.data + server->in_at, len);
	server->in_at += len;
	return (ssize_t)len;
}

static ssize_t push(gnutls_transport_ptr_t arg, const void *bytes, size_t len)
{
	struct server *server = arg;

	buf_add(&server->out, bytes, len);
	return (ssize_t)len;
}

/* Read anew: what GnuTLS has made itself lacks what it looks for the issuer with. */
static gnutls_x509_crt_t read_crt(const struct made *made)
{
	gnutls_datum_t der = { made->cert->der, (unsigned)made->cert->der_len };
	gnutls_x509_crt_t crt;

	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	assert_int_equal(gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER), 0);
	return crt;
}

static void server_new(struct server *server, const struct made *leaf, const char *versions, bool asks)
{
	gnutls_x509_crt_t chain[2] = { read_crt(leaf), read_crt(&sub) };

	memset(server, 0, sizeof *server);
	buf_init(&server->in);
	buf_init(&server->out);
	assert_int_equal(gnutls_certificate_allocate_credentials(&server->credentials), 0);
	assert_true(gnutls_certificate_set_x509_key(server->credentials, chain, 2, leaf->key) >= 0);
	gnutls_x509_crt_deinit(chain[0]);
	gnutls_x509_crt_deinit(chain[1]);
	assert_int_equal(gnutls_certificate_set_x509_trust(server->credentials, &root.crt, 1), 1);
	assert_int_equal(gnutls_init(&server->session, GNUTLS_SERVER | GNUTLS_NONBLOCK), 0);
	assert_int_equal(gnutls_priority_set_direct(server->session, versions, NULL), 0);
	gnutls_credentials_set(server->session, GNUTLS_CRD_CERTIFICATE, server->credentials);
	if (asks)
		gnutls_certificate_server_set_request(server->session, GNUTLS_CERT_REQUEST);
	gnutls_transport_set_ptr(server->session, server);
	gnutls_transport_set_pull_function(server->session, pull);
	gnutls_transport_set_push_function(server->session, push);
}

static void server_free(struct server *server)
{
	gnutls_deinit(server->session);
	gnutls_certificate_free_credentials(server->credentials);
	buf_clear(&server->in);
	buf_clear(&server->out);
}

#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

/* --- our side ---------------------------------------------------------------------------------- */

static int ours, theirs; /* the two ends */
static struct observation told;

static struct tls *begin(unsigned versions, bool may_stop)
{
	struct tls_offer offer = { versions, &suites, ORDER_ECDSA_FIRST, false, may_stop };
	struct tls *tls;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	ours = ends[0];
	theirs = ends[1];
	tls = tls_new(kit, &offer, "node.example", ours);
	assert_non_null(tls);
	return tls;
}

static struct tls *begin_shaking(unsigned versions, bool may_stop)
{
	struct tls *tls = begin(versions, may_stop);

	assert_int_equal(tls_step(tls), TLS_WANT_READ);
	return tls;
}

static void end(struct tls *tls)
{
	tls_free(tls);
	close(ours);
	if (theirs >= 0)
		close(theirs);
	observation_clear(&told);
	told = (struct observation){ .outcome = OUTCOME_PENDING };
}

/* What we have sent is handed to the server, which answers into out. */
static void serve(struct server *server)
{
	char bytes[20000];
	ssize_t got;

	while ((got = recv(theirs, bytes, sizeof bytes, 0)) > 0)
		buf_add(&server->in, bytes, (size_t)got);
	gnutls_handshake(server->session);
}

static void send_bytes(const void *bytes, size_t len)
{
	assert_int_equal(send(theirs, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void forward(struct server *server)
{
	send_bytes(server->out.data, server->out.len);
	server->out.len = 0;
}

static void send_record(int type, const void *bytes, size_t len)
{
	unsigned char head[5] = { (unsigned char)type, 3, 3, (unsigned char)(len >> 8), (unsigned char)len };

	send_bytes(head, 5);
	send_bytes(bytes, len);
}

static void send_message(int type, const void *body, size_t len)
{
	unsigned char *message = mem_alloc(len + 4);

	message[0] = (unsigned char)type;
	message[1] = (unsigned char)(len >> 16);
	message[2] = (unsigned char)(len >> 8);
	message[3] = (unsigned char)len;
	memcpy(message + 4, body, len);
	send_record(HANDSHAKE, message, len + 4);
	free(message);
}

/* The handshake messages in what the server has sent, with their headers, one after the other. */
struct flight {
	struct buf bytes;
	size_t at[10], len[10], count;
};

static struct flight flight_of(struct server *server)
{
	struct flight flight = { .count = 0 };
	const unsigned char *out = (const unsigned char *)server->out.data, *messages;
	size_t at = 0;

	buf_init(&flight.bytes);
	for (size_t record = 0; record < server->out.len;) {
		size_t len = (size_t)out[record + 3] << 8 | out[record + 4];

		assert_int_equal(out[record], HANDSHAKE);
		buf_add(&flight.bytes, out + record + 5, len);
		record += 5 + len;
	}
	messages = (const unsigned char *)flight.bytes.data;
	while (at < flight.bytes.len) {
		size_t len = 4 + ((size_t)messages[at + 1] << 16 | (size_t)messages[at + 2] << 8 | messages[at + 3]);

		assert_true(flight.count < 10);
		flight.at[flight.count] = at;
		flight.len[flight.count++] = len;
		at += len;
	}
	server->out.len = 0;
	return flight;
}

static int type_of(const struct flight *flight, size_t i)
{
	return flight->bytes.data[flight->at[i]];
}

static void send_one(const struct flight *flight, size_t i)
{
	send_record(HANDSHAKE, flight->bytes.data + flight->at[i], flight->len[i]);
}

static const struct observation *tell(const struct tls *tls)
{
	tls_tell(tls, OUTCOME_PENDING, &told);
	return &told;
}

static void shows(const struct tls *tls, const struct made *leaf)
{
	const unsigned char *der;
	size_t at = 0, len;

	assert_int_equal(tls_next_certificate(tls, &at, &der, &len), 1);
	assert_int_equal(len, leaf->cert->der_len);
	assert_memory_equal(der, leaf->cert->der, len);
	assert_int_equal(tls_next_certificate(tls, &at, &der, &len), 1);
	assert_int_equal(len, sub.cert->der_len);
	assert_memory_equal(der, sub.cert->der, len);
	assert_int_equal(tls_next_certificate(tls, &at, &der, &len), 0);
}

/* RFC 5246 7.4.4: each name with its length in front. */
static void names_the_root(const struct tls *tls)
{
	gnutls_datum_t dn;
	size_t len;
	const unsigned char *names = tls_authorities(tls, &len);

	assert_int_equal(gnutls_x509_crt_get_raw_dn(root.crt, &dn), 0);
	assert_non_null(names);
	assert_int_equal(len, dn.size + 2);
	assert_int_equal((size_t)names[0] << 8 | names[1], dn.size);
	assert_memory_equal(names + 2, dn.data, dn.size);
	gnutls_free(dn.data);
}

/* --- TLS 1.2, message by message --------------------------------------------------------------- */

static enum reached reached_by(int type, bool asks, bool keyed)
{
	return type == SERVER_HELLO   ? REACHED_SERVER_HELLO
	       : type == CERTIFICATE  ? REACHED_CERTIFICATE
	       : type == KEY_EXCHANGE ? REACHED_CERTIFICATE /* not yet known whether it is signed well */
	       : type == REQUEST && asks && keyed ? REACHED_KEY_EXCHANGE
	       : type == REQUEST                  ? REACHED_CERTIFICATE
	                                          : REACHED_ANSWERED;
}

static void test_reached(void **state)
{
	static const struct {
		bool asks, keyed;
		const char *versions;
		uint16_t suite;
	} rows[] = {
		{ false, true, TLS12 ":-KX-ALL:+ECDHE-RSA", 0xc030 },
		{ true, true, TLS12 ":-KX-ALL:+ECDHE-RSA", 0xc030 },
		/* RSA key transport: no ServerKeyExchange, nothing is signed */
		{ true, false, TLS12 ":-KX-ALL:+RSA:%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS", 0x009d },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tls_offer offer = { OFFERED_TLS12, &suites, ORDER_ECDSA_FIRST, !rows[i].keyed, false };
		struct tls *tls = begin(OFFERED_TLS12, false);
		struct server server;
		struct flight flight;
		uint16_t suite;
		size_t len;

		tls_free(tls);
		tls = tls_new(kit, &offer, "node.example", ours);
		assert_int_equal(tls_step(tls), TLS_WANT_READ);
		assert_int_equal(tell(tls)->reached, REACHED_CONNECTED);
		assert_false(tls_suite(tls, &suite));
		server_new(&server, &rsa, rows[i].versions, rows[i].asks);
		serve(&server);
		flight = flight_of(&server);
		assert_int_equal(flight.count, 3 + rows[i].asks + rows[i].keyed);
		looked_at = 0;
		for (size_t k = 0; k < flight.count; k++) {
			send_one(&flight, k);
			assert_int_equal(tls_step(tls), TLS_WANT_READ);
			if (tell(tls)->reached != reached_by(type_of(&flight, k), rows[i].asks, rows[i].keyed))
				fail_msg("row %zu, message %d: reached %s", i, type_of(&flight, k), reached_name(told.reached));
			assert_int_equal(told.client_certificate_requested, rows[i].asks && (type_of(&flight, k) == REQUEST || k + 1 == flight.count));
			assert_false(told.handshake_completed);
		}
		assert_int_equal(looked_at, 1);
		assert_true(tls_suite(tls, &suite));
		assert_int_equal(suite, rows[i].suite);
		serve(&server);
		forward(&server);
		assert_int_equal(tls_step(tls), TLS_OVER);
		assert_int_equal(tls_step(tls), TLS_OVER);
		assert_int_equal(tell(tls)->reached, REACHED_FINISHED);
		assert_true(told.handshake_completed);
		assert_string_equal(told.tls_version, "TLS1.2");
		assert_false(tls_usage_only(tls));
		assert_false(tls_key_unusable(tls));
		shows(tls, &rsa);
		if (rows[i].asks)
			names_the_root(tls);
		else
			assert_null(tls_authorities(tls, &len));
		tls_bye(tls);
		serve(&server);
		assert_int_equal(gnutls_record_recv(server.session, (char[4]){ 0 }, 4), 0); /* close_notify came */
		buf_clear(&flight.bytes);
		server_free(&server);
		end(tls);
	}
}

/* However the bytes are cut: each record a few bytes, all of them at once; and one byte at a time. */
static void test_pieces(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, way >= 2);
		enum tls_want want = TLS_WANT_READ;
		struct server server;
		struct flight flight;

		server_new(&server, &rsa, TLS12 ":-KX-ALL:+ECDHE-RSA", true);
		serve(&server);
		if (way % 2 == 0) {
			flight = flight_of(&server);
			for (size_t at = 0; at < flight.bytes.len; at += 7) {
				size_t len = flight.bytes.len - at < 7 ? flight.bytes.len - at : 7;

				buf_add(&server.out, (const char[]){ HANDSHAKE, 3, 3, 0, (char)len }, 5);
				buf_add(&server.out, flight.bytes.data + at, len);
			}
			forward(&server);
			want = tls_step(tls);
			buf_clear(&flight.bytes);
		}
		for (size_t at = 0, some; at < server.out.len; at += some) {
			some = at > 700 ? 1 : 100; /* in the middle of a record */
			assert_int_equal(want, TLS_WANT_READ);
			some = some < server.out.len - at ? some : server.out.len - at;
			send_bytes(server.out.data + at, some);
			want = tls_step(tls);
		}
		server.out.len = 0;
		assert_int_equal(want, way >= 2 ? TLS_HELD : TLS_WANT_READ);
		if (way >= 2) {
			assert_int_equal(tell(tls)->reached, REACHED_CONNECTED); /* the library has seen nothing */
			assert_true(tls_go_on(tls));
			assert_false(tls_go_on(tls));
			assert_int_equal(tls_step(tls), TLS_WANT_READ);
		}
		assert_int_equal(tell(tls)->reached, REACHED_ANSWERED);
		serve(&server);
		for (size_t at = 0; at < server.out.len; at++) {
			assert_int_equal(tls_step(tls), TLS_WANT_READ);
			send_bytes(server.out.data + at, 1);
		}
		assert_int_equal(tls_step(tls), TLS_OVER);
		assert_true(tell(tls)->handshake_completed);
		shows(tls, &rsa);
		server_free(&server);
		end(tls);
	}
}

/* What the key did not sign. */
static void test_not_signed(void **state)
{
	struct tls *tls = begin_shaking(OFFERED_TLS12, false);
	struct server server;
	struct flight flight;

	(void)state;
	server_new(&server, &rsa, TLS12 ":-KX-ALL:+ECDHE-RSA", false);
	serve(&server);
	flight = flight_of(&server);
	flight.bytes.data[flight.at[2] + flight.len[2] - 1] ^= 1; /* the signature's last octet */
	for (size_t k = 0; k < flight.count; k++)
		send_one(&flight, k);
	assert_int_equal(tls_step(tls), TLS_OVER);
	assert_int_equal(tell(tls)->flaw, FLAW_BAD_SIGNATURE);
	assert_int_equal(told.reached, REACHED_CERTIFICATE);
	assert_int_equal(told.outcome, OUTCOME_PRESENTED);
	assert_false(told.handshake_completed);
	assert_string_equal(told.detail, "the key exchange is not signed by the certificate's key");
	buf_clear(&flight.bytes);
	server_free(&server);
	end(tls);
}

/* RSA key transport with a leaf for signatures alone: the library minds, OpenSSL would not. */
static void test_usage_only(void **state)
{
	struct tls *tls = begin_shaking(OFFERED_TLS12, false);
	struct server server;

	(void)state;
	server_new(&server, &rsa, TLS12 ":-KX-ALL:+RSA:%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS", false);
	serve(&server);
	forward(&server);
	assert_int_equal(tls_step(tls), TLS_OVER);
	assert_true(tls_usage_only(tls));
	assert_int_equal(tell(tls)->outcome, OUTCOME_PRESENTED);
	assert_int_equal(told.flaw, FLAW_NONE);
	shows(tls, &rsa);
	server_free(&server);
	end(tls);
}

/* A leaf that nobody is to compute with is shown all the same. */
static void test_not_computed(void **state)
{
	struct tls *tls = begin_shaking(OFFERED_TLS12, false);
	struct server server;

	(void)state;
	may_compute = false;
	looked_at = 0;
	server_new(&server, &rsa, TLS12 ":-KX-ALL:+ECDHE-RSA", false);
	serve(&server);
	forward(&server);
	assert_int_equal(tls_step(tls), TLS_OVER);
	may_compute = true;
	assert_int_equal(looked_at, 1);
	assert_true(tls_key_unusable(tls));
	assert_int_equal(tell(tls)->reached, REACHED_CERTIFICATE);
	assert_string_equal(told.detail, "the certificate or its key is one that OpenSSL does not compute with");
	shows(tls, &rsa);
	server_free(&server);
	end(tls);
}

/* --- held ---------------------------------------------------------------------------------------- */

/* What another handshake showed: the chain of rsa, suite c030. */
static void fill_other(struct observation *other, bool asks)
{
	*other = (struct observation){ .client_certificate_requested = asks,
		                       .cipher_suite = mem_strdup("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384") };
	chain_add(&other->chain, rsa.cert);
	chain_add(&other->chain, sub.cert);
}

static void test_held_and_stopped(void **state)
{
	/* RFC 5246 7.2: two alerts at level warning, user_canceled and close_notify */
	static const char goodbye[] = "\x15\3\3\0\2\1\x5a" "\x15\3\3\0\2\1\0";

	(void)state;
	for (int asks = 0; asks < 2; asks++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, true);
		struct observation other;
		struct server server;
		struct flight flight;
		char bytes[100];

		server_new(&server, &rsa, TLS12 ":-KX-ALL:+ECDHE-RSA", asks == 1);
		serve(&server);
		flight = flight_of(&server);
		looked_at = 0;
		for (size_t k = 0; k < flight.count; k++) {
			send_one(&flight, k);
			assert_int_equal(tls_step(tls), k + 1 == flight.count ? TLS_HELD : TLS_WANT_READ);
		}
		assert_int_equal(tls_step(tls), TLS_HELD);
		fill_other(&other, asks == 1);
		assert_true(tls_shows(tls, &other));
		other.client_certificate_requested = asks == 0;
		assert_false(tls_shows(tls, &other));
		other.client_certificate_requested = asks == 1;
		chain_add(&other.chain, sub.cert); /* longer */
		assert_false(tls_shows(tls, &other));
		other.chain.count = 1; /* shorter */
		assert_false(tls_shows(tls, &other));
		other.chain.count = 2;
		other.chain.certs[1] = ec.cert;
		assert_false(tls_shows(tls, &other));
		other.chain.certs[1] = sub.cert;
		other.cipher_suite[8] = 'X'; /* another suite, and none */
		assert_false(tls_shows(tls, &other));
		free(other.cipher_suite);
		other.cipher_suite = NULL;
		assert_false(tls_shows(tls, &other));
		assert_int_equal(looked_at, 0);
		while (recv(theirs, bytes, sizeof bytes, 0) > 0)
			;
		tls_stop(tls);
		assert_int_equal(recv(theirs, bytes, sizeof bytes, 0), sizeof goodbye - 1);
		assert_memory_equal(bytes, goodbye, sizeof goodbye - 1);
		assert_int_equal(tls_step(tls), TLS_OVER);
		assert_int_equal(tell(tls)->outcome, OUTCOME_PRESENTED);
		assert_int_equal(told.reached, REACHED_SERVER_DONE);
		assert_false(told.handshake_completed);
		assert_null(told.detail);
		assert_int_equal(told.client_certificate_requested, asks);
		assert_string_equal(told.cipher_suite, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
		shows(tls, &rsa);
		tls_bye(tls); /* there is nobody to say it to any more */
		assert_int_equal(recv(theirs, bytes, sizeof bytes, 0), -1);
		observation_clear(&other);
		buf_clear(&flight.bytes);
		server_free(&server);
		end(tls);
	}
}

/* What is no TLS 1.2 that was offered is the library's at once: nothing is waited for. */
static void test_not_held(void **state)
{
#define RANDOM "0123456789abcdef0123456789abcdef"
	static const struct {
		const char *body;
		size_t len;
		enum outcome outcome;
		const char *detail;
		unsigned versions;
	} rows[] = {
		{ "\3\2" RANDOM "\0\xc0\x30\0", 38, OUTCOME_TLS_VERSION, "the server chose a TLS version that was not offered", OFFERED_TLS12 },
		{ "\2\3" RANDOM "\0\xc0\x30\0", 38, OUTCOME_TLS_VERSION, "the server chose a TLS version that was not offered", OFFERED_TLS12 },
		{ "\3\3" RANDOM "\0\0\5\0", 38, OUTCOME_TLS_ERROR, "the server chose suite 0x0005, which was not offered", OFFERED_TLS12 },
		{ "\3\3" RANDOM "\0\xc0", 36, OUTCOME_TLS_ERROR, "", OFFERED_TLS12 },
		{ "\3", 1, OUTCOME_TLS_ERROR, "", OFFERED_TLS12 },
		{ "", 0, OUTCOME_TLS_ERROR, "", OFFERED_TLS12 },
		{ "\3\3" RANDOM "\0\xc0\x30\0", 38, OUTCOME_TLS_VERSION, "the server chose a TLS version that was not offered", OFFERED_TLS13 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tls *tls = begin_shaking(rows[i].versions, true);

		send_message(SERVER_HELLO, rows[i].body, rows[i].len);
		if (tls_step(tls) != TLS_OVER)
			fail_msg("row %zu: it is waited for more", i);
		if (tell(tls)->outcome != rows[i].outcome || (*rows[i].detail != '\0' && strcmp(told.detail, rows[i].detail) != 0))
			fail_msg("row %zu: %s %s", i, outcome_name(told.outcome), told.detail);
		assert_string_not_equal(told.detail, "unknown error"); /* the library has a word for it */
		assert_int_equal(told.reached, REACHED_SERVER_HELLO);
		end(tls);
	}
}

static void test_closed_while_held(void **state)
{
	(void)state;
	for (int reset = 0; reset < 2; reset++) { /* closed with something unread: a reset */
		struct tls *tls = begin_shaking(OFFERED_TLS12, true);
		char bytes[4096];
		struct server server;
		struct flight flight;

		server_new(&server, &rsa, TLS12 ":-KX-ALL:+ECDHE-RSA", false);
		serve(&server);
		flight = flight_of(&server);
		send_one(&flight, 0);
		send_one(&flight, 1);
		assert_int_equal(tls_step(tls), TLS_WANT_READ);
		assert_int_equal(tell(tls)->reached, REACHED_CONNECTED);
		if (reset)
			assert_int_equal(send(ours, "unread", 6, 0), 6);
		else
			while (recv(theirs, bytes, sizeof bytes, 0) > 0)
				;
		close(theirs);
		theirs = -1;
		assert_int_equal(tls_step(tls), TLS_OVER);
		assert_int_equal(tell(tls)->outcome, OUTCOME_PRESENTED);
		assert_int_equal(told.reached, REACHED_CERTIFICATE);
		assert_string_equal(told.detail, reset ? "Connection reset by peer" : "closed in the middle of the handshake");
		shows(tls, &rsa);
		buf_clear(&flight.bytes);
		server_free(&server);
		end(tls);
	}
}

/* --- bytes written by hand --------------------------------------------------------------------- */

static void send_hello(unsigned suite)
{
	char body[38] = "\3\3" RANDOM;

	body[34] = 0;
	body[35] = (char)(suite >> 8);
	body[36] = (char)suite;
	body[37] = 0;
	send_message(SERVER_HELLO, body, sizeof body);
}

static void send_certificate(const struct made *leaf)
{
	size_t len = leaf->cert->der_len;
	unsigned char *body = mem_alloc(len + 6);

	for (int i = 0; i < 2; i++) {
		body[3 * i] = 0;
		body[3 * i + 1] = (unsigned char)((len + (i == 0 ? 3 : 0)) >> 8);
		body[3 * i + 2] = (unsigned char)(len + (i == 0 ? 3 : 0));
	}
	memcpy(body + 6, leaf->cert->der, len);
	send_message(CERTIFICATE, body, len + 6);
	free(body);
}

/* RFC 5246 7.4.3, dh_p of so many bits; the bounds are OpenSSL's: tls_process_ske_dhe. */
static void test_dh_bits(void **state)
{
	static const struct {
		size_t bits;
		enum handshake_flaw flaw;
	} rows[] = {
		{ 1023, FLAW_DH_KEY_TOO_SMALL }, { 512, FLAW_DH_KEY_TOO_SMALL },
		{ 10001, FLAW_BAD_DH_VALUE },    { 1024, FLAW_NONE },
		{ 10000, FLAW_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = (rows[i].bits + 7) / 8;
		unsigned char *body = mem_zalloc(len + 20);
		struct tls *tls = begin_shaking(OFFERED_TLS12, false);

		body[0] = (unsigned char)(len >> 8);
		body[1] = (unsigned char)len;
		body[2] = (unsigned char)(1 << (rows[i].bits - 1) % 8);
		body[len + 1] |= 1;
		memcpy(body + 2 + len, "\0\1\2" "\0\1\4" "\4\1\0\2xy", 12); /* g, Ys, a signature */
		send_hello(0x009f); /* DHE_RSA */
		send_certificate(&rsa);
		send_message(KEY_EXCHANGE, body, len + 14);
		assert_int_equal(tls_step(tls), TLS_OVER);
		tell(tls);
		if (rows[i].flaw != FLAW_NONE ? told.flaw != rows[i].flaw
		                              : told.flaw == FLAW_DH_KEY_TOO_SMALL || told.flaw == FLAW_BAD_DH_VALUE)
			fail_msg("%zu bits: %s", rows[i].bits, flaw_name(told.flaw));
		assert_int_equal(told.reached, REACHED_CERTIFICATE);
		free(body);
		end(tls);
	}
}

/* --- what is kept of it ---------------------------------------------------------------------------- */

/* A Certificate message of these, each so many octets longer than it is. */
static void send_chain(const struct made *const *made, const size_t *more, size_t count)
{
	struct buf body;

	buf_init(&body);
	buf_add(&body, "\0\0\0", 3);
	for (size_t i = 0; i < count; i++) {
		size_t len = made[i]->cert->der_len + more[i];

		buf_add(&body, (const char[]){ 0, (char)(len >> 8), (char)len }, 3);
		buf_add(&body, made[i]->cert->der, made[i]->cert->der_len);
		for (size_t k = 0; k < more[i]; k++)
			buf_putc(&body, 'x');
	}
	body.data[1] = (char)((body.len - 3) >> 8);
	body.data[2] = (char)(body.len - 3);
	send_message(CERTIFICATE, body.data, body.len);
	buf_clear(&body);
}

/* What the server shows, and what OpenSSL would find wrong with it in the handshake: tls_process_server_certificate,
 * ssl_check_srvr_ecc_cert_and_alg. */
static void test_flaws(void **state)
{
	struct made bare = made_cert(&set, "bare.example", NULL, &sub, MADE_CA), /* no digitalSignature */
		    pss = made_cert(&set, "pss.example", NULL, &sub, MADE_PSS);
	const struct {
		unsigned suite;
		const struct made *leaf;
		size_t more, more_of_issuer;
		enum handshake_flaw flaw;
	} rows[] = {
		{ 0xc030, &rsa, 0, 0, FLAW_NONE },
		{ 0xc030, &rsa, 1, 0, FLAW_CERT_LENGTH_MISMATCH },
		{ 0xc030, &rsa, 0, 1, FLAW_CERT_LENGTH_MISMATCH },
		{ 0xc030, &rsa, 300, 0, FLAW_CERT_LENGTH_MISMATCH },
		{ 0xc030, &ec, 0, 0, FLAW_WRONG_CERTIFICATE_TYPE },
		{ 0xc030, &bare, 0, 0, FLAW_WRONG_CERTIFICATE_TYPE },
		{ 0xc030, &pss, 0, 0, FLAW_NONE },
		{ 0x009d, &rsa, 0, 0, FLAW_NONE },
		{ 0xc02c, &ec, 0, 0, FLAW_NONE },
		{ 0xc02c, &rsa, 0, 0, FLAW_WRONG_CERTIFICATE_TYPE },
		{ 0xc02c, &pss, 0, 0, FLAW_WRONG_CERTIFICATE_TYPE },
		{ 0xc02c, &bare, 0, 0, FLAW_BAD_ECC_CERT },
		{ 0xc02c, &bare, 1, 0, FLAW_CERT_LENGTH_MISMATCH },
		{ 0x00a3, &rsa, 0, 0, FLAW_WRONG_CERTIFICATE_TYPE }, /* DSS */
		{ 0x00a3, &ec, 0, 0, FLAW_WRONG_CERTIFICATE_TYPE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, false);
		struct report *report = report_new();
		size_t kept = 7;

		send_hello(rows[i].suite);
		send_chain((const struct made *const[]){ rows[i].leaf, &sub }, (const size_t[]){ rows[i].more, rows[i].more_of_issuer }, 2);
		shutdown(theirs, SHUT_WR);
		assert_int_equal(tls_step(tls), TLS_OVER);
		probe_facts(report, tls, OUTCOME_PENDING, &told, &kept);
		assert_int_equal(told.outcome, OUTCOME_PRESENTED);
		assert_int_equal(told.chain.count, 2);
		if (told.flaw != rows[i].flaw)
			fail_msg("row %zu: %s", i, told.flaw == FLAW_NONE ? "none" : flaw_name(told.flaw));
		assert_int_equal(told.chain.certs[0]->der_len, rows[i].leaf->cert->der_len + rows[i].more);
		assert_true(kept >= 7 + told.chain.certs[0]->der_len + told.chain.certs[1]->der_len);
		end(tls);
		report_free(report);
	}
	made_free(&bare);
	made_free(&pss);
}

/* Certificates that cannot be read, with and without something behind what their length says. */
static void test_unreadable(void **state)
{
	static const struct {
		const char *der;
		size_t len;
	} rows[] = {
		{ "", 0 }, { "\x30", 1 }, { "\x30\0", 2 }, { "\x30\0x", 3 }, { "\x30\5x", 3 }, { "\x30\x80\0\0x", 5 },
		{ "\x30\x81", 2 }, { "\x30\x81\1x", 4 }, { "\x30\x81\1xy", 5 }, { "\x30\x82\0\1xy", 6 },
		{ "\x30\x84\0\0\0\1xy", 8 }, { "\x30\x85\0\0\0\0\1xy", 9 }, { "\x30\x84\xff\xff\xff\xff", 6 },
		{ "\x30\xff" "x", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, false);
		struct report *report = report_new();
		char body[60] = { 0, 0, (char)(rows[i].len + 3), 0, 0, (char)rows[i].len };
		size_t kept = 0;

		memcpy(body + 6, rows[i].der, rows[i].len);
		send_hello(0xc030);
		send_message(CERTIFICATE, body, rows[i].len + 6);
		shutdown(theirs, SHUT_WR);
		assert_int_equal(tls_step(tls), TLS_OVER);
		probe_facts(report, tls, OUTCOME_PENDING, &told, &kept);
		assert_int_equal(told.outcome, OUTCOME_PRESENTED);
		assert_int_equal(told.chain.count, 1);
		assert_false(told.chain.certs[0]->readable);
		if (told.flaw != FLAW_NONE)
			fail_msg("row %zu: %s", i, flaw_name(told.flaw));
		end(tls);
		report_free(report);
	}
}

/* A certificate of 105 octets, an RSA key of 7 bits in it, which `openssl x509 -inform DER` reads; one octet
 * behind it; and the same with an indefinite length, which that reads as well. */
static void test_shortest(void **state)
{
#define SHA256_RSA "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\5\0"
	static const char der[] = "\x30\x67\x30\x52\2\1\1" SHA256_RSA "\x30\0" "\x30\x1e\x17\x0d" "200101000000Z"
		"\x17\x0d" "300101000000Z" "\x30\0" "\x30\x1a\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\5\0"
		"\3\x09\0\x30\6\2\1\x55\2\1\3" SHA256_RSA "\3\2\0\1";

	(void)state;
	assert_int_equal(sizeof der - 1, 105);
	for (size_t i = 0; i < 6; i++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, false);
		struct report *report = report_new();
		bool indefinite = i % 2 == 1;
		size_t more = i / 2, len = sizeof der - 1 + 2 * indefinite + more, kept = 0;
		char body[120] = { 0, 0, (char)(len + 3), 0, 0, (char)len };

		memcpy(body + 6, der, sizeof der - 1);
		if (indefinite)
			body[7] = (char)0x80;
		send_hello(0xc030);
		send_message(CERTIFICATE, body, len + 6);
		shutdown(theirs, SHUT_WR);
		assert_int_equal(tls_step(tls), TLS_OVER);
		probe_facts(report, tls, OUTCOME_PENDING, &told, &kept);
		assert_int_equal(told.outcome, OUTCOME_PRESENTED);
		assert_int_equal(told.chain.count, 1);
		assert_int_equal(told.chain.certs[0]->readable, more == 0);
		if (told.flaw != (more == 0 ? FLAW_NONE : FLAW_CERT_LENGTH_MISMATCH))
			fail_msg("%zu octets more: %s", more, told.flaw == FLAW_NONE ? "none" : flaw_name(told.flaw));
		end(tls);
		report_free(report);
	}
}

/* Each certificate is kept once, and so is each list of names; when it is too much nothing more is. */
static void test_kept(void **state)
{
	struct report *report = report_new();
	const struct ca_list *cas = NULL;
	size_t kept = 0, first = 0;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, true);
		struct server server;

		server_new(&server, &rsa, TLS12 ":-KX-ALL:+ECDHE-RSA", i < 3);
		serve(&server);
		forward(&server);
		assert_int_equal(tls_step(tls), TLS_HELD);
		tls_stop(tls);
		if (i == 2)
			kept = (size_t)128 << 20; /* as much as is kept */
		if (i == 3)
			kept = ((size_t)128 << 20) + 1;
		told.detail = mem_strdup("of an earlier try");
		chain_add(&told.chain, ec.cert); /* likewise */
		probe_facts(report, tls, OUTCOME_PENDING, &told, &kept);
		if (i < 3) {
			assert_int_equal(told.outcome, OUTCOME_PRESENTED);
			assert_int_equal(told.chain.count, 2);
			if (i == 2) /* the chain is the last that is kept */
				assert_null(told.client_cas);
			else
				assert_non_null(told.client_cas);
			if (i == 1)
				assert_ptr_equal(told.client_cas, cas);
			cas = told.client_cas;
		} else {
			assert_int_equal(told.outcome, OUTCOME_LOCAL);
			assert_string_equal(told.detail, "this run has met more certificates than this program keeps");
			assert_int_equal(told.chain.count, 0);
			assert_null(told.client_cas);
		}
		if (i == 0)
			first = kept;
		if (i == 1) /* nothing new: less than any certificate */
			assert_true(kept > first && kept - first < rsa.cert->der_len);
		if (i == 0)
			assert_true(first > rsa.cert->der_len + sub.cert->der_len + cas->len);
		server_free(&server);
		end(tls);
	}
	assert_int_equal(report->certs.count, 2);
	assert_int_equal(report->client_ca_lists.count, 1);
	report_free(report);
}

/* A request that names nobody, or is malformed, is a request. */
static void test_request(void **state)
{
	static const struct {
		const char *body;
		size_t len;
	} rows[] = { { "\1\1\0\2\4\3\0\0", 8 }, { "\1\1\0\2\4\3\0\5ab", 10 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, true);
		size_t len = 99;

		send_hello(0x009d);
		send_certificate(&rsa);
		send_message(REQUEST, rows[i].body, rows[i].len);
		send_message(DONE, "", 0);
		assert_int_equal(tls_step(tls), TLS_HELD);
		tls_stop(tls);
		assert_true(tell(tls)->client_certificate_requested);
		assert_null(tls_authorities(tls, &len));
		assert_int_equal(len, 0);
		assert_int_equal(told.outcome, OUTCOME_PRESENTED);
		end(tls);
	}
}

/* Whoever was offered TLS 1.2 alone and says 1.3 has chosen a suite that was not offered. */
static void test_tls13_not_offered(void **state)
{
	static const char body[] = "\3\3" RANDOM "\0\x13\2\0" "\0\6\0\x2b\0\2\3\4";

	(void)state;
	for (int held = 0; held < 2; held++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, held == 1);

		send_message(SERVER_HELLO, body, sizeof body - 1);
		assert_int_equal(tls_step(tls), TLS_OVER);
		assert_string_equal(tell(tls)->detail, "the server chose suite 0x1302, which was not offered");
		assert_int_equal(told.outcome, OUTCOME_TLS_ERROR);
		end(tls);
	}
}

/* RFC 2409 6.2, 1,024 bits: OpenSSL still takes that much at security level 1. */
static void test_small_group(void **state)
{
	static const unsigned char prime[] =
		"\xff\xff\xff\xff\xff\xff\xff\xff\xc9\x0f\xda\xa2\x21\x68\xc2\x34\xc4\xc6\x62\x8b\x80\xdc\x1c\xd1"
		"\x29\x02\x4e\x08\x8a\x67\xcc\x74\x02\x0b\xbe\xa6\x3b\x13\x9b\x22\x51\x4a\x08\x79\x8e\x34\x04\xdd"
		"\xef\x95\x19\xb3\xcd\x3a\x43\x1b\x30\x2b\x0a\x6d\xf2\x5f\x14\x37\x4f\xe1\x35\x6d\x6d\x51\xc2\x45"
		"\xe4\x85\xb5\x76\x62\x5e\x7e\xc6\xf4\x4c\x42\xe9\xa6\x37\xed\x6b\x0b\xff\x5c\xb6\xf4\x06\xb7\xed"
		"\xee\x38\x6b\xfb\x5a\x89\x9f\xa5\xae\x9f\x24\x11\x7c\x4b\x1f\xe6\x49\x28\x66\x51\xec\xe6\x53\x81"
		"\xff\xff\xff\xff\xff\xff\xff\xff";
	gnutls_datum_t p = { (unsigned char *)(uintptr_t)prime, sizeof prime - 1 }, g = { (unsigned char[]){ 2 }, 1 };
	struct tls *tls = begin_shaking(OFFERED_TLS12, false);
	gnutls_dh_params_t params;
	struct server server;

	(void)state;
	assert_int_equal(sizeof prime - 1, 128);
	assert_int_equal(gnutls_dh_params_init(&params), 0);
	assert_int_equal(gnutls_dh_params_import_raw(params, &p, &g), 0);
	server_new(&server, &rsa, TLS12 ":-KX-ALL:+DHE-RSA:-GROUP-ALL:%PROFILE_VERY_WEAK", false);
	gnutls_certificate_set_dh_params(server.credentials, params);
	serve(&server);
	forward(&server);
	assert_int_equal(tls_step(tls), TLS_WANT_READ);
	serve(&server);
	forward(&server);
	assert_int_equal(tls_step(tls), TLS_OVER);
	assert_true(tell(tls)->handshake_completed);
	assert_int_equal(told.flaw, FLAW_NONE);
	server_free(&server);
	gnutls_dh_params_deinit(params);
	end(tls);
}

/* The first Certificate message is what was presented. */
static void test_second_certificate(void **state)
{
	struct tls *tls = begin_shaking(OFFERED_TLS12, false);
	const unsigned char *der;
	size_t at = 0, len;

	(void)state;
	send_hello(0xc030);
	send_certificate(&rsa);
	send_certificate(&ec);
	assert_int_equal(tls_step(tls), TLS_OVER);
	assert_int_equal(tls_next_certificate(tls, &at, &der, &len), 1);
	assert_memory_equal(der, rsa.cert->der, rsa.cert->der_len);
	assert_int_equal(tls_next_certificate(tls, &at, &der, &len), 0);
	end(tls);
}

/* Of suites that the library does not know none is offered: nothing is sent, and that says nothing of the server. */
static void test_no_suite(void **state)
{
	struct suites none = { .count = 0 }, kept = suites;
	struct tls *tls;
	char byte;

	(void)state;
	if (!tls_orders_suites())
		return;
	suites = none;
	tls = begin(OFFERED_TLS12, false);
	assert_int_equal(tls_step(tls), TLS_OVER);
	assert_int_equal(tell(tls)->outcome, OUTCOME_LOCAL);
	assert_string_equal(told.detail, "GnuTLS knows none of the suites that Expressway offers");
	assert_true(recv(theirs, &byte, 1, 0) < 1);
	suites = kept;
	end(tls);
}

/* RFC 6066 3: a name is in ASCII; what cannot be written so is no name to begin a handshake with. */
static void test_no_name(void **state)
{
	struct tls_offer offer = { OFFERED_TLS12, &suites, ORDER_ECDSA_FIRST, false, false };

	(void)state;
	assert_null(tls_new(kit, &offer, "\xff\xfe.example", -1));
}

static void test_alerts(void **state)
{
	/* RFC 6066 3: unrecognized_name, a warning that is no end */
	static const char warning[] = { 1, 112 };
	static const struct {
		const char *alert;
		enum outcome outcome;
		const char *detail;
	} rows[] = {
		{ "\2\50", OUTCOME_TLS_ALERT, "alert 40 handshake_failure" },
		{ "\2\106", OUTCOME_TLS_VERSION, "alert 70 protocol_version" },
		{ "\1\0", OUTCOME_CLOSED, "close_notify in the middle of the handshake" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, false);

		send_record(ALERT, rows[i].alert, 2);
		assert_int_equal(tls_step(tls), TLS_OVER);
		assert_int_equal(tell(tls)->outcome, rows[i].outcome);
		assert_string_equal(told.detail, rows[i].detail);
		assert_false(told.handshake_completed);
		assert_int_equal(told.reached, REACHED_CONNECTED);
		end(tls);
	}
	for (int count = 15; count <= 16; count++) {
		struct tls *tls = begin_shaking(OFFERED_TLS12, false);

		for (int i = 0; i < count; i++)
			send_record(ALERT, warning, 2);
		assert_int_equal(tls_step(tls), count == 15 ? TLS_WANT_READ : TLS_OVER);
		assert_int_equal(tell(tls)->outcome, count == 15 ? OUTCOME_TLS_ERROR : OUTCOME_TLS_ALERT);
		if (count == 16)
			assert_string_equal(told.detail, "alert 112 unrecognized_name");
		end(tls);
	}
}

/* The other end is gone, or does not read. */
static void test_sending(void **state)
{
	struct tls *tls = begin(OFFERED_TLS12, false);
	char bytes[65536] = { 0 };
	ssize_t got;

	(void)state;
	close(theirs);
	theirs = -1;
	assert_int_equal(tls_step(tls), TLS_OVER);
	assert_int_equal(tell(tls)->outcome, OUTCOME_RESET);
	assert_string_equal(told.detail, "Broken pipe");
	end(tls);
	tls = begin(OFFERED_TLS12, false);
	while (send(ours, bytes, sizeof bytes, 0) > 0 || send(ours, bytes, 1, 0) > 0)
		;
	assert_int_equal(tls_step(tls), TLS_WANT_WRITE);
	assert_int_equal(tls_step(tls), TLS_WANT_WRITE);
	while (recv(theirs, bytes, sizeof bytes, 0) > 0)
		;
	assert_int_equal(tls_step(tls), TLS_WANT_READ);
	got = recv(theirs, bytes, sizeof bytes, 0);
	assert_true(got > 9 && bytes[0] == HANDSHAKE && bytes[5] == 1); /* the ClientHello, whole */
	assert_int_equal(((size_t)(unsigned char)bytes[3] << 8 | (unsigned char)bytes[4]) + 5, got);
	end(tls);
}

/* --- TLS 1.3 ------------------------------------------------------------------------------------- */

/* Record by record: what is encrypted is shown when it is read, and who has the key when it is over. */
static void test_tls13(void **state)
{
	(void)state;
	for (int row = 0; row < 4; row++) {
		bool asks = row % 2 == 1, both = row >= 2;
		struct tls *tls = begin_shaking(both ? OFFERED_TLS12 | OFFERED_TLS13 : OFFERED_TLS13, both);
		enum reached reached = REACHED_CONNECTED;
		enum tls_want want = TLS_WANT_READ;
		struct server server;
		uint16_t suite;
		size_t len;

		server_new(&server, &rsa, TLS13, asks);
		serve(&server);
		for (size_t at = 0; at < server.out.len; at += len) {
			assert_int_equal(want, TLS_WANT_READ);
			len = 5 + ((size_t)(unsigned char)server.out.data[at + 3] << 8 | (unsigned char)server.out.data[at + 4]);
			send_bytes(server.out.data + at, len);
			want = tls_step(tls);
			assert_true(tell(tls)->reached >= reached);
			reached = told.reached;
			if (at == 0)
				assert_int_equal(reached, REACHED_SERVER_HELLO);
		}
		assert_int_equal(want, TLS_OVER);
		assert_int_equal(reached, REACHED_FINISHED);
		assert_true(told.handshake_completed);
		assert_string_equal(told.tls_version, "TLS1.3");
		assert_int_equal(told.client_certificate_requested, asks);
		assert_int_equal(told.flaw, FLAW_NONE);
		shows(tls, &rsa);
		assert_true(tls_suite(tls, &suite));
		assert_int_equal(suite >> 8, 0x13);
		if (asks)
			names_the_root(tls);
		server_free(&server);
		end(tls);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reached),          cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_not_signed),       cmocka_unit_test(test_not_computed),
		cmocka_unit_test(test_usage_only),
		cmocka_unit_test(test_held_and_stopped), cmocka_unit_test(test_not_held),
		cmocka_unit_test(test_closed_while_held), cmocka_unit_test(test_dh_bits),
		cmocka_unit_test(test_second_certificate), cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_no_suite), cmocka_unit_test(test_no_name),
		cmocka_unit_test(test_request), cmocka_unit_test(test_tls13_not_offered),
		cmocka_unit_test(test_small_group),
		cmocka_unit_test(test_flaws), cmocka_unit_test(test_unreadable), cmocka_unit_test(test_shortest),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_sending),          cmocka_unit_test(test_tls13),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
