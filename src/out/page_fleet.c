/* SPDX-License-Identifier: MIT */
/* The fleet's page: how many clusters may be upgraded, which not and why, what they have in common,
 * and when their certificates end. Then a fold per cluster. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/safe.h"
#include "out/answer.h"
#include "out/formats.h"
#include "out/page.h"

#include <stdlib.h>
#include <string.h>

enum { HEADLINES = HEADLINE_NOT_KNOWN + 1, SUBJECT_MOST = 120, MONTHS = 24 };

/* What is needed of a cluster when its view is gone. */
struct member {
	const struct report *report; /* borrowed */
	const char *name;            /* borrowed */
	char *answer;                /* owned */
	enum headline headline;
	size_t addresses, refused, unknown, index;
};

struct fleet_page {
	struct member *members; /* owned; worst first */
	size_t count;
	size_t headlines[HEADLINES];
	size_t by_peer;  /* of HEADLINE_NO: those where CUCM alone would refuse */
	size_t by_order; /* of HEADLINE_YES_BUT: those whose cipher order has to stay */
	size_t by_tls13; /* of the others: those that have to be reached with TLS 1.3 */
	const struct unread *unread; /* borrowed */
};

/* Worst first: refused, not known, accepted on a condition, accepted. */
static int gravity(enum headline headline)
{
	static const int gravities[HEADLINES] = {
		[HEADLINE_NO] = 3,
		[HEADLINE_NOT_KNOWN] = 2,
		[HEADLINE_YES_BUT] = 1,
		[HEADLINE_YES] = 0,
	};

	return gravities[headline];
}

static int by_gravity(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	return COMPARE(gravity(b->headline), gravity(a->headline))
	       ?: COMPARE(b->refused, a->refused)
	       ?: COMPARE(b->unknown, a->unknown)
	       ?: COMPARE(a->index, b->index);
}

static void page_open(struct fleet_page *page, const struct fleet *fleet)
{
	*page = (struct fleet_page){ .members = mem_array(fleet->count, sizeof *page->members),
		                     .count = fleet->count,
		                     .unread = &fleet->unread };
	for (size_t i = 0; i < fleet->count; i++) {
		struct view view;

		view_init(&view, fleet->reports[i]);
		page->members[i] =
			(struct member){ fleet->reports[i],    fleet_name(fleet->reports[i]),
			                 answer_of(&view),     view.headline,
			                 view.tally.addresses, view.tally.refused,
			                 view.tally.unknown,   i };
		page->headlines[view.headline]++;
		page->by_peer += view.headline == HEADLINE_NO && view.tally.refused == 0;
		page->by_order += view.headline == HEADLINE_YES_BUT &&
		                  report_other_order_fails(fleet->reports[i]);
		page->by_tls13 += view.headline == HEADLINE_YES_BUT &&
		                  !report_other_order_fails(fleet->reports[i]) &&
		                  view.tally.need_tls13 > 0;
		view_clear(&view);
	}
	qsort(page->members, page->count, sizeof *page->members, by_gravity);
}

static void page_close(struct fleet_page *page)
{
	for (size_t i = 0; i < page->count; i++)
		free(page->members[i].answer);
	free(page->members);
}

static const char *clusters(size_t count)
{
	return answer_plural(count, "cluster", "clusters");
}

/* --- the answer ------------------------------------------------------------------------------- */

static enum headline worst(const struct fleet_page *page)
{
	bool unknown = page->headlines[HEADLINE_NOT_KNOWN] > 0 || page->unread->count > 0;

	return page->headlines[HEADLINE_NO] > 0        ? HEADLINE_NO
	       : unknown                               ? HEADLINE_NOT_KNOWN
	       : page->headlines[HEADLINE_YES_BUT] > 0 ? HEADLINE_YES_BUT
	                                               : HEADLINE_YES;
}

