/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "model/release.h"
#include "options_table.h"
#include "formats.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXED_IPS_MOST = 64 };

static int bad(struct fault *fault, const char *what, const char *value, const char *wanted)
{
	return fault_set(fault, FAULT_USAGE, "%s: \"%.100s\" is not %s", what, value, wanted);
}

static int number(const char *what, const char *value, unsigned least, unsigned most, unsigned *n,
                  struct fault *fault)
{
	unsigned long got = 0;
	const char *p = value;

	for (; isdigit((unsigned char)*p) && p - value < 10; p++)
		got = got * 10 + (unsigned long)(*p - '0');
	if (p == value || *p != '\0' || got < least || got > most)
		return fault_set(fault, FAULT_USAGE,
		                 "%s: \"%.100s\" is not a whole number from %u to %u", what, value,
		                 least, most);
	*n = (unsigned)got;
	return 0;
}

int option_set(const struct option_row *row, struct options *options, const char *value,
               struct fault *fault)
{
	char what[40];

	if (row->set != NULL)
		return row->set(options, value, fault);
	if (row->argument == NULL) {
		*(bool *)((char *)options + row->member) = true;
		return 0;
	}
	snprintf(what, sizeof what, "--%s", row->name);
	return number(what, value, row->least, row->most,
	              (unsigned *)(void *)((char *)options + row->member), fault);
}

static int keep(char **where, const char *value)
{
	free(*where);
	*where = mem_strdup(value);
	return 0;
}

OPTION_SETTER(trust)
{
	if (*value == '\0')
		return bad(fault, "--trust", value, "a file");
	names_add(&options->trusts, value);
	return 0;
}

OPTION_SETTER(client_certificate)
{
	if (*value == '\0')
		return bad(fault, "--client-certificate", value, "a file");
	names_add(&options->clients, value);
	return 0;
}

OPTION_SETTER(trust_snapshot)
{
	if (*value == '\0')
		return bad(fault, "--trust-snapshot", value, "a file");
	names_add(&options->snapshots, value);
	return 0;
}

OPTION_SETTER(expressway_host)
{
	struct target target;

	if (target_parse(value, &target) != 0)
		return bad(fault, "--expressway-host", value,
		           "a name, an IPv4 or [IPv6], with :PORT or without");
	options->expressway_hosts =
		mem_grow(options->expressway_hosts, options->expressway_host_count,
	                 sizeof *options->expressway_hosts);
	options->expressway_hosts[options->expressway_host_count++] = target;
	return 0;
}

int options_add_node(struct options *options, const char *text, struct fault *fault)
{
	const char *comma, *end = text + strcspn(text, "#\r\n");
	struct target target = { NULL, 0 };
	enum node_role role = ROLE_CUCM;
	char *line, *host;
	int rc = 0;

	while (isspace((unsigned char)*text))
		text++;
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	if (end <= text)
		return 0;
	line = mem_strndup(text, (size_t)(end - text));
	comma = strchr(line, ',');
	host = comma == NULL ? mem_strdup(line) : mem_strndup(line, (size_t)(comma - line));
	if (comma != NULL &&
	    (strncmp(comma, ",role=", 6) != 0 || node_role_parse(comma + 6, &role) != 0))
		rc = bad(fault, "--node", line,
		         "ADDRESS,role=ROLE with cucm, imp, unity, cms or jabber-guest");
	else if (target_parse(host, &target) != 0)
		rc = bad(fault, "--node", host, "a host name or an IP address");
	else if (target.port != 0)
		rc = fault_set(fault, FAULT_USAGE,
		               "--node: \"%.100s\" has a port; give ports with --ports", host);
	if (rc == 0) {
		options->nodes =
			mem_grow(options->nodes, options->node_count, sizeof *options->nodes);
		options->nodes[options->node_count++] = (struct option_node){ target.host, role };
	} else {
		target_clear(&target);
	}
	free(host);
	free(line);
	return rc;
}

OPTION_SETTER(node)
{
	size_t before = options->node_count;
	int rc = options_add_node(options, value, fault);

	if (rc == 0 && options->node_count == before)
		rc = bad(fault, "--node", value, "a host name or an IP address");
	return rc;
}

OPTION_SETTER(nodes)
{
	(void)fault;
	names_add(&options->node_files, value);
	return 0;
}

OPTION_SETTER(from_log)
{
	if (*value == '\0')
		return bad(fault, "--from-log", value, "a file");
	names_add(&options->logs, value);
	return 0;
}

static int add_port(struct options *options, const char *text, struct fault *fault)
{
	unsigned port;

	if (number("--ports", text, 1, 65535, &port, fault) != 0)
		return -1;
	for (size_t i = 0; i < options->port_count; i++)
		if (options->ports[i] == port)
			return 0;
	options->ports = mem_grow(options->ports, options->port_count, sizeof *options->ports);
	options->ports[options->port_count++] = (uint16_t)port;
	return 0;
}

