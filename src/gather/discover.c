/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/loop.h"
#include "base/mem.h"
#include "base/pem.h"
#include "pki/decode.h"
#include "gather/discover.h"
#include "wire/dns.h"
#include "wire/http.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_TIMEOUT_FACTOR = 4 }; /* times the connect timeout */

static const char path_servers[] = "/cucm-uds/servers", path_version[] = "/cucm-uds/version";

struct quest { /* one publisher */
	struct discover *discover; /* borrowed */
	size_t cluster;            /* index in report->clusters */
	char **ips;                /* owned texts, owned array */
	size_t ip_count;
	char *unresolved;          /* owned */
	struct listing list;
	char *version;             /* owned; what /version said, NULL: nothing */
};

struct discover {
	struct report *report;           /* borrowed */
	const struct deadline *deadline; /* borrowed */
	struct quest *quests;
	size_t count, done;
};

static struct cluster *cluster_of(const struct quest *quest)
{
	return &quest->discover->report->clusters[quest->cluster];
}

/* --- names ------------------------------------------------------------------------------------------------------------- */

static void on_ips(void *arg, const struct dns_answer *answer)
{
	struct quest *quest = arg;

	if (answer->problem != NULL) {
		quest->unresolved = mem_strdup(answer->problem);
		return;
	}
	quest->ips = mem_array(answer->ip_count + 1, sizeof *quest->ips);
	for (size_t i = 0; i < answer->ip_count && i < NAMES_IPS_MOST; i++)
		quest->ips[quest->ip_count++] = mem_strdup(answer->ips[i]);
}

static void resolve_all(struct discover *discover, const struct names_how *how)
{
	struct loop *loop = loop_new();
	struct fault fault;
	struct dns *dns = names_open(how, loop, &fault);

	for (size_t i = 0; i < discover->count; i++) {
		if (dns != NULL)
			dns_forward(dns, cluster_of(&discover->quests[i])->publisher, on_ips, &discover->quests[i]);
		else
			discover->quests[i].unresolved = mem_strdup(fault.text);
	}
	if (dns != NULL)
		names_settle(dns, loop, discover->deadline);
	dns_free(dns);
	loop_free(loop);
}

/* --- answers ----------------------------------------------------------------------------------------------------------- */

static enum discovery_outcome outcome_of(enum http_outcome outcome)
{
	switch (outcome) {
	case HTTP_PENDING:
		return DISCOVERY_NOT_TRIED;
	case HTTP_OK:
		return DISCOVERY_OK;
	case HTTP_REFUSED:
		return DISCOVERY_REFUSED;
	case HTTP_UNREACHABLE:
		return DISCOVERY_UNREACHABLE;
	case HTTP_TIMEOUT:
		return DISCOVERY_TIMEOUT;
	case HTTP_TLS:
		return DISCOVERY_TLS;
	case HTTP_STATUS:
		return DISCOVERY_HTTP_STATUS;
	case HTTP_REDIRECT:
		return DISCOVERY_REDIRECT;
	case HTTP_TOO_LARGE:
		return DISCOVERY_TOO_LARGE;
	case HTTP_BROKEN:
		return DISCOVERY_BROKEN;
	case HTTP_STOPPED:
		return DISCOVERY_STOPPED;
	}
	return DISCOVERY_BROKEN;
}

/* The certificates come as PEM from libcurl. */
static void copy_chain(struct report *report, struct chain *chain, const struct http_visit *visit)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END";

	for (size_t i = 0; i < visit->certificate_count && chain->count < visit->certificate_count; i++) {
		const char *from = strstr(visit->certificates[i].data, begin), *to;
		struct buf der;

		to = from == NULL ? NULL : strstr(from + strlen(begin), end);
		if (to == NULL)
			continue;
		from += strlen(begin);
		buf_init(&der);
		if (pem_decode_base64(&der, from, (size_t)(to - from)) == 0)
			chain_add(chain, decode_cert(&report->certs, (const unsigned char *)der.data, der.len));
		buf_clear(&der);
	}
}

static void read_version(struct quest *quest, const struct http_visit *visit)
{
	struct listing none = { 0 };

	free(quest->version);
	discover_parse(visit->body.data, visit->body.len, &none, &quest->version);
	listing_clear(&none);
}

static void read_servers(struct quest *quest, const struct http_visit *visit)
{
	struct cluster *cluster = cluster_of(quest);

	cluster->outcome = outcome_of(visit->outcome);
	cluster->detail = visit->detail == NULL ? NULL : mem_strdup(visit->detail);
	cluster->ip = visit->ip == NULL ? NULL : mem_strdup(visit->ip);
	copy_chain(quest->discover->report, &cluster->chain, visit);
	if (visit->outcome == HTTP_OK)
		cluster->outcome = discover_parse(visit->body.data, visit->body.len, &quest->list, &cluster->version);
	cluster->entries_dropped = quest->list.dropped;
}

static void on_answer(void *arg, const struct http_visit *visit)
{
	struct quest *quest = arg;
	struct discover *discover = quest->discover;

	if (visit->path == path_version && visit->outcome == HTTP_OK)
		read_version(quest, visit);
	if (visit->path != path_servers)
		return;
	read_servers(quest, visit);
	deadline_tell(discover->deadline, "discover", ++discover->done, discover->count);
}

