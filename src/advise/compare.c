/* SPDX-License-Identifier: MIT */
/* Both reports become sorted rows; one walk along both finds what each has alone and what differs.
 * A line each, with the kind of news in front, so that it can be read in a mail and taken apart by
 * any line tool. */
#include "config.h"

#include "advise/compare.h"
#include "advise/compare_rows.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct compare {
	const struct rows *old, *new;
	const char *of;  /* not of Expressway's verdict: of what; NULL: of that */
	bool with_store; /* otherwise the one store of both is the same, whatever it is called */
	struct comparison found[NEWS_COUNT];
};

/* Swallows text. The pointer is good until the next. */
static struct change *add(struct compare *compare, enum news news, char *text)
{
	struct comparison *found = &compare->found[news];
	struct change *change;

	found->changes = mem_grow(found->changes, found->count, sizeof *found->changes);
	change = &found->changes[found->count++];
	*change = (struct change){ .news = news, .text = text };
	return change;
}

static char *place(const struct compare *compare, const struct row *row)
{
	bool other_name = strcmp(row->node, row->address) != 0;

	return mem_printf("%s%s%s%s %u %s%s%s%s%s%s%s", row->address, other_name ? " (node " : "",
	                  other_name ? row->node : "", other_name ? ")" : "", row->port,
	                  order_name(row->order), compare->with_store ? " [" : "",
	                  compare->with_store ? row->store : "", compare->with_store ? "]" : "",
	                  !row->advertised ? " (not advertised)"
	                  : !row->counts   ? " (not in force)"
	                                   : "",
	                  compare->of != NULL ? ", " : "", compare->of != NULL ? compare->of : "");
}

static const struct cluster *find_cluster(const struct report *report, const struct cluster *like)
{
	for (size_t i = 0; i < report->cluster_count; i++)
		if (report->clusters[i].port == like->port &&
		    strcasecmp(report->clusters[i].publisher, like->publisher) == 0)
			return &report->clusters[i];
	return NULL;
}

static bool discovered(const struct cluster *cluster)
{
	return cluster->outcome == DISCOVERY_OK;
}

/* Would the other report have the node? Not where its publisher's list could not be read: what that
 * list had is neither gone nor new then. */
static bool list_missing(const struct rows *rows, const struct row *row, const struct rows *other)
{
	const struct report *report = rows->report;
	const struct cluster *cluster;

	if (row->of->source != SOURCE_UDS || row->of->cluster >= report->cluster_count)
		return false;
	cluster = find_cluster(other->report, &report->clusters[row->of->cluster]);
	return cluster != NULL && discovery_failed(cluster->outcome);
}

static const char not_there[] = "not there before", not_known_before[] = "not known before";
static const char did_not_count[] = "refused too, but did not count";

static void add_row(struct compare *compare, enum news news, const struct row *row, const char *now,
                    const char *was)
{
	char *where = place(compare, row);
	struct change *change;

	change = add(compare, news, now == NULL ? mem_printf("%s: was %s", where, was)
	                            : was == NULL ? mem_printf("%s: %s", where, now)
	                                          : mem_printf("%s: %s, was %s", where, now, was));
	change->node = mem_strdup(row->node);
	change->address = mem_strdup(row->address);
	change->store = compare->of == NULL ? mem_strdup(row->store) : NULL;
	change->port = row->port;
	change->order = row->order;
	change->advertised = row->advertised;
	change->was = was == NULL || was == not_there || was == not_known_before ? NULL
	                                                                         : mem_strdup(was);
	change->now = now == NULL ? NULL : mem_strdup(now);
	free(where);
}

static bool passed(enum row_state state)
{
	return state == ROW_ACCEPTED || state == ROW_PARTLY;
}

/* Refused is worse than anything; what was accepted and cannot be checked is not a pass any
 * more. */
