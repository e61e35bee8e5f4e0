/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/constraint_match.h"

#include <string.h>

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static bool same_ignoring_case(const unsigned char *a, const unsigned char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

static enum constraint in_or_not(bool in)
{
	return in ? CONSTRAINT_KEPT : CONSTRAINT_PERMITTED;
}

static bool ends_with(struct bytes name, struct bytes base)
{
	return name.len >= base.len &&
	       same_ignoring_case(name.at + name.len - base.len, base.at, base.len);
}

/* The base is the name, or the name with labels in front. A base with a leading dot is taken,
 * though RFC 5280 has none. */
static enum constraint match_dns(struct bytes name, struct bytes base)
{
	if (base.len == 0)
		return CONSTRAINT_KEPT;
	if (!ends_with(name, base))
		return CONSTRAINT_PERMITTED;
	return in_or_not(name.len == base.len || base.at[0] == '.' ||
	                 name.at[name.len - base.len - 1] == '.');
}

/* Where the last '@' is, else text.len. */
static size_t last_at(struct bytes text)
{
	for (size_t i = text.len; i > 0; i--)
		if (text.at[i - 1] == '@')
			return i - 1;
	return text.len;
}

static struct bytes from(struct bytes text, size_t at)
{
	return (struct bytes){ text.at + at, text.len - at };
}

/* base: ".domain" for all below it, "host", or "local@host" with the local part compared byte by
 * byte */
static enum constraint match_email(struct bytes name, struct bytes base)
{
	size_t name_at = last_at(name), base_at = last_at(base);
	struct bytes host;

	if (name_at == name.len)
		return CONSTRAINT_NAME;
	if (base_at == base.len && base.len > 0 && base.at[0] == '.')
		return in_or_not(name.len > base.len && ends_with(name, base));
	if (base_at != base.len) {
		if (base_at > 0) {
			if (base_at != name_at)
				return CONSTRAINT_PERMITTED;
			if (memchr(base.at, 0, base_at) != NULL ||
			    memchr(name.at, 0, name_at) != NULL)
				return CONSTRAINT_NAME;
			if (memcmp(base.at, name.at, base_at) != 0)
				return CONSTRAINT_PERMITTED;
		}
		base = from(base, base_at + 1);
	}
	host = from(name, name_at + 1);
	return in_or_not(host.len == base.len && ends_with(host, base));
}

/* scheme://host[:port][/...]; the host is compared, whole or by a leading dot */
static enum constraint match_uri(struct bytes name, struct bytes base)
{
	const unsigned char *colon = memchr(name.at, ':', name.len), *end;
	struct bytes host;

	if (colon == NULL || (size_t)(name.at + name.len - colon) < 4 || colon[1] != '/' ||
	    colon[2] != '/')
		return CONSTRAINT_NAME;
	host = from(name, (size_t)(colon - name.at) + 3);
	end = memchr(host.at, ':', host.len);
	if (end == NULL)
		end = memchr(host.at, '/', host.len);
	if (end != NULL)
		host.len = (size_t)(end - host.at);
	if (host.len == 0)
		return CONSTRAINT_NAME;
	if (base.len > 0 && base.at[0] == '.')
		return in_or_not(host.len > base.len && ends_with(host, base));
	return in_or_not(host.len == base.len && ends_with(host, base));
}

/* base: an address and a mask behind it, whatever the mask looks like */
static enum constraint match_ip(struct bytes name, struct bytes base)
{
	if ((name.len != 4 && name.len != 16) || (base.len != 8 && base.len != 32))
		return CONSTRAINT_NAME;
	if (name.len * 2 != base.len)
		return CONSTRAINT_PERMITTED;
	for (size_t i = 0; i < name.len; i++)
		if (((name.at[i] ^ base.at[i]) & base.at[name.len + i]) != 0)
			return CONSTRAINT_PERMITTED;
	return CONSTRAINT_KEPT;
}

static bool has_a_label(struct bytes host)
{
	for (size_t i = 0; i + 4 <= host.len; i++)
		if (same_ignoring_case(host.at + i, (const unsigned char *)"xn--", 4))
			return true;
	return false;
}

/* A mailbox in UTF-8: only its host counts (nc_email_eai). OpenSSL decodes the punycode of a base;
 * we do not, and refuse. */
static enum constraint match_mailbox(const struct tlv *value, struct bytes base)
{
	struct bytes mailbox = value->body, host;
	size_t at = last_at(mailbox);

	if ((base.len > 0 && memchr(base.at, 0, base.len) != NULL) || has_a_label(base))
		return CONSTRAINT_NAME;
	if (value->class != DER_UNIVERSAL || value->tag != DER_UTF8 || at == mailbox.len)
		return CONSTRAINT_NAME;
	if (base.len > 0 && base.at[0] == '.')
		return in_or_not(mailbox.len > base.len && ends_with(mailbox, base));
	host = from(mailbox, at + 1);
	return in_or_not(host.len == base.len && ends_with(host, base));
}

enum constraint constraint_match(const struct general_name *name, const struct general_name *base)
{
	if (name->type == GENERAL_OTHER && base->type == GENERAL_EMAIL)
		return match_mailbox(&name->other, base->value);
	switch (name->type) {
	case GENERAL_DIRECTORY:
		return in_or_not(dn_starts_with(name->dn, base->dn));
	case GENERAL_DNS:
		return match_dns(name->value, base->value);
	case GENERAL_EMAIL:
		return match_email(name->value, base->value);
	case GENERAL_URI:
		return match_uri(name->value, base->value);
	case GENERAL_IP:
		return match_ip(name->value, base->value);
	case GENERAL_OTHER:
	case GENERAL_X400:
	case GENERAL_EDI:
	case GENERAL_OID:
		break;
	}
	return CONSTRAINT_TYPE;
}
