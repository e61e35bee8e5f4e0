/* SPDX-License-Identifier: MIT */
/* What a certificate may be used for: key usage, extended key usage, Netscape's type, in
 * combinations. */
#include "mutate.h"

static void key_usage(struct plan *plan, struct spec *spec, unsigned i)
{
	unsigned bits = pick(&plan->rng, 512);

	(void)i;
	spec_set(spec, OID_KU, (enum critical)pick(&plan->rng, 2), der_flags(bits));
	plan->eras_differ |= bits == 0;
}

static void empty_key_usage(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	spec_set(spec, OID_KU, CRITICAL,
	         chance(&plan->rng, 50) ? der_flags(0) : der_bit_string(der_bytes("\0", 1), 0));
	plan->eras_differ = true;
}

static void no_cert_sign(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	if (i == 0 && plan->path > 1)
		i = 1 + pick(&plan->rng, plan->path - 1);
	spec_set(&plan->certs[i], OID_KU, (enum critical)pick(&plan->rng, 2),
	         der_flags(chance(&plan->rng, 50) ? 0x40 : 0x05));
}

static void extended(struct plan *plan, struct spec *spec, unsigned i)
{
	static const char *const purposes[] = { "1.3.6.1.5.5.7.3.1",
		                                "1.3.6.1.5.5.7.3.2",
		                                "1.3.6.1.5.5.7.3.3",
		                                "1.3.6.1.5.5.7.3.4",
		                                "1.3.6.1.5.5.7.3.8",
		                                "1.3.6.1.5.5.7.3.9",
		                                "2.5.29.37.0",
		                                "2.16.840.1.113730.4.1",
		                                "1.3.6.1.4.1.311.10.3.3",
		                                "1.2.3.4" };
	struct der list[3] = { DER_NONE, DER_NONE, DER_NONE };
	unsigned count = pick(&plan->rng, 4);

	(void)i;
	for (unsigned at = 0; at < count; at++)
		list[at] = der_oid(purposes[pick(&plan->rng, 10)]);
	spec_set(spec, OID_EKU, (enum critical)pick(&plan->rng, 2), der_wrap(0x30, list, 3));
}

static void netscape(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	spec_set(spec, OID_NS_TYPE, (enum critical)pick(&plan->rng, 2),
	         der_flags(pick(&plan->rng, 256)));
	if (chance(&plan->rng, 40))
		spec_drop(spec, OID_BC);
}

/* Everything that CA-ness is read from, thrown together. */
static void ca_signs(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	spec_drop(spec, OID_BC);
	spec_drop(spec, OID_KU);
	if (chance(&plan->rng, 40))
		spec->version = 0;
	if (chance(&plan->rng, 50))
		spec_set(spec, OID_KU, CRITICAL, der_flags(pick(&plan->rng, 128)));
	if (chance(&plan->rng, 40))
		spec_set(spec, OID_NS_TYPE, NOT_CRITICAL, der_flags(pick(&plan->rng, 256)));
	if (chance(&plan->rng, 20))
		spec_set(spec, OID_BC, NOT_CRITICAL,
		         basic_constraints((int)pick(&plan->rng, 2), -1));
	plan->eras_differ |= spec_ext(spec, OID_KU) != NULL;
}

static const struct mutation rows[] = {
	{ "key-usage", 10, key_usage },      { "empty-key-usage", 4, empty_key_usage },
	{ "no-cert-sign", 6, no_cert_sign }, { "extended", 14, extended },
	{ "netscape", 7, netscape },         { "ca-signs", 7, ca_signs },
};
const struct mutation_table mutate_usage_table = TABLE(rows);
