/* SPDX-License-Identifier: MIT */
/* GnuTLS would give up on certificates that it cannot read, keys it finds too small, usages it does
 * not like; OpenSSL, whose answer counts, would not. So the Certificate message is copied when it
 * arrives, before GnuTLS looks at it: if the handshake dies of it, the chain is known all the same.
 *
 * GnuTLS sorts suites by key exchange, then cipher, then MAC; OpenSSL by strength first. A server
 * that follows its client may so choose another certificate, and combinations are offered that
 * Expressway would not offer. There is no call for another order, and the hook that shows the
 * ClientHello comes after it has been hashed. An extension's sender however is handed the very
 * buffer in which the ClientHello grows: ours adds nothing, and puts the suites behind it in
 * order. */
#include "config.h"

#include "base/mem.h"
#include "wire/hello.h"
#include "wire/plain.h"
#include "wire/seen.h"
#include "wire/tls.h"
#include "wire/tls_kit.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	INPUT_ROOM = 8192,
	MESSAGE_MOST = 256 << 10, /* a Certificate message; GnuTLS takes 128 KiB if not told,
	                             OpenSSL 100 KiB */
	WARNINGS_MOST = 16,
	EXTENSION_NEVER_SENT = 0xff77,
	DH_BITS_LEAST = 1024,
	DH_BITS_MOST = 10000
};

struct tls {
	gnutls_session_t session;
	int fd;
	struct tls_offer offer;
	tls_may_compute_fn *may_compute;
	bool over;
	bool keyed;           /* a ServerKeyExchange came */
	unsigned char *input; /* owned; read ahead, so that a record costs no two system calls */
	size_t input_at, input_len;
	bool holding;         /* what comes is kept in plain, and the library does not see it yet */
	struct plain plain;   /* from then on the library reads from it first */
	size_t plain_at;
	int plain_errno;      /* that ended it; 0: none */
	bool fed;             /* the library has got bytes, and has not been told since to wait */
	struct seen seen;
};

/* --- bytes ------------------------------------------------------------------------------------ */

static ssize_t fail_io(struct tls *tls, int error)
{
	if (error != EAGAIN && error != EINTR)
		tls->seen.socket_errno = error;
	tls->fed = false;
	gnutls_transport_set_errno(tls->session, error);
	return -1;
}

static ssize_t refill(struct tls *tls)
{
	ssize_t got = recv(tls->fd, tls->input, INPUT_ROOM, 0);

	if (got < 0)
		return fail_io(tls, errno);
	if (got == 0)
		tls->seen.closed = true;
	if (tls->seen.received < SEEN_FIRST_MOST) {
		size_t room = SEEN_FIRST_MOST - tls->seen.received;

		memcpy(tls->seen.first + tls->seen.received, tls->input,
		       (size_t)got < room ? (size_t)got : room);
	}
	tls->seen.received += (size_t)got;
	if (tls->holding)
		plain_add(&tls->plain, tls->input, (size_t)got);
	tls->input_at = 0;
	tls->input_len = (size_t)got;
	return got;
}

/* A ServerHello that the library will not go on with is shown to it at once: its server may well
 * wait. */
static bool is_odd(const struct tls *tls)
{
	struct plain_message hello;
	uint16_t suite;
	size_t at = 0;

	return plain_next(&tls->plain, &at, &hello) &&
	       (hello.len < 2 || hello.body[0] != 3 || hello.body[1] != 3 ||
	        hello_server_suite(hello.body, hello.len, &suite) != 0 ||
	        !suites_have(tls->offer.suites, suite) ||
	        (tls->offer.versions & OFFERED_TLS12) == 0);
}

/* Up to the end of the server's plain messages the library is told that nothing has come. */
static int hold(struct tls *tls)
{
	while (tls->holding) {
		if (refill(tls) < 0 && tls->seen.socket_errno == 0)
			return -1;
		tls->input_at = tls->input_len = 0; /* it is in plain */
		tls->plain_errno = tls->seen.socket_errno; /* the library hears of it when it has
		                                              read what came before */
		if (tls->plain.state == PLAIN_WHOLE)
			return (int)fail_io(tls, EAGAIN);
		if (tls->plain.state == PLAIN_OTHER || is_odd(tls) || tls->seen.closed ||
		    tls->plain_errno != 0)
			tls->holding = false;
	}
	return 0;
}

