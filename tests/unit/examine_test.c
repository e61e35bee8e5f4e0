/* SPDX-License-Identifier: MIT */
/* Reports made by hand, certificates as facts only: what is looked at here is grouping, gravity and
 * wording. */
#include "config.h"

#include "base/mem.h"
#include "pki/name.h"
#include "advise/examine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

enum { DAY = 86400 };
static const int64_t now = 1790000000;

/* Stand-ins for pki/name: the certificates here have no DER to read. */
bool name_only_in_cn(const struct cert *leaf, const char *address, enum traffic_server server)
{
	const char *at = NULL;
	struct san san;

	(void)server;
	while (cert_next_san(leaf, &at, &san))
		if (san.type == SAN_DNS && strcasecmp(san.value, address) == 0)
			return false;
	return strcasecmp(leaf->common_name, address) == 0;
}

bool name_only_in_ip_san(const struct cert *leaf, const char *address, enum traffic_server server)
{
	const char *at = NULL;
	struct san san;

	(void)server;
	while (cert_next_san(leaf, &at, &san))
		if (san.type == SAN_IP && strcmp(san.value, address) == 0)
			return true;
	return false;
}

static struct cert *add_cert(struct report *report, const char *name, enum key_type type)
{
	static unsigned char serial;
	struct cert *cert = mem_zalloc(sizeof *cert);

	cert->der = mem_alloc(1);
	cert->sha256[0] = ++serial;
	cert->readable = true;
	cert->common_name = mem_strdup(name);
	cert->subject = mem_printf("CN=%s", name);
	cert->issuer = mem_strdup("CN=Some CA");
	cert->serial = mem_strdup("01");
	cert->signature = mem_strdup("sha256WithRSAEncryption");
	cert->not_before = now - 100 * DAY;
	cert->not_after = now + 300 * DAY;
	cert->key_type = type;
	cert_add_san(cert, SAN_DNS, name);
	certset_take(&report->certs, cert);
	return cert;
}

static size_t add_observation(struct report *report, size_t node, const char *address,
                              uint16_t port, enum order order, const struct cert *leaf)
{
	struct observation *observation = report_add_observation(report);

	observation->node = node;
	observation->address = mem_strdup(address);
	observation->ip = mem_strdup("127.0.0.1");
	observation->port = port;
	observation->order = order;
	observation->advertised = node_find_address(&report->nodes[node], address) != NULL &&
	                          node_find_address(&report->nodes[node], address)->advertised;
	observation->outcome = leaf != NULL ? OUTCOME_PRESENTED : OUTCOME_TIMEOUT;
	observation->handshake_completed = leaf != NULL;
	observation->reached = leaf != NULL ? REACHED_FINISHED : REACHED_NOTHING;
	if (leaf != NULL)
		chain_add(&observation->chain, leaf);
	return report->observation_count - 1;
}

static struct verdict *add_verdict(struct report *report, size_t observation, size_t store,
                                   bool accepted)
{
	struct verdict *verdict = report_add_verdict(report);

	verdict->observation = observation;
	verdict->store = store;
	verdict->accepted = accepted;
	verdict->log = mem_strdup(accepted ? "" : "WARNING: the line");
	return verdict;
}

static struct report *new_report(const char *first_node)
{
	struct report *report = report_new();

	report->started = report->policy.at = now;
	report_add_store(report, "peer1");
	node_add_address(report_add_node(report, first_node), first_node, true);
	return report;
}

static const struct finding *find(const struct report *report, const char *id)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (strcmp(report->findings[i].id, id) == 0)
			return &report->findings[i];
	return NULL;
}

static size_t count_of(const struct report *report, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		count += strcmp(report->findings[i].id, id) == 0;
	return count;
}

/* Certificates of two nodes that are refused alike are one finding, if at the same ports and in the same orders. */
static void test_ports_and_orders_set_apart(void **state)
{
	static const struct {
		uint16_t port; /* of the second node; of the same service */
		enum order order;
		size_t findings;
	} rows[] = { { 9443, ORDER_ECDSA_FIRST, 1 }, { 9444, ORDER_ECDSA_FIRST, 2 }, { 9443, ORDER_RSA_FIRST, 2 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report("cucm1.example.com");

		node_add_address(report_add_node(report, "cucm2.example.com"), "cucm2.example.com", true);
		for (size_t node = 0; node < 2; node++) {
			const char *name = report->nodes[node].name;
			uint16_t port = node == 0 ? 9443 : rows[i].port;
			enum order order = node == 0 ? ORDER_ECDSA_FIRST : rows[i].order;

			verdict_add_reason(add_verdict(report,
			                               add_observation(report, node, name, port, order,
			                                               add_cert(report, name, KEY_ECDSA)),
			                               0, false),
			                   REASON_SELF_SIGNED, 18, 0, NULL);
		}
		examine_run(report);
		assert_int_equal(count_of(report, "self-signed"), rows[i].findings);
		assert_int_equal(report->findings[0].ports.count, 1);
		report_free(report);
	}
}

/* A certificate that ends before the date that was asked for is called by its kind and node, or, of a store, by its CN.
 * date -u -d @$((1790000000 + 300 * 86400)) */
static void test_ends_before_the_date(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	const struct cert *ec = add_cert(report, "cucm1-EC.example.com", KEY_ECDSA), *ca = add_cert(report, "Root", KEY_RSA);
	size_t told = 0;

	(void)state;
	report->policy.at = now + 301 * DAY;
	store_add(&report->stores[0], ca);
	add_verdict(report, add_observation(report, 0, "cucm1.example.com", 8443, ORDER_ECDSA_FIRST, ec), 0, true);
	examine_run(report);
	for (size_t i = 0; i < report->finding_count; i++)
		told += strcmp(report->findings[i].title, "tomcat-ECDSA of cucm1.example.com ends 2027-07-18T14:13:20Z, "
		                                          "before the date that was asked for") == 0 ||
		        strcmp(report->findings[i].title, "Root ends 2027-07-18T14:13:20Z, before the date that was asked for") == 0;
	assert_int_equal(told, 2);
	report_free(report);
}

static void test_one_finding_per_certificate_and_cause(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	const struct cert *ec = add_cert(report, "cucm1-EC.example.com", KEY_ECDSA);
	const struct finding *finding;

	(void)state;
	node_add_address(report_add_node(report, "cucm2.example.com"), "cucm2.example.com", true);
	for (size_t node = 0; node < 2; node++)
		for (uint16_t port = 6972; port <= 8443; port = (uint16_t)(port + 1471))
			verdict_add_reason(
				add_verdict(report,
			                    add_observation(report, node, report->nodes[node].name,
			                                    port, ORDER_ECDSA_FIRST, ec),
			                    0, false),
				REASON_SELF_SIGNED, 18, 0, NULL);
	examine_run(report);
	assert_int_equal(count_of(report, "self-signed"), 1);
	finding = find(report, "self-signed");
	assert_ptr_equal(finding, &report->findings[0]);
	assert_int_equal(finding->severity, SEVERITY_FAIL);
	assert_ptr_equal(finding->certificate, ec);
	assert_string_equal(finding->certificate_kind, "tomcat-ECDSA");
	assert_int_equal(finding->nodes.count, 2);
	assert_int_equal(finding->addresses.count, 2);
	assert_int_equal(finding->ports.count, 2);
	assert_true(names_has(&finding->orders, "ecdsa-first") && finding->orders.count == 1);
	assert_true(names_has(&finding->stores, "peer1"));
	assert_string_equal(finding->log, "WARNING: the line");
	assert_non_null(strstr(finding->detail, "log in"));
	assert_non_null(strstr(finding->detail, "configuration"));
	assert_non_null(finding->action);
	report_free(report);
}

/* A refusal is followed by what hangs on it: an expired, untrusted leaf of a wrong name has three
 * causes, not four. */
static void test_causes_and_consequences(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	const struct cert *leaf = add_cert(report, "other.example.com", KEY_RSA);
	struct verdict *verdict = add_verdict(
		report,
		add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf), 0,
		false);

	(void)state;
	verdict_add_reason(verdict, REASON_SELF_SIGNED, 18, 0, NULL);
	verdict_add_reason(verdict, REASON_SELF_SIGNED_IN_CHAIN, 19, 1, NULL);
	verdict_add_reason(verdict, REASON_NAME_MISMATCH, 0, 0, NULL);
	examine_run(report);
	assert_int_equal(count_of(report, "self-signed"), 1);
	assert_int_equal(count_of(report, "self-signed-in-chain"), 0);
	assert_int_equal(count_of(report, "name-mismatch"), 1);
	assert_null(find(report, "name-mismatch")->log);
	assert_non_null(
		strstr(find(report, "name-mismatch")->title, "does not cover cucm1.example.com"));
	report_free(report);
}

