/* SPDX-License-Identifier: MIT */
/* Numbers are little-endian base 128, as few bytes as possible; a text is its length plus one (0:
 * NULL) and its bytes; a list is its count and its elements. */
#include "config.h"

#include "base/mem.h"
#include "gather/pack.h"
#include "model/chain.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

void pack_add_number(struct buf *out, uint64_t number)
{
	for (; number > 0x7f; number >>= 7)
		buf_putc(out, (char)((number & 0x7f) | 0x80));
	buf_putc(out, (char)number);
}

static void add_text(struct buf *out, const char *text, size_t most)
{
	size_t len =
		text == NULL
			? 0
			: strnlen(text,
	                          most); /* what nobody would read is cut here, not refused there */

	pack_add_number(out, text == NULL ? 0 : len + 1);
	buf_add(out, text == NULL ? "" : text, len);
}

static size_t count_of(const struct member *member, const void *from)
{
	size_t count;

	memcpy(&count, (const char *)from + member->count_offset, sizeof count);
	return count;
}

static void add_chain(struct buf *out, const struct chain *chain, const struct certset *certs)
{
	pack_add_number(out, chain->count);
	for (size_t i = 0; i < chain->count; i++)
		pack_add_number(out, certset_index(certs, chain->certs[i]));
}

static void add_ca_list(struct buf *out, const struct ca_list *list, const struct ca_lists *lists)
{
	size_t index = 0;

	while (list != NULL && index < lists->count && lists->lists[index] != list)
		index++;
	pack_add_number(out, list == NULL || index == lists->count ? 0 : index + 1);
}

static void add_texts(struct buf *out, const struct member *member, const void *from)
{
	char *const *texts;
	size_t count = count_of(member, from);

	memcpy(&texts, (const char *)from + member->offset, sizeof texts);
	pack_add_number(out, count);
	for (size_t i = 0; i < count; i++)
		add_text(out, texts[i], TEXTS_LEN);
}

static void add_list(struct buf *out, const struct member *member, const void *from,
                     const struct shared *shared)
{
	const char *list;
	size_t count = count_of(member, from);

	memcpy(&list, (const char *)from + member->offset, sizeof list);
	pack_add_number(out, count);
	for (size_t i = 0; i < count; i++)
		pack_add(out, member->of, list + i * member->of->size, shared);
}

static uint64_t number_at(const struct member *member, const void *from)
{
	const char *at = (const char *)from + member->offset;
	union { bool b; unsigned u; uint16_t u16; size_t size; uint64_t u64; } value = { .u64 = 0 };

	memcpy(&value, at, member->size);
	return member->kind == MEMBER_BOOL ? value.b : member->kind == MEMBER_U16 ? value.u16 :
	       member->kind == MEMBER_SIZE ? value.size : member->kind != MEMBER_I64 ? value.u :
	       value.u64 > INT64_MAX ? 0 : value.u64; /* a clock that ran backwards */
}

static void add_member(struct buf *out, const struct member *member, const void *from,
                       const struct shared *shared)
{
	const char *at = (const char *)from + member->offset, *text;
	const struct ca_list *list;

	switch (member->kind) {
	case MEMBER_BOOL:
	case MEMBER_ENUM:
	case MEMBER_U16:
	case MEMBER_UNSIGNED:
	case MEMBER_SIZE:
	case MEMBER_I64:
		pack_add_number(out, number_at(member, from));
		break;
	case MEMBER_TEXT:
	case MEMBER_TEXT_OR_NULL:
		memcpy(&text, at, sizeof text);
		add_text(out, text, (size_t)member->most);
		break;
	case MEMBER_TEXTS:
		add_texts(out, member, from);
		break;
	case MEMBER_LIST:
		add_list(out, member, from, shared);
		break;
	case MEMBER_CHAIN:
		add_chain(out, (const struct chain *)(const void *)at, shared->certs);
		break;
	case MEMBER_CA_LIST:
		memcpy(&list, at, sizeof list);
		add_ca_list(out, list, shared->ca_lists);
		break;
	case MEMBER_LEFT_OUT:
		break;
	}
}

void pack_add(struct buf *out, const struct shape *shape, const void *from,
              const struct shared *shared)
{
	for (size_t i = 0; i < shape->count; i++)
		add_member(out, &shape->members[i], from, shared);
}

/* --- and back --------------------------------------------------------------------------------- */

int pack_take_number(struct packed *in, uint64_t most, uint64_t *number)
{
	*number = 0;
	for (unsigned shift = 0; shift < 64 && in->left > 0; shift += 7) {
		unsigned char byte = *in->at++;

		in->left--;
		if (shift == 63 && byte > 1)
			return -1;
		*number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return *number <= most && (byte != 0 || shift == 0) ? 0 : -1;
	}
	return -1;
}

