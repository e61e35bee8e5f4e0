/* SPDX-License-Identifier: MIT */
/* text: what text.c and text_nodes.c share of the report for people. For these two alone. */
#ifndef MRA_OUT_TEXT_H
#define MRA_OUT_TEXT_H

#include "out/out.h"
#include "out/view.h"
#include "out/wrap.h"

struct text {
	struct paper paper;
	const struct view *view;     /* borrowed */
	const struct out_how *how;   /* borrowed */
};

/* Sections of text_nodes.c; each prints nothing when there is nothing to say. */
void text_failing(const struct text *text);
void text_unchecked(const struct text *text);
void text_passing(const struct text *text);
void text_aside(const struct text *text);

/* The reasons after the first of a verdict, in one line; nothing if there are none. */
void text_also(const struct paper *paper, const char *first, const struct verdict *verdict, enum era era);

#endif
