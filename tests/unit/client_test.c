/* SPDX-License-Identifier: MIT */
/* Would CUCM accept Expressway-C's certificate: what the alerts are was measured on HAProxy
 * (tests/e2e/67-client.py); here is what depends on names, seconds, snapshots and on what
 * counts. */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/pem.h"
#include "judge/client.h"
#include "made.h"
#include "pki/client_file.h"
#include "pki/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TAG_UTF8 = 0x0c, TAG_PRINTABLE = 0x13, LEAF_LIFE_S = 300 * 86400 };

/* CN=text behind its length, as a CertificateRequest has it. */
static size_t add_name(unsigned char *bytes, unsigned char tag, const char *text)
{
	unsigned char len = (unsigned char)strlen(text);
	const unsigned char head[] = { 0,    (unsigned char)(len + 13),
		                       0x30, (unsigned char)(len + 11),
		                       0x31, (unsigned char)(len + 9),
		                       0x30, (unsigned char)(len + 7),
		                       0x06, 3,
		                       0x55, 0x04,
		                       0x03, tag,
		                       len };

	memcpy(bytes, head, sizeof head);
	memcpy(bytes + sizeof head, text, len);
	return sizeof head + len;
}

static const struct ca_list *list_of(struct report *report, unsigned char tag, const char *one,
                                     const char *two)
{
	unsigned char bytes[200];
	size_t len = add_name(bytes, tag, one);

	if (two != NULL)
		len += add_name(bytes + len, tag, two);
	return ca_lists_add(&report->client_ca_lists, bytes, len);
}

struct world {
	struct report *report;
	struct made root, issuing, leaf, old, other;
};

static void begin(struct world *world)
{
	struct report *report = world->report = report_new();
	struct node *node = report_add_node(report, "cucm.example.com");
	struct observation *seen;

	report->policy.at = made_now;
	node_add_address(node, "cucm.example.com", true);
	seen = report_add_observation(report);
	seen->address = mem_strdup("cucm.example.com");
	seen->ip = mem_strdup("192.0.2.1");
	seen->port = 6972;
	seen->advertised = true;
	seen->outcome = OUTCOME_PRESENTED;
	seen->reached = REACHED_FINISHED;
	seen->handshake_completed = seen->client_certificate_requested = true;
	seen->tls_version = mem_strdup("TLS1.2");
	world->root = made_cert(&report->certs, "Root CA", NULL, NULL, MADE_CA);
	world->issuing = made_cert(&report->certs, "Issuing CA", NULL, &world->root, MADE_CA);
	world->leaf =
		made_cert(&report->certs, "exp.example.com", "exp.example.com", &world->issuing, 0);
	world->old = made_cert(&report->certs, "exp.example.com", "exp.example.com",
	                       &world->issuing, MADE_EXPIRED);
	world->other = made_cert(&report->certs, "Root CA", NULL, NULL,
	                         MADE_CA); /* the name, another key */
	chain_add(&seen->chain, world->leaf.cert);
}

static void finish(struct world *world)
{
	made_free(&world->root);
	made_free(&world->issuing);
	made_free(&world->leaf);
	made_free(&world->old);
	made_free(&world->other);
	report_free(world->report);
	made_end();
}

/* The verdict on these certificates, the leaf first. */
static const struct client_verdict *ask(struct world *world, const struct cert *leaf,
                                        const struct cert *more, const struct cert *most)
{
	struct report *report = world->report;
	struct client *client;

	for (size_t i = 0; i < report->client_count; i++)
		client_clear(&report->clients[i]);
	report->client_count = 0;
	client = report_add_client(report, "exp", CLIENT_FILE);
	chain_add(&client->chain, leaf);
	if (more != NULL)
		chain_add(&client->chain, more);
	if (most != NULL)
		chain_add(&client->chain, most);
	judge_clients(report);
	assert_int_equal(report->client_verdict_count, 1);
	assert_true((report->client_verdicts[0].outcome == CLIENT_REFUSED) ==
	            (report->client_verdicts[0].alert != 0));
	return &report->client_verdicts[0];
}

