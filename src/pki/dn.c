/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/dn.h"
#include "pki/oid.h"
#include "pki/text.h"

#include <stdlib.h>
#include <string.h>

/* The string types that a name may hold (ASN1_PRINTABLE), and those of them whose text is folded
 * (ASN1_MASK_CANON). */
static bool tag_allowed(unsigned tag)
{
	switch (tag) {
	case DER_BITS:
	case DER_UTF8:
	case DER_SEQUENCE:
	case DER_NUMERIC:
	case DER_PRINTABLE:
	case DER_T61:
	case DER_IA5:
	case DER_UNIVERSAL_STRING:
	case DER_BMP:
	case DER_ENUMERATED: /* in 1.1.1 alone: it counts as one of those below */
		return true;
	default: /* types that OpenSSL has no name for */
		return tag == 7 || (tag >= 8 && tag <= 9) || tag == 11 ||
		       (tag >= 13 && tag <= 15) || tag == 29;
	}
}

static bool tag_folded(unsigned tag)
{
	return tag == DER_UTF8 || tag == DER_PRINTABLE || tag == DER_T61 || tag == DER_IA5 ||
	       tag == DER_UNIVERSAL_STRING || tag == DER_BMP;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* No space at the ends, one space for a run of them, ASCII letters small (asn1_string_canon). */
static void fold(struct buf *text)
{
	char *from = text->data, *end = text->data + text->len, *to = text->data;

	while (from < end && is_space(*from))
		from++;
	while (end > from && is_space(end[-1]))
		end--;
	while (from < end) {
		if (!is_space(*from)) {
			*to++ = lower(*from++);
			continue;
		}
		*to++ = ' ';
		while (is_space(*from))
			from++;
	}
	text->len = (size_t)(to - text->data);
}

/* SEQUENCE { type, folded value } */
static bool canon_entry(const struct dn_entry *entry, struct bytes whole, struct buf *out,
                        bool *strange)
{
	struct buf inner, text;
	bool ok = true;

	buf_init(&inner);
	buf_init(&text);
	der_put(&inner, DER_OID, entry->oid.at, entry->oid.len);
	if (tag_folded(entry->tag)) {
		ok = text_utf8(entry->tag, entry->value, &text, strange);
		fold(&text);
		der_put(&inner, DER_UTF8, text.data, text.len);
	} else {
		buf_add(&inner, whole.at, whole.len);
	}
	der_put(out, 0x20 | DER_SEQUENCE, inner.data, inner.len);
	buf_clear(&inner);
	buf_clear(&text);
	return ok;
}

static int compare_parts(const void *a, const void *b)
{
	return der_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

struct reading {
	struct pool *pool;
	struct dn *dn;
	size_t rdn;
	struct buf canonical;
	struct bytes *parts; /* of the RDN at hand: canonical entries */
	struct buf *texts;
	size_t part_count;
};

static bool read_entry(struct bytes in, struct reading *r)
{
	struct dn_entry entry = { .rdn = r->rdn };
	struct tlv oid, value;
	unsigned unused;

	if (der_take(&in, DER_UNIVERSAL, DER_OID, &oid) != 1 || !der_oid_ok(&oid) ||
	    !der_next(&in, &value) || in.len > 0 || value.class != DER_UNIVERSAL ||
	    !tag_allowed(value.tag) || !der_any_ok(&value))
		return false;
	entry.oid = oid.body;
	entry.tag = value.tag;
	r->dn->strange |= value.tag == DER_ENUMERATED;
	if (value.tag == DER_SEQUENCE)
		entry.value = value.whole;
	else if (value.tag == DER_BITS ? !der_bits(&value, r->pool, &entry.value, &unused)
	                               : !der_string(&value, r->pool, &entry.value))
		return false;
	r->texts = mem_grow(r->texts, r->part_count, sizeof *r->texts);
	buf_init(&r->texts[r->part_count]);
	if (!canon_entry(&entry, value.whole, &r->texts[r->part_count++], &r->dn->strange))
		return false;
	r->dn->entries = mem_grow(r->dn->entries, r->dn->count, sizeof *r->dn->entries);
	r->dn->entries[r->dn->count++] = entry;
	return true;
}

static void end_rdn(struct reading *r)
{
	struct bytes *parts = mem_array(r->part_count, sizeof *parts);
	size_t len = 0;

	for (size_t i = 0; i < r->part_count; i++) {
		parts[i] =
			(struct bytes){ (const unsigned char *)r->texts[i].data, r->texts[i].len };
		len += parts[i].len;
	}
	qsort(parts, r->part_count, sizeof *parts, compare_parts);
	if (r->part_count > 0)
		der_put_header(&r->canonical, 0x20 | DER_SET, len);
	for (size_t i = 0; i < r->part_count; i++)
		buf_add(&r->canonical, parts[i].at, parts[i].len);
	free(parts);
}

static bool read_rdn(struct bytes in, struct reading *r)
{
	struct bytes entry;
	bool ok = true;

	r->part_count = 0;
	r->texts = NULL;
	while (ok && in.len > 0)
		ok = der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &entry) == 1 &&
		     read_entry(entry, r);
	if (ok)
		end_rdn(r);
	for (size_t i = 0; i < r->part_count; i++)
		buf_clear(&r->texts[i]);
	free(r->texts);
	r->rdn++;
	return ok;
}

/* The entries and the canonical form move into the pool, so that nobody has to free a dn. */
static void keep(struct reading *r)
{
	struct dn *dn = r->dn;
	unsigned char *canonical = pool_new(r->pool, r->canonical.len + 1);

	memcpy(canonical, r->canonical.data, r->canonical.len);
	dn->canonical = (struct bytes){ canonical, r->canonical.len };
}

int dn_read(struct bytes *in, struct pool *pool, struct dn *dn)
{
	struct reading r = { .pool = pool, .dn = dn };
	struct tlv name, set;
	int found = der_take(in, DER_UNIVERSAL, DER_SEQUENCE, &name);
	bool ok = true;

	memset(dn, 0, sizeof *dn);
	if (found != 1)
		return found;
	buf_init(&r.canonical);
	while (ok && name.body.len > 0)
		ok = der_take(&name.body, DER_UNIVERSAL, DER_SET, &set) == 1 &&
		     read_rdn(set.body, &r);
	if (ok)
		keep(&r);
	pool_take(pool, dn->entries);
	buf_clear(&r.canonical);
	return ok ? 1 : -1;
}

bool dn_entries_ok(struct bytes in, struct pool *pool)
{
	struct dn dn = { .entries = NULL };
	struct reading r = { .pool = pool, .dn = &dn };
	bool ok;

	buf_init(&r.canonical);
	ok = read_rdn(in, &r);
	free(dn.entries);
	buf_clear(&r.canonical);
	return ok;
}

bool dn_same(const struct dn *a, const struct dn *b)
{
	return der_bytes_same(a->canonical, b->canonical);
}

/* The canonical form has no header of its own, so a base is a prefix of bytes (nc_dn in
 * v3_ncons.c). */
bool dn_starts_with(const struct dn *dn, const struct dn *base)
{
	return base->canonical.len <= dn->canonical.len &&
	       memcmp(base->canonical.at, dn->canonical.at, base->canonical.len) == 0;
}

const struct dn_entry *dn_first(const struct dn *dn, unsigned oid)
{
	for (size_t i = 0; i < dn->count; i++)
		if (oid_find(dn->entries[i].oid) == (enum oid)oid)
			return &dn->entries[i];
	return NULL;
}

/* RFC 4514 2.4: what needs a backslash in a value */
static void put_value(struct buf *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		bool end = p == text || p[1] == '\0';

		if (strchr(",+\"\\<>;", *p) != NULL || (*p == ' ' && end) ||
		    (*p == '#' && p == text))
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
}

char *dn_text(const struct dn *dn)
{
	struct buf out;

	buf_init(&out);
	for (size_t end = dn->count; end > 0;) { /* the last RDN comes first */
		size_t from = end - 1;

		while (from > 0 && dn->entries[from - 1].rdn == dn->entries[end - 1].rdn)
			from--;
		for (size_t i = from; i < end; i++) {
			char *type = oid_text(dn->entries[i].oid),
			     *value = text_show(dn->entries[i].tag, dn->entries[i].value);

			buf_printf(&out, "%s%s=", out.len == 0 ? "" : i == from ? "," : "+", type);
			put_value(&out, value);
			free(type);
			free(value);
		}
		end = from;
	}
	return buf_take(&out);
}
