/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "gather/discover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *file;
	enum discovery_outcome outcome;
	const char *names; /* with a space behind each */
	const char *version;
	size_t dropped;
};

static const struct row rows[] = {
	{ "cucm12.xml", DISCOVERY_OK, "cucm-pub.example.com cucm-sub1.example.com ", "12.5.1", 0 },
	{ "cucm14.xml", DISCOVERY_OK, "cucm-pub.example.com 192.0.2.12 2001:db8::12 cucm-sub2 ", "14.0.1", 3 },
	{ "version.xml", DISCOVERY_NO_SERVERS, "", "12.5.1.11900-146", 0 },
	{ "no-servers.xml", DISCOVERY_NO_SERVERS, "", "14.0.1", 0 },
	{ "web-page.xml", DISCOVERY_NO_SERVERS, "", NULL, 0 },
	{ "nested.xml", DISCOVERY_OK, "seen.example.com ", NULL, 1 },
	{ "doctype.xml", DISCOVERY_NOT_XML, "", NULL, 0 },
	{ "cut.xml", DISCOVERY_NOT_XML, "cucm-pub.example.com ", NULL, 0 },
	{ "unusable.xml", DISCOVERY_NO_SERVERS, "", NULL, 9 },
	{ "latin1.xml", DISCOVERY_OK, "cucm.example.com ", NULL, 1 },
	{ "invalid-utf8.xml", DISCOVERY_NOT_XML, "", NULL, 0 },
};

static void check(const char *body, size_t len, const struct row *row)
{
	struct names list = { 0 };
	struct buf said;
	size_t dropped;
	char *version;

	buf_init(&said);
	assert_int_equal(discover_parse(body, len, &list, &version, &dropped), row->outcome);
	for (size_t i = 0; i < list.count; i++)
		buf_printf(&said, "%s ", list.items[i]);
	assert_string_equal(said.data, row->names);
	assert_string_equal(version == NULL ? "none" : version, row->version == NULL ? "none" : row->version);
	assert_int_equal(dropped, row->dropped);
	free(version);
	names_clear(&list);
	buf_clear(&said);
}

static void test_fixtures(void **state)
{
	const char *srcdir = getenv("srcdir");

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *path = mem_printf("%s/fixtures/uds/%s", srcdir == NULL ? "." : srcdir, rows[i].file);
		struct fault fault;
		struct buf body;

		buf_init(&body);
		print_message("%s\n", rows[i].file);
		assert_int_equal(file_read(path, DISCOVER_BODY_MOST, &body, &fault), 0);
		check(body.data, body.len, &rows[i]);
		buf_clear(&body);
		free(path);
	}
}

static void test_count(void **state)
{
	for (int count = 1000; count <= 1001; count++) {
		struct names list = { 0 };
		struct buf body;
		size_t dropped;
		char *version;

		(void)state;
		buf_init(&body);
		buf_puts(&body, "<servers>");
		for (int i = 0; i < count; i++)
			buf_printf(&body, "<server>node%d.example.com</server>", i);
		buf_puts(&body, "</servers>");
		assert_int_equal(discover_parse(body.data, body.len, &list, &version, &dropped),
		                 count == 1000 ? DISCOVERY_OK : DISCOVERY_TOO_MANY);
		names_clear(&list);
		free(version);
		buf_clear(&body);
	}
}

/* Neither depth nor length costs more than the body itself; what is cut off anywhere is never taken for an answer. */
static void test_depth_length_and_cuts(void **state)
{
	static const char whole[] = "<servers version=\"1\"><server>a.example.com</server></servers>";
	struct buf deep;

	(void)state;
	buf_init(&deep);
	for (int i = 0; i < 20; i++)
		buf_puts(&deep, "<servers>");
	for (int i = 0; i < 20; i++)
		buf_puts(&deep, "</servers>");
	check(deep.data, deep.len, &(struct row){ NULL, DISCOVERY_NOT_XML, "", NULL, 0 });
	buf_clear(&deep);
	for (size_t len = 0; len + 1 < sizeof whole - 1; len++) {
		struct names list = { 0 };
		size_t dropped;
		char *version;

		assert_int_equal(discover_parse(whole, len, &list, &version, &dropped), DISCOVERY_NOT_XML);
		names_clear(&list);
		free(version);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixtures),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_depth_length_and_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
