/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(int fd, const char *path, size_t most, struct buf *buf, struct fault *fault)
{
	char bytes[16384];
	size_t start = buf->len;

	for (;;) {
		ssize_t got = read(fd, bytes, sizeof bytes);

		if (got == 0)
			return 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_set(fault, FAULT_FILE, "cannot read %s: %s", path, strerror(errno));
		if (buf->len - start + (size_t)got > most)
			return fault_set(fault, FAULT_LIMIT, "%s is larger than %zu bytes", path, most);
		buf_add(buf, bytes, (size_t)got);
	}
}

int file_read(const char *path, size_t most, struct buf *buf, struct fault *fault)
{
	int fd, rc;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", most, buf, fault);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fault_set(fault, FAULT_FILE, "cannot open %s: %s", path, strerror(errno));
	rc = read_all(fd, path, most, buf, fault);
	close(fd);
	return rc;
}

int file_write_fd(int fd, const char *what, const void *bytes, size_t len, struct fault *fault)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t put = write(fd, p, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return fault_set(fault, FAULT_FILE, "cannot write %s: %s", what, strerror(errno));
		p += put;
		len -= (size_t)put;
	}
	return 0;
}

/* mkstemp gives 0600: a report is for whoever the umask says. */
static int open_beside(char *temporary)
{
	mode_t mask = umask(0);
	int fd = mkstemp(temporary);

	umask(mask);
	if (fd >= 0 && fchmod(fd, 0666 & ~mask) != 0) {
		int saved = errno;

		close(fd);
		unlink(temporary);
		errno = saved;
		return -1;
	}
	return fd;
}

/* A device or a pipe (/dev/stdout, /dev/null, a FIFO) cannot be replaced by rename: written as it is. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

int file_begin(struct file *file, const char *path, struct fault *fault)
{
	*file = (struct file){ .path = mem_strdup(path), .fd = -1 };
	if (is_special(path)) {
		file->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		if (file->fd < 0)
			fault_set(fault, FAULT_FILE, "cannot open %s: %s", path, strerror(errno));
	} else {
		file->temporary = mem_printf("%s.XXXXXX", path);
		file->fd = open_beside(file->temporary);
		if (file->fd < 0)
			fault_set(fault, FAULT_FILE, "cannot create a file beside %s: %s", path, strerror(errno));
	}
	if (file->fd >= 0)
		return 0;
	free(file->temporary);
	free(file->path);
	return -1;
}

int file_put(struct file *file, const void *bytes, size_t len, struct fault *fault)
{
	return file_write_fd(file->fd, file->path, bytes, len, fault);
}

int file_end(struct file *file, bool whole, struct fault *fault)
{
	int rc = whole ? 0 : -1;

	if (rc == 0 && file->temporary != NULL && fsync(file->fd) != 0)
		rc = fault_set(fault, FAULT_FILE, "cannot write %s: %s", file->path, strerror(errno));
	if (close(file->fd) != 0 && rc == 0)
		rc = fault_set(fault, FAULT_FILE, "cannot write %s: %s", file->path, strerror(errno));
	if (rc == 0 && file->temporary != NULL && rename(file->temporary, file->path) != 0)
		rc = fault_set(fault, FAULT_FILE, "cannot replace %s: %s", file->path, strerror(errno));
	if (rc != 0 && file->temporary != NULL)
		unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	return rc;
}

int file_write(const char *path, const void *bytes, size_t len, struct fault *fault)
{
	struct file file;

	if (file_begin(&file, path, fault) != 0)
		return -1;
	return file_end(&file, file_put(&file, bytes, len, fault) == 0, fault);
}
