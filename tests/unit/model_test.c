/* SPDX-License-Identifier: MIT */
/* model: targets, addresses, nodes, certificate sets, and the rules for the exit status. */
#include "config.h"

#include "base/mem.h"
#include "model/report.h"
#include "model/traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_target(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} rows[] = {
		{ "pub.example.com", "pub.example.com", 0 },
		{ "pub:9443", "pub", 9443 },
		{ "127.0.0.1", "127.0.0.1", 0 },
		{ "127.0.0.1:1", "127.0.0.1", 1 },
		{ "[::1]", "::1", 0 },
		{ "[0:0::1]:65535", "::1", 65535 },
		{ "2001:db8::1", "2001:db8::1", 0 },
		{ "2001:DB8:0::1", "2001:db8::1", 0 },
		{ "https://pub.example.com:8443/ccmadmin", "pub.example.com", 8443 },
		{ "HTTPS://pub/", "pub", 0 },
		{ "https://[2001:db8::1]:9443?x", "2001:db8::1", 9443 },
		{ "https://10.1.2.3", "10.1.2.3", 0 },
	};
	static const char *const wrong[] = { "",
		                             ":8443",
		                             "pub:",
		                             "pub:0",
		                             "pub:65536",
		                             "pub:008443", /* a port has five digits at most */
		                             "pub:8443x",
		                             "[::1",
		                             "[::1]x",
		                             "[pub]",
		                             "a..b",
		                             "-t",
		                             "pub/x",
		                             "a b",
		                             "https://",
		                             "https:///x",
		                             "https://a@pub/",
		                             "https://pub:8443:1/",
		                             "http://pub/",
		                             "https:/pub",
		                             "\033[31m",
		                             "fe80::1%lo",
		                             "[::1]:",
		                             ("p\xc3\xbc"
		                              "b") };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct target target;

		assert_int_equal(target_parse(rows[i].text, &target), 0);
		assert_string_equal(target.host, rows[i].host);
		assert_int_equal(target.port, rows[i].port);
		target_clear(&target);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct target target;

		assert_int_equal(target_parse(wrong[i], &target), -1);
	}
}

static const struct cert *add_named(struct certset *set, unsigned char id, const char *cn, bool ca,
                                    bool self_signed)
{
	struct cert *cert = mem_zalloc(sizeof *cert);

	cert->sha256[0] = id;
	cert->readable = cn != NULL;
	if (cn != NULL)
		cert->common_name = mem_strdup(cn);
	cert->is_ca = ca;
	cert->self_signed = self_signed;
	return certset_take(set, cert);
}

static void test_store_duplicates(void **state)
{
	struct store store = { 0 };
	struct store_duplicates found;
	struct certset set;
	const struct cert *b2, *a1, *b1, *bare, *none;

	(void)state;
	certset_init(&set);
	b2 = add_named(&set, 9, "b", true, true);
	a1 = add_named(&set, 3, "A", true, true);
	b1 = add_named(&set, 1, "B", true, true);
	bare = add_named(&set, 5, "", true, true);
	none = add_named(&set, 7, NULL, false, false);
	store_add(&store, b2);
	store_add(&store, a1);
	store_add(&store, bare);
	store_add(&store, b1);
	store_add(&store, none);
	store_add(&store, add_named(&set, 6, "", true, true)); /* no CN is not one CN */
	store_find_duplicates(&store, &found);
	assert_int_equal(1, found.count);
	assert_false(found.items[0].repeated);
	assert_int_equal(2, found.items[0].count);
	assert_ptr_equal(b2, found.items[0].certs[0]); /* the store's order; case does not count */
	assert_ptr_equal(b1, found.items[0].certs[1]);
	store_duplicates_clear(&found);
	store_add(&store, b2);
	store_add(&store, bare);
	store_add(&store, bare);
	store_add(&store, none);
	store_find_duplicates(&store, &found);
	assert_int_equal(3, found.count);
	assert_true(found.items[0].repeated);
	assert_ptr_equal(bare, found.items[0].certs[0]);
	assert_int_equal(1, found.items[0].count);
	assert_true(found.items[1].repeated);
	assert_ptr_equal(b2, found.items[1].certs[0]);
	assert_false(found.items[2].repeated);
	assert_int_equal(2, found.items[2].count);
	store_duplicates_clear(&found);
	store_clear(&store);
	certset_clear(&set);
}

