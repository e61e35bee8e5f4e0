/* SPDX-License-Identifier: MIT */
/* cluster KIND NODES NAMES [FOLDER CLUSTERS]: a JSON report of one cluster on standard output, or
 * of CLUSTERS clusters, a file each, in FOLDER. Its certificates are real ones (the key is the same
 * in all, the names differ), so that replay and diff can be measured with as many as are wanted.
 * Written by hand, not with the program's own writer: what is measured does not prepare its input.
 *
 * KIND, of each node's own certificate with NAMES names:
 *   accepted     signed by the CA of the trust store
 *   refused      signed by a CA that is not in it
 *   orphaned     the same, and the CA is not sent
 *   own-ca       signed by a CA of its own, which is sent
 *   self-signed  by itself
 *   names        accepted, but for another node's name
 *   unreachable  as accepted; every second node does not answer
 *   ending       as accepted, but it ends in 20 days
 *   stores       as accepted; a second trust store does not hold the CA
 *   shared       one certificate with all names for all nodes, a wildcard among them
 *   mixed        node by node the next of these
 */
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum kind {
	ACCEPTED,
	REFUSED,
	ORPHANED,
	SELF_SIGNED,
	NAMES,
	UNREACHABLE,
	ENDING,
	STORES,
	SHARED,
	MIXED,
	OWN_CA,
	KIND_COUNT
};

static const char *const kinds[KIND_COUNT] = {
	"accepted", "refused", "orphaned", "self-signed", "names", "unreachable",
	"ending",   "stores",  "shared",   "mixed",       "own-ca",
};

enum { NOT_BEFORE = 1767225600 /* 2026-01-01 */, VALID_S = 10 * 365 * 86400, ENDING_S = 20 * 86400 };

struct issued {
	gnutls_x509_crt_t crt;
	char sha256[65];
	char *pem; /* with \n for line ends, as JSON wants it */
};

struct cluster {
	enum kind kind;
	size_t nodes, names, number;
	gnutls_x509_privkey_t key;
	struct issued good, bad; /* certificate authorities */
	struct issued shared;
	struct issued *own;     /* of each node */
	struct issued *issuers; /* own-ca: of each node */
	FILE *out;
};

static void must(int rc, const char *what)
{
	if (rc < 0) {
		fprintf(stderr, "cluster: %s: %s\n", what, gnutls_strerror(rc));
		exit(2);
	}
}

static char *escaped(const char *pem)
{
	char *text = malloc(2 * strlen(pem) + 1), *to = text;

	for (; *pem != '\0'; pem++) {
		if (*pem == '\n')
			*to++ = '\\';
		*to++ = *pem == '\n' ? 'n' : *pem;
	}
	*to = '\0';
	return text;
}

static void finish(struct issued *issued)
{
	unsigned char hash[32];
	size_t len = sizeof hash;
	gnutls_datum_t pem;

	must(gnutls_x509_crt_get_fingerprint(issued->crt, GNUTLS_DIG_SHA256, hash, &len), "hash");
	for (size_t i = 0; i < sizeof hash; i++)
		snprintf(issued->sha256 + 2 * i, 3, "%02x", hash[i]);
	must(gnutls_x509_crt_export2(issued->crt, GNUTLS_X509_FMT_PEM, &pem), "export");
	issued->pem = escaped((const char *)pem.data);
	gnutls_free(pem.data);
}

static void begin(struct issued *issued, const struct cluster *cluster, const char *cn,
                  size_t serial)
{
	unsigned char number[4] = { 1 + (unsigned char)(serial >> 16 & 0x3f),
		                    (unsigned char)(serial >> 8), (unsigned char)serial, 1 };
	const char *wrong;

	must(gnutls_x509_crt_init(&issued->crt), "init");
	must(gnutls_x509_crt_set_version(issued->crt, 3), "version");
	must(gnutls_x509_crt_set_serial(issued->crt, number, sizeof number), "serial");
	must(gnutls_x509_crt_set_activation_time(issued->crt, NOT_BEFORE), "time");
	must(gnutls_x509_crt_set_expiration_time(issued->crt, NOT_BEFORE + (time_t)VALID_S),
	     "time");
	must(gnutls_x509_crt_set_key(issued->crt, cluster->key), "key");
	must(gnutls_x509_crt_set_dn(issued->crt, cn, &wrong), "name");
}

