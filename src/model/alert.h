/* SPDX-License-Identifier: MIT */
/* alert: the alerts of TLS by their number, and what each means where Expressway-C is the client.
 * Knows no connection. */
#ifndef MRA_MODEL_ALERT_H
#define MRA_MODEL_ALERT_H

const char *alert_name(int alert);    /* "unknown_ca"; "unknown" */
const char *alert_words(int alert);   /* OpenSSL's: "tlsv1 alert unknown ca"; NULL: not known */
const char *alert_meaning(int alert); /* a sentence */
const char *alert_action(int alert);  /* a sentence; NULL: nothing to be done is known */

#endif
