/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "made.h"
#include "model/address.h"
#include "pki/decode.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

int64_t made_now = 1790000000;
static gnutls_x509_privkey_t rsa_key;

static void must(int rc)
{
	if (rc < 0)
		abort();
}

static gnutls_x509_privkey_t new_key(unsigned flags)
{
	gnutls_x509_privkey_t key;

	must(gnutls_x509_privkey_init(&key));
	if ((flags & MADE_PSS) != 0) {
		must(gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA_PSS, 2048, 0));
		return key;
	}
	if ((flags & MADE_RSA) == 0) {
		must(gnutls_x509_privkey_generate(
			key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
		return key;
	}
	if (rsa_key == NULL) { /* dear: one for all */
		must(gnutls_x509_privkey_init(&rsa_key));
		must(gnutls_x509_privkey_generate(rsa_key, GNUTLS_PK_RSA, 2048, 0));
	}
	must(gnutls_x509_privkey_cpy(key, rsa_key));
	return key;
}

static void add_sans(gnutls_x509_crt_t crt, const char *sans)
{
	char *copy = mem_strdup(sans), *rest = copy, *one;

	while ((one = strsep(&rest, " ")) != NULL) {
		unsigned char ip[16];
		unsigned len = inet_pton(AF_INET, one, ip) == 1    ? 4
		               : inet_pton(AF_INET6, one, ip) == 1 ? 16
		                                                   : 0;

		if (len > 0)
			must(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, ip,
			                                          len, GNUTLS_FSAN_APPEND));
		else
			must(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, one,
			                                          (unsigned)strlen(one),
			                                          GNUTLS_FSAN_APPEND));
	}
	free(copy);
}

static void set_facts(gnutls_x509_crt_t crt, const char *cn, const char *sans, unsigned flags)
{
	static uint32_t serial = 1;
	uint32_t number = htonl(serial++);
	int64_t from = made_now - ((flags & MADE_OLD) != 0 ? 300 : 100) * 86400,
		to = made_now + 300 * 86400;
	unsigned char id[20];
	size_t id_len = sizeof id;

	must(gnutls_x509_crt_set_version(crt, 3));
	must(gnutls_x509_crt_set_serial(crt, &number, sizeof number));
	must(gnutls_x509_crt_set_activation_time(crt, (time_t)from));
	must(gnutls_x509_crt_set_expiration_time(
		crt, (time_t)((flags & MADE_EXPIRED) != 0 ? made_now - 86400 : to)));
	if (cn != NULL)
		must(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, cn,
		                                   (unsigned)strlen(cn)));
	if (cn == NULL || (flags & MADE_ORG) != 0)
		must(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_ORGANIZATION_NAME, 0,
		                                   "Other", 5));
	must(gnutls_x509_crt_set_basic_constraints(crt, (flags & MADE_CA) != 0, -1));
	must(gnutls_x509_crt_set_key_usage(
		crt, (flags & MADE_ENCIPHERMENT) != 0 ? GNUTLS_KEY_KEY_ENCIPHERMENT
		     : (flags & MADE_CA) != 0 ? GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN
		     : (flags & MADE_NO_CERT_SIGN) != 0
			     ? GNUTLS_KEY_DIGITAL_SIGNATURE
			     : GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_CERT_SIGN));
	must(gnutls_x509_crt_get_key_id(crt, 0, id, &id_len));
	must(gnutls_x509_crt_set_subject_key_id(crt, id, id_len));
	if (sans != NULL)
		add_sans(crt, sans);
	if ((flags & MADE_SERVER_ONLY) != 0)
		must(gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0));
	if ((flags & MADE_NETSCAPE_SERVER) != 0)
		must(gnutls_x509_crt_set_extension_by_oid(crt, "2.16.840.1.113730.1.1",
		                                          "\x03\x02\x06\x40", 4, 0));
}

struct made made_cert(struct certset *set, const char *cn, const char *sans,
                      const struct made *issuer, unsigned flags)
{
	struct made made = { .key = new_key(flags) };
	gnutls_datum_t der;

	must(gnutls_x509_crt_init(&made.crt));
	must(gnutls_x509_crt_set_key(made.crt, made.key));
	set_facts(made.crt, cn, sans, flags);
	must(gnutls_x509_crt_sign2(made.crt, issuer != NULL ? issuer->crt : made.crt,
	                           issuer != NULL ? issuer->key : made.key, GNUTLS_DIG_SHA256, 0));
	must(gnutls_x509_crt_export2(made.crt, GNUTLS_X509_FMT_DER, &der));
	made.cert = decode_cert(set, der.data, der.size);
	gnutls_free(der.data);
	return made;
}

void made_free(struct made *made)
{
	gnutls_x509_crt_deinit(made->crt);
	gnutls_x509_privkey_deinit(made->key);
}

void made_end(void)
{
	if (rsa_key != NULL)
		gnutls_x509_privkey_deinit(rsa_key);
	rsa_key = NULL;
}

void made_usual(struct certset *set, struct made *root, struct made *sub, struct made *rsa,
                struct made *ec)
{
	*root = made_cert(set, "Root", NULL, NULL, MADE_CA);
	*sub = made_cert(set, "Sub", NULL, root, MADE_CA);
	*rsa = made_cert(set, "rsa.example", "rsa.example", sub, MADE_RSA);
	*ec = made_cert(set, "ec.example", "ec.example", sub, 0);
}

void made_usual_free(struct made *root, struct made *sub, struct made *rsa, struct made *ec)
{
	made_free(root);
	made_free(sub);
	made_free(rsa);
	made_free(ec);
	made_end();
}
