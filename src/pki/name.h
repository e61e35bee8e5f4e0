/* SPDX-License-Identifier: MIT */
/* name: the traffic server's name rule (X509HostnameValidator.cc). Knows no resolver. */
#ifndef MRA_PKI_NAME_H
#define MRA_PKI_NAME_H

#include "model/policy.h"

/* Would a connection to address (a name, or an IP as inet_ntop writes it) find itself in the
 * certificate, as this generation of the traffic server compares? */
bool name_matches(const struct cert *leaf, const char *address, enum traffic_server server);

/* The same as this build was seen to compare: one that honours iPAddress SANs takes those as
 * well. */
bool name_accepted(const struct cert *leaf, const char *address, const struct policy *policy);

/* Why, for findings: it matches, but by the CN alone; it fails, though an iPAddress SAN covers
 * it. */
bool name_only_in_cn(const struct cert *leaf, const char *address, enum traffic_server server);
bool name_only_in_ip_san(const struct cert *leaf, const char *address, enum traffic_server server);

#endif