/* Two CAs of one name: the sentence is about the one that the verdict blames, not about the first
 * of that name. */
static void test_blames_the_certificate_of_the_reason(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *good = add_cert(report, "Corp Root CA", KEY_RSA),
		    *old = add_cert(report, "Corp Root CA", KEY_RSA);

	(void)state;
	free(leaf->issuer);
	leaf->issuer = mem_strdup(good->subject);
	old->not_after = now - DAY;
	store_add(&report->stores[0], good);
	store_add(&report->stores[0], old);
	verdict_add_reason(add_verdict(report,
	                               add_observation(report, 0, "cucm1.example.com", 8443,
	                                               ORDER_RSA_FIRST, leaf),
	                               0, false),
	                   REASON_EXPIRED, 10, 1, old);
	examine_run(report);
	assert_non_null(strstr(find(report, "expired")->detail,
	                       "ended 2026-09-20T14:13:20Z")); /* date -u -d @$((now - 86400)) */
	report_free(report);
}

/* Addresses that nobody is sent to are warnings, apart for the name, and so is an order that is not
 * in force. */
static void test_what_counts(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	const struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA),
			  *ec = add_cert(report, "cucm1-EC.example.com", KEY_ECDSA);

	(void)state;
	report->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	node_add_address(&report->nodes[0], "127.0.0.1", false);
	verdict_add_reason(
		add_verdict(report,
	                    add_observation(report, 0, "127.0.0.1", 8443, ORDER_RSA_FIRST, leaf), 0,
	                    false),
		REASON_NAME_MISMATCH, 0, 0, NULL);
	verdict_add_reason(add_verdict(report,
	                               add_observation(report, 0, "cucm1.example.com", 6972,
	                                               ORDER_ECDSA_FIRST, ec),
	                               0, false),
	                   REASON_SELF_SIGNED, 18, 0, NULL);
	examine_run(report);
	assert_int_equal(find(report, "name-mismatch")->severity, SEVERITY_WARNING);
	assert_non_null(strstr(find(report, "name-mismatch")->title, "where nobody is sent today"));
	assert_null(find(report, "name-mismatch")->certificate);
	assert_int_equal(find(report, "self-signed")->severity, SEVERITY_WARNING);
	assert_non_null(strstr(find(report, "self-signed")->detail, "not in force"));
	report_free(report);
}

/* Call managers of one cluster, some of them refused; in another cluster all is well or all is
 * lost. */
static struct report *with_managers(size_t all, size_t bad, size_t elsewhere, size_t bad_elsewhere)
{
	struct report *report = new_report("cucm0.example.com");
	const struct cert *leaf = add_cert(report, "x.example.com", KEY_RSA);

	report_add_cluster(report, "one.example.com", 8443);
	if (elsewhere > 0)
		report_add_cluster(report, "two.example.com", 8443);
	for (size_t i = 0; i < all + elsewhere; i++) {
		char *name = mem_printf("cucm%zu.example.com", i);
		struct node *node = i == 0 ? &report->nodes[0] : report_add_node(report, name);
		bool refused = i < all ? i < bad : i - all < bad_elsewhere;
		struct verdict *verdict;

		if (i > 0)
			node_add_address(node, name, true);
		node->cluster = i < all ? 0 : 1;
		verdict = add_verdict(report,
		                      add_observation(report, i, name, 8443, ORDER_RSA_FIRST, leaf),
		                      0, !refused);
		if (refused)
			verdict_add_reason(verdict, REASON_EXPIRED, 10, 0, leaf);
		free(name);
	}
	examine_run(report);
	return report;
}

