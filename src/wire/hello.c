/* SPDX-License-Identifier: MIT */
/* GnuTLS sorts suites by key exchange first; OpenSSL by strength first, so that a server which
 * follows its client may choose another certificate. GnuTLS hands out the ClientHello before it is
 * hashed and sent, and there it is put right. ARIA, which GnuTLS does not speak, is left out. */
#include "config.h"

#include "wire/hello.h"

#include <string.h>

static unsigned get16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static size_t get24(const unsigned char *p)
{
	return (size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2];
}

static void put16(unsigned char *p, unsigned value)
{
	p[0] = (unsigned char)(value >> 8);
	p[1] = (unsigned char)value;
}

enum { SESSION_ID_AT = 2 + 32 }; /* version, random (RFC 5246 7.4.1.2) */

/* *at moves behind a vector with a length in one byte; false: it does not end within len. */
static bool skip_short(const unsigned char *body, size_t len, size_t *at)
{
	if (*at >= len || len - *at - 1 < body[*at])
		return false;
	*at += 1u + body[*at];
	return true;
}

/* Where a ClientHello's list of suites is: behind the session id. Of none there is no list. */
static unsigned char *find_suites(unsigned char *body, size_t len, size_t *count)
{
	size_t at = SESSION_ID_AT, list_len;

	if (!skip_short(body, len, &at) || len - at < 2 + 2)
		return NULL;
	list_len = get16(body + at);
	if (list_len % 2 != 0 || len - at - 2 < list_len)
		return NULL;
	*count = list_len / 2;
	return body + at + 2;
}

static bool list_has(const unsigned char *list, size_t count, unsigned code)
{
	for (size_t i = 0; i < count; i++)
		if (get16(list + 2 * i) == code)
			return true;
	return false;
}

/* Those of TLS 1.3, then the others in their order, as far as the library has put them into its
 * list. That it builds from kinds of key exchange, cipher and MAC, which also gives combinations
 * nobody asked for. */
static size_t in_order(const unsigned char *list, size_t count, const struct suites *suites,
                       uint16_t wanted[SUITE_COUNT + SUITE13_COUNT])
{
	size_t n = 0;

	for (size_t i = 0; i < SUITE13_COUNT; i++)
		if (list_has(list, count, suite13_codes[i]))
			wanted[n++] = suite13_codes[i];
	for (size_t i = 0; i < suites->count; i++)
		if (list_has(list, count, suites->codes[i]))
			wanted[n++] = suites->codes[i];
	return n;
}

int hello_reorder(unsigned char *body, size_t len, const struct suites *suites)
{
	static const unsigned scsv = 0x00ff; /* RFC 5746 3.3 */
	uint16_t wanted[SUITE_COUNT + SUITE13_COUNT];
	size_t count = 0, n, grease = 0;
	unsigned char *list = find_suites(body, len, &count);
	bool has_scsv;

	if (list == NULL)
		return -1;
	has_scsv = list_has(list, count, scsv);
	n = in_order(list, count, suites, wanted);
	if (n == 0 || n + has_scsv > count)
		return -1;
	for (size_t i = 0; i < n; i++)
		put16(list + 2 * i, wanted[i]);
	if (has_scsv)
		put16(list + 2 * n++, scsv);
	for (; n < count; n++, grease++)
		put16(list + 2 * n, (unsigned)(0x0a0a + 0x1010 * (grease % 16)));
	return 0;
}

int hello_server_suite(const unsigned char *body, size_t len, uint16_t *suite)
{
	size_t at = SESSION_ID_AT;

	if (!skip_short(body, len, &at) || len - at < 2)
		return -1;
	*suite = (uint16_t)get16(body + at);
	return 0;
}

/* A vector with a length in two bytes; *at moves behind it. */
static bool take_vector(const unsigned char *body, size_t len, size_t *at,
                        const unsigned char **bytes, size_t *size)
{
	if (len - *at < 2 || len - *at - 2 < get16(body + *at))
		return false;
	*bytes = body + *at + 2;
	*size = get16(body + *at);
	*at += 2 + *size;
	return true;
}

