/* SPDX-License-Identifier: MIT */
/* Files of logs to lines: what a line of a copy is, and in which order rotated, packed and nested
 * files come. The archives are made here with libarchive's writer. */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "log/read.h"
#include "log/turn.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

static char folder[] = "/tmp/read_test.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int drop_folder(void **state)
{
	char *command = mem_printf("rm -rf %s", folder);
	int rc = system(command);

	(void)state;
	free(command);
	return rc;
}

static char *path_of(const char *name)
{
	return mem_printf("%s/%s", folder, name);
}

static void write_file(const char *name, const char *text, size_t len)
{
	char *path = path_of(name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static struct archive *archive_begin(const char *name, int (*format)(struct archive *),
                                     int (*filter)(struct archive *))
{
	struct archive *archive = archive_write_new();
	char *path = path_of(name);

	assert_int_equal(format(archive), ARCHIVE_OK);
	assert_int_equal(filter(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
	free(path);
	return archive;
}

static void archive_add(struct archive *archive, const char *name, const char *text, size_t len)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)len);
	archive_entry_set_filetype(entry, name[strlen(name) - 1] == '/' ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	if (len > 0)
		assert_int_equal(archive_write_data(archive, text, len), len);
	archive_entry_free(entry);
}

static void archive_end(struct archive *archive)
{
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
}

/* The file NAME of the folder, to be freed. */
static struct buf bytes_of(const char *name)
{
	char *path = path_of(name), block[65536];
	FILE *file = fopen(path, "r");
	struct buf out;
	size_t n;

	assert_non_null(file);
	buf_init(&out);
	while ((n = fread(block, 1, sizeof block, file)) > 0)
		buf_add(&out, block, n);
	fclose(file);
	free(path);
	return out;
}

/* --- what comes out ---------------------------------------------------------------------------- */

/* "#" where a file or member begins, "~" before what a copy had broken, all after "\n". */
static void transcribe(void *arg, const char *text, size_t len, bool wrapped)
{
	struct buf *out = arg;

	if (text == NULL) {
		assert_int_equal(len, 0);
		assert_false(wrapped);
		buf_puts(out, "#");
		return;
	}
	buf_puts(out, wrapped ? "~" : "");
	buf_add(out, text, len);
	buf_puts(out, "\n");
}

/* NAMES with blanks between them. */
static struct buf reads(const char *names, struct names *notes)
{
	struct names files = { 0 };
	char *copy = mem_strdup(names), *rest = copy, *name;
	struct fault fault = { 0 };
	struct buf out;

	buf_init(&out);
	while ((name = strsep(&rest, " ")) != NULL) {
		char *path = strcmp(name, "-") == 0 ? mem_strdup(name) : path_of(name);

		names_add(&files, path);
		free(path);
	}
	if (log_read(&files, transcribe, &out, notes, NULL, &fault) != 0)
		fail_msg("%s", fault.text);
	names_clear(&files);
	free(copy);
	return out;
}

static void expect(const char *names, const char *wanted)
{
	struct names notes = { 0 };
	struct buf out = reads(names, &notes);

	if (strcmp(out.data, wanted) != 0)
		fail_msg("%s reads as\n%s\nnot\n%s", names, out.data, wanted);
	if (notes.count > 0)
		fail_msg("%s: %s", names, notes.items[0]);
	buf_clear(&out);
}

/* How many of the notes end so. */
static size_t noted(const struct names *notes, const char *end)
{
	size_t count = 0;

	for (size_t i = 0; i < notes->count; i++)
		count += strstr(notes->items[i], end) != NULL;
	return count;
}

/* --- lines ------------------------------------------------------------------------------------- */

#define D "2026-11-28T10:00:00.000+00:00 x "
#define FRAME_ALONE "2026-11-28T10:00:00.000+00:00 exp traffic_server[7]: "

static void test_lines(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{ "", "" },
		{ D "a\n" D "b\n", "#" D "a\n" D "b\n" },
		{ D "a\n" D "b", "#" D "a\n" D "b\n" },
		{ D "a\r\n\r\n\n" D "b\r\n", "#" D "a\n" D "b\n" },
		/* a copy breaks lines anywhere */
		{ D "a\nb\nc\n" D "d\n", "#~" D "abc\n" D "d\n" },
		{ "a\nb\n" D "c\n", "#~ab\n" D "c\n" },
		{ "a\n", "#a\n" },
		{ "a\nb\x01\nc\n", "#a\nc\n" },
		{ "\x01" "a\n", "#\x01" "a\n" },
		/* a mail quotes them */
		{ "> " D "a\n> b\n> > c\n>\n> \n>d\n", "#~" D "abc>>d\n" },
		{ "> > > " D "a\n", "#" D "a\n" },
		/* what is not text is no part of the line in front: controls but tabs, what is no UTF-8 */
		{ D "a\nb\tc\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\n", "#~" D "ab\tc\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\n" },
		{ D "a\nb\x01\n", "#" D "a\n" },
		{ D "a\nb\x1f" "c\n" D "d\n", "#" D "a\n" D "d\n" },
		{ D "a\nb\x7f\n", "#" D "a\n" },
		{ D "a\nb\xc3\n", "#" D "a\n" },
		{ D "a\nb\xe2\x82\n", "#" D "a\n" },
		{ D "a\n\xff" "b\n", "#" D "a\n" },
		/* a line that begins as one does is one, whatever it holds */
		{ D "a\n" D "\x01\n", "#" D "a\n" D "\x01\n" },
		/* what stands between bars is no part of another line */
		{ D "a\n|b|\n|c\nd\n" D "e\n", "#" D "a\n|b|\n|c\nd\n" D "e\n" },
		/* a frame alone goes on with its message, though messages look like beginnings; another
		 * frame does not */
		{ FRAME_ALONE "\n[ET_NET 0] WARNING: a\n", "#~" FRAME_ALONE "[ET_NET 0] WARNING: a\n" },
		{ FRAME_ALONE "\nWARNING: a\n", "#~" FRAME_ALONE "WARNING: a\n" },
		{ FRAME_ALONE "\nERROR: a\nERROR: b\n", "#~" FRAME_ALONE "ERROR: a\nERROR: b\n" },
		{ FRAME_ALONE "\nUTCTime=\"a\"\nUTCTime=\"b\"\n", "#~" FRAME_ALONE "UTCTime=\"a\"\nUTCTime=\"b\"\n" },
		{ FRAME_ALONE "WARNING: a\nWARNING: b\n", "#" FRAME_ALONE "WARNING: a\nWARNING: b\n" },
		{ FRAME_ALONE "\n" FRAME_ALONE "x\n", "#" FRAME_ALONE "\n" FRAME_ALONE "x\n" },
		{ FRAME_ALONE "\nNov 28 10:00:00 x\n", "#~" FRAME_ALONE "Nov 28 10:00:00 x\n" },
		{ "traffic_server[7]: \nWARNING: a\n", "#traffic_server[7]: \nWARNING: a\n" },
		{ D "\nWARNING: a\n", "#" D "\nWARNING: a\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		write_text("lines", rows[i].text);
		expect("lines", rows[i].wanted);
	}
}

/* A frame of 511 bytes is one; one of 512 holds a message. */
static void test_long_frames(void **state)
{
	(void)state;
	for (size_t len = 511; len <= 512; len++) {
		struct buf text, wanted;

		buf_init(&text);
		buf_init(&wanted);
		buf_puts(&text, FRAME_ALONE);
		while (text.len < len)
			buf_puts(&text, "x");
		buf_printf(&wanted, len == 511 ? "#~%sWARNING: a\n" : "#%s\nWARNING: a\n", text.data);
		buf_puts(&text, "\nWARNING: a\n");
		write_file("frame", text.data, text.len);
		expect("frame", wanted.data);
		buf_clear(&text);
		buf_clear(&wanted);
	}
}

/* Lines of any length at any place: up to 64 KiB of each, the rest left out. Zeros in front of a
 * line were preallocated. */
static void test_lengths(void **state)
{
	static const size_t lengths[] = { 40,    65536,  65535,  65537,  131072, 40,     200000, 262143,
		                          50,    262144, 262145, 300000, 700000, 65536,  41,     65534,
		                          65536, 65536,  65536,  65536,  131073, 131071, 196607, 42 };
	struct buf text, wanted;

	(void)state;
	buf_init(&text);
	buf_init(&wanted);
	buf_puts(&wanted, "#");
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct buf line;

		buf_init(&line);
		buf_printf(&line, "2026-11-28T10:%02zu:00.000+00:00 x ", i);
		while (line.len < lengths[i])
			buf_printf(&line, "%c", (int)('a' + line.len % 23));
		for (size_t k = 0; k < i % 3; k++)
			buf_add(&text, "\0\0\0\0", 4);
		buf_add(&text, line.data, line.len);
		buf_puts(&text, "\n");
		buf_add(&wanted, line.data, line.len < 65536 ? line.len : 65536);
		buf_puts(&wanted, "\n");
		buf_clear(&line);
	}
	write_file("long", text.data, text.len);
	expect("long", wanted.data);
	/* the last line is a sign of quotation alone, where a longer one has been, whose second byte
	 * was a blank */
	buf_clear(&text);
	buf_clear(&wanted);
	buf_init(&text);
	buf_init(&wanted);
	buf_puts(&text, "a ");
	buf_puts(&wanted, "#a ");
	while (text.len < 300000)
		buf_puts(&text, "b");
	while (wanted.len < 1 + 65536)
		buf_puts(&wanted, "b");
	buf_puts(&text, "\n" D "c\n>");
	buf_puts(&wanted, "\n~" D "c>\n");
	write_file("long", text.data, text.len);
	expect("long", wanted.data);
	/* or half a character, where what has been there would be its other half: it is no text */
	buf_clear(&text);
	buf_clear(&wanted);
	buf_init(&text);
	buf_init(&wanted);
	buf_puts(&text, "a\xbc");
	buf_puts(&wanted, "#a\xbc");
	while (text.len < 300000)
		buf_puts(&text, "b");
	while (wanted.len < 1 + 65536)
		buf_puts(&wanted, "b");
	buf_puts(&text, "\n" D "c\n\xc3");
	buf_puts(&wanted, "\n" D "c\n");
	write_file("long", text.data, text.len);
	expect("long", wanted.data);
	/* a broken line of more than that as well */
	buf_clear(&text);
	buf_clear(&wanted);
	buf_init(&text);
	buf_init(&wanted);
	buf_puts(&text, D);
	while (text.len < 100001)
		buf_puts(&text, text.len % 100 == 99 ? "\n" : "b");
	buf_puts(&text, "\n" D "c\n");
	buf_puts(&wanted, "#~");
	for (size_t i = 0; wanted.len < 2 + 65536; i++)
		if (text.data[i] != '\n')
			buf_add(&wanted, text.data + i, 1);
	buf_puts(&wanted, "\n" D "c\n");
	write_file("long", text.data, text.len);
	expect("long", wanted.data);
	buf_clear(&text);
	buf_clear(&wanted);
}

/* --- files ------------------------------------------------------------------------------------- */

#define AT(minute, rest) "2026-11-28T10:" minute ":00.000+00:00 x traffic_server[1]: " rest "\n"

/* Web pages list the newest line first. */
static void test_newest_first(void **state)
{
	static const char text[] = AT("09", "WARNING b") AT("05", "WARNING a");
	struct archive *archive;

	(void)state;
	write_text("page", AT("09", "c") AT("05", "b") "nothing\n" AT("01", "a"));
	expect("page", "#" AT("01", "a") "~" AT("05", "bnothing") AT("09", "c"));
	write_text("mixed", AT("09", "d") AT("05", "b") AT("06", "c") AT("02", "a"));
	expect("mixed", "#" AT("02", "a") AT("06", "c") AT("05", "b") AT("09", "d"));
	write_text("twice", AT("09", "c") AT("09", "b") AT("05", "a"));
	expect("twice", "#" AT("05", "a") AT("09", "b") AT("09", "c"));
	/* a clock that was set back is no such page, nor is one time for all */
	write_text("back", AT("01", "a") AT("05", "b") AT("02", "c"));
	expect("back", "#" AT("01", "a") AT("05", "b") AT("02", "c"));
	write_text("same", AT("01", "a") AT("01", "b"));
	expect("same", "#" AT("01", "a") AT("01", "b"));
	/* another file's order is its own */
	write_text("early", AT("00", "x") AT("01", "y"));
	expect("page early", "#" AT("00", "x") AT("01", "y") "#" AT("01", "a") "~" AT("05", "bnothing")
	                             AT("09", "c"));
	/* as old as its oldest line */
	write_text("later", AT("05", "x") AT("09", "y"));
	expect("later page", "#" AT("01", "a") "~" AT("05", "bnothing") AT("09", "c") "#" AT("05", "x")
	                             AT("09", "y"));
	/* in an archive */
	archive = archive_begin("page.tar", archive_write_set_format_ustar,
	                        archive_write_add_filter_none);
	archive_add(archive, "page", text, strlen(text));
	archive_end(archive);
	expect("page.tar", "#" AT("05", "WARNING a") AT("09", "WARNING b"));
}

static void count_turned(void *arg, const char *text, size_t len, bool wrapped)
{
	size_t *left = arg;

	assert_false(wrapped);
	assert_int_equal(len, 1 << 20);
	assert_int_equal(*text, --*left);
}

/* 64 MiB are kept, what each line costs besides included. */
static void test_room_to_turn(void **state)
{
	struct turn *turn = turn_new();
	char *text = mem_alloc(1 << 20);
	size_t count = 0;

	(void)state;
	memset(text, 'x', 1 << 20);
	for (; count < 63; count++) {
		*text = (char)count;
		assert_true(turn_add(turn, text, 1 << 20, false));
	}
	assert_false(turn_add(turn, text, 1 << 20, false));
	free(text);
	turn_end(turn, count_turned, &count);
	assert_int_equal(count, 0);
}

/* The oldest first; a file without any time before all others; what is equally old as given. */
static void test_order_of_files(void **state)
{
	char long_head[70000];

	(void)state;
	write_text("early", AT("01", "early"));
	write_text("late", AT("09", "late"));
	write_text("same", AT("09", "same"));
	write_text("second", "nothing\n\n" AT("05", "second line"));
	write_text("timeless", "WARNING: when\n");
	expect("late early", "#" AT("01", "early") "#" AT("09", "late"));
	expect("early late", "#" AT("01", "early") "#" AT("09", "late"));
	expect("late same", "#" AT("09", "late") "#" AT("09", "same"));
	expect("same late", "#" AT("09", "same") "#" AT("09", "late"));
	expect("late second early", "#" AT("01", "early") "#nothing\n" AT("05", "second line") "#" AT(
					    "09", "late"));
	expect("early timeless", "#WARNING: when\n#" AT("01", "early"));
	/* the first time is looked for in the first 64 KiB */
	memset(long_head, '\n', sizeof long_head);
	memcpy(long_head + 65536 - 60, AT("00", ""), strlen(AT("00", "")));
	write_file("headed", long_head, sizeof long_head);
	expect("early headed", "#" AT("00", "") "#" AT("01", "early"));
	/* zeros in front, of any number: a log that was preallocated, and no empty archive */
	memset(long_head, 0, sizeof long_head);
	memcpy(long_head + 2048, AT("02", "zeros"), strlen(AT("02", "zeros")));
	write_file("zeros", long_head, 2048 + strlen(AT("02", "zeros")));
	expect("late zeros early", "#" AT("01", "early") "#" AT("02", "zeros") "#" AT("09", "late"));
	write_file("zeros", long_head, 1024);
	expect("zeros early", "##" AT("01", "early"));
}

static const struct {
	const char *name;
	int (*format)(struct archive *), (*filter)(struct archive *);
} packings[] = {
	{ "a.gz", archive_write_set_format_raw, archive_write_add_filter_gzip },
	{ "a.bz2", archive_write_set_format_raw, archive_write_add_filter_bzip2 },
	{ "a.xz", archive_write_set_format_raw, archive_write_add_filter_xz },
	{ "a.lzma", archive_write_set_format_raw, archive_write_add_filter_lzma },
	{ "a.zst", archive_write_set_format_raw, archive_write_add_filter_zstd },
	{ "a.Z", archive_write_set_format_raw, archive_write_add_filter_compress },
	{ "a.tar", archive_write_set_format_ustar, archive_write_add_filter_none },
	{ "a.tar.gz", archive_write_set_format_ustar, archive_write_add_filter_gzip },
	{ "a.zip", archive_write_set_format_zip, archive_write_add_filter_none },
};

/* A time in the first 64 KiB is found however a file is packed. */
static void test_head_of_packed(void **state)
{
	char head[65536 + 4000];

	(void)state;
	write_text("early", AT("01", "early"));
	memset(head, '\n', sizeof head);
	memcpy(head + 65536 - strlen(AT("00", "")), AT("00", ""), strlen(AT("00", "")));
	for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
		struct archive *archive =
			archive_begin("head", packings[i].format, packings[i].filter);

		archive_add(archive, "m", head, sizeof head);
		archive_end(archive);
		expect("early head", "#" AT("00", "") "#" AT("01", "early"));
	}
}

