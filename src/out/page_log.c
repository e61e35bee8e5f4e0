/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "model/alert.h"
#include "out/answer.h"
#include "out/doc.h"
#include "out/page_log.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool same_place(const struct traffic_place *server, const struct traffic_place *other)
{
	return server->port == other->port && strcasecmp(server->address, other->address) == 0;
}

/* Sorted places of one name and port stand together: each has another IP. */
static bool has_twin(const struct traffic *traffic, const struct traffic_place *server)
{
	const struct traffic_place *first = traffic->servers, *end = first + traffic->server_count;

	return (server > first && same_place(server, server - 1)) ||
	       (server + 1 < end && same_place(server, server + 1));
}

static char *place_of(const struct traffic *traffic, const struct traffic_place *server)
{
	bool v6 = strchr(server->address, ':') != NULL,
	     tell_ip = *server->ip != '\0' && has_twin(traffic, server);
	const char *at = tell_ip ? " at " : "", *ip = tell_ip ? server->ip : "";

	return server->port > 0
	               ? mem_printf(v6 ? "[%s]:%u%s%s" : "%s:%u%s%s", server->address,
	                            (unsigned)server->port, at, ip)
	               : mem_printf("%s%s%s (port not known)", server->address, at, ip);
}

static enum doc_look look_of(enum traffic_outcome outcome)
{
	return outcome == TRAFFIC_ACCEPTED  ? DOC_GOOD
	       : outcome == TRAFFIC_UNKNOWN ? DOC_GAP
	                                    : DOC_BAD;
}

static void say_time(struct doc *doc, const struct traffic_place *server)
{
	char when[CLOCK_TEXT];

	if (server->last.time_ms == 0)
		return;
	clock_format(server->last.time_ms / 1000, when, sizeof when);
	doc_labelled(doc, "Last result", when);
}

static void say_counts(struct doc *doc, const struct traffic_place *server)
{
	if (server->port > 0 || server->accepted > 0)
		doc_sayf(
			doc, DOC_PLAIN,
			"%zu %s, %zu accepted, %zu refused by Expressway, %zu refused by the server.",
			server->requests, answer_plural(server->requests, "request", "requests"),
			server->accepted, server->refused, server->refused_by_peer);
	else if (server->last.outcome == TRAFFIC_UNKNOWN)
		doc_say(doc, DOC_PLAIN,
		        "Clients were told this address; the log shows no request to it.");
	else
		doc_say(doc, DOC_PLAIN,
		        "The line names no port, and no single request of the log fits it.");
}

static void say_meaning(struct doc *doc, const struct traffic_place *server)
{
	switch (server->last.outcome) {
	case TRAFFIC_REFUSED:
		if (server->last.reason >= 0) {
			doc_say(doc, DOC_PLAIN, reason_meaning((enum reason)server->last.reason));
			doc_say(doc, DOC_DO, reason_action((enum reason)server->last.reason));
		} else {
			doc_say(doc, DOC_PLAIN,
			        "Expressway refused the server's certificate; the log does not say why.");
			doc_say(doc, DOC_DO, "Audit this address: mra-preflight finds the reason.");
		}
		break;
	case TRAFFIC_BY_PEER:
		doc_say(doc, DOC_PLAIN, alert_meaning(server->last.alert));
		if (alert_action(server->last.alert) != NULL)
			doc_say(doc, DOC_DO, alert_action(server->last.alert));
		break;
	case TRAFFIC_CONNECT_FAILED:
		if (*server->ip == '\0') {
			doc_say(doc, DOC_PLAIN,
			        "The traffic server found no IP address for this name: no connection was tried.");
			doc_say(doc, DOC_DO,
			        "Give the name to the DNS servers that Expressway asks, or have clients be told one that they know.");
			break;
		}
		if (*server->last.error != '\0')
			doc_say(doc, DOC_PLAIN,
			        "The handshake failed for the cause that the line names: neither the verification of the certificate "
			        "nor an alert of the server.");
		else
			doc_say(doc, DOC_PLAIN,
			        "The log has no line of a refusal: the connection was reset, ended, timed out or could not be made, "
			        "what came over it was no HTTP, or the handshake failed in a way that leaves no line: over TLS 1.3 a refusal of Expressway's certificate, "
			        "with Traffic Server 9 any alert of the server, or a server that speaks no TLS.");
		doc_say(doc, DOC_DO,
		        "Audit this address, and look whether the service runs there.");
		break;
	case TRAFFIC_ACCEPTED:
	case TRAFFIC_UNKNOWN:
		break;
	}
}

