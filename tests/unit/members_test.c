/* SPDX-License-Identifier: MIT */
/* Each member of a saved report, one at a time: another good value comes back when the report is
 * written again; a value of another type, or just past its bound, is refused with the member's name.
 * The bounds are those of report.schema.json and of the header. */
#include "config.h"

#include "advise/examine.h"
#include "base/mem.h"
#include "formats.h"
#include "judge/judge.h"
#include "saved/json_facts.h"
#include "saved/reader.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

enum { KEEP_ALL = READER_STORES | READER_CLIENTS | READER_SNAPSHOTS | READER_VERDICTS };

static const unsigned char ca_names[] = { 0,    14, 0x30, 12,   0x31, 10, 0x30, 8,
	                                  0x06, 3,  0x55, 0x04, 0x03, 12, 1,    'B' };

/* One of everything. */
static struct world full(void)
{
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA),
			  *twin = make(&world, "Twin", NULL, NULL, MADE_CA),
			  *leaf = make(&world, "a.example.com", "a.example.com", root, MADE_RSA);
	struct report *report = world.report;
	struct cluster *cluster = &report->clusters[0];
	struct snapshot *snapshot;
	struct client *client;
	struct node *node;

	trust(&world, 0, root);
	store_withhold(&report->stores[0], twin->cert);
	cluster->version = mem_strdup("14.0.1");
	cluster->url = mem_strdup("https://a");
	cluster->detail = mem_strdup("detail");
	cluster->ip = mem_strdup("127.0.0.1");
	chain_add(&cluster->chain, leaf->cert);
	add_node(&world, "a.example.com");
	add_node(&world, "b.example.com");
	node = &report->nodes[0];
	node->written = mem_strdup("A");
	address_add_ip(&node->addresses[0], "127.0.0.1");
	report->nodes[1].addresses[0].unresolved = mem_strdup("NXDOMAIN");
	node->reverses = mem_array(1, sizeof *node->reverses);
	node->reverse_count = 1;
	node->reverses[0] = (struct node_reverse){ mem_strdup("127.0.0.1"), mem_strdup("x"),
		                                   mem_strdup("timeout"), true };
	show_both(&world, 0, leaf, NULL);
	report->observations[0].client_certificate_requested = true;
	report->observations[0].client_cas =
		ca_lists_add(&report->client_ca_lists, ca_names, sizeof ca_names);
	report->observations[0].tls_version = mem_strdup("TLS1.2");
	report->observations[0].cipher_suite = mem_strdup("suite");
	report->observations[0].offered = OFFERED_TLS12;
	report->observations[0].tls12_alone = TLS12_SAME;
	report->observations[0].flaw = FLAW_BAD_SIGNATURE;
	report->observations[0].reached = REACHED_FINISHED;
	report->observations[0].detail = mem_strdup("detail");
	client = report_add_client(report, "exp1", CLIENT_WEB);
	client->host = mem_strdup("exp1");
	client->problem = mem_strdup("none");
	chain_add(&client->chain, leaf->cert);
	snapshot = report_add_snapshot(report, "snapshot");
	snapshot->server = mem_strdup("a");
	snapshot->tomcat.unreadable = 3;
	snapshot->callmanager.unreadable = 2;
	store_add(&snapshot->tomcat, root->cert);
	store_add(&snapshot->callmanager, twin->cert);
	report->policy.order_next = mem_strdup("next");
	judge_run(report, NULL);
	report->status = STATUS_FAIL;
	report->answer = mem_strdup("No.");
	unread_add(&report->unread, "old.json", "line 3: not JSON");
	report_add_finding(report, FINDING_EXPIRES_SOON)->title = mem_strdup("title");
	report->findings[0].certificate = leaf->cert;
	return world;
}

static json_t *written(const struct report *report)
{
	struct out_how how = { .width = 80 };
	struct buf out;
	json_t *root;

	buf_init(&out);
	formats_find("json")->write(report, &how, &out);
	root = json_loadb(out.data, out.len, 0, NULL);
	assert_non_null(root);
	buf_clear(&out);
	return root;
}

