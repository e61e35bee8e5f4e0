/* SPDX-License-Identifier: MIT */
/* Names: how subjects and issuers are written, alternative names, and name constraints of every
 * type. */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

static struct der attribute(const char *oid, unsigned tag, const char *text)
{
	return WRAP(0x31, SEQUENCE(der_oid(oid), der_text(tag, text)));
}

/* The same name in other clothes (mostly): case, spaces, string types, order, several values in one
 * RDN. */
static struct der dressed(struct plan *plan, const char *organization, const char *common_name)
{
	struct rng *rng = &plan->rng;
	unsigned kind = pick(rng, 16);
	char text[320];
	struct der o = attribute("2.5.4.10", 0x0c, organization), cn;

	snprintf(text, sizeof text, "%s", common_name);
	plan->eras_differ |= kind > 10; /* 3 cannot read some of these at all */
	switch (kind) {
	case 0:
		for (char *c = text; *c != '\0'; c++)
			if (*c >= 'a' && *c <= 'z')
				*c = (char)(*c - 32);
		break;
	case 1: snprintf(text, sizeof text, "  %s ", common_name); break;
	case 2:
		snprintf(text, sizeof text, "%.2s  %s", common_name,
		         common_name + (common_name[2] == ' ' ? 3 : 2));
		break;
	case 3:
		return SEQUENCE(attribute("2.5.4.10", 0x13, organization),
		                attribute("2.5.4.3", 0x13, common_name));
	case 4:
		return SEQUENCE(attribute("2.5.4.10", 0x14, organization),
		                attribute("2.5.4.3", 0x16, common_name));
	case 5: return SEQUENCE(attribute("2.5.4.3", 0x0c, common_name), o);
	case 6:
		return SEQUENCE(WRAP(0x31,
		                     SEQUENCE(der_oid("2.5.4.3"), der_text(0x0c, common_name)),
		                     SEQUENCE(der_oid("2.5.4.10"), der_text(0x0c, organization))));
	case 7: snprintf(text, sizeof text, "%s\t", common_name); break;
	case 8:
		return SEQUENCE(o, attribute("2.5.4.3", 0x0c, common_name),
		                attribute("2.5.4.3", 0x0c, common_name));
	case 9: { /* BMPString */
		size_t len = strlen(common_name);
		struct der wide = { arena_take(2 * len), 2 * len };

		for (size_t i = 0; i < len; i++)
			wide.data[2 * i + 1] = (unsigned char)common_name[i];
		return SEQUENCE(o, WRAP(0x31, SEQUENCE(der_oid("2.5.4.3"), der_tlv(0x1e, wide))));
	}
	case 10: return SEQUENCE(o, attribute("2.5.4.3", 0x04, common_name));
	case 11: snprintf(text, sizeof text, "%s\xff\xfe", common_name); break; /* no UTF-8 */
	case 12:
		snprintf(text, sizeof text, "%s \xc3\xa9\xc3\x89", common_name);
		break; /* not folded: no ASCII */
	case 13:
		snprintf(text, sizeof text, "%s\xe9", common_name);
		return SEQUENCE(o, attribute("2.5.4.3", 0x14, text));
	case 14:
		return SEQUENCE(o, attribute("2.5.4.3", chance(rng, 50) ? 0x1e : 0x1c,
		                             "odd")); /* no whole characters */
	default:
		return SEQUENCE(o,
		                attribute("2.5.4.3", chance(rng, 50) ? 0x0a : 0x1b, common_name));
	}
	cn = attribute("2.5.4.3", 0x0c, text);
	return SEQUENCE(o, cn);
}

static void issuer_dressed(struct plan *plan, struct spec *spec, unsigned i)
{
	char name[64];

	if (i + 1 >= plan->path)
		return;
	snprintf(name, sizeof name, "CA %u of %u", i + 1, plan->path);
	if (chance(&plan->rng, 60))
		spec->issuer = dressed(plan, "Example", name);
	else
		plan->certs[i + 1].subject = dressed(plan, "Example", name);
	if (chance(&plan->rng, 30))
		spec_drop(spec, OID_AKI);
}

static void issuer_other(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)i;
	spec->issuer = chance(&plan->rng, 80) ? name_of("Else", "Where") : name_of(NULL, NULL);
}

