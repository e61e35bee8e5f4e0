/* SPDX-License-Identifier: MIT */
/* line: one line of a diagnostic log taken apart. Knows no other line. What stands in it was sent
 * by strangers: addresses are letters, digits and -._: only, all else is bounded and made
 * harmless. */
#ifndef MRA_LOG_LINE_H
#define MRA_LOG_LINE_H

#include "model/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum line_kind {
	LINE_NOTHING,  /* not the traffic server's, or nothing that matters here */
	LINE_TOLD,     /* Receive Request: address and port that the client was told */
	LINE_PLAIN,    /* Receive Request: for http without TLS, which has no certificate */
	LINE_SENT,     /* Sending Request: ip and port */
	LINE_ANSWER,   /* Receive Response: ip and port */
	LINE_CLIENT,   /* Sending Response: phrase */
	LINE_ALLOWED,  /* Request Allowed: address and port */
	LINE_WARNING,  /* verification failed: address, ip, reason, depth, terminate */
	LINE_ERROR     /* SSL connection failed: address, error */
};

enum { LINE_NAME = 256, LINE_TEXT = 2048 };

struct line {
	enum line_kind kind;
	int64_t time_ms;       /* since 1970; 0: none */
	bool dated;            /* a time stands there, which may lack its year */
	unsigned long pid;     /* 0: none */
	/* the name in front of the process, of the peer that wrote it; "": none */
	char peer[TRAFFIC_PEER];
	uint64_t txn;
	char address[LINE_NAME];
	char ip[64];
	uint16_t port;
	int role; /* enum node_role, as the path or the port shows it; -1: they do not */
	bool terminate;
	int reason, depth;     /* -1: not known */
	int era, generation;   /* what the line's own words show; -1: nothing */
	bool error_verify;     /* the ERROR line of a failed verification */
	int alert;             /* that the other side sent; -1: none */
	char phrase[128];      /* "502 connect failed"; "": not the traffic server's own words */
	/* WARNING and ERROR: from that word on, as the traffic server writes it */
	char text[LINE_TEXT];
};

/* text: len bytes, a line of the log or several that a copy has broken. What is not understood is
 * LINE_NOTHING. */
void line_read(const char *text, size_t len, struct line *line);
/* Do the lines that follow, up to the next that begins, hold an edge configuration
 * (edgeconfigprovisioning's HTTPMSG)? */
bool line_opens_edge(const char *text, size_t len);
/* The next address in such a line, from *at on, which goes behind it; false: none is left. */
bool line_edge(const char *text, size_t len, size_t *at, char address[LINE_NAME]);
/* May the bytes matter at all? Quick. */
bool line_matters(const char *text, size_t len);
/* Does a line of the log begin here, rather than the rest of a broken one? */
bool line_begins(const char *text, size_t len);
/* The time in front, or in UTCTime; 0: none. */
int64_t line_time(const char *text, size_t len);

#endif
