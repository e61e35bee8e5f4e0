/* SPDX-License-Identifier: MIT */
/* world: a small cluster for tests: certificates made on the spot, what its nodes present, and the
 * report on it, judged, examined and planned. Knows no expectation. */
#ifndef MRA_TEST_WORLD_H
#define MRA_TEST_WORLD_H

#include "made.h"
#include "model/report.h"

enum { WORLD_MADE_MOST = 20 };

struct world {
	struct report *report; /* owned */
	struct made made[WORLD_MADE_MOST];
	size_t made_count;
};

/* One store, "peer1", and one cluster that was discovered. end_world() frees all of it, and fails
 * where anything that was allocated since new_world() is then left (with several worlds: since the
 * first of them, when the last one ends). */
struct world new_world(void);
void end_world(struct world *world);

/* As made_cert(); the world keeps it. */
const struct made *make(struct world *world, const char *cn, const char *sans,
                        const struct made *issuer, unsigned flags);
void trust(struct world *world, size_t store, const struct made *made);

/* A CUCM node of the cluster, advertised under this address; its index. */
size_t add_node(struct world *world, const char *address);

/* What a node presents, leaf first; more: NULL, or what it sends with it. */
void show(struct world *world, size_t node, uint16_t port, enum order order,
          const struct made *leaf, const struct made *more);
void show_both(struct world *world, size_t node, const struct made *leaf, const struct made *more);

void run_world(struct world *world); /* judges, examines, plans; again, if need be */

/* The first of that kind; NULL: there is none. Good until the world runs again. */
const struct step *find_step(const struct world *world, enum step_kind kind);
const struct finding *find_finding(const struct world *world, const char *id);

#endif
