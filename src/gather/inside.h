/* SPDX-License-Identifier: MIT */
/* inside: which names and IPs belong to the clusters that a person named, so that a server list,
 * which comes over an unverified connection, cannot aim the probe at strangers. Knows no resolver
 * and no nodes. */
#ifndef MRA_GATHER_INSIDE_H
#define MRA_GATHER_INSIDE_H

#include "model/finding.h"

#include <stdbool.h>

struct inside {                /* to be zeroed before the first use */
	struct names names;    /* these very names */
	struct names domains;  /* all names below these */
	struct names ips;      /* these very IPs, in canonical form */
	/* IPs as well: whatever shares their network, IPv4 /16 or IPv6 /48 */
	struct names networks;
};

/* a name alone, with a dot at its end or without */
void inside_add_name(struct inside *inside, const char *name);
void inside_add_domain(struct inside *inside, const char *domain); /* all names below it */

/* A publisher: itself, and its parent domain if that has two labels at least ("example.com", never
 * "com"); an IP: its network. */
void inside_add_publisher(struct inside *inside, const char *host);
void inside_add_network(struct inside *inside, const char *ip);
void inside_add_ip(struct inside *inside, const char *ip);

bool inside_has_name(const struct inside *inside, const char *name);

/* Also true of every IP that is not routed in the Internet: RFC 1918, 4193, 6598, loopback and
 * link-local. */
bool inside_has_ip(const struct inside *inside, const char *ip);

/* An address with what DNS said of it: inside by its name (full_name may be NULL), by itself if it
 * is an IP, or else if all its IPs are. */
bool inside_has(const struct inside *inside, const char *address, const char *full_name,
                char *const *ips, size_t ip_count);
void inside_clear(struct inside *inside);

#endif
