/* SPDX-License-Identifier: MIT */
/* The document is written member by member and element by element, each element on a line of its
 * own: a report of a thousand nodes takes little memory that way, and two reports can be compared
 * with any line tool as well. */
#include "config.h"

#include "base/mem.h"
#include "saved/json.h"
#include "saved/json_client.h"
#include "saved/json_facts.h"

#include <stdlib.h>
#include <string.h>

/* Swallows value. ASCII only: what a terminal might take as a control never gets there, and any
 * reader copes. */
static void put(struct buf *out, json_t *value)
{
	json_put(out, value, JSON_ENCODE_ANY);
}

static void member(struct buf *out, const char *name, json_t *value)
{
	buf_printf(out, "%s\n \"%s\": ", out->data[out->len - 1] == '{' ? "" : ",", name);
	put(out, value);
}

static void begin(struct buf *out, const char *name, char bracket)
{
	buf_printf(out, ",\n \"%s\": %c", name, bracket);
}

/* Where nothing drains, all stays in the buffer. */
static void element(struct buf *out, const struct out_how *how, bool first, json_t *value)
{
	buf_puts(out, first ? "\n  " : ",\n  ");
	put(out, value);
	out_drain(how, out);
}

static void end(struct buf *out, bool empty, char bracket)
{
	if (!empty)
		buf_puts(out, "\n ");
	buf_putc(out, bracket);
}

static json_t *orders(const bool chosen[ORDER_COUNT])
{
	json_t *array = json_array();

	for (int i = 0; i < ORDER_COUNT; i++)
		if (chosen[i])
			json_array_append_new(array, json_string(order_name((enum order)i)));
	return array;
}

static json_t *calibration_of(const struct calibration *calibration, bool honours_ip_san)
{
	json_t *object = json_object();

	json_object_set_new(object, "file", json_text(calibration->file));
	json_object_set_new(object, "text", json_text(calibration->text));
	json_object_set_new(object, "verification",
	                    json_string(verification_name(calibration->verification)));
	json_object_set_new(object, "ip_san",
	                    json_string(honours_ip_san             ? "yes"
	                                : calibration->ip_san == 0 ? "no"
	                                                           : "not-seen"));
	return object;
}

static json_t *policy_of(const struct policy *policy)
{
	json_t *object = json_object();

	json_object_set_new(object, "expressway", json_text(policy->expressway));
	json_object_set_new(object, "traffic_server",
	                    json_string(traffic_server_name(policy->traffic_server)));
	json_object_set_new(object, "era", json_string(era_name(policy->era)));
	json_object_set_new(object, "at", json_time(policy->at));
	json_object_set_new(object, "orders_probed", orders(policy->probe_order));
	json_object_set_new(object, "orders_in_force", orders(policy->order_in_force));
	json_object_set_new(object, "order_assumed", json_boolean(policy->order_assumed));
	json_object_set_new(object, "chain_first", json_boolean(policy->chain_first));
	json_object_set_new(object, "order_why", json_text(policy->order_why));
	json_object_set_new(object, "order_next", json_text(policy->order_next));
	json_object_set_new(object, "warning_days", json_integer(policy->warning_days));
	json_object_set_new(object, "strict", json_boolean(policy->strict));
	json_object_set_new(object, "library_order", json_boolean(policy->library_order));
	if (policy->calibration != NULL)
		json_object_set_new(object, "calibration",
		                    calibration_of(policy->calibration, policy->honours_ip_san));
	return object;
}

static const char *store_name(const struct report *report, size_t store)
{
	return store < report->store_count ? report->stores[store].name : "";
}