static void test_redundancy(void **state)
{
	static const struct {
		size_t all, bad, elsewhere, bad_elsewhere;
		const char *said, *not_said;
	} rows[] = {
		{ 2, 1, 0, 0,
		  "Redundancy is lost: 1 of 2 call managers fail in one way or another, one is left.",
		  "depends" },
		{ 4, 3, 0, 0,
		  "Redundancy is lost: 3 of 4 call managers fail in one way or another, one is left.",
		  "depends" },
		{ 4, 2, 0, 0,
		  "2 of 4 call managers fail in one way or another: it depends on the node",
		  "lost" },
		{ 4, 4, 0, 0, "Every call manager fails in one way or another", "lost" },
		{ 1, 1, 0, 0, "MRA users cannot log in there", "call manager " },
		{ 4, 2, 2, 2, "Every call manager of two.example.com fails", "lost" },
		{ 4, 2, 3, 0, "2 of 4 call managers of one.example.com fail", "two.example.com" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = with_managers(rows[i].all, rows[i].bad, rows[i].elsewhere,
		                                      rows[i].bad_elsewhere);

		assert_int_equal(count_of(report, "expired"), 1);
		assert_non_null(strstr(find(report, "expired")->detail, rows[i].said));
		assert_null(strstr(find(report, "expired")->detail, rows[i].not_said));
		report_free(report);
	}
}

/* Two hundred nodes, each with its own self-signed certificate, are one finding; what differs makes
 * another. */
static void test_one_cause_one_finding(void **state)
{
	struct report *report = new_report("cucm0.example.com");
	const struct finding *finding;
	enum { NODES = 60 };

	(void)state;
	report_add_store(report, "peer2");
	for (size_t i = 0; i < NODES; i++) {
		char *name = mem_printf("cucm%zu.example.com", i);
		const struct cert *leaf = add_cert(report, name, KEY_RSA);
		size_t at;

		if (i > 0)
			node_add_address(report_add_node(report, name), name, true);
		at = add_observation(report, i, name, 8443, ORDER_RSA_FIRST, leaf);
		verdict_add_reason(add_verdict(report, at, 0, false), REASON_SELF_SIGNED, 18, 0,
		                   leaf);
		if (i < 3) /* three are refused by the other peer as well */
			verdict_add_reason(add_verdict(report, at, 1, false), REASON_SELF_SIGNED,
			                   18, 0, leaf);
		free(name);
	}
	examine_run(report);
	assert_int_equal(count_of(report, "self-signed"), 2);
	finding = find(report, "self-signed");
	assert_int_equal(finding->nodes.count, NODES - 3);
	assert_int_equal(finding->addresses.count, NODES - 3);
	assert_int_equal(finding->cert_count, NODES - 3);
	assert_int_equal(finding->facts.count, NODES - 3);
	assert_non_null(strstr(finding->facts.items[0], "cucm3.example.com: SHA-256 "));
	for (size_t i = 0; i < report->finding_count; i++)
		for (size_t k = i + 1; k < report->finding_count; k++)
			assert_string_not_equal(report->findings[i].title,
			                        report->findings[k].title);
	report_free(report);
}

/* Three problems are told, and that there are more. */
static void test_reports_that_cannot_be_read(void **state)
{
#define MISSING "Whatever they hold is missing here. "
	static const char *const details[] = { MISSING "a.", MISSING "a; b.", MISSING "a; b; c.",
		                               MISSING "a; b; c; and so on.",
		                               MISSING "a; b; c; and so on." },
			  *const titles[] = {
				  "1 saved report could not be read: f1",
				  "2 saved reports could not be read: f1 and f2",
				  "3 saved reports could not be read: f1, f2 and f3",
				  "4 saved reports could not be read: f1, f2, f3 and f4",
				  "5 saved reports could not be read: f1, f2, f3 and 2 more",
			  };
	struct report *report = new_report("cucm1.example.com");

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		char problem[2] = { (char)('a' + i), '\0' }, file[3] = { 'f', (char)('1' + i), '\0' };

		unread_add(&report->unread, file, problem);
		examine_run(report);
		assert_string_equal(titles[i], find(report, "report-unread")->title);
		assert_string_equal(details[i], find(report, "report-unread")->detail);
	}
	report_free(report);
}

/* What is true of several nodes is one finding, with a fact for each; what differs in a port or in
 * what to do stays apart. */
static void test_alike_is_one(void **state)
{
	struct report *report = new_report("cucm0");
	const struct finding *finding;

	(void)state;
	for (size_t i = 0; i < 30; i++) {
		char *name = mem_printf("cucm%zu", i);
		struct cert *leaf = add_cert(report, name, KEY_RSA);

		if (i > 0)
			node_add_address(report_add_node(report, name), name, true);
		report->nodes[i].source = SOURCE_UDS;
		leaf->not_after = now + (int64_t)(5 + i % 20) * DAY;
		add_verdict(report,
		            add_observation(report, i, name, i < 3 ? 6972 : 8443, ORDER_RSA_FIRST,
		                            leaf),
		            0, true);
		free(name);
	}
	examine_run(report);
	assert_int_equal(count_of(report, "short-name"), 1);
	finding = find(report, "short-name");
	assert_int_equal(finding->nodes.count, 30);
	assert_int_equal(finding->facts.count, 30);
	assert_string_equal(finding->facts.items[2], "cucm2 is advertised by its short name");
	assert_non_null(
		strstr(finding->title, "and 28 more: each is advertised by its short name"));
	assert_int_equal(count_of(report, "expires-soon"), 2); /* on 8443 and on 6972 */
	assert_non_null(strstr(find(report, "expires-soon")->title, ", the first 2026-"));
	for (size_t i = 0; i < report->finding_count; i++)
		for (size_t k = i + 1; k < report->finding_count; k++)
			assert_string_not_equal(report->findings[i].title,
			                        report->findings[k].title);
	report_free(report);
}

/* An order that is only assumed: the advice is to check the string, not to type into it before the
 * upgrade. */
static void test_assumed_order(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *rsa = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *ec = add_cert(report, "cucm1-EC.example.com", KEY_ECDSA);

	(void)state;
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 6972, ORDER_RSA_FIRST, rsa), 0,
	            true);
	verdict_add_reason(add_verdict(report,
	                               add_observation(report, 0, "cucm1.example.com", 6972,
	                                               ORDER_ECDSA_FIRST, ec),
	                               0, false),
	                   REASON_SELF_SIGNED, 18, 0, ec);
	examine_run(report);
	assert_true(strncmp(find(report, "ecdsa-first-refused")->action, "Put ", 4) == 0);
	report->policy.order_assumed = true;
	report->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	examine_run(report);
	assert_non_null(
		strstr(find(report, "ecdsa-first-refused")->action,
	               "check that the cipher string begins with ECDHE-RSA-AES256-GCM-SHA384:"));
	assert_non_null(strstr(find(report, "self-signed")->detail, "check the cipher string"));
	assert_int_equal(find(report, "self-signed")->severity, SEVERITY_WARNING);
	report_free(report);
}

/* Nobody knows when it ends. */
static void test_no_end_of_what_is_unreadable(void **state)
{
	(void)state;
	for (int readable = 0; readable < 2; readable++) {
		struct report *report = new_report("cucm1.example.com");
		struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA);

		leaf->not_after = now + DAY;
		leaf->readable = readable == 1;
		add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf);
		examine_run(report);
		assert_int_equal(readable, count_of(report, "expires-soon"));
		report_free(report);
	}
}

static void test_dates(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *root = add_cert(report, "Root", KEY_RSA),
		    *dead = add_cert(report, "Dead root", KEY_RSA);

	(void)state;
	report->policy.at = now + 50 * DAY;
	leaf->not_after = now + 70 * DAY;
	root->not_after = now + 20 * DAY;
	dead->not_after = now - DAY;
	store_add(&report->stores[0], root);
	store_add(&report->stores[0], dead);
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf), 0,
	            true);
	examine_run(report);
	assert_ptr_equal(find(report, "expires-soon")->certificate, leaf);
	assert_non_null(strstr(find(report, "expires-soon")->title,
	                       "ends 20 days after the date that was asked for"));
	assert_ptr_equal(find(report, "ends-before-at")->certificate, root);
	assert_true(names_has(&find(report, "ends-before-at")->stores, "peer1"));
	assert_int_equal(count_of(report, "store-expired"), 1);
	assert_ptr_equal(find(report, "store-expired")->certificate, dead);
	report_free(report);
}

