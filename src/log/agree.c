/* SPDX-License-Identifier: MIT */
/* One Expressway-C offers one cipher order and has one trust store. So a log is compared with one
 * order and one store throughout: those, of the orders in force and the report's stores, that fit
 * most of its results. To take for each address whichever verdict fits would find agreement in
 * nearly every log. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/search.h"
#include "log/agree.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct basis {
	size_t store;
	enum order order;
};

struct comparing {
	struct traffic *traffic;
	const struct report *report;
	const struct observation **sorted; /* owned array of borrowed; by address */
	const struct verdict **verdicts;   /* owned array of borrowed; of each observation with each
	                                      store; NULL: none */
	struct basis basis;
};

/* --- what the report has of an address -------------------------------------------------------- */

static int by_address(const void *left, const void *right)
{
	const struct observation *const *a = left, *const *b = right;

	return strcasecmp((*a)->address, (*b)->address) ?: COMPARE(*a, *b);
}

static void comparing_init(struct comparing *c, struct traffic *traffic,
                           const struct report *report)
{
	*c = (struct comparing){ .traffic = traffic, .report = report };
	c->sorted = mem_array(report->observation_count, sizeof *c->sorted);
	c->verdicts =
		mem_array(report->observation_count * report->store_count, sizeof *c->verdicts);
	for (size_t i = 0; i < report->observation_count; i++)
		c->sorted[i] = &report->observations[i];
	qsort(c->sorted, report->observation_count, sizeof *c->sorted, by_address);
	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];

		c->verdicts[verdict->observation * report->store_count + verdict->store] = verdict;
	}
}

struct of_address {
	const struct comparing *c;
	const char *address;
};

static bool is_below(size_t at, const void *arg)
{
	const struct of_address *sought = arg;

	return strcasecmp(sought->c->sorted[at]->address, sought->address) < 0;
}

static size_t first_of(const struct comparing *c, const char *address)
{
	const struct of_address sought = { c, address };

	return search_first(c->report->observation_count, is_below, &sought);
}

/* The next observation of the server's address, port (where the log says it) and order; NULL: no
 * more. */
static const struct observation *next_of(const struct comparing *c,
                                         const struct traffic_place *server, enum order order,
                                         size_t *at)
{
	while (*at < c->report->observation_count &&
	       strcasecmp(c->sorted[*at]->address, server->address) == 0) {
		const struct observation *observation = c->sorted[(*at)++];

		if (observation->order == order &&
		    (server->port == 0 || observation->port == server->port))
			return observation;
	}
	return NULL;
}

static const struct verdict *verdict_of(const struct comparing *c,
                                        const struct observation *observation, size_t store)
{
	return c->verdicts[(size_t)(observation - c->report->observations) *
	                           c->report->store_count +
	                   store];
}

/* --- one prediction --------------------------------------------------------------------------- */

static const char *log_of(const struct verdict *verdict)
{
	return verdict->log != NULL ? verdict->log : "";
}

/* Is that how it went? For the same reason, or, where the log has no reason, refused at all. A
 * handshake that fails after the certificate was verified leaves no line under Traffic Server 9 and
 * 10, only the 502. */
static bool matches(const struct verdict *verdict, const struct traffic_place *server)
{
	if (server->last.outcome == TRAFFIC_CONNECT_FAILED)
		return !verdict->accepted && *log_of(verdict) == '\0';
	if (verdict->accepted != (server->last.outcome == TRAFFIC_ACCEPTED))
		return false;
	return verdict->accepted || server->last.reason < 0 ||
	       (verdict->reason_count > 0 &&
	        (int)verdict->reasons[0].reason == server->last.reason &&
	        (server->last.depth < 0 || verdict->reasons[0].depth == server->last.depth));
}

static bool met(const struct comparing *c, const struct traffic_place *server, enum order order)
{
	const struct observation *observation;
	size_t at = first_of(c, server->address);

	while ((observation = next_of(c, server, order, &at)) != NULL)
		if (*server->ip != '\0' && strcmp(observation->ip, server->ip) == 0)
			return true;
	return false;
}

