/* SPDX-License-Identifier: MIT */
/* http: GETs over HTTPS, many at once. Knows no XML and no trust: nothing is verified, nothing
 * secret is sent, no redirect is followed, nothing is decompressed. */
#ifndef MRA_WIRE_HTTP_H
#define MRA_WIRE_HTTP_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/deadline.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_outcome {
	HTTP_PENDING,
	HTTP_OK,
	HTTP_REFUSED,
	HTTP_UNREACHABLE,
	HTTP_TIMEOUT,
	HTTP_TLS,
	HTTP_STATUS,
	HTTP_REDIRECT,
	HTTP_TOO_LARGE,
	HTTP_BROKEN,
	HTTP_STOPPED
};

struct http_request { /* one GET to one server; no connection is kept for the next */
	const char *host;             /* borrowed; a name or an IP */
	uint16_t port;
	char *const *ips;             /* borrowed; where host is */
	size_t ip_count;
	const char *path;             /* borrowed; "/..." */
	unsigned timeout_ms;          /* for the whole request */
	const struct http_request
		*beside; /* borrowed; once that one is answered, this one is not waited for longer
	                  * than a connect timeout; NULL: it stands alone */
	/* called once, whatever came */
	void (*answered)(void *arg, const struct http_request *request);
	void *arg;

	int64_t answered_ms;          /* when, as clock_mono_ms(); 0: not yet */
	enum http_outcome outcome;
	struct buf body;              /* owned; of HTTP_OK */
	char *detail;                 /* owned; for people; NULL if none */
	char *ip;                     /* owned; where the connection went; NULL: nowhere */
	struct buf *certificates;     /* owned; PEM texts, as presented */
	size_t certificate_count;
};

struct http_how {
	unsigned connect_timeout_ms;   /* for TCP, to all IPs together */
	unsigned handshake_timeout_ms; /* for TLS, from there on */
	size_t body_most;
	unsigned per_host; /* connections at once to one server: 1 or more */
	bool environment_proxy;
};

/* Makes all requests at once and returns when each was answered or has failed, which is data. -1:
 * libcurl cannot be set up; then none was answered. */
int http_get_all(struct http_request *requests, size_t count, const struct http_how *how,
                 const struct deadline *deadline, struct fault *fault);
void http_request_clear(struct http_request *request);

#endif
