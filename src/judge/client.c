/* SPDX-License-Identifier: MIT */
/* CUCM is the verifier here: X509_verify_cert with the purpose *SSL client*, as HAProxy calls it on
 * 6971 and 6972. The alert follows from the first error that OpenSSL meets (ssl_x509err2alert), so
 * the order decides, as in judge.c:
 *
 *  1. The chain: an end that CUCM does not trust is unknown_ca (48), whatever else is wrong.
 *  2. From the leaf up: extended key usage, key usage, Netscape type: unsupported_certificate (43).
 *  3. From the root down: signature, decrypt_error (51); dates, certificate_expired (45),
 * bad_certificate (42).
 *
 * Measured on HAProxy 2.6 with OpenSSL 3.0: the same alerts under "verify required" and "verify
 * optional", in TLS 1.2 and 1.3; an empty Certificate message under "required" is handshake_failure
 * (40) in TLS 1.2 and certificate_required (116) in 1.3.
 *
 * Of CUCM's stores a CertificateRequest shows only names. A list that names an authority of the
 * chain, but not the one at its end, may be either: OpenSSL wants a self-signed end, and under one
 * name there may be a root and a cross-signed certificate. */
#include "config.h"

#include "base/mem.h"
#include "judge/client.h"
#include "pki/detail.h"
#include "pki/path.h"
#include "pki/sign.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	ALERT_HANDSHAKE_FAILURE = 40,
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_UNSUPPORTED = 43,
	ALERT_EXPIRED = 45,
	ALERT_UNKNOWN_CA = 48,
	ALERT_DECRYPT_ERROR = 51,
	ALERT_REQUIRED = 116
};
enum { NS_SSL_CLIENT = 0x80, NAMES_MOST = 65535 / 4 };

struct ruling {
	enum client_outcome outcome;
	enum client_cause cause;
	int alert;
	char *reason; /* owned */
};

/* The names of one CertificateRequest, read once. */
struct named {
	const struct ca_list *list;
	struct dn *names;
	size_t count;
	struct pool pool;
};

/* What is known of one client, whoever asks: its chain as far as its own certificates lead. */
struct asked {
	const struct client *client;
	const struct policy *policy;
	struct path path;
	struct ruling flaw; /* what is wrong with it wherever it is verified: purpose or dates;
	                       reason NULL: nothing */
};

static struct ruling ruling(enum client_cause cause, int alert, char *reason)
{
	enum client_outcome outcome = alert != 0 ? CLIENT_REFUSED
	                              : cause == CLIENT_LISTED || cause == CLIENT_NOT_ASKED ||
	                                              cause == CLIENT_NOT_REQUIRED
	                                      ? CLIENT_ACCEPTED
	                                      : CLIENT_UNKNOWN;

	return (struct ruling){ outcome, cause, alert, reason };
}

/* --- what is wrong with a chain, whoever trusts it -------------------------------------------- */

/* check_purpose_ssl_client in v3_purp.c; a CA's extended key usage counts as well. */
static const char *wrong_purpose(const struct cert *cert, bool is_leaf)
{
	const struct extension_facts *f = &cert->detail->ext;

	if (cert->has_extended_key_usage && !cert_has_purpose(cert, "clientAuth"))
		return "its extended key usage does not have clientAuth";
	if (is_leaf && f->has_usage && !(f->usage & (KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT)))
		return "its key usage has neither digitalSignature nor keyAgreement, so that it is good for no TLS client";
	if (is_leaf && f->has_netscape && !(f->netscape & NS_SSL_CLIENT))
		return "its Netscape certificate type does not have SSL client";
	return NULL;
}

static struct ruling purposes(const struct path *path)
{
	for (size_t i = 0; i < path->count; i++) {
		const char *why = wrong_purpose(path->certs[i], i == 0);

		if (why != NULL)
			return ruling(CLIENT_PURPOSE, ALERT_UNSUPPORTED,
			              mem_printf("CUCM would not take %s%s for a client's: %s.",
			                         i == 0 ? "the certificate" : "the CA ",
			                         i == 0 ? "" : path->certs[i]->subject, why));
	}
	return (struct ruling){ .reason = NULL };
}