/* What the report says of this server with one store and one order; NULL: nothing. Of the IP that
 * was met alone. Where the log leaves the port or the IP open, one that fits is what was met; where
 * the report has not seen the IP, all have to fit. */
static const struct verdict *predict(const struct comparing *c, const struct traffic_place *server,
                                     struct basis basis)
{
	bool same_ip = met(c, server, basis.order),
	     one_will_do = server->port == 0 || *server->ip == '\0';
	const struct verdict *found = NULL;
	const struct observation *observation;
	size_t at = first_of(c, server->address);

	while ((observation = next_of(c, server, basis.order, &at)) != NULL) {
		const struct verdict *verdict = verdict_of(c, observation, basis.store);

		if (verdict == NULL || (same_ip && strcmp(observation->ip, server->ip) != 0))
			continue;
		if (found == NULL || matches(verdict, server) == one_will_do)
			found = verdict;
	}
	return found;
}

/* --- which order, which store ----------------------------------------------------------------- */

/* Does the result of this server tell anything of verification? */
static bool telling(const struct comparing *c, const struct traffic_place *server)
{
	return server->last.outcome == TRAFFIC_REFUSED ||
	       (server->last.outcome == TRAFFIC_ACCEPTED &&
	        traffic_verification(c->traffic, server->last.peer) == VERIFICATION_ENFORCED);
}

static long fit_of(const struct comparing *c, struct basis basis)
{
	long fit = 0;

	for (size_t i = 0; i < c->traffic->server_count; i++) {
		const struct traffic_place *server = &c->traffic->servers[i];
		const struct verdict *verdict =
			telling(c, server) ? predict(c, server, basis) : NULL;

		if (verdict != NULL)
			fit += matches(verdict, server) ? 1 : -1;
	}
	return fit;
}

/* The first of those that fit best; the store is named where no other fits as well, and it fits
 * more results than it does not. */
static void find_basis(struct comparing *c)
{
	const struct report *report = c->report;
	const bool *in_force = report->policy.order_in_force;
	bool any = in_force[ORDER_RSA_FIRST] || in_force[ORDER_ECDSA_FIRST], alone = true;
	long best = LONG_MIN;

	for (int order = 0; order < ORDER_COUNT; order++)
		for (size_t store = 0; store < report->store_count && (in_force[order] || !any);
		     store++) {
			struct basis basis = { store, (enum order)order };
			long fit = fit_of(c, basis);

			if (fit == best)
				alone &= store == c->basis.store;
			if (fit > best)
				best = fit, c->basis = basis, alone = true;
		}
	if (alone && best > 0 && report->store_count > 1)
		c->traffic->store = mem_strdup(report->stores[c->basis.store].name);
}

/* --- one server ------------------------------------------------------------------------------- */

static bool listed(const struct report *report, const char *address)
{
	for (size_t i = 0; i < report->node_count; i++)
		if (node_find_address(&report->nodes[i], address) != NULL)
			return true;
	return false;
}

/* Neither a client nor the audit got through. */
static bool both_failed(const struct comparing *c, const struct traffic_place *server)
{
	const struct observation *observation;
	size_t at = first_of(c, server->address), count = 0;

	if (server->last.outcome != TRAFFIC_CONNECT_FAILED || server->port == 0)
		return false;
	for (; (observation = next_of(c, server, c->basis.order, &at)) != NULL; count++)
		if (observation->outcome < OUTCOME_UNRESOLVED ||
		    observation->outcome > OUTCOME_TLS_ERROR)
			return false; /* presented, or not asked for a reason of our own */
	return count > 0;
}

static bool fits_with(const struct comparing *c, const struct traffic_place *server,
                      struct basis basis)
{
	const struct verdict *verdict = predict(c, server, basis);

	return verdict != NULL && matches(verdict, server);
}

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