/* A trust store of its own each. */
static void say_peers(struct doc *doc, const struct traffic_place *server)
{
	for (size_t i = 0; i < server->other_count; i++)
		if (server->last.outcome == TRAFFIC_REFUSED &&
		    server->others[i].outcome == TRAFFIC_ACCEPTED) {
			doc_sayf(doc, DOC_PLAIN,
			         "Refused by %s, accepted by %s, another peer of the cluster: its trust store may hold what the other one's lacks, "
			         "or the certificate was another one then.",
			         server->last.peer, server->others[i].peer);
			return;
		}
}

/* What ended the refusals: a mended certificate looks like verification that was turned off. */
static void say_since(struct doc *doc, const struct traffic *traffic,
                      const struct traffic_place *server)
{
	const struct traffic_result *last = &server->last;

	if (last->outcome != TRAFFIC_ACCEPTED || server->refused == 0 || last->since_ms == 0 ||
	    traffic_verification(traffic, last->peer) != VERIFICATION_ENFORCED ||
	    traffic_proved_ms(traffic, last->peer) >= last->since_ms)
		return;
	doc_say(doc, DOC_WARN,
	        "It was refused before. Since it is accepted, the Expressway-C that accepts it has refused no certificate: what "
	        "was wrong is mended, or verification has been turned off (VerifyOriginServer: Off). The log does not tell which.");
}

/* The stores of other peers, where the report says something else of them. */
static void say_stores(struct doc *doc, const struct traffic_place *server)
{
	for (size_t i = 0; i < server->store_count; i++)
		if (!server->stores[i].agrees) {
			doc_sayf(doc, DOC_WARN, "With the trust store %s the report says: %s.",
			         server->stores[i].name,
			         server->stores[i].accepted ? "accepted" : "refused");
			doc_line(doc, server->stores[i].log);
		}
}

static void say_prediction(struct doc *doc, const struct traffic *traffic,
                           const struct traffic_place *server)
{
	if (!traffic->compared)
		return;
	if (!server->in_report)
		doc_say(doc, DOC_WARN, "The report does not list this address.");
	if (server->agrees_known && server->agrees) {
		doc_say(doc, DOC_PLAIN,
		        server->predicted
		                ? "The report agrees."
		                : "The report agrees: the audit saw no certificate there.");
		say_stores(doc, server);
		return;
	}
	if (!server->predicted)
		return;
	doc_sayf(doc, server->agrees_known ? DOC_WARN : DOC_PLAIN, "%sThe report says: %s%s%s.",
	         server->agrees_known ? "They differ. " : "",
	         server->predicted_accepted ? "accepted" : "refused",
	         server->predicted_reason >= 0 ? ", " : "",
	         server->predicted_reason >= 0 ? reason_id((enum reason)server->predicted_reason)
	                                       : "");
	doc_line(doc, server->predicted_log);
	if (server->differs != NULL)
		doc_say(doc, DOC_PLAIN, server->differs);
	say_stores(doc, server);
}

static const char *words_of(enum traffic_outcome outcome)
{
	static const char *const words[] = { "no result in the log", "accepted",
		                             "REFUSED by Expressway", "REFUSED by the server",
		                             "connect failed" };

	return words[outcome];
}

static void add_server(struct doc *doc, const struct traffic *traffic,
                       const struct traffic_place *server)
{
	char *place = place_of(traffic, server),
	     *title = mem_printf("%s: %s", place, words_of(server->last.outcome));

	doc_open(doc, DOC_SECTION, look_of(server->last.outcome), title);
	say_time(doc, server);
	say_counts(doc, server);
	doc_line(doc, server->last.log);
	doc_line(doc, server->last.error);
	if (server->last.outcome == TRAFFIC_CONNECT_FAILED)
		doc_line(doc, server->last.phrase);
	say_meaning(doc, server);
	say_since(doc, traffic, server);
	say_peers(doc, server);
	say_prediction(doc, traffic, server);
	doc_close(doc);
	free(title);
	free(place);
}

static void agree(const struct traffic *traffic, size_t *same, size_t *differ)
{
	*same = *differ = 0;
	for (size_t i = 0; i < traffic->server_count; i++)
		if (traffic->servers[i].agrees_known)
			++*(traffic->servers[i].agrees ? same : differ);
}

static bool peers_differ(const struct traffic *traffic)
{
	for (size_t i = 1; i < traffic->peer_count; i++)
		if (traffic_verification(traffic, traffic->peers[i].name) !=
		    traffic_verification(traffic, traffic->peers[0].name))
			return true;
	return false;
}