static void test_store_without_root(void **state)
{
	struct store store = { 0 };
	struct certset set;
	const struct cert *leaf, *tomcat;

	(void)state;
	certset_init(&set);
	leaf = add_named(&set, 2, "expressway", false, false);
	tomcat = add_named(&set, 4, "tomcat", false, true);
	assert_false(store_has_root(&store));
	store_add(&store, add_named(&set, 1, "issuing", true, false));
	store_add(&store, leaf);
	store_add(&store, add_named(&set, 3, NULL, false, false));
	assert_false(store_has_root(&store));
	store_add(&store, tomcat);
	assert_true(store_has_root(&store));
	assert_true(store_is_server_certificate(leaf));
	assert_false(store_is_server_certificate(tomcat)); /* self-signed: its own anchor */
	assert_false(store_is_server_certificate(store.certs[0]));
	assert_false(store_is_server_certificate(store.certs[2]));
	store_clear(&store);
	certset_clear(&set);
}

static void test_node_addresses(void **state)
{
	struct node node = { 0 };

	(void)state;
	node_add_address(&node, "CUCM.example.com", false);
	node_add_address(&node, "cucm.EXAMPLE.com", true);
	node_add_address(&node, "2001:DB8::0:1", false);
	node_add_address(&node, "cucm", false);
	assert_int_equal(node.address_count, 3);
	assert_true(node.addresses[0].advertised);
	assert_int_equal(node.addresses[0].kind, ADDRESS_FQDN);
	assert_string_equal(node.addresses[1].text, "2001:db8::1");
	assert_int_equal(node.addresses[1].ip_count, 1);
	assert_int_equal(node.addresses[2].kind, ADDRESS_HOSTNAME);
	node_clear(&node);
}

static struct cert *fake_cert(unsigned number)
{
	struct cert *cert = mem_zalloc(sizeof *cert);

	/* all in the same hash slot: only the last byte tells them apart */
	cert->sha256[31] = (unsigned char)number;
	cert->sha256[30] = (unsigned char)(number >> 8);
	return cert;
}

static void test_certset(void **state)
{
	struct certset set;

	(void)state;
	certset_init(&set);
	for (unsigned i = 0; i < 500; i++)
		certset_take(&set, fake_cert(i));
	for (unsigned i = 0; i < 500; i++) {
		const struct cert *first = set.certs[i];

		assert_ptr_equal(certset_take(&set, fake_cert(i)), first);
	}
	assert_int_equal(set.count, 500);
	certset_clear(&set);
}

/* One observation that counts, one that does not (not advertised), and a verdict for each that
 * presented. */
static struct report *sample(enum outcome counting, bool accepted, enum outcome other,
                             bool other_accepted)
{
	struct report *report = report_new();
	enum outcome outcomes[] = { counting, other };
	bool verdicts[] = { accepted, other_accepted };

	report_add_node(report, "n");
	for (size_t i = 0; i < 2; i++) {
		struct observation *observation = report_add_observation(report);

		observation->address = mem_strdup(i == 0 ? "n" : "127.0.0.2");
		observation->ip = mem_strdup("127.0.0.2");
		observation->outcome = outcomes[i];
		observation->advertised = i == 0;
		observation->handshake_completed = outcomes[i] == OUTCOME_PRESENTED;
		if (outcomes[i] == OUTCOME_PRESENTED) {
			struct verdict *verdict = report_add_verdict(report);

			verdict->observation = i;
			verdict->accepted = verdicts[i];
		}
	}
	report->status = report_status(report);
	return report;
}

static void check_status(struct report *report, enum status status, int exit_status)
{
	assert_int_equal(report->status, status);
	assert_int_equal(report_exit(report), exit_status);
	report_free(report);
}

