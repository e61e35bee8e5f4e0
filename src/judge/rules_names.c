/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/constraint.h"
#include "pki/detail.h"
#include "judge/rules.h"

/* RFC 3820 3.4: a proxy's subject is its issuer with one more RDN, a single CN. */
static bool proxy_subject_ok(const struct cert_detail *d)
{
	const struct dn *subject = &d->subject;
	struct dn_entry last;

	if (subject->count < 2 || subject->count != d->issuer.count + 1)
		return false;
	last = subject->entries[subject->count - 1];
	return last.rdn != subject->entries[subject->count - 2].rdn &&
	       oid_find(last.oid) == OID_CN && dn_starts_with(subject, &d->issuer);
}

static const enum reason reason_of[] = {
	[CONSTRAINT_TOO_MUCH] = REASON_WORK_LIMIT,
	[CONSTRAINT_PERMITTED] = REASON_NAME_CONSTRAINT,
	[CONSTRAINT_EXCLUDED] = REASON_NAME_EXCLUDED,
	[CONSTRAINT_MINIMUM] = REASON_CONSTRAINT_MINIMUM,
	[CONSTRAINT_TYPE] = REASON_CONSTRAINT_TYPE,
	[CONSTRAINT_NAME] = REASON_CONSTRAINT_NAME,
};

/* Every certificate against the constraints of all above it, the anchor included; self-issued CAs
 * are let off. */
bool rules_names(const struct walk *walk)
{
	const struct path *path = walk->path;

	for (size_t depth = path->count; depth-- > 0;) {
		const struct cert_detail *d = path->certs[depth]->detail;

		if (depth > 0 && d->self_issued)
			continue;
		if (d->ext.proxy && !proxy_subject_ok(d))
			rules_note(walk, REASON_PROXY_SUBJECT, depth);
		for (size_t above = path->count - 1; above > depth; above--) {
			enum constraint found = CONSTRAINT_KEPT;

			if (path->certs[above]->detail->ext.has_name_constraints)
				found = constraint_check(path->certs[depth], path->certs[above],
				                         depth == 0, walk->era);
			if (found == CONSTRAINT_NO_TEXT)
				return false;
			if (found != CONSTRAINT_KEPT)
				rules_note(walk, reason_of[found], depth);
		}
	}
	return true;
}
