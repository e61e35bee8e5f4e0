/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "pki/decode.h"
#include "pki/detail.h"
#include "pki/issued.h"
#include "pki/text.h"

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

static void detail_free(struct cert_detail *detail)
{
	key_clear(&detail->key);
	pool_clear(&detail->pool);
	free(detail->checked);
	free(detail);
}

static bool take_when(struct bytes *in, struct pool *pool, struct when *when)
{
	struct bytes text;
	struct tlv tlv;

	if (!der_next(in, &tlv) || tlv.class != DER_UNIVERSAL ||
	    (tlv.tag != DER_UTC_TIME && tlv.tag != DER_GENERALIZED_TIME) ||
	    !der_string(&tlv, pool, &text))
		return false;
	*when = when_read(tlv.tag, text);
	return true;
}

/* issuerUniqueID [1] and subjectUniqueID [2]: read and forgotten */
static bool skip_unique_ids(struct bytes *in, struct pool *pool)
{
	struct bytes octets;
	struct tlv tlv;
	unsigned unused;

	for (unsigned tag = 1; tag <= 2; tag++) {
		int found = der_take(in, DER_CONTEXT, tag, &tlv);

		if (found < 0 || (found == 1 && !der_bits(&tlv, pool, &octets, &unused)))
			return false;
	}
	return true;
}

static bool read_version(struct bytes *in, bool *v1)
{
	struct bytes inside;
	struct tlv tlv;
	int found = der_enter(in, DER_CONTEXT, 0, &inside);

	*v1 = true;
	if (found != 1)
		return found == 0;
	if (der_take(&inside, DER_UNIVERSAL, DER_INTEGER, &tlv) != 1 || !der_integer_ok(&tlv) ||
	    inside.len > 0)
		return false;
	*v1 = tlv.body.len == 1 && tlv.body.at[0] == 0;
	return true;
}

static bool read_extensions(struct bytes *in, struct cert_detail *d)
{
	struct bytes inside;
	struct tlv list;
	int found = der_enter(in, DER_CONTEXT, 3, &inside);

	d->ext.path_len = d->ext.proxy_path_len = -1;
	if (found != 1)
		return found == 0;
	return der_take(&inside, DER_UNIVERSAL, DER_SEQUENCE, &list) == 1 && inside.len == 0 &&
	       extension_read(list.body, &d->pool, &d->ext);
}

static bool read_tbs(struct bytes in, struct cert_detail *d)
{
	struct bytes validity;
	struct tlv serial;

	if (!read_version(&in, &d->v1) || der_take(&in, DER_UNIVERSAL, DER_INTEGER, &serial) != 1 ||
	    !der_integer_ok(&serial) || algorithm_read(&in, &d->inner) != 1 ||
	    dn_read(&in, &d->pool, &d->issuer) != 1 ||
	    der_enter(&in, DER_UNIVERSAL, DER_SEQUENCE, &validity) != 1 ||
	    !take_when(&validity, &d->pool, &d->not_before) ||
	    !take_when(&validity, &d->pool, &d->not_after) || validity.len > 0 ||
	    dn_read(&in, &d->pool, &d->subject) != 1 || key_read(&in, &d->pool, &d->key) != 1 ||
	    !skip_unique_ids(&in, &d->pool))
		return false;
	d->serial = serial.body;
	d->unreadable[ERA_OPENSSL3] = d->issuer.strange || d->subject.strange;
	return read_extensions(&in, d) && in.len == 0;
}

/* RFC 5280 4.1: all of it, nothing behind it (tls_process_server_certificate compares the
 * lengths). */
static bool read_cert(struct bytes der, struct cert_detail *d)
{
	struct bytes in, tbs, whole = der;
	struct tlv tlv;

	if (der_enter(&der, DER_UNIVERSAL, DER_SEQUENCE, &in) != 1 || der.len > 0 ||
	    der_take(&in, DER_UNIVERSAL, DER_SEQUENCE, &tlv) != 1 || !tlv.constructed)
		return false;
	d->tbs = tlv.whole;
	d->unreadable[ERA_OPENSSL1] = der_ends_bare(whole);
	tbs = tlv.body;
	return read_tbs(tbs, d) && algorithm_read(&in, &d->outer) == 1 &&
	       der_take(&in, DER_UNIVERSAL, DER_BITS, &tlv) == 1 &&
	       der_bits(&tlv, &d->pool, &d->signature, &d->signature_unused) && in.len == 0;
}

static char *show_ip(struct bytes value)
{
	char text[INET6_ADDRSTRLEN];

	if ((value.len == 4 || value.len == 16) &&
	    inet_ntop(value.len == 4 ? AF_INET : AF_INET6, value.at, text, sizeof text) != NULL)
		return mem_strdup(text);
	return text_show(DER_OCTETS, value);
}

