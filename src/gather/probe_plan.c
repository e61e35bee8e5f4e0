/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "gather/probe.h"
#include "gather/probe_plan.h"
#include "model/lookup.h"

#include <stdlib.h>
#include <string.h>

/* --- the plan --------------------------------------------------------------------------------- */

static enum outcome outcome_without_ip(const struct address *address)
{
	enum lookup_fault why;

	switch (address->use) {
	case ADDRESS_UNUSABLE:
		return OUTCOME_UNUSABLE;
	case ADDRESS_FOREIGN:
		return OUTCOME_FOREIGN;
	case ADDRESS_USED:
		break;
	}
	return address->unresolved != NULL && lookup_parse(address->unresolved, &why) == 0 &&
	                       why == LOOKUP_STOPPED
	               ? OUTCOME_STOPPED
	               : OUTCOME_UNRESOLVED;
}

struct hello {
	unsigned offered;
	enum order signatures;
};

enum { HELLOS_MOST = 3 };

/* The ClientHellos that this release may send with its ciphers in this order; the one that offers
 * most first. OpenSSL's signature_algorithms begin with ECDSA, and Traffic Server 8.1 cannot change
 * that; whether Expressway's 9.2 was changed to have them follow its cipher order is not known. */
static size_t hellos_of(const struct policy *policy, unsigned tls, enum order order,
                        struct hello hellos[HELLOS_MOST])
{
	unsigned may = policy->offers | policy->may_offer;
	bool follows = policy->traffic_server == TRAFFIC_SERVER_9 && order == ORDER_RSA_FIRST;
	size_t count = 0;

	if (tls != 0)
		may = tls;
	else if (may == 0)
		may = OFFERED_TLS12;
	hellos[count++] = (struct hello){ may, ORDER_ECDSA_FIRST };
	if ((may & OFFERED_TLS13) != 0 && follows)
		hellos[count++] = (struct hello){ may, ORDER_RSA_FIRST };
	if (may == (OFFERED_TLS12 | OFFERED_TLS13) && (policy->offers & OFFERED_TLS13) == 0)
		hellos[count++] = (struct hello){ OFFERED_TLS12, ORDER_ECDSA_FIRST };
	return count;
}

static void plan_hello(struct report *report, size_t node, const struct address *address,
                       const char *ip, uint16_t port, enum order order, const struct hello *hello)
{
	struct observation *observation = report_add_observation(report);

	observation->node = node;
	observation->address = mem_strdup(address->text);
	observation->ip = mem_strdup(ip == NULL ? "" : ip);
	observation->port = port;
	observation->order = order;
	observation->advertised = address->advertised;
	observation->offered = hello->offered;
	observation->signatures = hello->signatures;
	if (ip != NULL)
		return;
	observation->detail =
		mem_strdup(address->unresolved != NULL ? address->unresolved : "no address");
	observation->outcome = outcome_without_ip(address);
}

static void plan_place(struct report *report, size_t node, const struct address *address,
                       const char *ip, uint16_t port, unsigned tls)
{
	for (int order = 0; order < ORDER_COUNT; order++) {
		struct hello hellos[HELLOS_MOST];
		size_t count = hellos_of(&report->policy, tls, (enum order)order, hellos);

		if (!report->policy.probe_order[order])
			continue;
		for (size_t i = 0; i < (ip != NULL ? count : 1); i++)
			plan_hello(report, node, address, ip, port, (enum order)order, &hellos[i]);
	}
}

static void plan_address(struct report *report, size_t node, const struct address *address,
                         const struct probe_how *how)
{
	uint16_t usual[SERVICE_PORTS_MOST];
	const uint16_t *ports = how->port_count > 0 ? how->ports : usual;
	size_t count = how->port_count > 0 ? how->port_count
	                                   : service_ports(report->nodes[node].role, usual);

	for (size_t i = 0; i < address->ip_count; i++)
		for (size_t p = 0; p < count; p++)
			plan_place(report, node, address, address->ips[i], ports[p], how->tls);
	for (size_t p = 0; address->ip_count == 0 && p < count; p++)
		plan_place(report, node, address, NULL, ports[p], how->tls);
}

void probe_plan(struct report *report, const struct probe_how *how)
{
	for (size_t i = 0; i < report->node_count; i++)
		for (size_t j = 0; j < report->nodes[i].address_count; j++)
			plan_address(report, i, &report->nodes[i].addresses[j], how);
}

/* --- first and further ------------------------------------------------------------------------ */

static bool same_place(const struct observation *a, const struct observation *b)
{
	return a->node == b->node && a->port == b->port && a->order == b->order &&
	       strcmp(a->ip, b->ip) == 0 && strcmp(a->address, b->address) == 0;
}

size_t probe_first(const struct report *report, size_t index)
{
	const struct observation *all = report->observations;
	size_t first = index;

	while (first > 0 && index - first < HELLOS_MOST - 1 &&
	       same_place(&all[first - 1], &all[index]) &&
	       (all[first - 1].offered != all[index].offered ||
	        all[first - 1].signatures != all[index].signatures))
		first--;
	return first;
}

static bool chose_tls13(const struct observation *observation)
{
	return observation->tls_version != NULL && strcmp(observation->tls_version, "TLS1.3") == 0;
}

bool probe_wants_further(const struct observation *first)
{
	return chose_tls13(first);
}

/* --- what follows from the other order -------------------------------------------------------- */

