/* SPDX-License-Identifier: MIT */
/* probe_facts: what a handshake left behind, copied into the report. Knows no sockets. */
#ifndef MRA_GATHER_PROBE_FACTS_H
#define MRA_GATHER_PROBE_FACTS_H

#include "model/report.h"
#include "wire/tls.h"

/* Fills what tls_tell fills, the chain, the names of the CertificateRequest and the flaws that only
 * the certificates show. given_up as in tls_tell. *kept counts what chains and names have cost in
 * this run (bytes): beyond a limit the next ones are not kept, and outcome is OUTCOME_LOCAL. */
void probe_facts(struct report *report, const struct tls *tls, enum outcome given_up,
                 struct observation *observation, size_t *kept);

#endif
