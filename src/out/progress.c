/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "out/progress.h"
#include "base/safe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	REDRAW_MS = 100,
	GUESS_AFTER_MS = 500,
	WIDTH_ASSUMED = 80,
	LINE_MOST = 256,
	LEFT_LEAST_S = 3
};

void progress_init(struct progress *progress, int fd, bool wanted)
{
	memset(progress, 0, sizeof *progress);
	progress->fd = fd;
	progress->shown = wanted;
}

/* A terminal that is gone or full is not a reason to fail or to wait: what cannot be written is not
 * written. */
static void put(const struct progress *progress, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t written = write(progress->fd, bytes, len);

		if (written <= 0)
			return;
		bytes += written;
		len -= (size_t)written;
	}
}

static size_t width_of(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : WIDTH_ASSUMED;
}

/* What is left takes as long as what was done, in proportion; said only when that is more than a
 * wild guess. */
void progress_line(char *text, size_t size, const char *stage, size_t done, size_t all,
                   int64_t elapsed_ms)
{
	int len;

	if (all == 0)
		len = snprintf(text, size, "%s ...", stage);
	else
		len = snprintf(text, size, "%s  %zu of %zu", stage, done, all);
	if (len < 0 || (size_t)len >= size)
		return;
	if (done > 0 && done < all && elapsed_ms >= GUESS_AFTER_MS) {
		double left_s = (double)elapsed_ms / 1000 * (double)(all - done) / (double)done;

		/* The last ones are the slow ones, silent nodes that run into a timeout: no guess
		 * is better than a wrong one. */
		if (left_s >= (double)LEFT_LEAST_S && (all - done) * 4 > all)
			snprintf(text + len, size - (size_t)len, ", about %.0f s left", left_s);
		else
			snprintf(text + len, size - (size_t)len, ", %lld s so far",
			         (long long)(elapsed_ms / 1000));
	}
}

static void wipe(struct progress *progress)
{
	if (progress->drawn)
		put(progress, "\r\033[K", 4);
	progress->drawn = false;
}

static void draw(struct progress *progress, const char *line)
{
	char *text = mem_printf("\r%.*s\033[K", (int)width_of(progress->fd) - 1, line);

	put(progress, text, strlen(text));
	free(text);
	progress->drawn = true;
}

void progress_tell(void *arg, const char *stage, size_t done, size_t all)
{
	struct progress *progress = arg;
	int64_t now_ms = clock_mono_ms();
	char line[LINE_MOST];
	bool fresh = strncmp(progress->stage, stage, sizeof progress->stage - 1) != 0;

	if (!progress->shown)
		return;
	if (fresh) {
		snprintf(progress->stage, sizeof progress->stage, "%s", stage);
		progress->stage_began_ms = now_ms;
	}
	if (!fresh && done < all && now_ms - progress->drawn_ms < REDRAW_MS)
		return;
	progress->drawn_ms = now_ms;
	progress_line(line, sizeof line, stage, done, all, now_ms - progress->stage_began_ms);
	draw(progress, line);
}

void progress_note(void *arg, const char *line)
{
	struct progress *progress = arg;
	struct buf text;

	wipe(progress);
	buf_init(&text);
	safe_add(&text, line);
	buf_putc(&text, '\n');
	put(progress, text.data, text.len);
	buf_clear(&text);
}

void progress_end(struct progress *progress)
{
	wipe(progress);
}
