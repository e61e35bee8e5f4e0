/* SPDX-License-Identifier: MIT */
/* The name rule against a second, plain reading of X509HostnameValidator.cc, on names from the
 * input: kind, length, bytes, one after the other. Kind 0 is the address (the last one counts), 1 a
 * dNSName, 2 a CN, 3 a CN as PrintableString. */
#include "config.h"

#include "der.h"
#include "pki/decode.h"
#include "pki/name.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 8 };

struct text {
	const char *data;
	size_t len;
};

struct names {
	struct text address, dns[NAMES_MOST], cn[NAMES_MOST];
	unsigned cn_tag[NAMES_MOST];
	size_t dns_count, cn_count;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++) /* ASCII alone: no locale */
		if ((a[i] >= 'A' && a[i] <= 'Z' ? a[i] + 32 : a[i]) !=
		    (b[i] >= 'A' && b[i] <= 'Z' ? b[i] + 32 : b[i]))
			return false;
	return true;
}

static bool is_label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/* Where a pattern's one star is: at either end of its first label, with another dot behind that
 * label (not as the last character); never for short names. An IDN name wants it to be the whole
 * label. */
static bool is_wildcard(struct text pattern, struct text address, size_t *star)
{
	size_t label = 0, stars = 0, last = 0;
	bool xn = address.len > 4 && same(address.data, "xn--", 4);

	if (address.len <= 5 || address.data[0] == '.' || pattern.len < 5)
		return false;
	while (label < pattern.len && pattern.data[label] != '.')
		label++;
	for (size_t i = 0; i < label; i++)
		if (pattern.data[i] == '*')
			*star = i, stars++;
	for (size_t i = 2; i + 1 < pattern.len; i++)
		if (pattern.data[i] == '.')
			last = i;
	return stars == 1 && last >= 3 && label < last && (*star == 0 || *star + 1 == label) &&
	       (!xn || label == 1);
}

static bool wildcard_fits(struct text pattern, size_t star, struct text address)
{
	size_t tail = pattern.len - star - 1, middle;

	if (address.len < star + tail || !same(pattern.data, address.data, star) ||
	    !same(pattern.data + star + 1, address.data + address.len - tail, tail))
		return false;
	middle = address.len - star - tail;
	if (middle == 0 && star == 0 && pattern.data[1] == '.')
		return false; /* a whole label: not an empty one */
	if (middle == 1 && address.data[star] == '*')
		return true;
	for (size_t i = 0; i < middle; i++)
		if (!is_label_char(address.data[star + i]))
			return false;
	return true;
}

static bool fits(struct text pattern, struct text address)
{
	size_t star = 0;

	if (is_wildcard(pattern, address, &star))
		return wildcard_fits(pattern, star, address);
	return pattern.len == address.len && same(pattern.data, address.data, address.len);
}

static bool second_reading(const struct names *names)
{
	for (size_t i = 0; i < names->dns_count; i++)
		if (names->dns[i].len > 0 && fits(names->dns[i], names->address))
			return true;
	return names->cn_count > 0 && fits(names->cn[0], names->address);
}

static void split(const uint8_t *data, size_t size, struct names *names)
{
	while (size >= 2) {
		size_t len = data[1] < size - 2 ? data[1] : size - 2;
		struct text text = { (const char *)data + 2, len };

		if (data[0] % 4 == 0)
			names->address = text;
		else if (data[0] % 4 == 1 && names->dns_count < NAMES_MOST)
			names->dns[names->dns_count++] = text;
		else if (data[0] % 4 >= 2 && names->cn_count < NAMES_MOST) {
			names->cn_tag[names->cn_count] = data[0] % 4 == 2 ? 0x0c : 0x13;
			names->cn[names->cn_count++] = text;
		}
		data += 2 + len;
		size -= 2 + len;
	}
}

static struct der leaf_of(const struct names *names)
{
	struct der cns[NAMES_MOST], sans[NAMES_MOST],
		algorithm = SEQUENCE(der_oid("1.2.840.113549.1.1.11"), der_tlv(5, DER_NONE));
	struct der times = SEQUENCE(der_text(0x17, "200101000000Z"),
	                            der_text(0x17, "400101000000Z")),
		   exts = DER_NONE;
	struct der key =
		SEQUENCE(SEQUENCE(der_oid("1.3.101.112")),
	                 der_bit_string(der_bytes("0123456789abcdef0123456789abcdef", 32), 0));

	for (size_t i = 0; i < names->cn_count; i++)
		cns[i] = WRAP(0x31,
		              SEQUENCE(der_oid("2.5.4.3"),
		                       der_tlv(names->cn_tag[i],
		                               der_bytes(names->cn[i].data, names->cn[i].len))));
	for (size_t i = 0; i < names->dns_count; i++)
		sans[i] = der_tlv(0x82, der_bytes(names->dns[i].data, names->dns[i].len));
	if (names->dns_count > 0)
		exts = WRAP(0xa3, SEQUENCE(SEQUENCE(
					  der_oid("2.5.29.17"),
					  der_tlv(0x04, der_wrap(0x30, sans, names->dns_count)))));
	return SEQUENCE(SEQUENCE(WRAP(0xa0, der_number(2)), der_number(1), algorithm,
	                         SEQUENCE(DER_NONE), times, der_wrap(0x30, cns, names->cn_count),
	                         key, exts),
	                algorithm, der_bit_string(der_bytes("signature", 9), 0));
}

static void show(const struct names *names, bool ours)
{
	fprintf(stderr, "ours %s\n address \"%.*s\"\n", ours ? "matches" : "does not match",
	        (int)names->address.len, names->address.data);
	for (size_t i = 0; i < names->dns_count; i++)
		fprintf(stderr, " dNSName \"%.*s\"\n", (int)names->dns[i].len, names->dns[i].data);
	for (size_t i = 0; i < names->cn_count; i++)
		fprintf(stderr, " CN \"%.*s\"\n", (int)names->cn[i].len, names->cn[i].data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names names = { .address = { "", 0 } };
	struct certset set;
	struct der leaf;
	char address[256];
	bool ours;

	split(data, size, &names);
	if (memchr(names.address.data, '\0', names.address.len) != NULL)
		return 0;
	memcpy(address, names.address.data, names.address.len);
	address[names.address.len] = '\0';
	arena_reset();
	leaf = leaf_of(&names);
	certset_init(&set);
	ours = name_matches(decode_cert(&set, leaf.data, leaf.len), address, TRAFFIC_SERVER_9);
	certset_clear(&set);
	for (size_t i = 0; i < names.cn_count;
	     i++) /* what OpenSSL makes of odd bytes in a CN is tested elsewhere */
		for (size_t at = 0; at < names.cn[i].len; at++)
			if ((unsigned char)names.cn[i].data[at] >= 0x80)
				return 0;
	if (ours != second_reading(&names)) {
		show(&names, ours);
		abort();
	}
	return 0;
}
