/* SPDX-License-Identifier: MIT */
/* Both reports become sorted rows; one walk along both finds what each has alone and what differs. A line each, with the
 * kind of news in front, so that it can be read in a mail and taken apart by any line tool. */
#include "config.h"

#include "base/mem.h"
#include "saved/compare.h"
#include "saved/compare_rows.h"

#include <stdlib.h>
#include <string.h>

enum news { NEWS_WORSE, NEWS_BETTER, NEWS_CHANGED, NEWS_NEW, NEWS_GONE, NEWS_COUNT };

static const char *const news_names[] = { "worse", "better", "changed", "new", "gone" };

struct compare {
	const struct rows *old, *new;
	bool with_store;       /* one store in both is the same one, whatever it is called */
	struct buf lines[NEWS_COUNT];
};

/* How many bytes at p are better not seen by a terminal: C0, DEL, C1 (U+0080 on), direction marks (U+200E, U+2028, U+2066 on). */
static int unsafe_len(const unsigned char *p)
{
	if (*p < 0x20 || *p == 0x7f)
		return 1;
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
		return 2;
	if (p[0] != 0xe2 || (p[1] != 0x80 && p[1] != 0x81))
		return 0;
	if (p[1] == 0x80)
		return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae) ? 3 : 0;
	return p[2] >= 0xa6 && p[2] <= 0xa9 ? 3 : 0;
}

/* Names come from the network: nothing that a terminal takes as a command gets through. */
static void put_safe(struct buf *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
		int len = unsafe_len(p);

		if (len == 0)
			buf_putc(out, (char)*p++);
		for (; len > 0; len--)
			buf_printf(out, "\\x%02x", *p++);
	}
}

