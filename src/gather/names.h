/* SPDX-License-Identifier: MIT */
/* names: where names come from, said once for discover and resolve. Knows no DNS library. */
#ifndef MRA_GATHER_NAMES_H
#define MRA_GATHER_NAMES_H

#include "base/fault.h"
#include "base/deadline.h"
#include "model/policy.h"

struct names_fixed { /* --resolve HOST:ADDR[,ADDR] */
	char *host;
	char **ips;
	size_t ip_count;
};

struct names_how {
	const char *dns_server;          /* "ADDR[:PORT]" or "[v6]:PORT"; NULL: the system's */
	const char *const *search;       /* --search, NULL-terminated; NULL: the system's */
	const struct names_fixed *fixed;
	size_t fixed_count;
	bool ipv4, ipv6;                 /* which families are wanted */
	bool foreign; /* --foreign: what the network names may lie outside the cluster */
	const struct names *domains;     /* --domain: they are inside; NULL: none */
	unsigned timeout_ms;             /* per question */
};

enum { NAMES_IPS_MOST = 8 }; /* so many IPs of a name are connected to */

struct dns;
struct inside;
struct loop;
struct report;

/* The resolver that how describes, on loop; NULL: fault says why. */
struct dns *names_open(const struct names_how *how, struct loop *loop, struct fault *fault);

/* Adds what a person named to inside, and where it led: publishers and where they answered,
 * --domain, the search domains of dns (NULL: none), --resolve. */
void names_inside(struct inside *inside, const struct names_how *how, const struct report *report,
                  const struct dns *dns);

/* Turns the loop until all is answered or the deadline has passed. */
void names_settle(struct dns *dns, struct loop *loop, const struct deadline *deadline);

#endif
