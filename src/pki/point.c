/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "pki/number.h"
#include "pki/point.h"

#include <stdlib.h>
#include <string.h>

struct point { /* Jacobian: x / z^2, y / z^3; z = 0 is the point at infinity */
	struct number x, y, z;
};

struct field {
	struct modulus p;
	struct number a, b; /* of y^2 = x^3 + ax + b */
};

bool point_known(const struct curve *curve)
{
	return curve != NULL && *curve->p != '\0';
}

static bool field_set(struct field *f, const struct curve *curve)
{
	if (!modulus_set_hex(&f->p, curve->p) || !number_set_hex(&f->p, curve->a, &f->a) || !number_set_hex(&f->p, curve->b, &f->b))
		return false;
	number_enter(&f->p, &f->a, &f->a);
	number_enter(&f->p, &f->b, &f->b);
	return true;
}

/* x^3 + ax + b */
static void right_side(const struct field *f, const struct number *x, struct number *out)
{
	struct number t;

	number_multiply(&f->p, x, x, &t);
	number_add(&f->p, &t, &f->a, &t);
	number_multiply(&f->p, &t, x, &t);
	number_add(&f->p, &t, &f->b, out);
}

bool point_on_curve(const struct curve *curve, struct bytes x, struct bytes y)
{
	struct field *f = mem_alloc(sizeof *f);
	struct number px, py, right;
	bool on = field_set(f, curve) && number_set(&f->p, x, &px) && number_set(&f->p, y, &py);

	if (on) {
		number_enter(&f->p, &px, &px);
		number_enter(&f->p, &py, &py);
		right_side(f, &px, &right);
		number_multiply(&f->p, &py, &py, &py);
		on = number_compare(&f->p, &py, &right) == 0;
	}
	free(f);
	return on;
}

bool point_decompress(const struct curve *curve, struct bytes x, bool odd, unsigned char *y)
{
	struct field *f = mem_alloc(sizeof *f);
	struct number px, py, zero = { { 0 } };
	bool ok = field_set(f, curve) && number_set(&f->p, x, &px);

	if (ok) {
		number_enter(&f->p, &px, &px);
		right_side(f, &px, &py);
		ok = number_root(&f->p, &py, &py);
	}
	if (ok) {
		number_leave(&f->p, &py, &py);
		if (number_bit(&py, 0) != odd) {
			ok = !number_is_zero(&f->p, &py);
			number_subtract(&f->p, &zero, &py, &py);
		}
		number_get(&f->p, &py, y, curve->field_bytes);
	}
	free(f);
	return ok;
}

/* Doubles p, for any a of the curve. */
static void twice(const struct field *f, struct point *p)
{
	const struct modulus *m = &f->p;
	struct number xx, yy, zz, s, t, u;

	number_multiply(m, &p->x, &p->x, &xx);
	number_multiply(m, &p->y, &p->y, &yy);
	number_multiply(m, &p->z, &p->z, &zz);
	number_multiply(m, &p->x, &yy, &s); /* s = 4 x y^2 */
	number_add(m, &s, &s, &s);
	number_add(m, &s, &s, &s);
	number_multiply(m, &zz, &zz, &zz); /* t = 3 x^2 + a z^4 */
	number_multiply(m, &zz, &f->a, &zz);
	number_add(m, &xx, &xx, &t);
	number_add(m, &t, &xx, &t);
	number_add(m, &t, &zz, &t);
	number_multiply(m, &p->y, &p->z, &u); /* z = 2 y z */
	number_add(m, &u, &u, &p->z);
	number_multiply(m, &t, &t, &u); /* x = t^2 - 2 s */
	number_subtract(m, &u, &s, &u);
	number_subtract(m, &u, &s, &p->x);
	number_subtract(m, &s, &p->x, &s); /* y = t (s - x) - 8 y^4 */
	number_multiply(m, &t, &s, &t);
	number_multiply(m, &yy, &yy, &yy);
	for (int i = 0; i < 3; i++)
		number_add(m, &yy, &yy, &yy);
	number_subtract(m, &t, &yy, &p->y);
}

/* p = p + q */
static void add(const struct field *f, struct point *p, const struct point *q)
{
	const struct modulus *m = &f->p;
	struct number zp, zq, u1, u2, s1, s2, h, r, hh;

	if (number_is_zero(m, &q->z))
		return;
	if (number_is_zero(m, &p->z)) {
		*p = *q;
		return;
	}
	number_multiply(m, &p->z, &p->z, &zp);
	number_multiply(m, &q->z, &q->z, &zq);
	number_multiply(m, &p->x, &zq, &u1);
	number_multiply(m, &q->x, &zp, &u2);
	number_multiply(m, &zq, &q->z, &zq);
	number_multiply(m, &p->y, &zq, &s1);
	number_multiply(m, &zp, &p->z, &zp);
	number_multiply(m, &q->y, &zp, &s2);
	number_subtract(m, &u2, &u1, &h);
	number_subtract(m, &s2, &s1, &r);
	if (number_is_zero(m, &h) && number_is_zero(m, &r)) {
		twice(f, p);
		return;
	}
	number_multiply(m, &p->z, &q->z, &p->z); /* z = z1 z2 h: 0 where the points are opposite */
	number_multiply(m, &p->z, &h, &p->z);
	number_multiply(m, &h, &h, &hh);
	number_multiply(m, &u1, &hh, &u1); /* u1 h^2 */
	number_multiply(m, &hh, &h, &hh);  /* h^3 */
	number_multiply(m, &r, &r, &p->x);
	number_subtract(m, &p->x, &hh, &p->x);
	number_subtract(m, &p->x, &u1, &p->x);
	number_subtract(m, &p->x, &u1, &p->x);
	number_subtract(m, &u1, &p->x, &u1);
	number_multiply(m, &r, &u1, &r);
	number_multiply(m, &s1, &hh, &s1);
	number_subtract(m, &r, &s1, &p->y);
}

