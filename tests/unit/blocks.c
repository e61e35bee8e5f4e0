/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "blocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

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
 * behind it has these names. Where the sanitizer is loaded in front of a test that was built without
 * it (tests/mutants), it is asked for the memory, so that it watches what is done with it. */
extern void *__libc_malloc(size_t len), *__libc_calloc(size_t count, size_t len),
	*__libc_realloc(void *old, size_t len);
extern void __libc_free(void *old);
extern __attribute__((weak)) void *__interceptor_malloc(size_t len);
extern __attribute__((weak)) void *__interceptor_calloc(size_t count, size_t len);
extern __attribute__((weak)) void *__interceptor_realloc(void *old, size_t len);
extern __attribute__((weak)) void __interceptor_free(void *old);
/* Leaks are counted here: the sanitizer would take its own thread's memory for lost, which it knows
 * by a caller that is not this file. And libp11-kit would wait for ever for a lock of libc. */
static void leave(int status, void *arg)
{
	(void)arg;
	fflush(NULL);
	_exit(status);
}

static __attribute__((constructor)) void begin(void)
{
	if (__interceptor_malloc != NULL)
		on_exit(leave, NULL);
}

void *malloc(size_t len)
{
	void *block = __interceptor_malloc != NULL ? __interceptor_malloc(len) : __libc_malloc(len);

	used += block != NULL;
	return block;
}

void *calloc(size_t count, size_t len)
{
	void *block = __interceptor_calloc != NULL ? __interceptor_calloc(count, len)
	                                           : __libc_calloc(count, len);

	used += block != NULL;
	return block;
}

void *realloc(void *old, size_t len)
{
	void *block = __interceptor_realloc != NULL ? __interceptor_realloc(old, len)
	                                            : __libc_realloc(old, len);

	used += old == NULL && block != NULL;
	used -= old != NULL && block == NULL && len == 0;
	return block;
}

void free(void *old)
{
	used -= old != NULL;
	if (__interceptor_free != NULL)
		__interceptor_free(old);
	else
		__libc_free(old);
}
#endif

long blocks_used(void)
{
	tzset(); /* libc keeps what it reads of the time zone */
	return used;
}
