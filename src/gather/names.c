/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/loop.h"
#include "gather/inside.h"
#include "gather/names.h"
#include "model/report.h"
#include "wire/dns.h"

enum { NAP_MS = 200 };

struct dns *names_open(const struct names_how *how, struct loop *loop, struct fault *fault)
{
	struct dns_how dns_how = {
		.server = how->dns_server,
		.search = how->search,
		.ipv4 = how->ipv4,
		.ipv6 = how->ipv6,
		.timeout_ms = how->timeout_ms,
	};
	struct dns *dns = dns_new(loop, &dns_how, fault);

	for (size_t i = 0; dns != NULL && i < how->fixed_count; i++)
		dns_fix(dns, how->fixed[i].host, how->fixed[i].ips, how->fixed[i].ip_count);
	return dns;
}

void names_inside(struct inside *inside, const struct names_how *how, const struct report *report,
                  const struct dns *dns)
{
	const char *domain;

	for (size_t i = 0; i < report->cluster_count; i++) {
		const struct cluster *cluster = &report->clusters[i];

		if (node_source_told(cluster->source))
			continue;
		inside_add_publisher(inside, cluster->publisher);
		if (cluster->ip != NULL)
			inside_add_network(inside, cluster->ip);
	}
	for (size_t i = 0; how->domains != NULL && i < how->domains->count; i++)
		inside_add_domain(inside, how->domains->items[i]);
	for (size_t i = 0; i < how->fixed_count; i++) {
		inside_add_name(inside, how->fixed[i].host);
		for (size_t k = 0; k < how->fixed[i].ip_count; k++)
			inside_add_ip(inside, how->fixed[i].ips[k]);
	}
	for (size_t i = 0; dns != NULL && (domain = dns_search(dns, i)) != NULL; i++)
		inside_add_domain(inside, domain);
}

void names_settle(struct dns *dns, struct loop *loop, const struct deadline *deadline)
{
	while (dns_busy(dns) && !deadline_over(deadline)) {
		if (loop_turn(loop, deadline_left_ms(deadline, dns_wait_ms(dns, NAP_MS))) < 0)
			break;
		dns_tick(dns);
	}
}
