/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "pki/constraint.h"
#include "pki/constraint_match.h"
#include "pki/detail.h"
#include "pki/text.h"

#include <string.h>

enum { WORK_MOST = 1 << 20 }; /* OpenSSL's NAME_CHECK_MAX */

/* An otherName with a mailbox in UTF-8 counts as e-mail address in OpenSSL 3 (RFC 8398 6). */
static enum general_type kind_of(const struct general_name *name, enum era era)
{
	static const char mailbox[] =
		"\x2b\x06\x01\x05\x05\x07\x08\x09"; /* id-on-SmtpUTF8Mailbox; asked a million
	                                             * times */

	if (era == ERA_OPENSSL3 && name->type == GENERAL_OTHER &&
	    name->value.len == sizeof mailbox - 1 &&
	    memcmp(name->value.at, mailbox, sizeof mailbox - 1) == 0)
		return GENERAL_EMAIL;
	return name->type;
}

static bool concerns(const struct subtree *subtree, const struct general_name *name, enum era era)
{
	enum general_type kind = kind_of(name, era);

	if (subtree->base.type != kind)
		return false;
	return era == ERA_OPENSSL1 || kind != GENERAL_OTHER ||
	       der_bytes_same(subtree->base.value, name->value);
}

static bool bounded(const struct subtree *subtree, enum era era)
{
	return subtree->has_maximum ||
	       (era == ERA_OPENSSL1 ? subtree->has_minimum : subtree->minimum_not_zero);
}

/* One of the permitted subtrees of the name's kind has to hold it, if there are any. */
static enum constraint check_permitted(const struct general_name *name,
                                       const struct subtrees *permitted, enum era era)
{
	bool concerned = false, held = false;

	for (size_t i = 0; i < permitted->count; i++) {
		const struct subtree *subtree = &permitted->items[i];
		enum constraint match;

		if (!concerns(subtree, name, era))
			continue;
		if (bounded(subtree, era))
			return CONSTRAINT_MINIMUM;
		concerned = true;
		if (held)
			continue;
		match = constraint_match(name, &subtree->base);
		if (match != CONSTRAINT_KEPT && match != CONSTRAINT_PERMITTED)
			return match;
		held = match == CONSTRAINT_KEPT;
	}
	return concerned && !held ? CONSTRAINT_PERMITTED : CONSTRAINT_KEPT;
}

static enum constraint check_excluded(const struct general_name *name,
                                      const struct subtrees *excluded, enum era era)
{
	for (size_t i = 0; i < excluded->count; i++) {
		const struct subtree *subtree = &excluded->items[i];
		enum constraint match;

		if (!concerns(subtree, name, era))
			continue;
		if (bounded(subtree, era))
			return CONSTRAINT_MINIMUM;
		match = constraint_match(name, &subtree->base);
		if (match == CONSTRAINT_KEPT)
			return CONSTRAINT_EXCLUDED;
		if (match != CONSTRAINT_PERMITTED)
			return match;
	}
	return CONSTRAINT_KEPT;
}

static enum constraint check_name(const struct general_name *name, const struct cert_detail *ca,
                                  enum era era)
{
	enum constraint found = check_permitted(name, &ca->ext.permitted, era);

	return found != CONSTRAINT_KEPT ? found : check_excluded(name, &ca->ext.excluded, era);
}

/* The subject itself, then the e-mail addresses in it */
static enum constraint check_subject(const struct cert_detail *d, const struct cert_detail *ca,
                                     enum era era)
{
	struct dn subject = d->subject;
	struct general_name name = { .type = GENERAL_DIRECTORY, .dn = &subject };
	enum constraint found = CONSTRAINT_KEPT;

	if (subject.count == 0)
		return CONSTRAINT_KEPT;
	found = check_name(&name, ca, era);
	name.type = GENERAL_EMAIL;
	for (size_t i = 0; found == CONSTRAINT_KEPT && i < subject.count; i++) {
		if (oid_find(subject.entries[i].oid) != OID_EMAIL)
			continue;
		if (subject.entries[i].tag != DER_IA5)
			return CONSTRAINT_NAME;
		name.value = subject.entries[i].value;
		found = check_name(&name, ca, era);
	}
	return found;
}

/* Does a CN look like a DNS name of two labels or more (cn2dnsid)? '_' may be in it. */
static bool looks_like_host(struct bytes cn)
{
	bool dots = false;

	for (size_t i = 0; i < cn.len; i++) {
		unsigned char c = cn.at[i];
		bool inside = i > 0 && i + 1 < cn.len;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '_' || (c == '-' && inside))
			continue;
		if (c != '.' || !inside || cn.at[i + 1] == '.' || cn.at[i - 1] == '-' ||
		    cn.at[i + 1] == '-')
			return false;
		dots = true;
	}
	return dots;
}

static enum constraint check_cn(const struct dn_entry *cn, const struct cert_detail *ca,
                                enum era era)
{
	struct general_name name = { .type = GENERAL_DNS };
	enum constraint found = CONSTRAINT_KEPT;
	bool strange; /* read for text alone */
	struct buf text;

	buf_init(&text);
	if (!text_utf8(cn->tag, cn->value, &text, &strange))
		found = CONSTRAINT_NO_TEXT;
	while (text.len > 0 && text.data[text.len - 1] == '\0')
		text.len--;
	name.value = (struct bytes){ (const unsigned char *)text.data, text.len };
	if (found == CONSTRAINT_KEPT && text.len > 0 && memchr(text.data, 0, text.len) != NULL)
		found = CONSTRAINT_NAME;
	else if (found == CONSTRAINT_KEPT && looks_like_host(name.value))
		found = check_name(&name, ca, era);
	buf_clear(&text);
	return found;
}

static bool has_dns_san(const struct cert_detail *d)
{
	struct general_walk walk;
	struct general_name name;
	bool found = false;

	general_walk_start(&walk, &d->ext.san);
	while (!found && general_walk_next(&walk, &name))
		found = name.type == GENERAL_DNS;
	general_walk_end(&walk);
	return found;
}

enum constraint constraint_check(const struct cert *cert, const struct cert *ca, bool leaf,
                                 enum era era)
{
	const struct cert_detail *d = cert->detail, *by = ca->detail;
	size_t names = d->subject.count + d->ext.san.count,
	       constraints = by->ext.permitted.count + by->ext.excluded.count;
	struct general_walk walk;
	struct general_name name;
	enum constraint found;
	bool by_cn;

	if (names > 0 && constraints > WORK_MOST / names)
		return CONSTRAINT_TOO_MUCH;
	found = check_subject(d, by, era);
	general_walk_start(&walk, &d->ext.san);
	while (found == CONSTRAINT_KEPT && general_walk_next(&walk, &name))
		found = check_name(&name, by, era);
	general_walk_end(&walk);
	by_cn = leaf && !has_dns_san(d);
	for (size_t i = 0; by_cn && found == CONSTRAINT_KEPT && i < d->subject.count; i++)
		if (oid_find(d->subject.entries[i].oid) == OID_CN)
			found = check_cn(&d->subject.entries[i], by, era);
	return found;
}
