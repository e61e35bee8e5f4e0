/* SPDX-License-Identifier: MIT */
/* document: a JSON text whose large lists are read element by element, so that a report of many
 * nodes never stands in memory as a whole tree. Knows no member's meaning. */
#ifndef MRA_SAVED_DOCUMENT_H
#define MRA_SAVED_DOCUMENT_H

#include "base/fault.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct document_part; /* where a list of the root stands in the text */

struct document {
	const char *text;            /* borrowed; has to live as long as the document */
	const char *what;            /* borrowed; the file, for messages */
	json_t *root; /* owned; the root's members, the lists that were asked for left out */
	struct document_part *parts; /* owned */
	size_t part_count;
};

/* Reads the root object of text (len bytes); the members named in lists (NULL-terminated) stay
 * unread. Nothing is recursive: depth is jansson's limit. Errors: -1, fault names what, the line
 * and the mistake; a member twice is one. */
int document_open(struct document *document, const char *text, size_t len, const char *what,
                  const char *const *lists, struct fault *fault);
void document_clear(struct document *document);

/* What is done with an element: key is NULL in an array. value is borrowed. -1 with a fault ends
 * the walk. */
typedef int document_fn(void *arg, const char *key, const json_t *value);

/* Hands every element of a list that was left unread (an array, or an object if object) to fn; fn
 * NULL only checks the syntax. An absent list and null have no elements. Errors: -1 with a fault:
 * no such kind of list, more than most elements, bad JSON, or fn's own. */
int document_each(const struct document *document, const char *list, bool object, size_t most,
                  document_fn *fn, void *arg, struct fault *fault);

#endif
