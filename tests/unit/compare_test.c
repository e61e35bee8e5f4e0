/* SPDX-License-Identifier: MIT */
/* Two small reports with one thing changed at a time. A report is written as rows, "ADDRESS PORT
 * ORDER STATE": the state is "ok", a reason's id, or an outcome. Expected lines are written by hand
 * after the rules of advise/compare.h. */
#include "config.h"

#include "advise/compare.h"
#include "base/mem.h"
#include "blocks.h"
#include "out/diff.h"
#include "saved/json_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

/* A certificate with nothing but what a comparison shows of it. */
static const struct cert *cert(struct report *report, const char *subject, unsigned char id)
{
	struct cert *made = mem_zalloc(sizeof *made);

	made->readable = true;
	made->subject = mem_strdup(subject);
	made->not_after = 1798761600; /* 2027-01-01 */
	memset(made->sha256, id, sizeof made->sha256);
	return certset_take(&report->certs, made);
}

static struct report *new_report(void)
{
	struct report *report = report_new();

	report->started = report->policy.at = 1767225600; /* 2026-01-01 */
	store_add(report_add_store(report, "ca.pem"), cert(report, "CN=Root", 0xcc));
	return report;
}

static size_t find_node(struct report *report, const char *name)
{
	for (size_t i = 0; i < report->node_count; i++)
		if (strcmp(report->nodes[i].name, name) == 0)
			return i;
	report_add_node(report, name);
	return report->node_count - 1;
}

/* The last observation: what the state says, and a verdict where it presented something. */
static void set_state(struct report *report, const char *state)
{
	struct observation *observation = &report->observations[report->observation_count - 1];
	struct verdict *verdict;
	enum reason reason;

	if (outcome_parse(state, &observation->outcome) == 0)
		return;
	observation->outcome = OUTCOME_PRESENTED;
	observation->handshake_completed = true;
	chain_add(&observation->chain, cert(report, "CN=leaf", 0xaa));
	verdict = report_add_verdict(report);
	verdict->observation = report->observation_count - 1;
	verdict->accepted = strcmp(state, "ok") == 0;
	if (verdict->accepted)
		return;
	assert_int_equal(reason_parse(state, &reason), 0);
	verdict_add_reason(verdict, reason, 10, 0, NULL);
}

/* "[NODE/]ADDRESS[@IP][!] PORT ORDER STATE"; "!": not advertised. */
static void row(struct report *report, const char *text)
{
	char where[100], order[20], state[40], *node = where, *address = where, *slash, *ip, *mark;
	struct observation *observation;
	unsigned port;

	assert_int_equal(sscanf(text, "%99s %u %19s %39s", where, &port, order, state), 4);
	slash = strchr(where, '/');
	if (slash != NULL) {
		*slash = '\0';
		address = slash + 1;
	}
	mark = strchr(address, '!');
	if (mark != NULL)
		*mark = '\0';
	ip = strchr(address, '@');
	if (ip != NULL)
		*ip++ = '\0';
	observation = report_add_observation(report);
	observation->node = find_node(report, node);
	observation->address = mem_strdup(address);
	observation->ip = mem_strdup(ip != NULL ? ip : "127.0.0.1");
	observation->port = (uint16_t)port;
	observation->advertised = mark == NULL;
	assert_int_equal(order_parse(order, &observation->order), 0);
	set_state(report, state);
}

/* Rows separated by newlines. */
static struct report *rows(const char *text)
{
	struct report *report = new_report();
	char *copy = mem_strdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			row(report, line);
	free(copy);
	return report;
}

/* Swallows both. */
static void expect_reports(struct report *old, struct report *new, bool worse, const char *text)
{
	struct comparison comparison;
	long blocks = blocks_used();
	struct buf out;

	buf_init(&out);
	compare_run(old, new, &comparison);
	diff_write(&comparison, &out);
	assert_string_equal(out.data, text);
	assert_int_equal(comparison.worse, worse);
	comparison_clear(&comparison);
	buf_clear(&out);
	assert_int_equal(blocks_used(), blocks);
	report_free(old);
	report_free(new);
}

static void expect(const char *old, const char *new, bool worse, const char *text)
{
	expect_reports(rows(old), rows(new), worse, text);
}

#define A "a.example.com 8443 rsa-first "
#define B "b.example.com 8443 rsa-first "

static void test_no_change(void **state)
{
	(void)state;
	expect(A "ok\n" B "expired", A "ok\n" B "expired", false, "no change\n");
	expect(A "ok\n" B "ok", B "ok\n" A "ok", false, "no change\n");
}

static void test_worse_and_better(void **state)
{
	(void)state;
	expect(A "ok", A "expired", true,
	       "worse: a.example.com 8443 rsa-first: refused (expired), was accepted\n");
	expect(A "expired", A "ok", false,
	       "better: a.example.com 8443 rsa-first: accepted, was refused (expired)\n");
	expect(A "expired", A "name-mismatch", false,
	       "changed: a.example.com 8443 rsa-first: refused (name-mismatch), was refused (expired)\n");
}

/* An upgrade that would have worked and of which nobody knows any more: that is worse. */
static void test_unchecked(void **state)
{
	(void)state;
	expect(A "ok", A "timeout", true,
	       "worse: a.example.com 8443 rsa-first: not checked (timeout), was accepted\n");
	expect(A "timeout", A "ok", false,
	       "better: a.example.com 8443 rsa-first: accepted, was not checked (timeout)\n");
	expect(A "timeout", A "expired", true,
	       "worse: a.example.com 8443 rsa-first: refused (expired), was not checked (timeout)\n");
	expect(A "expired", A "timeout", false,
	       "changed: a.example.com 8443 rsa-first: not checked (timeout), was refused (expired)\n");
	expect(A "timeout", A "reset", false,
	       "changed: a.example.com 8443 rsa-first: not checked (reset), was not checked (timeout)\n");
}

