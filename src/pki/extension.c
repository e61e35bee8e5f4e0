/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/extension.h"
#include "pki/resource.h"

#include <string.h>

struct extension {
	enum oid oid;
	struct bytes value;
};

struct reading {
	struct pool *pool;
	struct extension_facts *facts;
};

/* The first element of the value if it is a SEQUENCE; OpenSSL lets what follows it pass. */
static bool open_sequence(struct bytes value, struct bytes *inside)
{
	return der_enter(&value, DER_UNIVERSAL, DER_SEQUENCE, inside) == 1;
}

/* A directoryName with characters that OpenSSL 3 does not read spoils the extension there. */
static void note_strange(const struct general_name *name, void *arg)
{
	struct reading *r = arg;

	if (name->type == GENERAL_DIRECTORY && name->dn->strange)
		r->facts->invalid[ERA_OPENSSL3] = true;
}

static bool read_names(struct bytes in, struct reading *r, struct general_names *names)
{
	return general_names_read(in, names, note_strange, r);
}

static bool read_bits(struct bytes value, struct pool *pool, unsigned *bits)
{
	struct bytes octets;
	struct tlv tlv;
	unsigned unused;

	if (der_take(&value, DER_UNIVERSAL, DER_BITS, &tlv) != 1 ||
	    !der_bits(&tlv, pool, &octets, &unused))
		return false;
	for (size_t i = 0; i < octets.len && i < 2; i++)
		*bits |= (unsigned)octets.at[i] << 8 * i;
	return true;
}

/* Both eras refuse a negative path length; 1.1.1 also one that is not 0 on what is no CA. */
static bool read_basic_constraints(struct bytes value, struct reading *r)
{
	struct extension_facts *f = r->facts;
	struct bytes in;
	struct tlv tlv;
	int found;
	bool ca;

	if (!open_sequence(value, &in) ||
	    (found = der_take(&in, DER_UNIVERSAL, DER_BOOLEAN, &tlv)) < 0)
		return false;
	if (found == 1 && (tlv.constructed || tlv.body.len != 1))
		return false;
	ca = found == 1 && tlv.body.at[0] != 0;
	found = der_take(&in, DER_UNIVERSAL, DER_INTEGER, &tlv);
	if (found < 0 || (found == 1 && !der_integer_ok(&tlv)) || in.len > 0)
		return false;
	f->ca = ca;
	f->has_constraints = true;
	if (found != 1)
		return true;
	if (tlv.body.at[0] & 0x80) {
		f->invalid[ERA_OPENSSL1] = f->invalid[ERA_OPENSSL3] = true;
		return true;
	}
	if (!der_integer_value(tlv.body, &f->path_len))
		f->path_len = -1; /* ASN1_INTEGER_get's answer to what does not fit */
	if (!f->ca && f->path_len != 0)
		f->invalid[ERA_OPENSSL1] = true;
	return true;
}

static bool read_proxy(struct bytes value, struct reading *r)
{
	struct extension_facts *f = r->facts;
	struct bytes in, policy;
	struct tlv tlv;
	int found;

	if (!open_sequence(value, &in) ||
	    (found = der_take(&in, DER_UNIVERSAL, DER_INTEGER, &tlv)) < 0 ||
	    (found == 1 && !der_integer_ok(&tlv)))
		return false;
	if (found == 1 && !der_integer_value(tlv.body, &f->proxy_path_len))
		f->proxy_path_len = -1;
	if (der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &policy) != 1 || in.len > 0 ||
	    der_take(&policy, DER_UNIVERSAL, DER_OID, &tlv) != 1 || !der_oid_ok(&tlv) ||
	    der_take(&policy, DER_UNIVERSAL, DER_OCTETS, &tlv) < 0 || policy.len > 0)
		return false;
	f->proxy = true;
	if (f->ca || f->has_san_or_ian) /* RFC 3820, 3.7 and 3.8 */
		f->invalid[ERA_OPENSSL1] = f->invalid[ERA_OPENSSL3] = true;
	return true;
}

