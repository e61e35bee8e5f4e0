/* SPDX-License-Identifier: MIT */
/* unread: reports that were to be judged with others and could not be read, and why. Knows nothing
 * of what they would have said. */
#ifndef MRA_MODEL_UNREAD_H
#define MRA_MODEL_UNREAD_H

#include <stddef.h>

struct unread {
	struct unread_file {
		char *file;    /* owned; as the user named it */
		char *problem; /* owned; a sentence without its full stop, which names the file */
	} *files; /* owned; in the order of the command line */
	size_t count;
};

void unread_add(struct unread *unread, const char *file, const char *problem);
void unread_clear(struct unread *unread);

#endif