static void test_nodes_new_and_gone(void **state)
{
	(void)state;
	expect(A "ok", A "ok\n" B "ok", false, "new: node b.example.com\n");
	expect(A "ok", A "ok\n" B "expired", true,
	       "worse: b.example.com 8443 rsa-first: refused (expired), was not there before\nnew: node b.example.com\n");
	expect(A "ok\n" B "ok", A "ok", true,
	       "worse: b.example.com 8443 rsa-first: gone, was accepted\ngone: node b.example.com\n");
	expect(A "ok\n" B "expired", A "ok", false, "gone: node b.example.com\n");
}

/* Two nodes, of a publisher whose list was read or was not. */
static struct report *listed(const char *text, enum discovery_outcome outcome,
                             enum node_source source)
{
	struct report *report = rows(text);

	report_add_cluster(report, "pub.example.com", 8443)->outcome = outcome;
	for (size_t i = 0; i < report->node_count; i++) {
		report->nodes[i].source = source;
		report->nodes[i].cluster = 0;
	}
	return report;
}

/* What a list had that cannot be read tonight is not gone, and not new when it can be read again. */
static void test_missing_list(void **state)
{
	(void)state;
	expect_reports(listed(A "ok\n" B "ok", DISCOVERY_OK, SOURCE_UDS),
	               listed(A "ok", DISCOVERY_TIMEOUT, SOURCE_UDS), true,
	               "worse: discovery by pub.example.com: timeout, was ok\n"
	               "worse: b.example.com 8443 rsa-first: not known (the list of nodes is missing), was accepted\n"
	               "changed: node b.example.com: not known, the list of nodes is missing\n");
	expect_reports(listed(A "ok", DISCOVERY_TIMEOUT, SOURCE_UDS),
	               listed(A "ok\n" B "expired", DISCOVERY_OK, SOURCE_UDS), true,
	               "worse: b.example.com 8443 rsa-first: refused (expired), was not known before\n"
	               "better: discovery by pub.example.com: ok, was timeout\n"
	               "changed: node b.example.com: known, the list of nodes was missing\n");
	/* another publisher's list had all of them, or nobody asked for one, or another source named them */
	expect_reports(listed(A "ok\n" B "ok", DISCOVERY_COVERED, SOURCE_UDS),
	               listed(A "ok", DISCOVERY_COVERED, SOURCE_UDS), true,
	               "worse: b.example.com 8443 rsa-first: gone, was accepted\n"
	               "gone: node b.example.com\n");
	expect_reports(listed(A "ok\n" B "ok", DISCOVERY_NOT_TRIED, SOURCE_UDS),
	               listed(A "ok", DISCOVERY_NOT_TRIED, SOURCE_UDS), true,
	               "worse: b.example.com 8443 rsa-first: gone, was accepted\n"
	               "gone: node b.example.com\n");
	for (int other = 0; other < 3; other++) {
		static const enum node_source sources[] = { SOURCE_OPTION, SOURCE_SRV, SOURCE_LOG };

		expect_reports(listed(A "ok\n" B "ok", DISCOVERY_TIMEOUT, sources[other]),
		               listed(A "ok", DISCOVERY_TIMEOUT, sources[other]), true,
		               "worse: b.example.com 8443 rsa-first: gone, was accepted\n"
		               "gone: node b.example.com\n");
	}
}

/* Two nodes under one address, and two addresses of a node: only what is gone is told so. */
static void test_an_address_of_several_nodes(void **state)
{
	(void)state;
	expect("a/x 8443 rsa-first ok\nb/x 8443 rsa-first ok", "b/x 8443 rsa-first ok", true,
	       "worse: x (node a) 8443 rsa-first: gone, was accepted\ngone: node a\n");
	expect("b/x 8443 rsa-first ok\nb/y 8443 rsa-first ok", "b/x 8443 rsa-first ok", true,
	       "worse: y (node b) 8443 rsa-first: gone, was accepted\n");
}

static void test_one_port_less_is_no_longer_checked(void **state)
{
	(void)state;
	expect(A "ok", A "ok\na.example.com 6972 rsa-first ok", false,
	       "new: a.example.com 6972 rsa-first: accepted\n");
	expect(A "ok\na.example.com 6972 rsa-first ok", A "ok", true,
	       "worse: a.example.com 6972 rsa-first: no longer checked, was accepted\n");
	expect(A "ok\na.example.com 6972 rsa-first expired", A "ok", false,
	       "gone: a.example.com 6972 rsa-first: was refused (expired)\n");
}

/* An order that the user has said Expressway does not offer is not missed. */
static void test_an_order_less_on_purpose(void **state)
{
	struct report *new = rows(A "ok");

	(void)state;
	new->policy.probe_order[ORDER_ECDSA_FIRST] = new->policy.order_in_force[ORDER_ECDSA_FIRST] =
		false;
	expect_reports(rows(A "ok\na.example.com 8443 ecdsa-first ok"), new, false,
	               "changed: cipher order in force: rsa-first, was both\n"
	               "gone: a.example.com 8443 ecdsa-first: was accepted\n");
}

