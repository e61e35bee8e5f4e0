/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/pem.h"
#include "pki/decode.h"
#include "pki/der.h"
#include "pki/trust.h"
#include "pki/trust_aux.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MOST = 16 << 20, CERTS_MOST = 10000 };

struct block {
	char label[64];
	const char *text; /* base64, text_len bytes */
	size_t text_len;
	size_t line;      /* of BEGIN, from 1 */
};

struct reading {
	const char *what; /* for messages */
	const char *at, *end;
	size_t line;
};

/* The next line without its end; false at the end of the text. */
static bool next_line(struct reading *r, const char **line, size_t *len)
{
	const char *stop;

	if (r->at >= r->end)
		return false;
	stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
	*line = r->at;
	r->at = stop == NULL ? r->end : stop + 1;
	*len = (size_t)((stop == NULL ? r->end : stop) - *line);
	r->line++;
	while (*len > 0 && isspace((unsigned char)(*line)[*len - 1]))
		--*len;
	while (*len > 0 && isspace((unsigned char)**line)) {
		++*line;
		--*len;
	}
	return true;
}

/* "-----WORD LABEL-----" */
static bool is_border(const char *line, size_t len, const char *word, char label[64])
{
	size_t head = strlen(word), size;

	if (len < head + 10 || memcmp(line, "-----", 5) != 0 || memcmp(line + 5, word, head) != 0 ||
	    memcmp(line + len - 5, "-----", 5) != 0)
		return false;
	size = len - head - 10;
	if (size > 63)
		size = 63;
	memcpy(label, line + 5 + head, size);
	label[size] = '\0';
	return true;
}

/* 1: a block; 0: no more; -1: a block that does not end. */
static int next_block(struct reading *r, struct block *block, struct fault *fault)
{
	const char *line;
	char label[64];
	size_t len;

	do {
		if (!next_line(r, &line, &len))
			return 0;
	} while (!is_border(line, len, "BEGIN ", block->label));
	block->text = r->at;
	block->line = r->line;
	while (next_line(r, &line, &len)) {
		if (is_border(line, len, "BEGIN ", label))
			break;
		if (is_border(line, len, "END ", label)) {
			block->text_len = (size_t)(line - block->text);
			return 1;
		}
	}
	return fault_set(fault, FAULT_INPUT, "%s: the block that begins in line %zu has no END line: copy the PEM text once more",
	                 r->what, block->line);
}

static bool is_cert(const char *label)
{
	return strcmp(label, "CERTIFICATE") == 0 || strcmp(label, "X509 CERTIFICATE") == 0 || strcmp(label, "TRUSTED CERTIFICATE") == 0;
}

static int block_bytes(const struct reading *r, const struct block *block, struct buf *der, struct fault *fault)
{
	if (strstr(block->label, "PRIVATE KEY") != NULL)
		return fault_set(fault, FAULT_INPUT,
		                 "%s has a private key in line %zu: this tool has no use for it; give it a file with certificates only",
		                 r->what, block->line);
	if (!is_cert(block->label))
		return 0; /* CRLs, parameters, requests: OpenSSL skips them as well */
	if (pem_decode_base64(der, block->text, block->text_len) != 0 || der->len == 0)
		return fault_set(fault, FAULT_INPUT, "%s: the certificate in line %zu is not base64: copy the PEM text once more", r->what,
		                 block->line);
	return 0;
}

/* Swallows nothing; keep gets each certificate. */
struct sink {
	struct certset *set;
	struct store *store; /* one of the two */
	struct chain *chain;
	size_t count;
};

/* PEM_X509_INFO_read_bio does not look behind a certificate; in a TLS message (a chain) nothing may be there. */
static void cut_tail(const unsigned char *der, size_t *der_len)
{
	struct bytes in = { der, *der_len };
	struct tlv cert;

	if (der_next(&in, &cert))
		*der_len = cert.whole.len;
}

static void keep(struct sink *sink, const unsigned char *der, size_t der_len, bool trusted_label)
{
	const struct cert *cert;
	bool usable = true;

	/* OpenSSL's loader does not look behind a certificate in a PEM block; what a server sends has to end there */
	if (sink->store != NULL || trusted_label)
		usable = trust_aux_cut(der, &der_len);
	if (trusted_label && !usable && sink->store != NULL) {
		sink->store->unreadable++;
		return;
	}
	if (sink->store != NULL)
		cut_tail(der, &der_len);
	cert = decode_cert(sink->set, der, der_len);
	if (sink->chain != NULL)
		chain_add(sink->chain, cert);
	else if (cert->readable)
		store_add(sink->store, cert);
	else
		sink->store->unreadable++;
}

static int keep_block(const struct reading *r, const struct block *block, struct sink *sink, struct fault *fault)
{
	struct buf der;
	int rc;

	buf_init(&der);
	rc = block_bytes(r, block, &der, fault);
	if (rc == 0 && der.len > 0) {
		if (sink->count == CERTS_MOST)
			rc = fault_set(fault, FAULT_LIMIT, "%s has more than %d certificates", r->what, CERTS_MOST);
		else
			keep(sink, (const unsigned char *)der.data, der.len, block->label[0] == 'T');
		sink->count++;
	}
	buf_clear(&der);
	return rc;
}

static bool is_der(const char *text, size_t len)
{
	return len > 2 && text[0] == 0x30 && (text[1] & 0x80);
}

static int read_certs(const char *text, size_t len, const char *what, struct sink *sink, struct fault *fault)
{
	struct reading r = { what, text, text + len, 0 };
	struct block block;
	int found;

	if (len == 0)
		return fault_set(fault, FAULT_EMPTY, "%s is empty: it has to hold certificates in PEM form", what);
	if (is_der(text, len)) {
		keep(sink, (const unsigned char *)text, len, false);
		sink->count++;
		return 0;
	}
	while ((found = next_block(&r, &block, fault)) == 1)
		if (keep_block(&r, &block, sink, fault) != 0)
			return -1;
	if (found < 0)
		return -1;
	if (sink->count == 0)
		return fault_set(fault, FAULT_INPUT, "%s has no certificate in it: it has to hold lines like -----BEGIN CERTIFICATE-----",
		                 what);
	return 0;
}

int trust_read(struct certset *set, const char *text, size_t len, const char *what, struct store *store, struct fault *fault)
{
	struct sink sink = { .set = set, .store = store };

	if (read_certs(text, len, what, &sink, fault) != 0)
		return -1;
	if (store->count == 0)
		return fault_set(fault, FAULT_EMPTY, "%s: none of its certificates can be read", what);
	return 0;
}

int trust_read_chain(struct certset *set, const char *text, size_t len, const char *what, struct chain *chain, struct fault *fault)
{
	struct sink sink = { .set = set, .chain = chain };

	return read_certs(text, len, what, &sink, fault);
}

/* "NAME=FILE", unless a file of that whole name exists or the '=' is part of a path. */
static const char *file_of(const char *spec, char **name)
{
	const char *equals = strchr(spec, '='), *slash = strchr(spec, '/'), *base;

	if (equals != NULL && equals > spec && (slash == NULL || equals < slash) && access(spec, F_OK) != 0) {
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

	path = file_of(spec, &name);
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
