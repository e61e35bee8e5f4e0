/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/detail.h"
#include "pki/point.h"
#include "pki/rsa.h"
#include "pki/sigalg.h"
#include "pki/sign.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* Old digests and short keys are for the rules to refuse: here only arithmetic counts. */
static const unsigned any_strength = GNUTLS_VERIFY_ALLOW_BROKEN | GNUTLS_VERIFY_ALLOW_SIGN_RSA_MD5 |
                                     GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1;

static gnutls_datum_t datum(struct bytes bytes)
{
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)bytes.at,
		                 (unsigned)bytes.len }; /* GnuTLS only reads it */
}

static bool length_fits(const struct key *key, struct bytes signature)
{
	return signature.len == der_without_zeros(key->a).len;
}

/* ECDSA and DSA: SEQUENCE of two positive INTEGERs, in DER to the last bit (ossl_ecdsa_verify
 * encodes it again). */
static bool read_pair(struct bytes signature, struct bytes *first, struct bytes *second)
{
	struct bytes rest = signature, in;
	struct buf pair, whole;
	struct tlv r, s;
	bool same;

	if (der_enter(&rest, DER_UNIVERSAL, DER_SEQUENCE, &in) != 1 ||
	    der_take(&in, DER_UNIVERSAL, DER_INTEGER, &r) != 1 ||
	    der_take(&in, DER_UNIVERSAL, DER_INTEGER, &s) != 1 || !der_integer_ok(&r) ||
	    !der_integer_ok(&s) || ((r.body.at[0] | s.body.at[0]) & 0x80) != 0)
		return false;
	buf_init(&pair);
	buf_init(&whole);
	der_put(&pair, DER_INTEGER, r.body.at, r.body.len);
	der_put(&pair, DER_INTEGER, s.body.at, s.body.len);
	der_put(&whole, 0x20 | DER_SEQUENCE, pair.data, pair.len);
	same = der_bytes_same(signature,
	                      (struct bytes){ (const unsigned char *)whole.data, whole.len });
	buf_clear(&whole);
	buf_clear(&pair);
	*first = r.body;
	*second = s.body;
	return same;
}

/* The scalar of an Ed448 signature is below the order, so its last octet is 0 (RFC 8032 5.2.7);
 * nettle 3.8 does not look. */
static bool ends_in_zero(struct bytes signature)
{
	return signature.len == 114 && signature.at[113] == 0;
}

static bool verify(struct key *key, gnutls_pk_algorithm_t pk, int digest,
                   const struct cert_detail *subject)
{
	gnutls_datum_t tbs = datum(subject->tbs), signature = datum(subject->signature);
	gnutls_sign_algorithm_t algorithm =
		gnutls_pk_to_sign(pk, (gnutls_digest_algorithm_t)digest);
	gnutls_pubkey_t imported = key_import(key);

	return imported != NULL && algorithm != GNUTLS_SIGN_UNKNOWN &&
	       gnutls_pubkey_verify_data2(imported, algorithm, any_strength, &tbs, &signature) >= 0;
}

static bool verify_point(const struct key *key, int digest, const struct cert_detail *subject,
                         struct bytes r, struct bytes s)
{
	gnutls_digest_algorithm_t algorithm = (gnutls_digest_algorithm_t)digest;
	unsigned char hash[64]; /* sigalg.c names none that is longer than SHA-512's */

	return point_known(key->curve) &&
	       gnutls_hash_fast(algorithm, subject->tbs.at, subject->tbs.len, hash) == 0 &&
	       point_verify(key->curve, key->a, key->b,
	                    (struct bytes){ hash, gnutls_hash_get_len(algorithm) }, r, s);
}

/* GnuTLS has fewer curves than OpenSSL. */
static bool verify_ec(struct key *key, int digest, const struct cert_detail *subject)
{
	struct bytes r, s;

	return read_pair(subject->signature, &r, &s) &&
	       (verify(key, GNUTLS_PK_ECDSA, digest, subject) ||
	        verify_point(key, digest, subject, r, s));
}