static char *fleet_answer(const struct fleet_page *page)
{
	static const char *const first[HEADLINES] = {
		[HEADLINE_YES] = "Yes: ", [HEADLINE_YES_BUT] = "Yes, but: ", [HEADLINE_NO] = "No: ",
		[HEADLINE_NOT_KNOWN] = "Not known: ",
	};
	const size_t *of = page->headlines;
	struct buf text;

	buf_init(&text);
	buf_printf(&text, "%s%zu of %zu %s may be upgraded", first[worst(page)], of[HEADLINE_YES],
	           page->count, clusters(page->count));
	if (of[HEADLINE_NO] > page->by_peer)
		buf_printf(&text, "; in %zu Expressway would refuse advertised addresses",
		           of[HEADLINE_NO] - page->by_peer);
	if (page->by_peer > 0)
		buf_printf(&text, "; in %zu CUCM would refuse Expressway-C's own certificate",
		           page->by_peer);
	if (of[HEADLINE_NOT_KNOWN] > 0)
		buf_printf(&text, "; %zu could not be checked in full", of[HEADLINE_NOT_KNOWN]);
	if (page->by_order > 0)
		buf_printf(&text, "; %zu only while the cipher order stays as it is",
		           page->by_order);
	if (page->by_tls13 > 0)
		buf_printf(&text, "; %zu only if Expressway offers TLS 1.3", page->by_tls13);
	if (of[HEADLINE_YES_BUT] > page->by_order + page->by_tls13)
		buf_printf(&text, "; %zu only once CUCM knows the CA of Expressway-C's own certificate",
		           of[HEADLINE_YES_BUT] - page->by_order - page->by_tls13);
	answer_unread(&text, page->unread, "; ");
	buf_putc(&text, '.');
	return buf_take(&text);
}

static void add_answer(struct doc *doc, const struct fleet_page *page)
{
	char *answer = fleet_answer(page);

	doc_open(doc, DOC_ANSWER, page_look(worst(page)), "Which clusters may be upgraded?");
	doc_add(doc, DOC_TEXT, DOC_PLAIN, answer);
	doc_close(doc);
	free(answer);
}

/* --- cluster by cluster ----------------------------------------------------------------------- */

static const char *word_of(enum headline headline)
{
	static const char *const words[HEADLINES] = {
		[HEADLINE_YES] = "yes",
		[HEADLINE_YES_BUT] = "yes, but",
		[HEADLINE_NO] = "no",
		[HEADLINE_NOT_KNOWN] = "not known",
	};

	return words[headline];
}

static const char *first_cause(const struct report *report)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].severity != SEVERITY_INFO)
			return report->findings[i].title;
	return NULL;
}

static void add_number(struct doc *doc, size_t number)
{
	char *text = mem_printf("%zu", number);

	page_cell(doc, DOC_PLAIN, DOC_TEXT, text);
	free(text);
}

static void add_member(struct doc *doc, const struct member *member)
{
	const char *cause = first_cause(member->report);
	char *brief = safe_brief(cause, SUBJECT_MOST);

	doc_open(doc, DOC_ROW, DOC_PLAIN, NULL);
	page_cell(doc, DOC_PLAIN, DOC_NAME, member->name);
	doc_open(doc, DOC_CELL, page_look(member->headline), NULL);
	doc_add(doc, DOC_TEXT, DOC_PLAIN, word_of(member->headline));
	if (cause != NULL)
		doc_add(doc, DOC_SMALL, DOC_PLAIN, brief);
	doc_close(doc);
	add_number(doc, member->refused);
	add_number(doc, member->unknown);
	add_number(doc, member->addresses);
	doc_close(doc);
	free(brief);
}

static void add_members(struct doc *doc, const struct fleet_page *page)
{
	static const char *const heads[] = { "Cluster", "Upgrade", "Refused", "Not checked",
		                             "Addresses" };
	struct names good = { 0 };

	doc_open(doc, DOC_SECTION, DOC_PLAIN, "Clusters, the worst first")->id = "clusters";
	if (page->headlines[HEADLINE_YES] < page->count) {
		page_table(doc, heads, sizeof heads / sizeof *heads);
		for (size_t i = 0; i < page->count && page->members[i].headline != HEADLINE_YES;
		     i++)
			add_member(doc, &page->members[i]);
		doc_close(doc);
	}
	for (size_t i = 0; i < page->count; i++)
		if (page->members[i].headline == HEADLINE_YES)
			page_name(&good, page->members[i].name);
	doc_names(doc, "May be upgraded", &good, 0);
	doc_close(doc);
	names_clear(&good);
}

/* Which clusters these are is not known: the file's name has to do. */
static void add_unread(struct doc *doc, const struct fleet_page *page)
{
	if (page->unread->count == 0)
		return;
	doc_open(doc, DOC_SECTION, DOC_PLAIN, "Not read: this is not a pass")->id = "unread";
	page_unread(doc, page->unread);
	doc_close(doc);
}

