/* SPDX-License-Identifier: MIT */
/* iplist: IPs as texts, and names that have theirs from the user instead of DNS. Knows no
 * resolver. */
#ifndef MRA_WIRE_IPLIST_H
#define MRA_WIRE_IPLIST_H

#include <stddef.h>

struct iplist {
	char **texts; /* owned texts, owned array */
	size_t count;
};

/* AF_INET or AF_INET6, network order; at most 1,000 */
void iplist_add(struct iplist *list, int family, const void *raw);
void iplist_sort(struct iplist *list); /* IPv4 first, each by value, each once */
void iplist_clear(struct iplist *list);

struct fixed {
	char *host; /* owned */
	struct iplist ips;
};

struct fixed_names {
	struct fixed *names; /* owned */
	size_t count;
};

struct fixed *fixed_add(struct fixed_names *fixed, const char *host);
/* NULL: none */
const struct fixed *fixed_by_host(const struct fixed_names *fixed, const char *host);
/* the first that has it */
const struct fixed *fixed_by_ip(const struct fixed_names *fixed, const char *ip);
void fixed_clear(struct fixed_names *fixed);

#endif
