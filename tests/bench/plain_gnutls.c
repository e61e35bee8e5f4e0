/* SPDX-License-Identifier: MIT */
#include "plain.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

struct plain {
	gnutls_session_t session;
	bool complete;
};

static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priorities[2];

void plain_setup(void)
{
	static const char *const texts[2] = {
		"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA:+ECDHE-ECDSA",
		"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA"
	};

	if (gnutls_certificate_allocate_credentials(&credentials) != 0)
		exit(2);
	for (int i = 0; i < 2; i++)
		if (gnutls_priority_init(&priorities[i], texts[i], NULL) != 0)
			exit(2);
}

struct plain *plain_new(int fd, const char *name, bool ecdsa_first)
{
	struct plain *plain = calloc(1, sizeof *plain);

	if (plain == NULL || gnutls_init(&plain->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK) != 0)
		exit(2);
	gnutls_priority_set(plain->session, priorities[ecdsa_first]);
	gnutls_credentials_set(plain->session, GNUTLS_CRD_CERTIFICATE, credentials);
	if (name != NULL)
		gnutls_server_name_set(plain->session, GNUTLS_NAME_DNS, name, strlen(name));
	gnutls_transport_set_int(plain->session, fd);
	return plain;
}

enum plain_want plain_step(struct plain *plain)
{
	int rc;

	do {
		rc = gnutls_handshake(plain->session);
	} while (rc < 0 && rc != GNUTLS_E_AGAIN && gnutls_error_is_fatal(rc) == 0);
	if (rc == GNUTLS_E_AGAIN)
		return gnutls_record_get_direction(plain->session) == 0 ? PLAIN_READ : PLAIN_WRITE;
	plain->complete = rc == 0;
	return rc == 0 ? PLAIN_DONE : PLAIN_FAILED;
}

size_t plain_chain_len(const struct plain *plain)
{
	unsigned count = 0;
	const gnutls_datum_t *certs = gnutls_certificate_get_peers(plain->session, &count);
	size_t len = 0;

	for (unsigned i = 0; i < count; i++)
		len += certs[i].size;
	return len;
}

void plain_free(struct plain *plain)
{
	if (plain->complete)
		gnutls_bye(plain->session, GNUTLS_SHUT_WR);
	gnutls_deinit(plain->session);
	free(plain);
}