/* --- what they have in common ----------------------------------------------------------------- */

/* One cluster has one thing wrong; sorted, equal texts stand together. */
struct entry {
	char *text; /* owned */
	size_t member, addresses;
};

struct entries {
	struct entry *items; /* owned */
	size_t count;
};

/* Entries of one text. */
struct cause {
	size_t from, end, members, addresses;
};

static void add_entry(struct entries *entries, char *text, size_t member, size_t addresses)
{
	entries->items = mem_grow(entries->items, entries->count, sizeof *entries->items);
	entries->items[entries->count++] = (struct entry){ text, member, addresses };
}

static int by_text(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	return strcmp(a->text, b->text) ?: COMPARE(a->member, b->member);
}

static int by_spread(const void *left, const void *right)
{
	const struct cause *a = left, *b = right;

	return COMPARE(b->members, a->members)
	       ?: COMPARE(b->addresses, a->addresses)
	       ?: COMPARE(a->from, b->from);
}

static struct cause *find_causes(struct entries *entries, size_t *count)
{
	struct cause *causes = mem_array(entries->count, sizeof *causes);

	*count = 0;
	mem_sort(entries->items, entries->count, sizeof *entries->items, by_text);
	for (size_t i = 0; i < entries->count; i++) {
		struct cause *cause = &causes[*count];

		if (i == 0 || strcmp(entries->items[i].text, entries->items[i - 1].text) != 0)
			causes[(*count)++] =
				(struct cause){ i, i + 1, 1, entries->items[i].addresses };
		else {
			cause--;
			cause->end = i + 1;
			cause->members += entries->items[i].member != entries->items[i - 1].member;
			cause->addresses += entries->items[i].addresses;
		}
	}
	qsort(causes, *count, sizeof *causes, by_spread);
	return causes;
}

static void add_cause(struct doc *doc, const struct fleet_page *page, const struct entries *entries,
                      const struct cause *cause, bool addresses)
{
	size_t last = SIZE_MAX;

	doc_open(doc, DOC_ROW, DOC_PLAIN, NULL);
	page_cell(doc, DOC_PLAIN, DOC_TEXT, entries->items[cause->from].text);
	add_number(doc, cause->members);
	if (addresses)
		add_number(doc, cause->addresses);
	doc_open(doc, DOC_CELL, DOC_PLAIN, NULL);
	doc_open(doc, DOC_NAMES, DOC_PLAIN, NULL);
	for (size_t i = cause->from; i < cause->end; i++) {
		if (entries->items[i].member != last)
			doc_add(doc, DOC_NAME, DOC_PLAIN,
			        page->members[entries->items[i].member].name);
		last = entries->items[i].member;
	}
	doc_close(doc);
	doc_close(doc);
	doc_close(doc);
}

/* A table of what is common, the most common first; swallows the entries. */
static void add_common(struct doc *doc, const struct fleet_page *page, struct entries *entries,
                       const char *title, const char *what, bool addresses)
{
	const char *const heads[] = { what, "Clusters", addresses ? "Addresses" : "Which",
		                      "Which" };
	size_t count;
	struct cause *causes = find_causes(entries, &count);

	if (count > 0) {
		doc_open(doc, DOC_SECTION, DOC_PLAIN, title)->id = addresses ? "causes" : "uploads";
		page_table(doc, heads, addresses ? 4 : 3);
		for (size_t i = 0; i < count; i++)
			add_cause(doc, page, entries, &causes[i], addresses);
		doc_close(doc);
		doc_close(doc);
	}
	for (size_t i = 0; i < entries->count; i++)
		free(entries->items[i].text);
	free(entries->items);
	free(causes);
}

/* The same cause in another cluster has the same text: what names a node is left out, who signed is
 * not. */