static void test_packed(void **state)
{
	struct archive *nested = archive_begin("nested.tar", archive_write_set_format_ustar,
	                                       archive_write_add_filter_none);
	struct buf wanted;

	(void)state;
	buf_init(&wanted);
	for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
		struct archive *archive = archive_begin(packings[i].name, packings[i].format, packings[i].filter);
		struct buf bytes;

		archive_add(archive, "m", AT("01", "a"), strlen(AT("01", "a")));
		archive_end(archive);
		expect(packings[i].name, "#" AT("01", "a"));
		bytes = bytes_of(packings[i].name);
		archive_add(nested, packings[i].name, bytes.data, bytes.len);
		buf_clear(&bytes);
		if (strcmp(packings[i].name, "a.lzma") != 0) /* not by this name */
			buf_puts(&wanted, "#" AT("01", "a"));
	}
	archive_end(nested);
	expect("nested.tar", wanted.data);
	buf_clear(&wanted);
}

/* An archive: the lines of its members, the oldest first, among other files; what holds no line of a
 * log is left out, and no archive is looked for in an archive's archive. */
static void test_archives(void **state)
{
	struct archive *archive, *inner, *third;
	struct buf bytes;

	(void)state;
	third = archive_begin("third.tar", archive_write_set_format_ustar,
	                      archive_write_add_filter_none);
	archive_add(third, "deep", AT("00", "deep"), strlen(AT("00", "deep")));
	archive_end(third);
	inner = archive_begin("inner.tgz", archive_write_set_format_ustar,
	                      archive_write_add_filter_gzip);
	archive_add(inner, "i4", AT("04", "i4"), strlen(AT("04", "i4")));
	archive_add(inner, "i2", AT("02", "i2"), strlen(AT("02", "i2")));
	bytes = bytes_of("third.tar");
	archive_add(inner, "third.tar.txt", bytes.data, 400);
	archive_end(inner);
	buf_clear(&bytes);
	archive = archive_begin("outer.tar", archive_write_set_format_ustar,
	                        archive_write_add_filter_none);
	archive_add(archive, "readme", "nothing of interest\n", 20);
	archive_add(archive, "dir/", "", 0);
	archive_add(archive, "o5", AT("05", "o5"), strlen(AT("05", "o5")));
	bytes = bytes_of("inner.tgz");
	archive_add(archive, "inner.tgz", bytes.data, bytes.len);
	buf_clear(&bytes);
	archive_add(archive, "empty", "", 0);
	archive_add(archive, "o1", AT("01", "o1"), strlen(AT("01", "o1")));
	archive_end(archive);
	write_text("f3", AT("03", "f3"));
	expect("outer.tar f3", "#" AT("01", "o1") "#" AT("02", "i2") "#" AT("03", "f3") "#" AT(
				       "04", "i4") "#" AT("05", "o5"));
	expect("inner.tgz", "#" AT("02", "i2") "#" AT("04", "i4"));
	/* the third archive, by its name: it is read as if it were text, from its header on, which
	 * begins with the member's name and a zero (POSIX ustar) */
	inner = archive_begin("inner.tgz", archive_write_set_format_ustar,
	                      archive_write_add_filter_gzip);
	bytes = bytes_of("third.tar");
	archive_add(inner, "third.tar", bytes.data, bytes.len);
	archive_end(inner);
	buf_clear(&bytes);
	archive = archive_begin("outer.tar", archive_write_set_format_ustar,
	                        archive_write_add_filter_none);
	bytes = bytes_of("inner.tgz");
	archive_add(archive, "inner.tgz", bytes.data, bytes.len);
	buf_clear(&bytes);
	archive_end(archive);
	expect("outer.tar", "#deep");
}

