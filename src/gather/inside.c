/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "gather/inside.h"
#include "model/address.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { V4_NETWORK_BITS = 16, V6_NETWORK_BITS = 48, V4_IN_V6 = 12 };

/* --- names ------------------------------------------------------------------------------------ */

/* The length without the root's dot, which makes no difference. */
static size_t length(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && name[len - 1] == '.' ? len - 1 : len;
}

static void add(struct names *names, const char *name)
{
	char *text = mem_strndup(name, length(name));

	if (*text != '\0')
		names_add(names, text);
	free(text);
}

void inside_add_name(struct inside *inside, const char *name)
{
	add(&inside->names, name);
}

void inside_add_domain(struct inside *inside, const char *domain)
{
	add(&inside->domains, domain);
}

void inside_add_publisher(struct inside *inside, const char *host)
{
	char *ip = address_canonical_ip(host);
	const char *parent;

	if (ip != NULL) {
		inside_add_network(inside, ip);
		free(ip);
		return;
	}
	inside_add_name(inside, host);
	parent = strchr(host, '.');
	if (parent != NULL && memchr(parent + 1, '.', length(parent + 1)) != NULL)
		inside_add_domain(inside, parent + 1);
}

static bool is_below(const char *name, size_t len, const char *domain)
{
	size_t domain_len = strlen(domain);

	return len > domain_len && name[len - domain_len - 1] == '.' &&
	       strncasecmp(name + len - domain_len, domain, domain_len) == 0;
}

bool inside_has_name(const struct inside *inside, const char *name)
{
	size_t len = length(name);

	for (size_t i = 0; i < inside->names.count; i++)
		if (strlen(inside->names.items[i]) == len &&
		    strncasecmp(inside->names.items[i], name, len) == 0)
			return true;
	for (size_t i = 0; i < inside->domains.count; i++)
		if (is_below(name, len, inside->domains.items[i]))
			return true;
	return false;
}

/* --- IPs -------------------------------------------------------------------------------------- */

struct ip {
	unsigned char raw[16];
	size_t bits; /* 32 or 128; 0: none */
};

/* ::ffff:192.0.2.1 is 192.0.2.1 (RFC 4291, section 2.5.5.2): the kernel connects to that. */
static struct ip read_ip(const char *text)
{
	static const unsigned char mapped[V4_IN_V6] = { [10] = 0xff, [11] = 0xff };
	struct ip ip = { { 0 }, 0 };

	if (inet_pton(AF_INET, text, ip.raw) == 1)
		ip.bits = 32;
	else if (inet_pton(AF_INET6, text, ip.raw) == 1)
		ip.bits = 128;
	if (ip.bits == 128 && memcmp(ip.raw, mapped, sizeof mapped) == 0) {
		memmove(ip.raw, ip.raw + V4_IN_V6, 4);
		ip.bits = 32;
	}
	return ip;
}

static bool same_network(const struct ip *a, const struct ip *b, size_t bits)
{
	size_t bytes = bits / 8, rest = bits % 8;

	if (a->bits != b->bits || memcmp(a->raw, b->raw, bytes) != 0)
		return false;
	return rest == 0 || (a->raw[bytes] ^ b->raw[bytes]) >> (8 - rest) == 0;
}

static bool is_private(const struct ip *ip)
{
	static const struct {
		const char *network;
		size_t bits;
	} rows[] = {
		{ "10.0.0.0", 8 },    { "172.16.0.0", 12 }, { "192.168.0.0", 16 }, /* RFC 1918 */
		{ "100.64.0.0", 10 }, /* RFC 6598: behind a carrier's NAT */
		{ "127.0.0.0", 8 },   { "::1", 128 },       { "169.254.0.0", 16 },
		{ "fe80::", 10 },     { "fc00::", 7 }, /* RFC 4193 */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ip network = read_ip(rows[i].network);

		if (same_network(ip, &network, rows[i].bits))
			return true;
	}
	return false;
}

void inside_add_ip(struct inside *inside, const char *ip)
{
	names_add(&inside->ips, ip);
}

void inside_add_network(struct inside *inside, const char *ip)
{
	names_add(&inside->networks, ip);
}

bool inside_has_ip(const struct inside *inside, const char *text)
{
	struct ip ip = read_ip(text);

	if (ip.bits == 0)
		return false;
	if (is_private(&ip) || names_has(&inside->ips, text))
		return true;
	for (size_t i = 0; i < inside->networks.count; i++) {
		struct ip known = read_ip(inside->networks.items[i]);

		if (same_network(&ip, &known, ip.bits == 32 ? V4_NETWORK_BITS : V6_NETWORK_BITS))
			return true;
	}
	return false;
}

bool inside_has(const struct inside *inside, const char *address, const char *full_name,
                char *const *ips, size_t ip_count)
{
	if (inside_has_name(inside, address) ||
	    (full_name != NULL && inside_has_name(inside, full_name)))
		return true;
	for (size_t i = 0; i < ip_count; i++)
		if (!inside_has_ip(inside, ips[i]))
			return false;
	return ip_count > 0 || inside_has_ip(inside, address);
}

void inside_clear(struct inside *inside)
{
	names_clear(&inside->names);
	names_clear(&inside->domains);
	names_clear(&inside->ips);
	names_clear(&inside->networks);
}
