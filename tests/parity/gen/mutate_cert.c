/* SPDX-License-Identifier: MIT */
/* What a certificate is by itself: version, dates, key, digest, damaged bytes. */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

static void version(struct plan *plan, struct spec *spec, unsigned i)
{
	static const int versions[] = { 0, 1, 2, 3, 5, -1 };

	(void)i;
	spec->version = versions[pick(&plan->rng, 6)];
	if (chance(&plan->rng, 50))
		spec->ext_count = 0;
}

static void v1(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)plan;
	(void)i;
	spec->version = 0;
	spec->ext_count = 0;
}

static void unique_id(struct plan *plan, struct spec *spec, unsigned i)
{
	struct der id = der_bit_string(der_bytes("id", 2), 0);

	(void)i;
	id.data[0] = 0x81;
	spec->issuer_id = id;
	if (chance(&plan->rng, 50)) {
		spec->subject_id = der_bytes(id.data, id.len);
		spec->subject_id.data[0] = 0x82;
	}
}

static void expired(struct plan *plan, struct spec *spec, unsigned i)
{
	static const long long before[] = { 1, 0, -1, 2, 86400, 31536000 };

	(void)i;
	spec->not_after = plan->now - before[pick(&plan->rng, 6)];
}

static void not_yet(struct plan *plan, struct spec *spec, unsigned i)
{
	static const long long after[] = { 1, 0, -1, 2, 86400, 31536000 };

	(void)i;
	spec->not_before = plan->now + after[pick(&plan->rng, 6)];
}

static void far_dates(struct plan *plan, struct spec *spec, unsigned i)
{
	static const long long ends[] = { 2524607999, 2524608000, 253402300799, 4102444800 };

	(void)i;
	spec->not_after = ends[pick(&plan->rng, 4)];
	if (chance(&plan->rng, 30))
		spec->not_before = chance(&plan->rng, 50) ? -1 : -631152001;
}

/* Times as no CA should write them: which of these a reader takes is the question. */
static void odd_time(struct plan *plan, struct spec *spec, unsigned i)
{
	static const struct {
		unsigned tag;
		const char *text;
	} odd[] = {
		{ 0x18, "20400101000000Z" },
		{ 0x18, "20400101000000.5Z" },
		{ 0x17, "4001010000Z" },
		{ 0x17, "400101000000+0000" },
		{ 0x17, "400101000000" },
		{ 0x17, "401301000000Z" },
		{ 0x17, "400230000000Z" },
		{ 0x17, "400101240000Z" },
		{ 0x17, "400101006000Z" },
		{ 0x17, "400101000060Z" },
		{ 0x17, "" },
		{ 0x18, "2040010100Z" },
		{ 0x18, "204001010000Z" },
		{ 0x18, "20400101000000+0000" },
		{ 0x18, "99991231235959Z" },
		{ 0x17, "991231235959Z" },
		{ 0x17, "500101000000Z" },
		{ 0x17, "491231235959Z" },
		{ 0x17, " 00101000000Z" },
		{ 0x17, "400101000000z" },
		{ 0x18, "00000101000000Z" },
		{ 0x18, "20000229000000Z" },
		{ 0x18, "19000229000000Z" },
		{ 0x17, "400101000000Z " },
		{ 0x16, "400101000000Z" },
		{ 0x18, "20400101000000,5Z" },
		{ 0x18, "20400101000000-0100" },
	};
	unsigned at = pick(&plan->rng, sizeof odd / sizeof *odd);
	struct der time = der_text(odd[at].tag, odd[at].text);

	(void)i;
	if (chance(&plan->rng, 60))
		spec->after = time;
	else
		spec->before = time;
}

/* GeneralizedTime where DER wants UTCTime: the same moment. */
static void generalized(struct plan *plan, struct spec *spec, unsigned i)
{
	long long at = chance(&plan->rng, 50)
	                       ? spec->not_after
	                       : plan->now + (long long)pick(&plan->rng, 3) - 1;
	char text[MOMENT_SIZE];

	(void)i;
	plan_moment(at, text);
	spec->after = der_text(0x18, text);
}

/* A key of another kind; whoever is signed with it follows. */
static void set_key(struct plan *plan, unsigned i, unsigned key)
{
	for (unsigned c = 0; c < plan->count; c++)
		if (plan->certs[c].signer == plan->certs[i].key)
			plan->certs[c].signer = key;
	plan->certs[i].key = key;
	if (spec_ext(&plan->certs[i], OID_SKI) != NULL)
		spec_drop(&plan->certs[i], OID_SKI);
	for (unsigned c = 0; c < plan->count; c++)
		if (plan->certs[c].signer == key)
			spec_drop(&plan->certs[c], OID_AKI);
}

