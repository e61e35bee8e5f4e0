/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/pkcs7.h"

#include <string.h>

static const char data[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";        /* 1.2.840.113549.1.7.1 */
static const char signed_data[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"; /* 1.2.840.113549.1.7.2 */

static bool take_oid(struct bytes *in, const char *oid)
{
	struct tlv tlv;

	return der_take(in, DER_UNIVERSAL, DER_OID, &tlv) == 1 && tlv.body.len == strlen(oid) &&
	       memcmp(tlv.body.at, oid, tlv.body.len) == 0;
}

/* version, digestAlgorithms, encapContentInfo, certificates [0] IMPLICIT OPTIONAL, ... */
static bool open_signed(struct bytes in, struct bytes *certs)
{
	struct tlv tlv;

	if (der_take(&in, DER_UNIVERSAL, DER_INTEGER, &tlv) != 1 ||
	    der_take(&in, DER_UNIVERSAL, DER_SET, &tlv) != 1 ||
	    der_take(&in, DER_UNIVERSAL, DER_SEQUENCE, &tlv) != 1)
		return false;
	*certs = (struct bytes){ NULL, 0 };
	return der_enter(&in, DER_CONTEXT, 0, certs) >= 0;
}

bool pkcs7_open(struct bytes der, struct bytes *certs)
{
	struct bytes in, content, inside;

	return der_enter(&der, DER_UNIVERSAL, DER_SEQUENCE, &in) == 1 &&
	       take_oid(&in, signed_data) && der_enter(&in, DER_CONTEXT, 0, &content) == 1 &&
	       der_enter(&content, DER_UNIVERSAL, DER_SEQUENCE, &inside) == 1 &&
	       open_signed(inside, certs);
}

int pkcs7_next(struct bytes *certs, struct bytes *cert)
{
	struct tlv tlv;

	if (certs->len == 0)
		return 0;
	if (!der_next(certs, &tlv)) {
		certs->len = 0;
		return -1;
	}
	*cert = tlv.whole;
	return tlv.class == DER_UNIVERSAL && tlv.tag == DER_SEQUENCE ? 1 : -1;
}

/* version 3, authSafe of type data (RFC 7292 4) */
bool pkcs7_is_pfx(struct bytes der)
{
	struct bytes in, safe;
	struct tlv version;

	return der_enter(&der, DER_UNIVERSAL, DER_SEQUENCE, &in) == 1 &&
	       der_take(&in, DER_UNIVERSAL, DER_INTEGER, &version) == 1 && version.body.len == 1 &&
	       version.body.at[0] == 3 && der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &safe) == 1 &&
	       take_oid(&safe, data);
}
