/* SPDX-License-Identifier: MIT */
/* Any bytes to the DER reader. It must not read what libcrypto 3 refuses: such a certificate would
 * be judged and not die. */
#include "config.h"

#include "pki/decode.h"
#include "pki/detail.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* OpenSSL 3.5 does not parse dates that DER does not allow; 3.0 does, and refuses them later. */
static bool is_stricter(const struct cert *ours)
{
	return (OPENSSL_version_major() > 3 || OPENSSL_version_minor() >= 2) &&
	       (ours->not_before == INT64_MIN || ours->not_after == INT64_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned char *at = data;
	X509 *theirs = d2i_X509(NULL, &at, (long)size);
	const struct cert *ours;
	struct certset set;

	certset_init(&set);
	ours = decode_cert(&set, data, size);
	if (detail_readable(ours, ERA_OPENSSL3) && !is_stricter(ours) &&
	    (theirs == NULL || at != data + size))
		abort();
	certset_clear(&set);
	X509_free(theirs);
	ERR_clear_error();
	return 0;
}
