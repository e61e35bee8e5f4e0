/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/words.h"
#include "model/report.h"

#include <stdlib.h>
#include <string.h>

struct report *report_new(void)
{
	struct report *report = mem_zalloc(sizeof *report);

	for (int i = 0; i < ORDER_COUNT; i++)
		report->policy.probe_order[i] = report->policy.order_in_force[i] = true;
	report->policy.warning_days = 30;
	return report;
}

void cluster_clear(struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->verdict_count; i++)
		verdict_clear(&cluster->verdicts[i]);
	free(cluster->verdicts);
	chain_clear(&cluster->chain);
	free(cluster->publisher);
	free(cluster->version);
	free(cluster->url);
	free(cluster->detail);
	free(cluster->ip);
}

#define CLEAR_ALL(array, count, clear)             \
	do { \
		for (size_t i = 0; i < (count); i++) \
			clear(&(array)[i]);        \
		free(array); \
	} while (0)

void report_free(struct report *report)
{
	if (report == NULL)
		return;
	CLEAR_ALL(report->steps, report->step_count, step_clear);
	CLEAR_ALL(report->findings, report->finding_count, finding_clear);
	CLEAR_ALL(report->verdicts, report->verdict_count, verdict_clear);
	report_drop_client_verdicts(report);
	CLEAR_ALL(report->clients, report->client_count, client_clear);
	CLEAR_ALL(report->snapshots, report->snapshot_count, snapshot_clear);
	CLEAR_ALL(report->observations, report->observation_count, observation_clear);
	CLEAR_ALL(report->nodes, report->node_count, node_clear);
	table_clear(&report->node_names);
	table_clear(&report->joined.nodes);
	table_clear(&report->joined.clusters);
	free(report->joined.member);
	membership_clear(&report->members);
	CLEAR_ALL(report->clusters, report->cluster_count, cluster_clear);
	CLEAR_ALL(report->stores, report->store_count, store_clear);
	policy_clear(&report->policy);
	certset_clear(&report->certs);
	ca_lists_clear(&report->client_ca_lists);
	unread_clear(&report->unread);
	free(report->answer);
	free(report);
}

/* The next free element of one of the report's arrays, zeroed. */
#define NEXT(report, array, count) \
	((report)->array = mem_grow((report)->array, (report)->count, sizeof *(report)->array), \
	 memset(&(report)->array[(report)->count++], 0, sizeof *(report)->array))

struct store *report_add_store(struct report *report, const char *name)
{
	struct store *store = NEXT(report, stores, store_count);

	store->name = mem_strdup(name);
	return store;
}

struct cluster *report_add_cluster(struct report *report, const char *publisher, uint16_t port)
{
	struct cluster *cluster = NEXT(report, clusters, cluster_count);

	cluster->publisher = mem_strdup(publisher);
	cluster->port = port;
	return cluster;
}

struct node *report_add_node(struct report *report, const char *name)
{
	struct node *node = NEXT(report, nodes, node_count);

	node->name = mem_strdup(name);
	table_add(&report->node_names, name, report->node_count - 1);
	node->cluster = NODE_NO_CLUSTER;
	return node;
}

struct node *report_find_node(const struct report *report, const char *name)
{
	size_t at;

	return table_find(&report->node_names, name, &at) ? &report->nodes[at] : NULL;
}

struct observation *report_add_observation(struct report *report)
{
	return NEXT(report, observations, observation_count);
}

struct verdict *report_add_verdict(struct report *report)
{
	return NEXT(report, verdicts, verdict_count);
}

struct client *report_add_client(struct report *report, const char *name, enum client_from from)
{
	struct client *client = NEXT(report, clients, client_count);

	client->name = mem_strdup(name);
	client->from = from;
	return client;
}

struct snapshot *report_add_snapshot(struct report *report, const char *name)
{
	struct snapshot *snapshot = NEXT(report, snapshots, snapshot_count);

	snapshot->name = mem_strdup(name);
	snapshot->tomcat.name = mem_strdup("tomcat-trust");
	snapshot->callmanager.name = mem_strdup("CallManager-trust");
	return snapshot;
}

struct client_verdict *report_add_client_verdict(struct report *report)
{
	return NEXT(report, client_verdicts, client_verdict_count);
}

void report_drop_client_verdicts(struct report *report)
{
	for (size_t i = 0; i < report->client_verdict_count; i++)
		free(report->client_verdicts[i].reason);
	free(report->client_verdicts);
	report->client_verdicts = NULL;
	report->client_verdict_count = 0;
}

struct finding *report_add_finding(struct report *report, enum finding_kind kind)
{
	struct finding *finding = NEXT(report, findings, finding_count);

	finding_init(finding, kind);
	return finding;
}

struct finding *report_add_refusal(struct report *report, enum finding_kind kind,
                                   enum reason reason)
{
	struct finding *finding = report_add_finding(report, kind);

