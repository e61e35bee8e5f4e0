/* SPDX-License-Identifier: MIT */
/* Files that others wrote: what `log -f json` saved, an answer of CUCM's certificate API, and
 * reports cut into pieces, which jansson, read whole, has to agree with. */
#include "config.h"

#include "base/mem.h"
#include "options.h"
#include "run_calibration.h"
#include "saved/calibration.h"
#include "saved/document.h"
#include "saved/snapshot.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* --- calibration ------------------------------------------------------------------------------ */

static struct calibration *calibration_of(const char *rows, struct fault *fault)
{
	char *text = mem_printf("{\"kind\":\"log\",\"calibration\":[%s]}", rows);
	struct calibration *read = calibration_read(text, strlen(text), "log.json", fault);

	free(text);
	return read;
}

#define ROW(id, value) "{\"id\":\"" id "\",\"value\":\"" value "\"}"

static void test_calibration(void **state)
{
	static const struct {
		const char *rows;
		int era, server, order, ip_san;
		enum verification verification;
	} rows[] = {
		{ "", -1, -1, -1, -1, VERIFICATION_UNPROVEN },
		{ ROW("era", "openssl1"), ERA_OPENSSL1, -1, -1, -1, VERIFICATION_UNPROVEN },
		{ ROW("era", "openssl3"), ERA_OPENSSL3, -1, -1, -1, VERIFICATION_UNPROVEN },
		{ ROW("traffic-server", "ats8"), -1, TRAFFIC_SERVER_8, -1, -1, VERIFICATION_UNPROVEN },
		{ ROW("traffic-server", "ats9"), -1, TRAFFIC_SERVER_9, -1, -1, VERIFICATION_UNPROVEN },
		{ ROW("order", "rsa-first"), -1, -1, ORDER_RSA_FIRST, -1, VERIFICATION_UNPROVEN },
		{ ROW("order", "ecdsa-first"), -1, -1, ORDER_ECDSA_FIRST, -1, VERIFICATION_UNPROVEN },
		{ ROW("ip-san", "yes"), -1, -1, -1, 1, VERIFICATION_UNPROVEN },
		{ ROW("ip-san", "no"), -1, -1, -1, 0, VERIFICATION_UNPROVEN },
		{ ROW("verification", "enforced"), -1, -1, -1, -1, VERIFICATION_ENFORCED },
		{ ROW("verification", "permissive"), -1, -1, -1, -1, VERIFICATION_PERMISSIVE },
		{ ROW("era", "unknown") "," ROW("order", "not-seen") "," ROW("ip-san", "not-seen"), -1,
		  -1, -1, -1, VERIFICATION_UNPROVEN },
		{ ROW("of-a-newer-version", "x") "," ROW("era", "openssl3"), ERA_OPENSSL3, -1, -1, -1,
		  VERIFICATION_UNPROVEN },
	};
	static const char *const bad[] = {
		ROW("era", "openssl2"), ROW("traffic-server", "ats7"), ROW("order", "both"),
		ROW("ip-san", "maybe"), ROW("ip-san", "yea"),          ROW("verification", "x"),
		"{\"id\":\"era\"}",     "{\"value\":\"openssl1\"}",    "7",
		"{\"id\":\"era\",\"value\":1}",
	};
	static const char *const none[] = {
		"", "7", "[]", "{", "{}", "{\"kind\":\"log\"}", "{\"kind\":\"report\",\"calibration\":[]}",
		"{\"calibration\":[]}", "{\"kind\":\"log\",\"calibration\":{}}",
		"{\"kind\":\"log\",\"kind\":\"log\",\"calibration\":[]}",
	};
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct calibration *read = calibration_of(rows[i].rows, &fault);

		assert_non_null(read);
		assert_int_equal(read->era, rows[i].era);
		assert_int_equal(read->traffic_server, rows[i].server);
		assert_int_equal(read->order, rows[i].order);
		assert_int_equal(read->ip_san, rows[i].ip_san);
		assert_int_equal(read->verification, rows[i].verification);
		assert_string_equal(read->file, "log.json");
		calibration_free(read);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		fault.text[0] = '\0';
		assert_null(calibration_of(bad[i], &fault));
		assert_non_null(strstr(fault.text, "log.json"));
		assert_int_equal(fault.code, FAULT_USAGE);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		fault.text[0] = '\0';
		assert_null(calibration_read(none[i], strlen(none[i]), "log.json", &fault));
		assert_non_null(strstr(fault.text, "log.json"));
	}
	assert_null(calibration_read("{\n\n!", 4, "log.json", &fault));
	assert_non_null(strstr(fault.text, "line 3"));
}

