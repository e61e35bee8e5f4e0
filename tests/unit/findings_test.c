/* SPDX-License-Identifier: MIT */
/* What each finding says: titles, numbers and advice row by row, for reports made by hand. The
 * expected words follow from what was put in and from the rules in the man page. */
#include "config.h"

#include "advise/examine.h"
#include "base/clock.h"
#include "base/mem.h"
#include "judge/judge.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = 86400 };

static struct observation *observation(struct world *world, size_t at)
{
	return &world->report->observations[at];
}

static void set_ip(struct world *world, size_t at, const char *ip)
{
	free(observation(world, at)->ip);
	observation(world, at)->ip = mem_strdup(ip);
}

static void set_address(struct world *world, size_t at, const char *address, bool advertised)
{
	free(observation(world, at)->address);
	observation(world, at)->address = mem_strdup(address);
	observation(world, at)->advertised = advertised;
}

/* The one shown last was not seen after all. */
static void lose(struct world *world, size_t at, enum outcome outcome, const char *detail)
{
	observation(world, at)->outcome = outcome;
	observation(world, at)->handshake_completed = false;
	chain_clear(&observation(world, at)->chain);
	free(observation(world, at)->detail);
	observation(world, at)->detail = detail != NULL ? mem_strdup(detail) : NULL;
}

static size_t count_of(const struct world *world, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < world->report->finding_count; i++)
		count += strcmp(world->report->findings[i].id, id) == 0;
	return count;
}

/* The nth finding of that id. */
static const struct finding *nth(const struct world *world, const char *id, size_t n)
{
	for (size_t i = 0; i < world->report->finding_count; i++)
		if (strcmp(world->report->findings[i].id, id) == 0 && n-- == 0)
			return &world->report->findings[i];
	fail_msg("no such finding: %s", id);
	return NULL;
}

static const struct finding *titled(const struct world *world, const char *title)
{
	for (size_t i = 0; i < world->report->finding_count; i++)
		if (strcmp(world->report->findings[i].title, title) == 0)
			return &world->report->findings[i];
	for (size_t i = 0; i < world->report->finding_count; i++)
		print_message("title: %s\n", world->report->findings[i].title);
	fail_msg("nothing is titled: %s", title);
	return NULL;
}

/* A certificate of which only this is known; for stores, where nobody looks behind it. */
static struct cert *bare_cert(struct world *world, const char *cn, const char *subject)
{
	static unsigned char serial = 1;
	struct cert *cert = mem_zalloc(sizeof *cert);

	cert->der = mem_alloc(1);
	cert->sha256[0] = 0xee;
	cert->sha256[1] = ++serial;
	cert->readable = true;
	cert->common_name = mem_strdup(cn);
	cert->subject = mem_strdup(subject);
	cert->issuer = mem_strdup("CN=Some CA");
	cert->not_before = made_now - 100 * DAY;
	cert->not_after = made_now - DAY;
	cert->is_ca = cert->self_signed = true;
	certset_take(&world->report->certs, cert);
	return cert;
}

/* --- nodes that were not seen ----------------------------------------------------------------- */

static void test_what_to_do_about_each_outcome(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *action;
	} rows[] = {
		{ OUTCOME_REFUSED, "Check that the service runs" },
		{ OUTCOME_RESET, "Check that the service runs" },
		{ OUTCOME_UNREACHABLE, "Check route and firewall" },
		{ OUTCOME_TIMEOUT, "Check route and firewall" },
		{ OUTCOME_TLS_ALERT, "Cipher Management" },
		{ OUTCOME_TLS_VERSION, "Cipher Management" },
		{ OUTCOME_CLOSED, "Check which service answers" },
		{ OUTCOME_NO_CERTIFICATE, "Check which service answers" },
		{ OUTCOME_NOT_TLS, "Check which service answers" },
		{ OUTCOME_TLS_ERROR, "Check which service answers" },
		{ OUTCOME_STOPPED, "longer --deadline" },
		{ OUTCOME_NOT_TRIED, "--expressway" },
		{ OUTCOME_LOCAL, "ulimit -n" },
		{ OUTCOME_CRASHED, "openssl s_client" },
		{ OUTCOME_UNRESOLVED, "--dns-server" },
		{ OUTCOME_PENDING, "Run again." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *leaf = make(&world, "x", NULL, NULL, 0);
		const struct finding *finding;
		char *detail = mem_printf("%s: the detail", outcome_name(rows[i].outcome));

		add_node(&world, "cucm1.example.com");
		show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, NULL);
		lose(&world, 0, rows[i].outcome, "the detail");
		run_world(&world);
		finding = find_finding(&world, "not-checked");
		assert_non_null(strstr(finding->action, rows[i].action));
		assert_string_equal(finding->detail, detail);
		lose(&world, 0, rows[i].outcome, NULL);
		run_world(&world);
		assert_string_equal(find_finding(&world, "not-checked")->detail,
		                    outcome_name(rows[i].outcome));
		free(detail);
		end_world(&world);
	}
}

