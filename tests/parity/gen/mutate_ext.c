/* SPDX-License-Identifier: MIT */
/* Extensions as such: unknown, critical, twice, missing, malformed; basic constraints and key
 * identifiers. */
#include "mutate.h"

#include <string.h>

static void unknown(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	spec_add(spec, OID_UNKNOWN, (enum critical)pick(&plan->rng, 3), der_text(0x0c, "hello"));
}

/* A well-formed value for any extension that OpenSSL has a name for. */
static struct der value_of(const char *oid)
{
	struct der any = der_oid("2.5.29.32.0");

	if (strcmp(oid, OID_POLICIES) == 0)
		return SEQUENCE(SEQUENCE(any));
	if (strcmp(oid, OID_POLICY_MAP) == 0)
		return SEQUENCE(SEQUENCE(der_oid("1.2.3"), der_oid("1.2.4")));
	if (strcmp(oid, OID_POLICY_CONSTRAINTS) == 0)
		return SEQUENCE(der_tlv(0x80, der_bytes("\0", 1)));
	if (strcmp(oid, OID_INHIBIT_ANY) == 0)
		return der_number(0);
	if (strcmp(oid, OID_CRLDP) == 0 || strcmp(oid, OID_FRESHEST) == 0)
		return SEQUENCE(SEQUENCE(
			WRAP(0xa0, WRAP(0xa0, der_text(0x86, "http://crl.example.com/a.crl")))));
	if (strcmp(oid, OID_IAN) == 0)
		return SEQUENCE(der_text(0x82, "ca.example.com"));
	if (strcmp(oid, OID_AIA) == 0)
		return SEQUENCE(SEQUENCE(der_oid("1.3.6.1.5.5.7.48.1"),
		                         der_text(0x86, "http://ocsp.example.com")));
	if (strcmp(oid, OID_TLS_FEATURE) == 0)
		return SEQUENCE(der_number(5));
	if (strcmp(oid, OID_NS_COMMENT) == 0)
		return der_text(0x16, "comment");
	if (strcmp(oid, "2.5.29.16") == 0)
		return SEQUENCE(der_text(0x80, "20000101000000Z"));
	if (strcmp(oid, "2.5.29.9") == 0)
		return SEQUENCE(
			SEQUENCE(der_oid("1.3.6.1.5.5.7.9.4"), WRAP(0x31, der_text(0x13, "DE"))));
	return der_tlv(0x05, DER_NONE);
}

static const char *const known[] = { OID_POLICIES,
	                             OID_POLICY_MAP,
	                             OID_POLICY_CONSTRAINTS,
	                             OID_INHIBIT_ANY,
	                             OID_CRLDP,
	                             OID_FRESHEST,
	                             OID_IAN,
	                             OID_AIA,
	                             OID_TLS_FEATURE,
	                             OID_NS_COMMENT,
	                             OID_NO_CHECK,
	                             "2.5.29.16",
	                             "2.5.29.9",
	                             "1.3.6.1.4.1.11129.2.4.3" };

static void known_ext(struct plan *plan, struct spec *spec, unsigned i)
{
	const char *oid = known[pick(&plan->rng, sizeof known / sizeof *known)];
	enum critical critical = chance(&plan->rng, 60) ? CRITICAL : NOT_CRITICAL;

	(void)i;
	spec_add(spec, oid, critical, value_of(oid));
	plan->eras_differ |= strcmp(oid, OID_NO_CHECK) == 0 && critical == CRITICAL;
}

static void make_critical(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	if (spec->ext_count > 0)
		spec->exts[pick(&plan->rng, spec->ext_count)].critical =
			(enum critical)pick(&plan->rng, 3);
}

static void drop(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	if (spec->ext_count > 0)
		spec_drop(spec, spec->exts[pick(&plan->rng, spec->ext_count)].oid);
}

static void twice(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	if (spec->ext_count > 0) {
		struct ext ext = spec->exts[pick(&plan->rng, spec->ext_count)];

		spec_add(spec, ext.oid, ext.critical, ext.value);
	}
}

static void shuffle(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	for (unsigned at = spec->ext_count; at > 1; at--) {
		unsigned other = pick(&plan->rng, at);
		struct ext ext = spec->exts[at - 1];

		spec->exts[at - 1] = spec->exts[other];
		spec->exts[other] = ext;
	}
}

static struct der spoil(struct rng *rng, struct der value)
{
	value = der_bytes(value.data, value.len);
	switch (pick(rng, 6)) {
	case 0: return DER_NONE;
	case 1: return der_bytes("\x30\x05\x01", 3);
	case 2: return der_join((struct der[]){ value, der_bytes("\0", 1) }, 2);
	case 3: value.len = value.len > 0 ? value.len - 1 : 0; return value;
	case 4: return der_tlv(0x05, DER_NONE);
	default:
		if (value.len > 0)
			value.data[pick(rng, (unsigned)value.len)] ^=
				(unsigned char)(1u << pick(rng, 8));
		return value;
	}
}