#define ASK(world, leaf, more, most, result, number) \
	do { \
		const struct client_verdict *verdict = ask(world, (leaf).cert, more, most); \
		assert_int_equal(verdict->outcome, result); \
		assert_int_equal(verdict->alert, number); \
	} while (0)

static void test_names(void **state)
{
	struct world world;
	struct observation *seen;

	(void)state;
	begin(&world);
	seen = world.report->observations;
	ASK(&world, world.leaf, world.issuing.cert, world.root.cert, CLIENT_UNKNOWN,
	    0); /* nobody is named */
	seen->client_cas = list_of(world.report, TAG_UTF8, "Root CA", NULL);
	ASK(&world, world.leaf, world.issuing.cert, world.root.cert, CLIENT_ACCEPTED, 0);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_ACCEPTED,
	    0);                                                  /* a root need not be sent */
	ASK(&world, world.leaf, NULL, NULL, CLIENT_REFUSED, 48); /* an intermediate has to be */
	seen->client_cas = list_of(world.report, TAG_PRINTABLE, "nobody",
	                           "  ROOT   ca "); /* OpenSSL's canonical form */
	ASK(&world, world.leaf, world.issuing.cert, world.root.cert, CLIENT_ACCEPTED, 0);
	seen->client_cas = list_of(world.report, TAG_UTF8, "RootCA", "Root CA 2");
	ASK(&world, world.leaf, world.issuing.cert, world.root.cert, CLIENT_REFUSED, 48);
	seen->client_cas = list_of(world.report, TAG_UTF8, "Issuing CA", NULL);
	ASK(&world, world.leaf, NULL, NULL, CLIENT_ACCEPTED, 0);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_UNKNOWN,
	    0); /* is there a self-signed one of that name? */
	ASK(&world, world.leaf, world.issuing.cert, world.root.cert, CLIENT_UNKNOWN, 0);
	ASK(&world, world.old, world.issuing.cert, world.root.cert, CLIENT_REFUSED,
	    45); /* that helps an expired one no more */
	seen->client_cas = list_of(world.report, TAG_UTF8, "exp.example.com",
	                           NULL); /* a leaf that is listed is no CA of its own */
	ASK(&world, world.leaf, world.issuing.cert, world.root.cert, CLIENT_REFUSED, 48);
	finish(&world);
}

/* What is said where nobody of the chain is named; one NULL: no list at all. */
static void says(struct world *world, const char *one, const char *two, const struct cert *leaf,
                 const struct cert *more, const struct cert *most, const char *words)
{
	world->report->observations->client_cas =
		one == NULL ? NULL : list_of(world->report, TAG_UTF8, one, two);
	assert_string_equal(words, ask(world, leaf, more, most)->reason);
}

static void test_words(void **state)
{
	struct world world;
	struct made own;
	const struct cert *leaf, *issuing;

	(void)state;
	begin(&world);
	own = made_cert(&world.report->certs, "exp.example.com", NULL, NULL, 0);
	leaf = world.leaf.cert;
	issuing = world.issuing.cert;
	says(&world, NULL, NULL, leaf, NULL, NULL,
	     "This port asks for a certificate and does not say which authorities it accepts.");
	says(&world, NULL, NULL, world.old.cert, NULL, NULL,
	     "This port asks for a certificate and does not say which authorities it accepts. If it "
	     "verifies what it gets: At that time the certificate has expired.");
	says(&world, "nobody", NULL, own.cert, NULL, NULL,
	     "The certificate is self-signed, and it is not among the 1 authority that CUCM names "
	     "there.");
	says(&world, "nobody", "else", own.cert, NULL, NULL,
	     "The certificate is self-signed, and it is not among the 2 authorities that CUCM names "
	     "there.");
	says(&world, "nobody", NULL, leaf, issuing, world.root.cert,
	     "CUCM names 1 authority there, and neither CN=Issuing CA nor any other CA of this chain "
	     "is among them.");
	says(&world, "nobody", "else", leaf, NULL, NULL,
	     "CUCM names 2 authorities there, and neither CN=Issuing CA nor any other CA of this "
	     "chain is among them. (The file ends there: if Expressway-C sends more of its chain, put "
	     "that into the file too.)");
	report_add_client(world.report, "web", CLIENT_WEB)->problem = mem_strdup("no answer");
	report_add_client(world.report, "empty", CLIENT_FILE);
	judge_clients(world.report);
	for (size_t i = 1; i < 3; i++) {
		const struct client_verdict *verdict = &world.report->client_verdicts[i];

		assert_int_equal(CLIENT_UNKNOWN, verdict->outcome);
		assert_int_equal(CLIENT_NOT_FETCHED, verdict->cause);
		assert_int_equal(0, verdict->alert);
		assert_string_equal(i == 1 ? "Expressway-C's certificate is not known: no answer."
		                           : "Expressway-C's certificate is not known: it cannot be read.",
		                    verdict->reason);
	}
	made_free(&own);
	finish(&world);
}

