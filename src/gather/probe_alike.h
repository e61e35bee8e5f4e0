/* SPDX-License-Identifier: MIT */
/* probe_alike: which handshakes have the same IP, port, cipher order and ClientHello, but for the
 * name asked for. One of them is completed; another that shows the same need not be. Knows no
 * sockets. */
#ifndef MRA_GATHER_PROBE_ALIKE_H
#define MRA_GATHER_PROBE_ALIKE_H

#include "model/report.h"

/* For each observation the first that is alike: itself if there is none before. To be freed by the
 * caller. */
size_t *alike_firsts(const struct report *report);

/* Has this handshake shown all that there is to show, so that one that begins like it may be ended?
 * In TLS 1.3 nothing would be saved. */
bool alike_tells(const struct observation *first);

/* What observation takes over from the completed one. */
void alike_take(struct observation *observation, const struct observation *first);

#endif
