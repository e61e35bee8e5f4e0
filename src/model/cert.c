/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/cert.h"

#include <stdlib.h>
#include <string.h>

void (*cert_detail_free)(struct cert_detail *);

const char *key_type_name(enum key_type type)
{
	static const char *const names[] = { "rsa", "rsa-pss", "ecdsa", "ed25519", "ed448", "dsa", "other" };

	return names[type];
}

const char *san_type_name(enum san_type type)
{
	static const char *const names[] = { "dns", "ip", "email", "uri", "directory", "other" };

	return names[type];
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
	for (size_t i = 0; i < cert->san_count; i++)
		free(cert->sans[i].value);
	free(cert->sans);
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
	for (at = hash & (set->slot_count - 1); set->slots[at] != 0; at = (at + 1) & (set->slot_count - 1))
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