/* What it changes, and what an option of now keeps it from changing. */
static void test_what_a_calibration_changes(void **state)
{
	static const struct {
		const char *rows;
		const char *expressway, *upgrade;
		bool era_given, server_given, order_said;
		enum era era;
		enum traffic_server server;
		bool honours, rsa, ecdsa; /* in force */
		const char *said;         /* behind "As the log in FILE shows:" */
	} rows[] = {
		{ "", NULL, NULL, false, false, false, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, true, true,
		  " That verification is on is not proved by it." },
		{ ROW("verification", "enforced"), NULL, NULL, false, false, false, ERA_OPENSSL1,
		  TRAFFIC_SERVER_8, false, true, true, " Verification was enforced." },
		{ ROW("verification", "permissive"), NULL, NULL, false, false, false, ERA_OPENSSL1,
		  TRAFFIC_SERVER_8, false, true, true,
		  " Verification was permissive, of one peer at least: what is refused here was logged and let pass there." },
		{ ROW("era", "openssl3") "," ROW("traffic-server", "ats9") "," ROW(
			  "verification", "enforced"),
		  NULL, NULL, false, false, false, ERA_OPENSSL3, TRAFFIC_SERVER_9, false, true, true,
		  " The era is openssl3. The traffic server is ats9. Verification was enforced." },
		{ ROW("era", "openssl3") "," ROW("traffic-server", "ats9") "," ROW(
			  "verification", "enforced"),
		  "X14.2", NULL, false, false, false, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, true, true,
		  " Verification was enforced." },
		{ ROW("era", "openssl3") "," ROW("traffic-server", "ats9") "," ROW(
			  "verification", "enforced"),
		  NULL, "X14.0,X14.2", false, false, false, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, true,
		  true, " Verification was enforced." },
		{ ROW("era", "openssl3") "," ROW("traffic-server", "ats9") "," ROW(
			  "verification", "enforced"),
		  NULL, NULL, true, false, false, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, true, true,
		  " Verification was enforced." },
		{ ROW("era", "openssl3") "," ROW("traffic-server", "ats9") "," ROW(
			  "verification", "enforced"),
		  NULL, NULL, false, true, false, ERA_OPENSSL3, TRAFFIC_SERVER_8, false, true, true,
		  " The era is openssl3. Verification was enforced." },
		{ ROW("ip-san", "yes") "," ROW("verification", "enforced"), NULL, NULL, false, false,
		  false, ERA_OPENSSL1, TRAFFIC_SERVER_8, true, true, true,
		  " An iPAddress SAN covers a connection to that IP. Verification was enforced." },
		{ ROW("ip-san", "no") "," ROW("verification", "enforced"), NULL, NULL, false, false,
		  false, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, true, true,
		  " An iPAddress SAN covers no connection. Verification was enforced." },
		{ ROW("ip-san", "yes") "," ROW("traffic-server", "ats9") "," ROW("verification",
		                                                                 "enforced"),
		  "X14.2", NULL, false, false, false, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, true, true,
		  " What it shows of iPAddress SANs is not taken over: the log is of ats9, the "
		  "certificates are judged as by ats8. Verification was enforced." },
		{ ROW("ip-san", "yes") "," ROW("traffic-server", "ats8") "," ROW("verification",
		                                                                 "enforced"),
		  "X14.2", NULL, false, false, false, ERA_OPENSSL1, TRAFFIC_SERVER_8, true, true, true,
		  " An iPAddress SAN covers a connection to that IP. Verification was enforced." },
		{ ROW("order", "rsa-first") "," ROW("verification", "enforced"), NULL, NULL, false, false,
		  false, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, true, false,
		  " The order is rsa-first. Verification was enforced." },
		{ ROW("order", "ecdsa-first") "," ROW("verification", "enforced"), NULL, NULL, false,
		  false, false, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, false, true,
		  " The order is ecdsa-first. Verification was enforced." },
		{ ROW("order", "rsa-first") "," ROW("verification", "enforced"), NULL, NULL, false, false,
		  true, ERA_OPENSSL1, TRAFFIC_SERVER_8, false, true, true,
		  " Verification was enforced." },
	};
	char path[] = "/tmp/mra-calibration-XXXXXX", *said;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		struct options options;
		struct fault fault;
		FILE *file = fopen(path, "w");

		memset(&options, 0, sizeof options);
		options.calibration = path;
		options.expressway = (char *)(uintptr_t)rows[i].expressway;
		options.upgrade = (char *)(uintptr_t)rows[i].upgrade;
		options.era_given = rows[i].era_given;
		options.traffic_server_given = rows[i].server_given;
		if (rows[i].order_said)
			report->policy.order_why = mem_strdup("An option says so.");
		fprintf(file, "{\"kind\":\"log\",\"calibration\":[%s]}", rows[i].rows);
		fclose(file);
		assert_int_equal(run_calibration(&report->policy, &options, &fault), 0);
		assert_int_equal(report->policy.era, rows[i].era);
		assert_int_equal(report->policy.traffic_server, rows[i].server);
		assert_int_equal(report->policy.honours_ip_san, rows[i].honours);
		assert_int_equal(report->policy.order_in_force[ORDER_RSA_FIRST], rows[i].rsa);
		assert_int_equal(report->policy.order_in_force[ORDER_ECDSA_FIRST], rows[i].ecdsa);
		said = mem_printf("As the log in %s shows:%s", path, rows[i].said);
		assert_string_equal(report->policy.calibration->text, said);
		assert_true(report->policy.calibration->given);
		free(said);
		if (!rows[i].rsa || !rows[i].ecdsa) {
			said = mem_printf("The log in %s shows that Expressway offers %s first.", path,
			                  rows[i].rsa ? "RSA" : "ECDSA");
			assert_string_equal(report->policy.order_why, said);
			free(said);
		}
		report_free(report);
	}
	unlink(path);
}

