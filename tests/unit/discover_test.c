/* SPDX-License-Identifier: MIT */
/* Lists of servers as UDS may send them: what is taken, left out and refused. */
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
	const char *names; /* with a space behind each; an IDN as ADDRESS=WRITTEN, what is no
	                      address as "ENTRY": PROBLEM */
	const char *version;
	size_t dropped;
};

static const struct row rows[] = {
	{ "cucm12.xml", DISCOVERY_OK, "cucm-pub.example.com cucm-sub1.example.com ", "12.5.1", 0 },
	{ "cucm14.xml", DISCOVERY_OK, "cucm-pub.example.com 192.0.2.12 2001:db8::12 cucm-sub2 ",
	  "14.0.1", 3 },
	{ "version.xml", DISCOVERY_NO_SERVERS, "", "12.5.1.11900-146", 0 },
	{ "no-servers.xml", DISCOVERY_NO_SERVERS, "", "14.0.1", 0 },
	{ "web-page.xml", DISCOVERY_NO_SERVERS, "", NULL, 0 },
	{ "nested.xml", DISCOVERY_OK, "seen.example.com ", NULL, 1 },
	{ "doctype.xml", DISCOVERY_NOT_XML, "", NULL, 0 },
	{ "cut.xml", DISCOVERY_NOT_XML, "cucm-pub.example.com ", NULL, 0 },
	{ "unusable.xml", DISCOVERY_NO_SERVERS,
	  "\"a b\": it holds a space \"-x.example.com\": it begins with a hyphen "
	  "\"../../etc/passwd\": it holds characters that no host name has "
	  "\"a..b\": one of its labels is empty or longer than 63 characters "
	  "\"<b>\": it holds characters that no host name has "
	  "\"\\u{9b}31m\": it is not a valid internationalised name "
	  "\"[::1]\": it holds characters that no host name has \"fe80::1%eth0\": it holds characters that no host name has "
	  "\"xxxxxxxxxxxxxxxxxxxxxxxx[... 264 more ...]xxxxxxxxxxxx\": it is longer than 253 characters ",
	  NULL, 0 },
	{ "latin1.xml", DISCOVERY_OK, "xn--caf-dma.example.com=café.example.com cucm.example.com ",
	  NULL, 0 },
	{ "entries.xml", DISCOVERY_OK,
	  "\"cucm sub 2\": it holds a space \"https://sub7\": it is a URL \"sub8.example.com:8443\": it has a port "
	  "\"[2001:db8::8]:8443\": it has a port xn--bcher-kva.example.com=Bücher.example.com "
	  "xn--fa-hia.example.com=faß.example.com xn--fiqs8s=中国 "
	  "\"⚠\\u{200d}\": it is not a valid internationalised name sub9.example.com. sub9.example.com ",
	  "14.0.1", 2 },
	{ "invalid-utf8.xml", DISCOVERY_NOT_XML, "", NULL, 0 },
};

static void check(const char *body, size_t len, const struct row *row)
{
	struct listing list = { 0 };
	struct buf said;
	char *version;

	buf_init(&said);
	assert_int_equal(discover_parse(body, len, &list, &version), row->outcome);
	for (size_t i = 0; i < list.count; i++)
		buf_printf(&said,
		           list.items[i].problem != NULL   ? "\"%s\": %s "
		           : list.items[i].written != NULL ? "%s=%s "
		                                           : "%s ",
		           list.items[i].text,
		           list.items[i].problem != NULL ? list.items[i].problem
		                                         : list.items[i].written);
	assert_string_equal(said.data, row->names);
	assert_string_equal(version == NULL ? "none" : version,
	                    row->version == NULL ? "none" : row->version);
	assert_int_equal(list.dropped, row->dropped);
	free(version);
	listing_clear(&list);
	buf_clear(&said);
}

static void test_fixtures(void **state)
{
	const char *srcdir = getenv("srcdir");

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *path = mem_printf("%s/fixtures/uds/%s", srcdir == NULL ? "." : srcdir,
		                        rows[i].file);
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
		struct listing list = { 0 };
		struct buf body;
		char *version;

		(void)state;
		buf_init(&body);
		buf_puts(&body, "<servers>");
		for (int i = 0; i < count; i++)
			buf_printf(&body, "<server>node%d.example.com</server>", i);
		buf_puts(&body, "</servers>");
		assert_int_equal(discover_parse(body.data, body.len, &list, &version),
		                 count == 1000 ? DISCOVERY_OK : DISCOVERY_TOO_MANY);
		listing_clear(&list);
		free(version);
		buf_clear(&body);
	}
}

/* Neither depth nor length costs more than the body itself; what is cut off anywhere is never taken
 * for an answer. */