static bool read_usage(struct bytes value, struct reading *r)
{
	struct extension_facts *f = r->facts;

	f->has_usage = read_bits(value, r->pool, &f->usage);
	if (f->has_usage && f->usage == 0)
		f->invalid[ERA_OPENSSL3] = true;
	return f->has_usage;
}

static bool read_netscape(struct bytes value, struct reading *r)
{
	struct extension_facts *f = r->facts;

	return f->has_netscape = read_bits(value, r->pool, &f->netscape);
}

/* Server Gated Crypto, of Microsoft and of Netscape, counts as serverAuth (XKU_SGC). */
static bool read_purposes(struct bytes value, struct reading *r)
{
	struct tlv list, oid;
	struct bytes all;
	bool serves = false;

	if (der_take(&value, DER_UNIVERSAL, DER_SEQUENCE, &list) != 1)
		return false;
	all = list.body;
	while (list.body.len > 0) {
		enum oid id;

		if (der_take(&list.body, DER_UNIVERSAL, DER_OID, &oid) != 1 || !der_oid_ok(&oid))
			return false;
		id = oid_find(oid.body);
		serves = serves || id == OID_EKU_SERVER || id == OID_EKU_MS_SGC ||
		         id == OID_EKU_NS_SGC;
	}
	r->facts->has_purposes = true;
	r->facts->purposes = all;
	r->facts->serves_tls = serves;
	return true;
}

static bool read_key_id(struct bytes value, struct reading *r)
{
	struct tlv tlv;

	if (der_take(&value, DER_UNIVERSAL, DER_OCTETS, &tlv) != 1 ||
	    !der_string(&tlv, r->pool, &r->facts->key_id))
		return false;
	return r->facts->has_key_id = true;
}

/* [0] keyIdentifier, [1] authorityCertIssuer, [2] authorityCertSerialNumber, each OPTIONAL */
static bool read_issuer_id(struct bytes value, struct reading *r)
{
	struct extension_facts *f = r->facts;
	struct tlv id, names, serial;
	struct bytes in;
	int has_id, has_names, has_serial;

	if (!open_sequence(value, &in) || (has_id = der_take(&in, DER_CONTEXT, 0, &id)) < 0 ||
	    (has_names = der_take(&in, DER_CONTEXT, 1, &names)) < 0 ||
	    (has_serial = der_take(&in, DER_CONTEXT, 2, &serial)) < 0 || in.len > 0)
		return false;
	if ((has_id && !der_string(&id, r->pool, &f->issuer_key_id)) ||
	    (has_names && !read_names(names.body, r, &f->issuer_names)) ||
	    (has_serial && !der_integer_ok(&serial)))
		return false;
	if (has_serial)
		f->issuer_serial = serial.body;
	return f->has_issuer_id = true;
}

static bool read_san(struct bytes value, struct reading *r)
{
	struct tlv list;

	return r->facts->has_san = der_take(&value, DER_UNIVERSAL, DER_SEQUENCE, &list) == 1 &&
	                           read_names(list.body, r, &r->facts->san);
}

static bool read_subtree(struct bytes in, struct pool *pool, struct subtree *subtree)
{
	struct tlv number;
	int found;

	memset(subtree, 0, sizeof *subtree);
	if (general_name_read(&in, pool, &subtree->base) != 1 ||
	    (found = der_take(&in, DER_CONTEXT, 0, &number)) < 0)
		return false;
	if (found == 1) {
		if (!der_integer_ok(&number))
			return false;
		subtree->has_minimum = true;
		subtree->minimum_not_zero = number.body.len != 1 || number.body.at[0] != 0;
	}
	found = der_take(&in, DER_CONTEXT, 1, &number);
	subtree->has_maximum = found == 1;
	return found >= 0 && (found == 0 || der_integer_ok(&number)) && in.len == 0;
}

