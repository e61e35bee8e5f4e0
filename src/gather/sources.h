/* SPDX-License-Identifier: MIT */
/* sources: where nodes come from, a row each. Knows what each does, not how. */
#ifndef MRA_GATHER_SOURCES_H
#define MRA_GATHER_SOURCES_H

#include "gather/discover.h"
#include "gather/srv.h"

struct sources_how {
	const struct target *targets; /* publishers that a person named */
	size_t target_count;
	uint16_t uds_port;            /* for those without a port */
	const struct told_address *told; /* --from-log: nodes without any network */
	size_t told_count;
	bool given_only; /* only sources that a person gave: no question to the network */
	struct discover_how discover; /* its names: also for SRV records */
};

/* First all publishers, as clusters that are not tried, then all nodes. Two steps, so that one can
 * be taken again without the other. */
void sources_publishers(struct report *report, const struct sources_how *how,
                        const struct deadline *deadline);
void sources_nodes(struct report *report, const struct sources_how *how,
                   const struct deadline *deadline);

#endif
