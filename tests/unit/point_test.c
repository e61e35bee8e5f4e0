/* SPDX-License-Identifier: MIT */
/* Points of secp112r2 (SEC 2 v1, 2.2.2), whose order is a quarter of the curve's: numbers that
 * P-256 never shows. All values were calculated with another implementation, in Python. */
#include "config.h"

#include "pki/oid.h"
#include "pki/point.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) ((struct bytes){ (const unsigned char *)(text), sizeof(text) - 1 })
#define SECP112R2 BYTES("\x2b\x81\x04\x00\x07")
#define P256 BYTES("\x2a\x86\x48\xce\x3d\x03\x01\x07")

/* the generator; its negative; the point of order 2, whose y is 0 */
#define G_X "\x4b\xa3\x0a\xb5\xe8\x92\xb4\xe1\x64\x9d\xd0\x92\x86\x43"
#define G_Y "\xad\xcd\x46\xf5\x88\x2e\x37\x47\xde\xf3\x6e\x95\x6e\x97"
#define MINUS_G_Y "\x2d\xae\xe3\xc9\xda\xb5\x27\x1e\xa1\x83\x50\x17\xb1\xf4"
#define TWO_X "\xb1\xfd\x8d\xe1\x27\xd4\x65\x6b\x57\x3e\xb5\x13\x98\x4d"
#define ZERO "\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define P "\xdb\x7c\x2a\xbf\x62\xe3\x5e\x66\x80\x76\xbe\xad\x20\x8b"

static bool verify(const char *x, const char *y, const char *hash, const char *r, const char *s)
{
	struct bytes each[5];
	const char *const from[5] = { x, y, hash, r, s };

	for (size_t i = 0; i < 5; i++)
		each[i] = (struct bytes){ (const unsigned char *)from[i], 14 };
	return point_verify(curve_find(SECP112R2), each[0], each[1], each[2], each[3], each[4]);
}

/* FIPS 186-4 6.4: the point's x counts modulo the order (here it is twice the order and more), s
 * lies below the order */
static void x_counts_modulo_the_order(void **state)
{
	static const char
		x[] = "\xcc\x5a\xdb\x25\xfd\xb8\x19\xe0\x28\x7e\xf6\x7b\x34\x9f",
		y[] = "\x08\x99\x8b\x42\x20\x45\x46\x89\x3b\x86\x96\x79\x33\x6b",
		hash[] = "\x00\x00\x00\x00\x00\x00\x04\x8d\x15\x9e\x26\xaf\x37\xbc",
		r[] = "\x32\xf3\x64\xbc\x8f\x22\x71\xe8\x9f\xaa\x47\x5a\x19\x6d",
		s[] = "\x13\x63\xf9\x65\x43\xab\x27\x74\x50\x1a\x88\x62\x54\x39",
		s_and_n[] = "\x4a\x43\x04\x15\x1c\x63\xfe\xcd\xcc\xbb\x8d\x83\x24\x84";

	(void)state;
	assert_true(verify(x, y, hash, r, s));
	assert_false(verify(x, y, hash, r, s_and_n));
	assert_false(verify(x, y, hash, s, r));
}

/* The order has 110 bits: the last two of 112 do not count. */
static void bits_of_the_hash_beyond_the_order(void **state)
{
	static const char
		r[] = "\x30\xcb\x7c\xd3\x0e\xe0\xbd\x25\x46\x7f\x41\x77\xfe\x1a",
		s[] = "\x03\xb0\xa1\xb4\x1a\x52\x83\x00\x02\xe4\x50\xff\x09\x6a";

	(void)state;
	assert_true(verify(G_X, G_Y, "\0\0\0\0\x48\xd1\x59\xe2\x6a\xf3\x7b\xc3\xfb\x70", r, s));
	assert_true(verify(G_X, G_Y, "\0\0\0\0\x48\xd1\x59\xe2\x6a\xf3\x7b\xc3\xfb\x73", r, s));
	assert_false(verify(G_X, G_Y, "\0\0\0\0\x48\xd1\x59\xe2\x6a\xf3\x7b\xc3\xfb\x74", r, s));
}

