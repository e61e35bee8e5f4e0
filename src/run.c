/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "advise/compare.h"
#include "attached.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "model/release.h"
#include "model/untried.h"
#include "base/safe.h"
#include "out/answer.h"
#include "out/diff.h"
#include "pki/trust.h"
#include "run.h"
#include "run_calibration.h"
#include "run_client.h"
#include "run_log.h"
#include "run_parts.h"
#include "run_replay.h"
#include "run_report.h"
#include "gather/facts.h"
#include "base/loop.h"
#include "gather/reverse.h"
#include "gather/sources.h"
#include "gather/web.h"
#include "gather/worker.h"
#include "advise/examine.h"
#include "judge/client.h"
#include "judge/judge.h"
#include "advise/order.h"
#include "advise/plan.h"
#include "gather/probe.h"
#include "gather/probe_plan.h"
#include "saved/json_diff.h"
#include "saved/reader.h"
#include "gather/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { CHAIN_BYTES_MOST = 16 << 20, NODES_BYTES_MOST = 1 << 20, NODES_MOST = 10000,
       DNS_TIMEOUT_S = 5, JUDGING_MS = 500 };

/* --- what judging needs ----------------------------------------------------------------------- */

void run_say_notes(const struct names *notes)
{
	for (size_t i = 0; i < notes->count; i++) {
		char *line = safe_line(notes->items[i]);

		fprintf(stderr, "mra-preflight: %s\n", line);
		free(line);
	}
}

static int load_stores(struct report *report, const struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < options->trusts.count; i++) {
		struct store loaded = { 0 };
		const struct store *other;

		/* `verify` answers for a store with nothing in it, as OpenSSL does; an audit with
		 * one is a mistake. */
		if (trust_load(&report->certs, options->trusts.items[i], &loaded, fault) != 0 &&
		    (options->command != COMMAND_VERIFY || fault->code != FAULT_EMPTY)) {
			store_clear(&loaded);
			return -1;
		}
		run_say_notes(&loaded.notes);
		for (size_t j = 0; j < report->store_count; j++) {
			other = &report->stores[j];
			if (strcmp(other->name, loaded.name) == 0) {
				store_clear(&loaded);
				return fault_set(
					fault, FAULT_USAGE,
					"two trust stores are named %.100s: name them apart with --trust NAME=FILE",
					other->name);
			}
		}
		report->stores =
			mem_grow(report->stores, report->store_count, sizeof *report->stores);
		report->stores[report->store_count++] = loaded;
	}
	return 0;
}

static int set_order(struct policy *policy, const struct options *options, struct fault *fault)
{
	enum order order;

	if (options->cipher_string != NULL)
		return order_from_string(options->cipher_string, policy, fault);
	if (options->upgrade != NULL)
		return order_from_upgrade(options->upgrade, policy, fault);
	if (options->order == NULL)
		return 0;
	if (order_parse(options->order, &order) != 0) {
		/* said, not just the default: it holds against what a saved report says */
		policy->order_why = mem_strdup("--order says that either may come first.");
		return 0;
	}
	for (int i = 0; i < ORDER_COUNT; i++)
		policy->probe_order[i] = policy->order_in_force[i] = i == (int)order;
	policy->order_why = mem_printf("--order says that Expressway offers %s.",
	                               order == ORDER_RSA_FIRST ? "RSA first" : "ECDSA first");
	return 0;
}

#define DEFAULT_RELEASE "X14.2"

/* The release is that of --expressway, or the one that --upgrade leads to; --era and
 * --traffic-server override what follows from it. An era brings its traffic server along. */
