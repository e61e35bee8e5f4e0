/* SPDX-License-Identifier: MIT */
/* The other direction: what is said and planned of each verdict on Expressway-C's own certificate.
 * The alerts' numbers are RFC 8446's (section 6), the log's words those of OpenSSL 1.1.1 (ssl_stat.c,
 * err.h: 1000 + alert, in hex, behind library 20 and function 148). */
#include "config.h"

#include "advise/examine.h"
#include "advise/plan.h"
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

/* A node whose certificate is trusted, and an Expressway-C with a certificate of its own. */
static struct world asked(enum client_from from)
{
	struct world world = new_world();
	const struct made *tomcat = make(&world, "cucm1", "cucm1.example.com", NULL, MADE_RSA),
			  *root = make(&world, "Corp Root", NULL, NULL, MADE_CA),
			  *own = make(&world, "exp1.example.com", NULL, root, 0);
	struct client *client = report_add_client(world.report, "exp1", from);

	trust(&world, 0, tomcat);
	add_node(&world, "cucm1.example.com");
	show(&world, 0, 6972, ORDER_RSA_FIRST, tomcat, NULL);
	observation(&world, 0)->client_certificate_requested = true;
	observation(&world, 0)->tls_version = mem_strdup("TLS1.2");
	chain_add(&client->chain, own->cert);
	chain_add(&client->chain, root->cert);
	judge_run(world.report, NULL);
	return world;
}

static void set_verdict(struct world *world, size_t at, size_t of, enum client_outcome outcome,
                        enum client_cause cause, int alert)
{
	struct client_verdict *verdict;

	while (world->report->client_verdict_count <= at)
		report_add_client_verdict(world->report)->reason = mem_strdup("So it is.");
	verdict = &world->report->client_verdicts[at];
	verdict->observation = of;
	verdict->outcome = outcome;
	verdict->cause = cause;
	verdict->alert = alert;
}

static void look(struct world *world)
{
	world->report->status = report_status(world->report);
	examine_run(world->report);
	plan_run(world->report);
}

static size_t count_of(const struct world *world, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < world->report->finding_count; i++)
		count += strcmp(world->report->findings[i].id, id) == 0;
	return count;
}

