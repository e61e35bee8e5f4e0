/* SPDX-License-Identifier: MIT */
/* The other direction: where servers ask Expressway-C for its own certificate, whom they would
 * accept it from, and whether they would accept the one that was given. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "advise/examine_parts.h"
#include "model/alert.h"
#include "pki/decode.h"

#include <stdlib.h>
#include <string.h>

enum { LISTS_SHOWN = 3, NAMES_SHOWN = 12 };

#define CLIENT_STORE \
	"It was fetched from Expressway-C's web page; from X15.5 on Expressway has a client store of its own, which may hold " \
	"another one."

/* --- refusals --------------------------------------------------------------------------------- */

static enum finding_kind kind_of(enum client_cause cause)
{
	switch (cause) {
	case CLIENT_CA_UNKNOWN:
	case CLIENT_SIGNATURE:
		return FINDING_EXPRESSWAY_CA;
	case CLIENT_PURPOSE:
		return FINDING_EXPRESSWAY_CLIENT_AUTH;
	case CLIENT_EXPIRED:
	case CLIENT_NOT_YET_VALID:
		return FINDING_EXPRESSWAY_ENDS;
	case CLIENT_REQUIRED:
		return FINDING_EXPRESSWAY_NONE;
	case CLIENT_LISTED:
	case CLIENT_NOT_ASKED:
	case CLIENT_NOT_REQUIRED:
	case CLIENT_NO_LIST:
	case CLIENT_HALF_LISTED:
	case CLIENT_UNTOLD:
	case CLIENT_ONE_STORE:
	case CLIENT_NOT_FETCHED:
		break;
	}
	return FINDING_CLIENT_CERTIFICATE;
}

/* OpenSSL 1.1.1's words for an alert of the other side; in TLS 1.3 it comes after the client's last
 * message, and 8.1 logs nothing. */
static char *log_of(const struct report *report, const struct observation *observation, int alert)
{
	const char *words = alert_words(alert);

	if (report->policy.traffic_server != TRAFFIC_SERVER_8 ||
	    report->policy.era != ERA_OPENSSL1 || observation->tls_version == NULL ||
	    strcmp(observation->tls_version, "TLS1.2") != 0 || words == NULL)
		return NULL;
	return mem_printf(
		"ERROR: SSL connection failed for '%s': error:14094%03X:SSL routines:ssl3_read_bytes:%s",
		observation->address, 1000 + (unsigned)alert, words);
}

static const char *whose(const struct client *client)
{
	const struct cert *leaf = chain_leaf(&client->chain);

	return leaf != NULL ? examine_subject(leaf) : client->name;
}

static char *title_of(const struct client *client, enum client_cause cause)
{
	enum finding_kind kind = kind_of(cause);

	if (kind == FINDING_EXPRESSWAY_NONE)
		return mem_strdup(
			"CUCM requires a certificate of Expressway-C, which is to send none");
	return mem_printf("CUCM would refuse Expressway-C's certificate (%s): %s", whose(client),
	                  kind == FINDING_EXPRESSWAY_CA
	                          ? "its CA is not among those that CUCM accepts"
	                  : kind == FINDING_EXPRESSWAY_CLIENT_AUTH
	                          ? "it, or a CA of its chain, is not for TLS clients"
	                  : cause == CLIENT_EXPIRED ? "it, or a CA of its chain, has expired"
	                                            : "it, or a CA of its chain, is not valid yet");
}

