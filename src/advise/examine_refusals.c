/* SPDX-License-Identifier: MIT */
/* Refusals to findings: one per certificate and cause. OpenSSL's list of errors holds causes and what merely follows
 * from them (20 is followed by 21, a CA without keyCertSign by 26 and 32): what follows is left out here. The name
 * hangs on the address as well, so addresses that nobody is sent to get a finding of their own there. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "pki/name.h"
#include "advise/examine_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is_trust(enum reason reason)
{
	return reason_kind(reason) == REASON_KIND_TRUST;
}

static bool follows(const struct verdict *verdict, size_t index)
{
	const struct verdict_reason *reason = &verdict->reasons[index];

	for (size_t i = 0; i < index; i++) {
		const struct verdict_reason *before = &verdict->reasons[i];

		if (before->reason == reason->reason || (is_trust(before->reason) && is_trust(reason->reason)))
			return true;
		if (before->reason == REASON_ISSUER_NOT_CA && before->depth == reason->depth &&
		    (reason->reason == REASON_PURPOSE || reason->reason == REASON_KEY_USAGE_NO_CERT_SIGN))
			return true;
	}
	return false;
}

/* Which finding a refusal belongs to. */
struct cause {
	const struct cert *leaf; /* NULL: names that nobody is sent to, of all certificates together */
	enum reason reason;
	size_t finding;  /* index in report->findings */
	size_t verdict;  /* the first that has it */
	int depth;       /* there */
	const struct cert *at_fault; /* there; NULL: none */
	bool in_log;     /* Expressway's line names this cause for at least one of them */
};

struct causes {
	struct cause *items;
	size_t count;
	size_t *slots; /* index + 1, 0 is free; open addressing */
	size_t slot_count;
};

static size_t slot_of(const struct causes *causes, const struct cert *leaf, enum reason reason)
{
	size_t hash = (size_t)reason * 0x9e3779b1u, at;

	for (size_t i = 0; leaf != NULL && i < 8; i++)
		hash = (hash ^ leaf->sha256[i]) * 0x01000193u;
	for (at = hash & (causes->slot_count - 1); causes->slots[at] != 0; at = (at + 1) & (causes->slot_count - 1)) {
		const struct cause *cause = &causes->items[causes->slots[at] - 1];

		if (cause->leaf == leaf && cause->reason == reason)
			break;
	}
	return at;
}

static struct cause *find_cause(const struct causes *causes, const struct cert *leaf, enum reason reason)
{
	size_t slot = causes->slot_count > 0 ? causes->slots[slot_of(causes, leaf, reason)] : 0;

	return slot > 0 ? &causes->items[slot - 1] : NULL;
}

static void note_cause(struct causes *causes)
{
	const struct cause *cause = &causes->items[causes->count - 1];

	if (causes->count * 2 <= causes->slot_count) {
		causes->slots[slot_of(causes, cause->leaf, cause->reason)] = causes->count;
		return;
	}
	free(causes->slots);
	causes->slot_count = causes->slot_count == 0 ? 64 : causes->slot_count * 2;
	causes->slots = mem_array(causes->slot_count, sizeof *causes->slots);
	for (size_t i = 0; i < causes->count; i++)
		causes->slots[slot_of(causes, causes->items[i].leaf, causes->items[i].reason)] = i + 1;
}

static struct cause *new_cause(struct report *report, struct causes *causes, size_t verdict, const struct cert *leaf,
                               const struct verdict_reason *reason)
{
	struct cause *cause;

	causes->items = mem_grow(causes->items, causes->count, sizeof *causes->items);
	cause = &causes->items[causes->count++];
	*cause = (struct cause){ .leaf = leaf, .reason = reason->reason, .finding = report->finding_count,
	                         .verdict = verdict, .depth = reason->depth, .at_fault = reason->cert };
	report_add_refusal(report, leaf != NULL ? FINDING_REFUSED : FINDING_REFUSED_UNUSED, reason->reason)->certificate = leaf;
	note_cause(causes);
	return cause;
}

static void add_refusal(struct report *report, struct causes *causes, size_t at, size_t index)
{
	const struct verdict *verdict = &report->verdicts[at];
	const struct observation *observation = &report->observations[verdict->observation];
	const struct verdict_reason *reason = &verdict->reasons[index];
	bool apart = reason->reason == REASON_NAME_MISMATCH && !observation->advertised;
	const struct cert *leaf = apart ? NULL : chain_leaf(&observation->chain);
	struct cause *cause = find_cause(causes, leaf, reason->reason);
	struct finding *finding;

	if (cause == NULL)
		cause = new_cause(report, causes, at, leaf, reason);
	finding = &report->findings[cause->finding];
	if (report_counts(report, observation))
		finding->severity = SEVERITY_FAIL;
	examine_add_observation(finding, report, observation);
	names_add(&finding->stores, report->stores[verdict->store].name);
	if (index == 0 && !cause->in_log) {
		cause->in_log = true;
		finding->log = verdict->log != NULL ? mem_strdup(verdict->log) : NULL;
	}
}

