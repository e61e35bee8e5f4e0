/* SPDX-License-Identifier: MIT */
/* shim: preloaded, it lets the N-th call of one class of functions fail. Knows nothing of the
 * program under it.
 *
 *   FAULT_CLASS=alloc|read|write|...   which calls are counted (the rows below)
 *   FAULT_AT=N                         the call that fails, from 1; 0: none, only count
 *   FAULT_HOW=once|on|short            that call alone; that one and all after it; write and read
 * move one byte only |kill|term                the call is made, but SIGKILL or SIGTERM comes
 * before it FAULT_ERRNO=NUMBER                 what errno says (default: the row's)
 *   FAULT_TALLY=FILE                   a file of 8 bytes that holds the count; mapped, so that
 * _exit(2) and abort(3) keep
 * it */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum class {
	CLASS_NONE,
	CLASS_ALLOC,
	CLASS_READ,
	CLASS_WRITE,
	CLASS_CONNECT,
	CLASS_OPEN,
	CLASS_RENAME,
	CLASS_FSYNC,
	CLASS_SOCKET,
	CLASS_POLL,
	CLASS_CLOSE,
	CLASS_STAT,
	CLASS_OPTION,
	CLASS_RANDOM,
	CLASS_THREAD,
	CLASS_MKDIR,
	CLASS_NAME,
	CLASS_COUNT
};

static const struct { const char *name; int error; } classes[CLASS_COUNT] = {
	[CLASS_NONE] = { "none", 0 },
	[CLASS_ALLOC] = { "alloc", ENOMEM },
	[CLASS_READ] = { "read", EIO },
	[CLASS_WRITE] = { "write", ENOSPC },
	[CLASS_CONNECT] = { "connect", ENETUNREACH },
	[CLASS_OPEN] = { "open", EMFILE },
	[CLASS_RENAME] = { "rename", EXDEV },
	[CLASS_FSYNC] = { "fsync", EIO },
	[CLASS_SOCKET] = { "socket", ENFILE },
	[CLASS_POLL] = { "poll", ENOMEM },
	[CLASS_CLOSE] = { "close", EIO },
	[CLASS_STAT] = { "stat", EACCES },
	[CLASS_OPTION] = { "option", ENOBUFS },
	[CLASS_RANDOM] = { "random", ENOSYS },
	[CLASS_THREAD] = { "thread", EAGAIN },
	[CLASS_MKDIR] = { "mkdir", EROFS },
	[CLASS_NAME] = { "name", EIO },
};

static enum class wanted;
static bool armed, from_there_on, one_byte;
static int error, signal_number;
static uint64_t fail_at;
static _Atomic uint64_t own_count, *count = &own_count;

static void *next(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (p == NULL)
		abort();
	return p;
}

static bool counted(enum class class)
{
	uint64_t now;

	if (!armed || class != wanted)
		return false;
	now = atomic_fetch_add(count, 1) + 1;
	return fail_at != 0 && (now == fail_at || (from_there_on && now > fail_at));
}

/* The N-th call is to fail (and does not happen). */
static bool fails(enum class class)
{
	if (one_byte || !counted(class))
		return false;
	if (signal_number != 0) {
		kill(getpid(), signal_number);
		return false;
	}
	errno = error;
	return true;
}

/* With FAULT_HOW=short: how much of len the call may move. */
static size_t shortened(enum class class, size_t len)
{
	return one_byte && counted(class) && len > 1 ? 1 : len;
}

static void map_tally(const char *path)
{
	int (*open_next)(const char *, int, ...) = (int (*)(const char *, int, ...))next("open");
	int (*close_next)(int) = (int (*)(int))next("close");
	int fd = open_next(path, O_RDWR);
	void *page = MAP_FAILED;

	if (fd >= 0 && ftruncate(fd, 8) == 0)
		page = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		abort();
	close_next(fd);
	count = page;
}

