/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/detail.h"
#include "pki/issued.h"
#include "pki/sigalg.h"
#include "pki/sign.h"
#include "judge/rules.h"

void rules_note(const struct walk *walk, enum reason reason, size_t depth)
{
	verdict_add_reason(walk->verdict, reason, reason_number(reason, walk->era), (int)depth,
	                   walk->path->certs[depth]);
}

static void apply(const struct walk *walk, const struct rule *rules, size_t count, size_t depth)
{
	for (size_t i = 0; i < count; i++)
		if (rules[i].broken(walk, depth))
			rules_note(walk, rules[i].reason, depth + (size_t)rules[i].offset);
}

#define APPLY(walk, rules, depth) apply(walk, rules, sizeof(rules) / sizeof *(rules), depth)

static const struct cert *cert_at(const struct walk *walk, size_t depth)
{
	return walk->path->certs[depth];
}

static const struct extension_facts *facts(const struct walk *walk, size_t depth)
{
	return &cert_at(walk, depth)->detail->ext;
}

static bool weak_key(const struct walk *walk, size_t depth)
{
	const struct key *key = &cert_at(walk, depth)->detail->key;

	return !key->readable[walk->era] || !key->strong[walk->era];
}

void rules_leaf_key(const struct walk *walk)
{
	static const struct rule rules[] = { { REASON_KEY_WEAK, weak_key, 0 } };

	APPLY(walk, rules, 0);
}

/* Where OpenSSL 3 has not read the extensions yet: X509_self_signed gives up before on a leaf
 * without a usable key, and only a comparison with a candidate issuer makes up for it;
 * X509_check_ca comes after the two rules that ask for this. */
static bool not_read_yet(const struct walk *walk, size_t depth)
{
	return depth == 0 && walk->era == ERA_OPENSSL3 && !walk->path->leaf_compared &&
	       !cert_at(walk, depth)->detail->key.readable[ERA_OPENSSL3];
}

static bool unhandled_extension(const struct walk *walk, size_t depth)
{
	if (not_read_yet(walk, depth))
		return false;
	return facts(walk, depth)->unhandled[walk->era];
}

static bool is_proxy(const struct walk *walk, size_t depth)
{
	return facts(walk, depth)->proxy;
}

static bool proxy_refused(const struct walk *walk, size_t depth)
{
	return is_proxy(walk, depth) && !not_read_yet(walk, depth);
}

enum ca { CA_NO, CA_YES, CA_V1_ROOT, CA_BY_KEY_USAGE, CA_BY_NETSCAPE_TYPE };

/* check_ca in v3_purp.c. OpenSSL 3 takes a certificate with broken extensions for no CA. */
static enum ca ca_kind(const struct walk *walk, size_t depth)
{
	const struct cert_detail *d = cert_at(walk, depth)->detail;

	if (d->ext.has_usage && !(d->ext.usage & KU_CERT_SIGN))
		return CA_NO;
	if (d->ext.has_constraints)
		return d->ext.ca ? CA_YES : CA_NO;
	if (d->v1 && d->self_signed[walk->era])
		return CA_V1_ROOT;
	if (d->ext.has_usage)
		return CA_BY_KEY_USAGE;
	return d->ext.has_netscape && (d->ext.netscape & NS_ANY_CA) ? CA_BY_NETSCAPE_TYPE : CA_NO;
}

static bool is_invalid(const struct walk *walk, size_t depth)
{
	return detail_invalid(cert_at(walk, depth), walk->era);
}

/* Only the last of a chain may be a CA by older signs than basicConstraints. */
static bool issuer_no_ca(const struct walk *walk, size_t depth)
{
	enum ca ca =
		walk->era == ERA_OPENSSL3 && is_invalid(walk, depth) ? CA_NO : ca_kind(walk, depth);

	return walk->must_be_ca == 1 &&
	       (ca == CA_NO || (depth + 1 < walk->path->count && ca != CA_YES));
}

