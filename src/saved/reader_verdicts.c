/* SPDX-License-Identifier: MIT */
/* What a saved report itself said: `diff` compares that, since judging the old evidence again would
 * tell what this program would say now. Numbers of observations are the file's own. */
#include "config.h"

#include "base/mem.h"
#include "saved/reader_parts.h"

#include <stdlib.h>
#include <string.h>

enum { VERDICTS_MOST = 4000000, REASONS_MOST = 1000, FINDINGS_MOST = 200000, NAMES_MOST = 1000 };

static int by_id(const void *left, const void *right)
{
	int64_t a = ((const struct reader_id *)left)->id, b = ((const struct reader_id *)right)->id;

	return COMPARE(a, b);
}

static int find_observation(const struct reader *reader, const json_t *object, size_t *observation)
{
	struct reader_id key = { .id = -1 };
	const struct reader_id *found;

	if (reader_integer(reader, object, "verdicts", "observation", INT64_MIN, INT64_MAX,
	                   &key.id) != 0)
		return -1;
	found = reader->id_count == 0
	                ? NULL
	                : bsearch(&key, reader->ids, reader->id_count, sizeof key, by_id);
	if (found == NULL)
		return reader_bad(reader, "verdicts", "observation",
		                  "names none of the observations");
	*observation = found->observation;
	return 0;
}

static int find_store(const struct reader *reader, const json_t *object, size_t *store)
{
	const struct report *report = reader->report;
	const char *name = NULL;

	if (reader_text(reader, object, "verdicts", "trust", READER_TEXT_MOST, &name) != 0)
		return -1;
	for (*store = 0; *store < report->store_count; ++*store)
		if (name != NULL && strcmp(report->stores[*store].name, name) == 0)
			return 0;
	return reader_bad(reader, "verdicts", "trust", "names none of the trust stores");
}

static int read_reason(const struct reader *reader, const json_t *object, struct verdict *verdict)
{
	const char *id = NULL;
	enum reason reason;
	int64_t openssl = 0, depth = 0;

	if (reader_word(reader, object, "reasons", "id", &id) != 0 ||
	    reader_integer(reader, object, "reasons", "openssl", INT32_MIN, INT32_MAX, &openssl) !=
	            0 ||
	    reader_integer(reader, object, "reasons", "depth", INT32_MIN, INT32_MAX, &depth) != 0)
		return -1;
	if (id == NULL || reason_parse(id, &reason) != 0)
		return reader_bad(reader, "reasons", "id",
		                  "is not a reason that this version knows");
	verdict_add_reason(verdict, reason, (int)openssl, (int)depth, NULL);
	return 0;
}

static int read_reasons(const struct reader *reader, const json_t *object, const char *member,
                        struct verdict *verdict)
{
	const json_t *reasons;
	int rc = reader_array(reader, object, "verdicts", member, REASONS_MOST, &reasons);

	for (size_t i = 0; rc == 0 && i < json_array_size(reasons); i++)
		rc = read_reason(reader, json_array_get(reasons, i), verdict);
	return rc;
}

static int read_verdict(struct reader *reader, const json_t *object)
{
	struct verdict *verdict = report_add_verdict(reader->report);

	if (find_observation(reader, object, &verdict->observation) != 0 ||
	    find_store(reader, object, &verdict->store) != 0 ||
	    reader_bool(reader, object, "verdicts", "accepted", &verdict->accepted) != 0 ||
	    reader_copy(reader, object, "verdicts", "log", READER_TEXT_MOST, &verdict->log) != 0)
		return -1;
	/* what the verification says, and what libssl refuses all the same */
	return read_reasons(reader, object, "reasons", verdict) != 0
	               ? -1
	               : read_reasons(reader, object, "handshake", verdict);
}

/* Only findings of finding.def are kept: a refusal stands in the verdicts, and an id that is not
 * known comes from a newer version. */
static int read_finding(struct reader *reader, const json_t *object)
{
	struct chain certificate = { NULL, 0 };
	const char *id = NULL, *severity = "info";
	struct finding *finding;
	enum severity grave;
	enum finding_kind kind;
	json_t *list;
	int rc;

	if (reader_word(reader, object, "findings", "id", &id) != 0 ||
	    reader_word(reader, object, "findings", "severity", &severity) != 0)
		return -1;
	if (id == NULL || severity_parse(severity, &grave) != 0)
		return reader_bad(reader, "findings", id == NULL ? "id" : "severity",
		                  "is not known");
	if (finding_parse(id, &kind) != 0)
		return 0;
	finding = report_add_finding(reader->report, kind);
	finding->severity = grave;
	if (reader_copy(reader, object, "findings", "title", READER_TEXT_MOST, &finding->title) !=
	    0)
		return -1;
	if (!json_is_string(json_object_get(object, "certificate")))
		return 0;
	list = json_pack("{s:[O]}", "certificate", json_object_get(object, "certificate"));
	rc = reader_chain(reader, list, "findings", "certificate", 1, &certificate);
	json_decref(list);
	finding->certificate = chain_leaf(&certificate);
	chain_clear(&certificate);
	return rc;
}

/* By name: what is diffed needs no more of Expressway-C's own certificate. */
static int find_client(const struct reader *reader, const char *name, size_t *client)
{
	struct report *report = reader->report;

	for (*client = 0; *client < report->client_count; ++*client)
		if (strcmp(report->clients[*client].name, name) == 0)
			return 0;
	if (report->client_count >= NAMES_MOST)
		return reader_bad(reader, "client_verdicts", "name",
		                  "is one of too many certificates");
	report_add_client(report, name, CLIENT_FILE);
	return 0;
}

static int read_client_verdict(const struct reader *reader, const json_t *object)
{
	struct client_verdict *verdict = report_add_client_verdict(reader->report);
	const char *name = NULL, *outcome = NULL;
	int64_t alert = 0;

	if (find_observation(reader, object, &verdict->observation) != 0 ||
	    reader_text(reader, object, "client_verdicts", "name", READER_TEXT_MOST, &name) != 0 ||
	    reader_word(reader, object, "client_verdicts", "outcome", &outcome) != 0 ||
	    reader_integer(reader, object, "client_verdicts", "alert", 0, UINT8_MAX, &alert) != 0)
		return -1;
	if (name == NULL || outcome == NULL ||
	    client_outcome_parse(outcome, &verdict->outcome) != 0)
		return reader_bad(reader, "client_verdicts", name == NULL ? "name" : "outcome",
		                  "is not known");
	verdict->alert = (int)alert;
	return find_client(reader, name, &verdict->client);
}

static int read_client_verdicts(const struct reader *reader)
{
	const json_t *list;
	int rc = reader_array(reader, reader->root, "the report", "client_verdicts", VERDICTS_MOST,
	                      &list);

	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
		rc = read_client_verdict(reader, json_array_get(list, i));
	return rc;
}

int reader_verdicts(struct reader *reader)
{
	mem_sort(reader->ids, reader->id_count, sizeof *reader->ids, by_id);
	if (reader_each(reader, "verdicts", VERDICTS_MOST, read_verdict) != 0 ||
	    read_client_verdicts(reader) != 0)
		return -1;
	return reader_each(reader, "findings", FINDINGS_MOST, read_finding);
}
