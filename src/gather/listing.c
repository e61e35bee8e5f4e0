/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "base/safe.h"
#include "gather/listing.h"
#include "wire/idn.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	SHOWN_MOST = 36
}; /* characters of an entry that is not an address; a few more if it is hardly longer */

static const char not_idn[] = "it is not a valid internationalised name";

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* What is to be resolved and connected to, or NULL and the problem. */
static char *address_of(const char *entry, const char **problem)
{
	char *found = address_canonical_ip(entry);

	if (found != NULL)
		return found;
	*problem = address_text_problem(entry);
	if (*problem == NULL)
		return mem_strdup(entry);
	if (is_ascii(entry))
		return NULL;
	found = idn_to_ascii(entry);
	*problem = found == NULL ? not_idn : address_text_problem(found);
	if (*problem == NULL)
		return found;
	free(found);
	return NULL;
}

static bool is_known(const struct listing *listing, const char *text)
{
	for (size_t i = 0; i < listing->count; i++)
		if (strcasecmp(listing->items[i].text, text) == 0)
			return true;
	return false;
}

static void listed_clear(struct listed *listed)
{
	free(listed->text);
	free(listed->written);
}

int listing_add(struct listing *listing, const char *entry)
{
	struct listed listed = { 0 };

	if (*entry == '\0') {
		listing->dropped++;
		return 0;
	}
	listed.text = address_of(entry, &listed.problem);
	if (listed.text == NULL)
		listed.text = safe_brief(entry, SHOWN_MOST);
	else if (!is_ascii(entry))
		listed.written = safe_brief(entry, SHOWN_MOST);
	if (is_known(listing, listed.text)) {
		listing->dropped++;
		listed_clear(&listed);
		return 0;
	}
	if (listing->count == LISTING_MOST) {
		listed_clear(&listed);
		return -1;
	}
	listing->items = mem_grow(listing->items, listing->count, sizeof *listing->items);
	listing->items[listing->count++] = listed;
	listing->usable += listed.problem == NULL;
	return 0;
}

void listing_clear(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		listed_clear(&listing->items[i]);
	free(listing->items);
	memset(listing, 0, sizeof *listing);
}

struct node *listed_to_node(const struct listed *listed, struct report *report,
                            enum node_source source, size_t cluster)
{
	struct address *address;
	struct node *node;

	if (report_find_node(report, listed->text) !=
	    NULL) /* two publishers of one cluster were named */
		return NULL;
	node = report_add_node(report, listed->text);
	node->written = listed->written == NULL ? NULL : mem_strdup(listed->written);
	node->source = source;
	node->cluster = cluster;
	address = node_add_address(node, listed->text, true);
	if (listed->problem == NULL)
		return node;
	address->use = ADDRESS_UNUSABLE;
	address->unresolved = mem_strdup(listed->problem);
	return node;
}
