/* SPDX-License-Identifier: MIT */
/* A saved report is evidence, and it may come from anywhere: types, lengths and references are
 * checked one by one, and a certificate is what its PEM says, never what stands beside it. Text is
 * valid UTF-8 without NUL: jansson refuses the rest. */
#include "config.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "model/release.h"
#include "saved/reader.h"
#include "saved/reader_parts.h"

#include <stdlib.h>
#include <string.h>

static int check_version(const struct reader *reader)
{
	const char *version = NULL;

	if (reader_word(reader, reader->root, "the report", "schema_version", &version) != 0)
		return -1;
	if (version == NULL)
		return fault_set(
			reader->fault, FAULT_INPUT,
			"%s has no schema_version: this is not a JSON report of mra-preflight",
			reader->what);
	if (strncmp(version, "1.", 2) != 0)
		return fault_set(
			reader->fault, FAULT_INPUT,
			"%s has schema_version %s, this program reads 1.x: use a newer one",
			reader->what, version);
	return 0;
}

static int read_times(const struct reader *reader)
{
	const char *started = NULL;
	int64_t took_ms = 0, at;
	bool stopped = false;

	if (reader_word(reader, reader->root, "the report", "started", &started) != 0 ||
	    reader_integer(reader, reader->root, "the report", "took_ms", 0, INT64_MAX / 2,
	                   &took_ms) != 0 ||
	    reader_bool(reader, reader->root, "the report", "stopped", &stopped) != 0)
		return -1;
	if (started != NULL && clock_parse(started, &at) != 0)
		return reader_bad(reader, "the report", "started", "is not a time");
	/* of several reports, the time of the latest */
	if (started != NULL &&
	    (reader->report->observation_count == 0 || at > reader->report->started))
		reader->report->started = at;
	if (took_ms > reader->report->took_ms)
		reader->report->took_ms = took_ms;
	reader->report->stopped = reader->report->stopped || stopped;
	return 0;
}

static int read_orders(const struct reader *reader, const json_t *policy, const char *member,
                       bool orders[ORDER_COUNT])
{
	const json_t *list;

	if (reader_array(reader, policy, "the policy", member, ORDER_COUNT, &list) != 0)
		return -1;
	if (list == NULL)
		return 0;
	for (int i = 0; i < ORDER_COUNT; i++)
		orders[i] = false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		enum order order;

		if (name == NULL || order_parse(name, &order) != 0)
			return reader_bad(reader, "the policy", member, "names an unknown order");
		orders[order] = true;
	}
	return 0;
}

#define SAID "The saved report says: "

static bool is_said(const char *why)
{
	return why != NULL && strncmp(why, SAID, strlen(SAID)) == 0;
}

/* What a report says of the orders; sentences borrowed. */
struct orders_said {
	bool probed[ORDER_COUNT], in_force[ORDER_COUNT];
	bool assumed, chain_first;
	const char *why, *next;
};

static int read_orders_said(const struct reader *reader, const json_t *object,
                            struct orders_said *said)
{
	for (int i = 0; i < ORDER_COUNT; i++)
		said->probed[i] = said->in_force[i] = true;
	if (read_orders(reader, object, "orders_probed", said->probed) != 0 ||
	    read_orders(reader, object, "orders_in_force", said->in_force) != 0 ||
	    reader_text(reader, object, "the policy", "order_why", READER_TEXT_MOST, &said->why) !=
		    0 ||
	    reader_text(reader, object, "the policy", "order_next", READER_TEXT_MOST,
	                &said->next) != 0)
		return -1;
	/* A report of an older mra-preflight: whoever was sure of the order probed no other. */
	said->assumed = said->probed[ORDER_RSA_FIRST] && said->probed[ORDER_ECDSA_FIRST] &&
	                said->in_force[ORDER_RSA_FIRST] != said->in_force[ORDER_ECDSA_FIRST];
	if (reader_bool(reader, object, "the policy", "order_assumed", &said->assumed) != 0)
		return -1;
	return reader_bool(reader, object, "the policy", "chain_first", &said->chain_first);
}

