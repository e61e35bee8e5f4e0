/* SPDX-License-Identifier: MIT */
/* What is news beside the verdicts: certificates, IPs, discovery, the stores' content, ends that come near. Times, ids,
 * durations and the order of lists are none. */
#include "config.h"

#include "base/mem.h"
#include "saved/compare_rows.h"

#include <stdlib.h>
#include <string.h>

static void add_fact(struct rows *rows, char *key, char *value, char *text)
{
	rows->facts = mem_grow(rows->facts, rows->fact_count, sizeof *rows->facts);
	rows->facts[rows->fact_count++] = (struct fact){ key, value, text };
}

static const json_t *certificate(const struct rows *rows, const char *hex)
{
	return json_object_get(json_object_get(rows->root, "certificates"), hex);
}

static char *describe(const struct rows *rows, const char *hex)
{
	const json_t *cert = certificate(rows, hex);

	return mem_printf("%s, ends %s, SHA-256 %s", row_text(cert, "subject"), row_text(cert, "not_after"), hex);
}

static void observation_facts(struct rows *rows, const json_t *observation)
{
	const char *address = row_text(observation, "address"), *ip = row_text(observation, "ip"), *order = row_text(observation, "order");
	const char *leaf = json_string_value(json_array_get(json_object_get(observation, "chain"), 0));
	int port = (int)json_integer_value(json_object_get(observation, "port"));

	if (leaf != NULL)
		add_fact(rows, mem_printf("certificate\n%s\n%s\n%05d\n%s", row_text(observation, "node"), address, port, order),
		         describe(rows, leaf), mem_printf("certificate of %s %d %s", address, port, order));
	if (*ip != '\0' && strcmp(ip, address) != 0)
		add_fact(rows, mem_printf("ip\n%s\n%s", row_text(observation, "node"), address), mem_strdup(ip), mem_printf("IP of %s", address));
}

static void cluster_facts(struct rows *rows, const json_t *cluster)
{
	const char *publisher = row_text(cluster, "publisher"), *outcome = row_text(json_object_get(cluster, "discovery"), "outcome");

	add_fact(rows, mem_printf("discovery\n%s", publisher), mem_strdup(outcome), mem_printf("discovery by %s", publisher));
	if (*row_text(cluster, "version") != '\0')
		add_fact(rows, mem_printf("version\n%s", publisher), mem_strdup(row_text(cluster, "version")),
		         mem_printf("version of %s", publisher));
}

/* A single store is the same one whatever its file is called. */
static void store_facts(struct rows *rows, const json_t *store)
{
	const json_t *list = json_object_get(store, "fingerprints");
	const char *name = rows->store_count == 1 ? "" : row_text(store, "name");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *hex = json_string_value(json_array_get(list, i));
		char *what;

		if (hex == NULL)
			continue;
		what = describe(rows, hex);
		add_fact(rows, mem_printf("store\n%s\n%s", name, hex), NULL,
		         mem_printf("in trust store%s%s: %s", *name != '\0' ? " " : "", name, what));
		free(what);
	}
}

static void finding_facts(struct rows *rows, const json_t *finding)
{
	const char *id = row_text(finding, "id");

	if (strcmp(id, "expires-soon") == 0 || strcmp(id, "ends-before-at") == 0 || strcmp(id, "store-expired") == 0)
		add_fact(rows, mem_printf("finding\n%s\n%s", id, row_text(finding, "certificate")), NULL,
		         mem_printf("warning %s: %s", id, row_text(finding, "title")));
}

static int by_fact(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int order = strcmp(a->key, b->key);

	if (order != 0 || a->value == NULL || b->value == NULL)
		return order != 0 ? order : (a->value != NULL) - (b->value != NULL);
	return strcmp(a->value, b->value);
}

/* Several values under one key (the IPs of a name, a certificate per IP) become one text; sorted and each once. */
static void sort_and_join(struct rows *rows)
{
	size_t kept = 0;

	if (rows->fact_count > 0)
		qsort(rows->facts, rows->fact_count, sizeof *rows->facts, by_fact);
	for (size_t i = 0, end; i < rows->fact_count; i = end) {
		struct fact *fact = &rows->facts[i];
		struct buf values;

		buf_init(&values);
		buf_puts(&values, fact->value != NULL ? fact->value : "");
		for (end = i + 1; end < rows->fact_count && strcmp(rows->facts[end].key, fact->key) == 0; end++) {
			const char *value = rows->facts[end].value, *before = rows->facts[end - 1].value;

			if (value != NULL && (before == NULL || strcmp(value, before) != 0))
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

void rows_read_facts(struct rows *rows)
{
	static const struct {
		const char *member;
		void (*read)(struct rows *, const json_t *);
	} lists[] = {
		{ "observations", observation_facts }, { "clusters", cluster_facts }, { "trust_stores", store_facts }, { "findings", finding_facts },
	};
	const json_t *policy = json_object_get(rows->root, "policy");

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const json_t *list = json_object_get(rows->root, lists[i].member);

		for (size_t k = 0; k < json_array_size(list); k++)
			lists[i].read(rows, json_array_get(list, k));
	}
	if (*row_text(policy, "era") != '\0')
		add_fact(rows, mem_strdup("era"), mem_strdup(row_text(policy, "era")), mem_strdup("era of the rules"));
	sort_and_join(rows);
}
