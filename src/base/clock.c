/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t clock_wall_s(void)
{
	return (int64_t)time(NULL);
}

int64_t clock_mono_ms(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

unsigned clock_s_to_ms(unsigned s)
{
	return s * MS_PER_S;
}

/* Days since 1970-01-01; the year is counted from March, so that the leap day is its last day. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y + 400) / 400 - 1; /* y is -1 at least */
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

int64_t clock_from_civil(int year, int month, int day, int hour, int minute, int second)
{
	return days_from_civil(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
}

/* days_from_civil()'s way back; gmtime(3) ends in 2038 where time_t has 32 bits. */
static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z + 146097) / 146097 - 1; /* z is -60 at least */
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                       day_of_era / 146096) /
	                      365;
	int day_of_year =
		(int)(day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
	int month_from_march = (5 * day_of_year + 2) / 153;

	*day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
	*month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	*year = (int)(year_of_era + era * 400) + (*month <= 2);
}

bool clock_has_date(int64_t s)
{
	return s >= clock_from_civil(0, 1, 1, 0, 0, 0) &&
	       s < clock_from_civil(10000, 1, 1, 0, 0, 0);
}

void clock_format(int64_t s, char *text, size_t size)
{
	int year, month, day, second;

	if (!clock_has_date(s)) {
		snprintf(text, size, "@%lld", (long long)s);
		return;
	}
	civil_from_days(s / DAY_S - (s % DAY_S < 0), &year, &month, &day);
	second = (int)((s % DAY_S + DAY_S) % DAY_S);
	snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, second / 3600,
	         second / 60 % 60, second % 60);
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Exactly count digits, or -1. */
static int digits(const char **p, int count)
{
	int n = 0;

	for (int i = 0; i < count; i++, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return -1;
		n = n * 10 + (**p - '0');
	}
	return n;
}

static bool eat(const char **p, char c)
{
	return **p == c && (*p)++ != NULL;
}

static int parse_epoch(const char *text, int64_t *s)
{
	char *end;

	if (!isdigit((unsigned char)*text) && *text != '-')
		return -1;
	errno = 0;
	*s = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' ? 0 : -1;
}

/* "Z" or "+HH:MM" to the end of the text; seconds east of Greenwich. */
static int parse_zone(const char *p, int *east_s)
{
	int sign = *p == '-' ? -1 : 1, hour, minute;

	*east_s = 0;
	if (strcmp(p, "Z") == 0 || strcmp(p, "z") == 0)
		return 0;
	if (*p != '+' && *p != '-')
		return -1;
	p++;
	hour = digits(&p, 2);
	if (hour < 0 || hour > 23 || !eat(&p, ':'))
		return -1;
	minute = digits(&p, 2);
	if (minute < 0 || minute > 59 || *p != '\0')
		return -1;
	*east_s = sign * (hour * 3600 + minute * 60);
	return 0;
}

int clock_parse(const char *text, int64_t *s)
{
	const char *p = text;
	int year, month, day, hour = 0, minute = 0, second = 0, east_s = 0;

	if (*p == '@')
		return parse_epoch(p + 1, s);
	if ((year = digits(&p, 4)) < 0 || !eat(&p, '-') || (month = digits(&p, 2)) < 1 ||
	    month > 12 || !eat(&p, '-') || (day = digits(&p, 2)) < 1 || day > days_in(year, month))
		return -1;
	if (*p != '\0') {
		if (!eat(&p, 'T') || (hour = digits(&p, 2)) < 0 || hour > 23 || !eat(&p, ':') ||
		    (minute = digits(&p, 2)) < 0 || minute > 59 || !eat(&p, ':') ||
		    (second = digits(&p, 2)) < 0 || second > 60 || parse_zone(p, &east_s) != 0)
			return -1;
	}
	*s = clock_from_civil(year, month, day, hour, minute, second) - east_s;
	return 0;
}