/* Searches extensions (RFC 8446 4.2), the vector as it stands at *at. 1: found, 0: not there, -1:
 * malformed. */
static int find_extension(const unsigned char *body, size_t len, size_t at, unsigned type,
                          const unsigned char **bytes, size_t *size)
{
	const unsigned char *list;
	size_t list_len, in = 0;

	if (!take_vector(body, len, &at, &list, &list_len))
		return -1;
	while (in < list_len) {
		unsigned found;

		if (list_len - in < 2 + 2) /* type, length */
			return -1;
		found = get16(list + in);
		in += 2;
		if (!take_vector(list, list_len, &in, bytes, size))
			return -1;
		if (found == type)
			return 1;
	}
	return 0;
}

bool hello_server_tls13(const unsigned char *body, size_t len)
{
	static const unsigned supported_versions = 43;
	const unsigned char *version;
	size_t at = SESSION_ID_AT, size;

	if (!skip_short(body, len, &at) || len - at < 3)
		return false;
	at += 3; /* suite, compression method */
	return find_extension(body, len, at, supported_versions, &version, &size) == 1 &&
	       size == 2 && get16(version) == 0x0304;
}

static int authorities_tls13(const unsigned char *body, size_t len, const unsigned char **names,
                             size_t *names_len)
{
	static const unsigned certificate_authorities = 47;
	const unsigned char *content;
	size_t size, at = 0;
	int rc;

	if (!skip_short(body, len, &at))
		return -1;
	rc = find_extension(body, len, at, certificate_authorities, &content, &size);
	if (rc != 1)
		return rc;
	at = 0;
	return take_vector(content, size, &at, names, names_len) && at == size ? 0 : -1;
}

/* TLS 1.2: certificate_types, supported_signature_algorithms, certificate_authorities (RFC
 * 5246 7.4.4). */
int hello_authorities(const unsigned char *body, size_t len, bool tls13,
                      const unsigned char **names, size_t *names_len)
{
	size_t at = 0;

	*names = NULL;
	*names_len = 0;
	if (tls13)
		return authorities_tls13(body, len, names, names_len);
	if (!skip_short(body, len, &at) || !take_vector(body, len, &at, names, names_len))
		return -1;
	return take_vector(body, len, &at, names, names_len) && at == len ? 0 : -1;
}

bool hello_dh_bits(uint16_t code, const unsigned char *body, size_t len, size_t *bits)
{
	const struct suite *suite = suite_find(code);
	const unsigned char *prime;
	size_t at = 0, size;

	if (suite == NULL || suite->kx != SUITE_KX_DHE ||
	    !take_vector(body, len, &at, &prime, &size))
		return false;
	for (; size > 0 && *prime == 0; size--)
		prime++;
	*bits = size == 0 ? 0 : 8 * (size - 1);
	for (unsigned top = size == 0 ? 0 : *prime; top != 0; top >>= 1)
		(*bits)++;
	return true;
}

/* Before the first one: TLS 1.3 has a context in front (RFC 8446 4.4.2), then the list's length is
 * as long as the rest. */
static int enter_list(const unsigned char *body, size_t len, bool tls13, size_t *at)
{
	size_t skip = 0;

	if (tls13 && !skip_short(body, len, &skip))
		return -1;
	if (len - skip < 3 || get24(body + skip) != len - skip - 3)
		return -1;
	*at = skip + 3;
	return 0;
}

int hello_next_certificate(const unsigned char *body, size_t len, bool tls13, size_t *at,
                           const unsigned char **der, size_t *der_len)
{
	if (*at == 0 && enter_list(body, len, tls13, at) != 0)
		return -1;
	if (*at == len)
		return 0;
	if (len - *at < 3 || len - *at - 3 < get24(body + *at))
		return -1;
	*der = body + *at + 3;
	*der_len = get24(body + *at);
	*at += 3 + *der_len;
	if (tls13) {
		if (len - *at < 2 || len - *at - 2 < get16(body + *at))
			return -1;
		*at += 2 + get16(body + *at);
	}
	return 1;
}
