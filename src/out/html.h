/* SPDX-License-Identifier: MIT */
/* html: what the files of the HTML report share. For html*.c alone. */
#ifndef MRA_OUT_HTML_H
#define MRA_OUT_HTML_H

#include "base/buf.h"
#include "out/view.h"

extern const char html_style[];

void html_element(struct buf *out, const char *name, const char *class_name, const char *text); /* text is escaped */
void html_names(struct buf *out, const char *label, const struct names *names); /* nothing if empty; many are folded */
void html_fingerprint(struct buf *out, const struct cert *cert);
void html_cert_line(struct buf *out, const struct cert *cert); /* subject, end and fingerprint */

void html_matrix(const struct view *view, struct buf *out);  /* node × port × order */
void html_nodes(const struct view *view, struct buf *out);   /* folded, a node each: log lines, addresses, chains */
void html_certificates(const struct view *view, struct buf *out); /* folded, each presented certificate */

#endif