/* What makes a member one of interest may lie across two blocks of 256 KiB, its time behind that. */
static void test_look_across_blocks(void **state)
{
	static const char word[] = "traffic";
	const size_t block = 256 << 10;

	(void)state;
	for (size_t before = 0; before <= sizeof word; before++) {
		struct archive *archive = archive_begin("across.tar", archive_write_set_format_ustar,
		                                        archive_write_add_filter_none);
		const size_t at = before == 1 ? 2 * block : block; /* once at a later edge */
		char *text = mem_alloc(at + block);
		struct names notes = { 0 };
		struct buf out;

		memset(text, '\n', at + block);
		memcpy(text + at - before, word, sizeof word - 1);
		memcpy(text + at + 100, AT("05", "b"), strlen(AT("05", "b")));
		archive_add(archive, "m", text, at + block);
		if (before == 1) { /* no word of interest in it */
			memset(text, '\n', at + block);
			archive_add(archive, "n", text, at + block);
		}
		archive_add(archive, "o", AT("04", "a"), strlen(AT("04", "a")));
		archive_end(archive);
		free(text);
		out = reads("across.tar", &notes);
		assert_string_equal(out.data, "#" AT("04", "a") "#traffic\n" AT("05", "b"));
		buf_clear(&out);
		assert_int_equal(notes.count, 0);
	}
}

