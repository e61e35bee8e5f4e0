/* SPDX-License-Identifier: MIT */
/* policy: how the other side judges, and what it offers. Knows no certificate. */
#ifndef MRA_MODEL_POLICY_H
#define MRA_MODEL_POLICY_H

#include "model/observation.h"

enum era { ERA_OPENSSL1, ERA_OPENSSL3 };
enum { ERA_COUNT = 2 };

struct policy {
	enum era era;
	int64_t at;              /* seconds since 1970: when the certificates have to be good */
	bool probe_order[ORDER_COUNT];    /* which orders are probed at all */
	bool order_in_force[ORDER_COUNT]; /* failures count; in the other order they are warnings */
	bool order_assumed;      /* the order in force follows from the upgrade path alone: the configured string may differ */
	const char *holds;       /* static; when the verdicts hold at all, where the new release does not verify each request; or NULL */
	bool chain_first;        /* an upgrade from below X14.0.2: CUCM must know the CA of Expressway-C's own certificate first */
	char *order_why;         /* owned; a sentence for the report: where that comes from; NULL: both count, nobody said */
	char *order_next;        /* owned; what changes on the next upgrade; NULL if not known */
	unsigned warning_days;
	bool strict;
};

const char *era_name(enum era era); /* "openssl1" "openssl3" */
int era_parse(const char *text, enum era *era);
void policy_clear(struct policy *policy);

#endif