static void test_an_order_that_is_not_in_force_is_no_worse(void **state)
{
	struct report *old = rows("a.example.com 6972 ecdsa-first ok"),
		      *new = rows("a.example.com 6972 ecdsa-first self-signed");

	(void)state;
	old->policy.order_in_force[ORDER_ECDSA_FIRST] =
		new->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	expect_reports(
		old, new, false,
		"changed: a.example.com 6972 ecdsa-first (not in force): refused (self-signed), was accepted\n");
}

/* The same refusal counts since another order is in force: one more address fails. The other way round nobody fails more. */
static void test_a_refusal_that_counts_now(void **state)
{
	struct report *old = rows("a.example.com 6972 ecdsa-first self-signed"),
		      *new = rows("a.example.com 6972 ecdsa-first self-signed");

	(void)state;
	old->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	new->policy.order_in_force[ORDER_RSA_FIRST] = false;
	expect_reports(old, new, true,
	               "worse: a.example.com 6972 ecdsa-first: refused (self-signed), was refused too, but did not count\n"
	               "changed: cipher order in force: ecdsa-first, was rsa-first\n");
	old = rows("a.example.com 6972 ecdsa-first self-signed");
	new = rows("a.example.com 6972 ecdsa-first self-signed");
	new->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	expect_reports(old, new, false, "changed: cipher order in force: rsa-first, was both\n");
	old = rows("a.example.com! 6972 ecdsa-first self-signed");
	new = rows("a.example.com 6972 ecdsa-first expired");
	expect_reports(old, new, true,
	               "worse: a.example.com 6972 ecdsa-first: refused (expired), was refused (self-signed)\n");
}

static struct report *peers(const char *text, const char *name, enum client_outcome outcome, int alert)
{
	struct report *report = rows(text);

	report_add_client(report, name, CLIENT_FILE);
	for (size_t i = 0; i < report->observation_count; i++) {
		struct client_verdict *verdict = report_add_client_verdict(report);

		verdict->observation = i;
		verdict->outcome = outcome;
		verdict->alert = outcome == CLIENT_REFUSED ? alert : 0;
	}
	return report;
}

/* CUCM's verdict on Expressway's own certificate: its refusals are worse, what is not known is none. */
static void test_the_other_direction(void **state)
{
	static const struct {
		enum client_outcome old, new;
		int alert;
		bool worse;
		const char *text;
	} pairs[] = {
		{ CLIENT_ACCEPTED, CLIENT_ACCEPTED, 0, false, "no change\n" },
		{ CLIENT_ACCEPTED, CLIENT_UNKNOWN, 0, false, "no change\n" },
		{ CLIENT_REFUSED, CLIENT_REFUSED, 48, false, "no change\n" },
		{ CLIENT_ACCEPTED, CLIENT_REFUSED, 48, true, "worse: a.example.com 8443 rsa-first, Expressway-C's own certificate: refused (alert 48), was accepted\n" },
		{ CLIENT_UNKNOWN, CLIENT_REFUSED, 45, true, "worse: a.example.com 8443 rsa-first, Expressway-C's own certificate: refused (alert 45), was unknown\n" },
		{ CLIENT_REFUSED, CLIENT_ACCEPTED, 0, false, "better: a.example.com 8443 rsa-first, Expressway-C's own certificate: accepted, was refused (alert 48)\n" },
		{ CLIENT_REFUSED, CLIENT_UNKNOWN, 0, false, "changed: a.example.com 8443 rsa-first, Expressway-C's own certificate: unknown, was refused (alert 48)\n" },
		{ CLIENT_REFUSED, CLIENT_REFUSED, 43, false, "changed: a.example.com 8443 rsa-first, Expressway-C's own certificate: refused (alert 43), was refused (alert 48)\n" },
	};
	struct report *two;

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		expect_reports(peers(A "ok", "old.pem", pairs[i].old, 48), peers(A "ok", "new.pem", pairs[i].new, pairs[i].alert),
		               pairs[i].worse, pairs[i].text);
	expect_reports(rows(A "ok"), peers(A "ok", "exp", CLIENT_ACCEPTED, 0), false, "no change\n");
	expect_reports(peers(A "ok", "exp", CLIENT_REFUSED, 48), rows(A "ok"), false, "no change\n");
	expect_reports(rows(A "ok"), peers(A "ok", "exp", CLIENT_REFUSED, 48), true,
	               "worse: a.example.com 8443 rsa-first, Expressway-C's own certificate: refused (alert 48), was not there before\n");
	expect_reports(peers("a.example.com! 8443 rsa-first ok", "exp", CLIENT_ACCEPTED, 0),
	               peers("a.example.com! 8443 rsa-first ok", "exp", CLIENT_REFUSED, 48), false,
	               "changed: a.example.com 8443 rsa-first (not advertised), Expressway-C's own certificate: refused (alert 48), was accepted\n");
	/* several: by name, whatever their order */
	two = peers(A "ok\n" B "ok", "exp2", CLIENT_ACCEPTED, 0);
	report_add_client(two, "exp1", CLIENT_FILE);
	report_add_client_verdict(two)->client = 1;
	two->client_verdicts[2].outcome = CLIENT_REFUSED;
	two->client_verdicts[2].alert = 48;
	two->client_verdicts[2].observation = 1;
	expect_reports(peers(A "ok\n" B "ok", "exp1", CLIENT_ACCEPTED, 0), two, true,
	               "worse: b.example.com 8443 rsa-first, Expressway-C's own certificate exp1: refused (alert 48), was accepted\n");
}