/* One finding a node and outcome; what nobody is sent to is an info; an IP beside one that answers
 * is a case of its own; 6972 on IM and Presence is missed by nobody. */
static void test_not_checked_by_node_and_outcome(void **state)
{
	struct world world = new_world();
	const struct made *leaf = make(&world, "x", "a.example.com", NULL, MADE_RSA);

	(void)state;
	trust(&world, 0, leaf);
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "a.example.com", "b.example.com",
			                             "c.example.com" };

		add_node(&world, names[i]);
	}
	world.report->nodes[2].role = ROLE_IMP;
	show_both(&world, 0, leaf, NULL);                                         /* 0, 1 */
	show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, NULL);                       /* 2 */
	set_ip(&world, 2, "127.0.9.9");
	show(&world, 0, 6972, ORDER_RSA_FIRST, leaf, NULL);                       /* 3 */
	show(&world, 0, 8444, ORDER_RSA_FIRST, leaf, NULL);                       /* 4 */
	show(&world, 0, 6972, ORDER_ECDSA_FIRST, leaf, NULL);                     /* 5 */
	show(&world, 1, 8443, ORDER_RSA_FIRST, leaf, NULL);                       /* 6 */
	show(&world, 0, 6972, ORDER_RSA_FIRST, leaf, NULL);                       /* 7 */
	set_address(&world, 7, "127.0.0.1", false);
	show(&world, 2, 6972, ORDER_RSA_FIRST, leaf, NULL);                       /* 8 */
	show(&world, 0, 8444, ORDER_ECDSA_FIRST, leaf, NULL);                     /* 9 */
	for (size_t i = 2; i <= 9; i++)
		lose(&world, i, i == 5 ? OUTCOME_REFUSED : OUTCOME_TIMEOUT, NULL);
	run_world(&world);
	titled(&world, "a.example.com has an IP that did not answer beside one that did, for "
	               "a.example.com, port 8443");
	titled(&world, "a.example.com could not be checked as a.example.com, ports 6972 and 8444");
	titled(&world, "a.example.com could not be checked as a.example.com, port 6972");
	titled(&world, "b.example.com could not be checked as b.example.com, port 8443");
	assert_int_equal(titled(&world, "a.example.com could not be checked where it does not count "
	                                "today, as 127.0.0.1, port 6972")
	                         ->severity,
	                 SEVERITY_INFO);
	assert_int_equal(count_of(&world, "not-checked"), 4);
	assert_int_equal(count_of(&world, "ip-dead"), 1);
	assert_int_equal(nth(&world, "not-checked", 0)->severity, SEVERITY_WARNING);
	end_world(&world);
}

