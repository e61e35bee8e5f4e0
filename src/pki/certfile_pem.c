/* SPDX-License-Identifier: MIT */
/* The blocks of a PEM text. RFC 7468 wants BEGIN and END on lines of their own, and OpenSSL's
 * PEM_read_bio (1.1.1w, 3.0) silently passes over a BEGIN that does not stand first on its line and
 * fails at an END that does not end it. People's files are not so: here the dashes are looked for
 * anywhere, and what OpenSSL would not have seen is noted. */
#include "config.h"

#include "base/pem.h"
#include "pki/certfile.h"

#include <ctype.h>
#include <string.h>

enum { LABEL_MOST = 63, LABEL_SIZE = LABEL_MOST + 1, DASHES = 5 };

struct text {
	const char *at, *end;
	const char *counted; /* lines up to here are counted */
	size_t line;
};

struct border { /* -----BEGIN LABEL----- or -----END LABEL----- */
	bool begins;
	const char *at, *end;
	char label[LABEL_SIZE];
	size_t line;
};

static bool ends_line(char c)
{
	return c == '\n' || c == '\r';
}

/* The line of a place; CR, LF and CR LF end one. Places are asked for in order. */
static size_t line_of(struct text *text, const char *at)
{
	for (; text->counted < at; text->counted++)
		text->line += *text->counted == '\n' ||
		              (*text->counted == '\r' && text->counted + 1 < text->end &&
		               text->counted[1] != '\n');
	return text->line;
}

/* Is there a border at p? A label is printable, and its dashes stand on the same line. */
static bool read_border(const struct text *text, const char *p, struct border *border)
{
	static const char *const words[] = { "-----END ", "-----BEGIN " };

	for (int i = 0; i < 2; i++) {
		size_t word = strlen(words[i]), left = (size_t)(text->end - p), len;
		const char *label = p + word, *dashes;

		if (left < word + DASHES || memcmp(p, words[i], word) != 0)
			continue;
		left -= word;
		dashes = memmem(label, left < LABEL_MOST + DASHES ? left : LABEL_MOST + DASHES,
		                "-----", DASHES);
		if (dashes == NULL)
			return false;
		len = (size_t)(dashes - label);
		for (size_t k = 0; k < len; k++)
			if (!isprint((unsigned char)label[k]))
				return false;
		memcpy(border->label, label, len);
		border->label[len] = '\0';
		border->begins = i == 1;
		border->at = p;
		border->end = dashes + DASHES;
		return true;
	}
	return false;
}

static bool next_border(struct text *text, struct border *border)
{
	const char *p = text->at;

	while ((p = memchr(p, '-', (size_t)(text->end - p))) != NULL) {
		if (read_border(text, p, border)) {
			border->line = line_of(text, p);
			text->at = border->end;
			return true;
		}
		p++;
	}
	return false;
}

static bool is_cert(const char *label)
{
	return strcmp(label, "CERTIFICATE") == 0 || strcmp(label, "X509 CERTIFICATE") == 0 ||
	       strcmp(label, "TRUSTED CERTIFICATE") == 0;
}

static bool is_pkcs7(const char *label)
{
	return strcmp(label, "PKCS7") == 0 || strcmp(label, "PKCS #7 SIGNED DATA") == 0 ||
	       strcmp(label, "CMS") == 0;
}

/* Both labels are of one block: equal, or two ways to say certificate. */
static bool belongs(const struct border *begin, const struct border *end)
{
	return strcmp(begin->label, end->label) == 0 ||
	       (is_cert(begin->label) && is_cert(end->label));
}

/* --- what stands around a block on its lines -------------------------------------------------- */

static void note_before(struct certfile_reading *r, const char *start, const struct border *begin,
                        const char *last_end)
{
	const char *p = begin->at;
	bool blank = true;

	if (p == last_end) {
		certfile_problem(
			r, CERTFILE_ODD, begin->line,
			"an END and a BEGIN stand on one line (a line end is missing where two "
			"files were joined); both blocks are read");
		return;
	}
	for (; p > start && !ends_line(p[-1]); p--)
		blank = blank && isspace((unsigned char)p[-1]);
	if (p == begin->at)
		return;
	certfile_problem(
		r, CERTFILE_ODD, begin->line,
		blank ? "BEGIN is indented; the block is read all the same"
		      : "text stands before BEGIN on its line; the block is read all the same");
}