static enum news news_of(const struct row *old, const struct row *new)
{
	if (old->state == new->state)
		return NEWS_CHANGED;
	if (new->state == ROW_REFUSED || (passed(old->state) && new->state == ROW_UNCHECKED))
		return new->counts ? NEWS_WORSE : NEWS_CHANGED;
	return new->state == ROW_ACCEPTED ? NEWS_BETTER : NEWS_CHANGED;
}

static void both(struct compare *compare, const struct row *old, const struct row *new)
{
	bool same = strcmp(old->state_text, new->state_text) == 0;

	if (old->state == ROW_REFUSED && new->state == ROW_REFUSED && new->counts && !old->counts)
		add_row(compare, NEWS_WORSE, new, new->state_text,
		        same ? did_not_count : old->state_text);
	else if (!same)
		add_row(compare, news_of(old, new), new, new->state_text, old->state_text);
}

/* A node that is new as a whole gets one line, and one for each refusal. */
static void only_new(struct compare *compare, const struct row *row)
{
	if (row->state == ROW_REFUSED && row->counts)
		add_row(compare, NEWS_WORSE, row, row->state_text,
		        list_missing(compare->new, row, compare->old) ? not_known_before
		                                                      : not_there);
	else if (rows_have(compare->old, row->node, NULL))
		add_row(compare, NEWS_NEW, row, row->state_text, NULL);
}

/* An order that is no longer probed on purpose (--order, --cipher-string) is not missed; an address
 * or a port is. */
static void only_old(struct compare *compare, const struct row *row)
{
	bool missed = row->counts && passed(row->state) &&
	              compare->new->report->policy.probe_order[row->order];

	if (missed)
		add_row(compare, NEWS_WORSE, row,
		        rows_have(compare->new, row->node, row->address)  ? "no longer checked"
		        : list_missing(compare->old, row, compare->new) ? "not known (the list of nodes is missing)"
		                                                        : "gone",
		        row->state_text);
	else if (rows_have(compare->new, row->node, NULL))
		add_row(compare, NEWS_GONE, row, NULL, row->state_text);
}

static bool foreign_store(const struct compare *compare, const struct rows *other,
                          const struct row *row)
{
	return compare->with_store && !rows_have_store(other, row->store);
}

static void walk_rows(struct compare *compare)
{
	const struct rows *old = compare->old, *new = compare->new;
	size_t i = 0, k = 0;

	while (i < old->count || k < new->count) {
		const struct row *a = i < old->count ? &old->items[i] : NULL,
				 *b = k < new->count ? &new->items[k] : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : row_order(a, b, compare->with_store);

		if (order < 0 && !foreign_store(compare, new, a))
			only_old(compare, a);
		else if (order > 0 && !foreign_store(compare, old, b))
			only_new(compare, b);
		else if (order == 0)
			both(compare, a, b);
		i += order <= 0;
		k += order >= 0;
	}
}

/* Nobody knows less of a login than before where it is not known what CUCM would say: only its
 * refusals are news, and their end. */
static void peer(struct compare *compare, const struct row *old, const struct row *new)
{
	bool was = old != NULL && old->state == ROW_REFUSED, now = new->state == ROW_REFUSED;
	enum news news = was == now                      ? NEWS_CHANGED
	                 : now                        ? new->counts ? NEWS_WORSE : NEWS_CHANGED
	                 : new->state == ROW_ACCEPTED ? NEWS_BETTER
	                                              : NEWS_CHANGED;

	if ((was || now) && (old == NULL || strcmp(old->state_text, new->state_text) != 0))
		add_row(compare, news, new, new->state_text,
		        old != NULL                                     ? old->state_text
		        : list_missing(compare->new, new, compare->old) ? not_known_before
		                                                        : not_there);
}

