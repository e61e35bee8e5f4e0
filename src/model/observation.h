/* SPDX-License-Identifier: MIT */
/* observation: what one handshake showed. Knows no verdict; nothing here is judged. */
#ifndef MRA_MODEL_OBSERVATION_H
#define MRA_MODEL_OBSERVATION_H

#include "model/chain.h"

enum order { ORDER_RSA_FIRST, ORDER_ECDSA_FIRST };
enum { ORDER_COUNT = 2 };

enum outcome {
	OUTCOME_PENDING,        /* not yet tried: only while the probe runs */
	OUTCOME_PRESENTED,      /* a certificate was shown, whatever came after */
	OUTCOME_UNRESOLVED,     /* the address has no IP */
	OUTCOME_REFUSED,        /* RST to our SYN */
	OUTCOME_UNREACHABLE,    /* no route, host unreachable, ... */
	OUTCOME_TIMEOUT,        /* connect or handshake took longer than allowed */
	OUTCOME_RESET,          /* RST after connect */
	OUTCOME_CLOSED,         /* orderly end before a certificate */
	OUTCOME_TLS_ALERT,      /* an alert before a certificate */
	OUTCOME_TLS_VERSION,    /* server offers no version that we may speak */
	OUTCOME_NO_CERTIFICATE, /* an empty Certificate message */
	OUTCOME_NOT_TLS,        /* something else speaks there: HTTP, SSH, ... */
	OUTCOME_TLS_ERROR,      /* a TLS message that cannot be right, or larger than any limit */
	OUTCOME_LOCAL,          /* our own side failed: no descriptor, no memory in a library */
	OUTCOME_STOPPED         /* the run's deadline or a signal came first */
};

struct observation {
	size_t node;      /* index in report->nodes */
	char *address;    /* owned; the connection address: SNI if a name, and what the name rule compares */
	char *ip;         /* owned; the IP connected to, "" if unresolved */
	uint16_t port;
	enum order order;
	bool advertised;
	enum outcome outcome;
	struct chain chain;       /* as sent; empty unless presented */
	char *tls_version;        /* owned; "TLS1.2", NULL if unknown */
	char *cipher_suite;       /* owned; IANA's name, NULL if unknown */
	bool client_certificate_requested;
	bool handshake_completed;
	int64_t took_ms;
	unsigned tries;           /* connections made */
	char *detail;             /* owned; for people: "alert 40 handshake_failure", "Connection refused"; NULL if none */
};

const char *order_name(enum order order);       /* "rsa-first" "ecdsa-first" */
int order_parse(const char *text, enum order *order);
const char *outcome_name(enum outcome outcome); /* "presented" "tls-alert" ... as in INTERFACE */
int outcome_parse(const char *text, enum outcome *outcome);
const char *observation_certificate(const struct observation *observation); /* "tomcat" "tomcat-ECDSA", NULL if none */
/* <0, 0, >0: by node, address, IP, port and cipher order, as qsort(3) wants it. */
int observation_order(const struct observation *a, const struct observation *b);
void observation_clear(struct observation *observation);

#endif
