/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "options_table.h"

#include <stddef.h>

#define FLAG(name) NULL, offsetof(struct options, name), 0, 0
#define NUMBER(name, least, most) NULL, offsetof(struct options, name), least, most
#define SET(name) set_##name, 0, 0, 0

const struct command_row command_rows[] = {
	[COMMAND_AUDIT] = { NULL, "mra-preflight [OPTION...] PUBLISHER[:PORT]...",
	                    "discover, resolve, probe, judge, report", FOR_AUDIT },
	[COMMAND_VERIFY] = { "verify", "mra-preflight verify [OPTION...] CHAIN.pem",
	                     "judge a chain from a file (leaf first), no network", FOR_VERIFY },
	[COMMAND_REPLAY] = { "replay", "mra-preflight replay [OPTION...] REPORT.json...",
	                     "judge saved observations again, no network", FOR_REPLAY },
	[COMMAND_DIFF] = { "diff", "mra-preflight diff OLD.json NEW.json", "what got worse, better, new, gone", FOR_DIFF },
	[COMMAND_LOG] = { "log", "mra-preflight log [OPTION...] FILE...",
	                  "what Expressway-C's diagnostic logs say it did, no network", FOR_LOG },
	[COMMAND_HELP] = { "help", "mra-preflight help [COMMAND]", "the options of a command", 0 },
	[COMMAND_VERSION] = { "version", "mra-preflight version", "the version", 0 },
};
const size_t command_row_count = sizeof command_rows / sizeof *command_rows;

