/* SPDX-License-Identifier: MIT */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_file(const char *folder, const char *name, struct text *text)
{
	char path[4096];
	size_t got, room = 1 << 14;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		return false;
	}
	text->data = malloc(room);
	text->len = 0;
	while (text->data != NULL &&
	       (got = fread(text->data + text->len, 1, room - text->len - 1, f)) > 0) {
		text->len += got;
		if (text->len + 1 == room)
			text->data = realloc(text->data, room *= 2);
	}
	fclose(f);
	if (text->data == NULL)
		abort();
	text->data[text->len] = '\0';
	return true;
}

bool case_load(const char *folder, struct a_case *c)
{
	struct text time = { NULL, 0 };

	memset(c, 0, sizeof *c);
	if (!read_file(folder, "chain.pem", &c->chain) ||
	    !read_file(folder, "trust.pem", &c->trust) || !read_file(folder, "name", &c->name) ||
	    !read_file(folder, "time", &time)) {
		case_clear(c);
		return false;
	}
	c->time = atoll(time.data);
	free(time.data);
	while (c->name.len > 0 && c->name.data[c->name.len - 1] == '\n')
		c->name.data[--c->name.len] = '\0';
	return true;
}

void case_clear(struct a_case *c)
{
	free(c->chain.data);
	free(c->trust.data);
	free(c->name.data);
}

void answer_add(struct answer *answer, int error, int depth)
{
	for (size_t i = 0; i < answer->all_count; i++)
		if (answer->all[i][0] == error && answer->all[i][1] == depth)
			return;
	if (answer->all_count == ANSWER_MOST)
		return;
	answer->all[answer->all_count][0] = error;
	answer->all[answer->all_count++][1] = depth;
}

void answer_print(const char *key, const struct answer *answer)
{
	printf("{\"case\":\"%s\",\"ok\":%s,\"error\":%d,\"depth\":%d,\"string\":\"%s\",\"all\":[",
	       key, answer->ok ? "true" : "false", answer->error, answer->depth, answer->string);
	for (size_t i = 0; i < answer->all_count; i++)
		printf("%s[%d,%d]", i == 0 ? "" : ",", answer->all[i][0], answer->all[i][1]);
	puts("]}");
}

static int run_one(const char *folder, void (*judge)(const char *, const struct a_case *))
{
	struct a_case c;

	if (!case_load(folder, &c))
		return 1;
	judge(folder, &c);
	case_clear(&c);
	return 0;
}

int cases_run(int argc, char **argv, void (*judge)(const char *folder, const struct a_case *c))
{
	char line[4096];
	int bad = 0;

	for (int i = 0; i < argc; i++)
		bad |= run_one(argv[i], judge);
	while (argc == 0 && fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		bad |= run_one(line, judge);
	}
	return fflush(stdout) != 0 || bad;
}
