/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "pki/oid.h"

#include <string.h>

static const struct {
	enum oid oid;
	size_t len;
	const char *bytes, *name;
} known[] = {
	{ OID_BASIC_CONSTRAINTS, 3, "\x55\x1d\x13", "basicConstraints" },
	{ OID_KEY_USAGE, 3, "\x55\x1d\x0f", "keyUsage" },
	{ OID_EXT_KEY_USAGE, 3, "\x55\x1d\x25", "extKeyUsage" },
	{ OID_SUBJECT_ALT_NAME, 3, "\x55\x1d\x11", "subjectAltName" },
	{ OID_ISSUER_ALT_NAME, 3, "\x55\x1d\x12", "issuerAltName" },
	{ OID_SUBJECT_KEY_ID, 3, "\x55\x1d\x0e", "subjectKeyIdentifier" },
	{ OID_AUTHORITY_KEY_ID, 3, "\x55\x1d\x23", "authorityKeyIdentifier" },
	{ OID_NAME_CONSTRAINTS, 3, "\x55\x1d\x1e", "nameConstraints" },
	{ OID_CERTIFICATE_POLICIES, 3, "\x55\x1d\x20", "certificatePolicies" },
	{ OID_POLICY_MAPPINGS, 3, "\x55\x1d\x21", "policyMappings" },
	{ OID_POLICY_CONSTRAINTS, 3, "\x55\x1d\x24", "policyConstraints" },
	{ OID_INHIBIT_ANY_POLICY, 3, "\x55\x1d\x36", "inhibitAnyPolicy" },
	{ OID_CRL_POINTS, 3, "\x55\x1d\x1f", "cRLDistributionPoints" },
	{ OID_NETSCAPE_TYPE, 9, "\x60\x86\x48\x01\x86\xf8\x42\x01\x01", "netscape-cert-type" },
	{ OID_PROXY_INFO, 8, "\x2b\x06\x01\x05\x05\x07\x01\x0e", "proxyCertInfo" },
	{ OID_IP_BLOCKS, 8, "\x2b\x06\x01\x05\x05\x07\x01\x07", "ipAddrBlocks" },
	{ OID_AS_NUMBERS, 8, "\x2b\x06\x01\x05\x05\x07\x01\x08", "autonomousSysIds" },
	{ OID_OCSP_NOCHECK, 9, "\x2b\x06\x01\x05\x05\x07\x30\x01\x05", "ocspNoCheck" },
	{ OID_EKU_SERVER, 8, "\x2b\x06\x01\x05\x05\x07\x03\x01", "serverAuth" },
	{ OID_EKU_CLIENT, 8, "\x2b\x06\x01\x05\x05\x07\x03\x02", "clientAuth" },
	{ OID_EKU_CODE, 8, "\x2b\x06\x01\x05\x05\x07\x03\x03", "codeSigning" },
	{ OID_EKU_EMAIL, 8, "\x2b\x06\x01\x05\x05\x07\x03\x04", "emailProtection" },
	{ OID_EKU_TIME, 8, "\x2b\x06\x01\x05\x05\x07\x03\x08", "timeStamping" },
	{ OID_EKU_OCSP, 8, "\x2b\x06\x01\x05\x05\x07\x03\x09", "OCSPSigning" },
	{ OID_EKU_ANY, 4, "\x55\x1d\x25\x00", "anyExtendedKeyUsage" },
	{ OID_EKU_MS_SGC, 10, "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03", "msSGC" },
	{ OID_EKU_NS_SGC, 9, "\x60\x86\x48\x01\x86\xf8\x42\x04\x01", "nsSGC" },
	{ OID_SMTP_UTF8, 8, "\x2b\x06\x01\x05\x05\x07\x08\x09", "SmtpUTF8Mailbox" },
	{ OID_CN, 3, "\x55\x04\x03", "CN" },
	{ OID_SURNAME, 3, "\x55\x04\x04", "SN" },
	{ OID_SERIAL, 3, "\x55\x04\x05", "serialNumber" },
	{ OID_C, 3, "\x55\x04\x06", "C" },
	{ OID_L, 3, "\x55\x04\x07", "L" },
	{ OID_ST, 3, "\x55\x04\x08", "ST" },
	{ OID_STREET, 3, "\x55\x04\x09", "STREET" },
	{ OID_O, 3, "\x55\x04\x0a", "O" },
	{ OID_OU, 3, "\x55\x04\x0b", "OU" },
	{ OID_TITLE, 3, "\x55\x04\x0c", "title" },
	{ OID_GIVEN, 3, "\x55\x04\x2a", "GN" },
	{ OID_DC, 10, "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC" },
	{ OID_UID, 10, "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID" },
	{ OID_EMAIL, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "emailAddress" },
	{ OID_RSA, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "rsaEncryption" },
	{ OID_RSA_X500, 4, "\x55\x08\x01\x01", "rsa" },
	{ OID_RSA_PSS, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "RSASSA-PSS" },
	{ OID_MGF1, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08", "mgf1" },
	{ OID_EC, 7, "\x2a\x86\x48\xce\x3d\x02\x01", "id-ecPublicKey" },
	{ OID_DSA, 7, "\x2a\x86\x48\xce\x38\x04\x01", "dsaEncryption" },
	{ OID_DSA_OLD, 5, "\x2b\x0e\x03\x02\x0c", "dsaEncryption-old" },
	{ OID_ED25519, 3, "\x2b\x65\x70", "ED25519" },
	{ OID_ED448, 3, "\x2b\x65\x71", "ED448" },
	{ OID_X25519, 3, "\x2b\x65\x6e", "X25519" },
	{ OID_X448, 3, "\x2b\x65\x6f", "X448" },
	{ OID_DH, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01", "dhKeyAgreement" },
	{ OID_DHX, 7, "\x2a\x86\x48\xce\x3e\x02\x01", "X9.42 DH" },
	{ OID_SM2, 8, "\x2a\x81\x1c\xcf\x55\x01\x82\x2d", "SM2" },
	{ OID_PRIME_FIELD, 7, "\x2a\x86\x48\xce\x3d\x01\x01", "prime-field" },
	{ OID_SHA1, 5, "\x2b\x0e\x03\x02\x1a", "sha1" },
	{ OID_SHA224, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x04", "sha224" },
	{ OID_SHA256, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x01", "sha256" },
	{ OID_SHA384, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x02", "sha384" },
	{ OID_SHA512, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x03", "sha512" },
	{ OID_MD5, 8, "\x2a\x86\x48\x86\xf7\x0d\x02\x05", "md5" },
	{ OID_SHA3_224, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x07", "sha3-224" },
	{ OID_SHA3_256, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x08", "sha3-256" },
	{ OID_SHA3_384, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x09", "sha3-384" },
	{ OID_SHA3_512, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x0a", "sha3-512" },
	{ OID_SHA512_224, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x05", "sha512-224" },
	{ OID_SHA512_256, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x06", "sha512-256" },
	{ OID_RSA_MD2, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", "md2WithRSAEncryption" },
	{ OID_RSA_MD4, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03", "md4WithRSAEncryption" },
	{ OID_RSA_MD5, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "md5WithRSAEncryption" },
	{ OID_RSA_SHA1, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "sha1WithRSAEncryption" },
	{ OID_RSA_SHA224, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", "sha224WithRSAEncryption" },
	{ OID_RSA_SHA256, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "sha256WithRSAEncryption" },
	{ OID_RSA_SHA384, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", "sha384WithRSAEncryption" },
	{ OID_RSA_SHA512, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", "sha512WithRSAEncryption" },
	{ OID_RSA_SHA1_OIW, 5, "\x2b\x0e\x03\x02\x1d", "sha1WithRSA" },
	{ OID_RSA_MD5_OIW, 5, "\x2b\x0e\x03\x02\x03", "md5WithRSA" },
	{ OID_RSA_SHA0, 5, "\x2b\x0e\x03\x02\x0f", "shaWithRSAEncryption" },
	{ OID_RSA_MDC2, 4, "\x55\x08\x03\x64", "mdc2WithRSA" },
	{ OID_RSA_RMD160, 6, "\x2b\x24\x03\x03\x01\x02", "ripemd160WithRSA" },
	{ OID_RSA_SHA3_224, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x0d", "RSA-SHA3-224" },
	{ OID_RSA_SHA3_256, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x0e", "RSA-SHA3-256" },
	{ OID_RSA_SHA3_384, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x0f", "RSA-SHA3-384" },
	{ OID_RSA_SHA3_512, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x10", "RSA-SHA3-512" },
	{ OID_RSA_SHA512_224, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0f",
	  "sha512-224WithRSAEncryption" },
	{ OID_RSA_SHA512_256, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x10",
	  "sha512-256WithRSAEncryption" },
	{ OID_ECDSA_SHA1, 7, "\x2a\x86\x48\xce\x3d\x04\x01", "ecdsa-with-SHA1" },
	{ OID_ECDSA_RECOMMENDED, 7, "\x2a\x86\x48\xce\x3d\x04\x02", "ecdsa-with-Recommended" },
	{ OID_ECDSA_SPECIFIED, 7, "\x2a\x86\x48\xce\x3d\x04\x03", "ecdsa-with-Specified" },
	{ OID_ECDSA_SHA224, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x01", "ecdsa-with-SHA224" },
	{ OID_ECDSA_SHA256, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x02", "ecdsa-with-SHA256" },
	{ OID_ECDSA_SHA384, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x03", "ecdsa-with-SHA384" },
	{ OID_ECDSA_SHA512, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x04", "ecdsa-with-SHA512" },
	{ OID_ECDSA_SHA3_224, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x09", "ecdsa-with-SHA3-224" },
	{ OID_ECDSA_SHA3_256, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x0a", "ecdsa-with-SHA3-256" },
	{ OID_ECDSA_SHA3_384, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x0b", "ecdsa-with-SHA3-384" },
	{ OID_ECDSA_SHA3_512, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x0c", "ecdsa-with-SHA3-512" },
	{ OID_DSA_SHA1, 7, "\x2a\x86\x48\xce\x38\x04\x03", "dsa-with-SHA1" },
	{ OID_DSA_SHA1_OLD, 5, "\x2b\x0e\x03\x02\x1b", "dsaWithSHA1-old" },
	{ OID_DSA_SHA0, 5, "\x2b\x0e\x03\x02\x0d", "dsaWithSHA" },
	{ OID_DSA_SHA224, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x01", "dsa-with-SHA224" },
	{ OID_DSA_SHA256, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x02", "dsa-with-SHA256" },
	{ OID_DSA_SHA384, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x03", "dsa-with-SHA384" },
	{ OID_DSA_SHA512, 9, "\x60\x86\x48\x01\x65\x03\x04\x03\x04", "dsa-with-SHA512" },
	{ OID_SM2_SM3, 8, "\x2a\x81\x1c\xcf\x55\x01\x83\x75", "SM2-SM3" },
};

enum { KNOWN_COUNT = sizeof known / sizeof *known };

enum oid oid_find(struct bytes oid)
{
	for (size_t i = 0; i < KNOWN_COUNT; i++)
		if (known[i].len == oid.len && memcmp(known[i].bytes, oid.at, oid.len) == 0)
			return known[i].oid;
	return OID_UNKNOWN;
}

const char *oid_name(enum oid oid)
{
	for (size_t i = 0; i < KNOWN_COUNT; i++)
		if (known[i].oid == oid)
			return known[i].name;
	return NULL;
}

/* Arcs beyond 64 bits are shown as "...": a name for people, not a key. */
static void add_arc(struct buf *out, const unsigned char **p, const unsigned char *end, bool first)
{
	uint64_t v = 0;
	bool huge = false;

	for (; *p < end; (*p)++) {
		huge = huge || v > (UINT64_MAX >> 7);
		v = v << 7 | (**p & 0x7f);
		if (!(**p & 0x80))
			break;
	}
	(*p)++;
	if (huge)
		buf_puts(out, ".(...)");
	else if (first)
		buf_printf(out, "%d.%llu",
		           v < 40   ? 0
		           : v < 80 ? 1
		                    : 2,
		           (unsigned long long)(v < 40   ? v
		                                : v < 80 ? v - 40
		                                         : v - 80));
	else
		buf_printf(out, ".%llu", (unsigned long long)v);
}

char *oid_text(struct bytes oid)
{
	const unsigned char *p = oid.at, *end = oid.at + oid.len;
	const char *name = oid_name(oid_find(oid));
	struct buf out;

	if (name != NULL)
		return mem_strdup(name);
	buf_init(&out);
	while (p < end)
		add_arc(&out, &p, end, p == oid.at);
	return out.data; /* handed over as it is: nothing else holds it */
}
