/* SPDX-License-Identifier: MIT */
/* facts: what gathering finds out, as frames in a pipe: a length, a kind, a body. Knows no process
 * and no descriptor. The reader is the wall between the part that talks to strangers and the part
 * that judges: it takes any bytes, and what it has taken is a report that is sound in memory,
 * whoever wrote them. */
#ifndef MRA_GATHER_FACTS_H
#define MRA_GATHER_FACTS_H

#include "base/buf.h"
#include "base/deadline.h"
#include "gather/pack.h"
#include "model/report.h"

/* What deadline_found() is told, with the index in the report's array. */
enum fact {
	FACT_NONE,
	FACT_CERT,    /* the reader gives it the index that it has with the writer */
	FACT_CA_LIST, /* likewise */
	FACT_CLUSTER,
	FACT_NODE,
	FACT_OBSERVATION,
	FACT_REVERSES, /* what reverse DNS says of a node: once, beside the observations */
	FACT_CLIENT,   /* what was fetched of a certificate of Expressway-C: once */
	FACT_GATHERED, /* index: an enum gathered; all facts of that step have been told */
	FACT_PROGRESS,
	FACT_NOTE,
	FACT_BUSY, /* index of the cluster or observation that is next, where it is one at a time */
	FACT_END   /* nothing comes after it */
};

/* A step of gathering is done: all that it found is in the report. */
void facts_reached(struct report *report, const struct deadline *deadline, enum gathered step);

/* How the members of the three travel: a member of the struct that has no row there is lost. For
 * the tests as well. */
extern const struct shape facts_cluster, facts_node, facts_observation;

struct facts_out {
	const struct report *report; /* borrowed */
	struct buf bytes; /* frames not yet handed on: the caller's to write and to empty */
	size_t certs, ca_lists;      /* so many of the report's the reader has */
};

/* The reader is to have what report holds now. */
void facts_out_init(struct facts_out *out, const struct report *report);
void facts_out_clear(struct facts_out *out);
/* not those with a function of their own */
void facts_tell(struct facts_out *out, enum fact fact, size_t index);
void facts_progress(struct facts_out *out, const char *stage, size_t done, size_t all);
void facts_note(struct facts_out *out, const char *line);

struct facts_in {
	struct report
		*report; /* borrowed; up to GATHERED_PLAN step by step, from then on fact by fact */
	const struct deadline
		*deadline; /* borrowed; its tell and note hear of progress and notes */
	struct buf bytes;                /* the beginning of a frame */
	/* frames of a step that is not complete: they count when it is, or not at all */
	struct buf staged;
	size_t total, cert_total, note_total; /* bytes taken so far */
	size_t busy; /* the last FACT_BUSY since the step began; SIZE_MAX: none */
	bool ended;
};

void facts_in_init(struct facts_in *in, struct report *report, const struct deadline *deadline);
void facts_in_clear(struct facts_in *in);

/* Any number of bytes, cut anywhere. 0, or -1 as soon as they are not facts, or more than any run
 * has: nothing more is to be read then. What came before stays. */
int facts_read(struct facts_in *in, const void *bytes, size_t len);

#endif
