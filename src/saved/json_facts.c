/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/pem.h"
#include "pki/decode.h"
#include "saved/json_facts.h"
#include "base/safe.h"

#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *text)
{
	struct buf valid;
	json_t *value;

	if (text == NULL)
		return json_null();
	value = json_string(text);
	if (value != NULL)
		return value;
	buf_init(&valid);
	safe_utf8(&valid, text);
	value = json_string(valid.data);
	buf_clear(&valid);
	return value != NULL ? value : json_null();
}

static int add_bytes(const char *bytes, size_t len, void *arg)
{
	buf_add(arg, bytes, len);
	return 0;
}

void json_put(struct buf *out, json_t *value, size_t flags)
{
	json_dump_callback(value, add_bytes, out, JSON_ENSURE_ASCII | flags);
	json_decref(value);
}

json_t *json_tool(void)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_string(PACKAGE_NAME));
	json_object_set_new(object, "version", json_string(PACKAGE_VERSION));
	return object;
}

json_t *json_count(size_t count)
{
	return json_integer((json_int_t)count);
}

json_t *json_time(int64_t s)
{
	char text[32];

	if (!clock_has_date(s))
		return json_null();
	clock_format(s, text, sizeof text);
	return json_string(text);
}

json_t *json_names(const struct names *names)
{
	json_t *array = json_array();

	for (size_t i = 0; i < names->count; i++)
		json_array_append_new(array, json_text(names->items[i]));
	return array;
}

json_t *json_fingerprint(const struct cert *cert)
{
	char hex[65];

	if (cert == NULL)
		return json_null();
	cert_hex(cert, hex);
	return json_string(hex);
}

json_t *json_certs(const struct cert *const *certs, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_fingerprint(certs[i]));
	return array;
}

/* The name rule has no text in OpenSSL: there the meaning says it. */
json_t *json_reasons(const struct verdict *verdict, enum era era, bool handshake)
{
	json_t *array = json_array();

	for (size_t i = 0; i < verdict->reason_count; i++) {
		const struct verdict_reason *reason = &verdict->reasons[i];
		const char *text = reason_text(reason->reason, era);
		json_t *row;

		if (reason_of_libssl(reason->reason) != handshake)
			continue;
		row = json_object();

		json_object_set_new(row, "id", json_text(reason_id(reason->reason)));
		json_object_set_new(row, "openssl", json_integer(reason->openssl));
		json_object_set_new(row, "depth", json_integer(reason->depth));
		json_object_set_new(
			row, "text",
			json_text(*text != '\0' ? text : reason_meaning(reason->reason)));
		json_object_set_new(row, "certificate", json_fingerprint(reason->cert));
		json_array_append_new(array, row);
	}
	return array;
}

json_t *json_letters(const struct verdict *verdict)
{
	json_t *array = json_array();

	for (unsigned bit = 1; bit < 1u << LETTER_COUNT; bit <<= 1)
		if ((verdict->letters & bit) != 0)
			json_array_append_new(array, json_text(letter_text(bit)));
	return array;
}

json_t *json_log_lines(const struct verdict *verdict)
{
	json_t *array = json_array();

	if (verdict->log != NULL && *verdict->log != '\0')
		json_array_append_new(array, json_text(verdict->log));
	if (verdict->error != NULL)
		json_array_append_new(array, json_text(verdict->error));
	return array;
}