/* --- nodes ------------------------------------------------------------------------------------------------------------- */

static void add_publisher(struct report *report, size_t cluster)
{
	const char *publisher = report->clusters[cluster].publisher;
	struct node *node;

	if (report_find_node(report, publisher) != NULL)
		return;
	node = report_add_node(report, publisher);
	node->source = SOURCE_OPTION;
	node->cluster = cluster;
	node_add_address(node, publisher, true);
}

static void add_nodes(struct report *report, struct quest *quest)
{
	struct cluster *cluster = &report->clusters[quest->cluster];

	if (cluster->outcome != DISCOVERY_OK)
		add_publisher(report, quest->cluster);
	if (quest->version != NULL) { /* it knows better than the attribute of the list */
		free(cluster->version);
		cluster->version = quest->version;
		quest->version = NULL;
	}
	if (cluster->outcome == DISCOVERY_OK || cluster->outcome == DISCOVERY_NO_SERVERS) /* else it is cut off somewhere */
		listing_to_nodes(&quest->list, report, SOURCE_UDS, quest->cluster);
}

/* --- the whole ------------------------------------------------------------------------------------------------------------ */

static void prepare(struct discover *discover, const struct target *targets, size_t count, uint16_t port)
{
	discover->quests = mem_array(count + 1, sizeof *discover->quests);
	discover->count = count;
	for (size_t i = 0; i < count; i++) {
		struct cluster *cluster =
			report_add_cluster(discover->report, targets[i].host, targets[i].port != 0 ? targets[i].port : port);

		cluster->url = mem_printf(strchr(cluster->publisher, ':') != NULL ? "https://[%s]:%u%s" : "https://%s:%u%s",
		                          cluster->publisher, cluster->port, path_servers);
		discover->quests[i] = (struct quest){ .discover = discover, .cluster = discover->report->cluster_count - 1 };
	}
}

/* The list and the version are asked for at the same time: over a distance the second would cost a round trip more. */
static size_t plan_visits(struct discover *discover, struct http_visit *visits, unsigned timeout_ms)
{
	size_t count = 0;

	for (size_t i = 0; i < discover->count; i++) {
		struct quest *quest = &discover->quests[i];
		struct cluster *cluster = cluster_of(quest);

		if (quest->ip_count == 0) {
			cluster->outcome = deadline_over(discover->deadline) ? DISCOVERY_STOPPED : DISCOVERY_UNRESOLVED;
			cluster->detail = mem_strdup(quest->unresolved != NULL ? quest->unresolved : "no address");
			deadline_tell(discover->deadline, "discover", ++discover->done, discover->count);
			continue;
		}
		for (int asks_version = 0; asks_version < 2; asks_version++) {
			visits[count++] = (struct http_visit){
				.host = cluster->publisher, .port = cluster->port, .ips = quest->ips, .ip_count = quest->ip_count,
				.path = asks_version ? path_version : path_servers, .answered = on_answer, .arg = quest,
				.timeout_ms = asks_version ? timeout_ms : LIST_TIMEOUT_FACTOR * timeout_ms, /* a version is not worth a long wait */
			};
		}
	}
	return count;
}

static void visit_all(struct discover *discover, const struct discover_how *how)
{
	struct http_visit *visits = mem_array(2 * discover->count + 1, sizeof *visits);
	size_t count = plan_visits(discover, visits, how->connect_timeout_s * 1000);
	struct http_how http_how = {
		.connect_timeout_ms = how->connect_timeout_s * 1000,
		.body_most = DISCOVER_BODY_MOST,
		.per_host = how->per_address,
		.environment_proxy = how->environment_proxy,
	};
	struct fault fault;

	if (http_visit_all(visits, count, &http_how, discover->deadline, &fault) != 0) {
		for (size_t i = 0; i < count; i++) {
			struct cluster *cluster = cluster_of(visits[i].arg);

			cluster->outcome = DISCOVERY_BROKEN;
			free(cluster->detail);
			cluster->detail = mem_strdup(fault.text);
		}
	}
	for (size_t i = 0; i < count; i++)
		http_visit_clear(&visits[i]);
	free(visits);
}

static void quest_clear(struct quest *quest)
{
	for (size_t i = 0; i < quest->ip_count; i++)
		free(quest->ips[i]);
	free(quest->ips);
	free(quest->unresolved);
	free(quest->version);
	listing_clear(&quest->list);
}

void discover_run(struct report *report, const struct target *targets, size_t count, const struct discover_how *how,
                  const struct deadline *deadline)
{
	struct discover discover = { .report = report, .deadline = deadline };

	prepare(&discover, targets, count, how->port);
	deadline_tell(deadline, "discover", 0, count);
	resolve_all(&discover, how->names);
	visit_all(&discover, how);
	for (size_t i = 0; i < count; i++) {
		add_nodes(report, &discover.quests[i]);
		quest_clear(&discover.quests[i]);
	}
	free(discover.quests);
}
