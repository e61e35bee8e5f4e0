/* SPDX-License-Identifier: MIT */
/* GnuTLS would give up on certificates that it cannot read, keys it finds too small, usages it does not like; OpenSSL,
 * whose answer counts, would not. So the Certificate message is copied when it arrives, before GnuTLS looks at it: if
 * the handshake dies of it, the chain is known all the same.
 *
 * GnuTLS sorts suites by key exchange, then cipher, then MAC; OpenSSL by strength first. A server that follows its client
 * may so choose another certificate, and combinations are offered that Expressway would not offer. There is no call for
 * another order, and the hook that shows the ClientHello comes after it has been hashed. An extension's sender however
 * is handed the very buffer in which the ClientHello grows: ours adds nothing, and puts the suites behind it in order. */
#include "config.h"

#include "base/mem.h"
#include "wire/hello.h"
#include "wire/seen.h"
#include "wire/tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	INPUT_ROOM = 8192,
	MESSAGE_MOST = 256 << 10, /* a Certificate message; GnuTLS takes 128 KiB if not told, OpenSSL 100 KiB */
	WARNINGS_MOST = 16,
	EXTENSION_NEVER_SENT = 0xff77
};

struct tls_kit {
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priorities[ORDER_COUNT];
	bool tls13;
};

struct tls {
	gnutls_session_t session;
	int fd;
	enum order order;
	bool over;
	unsigned char *input; /* owned; read ahead, so that a record costs no two system calls */
	size_t input_at, input_len;
	struct seen seen;
};

/* --- the library ---------------------------------------------------------------------------------------------------- */

/* A host's policy file (/etc/gnutls/config, crypto-policies) is read when the library starts, and would change what is
 * offered. The library asks for this function whether it shall start by itself; started here, it reads no file. */
GNUTLS_SKIP_GLOBAL_INIT

__attribute__((constructor)) static void start_library(void)
{
	setenv("GNUTLS_SYSTEM_PRIORITY_FILE", "/dev/null", 1);
	gnutls_global_init(); /* if it fails, tls_kit_new will say so */
}

#define COMMON ":+CTYPE-X509:+COMP-NULL:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-SECP521R1"
#define LENIENT ":%PROFILE_VERY_WEAK:%VERIFY_ALLOW_BROKEN:%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS"
#define SIGN_ECDSA ":+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-ECDSA-SHA512:+SIGN-EdDSA-Ed25519:+SIGN-EdDSA-Ed448"
#define SIGN_ECDSA13 ":+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-ECDSA-SECP521R1-SHA512" \
	":+SIGN-EdDSA-Ed25519:+SIGN-EdDSA-Ed448"
#define SIGN_PSS ":+SIGN-RSA-PSS-SHA256:+SIGN-RSA-PSS-SHA384:+SIGN-RSA-PSS-SHA512" \
	":+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-PSS-RSAE-SHA512"
#define SIGN_RSA ":+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA512"
#define SIGN_OLD ":+SIGN-ECDSA-SHA224:+SIGN-ECDSA-SHA1:+SIGN-RSA-SHA224:+SIGN-RSA-SHA1" \
	":+SIGN-DSA-SHA224:+SIGN-DSA-SHA1:+SIGN-DSA-SHA256:+SIGN-DSA-SHA384:+SIGN-DSA-SHA512"

#define TLS12(kinds) "NONE:+VERS-TLS1.2" kinds ":+DHE-RSA:+DHE-DSS:+RSA" \
	":+AES-256-GCM:+CHACHA20-POLY1305:+AES-256-CCM-8:+AES-256-CCM:+AES-128-GCM:+AES-128-CCM-8:+AES-128-CCM" \
	":+AES-256-CBC:+CAMELLIA-256-CBC:+AES-128-CBC:+CAMELLIA-128-CBC:+AEAD:+SHA384:+SHA256:+SHA1" \
	COMMON SIGN_ECDSA SIGN_PSS SIGN_RSA SIGN_OLD LENIENT

/* The suites' exact order is hello_reorder's business. */
static const char *const priority_tls12[ORDER_COUNT] = {
	[ORDER_RSA_FIRST] = TLS12(":+ECDHE-RSA:+ECDHE-ECDSA"),
	[ORDER_ECDSA_FIRST] = TLS12(":+ECDHE-ECDSA:+ECDHE-RSA"),
};

#define TLS13 "NONE:+VERS-TLS1.3:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:+AEAD:+SHA384:+SHA256" COMMON

/* In TLS 1.3 the certificate follows signature_algorithms (FACTS 2). */
static const char *const priority_tls13[ORDER_COUNT] = {
	[ORDER_RSA_FIRST] = TLS13 SIGN_PSS SIGN_ECDSA13 SIGN_RSA LENIENT,
	[ORDER_ECDSA_FIRST] = TLS13 SIGN_ECDSA13 SIGN_PSS SIGN_RSA LENIENT,
};

