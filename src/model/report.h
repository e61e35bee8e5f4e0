/* SPDX-License-Identifier: MIT */
/* report: all that a run knows; owns nodes, certificates, observations, verdicts, findings and
 * plan. Knows no format. */
#ifndef MRA_MODEL_REPORT_H
#define MRA_MODEL_REPORT_H

#include "base/table.h"
#include "model/client.h"
#include "model/finding.h"
#include "model/membership.h"
#include "model/service.h"
#include "model/store.h"
#include "model/target.h"
#include "model/unread.h"

enum discovery_outcome {
	DISCOVERY_NOT_TRIED,
	DISCOVERY_OK,
	DISCOVERY_UNRESOLVED,
	DISCOVERY_REFUSED,
	DISCOVERY_UNREACHABLE,
	DISCOVERY_TIMEOUT,
	DISCOVERY_TLS,
	DISCOVERY_HTTP_STATUS,
	DISCOVERY_REDIRECT,
	DISCOVERY_TOO_LARGE,
	DISCOVERY_NOT_XML,
	DISCOVERY_NO_SERVERS,
	DISCOVERY_TOO_MANY,
	DISCOVERY_BROKEN,
	DISCOVERY_FOREIGN, /* the network named it and it lies outside the domain: not asked without
	                      --foreign */
	DISCOVERY_COVERED, /* its list could not be read, but another of the domain has it: nothing
	                      is missing */
	DISCOVERY_STOPPED
};

struct cluster {
	/* owned; as its source named it; of an SRV record that was not found the record's name */
	char *publisher;
	enum node_source source; /* who named it */
	/* no publisher but an SRV record that was not found; only while nodes are gathered */
	bool is_record;
	uint16_t port;
	char *version;    /* owned; CUCM's version, NULL if unknown */
	char *url;        /* owned; what was asked */
	enum discovery_outcome outcome;
	char *detail;     /* owned; for people; NULL if none */
	char *ip;         /* owned; where the UDS answer came from; NULL if unknown */
	/* empty and repeated entries of the list; what is not an address is a node, its outcome
	 * "unusable" */
	size_t entries_dropped;
	struct chain chain;       /* what the discovery connection presented */
	/* owned; of that chain, one per store: would "TLS verify mode: On" have let discovery
	 * pass? */
	struct verdict *verdicts;
	size_t verdict_count;
};

/* What the first sentence says, and the colour of a page with it. */
enum headline {
	HEADLINE_YES,
	HEADLINE_YES_BUT,   /* only while something stays as it is assumed: no page may be green */
	HEADLINE_NO,
	HEADLINE_NOT_KNOWN
};

enum status { STATUS_PASS, STATUS_FAIL, STATUS_INCOMPLETE, STATUS_ERROR };

/* How far gathering has come: a step whose facts are all in the report is not taken again. */
enum gathered {
	GATHERED_NOTHING,
	GATHERED_CLUSTERS,  /* every publisher that is to be asked, not yet tried */
	GATHERED_NODES,     /* every node, with the address that it is advertised under */
	GATHERED_ADDRESSES, /* their other addresses and all IPs */
	GATHERED_PLAN,      /* every observation that is to be made, pending */
	GATHERED_ALL
};

struct report {
	int64_t started; /* seconds since 1970 */
	int64_t took_ms;
	struct policy policy;
	struct certset certs;
	struct ca_lists client_ca_lists;
	struct store *stores;       size_t store_count;
	struct cluster *clusters;   size_t cluster_count;
	struct node *nodes;         size_t node_count;
	/* name to index of the first node of that name: report_add_node's */
	struct table node_names;
	struct {
		struct table nodes;    /* role, cluster and name to index */
		struct table clusters; /* publisher and port to index */
		size_t reports;        /* how many brought observations */
		char *member;          /* owned; the cluster that the next file is of; or NULL */
	} joined; /* what saved/reader has joined in it; empty otherwise */
	/* of several clusters that became one report; empty: every store judges all */
	struct membership members;
	struct observation *observations; size_t observation_count;
	struct verdict *verdicts;
	size_t verdict_count; /* every presented observation with every store */
	struct client *clients;     size_t client_count;   /* Expressway-C's own certificates */
	struct snapshot *snapshots; size_t snapshot_count;
	struct client_verdict *client_verdicts;
	size_t client_verdict_count;                       /* what CUCM would say of each of them */
	/* what was to be joined in it and could not be read: nothing of it is here */
	struct unread unread;
	struct finding *findings;   size_t finding_count;  /* gravest first */
	struct step *steps;         size_t step_count;     /* the plan, in order */
	char *answer; /* owned; "may I upgrade?" in one sentence; NULL until it is known */
	enum gathered gathered;
	bool stopped;               /* a signal or the deadline came before the end */
	enum status status;
};

