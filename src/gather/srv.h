/* SPDX-License-Identifier: MIT */
/* srv: a domain to its publishers and IM&P nodes, by the SRV records that clients look for. Knows
 * no UDS. */
#ifndef MRA_GATHER_SRV_H
#define MRA_GATHER_SRV_H

#include "base/deadline.h"
#include "gather/names.h"
#include "model/report.h"

enum {
	SRV_PUBLISHERS_MOST = 16
}; /* so many targets of a domain are asked for their list; the others are nodes */

/* _cisco-uds._tcp of how->domains: each target becomes a cluster that is not tried yet, with the
 * record's port, in the order of priority and weight; targets that are not addresses, and those
 * beyond SRV_PUBLISHERS_MOST, become nodes. A record that cannot be found is a cluster of its own
 * whose discovery has failed. */
void srv_publishers(struct report *report, const struct names_how *how,
                    const struct deadline *deadline);

/* _cuplogin._tcp: each target becomes a node of role imp; that a domain has none is not a
 * failure. */
void srv_nodes(struct report *report, const struct names_how *how, const struct deadline *deadline);

#endif
