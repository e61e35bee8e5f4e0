/* SPDX-License-Identifier: MIT */
/* file: whole files in, whole files out. Knows no format; a file is written in full or left as it was. */
#ifndef MRA_BASE_FILE_H
#define MRA_BASE_FILE_H

#include "base/buf.h"
#include "base/fault.h"

#include <stdbool.h>

/* Appends at most `most` bytes of a file ("-": standard input) to buf; a longer one, a folder or an error is a fault. */
int file_read(const char *path, size_t most, struct buf *buf, struct fault *fault);

/* A file that is written piece by piece: a temporary one beside the target until it is whole (fsync, rename). A device or a
 * pipe is written in place. */
struct file {
	char *path, *temporary; /* owned; temporary is NULL where it is written in place */
	int fd;
};

int file_begin(struct file *file, const char *path, struct fault *fault); /* -1: nothing is to be ended */
int file_put(struct file *file, const void *bytes, size_t len, struct fault *fault);
int file_end(struct file *file, bool whole, struct fault *fault); /* whole false: the old file stays; -1 as well */

/* Temporary file beside the target, fsync, rename. On failure the old file is whole, nothing is left behind. */
int file_write(const char *path, const void *bytes, size_t len, struct fault *fault);

/* Everything to a descriptor, EINTR and short writes included. */
int file_write_fd(int fd, const char *what, const void *bytes, size_t len, struct fault *fault);

#endif
