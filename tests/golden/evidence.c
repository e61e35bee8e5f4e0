/* SPDX-License-Identifier: MIT */
/* The certificates here are no certificates: their bytes are their name. The formats must not
 * care. */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "evidence.h"

#include <stdlib.h>
#include <string.h>

enum { STARTED = 1795219200 }; /* 2026-11-21T00:00:00Z */

static struct cert *make_cert(const char *cn, const char *issuer, enum key_type key,
                              int64_t not_after)
{
	struct cert *cert = mem_zalloc(sizeof *cert);

	cert->der = mem_copy(cn, strlen(cn));
	cert->der_len = strlen(cn);
	for (size_t i = 0; i < 32; i++)
		cert->sha256[i] = (unsigned char)(cn[i % strlen(cn)] * 7 + (int)i * 31 + (int)key);
	cert->readable = true;
	cert->common_name = mem_strdup(cn);
	cert->subject = mem_printf("CN=%s,O=Example", cn);
	cert->issuer = mem_printf("CN=%s,O=Example", issuer);
	cert->serial = mem_strdup("01ab");
	cert->not_before = STARTED - 86400 * 300;
	cert->not_after = not_after;
	cert->key_type = key;
	cert->key_bits = key == KEY_ECDSA ? 384 : 2048;
	cert->key_curve = key == KEY_ECDSA ? mem_strdup("P-384") : NULL;
	cert->signature =
		mem_strdup(key == KEY_ECDSA ? "ecdsa-with-SHA384" : "sha256WithRSAEncryption");
	cert->self_signed = strcmp(cn, issuer) == 0;
	return cert;
}

static const struct cert *add_cert(struct report *report, const char *cn, const char *issuer,
                                   enum key_type key)
{
	return certset_take(&report->certs, make_cert(cn, issuer, key, STARTED + 86400 * 400));
}

static const struct cert *add_leaf(struct report *report, const char *cn, const char *issuer,
                                   enum key_type key, int64_t not_after, const char *dns)
{
	struct cert *cert = make_cert(cn, issuer, key, not_after);

	if (dns != NULL)
		cert_add_san(cert, SAN_DNS, dns);
	cert->has_key_usage = true;
	cert->key_usage = 1u << USAGE_DIGITAL_SIGNATURE | 1u << USAGE_KEY_ENCIPHERMENT;
	cert_add_purpose(cert, "serverAuth");
	return certset_take(&report->certs, cert);
}

static struct report *new_report(void)
{
	struct report *report = report_new();

	report->started = STARTED;
	report->took_ms = 4321;
	report->policy.at = STARTED;
	report->policy.expressway = mem_strdup("X14.2");
	return report;
}

static void add_address(struct report *report, size_t node, const char *text, bool advertised,
                        const char *ip)
{
	struct address *address = node_add_address(&report->nodes[node], text, advertised);

	if (ip != NULL)
		address_add_ip(address, ip);
}

static size_t add_node(struct report *report, const char *name, enum node_role role,
                       enum node_source source, const char *ip)
{
	struct node *node = report_add_node(report, name);

	node->role = role;
	node->source = source;
	if (source == SOURCE_UDS)
		node->cluster = 0;
	add_address(report, report->node_count - 1, name, true, ip);
	return report->node_count - 1;
}

static size_t see(struct report *report, size_t node, const char *address, const char *ip,
                  uint16_t port, enum order order, bool advertised)
{
	struct observation *seen = report_add_observation(report);

	seen->node = node;
	seen->address = mem_strdup(address);
	seen->ip = mem_strdup(ip);
	seen->port = port;
	seen->order = order;
	seen->advertised = advertised;
	seen->offered = OFFERED_TLS12;
	seen->signatures = ORDER_ECDSA_FIRST;
	seen->took_ms = 12;
	seen->tries = 1;
	return report->observation_count - 1;
}

/* What HAProxy names for the lab's CA: /CN=Lab Root CA, behind its length. */
static const unsigned char ca_names[] = {
	0, 24, 0x30, 22, 0x31, 20, 0x30, 18, 0x06, 3, 0x55, 0x04, 0x03, 0x0c, 11,
	'L', 'a', 'b', ' ', 'R', 'o', 'o', 't', ' ', 'C', 'A',
};