static void note_behind(struct certfile_reading *r, const struct text *text,
                        const struct border *end)
{
	const char *p = end->end;

	while (p < text->end && !ends_line(*p) && isspace((unsigned char)*p))
		p++;
	if (p < text->end && !ends_line(*p) &&
	    (text->end - p < 10 || memcmp(p, "-----BEGIN", 10) != 0))
		certfile_problem(
			r, CERTFILE_ODD, end->line,
			"text stands behind END on its line; the block is read all the same");
}

/* OpenSSL (BIO_gets) sees one endless line then, and no block. */
static void note_line_ends(struct certfile_reading *r, const char *text, size_t len)
{
	if (memchr(text, '\r', len) != NULL && memchr(text, '\n', len) == NULL)
		certfile_problem(r, CERTFILE_ODD, 0,
		                 "its lines end with CR alone; save it with LF or CR LF");
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* What else a file may hold; OpenSSL skips it as well. The words are for a file that holds nothing
 * else. */
static void skip(struct certfile_reading *r, const char *label)
{
	static const struct {
		const char *label, *words;
	} known[] = {
		{ "CERTIFICATE REQUEST", "a certificate signing request" },
		{ "NEW CERTIFICATE REQUEST", "a certificate signing request" },
		{ "X509 CRL", "a revocation list" },
		{ "PUBLIC KEY", "a public key" },
		{ "", "blocks of another kind" },
	};
	size_t i = 0;

	while (*known[i].label != '\0' && strcmp(known[i].label, label) != 0)
		i++;
	if (r->skipped++ == 0)
		r->skipped_label = known[i].words;
}

static void take_block(struct certfile_reading *r, const struct border *begin, const char *body,
                       size_t len)
{
	struct buf der;

	if (strstr(begin->label, "PRIVATE KEY") != NULL) {
		certfile_problem(
			r, CERTFILE_BROKEN, begin->line,
			"a private key begins here: this tool has no use for it; give it a file "
			"with certificates only");
		return;
	}
	if (!is_cert(begin->label) && !is_pkcs7(begin->label)) {
		skip(r, begin->label);
		return;
	}
	buf_init(&der);
	if (pem_decode_base64(&der, body, len) != 0 || der.len == 0)
		certfile_problem(
			r, CERTFILE_BROKEN, begin->line,
			"the %s that begins here is not base64: copy the PEM text once more",
			is_cert(begin->label) ? "certificate" : "PKCS#7");
	else
		certfile_take(r, (const unsigned char *)der.data, der.len, begin->line,
		              begin->label[0] == 'T');
	buf_clear(&der);
}

void certfile_pem(struct certfile_reading *r, const char *bytes, size_t len)
{
	struct text text = { bytes, bytes + len, bytes, 1 };
	struct border begin, end;
	const char *last_end = NULL;
	bool have = next_border(&text, &begin);

	if (have)
		note_line_ends(r, bytes, len);
	while (have) {
		if (!begin.begins) {
			certfile_problem(
				r, CERTFILE_BROKEN, begin.line,
				"an END line without its BEGIN: the block before it was cut off, copy the "
				"PEM text once more");
			last_end = begin.end;
			have = next_border(&text, &begin);
			continue;
		}
		note_before(r, bytes, &begin, last_end);
		have = next_border(&text, &end);
		if (!have || end.begins || !belongs(&begin, &end)) {
			certfile_problem(
				r, CERTFILE_BROKEN, begin.line,
				"the block that begins here has no END line: copy the PEM text once more");
			if (have && end.begins)
				begin = end;
			else
				have = have && next_border(&text, &begin);
			continue;
		}
		note_behind(r, &text, &end);
		take_block(r, &begin, begin.end, (size_t)(end.at - begin.end));
		last_end = end.end;
		have = next_border(&text, &begin);
	}
}
