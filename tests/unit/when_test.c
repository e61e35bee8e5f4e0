/* SPDX-License-Identifier: MIT */
/* Dates of certificates, as libcrypto 3.0 reads them: ok is X509_cmp_time, loose and the seconds are
 * ASN1_TIME_to_tm (1.1.1w has the same code). */
#include "config.h"

#include "pki/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void dates_as_libcrypto_reads_them(void **state)
{
	static const struct {
		unsigned tag;
		const char *text;
		bool ok, loose;
		int64_t at;
	} rows[] = {
		{ DER_UTC_TIME, "491231235959Z", true, true, 2524607999 },
		{ DER_UTC_TIME, "500101000000Z", true, true, -631152000 },
		{ DER_UTC_TIME, "700101000000Z", true, true, 0 },
		{ DER_UTC_TIME, "000229000000Z", true, true, 951782400 },
		{ DER_UTC_TIME, "010229000000Z", false, false, 0 },
		{ DER_UTC_TIME, "040229000000Z", true, true, 1078012800 },
		{ DER_UTC_TIME, "991231235959Z", true, true, 946684799 },
		{ DER_UTC_TIME, "700001000000Z", false, false, 0 },
		{ DER_UTC_TIME, "701301000000Z", false, false, 0 },
		{ DER_UTC_TIME, "700100000000Z", false, false, 0 },
		{ DER_UTC_TIME, "700132000000Z", false, false, 0 },
		{ DER_UTC_TIME, "700431000000Z", false, false, 0 },
		{ DER_UTC_TIME, "700430000000Z", true, true, 10281600 },
		{ DER_UTC_TIME, "700101240000Z", false, false, 0 },
		{ DER_UTC_TIME, "700101230000Z", true, true, 82800 },
		{ DER_UTC_TIME, "700101006000Z", false, false, 0 },
		{ DER_UTC_TIME, "700101005900Z", true, true, 3540 },
		{ DER_UTC_TIME, "700101000060Z", false, false, 0 },
		{ DER_UTC_TIME, "700101000059Z", true, true, 59 },
		{ DER_UTC_TIME, "7001010000Z", false, true, 0 },
		{ DER_UTC_TIME, "7001010000", false, false, 0 },
		{ DER_UTC_TIME, "700101000000", false, false, 0 },
		{ DER_UTC_TIME, "70010100000Z", false, false, 0 },
		{ DER_UTC_TIME, "700101000000+0100", false, true, -3600 },
		{ DER_UTC_TIME, "700101000000-0130", false, true, 5400 },
		{ DER_UTC_TIME, "700101000000+1200", false, true, -43200 },
		{ DER_UTC_TIME, "700101000000+0030", false, true, -1800 },
		{ DER_UTC_TIME, "700101000000+1300", false, false, 0 },
		{ DER_UTC_TIME, "700101000000-1159", false, true, 43140 },
		{ DER_UTC_TIME, "700101000000+0060", false, false, 0 },
		{ DER_UTC_TIME, "7001010000+0100", false, true, -3600 },
		{ DER_UTC_TIME, "700101000000.5Z", false, false, 0 },
		{ DER_UTC_TIME, "700101000000ZZ", false, false, 0 },
		{ DER_UTC_TIME, "700101000000+01", false, false, 0 },
		{ DER_UTC_TIME, "700101000000*0100", false, false, 0 },
		{ DER_UTC_TIME, "/00101000000Z", false, false, 0 },
		{ DER_UTC_TIME, ":00101000000Z", false, false, 0 },
		{ DER_UTC_TIME, "7/0101000000Z", false, false, 0 },
		{ DER_UTC_TIME, "7:0101000000Z", false, false, 0 },
		{ DER_UTC_TIME, "7", false, false, 0 },
		{ DER_UTC_TIME, "70010100000000Z", false, false, 0 },
		{ DER_UTC_TIME, "700101000000Y", false, false, 0 },
		{ DER_GENERALIZED_TIME, "19700101000000Z", true, true, 0 },
		{ DER_GENERALIZED_TIME, "20000229000000Z", true, true, 951782400 },
		{ DER_GENERALIZED_TIME, "19000229000000Z", false, false, 0 },
		{ DER_GENERALIZED_TIME, "21000229000000Z", false, false, 0 },
		{ DER_GENERALIZED_TIME, "24000229000000Z", true, true, 13574563200 },
		{ DER_GENERALIZED_TIME, "20240229000000Z", true, true, 1709164800 },
		{ DER_GENERALIZED_TIME, "20230229000000Z", false, false, 0 },
		{ DER_GENERALIZED_TIME, "20491231235959Z", true, true, 2524607999 },
		{ DER_GENERALIZED_TIME, "00010101000000Z", true, true, -62135596800 },
		{ DER_GENERALIZED_TIME, "99991231235959Z", true, true, 253402300799 },
		{ DER_GENERALIZED_TIME, "19700101000000.5Z", false, true, 0 },
		{ DER_GENERALIZED_TIME, "19700101000000.Z", false, false, 0 },
		{ DER_GENERALIZED_TIME, "19700101000000.0123456789Z", false, true, 0 },
		{ DER_GENERALIZED_TIME, "197001010000.5Z", false, false, 0 },
		{ DER_GENERALIZED_TIME, "197001010000Z", false, true, 0 },
		{ DER_GENERALIZED_TIME, "19700101000000.5", false, false, 0 },
		{ DER_GENERALIZED_TIME, "19700101000000.5+0100", false, true, -3600 },
		{ DER_GENERALIZED_TIME, "19700101000000+0100", false, true, -3600 },
		{ DER_GENERALIZED_TIME, "197001010000000Z", false, false, 0 },
		{ DER_GENERALIZED_TIME, "1970010100000Z", false, false, 0 },
		{ DER_GENERALIZED_TIME, "197", false, false, 0 },
		{ DER_GENERALIZED_TIME, "19", false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes text = { (const unsigned char *)rows[i].text, strlen(rows[i].text) };
		struct when when = when_read(rows[i].tag, text);

		if (when.ok != rows[i].ok || when.loose != rows[i].loose ||
		    (when.loose && when.at != rows[i].at))
			fail_msg("%s: %d %d %lld", rows[i].text, when.ok, when.loose,
			         (long long)when.at);
	}
}

/* Each month's last day, and the day behind it; 1 January 2023 is 1672531200 (date -u). */
static void months_have_their_days(void **state)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t at = 1672531200;

	(void)state;
	for (int month = 1; month <= 12; month++)
		for (int day = 1; day <= 32; day++) {
			char text[16];
			struct bytes bytes = { (const unsigned char *)text, 13 };
			struct when when;

			snprintf(text, sizeof text, "23%02d%02d000000Z", month, day);
			when = when_read(DER_UTC_TIME, bytes);
			assert_int_equal(day <= days[month - 1], when.ok);
			if (when.ok) {
				assert_int_equal(at, when.at);
				at += 86400;
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(months_have_their_days),
		cmocka_unit_test(dates_as_libcrypto_reads_them) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