static void present(struct report *report, size_t index, const struct cert *leaf,
                    const struct cert *issuer)
{
	struct observation *seen = &report->observations[index];

	seen->outcome = OUTCOME_PRESENTED;
	chain_add(&seen->chain, leaf);
	if (issuer != NULL)
		chain_add(&seen->chain, issuer);
	seen->tls_version = mem_strdup("TLS1.2");
	seen->cipher_suite =
		mem_strdup(leaf->key_type == KEY_ECDSA ? "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
	                                               : "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
	seen->client_certificate_requested = seen->port == 6972;
	seen->handshake_completed = true;
	seen->reached = REACHED_FINISHED;
	if (seen->port == 6972)
		seen->client_cas =
			ca_lists_add(&report->client_ca_lists, ca_names, sizeof ca_names);
}

static void fail(struct report *report, size_t index, enum outcome outcome, const char *detail)
{
	report->observations[index].outcome = outcome;
	report->observations[index].detail = detail != NULL ? mem_strdup(detail) : NULL;
}

static struct verdict *judge(struct report *report, size_t index, size_t store, const char *log)
{
	struct verdict *verdict = report_add_verdict(report);

	verdict->observation = index;
	verdict->store = store;
	verdict->accepted = *log == '\0';
	verdict->log = mem_strdup(log);
	if (*log != '\0')
		verdict->error = mem_printf(
			"ERROR: SSL connection failed for '%s': error:1416F086:SSL routines:"
			"tls_process_server_certificate:certificate verify failed",
			report->observations[index].address);
	return verdict;
}

static void refuse_name(struct report *report, size_t index, size_t store)
{
	const struct observation *seen = &report->observations[index];
	char *log =
		mem_printf("WARNING: SNI (%s) not in certificate. Action=Terminate server=%s(%s)",
	                   seen->address, seen->address, seen->ip);

	verdict_add_reason(judge(report, index, store, log), REASON_NAME_MISMATCH, 0, 0, NULL);
	free(log);
}

static void refuse_trust(struct report *report, size_t index, size_t store, enum reason reason,
                         int openssl, int depth)
{
	const struct observation *seen = &report->observations[index];
	char *log = mem_printf(
		"WARNING: Core server certificate verification failed for (%s). Action=Terminate Error=%s "
		"server=%s(%s) depth=%d",
		seen->address, reason_text(reason, report->policy.era), seen->address, seen->ip,
		depth);

	verdict_add_reason(judge(report, index, store, log), reason, openssl, depth, NULL);
	free(log);
}

static const uint16_t ports[] = { 8443, 6972 };

/* A name that is accepted everywhere, and its IP that is in no certificate. */
static void see_healthy(struct report *report, size_t node, const char *ip, const struct cert *leaf,
                        const struct cert *ca)
{
	char *name = mem_strdup(report->nodes[node].name);

	add_address(report, node, ip, false, NULL);
	for (size_t p = 0; p < 2; p++) {
		for (int order = 0; order < ORDER_COUNT; order++) {
			size_t by_name =
				see(report, node, name, ip, ports[p], (enum order)order, true);
			size_t by_ip =
				see(report, node, ip, ip, ports[p], (enum order)order, false);

			present(report, by_name, leaf, ca);
			present(report, by_ip, leaf, ca);
			for (size_t store = 0; store < report->store_count; store++) {
				judge(report, by_name, store, "");
				refuse_name(report, by_ip, store);
			}
		}
	}
	free(name);
}

/* RSA signed by the CA, ECDSA self-signed: 6972 shows the latter when ECDSA comes first. */
static void see_mixed(struct report *report, size_t node, const char *ip, const struct cert *rsa,
                      const struct cert *ca, const struct cert *ecdsa)
{
	const char *name = report->nodes[node].name;

	for (size_t p = 0; p < 2; p++) {
		for (int order = 0; order < ORDER_COUNT; order++) {
			bool ec = ports[p] == 6972 && order == ORDER_ECDSA_FIRST;
			size_t seen =
				see(report, node, name, ip, ports[p], (enum order)order, true);

			present(report, seen, ec ? ecdsa : rsa, ec ? NULL : ca);
			for (size_t store = 0; store < report->store_count; store++) {
				if (ec)
					refuse_trust(report, seen, store, REASON_SELF_SIGNED, 18,
					             0);
				else
					judge(report, seen, store, "");
			}
		}
	}
}

static void see_unchecked(struct report *report, size_t node, const char *ip, enum outcome outcome,
                          const char *detail)
{
	for (size_t p = 0; p < 2; p++)
		for (int order = 0; order < ORDER_COUNT; order++)
			fail(report,
			     see(report, node, report->nodes[node].name, ip, ports[p],
			         (enum order)order, true),
			     outcome, detail);
}

/* The name leads to two more IPs: one is dead, one shows the same. */
static void see_more_ips(struct report *report, size_t node, const struct cert *leaf,
                         const struct cert *ca)
{
	struct address *address = &report->nodes[node].addresses[0];

	address_add_ip(address, "2001:db8::5");
	address_add_ip(address, "10.0.0.6");
	see_unchecked(report, node, "2001:db8::5", OUTCOME_UNREACHABLE, "Network is unreachable");
	for (size_t p = 0; p < 2; p++) {
		for (int order = 0; order < ORDER_COUNT; order++) {
			size_t seen = see(report, node, address->text, "10.0.0.6", ports[p],
			                  (enum order)order, true);

			present(report, seen, leaf, ca);
			for (size_t store = 0; store < report->store_count; store++)
				judge(report, seen, store, "");
		}
	}
}

static struct cluster *add_cluster(struct report *report, const struct cert *leaf,
                                   const struct cert *ca)
{
	struct cluster *cluster = report_add_cluster(report, "cucm-pub.example.com", 8443);

	cluster->version = mem_strdup("14.0.1");
	cluster->url = mem_strdup("https://cucm-pub.example.com:8443/cucm-uds/servers");
	cluster->outcome = DISCOVERY_OK;
	cluster->ip = mem_strdup("10.0.0.1");
	chain_add(&cluster->chain, leaf);
	chain_add(&cluster->chain, ca);
	for (size_t store = 0; store < report->store_count; store++) {
		cluster->verdicts = mem_grow(cluster->verdicts, cluster->verdict_count,
		                             sizeof *cluster->verdicts);
		memset(&cluster->verdicts[cluster->verdict_count], 0, sizeof *cluster->verdicts);
		cluster->verdicts[cluster->verdict_count].store = store;
		cluster->verdicts[cluster->verdict_count].accepted = true;
		cluster->verdicts[cluster->verdict_count++].log = mem_strdup("");
	}
	return cluster;
}

static struct finding *add_finding(struct report *report, enum severity severity, const char *id,
                                   const char *title, const char *detail, const char *action)
{
	enum finding_kind kind;
	enum reason reason;
	struct finding *finding;

	if (reason_parse(id, &reason) == 0) {
		finding = report_add_refusal(report, FINDING_REFUSED, reason);
	} else {
		finding = report_add_finding(
			report, finding_parse(id, &kind) == 0 ? kind : FINDING_STOPPED);
		finding->id = id; /* also one that finding.def does not have */
	}
	finding->severity = severity;
	free(finding->detail);
	free(finding->action);
	finding->title = mem_strdup(title);
	finding->detail = detail != NULL ? mem_strdup(detail) : NULL;
	finding->action = action != NULL ? mem_strdup(action) : NULL;
	return finding;
}

static struct step *add_step(struct report *report, enum step_kind kind, const char *title,
                             const char *why, const char *where)
{
	struct step *step = report_add_step(report, kind);

	step->title = mem_strdup(title);
	step->why = mem_strdup(why);
	step->where = mem_strdup(where);
	return step;
}

static void add_step_cert(struct step *step, const struct cert *cert)
{
	step->certs = mem_grow(step->certs, step->cert_count, sizeof *step->certs);
	step->certs[step->cert_count++] = cert;
}

static void add_repairs(struct report *report, struct step *step, enum reason reason)
{
	for (size_t i = 0; i < report->verdict_count; i++) {
		const struct verdict *verdict = &report->verdicts[i];

		if (verdict->accepted || verdict->reasons[0].reason != reason ||
		    !report->observations[verdict->observation].advertised)
			continue;
		step->repairs = mem_grow(step->repairs, step->repair_count, sizeof *step->repairs);
		step->repairs[step->repair_count++] = i;
	}
	step->addresses = step->mended =
		step->repair_count > 0; /* each of them is about one address */
	step->proved = true;
}

/* What a server that wants to fool a terminal, a spreadsheet, a browser or a shell might send. */
#define HOSTILE \
	"\033]0;owned\007<script>alert(1)</script>=cmd|'/c calc'!A0 \xe2\x80\xaegnp.exe, \"q\" & `id` *b* [l](http://x) \n| $(id)"

static void add_cluster_findings(struct report *report, const struct cert *ecdsa,
                                 const struct cert *hostile)
{
	struct finding *finding = add_finding(
		report, SEVERITY_FAIL, "self-signed",
		"tomcat-ECDSA of cucm-pub.example.com is self-signed and not in the trust store",
		"With ECDSA first, configuration files are not downloaded: phones log in, but do not register.",
		"Upload this certificate to the trust store, or have it signed by a CA that is there, or put RSA first.");

	finding->certificate = ecdsa;
	finding->certificate_kind = mem_strdup("tomcat-ECDSA");
	names_add(&finding->nodes, "cucm-pub.example.com");
	names_add(&finding->addresses, "cucm-pub.example.com");
	names_add(&finding->ports, "6972");
	names_add(&finding->orders, "ecdsa-first");
	names_add(&finding->stores, "exp-c1");
	names_add(&finding->stores, "exp-c2");
	finding->log = mem_strdup(report->verdicts[0].log);
	finding = add_finding(report, SEVERITY_FAIL, "name-mismatch",
	                      "10.0.0.3 is not in the certificate that is presented there",
	                      "Users whose login is sent to this node fail.",
	                      "Reissue the certificate with its name, and advertise the name.");
	names_add(&finding->nodes, "10.0.0.3");
	names_add(&finding->addresses, "10.0.0.3");
	names_add(&finding->ports, "8443");
	names_add(&finding->ports, "6972");
	finding->certificate = hostile;
	finding->certificate_kind = mem_strdup("tomcat");
	finding = add_finding(report, SEVERITY_WARNING, "expires-soon",
	                      "tomcat of cucm-sub1.example.com ends in 12 days", NULL,
	                      "Renew it before 2026-12-03.");
	names_add(&finding->nodes, "cucm-sub1.example.com");
	finding = add_finding(report, SEVERITY_WARNING, "not-checked",
	                      "cucm-sub4.example.com could not be checked", NULL,
	                      "Run again from a network that reaches it.");
	names_add(&finding->nodes, "cucm-sub4.example.com");
	names_add(&finding->addresses, "cucm-sub4.example.com");
	add_finding(
		report, SEVERITY_INFO, "client-certificate", "6972 asks for a client certificate",
		"Whether CUCM trusts Expressway's own certificate cannot be seen from here.", NULL);
}

static void add_cluster_steps(struct report *report, const struct cert *ecdsa)
{
	struct step *step = add_step(
		report, STEP_STORE_ADD, "Upload 1 certificate to the trust store of every peer",
		"tomcat-ECDSA of cucm-pub.example.com is self-signed; nothing but itself can vouch for it.",
		"Expressway-C: Maintenance > Security > Trusted CA certificate, on each peer, then restart");

	add_step_cert(step, ecdsa);
	names_add(&step->stores, "exp-c1");
	names_add(&step->stores, "exp-c2");
	names_add(&step->nodes, "cucm-pub.example.com");
	add_repairs(report, step, REASON_SELF_SIGNED);
	step->needs_decision = true;
	step = add_step(report, STEP_REISSUE, "Reissue tomcat of 10.0.0.3 with at least these SANs",
	                "Its address is not in it.",
	                "Cisco Unified OS Administration > Security > Certificate Management");
	names_add(&step->sans, "cucm-sub2.example.com");
	names_add(&step->sans, "10.0.0.3");
	names_add(&step->nodes, "10.0.0.3");
	add_repairs(report, step, REASON_NAME_MISMATCH);
	add_step(report, STEP_REFRESH, "Refresh the Unified CM servers on the primary Expressway-C",
	         "Expressway keeps what it learned at discovery.",
	         "Configuration > Unified Communications > Unified CM servers");
}

static void add_reverse(struct report *report, size_t node, const char *ip, const char *name,
                        const char *problem, bool agrees)
{
	struct node *of = &report->nodes[node];

	of->reverses = mem_grow(of->reverses, of->reverse_count, sizeof *of->reverses);
	of->reverses[of->reverse_count++] =
		(struct node_reverse){ mem_strdup(ip), name != NULL ? mem_strdup(name) : NULL,
		                       problem != NULL ? mem_strdup(problem) : NULL, agrees };
}

static void add_cluster_stores(struct report *report, const struct cert *ca, const struct cert *old)
{
	report_add_store(report, "exp-c1");
	report_add_store(report, "exp-c2");
	for (size_t i = 0; i < 2; i++)
		store_add(&report->stores[i], ca);
	store_add(&report->stores[1], ca);
	store_add(&report->stores[1], old);
	report->stores[1].unreadable = 1;
}

/* Advertised by IP, in no certificate, with a certificate whose texts are hostile. */
static void see_by_ip(struct report *report, size_t node, const struct cert *leaf,
                      const struct cert *ca)
{
	for (size_t p = 0; p < 2; p++) {
		for (int order = 0; order < ORDER_COUNT; order++) {
			size_t seen = see(report, node, "10.0.0.3", "10.0.0.3", ports[p],
			                  (enum order)order, true);

			present(report, seen, leaf, ca);
			refuse_name(report, seen, 0);
			refuse_trust(report, seen, 1, REASON_SELF_SIGNED_IN_CHAIN, 19, 1);
			verdict_add_reason(&report->verdicts[report->verdict_count - 1],
			                   REASON_NAME_MISMATCH, 0, 0, NULL);
		}
	}
}

static void add_cluster_nodes(struct report *report, const struct cert *rsa, const struct cert *ca,
                              const struct cert *ecdsa, const struct cert *hostile,
                              const struct cert *soon)
{
	size_t node = add_node(report, "cucm-pub.example.com", ROLE_CUCM, SOURCE_UDS, "10.0.0.1");

	see_mixed(report, node, "10.0.0.1", rsa, ca, ecdsa);
	add_reverse(report, node, "10.0.0.1", "cucm-pub.example.com", NULL, true);
	node = add_node(report, "cucm-sub1.example.com", ROLE_CUCM, SOURCE_UDS, "10.0.0.2");
	see_healthy(report, node, "10.0.0.2", soon, ca);
	add_reverse(report, node, "10.0.0.2", HOSTILE, NULL, false);
	node = add_node(report, "10.0.0.3", ROLE_CUCM, SOURCE_UDS, NULL);
	see_by_ip(report, node, hostile, ca);
	add_reverse(report, node, "10.0.0.3", NULL, "NXDOMAIN", false);
	node = add_node(report, "cucm-sub3.example.com", ROLE_CUCM, SOURCE_UDS, NULL);
	report->nodes[node].addresses[0].unresolved = mem_strdup("NXDOMAIN");
	see_unchecked(report, node, "", OUTCOME_UNRESOLVED, "NXDOMAIN");
	node = add_node(report, "cucm-sub4.example.com", ROLE_CUCM, SOURCE_UDS, "2001:db8::4");
	see_unchecked(report, node, "2001:db8::4", OUTCOME_TIMEOUT, "no answer to SYN " HOSTILE);
	node = add_node(report, "imp1.example.com", ROLE_IMP, SOURCE_OPTION, "10.0.0.5");
	see_healthy(report, node, "10.0.0.5", rsa, ca);
	see_more_ips(report, node, rsa, ca);
}

struct report *evidence_cluster(void)
{
	struct report *report = new_report();
	const struct cert *ca = add_cert(report, "Example Root CA", "Example Root CA", KEY_RSA);
	const struct cert *old = add_cert(report, "Example Root CA", "Example Root CA", KEY_ECDSA);
	const struct cert *rsa = add_leaf(report, "cucm-pub-ms.example.com", "Example Root CA",
	                                  KEY_RSA, STARTED + 86400 * 300, "cucm-pub.example.com");
	const struct cert *ecdsa =
		add_leaf(report, "cucm-pub-EC.example.com", "cucm-pub-EC.example.com", KEY_ECDSA,
	                 STARTED + 86400 * 1500, "cucm-pub.example.com");
	const struct cert *hostile =
		add_leaf(report, HOSTILE, "Example Root CA", KEY_RSA, INT64_MAX, "@SUM(1+1)");
	const struct cert *soon = add_leaf(report, "cucm-sub1.example.com", "Example Root CA",
	                                   KEY_RSA, STARTED + 86400 * 12, "cucm-sub1.example.com");

	add_cluster_stores(report, ca, old);
	add_cluster(report, rsa, ca);
	add_cluster_nodes(report, rsa, ca, ecdsa, hostile, soon);
	add_cluster_findings(report, ecdsa, hostile);
	add_cluster_steps(report, ecdsa);
	report->policy.order_next = mem_strdup(
		"An upgrade from X14.0 or later keeps RSA first; a fresh install puts ECDSA first.");
	report->status = report_status(report);
	return report;
}

struct report *evidence_healthy(void)
{
	struct report *report = new_report();
	const struct cert *ca = add_cert(report, "Example Root CA", "Example Root CA", KEY_RSA);
	const struct cert *rsa = add_leaf(report, "cucm-pub.example.com", "Example Root CA",
	                                  KEY_RSA, STARTED + 86400 * 300, "cucm-pub.example.com");
	const struct cert *ecdsa =
		add_leaf(report, "cucm-sub1-EC.example.com", "cucm-sub1-EC.example.com", KEY_ECDSA,
	                 STARTED + 86400 * 1500, "cucm-sub1.example.com");

	store_add(report_add_store(report, "expressway-ca.pem"), ca);
	add_cluster(report, rsa, ca);
	see_healthy(report,
	            add_node(report, "cucm-pub.example.com", ROLE_CUCM, SOURCE_UDS, "10.0.0.1"),
	            "10.0.0.1", rsa, ca);
	see_mixed(report,
	          add_node(report, "cucm-sub1.example.com", ROLE_CUCM, SOURCE_UDS, "10.0.0.2"),
	          "10.0.0.2", rsa, ca, ecdsa);
	report->policy.order_in_force[ORDER_ECDSA_FIRST] = false;
	report->policy.order_why = mem_strdup("The upgrade from X14.0.7 to X14.2 keeps it.");
	report->status = report_status(report);
	return report;
}

struct report *evidence_order(void)
{
	struct report *report = evidence_healthy();

	report->policy.order_in_force[ORDER_ECDSA_FIRST] = true;
	free(report->policy.order_why);
	report->policy.order_why = NULL;
	report->status = report_status(report);
	return report;
}

struct report *evidence_incomplete(void)
{
	struct report *report = new_report();
	const struct cert *ca = add_cert(report, "Example Root CA", "Example Root CA", KEY_RSA);
	const struct cert *rsa = add_leaf(report, "cucm-pub.example.com", "Example Root CA",
	                                  KEY_RSA, STARTED + 86400 * 300, "cucm-pub.example.com");
	struct cluster *cluster;

	store_add(report_add_store(report, "expressway-ca.pem"), ca);
	cluster = add_cluster(report, rsa, ca);
	cluster->outcome = DISCOVERY_HTTP_STATUS;
	cluster->detail = mem_strdup("404 Not Found");
	see_healthy(report,
	            add_node(report, "cucm-pub.example.com", ROLE_CUCM, SOURCE_OPTION, "10.0.0.1"),
	            "10.0.0.1", rsa, ca);
	see_unchecked(report,
	              add_node(report, "imp1.example.com", ROLE_IMP, SOURCE_OPTION, "10.0.0.5"),
	              "10.0.0.5", OUTCOME_STOPPED, NULL);
	report->stopped = true;
	report->status = report_status(report);
	return report;
}

struct report *evidence_error(void)
{
	struct report *report = new_report();

	report->status = STATUS_ERROR;
	return report;
}

struct report *evidence_bare(void)
{
	static const char *const formulas[] = { NULL, "=1+1", "+1", "-1+1", "@SUM(1;1)", "\"" };
	struct report *report = new_report();
	struct cert *garbage = mem_zalloc(sizeof *garbage);
	const struct cert *leaf;
	struct verdict *verdict;
	size_t node, seen;

	garbage->der = mem_copy("\x30", 1);
	garbage->der_len = 1;
	leaf = certset_take(&report->certs, garbage);
	store_add(report_add_store(report, ""), leaf);
	report_add_cluster(report, "pub", 8443)->outcome = DISCOVERY_TLS;
	report_add_node(report, "without-address");
	node = add_node(report, "n", ROLE_UNITY, SOURCE_OPTION, NULL);
	seen = see(report, node, "n", "", 8443, ORDER_RSA_FIRST, true);
	report->observations[seen].outcome = OUTCOME_PRESENTED;
	chain_add(&report->observations[seen].chain, leaf);
	verdict = judge(report, seen, 0, "WARNING: ");
	free(verdict->log);
	verdict->log = NULL;
	verdict_add_reason(verdict, REASON_SELF_SIGNED, 18, 0, NULL);
	for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
		fail(report,
		     see(report, node, "n", "", (uint16_t)(65535 - i), ORDER_ECDSA_FIRST, true),
		     OUTCOME_LOCAL, formulas[i]);
	add_finding(report, SEVERITY_FAIL, "x", HOSTILE, NULL, NULL)->certificate = leaf;
	report_add_step(report, STEP_WORKAROUND)->title = mem_strdup("y");
	add_step_cert(&report->steps[0], leaf);
	report->policy.at = INT64_MIN;
	report->status = report_status(report);
	return report;
}

struct report *evidence_verify(void)
{
	struct report *report = new_report();
	const struct cert *ca = add_cert(report, "Example Root CA", "Example Root CA", KEY_RSA);
	const struct cert *leaf = add_leaf(report, "cucm-pub.example.com", "Example Root CA",
	                                   KEY_RSA, STARTED + 86400 * 300, "cucm-pub.example.com");
	static const char *const addresses[] = { "cucm-pub.example.com", "10.0.0.1", "" };

	store_add(report_add_store(report, "expressway-ca.pem"), ca);
	add_node(report, "verify", ROLE_CUCM, SOURCE_OPTION, NULL);
	for (size_t i = 0; i < 3; i++) {
		size_t seen =
			see(report, 0, addresses[i], "192.0.2.1", 8443, ORDER_RSA_FIRST, true);

		present(report, seen, leaf, ca);
		if (i == 1)
			refuse_name(report, seen, 0);
		else
			judge(report, seen, 0, "");
	}
	report->verdicts[0].letters = LETTER_SELF_SIGNED;
	report->verdicts[1].letters = LETTER_ANCHOR_DATES | LETTER_PSS_ISSUER;
	return report;
}

struct report *evidence_large(size_t nodes)
{
	struct report *report = new_report();
	const struct cert *ca = add_cert(report, "Example Root CA", "Example Root CA", KEY_RSA);
	const struct cert *leaf = add_leaf(report, "cucm-ms.example.com", "Example Root CA",
	                                   KEY_RSA, STARTED + 86400 * 300, NULL);

	store_add(report_add_store(report, "expressway-ca.pem"), ca);
	for (size_t i = 0; i < nodes; i++) {
		char *name = mem_printf("cucm-%04zu.example.com", i),
		     *ip = mem_printf("10.1.%zu.%zu", i / 250, i % 250 + 1);

		see_healthy(report, add_node(report, name, ROLE_CUCM, SOURCE_UDS, ip), ip, leaf,
		            ca);
		free(ip);
		free(name);
	}
	report->status = report_status(report);
	return report;
}

/* Of three clusters one is healthy, one lacks the CA that all such clusters lack, one could not be
 * reached in part. */
struct report *evidence_member(size_t number, size_t nodes)
{
	struct report *report = new_report();
	const struct cert *ca = add_cert(report, "Example Root CA", "Example Root CA", KEY_RSA);
	const struct cert *lacking = add_cert(report, "Branch Root CA", "Branch Root CA", KEY_RSA);
	char *cn = mem_printf("ms%zu.example.com", number);
	const struct cert *leaf =
		add_leaf(report, cn, number % 3 == 1 ? "Branch Root CA" : "Example Root CA",
	                 KEY_RSA, STARTED + 86400 * (int64_t)(20 + number % 40 * 20), NULL);
	struct cluster *cluster;

	store_add(report_add_store(report, "exp-c1"), ca);
	cluster = add_cluster(report, leaf, ca);
	free(cluster->publisher);
	cluster->publisher = mem_printf("cucm-pub.c%03zu.example.com", number);
	for (size_t i = 0; i < nodes; i++) {
		char *name = mem_printf("cucm%zu.c%03zu.example.com", i, number),
		     *ip = mem_printf("10.%zu.%zu.%zu", number / 250, number % 250, i + 1);
		size_t node = add_node(report, name, ROLE_CUCM, SOURCE_UDS, ip);

		if (number % 3 == 0) {
			see_healthy(report, node, ip, leaf, ca);
		} else if (number % 3 == 2 && i == 0) {
			see_unchecked(report, node, ip, OUTCOME_TIMEOUT, "no answer to SYN");
		} else {
			for (size_t p = 0; p < 2; p++) {
				for (int order = 0; order < ORDER_COUNT; order++) {
					size_t seen = see(report, node, name, ip, ports[p],
					                  (enum order)order, true);

					present(report, seen, leaf, number % 3 == 1 ? lacking : ca);
					if (number % 3 == 1)
						refuse_trust(report, seen, 0,
						             REASON_SELF_SIGNED_IN_CHAIN, 19, 1);
					else
						judge(report, seen, 0, "");
				}
			}
		}
		free(ip);
		free(name);
	}
	if (number % 3 == 1) {
		struct finding *finding =
			report_add_refusal(report, FINDING_REFUSED, REASON_SELF_SIGNED_IN_CHAIN);
		struct step *step;

		finding->severity = SEVERITY_FAIL;
		finding->title = mem_printf(
			"tomcat of %zu nodes: the server sends its root, but this root is not in the trust store",
			nodes);
		finding->action = mem_strdup("Upload the root certificate to the trust store.");
		finding->certificate = leaf;
		finding->certificate_kind = mem_strdup("tomcat");
		for (size_t i = 0; i < report->node_count; i++) {
			names_add(&finding->nodes, report->nodes[i].name);
			names_add(&finding->addresses, report->nodes[i].name);
		}
		step = add_step(report, STEP_STORE_ADD,
		                "Upload 1 certificate to the trust store of every peer",
		                "It ends the chains.",
		                "Expressway-C: Maintenance > Security > Trusted CA certificate");
		add_step_cert(step, lacking);
		add_repairs(report, step, REASON_SELF_SIGNED_IN_CHAIN);
	}
	free(cn);
	report->status = report_status(report);
	return report;
}

/* --- what the others have not ------------------------------------------------------------------ */

static void discover_as(struct report *report, const char *publisher, enum discovery_outcome outcome,
                        const char *detail)
{
	struct cluster *cluster = report_add_cluster(report, publisher, 8443);

	cluster->outcome = outcome;
	cluster->detail = detail != NULL ? mem_strdup(detail) : NULL;
}

static void ask_peer(struct report *report, size_t seen, enum client_outcome outcome,
                     enum client_cause cause, int alert)
{
	struct client_verdict *verdict = report_add_client_verdict(report);

	verdict->observation = seen;
	verdict->outcome = outcome;
	verdict->cause = cause;
	verdict->alert = alert;
	verdict->reason = mem_strdup(outcome == CLIENT_REFUSED
	                                     ? "CUCM does not know the CA of this certificate."
	                                     : "CUCM names its CA.");
}

/* A node whose tomcat certificate serves as CallManager as well, on 5061, where no verdict is asked. */
static void see_reused(struct report *report, const struct cert *leaf, const struct cert *ca)
{
	size_t node = add_node(report, "pub.a.example", ROLE_CUCM, SOURCE_UDS, "10.0.1.1");

	for (int order = 0; order < ORDER_COUNT; order++) {
		size_t login = see(report, node, "pub.a.example", "10.0.1.1", 8443, (enum order)order, true),
		       files = see(report, node, "pub.a.example", "10.0.1.1", 6972, (enum order)order, true),
		       sip = see(report, node, "pub.a.example", "10.0.1.1", 5061, (enum order)order, true);

		present(report, login, leaf, ca);
		present(report, files, leaf, ca);
		present(report, sip, leaf, NULL);
		judge(report, login, 0, "");
		judge(report, login, 1, "");
		judge(report, files, 0, "");
		if (order == ORDER_RSA_FIRST) {
			judge(report, files, 1, "");
		} else {
			refuse_trust(report, files, 1, REASON_EXPIRED, 10, 0);
			verdict_add_reason(&report->verdicts[report->verdict_count - 1], REASON_NAME_MISMATCH,
			                   0, 0, NULL);
		}
		ask_peer(report, files, CLIENT_REFUSED, CLIENT_CA_UNKNOWN, 48);
		ask_peer(report, login, CLIENT_ACCEPTED, CLIENT_NOT_ASKED, 0);
	}
}

/* Chat servers: their 6972 is not there and not needed, one shows nothing at all. */
static void see_presence(struct report *report, const struct cert *leaf, const struct cert *ca)
{
	size_t node = add_node(report, "imp.a.example", ROLE_IMP, SOURCE_OPTION, "10.0.1.2");

	for (int order = 0; order < ORDER_COUNT; order++) {
		size_t seen = see(report, node, "imp.a.example", "10.0.1.2", 8443, (enum order)order, true);

		present(report, seen, leaf, ca);
		judge(report, seen, 0, "");
		judge(report, seen, 1, "");
		report->observations[seen].took_ms = 1234 + order;
		fail(report, see(report, node, "imp.a.example", "10.0.1.2", 6972, (enum order)order, true),
		     OUTCOME_REFUSED, NULL);
		fail(report, see(report, node, "imp.a.example", "10.0.1.2", 5061, (enum order)order, true),
		     OUTCOME_TIMEOUT, "no answer to SYN");
	}
}

static void add_traps(struct report *report, const struct cert *leaf)
{
	static const char *const titles[] = {
		"+ a list", "12. another list", "7) and 3 more", "= a line", "- a | b ` c", "a www.x.example",
		"mailto:a@x.example", "xmpp:a", "see http://x.example: there", "5 of 6.7", "~~~~ fence",
	};
	struct finding *finding;

	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		add_finding(report, SEVERITY_INFO, "client-certificate", titles[i], titles[i], NULL);
	/* the same sentence of both: long enough to be told once */
	for (size_t i = 0; i < 2; i++) {
		finding = add_finding(
			report, SEVERITY_FAIL, i == 0 ? "expired" : "expressway-ca-not-accepted", i == 0 ? "tomcat has expired" : "Its CA is not known",
			"A sentence that is true of both of them and that is longer than a line of eighty columns is.",
			"What is to be done about both of them takes more than a line of eighty columns to be told.");
		names_add(&finding->ports, "6972");
		for (size_t k = 0; i == 1 && k < 2; k++)
			names_add(&finding->ports, k == 0 ? "8443" : "443");
		names_add(&finding->orders, i == 0 ? "ecdsa-first" : "rsa-first");
		names_add(&finding->stores, "t|e`s\"t");
		finding->log = mem_strdup("WARNING: ~~~ tildes ~~~~ and `backticks`");
		finding->certificate = leaf;
		if (i == 1)
			names_add(&finding->orders, "ecdsa-first");
		for (size_t k = 0; k < 21 + i; k++) {
			char *name = mem_printf("sub%02zu.a.example", k);

			names_add(&finding->addresses, name);
			names_add(&finding->nodes, name);
			names_add(&finding->facts, name);
			free(name);
		}
	}
}

static void add_medley_steps(struct report *report, const struct cert *leaf)
{
	for (size_t i = 0; i < 3; i++) {
		struct step *step = add_step(
			report, STEP_STORE_ADD, "Upload the root of \"this\" CA",
			"The reason is the same for both of them, and it takes more than eighty columns to tell it.",
			"Expressway-C: Maintenance > Security > Trusted CA certificate, on each peer; then restart it");

		step->needs_decision = true;
		step->note = mem_strdup("Do not forget the other peer.");
		step->addresses = 3;
		step->mended = i;
		names_add(&step->stores, "exp-c1");
	}
	for (size_t i = 0; i < 2; i++) {
		struct step *step = add_step(report, i == 0 ? STEP_REISSUE : STEP_ADVERTISE,
		                             "Give names to 2 nodes", "", "Certificate Management");

		for (size_t k = 0; k < 2; k++) {
			struct step_target *target = step_add_target(step, k == 0 ? "10.0.1.8" : "10.0.1.9");

			for (size_t n = 0; n < 25 * k + 1; n++) {
				char *name = mem_printf("n%02zu.a.example", n);

				names_add(&target->names, name);
				names_add(&step->sans, name);
				free(name);
			}
			names_add(&step->nodes, target->node);
		}
	}
	add_step_cert(&report->steps[2], leaf);
}

struct report *evidence_medley(void)
{
	struct report *report = new_report();
	const struct cert *ca = add_cert(report, "Root A", "Root A", KEY_RSA);
	const struct cert *leaf = add_leaf(report, "pub.a.example", "Root A", KEY_RSA,
	                                   STARTED + 86400 * 30 + 1, "pub.a.example");
	struct cert *wide = make_cert("wide.a.example", "Root A", KEY_RSA, STARTED - 1), *none;
	struct client *client;
	const struct cert *of_imp;

	for (size_t i = 0; i < 105; i++) {
		char *name = mem_printf("n%03zu.a.example", i);

		cert_add_san(wide, SAN_DNS, name);
		free(name);
	}
	cert_add_san(wide, SAN_IP, "10.0.1.2");
	of_imp = certset_take(&report->certs, wide);
	none = make_cert("none", "Root A", KEY_RSA, INT64_MIN);
	free(none->subject);
	none->subject = mem_strdup("");
	none->not_before = INT64_MAX;
	report_add_store(report, "exp-c1");
	report_add_store(report, "t|e`s\"t");
	store_add(&report->stores[0], ca);
	store_add(&report->stores[1], certset_take(&report->certs, none));
	add_cluster(report, leaf, ca)->verdicts[1].accepted = false;
	free(report->clusters[0].publisher);
	report->clusters[0].publisher = mem_strdup("pub.a.example");
	discover_as(report, "sub.a.example", DISCOVERY_COVERED, NULL);
	discover_as(report, "imp.a.example", DISCOVERY_NOT_TRIED, NULL);
	discover_as(report, "pub.b.example", DISCOVERY_TIMEOUT, "after 5 s");
	discover_as(report, "pub.c.example", DISCOVERY_HTTP_STATUS, "404");
	client = report_add_client(report, "exp-c", CLIENT_FILE);
	chain_add(&client->chain, add_leaf(report, "exp.a.example", "Root E", KEY_ECDSA, STARTED + 86400,
	                                   "exp.a.example"));
	chain_add(&client->chain, add_cert(report, "Root E", "Root E", KEY_RSA));
	see_reused(report, leaf, ca);
	see_presence(report, of_imp, ca);
	for (size_t i = 0; i < 24; i++) {
		char *name = mem_printf("sub%02zu.a.example", i), *ip = mem_printf("10.0.2.%zu", i + 1);
		size_t node = add_node(report, name, ROLE_CUCM, SOURCE_UDS, ip);

		see_healthy(report, node, ip, leaf, ca);
		free(name);
		free(ip);
	}
	report->observations[report->observation_count - 1].inferred = true;
	add_traps(report, leaf);
	add_medley_steps(report, leaf);
	unread_add(&report->unread, "d/<b>.json", "d/<b>.json is not a JSON report");
	unread_add(&report->unread, "e.json", "cannot read e.json: No such file or directory");
	report->status = report_status(report);
	return report;
}

struct report *evidence_peer(void)
{
	struct report *report = evidence_healthy();

	chain_add(&report_add_client(report, "exp-c", CLIENT_FILE)->chain,
	          add_leaf(report, "exp.example.com", "Other Root CA", KEY_RSA, STARTED + 86400 * 400, NULL));
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].port == 6972)
			ask_peer(report, i, CLIENT_REFUSED, CLIENT_CA_UNKNOWN, 48);
	report->status = report_status(report);
	return report;
}

struct report *evidence_assumed(bool chain)
{
	struct report *report = evidence_healthy();

	report->policy.order_assumed = !chain;
	report->policy.chain_first = chain;
	report->status = report_status(report);
	return report;
}
