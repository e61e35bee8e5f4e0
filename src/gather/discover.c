/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "gather/discover.h"
#include "gather/facts.h"
#include "gather/inside.h"
#include "gather/web.h"
#include "model/lookup.h"
#include "wire/dns.h"
#include "wire/http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIST_TIMEOUT_FACTOR = 4 }; /* the list may take so many connect timeouts, once TLS stands */

static const char path_servers[] = "/cucm-uds/servers", path_version[] = "/cucm-uds/version";

struct request { /* what is asked of one publisher */
	struct discover *discover; /* borrowed */
	size_t cluster;            /* index in report->clusters */
	char **ips;                /* owned texts, owned array */
	size_t ip_count;
	char *full_name;           /* owned; what its name led to in DNS */
	char *unresolved;          /* owned */
	struct listing list;
	char *version;             /* owned; what /version said, NULL: nothing */
};

struct discover {
	struct report *report;           /* borrowed */
	const struct deadline *deadline; /* borrowed */
	struct request *requests;
	size_t count, done;
};

static struct cluster *cluster_of(const struct request *request)
{
	return &request->discover->report->clusters[request->cluster];
}

/* Still to be asked: not so one of which an earlier process died. */
static bool is_open(const struct request *request)
{
	return cluster_of(request)->outcome == DISCOVERY_NOT_TRIED;
}

/* --- names ------------------------------------------------------------------------------------ */

static void on_ips(void *arg, const struct dns_answer *answer)
{
	struct request *request = arg;

	if (answer->problem != NULL) {
		request->unresolved = mem_strdup(answer->problem);
		return;
	}
	request->full_name = mem_strdup(answer->name);
	request->ips = mem_array(answer->ip_count, sizeof *request->ips);
	for (size_t i = 0; i < answer->ip_count && i < NAMES_IPS_MOST; i++)
		request->ips[request->ip_count++] = mem_strdup(answer->ips[i]);
}

static void foreign(struct discover *discover, struct cluster *cluster)
{
	cluster->outcome = DISCOVERY_FOREIGN;
	cluster->detail = mem_strdup("outside the domain; not asked without --foreign");
	deadline_tell(discover->deadline, "discover", ++discover->done, discover->count);
}

/* A publisher that the network named is asked only if it belongs to the domain. */
static void keep_inside(struct discover *discover, const struct names_how *how,
                        const struct dns *dns)
{
	struct inside inside = { 0 };

	names_inside(&inside, how, discover->report, dns);
	for (size_t i = 0; i < discover->count && !how->foreign; i++) {
		struct request *request = &discover->requests[i];
		struct cluster *cluster = cluster_of(request);

		if (node_source_told(cluster->source) && request->ip_count > 0 &&
		    !inside_has(&inside, cluster->publisher, request->full_name, request->ips,
		                request->ip_count))
			foreign(discover, cluster);
	}
	inside_clear(&inside);
}

static void resolve_all(struct discover *discover, const struct names_how *how)
{
	struct loop *loop = loop_new();
	struct fault fault;
	struct dns *dns = NULL;

	if (deadline_over(discover->deadline))
		fault_set(&fault, FAULT_LIMIT, "%s", lookup_text(LOOKUP_STOPPED));
	else
		dns = names_open(how, loop, &fault);
	for (size_t i = 0; i < discover->count; i++) {
		if (!is_open(&discover->requests[i]))
			continue;
		if (dns != NULL)
			dns_forward(dns, cluster_of(&discover->requests[i])->publisher, on_ips,
			            &discover->requests[i]);
		else
			discover->requests[i].unresolved = mem_strdup(fault.text);
	}
	if (dns != NULL)
		names_settle(dns, loop, discover->deadline);
	keep_inside(discover, how, dns);
	dns_free(dns);
	loop_free(loop);
}

/* --- answers ---------------------------------------------------------------------------------- */

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

static void read_version(struct request *request, const struct http_request *answer)
{
	struct listing none = { 0 };

	discover_parse(answer->body.data, answer->body.len, &none, &request->version);
	listing_clear(&none);
}

