/* SPDX-License-Identifier: MIT */
/* file: whole files in, whole files out. Knows no format; a file is written in full or left as it
 * was. */
#ifndef MRA_BASE_FILE_H
#define MRA_BASE_FILE_H

#include "base/buf.h"
#include "base/fault.h"

#include <stdbool.h>

/* Appends at most `most` bytes of a file ("-": standard input) to buf; a longer one, a folder or an
 * error is a fault. */
int file_read(const char *path, size_t most, struct buf *buf, struct fault *fault);

/* A file that is written piece by piece: a temporary one beside the target until it is whole
 * (fsync, rename). An existing file keeps mode and owner, a symbolic link of ours stays and what is
 * behind it is written; a device or a FIFO is written in place, and the names of descriptors are
 * those descriptors. */
struct file {
	char *path, *temporary; /* owned; temporary is NULL where it is written in place */
	int fd;
};

/* -1: nothing is to be ended */
int file_begin(struct file *file, const char *path, struct fault *fault);
int file_put(struct file *file, const void *bytes, size_t len, struct fault *fault);
/* whole false: the old file stays; -1 as well */
int file_end(struct file *file, bool whole, struct fault *fault);

/* For those who end the process at once: removes what is not whole yet. Safe in a signal
 * handler. */
void file_abandon(void);

/* All at once. On failure the old file is whole, nothing is left behind. */
int file_write(const char *path, const void *bytes, size_t len, struct fault *fault);

/* The descriptor that "-" (standard output), /dev/stdout, /dev/stderr, /dev/fd/N or /proc/self/fd/N
 * names; -1: none of these. */
int file_descriptor_named(const char *path);

/* Would writing to one undo what was written to the other? Not so with devices. */
bool file_same(const char *a, const char *b);

/* Everything to a descriptor, EINTR and short writes included. */
int file_write_fd(int fd, const char *what, const void *bytes, size_t len, struct fault *fault);

#endif
