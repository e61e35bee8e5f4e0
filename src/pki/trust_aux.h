/* SPDX-License-Identifier: MIT */
/* trust_aux: the settings behind a TRUSTED CERTIFICATE (OpenSSL's X509_CERT_AUX). Knows no
 * certificate. */
#ifndef MRA_PKI_TRUST_AUX_H
#define MRA_PKI_TRUST_AUX_H

#include <stdbool.h>
#include <stddef.h>

/* Cuts the settings off der_len. False: they are broken, or they withhold trust from TLS servers,
 * so that the certificate must not be used. What they grant beyond a plain certificate is not
 * modelled: the error, if any, is a refusal too many. */
bool trust_aux_cut(const unsigned char *der, size_t *der_len);

#endif