static ssize_t pull_plain(struct tls *tls, void *to, size_t len)
{
	size_t left = tls->plain.bytes.len - tls->plain_at;

	if (len > left)
		len = left;
	memcpy(to, tls->plain.bytes.data + tls->plain_at, len);
	tls->plain_at += len;
	tls->fed = true;
	return (ssize_t)len;
}

static ssize_t pull(gnutls_transport_ptr_t arg, void *to, size_t len)
{
	struct tls *tls = arg;

	if (tls->holding && hold(tls) < 0)
		return -1;
	if (tls->plain_at < tls->plain.bytes.len)
		return pull_plain(tls, to, len);
	if (tls->plain_errno != 0)
		return fail_io(tls, tls->plain_errno);

	if (tls->seen.received > SEEN_BYTES_MOST) {
		tls->seen.flooded = true;
		return fail_io(tls, EMSGSIZE);
	}
	if (tls->input_at == tls->input_len) {
		ssize_t got = refill(tls);

		if (got <= 0)
			return got;
	}
	if (len > tls->input_len - tls->input_at)
		len = tls->input_len - tls->input_at;
	memcpy(to, tls->input + tls->input_at, len);
	tls->input_at += len;
	tls->fed = true;
	return (ssize_t)len;
}

static ssize_t push(gnutls_transport_ptr_t arg, const giovec_t *iov, int count)
{
	struct tls *tls = arg;
	struct msghdr message = { .msg_iov = (struct iovec *)(uintptr_t)iov,
		                  .msg_iovlen = (size_t)count }; /* a giovec_t is one */
	ssize_t put = sendmsg(tls->fd, &message, MSG_NOSIGNAL);

	return put < 0 ? fail_io(tls, errno) : put;
}

/* --- messages --------------------------------------------------------------------------------- */

static void advance(struct tls *tls, enum reached reached)
{
	if (tls->seen.reached < reached)
		tls->seen.reached = reached;
}

static int see_server_hello(struct tls *tls, const gnutls_datum_t *body)
{
	struct seen *seen = &tls->seen;

	advance(tls, REACHED_SERVER_HELLO);
	if (hello_server_suite(body->data, body->size, &seen->suite) != 0)
		return GNUTLS_E_SUCCESS; /* GnuTLS will say what is wrong with it */
	seen->has_suite = true;
	seen->tls13 = (tls->offer.versions & OFFERED_TLS13) != 0 &&
	              hello_server_tls13(body->data, body->size);
	seen->wrong_suite = !seen->tls13 && !suites_have(tls->offer.suites, seen->suite);
	return seen->wrong_suite ? GNUTLS_E_UNKNOWN_CIPHER_SUITE : GNUTLS_E_SUCCESS;
}

/* GnuTLS is not let near a key that OpenSSL would not compute with. */
static int check_leaf(struct tls *tls)
{
	const unsigned char *der;
	size_t at = 0, der_len;

	if (seen_next_certificate(&tls->seen, &at, &der, &der_len) != 1)
		return GNUTLS_E_SUCCESS; /* GnuTLS will say what is wrong with it */
	if (tls->may_compute(der, der_len))
		return GNUTLS_E_SUCCESS;
	tls->seen.key_unusable = true;
	return GNUTLS_E_UNWANTED_ALGORITHM;
}

static int see_certificate(struct tls *tls, const gnutls_datum_t *body)
{
	if (tls->seen.message != NULL)
		return GNUTLS_E_UNEXPECTED_HANDSHAKE_PACKET; /* a second one: the first is what was
		                                                presented */
	advance(tls, REACHED_CERTIFICATE);
	tls->seen.message = mem_copy(body->data, body->size);
	tls->seen.message_len = body->size;
	return check_leaf(tls);
}

/* tls_process_ske_dhe (OpenSSL 1.1.1 and 3.0): "dh key too small" below 1,024 bits at security
 * level 1; above OPENSSL_DH_MAX_MODULUS_BITS it fails as well, and GnuTLS would compute for
 * minutes. */