static char *cause_text(const struct finding *finding)
{
	const struct cert *cert = finding->certificate;
	bool issuer = cert != NULL && cert->readable && !cert->self_signed &&
	              finding_is_refusal(finding) &&
	              (finding->reason == REASON_ISSUER_NOT_FOUND ||
	               finding->reason == REASON_SELF_SIGNED_IN_CHAIN ||
	               finding->reason == REASON_ANCHOR_NOT_ROOT ||
	               finding->reason == REASON_SIGNATURE_INVALID);
	char *by = safe_brief(issuer ? cert->issuer : "", SUBJECT_MOST), *text;

	if (!finding_is_refusal(finding))
		text = mem_strdup(finding->id);
	else
		text = mem_printf("%s%s%s: %s%s%s%s", finding->id,
		                  finding->certificate_kind != NULL ? ", " : "",
		                  finding->certificate_kind != NULL ? finding->certificate_kind
		                                                    : "",
		                  reason_meaning(finding->reason), issuer ? " Issued by " : "", by,
		                  issuer ? "." : "");
	free(by);
	return text;
}

static void find_advertised(const struct report *report, struct names *advertised)
{
	for (size_t i = 0; i < report->node_count; i++)
		for (size_t k = 0; k < report->nodes[i].address_count; k++)
			if (report->nodes[i].addresses[k].advertised)
				names_add(advertised, report->nodes[i].addresses[k].text);
}

/* As the table of clusters counts: the IPs of a name that is refused are refused as well, but
 * nobody is sent there. */
static size_t count_advertised(const struct finding *finding, const struct names *advertised)
{
	size_t count = 0;

	for (size_t i = 0; i < finding->addresses.count; i++)
		count += names_has(advertised, finding->addresses.items[i]);
	return count;
}

static void add_causes(struct doc *doc, const struct fleet_page *page)
{
	struct entries entries = { NULL, 0 };

	for (size_t i = 0; i < page->count; i++) {
		const struct report *report = page->members[i].report;
		struct names advertised = { 0 };

		find_advertised(report, &advertised);
		for (size_t k = 0; k < report->finding_count; k++)
			if (report->findings[k].severity == SEVERITY_FAIL)
				add_entry(&entries, cause_text(&report->findings[k]), i,
				          count_advertised(&report->findings[k], &advertised));
		names_clear(&advertised);
	}
	add_common(doc, page, &entries, "Common causes", "Cause", true);
}

static char *upload_text(const struct cert *cert)
{
	char hex[65], end[32],
		*subject = safe_brief(cert->readable ? cert->subject : "(cannot be read)",
	                              SUBJECT_MOST),
		*text;

	cert_hex(cert, hex);
	answer_day(cert->not_after, end);
	text = mem_printf("%s, until %s, SHA-256 %s", subject, end, hex);
	free(subject);
	return text;
}

static void add_uploads(struct doc *doc, const struct fleet_page *page)
{
	struct entries entries = { NULL, 0 };

	for (size_t i = 0; i < page->count; i++) {
		const struct report *report = page->members[i].report;

		for (size_t k = 0; k < report->step_count; k++) {
			const struct step *step = &report->steps[k];

			for (size_t c = 0; step->kind == STEP_STORE_ADD && c < step->cert_count;
			     c++)
				add_entry(&entries, upload_text(step->certs[c]), i, 0);
			if (step->kind == STEP_STORE_ADD && step->cert_count == 0)
				add_entry(&entries, mem_strdup(step->title), i, 0);
		}
	}
	add_common(doc, page, &entries, "What trust stores lack", "To upload", false);
}

/* --- when certificates end -------------------------------------------------------------------- */

struct ending {
	const unsigned char *sha256; /* borrowed */
	int64_t not_after;
};

static int by_sha256(const void *left, const void *right)
{
	return memcmp(((const struct ending *)left)->sha256, ((const struct ending *)right)->sha256,
	              32);
}

/* Once each: what advertised addresses show. */
static struct ending *find_endings(const struct fleet_page *page, size_t *count)
{
	struct ending *endings = NULL;
	size_t kept = 0;

	*count = 0;
	for (size_t i = 0; i < page->count; i++) {
		const struct report *report = page->members[i].report;

		for (size_t k = 0; k < report->observation_count; k++) {
			const struct cert *leaf = chain_leaf(&report->observations[k].chain);

			if (leaf == NULL || !leaf->readable || !report->observations[k].advertised)
				continue;
			endings = mem_grow(endings, *count, sizeof *endings);
			endings[(*count)++] = (struct ending){ leaf->sha256, leaf->not_after };
		}
	}
	mem_sort(endings, *count, sizeof *endings, by_sha256);
	for (size_t i = 0; i < *count; i++)
		if (i == 0 || by_sha256(&endings[i], &endings[kept - 1]) != 0)
			endings[kept++] = endings[i];
	*count = kept;
	return endings;
}

