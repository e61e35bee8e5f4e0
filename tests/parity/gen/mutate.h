/* SPDX-License-Identifier: MIT */
/* mutate: the ways in which a sound chain is spoiled, a row each. Knows no verdict: some rows do no
 * harm. */
#ifndef MRA_PARITY_MUTATE_H
#define MRA_PARITY_MUTATE_H

#include "plan.h"

struct mutation {
	const char *name;
	unsigned weight;
	void (*apply)(struct plan *plan, struct spec *spec,
	              unsigned i); /* spec is certs[i], any of the path */
};

struct mutation_table {
	const struct mutation *rows;
	unsigned count;
};

extern const struct mutation_table mutate_cert_table, mutate_ext_table, mutate_usage_table,
	mutate_path_table, mutate_name_table, mutate_block_table;

#define TABLE(rows) { rows, sizeof(rows) / sizeof *(rows) }

#endif
