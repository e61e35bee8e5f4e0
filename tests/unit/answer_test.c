/* SPDX-License-Identifier: MIT */
/* The classic case (tomcat signed by a trusted CA, tomcat-ECDSA self-signed, shown on 6972 alone)
 * in every cipher order, cipher string and upgrade path: the first line alone must say what is
 * true. Each line was written by hand from what is known of the releases, not taken from the
 * program. */
#include "config.h"

#include "base/mem.h"
#include "made.h"
#include "advise/examine.h"
#include "advise/order.h"
#include "model/fleet.h"
#include "model/release.h"
#include "advise/plan.h"
#include "judge/judge.h"
#include "formats.h"
#include "out/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PREFIX "ECDHE-RSA-AES256-GCM-SHA384:"
#define DEFAULTS "EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH"

enum given { NOTHING, ORDER, STRING, UPGRADE };

/* What a server is like that has both certificates on 6972. */
enum server {
	OLD,    /* TLS 1.2: follows the client's cipher order */
	NEW,    /* offers TLS 1.3 as well, and then follows signature_algorithms: ECDSA */
	HEALTHY, /* tomcat-ECDSA is signed by the CA, too */
	ONLY13   /* as well, and a client that offers TLS 1.2 alone gets an alert */
};

struct row {
	enum server server;
	enum given given;
	const char *value;
	enum headline headline;
	int exit;
	const char *line;
};

static const struct row rows[] = {
	{ OLD, NOTHING, NULL, HEADLINE_NO, 1,
	  "No, not with ECDSA first: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node); with RSA first it would accept them all." },
	{ OLD, ORDER, "rsa-first", HEADLINE_YES, 0,
	  "Yes: Expressway would accept the one advertised address with RSA first." },
	{ OLD, ORDER, "ecdsa-first", HEADLINE_NO, 1,
	  "No: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node) with ECDSA first." },
	{ OLD, STRING, DEFAULTS, HEADLINE_NO, 1,
	  "No: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node) with ECDSA first." },
	{ OLD, STRING, PREFIX DEFAULTS, HEADLINE_YES, 0,
	  "Yes: Expressway would accept the one advertised address with RSA first." },
	{ OLD, UPGRADE, "X14.0.7,X14.2", HEADLINE_YES_BUT, 0,
	  "Yes, but only while RSA stays first: with ECDSA first 1 of 1 would be refused." },
	{ OLD, UPGRADE, "X14.2,X14.2.5", HEADLINE_YES_BUT, 0,
	  "Yes, but only while RSA stays first: with ECDSA first 1 of 1 would be refused." },
	{ OLD, UPGRADE, "X12.7.1,X14.2", HEADLINE_NO, 1,
	  "No, not with ECDSA first: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node); with RSA first it would accept them all." },
	{ OLD, UPGRADE, "fresh,X14.2", HEADLINE_NO, 1,
	  "No, not with ECDSA first: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node); with RSA first it would accept them all." },
	{ OLD, UPGRADE, "X14.0.1,X14.0.3", HEADLINE_YES_BUT, 0,
	  "Yes, but only while RSA stays first: with ECDSA first 1 of 1 would be refused; and only once CUCM knows the CA of Expressway-C's own certificate, which was not checked; this release does not verify yet: it holds from X14.2 on." },
	{ OLD, UPGRADE, "X14.0.1,X14.0.8", HEADLINE_YES_BUT, 0,
	  "Yes, but only while RSA stays first: with ECDSA first 1 of 1 would be refused; and only once CUCM knows the CA of Expressway-C's own certificate, which was not checked; whether this release verifies each request is not "
	  "certain, X14.2 does." },
	{ NEW, NOTHING, NULL, HEADLINE_NO, 1,
	  "No: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node); RSA first helps only if Expressway offers no TLS 1.3." },
	{ NEW, ORDER, "rsa-first", HEADLINE_NO, 1,
	  "No: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node) with RSA first; RSA first helps only if Expressway offers no TLS 1.3." },
	{ NEW, STRING, PREFIX DEFAULTS, HEADLINE_NO, 1,
	  "No: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node) with RSA first; RSA first helps only if Expressway offers no TLS 1.3." },
	{ NEW, UPGRADE, "X14.0.7,X14.2", HEADLINE_NO, 1,
	  "No: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node) with RSA first; RSA first helps only if Expressway offers no TLS 1.3." },
	{ HEALTHY, NOTHING, NULL, HEADLINE_YES, 0,
	  "Yes: Expressway would accept the one advertised address." },
	{ HEALTHY, UPGRADE, "X14.0.7,X14.2", HEADLINE_YES, 0,
	  "Yes: Expressway would accept the one advertised address." },
	{ HEALTHY, UPGRADE, "X12.7.1,X14.2", HEADLINE_YES_BUT, 0,
	  "Yes, but only once CUCM knows the CA of Expressway-C's own certificate, which was not checked." },
	{ OLD, UPGRADE, "X14.0.1,X14.2", HEADLINE_YES_BUT, 0,
	  "Yes, but only while RSA stays first: with ECDSA first 1 of 1 would be refused; and only once CUCM knows the CA of Expressway-C's own "
	  "certificate, which was not checked." },
	{ HEALTHY, UPGRADE, "fresh,X14.2", HEADLINE_YES, 0,
	  "Yes: Expressway would accept the one advertised address." },
	{ ONLY13, NOTHING, NULL, HEADLINE_YES_BUT, 0,
	  "Yes, but only if Expressway offers TLS 1.3: 1 of 1 advertised address shows nothing to TLS 1.2 alone." },
	{ ONLY13, UPGRADE, "X12.7.1,X14.2", HEADLINE_YES_BUT, 0,
	  "Yes, but only if Expressway offers TLS 1.3: 1 of 1 advertised address shows nothing to TLS 1.2 alone; and only once CUCM knows the CA of "
	  "Expressway-C's own certificate, which was not checked." },
	{ ONLY13, UPGRADE, "X14.0.7,X15.5.1", HEADLINE_YES, 0, /* which offers it */
	  "Yes: Expressway would accept the one advertised address." },
};

