/* SPDX-License-Identifier: MIT */
/* reverse: IPs back to names. Knows no ports; no verdict depends on what it finds, so nobody waits
 * for it: names of nodes are asked about while those are probed. */
#ifndef MRA_GATHER_REVERSE_H
#define MRA_GATHER_REVERSE_H

#include "base/deadline.h"
#include "gather/names.h"
#include "model/report.h"

struct reverse { /* to be zeroed before it is asked, and to stay where it is until it is answered */
	struct dns *dns;          /* borrowed, like the names */
	/* the node's: one that leads back to either of them agrees; NULL: none */
	const char *names[2];
	char *ip, *name, *problem; /* owned; as in struct node_reverse */
	bool agrees;
	/* owned; of the name that was found, if it is not one of the node's */
	char *ips[NAMES_IPS_MOST];
	size_t ip_count, left_out;
};

void reverse_ask(struct reverse *reverse, struct dns *dns, const char *ip, const char *name,
                 const char *full_name);
/* appends it to the node's reverses */
void reverse_write(const struct reverse *reverse, struct node *node);
void reverse_clear(struct reverse *reverse);

struct reverses;

/* Asks about every IP behind the name of every node that has none in its reverses, on loop. NULL:
 * there are none, or no resolver. report's nodes stay as they are until reverses_finish(). */
struct reverses *reverses_start(struct report *report, const struct names_how *how,
                                struct loop *loop);

/* To be called after each turn of the loop: how long it may sleep, at most most_ms. arg: a struct
 * reverses, or NULL. */
int64_t reverses_tick(void *arg, int64_t most_ms);

/* Waits for what is open, but not beyond two seconds after the start, and tells the nodes' reverses
 * as facts. Frees it. */
void reverses_finish(struct reverses *reverses, const struct deadline *deadline);

#endif