/* Two IPs of one name are one row: refused if either is; what one of them showed has been seen. */
static void test_ips_of_a_name(void **state)
{
	(void)state;
	expect(A "ok", A "ok\n" A "refused", false,
	       "changed: a.example.com 8443 rsa-first: accepted, not checked (refused) on one of its IPs, was accepted\n");
	expect(A "ok\n" A "refused", A "ok", false,
	       "better: a.example.com 8443 rsa-first: accepted, was accepted, not checked (refused) on one of its IPs\n");
	expect(A "ok\n" A "refused", A "timeout", true,
	       "worse: a.example.com 8443 rsa-first: not checked (timeout), was accepted, not checked (refused) on one of its IPs\n");
}

/* The night after the whole cluster was down: addresses that nobody is sent to are no alarm. */
static void test_what_nobody_is_sent_to_is_never_worse(void **state)
{
	(void)state;
	expect("n/a@127.0.0.1 8443 rsa-first ok\nn/127.0.0.1@127.0.0.1! 8443 rsa-first name-mismatch",
	       "n/a@127.0.0.2 8443 rsa-first ok\nn/127.0.0.2@127.0.0.2! 8443 rsa-first name-mismatch",
	       false,
	       "changed: IP of a: 127.0.0.2, was 127.0.0.1\n"
	       "new: 127.0.0.2 (node n) 8443 rsa-first (not advertised): refused (name-mismatch)\n"
	       "gone: 127.0.0.1 (node n) 8443 rsa-first (not advertised): was refused (name-mismatch)\n");
	expect("n/a! 8443 rsa-first timeout\n" A "ok", "n/a! 8443 rsa-first name-mismatch\n" A "ok",
	       false,
	       "changed: a (node n) 8443 rsa-first (not advertised): refused (name-mismatch), was not checked (timeout)\n");
	expect("n/a! 8443 rsa-first ok\n" A "ok", A "ok", false, "gone: node n\n");
	/* two reports on one address, one of which knows that clients are sent there */
	expect(A "ok\n" A "ok", "a.example.com! 8443 rsa-first ok\n" A "expired", true,
	       "worse: a.example.com 8443 rsa-first: refused (expired), was accepted\n");
	expect(A "ok\n" A "ok", "a.example.com! 8443 rsa-first expired\n" A "ok", true,
	       "worse: a.example.com 8443 rsa-first: refused (expired), was accepted\n");
}

static struct report *discovered(enum discovery_outcome outcome)
{
	struct report *report = rows(A "ok");

	report_add_cluster(report, "pub.example.com", 8443)->outcome = outcome;
	return report;
}

static void test_discovery(void **state)
{
	(void)state;
	expect_reports(discovered(DISCOVERY_OK), discovered(DISCOVERY_TIMEOUT), true,
	               "worse: discovery by pub.example.com: timeout, was ok\n");
	expect_reports(discovered(DISCOVERY_TIMEOUT), discovered(DISCOVERY_OK), false,
	               "better: discovery by pub.example.com: ok, was timeout\n");
	expect_reports(discovered(DISCOVERY_TIMEOUT), discovered(DISCOVERY_TLS), false,
	               "changed: discovery by pub.example.com: tls, was timeout\n");
	expect_reports(rows(A "ok"), discovered(DISCOVERY_TIMEOUT), true,
	               "worse: discovery by pub.example.com: timeout, not there before\n");
	expect_reports(rows(A "ok"), discovered(DISCOVERY_OK), false, "no change\n");
}

static struct report *answered(enum status status, const char *answer)
{
	struct report *report = rows(A "ok");

	report->status = status;
	report->answer = mem_strdup(answer);
	return report;
}

/* The same rows, but another order is in force now: the answer tells it. */
/* "Yes, but only if Expressway offers TLS 1.3": news, but nothing is known to fail. */
static void test_a_condition(void **state)
{
	for (int now = 0; now < 2; now++) {
		struct report *reports[2] = { rows(A "ok"), rows(A "ok") };

		(void)state;
		for (int i = 0; i < 2; i++) {
			reports[i]->status = STATUS_PASS;
			reports[i]->answer = mem_strdup(i == now ? "Yes, but." : "Yes.");
		}
		reports[now]->observations[0].offered = OFFERED_TLS12 | OFFERED_TLS13;
		reports[now]->observations[0].tls12_alone = TLS12_REFUSED;
		expect_reports(reports[0], reports[1], false,
		               now == 1 ? "changed: the answer is now: Yes, but. It was: Yes.\n"
		                        : "changed: the answer is now: Yes. It was: Yes, but.\n");
	}
}

static void test_the_answer(void **state)
{
	(void)state;
	expect_reports(answered(STATUS_PASS, "Yes."), answered(STATUS_FAIL, "No."), true,
	               "worse: the answer is now: No. It was: Yes.\n");
	expect_reports(answered(STATUS_PASS, "Yes."), answered(STATUS_INCOMPLETE, "Not known."),
	               true, "worse: the answer is now: Not known. It was: Yes.\n");
	expect_reports(answered(STATUS_FAIL, "No."), answered(STATUS_PASS, "Yes."), false,
	               "better: the answer is now: Yes. It was: No.\n");
	expect_reports(answered(STATUS_FAIL, "No."), answered(STATUS_INCOMPLETE, "Not known."),
	               false, "changed: the answer is now: Not known. It was: No.\n");
	expect_reports(answered(STATUS_FAIL, "No: 2."), answered(STATUS_FAIL, "No: 1."), false,
	               "no change\n");
}

static struct report *with_store(const char *name, unsigned char id, const char *finding)
{
	struct report *report = report_new();

	store_add(report_add_store(report, name), cert(report, "CN=x", id));
	if (finding != NULL) {
		report_add_finding(report, FINDING_EXPIRES_SOON)->title = mem_strdup(finding);
		report->findings[0].certificate = report->certs.certs[0];
	}
	return report;
}

