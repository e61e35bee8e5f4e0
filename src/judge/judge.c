/* SPDX-License-Identifier: MIT */
/* How the other side decides (X509_verify_cert under Apache Traffic Server's verify_callback,
 * SSLClientUtils.cc):
 *
 *  1. A certificate that cannot be read, or a Certificate message of more than 102,400 bytes, ends
 *     the handshake at once.
 *  2. The leaf's key has to be strong enough.
 *  3. A chain is built (pki/path): at each step the trust store is asked before what the server
 *     sent; the first issuer that fits by name, key id and algorithm is taken, one that is valid
 *     now rather than an expired one; nothing is ever taken back. It is trusted once it reaches a
 *     self-signed certificate of the store.
 *  4. From the leaf up: critical extensions, proxies, CA or not, purpose, path length.
 *  5. From the leaf up: the strength of CA keys and of the digests below the anchor.
 *  6. From the root down: key usage, signature, dates.
 *  7. Having come to the leaf, and before anything else: the traffic server's own name rule.
 *  8. From the root down: name constraints. Then RFC 3779.
 *  9. What libssl refuses of a verified leaf: rules_handshake.
 *
 * The traffic server stops at the first fault and logs it. A verdict lists what it would see if it
 * went on each time: that is one list, whose first element is the one it logs. Where OpenSSL 3
 * would give up instead of going on, so do we. */
#include "config.h"

#include "base/mem.h"
#include "pki/detail.h"
#include "pki/name.h"
#include "pki/path.h"
#include "judge/judge.h"
#include "judge/rules.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MOST = 102400 }; /* SSL_MAX_CERT_LIST_DEFAULT */

/* Step 1. True: there is nothing to verify. */
static bool dies_in_handshake(struct verdict *verdict, const struct chain *chain, enum era era)
{
	enum reason reason = chain->count == 0 ? REASON_NO_CERTIFICATE : REASON_MESSAGE_TOO_LONG;

	if (chain->count == 0 || chain_message_len(chain) > MESSAGE_MOST) {
		verdict_add_reason(verdict, reason, reason_number(reason, era), 0, NULL);
		return true;
	}
	for (size_t i = 0; i < chain->count; i++) {
		if (!detail_readable(chain->certs[i], era)) {
			verdict_add_reason(verdict, REASON_UNREADABLE,
			                   reason_number(REASON_UNREADABLE, era), (int)i,
			                   chain->certs[i]);
			return true;
		}
	}
	return false;
}

/* Where building ended without a root. OpenSSL 3 says a fault that it knows of already instead, and
 * goes on past "too long". */
static void note_end(const struct walk *walk)
{
	static const enum reason reasons[] = {
		[PATH_SELF_SIGNED_LEAF] = REASON_SELF_SIGNED,
		[PATH_SELF_SIGNED_ROOT] = REASON_SELF_SIGNED_IN_CHAIN,
		[PATH_NO_ISSUER] = REASON_ISSUER_NOT_FOUND,
		[PATH_ANCHOR_NOT_ROOT] = REASON_ANCHOR_NOT_ROOT,
		[PATH_REJECTED] = REASON_REJECTED,
	};
	const struct path *path = walk->path;
	size_t top = path->count - 1;

	if (path->end == PATH_TRUSTED || path->end == PATH_BROKEN)
		return;
	if (path->end == PATH_REJECTED) {
		rules_note(walk, REASON_REJECTED, top);
		return;
	}
	if (walk->era == ERA_OPENSSL3 && walk->verdict->reason_count > 0) {
		rules_note(walk, walk->verdict->reasons[0].reason, top);
		return;
	}
	if (path->too_long)
		rules_note(walk, REASON_CHAIN_TOO_LONG, top);
	if (!path->too_long || walk->era == ERA_OPENSSL3)
		rules_note(walk, reasons[path->end], top);
}

/* Steps 2 to 6; false: OpenSSL would not go on whatever a callback says. */
static bool verify_trust(struct walk *walk)
{
	rules_leaf_key(walk);
	note_end(walk);
	if (walk->path->end == PATH_BROKEN)
		return false;
	rules_extensions(walk);
	rules_strength(walk);
	if (walk->era == ERA_OPENSSL3 && !walk->path->certs[0]->detail->key.readable[walk->era])
		return false;
	rules_signatures(walk);
	return true;
}

