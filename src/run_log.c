/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/safe.h"
#include "log/agree.h"
#include "log/read.h"
#include "log/story.h"
#include "model/traffic.h"
#include "out/page_log.h"
#include "run_log.h"
#include "saved/json_log.h"
#include "saved/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

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

static void write_as(const char *format, const struct traffic *traffic, const struct out_how *how,
                     struct buf *out)
{
	if (strcmp(format, "json") == 0)
		json_log(traffic, out);
	else
		page_log(traffic, how, strcmp(format, "html") == 0, out);
}

/* As an audit does it: "-o FILE" takes the place of standard output, "-o FORMAT:FILE" comes beside
 * it. */
static int write_all(const struct traffic *traffic, const struct options *options,
                     struct fault *fault)
{
	const char *format = options->format == NULL ? "text" : options->format;
	struct out_how how = { .quiet = options->quiet,
		               .verbose = options->verbose,
		               .width = 80,
		               .color = options->color == WHEN_ALWAYS };
	bool printed = true;
	struct buf out;
	int rc = 0;

	for (size_t i = 0; i < options->output_count && rc == 0; i++) {
		const struct option_output *output = &options->outputs[i];

		printed &= output->format != NULL;
		buf_init(&out);
		write_as(output->format != NULL ? output->format : format, traffic,
		         &(struct out_how){ .width = 80 }, &out);
		rc = file_write(output->path, out.data, out.len, fault);
		buf_clear(&out);
	}
	buf_init(&out);
	if (printed && rc == 0) {
		write_as(format, traffic, &how, &out);
		rc = file_write_fd(STDOUT_FILENO, "standard output", out.data, out.len, fault);
	}
	buf_clear(&out);
	return rc;
}

static void say_notes(const struct names *notes)
{
	for (size_t i = 0; i < notes->count; i++) {
		char *line = safe_line(notes->items[i]);

		fprintf(stderr, "mra-preflight: %s\n", line);
		free(line);
	}
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
	say_notes(&notes);
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
	int rc = log_read(&options->files, take_line, story, &notes, stop, fault);

	story_end(story);
	say_notes(&notes);
	if (rc == 0 && options->log_report != NULL)
		rc = compare_with(&traffic, options->log_report, fault);
	if (rc == 0)
		rc = write_all(&traffic, options, fault);
	if (rc == 0)
		rc = traffic_exit(&traffic);
	names_clear(&notes);
	traffic_clear(&traffic);
	return rc;
}
