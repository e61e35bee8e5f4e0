/* SPDX-License-Identifier: MIT */
/* Who is sent, who is stored, and who else could be the issuer. */
#include "mutate.h"

#include <string.h>

static void not_sent(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	if (i == 0)
		i = plan->path / 2;
	if (i > 0)
		list_drop(plan->sent, &plan->sent_count, i);
	if (i > 0 && chance(&plan->rng, 35))
		list_put(plan->stored, &plan->stored_count, pick(&plan->rng, 3), i);
}

static void reorder(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	(void)i;
	for (unsigned at = plan->sent_count; at > 2; at--) {
		unsigned other = 1 + pick(&plan->rng, at - 1), kept = plan->sent[at - 1];

		plan->sent[at - 1] = plan->sent[other];
		plan->sent[other] = kept;
	}
}

static void other_leaf(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	list_drop(plan->sent, &plan->sent_count, i);
	list_put(plan->sent, &plan->sent_count, 0, i);
}

static void sent_again(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	list_put(plan->sent, &plan->sent_count, 1 + pick(&plan->rng, 4), i);
	if (chance(&plan->rng, 5))
		for (unsigned n = 0; n < 30; n++)
			list_put(plan->sent, &plan->sent_count, LIST_MOST, i);
}

static void store_only(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	plan->stored_count = 0;
	if (chance(&plan->rng, 80))
		list_put(plan->stored, &plan->stored_count, 0, i);
}

static void store_more(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	list_put(plan->stored, &plan->stored_count, pick(&plan->rng, 3), i);
	if (chance(&plan->rng, 30))
		list_put(plan->stored, &plan->stored_count, pick(&plan->rng, 3), i);
}

static void root_unknown(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	(void)i;
	list_drop(plan->stored, &plan->stored_count, plan->path - 1);
	if (chance(&plan->rng, 60))
		list_put(plan->sent, &plan->sent_count, LIST_MOST, plan->path - 1);
}

static void unreadable_sent(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	(void)i;
	plan->unreadable_sent = true;
}

static void place(struct plan *plan, unsigned cert)
{
	if (chance(&plan->rng, 55))
		list_put(plan->stored, &plan->stored_count, pick(&plan->rng, 3), cert);
	if (chance(&plan->rng, 55))
		list_put(plan->sent, &plan->sent_count, 1 + pick(&plan->rng, 3), cert);
}

/* One more certificate with an issuer's subject: which one is taken? */
static void twin(struct plan *plan, struct spec *spec, unsigned i)
{
	unsigned copy;
	struct spec *other;

	(void)spec;
	if (i == 0)
		i = plan->path - 1;
	copy = plan_copy(plan, i);
	other = &plan->certs[copy];
	switch (pick(&plan->rng, 8)) {
	case 0: other->not_after = plan->now - 1000; break;
	case 1: other->not_before = plan->now + 1000; break;
	case 2: other->key = KEY(KIND_P256, 9); break;
	case 3: other->not_after += 5000000; break;
	case 4: spec_drop(other, OID_BC); break;
	case 5: other->key = KEY(KIND_P256, 9); spec_drop(other, OID_SKI); break;
	case 6: /* both are expired, to a different degree */
		other->not_after = plan->now - 1000;
		plan->certs[i].not_after = plan->now - 2000 + (long long)pick(&plan->rng, 2) * 1500;
		plan->eras_differ = true;
		break;
	default: spec_drop(other, OID_SKI); break;
	}
	if (i == plan->path - 1 && chance(&plan->rng, 70))
		other->signer = other->key;
	if (chance(&plan->rng, 30)) { /* a cross certificate: another CA's signature */
		other->issuer = name_of("Else", "Where");
		other->signer = KEY(KIND_P256, 8);
		spec_drop(other, OID_AKI);
	}
	place(plan, copy);
	if (chance(&plan->rng, 40))
		place(plan, i);
}

/* A twin of a twin: three issuers of one name in random order, dates and keys. */
static void crowd(struct plan *plan, struct spec *spec, unsigned i)
{
	twin(plan, spec, i);
	twin(plan, spec, i);
	if (chance(&plan->rng, 50))
		twin(plan, spec, i);
	plan->eras_differ = true;
}

/* An intermediate that bears its issuer's name. */
static void self_issued(struct plan *plan, struct spec *spec, unsigned i)
{
	if (i == 0 || i + 1 >= plan->path)
		return;
	spec->subject = plan->certs[i + 1].subject;
	plan->certs[i - 1].issuer = spec->subject;
	if (chance(&plan->rng, 50))
		spec_set(&plan->certs[i + 1], OID_BC, CRITICAL,
		         basic_constraints(1, i > 1 ? i - 1 : 0));
}

/* Two certificates that issue each other, and no end. */
static void loop(struct plan *plan, struct spec *spec, unsigned i)
{
	struct spec *root = &plan->certs[plan->path - 1];

	(void)spec;
	if (i == 0 || plan->path < 3)
		return;
	root->issuer = plan->certs[1].subject;
	root->signer = plan->certs[1].key;
	spec_drop(root, OID_AKI);
	if (chance(&plan->rng, 60))
		list_put(plan->sent, &plan->sent_count, LIST_MOST, plan->path - 1);
	if (chance(&plan->rng, 50))
		list_drop(plan->stored, &plan->stored_count, plan->path - 1);
}

static void leaf_alone(struct plan *plan, struct spec *spec, unsigned i)
{
	struct spec *leaf = &plan->certs[0];

	(void)spec;
	(void)i;
	leaf->issuer = leaf->subject;
	leaf->signer = chance(&plan->rng, 90) ? leaf->key : leaf->key + 1;
	if (chance(&plan->rng, 60))
		spec_drop(leaf, OID_AKI);
	if (chance(&plan->rng, 60))
		list_put(plan->stored, &plan->stored_count, 0, 0);
}

static void wrong_signer(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	spec->signer = chance(&plan->rng, 50)
	                       ? KEY(spec->signer / KEYS_EACH, (spec->signer + 1) % KEYS_EACH)
	                       : KEY(KIND_P384, 1);
	if (chance(&plan->rng, 50))
		spec_drop(spec, OID_AKI);
}

static const struct mutation rows[] = {
	{ "not-sent", 10, not_sent },
	{ "reorder", 5, reorder },
	{ "other-leaf", 2, other_leaf },
	{ "sent-again", 5, sent_again },
	{ "store-only", 10, store_only },
	{ "store-more", 7, store_more },
	{ "root-unknown", 10, root_unknown },
	{ "unreadable-sent", 2, unreadable_sent },
	{ "twin", 20, twin },
	{ "crowd", 8, crowd },
	{ "self-issued", 8, self_issued },
	{ "loop", 4, loop },
	{ "leaf-alone", 8, leaf_alone },
	{ "wrong-signer", 6, wrong_signer },
};
const struct mutation_table mutate_path_table = TABLE(rows);
