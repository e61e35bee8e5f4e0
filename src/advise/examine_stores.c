/* SPDX-License-Identifier: MIT */
/* What is odd in the trust stores themselves, between the peers' stores, and about the check at
 * discovery. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "advise/examine_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void repeated(struct report *report, const struct store *store, const struct cert *cert,
                     struct examine_batch *batch)
{
	struct finding *finding =
		examine_finding(report, batch, FINDING_STORE_REPEATED, cert, SEVERITY_WARNING);

	names_add(&finding->stores, store->name);
	if (finding->title != NULL)
		return;
	finding->title =
		mem_printf("The trust store holds %s more than once", examine_subject(cert));
}

static bool is_valid(const struct report *report, const struct cert *cert)
{
	return cert->not_before <= report->policy.at && cert->not_after > report->policy.at;
}

/* Which of them would issue? Among those that fit (their key identifier, too) OpenSSL takes one
 * that is valid before one that is not, else the first of the store; the vendor's page knows the
 * store's order only. Where none is valid the eras differ in which, not in what comes of it. */
static char *which_is_taken(const struct report *report, const struct cert *winner, bool is_first)
{
	char hex[65];

	if (!is_valid(report, winner))
		return mem_strdup(
			"Expressway cannot keep two with one CN (CSCwa12905). None of these is valid at that time: whichever the search for an "
			"issuer takes, what it has issued is refused.");
	cert_hex(winner, hex);
	return mem_printf(
		"Expressway cannot keep two with one CN (CSCwa12905), and the search for an issuer stops at the first one that fits: where "
		"more than one does, it would take SHA-256 %s%s.",
		hex,
		is_first ? ", the highest in the list"
			 : ", the first that is valid (the vendor's page says: the highest in the list)");
}

static void same_name(struct report *report, const struct store *store,
                      const struct store_duplicate *same)
{
	struct finding *finding = report_add_finding(report, FINDING_STORE_SAME_CN);
	const struct cert *first = same->certs[0], *winner = first;
	bool one_subject = true;
	char hex[65];

	for (size_t i = 1; i < same->count; i++) {
		one_subject = one_subject &&
		              strcasecmp(same->certs[i]->subject, first->subject) == 0;
		if (!is_valid(report, winner) && is_valid(report, same->certs[i]))
			winner = same->certs[i];
	}
	finding->certificate = winner;
	names_add(&finding->stores, store->name);
	finding->title = mem_printf("The trust store %s holds %zu certificates with the CN %s",
	                            store->name, same->count, first->common_name);
	if (one_subject) {
		finding->detail = which_is_taken(report, winner, winner == first);
		return;
	}
	finding->certificate = first;
	cert_hex(first, hex);
	finding->detail = mem_printf(
		"Expressway cannot keep two with one CN (CSCwa12905). Their full subjects differ, so "
		"OpenSSL tells them apart; which one stays on a peer is not certain. The first is SHA-256 %s.",
		hex);
}

static void duplicates(struct report *report, const struct store *store,
                       struct examine_batch *batch)
{
	struct store_duplicates found;

	store_find_duplicates(store, &found);
	for (size_t i = 0; i < found.count; i++) {
		if (found.items[i].repeated)
			repeated(report, store, found.items[i].certs[0], batch);
		else
			same_name(report, store, &found.items[i]);
	}
	store_duplicates_clear(&found);
}

/* Is this file the trust store at all? */
static void without_root(struct report *report, const struct store *store)
{
	struct finding *finding;

	if (store->count == 0 || store_has_root(store))
		return;
	finding = report_add_finding(report, FINDING_STORE_WITHOUT_ROOT);
	names_add(&finding->stores, store->name);
	finding->title = mem_printf(
		"No certificate of %s is self-signed: it is hardly the trust store", store->name);
}

static void server_certificates(struct report *report, const struct store *store,
                                struct examine_batch *batch)
{
	for (size_t i = 0; i < store->count; i++) {
		struct finding *finding;

		if (!store_is_server_certificate(store->certs[i]))
			continue;
		finding = examine_finding(report, batch, FINDING_STORE_SERVER_CERTIFICATE,
		                          store->certs[i], SEVERITY_INFO);
		names_add(&finding->stores, store->name);
		if (finding->title == NULL)
			finding->title = mem_printf(
				"A certificate that is neither a CA's nor self-signed is in the trust store: %s",
				examine_subject(store->certs[i]));
	}
}

static void expired(struct report *report, const struct store *store,
                    struct examine_batch *batch)
{
	for (size_t i = 0; i < store->count; i++) {
		const struct cert *cert = store->certs[i];
		struct finding *finding;
		char when[CLOCK_TEXT];

		if (!cert->readable || cert->not_after > examine_today(report) ||
		    cert->not_after > report->policy.at)
			continue;
		finding = examine_finding(report, batch, FINDING_STORE_EXPIRED, cert,
		                          SEVERITY_WARNING);
		names_add(&finding->stores, store->name);
		if (finding->title != NULL)
			continue;
		clock_format(cert->not_after, when, sizeof when);
		finding->title =
			mem_printf("An expired certificate is in the trust store: %s, ended %s",
		                   examine_subject(cert), when);
	}
}

