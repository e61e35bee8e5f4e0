/* SPDX-License-Identifier: MIT */
/* fault: why an operation of ours failed, as code and text. Knows no printing: only main says it to
 * the user. */
#ifndef MRA_BASE_FAULT_H
#define MRA_BASE_FAULT_H

#include <stdarg.h>

enum fault_code {
	FAULT_NONE,
	FAULT_USAGE,   /* the user asked for something that cannot be */
	FAULT_INPUT,   /* a file's content is not what it has to be */
	FAULT_EMPTY,   /* nothing is in it that could be used */
	FAULT_FILE,    /* open, read, write, rename: text holds strerror */
	FAULT_LIBRARY, /* a library failed */
	FAULT_LIMIT    /* more than this program is willing to take */
};

struct fault {
	enum fault_code code;
	char text[512]; /* one sentence, no newline; what happened and what to do */
};

/* Fills fault (which may be NULL) and returns -1, so that `return fault_set(...)` reads well. */
int fault_set(struct fault *fault, enum fault_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
