/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "blocks.h"

#include <stdlib.h>
#include <time.h>

static long used;

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

/* Where an AddressSanitizer replaces malloc it looks for leaks itself. */
#if defined(__GLIBC__) && !defined(SANITIZED)
/* glibc calls a program's own malloc from everywhere ("Replacing malloc" in its manual); what stands
 * behind it has these names. */
extern void *__libc_malloc(size_t len), *__libc_calloc(size_t count, size_t len),
	*__libc_realloc(void *old, size_t len);
extern void __libc_free(void *old);

void *malloc(size_t len)
{
	void *block = __libc_malloc(len);

	used += block != NULL;
	return block;
}

void *calloc(size_t count, size_t len)
{
	void *block = __libc_calloc(count, len);

	used += block != NULL;
	return block;
}

void *realloc(void *old, size_t len)
{
	void *block = __libc_realloc(old, len);

	used += old == NULL && block != NULL;
	used -= old != NULL && block == NULL && len == 0;
	return block;
}

void free(void *old)
{
	used -= old != NULL;
	__libc_free(old);
}
#endif

long blocks_used(void)
{
	tzset(); /* libc keeps what it reads of the time zone */
	return used;
}