struct tls_kit *tls_kit_new(bool tls13, struct fault *fault)
{
	struct tls_kit *kit = mem_zalloc(sizeof *kit);
	int rc = gnutls_certificate_allocate_credentials(&kit->credentials);

	kit->tls13 = tls13;
	for (int i = 0; i < ORDER_COUNT && rc == 0; i++)
		rc = gnutls_priority_init(&kit->priorities[i], tls13 ? priority_tls13[i] : priority_tls12[i], NULL);
	if (rc == 0)
		return kit;
	fault_set(fault, FAULT_LIBRARY, "GnuTLS cannot be set up: %s", gnutls_strerror(rc));
	tls_kit_free(kit);
	return NULL;
}

void tls_kit_free(struct tls_kit *kit)
{
	if (kit == NULL)
		return;
	for (int i = 0; i < ORDER_COUNT; i++)
		if (kit->priorities[i] != NULL)
			gnutls_priority_deinit(kit->priorities[i]);
	if (kit->credentials != NULL)
		gnutls_certificate_free_credentials(kit->credentials);
	free(kit);
}

/* --- bytes ---------------------------------------------------------------------------------------------------------- */

static ssize_t fail_io(struct tls *tls, int error)
{
	if (error != EAGAIN && error != EINTR)
		tls->seen.socket_errno = error;
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
	if (tls->seen.received < SEEN_FIRST_MOST && got > 0) {
		size_t room = SEEN_FIRST_MOST - tls->seen.received;

		memcpy(tls->seen.first + tls->seen.received, tls->input, (size_t)got < room ? (size_t)got : room);
	}
	tls->seen.received += (size_t)got;
	tls->input_at = 0;
	tls->input_len = (size_t)got;
	return got;
}

static ssize_t pull(gnutls_transport_ptr_t arg, void *to, size_t len)
{
	struct tls *tls = arg;

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
	return (ssize_t)len;
}

static ssize_t push(gnutls_transport_ptr_t arg, const giovec_t *iov, int count)
{
	struct tls *tls = arg;
	struct iovec parts[16];
	struct msghdr message = { .msg_iov = parts };
	ssize_t put;

	for (; (int)message.msg_iovlen < count && message.msg_iovlen < 16; message.msg_iovlen++)
		parts[message.msg_iovlen] = (struct iovec){ iov[message.msg_iovlen].iov_base, iov[message.msg_iovlen].iov_len };
	put = sendmsg(tls->fd, &message, MSG_NOSIGNAL);
	return put < 0 ? fail_io(tls, errno) : put;
}

/* --- messages ------------------------------------------------------------------------------------------------------- */

static int see_server_hello(struct tls *tls, const gnutls_datum_t *body)
{
	if (hello_server_suite(body->data, body->size, &tls->seen.suite) != 0)
		return 0; /* GnuTLS will say what is wrong with it */
	tls->seen.has_suite = true;
	tls->seen.wrong_suite = !tls->seen.tls13 && !hello_offers(tls->seen.suite);
	return tls->seen.wrong_suite ? GNUTLS_E_UNKNOWN_CIPHER_SUITE : 0;
}

static int see_certificate(struct tls *tls, const gnutls_datum_t *body)
{
	if (tls->seen.message != NULL)
		return GNUTLS_E_UNEXPECTED_HANDSHAKE_PACKET; /* a second one: the first is what was presented */
	tls->seen.message = mem_copy(body->data, body->size);
	tls->seen.message_len = body->size;
	return 0;
}

static int see_message(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                       const gnutls_datum_t *body)
{
	struct tls *tls = gnutls_session_get_ptr(session);

	(void)when;
	if (!incoming)
		return 0;
	if (type == GNUTLS_HANDSHAKE_SERVER_HELLO)
		return see_server_hello(tls, body);
	if (type == GNUTLS_HANDSHAKE_CERTIFICATE_PKT)
		return see_certificate(tls, body);
	if (type == GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST)
		tls->seen.asked = true;
	return 0;
}

/* GnuTLS's struct gnutls_buffer_st, the same in all its versions from 2.8 to 3.8. Believed only if the ClientHello is
 * found in it, by its random; if it should ever not be, GnuTLS's own order stays, and the unit test on the wire says so. */
struct hello_buffer {
	unsigned char *allocated, *data;
	size_t room, len;
};

enum { HELLO_MOST = 16384, VERSION_LEN = 2 };

/* Backwards, because what lies before the ClientHello is GnuTLS's own and may not be filled yet. */
static unsigned char *find_hello(const struct hello_buffer *buffer, const gnutls_datum_t *random)
{
	if (random->size == 0 || buffer->data == NULL || buffer->len > buffer->room || buffer->room > HELLO_MOST)
		return NULL;
	for (size_t at = buffer->len; at >= random->size + VERSION_LEN; at--)
		if (memcmp(buffer->data + at - random->size, random->data, random->size) == 0)
			return buffer->data + at - random->size - VERSION_LEN;
	return NULL;
}

