/* SPDX-License-Identifier: MIT */
/* Folded parts: all that is known of each node, and of each certificate that was presented. */
#include "config.h"

#include "base/mem.h"
#include "out/answer.h"
#include "out/html.h"
#include "out/issue.h"
#include "base/safe.h"
#include "out/xml.h"

#include <stdlib.h>
#include <string.h>

enum { NODES_OPEN = 10, PASSING_UNFOLDED = 20, SANS_MOST = 100, TEXT_MOST = 400 };

static void write_issue(const struct view *view, const char *address, const struct issue *issue, struct buf *out)
{
	const struct verdict *verdict = issue->verdict;
	char *places = issue_places(issue), *outcome;

	buf_puts(out, "<div class=\"issue\"><code>");
	xml_add(out, address);
	buf_printf(out, "</code>, %s: ", places);
	free(places);
	if (verdict == NULL) {
		outcome = answer_outcome(issue->observation);
		xml_add(out, outcome);
		free(outcome);
	} else {
		const char *kind = report_certificate(view->report, issue->observation);

		for (size_t i = 0; i < verdict->reason_count; i++)
			buf_printf(out, "%s<b>%s</b>", i > 0 ? ", then " : "", reason_id(verdict->reasons[i].reason));
		buf_printf(out, " (%s)", kind != NULL ? kind : "no certificate");
		html_names(out, "Trust stores that refuse", &issue->stores);
		for (size_t i = 0; i < verdict->reason_count; i++)
			html_element(out, "p", NULL, reason_meaning(verdict->reasons[i].reason));
		if (verdict->log != NULL && *verdict->log != '\0')
			html_element(out, "pre", "copy", verdict->log);
		if (verdict->error != NULL)
			html_element(out, "pre", "copy", verdict->error);
	}
	buf_puts(out, "</div>\n");
	(void)view;
}

static void write_issues(const struct view *view, size_t from, size_t end, struct buf *out)
{
	static const enum mark marks[] = { MARK_FAIL, MARK_UNKNOWN, MARK_WARNING, MARK_ASIDE };

	for (size_t m = 0; m < sizeof marks / sizeof *marks; m++) {
		for (size_t at = from, next; at < end; at = next) {
			size_t count;
			struct issue *issues;

			next = view_address_end(view, at);
			issues = issues_find(view, at, next, marks[m], &count);
			for (size_t i = 0; i < count; i++)
				write_issue(view, view->spots[at].address, &issues[i], out);
			issues_free(issues, count);
		}
	}
}

static void write_address(const struct address *address, struct buf *out)
{
	struct names ips = { address->ips, address->ip_count };
	char *list = answer_join(&ips, 0);

	buf_puts(out, "<dt>");
	xml_add(out, address->text);
	buf_puts(out, "</dt><dd>");
	buf_puts(out, address->advertised ? "advertised; " : "not advertised; ");
	xml_add(out, address->unresolved != NULL ? address->unresolved : list);
	buf_puts(out, "</dd>\n");
	free(list);
}

static void write_reverse(const struct node_reverse *reverse, struct buf *out)
{
	buf_puts(out, "<dt>");
	xml_add(out, reverse->ip);
	buf_puts(out, "</dt><dd>reverse DNS: ");
	xml_add(out, reverse->name != NULL ? reverse->name : reverse->problem);
	buf_puts(out, reverse->name != NULL && !reverse->agrees ? ", which does not lead back</dd>\n" : "</dd>\n");
}

static void write_node(const struct view *view, size_t from, size_t end, bool open, struct buf *out)
{
	const struct node *node = &view->report->nodes[view->spots[from].node];
	bool fails = view_has(view, from, end, MARK_FAIL), unknown = view_has(view, from, end, MARK_UNKNOWN);

	buf_puts(out, open && fails ? "<details open><summary>" : "<details><summary>");
	xml_add(out, node->name);
	buf_printf(out, " <span class=\"tag %s\">%s</span></summary><div>\n", fails ? "fail" : unknown ? "incomplete" : "pass",
	           fails ? "fails" : unknown ? "not known" : "passes");
	write_issues(view, from, end, out);
	buf_puts(out, "<dl>\n");
	buf_printf(out, "<dt>Role</dt><dd>%s, %s</dd>\n", node_role_name(node->role),
	           node_source_words(node->source));
	for (size_t i = 0; i < node->address_count; i++)
		write_address(&node->addresses[i], out);
	for (size_t i = 0; i < node->reverse_count; i++)
		write_reverse(&node->reverses[i], out);
	buf_puts(out, "</dl>\n</div></details>\n");
}

