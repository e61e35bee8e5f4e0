/* SPDX-License-Identifier: MIT */
/* order: which cipher order is in force, from --order, --cipher-string or --upgrade. Knows no
 * handshake. */
#ifndef MRA_ADVISE_ORDER_H
#define MRA_ADVISE_ORDER_H

#include "base/fault.h"
#include "model/policy.h"
#include "model/suite.h"

/* Expressway's own string: only the order that follows from it is probed and in force. */
int order_from_string(const char *cipher_string, struct policy *policy, struct fault *fault);

/* "X14.0.7,X14.2", or "fresh,X14.2" for a new installation: the order that follows is in force;
 * both are probed. */
int order_from_upgrade(const char *from_to, struct policy *policy, struct fault *fault);

/* The suites of a cipher string that lead to a CUCM certificate, in the order in which they are
 * offered. */
struct order_suites {
	const char *first;       /* static name; the suite that decides */
	const char *first_rsa;   /* static name; NULL: none, so tomcat can never be presented */
	const char
		*first_ecdsa; /* static name; NULL: none, so tomcat-ECDSA can never be presented */
	bool rsa_first;
	struct suites offered; /* all, DSS included, in their order */
	/* only first_rsa comes before first_ecdsa: a server without that one suite presents
	 * tomcat-ECDSA */
	bool lifted;
};

/* What Expressway offers up to TLS 1.2: by its own cipher string if there is one (NULL: none), else
 * by the release's default string, with the suite in front that an upgrade from X14.0 or later puts
 * there for RSA first. */
void order_offered(const char *cipher_string, enum order order, struct suites *offered);

int order_read_suites(const char *cipher_string, struct order_suites *suites, struct fault *fault);

#endif
