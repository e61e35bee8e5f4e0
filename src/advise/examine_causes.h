/* SPDX-License-Identifier: MIT */
/* examine_causes: which refusals are one cause. Knows no sentence but the facts of single
 * certificates. For examine_refusals alone. */
#ifndef MRA_ADVISE_EXAMINE_CAUSES_H
#define MRA_ADVISE_EXAMINE_CAUSES_H

#include "base/table.h"
#include "model/report.h"

/* One cause: the same reason with the same kind of certificate, of the same issuer, on the same
 * ports, in the same orders, with the same stores. */
struct cause {
	/* the first; NULL: names that nobody is sent to, of all certificates together */
	const struct cert *leaf;
	enum reason reason;
	size_t verdict;  /* the first that has it */
	int depth;       /* there */
	const struct cert *at_fault; /* there; NULL: none, or no leaf */
	bool in_log;     /* Expressway's line names this cause for at least one of them */
	bool advertised; /* at least one of the addresses is */
	bool ip_san;     /* the name is there as a SAN of type IP Address */
	struct names clusters;  /* owned; of the call managers that it hits, by publisher */
	/* owned until it is moved; title, detail and action are still to be filled in */
	struct finding finding;
	char *key;       /* owned; those alike have the same */
	size_t sequence;
	bool merged;     /* into another one, which comes before it */
};

struct causes {
	struct cause *items; /* owned */
	size_t count;
	struct table index; /* of leaf, reason and certificate at fault */
};

/* All refusals of the traffic server's ports; those alike are merged into the first of them. */
struct causes causes_find(const struct report *report);
void causes_clear(struct causes *causes); /* findings that were moved are to be zeroed before */

bool cause_only_ips(const struct finding *finding); /* every address is an IP */
bool cause_is_date(enum reason reason);             /* expired or not yet valid */
/* "cucm1 ends 2026-12-01T00:00:00Z"; nothing for a date that cannot be read. */
void cause_say_date(struct buf *out, const struct report *report, const struct cert *cert,
                    enum reason reason);

#endif
