/* SPDX-License-Identifier: MIT */
/* Sentences that somebody acts on at night, in the cases in which they are easily false: several
 * stores, a date to come, ports that are not the traffic server's, products that are not CUCM. What
 * is expected follows from the man page and from what OpenSSL does, not from our own output. */
#include "config.h"

#include "advise/examine.h"
#include "base/mem.h"
#include "judge/judge.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = 86400 };

static struct observation *last_shown(struct world *world)
{
	return &world->report->observations[world->report->observation_count - 1];
}

/* What a node presents under another of its addresses. */
static void show_at(struct world *world, size_t node, const char *address, uint16_t port,
                    enum order order, const struct made *leaf)
{
	show(world, node, port, order, leaf, NULL);
	free(last_shown(world)->address);
	last_shown(world)->address = mem_strdup(address);
	last_shown(world)->advertised = strcmp(address, world->report->nodes[node].name) == 0;
}

static bool has_finding(const struct world *world, const char *id)
{
	return find_finding(world, id) != NULL;
}

/* "Accepted with RSA first" only where every store accepts it and some store refuses the other. A
 * handshake that did not finish is accepted by nobody. */
static void test_accepted_in_one_order(void **state)
{
	static const struct {
		bool rsa_in[2], ec_in[2], rsa_unfinished, ec_first_refused, rsa_first_refused;
	} rows[] = {
		{ { 1, 1 }, { 0, 0 }, false, true, false },
		{ { 1, 1 }, { 0, 1 }, false, true, false },
		{ { 0, 1 }, { 0, 0 }, false, false, false },
		{ { 1, 0 }, { 0, 1 }, false, false, false },
		{ { 0, 0 }, { 1, 1 }, false, false, true },
		{ { 1, 0 }, { 1, 1 }, false, false, true },
		{ { 0, 0 }, { 0, 0 }, false, false, false },
		{ { 1, 1 }, { 1, 1 }, false, false, false },
		{ { 1, 1 }, { 0, 0 }, true, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *rsa = make(&world, "cucm1.example.com", NULL, NULL, MADE_RSA),
				  *ec = make(&world, "cucm1-EC.example.com",
		                             "cucm1.example.com", NULL, 0);

		report_add_store(world.report, "peer2");
		for (size_t s = 0; s < 2; s++) {
			if (rows[i].rsa_in[s])
				trust(&world, s, rsa);
			if (rows[i].ec_in[s])
				trust(&world, s, ec);
		}
		add_node(&world, "cucm1.example.com");
		show(&world, 0, 6972, ORDER_RSA_FIRST, rsa, NULL);
		if (rows[i].rsa_unfinished) {
			last_shown(&world)->handshake_completed = false;
			last_shown(&world)->reached = REACHED_CERTIFICATE;
		}
		show(&world, 0, 6972, ORDER_ECDSA_FIRST, ec, NULL);
		run_world(&world);
		assert_int_equal(has_finding(&world, "ecdsa-first-refused"),
		                 rows[i].ec_first_refused);
		assert_int_equal(has_finding(&world, "rsa-first-refused"),
		                 rows[i].rsa_first_refused);
		end_world(&world);
	}
}

/* The Web Bridge has no tomcat. */
static void test_both_orders_of_a_meeting_server(void **state)
{
	struct world world = new_world();
	const struct made *leaf =
		make(&world, "join.example.com", "join.example.com", NULL, MADE_RSA);
	const struct finding *finding;

	(void)state;
	trust(&world, 0, leaf);
	add_node(&world, "join.example.com");
	world.report->nodes[0].role = ROLE_CMS;
	show(&world, 0, 443, ORDER_RSA_FIRST, leaf, NULL);
	show(&world, 0, 443, ORDER_ECDSA_FIRST, leaf, NULL);
	run_world(&world);
	finding = find_finding(&world, "rsa-in-both-orders");
	assert_non_null(finding);
	assert_string_equal(
		finding->title,
		"Both orders show RSA on 443: join.example.com");
	end_world(&world);
}

/* With --at a date is neither "in N days" nor in the past. */
static void test_dates_as_of_then(void **state)
{
	struct world world = new_world();
	const struct made *leaf =
		make(&world, "cucm1.example.com", "cucm1.example.com", NULL, MADE_RSA);
	struct client *client;

	(void)state;
	trust(&world, 0, leaf);
	add_node(&world, "cucm1.example.com");
	show_both(&world, 0, leaf, NULL);
	client = report_add_client(world.report, "exp1", CLIENT_FILE);
	chain_add(&client->chain, leaf->cert);
	world.report->policy.at = leaf->cert->not_after - 10 * DAY - 1;
	run_world(&world);
	assert_non_null(strstr(find_finding(&world, "expires-soon")->title,
	                       " ends 10 days after the date that was asked for, "));
	assert_null(strstr(find_finding(&world, "expires-soon")->title, " in 10 days"));
	world.report->policy.at_now = true; /* a replay on a later day: nobody asked for one */
	run_world(&world);
	assert_non_null(strstr(find_finding(&world, "expires-soon")->title, " in 10 days, "));
	world.report->policy.at = leaf->cert->not_after;
	run_world(&world);
	assert_null(find_finding(&world, "ends-before-at"));
	assert_non_null(strstr(find_finding(&world, "expressway-certificate-ends")->title, ") ended 20"));
	assert_non_null(strstr(find_finding(&world, "expired")->detail, " ended 20"));
	assert_non_null(strstr(find_finding(&world, "store-expired")->title, "cucm1.example.com, ended 20"));
	world.report->policy.at_now = false;
	world.report->policy.at = leaf->cert->not_after - 10 * DAY - 1;
	world.report->started = world.report->policy.at;
	run_world(&world);
	assert_non_null(strstr(find_finding(&world, "expires-soon")->title, " in 10 days, "));
	world.report->policy.at = leaf->cert->not_after;
	run_world(&world);
	assert_non_null(strstr(find_finding(&world, "expressway-certificate-ends")->title,
	                       ") ends 20"));
	assert_non_null(strstr(find_finding(&world, "expressway-certificate-ends")->title,
	                       ", before the date that was asked for"));
	world.report->started = leaf->cert->not_after;
	run_world(&world);
	assert_non_null(strstr(find_finding(&world, "expressway-certificate-ends")->title,
	                       ") ended 20"));
	assert_null(strstr(find_finding(&world, "expressway-certificate-ends")->title, "before"));
	end_world(&world);
}

/* x509_name_canon() folds case: two such subjects are one name. */
static void test_same_cn(void **state)
{
	static const struct {
		unsigned first, second;
		const char *first_cn, *second_cn, *said;
		int winner; /* -1: none is named */
	} rows[] = {
		{ MADE_CA, MADE_CA, "Root", "Root", ", the highest in the list.", 0 },
		{ MADE_CA, MADE_CA, "Root", "ROOT", ", the highest in the list.", 0 },
		{ MADE_CA | MADE_EXPIRED, MADE_CA, "Root", "Root", ", the first that is valid", 1 },
		{ MADE_CA, MADE_CA | MADE_EXPIRED, "Root", "Root", ", the highest in the list.", 0 },
		{ MADE_CA | MADE_EXPIRED, MADE_CA | MADE_EXPIRED, "Root", "Root",
		  "None of these is valid at that time", -1 },
		{ MADE_CA, MADE_CA | MADE_ORG, "Root", "Root", "OpenSSL tells them apart", 0 },
		{ MADE_CA | MADE_EXPIRED, MADE_CA | MADE_ORG, "Root", "Root", "The first is", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *made[2];
		const struct finding *finding;
		char hex[65];

		made[0] = make(&world, rows[i].first_cn, NULL, NULL, rows[i].first);
		made[1] = make(&world, rows[i].second_cn, NULL, NULL, rows[i].second);
		trust(&world, 0, made[0]);
		trust(&world, 0, made[1]);
		run_world(&world);
		finding = find_finding(&world, "store-same-cn");
		assert_non_null(finding);
		assert_non_null(strstr(finding->detail, rows[i].said));
		for (int k = 0; k < 2; k++) {
			cert_hex(made[k]->cert, hex);
			assert_int_equal(strstr(finding->detail, hex) != NULL, k == rows[i].winner);
		}
		if (rows[i].winner >= 0)
			assert_ptr_equal(finding->certificate, made[rows[i].winner]->cert);
		end_world(&world);
	}
}

/* Two IPs of one name: one sends the intermediate, the other relies on the store's. To take that
 * away breaks the second, although leaf and name are the first's. */
static void test_removal_that_breaks_an_ip(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *sub = make(&world, "CA", NULL, root, MADE_CA),
			  *stranger = make(&world, "CA", NULL, NULL, MADE_CA | MADE_ORG),
			  *leaf = make(&world, "cucm1.example.com", "cucm1.example.com", sub,
	                               MADE_RSA);

	(void)state;
	trust(&world, 0, root);
	trust(&world, 0, sub);
	add_node(&world, "cucm1.example.com");
	show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, sub);
	add_node(&world, "cucm2.example.com");
	show(&world, 1, 8443, ORDER_RSA_FIRST,
	     make(&world, "cucm2.example.com", "cucm2.example.com", stranger, MADE_RSA), stranger);
	run_world(&world);
	assert_non_null(find_step(&world, STEP_STORE_REMOVE)); /* all of cucm1 sends it */
	show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, NULL);
	free(last_shown(&world)->ip);
	last_shown(&world)->ip = mem_strdup("127.0.0.99");
	run_world(&world);
	assert_null(find_step(&world, STEP_STORE_REMOVE));
	assert_non_null(find_step(&world, STEP_REISSUE));
	end_world(&world);
}