static bool has_pss_issuer(const struct path *path)
{
	for (size_t i = 1; i < path->count; i++)
		if (path->certs[i]->detail->key.type == KEY_RSA_PSS)
			return true;
	return false;
}

/* Dates of a trust anchor above the leaf ("an expired trusted (root) certificate", CHANGES
 * of 1.1.1h and i). */
static bool anchor_dates_refused(const struct path *path, const struct verdict *verdict)
{
	for (size_t i = 0;
	     path->end == PATH_TRUSTED && path->count > 1 && i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];

		if (reason->depth == (int)path->count - 1 &&
		    (reason->reason == REASON_EXPIRED || reason->reason == REASON_NOT_YET_VALID))
			return true;
	}
	return false;
}

static unsigned letters_of(const struct walk *walk)
{
	const struct cert_detail *leaf = walk->path->certs[0]->detail;
	bool cannot_sign = leaf->ext.has_usage && (leaf->ext.usage & KU_CERT_SIGN) == 0;

	if (walk->era != ERA_OPENSSL1)
		return 0;
	return (leaf->self_signed[ERA_OPENSSL1] && cannot_sign ? LETTER_SELF_SIGNED : 0u) |
	       (anchor_dates_refused(walk->path, walk->verdict) ? LETTER_ANCHOR_DATES : 0u) |
	       (has_pss_issuer(walk->path) ? LETTER_PSS_ISSUER : 0u);
}

/* The trust part is the same for every address: trust is what comes before the name rule, rest what
 * comes after. */
struct judged {
	const struct chain *chain; /* borrowed */
	struct verdict trust, rest;
	bool dead; /* nothing was verified: the handshake ends at the Certificate message */
	bool name_asked;
	unsigned letters;
};

static void judge_trust(struct judged *judged, const struct index *index,
                        const struct policy *policy)
{
	struct path path;
	struct walk walk = {
		.path = &path, .era = policy->era, .at = policy->at, .verdict = &judged->trust
	};

	judged->dead = dies_in_handshake(&judged->trust, judged->chain, policy->era);
	if (judged->dead)
		return;
	path_build(judged->chain, index, policy->era, policy->at, &path);
	judged->name_asked = verify_trust(&walk);
	judged->letters = letters_of(&walk);
	if (!judged->name_asked)
		return;
	walk.verdict = &judged->rest;
	if ((!rules_names(&walk) || !rules_resources(&walk)) &&
	    judged->trust.reason_count == 0 && judged->rest.reason_count == 0)
		rules_note(&walk, REASON_WORK_LIMIT, 0);
}

static void copy_reasons(const struct verdict *from, struct verdict *to)
{
	for (size_t i = 0; i < from->reason_count; i++)
		verdict_add_reason(to, from->reasons[i].reason, from->reasons[i].openssl,
		                   from->reasons[i].depth, from->reasons[i].cert);
}

/* What the traffic server calls a connection (verify_callback): the SNI, which is the URL's host
 * unless that is an IP (ats_ip_pton: inet_aton's idea of IPv4, so that "12345" is one); then it is
 * the peer's address as inet_ntop writes it. */
static const char *name_of_peer(const char *address, char text[INET6_ADDRSTRLEN])
{
	unsigned char raw[sizeof(struct in6_addr)];
	struct in_addr v4;

	if (inet_pton(AF_INET6, address, raw) == 1)
		return inet_ntop(AF_INET6, raw, text, INET6_ADDRSTRLEN);
	return inet_aton(address, &v4) != 0 ? inet_ntop(AF_INET, &v4, text, INET6_ADDRSTRLEN)
	                                    : address;
}

/* The WARNING of SSLClientUtils.cc; server= is the URL's host, which has brackets around an IPv6
 * address. */
static char *warning_line(const struct verdict_reason *first, enum era era, const char *address,
                          const char *ip)
{
	char text[INET6_ADDRSTRLEN];
	const char *peer = name_of_peer(address, text);
	const char *open = strchr(address, ':') != NULL && peer == text ? "[" : "",
		   *close = *open != '\0' ? "]" : "";

	if (first->reason == REASON_NAME_MISMATCH)
		return mem_printf(
			"WARNING: SNI (%s) not in certificate. Action=Terminate server=%s%s%s(%s)",
			peer, open, address, close, ip);
	return mem_printf(
		"WARNING: Core server certificate verification failed for (%s). Action=Terminate Error=%s server=%s%s%s(%s) depth=%d",
		peer, reason_text(first->reason, era), open, address, close, ip, first->depth);
}

