/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/words.h"

#include <string.h>

int words_find(const void *rows, size_t stride, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		const char *word;

		memcpy(&word, (const char *)rows + i * stride, sizeof word);
		if (word != NULL && strcmp(word, text) == 0)
			return (int)i;
	}
	return -1;
}