static int set_release(struct policy *policy, const struct options *options, struct fault *fault)
{
	const char *comma = options->upgrade != NULL ? strchr(options->upgrade, ',') : NULL,
		   *text = options->expressway;
	struct release release, to;

	if (text == NULL)
		text = comma != NULL ? comma + 1 : DEFAULT_RELEASE;
	if (release_parse(text, strlen(text), &release) != 0)
		return fault_set(
			fault, FAULT_USAGE,
			"--upgrade wants two releases as in X14.0.7,X14.2 (or fresh,X14.2)");
	if (comma != NULL && release_parse(comma + 1, strlen(comma + 1), &to) == 0 &&
	    release_compare(&to, &release) != 0)
		return fault_set(
			fault, FAULT_USAGE,
			"--upgrade leads to %.20s, but --expressway says %.20s: give one of them",
			comma + 1, text);
	release_apply(&release, policy);
	if (options->era_given) {
		policy->era = options->era;
		policy->traffic_server = traffic_server_of(options->era);
	}
	if (options->traffic_server_given)
		policy->traffic_server = options->traffic_server;
	policy->from = options->expressway != NULL || comma != NULL || options->era_given ||
	                               options->traffic_server_given
	                       ? POLICY_GIVEN
	                       : POLICY_DEFAULT;
	return 0;
}

static int set_policy(struct policy *policy, const struct options *options, struct fault *fault)
{
	if (set_release(policy, options, fault) != 0)
		return -1;
	policy->at = options->at_given ? options->at : clock_wall_s();
	policy->at_now = !options->at_given;
	policy->warning_days = options->warning_days;
	policy->critical_days = options->critical_days;
	policy->strict = options->strict;
	return set_order(policy, options, fault) != 0 ? -1
	                                              : run_calibration(policy, options, fault);
}

int run_prepare(struct report *report, const struct options *options, struct fault *fault)
{
	report->started = clock_wall_s();
	if (set_policy(&report->policy, options, fault) != 0)
		return -1;
	if (load_stores(report, options, fault) != 0)
		return -1;
	return run_client_load(report, options, fault);
}

/* The half of the way that audit and replay share: evidence to findings. */
void run_conclude(struct report *report, const struct deadline *deadline)
{
	untried_add(report);
	judge_run(report, deadline);
	judge_clients(report);
	report->status = report_status(report);
	examine_run(report);
	plan_run(report);
	report->answer = answer_sentence(report);
}

/* --- audit ------------------------------------------------------------------------------------ */

static void add_node(struct report *report, const char *address, enum node_role role)
{
	struct node *node = report_find_node(report, address);

	if (node != NULL) {
		node->role = role; /* UDS told the name, the user knows the role */
		node->vouched = true;
		return;
	}
	node = report_add_node(report, address);
	node->role = role;
	node->source = SOURCE_OPTION;
	node_add_address(node, address, true);
}

/* Puts file and line before what is wrong with it. */
static int blame_line(const char *path, size_t number, struct fault *fault)
{
	struct fault cause = *fault;

	return fault_set(fault, cause.code, "%.200s, line %zu: %.250s",
	                 strcmp(path, "-") == 0 ? "standard input" : path, number, cause.text);
}

