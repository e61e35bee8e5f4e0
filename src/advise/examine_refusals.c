/* SPDX-License-Identifier: MIT */
/* Refusals to findings, one per cause: what is said of each. */
#include "config.h"

#include "base/mem.h"
#include "advise/examine_causes.h"
#include "advise/examine_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What is told once: people read the report as one text. */
struct told {
	struct names sentences;
	struct redundancy {
		size_t managers, refused; /* call managers of the cluster that count; those that are
		                             refused somewhere */
		bool told;
	} *clusters; /* owned; by cluster */
};

static void say_once(struct buf *out, const char *sentence, struct told *told)
{
	if (names_has(&told->sentences, sentence))
		return;
	names_add(&told->sentences, sentence);
	buf_printf(out, "%s ", sentence);
}

static void say_effect(struct buf *out, const struct finding *finding, struct told *told)
{
	for (int service = 0; service < SERVICE_COUNT; service++)
		if ((finding->services & (1U << service)) != 0)
			say_once(out, service_loses((enum service)service), told);
}

static struct redundancy *count_managers(const struct report *report)
{
	struct redundancy *clusters = mem_array(report->cluster_count, sizeof *clusters);
	bool *seen = mem_array(report->node_count, sizeof *seen),
	     *refused = mem_array(report->node_count, sizeof *refused);

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct observation *observation =
			&report->observations[report->verdicts[i].observation];

		if (report->nodes[observation->node].role != ROLE_CUCM ||
		    !report_counts(report, observation))
			continue;
		seen[observation->node] = true;
		refused[observation->node] =
			refused[observation->node] || !report->verdicts[i].accepted;
	}
	for (size_t i = 0; i < report->node_count; i++) {
		if (report->nodes[i].cluster == NODE_NO_CLUSTER)
			continue;
		clusters[report->nodes[i].cluster].managers += seen[i];
		clusters[report->nodes[i].cluster].refused += refused[i];
	}
	free(seen);
	free(refused);
	return clusters;
}

static void say_cluster(struct buf *out, const struct report *report, size_t at,
                        struct redundancy *redundancy)
{
	size_t left = redundancy->managers - redundancy->refused;
	const char *of = report->cluster_count > 1 ? " of " : "",
		   *whose = report->cluster_count > 1 ? report->clusters[at].publisher : "";

	if (redundancy->managers < 2 || redundancy->refused == 0 || redundancy->told)
		return;
	redundancy->told = true;
	if (left == 0)
		buf_printf(
			out,
			"Every call manager%s%s fails in one way or another: there is none to fall back on. ",
			of, whose);
	else if (left == 1)
		buf_printf(
			out,
			"Redundancy is lost: %zu of %zu call managers%s%s fail in one way or another, one is left. ",
			redundancy->refused, redundancy->managers, of, whose);
	else
		buf_printf(
			out,
			"%zu of %zu call managers%s%s fail%s in one way or another: it depends on the node whether a login succeeds. ",
			redundancy->refused, redundancy->managers, of, whose,
			redundancy->refused == 1 ? "s" : "");
}

enum { CLUSTERS_MOST = 3 }; /* the matrix shows more */

static void say_redundancy(struct buf *out, const struct report *report, const struct cause *cause,
                           struct told *told)
{
	if (cause->clusters.count == 0 || cause->clusters.count > CLUSTERS_MOST)
		return;
	for (size_t i = 0; i < report->cluster_count; i++)
		if (names_has(&cause->clusters, report->clusters[i].publisher))
			say_cluster(out, report, i, &told->clusters[i]);
}

/* A reason whose meaning begins with "The certificate" means one above the leaf where OpenSSL names
 * a depth: then it is that one that has expired, or that nobody issued. */
static bool is_above(const struct cause *cause)
{
	return cause->depth > 0 && cause->at_fault != NULL && cause->at_fault->readable &&
	       (cause->reason == REASON_ISSUER_NOT_FOUND ||
	        reason_kind(cause->reason) == REASON_KIND_RULE);
}

/* Whose issuer is missing: the leaf's at depth 0, else that of the CA where the chain ends. */
static const struct cert *bereft(const struct cause *cause)
{
	return cause->reason == REASON_ISSUER_NOT_FOUND && is_above(cause) ? cause->at_fault
	                                                                   : cause->leaf;
}

static void say_particulars(struct buf *out, const struct report *report, const struct cause *cause)
{
	const struct verdict *verdict = &report->verdicts[cause->verdict];
	const struct cert *cert = cause->at_fault;

	if (cause_is_date(cause->reason) && (cause->depth > 0 || cause->finding.cert_count == 0)) {
		size_t len = out->len;

		cause_say_date(out, report, cert, cause->reason);
		buf_puts(out, out->len > len ? ". " : "");
	} else if (cause->in_log &&
	           reason_kind(verdict->reasons[0].reason) == REASON_KIND_TRUST &&
	           cause->leaf->readable && !cause->leaf->self_signed) {
		buf_printf(out, "Its issuer is %s. ", bereft(cause)->issuer);
	} else if (cause->depth > 0 && cert != NULL) {
		buf_printf(out, "It is about %s, %d above the server's certificate. ",
		           examine_subject(cert), cause->depth);
	}
	if (cause->ip_san)
		buf_puts(
			out,
			"The certificate has this IP as a SAN of type IP Address, which the traffic server never looks at (true of every "
			"public version of it; Cisco's own build may differ, nobody outside knows). ");
}

