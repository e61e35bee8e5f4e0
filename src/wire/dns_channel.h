/* SPDX-License-Identifier: MIT */
/* dns_channel: how c-ares is set up for what dns does with it. Knows no questions. */
#ifndef MRA_WIRE_DNS_CHANNEL_H
#define MRA_WIRE_DNS_CHANNEL_H

#include "wire/dns.h"

#define CARES_NO_DEPRECATED /* 1.34 has successors that 1.18 has not */
#include <ares.h>

int dns_channel_open(ares_channel *channel, const struct dns_how *how, ares_sock_state_cb on_socket,
                     void *arg, struct fault *fault);

struct dns_tries {
	int first_ms; /* at most: how long the first one is waited for */
	int count;
};

/* The tries of a question that may take timeout_ms; version: of c-ares, by ares_version(). */
struct dns_tries dns_channel_tries(int version, unsigned timeout_ms);

const char *dns_channel_problem(int status); /* "NXDOMAIN" "timeout" ... */

#endif