static void test_depth_length_and_cuts(void **state)
{
	static const char whole[] =
		"<servers version=\"1\"><server>a.example.com</server></servers>";
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
		struct listing list = { 0 };
		char *version;

		assert_int_equal(discover_parse(whole, len, &list, &version), DISCOVERY_NOT_XML);
		listing_clear(&list);
		free(version);
	}
}

/* Which elements count, and what of them. */
static void test_elements(void **state)
{
#define LIST(text) "<servers>" text "</servers>"
#define INFORMATION(text) "<versionInformation>" text "</versionInformation>"
#define SIXTY4 "0123456789012345678901234567890123456789012345678901234567890123"
	static const struct {
		const char *body;
		enum discovery_outcome outcome;
		const char *names, *version;
		size_t dropped;
	} table[] = {
		{ LIST("<server> \t\r\na.example\n\t </server>"), DISCOVERY_OK, "a.example ", NULL, 0 },
		{ LIST("<server>a.example</server><server>A.EXAMPLE</server><server/>"), DISCOVERY_OK, "a.example ", NULL, 2 },
		{ LIST("<server>a<x>b</x>c.example</server>"), DISCOVERY_OK, "c.example ", NULL, 0 },
		{ LIST("<list><server>a.example</server></list>"), DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ LIST("<Server>a.example</Server>"), DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ LIST("<version>1</version>"), DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ "<server>a.example</server>", DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ INFORMATION("<server>a.example</server>"), DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ INFORMATION("<version> 14.0.1 </version><version>15</version>"), DISCOVERY_NO_SERVERS, "", "14.0.1", 0 },
		{ INFORMATION("<x><version>14</version></x>"), DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ INFORMATION("<version>" SIXTY4 "</version>"), DISCOVERY_NO_SERVERS, "", SIXTY4, 0 },
		{ INFORMATION("<version>" SIXTY4 "4</version>"), DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ INFORMATION("<version>a ~</version>"), DISCOVERY_NO_SERVERS, "", "a ~", 0 },
		{ INFORMATION("<version>a\x7f</version>"), DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ INFORMATION("<version>a\tb</version>"), DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ INFORMATION("<version> </version><version>2</version>"), DISCOVERY_NO_SERVERS, "", "2", 0 },
		{ "<versionInformation uri=\"x\" version=\"1\"><version>2</version></versionInformation>", DISCOVERY_NO_SERVERS, "", "2", 0 },
		{ "<versionInformation uri=\"x\" version=\"1\"/>", DISCOVERY_NO_SERVERS, "", "1", 0 },
		{ "<servers uri=\"x\" version=\"1.2\" x=\"y\"><server>a.example</server></servers>", DISCOVERY_OK, "a.example ", "1.2", 0 },
		{ "<servers><x version=\"1\"/></servers>", DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ "<other version=\"1\"/>", DISCOVERY_NO_SERVERS, "", NULL, 0 },
		{ LIST("<server>\xc3\xbc.a b</server>"), DISCOVERY_NO_SERVERS, "\"\xc3\xbc.a b\": it holds a space ", NULL, 0 },
		{ LIST("<server>a b</server>"), DISCOVERY_NO_SERVERS, "\"a b\": it holds a space ", NULL, 0 },
		{ LIST("<server>a.example</server>") "x", DISCOVERY_NOT_XML, "a.example ", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		print_message("row %zu\n", i);
		check(table[i].body, strlen(table[i].body),
		      &(struct row){ NULL, table[i].outcome, table[i].names, table[i].version, table[i].dropped });
	}
}

/* 16 elements one in the other, 512 octets of text, a MiB in all: and no more. */
static void test_bounds(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		struct listing list = { 0 };
		struct buf body;
		char *version;

		buf_init(&body);
		for (int i = 0; i < 16 + more; i++)
			buf_puts(&body, "<x>");
		for (int i = 0; i < 16 + more; i++)
			buf_puts(&body, "</x>");
		check(body.data, body.len, &(struct row){ NULL, more ? DISCOVERY_NOT_XML : DISCOVERY_NO_SERVERS, "", NULL, 0 });
		body.len = 0;
		buf_puts(&body, "<servers><server>a.example"); /* behind 512 octets nothing is kept: a space is one */
		for (int i = 0; i < 512 - 9 - 1 + more; i++)
			buf_putc(&body, ' ');
		buf_puts(&body, "x</server></servers>");
		assert_int_equal(discover_parse(body.data, body.len, &list, &version), more ? DISCOVERY_OK : DISCOVERY_NO_SERVERS);
		listing_clear(&list);
		free(version);
		body.len = 0;
		buf_puts(&body, "<servers><server>a.example</server></servers>");
		while (body.len < DISCOVER_BODY_MOST + (size_t)more)
			buf_putc(&body, ' ');
		check(body.data, body.len,
		      &(struct row){ NULL, more ? DISCOVERY_NOT_XML : DISCOVERY_OK, more ? "" : "a.example ", NULL, 0 });
		buf_clear(&body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixtures),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_depth_length_and_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
