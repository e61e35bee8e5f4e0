/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "formats.h"
#include "out/formats.h"
#include "saved/json.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct out_format formats[] = {
	{ "text", "for people: the answer, what breaks, what to do first", text_write,
	  text_write_fleet, NULL, NULL },
	{ "json", "all of it, for programs, replay and diff (JSON Schema: report.schema.json)",
	  json_write, NULL, NULL, NULL },
	{ "html", "one self-contained page for a browser or a printer", html_write,
	  html_write_fleet, NULL, NULL },
	{ "markdown", "for a change ticket", markdown_write, markdown_write_fleet, NULL, NULL },
	{ "csv", "a row per connection and trust store, for a spreadsheet (RFC 4180)", csv_write,
	  csv_write_fleet, NULL, NULL },
	{ "certificates", "CSV as well: a row per certificate and the node or store that has it",
	  certificates_write, certificates_write_fleet, NULL, NULL },
	{ "junit", "a test case per address, port and order, for a CI server (XML)", junit_write,
	  NULL, NULL, NULL },
	{ "nagios", "for a monitoring plugin: state, performance data, nodes; exits as plugins do",
	  nagios_write, NULL, nagios_exit, nagios_problem },
	{ "prometheus", "metrics for node_exporter's textfile collector", prometheus_write,
	  prometheus_write_fleet, NULL, NULL },
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
