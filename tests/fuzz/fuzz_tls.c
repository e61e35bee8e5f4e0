/* SPDX-License-Identifier: MIT */
/* The messages of a TLS 1.2 server that holds the keys: the input says what it sends, and the key
 * exchange is signed by the certificate's key all the same, so that the client computes with it. No
 * crash, every outcome has a harmless text, and a signature that was damaged is never taken for a
 * server's answer. */
#include "config.h"

#include "advise/order.h"
#include "pki/decode.h"
#include "wire/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***words);

enum {
	RANDOM = 32,
	MESSAGE_MOST = 16000,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	CERTIFICATE = 11,
	KEY_EXCHANGE = 12,
	CERTIFICATE_REQUEST = 13,
	HELLO_DONE = 14
};
enum flag {
	FLAG_EC_KEY = 1,
	FLAG_DHE = 2,
	FLAG_REQUEST = 4,
	FLAG_DAMAGED = 8,
	FLAG_UNSIGNED = 16,
	FLAG_MORE = 32,
	FLAG_STATIC = 64,
	FLAG_RECORDS = 128
};

static struct tls_kit *kit;
static struct server_key { /* of RSA and of P-256 */
	gnutls_privkey_t key;
	gnutls_datum_t cert;
} keys[2];

struct message { /* what goes out: one record, or several */
	unsigned char bytes[MESSAGE_MOST];
	size_t len;
};

static void put(struct message *out, const void *bytes, size_t len)
{
	if (len > sizeof out->bytes - out->len)
		len = sizeof out->bytes - out->len;
	if (len > 0)
		memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
}

static void put_number(struct message *out, size_t number, unsigned octets)
{
	while (octets-- > 0) {
		unsigned char byte = (unsigned char)(number >> 8 * octets);

		put(out, &byte, 1);
	}
}

/* The input in pieces, each behind two octets of length. */
static gnutls_datum_t piece(const uint8_t **data, size_t *size)
{
	gnutls_datum_t out = { NULL, 0 };
	size_t len;

	if (*size < 2)
		return out;
	len = (size_t)(*data)[0] << 8 | (*data)[1];
	*data += 2;
	*size -= 2;
	if (len > *size)
		len = *size;
	out = (gnutls_datum_t){ (unsigned char *)(uintptr_t)*data, (unsigned)len };
	*data += len;
	*size -= len;
	return out;
}

static void put_message(struct message *out, unsigned type, const struct message *body)
{
	put_number(out, 22, 1);
	put_number(out, 0x0303, 2);
	put_number(out, body->len + 4, 2);
	put_number(out, type, 1);
	put_number(out, body->len, 3);
	put(out, body->bytes, body->len);
}

static void server_hello(struct message *out, unsigned flags, const unsigned char *random,
                         gnutls_datum_t extensions)
{
	static const unsigned suites[] = {
		0xc02f, 0xc02b, 0x009e, 0x00a2
	}; /* ECDHE with RSA, with ECDSA, DHE with RSA, with DSS */
	struct message body = { .len = 0 };

	put_number(&body, 0x0303, 2);
	put(&body, random, RANDOM);
	put_number(&body, 0, 1);
	put_number(&body,
	           (flags & FLAG_STATIC) != 0 ? 0x009c : suites[flags & (FLAG_EC_KEY | FLAG_DHE)],
	           2);
	put_number(&body, 0, 1);
	if (extensions.size > 0) {
		put_number(&body, extensions.size, 2);
		put(&body, extensions.data, extensions.size);
	}
	put_message(out, SERVER_HELLO, &body);
}

static void certificates(struct message *out, const struct server_key *own, gnutls_datum_t other)
{
	struct message body = { .len = 0 };

	put_number(&body, own->cert.size + 3 + (other.size > 0 ? other.size + 3 : 0), 3);
	put_number(&body, own->cert.size, 3);
	put(&body, own->cert.data, own->cert.size);
	if (other.size > 0) {
		put_number(&body, other.size, 3);
		put(&body, other.data, other.size);
	}
	put_message(out, CERTIFICATE, &body);
}

/* Signs client random, server random and the parameters (RFC 5246 7.4.3, RFC 8422 5.4). */
static void key_exchange(struct message *out, const struct server_key *own, unsigned flags,
                         const unsigned char *randoms, gnutls_datum_t parameters)
{
	static const unsigned char ec[] = { 4, 3 }, rsa[] = { 4, 1 };
	struct message body = { .len = 0 }, input = { .len = 0 };
	gnutls_datum_t text, signature = { NULL, 0 };

	put(&input, randoms, 2 * RANDOM);
	put(&input, parameters.data, parameters.size);
	text = (gnutls_datum_t){ input.bytes, (unsigned)input.len };
	if (gnutls_privkey_sign_data(own->key, GNUTLS_DIG_SHA256, 0, &text, &signature) < 0)
		abort();
	if ((flags & FLAG_DAMAGED) != 0)
		signature.data[signature.size - 1] ^= 1;
	put(&body, parameters.data, parameters.size);
	if ((flags & FLAG_UNSIGNED) == 0) {
		put(&body, (flags & FLAG_EC_KEY) != 0 ? ec : rsa, 2);
		put_number(&body, signature.size, 2);
		put(&body, signature.data, signature.size);
	}
	gnutls_free(signature.data);
	put_message(out, KEY_EXCHANGE, &body);
}

