/* SPDX-License-Identifier: MIT */
/* name: the traffic server's name rule (X509HostnameValidator.cc). Knows no resolver and no iPAddress SAN. */
#ifndef MRA_PKI_NAME_H
#define MRA_PKI_NAME_H

#include "model/cert.h"

/* Would a connection to address (a name or an IP as text) find itself in the certificate? */
bool name_matches(const struct cert *leaf, const char *address);

/* Why, for findings. */
bool name_only_in_cn(const struct cert *leaf, const char *address);      /* matches, but by the CN alone */
bool name_only_in_ip_san(const struct cert *leaf, const char *address);  /* fails, though an iPAddress SAN covers it */

#endif
