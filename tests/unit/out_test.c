/* SPDX-License-Identifier: MIT */
/* What the golden files cannot show: texts made harmless byte by byte, wrapping, exit statuses, the
 * progress line. */
#include "config.h"

#include "base/mem.h"
#include "blocks.h"
#include "model/fleet.h"
#include "../golden/evidence.h"
#include "out/answer.h"
#include "out/doc.h"
#include "out/group.h"
#include "out/out.h"
#include "formats.h"
#include "out/progress.h"
#include "base/safe.h"
#include "pki/decode.h"
#include "out/view.h"
#include "out/wrap.h"

#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void safe_shows_what_is_hidden(void **state)
{
	static const struct { const char *text, *safe;
	} rows[] = {
		{ "cucm1.example.com", "cucm1.example.com" },
		{ "M\xc3\xbcnchen \xe6\x9d\xb1\xe4\xba\xac",
		  "M\xc3\xbcnchen \xe6\x9d\xb1\xe4\xba\xac" },
		{ "\033[2J\r\n\t\177", "\\x1b[2J\\x0d\\x0a\\x09\\x7f" },
		{ "\xc2\x9b"
		  "31m",
		  "\\u{9b}31m" }, /* C1: CSI */
		{ "a\xe2\x80\xae"
		  "b",
		  "a\\u{202e}b" }, /* right-to-left override */
		{ "a\xe2\x81\xa6"
		  "b",
		  "a\\u{2066}b" }, /* left-to-right isolate */
		{ "a\xe2\x80\xa8"
		  "b",
		  "a\\u{2028}b" }, /* line separator */
		{ "a\xe2\x80\x8b"
		  "b\xef\xbb\xbf",
		  "a\\u{200b}b\\u{feff}" },                     /* zero width */
		{ "\xf3\xa0\x81\x81", "\\u{e0041}" },           /* a tag */
		{ "\xff\xc3", "\\xff\\xc3" },                   /* no UTF-8 */
		{ "\xc0\xaf", "\\xc0\\xaf" },                   /* overlong '/' */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },          /* a surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* above U+10FFFF */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *line = safe_line(rows[i].text);

		assert_string_equal(line, rows[i].safe);
		free(line);
	}
}

static void safe_keeps_both_ends_of_a_long_text(void **state)
{
	char long_text[1001], *brief;

	(void)state;
	memset(long_text, 'a', 1000);
	long_text[999] = 'z';
	long_text[1000] = '\0';
	brief = safe_brief(long_text, 60);
	assert_non_null(strstr(brief, "[... 940 more ...]"));
	assert_int_equal(brief[strlen(brief) - 1], 'z');
	free(brief);
}

static void utf8_is_always_valid(void **state)
{
	struct buf out;
	uint32_t code;

	(void)state;
	buf_init(&out);
	for (int byte = 1; byte < 256; byte++) {
		char text[4] = { (char)byte, 'x', (char)0x80, '\0' };

		safe_utf8(&out, text);
	}
	for (const char *p = out.data; *p != '\0';) {
		size_t len = safe_decode(p, &code);

		assert_true(len > 0);
		p += len;
	}
	buf_clear(&out);
}

static void wrapping_keeps_words_whole(void **state)
{
	struct buf out;
	struct paper paper = { &out, 20, false };

	(void)state;
	buf_init(&out);
	wrap_text(&paper, " - ", INK_RED, "one two three four averyveryverylongword five");
	assert_string_equal(out.data,
	                    " - one two three\n   four\n   averyveryverylongword\n   five\n");
	buf_clear(&out);
}

static int exit_of(const char *format, struct report *report)
{
	const struct out_format *found = formats_find(format);
	int status = found->exit_status != NULL ? found->exit_status(report) : report_exit(report);

	report_free(report);
	return status;
}

static struct report *healthy_with_warning(bool strict)
{
	struct report *report = evidence_healthy();

	report_add_finding(report, FINDING_EXPIRES_SOON)->title = mem_strdup("soon");
	report->policy.strict = strict;
	return report;
}

static struct report *healthy_with_critical(unsigned days)
{
	struct report *report = evidence_healthy();

	report->policy.critical_days = days;
	return report;
}

/* A warning about addresses: somebody is sent to one of them, or nobody is. */
static struct report *healthy_with_address_warning(bool advertised)
{
	struct report *report = evidence_healthy();
	struct finding *finding = report_add_refusal(report, FINDING_REFUSED, REASON_NAME_MISMATCH);

	finding->title = mem_strdup("some title");
	for (size_t i = 0; i < report->observation_count; i++)
		if (report->observations[i].advertised == advertised)
			names_add(&finding->addresses, report->observations[i].address);
	return report;
}

