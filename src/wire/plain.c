/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "wire/plain.h"

#include <string.h>

/* RFC 5246 6.2.1 and 7.4 */
enum { RECORD_HANDSHAKE = 22, RECORD_HEADER = 5, RECORD_MOST = 1 << 14, MESSAGE_HEADER = 4 };
enum {
	SERVER_HELLO = 2,
	CERTIFICATE = 11,
	SERVER_KEY_EXCHANGE = 12,
	CERTIFICATE_REQUEST = 13,
	SERVER_HELLO_DONE = 14,
	CERTIFICATE_STATUS = 22
};
enum {
	BYTES_MOST = 256 << 10
}; /* more than a chain that OpenSSL would take: left to the library */

void plain_init(struct plain *plain)
{
	memset(plain, 0, sizeof *plain);
	buf_init(&plain->bytes);
	buf_init(&plain->messages);
}

void plain_clear(struct plain *plain)
{
	buf_clear(&plain->bytes);
	buf_clear(&plain->messages);
}

/* The order of RFC 5246 7.3, with the CertificateStatus of RFC 6066 8. */
static bool may_follow(unsigned char last, unsigned char type)
{
	switch (type) {
	case SERVER_HELLO:
		return last == 0;
	case CERTIFICATE:
		return last == SERVER_HELLO;
	case CERTIFICATE_STATUS:
		return last == CERTIFICATE;
	case SERVER_KEY_EXCHANGE:
		return last == CERTIFICATE || last == CERTIFICATE_STATUS;
	case CERTIFICATE_REQUEST:
		return last == CERTIFICATE || last == CERTIFICATE_STATUS ||
		       last == SERVER_KEY_EXCHANGE;
	case SERVER_HELLO_DONE:
		return last != 0 && last != SERVER_HELLO && last != SERVER_HELLO_DONE;
	default:
		return false;
	}
}

bool plain_next(const struct plain *plain, size_t *at, struct plain_message *message)
{
	const unsigned char *bytes = (const unsigned char *)plain->messages.data + *at;
	size_t left = plain->messages.len - *at, len;

	if (left < MESSAGE_HEADER)
		return false;
	len = (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
	if (len > left - MESSAGE_HEADER)
		return false;
	*message = (struct plain_message){ bytes[0], bytes + MESSAGE_HEADER, len };
	*at += MESSAGE_HEADER + len;
	return true;
}

/* The records that have come whole, into messages; false: one is of another kind. */
static bool take_records(struct plain *plain)
{
	while (plain->bytes.len - plain->record_at >= RECORD_HEADER) {
		const unsigned char *header =
			(const unsigned char *)plain->bytes.data + plain->record_at;
		size_t len = (size_t)header[3] << 8 | header[4];

		if (header[0] != RECORD_HANDSHAKE || header[1] != 3 || len == 0 ||
		    len > RECORD_MOST)
			return false;
		if (len > plain->bytes.len - plain->record_at - RECORD_HEADER)
			return true;
		buf_add(&plain->messages, header + RECORD_HEADER, len);
		plain->record_at += RECORD_HEADER + len;
	}
	return true;
}

static bool take_messages(struct plain *plain)
{
	struct plain_message message;

	while (plain_next(plain, &plain->message_at, &message)) {
		if (!may_follow(plain->last, message.type))
			return false;
		plain->last = message.type;
	}
	return true;
}

enum plain_state plain_add(struct plain *plain, const void *bytes, size_t len)
{
	buf_add(&plain->bytes, bytes, len);
	if (plain->state != PLAIN_MORE)
		return plain->state = PLAIN_OTHER; /* bytes behind the end */
	if (plain->bytes.len > BYTES_MOST || !take_records(plain) || !take_messages(plain))
		plain->state = PLAIN_OTHER;
	else if (plain->last == SERVER_HELLO_DONE)
		plain->state = plain->record_at == plain->bytes.len &&
		                               plain->message_at == plain->messages.len
		                       ? PLAIN_WHOLE
		                       : PLAIN_OTHER;
	return plain->state;
}