static void test_status(void **state)
{
	struct report *report;

	(void)state;
	check_status(sample(OUTCOME_PRESENTED, true, OUTCOME_PRESENTED, true), STATUS_PASS, 0);
	check_status(sample(OUTCOME_PRESENTED, true, OUTCOME_PRESENTED, false), STATUS_PASS, 0);
	check_status(sample(OUTCOME_PRESENTED, true, OUTCOME_TIMEOUT, false), STATUS_PASS, 0);
	check_status(sample(OUTCOME_PRESENTED, false, OUTCOME_PRESENTED, true), STATUS_FAIL, 1);
	check_status(sample(OUTCOME_REFUSED, false, OUTCOME_PRESENTED, true), STATUS_INCOMPLETE, 3);
	check_status(sample(OUTCOME_REFUSED, false, OUTCOME_REFUSED, true), STATUS_INCOMPLETE, 3);
	/* failing beats incomplete */
	report = sample(OUTCOME_PRESENTED, false, OUTCOME_PRESENTED, true);
	report->stopped = true;
	report->status = report_status(report);
	check_status(report, STATUS_FAIL, 1);
	report = sample(OUTCOME_PRESENTED, true, OUTCOME_PRESENTED, true);
	report->stopped = true;
	report->status = report_status(report);
	check_status(report, STATUS_INCOMPLETE, 3);
	/* a failed discovery is something that could not be checked */
	report = sample(OUTCOME_PRESENTED, true, OUTCOME_PRESENTED, true);
	report_add_cluster(report, "pub", 8443)->outcome = DISCOVERY_TIMEOUT;
	report->status = report_status(report);
	check_status(report, STATUS_INCOMPLETE, 3);
	/* --strict */
	report = sample(OUTCOME_PRESENTED, true, OUTCOME_PRESENTED, true);
	report_add_finding(report, FINDING_EXPIRES_SOON);
	report->policy.strict = true;
	check_status(report, STATUS_PASS, 1);
	/* ... but not by what nobody uses: a healthy publisher whose certificate does not cover its
	 * IP */
	report = sample(OUTCOME_PRESENTED, true, OUTCOME_PRESENTED, true);
	names_add(&report_add_refusal(report, FINDING_REFUSED_UNUSED, REASON_NAME_MISMATCH)
	                   ->addresses,
	          "127.0.0.99");
	report->policy.strict = true;
	assert_int_equal(report_warnings(report), 0);
	check_status(report, STATUS_PASS, 0);
	/* an order that is not in force does not count */
	report = sample(OUTCOME_PRESENTED, false, OUTCOME_PRESENTED, true);
	report->policy.order_in_force[ORDER_RSA_FIRST] = false;
	report->status = report_status(report);
	check_status(report, STATUS_PASS, 0);
}

/* A dead IP beside a living one of the same name leaves nothing unknown. */
/* A good certificate, then a reset: nobody knows. */
static void test_unfinished(void **state)
{
	struct report *report = sample(OUTCOME_PRESENTED, true, OUTCOME_PRESENTED, true);
	struct observation *first = &report->observations[0];

	(void)state;
	first->handshake_completed = false;
	first->reached = REACHED_CERTIFICATE;
	assert_int_equal(report_status(report), STATUS_INCOMPLETE);
	first->client_certificate_requested = true;
	assert_int_equal(report_status(report),
	                 STATUS_INCOMPLETE); /* it ended before the server could miss one */
	first->reached = REACHED_SERVER_DONE;
	assert_int_equal(report_status(report), STATUS_INCOMPLETE);
	first->reached = REACHED_ANSWERED;
	assert_int_equal(report_status(report), STATUS_PASS);
	first->client_certificate_requested = false;
	assert_int_equal(report_status(report), STATUS_INCOMPLETE);
	first->handshake_completed = true;
	assert_int_equal(report_status(report), STATUS_PASS);
	first->flaw = FLAW_BAD_ECC_CERT;
	assert_int_equal(report_status(report),
	                 STATUS_INCOMPLETE); /* unless a verdict refuses it */
	first->handshake_completed = false;
	first->flaw = FLAW_NONE;
	first->advertised = false;
	report->observations[1].advertised = true;
	assert_int_equal(report_status(report), STATUS_PASS);
	report_free(report);
}

