/* SPDX-License-Identifier: MIT */
/* --export: which certificates, under which names, and what an earlier export leaves. The rules are
 * those of the man page: a file each, a bundle of all, nothing of somebody else's touched. */
#include "config.h"

#include "base/mem.h"
#include "saved/export.h"
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[40];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/mra-export-XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static const char *path_of(const char *name)
{
	static char path[400];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static bool is_there(const char *name)
{
	return access(path_of(name), F_OK) == 0;
}

static size_t count_begins(const char *name)
{
	char line[200];
	FILE *file = fopen(path_of(name), "r");
	size_t count = 0;

	assert_non_null(file);
	while (fgets(line, sizeof line, file) != NULL)
		count += strncmp(line, "-----BEGIN CERTIFICATE-----", 27) == 0;
	fclose(file);
	return count;
}

static void upload(struct world *world, const struct cert *cert)
{
	struct step *step = report_add_step(world->report, STEP_STORE_ADD);

	step->certs = mem_copy(&cert, sizeof cert);
	step->cert_count = 1;
}

/* What it says on a descriptor. */
static char *export(struct world *world)
{
	static char said[500];
	int ends[2];
	ssize_t len;
	struct fault fault = { FAULT_NONE, "" };

	assert_int_equal(pipe(ends), 0);
	if (plan_export(world->report, dir, ends[1], &fault) != 0)
		fail_msg("%s", fault.text);
	close(ends[1]);
	len = read(ends[0], said, sizeof said - 1);
	said[len > 0 ? len : 0] = '\0';
	close(ends[0]);
	return said;
}

/* Made where there is something to write, for whom the umask says. */
static void test_folder(void **state)
{
	struct world world = new_world();
	struct fault fault = { FAULT_NONE, "" };
	mode_t mask = umask(0027);
	struct stat st;

	(void)state;
	strcat(dir, "/new");
	assert_int_equal(plan_export(world.report, dir, -1, &fault), 0);
	assert_int_equal(access(dir, F_OK), -1);
	upload(&world, make(&world, "Root", NULL, NULL, MADE_CA)->cert);
	for (int again = 0; again < 2; again++) {
		errno = 0;
		assert_int_equal(plan_export(world.report, dir, -1, &fault), 0);
		assert_int_equal(stat(dir, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0750);
		assert_int_equal(count_begins("bundle.pem"), 1);
	}
	assert_int_equal(plan_export(world.report, "/dev/null/new", -1, &fault), -1);
	assert_int_equal(fault.code, FAULT_FILE);
	assert_string_equal(fault.text,
	                    "cannot make the folder /dev/null/new: Not a directory");
	umask(mask);
	*strrchr(dir, '/') = '\0';
	end_world(&world);
}

static void test_names(void **state)
{
	static const struct {
		const char *cn, *name;
	} rows[] = {
		{ "Root CA", "Root_CA" },
		{ "a.b-c", "a.b-c" },
		{ "../../etc/passwd", "_._.._etc_passwd" },
		{ ".hidden", "_hidden" },
		{ "-option", "_option" },
		{ "a  /  b", "a_b" },
		{ "K\xc3\xb6ln", "K_ln" },
		{ "123456789012345678901234567890123456789012345678901234567890xyz",
		  "123456789012345678901234567890123456789012345678901234567890" },
		{ "12345678901234567890123456789012345678901234567890123456789/z",
		  "12345678901234567890123456789012345678901234567890123456789_" },
		{ NULL, "certificate" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct world world = new_world();
		const struct made *root = make(&world, rows[i].cn, NULL, NULL, MADE_CA);
		char hex[65], *name;

		upload(&world, root->cert);
		export(&world);
		cert_hex(root->cert, hex);
		name = mem_printf("%s-%.8s.pem", rows[i].name, hex);
		if (!is_there(name))
			fail_msg("%s is not written", name);
		assert_int_equal(count_begins(name), 1);
		free(name);
		end_world(&world);
	}
}

/* Each once, and none that every store has already. */
static void test_which(void **state)
{
	struct world world = new_world();
	const struct made *one = make(&world, "One", NULL, NULL, MADE_CA),
			  *two = make(&world, "Two", NULL, NULL, MADE_CA);
	char *said;

	(void)state;
	report_add_store(world.report, "peer2");
	upload(&world, one->cert);
	upload(&world, one->cert);
	said = mem_printf("mra-preflight: wrote 1 certificate and bundle.pem with all of them into %s\n",
	                  dir);
	assert_string_equal(export(&world), said);
	assert_int_equal(count_begins("bundle.pem"), 1);
	free(said);
	upload(&world, two->cert);
	trust(&world, 0, one);
	trust(&world, 0, two);
	trust(&world, 1, two);
	export(&world); /* peer2 lacks one */
	assert_int_equal(count_begins("bundle.pem"), 1);
	world.report->store_count = 1;
	said = mem_printf("mra-preflight: nothing is to be uploaded: %s holds no certificate of this run\n",
	                  dir);
	assert_string_equal(export(&world), said);
	assert_false(is_there("bundle.pem"));
	free(said);
	world.report->store_count = 0; /* nobody holds anything */
	said = mem_printf("mra-preflight: wrote 2 certificates and bundle.pem with all of them into %s\n",
	                  dir);
	assert_string_equal(export(&world), said);
	assert_int_equal(count_begins("bundle.pem"), 2);
	free(said);
	/* a step that removes or only looks exports nothing */
	world.report->store_count = 2;
	for (size_t i = 0; i < world.report->step_count; i++)
		world.report->steps[i].kind = STEP_STORE_REMOVE;
	export(&world);
	assert_false(is_there("bundle.pem"));
	end_world(&world);
}

/* What is exported again stays; a name is not taken for a longer one that ends in it. */
static void test_exported_again(void **state)
{
	struct world world = new_world();
	const struct made *cas[] = { make(&world, "One", NULL, NULL, MADE_CA),
		                     make(&world, "Two", NULL, NULL, MADE_CA),
		                     make(&world, "My Root", NULL, NULL, MADE_CA) };
	char hex[65], *names[3], *tail, *manifest;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		upload(&world, cas[i]->cert);
		cert_hex(cas[i]->cert, hex);
		names[i] = mem_printf("%s-%.8s.pem", i == 0 ? "One" : i == 1 ? "Two" : "My_Root", hex);
	}
	for (int again = 0; again < 2; again++) {
		export(&world);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(count_begins(names[i]), 1);
	}
	tail = names[2] + strlen("My_");
	manifest = mem_printf("%s\n%s\n", tail, names[2]);
	put(tail, "of an earlier release");
	put(".mra-preflight-export", manifest);
	export(&world);
	assert_false(is_there(tail));
	assert_true(is_there(names[2]));
	for (size_t i = 0; i < 3; i++)
		free(names[i]);
	free(manifest);
	end_world(&world);
}

/* The manifest names what goes; nobody gets anything else removed by writing into it. */
static void test_what_an_earlier_export_left(void **state)
{
	static const struct {
		const char *name;
		bool goes;
	} rows[] = {
		{ "old-0123abcd.pem", true },       { "_old-0123abcd.pem", true },
		{ "9-0123abcd.pem", true },         { "victim.pem", false },
		{ "old-0123abc.pem", false },       { "old-0123abcdg.pem", false },
		{ "old-0123ABCD.pem", false },      { "old-0123abcd.pen", false },
		{ ".old-0123abcd.pem", false },     { "-0123abcd.pem", false },
		{ "sub/old-0123abcd.pem", false },  { "oldx0123abcd.pem", false },
		{ "notes", false },
	};
	struct world world = new_world();
	const struct made *root = make(&world, "Root", NULL, NULL, MADE_CA);
	char manifest[600] = "", hex[65], *kept;
	struct fault fault = { FAULT_NONE, "" };

	(void)state;
	upload(&world, root->cert);
	cert_hex(root->cert, hex);
	kept = mem_printf("Root-%.8s.pem", hex);
	assert_int_equal(mkdir(path_of("sub"), 0700), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put(rows[i].name, "x");
		snprintf(manifest + strlen(manifest), sizeof manifest - strlen(manifest), "%s\n",
		         rows[i].name);
	}
	snprintf(manifest + strlen(manifest), sizeof manifest - strlen(manifest), "%s\ngone-0123abcd.pem\n", kept);
	put(".mra-preflight-export", manifest);
	export(&world);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (is_there(rows[i].name) == rows[i].goes)
			fail_msg("%s", rows[i].name);
	assert_true(is_there(kept) && is_there("bundle.pem"));
	/* then it names what is there now, and no more */
	put("old-0123abcd.pem", "mine");
	export(&world);
	assert_true(is_there("old-0123abcd.pem"));
	world.report->step_count = 0;
	export(&world);
	assert_false(is_there(kept) || is_there("bundle.pem") || is_there(".mra-preflight-export"));
	assert_true(is_there("old-0123abcd.pem"));
	/* what cannot be removed is said */
	assert_int_equal(mkdir(path_of("full-0123abcd.pem"), 0700), 0);
	put(".mra-preflight-export", "full-0123abcd.pem\n");
	assert_int_equal(plan_export(world.report, dir, -1, &fault), -1);
	assert_int_equal(fault.code, FAULT_FILE);
	assert_non_null(strstr(fault.text, "cannot remove "));
	world.report->step_count = 1;
	free(kept);
	end_world(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_which, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exported_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_an_earlier_export_left, setup, teardown),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	made_end();
	return failed;
}