static void read_servers(struct request *request, const struct http_request *answer)
{
	struct cluster *cluster = cluster_of(request);

	cluster->outcome = outcome_of(answer->outcome);
	cluster->detail = answer->detail == NULL ? NULL : mem_strdup(answer->detail);
	cluster->ip = answer->ip == NULL ? NULL : mem_strdup(answer->ip);
	web_chain(&request->discover->report->certs, answer, &cluster->chain);
	if (answer->outcome == HTTP_OK)
		cluster->outcome = discover_parse(answer->body.data, answer->body.len,
		                                  &request->list, &cluster->version);
	cluster->entries_dropped = request->list.dropped;
}

static void on_answer(void *arg, const struct http_request *answer)
{
	struct request *request = arg;
	struct discover *discover = request->discover;

	if (answer->path == path_version && answer->outcome == HTTP_OK)
		read_version(request, answer);
	if (answer->path != path_servers)
		return;
	read_servers(request, answer);
	deadline_tell(discover->deadline, "discover", ++discover->done, discover->count);
}

/* --- nodes ------------------------------------------------------------------------------------ */

/* Where the list is missing, the publisher is all that is known. */
static void add_publisher(struct report *report, size_t cluster)
{
	const char *publisher = report->clusters[cluster].publisher;
	struct node *node;

	if (report->clusters[cluster].is_record ||
	    !discovery_failed(report->clusters[cluster].outcome) ||
	    report_find_node(report, publisher) != NULL)
		return;
	node = report_add_node(report, publisher);
	node->source = report->clusters[cluster].source;
	node->cluster = cluster;
	node_add_address(node, publisher, true);
}