/* --- CUCM's trust stores ---------------------------------------------------------------------- */

static char *pem_of(const struct made *made)
{
	gnutls_datum_t pem;
	struct buf out;

	assert_int_equal(gnutls_x509_crt_export2(made->crt, GNUTLS_X509_FMT_PEM, &pem), 0);
	buf_init(&out);
	for (unsigned i = 0; i < pem.size; i++)
		buf_printf(&out, pem.data[i] == '\n' ? "\\n" : "%c", pem.data[i]);
	gnutls_free(pem.data);
	return buf_take(&out);
}

static int snapshot_of(struct world *world, const char *text, struct snapshot *snapshot,
                       struct fault *fault)
{
	*snapshot = (struct snapshot){ .name = NULL };
	fault->text[0] = '\0';
	return snapshot_read(&world->report->certs, text, strlen(text), "cucm.json", snapshot, fault);
}

static void snapshot_forget(struct snapshot *snapshot)
{
	free(snapshot->server);
	store_clear(&snapshot->tomcat);
	store_clear(&snapshot->callmanager);
}

static void test_snapshot(void **state)
{
	static const struct {
		const char *text, *says; /* says NULL: it is taken */
	} rows[] = {
		{ "{\"trusts\":[{\"service\":\"tomcat-trust\",\"certificate_data\":[]},"
		  "{\"service\":\"CallManager-trust\",\"certificate_data\":[]}]}",
		  NULL },
		{ "{\"trusts\":[{\"service\":\"TOMCAT\",\"certificate_data\":[]},"
		  "{\"service\":\"callmanager\",\"certificate_data\":[]},{\"service\":\"x\"},7]}",
		  NULL },
		{ "{\"trusts\":[{\"service\":\"tomcat-trust\",\"certificate_data\":[]}]}",
		  "does not hold CallManager-trust" },
		{ "{\"trusts\":[{\"service\":\"CallManager-trust\",\"certificate_data\":[]}]}",
		  "does not hold tomcat-trust:" },
		{ "{\"trusts\":[]}", "does not hold tomcat-trust and CallManager-trust" },
		{ "{\"trusts\":[{\"service\":\"tomcat-ECDSA\",\"certificate_data\":[]}]}",
		  "does not hold tomcat-trust and CallManager-trust" },
		{ "{\"trusts\":[{\"service\":\"tomcat-trust\"}]}", "is not an answer" },
		{ "{\"trusts\":[{\"service\":\"CallManager-trust\",\"certificate_data\":{}}]}",
		  "is not an answer" },
		{ "{\"trusts\":{}}", "is not an answer" },
		{ "{}", "is not an answer" },
		{ "[]", "is not an answer" },
		{ "{", "is not an answer" },
	};
	struct world world = new_world();
	const struct made *one = make(&world, "One", NULL, NULL, MADE_CA),
			  *two = make(&world, "Two", NULL, NULL, MADE_CA);
	char *first = pem_of(one), *second = pem_of(two), *text;
	struct snapshot snapshot;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(snapshot_of(&world, rows[i].text, &snapshot, &fault),
		                 rows[i].says == NULL ? 0 : -1);
		if (rows[i].says != NULL && strstr(fault.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].text, fault.text);
		assert_null(snapshot.server);
		snapshot_forget(&snapshot);
	}
	text = mem_printf("{\"server\":\"cucm1\",\"trusts\":[{\"service\":\"tomcat-trust\","
	                  "\"certificate_data\":[{\"certificate\":\"%s%s\"},{\"certificate\":\"%s\"},"
	                  "{\"certificate\":\"x\"},{},7]},{\"service\":\"CallManager-trust\","
	                  "\"certificate_data\":[{\"certificate\":\"%s\"}]}]}",
	                  first, second, first, second);
	assert_int_equal(snapshot_of(&world, text, &snapshot, &fault), 0);
	assert_string_equal(snapshot.server, "cucm1");
	assert_int_equal(snapshot.tomcat.count, 2); /* each once */
	assert_int_equal(snapshot.tomcat.unreadable, 3);
	assert_int_equal(snapshot.callmanager.count, 1);
	assert_ptr_equal(snapshot.callmanager.certs[0], two->cert);
	assert_int_equal(snapshot.callmanager.unreadable, 0);
	snapshot_forget(&snapshot);
	assert_int_equal(snapshot_of(&world,
	                             "{\"server\":\"\",\"trusts\":[{\"service\":\"tomcat\","
	                             "\"certificate_data\":[]},{\"service\":\"CallManager\","
	                             "\"certificate_data\":[]}]}",
	                             &snapshot, &fault),
	                 0);
	assert_null(snapshot.server);
	snapshot_forget(&snapshot);
	free(text);
	free(first);
	free(second);
	end_world(&world);
}