/* The names of certificates are told apart only where there are several. */
static void walk_peers(struct compare *compare)
{
	const struct rows *old = compare->old, *new = compare->new;
	bool with_name = old->report->client_count > 1 || new->report->client_count > 1;
	struct compare peers = *compare;

	peers.with_store = false;
	for (size_t i = 0, k = 0; k < new->peer_count; k++) {
		const struct row *now = &new->peers[k];
		char *of = mem_printf("Expressway-C's own certificate%s%s",
		                      with_name ? " " : "", with_name ? now->store : "");

		while (i < old->peer_count && row_order(&old->peers[i], now, with_name) < 0)
			i++;
		peers.of = of;
		peer(&peers,
		     i < old->peer_count && row_order(&old->peers[i], now, with_name) == 0
		             ? &old->peers[i]
		             : NULL,
		     now);
		free(of);
	}
	memcpy(compare->found, peers.found, sizeof peers.found);
}

static void walk_nodes(struct compare *compare, const struct rows *rows, const struct rows *other,
                       enum news news)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->items[i];

		if ((i > 0 && strcasecmp(rows->items[i - 1].node, row->node) == 0) ||
		    rows_have(other, row->node, NULL))
			continue;
		if (!list_missing(rows, row, other))
			add(compare, news, mem_printf("node %s", row->node));
		else
			add(compare, NEWS_CHANGED,
			    mem_printf(news == NEWS_GONE
			                       ? "node %s: not known, the list of nodes is missing"
			                       : "node %s: known, the list of nodes was missing",
			               row->node));
	}
}

static void walk_stores(struct compare *compare, const struct rows *rows, const struct rows *other,
                        enum news news)
{
	const struct report *report = rows->report;

	for (size_t i = 0; compare->with_store && i < report->store_count; i++) {
		const char *name = rows->stores[i];
		size_t refused = 0;

		if (rows_have_store(other, name))
			continue;
		for (size_t k = 0; k < rows->count; k++)
			refused += rows->items[k].state == ROW_REFUSED && rows->items[k].counts &&
			           strcmp(rows->items[k].store, name) == 0;
		add(compare, news, mem_printf("trust store %s, which refuses %zu", name, refused));
	}
}

static void fact_both(struct compare *compare, const struct fact *old, const struct fact *new)
{
	if (old->value != NULL && new->value != NULL && strcmp(old->value, new->value) != 0)
		add(compare, NEWS_CHANGED,
		    mem_printf("%s: %s, was %s", new->text, new->value, old->value));
}

static bool shows(const struct observation *observation, const struct cert *cert)
{
	for (size_t i = 0; i < observation->chain.count; i++)
		if (memcmp(observation->chain.certs[i]->sha256, cert->sha256,
		           sizeof cert->sha256) == 0)
			return true;
	return false;
}

/* The warning is not there because nobody could look: a node that showed the certificate was not
 * checked. (The nodes of a finding are not read back from a report.) */
static bool not_looked_at(const struct compare *compare, const struct finding *finding)
{
	const struct report *old = compare->old->report;

	if (finding->certificate == NULL || finding->kind == FINDING_STORE_EXPIRED)
		return false; /* a store is always there */
	for (size_t i = 0; i < old->observation_count; i++) {
		const char *node = old->nodes[old->observations[i].node].name;
		const struct row *row;

		if (!shows(&old->observations[i], finding->certificate))
			continue;
		row = rows_first(compare->old, node);
		if (rows_unchecked(compare->new, node) ||
		    (row != NULL && rows_first(compare->new, node) == NULL &&
		     list_missing(compare->old, row, compare->new)))
			return true;
	}
	return false;
}

static void fact_alone(struct compare *compare, const struct fact *fact, enum news news)
{
	if (fact->value != NULL)
		return;
	if (news == NEWS_GONE && fact->finding != NULL && not_looked_at(compare, fact->finding))
		add(compare, NEWS_CHANGED, mem_printf("%s: not known, not checked now", fact->text));
	else
		add(compare, news, mem_strdup(fact->text));
}

