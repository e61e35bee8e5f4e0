/* SPDX-License-Identifier: MIT */
/* web: the certificates that Expressway-C's web pages show, for --expressway-host. Knows no trust:
 * the connection is never verified, nothing secret is sent, and what the page says is not looked
 * at. */
#ifndef MRA_GATHER_WEB_H
#define MRA_GATHER_WEB_H

#include "base/deadline.h"
#include "gather/names.h"
#include "model/report.h"
#include "wire/http.h"

struct web_how {
	const struct names_how *names;
	unsigned connect_timeout_s, handshake_timeout_s;
	bool environment_proxy;
};

/* Fetches each client of the report that is to be fetched and was not, one after the other: its
 * chain, or its problem. */
void web_run(struct report *report, const struct web_how *how, const struct deadline *deadline);

/* What a server has presented, as libcurl hands it over (PEM), to the end of chain. */
void web_chain(struct certset *certs, const struct http_request *answer, struct chain *chain);

#endif
