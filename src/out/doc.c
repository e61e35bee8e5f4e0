/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "out/doc.h"

#include <stdlib.h>
#include <string.h>

void doc_init(struct doc *doc)
{
	*doc = (struct doc){ .at = &doc->root };
}

/* Recurses into depth only: a list may hold a hundred thousand items. */
static void free_children(struct doc_node *node)
{
	struct doc_node *next;

	for (struct doc_node *child = node->first; child != NULL; child = next) {
		next = child->next;
		free_children(child);
		free(child);
	}
}

void doc_clear(struct doc *doc)
{
	free_children(&doc->root);
	doc_init(doc);
}

struct doc_node *doc_add(struct doc *doc, enum doc_kind kind, enum doc_look look, const char *text)
{
	size_t len = text != NULL ? strlen(text) + 1 : 0;
	struct doc_node *node = mem_alloc(sizeof *node + len);

	*node = (struct doc_node){ .kind = kind, .look = look };
	if (text != NULL)
		node->text = memcpy(node + 1, text, len);
	node->up = doc->at;
	if (doc->at->last != NULL)
		doc->at->last->next = node;
	else
		doc->at->first = node;
	doc->at->last = node;
	return node;
}

struct doc_node *doc_open(struct doc *doc, enum doc_kind kind, enum doc_look look, const char *text)
{
	return doc->at = doc_add(doc, kind, look, text);
}

void doc_close(struct doc *doc)
{
	doc->at = doc->at->up;
}

void doc_say(struct doc *doc, enum doc_look look, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	doc_open(doc, DOC_PARAGRAPH, look, NULL);
	doc_add(doc, DOC_TEXT, DOC_PLAIN, text);
	doc_close(doc);
}

void doc_sayf(struct doc *doc, enum doc_look look, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = mem_vprintf(format, ap);
	va_end(ap);
	doc_say(doc, look, text);
	free(text);
}

void doc_labelled(struct doc *doc, const char *label, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	doc_open(doc, DOC_PARAGRAPH, DOC_PLAIN, NULL);
	doc_add(doc, DOC_LABEL, DOC_PLAIN, label);
	doc_add(doc, DOC_TEXT, DOC_PLAIN, text);
	doc_close(doc);
}

void doc_line(struct doc *doc, const char *line)
{
	if (line != NULL && *line != '\0')
		doc_add(doc, DOC_CODE, DOC_PLAIN, line);
}

void doc_names(struct doc *doc, const char *label, const struct names *names, unsigned flags)
{
	if (names->count == 0)
		return;
	doc_open(doc, DOC_NAMES, DOC_PLAIN, label)->flags = flags;
	for (size_t i = 0; i < names->count; i++)
		doc_add(doc, DOC_NAME, DOC_PLAIN, names->items[i]);
	doc_close(doc);
}

void doc_prune(struct doc_node *node)
{
	struct doc_node **link = &node->first, *child;

	node->last = NULL;
	while ((child = *link) != NULL) {
		if (child->flags & DOC_DETAIL) {
			*link = child->next;
			free_children(child);
			free(child);
			continue;
		}
		doc_prune(child);
		node->last = child;
		link = &child->next;
	}
}

bool doc_shown(const struct doc_node *node, bool verbose)
{
	return !(node->flags & DOC_SCREEN) && !(node->flags & (verbose ? DOC_BRIEF : DOC_DETAIL));
}

size_t doc_count(const struct doc_node *node)
{
	size_t count = 0;

	for (const struct doc_node *child = node->first; child != NULL; child = child->next)
		count++;
	return count;
}

const char *doc_sign(enum doc_look look, bool ascii)
{
	static const char *const signs[DOC_LOOKS][2] = {
		[DOC_GOOD] = { "\u2713 ", "+ " }, [DOC_BAD] = { "\u2715 ", "x " },
		[DOC_WARN] = { "! ", "! " },      [DOC_GAP] = { "? ", "? " },
		[DOC_NOTE] = { "\u2013 ", "- " },
	};

	return signs[look][ascii] != NULL ? signs[look][ascii] : "";
}

void doc_put(struct doc *doc, const struct doc_layout *layout, const struct out_how *how,
             struct buf *out)
{
	for (const struct doc_node *block = doc->root.first; block != NULL; block = block->next) {
		layout->put(block, how, out);
		out_drain(how, out);
	}
	doc_clear(doc);
}