/* The ERROR of SSLNetVConnection.cc: OpenSSL's last error (ERR_error_string_n). Traffic Server 9
 * has made it a debug line. */
static char *error_line(const char *what, const char *address)
{
	char text[INET6_ADDRSTRLEN];

	return mem_printf("ERROR: SSL connection failed for '%s': %s", name_of_peer(address, text),
	                  what);
}

static const char *const verify_failed[ERA_COUNT] = {
	[ERA_OPENSSL1] =
		"error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed",
	[ERA_OPENSSL3] = "error:0A000086:SSL routines::certificate verify failed",
};

static void write_log(const struct policy *policy, const char *address, const char *ip,
                      struct verdict *verdict)
{
	const struct verdict_reason *first = verdict->reasons;
	bool logs_errors = policy->traffic_server == TRAFFIC_SERVER_8;

	if (verdict->reason_count > 0 && reason_number(first->reason, policy->era) >= 0) {
		verdict->log = warning_line(first, policy->era, address, ip);
		verdict->error =
			logs_errors ? error_line(verify_failed[policy->era], address) : NULL;
	} else if (verdict->reason_count > 0 && logs_errors &&
	           *reason_text(first->reason, policy->era) != '\0') {
		verdict->log = error_line(reason_text(first->reason, policy->era), address);
	} else {
		verdict->log = mem_strdup("");
	}
}

/* What the line shows where no name was asked for. */
static const char *own_name(const struct chain *chain)
{
	const struct cert *leaf = chain_leaf(chain);
	const char *at = NULL;
	struct san san;

	if (leaf == NULL || !leaf->readable)
		return "";
	while (cert_next_san(leaf, &at, &san))
		if (san.type == SAN_DNS)
			return san.value;
	return leaf->common_name;
}

/* A Certificate message that libssl cannot read: nothing is verified. */
static bool unreadable_message(const struct presented *presented, enum era era,
                               struct verdict *verdict)
{
	enum reason reason;

	if (!rules_before_verify(presented->handshake.flaw, &reason))
		return false;
	verdict_add_reason(verdict, reason, reason_number(reason, era), 0, NULL);
	return true;
}

static void add_reasons(const struct judged *judged, const struct policy *policy,
                        const struct presented *presented, struct verdict *verdict)
{
	char text[INET6_ADDRSTRLEN];

	copy_reasons(&judged->trust, verdict);
	if (judged->name_asked && *presented->address != '\0' &&
	    !name_accepted(judged->chain->certs[0], name_of_peer(presented->address, text), policy))
		verdict_add_reason(verdict, REASON_NAME_MISMATCH, 0, 0, judged->chain->certs[0]);
	copy_reasons(&judged->rest, verdict);
	verdict->letters = judged->letters;
	if (!judged->dead)
		rules_after_verify(judged->chain->certs[0], &presented->handshake, policy->era,
		                   verdict);
}

static void finish(const struct judged *judged, const struct policy *policy,
                   const struct presented *presented, struct verdict *verdict)
{
	if (!unreadable_message(presented, policy->era, verdict))
		add_reasons(judged, policy, presented, verdict);
	verdict->accepted = verdict->reason_count == 0;
	write_log(policy,
	          *presented->address != '\0' ? presented->address : own_name(presented->chain),
	          presented->ip, verdict);
}

static void judged_clear(struct judged *judged)
{
	verdict_clear(&judged->trust);
	verdict_clear(&judged->rest);
}

struct presented judge_presented(const struct observation *observation)
{
	return (struct presented){
		.chain = &observation->chain,
		.address = observation->address,
		.ip = observation->ip,
		.handshake = { .on_wire = observation->tls_version != NULL,
		               .tls13 = observation->tls_version != NULL &&
		                        strcmp(observation->tls_version, "TLS1.3") == 0,
		               .flaw = observation->flaw },
	};
}

void judge_chain(const struct presented *presented, const struct store *store,
                 const struct policy *policy, struct verdict *verdict)
{
	struct judged judged = { .chain = presented->chain };
	struct index *index = index_new(store, policy->era);

	judge_trust(&judged, index, policy);
	finish(&judged, policy, presented, verdict);
	judged_clear(&judged);
	index_free(index);
}

