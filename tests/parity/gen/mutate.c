/* SPDX-License-Identifier: MIT */
#include "mutate.h"

#include <string.h>

static const struct mutation_table *const tables[] = { &mutate_cert_table,  &mutate_ext_table,
	                                               &mutate_usage_table, &mutate_path_table,
	                                               &mutate_name_table,  &mutate_block_table };
enum { TABLES = sizeof tables / sizeof *tables };

static const struct mutation *choose(struct rng *rng)
{
	const struct mutation *last = tables[0]->rows;
	unsigned total = 0, at;

	for (unsigned t = 0; t < TABLES; t++)
		for (unsigned i = 0; i < tables[t]->count; i++)
			total += tables[t]->rows[i].weight;
	at = pick(rng, total);
	for (unsigned t = 0; t < TABLES; t++) {
		for (unsigned i = 0; i < tables[t]->count; i++) {
			last = &tables[t]->rows[i];
			if (at < last->weight)
				return last;
			at -= last->weight;
		}
	}
	return last;
}

static bool has(const struct plan *plan, const char *name)
{
	return strstr(plan->tags, name) != NULL;
}

void plan_mutate(struct plan *plan)
{
	unsigned dice = pick(&plan->rng, 100), count = dice < 6    ? 0
	                                               : dice < 56 ? 1
	                                               : dice < 82 ? 2
	                                               : dice < 95 ? 3
	                                                           : 5;

	while (count-- > 0) {
		const struct mutation *mutation = choose(&plan->rng);
		unsigned i = pick(&plan->rng, plan->path);

		mutation->apply(plan, &plan->certs[i], i);
		if (strlen(plan->tags) + strlen(mutation->name) + 2 < sizeof plan->tags) {
			if (plan->tags[0] != '\0')
				strcat(plan->tags, " ");
			strcat(plan->tags, mutation->name);
		}
	}
	/* Which of two issuers that are not valid now is taken differs, and so does how a malformed
	 * date is read. */
	if (has(plan, "twin") && (has(plan, "odd-time") || has(plan, "expired") ||
	                          has(plan, "not-yet") || has(plan, "generalized")))
		plan->eras_differ = true;
}
