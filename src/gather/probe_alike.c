/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "gather/probe_alike.h"

#include <stdlib.h>
#include <string.h>

static int by_hello(const struct observation *a, const struct observation *b)
{
	return strcmp(a->ip, b->ip)
	       ?: COMPARE(a->port, b->port)
	       ?: COMPARE(a->order, b->order)
	       ?: COMPARE(a->offered, b->offered)
	       ?: COMPARE(a->signatures, b->signatures);
}

static int by_hello_then_place(const void *left, const void *right)
{
	const struct observation *a = *(const struct observation *const *)left,
				 *b = *(const struct observation *const *)right;

	return by_hello(a, b) ?: COMPARE(a, b);
}

size_t *alike_firsts(const struct report *report)
{
	const struct observation **sorted =
		mem_array(report->observation_count, sizeof *sorted);
	size_t *firsts = mem_array(report->observation_count, sizeof *firsts), first = 0;

	for (size_t i = 0; i < report->observation_count; i++)
		sorted[i] = &report->observations[i];
	qsort(sorted, report->observation_count, sizeof *sorted, by_hello_then_place);
	for (size_t i = 0; i < report->observation_count; i++) {
		if (i == 0 || by_hello(sorted[i - 1], sorted[i]) != 0)
			first = (size_t)(sorted[i] - report->observations);
		firsts[sorted[i] - report->observations] = first;
	}
	free(sorted);
	return firsts;
}

bool alike_tells(const struct observation *first)
{
	return first->outcome == OUTCOME_PRESENTED && !observation_unfinished(first) &&
	       !first->inferred && first->tls_version != NULL && strcmp(first->tls_version, "TLS1.2") == 0;
}

void alike_take(struct observation *observation, const struct observation *first)
{
	observation->reached = first->reached;
	observation->handshake_completed = first->handshake_completed;
	observation->stopped_early = true;
}