static void walk_facts(struct compare *compare)
{
	const struct rows *old = compare->old, *new = compare->new;
	size_t i = 0, k = 0;

	while (i < old->fact_count || k < new->fact_count) {
		int order = i == old->fact_count ? 1
		            : k == new->fact_count
		                    ? -1
		                    : strcasecmp(old->facts[i].key, new->facts[k].key);

		if (order < 0)
			fact_alone(compare, &old->facts[i], NEWS_GONE);
		else if (order > 0)
			fact_alone(compare, &new->facts[k], NEWS_NEW);
		else
			fact_both(compare, &old->facts[i], &new->facts[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

/* Which is better news: yes, not known, no; an audit that could not be made at all is the worst.
 * But that nobody can look any more at what was refused is no good news. */
static int gravity(const struct report *report)
{
	switch (report->status) {
	case STATUS_PASS:
		return 0;
	case STATUS_INCOMPLETE:
		return 1;
	case STATUS_FAIL:
		return 2;
	case STATUS_ERROR:
		break;
	}
	return 3;
}

static void compare_answers(struct compare *compare)
{
	const struct report *old = compare->old->report, *new = compare->new->report;

	/* Yes, and Yes but: nothing that counts fails either way */
	if (old->answer == NULL || new->answer == NULL ||
	    (gravity(old) == gravity(new) && report_headline(old) == report_headline(new)))
		return;
	add(compare,
	    gravity(new) == gravity(old)  ? NEWS_CHANGED
	    : gravity(new) > gravity(old) ? NEWS_WORSE
	    : old->status == STATUS_FAIL && new->status == STATUS_INCOMPLETE ? NEWS_CHANGED
	                                                                     : NEWS_BETTER,
	    mem_printf("the answer is now: %s It was: %s", new->answer, old->answer));
}

static void compare_discovery(struct compare *compare)
{
	const struct report *old = compare->old->report, *new = compare->new->report;

	for (size_t i = 0; i < new->cluster_count; i++) {
		const struct cluster *now = &new->clusters[i], *was = find_cluster(old, now);

		if (was == NULL && !discovered(now))
			add(compare, NEWS_WORSE,
			    mem_printf("discovery by %s: %s, not there before", now->publisher,
			               discovery_outcome_name(now->outcome)));
		else if (was != NULL && was->outcome != now->outcome)
			add(compare,
			    discovered(was)   ? NEWS_WORSE
			    : discovered(now) ? NEWS_BETTER
			                      : NEWS_CHANGED,
			    mem_printf("discovery by %s: %s, was %s", now->publisher,
			               discovery_outcome_name(now->outcome),
			               discovery_outcome_name(was->outcome)));
	}
}

static void collect(struct compare *compare, struct comparison *comparison)
{
	*comparison = (struct comparison){ .worse = compare->found[NEWS_WORSE].count > 0 };
	for (int news = 0; news < NEWS_COUNT; news++) {
		for (size_t i = 0; i < compare->found[news].count; i++) {
			comparison->changes = mem_grow(comparison->changes, comparison->count,
			                               sizeof *comparison->changes);
			comparison->changes[comparison->count++] = compare->found[news].changes[i];
		}
		free(compare->found[news].changes);
	}
}

void compare_run(const struct report *old, const struct report *new, struct comparison *comparison)
{
	struct rows rows[2];
	struct compare compare = { .old = &rows[0],
		                   .new = &rows[1],
		                   .with_store = old->store_count > 1 || new->store_count > 1 };

	rows_init(&rows[0], old, compare.with_store, NULL);
	rows_init(&rows[1], new, compare.with_store, &rows[0]);
	compare_answers(&compare);
	compare_discovery(&compare);
	walk_rows(&compare);
	walk_peers(&compare);
	walk_nodes(&compare, compare.new, compare.old, NEWS_NEW);
	walk_nodes(&compare, compare.old, compare.new, NEWS_GONE);
	walk_stores(&compare, compare.new, compare.old, NEWS_NEW);
	walk_stores(&compare, compare.old, compare.new, NEWS_GONE);
	walk_facts(&compare);
	collect(&compare, comparison);
	rows_clear(&rows[0]);
	rows_clear(&rows[1]);
}