static void add_listed(struct report *report, struct request *request)
{
	struct cluster *cluster = &report->clusters[request->cluster];

	if (cluster->outcome != DISCOVERY_OK && cluster->outcome != DISCOVERY_NO_SERVERS)
		return; /* whatever was read of it is cut off somewhere */
	if (request->version != NULL) { /* it knows better than the attribute of the list */
		free(cluster->version);
		cluster->version = request->version;
		request->version = NULL;
	}
	for (size_t i = 0; i < request->list.count; i++)
		listed_to_node(&request->list.items[i], report, SOURCE_UDS, request->cluster);
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool is_planned(const struct report *report, const char *publisher, uint16_t port)
{
	for (size_t i = 0; i < report->cluster_count; i++)
		if (report->clusters[i].port == port &&
		    strcasecmp(report->clusters[i].publisher, publisher) == 0)
			return true;
	return false;
}

void discover_plan(struct report *report, const struct target *targets, size_t count,
                   enum node_source source, uint16_t port)
{
	for (size_t i = 0; i < count; i++) {
		uint16_t asked = targets[i].port != 0 ? targets[i].port : port;
		struct cluster *cluster;

		if (is_planned(report, targets[i].host, asked))
			continue;
		cluster = report_add_cluster(report, targets[i].host, asked);
		cluster->source = source;
		cluster->url =
			mem_printf(strchr(cluster->publisher, ':') != NULL ? "https://[%s]:%u%s"
		                                                           : "https://%s:%u%s",
		                   cluster->publisher, cluster->port, path_servers);
	}
}

static void prepare(struct discover *discover)
{
	discover->count = discover->report->cluster_count;
	discover->requests = mem_array(discover->count, sizeof *discover->requests);
	for (size_t i = 0; i < discover->count; i++) {
		discover->requests[i] = (struct request){ .discover = discover, .cluster = i };
		discover->done += !is_open(&discover->requests[i]);
	}
}

/* The list and the version are asked for at the same time: over a distance the second would cost a
 * round trip more. */
static void plan_pair(struct request *request, struct http_request pair[2],
                      const struct discover_how *how)
{
	const struct cluster *cluster = cluster_of(request);
	unsigned connect_ms = clock_s_to_ms(how->connect_timeout_s);

	pair[0] = (struct http_request){
		.host = cluster->publisher,
		.port = cluster->port,
		.ips = request->ips,
		.ip_count = request->ip_count,
		.path = path_servers,
		.answered = on_answer,
		.arg = request,
		.timeout_ms =
			LIST_TIMEOUT_FACTOR * connect_ms + clock_s_to_ms(how->handshake_timeout_s),
	};
	pair[1] = pair[0];
	pair[1].path = path_version;
	pair[1].beside = &pair[0]; /* a version is not worth a long wait */
}

static size_t plan_gets(struct request *request, struct http_request *gets,
                        const struct discover_how *how)
{
	struct discover *discover = request->discover;
	struct cluster *cluster = cluster_of(request);

	if (request->ip_count > 0) {
		plan_pair(request, gets, how);
		return 2;
	}
	cluster->outcome =
		deadline_over(discover->deadline) ? DISCOVERY_STOPPED : DISCOVERY_UNRESOLVED;
	cluster->detail =
		mem_strdup(request->unresolved != NULL ? request->unresolved : "no address");
	deadline_tell(discover->deadline, "discover", ++discover->done, discover->count);
	return 0;
}

static void get_some(struct discover *discover, struct http_request *gets, size_t count,
                     const struct discover_how *how)
{
	struct http_how http_how = {
		.connect_timeout_ms = clock_s_to_ms(how->connect_timeout_s),
		.handshake_timeout_ms = clock_s_to_ms(how->handshake_timeout_s),
		.body_most = DISCOVER_BODY_MOST,
		.per_host = how->per_address,
		.environment_proxy = how->environment_proxy,
	};
	struct fault fault;

	if (http_get_all(gets, count, &http_how, discover->deadline, &fault) != 0) {
		for (size_t i = 0; i < count; i++) {
			struct cluster *cluster = cluster_of(gets[i].arg);

			cluster->outcome = DISCOVERY_BROKEN;
			free(cluster->detail);
			cluster->detail = mem_strdup(fault.text);
		}
	}
	for (size_t i = 0; i < count; i++)
		http_request_clear(&gets[i]);
}

/* libcurl does not say whose bytes it is busy with: so that it is known whom a process died of,
 * they are asked one after the other once one has. */
static void get_all(struct discover *discover, const struct discover_how *how)
{
	struct http_request *gets = mem_array(2 * discover->count, sizeof *gets);
	size_t count = 0;

	for (size_t i = 0; i < discover->count; i++) {
		bool alone =
			discover->deadline->one_at_a_time || discover->count - discover->done == 1;

		if (!is_open(&discover->requests[i]))
			continue;
		count += plan_gets(&discover->requests[i], gets + count, how);
		if (count == 0 || !alone)
			continue;
		deadline_busy(discover->deadline, FACT_CLUSTER, i);
		deadline_found(discover->deadline, FACT_BUSY, i);
		get_some(discover, gets, count, how);
		deadline_idle(discover->deadline);
		count = 0;
	}
	get_some(discover, gets, count, how);
	free(gets);
}

static void request_clear(struct request *request)
{
	for (size_t i = 0; i < request->ip_count; i++)
		free(request->ips[i]);
	free(request->ips);
	free(request->full_name);
	free(request->unresolved);
	free(request->version);
	listing_clear(&request->list);
}

/* Of several servers that a domain names, one list is enough for those that stand in it. */
static void cover(struct report *report)
{
	for (size_t i = 0; i < report->cluster_count; i++) {
		struct cluster *cluster = &report->clusters[i];
		const struct node *node = report_find_node(report, cluster->publisher);

		if (node_source_told(cluster->source) && discovery_failed(cluster->outcome) &&
		    node != NULL && node->source == SOURCE_UDS)
			cluster->outcome = DISCOVERY_COVERED;
	}
}

void discover_run(struct report *report, const struct discover_how *how,
                  const struct deadline *deadline)
{
	struct discover discover = { .report = report, .deadline = deadline };

	prepare(&discover);
	deadline_tell(deadline, "discover", discover.done, discover.count);
	resolve_all(&discover, how->names);
	get_all(&discover, how);
	for (size_t i = 0; i < discover.count; i++)
		add_listed(report, &discover.requests[i]);
	cover(report);
	for (size_t i = 0; i < discover.count; i++) {
		add_publisher(report, discover.requests[i].cluster);
		request_clear(&discover.requests[i]);
	}
	free(discover.requests);
}