static void test_each_refusal(void **state)
{
	static const struct {
		enum client_cause cause;
		int alert;
		const char *id, *title, *log; /* title: its end */
		enum step_kind step;
	} rows[] = {
		{ CLIENT_CA_UNKNOWN, 48, "expressway-ca-not-accepted",
		  "(exp1.example.com): its CA is not among those that CUCM accepts",
		  "error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca",
		  STEP_EXPRESSWAY_CHAIN },
		{ CLIENT_SIGNATURE, 51, "expressway-ca-not-accepted",
		  "(exp1.example.com): its CA is not among those that CUCM accepts",
		  "error:1409441B:SSL routines:ssl3_read_bytes:tlsv1 alert decrypt error",
		  STEP_EXPRESSWAY_CHAIN },
		{ CLIENT_PURPOSE, 43, "expressway-client-auth-missing",
		  "(exp1.example.com): it, or a CA of its chain, is not for TLS clients",
		  "error:14094413:SSL routines:ssl3_read_bytes:sslv3 alert unsupported certificate",
		  STEP_EXPRESSWAY_REISSUE },
		{ CLIENT_EXPIRED, 45, "expressway-certificate-ends",
		  "(exp1.example.com): it, or a CA of its chain, has expired",
		  "error:14094415:SSL routines:ssl3_read_bytes:sslv3 alert certificate expired",
		  STEP_EXPRESSWAY_REISSUE },
		{ CLIENT_NOT_YET_VALID, 42, "expressway-certificate-ends",
		  "(exp1.example.com): it, or a CA of its chain, is not valid yet",
		  "error:14094412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate",
		  STEP_EXPRESSWAY_REISSUE },
		{ CLIENT_REQUIRED, 40, "expressway-certificate-required",
		  "CUCM requires a certificate of Expressway-C, which is to send none",
		  "error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure",
		  STEP_EXPRESSWAY_REISSUE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = asked(CLIENT_FILE);
		const struct finding *finding;
		char *log = mem_printf("ERROR: SSL connection failed for 'cucm1.example.com': %s",
		                       rows[i].log),
		     *alert = mem_printf("So it is. It would end the handshake with alert %d, ",
		                         rows[i].alert);
		const char *title;

		set_verdict(&world, 0, 0, CLIENT_REFUSED, rows[i].cause, rows[i].alert);
		look(&world);
		finding = find_finding(&world, rows[i].id);
		assert_non_null(finding);
		assert_int_equal(count_of(&world, rows[i].id), 1);
		title = finding->title + strlen(finding->title) - strlen(rows[i].title);
		assert_string_equal(title, rows[i].title);
		assert_string_equal(finding->log, log);
		assert_true(strncmp(finding->detail, alert, strlen(alert)) == 0);
		assert_null(strstr(finding->detail, "web page"));
		assert_int_equal(finding->severity, SEVERITY_FAIL);
		assert_string_equal(finding->certificate_kind, "Expressway-C");
		assert_true(names_has(&finding->ports, "6972"));
		assert_ptr_equal(finding->certificate, chain_leaf(&world.report->clients[0].chain));
		assert_non_null(find_step(&world, rows[i].step));
		assert_true(names_has(&find_step(&world, rows[i].step)->nodes, "cucm1.example.com"));
		assert_null(find_step(&world, rows[i].step == STEP_EXPRESSWAY_CHAIN
		                                      ? STEP_EXPRESSWAY_REISSUE
		                                      : STEP_EXPRESSWAY_CHAIN));
		/* in TLS 1.3 the refusal leaves no line, nor under 9.2 */
		memcpy(observation(&world, 0)->tls_version, "TLS1.3", 6);
		look(&world);
		assert_null(find_finding(&world, rows[i].id)->log);
		memcpy(observation(&world, 0)->tls_version, "TLS1.2", 6);
		world.report->policy.traffic_server = TRAFFIC_SERVER_9;
		look(&world);
		assert_null(find_finding(&world, rows[i].id)->log);
		world.report->policy.traffic_server = TRAFFIC_SERVER_8;
		world.report->policy.era = ERA_OPENSSL3;
		look(&world);
		assert_null(find_finding(&world, rows[i].id)->log);
		world.report->policy.era = ERA_OPENSSL1;
		set_verdict(&world, 0, 0, CLIENT_REFUSED, rows[i].cause, 7);
		look(&world);
		assert_null(find_finding(&world, rows[i].id)->log);
		free(log);
		free(alert);
		end_world(&world);
	}
}

/* What nobody is sent to is a warning, and the line is that of an address that counts. */
static void test_severity_and_line(void **state)
{
	struct world world = asked(CLIENT_WEB);
	const struct finding *finding;

	(void)state;
	show(&world, 0, 6972, ORDER_RSA_FIRST, &world.made[0], NULL);
	observation(&world, 1)->client_certificate_requested = true;
	observation(&world, 1)->tls_version = mem_strdup("TLS1.2");
	observation(&world, 0)->advertised = false;
	free(observation(&world, 0)->address);
	observation(&world, 0)->address = mem_strdup("127.0.0.1");
	judge_run(world.report, NULL);
	set_verdict(&world, 0, 0, CLIENT_REFUSED, CLIENT_CA_UNKNOWN, 48);
	look(&world);
	finding = find_finding(&world, "expressway-ca-not-accepted");
	assert_int_equal(finding->severity, SEVERITY_WARNING);
	assert_non_null(strstr(finding->log, "'127.0.0.1'"));
	assert_non_null(strstr(finding->detail, " there. It was fetched from Expressway-C's web page"));
	assert_null(find_step(&world, STEP_EXPRESSWAY_CHAIN));
	set_verdict(&world, 1, 1, CLIENT_REFUSED, CLIENT_CA_UNKNOWN, 48);
	look(&world);
	assert_int_equal(count_of(&world, "expressway-ca-not-accepted"), 1);
	finding = find_finding(&world, "expressway-ca-not-accepted");
	assert_int_equal(finding->severity, SEVERITY_FAIL);
	assert_int_equal(finding->addresses.count, 2);
	assert_non_null(strstr(finding->log, "'cucm1.example.com'"));
	/* another reason of the same kind is another finding */
	set_verdict(&world, 0, 0, CLIENT_REFUSED, CLIENT_EXPIRED, 45);
	set_verdict(&world, 1, 1, CLIENT_REFUSED, CLIENT_NOT_YET_VALID, 42);
	look(&world);
	assert_int_equal(count_of(&world, "expressway-certificate-ends"), 2);
	/* the SIP port is none of its business */
	observation(&world, 0)->port = observation(&world, 1)->port = 5061;
	look(&world);
	assert_int_equal(count_of(&world, "expressway-certificate-ends"), 0);
	assert_int_equal(count_of(&world, "client-certificate-requested"), 0);
	end_world(&world);
}

/* What CUCM has to be given: the CAs of the chain, each once; a self-signed certificate itself. */
static void test_what_to_upload(void **state)
{
	struct world world = asked(CLIENT_FILE);
	const struct cert *own = world.made[2].cert, *root = world.made[1].cert;
	const struct step *step;
	struct client *second = report_add_client(world.report, "exp2", CLIENT_FILE);

	(void)state;
	chain_add(&second->chain, own);
	chain_add(&second->chain, root);
	set_verdict(&world, 0, 0, CLIENT_REFUSED, CLIENT_CA_UNKNOWN, 48);
	set_verdict(&world, 1, 0, CLIENT_REFUSED, CLIENT_CA_UNKNOWN, 48);
	world.report->client_verdicts[1].client = 1;
	look(&world);
	step = find_step(&world, STEP_EXPRESSWAY_CHAIN);
	assert_int_equal(step->cert_count, 1);
	assert_ptr_equal(step->certs[0], root);
	assert_string_equal(step->title,
	                    "Make the CA of Expressway-C's own certificate known to CUCM");
	assert_string_equal(step->why,
	                    "CUCM would refuse the certificate that Expressway-C shows it: it does not "
	                    "accept its CA. The vendor wants the whole chain in both stores.");
	world.report->policy.chain_first = true;
	look(&world);
	step = find_step(&world, STEP_EXPRESSWAY_CHAIN);
	assert_true(strncmp(step->title, "Before the upgrade: ", 20) == 0);
	assert_string_equal(step->why,
	                    "CUCM would refuse the certificate that Expressway-C shows it: it does not "
	                    "accept its CA. The vendor asks for this before an upgrade from below "
	                    "X14.0.2 (CSCvz45074).");
	/* asked for, though nothing is known; not where every port accepts it */
	set_verdict(&world, 0, 0, CLIENT_UNKNOWN, CLIENT_NO_LIST, 0);
	set_verdict(&world, 1, 0, CLIENT_UNKNOWN, CLIENT_NO_LIST, 0);
	look(&world);
	step = find_step(&world, STEP_EXPRESSWAY_CHAIN);
	assert_int_equal(step->cert_count, 0);
	assert_non_null(strstr(step->why, "Whether it is done already is not known"));
	set_verdict(&world, 0, 0, CLIENT_ACCEPTED, CLIENT_LISTED, 0);
	set_verdict(&world, 1, 0, CLIENT_ACCEPTED, CLIENT_LISTED, 0);
	look(&world);
	assert_null(find_step(&world, STEP_EXPRESSWAY_CHAIN));
	assert_int_equal(world.report->step_count, 0);
	/* self-signed */
	world.report->policy.chain_first = false;
	set_verdict(&world, 0, 0, CLIENT_REFUSED, CLIENT_CA_UNKNOWN, 48);
	chain_clear(&world.report->clients[0].chain);
	chain_add(&world.report->clients[0].chain, world.made[0].cert);
	look(&world);
	step = find_step(&world, STEP_EXPRESSWAY_CHAIN);
	assert_int_equal(step->cert_count, 1);
	assert_ptr_equal(step->certs[0], world.made[0].cert);
	/* one that a CA has signed, whose chain nobody gave: nothing to upload is known */
	chain_clear(&world.report->clients[0].chain);
	chain_add(&world.report->clients[0].chain, own);
	look(&world);
	assert_int_equal(find_step(&world, STEP_EXPRESSWAY_CHAIN)->cert_count, 0);
	end_world(&world);
}

/* What is wrong with it wherever it is verified, unless a port has said so already. */
static void test_flaws_of_the_certificate(void **state)
{
	struct world world = asked(CLIENT_FILE);
	struct cert *own = (struct cert *)(uintptr_t)world.made[2].cert;

	(void)state;
	look(&world);
	assert_int_equal(count_of(&world, "expressway-client-auth-missing"), 0);
	cert_add_purpose(own, "serverAuth");
	look(&world);
	assert_int_equal(count_of(&world, "expressway-client-auth-missing"), 1);
	assert_int_equal(find_finding(&world, "expressway-client-auth-missing")->severity,
	                 SEVERITY_WARNING);
	assert_string_equal(find_finding(&world, "expressway-client-auth-missing")->title,
	                    "Expressway-C's certificate (exp1.example.com) has an extended key usage "
	                    "without clientAuth");
	assert_null(strstr(find_finding(&world, "expressway-client-auth-missing")->detail, "web"));
	world.report->clients[0].from = CLIENT_WEB;
	look(&world);
	assert_non_null(strstr(find_finding(&world, "expressway-client-auth-missing")->detail,
	                       "alert 43. It was fetched from Expressway-C's web page"));
	set_verdict(&world, 0, 0, CLIENT_REFUSED, CLIENT_PURPOSE, 43);
	look(&world);
	assert_int_equal(count_of(&world, "expressway-client-auth-missing"), 1);
	assert_int_equal(find_finding(&world, "expressway-client-auth-missing")->severity,
	                 SEVERITY_FAIL);
	set_verdict(&world, 0, 0, CLIENT_ACCEPTED, CLIENT_LISTED, 0);
	cert_add_purpose(own, "clientAuth");
	look(&world);
	assert_int_equal(count_of(&world, "expressway-client-auth-missing"), 0);
	/* --warning is 30 days */
	world.report->started = world.report->policy.at = own->not_after - 30 * DAY - 1;
	look(&world);
	assert_int_equal(count_of(&world, "expressway-certificate-ends"), 0);
	world.report->started = ++world.report->policy.at;
	look(&world);
	assert_string_equal(find_finding(&world, "expressway-certificate-ends")->title,
	                    "Expressway-C's certificate (exp1.example.com) ends "
	                    "2027-07-18T14:13:20Z");
	set_verdict(&world, 0, 0, CLIENT_REFUSED, CLIENT_EXPIRED, 45);
	look(&world);
	assert_int_equal(count_of(&world, "expressway-certificate-ends"), 1);
	assert_int_equal(find_finding(&world, "expressway-certificate-ends")->severity,
	                 SEVERITY_FAIL);
	set_verdict(&world, 0, 0, CLIENT_ACCEPTED, CLIENT_LISTED, 0);
	own->not_after = INT64_MAX;
	look(&world);
	assert_int_equal(count_of(&world, "expressway-certificate-ends"), 0);
	end_world(&world);
}

static void test_not_fetched(void **state)
{
	struct world world = asked(CLIENT_WEB);

	(void)state;
	chain_clear(&world.report->clients[0].chain);
	look(&world);
	assert_string_equal(
		find_finding(&world, "expressway-not-fetched")->title,
		"Expressway-C's certificate could not be fetched from exp1: it cannot be read");
	world.report->clients[0].problem = mem_strdup("refused");
	look(&world);
	assert_string_equal(find_finding(&world, "expressway-not-fetched")->title,
	                    "Expressway-C's certificate could not be fetched from exp1: refused");
	world.report->clients[0].from = CLIENT_NONE;
	look(&world);
	assert_int_equal(count_of(&world, "expressway-not-fetched"), 0);
	end_world(&world);
}

/* A CertificateRequest's list with so many names, "CN=<letter><two digits>". */
static const struct ca_list *list_of(struct world *world, char letter, size_t count)
{
	unsigned char bytes[20 * 32];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned char name[] = { 0,    16,   0x30, 14,   0x31, 12, 0x30, 10, 0x06, 3,
			                 0x55, 0x04, 0x03, 0x0c, 3,    0,  0,    0 };

		name[15] = (unsigned char)letter;
		name[16] = (unsigned char)('0' + i / 10);
		name[17] = (unsigned char)('0' + i % 10);
		memcpy(bytes + len, name, sizeof name);
		len += sizeof name;
	}
	return ca_lists_add(&world->report->client_ca_lists, bytes, len);
}

