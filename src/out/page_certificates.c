/* SPDX-License-Identifier: MIT */
/* Certificates: those that were presented, and those that each peer trusts. */
#include "config.h"

#include "base/mem.h"
#include "base/safe.h"
#include "out/answer.h"
#include "out/page.h"

#include <stdlib.h>
#include <string.h>

enum { SANS_MOST = 100, TEXT_MOST = 400, NAME_MOST = 120 };

static char *sans_of(const struct cert *cert)
{
	const char *at = NULL;
	struct buf text;
	struct san san;

	buf_init(&text);
	for (size_t i = 0; i < SANS_MOST && cert_next_san(cert, &at, &san); i++)
		buf_printf(&text, "%s%s:%s", i > 0 ? ", " : "", san_type_name(san.type), san.value);
	if (cert->san_count > SANS_MOST)
		buf_printf(&text, " and %zu more", cert->san_count - SANS_MOST);
	return buf_take(&text);
}

static void add_fact(struct doc *doc, const char *label, const char *text)
{
	char *brief = safe_brief(text, TEXT_MOST);

	doc_labelled(doc, label, *brief != '\0' ? brief : "(none)");
	free(brief);
}

static void add_usages(struct doc *doc, const struct cert *cert)
{
	const char *at = NULL, *name;
	struct buf key, extended;

	buf_init(&key);
	buf_init(&extended);
	for (int i = 0; i < USAGE_COUNT; i++)
		if (cert->key_usage & 1u << i)
			buf_printf(&key, "%s%s", key.len > 0 ? ", " : "",
			           key_usage_name((enum key_usage)i));
	while ((name = cert_next_purpose(cert, &at)) != NULL)
		buf_printf(&extended, "%s%s", extended.len > 0 ? ", " : "", name);
	add_fact(doc, "Key usage", cert->has_key_usage ? key.data : "any (no such extension)");
	add_fact(doc, "Extended key usage",
	         cert->has_extended_key_usage ? extended.data : "any (no such extension)");
	buf_clear(&key);
	buf_clear(&extended);
}

static void add_facts(struct doc *doc, const struct cert *cert)
{
	char begin[32], end[32], *sans = sans_of(cert);

	answer_time(cert->not_before, begin);
	answer_time(cert->not_after, end);
	add_fact(doc, "Subject", cert->subject);
	add_fact(doc, "Issuer", cert->issuer);
	doc_labelled(doc, "Names (SAN)", *sans != '\0' ? sans : "(none)");
	doc_sayf(doc, DOC_PLAIN, "Valid: %s to %s", begin, end);
	doc_sayf(doc, DOC_PLAIN, "Key: %s %u%s%s, signed with %s%s", key_type_name(cert->key_type),
	         cert->key_bits, cert->key_curve != NULL ? " " : "",
	         cert->key_curve != NULL ? cert->key_curve : "", cert->signature,
	         cert->self_signed ? " by itself" : "");
	add_usages(doc, cert);
	add_fact(doc, "Serial", cert->serial);
	free(sans);
}

static void add_cert(struct doc *doc, const struct cert *cert)
{
	char *name = safe_brief(cert->readable ? cert->subject
	                                       : "a certificate that cannot be read",
	                        NAME_MOST),
	     hex[65];

	cert_hex(cert, hex);
	doc_open(doc, DOC_FOLD, DOC_PLAIN, *name != '\0' ? name : "(no subject)")->flags =
		DOC_DETAIL;
	if (cert->readable)
		add_facts(doc, cert);
	doc_labelled(doc, "SHA-256", hex);
	doc_close(doc);
	free(name);
}

static int by_subject(const void *left, const void *right)
{
	const struct cert *a = *(const struct cert *const *)left,
			  *b = *(const struct cert *const *)right;
	int order = a->readable && b->readable ? strcmp(a->subject, b->subject)
	                                       : b->readable - a->readable;

	return order ?: memcmp(a->sha256, b->sha256, sizeof a->sha256);
}

static void add_presented(struct doc *doc, const struct report *report)
{
	struct chain all = { NULL, 0 };

	for (size_t i = 0; i < report->observation_count; i++)
		for (size_t k = 0; k < report->observations[i].chain.count; k++)
			chain_add(&all, report->observations[i].chain.certs[k]);
	if (all.count > 0) {
		doc_open(doc, DOC_SECTION, DOC_PLAIN, "Certificates that were presented")->flags =
			DOC_DETAIL;
		qsort(all.certs, all.count, sizeof *all.certs, by_subject);
		for (size_t i = 0; i < all.count; i++)
			if (i == 0 || all.certs[i] != all.certs[i - 1])
				add_cert(doc, all.certs[i]);
		doc_close(doc);
	}
	chain_clear(&all);
}

/* --- what is trusted -------------------------------------------------------------------------- */

static void add_trusted(struct doc *doc, const struct cert *cert)
{
	char hex[65], end[32];
	char *subject = safe_brief(
		cert->readable ? cert->subject : "(a certificate that cannot be read)", NAME_MOST);

	cert_hex(cert, hex);
	answer_day(cert->not_after, end);
	doc_open(doc, DOC_ROW, DOC_PLAIN, NULL);
	page_cell(doc, DOC_PLAIN, DOC_NAME, *subject != '\0' ? subject : "(no subject)");
	page_cell(doc, DOC_PLAIN, DOC_TEXT, cert->readable ? end : "");
	page_cell(doc, DOC_PLAIN, DOC_NAME, hex);
	doc_close(doc);
	free(subject);
}

static void add_store(struct doc *doc, const struct store *store)
{
	static const char *const heads[] = { "Subject", "Ends", "SHA-256" };
	char *title = mem_printf("Trusted by %s: %zu %s%s", store->name, store->count,
	                         answer_plural(store->count, "certificate", "certificates"),
	                         store->unreadable > 0 ? ", and some that cannot be read" : "");

	doc_open(doc, DOC_FOLD, DOC_PLAIN, title)->flags = DOC_DETAIL | DOC_PAPER;
	page_table(doc, heads, sizeof heads / sizeof *heads);
	for (size_t i = 0; i < store->count; i++)
		add_trusted(doc, store->certs[i]);
	doc_close(doc);
	doc_close(doc);
	free(title);
}

static void add_own(struct doc *doc, const struct report *report)
{
	bool open = false;

	for (size_t i = 0; i < report->client_count; i++) {
		const struct chain *chain = &report->clients[i].chain;

		if (chain->count > 0 && !open)
			doc_open(doc, DOC_SECTION, DOC_PLAIN, "Expressway-C's own certificates")
				->flags = DOC_DETAIL;
		open = open || chain->count > 0;
		for (size_t k = 0; k < chain->count; k++)
			add_cert(doc, chain->certs[k]);
	}
	if (open)
		doc_close(doc);
}

void page_certificates(struct doc *doc, const struct view *view)
{
	const struct report *report = view->report;

	if (report->store_count > 0) {
		doc_open(doc, DOC_SECTION, DOC_PLAIN, "What each peer of Expressway-C trusts");
		doc->at->flags = DOC_DETAIL | DOC_PAPER;
		doc->at->id = "trusted";
		for (size_t i = 0; i < report->store_count; i++)
			add_store(doc, &report->stores[i]);
		doc_close(doc);
	}
	add_own(doc, report);
	add_presented(doc, report);
}
