/* SPDX-License-Identifier: MIT */
/* base: clock against date(1)'s answers, pem against RFC 4648's vectors, file by what is left on
 * the disk. */
#include "config.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/deadline.h"
#include "base/pem.h"
#include "base/safe.h"
#include "base/search.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int by_size(const void *left, const void *right)
{
	const size_t *a = left, *b = right;

	return *a < *b ? -1 : 1;
}

static void test_sort(void **state)
{
	size_t numbers[] = { 3, 1, 2 };

	(void)state;
	mem_sort(numbers, 3, sizeof *numbers, by_size);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(numbers[i], i + 1);
	mem_sort(NULL, 0, sizeof *numbers, by_size);
}

static bool is_small(size_t at, const void *most)
{
	assert_true(at < 9);
	return at < *(const size_t *)most;
}

/* Of none to nine elements, every number of them below. */
static void test_search(void **state)
{
	(void)state;
	for (size_t count = 0; count <= 9; count++)
		for (size_t below = 0; below <= count; below++)
			assert_int_equal(search_first(count, is_small, &below), below);
}

static void test_grow_keeps_all(void **state)
{
	size_t *numbers = NULL;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		numbers = mem_grow(numbers, i, sizeof *numbers);
		numbers[i] = i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	free(numbers);
}

static void test_strndup(void **state)
{
	char *whole = mem_strndup("abc", 10), *part = mem_strndup("abc", 2);

	(void)state;
	assert_string_equal("abc", whole);
	assert_string_equal("ab", part);
	free(whole);
	free(part);
}

static void test_buf_long_format(void **state)
{
	struct buf buf;
	char *text;

	(void)state;
	buf_init(&buf);
	for (int i = 0; i < 3; i++)
		buf_printf(&buf, "%0500d", i);
	assert_int_equal(buf.len, 1500);
	assert_int_equal(strlen(buf.data), 1500);
	text = buf_take(&buf);
	assert_int_equal(buf.len, 0);
	assert_int_equal(text[1499], '2');
	free(text);
	buf_clear(&buf);
}

/* Of each length around those at which there has to be more room. */
static void test_buf_of_each_length(void **state)
{
	char *letters = mem_zalloc(1101);

	(void)state;
	memset(letters, 'x', 1100);
	for (size_t len = 0; len <= 1100; len++) {
		for (size_t first = 0; first <= len; first += first < 2 || len - first < 2 ? 1 : len - first - 1) {
			struct buf buf;
			char *text;

			buf_init(&buf);
			buf_add(&buf, letters, first);
			if (len % 2 == 0)
				buf_add(&buf, letters, len - first);
			else
				buf_printf(&buf, "%s", letters + 1100 - (len - first));
			assert_int_equal(buf.len, len);
			assert_int_equal(strlen(buf.data), len);
			text = buf_take(&buf);
			assert_memory_equal(text, letters, len);
			assert_int_equal(text[len], '\0');
			free(text);
			buf_clear(&buf);
		}
	}
	free(letters);
}