int pack_take_text(struct packed *in, size_t most, char **text)
{
	uint64_t len;

	*text = NULL;
	if (pack_take_number(in, (uint64_t)most + 1, &len) != 0)
		return -1;
	if (len == 0)
		return 0;
	len--;
	if (len > in->left || memchr(in->at, '\0', (size_t)len) != NULL)
		return -1;
	*text = mem_strndup((const char *)in->at, (size_t)len);
	in->at += len;
	in->left -= (size_t)len;
	return 0;
}

static int take_number(struct packed *in, const struct member *member, void *into)
{
	union { bool b; unsigned u; uint16_t u16; size_t size; uint64_t u64; } value = { .u64 = 0 };
	uint64_t number, most = member->kind == MEMBER_BOOL ? 1 : member->most;

	if (pack_take_number(in, most, &number) != 0)
		return -1;
	if (member->kind == MEMBER_BOOL)
		value.b = number != 0;
	else if (member->kind == MEMBER_U16)
		value.u16 = (uint16_t)number;
	else if (member->kind == MEMBER_SIZE)
		value.size = (size_t)number;
	else if (member->kind == MEMBER_I64)
		value.u64 = number;
	else
		value.u = (unsigned)number;
	memcpy((char *)into + member->offset, &value, member->size);
	return 0;
}

static int take_text(struct packed *in, const struct member *member, void *into)
{
	char *text;
	int rc = pack_take_text(in, (size_t)member->most, &text);

	memcpy((char *)into + member->offset, &text, sizeof text);
	return rc != 0 || (text == NULL && member->kind == MEMBER_TEXT) ? -1 : 0;
}

/* Element for element, with mem_grow: others may add to the list later. */
static int take_list(struct packed *in, const struct member *member, void *into,
                     const struct shared *shared)
{
	size_t size = member->of != NULL ? member->of->size : sizeof(char *), count = 0;
	uint64_t wanted;
	char *list = NULL;
	int rc = pack_take_number(in, member->most, &wanted);

	for (; rc == 0 && count < wanted; count++) {
		list = mem_grow(list, count, size);
		memset(list + count * size, 0, size);
		if (member->of != NULL)
			rc = pack_take(in, member->of, list + count * size, shared);
		else
			rc = pack_take_text(in, TEXTS_LEN, (char **)(void *)(list + count * size));
		if (rc == 0 && member->of == NULL &&
		    *(char **)(void *)(list + count * size) == NULL) {
			rc = -1;
			break; /* an array of texts has no holes, not even until it is cleared */
		}
	}
	memcpy((char *)into + member->offset, &list, sizeof list);
	memcpy((char *)into + member->count_offset, &count, sizeof count);
	return rc;
}

static int take_chain(struct packed *in, const struct member *member, void *into,
                      const struct shared *shared)
{
	struct chain *chain = (struct chain *)(void *)((char *)into + member->offset);
	uint64_t count, index;

	if (pack_take_number(in, member->most, &count) != 0)
		return -1;
	while (count-- > 0) {
		if (shared->certs->count == 0 ||
		    pack_take_number(in, shared->certs->count - 1, &index) != 0)
			return -1;
		chain_add(chain, shared->certs->certs[index]);
	}
	return 0;
}

static int take_ca_list(struct packed *in, const struct member *member, void *into,
                        const struct shared *shared)
{
	const struct ca_list *list;
	uint64_t index;

	if (pack_take_number(in, shared->ca_lists->count, &index) != 0)
		return -1;
	list = index == 0 ? NULL : shared->ca_lists->lists[index - 1];
	memcpy((char *)into + member->offset, &list, sizeof list);
	return 0;
}

static int take_member(struct packed *in, const struct member *member, void *into,
                       const struct shared *shared)
{
	switch (member->kind) {
	case MEMBER_BOOL:
	case MEMBER_ENUM:
	case MEMBER_U16:
	case MEMBER_UNSIGNED:
	case MEMBER_SIZE:
	case MEMBER_I64:
		return take_number(in, member, into);
	case MEMBER_TEXT:
	case MEMBER_TEXT_OR_NULL:
		return take_text(in, member, into);
	case MEMBER_TEXTS:
	case MEMBER_LIST:
		return take_list(in, member, into, shared);
	case MEMBER_CHAIN:
		return take_chain(in, member, into, shared);
	case MEMBER_CA_LIST:
		return take_ca_list(in, member, into, shared);
	case MEMBER_LEFT_OUT:
		return 0;
	}
	return -1;
}

int pack_take(struct packed *in, const struct shape *shape, void *into, const struct shared *shared)
{
	for (size_t i = 0; i < shape->count; i++)
		if (take_member(in, &shape->members[i], into, shared) != 0)
			return -1;
	return 0;
}
