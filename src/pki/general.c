/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/extension.h"

#include <string.h>

/* type-id, [0] EXPLICIT value */
static bool read_other(struct bytes in, struct general_name *name)
{
	struct bytes value;
	struct tlv oid;

	if (der_take(&in, DER_UNIVERSAL, DER_OID, &oid) != 1 || !der_oid_ok(&oid) ||
	    der_enter(&in, DER_CONTEXT, 0, &value) != 1 || in.len > 0 ||
	    !der_next(&value, &name->other) || !der_any_ok(&name->other) || value.len > 0)
		return false;
	name->value = oid.body;
	return true;
}

static bool directory_string_ok(struct bytes in)
{
	struct tlv tlv;

	return der_next(&in, &tlv) && in.len == 0 && tlv.class == DER_UNIVERSAL &&
	       der_any_ok(&tlv) &&
	       (tlv.tag == DER_PRINTABLE || tlv.tag == DER_T61 || tlv.tag == DER_BMP ||
	        tlv.tag == DER_UNIVERSAL_STRING || tlv.tag == DER_UTF8);
}

/* [0] EXPLICIT nameAssigner OPTIONAL, [1] EXPLICIT partyName */
static bool read_edi(struct bytes in)
{
	struct bytes assigner, party;
	int found = der_enter(&in, DER_CONTEXT, 0, &assigner);

	return found >= 0 && (found == 0 || directory_string_ok(assigner)) &&
	       der_enter(&in, DER_CONTEXT, 1, &party) == 1 && directory_string_ok(party) &&
	       in.len == 0;
}

static bool read_directory(const struct tlv *tlv, struct pool *pool, struct general_name *name)
{
	struct bytes in = tlv->body;

	name->dn = pool_new(pool, sizeof *name->dn);
	return tlv->constructed && dn_read(&in, pool, name->dn) == 1 && in.len == 0;
}

int general_name_read(struct bytes *in, struct pool *pool, struct general_name *name)
{
	struct bytes rest = *in;
	struct tlv tlv;
	bool ok = true;

	memset(name, 0, sizeof *name);
	if (!der_next(&rest, &tlv))
		return -1;
	if (tlv.class != DER_CONTEXT || tlv.tag > GENERAL_OID)
		return 0;
	name->type = (enum general_type)tlv.tag;
	switch (name->type) {
	case GENERAL_OTHER:
		ok = tlv.constructed && read_other(tlv.body, name);
		break;
	case GENERAL_X400:
		ok = tlv.constructed;
		break;
	case GENERAL_DIRECTORY:
		ok = read_directory(&tlv, pool, name);
		break;
	case GENERAL_EDI:
		ok = tlv.constructed && read_edi(tlv.body);
		break;
	case GENERAL_OID:
		ok = der_oid_ok(&tlv);
		name->value = tlv.body;
		break;
	case GENERAL_EMAIL:
	case GENERAL_DNS:
	case GENERAL_URI:
	case GENERAL_IP:
		ok = der_string(&tlv, pool, &name->value);
		break;
	}
	*in = rest;
	return ok ? 1 : -1;
}

bool general_names_read(struct bytes in, struct general_names *names,
                        void (*note)(const struct general_name *, void *), void *arg)
{
	struct general_names found = { in, 0 };
	struct general_walk walk;
	struct general_name name;

	*names = (struct general_names){ { NULL, 0 }, 0 };
	general_walk_start(&walk, &found);
	while (general_walk_next(&walk, &name)) {
		note(&name, arg);
		found.count++;
	}
	if (walk.rest.len == 0)
		*names = found;
	general_walk_end(&walk);
	return walk.rest.len == 0;
}

void general_walk_start(struct general_walk *walk, const struct general_names *names)
{
	walk->rest = names->list;
	walk->scratch = (struct pool){ NULL, 0 };
}

bool general_walk_next(struct general_walk *walk, struct general_name *name)
{
	struct bytes rest = walk->rest;

	pool_clear(&walk->scratch);
	if (general_name_read(&rest, &walk->scratch, name) != 1)
		return false; /* at the end, or at what is not a name: rest.len tells */
	walk->rest = rest;
	return true;
}

void general_walk_end(struct general_walk *walk)
{
	pool_clear(&walk->scratch);
}
