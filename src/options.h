/* SPDX-License-Identifier: MIT */
/* options: the command line as data. Knows no file's content and no network; --help, man page and
 * completion agree with the rows in options_table.c (tests/agree.sh). */
#ifndef MRA_OPTIONS_H
#define MRA_OPTIONS_H

#include "base/buf.h"
#include "base/fault.h"
#include "model/finding.h"
#include "model/node.h"
#include "model/target.h"
#include "gather/names.h"

enum command {
	COMMAND_AUDIT,
	COMMAND_VERIFY,
	COMMAND_REPLAY,
	COMMAND_DIFF,
	COMMAND_LOG,
	COMMAND_HELP,
	COMMAND_VERSION,
	COMMAND_MANUAL,
	COMMAND_LICENCES,
	COMMAND_NONE
}; /* nothing was typed */
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

struct option_node { /* --node */
	char *address;
	enum node_role role;
};

struct option_output { /* -o */
	char *format; /* NULL: that of -f */
	char *path;
};

struct options {
	enum command command;
	enum command help_for;  /* with COMMAND_HELP: whose help */
	/* the command that the first word is one slip away from; static; NULL: none */
	const char *meant;
	struct target *targets; /* audit */
	size_t target_count;
	struct names files;     /* verify: chain; replay, diff: reports */
	struct names trusts;    /* as given; "none" is an empty store */
	struct option_node *nodes;
	size_t node_count;
	struct names node_files;
	struct names logs;            /* --from-log: files */
	struct told_address *told;    /* owned; what they name, once they are read */
	size_t told_count;
	bool no_discovery, foreign;
	uint16_t *ports;        /* owned; NULL: what each kind of server has by default */
	size_t port_count;
	unsigned uds_port;
	char *order, *cipher_string, *upgrade; /* NULL: not given; at most one of them */
	unsigned tls; /* OFFERED_* bits; 0: what the release offers */
	char *expressway;                      /* NULL: not given */
	bool era_given, traffic_server_given;
	enum era era;
	enum traffic_server traffic_server;
	struct names clients, snapshots;       /* files, as given */
	struct target *expressway_hosts;       /* owned */
	size_t expressway_host_count;
	bool at_given;
	int64_t at;
	unsigned warning_days, critical_days;
	bool strict;
	char *dns_server;
	struct names searches, domains;
	struct names_fixed *fixed;
	size_t fixed_count;
	bool ipv4, ipv6;
	unsigned connect_timeout_s, handshake_timeout_s, deadline_s, retries;
	unsigned parallel, per_address;
	bool complete_all;      /* not only the handshakes that tell something */
	bool infer; /* no handshake with RSA first where ECDSA first has got an RSA certificate */
	bool environment_proxy;
	char *format; /* NULL: text */
	struct option_output *outputs;
	size_t output_count;
	char *export_dir;
	bool quiet, verbose;
	enum when color, progress;
	struct names addresses; /* verify --address */
	char *ip;               /* verify --ip */
	char *calibration;      /* NULL: not given */
	char *log_report;       /* log --report; NULL: not given */
};

/* Zero or -1 with a fault of one sentence that says what to do. options is to be cleared in both
 * cases. */
int options_parse(struct options *options, int argc, char **argv, struct fault *fault);
void options_clear(struct options *options);
void options_help(enum command command, struct buf *out);
void options_usage(struct buf *out); /* a few lines for whoever typed nothing: what to type next */

/* "ADDRESS[,role=ROLE]", also the line of a --nodes file; adds a node unless the line is blank or a
 * comment. */
int options_add_node(struct options *options, const char *text, struct fault *fault);

#endif
