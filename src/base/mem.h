/* SPDX-License-Identifier: MIT */
/* mem: allocate or die. Knows no recovery: running out of memory ends the program with a message
 * and status 2. */
#ifndef MRA_BASE_MEM_H
#define MRA_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* Every result is non-NULL and freed with free(3). Sizes that overflow die as well. */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_array(size_t count, size_t size); /* zeroed; size is not 0 */
void *mem_copy(const void *from, size_t size);
char *mem_strdup(const char *text);
char *mem_strndup(const char *text, size_t len);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *format, va_list ap) __attribute__((format(printf, 1, 0)));

void *mem_resize(void *old, size_t size); /* realloc(3) */

/* Make room for one more element: returns the array, moved if needed; capacity runs in powers of
 * two, so that no member is needed to remember it. count is the number of elements in use before
 * the new one. */
void *mem_grow(void *array, size_t count, size_t size);

/* What a comparison function returns: below, at or above 0 as a is less than, equal to or greater
 * than b, without the overflow of a - b. Evaluates each twice. */
#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* qsort(3), which must not be given NULL, as an array of no elements may be. */
void mem_sort(void *array, size_t count, size_t size, int (*order)(const void *, const void *));

#endif
