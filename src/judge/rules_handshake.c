/* SPDX-License-Identifier: MIT */
/* What libssl refuses itself, besides X509_verify_cert. Before it: a Certificate message that
 * cannot be read (tls_process_server_certificate). After it, so that what is wrong with the chain
 * is logged instead: a leaf whose key no suite of TLS can use or not the chosen one (the same
 * function; in 3 tls_post_process_server_certificate), the key exchange (tls_process_key_exchange,
 * tls12_check_peer_sigalg; in TLS 1.3 tls_process_cert_verify), and at the end of the server's
 * messages ssl3_check_cert_and_algorithm, TLS 1.2 only. 1.1.1w and 3.0 agree in all of it.
 * Key usage: an EC leaf needs digitalSignature there. An RSA leaf may have any, though GnuTLS and
 * RFC 5246 say otherwise. */
#include "config.h"

#include "judge/rules.h"
#include "pki/detail.h"
#include "pki/key.h"

#include <string.h>

bool rules_before_verify(enum handshake_flaw flaw, enum reason *reason)
{
	switch (flaw) {
	case FLAW_MESSAGE_TOO_LARGE:
		*reason = REASON_MESSAGE_TOO_LONG;
		return true;
	case FLAW_LENGTH_MISMATCH:
		*reason = REASON_LENGTH_MISMATCH;
		return true;
	case FLAW_CERT_LENGTH_MISMATCH:
		*reason = REASON_CERT_LENGTH_MISMATCH;
		return true;
	case FLAW_NONE:
	case FLAW_WRONG_CERTIFICATE_TYPE:
	case FLAW_DH_KEY_TOO_SMALL:
	case FLAW_BAD_SIGNATURE:
	case FLAW_KEY_UNUSABLE:
	case FLAW_BAD_ECC_CERT:
	case FLAW_BAD_DH_VALUE:
		break;
	}
	return false;
}

/* supported_groups as both OpenSSLs send them by default (eccurves_default); X25519 and X448 sign
 * nothing. */
static bool curve_offered(const struct key *key)
{
	return key->curve != NULL &&
	       (strcmp(key->curve->name, "P-256") == 0 || strcmp(key->curve->name, "P-384") == 0 ||
	        strcmp(key->curve->name, "P-521") == 0);
}

static bool signs_with_curve(const struct key *key)
{
	return key->type == KEY_ECDSA || key->type == KEY_ED25519 || key->type == KEY_ED448;
}

/* ssl_cert_lookup_by_pkey: a key agreement key is none; 3 takes a key on SM2's curve for a kind of
 * its own. */
static bool has_type(const struct key *key, enum era era)
{
	return key->type != KEY_OTHER && !(era == ERA_OPENSSL3 && key_on_sm2(key));
}

static bool may_sign(const struct cert_detail *leaf)
{
	return !leaf->ext.has_usage || (leaf->ext.usage & KU_DIGITAL_SIGNATURE) != 0;
}

static bool signature_refused(const struct handshake *handshake, const struct key *key)
{
	return handshake->flaw == FLAW_BAD_SIGNATURE || handshake->flaw == FLAW_KEY_UNUSABLE ||
	       !key_may_compute(key);
}

/* In the order in which libssl comes to them. */
static void find_refusals(const struct cert_detail *leaf, const struct handshake *handshake,
                          enum era era, bool found[REASON_COUNT])
{
	const struct key *key = &leaf->key;

	found[REASON_CERTIFICATE_TYPE_UNKNOWN] = !has_type(key, era);
	found[REASON_WRONG_CERTIFICATE_TYPE] = handshake->flaw == FLAW_WRONG_CERTIFICATE_TYPE;
	found[REASON_BAD_DH_VALUE] = handshake->flaw == FLAW_BAD_DH_VALUE;
	found[REASON_DH_KEY_TOO_SMALL] = handshake->flaw == FLAW_DH_KEY_TOO_SMALL;
	if (key->type == KEY_ECDSA && has_type(key, era) && !curve_offered(key))
		found[handshake->on_wire ? REASON_WRONG_CURVE : REASON_CURVE_NOT_OFFERED] = true;
	found[handshake->tls13 ? REASON_CERTIFICATE_VERIFY_BAD : REASON_KEY_EXCHANGE_BAD] =
		signature_refused(handshake, key);
	found[REASON_BAD_ECC_CERT] =
		handshake->flaw == FLAW_BAD_ECC_CERT ||
		(!handshake->tls13 && signs_with_curve(key) && !may_sign(leaf));
}

void rules_after_verify(const struct cert *leaf, const struct handshake *handshake, enum era era,
                        struct verdict *verdict)
{
	static const enum reason order[] = {
		REASON_CERTIFICATE_TYPE_UNKNOWN,
		REASON_WRONG_CERTIFICATE_TYPE,
		REASON_BAD_DH_VALUE,
		REASON_DH_KEY_TOO_SMALL,
		REASON_WRONG_CURVE,
		REASON_CURVE_NOT_OFFERED,
		REASON_KEY_EXCHANGE_BAD,
		REASON_CERTIFICATE_VERIFY_BAD,
		REASON_BAD_ECC_CERT,
	};
	bool found[REASON_COUNT] = { false };

	if (!detail_readable(leaf, era) || !leaf->detail->key.readable[era])
		return;
	find_refusals(leaf->detail, handshake, era, found);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (found[order[i]])
			verdict_add_reason(verdict, order[i], reason_number(order[i], era), 0,
			                   leaf);
}