static void unreadable(struct report *report, const struct store *store)
{
	struct finding *finding;

	if (store->unreadable == 0)
		return;
	finding = report_add_finding(report, FINDING_STORE_UNREADABLE);
	names_add(&finding->stores, store->name);
	finding->title =
		mem_printf("%zu entr%s of the trust store %s cannot be read as a certificate",
	                   store->unreadable, store->unreadable == 1 ? "y" : "ies", store->name);
}

static void finish_stores_differ(struct finding *finding, bool counts)
{
	struct buf names;

	free(finding->certificate_kind);
	finding->certificate_kind = NULL;
	if (!counts)
		finding->severity = SEVERITY_INFO;
	buf_init(&names);
	names_list(&names, &finding->stores, EXAMINE_SHORT_NAMED);
	finding->title =
		mem_printf("The peers' trust stores differ: %s refuse%s what another accepts",
	                   names.data, finding->stores.count == 1 ? "s" : "");
	buf_clear(&names);
}

/* Verdicts of one observation lie side by side (judge_run's order). */
static void stores_differ(struct report *report)
{
	struct finding *finding = NULL;
	bool counts = false;
	size_t end;

	for (size_t i = 0; i < report->verdict_count; i = end) {
		const struct observation *observation =
			&report->observations[report->verdicts[i].observation];
		size_t accepted = 0;

		for (end = i; end < report->verdict_count &&
		              report->verdicts[end].observation == report->verdicts[i].observation;
		     end++)
			accepted += report->verdicts[end].accepted;
		if (accepted == 0 || accepted == end - i ||
		    !service_is_traffic(report_service(report, observation)))
			continue;
		if (finding == NULL)
			finding = report_add_finding(report, FINDING_STORES_DIFFER);
		counts = counts || report_counts(report, observation);
		examine_add_observation(finding, report, observation);
		for (size_t k = i; k < end; k++)
			if (!report->verdicts[k].accepted)
				names_add(&finding->stores,
				          report->stores[report->verdicts[k].store].name);
	}
	if (finding != NULL)
		finish_stores_differ(finding, counts);
}

/* Of each cluster and store (to be freed): is anything refused there that counts? */
static bool *refused_clusters(const struct report *report)
{
	bool *refused = mem_array(report->cluster_count * report->store_count, sizeof *refused);

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];
		const struct observation *observation = &report->observations[verdict->observation];
		size_t cluster = report->nodes[observation->node].cluster;

		if (cluster != NODE_NO_CLUSTER && !verdict->accepted &&
		    report_counts(report, observation))
			refused[cluster * report->store_count + verdict->store] = true;
	}
	return refused;
}

/* TLS verify mode: On looks at the publisher alone, and only when nodes are discovered. */
static void verify_mode(struct report *report)
{
	bool *refused = refused_clusters(report);

	for (size_t i = 0; i < report->cluster_count; i++) {
		const struct cluster *cluster = &report->clusters[i];

		for (size_t k = 0; k < cluster->verdict_count; k++) {
			const struct verdict *verdict = &cluster->verdicts[k];
			struct finding *finding;

			if (verdict->accepted &&
			    !refused[i * report->store_count + verdict->store])
				continue;
			finding = report_add_finding(report, verdict->accepted
			                                             ? FINDING_DISCOVERY_PASSES
			                                             : FINDING_DISCOVERY_REFUSED);
			names_add(&finding->nodes, cluster->publisher);
			names_add(&finding->stores, report->stores[verdict->store].name);
			finding->certificate = chain_leaf(&cluster->chain);
			finding->title = mem_printf(
				"\"TLS verify mode: On\" would %s discovery by %s%s",
				verdict->accepted ? "have passed" : "refuse", cluster->publisher,
				verdict->accepted ? ", although logins fail" : "");
			finding->log = verdict->log != NULL && *verdict->log != '\0'
			                       ? mem_strdup(verdict->log)
			                       : NULL;
		}
	}
	free(refused);
}

void examine_stores(struct report *report)
{
	struct examine_batch batch = examine_begin(report);

	stores_differ(report);
	verify_mode(report);
	for (size_t i = 0; i < report->store_count; i++) {
		expired(report, &report->stores[i], &batch);
		duplicates(report, &report->stores[i], &batch);
		without_root(report, &report->stores[i]);
		server_certificates(report, &report->stores[i], &batch);
		unreadable(report, &report->stores[i]);
	}
	examine_end(&batch);
}