static void show(struct report *report, uint16_t port, enum order order, unsigned offered,
                 enum tls12_alone alone, const struct made *leaf)
{
	struct observation *observation;

	if (!report->policy.probe_order[order])
		return;
	observation = report_add_observation(report);
	observation->address = mem_strdup("cucm.example.com");
	observation->ip = mem_strdup("127.0.0.1");
	observation->port = port;
	observation->order = order;
	observation->offered = offered;
	observation->advertised = true;
	observation->outcome = OUTCOME_PRESENTED;
	observation->handshake_completed = true;
	observation->tls12_alone = alone;
	chain_add(&observation->chain, leaf->cert);
}

static void set_policy(struct policy *policy, const struct row *row)
{
	struct release release;
	struct fault fault;
	enum order order;

	switch (row->given) {
	case NOTHING:
		break;
	case ORDER:
		assert_int_equal(order_parse(row->value, &order), 0);
		for (int i = 0; i < ORDER_COUNT; i++)
			policy->probe_order[i] = policy->order_in_force[i] = i == (int)order;
		break;
	case STRING:
		assert_int_equal(order_from_string(row->value, policy, &fault), 0);
		break;
	case UPGRADE:
		assert_int_equal(order_from_upgrade(row->value, policy, &fault), 0);
		assert_int_equal(release_parse(strchr(row->value, ',') + 1,
		                               strlen(strchr(row->value, ',') + 1), &release),
		                 0);
		release_apply(&release, policy); /* as run.c does */
		break;
	}
}

static struct report *audit(const struct row *row, struct made made[3])
{
	struct report *report = report_new();