static void test_lists_and_dns(void **state)
{
	struct world world = new_world();
	struct node *node;
	static const struct {
		const char *name, *problem, *title, *action;
		bool agrees;
	} rows[] = {
		{ "other.example.com", NULL,
		  "cucm1.example.com: its IP 127.0.0.0 leads back to other.example.com",
		  "Correct the PTR record.", false },
		{ NULL, NULL, "cucm1.example.com: its IP 127.0.0.1 has no name in reverse DNS",
		  "Add a PTR record for it.", false },
		{ NULL, "NXDOMAIN",
		  "cucm1.example.com: its IP 127.0.0.2 has no name in reverse DNS (NXDOMAIN)",
		  "Add a PTR record for it.", false },
		{ NULL, "SERVFAIL",
		  "cucm1.example.com: its IP 127.0.0.3 could not be looked up in reverse DNS (SERVFAIL)",
		  "Whether there is a PTR record is not known: run again, or ask another DNS server (--dns-server).",
		  false },
	};
	enum { ROWS = sizeof rows / sizeof *rows };

	(void)state;
	add_node(&world, "cucm1.example.com");
	node = &world.report->nodes[0];
	node->reverses = mem_array(ROWS + 1, sizeof *node->reverses);
	node->reverse_count = ROWS + 1;
	for (size_t i = 0; i < ROWS; i++) {
		node->reverses[i].ip = mem_printf("127.0.0.%zu", i);
		node->reverses[i].name = rows[i].name != NULL ? mem_strdup(rows[i].name) : NULL;
		node->reverses[i].problem =
			rows[i].problem != NULL ? mem_strdup(rows[i].problem) : NULL;
		node->reverses[i].agrees = rows[i].agrees;
	}
	node->reverses[ROWS].ip = mem_strdup("127.0.0.9");
	node->reverses[ROWS].name = mem_strdup("cucm1.example.com");
	node->reverses[ROWS].agrees = true;
	node_add_address(node, "127.0.0.1", false);
	node->addresses[0].ips_left_out = 4;
	node->addresses[1].ips_left_out = 1;
	world.report->clusters[0].entries_dropped = 1;
	report_add_cluster(world.report, "pub2.example.com", 8443)->outcome = DISCOVERY_OK;
	world.report->clusters[0].outcome = DISCOVERY_TLS;
	world.report->clusters[0].detail = mem_strdup("alert 40");
	world.report->policy.library_order = true;
	world.report->stopped = true;
	examine_run(world.report);
	for (size_t i = 0; i < ROWS; i++) {
		bool merged = i == 1 || i == 2; /* one thing to do for both */

		if (!merged)
			assert_string_equal(titled(&world, rows[i].title)->action, rows[i].action);
		else
			assert_true(names_has(&titled(&world, "cucm1.example.com: no name was found in "
			                                      "reverse DNS for the IP of each")
			                               ->facts,
			                      rows[i].title));
	}
	assert_int_equal(count_of(&world, "dns-disagrees") + count_of(&world, "dns-no-reverse"), 3);
	assert_int_equal(
		titled(&world, "cucm1.example.com has 4 more IPs in DNS than were probed")->severity,
		SEVERITY_WARNING);
	assert_int_equal(titled(&world, "127.0.0.1 has 1 more IP in DNS than were probed")->severity,
	                 SEVERITY_INFO);
	assert_true(names_has(&titled(&world, "Empty or repeated entries in the server list of "
	                                      "cucm1.example.com: 1")
	                               ->nodes,
	                      "cucm1.example.com"));
	assert_int_equal(count_of(&world, "uds-entries-dropped"), 1);
	assert_true(names_has(&titled(&world, "The nodes of cucm1.example.com could not be listed: "
	                                      "tls, alert 40")
	                               ->ports,
	                      "8443"));
	titled(&world, "The run was stopped before its end");
	titled(&world, "The cipher suites were offered in GnuTLS's order, not in Expressway's");
	end_world(&world);
}

/* How far the least of them came is what is said, and each way to fail is a case. */
static void test_unfinished(void **state)
{
	static const struct {
		enum reached one, two;
		const char *said;
	} rows[] = {
		{ REACHED_CERTIFICATE, REACHED_ANSWERED, "that it has the certificate's key: why." },
		{ REACHED_ANSWERED, REACHED_KEY_EXCHANGE, "had said all that belongs to it: why." },
		{ REACHED_SERVER_DONE, REACHED_ANSWERED, "the server had confirmed it: why." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *leaf = make(&world, "a.example.com", NULL, NULL, 0);
		const struct finding *finding;

		trust(&world, 0, leaf);
		add_node(&world, "a.example.com");
		add_node(&world, "b.example.com");
		show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, NULL);
		show(&world, 0, 6972, ORDER_RSA_FIRST, leaf, NULL);
		show(&world, 0, 8444, ORDER_RSA_FIRST, leaf, NULL);
		for (size_t k = 0; k < 3; k++) {
			observation(&world, k)->handshake_completed = false;
			observation(&world, k)->reached = k == 0 ? rows[i].one : rows[i].two;
			observation(&world, k)->detail = k < 2 ? mem_strdup("why") : NULL;
		}
		observation(&world, 2)->advertised = false;
		run_world(&world);
		finding = titled(&world, "a.example.com showed a certificate that would be accepted, "
		                         "but the handshake did not finish, as a.example.com, ports "
		                         "8443 and 6972");
		assert_non_null(strstr(finding->detail, rows[i].said));
		assert_int_equal(finding->severity, SEVERITY_WARNING);
		finding = titled(&world, "a.example.com showed a certificate that would be accepted, "
		                         "but the handshake did not finish, as a.example.com, port 8444");
		assert_int_equal(finding->severity, SEVERITY_INFO);
		assert_null(strstr(finding->detail, ": . "));
		end_world(&world);
	}
}

/* --- certificates ----------------------------------------------------------------------------- */