static void show_san(struct cert *cert, const struct general_name *name)
{
	static const enum san_type types[] = { SAN_OTHER, SAN_EMAIL,     SAN_DNS,
		                               SAN_OTHER, SAN_DIRECTORY, SAN_OTHER,
		                               SAN_URI,   SAN_IP,        SAN_OTHER };
	char *value;

	if (name->type == GENERAL_IP)
		value = show_ip(name->value);
	else if (name->type == GENERAL_DIRECTORY)
		value = dn_text(name->dn);
	else if (name->type == GENERAL_OTHER || name->type == GENERAL_OID)
		value = oid_text(name->value);
	else
		value = text_show(DER_IA5, name->value);
	cert_add_san(cert, types[name->type], value);
	free(value);
}

static void show_sans(struct cert *cert)
{
	struct general_walk walk;
	struct general_name name;

	general_walk_start(&walk, &cert->detail->ext.san);
	while (general_walk_next(&walk, &name))
		show_san(cert, &name);
	general_walk_end(&walk);
}

/* extension_facts has the first octet low, bit 0 of RFC 5280 at 0x80 of it; decipherOnly is 0x80 of
 * the second. */
static void show_usage(struct cert *cert)
{
	const struct extension_facts *ext = &cert->detail->ext;
	struct bytes purposes = ext->purposes;
	struct tlv oid;

	cert->has_key_usage = ext->has_usage;
	for (int i = 0; i <= USAGE_ENCIPHER_ONLY; i++)
		if (ext->usage & 0x80u >> i)
			cert->key_usage |= 1u << i;
	if (ext->usage & KU_DECIPHER_ONLY)
		cert->key_usage |= 1u << USAGE_DECIPHER_ONLY;
	cert->has_extended_key_usage = ext->has_purposes;
	while (ext->has_purposes && der_next(&purposes, &oid)) {
		char *name = oid_text(oid.body);

		cert_add_purpose(cert, name);
		free(name);
	}
}

static char *hex(struct bytes bytes)
{
	struct buf out;

	buf_init(&out);
	for (size_t i = 0; i < bytes.len; i++)
		buf_printf(&out, "%02x", bytes.at[i]);
	return buf_take(&out);
}

static void show(struct cert *cert)
{
	const struct cert_detail *d = cert->detail;
	const struct dn_entry *cn = dn_first(&d->subject, OID_CN);

	cert->subject = dn_text(&d->subject);
	cert->issuer = dn_text(&d->issuer);
	cert->common_name = cn == NULL ? mem_strdup("") : text_show(cn->tag, cn->value);
	cert->serial = hex(d->serial);
	show_sans(cert);
	show_usage(cert);
	cert_trim(cert);
	cert->not_before = d->not_before.ok ? d->not_before.at : INT64_MIN;
	cert->not_after = d->not_after.ok ? d->not_after.at : INT64_MAX;
	cert->key_type = d->key.type;
	cert->key_bits = d->key.bits;
	if (d->key.type == KEY_ECDSA)
		cert->key_curve = mem_strdup(d->key.curve == NULL ? "unknown" : d->key.curve->name);
	cert->signature = oid_text(d->outer.oid);
	cert->self_signed = d->self_signed[ERA_OPENSSL1];
	cert->is_ca = d->ext.ca;
}

bool decode_may_compute(const unsigned char *der, size_t der_len)
{
	struct cert_detail *detail = mem_zalloc(sizeof *detail);
	bool may =
		read_cert((struct bytes){ der, der_len }, detail) && key_may_compute(&detail->key);

	detail_free(detail);
	return may;
}

const struct cert *decode_cert(struct certset *set, const unsigned char *der, size_t der_len)
{
	unsigned char sha256[32];
	const struct cert *known;
	struct cert *cert;

	gnutls_hash_fast(GNUTLS_DIG_SHA256, der, der_len, sha256);
	known = certset_find(set, sha256);
	if (known != NULL)
		return known;
	cert_detail_free = detail_free;
	cert = mem_zalloc(sizeof *cert);
	cert->der = mem_copy(der, der_len);
	cert->der_len = der_len;
	memcpy(cert->sha256, sha256, sizeof cert->sha256);
	cert->detail = mem_zalloc(sizeof *cert->detail);
	cert->readable = read_cert((struct bytes){ cert->der, der_len }, cert->detail);
	if (cert->readable) {
		issued_note_self(cert);
		show(cert);
	} else {
		detail_free(cert->detail);
		cert->detail = NULL;
	}
	return certset_take(set, cert);
}

bool detail_readable(const struct cert *cert, enum era era)
{
	return cert->readable && !cert->detail->unreadable[era];
}

bool detail_invalid(const struct cert *cert, enum era era)
{
	return cert->detail->ext.invalid[era];
}

char *decode_name(const unsigned char *der, size_t der_len)
{
	struct bytes in = { der, der_len };
	struct pool pool = { 0 };
	struct buf text;
	struct dn dn;
	bool readable = dn_read(&in, &pool, &dn) == 1 && in.len == 0;

	if (readable) {
		char *words = dn_text(&dn);

		pool_clear(&pool);
		return words;
	}
	pool_clear(&pool);
	buf_init(&text);
	buf_putc(&text, '#');
	for (size_t i = 0; i < der_len; i++)
		buf_printf(&text, "%02x", der[i]);
	return buf_take(&text);
}
