/* SPDX-License-Identifier: MIT */
/* probe: addresses to observations, by TLS handshakes. Knows no trust: a chain is handed over as it
 * was sent. */
#ifndef MRA_GATHER_PROBE_H
#define MRA_GATHER_PROBE_H

#include "base/deadline.h"
#include "model/report.h"
#include "model/suite.h"

struct loop;

struct probe_how {
	const uint16_t *ports; /* of every node */
	size_t port_count;     /* 0: the default ports of each node's role */
	unsigned connect_timeout_ms, handshake_timeout_ms;
	/* further connections after a timeout or a reset, with back-off; never after a TLS alert */
	unsigned retries;
	unsigned parallel;     /* connections at once */
	unsigned per_address;  /* connections at once to one IP and port */
	/* borrowed; what Expressway offers up to TLS 1.2 in each order */
	const struct suites *suites[ORDER_COUNT];
	struct loop *loop;     /* borrowed; NULL: one of its own */
	/* called each turn, for what else is on the loop: how long it may sleep; */
	int64_t (*beside)(void *arg, int64_t most_ms);
	void *beside_arg;      /* NULL: there is nothing else */
	/* every handshake is completed, what others have shown or not (probe_alike) */
	bool complete_all;
	bool infer; /* no handshake with RSA first where ECDSA first has got an RSA certificate */
	/* versions to offer, OFFERED_* bits; 0: what report->policy says of the release */
	unsigned tls;
};

/* can it offer suites in Expressway's order with the GnuTLS that is installed? */
bool probe_orders_suites(void);

/* One observation per address, IP, port and order that report->policy wants probed, more where more
 * than one ClientHello is possible (probe_plan; probe_settle has to follow); an address without IP
 * gets one per port and order with outcome unresolved. Certificates go to report->certs. Where they
 * are planned already (report->gathered), those that are pending are made. */
void probe_run(struct report *report, const struct probe_how *how, const struct deadline *deadline);

#endif
