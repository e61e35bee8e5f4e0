/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/address.h"
#include "wire/dns_parts.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

enum { SERVICES_MOST = 1000 };

/* A short name found in /etc/hosts stands behind its full name there: to c-ares an alias. */
static const char *full_name_of(const char *name, const struct ares_addrinfo *info)
{
	const struct ares_addrinfo_cname *found = info->cnames;

	if (strchr(name, '.') != NULL)
		return name;
	while (found != NULL && (found->name == NULL || strchr(found->name, '.') == NULL ||
	                         !address_text_ok(found->name)))
		found = found->next;
	return found != NULL ? found->name : name;
}

static void on_forward(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
	struct lookup *lookup = arg;
	char *tried = lookup->name;

	(void)timeouts;
	lookup->name = NULL;
	for (const struct ares_addrinfo_node *node = info == NULL ? NULL : info->nodes;
	     node != NULL; node = node->ai_next) {
		if (node->ai_family == AF_INET)
			iplist_add(&lookup->ips, AF_INET,
			           &((const struct sockaddr_in *)(const void *)node->ai_addr)
			                    ->sin_addr);
		else if (node->ai_family == AF_INET6)
			iplist_add(&lookup->ips, AF_INET6,
			           &((const struct sockaddr_in6 *)(const void *)node->ai_addr)
			                    ->sin6_addr);
	}
	iplist_sort(&lookup->ips);
	if (status == ARES_SUCCESS && lookup->ips.count > 0)
		lookup->name = mem_strdup(full_name_of(tried, info));
	free(tried);
	if (info != NULL)
		ares_freeaddrinfo(info);
	dns_lookup_end(lookup,
	               status == ARES_SUCCESS && lookup->ips.count == 0 ? ARES_ENODATA : status);
}

static void on_reverse(void *arg, int status, int timeouts, struct hostent *host)
{
	struct lookup *lookup = arg;

	(void)timeouts;
	free(lookup->name);
	lookup->name = NULL;
	if (status == ARES_SUCCESS && host != NULL && host->h_name != NULL &&
	    address_text_ok(host->h_name))
		lookup->name = mem_strdup(host->h_name);
	dns_lookup_end(lookup,
	               status == ARES_SUCCESS && lookup->name == NULL ? ARES_EBADNAME : status);
}

static void add_service(struct lookup *lookup, const struct ares_srv_reply *reply)
{
	if (lookup->service_count == SERVICES_MOST)
		return;
	lookup->services =
		mem_grow(lookup->services, lookup->service_count, sizeof *lookup->services);
	lookup->services[lookup->service_count++] =
		(struct dns_service){ mem_strdup(reply->host), reply->port, reply->priority,
		                      reply->weight };
}

/* RFC 2782: the lowest priority first. Within one the heavier is drawn more often: it comes first
 * here, and equals by name, so that the same records always give the same report. */
static int by_preference(const void *left, const void *right)
{
	const struct dns_service *a = left, *b = right;

	return COMPARE(a->priority, b->priority)
	       ?: COMPARE(b->weight, a->weight)
	       ?: strcmp(a->target, b->target)
	       ?: COMPARE(a->port, b->port);
}

static void on_service(void *arg, int status, int timeouts, unsigned char *bytes, int len)
{
	struct lookup *lookup = arg;
	struct ares_srv_reply *replies = NULL;

	(void)timeouts;
	if (status == ARES_SUCCESS)
		status = ares_parse_srv_reply(bytes, len, &replies);
	for (const struct ares_srv_reply *reply = replies; reply != NULL; reply = reply->next)
		add_service(lookup, reply);
	if (replies != NULL)
		ares_free_data(replies);
	mem_sort(lookup->services, lookup->service_count, sizeof *lookup->services, by_preference);
	dns_lookup_end(lookup, status == ARES_SUCCESS && lookup->service_count == 0 ? ARES_ENODATA
	                                                                            : status);
}

static void start_forward(struct dns *dns, struct lookup *lookup)
{
	struct ares_addrinfo_hints hints = {
		.ai_flags = ARES_AI_NOSORT | ARES_AI_CANONNAME,
		.ai_family = dns->ipv4 && dns->ipv6 ? AF_UNSPEC : dns->ipv6 ? AF_INET6 : AF_INET,
		.ai_socktype = SOCK_STREAM,
	};

	ares_getaddrinfo(dns->channel, lookup->name, NULL, &hints, on_forward, lookup);
}

static void start_reverse(struct dns *dns, struct lookup *lookup)
{
	unsigned char raw[16];
	bool v6 = strchr(lookup->name, ':') != NULL;

	inet_pton(v6 ? AF_INET6 : AF_INET, lookup->name, raw);
	ares_gethostbyaddr(dns->channel, raw, v6 ? 16 : 4, v6 ? AF_INET6 : AF_INET, on_reverse,
	                   lookup);
}

void dns_lookup_start(struct dns *dns, struct lookup *lookup)
{
	switch (lookup->question->kind) {
	case DNS_FORWARD:
		start_forward(dns, lookup);
		break;
	case DNS_REVERSE:
		start_reverse(dns, lookup);
		break;
	case DNS_SERVICE:
		ares_query(dns->channel, lookup->name, ns_c_in, ns_t_srv, on_service, lookup);
		break;
	}
}

void dns_lookup_clear(struct lookup *lookup)
{
	iplist_clear(&lookup->ips);
	for (size_t i = 0; i < lookup->service_count; i++)
		free(lookup->services[i].target);
	free(lookup->services);
	free(lookup->name);
}
