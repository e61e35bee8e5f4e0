/* SPDX-License-Identifier: MIT */
/* Names that match in a way that only the traffic server accepts, or that only it refuses; and
 * dates that come near. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "pki/detail.h"
#include "pki/name.h"
#include "advise/examine_parts.h"

#include <stdlib.h>
#include <string.h>

static void ip_san(struct report *report, struct examine_batch *batch,
                   const struct observation *observation,
                   const struct cert *leaf)
{
	struct finding *finding = examine_finding(
		report, batch, FINDING_IP_SAN_ONLY, leaf,
		report_counts(report, observation) ? SEVERITY_WARNING : SEVERITY_INFO);

	examine_add_observation(finding, report, observation);
}

static void cn_only(struct report *report, struct examine_batch *batch,
                    const struct observation *observation,
                    const struct cert *leaf)
{
	struct finding *finding = examine_finding(
		report, batch, FINDING_NAME_ONLY_IN_CN, leaf,
		report_counts(report, observation) ? SEVERITY_WARNING : SEVERITY_INFO);

	examine_add_observation(finding, report, observation);
}

static void finish_name(struct finding *finding)
{
	char *name = examine_cert_name(finding);
	struct buf addresses;

	buf_init(&addresses);
	names_list(&addresses, &finding->addresses, EXAMINE_NAMED);
	finding->title = mem_printf(
		"%s has %s only %s", name, addresses.data,
		finding->kind == FINDING_IP_SAN_ONLY ? "as a SAN of type IP Address" : "in its CN");
	buf_clear(&addresses);
	free(name);
}

/* Where letters of 1.1.1 differ (verdict.h): one finding a leaf and letter. */
static const struct {
	unsigned letter;
	enum finding_kind kind;
	enum severity severity;
	const char *title; /* behind the certificate's name */
} letters[LETTER_COUNT] = {
	{ LETTER_SELF_SIGNED, FINDING_KEY_USAGE_OLD, SEVERITY_WARNING,
	  "is self-signed without keyCertSign: older Expressway builds may refuse it even when stored" },
	{ LETTER_ANCHOR_DATES, FINDING_ANCHOR_DATES_OPENSSL_H, SEVERITY_INFO,
	  "leads to a trust anchor out of its dates, which one letter of OpenSSL 1.1.1 lets pass" },
	{ LETTER_PSS_ISSUER, FINDING_PSS_ISSUER_OPENSSL_HI, SEVERITY_WARNING,
	  "has an issuer with an RSASSA-PSS key, which two letters of OpenSSL 1.1.1 refuse" },
};

static void letter_findings(struct report *report, size_t row)
{
	struct examine_batch batch = examine_begin(report);

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct observation *observation =
			&report->observations[report->verdicts[i].observation];
		enum severity severity = letters[row].severity;

		if ((report->verdicts[i].letters & letters[row].letter) == 0 ||
		    !service_is_traffic(report_service(report, observation)))
			continue;
		if (!report_counts(report, observation))
			severity = SEVERITY_INFO;
		examine_add_observation(examine_finding(report, &batch, letters[row].kind,
		                                        chain_leaf(&observation->chain), severity),
		                        report, observation);
	}
	for (size_t i = batch.from; i < report->finding_count; i++) {
		char *name = examine_cert_name(&report->findings[i]);

		report->findings[i].title = mem_printf("%s %s", name, letters[row].title);
		free(name);
	}
	examine_end(&batch);
}

void examine_names(struct report *report)
{
	struct examine_batch batch = examine_begin(report);

	for (size_t i = 0; i < report->observation_count; i++) {
		const struct observation *observation = &report->observations[i];
		const struct cert *leaf = chain_leaf(&observation->chain);

		if (leaf == NULL || !leaf->readable ||
		    !service_is_traffic(report_service(report, observation)))
			continue; /* SIP has rules of its own for names */
		if (!report->policy.honours_ip_san &&
		    name_only_in_ip_san(leaf, observation->address, report->policy.traffic_server))
			ip_san(report, &batch, observation, leaf);
		else if (name_only_in_cn(leaf, observation->address, report->policy.traffic_server))
			cn_only(report, &batch, observation, leaf);
	}
	for (size_t i = batch.from; i < report->finding_count; i++)
		finish_name(&report->findings[i]);
	examine_end(&batch);
	for (size_t row = 0; row < LETTER_COUNT; row++)
		letter_findings(report, row);
}