/* What `verify`, discovery and the observations share. */
static void add_verdict(json_t *object, const struct report *report, const struct verdict *verdict)
{
	json_object_set_new(object, "trust", json_text(store_name(report, verdict->store)));
	json_object_set_new(object, "accepted", json_boolean(verdict->accepted));
	json_object_set_new(object, "reasons", json_reasons(verdict, report->policy.era, false));
	json_object_set_new(object, "handshake", json_reasons(verdict, report->policy.era, true));
	json_object_set_new(object, "log", json_text(verdict->log != NULL ? verdict->log : ""));
	json_object_set_new(object, "log_lines", json_log_lines(verdict));
	json_object_set_new(object, "notes", json_letters(verdict));
}

static json_t *discovery(const struct report *report, const struct cluster *cluster)
{
	json_t *object = json_object(), *verdicts = json_array();
	bool accepted = cluster->verdict_count > 0;

	for (size_t i = 0; i < cluster->verdict_count; i++) {
		json_t *verdict = json_object();

		add_verdict(verdict, report, &cluster->verdicts[i]);
		json_array_append_new(verdicts, verdict);
		accepted = accepted && cluster->verdicts[i].accepted;
	}
	json_object_set_new(object, "url", json_text(cluster->url));
	json_object_set_new(object, "outcome",
	                    json_string(discovery_outcome_name(cluster->outcome)));
	json_object_set_new(object, "accepted", json_boolean(accepted));
	json_object_set_new(object, "detail", json_text(cluster->detail));
	json_object_set_new(object, "ip", json_text(cluster->ip));
	json_object_set_new(object, "entries_dropped", json_count(cluster->entries_dropped));
	json_object_set_new(object, "chain",
	                    json_certs(cluster->chain.certs, cluster->chain.count));
	json_object_set_new(object, "verdicts", verdicts);
	return object;
}

static json_t *cluster_of(const struct report *report, size_t index)
{
	const struct cluster *cluster = &report->clusters[index];
	json_t *object = json_object();

	json_object_set_new(object, "publisher", json_text(cluster->publisher));
	json_object_set_new(object, "port", json_integer(cluster->port));
	json_object_set_new(object, "source", json_string(node_source_name(cluster->source)));
	json_object_set_new(object, "version", json_text(cluster->version));
	json_object_set_new(object, "discovery", discovery(report, cluster));
	json_members(object, membership_of(&report->members.clusters, index));
	return object;
}

static json_t *address_of(const struct address *address)
{
	json_t *object = json_object(), *ips = json_array();

	for (size_t i = 0; i < address->ip_count; i++)
		json_array_append_new(ips, json_text(address->ips[i]));
	json_object_set_new(object, "address", json_text(address->text));
	json_object_set_new(object, "kind", json_string(address_kind_name(address->kind)));
	json_object_set_new(object, "advertised", json_boolean(address->advertised));
	json_object_set_new(object, "ips", ips);
	json_object_set_new(object, "ips_left_out", json_count(address->ips_left_out));
	json_object_set_new(object, "unresolved", json_text(address->unresolved));
	return object;
}

static json_t *reverse_of(const struct node_reverse *reverse)
{
	json_t *object = json_object();

	json_object_set_new(object, "ip", json_text(reverse->ip));
	json_object_set_new(object, "name", json_text(reverse->name));
	json_object_set_new(object, "problem", json_text(reverse->problem));
	json_object_set_new(object, "agrees", json_boolean(reverse->agrees));
	return object;
}

static json_t *node_of(const struct report *report, size_t index)
{
	const struct node *node = &report->nodes[index];
	json_t *object = json_object(), *addresses = json_array(), *reverses = json_array();

	for (size_t i = 0; i < node->address_count; i++)
		json_array_append_new(addresses, address_of(&node->addresses[i]));
	for (size_t i = 0; i < node->reverse_count; i++)
		json_array_append_new(reverses, reverse_of(&node->reverses[i]));
	json_object_set_new(object, "id", json_count(index));
	json_object_set_new(object, "name", json_text(node->name));
	json_object_set_new(object, "role", json_string(node_role_name(node->role)));
	json_object_set_new(object, "written", json_text(node->written));
	json_object_set_new(object, "source", json_string(node_source_name(node->source)));
	json_object_set_new(object, "cluster",
	                    node->cluster < report->cluster_count ? json_count(node->cluster)
	                                                          : json_null());
	json_object_set_new(object, "addresses", addresses);
	json_object_set_new(object, "reverse_dns", reverses);
	json_members(object, membership_of(&report->members.nodes, index));
	return object;
}

