/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "options_table.h"

const struct option_row option_rows[] = {
	{ "trust", 't', "[NAME=]FILE", "trust store of an Expressway-C, PEM; repeat per peer; none: an empty one", FOR_JUDGING, set_trust },
	{ "address", 0, "NAME", "connection address to judge the name for; may be repeated", FOR_VERIFY, set_address },
	{ "ip", 0, "ADDR", "IP to show in the log line", FOR_VERIFY, set_ip },
	{ "node", 0, "ADDRESS[,role=ROLE]", "one more node; ROLE is cucm, imp, unity, cms or jabber-guest", FOR_AUDIT, set_node },
	{ "nodes", 0, "FILE|-", "more nodes, one a line as for --node", FOR_AUDIT, set_nodes },
	{ "no-discovery", 0, NULL, "only the given nodes; do not ask UDS", FOR_AUDIT, set_no_discovery },
	{ "foreign", 0, NULL, "probe listed nodes outside the cluster's domain and networks too", FOR_AUDIT, set_foreign },
	{ "ports", 'p', "LIST", "ports to probe (8443,6972; of CMS and Jabber Guest 443)", FOR_AUDIT, set_ports },
	{ "uds-port", 0, "N", "port for UDS (8443)", FOR_AUDIT, set_uds_port },
	{ "order", 0, "ORDER", "cipher order that Expressway offers: both, rsa-first, ecdsa-first (both)", FOR_REPORTING, set_order },
	{ "cipher-string", 0, "STRING", "Expressway's own cipher string; the order follows from it", FOR_REPORTING, set_cipher_string },
	{ "upgrade", 0, "FROM,TO", "versions, as X14.0.7,X14.2; the order follows from the upgrade path", FOR_REPORTING, set_upgrade },
	{ "tls", 0, "VERSION", "TLS version to offer: 1.2 or 1.3 (1.2)", FOR_AUDIT, set_tls },
	{ "expressway", 0, "RELEASE", "release of Expressway to judge as, as X14.2 or X15.5.1 (X14.2)", FOR_JUDGING, set_expressway },
	{ "era", 0, "ERA", "whose rules and wording: openssl1 or openssl3 (as in the release)", FOR_JUDGING, set_era },
	{ "traffic-server", 0, "SERVER", "whose name rule and log lines: ats8 or ats9 (as in the release)", FOR_JUDGING, set_traffic_server },
	{ "at", 0, "TIME", "judge as of 2026-12-01, 2026-12-01T22:00:00Z or @EPOCH (now)", FOR_JUDGING, set_at },
	{ "warning", 'w', "DAYS", "warn of certificates that end within so many days (30)", FOR_REPORTING, set_warning },
	{ "strict", 0, NULL, "warnings count as failures in the exit status", FOR_REPORTING, set_strict },
	{ "dns-server", 0, "ADDR[:PORT]", "ask this DNS server, not the system's", FOR_AUDIT, set_dns_server },
	{ "search", 0, "DOMAIN", "search domain for short names; may be repeated", FOR_AUDIT, set_search },
	{ "resolve", 0, "HOST:ADDR[,ADDR]", "take these addresses for a name; may be repeated", FOR_AUDIT, set_resolve },
	{ "ipv4", '4', NULL, "IPv4 only", FOR_AUDIT, set_ipv4 },
	{ "ipv6", '6', NULL, "IPv6 only", FOR_AUDIT, set_ipv6 },
	{ "connect-timeout", 0, "S", "seconds for a connection (5)", FOR_AUDIT, set_connect_timeout },
	{ "handshake-timeout", 0, "S", "seconds for a handshake (10)", FOR_AUDIT, set_handshake_timeout },
	{ "deadline", 0, "S", "seconds for the whole run (300)", FOR_AUDIT, set_deadline },
	{ "retries", 0, "N", "further tries after a timeout or a reset (1)", FOR_AUDIT, set_retries },
	{ "parallel", 0, "N", "connections at once, in all (128)", FOR_AUDIT, set_parallel },
	{ "per-address", 0, "N", "connections at once per address and port (4)", FOR_AUDIT, set_per_address },
	{ "proxy-from-env", 0, NULL, "let discovery use https_proxy of the environment", FOR_AUDIT, set_proxy_from_env },
	{ "format", 'f', "FORMAT", "text, json, html, markdown, csv, junit, nagios or prometheus (text)", FOR_ALL, set_format },
	{ "output", 'o', "[FORMAT:]FILE", "write to a file; may be repeated for several formats", FOR_REPORTING, set_output },
	{ "export", 0, "DIR", "write the certificates that the plan wants in the store, as PEM", FOR_REPORTING, set_export },
	{ "quiet", 'q', NULL, "only the answer", FOR_ALL, set_quiet },
	{ "verbose", 'v', NULL, "a line per handshake on stderr, and what passes in full", FOR_ALL, set_verbose },
	{ "color", 0, "WHEN", "auto, always or never (auto)", FOR_ALL, set_color },
	{ "progress", 0, "WHEN", "auto, always or never (auto)", FOR_AUDIT, set_progress },
	{ "help", 'h', NULL, "this text", FOR_ALL, set_help },
	{ "version", 'V', NULL, "the version", FOR_ALL, set_version },
};

const size_t option_row_count = sizeof option_rows / sizeof *option_rows;
