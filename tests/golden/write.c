/* SPDX-License-Identifier: MIT */
/* write DIR: every evidence in every format, as DIR/EVIDENCE.FORMAT; the text also narrow, in
 * colour and verbose; and a small fleet. */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "evidence.h"
#include "formats.h"
#include "out/answer.h"
#include "saved/json.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	struct report *(*make)(void);
} evidences[] = {
	{ "cluster", evidence_cluster }, { "healthy", evidence_healthy },
	{ "order", evidence_order },     { "incomplete", evidence_incomplete },
	{ "error", evidence_error },     { "bare", evidence_bare },
	{ "medley", evidence_medley },   { "peer", evidence_peer },
};

static void save(const char *folder, const char *name, const char *ending, struct buf *out)
{
	char *path = mem_printf("%s/%s.%s", folder, name, ending);
	struct fault fault;

	if (file_write(path, out->data, out->len, &fault) != 0) {
		fprintf(stderr, "%s\n", fault.text);
		exit(2);
	}
	free(path);
	buf_clear(out);
}

static void write_text(const char *folder, const char *name, const struct report *report)
{
	static const struct { const char *ending; struct out_how how; } ways[] = {
		{ "narrow.text", { .width = 40 } },
		{ "color.text", { .width = 80, .color = true } },
		{ "verbose.text", { .width = 80, .verbose = true } },
		{ "quiet.text", { .width = 80, .quiet = true } },
	};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct buf out;

		buf_init(&out);
		formats_find("text")->write(report, &ways[i].how, &out);
		save(folder, name, ways[i].ending, &out);
	}
}

static void write_all(const char *folder, const char *name, struct report *report, bool text_too)
{
	size_t count;
	const struct out_format *formats = formats_all(&count);

	report->answer = answer_sentence(report);
	for (size_t i = 0; i < count; i++) {
		struct out_how how = { .width = 80 };
		struct buf out;

		buf_init(&out);
		formats[i].write(report, &how, &out);
		save(folder, name, formats[i].name, &out);
	}
	if (text_too)
		write_text(folder, name, report);
}

static void write_verify(const char *folder)
{
	struct report *report = evidence_verify();
	struct out_how how = { .width = 80 };
	struct buf out;

	buf_init(&out);
	out_verify_text(report, &how, &out);
	save(folder, "verify", "text", &out);
	buf_init(&out);
	json_verify(report, &out);
	save(folder, "verify", "json", &out);
	report_free(report);
}

/* Many clusters, in each format that can tell of many; cut: the report of one more, which could
 * not be read, NULL: none. */
static void write_fleet(const char *folder, size_t clusters, size_t nodes, const char *cut)
{
	struct fleet fleet = { .reports = NULL };
	size_t count;
	const struct out_format *formats = formats_all(&count);

	for (size_t i = 0; i < clusters; i++)
		fleet_take(&fleet, evidence_member(i, nodes));
	if (cut != NULL)
		unread_add(&fleet.unread, cut,
		           "c007.json is not a JSON report: line 30: a comma is missing");
	for (size_t i = 0; i < count; i++) {
		struct out_how how = { .width = 80 };
		struct buf out;

		if (formats[i].write_fleet == NULL)
			continue;
		buf_init(&out);
		formats[i].write_fleet(&fleet, &how, &out);
		save(folder, "fleet", formats[i].name, &out);
	}
	if (clusters > 1) { /* one of those that fail, alone */
		struct out_how how = { .width = 80 };
		struct buf out;

		buf_init(&out);
		formats_find("html")->write(fleet.reports[1], &how, &out);
		save(folder, "member", "html", &out);
	}
	fleet_clear(&fleet);
}

static void take_named(struct fleet *fleet, struct report *report, const char *publisher)
{
	free(report->clusters[0].publisher);
	report->clusters[0].publisher = mem_strdup(publisher);
	fleet_take(fleet, report);
}

/* Clusters of which all are accepted, some on a condition; two that are alike, and a large one that
 * is refused. */
static void write_mixed(const char *folder)
{
	struct fleet fleet = { .reports = NULL };
	size_t count;
	const struct out_format *formats = formats_all(&count);

	take_named(&fleet, evidence_assumed(true), "a.example");
	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < count; i++) {
			struct out_how how = { .width = 80, .terminal = true, .verbose = round == 1 };
			struct buf out;

			if (formats[i].write_fleet == NULL)
				continue;
			buf_init(&out);
			formats[i].write_fleet(&fleet, &how, &out);
			save(folder, round == 0 ? "chain" : "mixed", formats[i].name, &out);
		}
		if (round == 0) {
			take_named(&fleet, evidence_assumed(false), "b.example");
			take_named(&fleet, evidence_assumed(false), "c.example");
			fleet_take(&fleet, evidence_medley());
			fleet_take(&fleet, evidence_member(3, 2));
			fleet_take(&fleet, evidence_member(4, 25));
			fleet_take(&fleet, evidence_member(5, 2));
			fleet_take(&fleet, evidence_member(7, 2));
			take_named(&fleet, evidence_peer(), "d.example");
		}
	}
	fleet_clear(&fleet);
}

int main(int argc, char **argv)
{
	if (argc == 4) { /* write DIR CLUSTERS NODES: a fleet, to measure */
		write_fleet(argv[1], strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10),
		            NULL);
		return 0;
	}
	if (argc == 3) { /* write DIR NODES: one large cluster, to measure */
		struct report *report = evidence_large(strtoul(argv[2], NULL, 10));

		write_all(argv[1], "large", report, false);
		report_free(report);
		return 0;
	}
	if (argc != 2)
		return 2;
	for (size_t i = 0; i < sizeof evidences / sizeof *evidences; i++) {
		struct report *report = evidences[i].make();

		write_all(argv[1], evidences[i].name, report,
		          evidences[i].make == evidence_cluster || evidences[i].make == evidence_medley);
		report_free(report);
	}
	write_fleet(argv[1], 7, 3, "c007.json");
	write_mixed(argv[1]);
	write_verify(argv[1]);
	return 0;
}