/* Members in no order are read in at most 64 passes by time, then in the archive's own order. */
static void test_passes(void **state)
{
	struct archive *archive = archive_begin("back.tar", archive_write_set_format_ustar,
	                                        archive_write_add_filter_none);
	struct buf wanted;
	char line[80], name[16];

	(void)state;
	for (unsigned i = 70; i-- > 0;) {
		snprintf(line, sizeof line, "2026-11-28T%02u:%02u:00.000+00:00 WARNING: %u\n", i / 60,
		         i % 60, i);
		snprintf(name, sizeof name, "m%u", i);
		archive_add(archive, name, line, strlen(line));
	}
	archive_end(archive);
	buf_init(&wanted);
	for (unsigned k = 0; k < 70; k++) {
		unsigned i = k < 64 ? k : 69 - (k - 64);

		buf_printf(&wanted, "#2026-11-28T%02u:%02u:00.000+00:00 WARNING: %u\n", i / 60, i % 60, i);
	}
	expect("back.tar", wanted.data);
	buf_clear(&wanted);
}

/* --- what cannot be read ----------------------------------------------------------------------- */

static void test_most_members(void **state)
{
	struct archive *archive = archive_begin("many.tar", archive_write_set_format_ustar,
	                                        archive_write_add_filter_none);
	struct names notes = { 0 };
	struct buf out;
	size_t lines = 0;

	(void)state;
	for (int i = 0; i < 10002; i++)
		archive_add(archive, "m", AT("01", "a"), strlen(AT("01", "a")));
	archive_end(archive);
	out = reads("many.tar", &notes);
	for (const char *p = out.data; (p = strchr(p, '#')) != NULL; p++)
		lines++;
	assert_int_equal(lines, 10000);
	assert_int_equal(notes.count, 1);
	assert_int_equal(noted(&notes, "many.tar: more than 10,000 members with lines of a log: the "
	                               "rest was not read"),
	                 1);
	buf_clear(&out);
	names_clear(&notes);
}

