/* SPDX-License-Identifier: MIT */
/* One cause, one finding; and no two findings with one title. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "advise/examine_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- alike ------------------------------------------------------------------------------------ */

static int by_text(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

void examine_key_set(struct buf *key, const struct names *names)
{
	char **sorted = mem_array(names->count, sizeof *sorted);

	for (size_t i = 0; i < names->count; i++)
		sorted[i] = names->items[i];
	qsort(sorted, names->count, sizeof *sorted, by_text);
	for (size_t i = 0; i < names->count; i++)
		buf_printf(key, "%s\n", sorted[i]);
	buf_puts(key, "\n");
	free(sorted);
}

/* What several of a kind have in common, behind their names; NULL: each stays for itself. */
static const char *several(enum finding_kind kind)
{
	static const char *const texts[FINDING_REFUSED] = {
		[FINDING_IP_SAN_ONLY] = "each has its address only as a SAN of type IP Address",
		[FINDING_NAME_ONLY_IN_CN] = "each has its name only in its CN",
		[FINDING_KEY_USAGE_OLD] =
			"each is self-signed without keyCertSign: older Expressway builds may refuse it even when stored",
		[FINDING_ANCHOR_DATES_OPENSSL_H] =
			"each leads to a trust anchor out of its dates, which one letter of OpenSSL 1.1.1 lets pass",
		[FINDING_PSS_ISSUER_OPENSSL_HI] =
			"each has an issuer with an RSASSA-PSS key, which two letters of OpenSSL 1.1.1 refuse",
		[FINDING_EXPIRES_SOON] = "each ends within the time to warn of",
		[FINDING_ENDS_BEFORE_AT] = "each ends before the date that was asked for",
		[FINDING_IP_DEAD] = "each has an IP that did not answer beside one that did",
		[FINDING_IPS_LEFT_OUT] = "each has more IPs in DNS than were probed",
		[FINDING_DNS_DISAGREES] = "the IP of each leads back to another name",
		[FINDING_DNS_NO_REVERSE] = "no name was found in reverse DNS for the IP of each",
		[FINDING_SHORT_NAME] = "each is advertised by its short name",
		[FINDING_SHORT_NAME_GIVEN] = "each was given by its short name",
		[FINDING_TRAILING_DOT] = "each is advertised with a dot at its end",
		[FINDING_NOT_CHECKED] = "none could be checked",
		[FINDING_HANDSHAKE_UNFINISHED] =
			"each showed a certificate, but the handshake did not finish",
		[FINDING_PORTS_DIFFER] =
			"two ports of each show different certificates of one kind",
		[FINDING_NOT_TRAFFIC] = "shown on a port that the traffic server never uses",
		[FINDING_STORE_EXPIRED] = "each has expired and is in the trust store",
		[FINDING_STORE_REPEATED] = "each is more than once in the trust store",
	};

	return kind < FINDING_REFUSED ? texts[kind] : NULL;
}

struct alike {
	char *key; /* owned */
	size_t at; /* index in report->findings */
};

static char *key_of(const struct finding *finding)
{
	struct buf key;

	buf_init(&key);
	buf_printf(&key, "%d %d %x\n%s\n%s\n%s\n", (int)finding->kind, (int)finding->severity,
	           finding->services,
	           finding->certificate_kind != NULL ? finding->certificate_kind : "",
	           finding->detail != NULL ? finding->detail : "",
	           finding->action != NULL ? finding->action : "");
	examine_key_set(&key, &finding->ports);
	examine_key_set(&key, &finding->orders);
	examine_key_set(&key, &finding->stores);
	return buf_take(&key);
}

static int by_key(const void *left, const void *right)
{
	const struct alike *a = left, *b = right;

	return strcmp(a->key, b->key) ?: COMPARE(a->at, b->at);
}

static void add_cert(struct finding *finding, const struct cert *cert)
{
	if (cert == NULL)
		return;
	finding->certs = mem_grow(finding->certs, finding->cert_count, sizeof *finding->certs);
	finding->certs[finding->cert_count++] = cert;
}

/* What was the title of each becomes a fact of all. */
static void merge_into(struct finding *first, struct finding *other)
{
	if (first->facts.count == 0) {
		names_add(&first->facts, first->title);
		add_cert(first, first->certificate);
	}
	names_add(&first->facts, other->title);
	add_cert(first, other->certificate);
	names_add_all(&first->nodes, &other->nodes);
	names_add_all(&first->addresses, &other->addresses);
	free(other->title);
	other->title = NULL; /* to be dropped */
}

/* "each ends" alone would hide that one of them does so tomorrow. */
static void say_first_end(struct buf *out, const struct finding *finding)
{
	int64_t first = INT64_MAX;
	char when[CLOCK_TEXT];

	if (finding->kind != FINDING_EXPIRES_SOON && finding->kind != FINDING_ENDS_BEFORE_AT)
		return;
	for (size_t i = 0; i < finding->cert_count; i++)
		if (finding->certs[i]->not_after < first)
			first = finding->certs[i]->not_after;
	clock_format(first, when, sizeof when);
	buf_printf(out, ", the first %s", when);
}

static void retitle(struct finding *finding)
{
	struct buf title;
	char *name;

	if (finding->certificate_kind != NULL)
		name = examine_cert_name(finding);
	else
		name = finding->nodes.count > 0
		               ? examine_where(finding)
		               : mem_printf("%zu certificates", finding->facts.count);
	free(finding->title);
	buf_init(&title);
	buf_printf(&title, "%s: %s", name, several(finding->kind));
	say_first_end(&title, finding);
	finding->title = buf_take(&title);
	free(name);
}

static void drop_untitled(struct report *report)
{
	size_t kept = 0;

	for (size_t i = 0; i < report->finding_count; i++) {
		if (report->findings[i].title == NULL)
			finding_clear(&report->findings[i]);
		else
			report->findings[kept++] = report->findings[i];
	}
	report->finding_count = kept;
}

void examine_merge(struct report *report)
{
	struct alike *alike = mem_array(report->finding_count, sizeof *alike);
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		if (several(report->findings[i].kind) != NULL && report->findings[i].title != NULL)
			alike[count++] = (struct alike){ key_of(&report->findings[i]), i };
	qsort(alike, count, sizeof *alike, by_key);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && strcmp(alike[end].key, alike[i].key) == 0; end++)
			merge_into(&report->findings[alike[i].at],
			           &report->findings[alike[end].at]);
		if (end - i > 1)
			retitle(&report->findings[alike[i].at]);
	}
	for (size_t i = 0; i < count; i++)
		free(alike[i].key);
	free(alike);
	drop_untitled(report);
}

