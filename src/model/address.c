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

	if (inet_pton(family, text, raw) != 1 ||
	    inet_ntop(family, raw, canonical, sizeof canonical) == NULL)
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

static bool has_space(const char *text)
{
	for (; *text != '\0'; text++)
		if (isspace((unsigned char)*text))
			return true;
	return false;
}

/* "host:8443" and "[::1]:8443": something usable, and digits behind the last colon. */
static bool has_port(const char *text)
{
	const char *colon = strrchr(text, ':');

	return colon != NULL && colon > text && colon[1] != '\0' &&
	       colon[1 + strspn(colon + 1, "0123456789")] == '\0' &&
	       (strchr(text, ':') == colon || colon[-1] == ']');
}

const char *address_text_problem(const char *text)
{
	if (address_text_ok(text))
		return NULL;
	if (*text == '\0')
		return "it is empty";
	if (strstr(text, "://") != NULL)
		return "it is a URL";
	if (has_port(text))
		return "it has a port";
	if (has_space(text))
		return "it holds a space";
	if (strlen(text) > NAME_MOST)
		return "it is longer than 253 characters";
	if (*text == '-')
		return "it begins with a hyphen";
	if (text[strspn(text,
	                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")] !=
	    '\0')
		return "it holds characters that no host name has";
	return "one of its labels is empty or longer than 63 characters";
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
