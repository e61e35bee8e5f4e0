/* SPDX-License-Identifier: MIT */
#include "plain.h"

#include <openssl/ssl.h>
#include <stdlib.h>

struct plain {
	SSL *ssl;
	bool complete;
};

static SSL_CTX *contexts[2];

void plain_setup(void)
{
	static const char *const texts[2] = { "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384",
		                              "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384" };

	for (int i = 0; i < 2; i++) {
		contexts[i] = SSL_CTX_new(TLS_client_method());
		if (contexts[i] == NULL || SSL_CTX_set_cipher_list(contexts[i], texts[i]) != 1)
			exit(2);
		SSL_CTX_set_max_proto_version(contexts[i], TLS1_2_VERSION);
		SSL_CTX_set_session_cache_mode(contexts[i], SSL_SESS_CACHE_OFF);
		SSL_CTX_set_verify(contexts[i], SSL_VERIFY_NONE, NULL);
	}
}

struct plain *plain_new(int fd, const char *name, bool ecdsa_first)
{
	struct plain *plain = calloc(1, sizeof *plain);

	plain->ssl = SSL_new(contexts[ecdsa_first]);
	if (plain->ssl == NULL || SSL_set_fd(plain->ssl, fd) != 1)
		exit(2);
	if (name != NULL)
		SSL_set_tlsext_host_name(plain->ssl, name);
	return plain;
}

enum plain_want plain_step(struct plain *plain)
{
	int rc = SSL_connect(plain->ssl), error = SSL_get_error(plain->ssl, rc);

	plain->complete = rc == 1;
	return rc == 1                           ? PLAIN_DONE
	       : error == SSL_ERROR_WANT_READ  ? PLAIN_READ
	       : error == SSL_ERROR_WANT_WRITE ? PLAIN_WRITE
	                                       : PLAIN_FAILED;
}

size_t plain_chain_len(const struct plain *plain)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(plain->ssl);
	size_t len = 0;

	for (int i = 0; i < sk_X509_num(chain); i++)
		len += (size_t)i2d_X509(sk_X509_value(chain, i), NULL);
	return len;
}

void plain_free(struct plain *plain)
{
	if (plain->complete)
		SSL_shutdown(plain->ssl);
	SSL_free(plain->ssl);
	free(plain);
}
