/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "pki/when.h"

struct text {
	const unsigned char *at, *end;
};

static bool two_digits(struct text *text, int *value)
{
	if (text->end - text->at < 2 || text->at[0] < '0' || text->at[0] > '9' ||
	    text->at[1] < '0' || text->at[1] > '9')
		return false;
	*value = (text->at[0] - '0') * 10 + (text->at[1] - '0');
	text->at += 2;
	return true;
}

static bool two_digits_within(struct text *text, int least, int most, int *value)
{
	return two_digits(text, value) && *value >= least && *value <= most;
}

static bool day_exists(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static bool read_year(unsigned tag, struct text *text, int *year)
{
	int century;

	if (tag == DER_UTC_TIME) {
		if (!two_digits(text, year))
			return false;
		*year += *year < 50 ? 2000 : 1900;
		return true;
	}
	if (!two_digits(text, &century) || !two_digits(text, year))
		return false;
	*year += century * 100;
	return true;
}

static bool skip_fraction(struct text *text)
{
	const unsigned char *from = ++text->at;

	while (text->at < text->end && *text->at >= '0' && *text->at <= '9')
		text->at++;
	return text->at > from;
}

/* "Z", or an offset to take off */
static bool read_zone(struct text *text, int64_t *at)
{
	int sign, hours, minutes;

	if (text->at == text->end)
		return false;
	if (*text->at == 'Z') {
		text->at++;
		return true;
	}
	sign = *text->at == '+' ? -1 : *text->at == '-' ? 1 : 0;
	text->at++;
	if (sign == 0 || !two_digits_within(text, 0, 12, &hours) ||
	    !two_digits_within(text, 0, 59, &minutes))
		return false;
	*at += sign * (hours * 3600 + minutes * 60);
	return true;
}

/* asn1_time_to_tm without its strict flag */
struct when when_read(unsigned tag, struct bytes bytes)
{
	struct when when = { false, false, 0 };
	struct text text = { bytes.at, bytes.at + bytes.len };
	int year, month, day, hour, minute, second = 0;

	if (!read_year(tag, &text, &year) || !two_digits_within(&text, 1, 12, &month) ||
	    !two_digits(&text, &day) || !day_exists(year, month, day) ||
	    !two_digits_within(&text, 0, 23, &hour) || !two_digits_within(&text, 0, 59, &minute) ||
	    text.at == text.end)
		return when;
	if (*text.at != 'Z' && *text.at != '+' && *text.at != '-' &&
	    !two_digits_within(&text, 0, 59, &second))
		return when;
	if (tag == DER_GENERALIZED_TIME && text.at < text.end && *text.at == '.' &&
	    !skip_fraction(&text))
		return when;
	when.at = clock_from_civil(year, month, day, hour, minute, second);
	when.loose = read_zone(&text, &when.at) && text.at == text.end;
	/* nothing else that is loose has this length */
	when.ok = when.loose && bytes.len == (tag == DER_UTC_TIME ? 13u : 15u);
	return when;
}
