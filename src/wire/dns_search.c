/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "model/address.h"
#include "wire/dns_search.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MOST = 1 << 20, HOST_NAME_MOST = 256 };

static size_t take(char *words, char **search, size_t most)
{
	size_t count = 0;
	char *word;

	while (count < most && (word = strsep(&words, " \t\r")) != NULL) {
		if (!address_text_ok(word))
			continue;
		if (word[strlen(word) - 1] == '.') /* each domain is a whole one */
			word[strlen(word) - 1] = '\0';
		search[count++] = mem_strdup(word);
	}
	return count;
}

static void drop(char **search, size_t count)
{
	while (count > 0)
		free(search[--count]);
}

/* What follows the keyword at the beginning of a line; NULL: another line. */
static char *after(char *line, const char *keyword)
{
	size_t len = strlen(keyword);

	return strncmp(line, keyword, len) == 0 && (line[len] == ' ' || line[len] == '\t')
	               ? line + len
	               : NULL;
}

/* Whether the file says anything: "search ." says that there are none. */
static bool of_file(const char *path, char **search, size_t most, size_t *count)
{
	struct buf text;
	struct fault none; /* a system without the file has no search domains in it */
	bool said = false;
	char *rest, *line;

	buf_init(&text);
	rest = file_read(path, FILE_MOST, &text, &none) == 0 ? text.data : NULL;
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *words = after(line, "search"), *one = after(line, "domain");

		if (words == NULL && one == NULL)
			continue;
		line[strcspn(line, "#;")] = '\0';
		drop(search, *count);
		said = true;
		*count = words != NULL ? take(words, search, most) : take(one, search, 1);
	}
	buf_clear(&text);
	return said;
}

static size_t of_host(char **search, size_t most)
{
	char name[HOST_NAME_MOST + 1] = "", *dot; /* POSIX leaves open whether a cut name ends */

	if (gethostname(name, HOST_NAME_MOST) != 0)
		return 0;
	dot = strchr(name, '.');
	return dot == NULL ? 0 : take(dot + 1, search, most);
}

size_t dns_search_domains(const char *const *wanted, const char *resolv_conf, char **search,
                          size_t most)
{
	const char *environment = getenv("LOCALDOMAIN");
	size_t count = 0;

	if (wanted != NULL) {
		for (; *wanted != NULL && count < most; wanted++)
			search[count++] = mem_strdup(*wanted);
		return count;
	}
	if (environment != NULL) {
		char *words = mem_strdup(environment);

		count = take(words, search, most);
		free(words);
		return count;
	}
	return of_file(resolv_conf, search, most, &count) ? count : of_host(search, most);
}
