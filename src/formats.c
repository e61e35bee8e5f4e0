/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "formats.h"
#include "out/formats.h"
#include "out/page_log.h"
#include "saved/json.h"
#include "saved/json_log.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void text_write_log(const struct traffic *traffic, const struct out_how *how,
                           struct buf *out)
{
	page_log(traffic, how, false, out);
}

static void html_write_log(const struct traffic *traffic, const struct out_how *how,
                           struct buf *out)
{
	page_log(traffic, how, true, out);
}

static void json_write_log(const struct traffic *traffic, const struct out_how *how,
                           struct buf *out)
{
	(void)how;
	json_log(traffic, out);
}

static const struct out_format formats[] = {
	{ .name = "text",
	  .what = "for people: the answer, what breaks, what to do first",
	  .write = text_write,
	  .write_fleet = text_write_fleet,
	  .write_log = text_write_log },
	{ .name = "json",
	  .what = "all of it, for programs, replay and diff (JSON Schema: report.schema.json)",
	  .write = json_write,
	  .write_log = json_write_log },
	{ .name = "html",
	  .what = "one self-contained page for a browser or a printer",
	  .write = html_write,
	  .write_fleet = html_write_fleet,
	  .write_log = html_write_log },
	{ .name = "markdown",
	  .what = "for a change ticket",
	  .write = markdown_write,
	  .write_fleet = markdown_write_fleet },
	{ .name = "csv",
	  .what = "a row per connection and trust store, for a spreadsheet (RFC 4180)",
	  .write = csv_write,
	  .write_fleet = csv_write_fleet },
	{ .name = "certificates",
	  .what = "CSV as well: a row per certificate and the node or store that has it",
	  .write = certificates_write,
	  .write_fleet = certificates_write_fleet },
	{ .name = "junit",
	  .what = "a test case per address, port and order, for a CI server (XML)",
	  .write = junit_write },
	{ .name = "nagios",
	  .what = "for a monitoring plugin: state, performance data, nodes; exits as plugins do",
	  .write = nagios_write,
	  .exit_status = nagios_exit,
	  .problem = nagios_problem },
	{ .name = "prometheus",
	  .what = "metrics for node_exporter's textfile collector",
	  .write = prometheus_write,
	  .write_fleet = prometheus_write_fleet },
};

const struct out_format *formats_all(size_t *count)
{
	*count = sizeof formats / sizeof *formats;
	return formats;
}

const struct out_format *formats_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

const char *formats_names(void)
{
	static char names[256];
	const size_t count = sizeof formats / sizeof *formats;
	size_t len = 0;

	for (size_t i = 0; i < count && len < sizeof names; i++)
		len += (size_t)snprintf(names + len, sizeof names - len, "%s%s",
		                        i == 0          ? ""
		                        : i + 1 < count ? ", "
		                                        : " or ",
		                        formats[i].name);
	return names;
}

const struct out_format *formats_by_ending(const char *path)
{
	static const struct { const char *ending, *format;
	} endings[] = {
		{ ".txt", "text" }, { ".json", "json" },   { ".html", "html" },
		{ ".htm", "html" }, { ".md", "markdown" }, { ".markdown", "markdown" },
		{ ".csv", "csv" },  { ".xml", "junit" },   { ".prom", "prometheus" },
	};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot != NULL && i < sizeof endings / sizeof *endings; i++)
		if (strcasecmp(dot, endings[i].ending) == 0)
			return formats_find(endings[i].format);
	return NULL;
}