static void say_effect(struct buf *out, const struct finding *finding)
{
	struct names said = { NULL, 0 };

	for (int service = 0; service < SERVICE_COUNT; service++)
		if ((finding->services & (1U << service)) != 0)
			names_add(&said, service_loses((enum service)service));
	for (size_t i = 0; i < said.count; i++)
		buf_printf(out, "%s ", said.items[i]);
	names_clear(&said);
}

/* How many call managers there are that count, and how many of them are refused somewhere. */
struct redundancy {
	size_t managers, refused;
	bool told; /* it is the same for all findings: the first that hits a call manager says it */
};

static struct redundancy count_managers(const struct report *report)
{
	struct redundancy redundancy = { 0, 0, false };
	bool *seen = mem_array(report->node_count, sizeof *seen), *refused = mem_array(report->node_count, sizeof *refused);

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct observation *observation = &report->observations[report->verdicts[i].observation];

		if (report->nodes[observation->node].role != ROLE_CUCM || !report_counts(report, observation))
			continue;
		seen[observation->node] = true;
		refused[observation->node] = refused[observation->node] || !report->verdicts[i].accepted;
	}
	for (size_t i = 0; i < report->node_count; i++) {
		redundancy.managers += seen[i];
		redundancy.refused += refused[i];
	}
	free(seen);
	free(refused);
	return redundancy;
}

static bool hits_manager(const struct report *report, const struct finding *finding)
{
	for (size_t i = 0; i < report->node_count; i++)
		if (report->nodes[i].role == ROLE_CUCM && names_has(&finding->nodes, report->nodes[i].name))
			return true;
	return false;
}

static void say_redundancy(struct buf *out, struct redundancy *redundancy)
{
	if (redundancy->managers < 2 || redundancy->told)
		return;
	redundancy->told = true;
	if (redundancy->refused < redundancy->managers)
		buf_printf(out, "Redundancy is lost: %zu of %zu call managers fail in one way or another, so it depends on the node whether a login "
		                "succeeds. ", redundancy->refused, redundancy->managers);
	else
		buf_puts(out, "Every call manager fails in one way or another: there is none to fall back on. ");
}

static void say_date(struct buf *out, const struct report *report, const struct cert *cert, bool end)
{
	char when[32];

	if (cert == NULL || !cert->readable || cert->not_after == INT64_MIN || cert->not_before == INT64_MAX)
		return;
	clock_format(end ? cert->not_after : cert->not_before, when, sizeof when);
	buf_printf(out, "%s %s %s%s. ", examine_subject(cert), end ? "ends" : "begins", when,
	           end && cert->not_after > report->started ? ", which is before the date that was asked for" : "");
}

static void say_particulars(struct buf *out, const struct report *report, const struct cause *cause)
{
	const struct verdict *verdict = &report->verdicts[cause->verdict];
	const struct observation *observation = &report->observations[verdict->observation];
	const struct cert *cert = cause->at_fault;

	if (cause->reason == REASON_EXPIRED || cause->reason == REASON_NOT_YET_VALID)
		say_date(out, report, cert, cause->reason == REASON_EXPIRED);
	else if (cause->in_log && is_trust(verdict->reasons[0].reason) && cause->leaf->readable && !cause->leaf->self_signed)
		buf_printf(out, "Its issuer is %s. ", cause->leaf->issuer);
	else if (cause->depth > 0 && cert != NULL)
		buf_printf(out, "It is about %s, %d above the server's certificate. ", examine_subject(cert), cause->depth);
	if (cause->reason == REASON_NAME_MISMATCH && cause->leaf != NULL &&
	    name_only_in_ip_san(cause->leaf, observation->address, report->policy.traffic_server))
		buf_puts(out, "The certificate has this IP as a SAN of type IP Address, which the traffic server never looks at (true of every "
		              "public version of it; Cisco's own build may differ, nobody outside knows). ");
}

static bool any_advertised(const struct report *report, const struct finding *finding)
{
	for (size_t i = 0; i < report->node_count; i++)
		for (size_t k = 0; k < report->nodes[i].address_count; k++)
			if (report->nodes[i].addresses[k].advertised &&
			    names_has(&finding->nodes, report->nodes[i].name) &&
			    names_has(&finding->addresses, report->nodes[i].addresses[k].text))
				return true;
	return false;
}