static struct finding *refusal_of(struct report *report, size_t from, const struct client *client,
                                  const struct client_verdict *verdict)
{
	char *title = title_of(client, verdict->cause);
	struct finding *finding;

	for (size_t i = from; i < report->finding_count; i++) {
		finding = &report->findings[i];
		if (finding->kind == kind_of(verdict->cause) &&
		    strcmp(finding->title, title) == 0 &&
		    finding->certificate == chain_leaf(&client->chain)) {
			free(title);
			return finding;
		}
	}
	finding = report_add_finding(report, kind_of(verdict->cause));
	finding->severity = SEVERITY_WARNING;
	finding->title = title;
	finding->certificate = chain_leaf(&client->chain);
	finding->certificate_kind = mem_strdup("Expressway-C");
	finding->detail = mem_printf(
		"%s It would end the handshake with alert %d, and with it whatever MRA users want there.%s%s",
		verdict->reason, verdict->alert, client->from == CLIENT_WEB ? " " : "",
		client->from == CLIENT_WEB ? CLIENT_STORE : "");
	return finding;
}

static void refusals(struct report *report)
{
	size_t from = report->finding_count;

	for (size_t i = 0; i < report->client_verdict_count; i++) {
		const struct client_verdict *verdict = &report->client_verdicts[i];
		const struct observation *observation = &report->observations[verdict->observation];
		struct finding *finding;

		if (verdict->outcome != CLIENT_REFUSED ||
		    !service_is_traffic(report_service(report, observation)))
			continue;
		finding = refusal_of(report, from, &report->clients[verdict->client], verdict);
		if (finding->severity != SEVERITY_FAIL && report_counts(report, observation)) {
			finding->severity = SEVERITY_FAIL;
			free(finding->log);
			finding->log = NULL;
		}
		examine_add_observation(finding, report, observation);
		if (finding->log == NULL)
			finding->log = log_of(report, observation, verdict->alert);
	}
}

/* --- what is wrong with it, wherever it is verified ------------------------------------------- */

static bool refused_for(const struct report *report, size_t client, enum finding_kind kind)
{
	for (size_t i = 0; i < report->client_verdict_count; i++)
		if (report->client_verdicts[i].client == client &&
		    kind_of(report->client_verdicts[i].cause) == kind)
			return true;
	return false;
}

static void client_auth(struct report *report, size_t at)
{
	const struct client *client = &report->clients[at];
	const struct cert *leaf = chain_leaf(&client->chain);
	struct finding *finding;

	if (!leaf->has_extended_key_usage || cert_has_purpose(leaf, "clientAuth") ||
	    refused_for(report, at, FINDING_EXPRESSWAY_CLIENT_AUTH))
		return;
	finding = report_add_finding(report, FINDING_EXPRESSWAY_CLIENT_AUTH);
	finding->severity = SEVERITY_WARNING;
	finding->certificate = leaf;
	finding->certificate_kind = mem_strdup("Expressway-C");
	finding->title = mem_printf(
		"Expressway-C's certificate (%s) has an extended key usage without clientAuth",
		whose(client));
	finding->detail = mem_printf(
		"No port is known to refuse it for that here; whoever verifies it as a client's refuses it with alert 43.%s%s",
		client->from == CLIENT_WEB ? " " : "",
		client->from == CLIENT_WEB ? CLIENT_STORE : "");
}

static void ends(struct report *report, size_t at)
{
	const struct client *client = &report->clients[at];
	const struct cert *leaf = chain_leaf(&client->chain);
	int64_t now = report->policy.at;
	struct finding *finding;
	bool over = now >= leaf->not_after;
	char text[CLOCK_TEXT];

	if (refused_for(report, at, FINDING_EXPRESSWAY_ENDS) ||
	    leaf->not_after - (int64_t)report->policy.warning_days * DAY_S > now)
		return;
	clock_format(leaf->not_after, text, sizeof text);
	finding = report_add_finding(report, FINDING_EXPRESSWAY_ENDS);
	finding->severity = SEVERITY_WARNING;
	finding->certificate = leaf;
	finding->certificate_kind = mem_strdup("Expressway-C");
	finding->title = mem_printf("Expressway-C's certificate (%s) %s %s%s", whose(client),
	                            leaf->not_after > examine_today(report) ? "ends" : "ended", text,
	                            over && leaf->not_after > examine_today(report)
	                                    ? ", before the date that was asked for"
	                                    : "");
	finding->detail = mem_strdup("Ports that verify it refuse an expired one with alert 45.");
}