static void test_ends(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *sub = make(&world, "Issuing CA", NULL, root, MADE_CA),
			  *leaf = make(&world, "a.example.com", "a.example.com", sub, MADE_RSA);
	const int64_t end = leaf->cert->not_after;
	char when[32];
	static const struct {
		int64_t before_end;
		const char *in;
	} rows[] = { { 30 * DAY, "in 30 days" },
		     { 2 * DAY, "in 2 days" },
		     { 2 * DAY - 1, "in 1 day" },
		     { DAY, "in 1 day" },
		     { DAY - 1, "in 0 days" },
		     { 1, "in 0 days" } };

	(void)state;
	trust(&world, 0, root);
	add_node(&world, "a.example.com");
	show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, sub);
	clock_format(end, when, sizeof when);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *of_leaf = mem_printf("tomcat of a.example.com ends %s, %s", rows[i].in, when),
		     *of_sub = mem_printf("Issuing CA ends %s, %s", rows[i].in, when),
		     *of_root = mem_printf("Root ends %s, %s", rows[i].in, when);

		world.report->started = world.report->policy.at = end - rows[i].before_end;
		run_world(&world);
		assert_non_null(strstr(titled(&world, of_leaf)->detail, "that shows it."));
		assert_non_null(strstr(titled(&world, of_leaf)->action, "Renew it in time"));
		assert_null(titled(&world, of_sub)->certificate_kind);
		assert_non_null(strstr(titled(&world, of_sub)->detail, "leads through it."));
		assert_non_null(strstr(titled(&world, of_root)->detail, "in the trust store only"));
		assert_non_null(strstr(titled(&world, of_root)->action, "Ask the CA"));
		assert_true(names_has(&titled(&world, of_root)->stores, "peer1"));
		free(of_leaf);
		free(of_sub);
		free(of_root);
	}
	/* on the SIP port the traffic server's rules are nobody's */
	world.report->started = world.report->policy.at = end - DAY;
	observation(&world, 0)->port = 5061;
	run_world(&world);
	assert_non_null(strstr(nth(&world, "expires-soon", 0)->detail, "a SIP zone whose TLS verify "
	                                                              "mode is On refuses it"));
	observation(&world, 0)->port = 8443;
	world.report->started = world.report->policy.at = end - 30 * DAY - 1;
	run_world(&world);
	assert_int_equal(count_of(&world, "expires-soon"), 0);
	/* from its very end on it is refused, which has a finding of its own; so has each CA's end */
	world.report->started = world.report->policy.at = end;
	run_world(&world);
	assert_int_equal(count_of(&world, "expires-soon") + count_of(&world, "ends-before-at"), 0);
	assert_int_equal(count_of(&world, "expired"), 3);
	end_world(&world);
}

static void test_subjects(void **state)
{
	struct world world = new_world();
	struct cert *certs[4];

	(void)state;
	certs[0] = bare_cert(&world, "Has CN", "CN=Has CN");
	certs[1] = bare_cert(&world, "", "O=Only this");
	certs[2] = bare_cert(&world, "", "");
	certs[3] = bare_cert(&world, "Later", "CN=Later");
	certs[3]->not_after = made_now + 1;
	report_add_store(world.report, "peer2");
	for (size_t i = 0; i < 4; i++)
		store_add(&world.report->stores[i > 0], certs[i]);
	world.report->stores[0].unreadable = 1;
	world.report->stores[1].unreadable = 2;
	examine_run(world.report);
	titled(&world, "An expired certificate is in the trust store: Has CN, ended "
	               "2026-09-20T14:13:20Z"); /* date -u -d @$((1790000000 - 86400)) */
	/* those of peer2 are one finding */
	assert_true(names_has(
		&titled(&world, "2 certificates: each has expired and is in the trust store")->facts,
		"An expired certificate is in the trust store: O=Only this, ended "
		"2026-09-20T14:13:20Z"));
	assert_true(names_has(&nth(&world, "store-expired", 1)->facts,
	                      "An expired certificate is in the trust store: (no subject), ended "
	                      "2026-09-20T14:13:20Z"));
	assert_int_equal(nth(&world, "store-expired", 1)->cert_count, 2);
	titled(&world, "1 entry of the trust store peer1 cannot be read as a certificate");
	titled(&world, "2 entries of the trust store peer2 cannot be read as a certificate");
	/* expired then is not expired today, and the other way round */
	world.report->policy.at = made_now + 10;
	examine_run(world.report);
	assert_int_equal(count_of(&world, "store-expired"), 2);
	world.report->policy.at = made_now - 2 * DAY;
	examine_run(world.report);
	assert_int_equal(count_of(&world, "store-expired"), 0);
	end_world(&world);
}