static void say_why_only_warning(struct buf *out, const struct report *report, const struct finding *finding)
{
	if (finding->severity == SEVERITY_FAIL)
		return;
	if (!any_advertised(report, finding))
		buf_puts(out, "No client is sent to this address today: it breaks when someone starts to use it. ");
	else
		buf_printf(out, "It happens in the order %s only, which is not in force now. ", finding->orders.items[0]);
}

static char *title_of(const struct finding *finding, enum reason reason)
{
	char *name = examine_cert_name(finding), *title;
	const char *meaning = reason_meaning(reason);
	size_t len = strlen(meaning);

	if (len > 0 && meaning[len - 1] == '.')
		len--;
	if (reason == REASON_NAME_MISMATCH) {
		struct buf addresses;

		buf_init(&addresses);
		names_list(&addresses, &finding->addresses, 3);
		title = mem_printf("%s does not cover %s", name, addresses.data);
		buf_clear(&addresses);
	} else {
		title = mem_printf("%s: %c%.*s", name, tolower((unsigned char)*meaning), (int)(len > 0 ? len - 1 : 0),
		                   len > 0 ? meaning + 1 : "");
	}
	free(name);
	return title;
}

/* Names of all certificates that nobody is sent to: one warning for all, or it would drown the rest. */
static void finish_apart(struct finding *finding)
{
	char *where = examine_where(finding);
	struct buf addresses;

	free(finding->certificate_kind);
	finding->certificate_kind = NULL;
	buf_init(&addresses);
	names_list(&addresses, &finding->addresses, 3);
	finding->title = mem_printf("Certificates of %s do not cover %s, where nobody is sent today", where, addresses.data);
	finding->detail = mem_strdup("These addresses lead to the nodes as well, but neither UDS nor --node names them: it breaks only when someone "
	                             "starts to use them, as when an IP takes the place of the name under System > Server.");
	finding->action = mem_strdup("Nothing today. Keep advertising names that the certificates hold.");
	buf_clear(&addresses);
	free(where);
}

static bool only_ips(const struct finding *finding)
{
	for (size_t i = 0; i < finding->addresses.count; i++)
		if (address_kind_of(finding->addresses.items[i]) != ADDRESS_IPV4 && address_kind_of(finding->addresses.items[i]) != ADDRESS_IPV6)
			return false;
	return true;
}

static char *action_of(const struct finding *finding, enum reason reason)
{
	if (reason == REASON_NAME_MISMATCH && only_ips(finding))
		return mem_strdup("Advertise a name under System > Server that the certificate holds, rather than the IP: an IP passes only as a SAN of "
		                  "type DNS or as the CN.");
	return mem_strdup(reason_action(reason));
}

static void finish(struct report *report, const struct cause *cause, struct redundancy *redundancy)
{
	struct finding *finding = &report->findings[cause->finding];
	struct buf detail;

	if (cause->leaf == NULL) {
		finish_apart(finding);
		return;
	}
	buf_init(&detail);
	if (finding->severity == SEVERITY_FAIL) {
		say_effect(&detail, finding);
		if (hits_manager(report, finding))
			say_redundancy(&detail, redundancy);
	}
	say_why_only_warning(&detail, report, finding);
	say_particulars(&detail, report, cause);
	if (cause->reason == REASON_NAME_MISMATCH)
		buf_printf(&detail, "%s ", reason_meaning(cause->reason));
	if (!cause->in_log)
		buf_puts(&detail, "Expressway's log does not show it yet, as it stops at the first error; it would come next. ");
	if (detail.len > 0)
		detail.data[--detail.len] = '\0';
	finding->detail = buf_take(&detail);
	finding->title = title_of(finding, cause->reason);
	finding->action = action_of(finding, cause->reason);
}

void examine_refusals(struct report *report)
{
	struct causes causes = { NULL, 0, NULL, 0 };
	struct redundancy redundancy = count_managers(report);

	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];

		if (!service_is_traffic(report_service(report, &report->observations[verdict->observation])))
			continue; /* examine_servers says what is there */
		for (size_t k = 0; !verdict->accepted && k < verdict->reason_count; k++)
			if (!follows(verdict, k))
				add_refusal(report, &causes, i, k);
	}
	for (size_t i = 0; i < causes.count; i++)
		finish(report, &causes.items[i], &redundancy);
	free(causes.items);
	free(causes.slots);
}