/* Is there something to say of its end? What is refused as expired already has its finding. */
static bool date_kind(const struct report *report, const struct cert *cert, enum finding_kind *kind)
{
	int64_t at = report->policy.at;

	*kind = cert->not_after > at ? FINDING_EXPIRES_SOON : FINDING_ENDS_BEFORE_AT;
	return cert->readable &&
	       (cert->not_after > at
	                ? cert->not_after - (int64_t)report->policy.warning_days * DAY_S <= at
	                : cert->not_after > examine_today(report));
}

static struct finding *date_finding(struct report *report, struct examine_batch *batch,
                                    const struct cert *cert)
{
	enum finding_kind kind;

	return date_kind(report, cert, &kind)
	               ? examine_finding(report, batch, kind, cert, SEVERITY_WARNING)
	               : NULL;
}

static void dates_sent(struct report *report, struct examine_batch *batch,
                       const struct observation *observation)
{
	for (size_t i = 0; i < observation->chain.count; i++) {
		struct finding *finding = date_finding(report, batch, observation->chain.certs[i]);

		if (finding == NULL)
			continue;
		examine_add_observation(finding, report, observation);
		if (i > 0 && finding->certificate_kind != NULL) {
			free(finding->certificate_kind);
			finding->certificate_kind = NULL;
		}
	}
}

/* A server may send more than its chain needs (X509_verify_cert takes what it has use for): only
 * the leaf is refused wherever it is shown. */
static const char *what_ends(const struct finding *finding)
{
	bool traffic = false;

	for (int service = 0; service < SERVICE_COUNT; service++)
		traffic = traffic || ((finding->services & (1U << service)) != 0 &&
		                      service_is_traffic((enum service)service));
	if (finding->nodes.count == 0)
		return "It is in the trust store only. What it has signed is refused from then on.";
	if (!traffic)
		return "From then on a SIP zone whose TLS verify mode is On refuses it; the traffic server never connects there.";
	return finding->certificate_kind != NULL
	               ? "From then on Expressway refuses every connection that shows it."
	               : "From then on Expressway refuses every connection whose chain leads through it.";
}

static void finish_date(const struct report *report, struct finding *finding)
{
	const struct cert *cert = finding->certificate;
	bool before_at = finding->kind == FINDING_ENDS_BEFORE_AT;
	int64_t days = (cert->not_after - report->policy.at) / DAY_S;
	char when[CLOCK_TEXT],
		*name = finding->certificate_kind != NULL ? examine_cert_name(finding) : NULL;

	clock_format(cert->not_after, when, sizeof when);
	if (before_at)
		finding->title = mem_printf("%s ends %s, before the date that was asked for",
		                            name != NULL ? name : examine_subject(cert), when);
	else
		finding->title = mem_printf(
			report->policy.at == examine_today(report)
				? "%s ends in %lld day%s, %s"
				: "%s ends %lld day%s after the date that was asked for, %s",
			name != NULL ? name : examine_subject(cert), (long long)days,
			days == 1 ? "" : "s", when);
	finding->detail = mem_strdup(what_ends(finding));
	finding->action = mem_strdup(
		finding->nodes.count > 0
			? "Renew it in time, then refresh the servers on the primary Expressway-C."
			: "Ask the CA for its successor and upload that to every peer.");
	free(name);
}

void examine_dates(struct report *report)
{
	struct examine_batch batch = examine_begin(report);

	for (size_t i = 0; i < report->observation_count; i++)
		dates_sent(report, &batch, &report->observations[i]);
	for (size_t i = 0; i < report->store_count; i++) {
		for (size_t k = 0; k < report->stores[i].count; k++) {
			struct finding *finding =
				date_finding(report, &batch, report->stores[i].certs[k]);

			if (finding != NULL)
				names_add(&finding->stores, report->stores[i].name);
		}
	}
	for (size_t i = batch.from; i < report->finding_count; i++)
		finish_date(report, &report->findings[i]);
	examine_end(&batch);
}