	report->started = report->policy.at = made_now;
	set_policy(&report->policy, row);
	report_add_cluster(report, "cucm.example.com", 8443)->outcome = DISCOVERY_OK;
	node_add_address(report_add_node(report, "cucm.example.com"), "cucm.example.com", true);
	report->nodes[0].cluster = 0;
	made[0] = made_cert(&report->certs, "Root", NULL, NULL, MADE_CA);
	made[1] = made_cert(&report->certs, "cucm.example.com", "cucm.example.com", &made[0],
	                    MADE_RSA);
	made[2] = made_cert(&report->certs, "cucm-EC.example.com", "cucm.example.com",
	                    row->server == HEALTHY || row->server == ONLY13 ? &made[0] : NULL, 0);
	store_add(report_add_store(report, "expressway-c"), made[0].cert);
	for (unsigned offered = row->server == ONLY13 ? OFFERED_TLS12 | OFFERED_TLS13
	                                              : OFFERED_TLS12;
	     offered <= (OFFERED_TLS12 | OFFERED_TLS13); offered += 2) {
		bool follows_ciphers = row->server != NEW || offered == OFFERED_TLS12;
		enum tls12_alone alone = row->server == ONLY13 ? TLS12_REFUSED : TLS12_UNKNOWN;

		show(report, 8443, ORDER_RSA_FIRST, offered, alone, &made[1]);
		show(report, 8443, ORDER_ECDSA_FIRST, offered, alone, &made[1]);
		show(report, 6972, ORDER_RSA_FIRST, offered, alone, &made[follows_ciphers ? 1 : 2]);
		show(report, 6972, ORDER_ECDSA_FIRST, offered, alone, &made[2]);
	}
	judge_run(report, NULL);
	report->status = report_status(report);
	examine_run(report);
	plan_run(report);
	return report;
}

static void test_first_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct made made[3];
		struct report *report = audit(&rows[i], made);
		char *line = answer_sentence(report);

		print_message("%zu %s\n", i,
		              rows[i].value != NULL ? rows[i].value : "(nothing said)");
		assert_string_equal(line, rows[i].line);
		assert_int_equal(report_headline(report), rows[i].headline);
		assert_int_equal(report_exit(report), rows[i].exit);
		free(line);
		report_free(report);
		for (int k = 0; k < 3; k++)
			made_free(&made[k]);
	}
}

/* With Expressway-C's own certificate at hand it was looked for, and is not known all the same. */
static void test_a_ca_that_is_not_known(void **state)
{
	static const struct row row = { .given = UPGRADE, .value = "X14.0.1,X14.2", .server = HEALTHY };
	struct made made[3];
	struct report *report = audit(&row, made);
	struct client_verdict *verdict;
	char *line;

	(void)state;
	chain_add(&report_add_client(report, "exp1", CLIENT_FILE)->chain, made[1].cert);
	verdict = report_add_client_verdict(report);
	verdict->outcome = CLIENT_UNKNOWN;
	verdict->cause = CLIENT_NO_LIST;
	verdict->reason = mem_strdup("Nobody is named.");
	line = answer_sentence(report);
	assert_non_null(strstr(line, "own certificate, and whether it does is not known"));
	free(line);
	report_free(report);
	for (int k = 0; k < 3; k++)
		made_free(&made[k]);
}

static void end_audit(struct report *report, struct made made[3])
{
	report_free(report);
	for (int k = 0; k < 3; k++)
		made_free(&made[k]);
}