static int see_key_exchange(struct tls *tls, const gnutls_datum_t *body)
{
	size_t bits;

	if (!hello_dh_bits(tls->seen.suite, body->data, body->size, &bits) ||
	    (bits >= DH_BITS_LEAST && bits <= DH_BITS_MOST))
		return GNUTLS_E_SUCCESS;
	tls->seen.flaw = bits < DH_BITS_LEAST ? FLAW_DH_KEY_TOO_SMALL : FLAW_BAD_DH_VALUE;
	return GNUTLS_E_UNWANTED_ALGORITHM;
}

static int see_request(struct tls *tls, const gnutls_datum_t *body)
{
	struct seen *seen = &tls->seen;
	const unsigned char *names;
	size_t len;

	seen->asked = true;
	if (seen->authorities == NULL &&
	    hello_authorities(body->data, body->size, seen->tls13, &names, &len) == 0 && len > 0) {
		seen->authorities = mem_copy(names, len);
		seen->authorities_len = len;
	}
	return GNUTLS_E_SUCCESS;
}

/* GnuTLS calls before it looks at a message: that the next one is looked at says that it liked the
 * last one. */
static void see_progress(struct tls *tls, unsigned type, bool incoming)
{
	bool shown = tls->seen.reached >= REACHED_CERTIFICATE;

	if (!incoming && type == GNUTLS_HANDSHAKE_FINISHED)
		advance(tls, REACHED_ANSWERED);
	else if (incoming && shown && tls->seen.tls13 && type == GNUTLS_HANDSHAKE_FINISHED)
		advance(tls, REACHED_KEY_EXCHANGE);
	else if (incoming && shown && !tls->seen.tls13 &&
	         type == GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST && tls->keyed)
		advance(tls, REACHED_KEY_EXCHANGE);
	else if (incoming && shown && !tls->seen.tls13 &&
	         type == GNUTLS_HANDSHAKE_SERVER_HELLO_DONE)
		advance(tls, REACHED_SERVER_DONE);
	if (incoming && type == GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE)
		tls->keyed = true;
}

static int see_message(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                       const gnutls_datum_t *body)
{
	struct tls *tls = gnutls_session_get_ptr(session);

	(void)when;
	see_progress(tls, type, incoming != 0);
	if (!incoming)
		return GNUTLS_E_SUCCESS;
	if (type == GNUTLS_HANDSHAKE_SERVER_HELLO)
		return see_server_hello(tls, body);
	if (type == GNUTLS_HANDSHAKE_CERTIFICATE_PKT)
		return see_certificate(tls, body);
	if (type == GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE)
		return see_key_exchange(tls, body);
	if (type == GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST)
		return see_request(tls, body);
	return GNUTLS_E_SUCCESS;
}

/* GnuTLS's struct gnutls_buffer_st, the same in all its versions from 2.8 to 3.8. Looked into only
 * where configure has proved it by a run (HAVE_HELLO_LAYOUT), with a library of that version, and
 * believed only if the ClientHello is found in it, by its random. Else GnuTLS's own order stays:
 * tls_orders_suites. */
struct hello_buffer {
	unsigned char *allocated, *data;
	size_t room, len;
};

enum { HELLO_MOST = 16384, VERSION_LEN = 2 };

#ifdef HAVE_HELLO_LAYOUT
enum { LAYOUT_PROVED = 1 };
#else
enum { LAYOUT_PROVED = 0 };
#endif

bool tls_orders_suites(void)
{
	static const char built[] = GNUTLS_VERSION;
	const char *running = gnutls_check_version(NULL), *dot = strrchr(built, '.');

	return LAYOUT_PROVED && running != NULL && dot != NULL &&
	       strncmp(running, built, (size_t)(dot - built) + 1) == 0;
}

/* Backwards, because what lies before the ClientHello is GnuTLS's own and may not be filled yet. */
static unsigned char *find_hello(const struct hello_buffer *buffer, const gnutls_datum_t *random)
{
	if (buffer->len > buffer->room || buffer->room > HELLO_MOST)
		return NULL;
	for (size_t at = buffer->len; at >= random->size + VERSION_LEN; at--)
		if (memcmp(buffer->data + at - random->size, random->data, random->size) == 0)
			return buffer->data + at - random->size - VERSION_LEN;
	return NULL;
}