static void make_ca(struct issued *ca, const struct cluster *cluster, const char *cn, size_t serial)
{
	begin(ca, cluster, cn, serial);
	must(gnutls_x509_crt_set_basic_constraints(ca->crt, 1, -1), "constraints");
	must(gnutls_x509_crt_set_key_usage(ca->crt, GNUTLS_KEY_KEY_CERT_SIGN), "usage");
	must(gnutls_x509_crt_sign2(ca->crt, ca->crt, cluster->key, GNUTLS_DIG_SHA256, 0), "sign");
	finish(ca);
}

static void domain(const struct cluster *cluster, char text[64])
{
	snprintf(text, 64, "c%03zu.example.com", cluster->number);
}

static void node_name(const struct cluster *cluster, size_t node, char text[128])
{
	char where[64];

	domain(cluster, where);
	snprintf(text, 128, "cucm-%05zu.%s", node, where);
}

static void add_name(const struct issued *issued, const char *name)
{
	must(gnutls_x509_crt_set_subject_alt_name(issued->crt, GNUTLS_SAN_DNSNAME, name,
	                                          (unsigned)strlen(name), GNUTLS_FSAN_APPEND),
	     "subject alternative name");
}

static const struct issued *issuer_of(const struct cluster *cluster, enum kind kind, size_t node,
                                      const struct issued *leaf)
{
	return kind == REFUSED || kind == ORPHANED ? &cluster->bad
	       : kind == SELF_SIGNED               ? leaf
	       : kind == OWN_CA                    ? &cluster->issuers[node]
	                                           : &cluster->good;
}

/* The first name is the one that counts; the others are there because a certificate holds many. */
static void make_leaf(struct issued *leaf, const struct cluster *cluster, enum kind kind,
                      size_t node, const char *first)
{
	char text[192], where[64];

	domain(cluster, where);
	snprintf(text, sizeof text, "CN=%05zu-ms.%s", node, where);
	begin(leaf, cluster, text, node + 1);
	add_name(leaf, first);
	for (size_t i = 1; i < cluster->names; i++) {
		snprintf(text, sizeof text, "n%zu-of-%zu.%s", i, node, where);
		add_name(leaf, text);
	}
	must(gnutls_x509_crt_set_key_usage(leaf->crt, GNUTLS_KEY_DIGITAL_SIGNATURE), "usage");
	must(gnutls_x509_crt_set_key_purpose_oid(leaf->crt, GNUTLS_KP_TLS_WWW_SERVER, 0),
	     "purpose");
	if (kind == ENDING)
		must(gnutls_x509_crt_set_expiration_time(leaf->crt, time(NULL) + ENDING_S),
		     "time");
	must(gnutls_x509_crt_sign2(leaf->crt, issuer_of(cluster, kind, node, leaf)->crt,
	                           cluster->key, GNUTLS_DIG_SHA256, 0),
	     "sign");
	finish(leaf);
}

static enum kind kind_of(const struct cluster *cluster, size_t node)
{
	return cluster->kind == MIXED ? (enum kind)(node % MIXED) : cluster->kind;
}

static void make_certificates(struct cluster *cluster)
{
	char text[128];

	snprintf(text, sizeof text, "*.");
	domain(cluster, text + 2);
	make_leaf(&cluster->shared, cluster, SHARED, 99999, text);
	cluster->own = calloc(cluster->nodes, sizeof *cluster->own);
	cluster->issuers = calloc(cluster->nodes, sizeof *cluster->issuers);
	for (size_t i = 0; i < cluster->nodes; i++) {
		if (cluster->kind == OWN_CA) {
			snprintf(text, sizeof text, "CN=CA of %zu", i);
			make_ca(&cluster->issuers[i], cluster, text, cluster->nodes + i + 1);
		}
		node_name(cluster, kind_of(cluster, i) == NAMES ? i + cluster->nodes : i, text);
		if (kind_of(cluster, i) == SHARED)
			cluster->own[i] = cluster->shared;
		else
			make_leaf(&cluster->own[i], cluster, kind_of(cluster, i), i, text);
	}
}

static void drop(struct issued *issued)
{
	gnutls_x509_crt_deinit(issued->crt);
	free(issued->pem);
}

