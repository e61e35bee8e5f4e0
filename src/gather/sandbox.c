/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "gather/sandbox.h"
#include "gather/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
	__has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* On top of what the process has mapped when it starts. A thousand nodes take a tenth of it. */
enum { MEMORY_MOST = 1 << 30 };

/* Valgrind and the sanitizers make system calls of their own from within the process, and write
 * what they find to fd 2. */
static bool is_instrumented(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return SANITIZED || (preload != NULL && strstr(preload, "/vgpreload_") != NULL);
}

/* --- descriptors ------------------------------------------------------------------------------ */

/* A descriptor that the caller has left open to us (a lock, a log) may be written to. */
static void close_others(int keep_fd)
{
#ifdef SYS_close_range
	if (keep_fd > 3)
		syscall(SYS_close_range, 3u, (unsigned)keep_fd - 1, 0u);
	syscall(SYS_close_range, (unsigned)keep_fd + 1, ~0u, 0u);
#else
	(void)keep_fd;
#endif
}

static void drop_standard_descriptors(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2; fd++)
		if (null < 0 || dup2(null, fd) != fd)
			close(fd);
	if (null > 2)
		close(null);
}

/* --- limits ----------------------------------------------------------------------------------- */

#ifdef __GLIBC__ /* an enumeration there, an int elsewhere */
typedef __rlimit_resource_t resource_number;
#else
typedef int resource_number;
#endif

/* Never above what was there before. */
static bool limit_to(int resource, rlim_t most)
{
	struct rlimit limit;

	if (getrlimit((resource_number)resource, &limit) != 0)
		return false;
	limit.rlim_max = limit.rlim_max < most ? limit.rlim_max : most;
	limit.rlim_cur = limit.rlim_cur < limit.rlim_max ? limit.rlim_cur : limit.rlim_max;
	return setrlimit((resource_number)resource, &limit) == 0;
}

static rlim_t mapped_now(void)
{
	unsigned long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (statm == NULL)
		return 0;
	if (fscanf(statm, "%lu", &pages) != 1)
		pages = 0;
	fclose(statm);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void add_held(struct buf *held, bool holds, const char *what)
{
	if (holds)
		buf_printf(held, "%s%s", held->len > 0 ? ", " : "", what);
}

static void set_limits(const struct sandbox_how *how, bool instrumented, struct buf *held)
{
	rlim_t mapped = mapped_now();

	add_held(held, limit_to(RLIMIT_CORE, 0), "no core file");
	add_held(held, limit_to(RLIMIT_NOFILE, how->files), "descriptors");
	add_held(held, how->cpu_s > 0 && limit_to(RLIMIT_CPU, (rlim_t)how->cpu_s), "CPU time");
	add_held(held, mapped > 0 && limit_to(RLIMIT_AS, mapped + MEMORY_MOST), "memory");
	add_held(held, !instrumented && limit_to(RLIMIT_FSIZE, 0), "no file to write");
}

/* --- Landlock --------------------------------------------------------------------------------- */

#ifdef HAVE_LINUX_LANDLOCK_H

/* Everything but reading, of the oldest version on: no rule allows any of it anywhere. */
#define NO_WRITING \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	 LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
	 LANDLOCK_ACCESS_FS_MAKE_SYM)

/* The bits of later versions, by number: this may be built with older headers than the kernel's. */
enum { REFER = 1 << 13, TRUNCATE = 1 << 14, IOCTL_DEV = 1 << 15 };

static bool lock_files(void)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = NO_WRITING };
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int rules;
	bool locked;

	if (version < 1)
		return false;
	attr.handled_access_fs |= (version >= 2 ? REFER : 0u) | (version >= 3 ? TRUNCATE : 0u) |
	                          (version >= 5 ? IOCTL_DEV : 0u);
	rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (rules < 0)
		return false;
	locked = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return locked;
}

#else

static bool lock_files(void)
{
	return false;
}

#endif

/* --- all -------------------------------------------------------------------------------------- */

void sandbox_enter(const struct sandbox_how *how, const struct deadline *deadline)
{
	const char *without = "valgrind and sanitizers need them";
	bool instrumented = is_instrumented(), calls;
	struct buf held;

	buf_init(&held);
	if (!instrumented) {
		drop_standard_descriptors();
		close_others(how->keep_fd);
	}
	set_limits(how, instrumented, &held);
	add_held(&held, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
	add_held(&held, !instrumented && lock_files(), "Landlock");
	calls = !instrumented && sandbox_calls_limit(&without) == 0;
	add_held(&held, calls, "seccomp");
	if (calls)
		deadline_note(deadline, "isolated: %s", held.data);
	else
		deadline_note(deadline, "isolated: %s; system calls are not filtered: %s",
		              held.data, without);
	buf_clear(&held);
}

/* The leak check of a sanitizer runs at exit(3). */
void sandbox_exit(void)
{
	if (SANITIZED)
		exit(0);
	_exit(0);
}
