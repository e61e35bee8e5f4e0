/* SPDX-License-Identifier: MIT */
/* words: the words that stand for the values of an enum, both ways. */
#ifndef MRA_BASE_WORDS_H
#define MRA_BASE_WORDS_H

#include <stddef.h>

/* The row whose word is text, of count rows of stride bytes that begin with their word (NULL is
 * none); -1: there is none. */
int words_find(const void *rows, size_t stride, size_t count, const char *text);

/* const char *PREFIX_name(TYPE) and int PREFIX_parse(const char *, TYPE *), -1 where it is none of
 * the words: an array, by value. WORDS_PARSE takes an array of rows that begin with their word as
 * well. */
#define WORDS(prefix, type, words) \
	const char *prefix##_name(type value) \
	{ \
		return (words)[value]; \
	} \
	WORDS_PARSE(prefix, type, words)
#define WORDS_PARSE(prefix, type, words) \
	int prefix##_parse(const char *text, type *value) \
	{ \
		int found = words_find(words, sizeof *(words), sizeof(words) / sizeof *(words), \
		                       text); \
\
		if (found >= 0) \
			*value = (type)found; \
		return found < 0 ? -1 : 0; \
	}

#endif