/* "nodes.0.name"; of an object with keys that are not fixed a number is its nth member. The parent,
 * and the last step in *last. */
static json_t *walk(json_t *root, const char *path, char last[64])
{
	json_t *at = root;

	for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
		char step[64];

		snprintf(step, sizeof step, "%.*s", (int)(dot - path), path);
		if (json_is_array(at)) {
			at = json_array_get(at, (size_t)atoi(step));
		} else if (*step >= '0' && *step <= '9') {
			void *member = json_object_iter(at);

			for (int n = atoi(step); n > 0; n--)
				member = json_object_iter_next(at, member);
			at = json_object_iter_value(member);
		} else {
			at = json_object_get(at, step);
		}
		if (at == NULL)
			fail_msg("there is no %s", path);
	}
	snprintf(last, 64, "%s", path);
	if (json_is_object(at) && *last >= '0' && *last <= '9') {
		void *member = json_object_iter(at);

		for (int n = atoi(last); n > 0; n--)
			member = json_object_iter_next(at, member);
		snprintf(last, 65, "%s", json_object_iter_key(member));
	}
	return at;
}

/* A value written as JSON; "@256" is a text of so many letters, "=255" as well. */
static json_t *value_of(const char *text, size_t len)
{
	json_t *value;
	char *letters;

	if (*text != '@' && *text != '=') {
		value = json_loadb(text, len, JSON_DECODE_ANY, NULL);
		assert_non_null(value);
		return value;
	}
	len = (size_t)atoi(text + 1);
	letters = mem_alloc(len + 1);
	memset(letters, 'x', len);
	letters[len] = '\0';
	value = json_string(letters);
	free(letters);
	return value;
}

static int read_again(json_t *root, struct report *again, struct fault *fault)
{
	char *text = json_dumps(root, 0);
	int rc = reader_merge(again, text, strlen(text), "saved.json", KEEP_ALL, fault);

	free(text);
	return rc;
}

/* Sets one member, and says what comes of it: NULL refused with fault, else what is written then. */
static json_t *with_member(const struct report *report, const char *path, json_t *value,
                           struct fault *fault)
{
	struct report *again = report_new();
	json_t *root = written(report), *parent, *result = NULL;
	char last[65];

	parent = walk(root, path, last);
	assert_int_equal(json_is_array(parent)
	                         ? json_array_set(parent, (size_t)atoi(last), value)
	                         : json_object_set(parent, last, value),
	                 0);
	if (read_again(root, again, fault) == 0)
		result = written(again);
	json_decref(root);
	report_free(again);
	return result;
}

/* good and bad: JSON values, a line each. */
struct row {
	const char *path, *good, *bad;
	bool no_echo; /* it is read, and written otherwise */
};

static void check_good(const struct report *report, const struct row *row, json_t *value, char kind)
{
	struct fault fault = { FAULT_NONE, "" };
	json_t *result = with_member(report, row->path, value, &fault), *parent;
	char last[65];

	(void)kind;
	if (result == NULL)
		fail_msg("%s: %s", row->path, fault.text);
	parent = walk(result, row->path, last);
	if (!row->no_echo &&
	    !json_equal(value, json_is_array(parent) ? json_array_get(parent, (size_t)atoi(last))
	                                             : json_object_get(parent, last))) {
		char *text = json_dumps(value, JSON_ENCODE_ANY);

		fail_msg("%s does not come back as %s", row->path, text);
	}
	json_decref(result);
}

/* "@65" is refused because of its length, "=64" is just short enough to be read. */
static void check_bad(const struct report *report, const struct row *row, json_t *value, char kind)
{
	struct fault fault = { FAULT_NONE, "" };
	json_t *result = with_member(report, row->path, value, &fault);
	char *text = json_dumps(value, JSON_ENCODE_ANY);

	if (result != NULL)
		fail_msg("%s is taken as %.80s", row->path, text);
	assert_int_equal(fault.code, FAULT_INPUT);
	assert_non_null(strstr(fault.text, "saved.json"));
	if ((kind == '@' || kind == '=') &&
	    (kind == '@') != (strstr(fault.text, " is too long: ") != NULL))
		fail_msg("%s as %.80s: %s", row->path, text, fault.text);
	free(text);
}