/* Two nodes, one cause, but tomcat at one and tomcat-ECDSA at the other: each has its own title. */
static void test_one_finding_per_kind_of_certificate(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *rsa = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *ec = add_cert(report, "cucm2.example.com", KEY_ECDSA);

	(void)state;
	node_add_address(report_add_node(report, "cucm2.example.com"), "cucm2.example.com", true);
	rsa->self_signed = ec->self_signed = true;
	for (size_t node = 0; node < 2; node++)
		verdict_add_reason(add_verdict(report,
		                               add_observation(report, node,
		                                               report->nodes[node].name, 8443,
		                                               ORDER_RSA_FIRST,
		                                               node == 0 ? rsa : ec),
		                               0, false),
		                   REASON_SELF_SIGNED, 18, 0, NULL);
	examine_run(report);
	assert_int_equal(count_of(report, "self-signed"), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct finding *finding = &report->findings[i];

		assert_int_equal(1, finding->nodes.count);
		assert_string_equal(names_has(&finding->nodes, "cucm1.example.com")
		                            ? "tomcat"
		                            : "tomcat-ECDSA",
		                    finding->certificate_kind);
	}
	report_free(report);
}

static void test_warning_days_to_the_second(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA);

	(void)state;
	leaf->not_after = now + 30 * DAY + 1;
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf), 0,
	            true);
	examine_run(report);
	assert_null(find(report, "expires-soon"));
	leaf->not_after = now + 30 * DAY;
	examine_run(report);
	assert_non_null(find(report, "expires-soon"));
	report_free(report);
}

/* Dates that are alike tell nothing: no port is called the older one, and no service is to be
 * restarted on a guess. */
static void test_ports_of_one_age(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *one = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *two = add_cert(report, "cucm1.example.com", KEY_RSA);

	(void)state;
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, one), 0,
	            true);
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 6972, ORDER_RSA_FIRST, two), 0,
	            true);
	examine_run(report);
	assert_null(strstr(find(report, "ports-differ")->detail, "older"));
	assert_non_null(strstr(find(report, "ports-differ")->action, "Compare"));
	assert_int_equal(find(report, "ports-differ")->ports.count, 2);
	report_free(report);
}

static void test_ports_and_orders(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *young = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *old = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *ec = add_cert(report, "cucm1-EC.example.com", KEY_ECDSA);
	size_t refused;

	(void)state;
	old->not_before -= 500 * DAY;
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, young),
	            0, true);
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 8443, ORDER_ECDSA_FIRST, young),
	            0, true);
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 6972, ORDER_RSA_FIRST, old), 0,
	            true);
	refused = add_observation(report, 0, "cucm1.example.com", 6972, ORDER_ECDSA_FIRST, ec);
	report->observations[refused].client_certificate_requested = true;
	verdict_add_reason(add_verdict(report, refused, 0, false), REASON_SELF_SIGNED, 18, 0, NULL);
	examine_run(report);
	assert_ptr_equal(find(report, "ports-differ")->certificate, old);
	assert_non_null(strstr(find(report, "ports-differ")->action, "TFTP"));
	assert_true(names_has(&find(report, "ports-differ")->orders,
	                      "ecdsa-first")); /* 8443 shows it in both */
	assert_non_null(find(report, "rsa-in-both-orders"));
	assert_true(names_has(&find(report, "rsa-in-both-orders")->ports, "8443"));
	assert_int_equal(find(report, "rsa-in-both-orders")->ports.count, 1);
	assert_string_equal(find(report, "rsa-in-both-orders")->title,
	                    "Both orders show RSA on 8443: cucm1.example.com");
	assert_int_equal(find(report, "ecdsa-first-refused")->severity, SEVERITY_WARNING);
	assert_true(names_has(&find(report, "ecdsa-first-refused")->ports, "6972"));
	assert_int_equal(find(report, "client-certificate-requested")->severity, SEVERITY_INFO);
	assert_string_equal(
		find(report, "ecdsa-first-refused")->detail,
		"The cipher order of Expressway decides here. X14.2 has ECDSA first when it is "
		"installed afresh or upgraded from below X14.0, RSA first when upgraded from X14.0 "
		"or later. Nobody said which holds here (--cipher-string, --upgrade), so both "
		"count.");
	report->policy.order_why = mem_strdup("The cipher string says so.");
	examine_run(report);
	assert_string_equal(
		find(report, "ecdsa-first-refused")->detail,
		"The cipher order of Expressway decides here. X14.2 has ECDSA first when it is "
		"installed afresh or upgraded from below X14.0, RSA first when upgraded from X14.0 "
		"or later. The cipher string says so.");
	report_free(report);
}

/* Two ports of the same nodes are one sentence, those of other nodes another: of one node more, and
 * of as many that are not the same. */
static void test_both_orders_of_all_ports(void **state)
{
	struct report *report = new_report("cucm1");
	const struct cert *one = add_cert(report, "cucm1", KEY_RSA),
			  *two = add_cert(report, "cucm2", KEY_RSA);

	(void)state;
	node_add_address(report_add_node(report, "cucm2"), "cucm2", true);
	for (int order = 0; order < ORDER_COUNT; order++)
		for (uint16_t port = 6972; port <= 8443; port = port == 6972 ? 8443 : 9000) {
			add_observation(report, 0, "cucm1", port, (enum order)order, one);
			add_observation(report, 1, "cucm2", port, (enum order)order, two);
		}
	examine_run(report);
	assert_int_equal(count_of(report, "rsa-in-both-orders"), 1);
	assert_string_equal(find(report, "rsa-in-both-orders")->title,
	                    "Both orders show RSA on 6972 and 8443: cucm1 and cucm2");
	assert_null(find(report, "ports-differ"));
	report_free(report);
	report = new_report("cucm1");
	one = add_cert(report, "cucm1", KEY_RSA);
	two = add_cert(report, "cucm2", KEY_RSA);
	node_add_address(report_add_node(report, "cucm2"), "cucm2", true);
	for (int order = 0; order < ORDER_COUNT; order++) {
		add_observation(report, 0, "cucm1", 8443, (enum order)order, one);
		add_observation(report, 1, "cucm2", 6972, (enum order)order, two);
	}
	examine_run(report);
	assert_int_equal(count_of(report, "rsa-in-both-orders"), 2);
	report_free(report);
	report = new_report("cucm1"); /* each port under an address of its own */
	one = add_cert(report, "cucm1", KEY_RSA);
	for (int order = 0; order < ORDER_COUNT; order++) {
		add_observation(report, 0, "cucm1", 8443, (enum order)order, one);
		add_observation(report, 0, "cucm1.lab", 6972, (enum order)order, one);
	}
	examine_run(report);
	assert_int_equal(count_of(report, "rsa-in-both-orders"), 1);
	assert_true(names_has(&find(report, "rsa-in-both-orders")->addresses, "cucm1"));
	assert_true(names_has(&find(report, "rsa-in-both-orders")->addresses, "cucm1.lab"));
	report_free(report);
}

/* Both orders belong together where address, IP, port and what was offered are the same, and only
 * there. */