static bool ca_unwanted(const struct walk *walk, size_t depth)
{
	return walk->must_be_ca == 0 && ca_kind(walk, depth) != CA_NO;
}

static bool explicit_curve(const struct walk *walk, size_t depth)
{
	const struct key *key = &cert_at(walk, depth)->detail->key;

	return walk->era == ERA_OPENSSL3 && walk->path->count > 1 && key->readable[ERA_OPENSSL3] &&
	       key->explicit_parameters;
}

static bool key_undecodable(const struct walk *walk, size_t depth)
{
	return walk->era == ERA_OPENSSL3 && walk->path->count > 1 &&
	       !cert_at(walk, depth)->detail->key.readable[ERA_OPENSSL3];
}

/* check_purpose_ssl_server; what has broken extensions passes here (X509_check_purpose gives
 * -1). */
static bool wrong_purpose(const struct walk *walk, size_t depth)
{
	const struct extension_facts *f = facts(walk, depth);
	enum ca ca;

	if (is_invalid(walk, depth))
		return false;
	if (f->has_purposes && !f->serves_tls)
		return true;
	if (walk->must_be_ca > 0) {
		ca = ca_kind(walk, depth);
		return ca == CA_NO || (ca == CA_BY_NETSCAPE_TYPE && !(f->netscape & NS_SSL_CA));
	}
	return (f->has_netscape && !(f->netscape & NS_SSL_SERVER)) ||
	       (f->has_usage &&
	        !(f->usage & (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)));
}

static bool path_too_long(const struct walk *walk, size_t depth)
{
	int64_t most = facts(walk, depth)->path_len;

	return depth > 1 && most != -1 && walk->intermediates - walk->proxies > most;
}

static bool proxy_path_too_long(const struct walk *walk, size_t depth)
{
	const struct extension_facts *f = facts(walk, depth);

	return f->proxy && f->proxy_path_len != -1 && walk->proxies > f->proxy_path_len;
}

static void step_up(struct walk *walk, size_t depth)
{
	const struct extension_facts *f = facts(walk, depth);

	walk->must_be_ca = !f->proxy;
	if (!f->proxy)
		return;
	if (f->proxy_path_len != -1)
		walk->proxies = f->proxy_path_len;
	walk->proxies++;
}

void rules_extensions(struct walk *walk)
{
	static const struct rule first[] = {
		{ REASON_CRITICAL_EXTENSION, unhandled_extension, 0 },
		{ REASON_PROXY_CERTIFICATE, proxy_refused, 0 },
		{ REASON_NOT_CA_EXPECTED, ca_unwanted, 0 },
		{ REASON_ISSUER_NOT_CA, issuer_no_ca, 0 },
		{ REASON_WORK_LIMIT, key_undecodable, 0 },
		{ REASON_EXPLICIT_CURVE, explicit_curve, 0 },
		{ REASON_PURPOSE, wrong_purpose, 0 },
		{ REASON_PATH_LENGTH, path_too_long, 0 },
	};
	static const struct rule then[] = { { REASON_PROXY_PATH_LENGTH, proxy_path_too_long, 0 } };

	walk->must_be_ca = -1;
	walk->intermediates = walk->proxies = 0;
	for (size_t depth = 0; depth < walk->path->count; depth++) {
		APPLY(walk, first, depth);
		if (depth > 0 && !cert_at(walk, depth)->detail->self_issued)
			walk->intermediates++;
		APPLY(walk, then, depth);
		step_up(walk, depth);
	}
}

static bool weak_ca_key(const struct walk *walk, size_t depth)
{
	return depth > 0 && weak_key(walk, depth);
}

/* The digest of the anchor's own signature does not count. */
static bool weak_digest(const struct walk *walk, size_t depth)
{
	return depth + 1 < walk->path->count &&
	       !sigalg_strong(&cert_at(walk, depth)->detail->outer, walk->era);
}

