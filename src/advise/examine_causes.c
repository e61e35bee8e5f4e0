/* SPDX-License-Identifier: MIT */
/* OpenSSL's list of errors holds causes and what merely follows from them (20 is followed by 21, a
 * CA without keyCertSign by 26 and 32): what follows is left out here. First each certificate and
 * reason is a cause of its own, and one for each certificate of the chain that is at fault; then
 * those alike become one. The name depends on the address as
 * well, so addresses that nobody is sent to are a cause of their own there. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "pki/name.h"
#include "advise/examine_causes.h"
#include "advise/examine_parts.h"

#include <stdlib.h>
#include <string.h>

static bool is_trust(enum reason reason)
{
	return reason_kind(reason) == REASON_KIND_TRUST;
}

static bool follows(const struct verdict *verdict, size_t index)
{
	const struct verdict_reason *reason = &verdict->reasons[index];

	for (size_t i = 0; i < index; i++) {
		const struct verdict_reason *before = &verdict->reasons[i];

		if ((before->reason == reason->reason && before->cert == reason->cert) ||
		    (is_trust(before->reason) && is_trust(reason->reason)))
			return true;
		if (before->reason == REASON_ISSUER_NOT_CA && before->depth == reason->depth &&
		    (reason->reason == REASON_PURPOSE ||
		     reason->reason == REASON_KEY_USAGE_NO_CERT_SIGN))
			return true;
	}
	return false;
}

bool cause_is_date(enum reason reason)
{
	return reason == REASON_EXPIRED || reason == REASON_NOT_YET_VALID;
}

bool cause_only_ips(const struct finding *finding)
{
	for (size_t i = 0; i < finding->addresses.count; i++)
		if (address_kind_of(finding->addresses.items[i]) != ADDRESS_IPV4 &&
		    address_kind_of(finding->addresses.items[i]) != ADDRESS_IPV6)
			return false;
	return true;
}

void cause_say_date(struct buf *out, const struct report *report, const struct cert *cert,
                    enum reason reason)
{
	bool end = reason == REASON_EXPIRED;
	char when[CLOCK_TEXT];

	if (cert == NULL || !cert->readable ||
	    (end ? cert->not_after == INT64_MAX : cert->not_before == INT64_MIN))
		return;
	clock_format(end ? cert->not_after : cert->not_before, when, sizeof when);
	buf_printf(out, "%s %s %s%s", examine_subject(cert),
	           end ? cert->not_after > examine_today(report) ? "ends" : "ended" : "begins", when,
	           end && cert->not_after > examine_today(report)
	                   ? ", which is before the date that was asked for"
	                   : "");
}

/* --- of each certificate ---------------------------------------------------------------------- */

/* What a cause is found by; no octet of it is padding. */
struct cause_key {
	const struct cert *leaf, *at_fault;
	size_t reason;
};

static struct cause *new_cause(struct causes *causes, size_t verdict, const struct cause_key *key,
                               const struct verdict_reason *reason)
{
	const struct cert *leaf = key->leaf;
	struct cause *cause;

	table_add_bytes(&causes->index, key, sizeof *key, causes->count);
	causes->items = mem_grow(causes->items, causes->count, sizeof *causes->items);
	cause = &causes->items[causes->count++];
	*cause = (struct cause){ .leaf = leaf,
		                 .reason = reason->reason,
		                 .verdict = verdict,
		                 .depth = reason->depth,
		                 .at_fault = key->at_fault,
		                 .sequence = causes->count };
	finding_init(&cause->finding, leaf != NULL ? FINDING_REFUSED : FINDING_REFUSED_UNUSED);
	cause->finding.reason = reason->reason;
	cause->finding.id = reason_id(reason->reason);
	cause->finding.severity = SEVERITY_WARNING;
	cause->finding.certificate = leaf;
	return cause;
}

static void add_refusal(const struct report *report, struct causes *causes, size_t at, size_t index)
{
	const struct verdict *verdict = &report->verdicts[at];
	const struct observation *observation = &report->observations[verdict->observation];
	const struct verdict_reason *reason = &verdict->reasons[index];
	const struct node *node = &report->nodes[observation->node];
	bool apart = reason->reason == REASON_NAME_MISMATCH && !observation->advertised;
	const struct cert *leaf = apart ? NULL : chain_leaf(&observation->chain);
	const struct cause_key key = { leaf, leaf != NULL ? reason->cert : NULL,
	                               (size_t)reason->reason };
	struct cause *cause;
	size_t found;

	cause = table_find_bytes(&causes->index, &key, sizeof key, &found)
	                ? &causes->items[found]
	                : new_cause(causes, at, &key, reason);
	if (report_counts(report, observation))
		cause->finding.severity = SEVERITY_FAIL;
	cause->advertised = cause->advertised || observation->advertised;
	if (reason->reason == REASON_NAME_MISMATCH && leaf != NULL &&
	    name_only_in_ip_san(leaf, observation->address, report->policy.traffic_server))
		cause->ip_san = true;
	if (node->role == ROLE_CUCM && node->cluster != NODE_NO_CLUSTER)
		names_add(&cause->clusters, report->clusters[node->cluster].publisher);
	examine_add_observation(&cause->finding, report, observation);
	names_add(&cause->finding.stores, report->stores[verdict->store].name);
	if (index == 0 && !cause->in_log) {
		cause->in_log = true;
		cause->finding.log = verdict->log != NULL ? mem_strdup(verdict->log) : NULL;
	}
}