static void test_orders_of_one_place(void **state)
{
	(void)state;
	for (int row = 0; row < 5; row++) {
		struct report *report = new_report("cucm1");
		const struct cert *leaf = add_cert(report, "cucm1", KEY_RSA);
		size_t one = add_observation(report, 0, "cucm1", 6972, ORDER_RSA_FIRST, leaf),
		       two = add_observation(report, 0, row == 1 ? "cucm2" : "cucm1",
		                             row == 2 ? 8443 : 6972, ORDER_ECDSA_FIRST, leaf);
		struct observation *second = &report->observations[two];

		second->ip[strlen(second->ip) - 1] = row == 3 ? '2' : '1';
		second->offered = row == 4 ? report->observations[one].offered + 1
					   : report->observations[one].offered;
		examine_run(report);
		assert_int_equal(row == 0, count_of(report, "rsa-in-both-orders"));
		report_free(report);
	}
}

/* cucm1 shows tomcat in both orders on 8443 and 6972, cucm2 on 8443 alone: what is said of a port is
 * said of those that it is true of. */
static void test_both_orders_by_port(void **state)
{
	struct report *report = new_report("cucm1");
	const struct cert *one = add_cert(report, "cucm1", KEY_RSA),
			  *two = add_cert(report, "cucm2", KEY_RSA),
			  *ec = add_cert(report, "cucm2-EC", KEY_ECDSA);
	const char *const wanted[] = {
		"Both orders show RSA on 6972: cucm1",
		"Both orders show RSA on 8443: cucm1 and cucm2",
	};
	size_t seen = 0;

	(void)state;
	node_add_address(report_add_node(report, "cucm2"), "cucm2", true);
	for (int order = 0; order < ORDER_COUNT; order++) {
		add_observation(report, 0, "cucm1", 8443, (enum order)order, one);
		add_observation(report, 0, "cucm1", 6972, (enum order)order, one);
		add_observation(report, 1, "cucm2", 8443, (enum order)order, two);
		add_observation(report, 1, "cucm2", 6972, (enum order)order,
		                order == ORDER_RSA_FIRST ? two : ec);
	}
	examine_run(report);
	assert_int_equal(count_of(report, "rsa-in-both-orders"), 2);
	for (size_t i = 0; i < report->finding_count; i++)
		for (size_t k = 0; k < 2; k++)
			seen += strcmp(report->findings[i].title, wanted[k]) == 0;
	assert_int_equal(seen, 2);
	report_free(report);
}

/* A CallManager certificate that nobody trusts is said apart, under its own name, and wakes
 * nobody. */
static void test_sip_is_apart(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *tomcat = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *manager = add_cert(report, "cucm1.example.com", KEY_RSA);

	(void)state;
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, tomcat),
	            0, true);
	verdict_add_reason(add_verdict(report,
	                               add_observation(report, 0, "cucm1.example.com", 5061,
	                                               ORDER_RSA_FIRST, manager),
	                               0, false),
	                   REASON_SELF_SIGNED, 18, 0, NULL);
	add_observation(report, 0, "cucm1.example.com", 5061, ORDER_ECDSA_FIRST, NULL);
	examine_run(report);
	assert_int_equal(report->finding_count, 1);
	assert_string_equal(report->findings[0].id, "not-the-traffic-server");
	assert_int_equal(report->findings[0].severity, SEVERITY_INFO);
	assert_string_equal(report->findings[0].certificate_kind, "CallManager");
	assert_ptr_equal(report->findings[0].certificate, manager);
	report_free(report);
}

static void test_names(void **state)
{
	struct report *report = new_report("127.0.0.9");
	struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA),
		    *cn = add_cert(report, "cucm2.example.com", KEY_RSA);

	(void)state;
	cert_add_san(leaf, SAN_IP, "127.0.0.9");
	cn->sans.len = cn->san_count = 0;
	node_add_address(report_add_node(report, "cucm2.example.com"), "cucm2.example.com", true);
	node_add_address(report_add_node(report, "cucm3"), "cucm3", true);
	report->nodes[2].source = SOURCE_UDS;
	verdict_add_reason(
		add_verdict(report,
	                    add_observation(report, 0, "127.0.0.9", 8443, ORDER_RSA_FIRST, leaf), 0,
	                    false),
		REASON_NAME_MISMATCH, 0, 0, NULL);
	add_verdict(report,
	            add_observation(report, 1, "cucm2.example.com", 8443, ORDER_RSA_FIRST, cn), 0,
	            true);
	examine_run(report);
	assert_ptr_equal(find(report, "ip-san-only")->certificate, leaf);
	assert_non_null(strstr(find(report, "name-mismatch")->detail, "nobody outside knows"));
	assert_ptr_equal(find(report, "name-only-in-cn")->certificate, cn);
	assert_true(names_has(&find(report, "short-name")->nodes, "cucm3"));
	report_free(report);
}

static void test_stores(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *a = add_cert(report, "Root", KEY_RSA), *b = add_cert(report, "Root", KEY_RSA),
		    *leaf = add_cert(report, "x", KEY_RSA);
	char hex[65];
	size_t observation;

	(void)state;
	report_add_store(report, "peer2");
	a->not_after = now - DAY;
	store_add(&report->stores[0], a);
	store_add(&report->stores[0], b);
	store_add(&report->stores[0], b);
	report->stores[1].unreadable = 2;
	observation = add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf);
	add_verdict(report, observation, 0, true);
	verdict_add_reason(add_verdict(report, observation, 1, false), REASON_SELF_SIGNED, 18, 0,
	                   NULL);
	examine_run(report);
	cert_hex(b, hex);
	assert_ptr_equal(find(report, "store-repeated")->certificate, b);
	assert_int_equal(find(report, "store-repeated")->stores.count, 1);
	assert_string_equal(find(report, "store-repeated")->stores.items[0], "peer1");
	assert_int_equal(count_of(report, "store-same-cn"), 1);
	assert_non_null(strstr(find(report, "store-same-cn")->detail,
	                       hex)); /* valid before higher in the list */
	assert_non_null(strstr(find(report, "store-same-cn")->detail, "CSCwa12905"));
	assert_non_null(find(report, "store-unreadable"));
	assert_true(names_has(&find(report, "stores-differ")->stores, "peer2"));
	assert_int_equal(find(report, "stores-differ")->stores.count, 1);
	assert_string_equal("The peers' trust stores differ: peer2 refuses what another accepts",
	                    find(report, "stores-differ")->title);
	report_free(report);
}

/* A finding of several observations is as grave as the gravest, in whichever order they come. */
static void test_the_gravest_counts(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		struct report *report = new_report("cucm1.example.com");
		struct cert *leaf = add_cert(report, "other.example.com", KEY_RSA);

		free(leaf->common_name);
		leaf->common_name = mem_strdup("cucm1.example.com");
		report->policy.order_in_force[ORDER_RSA_FIRST] = false;
		report->policy.order_in_force[ORDER_ECDSA_FIRST] = true;
		for (int i = 0; i < 2; i++)
			add_verdict(report,
			            add_observation(report, 0, "cucm1.example.com", 8443,
			                            i == first ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST,
			                            leaf),
			            0, true);
		examine_run(report);
		assert_int_equal(SEVERITY_WARNING, find(report, "name-only-in-cn")->severity);
		report_free(report);
	}
}