static void each_value(const struct report *report, const struct row *row, const char *values,
                       void (*check)(const struct report *, const struct row *, json_t *, char))
{
	while (*values != '\0') {
		size_t len = strcspn(values, "\n");
		json_t *value = value_of(values, len);

		check(report, row, value, *values);
		json_decref(value);
		values += len + (values[len] == '\n');
	}
}

#define NO_FINGERPRINTS \
	"7\n[7]\n[\"00\"]\n" \
	"[\"0000000000000000000000000000000000000000000000000000000000000000\"]\n" \
	"[\"g000000000000000000000000000000000000000000000000000000000000000\"]"
#define TEXT_4096 "\"x\"\n@4096", "7\n@4097"
#define NAME_255 "\"x\"\n@255", "7\n@256"
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define FLAG "true\nfalse", "1\n\"true\""

static const struct row rows[] = {
	{ "schema_version", "\"1.9\"", "\"2.0\"\n\"1\"\nnull\n7\n=64\n@65", true },
	{ "started", "\"2027-01-02T03:04:05Z\"", "\"yesterday\"\n7\n=64\n@65", false },
	{ "took_ms", "0\n1\n77\n4611686018427387903", "-1\n4611686018427387904\n\"x\"\n1.5", false },
	{ "stopped", FLAG, false },
	{ "status", "\"pass\"\n\"incomplete\"\n\"error\"", "\"maybe\"\n7\n=64\n@65", false },
	{ "answer", TEXT_4096, false },
	{ "policy.expressway", "\"X14.2.5\"", "\"next\"\n7\n=64\n@65", false },
	{ "policy.era", "\"openssl3\"", "\"openssl2\"\n7\n=64\n@65", false },
	{ "policy.traffic_server", "\"ats9\"", "\"ats7\"\n7\n=64\n@65", false },
	{ "policy.at", "\"2027-01-02T03:04:05Z\"", "\"soon\"\n7\n=64\n@65", false },
	{ "policy.orders_probed", "[\"rsa-first\"]\n[\"ecdsa-first\"]",
	  "7\n[7]\n[\"x\"]\n[\"rsa-first\",\"rsa-first\",\"rsa-first\"]", false },
	{ "policy.orders_in_force", "[\"rsa-first\"]\n[\"ecdsa-first\"]", "7\n[7]\n[\"x\"]\n[]",
	  false },
	{ "policy.order_why", "\"The saved report says: x\"", "7\n@4097", false },
	{ "policy.order_next", TEXT_4096, false },
	{ "policy.library_order", FLAG, false },
	{ "policy.calibration",
	  "{}\n{\"ip_san\": \"" X64 "\"}\n{\"verification\": \"enforced\"}",
	  "7\nnull\n{\"file\": 7}\n{\"text\": 7}\n{\"ip_san\": 7}\n"
	  "{\"ip_san\": \"" X64 "x\"}\n{\"verification\": \"x\"}\n{\"verification\": 7}",
	  true },
	{ "policy", "{}", "7\n[]\nnull", true },
	{ "trust_stores.0.name", "\"peer1\"", "7\nnull\n@4097\n\"x\"", false },
	{ "trust_stores.0.certificates", "1", "0\n2\n\"1\"\n-1\n200001", false },
	{ "trust_stores.0.unreadable", "0\n3\n200000", "-1\n200001\n\"x\"", false },
	{ "trust_stores.0.fingerprints", "", NO_FINGERPRINTS "\n[]", false },
	{ "trust_stores.0.withheld", "", NO_FINGERPRINTS "\n[]", false },
	{ "trust_stores.0.withheld_after", "[0]\n[1]", "7\n[]\n[2]\n[-1]\n[0,0]", false },
	{ "clusters.0.publisher", NAME_255 "\n\"\"\nnull", false },
	{ "clusters.0.port", "1\n65535", "0\n65536\n\"8443\"", false },
	{ "clusters.0.version", NAME_255, false },
	{ "clusters.0.source", "\"srv\"\n\"log\"", "\"dream\"\n7\n=64\n@65", false },
	{ "clusters.0.discovery", "", "7\nnull", false },
	{ "clusters.0.discovery.url", TEXT_4096, false },
	{ "clusters.0.discovery.outcome", "\"not-tried\"\n\"timeout\"\n\"stopped\"",
	  "\"dream\"\nnull\n7\n=64\n@65", false },
	{ "clusters.0.discovery.detail", TEXT_4096, false },
	{ "clusters.0.discovery.ip", NAME_255, false },
	{ "clusters.0.discovery.entries_dropped", "0\n2147483647", "-1\n2147483648\n\"x\"", false },
	{ "clusters.0.discovery.chain", "[]", NO_FINGERPRINTS, false },
	{ "nodes.0.name", NAME_255 "\n\"\"\nnull", false },
	{ "nodes.0.role", "\"imp\"\n\"unity\"", "\"x\"\n7\n=64\n@65", false },
	{ "nodes.0.source", "\"uds\"\n\"log\"", "\"x\"\n7\n=64\n@65", false },
	{ "nodes.0.cluster", "0\nnull", "1\n-1\n\"0\"", false },
	{ "nodes.0.written", TEXT_4096, false },
	{ "nodes.0.addresses", "", "7\n[7]", false },
	{ "nodes.0.addresses.0.address", NAME_255 "\n\"\"\nnull", false },
	{ "nodes.0.addresses.0.advertised", FLAG, false },
	{ "nodes.0.addresses.0.ips", "[]\n[\"127.0.0.9\",\"::1\"]", "7\n[7]\n[\"x\"]", false },
	{ "nodes.0.addresses.0.ips_left_out", "0\n2147483647", "-1\n2147483648\n\"x\"", false },
	{ "nodes.1.addresses.0.unresolved", TEXT_4096, false },
	{ "nodes.0.reverse_dns", "[]", "7\n[7]", false },
	{ "nodes.0.reverse_dns.0.ip", NAME_255 "\nnull", false },
	{ "nodes.0.reverse_dns.0.name", NAME_255, false },
	{ "nodes.0.reverse_dns.0.problem", TEXT_4096, false },
	{ "nodes.0.reverse_dns.0.agrees", FLAG, false },
	{ "certificates.0", "", "7\nnull", false },
	{ "certificates.0.pem", "",
	  "7\nnull\n\"x\"\n\"-----BEGIN CERTIFICATE-----AAAA\"\n"
	  "\"-----BEGIN CERTIFICATE----------END CERTIFICATE-----\"\n"
	  "\"-----BEGIN CERTIFICATE-----*-----END CERTIFICATE-----\"\n"
	  "\"-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----\"",
	  false },
	{ "client_ca_lists_der", "", "7\n[]", false },
	{ "client_ca_lists_der.0", "", "7\n[]\n[7]\n[\"\"]\n[\"*\"]", false },
	{ "client_certificates", "[]", "7", false },
	{ "client_certificates.0.name", TEXT_4096 "\nnull", false },
	{ "client_certificates.0.source", "\"file\"\n\"none\"", "\"x\"\nnull\n7\n=64\n@65", false },
	{ "client_certificates.0.host", NAME_255, true },
	{ "client_certificates.0.port", "0\n65535", "-1\n65536\n\"x\"", true },
	{ "client_certificates.0.problem", TEXT_4096, false },
	{ "client_certificates.0.chain", "[]", NO_FINGERPRINTS, false },
	{ "trust_snapshots", "[]", "7\n[7]", false },
	{ "trust_snapshots.0.name", TEXT_4096 "\nnull", false },
	{ "trust_snapshots.0.server", NAME_255, false },
	{ "trust_snapshots.0.unreadable", "0\n5\n2147483647", "-1\n2147483648\n\"x\"", false },
	{ "trust_snapshots.0.tomcat_trust", "[]", NO_FINGERPRINTS, false },
	{ "trust_snapshots.0.callmanager_trust", "[]", NO_FINGERPRINTS, false },
	{ "observations.0.id", "0", "\"x\"\n1.5", false },
	{ "observations.0.node_id", "0\n1", "-1\n2\n\"0\"", false },
	{ "observations.0.node", "", "7\n@256", false },
	{ "observations.0.address", NAME_255 "\n\"\"\nnull", false },
	{ "observations.0.ip", "\"\"\n\"::1\"", "7\n\"x\"", false },
	{ "observations.0.port", "1\n65535", "0\n65536\nnull\n\"x\"", false },
	{ "observations.0.order", "\"ecdsa-first\"", "\"x\"\nnull\n7\n=64\n@65", false },
	{ "observations.0.advertised", FLAG, false },
	{ "observations.0.tls_versions_offered", "[\"1.3\"]\n[\"1.2\",\"1.3\"]\n[]",
	  "7\n[7]\n[\"1.1\"]\n[\"1.2\",\"1.3\",\"1.2\"]", false },
	{ "observations.0.signature_order", "\"rsa-first\"", "\"x\"\n7\n=64\n@65", false },
	{ "observations.0.tls12_alone", "\"other\"\n\"refused\"\nnull", "\"x\"\n7\n=64\n@65", false },
	{ "observations.0.inferred", FLAG, false },
	{ "observations.0.outcome", "", "\"pending\"\n\"not-needed\"\n\"timeout\"\n\"x\"\nnull\n7\n=64\n@65",
	  false },
	{ "observations.0.reached", "\"nothing\"\n\"answered\"", "\"x\"\n7\n=64\n@65", false },
	{ "observations.0.flaw", "null\n\"bad-dh-value\"", "\"x\"\n7\n=64\n@65", false },
	{ "observations.0.tls_version", "\"x\"\n@64", "7\n@65", false },
	{ "observations.0.cipher_suite", NAME_255, false },
	{ "observations.0.chain", "", NO_FINGERPRINTS "\n[]", false },
	{ "observations.0.client_certificate_requested", FLAG, false },
	{ "observations.0.client_ca_names", "null", "\"x\"\n7\n=64\n@65", false },
	{ "observations.0.handshake_completed", FLAG, false },
	{ "observations.0.stopped_early", FLAG, false },
	{ "observations.0.took_ms", "0\n2147483647", "-1\n2147483648\n\"x\"", false },
	{ "observations.0.tries", "0\n2147483647", "-1\n2147483648\n\"x\"", false },
	{ "observations.0.detail", TEXT_4096, false },
	{ "verdicts.0.observation", "1", "\"x\"\n2\n-1\nnull", false },
	{ "verdicts.0.trust", "", "\"x\"\nnull\n7", false },
	{ "verdicts.0.accepted", FLAG, false },
	{ "verdicts.0.log", TEXT_4096, false },
	{ "verdicts.0.reasons", "[]", "7\n[7]\n[{\"id\":\"x\"}]", false },
	{ "verdicts.0.handshake", "", "7\n[{\"id\":\"x\"}]", true },
	{ "findings.0.id", "\"store-expired\"", "null\n7\n@65", false },
	{ "findings.0.severity", "\"fail\"\n\"info\"", "\"x\"\n7\n=64\n@65", false },
	{ "findings.0.title", TEXT_4096, false },
	{ "findings.0.certificate", "null", "\"00\"", false },
};