static int put_suites_in_order(gnutls_session_t session, gnutls_buffer_t extension)
{
	struct tls *tls = gnutls_session_get_ptr(session);
	const struct hello_buffer *buffer = (const struct hello_buffer *)extension;
	gnutls_datum_t random;
	unsigned char *hello;

	if (!tls_orders_suites())
		return GNUTLS_E_SUCCESS;
	gnutls_session_get_random(session, &random, NULL);
	hello = find_hello(buffer, &random);
	if (hello != NULL && hello_reorder(hello, buffer->len - (size_t)(hello - buffer->data),
	                                   tls->offer.suites) != 0) {
		tls->seen.no_suites = true;
		return GNUTLS_E_NO_CIPHER_SUITES;
	}
	return GNUTLS_E_SUCCESS; /* nothing is sent for this extension */
}

static int ignore_extension(gnutls_session_t session, const unsigned char *data, size_t len)
{
	(void)session;
	(void)data;
	(void)len;
	return GNUTLS_E_SUCCESS;
}

/* --- the handshake ---------------------------------------------------------------------------- */

static int set_up(struct tls *tls, struct tls_kit *kit, const char *name)
{
	gnutls_session_t session = tls->session;
	gnutls_priority_t priority = tls_kit_priority(kit, &tls->offer);
	int rc = priority == NULL ? GNUTLS_E_MEMORY_ERROR : gnutls_priority_set(session, priority);

	if (rc == 0)
		rc = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
		                            tls_kit_credentials(kit));
	if (rc == 0 && name != NULL)
		rc = gnutls_server_name_set(session, GNUTLS_NAME_DNS, name, strlen(name));
	if (rc == 0)
		rc = gnutls_session_ext_register(
			session, "order of suites", EXTENSION_NEVER_SENT, GNUTLS_EXT_TLS,
			ignore_extension, put_suites_in_order, NULL, NULL, NULL,
			GNUTLS_EXT_FLAG_CLIENT_HELLO | GNUTLS_EXT_FLAG_TLS);
	gnutls_session_set_ptr(session, tls);
	gnutls_transport_set_ptr(session, tls);
	gnutls_transport_set_pull_function(session, pull);
	gnutls_transport_set_vec_push_function(session, push);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
	                                   see_message);
	gnutls_handshake_set_max_packet_length(session, MESSAGE_MOST);
	gnutls_dh_set_prime_bits(session, DH_BITS_LEAST);
	return rc;
}

struct tls *tls_new(struct tls_kit *kit, const struct tls_offer *offer, const char *name, int fd)
{
	struct tls *tls = mem_zalloc(sizeof *tls);

	tls->fd = fd;
	tls->offer = *offer;
	tls->may_compute = tls_kit_may_compute(kit);
	tls->holding = offer->may_stop;
	plain_init(&tls->plain);
	tls->seen.alert = SEEN_NO_ALERT;
	tls->seen.reached = REACHED_CONNECTED;
	tls->input = mem_alloc(INPUT_ROOM);
	if (gnutls_init(&tls->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS |
	                                       GNUTLS_KEY_SHARE_TOP) != 0 ||
	    set_up(tls, kit, name) != 0) {
		tls_free(tls);
		return NULL;
	}
	return tls;
}

void tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	gnutls_deinit(tls->session); /* NULL where gnutls_init failed */
	free(tls->input);
	plain_clear(&tls->plain);
	free(tls->seen.message);
	free(tls->seen.authorities);
	free(tls);
}

static enum tls_want end(struct tls *tls, int error)
{
	struct seen *seen = &tls->seen;

	tls->over = true;
	seen->completed = error == 0;
	seen->error = gnutls_strerror(error);
	seen->other_version = error == GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
	seen->ended = error == GNUTLS_E_SESSION_EOF;
	seen->no_room = error == GNUTLS_E_MEMORY_ERROR || seen->no_suites;
	seen->usage_only = error == GNUTLS_E_KEY_USAGE_VIOLATION && !tls->offer.any_usage;
	/* of a ServerKeyExchange or CertificateVerify: nothing else is signed */
	if (error == GNUTLS_E_PK_SIG_VERIFY_FAILED && seen->reached == REACHED_CERTIFICATE)
		seen->flaw = FLAW_BAD_SIGNATURE;
	if (error == GNUTLS_E_FATAL_ALERT_RECEIVED || error == GNUTLS_E_WARNING_ALERT_RECEIVED)
		seen->alert = (int)gnutls_alert_get(tls->session);
	return TLS_OVER;
}