static void collect(const struct report *report, struct causes *causes)
{
	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];

		if (!service_is_traffic(
			    report_service(report, &report->observations[verdict->observation])))
			continue; /* examine_servers says what is there */
		for (size_t k = 0; !verdict->accepted && k < verdict->reason_count; k++)
			if (!follows(verdict, k))
				add_refusal(report, causes, i, k);
	}
}

/* --- alike ------------------------------------------------------------------------------------ */

/* All that the sentences are made of, but for nodes and addresses. */
static char *key_of(const struct cause *cause)
{
	const struct finding *finding = &cause->finding;
	const struct cert *leaf = cause->leaf;
	bool only_ips = cause->reason == REASON_NAME_MISMATCH && cause_only_ips(finding);
	char hex[65] = "";
	struct buf key;

	if (cause->depth > 0 && cause->at_fault != NULL)
		cert_hex(cause->at_fault, hex);
	buf_init(&key);
	buf_printf(&key, "%d %d %d %d %d %d %d %x %s\n%s\n%s\n", (int)finding->kind,
	           (int)cause->reason, (int)finding->severity, cause->in_log, cause->advertised,
	           cause->ip_san, only_ips, finding->services, hex,
	           finding->certificate_kind != NULL ? finding->certificate_kind : "",
	           leaf == NULL || !leaf->readable || leaf->self_signed ? "" : leaf->issuer);
	examine_key_set(&key, &finding->ports);
	examine_key_set(&key, &finding->orders);
	examine_key_set(&key, &finding->stores);
	return buf_take(&key);
}

static int by_key(const void *left, const void *right)
{
	const struct cause *a = *(struct cause *const *)left, *b = *(struct cause *const *)right;

	return strcmp(a->key, b->key) ?: COMPARE(a->sequence, b->sequence);
}

/* What is particular to one certificate of several. */
static char *fact_of(const struct report *report, const struct finding *finding,
                     const struct cause *cause)
{
	struct buf line;
	char hex[65];

	cert_hex(cause->leaf, hex);
	buf_init(&line);
	names_list(&line, &finding->nodes, EXAMINE_NAMED);
	buf_printf(&line, ": SHA-256 %.16s", hex);
	if (cause->reason == REASON_NAME_MISMATCH) {
		buf_puts(&line, ", does not hold ");
		names_list(&line, &finding->addresses, EXAMINE_NAMED);
	} else if (cause_is_date(cause->reason) && cause->depth == 0) {
		buf_puts(&line, ", ");
		cause_say_date(&line, report, cause->leaf, cause->reason);
	}
	return buf_take(&line);
}

static void add_fact(const struct report *report, struct finding *to, const struct finding *finding,
                     const struct cause *cause)
{
	char *fact = fact_of(report, finding, cause);

	to->certs = mem_grow(to->certs, to->cert_count, sizeof *to->certs);
	to->certs[to->cert_count++] = cause->leaf;
	names_add(&to->facts, fact);
	free(fact);
}

static void merge_into(const struct report *report, struct cause *first, struct cause *other)
{
	if (first->finding.cert_count == 0)
		add_fact(report, &first->finding, &first->finding, first);
	add_fact(report, &first->finding, &other->finding, other);
	names_add_all(&first->finding.nodes, &other->finding.nodes);
	names_add_all(&first->finding.addresses, &other->finding.addresses);
	names_add_all(&first->clusters, &other->clusters);
	other->merged = true;
}

/* Those of addresses that nobody is sent to are one from the start. */
static void merge(const struct report *report, struct causes *causes)
{
	struct cause **sorted = mem_array(causes->count, sizeof *sorted);

	for (size_t i = 0; i < causes->count; i++) {
		causes->items[i].key = key_of(&causes->items[i]);
		sorted[i] = &causes->items[i];
	}
	qsort(sorted, causes->count, sizeof *sorted, by_key);
	for (size_t i = 0, end; i < causes->count; i = end)
		for (end = i + 1;
		     end < causes->count && strcmp(sorted[end]->key, sorted[i]->key) == 0; end++)
			merge_into(report, sorted[i], sorted[end]);
	free(sorted);
}

struct causes causes_find(const struct report *report)
{
	struct causes causes = { .items = NULL };

	collect(report, &causes);
	merge(report, &causes);
	return causes;
}

void causes_clear(struct causes *causes)
{
	for (size_t i = 0; i < causes->count; i++) {
		finding_clear(&causes->items[i].finding);
		names_clear(&causes->items[i].clusters);
		free(causes->items[i].key);
	}
	free(causes->items);
	table_clear(&causes->index);
}
