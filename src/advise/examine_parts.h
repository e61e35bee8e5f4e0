/* SPDX-License-Identifier: MIT */
/* examine_parts: what the parts of examine share. Knows no order of gravity: examine.c sorts at the
 * end. */
#ifndef MRA_ADVISE_EXAMINE_PARTS_H
#define MRA_ADVISE_EXAMINE_PARTS_H

#include "base/buf.h"
#include "model/report.h"

/* One part each: appends findings. */
void examine_refusals(struct report *report); /* one per certificate and cause */
void examine_names(struct report *report);    /* ip-san-only, name-only-in-cn, short-name */
void examine_dates(struct report *report);    /* expires-soon, ends-before-at */
void examine_servers(struct report *report);  /* ports-differ, orders-differ, one-certificate */
void examine_usage(struct report *report);    /* client-auth-inventory */
void examine_client(struct report *report);   /* client-certificate-requested, expressway-... */
/* duplicates, expired, unreadable; stores-differ; verify-mode-on-passes */
void examine_stores(struct report *report);
/* entry-unusable, node-foreign, internationalised-name */
void examine_listed(struct report *report);
void examine_unfinished(struct report *report); /* handshake-unfinished */
/* not-checked, ip-dead, ips-left-out, dns, discovery, stopped */
void examine_reach(struct report *report);

/* What "in N days" counts from: a replay that nobody gave a date is of its own day, else the day of
 * the audit. */
int64_t examine_today(const struct report *report);

/* So many stand in a sentence, and how many more there are: of nodes and addresses, and of what is
 * short (ports, stores, files). */
enum { EXAMINE_NAMED = 3, EXAMINE_SHORT_NAMED = 4 };

void examine_add_observation(struct finding *finding, const struct report *report,
                             const struct observation *observation);
void examine_add_port(struct finding *finding, uint16_t port);

/* Findings that are made in one go: those from `from` on. To be cleared. */
struct examine_batch {
	size_t from;
	struct table known; /* kind and certificate to the finding's index */
};

struct examine_batch examine_begin(const struct report *report);

/* The finding of this kind about this certificate (NULL: about none) that was made in this batch,
 * or a new one. The pointer is good until the next. */
struct finding *examine_finding(struct report *report, struct examine_batch *batch,
                                enum finding_kind kind, const struct cert *cert,
                                enum severity severity);
void examine_end(struct examine_batch *batch);

void examine_merge(struct report *report);       /* findings alike become one */
void examine_distinguish(struct report *report); /* no two titles are equal after this */
/* as a set: the order of arrival makes no difference */
void examine_key_set(struct buf *key, const struct names *names);

/* its CN, else its subject, else "(no subject)"; never NULL */
const char *examine_subject(const struct cert *cert);
/* "cucm1.example.com" or "cucm1, cucm2 and 3 more"; to be freed */
char *examine_where(const struct finding *finding);
/* "tomcat-ECDSA of cucm1.example.com"; to be freed */
char *examine_cert_name(const struct finding *finding);

#endif