static void subject_odd(struct plan *plan, struct spec *spec, unsigned i)
{
	(void)spec;
	(void)i;
	spec = &plan->certs[0];
	switch (pick(&plan->rng, 6)) {
	case 0: spec->subject = name_of(NULL, NULL); break;
	case 1: spec->subject = name_of("Example", NULL); break;
	case 2: spec->subject = dressed(plan, "Example", plan->name); break;
	case 3:
		spec->subject = SEQUENCE(attribute("2.5.4.3", 0x0c, "first.example.com"),
		                         attribute("2.5.4.3", 0x0c, plan->name));
		break;
	case 4:
		spec->subject =
			SEQUENCE(attribute("2.5.4.3", 0x0c, plan->name),
		                 attribute("1.2.840.113549.1.9.1", 0x16, "who@example.com"));
		break;
	default: spec->subject = SEQUENCE(WRAP(0x31, DER_NONE)); break;
	}
	if (plan->path == 1)
		spec->issuer = spec->subject;
}

static const char *const hosts[] = { "a.example.com",
	                             "example.com",
	                             "b.a.example.com",
	                             "other.test",
	                             "A.EXAMPLE.COM",
	                             "*.example.com",
	                             "aexample.com",
	                             "example.com.",
	                             "",
	                             "xn--bcher-kva.example.com",
	                             "under_score.example.com",
	                             "*" };
static const char *const mails[] = { "who@example.com",
	                             "who@a.example.com",
	                             "WHO@EXAMPLE.COM",
	                             "other@example.com",
	                             "who@other.test",
	                             "\"q@q\"@example.com",
	                             "nobody",
	                             "@example.com",
	                             "who@" };
static const char *const uris[] = {
	"http://a.example.com/x", "https://example.com", "ldap://b.a.example.com:389/", "urn:x:y",
	"http://1.2.3.4/",        "http://other.test",   "http://user@a.example.com/",  "http:///x",
	"mailto:x@example.com"
};
static const unsigned char ips[][16] = { { 10, 0, 0, 1 },
	                                 { 10, 1, 2, 3 },
	                                 { 127, 0, 0, 1 },
	                                 { 32, 1, 13, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } };

static struct der general_name(struct rng *rng)
{
	unsigned at;

	switch (pick(rng, 9)) {
	case 0: case 1: case 2: return der_text(0x82, hosts[pick(rng, 12)]);
	case 3: return der_text(0x81, mails[pick(rng, 9)]);
	case 4: return der_text(0x86, uris[pick(rng, 9)]);
	case 5:
		at = pick(rng, 4);
		return der_tlv(0x87, der_bytes(ips[at], at == 3 ? 16 : chance(rng, 95) ? 4 : 5));
	case 6:
		return WRAP(0xa4, chance(rng, 50) ? name_of("Example", "a.example.com")
		                                  : name_of("Else", "Where"));
	case 7: /* a Microsoft UPN, or an SmtpUTF8Mailbox (RFC 8398), which OpenSSL 3 holds against
	           mail constraints */
		return WRAP(
			0xa0,
			der_oid(chance(rng, 50) ? "1.3.6.1.4.1.311.20.2.3" : "1.3.6.1.5.5.7.8.9"),
			WRAP(0xa0, der_text(chance(rng, 85) ? 0x0c : 0x16, mails[pick(rng, 9)])));
	default: return der_tlv(0x88, der_bytes("\x2a\x03", 2));
	}
}

static void names(struct plan *plan, struct spec *spec, unsigned i)
{
	struct der list[6];
	unsigned count = pick(&plan->rng, 6);

	if (chance(&plan->rng, 75))
		spec = &plan->certs[i = 0];
	for (unsigned at = 0; at < count; at++)
		list[at] = general_name(&plan->rng);
	if (count > 1 && chance(&plan->rng, 15))
		list[1] = list[0];
	plan->eras_differ = true; /* 3 knows a mailbox in an otherName, 1.1.1 does not */
	spec_set(spec, OID_SAN, (enum critical)pick(&plan->rng, 2), der_wrap(0x30, list, count));
}

static struct der constraint_base(struct plan *plan)
{
	struct rng *rng = &plan->rng;

	static const char *const dns[] = { "example.com",   ".example.com",   "",
		                           "a.example.com", "EXAMPLE.com",    "test",
		                           "com",           "n1.example.com", "*.example.com" };
	static const char *const mail[] = {
		"example.com",  ".example.com", "who@example.com", "who@EXAMPLE.com", "",
		"@example.com", "other.test"
	};
	static const char *const uri[] = { "example.com", ".example.com", "a.example.com", "",
		                           "other.test" };
	static const unsigned char range[][33] = { { 10, 0, 0, 0, 0xff, 0, 0, 0 },
		                                   { 10, 1, 0, 0, 0xff, 0xff, 0, 0 },
		                                   { 0 },
		                                   { 127, 0, 0, 1, 0xff, 0xff, 0xff, 0xff },
		                                   { 10, 0, 0, 0, 0xff, 0, 0xff, 0 } };
	static const unsigned char range6[32] = { 32, 1, 13, 0xb8, [16] = 0xff, 0xff, 0xff, 0xff };