/* JSON is UTF-8 (RFC 8259, 8.1); what is none is not left out. */
static void test_text_that_is_no_utf8(void **state)
{
	static const char *const texts[][2] = {
		{ "a\xffz", "a\xef\xbf\xbdz" }, { "\xc3\xa9", "\xc3\xa9" }, { "", "" }, { NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		json_t *text = json_text(texts[i][0]);

		assert_int_equal(json_typeof(text), texts[i][1] != NULL ? JSON_STRING : JSON_NULL);
		if (texts[i][1] != NULL)
			assert_string_equal(json_string_value(text), texts[i][1]);
		json_decref(text);
	}
}

static void test_each_member(void **state)
{
	struct world world = full();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		each_value(world.report, &rows[i], rows[i].good, check_good);
		each_value(world.report, &rows[i], rows[i].bad, check_bad);
	}
	end_world(&world);
}

/* Nothing in `diff` asks for them. */
static void forget_reasons(json_t *reasons)
{
	size_t i;
	json_t *reason;

	json_array_foreach(reasons, i, reason)
		json_object_del(reason, "certificate");
}

static void forget_what_is_judged_anew(json_t *root)
{
	char last[65];
	size_t i;
	json_t *verdict;

	json_array_foreach(json_object_get(root, "verdicts"), i, verdict) {
		json_object_del(verdict, "log_lines");
		json_object_del(verdict, "notes");
		forget_reasons(json_object_get(verdict, "reasons"));
		forget_reasons(json_object_get(verdict, "handshake"));
	}

	json_object_del(walk(root, "clusters.0.discovery.verdicts", last), "verdicts");
	json_object_del(walk(root, "clusters.0.discovery.accepted", last), "accepted");
	json_object_del(root, "client_verdicts");
}

