/* SPDX-License-Identifier: MIT */
/* result: what one event of the log changes of what is known of an address. Knows no other event.
 * Each peer of an Expressway-C cluster has a connection and a trust store of its own: a peer that
 * accepts says nothing of one that refuses. */
#ifndef MRA_LOG_RESULT_H
#define MRA_LOG_RESULT_H

#include "log/line.h"
#include "model/traffic.h"

/* May two events be of one process of one peer? What a copy lacks (0, "") fits any. */
bool result_same_process(unsigned long pid, const char *peer, unsigned long other_pid,
                         const char *other_peer);
/* A response came. It says nothing while a connection that was there before the last refusal may
 * have carried it. */
void result_accepted(struct traffic_place *server, const struct line *line);
/* The certificate was refused, the other side refused the handshake, or it failed otherwise: a
 * WARNING or ERROR line, the text of the ERROR line ("": none). count: it is the first of its
 * request. */
void result_failed(struct traffic_place *server, const struct line *line, const char *error,
                   bool count);
/* The client got 502, and no refusal explains it. shared: one does, that may be another request's
 * to another port. */
void result_connect_failed(struct traffic_place *server, const struct line *line, bool shared);

#endif