enum tls_want tls_step(struct tls *tls)
{
	for (int warnings = 0; !tls->over; ) {
		int rc;

		tls->fed = false;
		rc = gnutls_handshake(tls->session);
		if (rc == GNUTLS_E_AGAIN && tls->holding && tls->plain.state == PLAIN_WHOLE)
			return TLS_HELD;
		/* A message in many records: GnuTLS asks to be called again although there may be
		 * more. */
		if (rc == GNUTLS_E_AGAIN && tls->fed)
			continue;
		if (rc == GNUTLS_E_AGAIN)
			return gnutls_record_get_direction(tls->session) == 0 ? TLS_WANT_READ
			                                                      : TLS_WANT_WRITE;
		if (rc == GNUTLS_E_INTERRUPTED ||
		    (rc < 0 && gnutls_error_is_fatal(rc) == 0 && ++warnings < WARNINGS_MOST))
			continue; /* a warning's alert, for one */
		return end(tls, rc);
	}
	return TLS_OVER;
}

static bool same_certificates(const struct plain_message *message, const struct chain *chain)
{
	const unsigned char *der;
	size_t at = 0, der_len, i = 0;
	int rc;

	while ((rc = hello_next_certificate(message->body, message->len, false, &at, &der,
	                                    &der_len)) == 1) {
		if (i == chain->count || chain->certs[i]->der_len != der_len ||
		    memcmp(chain->certs[i]->der, der, der_len) != 0)
			return false;
		i++;
	}
	return rc == 0 && i == chain->count;
}

static bool same_suite(const struct plain_message *message, const struct observation *other)
{
	uint16_t suite;

	return hello_server_suite(message->body, message->len, &suite) == 0 &&
	       suite_iana(suite) != NULL && other->cipher_suite != NULL &&
	       strcmp(suite_iana(suite), other->cipher_suite) == 0 &&
	       !hello_server_tls13(message->body, message->len);
}

bool tls_shows(const struct tls *tls, const struct observation *other)
{
	bool asked = false, suite = false, certificates = false;
	struct plain_message message;
	size_t at = 0;

	while (plain_next(&tls->plain, &at, &message)) {
		suite = suite || (message.type == GNUTLS_HANDSHAKE_SERVER_HELLO &&
		                  same_suite(&message, other));
		certificates = certificates || (message.type == GNUTLS_HANDSHAKE_CERTIFICATE_PKT &&
		                                same_certificates(&message, &other->chain));
		asked = asked || message.type == GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST;
	}
	return suite && certificates && asked == other->client_certificate_requested;
}

void tls_stop(struct tls *tls)
{
	struct plain_message message;
	size_t at = 0;

	while (plain_next(&tls->plain, &at, &message)) {
		gnutls_datum_t body = { (unsigned char *)(uintptr_t)message.body,
			                (unsigned)message.len };

		see_message(tls->session, message.type, GNUTLS_HOOK_PRE, 1, &body);
	}
	tls->seen.stopped = tls->over = true;
	gnutls_alert_send(tls->session, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED);
	gnutls_alert_send(tls->session, GNUTLS_AL_WARNING, GNUTLS_A_CLOSE_NOTIFY);
}

bool tls_go_on(struct tls *tls)
{
	bool held = tls->holding;

	tls->holding = false;
	return held;
}

void tls_bye(struct tls *tls)
{
	if (tls->seen.completed)
		gnutls_bye(tls->session, GNUTLS_SHUT_WR);
}

int tls_next_certificate(const struct tls *tls, size_t *at, const unsigned char **der,
                         size_t *der_len)
{
	return seen_next_certificate(&tls->seen, at, der, der_len) == 1;
}

void tls_tell(const struct tls *tls, enum outcome given_up, struct observation *observation)
{
	seen_tell(&tls->seen, given_up, observation);
}

bool tls_usage_only(const struct tls *tls)
{
	return tls->seen.usage_only;
}

bool tls_suite(const struct tls *tls, uint16_t *suite)
{
	*suite = tls->seen.suite;
	return tls->seen.has_suite;
}

const unsigned char *tls_authorities(const struct tls *tls, size_t *len)
{
	*len = tls->seen.authorities_len;
	return tls->seen.authorities;
}

bool tls_key_unusable(const struct tls *tls)
{
	return tls->seen.key_unusable;
}
