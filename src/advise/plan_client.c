/* SPDX-License-Identifier: MIT */
/* The other direction: what makes CUCM accept Expressway-C's own certificate. Nothing of it can be
 * judged again: the names of a CertificateRequest change only once CUCM has been changed. */
#include "config.h"

#include "base/mem.h"
#include "advise/plan_parts.h"

#include <stdlib.h>
#include <string.h>

#define UPLOAD \
	"On the publisher of each cluster, Cisco Unified OS Administration > Security > Certificate Management: upload the whole "       \
	"chain of Expressway-C's certificate (its root and every intermediate) as tomcat-trust and as CallManager-trust; then, outside " \
	"business hours, restart Cisco Tomcat, Cisco CallManager and Cisco HAProxy on every node."

static void add_cert(struct step *step, const struct cert *cert)
{
	for (size_t i = 0; i < step->cert_count; i++)
		if (step->certs[i] == cert)
			return;
	plan_add_cert(step, cert);
}

/* What CUCM is to trust: the CAs of the chain, or the certificate itself where it is its own CA. */
static void add_chain(struct step *step, const struct chain *chain)
{
	if (chain->count == 1 && chain->certs[0]->self_signed)
		add_cert(step, chain->certs[0]);
	for (size_t i = 1; i < chain->count; i++)
		add_cert(step, chain->certs[i]);
}

static bool is_refused(const struct plan *plan, const struct client_verdict *verdict,
                       enum finding_kind kind)
{
	bool ca = verdict->cause == CLIENT_CA_UNKNOWN || verdict->cause == CLIENT_SIGNATURE;

	return verdict->outcome == CLIENT_REFUSED &&
	       report_counts(plan->report, &plan->report->observations[verdict->observation]) &&
	       ca == (kind == FINDING_EXPRESSWAY_CA);
}

/* The step of the refusals of one kind, with what they hit; NULL: there are none. */
static struct step *step_for(struct plan *plan, enum finding_kind kind, enum step_kind step_kind,
                             const char *where)
{
	struct report *report = plan->report;
	struct step *step = NULL;

	for (size_t i = 0; i < report->client_verdict_count; i++) {
		const struct client_verdict *verdict = &report->client_verdicts[i];

		if (!is_refused(plan, verdict, kind))
			continue;
		if (step == NULL)
			step = plan_step(plan, step_kind, NULL, where);
		names_add(&step->nodes,
		          report->nodes[report->observations[verdict->observation].node].name);
		if (kind == FINDING_EXPRESSWAY_CA)
			add_chain(step, &report->clients[verdict->client].chain);
	}
	return step;
}

static void chain_wanted(struct plan *plan, struct step *step)
{
	const struct policy *policy = &plan->report->policy;
	bool seen = step != NULL;

	if (step == NULL)
		step = plan_step(plan, STEP_EXPRESSWAY_CHAIN, NULL, UPLOAD);
	step->title = mem_strdup(
		policy->chain_first
			? "Before the upgrade: make the CA of Expressway-C's own certificate known to every cluster"
			: "Make the CA of Expressway-C's own certificate known to CUCM");
	step->why = mem_printf(
		"%s%s",
		seen ? "CUCM would refuse the certificate that Expressway-C shows it: it does not accept its CA. "
		     : "",
		policy->chain_first
			? seen ? "The vendor asks for this before an upgrade from below X14.0.2 (CSCvz45074)."
	                       : "The vendor asks for it before an upgrade from below X14.0.2 (CSCvz45074): from then on CUCM verifies the "
	                         "certificate that Expressway-C shows it, and refuses one whose CA it does not know. Whether it is done already "
	                         "is not known: --client-certificate says what CUCM's ports tell of it."
			: "The vendor wants the whole chain in both stores.");
}

void plan_before(struct plan *plan)
{
	struct report *report = plan->report;
	struct step *step = step_for(plan, FINDING_EXPRESSWAY_CA, STEP_EXPRESSWAY_CHAIN, UPLOAD);

	if (step != NULL || (report->policy.chain_first && !report_client_accepted(report)))
		chain_wanted(plan, step);
	step = step_for(plan, FINDING_EXPRESSWAY_CLIENT_AUTH, STEP_EXPRESSWAY_REISSUE,
	                "On Expressway-C: Maintenance > Security > Server certificate.");
	if (step == NULL)
		return;
	step->title = mem_strdup("Give Expressway-C a certificate that CUCM accepts from a client");
	step->why = mem_strdup(
		"It has to be valid, to have clientAuth beside serverAuth in its extended key usage, and digitalSignature in its key "
		"usage. Where another CA issues it, that chain has to be in tomcat-trust and CallManager-trust first.");
}
