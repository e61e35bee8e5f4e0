/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/comparison.h"

#include <stdlib.h>

const char *news_name(enum news news)
{
	static const char *const names[] = { "worse", "better", "changed", "new", "gone" };

	return names[news];
}

void comparison_clear(struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++) {
		struct change *change = &comparison->changes[i];

		free(change->text);
		free(change->node);
		free(change->address);
		free(change->store);
		free(change->was);
		free(change->now);
	}
	free(comparison->changes);
	*comparison = (struct comparison){ 0 };
}