static bool verify_dsa(struct key *key, int digest, const struct cert_detail *subject)
{
	struct bytes r, s;

	return read_pair(subject->signature, &r, &s) &&
	       verify(key, GNUTLS_PK_DSA, digest, subject);
}

/* A PSS key may restrict hash, mask and salt (RFC 4055 3.3). */
static bool pss_allowed(const struct key *key, const struct pss *pss)
{
	struct pss least;

	if (key->type != KEY_RSA_PSS || !key->algorithm.has_parameter)
		return true;
	return sigalg_read_pss(&key->algorithm, &least) && least.digest == pss->digest &&
	       least.mask_digest == pss->mask_digest && pss->salt >= least.salt;
}

static bool calculate(const struct cert_detail *subject, struct key *key, enum era era)
{
	const struct sigalg *sigalg = sigalg_find(&subject->outer);
	struct pss pss;

	if (!algorithm_same(&subject->inner, &subject->outer) || subject->signature_unused != 0 ||
	    sigalg == NULL || !key->readable[era] || !sigalg_fits(sigalg, key, era))
		return false;
	if (!key_may_compute(key))
		return false;
	if ((key->type == KEY_RSA || key->type == KEY_RSA_PSS) &&
	    !length_fits(key, subject->signature))
		return false;
	if (sigalg->key == SIGALG_PSS)
		return sigalg_read_pss(&subject->outer, &pss) && pss_allowed(key, &pss) &&
		       rsa_verify_pss(key->a, key->b, &pss, subject->tbs, subject->signature);
	switch (sigalg->key) {
	case SIGALG_RSA: /* a PSS key does no PKCS#1 v1.5 in either era */
		return key->type == KEY_RSA && sigalg->digest != 0 &&
		       verify(key, GNUTLS_PK_RSA, sigalg->digest, subject);
	case SIGALG_EC:
		return sigalg->digest != 0 && verify_ec(key, sigalg->digest, subject);
	case SIGALG_DSA:
	case SIGALG_DSA_OLD:
		return verify_dsa(key, sigalg->digest, subject);
	case SIGALG_ED25519:
		return verify(key, GNUTLS_PK_EDDSA_ED25519, GNUTLS_DIG_SHA512, subject);
	case SIGALG_ED448:
		return ends_in_zero(subject->signature) &&
		       verify(key, GNUTLS_PK_EDDSA_ED448, GNUTLS_DIG_SHAKE_256, subject);
	case SIGALG_PSS:
	case SIGALG_SM2:
		break;
	}
	return false;
}

/* Rare enough not to be remembered; the key without its parameters was never imported. */
static bool good_with_parameters(const struct cert_detail *subject, const struct key *key,
                                 const struct key *parameters, enum era era)
{
	struct key whole = *key;
	bool good;

	if (parameters->type != KEY_DSA || parameters->parameters_missing)
		return false;
	whole.a = parameters->a;
	whole.b = parameters->b;
	whole.c = parameters->c;
	good = calculate(subject, &whole, era);
	key_clear(&whole);
	return good;
}

bool sign_good(const struct cert *subject, const struct cert *issuer, const struct cert *parameters,
               enum era era)
{
	struct cert_detail *d = subject->detail;
	struct checked *checked;

	if (issuer->detail->key.parameters_missing)
		return good_with_parameters(d, &issuer->detail->key, &parameters->detail->key, era);
	for (size_t i = 0; i < d->checked_count; i++)
		if (d->checked[i].issuer == issuer)
			return d->checked[i].good;
	d->checked = mem_grow(d->checked, d->checked_count, sizeof *d->checked);
	checked = &d->checked[d->checked_count++];
	checked->issuer = issuer;
	checked->good = calculate(d, &issuer->detail->key, era);
	return checked->good;
}
