/* SPDX-License-Identifier: MIT */
/* client: Expressway-C's own certificate, which it shows where CUCM asks for one; what CUCM trusts,
 * where a snapshot tells; and whether CUCM would accept the one with the other. Knows no file and
 * no remedy. */
#ifndef MRA_MODEL_CLIENT_H
#define MRA_MODEL_CLIENT_H

#include "model/chain.h"
#include "model/names.h"
#include "model/store.h"

enum client_from {
	CLIENT_FILE, /* --client-certificate: what the file holds is what Expressway-C sends */
	CLIENT_WEB,  /* --expressway-host: what its web page shows; from X15.5 on its client store
	                may hold another one */
	CLIENT_NONE /* --client-certificate none: Expressway-C sends an empty Certificate message */
};

struct client {
	char *name;       /* owned; from NAME=FILE, else the file's name, or HOST:PORT */
	enum client_from from;
	struct chain chain; /* its own certificate first; empty: none, or not fetched */
	char *host;       /* owned; of CLIENT_WEB, else NULL */
	uint16_t port;
	bool fetched;     /* CLIENT_WEB: was it tried */
	char *problem;    /* owned; why nothing came of it; NULL: nothing is wrong */
};

/* A saved answer of CUCM's certificate API: the two stores that the vendor wants the CA in. */
struct snapshot {
	char *name;   /* owned; the file's */
	char *server; /* owned; the node that answered; NULL: the answer does not say */
	struct store tomcat, callmanager; /* named "tomcat-trust" and "CallManager-trust" */
};

enum client_outcome { CLIENT_ACCEPTED, CLIENT_REFUSED, CLIENT_UNKNOWN };

enum client_cause {
	CLIENT_LISTED,        /* accepted */
	CLIENT_NOT_ASKED,     /* accepted: the port asks for none */
	CLIENT_NOT_REQUIRED,  /* accepted: the port asks, and goes on without one */
	CLIENT_CA_UNKNOWN,    /* refused; alert 48 */
	CLIENT_PURPOSE,       /* refused; alert 43 */
	CLIENT_EXPIRED,       /* refused; alert 45 */
	CLIENT_NOT_YET_VALID, /* refused; alert 42 */
	CLIENT_SIGNATURE,     /* refused; alert 51: an issuer of that name with another key */
	CLIENT_REQUIRED,      /* refused; alert 40, in TLS 1.3 116 */
	CLIENT_NO_LIST,       /* unknown: nobody is named */
	CLIENT_HALF_LISTED,   /* unknown: a CA of the chain is listed, its root is not */
	CLIENT_UNTOLD, /* unknown: TLS 1.3 ends for the client before the server looks at its empty
	                  Certificate message */
	CLIENT_ONE_STORE,  /* unknown: only one of tomcat-trust and CallManager-trust has it, and no
	                      list decides */
	CLIENT_NOT_FETCHED /* unknown: nobody knows the certificate */
};

struct client_verdict {
	size_t observation; /* index in report->observations */
	size_t client;      /* index in report->clients */
	enum client_outcome outcome;
	enum client_cause cause;
	int alert;          /* that CUCM would send; 0: none */
	char *reason;       /* owned; a sentence for people */
};

const char *client_from_name(enum client_from from);          /* "file" "web-page" "none" */
int client_from_parse(const char *text, enum client_from *from); /* -1: none of these */
const char *client_outcome_name(enum client_outcome outcome); /* "accepted" "refused" "unknown" */
int client_outcome_parse(const char *text, enum client_outcome *outcome);
void client_clear(struct client *client);
void snapshot_clear(struct snapshot *snapshot);

#endif
