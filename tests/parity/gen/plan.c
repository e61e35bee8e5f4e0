/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct der name_of(const char *organization, const char *common_name)
{
	struct der o = DER_NONE, cn = DER_NONE;

	if (organization != NULL)
		o = WRAP(0x31, SEQUENCE(der_oid("2.5.4.10"), der_text(0x0c, organization)));
	if (common_name != NULL)
		cn = WRAP(0x31, SEQUENCE(der_oid("2.5.4.3"), der_text(0x0c, common_name)));
	return SEQUENCE(o, cn);
}

struct ext *spec_ext(struct spec *spec, const char *oid)
{
	for (unsigned i = 0; i < spec->ext_count; i++)
		if (strcmp(spec->exts[i].oid, oid) == 0)
			return &spec->exts[i];
	return NULL;
}

void spec_drop(struct spec *spec, const char *oid)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < spec->ext_count; i++)
		if (strcmp(spec->exts[i].oid, oid) != 0)
			spec->exts[kept++] = spec->exts[i];
	spec->ext_count = kept;
}

void spec_add(struct spec *spec, const char *oid, enum critical critical, struct der value)
{
	if (spec->ext_count < EXTS_MOST)
		spec->exts[spec->ext_count++] = (struct ext){ oid, critical, value };
}

void spec_set(struct spec *spec, const char *oid, enum critical critical, struct der value)
{
	struct ext *ext = spec_ext(spec, oid);

	if (ext == NULL)
		spec_add(spec, oid, critical, value);
	else
		*ext = (struct ext){ oid, critical, value };
}

unsigned plan_copy(struct plan *plan, unsigned cert)
{
	if (plan->count == CERTS_MOST)
		return CERTS_MOST - 1;
	plan->certs[plan->count] = plan->certs[cert];
	plan->certs[plan->count].serial += 1000 + plan->count;
	return plan->count++;
}

void list_put(unsigned *list, unsigned *count, unsigned at, unsigned cert)
{
	if (*count == LIST_MOST)
		return;
	if (at > *count)
		at = *count;
	memmove(list + at + 1, list + at, (*count - at) * sizeof *list);
	list[at] = cert;
	++*count;
}

void list_drop(unsigned *list, unsigned *count, unsigned cert)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < *count; i++)
		if (list[i] != cert)
			list[kept++] = list[i];
	*count = kept;
}

struct der basic_constraints(int ca, long long path_len)
{
	return SEQUENCE(ca < 0 ? DER_NONE : der_bool(ca > 0),
	                path_len == -1 ? DER_NONE : der_number(path_len == -2 ? -1 : path_len));
}

struct der authority_key(struct der id, struct der issuer, long long serial)
{
	struct der by_issuer = DER_NONE, by_serial = DER_NONE;

	if (issuer.len > 0) {
		by_issuer = WRAP(0xa1, WRAP(0xa4, issuer));
		by_serial = der_number(serial);
		by_serial.data[0] = 0x82;
	}
	return SEQUENCE(id.len == 0 ? DER_NONE : der_tlv(0x80, id), by_issuer, by_serial);
}

static void base_leaf(struct plan *plan, bool self_signed)
{
	struct rng *rng = &plan->rng;
	struct spec *leaf = &plan->certs[0];

	leaf->subject = name_of("Example", plan->name);
	if (chance(rng, 75))
		spec_add(leaf, OID_BC, chance(rng, 50) ? CRITICAL : NOT_CRITICAL,
		         basic_constraints(self_signed && chance(rng, 60), -1));
	if (chance(rng, 75))
		spec_add(leaf, OID_KU, CRITICAL, der_flags(self_signed ? 0x25 : 0x05));
	if (chance(rng, 70))
		spec_add(leaf, OID_EKU, NOT_CRITICAL,
		         SEQUENCE(der_oid("1.3.6.1.5.5.7.3.1"), der_oid("1.3.6.1.5.5.7.3.2")));
	spec_add(leaf, OID_SAN, NOT_CRITICAL, SEQUENCE(der_text(0x82, plan->name)));
}

static void base_ca(struct plan *plan, unsigned i)
{
	struct rng *rng = &plan->rng;
	struct spec *ca = &plan->certs[i];
	char name[64];

	snprintf(name, sizeof name, "CA %u of %u", i, plan->path);
	ca->subject = name_of("Example", name);
	spec_add(ca, OID_BC, CRITICAL,
	         basic_constraints(1, chance(rng, 70) ? -1 : (long long)i - 1));
	if (chance(rng, 85))
		spec_add(ca, OID_KU, CRITICAL, der_flags(0x60));
}

static unsigned common_key(struct rng *rng, unsigned i)
{
	return KEY(chance(rng, 45) ? KIND_RSA2048 : KIND_P256, i % KEYS_EACH);
}

static void base_ids(struct plan *plan)
{
	unsigned percent = chance(&plan->rng, 60) ? 100 : chance(&plan->rng, 50) ? 0 : 50;

	for (unsigned i = 0; i < plan->path; i++) {
		struct spec *spec = &plan->certs[i],
			    *issuer = &plan->certs[i + 1 < plan->path ? i + 1 : i];

		if (chance(&plan->rng, percent))
			spec_add(spec, OID_SKI, NOT_CRITICAL, der_tlv(0x04, key_id(spec->key)));
		if (chance(&plan->rng, percent))
			spec_add(spec, OID_AKI, NOT_CRITICAL,
			         authority_key(key_id(issuer->key),
			                       chance(&plan->rng, 15) ? issuer->issuer : DER_NONE,
			                       issuer->serial));
	}
}

