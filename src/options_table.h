/* SPDX-License-Identifier: MIT */
/* options_table: an option a row. Knows no values: the setters live in options_set.c. */
#ifndef MRA_OPTIONS_TABLE_H
#define MRA_OPTIONS_TABLE_H

#include "options.h"

enum {
	FOR_AUDIT = 1,
	FOR_VERIFY = 2,
	FOR_REPLAY = 4,
	FOR_DIFF = 8,
	FOR_LOG = 16,
	FOR_JUDGING = FOR_AUDIT | FOR_VERIFY | FOR_REPLAY,
	FOR_REPORTING = FOR_AUDIT | FOR_REPLAY,
	FOR_ALL = 31
};

struct option_row {
	const char *name; /* long name */
	char letter;      /* 0: none */
	const char *argument; /* NULL: takes none */
	const char *help;
	int commands;     /* FOR_... */
	int (*set)(struct options *options, const char *value, struct fault *fault);
	/* Without a setter: where in struct options, a bool or (with an argument) an unsigned, and
	 * that number's bounds. */
	size_t member;
	unsigned least, most;
};

/* Takes the value (NULL: the option has none) into options. 0, or -1 with a fault that names the
 * option. */
int option_set(const struct option_row *row, struct options *options, const char *value,
               struct fault *fault);

struct command_row {
	const char *name;     /* NULL: an audit, which has no word of its own */
	const char *synopsis;
	const char *what;
	int commands;         /* the FOR_... of its options; 0: it has none */
};

/* By enum command: those that can be typed. */
extern const struct command_row command_rows[];
extern const size_t command_row_count;

extern const struct option_row option_rows[];
extern const size_t option_row_count;

#define OPTION_SETTER(name) \
	int set_##name(struct options *options, const char *value, struct fault *fault)
OPTION_SETTER(trust);
OPTION_SETTER(node);
OPTION_SETTER(nodes);
OPTION_SETTER(from_log);
OPTION_SETTER(domain);
OPTION_SETTER(ports);
OPTION_SETTER(order);
OPTION_SETTER(cipher_string);
OPTION_SETTER(upgrade);
OPTION_SETTER(expressway);
OPTION_SETTER(client_certificate);
OPTION_SETTER(expressway_host);
OPTION_SETTER(trust_snapshot);
OPTION_SETTER(traffic_server);
OPTION_SETTER(tls);
OPTION_SETTER(era);
OPTION_SETTER(at);
OPTION_SETTER(dns_server);
OPTION_SETTER(search);
OPTION_SETTER(resolve);
OPTION_SETTER(ipv4);
OPTION_SETTER(ipv6);
OPTION_SETTER(complete);
OPTION_SETTER(format);
OPTION_SETTER(output);
OPTION_SETTER(export);
OPTION_SETTER(color);
OPTION_SETTER(progress);
OPTION_SETTER(address);
OPTION_SETTER(ip);
OPTION_SETTER(report);
OPTION_SETTER(calibration);
OPTION_SETTER(help);
OPTION_SETTER(version);

#endif