static void test_seconds(void **state)
{
	struct world world;
	int64_t end;

	(void)state;
	begin(&world);
	end = world.leaf.cert->not_after;
	assert_int_equal(end, made_now + LEAF_LIFE_S);
	world.report->observations->client_cas = list_of(world.report, TAG_UTF8, "Root CA", NULL);
	world.report->policy.at = end - 1;
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_ACCEPTED, 0);
	world.report->policy.at = end;
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_REFUSED, 45);
	world.report->policy.at = world.leaf.cert->not_before;
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_ACCEPTED, 0);
	world.report->policy.at--;
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_REFUSED, 42);
	world.report->observations->client_cas = list_of(world.report, TAG_UTF8, "nobody", NULL);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_REFUSED,
	    48); /* the chain comes first */
	world.report->observations->client_cas = NULL;
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_UNKNOWN,
	    0); /* who names nobody may verify nothing */
	finish(&world);
}

/* RFC 5246 7.2.2 numbers the alerts; HAProxy's libssl sends these (tests/e2e/67-client.py). */
static void test_alerts(void **state)
{
	struct world world;
	struct made server_only, netscape, encipherment;

	(void)state;
	begin(&world);
	netscape = made_cert(&world.report->certs, "exp.example.com", NULL, &world.issuing,
	                     MADE_NETSCAPE_SERVER);
	encipherment = made_cert(&world.report->certs, "exp.example.com", NULL, &world.issuing,
	                         MADE_ENCIPHERMENT);
	server_only = made_cert(&world.report->certs, "exp.example.com", NULL, &world.issuing,
	                        MADE_SERVER_ONLY);
	world.report->observations->client_cas = list_of(world.report, TAG_UTF8, "Root CA", NULL);
	ASK(&world, server_only, world.issuing.cert, NULL, CLIENT_REFUSED, 43);
	assert_int_equal(CLIENT_PURPOSE, world.report->client_verdicts[0].cause);
	assert_non_null(strstr(world.report->client_verdicts[0].reason, "clientAuth"));
	ASK(&world, world.old, world.issuing.cert, NULL, CLIENT_REFUSED, 45);
	ASK(&world, netscape, world.issuing.cert, NULL, CLIENT_REFUSED, 43);
	assert_non_null(strstr(world.report->client_verdicts[0].reason, "Netscape"));
	ASK(&world, encipherment, world.issuing.cert, NULL, CLIENT_REFUSED, 43);
	assert_non_null(strstr(world.report->client_verdicts[0].reason,
	                       "the certificate for a client's: its key usage"));
	made_free(&netscape);
	made_free(&encipherment);
	made_free(&server_only);
	finish(&world);
}

static struct snapshot *add_snapshot(struct world *world, const char *server,
                                     const struct cert *tomcat, const struct cert *call)
{
	struct snapshot *snapshot = report_add_snapshot(world->report, "snapshot.json");

	snapshot->server = server != NULL ? mem_strdup(server) : NULL;
	if (tomcat != NULL)
		store_add(&snapshot->tomcat, tomcat);
	if (call != NULL)
		store_add(&snapshot->callmanager, call);
	return snapshot;
}