void plan_base(struct plan *plan, uint64_t seed, unsigned index, long long now)
{
	unsigned length = 0;

	memset(plan, 0, sizeof *plan);
	plan->rng.state = seed * 0x100000001b3u + index;
	pick(&plan->rng, 2);
	plan->now = now;
	snprintf(plan->name, sizeof plan->name, "n%u.example.com", index);
	length = pick(&plan->rng, 100);
	plan->path = plan->count = length < 10 ? 1 : length < 40 ? 2 : length < 82 ? 3 : 4;
	if (chance(&plan->rng, 3))
		plan->path = plan->count = 5 + pick(&plan->rng, 7);
	for (unsigned i = 0; i < plan->path; i++) {
		struct spec *spec = &plan->certs[i];

		*spec = (struct spec){ .version = 2,
			               .serial = 4096 + i * 7 + index % 5,
			               .digest = chance(&plan->rng, 90) ? DIGEST_SHA256
			                                                : DIGEST_SHA384,
			               .not_before = now - 864000 - i * 86400,
			               .not_after = now + 30000000 + i * 86400,
			               .key = common_key(&plan->rng, i) };
		if (i == 0)
			base_leaf(plan, plan->path == 1);
		else
			base_ca(plan, i);
	}
	for (unsigned i = 0; i < plan->path; i++) {
		unsigned issuer = i + 1 < plan->path ? i + 1 : i;

		plan->certs[i].issuer = plan->certs[issuer].subject;
		plan->certs[i].signer = plan->certs[issuer].key;
		if (i == 0 || i + 1 < plan->path || chance(&plan->rng, 30))
			list_put(plan->sent, &plan->sent_count, LIST_MOST, i);
	}
	base_ids(plan);
	list_put(plan->stored, &plan->stored_count, 0, plan->path - 1);
}

int plan_moment(long long at, char text[MOMENT_SIZE])
{
	struct tm tm = { .tm_year = 70, .tm_mday = 1 };
	long long days = at / 86400 - (at % 86400 < 0);

	OPENSSL_gmtime_adj(&tm, (int)days, (long)(at - days * 86400));
	strftime(text, MOMENT_SIZE, "%Y%m%d%H%M%SZ", &tm);
	return tm.tm_year + 1900;
}

static struct der time_of(long long at)
{
	char text[MOMENT_SIZE];
	int year = plan_moment(at, text);

	return year >= 1950 && year < 2050 ? der_text(0x17, text + 2) : der_text(0x18, text);
}

static struct der extensions_of(const struct spec *spec)
{
	struct der list[EXTS_MOST];

	if (spec->ext_count == 0)
		return DER_NONE;
	for (unsigned i = 0; i < spec->ext_count; i++) {
		const struct ext *ext = &spec->exts[i];

		list[i] = SEQUENCE(der_oid(ext->oid),
		                   ext->critical == NOT_CRITICAL
		                           ? DER_NONE
		                           : der_bool(ext->critical == CRITICAL),
		                   der_tlv(0x04, ext->value));
	}
	return WRAP(0xa3, der_wrap(0x30, list, spec->ext_count));
}

static void flip(struct der der, unsigned at)
{
	if (der.len > 0)
		der.data[at / 8 % der.len] ^= (unsigned char)(1u << (at % 8));
}

/* Turns the outer SEQUENCE's length into BER's indefinite form. */
static struct der indefinite(struct der parts)
{
	return der_join((struct der[]){ der_bytes("\x30\x80", 2), parts, der_bytes("\0\0", 2) }, 3);
}

static void spec_sign(struct spec *spec)
{
	struct der algorithm = signature_algorithm(spec->signer, spec->digest), tbs, signature,
		   parts;

	tbs = SEQUENCE(spec->version == 0 ? DER_NONE : WRAP(0xa0, der_number(spec->version)),
	               der_number(spec->serial), spec->inner.len > 0 ? spec->inner : algorithm,
	               spec->issuer,
	               SEQUENCE(spec->before.len > 0 ? spec->before : time_of(spec->not_before),
	                        spec->after.len > 0 ? spec->after : time_of(spec->not_after)),
	               spec->subject, spec->spki.len > 0 ? spec->spki : key_spki(spec->key),
	               spec->issuer_id, spec->subject_id, extensions_of(spec));
	signature = signature_make(spec->signer, spec->digest, tbs);
	if (spec->damage == DAMAGE_TBS_BIT)
		flip(tbs, spec->damage_at);
	if (spec->damage == DAMAGE_SIGNATURE_BIT)
		flip(signature, spec->damage_at);
	parts = der_join(
		(struct der[]){
			tbs, spec->outer.len > 0 ? spec->outer : algorithm,
			der_bit_string(signature, spec->damage == DAMAGE_UNUSED_BITS ? 3 : 0) },
		3);
	spec->out = spec->damage == DAMAGE_INDEFINITE ? indefinite(parts) : der_tlv(0x30, parts);
	if (spec->damage == DAMAGE_ANY_BIT)
		flip(spec->out, spec->damage_at);
	if (spec->damage == DAMAGE_CUT)
		spec->out.len -= 1 + spec->damage_at % (spec->out.len - 1);
	if (spec->damage == DAMAGE_TRAILING)
		spec->out = der_join((struct der[]){ spec->out, der_bytes("\0", 1) }, 2);
}

void plan_sign(struct plan *plan)
{
	for (unsigned i = 0; i < plan->count; i++)
		spec_sign(&plan->certs[i]);
}