/* --- a report in pieces ----------------------------------------------------------------------- */

static const char *const lists[] = { "list", "keys", NULL };

static int add_element(void *arg, const char *key, const json_t *value)
{
	json_t *to = arg;

	return key != NULL ? json_object_set(to, key, (json_t *)(uintptr_t)value)
	                   : json_array_append(to, (json_t *)(uintptr_t)value);
}

/* All of the text, put together again; NULL: it is refused. */
static json_t *in_pieces(const char *text, size_t len, struct fault *fault)
{
	struct document document;
	json_t *whole = NULL, *list = json_array(), *keys = json_object();

	if (document_open(&document, text, len, "x.json", lists, fault) == 0 &&
	    document_each(&document, "list", false, 1000, add_element, list, fault) == 0 &&
	    document_each(&document, "keys", true, 1000, add_element, keys, fault) == 0) {
		whole = json_deep_copy(document.root);
		if (json_array_size(list) > 0)
			json_object_set(whole, "list", list);
		if (json_object_size(keys) > 0)
			json_object_set(whole, "keys", keys);
	}
	document_clear(&document);
	json_decref(list);
	json_decref(keys);
	return whole;
}

/* What jansson makes of it at once; empty lists are as if they were not there. */
static json_t *at_once(const char *text, size_t len)
{
	json_t *whole = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	json_t *list = json_object_get(whole, "list"), *keys = json_object_get(whole, "keys");

	if (!json_is_object(whole) || (list != NULL && !json_is_array(list)) ||
	    (keys != NULL && !json_is_object(keys))) {
		json_decref(whole);
		return NULL;
	}
	if (list != NULL && json_array_size(list) == 0)
		json_object_del(whole, "list");
	if (keys != NULL && json_object_size(keys) == 0)
		json_object_del(whole, "keys");
	return whole;
}