/* A snapshot holds for its cluster; where both stores agree the names of the port do not count. */
static void test_snapshots(void **state)
{
	struct world world;
	struct snapshot *snapshot;

	(void)state;
	begin(&world);
	world.report->observations->client_cas = list_of(world.report, TAG_UTF8, "nobody", NULL);
	snapshot = add_snapshot(&world, "cucm-pub", world.root.cert, world.root.cert);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_ACCEPTED,
	    0); /* one cluster, one snapshot */
	assert_string_equal("The chain ends in a CA that tomcat-trust and CallManager-trust hold.",
	                    world.report->client_verdicts[0].reason);
	ASK(&world, world.leaf, NULL, NULL, CLIENT_REFUSED, 48);
	assert_null(strstr(world.report->client_verdicts[0].reason, "hold."));
	store_add(&snapshot->tomcat, world.issuing.cert);
	store_add(&snapshot->callmanager, world.issuing.cert);
	ASK(&world, world.leaf, NULL, NULL, CLIENT_ACCEPTED, 0);
	report_add_cluster(world.report, "a.example.com", 8443);
	report_add_cluster(world.report, "b.example.com", 8443);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_REFUSED,
	    48); /* whose is it? the names decide */
	world.report->nodes[0].cluster = 1;
	report_add_node(world.report, "CUCM-PUB")->cluster = 0;
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_REFUSED,
	    48); /* the other cluster's */
	world.report->nodes[1].cluster = 1;
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_ACCEPTED, 0);
	finish(&world);
}

/* A snapshot tells its server by one of the addresses of a node, the first or another. */
static void test_whose_snapshot(void **state)
{
	static const char *const servers[] = { "cucm.example.com", "192.0.2.1", "CUCM",
		                               "cucm2", "192.0.2.2" };
	struct world world;
	struct node *other;

	(void)state;
	begin(&world);
	world.report->observations->client_cas = list_of(world.report, TAG_UTF8, "nobody", NULL);
	report_add_cluster(world.report, "a.example.com", 8443);
	report_add_cluster(world.report, "b.example.com", 8443);
	other = report_add_node(world.report, "cucm2.example.com");
	node_add_address(other, "cucm2", true);
	node_add_address(other, "192.0.2.2", true);
	other->cluster = 1;
	free(world.report->nodes[0].addresses[0].text);
	world.report->nodes[0].addresses[0].text = mem_strdup("cucm");
	node_add_address(&world.report->nodes[0], "192.0.2.1", true);
	for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
		add_snapshot(&world, servers[i], world.root.cert, world.root.cert);
		if (i < 3) /* its own */
			ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_ACCEPTED, 0);
		else
			ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_REFUSED, 48);
		snapshot_clear(&world.report->snapshots[0]);
		world.report->snapshot_count = 0;
	}
	finish(&world);
}

static void test_one_store_and_another_key(void **state)
{
	struct world world;

	(void)state;
	begin(&world);
	add_snapshot(&world, NULL, world.root.cert, NULL);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_UNKNOWN, 0);
	assert_non_null(strstr(world.report->client_verdicts[0].reason,
	                       "tomcat-trust trusts this chain, CallManager-trust does not: "));
	ASK(&world, world.old, world.issuing.cert, NULL, CLIENT_REFUSED, 45);
	snapshot_clear(&world.report->snapshots[0]);
	world.report->snapshot_count = 0;
	add_snapshot(&world, NULL, NULL, world.root.cert);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_UNKNOWN, 0);
	assert_non_null(strstr(world.report->client_verdicts[0].reason,
	                       "CallManager-trust trusts this chain, tomcat-trust does not: "));
	world.report->observations->client_cas = list_of(world.report, TAG_UTF8, "Root CA", NULL);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_ACCEPTED, 0);
	snapshot_clear(&world.report->snapshots[0]);
	world.report->snapshot_count = 0;
	add_snapshot(&world, NULL, world.other.cert, world.other.cert);
	ASK(&world, world.leaf, world.issuing.cert, NULL, CLIENT_REFUSED,
	    51); /* no key id tells them apart: the signature fails */
	finish(&world);
}