/* --- two equal sentences never stand in one report -------------------------------------------- */

static int by_title(const void *left, const void *right)
{
	const struct finding *a = *(struct finding *const *)left,
			     *b = *(struct finding *const *)right;
	int order = strcmp(a->title != NULL ? a->title : "", b->title != NULL ? b->title : "");

	return order ?: COMPARE(a, b);
}

static bool same_names(const struct names *a, const struct names *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = names_has(b, a->items[i]);
	return same;
}

static void add_names(struct buf *out, const char *before, const struct names *names)
{
	buf_puts(out, before);
	names_list(out, names, EXAMINE_SHORT_NAMED);
}

/* What sets a finding apart from those with the same title: stores, ports, orders, nodes; else its
 * certificate. */
static void tell_apart(struct finding *const *findings, size_t count, size_t at, char **title)
{
	bool stores = false, ports = false, orders = false, nodes = false;
	const struct finding *finding = findings[at];
	struct buf text;
	char hex[65];

	for (size_t i = 0; i < count; i++) {
		stores = stores || !same_names(&findings[i]->stores, &finding->stores);
		ports = ports || !same_names(&findings[i]->ports, &finding->ports);
		orders = orders || !same_names(&findings[i]->orders, &finding->orders);
		nodes = nodes || !same_names(&findings[i]->nodes, &finding->nodes);
	}
	buf_init(&text);
	buf_puts(&text, finding->title);
	if (stores && finding->stores.count > 0)
		add_names(&text, ", by the store ", &finding->stores);
	if (ports && finding->ports.count > 0)
		add_names(&text, ", port ", &finding->ports);
	if (orders && finding->orders.count > 0)
		add_names(&text, ", ", &finding->orders);
	if (!stores && !ports && !orders && nodes)
		add_names(&text, ", ", &finding->nodes);
	else if (!stores && !ports && !orders && finding->certificate != NULL) {
		cert_hex(finding->certificate, hex);
		buf_printf(&text, ", SHA-256 %.16s", hex);
	}
	*title = buf_take(&text);
}

enum { TOLD_APART_MOST = 64 }; /* of one title: each is compared with all */

void examine_distinguish(struct report *report)
{
	struct finding **sorted = mem_array(report->finding_count, sizeof *sorted);
	char **titles = mem_array(report->finding_count, sizeof *titles);

	for (size_t i = 0; i < report->finding_count; i++)
		sorted[i] = &report->findings[i];
	qsort(sorted, report->finding_count, sizeof *sorted, by_title);
	for (size_t i = 0, end; i < report->finding_count; i = end) {
		for (end = i + 1; end < report->finding_count && sorted[i]->title != NULL &&
		                  sorted[end]->title != NULL &&
		                  strcmp(sorted[end]->title, sorted[i]->title) == 0;)
			end++;
		for (size_t k = i; end - i > 1 && k < end; k++)
			tell_apart(sorted + i,
			           end - i < TOLD_APART_MOST ? end - i : TOLD_APART_MOST, k - i,
			           &titles[k]);
	}
	for (size_t i = 0; i < report->finding_count; i++) {
		if (titles[i] == NULL)
			continue;
		free(sorted[i]->title);
		sorted[i]->title = titles[i];
	}
	free(sorted);
	free(titles);
}