static bool read_subtrees(struct bytes *in, unsigned tag, struct reading *r,
                          struct subtrees *subtrees)
{
	struct subtree *items = NULL;
	struct bytes one;
	struct tlv list;
	size_t count = 0;
	int found = der_take(in, DER_CONTEXT, tag, &list);
	bool ok = found >= 0;

	while (found == 1 && ok && list.body.len > 0) {
		ok = der_enter(&list.body, DER_UNIVERSAL, DER_SEQUENCE, &one) == 1;
		if (ok) {
			items = mem_grow(items, count, sizeof *items);
			ok = read_subtree(one, r->pool, &items[count]);
			if (ok)
				note_strange(&items[count].base, r);
			count++;
		}
	}
	pool_take(r->pool, items);
	subtrees->items = items;
	subtrees->count = count;
	return ok;
}

static bool read_name_constraints(struct bytes value, struct reading *r)
{
	struct extension_facts *f = r->facts;
	struct bytes in;

	if (!open_sequence(value, &in) || !read_subtrees(&in, 0, r, &f->permitted) ||
	    !read_subtrees(&in, 1, r, &f->excluded) || in.len > 0)
		return false;
	return f->has_name_constraints = true;
}

/* [0] { [0] fullName | [1] nameRelativeToCRLIssuer }, [1] reasons, [2] cRLIssuer. OpenSSL 3 wants
 * [0] or [2]. */
static bool read_crl_point(struct bytes in, struct reading *r)
{
	struct general_names names = { { NULL, 0 }, 0 };
	struct bytes point, octets;
	struct tlv tlv;
	unsigned unused;
	int has_point = der_enter(&in, DER_CONTEXT, 0, &point), found;

	if (has_point < 0)
		return false;
	if (has_point == 1) {
		if (!der_next(&point, &tlv) || tlv.class != DER_CONTEXT || tlv.tag > 1 ||
		    point.len > 0 ||
		    (tlv.tag == 0 ? !read_names(tlv.body, r, &names)
		                  : !dn_entries_ok(tlv.body, r->pool)))
			return false;
	}
	found = der_take(&in, DER_CONTEXT, 1, &tlv);
	if (found < 0 || (found == 1 && !der_bits(&tlv, r->pool, &octets, &unused)))
		return false;
	found = der_take(&in, DER_CONTEXT, 2, &tlv);
	if (found < 0 || (found == 1 && !read_names(tlv.body, r, &names)) || in.len > 0)
		return false;
	if (has_point == 0 && names.count == 0)
		r->facts->invalid[ERA_OPENSSL3] = true;
	return true;
}

static bool read_crl_points(struct bytes value, struct reading *r)
{
	struct bytes one;
	struct tlv list;

	if (der_take(&value, DER_UNIVERSAL, DER_SEQUENCE, &list) != 1)
		return false;
	while (list.body.len > 0)
		if (der_enter(&list.body, DER_UNIVERSAL, DER_SEQUENCE, &one) != 1 ||
		    !read_crl_point(one, r))
			return false;
	return true;
}

static bool read_addresses(struct bytes value, struct reading *r)
{
	struct extension_facts *f = r->facts;

	return f->has_addresses = resource_addresses_ok(&value, r->pool, &f->addresses);
}

static bool read_as_numbers(struct bytes value, struct reading *r)
{
	struct extension_facts *f = r->facts;

	return f->has_as_numbers = resource_as_numbers_ok(&value, r->pool, &f->as_numbers);
}

/* What x509v3_cache_extensions decodes, in its order: a repeated or broken one spoils the
 * certificate. */
