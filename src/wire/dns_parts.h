/* SPDX-License-Identifier: MIT */
/* dns_parts: questions, and the lookups that each consists of. Knows no nodes; for dns.c and
 * dns_lookup.c alone. */
#ifndef MRA_WIRE_DNS_PARTS_H
#define MRA_WIRE_DNS_PARTS_H

#include "wire/dns.h"
#include "wire/dns_channel.h"
#include "wire/iplist.h"

enum { SEARCH_MOST = 16, CANDIDATES_MOST = SEARCH_MOST + 1 };

enum dns_kind { DNS_FORWARD, DNS_REVERSE, DNS_SERVICE };

struct lookup {
	struct question *question; /* borrowed */
	char *name;                /* owned; as it was found */
	struct iplist ips;
	struct dns_service *services; /* owned array, owned targets */
	size_t service_count;
	int status;                /* of c-ares */
	bool over;
};

struct question {
	struct dns *dns;   /* borrowed */
	enum dns_kind kind;
	dns_fn *fn;        /* NULL once answered */
	void *arg;
	int64_t asked_ms;
	struct lookup lookups[CANDIDATES_MOST];
	size_t lookup_count, over_count;
	struct question *next, *previous;
};

struct dns {
	struct loop *loop; /* borrowed */
	ares_channel channel;
	unsigned timeout_ms;
	bool ipv4, ipv6, closing;
	char *search[SEARCH_MOST]; /* owned */
	size_t search_count;
	struct fixed_names fixed;
	struct question *open;     /* asked, not yet freed */
	struct question *queue, *queue_end;
	size_t lookups_open;
	/* by kind: lookups that some server answered, that none did */
	size_t answers[DNS_SERVICE + 1], silences[DNS_SERVICE + 1];
};

/* Starts one of the question's lookups; dns_lookup_end() may be called before this returns. */
void dns_lookup_start(struct dns *dns, struct lookup *lookup);

/* dns.c's: the lookup has ended, with a status of c-ares; when it was the question's last one, both
 * are freed. */
void dns_lookup_end(struct lookup *lookup, int status);
void dns_lookup_clear(struct lookup *lookup);

#endif