static json_t *observation_of(const struct report *report, size_t index)
{
	const struct observation *observation = &report->observations[index];
	json_t *object = json_object();

	json_object_set_new(object, "id", json_count(index));
	json_object_set_new(object, "node", json_text(report->nodes[observation->node].name));
	json_object_set_new(object, "node_id", json_count(observation->node));
	json_object_set_new(object, "address", json_text(observation->address));
	json_object_set_new(object, "ip", json_text(observation->ip));
	json_object_set_new(object, "port", json_integer(observation->port));
	json_object_set_new(object, "order", json_string(order_name(observation->order)));
	json_object_set_new(object, "advertised", json_boolean(observation->advertised));
	json_object_set_new(object, "tls_versions_offered",
	                    json_tls_versions(observation->offered));
	json_object_set_new(object, "signature_order",
	                    json_string(order_name(observation->signatures)));
	json_object_set_new(object, "tls12_alone",
	                    json_text(tls12_alone_name(observation->tls12_alone)));
	json_object_set_new(object, "inferred", json_boolean(observation->inferred));
	json_object_set_new(object, "outcome", json_string(outcome_name(observation->outcome)));
	json_object_set_new(object, "reached", json_string(reached_name(observation->reached)));
	json_object_set_new(object, "flaw", json_text(flaw_name(observation->flaw)));
	json_object_set_new(object, "certificate",
	                    json_text(report_certificate(report, observation)));
	json_object_set_new(object, "tls_version", json_text(observation->tls_version));
	json_object_set_new(object, "cipher_suite", json_text(observation->cipher_suite));
	json_object_set_new(object, "chain",
	                    json_certs(observation->chain.certs, observation->chain.count));
	json_object_set_new(object, "client_certificate_requested",
	                    json_boolean(observation->client_certificate_requested));
	json_object_set_new(object, "client_ca_names", json_ca_id(observation->client_cas));
	json_object_set_new(object, "handshake_completed",
	                    json_boolean(observation->handshake_completed));
	json_object_set_new(object, "stopped_early", json_boolean(observation->stopped_early));
	json_object_set_new(object, "took_ms", json_integer(observation->took_ms));
	json_object_set_new(object, "tries", json_integer(observation->tries));
	json_object_set_new(object, "detail", json_text(observation->detail));
	return object;
}

static json_t *verdict_of(const struct report *report, const struct verdict *verdict)
{
	json_t *object = json_object();

	json_object_set_new(object, "observation", json_count(verdict->observation));
	add_verdict(object, report, verdict);
	return object;
}

/* Ports are numbers everywhere in the document. */
static json_t *ports_of(const struct names *ports)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ports->count; i++)
		json_array_append_new(array, json_integer(strtol(ports->items[i], NULL, 10)));
	return array;
}

static json_t *finding_of(const struct finding *finding)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_text(finding->id));
	json_object_set_new(object, "severity", json_string(severity_name(finding->severity)));
	json_object_set_new(object, "title", json_text(finding->title));
	json_object_set_new(object, "detail", json_text(finding->detail));
	json_object_set_new(object, "action", json_text(finding->action));
	json_object_set_new(object, "certificate", json_fingerprint(finding->certificate));
	json_object_set_new(
		object, "certificates",
		finding->cert_count > 0
			? json_certs(finding->certs, finding->cert_count)
			: json_certs(&finding->certificate, finding->certificate != NULL));
	json_object_set_new(object, "facts", json_names(&finding->facts));
	json_object_set_new(object, "certificate_kind", json_text(finding->certificate_kind));
	json_object_set_new(object, "nodes", json_names(&finding->nodes));
	json_object_set_new(object, "addresses", json_names(&finding->addresses));
	json_object_set_new(object, "ports", ports_of(&finding->ports));
	json_object_set_new(object, "orders", json_names(&finding->orders));
	json_object_set_new(object, "trust", json_names(&finding->stores));
	json_object_set_new(object, "log", json_text(finding->log));
	return object;
}

