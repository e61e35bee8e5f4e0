/* SPDX-License-Identifier: MIT */
/* Each file is opened at least twice: once to see which members may hold lines and when each
 * begins, then, the oldest member first, for the lines. So rotated files may come in any order
 * without being held in memory. An archive can be read in its own order only: members that follow
 * each other in time as well are read in one pass, and there are so many passes at most. */
#include "config.h"

#include "base/mem.h"
#include "base/safe.h"
#include "log/line.h"
#include "log/read.h"
#include "log/turn.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BLOCK = 256 << 10,
	RECORD_MOST = 64 << 10,
	MEMBERS_MOST = 10000,
	DEPTH = 2,
	PASSES_MOST = 64,
	BOMB_RATIO = 500,
	OVERLAP = 32
};
#define BYTES_MOST ((uint64_t)64 << 30) /* unpacked, in all */
#define BOMB_LEAST \
	((uint64_t)1 << 30) /* of what is unpacked from one file; logs shrink to a tenth or so,    \
	                       never to a BOMB_RATIOth */

struct part { /* a member of a file, of a file in it */
	size_t file;
	size_t path[DEPTH]; /* numbers of members; behind one that is no archive of no meaning */
	int64_t time_ms;
	bool raw;           /* no archive, whatever its first bytes look like */
	bool newest_first;  /* as web pages list lines */
};

struct run { /* parts of one file, in its own order: one pass */
	const struct part *next, *end;
};

struct reading {
	const struct names *files;
	void (*fn)(void *arg, const char *text, size_t len, bool wrapped);
	void *arg;
	struct names *notes;
	const volatile sig_atomic_t *stop;
	struct fault *fault;
	FILE *standard_input; /* copied, since it is read twice */
	struct part *parts;
	size_t part_count;
	struct archive *outer;      /* the open file */
	uint64_t bytes, file_bytes; /* unpacked: in all, and of the open file */
	bool full;                  /* a limit was met: no more of this file */
	char *record;
	size_t record_len;
	bool record_wrapped;
	struct turn *turn;          /* of a file whose newest lines come first; else NULL */
	bool turn_full;
};

/* --- lines ------------------------------------------------------------------------------------ */

static void flush_record(struct reading *r)
{
	if (r->record_len > 0 && r->turn == NULL)
		r->fn(r->arg, r->record, r->record_len, r->record_wrapped);
	else if (r->record_len > 0 && !r->turn_full)
		r->turn_full = !turn_add(r->turn, r->record, r->record_len, r->record_wrapped);
	r->record_len = 0;
	r->record_wrapped = false;
}

/* A record that has only its frame yet goes on, even with what looks like a beginning. */
static bool is_bare(const struct reading *r)
{
	return r->record_len < 512 && isdigit((unsigned char)r->record[0]) &&
	       memmem(r->record, r->record_len, "traffic_server", 14) != NULL &&
	       memmem(r->record, r->record_len, "UTCTime", 7) == NULL &&
	       memmem(r->record, r->record_len, "WARNING", 7) == NULL &&
	       memmem(r->record, r->record_len, "ERROR", 5) == NULL;
}

/* What is not text was not broken off a line. The byte behind it goes on no character. */
static bool is_text(const char *text, size_t len)
{
	uint32_t code;

	for (size_t i = 0, n; i < len; i += n) {
		n = safe_decode(text + i, &code);
		if (n == 0 || (code < ' ' && code != '\t') || code == '\x7f')
			return false;
	}
	return true;
}

/* Behind it stands the end of a line, or a zero. */
static void take_line(struct reading *r, const char *text, size_t len)
{
	size_t room;

	while (len > 0 && (text[len - 1] == '\r' || text[len - 1] == '\n'))
		len--;
	while (len > 1 && text[0] == '>' && text[1] == ' ') /* quoted in a mail */
		text += 2, len -= 2;
	if (len == 0)
		return;
	if (r->record_len > 0 && !line_begins(text, len) && !is_text(text, len)) {
		flush_record(r);
		return;
	}
	if (r->record_len == 0 || *text == '|' || r->record[0] == '|' ||
	    (line_begins(text, len) && (!is_bare(r) || isdigit((unsigned char)*text)))) {
		flush_record(r);
	} else {
		r->record_wrapped = true;
	}
	room = RECORD_MOST - r->record_len;
	len = len < room ? len : room;
	memcpy(r->record + r->record_len, text, len);
	r->record_len += len;
}

/* The next line that is whole goes on without a copy; the rest waits in carry, as far as there is
 * room for it. */
struct carry {
	char *text; /* owned; RECORD_MOST bytes, and a zero */
	size_t len;
};