static void test_store_content_and_soon(void **state)
{
#define HEX "abababababababababababababababababababababababababababababababab"
#define HEX2 "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	(void)state;
	expect_reports(with_store("x.pem", 0xab, NULL),
	               with_store("y.pem", 0xcd, "x ends in 3 days"), false,
	               "new: warning expires-soon: x ends in 3 days\n"
	               "new: in trust store: CN=x, ends 2027-01-01T00:00:00Z, SHA-256 " HEX2 "\n"
	               "gone: in trust store: CN=x, ends 2027-01-01T00:00:00Z, SHA-256 " HEX "\n");
	/* "ends in 3 days" is "in 2 days" tomorrow: that alone is no news. */
	expect_reports(with_store("x.pem", 0xab, "x ends in 3 days"),
	               with_store("x.pem", 0xab, "x ends in 2 days"), false, "no change\n");
}

static void test_certificate_changed(void **state)
{
	struct report *old = rows(A "ok"), *new = rows(A "ok");

	(void)state;
	new->observations[0].chain.certs[0] = cert(new, "CN=other", 0xab);
	expect_reports(
		old, new, false,
		"changed: certificate of a.example.com 8443 rsa-first: CN=other, ends 2027-01-01T00:00:00Z, SHA-256 " HEX
		", was CN=leaf, ends 2027-01-01T00:00:00Z, SHA-256 "
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
}

/* Names come from the network. */
static void test_nothing_a_terminal_obeys(void **state)
{
	struct report *old = rows(""), *new = rows("");

	(void)state;
	row(new,
	    "a\x1b[31m\xc2\x9b\xe2\x80\xae\xd8\x9c\xe2\x80\x8b\xe2\x81\xa0\xef\xbb\xbf 8443 rsa-first timeout");
	expect_reports(old, new, false,
	               "new: node a\\x1b[31m\\u{9b}\\u{202e}\\u{61c}\\u{200b}\\u{2060}\\u{feff}\n");
}

static void test_stores_apart(void **state)
{
	struct report *old = rows(A "ok"), *new = rows(A "ok");

	(void)state;
	report_add_store(new, "peer2");
	report_add_verdict(new)->store = 1;
	verdict_add_reason(&new->verdicts[1], REASON_SELF_SIGNED, 18, 0, NULL);
	expect_reports(old, new, false, "new: trust store peer2, which refuses 1\n");
}

/* What nobody is sent to does not count in "which refuses", and another order in force is said. */
static void test_stores_and_orders_that_count(void **state)
{
	struct report *old = rows(A "ok"), *new = rows(A "ok");

	(void)state;
	report_add_store(new, "peer2");
	report_add_verdict(new)->store = 1;
	verdict_add_reason(&new->verdicts[1], REASON_NAME_MISMATCH, 0, 0, NULL);
	new->observations[0].advertised = false;
	new->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	old->observations[0].advertised = false;
	expect_reports(old, new, false,
	               "changed: cipher order in force: rsa-first, was both\n"
	               "new: trust store peer2, which refuses 0\n");
}

/* Every pair of answers: worse is what moves away from yes; a report that could not be made is the
 * worst. From no to not known nothing got better. */
static void test_each_answer(void **state)
{
	static const enum status by_gravity[] = { STATUS_PASS, STATUS_INCOMPLETE, STATUS_FAIL,
		                                  STATUS_ERROR };
	struct report *old = rows(A "ok");

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (size_t k = 0; k < 4; k++)
			expect_reports(answered(by_gravity[i], "was"), answered(by_gravity[k], "is"),
			               k > i,
			               k > i ? "worse: the answer is now: is It was: was\n"
			               : by_gravity[i] == STATUS_FAIL &&
						       by_gravity[k] == STATUS_INCOMPLETE
				               ? "changed: the answer is now: is It was: was\n"
			               : k < i ? "better: the answer is now: is It was: was\n"
			                       : "no change\n");
	}
	old->status = STATUS_FAIL; /* no answer, nothing to compare */
	expect_reports(old, answered(STATUS_PASS, "Yes."), false, "no change\n");
}

/* What has been seen of one IP has been seen, but a refusal of any of them refuses the name. */
static void test_ips_of_three_kinds(void **state)
{
	static const struct {
		const char *ips, *text;
	} states[] = {
		{ A "ok\n" A "ok", "accepted" },
		{ A "ok\n" A "timeout\n" A "timeout", "accepted, not checked (timeout) on one of its IPs" },
		{ A "expired\n" A "ok", "refused (expired)" },
		{ A "timeout\n" A "expired\n" A "ok", "refused (expired)" },
		{ A "timeout\n" A "timeout", "not checked (timeout)" },
	};
	enum { STATES = sizeof states / sizeof *states };
	/* w: worse, b: better, c: changed, by the rules of news_of() */
	static const char *const news[STATES] = { ".cwww", "b.www", "bc..c", "bc..c", "bcww." };

	(void)state;
	for (size_t i = 0; i < STATES; i++) {
		for (size_t k = 0; k < STATES; k++) {
			bool same = strcmp(states[i].text, states[k].text) == 0;
			char *line = same ? mem_strdup("no change\n")
			                  : mem_printf("%s: a.example.com 8443 rsa-first: %s, was %s\n",
			                               news[i][k] == 'w'   ? "worse"
			                               : news[i][k] == 'b' ? "better"
			                                                   : "changed",
			                               states[k].text, states[i].text);

			expect(states[i].ips, states[k].ips, news[i][k] == 'w', line);
			free(line);
		}
	}
}