/* The one that is not in force. */
static const char *other_order(const struct report *report)
{
	return order_name(report->policy.order_in_force[ORDER_RSA_FIRST] ? ORDER_ECDSA_FIRST
	                                                                 : ORDER_RSA_FIRST);
}

static void say_why_only_warning(struct buf *out, const struct report *report,
                                 const struct cause *cause)
{
	const struct finding *finding = &cause->finding;

	if (finding->severity == SEVERITY_FAIL)
		return;
	if (!cause->advertised)
		buf_puts(
			out,
			"No client is sent to this address today: it breaks when someone starts to use it. ");
	else if (report->policy.order_assumed)
		buf_printf(
			out,
			"Where clients are sent to it happens in the order %s only, which should not be in force: check the cipher string. ",
			other_order(report));
	else
		buf_printf(
			out,
			"Where clients are sent to it happens in the order %s only, which is not in force now. ",
			other_order(report));
}

/* "tomcat of cucm1.example.com", or the CA above it that is at fault. */
static char *at_fault_of(const struct cause *cause)
{
	char *name = examine_cert_name(&cause->finding), *above;

	if (!is_above(cause))
		return name;
	above = mem_printf("%s, above %s", examine_subject(cause->at_fault), name);
	free(name);
	return above;
}

static char *title_of(const struct cause *cause)
{
	const struct finding *finding = &cause->finding;
	enum reason reason = cause->reason;
	char *name = at_fault_of(cause), *title;
	const char *meaning = reason_meaning(reason); /* a sentence: without its full stop */

	if (reason == REASON_NAME_MISMATCH && finding->cert_count > 1) {
		title = mem_printf(
			"%s: none of them holds the address of its node that clients are sent to",
			name);
	} else if (reason == REASON_NAME_MISMATCH) {
		struct buf addresses;

		buf_init(&addresses);
		names_list(&addresses, &finding->addresses, EXAMINE_NAMED);
		title = mem_printf("%s does not cover %s", name, addresses.data);
		buf_clear(&addresses);
	} else {
		title = mem_printf("%s: %c%.*s", name, tolower((unsigned char)*meaning),
		                   (int)strlen(meaning) - 2, meaning + 1);
	}
	free(name);
	return title;
}

/* Names of all certificates that nobody is sent to: one warning for all, or it would drown the
 * rest. */
static void finish_apart(struct finding *finding)
{
	char *where = examine_where(finding);
	struct buf addresses;

	free(finding->certificate_kind);
	finding->certificate_kind = NULL;
	buf_init(&addresses);
	names_list(&addresses, &finding->addresses, EXAMINE_NAMED);
	finding->title =
		mem_printf("Certificates of %s do not cover %s, where nobody is sent today", where,
	                   addresses.data);
	finding->detail = mem_strdup(
		"These addresses lead to the nodes as well, but neither UDS nor --node names them: it breaks only when someone "
		"starts to use them, as when an IP takes the place of the name under System > Server.");
	finding->action =
		mem_strdup("Nothing today. Keep advertising names that the certificates hold.");
	buf_clear(&addresses);
	free(where);
}

static char *action_of(const struct policy *policy, const struct finding *finding,
                       enum reason reason)
{
	if (reason == REASON_NAME_MISMATCH && cause_only_ips(finding))
		return mem_printf(
			"Advertise a name under System > Server that the certificate holds, rather than the IP: an IP passes only as a SAN of "
			"type DNS%s or as the CN.",
			policy->honours_ip_san ? ", as one of type IP Address (as the log has shown)"
					       : "");
	return mem_strdup(reason_action(reason));
}

static void finish(const struct report *report, struct cause *cause, struct told *told)
{
	struct finding *finding = &cause->finding;
	struct buf detail;

	if (cause->leaf == NULL) {
		finish_apart(finding);
		return;
	}
	buf_init(&detail);
	if (finding->severity == SEVERITY_FAIL) {
		say_effect(&detail, finding, told);
		say_redundancy(&detail, report, cause, told);
	}
	say_why_only_warning(&detail, report, cause);
	say_particulars(&detail, report, cause);
	if (cause->reason == REASON_NAME_MISMATCH)
		say_once(&detail, reason_meaning(cause->reason), told);
	if (!cause->in_log)
		buf_puts(
			&detail,
			"Expressway's log does not show it yet, as it stops at the first error; it would come next. ");
	if (detail.len > 0)
		detail.data[--detail.len] = '\0';
	finding->detail = buf_take(&detail);
	finding->title = title_of(cause);
	finding->action = action_of(&report->policy, finding, cause->reason);
}

void examine_refusals(struct report *report)
{
	struct causes causes = causes_find(report);
	struct told told = { .clusters = count_managers(report) };

	for (size_t i = 0; i < causes.count; i++) {
		struct cause *cause = &causes.items[i];

		if (cause->merged)
			continue;
		finish(report, cause, &told);
		*report_add_finding(report, cause->finding.kind) =
			cause->finding; /* the report owns what it holds from here on */
		memset(&cause->finding, 0, sizeof cause->finding);
	}
	causes_clear(&causes);
	names_clear(&told.sentences);
	free(told.clusters);
}