const struct option_row option_rows[] = {
	{ "trust", 't', "[NAME=]FILE", "trust store of an Expressway-C, PEM; repeat per peer; none: an empty one", FOR_JUDGING, SET(trust) },
	{ "address", 0, "NAME", "connection address to judge the name for; may be repeated", FOR_VERIFY, SET(address) },
	{ "report", 0, "REPORT.json", "compare with what this report predicts", FOR_LOG, SET(report) },
	{ "ip", 0, "ADDR", "IP to show in the log line", FOR_VERIFY, SET(ip) },
	{ "node", 0, "ADDRESS[,role=ROLE]", "one more node; ROLE is cucm, imp, unity, cms or jabber-guest", FOR_AUDIT, SET(node) },
	{ "nodes", 0, "FILE|-", "more nodes, one a line as for --node", FOR_AUDIT, SET(nodes) },
	{ "from-log", 0, "FILE", "nodes from Expressway-C's diagnostic log: what clients were told; may be repeated", FOR_AUDIT, SET(from_log) },
	{ "no-discovery", 0, NULL, "only the given nodes; do not ask UDS", FOR_AUDIT, FLAG(no_discovery) },
	{ "domain", 0, "DOMAIN", "find publishers and IM&P nodes by the SRV records of a domain; may be repeated", FOR_AUDIT, SET(domain) },
	{ "foreign", 0, NULL, "probe listed nodes outside the cluster's domain and networks too", FOR_AUDIT, FLAG(foreign) },
	{ "ports", 'p', "LIST", "ports to probe (8443,6972; of CMS and Jabber Guest 443)", FOR_AUDIT, SET(ports) },
	{ "uds-port", 0, "N", "port for UDS (8443)", FOR_AUDIT, NUMBER(uds_port, 1, 65535) },
	{ "order", 0, "ORDER", "cipher order that Expressway offers: both, rsa-first, ecdsa-first (both)", FOR_REPORTING, SET(order) },
	{ "cipher-string", 0, "STRING", "Expressway's own cipher string; the order follows from it", FOR_REPORTING, SET(cipher_string) },
	{ "upgrade", 0, "FROM,TO", "versions, as X14.0.7,X14.2; the order follows from the upgrade path", FOR_REPORTING, SET(upgrade) },
	{ "tls", 0, "VERSION", "TLS version to offer: 1.2, 1.3 or auto, what the release offers (auto)", FOR_AUDIT, SET(tls) },
	{ "client-certificate", 0, "[NAME=]FILE", "Expressway-C's own certificate with its chain, no key: would CUCM accept it; none: it sends none", FOR_REPORTING, SET(client_certificate) },
	{ "expressway-host", 0, "HOST[:PORT]", "fetch that certificate from Expressway-C's web page (443); may be repeated", FOR_AUDIT, SET(expressway_host) },
	{ "trust-snapshot", 0, "FILE", "saved answer of CUCM's certificate API: its trust stores, instead of the names that it sends; may be repeated", FOR_REPORTING, SET(trust_snapshot) },
	{ "expressway", 0, "RELEASE", "release of Expressway to judge as, as X14.2 or X15.5.1 (X14.2)", FOR_JUDGING, SET(expressway) },
	{ "era", 0, "ERA", "whose rules and wording: openssl1 or openssl3 (as in the release)", FOR_JUDGING, SET(era) },
	{ "traffic-server", 0, "SERVER", "whose name rule and log lines: ats8 or ats9 (as in the release)", FOR_JUDGING, SET(traffic_server) },
	{ "calibration", 0, "LOG.json", "what `log -f json` has shown of this Expressway: judge as it really does", FOR_REPORTING, SET(calibration) },
	{ "at", 0, "TIME", "judge as of 2026-12-01, 2026-12-01T22:00:00Z or @EPOCH (now)", FOR_JUDGING, SET(at) },
	{ "warning", 'w', "DAYS", "warn of certificates that end within so many days (30)", FOR_REPORTING, NUMBER(warning_days, 0, 36500) },
	{ "critical", 0, "DAYS", "nagios: critical where a certificate in use ends within so many days", FOR_REPORTING, NUMBER(critical_days, 0, 36500) },
	{ "strict", 0, NULL, "warnings count as failures in the exit status", FOR_REPORTING, FLAG(strict) },
	{ "dns-server", 0, "ADDR[:PORT]", "ask this DNS server, not the system's", FOR_AUDIT, SET(dns_server) },
	{ "search", 0, "DOMAIN", "search domain for short names; may be repeated", FOR_AUDIT, SET(search) },
	{ "resolve", 0, "HOST:ADDR[,ADDR]", "take these addresses for a name; may be repeated", FOR_AUDIT, SET(resolve) },
	{ "ipv4", '4', NULL, "IPv4 only", FOR_AUDIT, SET(ipv4) },
	{ "ipv6", '6', NULL, "IPv6 only", FOR_AUDIT, SET(ipv6) },
	{ "connect-timeout", 0, "S", "seconds for a connection (5)", FOR_AUDIT, NUMBER(connect_timeout_s, 1, 3600) },
	{ "handshake-timeout", 0, "S", "seconds for a handshake (10)", FOR_AUDIT, NUMBER(handshake_timeout_s, 1, 3600) },
	{ "deadline", 0, "S", "seconds for the whole run (300)", FOR_REPORTING, NUMBER(deadline_s, 1, 86400) },
	{ "retries", 0, "N", "further tries after a timeout or a reset (1)", FOR_AUDIT, NUMBER(retries, 0, 10) },
	{ "parallel", 0, "N", "connections at once, in all (512)", FOR_AUDIT, NUMBER(parallel, 1, 4096) },
	{ "per-address", 0, "N", "connections at once per address and port (4)", FOR_AUDIT, NUMBER(per_address, 1, 64) },
	{ "complete", 0, "WHICH", "handshakes to complete: all, or needed: those that tell something (needed)", FOR_AUDIT, SET(complete) },
	{ "proxy-from-env", 0, NULL, "let discovery use https_proxy of the environment", FOR_AUDIT, FLAG(environment_proxy) },
	{ "format", 'f', "FORMAT", "how to tell it: one of the formats below (text)", FOR_ALL, SET(format) },
	{ "output", 'o', "[FORMAT:]FILE", "write to a file; may be repeated for several formats", FOR_REPORTING | FOR_LOG, SET(output) },
	{ "export", 0, "DIR", "write the certificates that the plan wants in the store, as PEM", FOR_REPORTING, SET(export) },
	{ "quiet", 'q', NULL, "only the answer", FOR_ALL, FLAG(quiet) },
	{ "verbose", 'v', NULL, "a line per handshake on stderr, and what passes in full", FOR_ALL, FLAG(verbose) },
	{ "color", 0, "WHEN", "auto, always or never (auto)", FOR_ALL, SET(color) },
	{ "progress", 0, "WHEN", "auto, always or never (auto)", FOR_AUDIT, SET(progress) },
	{ "help", 'h', NULL, "this text", FOR_ALL, SET(help) },
	{ "version", 'V', NULL, "the version", FOR_ALL, SET(version) },
};

const size_t option_row_count = sizeof option_rows / sizeof *option_rows;