/* Monitoring Plugins Development Guidelines: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
static void nagios_exits_as_plugins_do(void **state)
{
	(void)state;
	assert_int_equal(exit_of("nagios", evidence_healthy()), 0);
	assert_int_equal(exit_of("nagios", healthy_with_warning(false)), 1);
	assert_int_equal(exit_of("nagios", healthy_with_warning(true)), 2);
	assert_int_equal(exit_of("nagios", healthy_with_address_warning(false)), 0);
	assert_int_equal(exit_of("nagios", healthy_with_address_warning(true)), 1);
	assert_int_equal(exit_of("nagios", evidence_cluster()), 2);
	assert_int_equal(exit_of("nagios", evidence_incomplete()), 3);
	assert_int_equal(exit_of("nagios", evidence_error()), 3);
	assert_int_equal(exit_of("nagios", healthy_with_critical(300)),
	                 2); /* the first certificate ends in 300 days */
	assert_int_equal(exit_of("nagios", healthy_with_critical(299)), 0);
	assert_int_equal(exit_of("text", evidence_cluster()), 1);
	assert_int_equal(exit_of("json", evidence_incomplete()), 3);
}

/* Why it is critical though nothing is refused: the first certificate ends in 300 days. */
static void nagios_says_why(void **state)
{
	static const struct {
		unsigned critical;
		int64_t later_days;
		bool strict;
		const char *says;
	} rows[] = {
		{ 300, 0, false, " In 300 days (--critical 300) ends CN=cucm-pub.example.com,O=Example." },
		{ 10, 299, false, " In 1 day (--critical 10) ends CN=cucm-pub.example.com,O=Example." },
		{ 10, 300, false, " In 0 days (--critical 10) ends CN=cucm-pub.example.com,O=Example." },
		{ 10, 301, false, " Has ended: CN=cucm-pub.example.com,O=Example." },
		{ 0, 0, true, " With --strict each warning counts." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = healthy_with_warning(rows[i].strict);
		struct out_how how = { .width = 80 };
		struct buf out;

		report->policy.critical_days = rows[i].critical;
		report->policy.at += rows[i].later_days * 86400;
		buf_init(&out);
		formats_find("nagios")->write(report, &how, &out);
		if (strncmp(out.data, "MRA CRITICAL - ", 15) != 0 || strstr(out.data, rows[i].says) == NULL)
			fail_msg("%s", out.data);
		buf_clear(&out);
		report_free(report);
	}
}

/* The CA that servers send with their certificates ends before them, or has ended and is not needed. */
static void nagios_counts_the_cas_that_are_sent(void **state)
{
	static const struct {
		int64_t ends_days;
		int exit;
		const char *says;
	} rows[] = {
		{ 5, 2, " In 5 days (--critical 10) ends CN=Example Root CA,O=Example." },
		{ 10, 2, " days_left=10;" },
		{ 11, 0, " days_left=11;" },
		{ -1, 0, " days_left=300;" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = healthy_with_critical(10);
		struct out_how how = { .width = 80 };
		struct buf out;

		assert_string_equal(report->certs.certs[0]->common_name, "Example Root CA");
		report->certs.certs[0]->not_after = report->policy.at + rows[i].ends_days * 86400;
		buf_init(&out);
		formats_find("nagios")->write(report, &how, &out);
		if (strstr(out.data, rows[i].says) == NULL)
			fail_msg("%s", out.data);
		buf_clear(&out);
		assert_int_equal(exit_of("nagios", report), rows[i].exit);
	}
}

static void view_counts_refused_before_unknown(void **state)
{
	struct report *report = evidence_cluster();
	struct view view;

	(void)state;
	view_init(&view, report);
	assert_int_equal(view.tally.addresses, 6);
	assert_int_equal(view.tally.refused, 2);
	assert_int_equal(view.tally.unknown, 2);
	assert_int_equal(view.tally.aside, 2);
	assert_int_equal(view.tally.aside_refused, 2);
	assert_int_equal(view.tally.refused_in[ORDER_RSA_FIRST], 1);
	assert_int_equal(view.tally.refused_in[ORDER_ECDSA_FIRST], 2);
	assert_string_equal(view.tally.first_to_end->common_name, "cucm-sub1.example.com");
	view_clear(&view);
	report_free(report);
}

/* "0 of 1 would be refused" of an address that nobody could look at would be a comfort. */
static void not_advertised_and_not_checked(void **state)
{
	static const char *const lines[] = {
		"2 of 2 addresses that no MRA client is sent to would be refused.",
		"1 of 2 addresses that no MRA client is sent to would be refused, 1 more could",
		"2 of 2 addresses that no MRA client is sent to could not be checked.",
	};

	(void)state;
	for (size_t dead = 0; dead <= 2; dead++) {
		struct report *report = evidence_large(2);
		struct out_how how = { .width = 200 };
		struct buf out;
		size_t kept = 0;

		for (size_t i = 0; i < report->verdict_count; i++) {
			struct observation *observation =
				&report->observations[report->verdicts[i].observation];

			if (observation->advertised || observation->node >= dead) {
				report->verdicts[kept++] = report->verdicts[i];
				continue;
			}
			observation->outcome = OUTCOME_TIMEOUT;
			verdict_clear(&report->verdicts[i]);
		}
		report->verdict_count = kept;
		buf_init(&out);
		formats_find("markdown")->write(report, &how, &out);
		assert_non_null(strstr(out.data, lines[dead]));
		buf_clear(&out);
		report_free(report);
	}
}

/* Two nodes that are accepted by name and refused by their IPs, where nobody is sent: with --strict
 * the exit status is 0, and no case fails. */
static void strict_fails_no_case_that_nobody_is_sent_to(void **state)
{
	struct report *report = evidence_large(2);
	struct out_how how = { .width = 80 };
	struct buf out;

	(void)state;
	report->policy.strict = true;
	buf_init(&out);
	formats_find("junit")->write(report, &how, &out);
	assert_non_null(strstr(out.data, " failures=\"0\" errors=\"0\" skipped=\"8\""));
	assert_null(strstr(out.data, "<failure"));
	assert_int_equal(report_exit(report), 0);
	buf_clear(&out);
	report_free(report);
}

static void a_thousand_nodes_stay_readable(void **state)
{
	struct report *report = evidence_large(1000);
	struct out_how how = { .width = 80 };
	struct buf out;
	size_t lines = 0;

	(void)state;
	buf_init(&out);
	formats_find("text")->write(report, &how, &out);
	for (const char *p = out.data; *p != '\0'; p++)
		lines += *p == '\n';
	assert_true(lines >= 5 && lines <= 60); /* a thousand that are equal take no more than ten */
	assert_non_null(strstr(out.data, " and 999 more  + ok"));
	buf_clear(&out);
	report_free(report);
}

/* A table of any number of columns shows all of them, side by side or one below the other. */
static void no_column_is_left_out(void **state)
{
	struct out_how how = { .width = 1000 };

	(void)state;
	for (size_t columns = 1; columns < 40; columns++) {
		struct doc doc;
		struct buf out;

		buf_init(&out);
		doc_init(&doc);
		doc_open(&doc, DOC_TABLE, DOC_PLAIN, NULL);
		for (size_t row = 0; row < 2; row++) {
			doc_open(&doc, DOC_ROW, DOC_PLAIN, NULL);
			for (size_t i = 0; i < columns; i++) {
				doc_open(&doc, DOC_CELL, DOC_PLAIN, NULL);
				doc_add(&doc, DOC_TEXT, DOC_PLAIN, row == 0 ? "head" : i + 1 == columns ? "last" : "cell");
				doc_close(&doc);
			}
			doc_close(&doc);
		}
		doc_close(&doc);
		doc_put(&doc, &text_layout, &how, &out);
		assert_non_null(strstr(out.data, "last"));
		buf_clear(&out);
	}
}

static char *repeated(char c, size_t count)
{
	char *text = mem_zalloc(count + 1);

	memset(text, c, count);
	return text;
}

/* Side by side, two blanks between, where eight columns are left for the names in front: a longer name
 * stands above its cells; below one another where less is left. */
static void columns_stand_where_there_is_room(void **state)
{
	static const size_t cell_widths[] = { 1, 5, 12 }, name_widths[] = { 4, 9, 20 };

	(void)state;
	for (size_t at = 0; at < 36; at++) {
		size_t cells = 1 + at % 4, cell_width = cell_widths[at / 4 % 3], name_width = name_widths[at / 12];
		char *name = repeated('n', name_width), *word = repeated('c', cell_width);

		for (int width = 30; width <= 80; width++) {
			size_t others = cells * (2 + cell_width), left = (size_t)width - others;
			bool aligned = others + 8 <= (size_t)width;
			struct out_how how = { .width = width };
			struct buf line, out;
			struct doc doc;

			buf_init(&line);
			buf_init(&out);
			doc_init(&doc);
			doc_open(&doc, DOC_TABLE, DOC_PLAIN, NULL);
			for (size_t row = 0; row < 2; row++) {
				doc_open(&doc, DOC_ROW, DOC_PLAIN, NULL);
				for (size_t i = 0; i <= cells; i++) {
					doc_open(&doc, DOC_CELL, DOC_PLAIN, NULL);
					doc_add(&doc, DOC_TEXT, DOC_PLAIN, row == 0 ? "h" : i == 0 ? name : word);
					doc_close(&doc);
				}
				doc_close(&doc);
			}
			doc_close(&doc);
			doc_put(&doc, &text_layout, &how, &out);
			if (aligned)
				buf_printf(&line, "\n%-*s", (int)(left < name_width ? left : name_width),
				           left < name_width ? "" : name);
			else
				buf_puts(&line, "\n  h: ");
			for (size_t i = 0; i < (aligned ? cells : 1); i++)
				buf_printf(&line, "%s%s", aligned ? "  " : "", word);
			buf_putc(&line, '\n');
			if (strstr(out.data, line.data) == NULL)
				fail_msg("%d columns: \"%s\" is not in\n%s", width, line.data, out.data);
			buf_clear(&line);
			buf_clear(&out);
		}
		free(name);
		free(word);
	}
}

static size_t largest;

static void drain(void *arg, struct buf *out)
{
	(void)arg;
	largest = out->len > largest ? out->len : largest;
	out->len = 0;
	*out->data = '\0';
}

/* However long a list or a table is, it is handed on in pieces. */
static void long_blocks_are_handed_on(void **state)
{
	static const struct doc_layout *const layouts[] = { &text_layout, &markdown_layout, &html_layout };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct out_how how = { .width = 80, .verbose = true, .drain = drain };
		bool list = i < 3;
		struct doc doc;
		struct buf out;

		largest = 0;
		buf_init(&out);
		doc_init(&doc);
		doc_open(&doc, list ? DOC_LIST : DOC_TABLE, DOC_PLAIN, NULL);
		for (size_t k = 0; k < 10000; k++) {
			doc_open(&doc, list ? DOC_ITEM : DOC_ROW, DOC_PLAIN, NULL);
			if (!list)
				doc_open(&doc, DOC_CELL, DOC_PLAIN, NULL);
			if (list)
				doc_say(&doc, DOC_PLAIN, "one of ten thousand");
			else
				doc_add(&doc, DOC_TEXT, DOC_PLAIN, "one of ten thousand");
			if (!list)
				doc_close(&doc);
			doc_close(&doc);
		}
		doc_close(&doc);
		doc_put(&doc, layouts[i % 3], &how, &out);
		assert_true(largest >= 1 << 16 && largest <= (1 << 16) + 1000);
		assert_true(out.len <= (1 << 16) + 1000);
		buf_clear(&out);
	}
}

static void gather(void *arg, struct buf *out)
{
	buf_add(arg, out->data, out->len);
	drain(NULL, out);
}

static void add_large_facts(struct report *report)
{
	static unsigned char bytes[2 + 3000];

	for (size_t i = 0; i < 100; i++) {
		bytes[0] = 3000 >> 8;
		bytes[1] = 3000 & 0xff;
		bytes[2] = (unsigned char)i;
		decode_cert(&report->certs, bytes + 2, sizeof bytes - 2);
		ca_lists_add(&report->client_ca_lists, bytes, sizeof bytes);
	}
}

/* However large a report is, each format hands it on in pieces, which are what it says otherwise. */
static void large_reports_are_handed_on(void **state)
{
	struct report *report = evidence_large(400);
	const struct out_format *formats;
	size_t count;

	(void)state;
	add_large_facts(report);
	formats = formats_all(&count);
	for (size_t i = 0; i < count; i++) {
		struct out_how how = { .width = 80, .verbose = true };
		struct buf whole, pieces, out;

		buf_init(&whole);
		buf_init(&pieces);
		buf_init(&out);
		formats[i].write(report, &how, &whole);
		how.drain = gather;
		how.drain_arg = &pieces;
		largest = 0;
		formats[i].write(report, &how, &out);
		if (largest > (1 << 16) + 10000 || out.len > (1 << 16) + 10000)
			fail_msg("%s: %zu, %zu", formats[i].name, largest, out.len);
		gather(&pieces, &out);
		assert_string_equal(pieces.data, whole.data);
		buf_clear(&whole);
		buf_clear(&pieces);
		buf_clear(&out);
	}
	report_free(report);
}

/* A list longer than anybody reads says how many more there are, and all of them with -v. */
static void long_lists_are_counted(void **state)
{
	static const struct {
		const struct doc_layout *layout;
		size_t items;
		const char *says;
	} rows[] = {
		{ &text_layout, 25, NULL },      { &text_layout, 26, "... and 1 more (-v shows them all)." },
		{ &text_layout, 99, "... and 74 more (-v shows them all)." },
		{ &markdown_layout, 50, NULL },  { &markdown_layout, 51, "- ... and 1 more\n" },
		{ &markdown_layout, 99, "- ... and 49 more\n" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		bool verbose = i % 2 == 1;
		const char *says = rows[i / 2].says;
		struct out_how how = { .width = 80, .verbose = verbose };
		struct doc doc;
		struct buf out;

		buf_init(&out);
		doc_init(&doc);
		doc_open(&doc, DOC_LIST, DOC_PLAIN, NULL);
		for (size_t k = 0; k < rows[i / 2].items; k++) {
			doc_open(&doc, DOC_ITEM, DOC_PLAIN, NULL);
			doc_say(&doc, DOC_PLAIN, "one");
			doc_close(&doc);
		}
		doc_close(&doc);
		doc_put(&doc, rows[i / 2].layout, &how, &out);
		if (says != NULL && !verbose ? strstr(out.data, says) == NULL : strstr(out.data, "more") != NULL)
			fail_msg("row %zu: %s", i, out.data);
		buf_clear(&out);
	}
}

/* CommonMark 0.31, 4.5: a fence is at least three tildes, and is closed by as many at least: more
 * than the text has in a row. */
static void a_fence_is_longer_than_what_it_holds(void **state)
{
	static const struct {
		const char *text, *fence;
	} rows[] = {
		{ "WARNING", "~~~" },    { "a~~b", "~~~" },         { "~~~", "~~~~" },
		{ "a~~~~b", "~~~~~" },   { "~~ ~~~~~ ~", "~~~~~~" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *wanted = mem_printf("\n%stext\n%s\n%s\n", rows[i].fence, rows[i].text,
		                          rows[i].fence);
		struct out_how how = { .width = 80 };
		struct doc doc;
		struct buf out;

		buf_init(&out);
		doc_init(&doc);
		doc_line(&doc, rows[i].text);
		doc_put(&doc, &markdown_layout, &how, &out);
		assert_string_equal(out.data, wanted);
		buf_clear(&out);
		free(wanted);
	}
}

/* Whom a finding is about: its addresses, or where it has none its nodes. */
static void findings_name_addresses_or_nodes(void **state)
{
	static const struct {
		size_t addresses, nodes;
		const char *says;
	} rows[] = {
		{ 0, 1, "Node: n0" },
		{ 0, 2, "Nodes: n0, n1" },
		{ 1, 2, "Address: a0" },
		{ 2, 1, "Addresses: a0, a1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = evidence_healthy();
		struct finding *finding = report_add_finding(report, FINDING_EXPIRES_SOON);
		struct out_how how = { .width = 80, .verbose = true };
		char name[3] = "a0";
		struct buf out;

		finding->title = mem_strdup("Some title.");
		for (size_t k = 0; k < rows[i].addresses + rows[i].nodes; k++) {
			bool address = k < rows[i].addresses;

			name[0] = address ? 'a' : 'n';
			name[1] = (char)('0' + (address ? k : k - rows[i].addresses));
			names_add(address ? &finding->addresses : &finding->nodes, name);
		}
		buf_init(&out);
		formats_find("text")->write(report, &how, &out);
		if (strstr(out.data, rows[i].says) == NULL)
			fail_msg("row %zu: %s", i, out.data);
		buf_clear(&out);
		report_free(report);
	}
}

/* Prose is at most 80 columns wide, however wide the screen is. */
static void prose_is_eighty_columns_wide(void **state)
{
	char text[200];
	struct out_how how = { .width = 200 };
	struct doc doc;
	struct buf out;

	(void)state;
	memset(text, 'a', sizeof text);
	text[77] = text[159] = ' ';
	text[199] = '\0';
	for (size_t first = 77; first <= 78; first++) {
		/* two words of 80 columns together, then of 81 */
		text[77] = text[78] = 'a';
		text[first] = ' ';
		text[80] = text[81] = 'a';
		text[first == 77 ? 80 : 81] = ' ';
		buf_init(&out);
		doc_init(&doc);
		doc_say(&doc, DOC_PLAIN, text);
		doc_put(&doc, &text_layout, &how, &out);
		assert_int_equal(strchr(out.data, '\n') - out.data, first == 77 ? 80 : 78);
		buf_clear(&out);
	}
}

/* A row whose cells are all empty is an empty line. */
static void an_empty_row_is_an_empty_line(void **state)
{
	struct out_how how = { .width = 80 };
	struct doc doc;
	struct buf out;

	(void)state;
	buf_init(&out);
	doc_init(&doc);
	doc_open(&doc, DOC_TABLE, DOC_PLAIN, NULL);
	for (size_t row = 0; row < 3; row++) {
		doc_open(&doc, DOC_ROW, DOC_PLAIN, NULL);
		for (size_t i = 0; i < 2; i++) {
			doc_open(&doc, DOC_CELL, DOC_PLAIN, NULL);
			doc_add(&doc, DOC_TEXT, DOC_PLAIN, row == 1 ? "" : "x");
			doc_close(&doc);
		}
		doc_close(&doc);
	}
	doc_close(&doc);
	doc_put(&doc, &text_layout, &how, &out);
	assert_non_null(strstr(out.data, "x  x\n\nx  x\n"));
	buf_clear(&out);
}

/* What is added when the detail is gone stands behind what is left. */
static void pruned_documents_grow_on(void **state)
{
	struct doc doc;

	(void)state;
	for (unsigned detail = 0; detail < 8; detail++) {
		const struct doc_node *node;

		doc_init(&doc);
		for (unsigned i = 0; i < 3; i++)
			doc_add(&doc, DOC_TEXT, DOC_PLAIN, (const char *const[]){ "0", "1", "2" }[i])
				->flags = detail >> i & 1 ? DOC_DETAIL : 0;
		doc_prune(&doc.root);
		doc_add(&doc, DOC_TEXT, DOC_PLAIN, "3");
		node = doc.root.first;
		for (unsigned i = 0; i < 4; i++) {
			if (i < 3 && detail >> i & 1)
				continue;
			assert_non_null(node);
			assert_int_equal(*node->text, '0' + (int)i);
			node = node->next;
		}
		assert_null(node);
		doc_clear(&doc);
	}
}

/* Whatever is written, what it took is given back: each report in each format, and verify's text. */
static void writers_leave_nothing_behind(void **state)
{
	static struct report *(*const make[])(void) = {
		evidence_cluster, evidence_healthy, evidence_order,  evidence_incomplete,
		evidence_error,   evidence_bare,    evidence_medley, evidence_peer,
	};
	size_t count;
	const struct out_format *formats = formats_all(&count);

	(void)state;
	for (size_t i = 0; i < sizeof make / sizeof *make; i++) {
		for (size_t k = 0; k < 2 * (count + 1); k++) {
			bool verify = k / 2 == count;
			struct out_how how = { .width = 80, .verbose = k % 2 == 1 };
			long blocks = blocks_used();
			struct report *report = verify ? evidence_verify() : make[i]();
			struct buf out;

			buf_init(&out);
			(verify ? out_verify_text : formats[k / 2].write)(report, &how, &out);
			buf_clear(&out);
			report_free(report);
			/* what is made once, as a message catalogue, is there from the second time on */
			if (i > 0)
				assert_int_equal(blocks_used(), blocks);
		}
	}
}

/* A fleet's page gives back what it took. */
static void a_fleet_leaves_nothing_behind(void **state)
{
	struct fleet fleet = { .reports = NULL };
	struct out_how how = { .width = 80 };
	long blocks = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		fleet_take(&fleet, evidence_member(i, 3));
	for (int round = 0; round < 2; round++) {
		static const char *const formats[] = { "text", "html", "markdown", "csv", "prometheus" };

		for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
			struct buf out;

			buf_init(&out);
			formats_find(formats[i])->write_fleet(&fleet, &how, &out);
			assert_true(out.len > 0);
			buf_clear(&out);
		}
		if (round == 0)
			blocks = blocks_used();
	}
	assert_int_equal(blocks_used(), blocks);
	fleet_clear(&fleet);
}

static void expect(const char *text, const char *part, bool wanted)
{
	if ((strstr(text, part) != NULL) != wanted)
		fail_msg("\"%s\" is%s in\n%s", part, wanted ? " not" : "", text);
}

/* Of a fleet of so many clusters that may be upgraded, may not, and could not be checked (by their
 * number modulo 3: evidence.h) the first sentence counts them, and each of them is named. */
static void a_fleet_names_each_cluster(void **state)
{
	static const char *const words[] = { "Yes: ", "No: ", "Not known: " };
	static const char *const formats[] = { "text", "markdown", "html" };
	struct out_how how = { .width = 1000, .verbose = true };

	(void)state;
	for (size_t at = 1; at < 27; at++) {
		size_t counts[] = { at % 3, at / 3 % 3, at / 9 }, all = counts[0] + counts[1] + counts[2];
		struct fleet fleet = { .reports = NULL };
		struct buf said, out;

		buf_init(&said);
		buf_printf(&said, "%s%zu of %zu %s may be upgraded",
		           words[counts[1] > 0 ? 1 : counts[2] > 0 ? 2 : 0], counts[0], all,
		           all == 1 ? "cluster" : "clusters");
		if (counts[1] > 0)
			buf_printf(&said, "; in %zu Expressway would refuse advertised addresses", counts[1]);
		if (counts[2] > 0)
			buf_printf(&said, "; %zu could not be checked in full", counts[2]);
		buf_putc(&said, '.');
		for (size_t kind = 0; kind < 3; kind++)
			for (size_t i = 0; i < counts[kind]; i++)
				fleet_take(&fleet, evidence_member(3 * i + kind, 1));
		for (size_t format = 0; format < 3; format++) {
			buf_init(&out);
			formats_find(formats[format])->write_fleet(&fleet, &how, &out);
			for (char *end = out.data; (end = strchr(end, '\n')) != NULL;)
				*end = ' '; /* wrapped or not */
			expect(out.data, said.data, true);
			expect(out.data, "May be upgraded", counts[0] > 0);
			expect(out.data, "Not checked", counts[1] + counts[2] > 0); /* head of the table */
			for (size_t number = 0; number < 6; number++) {
				char *name = mem_printf("cucm-pub.c%03zu.example.com", number);

				expect(out.data, name, number / 3 < counts[number % 3]);
				free(name);
			}
			buf_clear(&out);
		}
		buf_clear(&said);
		fleet_clear(&fleet);
	}
}

/* A cause counts the addresses that clients are sent to, as the table of clusters does: the IPs of a
 * name that is refused have the same cause. */
static void a_fleet_counts_addresses_one_way(void **state)
{
	struct fleet fleet = { .reports = NULL };
	struct out_how how = { .width = 1000 };
	struct buf out;

	(void)state;
	for (size_t number = 1; number < 5; number += 3) { /* two that are refused */
		struct report *report = evidence_member(number, 3);

		for (size_t i = 0; i < report->node_count; i++) {
			char *ip = mem_printf("127.0.%zu.%zu", number, i);

			node_add_address(&report->nodes[i], ip, false);
			names_add(&report->findings[0].addresses, ip);
			free(ip);
		}
		assert_int_equal(report->findings[0].addresses.count, 6);
		fleet_take(&fleet, report);
	}
	buf_init(&out);
	formats_find("markdown")->write_fleet(&fleet, &how, &out);
	expect(out.data, " trust store | 3 | 0 | 3 |", true);
	expect(out.data, "O=Example. | 2 | 6 | `cucm-pub.c001.example.com`", true);
	buf_clear(&out);
	fleet_clear(&fleet);
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		count++;
	return count;
}

/* A run without a publisher is called after its first node: among many, its rows are not those of
 * another run without one. */
static void each_row_of_a_fleet_has_its_run(void **state)
{
	static const struct {
		const char *format, *nameless;
	} rows[] = {
		{ "csv", ",\"\"\r\n" }, { "certificates", "\r\n\"\",\"node\"" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct out_format *format = formats_find(rows[i].format);
		struct report *alone = evidence_member(0, 2);
		struct fleet fleet = { .reports = NULL };
		struct out_how how = { .width = 80 };
		struct buf out;

		for (size_t k = 0; k < alone->node_count; k++)
			alone->nodes[k].cluster = NODE_NO_CLUSTER;
		buf_init(&out);
		format->write(alone, &how, &out);
		assert_true(count_of(out.data, rows[i].nameless) > 0); /* there is no other run */
		buf_clear(&out);
		alone->cluster_count = 0;
		fleet_take(&fleet, alone);
		fleet_take(&fleet, evidence_member(3, 2));
		buf_init(&out);
		format->write_fleet(&fleet, &how, &out);
		assert_int_equal(count_of(out.data, rows[i].nameless), 0);
		assert_true(count_of(out.data, "\"cucm0.c000.example.com\"") > 2);
		buf_clear(&out);
		alone->cluster_count = 1; /* so that it is freed */
		fleet_clear(&fleet);
	}
}

static void formats_are_found_by_name(void **state)
{
	size_t count;
	const struct out_format *all = formats_all(&count);

	(void)state;
	assert_true(count >= 8);
	for (size_t i = 0; i < count; i++)
		assert_ptr_equal(formats_find(all[i].name), &all[i]);
	assert_null(formats_find("xml"));
	assert_null(formats_find(""));
}

static void progress_says_stage_count_and_time_left(void **state)
{
	char line[128];

	(void)state;
	progress_line(line, sizeof line, "probe", 120, 480, 1000);
	assert_string_equal(line, "probe  120 of 480, about 3 s left");
	progress_line(line, sizeof line, "probe", 0, 480, 9000); /* nothing to guess from */
	assert_string_equal(line, "probe  0 of 480");
	progress_line(line, sizeof line, "probe", 1, 480, 100); /* too early to guess */
	assert_string_equal(line, "probe  1 of 480");
	progress_line(line, sizeof line, "probe", 470, 480,
	              6000); /* silent nodes are left: they take as long as a timeout */
	assert_string_equal(line, "probe  470 of 480, 6 s so far");
	progress_line(line, sizeof line, "probe", 300, 480, 1000);
	assert_string_equal(line, "probe  300 of 480, 1 s so far");
	progress_line(line, sizeof line, "probe", 360, 480, 30000); /* a quarter is left: no more */
	assert_string_equal(line, "probe  360 of 480, 30 s so far");
	progress_line(line, sizeof line, "probe", 359, 480, 30000);
	assert_string_equal(line, "probe  359 of 480, about 10 s left");
	progress_line(line, sizeof line, "probe", 480, 480, 9000);
	assert_string_equal(line, "probe  480 of 480");
	progress_line(line, sizeof line, "discover", 0, 0, 9000);
	assert_string_equal(line, "discover ...");
}

/* Runs what a stage would do and returns what came out of the descriptor. */
static char *watched(bool wanted, bool note)
{
	struct progress progress;
	struct buf out;
	char bytes[512];
	int ends[2];
	ssize_t len;

	assert_int_equal(pipe(ends), 0);
	progress_init(&progress, ends[1], wanted);
	progress_tell(&progress, "probe", 0, 2);
	progress_tell(&progress, "probe", 2, 2);
	if (note)
		progress_note(&progress, "a\033[2Jb");
	progress_end(&progress);
	close(ends[1]);
	buf_init(&out);
	while ((len = read(ends[0], bytes, sizeof bytes)) > 0)
		buf_add(&out, bytes, (size_t)len);
	close(ends[0]);
	return out.data;
}

static void progress_is_silent_unless_wanted(void **state)
{
	char *out = watched(false, false);

	(void)state;
	assert_string_equal(out, "");
	free(out);
	out = watched(false, true); /* -v into a file: lines, no control characters */
	assert_string_equal(out, "a\\x1b[2Jb\n");
	free(out);
}

static void progress_leaves_a_clean_line(void **state)
{
	char *out = watched(true, true);
	const char *wipe = "\r\033[K";

	(void)state;
	assert_non_null(strstr(out, "\rprobe  0 of 2\033[K"));
	assert_non_null(strstr(out, "\rprobe  2 of 2\033[K\r\033[Ka\\x1b[2Jb\n"));
	free(out);
	out = watched(true, false);
	assert_string_equal(out + strlen(out) - strlen(wipe), wipe);
	free(out);
}

static void each_answer_begins_with_its_word(void **state)
{
	static const struct { struct report *(*make)(void); const char *begins;
	} rows[] = {
		{ evidence_healthy, "Yes: " },
		{ evidence_cluster, "No: " },
		{ evidence_order, "No, not with ECDSA first: " },
		{ evidence_incomplete, "Not known: " },
		{ evidence_error, "Not known: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = rows[i].make();
		char *answer = answer_sentence(report);

		assert_memory_equal(answer, rows[i].begins, strlen(rows[i].begins));
		free(answer);
		report_free(report);
	}
}

/* Where letters of OpenSSL 1.1.1 differ, each is said on its own. */
static void each_letter_is_noted(void **state)
{
	static const struct {
		unsigned letters;
		const char *says; /* NULL: no note */
	} rows[] = {
		{ 0, NULL },
		{ LETTER_SELF_SIGNED, "1.1.1g" },
		{ LETTER_ANCHOR_DATES, "trust anchor" },
		{ LETTER_PSS_ISSUER, "RSASSA-PSS" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report *report = report_new();
		struct observation *observation = report_add_observation(report);
		struct out_how how = { .width = 400 };
		struct buf out;

		observation->address = mem_strdup("a.example.com");
		report_add_store(report, "peer1");
		report_add_verdict(report)->accepted = true;
		report->verdicts[0].letters = rows[i].letters;
		buf_init(&out);
		out_verify_text(report, &how, &out);
		assert_non_null(strstr(out.data, "a.example.com: accepted with peer1."));
		assert_null(strstr(out.data, "Give --address"));
		assert_int_equal(strstr(out.data, "Note: ") != NULL, rows[i].says != NULL);
		if (rows[i].says != NULL)
			assert_non_null(strstr(strstr(out.data, "Note: "), rows[i].says));
		buf_clear(&out);
		report_free(report);
	}
}

/* Without a name trust alone is judged; without a chain nothing is. */
static void verify_without_a_name(void **state)
{
	struct report *report = report_new();
	struct out_how how = { .width = 400 };
	struct buf out;

	(void)state;
	buf_init(&out);
	out_verify_text(report, &how, &out);
	assert_non_null(strstr(out.data, "Not known: nothing was judged."));
	assert_null(strstr(out.data, "Give --address"));
	buf_clear(&out);
	report_add_observation(report)->address = mem_strdup("");
	report_add_store(report, "peer1");
	report_add_verdict(report)->accepted = true;
	buf_init(&out);
	out_verify_text(report, &how, &out);
	assert_non_null(strstr(out.data, "Yes, as far as trust goes: no name was judged."));
	if (strstr(out.data, "Give --address") == NULL)
		fail_msg("%s", out.data);
	assert_non_null(strstr(out.data, "the chain (no name was judged): accepted with peer1."));
	buf_clear(&out);
	report_free(report);
}

/* The line is cut one column short of the terminal's edge, where it would wrap; 80 columns where the
 * terminal does not know. */
static void progress_fits_the_terminal(void **state)
{
	static const struct {
		unsigned short columns;
		const char *line;
	} rows[] = {
		{ 20, "\ra long stage  1 of \033[K" },
		{ 24, "\ra long stage  1 of 2\033[K" },
		{ 0, "\ra long stage  1 of 2\033[K" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct winsize size = { .ws_row = 24, .ws_col = rows[i].columns };
		struct progress progress;
		char found[200] = "";
		int master, slave;

		assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
		progress_init(&progress, slave, true);
		progress_tell(&progress, "a long stage", 1, 2);
		assert_true(read(master, found, sizeof found - 1) > 0);
		assert_string_equal(found, rows[i].line);
		close(slave);
		close(master);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_letter_is_noted),
		cmocka_unit_test(verify_without_a_name),
		cmocka_unit_test(progress_fits_the_terminal),
		cmocka_unit_test(safe_shows_what_is_hidden),
		cmocka_unit_test(safe_keeps_both_ends_of_a_long_text),
		cmocka_unit_test(utf8_is_always_valid),
		cmocka_unit_test(wrapping_keeps_words_whole),
		cmocka_unit_test(nagios_exits_as_plugins_do),
		cmocka_unit_test(nagios_says_why),
		cmocka_unit_test(nagios_counts_the_cas_that_are_sent),
		cmocka_unit_test(view_counts_refused_before_unknown),
		cmocka_unit_test(not_advertised_and_not_checked),
		cmocka_unit_test(strict_fails_no_case_that_nobody_is_sent_to),
		cmocka_unit_test(a_thousand_nodes_stay_readable),
		cmocka_unit_test(no_column_is_left_out),
		cmocka_unit_test(columns_stand_where_there_is_room),
		cmocka_unit_test(long_blocks_are_handed_on),
		cmocka_unit_test(large_reports_are_handed_on),
		cmocka_unit_test(long_lists_are_counted),
		cmocka_unit_test(a_fence_is_longer_than_what_it_holds),
		cmocka_unit_test(findings_name_addresses_or_nodes),
		cmocka_unit_test(prose_is_eighty_columns_wide),
		cmocka_unit_test(an_empty_row_is_an_empty_line),
		cmocka_unit_test(pruned_documents_grow_on),
		cmocka_unit_test(writers_leave_nothing_behind),
		cmocka_unit_test(a_fleet_leaves_nothing_behind),
		cmocka_unit_test(a_fleet_names_each_cluster),
		cmocka_unit_test(a_fleet_counts_addresses_one_way),
		cmocka_unit_test(each_row_of_a_fleet_has_its_run),
		cmocka_unit_test(formats_are_found_by_name),
		cmocka_unit_test(progress_says_stage_count_and_time_left),
		cmocka_unit_test(progress_is_silent_unless_wanted),
		cmocka_unit_test(progress_leaves_a_clean_line),
		cmocka_unit_test(each_answer_begins_with_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