/* Who asks, whom they accept, how many went on without a certificate. */
static void test_what_servers_ask_for(void **state)
{
	struct world world = asked(CLIENT_FILE);
	const struct ca_list *one = list_of(&world, 'a', 1), *twelve = list_of(&world, 'b', 12),
			     *thirteen = list_of(&world, 'c', 13), *other = list_of(&world, 'd', 2);
	const struct finding *finding;

	(void)state;
	world.report->client_count = 0;
	for (size_t i = 1; i < 6; i++) {
		show(&world, 0, (uint16_t)(7000 + i), ORDER_RSA_FIRST, &world.made[0], NULL);
		observation(&world, i)->client_certificate_requested = i < 4;
		observation(&world, i)->tls_version = mem_strdup(i < 3 ? "TLS1.2" : "TLS1.3");
		observation(&world, i)->handshake_completed = i != 1;
	}
	judge_run(world.report, NULL);
	look(&world);
	finding = find_finding(&world, "client-certificate-requested");
	assert_string_equal(finding->title,
	                    "Not checked: whether servers would accept Expressway-C's own certificate");
	assert_non_null(strstr(finding->detail, " They do not say whose certificates they accept."));
	assert_non_null(strstr(finding->detail, " 2 of 3 such handshakes in TLS 1.2 were completed "
	                                        "without a certificate."));
	assert_true(strncmp(finding->action, "Run again, or replay", 20) == 0);
	assert_int_equal(finding->ports.count, 4);
	for (size_t i = 0; i < 4; i++)
		observation(&world, i)->client_cas = one;
	look(&world);
	assert_non_null(strstr(find_finding(&world, "client-certificate-requested")->detail,
	                       " They accept certificates of 1 authority: CN=a00. 2 of 3"));
	observation(&world, 3)->client_cas = twelve;
	look(&world);
	finding = find_finding(&world, "client-certificate-requested");
	assert_non_null(strstr(finding->detail, " Some accept certificates of 1 authority: CN=a00. "
	                                        "Some accept certificates of 12 authorities: CN=b00; "
	                                        "CN=b01; "));
	assert_non_null(strstr(finding->detail, "; CN=b11. 2 of 3"));
	observation(&world, 3)->client_cas = thirteen;
	observation(&world, 2)->client_cas = NULL;
	look(&world);
	finding = find_finding(&world, "client-certificate-requested");
	assert_non_null(strstr(finding->detail, "; CN=c11; and 1 more. Some do not say whose "
	                                        "certificates they accept."));
	assert_null(strstr(finding->detail, "other lists"));
	assert_non_null(strstr(finding->detail, " Some accept certificates of 1 authority"));
	observation(&world, 2)->client_cas = twelve;
	observation(&world, 1)->client_cas = other;
	look(&world);
	finding = find_finding(&world, "client-certificate-requested");
	assert_non_null(strstr(finding->detail, " There are other lists as well"));
	assert_null(strstr(finding->detail, "CN=c00"));
	assert_null(strstr(finding->detail, "do not say"));
	observation(&world, 1)->client_cas = one;
	look(&world);
	finding = find_finding(&world, "client-certificate-requested");
	assert_null(strstr(finding->detail, "other lists"));
	assert_non_null(strstr(finding->detail, "CN=c00"));
	/* one in TLS 1.3 alone tells nothing of what is required */
	for (size_t i = 0; i < 3; i++)
		observation(&world, i)->client_certificate_requested = false;
	look(&world);
	assert_null(strstr(find_finding(&world, "client-certificate-requested")->detail,
	                   "were completed"));
	world.report->client_count = 1;
	end_world(&world);
}