	finding->reason = reason;
	finding->id = reason_id(reason);
	finding->severity = SEVERITY_WARNING;
	return finding;
}

struct step *report_add_step(struct report *report, enum step_kind kind)
{
	struct step *step = NEXT(report, steps, step_count);

	step->kind = kind;
	return step;
}

enum service report_service(const struct report *report, const struct observation *observation)
{
	enum node_role role = observation->node < report->node_count
	                              ? report->nodes[observation->node].role
	                              : ROLE_CUCM;

	return service_of(role, observation->port);
}

const char *report_certificate(const struct report *report, const struct observation *observation)
{
	const struct cert *leaf = chain_leaf(&observation->chain);

	return leaf != NULL ? service_certificate(report_service(report, observation),
	                                          leaf->key_type == KEY_ECDSA)
	                    : NULL;
}

bool report_needed(const struct report *report, const struct observation *observation)
{
	return service_is_needed(report_service(report, observation));
}

bool report_counts(const struct report *report, const struct observation *observation)
{
	enum service service = report_service(report, observation);

	return observation->advertised && report->policy.order_in_force[observation->order] &&
	       service_is_traffic(service) &&
	       (observation->outcome == OUTCOME_PRESENTED || service_is_needed(service));
}

bool report_judges_node(const struct report *report, size_t store, size_t node)
{
	return membership_shared(&report->stores[store].members,
	                         membership_of(&report->members.nodes, node));
}

bool report_judges_cluster(const struct report *report, size_t store, size_t cluster)
{
	return membership_shared(&report->stores[store].members,
	                         membership_of(&report->members.clusters, cluster));
}

/* CUCM refuses Expressway: the login fails just the same. */
static bool any_refused_by_peer(const struct report *report)
{
	for (size_t i = 0; i < report->client_verdict_count; i++) {
		const struct client_verdict *verdict = &report->client_verdicts[i];

		if (verdict->outcome == CLIENT_REFUSED &&
		    report_counts(report, &report->observations[verdict->observation]))
			return true;
	}
	return false;
}

bool report_client_accepted(const struct report *report)
{
	size_t asking = 0;

	for (size_t i = 0; i < report->client_verdict_count; i++) {
		const struct client_verdict *verdict = &report->client_verdicts[i];

		if (verdict->cause == CLIENT_NOT_ASKED ||
		    !report_counts(report, &report->observations[verdict->observation]))
			continue;
		asking++;
		if (verdict->outcome != CLIENT_ACCEPTED)
			return false;
	}
	return asking > 0;
}

static bool any_refused(const struct report *report)
{
	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];

		if (!verdict->accepted &&
		    report_counts(report, &report->observations[verdict->observation]))
			return true;
	}
	return false;
}

static bool same_question(const struct observation *a, const struct observation *b)
{
	return a->node == b->node && a->port == b->port && a->order == b->order &&
	       a->offered == b->offered && a->signatures == b->signatures &&
	       strcmp(a->address, b->address) == 0;
}

static int by_question(const void *left, const void *right)
{
	const struct observation *a = *(const struct observation *const *)left,
				 *b = *(const struct observation *const *)right;

	return COMPARE(a->node, b->node)
	       ?: COMPARE(a->port, b->port)
	       ?: COMPARE(a->order, b->order)
	       ?: COMPARE(a->offered, b->offered)
	       ?: COMPARE(a->signatures, b->signatures)
	       ?: strcmp(a->address, b->address);
}

bool *report_seen(const struct report *report)
{
	const struct observation **sorted = mem_array(report->observation_count, sizeof *sorted);
	bool *seen = mem_array(report->observation_count, sizeof *seen);

	for (size_t i = 0; i < report->observation_count; i++)
		sorted[i] = &report->observations[i];
	qsort(sorted, report->observation_count, sizeof *sorted, by_question);
	for (size_t i = 0, end; i < report->observation_count; i = end) {
		bool any = false;

		for (end = i;
		     end < report->observation_count && same_question(sorted[i], sorted[end]);
		     end++)
			any = any || (sorted[end]->outcome == OUTCOME_PRESENTED &&
			              !observation_unfinished(sorted[end]));
		for (size_t k = i; k < end; k++)
			seen[sorted[k] - report->observations] = any;
	}
	free(sorted);
	return seen;
}

static bool any_unchecked(const struct report *report)
{
	bool *seen, any = false;

	for (size_t i = 0; i < report->cluster_count; i++)
		if (discovery_failed(report->clusters[i].outcome))
			return true;
	seen = report_seen(report);
	for (size_t i = 0; i < report->observation_count && !any; i++)
		any = !seen[i] && report_counts(report, &report->observations[i]);
	free(seen);
	return any;
}

