/* SPDX-License-Identifier: MIT */
/* node: a server of the cluster and the addresses it can be reached under. Knows no
 * certificates. */
#ifndef MRA_MODEL_NODE_H
#define MRA_MODEL_NODE_H

#include "model/address.h"

enum node_role { ROLE_CUCM, ROLE_IMP, ROLE_UNITY, ROLE_CMS, ROLE_GUEST };
enum node_source {
#define SOURCE(constant, name, words, told) SOURCE_##constant,
#include "model/source.def"
#undef SOURCE
};

/* What forward and reverse DNS said of one of the node's IPs. */
struct node_reverse {
	char *ip;       /* owned */
	char *name;     /* owned; the PTR, NULL if none */
	/* owned; why there is no name ("NXDOMAIN", "timeout"), NULL if there is one */
	char *problem;
	/* the name leads back to the node: it is one of its names, or resolves to this IP */
	bool agrees;
};

struct told_address { /* that clients were told, as a log shows */
	char *address;       /* owned by whoever made it */
	int role;            /* enum node_role; -1: not known */
};

struct node {
	/* owned; as UDS or --node has it; an IDN as A-labels; an entry that is not an address, made
	 * safe to show */
	char *name;
	char *written; /* owned; how the source writes an IDN, made safe to show; NULL: as name */
	enum node_role role;
	enum node_source source;
	/* a person named it as well: it is probed wherever it lies; of no use after that */
	bool vouched;
	size_t cluster; /* index in report->clusters, NODE_NO_CLUSTER if it belongs to none */
	struct address *addresses;  /* owned; the advertised one first */
	size_t address_count;
	struct node_reverse *reverses; /* owned */
	size_t reverse_count;
};

#define NODE_NO_CLUSTER ((size_t)-1)

const char *node_role_name(enum node_role role); /* "cucm" "imp" "unity" "cms" "jabber-guest" */
const char *node_source_name(enum node_source source);  /* as in JSON: "uds" "option" ... */
const char *node_source_words(enum node_source source); /* for people: "listed by UDS" ... */
bool node_source_told(enum node_source source);         /* the network named it, not a person */
int node_source_parse(const char *text, enum node_source *source); /* -1: none has this name */
int node_role_parse(const char *text, enum node_role *role);

/* Copies text; an address that the node already has is returned as it is (advertised stays set once
 * set). The pointer is good until the next call. */
struct address *node_add_address(struct node *node, const char *text, bool advertised);
struct address *node_find_address(const struct node *node, const char *text);
/* NULL: of this IP reverse DNS was not asked. */
struct node_reverse *node_find_reverse(const struct node *node, const char *ip);
void node_reverse_clear(struct node_reverse *reverse);
void node_clear(struct node *node);

#endif
