/* SPDX-License-Identifier: MIT */
/* A UDS answer is as hostile as any input: no DOCTYPE (so no entities of the sender's own), no
 * depth, no length of a name and no count without a bound. */
#include "config.h"

#include "base/mem.h"
#include "gather/discover.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 16, TEXT_MOST = 512 };

struct reading {
	XML_Parser parser;
	struct listing *list; /* borrowed */
	char *version;        /* owned; of the attribute */
	char *version_element; /* owned; says more than the attribute */
	unsigned depth;
	bool in_servers, in_version, refused, too_many;
	char text[TEXT_MOST + 1];
	size_t text_len;      /* may exceed TEXT_MOST: the rest is not kept */
};

static void refuse(struct reading *reading)
{
	reading->refused = true;
	XML_StopParser(reading->parser, XML_FALSE);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The text between its white space; of one that is too long the beginning, which is too long for
 * any use still. */
static char *trimmed(const struct reading *reading)
{
	size_t from = 0, to = reading->text_len < TEXT_MOST ? reading->text_len : TEXT_MOST;

	while (from < to && is_space(reading->text[from]))
		from++;
	while (to > from && is_space(reading->text[to - 1]))
		to--;
	return mem_strndup(reading->text + from, to - from);
}

static bool printable(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p < 0x20 || *p > 0x7e)
			return false;
	return *text != '\0' && strlen(text) <= 64;
}

static void end_server(struct reading *reading)
{
	char *entry = trimmed(reading);

	if (listing_add(reading->list, entry) != 0) {
		reading->too_many = true;
		XML_StopParser(reading->parser, XML_FALSE);
	}
	free(entry);
}

static void end_version(struct reading *reading)
{
	char *version = trimmed(reading);

	if (!printable(version) || reading->version_element != NULL)
		free(version);
	else
		reading->version_element = version;
}

static void XMLCALL on_start(void *arg, const char *name, const char **attributes)
{
	struct reading *reading = arg;

	reading->text_len = 0;
	if (++reading->depth > DEPTH_MOST) {
		refuse(reading);
		return;
	}
	if (reading->depth != 1)
		return;
	reading->in_servers = strcmp(name, "servers") == 0;
	reading->in_version = strcmp(name, "versionInformation") == 0;
	for (; (reading->in_servers || reading->in_version) && *attributes != NULL; attributes += 2)
		if (strcmp(attributes[0], "version") == 0 && reading->version == NULL &&
		    printable(attributes[1]))
			reading->version = mem_strdup(attributes[1]);
}

static void XMLCALL on_end(void *arg, const char *name)
{
	struct reading *reading = arg;

	if (reading->depth == 2 && reading->in_servers && strcmp(name, "server") == 0)
		end_server(reading);
	else if (reading->depth == 2 && reading->in_version && strcmp(name, "version") == 0)
		end_version(reading);
	reading->depth--;
	reading->text_len = 0;
}

static void XMLCALL on_text(void *arg, const char *text, int len)
{
	struct reading *reading = arg;
	size_t room = reading->text_len < TEXT_MOST ? TEXT_MOST - reading->text_len : 0;

	memcpy(reading->text + (TEXT_MOST - room), text, (size_t)len < room ? (size_t)len : room);
	reading->text_len += (size_t)len;
}

static void XMLCALL on_doctype(void *arg, const char *name, const char *system, const char *public,
                               int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(arg);
}

static enum discovery_outcome read_body(struct reading *reading, const char *body, size_t len)
{
	enum XML_Status status;

	XML_SetUserData(reading->parser, reading);
	XML_SetElementHandler(reading->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reading->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reading->parser, on_doctype);
	status = XML_Parse(reading->parser, body, (int)len, 1);
	if (reading->too_many)
		return DISCOVERY_TOO_MANY;
	if (status != XML_STATUS_OK || reading->refused)
		return DISCOVERY_NOT_XML;
	return reading->list->usable == 0 ? DISCOVERY_NO_SERVERS : DISCOVERY_OK;
}

enum discovery_outcome discover_parse(const char *body, size_t len, struct listing *list,
                                      char **version)
{
	struct reading reading = { .list = list };
	enum discovery_outcome outcome = DISCOVERY_NOT_XML;

	reading.parser = len <= DISCOVER_BODY_MOST ? XML_ParserCreate(NULL) : NULL;
	if (reading.parser != NULL) {
		outcome = read_body(&reading, body, len);
		XML_ParserFree(reading.parser);
	}
	*version = reading.version_element != NULL ? reading.version_element : reading.version;
	if (reading.version_element != NULL)
		free(reading.version);
	return outcome;
}
