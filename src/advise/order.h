/* SPDX-License-Identifier: MIT */
/* order: which cipher order is in force, from --order, --cipher-string or --upgrade. Knows no handshake. */
#ifndef MRA_ADVISE_ORDER_H
#define MRA_ADVISE_ORDER_H

#include "base/fault.h"
#include "model/policy.h"

/* Expressway's own string: only the order that follows from it is probed and in force. */
int order_from_string(const char *cipher_string, struct policy *policy, struct fault *fault);

/* "X14.0.7,X14.2", or "fresh,X14.2" for a new installation: the order that follows is in force; both are probed. */
int order_from_upgrade(const char *from_to, struct policy *policy, struct fault *fault);

/* The suites of a cipher string that lead to a CUCM certificate, in the order in which they are offered. */
struct order_suites {
	const char *first;       /* static name; the suite that decides */
	const char *first_rsa;   /* static name; NULL: none, so tomcat can never be presented */
	const char *first_ecdsa; /* static name; NULL: none, so tomcat-ECDSA can never be presented */
	bool rsa_first;
	bool lifted; /* only first_rsa comes before first_ecdsa: a server without that one suite presents tomcat-ECDSA */
};

int order_read_suites(const char *cipher_string, struct order_suites *suites, struct fault *fault);

#endif