/* What one run has judged with one store, so that a chain that twenty addresses show is judged
 * once. */
struct memory {
	struct index *index; /* owned; NULL until it is needed */
	struct judged **judged; /* owned array, of owned */
	size_t count;
	struct table known; /* a chain's certificates to its index in judged */
};

static const struct judged *judged_of(struct memory *memory, const struct chain *chain,
                                      const struct report *report, size_t store)
{
	struct memory *own = &memory[store];
	size_t len = chain->count * sizeof *chain->certs, at;
	struct judged *judged;

	if (table_find_bytes(&own->known, chain->certs, len, &at))
		return own->judged[at];
	table_add_bytes(&own->known, chain->certs, len, own->count);
	if (own->index == NULL)
		own->index = index_new(&report->stores[store], report->policy.era);
	judged = mem_zalloc(sizeof *judged);
	judged->chain = chain;
	judge_trust(judged, own->index, &report->policy);
	own->judged = mem_grow(own->judged, own->count, sizeof(struct judged *));
	return own->judged[own->count++] = judged;
}

static void memory_free(struct memory *memory, size_t stores)
{
	for (size_t store = 0; store < stores; store++) {
		for (size_t i = 0; i < memory[store].count; i++) {
			judged_clear(memory[store].judged[i]);
			free(memory[store].judged[i]);
		}
		free(memory[store].judged);
		table_clear(&memory[store].known);
		index_free(memory[store].index);
	}
	free(memory);
}

static void forget(struct verdict *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		verdict_clear(&verdicts[i]);
	free(verdicts);
}

/* Judging what strangers sent takes time as well: what is left when the deadline passes has no
 * verdict, so it is unknown. */
static bool out_of_time(struct report *report, const struct deadline *deadline)
{
	if (deadline == NULL || !deadline_over(deadline))
		return false;
	report->stopped = true;
	return true;
}

static void judge_observations(struct report *report, struct memory *memory,
                               const struct deadline *deadline)
{
	forget(report->verdicts, report->verdict_count);
	report->verdicts = NULL;
	report->verdict_count = 0;
	for (size_t i = 0; i < report->observation_count && !out_of_time(report, deadline); i++) {
		const struct observation *observation = &report->observations[i];
		const struct presented presented = judge_presented(observation);

		for (size_t j = 0;
		     observation->outcome == OUTCOME_PRESENTED && j < report->store_count; j++) {
			struct verdict *verdict;

			if (!report_judges_node(report, j, observation->node))
				continue;
			verdict = report_add_verdict(report);
			verdict->observation = i;
			verdict->store = j;
			finish(judged_of(memory, &observation->chain, report, j), &report->policy,
			       &presented, verdict);
			if (verdict->accepted &&
			    observation_unfinished(observation)) { /* it is not known */
				verdict_clear(verdict);
				report->verdict_count--;
			}
		}
	}
}

static void judge_discovery(struct report *report, size_t index, struct memory *memory,
                            const struct deadline *deadline)
{
	struct cluster *cluster = &report->clusters[index];
	const struct presented presented = { .chain = &cluster->chain,
		                             .address = cluster->publisher,
		                             .ip = cluster->ip != NULL ? cluster->ip : "" };

	forget(cluster->verdicts, cluster->verdict_count);
	cluster->verdicts = NULL;
	cluster->verdict_count = 0;
	if (cluster->chain.count == 0 || out_of_time(report, deadline))
		return;
	cluster->verdicts = mem_array(report->store_count, sizeof *cluster->verdicts);
	for (size_t j = 0; j < report->store_count; j++) {
		struct verdict *verdict = &cluster->verdicts[cluster->verdict_count];

		if (!report_judges_cluster(report, j, index))
			continue;
		cluster->verdict_count++;
		verdict->store = j;
		finish(judged_of(memory, &cluster->chain, report, j), &report->policy, &presented,
		       verdict);
	}
}

void judge_run(struct report *report, const struct deadline *deadline)
{
	struct memory *memory = mem_array(report->store_count, sizeof *memory);

	judge_observations(report, memory, deadline);
	for (size_t i = 0; i < report->cluster_count; i++)
		judge_discovery(report, i, memory, deadline);
	memory_free(memory, report->store_count);
}
