/* SPDX-License-Identifier: MIT */
/* GnuTLS sorts suites by key exchange first; OpenSSL by strength first, so that a server which follows its client may
 * choose another certificate. GnuTLS hands out the ClientHello before it is hashed and sent, and there it is put right.
 * ARIA, which GnuTLS does not speak, is left out. */
#include "config.h"

#include "wire/hello.h"

#include <string.h>

struct suite {
	uint16_t code;
	const char *name;
};

/* `openssl ciphers -V -stdname` on EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH. */
static const struct suite suites[] = {
	{ 0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
	{ 0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xc0af, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8" },
	{ 0xc0ad, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM" },
	{ 0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc0ae, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8" },
	{ 0xc0ac, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM" },
	{ 0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384" },
	{ 0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384" },
	{ 0xc073, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384" },
	{ 0xc077, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384" },
	{ 0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" },
	{ 0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0xc072, "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0xc076, "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" },
	{ 0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x00a3, "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384" },
	{ 0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xc0a3, "TLS_DHE_RSA_WITH_AES_256_CCM_8" },
	{ 0xc09f, "TLS_DHE_RSA_WITH_AES_256_CCM" },
	{ 0x00a2, "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256" },
	{ 0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc0a2, "TLS_DHE_RSA_WITH_AES_128_CCM_8" },
	{ 0xc09e, "TLS_DHE_RSA_WITH_AES_128_CCM" },
	{ 0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0x006a, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256" },
	{ 0x00c4, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256" },
	{ 0x00c3, "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256" },
	{ 0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x0040, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256" },
	{ 0x00be, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0x00bd, "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0x0088, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x0087, "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA" },
	{ 0x0045, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA" },
	{ 0x0044, "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA" },
	{ 0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xc0a1, "TLS_RSA_WITH_AES_256_CCM_8" },
	{ 0xc09d, "TLS_RSA_WITH_AES_256_CCM" },
	{ 0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc0a0, "TLS_RSA_WITH_AES_128_CCM_8" },
	{ 0xc09c, "TLS_RSA_WITH_AES_128_CCM" },
	{ 0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0x00c0, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256" },
	{ 0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x00ba, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256" },
	{ 0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA" },
	{ 0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA" },
};

static const struct suite suites_tls13[] = {
	{ 0x1302, "TLS_AES_256_GCM_SHA384" },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256" },
	{ 0x1301, "TLS_AES_128_GCM_SHA256" },
};

enum { SUITE_COUNT = sizeof suites / sizeof *suites, SUITE_TLS13_COUNT = sizeof suites_tls13 / sizeof *suites_tls13 };
enum { PREFIX_SUITE = 0xc030 }; /* ECDHE-RSA-AES256-GCM-SHA384, which an upgrade from X14.0 puts in front (FACTS 2) */

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

bool hello_offers(uint16_t suite)
{
	for (size_t i = 0; i < SUITE_COUNT; i++)
		if (suites[i].code == suite)
			return true;
	return false;
}

const char *hello_suite_name(uint16_t suite)
{
	for (size_t i = 0; i < SUITE_COUNT; i++)
		if (suites[i].code == suite)
			return suites[i].name;
	for (size_t i = 0; i < sizeof suites_tls13 / sizeof *suites_tls13; i++)
		if (suites_tls13[i].code == suite)
			return suites_tls13[i].name;
	return NULL;
}

/* Where a ClientHello's list of suites is (RFC 5246 7.4.1.2): version, random, session id, then the list. */
static unsigned char *find_suites(unsigned char *body, size_t len, size_t *count)
{
	size_t at = 2 + 32, list_len;

	if (len < at + 1)
		return NULL;
	at += 1u + body[at];
	if (len < at + 2)
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

/* GnuTLS builds its list from kinds of key exchange, cipher and MAC, which also gives combinations nobody asked for. */
static size_t in_order(const unsigned char *list, size_t count, enum order order, uint16_t wanted[SUITE_COUNT + SUITE_TLS13_COUNT])
{
	size_t n = 0;

	for (size_t i = 0; i < SUITE_TLS13_COUNT; i++)
		if (list_has(list, count, suites_tls13[i].code))
			wanted[n++] = suites_tls13[i].code;
	if (order == ORDER_RSA_FIRST && list_has(list, count, PREFIX_SUITE))
		wanted[n++] = PREFIX_SUITE;
	for (size_t i = 0; i < SUITE_COUNT; i++)
		if (!(order == ORDER_RSA_FIRST && suites[i].code == PREFIX_SUITE) && list_has(list, count, suites[i].code))
			wanted[n++] = suites[i].code;
	return n;
}

int hello_reorder(unsigned char *body, size_t len, enum order order)
{
	static const unsigned scsv = 0x00ff; /* RFC 5746 3.3 */
	uint16_t wanted[SUITE_COUNT + SUITE_TLS13_COUNT];
	size_t count = 0, n, grease = 0;
	unsigned char *list = find_suites(body, len, &count);
	bool has_scsv;

	if (list == NULL)
		return -1;
	has_scsv = list_has(list, count, scsv);
	n = in_order(list, count, order, wanted);
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
	size_t at = 2 + 32;

	if (len < at + 1 || len < at + 1u + body[at] + 2u)
		return -1;
	*suite = (uint16_t)get16(body + at + 1 + body[at]);
	return 0;
}

/* A vector with a length in two bytes; *at moves behind it. */
static bool take_vector(const unsigned char *body, size_t len, size_t *at, const unsigned char **bytes, size_t *size)
{
	if (len - *at < 2 || len - *at - 2 < get16(body + *at))
		return false;
	*bytes = body + *at + 2;
	*size = get16(body + *at);
	*at += 2 + *size;
	return true;
}

/* Searches extensions (RFC 8446 4.2), the vector as it stands at *at. 1: found, 0: not there, -1: malformed. */
static int find_extension(const unsigned char *body, size_t len, size_t at, unsigned type, const unsigned char **bytes,
                          size_t *size)
{
	const unsigned char *list;
	size_t list_len, in = 0;

	if (!take_vector(body, len, &at, &list, &list_len))
		return -1;
	while (in < list_len) {
		unsigned found;

		if (list_len - in < 2)
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
	size_t at = 2 + 32, size;

	if (len < at + 1 || len < at + 1u + body[at] + 3u)
		return false;
	at += 1u + body[at] + 3u; /* session id, suite, compression method */
	return find_extension(body, len, at, supported_versions, &version, &size) == 1 && size == 2 && get16(version) == 0x0304;
}

static int authorities_tls13(const unsigned char *body, size_t len, const unsigned char **names, size_t *names_len)
{
	static const unsigned certificate_authorities = 47;
	const unsigned char *content;
	size_t size, at = 0;
	int rc;

	if (len < 1 || len < 1u + body[0])
		return -1;
	rc = find_extension(body, len, 1u + body[0], certificate_authorities, &content, &size);
	if (rc != 1)
		return rc;
	return take_vector(content, size, &at, names, names_len) && at == size ? 0 : -1;
}

/* TLS 1.2: certificate_types, supported_signature_algorithms, certificate_authorities (RFC 5246 7.4.4). */
int hello_authorities(const unsigned char *body, size_t len, bool tls13, const unsigned char **names, size_t *names_len)
{
	size_t at;

	*names = NULL;
	*names_len = 0;
	if (tls13)
		return authorities_tls13(body, len, names, names_len);
	if (len < 1 || len < 1u + body[0])
		return -1;
	at = 1u + body[0];
	if (!take_vector(body, len, &at, names, names_len))
		return -1;
	return take_vector(body, len, &at, names, names_len) && at == len ? 0 : -1;
}

bool hello_dh_bits(uint16_t suite, const unsigned char *body, size_t len, size_t *bits)
{
	const char *name = hello_suite_name(suite);
	const unsigned char *prime;
	size_t at = 0, size;

	if (name == NULL || strncmp(name, "TLS_DHE_", 8) != 0 || !take_vector(body, len, &at, &prime, &size))
		return false;
	for (; size > 0 && *prime == 0; size--)
		prime++;
	*bits = size == 0 ? 0 : 8 * (size - 1);
	for (unsigned top = size == 0 ? 0 : *prime; top != 0; top >>= 1)
		(*bits)++;
	return true;
}

enum suite_auth hello_suite_auth(uint16_t suite)
{
	const char *name = hello_offers(suite) ? hello_suite_name(suite) : "";

	return strstr(name, "_ECDSA_WITH") != NULL ? SUITE_AUTH_ECDSA : strstr(name, "_RSA_WITH") != NULL ? SUITE_AUTH_RSA :
	       strstr(name, "_DSS_WITH") != NULL ? SUITE_AUTH_DSS : SUITE_AUTH_ANY;
}

/* Before the first one: TLS 1.3 has a context in front (RFC 8446 4.4.2), then the list's length is as long as the rest. */
static int enter_list(const unsigned char *body, size_t len, bool tls13, size_t *at)
{
	size_t skip = 0;

	if (tls13) {
		if (len < 1 || len < 1u + body[0])
			return -1;
		skip = 1u + body[0];
	}
	if (len < skip + 3 || get24(body + skip) != len - skip - 3)
		return -1;
	*at = skip + 3;
	return 0;
}

int hello_next_certificate(const unsigned char *body, size_t len, bool tls13, size_t *at, const unsigned char **der,
                           size_t *der_len)
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

const char *hello_alert_name(int alert)
{
	switch (alert) {
	case 0: return "close_notify";
	case 10: return "unexpected_message";
	case 20: return "bad_record_mac";
	case 21: return "decryption_failed";
	case 22: return "record_overflow";
	case 30: return "decompression_failure";
	case 40: return "handshake_failure";
	case 41: return "no_certificate";
	case 42: return "bad_certificate";
	case 43: return "unsupported_certificate";
	case 44: return "certificate_revoked";
	case 45: return "certificate_expired";
	case 46: return "certificate_unknown";
	case 47: return "illegal_parameter";
	case 48: return "unknown_ca";
	case 49: return "access_denied";
	case 50: return "decode_error";
	case 51: return "decrypt_error";
	case 60: return "export_restriction";
	case 70: return "protocol_version";
	case 71: return "insufficient_security";
	case 80: return "internal_error";
	case 86: return "inappropriate_fallback";
	case 90: return "user_canceled";
	case 100: return "no_renegotiation";
	case 109: return "missing_extension";
	case 110: return "unsupported_extension";
	case 111: return "certificate_unobtainable";
	case 112: return "unrecognized_name";
	case 113: return "bad_certificate_status_response";
	case 114: return "bad_certificate_hash_value";
	case 115: return "unknown_psk_identity";
	case 116: return "certificate_required";
	case 120: return "no_application_protocol";
	default: return "unknown";
	}
}
