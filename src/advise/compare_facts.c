/* SPDX-License-Identifier: MIT */
/* What is news beside the verdicts: certificates, IPs, versions, the stores' content, ends that
 * come near. Times, ids, durations and the order of lists are none. */
#include "config.h"

#include "advise/compare_rows.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Swallows all three. */
static void add_fact(struct rows *rows, char *key, char *value, char *text)
{
	rows->facts = mem_grow(rows->facts, rows->fact_count, sizeof *rows->facts);
	rows->facts[rows->fact_count++] = (struct fact){ key, value, text, NULL };
}

static char *describe(const struct cert *cert)
{
	char hex[65], end[32];

	cert_hex(cert, hex);
	if (!cert->readable)
		return mem_printf("an unreadable certificate, SHA-256 %s", hex);
	clock_format(cert->not_after, end, sizeof end);
	return mem_printf("%s, ends %s, SHA-256 %s", cert->subject, end, hex);
}

static void observation_facts(struct rows *rows, const struct observation *observation)
{
	const char *node = rows->report->nodes[observation->node].name,
		   *address = observation->address;
	const struct cert *leaf = chain_leaf(&observation->chain);

	if (leaf != NULL)
		add_fact(rows,
		         mem_printf("certificate\n%s\n%s\n%05u\n%s", node, address,
		                    observation->port, order_name(observation->order)),
		         describe(leaf),
		         mem_printf("certificate of %s %u %s", address, observation->port,
		                    order_name(observation->order)));
	if (*observation->ip != '\0' && strcmp(observation->ip, address) != 0)
		add_fact(rows, mem_printf("ip\n%s\n%s", node, address), mem_strdup(observation->ip),
		         mem_printf("IP of %s", address));
}

static void cluster_facts(struct rows *rows, const struct cluster *cluster)
{
	if (cluster->version != NULL && *cluster->version != '\0')
		add_fact(rows, mem_printf("version\n%s", cluster->publisher),
		         mem_strdup(cluster->version),
		         mem_printf("version of %s", cluster->publisher));
}

static void store_facts(struct rows *rows, size_t at)
{
	const struct store *store = &rows->report->stores[at];
	const char *name = rows->with_store ? rows->stores[at] : "";

	if (rows->with_store)
		add_fact(rows, mem_printf("called\n%s", name), mem_strdup(store->name),
		         mem_printf("name of trust store %s", name));
	for (size_t i = 0; i < store->count; i++) {
		char *what = describe(store->certs[i]), hex[65];

		cert_hex(store->certs[i], hex);
		add_fact(
			rows, mem_printf("store\n%s\n%s", name, hex), NULL,
			mem_printf("in trust store%s%s: %s", *name != '\0' ? " " : "", name, what));
		free(what);
	}
}

/* An end that comes near: the id and the certificate are the fact, not how many days are left. */
static void finding_facts(struct rows *rows, const struct finding *finding)
{
	char hex[65] = "";

	if (finding->kind != FINDING_EXPIRES_SOON && finding->kind != FINDING_ENDS_BEFORE_AT &&
	    finding->kind != FINDING_STORE_EXPIRED)
		return;
	if (finding->certificate != NULL)
		cert_hex(finding->certificate, hex);
	add_fact(rows, mem_printf("finding\n%s\n%s", finding->id, hex), NULL,
	         mem_printf("warning %s: %s", finding->id,
	                    finding->title != NULL ? finding->title : ""));
	rows->facts[rows->fact_count - 1].finding = finding;
}

/* Facts of one key all have a value, or none has. */
static int by_fact(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int order = strcasecmp(a->key, b->key);

	return order != 0 || a->value == NULL ? order : strcmp(a->value, b->value);
}

/* Several values under one key (the IPs of a name, a certificate per IP) become one text; sorted
 * and each once. */
static void sort_and_join(struct rows *rows)
{
	size_t kept = 0;

	mem_sort(rows->facts, rows->fact_count, sizeof *rows->facts, by_fact);
	for (size_t i = 0, end; i < rows->fact_count; i = end) {
		struct fact *fact = &rows->facts[i];
		struct buf values;

		buf_init(&values);
		if (fact->value != NULL)
			buf_puts(&values, fact->value);
		for (end = i + 1;
		     end < rows->fact_count && strcasecmp(rows->facts[end].key, fact->key) == 0;
		     end++) {
			const char *value = rows->facts[end].value,
				   *before = rows->facts[end - 1].value;

			if (value != NULL && strcmp(value, before) != 0)
				buf_printf(&values, " and %s", value);
		}
		for (size_t k = i + 1; k < end; k++) {
			free(rows->facts[k].key);
			free(rows->facts[k].value);
			free(rows->facts[k].text);
		}
		if (fact->value != NULL) {
			free(fact->value);
			fact->value = buf_take(&values);
		}
		buf_clear(&values);
		rows->facts[kept++] = *fact;
	}
	rows->fact_count = kept;
}

/* Another one makes another answer of the same certificates. */
static char *in_force(const struct policy *policy)
{
	if (policy->order_in_force[ORDER_RSA_FIRST] == policy->order_in_force[ORDER_ECDSA_FIRST])
		return mem_strdup("both");
	return mem_strdup(order_name(policy->order_in_force[ORDER_RSA_FIRST] ? ORDER_RSA_FIRST
	                                                                     : ORDER_ECDSA_FIRST));
}

void rows_init_facts(struct rows *rows)
{
	const struct report *report = rows->report;

	for (size_t i = 0; i < report->observation_count; i++)
		observation_facts(rows, &report->observations[i]);
	for (size_t i = 0; i < report->cluster_count; i++)
		cluster_facts(rows, &report->clusters[i]);
	for (size_t i = 0; i < report->store_count; i++)
		store_facts(rows, i);
	for (size_t i = 0; i < report->finding_count; i++)
		finding_facts(rows, &report->findings[i]);
	add_fact(rows, mem_strdup("in force"), in_force(&report->policy),
	         mem_strdup("cipher order in force"));
	add_fact(rows, mem_strdup("era"), mem_strdup(era_name(report->policy.era)),
	         mem_strdup("era of the rules"));
	sort_and_join(rows);
}