static void drop_certificates(struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->nodes; i++) {
		if (kind_of(cluster, i) != SHARED)
			drop(&cluster->own[i]);
		if (cluster->kind == OWN_CA)
			drop(&cluster->issuers[i]);
	}
	free(cluster->own);
	free(cluster->issuers);
	drop(&cluster->shared);
}

/* --- the report ------------------------------------------------------------------------------- */

static void write_certificate(const struct cluster *cluster, const struct issued *issued)
{
	fprintf(cluster->out, ",\n  \"%s\": {\"pem\": \"%s\"}", issued->sha256, issued->pem);
}

static void write_certificates(const struct cluster *cluster)
{
	bool shared = false;

	fprintf(cluster->out, " \"certificates\": {\n  \"%s\": {\"pem\": \"%s\"}",
	        cluster->good.sha256, cluster->good.pem);
	if (cluster->kind != ORPHANED) /* it would be found, and proposed */
		write_certificate(cluster, &cluster->bad);
	for (size_t i = 0; i < cluster->nodes; i++) {
		if (kind_of(cluster, i) != SHARED || !shared)
			write_certificate(cluster, &cluster->own[i]);
		shared = shared || kind_of(cluster, i) == SHARED;
		if (cluster->kind == OWN_CA)
			write_certificate(cluster, &cluster->issuers[i]);
	}
	fputs("\n },\n", cluster->out);
}

static void write_stores(const struct cluster *cluster)
{
	fprintf(cluster->out,
	        " \"trust_stores\": [{\"name\": \"exp-c1\", \"certificates\": 1, \"fingerprints\": [\"%s\"]}",
	        cluster->good.sha256);
	if (cluster->kind == STORES || cluster->kind == MIXED)
		fprintf(cluster->out,
		        ", {\"name\": \"exp-c2\", \"certificates\": 1, \"fingerprints\": [\"%s\"]}",
		        cluster->kind == MIXED ? cluster->good.sha256 : cluster->bad.sha256);
	fputs("],\n", cluster->out);
}

static void write_chain(const struct cluster *cluster, size_t node)
{
	enum kind kind = kind_of(cluster, node);

	fprintf(cluster->out, "\"chain\": [\"%s\"", cluster->own[node].sha256);
	if (kind != SELF_SIGNED && kind != ORPHANED)
		fprintf(cluster->out, ", \"%s\"", issuer_of(cluster, kind, node, NULL)->sha256);
	fputs("]", cluster->out);
}

static void write_clusters(const struct cluster *cluster)
{
	char text[128];

	node_name(cluster, 0, text);
	fprintf(cluster->out,
	        " \"clusters\": [{\"publisher\": \"%s\", \"port\": 8443, \"version\": \"14.0.1\", "
	        "\"discovery\": {\"url\": \"https://%s:8443/cucm-uds/servers\", \"outcome\": \"ok\", "
	        "\"ip\": \"10.0.0.0\", ",
	        text, text);
	write_chain(cluster, 0);
	fputs("}}],\n", cluster->out);
}

static void ip_of(size_t node, char text[16])
{
	snprintf(text, 16, "10.%zu.%zu.%zu", node >> 16 & 255, node >> 8 & 255, node & 255);
}

static void write_nodes(const struct cluster *cluster)
{
	char name[128], ip[16];

	fputs(" \"nodes\": [", cluster->out);
	for (size_t i = 0; i < cluster->nodes; i++) {
		node_name(cluster, i, name);
		ip_of(i, ip);
		fprintf(cluster->out,
		        "%s\n  {\"name\": \"%s\", \"role\": \"cucm\", \"source\": \"uds\", \"cluster\": 0, "
		        "\"addresses\": [{\"address\": \"%s\", \"advertised\": true, \"ips\": [\"%s\"]}, "
		        "{\"address\": \"%s\", \"advertised\": false, \"ips\": [\"%s\"]}], "
		        "\"reverse_dns\": [{\"ip\": \"%s\", \"name\": \"%s\", \"agrees\": true}]}",
		        i == 0 ? "" : ",", name, name, ip, ip, ip, ip, name);
	}
	fputs("\n ],\n", cluster->out);
}

static bool is_silent(const struct cluster *cluster, size_t node)
{
	return kind_of(cluster, node) == UNREACHABLE &&
	       node / (cluster->kind == MIXED ? MIXED : 1) % 2 == 1;
}

