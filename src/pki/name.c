/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "pki/detail.h"
#include "pki/name.h"
#include "pki/text.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static bool same_ignoring_case(struct bytes pattern, struct bytes name)
{
	return pattern.len == name.len &&
	       strncasecmp((const char *)pattern.at, (const char *)name.at, name.len) == 0;
}

/* The last dot but for the last character and the first two; 0 if there is none. */
static size_t last_dot(struct bytes pattern)
{
	for (size_t i = pattern.len - 2; i > 1; i--)
		if (pattern.at[i] == '.')
			return i;
	return 0;
}

/* Where the one usable '*' is, else pattern.len: in the first label, as its first or last
 * character, two dots behind it. */
static size_t find_wildcard(struct bytes pattern, bool whole_label)
{
	size_t found = pattern.len, dot;

	if (pattern.len < 5 || (dot = last_dot(pattern)) < 3)
		return pattern.len;
	for (size_t i = 0; i < dot; i++) {
		bool before_dot = pattern.at[i + 1] == '.';

		if (pattern.at[i] == '.')
			return found;
		if (pattern.at[i] != '*')
			continue;
		if (found != pattern.len || (i != 0 && !(i < dot - 1 && before_dot)) ||
		    (whole_label && (i != 0 || !before_dot)))
			return pattern.len;
		found = i;
	}
	return pattern.len;
}

/* What '*' may stand for (wildcard_match in X509HostnameValidator.cc): '_' since 9.0. */
static bool label_character(unsigned char c, enum traffic_server server)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || (c == '_' && server != TRAFFIC_SERVER_8);
}

static bool wildcard_matches(struct bytes pattern, size_t star, struct bytes name,
                             enum traffic_server server)
{
	struct bytes before = { pattern.at, star },
		     after = { pattern.at + star + 1, pattern.len - star - 1 };
	struct bytes head = { name.at, star }, tail, middle;

	if (name.len < before.len + after.len)
		return false;
	tail = (struct bytes){ name.at + name.len - after.len, after.len };
	middle = (struct bytes){ name.at + star, name.len - before.len - after.len };
	if (!same_ignoring_case(before, head) || !same_ignoring_case(after, tail))
		return false;
	if (middle.len == 1 && middle.at[0] == '*')
		return true;
	for (size_t i = 0; i < middle.len; i++)
		if (!label_character(middle.at[i], server))
			return false;
	return true;
}

static bool pattern_matches(struct bytes pattern, struct bytes name, enum traffic_server server)
{
	bool idna = name.len > 4 && strncasecmp((const char *)name.at, "xn--", 4) == 0;
	size_t star = pattern.len;

	if (name.len > 5 && name.at[0] != '.')
		star = find_wildcard(pattern, idna);
	return star == pattern.len ? same_ignoring_case(pattern, name)
	                           : wildcard_matches(pattern, star, name, server);
}

static bool in_sans(const struct cert_detail *d, struct bytes name, enum traffic_server server)
{
	struct general_walk walk;
	struct general_name san;
	bool found = false;

	general_walk_start(&walk, &d->ext.san);
	while (!found && general_walk_next(&walk, &san))
		found = san.type == GENERAL_DNS && san.value.len > 0 &&
		        pattern_matches(san.value, name, server);
	general_walk_end(&walk);
	return found;
}

/* Only the first CN is looked at. One that is not a string lets every name pass: validate_hostname
 * returns -1, as a bool. */
static bool in_cn(const struct cert_detail *d, struct bytes name, enum traffic_server server)
{
	const struct dn_entry *cn = dn_first(&d->subject, OID_CN);
	bool strange, match;
	struct buf text;

	if (cn == NULL)
		return false;
	buf_init(&text);
	match = !text_utf8(cn->tag, cn->value, &text, &strange) ||
	        pattern_matches((struct bytes){ (const unsigned char *)text.data, text.len }, name,
	                        server);
	buf_clear(&text);
	return match;
}

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){ (const unsigned char *)text, strlen(text) };
}

bool name_matches(const struct cert *leaf, const char *address, enum traffic_server server)
{
	return leaf->readable && (in_sans(leaf->detail, bytes_of(address), server) ||
	                          in_cn(leaf->detail, bytes_of(address), server));
}

bool name_only_in_cn(const struct cert *leaf, const char *address, enum traffic_server server)
{
	return leaf->readable && !in_sans(leaf->detail, bytes_of(address), server) &&
	       in_cn(leaf->detail, bytes_of(address), server);
}

bool name_only_in_ip_san(const struct cert *leaf, const char *address, enum traffic_server server)
{
	unsigned char raw[sizeof(struct in6_addr)];
	struct bytes ip = { raw, 4 };
	struct general_walk walk;
	struct general_name san;
	bool found = false;

	if (!leaf->readable || name_matches(leaf, address, server))
		return false;
	if (inet_pton(AF_INET, address, raw) != 1) {
		if (inet_pton(AF_INET6, address, raw) != 1)
			return false;
		ip.len = 16;
	}
	general_walk_start(&walk, &leaf->detail->ext.san);
	while (!found && general_walk_next(&walk, &san))
		found = san.type == GENERAL_IP && der_bytes_same(san.value, ip);
	general_walk_end(&walk);
	return found;
}

bool name_accepted(const struct cert *leaf, const char *address, const struct policy *policy)
{
	return name_matches(leaf, address, policy->traffic_server) ||
	       (policy->honours_ip_san &&
	        name_only_in_ip_san(leaf, address, policy->traffic_server));
}
