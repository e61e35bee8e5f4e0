/* SPDX-License-Identifier: MIT */
/* A chain in a file stands leaf first by convention; exports of Windows and of web pages often have
 * it the other way. */
#include "config.h"

#include "base/mem.h"
#include "pki/detail.h"
#include "pki/trust.h"

#include <stdlib.h>

static bool issued(const struct cert *issuer, const struct cert *subject)
{
	return issuer->readable && subject->readable && issuer != subject &&
	       dn_same(&issuer->detail->subject, &subject->detail->issuer);
}

/* Exactly the wrong way round: each certificate issued the next, by the names, and only the last is
 * no CA. A CA in front of a chain that is otherwise in order stays there: that is what some servers
 * send, and what has to be judged. */
static bool is_reversed(const struct chain *chain)
{
	for (size_t i = 0; i + 1 < chain->count; i++)
		if (!chain->certs[i]->is_ca || !issued(chain->certs[i], chain->certs[i + 1]))
			return false;
	return chain->count > 1 && !chain->certs[chain->count - 1]->is_ca;
}

void trust_leaf_first(struct chain *chain, const char *what, struct names *notes)
{
	const struct cert *leaf;
	char *note;

	if (!is_reversed(chain))
		return;
	for (size_t i = 0, last = chain->count - 1; i < last; i++, last--) {
		const struct cert *swapped = chain->certs[i];

		chain->certs[i] = chain->certs[last];
		chain->certs[last] = swapped;
	}
	leaf = chain->certs[0];
	note = mem_printf(
		"%s: the chain stands CA first; judged the other way round, as a server has to send it, with %s first",
		what, *leaf->subject == '\0' ? "the certificate without a subject" : leaf->subject);
	names_add(notes, note);
	free(note);
}