static void put_line(struct compare *compare, enum news news, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void put_line(struct compare *compare, enum news news, const char *format, ...)
{
	struct buf *out = &compare->lines[news];
	va_list ap;
	char *line;

	va_start(ap, format);
	line = mem_vprintf(format, ap);
	va_end(ap);
	buf_printf(out, "%s: ", news_names[news]);
	put_safe(out, line);
	buf_putc(out, '\n');
	free(line);
}

static char *place(const struct compare *compare, const struct row *row)
{
	bool other_name = strcmp(row->node, row->address) != 0;

	return mem_printf("%s%s%s%s %d %s%s%s%s%s", row->address, other_name ? " (node " : "", other_name ? row->node : "", other_name ? ")" : "",
	                  row->port, row->order, compare->with_store ? " [" : "", compare->with_store ? row->store : "",
	                  compare->with_store ? "]" : "", row->advertised ? "" : " (not advertised)");
}

/* Refused is worse than anything; what was accepted and cannot be checked is no pass any more. */
static enum news news_of(enum row_state before, enum row_state after)
{
	if (before == after)
		return NEWS_CHANGED;
	if (after == ROW_REFUSED)
		return NEWS_WORSE;
	if (before == ROW_ACCEPTED)
		return NEWS_CHANGED;
	return after == ROW_ACCEPTED ? NEWS_BETTER : NEWS_CHANGED;
}

static void both(struct compare *compare, const struct row *old, const struct row *new)
{
	char *where;

	if (strcmp(old->state_text, new->state_text) == 0)
		return;
	where = place(compare, new);
	put_line(compare, news_of(old->state, new->state), "%s: %s, was %s", where, new->state_text, old->state_text);
	free(where);
}

static bool foreign_store(const struct compare *compare, const struct rows *other, const struct row *row)
{
	return compare->with_store && !rows_have_store(other, row->store);
}

/* A node that is new as a whole gets one line, and one for each refusal. Where nobody is sent, a new refusal is no worse than
 * before: another IP of a node would be one, as a rule. */
static void only_new(struct compare *compare, const struct row *row)
{
	char *where = place(compare, row);

	if (row->state == ROW_REFUSED && row->advertised)
		put_line(compare, NEWS_WORSE, "%s: %s, not there before", where, row->state_text);
	else if (rows_have_node(compare->old, row->node))
		put_line(compare, NEWS_NEW, "%s: %s", where, row->state_text);
	free(where);
}

static void only_old(struct compare *compare, const struct row *row)
{
	char *where;

	if (!rows_have_node(compare->new, row->node))
		return;
	where = place(compare, row);
	put_line(compare, NEWS_GONE, "%s: was %s", where, row->state_text);
	free(where);
}

static void walk_rows(struct compare *compare)
{
	const struct rows *old = compare->old, *new = compare->new;
	size_t i = 0, k = 0;

	while (i < old->count || k < new->count) {
		const struct row *a = i < old->count ? &old->items[i] : NULL, *b = k < new->count ? &new->items[k] : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : row_order(a, b, compare->with_store);

		if (order < 0 && !foreign_store(compare, new, a))
			only_old(compare, a);
		else if (order > 0 && !foreign_store(compare, old, b))
			only_new(compare, b);
		else if (order == 0)
			both(compare, a, b);
		i += order <= 0;
		k += order >= 0;
	}
}

static void walk_nodes(struct compare *compare, const struct rows *rows, const struct rows *other, enum news news)
{
	for (size_t i = 0; i < rows->count; i++)
		if ((i == 0 || strcmp(rows->items[i - 1].node, rows->items[i].node) != 0) && !rows_have_node(other, rows->items[i].node))
			put_line(compare, news, "node %s", rows->items[i].node);
}

static void walk_stores(struct compare *compare, const struct rows *rows, const struct rows *other, enum news news)
{
	for (size_t i = 0; compare->with_store && i < rows->store_count; i++) {
		size_t refused = 0;

		if (rows_have_store(other, rows->stores[i]))
			continue;
		for (size_t k = 0; k < rows->count; k++)
			refused += rows->items[k].state == ROW_REFUSED && strcmp(rows->items[k].store, rows->stores[i]) == 0;
		put_line(compare, news, "trust store %s, which refuses %zu", rows->stores[i], refused);
	}
}

static void fact_alone(struct compare *compare, const struct fact *fact, enum news news)
{
	if (fact->value == NULL)
		put_line(compare, news, "%s", fact->text);
}

static void fact_both(struct compare *compare, const struct fact *old, const struct fact *new)
{
	if (old->value != NULL && new->value != NULL && strcmp(old->value, new->value) != 0)
		put_line(compare, NEWS_CHANGED, "%s: %s, was %s", new->text, new->value, old->value);
}

static void walk_facts(struct compare *compare)
{
	const struct rows *old = compare->old, *new = compare->new;
	size_t i = 0, k = 0;

	while (i < old->fact_count || k < new->fact_count) {
		int order = i == old->fact_count ? 1 : k == new->fact_count ? -1 : strcmp(old->facts[i].key, new->facts[k].key);

		if (order < 0)
			fact_alone(compare, &old->facts[i], NEWS_GONE);
		else if (order > 0)
			fact_alone(compare, &new->facts[k], NEWS_NEW);
		else
			fact_both(compare, &old->facts[i], &new->facts[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

static void write_lines(struct compare *compare, struct buf *out, bool *worse)
{
	size_t before = out->len;

	*worse = compare->lines[NEWS_WORSE].len > 0;
	for (int i = 0; i < NEWS_COUNT; i++)
		buf_add(out, compare->lines[i].data, compare->lines[i].len);
	if (out->len == before)
		buf_puts(out, "no change\n");
}

static void compare_all(const struct rows *old, const struct rows *new, struct buf *out, bool *worse)
{
	struct compare compare = { .old = old, .new = new, .with_store = old->store_count > 1 || new->store_count > 1 };

	for (int i = 0; i < NEWS_COUNT; i++)
		buf_init(&compare.lines[i]);
	walk_rows(&compare);
	walk_nodes(&compare, new, old, NEWS_NEW);
	walk_nodes(&compare, old, new, NEWS_GONE);
	walk_stores(&compare, new, old, NEWS_NEW);
	walk_stores(&compare, old, new, NEWS_GONE);
	walk_facts(&compare);
	write_lines(&compare, out, worse);
	for (int i = 0; i < NEWS_COUNT; i++)
		buf_clear(&compare.lines[i]);
}

int compare_reports(const char *old_text, size_t old_len, const char *new_text, size_t new_len, struct buf *out, bool *worse,
                    struct fault *fault)
{
	struct rows old, new;
	int rc = rows_read(old_text, old_len, "old", &old, fault);

	if (rc == 0) {
		rc = rows_read(new_text, new_len, "new", &new, fault);
		if (rc == 0)
			compare_all(&old, &new, out, worse);
		rows_clear(&new);
	}
	rows_clear(&old);
	return rc;
}