static void test_verify_mode(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cluster *cluster = report_add_cluster(report, "cucm1.example.com", 8443);
	const struct cert *leaf = add_cert(report, "x", KEY_RSA);

	(void)state;
	cluster->outcome = DISCOVERY_OK;
	cluster->verdicts = mem_zalloc(sizeof *cluster->verdicts);
	cluster->verdict_count = 1;
	cluster->verdicts[0].accepted = true;
	report->nodes[0].cluster = 0;
	verdict_add_reason(add_verdict(report,
	                               add_observation(report, 0, "cucm1.example.com", 8443,
	                                               ORDER_RSA_FIRST, leaf),
	                               0, false),
	                   REASON_NAME_MISMATCH, 0, 0, NULL);
	examine_run(report);
	assert_non_null(find(report, "discovery-passes-logins-fail"));
	assert_null(find(report, "discovery-passes-logins-fail")->log);
	assert_true(names_has(&find(report, "discovery-passes-logins-fail")->stores, "peer1"));
	assert_true(names_has(&find(report, "discovery-passes-logins-fail")->nodes, "cucm1.example.com"));
	report->clusters[0].verdicts[0].accepted = false;
	report->clusters[0].verdicts[0].log = mem_strdup("WARNING: the line of discovery");
	examine_run(report);
	assert_null(find(report, "discovery-passes-logins-fail"));
	assert_string_equal("WARNING: the line of discovery", find(report, "discovery-refused")->log);
	report_free(report);
}

static void test_hardly_a_store(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cert *issuing = add_cert(report, "Issuing CA", KEY_RSA),
		    *leaf = add_cert(report, "expc.example.com", KEY_RSA), *root;

	(void)state;
	issuing->is_ca = true;
	for (int i = 0; i < 2; i++) {
		struct store *store = report_add_store(report, i == 0 ? "peer1" : "peer2");

		store_add(store, i == 0 ? issuing : leaf);
		store_add(store, i == 0 ? leaf : issuing);
	}
	report_add_store(report, "none"); /* an empty one is meant so */
	examine_run(report);
	assert_int_equal(count_of(report, "store-without-root"), 2);
	assert_int_equal(find(report, "store-without-root")->severity, SEVERITY_WARNING);
	assert_int_equal(count_of(report, "store-server-certificate"), 1);
	assert_ptr_equal(find(report, "store-server-certificate")->certificate, leaf);
	assert_int_equal(find(report, "store-server-certificate")->stores.count, 2);
	root = add_cert(report, "Root", KEY_RSA);
	root->self_signed = true;
	store_add(&report->stores[report->store_count - 3], root);
	store_add(&report->stores[report->store_count - 2], root);
	examine_run(report);
	assert_null(find(report, "store-without-root"));
	report_free(report);
}

static void test_reach(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	struct cluster *cluster = report_add_cluster(report, "cucm1.example.com", 8443);
	const struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA);
	size_t dead;

	(void)state;
	cluster->outcome = DISCOVERY_HTTP_STATUS;
	cluster->detail = mem_strdup("HTTP 503");
	report->stopped = true;
	report->nodes[0].addresses[0].ips_left_out = 3;
	report->nodes[0].reverses = mem_array(3, sizeof *report->nodes[0].reverses);
	report->nodes[0].reverse_count = 3;
	report->nodes[0].reverses[0].ip = mem_strdup("127.0.0.1");
	report->nodes[0].reverses[0].name = mem_strdup("other.example.com");
	report->nodes[0].reverses[1].ip = mem_strdup("127.0.0.2");
	report->nodes[0].reverses[2].ip = mem_strdup("127.0.0.3");
	report->nodes[0].reverses[2].problem = mem_strdup("timeout");
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf), 0,
	            true);
	dead = add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, NULL);
	free(report->observations[dead].ip);
	report->observations[dead].ip = mem_strdup("::1");
	add_observation(report, 0, "cucm1.example.com", 6972, ORDER_RSA_FIRST, NULL);
	examine_run(report);
	assert_int_equal(count_of(report, "ip-dead"), 1);
	assert_true(names_has(&find(report, "ip-dead")->ports, "8443"));
	assert_int_equal(count_of(report, "not-checked"), 1);
	assert_true(names_has(&find(report, "not-checked")->ports, "6972"));
	assert_int_equal(find(report, "not-checked")->severity, SEVERITY_WARNING);
	assert_non_null(strstr(find(report, "discovery-failed")->title, "HTTP 503"));
	assert_non_null(find(report, "stopped"));
	assert_non_null(find(report, "ips-left-out"));
	assert_non_null(strstr(find(report, "dns-disagrees")->title, "other.example.com"));
	assert_int_equal(count_of(report, "dns-no-reverse"), 2);
	for (size_t i = 0; i < report->finding_count; i++) { /* no answer is not the answer "no" */
		const struct finding *finding = &report->findings[i];

		if (finding->kind != FINDING_DNS_NO_REVERSE)
			continue;
		if (names_has(&finding->addresses, "127.0.0.3"))
			assert_non_null(strstr(finding->title,
			                       "could not be looked up in reverse DNS (timeout)"));
		else
			assert_string_equal(finding->action, "Add a PTR record for it.");
	}
	report_free(report);
}

/* Two ways to fail are two findings; one that nobody is sent to is an info; a refused one has
 * none. */
static void test_unfinished(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	const struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA);
	static const char *const details[] = { "Connection reset by peer",
		                               "Connection reset by peer", "timed out" };

	(void)state;
	report_add_store(report, "peer1");
	for (size_t i = 0; i < 4; i++) {
		size_t at = add_observation(report, 0, "cucm1.example.com", i == 1 ? 6972 : 8443,
		                            ORDER_RSA_FIRST, leaf);

		report->observations[at].handshake_completed = false;
		report->observations[at].reached = REACHED_CERTIFICATE;
		report->observations[at].detail = mem_strdup(details[i % 3]);
		if (i == 3)
			add_verdict(report, at, 0, false);
	}
	report->observations[2].advertised = false;
	examine_run(report);
	assert_int_equal(count_of(report, "handshake-unfinished"), 2);
	assert_int_equal(find(report, "handshake-unfinished")->severity, SEVERITY_WARNING);
	assert_int_equal(find(report, "handshake-unfinished")->ports.count, 2);
	assert_non_null(
		strstr(find(report, "handshake-unfinished")->detail, "Connection reset by peer"));
	assert_non_null(strstr(find(report, "handshake-unfinished")->detail, "certificate's key"));
	report_free(report);
}

/* A sentence that holds for a cluster is said with the first of its findings. */
static void test_said_once(void **state)
{
	struct report *report = with_managers(4, 2, 0, 0);
	const struct cert *leaf = report->observations[0].chain.certs[0];
	size_t told = 0, loses = 0;

	(void)state;
	verdict_add_reason(&report->verdicts[0], REASON_PURPOSE, 26, 0, leaf);
	examine_run(report);
	for (size_t i = 0; i < report->finding_count; i++) {
		told += strstr(report->findings[i].detail, "2 of 4 call managers fail") != NULL;
		loses += strstr(report->findings[i].detail, "MRA users cannot log in there") != NULL;
	}
	assert_int_equal(count_of(report, "expired") + count_of(report, "purpose"), 2);
	assert_int_equal(told, 1);
	assert_int_equal(loses, 1);
	report_free(report);
}