static void odd_key(struct plan *plan, struct spec *spec, unsigned i)
{
	enum key_kind kind = (enum key_kind)(KIND_P384 + pick(&plan->rng, KIND_COUNT - KIND_P384));

	(void)spec;
	if (chance(&plan->rng, 40)) { /* the sizes around a limit, more often */
		static const enum key_kind near_limit[] = { KIND_RSA1000, KIND_RSA1008,
			                                    KIND_RSA1016, KIND_RSA1023,
			                                    KIND_RSA1024, KIND_RSA1025,
			                                    KIND_P192,    KIND_DSA1024 };
		kind = near_limit[pick(&plan->rng, 8)];
	}
	set_key(plan, i, KEY(kind, pick(&plan->rng, KEYS_EACH)));
	plan->beyond_us |= kind == KIND_B163; /* a field of characteristic two */
	plan->eras_differ |= kind == KIND_RSA1000 || kind == KIND_RSA1008 || kind == KIND_RSA1016 ||
	                     kind == KIND_RSA1023 || kind == KIND_PSS2048 ||
	                     kind == KIND_PSS_SHA384 || kind == KIND_P256_EXPLICIT;
}

static void broken_key(struct plan *plan, struct spec *spec, unsigned i)
{
	struct der spki = key_spki(spec->key);

	(void)i;
	spki = der_bytes(spki.data, spki.len);
	switch (pick(&plan->rng, 5)) {
	case 0:
		spki = SEQUENCE(SEQUENCE(der_oid("1.2.3.4")),
		                der_bit_string(der_bytes("key", 3), 0));
		break;
	case 1:
		spki = SEQUENCE(SEQUENCE(der_oid("1.2.840.113549.1.1.1"), der_tlv(5, DER_NONE)),
		                der_bit_string(der_bytes("key", 3), 0));
		break;
	case 2:
		spki.data[spki.len - 5] ^= 0x10;
		break; /* a point off the curve, or another exponent */
	case 3:
		spki = SEQUENCE(SEQUENCE(der_oid("1.2.840.10045.2.1"), der_oid("1.2.3.4.5")),
		                der_bit_string(der_bytes("\4key", 4), 0));
		break;
	default:
		spki = SEQUENCE(SEQUENCE(der_oid("1.2.840.10045.2.1")),
		                der_bit_string(der_bytes("\4key", 4), 0));
		break;
	}
	spec->spki = spki;
	plan->eras_differ = true;
}

static void digest(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	spec->digest = (enum digest)pick(&plan->rng, DIGEST_COUNT);
}

static void weak_digest(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	spec->digest = chance(&plan->rng, 65)   ? DIGEST_SHA1
	               : chance(&plan->rng, 70) ? DIGEST_MD5
	                                        : DIGEST_PSS_SHA1;
}

static void algorithms(struct plan *plan, struct spec *spec, unsigned i)
{
	struct der other = signature_algorithm(spec->signer, DIGEST_SHA512);

	(void)i;
	switch (pick(&plan->rng, 5)) {
	case 0: spec->inner = other; break;
	case 1: spec->outer = other; break;
	case 2: spec->inner = spec->outer = other; break;
	case 3: spec->inner = spec->outer = SEQUENCE(der_oid("1.2.3.4")); break;
	default:
		spec->inner = spec->outer = SEQUENCE(der_oid("1.2.840.113549.1.1.11"));
		break; /* without its NULL */
	}
}

static void damage(struct plan *plan, struct spec *spec, unsigned i)
{
	static const enum damage kinds[] = {
		DAMAGE_TBS_BIT,       DAMAGE_TBS_BIT,     DAMAGE_TBS_BIT,   DAMAGE_SIGNATURE_BIT,
		DAMAGE_SIGNATURE_BIT, DAMAGE_ANY_BIT,     DAMAGE_ANY_BIT,   DAMAGE_CUT,
		DAMAGE_TRAILING,      DAMAGE_UNUSED_BITS, DAMAGE_INDEFINITE
	};

	(void)i;
	spec->damage = kinds[pick(&plan->rng, sizeof kinds / sizeof *kinds)];
	spec->damage_at = pick(&plan->rng, 1 << 16);
}

static void serial(struct plan *plan, struct spec *spec, unsigned i)
{
	static const long long serials[] = { 0, -1, -128, 0x7fffffffffff0000 };

	(void)i;
	spec->serial = serials[pick(&plan->rng, 4)];
}

static const struct mutation rows[] = {
	{ "version", 6, version },       { "v1", 8, v1 },
	{ "unique-id", 3, unique_id },   { "expired", 16, expired },
	{ "not-yet", 8, not_yet },       { "far-dates", 4, far_dates },
	{ "odd-time", 14, odd_time },    { "generalized", 5, generalized },
	{ "odd-key", 22, odd_key },      { "broken-key", 6, broken_key },
	{ "digest", 6, digest },         { "weak-digest", 10, weak_digest },
	{ "algorithms", 6, algorithms }, { "damage", 24, damage },
	{ "serial", 3, serial },
};
const struct mutation_table mutate_cert_table = TABLE(rows);