OPTION_SETTER(ports)
{
	options->port_count = 0;
	free(options->ports);
	options->ports = NULL;
	for (const char *p = value;; p++) {
		size_t len = strcspn(p, ",");
		char *one = mem_strndup(p, len);
		int rc = add_port(options, one, fault);

		free(one);
		if (rc != 0)
			return rc;
		if (options->port_count > 16)
			return fault_set(fault, FAULT_USAGE, "--ports: at most 16 ports");
		p += len;
		if (*p == '\0')
			return 0;
	}
}

OPTION_SETTER(order)
{
	enum order order;

	if (strcmp(value, "both") != 0 && order_parse(value, &order) != 0)
		return bad(fault, "--order", value, "both, rsa-first or ecdsa-first");
	return keep(&options->order, value);
}

OPTION_SETTER(cipher_string)
{
	(void)fault;
	return keep(&options->cipher_string, value);
}

OPTION_SETTER(upgrade)
{
	(void)fault;
	return keep(&options->upgrade, value);
}

OPTION_SETTER(tls)
{
	if (strcmp(value, "auto") == 0)
		options->tls = 0;
	else if (strcmp(value, "1.2") == 0)
		options->tls = OFFERED_TLS12;
	else if (strcmp(value, "1.3") == 0)
		options->tls = OFFERED_TLS13;
	else
		return bad(fault, "--tls", value, "auto, 1.2 or 1.3");
	return 0;
}

OPTION_SETTER(era)
{
	options->era_given = true;
	return era_parse(value, &options->era) == 0
	               ? 0
	               : bad(fault, "--era", value, "openssl1 or openssl3");
}

OPTION_SETTER(traffic_server)
{
	options->traffic_server_given = true;
	return traffic_server_parse(value, &options->traffic_server) == 0
	               ? 0
	               : bad(fault, "--traffic-server", value, "ats8 or ats9");
}

OPTION_SETTER(expressway)
{
	struct release release;

	if (release_parse(value, strlen(value), &release) != 0)
		return bad(fault, "--expressway", value,
		           "a release such as X14.2, X14.2.5 or X15.5.1");
	return keep(&options->expressway, value);
}

OPTION_SETTER(at)
{
	options->at_given = true;
	return clock_parse(value, &options->at) == 0 && clock_has_date(options->at)
	               ? 0
	               : bad(fault, "--at", value,
	                     "a date such as 2026-12-01, 2026-12-01T22:00:00Z or @1796162400");
}

OPTION_SETTER(dns_server)
{
	struct target target;
	char *ip;

	if (target_parse(value, &target) != 0)
		return bad(fault, "--dns-server", value, "ADDR, ADDR:PORT or [V6]:PORT");
	ip = address_canonical_ip(target.host);
	target_clear(&target);
	if (ip == NULL)
		return bad(fault, "--dns-server", value, "an IP address, with :PORT or without");
	free(ip);
	return keep(&options->dns_server, value);
}

OPTION_SETTER(search)
{
	if (!address_text_ok(value) || options->searches.count >= 16)
		return bad(fault, "--search", value, "a domain (at most 16 of them)");
	names_add(&options->searches, value);
	return 0;
}

OPTION_SETTER(domain)
{
	if (!address_text_ok(value) || address_kind_of(value) == ADDRESS_IPV4 ||
	    address_kind_of(value) == ADDRESS_IPV6 || options->domains.count >= 16)
		return bad(fault, "--domain", value, "a domain (at most 16 of them)");
	names_add(&options->domains, value);
	return 0;
}

/* The addresses behind "HOST:", separated by commas; IPv6 with brackets or without. */
static int add_fixed_ips(struct names_fixed *fixed, const char *p, struct fault *fault)
{
	const char *list = p;
	bool more;

	do {
		size_t len = strcspn(p, ",");
		bool bracketed = len >= 2 && p[0] == '[' && p[len - 1] == ']';
		char *text = mem_strndup(p + bracketed, len - 2 * (size_t)bracketed),
		     *ip = address_canonical_ip(text);

		free(text);
		if (ip == NULL || fixed->ip_count >= FIXED_IPS_MOST) {
			free(ip);
			return bad(fault, "--resolve", list, "a list of IP addresses");
		}
		fixed->ips = mem_grow(fixed->ips, fixed->ip_count, sizeof *fixed->ips);
		fixed->ips[fixed->ip_count++] = ip;
		more = p[len] == ',';
		p += len + more;
	} while (more);
	return 0;
}

OPTION_SETTER(resolve)
{
	const char *colon = strchr(value, ':');
	struct names_fixed *fixed;

	if (colon == NULL)
		return bad(fault, "--resolve", value, "HOST:ADDR[,ADDR]");
	options->fixed = mem_grow(options->fixed, options->fixed_count, sizeof *options->fixed);
	fixed = &options->fixed[options->fixed_count++];
	memset(fixed, 0, sizeof *fixed);
	fixed->host = mem_strndup(value, (size_t)(colon - value));
	if (!address_text_ok(fixed->host))
		return bad(fault, "--resolve", value, "HOST:ADDR[,ADDR]");
	return add_fixed_ips(fixed, colon + 1, fault);
}