static json_t *repairs_of(const struct report *report, const struct step *step)
{
	json_t *array = json_array();

	for (size_t i = 0; i < step->repair_count; i++) {
		const struct verdict *verdict = &report->verdicts[step->repairs[i]];
		json_t *object = json_object();

		json_object_set_new(object, "observation", json_count(verdict->observation));
		json_object_set_new(object, "trust", json_text(store_name(report, verdict->store)));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *targets_of(const struct step *step)
{
	json_t *array = json_array();

	for (size_t i = 0; i < step->target_count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "node", json_text(step->targets[i].node));
		json_object_set_new(object, "sans", json_names(&step->targets[i].names));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *step_of(const struct report *report, const struct step *step)
{
	json_t *object = json_object();

	json_object_set_new(object, "kind", json_string(step_kind_name(step->kind)));
	json_object_set_new(object, "title", json_text(step->title));
	json_object_set_new(object, "why", json_text(step->why));
	json_object_set_new(object, "where", json_text(step->where));
	json_object_set_new(object, "note", json_text(step->note));
	json_object_set_new(object, "certificates", json_certs(step->certs, step->cert_count));
	json_object_set_new(object, "sans", json_names(&step->sans));
	json_object_set_new(object, "nodes", json_names(&step->nodes));
	json_object_set_new(object, "targets", targets_of(step));
	json_object_set_new(object, "trust", json_names(&step->stores));
	json_object_set_new(object, "repairs", repairs_of(report, step));
	json_object_set_new(object, "repaired_addresses", json_count(step->mended));
	json_object_set_new(object, "instead_of", json_count(step->instead_of));
	json_object_set_new(object, "proved", json_boolean(step->proved));
	json_object_set_new(object, "needs_decision", json_boolean(step->needs_decision));
	return object;
}

static int by_fingerprint(const void *left, const void *right)
{
	const struct cert *a = *(const struct cert *const *)left,
			  *b = *(const struct cert *const *)right;

	return memcmp(a->sha256, b->sha256, sizeof a->sha256);
}

/* Sorted: certificates arrive in the order of the network, and the same world has to give the same
 * document. */
static void put_certificates(const struct report *report, const struct out_how *how,
                             struct buf *out)
{
	size_t count = report->certs.count;
	const struct cert **sorted = mem_array(count, sizeof *sorted);
	char hex[65];

	for (size_t i = 0; i < count; i++)
		sorted[i] = report->certs.certs[i];
	qsort(sorted, count, sizeof *sorted, by_fingerprint);
	begin(out, "certificates", '{');
	for (size_t i = 0; i < count; i++) {
		cert_hex(sorted[i], hex);
		buf_printf(out, "%s\n  \"%s\": ", i == 0 ? "" : ",", hex);
		put(out, json_cert(sorted[i]));
		out_drain(how, out);
	}
	end(out, count == 0, '}');
	free(sorted);
}

static int by_id(const void *left, const void *right)
{
	const struct ca_list *a = *(const struct ca_list *const *)left,
			     *b = *(const struct ca_list *const *)right;

	return COMPARE(a->id, b->id);
}

/* Sorted for the same reason. */
static void put_ca_lists(const struct report *report, const char *name, bool der,
                         const struct out_how *how, struct buf *out)
{
	size_t count = report->client_ca_lists.count;
	const struct ca_list **sorted = mem_array(count, sizeof *sorted);
	char text[17];

	for (size_t i = 0; i < count; i++)
		sorted[i] = report->client_ca_lists.lists[i];
	qsort(sorted, count, sizeof *sorted, by_id);
	begin(out, name, '{');
	for (size_t i = 0; i < count; i++) {
		ca_list_hex(sorted[i], text);
		buf_printf(out, "%s\n  \"%s\": ", i == 0 ? "" : ",", text);
		put(out, json_ca_names(sorted[i], der));
		out_drain(how, out);
	}
	end(out, count == 0, '}');
	free(sorted);
}

static void open_document(struct buf *out)
{
	json_set_alloc_funcs(mem_alloc,
	                     free); /* out of memory ends the program: no value below is NULL */
	buf_putc(out, '{');
	member(out, "schema_version", json_string("1.0"));
	member(out, "tool", json_tool());
}

#define EACH(out, how, name, count, value)                \
	do { \
		begin(out, name, '['); \
		for (size_t i = 0; i < (count); i++)      \
			element(out, how, i == 0, value); \
		end(out, (count) == 0, ']');              \
	} while (0)

static json_t *unread_of(const struct unread_file *file)
{
	json_t *object = json_object();

	json_object_set_new(object, "file", json_text(file->file));
	json_object_set_new(object, "problem", json_text(file->problem));
	return object;
}

void json_write(const struct report *report, const struct out_how *how, struct buf *out)
{
	open_document(out);
	member(out, "started", json_time(report->started));
	member(out, "took_ms", json_integer(report->took_ms));
	member(out, "status", json_string(status_name(report->status)));
	member(out, "answer", json_text(report->answer));
	member(out, "headline", json_string(headline_name(report_headline(report))));
	member(out, "stopped", json_boolean(report->stopped));
	member(out, "policy", policy_of(&report->policy));
	if (report->unread.count > 0)
		EACH(out, how, "unread", report->unread.count, unread_of(&report->unread.files[i]));
	EACH(out, how, "trust_stores", report->store_count, json_store(&report->stores[i]));
	EACH(out, how, "clusters", report->cluster_count, cluster_of(report, i));
	EACH(out, how, "nodes", report->node_count, node_of(report, i));
	put_certificates(report, how, out);
	put_ca_lists(report, "client_ca_lists", false, how, out);
	put_ca_lists(report, "client_ca_lists_der", true, how, out);
	EACH(out, how, "observations", report->observation_count, observation_of(report, i));
	EACH(out, how, "verdicts", report->verdict_count, verdict_of(report, &report->verdicts[i]));
	EACH(out, how, "client_certificates", report->client_count,
	     json_client(&report->clients[i]));
	EACH(out, how, "trust_snapshots", report->snapshot_count,
	     json_snapshot(&report->snapshots[i]));
	EACH(out, how, "client_verdicts", report->client_verdict_count,
	     json_client_verdict(report, &report->client_verdicts[i]));
	EACH(out, how, "findings", report->finding_count, finding_of(&report->findings[i]));
	EACH(out, how, "plan", report->step_count, step_of(report, &report->steps[i]));
	buf_puts(out, "\n}\n");
}

static json_t *verify_verdict(const struct report *report, const struct verdict *verdict)
{
	json_t *object = json_object();
	const struct observation *observation = &report->observations[verdict->observation];

	json_object_set_new(object, "address", json_text(observation->address));
	json_object_set_new(object, "name_judged", json_boolean(*observation->address != '\0'));
	json_object_set_new(object, "ip", json_text(observation->ip));
	json_object_set_new(object, "chain",
	                    json_certs(observation->chain.certs, observation->chain.count));
	add_verdict(object, report, verdict);
	return object;
}

void json_verify(const struct report *report, struct buf *out)
{
	static const struct out_how whole = { .drain = NULL };

	open_document(out);
	member(out, "policy", policy_of(&report->policy));
	EACH(out, &whole, "trust_stores", report->store_count, json_store(&report->stores[i]));
	EACH(out, &whole, "verdicts", report->verdict_count,
	     verify_verdict(report, &report->verdicts[i]));
	put_certificates(report, &whole, out);
	buf_puts(out, "\n}\n");
}
