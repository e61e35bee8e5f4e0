/* SPDX-License-Identifier: MIT */
/* tls_kit: what all handshakes share, GnuTLS's credentials and priorities. Knows no session. */
#ifndef MRA_WIRE_TLS_KIT_H
#define MRA_WIRE_TLS_KIT_H

#include "wire/tls.h"

#include <gnutls/gnutls.h>

/* The priorities for a ClientHello, made when they are first wanted; borrowed. NULL if the library
 * has no room. */
gnutls_priority_t tls_kit_priority(struct tls_kit *kit, const struct tls_offer *offer);
tls_may_compute_fn *tls_kit_may_compute(const struct tls_kit *kit);
gnutls_certificate_credentials_t tls_kit_credentials(const struct tls_kit *kit);

#endif