enum status report_status(const struct report *report)
{
	if (any_refused(report) || any_refused_by_peer(report))
		return STATUS_FAIL;
	if (report->stopped || report->verdict_count == 0 || report->unread.count > 0 ||
	    any_unchecked(report))
		return STATUS_INCOMPLETE;
	return STATUS_PASS;
}

bool report_in_other_order(const struct report *report, const struct observation *observation)
{
	enum service service = report_service(report, observation);

	return report->policy.order_assumed && !report->policy.order_in_force[observation->order] &&
	       observation->advertised && service_is_traffic(service) &&
	       (observation->outcome == OUTCOME_PRESENTED || service_is_needed(service));
}

bool report_other_order_fails(const struct report *report)
{
	bool *seen, fails = false;

	if (!report->policy.order_assumed)
		return false;
	for (size_t i = 0; i < report->verdict_count; i++)
		if (!report->verdicts[i].accepted &&
		    report_in_other_order(report,
		                          &report->observations[report->verdicts[i].observation]))
			return true;
	seen = report_seen(report);
	for (size_t i = 0; i < report->observation_count && !fails; i++)
		fails = !seen[i] && report_in_other_order(report, &report->observations[i]);
	free(seen);
	return fails;
}

bool report_needs_tls13(const struct report *report, const struct observation *observation)
{
	return observation->outcome == OUTCOME_PRESENTED &&
	       observation->tls12_alone == TLS12_REFUSED &&
	       (observation->offered & OFFERED_TLS12) != 0 &&
	       (report->policy.offers & OFFERED_TLS13) == 0 && report_counts(report, observation);
}

bool report_any_needs_tls13(const struct report *report)
{
	for (size_t i = 0; i < report->observation_count; i++)
		if (report_needs_tls13(report, &report->observations[i]))
			return true;
	return false;
}

enum headline report_headline(const struct report *report)
{
	switch (report->status) {
	case STATUS_PASS:
		return (report->policy.chain_first && !report_client_accepted(report)) ||
		                       report_other_order_fails(report) ||
		                       report_any_needs_tls13(report)
		               ? HEADLINE_YES_BUT
		               : HEADLINE_YES;
	case STATUS_FAIL:
		return HEADLINE_NO;
	case STATUS_INCOMPLETE:
	case STATUS_ERROR:
		break;
	}
	return HEADLINE_NOT_KNOWN;
}

const char *headline_name(enum headline headline)
{
	static const char *const names[] = { "yes", "yes-but", "no", "not-known" };

	return names[headline];
}

static struct names advertised_addresses(const struct report *report)
{
	struct names used = { 0 };

	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].advertised)
			names_add(&used, report->observations[i].address);
	return used;
}

static bool hits(const struct finding *finding, const struct names *used)
{
	for (size_t i = 0; i < finding->addresses.count; i++)
		if (names_has(used, finding->addresses.items[i]))
			return true;
	return finding->addresses.count == 0;
}

size_t report_warnings(const struct report *report)
{
	struct names used = advertised_addresses(report);
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		count += report->findings[i].severity == SEVERITY_WARNING &&
		         hits(&report->findings[i], &used);
	names_clear(&used);
	return count;
}

int report_exit(const struct report *report)
{
	if (report->policy.strict && report_warnings(report) > 0)
		return 1;
	switch (report->status) {
	case STATUS_PASS:
		return 0;
	case STATUS_FAIL:
		return 1;
	case STATUS_INCOMPLETE:
		return 3;
	case STATUS_ERROR:
		return 2;
	}
	return 2;
}

static const char *const statuses[] = { "pass", "fail", "incomplete", "error" };

WORDS(status, enum status, statuses)

bool discovery_failed(enum discovery_outcome outcome)
{
	return outcome != DISCOVERY_OK && outcome != DISCOVERY_NOT_TRIED &&
	       outcome != DISCOVERY_COVERED;
}

const char *discovery_outcome_name(enum discovery_outcome outcome)
{
	static const char *const names[] = {
		[DISCOVERY_NOT_TRIED] = "not-tried",     [DISCOVERY_OK] = "ok",
		[DISCOVERY_UNRESOLVED] = "unresolved",   [DISCOVERY_REFUSED] = "refused",
		[DISCOVERY_UNREACHABLE] = "unreachable", [DISCOVERY_TIMEOUT] = "timeout",
		[DISCOVERY_TLS] = "tls",                 [DISCOVERY_HTTP_STATUS] = "http-status",
		[DISCOVERY_REDIRECT] = "redirect",       [DISCOVERY_TOO_LARGE] = "too-large",
		[DISCOVERY_NOT_XML] = "not-xml",         [DISCOVERY_NO_SERVERS] = "no-servers",
		[DISCOVERY_TOO_MANY] = "too-many",       [DISCOVERY_BROKEN] = "broken",
		[DISCOVERY_FOREIGN] = "foreign",         [DISCOVERY_COVERED] = "covered",
		[DISCOVERY_STOPPED] = "stopped",
	};

	return names[outcome];
}