static struct ruling dates(const struct path *path, int64_t at)
{
	for (size_t i = path->count; i-- > 0;) {
		const struct cert *cert = path->certs[i];
		const char *whose = i == 0 ? "the certificate" : cert->subject;

		if (at < cert->not_before)
			return ruling(CLIENT_NOT_YET_VALID, ALERT_BAD_CERTIFICATE,
			              mem_printf("At that time %s is not valid yet.", whose));
		if (at >=
		    cert->not_after) /* X509_cmp_time: the very second of notAfter has expired */
			return ruling(CLIENT_EXPIRED, ALERT_EXPIRED,
			              mem_printf("At that time %s has expired.", whose));
	}
	return (struct ruling){ .reason = NULL };
}

static struct ruling signatures(const struct path *path)
{
	for (size_t i = path->count; i-- > 1;)
		if (!sign_good(path->certs[i - 1], path->certs[i], path->certs[i], ERA_OPENSSL1))
			return ruling(
				CLIENT_SIGNATURE, ALERT_DECRYPT_ERROR,
				mem_printf("CUCM's %s has another key than the one that signed.",
			                   path->certs[i]->subject));
	return (struct ruling){ .reason = NULL };
}

static struct ruling flaws(const struct path *path, int64_t at)
{
	struct ruling found = purposes(path);

	if (found.reason == NULL)
		found = signatures(path);
	return found.reason != NULL ? found : dates(path, at);
}

static struct ruling copy(const struct ruling *from)
{
	struct ruling to = *from;

	to.reason = mem_strdup(from->reason);
	return to;
}

/* --- by the names of a CertificateRequest ----------------------------------------------------- */

static bool is_named(const struct named *named, const struct dn *dn)
{
	for (size_t i = 0; i < named->count; i++)
		if (dn_same(&named->names[i], dn))
			return true;
	return false;
}

static void read_names(struct named *named, const struct ca_list *list)
{
	const unsigned char *der;
	size_t at = 0, len;

	*named = (struct named){ .list = list };
	named->names = mem_array(list->count, sizeof *named->names);
	while (ca_list_next(list->bytes, list->len, &at, &der, &len) == 1 &&
	       named->count < NAMES_MOST) {
		struct bytes in = { der, len };

		if (dn_read(&in, &named->pool, &named->names[named->count]) == 1 && in.len == 0)
			named->count++;
	}
}

static void names_forget(struct named *named)
{
	free(named->names);
	pool_clear(&named->pool);
}

static struct ruling unlisted(const struct asked *asked, const struct named *named)
{
	const struct cert *leaf = asked->path.certs[0],
			  *top = asked->path.certs[asked->path.count - 1];
	bool ends_open = !top->detail->self_signed[ERA_OPENSSL1];
	size_t count = named->list->count;
	const char *plural = count == 1 ? "y" : "ies";

	if (leaf == top && !ends_open)
		return ruling(
			CLIENT_CA_UNKNOWN, ALERT_UNKNOWN_CA,
			mem_printf("The certificate is self-signed, and it is not among the %zu "
		                   "authorit%s that CUCM names there.",
		                   count, plural));
	return ruling(
		CLIENT_CA_UNKNOWN, ALERT_UNKNOWN_CA,
		mem_printf(
			"CUCM names %zu authorit%s there, and neither %s nor any other CA of this chain is among them.%s",
			count, plural, leaf->issuer,
			ends_open && asked->client->from == CLIENT_FILE
				? " (The file ends there: if Expressway-C sends more of its chain, put that into the file too.)"
				: ""));
}

static struct ruling by_names(const struct asked *asked, const struct named *named)
{
	const struct path *path = &asked->path;
	const struct cert *top = path->certs[path->count - 1];

	if (is_named(named, &top->detail->issuer)) /* of a root its own name */
		return asked->flaw.reason != NULL
		               ? copy(&asked->flaw)
		               : ruling(CLIENT_LISTED, 0,
		                        mem_printf(
						"CUCM names %s there: probably accepted. A name does not tell whether CUCM holds "
						"the certificate with the same key.",
						top->issuer));
	for (size_t i = path->count - 1; i-- > 0;)
		if (is_named(named, &path->certs[i]->detail->issuer))
			return asked->flaw.reason != NULL
			               ? copy(&asked->flaw) /* if not that, then the chain */
			               : ruling(CLIENT_HALF_LISTED, 0,
			                        mem_printf(
							"CUCM names %s there, but not %s, in which this chain ends: accepted "
							"only if CUCM holds a self-signed certificate of the first name.",
							path->certs[i]->issuer, top->issuer));
	return unlisted(asked, named);
}