/* SEC 1, 2.2.1: what is added to its negative, and what is doubled where y is 0, is the point at
 * infinity, and the sum goes on from there. The keys are -G and the point of order 2. */
static void sums_go_through_infinity(void **state)
{
	(void)state;
	assert_true(verify(G_X, MINUS_G_Y,
	                   "\x00\x00\x00\x00\x48\xd1\x59\xe2\x6a\xf3\x7b\xc3\xfb\x70",
	                   "\x30\xcb\x7c\xd3\x0e\xe0\xbd\x25\x46\x7f\x41\x77\xfe\x1a",
	                   "\x14\x76\x38\xdd\x91\xed\x6e\xd9\x87\x43\x62\x20\xb4\xbe"));
	assert_true(verify(TWO_X, ZERO,
	                   "\xb2\x4f\x6a\x29\x00\x0b\x7c\x23\x5c\xf3\xf2\x8b\x94\x78",
	                   "\x34\x21\xc8\xaa\xc1\x25\x72\xee\x81\x9d\xa4\x7e\xfc\x60",
	                   "\x29\xd6\x98\x85\x28\x6f\x7a\x9d\xdc\x39\x9c\x01\x11\x33"));
}

/* SEC 1, 2.3.4: x and y lie below the prime p. (2, y) is a point; x + p and y + p are the same
 * modulo p, and y + p still has 14 octets. */
static void coordinates_lie_below_the_prime(void **state)
{
	static const char
		y[] = "\x1d\x11\x86\x2b\xd3\xeb\x8e\x7f\x82\x4d\x65\x51\xb5\x8b",
		y_and_p[] = "\xf8\x8d\xb0\xeb\x36\xce\xec\xe6\x02\xc4\x23\xfe\xd6\x16",
		x_and_p[] = "\xdb\x7c\x2a\xbf\x62\xe3\x5e\x66\x80\x76\xbe\xad\x20\x8d";
	const struct curve *curve = curve_find(SECP112R2);

	(void)state;
	assert_true(point_on_curve(curve, BYTES("\x02"), BYTES(y)));
	assert_false(point_on_curve(curve, BYTES("\x02"), BYTES(y_and_p)));
	assert_false(point_on_curve(curve, BYTES(x_and_p), BYTES(y)));
	assert_true(point_on_curve(curve, BYTES(TWO_X), BYTES(ZERO)));
	assert_false(point_on_curve(curve, BYTES(TWO_X), BYTES(P)));
	assert_false(point_on_curve(curve, BYTES("\x02"), BYTES(ZERO)));
}

/* y = 0 has no odd twin, and fills its octets with zeros; so does a y that is short. */
static void small_y_fill_their_octets(void **state)
{
	unsigned char found[32];

	(void)state;
	memset(found, 0xff, sizeof found);
	assert_true(point_decompress(curve_find(SECP112R2), BYTES(TWO_X), false, found));
	assert_memory_equal(ZERO, found, 14);
	assert_int_equal(0xff, found[14]);
	assert_false(point_decompress(curve_find(SECP112R2), BYTES(TWO_X), true, found));
	memset(found, 0xff, sizeof found);
	assert_true(point_decompress(curve_find(P256), BYTES("\x3c"), true, found));
	assert_memory_equal("\x00\x73\x2d\x1e\x92\xb6\x09\x07\xd7\xef\xab\x40\xde\xf9\x18\x1c"
	                    "\xd3\x2f\x73\x48\xa1\x84\x0c\x16\x1a\x28\x69\x11\xb1\x7c\x3e\xdb",
	                    found, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x_counts_modulo_the_order),
		cmocka_unit_test(bits_of_the_hash_beyond_the_order),
		cmocka_unit_test(sums_go_through_infinity),
		cmocka_unit_test(coordinates_lie_below_the_prime),
		cmocka_unit_test(small_y_fill_their_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
