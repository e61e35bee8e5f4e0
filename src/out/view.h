/* SPDX-License-Identifier: MIT */
/* view: a report put in the order in which people read it: checks, the verdicts of each, and how
 * many are how bad. Knows no format, and judges nothing: it only looks up. For out/ alone. */
#ifndef MRA_OUT_VIEW_H
#define MRA_OUT_VIEW_H

#include "model/report.h"

enum check_state {
	CHECK_ACCEPTED,   /* accepted with every store */
	CHECK_REFUSED,    /* refused, and it counts */
	CHECK_WARNING,    /* refused, but not advertised or not in the order in force */
	CHECK_UNKNOWN,    /* nobody knows, and it counts */
	CHECK_ASIDE,      /* nobody knows, and it does not count */
	CHECK_NOT_NEEDED, /* nobody knows, and nobody would miss it (report_needed) */
};
enum { CHECK_STATE_COUNT = 6 };

/* One address of one node on one port in one order: what people mean by "it works". May hold
 * several IPs. */
struct check {
	size_t node;
	const char *address; /* borrowed */
	uint16_t port;
	enum order order;
	bool advertised, counts;
	enum check_state state;
	const size_t *seen; /* borrowed from the view: indices of observations */
	size_t seen_count;
};

struct tally {
	size_t nodes, nodes_refused, nodes_unknown; /* refused beats unknown */
	size_t addresses, refused, unknown;         /* advertised ones; refused beats unknown */
	size_t aside, aside_refused, aside_unknown; /* addresses not advertised */
	size_t checks[CHECK_STATE_COUNT];
	/* advertised addresses refused in that order, in force or not */
	size_t refused_in[ORDER_COUNT];
	/* of those: accepted by a connection that offered TLS 1.2 alone */
	size_t spared_by_tls12_in[ORDER_COUNT];
	size_t unknown_in[ORDER_COUNT];
	/* advertised addresses that show nothing to TLS 1.2 alone, where 1.3 is not sure to be
	 * offered */
	size_t need_tls13;
	/* advertised addresses at which CUCM would refuse Expressway-C's certificate */
	size_t peer_refused;
	size_t findings[3];                         /* by severity */
	/* borrowed; of what advertised addresses show, leaf or CA, what ends first; NULL: none */
	const struct cert *first_to_end;
};

struct view {
	const struct report *report; /* borrowed */
	struct check *checks;          /* owned; by node, advertised first, address, port, order */
	size_t check_count;
	size_t *seen;                /* owned; observations in that order */
	bool *reached;               /* owned; report_seen() */
	size_t *verdicts;            /* owned; verdict indices by observation */
	/* owned; where each observation's begin in verdicts; one more at the end */
	size_t *verdicts_at;
	struct tally tally;
	enum headline headline;
	/* one of many clusters: what all of them share is left out; false by view_init */
	bool brief;
};

void view_init(struct view *view, const struct report *report);
void view_clear(struct view *view);
/* "accepted" "refused" "warning" "unknown" "aside" */

/* The verdicts of an observation: indices into report->verdicts. */
const size_t *view_verdicts(const struct view *view, size_t observation, size_t *count);

/* The observation to show for a check: the first refused one, else the first presented, else the
 * first. */
const struct observation *view_shown(const struct view *view, const struct check *check);

/* The first refusing verdict of a check, NULL if there is none. */
const struct verdict *view_refusal(const struct view *view, const struct check *check);

/* Why a check does not count: "not advertised", "not in the order in force", "not needed there";
 * NULL if it counts. */
const char *view_aside(const struct view *view, const struct check *check);

/* Past the end of the run of checks that share the node (and the address) of the one at `from`. */
/* Adds the ports that logins need and that were not tried at a node of which another one was that
 * logins use (--ports 8443; 8443 and 6972 of a Meeting Server): a Yes says nothing of them. */
void view_ports_left_out(const struct view *view, struct names *ports);
size_t view_node_end(const struct view *view, size_t from);
size_t view_address_end(const struct view *view, size_t from);

/* among the checks [from, end) */
bool view_has(const struct view *view, size_t from, size_t end, enum check_state state);

#endif