/* Nothing is lost on the way, and what is left out is as if it had never been said. */
static void test_all_comes_back(void **state)
{
	struct world world = full();
	struct report *again = report_new();
	struct fault fault = { FAULT_NONE, "" };
	json_t *first = written(world.report), *second;
	char *one, *two;

	(void)state;
	assert_int_equal(json_array_size(json_object_get(first, "unread")), 1);
	if (read_again(first, again, &fault) != 0)
		fail_msg("%s", fault.text);
	assert_true(again->clients[0].fetched); /* it was tried then */
	second = written(again);
	forget_what_is_judged_anew(first);
	forget_what_is_judged_anew(second);
	one = json_dumps(first, JSON_INDENT(1));
	two = json_dumps(second, JSON_INDENT(1));
	for (size_t i = 0; one[i] != '\0' || two[i] != '\0'; i++)
		if (one[i] != two[i])
			fail_msg("%.60s\ncomes back as\n%.60s", one + (i > 30 ? i - 30 : 0),
			         two + (i > 30 ? i - 30 : 0));
	free(one);
	free(two);
	json_decref(first);
	json_decref(second);
	report_free(again);
	end_world(&world);
}

/* A report that does not say how far a handshake got tells at least whether it ended well. */
/* RFC 3339 has the years 0000 to 9999; what is beyond them is null. */
static void test_times(void **state)
{
	static const struct {
		int64_t at;
		const char *text;
	} times[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -62167219200, "0000-01-01T00:00:00Z" },
		{ -62167219201, NULL },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ 253402300800, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		json_t *time = json_time(times[i].at);

		if (times[i].text == NULL)
			assert_true(json_is_null(time));
		else
			assert_string_equal(times[i].text, json_string_value(time));
		json_decref(time);
	}
}