static void test_dead_beside_living(void **state)
{
	struct report *report = sample(OUTCOME_PRESENTED, true, OUTCOME_TIMEOUT, true);
	struct observation *dead = &report->observations[1];

	(void)state;
	dead->advertised = true;
	assert_int_equal(report_status(report), STATUS_INCOMPLETE);
	free(dead->address);
	dead->address = mem_strdup("n");
	assert_int_equal(report_status(report), STATUS_PASS);
	report_free(report);
}

/* IM&P and Unity Connection serve MRA on 8443: that 6972 is closed there is nothing unknown; that
 * 8443 is, is. */
static void test_no_tftp_on_imp(void **state)
{
	struct report *report = sample(OUTCOME_REFUSED, false, OUTCOME_PRESENTED, true);

	(void)state;
	report->observations[0].port = 6972;
	assert_int_equal(report_status(report), STATUS_INCOMPLETE);
	report->nodes[0].role = ROLE_IMP;
	assert_int_equal(report_status(report), STATUS_PASS);
	report->observations[0].port = 8443;
	assert_int_equal(report_status(report), STATUS_INCOMPLETE);
	report_free(report);
}

/* What is documented of each port: the names of the certificates, who asks, and who would miss
 * it. */
static void test_services(void **state)
{
	static const struct {
		enum node_role role;
		uint16_t port;
		const char *rsa, *ecdsa;
		bool traffic, needed;
	} rows[] = {
		{ ROLE_CUCM, 8443, "tomcat", "tomcat-ECDSA", true, true },
		{ ROLE_CUCM, 6972, "tomcat", "tomcat-ECDSA", true, true },
		{ ROLE_IMP, 8443, "tomcat", "tomcat-ECDSA", true, true },
		{ ROLE_IMP, 6972, "tomcat", "tomcat-ECDSA", true, false },
		{ ROLE_UNITY, 6972, "tomcat", "tomcat-ECDSA", true, false },
		{ ROLE_CUCM, 5061, "CallManager", "CallManager-ECDSA", false, false },
		{ ROLE_IMP, 5061, "cup", "cup-ECDSA", false, false },
		{ ROLE_CMS, 443, "webbridge", "webbridge", true, true },
		{ ROLE_GUEST, 443, "server certificate", "server certificate", true, true },
		{ ROLE_CMS, 5061, "server certificate", "server certificate", false, false },
		{ ROLE_CMS, 8445, "server certificate", "server certificate", true, true },
		{ ROLE_CUCM, 18443, "tomcat", "tomcat-ECDSA", true, true },
	};
	uint16_t ports[SERVICE_PORTS_MOST];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum service service = service_of(rows[i].role, rows[i].port);

		assert_string_equal(service_certificate(service, false), rows[i].rsa);
		assert_string_equal(service_certificate(service, true), rows[i].ecdsa);
		assert_int_equal(service_is_traffic(service), rows[i].traffic);
		assert_int_equal(service_is_needed(service), rows[i].needed);
	}
	assert_int_equal(service_ports(ROLE_CUCM, ports), 2);
	assert_int_equal(ports[0], 8443);
	assert_int_equal(ports[1], 6972);
	assert_int_equal(service_ports(ROLE_UNITY, ports), 2);
	assert_int_equal(service_ports(ROLE_CMS, ports), 1);
	assert_int_equal(ports[0], 443);
}

/* SIP is not the traffic server's: refused, it breaks no login; unseen, nobody knows less. */
static void test_sip_does_not_count(void **state)
{
	struct report *report = sample(OUTCOME_PRESENTED, true, OUTCOME_PRESENTED, false);

	(void)state;
	report->observations[1].port = 5061;
	check_status(report, STATUS_PASS, 0);
	report = sample(OUTCOME_PRESENTED, true, OUTCOME_TIMEOUT, false);
	report->observations[1].port = 5061;
	check_status(report, STATUS_PASS, 0);
}

static void test_finding_rows(void **state)
{
	enum finding_kind kind;

	(void)state;
	for (int i = 0; i < FINDING_REFUSED; i++) {
		struct finding finding;
		enum reason reason;

		finding_init(&finding, (enum finding_kind)i);
		assert_int_equal(finding_parse(finding.id, &kind), 0);
		assert_int_equal(kind, i);
		assert_int_equal(reason_parse(finding.id, &reason), -1);
		assert_false(finding_is_refusal(&finding));
		finding_clear(&finding);
	}
	assert_int_equal(finding_parse("expired", &kind), -1);
}