static size_t compare(const char *text, size_t len)
{
	struct fault fault = { FAULT_NONE, "" };
	json_t *ours = in_pieces(text, len, &fault), *theirs = at_once(text, len);
	bool same = (ours == NULL) == (theirs == NULL) &&
	            (ours == NULL || json_equal(ours, theirs));
	bool good = ours != NULL;

	if (!same)
		fail_msg("%.*s: %s, jansson %s", (int)len, text, ours == NULL ? fault.text : "taken",
		         theirs == NULL ? "refuses it" : "takes it");
	if (ours == NULL)
		assert_non_null(strstr(fault.text, "x.json"));
	json_decref(ours);
	json_decref(theirs);
	return good;
}

/* Each byte left out, doubled, and put in place of another; and every beginning of the text. */
static void test_pieces(void **state)
{
	static const char *const texts[] = {
		"{\"a\":1,\"list\":[1,{\"x\":\"]}\\\"\"},[2],null],\"keys\":{\"k\":\"v\",\"l\":[]},\"s\":\"\\u0041\"}",
		" {\n\"list\" : [ ] , \"keys\":{ } }\r\n\t",
		"{}", "{\"list\":[[],[{}]],\"b\":[true,false]}",
		"{\"keys\":{\"a\\\\\":{\"b\":\"{\"},\"c,\":0},\"d\":{\"list\":[1]}}",
	};
	static const char letters[] = "{}[],:\"\\ 0a-\n";
	size_t taken = 0;

	(void)state;
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
		size_t len = strlen(texts[t]);
		char *bent = mem_alloc(len + 2);

		for (size_t i = 0; i <= len; i++) {
			taken += compare(texts[t], i);
			if (i == len)
				break;
			memcpy(bent, texts[t], i);
			memcpy(bent + i, texts[t] + i + 1, len - i - 1);
			taken += compare(bent, len - 1);
			memcpy(bent + i + 1, texts[t] + i, len - i);
			for (const char *letter = letters; *letter != '\0'; letter++) {
				bent[i] = *letter;
				taken += compare(bent, len + 1);
				memcpy(bent + i + 1, texts[t] + i + 1, len - i - 1);
				taken += compare(bent, len);
				memcpy(bent + i + 1, texts[t] + i, len - i);
			}
		}
		free(bent);
	}
	assert_true(taken > 200);
}

/* More elements than are wanted, and the line of what is wrong. */
static void test_bounds_and_lines(void **state)
{
	static const char text[] = "{\"list\":[1,2,3],\n\"keys\":{\"a\":1,\n\"b\":2}}";
	struct document document;
	struct fault fault;
	json_t *to = json_array();

	(void)state;
	assert_int_equal(document_open(&document, text, sizeof text - 1, "x.json", lists, &fault), 0);
	assert_int_equal(document_each(&document, "list", false, 3, add_element, to, &fault), 0);
	assert_int_equal(json_array_size(to), 3);
	assert_int_equal(document_each(&document, "list", false, 2, add_element, to, &fault), -1);
	assert_int_equal(document_each(&document, "keys", true, 2, NULL, NULL, &fault), 0);
	assert_int_equal(document_each(&document, "list", true, 9, NULL, NULL, &fault), -1);
	assert_int_equal(document_each(&document, "keys", false, 9, NULL, NULL, &fault), -1);
	document_clear(&document);
	json_decref(to);
	assert_int_equal(document_open(&document, "{\"a\":1,\n\n!}", 11, "x.json", lists, &fault), -1);
	assert_non_null(strstr(fault.text, "line 3"));
	document_clear(&document);
	assert_int_equal(document_open(&document, "{\"a\":1,\n\"b\":\n\n!}", 16, "x.json", lists,
	                               &fault),
	                 -1);
	assert_non_null(strstr(fault.text, "line 4"));
	document_clear(&document);
	assert_int_equal(document_open(&document, "\n{\"a\":!}", 9, "x.json", lists, &fault), -1);
	assert_non_null(strstr(fault.text, "line 2"));
	document_clear(&document);
	assert_int_equal(document_open(&document, "{\"list\":nul}", 12, "x.json", lists, &fault), 0);
	assert_int_equal(document_each(&document, "list", false, 3, NULL, NULL, &fault), -1);
	document_clear(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calibration),
		cmocka_unit_test(test_what_a_calibration_changes),
		cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_bounds_and_lines),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
