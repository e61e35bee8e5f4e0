/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "out/answer.h"

#include <stdlib.h>
#include <string.h>

const char *answer_order(enum order order)
{
	return order == ORDER_RSA_FIRST ? "RSA first" : "ECDSA first";
}

const char *answer_era(enum era era)
{
	return era == ERA_OPENSSL1 ? "OpenSSL 1.1.1" : "OpenSSL 3";
}

const char *answer_plural(size_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

void answer_time(int64_t s, char text[32])
{
	if (s == INT64_MIN || s == INT64_MAX)
		memcpy(text, "(malformed)", sizeof "(malformed)");
	else
		clock_format(s, text, 32);
}

void answer_day(int64_t s, char text[32])
{
	char *t;

	answer_time(s, text);
	if ((t = strchr(text, 'T')) != NULL)
		*t = '\0';
}

char *answer_outcome(const struct observation *observation)
{
	const char *name = observation_unfinished(observation) ? "handshake not finished"
	                                                       : outcome_name(observation->outcome);

	if (observation->detail == NULL || *observation->detail == '\0')
		return mem_strdup(name);
	return mem_printf("%s (%s)", name, observation->detail);
}

char *answer_join(const struct names *names, size_t most)
{
	struct buf text;

	buf_init(&text);
	names_list(&text, names, most);
	return buf_take(&text);
}

char *answer_repairs(const struct view *view, const struct step *step)
{
	size_t refused = view->tally.refused, partly = step->addresses - step->mended;
	struct buf text;

	if (step->addresses == 0)
		return NULL;
	buf_init(&text);
	if (step->mended > 0)
		buf_printf(&text, "%zu of %zu refused %s", step->mended, refused,
		           answer_plural(refused, "address", "addresses"));
	if (partly > 0)
		buf_printf(&text, "%s%zu%s",
		           step->mended > 0 ? "; " : "part of what is refused of ", partly,
		           step->mended > 0 ? " more in part"
		                            : answer_plural(partly, " address", " addresses"));
	if (step->proved)
		buf_puts(&text, " (judged again with this done: accepted)");
	return text.data;
}

/* Trust that rests on nothing but what the network said is not the program's to give. */
const char *answer_decision(const struct step *step)
{
	if (!step->needs_decision)
		return NULL;
	if (step->cert_count == 0)
		return "Your decision: make sure that this is a CA you want to trust, and get its certificate from the CA itself.";
	return "Your decision: only a server vouches for this. Have its fingerprint confirmed "
	       "by the server's administrator first, not over this network.";
}

bool answer_names_orders(const struct report *report, const struct finding *finding)
{
	size_t offered = 0;

	for (int order = 0; order < ORDER_COUNT; order++)
		offered += report->policy.probe_order[order];
	return finding->orders.count < offered;
}

bool answer_discovery_failed(const struct cluster *cluster)
{
	return discovery_failed(cluster->outcome);
}

char *answer_discovery(const struct report *report, const struct cluster *cluster)
{
	struct buf text;
	size_t refused = 0;

	buf_init(&text);
	buf_printf(&text, "%s%s%s: ", cluster->publisher,
	           cluster->version != NULL ? ", version " : "",
	           cluster->version != NULL ? cluster->version : "");
	if (cluster->outcome == DISCOVERY_NOT_TRIED)
		buf_puts(&text, "UDS was not asked");
	else if (cluster->outcome == DISCOVERY_COVERED)
		buf_puts(&text,
		         "UDS was not read here; another server of the domain lists this one");
	else if (cluster->outcome == DISCOVERY_OK)
		buf_puts(&text, "UDS listed the nodes");
	else
		buf_printf(&text, "UDS could not be read: %s",
		           discovery_outcome_name(cluster->outcome));
	if (cluster->detail != NULL && *cluster->detail != '\0')
		buf_printf(&text, " (%s)", cluster->detail);
	for (size_t i = 0; i < cluster->verdict_count; i++)
		refused += !cluster->verdicts[i].accepted;
	if (refused > 0 && report->store_count > 1)
		buf_printf(
			&text,
			"; with TLS verify mode On, discovery would fail on %zu of %zu trust stores",
			refused, cluster->verdict_count);
	else if (cluster->verdict_count > 0)
		buf_printf(&text, "; with TLS verify mode On, discovery would %s",
		           refused > 0 ? "fail" : "pass");
	buf_putc(&text, '.');
	return text.data;
}

char *answer_orders(const struct policy *policy)
{
	bool rsa = policy->order_in_force[ORDER_RSA_FIRST],
	     ecdsa = policy->order_in_force[ORDER_ECDSA_FIRST];
	char *release = policy_release(policy);
	struct buf text;

	buf_init(&text);
	buf_printf(&text, "%s ", release);
	free(release);
	if (rsa && ecdsa)
		buf_puts(&text, "Both cipher orders count, RSA first and ECDSA first.");
	else if (rsa || ecdsa)
		buf_printf(&text, "The cipher order in force is %s.",
		           answer_order(rsa ? ORDER_RSA_FIRST : ORDER_ECDSA_FIRST));
	if (policy->order_why != NULL)
		buf_printf(&text, " %s", policy->order_why);
	if (policy->order_next != NULL)
		buf_printf(&text, " %s", policy->order_next);
	return text.data;
}

/* Nodes that nobody listed cannot be counted: the first sentence says that there may be more.
 * Returns whether it did. */
static bool add_missing(struct buf *out, const struct report *report, const char *before)
{
	const struct cluster *first = NULL;
	size_t unread = 0;

	for (size_t i = 0; i < report->cluster_count; i++) {
		if (!answer_discovery_failed(&report->clusters[i]))
			continue;
		first = first == NULL ? &report->clusters[i] : first;
		unread++;
	}
	if (first == NULL)
		return false;
	if (report->cluster_count == 1)
		buf_printf(out, "%sthe node list is missing: discovery at %s failed", before,
		           first->publisher);
	else
		buf_printf(
			out,
			"%sthe node list is missing for %zu of %zu publishers: discovery at %s failed",
			before, unread, report->cluster_count, first->publisher);
	buf_printf(out, " (%s)", discovery_outcome_name(first->outcome));
	return true;
}

bool answer_unread(struct buf *out, const struct unread *unread, const char *before)
{
	if (unread->count > 0)
		buf_printf(out, "%s%zu saved %s could not be read", before, unread->count,
		           answer_plural(unread->count, "report", "reports"));
	return unread->count > 0;
}

static void add_unknown(struct buf *out, const struct tally *tally)
{
	if (tally->unknown > 0)
		buf_printf(out, "; %zu more could not be checked", tally->unknown);
}

/* A replayed report need not hold both orders. */
static bool any_accepted(const struct view *view, enum order order)
{
	for (size_t i = 0; i < view->check_count; i++)
		if (view->checks[i].order == order && view->checks[i].advertised &&
		    view->checks[i].state == CHECK_ACCEPTED)
			return true;
	return false;
}

/* One order in force is refused somewhere, the other was tried and is accepted everywhere: then the
 * order decides. */
static bool order_decides(const struct view *view, enum order *bad)
{
	const struct tally *tally = &view->tally;

	for (int order = 0; order < ORDER_COUNT; order++) {
		int other = ORDER_COUNT - 1 - order;

		*bad = (enum order)order;
		if (view->report->policy.order_in_force[order] &&
		    view->report->policy.probe_order[other] && tally->refused_in[order] > 0 &&
		    tally->refused_in[other] == 0 && tally->unknown_in[other] == 0 &&
		    any_accepted(view, (enum order)other))
			return true;
	}
	return false;
}

static void end(struct buf *out, const struct view *view)
{
	if (view->report->policy.holds != NULL)
		buf_printf(out, "; %s", view->report->policy.holds);
	buf_puts(out, view->report->stopped ? "; the run was stopped early." : ".");
}

/* Yes to the ports that --ports names is no Yes to the others. */
static void add_ports_left_out(struct buf *out, const struct view *view)
{
	struct names ports = { 0 };

	view_ports_left_out(view, &ports);
	if (ports.count > 0) {
		buf_puts(out, ports.count == 1 ? "; not tried: port " : "; not tried: ports ");
		names_list(out, &ports, ports.count);
	}
	names_clear(&ports);
}

static void add_order_in_force(struct buf *out, const struct view *view)
{
	const bool *in_force = view->report->policy.order_in_force;

	if (in_force[ORDER_RSA_FIRST] != in_force[ORDER_ECDSA_FIRST])
		buf_printf(out, " with %s",
		           answer_order(in_force[ORDER_RSA_FIRST] ? ORDER_RSA_FIRST
		                                                  : ORDER_ECDSA_FIRST));
}

/* Orders are assumed, and the other one is worse: says how much. `;` or `:` comes before. */
static void add_other_order(struct buf *out, const struct view *view, const char *before)
{
	const struct tally *tally = &view->tally;
	const struct policy *policy = &view->report->policy;
	enum order other =
		policy->order_in_force[ORDER_RSA_FIRST] ? ORDER_ECDSA_FIRST : ORDER_RSA_FIRST;

	if (!policy->order_assumed || tally->refused_in[other] + tally->unknown_in[other] == 0)
		return;
	buf_printf(out, "%s with %s ", before, answer_order(other));
	if (tally->refused_in[other] > 0)
		buf_printf(out, "%zu of %zu would be refused", tally->refused_in[other],
		           tally->addresses);
	if (tally->unknown_in[other] > 0)
		buf_printf(out, "%s%zu of %zu could not be checked",
		           tally->refused_in[other] > 0 ? " and " : "", tally->unknown_in[other],
		           tally->addresses);
}

static bool other_is_worse(const struct view *view)
{
	const struct tally *tally = &view->tally;
	enum order other = view->report->policy.order_in_force[ORDER_RSA_FIRST] ? ORDER_ECDSA_FIRST
	                                                                        : ORDER_RSA_FIRST;

	return tally->refused_in[other] + tally->unknown_in[other] >
	       tally->refused + tally->unknown;
}

/* RSA first is in force, or would be the way out, and fails only where TLS 1.3 is offered: the
 * certificate then follows signature_algorithms (RFC 8446, 4.4.2.2), which begins with ECDSA,
 * whatever the ciphers say. */
static void add_tls13(struct buf *out, const struct view *view)
{
	const struct tally *tally = &view->tally;
	size_t refused = tally->refused_in[ORDER_RSA_FIRST];

	if (refused > 0 && view->report->policy.order_in_force[ORDER_RSA_FIRST] &&
	    tally->spared_by_tls12_in[ORDER_RSA_FIRST] == refused &&
	    tally->unknown_in[ORDER_RSA_FIRST] == 0)
		buf_puts(out, "; RSA first helps only if Expressway offers no TLS 1.3");
}

/* All that fails is the other direction. */
static void add_peers_alone(struct buf *out, const struct view *view)
{
	const struct tally *tally = &view->tally;

	buf_printf(
		out,
		"No: CUCM would refuse Expressway-C's own certificate at %zu of %zu advertised %s",
		tally->peer_refused, tally->addresses,
		answer_plural(tally->addresses, "address", "addresses"));
	buf_puts(out, tally->unknown == 0 ? "; Expressway would accept CUCM's everywhere" : "");
	add_order_in_force(out, view);
	add_unknown(out, tally);
	add_missing(out, view->report, "; ");
	answer_unread(out, &view->report->unread, "; ");
	end(out, view);
}

static void add_no(struct buf *out, const struct view *view)
{
	const struct tally *tally = &view->tally;
	enum order bad;
	bool decides = order_decides(view, &bad);

	if (tally->refused == 0 && tally->peer_refused > 0) {
		add_peers_alone(out, view);
		return;
	}
	if (decides)
		buf_printf(out, "No, not with %s: ", answer_order(bad));
	else
		buf_puts(out, "No: ");
	buf_printf(out, "Expressway would refuse %zu of %zu advertised %s (on %zu of %zu %s)",
	           tally->refused, tally->addresses,
	           answer_plural(tally->addresses, "address", "addresses"), tally->nodes_refused,
	           tally->nodes, answer_plural(tally->nodes, "node", "nodes"));
	if (decides)
		buf_printf(
			out, "; with %s it would accept them all",
			answer_order(bad == ORDER_RSA_FIRST ? ORDER_ECDSA_FIRST : ORDER_RSA_FIRST));
	else
		add_order_in_force(out, view);
	add_tls13(out, view);
	if (tally->peer_refused > 0)
		buf_printf(out, "; CUCM would refuse Expressway-C's own certificate at %zu",
		           tally->peer_refused);
	if (!decides && other_is_worse(view))
		add_other_order(out, view, ";");
	add_unknown(out, tally);
	add_missing(out, view->report, "; ");
	answer_unread(out, &view->report->unread, "; ");
	end(out, view);
}

static void add_not_known(struct buf *out, const struct view *view)
{
	const struct tally *tally = &view->tally;
	const struct report *report = view->report;
	bool missing = add_missing(out, report, "Not known: ");

	if (answer_unread(out, &report->unread, missing ? "; " : "Not known: "))
		missing = true;
	buf_puts(out,
	         missing ? "; nothing is known to fail" : "Not known: nothing is known to fail");
	if (tally->unknown > 0)
		buf_printf(out, ", but %zu of %zu advertised %s could not be checked",
		           tally->unknown, tally->addresses,
		           answer_plural(tally->addresses, "address", "addresses"));
	else if (!missing)
		buf_puts(out, ", but not everything was checked");
	add_other_order(out, view, ";");
	end(out, view);
}

static void add_yes_but(struct buf *out, const struct view *view)
{
	const struct report *report = view->report;
	const char *before = "Yes, but only ";

	if (report_other_order_fails(report)) {
		buf_printf(out, "%swhile %s stays first", before,
		           report->policy.order_in_force[ORDER_RSA_FIRST] ? "RSA" : "ECDSA");
		add_other_order(out, view, ":");
		before = "; and only ";
	}
	if (view->tally.need_tls13 > 0) {
		buf_printf(
			out,
			"%sif Expressway offers TLS 1.3: %zu of %zu advertised %s to TLS 1.2 alone",
			before, view->tally.need_tls13, view->tally.addresses,
			answer_plural(view->tally.addresses, "address shows nothing",
		                      "addresses show nothing"));
		before = "; and only ";
	}
	if (report->policy.chain_first && !report_client_accepted(report))
		buf_printf(
			out,
			"%sonce CUCM knows the CA of Expressway-C's own certificate, %s",
			before,
			report->client_count == 0 ? "which was not checked"
						  : "and whether it does is not known");
	add_ports_left_out(out, view);
	end(out, view);
}

static void add_yes(struct buf *out, const struct view *view)
{
	const struct tally *tally = &view->tally;
	size_t warnings = report_warnings(view->report);

	if (tally->addresses == 0) /* judged, but nothing that UDS or the user named */
		buf_puts(out, "Yes: Expressway would accept all that was checked");
	else if (tally->addresses == 1)
		buf_puts(out, "Yes: Expressway would accept the one advertised address");
	else
		buf_printf(out,
		           "Yes: Expressway would accept all %zu advertised addresses (%zu %s)",
		           tally->addresses, tally->nodes,
		           answer_plural(tally->nodes, "node", "nodes"));
	if (!view->report->policy.order_assumed) /* else the other order is as good: that is what
	                                            this headline says */
		add_order_in_force(out, view);
	add_ports_left_out(out, view);
	if (warnings > 0)
		buf_printf(out, "; %zu %s", warnings,
		           answer_plural(warnings, "warning", "warnings"));
	end(out, view);
}

char *answer_of(const struct view *view)
{
	struct buf text;

	buf_init(&text);
	switch (view->headline) {
	case HEADLINE_YES:
		add_yes(&text, view);
		break;
	case HEADLINE_YES_BUT:
		add_yes_but(&text, view);
		break;
	case HEADLINE_NO:
		add_no(&text, view);
		break;
	case HEADLINE_NOT_KNOWN:
		if (view->report->status == STATUS_ERROR)
			buf_puts(&text, "Not known: nothing could be checked.");
		else
			add_not_known(&text, view);
		break;
	}
	return text.data;
}

char *answer_sentence(const struct report *report)
{
	struct view view;
	char *text;

	view_init(&view, report);
	text = answer_of(&view);
	view_clear(&view);
	return text;
}