static void malformed(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	if (spec->ext_count > 0 && chance(&plan->rng, 70)) {
		struct ext *ext = &spec->exts[pick(&plan->rng, spec->ext_count)];

		ext->value = spoil(&plan->rng, ext->value);
		plan->eras_differ |= strcmp(ext->oid, OID_KU) == 0 || strcmp(ext->oid, OID_BC) == 0;
	} else {
		const char *oid = known[pick(&plan->rng, sizeof known / sizeof *known)];

		spec_add(spec, oid, NOT_CRITICAL, spoil(&plan->rng, value_of(oid)));
	}
}

static void constraints(struct plan *plan, struct spec *spec, unsigned i)
{
	static const long long lengths[] = { -1, -1, 0, 1, 2, 7, -2 };
	int ca = (int)pick(&plan->rng, 3) - 1;
	long long len = lengths[pick(&plan->rng, 7)];

	(void)i;
	spec_set(spec, OID_BC, (enum critical)pick(&plan->rng, 2), basic_constraints(ca, len));
	plan->eras_differ |= ca < 1 && len != -1;
}

static void no_constraints(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)plan;
	(void)i;
	spec_drop(spec, OID_BC);
	if (chance(&plan->rng, 30))
		spec_drop(spec, OID_KU);
}

static void path_length(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	if (i == 0 && plan->path > 1)
		i = 1 + pick(&plan->rng, plan->path - 1);
	spec_set(&plan->certs[i], OID_BC, CRITICAL, basic_constraints(1, pick(&plan->rng, i + 1)));
}

static void leaf_is_ca(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	(void)spec;
	spec_set(&plan->certs[0], OID_BC, CRITICAL,
	         basic_constraints(1, chance(&plan->rng, 50) ? -1 : 0));
	if (chance(&plan->rng, 60))
		spec_set(&plan->certs[0], OID_KU, CRITICAL, der_flags(0x21));
}

static void authority(struct plan *plan, struct spec *spec, unsigned i)
{
	struct spec *issuer = &plan->certs[i + 1 < plan->path ? i + 1 : i];
	struct der good = key_id(issuer->key), wrong = key_id(issuer->key + 1), value;

	switch (pick(&plan->rng, 9)) {
	case 0: value = authority_key(wrong, DER_NONE, 0); break;
	case 1: value = authority_key(good, issuer->issuer, issuer->serial); break;
	case 2: value = authority_key(good, issuer->issuer, issuer->serial + 1); break;
	case 3: value = authority_key(DER_NONE, issuer->issuer, issuer->serial); break;
	case 4: value = authority_key(DER_NONE, issuer->issuer, issuer->serial + 1); break;
	case 5: value = authority_key(DER_NONE, name_of("Else", "Where"), issuer->serial); break;
	case 6: value = SEQUENCE(DER_NONE); break;
	case 7: { /* a serial alone: RFC 5280 wants both */
		struct der number = der_number(issuer->serial + pick(&plan->rng, 2));

		number.data[0] = 0x82;
		value = SEQUENCE(number);
		break;
	}
	default: /* the issuer as something else than a directory name */
		value = SEQUENCE(WRAP(0xa1, der_text(0x82, "ca.example.com")),
		                 der_tlv(0x82, der_bytes("\x10", 1)));
		break;
	}
	spec_set(spec, OID_AKI, NOT_CRITICAL, value);
}

static void subject_key(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	if (chance(&plan->rng, 40))
		spec_drop(spec, OID_SKI);
	else
		spec_set(spec, OID_SKI, NOT_CRITICAL,
		         der_tlv(0x04, key_id(spec->key + (chance(&plan->rng, 70) ? 1 : 0))));
}

static const struct mutation rows[] = {
	{ "unknown-ext", 8, unknown },
	{ "known-ext", 10, known_ext },
	{ "make-critical", 5, make_critical },
	{ "drop", 8, drop },
	{ "twice", 5, twice },
	{ "shuffle", 2, shuffle },
	{ "malformed", 14, malformed },
	{ "constraints", 12, constraints },
	{ "no-constraints", 8, no_constraints },
	{ "path-length", 8, path_length },
	{ "leaf-is-ca", 4, leaf_is_ca },
	{ "authority", 14, authority },
	{ "subject-key", 6, subject_key },
};
const struct mutation_table mutate_ext_table = TABLE(rows);