static int put_suites_in_order(gnutls_session_t session, gnutls_buffer_t extension)
{
	const struct tls *tls = gnutls_session_get_ptr(session);
	const struct hello_buffer *buffer = (const struct hello_buffer *)extension;
	gnutls_datum_t random = { NULL, 0 };
	unsigned char *hello;

	gnutls_session_get_random(session, &random, NULL);
	hello = find_hello(buffer, &random);
	if (hello != NULL)
		hello_reorder(hello, buffer->len - (size_t)(hello - buffer->data), tls->order);
	return 0; /* nothing is sent for this extension */
}

static int ignore_extension(gnutls_session_t session, const unsigned char *data, size_t len)
{
	(void)session;
	(void)data;
	(void)len;
	return 0;
}

/* --- the handshake -------------------------------------------------------------------------------------------------- */

static int set_up(struct tls *tls, const struct tls_kit *kit, const char *name)
{
	gnutls_session_t session = tls->session;
	int rc = gnutls_priority_set(session, kit->priorities[tls->order]);

	if (rc == 0)
		rc = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, kit->credentials);
	if (rc == 0 && name != NULL)
		rc = gnutls_server_name_set(session, GNUTLS_NAME_DNS, name, strlen(name));
	if (rc == 0 && !kit->tls13)
		rc = gnutls_session_ext_register(session, "order of suites", EXTENSION_NEVER_SENT, GNUTLS_EXT_TLS, ignore_extension,
		                                 put_suites_in_order, NULL, NULL, NULL,
		                                 GNUTLS_EXT_FLAG_CLIENT_HELLO | GNUTLS_EXT_FLAG_TLS);
	gnutls_session_set_ptr(session, tls);
	gnutls_transport_set_ptr(session, tls);
	gnutls_transport_set_pull_function(session, pull);
	gnutls_transport_set_vec_push_function(session, push);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, see_message);
	gnutls_handshake_set_max_packet_length(session, MESSAGE_MOST);
	gnutls_dh_set_prime_bits(session, 512);
	return rc;
}

struct tls *tls_new(const struct tls_kit *kit, enum order order, const char *name, int fd)
{
	struct tls *tls = mem_zalloc(sizeof *tls);

	tls->fd = fd;
	tls->order = order;
	tls->seen.tls13 = kit->tls13;
	tls->seen.alert = -1;
	tls->input = mem_alloc(INPUT_ROOM);
	if (gnutls_init(&tls->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS | GNUTLS_KEY_SHARE_TOP) != 0)
		tls->session = NULL;
	if (tls->session == NULL || set_up(tls, kit, name) != 0) {
		tls_free(tls);
		return NULL;
	}
	return tls;
}

void tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	if (tls->session != NULL)
		gnutls_deinit(tls->session);
	free(tls->input);
	free(tls->seen.message);
	free(tls);
}

static enum tls_want end(struct tls *tls, int error)
{
	struct seen *seen = &tls->seen;

	tls->over = true;
	seen->completed = error == 0;
	seen->error = error == 0 ? NULL : gnutls_strerror(error);
	seen->other_version = error == GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
	seen->ended = error == GNUTLS_E_SESSION_EOF;
	seen->no_room = error == GNUTLS_E_MEMORY_ERROR;
	if (error == GNUTLS_E_FATAL_ALERT_RECEIVED || error == GNUTLS_E_WARNING_ALERT_RECEIVED)
		seen->alert = (int)gnutls_alert_get(tls->session);
	return TLS_OVER;
}

enum tls_want tls_step(struct tls *tls)
{
	for (int warnings = 0; !tls->over; ) {
		size_t unread = tls->input_len - tls->input_at;
		int rc = gnutls_handshake(tls->session);

		/* A message in many records: GnuTLS asks to be called again although more is at hand. */
		if (rc == GNUTLS_E_AGAIN && tls->input_at < tls->input_len && tls->input_len - tls->input_at != unread)
			continue;
		if (rc == GNUTLS_E_AGAIN)
			return gnutls_record_get_direction(tls->session) == 0 ? TLS_WANT_READ : TLS_WANT_WRITE;
		if (rc == GNUTLS_E_INTERRUPTED || (rc == GNUTLS_E_WARNING_ALERT_RECEIVED && ++warnings < WARNINGS_MOST))
			continue;
		if (rc > 0 || (rc < 0 && gnutls_error_is_fatal(rc) == 0 && ++warnings < WARNINGS_MOST))
			continue;
		return end(tls, rc);
	}
	return TLS_OVER;
}

void tls_bye(struct tls *tls)
{
	if (tls->seen.completed)
		gnutls_bye(tls->session, GNUTLS_SHUT_WR);
}

int tls_next_certificate(const struct tls *tls, size_t *at, const unsigned char **der, size_t *der_len)
{
	return seen_next_certificate(&tls->seen, at, der, der_len) == 1;
}

void tls_tell(const struct tls *tls, enum outcome given_up, struct observation *observation)
{
	seen_tell(&tls->seen, given_up, observation);
}
