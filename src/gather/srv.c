/* SPDX-License-Identifier: MIT */
/* The records are what Jabber looks for inside the network; on an Expressway nobody reads them.
 * They name servers, not roles: whichever has UDS lists the nodes of its cluster. */
#include "config.h"

#include "base/loop.h"
#include "base/mem.h"
#include "gather/discover.h"
#include "gather/srv.h"
#include "model/lookup.h"
#include "wire/dns.h"

#include <stdlib.h>
#include <string.h>

enum { UDS_PORT = 8443, DNS_PORT = 53 };

struct record {
	char *name;            /* owned; "_cisco-uds._tcp.example.com" */
	struct listing targets;
	struct target
		*ports; /* owned; host and port of the usable targets, in the order of targets */
	size_t port_count;
	char *problem;         /* owned; NULL: there are targets */
};

/* --- asking ----------------------------------------------------------------------------------- */

/* "." says that the service is decidedly not available at this domain (RFC 2782). */
static void add_target(struct record *record, const struct dns_service *service)
{
	size_t usable = record->targets.usable;

	if (strcmp(service->target, ".") == 0 || *service->target == '\0' ||
	    listing_add(&record->targets, service->target) != 0 || record->targets.usable == usable)
		return;
	record->ports = mem_grow(record->ports, record->port_count, sizeof *record->ports);
	record->ports[record->port_count++] =
		(struct target){ mem_strdup(record->targets.items[record->targets.count - 1].text),
		                 service->port };
}

static void on_services(void *arg, const struct dns_answer *answer)
{
	struct record *record = arg;

	for (size_t i = 0; i < answer->service_count; i++)
		add_target(record, &answer->services[i]);
	if (answer->problem != NULL)
		record->problem = mem_strdup(answer->problem);
	else if (record->targets.count == 0)
		record->problem = mem_strdup(lookup_text(LOOKUP_NO_SERVICE));
}

static struct record *ask(const char *service, const struct names_how *how,
                          const struct deadline *deadline)
{
	struct record *records = mem_array(how->domains->count, sizeof *records);
	struct loop *loop = loop_new();
	struct fault fault;
	struct dns *dns = names_open(how, loop, &fault);

	for (size_t i = 0; i < how->domains->count; i++) {
		records[i].name = mem_printf("%s.%s", service, how->domains->items[i]);
		if (dns != NULL)
			dns_services(dns, records[i].name, on_services, &records[i]);
		else
			records[i].problem = mem_strdup(fault.text);
	}
	if (dns != NULL)
		names_settle(dns, loop, deadline);
	dns_free(dns);
	loop_free(loop);
	return records;
}

static void free_records(struct record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < records[i].port_count; k++)
			target_clear(&records[i].ports[k]);
		free(records[i].ports);
		listing_clear(&records[i].targets);
		free(records[i].name);
		free(records[i].problem);
	}
	free(records);
}

/* --- writing down ----------------------------------------------------------------------------- */

/* RFC 4501 has a URI for it. */
static void add_failure(struct report *report, const struct record *record)
{
	struct cluster *cluster = report_add_cluster(report, record->name, DNS_PORT);
	enum lookup_fault why = LOOKUP_FAILURE;

	cluster->source = SOURCE_SRV;
	cluster->is_record = true;
	cluster->url = mem_printf("dns:%s?type=SRV", record->name);
	cluster->detail = mem_printf("SRV record: %s", record->problem);
	cluster->outcome = lookup_parse(record->problem, &why) == 0 && why == LOOKUP_STOPPED
	                           ? DISCOVERY_STOPPED
	                           : DISCOVERY_UNRESOLVED;
}

static bool is_absent(const struct record *record)
{
	enum lookup_fault why;

	return record->problem != NULL && lookup_parse(record->problem, &why) == 0 &&
	       (why == LOOKUP_NXDOMAIN || why == LOOKUP_NO_RECORD || why == LOOKUP_NO_SERVICE);
}

/* Beside those that are asked: the targets that are not addresses, and those that are too many. */
static void add_rest(struct report *report, const struct record *record)
{
	size_t usable = 0;

	for (size_t i = 0; i < record->targets.count; i++) {
		const struct listed *target = &record->targets.items[i];

		usable += target->problem == NULL;
		if (target->problem != NULL || usable > SRV_PUBLISHERS_MOST)
			listed_to_node(target, report, SOURCE_SRV, NODE_NO_CLUSTER);
	}
}

static bool wanted(const struct names_how *how)
{
	return how->domains != NULL && how->domains->count > 0;
}

void srv_publishers(struct report *report, const struct names_how *how,
                    const struct deadline *deadline)
{
	struct record *records = wanted(how) ? ask("_cisco-uds._tcp", how, deadline) : NULL;

	for (size_t i = 0; records != NULL && i < how->domains->count; i++) {
		const struct record *record = &records[i];

		if (record->problem != NULL)
			add_failure(report, record);
		discover_plan(report, record->ports,
		              record->port_count < SRV_PUBLISHERS_MOST ? record->port_count
		                                                       : SRV_PUBLISHERS_MOST,
		              SOURCE_SRV, UDS_PORT);
		add_rest(report, record);
	}
	if (records != NULL)
		free_records(records, how->domains->count);
}

void srv_nodes(struct report *report, const struct names_how *how, const struct deadline *deadline)
{
	struct record *records = wanted(how) ? ask("_cuplogin._tcp", how, deadline) : NULL;

	for (size_t i = 0; records != NULL && i < how->domains->count; i++) {
		const struct record *record = &records[i];

		if (record->problem != NULL && !is_absent(record))
			add_failure(report, record);
		for (size_t k = 0; k < record->targets.count; k++) {
			struct node *node = listed_to_node(&record->targets.items[k], report,
			                                   SOURCE_SRV, NODE_NO_CLUSTER);

			if (node != NULL)
				node->role = ROLE_IMP;
		}
	}
	if (records != NULL)
		free_records(records, how->domains->count);
}
