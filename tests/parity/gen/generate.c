/* SPDX-License-Identifier: MIT */
/* generate: case folders from a seed: generate [--names] FOLDER SEED COUNT [FIRST]. Case number n
 * of a seed is always built in the same way (only keys and signatures are new each time), so one
 * case can be made again alone: COUNT 1, FIRST n.
 * --names: chains as of now whose names are the point, for a real traffic server. */
#include "mutate.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void write_pem(FILE *f, struct der der)
{
	unsigned char *text = malloc(der.len * 4 / 3 + 8);

	if (text == NULL)
		abort();
	EVP_EncodeBlock(text, der.data, (int)der.len);
	fputs("-----BEGIN CERTIFICATE-----\n", f);
	for (size_t at = 0, len = strlen((char *)text); at < len; at += 64)
		fprintf(f, "%.64s\n", text + at);
	fputs("-----END CERTIFICATE-----\n", f);
	free(text);
}

static FILE *open_in(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	if (f == NULL) {
		perror(path);
		exit(2);
	}
	return f;
}

static void write_list(const char *folder, const char *name, const struct plan *plan,
                       const unsigned *list, unsigned count, bool unreadable)
{
	FILE *f = open_in(folder, name);

	for (unsigned i = 0; i < count; i++)
		write_pem(f, plan->certs[list[i]].out);
	if (unreadable)
		write_pem(f, SEQUENCE(der_number(1)));
	fclose(f);
}

static void write_text(const char *folder, const char *name, const char *text)
{
	FILE *f = open_in(folder, name);

	fprintf(f, "%s\n", text);
	fclose(f);
}

static void write_case(const char *top, unsigned index, const struct plan *plan)
{
	char folder[4000], time[32], tags[600];

	snprintf(folder, sizeof folder, "%s/%06u", top, index);
	if (mkdir(folder, 0777) != 0) {
		perror(folder);
		exit(2);
	}
	snprintf(time, sizeof time, "%lld", plan->now);
	snprintf(tags, sizeof tags, "%s%s%s", plan->eras_differ ? "ERAS " : "",
	         plan->beyond_us ? "BEYOND " : "", plan->tags);
	write_list(folder, "chain.pem", plan, plan->sent, plan->sent_count, plan->unreadable_sent);
	write_list(folder, "trust.pem", plan, plan->stored, plan->stored_count, false);
	write_text(folder, "name", plan->name);
	write_text(folder, "time", time);
	write_text(folder, "tags", tags);
	puts(folder);
}

int main(int argc, char **argv)
{
	static struct plan plan;
	bool names = argc > 1 && strcmp(argv[1], "--names") == 0;
	unsigned first, count;
	unsigned long long seed;

	argc -= names;
	argv += names;
	if (argc < 4) {
		fputs("usage: generate [--names] FOLDER SEED COUNT [FIRST]\n", stderr);
		return 2;
	}
	seed = strtoull(argv[2], NULL, 10);
	count = (unsigned)strtoul(argv[3], NULL, 10);
	first = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
	for (unsigned i = first; i < first + count; i++) {
		arena_reset();
		/* "Now" lies an hour back for the real program's clock, or dates to the second
		 * would be a matter of luck. */
		plan_base(&plan, seed, i,
		          names ? (long long)time(NULL) - 3600
		                : 1700000000 + (long long)(seed % 100000000));
		if (names)
			plan_name(&plan, i);
		else
			plan_mutate(&plan);
		plan.now += names ? 3600 : 0;
		plan_sign(&plan);
		write_case(argv[1], i, &plan);
	}
	keys_clear();
	return fflush(stdout) != 0;
}