	switch (pick(rng, 10)) {
	case 0: case 1: case 2: case 3: return der_text(0x82, dns[pick(rng, 9)]);
	case 4: return der_text(0x81, mail[pick(rng, 7)]);
	case 5: return der_text(0x86, uri[pick(rng, 5)]);
	case 6:
		return chance(rng, 70) ? der_tlv(0x87, der_bytes(range[pick(rng, 5)],
		                                                 chance(rng, 90) ? 8 : 7))
		                       : der_tlv(0x87, der_bytes(range6, 32));
	case 7: case 8:
		switch (pick(rng, 5)) {
		case 0: return WRAP(0xa4, name_of("Example", NULL));
		case 1: return WRAP(0xa4, name_of("EXAMPLE ", NULL));
		case 2: return WRAP(0xa4, name_of(NULL, NULL));
		case 3: return WRAP(0xa4, name_of("Example", "a.example.com"));
		default: return WRAP(0xa4, name_of("Else", NULL));
		}
	default:
		plan->eras_differ = true; /* 3 knows one kind of otherName, 1.1.1 none */
		return chance(rng, 50)
		               ? der_tlv(0x88, der_bytes("\x2a\x03", 2))
		               : WRAP(0xa0, der_oid("1.2.3"), WRAP(0xa0, der_text(0x0c, "x")));
	}
}

static struct der subtrees(struct plan *plan, unsigned tag)
{
	struct rng *rng = &plan->rng;
	struct der list[4];
	unsigned count = chance(rng, 8) ? 0 : 1 + pick(rng, 3);

	for (unsigned i = 0; i < count; i++) {
		struct der minimum = DER_NONE, maximum = DER_NONE;

		if (chance(rng, 4))
			minimum = der_tlv(0x80, der_bytes(chance(rng, 50) ? "\0" : "\1", 1));
		if (chance(rng, 3))
			maximum = der_tlv(0x81, der_bytes("\5", 1));
		list[i] = SEQUENCE(constraint_base(plan), minimum, maximum);
		plan->eras_differ |= minimum.len + maximum.len > 0;
	}
	return der_wrap(tag, list, count);
}

static void name_constraints(struct plan *plan, struct spec *spec, unsigned i)
{
	unsigned kind = pick(&plan->rng, 10);
	struct der value;

	if (i == 0 && chance(&plan->rng, 85) && plan->path > 1)
		spec = &plan->certs[1 + pick(&plan->rng, plan->path - 1)];
	value = kind == 0 ? SEQUENCE(DER_NONE)
	      : kind < 5  ? SEQUENCE(subtrees(plan, 0xa0))
	      : kind < 8  ? SEQUENCE(subtrees(plan, 0xa1))
	                  : SEQUENCE(subtrees(plan, 0xa0), subtrees(plan, 0xa1));
	spec_set(spec, OID_NC, chance(&plan->rng, 70) ? CRITICAL : NOT_CRITICAL, value);
	if (chance(&plan->rng, 60))
		names(plan, &plan->certs[0], 0);
	if (chance(&plan->rng, 15))
		spec_drop(&plan->certs[0], OID_SAN);
	if (chance(&plan->rng, 15))
		subject_odd(plan, spec, 0);
}

/* Much work: many names against many subtrees. */
static void much_work(struct plan *plan, struct spec *spec, unsigned i)
{
	enum { MANY = 1100 };
	struct der list[MANY];
	char text[40];

	(void)i;
	(void)spec;
	if (plan->path < 2)
		return;
	for (unsigned at = 0; at < MANY; at++) {
		snprintf(text, sizeof text, "h%u.example.com", at);
		list[at] = SEQUENCE(der_text(0x82, text));
	}
	spec_set(&plan->certs[plan->path - 1], OID_NC, CRITICAL,
	         SEQUENCE(der_wrap(0xa1, list, chance(&plan->rng, 50) ? MANY : 900)));
	for (unsigned at = 0; at < MANY; at++) {
		snprintf(text, sizeof text, "n%u.example.com", at);
		list[at] = der_text(0x82, text);
	}
	spec_set(&plan->certs[0], OID_SAN, NOT_CRITICAL, der_wrap(0x30, list, MANY));
}

static const struct mutation rows[] = {
	{ "issuer-dressed", 12, issuer_dressed },
	{ "issuer-other", 4, issuer_other },
	{ "subject-odd", 6, subject_odd },
	{ "names", 5, names },
	{ "name-constraints", 26, name_constraints },
	{ "much-work", 1, much_work },
};
const struct mutation_table mutate_name_table = TABLE(rows);