static void test_none(void **state)
{
	static const struct {
		bool asks, completed;
		const char *version;
		enum client_outcome outcome;
		int alert;
	} rows[] = {
		{ true, true, "TLS1.2", CLIENT_ACCEPTED, 0 },
		{ true, false, "TLS1.2", CLIENT_REFUSED, 40 },
		{ true, true, "TLS1.3", CLIENT_UNKNOWN, 0 },
		{ true, false, "TLS1.3", CLIENT_REFUSED, 116 },
		{ false, true, "TLS1.2", CLIENT_ACCEPTED, 0 },
	};
	struct world world;

	(void)state;
	begin(&world);
	report_add_client(world.report, "none", CLIENT_NONE);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct observation *seen = world.report->observations;

		seen->client_certificate_requested = rows[i].asks;
		seen->handshake_completed = rows[i].completed;
		free(seen->tls_version);
		seen->tls_version = mem_strdup(rows[i].version);
		judge_clients(world.report);
		assert_int_equal(world.report->client_verdicts[0].outcome, rows[i].outcome);
		assert_int_equal(world.report->client_verdicts[0].alert, rows[i].alert);
	}
	finish(&world);
}

/* Whether a port asks is known where it asked, or where the server's messages came to their end. */
static void test_who_is_judged(void **state)
{
	static const struct {
		bool asked;
		enum reached reached;
		enum outcome outcome;
		size_t verdicts;
	} rows[] = {
		{ true, REACHED_CERTIFICATE, OUTCOME_PRESENTED, 1 },
		{ false, REACHED_SERVER_DONE - 1, OUTCOME_PRESENTED, 0 },
		{ false, REACHED_SERVER_DONE, OUTCOME_PRESENTED, 1 },
		{ false, REACHED_FINISHED, OUTCOME_PRESENTED, 1 },
		{ true, REACHED_FINISHED, OUTCOME_TIMEOUT, 0 },
	};
	struct world world;

	(void)state;
	begin(&world);
	report_add_client(world.report, "none", CLIENT_NONE);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct observation *seen = world.report->observations;

		seen->client_certificate_requested = rows[i].asked;
		seen->reached = rows[i].reached;
		seen->outcome = rows[i].outcome;
		judge_clients(world.report);
		assert_int_equal(rows[i].verdicts, world.report->client_verdict_count);
		if (rows[i].verdicts == 1 && !rows[i].asked)
			assert_int_equal(CLIENT_NOT_ASKED, world.report->client_verdicts[0].cause);
	}
	finish(&world);
}

/* A refusal at an advertised address is a failure, another one is not; what is not known makes
 * nothing incomplete. */
static void test_what_counts(void **state)
{
	struct world world;
	struct report *report;
	struct verdict *verdict;

	(void)state;
	begin(&world);
	report = world.report;
	report_add_store(report, "store");
	verdict = report_add_verdict(report);
	verdict->accepted = true;
	ask(&world, world.leaf.cert, world.issuing.cert, NULL);
	assert_int_equal(report_status(report), STATUS_PASS);
	assert_false(report_client_accepted(report));
	report->observations->client_cas = list_of(report, TAG_UTF8, "nobody", NULL);
	ask(&world, world.leaf.cert, world.issuing.cert, NULL);
	assert_int_equal(report_status(report), STATUS_FAIL);
	report->observations->advertised = false;
	assert_int_equal(report_status(report), STATUS_PASS);
	report->observations->advertised = true;
	report->observations->client_cas = list_of(report, TAG_UTF8, "Root CA", NULL);
	ask(&world, world.leaf.cert, world.issuing.cert, NULL);
	assert_true(report_client_accepted(report));
	report->policy.chain_first =
		true; /* what the vendor asks for before such an upgrade was seen to be done */
	report->status = report_status(report);
	assert_int_equal(report_headline(report), HEADLINE_YES);
	report->observations->reached = REACHED_CERTIFICATE; /* nobody knows whether it asks */
	report->observations->client_certificate_requested = false;
	judge_clients(report);
	assert_int_equal(report->client_verdict_count, 0);
	assert_int_equal(report_headline(report), HEADLINE_YES_BUT);
	finish(&world);
}