static void not_fetched(struct report *report, const struct client *client)
{
	struct finding *finding = report_add_finding(report, FINDING_EXPRESSWAY_NOT_FETCHED);

	finding->title = mem_printf(
		"Expressway-C's certificate could not be fetched from %s: %s", client->name,
		client->problem != NULL ? client->problem : "it cannot be read");
}

static void certificates(struct report *report)
{
	for (size_t i = 0; i < report->client_count; i++) {
		const struct client *client = &report->clients[i];
		const struct cert *leaf = chain_leaf(&client->chain);

		if (client->from == CLIENT_NONE)
			continue;
		if (leaf == NULL || !leaf->readable) {
			not_fetched(report, client);
			continue;
		}
		client_auth(report, i);
		ends(report, i);
	}
}

/* --- what the servers ask for ----------------------------------------------------------------- */

struct asking {
	struct finding *finding; /* NULL: nobody asks */
	size_t asked, unlisted;
	size_t told, completed; /* in TLS 1.2, where the handshake shows whether a certificate is
	                           required */
	const struct ca_list *lists[LISTS_SHOWN];
	size_t list_count;       /* of those, and more */
};

static void note_list(struct asking *asking, const struct ca_list *list)
{
	if (list == NULL) {
		asking->unlisted++;
		return;
	}
	for (size_t i = 0; i < asking->list_count && i < LISTS_SHOWN; i++)
		if (asking->lists[i] == list)
			return;
	if (asking->list_count < LISTS_SHOWN)
		asking->lists[asking->list_count] = list;
	asking->list_count++;
}

static struct asking find_asking(struct report *report)
{
	struct asking asking = { .finding = NULL };

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];

		if (observation->outcome != OUTCOME_PRESENTED ||
		    !observation->client_certificate_requested ||
		    !service_is_traffic(report_service(report, observation)))
			continue;
		asking.asked++;
		if (observation->tls_version != NULL &&
		    strcmp(observation->tls_version, "TLS1.2") == 0) {
			asking.told++;
			asking.completed += observation->handshake_completed;
		}
		note_list(&asking, observation->client_cas);
		if (asking.finding == NULL)
			asking.finding = report_add_finding(report, FINDING_CLIENT_CERTIFICATE);
		examine_add_observation(asking.finding, report, observation);
	}
	return asking;
}

static void add_names(struct buf *out, const struct ca_list *list)
{
	const unsigned char *der;
	size_t at = 0, len, shown = 0;

	while (shown < NAMES_SHOWN && ca_list_next(list->bytes, list->len, &at, &der, &len) == 1) {
		char *name = decode_name(der, len);

		buf_printf(out, "%s%s", shown++ == 0 ? "" : "; ", name);
		free(name);
	}
	if (list->count > shown)
		buf_printf(out, "; and %zu more", list->count - shown);
}

static void add_lists(struct buf *out, const struct asking *asking)
{
	for (size_t i = 0; i < asking->list_count && i < LISTS_SHOWN; i++) {
		buf_printf(out, " %s accept certificates of %zu authorit%s: ",
		           asking->list_count == 1 && asking->unlisted == 0 ? "They" : "Some",
		           asking->lists[i]->count, asking->lists[i]->count == 1 ? "y" : "ies");
		add_names(out, asking->lists[i]);
		buf_putc(out, '.');
	}
	if (asking->list_count > LISTS_SHOWN)
		buf_puts(
			out,
			" There are other lists as well: client_ca_lists of the JSON report has them all.");
	if (asking->unlisted > 0)
		buf_printf(out, " %s not say whose certificates they accept.",
		           asking->unlisted == asking->asked ? "They do" : "Some do");
}

static bool is_asked(const struct report *report, const struct client_verdict *verdict)
{
	return verdict->cause != CLIENT_NOT_ASKED &&
	       service_is_traffic(
		       report_service(report, &report->observations[verdict->observation]));
}