/* A CA that is none lacks what a CA's key usage has: that follows. What is wrong elsewhere does not,
 * nor does another thing. */
static void test_what_follows_from_no_ca(void **state)
{
	static const struct {
		enum reason reason;
		int depth;
		bool follows;
	} rows[] = {
		{ REASON_PURPOSE, 1, true },
		{ REASON_KEY_USAGE_NO_CERT_SIGN, 1, true },
		{ REASON_EXPIRED, 1, false },
		{ REASON_PURPOSE, 2, false },
		{ REASON_KEY_USAGE_NO_CERT_SIGN, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report("cucm1.example.com");
		const struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA),
				  *ca = add_cert(report, "Issuing CA", KEY_RSA);
		struct verdict *verdict = add_verdict(
			report,
			add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf), 0,
			false);

		verdict_add_reason(verdict, REASON_ISSUER_NOT_CA, 24, 1, ca);
		verdict_add_reason(verdict, rows[i].reason, 26, rows[i].depth, ca);
		examine_run(report);
		assert_int_equal(count_of(report, "issuer-not-ca"), 1);
		assert_int_equal(count_of(report, reason_id(rows[i].reason)), !rows[i].follows);
		report_free(report);
	}
}

/* Certificates of two clusters that are one cause: what is left to fall back on is told of both. */
static void test_redundancy_of_each_cluster(void **state)
{
	struct report *report = new_report("cucm0.example.com");
	const struct finding *finding;

	(void)state;
	report_add_cluster(report, "one.example.com", 8443);
	report_add_cluster(report, "two.example.com", 8443);
	for (size_t i = 0; i < 4; i++) {
		char *name = mem_printf("cucm%zu.example.com", i);
		const struct cert *leaf = add_cert(report, name, KEY_RSA);

		if (i > 0)
			node_add_address(report_add_node(report, name), name, true);
		report->nodes[i].cluster = i / 2;
		verdict_add_reason(add_verdict(report,
		                               add_observation(report, i, name, 8443,
		                                               ORDER_RSA_FIRST, leaf),
		                               0, false),
		                   REASON_SELF_SIGNED, 18, 0, leaf);
		free(name);
	}
	examine_run(report);
	assert_int_equal(count_of(report, "self-signed"), 1);
	finding = find(report, "self-signed");
	assert_non_null(strstr(finding->detail, "Every call manager of one.example.com fails"));
	assert_non_null(strstr(finding->detail, "Every call manager of two.example.com fails"));
	/* of four, two are named and the rest is counted */
	assert_non_null(strstr(finding->title,
	                       "tomcat of cucm0.example.com, cucm1.example.com and 2 more: "));
	report_free(report);
}

/* A date that nobody can read (cert.h: INT64_MAX and INT64_MIN), or of nobody, is not told. */
static void test_no_date_to_tell(void **state)
{
	static const struct {
		enum reason reason;
		const char *finding, *said; /* NULL: nothing is */
		int64_t not_before, not_after;
		bool nobody, unreadable;
	} rows[] = {
		{ REASON_EXPIRED, "expired", "The Root ended", 0, now - DAY, false, false },
		{ REASON_EXPIRED, "expired", NULL, 0, now - DAY, true, false },
		{ REASON_EXPIRED, "expired", NULL, 0, now - DAY, false, true },
		{ REASON_EXPIRED, "expired", NULL, 0, INT64_MAX, false, false },
		{ REASON_EXPIRED, "expired", "The Root ended", INT64_MIN, now - DAY, false, false },
		{ REASON_NOT_YET_VALID, "not-yet-valid", "The Root begins", now + DAY, INT64_MAX, false,
		  false },
		{ REASON_NOT_YET_VALID, "not-yet-valid", NULL, INT64_MIN, now - DAY, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report("cucm1.example.com");
		struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA),
			    *root = add_cert(report, "The Root", KEY_RSA);
		const char *detail;

		root->not_before = rows[i].not_before;
		root->not_after = rows[i].not_after;
		root->readable = !rows[i].unreadable;
		verdict_add_reason(add_verdict(report,
		                               add_observation(report, 0, "cucm1.example.com", 8443,
		                                               ORDER_RSA_FIRST, leaf),
		                               0, false),
		                   rows[i].reason, 10, 1, rows[i].nobody ? NULL : root);
		examine_run(report);
		detail = find(report, rows[i].finding)->detail;
		if (rows[i].said != NULL ? strstr(detail, rows[i].said) == NULL
		                         : strstr(detail, "The Root ") != NULL)
			fail_msg("row %zu: %s", i, detail);
		assert_null(strstr(detail, ". . "));
		report_free(report);
	}
}

/* Which discovery passes although logins fail: of this cluster, with this store, where it counts. */
static void test_whose_logins_fail(void **state)
{
	static const struct {
		size_t cluster, store;
		bool advertised, accepted, said;
	} rows[] = {
		{ 0, 0, true, false, true },   { 1, 0, true, false, false },
		{ 0, 1, true, false, false },  { 0, 0, false, false, false },
		{ 0, 0, true, true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = new_report("cucm1.example.com");
		const struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA);
		struct cluster *cluster;
		size_t at;

		report_add_store(report, "peer2");
		cluster = report_add_cluster(report, "cucm1.example.com", 8443);
		cluster->verdicts = mem_array(1, sizeof *cluster->verdicts);
		cluster->verdict_count = 1;
		cluster->verdicts[0].accepted = true;
		report_add_cluster(report, "other.example.com", 8443);
		report->nodes[0].cluster = rows[i].cluster;
		at = add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf);
		report->observations[at].advertised = rows[i].advertised;
		if (!rows[i].accepted)
			verdict_add_reason(add_verdict(report, at, rows[i].store, false),
			                   REASON_SELF_SIGNED, 18, 0, leaf);
		else
			add_verdict(report, at, rows[i].store, true);
		examine_run(report);
		assert_int_equal(find(report, "discovery-passes-logins-fail") != NULL, rows[i].said);
		report_free(report);
	}
}

/* An IP that the certificate has as an iPAddress, one that it has not, and a name are three causes:
 * what is said of each differs. */
static void test_names_that_do_not_match(void **state)
{
	static const char *const nodes[] = { "10.0.0.1", "10.0.0.2", "cucm3.example.com",
		                             "cucm4.example.com" };
	struct report *report = new_report(nodes[0]);
	size_t ip_san = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct cert *leaf = add_cert(report, "x.example.com", KEY_RSA);

		if (i > 0)
			node_add_address(report_add_node(report, nodes[i]), nodes[i], true);
		if (i == 0)
			cert_add_san(leaf, SAN_IP, nodes[0]);
		verdict_add_reason(add_verdict(report,
		                               add_observation(report, i, nodes[i], 8443,
		                                               ORDER_RSA_FIRST, leaf),
		                               0, false),
		                   REASON_NAME_MISMATCH, 0, 0, NULL);
	}
	examine_run(report);
	assert_int_equal(count_of(report, "name-mismatch"), 3);
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct finding *finding = &report->findings[i];

		if (strcmp(finding->id, "name-mismatch") != 0)
			continue;
		ip_san += strstr(finding->detail, "as a SAN of type IP Address") != NULL;
		assert_int_equal(strstr(finding->action, "rather than the IP") != NULL,
		                 names_has(&finding->nodes, "10.0.0.1") ||
		                         names_has(&finding->nodes, "10.0.0.2"));
		assert_int_equal(finding->nodes.count,
		                 names_has(&finding->nodes, "cucm3.example.com") ? 2 : 1);
	}
	assert_int_equal(ip_san, 1);
	report_free(report);
}