static const struct {
	enum oid oid;
	bool (*read)(struct bytes value, struct reading *r);
} readers[] = {
	{ OID_BASIC_CONSTRAINTS, read_basic_constraints },
	{ OID_PROXY_INFO, read_proxy },
	{ OID_KEY_USAGE, read_usage },
	{ OID_EXT_KEY_USAGE, read_purposes },
	{ OID_NETSCAPE_TYPE, read_netscape },
	{ OID_SUBJECT_KEY_ID, read_key_id },
	{ OID_AUTHORITY_KEY_ID, read_issuer_id },
	{ OID_SUBJECT_ALT_NAME, read_san },
	{ OID_NAME_CONSTRAINTS, read_name_constraints },
	{ OID_CRL_POINTS, read_crl_points },
	{ OID_IP_BLOCKS, read_addresses },
	{ OID_AS_NUMBERS, read_as_numbers },
};

/* X509_supported_extension */
static bool handled(enum oid oid, enum era era)
{
	switch ((int)oid) {
	case OID_NETSCAPE_TYPE:
	case OID_KEY_USAGE:
	case OID_SUBJECT_ALT_NAME:
	case OID_BASIC_CONSTRAINTS:
	case OID_CERTIFICATE_POLICIES:
	case OID_CRL_POINTS:
	case OID_EXT_KEY_USAGE:
	case OID_IP_BLOCKS:
	case OID_AS_NUMBERS:
	case OID_POLICY_CONSTRAINTS:
	case OID_PROXY_INFO:
	case OID_NAME_CONSTRAINTS:
	case OID_POLICY_MAPPINGS:
	case OID_INHIBIT_ANY_POLICY:
		return true;
	case OID_OCSP_NOCHECK:
		return era == ERA_OPENSSL3;
	default:
		return false;
	}
}

static bool read_extension(struct bytes in, struct reading *r, struct extension *extension)
{
	struct tlv oid, critical, value;
	int found;

	if (der_take(&in, DER_UNIVERSAL, DER_OID, &oid) != 1 || !der_oid_ok(&oid) ||
	    (found = der_take(&in, DER_UNIVERSAL, DER_BOOLEAN, &critical)) < 0 ||
	    (found == 1 && (critical.constructed || critical.body.len != 1)) ||
	    der_take(&in, DER_UNIVERSAL, DER_OCTETS, &value) != 1 || in.len > 0 ||
	    !der_string(&value, r->pool, &extension->value))
		return false;
	extension->oid = oid_find(oid.body);
	if (extension->oid == OID_SUBJECT_ALT_NAME || extension->oid == OID_ISSUER_ALT_NAME)
		r->facts->has_san_or_ian = true;
	for (int era = 0; era < ERA_COUNT && found == 1 && critical.body.at[0] != 0; era++)
		r->facts->unhandled[era] =
			r->facts->unhandled[era] || !handled(extension->oid, (enum era)era);
	return true;
}

static void understand(const struct extension *extensions, size_t count, struct reading *r)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		const struct extension *found = NULL;
		bool twice = false;

		for (size_t j = 0; j < count; j++) {
			if (extensions[j].oid != readers[i].oid)
				continue;
			twice = twice || found != NULL;
			found = &extensions[j];
		}
		if (found != NULL && (twice || !readers[i].read(found->value, r)))
			r->facts->invalid[ERA_OPENSSL1] = r->facts->invalid[ERA_OPENSSL3] = true;
		if (found != NULL && der_ends_bare(found->value))
			r->facts->invalid[ERA_OPENSSL1] = true;
	}
}

bool extension_read(struct bytes in, struct pool *pool, struct extension_facts *facts)
{
	struct reading r = { pool, facts };
	struct extension *extensions = NULL;
	struct bytes one;
	size_t count = 0;
	bool ok = true;

	while (ok && in.len > 0) {
		ok = der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &one) == 1;
		if (ok) {
			extensions = mem_grow(extensions, count, sizeof *extensions);
			ok = read_extension(one, &r, &extensions[count++]);
		}
	}
	pool_take(pool, extensions);
	if (ok)
		understand(extensions, count, &r);
	return ok;
}