size_t probe_other_order(const struct report *report, size_t index, bool rsa_first)
{
	enum { PLACE_MOST = ORDER_COUNT * HELLOS_MOST };
	const struct observation *all = report->observations, *one = &all[index];
	enum order wanted = rsa_first ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST;
	size_t from = index < PLACE_MOST ? 0 : index - PLACE_MOST;

	for (size_t i = from; i < report->observation_count && i <= index + PLACE_MOST; i++)
		if (all[i].order == wanted && one->order != wanted && all[i].node == one->node &&
		    all[i].port == one->port && all[i].offered == one->offered &&
		    all[i].signatures == one->signatures && strcmp(all[i].ip, one->ip) == 0 &&
		    strcmp(all[i].address, one->address) == 0)
			return i;
	return index;
}

bool probe_infers(const struct observation *ecdsa_first)
{
	const struct cert *leaf = chain_leaf(&ecdsa_first->chain);

	return ecdsa_first->order == ORDER_ECDSA_FIRST &&
	       ecdsa_first->outcome == OUTCOME_PRESENTED && !observation_unfinished(ecdsa_first) &&
	       ecdsa_first->tls_version != NULL &&
	       strcmp(ecdsa_first->tls_version, "TLS1.2") == 0 && leaf != NULL && leaf->readable &&
	       (leaf->key_type == KEY_RSA || leaf->key_type == KEY_RSA_PSS);
}

void probe_infer(struct observation *rsa_first, const struct observation *ecdsa_first)
{
	rsa_first->inferred = true;
	rsa_first->outcome = ecdsa_first->outcome;
	rsa_first->reached = ecdsa_first->reached;
	for (size_t i = 0; i < ecdsa_first->chain.count; i++)
		chain_add(&rsa_first->chain, ecdsa_first->chain.certs[i]);
	rsa_first->tls_version = mem_strdup(ecdsa_first->tls_version);
	rsa_first->cipher_suite = mem_strdup(ecdsa_first->cipher_suite);
	rsa_first->client_certificate_requested = ecdsa_first->client_certificate_requested;
	rsa_first->client_cas = ecdsa_first->client_cas;
	rsa_first->handshake_completed = ecdsa_first->handshake_completed;
}

/* --- what the further ones told --------------------------------------------------------------- */

static bool tells_the_same(const struct observation *first, const struct observation *further)
{
	return further->outcome == OUTCOME_PRESENTED &&
	       chain_same(&first->chain, &further->chain) &&
	       observation_unfinished(first) == observation_unfinished(further) &&
	       first->flaw == further->flaw;
}

static enum tls12_alone alone_of(const struct observation *first, const struct observation *further)
{
	switch (further->outcome) {
	case OUTCOME_PRESENTED:
		return tells_the_same(first, further) ? TLS12_SAME : TLS12_OTHER;
	case OUTCOME_TLS_VERSION:
	case OUTCOME_TLS_ALERT:
		return TLS12_REFUSED;
	case OUTCOME_PENDING:
	case OUTCOME_UNRESOLVED:
	case OUTCOME_REFUSED:
	case OUTCOME_UNREACHABLE:
	case OUTCOME_TIMEOUT:
	case OUTCOME_RESET:
	case OUTCOME_CLOSED:
	case OUTCOME_NO_CERTIFICATE:
	case OUTCOME_NOT_TLS:
	case OUTCOME_TLS_ERROR:
	case OUTCOME_LOCAL:
	case OUTCOME_UNUSABLE:
	case OUTCOME_FOREIGN:
	case OUTCOME_CRASHED:
	case OUTCOME_NOT_TRIED:
	case OUTCOME_NOT_NEEDED:
	case OUTCOME_STOPPED:
		break;
	}
	return TLS12_UNKNOWN;
}

/* Is this further one worth an observation of its own? What the first has learned from it is noted
 * there. */
static bool keep_further(struct observation *first, const struct observation *further)
{
	enum tls12_alone alone;

	if (further->outcome == OUTCOME_NOT_NEEDED ||
	    (first->outcome != OUTCOME_PRESENTED && further->outcome != OUTCOME_PRESENTED))
		return false;
	if (first->outcome != OUTCOME_PRESENTED)
		return true;
	if (further->offered == first->offered)
		return !tells_the_same(first, further);
	alone = alone_of(first, further);
	first->tls12_alone = alone;
	return alone != TLS12_SAME && alone != TLS12_REFUSED;
}

static bool *find_firsts(const struct report *report)
{
	bool *firsts = mem_array(report->observation_count, sizeof *firsts);

	for (size_t i = 0; i < report->observation_count; i++)
		firsts[i] = probe_first(report, i) == i;
	return firsts;
}

void probe_settle(struct report *report)
{
	bool *firsts = find_firsts(report);
	size_t kept = 0, first = 0;

	for (size_t i = 0; i < report->observation_count; i++) {
		struct observation *observation = &report->observations[i];

		if (firsts[i]) {
			bool both = observation->offered == (OFFERED_TLS12 | OFFERED_TLS13);

			if (both && observation->outcome == OUTCOME_PRESENTED &&
			    !chose_tls13(observation))
				observation->tls12_alone = TLS12_SAME;
			first = kept;
		} else if (!keep_further(&report->observations[first], observation)) {
			observation_clear(observation);
			continue;
		}
		report->observations[kept++] = *observation;
	}
	report->observation_count = kept;
	free(firsts);
}
