/* SPDX-License-Identifier: MIT */
/* Handshake messages as bytes: the first byte of the input says which. A certificate that is handed
 * out lies inside the message, a reordered ClientHello keeps every byte but its suites, and every
 * outcome has a text that a terminal may see. */
#include "config.h"

#include "base/mem.h"
#include "wire/hello.h"
#include "wire/seen.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void certificates(const uint8_t *data, size_t size, bool tls13)
{
	const unsigned char *der;
	size_t at = 0, der_len, before = 0, steps = 0;

	while (hello_next_certificate(data, size, tls13, &at, &der, &der_len) == 1) {
		if (der < data || der + der_len > data + size || at <= before || ++steps > size)
			abort();
		before = at;
	}
}

static void reorder(const uint8_t *data, size_t size, uint16_t first)
{
	struct suites suites = { { first, 0xc030, 0x009d }, 3 };
	unsigned char *body = mem_copy(data, size);

	if (hello_reorder(body, size, &suites) != 0 && size > 0 && memcmp(body, data, size) != 0)
		abort();
	if (size > 34 && memcmp(body, data, 35) != 0)
		abort();
	free(body);
}

static void tell(const uint8_t *data, size_t size)
{
	struct seen seen = { .alert = size > 1 && data[1] < 128 ? data[1] : -1,
		             .received = size,
		             .tls13 = size > 2 && data[2] % 2 != 0 };
	struct observation observation = { 0 };

	memcpy(seen.first, data, size < sizeof seen.first ? size : sizeof seen.first);
	if (size > 8) {
		seen.message = mem_copy(data + 8, size - 8);
		seen.message_len = size - 8;
	}
	seen_tell(&seen, size > 3 && data[3] % 2 != 0 ? OUTCOME_TIMEOUT : OUTCOME_PENDING,
	          &observation);
	if (observation.outcome == OUTCOME_PENDING ||
	    (observation.outcome == OUTCOME_PRESENTED && seen.message == NULL))
		abort();
	for (const char *p = observation.detail; p != NULL && *p != '\0'; p++)
		if (*p < 0x20 || *p > 0x7e)
			abort();
	observation_clear(&observation);
	free(seen.message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t suite;

	if (size == 0)
		return 0;
	switch (data[0] % 5) {
	case 0:
		certificates(data + 1, size - 1, false);
		break;
	case 1:
		certificates(data + 1, size - 1, true);
		break;
	case 2:
		reorder(data + 1, size - 1, data[0] & 64 ? 0xc02c : 0x1301);
		break;
	case 3:
		hello_server_suite(data + 1, size - 1, &suite);
		break;
	default:
		tell(data + 1, size - 1);
	}
	return 0;
}
