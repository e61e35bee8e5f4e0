/* SPDX-License-Identifier: MIT */
/* recall_parts: typed reading of JSON members, every one a possible lie. Knows no report. */
#ifndef MRA_SAVED_RECALL_PARTS_H
#define MRA_SAVED_RECALL_PARTS_H

#include "base/fault.h"
#include "base/table.h"
#include "model/report.h"

#include "saved/document.h"

#include <jansson.h>

enum { RECALL_NAME_MOST = 255, RECALL_TEXT_MOST = 4096 };

struct recall {
	struct report *report;
	const char *what;      /* the file, for messages */
	bool keep_verdicts;    /* RECALL_VERDICTS */
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
	struct recall_id *ids; /* owned; with RECALL_VERDICTS only: the file's numbers of observations */
	size_t id_count;
	struct table nodes_known; /* what other reports have brought, by role, cluster and name: index in report->nodes */
	size_t nodes_before, observations_before; /* what other reports had brought before this file */
};

struct recall_id {
	int64_t id;         /* the file's number, or its place in the list where it gives none */
	size_t observation; /* index in report->observations */
};

/* Every element of a list of the root, once: read gets it; where a fault names the list as `list`. */
int recall_each(struct recall *recall, const char *list, size_t most, int (*read)(struct recall *recall, const json_t *object));

/* Sets the fault "WHAT: MEMBER in LIST ..." and returns -1. */
int recall_bad(const struct recall *recall, const char *where, const char *member, const char *problem);

/* Each returns 0 and leaves *value alone where the member is absent or null, -1 with a fault where it is of another type
 * or out of bounds. */
int recall_text(const struct recall *recall, const json_t *object, const char *where, const char *member, size_t most,
                const char **value); /* borrowed from the JSON */
int recall_copy(const struct recall *recall, const json_t *object, const char *where, const char *member, size_t most,
                char **value); /* owned copy */
int recall_bool(const struct recall *recall, const json_t *object, const char *where, const char *member, bool *value);
int recall_integer(const struct recall *recall, const json_t *object, const char *where, const char *member, int64_t least,
                   int64_t most, int64_t *value);
int recall_array(const struct recall *recall, const json_t *object, const char *where, const char *member, size_t most,
                 const json_t **value); /* NULL where absent */

/* Fingerprints to certificates of the report: -1 where one is not known. */
int recall_chain(const struct recall *recall, const json_t *object, const char *where, const char *member, size_t most,
                 struct chain *chain);

int recall_ca_lists(struct recall *recall);
int recall_certificates(struct recall *recall);
int recall_clients(struct recall *recall);   /* Expressway-C's own certificates */
int recall_snapshots(struct recall *recall);
int recall_clusters(struct recall *recall);
int recall_nodes(struct recall *recall);
int recall_observations(struct recall *recall);
int recall_stores(struct recall *recall);
int recall_verdicts(struct recall *recall); /* and findings, as the file has them */

#endif