OPTION_SETTER(ipv4)
{
	(void)value, (void)fault;
	options->ipv4 = true;
	options->ipv6 = false;
	return 0;
}

OPTION_SETTER(ipv6)
{
	(void)value, (void)fault;
	options->ipv6 = true;
	options->ipv4 = false;
	return 0;
}

OPTION_SETTER(complete)
{
	if (strcmp(value, "all") != 0 && strcmp(value, "needed") != 0)
		return bad(fault, "--complete", value, "all or needed");
	options->complete_all = strcmp(value, "all") == 0;
	return 0;
}

OPTION_SETTER(format)
{
	if (formats_find(value) == NULL)
		return bad(fault, "--format", value, formats_names());
	return keep(&options->format, value);
}

/* "jsn:report" is a slip, "C:x" and "./a:b" are file names. */
static bool looks_like_format(const char *word)
{
	return strlen(word) > 2 && word[strspn(word, "abcdefghijklmnopqrstuvwxyz")] == '\0';
}

OPTION_SETTER(output)
{
	const char *colon = strchr(value, ':');
	char *format = colon == NULL ? NULL : mem_strndup(value, (size_t)(colon - value));
	struct option_output *output;

	if (format != NULL && formats_find(format) == NULL && looks_like_format(format)) {
		int rc = fault_set(
			fault, FAULT_USAGE,
			"--output: \"%.40s\" is not a format (a file of that name is ./%.40s)",
			format, value);

		free(format);
		return rc;
	}
	if (format != NULL && formats_find(format) == NULL) { /* a file name with a colon in it */
		free(format);
		format = NULL;
		colon = NULL;
	}
	if (*(colon == NULL ? value : colon + 1) == '\0') {
		free(format);
		return bad(fault, "--output", value, "[FORMAT:]FILE");
	}
	options->outputs =
		mem_grow(options->outputs, options->output_count, sizeof *options->outputs);
	output = &options->outputs[options->output_count++];
	output->format = format;
	output->path = mem_strdup(colon == NULL ? value : colon + 1);
	return 0;
}

OPTION_SETTER(export)
{
	if (*value == '\0')
		return bad(fault, "--export", value, "a folder");
	return keep(&options->export_dir, value);
}

static int when(const char *what, const char *value, enum when *where, struct fault *fault)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (int i = 0; i < 3; i++) {
		if (strcmp(value, names[i]) == 0) {
			*where = (enum when)i;
			return 0;
		}
	}
	return bad(fault, what, value, "auto, always or never");
}

OPTION_SETTER(color)
{
	return when("--color", value, &options->color, fault);
}

OPTION_SETTER(progress)
{
	return when("--progress", value, &options->progress, fault);
}

/* Of a URL, or of "host:8443" and "[::1]:8443" as a log or a browser shows them, the host. Any
 * other text as it stands: `verify` may ask what the name rule says to it. NULL: a URL without a
 * usable host. To be freed. */
static char *host_of(const char *value)
{
	const char *scheme = strstr(value, "://"), *from = scheme == NULL ? value : scheme + 3;
	char *authority = mem_strndup(from, strcspn(from, "/?#")),
	     *ip = address_canonical_ip(authority);
	struct target target;

	if (ip != NULL) {
		free(authority);
		return ip;
	}
	if (target_parse(authority, &target) == 0) {
		free(authority);
		return target.host;
	}
	free(authority);
	return scheme != NULL ? NULL : mem_strdup(value);
}

OPTION_SETTER(address)
{
	char *host = strlen(value) > 2048 ? NULL : host_of(value);

	if (host == NULL || *host == '\0' || strlen(host) > 255) {
		free(host);
		return bad(fault, "--address", value, "a name, an IP address, HOST:PORT or a URL");
	}
	names_add(&options->addresses, host);
	free(host);
	return 0;
}

OPTION_SETTER(ip)
{
	char *ip = address_canonical_ip(value);

	if (ip == NULL)
		return bad(fault, "--ip", value, "an IP address");
	free(options->ip);
	options->ip = ip;
	return 0;
}

OPTION_SETTER(calibration)
{
	return *value == '\0' ? bad(fault, "--calibration", value, "a file")
	                      : keep(&options->calibration, value);
}

OPTION_SETTER(report)
{
	return *value == '\0' ? bad(fault, "--report", value, "a file")
	                      : keep(&options->log_report, value);
}

OPTION_SETTER(help)
{
	(void)value, (void)fault;
	if (options->command != COMMAND_HELP && options->command != COMMAND_VERSION) {
		options->help_for = options->command;
		options->command = COMMAND_HELP;
	}
	return 0;
}

OPTION_SETTER(version)
{
	(void)value, (void)fault;
	if (options->command != COMMAND_HELP)
		options->command = COMMAND_VERSION;
	return 0;
}