/* What the order that is not in force would do: of one address, looked at on two ports. */
static void test_other_order(void **state)
{
	static const struct row row = { .given = UPGRADE, .value = "X14.0.7,X14.2", .server = OLD };
	static const struct {
		uint16_t silent; /* on which port; 0: on both */
		const char *says;
	} cases[] = {
		{ 8443, "Yes, but only while RSA stays first: with ECDSA first 1 of 1 would be refused "
			"and 1 of 1 could not be checked." },
		{ 0, "Yes, but only while RSA stays first: with ECDSA first 1 of 1 could not be checked." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct made made[3];
		struct report *report = audit(&row, made);
		char *line;

		for (size_t k = 0; k < report->observation_count; k++) {
			struct observation *seen = &report->observations[k];

			if (seen->order == ORDER_RSA_FIRST ||
			    (cases[i].silent != 0 && seen->port != cases[i].silent))
				continue;
			seen->outcome = OUTCOME_TIMEOUT;
			chain_clear(&seen->chain);
		}
		judge_run(report, NULL);
		report->status = report_status(report);
		line = answer_sentence(report);
		assert_string_equal(line, cases[i].says);
		free(line);
		end_audit(report, made);
	}
}

/* Stopped when all that had been begun was good: that was not all. */
static void test_stopped_early(void **state)
{
	static const struct row row = { .server = HEALTHY };
	struct made made[3];
	struct report *report = audit(&row, made);
	char *line;

	(void)state;
	report->stopped = true;
	report->status = report_status(report);
	line = answer_sentence(report);
	assert_string_equal(line, "Not known: nothing is known to fail, but not everything was "
	                          "checked; the run was stopped early.");
	free(line);
	end_audit(report, made);
}

/* That TLS 1.2 alone helps is said where that was tried: here it was not. */
static void test_tls12_was_not_tried(void **state)
{
	static const struct row row = { .given = ORDER, .value = "rsa-first", .server = NEW };
	struct made made[3];
	struct report *report = audit(&row, made);
	char *line;

	(void)state;
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].offered == OFFERED_TLS12)
			report->observations[i].offered = OFFERED_TLS12 | OFFERED_TLS13;
	judge_run(report, NULL);
	line = answer_sentence(report);
	assert_string_equal(line, "No: Expressway would refuse 1 of 1 advertised address (on 1 of 1 "
	                          "node) with RSA first.");
	free(line);
	end_audit(report, made);
}

/* Whichever observation it is at which CUCM refuses Expressway-C's own certificate. */
static void test_refused_by_cucm(void **state)
{
	static const struct row row = { .server = HEALTHY };
	size_t count = 1;

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct made made[3];
		struct report *report = audit(&row, made);
		struct client_verdict *verdict;
		char *line;

		count = report->observation_count;
		chain_add(&report_add_client(report, "exp1", CLIENT_FILE)->chain, made[1].cert);
		verdict = report_add_client_verdict(report);
		verdict->observation = i;
		verdict->outcome = CLIENT_REFUSED;
		verdict->reason = mem_strdup("Its CA is not listed.");
		report->status = report_status(report);
		line = answer_sentence(report);
		assert_string_equal(line, "No: CUCM would refuse Expressway-C's own certificate at 1 of "
		                          "1 advertised address; Expressway would accept CUCM's "
		                          "everywhere.");
		free(line);
		end_audit(report, made);
	}
	assert_true(count > 1);
}

