/* SPDX-License-Identifier: MIT */
/* plain: the messages that a TLS 1.2 server sends before anything is encrypted, ServerHello to
 * ServerHelloDone, read from its bytes before the TLS library has them. Knows no TLS library, and
 * gives no opinion: what is odd is for the library to judge. */
#ifndef MRA_WIRE_PLAIN_H
#define MRA_WIRE_PLAIN_H

#include "base/buf.h"

#include <stdbool.h>

enum plain_state {
	PLAIN_MORE,  /* so far so good, the ServerHelloDone has not come */
	PLAIN_WHOLE, /* it has, and nothing behind it */
	PLAIN_OTHER  /* an alert, another order of messages, TLS 1.3, no TLS at all: nothing that
	                this reads */
};

struct plain {
	struct buf bytes;    /* as received, to be handed on */
	struct buf messages; /* handshake messages with their headers, as far as they have come */
	size_t record_at;    /* in bytes: the first record that is not whole yet */
	size_t message_at;   /* in messages */
	unsigned char last;  /* type of the last whole message, 0: none */
	enum plain_state state;
};

struct plain_message {
	unsigned char type;
	const unsigned char *body; /* borrowed */
	size_t len;
};

void plain_init(struct plain *plain);
void plain_clear(struct plain *plain);
/* any number, cut anywhere */
enum plain_state plain_add(struct plain *plain, const void *bytes, size_t len);

/* The next whole message; false: there is none. *at starts at 0. */
bool plain_next(const struct plain *plain, size_t *at, struct plain_message *message);

#endif