static void adopt_orders(struct policy *policy, const struct orders_said *said)
{
	for (int i = 0; i < ORDER_COUNT; i++) {
		policy->probe_order[i] = said->probed[i];
		policy->order_in_force[i] = said->in_force[i];
	}
	policy->order_assumed = said->assumed;
	policy->chain_first = said->chain_first;
	policy->order_why = said->why == NULL    ? NULL
	                    : is_said(said->why) ? mem_strdup(said->why)
	                                         : mem_printf(SAID "%s", said->why);
	policy->order_next = said->next == NULL ? NULL : mem_strdup(said->next);
}

/* Reports that differ: what any of them has counts, and no sentence holds for all. */
static void join_orders(struct policy *policy, const struct orders_said *said)
{
	bool same = true;

	for (int i = 0; i < ORDER_COUNT; i++) {
		same = same && policy->order_in_force[i] == said->in_force[i];
		policy->probe_order[i] = policy->probe_order[i] || said->probed[i];
		policy->order_in_force[i] = policy->order_in_force[i] || said->in_force[i];
	}
	policy->chain_first = policy->chain_first || said->chain_first;
	policy->order_assumed = same && (policy->order_assumed || said->assumed);
	if (same)
		return;
	free(policy->order_why);
	free(policy->order_next);
	policy->order_why = policy->order_next = NULL;
}

static int parse_calibration(const struct reader *reader, const json_t *object,
                             struct calibration **out)
{
	const char *file = "", *text = "", *ip_san = "", *verification = "unproven";
	struct calibration *read;

	if (reader_text(reader, object, "the calibration", "file", READER_TEXT_MOST, &file) != 0 ||
	    reader_text(reader, object, "the calibration", "text", READER_TEXT_MOST, &text) != 0 ||
	    reader_word(reader, object, "the calibration", "ip_san", &ip_san) != 0 ||
	    reader_word(reader, object, "the calibration", "verification", &verification) != 0)
		return -1;
	read = *out = calibration_new(file);
	read->text = *text == '\0' || is_said(text) ? mem_strdup(text)
	                                            : mem_printf(SAID "%s", text);
	read->ip_san = strcmp(ip_san, "yes") == 0 ? 1 : strcmp(ip_san, "no") == 0 ? 0 : -1;
	if (verification_parse(verification, &read->verification) != 0)
		return reader_bad(reader, "the calibration", "verification",
		                  "is none that is known");
	return 0;
}

static bool same_calibration(const struct calibration *a, const struct calibration *b)
{
	return a != NULL && b != NULL && a->ip_san == b->ip_san && strcmp(a->text, b->text) == 0;
}

/* What a log had shown when the report was made holds as long as the release does; reports that
 * differ in it: not at all. */
static int read_calibration(const struct reader *reader, const json_t *policy_object)
{
	const json_t *object = json_object_get(policy_object, "calibration");
	struct policy *policy = &reader->report->policy;
	bool first = reader->report->node_count == 0 && reader->report->cluster_count == 0;
	struct calibration *read = NULL;

	if (object != NULL && !json_is_object(object))
		return reader_bad(reader, "the policy", "calibration", "is no object");
	if (policy->from == POLICY_GIVEN ||
	    (policy->calibration != NULL && policy->calibration->given))
		return 0;
	if (object != NULL && parse_calibration(reader, object, &read) != 0) {
		calibration_free(read);
		return -1;
	}
	if (!first && !same_calibration(policy->calibration, read)) {
		calibration_free(read);
		read = NULL;
	}
	calibration_free(policy->calibration);
	policy->calibration = read;
	policy->honours_ip_san = read != NULL && read->ip_san == 1;
	return 0;
}

/* What the report was judged as holds unless the command line says a release, an era or a traffic
 * server; reports that differ in it cannot be judged together without that. */
