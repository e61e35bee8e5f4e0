/* SPDX-License-Identifier: MIT */
/* page: the parts of the report for people, each written once, in the order in which people read:
 * may I upgrade, where does it break, why, what do I do; then what is behind it. Knows no format.
 * For page*.c alone. */
#ifndef MRA_OUT_PAGE_H
#define MRA_OUT_PAGE_H

#include "base/table.h"
#include "model/fleet.h"
#include "out/doc.h"
#include "out/view.h"

/* Each appends its part, or nothing where there is nothing to say. */
void page_matrix(struct doc *doc, const struct view *view); /* address by port and cipher order */
void page_causes(struct doc *doc, const struct view *view);       /* findings that fail */
void page_plan(struct doc *doc, const struct view *view);
/* A line each: why which file could not be read. */
void page_unread(struct doc *doc, const struct unread *unread);
void page_unchecked(struct doc *doc, const struct view *view);
void page_warnings(struct doc *doc, const struct view *view);
void page_notes(struct doc *doc, const struct view *view);
/* detail: each node with Expressway's lines */
void page_nodes(struct doc *doc, const struct view *view);
/* detail: what was presented, what is trusted */
void page_certificates(struct doc *doc, const struct view *view);

/* "CN=..., until 2026-12-01" and the fingerprint: two blocks, for an item. */
void page_certificate(struct doc *doc, const struct cert *cert);

/* What the items of a list have said so far, so that no long sentence is said twice. */
struct page_told {
	struct table texts;
	size_t number; /* of the item that is being written, from 1 on */
};

/* The number of the item that said the same, 0 if none did: then this one has said it now. Short
 * texts are facts rather than sentences, and always new. text may be NULL. */
size_t page_told_by(struct page_told *told, const char *text);

enum doc_look page_look(enum headline headline);
/* a cell of one run */
void page_cell(struct doc *doc, enum doc_look look, enum doc_kind kind, const char *text);
/* opens a table and writes its head */
void page_table(struct doc *doc, const char *const *heads, size_t count);
void page_name(struct names *names, const char *text); /* appends a name that is known to be new */
/* a cluster among many: matrix, causes, plan, what is unknown */
void page_brief(struct doc *doc, const struct view *view);

void page_write_fleet(const struct fleet *fleet, const struct out_how *how,
                      const struct doc_layout *layout, struct buf *out);

#endif