/* How many handshakes are how. Several certificates of Expressway-C have a verdict each: refused
 * is what any of them is, not known what any of the others is. */
static void tally(const struct report *report, size_t counts[3])
{
	enum { NONE, ACCEPTED, UNKNOWN, REFUSED };
	static const int rank[] = { [CLIENT_ACCEPTED] = ACCEPTED,
		                    [CLIENT_UNKNOWN] = UNKNOWN,
		                    [CLIENT_REFUSED] = REFUSED };
	int *worst = mem_array(report->observation_count, sizeof *worst);

	for (size_t i = 0; i < report->client_verdict_count; i++) {
		const struct client_verdict *verdict = &report->client_verdicts[i];

		if (is_asked(report, verdict) &&
		    rank[verdict->outcome] > worst[verdict->observation])
			worst[verdict->observation] = rank[verdict->outcome];
	}
	for (size_t i = 0; i < report->observation_count; i++) {
		counts[CLIENT_ACCEPTED] += worst[i] == ACCEPTED;
		counts[CLIENT_UNKNOWN] += worst[i] == UNKNOWN;
		counts[CLIENT_REFUSED] += worst[i] == REFUSED;
	}
	free(worst);
}

static void say_title(const struct report *report, struct finding *finding)
{
	size_t counts[3] = { 0 };

	tally(report, counts);
	if (report->client_count == 0)
		finding->title = mem_strdup(
			"Not checked: whether servers would accept Expressway-C's own certificate");
	else if (counts[CLIENT_REFUSED] == 0 && counts[CLIENT_UNKNOWN] == 0)
		finding->title = mem_strdup(
			"Servers ask Expressway-C for its own certificate, and all would probably accept it");
	else if (counts[CLIENT_UNKNOWN] > 0)
		finding->title = mem_printf(
			"Servers ask Expressway-C for its own certificate: whether they would accept it is not known for %zu of %zu "
			"handshakes",
			counts[CLIENT_UNKNOWN], counts[0] + counts[1] + counts[2]);
	else
		finding->title = mem_printf(
			"Servers ask Expressway-C for its own certificate: in %zu of %zu handshakes they would refuse it",
			counts[CLIENT_REFUSED], counts[0] + counts[1] + counts[2]);
}

static const char *first_unknown(const struct report *report)
{
	for (size_t i = 0; i < report->client_verdict_count; i++)
		if (report->client_verdicts[i].outcome == CLIENT_UNKNOWN &&
		    is_asked(report, &report->client_verdicts[i]))
			return report->client_verdicts[i].reason;
	return NULL;
}

static void asked(struct report *report)
{
	struct asking asking = find_asking(report);
	const char *unknown = first_unknown(report);
	struct buf detail;

	if (asking.finding == NULL)
		return;
	say_title(report, asking.finding);
	buf_init(&detail);
	buf_puts(
		&detail,
		"Expressway-C shows its certificate there, and CUCM may verify it: a failure in that direction is logged as an alert of the "
		"other side (tlsv1 alert unknown ca), or under TLS 1.3 not at all.");
	add_lists(&detail, &asking);
	if (asking.told > 0)
		buf_printf(
			&detail,
			" %zu of %zu such handshakes in TLS 1.2 were completed without a certificate.",
			asking.completed, asking.told);
	if (unknown != NULL)
		buf_printf(&detail, " Not known: %s", unknown);
	asking.finding->detail = buf_take(&detail);
	if (report->client_count > 0) {
		free(asking.finding->action);
		asking.finding->action =
			unknown != NULL
				? mem_strdup(
					  "See that the whole chain of the Expressway-C certificate is in tomcat-trust "
					  "and CallManager-trust of every cluster.")
				: NULL;
	}
}

void examine_client(struct report *report)
{
	refusals(report);
	certificates(report);
	asked(report);
}