static void test_clock_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t s; /* date -u -d TEXT +%s */
	} rows[] = {
		{ "2026-12-01", 1796083200 },
		{ "2026-12-01T22:00:00Z", 1796162400 },
		{ "2026-12-01T22:00:00+02:00", 1796155200 },
		{ "2026-12-01T20:00:00+00:30", 1796153400 },
		{ "2026-12-01T22:00:00-05:30", 1796182200 },
		{ "1970-01-01", 0 },
		{ "2000-02-29", 951782400 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "9999-12-31T23:59:59Z", 253402300799 },
		{ "@1704067200", 1704067200 },
		{ "@-5", -5 },
		{ "@0", 0 },
		{ "1900-03-01", -2203891200 },
		{ "2100-03-01", 4107542400 },
		{ "2024-02-29T00:00:00z", 1709164800 },
		{ "2026-12-31T23:59:60Z", 1798761600 }, /* a leap second is the next minute's first */
		{ "2026-12-01T23:59:59+23:59", 1796083259 },
		{ "2026-01-31", 1769817600 },
		{ "2026-04-30", 1777507200 },
		{ "0001-01-01", -62135596800 },
	};
	static const char *const wrong[] = { "",
		                             "@",
		                             "@1x",
		                             "2026-13-01",
		                             "2026-02-29",
		                             "2026-1-1",
		                             "2026-12-01T",
		                             "2026-12-01T24:00:00Z",
		                             "2026-12-01T22:00:00",
		                             "2026-12-01 22:00:00Z",
		                             "now",
		                             "2026-12-01T22:00:00Zx",
		                             "@99999999999999999999",
		                             "@ 5",
		                             "1900-02-29",
		                             "2100-02-29",
		                             "2000-02-30",
		                             "2026-00-01",
		                             "2026-01-00",
		                             "2026-04-31",
		                             "2026-01-32",
		                             "2026-12-01T00:60:00Z",
		                             "2026-12-01T00:00:61Z",
		                             "2026-12-01T00:00Z",
		                             "2026-12-01T00:00:00+24:00",
		                             "2026-12-01T00:00:00+01:60",
		                             "2026-12-01T00:00:00+0100",
		                             "2026-12-01T00:00:00+01:00x",
		                             "2026-12-01T00:00:00-1:00",
		                             "2026/12/01",
		                             "2026-12/01",
		                             "x026-12-01" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t s = 12345;

		assert_int_equal(clock_parse(rows[i].text, &s), 0);
		assert_true(s == rows[i].s);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		int64_t s;

		assert_int_equal(clock_parse(wrong[i], &s), -1);
	}
	for (int month = 1; month <= 12; month++) { /* no month has a day behind its last */
		static const int last[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
		char text[20];
		int64_t s;

		snprintf(text, sizeof text, "2026-%02d-%02d", month, last[month - 1]);
		assert_int_equal(clock_parse(text, &s), 0);
		snprintf(text, sizeof text, "2026-%02d-%02d", month, last[month - 1] + 1);
		assert_int_equal(clock_parse(text, &s), -1);
	}
}

static void test_clock_units(void **state)
{
	(void)state;
	assert_int_equal(clock_s_to_ms(0), 0);
	assert_int_equal(clock_s_to_ms(1), 1000);
	assert_int_equal(clock_s_to_ms(3600), 3600000);
}

