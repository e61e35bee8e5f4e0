/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *check(void *p)
{
	if (p == NULL) {
		static const char text[] = "mra-preflight: out of memory\n";

		file_abandon();
		/* stdio may allocate: write(2) does not */
		if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
			abort();
		_exit(2);
	}
	return p;
}

void *mem_alloc(size_t size)
{
	return check(malloc(size ? size : 1));
}

void *mem_zalloc(size_t size)
{
	return check(calloc(1, size ? size : 1));
}

void *mem_array(size_t count, size_t size)
{
	return check(calloc(count ? count : 1, size));
}

void *mem_copy(const void *from, size_t size)
{
	void *p = mem_alloc(size);

	if (size > 0)
		memcpy(p, from, size);
	return p;
}

char *mem_strdup(const char *text)
{
	return mem_copy(text, strlen(text) + 1);
}

char *mem_strndup(const char *text, size_t len)
{
	char *p;

	len = strnlen(text, len);
	p = mem_alloc(len + 1);
	memcpy(p, text, len);
	p[len] = '\0';
	return p;
}

char *mem_vprintf(const char *format, va_list ap)
{
	char *p = NULL;

	if (vasprintf(&p, format, ap) < 0)
		p = NULL;
	return check(p);
}

char *mem_printf(const char *format, ...)
{
	va_list ap;
	char *p;

	va_start(ap, format);
	p = mem_vprintf(format, ap);
	va_end(ap);
	return p;
}

void *mem_resize(void *old, size_t size)
{
	return check(realloc(old, size ? size : 1));
}

void *mem_grow(void *array, size_t count, size_t size)
{
#ifdef MEM_EXACT /* AddressSanitizer then sees what reads behind the last element */
	if (count < 64)
		return mem_resize(array, (count + 1) * size);
#endif
	/* room is left until count reaches a power of two */
	if (array != NULL && (count & (count - 1)) != 0)
		return array;
	return check(reallocarray(array, count < 4 ? 4 : count * 2, size));
}

void mem_sort(void *array, size_t count, size_t size, int (*order)(const void *, const void *))
{
	if (array != NULL)
		qsort(array, count, size, order);
}
