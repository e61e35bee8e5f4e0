/* SPDX-License-Identifier: MIT */
/* compare_rows: a report as flat, sorted rows and facts. Knows no other report. For compare
 * alone. */
#ifndef MRA_ADVISE_COMPARE_ROWS_H
#define MRA_ADVISE_COMPARE_ROWS_H

#include "model/report.h"

enum row_state { ROW_ACCEPTED, ROW_PARTLY, ROW_UNCHECKED, ROW_REFUSED };

/* One address, port, order and store. An address with several IPs is one row: refused if any IP is,
 * accepted in part if some IP could not be checked (report_status takes such an address for
 * seen). */
struct row {
	const char *node, *address, *store; /* borrowed from the report */
	const struct node *of;              /* borrowed: the node of that name */
	uint16_t port;
	enum order order;
	bool advertised, counts; /* counts: report_counts of one of its observations */
	enum row_state state;
	char *state_text; /* owned; "accepted", "refused (expired)", "not checked (timeout)" */
};

/* Something else that is news when it changes (both reports have the key, the values differ), or
 * when it comes or goes (value is NULL in both). All owned. */
struct fact {
	char *key;
	char *value;
	char *text; /* for people: "certificate of cucm1.example.com 8443 rsa-first" */
	const struct finding *finding; /* borrowed; whose presence is the fact, else NULL */
};

struct rows {
	const struct report *report; /* borrowed */
	/* stores are told apart by name; else there is one, whatever it is called */
	bool with_store;
	/* owned, of borrowed; what each of the report's stores is called here */
	const char **stores;
	struct row *items;   size_t count;      /* owned; sorted by row_order with stores */
	/* owned, sorted in the same way; what CUCM would make of Expressway-C's own certificate,
	 * whose name stands for the store */
	struct row *peers;   size_t peer_count;
	struct fact *facts;  size_t fact_count; /* owned; sorted by key */
};

/* before: NULL, or the rows of the older report, whose names of stores hold where only the name has
 * changed. Nodes and addresses are the same whatever their case. */
void rows_init(struct rows *rows, const struct report *report, bool with_store,
               const struct rows *before);
void rows_init_facts(struct rows *rows); /* rows_init calls it */
void rows_clear(struct rows *rows);
bool rows_have_store(const struct rows *rows, const char *store);

/* Has the report a row of this node (address NULL), or of this address of it? */
bool rows_have(const struct rows *rows, const char *node, const char *address);
/* The first row of this node; NULL: there is none. */
const struct row *rows_first(const struct rows *rows, const char *node);
/* Could something of the node that counts not be checked? */
bool rows_unchecked(const struct rows *rows, const char *node);
int row_order(const struct row *a, const struct row *b, bool with_store); /* as strcmp */

#endif
