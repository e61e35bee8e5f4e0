/* SPDX-License-Identifier: MIT */
/* dns: names to IPs and back, many at once, on a loop. Knows no nodes. Fixed names come first, then
 * /etc/hosts, then DNS. */
#ifndef MRA_WIRE_DNS_H
#define MRA_WIRE_DNS_H

#include "base/fault.h"
#include "base/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dns_how {
	const char *server;        /* "ADDR[:PORT]" or "[v6]:PORT"; NULL: the system's */
	const char *const *search; /* NULL-terminated; NULL: the system's */
	bool ipv4, ipv6;
	unsigned timeout_ms;       /* per question */
};

struct dns_service {           /* an SRV record (RFC 2782) */
	char *target;          /* as DNS has it: anything but "." may be no host name */
	uint16_t port, priority, weight;
};

struct dns_answer {            /* all borrowed, good until the callback returns */
	/* forward: what was found, in full (a short name with its domain); reverse: the PTR; or
	 * NULL */
	const char *name;
	char *const *ips;      /* forward: sorted, IPv4 first, each once */
	size_t ip_count;
	const struct dns_service *services; /* services: the most preferred first */
	size_t service_count;
	const char *problem;   /* why there is none, a text of model/lookup.def; NULL if there is */
};

typedef void dns_fn(void *arg, const struct dns_answer *answer);

struct dns;

/* NULL: fault says why */
struct dns *dns_new(struct loop *loop, const struct dns_how *how, struct fault *fault);
void dns_free(struct dns *dns); /* open questions are answered "stopped" */
/* host is never asked of DNS */
void dns_fix(struct dns *dns, const char *host, char *const *ips, size_t ip_count);

/* fn is called once, perhaps before these return. */
void dns_forward(struct dns *dns, const char *name, dns_fn *fn, void *arg);
void dns_reverse(struct dns *dns, const char *ip, dns_fn *fn, void *arg);
/* "_cisco-uds._tcp.example.com" */
void dns_services(struct dns *dns, const char *name, dns_fn *fn, void *arg);

/* The search domains in use, in their order; NULL: there are not so many. */
const char *dns_search(const struct dns *dns, size_t index);

bool dns_busy(const struct dns *dns);
int64_t dns_wait_ms(struct dns *dns, int64_t most_ms); /* how long the loop may sleep */
/* to be called after each turn: what is overdue is asked again or given up */
void dns_tick(struct dns *dns);

#endif