static void write_observation(const struct cluster *cluster, size_t node, const char *address,
                              bool advertised, int port, const char *order)
{
	char name[128], ip[16];

	node_name(cluster, node, name);
	ip_of(node, ip);
	fprintf(cluster->out,
	        "%s\n  {\"node\": \"%s\", \"address\": \"%s\", \"ip\": \"%s\", \"port\": %d, "
	        "\"order\": \"%s\", \"advertised\": %s, \"tls_versions_offered\": [\"1.2\"], ",
	        node == 0 && advertised && port == 8443 && *order == 'r' ? "" : ",", name, address,
	        ip, port, order, advertised ? "true" : "false");
	if (is_silent(cluster, node)) {
		fputs("\"outcome\": \"timeout\", \"reached\": \"nothing\", \"tries\": 2, "
		      "\"detail\": \"no answer to SYN\"}",
		      cluster->out);
		return;
	}
	fprintf(cluster->out,
	        "\"outcome\": \"presented\", \"reached\": \"finished\", \"handshake_completed\": true, "
	        "\"client_certificate_requested\": %s, \"tls_version\": \"TLS1.2\", "
	        "\"cipher_suite\": \"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\", ",
	        port == 6972 ? "true" : "false");
	write_chain(cluster, node);
	fputs(", \"took_ms\": 12, \"tries\": 1}", cluster->out);
}

static void write_observations(const struct cluster *cluster)
{
	static const char *const orders[] = { "rsa-first", "ecdsa-first" };
	char name[128], ip[16];

	fputs(" \"observations\": [", cluster->out);
	for (size_t i = 0; i < cluster->nodes; i++) {
		node_name(cluster, i, name);
		ip_of(i, ip);
		for (int at = 0; at < 8; at++)
			write_observation(cluster, i, at / 4 == 0 ? name : ip, at / 4 == 0,
			                  at / 2 % 2 == 0 ? 8443 : 6972, orders[at % 2]);
	}
	fputs("\n ]\n}\n", cluster->out);
}

static void write_cluster(struct cluster *cluster)
{
	make_certificates(cluster);
	fputs("{\n \"schema_version\": \"1.0\", \"started\": \"2026-11-28T00:00:00Z\", \"took_ms\": 1,\n",
	      cluster->out);
	write_stores(cluster);
	write_clusters(cluster);
	write_nodes(cluster);
	write_certificates(cluster);
	write_observations(cluster);
	drop_certificates(cluster);
}

static void write_fleet(struct cluster *cluster, const char *folder, size_t clusters)
{
	char path[4096];

	for (; cluster->number < clusters; cluster->number++) {
		snprintf(path, sizeof path, "%s/%04zu.json", folder, cluster->number);
		cluster->out = fopen(path, "w");
		if (cluster->out == NULL) {
			perror(path);
			exit(2);
		}
		write_cluster(cluster);
		fclose(cluster->out);
	}
}

int main(int argc, char **argv)
{
	struct cluster cluster = { .out = stdout };

	if (argc != 4 && argc != 6) {
		fputs("usage: cluster KIND NODES NAMES [FOLDER CLUSTERS]\n", stderr);
		return 2;
	}
	while (cluster.kind < KIND_COUNT && strcmp(kinds[cluster.kind], argv[1]) != 0)
		cluster.kind++;
	cluster.nodes = strtoul(argv[2], NULL, 10);
	cluster.names = strtoul(argv[3], NULL, 10);
	if (cluster.kind == KIND_COUNT || cluster.nodes == 0)
		return 2;
	must(gnutls_x509_privkey_init(&cluster.key), "key");
	must(gnutls_x509_privkey_generate(cluster.key, GNUTLS_PK_ECDSA,
	                                  GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
	     "key");
	make_ca(&cluster.good, &cluster, "CN=Example Root CA", 0);
	make_ca(&cluster.bad, &cluster, "CN=Stranger Root CA", 0);
	if (argc == 6)
		write_fleet(&cluster, argv[4], strtoul(argv[5], NULL, 10));
	else
		write_cluster(&cluster);
	drop(&cluster.good);
	drop(&cluster.bad);
	gnutls_x509_privkey_deinit(cluster.key);
	return ferror(stdout) != 0 ? 2 : 0;
}