static bool point_set(const struct field *f, struct bytes x, struct bytes y, struct point *p)
{
	if (!number_set(&f->p, x, &p->x) || !number_set(&f->p, y, &p->y))
		return false;
	number_enter(&f->p, &p->x, &p->x);
	number_enter(&f->p, &p->y, &p->y);
	number_one(&f->p, &p->z);
	return true;
}

static bool generator_set(const struct field *f, const struct curve *curve, struct point *p)
{
	if (!number_set_hex(&f->p, curve->x, &p->x) || !number_set_hex(&f->p, curve->y, &p->y))
		return false;
	number_enter(&f->p, &p->x, &p->x);
	number_enter(&f->p, &p->y, &p->y);
	number_one(&f->p, &p->z);
	return true;
}

/* The leftmost bits of the hash, as many as the order has; may be one order too large. */
static void hash_to_number(const struct modulus *n, struct bytes hash, struct number *out)
{
	unsigned bits = (unsigned)hash.len * 8, drop;
	struct number value = { { 0 } };

	if (hash.len > (n->bits + 7) / 8) {
		hash.len = (n->bits + 7) / 8;
		bits = (unsigned)hash.len * 8;
	}
	for (size_t i = 0; i < hash.len; i++)
		value.limb[i / 4] |= (uint32_t)hash.at[hash.len - 1 - i] << 8 * (i % 4);
	drop = bits > n->bits ? bits - n->bits : 0; /* 0 to 7 */
	for (size_t i = 0; drop > 0 && i < n->limbs; i++)
		value.limb[i] = value.limb[i] >> drop | value.limb[i + 1] << (32 - drop);
	if (number_compare(n, &value, &n->m) >= 0) {
		struct number zero = { { 0 } };

		number_add(n, &value, &zero, &value); /* takes the modulus off once */
	}
	*out = value;
}

struct ecdsa {
	struct field f;
	struct modulus n;
	struct point g, q, both, sum;
	struct number r, s, e, u1, u2;
};

/* u1 = e / s, u2 = r / s, in plain form */
static void find_factors(struct ecdsa *c)
{
	struct number inverse, t;

	number_enter(&c->n, &c->s, &t);
	number_invert(&c->n, &t, &inverse);
	number_enter(&c->n, &c->e, &t);
	number_multiply(&c->n, &t, &inverse, &t);
	number_leave(&c->n, &t, &c->u1);
	number_enter(&c->n, &c->r, &t);
	number_multiply(&c->n, &t, &inverse, &t);
	number_leave(&c->n, &t, &c->u2);
}

/* u1 G + u2 Q, both factors bit by bit together */
static void find_sum(struct ecdsa *c)
{
	c->both = c->g;
	add(&c->f, &c->both, &c->q);
	memset(&c->sum, 0, sizeof c->sum);
	number_one(&c->f.p, &c->sum.x);
	number_one(&c->f.p, &c->sum.y);
	for (unsigned bit = c->n.bits; bit-- > 0;) {
		bool one = number_bit(&c->u1, bit), two = number_bit(&c->u2, bit);

		twice(&c->f, &c->sum);
		if (one || two)
			add(&c->f, &c->sum, one && two ? &c->both : one ? &c->g : &c->q);
	}
}

/* Is x of the sum r modulo the order? x may be r, or r and the order once (or more, on curves with a small order). */
static bool is_r(struct ecdsa *c, size_t field_bytes)
{
	unsigned char x[128], r[128];
	struct number z, px, rest = { { 0 } };
	struct bytes in;

	if (number_is_zero(&c->f.p, &c->sum.z))
		return false;
	number_invert(&c->f.p, &c->sum.z, &z);
	number_multiply(&c->f.p, &z, &z, &z);
	number_multiply(&c->f.p, &c->sum.x, &z, &px);
	number_leave(&c->f.p, &px, &px);
	number_get(&c->f.p, &px, x, field_bytes);
	in = (struct bytes){ x, field_bytes };
	for (size_t i = 0; i < in.len * 8; i++) { /* x modulo the order, bit by bit */
		struct number bit = { { (uint32_t)(in.at[i / 8] >> (7 - i % 8) & 1) } };

		number_add(&c->n, &rest, &rest, &rest);
		number_add(&c->n, &rest, &bit, &rest);
	}
	number_get(&c->n, &c->r, r, sizeof r);
	number_get(&c->n, &rest, x, sizeof x);
	return memcmp(x, r, sizeof r) == 0;
}

bool point_verify(const struct curve *curve, struct bytes x, struct bytes y, struct bytes hash, struct bytes r, struct bytes s)
{
	struct ecdsa *c = mem_zalloc(sizeof *c);
	bool good = field_set(&c->f, curve) && modulus_set_hex(&c->n, curve->order) && generator_set(&c->f, curve, &c->g) &&
	            point_set(&c->f, x, y, &c->q) && number_set(&c->n, r, &c->r) && number_set(&c->n, s, &c->s) &&
	            !number_is_zero(&c->n, &c->r) && !number_is_zero(&c->n, &c->s);

	if (good) {
		hash_to_number(&c->n, hash, &c->e);
		find_factors(c);
		find_sum(c);
		good = is_r(c, curve->field_bytes);
	}
	free(c);
	return good;
}
