/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MOST = 63, NAME_MOST = 253 };

char *address_canonical_ip(const char *text)
{
	unsigned char raw[sizeof(struct in6_addr)];
	char canonical[INET6_ADDRSTRLEN];
	int family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;

	if (inet_pton(family, text, raw) != 1 || inet_ntop(family, raw, canonical, sizeof canonical) == NULL)
		return NULL;
	return mem_strdup(canonical);
}

static bool is_ip(const char *text, int family)
{
	unsigned char raw[sizeof(struct in6_addr)];

	return inet_pton(family, text, raw) == 1;
}

enum address_kind address_kind_of(const char *text)
{
	if (is_ip(text, AF_INET))
		return ADDRESS_IPV4;
	if (is_ip(text, AF_INET6))
		return ADDRESS_IPV6;
	return strchr(text, '.') != NULL ? ADDRESS_FQDN : ADDRESS_HOSTNAME;
}

const char *address_kind_name(enum address_kind kind)
{
	static const char *const names[] = { "fqdn", "hostname", "ipv4", "ipv6" };

	return names[kind];
}

bool address_is_ip(const struct address *address)
{
	return address->kind == ADDRESS_IPV4 || address->kind == ADDRESS_IPV6;
}

bool address_text_ok(const char *text)
{
	size_t label = 0, len = strlen(text);

	if (is_ip(text, AF_INET) || is_ip(text, AF_INET6))
		return true;
	if (len == 0 || len > NAME_MOST || *text == '-')
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_') {
			return false;
		} else if (++label > LABEL_MOST) {
			return false;
		}
	}
	return true; /* one trailing dot is a fully qualified name */
}

void address_add_ip(struct address *address, const char *ip)
{
	for (size_t i = 0; i < address->ip_count; i++)
		if (strcmp(address->ips[i], ip) == 0)
			return;
	address->ips = mem_grow(address->ips, address->ip_count, sizeof *address->ips);
	address->ips[address->ip_count++] = mem_strdup(ip);
}

void address_clear(struct address *address)
{
	for (size_t i = 0; i < address->ip_count; i++)
		free(address->ips[i]);
	free(address->ips);
	free(address->text);
	free(address->unresolved);
}