/* Months since year 0 of the first report's time, by its text: no zone can shift it. */
static int first_month(const struct fleet_page *page)
{
	char day[32];

	answer_day(page->count > 0 ? page->members[0].report->policy.at : 0, day);
	return atoi(day) * 12 + atoi(day + 5) - 1;
}

/* Which bar: 0: it has ended; 1: this month; MONTHS + 1: later than any. */
static size_t bar_of(int first, int64_t at, int64_t not_after)
{
	if (not_after <= at)
		return 0;
	for (int i = 1; i <= MONTHS; i++)
		if (not_after <
		    clock_from_civil((first + i) / 12, (first + i) % 12 + 1, 1, 0, 0, 0))
			return (size_t)i;
	return MONTHS + 1;
}

static void add_months(struct doc *doc, const struct fleet_page *page)
{
	size_t bars[MONTHS + 2] = { 0 }, count;
	struct ending *endings = find_endings(page, &count);
	int64_t at = page->count > 0 ? page->members[0].report->policy.at : 0;
	int first = first_month(page);

	for (size_t i = 0; i < count; i++)
		bars[bar_of(first, at, endings[i].not_after)]++;
	if (count > 0) {
		doc_open(doc, DOC_SECTION, DOC_PLAIN, "Certificates that end, by month")->id =
			"months";
		doc_open(doc, DOC_BARS, DOC_PLAIN, "Certificates in use that end, by month");
		for (size_t i = 0; i < MONTHS + 2; i++) {
			int month = first + (int)i - 1;
			char *label = i == 0 ? mem_strdup("ended")
			              : i > MONTHS
			                      ? mem_strdup("later")
			                      : mem_printf("%d-%02d", month / 12, month % 12 + 1);

			doc_add(doc, DOC_ITEM, DOC_PLAIN, label)->value = bars[i];
			free(label);
		}
		doc_close(doc);
		doc_close(doc);
	}
	free(endings);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void begin(const struct fleet_page *page, const struct doc_layout *layout,
                  const struct out_how *how, struct buf *out)
{
	struct names facts = { 0 };
	char day[32], *title, *fact;

	answer_day(page->count > 0 ? page->members[0].report->policy.at : 0, day);
	title = mem_printf("MRA and Expressway's certificate check: %zu %s, %s", page->count,
	                   clusters(page->count), day);
	fact = mem_printf("judged as of %s; each cluster with its own trust stores and policy",
	                  day);
	names_add(&facts, title);
	names_add(&facts, fact);
	layout->begin(&(struct doc_head){ title, &facts }, how, out);
	names_clear(&facts);
	free(fact);
	free(title);
}

/* One fold at a time, so that a thousand are never held at once. */
static void put_members(struct doc *doc, const struct fleet_page *page,
                        const struct doc_layout *layout, const struct out_how *how, struct buf *out)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct member *member = &page->members[i];
		char *title = mem_printf("%s: %s", member->name, member->answer);
		struct view view;

		view_init(&view, member->report);
		view.brief = true;
		doc_open(doc, DOC_FOLD, page_look(member->headline), title)->flags = DOC_DETAIL;
		page_brief(doc, &view);
		doc_close(doc);
		doc_put(doc, layout, how, out);
		view_clear(&view);
		free(title);
	}
}

void page_write_fleet(const struct fleet *fleet, const struct out_how *how,
                      const struct doc_layout *layout, struct buf *out)
{
	struct fleet_page page;
	struct doc doc;

	page_open(&page, fleet);
	doc_init(&doc);
	begin(&page, layout, how, out);
	add_answer(&doc, &page);
	if (!how->quiet) {
		add_unread(&doc, &page);
		add_members(&doc, &page);
		add_causes(&doc, &page);
		add_uploads(&doc, &page);
		add_months(&doc, &page);
	}
	doc_put(&doc, layout, how, out);
	if (!how->quiet)
		put_members(&doc, &page, layout, how, out);
	if (how->terminal && !how->quiet) {
		buf_putc(out, '\n');
		add_answer(&doc, &page);
		doc_put(&doc, layout, how, out);
	}
	layout->end(how, out);
	page_close(&page);
}
