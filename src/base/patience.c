/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/patience.h"

#include <stdlib.h>

bool patience_over(const struct patience *patience)
{
	return (patience->stop != NULL && *patience->stop != 0) ||
	       (patience->deadline_ms != 0 && clock_mono_ms() >= patience->deadline_ms);
}

int64_t patience_left_ms(const struct patience *patience, int64_t most_ms)
{
	int64_t left;

	if (patience_over(patience))
		return 0;
	if (patience->deadline_ms == 0)
		return most_ms;
	left = patience->deadline_ms - clock_mono_ms();
	return left < 0 ? 0 : left < most_ms ? left : most_ms;
}

void patience_tell(const struct patience *patience, const char *stage, size_t done, size_t all)
{
	if (patience->tell != NULL)
		patience->tell(patience->arg, stage, done, all);
}

void patience_note(const struct patience *patience, const char *format, ...)
{
	va_list ap;
	char *line;

	if (patience->note == NULL)
		return;
	va_start(ap, format);
	line = mem_vprintf(format, ap);
	va_end(ap);
	patience->note(patience->arg, line);
	free(line);
}
