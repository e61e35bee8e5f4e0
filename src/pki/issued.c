/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/issued.h"
#include "pki/sigalg.h"

/* Only the first directoryName of authorityCertIssuer counts, and it names the issuer's issuer
 * (X509_check_akid). */
static bool names_fit(const struct general_names *names, const struct cert_detail *issuer)
{
	struct general_walk walk;
	struct general_name name;
	bool fit = true, found = false;

	general_walk_start(&walk, names);
	while (!found && general_walk_next(&walk, &name)) {
		found = name.type == GENERAL_DIRECTORY;
		if (found)
			fit = dn_same(name.dn, &issuer->issuer);
	}
	general_walk_end(&walk);
	return fit;
}

static bool key_id_fits(const struct cert_detail *subject, const struct cert_detail *issuer)
{
	const struct extension_facts *want = &subject->ext;

	if (!want->has_issuer_id)
		return true;
	if (want->issuer_key_id.at != NULL && issuer->ext.has_key_id &&
	    !der_bytes_same(want->issuer_key_id, issuer->ext.key_id))
		return false;
	if (want->issuer_serial.at != NULL && !der_bytes_same(want->issuer_serial, issuer->serial))
		return false;
	return names_fit(&want->issuer_names, issuer);
}

static bool algorithm_fits(const struct cert_detail *subject, const struct cert_detail *issuer,
                           enum era era)
{
	const struct sigalg *sigalg = sigalg_find(&subject->inner);

	return issuer->key.readable[era] && sigalg != NULL &&
	       sigalg_fits(sigalg, &issuer->key, era);
}

bool issued_likely(const struct cert *subject, const struct cert *issuer, enum era era)
{
	return dn_same(&issuer->detail->subject, &subject->detail->issuer) &&
	       !detail_invalid(issuer, era) && !detail_invalid(subject, era) &&
	       key_id_fits(subject->detail, issuer->detail) &&
	       algorithm_fits(subject->detail, issuer->detail, era);
}

bool issued_signing_allowed(const struct cert *subject, const struct cert *issuer)
{
	unsigned wanted = subject->detail->ext.proxy ? KU_DIGITAL_SIGNATURE : KU_CERT_SIGN;

	return !issuer->detail->ext.has_usage || (issuer->detail->ext.usage & wanted) != 0;
}

void issued_note_self(struct cert *cert)
{
	struct cert_detail *d = cert->detail;

	d->self_issued = dn_same(&d->subject, &d->issuer);
	for (int era = 0; era < ERA_COUNT; era++)
		d->self_signed[era] =
			d->self_issued && key_id_fits(d, d) && algorithm_fits(d, d, (enum era)era);
}