static void test_reason_rows(void **state)
{
	(void)state;
	for (int i = 0; i < REASON_COUNT; i++) {
		enum reason reason;

		assert_int_equal(reason_parse(reason_id((enum reason)i), &reason), 0);
		assert_int_equal(reason, i);
		assert_true(strlen(reason_meaning(reason)) > 10);
		assert_true(strlen(reason_action(reason)) > 10);
		assert_int_equal(reason_meaning(reason)[strlen(reason_meaning(reason)) - 1], '.');
	}
}

/* A verdict names a reason once at a depth, however often it is found, and keeps the first
 * certificate. */
static void test_reasons_once(void **state)
{
	struct verdict verdict = { .reasons = NULL };
	struct cert one = { .is_ca = true }, other = { .is_ca = false };

	(void)state;
	for (int i = 0; i < 3; i++)
		verdict_add_reason(&verdict, REASON_NAME_EXCLUDED, 48, 0, i == 0 ? &one : &other);
	verdict_add_reason(&verdict, REASON_NAME_EXCLUDED, 48, 1, &other);
	verdict_add_reason(&verdict, REASON_NAME_CONSTRAINT, 47, 0, NULL);
	assert_int_equal(verdict.reason_count, 3);
	assert_ptr_equal(verdict.reasons[0].cert, &one);
	assert_ptr_equal(verdict.reasons[1].cert, &other);
	assert_null(verdict.reasons[2].cert);
	verdict_clear(&verdict);
}

/* X509_V_ERR_* 2 and 18 to 22 of x509_vfy.h are those of build_chain and of a first certificate
 * without an issuer, 28 that of check_trust, which build_chain asks. */
static void test_reason_kinds(void **state)
{
	(void)state;
	for (int i = 0; i < REASON_COUNT; i++) {
		int number = reason_number((enum reason)i, ERA_OPENSSL1);
		enum reason_kind kind = reason_kind((enum reason)i);

		assert_int_equal(kind == REASON_KIND_TRUST,
		                 number == 2 || number == 28 || (number >= 18 && number <= 22));
		assert_int_equal(kind == REASON_KIND_MESSAGE || reason_of_libssl((enum reason)i),
		                 number == -1);
		assert_int_equal(kind == REASON_KIND_NAME, number == 0);
	}
}

/* A question to an address is answered if one of its IPs answered it; an address, a port, an order or
 * what was offered makes another question. */
static void test_seen(void **state)
{
	struct report *report = report_new();
	bool *seen;

	(void)state;
	report_add_node(report, "n");
	for (int i = 0; i < 40; i++) {
		struct observation *observation = report_add_observation(report);

		observation->address = mem_strdup(i % 2 == 0 ? "a" : "b");
		observation->ip = mem_strdup("192.0.2.1");
		observation->port = i % 4 < 2 ? 8443 : 6972;
		observation->order = i % 8 < 4 ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST;
		observation->signatures = i % 16 < 8 ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST;
		observation->outcome = i == 32 ? OUTCOME_PRESENTED : OUTCOME_TIMEOUT;
		observation->reached = REACHED_FINISHED;
		observation->handshake_completed = i == 32;
		observation->advertised = true;
	}
	seen = report_seen(report);
	for (int i = 0; i < 40; i++)
		if (seen[i] != (i % 16 == 0))
			fail_msg("%d", i);
	free(seen);
	assert_false(report_other_order_fails(report));
	report->policy.order_assumed = true; /* both are in force: there is no other one */
	assert_false(report_other_order_fails(report));
	report->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	assert_true(report_other_order_fails(report));
	for (size_t i = 1; i < report->observation_count; i++)
		report->observations[i].order = ORDER_RSA_FIRST; /* the first alone is in the other */
	report->observations[0].order = ORDER_ECDSA_FIRST;
	assert_true(report_other_order_fails(report));
	report->observations[0].order = ORDER_RSA_FIRST;
	assert_false(report_other_order_fails(report));
	report_free(report);
}

