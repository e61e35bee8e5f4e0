/* SPDX-License-Identifier: MIT */
/* oracle: what libcrypto makes of case folders, with the settings of the traffic server
 * (SSLClientUtils.cc and ssl_verify_cert_chain): purpose and trust SSL server, security level 1,
 * depth 7, no flags. Trust only: no name rule. oracle --version | [--as-openssl1] [FOLDER...]     (or folders
 * on standard input)
 * --as-openssl1 tells what 1.1.1 would say where the two differ in a plain way
 * (src/judge/README.md): 24 for 79, and SHA-1 is good enough. Builds against 1.1.1 itself as well:
 * that build recorded the answers for era openssl1 (README.md). */
#include "cases.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INVALID_CA_OF_1 = 24, INVALID_CA_OF_3 = 79 };

static struct answer answer;
static bool keep_going, as_openssl1;

static bool signed_with_sha1(X509 *cert)
{
	int digest = 0;

	return cert != NULL && X509_get_signature_info(cert, &digest, NULL, NULL, NULL) == 1 &&
	       digest == NID_sha1;
}

static bool ends_a_chain(int error)
{
	return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	       error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
	       error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}

static int note_error(int ok, X509_STORE_CTX *ctx)
{
	int error = X509_STORE_CTX_get_error(ctx);

	if (ok)
		return 1;
	if (as_openssl1 && error == X509_V_ERR_CA_MD_TOO_WEAK &&
	    signed_with_sha1(X509_STORE_CTX_get_current_cert(ctx)))
		return 1;
	if (as_openssl1 && answer.all_count > 0 &&
	    answer.all[answer.all_count - 1][0] == X509_V_ERR_CERT_CHAIN_TOO_LONG &&
	    ends_a_chain(error))
		return 1; /* 3 adds these behind "too long" */
	if (as_openssl1 && error == INVALID_CA_OF_3)
		X509_STORE_CTX_set_error(ctx, error = INVALID_CA_OF_1);
	answer_add(&answer, error, X509_STORE_CTX_get_error_depth(ctx));
	return keep_going;
}

/* NULL where it does not parse. whole: as in TLS, nothing may be behind the certificate; a PEM
 * file's reader is not so strict. (OpenSSL's TRUSTED kind has settings there.) */
static X509 *parse(const char *name, const unsigned char *der, long len, bool whole)
{
	const unsigned char *at = der;
	X509 *cert = d2i_X509(NULL, &at, len);

	if (cert != NULL && whole && at != der + len && strcmp(name, "TRUSTED CERTIFICATE") != 0) {
		X509_free(cert);
		return NULL;
	}
	return cert;
}

/* All certificates of a PEM text, in order; false when one does not parse. */
static bool read_all(const struct text *text, STACK_OF(X509) *certs, bool whole)
{
	BIO *bio = BIO_new_mem_buf(text->data, (int)text->len);
	char *name, *header;
	unsigned char *der;
	bool good = true;
	long len;

	while (PEM_read_bio(bio, &name, &header, &der, &len)) {
		const char *kind = strstr(name, "CERTIFICATE");

		if (kind != NULL && strcmp(kind, "CERTIFICATE") == 0) {
			X509 *cert = parse(name, der, len, whole);

			if (cert != NULL)
				sk_X509_push(certs, cert);
			else
				good = false;
		}
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(der);
	}
	BIO_free(bio);
	ERR_clear_error();
	return good;
}

static int verify(X509_STORE *store, STACK_OF(X509) *chain, long long at)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int ok;

	answer.all_count = 0;
	X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain);
	X509_STORE_CTX_set_default(ctx, "ssl_server");
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_auth_level(param, 1);
	X509_VERIFY_PARAM_set_depth(param, 7);
	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	X509_STORE_CTX_set_verify_cb(ctx, note_error);
	ok = X509_verify_cert(ctx) == 1;
	answer.error = X509_STORE_CTX_get_error(ctx);
	answer.depth = X509_STORE_CTX_get_error_depth(ctx);
	if (!ok && answer.error == X509_V_OK)
		answer.error = X509_V_ERR_UNSPECIFIED;
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

static void verify_twice(X509_STORE *store, STACK_OF(X509) *chain, long long at)
{
	int error, depth;

	keep_going = false;
	answer.ok = verify(store, chain, at);
	error = answer.ok ? 0 : answer.error;
	depth = answer.ok ? 0 : answer.depth;
	keep_going = true;
	verify(store, chain, at);
	answer.error = error;
	answer.depth = depth;
	answer.string = X509_verify_cert_error_string(error);
}

static void judge(const char *folder, const struct a_case *c)
{
	STACK_OF(X509) *chain = sk_X509_new_null(), *trust = sk_X509_new_null();
	X509_STORE *store = X509_STORE_new();

	memset(&answer, 0, sizeof answer);
	answer.error = -1;
	answer.string = "unreadable";
	read_all(&c->trust, trust, false);
	for (int i = 0; i < sk_X509_num(trust); i++)
		X509_STORE_add_cert(store, sk_X509_value(trust, i));
	ERR_clear_error();
	if (read_all(&c->chain, chain, true) && sk_X509_num(chain) > 0)
		verify_twice(store, chain, c->time);
	answer_print(folder, &answer);
	X509_STORE_free(store);
	sk_X509_pop_free(trust, X509_free);
	sk_X509_pop_free(chain, X509_free);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts(OpenSSL_version(OPENSSL_VERSION)) < 0;
	as_openssl1 = argc > 1 && strcmp(argv[1], "--as-openssl1") == 0;
	return cases_run(argc - 1 - as_openssl1, argv + 1 + as_openssl1, judge);
}