/* What is cut, as by a download that broke off, is read up to there, and said. */
static void test_cut(void **state)
{
	static const struct {
		const char *name;
		int (*format)(struct archive *), (*filter)(struct archive *);
	} rows[] = {
		{ "a.tar", archive_write_set_format_ustar, archive_write_add_filter_none },
		{ "b.gz", archive_write_set_format_raw, archive_write_add_filter_gzip },
		{ "c.tar.gz", archive_write_set_format_ustar, archive_write_add_filter_gzip },
	};
	char *text = mem_alloc(600000);
	uint32_t next = 1;

	(void)state;
	memcpy(text, AT("01", "first"), strlen(AT("01", "first")));
	for (size_t i = strlen(AT("01", "first")); i < 600000; i++) {
		next = next * 1664525 + 1013904223; /* so that it does not shrink */
		text[i] = i % 80 == 0 ? '\n' : (char)('A' + (next >> 24) % 50);
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct archive *archive = archive_begin("whole", rows[i].format, rows[i].filter);
		struct names notes = { 0 };
		struct buf bytes, out, wanted;
		size_t cut;

		archive_add(archive, "m", text, 600000);
		archive_end(archive);
		bytes = bytes_of("whole");
		cut = bytes.len / 2;
		write_file(rows[i].name, bytes.data, cut);
		buf_clear(&bytes);
		out = reads(rows[i].name, &notes);
		write_file("plain", text, i == 0 ? cut - 512 : 160000); /* POSIX ustar: a header of 512 */
		wanted = reads("plain", &notes);
		if (i == 0)
			assert_int_equal(out.len, wanted.len);
		if (out.len < wanted.len || memcmp(out.data, wanted.data, wanted.len - 1) != 0)
			fail_msg("%s: %zu bytes", rows[i].name, out.len);
		assert_true(notes.count == 1 || notes.count == 2);
		assert_int_equal(noted(&notes, rows[i].name), notes.count);
		buf_clear(&wanted);
		buf_clear(&out);
		names_clear(&notes);
	}
	free(text);
}

