/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "wire/iplist.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { IPS_MOST = 1000 };

void iplist_add(struct iplist *list, int family, const void *raw)
{
	char text[INET6_ADDRSTRLEN];

	if (list->count == IPS_MOST || inet_ntop(family, raw, text, sizeof text) == NULL)
		return;
	list->texts = mem_grow(list->texts, list->count, sizeof *list->texts);
	list->texts[list->count++] = mem_strdup(text);
}

static int compare(const void *a, const void *b)
{
	const char *one = *(char *const *)a, *other = *(char *const *)b;
	unsigned char raw[2][sizeof(struct in6_addr)];
	bool v6 = strchr(one, ':') != NULL, other_v6 = strchr(other, ':') != NULL;

	if (v6 != other_v6)
		return v6 - other_v6;
	inet_pton(v6 ? AF_INET6 : AF_INET, one, raw[0]);
	inet_pton(v6 ? AF_INET6 : AF_INET, other, raw[1]);
	return memcmp(raw[0], raw[1], v6 ? sizeof(struct in6_addr) : sizeof(struct in_addr));
}

/* DNS servers shuffle, reports should not. */
void iplist_sort(struct iplist *list)
{
	size_t kept = 0;

	mem_sort(list->texts, list->count, sizeof *list->texts, compare);
	for (size_t i = 0; i < list->count; i++) {
		if (kept > 0 && strcmp(list->texts[kept - 1], list->texts[i]) == 0)
			free(list->texts[i]);
		else
			list->texts[kept++] = list->texts[i];
	}
	list->count = kept;
}

void iplist_clear(struct iplist *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->texts[i]);
	free(list->texts);
	list->texts = NULL;
	list->count = 0;
}

struct fixed *fixed_add(struct fixed_names *fixed, const char *host)
{
	struct fixed *name;

	fixed->names = mem_grow(fixed->names, fixed->count, sizeof *fixed->names);
	name = &fixed->names[fixed->count++];
	*name = (struct fixed){ .host = mem_strdup(host) };
	return name;
}

const struct fixed *fixed_by_host(const struct fixed_names *fixed, const char *host)
{
	for (size_t i = 0; i < fixed->count; i++)
		if (strcasecmp(fixed->names[i].host, host) == 0)
			return &fixed->names[i];
	return NULL;
}

const struct fixed *fixed_by_ip(const struct fixed_names *fixed, const char *ip)
{
	for (size_t i = 0; i < fixed->count; i++)
		for (size_t j = 0; j < fixed->names[i].ips.count; j++)
			if (strcmp(fixed->names[i].ips.texts[j], ip) == 0)
				return &fixed->names[i];
	return NULL;
}

void fixed_clear(struct fixed_names *fixed)
{
	for (size_t i = 0; i < fixed->count; i++) {
		iplist_clear(&fixed->names[i].ips);
		free(fixed->names[i].host);
	}
	free(fixed->names);
}
