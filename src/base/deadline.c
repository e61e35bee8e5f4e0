/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/deadline.h"

#include <stdlib.h>

bool deadline_over(const struct deadline *deadline)
{
	if (deadline->pulse != NULL) /* whoever asks for the time is alive */
		deadline->pulse->beats++;
	return (deadline->stop != NULL && *deadline->stop != 0) ||
	       (deadline->at_ms != 0 && clock_mono_ms() >= deadline->at_ms);
}

int64_t deadline_left_ms(const struct deadline *deadline, int64_t most_ms)
{
	int64_t left;

	if (deadline_over(deadline))
		return 0;
	if (deadline->at_ms == 0)
		return most_ms;
	left = deadline->at_ms - clock_mono_ms();
	return left < 0 ? 0 : left < most_ms ? left : most_ms;
}

void deadline_tell(const struct deadline *deadline, const char *stage, size_t done, size_t all)
{
	if (deadline->tell != NULL)
		deadline->tell(deadline->arg, stage, done, all);
}

void deadline_found(const struct deadline *deadline, int kind, size_t index)
{
	if (deadline->found != NULL)
		deadline->found(deadline->arg, kind, index);
}

/* The index first: the kind says that it is there. */
void deadline_busy(const struct deadline *deadline, int kind, size_t index)
{
	if (deadline->pulse == NULL)
		return;
	deadline->pulse->beats++;
	deadline->pulse->busy_with = 0;
	deadline->pulse->index = index;
	deadline->pulse->busy_with = (uint32_t)kind;
}

void deadline_idle(const struct deadline *deadline)
{
	deadline_busy(deadline, 0, 0);
}

void deadline_note(const struct deadline *deadline, const char *format, ...)
{
	va_list ap;
	char *line;

	if (deadline->note == NULL)
		return;
	va_start(ap, format);
	line = mem_vprintf(format, ap);
	va_end(ap);
	deadline->note(deadline->arg, line);
	free(line);
}
