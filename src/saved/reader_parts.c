/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "saved/reader_parts.h"

#include <stdlib.h>
#include <string.h>

int reader_bad(const struct reader *reader, const char *where, const char *member,
               const char *problem)
{
	return fault_set(
		reader->fault, FAULT_INPUT,
		"%s: \"%s\" in %s %s: this is not a report of mra-preflight, or it was changed",
		reader->what, member, where, problem);
}

static const json_t *find(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	return value == NULL || json_is_null(value) ? NULL : value;
}

int reader_text(const struct reader *reader, const json_t *object, const char *where,
                const char *member, size_t most, const char **value)
{
	const json_t *found = find(object, member);

	if (found == NULL)
		return 0;
	if (!json_is_string(found))
		return reader_bad(reader, where, member, "is not a text");
	if (json_string_length(found) > most)
		return reader_bad(reader, where, member, "is too long");
	*value = json_string_value(found);
	return 0;
}

int reader_word(const struct reader *reader, const json_t *object, const char *where,
                const char *member, const char **value)
{
	return reader_text(reader, object, where, member, READER_WORD_MOST, value);
}

int reader_copy(const struct reader *reader, const json_t *object, const char *where,
                const char *member, size_t most, char **value)
{
	const char *text = NULL;

	if (reader_text(reader, object, where, member, most, &text) != 0)
		return -1;
	if (text != NULL) {
		free(*value);
		*value = mem_strdup(text);
	}
	return 0;
}

int reader_bool(const struct reader *reader, const json_t *object, const char *where,
                const char *member, bool *value)
{
	const json_t *found = find(object, member);

	if (found == NULL)
		return 0;
	if (!json_is_boolean(found))
		return reader_bad(reader, where, member, "is neither true nor false");
	*value = json_is_true(found);
	return 0;
}

int reader_integer(const struct reader *reader, const json_t *object, const char *where,
                   const char *member, int64_t least, int64_t most, int64_t *value)
{
	const json_t *found = find(object, member);

	if (found == NULL)
		return 0;
	if (!json_is_integer(found))
		return reader_bad(reader, where, member, "is not a whole number");
	if (json_integer_value(found) < least || json_integer_value(found) > most)
		return reader_bad(reader, where, member, "is out of range");
	*value = json_integer_value(found);
	return 0;
}

int reader_array(const struct reader *reader, const json_t *object, const char *where,
                 const char *member, size_t most, const json_t **value)
{
	*value = find(object, member);
	if (*value == NULL)
		return 0;
	if (!json_is_array(*value))
		return reader_bad(reader, where, member, "is not a list");
	if (json_array_size(*value) > most)
		return reader_bad(reader, where, member, "is too long");
	return 0;
}

struct each {
	struct reader *reader;
	int (*read)(struct reader *reader, const json_t *object);
};

static int each_element(void *arg, const char *key, const json_t *value)
{
	struct each *each = arg;

	(void)key;
	return each->read(each->reader, value);
}

int reader_each(struct reader *reader, const char *list, size_t most,
                int (*read)(struct reader *reader, const json_t *object))
{
	struct each each = { reader, read };

	return document_each(&reader->document, list, false, most, each_element, &each,
	                     reader->fault);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const struct cert *find_cert(const struct reader *reader, const char *hex)
{
	unsigned char sha256[32];

	if (hex == NULL || strlen(hex) != 2 * sizeof sha256)
		return NULL;
	for (size_t i = 0; i < sizeof sha256; i++) {
		int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return NULL;
		sha256[i] = (unsigned char)(high << 4 | low);
	}
	return certset_find(&reader->report->certs, sha256);
}

int reader_chain(const struct reader *reader, const json_t *object, const char *where,
                 const char *member, size_t most, struct chain *chain)
{
	const json_t *list;

	if (reader_array(reader, object, where, member, most, &list) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const struct cert *cert =
			find_cert(reader, json_string_value(json_array_get(list, i)));

		if (cert == NULL)
			return reader_bad(reader, where, member,
			                  "names a certificate that the report does not hold");
		chain_add(chain, cert);
	}
	return 0;
}

enum { MEMBERS_MOST = 100000 };

int reader_members(const struct reader *reader, const json_t *object, const char *where,
                   struct names *members)
{
	const json_t *list;

	if (reader_array(reader, object, where, "members", MEMBERS_MOST, &list) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if (name == NULL || strlen(name) > READER_NAME_MOST)
			return reader_bad(reader, where, "members",
			                  "holds something that is not a name");
		names_add(members, name);
	}
	if (json_array_size(list) == 0 && reader->report->joined.member != NULL)
		names_add(members, reader->report->joined.member);
	return 0;
}

int reader_membership(const struct reader *reader, const json_t *object, const char *where,
                      struct member_list *list, size_t index)
{
	struct names read = { 0 };
	int rc = reader_members(reader, object, where, &read);

	for (size_t i = 0; i < read.count; i++)
		membership_add(list, index, read.items[i]);
	names_clear(&read);
	return rc;
}
