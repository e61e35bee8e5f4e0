/* SPDX-License-Identifier: MIT */
/* What OpenSSL offers, in GnuTLS's words. The suites' exact order is hello_reorder's business. */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "wire/tls_kit.h"

#include <stdlib.h>

enum { VERSION_SETS = 4, LENIENCIES = 2 };

struct tls_kit {
	tls_may_compute_fn *may_compute;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priorities[VERSION_SETS][ORDER_COUNT]
				    [LENIENCIES]; /* as in struct tls_offer; NULL: not yet */
};

/* A host's policy file (/etc/gnutls/config, crypto-policies) is read when the library starts, and
 * would change what is offered. The library asks for this function whether it shall start by
 * itself; started here, it reads no file. */
GNUTLS_SKIP_GLOBAL_INIT

__attribute__((constructor)) static void start_library(void)
{
	setenv("GNUTLS_SYSTEM_PRIORITY_FILE", "/dev/null", 1);
	gnutls_global_init(); /* if it fails, tls_kit_new will say so */
}

/* OpenSSL's default groups (1.1.1: eccurves_default); an ECDSA suite needs the certificate's curve
 * among them. */
#define GROUPS ":+GROUP-X25519:+GROUP-SECP256R1:+GROUP-X448:+GROUP-SECP521R1:+GROUP-SECP384R1"
#define LENIENT ":%PROFILE_VERY_WEAK:%VERIFY_ALLOW_BROKEN:%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS"

/* OpenSSL's default signature algorithms (1.1.1: tls12_sigalgs). GnuTLS has two names for what is
 * one number in both versions of TLS. */
#define SIGN_ECDSA \
	":+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SHA384:+SIGN-ECDSA-SECP384R1-SHA384" \
	":+SIGN-ECDSA-SHA512:+SIGN-ECDSA-SECP521R1-SHA512:+SIGN-EdDSA-Ed25519:+SIGN-EdDSA-Ed448"
#define SIGN_PSS ":+SIGN-RSA-PSS-SHA256:+SIGN-RSA-PSS-SHA384:+SIGN-RSA-PSS-SHA512" \
	":+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-PSS-RSAE-SHA512"
#define SIGN_RSA ":+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA512"
#define SIGN_OLD ":+SIGN-ECDSA-SHA224:+SIGN-ECDSA-SHA1:+SIGN-RSA-SHA224:+SIGN-RSA-SHA1" \
	":+SIGN-DSA-SHA224:+SIGN-DSA-SHA1:+SIGN-DSA-SHA256:+SIGN-DSA-SHA384:+SIGN-DSA-SHA512"

/* Since 3.8 GnuTLS shuffles the extensions of a ClientHello; OpenSSL has them in one order. Older
 * versions refuse the word. */
#define ORDERED ":%NO_SHUFFLE_EXTENSIONS"

static char *priority_string(const struct tls_offer *offer)
{
	struct buf text;

	buf_init(&text);
	buf_puts(&text, "NONE:+CTYPE-X509:+COMP-NULL");
	if (offer->versions & OFFERED_TLS13)
		buf_puts(&text, ":+VERS-TLS1.3");
	if (offer->versions & OFFERED_TLS12) {
		buf_puts(&text, ":+VERS-TLS1.2");
		buf_puts(
			&text,
			":+ECDHE-ECDSA:+ECDHE-RSA:+DHE-RSA:+DHE-DSS:+RSA:+AES-256-GCM:+CHACHA20-POLY1305:+AES-256-CCM-8:+AES-256-CCM:+AES-128-GCM"
			":+AES-128-CCM-8:+AES-128-CCM:+AES-256-CBC:+CAMELLIA-256-CBC:+AES-128-CBC:+CAMELLIA-128-CBC"
			":+AEAD:+SHA384:+SHA256:+SHA1");
	} else {
		buf_puts(&text,
		         ":+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:+AEAD:+SHA384:+SHA256");
	}
	buf_puts(&text, GROUPS);
	buf_puts(&text, offer->signatures == ORDER_RSA_FIRST ? SIGN_PSS SIGN_ECDSA SIGN_RSA
	                                                     : SIGN_ECDSA SIGN_PSS SIGN_RSA);
	if (offer->versions & OFFERED_TLS12)
		buf_puts(&text, SIGN_OLD);
	buf_puts(&text, LENIENT);
	if (offer->any_usage)
		buf_puts(&text, ":%COMPAT");
	return buf_take(&text);
}

gnutls_priority_t tls_kit_priority(struct tls_kit *kit, const struct tls_offer *offer)
{
	gnutls_priority_t *priority = &kit->priorities[offer->versions % VERSION_SETS]
	                                              [offer->signatures][offer->any_usage];

	if (*priority == NULL) {
		char *text = priority_string(offer);
		char *ordered = mem_printf("%s%s", text, ORDERED);

		if (gnutls_priority_init(priority, ordered, NULL) != 0 &&
		    gnutls_priority_init(priority, text, NULL) != 0)
			*priority = NULL;
		free(ordered);
		free(text);
	}
	return *priority;
}

gnutls_certificate_credentials_t tls_kit_credentials(const struct tls_kit *kit)
{
	return kit->credentials;
}

tls_may_compute_fn *tls_kit_may_compute(const struct tls_kit *kit)
{
	return kit->may_compute;
}

struct tls_kit *tls_kit_new(tls_may_compute_fn *may_compute, struct fault *fault)
{
	struct tls_offer offer = { .versions = OFFERED_TLS12 | OFFERED_TLS13 };
	struct tls_kit *kit = mem_zalloc(sizeof *kit);

	kit->may_compute = may_compute;
	if (gnutls_certificate_allocate_credentials(&kit->credentials) == 0 &&
	    tls_kit_priority(kit, &offer) != NULL)
		return kit;
	fault_set(fault, FAULT_LIBRARY,
	          "GnuTLS cannot be set up, or does not know what Expressway offers");
	tls_kit_free(kit);
	return NULL;
}

void tls_kit_free(struct tls_kit *kit)
{
	gnutls_priority_t *all;

	if (kit == NULL)
		return;
	all = &kit->priorities[0][0][0];
	for (size_t i = 0; i < sizeof kit->priorities / sizeof *all; i++)
		if (all[i] != NULL)
			gnutls_priority_deinit(all[i]);
	if (kit->credentials != NULL)
		gnutls_certificate_free_credentials(kit->credentials);
	free(kit);
}