/* By name, then address, port as a number, and order; whatever the order in the report. */
static void test_lines_are_sorted(void **state)
{
	(void)state;
	expect("",
	       "b/b 8443 ecdsa-first expired\nb/b 8443 rsa-first expired\nb/b 443 rsa-first expired\n"
	       "b/a 8443 rsa-first expired\na/z 8443 rsa-first expired",
	       true,
	       "worse: z (node a) 8443 rsa-first: refused (expired), was not there before\n"
	       "worse: a (node b) 8443 rsa-first: refused (expired), was not there before\n"
	       "worse: b 443 rsa-first: refused (expired), was not there before\n"
	       "worse: b 8443 rsa-first: refused (expired), was not there before\n"
	       "worse: b 8443 ecdsa-first: refused (expired), was not there before\n"
	       "new: node a\nnew: node b\n");
}

static void add_cluster(struct report *report, const char *version)
{
	struct cluster *cluster = report_add_cluster(report, "pub.example.com", 8443);

	cluster->outcome = DISCOVERY_OK;
	cluster->version = version != NULL ? mem_strdup(version) : NULL;
}

/* IPs, versions, the era: several values are one text, sorted, each once. */
static void test_facts(void **state)
{
	struct report *old, *new;

	(void)state;
	expect("a@127.0.0.2 8443 rsa-first ok\na@127.0.0.1 8443 rsa-first ok\na@127.0.0.1 6972 rsa-first ok",
	       "a@127.0.0.1 8443 rsa-first ok\na@127.0.0.3 8443 rsa-first ok\na@127.0.0.2 6972 rsa-first ok",
	       false,
	       "changed: IP of a: 127.0.0.1 and 127.0.0.2 and 127.0.0.3, was 127.0.0.1 and 127.0.0.2\n");
	expect("127.0.0.1@127.0.0.1 8443 rsa-first ok", "127.0.0.1@127.0.0.2 8443 rsa-first ok", false,
	       "no change\n"); /* its IP was no fact before */
	new = rows(A "ok"); /* a certificate that is twice in a store is one fact, and no news */
	store_add(&new->stores[0], new->stores[0].certs[0]);
	expect_reports(rows(A "ok"), new, false, "no change\n");
	old = rows(A "ok");
	new = rows(A "ok");
	add_cluster(old, "14.0.1");
	add_cluster(new, "15.0.1");
	new->policy.era = ERA_OPENSSL3;
	expect_reports(old, new, false,
	               "changed: era of the rules: openssl3, was openssl1\n"
	               "changed: version of pub.example.com: 15.0.1, was 14.0.1\n");
	old = rows(A "ok");
	new = rows(A "ok");
	add_cluster(old, "");
	add_cluster(new, "15.0.1");
	expect_reports(old, new, false, "no change\n"); /* it was not known: that is no news */
	old = rows(A "ok");
	new = rows(A "ok");
	((struct cert *)(uintptr_t)new->observations[0].chain.certs[0])->readable = false;
	expect_reports(
		old, new, false,
		"changed: certificate of a.example.com 8443 rsa-first: an unreadable certificate, SHA-256 "
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, was CN=leaf, ends "
		"2027-01-01T00:00:00Z, SHA-256 "
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
}

static struct report *two_stores(const char *second, bool refused)
{
	struct report *report = rows(A "ok");

	report_add_store(report, second);
	report_add_verdict(report)->store = 1;
	report->verdicts[1].accepted = !refused;
	if (refused)
		verdict_add_reason(&report->verdicts[1], REASON_SELF_SIGNED, 18, 0, NULL);
	return report;
}

/* With several stores each row names its own; a store that only one of the reports has is told of
 * once, not by its rows. */
static void test_several_stores(void **state)
{
	struct report *old, *new;

	(void)state;
	expect_reports(two_stores("peer2", false), two_stores("peer2", true), true,
	               "worse: a.example.com 8443 rsa-first [peer2]: refused (self-signed), was accepted\n");
	expect_reports(two_stores("peer2", true), two_stores("peer3", false), false,
	               "new: trust store peer3, which refuses 0\n"
	               "gone: trust store peer2, which refuses 1\n");
	expect_reports(two_stores("peer2", true), rows(A "ok"), false,
	               "gone: trust store peer2, which refuses 1\n");
	new = two_stores("peer2", false);
	store_add(&new->stores[1], cert(new, "CN=x", 0xab));
	expect_reports(two_stores("peer2", false), new, false,
	               "new: in trust store peer2: CN=x, ends 2027-01-01T00:00:00Z, SHA-256 " HEX "\n");
	/* another name for what holds the same hides nothing */
	old = two_stores("peer2", false);
	new = two_stores("exp2", true);
	store_add(&old->stores[1], cert(old, "CN=x", 0xab));
	store_add(&new->stores[1], cert(new, "CN=x", 0xab));
	expect_reports(old, new, true,
	               "worse: a.example.com 8443 rsa-first [peer2]: refused (self-signed), was accepted\n"
	               "changed: name of trust store peer2: exp2, was peer2\n");
	/* both stores are called otherwise, and stand the other way round */
	old = two_stores("peer2", false);
	new = two_stores("exp2", true);
	free(new->stores[0].name);
	new->stores[0].name = mem_strdup("exp1");
	new->stores[0].certs[0] = cert(new, "CN=x", 0xab);
	store_add(&new->stores[1], cert(new, "CN=Root", 0xcc));
	store_add(&old->stores[1], cert(old, "CN=x", 0xab));
	expect_reports(old, new, true,
	               "worse: a.example.com 8443 rsa-first [ca.pem]: refused (self-signed), was accepted\n"
	               "changed: name of trust store ca.pem: exp2, was ca.pem\n"
	               "changed: name of trust store peer2: exp1, was peer2\n");
	old = two_stores("peer2", false);
	new = two_stores("exp2", true);
	store_add(&old->stores[1], cert(old, "CN=x", 0xab));
	store_add(&new->stores[1], cert(new, "CN=x", 0xcd));
	expect_reports(old, new, false,
	               "new: trust store exp2, which refuses 1\n"
	               "new: in trust store exp2: CN=x, ends 2027-01-01T00:00:00Z, SHA-256 " HEX2 "\n"
	               "gone: trust store peer2, which refuses 0\n"
	               "gone: in trust store peer2: CN=x, ends 2027-01-01T00:00:00Z, SHA-256 " HEX "\n");
	/* the first store is another one */
	old = two_stores("peer2", false);
	new = two_stores("peer2", false);
	free(old->stores[0].name);
	old->stores[0].name = mem_strdup("peer0");
	old->stores[0].certs[0] = cert(old, "CN=x", 0xab);
	new->stores[0].certs[0] = cert(new, "CN=x", 0xcd);
	new->verdicts[0].accepted = false;
	expect_reports(old, new, false,
	               "new: trust store ca.pem, which refuses 1\n"
	               "new: in trust store ca.pem: CN=x, ends 2027-01-01T00:00:00Z, SHA-256 " HEX2 "\n"
	               "gone: trust store peer0, which refuses 0\n"
	               "gone: in trust store peer0: CN=x, ends 2027-01-01T00:00:00Z, SHA-256 " HEX "\n");
}

/* An address of one report alone is told of in the stores that both have. */
static void test_an_address_alone_with_several_stores(void **state)
{
	struct report *more = two_stores("peer2", false);

	(void)state;
	row(more, "a.example.com/b 8443 rsa-first ok");
	expect_reports(more, two_stores("peer2", false), true,
	               "worse: b (node a.example.com) 8443 rsa-first [ca.pem]: gone, was accepted\n");
	more = two_stores("peer2", false);
	row(more, "a.example.com/b 8443 rsa-first ok");
	expect_reports(two_stores("peer2", false), more, false,
	               "new: b (node a.example.com) 8443 rsa-first [ca.pem]: accepted\n");
}

/* What the JSON of a diff tells beside the sentence. */
static void test_members_of_a_change(void **state)
{
	struct report *old = rows("n/a 6972 ecdsa-first ok"),
		      *new = rows("n/a 6972 ecdsa-first self-signed");
	struct comparison comparison;
	const struct change *change;

	(void)state;
	compare_run(old, new, &comparison);
	assert_int_equal(1, comparison.count);
	change = comparison.changes;
	assert_int_equal(NEWS_WORSE, change->news);
	assert_string_equal("n", change->node);
	assert_string_equal("a", change->address);
	assert_string_equal("ca.pem", change->store);
	assert_int_equal(6972, change->port);
	assert_int_equal(ORDER_ECDSA_FIRST, change->order);
	assert_true(change->advertised);
	assert_string_equal("accepted", change->was);
	assert_string_equal("refused (self-signed)", change->now);
	comparison_clear(&comparison);
	report_free(old);
	report_free(new);
}

/* DNS does not know case (RFC 4343), and CUCM keeps that of whoever typed it. */
static void test_names_in_another_case(void **state)
{
	(void)state;
	expect("cucm1.example.com 8443 rsa-first ok\nCUCM2/B.example.com@10.0.0.1 8443 rsa-first ok",
	       "CUCM1.Example.com 8443 rsa-first self-signed\ncucm2/b.example.COM@10.0.0.2 8443 rsa-first ok",
	       true,
	       "worse: CUCM1.Example.com 8443 rsa-first: refused (self-signed), was accepted\n"
	       "changed: IP of b.example.COM: 10.0.0.2, was 10.0.0.1\n");
}

/* Of findings only those are news that come with time, each by its certificate. */
static void test_findings(void **state)
{
	static const struct {
		enum finding_kind kind;
		const char *line;
	} rows_of[] = {
		{ FINDING_EXPIRES_SOON, "new: warning expires-soon: the title\n" },
		{ FINDING_ENDS_BEFORE_AT, "new: warning ends-before-at: the title\n" },
		{ FINDING_STORE_EXPIRED, "new: warning store-expired: the title\n" },
		{ FINDING_SHORT_NAME, "no change\n" },
		{ FINDING_NOT_CHECKED, "no change\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows_of / sizeof *rows_of; i++) {
		struct report *new = rows(A "ok"), *same = rows(A "ok");

		report_add_finding(new, rows_of[i].kind)->title = mem_strdup("the title");
		expect_reports(rows(A "ok"), new, false, rows_of[i].line);
		report_add_finding(same, rows_of[i].kind)->title = mem_strdup("the title");
		new = rows(A "ok");
		report_add_finding(new, rows_of[i].kind)->title = mem_strdup("another title");
		expect_reports(same, new, false, "no change\n");
	}
}

/* Of the certificate that all show. */
static struct report *warned_of(struct report *report, enum finding_kind kind)
{
	struct finding *finding = report_add_finding(report, kind);

	finding->title = mem_strdup("t");
	finding->certificate = chain_leaf(&report->observations[0].chain);
	return report;
}

static struct report *warned(struct report *report)
{
	return warned_of(report, FINDING_EXPIRES_SOON);
}

/* A warning is not gone because nobody could look. */
static void test_a_warning_that_nobody_looked_for(void **state)
{
	(void)state;
	expect_reports(warned(rows(A "ok")), rows(A "timeout"), true,
	               "worse: a.example.com 8443 rsa-first: not checked (timeout), was accepted\n"
	               "changed: warning expires-soon: t: not known, not checked now\n");
	expect_reports(warned_of(rows(A "ok"), FINDING_STORE_EXPIRED), rows(A "timeout"), true,
	               "worse: a.example.com 8443 rsa-first: not checked (timeout), was accepted\n"
	               "gone: warning store-expired: t\n");
	expect_reports(warned(rows(A "ok\n" B "timeout")),
	               rows(A "ok\n" B "timeout"), false, "gone: warning expires-soon: t\n");
	expect_reports(warned(rows(A "ok\n" B "ok")), rows(A "ok"), true,
	               "worse: b.example.com 8443 rsa-first: gone, was accepted\n"
	               "gone: node b.example.com\ngone: warning expires-soon: t\n");
	expect_reports(warned(listed(A "ok\n" B "ok", DISCOVERY_OK, SOURCE_UDS)),
	               listed(A "ok", DISCOVERY_TIMEOUT, SOURCE_UDS), true,
	               "worse: discovery by pub.example.com: timeout, was ok\n"
	               "worse: b.example.com 8443 rsa-first: not known (the list of nodes is missing), was accepted\n"
	               "changed: node b.example.com: not known, the list of nodes is missing\n"
	               "changed: warning expires-soon: t: not known, not checked now\n");
}

static void expect_json(const json_t *object, const char *text)
{
	json_t *wanted = json_loads(text, 0, NULL);

	assert_non_null(wanted);
	if (!json_equal(object, wanted)) {
		char *found = json_dumps(object, JSON_SORT_KEYS);

		fail_msg("%s\nnot\n%s", found, text);
	}
	json_decref(wanted);
}

/* A change of a row has the members of diff.schema.json; what is no row has none of its own. */
static void test_as_json(void **state)
{
	struct report *old = answered(STATUS_PASS, "Yes."), *new = rows(A "expired\n" B "ok");
	struct comparison comparison;
	const json_t *changes;
	json_t *root;
	struct buf out;

	(void)state;
	buf_init(&out);
	compare_run(old, new, &comparison);
	json_diff(old, new, &comparison, &out);
	root = json_loadb(out.data, out.len, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(root, "kind")), "diff");
	assert_true(json_is_true(json_object_get(root, "worse")));
	expect_json(json_object_get(root, "old"),
	            "{\"started\":\"2026-01-01T00:00:00Z\",\"status\":\"pass\",\"answer\":\"Yes.\"}");
	expect_json(json_object_get(root, "new"),
	            "{\"started\":\"2026-01-01T00:00:00Z\",\"status\":null,\"answer\":null}");
	changes = json_object_get(root, "changes");
	assert_int_equal(json_array_size(changes), 2);
	expect_json(json_array_get(changes, 0),
	            "{\"news\":\"worse\",\"text\":\"a.example.com 8443 rsa-first: refused (expired), was "
	            "accepted\",\"node\":\"a.example.com\",\"address\":\"a.example.com\",\"port\":8443,"
	            "\"order\":\"rsa-first\",\"trust\":\"ca.pem\",\"advertised\":true,\"was\":\"accepted\","
	            "\"now\":\"refused (expired)\"}");
	expect_json(json_array_get(changes, 1),
	            "{\"news\":\"new\",\"text\":\"node b.example.com\",\"node\":null,\"address\":null,"
	            "\"port\":null,\"order\":null,\"trust\":null,\"advertised\":null,\"was\":null,"
	            "\"now\":null}");
	json_decref(root);
	buf_clear(&out);
	comparison_clear(&comparison);
	report_free(old);
	report_free(new);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_change),
		cmocka_unit_test(test_worse_and_better),
		cmocka_unit_test(test_unchecked),
		cmocka_unit_test(test_nodes_new_and_gone),
		cmocka_unit_test(test_missing_list),
		cmocka_unit_test(test_an_address_of_several_nodes),
		cmocka_unit_test(test_one_port_less_is_no_longer_checked),
		cmocka_unit_test(test_an_order_less_on_purpose),
		cmocka_unit_test(test_an_order_that_is_not_in_force_is_no_worse),
		cmocka_unit_test(test_a_refusal_that_counts_now),
		cmocka_unit_test(test_the_other_direction),
		cmocka_unit_test(test_ips_of_a_name),
		cmocka_unit_test(test_what_nobody_is_sent_to_is_never_worse),
		cmocka_unit_test(test_discovery),
		cmocka_unit_test(test_a_condition),
		cmocka_unit_test(test_the_answer),
		cmocka_unit_test(test_store_content_and_soon),
		cmocka_unit_test(test_certificate_changed),
		cmocka_unit_test(test_nothing_a_terminal_obeys),
		cmocka_unit_test(test_stores_apart),
		cmocka_unit_test(test_stores_and_orders_that_count),
		cmocka_unit_test(test_each_answer),
		cmocka_unit_test(test_ips_of_three_kinds),
		cmocka_unit_test(test_lines_are_sorted),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_several_stores),
		cmocka_unit_test(test_an_address_alone_with_several_stores),
		cmocka_unit_test(test_members_of_a_change),
		cmocka_unit_test(test_names_in_another_case),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_a_warning_that_nobody_looked_for),
		cmocka_unit_test(test_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