/* --- by tomcat-trust and CallManager-trust themselves ----------------------------------------- */

static struct ruling by_store(const struct asked *asked, const struct store *store)
{
	struct index *index = index_new(store, ERA_OPENSSL1);
	struct ruling found;
	struct path path;

	path_build(&asked->client->chain, index, ERA_OPENSSL1, asked->policy->at, &path);
	index_free(index);
	if (path.end != PATH_TRUSTED)
		return ruling(
			CLIENT_CA_UNKNOWN, ALERT_UNKNOWN_CA,
			mem_printf(
				"%s holds no CA that this certificate's chain ends in (its issuer: %s).",
				store->name, asked->path.certs[0]->issuer));
	found = flaws(&path, asked->policy->at);
	return found.reason != NULL ? found
	                            : ruling(CLIENT_LISTED, 0,
	                                     mem_printf("%s holds %s.", store->name,
	                                                path.certs[path.count - 1]->subject));
}

/* The vendor wants the chain in both; which of them a port reads is not published. Where they
 * disagree the list of the port decides, if there is one. */
static struct ruling by_snapshot(const struct asked *asked, const struct snapshot *snapshot,
                                 const struct named *named)
{
	struct ruling tomcat = by_store(asked, &snapshot->tomcat),
		      call = by_store(asked, &snapshot->callmanager);
	const struct store *has =
		tomcat.outcome == CLIENT_ACCEPTED ? &snapshot->tomcat : &snapshot->callmanager;
	const struct store *lacks =
		has == &snapshot->tomcat ? &snapshot->callmanager : &snapshot->tomcat;
	struct ruling both;

	if (tomcat.outcome == call.outcome) {
		free(call.reason);
		if (tomcat.outcome == CLIENT_ACCEPTED) {
			free(tomcat.reason);
			tomcat.reason = mem_strdup(
				"The chain ends in a CA that tomcat-trust and CallManager-trust hold.");
		}
		return tomcat;
	}
	free(tomcat.reason);
	free(call.reason);
	if (named != NULL)
		return by_names(asked, named);
	if (asked->flaw.reason != NULL)
		return copy(&asked->flaw);
	both = ruling(
		CLIENT_ONE_STORE, 0,
		mem_printf(
			"%s trusts this chain, %s does not: the vendor wants it in both, and which of them this "
			"port reads is not published.",
			has->name, lacks->name));
	return both;
}

/* --- per observation -------------------------------------------------------------------------- */

static bool is_of(const struct node *node, const char *server)
{
	if (strcasecmp(node->name, server) == 0)
		return true;
	for (size_t i = 0; i < node->address_count; i++)
		if (strcasecmp(node->addresses[i].text, server) == 0)
			return true;
	return false;
}

/* The snapshot of the node itself, else one of its cluster, else the only one where there is no
 * more than one cluster. */
static const struct snapshot *snapshot_for(const struct report *report,
                                           const struct observation *observation)
{
	const struct node *node = &report->nodes[observation->node];
	const struct snapshot *of_cluster = NULL;

	for (size_t i = 0; i < report->snapshot_count; i++) {
		const struct snapshot *snapshot = &report->snapshots[i];

		for (size_t k = 0; snapshot->server != NULL && k < report->node_count; k++) {
			if (!is_of(&report->nodes[k], snapshot->server))
				continue;
			if (k == observation->node)
				return snapshot;
			if (report->nodes[k].cluster == node->cluster &&
			    node->cluster < report->cluster_count)
				of_cluster = snapshot;
		}
	}
	return of_cluster != NULL                                          ? of_cluster
	       : report->snapshot_count == 1 && report->cluster_count <= 1 ? &report->snapshots[0]
	                                                                   : NULL;
}

static bool is_tls13(const struct observation *observation)
{
	return observation->tls_version != NULL && strcmp(observation->tls_version, "TLS1.3") == 0;
}