/* The first that is not known is told, wherever it stands. */
static void test_what_is_not_known(void **state)
{
	(void)state;
	for (size_t at = 0; at < 2; at++) {
		struct world world = asked(CLIENT_FILE);
		const struct finding *finding;

		set_verdict(&world, 0, 0, CLIENT_ACCEPTED, CLIENT_LISTED, 0);
		set_verdict(&world, 1, 0, CLIENT_ACCEPTED, CLIENT_LISTED, 0);
		set_verdict(&world, at, 0, CLIENT_UNKNOWN, CLIENT_NO_LIST, 0);
		free(world.report->client_verdicts[at].reason);
		world.report->client_verdicts[at].reason = mem_strdup("So it is.");
		look(&world);
		finding = find_finding(&world, "client-certificate-requested");
		assert_non_null(strstr(finding->detail, " Not known: So it is."));
		assert_true(strncmp(finding->action, "See that the whole chain", 24) == 0);
		end_world(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_refusal),
		cmocka_unit_test(test_severity_and_line),
		cmocka_unit_test(test_what_to_upload),
		cmocka_unit_test(test_flaws_of_the_certificate),
		cmocka_unit_test(test_not_fetched),
		cmocka_unit_test(test_what_servers_ask_for),
		cmocka_unit_test(test_what_is_not_known),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