/* At most 100 notes, of an archive whose members are packed badly. */
static void test_bad_members(void **state)
{
	struct archive *archive = archive_begin("bad.tar", archive_write_set_format_ustar,
	                                        archive_write_add_filter_none);
	static const char bad[] = "PK\x03\x04this is no zip archive at all";
	struct names notes = { 0 };
	struct buf out, bytes, list, wanted;

	(void)state;
	archive_add(archive, "m.zip", bad, sizeof bad - 1);
	archive_add(archive, "n.zip", bad, sizeof bad - 1);
	archive_add(archive, "o", AT("01", "a"), strlen(AT("01", "a")));
	archive_end(archive);
	out = reads("bad.tar", &notes);
	assert_string_equal(out.data, "#" AT("01", "a"));
	assert_int_equal(notes.count, 1); /* of one file, the same twice */
	assert_int_equal(noted(&notes, "/bad.tar: some of it cannot be read"), 1);
	buf_clear(&out);
	names_clear(&notes);
	bytes = bytes_of("bad.tar");
	buf_init(&list);
	buf_init(&wanted);
	for (int i = 0; i < 105; i++) {
		char name[20];

		snprintf(name, sizeof name, "bad%d.tar", i);
		write_file(name, bytes.data, bytes.len);
		buf_printf(&list, "%s%s", i > 0 ? " " : "", name);
		buf_puts(&wanted, "#" AT("01", "a"));
	}
	out = reads(list.data, &notes);
	assert_string_equal(out.data, wanted.data);
	assert_int_equal(notes.count, 100);
	names_clear(&notes);
	buf_clear(&out);
	buf_clear(&bytes);
	buf_clear(&list);
	buf_clear(&wanted);
}

