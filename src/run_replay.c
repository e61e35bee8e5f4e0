/* SPDX-License-Identifier: MIT */
/* Files of one cluster (several jump hosts saw it) are one report. Of many clusters each keeps its
 * own trust stores and policy, where every format that is asked for can tell of many; else all of
 * them are one report.
 *
 * A file that cannot be read costs the others nothing: a fleet of hundreds has a host whose disk
 * was full. But it is not forgotten either: what nobody read is not known. */
#include "config.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/safe.h"
#include "model/fleet.h"
#include "run_parts.h"
#include "run_replay.h"
#include "run_report.h"
#include "saved/reader.h"

#include <stdio.h>
#include <stdlib.h>

struct replay {
	const struct options *options; /* borrowed */
	struct deadline deadline;
	struct fleet fleet; /* one report if all are to be one */
	bool apart;         /* each cluster is a report of its own */
};

/* What the command line gives takes the place of what the reports hold. */
static unsigned keep_of(const struct options *options)
{
	return (options->trusts.count == 0 ? READER_STORES : 0U) |
	       (options->clients.count == 0 ? READER_CLIENTS : 0U) |
	       (options->snapshots.count == 0 ? READER_SNAPSHOTS : 0U);
}

static int merge(const struct replay *replay, struct report *report, const struct buf *text,
                 const char *path, struct fault *fault)
{
	return reader_merge(report, text->data, text->len, path, keep_of(replay->options), fault);
}

/* Read on its own first: a file that turns out to be broken half way must not leave its first half
 * in the report of the others. */
static int read_member(struct replay *replay, const struct buf *text, const char *path,
                       struct fault *fault)
{
	struct fleet *fleet = &replay->fleet;
	struct report *report = report_new(), *known = NULL;
	int rc = 0;

	/* what the command line has wrong is wrong for all files */
	if ((replay->apart || fleet->count == 0) &&
	    run_prepare(report, replay->options, fault) != 0) {
		fault->code = FAULT_USAGE;
		rc = -1;
	}
	if (rc == 0)
		rc = merge(replay, report, text, path, fault);
	if (rc == 0 && fleet->count > 0)
		known = replay->apart ? fleet_find(fleet, fleet_name(report)) : fleet->reports[0];
	if (rc == 0 && known == NULL) {
		fleet_take(fleet, report);
		return 0;
	}
	if (rc == 0 && !replay->apart && (keep_of(replay->options) & READER_STORES) != 0)
		reader_join(known, fleet_name(known), fleet_name(report));
	report_free(report);
	if (rc != 0 || merge(replay, known, text, path, fault) == 0)
		return rc;
	fault->code = FAULT_USAGE; /* it is good by itself, but does not go with the others */
	return -1;
}

static void leave_out(struct replay *replay, const char *path, const struct fault *fault)
{
	char *line = safe_line(fault->text);

	fprintf(stderr, "mra-preflight: %s; it is left out\n", line);
	unread_add(&replay->fleet.unread, path, line);
	free(line);
}

static int read_file(struct replay *replay, const char *path, struct fault *fault)
{
	struct buf text;
	int rc;

	buf_init(&text);
	rc = file_read(path, READER_BYTES_MOST, &text, fault);
	if (rc == 0)
		rc = read_member(replay, &text, path, fault);
	buf_clear(&text);
	return rc;
}

static int read_files(struct replay *replay, struct fault *fault)
{
	const struct names *files = &replay->options->files;
	for (size_t i = 0; i < files->count; i++) {
		if (read_file(replay, files->items[i], fault) == 0)
			continue;
		if (fault->code == FAULT_USAGE || files->count == 1)
			return -1;
		leave_out(replay, files->items[i], fault);
	}
	return replay->fleet.count > 0
	               ? 0
	               : fault_set(fault, FAULT_INPUT, "none of the %zu reports could be read",
	                           files->count);
}

static int check_stores(const struct fleet *fleet, struct fault *fault)
{
	for (size_t i = 0; i < fleet->count; i++)
		if (fleet->reports[i]->store_count == 0)
			return fault_set(fault, FAULT_USAGE,
			                 "the report of %.200s holds no trust store: give --trust FILE",
			                 fleet_name(fleet->reports[i]));
	return 0;
}

static void judge(struct replay *replay)
{
	struct fleet *fleet = &replay->fleet;

	for (size_t i = 0; i < fleet->count; i++) {
		struct report *report = fleet->reports[i];

		for (size_t k = 0; fleet->count == 1 && k < fleet->unread.count; k++)
			unread_add(&report->unread, fleet->unread.files[k].file,
			           fleet->unread.files[k].problem);
		reader_end(report);
		run_conclude(report, &replay->deadline);
	}
}

int run_replay(const struct options *options, const volatile sig_atomic_t *stop,
               struct fault *fault)
{
	struct replay replay = { .options = options,
		                 .apart = run_report_takes_fleet(options) };
	int status = -1;

	replay.deadline =
		(struct deadline){ .at_ms = clock_mono_ms() + (int64_t)options->deadline_s * 1000,
		                   .stop = stop };
	if (run_report_check(options, fault) == 0 && read_files(&replay, fault) == 0 &&
	    check_stores(&replay.fleet, fault) == 0) {
		judge(&replay);
		status = replay.fleet.count > 1
		                 ? run_report_fleet(&replay.fleet, options, fault)
		                 : run_report(replay.fleet.reports[0], options, fault);
	}
	fleet_clear(&replay.fleet);
	return status;
}
