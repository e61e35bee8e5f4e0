/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"
#include "model/unread.h"

#include <stdlib.h>

void unread_add(struct unread *unread, const char *file, const char *problem)
{
	unread->files = mem_grow(unread->files, unread->count, sizeof *unread->files);
	unread->files[unread->count++] =
		(struct unread_file){ mem_strdup(file), mem_strdup(problem) };
}

void unread_clear(struct unread *unread)
{
	for (size_t i = 0; i < unread->count; i++) {
		free(unread->files[i].file);
		free(unread->files[i].problem);
	}
	free(unread->files);
	*unread = (struct unread){ .files = NULL };
}
