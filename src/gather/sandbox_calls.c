/* SPDX-License-Identifier: MIT */
/* The calls by name: libseccomp knows their numbers on every architecture, and which of them an
 * architecture does not have. What is not in the list fails with ENOSYS rather than killing: a
 * newer C library that tries a newer call first then takes the older one, and nothing is lost. */
#include "config.h"

#include "gather/sandbox_calls.h"

#ifndef HAVE_SECCOMP

int sandbox_calls_limit(const char **what_failed)
{
	*what_failed = "built without libseccomp";
	return -1;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __s390__
enum { CLONE_FLAGS_AT = 1 }; /* the stack comes first there: clone(2) */
#define MMAP_BLINDLY "mmap", /* its arguments lie in memory there, which no filter sees: mmap(2) */
#else
enum { CLONE_FLAGS_AT = 0 };
#define MMAP_BLINDLY
#endif

/* Those that need no look at their arguments. */
static const char *const allowed[] = {
	/* bytes */
	"read",
	"readv",
	"pread64",
	"write",
	"writev",
	"recv",
	"recvfrom",
	"recvmsg",
	"recvmmsg",
	"recvmmsg_time64",
	"send",
	"sendto",
	"sendmsg",
	"sendmmsg",
	"lseek",
	"_llseek",
	"close",
	"shutdown",
	/* connections */
	"connect",
	"bind",
	"getsockname",
	"getpeername",
	"getsockopt",
	"setsockopt",
	"socketpair",
	"pipe",
	"pipe2",
	"eventfd",
	"eventfd2",
	"dup",
	"dup2",
	"dup3",
	"fcntl",
	"fcntl64",
	/* waiting */
	"poll",
	"ppoll",
	"ppoll_time64",
	"select",
	"_newselect",
	"pselect6",
	"pselect6_time64",
	"epoll_create",
	"epoll_create1",
	"epoll_ctl",
	"epoll_wait",
	"epoll_pwait",
	"epoll_pwait2",
	"nanosleep",
	"clock_nanosleep",
	"clock_nanosleep_time64",
	"restart_syscall",
	"sched_yield",
	/* the time, random numbers, who we are */
	"clock_gettime",
	"clock_gettime64",
	"clock_getres",
	"clock_getres_time64",
	"gettimeofday",
	"time",
	"times",
	"getrandom",
	"getpid",
	"getppid",
	"gettid",
	"getuid",
	"getuid32",
	"geteuid",
	"geteuid32",
	"getgid",
	"getgid32",
	"getegid",
	"getegid32",
	"uname",
	"sysinfo",
	"getrusage",
	"sched_getaffinity",
	"getcpu",
	"getrlimit",
	"ugetrlimit",
	"setrlimit",
	/* memory, threads (libcurl resolves a proxy's name in one) */
	MMAP_BLINDLY "brk",
	"munmap",
	"mremap",
	"madvise",
	"membarrier",
	"futex",
	"futex_time64",
	"set_robust_list",
	"get_robust_list",
	"set_tid_address",
	"rseq",
	"exit",
	"exit_group",
	/* files to read: resolv.conf, hosts, nsswitch.conf */
	"stat",
	"stat64",
	"lstat",
	"lstat64",
	"fstat",
	"fstat64",
	"newfstatat",
	"fstatat64",
	"statx",
	"statfs",
	"statfs64",
	"fstatfs",
	"fstatfs64",
	"access",
	"faccessat",
	"faccessat2",
	"readlink",
	"readlinkat",
	"getdents",
	"getdents64",
	"getcwd",
	/* signals */
	"rt_sigaction",
	"sigaction",
	"rt_sigprocmask",
	"sigprocmask",
	"rt_sigreturn",
	"sigreturn",
	"sigaltstack",
};

static int allow_plain(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
		int number = seccomp_syscall_resolve_name(allowed[i]);
		int rc = number == __NR_SCMP_ERROR
		                 ? 0
		                 : seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);

		if (rc != 0 && rc != -EDOM) /* a call that only other architectures have */
			return rc;
	}
	return 0;
}

/* name(..., argument at index, ...) where argument & mask is value. */
static int allow_when(scmp_filter_ctx filter, const char *name, unsigned index, uint64_t mask,
                      uint64_t value)
{
	int number = seccomp_syscall_resolve_name(name), rc;

	if (number == __NR_SCMP_ERROR)
		return 0;
	rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 1,
	                      SCMP_CMP(index, SCMP_CMP_MASKED_EQ, mask, value));
	return rc == -EDOM ? 0 : rc;
}

/* On i386 the C library opens sockets by socketcall(2), whose arguments no filter sees: there those
 * of other families can be opened. */
static int allow_looked_at(scmp_filter_ctx filter)
{
	static const uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, all = UINT32_MAX;
	const struct { const char *name; unsigned index; uint64_t mask, value; } rows[] = {
		{ "open", 1, writing, O_RDONLY },
		{ "openat", 2, writing, O_RDONLY },
		{ "socket", 0, all, AF_INET },
		{ "socket", 0, all, AF_INET6 },
		{ "ioctl", 1, all, FIONREAD },
		{ "ioctl", 1, all, FIONBIO },
		{ "mprotect", 2, PROT_EXEC, 0 },
		{ "mmap", 2, PROT_EXEC, 0 },
		{ "mmap2", 2, PROT_EXEC, 0 },
		{ "mmap", 2, PROT_EXEC | PROT_WRITE, PROT_EXEC }, /* a shared library */
		{ "mmap2", 2, PROT_EXEC | PROT_WRITE, PROT_EXEC },
		{ "clone", CLONE_FLAGS_AT, CLONE_THREAD, CLONE_THREAD },
		{ "prlimit64", 0, all, 0 },
		{ "tgkill", 0, all, (uint64_t)getpid() }, /* abort(3) */
		{ "tkill", 0, all, (uint64_t)getpid() },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int rc = allow_when(filter, rows[i].name, rows[i].index, rows[i].mask,
		                    rows[i].value);

		if (rc != 0)
			return rc;
	}
	return 0;
}

int sandbox_calls_limit(const char **what_failed)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int rc = filter == NULL ? -ENOMEM : allow_plain(filter);

	if (rc == 0)
		rc = allow_looked_at(filter);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	*what_failed = "the kernel has no seccomp for us";
	return rc == 0 ? 0 : -1;
}

#endif