static void take_block(struct reading *r, struct carry *carry, const char *text, size_t len)
{
	while (len > 0) {
		size_t n, room = RECORD_MOST - carry->len;
		const char *end;

		if (carry->len == 0 && *text == '\0') { /* preallocated, not yet written */
			text++, len--;
			continue;
		}
		end = memchr(text, '\n', len);
		n = end == NULL ? len : (size_t)(end - text) + 1;
		if (end != NULL && carry->len == 0) {
			take_line(r, text, n);
		} else {
			room = n < room ? n : room;
			memcpy(carry->text + carry->len, text, room);
			carry->len += room;
			if (end != NULL) {
				take_line(r, carry->text, carry->len);
				carry->len = 0;
			}
		}
		text += n;
		len -= n;
	}
}

/* --- archives --------------------------------------------------------------------------------- */

static bool stopped(struct reading *r)
{
	return r->stop != NULL && *r->stop;
}

/* libarchive does not say it of everything: gzip that ends within its first block has no text. */
static const char *error_of(struct archive *archive)
{
	const char *text = archive_error_string(archive);

	return text != NULL ? text : "it is damaged, or ends too soon";
}

/* what: NULL where libarchive does not say why. */
static void note(struct reading *r, size_t file, const char *what)
{
	char *text = mem_printf("%s: %s", r->files->items[file],
	                        what == NULL ? "some of it cannot be read" : what);

	if (r->notes->count < 100)
		names_add(r->notes, text); /* once, though files are read twice */
	free(text);
}

static struct archive *archive_of(bool raw_alone)
{
	struct archive *archive = archive_read_new();

	if (archive == NULL)
		abort(); /* out of memory */
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_compress(archive);
	archive_read_support_filter_lzma(archive);
	if (!raw_alone) {
		archive_read_support_format_tar(archive);
		archive_read_support_format_zip(archive);
	}
	archive_read_support_format_raw(archive);
	archive_read_support_format_empty(archive);
	return archive;
}

static int open_file(struct reading *r, size_t file, struct archive *archive)
{
	const char *path = r->files->items[file];
	int fd;

	if (strcmp(path, "-") != 0)
		return archive_read_open_filename(archive, path, BLOCK);
	fd = fileno(r->standard_input);
	lseek(fd, 0, SEEK_SET);
	return archive_read_open_fd(archive, fd, BLOCK);
}

/* The next bytes of a member, which libarchive owns; 0 at its end, below that on an error. Not by
 * archive_read_data(), which keeps back what it has when the file is cut in the middle of what it
 * was asked for. The holes of a sparse file, which hold no text, are left out. */
static la_ssize_t next_data(struct archive *archive, const char **data)
{
	const void *block;
	la_int64_t offset;
	size_t size;
	int rc;

	do
		rc = archive_read_data_block(archive, &block, &size, &offset);
	while ((rc == ARCHIVE_OK || rc == ARCHIVE_WARN) && size == 0);
	*data = block;
	return rc == ARCHIVE_EOF                        ? 0
	       : rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? (la_ssize_t)size
	                                                : -1;
}

/* What an inner archive is read from: the data of an outer one's member. */
static la_ssize_t read_inner(struct archive *archive, void *outer, const void **block)
{
	const char *data;
	la_ssize_t n = next_data(outer, &data);

	if (n < 0)
		archive_set_error(archive, archive_errno(outer), "%s", error_of(outer));
	*block = data;
	return n;
}

/* More of a file than there can be: what is left is not read. All that came out of the file is set
 * against all that was read of it: an archive in it is but a part of either. */
static bool too_much(struct reading *r, size_t file, size_t n)
{
	r->bytes += n;
	r->file_bytes += n;
	r->full = true;
	if (r->bytes > BYTES_MOST)
		note(r, file, "more than 64 GiB of text in all: the rest was not read");
	else if (r->file_bytes > BOMB_LEAST &&
	         r->file_bytes / BOMB_RATIO > (uint64_t)archive_filter_bytes(r->outer, -1))
		note(r, file,
		     "unpacks to more than 500 times its size, as no log does: the rest was not read");
	else
		r->full = false;
	return r->full;
}

static int64_t first_time(const char *text, size_t len)
{
	int64_t ms = 0;

	for (const char *p = text, *end; p < text + len && ms == 0; p = end + 1) {
		end = memchr(p, '\n', (size_t)(text + len - p));
		end = end == NULL ? text + len : end;
		while (p < end && *p == '\0')
			p++;
		ms = line_time(p, (size_t)(end - p));
	}
	return ms;
}

/* Does a member hold anything of interest, and when does it begin? What is no archive is read
 * anyway: its first block will do, which is of 64 KiB at least. */