static int sign_of(int number)
{
	return (number > 0) - (number < 0);
}

/* By node, address, IP, port, what was offered, order and signatures: what comes first decides. */
static void test_order_of_observations(void **state)
{
	enum { KEYS = 7 };
	static char low[] = "a", high[] = "b";

	(void)state;
	for (int key = 0; key < KEYS; key++) {
		struct observation a, b;
		struct observation *const both[] = { &a, &b };

		for (int i = 0; i < 2; i++) { /* a: less by this key, more by those behind it */
			struct observation *o = both[i];
			bool less[KEYS];

			for (int k = 0; k < KEYS; k++)
				less[k] = k == key ? i == 0 : k > key && i == 1;
			memset(o, 0, sizeof *o);
			o->node = less[0] ? 0 : 1;
			o->address = less[1] ? low : high;
			o->ip = less[2] ? low : high;
			o->port = less[3] ? 443 : 8443;
			o->offered = less[4] ? 0 : 1;
			o->order = less[5] ? 0 : 1;
			o->signatures = less[6] ? 0 : 1;
		}
		if (sign_of(observation_order(&a, &b)) != -1 ||
		    sign_of(observation_order(&b, &a)) != 1)
			fail_msg("key %d", key);
		assert_int_equal(0, observation_order(&a, &a));
	}
}

/* What is not seen is -1 (policy.h, traffic.h). */
static void test_nothing_is_seen_at_first(void **state)
{
	struct calibration *calibration = calibration_new("f");
	struct traffic_result result = traffic_result_none("exp1");
	struct traffic traffic = { 0 };
	struct traffic_place *place = traffic_at(&traffic, "a", "192.0.2.1", 8443);

	(void)state;
	assert_int_equal(-1, calibration->era);
	assert_int_equal(-1, calibration->traffic_server);
	assert_int_equal(-1, calibration->order);
	assert_int_equal(-1, calibration->ip_san);
	calibration_free(calibration);
	calibration_free(NULL);
	assert_int_equal(-1, result.reason);
	assert_int_equal(-1, result.depth);
	assert_int_equal(-1, result.alert);
	assert_string_equal("exp1", result.peer);
	assert_string_equal("", result.log);
	free(result.log);
	free(result.error);
	free(result.phrase);
	assert_int_equal(-1, place->role);
	assert_int_equal(-1, place->predicted_reason);
	assert_int_equal(-1, place->last.reason);
	assert_int_equal(8443, place->port);
	traffic_clear(&traffic);
}

static void test_chains_are_the_same(void **state)
{
	struct cert one = { .der_len = 10 }, other = { .der_len = 20 };
	struct chain a = { NULL, 0 }, b = { NULL, 0 };

	(void)state;
	assert_true(chain_same(&a, &b));
	assert_null(chain_leaf(&a));
	assert_int_equal(3, chain_message_len(&a)); /* RFC 5246 7.4.2: a length, and one each */
	chain_add(&a, &one);
	assert_false(chain_same(&a, &b));
	chain_add(&b, &other);
	assert_false(chain_same(&a, &b));
	chain_add(&a, &other);
	chain_clear(&b);
	chain_add(&b, &one);
	assert_false(chain_same(&a, &b));
	chain_add(&b, &other);
	assert_true(chain_same(&a, &b));
	assert_int_equal(3 + 3 + 10 + 3 + 20, chain_message_len(&a));
	assert_ptr_equal(&one, chain_leaf(&a));
	chain_clear(&a);
	chain_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_target),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_order_of_observations),
		cmocka_unit_test(test_nothing_is_seen_at_first),
		cmocka_unit_test(test_chains_are_the_same),
		cmocka_unit_test(test_node_addresses),
		cmocka_unit_test(test_certset),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_dead_beside_living),
		cmocka_unit_test(test_no_tftp_on_imp),
		cmocka_unit_test(test_reason_rows),
		cmocka_unit_test(test_reasons_once),
		cmocka_unit_test(test_reason_kinds),
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_sip_does_not_count),
		cmocka_unit_test(test_finding_rows),
		cmocka_unit_test(test_store_duplicates),
		cmocka_unit_test(test_store_without_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