static json_t *sans(const struct cert *cert)
{
	json_t *array = json_array();
	const char *at = NULL;
	struct san san;

	while (cert_next_san(cert, &at, &san)) {
		json_t *object = json_object();

		json_object_set_new(object, "type", json_string(san_type_name(san.type)));
		json_object_set_new(object, "value", json_text(san.value));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *key_usage(const struct cert *cert)
{
	json_t *array = json_array();

	for (int i = 0; i < USAGE_COUNT; i++)
		if (cert->key_usage & 1u << i)
			json_array_append_new(array,
			                      json_string(key_usage_name((enum key_usage)i)));
	return array;
}

static json_t *extended_key_usage(const struct cert *cert)
{
	json_t *array = json_array();
	const char *at = NULL, *name;

	while ((name = cert_next_purpose(cert, &at)) != NULL)
		json_array_append_new(array, json_text(name));
	return array;
}

static json_t *key(const struct cert *cert)
{
	json_t *object = json_object();

	json_object_set_new(object, "type", json_string(key_type_name(cert->key_type)));
	json_object_set_new(object, "bits", json_integer(cert->key_bits));
	json_object_set_new(object, "curve", json_text(cert->key_curve));
	return object;
}

static json_t *pem(const struct cert *cert)
{
	struct buf text;
	json_t *value;

	buf_init(&text);
	pem_encode(&text, "CERTIFICATE", cert->der, cert->der_len);
	value = json_text(text.data);
	buf_clear(&text);
	return value;
}

static void add_facts(json_t *object, const struct cert *cert)
{
	json_object_set_new(object, "subject", json_text(cert->subject));
	json_object_set_new(object, "common_name", json_text(cert->common_name));
	json_object_set_new(object, "issuer", json_text(cert->issuer));
	json_object_set_new(object, "serial", json_text(cert->serial));
	json_object_set_new(object, "san", sans(cert));
	json_object_set_new(object, "not_before", json_time(cert->not_before));
	json_object_set_new(object, "not_after", json_time(cert->not_after));
	json_object_set_new(object, "key", key(cert));
	json_object_set_new(object, "key_usage", key_usage(cert));
	json_object_set_new(object, "extended_key_usage", extended_key_usage(cert));
	json_object_set_new(object, "signature", json_text(cert->signature));
	json_object_set_new(object, "self_signed", json_boolean(cert->self_signed));
	json_object_set_new(object, "ca", json_boolean(cert->is_ca));
}

json_t *json_cert(const struct cert *cert)
{
	json_t *object = json_object();

	json_object_set_new(object, "readable", json_boolean(cert->readable));
	if (cert->readable)
		add_facts(object, cert);
	json_object_set_new(object, "pem", pem(cert));
	return object;
}

static json_t *duplicates(const struct store *store)
{
	struct store_duplicates found;
	json_t *array = json_array();

	store_find_duplicates(store, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct store_duplicate *duplicate = &found.items[i];
		json_t *object = json_object();

		json_object_set_new(object, "kind",
		                    json_string(duplicate->repeated ? "repeated" : "same-cn"));
		json_object_set_new(object, "common_name",
		                    json_text(duplicate->certs[0]->common_name));
		json_object_set_new(object, "certificates",
		                    json_certs(duplicate->certs, duplicate->count));
		json_array_append_new(array, object);
	}
	store_duplicates_clear(&found);
	return array;
}

static void put_withheld(const struct store *store, json_t *object)
{
	json_t *certs = json_array(), *before = json_array();

	for (size_t i = 0; i < store->withheld_count; i++) {
		json_array_append_new(certs, json_fingerprint(store->withheld[i].cert));
		json_array_append_new(before, json_count(store->withheld[i].before));
	}
	json_object_set_new(object, "withheld", certs);
	json_object_set_new(object, "withheld_after", before);
}

json_t *json_store(const struct store *store)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_text(store->name));
	json_object_set_new(object, "certificates", json_count(store->count));
	json_object_set_new(object, "unreadable", json_count(store->unreadable));
	json_object_set_new(object, "duplicates", duplicates(store));
	json_object_set_new(object, "fingerprints", json_certs(store->certs, store->count));
	if (store->withheld_count > 0)
		put_withheld(store, object);
	json_members(object, &store->members);
	return object;
}

void json_members(json_t *object, const struct names *members)
{
	json_t *list;

	if (members == NULL || members->count == 0)
		return;
	list = json_array();
	for (size_t i = 0; i < members->count; i++)
		json_array_append_new(list, json_text(members->items[i]));
	json_object_set_new(object, "members", list);
}

json_t *json_tls_versions(unsigned offered)
{
	json_t *array = json_array();

	if (offered & OFFERED_TLS12)
		json_array_append_new(array, json_string("1.2"));
	if (offered & OFFERED_TLS13)
		json_array_append_new(array, json_string("1.3"));
	return array;
}

json_t *json_ca_id(const struct ca_list *list)
{
	char text[17];

	if (list == NULL)
		return json_null();
	ca_list_hex(list, text);
	return json_string(text);
}

static json_t *ca_name(const unsigned char *der, size_t der_len, bool as_der)
{
	struct buf base64;
	json_t *value;
	char *text;

	if (!as_der) {
		text = decode_name(der, der_len);
		value = json_text(text);
		free(text);
		return value;
	}
	buf_init(&base64);
	pem_base64(&base64, der, der_len);
	value = json_text(base64.data);
	buf_clear(&base64);
	return value;
}

json_t *json_ca_names(const struct ca_list *list, bool der)
{
	json_t *array = json_array();
	const unsigned char *name;
	size_t at = 0, len;

	while (ca_list_next(list->bytes, list->len, &at, &name, &len) == 1)
		json_array_append_new(array, ca_name(name, len, der));
	return array;
}
