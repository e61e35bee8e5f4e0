/* SPDX-License-Identifier: MIT */
/* A command line, a word a line: whatever comes, a fault is one sentence, and what is taken holds
 * usable hosts alone. The last word is also tried as a name out of DNS. */
#include "config.h"

#include "options.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *text)
{
	struct target target;
	char *ip = address_canonical_ip(text), *again;

	if (address_text_ok(text))
		for (const char *p = text; *p != '\0'; p++)
			if (*p <= ' ' || *p > '~')
				abort();
	if (ip != NULL) {
		again = address_canonical_ip(ip);
		if (!address_text_ok(ip) || again == NULL || strcmp(ip, again) != 0)
			abort();
		free(again);
	}
	free(ip);
	if (target_parse(text, &target) == 0) {
		if (!address_text_ok(target.host))
			abort();
		target_clear(&target);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *word, name[] = "mra-preflight",
	     *argv[WORDS_MOST + 2] = { name };
	struct fault fault = { FAULT_NONE, "" };
	struct options options;
	int argc = 1;

	memcpy(text, data, size);
	text[size] = '\0';
	while (argc <= WORDS_MOST && (word = strsep(&rest, "\n")) != NULL)
		argv[argc++] = word;
	check_name(argv[argc - 1]);
	if (options_parse(&options, argc, argv, &fault) != 0 &&
	    (*fault.text == '\0' || strchr(fault.text, '\n') != NULL))
		abort();
	for (size_t i = 0; i < options.target_count; i++)
		if (!address_text_ok(options.targets[i].host))
			abort();
	for (size_t i = 0; i < options.node_count; i++)
		if (!address_text_ok(options.nodes[i].address))
			abort();
	options_clear(&options);
	free(text);
	return 0;
}
