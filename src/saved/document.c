/* SPDX-License-Identifier: MIT */
/* jansson builds trees only: a report of 77 MB would take more than half a gigabyte. So the text is
 * cut at the commas of its outermost lists, and jansson reads one piece at a time; it alone decides
 * what is JSON (RFC 8259). The cutting has to find only where a value ends: brackets are counted
 * outside of strings, and a wrong nesting is found when the piece is read. */
#include "config.h"

#include "base/mem.h"
#include "saved/document.h"

#include <stdlib.h>
#include <string.h>

struct document_part {
	const char *name; /* borrowed from lists */
	size_t at, len;   /* bytes of the text */
};

struct scan {
	const char *text, *what; /* borrowed */
	size_t at, end;
	struct fault *fault;
};

static size_t line_of(const char *text, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static int bad(const struct scan *scan, const char *problem)
{
	return fault_set(scan->fault, FAULT_INPUT, "%s is not a JSON report: line %zu: %s",
	                 scan->what,
	                 line_of(scan->text, scan->at < scan->end ? scan->at : scan->end), problem);
}

static char next(struct scan *scan) /* the next character that is not white space, not consumed; NUL
                                       at the end */
{
	while (scan->at < scan->end && strchr(" \t\r\n", scan->text[scan->at]) != NULL &&
	       scan->text[scan->at] != '\0')
		scan->at++;
	return scan->at < scan->end ? scan->text[scan->at] : '\0';
}

static int expect(struct scan *scan, char c, const char *problem)
{
	if (next(scan) != c || scan->at == scan->end)
		return bad(scan, problem);
	scan->at++;
	return 0;
}

static void skip_string(struct scan *scan)
{
	for (scan->at++; scan->at < scan->end && scan->text[scan->at] != '"'; scan->at++)
		if (scan->text[scan->at] == '\\')
			scan->at++;
	scan->at = scan->at < scan->end ? scan->at + 1 : scan->end;
}

/* Past the value that begins here, as far as its brackets go. */
static void skip_value(struct scan *scan)
{
	size_t depth = 0;

	next(scan);
	while (scan->at < scan->end) {
		char c = scan->text[scan->at];

		if (c == '"') {
			skip_string(scan);
			continue;
		}
		if (depth == 0 && (c == ',' || c == ']' || c == '}'))
			return;
		depth += c == '[' || c == '{';
		depth -= c == ']' || c == '}';
		scan->at++;
	}
}

static json_t *load(const struct scan *scan, size_t from, size_t to)
{
	json_error_t error;
	json_t *value = json_loadb(scan->text + from, to - from,
	                           JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

	if (value == NULL)
		fault_set(scan->fault, FAULT_INPUT, "%s is not a JSON report: line %zu: %s",
		          scan->what,
		          line_of(scan->text, from) + (size_t)(error.line > 0 ? error.line - 1 : 0),
		          error.text);
	return value;
}

static json_t *load_value(struct scan *scan)
{
	size_t from = scan->at;

	skip_value(scan);
	return load(scan, from, scan->at);
}

/* "KEY": as a string; the scan stands before the value then. */
static json_t *load_key(struct scan *scan)
{
	size_t from;
	json_t *key;

	if (next(scan) != '"') {
		bad(scan, "a member's name is missing");
		return NULL;
	}
	from = scan->at;
	skip_string(scan);
	key = load(scan, from, scan->at);
	if (key != NULL && expect(scan, ':', "a colon is missing") != 0) {
		json_decref(key);
		return NULL;
	}
	return key;
}

static struct document_part *find_part(const struct document *document, const char *name)
{
	for (size_t i = 0; i < document->part_count; i++)
		if (strcmp(document->parts[i].name, name) == 0)
			return &document->parts[i];
	return NULL;
}

static int add_part(struct document *document, struct scan *scan, const char *name)
{
	size_t from = scan->at;

	if (find_part(document, name) != NULL)
		return bad(scan, "a member stands twice in the report");
	skip_value(scan);
	document->parts = mem_grow(document->parts, document->part_count, sizeof *document->parts);
	document->parts[document->part_count++] =
		(struct document_part){ name, from, scan->at - from };
	return 0;
}

static const char *listed(const char *const *lists, const char *name)
{
	for (; *lists != NULL; lists++)
		if (strcmp(*lists, name) == 0)
			return *lists;
	return NULL;
}

static int read_member(struct document *document, struct scan *scan, const char *const *lists)
{
	json_t *key = load_key(scan), *value;
	const char *list;
	int rc = 0;

	if (key == NULL)
		return -1;
	list = listed(lists, json_string_value(key));
	if (list != NULL) {
		rc = add_part(document, scan, list);
	} else if (json_object_get(document->root, json_string_value(key)) != NULL) {
		rc = bad(scan, "a member stands twice in the report");
	} else {
		value = load_value(scan);
		rc = value == NULL ? -1 : 0;
		if (value != NULL)
			json_object_set_new(document->root, json_string_value(key), value);
	}
	json_decref(key);
	return rc;
}

/* What follows a member or an element: 1 another one, 0 the end, -1 neither. */
static int more(struct scan *scan, char close)
{
	char c = next(scan);

	if (c != ',' && c != close)
		return bad(scan, "a comma or a closing bracket is missing");
	scan->at++;
	return c == ',';
}

int document_open(struct document *document, const char *text, size_t len, const char *what,
                  const char *const *lists, struct fault *fault)
{
	struct scan scan = { text, what, 0, len, fault };
	int rc;

	*document = (struct document){ .text = text, .what = what };
	json_set_alloc_funcs(mem_alloc, free); /* out of memory ends the program */
	document->root = json_object();
	if (expect(&scan, '{', "it does not begin with {") != 0)
		return -1;
	rc = next(&scan) == '}' ? (scan.at++, 0) : 1;
	while (rc == 1)
		rc = read_member(document, &scan, lists) != 0 ? -1 : more(&scan, '}');
	if (rc == 0 && (next(&scan), scan.at < scan.end))
		return bad(&scan, "something follows after the end");
	return rc;
}

void document_clear(struct document *document)
{
	json_decref(document->root);
	free(document->parts);
}

static int read_element(struct scan *scan, bool object, document_fn *fn, void *arg)
{
	json_t *key = object ? load_key(scan) : NULL, *value;
	int rc = 0;

	if (object && key == NULL)
		return -1;
	value = load_value(scan);
	if (value == NULL)
		rc = -1;
	else if (fn != NULL)
		rc = fn(arg, json_string_value(key), value);
	json_decref(value);
	json_decref(key);
	return rc;
}

int document_each(const struct document *document, const char *list, bool object, size_t most,
                  document_fn *fn, void *arg, struct fault *fault)
{
	const struct document_part *part = find_part(document, list);
	struct scan scan = { document->text, document->what, 0, 0, fault };
	char open = object ? '{' : '[', close = object ? '}' : ']';
	int rc = 1;

	if (part == NULL)
		return 0;
	scan.at = part->at;
	scan.end = part->at + part->len;
	if (next(&scan) == 'n') { /* null, or nothing that is JSON */
		json_t *value = load_value(&scan);

		json_decref(value);
		return value == NULL ? -1 : 0;
	}
	if (next(&scan) != open)
		return fault_set(
			fault, FAULT_INPUT,
			"%s: \"%s\" in the report is not %s: this is not a report of mra-preflight, or it was changed",
			document->what, list, object ? "an object" : "a list");
	scan.at++;
	if (next(&scan) == close)
		rc = (scan.at++, 0);
	for (size_t count = 0; rc == 1; count++) {
		if (count == most)
			return fault_set(
				fault, FAULT_INPUT,
				"%s: \"%s\" in the report is too long: at most %zu are read",
				document->what, list, most);
		rc = read_element(&scan, object, fn, arg) != 0 ? -1 : more(&scan, close);
	}
	return rc == 0 && (next(&scan), scan.at < scan.end)
	               ? bad(&scan, "something follows after a list")
	               : rc;
}