/* Two things that are true of each node come in turns; each is one finding all the same. */
static void test_alike_in_turns(void **state)
{
	struct report *report = new_report("cucm0");

	(void)state;
	node_add_address(report_add_node(report, "cucm1"), "cucm1", true);
	for (size_t i = 0; i < 2; i++) {
		report->nodes[i].source = SOURCE_UDS;
		report->nodes[i].addresses[0].ips_left_out = 2;
	}
	examine_run(report);
	assert_int_equal(count_of(report, "short-name"), 1);
	assert_int_equal(count_of(report, "ips-left-out"), 1);
	assert_int_equal(find(report, "short-name")->nodes.count, 2);
	assert_int_equal(find(report, "ips-left-out")->facts.count, 2);
	report_free(report);
}

/* One entry that is no address, twenty, twenty-one. */
static void test_entries_that_are_no_address(void **state)
{
	static const struct {
		size_t count;
		const char *begins, *has, *has_not;
	} rows[] = {
		{ 1, "1 entry in the server list is neither", "\"e 0\"", "more" },
		{ 20, "20 entries in the server list are neither", "\"e 19\"", "more" },
		{ 21, "21 entries in the server list are neither", "\"e 19\" and 1 more", "e 20" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();

		for (size_t k = 0; k < rows[i].count; k++) {
			char *name = mem_printf("e %zu", k);
			size_t at;

			node_add_address(report_add_node(report, name), name, true);
			at = add_observation(report, k, name, 8443, ORDER_RSA_FIRST, NULL);
			report->observations[at].outcome = OUTCOME_UNUSABLE;
			report->observations[at].detail = mem_strdup("it holds a space");
			free(name);
		}
		/* the same words about something else */
		node_add_address(report_add_node(report, "x"), "x", true);
		add_observation(report, rows[i].count, "x", 8443, ORDER_RSA_FIRST, NULL);
		report->observations[rows[i].count].detail = mem_strdup("it holds a space");
		examine_run(report);
		assert_int_equal(count_of(report, "entry-unusable"), 1);
		assert_true(strncmp(find(report, "entry-unusable")->title, rows[i].begins,
		                    strlen(rows[i].begins)) == 0);
		assert_non_null(strstr(find(report, "entry-unusable")->title, rows[i].has));
		assert_null(strstr(find(report, "entry-unusable")->title, rows[i].has_not));
		report_free(report);
	}
}

/* Gravest first, each with a title, and nothing at all about a healthy cluster. */
static void test_order_and_silence(void **state)
{
	struct report *report = new_report("cucm1.example.com");
	const struct cert *leaf = add_cert(report, "cucm1.example.com", KEY_RSA);
	size_t bad;

	(void)state;
	add_verdict(report,
	            add_observation(report, 0, "cucm1.example.com", 8443, ORDER_RSA_FIRST, leaf), 0,
	            true);
	examine_run(report);
	assert_int_equal(report->finding_count, 0);
	for (size_t i = 0; i < 2; i++) {
		report->observations[i].inferred = true;
		examine_run(report);
		assert_string_equal(i == 0 ? "1 handshake was not made: what RSA first would show is "
		                             "inferred from ECDSA first"
		                           : "2 handshakes were not made: what RSA first would show is "
		                             "inferred from ECDSA first",
		                    find(report, "inferred")->title);
		add_observation(report, 0, "cucm1.example.com", 6972, ORDER_RSA_FIRST, NULL);
	}
	for (size_t i = 1; i < 4; i++) { /* more nodes, and yet less grave */
		char name[] = "cucm1.example.net";

		name[4] = (char)('1' + i);
		node_add_address(report_add_node(report, name), name, true);
		add_observation(report, i, name, 8443, ORDER_RSA_FIRST, NULL);
	}
	report->stopped = true;
	bad = add_observation(report, 0, "cucm1.example.com", 6972, ORDER_RSA_FIRST, leaf);
	report->observations[bad].client_certificate_requested = true;
	verdict_add_reason(add_verdict(report, bad, 0, false), REASON_NAME_MISMATCH, 0, 0, NULL);
	examine_run(report);
	assert_int_equal(report->findings[0].severity, SEVERITY_FAIL);
	for (size_t i = 0; i < report->finding_count; i++) {
		assert_non_null(report->findings[i].title);
		assert_null(strchr(report->findings[i].title, '\n'));
		if (i > 0)
			assert_true(report->findings[i - 1].severity <=
			            report->findings[i].severity);
	}
	report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports_and_orders_set_apart),
		cmocka_unit_test(test_ends_before_the_date),
		cmocka_unit_test(test_one_finding_per_certificate_and_cause),
		cmocka_unit_test(test_causes_and_consequences),
		cmocka_unit_test(test_blames_the_certificate_of_the_reason),
		cmocka_unit_test(test_what_counts),
		cmocka_unit_test(test_redundancy), cmocka_unit_test(test_one_cause_one_finding),
		cmocka_unit_test(test_reports_that_cannot_be_read),
		cmocka_unit_test(test_alike_is_one), cmocka_unit_test(test_assumed_order),
		cmocka_unit_test(test_dates), cmocka_unit_test(test_no_end_of_what_is_unreadable),
		cmocka_unit_test(test_one_finding_per_kind_of_certificate),
		cmocka_unit_test(test_warning_days_to_the_second),
		cmocka_unit_test(test_ports_of_one_age), cmocka_unit_test(test_ports_and_orders),
		cmocka_unit_test(test_both_orders_by_port),
		cmocka_unit_test(test_orders_of_one_place),
		cmocka_unit_test(test_both_orders_of_all_ports),
		cmocka_unit_test(test_sip_is_apart), cmocka_unit_test(test_names),
		cmocka_unit_test(test_stores),
		cmocka_unit_test(test_the_gravest_counts),
		cmocka_unit_test(test_verify_mode),
		cmocka_unit_test(test_hardly_a_store),
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_order_and_silence),
		cmocka_unit_test(test_said_once),
		cmocka_unit_test(test_what_follows_from_no_ca),
		cmocka_unit_test(test_redundancy_of_each_cluster),
		cmocka_unit_test(test_no_date_to_tell),
		cmocka_unit_test(test_whose_logins_fail),
		cmocka_unit_test(test_names_that_do_not_match),
		cmocka_unit_test(test_entries_that_are_no_address),
		cmocka_unit_test(test_alike_in_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
