/* SPDX-License-Identifier: MIT */
/* page: the parts of the report for people, each written once, in the order in which people read: may I upgrade, where
 * does it break, why, what do I do; then what is behind it. Knows no format. For page*.c alone. */
#ifndef MRA_OUT_PAGE_H
#define MRA_OUT_PAGE_H

#include "out/doc.h"
#include "out/view.h"

/* Each appends its part, or nothing where there is nothing to say. */
void page_matrix(struct doc *doc, const struct view *view);       /* address by port and cipher order */
void page_causes(struct doc *doc, const struct view *view);       /* findings that fail */
void page_plan(struct doc *doc, const struct view *view);
void page_unchecked(struct doc *doc, const struct view *view);
void page_warnings(struct doc *doc, const struct view *view);
void page_notes(struct doc *doc, const struct view *view);
void page_nodes(struct doc *doc, const struct view *view);        /* detail: each node with Expressway's lines */
void page_certificates(struct doc *doc, const struct view *view); /* detail: what was presented, what is trusted */

/* "CN=..., until 2026-12-01" and the fingerprint: two blocks, for an item. */
void page_certificate(struct doc *doc, const struct cert *cert);

#endif