static bool passes(const struct view *view, size_t from, size_t end)
{
	return !view_has(view, from, end, MARK_FAIL) && !view_has(view, from, end, MARK_UNKNOWN);
}

static void write_nodes(const struct view *view, bool passing, bool open, struct buf *out)
{
	for (size_t at = 0, end; at < view->spot_count; at = end) {
		end = view_node_end(view, at);
		if (passes(view, at, end) == passing)
			write_node(view, at, end, open, out);
	}
}

void html_nodes(const struct view *view, struct buf *out)
{
	size_t passing = view->tally.nodes - view->tally.nodes_refused - view->tally.nodes_unknown;
	bool fold = passing > PASSING_UNFOLDED;

	if (view->spot_count == 0)
		return;
	buf_puts(out, "<section id=\"nodes\">\n<h2>Each node, with Expressway's own lines</h2>\n");
	write_nodes(view, false, view->tally.nodes_refused <= NODES_OPEN, out);
	if (fold)
		buf_printf(out, "<details><summary>Nodes that pass <span class=\"tag\">%zu</span></summary><div>\n", passing);
	write_nodes(view, true, false, out);
	buf_puts(out, fold ? "</div></details>\n</section>\n" : "</section>\n");
}

static void write_term(struct buf *out, const char *term, const char *text)
{
	char *brief = safe_brief(text, TEXT_MOST);

	html_element(out, "dt", NULL, term);
	html_element(out, "dd", NULL, *brief != '\0' ? brief : "(none)");
	free(brief);
}

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
	return text.data;
}

static void write_facts(const struct cert *cert, struct buf *out)
{
	char begin[32], end[32], *sans = sans_of(cert), *key, *valid;

	answer_time(cert->not_before, begin);
	answer_time(cert->not_after, end);
	valid = mem_printf("%s to %s", begin, end);
	key = mem_printf("%s %u%s%s, signed with %s%s", key_type_name(cert->key_type), cert->key_bits,
	                 cert->key_curve != NULL ? " " : "", cert->key_curve != NULL ? cert->key_curve : "", cert->signature,
	                 cert->self_signed ? " by itself" : "");
	write_term(out, "Subject", cert->subject);
	write_term(out, "Issuer", cert->issuer);
	write_term(out, "Names (SAN)", sans);
	write_term(out, "Valid", valid);
	write_term(out, "Key", key);
	write_term(out, "Serial", cert->serial);
	free(sans);
	free(key);
	free(valid);
}

static void write_cert(const struct cert *cert, struct buf *out)
{
	char *name = safe_brief(cert->readable ? cert->subject : "a certificate that cannot be read", 120);

	buf_puts(out, "<details><summary>");
	xml_add(out, *name != '\0' ? name : "(no subject)");
	buf_puts(out, "</summary><div><dl>\n");
	if (cert->readable)
		write_facts(cert, out);
	buf_puts(out, "<dt>SHA-256</dt><dd>");
	html_fingerprint(out, cert);
	buf_puts(out, "</dd>\n</dl></div></details>\n");
	free(name);
}

static int by_subject(const void *left, const void *right)
{
	const struct cert *a = *(const struct cert *const *)left, *b = *(const struct cert *const *)right;
	int order = a->readable && b->readable ? strcmp(a->subject, b->subject) : b->readable - a->readable;

	return order != 0 ? order : memcmp(a->sha256, b->sha256, sizeof a->sha256);
}

void html_certificates(const struct view *view, struct buf *out)
{
	const struct report *report = view->report;
	struct chain all = { NULL, 0 };

	for (size_t i = 0; i < report->observation_count; i++)
		for (size_t k = 0; k < report->observations[i].chain.count; k++)
			chain_add(&all, report->observations[i].chain.certs[k]);
	if (all.count > 0) {
		buf_puts(out, "<section>\n<h2>Certificates that were presented</h2>\n");
		qsort(all.certs, all.count, sizeof *all.certs, by_subject);
		for (size_t i = 0; i < all.count; i++)
			if (i == 0 || all.certs[i] != all.certs[i - 1])
				write_cert(all.certs[i], out);
		buf_puts(out, "</section>\n");
	}
	chain_clear(&all);
}