/* Nodes with an IP each of two certificates, whose issuers differ: a finding for each issuer, and
 * what tells two equal titles apart is said. */
static void test_equal_titles(void **state)
{
	struct world world = new_world(), far = new_world();
	const struct made *one = make(&far, "One CA", NULL, NULL, MADE_CA),
			  *two = make(&far, "Two CA", NULL, NULL, MADE_CA), *leaf[2];
	enum { NODES = 5 };

	(void)state;
	leaf[0] = make(&world, "x", "a0 a1 a2 a3 a4", one, MADE_RSA);
	leaf[1] = make(&world, "x", "a0 a1 a2 a3 a4", two, MADE_RSA);
	for (size_t i = 0; i < NODES; i++) {
		char *name = mem_printf("a%zu", i);

		add_node(&world, name);
		free(name);
	}
	/* the same node, port and order: the certificate alone tells them apart */
	for (size_t i = 0; i < 2; i++)
		show(&world, 0, 8443, ORDER_RSA_FIRST, leaf[i], NULL);
	set_ip(&world, 1, "127.0.7.7");
	run_world(&world);
	assert_int_equal(count_of(&world, "issuer-not-found"), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct finding *finding = nth(&world, "issuer-not-found", i);
		char hex[65], *tail;

		cert_hex(finding->certificate, hex);
		hex[16] = '\0';
		tail = mem_printf(", SHA-256 %s", hex);
		assert_string_equal(finding->title + strlen(finding->title) - strlen(tail), tail);
		free(tail);
	}
	/* another order, another port, then both */
	observation(&world, 1)->order = ORDER_ECDSA_FIRST;
	run_world(&world);
	assert_non_null(strstr(nth(&world, "issuer-not-found", 0)->title, ", rsa-first"));
	assert_non_null(strstr(nth(&world, "issuer-not-found", 1)->title, ", ecdsa-first"));
	assert_null(strstr(nth(&world, "issuer-not-found", 0)->title, "SHA-256"));
	observation(&world, 1)->port = 6972;
	run_world(&world);
	assert_non_null(strstr(nth(&world, "issuer-not-found", 0)->title, ", port 8443, rsa-first"));
	assert_non_null(
		strstr(nth(&world, "issuer-not-found", 1)->title, ", port 6972, ecdsa-first"));
	/* peer2 accepts one of them */
	observation(&world, 1)->port = 8443;
	observation(&world, 1)->order = ORDER_RSA_FIRST;
	report_add_store(world.report, "peer2");
	store_add(&world.report->stores[1], one->cert);
	run_world(&world);
	assert_int_equal(count_of(&world, "issuer-not-found"), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct finding *finding = nth(&world, "issuer-not-found", i);

		assert_non_null(strstr(finding->title, finding->certificate == leaf[0]->cert
		                                               ? ", by the store peer1"
		                                               : ", by the store peer1 and peer2"));
	}
	end_world(&world);
	/* four nodes each, of which three are named in both titles */
	world = new_world();
	leaf[0] = make(&world, "x", "a0 a1 a2 a3 a4", one, MADE_RSA);
	leaf[1] = make(&world, "x", "a0 a1 a2 a3 a4", two, MADE_RSA);
	for (size_t i = 0; i < NODES; i++) {
		char *name = mem_printf("a%zu", i), *ip = mem_printf("127.0.8.%zu", i);

		add_node(&world, name);
		if (i != 4)
			show(&world, i, 8443, ORDER_RSA_FIRST, leaf[0], NULL);
		if (i != 3) {
			show(&world, i, 8443, ORDER_RSA_FIRST, leaf[1], NULL);
			set_ip(&world, world.report->observation_count - 1, ip);
		}
		free(name);
		free(ip);
	}
	world.report->nodes[0].source = SOURCE_UDS;
	run_world(&world);
	for (size_t i = 0; i < 2; i++) {
		const struct finding *finding = nth(&world, "issuer-not-found", i);

		assert_non_null(strstr(finding->title, finding->certificate == leaf[0]->cert
		                                               ? ", a0, a1, a2 and a3"
		                                               : ", a0, a1, a2 and a4"));
		assert_null(strstr(finding->title, "SHA-256"));
	}
	end_world(&world);
	end_world(&far);
}