/* Do all that accepted something verify? */
static bool all_verify(const struct traffic *traffic)
{
	for (size_t i = 0; i < traffic->server_count; i++)
		if (traffic->servers[i].last.outcome == TRAFFIC_ACCEPTED &&
		    traffic_verification(traffic, traffic->servers[i].last.peer) !=
		            VERIFICATION_ENFORCED)
			return false;
	return true;
}

/* An Expressway that does not verify accepts everything. */
static const char *proves(const struct traffic *traffic)
{
	if (all_verify(traffic))
		return "";
	if (peers_differ(traffic))
		return ", but not every peer is seen to verify certificates: what such a peer accepts proves nothing of them";
	switch (traffic->verification) {
	case VERIFICATION_ENFORCED:
		return "";
	case VERIFICATION_PERMISSIVE:
		return ", but verification is permissive: of their certificates that proves nothing";
	case VERIFICATION_UNPROVEN:
		break;
	}
	return ", but no line shows that certificates are verified: of theirs that proves nothing";
}

/* others: some have no result. */
static char *all_accepted(const struct traffic *traffic, size_t known, bool others)
{
	const char *seen = others ? " with a result in the log" : "",
		   *proof = proves(traffic);

	if (known == 1)
		return mem_printf("The one address and port%s was accepted when last tried%s.",
		                  seen, proof);
	return mem_printf("Each of the %zu addresses and ports%s was accepted when last tried%s.",
	                  known, seen, proof);
}

static char *first_sentence(const struct traffic *traffic, const size_t *count, size_t bad,
                            size_t known)
{
	if (traffic->lines == 0 && traffic->server_count > 0)
		return mem_strdup(
			"These files say what clients were told, and nothing of what the traffic server did there.");
	if (traffic->lines == 0)
		return mem_strdup("Nothing of the traffic server is in these files.");
	if (bad > 0)
		return mem_printf(
			"%zu of %zu addresses and ports were refused when last tried; %zu more failed to connect.",
			bad, known, count[TRAFFIC_CONNECT_FAILED]);
	if (count[TRAFFIC_CONNECT_FAILED] > 0)
		return mem_printf(
			"%zu of %zu addresses and ports failed to connect when last tried; the log shows no refusal there.",
			count[TRAFFIC_CONNECT_FAILED], known);
	if (known == 0)
		return mem_strdup("The log shows no result of any request.");
	return all_accepted(traffic, known, count[TRAFFIC_UNKNOWN] > 0);
}

static void add_answer(struct doc *doc, const struct traffic *traffic)
{
	size_t count[TRAFFIC_CONNECT_FAILED + 1] = { 0 }, bad, known;
	char *line;

	for (size_t i = 0; i < traffic->server_count; i++)
		count[traffic->servers[i].last.outcome]++;
	bad = count[TRAFFIC_REFUSED] + count[TRAFFIC_BY_PEER];
	known = bad + count[TRAFFIC_ACCEPTED] + count[TRAFFIC_CONNECT_FAILED];
	line = first_sentence(traffic, count, bad, known);
	doc_open(doc, DOC_ANSWER,
	         bad > 0                                           ? DOC_BAD
	         : known == 0 || count[TRAFFIC_CONNECT_FAILED] > 0 ? DOC_GAP
	         : *proves(traffic) == '\0'                        ? DOC_GOOD
	                                                           : DOC_WARN,
	         "What did Expressway do?");
	doc_add(doc, DOC_TEXT, DOC_PLAIN, line);
	doc_close(doc);
	free(line);
}

/* An answer is one sentence: this stands behind it. */
static void add_agreement(struct doc *doc, const struct traffic *traffic)
{
	size_t same, differ;

	agree(traffic, &same, &differ);
	if (traffic->compared && same + differ > 0)
		doc_sayf(doc, differ > 0 ? DOC_WARN : DOC_PLAIN,
		         "The report agrees with the log on %zu of %zu of them.", same,
		         same + differ);
}

/* A log shows that it was on, not that it still is. */
static void say_enforced(struct doc *doc, const char *who, int64_t proved_ms)
{
	char when[CLOCK_TEXT];

	if (proved_ms == 0) {
		doc_sayf(doc, DOC_PLAIN, "%serification is enforced.", who);
		return;
	}
	clock_format(proved_ms / 1000, when, sizeof when);
	doc_sayf(doc, DOC_PLAIN,
	         "%serification was enforced when a certificate was last refused: %s.", who, when);
}