static int read_release(const struct reader *reader, const json_t *object)
{
	struct policy *policy = &reader->report->policy, said = *policy;
	const char *expressway = NULL, *era = NULL, *server = NULL;
	struct release release;

	if (reader_word(reader, object, "the policy", "expressway", &expressway) != 0 ||
	    reader_word(reader, object, "the policy", "era", &era) != 0 ||
	    reader_word(reader, object, "the policy", "traffic_server", &server) != 0)
		return -1;
	if (expressway != NULL && release_parse(expressway, strlen(expressway), &release) != 0)
		return reader_bad(reader, "the policy", "expressway", "is not a release");
	if (era != NULL && era_parse(era, &said.era) != 0)
		return reader_bad(reader, "the policy", "era", "is none that is known");
	if (server != NULL && traffic_server_parse(server, &said.traffic_server) != 0)
		return reader_bad(reader, "the policy", "traffic_server", "is none that is known");
	if (server == NULL)
		said.traffic_server =
			traffic_server_of(said.era); /* a report of an older mra-preflight */
	if (policy->from == POLICY_GIVEN)
		return 0;
	if (policy->calibration != NULL && policy->calibration->given &&
	    policy->calibration->era >= 0)
		said.era = (enum era)policy->calibration->era;
	if (policy->calibration != NULL && policy->calibration->given &&
	    policy->calibration->traffic_server >= 0)
		said.traffic_server = (enum traffic_server)policy->calibration->traffic_server;
	if (policy->from == POLICY_SAVED &&
	    (said.era != policy->era || said.traffic_server != policy->traffic_server ||
	     (expressway != NULL &&
	      (policy->expressway == NULL || strcmp(expressway, policy->expressway) != 0))))
		return fault_set(
			reader->fault, FAULT_USAGE,
			"%s was judged for another release than the report before it: say which "
			"one counts with --expressway",
			reader->what);
	if (expressway != NULL)
		release_apply(&release, policy);
	policy->era = said.era;
	policy->traffic_server = said.traffic_server;
	policy->from = POLICY_SAVED;
	return 0;
}

/* Which order is in force was said when the evidence was taken; an option of now wins (order_why is
 * set before any report is read). */
static int read_policy(const struct reader *reader)
{
	const json_t *object = json_object_get(reader->root, "policy");
	struct policy *policy = &reader->report->policy;
	struct orders_said said = { .why = NULL };
	bool library_order = false;

	if (object == NULL)
		return 0;
	if (!json_is_object(object))
		return reader_bad(reader, "the report", "policy", "is not an object");
	if (read_release(reader, object) != 0 || read_orders_said(reader, object, &said) != 0 ||
	    reader_bool(reader, object, "the policy", "library_order", &library_order) != 0 ||
	    read_calibration(reader, object) != 0)
		return -1;
	policy->library_order = policy->library_order || library_order;
	if (policy->order_why != NULL && !is_said(policy->order_why))
		return 0;
	if (!said.in_force[ORDER_RSA_FIRST] && !said.in_force[ORDER_ECDSA_FIRST])
		return reader_bad(reader, "the policy", "orders_in_force", "is empty");
	if (reader->report->node_count == 0 && reader->report->cluster_count == 0)
		adopt_orders(policy, &said);
	else
		join_orders(policy, &said);
	return 0;
}

/* What the file's own verdicts rest on: its date, its era, how bad it found things. */
static int read_answer(const struct reader *reader)
{
	struct report *report = reader->report;
	const json_t *policy = json_object_get(reader->root, "policy");
	const char *status = NULL, *era = NULL, *at = NULL;

	if (reader_copy(reader, reader->root, "the report", "answer", READER_TEXT_MOST,
	                &report->answer) != 0 ||
	    reader_word(reader, reader->root, "the report", "status", &status) != 0 ||
	    reader_word(reader, policy, "the policy", "era", &era) != 0 ||
	    reader_word(reader, policy, "the policy", "at", &at) != 0)
		return -1;
	if (status != NULL && status_parse(status, &report->status) != 0)
		return reader_bad(reader, "the report", "status", "is not known");
	if (era != NULL && era_parse(era, &report->policy.era) != 0)
		return reader_bad(reader, "the policy", "era", "is not known");
	if (at != NULL && (clock_parse(at, &report->policy.at) != 0 ||
	                   !clock_has_date(report->policy.at)))
		return reader_bad(reader, "the policy", "at", "is not a time");
	return 0;
}

