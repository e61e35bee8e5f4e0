/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pki/bignum.h"
#include "pki/point.h"

struct point { /* affine: nothing here is secret, and few certificates are on such curves */
	mpz_t x, y;
	bool infinite;
};

struct field {
	mpz_t p, a, b; /* y^2 = x^3 + ax + b modulo p */
};

bool point_known(const struct curve *curve)
{
	return curve != NULL && *curve->p != '\0';
}

static void field_init(struct field *f, const struct curve *curve)
{
	mpz_init_set_str(f->p, curve->p, 16);
	mpz_init_set_str(f->a, curve->a, 16);
	mpz_init_set_str(f->b, curve->b, 16);
}

static void field_clear(struct field *f)
{
	mpz_clears(f->p, f->a, f->b, NULL);
}

/* x^3 + ax + b */
static void right_side(const struct field *f, const mpz_t x, mpz_t out)
{
	mpz_mul(out, x, x);
	mpz_add(out, out, f->a);
	mpz_mul(out, out, x);
	mpz_add(out, out, f->b);
	mpz_mod(out, out, f->p);
}

static bool on_curve(const struct field *f, const struct point *point)
{
	mpz_t left, right;
	bool on = mpz_cmp(point->x, f->p) < 0 && mpz_cmp(point->y, f->p) < 0;

	mpz_inits(left, right, NULL);
	right_side(f, point->x, right);
	mpz_mul(left, point->y, point->y);
	mpz_mod(left, left, f->p);
	on = on && mpz_cmp(left, right) == 0;
	mpz_clears(left, right, NULL);
	return on;
}

static void point_init(struct point *point)
{
	mpz_inits(point->x, point->y, NULL);
	point->infinite = true;
}

static void point_set(struct point *point, const struct point *from)
{
	mpz_set(point->x, from->x);
	mpz_set(point->y, from->y);
	point->infinite = from->infinite;
}

static void point_clear(struct point *point)
{
	mpz_clears(point->x, point->y, NULL);
}

bool point_on_curve(const struct curve *curve, struct bytes x, struct bytes y)
{
	struct field f;
	struct point point;
	bool on;

	field_init(&f, curve);
	point_init(&point);
	bignum_import(point.x, x);
	bignum_import(point.y, y);
	on = on_curve(&f, &point);
	point_clear(&point);
	field_clear(&f);
	return on;
}

/* Tonelli and Shanks, for an odd prime p and a square a: p - 1 = odd * 2^twos, z a number that is
 * not a square. */
static void root(const mpz_t a, const mpz_t p, mpz_t out)
{
	mpz_t odd, z, b, t;
	unsigned long twos;

	mpz_inits(odd, z, b, t, NULL);
	mpz_sub_ui(odd, p, 1);
	twos = mpz_scan1(odd, 0);
	mpz_fdiv_q_2exp(odd, odd, twos);
	for (mpz_set_ui(z, 2); mpz_jacobi(z, p) != -1;)
		mpz_add_ui(z, z, 1);
	mpz_powm(z, z, odd, p);
	mpz_powm(b, a, odd, p);
	mpz_add_ui(odd, odd, 1);
	mpz_fdiv_q_2exp(odd, odd, 1);
	mpz_powm(out, a, odd, p); /* a^((odd + 1) / 2): its square is a * b, and b's order a power
	                             of 2 below 2^twos */
	while (mpz_cmp_ui(b, 1) > 0) {
		unsigned long order = 0;

		for (mpz_set(t, b); mpz_cmp_ui(t, 1) != 0; order++)
			mpz_powm_ui(t, t, 2, p);
		for (; order + 1 < twos; twos--)
			mpz_powm_ui(z, z, 2, p);
		mpz_mul(out, out, z);
		mpz_mod(out, out, p);
		mpz_powm_ui(z, z, 2, p);
		mpz_mul(b, b, z);
		mpz_mod(b, b, p);
		twos = order;
	}
	mpz_clears(odd, z, b, t, NULL);
}

bool point_decompress(const struct curve *curve, struct bytes x, bool odd, unsigned char *y)
{
	struct field f;
	mpz_t px, py;
	bool ok;

	field_init(&f, curve);
	mpz_inits(px, py, NULL);
	bignum_import(px, x);
	right_side(&f, px, py);
	ok = mpz_cmp(px, f.p) < 0 && mpz_legendre(py, f.p) >= 0;
	if (ok)
		root(py, f.p, py);
	if (ok && (mpz_odd_p(py) != 0) != odd) {
		ok = mpz_sgn(py) != 0; /* 0 has no odd twin */
		mpz_sub(py, f.p, py);
	}
	if (ok)
		bignum_export(py, y, curve->field_bytes);
	mpz_clears(px, py, NULL);
	field_clear(&f);
	return ok;
}

