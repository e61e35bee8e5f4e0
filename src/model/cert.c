/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/cert.h"

#include <stdlib.h>
#include <string.h>

void (*cert_detail_free)(struct cert_detail *);

const char *key_type_name(enum key_type type)
{
	static const char *const names[] = { "rsa",   "rsa-pss", "ecdsa", "ed25519",
		                             "ed448", "dsa",     "other" };

	return names[type];
}

const char *san_type_name(enum san_type type)
{
	static const char *const names[] = { "dns", "ip", "email", "uri", "directory", "other" };

	return names[type];
}

const char *key_usage_name(enum key_usage usage)
{
	static const char *const names[USAGE_COUNT] = { "digitalSignature", "nonRepudiation",
		                                        "keyEncipherment",  "dataEncipherment",
		                                        "keyAgreement",     "keyCertSign",
		                                        "cRLSign",          "encipherOnly",
		                                        "decipherOnly" };

	return names[usage];
}

/* --- packed lists: in each text's place its bytes and a NUL; of a SAN its type before --------- */

static void add_packed(struct buf *list, const char *text)
{
	if (list->data == NULL)
		*list = (struct buf){
			mem_zalloc(16), 0, 16
		}; /* not buf_init's 256: many certificates have one name */
	buf_add(list, text, strlen(text) + 1);
}

/* The text behind *at, which moves on by it and its NUL; NULL: none. */
static const char *next_packed(const struct buf *list, const char **at)
{
	const char *text = *at == NULL ? list->data : *at;

	if (list->data == NULL || text >= list->data + list->len)
		return NULL;
	*at = text + strlen(text) + 1;
	return text;
}

bool cert_next_san(const struct cert *cert, const char **at, struct san *san)
{
	const char *text = next_packed(&cert->sans, at);

	if (text == NULL)
		return false;
	san->type = (enum san_type)(*text - 'a');
	san->value = text + 1;
	return true;
}

void cert_add_san(struct cert *cert, enum san_type type, const char *value)
{
	char letter = (char)('a' + (int)type);

	if (cert->sans.data == NULL)
		cert->sans = (struct buf){ mem_zalloc(16), 0, 16 };
	buf_putc(&cert->sans, letter);
	add_packed(&cert->sans, value);
	cert->san_count++;
}

static void trim(struct buf *list)
{
	char *data;

	if (list->data == NULL || list->room == list->len + 1)
		return;
	data = mem_copy(list->data, list->len + 1); /* buf keeps a NUL behind the last byte */
	free(list->data);
	*list = (struct buf){ data, list->len, list->len + 1 };
}

void cert_trim(struct cert *cert)
{
	trim(&cert->sans);
	trim(&cert->purposes);
}

const char *cert_next_purpose(const struct cert *cert, const char **at)
{
	return next_packed(&cert->purposes, at);
}

void cert_add_purpose(struct cert *cert, const char *name)
{
	cert->has_extended_key_usage = true;
	add_packed(&cert->purposes, name);
}

bool cert_has_purpose(const struct cert *cert, const char *name)
{
	const char *at = NULL, *one;

	while ((one = cert_next_purpose(cert, &at)) != NULL)
		if (strcmp(one, name) == 0)
			return true;
	return false;
}

const char *cert_short_name(const struct cert *cert)
{
	return *cert->common_name != '\0' ? cert->common_name : cert->subject;
}

void cert_hex(const struct cert *cert, char text[65])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 32; i++) {
		text[2 * i] = digits[cert->sha256[i] >> 4];
		text[2 * i + 1] = digits[cert->sha256[i] & 15];
	}
	text[64] = '\0';
}

static void cert_free(struct cert *cert)
{
	buf_clear(&cert->sans);
	buf_clear(&cert->purposes);
	free(cert->der);
	free(cert->subject);
	free(cert->issuer);
	free(cert->common_name);
	free(cert->serial);
	free(cert->key_curve);
	free(cert->signature);
	if (cert->detail != NULL)
		cert_detail_free(cert->detail);
	free(cert);
}

void certset_init(struct certset *set)
{
	memset(set, 0, sizeof *set);
}

void certset_clear(struct certset *set)
{
	for (size_t i = 0; i < set->count; i++)
		cert_free(set->certs[i]);
	free(set->certs);
	free(set->slots);
	memset(set, 0, sizeof *set);
}

/* The slot that holds sha256, or the free one where it belongs. A digest is its own hash. */
static size_t find_slot(const struct certset *set, const unsigned char sha256[32])
{
	size_t hash, at;

	memcpy(&hash, sha256, sizeof hash);
	for (at = hash & (set->slot_count - 1); set->slots[at] != 0;
	     at = (at + 1) & (set->slot_count - 1))
		if (memcmp(set->certs[set->slots[at] - 1]->sha256, sha256, 32) == 0)
			break;
	return at;
}

const struct cert *certset_find(const struct certset *set, const unsigned char sha256[32])
{
	size_t slot;

	if (set->slot_count == 0)
		return NULL;
	slot = set->slots[find_slot(set, sha256)];
	return slot == 0 ? NULL : set->certs[slot - 1];
}

size_t certset_index(const struct certset *set, const struct cert *cert)
{
	return set->slots[find_slot(set, cert->sha256)] - 1;
}

static void rehash(struct certset *set)
{
	free(set->slots);
	set->slot_count = set->slot_count == 0 ? 64 : set->slot_count * 2;
	set->slots = mem_array(set->slot_count, sizeof *set->slots);
	for (size_t i = 0; i < set->count; i++)
		set->slots[find_slot(set, set->certs[i]->sha256)] = i + 1;
}

const struct cert *certset_take(struct certset *set, struct cert *cert)
{
	const struct cert *known = certset_find(set, cert->sha256);

	if (known != NULL) {
		if (known != cert)
			cert_free(cert);
		return known;
	}
	set->certs = mem_grow(set->certs, set->count, sizeof *set->certs);
	set->certs[set->count++] = cert;
	if (set->count * 2 > set->slot_count)
		rehash(set);
	else
		set->slots[find_slot(set, cert->sha256)] = set->count;
	return cert;
}
