/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where it has 32 bits, logs above 2 GiB and each file whose inode has a large number (XFS, NFS)
 * cannot be opened: AC_SYS_LARGEFILE. */
static_assert(sizeof(off_t) == 8 && sizeof(ino_t) == 8, "large files");

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
			return fault_set(fault, FAULT_FILE, "cannot read %s: %s", path,
			                 strerror(errno));
		if (buf->len - start + (size_t)got > most)
			return fault_set(fault, FAULT_LIMIT, "%s is larger than %zu bytes", path,
			                 most);
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
			return fault_set(fault, FAULT_FILE, "cannot write %s: %s", what,
			                 strerror(errno));
		p += put;
		len -= (size_t)put;
	}
	return 0;
}

/* --- to a path -------------------------------------------------------------------------------- */

/* These names are descriptors that the caller handed over: opened anew they would begin at the
 * start of the file behind them, and a rename would replace the device for the whole system. */
int file_descriptor_named(const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	char *end;

	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *digits = path + strlen(folders[i]);

		if (strncmp(path, folders[i], strlen(folders[i])) != 0 ||
		    !isdigit((unsigned char)*digits))
			continue;
		errno = 0;
		long fd = strtol(digits, &end, 10);
		if (*end == '\0' && errno == 0 && fd <= INT_MAX)
			return (int)fd;
	}
	return -1;
}

/* chown(2) only where it changes something: under a system call filter even asking for what is
 * there already is refused. */
static int keep_owner(int fd, const struct stat *old)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -1;
	return st.st_uid == old->st_uid && st.st_gid == old->st_gid
	               ? 0
	               : fchown(fd, old->st_uid, old->st_gid);
}

/* mkstemp gives 0600: a new report is for whoever the umask says, one that is written anew for whom
 * the old one was. */
static int open_beside(char *temporary, const struct stat *old)
{
	mode_t mask = umask(0);
	int fd = mkstemp(temporary);
	bool kept;

	umask(mask);
	if (fd < 0)
		return -1;
	if (old == NULL)
		kept = fchmod(fd, 0666 & ~mask) == 0;
	else /* the owner first: chown(2) takes set-id bits away */
		kept = keep_owner(fd, old) == 0 && fchmod(fd, old->st_mode & 0777) == 0;
	if (!kept) {
		int saved = errno;

		close(fd);
		unlink(temporary);
		errno = saved;
		return -1;
	}
	return fd;
}

/* A device or a FIFO cannot be replaced by rename: written as it is. What it is is looked at once
 * it is open. */
static int open_in_place(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) != 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
		close(fd);
		errno = EEXIST; /* it became another file meanwhile */
		return -1;
	}
	return fd;
}

/* The file behind a link, to be freed: the link stays. NULL: fault says why. A stranger's link (in
 * /tmp, say) is not followed, as the kernel's protected_symlinks has it. */
static char *behind_link(const char *path, const struct stat *link, struct fault *fault)
{
	char *target;

	if (link->st_uid != geteuid() && link->st_uid != 0) {
		fault_set(fault, FAULT_FILE,
		          "cannot write %.200s: it is somebody else's symbolic link", path);
		return NULL;
	}
	target = realpath(path, NULL);
	if (target == NULL)
		fault_set(fault, FAULT_FILE,
		          "cannot write %.200s: the symbolic link leads nowhere: %s", path,
		          strerror(errno));
	return target;
}

static const char *volatile unfinished; /* the temporary file that is being written; NULL: none */

void file_abandon(void)
{
	if (unfinished != NULL)
		unlink(unfinished);
}

/* path is not a link any more. */
static void open_plain(struct file *file, const char *path, struct fault *fault)
{
	struct stat st;
	bool there = lstat(path, &st) == 0;

	if (there && S_ISDIR(st.st_mode)) {
		fault_set(fault, FAULT_FILE, "cannot write %.200s: it is a folder", path);
	} else if (there && !S_ISREG(st.st_mode)) {
		file->fd = open_in_place(path);
		if (file->fd < 0)
			fault_set(fault, FAULT_FILE, "cannot open %.200s: %s", path,
			          strerror(errno));
	} else {
		file->temporary = mem_printf("%s.XXXXXX", path);
		file->fd = open_beside(file->temporary, there ? &st : NULL);
		if (file->fd < 0)
			fault_set(fault, FAULT_FILE,
			          "cannot create a file like %.200s beside it: %s", path,
			          strerror(errno));
	}
}

static void open_link(struct file *file, const struct stat *link, struct fault *fault)
{
	char *target = behind_link(file->path, link, fault);

	if (target == NULL)
		return;
	open_plain(file, target, fault);
	free(file->path);
	file->path = target;
}

int file_begin(struct file *file, const char *path, struct fault *fault)
{
	int named = file_descriptor_named(path);
	struct stat st;

	*file = (struct file){ .path = mem_strdup(path), .fd = -1 };
	if (named >= 0) {
		file->fd = fcntl(named, F_DUPFD_CLOEXEC, 3);
		if (file->fd < 0)
			fault_set(fault, FAULT_FILE, "cannot write %.200s: %s", path,
			          strerror(errno));
	} else if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
		open_link(file, &st, fault);
	} else {
		open_plain(file, path, fault);
	}
	if (file->fd >= 0) {
		unfinished = file->temporary;
		return 0;
	}
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
		rc = fault_set(fault, FAULT_FILE, "cannot write %.200s: %s", file->path,
		               strerror(errno));
	if (close(file->fd) != 0 && rc == 0)
		rc = fault_set(fault, FAULT_FILE, "cannot write %.200s: %s", file->path,
		               strerror(errno));
	if (rc == 0 && file->temporary != NULL && rename(file->temporary, file->path) != 0)
		rc = fault_set(fault, FAULT_FILE, "cannot replace %.200s: %s", file->path,
		               strerror(errno));
	if (rc != 0 && file->temporary != NULL)
		unlink(file->temporary);
	unfinished = NULL;
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

/* --- two paths -------------------------------------------------------------------------------- */

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static bool same_folder(const char *a, const char *b)
{
	char *folders[2] = { mem_printf("%.*s.", (int)(last_part(a) - a), a),
		             mem_printf("%.*s.", (int)(last_part(b) - b), b) };
	struct stat st_a, st_b;
	bool same = stat(folders[0], &st_a) == 0 && stat(folders[1], &st_b) == 0 &&
	            st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;

	free(folders[0]);
	free(folders[1]);
	return same;
}

bool file_same(const char *a, const char *b)
{
	int fd_a = file_descriptor_named(a), fd_b = file_descriptor_named(b);
	struct stat st_a, st_b;
	bool there;

	if (fd_a >= 0 || fd_b >= 0)
		return fd_a == fd_b;
	there = stat(a, &st_a) == 0;
	if (there != (stat(b, &st_b) == 0))
		return false;
	if (there)
		return S_ISREG(st_a.st_mode) && st_a.st_dev == st_b.st_dev &&
		       st_a.st_ino == st_b.st_ino;
	return strcmp(last_part(a), last_part(b)) == 0 && same_folder(a, b);
}
