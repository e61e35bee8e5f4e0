/* SPDX-License-Identifier: MIT */
/* discover: publisher to nodes, by UDS over HTTPS. Knows no trust: the connection is never
 * verified, nothing secret is sent. */
#ifndef MRA_GATHER_DISCOVER_H
#define MRA_GATHER_DISCOVER_H

#include "base/deadline.h"
#include "model/report.h"
#include "gather/listing.h"
#include "gather/names.h"

enum { DISCOVER_BODY_MOST = 1 << 20 }; /* bytes of a UDS answer */

struct discover_how {
	unsigned connect_timeout_s; /* for TCP; the answer may take four times that */
	/* for TLS, as in the probe: who is probed in time is asked in time */
	unsigned handshake_timeout_s;
	const struct names_how *names;
	unsigned per_address;       /* connections at once to one publisher */
	/* let libcurl use https_proxy of the environment; otherwise never */
	bool environment_proxy;
};

/* Adds a cluster, not tried, per target to report->clusters, unless it is there already; port: for
 * targets without one. */
void discover_plan(struct report *report, const struct target *targets, size_t count,
                   enum node_source source, uint16_t port);

/* Asks the publishers of all clusters that were not tried yet, all at once; their nodes go to
 * report->nodes (source uds). When discovery fails, the publisher itself becomes an advertised
 * node, so that it is still probed. Entries of the list that are no address become nodes that are
 * not. */
void discover_run(struct report *report, const struct discover_how *how,
                  const struct deadline *deadline);

/* The node list of a UDS answer (expat; DOCTYPE refused; depth, length and count capped): appends
 * its entries to list, sets version (to be freed; NULL if none). Returns DISCOVERY_OK, _NOT_XML,
 * _NO_SERVERS (none that is an address) or _TOO_MANY. */
enum discovery_outcome discover_parse(const char *body, size_t len, struct listing *list,
                                      char **version);

#endif
