/* SPDX-License-Identifier: MIT */
/* doc: a document as a tree of headings, paragraphs, lists, tables, code blocks and folds, so that
 * each part of a report is written once. Knows no report and no format: text.c, markdown.c and
 * html.c lay it out and make its texts harmless. */
#ifndef MRA_OUT_DOC_H
#define MRA_OUT_DOC_H

#include "model/finding.h"
#include "out/out.h"

enum doc_kind {
	/* blocks; text: the title, NULL for none */
	DOC_ANSWER, /* the first sentence; text: the question it answers */
	DOC_SECTION,
	DOC_FOLD, /* folded where a format can fold */
	DOC_LIST, /* of items, numbered where the list's look is not DOC_PLAIN */
	DOC_ITEM,
	DOC_TABLE, /* of rows; the first row is the head */
	DOC_BARS,  /* of items with a value each: a picture where a format has pictures; text: what
	              it shows */
	DOC_ROW,
	DOC_CELL, /* of runs, names or folds; the first of a row names the row */
	/* blocks of runs */
	DOC_PARAGRAPH,
	DOC_NAMES, /* text: a label or NULL; its runs are listed with commas, and cut short where
	              there are many */
	DOC_CODE,  /* a line to be searched for or copied, whole; text: the line */
	/* runs; text: what they say */
	DOC_TEXT,
	DOC_NAME, /* a name, address or fingerprint: what came from elsewhere */
	DOC_STRONG,
	DOC_LABEL,
	DOC_SMALL, /* an addition that a table of plain text has no room for */
	DOC_LINK,  /* to the section whose id it has; only where a format has links */
};

/* How a block looks. None is told by colour alone: the words say it as well. */
enum doc_look {
	DOC_PLAIN, DOC_GOOD, DOC_BAD, DOC_WARN, DOC_GAP, DOC_NOTE, DOC_STEP,
	DOC_DO,     /* what to do about it */
	DOC_DECIDE, /* what a person has to decide */
};
enum { DOC_LOOKS = DOC_DECIDE + 1 };

enum {
	DOC_DETAIL = 1, /* only with -v where a format cannot fold */
	DOC_OPEN = 2,   /* a fold that is open at first */
	DOC_WHOLE = 4,  /* never cut short */
	DOC_SCREEN = 8, /* only where a format has links and folds */
	DOC_PAPER = 16, /* detail that is printed all the same */
	DOC_BRIEF = 32, /* only where detail is left out */
	DOC_COUNTED = 64, /* of what is cut short the number is enough: the page has it elsewhere */
};

struct doc_node {
	enum doc_kind kind;
	enum doc_look look;
	unsigned flags;
	const char *id;  /* static: where links lead; NULL: none */
	char *text;      /* stands behind the node, in one piece with it; NULL if none */
	size_t value;    /* of an item of bars */
	struct doc_node *up, *first, *last,
		*next; /* up is borrowed; first and what follows it are owned */
};

struct doc {
	struct doc_node root;
	struct doc_node *at; /* what is open */
};

void doc_init(struct doc *doc);
void doc_clear(struct doc *doc);

/* Copies text (NULL: none). What is opened takes what comes until it is closed. Never fails; the
 * node is good until doc_clear. */
struct doc_node *doc_open(struct doc *doc, enum doc_kind kind, enum doc_look look,
                          const char *text);
void doc_close(struct doc *doc);
struct doc_node *doc_add(struct doc *doc, enum doc_kind kind, enum doc_look look, const char *text);

/* A paragraph of one text; nothing for NULL or "". */
void doc_say(struct doc *doc, enum doc_look look, const char *text);
void doc_sayf(struct doc *doc, enum doc_look look, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "label: text"; nothing for NULL or "" */
void doc_labelled(struct doc *doc, const char *label, const char *text);

/* A line to be searched for; nothing for NULL or "". */
void doc_line(struct doc *doc, const char *line);

/* "label: a, b"; nothing if there are none. flags: 0, DOC_WHOLE or DOC_COUNTED. */
void doc_names(struct doc *doc, const char *label, const struct names *names, unsigned flags);
void doc_prune(struct doc_node *node); /* frees all below it that is detail */
/* in a format that cannot fold: with or without -v */
bool doc_shown(const struct doc_node *node, bool verbose);
size_t doc_count(const struct doc_node *node); /* its children */
/* what stands before a word with that look; "" for none */
const char *doc_sign(enum doc_look look, bool ascii);

/* What a page is called where a format has titles: texts borrowed. */
struct doc_head {
	const char *title;
	const struct names *facts; /* a line each: cluster, date, stores */
};

/* A layout: begin once, put for each block on the first level, end once. */
struct doc_layout {
	void (*begin)(const struct doc_head *head, const struct out_how *how, struct buf *out);
	void (*put)(const struct doc_node *block, const struct out_how *how, struct buf *out);
	void (*end)(const struct out_how *how, struct buf *out);
	bool folds; /* shows detail folded, and links; otherwise detail needs -v */
};

extern const struct doc_layout text_layout, markdown_layout, html_layout;

/* Lays out all that doc holds and empties it. */
void doc_put(struct doc *doc, const struct doc_layout *layout, const struct out_how *how,
             struct buf *out);

#endif