enum { UNREAD_MOST = 100000 };

/* What was missing in a report is missing in what is made of it. */
static int read_unread(const struct reader *reader)
{
	const json_t *list;

	if (reader_array(reader, reader->root, "the report", "unread", UNREAD_MOST, &list) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *object = json_array_get(list, i);
		const char *file = NULL, *problem = NULL;

		if (reader_text(reader, object, "unread", "file", READER_TEXT_MOST, &file) != 0 ||
		    reader_text(reader, object, "unread", "problem", READER_TEXT_MOST, &problem) !=
		            0)
			return -1;
		if (file == NULL || problem == NULL)
			return reader_bad(reader, "unread", file == NULL ? "file" : "problem",
			                  "is missing");
		unread_add(&reader->report->unread, file, problem);
	}
	return 0;
}

static int read_all(struct reader *reader, unsigned keep)
{
	if (check_version(reader) != 0 || read_times(reader) != 0 || read_unread(reader) != 0 ||
	    read_policy(reader) != 0 || reader_certificates(reader) != 0)
		return -1;
	if ((keep & READER_STORES) != 0 && reader_stores(reader) != 0)
		return -1;
	if (((keep & READER_CLIENTS) != 0 && reader_clients(reader) != 0) ||
	    ((keep & READER_SNAPSHOTS) != 0 && reader_snapshots(reader) != 0))
		return -1;
	if (reader_ca_lists(reader) != 0 || reader_clusters(reader) != 0 ||
	    reader_nodes(reader) != 0 || reader_observations(reader) != 0)
		return -1;
	if (!reader->keep_verdicts)
		return 0;
	return read_answer(reader) != 0 ? -1 : reader_verdicts(reader);
}

/* Also what is not kept has to be JSON: a file that was cut or changed is none. */
static int check_rest(const struct reader *reader, const char *const *lists, unsigned keep)
{
	for (; *lists != NULL; lists++) {
		bool verdicts = strcmp(*lists, "verdicts") == 0 || strcmp(*lists, "findings") == 0;
		bool read = strcmp(*lists, "plan") != 0 &&
		            (!verdicts || (keep & READER_VERDICTS) != 0) &&
		            (strcmp(*lists, "trust_stores") != 0 || (keep & READER_STORES) != 0);

		if (!read && document_each(&reader->document, *lists, false, SIZE_MAX, NULL, NULL,
		                           reader->fault) != 0)
			return -1;
	}
	return 0;
}

int reader_merge(struct report *report, const char *text, size_t len, const char *what,
                 unsigned keep, struct fault *fault)
{
	static const char *const lists[] = { "trust_stores", "clusters",     "nodes",
		                             "certificates", "observations", "verdicts",
		                             "findings",     "plan",         NULL };
	struct reader reader = { .report = report,
		                 .what = what,
		                 .fault = fault,
		                 .keep_verdicts = (keep & READER_VERDICTS) != 0 };
	int rc;

	if (len > READER_BYTES_MOST)
		return fault_set(fault, FAULT_LIMIT, "%s is larger than any report may be", what);
	rc = document_open(&reader.document, text, len, what, lists, fault);
	reader.root = reader.document.root;
	if (rc == 0)
		rc = read_all(&reader, keep);
	if (rc == 0)
		rc = check_rest(&reader, lists, keep);
	free(reader.clusters);
	free(reader.nodes);
	free(reader.nodes_by_name);
	free(reader.ca_lists);
	json_decref(reader.ca_ids);
	free(reader.ids);
	document_clear(&reader.document);
	return rc;
}

int reader_file(struct report *report, const char *path, unsigned keep, struct fault *fault)
{
	struct buf text;
	int rc;

	buf_init(&text);
	rc = file_read(path, READER_BYTES_MOST, &text, fault);
	if (rc == 0)
		rc = reader_merge(report, text.data, text.len, path, keep, fault);
	buf_clear(&text);
	return rc;
}
