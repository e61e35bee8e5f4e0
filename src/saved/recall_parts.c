/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "saved/recall_parts.h"

#include <stdlib.h>
#include <string.h>

int recall_bad(const struct recall *recall, const char *where, const char *member, const char *problem)
{
	return fault_set(recall->fault, FAULT_INPUT, "%s: \"%s\" in %s %s: this is not a report of mra-preflight, or it was changed",
	                 recall->what, member, where, problem);
}

static const json_t *find(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	return value == NULL || json_is_null(value) ? NULL : value;
}

int recall_text(const struct recall *recall, const json_t *object, const char *where, const char *member, size_t most,
                const char **value)
{
	const json_t *found = find(object, member);

	if (found == NULL)
		return 0;
	if (!json_is_string(found))
		return recall_bad(recall, where, member, "is not a text");
	if (json_string_length(found) > most)
		return recall_bad(recall, where, member, "is too long");
	*value = json_string_value(found);
	return 0;
}

int recall_copy(const struct recall *recall, const json_t *object, const char *where, const char *member, size_t most,
                char **value)
{
	const char *text = NULL;

	if (recall_text(recall, object, where, member, most, &text) != 0)
		return -1;
	if (text != NULL) {
		free(*value);
		*value = mem_strdup(text);
	}
	return 0;
}

int recall_bool(const struct recall *recall, const json_t *object, const char *where, const char *member, bool *value)
{
	const json_t *found = find(object, member);

	if (found == NULL)
		return 0;
	if (!json_is_boolean(found))
		return recall_bad(recall, where, member, "is neither true nor false");
	*value = json_is_true(found);
	return 0;
}

int recall_integer(const struct recall *recall, const json_t *object, const char *where, const char *member, int64_t least,
                   int64_t most, int64_t *value)
{
	const json_t *found = find(object, member);

	if (found == NULL)
		return 0;
	if (!json_is_integer(found))
		return recall_bad(recall, where, member, "is not a whole number");
	if (json_integer_value(found) < least || json_integer_value(found) > most)
		return recall_bad(recall, where, member, "is out of range");
	*value = json_integer_value(found);
	return 0;
}

int recall_array(const struct recall *recall, const json_t *object, const char *where, const char *member, size_t most,
                 const json_t **value)
{
	*value = find(object, member);
	if (*value == NULL)
		return 0;
	if (!json_is_array(*value))
		return recall_bad(recall, where, member, "is not a list");
	if (json_array_size(*value) > most)
		return recall_bad(recall, where, member, "is too long");
	return 0;
}

struct each {
	struct recall *recall;
	int (*read)(struct recall *recall, const json_t *object);
};

static int each_element(void *arg, const char *key, const json_t *value)
{
	struct each *each = arg;

	(void)key;
	return each->read(each->recall, value);
}

int recall_each(struct recall *recall, const char *list, size_t most, int (*read)(struct recall *recall, const json_t *object))
{
	struct each each = { recall, read };

	return document_each(&recall->document, list, false, most, each_element, &each, recall->fault);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const struct cert *find_cert(const struct recall *recall, const char *hex)
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
	return certset_find(&recall->report->certs, sha256);
}

int recall_chain(const struct recall *recall, const json_t *object, const char *where, const char *member, size_t most,
                 struct chain *chain)
{
	const json_t *list;

	if (recall_array(recall, object, where, member, most, &list) != 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const struct cert *cert = find_cert(recall, json_string_value(json_array_get(list, i)));

		if (cert == NULL)
			return recall_bad(recall, where, member, "names a certificate that the report does not hold");
		chain_add(chain, cert);
	}
	return 0;
}
