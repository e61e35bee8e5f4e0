/* SPDX-License-Identifier: MIT */
/* heap: malloc, calloc and realloc of the whole program, libraries included: what they return is
 * never NULL for want of memory. Knows no caller. Linked into the program alone, not into the
 * tests.
 *
 * Why: an allocation that fails inside a library must not look like a fact about a certificate (a
 * signature that does not verify, an extension that does not parse), and GMP aborts, libtasn1 walks
 * on with NULL. Out of memory the program dies here, as base/mem does, with a sentence and exit
 * status 2.
 *
 * Why not the libraries' own hooks: libtasn1 has none, and GnuTLS takes its failure for a
 * certificate that cannot be read. Measured in November 2026 (Debian 12, tests/faults/shim.c,
 * `verify` of an accepted chain, every fourth of 1,952 allocations failing once): with
 * gnutls_malloc and its kin, mp_set_memory_functions and json_set_alloc_funcs set to functions that
 * die, 307 of 488 runs refused the chain and 2 crashed; without them 307 refused it, 13 aborted in
 * GMP and 2 crashed. So neither the hooks nor GNUTLS_E_MEMORY_ERROR would do.
 *
 * The real functions are the next ones in the search order
 * (the C library's, or those of a preloaded allocator), so that free(3) needs no part in it. */
#include "config.h"

#include "base/file.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
	__has_feature(thread_sanitizer)
#define HEAP_IS_TAKEN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HEAP_IS_TAKEN 1
#endif

#ifndef HEAP_IS_TAKEN /* a sanitizer brings its own */

static void die(void)
{
	static const char text[] = "mra-preflight: out of memory\n";

	file_abandon();
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(2); /* nobody listens: the status must do */
	_exit(2);
}

#ifdef HEAP_IS_WRAPPED /* a static program: no search order, but a linker that renames (ld --wrap)
                        * \ */

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
	void *p = __real_malloc(size);

	if (p == NULL)
		die();
	return p;
}

void *__wrap_calloc(size_t number, size_t size)
{
	void *p = __real_calloc(number, size);

	if (p == NULL)
		die();
	return p;
}

void *__wrap_realloc(void *old, size_t size)
{
	void *p = __real_realloc(old, size);

	if (p == NULL && size != 0)
		die();
	return p;
}

#else

/* dlsym(3) itself may want a little memory when it is asked for calloc: it gets it from here and
 * never returns it. */
static void *early_calloc(size_t number, size_t size)
{
	static _Alignas(max_align_t) char early[4096];
	static size_t used;
	size_t len;
	void *p;

	if (size != 0 && number > sizeof early / size)
		return NULL;
	len = (number * size + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) *
	      _Alignof(max_align_t);
	if (len > sizeof early - used)
		return NULL;
	p = early + used;
	used += len;
	return p;
}

static void *next(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (p == NULL)
		die();
	return p;
}

void *malloc(size_t size)
{
	static void *(*real)(size_t);
	void *p;

	if (real == NULL)
		real = (void *(*)(size_t))next("malloc");
	p = real(size);
	if (p == NULL)
		die();
	return p;
}

void *calloc(size_t number, size_t size)
{
	static void *(*real)(size_t, size_t);
	static int looking;
	void *p;

	if (real == NULL && looking)
		return early_calloc(number, size);
	if (real == NULL) {
		looking = 1;
		real = (void *(*)(size_t, size_t))next("calloc");
		looking = 0;
	}
	p = real(number, size);
	if (p == NULL)
		die();
	return p;
}

void *realloc(void *old, size_t size)
{
	static void *(*real)(void *, size_t);
	void *p;

	if (real == NULL)
		real = (void *(*)(void *, size_t))next("realloc");
	p = real(old, size);
	if (p == NULL && size != 0)
		die();
	return p;
}

#endif

#else

extern int heap_is_taken; /* ISO C wants something in a file */

#endif