static void test_faults(void **state)
{
	volatile sig_atomic_t stop = 1;
	struct names files = { 0 }, notes = { 0 };
	struct fault fault = { 0 };
	char *path = path_of("none");
	struct buf out;

	(void)state;
	buf_init(&out);
	names_add(&files, path);
	assert_int_equal(log_read(&files, transcribe, &out, &notes, NULL, &fault), -1);
	assert_int_equal(fault.code, FAULT_FILE);
	assert_non_null(strstr(fault.text, path));
	names_clear(&files);
	free(path);
	path = path_of("stop");
	write_text("stop", D "a\n");
	names_add(&files, path);
	assert_int_equal(log_read(&files, transcribe, &out, &notes, &stop, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(out.len, 0);
	stop = 0;
	assert_int_equal(log_read(&files, transcribe, &out, &notes, &stop, &fault), 0);
	assert_string_equal(out.data, "#" D "a\n");
	names_clear(&files);
	names_clear(&notes);
	free(path);
	buf_clear(&out);
}

/* Standard input is read once, whatever it is: a pipe cannot be read twice. */
static void test_standard_input(void **state)
{
	int ends[2], kept = dup(STDIN_FILENO);
	struct buf text, wanted;
	char *path;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], AT("02", "a"), strlen(AT("02", "a"))), strlen(AT("02", "a")));
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	write_text("early", AT("01", "early"));
	expect("- early", "#" AT("01", "early") "#" AT("02", "a"));
	/* more than is read at once */
	buf_init(&text);
	buf_init(&wanted);
	buf_puts(&wanted, "#");
	for (unsigned i = 0; i < 8000; i++) {
		buf_printf(&text, "2026-11-28T10:00:00.000+00:00 x traffic_server[1]: %u\n", i);
		buf_printf(&wanted, "2026-11-28T10:00:00.000+00:00 x traffic_server[1]: %u\n", i);
	}
	write_file("large", text.data, text.len);
	path = path_of("large");
	ends[0] = open(path, O_RDONLY);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	expect("-", wanted.data);
	free(path);
	buf_clear(&text);
	buf_clear(&wanted);
	dup2(kept, STDIN_FILENO);
	close(kept);
}

/* What reaches standard input while it is read: a handler writes it, which interrupts read(2) at
 * each tick of a timer. The last that it does is to close the pipe, or to ask for the end. */