static struct ruling without(const struct observation *observation)
{
	if (observation->handshake_completed && is_tls13(observation))
		return ruling(
			CLIENT_UNTOLD, 0,
			mem_strdup(
				"This port asks for a certificate; whether it goes on without one shows only behind "
				"the handshake in TLS 1.3, and was not waited for."));
	if (observation->handshake_completed)
		return ruling(
			CLIENT_NOT_REQUIRED, 0,
			mem_strdup("This port asks for a certificate and goes on without one."));
	return ruling(
		CLIENT_REQUIRED, is_tls13(observation) ? ALERT_REQUIRED : ALERT_HANDSHAKE_FAILURE,
		mem_strdup(
			"This port asks for a certificate and ended the handshake without one."));
}

static struct ruling no_list(const struct asked *asked)
{
	return ruling(
		CLIENT_NO_LIST, 0,
		mem_printf(
			"This port asks for a certificate and does not say which authorities it accepts%s%s",
			asked->flaw.reason != NULL ? ". If it verifies what it gets: " : ".",
			asked->flaw.reason != NULL ? asked->flaw.reason : ""));
}

static struct ruling rule(const struct report *report, const struct asked *asked,
                          const struct observation *observation, const struct named *named)
{
	const struct snapshot *snapshot = snapshot_for(report, observation);

	if (!observation->client_certificate_requested)
		return ruling(CLIENT_NOT_ASKED, 0,
		              mem_strdup("This port does not ask for a certificate."));
	if (asked->client->from == CLIENT_NONE)
		return without(observation);
	if (asked->path.count == 0)
		return ruling(CLIENT_NOT_FETCHED, 0,
		              mem_printf("Expressway-C's certificate is not known: %s.",
		                         asked->client->problem != NULL ? asked->client->problem
		                                                        : "it cannot be read"));
	if (snapshot != NULL)
		return by_snapshot(asked, snapshot, named);
	return named != NULL ? by_names(asked, named) : no_list(asked);
}

/* Where the certificates of the file lead, on their own. */
static void prepare(struct asked *asked, const struct client *client, const struct policy *policy)
{
	struct store nothing = { .name = NULL };
	struct index *index;

	*asked = (struct asked){ .client = client, .policy = policy };
	if (client->chain.count == 0 || !detail_readable(client->chain.certs[0], ERA_OPENSSL1))
		return;
	index = index_new(&nothing, ERA_OPENSSL1);
	path_build(&client->chain, index, ERA_OPENSSL1, policy->at, &asked->path);
	index_free(index);
	asked->flaw = flaws(&asked->path, policy->at);
}

static int by_list(const void *left, const void *right)
{
	uintptr_t a = (uintptr_t)((const struct named *)left)->list,
		  b = (uintptr_t)((const struct named *)right)->list;

	return COMPARE(a, b);
}

static struct named *read_all(const struct report *report)
{
	struct named *all = mem_array(report->client_ca_lists.count, sizeof *all);

	for (size_t i = 0; i < report->client_ca_lists.count; i++)
		read_names(&all[i], report->client_ca_lists.lists[i]);
	qsort(all, report->client_ca_lists.count, sizeof *all, by_list);
	return all;
}

static const struct named *names_of(const struct report *report, const struct named *all,
                                    const struct observation *observation)
{
	const struct named key = { .list = observation->client_cas };

	return key.list == NULL
	               ? NULL
	               : bsearch(&key, all, report->client_ca_lists.count, sizeof *all, by_list);
}

/* Where the handshake ended before a CertificateRequest could have come nothing is known of one. */
static bool is_known(const struct observation *observation)
{
	return observation->outcome == OUTCOME_PRESENTED &&
	       (observation->client_certificate_requested ||
	        observation->reached >= REACHED_SERVER_DONE);
}

static void judge_client(struct report *report, size_t client, const struct named *all)
{
	struct asked asked;

	prepare(&asked, &report->clients[client], &report->policy);
	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];
		struct client_verdict *verdict;
		struct ruling found;

		if (!is_known(observation))
			continue;
		found = rule(report, &asked, observation, names_of(report, all, observation));
		verdict = report_add_client_verdict(report);
		*verdict = (struct client_verdict){ i,           client,      found.outcome,
			                            found.cause, found.alert, found.reason };
	}
	free(asked.flaw.reason);
}

void judge_clients(struct report *report)
{
	struct named *all;

	report_drop_client_verdicts(report);
	if (report->client_count == 0)
		return;
	all = read_all(report);
	for (size_t i = 0; i < report->client_count; i++)
		judge_client(report, i, all);
	for (size_t i = 0; i < report->client_ca_lists.count; i++)
		names_forget(&all[i]);
	free(all);
}