/* Bars by month from that of the audit on, which may be of any year: two reports of two certificates. */
static void test_months_of_a_fleet(void **state)
{
	static const struct row row = { .server = OLD };
	static const struct {
		int64_t at;      /* the last second of 9999, the first of year 0 */
		const char *bar; /* nothing else has a bar */
	} times[] = {
		{ 253402300799, "| ended | 4 |" },
		{ -62167219200, "| later | 4 |" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct made made[3];
		struct fleet fleet = { .reports = NULL };
		struct out_how how = { .width = 80 };
		struct buf out;

		for (int k = 0; k < 2; k++) {
			struct report *report = audit(&row, made);

			report->policy.at = times[i].at;
			fleet_take(&fleet, report);
			for (int n = 0; k == 0 && n < 3; n++)
				made_free(&made[n]);
		}
		buf_init(&out);
		formats_find("markdown")->write_fleet(&fleet, &how, &out);
		if (strstr(out.data, times[i].bar) == NULL)
			fail_msg("%s", out.data);
		buf_clear(&out);
		fleet_clear(&fleet);
		for (int n = 0; n < 3; n++)
			made_free(&made[n]);
	}
}

/* A saved report may hold one order only: the other is not praised for what nobody saw. */
static void test_an_order_that_was_not_seen(void **state)
{
	static const struct row row = { OLD, NOTHING, NULL, HEADLINE_NO, 1, NULL };
	struct made made[3];
	struct report *report = audit(&row, made);
	char *line;

	(void)state;
	for (size_t i = 0; i < report->observation_count; i++)
		report->observations[i].order = ORDER_ECDSA_FIRST;
	judge_run(report, NULL);
	line = answer_sentence(report);
	assert_string_equal(
		line, "No: Expressway would refuse 1 of 1 advertised address (on 1 of 1 node).");
	free(line);
	report_free(report);
	for (int k = 0; k < 3; k++)
		made_free(&made[k]);
}

/* --- many generated reports: the numbers in answer, plan, nagios and html are the same -------- */

static unsigned seed;

static unsigned pick(unsigned below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % below;
}

/* Nodes that show good, self-signed or expired certificates under good, short or wrong names; two
 * stores, some of them empty. */
static struct report *generate(const struct made *kinds, size_t kind_count, const struct cert *root)
{
	struct report *report = report_new();
	size_t nodes = 1 + pick(4), turn = pick(4);

	report->started = report->policy.at = made_now;
	report_add_cluster(report, "pub.example.com", 8443)->outcome = DISCOVERY_OK;
	for (int i = 0; i < 2; i++) {
		struct store *store = report_add_store(report, i == 0 ? "peer1" : "peer2");

		if (pick(4) != 0)
			store_add(store, root);
	}
	for (size_t i = 0; i < nodes; i++) {
		static const char *const names[] = { "cucm.example.com", "cucm", "127.0.0.9",
			                             "other.example.com" };
		const char *name = names[(i + turn) % 4];

		bool silent = pick(5) == 0;

		node_add_address(report_add_node(report, name), name, true);
		report->nodes[i].cluster = pick(3) == 0 ? NODE_NO_CLUSTER : 0;
		for (int port = 0; port < 2; port++) {
			for (int order = 0; order < ORDER_COUNT; order++) {
				struct observation *observation = report_add_observation(report);

				observation->node = i;
				observation->address = mem_strdup(name);
				observation->ip = mem_printf("127.0.1.%zu", i);
				observation->port = port == 0 ? 8443 : 6972;
				observation->order = (enum order)order;
				observation->offered = OFFERED_TLS12;
				observation->advertised = true;
				if (silent) { /* two reasons, one thing to do */
					observation->outcome = OUTCOME_TIMEOUT;
					observation->detail = mem_printf("no answer on %d", port);
					continue;
				}
				observation->outcome = OUTCOME_PRESENTED;
				observation->handshake_completed = true;
				chain_add(&observation->chain,
				          kinds[pick((unsigned)kind_count)].cert);
			}
		}
	}
	judge_run(report, NULL);
	report->status = report_status(report);
	examine_run(report);
	plan_run(report);
	report->answer = answer_sentence(report);
	return report;
}

/* "would refuse N of": what the answer counts; 0 where it does not refuse. */
static size_t refused_by_answer(const struct report *report)
{
	const char *at = strstr(report->answer, "would refuse ");

	return at != NULL ? strtoul(at + strlen("would refuse "), NULL, 10) : 0;
}

static char *written(const struct report *report, const char *format)
{
	struct out_how how = { .width = 10000 };
	struct buf out;

	buf_init(&out);
	formats_find(format)->write(report, &how, &out);
	return buf_take(&out);
}

/* The pages: the answer's own words, and every "Repairs" out of the same number. */
static void check_page(const struct report *report, const char *format, const char *repairs)
{
	char *text = written(report, format);

	for (char *at = text; (at = strchr(at, '\n')) != NULL && strcmp(format, "text") == 0;)
		*at = ' '; /* it wraps */
	assert_non_null(strstr(text, report->answer));
	for (const char *at = text; (at = strstr(at, "Repairs ")) != NULL; at++)
		if (strncmp(at, "Repairs part", 12) != 0)
			assert_non_null(strstr(at, repairs));
	free(text);
}

static size_t prometheus_refused(const struct report *report)
{
	static const char name[] = "\nmra_preflight_refused_addresses{";
	char *text = written(report, "prometheus");
	size_t sum = 0;

	for (const char *at = text; (at = strstr(at, name)) != NULL;) {
		at = strstr(at, "} ") + 2;
		sum += strtoul(at, NULL, 10);
	}
	free(text);
	return sum;
}

/* What is said again and again on purpose: numbers, names, lines of the log. */
static bool may_repeat(const char *line)
{
	static const char *const starts[] = { "Repairs ",   "SHA-256",    "Address",   "Node",
		                              "SANs of ",   "`WARNING: ", "WARNING: ", "ERROR: ",
		                              "Refused by", "On: ",       "* " };

	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

enum { SENTENCE_LEAST = 80 }; /* shorter ones are facts: "Its issuer is CN=Root." */

/* No two lines that tell something are equal. */
static void check_sentences(const struct report *report)
{
	char *text = written(report, "markdown"), *save = NULL; /* a line a paragraph */
	struct names lines = { 0 };

	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " -0123456789.*|");
		if (may_repeat(line) || strchr(line, ' ') == NULL)
			continue;
		if (strlen(line) >= SENTENCE_LEAST && names_has(&lines, line))
			fail_msg("said twice: %s", line);
		names_add(&lines, line);
	}
	names_clear(&lines);
	free(text);
}