/* They are told apart although another one was found between them. */
static void test_equal_titles_with_another_between(void **state)
{
	struct world world = new_world(), far = new_world();
	const struct made *cas[3];

	(void)state;
	add_node(&world, "a0");
	add_node(&world, "a1");
	for (size_t i = 0; i < 3; i++) {
		cas[i] = make(&far, i == 0 ? "One CA" : i == 1 ? "Two CA" : "Three CA", NULL, NULL,
		              MADE_CA);
		show(&world, i % 2, 8443, ORDER_RSA_FIRST,
		     make(&world, "x", "a0 a1", cas[i], MADE_RSA), NULL);
	}
	run_world(&world);
	assert_int_equal(count_of(&world, "issuer-not-found"), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct finding *finding = nth(&world, "issuer-not-found", i);

		assert_int_equal(strstr(finding->title, ", SHA-256 ") != NULL,
		                 strcmp(finding->nodes.items[0], "a0") == 0);
	}
	end_world(&world);
	end_world(&far);
}

/* Those that end a login first, of these the one that hits most; then warnings; what is left stays
 * as it came. */
static void test_gravity(void **state)
{
	struct world world = new_world(), far = new_world();
	const struct made *one = make(&far, "One CA", NULL, NULL, MADE_CA),
			  *two = make(&far, "Two CA", NULL, NULL, MADE_CA);
	const struct made *few = make(&world, "x", "a0 a1 a2", one, MADE_RSA),
			  *many = make(&world, "y", "a0 a1 a2", two, MADE_RSA);
	size_t last = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *name = mem_printf("a%zu", i);

		add_node(&world, name);
		show(&world, i, 8443, ORDER_RSA_FIRST, i == 0 ? few : many, NULL);
		free(name);
	}
	world.report->stopped = true;
	run_world(&world);
	assert_int_equal(world.report->findings[0].nodes.count, 2);
	assert_ptr_equal(world.report->findings[0].certificate, many->cert);
	assert_int_equal(world.report->findings[1].nodes.count, 1);
	for (size_t i = 0; i < world.report->finding_count; i++) {
		assert_true(i == 0 || world.report->findings[i - 1].severity <=
		                              world.report->findings[i].severity);
		last = strcmp(world.report->findings[i].id, "short-name-given") == 0 ? i : last;
	}
	assert_int_equal(world.report->findings[2].kind, FINDING_STOPPED);
	assert_true(last > 2); /* found later, though its severity is less or the same */
	end_world(&world);
	end_world(&far);
}

/* Several certificates of one cause are one finding, each with its fact. */
static void test_facts_of_a_cause(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA), *leaf[2];
	const struct finding *finding;
	char hex[65], *fact;

	(void)state;
	trust(&world, 0, root);
	for (size_t i = 0; i < 2; i++) {
		char *name = mem_printf("a%zu.example.com", i);

		leaf[i] = make(&world, "other", "other.example.com", root,
		               MADE_RSA | (i == 0 ? MADE_EXPIRED : MADE_EXPIRED | MADE_OLD));
		add_node(&world, name);
		show(&world, i, 8443, ORDER_RSA_FIRST, leaf[i], NULL);
		free(name);
	}
	run_world(&world);
	finding = titled(&world, "tomcat of a0.example.com and a1.example.com: the certificate has expired");
	assert_int_equal(finding->facts.count, 2);
	cert_hex(leaf[1]->cert, hex);
	fact = mem_printf("a1.example.com: SHA-256 %.16s, other ended 2026-09-20T14:13:20Z", hex);
	assert_string_equal(finding->facts.items[1], fact);
	free(fact);
	assert_null(strstr(finding->detail, "ended")); /* one date would seem to be that of both */
	finding = titled(&world, "tomcat of a0.example.com and a1.example.com: none of them holds the "
	                         "address of its node that clients are sent to");
	cert_hex(leaf[0]->cert, hex);
	fact = mem_printf("a0.example.com: SHA-256 %.16s, does not hold a0.example.com", hex);
	assert_string_equal(finding->facts.items[0], fact);
	assert_ptr_equal(finding->certs[0], leaf[0]->cert);
	assert_ptr_equal(finding->certs[1], leaf[1]->cert);
	assert_non_null(strstr(finding->detail, "Expressway's log does not show it yet"));
	assert_null(finding->log);
	free(fact);
	end_world(&world);
}

