/* SPDX-License-Identifier: MIT */
/* reader_parts: typed reading of JSON members, every one a possible lie. Knows no report. */
#ifndef MRA_SAVED_READER_PARTS_H
#define MRA_SAVED_READER_PARTS_H

#include "base/fault.h"
#include "base/table.h"
#include "model/report.h"

#include "saved/document.h"

#include <jansson.h>

enum {
	READER_WORD_MOST = 64, /* of an enum, a time or a release */
	READER_NAME_MOST = 255,
	READER_TEXT_MOST = 4096,
	READER_CHAIN_MOST = 10000
};

struct reader {
	struct report *report;
	const char *what;      /* the file, for messages */
	bool keep_verdicts;    /* READER_VERDICTS */
	struct fault *fault;
	const json_t *root;    /* borrowed from document: the members that are not lists of it */
	struct document document;
	size_t *clusters;      /* owned; cluster of the file to cluster of the report */
	size_t cluster_count;
	size_t *nodes;         /* owned; the same for nodes */
	size_t node_count;
	const struct ca_list **ca_lists; /* owned array; those of the file, in its order */
	json_t *ca_ids;        /* owned; id in the file to index in ca_lists */
	size_t *nodes_by_name; /* owned; indices into nodes, sorted by name */
	struct reader_id
		*ids; /* owned; with READER_VERDICTS only: the file's numbers of observations */
	size_t id_count;
	/* what other reports had brought before this file */
	size_t nodes_before, observations_before;
};

struct reader_id {
	int64_t id;         /* the file's number, or its place in the list where it gives none */
	size_t observation; /* index in report->observations */
};

/* Every element of a list of the root, once: read gets it; where a fault names the list as
 * `list`. */
int reader_each(struct reader *reader, const char *list, size_t most,
                int (*read)(struct reader *reader, const json_t *object));

/* Sets the fault "WHAT: MEMBER in LIST ..." and returns -1. */
int reader_bad(const struct reader *reader, const char *where, const char *member,
               const char *problem);

/* Each returns 0 and leaves *value alone where the member is absent or null, -1 with a fault where
 * it is of another type or out of bounds. */
/* borrowed from the JSON */
int reader_text(const struct reader *reader, const json_t *object, const char *where,
                const char *member, size_t most, const char **value);
int reader_word(const struct reader *reader, const json_t *object, const char *where,
                const char *member, const char **value);
/* owned copy */
int reader_copy(const struct reader *reader, const json_t *object, const char *where,
                const char *member, size_t most, char **value);
int reader_bool(const struct reader *reader, const json_t *object, const char *where,
                const char *member, bool *value);
int reader_integer(const struct reader *reader, const json_t *object, const char *where,
                   const char *member, int64_t least, int64_t most, int64_t *value);
/* NULL where absent */
int reader_array(const struct reader *reader, const json_t *object, const char *where,
                 const char *member, size_t most, const json_t **value);

/* Adds what the object's "members" names, or else the cluster that the file is of (reader_join);
 * nothing where neither is known. */
int reader_members(const struct reader *reader, const json_t *object, const char *where,
                   struct names *members);

/* The same for the index-th element of a list of the report's. */
int reader_membership(const struct reader *reader, const json_t *object, const char *where,
                      struct member_list *list, size_t index);

/* Fingerprints to certificates of the report: -1 where one is not known. */
int reader_chain(const struct reader *reader, const json_t *object, const char *where,
                 const char *member, size_t most, struct chain *chain);

int reader_ca_lists(struct reader *reader);
int reader_certificates(struct reader *reader);
int reader_clients(struct reader *reader);   /* Expressway-C's own certificates */
int reader_snapshots(struct reader *reader);
int reader_clusters(struct reader *reader);
int reader_nodes(struct reader *reader);
int reader_observations(struct reader *reader);
int reader_stores(struct reader *reader);
int reader_verdicts(struct reader *reader); /* and findings, as the file has them */

#endif