static void test_clock_format(void **state)
{
	static const struct {
		int64_t s;
		const char *text; /* date -u -d @S +%FT%TZ */
	} rows[] = {
		{ 1796162400, "2026-12-01T22:00:00Z" },
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 2147483648, "2038-01-19T03:14:08Z" }, /* beyond a time_t of 32 bits */
		{ -2147483649, "1901-12-13T20:45:51Z" },
		{ 4107542399, "2100-02-28T23:59:59Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
		{ -62167219200, "0000-01-01T00:00:00Z" },
		{ -62162121601, "0000-02-28T23:59:59Z" },
		{ -62162035201, "0000-02-29T23:59:59Z" },
		{ -62162035200, "0000-03-01T00:00:00Z" },
		{ 951868799, "2000-02-29T23:59:59Z" },
		{ 951868800, "2000-03-01T00:00:00Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ 253402300800, "@253402300800" }, /* RFC 3339 has four digits for the year */
		{ -62167219201, "@-62167219201" },
		{ INT64_MAX, "@9223372036854775807" },
		{ INT64_MIN, "@-9223372036854775808" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		clock_format(rows[i].s, text, sizeof text);
		assert_string_equal(text, rows[i].text);
	}
	for (int64_t s = -62167219200; s <= 253402300799; s += 86399 * 7) {
		int64_t read;

		clock_format(s, text, sizeof text);
		assert_int_equal(clock_parse(text, &read), 0);
		assert_true(read == s);
	}
}

static void test_pem(void **state)
{
	static const struct {
		const char *bytes, *base64;
	} rows[] = { { "", "" },
		     { "f", "Zg==" },
		     { "fo", "Zm8=" },
		     { "foo", "Zm9v" },
		     { "foob", "Zm9vYg==" },
		     { "fooba", "Zm9vYmE=" },
		     { "foobar", "Zm9vYmFy" } }; /* RFC 4648 section 10 */
	static const char *const wrong[] = { "Z", "Zg=", "Zg=a", "=Zg=", "Z!==", "Zm9vYg" };
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *expected = mem_printf("-----BEGIN X-----\n%s%s-----END X-----\n",
		                            rows[i].base64, *rows[i].base64 ? "\n" : "");

		buf_init(&out);
		pem_encode(&out, "X", rows[i].bytes, strlen(rows[i].bytes));
		assert_string_equal(out.data, expected);
		buf_clear(&out);
		buf_init(&out);
		assert_int_equal(pem_decode_base64(&out, rows[i].base64, strlen(rows[i].base64)),
		                 0);
		assert_string_equal(out.data, rows[i].bytes);
		buf_clear(&out);
		free(expected);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		buf_init(&out);
		assert_int_equal(pem_decode_base64(&out, wrong[i], strlen(wrong[i])), -1);
		buf_clear(&out);
	}
}

/* RFC 7468 2: lines of 64 characters, which are 48 octets, and none that is empty */
static void test_pem_lines(void **state)
{
	static const struct {
		size_t len;
		const char *last; /* line */
		size_t lines;
	} rows[] = { { 0, NULL, 0 }, { 1, "AA==", 1 },     { 46, NULL, 1 }, { 47, NULL, 1 },
		     { 48, NULL, 1 }, { 49, "AA==", 2 },    { 51, "AAAA", 2 }, { 96, NULL, 2 },
		     { 97, "AA==", 3 }, { 98, "AAA=", 3 } };
	static const char zeros[100];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *at;
		struct buf out;
		size_t lines = 0;

		buf_init(&out);
		pem_encode(&out, "X", zeros, rows[i].len);
		at = strchr(out.data, '\n') + 1;
		for (; *at != '-'; at = strchr(at, '\n') + 1) {
			size_t len = strcspn(at, "\n");

			lines++;
			assert_int_equal(lines < rows[i].lines || rows[i].last == NULL
			                         ? 64
			                         : strlen(rows[i].last),
			                 len);
			if (lines == rows[i].lines && rows[i].last != NULL)
				assert_memory_equal(rows[i].last, at, len);
		}
		assert_int_equal(rows[i].lines, lines);
		assert_string_equal("-----END X-----\n", at);
		buf_clear(&out);
	}
}

