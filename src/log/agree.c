/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "log/agree.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool listed(const struct report *report, const char *address)
{
	for (size_t i = 0; i < report->node_count; i++)
		for (size_t j = 0; j < report->nodes[i].address_count; j++)
			if (strcasecmp(report->nodes[i].addresses[j].text, address) == 0)
				return true;
	return false;
}

static bool about(const struct observation *observation, const struct traffic_place *server)
{
	return strcasecmp(observation->address, server->address) == 0 && (server->port == 0 || observation->port == server->port);
}

static bool judged(const struct traffic_place *server)
{
	return server->outcome == TRAFFIC_ACCEPTED || server->outcome == TRAFFIC_REFUSED;
}

/* For the same reason, or, where the log has no reason, refused at all. */
static bool matches(const struct verdict *verdict, const struct traffic_place *server)
{
	if (verdict->accepted != (server->outcome == TRAFFIC_ACCEPTED))
		return false;
	return verdict->accepted || server->reason < 0 ||
	       (verdict->reason_count > 0 && (int)verdict->reasons[0].reason == server->reason &&
	        (server->depth < 0 || verdict->reasons[0].depth == server->depth));
}

/* Of several verdicts (IPs, orders, stores): one that matches, of the IP that was met, in an order that is in force. */
static int weight(const struct report *report, const struct verdict *verdict, const struct traffic_place *server)
{
	const struct observation *observation = &report->observations[verdict->observation];

	return (judged(server) && matches(verdict, server) ? 4 : 0) + (strcmp(observation->ip, server->ip) == 0 ? 8 : 0) +
	       (report->policy.order_in_force[observation->order] ? 2 : 0);
}

static void predict(struct traffic_place *server, const struct report *report)
{
	const struct verdict *best = NULL;

	server->in_report = listed(report, server->address);
	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];

		if (verdict->observation < report->observation_count && about(&report->observations[verdict->observation], server) &&
		    (best == NULL || weight(report, verdict, server) > weight(report, best, server)))
			best = verdict;
	}
	if (best == NULL)
		return;
	server->predicted = true;
	server->predicted_accepted = best->accepted;
	server->predicted_log = mem_strdup(best->log != NULL ? best->log : "");
	server->predicted_reason = best->reason_count > 0 ? (int)best->reasons[0].reason : -1;
	server->observation = best->observation;
	server->agrees_known = judged(server);
	server->agrees = server->agrees_known && matches(best, server);
}

/* --- calibration ---------------------------------------------------------------------------------------------------------- */

/* Did this address pass, or fall, by an iPAddress SAN alone? */
static bool by_ip_san(const struct cert *cert, const char *address)
{
	const char *at = NULL;
	bool found = false;
	struct san san;

	while (cert_next_san(cert, &at, &san)) {
		if (san.value == NULL || strcasecmp(san.value, address) != 0)
			continue;
		if (san.type == SAN_DNS)
			return false;
		found |= san.type == SAN_IP;
	}
	return found;
}

static void see_ip_san(struct traffic *traffic, const struct traffic_place *server, const struct report *report)
{
	enum address_kind kind = address_kind_of(server->address);
	const struct observation *observation = &report->observations[server->observation];
	bool refused = server->outcome == TRAFFIC_REFUSED && server->reason == REASON_NAME_MISMATCH;

	if (!server->predicted || (kind != ADDRESS_IPV4 && kind != ADDRESS_IPV6) || observation->chain.count == 0 ||
	    server->predicted_reason != REASON_NAME_MISMATCH || !by_ip_san(observation->chain.certs[0], server->address))
		return;
	if (refused) {
		traffic->ip_san = "no";
		traffic_evidence(traffic, CALIBRATION_IP_SAN, server->log);
	} else if (server->outcome == TRAFFIC_ACCEPTED && traffic->verification == VERIFICATION_ENFORCED && traffic->ip_san == NULL) {
		traffic->ip_san = "yes";
		traffic_evidence(traffic, CALIBRATION_IP_SAN, server->address);
	}
}

/* An order was met if its verdicts alone fit what happened. */
static void see_order(struct traffic *traffic, const struct traffic_place *server, const struct report *report)
{
	bool fits[ORDER_COUNT] = { false, false }, seen[ORDER_COUNT] = { false, false };

	if (!judged(server) || server->port == 0 ||
	    (server->outcome == TRAFFIC_ACCEPTED && traffic->verification != VERIFICATION_ENFORCED))
		return;
	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];
		const struct observation *observation = &report->observations[verdict->observation];

		if (!about(observation, server))
			continue;
		seen[observation->order] = true;
		fits[observation->order] |= matches(verdict, server);
	}
	if (!seen[0] || !seen[1] || fits[0] == fits[1])
		return;
	traffic->order = order_name(fits[ORDER_RSA_FIRST] ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST);
	traffic_evidence(traffic, CALIBRATION_ORDER, *server->log != '\0' ? server->log : server->address);
}

void log_agree(struct traffic *traffic, const struct report *report)
{
	traffic->compared = true;
	for (size_t i = 0; i < traffic->server_count; i++) {
		predict(&traffic->servers[i], report);
		if (traffic->servers[i].predicted)
			see_ip_san(traffic, &traffic->servers[i], report);
		see_order(traffic, &traffic->servers[i], report);
	}
}
