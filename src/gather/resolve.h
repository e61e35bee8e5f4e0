/* SPDX-License-Identifier: MIT */
/* resolve: nodes to connection addresses: the FQDN, every IP, the PTR's name. Knows no ports. */
#ifndef MRA_GATHER_RESOLVE_H
#define MRA_GATHER_RESOLVE_H

#include "base/deadline.h"
#include "model/report.h"
#include "gather/names.h"

/* Completes the addresses of every node (whose advertised address is already there): fills ips or
 * unresolved, adds the node's IPs when a name is advertised, its name by PTR when an IP is (with
 * what reverse DNS says), its FQDN when a short name is (not advertised). What the network named
 * and lies outside the cluster is marked foreign (gather/inside.h), gets no IPs and is asked
 * nothing more, unless how->foreign. Unresolvable is data. All questions are asked at once. */
void resolve_run(struct report *report, const struct names_how *how,
                 const struct deadline *deadline);

#endif
