/* SPDX-License-Identifier: MIT */
/* clock: wall time, monotonic time and their texts. Knows no deadlines: who waits how long is the
 * caller' business. */
#ifndef MRA_BASE_CLOCK_H
#define MRA_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MS_PER_S = 1000, US_PER_MS = 1000, NS_PER_US = 1000, DAY_S = 86400 };

int64_t clock_wall_s(void);  /* seconds since 1970, UTC */
int64_t clock_mono_ms(void); /* milliseconds of CLOCK_MONOTONIC */
unsigned clock_s_to_ms(unsigned s);

/* Seconds since 1970 of a proleptic Gregorian date in UTC, for any year from 0 to 9999. */
int64_t clock_from_civil(int year, int month, int day, int hour, int minute, int second);

enum { CLOCK_TEXT = 32 }; /* room for what clock_format() writes, of any time */

/* Is it of a year from 0 to 9999? No certificate names another (RFC 5280, 4.1.2.5.2), and RFC 3339
 * has four digits for it. */
bool clock_has_date(int64_t s);

/* "2026-12-01T22:00:00Z", or "@EPOCH" where the year has not four digits. */
void clock_format(int64_t s, char *text, size_t size);

/* "2026-12-01", "2026-12-01T22:00:00Z", the same with +HH:MM, or "@EPOCH"; -1 if it is none of
 * these. */
int clock_parse(const char *text, int64_t *s);

#endif
