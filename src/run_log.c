/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "log/agree.h"
#include "log/read.h"
#include "log/story.h"
#include "model/traffic.h"
#include "run_log.h"
#include "run_parts.h"
#include "run_report.h"
#include "saved/reader.h"

#include <strings.h>

enum { TOLD_MOST = 10000 };

static void take_line(void *arg, const char *text, size_t len, bool wrapped)
{
	if (text == NULL)
		story_part(arg);
	else
		story_line(arg, text, len, wrapped);
}

static int compare_with(struct traffic *traffic, const char *path, struct fault *fault)
{
	struct report *report = report_new();
	int rc = reader_file(report, path, READER_STORES | READER_VERDICTS, fault);

	if (rc == 0)
		log_agree(traffic, report);
	report_free(report);
	return rc;
}

/* A client was told each of these; one entry an address, with the role that any of its ports or
 * paths shows. */
static int keep_told(struct options *options, const struct traffic *traffic, struct fault *fault)
{
	struct told_address *last;

	for (size_t i = 0; i < traffic->server_count; i++) { /* sorted by address */
		const struct traffic_place *server = &traffic->servers[i];

		if (!server->told)
			continue;
		last = options->told_count > 0 ? &options->told[options->told_count - 1] : NULL;
		if (last == NULL || strcasecmp(last->address, server->address) != 0) {
			options->told =
				mem_grow(options->told, options->told_count, sizeof *options->told);
			last = &options->told[options->told_count++];
			*last = (struct told_address){ mem_strdup(server->address), -1 };
		}
		if (server->role >= 0)
			last->role = server->role;
		if (options->told_count > TOLD_MOST)
			return fault_set(fault, FAULT_LIMIT,
			                 "--from-log: clients were told more than %d addresses",
			                 TOLD_MOST);
	}
	return options->told_count > 0
	               ? 0
	               : fault_set(
				 fault, FAULT_USAGE,
				 "--from-log: no address that a client was told is in these logs: "
				 "take them with diagnostic logging on while a client logs in over MRA");
}

int run_log_told(struct options *options, const volatile sig_atomic_t *stop, struct fault *fault)
{
	struct traffic traffic = { 0 };
	struct names notes = { 0 };
	struct story *story;
	int rc;

	if (options->logs.count == 0)
		return 0;
	story = story_new(&traffic);
	rc = log_read(&options->logs, take_line, story, &notes, stop, fault);
	story_end(story);
	run_say_notes(&notes);
	if (rc == 0)
		rc = keep_told(options, &traffic, fault);
	names_clear(&notes);
	traffic_clear(&traffic);
	return rc;
}

int run_log(const struct options *options, const volatile sig_atomic_t *stop, struct fault *fault)
{
	struct traffic traffic = { 0 };
	struct story *story = story_new(&traffic);
	struct names notes = { 0 };
	int rc = run_report_check_log(options, fault);

	if (rc == 0)
		rc = log_read(&options->files, take_line, story, &notes, stop, fault);
	story_end(story);
	run_say_notes(&notes);
	if (rc == 0 && options->log_report != NULL)
		rc = compare_with(&traffic, options->log_report, fault);
	if (rc == 0)
		rc = run_report_log(&traffic, options, fault);
	names_clear(&notes);
	traffic_clear(&traffic);
	return rc;
}
