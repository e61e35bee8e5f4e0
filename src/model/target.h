/* SPDX-License-Identifier: MIT */
/* target: a publisher as the user named it. Knows no DNS. */
#ifndef MRA_MODEL_TARGET_H
#define MRA_MODEL_TARGET_H

#include <stdint.h>

struct target {
	char *host;    /* owned; name, IPv4 or IPv6 without brackets */
	uint16_t port; /* UDS; 0: the option's */
};

/* What a browser shows is taken as well: of "https://HOST:PORT/path" the host and the port, if one
 * is written. "name", "name:port", "1.2.3.4", "[v6]", "[v6]:port" or a bare IPv6 literal; -1 if it
 * is none of these. */
int target_parse(const char *text, struct target *target);
void target_clear(struct target *target);

#endif
