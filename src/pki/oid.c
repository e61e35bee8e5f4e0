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
#define KNOWN(oid, bytes, name) { oid, sizeof bytes - 1, bytes, name }
	KNOWN(OID_BASIC_CONSTRAINTS, "\x55\x1d\x13", "basicConstraints"),
	KNOWN(OID_KEY_USAGE, "\x55\x1d\x0f", "keyUsage"),
	KNOWN(OID_EXT_KEY_USAGE, "\x55\x1d\x25", "extKeyUsage"),
	KNOWN(OID_SUBJECT_ALT_NAME, "\x55\x1d\x11", "subjectAltName"),
	KNOWN(OID_ISSUER_ALT_NAME, "\x55\x1d\x12", "issuerAltName"),
	KNOWN(OID_SUBJECT_KEY_ID, "\x55\x1d\x0e", "subjectKeyIdentifier"),
	KNOWN(OID_AUTHORITY_KEY_ID, "\x55\x1d\x23", "authorityKeyIdentifier"),
	KNOWN(OID_NAME_CONSTRAINTS, "\x55\x1d\x1e", "nameConstraints"),
	KNOWN(OID_CERTIFICATE_POLICIES, "\x55\x1d\x20", "certificatePolicies"),
	KNOWN(OID_POLICY_MAPPINGS, "\x55\x1d\x21", "policyMappings"),
	KNOWN(OID_POLICY_CONSTRAINTS, "\x55\x1d\x24", "policyConstraints"),
	KNOWN(OID_INHIBIT_ANY_POLICY, "\x55\x1d\x36", "inhibitAnyPolicy"),
	KNOWN(OID_CRL_POINTS, "\x55\x1d\x1f", "cRLDistributionPoints"),
	KNOWN(OID_NETSCAPE_TYPE, "\x60\x86\x48\x01\x86\xf8\x42\x01\x01", "netscape-cert-type"),
	KNOWN(OID_PROXY_INFO, "\x2b\x06\x01\x05\x05\x07\x01\x0e", "proxyCertInfo"),
	KNOWN(OID_IP_BLOCKS, "\x2b\x06\x01\x05\x05\x07\x01\x07", "ipAddrBlocks"),
	KNOWN(OID_AS_NUMBERS, "\x2b\x06\x01\x05\x05\x07\x01\x08", "autonomousSysIds"),
	KNOWN(OID_OCSP_NOCHECK, "\x2b\x06\x01\x05\x05\x07\x30\x01\x05", "ocspNoCheck"),
	KNOWN(OID_EKU_SERVER, "\x2b\x06\x01\x05\x05\x07\x03\x01", "serverAuth"),
	KNOWN(OID_EKU_CLIENT, "\x2b\x06\x01\x05\x05\x07\x03\x02", "clientAuth"),
	KNOWN(OID_EKU_CODE, "\x2b\x06\x01\x05\x05\x07\x03\x03", "codeSigning"),
	KNOWN(OID_EKU_EMAIL, "\x2b\x06\x01\x05\x05\x07\x03\x04", "emailProtection"),
	KNOWN(OID_EKU_TIME, "\x2b\x06\x01\x05\x05\x07\x03\x08", "timeStamping"),
	KNOWN(OID_EKU_OCSP, "\x2b\x06\x01\x05\x05\x07\x03\x09", "OCSPSigning"),
	KNOWN(OID_EKU_ANY, "\x55\x1d\x25\x00", "anyExtendedKeyUsage"),
	KNOWN(OID_EKU_MS_SGC, "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03", "msSGC"),
	KNOWN(OID_EKU_NS_SGC, "\x60\x86\x48\x01\x86\xf8\x42\x04\x01", "nsSGC"),
	KNOWN(OID_SMTP_UTF8, "\x2b\x06\x01\x05\x05\x07\x08\x09", "SmtpUTF8Mailbox"),
	KNOWN(OID_CN, "\x55\x04\x03", "CN"),
	KNOWN(OID_SURNAME, "\x55\x04\x04", "SN"),
	KNOWN(OID_SERIAL, "\x55\x04\x05", "serialNumber"),
	KNOWN(OID_C, "\x55\x04\x06", "C"),
	KNOWN(OID_L, "\x55\x04\x07", "L"),
	KNOWN(OID_ST, "\x55\x04\x08", "ST"),
	KNOWN(OID_STREET, "\x55\x04\x09", "STREET"),
	KNOWN(OID_O, "\x55\x04\x0a", "O"),
	KNOWN(OID_OU, "\x55\x04\x0b", "OU"),
	KNOWN(OID_TITLE, "\x55\x04\x0c", "title"),
	KNOWN(OID_GIVEN, "\x55\x04\x2a", "GN"),
	KNOWN(OID_DC, "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC"),
	KNOWN(OID_UID, "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID"),
	KNOWN(OID_EMAIL, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "emailAddress"),
	KNOWN(OID_RSA, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "rsaEncryption"),
	KNOWN(OID_RSA_X500, "\x55\x08\x01\x01", "rsa"),
	KNOWN(OID_RSA_PSS, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "RSASSA-PSS"),
	KNOWN(OID_MGF1, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08", "mgf1"),
	KNOWN(OID_EC, "\x2a\x86\x48\xce\x3d\x02\x01", "id-ecPublicKey"),
	KNOWN(OID_DSA, "\x2a\x86\x48\xce\x38\x04\x01", "dsaEncryption"),
	KNOWN(OID_DSA_OLD, "\x2b\x0e\x03\x02\x0c", "dsaEncryption-old"),
	KNOWN(OID_ED25519, "\x2b\x65\x70", "ED25519"),
	KNOWN(OID_ED448, "\x2b\x65\x71", "ED448"),
	KNOWN(OID_X25519, "\x2b\x65\x6e", "X25519"),
	KNOWN(OID_X448, "\x2b\x65\x6f", "X448"),
	KNOWN(OID_DH, "\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01", "dhKeyAgreement"),
	KNOWN(OID_DHX, "\x2a\x86\x48\xce\x3e\x02\x01", "X9.42 DH"),
	KNOWN(OID_SM2, "\x2a\x81\x1c\xcf\x55\x01\x82\x2d", "SM2"),
	KNOWN(OID_PRIME_FIELD, "\x2a\x86\x48\xce\x3d\x01\x01", "prime-field"),
	KNOWN(OID_SHA1, "\x2b\x0e\x03\x02\x1a", "sha1"),
	KNOWN(OID_SHA224, "\x60\x86\x48\x01\x65\x03\x04\x02\x04", "sha224"),
	KNOWN(OID_SHA256, "\x60\x86\x48\x01\x65\x03\x04\x02\x01", "sha256"),
	KNOWN(OID_SHA384, "\x60\x86\x48\x01\x65\x03\x04\x02\x02", "sha384"),
	KNOWN(OID_SHA512, "\x60\x86\x48\x01\x65\x03\x04\x02\x03", "sha512"),
	KNOWN(OID_MD5, "\x2a\x86\x48\x86\xf7\x0d\x02\x05", "md5"),
	KNOWN(OID_SHA3_224, "\x60\x86\x48\x01\x65\x03\x04\x02\x07", "sha3-224"),
	KNOWN(OID_SHA3_256, "\x60\x86\x48\x01\x65\x03\x04\x02\x08", "sha3-256"),
	KNOWN(OID_SHA3_384, "\x60\x86\x48\x01\x65\x03\x04\x02\x09", "sha3-384"),
	KNOWN(OID_SHA3_512, "\x60\x86\x48\x01\x65\x03\x04\x02\x0a", "sha3-512"),
	KNOWN(OID_SHA512_224, "\x60\x86\x48\x01\x65\x03\x04\x02\x05", "sha512-224"),
	KNOWN(OID_SHA512_256, "\x60\x86\x48\x01\x65\x03\x04\x02\x06", "sha512-256"),
	KNOWN(OID_RSA_MD2, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", "md2WithRSAEncryption"),
	KNOWN(OID_RSA_MD4, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03", "md4WithRSAEncryption"),
	KNOWN(OID_RSA_MD5, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "md5WithRSAEncryption"),
	KNOWN(OID_RSA_SHA1, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "sha1WithRSAEncryption"),
	KNOWN(OID_RSA_SHA224, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", "sha224WithRSAEncryption"),
	KNOWN(OID_RSA_SHA256, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "sha256WithRSAEncryption"),
	KNOWN(OID_RSA_SHA384, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", "sha384WithRSAEncryption"),
	KNOWN(OID_RSA_SHA512, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", "sha512WithRSAEncryption"),
	KNOWN(OID_RSA_SHA1_OIW, "\x2b\x0e\x03\x02\x1d", "sha1WithRSA"),
	KNOWN(OID_RSA_MD5_OIW, "\x2b\x0e\x03\x02\x03", "md5WithRSA"),
	KNOWN(OID_RSA_SHA0, "\x2b\x0e\x03\x02\x0f", "shaWithRSAEncryption"),
	KNOWN(OID_RSA_MDC2, "\x55\x08\x03\x64", "mdc2WithRSA"),
	KNOWN(OID_RSA_RMD160, "\x2b\x24\x03\x03\x01\x02", "ripemd160WithRSA"),
	KNOWN(OID_RSA_SHA3_224, "\x60\x86\x48\x01\x65\x03\x04\x03\x0d", "RSA-SHA3-224"),
	KNOWN(OID_RSA_SHA3_256, "\x60\x86\x48\x01\x65\x03\x04\x03\x0e", "RSA-SHA3-256"),
	KNOWN(OID_RSA_SHA3_384, "\x60\x86\x48\x01\x65\x03\x04\x03\x0f", "RSA-SHA3-384"),
	KNOWN(OID_RSA_SHA3_512, "\x60\x86\x48\x01\x65\x03\x04\x03\x10", "RSA-SHA3-512"),
	KNOWN(OID_RSA_SHA512_224, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0f", "sha512-224WithRSAEncryption"),
	KNOWN(OID_RSA_SHA512_256, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x10", "sha512-256WithRSAEncryption"),
	KNOWN(OID_ECDSA_SHA1, "\x2a\x86\x48\xce\x3d\x04\x01", "ecdsa-with-SHA1"),
	KNOWN(OID_ECDSA_RECOMMENDED, "\x2a\x86\x48\xce\x3d\x04\x02", "ecdsa-with-Recommended"),
	KNOWN(OID_ECDSA_SPECIFIED, "\x2a\x86\x48\xce\x3d\x04\x03", "ecdsa-with-Specified"),
	KNOWN(OID_ECDSA_SHA224, "\x2a\x86\x48\xce\x3d\x04\x03\x01", "ecdsa-with-SHA224"),
	KNOWN(OID_ECDSA_SHA256, "\x2a\x86\x48\xce\x3d\x04\x03\x02", "ecdsa-with-SHA256"),
	KNOWN(OID_ECDSA_SHA384, "\x2a\x86\x48\xce\x3d\x04\x03\x03", "ecdsa-with-SHA384"),
	KNOWN(OID_ECDSA_SHA512, "\x2a\x86\x48\xce\x3d\x04\x03\x04", "ecdsa-with-SHA512"),
	KNOWN(OID_ECDSA_SHA3_224, "\x60\x86\x48\x01\x65\x03\x04\x03\x09", "ecdsa-with-SHA3-224"),
	KNOWN(OID_ECDSA_SHA3_256, "\x60\x86\x48\x01\x65\x03\x04\x03\x0a", "ecdsa-with-SHA3-256"),
	KNOWN(OID_ECDSA_SHA3_384, "\x60\x86\x48\x01\x65\x03\x04\x03\x0b", "ecdsa-with-SHA3-384"),
	KNOWN(OID_ECDSA_SHA3_512, "\x60\x86\x48\x01\x65\x03\x04\x03\x0c", "ecdsa-with-SHA3-512"),
	KNOWN(OID_DSA_SHA1, "\x2a\x86\x48\xce\x38\x04\x03", "dsa-with-SHA1"),
	KNOWN(OID_DSA_SHA1_OLD, "\x2b\x0e\x03\x02\x1b", "dsaWithSHA1-old"),
	KNOWN(OID_DSA_SHA0, "\x2b\x0e\x03\x02\x0d", "dsaWithSHA"),
	KNOWN(OID_DSA_SHA224, "\x60\x86\x48\x01\x65\x03\x04\x03\x01", "dsa-with-SHA224"),
	KNOWN(OID_DSA_SHA256, "\x60\x86\x48\x01\x65\x03\x04\x03\x02", "dsa-with-SHA256"),
	KNOWN(OID_DSA_SHA384, "\x60\x86\x48\x01\x65\x03\x04\x03\x03", "dsa-with-SHA384"),
	KNOWN(OID_DSA_SHA512, "\x60\x86\x48\x01\x65\x03\x04\x03\x04", "dsa-with-SHA512"),
	KNOWN(OID_SM2_SM3, "\x2a\x81\x1c\xcf\x55\x01\x83\x75", "SM2-SM3"),
#undef KNOWN
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
	return buf_take(&out);
}
