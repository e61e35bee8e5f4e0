/* SPDX-License-Identifier: MIT */
/* The floor: a ClientHello that is always the same, what comes up to the end of the Certificate
 * message, and nothing computed. No client that wants to know whether a handshake can be completed
 * can be as cheap. */
#include "plain.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { HELLO_MOST = 512, INPUT_MOST = 1 << 15 };
enum { RECORD_HEAD = 5, MESSAGE_HEAD = 4, CERTIFICATE = 11 };

struct plain {
	int fd;
	unsigned char hello[HELLO_MOST], *input; /* input: owned */
	size_t hello_len, input_len;
	unsigned char *messages; /* owned; what the records hold, one after the other */
	size_t read_at, messages_len;
	size_t chain_len;
};

void plain_setup(void)
{
}

static void put(struct plain *plain, const void *bytes, size_t len)
{
	memcpy(plain->hello + plain->hello_len, bytes, len);
	plain->hello_len += len;
}

static void put_number(struct plain *plain, size_t number)
{
	put(plain, (unsigned char[]){ (unsigned char)(number >> 8), (unsigned char)number }, 2);
}

/* RFC 6066 3 */
static void put_name(struct plain *plain, const char *name)
{
	size_t len = strlen(name);

	put_number(plain, 0);
	put_number(plain, len + 5);
	put_number(plain, len + 3);
	put(plain, "\x00", 1);
	put_number(plain, len);
	put(plain, name, len);
}

/* RFC 5246 7.4.1.2; the groups and formats are RFC 8422 5.1. */
static void put_hello(struct plain *plain, const char *name, bool ecdsa_first)
{
	static const unsigned char random[32] = { 0 };
	static const unsigned char rsa_first[] = { 0xc0, 0x30, 0xc0, 0x2c };
	static const unsigned char other[] = { 0xc0, 0x2c, 0xc0, 0x30 };
	static const unsigned char groups[] = { 0, 10, 0, 8, 0, 6, 0, 23, 0, 24, 0, 25 };
	static const unsigned char rest[] = { 0,  11, 0, 2, 1, 0, 0, 13, 0, 14, 0, 12,
		                              4,  1,  5, 1, 6, 1, 4, 3,  5, 3,  6, 3 };
	size_t extensions = sizeof groups + sizeof rest + (name == NULL ? 0 : strlen(name) + 9);
	size_t body = 2 + sizeof random + 1 + 2 + sizeof rsa_first + 2 + 2 + extensions;

	put(plain, "\x16\x03\x01", 3);
	put_number(plain, body + MESSAGE_HEAD);
	put(plain, "\x01\x00", 2);
	put_number(plain, body);
	put(plain, "\x03\x03", 2);
	put(plain, random, sizeof random);
	put(plain, "\x00", 1);
	put_number(plain, sizeof rsa_first);
	put(plain, ecdsa_first ? other : rsa_first, sizeof rsa_first);
	put(plain, "\x01\x00", 2);
	put_number(plain, extensions);
	if (name != NULL)
		put_name(plain, name);
	put(plain, groups, sizeof groups);
	put(plain, rest, sizeof rest);
}

struct plain *plain_new(int fd, const char *name, bool ecdsa_first)
{
	struct plain *plain = calloc(1, sizeof *plain);

	if (plain == NULL || (name != NULL && strlen(name) > 255))
		exit(2);
	plain->fd = fd;
	plain->input = malloc(INPUT_MOST);
	plain->messages = malloc(INPUT_MOST);
	if (plain->input == NULL || plain->messages == NULL)
		exit(2);
	put_hello(plain, name, ecdsa_first);
	return plain;
}

static void unwrap(struct plain *plain)
{
	while (plain->input_len - plain->read_at >= RECORD_HEAD) {
		const unsigned char *record = plain->input + plain->read_at;
		size_t len = (size_t)record[3] << 8 | record[4];

		if (plain->input_len - plain->read_at < RECORD_HEAD + len)
			return;
		memcpy(plain->messages + plain->messages_len, record + RECORD_HEAD, len);
		plain->messages_len += len;
		plain->read_at += RECORD_HEAD + len;
	}
}

static bool has_certificate(struct plain *plain)
{
	for (size_t at = 0; at + MESSAGE_HEAD <= plain->messages_len;) {
		const unsigned char *message = plain->messages + at;
		size_t len = (size_t)message[1] << 16 | (size_t)message[2] << 8 | message[3];

		if (at + MESSAGE_HEAD + len > plain->messages_len)
			return false;
		if (message[0] == CERTIFICATE) {
			plain->chain_len = len;
			return true;
		}
		at += MESSAGE_HEAD + len;
	}
	return false;
}

enum plain_want plain_step(struct plain *plain)
{
	ssize_t got;

	if (plain->hello_len > 0) {
		if (send(plain->fd, plain->hello, plain->hello_len, MSG_NOSIGNAL) !=
		    (ssize_t)plain->hello_len)
			return PLAIN_FAILED;
		plain->hello_len = 0;
	}
	while (plain->input_len < INPUT_MOST &&
	       (got = recv(plain->fd, plain->input + plain->input_len,
	                   INPUT_MOST - plain->input_len, 0)) > 0) {
		plain->input_len += (size_t)got;
		unwrap(plain);
		if (has_certificate(plain))
			return PLAIN_DONE;
	}
	return plain->input_len < INPUT_MOST && got < 0 && errno == EAGAIN ? PLAIN_READ : PLAIN_FAILED;
}

size_t plain_chain_len(const struct plain *plain)
{
	return plain->chain_len;
}

void plain_free(struct plain *plain)
{
	free(plain->input);
	free(plain->messages);
	free(plain);
}