/* A report that does not say how long it took, and when, is none of a millisecond. */
static void test_no_times(void **state)
{
	struct world world = new_world();
	struct report *again = report_new();
	json_t *root;

	(void)state;
	world.report->took_ms = 77;
	root = written(world.report);
	json_object_del(root, "took_ms");
	assert_int_equal(read_again(root, again, NULL), 0);
	assert_int_equal(again->took_ms, 0);
	json_decref(root);
	root = written(world.report);
	assert_int_equal(read_again(root, again, NULL), 0);
	assert_int_equal(again->took_ms, 77);
	json_decref(root);
	report_free(again);
	end_world(&world);
}

/* Lists stand in the order of their ids, whoever was heard first: two runs are compared line by
 * line. */
static void test_lists_are_sorted(void **state)
{
	struct report *report = report_new();
	const char *before = "", *key;
	json_t *root, *value;
	size_t count = 0;

	(void)state;
	for (unsigned char i = 0; i < 20; i++) {
		unsigned char bytes[sizeof ca_names];

		memcpy(bytes, ca_names, sizeof bytes);
		bytes[sizeof bytes - 1] = (unsigned char)('a' + i);
		assert_non_null(ca_lists_add(&report->client_ca_lists, bytes, sizeof bytes));
	}
	root = written(report);
	json_object_foreach(json_object_get(root, "client_ca_lists"), key, value) {
		assert_true(strcmp(before, key) < 0);
		before = key;
		count++;
	}
	assert_int_equal(20, count);
	json_decref(root);
	report_free(report);
}

