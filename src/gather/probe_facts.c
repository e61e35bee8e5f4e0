/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "gather/probe_facts.h"
#include "pki/decode.h"
#include "pki/der.h"
#include "pki/detail.h"

#include <stdlib.h>
#include <string.h>

enum { KEPT_MOST = 128 << 20, LINK_COST = 128, CERT_COST = 2048 }; /* bytes */

/* Thousands of servers with a new chain of the largest size for every handshake would fill the
 * memory: what a chain costs is estimated, and when it is too much, the next ones are not kept. */
static void copy_chain(struct report *report, const struct tls *tls,
                       struct observation *observation, size_t *kept)
{
	struct certset *certs = &report->certs;
	const unsigned char *der;
	size_t at = 0, der_len;

	if (*kept > KEPT_MOST) {
		free(observation->detail);
		observation->detail =
			mem_strdup("this run has met more certificates than this program keeps");
		observation->outcome = OUTCOME_LOCAL;
		return;
	}
	while (tls_next_certificate(tls, &at, &der, &der_len) == 1) {
		size_t known = certs->count;

		chain_add(&observation->chain, decode_cert(certs, der, der_len));
		*kept += LINK_COST + (certs->count > known ? CERT_COST + 4 * der_len : 0);
	}
}

static void copy_authorities(struct report *report, const struct tls *tls,
                             struct observation *observation, size_t *kept)
{
	size_t len, known = report->client_ca_lists.count;
	const unsigned char *names = tls_authorities(tls, &len);

	if (len == 0 || *kept > KEPT_MOST)
		return;
	observation->client_cas = ca_lists_add(&report->client_ca_lists, names, len);
	if (report->client_ca_lists.count > known)
		*kept += len;
}

/* tls_process_server_certificate: d2i_X509 reads a certificate and stops before the end of what its
 * length says. */
static bool has_bytes_behind(const struct cert *cert)
{
	struct bytes rest = { cert->der, cert->der_len };
	struct certset scratch;
	struct tlv first;
	bool readable;

	if (cert->readable || !der_next(&rest, &first))
		return false;
	certset_init(&scratch);
	readable = decode_cert(&scratch, first.whole.at, first.whole.len)->readable;
	certset_clear(&scratch);
	return readable;
}

/* ssl_cert_lookup_by_pkey, against the suite's algorithm_auth: only up to TLS 1.2. */
static bool fits_suite(const struct cert *leaf, const struct suite *suite)
{
	switch (suite->au) {
	case SUITE_AU_RSA:
		return leaf->key_type == KEY_RSA || leaf->key_type == KEY_RSA_PSS;
	case SUITE_AU_ECDSA:
		return leaf->key_type == KEY_ECDSA || leaf->key_type == KEY_ED25519 ||
		       leaf->key_type == KEY_ED448;
	case SUITE_AU_DSS:
		return leaf->key_type == KEY_DSA;
	}
	return true;
}

/* ssl_check_srvr_ecc_cert_and_alg, when the server has said all */
static bool is_bad_ecc_cert(const struct cert *leaf, const struct suite *suite)
{
	return suite->au == SUITE_AU_ECDSA && leaf->readable && leaf->detail->ext.has_usage &&
	       (leaf->detail->ext.usage & KU_DIGITAL_SIGNATURE) == 0;
}

static enum handshake_flaw flaw_of(const struct tls *tls, const struct observation *observation)
{
	const struct cert *leaf = chain_leaf(&observation->chain);
	const struct suite *suite;
	uint16_t code;

	if (observation->flaw == FLAW_MESSAGE_TOO_LARGE)
		return observation->flaw;
	for (size_t i = 0; i < observation->chain.count; i++) {
		if (has_bytes_behind(observation->chain.certs[i]))
			return FLAW_CERT_LENGTH_MISMATCH;
		if (!observation->chain.certs[i]->readable)
			return observation->flaw;
	}
	if (tls_key_unusable(tls))
		return FLAW_KEY_UNUSABLE;
	suite = tls_suite(tls, &code) ? suite_find(code) : NULL;
	if (suite == NULL)
		return observation->flaw;
	if (!fits_suite(leaf, suite))
		return FLAW_WRONG_CERTIFICATE_TYPE;
	return observation->flaw == FLAW_NONE && is_bad_ecc_cert(leaf, suite) ? FLAW_BAD_ECC_CERT
	                                                                      : observation->flaw;
}

void probe_facts(struct report *report, const struct tls *tls, enum outcome given_up,
                 struct observation *observation, size_t *kept)
{
	tls_tell(tls, given_up, observation);
	chain_clear(&observation->chain);
	if (observation->outcome == OUTCOME_PRESENTED)
		copy_chain(report, tls, observation, kept);
	if (observation->outcome != OUTCOME_PRESENTED)
		return;
	copy_authorities(report, tls, observation, kept);
	observation->flaw = flaw_of(tls, observation);
}
