/* SPDX-License-Identifier: MIT */
/* recall_parts: typed reading of JSON members, every one a possible lie. Knows no report. */
#ifndef MRA_SAVED_RECALL_PARTS_H
#define MRA_SAVED_RECALL_PARTS_H

#include "base/fault.h"
#include "model/report.h"

#include <jansson.h>

enum { RECALL_NAME_MOST = 255, RECALL_TEXT_MOST = 4096 };

struct recall {
	struct report *report;
	const char *what;      /* the file, for messages */
	struct fault *fault;
	const json_t *root;
	size_t *clusters;      /* owned; cluster of the file to cluster of the report */
	size_t cluster_count;
	size_t *nodes;         /* owned; the same for nodes */
	size_t node_count;
	const struct ca_list **ca_lists; /* owned array; those of the file, in its order */
	json_t *ca_ids;        /* owned; id in the file to index in ca_lists */
	size_t *nodes_by_name; /* owned; indices into nodes, sorted by name */
};

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

int recall_certificates(const struct recall *recall);
int recall_ca_lists(struct recall *recall);
int recall_clusters(struct recall *recall);
int recall_nodes(struct recall *recall);
int recall_observations(const struct recall *recall);
int recall_stores(const struct recall *recall);

#endif