static void test_how_far_an_old_report_got(void **state)
{
	static const struct {
		bool completed, requested;
		const char *reached;
	} rows_of[] = { { true, false, "finished" },
		        { true, true, "finished" },
		        { false, true, "answered" },
		        { false, false, "certificate" } };
	struct world world = full();

	(void)state;
	for (size_t i = 0; i < sizeof rows_of / sizeof *rows_of; i++) {
		struct fault fault = { FAULT_NONE, "" };
		json_t *result;
		char last[65];

		world.report->observations[0].handshake_completed = rows_of[i].completed;
		world.report->observations[0].client_certificate_requested = rows_of[i].requested;
		result = with_member(world.report, "observations.0.reached", json_null(), &fault);
		assert_non_null(result);
		assert_string_equal(
			json_string_value(json_object_get(walk(result, "observations.0.reached", last),
		                                          "reached")),
			rows_of[i].reached);
		json_decref(result);
	}
	chain_clear(&world.report->observations[0].chain);
	world.report->observations[0].outcome = OUTCOME_TIMEOUT;
	{
		struct fault fault = { FAULT_NONE, "" };
		json_t *result =
			with_member(world.report, "observations.0.reached", json_null(), &fault);
		char last[65];

		assert_string_equal(
			json_string_value(json_object_get(walk(result, "observations.0.reached", last),
		                                          "reached")),
			"nothing");
		json_decref(result);
	}
	end_world(&world);
}

static void test_of_a_file(void **state)
{
	struct world world = full();
	struct report *again = report_new();
	struct fault fault = { FAULT_NONE, "" };
	json_t *root = written(world.report);
	char path[] = "/tmp/mra-saved-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(json_dumpfd(root, fd, 0), 0);
	close(fd);
	assert_int_equal(reader_file(again, path, KEEP_ALL, &fault), 0);
	assert_int_equal(again->node_count, 2);
	assert_int_equal(again->observation_count, 2);
	unlink(path);
	assert_int_equal(reader_file(again, path, KEEP_ALL, &fault), -1);
	assert_int_equal(fault.code, FAULT_FILE);
	json_decref(root);
	report_free(again);
	end_world(&world);
}

/* Two files with a store of one name: once where they hold the same, else told apart by file. */
static void test_stores_of_two_files(void **state)
{
	(void)state;
	for (int same = 0; same < 2; same++) {
		struct world world = full();
		struct report *again = report_new();
		struct fault fault = { FAULT_NONE, "" };
		json_t *root = written(world.report);

		assert_int_equal(read_again(root, again, &fault), 0);
		json_decref(root);
		if (!same)
			trust(&world, 0, &world.made[2]);
		root = written(world.report);
		assert_int_equal(read_again(root, again, &fault), 0);
		json_decref(root);
		assert_int_equal(again->store_count, same ? 1 : 2);
		assert_string_equal(again->stores[0].name, "peer1");
		if (!same)
			assert_string_equal(again->stores[1].name, "peer1 (saved.json)");
		assert_int_equal(again->client_count, 1);
		report_free(again);
		end_world(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_comes_back),
		cmocka_unit_test(test_text_that_is_no_utf8),
		cmocka_unit_test(test_each_member),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_no_times),
		cmocka_unit_test(test_lists_are_sorted),
		cmocka_unit_test(test_how_far_an_old_report_got),
		cmocka_unit_test(test_of_a_file),
		cmocka_unit_test(test_stores_of_two_files),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
