/* SPDX-License-Identifier: MIT */
/* read: files of logs, packed or not, to lines, the oldest file first. Knows no line's meaning but
 * where one begins and its time. The sole user of libarchive. Memory is bounded: of a longer line
 * only the beginning is handed on, and of a file whose newest lines come first, as web pages list
 * them, the newest 64 MiB; those are turned round. */
#ifndef MRA_LOG_READ_H
#define MRA_LOG_READ_H

#include "base/fault.h"
#include "model/names.h"

#include <signal.h>

/* Hands every line of the files ("-": standard input) to fn: len bytes, wrapped if a copy had
 * broken it; text NULL before the first line of each file and member. What cannot be read in full
 * is said in notes. -1 with a fault: a file cannot be opened, or *stop was set. */
int log_read(const struct names *files,
             void (*fn)(void *arg, const char *text, size_t len, bool wrapped), void *arg,
             struct names *notes, const volatile sig_atomic_t *stop, struct fault *fault);

#endif