/* A date is told of the certificate that is at fault, and with --at it is not called past. */
static void test_dates_of_a_cause(void **state)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *leaf = make(&world, "a.example.com", "a.example.com", root, MADE_RSA);
	const struct finding *finding;

	(void)state;
	trust(&world, 0, root);
	add_node(&world, "a.example.com");
	show(&world, 0, 8443, ORDER_RSA_FIRST, leaf, NULL);
	world.report->policy.at = leaf->cert->not_after + DAY;
	run_world(&world);
	finding = find_finding(&world, "expired");
	/* OpenSSL reports the root's date first; date -u -d @$((1790000000 + 300 * 86400)) */
	assert_non_null(strstr(finding->detail, "Root ends 2027-07-18T14:13:20Z, which is before "
	                                        "the date that was asked for."));
	world.report->started = leaf->cert->not_after;
	run_world(&world);
	assert_non_null(strstr(find_finding(&world, "expired")->detail,
	                       "Root ended 2027-07-18T14:13:20Z."));
	world.report->started = world.report->policy.at = leaf->cert->not_before - 1;
	run_world(&world);
	finding = find_finding(&world, "not-yet-valid");
	/* date -u -d @$((1790000000 - 100 * 86400)) */
	assert_non_null(strstr(finding->detail, "Root begins 2026-06-13T14:13:20Z."));
	assert_true(strstr(finding->detail, "MRA users cannot log in there") == finding->detail);
	end_world(&world);
}

/* The date of what all have in common stands in the detail: of the one certificate that is meant, or of
 * the CA above several. date -u -d @$((1790000000 - 86400)) */
static void test_whose_date_is_told(void **state)
{
	(void)state;
	for (int shared = 0; shared < 2; shared++) {
		struct world world = new_world();
		const struct made *root = make(&world, "Root", NULL, NULL,
		                               MADE_CA | (shared ? MADE_EXPIRED : 0));
		const struct finding *finding;

		trust(&world, 0, root);
		for (size_t i = 0; i < 1 + (size_t)shared; i++) {
			char *name = mem_printf("a%zu.example.com", i);

			add_node(&world, name);
			show(&world, i, 8443, ORDER_RSA_FIRST,
			     make(&world, name, name, root, MADE_RSA | (shared ? 0 : MADE_EXPIRED)),
			     NULL);
			free(name);
		}
		run_world(&world);
		assert_int_equal(count_of(&world, "expired"), 1);
		finding = find_finding(&world, "expired");
		assert_int_equal(finding->cert_count, shared ? 2 : 0);
		assert_non_null(strstr(finding->detail, shared
		                                                ? " Root ended 2026-09-20T14:13:20Z."
		                                                : " a0.example.com ended "
		                                                  "2026-09-20T14:13:20Z."));
		end_world(&world);
	}
}

/* Letters of OpenSSL that differ: a warning where clients are sent, else only said. */
static void test_letters(void **state)
{
	for (int advertised = 0; advertised < 2; advertised++) {
		struct world world = new_world();
		const struct made *leaf = make(&world, "a.example.com", "a.example.com", NULL,
		                               MADE_RSA | MADE_NO_CERT_SIGN);

		(void)state;
		trust(&world, 0, leaf);
		add_node(&world, "a.example.com");
		show_both(&world, 0, leaf, NULL);
		observation(&world, 0)->advertised = observation(&world, 1)->advertised =
			advertised != 0;
		run_world(&world);
		assert_int_equal(titled(&world, "tomcat of a.example.com is self-signed without "
		                                "keyCertSign: older Expressway builds may refuse it "
		                                "even when stored")
		                         ->severity,
		                 advertised ? SEVERITY_WARNING : SEVERITY_INFO);
		end_world(&world);
	}
}

/* --- what certificates are for ---------------------------------------------------------------- */

static const struct cert *with_usage(struct world *world, const char *name, const char *purposes)
{
	struct cert *cert = bare_cert(world, name, name);

	cert->self_signed = strstr(name, "self") != NULL;
	cert->not_after = made_now + 300 * DAY; /* 2027-07-18T14:13:20Z */
	if (purposes != NULL && strstr(purposes, "server") != NULL)
		cert_add_purpose(cert, "serverAuth");
	if (purposes != NULL && strstr(purposes, "client") != NULL)
		cert_add_purpose(cert, "clientAuth");
	if (purposes != NULL && strstr(purposes, "mail") != NULL)
		cert_add_purpose(cert, "emailProtection");
	return cert;
}

static void add_client(struct world *world, const char *name, const struct cert *cert)
{
	chain_add(&report_add_client(world->report, name, CLIENT_FILE)->chain, cert);
}