/* Late among the constructors: what libraries do before main is theirs. */
__attribute__((constructor)) static void begin(void)
{
	const char *class = getenv("FAULT_CLASS"), *at = getenv("FAULT_AT"),
		   *how = getenv("FAULT_HOW"), *number = getenv("FAULT_ERRNO"),
		   *tally = getenv("FAULT_TALLY");

	for (int i = 0; i < CLASS_COUNT; i++)
		if (class != NULL && strcmp(class, classes[i].name) == 0)
			wanted = (enum class)i;
	if (wanted == CLASS_NONE)
		return;
	fail_at = at == NULL ? 0 : strtoull(at, NULL, 10);
	from_there_on = how != NULL && strcmp(how, "on") == 0;
	one_byte = how != NULL && strcmp(how, "short") == 0;
	signal_number = how == NULL                ? 0
	                : strcmp(how, "kill") == 0 ? SIGKILL
	                : strcmp(how, "term") == 0 ? SIGTERM
	                                           : 0;
	error = number == NULL ? classes[wanted].error : atoi(number);
	if (tally != NULL)
		map_tally(tally);
	armed = true;
}

#define REAL(type, name, ...) \
	static type (*real)(__VA_ARGS__); \
	if (real == NULL) \
		real = (type(*)(__VA_ARGS__))next(#name)

/* A function that fails with -1: TYPE NAME(PARAMETERS), called with ARGUMENTS. */
#define FAILING(class, type, name, parameters, arguments) \
	type name parameters \
	{ \
		static type(*real) parameters; \
		if (real == NULL) \
			real = (type(*) parameters)next(#name); \
		return fails(class) ? (type)-1 : real arguments; \
	}

/* --- memory: dlsym may ask for some while malloc is looked up, hence the little one of our own  */

static char early[65536] __attribute__((aligned(16)));
static size_t early_used;

static void *early_alloc(size_t size)
{
	void *p = early + early_used;

	size = (size + 15) & ~(size_t)15;
	if (early_used + size > sizeof early)
		abort();
	early_used += size;
	return p;
}

static bool looking_up;

static void *lookup(const char *name)
{
	void *p;

	looking_up = true;
	p = next(name);
	looking_up = false;
	return p;
}

void *malloc(size_t size)
{
	static void *(*real)(size_t);

	if (looking_up)
		return early_alloc(size);
	if (real == NULL)
		real = (void *(*)(size_t))lookup("malloc");
	return fails(CLASS_ALLOC) ? NULL : real(size);
}

void *calloc(size_t number, size_t size)
{
	static void *(*real)(size_t, size_t);

	if (looking_up)
		return early_alloc(number * size);
	if (real == NULL)
		real = (void *(*)(size_t, size_t))lookup("calloc");
	return fails(CLASS_ALLOC) ? NULL : real(number, size);
}

void *realloc(void *old, size_t size)
{
	static void *(*real)(void *, size_t);

	if (real == NULL)
		real = (void *(*)(void *, size_t))lookup("realloc");
	return fails(CLASS_ALLOC) ? NULL : real(old, size);
}

void free(void *p)
{
	static void (*real)(void *);

	if ((char *)p >= early && (char *)p < early + sizeof early)
		return;
	if (real == NULL)
		real = (void (*)(void *))lookup("free");
	real(p);
}

/* --- bytes ------------------------------------------------------------------------------------ */

#define MOVING(class, name, parameters, arguments) \
	ssize_t name parameters \
	{ \
		static ssize_t(*real) parameters; \
		if (real == NULL) \
			real = (ssize_t(*) parameters)next(#name); \
		if (fails(class)) \
			return -1; \
		len = shortened(class, len); \
		return real arguments; \
	}

MOVING(CLASS_READ, read, (int fd, void *buf, size_t len), (fd, buf, len))
MOVING(CLASS_READ, recv, (int fd, void *buf, size_t len, int flags), (fd, buf, len, flags))
FAILING(CLASS_READ, ssize_t, recvfrom,
        (int fd, void *restrict buf, size_t len, int flags, struct sockaddr *restrict from,
         socklen_t *restrict from_len),
        (fd, buf, len, flags, from, from_len))
FAILING(CLASS_READ, ssize_t, recvmsg, (int fd, struct msghdr *message, int flags),
        (fd, message, flags))
MOVING(CLASS_WRITE, write, (int fd, const void *buf, size_t len), (fd, buf, len))
FAILING(CLASS_WRITE, ssize_t, writev, (int fd, const struct iovec *iov, int iov_len),
        (fd, iov, iov_len))
FAILING(CLASS_WRITE, ssize_t, send, (int fd, const void *buf, size_t len, int flags),
        (fd, buf, len, flags))
FAILING(CLASS_WRITE, ssize_t, sendto,
        (int fd, const void *buf, size_t len, int flags, const struct sockaddr *to,
         socklen_t to_len),
        (fd, buf, len, flags, to, to_len))
FAILING(CLASS_WRITE, ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
        (fd, message, flags))

/* stdio calls the kernel by an inner name, which cannot be reached here: its outer functions
 * count. */
size_t fwrite(const void *restrict buf, size_t size, size_t number, FILE *restrict file)
{
	REAL(size_t, fwrite, const void *restrict, size_t, size_t, FILE *restrict);
	return file != stderr && fails(CLASS_WRITE) ? 0 : real(buf, size, number, file);
}

FAILING(CLASS_WRITE, int, fflush, (FILE *file), (file))

/* --- sockets ---------------------------------------------------------------------------------- */

FAILING(CLASS_CONNECT, int, connect, (int fd, const struct sockaddr *to, socklen_t to_len),
        (fd, to, to_len))
FAILING(CLASS_SOCKET, int, socket, (int domain, int type, int protocol), (domain, type, protocol))
FAILING(CLASS_SOCKET, int, socketpair, (int domain, int type, int protocol, int fds[2]),
        (domain, type, protocol, fds))
FAILING(CLASS_OPTION, int, getsockopt,
        (int fd, int level, int name, void *restrict value, socklen_t *restrict len),
        (fd, level, name, value, len))
FAILING(CLASS_OPTION, int, setsockopt,
        (int fd, int level, int name, const void *value, socklen_t len),
        (fd, level, name, value, len))
FAILING(CLASS_OPTION, int, getpeername,
        (int fd, struct sockaddr *restrict to, socklen_t *restrict len), (fd, to, len))
FAILING(CLASS_OPTION, int, getsockname,
        (int fd, struct sockaddr *restrict to, socklen_t *restrict len), (fd, to, len))
FAILING(CLASS_POLL, int, poll, (struct pollfd * fds, nfds_t number, int timeout_ms),
        (fds, number, timeout_ms))

int __poll_chk(struct pollfd *fds, nfds_t number, int timeout_ms,
               size_t size); /* what FORTIFY makes of poll */
FAILING(CLASS_POLL, int, __poll_chk,
        (struct pollfd * fds, nfds_t number, int timeout_ms, size_t size),
        (fds, number, timeout_ms, size))
ssize_t __read_chk(int fd, void *buf, size_t len, size_t size);
MOVING(CLASS_READ, __read_chk, (int fd, void *buf, size_t len, size_t size), (fd, buf, len, size))
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t size, int flags);
MOVING(CLASS_READ, __recv_chk, (int fd, void *buf, size_t len, size_t size, int flags),
       (fd, buf, len, size, flags))

static int variadic_fcntl(int (*real)(int, int, ...), int fd, int command, void *argument)
{
	return fails(CLASS_OPTION) ? -1 : real(fd, command, argument);
}

int fcntl(int fd, int command, ...)
{
	REAL(int, fcntl, int, int, ...);
	va_list ap;
	void *argument;

	va_start(ap, command);
	argument = va_arg(ap, void *);
	va_end(ap);
	return variadic_fcntl(real, fd, command, argument);
}

int fcntl64(int fd, int command, ...)
{
	REAL(int, fcntl64, int, int, ...);
	va_list ap;
	void *argument;

	va_start(ap, command);
	argument = va_arg(ap, void *);
	va_end(ap);
	return variadic_fcntl(real, fd, command, argument);
}

int pipe(int fds[2])
{
	REAL(int, pipe, int *);
	return fails(CLASS_SOCKET) ? -1 : real(fds);
}

int pipe2(int fds[2], int flags)
{
	REAL(int, pipe2, int *, int);
	return fails(CLASS_SOCKET) ? -1 : real(fds, flags);
}

/* --- files ------------------------------------------------------------------------------------ */

#define OPENING(name, parameters, arguments, last) \
	int name parameters \
	{ \
		static int(*real) parameters; \
		va_list ap; \
		mode_t mode; \
		if (real == NULL) \
			real = (int(*) parameters)next(#name); \
		va_start(ap, last); \
		mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0; \
		va_end(ap); \
		return fails(CLASS_OPEN) ? -1 : real arguments; \
	}

OPENING(open, (const char *path, int flags, ...), (path, flags, mode), flags)
OPENING(open64, (const char *path, int flags, ...), (path, flags, mode), flags)
OPENING(openat, (int dir, const char *path, int flags, ...), (dir, path, flags, mode), flags)
OPENING(openat64, (int dir, const char *path, int flags, ...), (dir, path, flags, mode), flags)

#define STREAM(name) \
	FILE *name(const char *restrict path, const char *restrict mode) \
	{ \
		static FILE *(*real)(const char *restrict, const char *restrict); \
		if (real == NULL) \
			real = (FILE *(*)(const char *restrict, const char *restrict))next(#name); \
		return fails(CLASS_OPEN) ? NULL : real(path, mode); \
	}

STREAM(fopen)
STREAM(fopen64)
FAILING(CLASS_OPEN, int, mkstemp, (char *template), (template))
FAILING(CLASS_OPEN, int, mkstemp64, (char *template), (template))
FAILING(CLASS_OPEN, int, mkostemp, (char *template, int flags), (template, flags))
FAILING(CLASS_OPEN, int, mkostemp64, (char *template, int flags), (template, flags))
FAILING(CLASS_RENAME, int, rename, (const char *from, const char *to), (from, to))
FAILING(CLASS_RENAME, int, renameat, (int from_dir, const char *from, int to_dir, const char *to),
        (from_dir, from, to_dir, to))
FAILING(CLASS_FSYNC, int, fsync, (int fd), (fd))
FAILING(CLASS_FSYNC, int, fdatasync, (int fd), (fd))
FAILING(CLASS_STAT, int, stat, (const char *restrict path, struct stat *restrict st), (path, st))
FAILING(CLASS_STAT, int, fstat, (int fd, struct stat *st), (fd, st))
FAILING(CLASS_STAT, int, stat64, (const char *restrict path, struct stat64 *restrict st),
        (path, st))
FAILING(CLASS_STAT, int, fstat64, (int fd, struct stat64 *st), (fd, st))
FAILING(CLASS_STAT, int, fchmod, (int fd, mode_t mode), (fd, mode))
FAILING(CLASS_MKDIR, int, mkdir, (const char *path, mode_t mode), (path, mode))

/* A close that fails has closed all the same (Linux). */
int close(int fd)
{
	REAL(int, close, int);
	int rc = real(fd);

	return fails(CLASS_CLOSE) ? -1 : rc;
}

/* --- the rest --------------------------------------------------------------------------------- */

FAILING(CLASS_RANDOM, ssize_t, getrandom, (void *buf, size_t len, unsigned flags),
        (buf, len, flags))
FAILING(CLASS_RANDOM, int, getentropy, (void *buf, size_t len), (buf, len))

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                   void *(*start)(void *), void *restrict argument)
{
	REAL(int, pthread_create, pthread_t *restrict, const pthread_attr_t *restrict,
	     void *(*)(void *), void *restrict);
	return fails(CLASS_THREAD) ? error : real(thread, attributes, start, argument);
}

int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict list)
{
	REAL(int, getaddrinfo, const char *restrict, const char *restrict,
	     const struct addrinfo *restrict, struct addrinfo **restrict);
	return fails(CLASS_NAME) ? EAI_SYSTEM : real(node, service, hints, list);
}
