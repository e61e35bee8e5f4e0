/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "pki/client_file.h"
#include "run_client.h"
#include "run_parts.h"
#include "saved/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WEB_PORT = 443 };

static int check_name(const struct report *report, const struct client *client, struct fault *fault)
{
	for (size_t i = 0; i < report->client_count; i++)
		if (strcmp(report->clients[i].name, client->name) == 0)
			return fault_set(
				fault, FAULT_USAGE,
				"two certificates of Expressway-C are named %.100s: name them apart with "
				"--client-certificate NAME=FILE",
				client->name);
	return 0;
}

static int load_file(struct report *report, const char *spec, struct fault *fault)
{
	struct client client = { .name = NULL };
	struct names notes = { 0 };
	int rc = client_file_load(&report->certs, spec, &client, &notes, fault);

	if (rc == 0)
		rc = check_name(report, &client, fault);
	if (rc == 0) {
		run_say_notes(&notes);
		free(report_add_client(report, "", client.from)->name);
		report->clients[report->client_count - 1] = client;
	} else {
		client_clear(&client);
	}
	names_clear(&notes);
	return rc;
}

static int add_host(struct report *report, const struct target *target, struct fault *fault)
{
	uint16_t port = target->port == 0 ? WEB_PORT : target->port;
	struct client client = { .name = mem_printf(strchr(target->host, ':') != NULL ? "[%s]:%u"
		                                                                      : "%s:%u",
		                                    target->host, port) };
	int rc = check_name(report, &client, fault);

	if (rc == 0) {
		struct client *added = report_add_client(report, client.name, CLIENT_WEB);

		added->host = mem_strdup(target->host);
		added->port = port;
	}
	client_clear(&client);
	return rc;
}

static int load_snapshot(struct report *report, const char *path, struct fault *fault)
{
	const char *base = strrchr(path, '/');
	struct snapshot *snapshot =
		report_add_snapshot(report, base != NULL && base[1] != '\0' ? base + 1 : path);
	struct buf text;
	int rc;

	buf_init(&text);
	rc = file_read(path, SNAPSHOT_BYTES_MOST, &text, fault);
	if (rc == 0)
		rc = snapshot_read(&report->certs, text.data, text.len, path, snapshot, fault);
	buf_clear(&text);
	if (rc == 0 && snapshot->tomcat.unreadable + snapshot->callmanager.unreadable > 0)
		fprintf(stderr,
		        "mra-preflight: %s: %zu of its certificates cannot be read and count as missing\n",
		        snapshot->name,
		        snapshot->tomcat.unreadable + snapshot->callmanager.unreadable);
	return rc;
}

int run_client_load(struct report *report, const struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < options->clients.count; i++)
		if (load_file(report, options->clients.items[i], fault) != 0)
			return -1;
	for (size_t i = 0; i < options->expressway_host_count; i++)
		if (add_host(report, &options->expressway_hosts[i], fault) != 0)
			return -1;
	for (size_t i = 0; i < options->snapshots.count; i++)
		if (load_snapshot(report, options->snapshots.items[i], fault) != 0)
			return -1;
	return 0;
}