/* Counted by use; those that a CA may not issue again come first, and each once, whoever shows it. */
static void test_inventory_of_client_auth(void **state)
{
	struct world world = new_world();
	const struct cert *both = with_usage(&world, "both", "server client"),
			  *self = with_usage(&world, "self", "client");
	const struct made *tomcat = make(&world, "tomcat", "a.example.com", NULL, MADE_RSA);
	const struct finding *finding;

	(void)state;
	add_client(&world, "exp0", with_usage(&world, "any", NULL));
	add_client(&world, "exp1", with_usage(&world, "mail", "mail"));
	run_world(&world);
	assert_int_equal(count_of(&world, "client-auth-inventory"), 0);
	add_client(&world, "exp2", with_usage(&world, "server", "server"));
	run_world(&world);
	finding = titled(&world, "Certificates for clientAuth too: 0 of 3; for serverAuth only: 1");
	assert_null(strstr(finding->detail, "Expressway-C of"));
	add_client(&world, "exp3", self);
	add_client(&world, "exp4", both);
	add_client(&world, "exp5", both);
	add_client(&world, "exp7", both);
	add_client(&world, "exp8", both);
	report_add_client(world.report, "exp6", CLIENT_NONE);
	add_node(&world, "a.example.com");
	show_both(&world, 0, tomcat, NULL);
	run_world(&world);
	finding = titled(&world, "Certificates for clientAuth too: 2 of 6; for serverAuth only: 1");
	assert_non_null(strstr(finding->detail, "which allows any use: 2."));
	assert_int_equal(finding->facts.count, 6);
	assert_string_equal(finding->facts.items[0],
	                    "Expressway-C of exp4, exp5 and 2 more: has clientAuth, issued by CN=Some CA, "
	                    "until 2027-07-18T14:13:20Z");
	assert_ptr_equal(finding->certs[0], both);
	assert_string_equal(finding->facts.items[1],
	                    "Expressway-C of exp0: for any use (no extended key usage), issued by "
	                    "CN=Some CA, until 2027-07-18T14:13:20Z");
	assert_string_equal(finding->facts.items[2],
	                    "Expressway-C of exp1: neither serverAuth nor clientAuth, issued by "
	                    "CN=Some CA, until 2027-07-18T14:13:20Z");
	assert_string_equal(finding->facts.items[3],
	                    "Expressway-C of exp2: for servers only, issued by CN=Some CA, until "
	                    "2027-07-18T14:13:20Z");
	assert_string_equal(finding->facts.items[4],
	                    "Expressway-C of exp3: has clientAuth, self-signed, until "
	                    "2027-07-18T14:13:20Z");
	assert_string_equal(finding->facts.items[5],
	                    "tomcat of a.example.com: for any use (no extended key usage), "
	                    "self-signed, until 2027-07-18T14:13:20Z");
	assert_int_equal(finding->cert_count, 6);
	assert_non_null(strstr(finding->detail, " Expressway-C of exp4, exp5 and 2 more: has clientAuth"));
	assert_null(strstr(finding->detail, "exp3"));
	assert_null(strstr(finding->detail, "more."));
	end_world(&world);
}

static void test_inventory_of_many(void **state)
{
	(void)state;
	for (size_t count = 12; count <= 14; count++) {
		struct world world = new_world();
		const struct finding *finding;

		for (size_t i = 0; i < count; i++) {
			char *name = mem_printf("c%zu", i);

			add_client(&world, name, with_usage(&world, name, "client"));
			free(name);
		}
		run_world(&world);
		finding = find_finding(&world, "client-auth-inventory");
		assert_int_equal(finding->facts.count, count);
		assert_non_null(strstr(finding->detail, "of c11:"));
		assert_null(strstr(finding->detail, "of c12:"));
		if (count == 12)
			assert_null(strstr(finding->detail, "more."));
		else
			assert_non_null(strstr(finding->detail,
			                       count == 13 ? " And 1 more." : " And 2 more."));
		end_world(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_to_do_about_each_outcome),
		cmocka_unit_test(test_not_checked_by_node_and_outcome),
		cmocka_unit_test(test_lists_and_dns),
		cmocka_unit_test(test_unfinished),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_equal_titles),
		cmocka_unit_test(test_equal_titles_with_another_between),
		cmocka_unit_test(test_gravity),
		cmocka_unit_test(test_facts_of_a_cause),
		cmocka_unit_test(test_dates_of_a_cause),
		cmocka_unit_test(test_whose_date_is_told),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_inventory_of_client_auth),
		cmocka_unit_test(test_inventory_of_many),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
