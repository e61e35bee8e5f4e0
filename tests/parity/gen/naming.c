/* SPDX-License-Identifier: MIT */
/* Leaves with names of every kind, and the address under which to reach them: for the traffic
 * server's name rule. */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

/* %s is replaced by a label of the case's own, so that log lines can be told apart. */
struct naming {
	const char *address;
	const char *dns[3];  /* dNSName SANs */
	const char *ip;      /* an iPAddress SAN, as text a.b.c.d */
	const char *cn[2];   /* CNs, in order */
	unsigned cn_tag;     /* string type of the CNs; 0 is UTF8String; with ODD, a byte too many
	                        behind it */
};

enum { ODD = 0x100 };

static const struct naming namings[] = {
	{ "%s.example.com", { "%s.example.com" }, NULL, { "other.example.com" }, 0 },
	{ "%s.example.com", { "%s.EXAMPLE.com" }, NULL, { NULL }, 0 },
	{ "%s.Example.Com", { "%s.example.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "other.example.com", "%s.example.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "other.example.com" }, NULL, { "%s.example.com" }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "%s.EXAMPLE.com" }, 0x13 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x14 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x16 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x1e },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x1c },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x04 },
	{ "%s.example.com", { NULL }, NULL, { "%s.ex\xc3\xa4mple.com" }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "%s.ex\xff\xfemple.com" }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "\xed\xa0\x80.example.com" }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "\xf4\x90\x80\x80.example.com" }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "other\xe4.example.com" }, 0x14 },
	{ "%s.example.com", { NULL }, NULL, { "other.example.com" }, ODD | 0x1e },
	{ "%s.example.com", { NULL }, NULL, { "other.example.com" }, ODD | 0x1c },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x1a },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x1b },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x12 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x15 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x19 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com" }, 0x17 },
	{ "%s.example.com", { NULL }, NULL, { "\x12\x34" }, 0x02 },
	{ "%s.example.com", { NULL }, NULL, { "|nul%s.example.com" }, 0x03 },
	{ "%s.example.com", { NULL }, NULL, { "other.example.com" }, 0x0a },
	{ "%s.example.com", { "%s.example.com" }, NULL, { "\xff\xfe" }, 0 },
	{ "IP", { NULL }, NULL, { "\xff\xfe" }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "other.example.com", "%s.example.com" }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com", "other.example.com" }, 0 },
	{ "%s.example.com",
	  { "other.example.com" },
	  NULL,
	  { "other.example.com", "%s.example.com" },
	  0 },
	{ "%s.example.com", { NULL }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "" }, NULL, { "" }, 0 },
	{ "%s.example.com", { "*.example.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "*.EXAMPLE.COM" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "*.example.com" }, 0 },
	{ "%s.example.com", { "*.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "*" }, NULL, { "*" }, 0 },
	{ "%s.example.com", { "*.*.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "%s.*.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "**.example.com" }, NULL, { NULL }, 0 },
	{ "%s.a.example.com", { "*.example.com" }, NULL, { NULL }, 0 },
	{ "%s.a.example.com", { "*.a.example.com" }, NULL, { NULL }, 0 },
	{ "a.%s.example.com", { "a.*.example.com" }, NULL, { NULL }, 0 },
	{ "cu%s.example.com", { "cu*.example.com" }, NULL, { NULL }, 0 },
	{ "%scm.example.com", { "*cm.example.com" }, NULL, { NULL }, 0 },
	{ "c%sm.example.com", { "c*m.example.com" }, NULL, { NULL }, 0 },
	{ "cu%s.example.com", { "CU*.example.com" }, NULL, { NULL }, 0 },
	{ "cu%s.example.com", { "cu%s*.example.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "*%s.example.com" }, NULL, { NULL }, 0 },
	{ "xn--%s.example.com", { "*.example.com" }, NULL, { NULL }, 0 },
	{ "xn--%s.example.com", { "xn--*.example.com" }, NULL, { NULL }, 0 },
	{ "xn--%s.example.com", { "x*.example.com" }, NULL, { NULL }, 0 },
	{ "XN--%s.example.com", { "xn--%s.example.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com.", { "%s.example.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com.", { "%s.example.com." }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "%s.example.com." }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "*.example.com." }, NULL, { NULL }, 0 },
	{ "%s.example.com", { ".example.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { " %s.example.com" }, NULL, { "%s.example.com " }, 0 },
	{ "%s", { "%s" }, NULL, { NULL }, 0 },
	{ "%s", { "%s.example.com" }, NULL, { "%s.example.com" }, 0 },
	{ "%s", { "*" }, NULL, { NULL }, 0 },
	{ "under_%s.example.com", { "*.example.com" }, NULL, { NULL }, 0 },
	{ "under_%s.example.com", { "under_*.example.com" }, NULL, { NULL }, 0 },
	{ "-%s.example.com", { "*.example.com" }, NULL, { NULL }, 0 },
	{ "%s.example-.com", { "*.example-.com" }, NULL, { NULL }, 0 },
	{ "%s.1.2.3", { "*.1.2.3" }, NULL, { NULL }, 0 },
	{ "IP", { NULL }, "IP", { NULL }, 0 },
	{ "IP", { "%s.example.com" }, "IP", { "%s.example.com" }, 0 },
	{ "IP", { "IP" }, NULL, { NULL }, 0 },
	{ "IP", { NULL }, NULL, { "IP" }, 0 },
	{ "IP", { "%s.example.com" }, "IP", { "IP" }, 0 },
	{ "IP", { "*.0.0.1" }, NULL, { "*" }, 0 },
	{ "%s.example.com", { "%s.example.com|nul" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com|nul" }, 0 },
	{ "%s.example.com", { "|nul%s.example.com" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { "%s.example.com|tail" }, NULL, { NULL }, 0 },
	{ "%s.example.com", { NULL }, NULL, { "%s.example.com|tail" }, 0 },
};

/* Puts label for %s and ip for IP; "|nul" becomes a NUL byte, "|tail" one at the end. Returns the
 * length. */
static size_t expand(const char *pattern, const char *label, const char *ip, char *out)
{
	size_t len = 0;

	while (*pattern != '\0') {
		const char *put = NULL;
		size_t step = 2;

		if (strncmp(pattern, "%s", 2) == 0)
			put = label;
		else if (strncmp(pattern, "IP", 2) == 0)
			put = ip;
		if (put != NULL) {
			len += (size_t)sprintf(out + len, "%s", put);
		} else if (strncmp(pattern, "|nul", 4) == 0) {
			len += (size_t)sprintf(out + len, "%c.evil.test", '\0');
			step = 4;
		} else if (strncmp(pattern, "|tail", 5) == 0) {
			out[len++] = '\0';
			step = 5;
		} else {
			out[len++] = *pattern;
			step = 1;
		}
		pattern += step;
	}
	return len;
}

static struct der string_of(unsigned tag, const char *text, size_t len)
{
	size_t width = (tag & 0xff) == 0x1e ? 2 : (tag & 0xff) == 0x1c ? 4 : 1;
	struct der wide = { arena_take(len * width + 1), len * width + ((tag & ODD) ? 1 : 0) };

	for (size_t i = 0; i < len; i++)
		wide.data[i * width + width - 1] = (unsigned char)text[i];
	return der_tlv(tag == 0 ? 0x0c : tag & 0xff, wide);
}

static struct der ip_name(const char *text)
{
	unsigned char bytes[4] = { 0 };
	unsigned at = 0;

	for (; *text != '\0' && at < 4; text++) {
		if (*text == '.')
			at++;
		else
			bytes[at] = (unsigned char)(bytes[at] * 10 + (*text - '0'));
	}
	return der_tlv(0x87, der_bytes(bytes, 4));
}

static struct der subject_of(const struct naming *naming, const char *label, const char *ip)
{
	struct der parts[3] = { WRAP(0x31,
		                     SEQUENCE(der_oid("2.5.4.10"), der_text(0x0c, "Example"))),
		                DER_NONE, DER_NONE };
	char text[300];

	for (unsigned i = 0; i < 2 && naming->cn[i] != NULL; i++) {
		size_t len = expand(naming->cn[i], label, ip, text);

		parts[i + 1] = WRAP(
			0x31, SEQUENCE(der_oid("2.5.4.3"), string_of(naming->cn_tag, text, len)));
	}
	return der_wrap(0x30, parts, 3);
}

static struct der alternatives_of(const struct naming *naming, const char *label, const char *ip)
{
	struct der parts[4] = { DER_NONE, DER_NONE, DER_NONE, DER_NONE };
	char text[300];

	for (unsigned i = 0; i < 3 && naming->dns[i] != NULL; i++) {
		size_t len = expand(naming->dns[i], label, ip, text);

		parts[i] = der_tlv(0x82, der_bytes(text, len));
	}
	if (naming->ip != NULL)
		parts[3] = ip_name(ip);
	return der_wrap(0x30, parts, 4);
}

void plan_name(struct plan *plan, unsigned index)
{
	enum { COUNT = sizeof namings / sizeof *namings };
	const struct naming *naming = &namings[index % COUNT];
	struct spec *leaf = &plan->certs[0];
	char label[32], ip[32];
	size_t len;

	snprintf(label, sizeof label, "n%u", index);
	snprintf(ip, sizeof ip, "127.78.%u.%u", index / 250 % 250, 1 + index % 250);
	len = expand(naming->address, label, ip, plan->name);
	plan->name[len] = '\0';
	leaf->subject = subject_of(naming, label, ip);
	if (plan->path == 1)
		leaf->issuer = leaf->subject;
	spec_drop(leaf, OID_SAN);
	if (naming->dns[0] != NULL || naming->ip != NULL)
		spec_add(leaf, OID_SAN, NOT_CRITICAL, alternatives_of(naming, label, ip));
	if (index >= COUNT &&
	    chance(&plan->rng, 45)) /* a name and something else: which line is logged? */
		plan_mutate(plan);
}