/* Everything up to ServerHelloDone, and what the input has behind it. */
static void answer(struct message *out, unsigned flags, const unsigned char *client_random,
                   const uint8_t *data, size_t size)
{
	const struct server_key *own = &keys[flags & FLAG_EC_KEY];
	gnutls_datum_t extensions = piece(&data, &size), parameters = piece(&data, &size),
		       request = piece(&data, &size);
	gnutls_datum_t other = piece(&data, &size);
	unsigned char randoms[2 * RANDOM];
	struct message body = { .len = 0 };

	memcpy(randoms, client_random, RANDOM);
	memset(randoms + RANDOM, 7, RANDOM);
	server_hello(out, flags, randoms + RANDOM, extensions);
	certificates(out, own, other);
	if ((flags & FLAG_STATIC) == 0)
		key_exchange(out, own, flags, randoms, parameters);
	if ((flags & FLAG_REQUEST) != 0) {
		put(&body, request.data, request.size);
		put_message(out, CERTIFICATE_REQUEST, &body);
	}
	body.len = 0;
	put_message(out, HELLO_DONE, &body);
	if ((flags & FLAG_MORE) != 0)
		put(out, data, size);
}

static void check(const struct tls *tls, unsigned flags, bool over)
{
	struct observation told = { 0 };
	const unsigned char *der;
	size_t at = 0, len, count = 0;

	tls_tell(tls, over ? OUTCOME_PENDING : OUTCOME_STOPPED, &told);
	if (told.outcome == OUTCOME_PENDING)
		abort();
	if ((flags & (FLAG_DAMAGED | FLAG_UNSIGNED)) != 0 && (flags & FLAG_STATIC) == 0 &&
	    told.reached >= REACHED_KEY_EXCHANGE)
		abort();
	for (const char *p = told.detail; p != NULL && *p != '\0'; p++)
		if (*p < 0x20 || *p > 0x7e)
			abort();
	while (tls_next_certificate(tls, &at, &der, &len) == 1)
		if (++count > MESSAGE_MOST)
			abort();
	tls_authorities(tls, &len);
	observation_clear(&told);
}

static void handshake(const uint8_t *data, size_t size)
{
	struct suites suites;
	struct tls_offer offer = { OFFERED_TLS12, &suites, ORDER_RSA_FIRST, false };
	unsigned char hello[4096];
	struct message out = { .len = 0 };
	struct tls *tls;
	unsigned flags = data[0];
	bool over;
	int ends[2];

	order_offered(NULL, ORDER_RSA_FIRST, &suites);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
		abort();
	tls = tls_new(kit, &offer, NULL, ends[0]);
	if (tls == NULL || tls_step(tls) != TLS_WANT_READ ||
	    recv(ends[1], hello, sizeof hello, 0) < 11 + RANDOM)
		abort();
	answer(&out, flags, hello + 11, data + 1, size - 1);
	if (send(ends[1], out.bytes, out.len, MSG_NOSIGNAL) != (ssize_t)out.len)
		abort();
	over = tls_step(tls) == TLS_OVER;
	if (!over &&
	    (flags & FLAG_RECORDS) != 0) { /* it waits for our Finished: whatever comes instead */
		if (send(ends[1], data, size, MSG_NOSIGNAL) < 0)
			abort();
		over = tls_step(tls) == TLS_OVER;
	}
	if (!over) {
		shutdown(ends[1], SHUT_WR);
		over = tls_step(tls) == TLS_OVER;
	}
	check(tls, flags, over);
	tls_bye(tls);
	tls_free(tls);
	close(ends[0]);
	close(ends[1]);
}

static void make_key(struct server_key *own, gnutls_pk_algorithm_t algorithm, unsigned bits)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;

	if (gnutls_x509_privkey_init(&key) < 0 ||
	    gnutls_x509_privkey_generate(key, algorithm, bits, 0) < 0 ||
	    gnutls_x509_crt_init(&crt) < 0 || gnutls_x509_crt_set_version(crt, 3) < 0 ||
	    gnutls_x509_crt_set_key(crt, key) < 0 || gnutls_x509_crt_set_serial(crt, "\1", 1) < 0 ||
	    gnutls_x509_crt_set_dn(crt, "CN=a.example", NULL) < 0 ||
	    gnutls_x509_crt_set_activation_time(crt, time(NULL) - 3600) < 0 ||
	    gnutls_x509_crt_set_expiration_time(crt, time(NULL) + 864000) < 0 ||
	    gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0) < 0 ||
	    gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &own->cert) < 0 ||
	    gnutls_privkey_init(&own->key) < 0 ||
	    gnutls_privkey_import_x509(own->key, key, GNUTLS_PRIVKEY_IMPORT_COPY) < 0)
		abort();
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
	(void)count;
	(void)words;
	make_key(&keys[0], GNUTLS_PK_RSA, 2048);
	make_key(&keys[1], GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1));
	kit = tls_kit_new(decode_may_compute, NULL);
	if (kit == NULL)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 1)
		handshake(data, size);
	return 0;
}
