/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "pki/certfile.h"
#include "pki/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MOST = 16 << 20, NOTES_MOST = 20 };

static char *place(const char *what, size_t line)
{
	return line == 0 ? mem_strdup(what) : mem_printf("%s, line %zu", what, line);
}

/* The first place at which the file is damaged (there is one), and how many more there are. */
static int say_broken(const struct certfile *file, const char *what, struct fault *fault)
{
	const struct certfile_problem *first = file->problems;
	size_t more = file->flaws[CERTFILE_BROKEN] - 1;
	char *where;

	while (first->flaw != CERTFILE_BROKEN)
		first++;
	where = place(what, first->line);
	fault_set(fault, FAULT_INPUT, "%.200s: %s", where, first->text);
	free(where);
	if (more > 0 && fault != NULL)
		snprintf(fault->text + strlen(fault->text),
		         sizeof fault->text - strlen(fault->text), " (and %zu more place%s)", more,
		         more == 1 ? "" : "s");
	return -1;
}

static void take_notes(const struct certfile *file, const char *what, struct names *notes)
{
	size_t left_out = file->flaws[CERTFILE_ODD] + file->flaws[CERTFILE_LOST];

	for (size_t i = 0; i < file->problem_count && notes->count < NOTES_MOST; i++, left_out--) {
		char *where = place(what, file->problems[i].line),
		     *note = mem_printf("%s: %s", where, file->problems[i].text);

		names_add(notes, note);
		free(note);
		free(where);
	}
	if (left_out > 0) {
		char *note = mem_printf("%s: %zu more such place%s", what, left_out,
		                        left_out == 1 ? "" : "s");

		names_add(notes, note);
		free(note);
	}
}

static int read_all(struct certset *set, const char *text, size_t len, const char *what,
                    enum certfile_use use, struct certfile *file, struct names *notes,
                    struct fault *fault)
{
	if (certfile_read(set, text, len, what, use, file, fault) != 0)
		return -1;
	if (file->flaws[CERTFILE_BROKEN] > 0)
		return say_broken(file, what, fault);
	take_notes(file, what, notes);
	return 0;
}

/* X509_STORE_add_cert keeps the first of equal certificates with its settings and lets later ones
 * go (X509_cmp does not look at the settings; 1.1.1w and 3.0): so the first copy decides. */
static bool is_withheld(const struct certfile *file, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (file->certs[i].cert == file->certs[at].cert)
			return file->certs[i].withheld;
	return file->certs[at].withheld;
}

static void fill_store(const struct certfile *file, const char *what, struct store *store)
{
	for (size_t i = 0; i < file->count; i++) {
		char *where, *note;

		if (!file->certs[i].cert->readable)
			continue;
		if (!is_withheld(file, i)) {
			store_add(store, file->certs[i].cert);
			continue;
		}
		store_withhold(store, file->certs[i].cert);
		where = place(what, file->certs[i].line);
		note = mem_printf(
			"%s: the settings of a TRUSTED CERTIFICATE withhold trust from TLS servers; "
			"a chain that leads to it is refused",
			where);
		names_add(&store->notes, note);
		free(note);
		free(where);
	}
	store->unreadable = file->flaws[CERTFILE_LOST];
	if (store->count > 0 && store->withheld_count == 0 && !store_has_root(store)) {
		char *note = mem_printf(
			"%s: no certificate in it is self-signed, so that no chain can end in it: this is hardly the trust "
			"store",
			what);

		names_add(&store->notes, note);
		free(note);
	}
}

int trust_read(struct certset *set, const char *text, size_t len, const char *what,
               struct store *store, struct fault *fault)
{
	struct certfile file;
	int rc = read_all(set, text, len, what, CERTFILE_STORE, &file, &store->notes, fault);

	if (rc == 0) {
		fill_store(&file, what, store);
		if (store->count == 0 && store->withheld_count == 0)
			rc = fault_set(fault, FAULT_EMPTY,
			               "%s: none of its certificates can be used", what);
	}
	certfile_clear(&file);
	return rc;
}

int trust_read_chain(struct certset *set, const char *text, size_t len, const char *what,
                     struct chain *chain, struct names *notes, struct fault *fault)
{
	struct certfile file;
	int rc = read_all(set, text, len, what, CERTFILE_SENT, &file, notes, fault);

	for (size_t i = 0; rc == 0 && i < file.count; i++)
		chain_add(chain, file.certs[i].cert);
	if (rc == 0 && chain->count == 0)
		rc = fault_set(fault, FAULT_EMPTY, "%s: none of its certificates can be read",
		               what);
	certfile_clear(&file);
	return rc;
}

/* "NAME=FILE", unless a file of that whole name exists or the '=' is part of a path. */
const char *trust_file_of(const char *spec, char **name)
{
	const char *equals = strchr(spec, '='), *slash = strchr(spec, '/'), *base;

	if (equals != NULL && equals > spec && (slash == NULL || equals < slash) &&
	    access(spec, F_OK) != 0) {
		*name = mem_strndup(spec, (size_t)(equals - spec));
		return equals + 1;
	}
	base = strrchr(spec, '/');
	*name = mem_strdup(base != NULL && base[1] != '\0' ? base + 1 : spec);
	return spec;
}

int trust_load(struct certset *set, const char *spec, struct store *store, struct fault *fault)
{
	struct buf text;
	const char *path;
	char *name;
	int rc;

	path = trust_file_of(spec, &name);
	free(store->name);
	store->name = name;
	if (strcmp(path, "none") == 0)
		return 0;
	buf_init(&text);
	rc = file_read(path, FILE_MOST, &text, fault);
	if (rc == 0)
		rc = trust_read(set, text.data, text.len, path, store, fault);
	buf_clear(&text);
	return rc;
}