/* p + q by the slope between them, or of the tangent: SEC 1, 2.2.1. slope and t are the caller's,
 * to save allocations. */
static void add(const struct field *f, struct point *p, const struct point *q, mpz_t slope, mpz_t t)
{
	bool same = !p->infinite && !q->infinite && mpz_cmp(p->x, q->x) == 0;

	if (q->infinite)
		return;
	if (p->infinite) {
		point_set(p, q);
		return;
	}
	if (same && (mpz_cmp(p->y, q->y) != 0 || mpz_sgn(p->y) == 0)) {
		p->infinite = true;
		return;
	}
	if (same) { /* (3x^2 + a) / 2y */
		mpz_mul(slope, p->x, p->x);
		mpz_mul_ui(slope, slope, 3);
		mpz_add(slope, slope, f->a);
		mpz_mul_2exp(t, p->y, 1);
	} else { /* (yq - yp) / (xq - xp) */
		mpz_sub(slope, q->y, p->y);
		mpz_sub(t, q->x, p->x);
	}
	mpz_invert(t, t, f->p);
	mpz_mul(slope, slope, t);
	mpz_mod(slope, slope, f->p);
	mpz_mul(t, slope, slope);
	mpz_sub(t, t, p->x);
	mpz_sub(t, t, q->x);
	mpz_mod(t, t, f->p); /* x; y = slope * (xp - x) - yp */
	mpz_sub(p->x, p->x, t);
	mpz_mul(slope, slope, p->x);
	mpz_sub(p->y, slope, p->y);
	mpz_mod(p->y, p->y, f->p);
	mpz_set(p->x, t);
}

/* u1 G + u2 Q, both factors of so many bits, bit by bit together */
static void find_sum(const struct field *f, const struct point *g, const struct point *q,
                     const mpz_t u1, const mpz_t u2, size_t bits, struct point *sum)
{
	struct point both;
	mpz_t slope, t;

	point_init(&both);
	mpz_inits(slope, t, NULL);
	point_set(&both, g);
	add(f, &both, q, slope, t);
	while (bits-- > 0) {
		int one = mpz_tstbit(u1, bits), two = mpz_tstbit(u2, bits);

		add(f, sum, sum, slope, t);
		if (one || two)
			add(f, sum, one && two ? &both : one ? g : q, slope, t);
	}
	mpz_clears(slope, t, NULL);
	point_clear(&both);
}

/* The leftmost bits of the hash, as many as the order has. */
static void hash_to_number(struct bytes hash, size_t order_bits, mpz_t out)
{
	bignum_import(out, hash);
	if (hash.len * 8 > order_bits)
		mpz_fdiv_q_2exp(out, out, hash.len * 8 - order_bits);
}

struct ecdsa {
	struct field f;
	struct point g, q, sum;
	mpz_t n, r, s, u1, u2;
};

static bool in_range(const mpz_t number, const mpz_t n)
{
	return mpz_sgn(number) > 0 && mpz_cmp(number, n) < 0;
}

static bool verify(struct ecdsa *c, struct bytes hash)
{
	size_t order_bits = mpz_sizeinbase(c->n, 2);

	if (!in_range(c->r, c->n) || !in_range(c->s, c->n))
		return false;
	hash_to_number(hash, order_bits, c->u1);
	mpz_invert(c->s, c->s, c->n);
	mpz_mul(c->u1, c->u1, c->s);
	mpz_mod(c->u1, c->u1, c->n);
	mpz_mul(c->u2, c->r, c->s);
	mpz_mod(c->u2, c->u2, c->n);
	find_sum(&c->f, &c->g, &c->q, c->u1, c->u2, order_bits, &c->sum);
	mpz_mod(c->sum.x, c->sum.x, c->n);
	return !c->sum.infinite && mpz_cmp(c->sum.x, c->r) == 0;
}

bool point_verify(const struct curve *curve, struct bytes x, struct bytes y, struct bytes hash,
                  struct bytes r, struct bytes s)
{
	struct ecdsa c;
	bool good;

	field_init(&c.f, curve);
	point_init(&c.g);
	point_init(&c.q);
	point_init(&c.sum);
	mpz_inits(c.n, c.r, c.s, c.u1, c.u2, NULL);
	mpz_set_str(c.n, curve->order, 16);
	mpz_set_str(c.g.x, curve->x, 16);
	mpz_set_str(c.g.y, curve->y, 16);
	bignum_import(c.q.x, x);
	bignum_import(c.q.y, y);
	c.g.infinite = c.q.infinite = false;
	bignum_import(c.r, r);
	bignum_import(c.s, s);
	good = verify(&c, hash);
	mpz_clears(c.n, c.r, c.s, c.u1, c.u2, NULL);
	point_clear(&c.g);
	point_clear(&c.q);
	point_clear(&c.sum);
	field_clear(&c.f);
	return good;
}