/* Which certificate of a file is Expressway-C's own (client_file.h): its place does not matter where
 * it is the only one that is not a CA's. */
static void test_files(void **state)
{
	char path[] = "/tmp/mra-client-XXXXXX", *spec;
	struct world world;
	struct made second, own;
	const struct cert *leaf, *issuing, *root, *broken;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	begin(&world);
	second = made_cert(&world.report->certs, "other.example.com", NULL, &world.issuing, 0);
	own = made_cert(&world.report->certs, "own", NULL, NULL, MADE_CA | MADE_ENCIPHERMENT);
	leaf = world.leaf.cert;
	issuing = world.issuing.cert;
	root = world.root.cert;
	broken = decode_cert(&world.report->certs, (const unsigned char *)"\x30\x03\x02\x01\x01", 5);
	spec = mem_printf("%s", path);
	const struct {
		const struct cert *in[3], *out[3]; /* out[0] NULL: a fault that says */
		const char *fault;
	} rows[] = {
		{ { leaf, issuing, root }, { leaf, issuing, root }, NULL },
		{ { root, issuing, leaf }, { leaf, root, issuing }, NULL },
		{ { root, leaf, issuing }, { leaf, root, issuing }, NULL },
		{ { leaf }, { leaf }, NULL },
		{ { leaf, second.cert, root }, { leaf, second.cert, root }, NULL },
		{ { root, leaf, second.cert }, { NULL }, "2 certificates in it are not a CA's" },
		{ { root, issuing }, { NULL }, "every certificate in it is a CA's" },
		{ { root }, { NULL }, "the certificate in it is a CA's" },
		{ { own.cert }, { own.cert }, NULL }, /* as openssl req -x509 makes it */
		{ { own.cert, own.cert }, { NULL }, "every certificate in it is a CA's" },
		{ { leaf, broken }, { NULL }, ": certificate 2 of it cannot be read" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct client client = { .name = NULL };
		struct names notes = { 0 };
		struct fault fault;
		struct buf pem;

		buf_init(&pem);
		for (size_t k = 0; k < 3 && rows[i].in[k] != NULL; k++)
			pem_encode(&pem, "CERTIFICATE", rows[i].in[k]->der, rows[i].in[k]->der_len);
		assert_int_equal(0, file_write(path, pem.data, pem.len, &fault));
		assert_int_equal(rows[i].out[0] == NULL ? -1 : 0,
		                 client_file_load(&world.report->certs, spec, &client, &notes,
		                                  &fault));
		if (rows[i].fault != NULL)
			assert_non_null(strstr(fault.text, rows[i].fault));
		for (size_t k = 0; k < 3 && rows[i].out[k] != NULL; k++)
			assert_ptr_equal(rows[i].out[k], client.chain.certs[k]);
		assert_int_equal(CLIENT_FILE, client.from);
		assert_string_equal(path + 5, client.name);
		client_clear(&client);
		names_clear(&notes);
		buf_clear(&pem);
	}
	unlink(path);
	free(spec);
	spec = mem_strdup("exp=none");
	struct client none = { .name = NULL };
	struct names notes = { 0 };
	struct fault fault;

	assert_int_equal(0, client_file_load(&world.report->certs, spec, &none, &notes, &fault));
	assert_int_equal(CLIENT_NONE, none.from);
	assert_string_equal("exp", none.name);
	client_clear(&none);
	assert_int_equal(-1, client_file_load(&world.report->certs, path, &none, &notes, &fault));
	client_clear(&none);
	free(spec);
	made_free(&second);
	made_free(&own);
	finish(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),     cmocka_unit_test(test_words),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_snapshots), cmocka_unit_test(test_one_store_and_another_key),
		cmocka_unit_test(test_none),      cmocka_unit_test(test_what_counts),
		cmocka_unit_test(test_alerts),    cmocka_unit_test(test_whose_snapshot),
		cmocka_unit_test(test_files),     cmocka_unit_test(test_who_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
