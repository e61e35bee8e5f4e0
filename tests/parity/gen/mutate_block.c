/* SPDX-License-Identifier: MIT */
/* Rare birds: proxy certificates (RFC 3820) and address and AS number blocks (RFC 3779). */
#include "mutate.h"

/* RFC 3820 3.4: a proxy's subject is its issuer's with one CN more. */
static struct der proxy_subject(struct der issuer)
{
	size_t head = issuer.data[1] < 0x80 ? 2 : 2 + (issuer.data[1] & 0x7fu);

	return SEQUENCE(der_bytes(issuer.data + head, issuer.len - head),
	                WRAP(0x31, SEQUENCE(der_oid("2.5.4.3"), der_text(0x0c, "proxy"))));
}

static void proxy_chain(struct plan *plan, struct spec *spec, unsigned i)
{
	unsigned top = plan->path > 3 ? 1 + pick(&plan->rng, 2) : plan->path > 2 ? 1 : 0;

	(void)spec;
	(void)i;
	for (i = top + 1; i-- > 0;) {
		struct spec *proxy = &plan->certs[i];

		spec_drop(proxy, OID_BC);
		spec_drop(proxy, OID_SAN);
		if (chance(&plan->rng, 80))
			spec_set(proxy, OID_KU, CRITICAL, der_flags(0x01));
		spec_set(proxy, OID_PROXY, CRITICAL,
		         SEQUENCE(chance(&plan->rng, 70) ? der_number(pick(&plan->rng, 2))
		                                         : DER_NONE,
		                  SEQUENCE(der_oid("1.3.6.1.5.5.7.21.1"))));
		if (chance(&plan->rng, 80))
			proxy->subject = proxy_subject(proxy->issuer);
		if (i > 0)
			plan->certs[i - 1].issuer = proxy->subject;
	}
}

static void proxy(struct plan *plan, struct spec *spec, unsigned i)
{
	struct der language = der_oid("1.3.6.1.5.5.7.21.1");

	(void)i;
	if (chance(&plan->rng, 60))
		spec = &plan->certs[0];
	spec_add(spec, OID_PROXY, chance(&plan->rng, 85) ? CRITICAL : NOT_CRITICAL,
	         SEQUENCE(chance(&plan->rng, 50) ? der_number(pick(&plan->rng, 3)) : DER_NONE,
	                  SEQUENCE(language)));
	if (chance(&plan->rng, 70)) {
		spec_drop(spec, OID_SAN);
		spec_drop(spec, OID_IAN);
	}
	if (chance(&plan->rng, 70))
		spec_drop(spec, OID_BC);
}

static struct der prefix(struct rng *rng)
{
	static const char bytes[] = { 10, 1, 2, 3 };
	unsigned len = 1 + pick(rng, 3);

	return der_bit_string(der_bytes(bytes, len), 0);
}

static struct der address_choice(struct rng *rng)
{
	if (chance(rng, 35))
		return der_tlv(0x05, DER_NONE); /* inherit */
	if (chance(rng, 20)) {
		struct der low = der_bit_string(der_bytes("\x0a\x01", 2), 0);
		struct der high = der_bit_string(der_bytes("\x0a\x05", 2), 0);

		return SEQUENCE(SEQUENCE(low, high));
	}
	return chance(rng, 10) ? SEQUENCE(prefix(rng), prefix(rng)) : SEQUENCE(prefix(rng));
}

static struct der ip_blocks(struct rng *rng)
{
	struct der four = SEQUENCE(der_tlv(0x04, der_bytes("\0\1", 2)), address_choice(rng));
	struct der six = SEQUENCE(der_tlv(0x04, der_bytes("\0\2", 2)), der_tlv(0x05, DER_NONE));

	return chance(rng, 80) ? SEQUENCE(four) : SEQUENCE(four, six);
}

static struct der as_numbers(struct rng *rng)
{
	struct der choice = der_tlv(0x05, DER_NONE);

	if (chance(rng, 70))
		choice = chance(rng, 50) ? SEQUENCE(der_number(64500 + pick(rng, 3)))
		                         : SEQUENCE(SEQUENCE(der_number(64500),
		                                             der_number(64500 + pick(rng, 4))));
	return SEQUENCE(WRAP(0xa0, choice));
}

static void blocks(struct plan *plan, struct spec *spec, unsigned i)
{
	bool addresses = chance(&plan->rng, 60);
	unsigned percent = chance(&plan->rng, 70) ? 100 : 60;

	(void)spec;
	for (unsigned at = i; at < plan->path; at++)
		if (chance(&plan->rng, percent))
			spec_set(&plan->certs[at], addresses ? OID_IP_BLOCKS : OID_AS_NUMBERS,
			         (enum critical)pick(&plan->rng, 2),
			         addresses ? ip_blocks(&plan->rng) : as_numbers(&plan->rng));
}

static const struct mutation rows[] = { { "proxy", 5, proxy },
	                                { "proxy-chain", 4, proxy_chain },
	                                { "blocks", 6, blocks } };
const struct mutation_table mutate_block_table = TABLE(rows);