/* The service that shows the older certificate is the one to restart. */
static void test_which_service_to_restart(void **state)
{
	static const struct {
		uint16_t old[2], new;
		const char *title;
	} rows[] = {
		{ { 6972, 0 }, 8443, "Restart Cisco TFTP, so that it loads the current certificate" },
		{ { 8443, 0 }, 6972, "Restart Cisco Tomcat, so that it loads the current certificate" },
		{ { 6972, 8443 },
		  8445,
		  "Restart Cisco TFTP and Cisco Tomcat, so that they load the current certificate" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
				  *old = make(&world, "cucm1.example.com", "cucm1.example.com",
		                              NULL, MADE_RSA | MADE_OLD);

		trust(&world, 0, root);
		add_node(&world, "cucm1.example.com");
		show(&world, 0, rows[i].new, ORDER_RSA_FIRST,
		     make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), NULL);
		for (size_t k = 0; k < 2 && rows[i].old[k] != 0; k++)
			show(&world, 0, rows[i].old[k], ORDER_RSA_FIRST, old, NULL);
		run_world(&world);
		assert_string_equal(find_step(&world, STEP_RESTART_TFTP)->title, rows[i].title);
		end_world(&world);
	}
}

/* System > Server knows CUCM and IM and Presence; the others are named elsewhere. */
static void test_where_a_name_is_advertised(void **state)
{
	static const struct {
		enum node_role role;
		uint16_t port;
		const char *where;
	} rows[] = {
		{ ROLE_CUCM, 8443, "System > Server" },
		{ ROLE_IMP, 8443, "System > Server" },
		{ ROLE_UNITY, 8443, "UC service" },
		{ ROLE_CMS, 443, "Configuration > Unified Communications" },
		{ ROLE_GUEST, 443, "Configuration > Unified Communications" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
		const struct step *step;

		trust(&world, 0, root);
		add_node(&world, "127.0.0.1");
		world.report->nodes[0].role = rows[i].role;
		show(&world, 0, rows[i].port, ORDER_RSA_FIRST,
		     make(&world, "one.example.com", "one.example.com", root, MADE_RSA), NULL);
		run_world(&world);
		step = find_step(&world, STEP_ADVERTISE);
		assert_non_null(step);
		assert_non_null(strstr(step->where, rows[i].where));
		assert_int_equal(strstr(step->where, "System > Server") != NULL,
		                 rows[i].role == ROLE_CUCM || rows[i].role == ROLE_IMP);
		end_world(&world);
	}
}

/* The traffic server's rules say nothing of SIP: no warning about its names, its letters, or what
 * peers make of it. */
static void test_sip_has_other_rules(void **state)
{
	struct world world = new_world();
	const struct made *tomcat =
		make(&world, "cucm1-ms.example.com", "cucm1.example.com", NULL, MADE_RSA);
	const struct made *manager =
		make(&world, "cucm1.example.com", NULL, NULL, MADE_RSA | MADE_NO_CERT_SIGN);
	const struct made *by_ip =
		make(&world, "manager.example.com", "127.0.0.1", NULL, MADE_RSA);

	(void)state;
	report_add_store(world.report, "peer2");
	trust(&world, 0, tomcat);
	trust(&world, 1, tomcat);
	trust(&world, 1, manager);
	add_node(&world, "cucm1.example.com");
	node_add_address(&world.report->nodes[0], "127.0.0.1", false);
	show_both(&world, 0, tomcat, NULL);
	show(&world, 0, 5061, ORDER_RSA_FIRST, manager, NULL);
	show_at(&world, 0, "127.0.0.1", 5061, ORDER_RSA_FIRST, by_ip);
	run_world(&world);
	assert_false(has_finding(&world, "name-only-in-cn"));
	assert_false(has_finding(&world, "ip-san-only"));
	assert_false(has_finding(&world, "key-usage-old-openssl"));
	assert_false(has_finding(&world, "stores-differ"));
	assert_true(has_finding(&world, "not-the-traffic-server"));
	/* on 8443 they are all said */
	world.report->observations[2].port = world.report->observations[3].port = 8443;
	run_world(&world);
	assert_true(has_finding(&world, "name-only-in-cn"));
	assert_true(has_finding(&world, "ip-san-only"));
	assert_true(has_finding(&world, "key-usage-old-openssl"));
	assert_true(has_finding(&world, "stores-differ"));
	end_world(&world);
}

/* An order that is not in force is named as such, also where the same certificate breaks at an
 * address that nobody is sent to in the other one. */
static void test_which_order_is_not_in_force(void **state)
{
	(void)state;
	for (int order = 0; order < ORDER_COUNT; order++) {
		struct world world = new_world();
		const struct made *leaf =
			make(&world, "cucm1-EC.example.com", "cucm1.example.com", NULL, 0);
		enum order other = order == ORDER_RSA_FIRST ? ORDER_ECDSA_FIRST : ORDER_RSA_FIRST;
		char *said = mem_printf("in the order %s only, which is not in force",
		                        order_name((enum order)order));

		world.report->policy.order_in_force[order] = false;
		add_node(&world, "cucm1.example.com");
		node_add_address(&world.report->nodes[0], "127.0.0.1", false);
		show_at(&world, 0, "127.0.0.1", 6972, other, leaf);
		show(&world, 0, 6972, (enum order)order, leaf, NULL);
		run_world(&world);
		assert_int_equal(find_finding(&world, "self-signed")->severity, SEVERITY_WARNING);
		assert_non_null(strstr(find_finding(&world, "self-signed")->detail, said));
		free(said);
		end_world(&world);
	}
}

static void add_client_verdict(struct world *world, size_t observation, size_t client,
                               enum client_outcome outcome, enum client_cause cause,
                               const char *reason)
{
	struct client_verdict *verdict = report_add_client_verdict(world->report);

	verdict->observation = observation;
	verdict->client = client;
	verdict->outcome = outcome;
	verdict->cause = cause;
	verdict->alert = outcome == CLIENT_REFUSED ? 48 : 0;
	verdict->reason = mem_strdup(reason);
}

/* Two handshakes are two, however many certificates Expressway-C has; the SIP port is none of
 * them. */
static void test_handshakes_that_ask_for_a_certificate(void **state)
{
	struct world world = new_world();
	const struct made *leaf =
		make(&world, "cucm1.example.com", "cucm1.example.com", NULL, MADE_RSA);
	const struct finding *finding;

	(void)state;
	trust(&world, 0, leaf);
	add_node(&world, "cucm1.example.com");
	show(&world, 0, 6972, ORDER_RSA_FIRST, leaf, NULL);
	show(&world, 0, 6972, ORDER_ECDSA_FIRST, leaf, NULL);
	show(&world, 0, 5061, ORDER_RSA_FIRST, leaf, NULL);
	for (size_t i = 0; i < 3; i++)
		world.report->observations[i].client_certificate_requested = true;
	for (size_t i = 0; i < 2; i++)
		chain_add(&report_add_client(world.report, i == 0 ? "exp1" : "exp2", CLIENT_FILE)
		                   ->chain,
		          leaf->cert);
	judge_run(world.report, NULL);
	add_client_verdict(&world, 0, 0, CLIENT_ACCEPTED, CLIENT_LISTED, "It is named.");
	add_client_verdict(&world, 1, 0, CLIENT_ACCEPTED, CLIENT_LISTED, "It is named.");
	add_client_verdict(&world, 2, 0, CLIENT_UNKNOWN, CLIENT_NO_LIST, "Nobody is named.");
	examine_run(world.report);
	finding = find_finding(&world, "client-certificate-requested");
	assert_non_null(strstr(finding->title, "all would probably accept it"));
	assert_null(strstr(finding->detail, "Not known"));
	assert_null(finding->action);
	add_client_verdict(&world, 0, 1, CLIENT_UNKNOWN, CLIENT_ONE_STORE, "One has it.");
	add_client_verdict(&world, 1, 1, CLIENT_ACCEPTED, CLIENT_LISTED, "It is named.");
	examine_run(world.report);
	finding = find_finding(&world, "client-certificate-requested");
	assert_non_null(strstr(finding->title, "not known for 1 of 2 handshakes"));
	assert_non_null(strstr(finding->detail, "Not known: One has it."));
	assert_non_null(finding->action);
	world.report->client_verdicts[3].outcome = CLIENT_REFUSED;
	world.report->client_verdicts[3].cause = CLIENT_CA_UNKNOWN;
	examine_run(world.report);
	finding = find_finding(&world, "client-certificate-requested");
	assert_non_null(strstr(finding->title, "in 1 of 2 handshakes they would refuse it"));
	end_world(&world);
}

/* What to do about a list that could not be read depends on why. */
static void test_discovery_failed(void **state)
{
	static const struct {
		enum discovery_outcome outcome;
		const char *action; /* NULL: there is no finding */
	} rows[] = {
		{ DISCOVERY_NOT_TRIED, NULL },
		{ DISCOVERY_OK, NULL },
		{ DISCOVERY_COVERED, NULL },
		{ DISCOVERY_UNRESOLVED, "--dns-server" },
		{ DISCOVERY_FOREIGN, "--foreign" },
		{ DISCOVERY_STOPPED, "--deadline" },
		{ DISCOVERY_TOO_LARGE, "--no-discovery" },
		{ DISCOVERY_TOO_MANY, "--no-discovery" },
		{ DISCOVERY_REFUSED, "Check that UDS answers" },
		{ DISCOVERY_UNREACHABLE, "Check that UDS answers" },
		{ DISCOVERY_TIMEOUT, "Check that UDS answers" },
		{ DISCOVERY_TLS, "Check that UDS answers" },
		{ DISCOVERY_HTTP_STATUS, "Check that UDS answers" },
		{ DISCOVERY_REDIRECT, "Check that UDS answers" },
		{ DISCOVERY_NOT_XML, "Check that UDS answers" },
		{ DISCOVERY_NO_SERVERS, "Check that UDS answers" },
		{ DISCOVERY_BROKEN, "Check that UDS answers" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();

		world.report->clusters[0].outcome = rows[i].outcome;
		run_world(&world);
		assert_int_equal(has_finding(&world, "discovery-failed"), rows[i].action != NULL);
		if (rows[i].action != NULL)
			assert_non_null(strstr(find_finding(&world, "discovery-failed")->action,
			                       rows[i].action));
		end_world(&world);
	}
}

/* A build that the log has shown to honour iPAddress SANs: nobody is told that such a SAN never
 * counts. */
static void test_a_build_that_honours_ip_sans(void **state)
{
	for (int honours = 0; honours < 2; honours++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);

		(void)state;
		world.report->policy.honours_ip_san = honours != 0;
		trust(&world, 0, root);
		add_node(&world, "127.0.0.1");
		show(&world, 0, 8443, ORDER_RSA_FIRST,
		     make(&world, "cucm", "cucm", root, MADE_RSA), NULL);
		run_world(&world);
		assert_int_equal(strstr(find_finding(&world, "name-mismatch")->action,
		                        ", as one of type IP Address") != NULL,
		                 honours);
		assert_int_equal(strstr(find_step(&world, STEP_REISSUE)->why, "never counts") != NULL,
		                 !honours);
		assert_int_equal(strstr(find_step(&world, STEP_REISSUE)->why,
		                        "as the log has shown of this Expressway") != NULL,
		                 honours);
		end_world(&world);
	}
}

/* A certificate without a CN still has a name in a sentence. */
static void test_end_of_a_ca_without_cn(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, NULL, NULL, NULL, MADE_CA);

	(void)state;
	world.report->policy.warning_days = 800;
	add_node(&world, "cucm1.example.com");
	show_both(&world, 0,
	          make(&world, "cucm1.example.com", "cucm1.example.com", root, MADE_RSA), root);
	run_world(&world);
	assert_non_null(
		strstr(find_step(&world, STEP_STORE_ADD)->note, "Mind that O=Other ends "));
	end_world(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted_in_one_order),
		cmocka_unit_test(test_both_orders_of_a_meeting_server),
		cmocka_unit_test(test_dates_as_of_then),
		cmocka_unit_test(test_same_cn),
		cmocka_unit_test(test_removal_that_breaks_an_ip),
		cmocka_unit_test(test_which_service_to_restart),
		cmocka_unit_test(test_where_a_name_is_advertised),
		cmocka_unit_test(test_sip_has_other_rules),
		cmocka_unit_test(test_which_order_is_not_in_force),
		cmocka_unit_test(test_handshakes_that_ask_for_a_certificate),
		cmocka_unit_test(test_discovery_failed),
		cmocka_unit_test(test_a_build_that_honours_ip_sans),
		cmocka_unit_test(test_end_of_a_ca_without_cn),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
