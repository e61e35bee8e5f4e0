/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/words.h"
#include "model/node.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const role_names[] = { "cucm", "imp", "unity", "cms", "jabber-guest" };

WORDS(node_role, enum node_role, role_names)

static const struct source {
	const char *name, *words;
	bool told;
} sources[] = {
#define SOURCE(constant, name, words, told) { name, words, told },
#include "model/source.def"
#undef SOURCE
};

const char *node_source_name(enum node_source source)
{
	return sources[source].name;
}

const char *node_source_words(enum node_source source)
{
	return sources[source].words;
}

bool node_source_told(enum node_source source)
{
	return sources[source].told;
}

WORDS_PARSE(node_source, enum node_source, sources)

struct address *node_find_address(const struct node *node, const char *text)
{
	for (size_t i = 0; i < node->address_count; i++)
		if (strcasecmp(node->addresses[i].text, text) == 0)
			return &node->addresses[i];
	return NULL;
}

struct address *node_add_address(struct node *node, const char *text, bool advertised)
{
	char *ip = address_canonical_ip(text);
	struct address *address = node_find_address(node, ip != NULL ? ip : text);

	if (address == NULL) {
		node->addresses =
			mem_grow(node->addresses, node->address_count, sizeof *node->addresses);
		address = &node->addresses[node->address_count++];
		memset(address, 0, sizeof *address);
		address->text = mem_strdup(ip != NULL ? ip : text);
		address->kind = address_kind_of(address->text);
		if (ip != NULL)
			address_add_ip(address, ip);
	}
	address->advertised = address->advertised || advertised;
	free(ip);
	return address;
}

struct node_reverse *node_find_reverse(const struct node *node, const char *ip)
{
	for (size_t i = 0; i < node->reverse_count; i++)
		if (strcmp(node->reverses[i].ip, ip) == 0)
			return &node->reverses[i];
	return NULL;
}

void node_reverse_clear(struct node_reverse *reverse)
{
	free(reverse->ip);
	free(reverse->name);
	free(reverse->problem);
}

void node_clear(struct node *node)
{
	for (size_t i = 0; i < node->address_count; i++)
		address_clear(&node->addresses[i]);
	free(node->addresses);
	for (size_t i = 0; i < node->reverse_count; i++)
		node_reverse_clear(&node->reverses[i]);
	free(node->reverses);
	free(node->name);
	free(node->written);
}
