/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "formats.h"
#include "out/formats.h"
#include "saved/json.h"

#include <string.h>

static const struct out_format formats[] = {
	{ "text", "for people: the answer, what breaks, what to do first", text_write, NULL, NULL },
	{ "json", "all of it, for programs, replay and diff (JSON Schema: report.schema.json)", json_write, NULL, NULL },
	{ "html", "one self-contained page for a browser or a printer", html_write, NULL, NULL },
	{ "markdown", "for a change ticket", markdown_write, NULL, NULL },
	{ "csv", "a row per connection and trust store, for a spreadsheet (RFC 4180)", csv_write, NULL, NULL },
	{ "junit", "a test case per address, port and order, for a CI server (XML)", junit_write, NULL, NULL },
	{ "nagios", "for a monitoring plugin: state, performance data, nodes; exits as plugins do", nagios_write, nagios_exit,
	  nagios_problem },
	{ "prometheus", "metrics for node_exporter's textfile collector", prometheus_write, NULL, NULL },
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