static bool look(struct reading *r, struct archive *archive, size_t file, bool alone,
                 struct part *part)
{
	char seam[2 * OVERLAP];
	size_t kept = 0;
	bool matters = alone;
	const char *data;
	la_ssize_t n;

	*part = (struct part){ .file = file };
	while (!stopped(r) && (n = next_data(archive, &data)) > 0) {
		size_t len = (size_t)n, head = len < OVERLAP ? len : OVERLAP;

		if (part->time_ms == 0) {
			part->time_ms = first_time(data, len);
			part->newest_first = turn_newest_first(data, len, &part->time_ms);
		}
		if (alone || too_much(r, file, len))
			break;
		memcpy(seam + kept, data, head);
		matters = matters || line_matters(seam, kept + head) || line_matters(data, len);
		if (matters && part->time_ms != 0)
			break;
		kept = head;
		memcpy(seam, data + len - kept, kept);
	}
	return matters;
}

static void read_lines(struct reading *r, struct archive *archive, size_t file, bool newest_first)
{
	struct carry carry = { .text = mem_zalloc(RECORD_MOST + 1) };
	const char *data;
	la_ssize_t n;

	r->fn(r->arg, NULL, 0, false);
	r->turn = newest_first ? turn_new() : NULL;
	r->turn_full = false;
	while (!stopped(r) && (n = next_data(archive, &data)) != 0) {
		if (n < 0)
			note(r, file, archive_error_string(archive));
		if (n < 0 || too_much(r, file, (size_t)n))
			break;
		take_block(r, &carry, data, (size_t)n);
	}
	carry.text[carry.len] = '\0';
	if (carry.len > 0)
		take_line(r, carry.text, carry.len);
	flush_record(r);
	if (newest_first)
		turn_end(r->turn, r->fn, r->arg);
	r->turn = NULL;
	if (r->turn_full)
		note(r, file,
		     "its newest lines come first, and there are too many to turn round: the oldest were not read");
	free(carry.text);
}

static bool is_packed(const char *name)
{
	static const char *const endings[] = { ".gz",  ".xz",  ".bz2", ".zst", ".tar",
		                               ".tgz", ".zip", ".txz", ".Z" };
	const char *ending = name == NULL ? NULL : strrchr(name, '.');

	for (size_t i = 0; ending != NULL && i < sizeof endings / sizeof *endings; i++)
		if (strcmp(ending, endings[i]) == 0)
			return true;
	return false;
}

static void add_part(struct reading *r, size_t file, const size_t *path, bool raw,
                     const struct part *seen)
{
	if (r->part_count == MEMBERS_MOST) {
		note(r, file,
		     "more than 10,000 members with lines of a log: the rest was not read");
		return;
	}
	r->parts = mem_grow(r->parts, r->part_count, sizeof *r->parts);
	r->parts[r->part_count++] =
		(struct part){ file, { path[0], path[1] }, seen->time_ms, raw, seen->newest_first };
}

/* Is it, or is in it, what is to be read next? */
static bool wanted_here(const struct run *run, const size_t *path, size_t depth)
{
	for (size_t i = 0; i <= depth; i++)
		if (run->next == run->end || run->next->path[i] != path[i])
			return false;
	return true;
}

static void walk(struct reading *r, struct archive *archive, size_t file, size_t depth,
                 size_t *path, struct run *run);

static void walk_within(struct reading *r, struct archive *archive, size_t file, size_t depth,
                        size_t *path, struct run *run)
{
	struct archive *within = archive_of(false);

	if (archive_read_open(within, archive, NULL, read_inner, NULL) == ARCHIVE_OK)
		walk(r, within, file, depth + 1, path, run);
	else if (run == NULL)
		note(r, file, archive_error_string(within));
	archive_read_free(within);
}

/* Walks the members of an archive: run NULL lists them all, else it is the members whose lines are
 * handed on. */
static void walk(struct reading *r, struct archive *archive, size_t file, size_t depth,
                 size_t *path, struct run *run)
{
	struct archive_entry *entry;
	int rc = ARCHIVE_OK;
	struct part seen;

	for (path[depth] = 0; !stopped(r) && !r->full && (run == NULL || run->next < run->end);
	     path[depth]++) {
		rc = archive_read_next_header(archive, &entry);
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			break;
		bool raw = archive_format(archive) == ARCHIVE_FORMAT_RAW;

		if ((run != NULL && !wanted_here(run, path, depth)) ||
		    (archive_entry_filetype(entry) != AE_IFREG && !raw))
			continue;
		if (depth + 1 < DEPTH && is_packed(archive_entry_pathname(entry)) && !raw) {
			walk_within(r, archive, file, depth, path, run);
		} else if (run != NULL) {
			read_lines(r, archive, file, run->next->newest_first);
			run->next++;
		} else if (look(r, archive, file, raw && depth == 0, &seen)) {
			add_part(r, file, path, raw && depth == 0, &seen);
		}
	}
	if (run == NULL && rc != ARCHIVE_OK && rc != ARCHIVE_WARN && rc != ARCHIVE_EOF)
		note(r, file, archive_error_string(archive));
}

