/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "pki/client_file.h"
#include "pki/detail.h"
#include "pki/trust.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 16 << 20 };

/* A self-signed certificate may have CA:TRUE because the tool that made it says so by default
 * (openssl req -x509). One that may do nothing but sign certificates is a CA's. */
static bool may_be_own(const struct cert *cert)
{
	const struct extension_facts *f = &cert->detail->ext;

	if (!cert->is_ca)
		return true;
	return cert->self_signed &&
	       (!f->has_usage ||
	        (f->usage & (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)) != 0);
}

/* Of a file with one certificate that is no CA's that one (PKCS#7 has no order); else the first, if
 * it may be. -1: none. */
static int find_own(const struct chain *chain, size_t *own, const char *path, struct fault *fault)
{
	size_t plain = 0;

	for (size_t i = 0; i < chain->count; i++) {
		if (!detail_readable(chain->certs[i], ERA_OPENSSL1))
			return fault_set(
				fault, FAULT_INPUT,
				"%.200s: certificate %zu of it cannot be read: give Expressway-C's certificate "
				"with its chain as PEM or PKCS#7",
				path, i + 1);
		if (chain->certs[i]->is_ca)
			continue;
		*own = i;
		plain++;
	}
	if (plain == 1)
		return 0;
	*own = 0;
	if (plain > 1 && chain->certs[0]->is_ca)
		return fault_set(
			fault, FAULT_INPUT,
			"%.200s: %zu certificates in it are not a CA's, and the first one is a CA's: put "
			"Expressway-C's own certificate first",
			path, plain);
	if (plain == 0 && (chain->count > 1 || !may_be_own(chain->certs[0])))
		return fault_set(
			fault, FAULT_INPUT,
			"%.200s: %s a CA's and not Expressway-C's own: give the certificate of Maintenance > "
			"Security > Server certificate, with its chain",
			path,
			chain->count > 1 ? "every certificate in it is"
					 : "the certificate in it is");
	return 0;
}

static void put_first(struct chain *chain, size_t own)
{
	const struct cert *cert = chain->certs[own];

	memmove(chain->certs + 1, chain->certs, own * sizeof *chain->certs);
	chain->certs[0] = cert;
}

int client_file_load(struct certset *set, const char *spec, struct client *client,
                     struct names *notes, struct fault *fault)
{
	struct buf text;
	const char *path;
	size_t own = 0;
	int rc;

	path = trust_file_of(spec, &client->name);
	client->from = strcmp(path, "none") == 0 ? CLIENT_NONE : CLIENT_FILE;
	if (client->from == CLIENT_NONE)
		return 0;
	buf_init(&text);
	rc = file_read(path, FILE_MOST, &text, fault);
	if (rc == 0)
		rc = trust_read_chain(set, text.data, text.len, path, &client->chain, notes, fault);
	buf_clear(&text);
	if (rc != 0 || find_own(&client->chain, &own, path, fault) != 0)
		return -1;
	put_first(&client->chain, own);
	return 0;
}
