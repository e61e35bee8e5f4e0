/* SPDX-License-Identifier: MIT */
/* view: a report put in the order in which people read it: spots, the verdicts of each, and how many are how bad.
 * Knows no format, and judges nothing: it only looks up. For out/ alone. */
#ifndef MRA_OUT_VIEW_H
#define MRA_OUT_VIEW_H

#include "model/report.h"

enum mark {
	MARK_PASS,    /* accepted with every store */
	MARK_FAIL,    /* refused, and it counts */
	MARK_WARNING, /* refused, but not advertised or not in the order in force */
	MARK_UNKNOWN, /* nobody knows, and it counts */
	MARK_ASIDE,   /* nobody knows, and it does not count */
	MARK_IDLE,    /* nobody knows, and nobody would miss it (report_needed) */
};
enum { MARK_COUNT = 6 };

/* One address of one node on one port in one order: what people mean by "it works". May hold several IPs. */
struct spot {
	size_t node;
	const char *address; /* borrowed */
	uint16_t port;
	enum order order;
	bool advertised, counts;
	enum mark mark;
	const size_t *seen; /* borrowed from the view: indices of observations */
	size_t seen_count;
};

struct tally {
	size_t nodes, nodes_refused, nodes_unknown; /* refused beats unknown */
	size_t addresses, refused, unknown;         /* advertised ones; refused beats unknown */
	size_t aside, aside_refused;                /* addresses not advertised */
	size_t spots[MARK_COUNT];
	size_t refused_in[ORDER_COUNT];             /* advertised addresses refused in that order, in force or not */
	size_t spared_by_tls12_in[ORDER_COUNT];     /* of those: accepted by a connection that offered TLS 1.2 alone */
	size_t unknown_in[ORDER_COUNT];
	size_t findings[3];                         /* by severity */
	const struct cert *first_to_end;            /* borrowed; the leaf that ends first, NULL if none was shown */
};

struct view {
	const struct report *report; /* borrowed */
	struct spot *spots;          /* owned; by node, advertised first, address, port, order */
	size_t spot_count;
	size_t *seen;                /* owned; observations in that order */
	size_t *verdicts;            /* owned; verdict indices by observation */
	size_t *verdicts_at;         /* owned; where each observation's begin in verdicts; one more at the end */
	struct tally tally;
	enum headline headline;
};

void view_init(struct view *view, const struct report *report);
void view_clear(struct view *view);
const char *mark_name(enum mark mark); /* "accepted" "refused" "warning" "unknown" "aside" */

/* The verdicts of an observation: indices into report->verdicts. */
const size_t *view_verdicts(const struct view *view, size_t observation, size_t *count);

/* The observation that tells most of a spot: the first refused one, else the first presented, else the first. */
const struct observation *view_teller(const struct view *view, const struct spot *spot);

/* The first refusing verdict of a spot, NULL if there is none. */
const struct verdict *view_refusal(const struct view *view, const struct spot *spot);

/* Why a spot does not count: "not advertised", "not in the order in force", "not needed there"; NULL if it counts. */
const char *view_aside(const struct view *view, const struct spot *spot);

/* Past the end of the run of spots that share the node (and the address) of the one at `from`. */
size_t view_node_end(const struct view *view, size_t from);
size_t view_address_end(const struct view *view, size_t from);

bool view_has(const struct view *view, size_t from, size_t end, enum mark mark); /* among the spots [from, end) */

/* Nodes that pass wherever it counts: how many, and the names of the first `most` (0: all). */
size_t view_passing(const struct view *view, size_t most, struct names *names);

#endif
