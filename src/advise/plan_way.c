/* SPDX-License-Identifier: MIT */
/* The way up from a server's certificate to a root, searched among all that any node sent and any
 * peer holds. What the store lacks of it is tried on a copy: a way that is not accepted is none. */
#include "config.h"

#include "base/mem.h"
#include "base/search.h"
#include "pki/issued.h"
#include "pki/sign.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WAY_MOST = 9, TRIES_MOST = 24 };

/* A search for the way up. */
struct search {
	struct plan *plan;
	struct group *group;
	const struct store *store;
	const struct cert *way[WAY_MOST];
	size_t len;
	unsigned tries;
	struct chain found; /* what to upload */
};

bool plan_self_issued(const struct cert *cert)
{
	return cert->readable && strcmp(cert->subject, cert->issuer) == 0;
}

static bool is_issuer(const struct search *search, const struct cert *of, const struct cert *cert)
{
	enum era era = search->plan->report->policy.era;

	return cert->readable && cert != of && issued_likely(of, cert, era) &&
	       sign_good(of, cert, cert, era);
}

static bool was_sent(const struct group *group, const struct cert *cert)
{
	for (size_t i = 0; i < group->presented.chain->count; i++)
		if (group->presented.chain->certs[i] == cert)
			return true;
	return false;
}

/* What the store lacks of the way: the root in any case, the rest unless the server sends it. */
static bool try_way(struct search *search)
{
	struct chain more = { NULL, 0 };
	bool good;

	for (size_t i = 0; i < search->len; i++)
		if (!store_has(search->store, search->way[i]) &&
		    (i + 1 == search->len || !was_sent(search->group, search->way[i])))
			chain_add(&more, search->way[i]);
	search->tries++;
	good = plan_would_trust(search->plan, search->group, &more);
	if (good)
		search->found = more;
	else
		chain_clear(&more);
	return good;
}

static bool on_way(const struct search *search, const struct cert *cert)
{
	for (size_t i = 0; i < search->len; i++)
		if (search->way[i] == cert)
			return true;
	return false;
}

/* First what is trusted already, then what the server sent, then what anybody sent. */
static int rank(const struct search *search, const struct cert *cert)
{
	return store_has(search->store, cert) ? 0 : was_sent(search->group, cert) ? 1 : 2;
}

static int by_subject(const void *left, const void *right, void *arg)
{
	const struct certset *all = arg;
	size_t a = *(const size_t *)left, b = *(const size_t *)right;

	return strcasecmp(all->certs[a]->subject, all->certs[b]->subject) ?: COMPARE(a, b);
}

static void sort_by_subject(struct plan *plan)
{
	struct certset *all = &plan->report->certs;

	plan->by_subject = mem_array(all->count, sizeof *plan->by_subject);
	for (size_t i = 0; i < all->count; i++)
		if (all->certs[i]->readable)
			plan->by_subject[plan->subject_count++] = i;
	qsort_r(plan->by_subject, plan->subject_count, sizeof *plan->by_subject, by_subject, all);
}

static const struct cert *subject_at(const struct plan *plan, size_t at)
{
	return plan->report->certs.certs[plan->by_subject[at]];
}

struct subject_key {
	const struct plan *plan;
	const char *subject;
};

static bool is_below(size_t at, const void *arg)
{
	const struct subject_key *sought = arg;

	return strcasecmp(subject_at(sought->plan, at)->subject, sought->subject) < 0;
}

/* The first whose subject is not below this one. */
static size_t find_subject(struct plan *plan, const char *subject)
{
	const struct subject_key sought = { plan, subject };

	if (plan->by_subject == NULL)
		sort_by_subject(plan);
	return search_first(plan->subject_count, is_below, &sought);
}

static bool climb(struct search *search);

static bool climb_by(struct search *search, const struct cert *from, int wanted_rank, bool *any)
{
	struct plan *plan = search->plan;

	for (size_t i = find_subject(plan, from->issuer);
	     i < plan->subject_count && search->tries < TRIES_MOST; i++) {
		const struct cert *cert = subject_at(plan, i);

		if (strcasecmp(cert->subject, from->issuer) != 0)
			return false;
		if (rank(search, cert) != wanted_rank || on_way(search, cert) ||
		    !is_issuer(search, from, cert))
			continue;
		*any = true;
		search->way[search->len++] = cert;
		if (climb(search))
			return true;
		search->len--;
	}
	return false;
}

static void note_orphan(struct search *search, const struct cert *top)
{
	struct group *group = search->group;

	group->orphan = top;
	for (size_t i = 1; i < search->len; i++)
		if (!store_has(search->store, search->way[i]) && !was_sent(group, search->way[i]))
			chain_add(&group->between, search->way[i]);
}

static bool climb(struct search *search)
{
	const struct cert *top = search->way[search->len - 1];
	bool any = false;

	if (!top->readable)
		return false;
	if (plan_self_issued(top))
		return try_way(search);
	for (int wanted = 0; wanted < 3 && search->len < WAY_MOST; wanted++)
		if (climb_by(search, top, wanted, &any))
			return true;
	if (!any && search->group->orphan == NULL)
		note_orphan(search, top);
	return false;
}

bool plan_find_way(struct plan *plan, struct group *group, struct chain *found)
{
	struct search search = { .plan = plan,
		                 .group = group,
		                 .store = &plan->stores[group->store],
		                 .found = { NULL, 0 } };
	bool good;

	search.way[search.len++] = chain_leaf(group->presented.chain);
	good = climb(&search);
	*found = search.found;
	return good;
}
