/* SPDX-License-Identifier: MIT */
/* Any bytes to the DER reader. It must not read what libcrypto 3 refuses: such a certificate would
 * be judged and not die. */
#include "config.h"

#include "pki/decode.h"
#include "pki/detail.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned char *at = data;
	X509 *theirs = d2i_X509(NULL, &at, (long)size);
	struct certset set;

	certset_init(&set);
	if (detail_readable(decode_cert(&set, data, size), ERA_OPENSSL3) &&
	    (theirs == NULL || at != data + size))
		abort();
	certset_clear(&set);
	X509_free(theirs);
	ERR_clear_error();
	return 0;
}
