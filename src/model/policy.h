/* SPDX-License-Identifier: MIT */
/* policy: how the other side judges, and what it offers. Knows no certificate. */
#ifndef MRA_MODEL_POLICY_H
#define MRA_MODEL_POLICY_H

#include "model/observation.h"

enum era { ERA_OPENSSL1, ERA_OPENSSL3 };
enum { ERA_COUNT = 2 };

/* Generations of the traffic server: 8.1 and 9.2 differ in one character of the name rule and in
 * what they log. */
enum traffic_server { TRAFFIC_SERVER_8, TRAFFIC_SERVER_9 };

/* Whose word the release is. What a saved report says holds unless the command line says
 * something. */
enum policy_from { POLICY_DEFAULT, POLICY_SAVED, POLICY_GIVEN };

enum verification { VERIFICATION_UNPROVEN, VERIFICATION_PERMISSIVE, VERIFICATION_ENFORCED };

struct calibration {
	bool given;              /* by an option of this run, not by a saved report */
	char *file;              /* owned; where it was read */
	/* owned; sentences: what was taken over from it, and what was not; NULL until that is known
	 */
	char *text;
	int era, traffic_server; /* -1: not seen */
	int order;               /* -1: not seen */
	int ip_san;              /* 1: honoured, 0: not, -1: not seen */
	enum verification verification;
};

struct policy {
	/* owned; the release that is asked about, "X14.2"; NULL: nobody set one */
	char *expressway;
	/* owned; what is not known of this release, in sentences; NULL: nothing to say */
	char *expressway_note;
	enum policy_from from;   /* of release, era and traffic server */
	enum era era;
	enum traffic_server traffic_server;
	/* OFFERED_* bits: TLS versions that the release offers; those that it may offer, too */
	unsigned offers, may_offer;
	int64_t at;              /* seconds since 1970: when the certificates have to be good */
	bool at_now;             /* nobody asked for a date: it is that of this run */
	bool probe_order[ORDER_COUNT];    /* which orders are probed at all */
	bool order_in_force[ORDER_COUNT]; /* failures count; in the other order they are warnings */
	/* the order in force follows from the upgrade path alone: the configured string may differ
	 */
	bool order_assumed;
	/* static; when the verdicts hold at all, where the new release does not verify each
	 * request; or NULL */
	const char *holds;
	/* an upgrade from below X14.0.2: CUCM must know the CA of Expressway-C's own certificate
	 * first */
	bool chain_first;
	/* owned; a sentence for the report: where that comes from; NULL: both count, nobody said */
	char *order_why;
	char *order_next;        /* owned; what changes on the next upgrade; NULL if not known */
	unsigned warning_days;
	/* nagios: a certificate in use that ends within so many days is critical; 0: none is */
	unsigned critical_days;
	bool strict;
	/* an iPAddress SAN covers a connection to that IP: a log has shown this build to do so */
	bool honours_ip_san;
	/* owned; what a log has shown of this Expressway; NULL: none was given */
	struct calibration *calibration;
	/* the probe offered its TLS library's order of suites, not Expressway's */
	bool library_order;
};

/* "unproven" "permissive" "enforced" */
const char *verification_name(enum verification verification);
int verification_parse(const char *text, enum verification *verification); /* -1: none of these */
struct calibration *calibration_new(const char *file); /* nothing seen */
void calibration_free(struct calibration *calibration);

const char *era_name(enum era era); /* "openssl1" "openssl3" */
int era_parse(const char *text, enum era *era);
const char *traffic_server_name(enum traffic_server server); /* "ats8" "ats9" */
int traffic_server_parse(const char *text, enum traffic_server *server); /* 0, or -1 */
enum traffic_server traffic_server_of(enum era era); /* that goes with it */
/* Sentences for people: which release is asked about, which traffic server judges, what is not
 * known of it. To be freed. */
char *policy_release(const struct policy *policy);
void policy_clear(struct policy *policy);

#endif