/* White space anywhere; padding only at the end, and only of the last group (RFC 4648 3.2, 3.3) */
static void test_base64_is_read_strictly(void **state)
{
	static const struct {
		const char *text;
		int rc;
		const char *bytes;
	} rows[] = {
		{ " Z\tm\r9\nv ", 0, "foo" },
		{ "Zg= =", 0, "f" },
		{ "Zm8=\n", 0, "fo" },
		{ "Zg==Zg==", -1, NULL },
		{ "Zg=g", -1, NULL },
		{ "Z===", -1, NULL },
		{ "====", -1, NULL },
		{ "Zm9v=", -1, NULL },
		{ "Zm9v\v", -1, NULL },
		{ "Zm-_", -1, NULL },
		{ "Zm8=x", -1, NULL },
		{ "+/+/", 0, "\xfb\xff\xbf" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out;

		buf_init(&out);
		if (pem_decode_base64(&out, rows[i].text, strlen(rows[i].text)) != rows[i].rc)
			fail_msg("row %zu", i);
		if (rows[i].bytes != NULL)
			assert_string_equal(rows[i].bytes, out.data);
		buf_clear(&out);
	}
}

static size_t files_in(const char *dir)
{
	DIR *d = opendir(dir);
	size_t count = 0;

	for (struct dirent *entry; (entry = readdir(d)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(d);
	return count;
}

static size_t descriptors(void)
{
	size_t count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void test_file(void **state)
{
	size_t before = descriptors();
	char dir[] = "/tmp/mra-base-XXXXXX";
	struct fault fault;
	struct buf buf;
	char *path;
	int ends[2];
	char byte = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = mem_printf("%s/report", dir);
	assert_int_equal(file_write(path, "old", 3, &fault), 0);
	assert_int_equal(file_write(path, "new!", 4, &fault), 0);
	buf_init(&buf);
	assert_int_equal(file_read(path, 4, &buf, &fault), 0);
	assert_string_equal(buf.data, "new!");
	assert_int_equal(file_read(path, 3, &buf, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(file_read(dir, 100, &buf, &fault), -1);
	assert_int_equal(file_write(dir, "x", 1, &fault), -1);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(file_write_fd(ends[1], "a pipe", "x", 1, &fault), 0);
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(byte, 'x');
	close(ends[0]);
	buf_clear(&buf);
	assert_int_equal(files_in(dir), 1);
	assert_int_equal(descriptors(), before);
	unlink(path);
	rmdir(dir);
	free(path);
}

/* What a path means: descriptors, folders, links, devices, modes. */
static void test_paths(void **state)
{
	static const struct {
		const char *path;
		int fd;
	} named[] = {
		{ "-", 1 },          { "/dev/stdout", 1 },      { "/dev/stderr", 2 },
		{ "/dev/fd/0", 0 },  { "/proc/self/fd/17", 17 }, { "/dev/fd/", -1 },
		{ "/dev/fd/x", -1 }, { "/dev/fd/1x", -1 },      { "/dev/fd/99999999999", -1 },
		{ "/dev/fd/-1", -1 }, { "fd/1", -1 },           { "/dev/stdin", -1 },
		{ "/dev/fd/2147483647", 2147483647 },           { "/dev/fd/2147483648", -1 },
		{ "/dev/fd/99999999999999999999", -1 },
	};
	char dir[] = "/tmp/mra-base-XXXXXX", *a, *b, *c, *none, *folder;
	struct fault fault;
	struct file file;
	struct stat st;
	mode_t mask = umask(027);
	size_t before = descriptors();

	(void)state;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		assert_int_equal(named[i].fd, file_descriptor_named(named[i].path));
	assert_non_null(mkdtemp(dir));
	a = mem_printf("%s/a", dir);
	b = mem_printf("%s/b", dir);
	c = mem_printf("%s/./a", dir);
	none = mem_printf("%s/none/a", dir);
	folder = mem_printf("%s/", dir);
	assert_int_equal(0, file_write(a, "1", 1, &fault));
	assert_int_equal(0, stat(a, &st));
	assert_int_equal(0640, st.st_mode & 07777); /* as the umask has it */
	assert_int_equal(0, chmod(a, 0604));
	assert_int_equal(0, file_write(a, "2", 1, &fault));
	assert_int_equal(0, stat(a, &st));
	assert_int_equal(0604, st.st_mode & 07777); /* as it was */
	assert_false(file_same(a, b));
	assert_int_equal(0, symlink(a, b));
	assert_true(file_same(a, b));
	assert_true(file_same(a, c));
	assert_int_equal(0, file_write(b, "3", 1, &fault)); /* the link stays */
	assert_int_equal(0, lstat(b, &st));
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(0, unlink(b));
	assert_int_equal(0, symlink(none, b));
	fault.text[0] = '\0'; /* whatever an earlier one said */
	assert_int_equal(-1, file_write(b, "4", 1, &fault));
	assert_non_null(strstr(fault.text, "leads nowhere"));
	assert_int_equal(-1, file_write(none, "4", 1, &fault));
	assert_int_equal(-1, file_write(folder, "4", 1, &fault));
	assert_non_null(strstr(fault.text, "it is a folder"));
	assert_int_equal(0, file_write("/dev/null", "5", 1, &fault));
	assert_false(file_same("/dev/null", "/dev/null")); /* it keeps nothing */
	assert_true(file_same("-", "/dev/stdout"));
	assert_false(file_same("-", a));
	assert_false(file_same(a, "-"));
	assert_int_equal(0, unlink(a));
	assert_int_equal(0, unlink(b));
	assert_true(file_same(a, c)); /* neither is there yet */
	assert_false(file_same(a, b));
	assert_false(file_same(a, none));
	assert_false(file_same("a", a));
	assert_int_equal(0, file_begin(&file, a, &fault)); /* given up: nothing stays */
	assert_int_equal(0, file_put(&file, "6", 1, &fault));
	assert_int_equal(1, files_in(dir));
	assert_int_equal(-1, file_end(&file, false, &fault));
	assert_int_equal(0, files_in(dir));
	assert_int_equal(0, file_begin(&file, a, &fault));
	file_abandon();
	assert_int_equal(0, files_in(dir));
	assert_int_equal(-1, file_end(&file, true, &fault));
	file_abandon();
	assert_int_equal(-1, file_begin(&file, "/dev/fd/987", &fault)); /* not open */
	assert_int_equal(-1, file_read(none, 9, NULL, &fault));
	assert_non_null(strstr(fault.text, "cannot open"));
	assert_int_equal(descriptors(), before);
	umask(mask);
	rmdir(dir);
	free(a);
	free(b);
	free(c);
	free(none);
	free(folder);
}

/* Descriptor 0 is one like the others: to be written to, and not the path of the file behind it. */
static void test_descriptor_zero(void **state)
{
	char path[] = "/tmp/mra-base-XXXXXX", read_back[8] = "";
	int kept = dup(0), ends[2], fd = mkstemp(path);
	bool there = kept >= 0;
	struct fault fault;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], 0), 0);
	assert_int_equal(file_write("/dev/fd/0", "zero", 4, &fault), 0);
	assert_int_equal(read(ends[0], read_back, sizeof read_back), 4);
	assert_string_equal(read_back, "zero");
	assert_int_equal(dup2(fd, 0), 0);
	assert_false(file_same(path, "/dev/fd/0"));
	assert_false(file_same("/dev/fd/0", path));
	assert_true(file_same("/proc/self/fd/0", "/dev/fd/0"));
	if (there) {
		dup2(kept, 0);
		close(kept);
	} else {
		close(0);
	}
	close(ends[0]);
	close(ends[1]);
	close(fd);
	unlink(path);
}

/* A stranger's link is not followed, one's own and root's are (protected_symlinks of the kernel). Only
 * root can make one. */
static void test_links_of_others(void **state)
{
	static const uid_t owners[] = { 0, 65534 };
	char dir[] = "/tmp/mra-base-XXXXXX";
	struct fault fault;
	char *path, *link;

	(void)state;
	if (geteuid() != 0)
		return;
	assert_non_null(mkdtemp(dir));
	path = mem_printf("%s/report", dir);
	link = mem_printf("%s/link", dir);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(file_write(path, "old", 3, &fault), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(lchown(link, owners[i], (gid_t)-1), 0);
		assert_int_equal(file_write(link, "new", 3, &fault), i == 0 ? 0 : -1);
	}
	assert_non_null(strstr(fault.text, "somebody else's"));
	unlink(link);
	unlink(path);
	rmdir(dir);
	free(path);
	free(link);
}

/* A file that is written anew stays its owner's and its group's. Only root can give one away. */
static void test_owner_is_kept(void **state)
{
	static const struct {
		uid_t owner;
		gid_t group;
	} rows[] = { { 0, 0 }, { 0, 65534 }, { 65534, 0 }, { 65533, 65534 } };
	char dir[] = "/tmp/mra-base-XXXXXX";
	struct fault fault;
	char *path;

	(void)state;
	if (geteuid() != 0)
		return;
	assert_non_null(mkdtemp(dir));
	path = mem_printf("%s/report", dir);
	assert_int_equal(file_write(path, "old", 3, &fault), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct stat st;

		if (chown(path, rows[i].owner, rows[i].group) != 0)
			continue; /* a namespace without these */
		assert_int_equal(file_write(path, "new", 3, &fault), 0);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_uid, rows[i].owner);
		assert_int_equal(st.st_gid, rows[i].group);
	}
	unlink(path);
	rmdir(dir);
	free(path);
}

/* Stands before the C library's: what becomes of a report on a disk that fails. */
static int synced, sync_fails;

int fsync(int fd)
{
	(void)fd;
	synced++;
	errno = EIO;
	return sync_fails ? -1 : 0;
}

/* A file is on the disk before it takes the place of the old one. */
static void test_file_synced(void **state)
{
	char dir[] = "/tmp/mra-base-XXXXXX";
	struct fault fault;
	struct buf buf;
	char *path;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = mem_printf("%s/report", dir);
	synced = 0;
	assert_int_equal(file_write(path, "old", 3, &fault), 0);
	assert_int_equal(1, synced);
	sync_fails = 1;
	assert_int_equal(file_write(path, "new", 3, &fault), -1);
	sync_fails = 0;
	assert_int_equal(fault.code, FAULT_FILE);
	assert_non_null(strstr(fault.text, "cannot write"));
	buf_init(&buf);
	assert_int_equal(file_read(path, 100, &buf, &fault), 0);
	assert_string_equal(buf.data, "old");
	assert_int_equal(files_in(dir), 1);
	buf_clear(&buf);
	unlink(path);
	rmdir(dir);
	free(path);
}

static void test_file_full_disk(void **state)
{
	struct rlimit before, small = { 10, RLIM_INFINITY };
	char dir[] = "/tmp/mra-base-XXXXXX";
	struct fault fault;
	struct buf buf;
	char *path;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = mem_printf("%s/report", dir);
	assert_int_equal(file_write(path, "old", 3, &fault), 0);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(file_write(path, "0123456789abcdef", 16, &fault), -1);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(fault.code, FAULT_FILE);
	buf_init(&buf);
	assert_int_equal(file_read(path, 100, &buf, &fault), 0);
	assert_string_equal(buf.data, "old");
	assert_int_equal(files_in(dir), 1);
	buf_clear(&buf);
	unlink(path);
	rmdir(dir);
	free(path);
}

static void test_deadline(void **state)
{
	volatile sig_atomic_t stop = 0;
	struct deadline deadline = { .stop = &stop };

	(void)state;
	assert_false(deadline_over(&deadline));
	assert_int_equal(deadline_left_ms(&deadline, 77), 77);
	deadline.at_ms = clock_mono_ms() + 10000;
	assert_int_equal(deadline_left_ms(&deadline, 77), 77);
	assert_true(deadline_left_ms(&deadline, 20000) <= 10000);
	deadline.at_ms = clock_mono_ms();
	assert_true(deadline_over(&deadline));
	deadline.at_ms = 0;
	stop = 1;
	assert_int_equal(deadline_left_ms(&deadline, 77), 0);
}

/* Every format and control character and line separator of Unicode 15.1
 * (DerivedGeneralCategory.txt: Cc, Cf, Zl, Zp). */
static void test_what_is_never_shown(void **state)
{
	static const struct { uint32_t first, last;
	} hidden[] = {
		{ 0, 0x1f },          { 0x7f, 0x9f },       { 0xad, 0xad },
		{ 0x600, 0x605 },     { 0x61c, 0x61c },     { 0x6dd, 0x6dd },
		{ 0x70f, 0x70f },     { 0x890, 0x891 },     { 0x8e2, 0x8e2 },
		{ 0x180e, 0x180e },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
		{ 0x2060, 0x2064 },   { 0x2066, 0x206f },   { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
		{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f },
	};

	(void)state;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		for (uint32_t code = hidden[i].first; code <= hidden[i].last; code++)
			if (safe_shown(code))
				fail_msg("U+%04X is shown", (unsigned)code);
	assert_true(safe_shown('a') && safe_shown(0xe4) && safe_shown(0x4e2d) &&
	            safe_shown(0x88f) && safe_shown(0x1342f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_never_shown),
		cmocka_unit_test(test_grow_keeps_all),
		cmocka_unit_test(test_strndup),
		cmocka_unit_test(test_buf_long_format),
		cmocka_unit_test(test_buf_of_each_length),
		cmocka_unit_test(test_clock_parse),
		cmocka_unit_test(test_clock_format),
		cmocka_unit_test(test_clock_units),
		cmocka_unit_test(test_pem),
		cmocka_unit_test(test_pem_lines),
		cmocka_unit_test(test_base64_is_read_strictly),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_descriptor_zero),
		cmocka_unit_test(test_links_of_others),
		cmocka_unit_test(test_owner_is_kept),
		cmocka_unit_test(test_file_synced),
		cmocka_unit_test(test_file_full_disk),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_sort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