void cluster_clear(struct cluster *cluster);
struct report *report_new(void);
void report_free(struct report *report);
/* pointers: until the next call */
struct store *report_add_store(struct report *report, const char *name);
struct cluster *report_add_cluster(struct report *report, const char *publisher, uint16_t port);
struct node *report_add_node(struct report *report, const char *name);
/* the first of this name, in any case; or NULL */
struct node *report_find_node(const struct report *report, const char *name);
struct observation *report_add_observation(struct report *report);
struct verdict *report_add_verdict(struct report *report);
struct client *report_add_client(struct report *report, const char *name, enum client_from from);
struct snapshot *report_add_snapshot(struct report *report, const char *name);
struct client_verdict *report_add_client_verdict(struct report *report);
void report_drop_client_verdicts(struct report *report);
/* a row of finding.def, with its texts */
struct finding *report_add_finding(struct report *report, enum finding_kind kind);
/* a warning, no texts */
struct finding *report_add_refusal(struct report *report, enum finding_kind kind,
                                   enum reason reason);
struct step *report_add_step(struct report *report, enum step_kind kind);

/* Does a refusal of this observation, or that it could not be made, count (advertised, in an order
 * that is in force, on a port that is needed)? Otherwise it is a warning. */
bool report_counts(const struct report *report, const struct observation *observation);

/* Has every port that counts and asks for Expressway-C's certificate a verdict that accepts it,
 * each of them, and is there one? */
bool report_client_accepted(const struct report *report);

/* Does this store judge what this node, or this publisher, shows? */
bool report_judges_node(const struct report *report, size_t store, size_t node);
bool report_judges_cluster(const struct report *report, size_t store, size_t cluster);

/* What was asked by an observation, and the name of the certificate it showed ("tomcat",
 * "CallManager", ...; static, NULL if none was shown). */
enum service report_service(const struct report *report, const struct observation *observation);
const char *report_certificate(const struct report *report, const struct observation *observation);

/* Would anybody miss this port? Configuration files come from CUCM: not 6972 on IM&P or Unity
 * Connection. What is shown there is judged all the same. */
bool report_needed(const struct report *report, const struct observation *observation);
/* Of each observation (to be freed): did any IP of its node's address present a certificate on its
 * port in its order? A name with a dead IP beside a living one has been seen. */
bool *report_seen(const struct report *report);
/* refused, else not checked, else accepted: of what report_counts() and of discovery */
enum status report_status(const struct report *report);
/* From the status (which is to be set) and, where the order in force is only assumed, from what the
 * other order shows; where it is not known whether TLS 1.3 is offered, from what 1.2 shows. */
enum headline report_headline(const struct report *report);
/* Is anything refused or unseen in the order that is not the assumed one? Never where no order is
 * assumed. */
bool report_other_order_fails(const struct report *report);
/* Does this one count and show its certificate with TLS 1.3 alone, and is it not known whether the
 * release offers that? */
bool report_needs_tls13(const struct report *report, const struct observation *observation);
/* Does any? */
bool report_any_needs_tls13(const struct report *report);
/* Does this refused or unseen observation count only if the cipher order turns out to be another
 * than the one assumed? */
bool report_in_other_order(const struct report *report, const struct observation *observation);
const char *headline_name(enum headline headline);      /* "yes" "yes-but" "no" "not-known" */
/* How many warnings are about something that clients are sent to, or about no address at all. What
 * nobody uses wakes nobody: nearly every healthy cluster has a certificate that does not cover the
 * IP of its node. */
size_t report_warnings(const struct report *report);
int report_exit(const struct report
                        *report); /* 0 pass, 1 fail, 2 error, 3 incomplete; --strict considered */
const char *status_name(enum status status);
int status_parse(const char *text, enum status *status); /* -1: none of these */
bool discovery_failed(enum discovery_outcome outcome); /* nodes may be missing because of it */
/* "ok" "unresolved" "http-status" ... */
const char *discovery_outcome_name(enum discovery_outcome outcome);

#endif
