/* SPDX-License-Identifier: MIT */
/* hole: preloaded, it gives the program a hole: what a peer sends decides what happens in the
 * process that received it, as if a library had a bug of that kind. The bytes "MRA-HOLE-x" mean:
 *
 *   S segmentation fault   A abort   X exit(0)   K SIGKILL   L endless loop   M memory without end
 *   G garbage into every pipe   F facts without end into every pipe
 *   T tries what an intruder would, and sends the peer a line with what came of
 * it
 *
 * Into a static program it is linked, with HOLE_WRAPPED and ld's --wrap=recvfrom: musl's recv() is
 * that call as well. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void fill_pipes(int facts)
{
	static const unsigned char garbage[64] = "this is no fact",
				   note[] = { 3, 0, 0, 0, 8, 3, 'h', 'i' };
	struct stat st;

	do {
		for (int fd = 3; fd < 64; fd++)
			if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
			    (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY &&
			    (facts ? write(fd, note, sizeof note)
			           : write(fd, garbage, sizeof garbage)) < 0)
				_exit(1);
	} while (facts);
}

static int tried(int rc)
{
	int worked = rc >= 0;

	return worked;
}

static int starts_program(void)
{
	char name[] = "true", *argv[] = { name, NULL };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		execv("/bin/true", argv);
		_exit(1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void intrude(int peer)
{
	const char *path = getenv("HOLE_FILE");
	struct sockaddr_un local = { .sun_family = AF_UNIX, .sun_path = "/dev/null" };
	struct rlimit limit = { 0, 0 };
	char line[512];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600),
	    wrote = fd >= 0 && write(fd, "x", 1) == 1;

	getrlimit(RLIMIT_CORE, &limit);
	snprintf(
		line, sizeof line,
		"create=%d mkdir=%d unlink=%d rename=%d chmod=%d program=%d kill=%d unix=%d raw=%d wx=%d core=%d stderr=%d\n",
		wrote, tried(mkdir("/tmp/mra-hole-folder", 0700)),
		tried(unlink(getenv("HOLE_VICTIM"))),
		tried(rename(getenv("HOLE_VICTIM"), "/tmp/mra-hole-renamed")),
		tried(chmod(getenv("HOLE_VICTIM"), 0777)), starts_program(),
		tried(kill(getppid(), 0)),
		tried(socket(AF_UNIX, SOCK_STREAM, 0)) && local.sun_family == AF_UNIX,
		tried(socket(AF_PACKET, SOCK_RAW, 0)),
		mmap(NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
			MAP_FAILED,
		limit.rlim_max != 0, tried(fstat(2, &(struct stat){ 0 })) && isatty(2));
	send(peer, line, strlen(line), MSG_NOSIGNAL);
}

static void look(int fd, const unsigned char *bytes, ssize_t len)
{
	const unsigned char *mark = len > 0 ? memmem(bytes, (size_t)len, "MRA-HOLE-", 9) : NULL;

	if (mark == NULL || mark + 9 >= bytes + len)
		return;
	switch (mark[9]) {
	case 'S':
		raise(SIGSEGV);
		break;
	case 'A':
		abort();
	case 'X':
		exit(0);
	case 'K':
		raise(SIGKILL);
		break;
	case 'L':
		for (volatile unsigned long i = 0;; i++)
			continue;
	case 'M':
		/* The limit is on what is mapped: to fill it would take seconds on a loaded machine. */
		for (volatile char *block;;) {
			block = malloc(1 << 24);
			*block = 1;
		}
	case 'G':
		fill_pipes(0);
		break;
	case 'F':
		fill_pipes(1);
		break;
	case 'T':
		intrude(fd);
		break;
	default:
		break;
	}
}

#ifdef HOLE_WRAPPED
ssize_t __real_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
                        socklen_t *from_len);
ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
                        socklen_t *from_len);
ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
                        socklen_t *from_len)
{
	ssize_t got = __real_recvfrom(fd, buf, len, flags, from, from_len);

	look(fd, buf, got);
	return got;
}
#else
ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	static ssize_t (*real)(int, void *, size_t, int);
	ssize_t got;

	if (real == NULL)
		real = (ssize_t(*)(int, void *, size_t, int))dlsym(RTLD_NEXT, "recv");
	got = real(fd, buf, len, flags);
	look(fd, buf, got);
	return got;
}

/* What a library built with FORTIFY calls. */
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t room, int flags);
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t room, int flags)
{
	if (len > room)
		abort();
	return recv(fd, buf, len, flags);
}

ssize_t recvfrom(int fd, void *restrict buf, size_t len, int flags, struct sockaddr *restrict from,
                 socklen_t *restrict from_len)
{
	static ssize_t (*real)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
	ssize_t got;

	if (real == NULL)
		real = (ssize_t(*)(int, void *, size_t, int, struct sockaddr *, socklen_t *))dlsym(
			RTLD_NEXT, "recvfrom");
	got = real(fd, buf, len, flags, from, from_len);
	look(fd, buf, got);
	return got;
}
#endif