static bool stands_on_ip_san(const struct comparing *c, const struct traffic_place *server)
{
	enum address_kind kind = address_kind_of(server->address);
	const struct observation *observation = &c->report->observations[server->observation];

	return server->predicted && (kind == ADDRESS_IPV4 || kind == ADDRESS_IPV6) &&
	       observation->chain.count > 0 && server->predicted_reason == REASON_NAME_MISMATCH &&
	       by_ip_san(observation->chain.certs[0], server->address);
}

/* It was accepted first when no refusal showed any more that verification was on. */
static bool may_be_off(const struct comparing *c, const struct traffic_place *server)
{
	int64_t proved_ms = traffic_proved_ms(c->traffic, server->last.peer);

	return server->last.outcome == TRAFFIC_ACCEPTED && proved_ms != 0 &&
	       server->last.since_ms > proved_ms;
}

static char *dates_apart(const struct comparing *c, const struct traffic_place *server)
{
	const char *off = may_be_off(c, server)
	                          ? " Or verification was turned off (VerifyOriginServer: Off) after the last refusal in the log."
	                          : "";
	char log[CLOCK_TEXT], audit[CLOCK_TEXT];

	if (server->last.time_ms == 0 || c->report->started == 0)
		return mem_printf(
			"Nothing in the log explains it: the certificate, the trust store or the service may have changed "
			"between the log and the audit, or the audit was given another trust store than Expressway's.%s",
			off);
	clock_format(server->last.time_ms / 1000, log, sizeof log);
	clock_format(c->report->started, audit, sizeof audit);
	return mem_printf(
		"Nothing in the log explains it: the certificate, the trust store or the service may have changed between "
		"the log (%s) and the audit (%s), or the audit was given another trust store than Expressway's.%s",
		log, audit, off);
}

/* A sentence: why do they differ? To be freed. */
static char *why_differs(const struct comparing *c, const struct traffic_place *server)
{
	const struct traffic *traffic = c->traffic;
	const struct policy *policy = &c->report->policy;
	enum verification verification = traffic_verification(traffic, server->last.peer);
	struct basis other = { c->basis.store, c->basis.order == ORDER_RSA_FIRST
		                                       ? ORDER_ECDSA_FIRST
		                                       : ORDER_RSA_FIRST };

	if (server->last.outcome == TRAFFIC_ACCEPTED && verification == VERIFICATION_PERMISSIVE)
		return mem_strdup(
			"The log shows that this Expressway lets pass what fails verification (Action=Continue).");
	if (server->last.outcome == TRAFFIC_ACCEPTED && verification == VERIFICATION_UNPROVEN)
		return mem_strdup(
			"No refusal in the log shows that this Expressway verifies at all, so its accepting says nothing of "
			"the certificate.");
	if (fits_with(c, server, other))
		return mem_printf(
			"The log is as the report predicts for the other cipher order, %s.",
			order_name(other.order));
	for (size_t i = 0; i < c->report->store_count; i++)
		if (i != c->basis.store &&
		    fits_with(c, server, (struct basis){ i, c->basis.order }))
			return mem_printf(
				"The log is as the report predicts with the trust store %s.",
				c->report->stores[i].name);
	if (server->last.outcome == TRAFFIC_ACCEPTED && stands_on_ip_san(c, server))
		return mem_strdup(
			"The certificate has this IP as an iPAddress SAN, and this Expressway seems to honour that.");
	if (traffic->generation >= 0 && traffic->generation != (int)policy->traffic_server)
		return mem_printf("The report judges as %s; the log is that of %s.",
		                  traffic_server_name(policy->traffic_server),
		                  traffic_server_name((enum traffic_server)traffic->generation));
	if (traffic->era >= 0 && traffic->era != (int)policy->era)
		return mem_printf("The report judges as %s; the log has the words of %s.",
		                  era_name(policy->era), era_name((enum era)traffic->era));
	return dates_apart(c, server);
}

