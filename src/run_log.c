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
#include "saved/log_json.h"
#include "saved/recall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPORT_BYTES_MOST = 256 << 20 };

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
	struct buf text;
	int rc;

	buf_init(&text);
	rc = file_read(path, REPORT_BYTES_MOST, &text, fault);
	if (rc == 0)
		rc = recall_merge(report, text.data, text.len, path, RECALL_STORES | RECALL_VERDICTS, fault);
	if (rc == 0)
		log_agree(traffic, report);
	buf_clear(&text);
	report_free(report);
	return rc;
}

static void write_as(const char *format, const struct traffic *traffic, const struct out_how *how, struct buf *out)
{
	if (strcmp(format, "json") == 0)
		log_json(traffic, out);
	else
		page_log(traffic, how, strcmp(format, "html") == 0, out);
}

/* As an audit does it: "-o FILE" takes the place of standard output, "-o FORMAT:FILE" comes beside it. */
static int write_all(const struct traffic *traffic, const struct options *options, struct fault *fault)
{
	const char *format = options->format == NULL ? "text" : options->format;
	struct out_how how = { .quiet = options->quiet, .verbose = options->verbose, .width = 80, .color = options->color == WHEN_ALWAYS };
	bool printed = true;
	struct buf out;
	int rc = 0;

	for (size_t i = 0; i < options->output_count && rc == 0; i++) {
		const struct option_output *output = &options->outputs[i];

		printed &= output->format != NULL;
		buf_init(&out);
		write_as(output->format != NULL ? output->format : format, traffic, &(struct out_how){ .width = 80 }, &out);
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