void rules_strength(const struct walk *walk)
{
	static const struct rule rules[] = { { REASON_CA_KEY_WEAK, weak_ca_key, 0 },
		                             { REASON_DIGEST_WEAK, weak_digest, 0 } };

	for (size_t depth = 0; depth < walk->path->count; depth++)
		APPLY(walk, rules, depth);
}

static bool has_issuer(const struct walk *walk, size_t depth)
{
	return depth + 1 < walk->path->count;
}

static bool signing_not_allowed(const struct walk *walk, size_t depth)
{
	return has_issuer(walk, depth) && !is_proxy(walk, depth) &&
	       !issued_signing_allowed(cert_at(walk, depth), cert_at(walk, depth + 1));
}

static bool proxy_signing_not_allowed(const struct walk *walk, size_t depth)
{
	return has_issuer(walk, depth) && is_proxy(walk, depth) &&
	       !issued_signing_allowed(cert_at(walk, depth), cert_at(walk, depth + 1));
}

static bool no_issuer_key(const struct walk *walk, size_t depth)
{
	return has_issuer(walk, depth) &&
	       !cert_at(walk, depth + 1)->detail->key.readable[walk->era];
}

/* DSA: X509_get_pubkey_parameters (1.1.1w) goes up from the leaf to the first key that has its
 * parameters, and only the keys that it passed take them. */
static const struct cert *parameters_for(const struct walk *walk, size_t depth)
{
	size_t first = 0;

	while (first + 1 < walk->path->count &&
	       cert_at(walk, first)->detail->key.parameters_missing)
		first++;
	return cert_at(walk, first > depth ? first : depth);
}

static bool bad_signature(const struct walk *walk, size_t depth)
{
	return has_issuer(walk, depth) && !no_issuer_key(walk, depth) &&
	       !sign_good(cert_at(walk, depth), cert_at(walk, depth + 1),
	                  parameters_for(walk, depth + 1), walk->era);
}

static bool not_before_malformed(const struct walk *walk, size_t depth)
{
	return !cert_at(walk, depth)->detail->not_before.ok;
}

static bool not_yet_valid(const struct walk *walk, size_t depth)
{
	const struct when *when = &cert_at(walk, depth)->detail->not_before;

	return when->ok && when->at > walk->at;
}

static bool not_after_malformed(const struct walk *walk, size_t depth)
{
	return !cert_at(walk, depth)->detail->not_after.ok;
}

static bool expired(const struct walk *walk, size_t depth)
{
	const struct when *when = &cert_at(walk, depth)->detail->not_after;

	return when->ok && when->at <= walk->at;
}

/* A top certificate that cannot have issued itself is not checked, unless it is alone
 * (internal_verify). */
void rules_signatures(const struct walk *walk)
{
	static const struct rule rules[] = {
		{ REASON_KEY_USAGE_NO_CERT_SIGN, signing_not_allowed, 1 },
		{ REASON_KEY_USAGE_NO_DIGITAL_SIGNATURE, proxy_signing_not_allowed, 1 },
		{ REASON_ISSUER_KEY_UNREADABLE, no_issuer_key, 1 },
		{ REASON_SIGNATURE_INVALID, bad_signature, 0 },
		{ REASON_NOT_BEFORE_MALFORMED, not_before_malformed, 0 },
		{ REASON_NOT_YET_VALID, not_yet_valid, 0 },
		{ REASON_NOT_AFTER_MALFORMED, not_after_malformed, 0 },
		{ REASON_EXPIRED, expired, 0 },
	};
	size_t depth = walk->path->count - 1;
	const struct cert *top = cert_at(walk, depth);

	if (!issued_likely(top, top, walk->era)) {
		if (depth == 0)
			rules_note(walk, REASON_LEAF_UNVERIFIED, 0);
		else
			depth--;
	}
	do
		APPLY(walk, rules, depth);
	while (depth-- > 0);
}