/* What each store says, where there are several: the other peers of the cluster. */
static void ask_stores(const struct comparing *c, struct traffic_place *server)
{
	for (size_t i = 0; i < c->report->store_count; i++) {
		const struct verdict *verdict =
			predict(c, server, (struct basis){ i, c->basis.order });

		if (verdict == NULL)
			continue;
		server->stores =
			mem_grow(server->stores, server->store_count, sizeof *server->stores);
		server->stores[server->store_count++] =
			(struct traffic_store){ mem_strdup(c->report->stores[i].name),
			                        mem_strdup(log_of(verdict)), verdict->accepted,
			                        matches(verdict, server) };
	}
}

static void compare_server(const struct comparing *c, struct traffic_place *server)
{
	const struct verdict *verdict = predict(c, server, c->basis);

	server->in_report = listed(c->report, server->address);
	if (verdict == NULL) {
		server->agrees = server->agrees_known = both_failed(c, server);
		return;
	}
	server->predicted = true;
	server->predicted_accepted = verdict->accepted;
	server->predicted_log = mem_strdup(log_of(verdict));
	server->predicted_reason = verdict->reason_count > 0 ? (int)verdict->reasons[0].reason : -1;
	server->observation = verdict->observation;
	server->agrees = matches(verdict, server);
	server->agrees_known = server->last.outcome == TRAFFIC_ACCEPTED ||
	                       server->last.outcome == TRAFFIC_REFUSED ||
	                       (server->last.outcome == TRAFFIC_CONNECT_FAILED && server->agrees);
	if (server->agrees_known && !server->agrees)
		server->differs = why_differs(c, server);
	if (server->agrees_known && c->report->store_count > 1)
		ask_stores(c, server);
}

/* --- calibration ------------------------------------------------------------------------------ */

static void see_ip_san(const struct comparing *c, const struct traffic_place *server)
{
	struct traffic *traffic = c->traffic;

	if (!stands_on_ip_san(c, server))
		return;
	if (server->last.outcome == TRAFFIC_REFUSED &&
	    server->last.reason == REASON_NAME_MISMATCH) {
		traffic->ip_san = "no";
		traffic_evidence(traffic, CALIBRATION_IP_SAN, server->last.log);
	} else if (server->last.outcome == TRAFFIC_ACCEPTED && telling(c, server) &&
	           traffic->ip_san == NULL) {
		traffic->ip_san = "yes";
		traffic_evidence(traffic, CALIBRATION_IP_SAN, server->address);
	}
}

/* An order was met if its prediction alone fits what happened; where results contradict each other,
 * none was seen: it would hide what the other one shows. */
static void see_order(const struct comparing *c, const struct traffic_place *server)
{
	const struct verdict *rsa =
		predict(c, server, (struct basis){ c->basis.store, ORDER_RSA_FIRST });
	const struct verdict *ecdsa =
		predict(c, server, (struct basis){ c->basis.store, ORDER_ECDSA_FIRST });
	struct traffic *traffic = c->traffic;
	const char *name;

	if (!telling(c, server) || server->port == 0 || rsa == NULL || ecdsa == NULL ||
	    matches(rsa, server) == matches(ecdsa, server))
		return;
	name = order_name(matches(rsa, server) ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST);
	traffic->order_apart |= traffic->order != NULL && strcmp(traffic->order, name) != 0;
	traffic->order = traffic->order_apart ? NULL : name;
	traffic_evidence(traffic, CALIBRATION_ORDER,
	                 traffic->order_apart          ? ""
	                 : *server->last.log != '\0' ? server->last.log
	                                              : server->address);
}

void log_agree(struct traffic *traffic, const struct report *report)
{
	struct comparing c;

	comparing_init(&c, traffic, report);
	traffic->compared = true;
	find_basis(&c);
	for (size_t i = 0; i < traffic->server_count; i++) {
		compare_server(&c, &traffic->servers[i]);
		see_ip_san(&c, &traffic->servers[i]);
		see_order(&c, &traffic->servers[i]);
	}
	free(c.sorted);
	free(c.verdicts);
}
