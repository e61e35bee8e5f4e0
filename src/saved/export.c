/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pem.h"
#include "saved/export.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_MOST = 60 };

/* Letters, digits, '-' and '.' of the CN, the rest as '_', with the first eight digits of the fingerprint behind: readable,
 * different for each, and never a path, an option or a hidden file. */
static char *file_name(const struct cert *cert)
{
	const char *from = cert->readable && *cert->common_name != '\0' ? cert->common_name : "certificate";
	char name[NAME_MOST + 1], hex[65];
	size_t len = 0;

	for (; *from != '\0' && len < NAME_MOST; from++) {
		unsigned char c = (unsigned char)*from;
		bool plain = c < 0x80 && (isalnum(c) || (len > 0 && (c == '-' || c == '.')));

		if (plain || len == 0 || name[len - 1] != '_')
			name[len++] = plain ? (char)c : '_';
	}
	name[len] = '\0';
	cert_hex(cert, hex);
	return mem_printf("%s-%.8s.pem", name, hex);
}

static struct chain wanted(const struct report *report)
{
	struct chain list = { NULL, 0 };

	for (size_t i = 0; i < report->step_count; i++) {
		const struct step *step = &report->steps[i];

		for (size_t k = 0; step->kind == STEP_STORE_ADD && k < step->cert_count; k++) {
			bool known = false;

			for (size_t n = 0; n < list.count && !known; n++)
				known = list.certs[n] == step->certs[k];
			if (!known)
				chain_add(&list, step->certs[k]);
		}
	}
	return list;
}

static int write_one(const char *dir, const char *name, const struct buf *pem, struct fault *fault)
{
	char *path = mem_printf("%s/%s", dir, name);
	int rc = file_write(path, pem->data, pem->len, fault);

	free(path);
	return rc;
}

static int write_all(const struct chain *list, const char *dir, struct fault *fault)
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
		buf_clear(&pem);
		free(name);
	}
	if (rc == 0)
		rc = write_one(dir, "bundle.pem", &bundle, fault);
	buf_clear(&bundle);
	return rc;
}

int plan_export(const struct report *report, const char *dir, struct fault *fault)
{
	struct chain list = wanted(report);
	int rc = 0;

	if (list.count > 0 && mkdir(dir, 0777) != 0 && errno != EEXIST)
		rc = fault_set(fault, FAULT_FILE, "cannot make the folder %.200s: %s", dir, strerror(errno));
	else if (list.count > 0) /* with nothing to upload there is no folder and no empty bundle */
		rc = write_all(&list, dir, fault);
	chain_clear(&list);
	return rc;
}