static void add_peers(struct doc *doc, const struct traffic *traffic)
{
	for (size_t i = 0; i < traffic->peer_count; i++) {
		const char *name = traffic->peers[i].name;
		char *who = mem_printf("%s: v", *name != '\0' ? name : "Lines without a peer");

		switch (traffic_verification(traffic, name)) {
		case VERIFICATION_ENFORCED:
			say_enforced(doc, who, traffic_proved_ms(traffic, name));
			break;
		case VERIFICATION_PERMISSIVE:
			doc_sayf(doc, DOC_WARN,
			         "%serification is permissive: what fails is logged and let pass.",
			         who);
			break;
		case VERIFICATION_UNPROVEN:
			doc_sayf(doc, DOC_WARN,
			         "%serification is not proved: this peer refuses no certificate in the log, so what it accepts says "
			         "nothing of the certificates.",
			         who);
		}
		free(who);
	}
}

static void add_verification(struct doc *doc, const struct traffic *traffic)
{
	if (peers_differ(traffic))
		add_peers(doc, traffic);
	else if (traffic->verification == VERIFICATION_ENFORCED)
		say_enforced(doc, "V", traffic_proved_ms(traffic, ""));
	else if (traffic->verification == VERIFICATION_PERMISSIVE)
		doc_say(doc, DOC_WARN,
		        "Verification is permissive: what fails is logged and let pass.");
	else if (traffic->lines > 0)
		doc_say(doc, DOC_WARN,
		        "That verification is on is not proved: no refusal of a certificate is in the log, so what was accepted "
		        "says nothing of the certificates.");
}

static void add_basis(struct doc *doc, const struct traffic *traffic)
{
	char from[CLOCK_TEXT], to[CLOCK_TEXT];

	doc_open(doc, DOC_SECTION, DOC_PLAIN, "What the log shows of this Expressway");
	if (traffic->from_ms > 0) {
		clock_format(traffic->from_ms / 1000, from, sizeof from);
		clock_format(traffic->to_ms / 1000, to, sizeof to);
		doc_sayf(doc, DOC_PLAIN, "%zu lines of the traffic server, from %s to %s.",
		         (size_t)traffic->lines, from, to);
	}
	add_verification(doc, traffic);
	if (traffic->generation >= 0)
		doc_labelled(doc, "Log lines of",
		             traffic->generation == TRAFFIC_SERVER_8
		                     ? "Traffic Server 8.1"
		                     : "Traffic Server 9.2 or later");
	if (traffic->era >= 0)
		doc_labelled(doc, "Words of",
		             traffic->era == ERA_OPENSSL1 ? "OpenSSL 1.1.1" : "OpenSSL 3");
	if (traffic->compared) {
		doc_labelled(doc, "iPAddress SANs are honoured",
		             traffic->ip_san != NULL ? traffic->ip_san : "not seen");
		doc_labelled(doc, "Cipher order met",
		             traffic->order != NULL ? traffic->order
		             : traffic->order_apart ? "some results fit rsa-first alone, others ecdsa-first alone"
		                                    : "not seen");
		if (traffic->store != NULL)
			doc_labelled(doc, "Trust store that it fits", traffic->store);
	}
	if (traffic->left_out > 0)
		doc_say(doc, DOC_WARN,
		        "The log names more addresses than are kept: what comes after the first 20,000 is left out.");
	doc_close(doc);
}

void page_log(const struct traffic *traffic, const struct out_how *how, bool html, struct buf *out)
{
	static const enum traffic_outcome order[] = { TRAFFIC_REFUSED, TRAFFIC_BY_PEER,
		                                      TRAFFIC_CONNECT_FAILED, TRAFFIC_ACCEPTED,
		                                      TRAFFIC_UNKNOWN };
	const struct doc_layout *layout = html ? &html_layout : &text_layout;
	struct names facts = { 0 };
	struct doc doc;

	doc_init(&doc);
	layout->begin(&(struct doc_head){ "What Expressway's diagnostic log shows", &facts }, how,
	              out);
	add_answer(&doc, traffic);
	if (!how->quiet)
		add_agreement(&doc, traffic);
	for (size_t i = 0; i < sizeof order / sizeof *order && !how->quiet; i++)
		for (size_t j = 0; j < traffic->server_count; j++)
			if (traffic->servers[j].last.outcome == order[i])
				add_server(&doc, traffic, &traffic->servers[j]);
	if (!how->quiet && (traffic->lines > 0 || traffic->left_out > 0))
		add_basis(&doc, traffic);
	doc_put(&doc, layout, how, out);
	layout->end(how, out);
	names_clear(&facts);
}