static volatile sig_atomic_t ticks, stop_asked;
static int pipe_end;
static bool stop_rather;

static void tick(int number)
{
	static const char line[] = AT("02", "a");

	(void)number;
	ticks = ticks + 1;
	if (ticks == 3)
		(void)!write(pipe_end, line, sizeof line - 1);
	if (ticks == 6 && stop_rather)
		stop_asked = 1;
	else if (ticks == 6)
		close(pipe_end);
}

static void test_interrupted_input(void **state)
{
	static const struct itimerval often = { { 0, 20000 }, { 0, 20000 } }, never = { 0 };
	struct sigaction action, before; /* no SA_RESTART */
	int kept = dup(STDIN_FILENO);

	(void)state;
	memset(&action, 0, sizeof action);
	action.sa_handler = tick;
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	for (int stops = 0; stops < 2; stops++) {
		struct names files = { 0 }, notes = { 0 };
		struct fault fault = { 0 };
		struct buf out;
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		buf_init(&out);
		names_add(&files, "-");
		ticks = stop_asked = 0;
		pipe_end = ends[1];
		stop_rather = stops;
		assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
		assert_int_equal(log_read(&files, transcribe, &out, &notes, &stop_asked, &fault),
		                 stops ? -1 : 0);
		assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
		assert_int_equal(fault.code, stops ? FAULT_LIMIT : FAULT_NONE);
		assert_string_equal(out.data, stops ? "" : "#" AT("02", "a"));
		if (stops)
			close(ends[1]);
		names_clear(&files);
		buf_clear(&out);
	}
	sigaction(SIGALRM, &before, NULL);
	dup2(kept, STDIN_FILENO);
	close(kept);
}

/* read(2) of a folder fails with EISDIR. */
static void test_unreadable_input(void **state)
{
	struct names files = { 0 }, notes = { 0 };
	int kept = dup(STDIN_FILENO), directory = open(folder, O_RDONLY);
	struct fault fault = { 0 };
	struct buf out;

	(void)state;
	dup2(directory, STDIN_FILENO);
	close(directory);
	buf_init(&out);
	names_add(&files, "-");
	assert_int_equal(log_read(&files, transcribe, &out, &notes, NULL, &fault), -1);
	assert_int_equal(fault.code, FAULT_FILE);
	assert_string_equal(fault.text, "cannot read standard input: Is a directory");
	assert_int_equal(out.len, 0);
	names_clear(&files);
	buf_clear(&out);
	dup2(kept, STDIN_FILENO);
	close(kept);
}

/* No room for the copy: of what a stdio buffer holds it is seen when that is written, of more at
 * once. */
static void test_no_room_for_input(void **state)
{
	static const size_t lengths[] = { 1000, 600000 };
	int kept = dup(STDIN_FILENO);

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct names files = { 0 }, notes = { 0 };
		char *text = mem_zalloc(lengths[i]), *path = path_of("input");
		struct fault fault = { 0 };
		struct rlimit limit, before;
		struct buf out;
		int fd, rc;

		write_file("input", text, lengths[i]);
		fd = open(path, O_RDONLY);
		dup2(fd, STDIN_FILENO);
		close(fd);
		buf_init(&out);
		names_add(&files, "-");
		assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
		limit = before;
		limit.rlim_cur = 100;
		signal(SIGXFSZ, SIG_IGN); /* setrlimit(2): write(2) fails with EFBIG then */
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		rc = log_read(&files, transcribe, &out, &notes, NULL, &fault);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		signal(SIGXFSZ, SIG_DFL);
		assert_int_equal(rc, -1);
		assert_int_equal(fault.code, FAULT_FILE);
		assert_string_equal(fault.text,
		                    "cannot keep a copy of standard input: File too large");
		assert_int_equal(out.len, 0);
		names_clear(&files);
		buf_clear(&out);
		free(path);
		free(text);
	}
	dup2(kept, STDIN_FILENO);
	close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_frames),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_newest_first),
		cmocka_unit_test(test_room_to_turn),
		cmocka_unit_test(test_order_of_files),
		cmocka_unit_test(test_head_of_packed),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_archives),
		cmocka_unit_test(test_look_across_blocks),
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_most_members),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bad_members),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_interrupted_input),
		cmocka_unit_test(test_unreadable_input),
		cmocka_unit_test(test_no_room_for_input),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
