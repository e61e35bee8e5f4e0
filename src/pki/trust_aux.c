/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/oid.h"
#include "pki/trust_aux.h"

#include <string.h>

static bool lists_server(struct bytes in, bool *ok)
{
	struct tlv oid;
	bool found = false;

	while (*ok && in.len > 0) {
		*ok = der_take(&in, DER_UNIVERSAL, DER_OID, &oid) == 1 && der_oid_ok(&oid);
		found = found || (*ok && (oid_find(oid.body) == OID_EKU_SERVER ||
		                          oid_find(oid.body) == OID_EKU_ANY));
	}
	return found;
}

/* trust SEQUENCE OF OID OPTIONAL, reject [0] SEQUENCE OF OID OPTIONAL, ... */
bool trust_aux_cut(const unsigned char *der, size_t *der_len)
{
	struct bytes in = { der, *der_len }, aux;
	struct tlv cert, trust, reject;
	bool ok = true, rejected, trusted;
	int has_trust, has_reject;

	if (!der_next(&in, &cert))
		return true; /* no certificate at all: decode says so */
	*der_len = cert.whole.len;
	if (in.len == 0)
		return true;
	if (der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &aux) != 1)
		return false;
	has_trust = der_take(&aux, DER_UNIVERSAL, DER_SEQUENCE, &trust);
	has_reject = der_take(&aux, DER_CONTEXT, 0, &reject);
	if (has_reject < 0) /* where the first cannot be read the second cannot */
		return false;
	rejected = has_reject == 1 && lists_server(reject.body, &ok);
	trusted = has_trust == 0 || lists_server(trust.body, &ok);
	return ok && !rejected && trusted;
}
