/* SPDX-License-Identifier: MIT */
/* The traffic server's name rule, in both generations. What is expected follows from reading
 * X509HostnameValidator.cc of 8.1.4 and 9.2.11 (find_wildcard_in_hostname, wildcard_match,
 * validate_hostname); tests/e2e asks a live 9.2. */
#include "config.h"

#include "made.h"
#include "pki/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { NEITHER = 0, NINE = 1, BOTH = 2 };

static const struct {
	const char *pattern, *name;
	int matches;
} rows[] = {
	{ "cucm-pub.lab.example", "cucm-pub.lab.example", BOTH },
	{ "CUCM-pub.LAB.example", "cucm-PUB.lab.EXAMPLE", BOTH },
	{ "cucm-pub.lab.example", "cucm-pub.lab.exampl", NEITHER },
	{ "cucm-pub.lab.example", "cucm-pub.lab.example.", NEITHER },
	{ "cucm-pub", "cucm-pub", BOTH },
	/* the one difference: '_' in what '*' stands for */
	{ "*.lab.example", "cucm_pub.lab.example", NINE },
	{ "cu*.lab.example", "cucm_pub.lab.example", NINE },
	{ "cucm_pub.lab.example", "cucm_pub.lab.example", BOTH },
	{ "cucm_*.lab.example", "cucm_pub.lab.example", BOTH },
	{ "*_pub.lab.example", "cucm_pub.lab.example", BOTH }, /* not in what the star stands for */
	{ "*_pub.lab.example", "_pub.lab.example",
	  BOTH }, /* nothing at all, where no dot follows */
	/* where a '*' may stand */
	{ "*.lab.example", "b.lab.e", NEITHER },
	{ "cucm*.lab.example", "b.example", NEITHER },
	{ "*.lab.example", "cucm-pub.lab.example", BOTH },
	{ "*.lab.example", "CUCM9.lab.example", BOTH },
	{ "*.lab.example", "x.lab.example", BOTH },
	{ "*.lab.example", ".lab.example", NEITHER },
	{ "*.lab.example", "a.b.lab.example", NEITHER },
	{ "*.lab.example", "a+b.lab.example", NEITHER },
	{ "*.lab.example", "+.lab.example", NEITHER },
	{ "*.lab.example", "*a.lab.example", NEITHER },
	{ "*.lab.example", "a*.lab.example", NEITHER },
	{ "*.lab.example", "*.lab.example", BOTH },
	{ "cu*.lab.example", "cu.lab.example", BOTH },
	{ "cu*.lab.example", "cucm.lab.example", BOTH },
	{ "cu*.lab.example", "cx.lab.example", NEITHER },
	{ "c*m.lab.example", "cucm.lab.example", NEITHER },
	{ "c*m.lab.example", "c*m.lab.example", BOTH }, /* no wildcard: letter by letter */
	{ "cucm.*.example", "cucm.lab.example", NEITHER },
	{ "**.lab.example", "cucm.lab.example", NEITHER },
	{ "*.example", "lab.example", NEITHER },
	{ "*.a.b", "xy.a.b", BOTH },
	{ "*.a.b", "x.a.b", NEITHER }, /* a name of five characters meets no wildcard */
	{ "*.a.", "x.a.", NEITHER },
	{ "*.ab.", "xyz.ab.", NEITHER }, /* the last dot does not count as one of the two */
	{ "*.a.b.", "xyz.a.b.", BOTH },
	/* A-labels want the whole label */
	{ "*.lab.example", "xn--cucm-0ra.lab.example", BOTH },
	{ "xn*.lab.example", "xn--cucm-0ra.lab.example", NEITHER },
	{ "XN--cucm*.lab.example", "xn--cucm-0ra.lab.example", NEITHER },
};

static void names_match_by_generation(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (int in_cn = 0; in_cn < 2; in_cn++) {
			struct certset set;
			struct made made;
			bool old, new;

			certset_init(&set);
			made = in_cn ? made_cert(&set, rows[i].pattern, "other.example.com", NULL,
			                         0)
			             : made_cert(&set, "x", rows[i].pattern, NULL, 0);
			old = name_matches(made.cert, rows[i].name, TRAFFIC_SERVER_8);
			new = name_matches(made.cert, rows[i].name, TRAFFIC_SERVER_9);
			if (old != (rows[i].matches == BOTH) || new != (rows[i].matches != NEITHER))
				fail_msg("%s against %s (%s): ats8 %d, ats9 %d", rows[i].name,
				         rows[i].pattern, in_cn ? "CN" : "SAN", old, new);
			assert_int_equal(name_only_in_cn(made.cert, rows[i].name, TRAFFIC_SERVER_8),
			                 in_cn && old);
			made_free(&made);
			certset_clear(&set);
		}
	}
}

/* Without a CN only SANs count; an iPAddress SAN never does. */
static void no_cn_and_ip_sans(void **state)
{
	struct certset set;
	struct made made;

	(void)state;
	certset_init(&set);
	made = made_cert(&set, NULL, "a.example.com 10.1.2.3 2001:db8::1", NULL, 0);
	assert_true(name_matches(made.cert, "a.example.com", TRAFFIC_SERVER_8));
	assert_false(name_matches(made.cert, "b.example.com", TRAFFIC_SERVER_8));
	assert_false(name_matches(made.cert, "", TRAFFIC_SERVER_9));
	assert_false(name_matches(made.cert, "10.1.2.3", TRAFFIC_SERVER_8));
	assert_true(name_only_in_ip_san(made.cert, "10.1.2.3", TRAFFIC_SERVER_8));
	assert_false(name_only_in_ip_san(made.cert, "10.1.2.4", TRAFFIC_SERVER_8));
	assert_true(name_only_in_ip_san(made.cert, "2001:DB8:0::1", TRAFFIC_SERVER_8));
	assert_false(name_only_in_ip_san(made.cert, "2001:db8::2", TRAFFIC_SERVER_8));
	assert_false(name_only_in_ip_san(made.cert, "2001:db8::1%lo", TRAFFIC_SERVER_8));
	assert_false(name_only_in_ip_san(made.cert, "b.example.com", TRAFFIC_SERVER_8));
	made_free(&made);
	made = made_cert(&set, "10.1.2.3", "10.1.2.3", NULL, 0); /* the CN has it as well */
	assert_false(name_only_in_ip_san(made.cert, "10.1.2.3", TRAFFIC_SERVER_8));
	made_free(&made);
	certset_clear(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(names_match_by_generation),
		                            cmocka_unit_test(no_cn_and_ip_sans) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
