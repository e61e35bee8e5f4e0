/* SPDX-License-Identifier: MIT */
/* html_style: how a page looks, on a screen, in the dark and on paper. For html.c alone. */
#ifndef MRA_OUT_HTML_STYLE_H
#define MRA_OUT_HTML_STYLE_H

extern const char html_style[];

#endif