static int walk_file(struct reading *r, size_t file, bool raw, struct run *run)
{
	struct archive *archive = archive_of(raw);
	size_t path[DEPTH] = { 0 };
	bool empty;
	int rc = 0;

	r->file_bytes = 0;
	r->full = false;
	r->outer = archive;
	if (open_file(r, file, archive) != ARCHIVE_OK)
		rc = fault_set(r->fault, FAULT_FILE, "cannot read %.200s: %.200s",
		               r->files->items[file], error_of(archive));
	else
		walk(r, archive, file, 0, path, run);
	/* Zeros alone are an empty tar archive: is it a log that was preallocated, and begins
	 * behind them? */
	empty = run == NULL && !raw && path[0] == 0;
	archive_read_free(archive);
	return rc == 0 && empty && !stopped(r) ? walk_file(r, file, true, NULL) : rc;
}

static int by_time(const void *left, const void *right)
{
	const struct part *a = left, *b = right;
	int order = COMPARE(a->time_ms, b->time_ms);

	order = order ?: COMPARE(a->file, b->file);
	for (size_t i = 0; order == 0 && i < DEPTH; i++)
		order = COMPARE(a->path[i], b->path[i]);
	return order;
}

static int by_place(const void *left, const void *right)
{
	struct part a = *(const struct part *)left, b = *(const struct part *)right;

	a.time_ms = b.time_ms = 0;
	return by_time(&a, &b);
}

/* The oldest first, in as few passes as that takes; an archive whose members are in no order is
 * read in its own in the end. */
static int read_parts(struct reading *r)
{
	size_t passes = 0;
	int rc = 0;

	mem_sort(r->parts, r->part_count, sizeof *r->parts, by_time);
	for (size_t i = 0, j; i < r->part_count && rc == 0; i = j) {
		if (passes++ == PASSES_MOST)
			qsort(r->parts + i, r->part_count - i, sizeof *r->parts, by_place);
		for (j = i + 1; j < r->part_count && r->parts[j].file == r->parts[i].file &&
		                by_place(&r->parts[j - 1], &r->parts[j]) < 0;)
			j++;
		rc = walk_file(r, r->parts[i].file, r->parts[i].raw,
		               &(struct run){ r->parts + i, r->parts + j });
	}
	return rc;
}

static int copy_standard_input(struct reading *r)
{
	char *block = mem_alloc(BLOCK);
	int rc = 0;
	ssize_t n;

	r->standard_input = tmpfile();
	if (r->standard_input == NULL)
		rc = fault_set(r->fault, FAULT_FILE, "cannot keep a copy of standard input: %s",
		               strerror(errno));
	while (rc == 0 && !stopped(r) && (n = read(STDIN_FILENO, block, BLOCK)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			rc = fault_set(r->fault, FAULT_FILE, "cannot read standard input: %s",
			               strerror(errno));
		else if (fwrite(block, (size_t)n, 1, r->standard_input) != 1)
			rc = fault_set(r->fault, FAULT_FILE,
			               "cannot keep a copy of standard input: %s", strerror(errno));
	}
	if (rc == 0 && fflush(r->standard_input) != 0)
		rc = fault_set(r->fault, FAULT_FILE, "cannot keep a copy of standard input: %s",
		               strerror(errno));
	free(block);
	return rc;
}

int log_read(const struct names *files,
             void (*fn)(void *arg, const char *text, size_t len, bool wrapped), void *arg,
             struct names *notes, const volatile sig_atomic_t *stop, struct fault *fault)
{
	struct reading r = {
		.files = files, .fn = fn, .arg = arg, .notes = notes, .stop = stop, .fault = fault
	};
	int rc = 0;

	r.record = mem_alloc(RECORD_MOST);
	for (size_t i = 0; i < files->count && rc == 0; i++)
		if (strcmp(files->items[i], "-") == 0 && r.standard_input == NULL)
			rc = copy_standard_input(&r);
	for (size_t i = 0; i < files->count && rc == 0; i++)
		rc = walk_file(&r, i, false, NULL);
	r.bytes = 0;
	if (rc == 0)
		rc = read_parts(&r);
	if (rc == 0 && stopped(&r))
		rc = fault_set(fault, FAULT_LIMIT, "stopped before the logs were read");
	if (r.standard_input != NULL)
		fclose(r.standard_input);
	free(r.parts);
	free(r.record);
	return rc;
}
