/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pem.h"
#include "base/safe.h"
#include "saved/export.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MOST = 60, MANIFEST_MOST = 4 << 20 };

static const char bundle_name[] = "bundle.pem", manifest_name[] = ".mra-preflight-export";

/* Letters, digits, '-' and '.' of the CN, the rest as '_', with the first eight digits of the
 * fingerprint behind: readable, different for each, and never a path, an option or a hidden
 * file. */
static char *file_name(const struct cert *cert)
{
	const char *from =
		cert->readable && *cert->common_name != '\0' ? cert->common_name : "certificate";
	struct buf name;
	char hex[65];

	buf_init(&name);
	for (; *from != '\0' && name.len < NAME_MOST; from++) {
		unsigned char c = (unsigned char)*from;
		bool plain = c < 0x80 && (isalnum(c) || (name.len > 0 && (c == '-' || c == '.')));

		if (plain || name.len == 0 || name.data[name.len - 1] != '_')
			buf_putc(&name, plain ? (char)c : '_');
	}
	cert_hex(cert, hex);
	buf_printf(&name, "-%.8s.pem", hex);
	return buf_take(&name);
}

/* Does every store hold it already? Then nobody is to append it to one. */
static bool in_every_store(const struct report *report, const struct cert *cert)
{
	for (size_t i = 0; i < report->store_count; i++) {
		const struct store *store = &report->stores[i];
		bool held = false;

		for (size_t k = 0; k < store->count && !held; k++)
			held = store->certs[k] == cert;
		if (!held)
			return false;
	}
	return report->store_count > 0;
}

static struct chain wanted(const struct report *report)
{
	struct chain list = { NULL, 0 };

	for (size_t i = 0; i < report->step_count; i++) {
		const struct step *step = &report->steps[i];

		for (size_t k = 0; step->kind == STEP_STORE_ADD && k < step->cert_count; k++) {
			bool known = in_every_store(report, step->certs[k]);

			for (size_t n = 0; n < list.count && !known; n++)
				known = list.certs[n] == step->certs[k];
			if (!known)
				chain_add(&list, step->certs[k]);
		}
	}
	return list;
}

static int write_one(const char *dir, const char *name, const struct buf *text, struct fault *fault)
{
	char *path = mem_printf("%s/%s", dir, name);
	int rc = file_write(path, text->data, text->len, fault);

	free(path);
	return rc;
}

/* names: what is written, a line each. */
static int write_all(const struct chain *list, const char *dir, struct buf *names,
                     struct fault *fault)
{
	struct buf bundle;
	int rc = 0;

	buf_init(&bundle);
	for (size_t i = 0; i < list->count && rc == 0; i++) {
		char *name = file_name(list->certs[i]);
		struct buf pem;

		buf_init(&pem);
		pem_encode(&pem, "CERTIFICATE", list->certs[i]->der, list->certs[i]->der_len);
		buf_add(&bundle, pem.data, pem.len);
		rc = write_one(dir, name, &pem, fault);
		buf_printf(names, "%s\n", name);
		buf_clear(&pem);
		free(name);
	}
	if (rc == 0 && list->count > 0)
		rc = write_one(dir, bundle_name, &bundle, fault);
	buf_clear(&bundle);
	return rc;
}

/* --- what an earlier export left -------------------------------------------------------------- */

/* A line of the manifest is a name that file_name() makes: nobody removes anything else by writing
 * into it. */
static bool may_remove(const char *name)
{
	size_t len = strlen(name);
	const char *tail = len > 13 ? name + len - 13 : "";

	return (isalnum((unsigned char)*name) || *name == '_') && strchr(name, '/') == NULL &&
	       *tail == '-' && strspn(tail + 1, "0123456789abcdef") == 8 &&
	       strcmp(tail + 9, ".pem") == 0;
}

static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = text; (at = strstr(at, line)) != NULL; at += len)
		if ((at == text || at[-1] == '\n') && at[len] == '\n')
			return true;
	return false;
}

static int remove_one(const char *dir, const char *name, struct fault *fault)
{
	char *path = mem_printf("%s/%s", dir, name);
	int rc = 0;

	if (unlink(path) != 0 && errno != ENOENT)
		rc = fault_set(fault, FAULT_FILE, "cannot remove %.200s of an earlier export: %s",
		               path, strerror(errno));
	free(path);
	return rc;
}

/* What the manifest names and is not in names is gone afterwards, and so is a bundle: it would be
 * taken for today's. */
static int remove_old(const char *dir, const struct buf *names, struct fault *fault)
{
	char *path = mem_printf("%s/%s", dir, manifest_name);
	struct buf old;
	int rc = 0;

	buf_init(&old);
	if (access(path, F_OK) == 0)
		rc = file_read(path, MANIFEST_MOST, &old, fault);
	for (char *rest = old.data, *line; rc == 0 && (line = strsep(&rest, "\n")) != NULL;)
		if (may_remove(line) && !has_line(names->data, line))
			rc = remove_one(dir, line, fault);
	if (rc == 0 && names->len == 0)
		rc = remove_one(dir, bundle_name, fault);
	if (rc == 0 && names->len == 0)
		rc = remove_one(dir, manifest_name, fault);
	buf_clear(&old);
	free(path);
	return rc;
}

static void tell(int fd, const char *dir, size_t count)
{
	char *shown = safe_line(dir), *line;

	if (count == 0)
		line = mem_printf(
			"mra-preflight: nothing is to be uploaded: %s holds no certificate of this run\n",
			shown);
	else
		line = mem_printf(
			"mra-preflight: wrote %zu certificate%s and %s with all of them into %s\n",
			count, count == 1 ? "" : "s", bundle_name, shown);
	file_write_fd(fd, "standard error", line, strlen(line), NULL);
	free(line);
	free(shown);
}

int plan_export(const struct report *report, const char *dir, int tell_fd, struct fault *fault)
{
	struct chain list = wanted(report);
	struct buf names;
	int rc = 0;

	buf_init(&names);
	if (list.count > 0 && mkdir(dir, 0777) != 0 && errno != EEXIST)
		rc = fault_set(fault, FAULT_FILE, "cannot make the folder %.200s: %s", dir,
		               strerror(errno));
	if (rc == 0) /* with nothing to upload there is no folder and no empty bundle */
		rc = write_all(&list, dir, &names, fault);
	if (rc == 0)
		rc = remove_old(dir, &names, fault);
	if (rc == 0 && names.len > 0)
		rc = write_one(dir, manifest_name, &names, fault);
	if (rc == 0 && tell_fd >= 0)
		tell(tell_fd, dir, list.count);
	buf_clear(&names);
	chain_clear(&list);
	return rc;
}