static void check_numbers(const struct report *report)
{
	size_t refused = refused_by_answer(report), mended = 0;
	char *wanted = mem_printf("refused=%zu;", refused),
	     *repairs = mem_printf(" of %zu refused address", refused);
	char *nagios;

	for (size_t i = 0; i < report->step_count; i++) {
		mended += report->steps[i].instead_of == 0 ? report->steps[i].mended : 0;
		assert_true(report->steps[i].addresses <= refused);
		assert_true(report->steps[i].kind != STEP_CIPHER ||
		            report->steps[i].mended + report->steps[i].addresses > 0);
	}
	assert_int_equal(mended, refused); /* all that these certificates lack can be had */
	nagios = written(report, "nagios");
	assert_non_null(strstr(nagios, wanted));
	free(nagios);
	check_page(report, "text", repairs);
	check_page(report, "markdown", repairs);
	check_page(report, "html", repairs);
	assert_int_equal(prometheus_refused(report), refused);
	check_sentences(report);
	for (size_t i = 0; i < report->finding_count; i++)
		for (size_t k = i + 1; k < report->finding_count; k++)
			assert_string_not_equal(report->findings[i].title,
			                        report->findings[k].title);
	free(wanted);
	free(repairs);
}

static void test_numbers_agree(void **state)
{
	struct certset set;
	struct made root, kinds[6];

	(void)state;
	certset_init(&set);
	root = made_cert(&set, "Root", NULL, NULL, MADE_CA);
	kinds[0] = made_cert(&set, "cucm.example.com", "cucm.example.com", &root, MADE_RSA);
	kinds[1] = made_cert(&set, "cucm.example.com", "cucm.example.com cucm", &root,
	                     MADE_RSA | MADE_OLD);
	kinds[2] = made_cert(&set, "cucm-EC.example.com", "cucm.example.com", NULL, 0);
	kinds[3] = made_cert(&set, "cucm-EC.example.com", "cucm.example.com", &root, 0);
	kinds[4] = made_cert(&set, "cucm.example.com", "cucm.example.com", &root,
	                     MADE_RSA | MADE_EXPIRED);
	kinds[5] = made_cert(&set, "self.example.com", "cucm.example.com", NULL, MADE_RSA);
	for (unsigned i = 1; i <= 300; i++) {
		struct report *report;

		seed = i * 7919;
		report = generate(kinds, 6, root.cert);
		check_numbers(report);
		report_free(report);
	}
	made_free(&root);
	for (int i = 0; i < 6; i++)
		made_free(&kinds[i]);
	certset_clear(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_lines),
		cmocka_unit_test(test_a_ca_that_is_not_known),
		cmocka_unit_test(test_other_order),
		cmocka_unit_test(test_stopped_early),
		cmocka_unit_test(test_tls12_was_not_tried),
		cmocka_unit_test(test_refused_by_cucm),
		cmocka_unit_test(test_months_of_a_fleet),
		cmocka_unit_test(test_an_order_that_was_not_seen),
		cmocka_unit_test(test_numbers_agree),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