/* The lines of every --nodes file become --node options. */
static int read_node_files(struct options *options, struct fault *fault)
{
	for (size_t i = 0; i < options->node_files.count; i++) {
		const char *path = options->node_files.items[i];
		struct buf text;
		size_t number = 0;
		int rc;

		buf_init(&text);
		rc = file_read(path, NODES_BYTES_MOST, &text, fault);
		for (char *rest = text.data, *line;
		     rc == 0 && (line = strsep(&rest, "\n")) != NULL;) {
			rc = options_add_node(options, line, fault);
			number++;
			if (rc != 0)
				rc = blame_line(path, number, fault);
			if (rc == 0 && options->node_count > NODES_MOST)
				rc = fault_set(fault, FAULT_LIMIT, "%s names more than %d nodes",
				               path, NODES_MOST);
		}
		buf_clear(&text);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static struct names_how names_of(const struct options *options, const char **search)
{
	unsigned wait_s = options->connect_timeout_s;
	size_t i = 0;

	for (; i < options->searches.count; i++)
		search[i] = options->searches.items[i];
	search[i] = NULL;
	return (struct names_how){
		.dns_server = options->dns_server,
		.search = options->searches.count > 0 ? search : NULL,
		.fixed = options->fixed,
		.fixed_count = options->fixed_count,
		.ipv4 = options->ipv4,
		.ipv6 = options->ipv6,
		.foreign = options->foreign,
		.domains = &options->domains,
		/* who gives a node longer to answer has a slow way to the DNS server as well */
		.timeout_ms = 1000 * (wait_s > DNS_TIMEOUT_S ? wait_s : DNS_TIMEOUT_S),
	};
}

static void add_nodes(struct report *report, const struct options *options)
{
	for (size_t i = 0; options->no_discovery && i < options->target_count; i++)
		add_node(report, options->targets[i].host, ROLE_CUCM);
	for (size_t i = 0; i < options->node_count; i++)
		add_node(report, options->nodes[i].address, options->nodes[i].role);
}

/* Runs in a process of its own (gather/worker.h), and again in this one if that could not do all of
 * it. */
static void gather(struct report *report, const struct deadline *deadline, void *arg)
{
	const struct options *options = arg;
	const char *search[32];
	struct names_how names = names_of(options, search);
	struct sources_how sources = {
		.targets = options->targets,
		.target_count = options->target_count,
		.uds_port = (uint16_t)options->uds_port,
		.told = options->told,
		.told_count = options->told_count,
		.given_only = options->no_discovery,
		.discover = { options->connect_timeout_s, options->handshake_timeout_s, &names,
		              options->per_address, options->environment_proxy },
	};
	struct web_how web = { &names, options->connect_timeout_s, options->handshake_timeout_s,
		               options->environment_proxy };
	struct suites suites[ORDER_COUNT];
	struct reverses *reverses;
	struct probe_how probe = {
		.suites = { &suites[ORDER_RSA_FIRST], &suites[ORDER_ECDSA_FIRST] },
		.ports = options->ports,
		.port_count = options->port_count,
		.connect_timeout_ms = options->connect_timeout_s * 1000,
		.handshake_timeout_ms = options->handshake_timeout_s * 1000,
		.retries = options->retries,
		.parallel = options->parallel,
		.per_address = options->per_address,
		.tls = options->tls,
		.complete_all = options->complete_all,
		.infer = options->infer,
	};

	if (report->gathered < GATHERED_CLUSTERS) {
		if (!options->no_discovery)
			sources_publishers(report, &sources, deadline);
		facts_reached(report, deadline, GATHERED_CLUSTERS);
	}
	for (int order = 0; order < ORDER_COUNT; order++)
		order_offered(options->cipher_string, (enum order)order, &suites[order]);
	if (report->gathered < GATHERED_NODES) {
		sources_nodes(report, &sources, deadline);
		add_nodes(report, options);
		facts_reached(report, deadline, GATHERED_NODES);
	}
	if (report->gathered < GATHERED_ADDRESSES) {
		resolve_run(report, &names, deadline);
		facts_reached(report, deadline, GATHERED_ADDRESSES);
	}
	probe.loop = loop_new();
	reverses = reverses_start(report, &names, probe.loop);
	probe.beside = reverses_tick;
	probe.beside_arg = reverses;
	probe_run(report, &probe, deadline);
	reverses_finish(reverses, deadline);
	loop_free(probe.loop);
	web_run(report, &web, deadline);
	facts_reached(report, deadline, GATHERED_ALL);
}

enum { CPU_SLACK_S = 5, STALL_MORE_MS = 1000, FILES_SPARE = 256 };

/* Whoever takes longer to be computed with than a handshake may take is not worth more. */
static void gather_apart(struct report *report, struct options *options,
                         const struct deadline *deadline)
{
	struct worker_how how = {
		.stall_ms = options->handshake_timeout_s * 1000 + STALL_MORE_MS,
		.files = 6 * options->parallel + FILES_SPARE, /* what probe.c may have open */
		.cpu_s = (int64_t)options->deadline_s + CPU_SLACK_S,
	};

	worker_run(report, gather, options, &how, deadline);
	probe_settle(report);
	report->policy.library_order = !probe_orders_suites();
}

/* What was seen is judged even if the deadline passed, or a signal came, while it was looked at;
 * but not for long. */
static struct deadline judging_deadline(const struct deadline *deadline)
{
	int64_t soon = clock_mono_ms() + JUDGING_MS;

	bool over = deadline_over(deadline);

	return (struct deadline){ .at_ms = over || deadline->at_ms < soon ? soon : deadline->at_ms,
		                  .stop = over ? NULL : deadline->stop };
}

/* "verfiy" may be a host, so it was asked for; that it is none is the time to say what else it may
 * be. */
static void hint_command(const struct report *report, const struct options *options)
{
	if (options->meant == NULL || options->target_count == 0)
		return;
	for (size_t i = 0; i < report->cluster_count; i++)
		if (strcmp(report->clusters[i].publisher, options->targets[0].host) == 0 &&
		    report->clusters[i].outcome == DISCOVERY_UNRESOLVED)
			fprintf(stderr,
			        "mra-preflight: \"%s\" was taken for a publisher: for the command write mra-preflight %s\n",
			        options->targets[0].host, options->meant);
}

static int run_audit(struct options *options, const volatile sig_atomic_t *stop,
                     struct fault *fault)
{
	struct report *report = report_new();
	struct deadline deadline = { .stop = stop };
	struct progress progress;
	int64_t begun_ms = clock_mono_ms();
	int status = -1;

	if (run_prepare(report, options, fault) == 0 && read_node_files(options, fault) == 0 &&
	    run_log_told(options, stop, fault) == 0 &&
	    run_report_check(options, fault) == 0) {
		deadline.at_ms = begun_ms + (int64_t)options->deadline_s * 1000;
		run_report_watch(&deadline, &progress, options);
		gather_apart(report, options, &deadline);
		progress_end(&progress);
		report->stopped = deadline_over(&deadline);
		deadline = judging_deadline(&deadline);
		run_conclude(report, &deadline);
		report->took_ms = clock_mono_ms() - begun_ms;
		status = run_report(report, options, fault);
		hint_command(report, options);
	}
	report_free(report);
	return status;
}

/* --- diff ------------------------------------------------------------------------------------ */

static void write_diff(const struct report *old, const struct report *new, bool json,
                       struct buf *out, bool *worse)
{
	struct comparison comparison;

	compare_run(old, new, &comparison);
	*worse = comparison.worse;
	if (json)
		json_diff(old, new, &comparison, out);
	else
		diff_write(&comparison, out);
	comparison_clear(&comparison);
}

static int run_diff(const struct options *options, struct fault *fault)
{
	bool json = options->format != NULL && strcmp(options->format, "json") == 0, worse = false;
	struct report *old = report_new(), *new = report_new();
	struct buf out;
	int rc = -1;

	buf_init(&out);
	if (reader_file(old, options->files.items[0], READER_STORES | READER_VERDICTS, fault) ==
	            0 &&
	    reader_file(new, options->files.items[1], READER_STORES | READER_VERDICTS, fault) == 0)
		rc = 0;
	if (rc == 0) {
		write_diff(old, new, json, &out, &worse);
		rc = file_write_fd(STDOUT_FILENO, "standard output", out.data, out.len, fault);
	}
	report_free(old);
	report_free(new);
	buf_clear(&out);
	return rc != 0 ? -1 : worse;
}

/* --- verify ----------------------------------------------------------------------------------- */

static void add_question(struct report *report, const struct chain *chain, const char *address,
                         const char *ip)
{
	struct observation *observation = report_add_observation(report);

	observation->address = mem_strdup(address);
	if (ip == NULL &&
	    (address_kind_of(address) == ADDRESS_IPV4 || address_kind_of(address) == ADDRESS_IPV6))
		ip = address;
	observation->ip = mem_strdup(ip == NULL ? "" : ip);
	observation->outcome = OUTCOME_PRESENTED;
	observation->reached = REACHED_FINISHED; /* as if */
	observation->handshake_completed = true;
	observation->advertised = true;
	for (size_t i = 0; i < chain->count; i++)
		chain_add(&observation->chain, chain->certs[i]);
}

static void judge_questions(struct report *report, const struct options *options,
                            const struct chain *chain)
{
	if (options->addresses.count == 0)
		add_question(report, chain, "", options->ip);
	for (size_t i = 0; i < options->addresses.count; i++)
		add_question(report, chain, options->addresses.items[i], options->ip);
	judge_run(report, NULL);
	report->status = report_status(report);
}

static int run_verify(const struct options *options, struct fault *fault)
{
	struct report *report = report_new();
	struct chain chain = { 0 };
	struct names notes = { 0 };
	struct buf text;
	int status = -1;

	buf_init(&text);
	if (run_prepare(report, options, fault) == 0 &&
	    file_read(options->files.items[0], CHAIN_BYTES_MOST, &text, fault) == 0 &&
	    trust_read_chain(&report->certs, text.data, text.len, options->files.items[0], &chain,
	                     &notes, fault) == 0) {
		trust_leaf_first(&chain, options->files.items[0], &notes);
		run_say_notes(&notes);
		judge_questions(report, options, &chain);
		status = run_report_verify(report, options, fault);
	}
	buf_clear(&text);
	names_clear(&notes);
	chain_clear(&chain);
	report_free(report);
	return status;
}

/* --- which ------------------------------------------------------------------------------------ */

static int print(void (*write)(const struct options *options, struct buf *out),
                 const struct options *options, struct fault *fault)
{
	struct buf out;
	int rc;

	buf_init(&out);
	write(options, &out);
	rc = file_write_fd(STDOUT_FILENO, "standard output", out.data, out.len, fault);
	buf_clear(&out);
	return rc;
}

static void write_help(const struct options *options, struct buf *out)
{
	options_help(options->help_for, out);
}

static void write_version(const struct options *options, struct buf *out)
{
	(void)options;
	buf_puts(out, PACKAGE_NAME " " PACKAGE_VERSION "\n");
}

static void write_manual(const struct options *options, struct buf *out)
{
	(void)options;
	buf_puts(out, attached_manual);
}

static void write_licences(const struct options *options, struct buf *out)
{
	(void)options;
	buf_puts(out, attached_licences);
}

enum { STATUS_USAGE = 2 };

static int print_usage(struct fault *fault)
{
	struct buf out;
	int rc;

	buf_init(&out);
	options_usage(&out);
	rc = file_write_fd(STDERR_FILENO, "standard error", out.data, out.len, fault);
	buf_clear(&out);
	return rc == 0 ? STATUS_USAGE : rc;
}

int run(struct options *options, const volatile sig_atomic_t *stop, struct fault *fault)
{
	switch (options->command) {
	case COMMAND_AUDIT:
		return run_audit(options, stop, fault);
	case COMMAND_VERIFY:
		return run_verify(options, fault);
	case COMMAND_REPLAY:
		return run_replay(options, stop, fault);
	case COMMAND_DIFF:
		return run_diff(options, fault);
	case COMMAND_LOG:
		return run_log(options, stop, fault);
	case COMMAND_HELP:
		return print(write_help, options, fault);
	case COMMAND_VERSION:
		return print(write_version, options, fault);
	case COMMAND_MANUAL:
		if (*attached_manual == '\0')
			return fault_set(
				fault, FAULT_USAGE,
				"the manual page came as a file of its own: man mra-preflight");
		return print(write_manual, options, fault);
	case COMMAND_LICENCES:
		return print(write_licences, options, fault);
	case COMMAND_NONE:
		return print_usage(fault);
	}
	return fault_set(fault, FAULT_USAGE, "no such command");
}
