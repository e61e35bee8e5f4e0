/* SPDX-License-Identifier: MIT */
/* The end of clientAuth in public CAs: which of the certificates that were shown, and of
 * Expressway-C's own, are for servers alone and which are for clients too, and until when. An
 * inventory: nothing fails for it here (examine_client says what does). */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "advise/examine_parts.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MOST = 12, FACTS_MOST = 500 };
enum use { USE_BOTH, USE_SERVER, USE_ANY, USE_OTHER, USE_COUNT };

struct entry {
	const struct cert *cert;
	char *whose;        /* owned; "tomcat of cucm1.example.com" */
	struct names nodes; /* all that show it */
};

struct inventory {
	struct entry *entries; /* owned */
	size_t count;
	struct table at;       /* fingerprint to index in entries */
	size_t uses[USE_COUNT];
};

static enum use use_of(const struct cert *cert)
{
	if (!cert->has_extended_key_usage)
		return USE_ANY;
	if (cert_has_purpose(cert, "clientAuth"))
		return USE_BOTH;
	return cert_has_purpose(cert, "serverAuth") ? USE_SERVER : USE_OTHER;
}

static void note(struct inventory *inventory, const struct cert *cert, const char *kind,
                 const char *node)
{
	char hex[65];
	size_t at;

	if (cert == NULL || !cert->readable)
		return;
	cert_hex(cert, hex);
	if (!table_find(&inventory->at, hex, &at)) {
		at = inventory->count;
		table_add(&inventory->at, hex, at);
		inventory->entries =
			mem_grow(inventory->entries, inventory->count, sizeof *inventory->entries);
		inventory->entries[inventory->count++] =
			(struct entry){ .cert = cert, .whose = mem_strdup(kind) };
		inventory->uses[use_of(cert)]++;
	}
	names_add(&inventory->entries[at].nodes, node);
}

static void collect(struct inventory *inventory, const struct report *report)
{
	for (size_t i = 0; i < report->client_count; i++)
		note(inventory, chain_leaf(&report->clients[i].chain), "Expressway-C",
		     report->clients[i].name);
	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];
		const char *kind = report_certificate(report, observation);

		if (observation->outcome == OUTCOME_PRESENTED)
			note(inventory, chain_leaf(&observation->chain),
			     kind != NULL ? kind : "certificate",
			     report->nodes[observation->node].name);
	}
}

static const char *use_words(enum use use)
{
	switch (use) {
	case USE_BOTH:
		return "has clientAuth";
	case USE_SERVER:
		return "for servers only";
	case USE_ANY:
		return "for any use (no extended key usage)";
	case USE_OTHER:
	case USE_COUNT:
		break;
	}
	return "neither serverAuth nor clientAuth";
}

static char *line_of(const struct entry *entry)
{
	const struct cert *cert = entry->cert;
	char until[CLOCK_TEXT] = "?";
	struct buf text;

	if (cert->not_after != INT64_MAX)
		clock_format(cert->not_after, until, sizeof until);
	buf_init(&text);
	buf_printf(&text, "%s of ", entry->whose);
	names_list(&text, &entry->nodes, EXAMINE_NAMED);
	buf_printf(&text, ": %s, %s%s, until %s", use_words(use_of(cert)),
	           cert->self_signed ? "self-signed" : "issued by ",
	           cert->self_signed ? "" : cert->issuer, until);
	return buf_take(&text);
}

/* Those that a CA may not issue again the same way come first: they are what the inventory is
 * for. */
static void list_them(const struct inventory *inventory, struct finding *finding,
                      struct buf *detail)
{
	size_t shown = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < inventory->count && finding->facts.count < FACTS_MOST; i++) {
			const struct cert *cert = inventory->entries[i].cert;
			bool first = use_of(cert) == USE_BOTH && !cert->self_signed;
			char *line;

			if (first != (pass == 0))
				continue;
			line = line_of(&inventory->entries[i]);
			names_add(&finding->facts, line);
			finding->certs = mem_grow(finding->certs, finding->cert_count,
			                          sizeof *finding->certs);
			finding->certs[finding->cert_count++] = cert;
			if (first && shown++ < SHOWN_MOST)
				buf_printf(detail, " %s.", line);
			free(line);
		}
	}
	if (shown > SHOWN_MOST)
		buf_printf(detail, " And %zu more.", shown - SHOWN_MOST);
}

static void say(struct report *report, const struct inventory *inventory)
{
	struct finding *finding = report_add_finding(report, FINDING_CLIENT_AUTH_INVENTORY);
	const size_t *uses = inventory->uses;
	struct buf detail;

	finding->title = mem_printf(
		"Certificates for clientAuth too: %zu of %zu; for serverAuth only: %zu",
		uses[USE_BOTH], inventory->count, uses[USE_SERVER]);
	buf_init(&detail);
	buf_printf(
		&detail,
		"Without an extended key usage, which allows any use: %zu. Public CAs stop issuing certificates with clientAuth (in 2026, the "
		"last up to March 2027), and since 2026-03-15 theirs live 200 days at most; a CA of your own need not. Whether an "
		"issuer is a public CA is not known here. To Expressway's traffic server a certificate of CUCM needs no clientAuth; "
		"what else a cluster uses it for was not looked at. Expressway-C's own needs it wherever CUCM verifies it.",
		uses[USE_ANY]);
	list_them(inventory, finding, &detail);
	finding->detail = buf_take(&detail);
}

void examine_usage(struct report *report)
{
	struct inventory inventory = { .entries = NULL };

	collect(&inventory, report);
	if (inventory.uses[USE_BOTH] + inventory.uses[USE_SERVER] > 0)
		say(report, &inventory);
	for (size_t i = 0; i < inventory.count; i++) {
		names_clear(&inventory.entries[i].nodes);
		free(inventory.entries[i].whose);
	}
	free(inventory.entries);
	table_clear(&inventory.at);
}
